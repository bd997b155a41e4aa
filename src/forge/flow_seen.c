/* flow_seen.c - what the ground truth is told about calls: failures, slowness, calls not made.
 *
 * Slow is relative: each edge is measured against its own median before the injection. Where that comes before the
 * capture, what began before it does not count: nobody recorded it. */
#include "forge/flow_priv.h"

#include <stdlib.h>
#include <string.h>

#define SLOW_NS (200 * FORGE_MS)
enum { SLOW_FACTOR = 5, EDGE_ENOUGH = 10 };

bool flow_seen_init(forge_sim *s)
{
	size_t n = (size_t)s->app->services_n * (size_t)s->app->services_n + 1;
	forge_flow *f = s->flow;
	f->failed = cc_calloc(n, sizeof *f->failed);
	f->slow = cc_calloc(n, sizeof *f->slow);
	f->starved = cc_calloc(n, sizeof *f->starved);
	f->lost = cc_calloc(n, sizeof *f->lost);
	f->answered = cc_calloc(n, sizeof *f->answered);
	f->failed_before = cc_calloc(n, sizeof *f->failed_before);
	f->edges = cc_calloc(n, sizeof *f->edges);
	f->mesh = cc_calloc(n, sizeof *f->mesh);
	return f->failed && f->slow && f->starved && f->lost && f->answered && f->failed_before && f->edges && f->mesh;
}

void flow_seen_deinit(forge_sim *s)
{
	forge_flow *f = s->flow;
	size_t n = (size_t)s->app->services_n * (size_t)s->app->services_n;
	for (size_t i = 0; f->edges && i < n; i++) cc_free(f->edges[i]);
	for (size_t i = 0; f->mesh && i < n; i++) cc_free(f->mesh[i]);
	cc_free(f->failed);
	cc_free(f->slow);
	cc_free(f->starved);
	cc_free(f->lost);
	cc_free(f->answered);
	cc_free(f->failed_before);
	cc_free(f->edges);
	cc_free(f->mesh);
}

bool flow_seen_counts(const forge_sim *s, int64_t began)
{
	return s->now >= s->inject && began >= s->start;
}

static int by_size(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

/* Zero: too few calls to know. */
static int32_t median(flow_edge *e)
{
	uint32_t n = e->n < EDGE_SAMPLES ? e->n : EDGE_SAMPLES;
	if (n < EDGE_ENOUGH) return 0;
	if (e->median_us) return e->median_us;
	qsort(e->sample, n, sizeof *e->sample, by_size);
	e->median_us = e->sample[n / 2] > 0 ? e->sample[n / 2] : 1;
	return e->median_us;
}

static flow_edge *edge_at(forge_sim *s, size_t i)
{
	if (!s->flow->edges[i]) s->flow->edges[i] = cc_calloc(1, sizeof **s->flow->edges);
	if (!s->flow->edges[i]) forge_fail(s, CC_ENOMEM);
	return s->flow->edges[i];
}

void flow_seen_edge(forge_sim *s, int callee, int caller, int64_t took, bool failed)
{
	size_t i = flow_edge_of(s, callee, caller);
	flow_edge *e = edge_at(s, i);
	if (!e) return;
	if (s->now < s->inject) {
		int64_t us = took / CC_NS_PER_US;
		s->flow->failed_before[i] += failed && s->now >= s->start;
		if (!failed) e->sample[e->n++ % EDGE_SAMPLES] = us > INT32_MAX ? INT32_MAX : (int32_t)us;
		return;
	}
	if (!flow_seen_counts(s, s->now - took)) return;
	if (failed) s->flow->failed[i]++;
	int64_t usual = (int64_t)median(e) * CC_NS_PER_US;
	if (took > SLOW_NS && usual && took > SLOW_FACTOR * usual) s->flow->slow[i]++;
}

/* A caller that lost its patience does not know what became of its request. What a sidecar denies reaches no server. */
static void count_how(forge_sim *s, const flow_call *c, size_t i)
{
	bool refused = s->app->ops[c->op].proto == PROTO_HTTP && c->status >= 400 && c->status < 500;
	bool gave_up = (c->via & VIA_TIMEOUT) != 0;
	bool cut_off = (c->via & (VIA_REFUSED | VIA_NO_NAME | VIA_RESET | VIA_DENIED)) != 0;
	if (refused || cut_off || (gave_up && (c->peer < 0 || c->lost))) s->flow->lost[i]++;
	else if (!gave_up) s->flow->answered[i]++;
}

void flow_seen_call(forge_sim *s, const flow_call *c, int64_t took)
{
	const forge_op *op = &s->app->ops[c->op];
	flow_seen_edge(s, op->service, c->from, took, !c->ok);
	if (!c->ok && flow_seen_counts(s, s->now - took)) count_how(s, c, flow_edge_of(s, op->service, c->from));
}

/* Calls that are always made when all goes well, from a step on; a message not sent also is one not received. */
void flow_seen_starved(forge_sim *s, const flow_frame *f, int from_step)
{
	if (!flow_seen_counts(s, f->start)) return;
	const forge_op *op = &s->app->ops[f->op];
	for (int i = from_step; i < op->steps_n; i++) {
		const forge_step *st = &op->steps[i];
		if (st->op < 0 || st->permille < 1000) continue;
		const forge_op *callee = &s->app->ops[st->op];
		s->flow->starved[flow_edge_of(s, callee->service, f->service)]++;
		for (int k = 0; k < callee->consumers_n; k++)
			s->flow->starved[flow_edge_of(s, s->app->ops[callee->consumers[k]].service, callee->service)]++;
	}
}

flow_effects_seen flow_seen(const forge_sim *s)
{
	const forge_flow *f = s->flow;
	return (flow_effects_seen){ .failed = f->failed, .lost = f->lost, .answered = f->answered,
		.failed_before = f->failed_before, .slow = f->slow, .starved = f->starved, .requests = f->requests,
		.failures = f->failures, .first_failed = f->first_failed };
}
