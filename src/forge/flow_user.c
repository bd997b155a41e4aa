/* flow_user.c - users arrive as a Poisson process, do what their journey says, and leave; services talk to themselves
 * meanwhile.
 *
 * A user waits for each answer before the next request. There are only so many users at once: when the application is
 * slow, fewer requests are made, as with any real load generator. */
#include "forge/flow_priv.h"

enum { REQUEST_CPU_US = 400 };   /* what a request costs its user's process */

static int pick(forge_sim *s)
{
	int i = 0, all = s->app->journeys_weight > 0 ? s->app->journeys_weight : 1;
	int roll = (int)cc_rng_below(&s->flow_rng, (uint64_t)all);
	while (i + 1 < s->app->journeys_n && roll >= s->app->journeys[i].weight) roll -= s->app->journeys[i++].weight;
	return i;
}

/* How often the first journey's first request is made under a flag that floods it; 1: as usual. */
static int flood(const forge_sim *s, int pod, int journey)
{
	int times = 1;
	for (int i = 0; journey == 0 && i < s->app->flags_n; i++) {
		const forge_flag *f = &s->app->flags[i];
		int value = f->effect == EFFECT_FLOOD ? flow_flag_seen(s, pod, i) : 0;
		if (value && f->amount * value > times) times = f->amount * value;
	}
	return times;
}

static int repetitions(forge_sim *s, const flow_user *u)
{
	const forge_journey *j = &s->app->journeys[u->journey];
	int more = u->request == 0 && j->most_first > 1 ? (int)cc_rng_below(&s->flow_rng, (uint64_t)j->most_first) : 0;
	return u->request == 0 ? (more + 1) * flood(s, u->pod, u->journey) - 1 : 0;
}

static void leaves(forge_sim *s, int64_t now, int i)
{
	flow_user *u = flow_at(&s->flow->users, i);
	if (u->handle >= 0) {
		forge_span span = { .start = u->start, .end = now, .trace = { u->trace[0], u->trace[1] }, .id = u->root,
			.service = s->flow->loadgen, .pod = u->pod, .op = -1, .wanted = -1, .journey = u->journey,
			.peer = -1, .to_service = -1, .kind = KIND_INTERNAL, .flag = -1, .vars = u->vars };
		tel_span(s, u->handle, &span);
	}
	flow_give(&s->flow->users, i);
}

static void acts(forge_sim *s, int64_t now, int i, int gen)
{
	flow_user *u = flow_live(&s->flow->users, i, gen);
	if (!u) return;
	const forge_journey *j = &s->app->journeys[u->journey];
	if (u->request >= j->requests_n) {
		leaves(s, now, i);
		return;
	}
	u->vars.request = cc_rng_u64(&s->flow_rng);
	u->vars.order = cc_rng_u64(&s->flow_rng);
	u->vars.txn = cc_rng_u64(&s->flow_rng);
	int wanted = j->requests[u->request], entry = s->app->entry_op;
	int trace = flow_trace_new(s, u->trace, &u->vars, u->asks ? -1 : wanted);
	if (trace < 0) return;
	flow_want w = { .step = j->browser ? &s->flow->browser_step : &s->flow->user_step, .op = entry >= 0 ? entry : wanted,
		.trace = trace, .pod = u->pod, .parent = u->root, .frame = -1, .user = i, .user_gen = u->slot.gen };
	if (u->asks) w.step = &s->flow->flag_step;
	if (u->asks) w.op = s->flow->flag_step.op;
	s->kube.pods.p[u->pod].cpu_us += REQUEST_CPU_US;
	flow_call_start(s, now, &w);
	flow_trace_drop(s, trace);
}

/* Flagd has said how much of a flood it shall be, or nothing. */
static void told(forge_sim *s, int64_t now, flow_user *u, const flow_call *c)
{
	s->flow->pods.p[u->pod].flags_reachable = c->ok;
	u->asks = false;
	u->left = repetitions(s, u);
	forge_at(s, now + cc_rng_between(&s->flow_rng, 90000, 400000), acts, c->user, u->slot.gen);
}

void flow_user_answered(forge_sim *s, int64_t now, flow_user *u, const flow_call *c)
{
	if (u->asks) {
		told(s, now, u, c);
		return;
	}
	if (flow_seen_counts(s, c->start)) {
		s->flow->requests++;
		s->flow->failures += !c->ok;
		if (!c->ok && !s->flow->first_failed) s->flow->first_failed = now;
	}
	if (u->left > 0) u->left--;
	else {
		u->request++;
		u->left = u->request < s->app->journeys[u->journey].requests_n ? repetitions(s, u) : 0;
	}
	forge_at(s, now + cc_rng_between(&s->flow_rng, 400000, 2600000), acts, c->user, u->slot.gen);
}

static void set_out(forge_sim *s, int64_t now, int pod)
{
	int i = flow_take(s, &s->flow->users);
	if (i < 0) return;
	flow_user *u = flow_at(&s->flow->users, i);
	u->journey = pick(s);
	u->pod = pod;
	u->trace[0] = cc_rng_u64(&s->flow_rng);
	u->trace[1] = cc_rng_u64(&s->flow_rng) | 1;
	u->start = now;
	u->vars.browser = s->app->journeys[u->journey].browser;
	u->asks = u->journey == 0 && s->flow->flag_step.op >= 0;
	u->handle = s->app->services[s->flow->loadgen].traced && !u->vars.browser ? tel_span_begin(s, now) : -1;
	u->root = u->handle >= 0 ? flow_span_id(s) : 0;
	u->vars.user = cc_rng_u64(&s->flow_rng);
	u->vars.item = s->app->items_n > 0 ? (int)cc_rng_below(&s->flow_rng, (uint64_t)s->app->items_n) : 0;
	u->vars.currency = (int)cc_rng_below(&s->flow_rng, TEL_CURRENCIES);
	u->vars.count = (int)cc_rng_between(&s->flow_rng, 1, 4);
	int cents = s->app->items_n > 0 ? s->app->items[u->vars.item].cents : 1900;
	u->vars.cents = cents * u->vars.count + (int)cc_rng_below(&s->flow_rng, 100);
	if (!u->asks) u->left = repetitions(s, u);
	forge_at(s, now + cc_rng_between(&s->flow_rng, 90000, 400000), acts, i, u->slot.gen);
}

/* Requests of a journey, on average. */
static double mean_requests(const forge_app *app)
{
	double sum = 0, weight = 0;
	for (int i = 0; i < app->journeys_n; i++) {
		const forge_journey *j = &app->journeys[i];
		double first = j->most_first > 1 ? (1 + j->most_first) * 0.5 : 1;
		sum += j->weight * (j->requests_n > 0 ? j->requests_n - 1 + first : 0);
		weight += j->weight;
	}
	return weight > 0 && sum > 0 ? sum / weight : 1;
}

static void arrives(forge_sim *s, int64_t now, int a, int b)
{
	forge_flow *f = s->flow;
	int pod = flow_pick(s, f->loadgen);
	if (pod >= 0 && f->users.live < f->user_limit) set_out(s, now, pod);
	double rate = (s->rps_milli > 0 ? s->rps_milli : 1) / 1000.0;
	forge_at(s, now + 1 + (int64_t)cc_rng_exp(&s->flow_rng, mean_requests(s->app) / rate * 1e9), arrives, a, b);
}

void flow_users_of_pod(forge_sim *s, int pod)
{
	for (int i = 0; i < s->flow->users.made; i++) {
		flow_user *u = flow_at(&s->flow->users, i);
		if (!u->slot.used || u->pod != pod) continue;
		if (u->handle >= 0) tel_span_drop(s, u->handle);
		flow_give(&s->flow->users, i);
	}
}

void flow_start(forge_sim *s, int64_t from)
{
	flow_chatter_start(s, from);
	if (s->flow->loadgen < 0 || !s->app->journeys_n) return;
	/* Seconds of patience times arrivals a second, and some for small rates. */
	s->flow->user_limit = 20 + (int)(12.0 * s->rps_milli / (1000 * mean_requests(s->app)));
	forge_at(s, from, arrives, 0, 0);
}
