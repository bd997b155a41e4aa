/* flow.c - sets up what requests need and keeps it in step with the pods: a process comes, a process goes. */
#include "forge/flow_priv.h"

enum { USER_PATIENCE_MS = 60000, FLAG_PATIENCE_MS = 500 };

static bool prepare(forge_sim *s)
{
	forge_flow *f = s->flow;
	size_t n = (size_t)s->app->services_n;
	f->traces.size = sizeof(flow_trace);
	f->users.size = sizeof(flow_user);
	f->calls.size = sizeof(flow_call);
	f->frames.size = sizeof(flow_frame);
	f->up = cc_calloc(n + 1, sizeof *f->up);
	f->stores = cc_calloc(n + 1, sizeof *f->stores);
	f->home = cc_arena_array(s->arena, n + 1, sizeof *f->home);
	if (!f->up || !f->stores || !f->home) return false;
	if (!flow_seen_init(s) || !flow_effects_init(s) || !flow_topics_init(s)) return false;
	f->loadgen = -1;
	f->user_step = (forge_step){ .op = s->app->entry_op, .permille = 1000, .most = 1, .env = -1,
		.timeout_ms = USER_PATIENCE_MS };
	f->flag_step = (forge_step){ .op = -1, .permille = 1000, .most = 1, .env = -1, .timeout_ms = FLAG_PATIENCE_MS };
	for (int i = 0; i < s->app->flags_n; i++)
		if (s->app->flags[i].effect == EFFECT_FLOOD) f->flag_step.op = s->app->flags[i].step_op;
	for (int i = 0; i < s->app->services_n; i++) {
		const forge_service *svc = &s->app->services[i];
		f->home[i] = (flow_address){ i, svc->port, svc->name, NULL };
		f->stores[i].max_kib = (int64_t)svc->max_memory_mi * 1024;
		if (svc->loadgen && f->loadgen < 0) f->loadgen = i;
	}
	return true;
}

/* The users' address of the application, and of its flags, is an environment variable of theirs. */
static void find_address(const forge_sim *s, forge_step *step)
{
	if (s->flow->loadgen < 0 || step->op < 0 || step->op >= s->app->ops_n) return;
	const forge_service *svc = &s->app->services[s->flow->loadgen];
	for (int i = svc->env_n - 1; i >= 0; i--)
		if (svc->env[i].service == s->app->ops[step->op].service) step->env = i;
}

cc_code flow_init(forge_sim *s)
{
	s->flow = cc_calloc(1, sizeof *s->flow);
	if (!s->flow || !prepare(s)) {
		forge_fail(s, CC_ENOMEM);
		return CC_ENOMEM;
	}
	find_address(s, &s->flow->user_step);
	find_address(s, &s->flow->flag_step);
	s->flow->browser_step = s->flow->user_step;
	return CC_OK;
}

static void forget_env(flow_pod *fp)
{
	cc_free(fp->address);
	cc_free(fp->line);
	cc_free(fp->password);
	fp->address = NULL;
	fp->line = NULL;
	fp->password = NULL;
}

static void free_texts(forge_flow *f)
{
	for (int i = 0; i < f->calls.made; i++) cc_free(((flow_call *)flow_at(&f->calls, i))->cause);
	for (int i = 0; i < f->frames.made; i++) {
		flow_frame *frame = flow_at(&f->frames, i);
		cc_free(frame->cause);
		cc_free(frame->behind);
	}
}

void flow_deinit(forge_sim *s)
{
	forge_flow *f = s->flow;
	if (!f) return;
	free_texts(f);
	flow_pool_deinit(&f->traces);
	flow_pool_deinit(&f->users);
	flow_pool_deinit(&f->calls);
	flow_pool_deinit(&f->frames);
	for (size_t i = 0; i < f->pods.n; i++) forget_env(&f->pods.p[i]);
	for (int i = 0; f->up && i < s->app->services_n; i++) cc_vec_deinit(&f->up[i]);
	cc_vec_deinit(&f->pods);
	cc_vec_deinit(&f->effects);
	cc_vec_deinit(&f->strange);
	flow_topics_deinit(s);
	flow_seen_deinit(s);
	cc_free(f->up);
	cc_free(f->stores);
	cc_free(f);
	s->flow = NULL;
}

flow_pod *flow_pod_at(const forge_sim *s, int pod)
{
	return pod >= 0 && (size_t)pod < s->flow->pods.n ? &s->flow->pods.p[pod] : NULL;
}

int flow_pick(forge_sim *s, int service)
{
	if (service < 0 || !s->flow->up[service].n) return -1;
	size_t n = s->flow->up[service].n;
	return s->flow->up[service].p[n == 1 ? 0 : cc_rng_below(&s->flow_rng, n)];
}

int64_t flow_spread(forge_sim *s, int median_us)
{
	double us = cc_rng_lognormal(&s->flow_rng, (double)median_us, 0.38);
	/* Now and then something comes between: a collection, a cold cache, a page fault. */
	if (cc_rng_below(&s->flow_rng, 80) == 0) us *= (double)cc_rng_between(&s->flow_rng, 2, 11);
	return (int64_t)us;
}

uint64_t flow_span_id(forge_sim *s)
{
	return cc_rng_u64(&s->flow_rng) | 1;
}

static bool room_for(forge_sim *s, int pod)
{
	while (s->flow->pods.n <= (size_t)pod) {
		flow_pod none = { .service = -1, .first = -1, .last = -1 };
		if (!cc_vec_push(&s->flow->pods, none)) return false;
	}
	return true;
}

void flow_pod_up(forge_sim *s, int64_t now, int pod)
{
	kube_pod *p = &s->kube.pods.p[pod];
	if (p->service < 0) return;
	if (!room_for(s, pod)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	flow_pod *fp = &s->flow->pods.p[pod];
	if (fp->up) flow_pod_down(s, now, pod);
	forget_env(fp);
	*fp = (flow_pod){ .up = true, .service = p->service, .first = -1, .last = -1, .started = now,
		.limit_m = p->tmpl ? p->tmpl->cpu_limit_m : s->app->services[p->service].cpu_limit_m,
		.flags_reachable = true, .reconnect_ns = cc_rng_between(&s->flow_rng, 30 * FORGE_S, 120 * FORGE_S) };
	if (!flow_read_env(s, pod, fp) || !cc_vec_push(&s->flow->up[p->service], pod)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	flow_consumer_up(s, now, pod);
	flow_chatter_up(s, now, pod);
}

void flow_pod_down(forge_sim *s, int64_t now, int pod)
{
	flow_pod *fp = flow_pod_at(s, pod);
	if (!fp || !fp->up) return;
	fp->up = false;
	int n = 0;
	for (size_t i = 0; i < s->flow->up[fp->service].n; i++) {
		int other = s->flow->up[fp->service].p[i];
		if (other != pod) s->flow->up[fp->service].p[n++] = other;
	}
	s->flow->up[fp->service].n = (size_t)n;
	flow_consumer_down(s, pod);
	flow_calls_of_pod(s, pod);
	flow_users_of_pod(s, pod);
	flow_frames_of_pod(s, now, pod);
	forget_env(fp);
}

int64_t flow_pod_memory_kib(const forge_sim *s, int pod)
{
	const flow_pod *fp = flow_pod_at(s, pod);
	return fp && fp->up ? fp->mem_kib : 0;
}
