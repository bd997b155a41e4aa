/* flow.c - requests: each is served call by call along the tables of world.c, and leaves spans, log lines and load behind.
 *
 * A call finds a ready pod or is refused; a refused or failed call fails its caller unless that tolerates it. Everything that
 * later looks like an incident in the telemetry comes from here. */
#include <string.h>

#include "forge/sim.h"

/* One trace under way, with what its shopper is doing. */
typedef struct flow_trace {
	uint64_t id[2];
	forge_op_id wanted;          /* what the proxy is asked for */
	char user[FORGE_UID], order[FORGE_UID], txn[FORGE_UID], request_id[FORGE_UID];
	const forge_product *product;
	const char *currency;
	int cents, count, serial;
} flow_trace;

typedef struct flow_result {
	int64_t end;
	bool ok;
	int status;                  /* HTTP status, or gRPC code */
	bool refused;                /* nobody answered */
	cc_str cause;                /* what the caller is told */
	int peer;                    /* pod that answered, or -1 */
} flow_result;

static flow_result serve(forge_sim *s, flow_trace *t, int pod, forge_op_id op, uint64_t parent, int64_t at, forge_kind kind);

static int64_t spread(forge_sim *s, int median_us)
{
	double us = cc_rng_lognormal(&s->flow_rng, (double)median_us, 0.32);
	return (int64_t)us * CC_NS_PER_US + cc_rng_between(&s->flow_rng, 0, 999);
}

static uint64_t span_id(forge_sim *s)
{
	return cc_rng_u64(&s->flow_rng) | 1;
}

enum { PAIRS = 20 };
typedef struct flow_words {
	forge_pair pair[PAIRS];
	size_t n;
	cc_buf own[5];               /* texts made for this expansion */
} flow_words;

static void word(flow_words *w, const char *key, cc_str value)
{
	if (w->n < PAIRS) w->pair[w->n++] = (forge_pair){ key, value };
}

static void words_of(flow_words *w, const flow_trace *t, int64_t at)
{
	*w = (flow_words){ .n = 0 };
	cc_buf_addf(&w->own[0], "%d.%02d", t->cents / 100, t->cents % 100);
	out_time_us(&w->own[1], at);
	cc_buf_addf(&w->own[2], "%lld", (long long)(at / CC_NS_PER_MS));
	cc_buf_addf(&w->own[3], "%d", t->count);
	cc_buf_addf(&w->own[4], "%d", t->serial);
	word(w, "amount", cc_buf_str(&w->own[0]));
	word(w, "iso", cc_buf_str(&w->own[1]));
	word(w, "millis", cc_buf_str(&w->own[2]));
	word(w, "count", cc_buf_str(&w->own[3]));
	word(w, "serial", cc_buf_str(&w->own[4]));
	word(w, "user", cc_str_from(t->user));
	word(w, "order", cc_str_from(t->order));
	word(w, "txn", cc_str_from(t->txn));
	word(w, "product", cc_str_from(t->product->id));
	word(w, "productName", cc_str_from(t->product->name));
	word(w, "currency", cc_str_from(t->currency));
	word(w, "email", CC_STR("shopper@example.com"));
}

static void words_end(flow_words *w)
{
	for (size_t i = 0; i < sizeof w->own / sizeof w->own[0]; i++) cc_buf_deinit(&w->own[i]);
}

static cc_str expand(forge_sim *s, const char *text, const flow_words *w)
{
	cc_buf b = CC_BUF_INIT;
	forge_expand(&b, text, w->pair, w->n);
	cc_str kept = forge_str(s, &b);
	cc_buf_deinit(&b);
	return kept;
}

static cc_str number(forge_sim *s, int n)
{
	cc_str v = cc_arena_printf(s->arena, "%d", n);
	return v.p ? v : CC_STR_EMPTY;
}

static const char *grpc_word(int code, forge_lang lang)
{
	bool shout = lang == LANG_NODE || lang == LANG_PYTHON || lang == LANG_JAVA || lang == LANG_KOTLIN || lang == LANG_CPP;
	if (code == 14) return shout ? "UNAVAILABLE" : "Unavailable";
	return shout ? "INTERNAL" : "Internal";
}

/* What the caller's own library says about a call nobody took. */
static cc_str refusal(forge_sim *s, const flow_trace *t, int caller, const forge_op *op, int64_t at)
{
	const forge_voice *v = &forge_voices[forge_apps[caller].lang];
	const forge_app *a = &forge_apps[op->app];
	flow_words w;
	words_of(&w, t, at);
	word(&w, "host", cc_str_from(a->name));
	word(&w, "ip", cc_str_from(s->kube.services[op->app].ip));
	word(&w, "port", number(s, a->port));
	cc_str route = expand(s, op->route ? op->route : "/", &w);
	word(&w, "route", route);
	const char *text = op->proto == PROTO_GRPC ? v->refused_grpc : op->proto == PROTO_HTTP ? v->refused_http : v->refused_store;
	cc_str said = expand(s, text, &w);
	words_end(&w);
	return said;
}

/* What the caller's library says about an error it received. */
static cc_str remote(forge_sim *s, const flow_trace *t, int caller, const forge_op *op, const flow_result *r, int64_t at)
{
	flow_words w;
	words_of(&w, t, at);
	cc_str said;
	word(&w, "cause", r->cause);
	word(&w, "code", number(s, r->status));
	word(&w, "host", cc_str_from(forge_apps[op->app].name));
	if (op->proto == PROTO_GRPC) {
		word(&w, "status", cc_str_from(grpc_word(r->status, forge_apps[caller].lang)));
		said = expand(s, forge_voices[forge_apps[caller].lang].remote, &w);
	} else if (op->proto == PROTO_HTTP) {
		said = expand(s, forge_apps[caller].lang == LANG_NODE ? "Request failed with status code {code}"
			: "failed POST to {host} service: expected 200, got {code}", &w);
	} else {
		said = r->cause;
	}
	words_end(&w);
	return said;
}

static void attr_text(cc_buf *b, bool *first, const char *key, const char *value)
{
	out_map(b, first, key, cc_str_from(value));
}

static void attrs_http(forge_sim *s, cc_buf *b, bool *first, const forge_op *op, const flow_trace *t, const flow_result *r, bool client)
{
	flow_words w;
	words_of(&w, t, r->end);
	cc_str path = expand(s, op->route, &w);
	words_end(&w);
	attr_text(b, first, "http.request.method", op->method);
	out_map(b, first, client ? "url.full" : "url.path", client
		? cc_arena_printf(s->arena, "http://%s:%d%.*s", forge_apps[op->app].name, forge_apps[op->app].port, CC_STR_ARG(path)) : path);
	if (client) {
		attr_text(b, first, "server.address", forge_apps[op->app].name);
		out_map(b, first, "server.port", number(s, forge_apps[op->app].port));
	}
	if (!r->refused) out_map(b, first, "http.response.status_code", number(s, r->status));
}

static void attrs_of(forge_sim *s, cc_buf *b, const forge_op *op, const flow_trace *t, const flow_result *r, bool client)
{
	bool first = true;
	const forge_app *a = &forge_apps[op->app];
	switch (op->proto) {
	case PROTO_HTTP:
		attrs_http(s, b, &first, op, t, r, client);
		break;
	case PROTO_GRPC:
		attr_text(b, &first, "rpc.system", "grpc");
		attr_text(b, &first, "rpc.service", op->method);
		attr_text(b, &first, "rpc.method", op->route);
		out_map(b, &first, "rpc.grpc.status_code", number(s, r->ok ? 0 : r->status));
		if (client) attr_text(b, &first, "server.address", a->name);
		break;
	case PROTO_REDIS:
	case PROTO_SQL:
		attr_text(b, &first, "db.system", op->method);
		attr_text(b, &first, "db.statement", op->route);
		attr_text(b, &first, "server.address", a->name);
		out_map(b, &first, "server.port", number(s, a->port));
		break;
	case PROTO_KAFKA:
		attr_text(b, &first, "messaging.system", "kafka");
		attr_text(b, &first, "messaging.destination.name", op->route);
		attr_text(b, &first, "messaging.operation", op->method);
		if (!client) attr_text(b, &first, "messaging.kafka.consumer.group", a->name);
		break;
	}
	out_map_end(b, first);
}

static void exception(forge_sim *s, forge_span *span, forge_lang lang, int64_t at, cc_str message, bool refused)
{
	const forge_voice *v = &forge_voices[lang];
	if (!v->exception[0]) return;
	cc_buf b = CC_BUF_INIT;
	bool first = true;
	out_map(&b, &first, "exception.type", cc_str_from(refused || lang != LANG_DOTNET ? v->exception : "Grpc.Core.RpcException"));
	out_map(&b, &first, "exception.message", message);
	if (v->frames && lang != LANG_NODE)
		out_map(&b, &first, "exception.stacktrace", cc_arena_printf(s->arena, "%s: %.*s\n%s", v->exception, CC_STR_ARG(message), v->frames));
	out_map_end(&b, first);
	span->ev_name = CC_STR("exception");
	span->ev_attrs = forge_str(s, &b);
	span->ev_at = at;
	cc_buf_deinit(&b);
}

/* The failing caller writes about it, each runtime in its own form; some of it lies about its severity. */
static void failure_log(forge_sim *s, const flow_trace *t, int pod, uint64_t span, int64_t at, cc_str message, bool tolerated)
{
	int app = s->kube.pods.p[pod].app;
	const forge_voice *v = &forge_voices[forge_apps[app].lang];
	forge_log l = { .t = at, .trace = { t->id[0], t->id[1] }, .span = span, .app = app, .pod = pod,
		.severity = tolerated ? v->warn : v->error, .number = tolerated ? v->warn_n : v->error_n };
	cc_buf b = CC_BUF_INIT, attrs = CC_BUF_INIT;
	switch (forge_apps[app].lang) {
	case LANG_NODE:
		cc_buf_addf(&b, "Error: %.*s\n%s", CC_STR_ARG(message), v->frames);
		l.severity = ""; /* written to stderr without a logger */
		l.number = 0;
		break;
	case LANG_GO: {
		cc_buf text = CC_BUF_INIT;
		out_time_us(&text, at);
		cc_buf_addf(&b, "{\"time\":\"%s\",\"level\":\"%s\",\"msg\":", text.p ? text.p : "", tolerated ? "WARN" : "ERROR");
		cc_json_write_str(&b, message);
		cc_buf_addz(&b, "}");
		cc_buf_deinit(&text);
		break;
	}
	case LANG_PYTHON:
		cc_buf_addf(&b, "Traceback (most recent call last):\n%s\n%s: %.*s", v->frames, v->exception, CC_STR_ARG(message));
		break;
	default:
		cc_buf_add(&b, message);
		break;
	}
	if (v->exception[0]) {
		bool first = true;
		out_map(&attrs, &first, "exception.type", cc_str_from(v->exception));
		out_map(&attrs, &first, "exception.message", message);
		out_map_end(&attrs, first);
		l.attrs = forge_str(s, &attrs);
	}
	l.body = forge_str(s, &b);
	if (forge_apps[app].lang != LANG_ENVOY) tel_log(s, &l);
	cc_buf_deinit(&b);
	cc_buf_deinit(&attrs);
}

static void load(forge_sim *s, int pod, int64_t self_ns, int in, int out)
{
	forge_pod *p = &s->kube.pods.p[pod];
	p->cpu_us += self_ns * 6 / 10 / CC_NS_PER_US;
	p->rx_bytes += in + 180;
	p->tx_bytes += out + 140;
}

static void consumers(forge_sim *s, flow_trace *t, const forge_op *op, uint64_t producer, int64_t at)
{
	for (int i = 0; i < FORGE_STEPS && op->steps[i].op != OP_NONE; i++) {
		int pod = kube_pick(s, forge_ops[op->steps[i].op].app);
		int64_t later = at + cc_rng_between(&s->flow_rng, 4 * FORGE_MS, 38 * FORGE_MS);
		t->serial = ++s->orders;
		if (pod >= 0) (void)serve(s, t, pod, op->steps[i].op, producer, later, KIND_CONSUMER);
	}
}

/* A store or broker keeps no spans of its own; it only takes time. */
static flow_result answer_store(forge_sim *s, flow_trace *t, int pod, const forge_op *op, uint64_t id, int64_t at)
{
	int64_t took = spread(s, op->self_us);
	load(s, pod, took, op->request_bytes, op->reply_bytes);
	if (op->proto == PROTO_KAFKA) consumers(s, t, op, id, at + took);
	return (flow_result){ .end = at + took, .ok = true, .status = 0, .cause = CC_STR_EMPTY, .peer = pod };
}

static flow_result answer(forge_sim *s, flow_trace *t, int caller, forge_op_id id_of_op, uint64_t id, int64_t at)
{
	const forge_op *op = &forge_ops[id_of_op];
	int pod = kube_pick(s, op->app);
	if (pod < 0) {
		flow_result r = { .end = at + spread(s, 620), .ok = false, .refused = true, .status = op->proto == PROTO_HTTP ? 503 : 14,
			.peer = -1 };
		r.cause = refusal(s, t, caller, op, r.end);
		return r;
	}
	if (op->proto != PROTO_HTTP && op->proto != PROTO_GRPC) return answer_store(s, t, pod, op, id, at);
	int64_t hop = cc_rng_between(&s->flow_rng, 180000, 720000);
	flow_result r = serve(s, t, pod, id_of_op, id, at + hop, KIND_SERVER);
	r.end += cc_rng_between(&s->flow_rng, 150000, 600000);
	r.refused = false;
	r.peer = pod;
	if (!r.ok) r.cause = remote(s, t, caller, op, &r, r.end);
	return r;
}

/* One call from a pod: the client span, whatever happens at the other end, and its outcome. */
static flow_result call(forge_sim *s, flow_trace *t, int from, forge_op_id target, uint64_t parent, int64_t at)
{
	int caller = s->kube.pods.p[from].app;
	const forge_op *op = &forge_ops[target];
	forge_span span = { .start = at, .trace = { t->id[0], t->id[1] }, .id = span_id(s), .parent = parent, .app = caller, .pod = from,
		.kind = op->proto == PROTO_KAFKA ? KIND_PRODUCER : KIND_CLIENT,
		.scope = caller == APP_LOADGEN ? "opentelemetry.instrumentation.requests" : forge_voices[forge_apps[caller].lang].scope };
	/* The load generator asks the proxy for what the shopper wants; the span names the method as HTTP clients do. */
	const forge_op *shown = target == OP_PROXY ? &forge_ops[t->wanted] : op;
	span.name = caller == APP_PROXY ? (shown->app == APP_IMAGES ? "router image-provider egress" : "router frontend egress")
		: target == OP_PROXY ? shown->method : op->client ? op->client : op->name;
	flow_result r = answer(s, t, caller, target, span.id, at);
	span.dur = r.end - at;
	span.error = !r.ok;
	cc_buf b = CC_BUF_INIT;
	forge_op as_seen = *shown;
	if (target == OP_PROXY) as_seen.app = APP_PROXY;
	attrs_of(s, &b, &as_seen, t, &r, true);
	span.attrs = forge_str(s, &b);
	cc_buf_deinit(&b);
	if (!r.ok) {
		if (op->proto != PROTO_HTTP || r.refused) span.message = r.cause;
		if (r.refused || op->proto == PROTO_GRPC) exception(s, &span, forge_apps[caller].lang, r.end - 20000, r.cause, r.refused);
		s->flow.failed[op->app][caller]++;
	}
	tel_span(s, &span);
	return r;
}

static void envoy_line(forge_sim *s, const flow_trace *t, int pod, uint64_t id, int64_t at, const flow_result *r, int64_t upstream)
{
	const forge_op *op = &forge_ops[t->wanted];
	flow_words w;
	words_of(&w, t, at);
	cc_str path = expand(s, op->route, &w);
	words_end(&w);
	cc_buf b = CC_BUF_INIT, attrs = CC_BUF_INIT;
	const char *peer = r->peer >= 0 ? s->kube.pods.p[r->peer].ip : "-";
	cc_buf_addz(&b, "[");
	cc_time_format_ms(&b, at);
	cc_buf_addf(&b, "] \"%s %.*s HTTP/1.1\" %d %s %s - \"-\" %d %d %d %d \"-\" \"python-requests/2.32.4\" \"%s\" \"frontend-proxy:8080\" \"%s:%d\" %s",
		op->method, CC_STR_ARG(path), r->status, r->refused ? "UF" : "-", r->refused ? "upstream_reset_before_response_started" : "via_upstream",
		op->request_bytes > 500 ? op->request_bytes - 300 : 0, r->ok ? op->reply_bytes : 91, (int)((r->end - at) / CC_NS_PER_MS),
		(int)(upstream / CC_NS_PER_MS), t->request_id, peer, forge_apps[op->app].port, forge_apps[op->app].name);
	bool first = true;
	out_map(&attrs, &first, "event.name", CC_STR("proxy.access"));
	out_map(&attrs, &first, "url.path", path);
	out_map(&attrs, &first, "http.request.method", cc_str_from(op->method));
	out_map(&attrs, &first, "http.response.status_code", number(s, r->status));
	out_map_end(&attrs, first);
	forge_log l = { .t = r->end, .trace = { t->id[0], t->id[1] }, .span = id, .app = APP_PROXY, .pod = pod, .severity = "",
		.body = forge_str(s, &b), .attrs = forge_str(s, &attrs) };
	tel_log(s, &l);
	cc_buf_deinit(&b);
	cc_buf_deinit(&attrs);
}

static void success_log(forge_sim *s, const flow_trace *t, int pod, const forge_op *op, uint64_t id, int64_t at)
{
	if (!op->log) return;
	const forge_voice *v = &forge_voices[forge_apps[op->app].lang];
	flow_words w;
	words_of(&w, t, at);
	word(&w, "ip", cc_str_from(s->kube.pods.p[pod].ip));
	cc_buf clf = CC_BUF_INIT;
	out_stamp_s(&clf, at);
	word(&w, "clf", cc_buf_str(&clf));
	forge_log l = { .t = at, .trace = { t->id[0], t->id[1] }, .span = id, .app = op->app, .pod = pod, .severity = v->info,
		.number = v->info_n, .body = expand(s, op->log, &w) };
	/* Lines scraped from a container's output know nothing of the trace. */
	if (forge_apps[op->app].lang == LANG_NGINX || forge_apps[op->app].lang == LANG_PHP) l.trace[0] = l.trace[1] = l.span = 0;
	tel_log(s, &l);
	words_end(&w);
	cc_buf_deinit(&clf);
}

/* The text a failing step becomes for whoever asked. */
static cc_str step_failure(forge_sim *s, const flow_trace *t, const forge_step *step, const flow_result *r)
{
	if (!step->failure) return r->cause;
	flow_words w;
	words_of(&w, t, r->end);
	word(&w, "cause", r->cause);
	word(&w, "status", number(s, r->status));
	cc_str text = expand(s, step->failure, &w);
	words_end(&w);
	return text;
}

static void starve(forge_sim *s, int app, const forge_step *step)
{
	for (; step->op != OP_NONE; step++)
		if (!step->permille) s->flow.starved[app][forge_ops[step->op].app]++;
}

/* Takes the steps of an op from *at on; stops at the first failure that is not tolerated. */
static flow_result steps(forge_sim *s, flow_trace *t, int pod, const forge_op *op, uint64_t id, int64_t at)
{
	flow_result all = { .end = at, .ok = true, .status = 200, .peer = -1 };
	for (const forge_step *st = op->steps; st < op->steps + FORGE_STEPS && st->op != OP_NONE; st++) {
		if (st->permille && (int)cc_rng_below(&s->flow_rng, 1000) >= st->permille) continue;
		int times = st->most > 1 ? (int)cc_rng_between(&s->flow_rng, 1, st->most) : 1;
		forge_op_id target = st->op == OP_PROXY ? t->wanted : st->op;
		for (int i = 0; i < times; i++) {
			flow_result r = call(s, t, pod, target, id, all.end);
			all.end = r.end + cc_rng_between(&s->flow_rng, 30000, 190000);
			all.peer = r.peer;
			if (r.ok) continue;
			r.cause = step_failure(s, t, st, &r);
			failure_log(s, t, pod, id, r.end + 60000, r.cause, st->tolerated);
			if (st->tolerated) break;
			all.ok = false;
			all.cause = r.cause;
			all.refused = r.refused;
			all.status = op->proto == PROTO_GRPC ? 13 : op->app == APP_PROXY ? r.status : 500;
			starve(s, op->app, st + 1);
			return all;
		}
	}
	return all;
}

/* The request inside a pod: its own work, its calls, its span and its log line. */
static flow_result serve(forge_sim *s, flow_trace *t, int pod, forge_op_id id_of_op, uint64_t parent, int64_t at, forge_kind kind)
{
	const forge_op *op = &forge_ops[id_of_op];
	int64_t self = spread(s, op->self_us);
	forge_span span = { .start = at, .trace = { t->id[0], t->id[1] }, .id = span_id(s), .parent = parent, .app = op->app, .pod = pod,
		.kind = kind, .name = op->name, .scope = forge_voices[forge_apps[op->app].lang].scope,
		.link = kind == KIND_CONSUMER ? parent : 0 };
	flow_result r = steps(s, t, pod, op, span.id, at + self / 2);
	int64_t upstream = r.end - at - self / 2;
	r.end += self - self / 2;
	load(s, pod, self, op->request_bytes, op->reply_bytes);
	span.dur = r.end - at;
	span.error = !r.ok;
	const forge_op *shown = op->app == APP_PROXY ? &forge_ops[t->wanted] : op;
	cc_buf b = CC_BUF_INIT;
	flow_result as_seen = r;
	as_seen.refused = false;
	attrs_of(s, &b, shown, t, &as_seen, false);
	span.attrs = forge_str(s, &b);
	cc_buf_deinit(&b);
	if (!r.ok && op->proto != PROTO_HTTP) span.message = r.cause;
	if (!r.ok && op->proto == PROTO_HTTP && op->app != APP_PROXY) exception(s, &span, forge_apps[op->app].lang, r.end - 45000, r.cause, false);
	tel_span(s, &span);
	if (op->app == APP_PROXY) envoy_line(s, t, pod, span.id, at, &r, upstream);
	else if (r.ok) success_log(s, t, pod, op, span.id, r.end - 30000);
	return r;
}

static void trace_begin(forge_sim *s, flow_trace *t)
{
	static const char *const CURRENCIES[] = { "USD", "EUR", "CHF", "GBP", "JPY" };
	*t = (flow_trace){ .id = { cc_rng_u64(&s->flow_rng), cc_rng_u64(&s->flow_rng) | 1 } };
	kube_uid(s, t->user);
	kube_uid(s, t->order);
	kube_uid(s, t->txn);
	kube_uid(s, t->request_id);
	t->product = &forge_products[cc_rng_below(&s->flow_rng, FORGE_PRODUCTS)];
	t->currency = CURRENCIES[cc_rng_below(&s->flow_rng, 5)];
	t->count = (int)cc_rng_between(&s->flow_rng, 1, 4);
	t->cents = t->product->cents * t->count / 7 + (int)cc_rng_below(&s->flow_rng, 100);
}

static void journey(forge_sim *s, int64_t now, int pod)
{
	const forge_journey *j = forge_journey_pick((int)cc_rng_below(&s->flow_rng, (uint64_t)forge_journey_weight()));
	flow_trace t;
	trace_begin(s, &t);
	forge_span root = { .start = now, .trace = { t.id[0], t.id[1] }, .id = span_id(s), .app = APP_LOADGEN, .pod = pod,
		.kind = KIND_INTERNAL, .name = j->name, .scope = "locust" };
	int64_t at = now + cc_rng_between(&s->flow_rng, 90000, 400000);
	for (int i = 0; i < 6 && j->requests[i] != OP_NONE; i++) {
		int times = i == 0 && j->most_first ? (int)cc_rng_between(&s->flow_rng, 1, j->most_first) : 1;
		for (; times > 0; times--) {
			t.wanted = j->requests[i];
			flow_result r = call(s, &t, pod, OP_PROXY, root.id, at);
			at = r.end + cc_rng_between(&s->flow_rng, 400000, 2600000);
			s->flow.requests++;
			s->flow.failures += !r.ok;
			load(s, pod, 400000, forge_ops[t.wanted].reply_bytes, forge_ops[t.wanted].request_bytes);
		}
	}
	root.dur = at - now;
	cc_buf b = CC_BUF_INIT;
	bool first = true;
	out_map(&b, &first, "session.id", cc_str_from(t.user));
	out_map_end(&b, first);
	root.attrs = forge_str(s, &b);
	cc_buf_deinit(&b);
	tel_span(s, &root);
}

static void arrive(forge_sim *s, int64_t now, int a, int b)
{
	int pod = kube_pick(s, APP_LOADGEN);
	if (pod >= 0) journey(s, now, pod);
	int requests_x2, weight;
	forge_journey_mean(&requests_x2, &weight);
	/* Mean distance of journeys = requests a journey / requests a second. */
	double mean_ns = (double)requests_x2 * 0.5e12 / ((double)weight * (double)s->opt->rps_milli);
	forge_at(s, now + 1 + (int64_t)cc_rng_exp(&s->flow_rng, mean_ns), arrive, a, b);
}

static void chatter(forge_sim *s, int64_t now, int which, int said)
{
	const forge_chatter *c = &forge_chatters[which];
	cc_buf b = CC_BUF_INIT;
	const forge_pair pair = { "n", number(s, said) };
	forge_expand(&b, c->text, &pair, 1);
	int pod = kube_pick(s, c->app);
	if (pod >= 0 && b.p) tel_pod_log(s, now, pod, c->level, "%s", b.p);
	cc_buf_deinit(&b);
	forge_at(s, now + cc_rng_between(&s->flow_rng, c->period_s * 600 * FORGE_MS, c->period_s * 1400 * FORGE_MS), chatter, which, said + 1);
}

void flow_start(forge_sim *s, int64_t from)
{
	forge_at(s, from, arrive, 0, 0);
	for (size_t i = 0; i < forge_chatter_count; i++)
		forge_at(s, from + cc_rng_between(&s->flow_rng, 0, forge_chatters[i].period_s * FORGE_S), chatter, (int)i, 1);
}
