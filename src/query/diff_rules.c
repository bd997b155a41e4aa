/* diff_rules.c - which parts of an object move by themselves (churn), and which a Secret must not show. */
#include "diff_priv.h"

typedef struct rule { const char *kind, *parent, *key; unsigned what; } rule;

static const rule rules[] = {
	{ "*", "", "apiVersion", RULE_DIFF },                  /* the version it was asked in */
	{ "*", "", "kind", RULE_DIFF },
	{ "*", "metadata", "resourceVersion", RULE_DIFF | RULE_SHOW },
	{ "*", "metadata", "managedFields", RULE_DIFF | RULE_SHOW },
	{ "*", "metadata", "generation", RULE_DIFF | RULE_SHOW }, /* follows the spec */
	{ "*", "metadata", "selfLink", RULE_DIFF | RULE_SHOW },
	{ "*", "metadata", "creationTimestamp", RULE_DIFF },   /* follows the uid */
	{ "*", "status", "observedGeneration", RULE_DIFF | RULE_SHOW },
	{ "Node", "status", "images", RULE_DIFF | RULE_SHOW },
	{ "Lease", "spec", "renewTime", RULE_DIFF },
	{ "Lease", "spec", "acquireTime", RULE_DIFF },
	{ "Lease", "spec", "leaseTransitions", RULE_DIFF },
	{ "Lease", "spec", "holderIdentity", RULE_DIFF },
};

/* Annotations that controllers and tools rewrite; a '/' at the end means everything below it. */
static const char *const annotations[] = {
	"kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/",
	"deprecated.daemonset.template.generation",
	"endpoints.kubernetes.io/last-change-trigger-time", "control-plane.alpha.kubernetes.io/leader",
	"autoscaling.alpha.kubernetes.io/", "batch.kubernetes.io/job-tracking", "node.alpha.kubernetes.io/ttl",
	"csi.volume.kubernetes.io/",
};

/* Inside status: clocks and identifiers that say nothing about health. */
static const char *const status_noise[] = { "lastHeartbeatTime", "lastTransitionTime", "lastProbeTime",
	"lastUpdateTime", "lastScaleTime",
	"containerID", "imageID", "startTime", "startedAt", "finishedAt", "message" };

static bool seg_is(const diff_path *path, size_t i, const char *key)
{
	return i < path->n && !path->segs[i].item && cc_str_eqz(path->segs[i].text, key);
}

bool cc_diff_path_is(const diff_path *path, const char *dotted)
{
	cc_str rest = cc_str_from(dotted), head;
	size_t i = 0;
	bool more = true;
	for (; more; i++) {
		more = cc_str_cut(rest, '.', &head, &rest);
		if (i >= path->n || !cc_str_eq(path->segs[i].text, head))
			return false;
	}
	return i == path->n;
}

static bool annotation_is_churn(cc_str key)
{
	for (size_t i = 0; i < sizeof annotations / sizeof *annotations; i++) {
		cc_str rule_key = cc_str_from(annotations[i]);
		if (cc_str_ends(rule_key, CC_STR("/")) ? cc_str_starts(key, rule_key) : cc_str_eq(key, rule_key))
			return true;
	}
	return false;
}

static bool table_says(const diff_path *path, cc_str kind, diff_rule_for what)
{
	cc_str key = path->segs[path->n - 1].text;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const rule *r = &rules[i];
		bool here = r->parent[0] ? path->n == 2 && seg_is(path, 0, r->parent) : path->n == 1;
		if (here && (r->what & what) && cc_str_eqz(key, r->key) && (r->kind[0] == '*' ||
			cc_str_eqz(kind, r->kind)))
			return true;
	}
	return false;
}

/* Every pod gets its token in a volume whose name ends in five letters made for it: two pods always differ there. A pod without one
 * says so in automountServiceAccountToken. */
static bool is_token_volume(const diff_path *path)
{
	const diff_seg *last = &path->segs[path->n - 1];
	return path->n >= 3 && last->item && cc_str_starts(last->text, CC_STR("kube-api-access-")) &&
		(seg_is(path, path->n - 2, "volumes") || seg_is(path, path->n - 2, "volumeMounts"));
}

bool cc_diff_is_churn(const diff_path *path, cc_str kind, diff_rule_for what)
{
	if (path->n == 0)
		return false;
	if (path->segs[path->n - 1].item)
		return what == RULE_DIFF && is_token_volume(path);
	cc_str key = path->segs[path->n - 1].text;
	if (path->n <= 2 && table_says(path, kind, what))
		return true;
	if (path->n == 3 && seg_is(path, 0, "metadata") && seg_is(path, 1, "annotations"))
		return annotation_is_churn(key);
	if (path->n > 1 && seg_is(path, 0, "status") && what == RULE_DIFF)
		for (size_t i = 0; i < sizeof status_noise / sizeof *status_noise; i++)
			if (cc_str_eqz(key, status_noise[i]))
				return true;
	return false;
}

bool cc_diff_is_masked(const diff_path *path)
{
	if (seg_is(path, 0, "data") || seg_is(path, 0, "stringData"))
		return true;
	/* kubectl apply leaves a copy of the whole Secret here */
	return path->n >= 3 && seg_is(path, 0, "metadata") && seg_is(path, 1, "annotations") &&
		cc_str_eqz(path->segs[2].text, "kubectl.kubernetes.io/last-applied-configuration");
}

static bool is_container(const cc_json *v)
{
	cc_json_type type = cc_json_typeof(v);
	return type == CC_JSON_OBJECT || type == CC_JSON_ARRAY;
}

bool cc_diff_masks(const diff_walk *w, const cc_json *a, const cc_json *b)
{
	return w->secret && (cc_diff_is_masked(&w->path) || is_container(a) || is_container(b));
}

bool cc_object_is_secret(const cc_json *object)
{
	cc_str kind = cc_json_get_str(object, "kind");
	if (kind.n > 0)
		return cc_str_eq_nocase(cc_kind_canonical(kind), CC_STR("Secret"));
	return cc_json_get(object, "data") || cc_json_get(object, "stringData"); /* it does not say: rather mask too much */
}
