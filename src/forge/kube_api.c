/* kube_api.c - the API server under load: what clients ask of it against what it can serve.
 *
 * load = (KUBE_API_BASE + sum of api_calls_ps of all running pods) / KUBE_API_CAPACITY, followed with a time constant of some
 * 15 seconds. Below nine tenths an answer takes 4 ms * load / (1 - load), as in a queue with random arrivals; from there on the
 * queue is bounded by priority and fairness: 36 ms more 4 s for every further unit of load, 8 s at most. Above a load of one
 * the excess is refused with 429, until it falls under 0.9 again. */
#include "forge/kube_priv.h"

#define TICK (5 * FORGE_S)

static int load_now(const forge_sim *s)
{
	int64_t calls = KUBE_API_BASE;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->up && !p->gone && p->workload >= 0) calls += s->kube.workloads.p[p->workload].api_calls_ps;
	}
	calls = calls * 1000 / KUBE_API_CAPACITY;
	return calls > 100000 ? 100000 : (int)calls;
}

static int64_t answer_ns(int load)
{
	if (load < 900) return 4 * FORGE_MS * load / (1000 - load);
	int64_t ns = 36 * FORGE_MS + (int64_t)(load - 900) * 4 * FORGE_MS;
	return ns < 8 * FORGE_S ? ns : 8 * FORGE_S;
}

static void tick(forge_sim *s, int64_t now, int a, int b)
{
	(void)a, (void)b;
	forge_kube *k = &s->kube;
	int load = load_now(s), *milli = &k->more->api_milli;
	*milli += (load - *milli) / 3;
	k->api_percent = *milli / 10;
	k->api_delay_ns = answer_ns(*milli);
	if (*milli > 1000) k->api_limited = true;
	if (*milli < 900) k->api_limited = false;
	forge_at(s, now + TICK, tick, 0, 0);
}

/* Of a load of 1.5 a third is refused; the random draw stays out of the way while nothing is. */
bool kube_api_refuses(forge_sim *s)
{
	int milli = s->kube.more->api_milli;
	if (!s->kube.api_limited || milli <= 1000) return false;
	return cc_rng_below(&s->kube_rng, (uint64_t)milli) >= 1000;
}

void kube_api_start(forge_sim *s, int64_t from)
{
	s->kube.more->api_milli = load_now(s);
	s->kube.api_percent = s->kube.more->api_milli / 10;
	s->kube.api_delay_ns = answer_ns(s->kube.more->api_milli);
	forge_at(s, from + TICK, tick, 0, 0);
}
