/* metrics.c - the scrape loop: every target is read at its own phase of the interval, as Prometheus spreads them.
 *
 * Targets: kube-state-metrics (all pods and controllers), each node's kubelet and node exporter, the applications' own
 * exporters in eight groups, the collector that counts spans and the sidecars with it, the API server, and Prometheus
 * itself with its recording rules. */
#include "forge/metrics_priv.h"

enum { APP_PHASES = 8 };

static void again(forge_sim *s, int64_t now, forge_action *run, int a)
{
	forge_at(s, now + s->metrics->scrape_ns, run, a, 0);
}

static bool exists(const kube_pod *p, int64_t now)
{
	return !p->gone && p->created && p->created <= now;
}

/* The series of a pod that is gone end. */
static void scrape_pod(forge_sim *s, int64_t now, mgroup_kind kind, size_t pod)
{
	static void (*const SCRAPE[MG_OF_POD])(forge_sim *, int64_t, int) = { [MG_KSM] = metrics_scrape_ksm,
		[MG_CADVISOR] = metrics_scrape_cadvisor, [MG_RULES] = metrics_scrape_rules,
		[MG_APP] = metrics_scrape_app };
	if (exists(&s->kube.pods.p[pod], now)) SCRAPE[kind](s, now, (int)pod);
	else mstore_close(s, kind, (int)pod, now);
}

static void scrape_state(forge_sim *s, int64_t now, int a, int b)
{
	(void)b;
	for (size_t i = 0; i < s->kube.pods.n; i++) scrape_pod(s, now, MG_KSM, i);
	metrics_scrape_cluster(s, now);
	again(s, now, scrape_state, a);
}

static void scrape_node(forge_sim *s, int64_t now, int node, int b)
{
	(void)b;
	metrics_scrape_node(s, now, node);
	for (size_t i = 0; i < s->kube.pods.n; i++)
		if (s->kube.pods.p[i].node == node) scrape_pod(s, now, MG_CADVISOR, i);
	again(s, now, scrape_node, node);
}

static void scrape_apps(forge_sim *s, int64_t now, int phase, int b)
{
	(void)b;
	for (size_t i = (size_t)phase; i < s->kube.pods.n; i += APP_PHASES) scrape_pod(s, now, MG_APP, i);
	again(s, now, scrape_apps, phase);
}

static void scrape_collector(forge_sim *s, int64_t now, int a, int b)
{
	(void)b;
	metrics_scrape_calls(s, now);
	metrics_scrape_mesh(s, now);
	again(s, now, scrape_collector, a);
}

static void scrape_api(forge_sim *s, int64_t now, int a, int b)
{
	(void)b;
	metrics_scrape_api(s, now);
	again(s, now, scrape_api, a);
}

static void record_rules(forge_sim *s, int64_t now, int a, int b)
{
	(void)b;
	for (size_t i = 0; i < s->kube.pods.n; i++) scrape_pod(s, now, MG_RULES, i);
	mstore_retire(s, now);
	again(s, now, record_rules, a);
}

cc_code metrics_init(forge_sim *s)
{
	forge_metrics *m = cc_calloc(1, sizeof *m);
	if (!m) return CC_ENOMEM;
	s->metrics = m;
	m->spool = -1;
	m->scrape_ns = s->opt->scrape_ns > 0 ? s->opt->scrape_ns : 60 * FORGE_S;
	m->cells_wide = s->app->ops_n + s->app->journeys_n + 1;
	size_t services = (size_t)s->app->services_n;
	m->cell = cc_calloc(services * (size_t)m->cells_wide * METRICS_SPAN_KINDS * METRICS_STATUS, sizeof *m->cell);
	m->series_of = cc_calloc(services, sizeof *m->series_of);
	int node = (int)cc_rng_between(&s->observer_rng, 1, 3);
	m->exporter_ip = forge_text(s, "10.244.%d.2", node); /* installed before the application */
	return m->cell && m->series_of ? s->code : CC_ENOMEM;
}

void metrics_deinit(forge_sim *s)
{
	forge_metrics *m = s->metrics;
	if (!m) return;
	mstore_deinit(m);
	cc_vec_deinit(&m->calls);
	cc_vec_deinit(&m->pods);
	cc_vec_deinit(&m->nodes);
	cc_free(m->cell);
	cc_free(m->series_of);
	cc_free(m);
	s->metrics = NULL;
}

/* Timestamps are milliseconds: so are the phases. */
static void begin(forge_sim *s, int64_t from, forge_action *run, int a)
{
	int64_t phase = cc_rng_between(&s->observer_rng, 0, s->metrics->scrape_ns / FORGE_MS - 1);
	forge_at(s, from / FORGE_MS * FORGE_MS + phase * FORGE_MS, run, a, 0);
}

void metrics_start(forge_sim *s, int64_t from)
{
	begin(s, from, scrape_state, 0);
	for (size_t i = 0; i < s->kube.nodes.n; i++) begin(s, from, scrape_node, (int)i);
	for (int i = 0; i < APP_PHASES; i++) begin(s, from, scrape_apps, i);
	begin(s, from, scrape_collector, 0);
	begin(s, from, scrape_api, 0);
	begin(s, from, record_rules, 0);
}
