/* metrics_pod.c - a pod as kube-state-metrics, the kubelet's cAdvisor and Prometheus' own recording rules see it. */
#include "forge/metrics_priv.h"

#include <string.h>

#define MIB 1048576.0

enum { SIDECAR_MIB = 46, SIDECAR_PERCENT = 12 };

mpod *metrics_pod(forge_sim *s, int pod)
{
	forge_metrics *m = s->metrics;
	while (m->pods.n <= (size_t)pod)
		if (!cc_vec_push(&m->pods, (mpod){ 0 })) {
			forge_fail(s, CC_ENOMEM);
			return NULL;
		}
	return &m->pods.p[pod];
}

/* The kernel's kills are counted for the pod: they show in the status of the restarted container. */
static int oom_kills(forge_sim *s, int pod)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	mpod *m = metrics_pod(s, pod);
	if (!m) return 0;
	if (p->restarts > m->restarts && p->last_reason && strcmp(p->last_reason, "OOMKilled") == 0)
		m->ooms += p->restarts - m->restarts;
	m->restarts = p->restarts;
	return m->ooms;
}

static int reason_column(int from, int n, const char *reason)
{
	int count;
	const mseries *all = metrics_series(MG_KSM, &count);
	for (int i = from; i < from + n; i++)
		if (strcmp(all[i].value, reason) == 0) return i;
	return -1;
}

static void reason(double *row, int from, int n, const char *why)
{
	int column = why ? reason_column(from, n, why) : -1;
	if (column >= 0) row[column] = 1.0;
}

static void ksm_pod(const kube_pod *p, double *row)
{
	static const struct {
		int column;
		const char *phase;
	} PHASES[] = { { K_PENDING, "Pending" }, { K_RUNNING, "Running" }, { K_SUCCEEDED, "Succeeded" },
		{ K_FAILED, "Failed" }, { K_UNKNOWN, "Unknown" } };
	for (size_t i = 0; i < sizeof PHASES / sizeof PHASES[0]; i++)
		row[PHASES[i].column] = strcmp(p->phase, PHASES[i].phase) == 0 ? 1.0 : 0.0;
	row[K_READY] = p->ready ? 1.0 : 0.0;
	row[K_UNREADY] = p->ready ? 0.0 : 1.0;
	row[K_READY_UNKNOWN] = 0.0;
	row[K_SCHEDULED] = p->node >= 0 ? 1.0 : 0.0;
	row[K_UNSCHEDULED] = p->node >= 0 ? 0.0 : 1.0;
	if (p->node < 0 && p->unscheduled) row[K_UNSCHEDULABLE] = 1.0;
	if (p->evicted) row[K_EVICTED] = 1.0;
	if (p->scheduled) row[K_START] = (double)(p->scheduled / FORGE_S);
	row[K_CREATED] = (double)(p->created / FORGE_S);
	row[K_OWNER] = row[K_INFO] = 1.0;
}

/* A container has a status only once its pod has been bound to a node. */
static void ksm_container(const kube_pod *p, double *row)
{
	bool running = metrics_running(p);
	bool ended = p->terminated || strcmp(p->phase, "Failed") == 0 || strcmp(p->phase, "Succeeded") == 0;
	bool init = p->tmpl->init != INIT_NONE;
	bool waits = !running && !ended;
	row[K_RESTARTS] = (double)p->restarts;
	row[K_C_READY] = running && p->ready ? 1.0 : 0.0;
	row[K_C_RUNNING] = running ? 1.0 : 0.0;
	row[K_C_WAITING] = waits ? 1.0 : 0.0;
	row[K_C_TERMINATED] = ended ? 1.0 : 0.0;
	const char *why = p->waiting ? p->waiting : init && !p->initialized ? "PodInitializing" : "ContainerCreating";
	if (waits) reason(row, K_WAITING, K_WAITING_N, why);
	reason(row, K_LAST, K_LAST_N, kube_pod_last_state(p).reason);
	if (init) {
		row[K_INIT_RESTARTS] = (double)p->init_restarts;
		reason(row, K_INIT_WAITING, K_INIT_WAITING_N, p->init_waiting);
	}
	if (kube_injected(p)) row[K_SIDECAR_READY] = p->mesh_started && strcmp(p->phase, "Failed") != 0 &&
		strcmp(p->phase, "Succeeded") != 0 ? 1.0 : 0.0; /* it outlives the pod's own container */
}

void metrics_scrape_ksm(forge_sim *s, int64_t now, int pod)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	const forge_template *t = p->tmpl;
	double *row = mstore_row(s, MG_KSM, pod, now, K_COLUMNS);
	if (!row) return;
	ksm_pod(p, row);
	if (p->node >= 0) ksm_container(p, row);
	if (t->cpu_limit_m) row[K_LIMIT_CPU] = (double)t->cpu_limit_m / 1000.0;
	if (t->mem_limit_mi) row[K_LIMIT_MEM] = (double)t->mem_limit_mi * MIB;
	if (t->cpu_request_m) row[K_REQUEST_CPU] = (double)t->cpu_request_m / 1000.0;
	if (t->mem_request_mi) row[K_REQUEST_MEM] = (double)t->mem_request_mi * MIB;
}

static double seconds(int64_t us)
{
	return (double)us / 1e6;
}

static void cadvisor_memory(forge_sim *s, const kube_pod *p, double *row)
{
	int64_t kib = p->mem_kib;
	row[C_WS] = (double)(kib * 1024);
	row[C_USAGE] = (double)((kib + kib / 12) / 4 * 4096);
	row[C_RSS] = (double)(kib - kib / 7) * 1024.0;
	row[C_OOM] = (double)oom_kills(s, (int)(p - s->kube.pods.p));
}

/* Reading the image's files happens once; writing follows what is stored or logged, which follows the traffic. */
static void cadvisor_disk(const forge_sim *s, const kube_pod *p, int64_t now, double *row)
{
	bool store = p->service >= 0 && s->app->services[p->service].lang == LANG_STORE;
	int64_t age = (now - p->started) / FORGE_S;
	int64_t written = (store ? p->rx_bytes : p->rx_bytes / 90) + age * 40;
	int64_t read = 31 + (int64_t)(cc_str_hash(cc_str_from(p->name)) % 400);
	row[C_READS] = (double)read;
	row[C_READ_BYTES] = (double)(read * 28672);
	row[C_WRITES] = (double)(written / 4096);
	row[C_WRITE_BYTES] = (double)(written / 4096 * 4096);
}

static void cadvisor_container(forge_sim *s, int64_t now, const kube_pod *p, double *row)
{
	row[C_CPU] = seconds(p->cpu_us);
	if (p->tmpl->cpu_limit_m) {
		row[C_PERIODS] = (double)p->periods;
		row[C_THROTTLED] = (double)p->throttled_periods;
		row[C_THROTTLED_S] = seconds(p->throttled_us);
	}
	cadvisor_memory(s, p, row);
	cadvisor_disk(s, p, now, row);
	int64_t side_us = 0, side_kib = 0;
	if (kube_injected(p)) {
		side_us = p->cpu_us * SIDECAR_PERCENT / 100 + (now - p->sandbox_at) / FORGE_S * 2900;
		side_kib = SIDECAR_MIB * 1024 + p->busy * 16;
		row[C_CPU_SIDECAR] = seconds(side_us);
		row[C_WS_SIDECAR] = (double)(side_kib * 1024);
	}
	/* The rows without a container are the pod's control group: all containers and the sandbox. */
	row[C_CPU_POD] = seconds(p->cpu_us + side_us + 21000);
	row[C_WS_POD] = row[C_WS] + (double)(side_kib * 1024 + 458752);
	row[C_USAGE_POD] = row[C_USAGE] + (double)(side_kib * 1024 + 512000);
}

/* Probes, name look-ups and telemetry: every pod has its own rate, and exchanges a few packets more now and then. */
static void idle_traffic(const kube_pod *p, int64_t age, int64_t *rx, int64_t *tx)
{
	enum { BURST_S = 37, BURST = 1480 };
	uint64_t h = cc_str_hash(cc_str_from(p->uid));
	uint64_t step = h ^ (uint64_t)(age / BURST_S) * UINT64_C(0x9E3779B97F4A7C15);
	step ^= step >> 31;
	step *= UINT64_C(0xBF58476D1CE4E5B9);
	int64_t extra = (int64_t)(step >> 40) % BURST, slow = age / BURST_S * BURST;
	/* Never less than before: a burst's bytes are below what the next interval starts from. */
	*rx = age * (int64_t)(71 + h % 83) + slow + extra;
	*tx = age * (int64_t)(66 + h / 83 % 71) + (slow + extra) * 7 / 8;
}

void metrics_scrape_cadvisor(forge_sim *s, int64_t now, int pod)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	if (p->node < 0 || !p->ip[0]) return;
	bool running = metrics_running(p);
	if (!running && strcmp(p->phase, "Pending") != 0 && strcmp(p->phase, "Running") != 0) {
		mstore_close(s, MG_CADVISOR, pod, now);
		return;
	}
	double *row = mstore_row(s, MG_CADVISOR, pod, now, C_COLUMNS);
	if (!row) return;
	/* The network belongs to the sandbox, which outlives its containers. */
	int64_t age = (now - p->scheduled) / FORGE_S, idle_rx, idle_tx;
	idle_traffic(p, age, &idle_rx, &idle_tx);
	int64_t rx = p->rx_bytes + idle_rx, tx = p->tx_bytes + idle_tx;
	row[C_RX] = (double)rx;
	row[C_TX] = (double)tx;
	row[C_RX_PACKETS] = (double)(rx / 214 + age / 3);
	row[C_TX_PACKETS] = (double)(tx / 231 + age / 3);
	if (running) cadvisor_container(s, now, p, row);
}

void metrics_scrape_rules(forge_sim *s, int64_t now, int pod)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	double *row = mstore_row(s, MG_RULES, pod, now, R_COLUMNS), v;
	if (!row) return;
	const mgroup *ksm = mstore_find(s->metrics, MG_KSM, pod), *kubelet = mstore_find(s->metrics, MG_CADVISOR, pod);
	if (mq_last(kubelet, C_WS, now, &v)) row[R_WS] = v;
	if (mq_increase(kubelet, C_CPU, now, 300 * FORGE_S, &v)) row[R_CPU] = v / 300.0;
	bool active = strcmp(p->phase, "Pending") == 0 || strcmp(p->phase, "Running") == 0;
	static const int COPIES[][2] = { { R_LIMIT_CPU, K_LIMIT_CPU }, { R_LIMIT_MEM, K_LIMIT_MEM },
		{ R_REQUEST_CPU, K_REQUEST_CPU }, { R_REQUEST_MEM, K_REQUEST_MEM } };
	for (size_t i = 0; active && i < sizeof COPIES / sizeof COPIES[0]; i++)
		if (mq_last(ksm, COPIES[i][1], now, &v)) row[COPIES[i][0]] = v;
}
