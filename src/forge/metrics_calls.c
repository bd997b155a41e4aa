/* metrics_calls.c - the spanmetrics connector: counts every finished span by service, span name, kind and status, and
 * hands out cumulative histograms when scraped. Counting is a table look-up; names are compared once, when a cell is
 * met first. */
#include "forge/metrics_priv.h"

#include <math.h>
#include <string.h>

const int metrics_bounds[METRICS_BOUNDS - 1] = { 2, 10, 50, 100, 250, 500, 1000, 1500, 5000, 15000 };

/* Different operations may share a name (a proxy's "ingress"): they share the series too. */
static uint32_t call_of(forge_sim *s, const forge_span *x)
{
	forge_metrics *m = s->metrics;
	const char *name = forge_span_name(s->app, x);
	for (size_t i = 0; i < m->calls.n; i++) {
		const mcalls *c = &m->calls.p[i];
		if (c->service != x->service || c->kind != x->kind || c->error != x->error) continue;
		if (strcmp(c->name, name) == 0) return (uint32_t)i + 1;
	}
	mcalls fresh = { .service = x->service, .op = x->op, .number = m->series_of[x->service], .name = name,
		.kind = x->kind, .error = x->error };
	if (!cc_vec_push(&m->calls, fresh)) {
		forge_fail(s, CC_ENOMEM);
		return 0;
	}
	m->series_of[x->service]++;
	return (uint32_t)m->calls.n;
}

void metrics_count_span(forge_sim *s, const forge_span *x)
{
	forge_metrics *m = s->metrics;
	if (!m || x->service < 0) return;
	int what = x->op < 0 ? s->app->ops_n + (x->journey < 0 ? 0 : x->journey) : x->wanted >= 0 ? x->wanted : x->op;
	size_t at = (size_t)x->service * (size_t)m->cells_wide + (size_t)what;
	uint32_t *cell = &m->cell[(at * METRICS_SPAN_KINDS + (size_t)x->kind) * METRICS_STATUS + (x->error ? 1 : 0)];
	/* A proxy that is led astray names whom it asked: that is not in the table. */
	bool astray = x->op >= 0 && x->to_service >= 0 && x->kind == KIND_CLIENT &&
		x->to_service != s->app->ops[x->op].service;
	uint32_t call = *cell && !astray ? *cell : call_of(s, x);
	if (!call) return;
	if (!astray) *cell = call;
	int64_t took = x->end - x->start;
	int b = 0;
	while (b < METRICS_BOUNDS - 1 && took > metrics_bounds[b] * FORGE_MS) b++;
	m->calls.p[call - 1].bucket[b]++;
}

void metrics_scrape_calls(forge_sim *s, int64_t now)
{
	forge_metrics *m = s->metrics;
	for (int service = 0; service < s->app->services_n; service++)
		if (m->series_of[service])
			(void)mstore_row(s, MG_CALLS, service, now, m->series_of[service] * METRICS_BOUNDS);
	for (size_t i = 0; i < m->calls.n && s->code == CC_OK; i++) {
		const mcalls *c = &m->calls.p[i];
		const mgroup *g = mstore_find(m, MG_CALLS, c->service);
		if (!g || !g->rows) return;
		double *row = g->v + (size_t)(g->rows - 1) * (size_t)g->width + (size_t)c->number * METRICS_BOUNDS;
		uint64_t sum = 0;
		for (int b = 0; b < METRICS_BOUNDS; b++) row[b] = (double)(sum += c->bucket[b]);
	}
}

bool metrics_mesh_known(const forge_sim *s, int service)
{
	return !s->app->services[service].loadgen;
}

static void add_caller(double *to, const flow_mesh_count *c)
{
	uint64_t sum = 0;
	/* A series begins with the first request that belongs to it. */
	for (int i = 0; i < FLOW_MESH_CODES; i++)
		if (c->code[i]) to[i] = (double)c->code[i];
	for (int b = 0; b < FLOW_MESH_BUCKETS; b++) {
		sum += c->bucket[b];
		to[MESH_BUCKET + b] = (double)sum;
	}
}

/* The sidecars' counters of the requests to one service, by caller; callers without a sidecar are one. */
static void scrape_callee(forge_sim *s, int64_t now, int callee)
{
	int n = s->app->services_n;
	bool any = false;
	for (int caller = 0; caller < n && !any; caller++) any = flow_mesh(s, callee, caller) != NULL;
	double *row = any ? mstore_row(s, MG_MESH, callee, now, n * MESH_COLUMNS) : NULL;
	for (int caller = 0; row && caller < n; caller++) {
		const flow_mesh_count *c = flow_mesh(s, callee, caller);
		if (c) add_caller(row + (size_t)caller * MESH_COLUMNS, c);
	}
}

void metrics_scrape_mesh(forge_sim *s, int64_t now)
{
	if (!s->app->istio) return;
	for (int callee = 0; callee < s->app->services_n; callee++)
		if (metrics_has_file(s, callee)) scrape_callee(s, now, callee);
}
