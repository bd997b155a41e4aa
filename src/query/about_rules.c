/* about_rules.c - what a bad state looks like, kind by kind. The table at the end is the whole list. */
#include <math.h>

#include "about_priv.h"

enum { MESSAGE_MAX = 160 };

void cc_about_conditions(about_subject *u, const cc_json *conditions, const char *bad, const char *status, uint8_t severity)
{
	for (const cc_json *c = cc_json_first(conditions); c; c = cc_json_next(c)) {
		cc_str type = cc_json_get_str(c, "type"), list = cc_str_from(bad), word;
		bool listed = false;
		while (!listed && list.n > 0) {
			cc_str_cut(list, ' ', &word, &list);
			listed = cc_str_eq(word, type);
		}
		if (!listed || !cc_str_eqz(cc_json_get_str(c, "status"), status))
			continue;
		cc_str reason = cc_json_get_str(c, "reason"), message = cc_json_get_str(c, "message");
		message = cc_str_sub(message, 0, MESSAGE_MAX);
		cc_about_finding(u, severity, NAN, type, "%.*s is %s: %.*s%s%.*s", CC_STR_ARG(type), status, CC_STR_ARG(reason),
			message.n ? ", " : "", CC_STR_ARG(message));
	}
}

/* "500m", "2Gi", "4470Mi", "12"; false for what is no quantity. */
static bool quantity(cc_str text, double *out)
{
	static const struct { const char *suffix; double factor; } units[] = { { "Ki", 0x1p10 }, { "Mi", 0x1p20 }, { "Gi", 0x1p30 }, { "Ti", 0x1p40 },
		{ "Pi", 0x1p50 }, { "n", 1e-9 }, { "u", 1e-6 }, { "m", 1e-3 }, { "k", 1e3 }, { "M", 1e6 }, { "G", 1e9 }, { "T", 1e12 }, { "P", 1e15 } };
	double factor = 1;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (cc_str_ends(text, cc_str_from(units[i].suffix))) {
			text = cc_str_strip_suffix(text, cc_str_from(units[i].suffix));
			factor = units[i].factor;
			break;
		}
	if (!cc_str_to_double(text, out))
		return false;
	*out *= factor;
	return true;
}

static void quota(about_subject *u)
{
	const cc_json *used = cc_json_at(u->doc, "status.used");
	for (const cc_json *h = cc_json_first(cc_json_at(u->doc, "status.hard")); h; h = cc_json_next(h)) {
		double limit, now;
		cc_str key = cc_json_key(h), hard = cc_json_text(h), taken = CC_STR_EMPTY;
		for (const cc_json *v = cc_json_first(used); v; v = cc_json_next(v))
			if (cc_str_eq(cc_json_key(v), key))
				taken = cc_json_text(v);
		if (quantity(hard, &limit) && quantity(taken, &now) && now >= limit)
			cc_about_finding(u, 3, NAN, key, "is used up: %.*s %.*s of %.*s", CC_STR_ARG(key), CC_STR_ARG(taken), CC_STR_ARG(hard));
	}
}

static void claim(about_subject *u)
{
	cc_str phase = cc_json_str(cc_json_at(u->doc, "status.phase"));

	if (phase.n && !cc_str_eqz(phase, "Bound"))
		cc_about_finding(u, 3, NAN, phase, "is %.*s, not bound", CC_STR_ARG(phase));
}

static void node(about_subject *u)
{
	const cc_json *conditions = cc_json_at(u->doc, "status.conditions");

	if (cc_json_bool(cc_json_at(u->doc, "spec.unschedulable")))
		cc_about_finding(u, 2, NAN, CC_STR("cordoned"), "is cordoned: takes no new pods");
	cc_about_conditions(u, conditions, "Ready", "False", 3);
	cc_about_conditions(u, conditions, "Ready", "Unknown", 3);
	cc_about_conditions(u, conditions, "MemoryPressure DiskPressure PIDPressure NetworkUnavailable", "True", 2);
	for (const cc_json *t = cc_json_first(cc_json_at(u->doc, "spec.taints")); t; t = cc_json_next(t)) {
		cc_str key = cc_json_get_str(t, "key"), effect = cc_json_get_str(t, "effect");
		bool usual = cc_str_starts(key, CC_STR("node-role.kubernetes.io/")) || cc_str_starts(key, CC_STR("node.kubernetes.io/"));
		if (!usual && (cc_str_eqz(effect, "NoSchedule") || cc_str_eqz(effect, "NoExecute")))
			cc_about_finding(u, 1, NAN, key, "is tainted: %.*s %.*s", CC_STR_ARG(key), CC_STR_ARG(effect));
	}
}

/* autoscaling/v1 keeps the conditions in an annotation, as text. */
static void autoscaler(about_subject *u)
{
	static const char annotation[] = "autoscaling.alpha.kubernetes.io/conditions";
	const cc_json *conditions = cc_json_at(u->doc, "status.conditions");
	cc_json *parsed = NULL;
	int64_t most = 0, now = 0, wanted = 0;

	if (!conditions) {
		cc_str text = cc_json_get_str(cc_json_at(u->doc, "metadata.annotations"), annotation);
		if (text.n && cc_json_parse(&parsed, text, NULL) == CC_OK)
			conditions = parsed;
	}
	cc_about_conditions(u, conditions, "ScalingActive AbleToScale", "False", 2);
	cc_json_int(cc_json_at(u->doc, "spec.maxReplicas"), &most);
	cc_json_int(cc_json_at(u->doc, "status.currentReplicas"), &now);
	cc_json_int(cc_json_at(u->doc, "status.desiredReplicas"), &wanted);
	if (most > 0 && now >= most && wanted >= most)
		cc_about_finding(u, 2, (double)now, CC_STR("maxed"), "is at its maximum of %lld replicas", (long long)most);
	cc_json_free(parsed);
}

static bool has_type(const cc_json *types, const char *type)
{
	for (const cc_json *t = cc_json_first(types); t; t = cc_json_next(t))
		if (cc_str_eqz(cc_json_str(t), type))
			return true;
	return false;
}

/* A policy without types is for ingress, and for egress when it has egress rules. */
static void policy(about_subject *u)
{
	const cc_json *spec = cc_json_get(u->doc, "spec"), *types = cc_json_get(spec, "policyTypes");

	if ((cc_json_count(types) == 0 || has_type(types, "Ingress")) && cc_json_count(cc_json_get(spec, "ingress")) == 0)
		cc_about_finding(u, 3, NAN, CC_STR("ingress"), "lets nothing in");
	if (has_type(types, "Egress") && cc_json_count(cc_json_get(spec, "egress")) == 0)
		cc_about_finding(u, 3, NAN, CC_STR("egress"), "lets nothing out");
}

static void budget(about_subject *u)
{
	int64_t healthy, wanted;

	if (cc_json_int(cc_json_at(u->doc, "status.currentHealthy"), &healthy) && cc_json_int(cc_json_at(u->doc, "status.desiredHealthy"), &wanted) &&
		healthy < wanted)
		cc_about_finding(u, 2, (double)healthy, CC_STR("unhealthy"), "has %lld healthy pods and wants %lld", (long long)healthy, (long long)wanted);
}

static void job(about_subject *u)
{
	cc_about_conditions(u, cc_json_at(u->doc, "status.conditions"), "Failed", "True", 2);
}

/* Feature flags whose variants know an "off" and which stand on another one. */
static void flag(about_subject *u, const cc_json *f)
{
	cc_str name = cc_json_key(f), variant = cc_json_get_str(f, "defaultVariant");
	bool off = variant.n == 0 || cc_str_eqz(variant, "off") || cc_str_eqz(cc_json_get_str(f, "state"), "DISABLED");

	if (off || !cc_json_get(cc_json_get(f, "variants"), "off"))
		return;
	cc_str key = cc_arena_printf(u->b->a->arena, "%.*s=%.*s", CC_STR_ARG(name), CC_STR_ARG(variant));
	cc_about_finding(u, 2, NAN, key.p ? key : name, "has flag %.*s on %.*s, not off", CC_STR_ARG(name), CC_STR_ARG(variant));
}

static void config(about_subject *u)
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

static const struct { const char *kind; void (*judge)(about_subject *u); } rules[] = {
	{ "Pod", cc_about_judge_pod },
	{ "Deployment", cc_about_judge_workload },
	{ "StatefulSet", cc_about_judge_workload },
	{ "ReplicaSet", cc_about_judge_workload },
	{ "ReplicationController", cc_about_judge_workload },
	{ "DaemonSet", cc_about_judge_workload },
	{ "Service", cc_about_judge_service },
	{ "ResourceQuota", quota },
	{ "PersistentVolumeClaim", claim },
	{ "Node", node },
	{ "HorizontalPodAutoscaler", autoscaler },
	{ "NetworkPolicy", policy },
	{ "PodDisruptionBudget", budget },
	{ "Job", job },
	{ "ConfigMap", config },
};

void cc_about_judge(about_subject *u)
{
	cc_str kind = cc_entity_kind(u->b->s, u->o->entity);

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (cc_str_eqz(kind, rules[i].kind))
			rules[i].judge(u);
}
