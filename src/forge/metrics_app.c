/* metrics_app.c - what a process tells of itself, by its runtime: heaps, garbage collection, event loops,
 * connections. */
#include "forge/metrics_priv.h"

#include <math.h>

#include "forge/flow_priv.h"

/* Kafka's client keeps its rates over a minute. */
#define CLOSE_WINDOW (60 * FORGE_S)

static void jvm(const forge_sim *s, const kube_pod *p, int64_t now, double *row)
{
	int64_t age = (now - p->started) / FORGE_S, heap = p->mem_kib * 55 / 100;
	/* The young generation fills and is emptied: a saw whose tooth is a tenth of the heap. */
	int64_t gcs = age / 19 + p->cpu_us / 700000;
	int64_t tooth = heap / 10 * ((age + p->cpu_us / 36000) % 19) / 19;
	int limit_kib = p->tmpl->mem_limit_mi * 1024;
	/* The fuller the container, the longer each collection takes. */
	int64_t full = limit_kib ? p->mem_kib * 1000 / limit_kib : 500;
	int64_t gc_us = 3800 + (full > 900 ? (full - 900) * 900 : 0);
	row[A_JVM_HEAP] = (double)((heap - heap / 10 + tooth) * 1024);
	row[A_JVM_NONHEAP] = (double)(p->mem_kib * 30 / 100 * 1024);
	row[A_JVM_GC_COUNT] = (double)gcs;
	row[A_JVM_GC_SUM] = (double)(gcs * 3800 + p->leak_kib * gc_us / 4096) / 1e6;
	row[A_JVM_THREADS] = (double)(31 + (p->service >= 0 ? s->app->services[p->service].workers / 8 : 0) + p->busy);
}

static void runtime(const forge_sim *s, const kube_pod *p, int64_t now, double *row)
{
	int64_t bytes = p->mem_kib * 1024, age = (now - p->started) / FORGE_S;
	/* Work waits while the processor share is used up: an event loop sees that as delay. */
	int64_t wait_us = p->cpu_free_at > now ? (p->cpu_free_at - now) / 1000 : 0;
	switch (s->app->services[p->service].lang) {
	case LANG_JAVA:
	case LANG_KOTLIN:
		jvm(s, p, now, row);
		break;
	case LANG_PYTHON:
		row[A_PY_RSS] = (double)(bytes - bytes / 9);
		row[A_PY_VMS] = (double)(bytes * 3 + 268435456);
		row[A_PY_GC] = (double)(age / 3 + p->cpu_us / 41000);
		break;
	case LANG_NODE:
		row[A_NODE_LOOP] = (double)(10800 + p->busy * 130 + wait_us) / 1e6;
		row[A_NODE_HEAP] = (double)(bytes / 5 * 2);
		break;
	case LANG_GO:
		row[A_GO_ROUTINES] = (double)(18 + 3 * p->busy + p->queued);
		row[A_GO_HEAP] = (double)(bytes / 20 * 7);
		break;
	case LANG_DOTNET:
		row[A_NET_HEAP] = (double)(bytes / 25 * 9);
		row[A_NET_GC] = (double)(age / 31 + p->cpu_us / 230000);
		break;
	case LANG_ENVOY:
		row[A_ENVOY_ACTIVE] = (double)p->busy;
		row[A_ENVOY_PENDING] = (double)p->queued;
		break;
	case LANG_NGINX:
		row[A_NGINX_ACTIVE] = (double)(1 + p->busy + p->queued);
		break;
	default:
		row[A_PROC_MEM] = (double)(bytes - bytes / 11);
		break;
	}
}

/* Processes that hold a connection to this store: those of services that have an operation calling it. */
static int clients_of(const forge_sim *s, int store)
{
	int n = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->up && p->service >= 0 && forge_service_calls(s->app, p->service, store)) n++;
	}
	return n;
}

static bool serves(const forge_sim *s, int service, forge_proto proto)
{
	for (int op = 0; op < s->app->ops_n; op++)
		if (s->app->ops[op].service == service && s->app->ops[op].proto == proto) return true;
	return false;
}

static void store(const forge_sim *s, const kube_pod *p, double *row)
{
	int clients = clients_of(s, p->service);
	if (serves(s, p->service, PROTO_REDIS)) {
		row[A_REDIS_CLIENTS] = (double)(1 + clients * 2 + p->queued);
		row[A_REDIS_USED] = (double)((flow_store_used_kib(s, p->service) + 1060) * 1024);
		row[A_REDIS_MAX] = (double)(flow_store_max_kib(s, p->service) * 1024);
		row[A_REDIS_COMMANDS] = (double)p->rx_bytes;
	}
	if (serves(s, p->service, PROTO_SQL)) {
		row[A_PG_BACKENDS] = (double)(2 + clients * 4 + p->busy);
		row[A_PG_COMMITS] = (double)p->tx_bytes;
		row[A_PG_MAX] = 100.0;
	}
}

/* The broker tells of its groups: members are consumers that listen and reach it, lag is what they have not taken. */
static void broker(const forge_sim *s, const kube_pod *p, double *row)
{
	for (int i = 0; i < METRICS_GROUPS; i++) {
		const char *topic;
		int op = metrics_consumer(s, p->service, i, &topic), members = 0;
		if (op < 0) break;
		int service = s->app->ops[op].service;
		for (size_t k = 0; k < s->kube.pods.n; k++)
			members += s->kube.pods.p[k].service == service && s->kube.pods.p[k].up;
		if (!net_reaches(s, service, p->service)) members = 0;
		row[A_MEMBERS + i] = (double)members;
		row[A_LAG + i] = (double)flow_consumer_lag(s, op);
	}
}

/* Sum over what changes when a broker's process is replaced. */
static int64_t broker_state(const forge_sim *s, int service)
{
	int64_t sum = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++)
		if (s->kube.pods.p[i].service == service) sum += 1 + s->kube.pods.p[i].incarnation;
	return sum;
}

static void consumer(forge_sim *s, int64_t now, int pod, int op, int from_broker, double *row)
{
	mpod *m = metrics_pod(s, pod);
	if (!m) return;
	int64_t state = broker_state(s, from_broker);
	bool replaced = m->seen && state != m->broker_seen;
	if (replaced || !net_reaches(s, s->kube.pods.p[pod].service, from_broker)) m->closed_at = now;
	m->seen = true;
	m->broker_seen = state;
	/* Attempts to connect again are closed too; how many fall into the window varies. */
	bool closing = m->closed_at && now - m->closed_at < CLOSE_WINDOW;
	row[A_CLOSE_RATE] = closing ? (double)cc_rng_between(&s->observer_rng, 2, 9) / 60.0 : 0.0;
	row[A_RECORDS_LAG] = (double)flow_consumer_lag(s, op);
}

static void messaging(forge_sim *s, int64_t now, int pod, double *row)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	for (int op = 0; op < s->app->ops_n; op++) {
		const forge_op *o = &s->app->ops[op];
		if (o->proto != PROTO_KAFKA) continue;
		for (int i = 0; i < o->consumers_n; i++)
			if (s->app->ops[o->consumers[i]].service == p->service && o->service != p->service)
				consumer(s, now, pod, o->consumers[i], o->service, row);
	}
	if (serves(s, p->service, PROTO_KAFKA) && isnan(row[A_CLOSE_RATE])) broker(s, p, row);
}

void metrics_scrape_app(forge_sim *s, int64_t now, int pod)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	if (p->service < 0) return;
	const forge_service *svc = &s->app->services[p->service];
	if (!p->up || svc->loadgen) {
		mstore_close(s, MG_APP, pod, now);
		return;
	}
	double *row = mstore_row(s, MG_APP, pod, now, A_COLUMNS);
	if (!row) return;
	runtime(s, p, now, row);
	if (svc->port && svc->lang != LANG_STORE && svc->lang != LANG_ENVOY)
		row[A_ACTIVE] = (double)(p->busy + p->queued);
	if (svc->lang == LANG_STORE) store(s, p, row);
	messaging(s, now, pod, row);
}
