/* checks_cluster.c - what surrounds the pods: nodes, claims, bindings, autoscalers, budgets, namespaces, experiments, flags. */
#include "checks_priv.h"

static void claim(check_subject *u)
{
	cc_str phase = cc_json_str(cc_json_at(u->doc, "status.phase")), class = cc_json_str(cc_json_at(u->doc, "spec.storageClassName"));

	if (phase.n && !cc_str_eqz(phase, "Bound"))
		cc_check_found(u, CHECK_CLAIM, 3, NAN, phase, "is %.*s, not bound%s%.*s%s", CC_STR_ARG(phase), class.n ? " (storage class " : "", CC_STR_ARG(class),
			!class.n ? "" : cc_check_is_missing(u, CC_STR("cluster"), "StorageClass", class) ? ", which does not exist)" : ")");
}

static void node(check_subject *u)
{
	const cc_json *conditions = cc_json_at(u->doc, "status.conditions");

	if (cc_json_bool(cc_json_at(u->doc, "spec.unschedulable")))
		cc_check_found(u, CHECK_CORDONED, 2, NAN, CC_STR_EMPTY, "is cordoned: takes no new pods");
	cc_check_conditions(u, CHECK_NODE, conditions, "Ready", "False", 3);
	cc_check_conditions(u, CHECK_NODE, conditions, "Ready", "Unknown", 3);
	cc_check_conditions(u, CHECK_PRESSURE, conditions, "MemoryPressure DiskPressure PIDPressure NetworkUnavailable", "True", 2);
	for (const cc_json *t = cc_json_first(cc_json_at(u->doc, "spec.taints")); t; t = cc_json_next(t)) {
		cc_str key = cc_json_get_str(t, "key"), effect = cc_json_get_str(t, "effect");
		bool usual = cc_str_starts(key, CC_STR("node-role.kubernetes.io/")) || cc_str_starts(key, CC_STR("node.kubernetes.io/"));
		if (!usual && (cc_str_eqz(effect, "NoSchedule") || cc_str_eqz(effect, "NoExecute")))
			cc_check_found(u, CHECK_TAINTED, 1, NAN, key, "is tainted: %.*s %.*s", CC_STR_ARG(key), CC_STR_ARG(effect));
	}
}

/* --- autoscalers --- */

/* A resource metric is a share of the request: without one there is nothing to divide by. */
static bool lacks_request(const cc_json *pod_spec, const char *resource, cc_str *container)
{
	for (const cc_json *c = cc_json_first(cc_json_get(pod_spec, "containers")); c; c = cc_json_next(c))
		if (!cc_json_get(cc_json_at(c, "resources.requests"), resource) && !cc_json_get(cc_json_at(c, "resources.limits"), resource)) {
			*container = cc_json_get_str(c, "name");
			return true;
		}
	return false;
}

static bool uses_cpu(const cc_json *spec)
{
	bool uses = cc_json_get(spec, "targetCPUUtilizationPercentage") != NULL;
	for (const cc_json *m = cc_json_first(cc_json_get(spec, "metrics")); m && !uses; m = cc_json_next(m))
		uses = cc_str_eqz(cc_json_str(cc_json_at(m, "resource.name")), "cpu") && cc_json_at(m, "resource.target.averageUtilization");
	return uses;
}

static void target(check_subject *u, const cc_json *spec)
{
	cc_str kind = cc_json_str(cc_json_at(spec, "scaleTargetRef.kind")), name = cc_json_str(cc_json_at(spec, "scaleTargetRef.name")), container;
	char kindz[64];
	if (kind.n == 0 || kind.n >= sizeof kindz || name.n == 0)
		return;
	for (size_t i = 0; i <= kind.n; i++)
		kindz[i] = i < kind.n ? kind.p[i] : '\0';
	if (cc_check_is_missing(u, u->ns, kindz, name)) {
		cc_check_found(u, CHECK_MISSING, 3, NAN, name, "scales %s/%.*s, which does not exist", kindz, CC_STR_ARG(name));
		return;
	}
	cc_json *doc = uses_cpu(spec) ? cc_check_named(u, u->ns, kindz, name) : NULL;
	if (doc && lacks_request(cc_check_pod_spec(doc, kind), "cpu", &container))
		cc_check_found(u, CHECK_HPA_BLIND, 2, NAN, CC_STR("request"), "scales by cpu, and container %.*s of %s/%.*s requests none", CC_STR_ARG(container), kindz,
			CC_STR_ARG(name));
	cc_json_free(doc);
}

static void bounds(check_subject *u, const cc_json *spec)
{
	int64_t most = 0, least = 1, now = 0, wanted = 0;

	cc_json_int(cc_json_get(spec, "maxReplicas"), &most);
	cc_json_int(cc_json_get(spec, "minReplicas"), &least);
	cc_json_int(cc_json_at(u->doc, "status.currentReplicas"), &now);
	cc_json_int(cc_json_at(u->doc, "status.desiredReplicas"), &wanted);
	if (most > 0 && least > most)
		cc_check_found(u, CHECK_HPA_BOUNDS, 3, NAN, CC_STR("crossed"), "wants at least %lld and at most %lld replicas", (long long)least, (long long)most);
	else if (most > 0 && least == most)
		cc_check_found(u, CHECK_HPA_BOUNDS, 2, (double)most, CC_STR("closed"), "can only have %lld replicas: minimum and maximum are the same", (long long)most);
	else if (most > 0 && now >= most && wanted >= most)
		cc_check_found(u, CHECK_HPA_MAX, 2, (double)now, CC_STR_EMPTY, "is at its maximum of %lld replicas", (long long)most);
}

/* autoscaling/v1 keeps the conditions in an annotation, as text. */
static void autoscaler(check_subject *u)
{
	static const char annotation[] = "autoscaling.alpha.kubernetes.io/conditions";
	const cc_json *conditions = cc_json_at(u->doc, "status.conditions"), *spec = cc_json_get(u->doc, "spec");
	cc_json *parsed = NULL;

	if (!conditions) {
		cc_str text = cc_json_get_str(cc_json_at(u->doc, "metadata.annotations"), annotation);
		if (text.n && cc_json_parse(&parsed, text, NULL) == CC_OK)
			conditions = parsed;
	}
	cc_check_conditions(u, CHECK_HPA_BLIND, conditions, "ScalingActive AbleToScale", "False", 2);
	bounds(u, spec);
	target(u, spec);
	cc_json_free(parsed);
}

/* --- budgets, namespaces, bindings --- */

static void budget(check_subject *u)
{
	int64_t healthy, wanted;

	if (cc_json_int(cc_json_at(u->doc, "status.currentHealthy"), &healthy) && cc_json_int(cc_json_at(u->doc, "status.desiredHealthy"), &wanted) &&
		healthy < wanted)
		cc_check_found(u, CHECK_BUDGET, 2, (double)healthy, CC_STR_EMPTY, "has %lld healthy pods and wants %lld", (long long)healthy, (long long)wanted);
}

static void namespace(check_subject *u)
{
	if (cc_str_eqz(cc_json_str(cc_json_at(u->doc, "status.phase")), "Terminating"))
		cc_check_found(u, CHECK_NAMESPACE, 3, NAN, CC_STR_EMPTY, "is being deleted, and all in it");
}

/* The role that a binding names. Its accounts are not looked at: clusters are full of bindings for accounts nobody made. */
static void binding(check_subject *u)
{
	cc_str kind = cc_json_str(cc_json_at(u->doc, "roleRef.kind")), role = cc_json_str(cc_json_at(u->doc, "roleRef.name"));
	const char *kindz = cc_str_eqz(kind, "Role") ? "Role" : cc_str_eqz(kind, "ClusterRole") ? "ClusterRole" : NULL;

	if (kindz && cc_check_is_missing(u, u->ns, kindz, role))
		cc_check_found(u, CHECK_MISSING, 2, NAN, role, "grants %s/%.*s, which does not exist", kindz, CC_STR_ARG(role));
}

/* --- experiments and flags --- */

/* Chaos Mesh and Litmus keep them as objects. One that is paused or over is told of too: it may have run. */
static void chaos(check_subject *u)
{
	cc_str api = cc_snapshot_sym(u->c->s, u->o->api_version), phase = cc_json_str(cc_json_at(u->doc, "status.experiment.desiredPhase"));
	bool over = cc_str_eqz(phase, "Stop") || cc_json_get(cc_json_at(u->doc, "metadata.annotations"), "experiment.chaos-mesh.org/pause");

	if (cc_str_find(api, CC_STR("chaos-mesh.org")) == CC_STR_NONE && cc_str_find(api, CC_STR("litmuschaos.io")) == CC_STR_NONE)
		return;
	cc_str action = cc_json_str(cc_json_at(u->doc, "spec.action"));
	cc_check_found(u, CHECK_CHAOS, over ? 1 : 3, NAN, over ? CC_STR("over") : CC_STR("active"), "is an experiment%s%.*s, %s", action.n ? ": " : "", CC_STR_ARG(action),
		over ? "paused or over" : "active");
}

/* Feature flags whose variants know an "off" and which stand on another one. */
static void flag(check_subject *u, const cc_json *f)
{
	cc_str name = cc_json_key(f), variant = cc_json_get_str(f, "defaultVariant");
	bool off = variant.n == 0 || cc_str_eqz(variant, "off") || cc_str_eqz(cc_json_get_str(f, "state"), "DISABLED");

	if (off || !cc_json_get(cc_json_get(f, "variants"), "off"))
		return;
	cc_str key = cc_arena_printf(u->c->arena, "%.*s=%.*s", CC_STR_ARG(name), CC_STR_ARG(variant));
	cc_check_found(u, CHECK_FLAG, 2, NAN, key.p ? key : name, "has flag %.*s on %.*s, not off", CC_STR_ARG(name), CC_STR_ARG(variant));
}

void cc_check_config(check_subject *u)
{
	for (const cc_json *d = cc_json_first(cc_json_get(u->doc, "data")); d; d = cc_json_next(d)) {
		cc_str text = cc_str_trim(cc_json_str(d));
		cc_json *doc = NULL;
		if (!cc_str_starts(text, CC_STR("{")) || cc_str_find(text, CC_STR("\"flags\"")) == CC_STR_NONE || cc_json_parse(&doc, text, NULL) != CC_OK)
			continue;
		for (const cc_json *f = cc_json_first(cc_json_get(doc, "flags")); f; f = cc_json_next(f))
			flag(u, f);
		cc_json_free(doc);
	}
}

static const struct { const char *kind; void (*judge)(check_subject *u); } judges[] = {
	{ "ResourceQuota", cc_check_quota },
	{ "PersistentVolumeClaim", claim },
	{ "Node", node },
	{ "HorizontalPodAutoscaler", autoscaler },
	{ "NetworkPolicy", cc_check_policy },
	{ "PodDisruptionBudget", budget },
	{ "Namespace", namespace },
	{ "RoleBinding", binding },
	{ "ClusterRoleBinding", binding },
};

void cc_check_cluster(check_subject *u)
{
	for (size_t i = 0; i < sizeof judges / sizeof *judges; i++)
		if (cc_str_eqz(u->kind, judges[i].kind))
			judges[i].judge(u);
	chaos(u);
}
