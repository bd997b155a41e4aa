/* flow_say.c - failures in words: each runtime's own, about the host as the caller knows it. */
#include "forge/flow_priv.h"

#include <stdio.h>

char *flow_text(forge_sim *s, const char *z)
{
	char *copy = cc_strdup(z);
	if (!copy) forge_fail(s, CC_ENOMEM);
	return copy;
}

/* A store's failure has no code. */
static const char *status_name(int code, forge_lang lang)
{
	enum { UNKNOWN = 2 };
	bool jvm = lang == LANG_JAVA || lang == LANG_KOTLIN;
	bool shout = jvm || lang == LANG_NODE || lang == LANG_PYTHON || lang == LANG_CPP;
	return forge_grpc_code(code ? code : UNKNOWN, shout);
}

static const char *by_proto(forge_proto proto, const char *grpc, const char *http, const char *store)
{
	return proto == PROTO_GRPC ? grpc : proto == PROTO_HTTP ? http : store;
}

static const forge_library *library_of(const forge_sim *s, const flow_call *c)
{
	return forge_library_of(s->app->services[c->from].lang, &s->app->ops[c->op]);
}

/* What the caller's library takes it for: whatever a proxy answers in the server's place is an answer. */
static const forge_failure *failure_of(const forge_sim *s, const flow_call *c)
{
	const forge_library *lib = library_of(s, c);
	if (!(c->via & VIA_TRANSPORT) || flow_proxied(s, c)) return &lib->remote;
	if (c->via & VIA_NO_NAME) return &lib->no_name;
	if (c->via & VIA_RESET) return &lib->reset;
	return (c->via & VIA_TIMEOUT) && c->step->timeout_ms ? &lib->late : &lib->refused;
}

static const char *remote_text(const forge_sim *s, const flow_call *c)
{
	const forge_voice *v = &forge_voices[s->app->services[c->from].lang];
	const char *text = library_of(s, c)->remote.text;
	return text ? text : by_proto(s->app->ops[c->op].proto, v->remote_grpc, v->remote_http, "{cause}");
}

/* The caller's library's words, else its runtime's. A proxy speaks for itself. */
static const char *transport_text(const forge_sim *s, const flow_call *c)
{
	const forge_voice *v = &forge_voices[s->app->services[c->from].lang];
	const char *text = failure_of(s, c)->text;
	forge_proto proto = s->app->ops[c->op].proto;
	if (s->app->services[c->from].lang == LANG_ENVOY) return tel_proxied_as(s->app, c->via).answer;
	if (flow_proxied(s, c)) return remote_text(s, c);
	if (text) return text;
	if (c->via & VIA_NO_NAME) return v->unknown_host;
	if (c->via & VIA_RESET) return v->reset;
	if ((c->via & VIA_TIMEOUT) && c->step->timeout_ms)
		return by_proto(proto, v->timeout_grpc, v->timeout_http, v->timeout_store);
	return by_proto(proto, v->refused_grpc, v->refused_http, v->refused_store);
}

/* A client whose errors are wrapped until nothing of them is left: the code of the protocol is. Users and proxies
 * speak as always. */
static bool terse(const forge_sim *s, const flow_call *c)
{
	const forge_service *caller = &s->app->services[c->from];
	return s->plan.terse && !caller->loadgen && caller->lang != LANG_ENVOY;
}

static char *wrapped(forge_sim *s, const flow_call *c)
{
	if (s->app->ops[c->op].proto != PROTO_GRPC) return flow_text(s, "request failed");
	return flow_text(s, status_name(c->status, s->app->services[c->from].lang));
}

const char *flow_exception(const forge_sim *s, const flow_call *c)
{
	if (terse(s, c)) return "";
	const char *type = failure_of(s, c)->type;
	if (!type) type = library_of(s, c)->type;
	return type ? type : "";
}

/* Number of a store's error, as its protocol has it. */
static const char *error_number(const forge_op *op, cc_str cause)
{
	bool mysql = forge_peer_of(op) == PEER_MYSQL, many = cc_str_find(cause, CC_STR("oo many")) != CC_STR_NONE;
	if (cc_str_find(cause, CC_STR("assword")) != CC_STR_NONE) return mysql ? "1045" : "28P01";
	return mysql ? many ? "1040" : "1105" : many ? "53300" : "XX000";
}

/* The first word of a statement or command; the name of a topic. */
static cc_str verb_of(const forge_op *op)
{
	cc_str word, rest;
	(void)cc_str_cut(cc_str_from(op->route), ' ', &word, &rest);
	return word;
}

enum { SHORT = 40 };             /* numbers, an address with its port */

/* Seconds since 1970, as librdkafka's clients print the time. */
static cc_str epoch(char text[SHORT], int64_t now)
{
	(void)snprintf(text, SHORT, "%lld.%03d", (long long)(now / FORGE_S), (int)(now / FORGE_MS % 1000));
	return cc_str_from(text);
}

/* Places that differ from one attempt to the next. */
typedef struct details {
	char port[SHORT], code[SHORT], ms[SHORT], local[SHORT], heap[SHORT], seconds[SHORT], method[SHORT];
} details;

static void details_make(const forge_sim *s, const flow_call *c, const flow_address *to, details *d)
{
	int ms = c->step->timeout_ms ? c->step->timeout_ms : (int)((c->end - c->start) / CC_NS_PER_MS);
	(void)snprintf(d->port, SHORT, "%d", to->port);
	(void)snprintf(d->code, SHORT, "%d", c->status);
	(void)snprintf(d->ms, SHORT, "%d", ms);
	(void)snprintf(d->local, SHORT, "%s:%d", s->kube.pods.p[c->pod].ip, 32768 + (int)(c->span % 28232));
	(void)snprintf(d->heap, SHORT, "0x7f%08llx%c0", (unsigned long long)(c->span >> 32), "048c"[c->span & 3]);
	if (ms % 1000) (void)snprintf(d->seconds, SHORT, "%d.%d", ms / 1000, ms % 1000 / 100);
	else (void)snprintf(d->seconds, SHORT, "%d", ms / 1000);
}

/* "Post", as Go writes it. */
static void put_method(char text[SHORT], const char *method)
{
	int n = 0;
	for (; method && method[n] && n + 1 < SHORT; n++)
		text[n] = n && method[n] >= 'A' && method[n] <= 'Z' ? (char)(method[n] - 'A' + 'a') : method[n];
	text[n] = 0;
}

/* Fills a voice's text. What comes from outside, the cause, goes in last and is not looked into. */
static char *fill(forge_sim *s, const flow_call *c, const char *text, const char *cause)
{
	const forge_op *op = &s->app->ops[c->op];
	const forge_service *caller = &s->app->services[c->from];
	const flow_trace *t = flow_trace_at(s, c->trace);
	const flow_address *to = c->to ? c->to : &s->flow->home[op->service];
	const char *ip = to->service >= 0 ? s->kube.services[to->service].ip : to->host;
	const forge_op *shown = flow_is_proxy(op) && t->wanted >= 0 ? &s->app->ops[t->wanted] : op;
	cc_buf known = CC_BUF_INIT, said = CC_BUF_INIT, out = CC_BUF_INIT;
	details d = { .port = "" };
	char at[SHORT];
	details_make(s, c, to, &d);
	put_method(d.method, shown->method);
	const forge_pair pairs[] = { { "name", cc_str_from(caller->name) }, { "host", cc_str_from(to->host) },
		{ "ip", cc_str_from(ip) }, { "port", cc_str_from(d.port) },
		{ "route", cc_str_from(shown->route ? shown->route : "/") }, { "code", cc_str_from(d.code) },
		{ "status", cc_str_from(status_name(c->status, caller->lang)) }, { "ms", cc_str_from(d.ms) },
		{ "seconds", cc_str_from(d.seconds) }, { "verb", verb_of(op) }, { "topic", verb_of(op) },
		{ "local", cc_str_from(d.local) }, { "heap", cc_str_from(d.heap) }, { "epoch", epoch(at, s->now) },
		{ "method", cc_str_from(shown->method) }, { "Method", cc_str_from(d.method) } };
	cc_str whole = cc_str_from(cause), plain = whole;
	if (cc_str_starts(plain, CC_STR("FATAL: "))) plain = cc_str_sub(plain, 7, plain.n);
	const forge_pair last[] = { { "cause", whole }, { "said", plain },
		{ "sqlstate", cc_str_from(error_number(op, whole)) } };
	forge_expand(&known, text, pairs, sizeof pairs / sizeof pairs[0]);
	if (known.p) tel_expand(s, &said, known.p, &t->vars, s->now, -1);
	if (said.p) forge_expand(&out, said.p, last, sizeof last / sizeof last[0]);
	if (!cc_buf_ok(&said) || !cc_buf_ok(&known)) forge_fail(s, CC_ENOMEM);
	cc_buf_deinit(&known);
	cc_buf_deinit(&said);
	return forge_take(s, &out);
}

/* A connection nobody answered is reported in the words of a refused one, with another errno. */
static char *timed_out(forge_sim *s, char *text)
{
	static const char *const WORD[][2] = { { "ECONNREFUSED", "ETIMEDOUT" },
		{ "connection refused", "connection timed out" }, { "Connection refused", "Connection timed out" },
		{ "ConnectionRefused", "ConnectionTimeout" }, { "(111", "(110" }, { "Errno 111", "Errno 110" },
		{ "error 111", "error 110" }, { "Error 111", "Error 110" } };
	cc_buf out = CC_BUF_INIT;
	for (cc_str rest = cc_str_from(text); rest.n > 0;) {
		size_t k = 0, words = sizeof WORD / sizeof WORD[0];
		while (k < words && !cc_str_starts(rest, cc_str_from(WORD[k][0]))) k++;
		if (k < words) cc_buf_addz(&out, WORD[k][1]);
		else cc_buf_add_char(&out, rest.p[0]);
		rest = cc_str_sub(rest, k < words ? cc_str_from(WORD[k][0]).n : 1, rest.n);
	}
	cc_free(text);
	return forge_take(s, &out);
}

char *flow_say_transport(forge_sim *s, const flow_call *c)
{
	if (terse(s, c)) return wrapped(s, c);
	const char *text = transport_text(s, c);
	bool proxied = flow_proxied(s, c), kernel = c->via == VIA_TIMEOUT && !c->step->timeout_ms;
	const char *answer = proxied ? tel_proxied_as(s->app, c->via).answer : "";
	char *said = fill(s, c, text[0] ? text : "connection failed", answer);
	return said && kernel && s->app->services[c->from].lang != LANG_ENVOY ? timed_out(s, said) : said;
}

char *flow_say_remote(forge_sim *s, const flow_call *c)
{
	if (terse(s, c)) return wrapped(s, c);
	const char *text = remote_text(s, c);
	return fill(s, c, text[0] ? text : "{cause}", c->cause ? c->cause : "");
}

char *flow_behind(forge_sim *s, const flow_call *c)
{
	const char *text = failure_of(s, c)->behind;
	if (!text || terse(s, c)) return NULL;
	char *said = fill(s, c, text, "");
	return said && c->via == VIA_TIMEOUT && !c->step->timeout_ms ? timed_out(s, said) : said;
}

char *flow_stack(forge_sim *s, const forge_raised *x)
{
	cc_buf b = CC_BUF_INIT;
	forge_stack(&b, s->app, x);
	if (cc_buf_ok(&b) && !b.n) return NULL;
	return forge_take(s, &b);
}

char *flow_say_step(forge_sim *s, const flow_call *c, const char *cause)
{
	if (c->step->failure && terse(s, c)) return flow_text(s, "the request could not be completed");
	return c->step->failure ? fill(s, c, c->step->failure, cause) : flow_text(s, cause);
}

/* What a consumer says of its broker: on the JVM the client's logger, elsewhere the library's error. */
static const char *broker_text(const forge_sim *s, int service, int broker, net_outcome how)
{
	forge_lang lang = s->app->services[service].lang;
	const forge_voice *v = &forge_voices[lang == LANG_JAVA ? LANG_KOTLIN : lang];
	const forge_failure none = { NULL, NULL, NULL }, *f = &none;
	for (int op = 0; op < s->app->ops_n && lang != LANG_JAVA && lang != LANG_KOTLIN; op++) {
		const forge_op *o = &s->app->ops[op];
		if (o->service != broker || o->proto != PROTO_KAFKA) continue;
		const forge_library *lib = forge_library_of(lang, o);
		if (how == NET_SILENCE) f = &lib->late;
		else f = how == NET_NO_NAME ? &lib->no_name : how == NET_RESET ? &lib->reset : &lib->refused;
	}
	if (f->text) return f->text;
	if (how == NET_SILENCE) return v->timeout_store;
	return how == NET_NO_NAME ? v->unknown_host : how == NET_RESET ? v->reset : v->refused_store;
}

char *flow_say_broker(forge_sim *s, int service, int broker, net_outcome how)
{
	const flow_address *to = &s->flow->home[broker];
	const char *text = broker_text(s, service, broker, how);
	char port[SHORT], at[SHORT];
	(void)snprintf(port, SHORT, "%d", to->port);
	const forge_pair pairs[] = { { "name", cc_str_from(s->app->services[service].name) },
		{ "host", cc_str_from(to->host) }, { "ip", cc_str_from(s->kube.services[broker].ip) },
		{ "port", cc_str_from(port) }, { "ms", CC_STR("30000") }, { "seconds", CC_STR("30") },
		{ "epoch", epoch(at, s->now) } };
	cc_buf out = CC_BUF_INIT;
	if (!text[0]) text = "broker {host}:{port} is not available";
	forge_expand(&out, text, pairs, sizeof pairs / sizeof pairs[0]);
	return forge_take(s, &out);
}

/* A store counts connections, not requests. */
char *flow_say_overload(forge_sim *s, int service, const forge_op *op)
{
	const forge_service *self = &s->app->services[service];
	const char *text = forge_voices[self->lang].overload;
	const forge_pair name = { "name", cc_str_from(self->name) };
	cc_buf out = CC_BUF_INIT;
	if (op->proto == PROTO_REDIS) text = "ERR max number of clients reached";
	else if (forge_peer_of(op) == PEER_MYSQL) text = "Too many connections";
	else if (forge_peer_of(op) == PEER_MONGODB)
		text = "connection refused because there are too many open connections";
	else if (op->proto == PROTO_SQL) text = "FATAL: sorry, too many clients already";
	else if (!text[0]) text = "server overloaded";
	forge_expand(&out, text, &name, 1);
	return forge_take(s, &out);
}
