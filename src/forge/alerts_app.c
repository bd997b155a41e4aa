/* alerts_app.c - the application's own rules: latency, errors and silence by service, messaging, and the same by
 * sidecar. */
#include "forge/alerts_priv.h"

#include <math.h>
#include <string.h>

static int64_t window_of(int rule)
{
	return alert_rule_at(rule)->window_s * FORGE_S;
}

/* The users' side of the application: the proxy and what it forwards their requests to. */
static bool at_the_edge(const forge_sim *s, int service)
{
	const forge_app *app = s->app;
	if (app->entry_op >= 0 && app->ops[app->entry_op].service == service) return true;
	for (int j = 0; j < app->journeys_n; j++)
		for (int r = 0; r < app->journeys[j].requests_n; r++)
			if (app->ops[app->journeys[j].requests[r]].service == service) return true;
	return false;
}

/* Services behind a sidecar are judged by the mesh's rules. */
static bool judged(const forge_sim *s, int service, int which)
{
	const forge_service *svc = &s->app->services[service];
	if (!metrics_has_file(s, service) || (s->app->istio && svc->mesh)) return false;
	switch (which) {
	case WHICH_REQUESTS: return !svc->processor;
	case WHICH_PROCESSORS: return svc->processor;
	case WHICH_EDGE: return at_the_edge(s, service);
	case WHICH_BACKEND: return !at_the_edge(s, service);
	default: return true;
	}
}

void check_phase(forge_sim *s, int64_t now, int rule)
{
	double sum = 0.0, v;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		if (strcmp(kube_pod_ns(s, &s->kube.pods.p[i]), s->app->namespace) != 0) continue;
		if (mq_last(mstore_find(s->metrics, MG_KSM, (int)i), alert_rule_at(rule)->arg, now, &v)) sum += v;
	}
	if (sum > 0.0) alert_seen(s, now, rule, 0, 0, sum);
}

void check_backoff(forge_sim *s, int64_t now, int rule)
{
	double v;
	for (size_t i = 0; i < s->kube.pods.n; i++)
		if (mq_last(mstore_find(s->metrics, MG_KSM, (int)i), K_BACKOFF, now, &v) && v > 0.0)
			alert_seen(s, now, rule, (int)i, K_BACKOFF, v);
}

/* Sum of the increases of one bucket over the calls of a service; errors: 1 failed ones, 0 others, -1 all. */
static double increase_of(
	const forge_sim *s, int service, int errors, int bucket, int64_t now, int64_t window, bool *any)
{
	const mgroup *g = mstore_find(s->metrics, MG_CALLS, service);
	double sum = 0.0, v;
	*any = false;
	for (size_t i = 0; i < s->metrics->calls.n; i++) {
		const mcalls *c = &s->metrics->calls.p[i];
		if (c->service != service || (errors >= 0 && c->error != (errors == 1))) continue;
		if (!mq_increase(g, c->number * METRICS_BOUNDS + bucket, now, window, &v)) continue;
		sum += v;
		*any = true;
	}
	return sum;
}

void check_latency(forge_sim *s, int64_t now, int rule)
{
	const alert_rule *r = alert_rule_at(rule);
	for (int service = 0; service < s->app->services_n; service++) {
		double cumulative[METRICS_BOUNDS];
		bool any = judged(s, service, r->arg);
		for (int b = 0; b < METRICS_BOUNDS && any; b++)
			cumulative[b] = increase_of(s, service, -1, b, now, window_of(rule), &any);
		double v = any ? mq_quantile(0.95, metrics_bounds, cumulative, METRICS_BOUNDS) : (double)NAN;
		if (v > r->limit) alert_seen(s, now, rule, service, 0, v);
	}
}

void check_errors(forge_sim *s, int64_t now, int rule)
{
	for (int service = 0; service < s->app->services_n; service++) {
		bool any;
		if (!judged(s, service, alert_rule_at(rule)->arg)) continue;
		double v = increase_of(s, service, 1, METRICS_BOUNDS - 1, now, window_of(rule), &any) /
			(double)alert_rule_at(rule)->window_s;
		if (any && v > alert_rule_at(rule)->limit) alert_seen(s, now, rule, service, 0, v);
	}
}

void check_silence(forge_sim *s, int64_t now, int rule)
{
	for (int service = 0; service < s->app->services_n; service++) {
		bool any;
		if (!judged(s, service, alert_rule_at(rule)->arg)) continue;
		double v = increase_of(s, service, 0, METRICS_BOUNDS - 1, now, window_of(rule), &any);
		if (any && !(v > 0.0)) alert_seen(s, now, rule, service, 0, 0.0);
	}
}

static bool database_call(const forge_sim *s, const mcalls *c, int service)
{
	return c->service == service && c->op >= 0 && !c->error && c->kind == KIND_CLIENT &&
		s->app->ops[c->op].proto == PROTO_SQL;
}

/* rate(calls_total{service_name, span_kind CLIENT, of the database}[5m]) == 0, for what consumes messages. */
void check_database(forge_sim *s, int64_t now, int rule)
{
	for (int service = 0; service < s->app->services_n; service++) {
		double sum = 0.0, v;
		bool any = false;
		if (!judged(s, service, WHICH_PROCESSORS)) continue;
		for (size_t i = 0; i < s->metrics->calls.n; i++) {
			const mcalls *c = &s->metrics->calls.p[i];
			int column = c->number * METRICS_BOUNDS + METRICS_BOUNDS - 1;
			if (!database_call(s, c, service)) continue;
			if (!mq_increase(mstore_find(s->metrics, MG_CALLS, service), column, now, window_of(rule), &v))
				continue;
			sum += v;
			any = true;
		}
		if (any && !(sum > 0.0)) alert_seen(s, now, rule, service, 0, 0.0);
	}
}

/* sum by (job): the consumers' pods of one service. Older: the gauge itself; newer: its rate. */
void check_closures(forge_sim *s, int64_t now, int rule)
{
	int64_t window = window_of(rule);
	for (int service = 0; service < s->app->services_n; service++) {
		double sum = 0.0, v;
		for (size_t i = 0; i < s->kube.pods.n; i++) {
			if (s->kube.pods.p[i].service != service) continue;
			const mgroup *g = mstore_find(s->metrics, MG_APP, (int)i);
			if (window ? mq_increase(g, A_CLOSE_RATE, now, window, &v) : mq_last(g, A_CLOSE_RATE, now, &v))
				sum += window ? v / (double)alert_rule_at(rule)->window_s : v;
		}
		if (sum > 0.0) alert_seen(s, now, rule, service, 0, sum);
	}
}

static void check_groups(forge_sim *s, int64_t now, int rule, int column, bool below)
{
	double v;
	for (size_t i = 0; i < s->kube.pods.n; i++)
		for (int k = 0; k < METRICS_GROUPS; k++) {
			if (!mq_last(mstore_find(s->metrics, MG_APP, (int)i), column + k, now, &v)) continue;
			if (below ? !(v > 0.0) : v > alert_rule_at(rule)->limit) alert_seen(s, now, rule, (int)i, k, v);
		}
}

void check_members(forge_sim *s, int64_t now, int rule)
{
	check_groups(s, now, rule, A_MEMBERS, true);
}

void check_lag(forge_sim *s, int64_t now, int rule)
{
	check_groups(s, now, rule, A_LAG, false);
}

/* Calls fn for every pair (callee, caller) the sidecars have counted. */
typedef void edge_check(forge_sim *s, int64_t now, int rule, const mgroup *g, int caller);

static void each_edge(forge_sim *s, int64_t now, int rule, edge_check *fn)
{
	for (int callee = 0; callee < s->app->services_n; callee++) {
		const mgroup *g = mstore_find(s->metrics, MG_MESH, callee);
		for (int caller = 0; g && caller < s->app->services_n; caller++) fn(s, now, rule, g, caller);
	}
}

static void edge_latency(forge_sim *s, int64_t now, int rule, const mgroup *g, int caller)
{
	double cumulative[FLOW_MESH_BUCKETS];
	for (int b = 0; b < FLOW_MESH_BUCKETS; b++)
		if (!mq_increase(g, caller * MESH_COLUMNS + MESH_BUCKET + b, now, window_of(rule), &cumulative[b]))
			return;
	double v = mq_quantile(0.95, flow_mesh_bounds, cumulative, FLOW_MESH_BUCKETS);
	if (v > alert_rule_at(rule)->limit) alert_seen(s, now, rule, g->owner, caller * EDGE_CODES + EDGE_NO_CODE, v);
}

/* by (…, response_code): series that differ in their flags only are one. */
static void edge_errors(forge_sim *s, int64_t now, int rule, const mgroup *g, int caller)
{
	double sum[MESH_BUCKET] = { 0.0 };
	for (int column = MESH_OK + 1; column < MESH_BUCKET; column++) {
		double v;
		int first = MESH_OK + 1;
		while (strcmp(flow_mesh_labels[first].code, flow_mesh_labels[column].code) != 0) first++;
		if (mq_increase(g, caller * MESH_COLUMNS + column, now, window_of(rule), &v)) sum[first] += v;
	}
	for (int column = MESH_OK + 1; column < MESH_BUCKET; column++)
		if (sum[column] > 0.0)
			alert_seen(s, now, rule, g->owner, caller * EDGE_CODES + column,
				sum[column] / (double)alert_rule_at(rule)->window_s);
}

static void edge_silence(forge_sim *s, int64_t now, int rule, const mgroup *g, int caller)
{
	double v, sum = 0.0;
	bool any = false;
	for (int column = MESH_OK; column < MESH_BUCKET; column++) {
		if (!mq_increase(g, caller * MESH_COLUMNS + column, now, window_of(rule), &v)) continue;
		any = true;
		sum += v;
	}
	if (any && !(sum > 0.0)) alert_seen(s, now, rule, g->owner, caller * EDGE_CODES + EDGE_NO_CODE, 0.0);
}

void check_mesh_latency(forge_sim *s, int64_t now, int rule)
{
	each_edge(s, now, rule, edge_latency);
}

void check_mesh_errors(forge_sim *s, int64_t now, int rule)
{
	each_edge(s, now, rule, edge_errors);
}

void check_mesh_silence(forge_sim *s, int64_t now, int rule)
{
	each_edge(s, now, rule, edge_silence);
}
