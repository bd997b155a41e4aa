/* flow_call.c - the client's side of a request: a connection, the wait for the answer, the patience and the further
 * attempts.
 *
 * The span begins when the caller wants the answer, so that waiting for a free connection, for the network and for the
 * server's queue all show in it. Patience is counted from there too. Each attempt has its own span. */
#include "forge/flow_priv.h"

/* A caller without patience of its own has that of its libraries: gRPC's for a connection, the kernel's for anything
 * else. */
#define GRPC_GIVES_UP (20 * FORGE_S)
#define KERNEL_GIVES_UP (63 * FORGE_S) /* five repetitions of the first packet */
/* A proxy waits so long for a connection, then answers itself: Envoy's own default, and Istio's. */
#define ENVOY_GIVES_UP (5 * FORGE_S)
#define ISTIO_GIVES_UP (10 * FORGE_S)

static void connect_now(forge_sim *s, int64_t now, int i);

/* How many requests to one callee a process of that runtime has under way at once. */
static int line_limit(const forge_service *caller, const forge_op *op)
{
	static const int LIMIT[LANG_COUNT] = {
		[LANG_CPP] = 100, [LANG_DOTNET] = 100, [LANG_GO] = 128, [LANG_JAVA] = 64, [LANG_KOTLIN] = 64,
		[LANG_NODE] = 96, [LANG_PHP] = 16, [LANG_PYTHON] = 32, [LANG_RUBY] = 16, [LANG_RUST] = 64,
		[LANG_ENVOY] = 1024, [LANG_NGINX] = 512, [LANG_STORE] = 64
	};
	if (caller->loadgen) return INT32_MAX; /* users do not share connections */
	return op->proto == PROTO_SQL ? (LIMIT[caller->lang] < 20 ? 10 : 20) : LIMIT[caller->lang];
}

static flow_line *line_of(const forge_sim *s, const flow_call *c)
{
	flow_pod *fp = flow_pod_at(s, c->pod);
	return fp && fp->line ? &fp->line[s->app->ops[c->op].service] : NULL;
}

/* Takes a free connection, or stands in line for one. */
static bool line_take(forge_sim *s, flow_call *c, int i)
{
	flow_line *line = line_of(s, c);
	c->before = c->after = -1;
	if (!line || line->used < line_limit(&s->app->services[c->from], &s->app->ops[c->op])) {
		if (line) line->used++;
		c->pooled = true;
		return true;
	}
	c->before = line->last;
	if (line->last >= 0) flow_call_at(s, line->last)->after = i;
	else line->first = i;
	line->last = i;
	return false;
}

static void line_leave(forge_sim *s, flow_line *line, flow_call *c)
{
	if (c->before >= 0) flow_call_at(s, c->before)->after = c->after;
	else line->first = c->after;
	if (c->after >= 0) flow_call_at(s, c->after)->before = c->before;
	else line->last = c->before;
	c->before = c->after = -1;
}

/* Gives the connection to whoever waits longest; or leaves the line without ever having had one. */
static void line_give(forge_sim *s, int64_t now, flow_call *c)
{
	flow_line *line = line_of(s, c);
	if (!line) return;
	if (!c->pooled) {
		if (c->state == CALL_WAITS) line_leave(s, line, c);
		return;
	}
	c->pooled = false;
	line->used--;
	int next = line->first;
	if (next < 0) return;
	flow_call *n = flow_call_at(s, next);
	line_leave(s, line, n);
	line->used++;
	n->pooled = true;
	connect_now(s, now, next);
}

static int no_answer_status(const forge_sim *s, const flow_call *c, unsigned via)
{
	const forge_op *op = &s->app->ops[c->op];
	if (op->proto == PROTO_GRPC) return via == VIA_TIMEOUT && c->step->timeout_ms ? 4 : 14;
	if (op->proto != PROTO_HTTP) return 0;
	/* What a proxy tells those who asked it. */
	if (s->app->services[c->from].lang == LANG_ENVOY) return via == VIA_TIMEOUT ? 504 : 503;
	return via != VIA_TIMEOUT && via != VIA_NO_NAME && flow_sidecar(s, c, via) ? 503 : 0;
}

static void call_free(forge_sim *s, int i)
{
	flow_call *c = flow_call_at(s, i);
	cc_free(c->cause);
	c->cause = NULL;
	flow_trace_drop(s, c->trace);
	flow_give(&s->flow->calls, i);
}

/* The JVM and Node keep the whole stack; elsewhere it ends where the instrumentation has caught the exception. */
static char *stack_of(forge_sim *s, const flow_call *c, const char *type)
{
	forge_lang lang = s->app->services[c->from].lang;
	const flow_frame *f = flow_live(&s->flow->frames, c->frame, c->frame_gen);
	bool whole = f && (lang == LANG_JAVA || lang == LANG_KOTLIN || lang == LANG_NODE);
	char *behind = flow_behind(s, c);
	const forge_raised x = { .service = c->from, .served = whole ? f->op : -1, .called = c->op,
		.connected = !(c->via & (VIA_REFUSED | VIA_NO_NAME)), .type = type, .message = c->cause,
		.behind = behind };
	char *stack = flow_stack(s, &x);
	cc_free(behind);
	return stack;
}

/* The texts of a failed attempt. An HTTP error that was answered has its status and nothing more. */
static void span_failure(forge_sim *s, const flow_call *c, forge_span *span)
{
	if (s->app->ops[c->op].proto == PROTO_HTTP && c->status) return;
	if (!c->cause) return;
	span->message = flow_text(s, c->cause);
	const char *type = flow_exception(s, c);
	if (!type[0]) return;
	span->exception = flow_text(s, type);
	span->exception_message = flow_text(s, c->cause);
	span->stack = stack_of(s, c, type);
	span->event_at = c->end - c->start > 40000 ? c->end - 20000 : c->end;
}

static void end_span(forge_sim *s, flow_call *c)
{
	if (c->handle < 0) return;
	const flow_trace *t = flow_trace_at(s, c->trace);
	const forge_op *op = &s->app->ops[c->op];
	const flow_address *to = c->to ? c->to : &s->flow->home[op->service];
	forge_span span = { .start = c->start, .end = c->end, .trace = { t->id[0], t->id[1] }, .id = c->span,
		.parent = c->parent, .service = c->from, .pod = c->pod, .op = c->op,
		.wanted = flow_is_proxy(op) ? t->wanted : -1, .journey = -1, .peer = flow_upstream_pod(s, c),
		.upstream = flow_upstream(s, c), .to_service = to->service, .to_port = to->port, .to_host = to->host,
		.kind = op->proto == PROTO_KAFKA ? KIND_PRODUCER : KIND_CLIENT, .error = !c->ok, .status = c->status,
		.via = c->via, .flag = -1, .vars = t->vars };
	if (!c->ok) span_failure(s, c, &span);
	tel_span(s, c->handle, &span);
	c->handle = -1;
}

static void new_generation(flow_call *c)
{
	c->slot.gen = c->slot.gen == INT32_MAX ? 0 : c->slot.gen + 1;
}

static void begin(forge_sim *s, int64_t now, int i);

static void retry_due(forge_sim *s, int64_t now, int i, int gen)
{
	if (flow_live(&s->flow->calls, i, gen)) begin(s, now, i);
}

static bool worth_retrying(const forge_sim *s, const flow_call *c)
{
	if (c->ok || c->attempt >= c->step->retries || (c->via & VIA_TIMEOUT)) return false;
	forge_proto proto = s->app->ops[c->op].proto;
	if (c->via & (VIA_REFUSED | VIA_RESET)) return true;
	return (proto == PROTO_GRPC && c->status == 14) || (proto == PROTO_HTTP && c->status == 503);
}

static void retry_later(forge_sim *s, int64_t now, int i)
{
	flow_call *c = flow_call_at(s, i);
	int shift = c->attempt < 10 ? c->attempt : 10;
	int64_t pause = ((int64_t)c->step->backoff_ms * FORGE_MS) << shift;
	pause += cc_rng_between(&s->flow_rng, 0, pause / 5 + 1);
	cc_free(c->cause);
	c->cause = NULL;
	c->attempt++;
	c->state = CALL_PAUSES;
	new_generation(c);
	forge_at(s, now + pause, retry_due, i, c->slot.gen);
}

/* The attempt has ended: its span, its connection; then another attempt, or the outcome to whoever waits. */
static void over(forge_sim *s, int64_t now, int i)
{
	flow_call *c = flow_call_at(s, i);
	if (!c->ok) {
		char *said = c->via & VIA_TRANSPORT ? flow_say_transport(s, c) : flow_say_remote(s, c);
		cc_free(c->cause);
		c->cause = said;
	}
	end_span(s, c);
	line_give(s, now, c);
	s->kube.pods.p[c->pod].rx_bytes += c->ok ? s->app->ops[c->op].reply_bytes + 140 : 60;
	flow_mesh_seen(s, c, c->end - c->start);
	if (worth_retrying(s, c)) {
		retry_later(s, now, i);
		return;
	}
	flow_seen_call(s, c, c->end - c->start);
	if (c->frame >= 0) {
		flow_frame *f = flow_live(&s->flow->frames, c->frame, c->frame_gen);
		if (f) flow_frame_called(s, now, f, c);
	} else {
		flow_user *u = flow_live(&s->flow->users, c->user, c->user_gen);
		if (u) flow_user_answered(s, now, u, c);
	}
	call_free(s, i);
}

static void over_due(forge_sim *s, int64_t now, int i, int gen)
{
	if (flow_live(&s->flow->calls, i, gen)) over(s, now, i);
}

static void given_up(forge_sim *s, int64_t now, int i, int gen, unsigned via)
{
	flow_call *c = flow_live(&s->flow->calls, i, gen);
	if (!c || c->state == CALL_PAUSES || (c->state == CALL_ANSWERED && c->end <= now)) return;
	cc_free(c->cause);
	c->cause = NULL;
	c->ok = false;
	c->via = via;
	c->status = no_answer_status(s, c, via);
	c->end = now;
	over(s, now, i);
}

static void patience_ends(forge_sim *s, int64_t now, int i, int gen)
{
	given_up(s, now, i, gen, VIA_TIMEOUT);
}

/* The proxy has waited for a connection in vain. */
static void no_connection(forge_sim *s, int64_t now, int i, int gen)
{
	given_up(s, now, i, gen, VIA_REFUSED | VIA_TIMEOUT);
}

void flow_call_answer(forge_sim *s, int64_t now, int i, int gen, flow_answer a)
{
	flow_call *c = flow_live(&s->flow->calls, i, gen);
	if (!c || c->lost || c->state != CALL_OUT) {
		cc_free(a.cause);
		if (c && c->lost && !c->step->timeout_ms) forge_at(s, now + KERNEL_GIVES_UP, patience_ends, i, gen);
		return;
	}
	c->state = CALL_ANSWERED;
	c->ok = a.ok;
	c->status = a.status;
	c->via = a.via;
	c->cause = a.cause;
	c->end = now + c->back_ns;
	/* The caller needs a moment before it goes on: the span ends before its next one begins. */
	forge_at(s, c->end + cc_rng_between(&s->flow_rng, 20000, 160000), over_due, i, gen);
}

static void arrives(forge_sim *s, int64_t now, int i, int gen)
{
	const flow_call *c = flow_live(&s->flow->calls, i, gen);
	if (c && c->state == CALL_OUT) flow_arrive(s, now, i);
}

static void fails(forge_sim *s, int64_t at, int i, unsigned via)
{
	const flow_call *c = flow_call_at(s, i);
	flow_call_answer(s, at, i, c->slot.gen, (flow_answer){ .via = via, .status = no_answer_status(s, c, via) });
}

/* A sidecar answers a request it refuses; of a protocol it does not speak it can only close the connection. */
static void denied(forge_sim *s, int64_t at, int i)
{
	const flow_call *c = flow_call_at(s, i);
	const forge_op *op = &s->app->ops[c->op];
	flow_log_denied(s, s->now, c);
	if (!flow_is_rpc(op)) {
		fails(s, at, i, VIA_RESET);
		return;
	}
	flow_answer a = { .status = op->proto == PROTO_GRPC ? 7 : 403, .via = VIA_DENIED };
	a.cause = flow_text(s, "RBAC: access denied");
	flow_call_answer(s, at, i, c->slot.gen, a);
}

static void give_up_after(forge_sim *s, int64_t now, int64_t patience, int i)
{
	forge_at(s, now + patience, patience_ends, i, flow_call_at(s, i)->slot.gen);
}

/* Nothing comes back: whose patience ends first? That of the step is on its way already. */
static void wait_in_vain(forge_sim *s, int64_t now, int i)
{
	const flow_call *c = flow_call_at(s, i);
	bool envoy = s->app->services[c->from].lang == LANG_ENVOY;
	if (envoy || flow_sidecar(s, c, VIA_TIMEOUT))
		forge_at(s, now + (s->app->istio ? ISTIO_GIVES_UP : ENVOY_GIVES_UP), no_connection, i, c->slot.gen);
	else if (!c->step->timeout_ms)
		give_up_after(s, now, s->app->ops[c->op].proto == PROTO_GRPC ? GRPC_GIVES_UP : KERNEL_GIVES_UP, i);
}

static void connect_now(forge_sim *s, int64_t now, int i)
{
	flow_call *c = flow_call_at(s, i);
	c->state = CALL_OUT;
	c->to = flow_address_of(s, c);
	net_path path = net_connect(s, c->pod, c->to->service, c->to->port);
	c->back_ns = path.back_ns;
	c->lost = path.lost;
	c->peer = path.outcome == NET_POD || path.outcome == NET_DENIED ? path.pod : -1;
	c->chosen = path.pod;
	s->kube.pods.p[c->pod].tx_bytes += s->app->ops[c->op].request_bytes + 180;
	int64_t there = now + path.there_ns;
	bool no_host = path.pod < 0 && flow_knows_endpoints(s, c);
	switch (path.outcome) {
	case NET_POD: forge_at(s, there, arrives, i, c->slot.gen); break;
	case NET_REFUSED: fails(s, there, i, no_host ? VIA_REFUSED | VIA_NO_HOST : VIA_REFUSED); break;
	case NET_NO_NAME: fails(s, there, i, VIA_NO_NAME); break;
	case NET_RESET: fails(s, there, i, VIA_RESET); break;
	case NET_DENIED: denied(s, there, i); break;
	case NET_SILENCE: wait_in_vain(s, now, i); break;
	}
}

/* One attempt. */
static void begin(forge_sim *s, int64_t now, int i)
{
	flow_call *c = flow_call_at(s, i);
	c->state = CALL_WAITS;
	c->start = now;
	c->span = flow_span_id(s);
	c->ok = c->lost = c->pooled = false;
	c->status = 0;
	c->via = 0;
	c->peer = c->chosen = -1;
	c->back_ns = 0;
	c->to = NULL;
	bool traced = s->app->services[c->from].traced && c->step != &s->flow->browser_step;
	c->handle = traced ? tel_span_begin(s, now) : -1;
	if (c->handle < 0) c->span = c->parent;
	if (c->step->timeout_ms) give_up_after(s, now, (int64_t)c->step->timeout_ms * FORGE_MS, i);
	if (line_take(s, c, i)) connect_now(s, now, i);
}

void flow_call_start(forge_sim *s, int64_t now, const flow_want *w)
{
	int i = flow_take(s, &s->flow->calls);
	if (i < 0) return;
	flow_call *c = flow_call_at(s, i);
	c->trace = w->trace;
	flow_trace_at(s, w->trace)->refs++;
	c->op = w->op;
	c->step = w->step;
	c->left = w->left;
	c->pod = w->pod;
	c->from = s->kube.pods.p[w->pod].service;
	c->parent = w->parent;
	c->frame = w->frame;
	c->frame_gen = w->frame_gen;
	c->user = w->user;
	c->user_gen = w->user_gen;
	begin(s, now, i);
}

void flow_calls_of_pod(forge_sim *s, int pod)
{
	for (int i = 0; i < s->flow->calls.made; i++) {
		flow_call *c = flow_call_at(s, i);
		if (!c->slot.used || c->pod != pod) continue;
		if (c->handle >= 0) tel_span_drop(s, c->handle);
		call_free(s, i);
	}
}
