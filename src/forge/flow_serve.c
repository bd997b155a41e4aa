/* flow_serve.c - the server's side of a request: queue, worker, processor, own waiting, the calls it takes, the answer.
 *
 * The processor of a pod is one line of work in the order of arrival, as fast as the pod's share. A quota is used up in
 * bursts: a pod below its limit runs at full speed, one above it falls behind by whole periods, as the kernel's
 * bandwidth control does. Half of an operation's work comes before its calls, half after. */
#include "forge/flow_priv.h"

#define PERIOD (100 * FORGE_MS) /* of the processor quota */

int64_t flow_use_cpu(forge_sim *s, int64_t now, int pod, int us)
{
	kube_pod *p = &s->kube.pods.p[pod];
	flow_pod *fp = &s->flow->pods.p[pod];
	int share = p->cpu_share_m > 0 ? p->cpu_share_m : 1000;
	int64_t need = (int64_t)us * CC_NS_PER_US;
	p->cpu_free_at = (p->cpu_free_at > now ? p->cpu_free_at : now) + need * 1000 / share;
	p->cpu_us += us;
	/* Only an untouched quota can be used ahead: a share cut down by others is short at every moment. */
	int64_t burst = fp->limit_m && share >= fp->limit_m ? PERIOD : 0;
	int64_t done = p->cpu_free_at - burst > now + need ? p->cpu_free_at - burst : now + need;
	if (!fp->limit_m) return done;
	int64_t late = done - now - need, period = now / PERIOD;
	p->throttled_us += late / CC_NS_PER_US;
	if (period == fp->period) return done;
	fp->period = period;
	p->periods++;
	if (late > 0) p->throttled_periods++;
	return done;
}

static int workers_of(const forge_service *svc)
{
	return svc->workers > 0 ? svc->workers : 256;
}

static bool exports(const forge_sim *s, const flow_frame *f)
{
	const forge_service *svc = &s->app->services[f->service];
	return svc->traced && (f->kind == KIND_CONSUMER || flow_is_rpc(&s->app->ops[f->op]));
}

static int new_frame(forge_sim *s, int pod, int op, int trace)
{
	int i = flow_take(s, &s->flow->frames);
	if (i < 0) return -1;
	flow_frame *f = flow_frame_at(s, i);
	f->trace = trace;
	flow_trace_at(s, trace)->refs++;
	f->op = op;
	f->pod = pod;
	f->service = s->kube.pods.p[pod].service;
	f->call = f->group = f->handle = f->flag = f->peer = f->after = f->called = -1;
	f->kind = KIND_SERVER;
	return i;
}

static void frame_free(forge_sim *s, int i)
{
	flow_frame *f = flow_frame_at(s, i);
	cc_free(f->cause);
	cc_free(f->behind);
	f->cause = f->behind = NULL;
	flow_trace_drop(s, f->trace);
	flow_give(&s->flow->frames, i);
}

static void work(forge_sim *s, int64_t now, int i);

static void reject(forge_sim *s, int64_t now, int call, flow_answer a)
{
	flow_call_answer(s, now, call, flow_call_at(s, call)->slot.gen, a);
}

/* Every worker is taken and the backlog is full. */
static void overloaded(forge_sim *s, int64_t now, int call, int pod)
{
	const forge_op *op = &s->app->ops[flow_call_at(s, call)->op];
	const kube_pod *p = &s->kube.pods.p[pod];
	char *said = flow_say_overload(s, p->service, op);
	flow_pod *fp = &s->flow->pods.p[pod];
	if (said && now - fp->said_full > 5 * FORGE_S) { /* loggers of this kind hold back repetitions */
		fp->said_full = now;
		tel_pod_log(s, now, pod, 'w', "%s: %d requests in progress, %d waiting", said, p->busy, p->queued);
	}
	int status = op->proto == PROTO_GRPC ? 8 : op->proto == PROTO_HTTP ? 503 : 0;
	reject(s, now, call, (flow_answer){ .status = status, .via = VIA_OVERLOAD, .cause = said });
}

/* The address led to a process that offers something else. */
static void unknown_here(forge_sim *s, int64_t now, int call)
{
	forge_proto proto = s->app->ops[flow_call_at(s, call)->op].proto;
	if (proto == PROTO_GRPC)
		reject(s, now, call, (flow_answer){ .status = 12, .cause = flow_text(s, "unknown service") });
	else if (proto == PROTO_HTTP)
		reject(s, now, call, (flow_answer){ .status = 404, .cause = flow_text(s, "404 page not found") });
	else
		reject(s, now, call, (flow_answer){ .via = VIA_RESET });
}

static void enqueue(forge_sim *s, int pod, int i)
{
	flow_pod *fp = &s->flow->pods.p[pod];
	flow_frame_at(s, i)->after = -1;
	if (fp->last >= 0) flow_frame_at(s, fp->last)->after = i;
	else fp->first = i;
	fp->last = i;
	s->kube.pods.p[pod].queued++;
}

void flow_arrive(forge_sim *s, int64_t now, int call)
{
	const flow_call *c = flow_call_at(s, call);
	int pod = c->peer;
	const kube_pod *p = &s->kube.pods.p[pod];
	const flow_pod *fp = flow_pod_at(s, pod);
	forge_proto proto = s->app->ops[c->op].proto;
	if (!fp || !fp->up || flow_aborts(s, p->service, c->op)) {
		reject(s, now, call, (flow_answer){ .status = proto == PROTO_GRPC ? 14 : 0, .via = VIA_RESET });
		return;
	}
	if (p->service != s->app->ops[c->op].service) {
		unknown_here(s, now, call);
		return;
	}
	const forge_service *svc = &s->app->services[p->service];
	bool free_worker = p->busy < workers_of(svc);
	if (!free_worker && p->queued >= svc->backlog) {
		overloaded(s, now, call, pod);
		return;
	}
	int i = new_frame(s, pod, c->op, c->trace);
	if (i < 0) return;
	flow_frame *f = flow_frame_at(s, i);
	f->call = call;
	f->call_gen = c->slot.gen;
	f->parent = c->span;
	if (free_worker) work(s, now, i);
	else enqueue(s, pod, i);
}

void flow_consume(forge_sim *s, int64_t now, int pod, int group, const flow_message *m)
{
	forge_vars vars = m->vars;
	vars.serial = ++s->flow->serial;
	int trace = flow_trace_new(s, m->trace, &vars, -1);
	int i = trace < 0 ? -1 : new_frame(s, pod, s->flow->groups.p[group].op, trace);
	flow_trace_drop(s, trace);
	if (i < 0) return;
	flow_frame *f = flow_frame_at(s, i);
	f->group = group;
	f->kind = KIND_CONSUMER;
	f->parent = m->span;
	work(s, now, i);
}

/* Hands the worker to whoever waits longest. A gRPC server notices that a caller has given up; others work for
 * nobody. */
static void next_in_line(forge_sim *s, int64_t now, int pod)
{
	flow_pod *fp = &s->flow->pods.p[pod];
	while (fp->first >= 0 && s->kube.pods.p[pod].busy < workers_of(&s->app->services[fp->service])) {
		int i = fp->first;
		flow_frame *f = flow_frame_at(s, i);
		fp->first = f->after;
		if (fp->first < 0) fp->last = -1;
		s->kube.pods.p[pod].queued--;
		bool given_up = !flow_live(&s->flow->calls, f->call, f->call_gen);
		if (given_up && s->app->ops[f->op].proto == PROTO_GRPC) frame_free(s, i);
		else work(s, now, i);
	}
}

static bool is_error(const forge_sim *s, const flow_frame *f)
{
	return f->failed && !f->caught && (s->app->ops[f->op].proto != PROTO_HTTP || f->status >= 500);
}

static void span_failure(forge_sim *s, const flow_frame *f, forge_span *span)
{
	const forge_op *op = &s->app->ops[f->op];
	if (flow_is_proxy(op) || !f->cause) return;
	if (op->proto != PROTO_HTTP) span->message = flow_text(s, f->cause);
	const char *type = f->exception;
	if (!type && op->proto == PROTO_HTTP) type = forge_own_exception(s->app->services[f->service].lang, op);
	if (!type || !type[0] || (f->called >= 0 && op->proto != PROTO_HTTP)) return;
	const forge_raised x = { .service = f->service, .served = f->op, .called = f->called,
		.connected = !(f->via & (VIA_REFUSED | VIA_NO_NAME)), .type = type, .message = f->cause,
		.behind = f->behind };
	span->exception = flow_text(s, type);
	span->exception_message = flow_text(s, f->cause);
	span->stack = flow_stack(s, &x);
	span->event_at = span->end - span->start > 90000 ? span->end - 45000 : span->end;
}

static void end_span(forge_sim *s, int64_t now, flow_frame *f)
{
	if (f->handle < 0) return;
	const flow_trace *t = flow_trace_at(s, f->trace);
	forge_span span = { .start = f->start, .end = now, .trace = { t->id[0], t->id[1] }, .id = f->span,
		.parent = f->parent, .link = f->kind == KIND_CONSUMER ? f->parent : 0, .service = f->service,
		.pod = f->pod, .op = f->op, .wanted = flow_is_proxy(&s->app->ops[f->op]) ? t->wanted : -1,
		.journey = -1, .peer = f->peer, .upstream = f->upstream, .to_service = -1, .kind = f->kind,
		.error = is_error(s, f), .status = f->status, .via = f->via, .flag = f->flag,
		.flag_variant = f->variant, .event_at = now, .vars = t->vars };
	if (f->flag >= 0) span.event_at = f->start + (now - f->start) / 3;
	if (span.error) span_failure(s, f, &span);
	tel_span(s, f->handle, &span);
	f->handle = -1;
}

static void say(forge_sim *s, int64_t now, const flow_frame *f)
{
	if (flow_is_proxy(&s->app->ops[f->op])) flow_log_access(s, now, f);
	else if (!f->failed) flow_log_success(s, now, f);
}

/* The answer is ready. */
static void finish(forge_sim *s, int64_t now, int i, int gen)
{
	flow_frame *f = flow_live(&s->flow->frames, i, gen);
	if (!f) return;
	const forge_op *op = &s->app->ops[f->op];
	kube_pod *p = &s->kube.pods.p[f->pod];
	p->busy--;
	s->flow->pods.p[f->pod].mem_kib -= op->mem_kib;
	p->tx_bytes += op->reply_bytes + 140;
	if (!f->failed) f->status = op->proto == PROTO_HTTP ? 200 : 0;
	end_span(s, now, f);
	say(s, now, f);
	if (f->kind == KIND_SERVER && op->proto == PROTO_KAFKA && !f->failed) flow_publish(s, now, f, f->parent);
	int pod = f->pod, group = f->group;
	if (f->call >= 0) {
		flow_answer a = { .ok = !f->failed, .status = f->status, .cause = f->cause };
		f->cause = NULL;
		flow_call_answer(s, now, f->call, f->call_gen, a);
	}
	frame_free(s, i);
	if (group >= 0) flow_consumed(s, now, pod, group);
	next_in_line(s, now, pod);
}

/* Everything is known: what is left of the work, then the answer. A failure skips half of it. */
static void conclude(forge_sim *s, int64_t now, int i)
{
	const flow_frame *f = flow_frame_at(s, i);
	if (f->failed) flow_seen_starved(s, f, f->step);
	int64_t done = flow_use_cpu(s, now, f->pod, f->failed ? f->tail_us / 2 : f->tail_us);
	forge_at(s, done, finish, i, f->slot.gen);
}

static void start_lane(forge_sim *s, int64_t now, int i, const forge_step *st)
{
	flow_frame *f = flow_frame_at(s, i);
	if (st->permille < 1000 && (int)cc_rng_below(&s->flow_rng, 1000) >= st->permille) return;
	int op = st->op == FORGE_FORWARD ? flow_trace_at(s, f->trace)->wanted : st->op;
	if (op < 0) return;
	int left = st->most > 1 ? (int)cc_rng_below(&s->flow_rng, (uint64_t)st->most) : 0;
	f->open++;
	flow_want w = { .step = st, .op = op, .trace = f->trace, .pod = f->pod, .left = left, .parent = f->span,
		.frame = i, .frame_gen = f->slot.gen, .user = -1 };
	flow_call_start(s, now, &w);
}

/* Starts the next step and those that run beside it. */
static void start_group(forge_sim *s, int64_t now, int i)
{
	flow_frame *f = flow_frame_at(s, i);
	const forge_op *op = &s->app->ops[f->op];
	do start_lane(s, now, i, &op->steps[f->step++]);
	while (f->step < op->steps_n && op->steps[f->step].parallel);
}

static bool asks_flagd(const forge_sim *s, const forge_step *st)
{
	return st->op >= 0 && s->app->flagd >= 0 && s->app->ops[st->op].service == s->app->flagd;
}

static void goes_on(forge_sim *s, int64_t now, int i, int gen);

/* Flags and chaos act once it is known what flagd says: before the first call to anybody else. True: later. */
static bool decides_later(forge_sim *s, int64_t now, int i)
{
	flow_frame *f = flow_frame_at(s, i);
	if (f->decided) return false;
	f->decided = true;
	int64_t delay = flow_decide(s, now, f);
	if (delay <= 0) return false;
	forge_at(s, now + delay, goes_on, i, f->slot.gen);
	return true;
}

static void advance(forge_sim *s, int64_t now, int i)
{
	flow_frame *f = flow_frame_at(s, i);
	const forge_op *op = &s->app->ops[f->op];
	while (!f->failed && f->step < op->steps_n) {
		if (!asks_flagd(s, &op->steps[f->step])) {
			if (decides_later(s, now, i)) return;
			if (f->failed) break;
		}
		start_group(s, now, i);
		if (f->open > 0 || s->code != CC_OK) return;
	}
	if (!f->failed && decides_later(s, now, i)) return;
	conclude(s, now, i);
}

static void goes_on(forge_sim *s, int64_t now, int i, int gen)
{
	if (flow_live(&s->flow->frames, i, gen)) advance(s, now, i);
}

static int lognormal_us(forge_sim *s, int median_us)
{
	return median_us > 0 ? (int)flow_spread(s, median_us) : 0;
}

/* A worker has it. */
static void work(forge_sim *s, int64_t now, int i)
{
	flow_frame *f = flow_frame_at(s, i);
	const forge_op *op = &s->app->ops[f->op];
	kube_pod *p = &s->kube.pods.p[f->pod];
	p->busy++;
	p->rx_bytes += op->request_bytes + 180;
	s->flow->pods.p[f->pod].mem_kib += op->mem_kib;
	f->start = now;
	f->handle = exports(s, f) ? tel_span_begin(s, now) : -1;
	f->span = f->handle >= 0 ? flow_span_id(s) : f->parent;
	if (flow_is_store(op))
		f->cause = flow_store_refuses(s, now, f, flow_live(&s->flow->calls, f->call, f->call_gen));
	if (f->cause) {
		f->failed = f->decided = true;
		forge_at(s, flow_use_cpu(s, now, f->pod, 40), finish, i, f->slot.gen);
		return;
	}
	int us = lognormal_us(s, op->cpu_us);
	int64_t wait = (int64_t)lognormal_us(s, op->wait_us) * CC_NS_PER_US;
	if (op->steps_n) f->tail_us = us / 2;
	int64_t done = flow_use_cpu(s, now, f->pod, us - f->tail_us);
	if (op->steps_n) {
		forge_at(s, done + wait, goes_on, i, f->slot.gen);
		return;
	}
	f->decided = true;
	wait += flow_decide(s, now, f);
	forge_at(s, done + wait, finish, i, f->slot.gen);
}

/* What the server makes of a failed call. */
static int failure_status(const forge_sim *s, const flow_frame *f, const flow_call *c)
{
	const forge_op *op = &s->app->ops[f->op];
	bool from_grpc = s->app->ops[c->op].proto == PROTO_GRPC;
	if (flow_is_proxy(op)) {
		if (c->status && !from_grpc) return c->status;
		return s->app->services[f->service].lang == LANG_ENVOY ? 503 : c->via & VIA_TIMEOUT ? 504 : 502;
	}
	if (op->proto == PROTO_HTTP) return 500;
	if (op->proto != PROTO_GRPC) return 0;
	return !c->step->failure && from_grpc ? c->status : 13;
}

static void step_failed(forge_sim *s, int64_t now, flow_frame *f, const flow_call *c)
{
	char *text = flow_say_step(s, c, c->cause ? c->cause : "");
	if (text) flow_log_failure(s, now, f, c, text, c->step->tolerated);
	if (c->step->tolerated || f->failed) {
		cc_free(text);
		return;
	}
	f->failed = true;
	f->cause = text;
	f->via = c->via;
	f->status = failure_status(s, f, c);
	/* Nobody is told of a message that could not be handled: the consumer logs it and takes the next. */
	f->caught = f->kind == KIND_CONSUMER;
	if (c->step->failure) return; /* it throws an exception of its own */
	f->called = c->op;
	f->exception = flow_exception(s, c);
	f->behind = flow_behind(s, c);
}

void flow_frame_called(forge_sim *s, int64_t now, flow_frame *f, const flow_call *c)
{
	int i = c->frame;
	f->peer = flow_upstream_pod(s, c);
	f->upstream = flow_upstream(s, c);
	f->upstream_ns += c->end - c->start;
	if (asks_flagd(s, c->step)) {
		s->flow->pods.p[f->pod].flags_reachable = c->ok;
		f->asked_flagd |= c->ok;
	}
	if (!c->ok) step_failed(s, now, f, c);
	if (c->ok && c->left > 0 && !f->failed) {
		flow_want w = { .step = c->step, .op = c->op, .trace = c->trace, .pod = c->pod, .left = c->left - 1,
			.parent = f->span, .frame = i, .frame_gen = f->slot.gen, .user = -1 };
		flow_call_start(s, now, &w);
		return;
	}
	if (--f->open == 0) advance(s, now, i);
}

void flow_frames_of_pod(forge_sim *s, int64_t now, int pod)
{
	for (int i = 0; i < s->flow->frames.made; i++) {
		flow_frame *f = flow_frame_at(s, i);
		if (!f->slot.used || f->pod != pod) continue;
		if (f->handle >= 0) tel_span_drop(s, f->handle);
		int status = s->app->ops[f->op].proto == PROTO_GRPC ? 14 : 0;
		flow_call_answer(s, now, f->call, f->call_gen, (flow_answer){ .status = status, .via = VIA_RESET });
		frame_free(s, i);
	}
	s->flow->pods.p[pod].first = s->flow->pods.p[pod].last = -1;
	s->flow->pods.p[pod].mem_kib = 0;
	s->kube.pods.p[pod].busy = s->kube.pods.p[pod].queued = 0;
}
