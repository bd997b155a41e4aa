/* metrics_series.c - the series of a pod as data: metric names and labels, by the exporter that tells them.
 *
 * Labels are made when the files are written, from what is known of the pod then; none of them changes while it lives.
 * The scrape configuration drops those that name the scraping itself (endpoint, service) and the container's id and
 * image, as many do to save space. */
#include "forge/metrics_priv.h"

#include <string.h>

#define COUNT(a) (int)(sizeof(a) / sizeof(a)[0])

#define PHASE(v) { "kube_pod_status_phase", "phase", v, MC_EXPORTER, NULL }
#define READY(v) { "kube_pod_status_ready", "condition", v, MC_EXPORTER, NULL }
#define WAITS(v) { "kube_pod_container_status_waiting_reason", "reason", v, MC_MAIN, NULL }
#define INIT_WAITS(v) { "kube_pod_init_container_status_waiting_reason", "reason", v, MC_INIT, NULL }
#define ENDED(v) { "kube_pod_container_status_last_terminated_reason", "reason", v, MC_MAIN, NULL }

static const mseries KSM[] = {
	[K_PENDING] = PHASE("Pending"),
	[K_RUNNING] = PHASE("Running"),
	[K_SUCCEEDED] = PHASE("Succeeded"),
	[K_FAILED] = PHASE("Failed"),
	[K_UNKNOWN] = PHASE("Unknown"),
	[K_READY] = READY("true"),
	[K_UNREADY] = READY("false"),
	[K_READY_UNKNOWN] = READY("unknown"),
	[K_SCHEDULED] = { "kube_pod_status_scheduled", "condition", "true", MC_EXPORTER, NULL },
	[K_UNSCHEDULED] = { "kube_pod_status_scheduled", "condition", "false", MC_EXPORTER, NULL },
	[K_UNSCHEDULABLE] = { "kube_pod_status_unschedulable", NULL, NULL, MC_EXPORTER, NULL },
	[K_EVICTED] = { "kube_pod_status_reason", "reason", "Evicted", MC_EXPORTER, NULL },
	[K_START] = { "kube_pod_start_time", NULL, NULL, MC_EXPORTER, NULL },
	[K_CREATED] = { "kube_pod_created", NULL, NULL, MC_EXPORTER, NULL },
	[K_OWNER] = { "kube_pod_owner", NULL, NULL, MC_EXPORTER, NULL },
	[K_INFO] = { "kube_pod_info", NULL, NULL, MC_EXPORTER, NULL },
	[K_RESTARTS] = { "kube_pod_container_status_restarts_total", NULL, NULL, MC_MAIN, NULL },
	[K_C_READY] = { "kube_pod_container_status_ready", NULL, NULL, MC_MAIN, NULL },
	[K_C_RUNNING] = { "kube_pod_container_status_running", NULL, NULL, MC_MAIN, NULL },
	[K_C_WAITING] = { "kube_pod_container_status_waiting", NULL, NULL, MC_MAIN, NULL },
	[K_C_TERMINATED] = { "kube_pod_container_status_terminated", NULL, NULL, MC_MAIN, NULL },
	[K_LIMIT_CPU] = { "kube_pod_container_resource_limits", "resource", "cpu", MC_MAIN, "core" },
	[K_LIMIT_MEM] = { "kube_pod_container_resource_limits", "resource", "memory", MC_MAIN, "byte" },
	[K_REQUEST_CPU] = { "kube_pod_container_resource_requests", "resource", "cpu", MC_MAIN, "core" },
	[K_REQUEST_MEM] = { "kube_pod_container_resource_requests", "resource", "memory", MC_MAIN, "byte" },
	[K_INIT_RESTARTS] = { "kube_pod_init_container_status_restarts_total", NULL, NULL, MC_INIT, NULL },
	[K_SIDECAR_READY] = { "kube_pod_container_status_ready", NULL, NULL, MC_SIDECAR, NULL },
	[K_WAITING] = WAITS("CrashLoopBackOff"),
	WAITS("ContainerCreating"),
	WAITS("PodInitializing"),
	WAITS("ErrImagePull"),
	WAITS("ImagePullBackOff"),
	WAITS("InvalidImageName"),
	WAITS("CreateContainerConfigError"),
	WAITS("CreateContainerError"),
	WAITS("RunContainerError"),
	WAITS("StartError"),
	[K_INIT_WAITING] = INIT_WAITS("CrashLoopBackOff"),
	INIT_WAITS("PodInitializing"),
	INIT_WAITS("ErrImagePull"),
	INIT_WAITS("ImagePullBackOff"),
	INIT_WAITS("ContainerCreating"),
	INIT_WAITS("RunContainerError"),
	[K_LAST] = ENDED("OOMKilled"),
	ENDED("Error"),
	ENDED("Completed"),
	ENDED("ContainerCannotRun"),
	ENDED("StartError"),
};

static const mseries CADVISOR[] = {
	[C_CPU] = { "container_cpu_usage_seconds_total", "cpu", "total", MC_MAIN, NULL },
	[C_CPU_POD] = { "container_cpu_usage_seconds_total", "cpu", "total", MC_NONE, NULL },
	[C_CPU_SIDECAR] = { "container_cpu_usage_seconds_total", "cpu", "total", MC_SIDECAR, NULL },
	[C_PERIODS] = { "container_cpu_cfs_periods_total", NULL, NULL, MC_MAIN, NULL },
	[C_THROTTLED] = { "container_cpu_cfs_throttled_periods_total", NULL, NULL, MC_MAIN, NULL },
	[C_THROTTLED_S] = { "container_cpu_cfs_throttled_seconds_total", NULL, NULL, MC_MAIN, NULL },
	[C_WS] = { "container_memory_working_set_bytes", NULL, NULL, MC_MAIN, NULL },
	[C_WS_POD] = { "container_memory_working_set_bytes", NULL, NULL, MC_NONE, NULL },
	[C_WS_SIDECAR] = { "container_memory_working_set_bytes", NULL, NULL, MC_SIDECAR, NULL },
	[C_USAGE] = { "container_memory_usage_bytes", NULL, NULL, MC_MAIN, NULL },
	[C_USAGE_POD] = { "container_memory_usage_bytes", NULL, NULL, MC_NONE, NULL },
	[C_RSS] = { "container_memory_rss", NULL, NULL, MC_MAIN, NULL },
	[C_OOM] = { "container_oom_events_total", NULL, NULL, MC_MAIN, NULL },
	[C_RX] = { "container_network_receive_bytes_total", "interface", "eth0", MC_NONE, NULL },
	[C_TX] = { "container_network_transmit_bytes_total", "interface", "eth0", MC_NONE, NULL },
	[C_RX_PACKETS] = { "container_network_receive_packets_total", "interface", "eth0", MC_NONE, NULL },
	[C_TX_PACKETS] = { "container_network_transmit_packets_total", "interface", "eth0", MC_NONE, NULL },
	[C_READS] = { "container_fs_reads_total", "device", "/dev/vda", MC_MAIN, NULL },
	[C_WRITES] = { "container_fs_writes_total", "device", "/dev/vda", MC_MAIN, NULL },
	[C_READ_BYTES] = { "container_fs_reads_bytes_total", "device", "/dev/vda", MC_MAIN, NULL },
	[C_WRITE_BYTES] = { "container_fs_writes_bytes_total", "device", "/dev/vda", MC_MAIN, NULL },
};

#define BY_CONTAINER "node_namespace_pod_container:"
#define ACTIVE(resource, what) \
	{ "cluster:namespace:pod_" resource ":active:kube_pod_container_resource_" what, "resource", resource, \
		MC_MAIN, NULL }
static const mseries RULES[] = {
	[R_WS] = { BY_CONTAINER "container_memory_working_set_bytes", NULL, NULL, MC_MAIN, NULL },
	[R_CPU] = { BY_CONTAINER "container_cpu_usage_seconds_total:sum_rate5m", NULL, NULL, MC_MAIN, NULL },
	[R_LIMIT_CPU] = ACTIVE("cpu", "limits"),
	[R_LIMIT_MEM] = ACTIVE("memory", "limits"),
	[R_REQUEST_CPU] = ACTIVE("cpu", "requests"),
	[R_REQUEST_MEM] = ACTIVE("memory", "requests"),
};

#define MEMBERS { "kafka_consumer_group_members", "consumergroup", NULL, MC_NONE, NULL }
#define LAG { "kafka_consumer_group_lag_sum_ratio", "consumergroup", NULL, MC_NONE, NULL }
static const mseries APP[] = {
	[A_ACTIVE] = { "http_server_active_requests", NULL, NULL, MC_NONE, NULL },
	[A_JVM_HEAP] = { "jvm_memory_used_bytes", "jvm_memory_type", "heap", MC_NONE, NULL },
	[A_JVM_NONHEAP] = { "jvm_memory_used_bytes", "jvm_memory_type", "non_heap", MC_NONE, NULL },
	[A_JVM_GC_COUNT] = { "jvm_gc_duration_seconds_count", "jvm_gc_name", "G1 Young Generation", MC_NONE, NULL },
	[A_JVM_GC_SUM] = { "jvm_gc_duration_seconds_sum", "jvm_gc_name", "G1 Young Generation", MC_NONE, NULL },
	[A_JVM_THREADS] = { "jvm_thread_count", "jvm_thread_daemon", "true", MC_NONE, NULL },
	[A_PY_RSS] = { "process_runtime_cpython_memory_bytes", "type", "rss", MC_NONE, NULL },
	[A_PY_VMS] = { "process_runtime_cpython_memory_bytes", "type", "vms", MC_NONE, NULL },
	[A_PY_GC] = { "process_runtime_cpython_gc_count_bytes_total", "count", "0", MC_NONE, NULL },
	[A_NODE_LOOP] = { "nodejs_eventloop_delay_p99_seconds", NULL, NULL, MC_NONE, NULL },
	[A_NODE_HEAP] = { "v8js_memory_heap_used_bytes", "v8js_heap_space_name", "old_space", MC_NONE, NULL },
	[A_GO_ROUTINES] = { "process_runtime_go_goroutines", NULL, NULL, MC_NONE, NULL },
	[A_GO_HEAP] = { "process_runtime_go_mem_heap_alloc_bytes", NULL, NULL, MC_NONE, NULL },
	[A_NET_HEAP] = { "process_runtime_dotnet_gc_objects_size_bytes", NULL, NULL, MC_NONE, NULL },
	[A_NET_GC] = { "process_runtime_dotnet_gc_collections_count_total", "generation", "gen0", MC_NONE, NULL },
	[A_PROC_MEM] = { "process_resident_memory_bytes", NULL, NULL, MC_NONE, NULL },
	[A_ENVOY_ACTIVE] = { "envoy_http_downstream_rq_active", "envoy_http_conn_manager_prefix", "ingress_http",
		MC_NONE, NULL },
	[A_ENVOY_PENDING] = { "envoy_cluster_upstream_rq_pending_active", NULL, NULL, MC_NONE, NULL },
	[A_NGINX_ACTIVE] = { "nginx_connections_current", "state", "active", MC_NONE, NULL },
	[A_REDIS_CLIENTS] = { "redis_connected_clients", NULL, NULL, MC_NONE, NULL },
	[A_REDIS_USED] = { "redis_memory_used_bytes", NULL, NULL, MC_NONE, NULL },
	[A_REDIS_MAX] = { "redis_memory_max_bytes", NULL, NULL, MC_NONE, NULL },
	[A_REDIS_COMMANDS] = { "redis_net_input_bytes_total", NULL, NULL, MC_NONE, NULL },
	[A_PG_BACKENDS] = { "postgresql_backends", "postgresql_database_name", "otel", MC_NONE, NULL },
	[A_PG_COMMITS] = { "postgresql_block_bytes_sent_total", "postgresql_database_name", "otel", MC_NONE, NULL },
	[A_PG_MAX] = { "postgresql_connection_max", NULL, NULL, MC_NONE, NULL },
	[A_CLOSE_RATE] = { "kafka_consumer_connection_close_rate", "client_id", "consumer-1", MC_NONE, NULL },
	[A_RECORDS_LAG] = { "kafka_consumer_records_lag_max", "client_id", "consumer-1", MC_NONE, NULL },
	[A_MEMBERS] = MEMBERS, MEMBERS, MEMBERS, MEMBERS, MEMBERS, MEMBERS, MEMBERS, MEMBERS,
	[A_LAG] = LAG, LAG, LAG, LAG, LAG, LAG, LAG, LAG,
};

_Static_assert(sizeof KSM / sizeof KSM[0] == K_COLUMNS && sizeof CADVISOR / sizeof CADVISOR[0] == C_COLUMNS,
	"every column has a series");
_Static_assert(sizeof RULES / sizeof RULES[0] == R_COLUMNS && sizeof APP / sizeof APP[0] == A_COLUMNS,
	"every column has a series");

const mseries *metrics_series(mgroup_kind kind, int *n)
{
	static const struct { const mseries *p; int n; } TABLES[MG_OF_POD] = {
		[MG_KSM] = { KSM, COUNT(KSM) },
		[MG_CADVISOR] = { CADVISOR, COUNT(CADVISOR) },
		[MG_RULES] = { RULES, COUNT(RULES) },
		[MG_APP] = { APP, COUNT(APP) },
	};
	*n = TABLES[kind].n;
	return TABLES[kind].p;
}

bool metrics_running(const kube_pod *p)
{
	return p->started && p->node >= 0 && !p->gone && !p->terminated && strcmp(p->phase, "Running") == 0;
}

int metrics_consumer(const forge_sim *s, int broker, int i, const char **topic)
{
	for (int op = 0; op < s->app->ops_n; op++) {
		const forge_op *o = &s->app->ops[op];
		if (o->service != broker || o->proto != PROTO_KAFKA) continue;
		if (i >= o->consumers_n) {
			i -= o->consumers_n;
			continue;
		}
		*topic = o->route ? o->route : o->name;
		return o->consumers[i];
	}
	return -1;
}

bool metrics_has_file(const forge_sim *s, int service)
{
	return !s->app->services[service].metrics_hidden && !s->app->services[service].loadgen;
}

static void tag(cc_buf *out, bool *first, const char *key, const char *value)
{
	if (value) out_map(out, first, key, cc_str_from(value));
}

static void owner_tags(cc_buf *out, const forge_sim *s, const kube_pod *p)
{
	static const char *const KINDS[] = { "Deployment", "StatefulSet", "DaemonSet", "Job" };
	const kube_workload *w = &s->kube.workloads.p[p->workload];
	bool first = false;
	tag(out, &first, "owner_is_controller", "true");
	tag(out, &first, "owner_kind", p->rs >= 0 ? "ReplicaSet" : KINDS[w->kind]);
	tag(out, &first, "owner_name", p->rs >= 0 ? s->kube.sets.p[p->rs].name : w->name);
}

static void info_tags(cc_buf *out, const forge_sim *s, const kube_pod *p)
{
	bool first = false;
	const char *node = p->node >= 0 ? s->kube.nodes.p[p->node].name : NULL;
	if (node) tag(out, &first, "host_ip", s->kube.nodes.p[p->node].ip);
	tag(out, &first, "node", node);
	if (p->ip[0]) tag(out, &first, "pod_ip", p->ip);
}

static void consumer_tags(cc_buf *out, bool *first, const forge_sim *s, int broker, int i)
{
	const char *topic = NULL;
	int op = metrics_consumer(s, broker, i, &topic);
	if (op < 0) return;
	tag(out, first, "consumergroup", s->app->services[s->app->ops[op].service].name);
	tag(out, first, "topic", topic);
}

static const char *container_of(const forge_sim *s, int pod, mcontainer container)
{
	switch (container) {
	case MC_MAIN: return kube_pod_container(s, &s->kube.pods.p[pod]);
	case MC_SIDECAR: return "istio-proxy";
	case MC_INIT: return s->kube.pods.p[pod].tmpl->init_name;
	case MC_EXPORTER: return "kube-state-metrics";
	case MC_NONE: break;
	}
	return NULL;
}

void metrics_job(cc_buf *out, const forge_app *app, const char *service)
{
	cc_buf_addf(out, "%s/%s", app->service_namespace ? app->service_namespace : app->namespace, service);
}

static void exporter_tags(cc_buf *out, bool *first, const forge_sim *s, int pod, mgroup_kind kind)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	cc_buf b = CC_BUF_INIT;
	if (kind == MG_CADVISOR && p->node >= 0) cc_buf_addf(&b, "%s:10250", s->kube.nodes.p[p->node].ip);
	else if (kind == MG_KSM) cc_buf_addf(&b, "%s:8080", s->metrics->exporter_ip);
	else if (kind == MG_APP) cc_buf_addz(&b, p->uid);
	if (b.n) tag(out, first, "instance", b.p);
	cc_buf_clear(&b);
	if (kind == MG_APP) metrics_job(&b, s->app, kube_pod_container(s, p));
	else if (kind != MG_RULES) cc_buf_addz(&b, kind == MG_KSM ? "kube-state-metrics" : "kubelet");
	if (b.n) tag(out, first, "job", b.p);
	if (kind == MG_CADVISOR) tag(out, first, "metrics_path", "/metrics/cadvisor");
	if (!cc_buf_ok(&b)) out->failed = true;
	cc_buf_deinit(&b);
}

void metrics_pod_tags(cc_buf *out, const forge_sim *s, int pod, mgroup_kind kind, int column)
{
	int n;
	const mseries *m = &metrics_series(kind, &n)[column];
	const kube_pod *p = &s->kube.pods.p[pod];
	bool first = true;
	tag(out, &first, "container", container_of(s, pod, m->container));
	if (kind == MG_APP && column >= A_MEMBERS)
		consumer_tags(out, &first, s, p->service, (column - A_MEMBERS) % METRICS_GROUPS);
	else if (m->key) tag(out, &first, m->key, m->value);
	tag(out, &first, "unit", m->unit);
	exporter_tags(out, &first, s, pod, kind);
	tag(out, &first, "namespace", kube_pod_ns(s, p));
	if ((kind == MG_CADVISOR || kind == MG_RULES) && p->node >= 0)
		tag(out, &first, "node", s->kube.nodes.p[p->node].name);
	tag(out, &first, "pod", p->name);
	if (kind == MG_KSM && column == K_OWNER) owner_tags(out, s, p);
	if (kind == MG_KSM && column == K_INFO) info_tags(out, s, p);
	if (kind == MG_APP) tag(out, &first, "service_name", kube_pod_container(s, p));
	if (kind == MG_KSM) tag(out, &first, "uid", p->uid);
	out_map_end(out, first);
}
