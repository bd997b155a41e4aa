/* churn.c - which parts of a Kubernetes object move by themselves, and a fingerprint of the rest.
 *
 * Two observations differ ("changed") when their fingerprints differ. What counts is the wanted state (spec, data,
 * labels, annotations, owners, finalizers, deletionTimestamp), the identity (uid: something deleted and made again has
 * changed) and of the status only what says that something works or does not. The tables below are the whole policy.
 * Members of JSON objects are combined without order; lists in order, except status lists, which controllers reorder
 * freely. */
#include "snapshot/objects_priv.h"

typedef struct churn_rule {
	const char *kind;    /* "*" = every kind */
	const char *parent;  /* "" = top level */
	const char *key;
} churn_rule;

static const churn_rule churn_drop[] = {
	{ "*", "", "apiVersion" },               /* the version it was asked in */
	{ "*", "", "kind" },
	{ "*", "metadata", "resourceVersion" },  /* every write, also of the status */
	{ "*", "metadata", "managedFields" },
	{ "*", "metadata", "generation" },       /* follows the spec, which is compared itself */
	{ "*", "metadata", "creationTimestamp" },/* follows the uid */
	{ "*", "metadata", "selfLink" },
	{ "Lease", "spec", "renewTime" },        /* leader election */
	{ "Lease", "spec", "acquireTime" },
	{ "Lease", "spec", "leaseTransitions" },
	{ "Lease", "spec", "holderIdentity" },
};

/* Annotations that controllers and tools rewrite; a '/' at the end means everything below. */
static const char *const churn_annotations[] = {
	"kubectl.kubernetes.io/last-applied-configuration",
	"deployment.kubernetes.io/",             /* revision, desired-replicas, max-replicas, revision-history */
	"deprecated.daemonset.template.generation",
	"endpoints.kubernetes.io/last-change-trigger-time",
	"control-plane.alpha.kubernetes.io/leader",
	"autoscaling.alpha.kubernetes.io/conditions",
	"autoscaling.alpha.kubernetes.io/current-metrics",
	"batch.kubernetes.io/job-tracking",
	"node.alpha.kubernetes.io/ttl",
	"csi.volume.kubernetes.io/",
};

typedef enum status_mode { STATUS_WHOLE, STATUS_CONDITIONS, STATUS_CONTAINERS } status_mode;

typedef struct status_rule {
	const char *kind, *key;
	status_mode mode;
} status_rule;

/* The parts of a status that are evidence; all else of it is churn (times, messages, images, heartbeats, addresses). */
static const status_rule status_keep[] = {
	{ "*", "phase", STATUS_WHOLE },
	{ "*", "conditions", STATUS_CONDITIONS },          /* type, status and reason of each */
	{ "Pod", "reason", STATUS_WHOLE },                 /* Evicted */
	{ "Pod", "containerStatuses", STATUS_CONTAINERS }, /* ready, restarts, (last) state: reason, exit code */
	{ "Pod", "initContainerStatuses", STATUS_CONTAINERS },
	{ "Pod", "ephemeralContainerStatuses", STATUS_CONTAINERS },
	{ "Deployment", "readyReplicas", STATUS_WHOLE },
	{ "Deployment", "unavailableReplicas", STATUS_WHOLE },
	{ "ReplicaSet", "readyReplicas", STATUS_WHOLE },
	{ "StatefulSet", "readyReplicas", STATUS_WHOLE },
	{ "ReplicationController", "readyReplicas", STATUS_WHOLE },
	{ "DaemonSet", "desiredNumberScheduled", STATUS_WHOLE },
	{ "DaemonSet", "numberReady", STATUS_WHOLE },
	{ "DaemonSet", "numberMisscheduled", STATUS_WHOLE },
	{ "Job", "failed", STATUS_WHOLE },
	{ "Job", "succeeded", STATUS_WHOLE },
	{ "HorizontalPodAutoscaler", "currentReplicas", STATUS_WHOLE },
	{ "HorizontalPodAutoscaler", "desiredReplicas", STATUS_WHOLE },
	{ "PodDisruptionBudget", "currentHealthy", STATUS_WHOLE },
	{ "PodDisruptionBudget", "disruptionsAllowed", STATUS_WHOLE },
	{ "ResourceQuota", "hard", STATUS_WHOLE },
	{ "ResourceQuota", "used", STATUS_WHOLE },
	{ "Service", "loadBalancer", STATUS_WHOLE },
	{ "Ingress", "loadBalancer", STATUS_WHOLE },
	{ "Node", "capacity", STATUS_WHOLE },
	{ "Node", "allocatable", STATUS_WHOLE },
	{ "PersistentVolumeClaim", "capacity", STATUS_WHOLE },
	{ "VolumeAttachment", "attached", STATUS_WHOLE },
	{ "VolumeAttachment", "attachError", STATUS_WHOLE },
};

static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t x = (a ^ (b + UINT64_C(0x9e3779b97f4a7c15) + (a << 6) + (a >> 2))) * UINT64_C(0xff51afd7ed558ccd);

	x ^= x >> 33;
	x *= UINT64_C(0xc4ceb9fe1a85ec53);
	return x ^ (x >> 29);
}

static uint64_t mix_str(uint64_t seed, cc_str s)
{
	return mix(seed, cc_str_hash(s));
}

static bool is_reference(const cc_json *object)
{
	return cc_json_get(object, "name") && (cc_json_get(object, "kind") || cc_json_get(object, "uid"));
}

/* Depth is bounded by the parser. A reference's resourceVersion (Endpoints targetRef, PV claimRef) moves with its
 * target. */
static uint64_t hash_value(const cc_json *v, bool references)
{
	cc_json_type type = cc_json_typeof(v);
	uint64_t h = mix((uint64_t)type + 1, 0);
	bool reference;

	switch (type) {
	case CC_JSON_OBJECT:
		reference = references && is_reference(v);
		for (const cc_json *m = cc_json_first(v); m; m = cc_json_next(m))
			if (!(reference && cc_str_eqz(cc_json_key(m), "resourceVersion")))
				h += mix_str(hash_value(m, references), cc_json_key(m));
		return h;
	case CC_JSON_ARRAY:
		for (const cc_json *m = cc_json_first(v); m; m = cc_json_next(m))
			h = mix(h, hash_value(m, references));
		return h;
	default:
		return mix_str(h, cc_json_text(v));
	}
}

static uint64_t hash_member(const cc_json *owner, const char *key)
{
	const cc_json *v = cc_json_get(owner, key);

	return v ? mix_str(hash_value(v, true), cc_str_from(key)) : 0;
}

static bool rule_fits(const char *rule, cc_str text)
{
	return cc_str_eqz(CC_STR("*"), rule) || cc_str_eqz(text, rule);
}

static bool is_dropped(cc_str kind, const char *parent, cc_str key)
{
	for (size_t i = 0; i < sizeof churn_drop / sizeof churn_drop[0]; i++) {
		const churn_rule *r = &churn_drop[i];

		if (rule_fits(r->kind, kind) && cc_str_eqz(cc_str_from(parent), r->parent) && cc_str_eqz(key, r->key))
			return true;
	}
	return false;
}

static bool is_annotation_dropped(cc_str key)
{
	for (size_t i = 0; i < sizeof churn_annotations / sizeof churn_annotations[0]; i++) {
		cc_str rule = cc_str_from(churn_annotations[i]);

		if (cc_str_ends(rule, CC_STR("/")) ? cc_str_starts(key, rule) : cc_str_eq(key, rule))
			return true;
	}
	return false;
}

static uint64_t hash_annotations(const cc_json *v)
{
	uint64_t h = 0;

	for (const cc_json *m = cc_json_first(v); m; m = cc_json_next(m))
		if (!is_annotation_dropped(cc_json_key(m)))
			h += mix_str(hash_value(m, false), cc_json_key(m));
	return h;
}

static uint64_t hash_section(const cc_json *v, cc_str kind, const char *section)
{
	uint64_t h = 0;

	if (cc_json_typeof(v) != CC_JSON_OBJECT)
		return hash_value(v, true);
	for (const cc_json *m = cc_json_first(v); m; m = cc_json_next(m)) {
		cc_str key = cc_json_key(m);

		if (is_dropped(kind, section, key))
			continue;
		if (cc_str_eqz(key, "annotations") && cc_str_eqz(cc_str_from(section), "metadata"))
			h += hash_annotations(m);
		else
			h += mix_str(hash_value(m, true), key);
	}
	return h;
}

static uint64_t hash_container_state(const cc_json *state)
{
	uint64_t h = 0;

	for (const cc_json *m = cc_json_first(state); m; m = cc_json_next(m)) {
		uint64_t one = mix_str(1, cc_json_key(m));

		one += hash_member(m, "reason") + hash_member(m, "exitCode");
		h += mix(one, 2);
	}
	return h;
}

static uint64_t hash_container(const cc_json *c)
{
	uint64_t h = hash_member(c, "name") + hash_member(c, "ready") + hash_member(c, "restartCount") +
		hash_member(c, "image");

	h += mix(hash_container_state(cc_json_get(c, "state")), 3);
	return mix(h + mix(hash_container_state(cc_json_get(c, "lastState")), 4), 5);
}

static uint64_t hash_status_list(const cc_json *list, status_mode mode)
{
	uint64_t h = 0;

	for (const cc_json *m = cc_json_first(list); m; m = cc_json_next(m)) {
		if (mode == STATUS_CONTAINERS)
			h += hash_container(m);
		else
			h += mix(hash_member(m, "type") + hash_member(m, "status") + hash_member(m, "reason"), 6);
	}
	return h;
}

static uint64_t hash_status(const cc_json *status, cc_str kind)
{
	uint64_t h = 0;

	for (size_t i = 0; i < sizeof status_keep / sizeof status_keep[0]; i++) {
		const status_rule *r = &status_keep[i];

		if (!rule_fits(r->kind, kind))
			continue;
		if (r->mode == STATUS_WHOLE)
			h += hash_member(status, r->key);
		else
			h += mix_str(hash_status_list(cc_json_get(status, r->key), r->mode), cc_str_from(r->key));
	}
	return h;
}

uint64_t cc_churn_state(const cc_json *object, cc_str kind)
{
	uint64_t h = 0;

	for (const cc_json *m = cc_json_first(object); m; m = cc_json_next(m)) {
		cc_str key = cc_json_key(m);
		uint64_t one;

		if (is_dropped(kind, "", key))
			continue;
		if (cc_str_eqz(key, "status"))
			one = hash_status(m, kind);
		else if (cc_str_eqz(key, "metadata"))
			one = hash_section(m, kind, "metadata");
		else if (cc_str_eqz(key, "spec"))
			one = hash_section(m, kind, "spec");
		else if (cc_str_eqz(key, "data") || cc_str_eqz(key, "binaryData"))
			one = hash_value(m, false);
		else
			one = hash_value(m, true);
		h += mix_str(one, key);
	}
	return h;
}
