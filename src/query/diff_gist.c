/* diff_gist.c - what a new (or deleted) object is about, in a few words: "hard limits.memory 2Gi", "for all pods: nothing in". */
#include "diff_priv.h"
#include "coldcase/utf8.h"

enum { GIST_PARTS = 4 };

static void part(cc_buf *out, size_t *n, const char *word, cc_str text)
{
	if (text.n == 0 || ++*n > GIST_PARTS)
		return;
	cc_buf_addf(out, "%s%s%s%.*s", *n > 1 ? ", " : "", word, word[0] ? " " : "", CC_STR_ARG(cc_utf8_head(text, DIFF_LINE_VALUE_MAX)));
}

static void pairs(cc_buf *out, const cc_json *map, const char *join)
{
	size_t n = 0;
	for (const cc_json *m = cc_json_first(map); m && n < GIST_PARTS; m = cc_json_next(m), n++)
		cc_buf_addf(out, "%s%.*s%s%.*s", n ? ", " : "", CC_STR_ARG(cc_json_key(m)), join, CC_STR_ARG(cc_json_text(m)));
}

static void quota(const cc_json *spec, cc_buf *out)
{
	if (cc_json_count(cc_json_get(spec, "hard")))
		cc_buf_addz(out, "hard ");
	pairs(out, cc_json_get(spec, "hard"), " ");
}

static void one_way(const cc_json *spec, const char *rules, const char *type, bool by_default, cc_buf *out)
{
	const cc_json *types = cc_json_get(spec, "policyTypes"), *list = cc_json_get(spec, rules);
	bool meant = by_default && cc_json_count(types) == 0;
	for (const cc_json *t = cc_json_first(types); t; t = cc_json_next(t))
		meant = meant || cc_str_eqz(cc_json_str(t), type);
	if (meant && cc_json_count(list))
		cc_buf_addf(out, "; %s by %zu rule%s", rules, cc_json_count(list), cc_json_count(list) == 1 ? "" : "s");
	else if (meant)
		cc_buf_addf(out, "; no %s", rules);
}

static void policy(const cc_json *spec, cc_buf *out)
{
	const cc_json *labels = cc_json_at(spec, "podSelector.matchLabels");
	bool all = cc_json_count(labels) == 0 && !cc_json_at(spec, "podSelector.matchExpressions");
	cc_buf_addz(out, all ? "for all pods" : "for pods ");
	pairs(out, labels, "=");
	one_way(spec, "ingress", "Ingress", true, out);
	one_way(spec, "egress", "Egress", cc_json_count(cc_json_get(spec, "egress")) > 0, out);
}

static void autoscaler(const cc_json *spec, cc_buf *out)
{
	cc_buf_addf(out, "scales %.*s/%.*s from %.*s to %.*s", CC_STR_ARG(cc_json_str(cc_json_at(spec, "scaleTargetRef.kind"))),
		CC_STR_ARG(cc_json_str(cc_json_at(spec, "scaleTargetRef.name"))), CC_STR_ARG(cc_json_text(cc_json_get(spec, "minReplicas"))),
		CC_STR_ARG(cc_json_text(cc_json_get(spec, "maxReplicas"))));
}

static void service(const cc_json *spec, cc_buf *out)
{
	size_t n = 0;
	for (const cc_json *p = cc_json_first(cc_json_get(spec, "ports")); p; p = cc_json_next(p))
		part(out, &n, "port", cc_json_text(cc_json_get(p, "port")));
	if (n && cc_json_count(cc_json_get(spec, "selector")))
		cc_buf_addz(out, " to ");
	pairs(out, cc_json_get(spec, "selector"), "=");
}

/* Of what is made from a template the registry is left out: it stands at the template. */
static void images(const cc_json *pod_spec, bool whole, cc_buf *out)
{
	size_t n = 0;
	for (const cc_json *c = cc_json_first(cc_json_get(pod_spec, "containers")); c; c = cc_json_next(c)) {
		cc_str image = cc_json_get_str(c, "image");
		size_t slash = whole ? CC_STR_NONE : cc_str_rfind_char(image, '/');
		part(out, &n, n ? "" : "image", cc_str_sub(image, slash == CC_STR_NONE ? 0 : slash + 1, image.n));
	}
}

static void pod(const cc_json *spec, cc_buf *out)
{
	images(spec, false, out);
	if (out->n && cc_json_get_str(spec, "nodeName").n)
		cc_buf_addf(out, " on %.*s", CC_STR_ARG(cc_json_get_str(spec, "nodeName")));
}

static void config(const cc_json *object, cc_buf *out)
{
	size_t n = 0;
	for (const cc_json *m = cc_json_first(cc_json_get(object, "data")); m; m = cc_json_next(m))
		part(out, &n, n ? "" : "keys", cc_json_key(m));
}

void cc_diff_gist(const cc_json *object, cc_str kind, cc_buf *out)
{
	const cc_json *spec = cc_json_get(object, "spec");
	if (cc_str_eqz(kind, "ResourceQuota"))
		quota(spec, out);
	else if (cc_str_eqz(kind, "NetworkPolicy"))
		policy(spec, out);
	else if (cc_str_eqz(kind, "HorizontalPodAutoscaler"))
		autoscaler(spec, out);
	else if (cc_str_eqz(kind, "Service"))
		service(spec, out);
	else if (cc_str_eqz(kind, "Pod"))
		pod(spec, out);
	else if (cc_str_eqz(kind, "ReplicaSet") || cc_str_eqz(kind, "Deployment") || cc_str_eqz(kind, "StatefulSet") || cc_str_eqz(kind, "DaemonSet") || cc_str_eqz(kind, "Job"))
		images(cc_json_at(spec, "template.spec"), !cc_str_eqz(kind, "ReplicaSet"), out);
	else if (cc_str_eqz(kind, "ConfigMap") || cc_str_eqz(kind, "Secret"))
		config(object, out);
}
