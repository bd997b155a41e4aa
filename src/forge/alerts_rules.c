/* alerts_rules.c - the rules as data, in the two revisions of the application's own ones that recorded incidents know.
 *
 * Descriptions say what the real ones say, also where that is wrong: they quote thresholds of other revisions ("above
 * 1", "15000ms", "15 minutes" where `for` has been set to five) and print milliseconds as seconds. Only name and value
 * can be trusted. */
#include "forge/alerts_priv.h"

#define COUNT(a) (int)(sizeof(a) / sizeof(a)[0])

#define RULE(n, sev, grp, sh, secs, lim, win, which, fn, want, rev, text, sum) { .name = n, .severity = sev, \
	.group = grp, .shape = sh, .for_s = secs, .limit = lim, .window_s = win, .arg = which, .check = fn, .wanted = want, \
	.revision = rev, .description = text, .summary = sum }
#define OLD(n, sev, sh, secs, lim, win, which, fn, want, text) \
	RULE(n, sev, GROUP_APP, sh, secs, lim, win, which, fn, want, RULES_OLD, text, NULL)
#define NEW(n, sev, sh, secs, lim, win, which, fn, want, text) \
	RULE(n, sev, GROUP_APP, sh, secs, lim, win, which, fn, want, RULES_NEW, text, NULL)
#define MESH(n, sev, secs, lim, win, fn, want, text) \
	RULE(n, sev, GROUP_APP, ABOUT_EDGE, secs, lim, win, 0, fn, want, RULES_BOTH, text, NULL)
#define KUBE(n, sev, grp, sh, secs, lim, which, fn, want, text, sum) \
	RULE(n, sev, grp, sh, secs, lim, 0, which, fn, want, RULES_BOTH, text, sum)
#define ALWAYS(n, sev, percent, value, sh, fn, text, sum, ...) { .name = n, .severity = sev, .group = GROUP_GENERAL, \
	.limit = value, .shape = sh, .check = fn, .revision = RULES_BOTH, .chance = percent, \
	.description = text, .summary = sum, .fixed = { __VA_ARGS__ } }

#define CLUSTER " on cluster ."
#define FOR_LONG " for longer than 15 minutes" CLUSTER

static const alert_rule RULES[] = {
	/* what always fires in such a cluster; rules of equal chance that stand together share their fate */
	ALWAYS("TargetDown", "warning", 35, 100, ABOUT_TARGET, check_targets,
		"100% of the {job}/{service} targets in kube-system namespace are down.",
		"One or more targets are unreachable.", NULL),
	ALWAYS("KubeProxyDown", "critical", 35, 1, ABOUT_NOTHING, check_always,
		"KubeProxy has disappeared from Prometheus target discovery.",
		"Target disappeared from Prometheus target discovery.", NULL),
	ALWAYS("Watchdog", "none", 100, 1, ABOUT_NOTHING, check_always,
		"This is an alert meant to ensure that the entire alerting pipeline is functional.\n"
		"This alert is always firing, therefore it should always be firing in Alertmanager\n"
		"and always fire against a receiver. There are integrations with various notification\n"
		"mechanisms that send a notification when this alert is not firing. For example the\n"
		"\"DeadMansSnitch\" integration in PagerDuty.\n",
		"An alert that should always be firing to certify that Alertmanager is working properly.", NULL),
	ALWAYS("InfoInhibitor", "none", 75, 1, ABOUT_NOTHING, check_inhibitor,
		"This is an alert that is used to inhibit info alerts.\n"
		"By themselves, the info-level alerts are sometimes very noisy, but they are relevant when combined "
		"with\nother alerts.\n"
		"This alert fires whenever there's a severity=\"info\" alert, and stops firing when another alert "
		"with a\nseverity of 'warning' or 'critical' starts firing on the same namespace.\n"
		"This alert should be routed to a null receiver and configured to inhibit alerts with "
		"severity=\"info\".\n",
		"Info-level alert inhibition.", "alertstate", "firing", "container", "metrics-server", "instance",
		"{metricsNodeIp}:10250", "namespace", "kube-system", "pod", "{metricsPod}", "service",
		"kube-prometheus-stack-kubelet"),
	ALWAYS("CPUThrottlingHigh", "info", 75, 0.25, ABOUT_NOTHING, check_metrics_server,
		"{percent} throttling of CPU in namespace kube-system for container metrics-server in pod "
		"{pod}" CLUSTER,
		"Processes experience elevated CPU throttling.", "container", "metrics-server", "instance",
		"{metricsNodeIp}:10250", "namespace", "kube-system", "pod", "{metricsPod}", "service",
		"kube-prometheus-stack-kubelet"),
	ALWAYS("KubeClientCertificateExpiration", "warning", 70, 0, ABOUT_NOTHING, check_certificate,
		"A client certificate used to authenticate to kubernetes apiserver is expiring "
		"in less than 7.0 days" CLUSTER,
		"Client certificate is about to expire.", "instance", "{apiIp}:6443", "job", "apiserver"),
	ALWAYS("KubeSchedulerDown", "critical", 80, 1, ABOUT_NOTHING, check_always,
		"KubeScheduler has disappeared from Prometheus target discovery.",
		"Target disappeared from Prometheus target discovery.", NULL),
	ALWAYS("KubeControllerManagerDown", "critical", 80, 1, ABOUT_NOTHING, check_always,
		"KubeControllerManager has disappeared from Prometheus target discovery.",
		"Target disappeared from Prometheus target discovery.", NULL),
	ALWAYS("etcdInsufficientMembers", "critical", 15, 0, ABOUT_NOTHING, check_always,
		"etcd cluster \"kube-etcd\": insufficient members (0).",
		"etcd cluster has insufficient number of members.", "job", "kube-etcd"),
	ALWAYS("NodeClockNotSynchronising", "warning", 20, 0, ABOUT_NODE, check_clocks,
		"Clock at {instance} is not synchronising. Ensure NTP is configured on this host.",
		"Clock not synchronising.", NULL),
	ALWAYS("PrometheusNotConnectedToAlertmanagers", "warning", 100, 0, ABOUT_NOTHING, check_always,
		"Prometheus {namespace}/{pod} is not connected to any Alertmanagers.",
		"Prometheus is not connected to any Alertmanagers.", "container", "prometheus", "endpoint", "http-web",
		"instance", "{prometheusIp}:9090", "job", "kube-prometheus-stack-prometheus", "namespace", "prometheus",
		"pod", "{prometheusPod}", "service", "kube-prometheus-stack-prometheus"),

	/* the application's rules until December 2025 */
	OLD("FailedPodsDetected", "critical", ABOUT_NAMESPACE, 0, 0, 0, K_FAILED, check_phase, true,
		"Pods in namespace {namespace} are in the Failed phase. Number of pods: {value}"),
	OLD("PendingPodsDetected", "critical", ABOUT_NAMESPACE, 0, 0, 0, K_PENDING, check_phase, true,
		"Pods in namespace {namespace} are in the Pending phase. Number of pods: {value}"),
	OLD("CrashLoopBackOffPodsDetected", "critical", ABOUT_CONTAINER, 0, 0, 0, 0, check_backoff, false,
		"Pod {pod} in namespace {namespace} is in CrashLoopBackOff state"),
	OLD("RequestLatency", "warning", ABOUT_SERVICE, 60, 1500, 120, WHICH_REQUESTS, check_latency, true,
		"95th percentile request latency of service {service} in namespace {namespace} is above 0.1s: "
		"{value}s"),
	OLD("RequestLatencyProcessor", "warning", ABOUT_SERVICE, 60, 15000, 120, WHICH_PROCESSORS, check_latency, false,
		"95th percentile request latency of service {service} in namespace {namespace} is above 0.1s: "
		"{value}s"),
	OLD("RequestErrorRate", "warning", ABOUT_SERVICE, 60, 0, 120, WHICH_ALL, check_errors, true,
		"Error rate of service {service} in namespace {namespace} is above 1: {value}"),
	OLD("NoRequestsDetected", "warning", ABOUT_SERVICE, 300, 0, 120, WHICH_ALL, check_silence, false,
		"Service {service} in namespace {namespace} has received no successful requests within the last 2 "
		"minutes"),
	OLD("KafkaConnectionClosureRate", "warning", ABOUT_JOB, 60, 0, 0, 0, check_closures, true,
		"Rate at which {job} closes connections to Kafka is above 0: {value}"),

	/* and the ones after */
	NEW("FailedPodsDetected", "critical", ABOUT_NAMESPACE, 120, 0, 0, K_FAILED, check_phase, true,
		"Pods in namespace {namespace} have been in the Failed phase for more than 2 minutes. Number of pods: "
		"{value}"),
	NEW("HighRequestLatency", "critical", ABOUT_SERVICE, 180, 1500, 120, WHICH_EDGE, check_latency, true,
		"95th percentile latency of service {service} in namespace {namespace} is above 1500ms for the last 5 "
		"minutes: {value}s"),
	NEW("HighRequestLatency", "critical", ABOUT_SERVICE, 180, 1500, 120, WHICH_BACKEND, check_latency, true,
		"95th percentile latency of service {service} in namespace {namespace} is above 15000ms for the last 5 "
		"minutes: {value}s"),
	NEW("HighRequestErrorRate", "critical", ABOUT_SERVICE, 180, 0, 120, WHICH_EDGE, check_errors, true,
		"Error rate of service {service} in namespace {namespace} is above 3 errors per second for the last 5 "
		"minutes: {value}"),
	NEW("HighRequestErrorRate", "critical", ABOUT_SERVICE, 180, 0, 120, WHICH_BACKEND, check_errors, true,
		"Error rate of service {service} in namespace {namespace} is above 1 error per second for the last 5 "
		"minutes: {value}"),
	NEW("KafkaConsumerGroupInactive", "critical", ABOUT_CONSUMER, 120, 0, 0, 0, check_members, false,
		"Consumer group {consumergroup} has no active members"),
	NEW("HighKafkaConnectionClosureRate", "warning", ABOUT_JOB, 60, 0, 120, 0, check_closures, false,
		"{job} closes connections to Kafka at a rate above 0: {value}"),
	NEW("HighKafkaConsumerLag", "warning", ABOUT_CONSUMER, 300, 100, 0, 0, check_lag, false,
		"Consumer group {consumergroup} lags behind topic {topic} by more than 100 messages: {value}"),
	NEW("NoRequestsReceived", "critical", ABOUT_SERVICE, 300, 0, 300, WHICH_ALL, check_silence, false,
		"Service {service} in namespace {namespace} has not received any successful requests for the last 5 "
		"minutes"),
	NEW("NoDatabaseOperations", "warning", ABOUT_SERVICE, 300, 0, 300, 0, check_database, false,
		"Service {service} has not performed any database operations for the last 5 minutes"),

	/* services behind sidecars, in either revision */
	MESH("HighRequestLatency", "warning", 180, 1500, 120, check_mesh_latency, true,
		"95th percentile latency of requests from {source} to {destination} is above 1500ms: {value}s"),
	MESH("HighRequestErrorRate", "warning", 180, 0, 120, check_mesh_errors, true,
		"Requests from {source} to {destination} in namespace {namespace} are answered with {code}: {value}"),
	MESH("NoRequestsReceived", "critical", 300, 0, 300, check_mesh_silence, false,
		"{destination} has not received any requests from {source} for the last 5 minutes"),

	/* kube-prometheus-stack; five of them customised to five minutes */
	KUBE("KubePodCrashLooping", "warning", GROUP_KUBE_APPS, ABOUT_CONTAINER, 300, 0, 0, check_crash_looping, true,
		"Pod {namespace}/{pod} ({container}) is in waiting state (reason: \"CrashLoopBackOff\")" CLUSTER,
		"Pod is crash looping."),
	KUBE("KubePodNotReady", "warning", GROUP_KUBE_APPS, ABOUT_POD, 300, 0, 0, check_not_ready, true,
		"Pod {namespace}/{pod} has been in a non-ready state" FOR_LONG,
		"Pod has been in a non-ready state for more than 15 minutes."),
	KUBE("KubeDeploymentReplicasMismatch", "warning", GROUP_KUBE_APPS, ABOUT_DEPLOYMENT, 900, 0, WL_DEPLOYMENT,
		check_replicas, false,
		"Deployment {namespace}/{deployment} has not matched the expected number of replicas" FOR_LONG,
		"Deployment has not matched the expected number of replicas."),
	KUBE("KubeDeploymentRolloutStuck", "warning", GROUP_KUBE_APPS, ABOUT_DEPLOYMENT, 300, 0, 0, check_rollout_stuck,
		false, "Rollout of deployment {namespace}/{deployment} is not progressing" FOR_LONG,
		"Deployment rollout is not progressing."),
	KUBE("KubeStatefulSetReplicasMismatch", "warning", GROUP_KUBE_APPS, ABOUT_STATEFULSET, 900, 0, WL_STATEFULSET,
		check_replicas, false,
		"StatefulSet {namespace}/{statefulset} has not matched the expected number of replicas" FOR_LONG,
		"StatefulSet has not matched the expected number of replicas."),
	KUBE("KubeContainerWaiting", "warning", GROUP_KUBE_APPS, ABOUT_CONTAINER, 300, 0, 0, check_waiting, true,
		"pod/{pod} in namespace {namespace} on container {container} has been in waiting state for longer than "
		"1 hour. (reason: \"{reason}\")" CLUSTER,
		"Pod container waiting longer than 1 hour"),
	KUBE("KubeJobFailed", "warning", GROUP_KUBE_APPS, ABOUT_K8S_JOB, 900, 0, 0, check_job_failed, false,
		"Job {namespace}/{job} failed to complete. Removing failed job after investigation should clear this "
		"alert" CLUSTER,
		"Job failed to complete."),
	KUBE("KubeHpaReplicasMismatch", "warning", GROUP_KUBE_APPS, ABOUT_HPA, 900, 0, 0, check_hpa_mismatch, false,
		"HPA {namespace}/{horizontalpodautoscaler} has not matched the desired number of replicas" FOR_LONG,
		"HPA has not matched desired number of replicas."),
	KUBE("KubeHpaMaxedOut", "warning", GROUP_KUBE_APPS, ABOUT_HPA, 300, 0, 0, check_hpa_maxed, true,
		"HPA {namespace}/{horizontalpodautoscaler} has been running at max replicas" FOR_LONG,
		"HPA is running at max replicas"),
	KUBE("KubePdbNotEnoughHealthyPods", "warning", GROUP_KUBE_APPS, ABOUT_PDB, 900, 0, 0, check_budget, false,
		"PDB {namespace}/{poddisruptionbudget} expects {value} more healthy pods. The desired number of "
		"healthy pods has not been met for at least 15m" CLUSTER,
		"PDB does not have enough healthy pods."),
	KUBE("KubeQuotaAlmostFull", "info", GROUP_KUBE_RESOURCES, ABOUT_QUOTA, 900, 0, 0, check_quota, false,
		"Namespace {namespace} is using {percent} of its {resource} quota" CLUSTER,
		"Namespace quota is going to be full."),
	KUBE("KubeQuotaFullyUsed", "info", GROUP_KUBE_RESOURCES, ABOUT_QUOTA, 900, 0, 1, check_quota, false,
		"Namespace {namespace} is using {percent} of its {resource} quota" CLUSTER,
		"Namespace quota is fully used."),
	KUBE("KubeQuotaExceeded", "warning", GROUP_KUBE_RESOURCES, ABOUT_QUOTA, 900, 0, 2, check_quota, false,
		"Namespace {namespace} is using {percent} of its {resource} quota" CLUSTER,
		"Namespace quota has exceeded the limits."),
	KUBE("CPUThrottlingHigh", "info", GROUP_KUBE_RESOURCES, ABOUT_THROTTLED, 900, 0.25, 0, check_throttling, false,
		"{percent} throttling of CPU in namespace {namespace} for container {container} in pod {pod}" CLUSTER,
		"Processes experience elevated CPU throttling."),
	{ .name = "KubeAPIErrorBudgetBurn", .severity = "critical", .group = GROUP_API, .for_s = 120, .limit = 14.4,
		.check = check_api_burn, .revision = RULES_BOTH, .fixed = { "long", "1h", "short", "5m" },
		.description = "The API server is burning too much error budget" CLUSTER,
		.summary = "The API server is burning too much error budget." },
	KUBE("KubeAPITerminatedRequests", "warning", GROUP_API, ABOUT_NOTHING, 300, 0.2, 0, check_api_terminated, false,
		"The kubernetes apiserver has terminated {percent} of its incoming requests" CLUSTER,
		"The kubernetes apiserver has terminated {percent} of its incoming requests."),
	KUBE("NodeCPUHighUsage", "info", GROUP_NODE, ABOUT_NODE, 900, 90, 0, check_node_cpu, false,
		"CPU usage at {instance} has been above 90% for the last 15 minutes, is currently at {rounded}%.\n",
		"High CPU usage."),
	KUBE("NodeSystemSaturation", "warning", GROUP_NODE, ABOUT_NODE, 900, 2, 0, check_node_load, false,
		"System load per core at {instance} has been above 2 for the last 15 minutes, is currently at "
		"{rounded}.\nThis might indicate this instance resources saturation and can cause it becoming "
		"unresponsive.\n",
		"System saturated, load per core is very high."),
	KUBE("NodeMemoryHighUtilization", "warning", GROUP_NODE, ABOUT_NODE, 900, 90, 0, check_node_memory, false,
		"Memory is filling up at {instance}, has been above 90% for the last 15 minutes, is currently at "
		"{rounded}%.\n",
		"Host is running out of memory."),
	KUBE("KubeNodePressure", "info", GROUP_KUBE_APPS, ABOUT_NODE_STATE, 600, 0, 0, check_node_pressure, false,
		"{node} has active Condition {condition}. This is caused by resource usage exceeding eviction "
		"thresholds.",
		"Node has as active Condition."),
};

const alert_rule *alert_rules(int *n)
{
	*n = COUNT(RULES);
	return RULES;
}
