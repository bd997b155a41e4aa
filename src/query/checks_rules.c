/* checks_rules.c - the rules by name: what each looks for, why it matters, and whether it is a mere symptom. */
#include "checks_priv.h"

const cc_check_rule cc_check_rules[CHECK_COUNT] = {
	[CHECK_POD_PHASE] = { "pod-phase", "a pod that neither runs nor ended well", "it serves nothing", true },
	[CHECK_POD_DELETED] = { "pod-deleted", "a pod with a deletion time", "it leaves; who asked for it is worth knowing", true },
	[CHECK_UNSCHEDULED] = { "unscheduled", "a pod without a node", "no node offers what it asks for: room, labels or tolerated taints", false },
	[CHECK_IMAGE] = { "image-pull", "a container whose image cannot be had", "name, tag, registry or pull secret is wrong, or the registry is down", false },
	[CHECK_CONTAINER_CONFIG] = { "container-config", "a container that cannot be made from its spec", "it names a ConfigMap, Secret, key or command that does not exist", false },
	[CHECK_CRASHES] = { "crash-loop", "a container that ends again and again, or ended with a failure", "its last words are in its logs before the restart", true },
	[CHECK_OOM] = { "oom-killed", "a container that was killed for its memory", "its limit is too low, or it leaks", false },
	[CHECK_NOT_READY] = { "not-ready", "a container that runs and is not ready", "its readiness probe fails: Services send it nothing", true },
	[CHECK_RESTARTS] = { "restarts", "a running container that was started again before", "it failed once, perhaps long ago", true },
	[CHECK_REPLICAS] = { "replicas-missing", "fewer ready pods than wanted", "capacity is short; with none ready the service is down", true },
	[CHECK_ZERO] = { "scaled-to-zero", "a workload that wants no pod", "nothing runs, and nothing complains", false },
	[CHECK_ROLLOUT] = { "rollout-stuck", "a rollout that does not get on, or a controller that cannot make pods", "the new template does not become ready, or a quota forbids it", true },
	[CHECK_PAUSED] = { "rollout-paused", "a paused Deployment", "changes are not rolled out", false },
	[CHECK_SUSPENDED] = { "suspended", "a suspended Job or CronJob", "what it should do is not done", false },
	[CHECK_JOB_FAILED] = { "job-failed", "a Job that failed", "what it should do was not done", true },
	[CHECK_MISSING] = { "missing-reference", "a named ConfigMap, Secret, claim, account or scaling target that does not exist", "pods that need it do not start, or nothing happens", false },
	[CHECK_MISSING_KEY] = { "missing-key", "a named key that the ConfigMap or Secret does not hold", "containers that need it do not start", false },
	[CHECK_LIMITS] = { "limit-below-request", "a limit below the request", "such pods are refused", false },
	[CHECK_PROBE_PORT] = { "probe-port", "a probe of a port that the container does not declare", "the probe fails, and the container is restarted or gets no traffic", false },
	[CHECK_NODE_SELECTOR] = { "node-selector", "a node selector that no node meets", "new pods cannot be placed", false },
	[CHECK_TAINTS] = { "taints", "taints on every fitting node that the pods do not tolerate", "new pods cannot be placed", false },
	[CHECK_ADDRESS] = { "address", "a variable that leads to a host or port which no Service has", "calls to it fail", false },
	[CHECK_SELECTOR] = { "selector-empty", "a Service whose selector matches no pod", "it has nowhere to send its traffic", false },
	[CHECK_TARGET_PORT] = { "target-port", "a Service port that leads to a port its pods do not declare", "connections are refused", false },
	[CHECK_ENDPOINTS] = { "no-endpoints", "a Service without a ready address", "callers cannot reach it", true },
	[CHECK_BACKEND] = { "backend-missing", "a route to a Service or port that does not exist", "requests on this route fail", false },
	[CHECK_FAULT_INJECTED] = { "fault-injection", "a mesh route that delays or aborts requests on purpose", "its callers see slow calls or errors", false },
	[CHECK_POOL] = { "connection-pool", "a mesh rule that allows hardly any connection or pending request", "calls beyond it are refused at once", false },
	[CHECK_WEBHOOK] = { "webhook", "an admission webhook that fails closed and has no backend", "nothing it watches can be created or changed", false },
	[CHECK_CHAOS] = { "chaos", "an experiment of a chaos tool", "it breaks things on purpose", false },
	[CHECK_QUOTA] = { "quota-used", "a quota that is used up", "new pods of the namespace are refused", false },
	[CHECK_CLAIM] = { "claim-unbound", "a volume claim without a volume", "pods that mount it do not start", false },
	[CHECK_NODE] = { "node-not-ready", "a node that is not ready", "its pods are lost or move", false },
	[CHECK_PRESSURE] = { "node-pressure", "a node short of memory, disk or process ids", "it evicts pods and takes no new ones", false },
	[CHECK_CORDONED] = { "node-cordoned", "a cordoned node", "it takes no new pods", false },
	[CHECK_TAINTED] = { "node-tainted", "a node with a taint of its own", "it takes only pods that tolerate it", false },
	[CHECK_HPA_MAX] = { "hpa-at-max", "an autoscaler at its maximum", "it cannot add what it wants", true },
	[CHECK_HPA_BOUNDS] = { "hpa-bounds", "an autoscaler whose bounds leave it no room", "it never scales", false },
	[CHECK_HPA_BLIND] = { "hpa-blind", "an autoscaler that cannot read its metric or reach its target", "it does nothing", false },
	[CHECK_POLICY] = { "policy-denies", "a NetworkPolicy that lets nothing in or out", "the pods it selects are cut off", false },
	[CHECK_SHUT_OUT] = { "policy-shuts-out", "NetworkPolicies that select a thing and let in nothing of a caller of it", "its calls time out", false },
	[CHECK_POLICY_PEERS] = { "policy-peers", "a NetworkPolicy rule whose peers match no pod", "whom it should let through is shut out", false },
	[CHECK_BUDGET] = { "budget", "a disruption budget that is not met", "fewer pods are healthy than wanted; drains block", true },
	[CHECK_FLAG] = { "flag-on", "a feature flag that knows an off and stands on another variant", "demo applications switch their faults by flags", false },
	[CHECK_QUOTA_DEMANDS] = { "quota-demands", "a quota of something that workloads do not say how much they need of", "their new pods are refused, whatever is left", false },
	[CHECK_NAMESPACE] = { "namespace-terminating", "a namespace that is being deleted", "everything in it goes, and nothing new can come", false },
};

size_t cc_check_rule_count(void)
{
	return CHECK_COUNT;
}

const cc_check_rule *cc_check_rule_get(size_t i)
{
	return i < CHECK_COUNT ? &cc_check_rules[i] : NULL;
}
