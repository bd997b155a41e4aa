/* flow_effect.c - what flags and chaos do to operations.
 *
 * A flag acts through the value that flagd has served: a process whose last question to flagd failed uses the flag's
 * default, as the client libraries do. Chaos acts on the process itself and asks nobody. */
#include "forge/flow_priv.h"

static int item_of(const forge_app *app, const char *id)
{
	for (int i = 0; id && i < app->items_n; i++)
		if (cc_str_eqz(cc_str_from(id), app->items[i].id)) return i;
	return -1;
}

static bool acts_on(const forge_app *app, int flag, int op)
{
	if (app->flags[flag].op == op) return true;
	for (int k = 0; k < app->ops[op].flags_n; k++)
		if (app->ops[op].flags[k] == flag) return true;
	return false;
}

static bool list_flags(forge_sim *s, int op)
{
	const forge_app *app = s->app;
	int n = 0;
	for (int i = 0; i < app->flags_n; i++) n += acts_on(app, i, op);
	if (!n) return true;
	int *list = cc_arena_array(s->arena, (size_t)n, sizeof *list);
	if (!list) return false;
	s->flow->op_flags[op] = list;
	for (int i = 0; i < app->flags_n; i++)
		if (acts_on(app, i, op)) list[s->flow->op_flags_n[op]++] = i;
	return true;
}

bool flow_effects_init(forge_sim *s)
{
	const forge_app *app = s->app;
	forge_flow *f = s->flow;
	f->flag_value = cc_arena_array(s->arena, (size_t)app->flags_n + 1, sizeof *f->flag_value);
	f->flag_item = cc_arena_array(s->arena, (size_t)app->flags_n + 1, sizeof *f->flag_item);
	f->op_flags = cc_arena_array(s->arena, (size_t)app->ops_n + 1, sizeof *f->op_flags);
	f->op_flags_n = cc_arena_array(s->arena, (size_t)app->ops_n + 1, sizeof *f->op_flags_n);
	if (!f->flag_value || !f->flag_item || !f->op_flags || !f->op_flags_n) return false;
	f->nowhere = (flow_address){ -1, 50051, "badAddress", NULL };
	for (int i = 0; i < app->flags_n; i++) f->flag_item[i] = item_of(app, app->flags[i].item);
	for (int op = 0; op < app->ops_n; op++)
		if (!list_flags(s, op)) return false;
	return true;
}

void flow_flags_set(forge_sim *s, const int *values)
{
	for (int i = 0; i < s->app->flags_n; i++) s->flow->flag_value[i] = values[i];
}

int flow_flag_seen(const forge_sim *s, int pod, int flag)
{
	const flow_pod *fp = flow_pod_at(s, pod);
	return fp && fp->flags_reachable ? s->flow->flag_value[flag] : 0;
}

static int variant_of(const forge_flag *flag, int value)
{
	for (int i = 0; i < flag->variants_n; i++)
		if (flag->variants[i].number == value) return i;
	return flag->off;
}

int flow_effect_add(forge_sim *s, int service, int op, const flow_effect *e)
{
	flow_acting a = { .e = *e, .service = service, .op = op };
	if (!cc_vec_push(&s->flow->effects, a)) {
		forge_fail(s, CC_ENOMEM);
		return -1;
	}
	return (int)s->flow->effects.n - 1;
}

void flow_effect_set(forge_sim *s, int effect, bool active)
{
	if (effect < 0 || (size_t)effect >= s->flow->effects.n) return;
	flow_acting *a = &s->flow->effects.p[effect];
	s->flow->acting += (int)active - (int)a->active;
	a->active = active;
}

int64_t flow_effect_first(const forge_sim *s, int effect)
{
	return effect < 0 || (size_t)effect >= s->flow->effects.n ? 0 : s->flow->effects.p[effect].first;
}

static bool acting_on(const flow_acting *a, int service, int op)
{
	return a->active && a->service == service && (a->op == -1 || a->op == op);
}

static bool hits(forge_sim *s, int permille)
{
	return permille > 0 && (permille >= 1000 || (int)cc_rng_below(&s->flow_rng, 1000) < permille);
}

bool flow_aborts(forge_sim *s, int service, int op)
{
	if (!s->flow->acting) return false;
	for (size_t i = 0; i < s->flow->effects.n; i++) {
		const flow_acting *a = &s->flow->effects.p[i];
		if (a->e.abort && acting_on(a, service, op) && hits(s, a->e.fail_permille)) return true;
	}
	return false;
}

static void fail(forge_sim *s, int64_t now, flow_frame *f, const flow_effect *e)
{
	if (f->failed) return;
	const flow_trace *t = flow_trace_at(s, f->trace);
	forge_proto proto = s->app->ops[f->op].proto;
	cc_buf b = CC_BUF_INIT;
	tel_expand(s, &b, e->message ? e->message : "internal error", &t->vars, now, f->pod);
	f->failed = true;
	f->status = proto == PROTO_GRPC ? 13 : proto == PROTO_HTTP ? 500 : 0;
	f->exception = e->exception;
	f->cause = forge_take(s, &b);
	if (f->cause && !flow_is_proxy(&s->app->ops[f->op])) flow_log_failure(s, now, f, NULL, f->cause, false);
}

/* Nothing real takes the same time twice: a fifth more or less as a rule, seldom twice as long or half. */
static int64_t drawn_us(forge_sim *s, int64_t ms)
{
	return ms > 0 ? (int64_t)cc_rng_lognormal(&s->flow_rng, (double)ms * 1000.0, 0.2) : 0;
}

/* One effect on one request, or only on those about an item (-1: all); returns the delay. */
static int64_t suffer(forge_sim *s, int64_t now, flow_frame *f, const flow_effect *e, int item)
{
	int64_t delay = drawn_us(s, e->delay_ms) * CC_NS_PER_US;
	if (e->cpu_ms > 0) delay += flow_use_cpu(s, now, f->pod, (int)drawn_us(s, e->cpu_ms)) - now;
	s->kube.pods.p[f->pod].leak_kib += e->leak_kib;
	bool meant = item < 0 || flow_trace_at(s, f->trace)->vars.item == item;
	if (!e->abort && meant && hits(s, e->fail_permille)) fail(s, now, f, e);
	return delay;
}

/* The effect a flag has with that value. */
static flow_effect effect_of(const forge_flag *flag, int value)
{
	flow_effect e = { .cpu_ms = flag->cpu_ms * value, .message = flag->message };
	int amount = flag->amount * value;
	switch (flag->effect) {
	case EFFECT_FAIL: e.fail_permille = amount; break;
	case EFFECT_DELAY: e.delay_ms = amount; break;
	case EFFECT_CPU: e.cpu_ms += amount; break;
	case EFFECT_LEAK: e.leak_kib = amount; break;
	case EFFECT_LAG: /* flow_copies, lag_of */
	case EFFECT_UNREACHABLE:
	case EFFECT_FLOOD:
	case EFFECT_NOTHING: break;
	}
	return e;
}

/* A span tells which flag was evaluated while it lasted: when flagd was asked, or, where the value is pushed, now and
 * then. */
static void evaluated(forge_sim *s, flow_frame *f, int flag, int value)
{
	if (f->flag >= 0 && !value) return;
	if (!f->asked_flagd && (f->flag >= 0 || cc_rng_below(&s->flow_rng, 4) != 0)) return;
	f->flag = flag;
	f->variant = variant_of(&s->app->flags[flag], value);
}

static int64_t decide_flags(forge_sim *s, int64_t now, flow_frame *f)
{
	int64_t delay = 0;
	for (int k = 0; k < s->flow->op_flags_n[f->op]; k++) {
		int flag = s->flow->op_flags[f->op][k], value = flow_flag_seen(s, f->pod, flag);
		evaluated(s, f, flag, value);
		if (!value) continue;
		flow_effect e = effect_of(&s->app->flags[flag], value);
		delay += suffer(s, now, f, &e, s->flow->flag_item[flag]);
	}
	return delay;
}

static bool is_consumer(const forge_op *topic, int op)
{
	for (int i = 0; i < topic->consumers_n; i++)
		if (topic->consumers[i] == op) return true;
	return false;
}

/* A flag that makes messages pile up may be declared at the topic, at a consumer of it, or at whoever sends to it. */
static bool about_topic(const forge_sim *s, const forge_flag *flag, int topic_op)
{
	const forge_op *topic = &s->app->ops[topic_op];
	if (flag->op < 0 || flag->op == topic_op) return flag->op >= 0;
	if (is_consumer(topic, flag->op)) return true;
	const forge_op *op = &s->app->ops[flag->op];
	for (int i = 0; i < op->steps_n; i++)
		if (op->steps[i].op == topic_op) return true;
	return false;
}

/* How long a consumer sleeps over a message. A flag declared at another consumer is that one's alone. */
static int64_t lag_of(forge_sim *s, const flow_frame *f)
{
	int topic_op = s->flow->topics.p[s->flow->groups.p[f->group].topic].op;
	int64_t ms = 0;
	for (int i = 0; i < s->app->flags_n; i++) {
		const forge_flag *flag = &s->app->flags[i];
		if (flag->effect != EFFECT_LAG || !s->flow->flag_value[i] || !about_topic(s, flag, topic_op)) continue;
		bool elsewhere = s->app->ops[flag->op].service != f->service;
		bool others = elsewhere && is_consumer(&s->app->ops[topic_op], flag->op);
		if (!others) ms += (int64_t)flag->amount * flow_flag_seen(s, f->pod, i);
	}
	return drawn_us(s, ms) * CC_NS_PER_US;
}

int64_t flow_decide(forge_sim *s, int64_t now, flow_frame *f)
{
	int64_t delay = s->flow->op_flags_n[f->op] ? decide_flags(s, now, f) : 0;
	if (f->group >= 0) delay += lag_of(s, f);
	if (!s->flow->acting) return delay;
	for (size_t i = 0; i < s->flow->effects.n; i++) {
		flow_acting *a = &s->flow->effects.p[i];
		const bool well = !f->failed;
		if (!acting_on(a, f->service, f->op)) continue;
		delay += suffer(s, now, f, &a->e, -1);
		if (well && f->failed && !a->first && now >= s->start) a->first = now;
	}
	return delay;
}

bool flow_unreachable(const forge_sim *s, const flow_call *c)
{
	const flow_frame *f = flow_live(&s->flow->frames, c->frame, c->frame_gen);
	if (!f) return false;
	for (int k = 0; k < s->flow->op_flags_n[f->op]; k++) {
		int flag = s->flow->op_flags[f->op][k];
		const forge_flag *fl = &s->app->flags[flag];
		if (fl->effect != EFFECT_UNREACHABLE || fl->step_op != c->op) continue;
		if (flow_flag_seen(s, f->pod, flag)) return true;
	}
	return false;
}

int flow_copies(const forge_sim *s, int topic_op)
{
	int copies = 1;
	for (int i = 0; i < s->app->flags_n; i++) {
		const forge_flag *flag = &s->app->flags[i];
		if (flag->effect != EFFECT_LAG || !s->flow->flag_value[i] || !about_topic(s, flag, topic_op)) continue;
		if (flag->copies > copies) copies = flag->copies;
	}
	return copies;
}
