/* alert_rules.c - the known rules in all their revisions, as data.
 *
 * ITBench's own rules exist in four forms: April 2025 (delta, no severity), until 10 December 2025, two days of 5 minute windows,
 * and since then. bookinfo has two sets, by the application's counters and by the mesh's. The rest are defaults of
 * kube-prometheus-stack, of which five wait five minutes here instead of fifteen or sixty. */
#include "coldcase/alertrules.h"

#define APRIL "ITBench, April 2025"
#define OLD "ITBench, until 2025-12-10"
#define BETWEEN "ITBench, 2025-12-10 to 11"
#define NEW "ITBench, since 2025-12-11"
#define BOOK_APP "ITBench, bookinfo by its own counters"
#define BOOK_MESH "ITBench, bookinfo by the mesh"
#define STACK "kube-prometheus-stack"
#define STACK5 "kube-prometheus-stack, for: 5m set by ITBench"

#define SPAN_MS "traces_span_metrics_duration_milliseconds_bucket"
#define SPAN_CALLS "traces_span_metrics_calls_total"
#define SERVICE "namespace service_name"
#define SET_ASIDE "flagd|load-generator"
#define PROCESSORS "accounting|fraud-detection"
#define EDGE "frontend|frontend-proxy"
#define MESH_EDGE "destination_canonical_service destination_workload_namespace source_canonical_service source_workload_namespace"

#define P95(w, ms) "histogram_quantile(0.95, sum by (service_name, namespace, le) (rate(" SPAN_MS "[" w "]))) > " ms
#define ERRORS(w, n) "sum by (service_name, namespace) (rate(" SPAN_CALLS "{status_code=\"STATUS_CODE_ERROR\"}[" w "])) > " n
#define PHASE(p) "sum by (namespace) (kube_pod_status_phase{phase=\"" p "\"}) > 0"

#define RULE(n, rev, sev, wait, cmp, limit, u) .name = n, .revision = rev, .severity = sev, .for_s = wait, .op = CC_RULE_##cmp, \
	.threshold = limit, .unit = u
#define FROM(f, window, series, cond, labels) .fn = CC_RULE_##f, .window_s = window, .metric = series, .where = cond, .by = labels

static const cc_alert_rule RULES[] = {
	/* pods */
	{ RULE("FailedPodsDetected", APRIL, NULL, 0, GT, 0, "pods"),
		FROM(SUM, 0, "kube_pod_status_phase", "phase=Failed", "namespace"),
		.expr = PHASE("Failed") },
	{ RULE("FailedPodsDetected", OLD, "critical", 0, GT, 0, "pods"),
		FROM(SUM, 0, "kube_pod_status_phase", "phase=Failed", "namespace"),
		.expr = PHASE("Failed") },
	{ RULE("FailedPodsDetected", NEW, "critical", 120, GT, 0, "pods"),
		FROM(SUM, 0, "kube_pod_status_phase", "phase=Failed", "namespace"),
		.expr = PHASE("Failed") },
	{ RULE("PendingPodsDetected", APRIL, NULL, 0, GT, 0, "pods"),
		FROM(SUM, 0, "kube_pod_status_phase", "phase=Pending", "namespace"),
		.expr = PHASE("Pending") },
	{ RULE("PendingPodsDetected", OLD, "critical", 0, GT, 0, "pods"),
		FROM(SUM, 0, "kube_pod_status_phase", "phase=Pending", "namespace"),
		.expr = PHASE("Pending") },
	{ RULE("CrashLoopBackOffPodsDetected", OLD, "critical", 0, GT, 0, ""),
		FROM(SUM, 0, "kube_pod_container_status_waiting_reason", "reason=CrashLoopBackOff", "namespace pod container"),
		.expr = "kube_pod_container_status_waiting_reason{reason=\"CrashLoopBackOff\"} > 0" },

	/* latency */
	{ RULE("RequestLatency", APRIL, NULL, 60, GT, 1500, "ms"), FROM(P95, 120, SPAN_MS, NULL, SERVICE),
		.needs = "service_name", .except = SET_ASIDE "|" PROCESSORS,
		.expr = "histogram_quantile(0.95, sum by (service_name, namespace, le) (delta(" SPAN_MS "[2m]))) > 1500" },
	{ RULE("RequestLatency", OLD, "warning", 60, GT, 1500, "ms"), FROM(P95, 120, SPAN_MS, NULL, SERVICE),
		.needs = "service_name", .except = SET_ASIDE "|" PROCESSORS,
		.expr = P95("2m", "1500") },
	{ RULE("RequestLatencyProcessor", OLD, "warning", 60, GT, 15000, "ms"), FROM(P95, 120, SPAN_MS, NULL, SERVICE),
		.needs = "service_name", .only = PROCESSORS,
		.expr = P95("2m", "15000") },
	{ RULE("HighRequestLatency", BETWEEN, "critical", 300, GT, 1500, "ms"), FROM(P95, 300, SPAN_MS, NULL, SERVICE),
		.needs = "service_name", .only = EDGE,
		.expr = P95("5m", "1500") },
	{ RULE("HighRequestLatency", BETWEEN, "critical", 300, GT, 15000, "ms"), FROM(P95, 300, SPAN_MS, NULL, SERVICE),
		.needs = "service_name", .except = EDGE "|" SET_ASIDE,
		.expr = P95("5m", "15000") },
	{ RULE("HighRequestLatency", NEW, "critical", 180, GT, 1500, "ms"), FROM(P95, 120, SPAN_MS, NULL, SERVICE),
		.needs = "service_name", .except = SET_ASIDE,
		.expr = P95("2m", "1500") },
	{ RULE("HighRequestLatency", BOOK_MESH, "warning", 180, GT, 1500, "ms"),
		FROM(P95, 120, "istio_request_duration_milliseconds_bucket", NULL, MESH_EDGE),
		.needs = "destination_canonical_service",
		.expr = "histogram_quantile(0.95, sum by (le, destination_canonical_service, destination_workload_namespace, "
			"source_canonical_service, source_workload_namespace) "
			"(rate(istio_request_duration_milliseconds_bucket[2m]))) > 1500" },

	/* errors */
	{ RULE("RequestErrorRate", APRIL, NULL, 60, GT, 0, "calls"),
		FROM(INCREASE, 120, SPAN_CALLS, "status_code=STATUS_CODE_ERROR", SERVICE),
		.needs = "service_name", .except = SET_ASIDE,
		.expr = "sum by (service_name, namespace) (delta(" SPAN_CALLS "{status_code=\"STATUS_CODE_ERROR\"}[2m])) > 0" },
	{ RULE("RequestErrorRate", OLD, "warning", 60, GT, 0, "/s"),
		FROM(RATE, 120, SPAN_CALLS, "status_code=STATUS_CODE_ERROR", SERVICE),
		.needs = "service_name", .except = SET_ASIDE,
		.expr = ERRORS("2m", "0") },
	{ RULE("HighRequestErrorRate", BETWEEN, "critical", 300, GT, 3, "/s"),
		FROM(RATE, 300, SPAN_CALLS, "status_code=STATUS_CODE_ERROR", SERVICE), .needs = "service_name", .only = EDGE,
		.expr = ERRORS("5m", "3") },
	{ RULE("HighRequestErrorRate", BETWEEN, "critical", 300, GT, 1, "/s"),
		FROM(RATE, 300, SPAN_CALLS, "status_code=STATUS_CODE_ERROR", SERVICE),
		.needs = "service_name", .except = EDGE "|" SET_ASIDE,
		.expr = ERRORS("5m", "1") },
	{ RULE("HighRequestErrorRate", NEW, "critical", 180, GT, 0, "/s"),
		FROM(RATE, 120, SPAN_CALLS, "status_code=STATUS_CODE_ERROR", SERVICE),
		.needs = "service_name", .except = SET_ASIDE,
		.expr = ERRORS("2m", "0") },
	{ RULE("HighRequestErrorRate", BOOK_APP, "critical", 180, GT, 0, "/s"),
		FROM(RATE, 120, "request_result_total", NULL, "destination_app response_code namespace"),
		.needs = "destination_app",
		.expr = "sum by (destination_app, response_code, namespace) "
			"(rate(request_result_total{response_code!~\"20*\"}[2m])) > 0" },
	{ RULE("HighRequestErrorRate", BOOK_MESH, "warning", 180, GT, 0, "/s"),
		FROM(RATE, 120, "istio_requests_total", NULL, "response_code " MESH_EDGE),
		.needs = "destination_canonical_service",
		.expr = "sum by (response_code, destination_canonical_service, destination_workload_namespace, "
			"source_canonical_service, source_workload_namespace) "
			"(rate(istio_requests_total{response_code!~\"20*\"}[2m])) > 0" },

	/* silence: OK calls are not recorded as counters, but the histogram counts them in its +Inf bucket */
	{ RULE("NoRequestsDetected", OLD, "warning", 300, EQ, 0, "calls"),
		FROM(INCREASE, 120, SPAN_MS, "le=+Inf status_code!=STATUS_CODE_ERROR", SERVICE), .needs = "service_name",
		.expr = "sum by (service_name, namespace) (increase("
			SPAN_CALLS "{status_code=~\"STATUS_CODE_UNSET|STATUS_CODE_OK\"}[2m])) == 0" },
	{ RULE("NoRequestsReceived", NEW, "critical", 300, EQ, 0, "/s"),
		FROM(RATE, 300, SPAN_MS, "le=+Inf status_code!=STATUS_CODE_ERROR", SERVICE), .needs = "service_name",
		.expr = "sum by (service_name, namespace) (rate("
			SPAN_CALLS "{status_code=~\"STATUS_CODE_UNSET|STATUS_CODE_OK\"}[5m])) == 0" },
	{ RULE("NoRequestsReceived", BOOK_APP, "critical", 300, EQ, 0, "/s"),
		FROM(RATE, 300, "request_result_total", NULL, "destination_app namespace"), .needs = "destination_app",
		.expr = "sum by (destination_app, namespace) (rate(request_result_total[5m])) == 0" },
	{ RULE("NoRequestsReceived", BOOK_MESH, "critical", 300, EQ, 0, "/s"),
		FROM(RATE, 300, "istio_request_duration_milliseconds_bucket", "le=+Inf", MESH_EDGE),
		.needs = "destination_canonical_service",
		.expr = "sum by (destination_canonical_service, …) (rate(istio_requests_total[5m])) == 0" },
	{ RULE("NoRequestsOpened", BOOK_MESH, "critical", 300, EQ, 0, "/s"),
		FROM(RATE, 300, "istio_tcp_connections_opened_total", NULL, MESH_EDGE),
		.needs = "destination_canonical_service",
		.expr = "sum by (destination_canonical_service, …) (rate(istio_tcp_connections_opened_total[5m])) == 0" },
	{ RULE("NoDatabaseOperations", NEW, "warning", 300, EQ, 0, "/s"),
		FROM(RATE, 300, SPAN_MS, "le=+Inf span_name=postgresql span_kind=SPAN_KIND_CLIENT", SERVICE),
		.needs = "service_name",
		.expr = "rate("
			SPAN_CALLS "{service_name=\"accounting\", span_name=\"postgresql\", span_kind=\"SPAN_KIND_CLIENT\"}[5m]) == 0" },

	/* messaging */
	{ RULE("KafkaConnectionClosureRate", OLD, "warning", 60, GT, 0, "/s"),
		FROM(SUM, 0, "kafka_consumer_connection_close_rate", NULL, "job"),
		.expr = "sum by (job) (kafka_consumer_connection_close_rate) > 0" },
	{ RULE("HighKafkaConnectionClosureRate", NEW, "warning", 60, GT, 0, "/s"),
		FROM(RATE, 120, "kafka_consumer_connection_close_rate", NULL, "job"),
		.expr = "sum by (job) (rate(kafka_consumer_connection_close_rate[2m])) > 0" },
	{ RULE("KafkaConsumerGroupInactive", NEW, "critical", 120, EQ, 0, "members"),
		FROM(SUM, 0, "kafka_consumer_group_members", NULL, "consumergroup"),
		.expr = "kafka_consumer_group_members == 0" },
	{ RULE("HighKafkaConsumerLag", NEW, "warning", 300, GT, 100, "messages"),
		FROM(SUM, 0, "kafka_consumer_group_lag_sum_ratio", NULL, "consumergroup topic"),
		.expr = "kafka_consumer_group_lag_sum_ratio > 100" },

	/* cost */
	{ RULE("CPUSpend", OLD, "warning", 60, GT, 3, ""),
		FROM(SUM, 0, "container_namespace_node:container_cpu_allocation_cost_per_node:avg5m", NULL, "namespace"),
		.expr = "sum by (namespace) (container_namespace_node:container_cpu_allocation_cost_per_node:avg5m) > 3" },
	{ RULE("CPUSpend", APRIL, NULL, 60, GT, 0.03, ""),
		FROM(SUM, 0, "container_namespace_node:container_cpu_allocation_cost_per_node:avg5m", NULL, "namespace"),
		.expr = "sum by (namespace) (container_namespace_node:container_cpu_allocation_cost_per_node:avg5m) > 0.03" },
	{ RULE("MemorySpend", OLD, "warning", 60, GT, 9, ""),
		FROM(SUM, 0, "container_namespace_node:container_memory_allocation_gigabytes_cost_per_node:avg5m", NULL, "namespace"),
		.expr = "sum by (namespace) (container_namespace_node:container_memory_allocation_gigabytes_cost_per_node:avg5m) "
			"> 9" },
	{ RULE("MemorySpend", APRIL, NULL, 60, GT, 0.009, ""),
		FROM(SUM, 0, "container_namespace_node:container_memory_allocation_gigabytes_cost_per_node:avg5m", NULL, "namespace"),
		.expr = "sum by (namespace) (container_namespace_node:container_memory_allocation_gigabytes_cost_per_node:avg5m) "
			"> 0.009" },
	{ RULE("CPUEfficiency", OLD, "info", 120, LT, 65, "%"),
		FROM(OPAQUE, 0, "container_namespace:container_cpu_usage_seconds_per_requests:ratio_irate1m", NULL, "namespace container"),
		.expr = "container_namespace:container_cpu_usage_seconds_per_requests:ratio_irate1m * 100 < 65" },
	{ RULE("CPUEfficiency", APRIL, NULL, 120, LT, 85, "%"),
		FROM(OPAQUE, 0, "container_namespace:container_cpu_usage_seconds_per_requests:ratio_irate1m", NULL, "namespace container"),
		.expr = "container_namespace:container_cpu_usage_seconds_per_requests:ratio_irate1m * 100 < 85" },
	{ RULE("MemoryEfficiency", OLD, "info", 120, LT, 75, "%"),
		FROM(OPAQUE, 0, "container_namespace:container_memory_working_set_bytes_per_requests_bytes:ratio_avg1m", NULL, "namespace container"),
		.expr = "container_namespace:container_memory_working_set_bytes_per_requests_bytes:ratio_avg1m * 100 < 75" },
	{ RULE("MemoryEfficiency", APRIL, NULL, 120, LT, 70, "%"),
		FROM(OPAQUE, 0, "container_namespace:container_memory_working_set_bytes_per_requests_bytes:ratio_avg1m", NULL, "namespace container"),
		.expr = "container_namespace:container_memory_working_set_bytes_per_requests_bytes:ratio_avg1m * 100 < 70" },

	/* kube-prometheus-stack: workloads */
	{ RULE("KubePodCrashLooping", STACK5, "warning", 300, GE, 1, ""),
		FROM(MAX, 300, "kube_pod_container_status_waiting_reason", "reason=CrashLoopBackOff", "namespace pod container"),
		.expr = "max_over_time(kube_pod_container_status_waiting_reason{reason=\"CrashLoopBackOff\"}[5m]) >= 1" },
	{ RULE("KubePodNotReady", STACK5, "warning", 300, GT, 0, ""),
		FROM(MAX, 0, "kube_pod_status_phase", "phase=Pending|Unknown|Failed", "namespace pod"),
		.expr = "sum by (namespace, pod) (kube_pod_status_phase{phase=~\"Pending|Unknown|Failed\"}) > 0, pods of Jobs "
			"left out" },
	{ RULE("KubeContainerWaiting", STACK5, "warning", 300, GT, 0, ""),
		FROM(SUM, 0, "kube_pod_container_status_waiting_reason", "reason!=CrashLoopBackOff", "namespace pod container reason"),
		.expr = "kube_pod_container_status_waiting_reason{reason!=\"CrashLoopBackOff\"} > 0" },
	{ RULE("KubeDeploymentRolloutStuck", STACK5, "warning", 300, NE, 0, ""),
		FROM(SUM, 0, "kube_deployment_status_condition", "condition=Progressing status=false", "namespace deployment"),
		.expr = "kube_deployment_status_condition{condition=\"Progressing\", status=\"false\"} != 0" },
	{ RULE("KubeHpaMaxedOut", STACK5, "warning", 300, GT, 0, "replicas"),
		FROM(SUM, 0, "kube_horizontalpodautoscaler_status_current_replicas", NULL, "namespace horizontalpodautoscaler"),
		.expr = "kube_horizontalpodautoscaler_status_current_replicas == kube_horizontalpodautoscaler_spec_max_replicas" },
	{ RULE("KubeHpaReplicasMismatch", STACK, "warning", 900, GE, 0, "replicas"),
		FROM(SUM, 0, "kube_horizontalpodautoscaler_status_desired_replicas", NULL, "namespace horizontalpodautoscaler"),
		.expr = "kube_horizontalpodautoscaler_status_desired_replicas != "
			"kube_horizontalpodautoscaler_status_current_replicas, between its bounds, unchanged for 15m" },
	{ RULE("KubeDeploymentReplicasMismatch", STACK, "warning", 900, GT, 0, "replicas"),
		FROM(SUM, 0, "kube_deployment_spec_replicas", NULL, "namespace deployment"),
		.expr = "kube_deployment_spec_replicas > kube_deployment_status_replicas_available, replicas_updated unchanged "
			"for 10m" },
	{ RULE("KubeStatefulSetReplicasMismatch", STACK, "warning", 900, GE, 0, "replicas"),
		FROM(SUM, 0, "kube_statefulset_status_replicas_ready", NULL, "namespace statefulset"),
		.expr = "kube_statefulset_status_replicas_ready != kube_statefulset_status_replicas, replicas_updated unchanged "
			"for 10m" },
	{ RULE("KubeJobFailed", STACK, "warning", 900, GT, 0, ""),
		FROM(SUM, 0, "kube_job_failed", NULL, "namespace job_name"),
		.expr = "kube_job_failed > 0" },
	{ RULE("KubePdbNotEnoughHealthyPods", STACK, "warning", 900, GT, 0, "pods"),
		FROM(OPAQUE, 0, "kube_poddisruptionbudget_status_desired_healthy", NULL, "namespace poddisruptionbudget"),
		.expr = "kube_poddisruptionbudget_status_desired_healthy - kube_poddisruptionbudget_status_current_healthy > 0" },
	{ RULE("KubeQuotaAlmostFull", STACK, "info", 900, GT, 0.9, "ratio"),
		FROM(OPAQUE, 0, "kube_resourcequota", NULL, "namespace resourcequota resource"),
		.expr = "kube_resourcequota{type=\"used\"} / kube_resourcequota{type=\"hard\"} > 0.9 < 1" },
	{ RULE("KubeQuotaFullyUsed", STACK, "info", 900, EQ, 1, "ratio"),
		FROM(OPAQUE, 0, "kube_resourcequota", NULL, "namespace resourcequota resource"),
		.expr = "kube_resourcequota{type=\"used\"} / kube_resourcequota{type=\"hard\"} == 1" },
	{ RULE("KubeQuotaExceeded", STACK, "warning", 900, GT, 1, "ratio"),
		FROM(OPAQUE, 0, "kube_resourcequota", NULL, "namespace resourcequota resource"),
		.expr = "kube_resourcequota{type=\"used\"} / kube_resourcequota{type=\"hard\"} > 1" },
	{ RULE("CPUThrottlingHigh", STACK, "info", 900, GT, 0.25, "ratio"),
		FROM(RATIO, 300, "container_cpu_cfs_throttled_periods_total", NULL, "namespace pod container"),
		.over = "container_cpu_cfs_periods_total",
		.expr = "increase(container_cpu_cfs_throttled_periods_total[5m]) / increase(container_cpu_cfs_periods_total[5m]) "
			"> 0.25" },

	/* kube-prometheus-stack: nodes, control plane, itself */
	{ RULE("NodeCPUHighUsage", STACK, "info", 900, GT, 90, "%"),
		FROM(OPAQUE, 120, "node_cpu_seconds_total", NULL, "instance"),
		.expr = "sum without (mode) (avg without (cpu) (rate(node_cpu_seconds_total{mode!=\"idle\"}[2m]))) * 100 > 90" },
	{ RULE("NodeSystemSaturation", STACK, "warning", 900, GT, 2, "load/core"),
		FROM(OPAQUE, 0, "node_load1", NULL, "instance"),
		.expr = "node_load1 / count without (cpu, mode) (node_cpu_seconds_total{mode=\"idle\"}) > 2" },
	{ RULE("NodeMemoryHighUtilization", STACK, "warning", 900, GT, 90, "%"),
		FROM(OPAQUE, 0, "node_memory_MemAvailable_bytes", NULL, "instance"),
		.expr = "100 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100 > 90" },
	{ RULE("NodeClockNotSynchronising", STACK, "warning", 600, EQ, 0, ""),
		FROM(OPAQUE, 300, "node_timex_sync_status", NULL, "instance"),
		.expr = "min_over_time(node_timex_sync_status[5m]) == 0 and node_timex_maxerror_seconds >= 16" },
	{ RULE("TargetDown", STACK, "warning", 600, GT, 10, "%"), FROM(OPAQUE, 0, "up", NULL, "job namespace service"),
		.expr = "100 * (count by (job, namespace, service) (up == 0) / count by (job, namespace, service) (up)) > 10" },
	{ RULE("KubeProxyDown", STACK, "critical", 900, EQ, 1, ""), FROM(OPAQUE, 0, "up", NULL, ""),
		.expr = "absent(up{job=\"kube-proxy\"})" },
	{ RULE("KubeSchedulerDown", STACK, "critical", 900, EQ, 1, ""), FROM(OPAQUE, 0, "up", NULL, ""),
		.expr = "absent(up{job=\"kube-scheduler\"} == 1)" },
	{ RULE("KubeControllerManagerDown", STACK, "critical", 900, EQ, 1, ""), FROM(OPAQUE, 0, "up", NULL, ""),
		.expr = "absent(up{job=\"kube-controller-manager\"} == 1)" },
	{ RULE("PrometheusNotConnectedToAlertmanagers", STACK, "warning", 600, LT, 1, ""),
		FROM(OPAQUE, 300, "prometheus_notifications_alertmanagers_discovered", NULL, "namespace pod"),
		.expr = "max_over_time(prometheus_notifications_alertmanagers_discovered[5m]) < 1" },
	{ RULE("KubeClientCertificateExpiration", STACK, "warning", 300, LT, 604800, "s"),
		FROM(OPAQUE, 300, "apiserver_client_certificate_expiration_seconds_bucket", NULL, "job"),
		.expr = "histogram_quantile(0.01, rate(apiserver_client_certificate_expiration_seconds_bucket[5m])) < 604800" },
	{ RULE("KubeClientCertificateExpiration", STACK, "critical", 300, LT, 86400, "s"),
		FROM(OPAQUE, 300, "apiserver_client_certificate_expiration_seconds_bucket", NULL, "job"),
		.expr = "histogram_quantile(0.01, rate(apiserver_client_certificate_expiration_seconds_bucket[5m])) < 86400" },
	{ RULE("KubeAPIErrorBudgetBurn", STACK, "critical", 120, GT, 14.4 * 0.01, "ratio"),
		FROM(OPAQUE, 0, "apiserver_request:burnrate1h", NULL, ""),
		.expr = "sum(apiserver_request:burnrate1h) > 14.40 * 0.01000 and sum(apiserver_request:burnrate5m) > 14.40 * 0.01000" },
	{ RULE("KubeAPITerminatedRequests", STACK, "warning", 300, GT, 0.2, "ratio"),
		FROM(OPAQUE, 600, "apiserver_request_terminations_total", NULL, ""),
		.expr = "rate(apiserver_request_terminations_total[10m]) / (rate(apiserver_request_total[10m]) + "
			"rate(apiserver_request_terminations_total[10m])) > 0.20" },
	{ RULE("etcdInsufficientMembers", STACK, "critical", 180, GE, 0, "members"), FROM(OPAQUE, 0, "up", NULL, "job"),
		.expr = "sum without (instance) (up{job=~\".*etcd.*\"} == bool 1) < (count without (instance) (up{job=~\".*etcd.*\"}) + 1) / 2" },
	{ RULE("KubeNodeNotReady", STACK, "warning", 900, EQ, 0, ""), FROM(OPAQUE, 0, "kube_node_status_condition", NULL, "node"),
		.expr = "kube_node_status_condition{condition=\"Ready\", status=\"true\"} == 0" },
	{ RULE("KubeNodePressure", STACK, "info", 600, EQ, 1, ""), FROM(OPAQUE, 0, "kube_node_status_condition", NULL, "node"),
		.expr = "kube_node_status_condition{condition=~\"(MemoryPressure|DiskPressure|PIDPressure)\", status=\"true\"} == 1" },
	{ RULE("Watchdog", STACK, "none", 0, EQ, 1, ""), FROM(OPAQUE, 0, NULL, NULL, ""),
		.expr = "vector(1): always" },
	{ RULE("InfoInhibitor", STACK, "none", 0, EQ, 1, ""), FROM(OPAQUE, 0, NULL, NULL, ""),
		.expr = "ALERTS{severity=\"info\"} == 1 unless on (namespace) ALERTS{severity=~\"warning|critical\", "
			"alertstate=\"firing\"} == 1" },
};

enum { RULE_COUNT = sizeof RULES / sizeof RULES[0] };

size_t cc_alert_rule_count(void)
{
	return RULE_COUNT;
}

const cc_alert_rule *cc_alert_rule_get(size_t i)
{
	return i < RULE_COUNT ? &RULES[i] : NULL;
}

const char *cc_rule_op_text(cc_rule_op op)
{
	static const char *const texts[] = { ">", "<", "==", ">=", "!=" };
	return texts[(unsigned)op <= CC_RULE_NE ? op : 0];
}
