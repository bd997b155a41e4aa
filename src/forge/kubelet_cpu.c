/* kubelet_cpu.c - processors of a node are divided every five seconds as the kernel's fair scheduler divides them: by
 * requests, work-conserving, each container capped by its limit. Background work and stress compete with requests. */
#include "forge/kubelet_priv.h"

#include <string.h>

#define INTERVAL (5 * FORGE_S)
enum { SHARE_MOST_M = 2000, SYSTEM_M = 120, WEIGHT_LEAST = 2, PERIOD_MS = 100 };

/* One running container while its node is divided; millicores. */
typedef struct portion {
	int pod;
	int64_t need, background, want, grant, limit, weight; /* need: of requests; limit 0: none */
	int threads;             /* of background work that compete with requests inside the container */
} portion;

typedef CC_VEC(portion) portions;

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static bool runs(const kube_pod *p)
{
	return p->started && !p->gone;
}

static int request_m(const kube_pod *p)
{
	return p->tmpl->cpu_request_m ? p->tmpl->cpu_request_m : p->tmpl->cpu_limit_m;
}

/* What a runtime uses with nothing to do: timers, garbage collection, its exporter of telemetry. */
static int idle_m(const forge_sim *s, const kube_pod *p)
{
	const forge_service *svc = kubelet_service(s, p);
	if (!svc) return 0;
	switch (svc->lang) {
	case LANG_JAVA: case LANG_KOTLIN: return 7;
	case LANG_DOTNET: case LANG_NODE: case LANG_PYTHON: return 4;
	case LANG_ENVOY: case LANG_STORE: case LANG_RUBY: return 3;
	case LANG_CPP: case LANG_GO: case LANG_PHP: case LANG_RUST: case LANG_NGINX: case LANG_COUNT: break;
	}
	return 1;
}

static int64_t background_m(const forge_sim *s, const kube_pod *p)
{
	const forge_service *svc = kubelet_service(s, p);
	int64_t m = idle_m(s, p) + p->stress_cpu_m;
	if (!svc) m += s->kube.workloads.p[p->workload].cpu_use_m;
	else if (p->up) m += svc->greedy_cpu_m;
	return m;
}

/* Without work there is no throttling; near the limit most periods of 100 ms end early, by how much work is too much. */
static void throttle(kube_pod *p, int64_t used, int64_t wanted, int64_t dt)
{
	int64_t limit = p->tmpl->cpu_limit_m, periods = dt / (PERIOD_MS * FORGE_MS);
	if (!limit) return;
	int64_t busy = least(1000, 150 + used * 4000 / limit), hit = 0, lost_us = 0;
	periods = periods * busy / 1000;
	if (used * 100 >= limit * 95 || wanted > limit) {
		hit = periods * 97 / 100;
		lost_us = hit * PERIOD_MS * 1000 * (wanted > limit ? wanted - limit : limit / 20) / most(wanted, limit);
	} else if (used * 2 > limit) {
		int64_t x = (used * 2 - limit) * 1000 / limit;
		hit = periods * (x * x / 1000) / 1000;
		lost_us = hit * 18000;
	}
	p->periods += periods;
	p->throttled_periods += hit;
	p->throttled_us += lost_us;
}

/* The interval that has passed: adds what background work used, returns what the container used in all. */
static int64_t account(const forge_sim *s, int64_t now, portion *o, int64_t dt)
{
	kube_pod *p = &s->kube.pods.p[o->pod];
	dt = least(dt, now - p->started);
	int64_t us = dt / 1000;
	if (us <= 0) return 0;
	int64_t served = p->cpu_us - p->k.last_cpu_us, extra = (int64_t)p->k.bg_m * us / 1000;
	if (o->limit) extra = most(0, least(extra, o->limit * us / 1000 - served));
	p->cpu_us += extra;
	p->k.last_cpu_us = p->cpu_us;
	int64_t waits = p->up ? most(0, least(p->cpu_free_at - now, 60 * FORGE_S)) : 0;
	int64_t queue = waits / FORGE_MS * p->cpu_share_m / (INTERVAL / FORGE_MS);
	o->need = least(served * 1000 / us + queue, SHARE_MOST_M);
	throttle(p, (served + extra) * 1000 / us, o->need + o->background, dt);
	return (served + extra) * 1000 / us;
}

static void portion_add(forge_sim *s, portions *all, int pod)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	portion o = { .pod = pod, .background = background_m(s, p), .limit = p->tmpl->cpu_limit_m,
		.weight = most(WEIGHT_LEAST, request_m(p)) };
	const forge_service *svc = kubelet_service(s, p);
	o.threads = (p->stress_cpu_m + 999) / 1000 + (svc && p->up && svc->greedy_cpu_m > 0);
	if (!cc_vec_push(all, o)) forge_fail(s, CC_ENOMEM);
}

/* Fills grants: who wants less than its part by weight is satisfied, the others divide the rest again. */
static void divide(portions *all, int64_t capacity)
{
	for (size_t i = 0; i < all->n; i++) all->p[i].grant = -1;
	for (bool again = true; again;) {
		int64_t rest = capacity, weights = 0;
		again = false;
		for (size_t i = 0; i < all->n; i++) {
			if (all->p[i].grant >= 0) rest -= all->p[i].grant;
			else weights += all->p[i].weight;
		}
		for (size_t i = 0; i < all->n; i++) {
			portion *o = &all->p[i];
			if (o->grant >= 0 || o->want * weights > most(rest, 0) * o->weight) continue;
			o->grant = o->want;
			again = true;
		}
		if (again) continue;
		for (size_t i = 0; i < all->n; i++)
			if (all->p[i].grant < 0) all->p[i].grant = most(rest, 0) * all->p[i].weight / most(weights, 1);
	}
}

/* What is left for requests: all that background does not want, and always the part of one of the threads competing. */
static void share_set(forge_sim *s, const portion *o, int64_t spare, int64_t entitled, bool crowded)
{
	kube_pod *p = &s->kube.pods.p[o->pod];
	int64_t cap = crowded ? most(o->grant, entitled) : o->want + spare;
	if (o->limit) cap = least(cap, o->limit);
	int64_t share = most(cap - o->background, cap / (1 + o->threads));
	if (crowded) share = share * 7 / 10;
	if (s->kube.nodes.p[p->node].memory_pressure) share = share * 8 / 10;
	p->cpu_share_m = (int)most(1, least(share, SHARE_MOST_M));
	p->k.bg_m = (int)most(0, least(o->background, o->grant - least(o->need, share)));
}

static void node_divide(forge_sim *s, int64_t now, int node, int64_t dt)
{
	portions all = { 0 };
	int64_t used = SYSTEM_M, want = SYSTEM_M, weights = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++)
		if (s->kube.pods.p[i].node == node && runs(&s->kube.pods.p[i])) portion_add(s, &all, (int)i);
	for (size_t i = 0; i < all.n; i++) {
		portion *o = &all.p[i];
		used += account(s, now, o, dt);
		if (s->kube.pods.p[o->pod].k.boot_left > 0) o->need = most(o->need, 300);
		o->want = o->need + o->background;
		if (o->limit) o->want = least(o->want, o->limit);
		want += o->want;
		weights += o->weight;
	}
	kube_node *n = &s->kube.nodes.p[node];
	if (n->control_plane) used += 180 + (int64_t)n->cpu_m * 7 / 10 * least(s->kube.api_percent, 120) / 100;
	n->cpu_used_m = (int)least(used, n->cpu_m);
	int64_t capacity = most(100, n->cpu_m - SYSTEM_M), spare = n->cpu_m - want;
	divide(&all, capacity);
	for (size_t i = 0; i < all.n; i++)
		share_set(s, &all.p[i], most(spare, 0), capacity * all.p[i].weight / most(weights, 1), spare < 0);
	cc_vec_deinit(&all);
}

void kubelet_share_first(forge_sim *s, int pod)
{
	kube_pod *p = &s->kube.pods.p[pod];
	const kube_node *n = &s->kube.nodes.p[p->node];
	int64_t share = most(n->cpu_m - n->cpu_used_m, most(request_m(p), 20));
	if (p->tmpl->cpu_limit_m) share = least(share, p->tmpl->cpu_limit_m);
	p->cpu_share_m = (int)most(1, least(share, SHARE_MOST_M));
}

void kubelet_cpu_shares(forge_sim *s, int64_t now)
{
	int64_t dt = s->kube.shares_at ? now - s->kube.shares_at : INTERVAL;
	if (dt < FORGE_S) return;
	s->kube.shares_at = now;
	for (size_t i = 0; i < s->kube.nodes.n; i++) node_divide(s, now, (int)i, dt);
}

static void tick(forge_sim *s, int64_t now, int a, int b)
{
	(void)a, (void)b;
	kubelet_cpu_shares(s, now);
	kubelet_memory(s, now);
	forge_at(s, now + INTERVAL, tick, 0, 0);
}

void kubelet_shares_start(forge_sim *s, int64_t now)
{
	if (s->kube.shares_run) return;
	s->kube.shares_run = true;
	s->kube.shares_at = now;
	forge_at(s, now + INTERVAL, tick, 0, 0);
}
