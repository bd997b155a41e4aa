/* flow_say.c - failures in words: each runtime's own, about the host as the caller knows it. */
#include "forge/flow_priv.h"

char *flow_text(forge_sim *s, const char *z)
{
	char *copy = cc_strdup(z);
	if (!copy) forge_fail(s, CC_ENOMEM);
	return copy;
}

static char *taken(forge_sim *s, cc_buf *b)
{
	char *text = cc_buf_take(b);
	if (!text) forge_fail(s, CC_ENOMEM);
	return text;
}

static const char *code_name(int code, forge_lang lang)
{
	static const struct { int code; const char *plain, *shout; } NAME[] = {
		{ 1, "Canceled", "CANCELLED" }, { 2, "Unknown", "UNKNOWN" }, { 3, "InvalidArgument", "INVALID_ARGUMENT" },
		{ 4, "DeadlineExceeded", "DEADLINE_EXCEEDED" }, { 5, "NotFound", "NOT_FOUND" }, { 7, "PermissionDenied", "PERMISSION_DENIED" },
		{ 8, "ResourceExhausted", "RESOURCE_EXHAUSTED" }, { 9, "FailedPrecondition", "FAILED_PRECONDITION" },
		{ 12, "Unimplemented", "UNIMPLEMENTED" }, { 13, "Internal", "INTERNAL" }, { 14, "Unavailable", "UNAVAILABLE" },
		{ 16, "Unauthenticated", "UNAUTHENTICATED" }
	};
	bool shout = lang == LANG_NODE || lang == LANG_PYTHON || lang == LANG_JAVA || lang == LANG_KOTLIN || lang == LANG_CPP;
	for (size_t i = 0; i < sizeof NAME / sizeof NAME[0]; i++)
		if (NAME[i].code == code) return shout ? NAME[i].shout : NAME[i].plain;
	return shout ? "UNKNOWN" : "Unknown";
}

static const char *by_proto(forge_proto proto, const char *grpc, const char *http, const char *store)
{
	const char *text = proto == PROTO_GRPC ? grpc : proto == PROTO_HTTP ? http : store;
	return text ? text : "";
}

/* The caller's library, or its sidecar, which speaks as Envoy does. */
static const char *transport_text(const forge_sim *s, const flow_call *c)
{
	const forge_service *caller = &s->app->services[c->from];
	const forge_voice *v = &forge_voices[caller->lang];
	forge_proto proto = s->app->ops[c->op].proto;
	if ((c->via & VIA_TIMEOUT) && c->step->timeout_ms) return by_proto(proto, v->timeout_grpc, v->timeout_http, v->timeout_store);
	if (c->via & VIA_NO_NAME) return v->unknown_host ? v->unknown_host : "";
	bool proxied = s->kube.pods.p[c->pod].sidecar && (proto == PROTO_GRPC || proto == PROTO_HTTP);
	if (proxied && (c->via & VIA_REFUSED)) return "upstream connect error or disconnect/reset before headers. reset reason: remote connection "
		"failure, transport failure reason: delayed connect error: Connection refused";
	if (proxied) return "upstream connect error or disconnect/reset before headers. reset reason: connection termination";
	if (c->via & VIA_RESET) return v->reset ? v->reset : "";
	return by_proto(proto, v->refused_grpc, v->refused_http, v->refused_store);
}

static void put_number(char out[16], int n)
{
	char digits[16];
	int k = 0, i = 0;
	unsigned u = n < 0 ? 0U - (unsigned)n : (unsigned)n;
	do digits[k++] = (char)('0' + u % 10);
	while ((u /= 10) != 0);
	if (n < 0) out[i++] = '-';
	while (k > 0) out[i++] = digits[--k];
	out[i] = 0;
}

/* Fills a voice's text. What comes from outside, the cause, goes in last and is not looked into. */
static char *fill(forge_sim *s, const flow_call *c, const char *text, const char *cause)
{
	const forge_op *op = &s->app->ops[c->op];
	const flow_trace *t = flow_trace_at(s, c->trace);
	const flow_address *to = c->to ? c->to : &s->flow->home[op->service];
	const char *ip = to->service >= 0 ? s->kube.services[to->service].ip : to->host;
	char port[16], code[16], ms[16];
	cc_buf known = CC_BUF_INIT, said = CC_BUF_INIT, out = CC_BUF_INIT;
	put_number(port, to->port);
	put_number(code, c->status);
	put_number(ms, c->step->timeout_ms ? c->step->timeout_ms : (int)((c->end - c->start) / CC_NS_PER_MS));
	const forge_op *shown = flow_is_proxy(op) && t->wanted >= 0 ? &s->app->ops[t->wanted] : op;
	const forge_pair pairs[] = { { "host", cc_str_from(to->host) }, { "ip", cc_str_from(ip) }, { "port", cc_str_from(port) },
		{ "route", cc_str_from(shown->route ? shown->route : "/") }, { "code", cc_str_from(code) }, { "ms", cc_str_from(ms) },
		{ "status", cc_str_from(code_name(c->status, s->app->services[c->from].lang)) } };
	const forge_pair last = { "cause", cc_str_from(cause) };
	forge_expand(&known, text, pairs, sizeof pairs / sizeof pairs[0]);
	if (known.p) tel_expand(s, &said, known.p, &t->vars, s->now, -1);
	if (said.p) forge_expand(&out, said.p, &last, 1);
	if (!cc_buf_ok(&said) || !cc_buf_ok(&known)) forge_fail(s, CC_ENOMEM);
	cc_buf_deinit(&known);
	cc_buf_deinit(&said);
	return taken(s, &out);
}

/* A connection nobody answered is reported in the words of a refused one, with another errno. */
static char *timed_out(forge_sim *s, char *text)
{
	static const char *const WORD[][2] = { { "ECONNREFUSED", "ETIMEDOUT" }, { "connection refused", "connection timed out" },
		{ "Connection refused", "Connection timed out" }, { "ConnectionRefused", "ConnectionTimeout" }, { "111", "110" } };
	cc_buf out = CC_BUF_INIT;
	for (cc_str rest = cc_str_from(text); rest.n > 0;) {
		size_t k = 0, words = sizeof WORD / sizeof WORD[0];
		while (k < words && !cc_str_starts(rest, cc_str_from(WORD[k][0]))) k++;
		if (k < words) cc_buf_addz(&out, WORD[k][1]);
		else cc_buf_add_char(&out, rest.p[0]);
		rest = cc_str_sub(rest, k < words ? cc_str_from(WORD[k][0]).n : 1, rest.n);
	}
	cc_free(text);
	return taken(s, &out);
}

char *flow_say_transport(forge_sim *s, const flow_call *c)
{
	const char *text = transport_text(s, c);
	char *said = fill(s, c, text[0] ? text : "connection failed", "");
	return said && (c->via & VIA_TIMEOUT) && !c->step->timeout_ms ? timed_out(s, said) : said;
}

char *flow_say_remote(forge_sim *s, const flow_call *c)
{
	const forge_voice *v = &forge_voices[s->app->services[c->from].lang];
	const char *text = by_proto(s->app->ops[c->op].proto, v->remote_grpc, v->remote_http, "{cause}");
	return fill(s, c, text[0] ? text : "{cause}", c->cause ? c->cause : "");
}

char *flow_say_step(forge_sim *s, const flow_call *c, const char *cause)
{
	return c->step->failure ? fill(s, c, c->step->failure, cause) : flow_text(s, cause);
}

char *flow_say_broker(forge_sim *s, int service, int broker, net_outcome how)
{
	const forge_voice *v = &forge_voices[s->app->services[service].lang];
	const char *text = how == NET_SILENCE ? v->timeout_store : how == NET_NO_NAME ? v->unknown_host : how == NET_RESET ? v->reset
		: v->refused_store;
	const flow_address *to = &s->flow->home[broker];
	char port[16];
	put_number(port, to->port);
	const forge_pair pairs[] = { { "host", cc_str_from(to->host) }, { "ip", cc_str_from(s->kube.services[broker].ip) },
		{ "port", cc_str_from(port) }, { "name", cc_str_from(s->app->services[service].name) }, { "ms", CC_STR("30000") } };
	cc_buf out = CC_BUF_INIT;
	forge_expand(&out, text && text[0] ? text : "broker {host}:{port} is not available", pairs, sizeof pairs / sizeof pairs[0]);
	return taken(s, &out);
}
