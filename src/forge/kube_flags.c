/* kube_flags.c - the way of the flags document: ConfigMap, volume of the flagd pod, flagd, every later evaluation. */
#include "forge/kube_priv.h"

static int flags_map(const forge_sim *s)
{
	for (size_t i = 0; i < s->kube.configmaps.n; i++) {
		int at = s->kube.configmaps.p[i].app_index;
		if (at >= 0 && s->app->configmaps[at].flags) return (int)i;
	}
	return -1;
}

static int flagd_pod(const forge_sim *s)
{
	for (size_t i = 0; s->app->flagd >= 0 && i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->service == s->app->flagd && p->up && !p->gone) return (int)i;
	}
	return -1;
}

/* The application's number of a value: that of the variant it is written as; a value nobody foresaw is scaled like those. */
static int number_of(const forge_flag *flag, const cc_json *value)
{
	bool thousandths = false;
	for (int i = 0; i < flag->variants_n; i++) {
		cc_str text = cc_str_from(flag->variants[i].text);
		if (text.n && cc_str_eq(cc_json_text(value), text)) return flag->variants[i].number;
		thousandths |= !flag->variants[i].boolean && cc_str_find_char(text, '.') != CC_STR_NONE;
	}
	double real = 0;
	if (cc_json_typeof(value) == CC_JSON_BOOL) return cc_json_bool(value);
	if (!cc_json_double(value, &real) || !(real > 0)) return 0;
	if (thousandths) real *= 1000;
	return real > 1e6 ? 1000000 : (int)real;
}

/* What one flag evaluates to without targeting: 0 when it is missing or disabled, since callers then use their default. */
static int value_of(const cc_json *flags, const forge_flag *flag, bool *known)
{
	const cc_json *f = cc_json_get(flags, flag->name);
	*known = true;
	if (!f || cc_str_eqz(cc_json_get_str(f, "state"), "DISABLED")) return 0;
	cc_str name = cc_json_get_str(f, "defaultVariant");
	const cc_json *variants = cc_json_get(f, "variants"), *value = NULL;
	for (const cc_json *v = cc_json_first(variants); v; v = cc_json_next(v))
		if (cc_str_eq(cc_json_key(v), name)) value = v;
	*known = value != NULL;
	return value ? number_of(flag, value) : 0;
}

static void values_read(forge_sim *s, int64_t now, int pod, const cc_json *flags)
{
	int *values = cc_calloc((size_t)s->app->flags_n + 1, sizeof *values);
	if (!values) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	for (int i = 0; i < s->app->flags_n; i++) {
		bool known = false;
		values[i] = value_of(flags, &s->app->flags[i], &known);
		if (!known) tel_pod_log(s, now, pod, 'e', "default variant of flag '%s' isn't a valid variant", s->app->flags[i].name);
	}
	flow_flags_set(s, values);
	cc_free(values);
}

/* flagd validates before it replaces anything: a document it cannot read leaves the old flags in force. */
static void read_document(forge_sim *s, int64_t now, int pod, int configmap)
{
	cc_err err;
	cc_json *doc = NULL;
	cc_err_clear(&err);
	cc_code code = cc_json_parse(&doc, s->kube.configmaps.p[configmap].data, &err);
	const cc_json *flags = cc_json_get(doc, "flags");
	if (code == CC_ENOMEM) forge_fail(s, CC_ENOMEM);
	else if (code != CC_OK) tel_pod_log(s, now, pod, 'e', "unable to update flag state: error unmarshalling flag configuration: %s", err.message);
	else if (cc_json_typeof(flags) != CC_JSON_OBJECT)
		tel_pod_log(s, now, pod, 'e', "unable to update flag state: flag definition does not conform to the schema: flags is required");
	else values_read(s, now, pod, flags);
	cc_json_free(doc);
}

/* The kubelet has rewritten the volume. Without a running flagd nobody notices: the next one reads it when it starts. */
static void synced(forge_sim *s, int64_t now, int configmap, int unused)
{
	(void)unused;
	int pod = flagd_pod(s);
	if (pod < 0) return;
	tel_pod_log(s, now, pod, 'i', "filepath event: /etc/flagd/%s CREATE", s->kube.configmaps.p[configmap].key);
	read_document(s, now, pod, configmap);
}

/* Kubelets look at ConfigMaps once a minute with some jitter, and a changed one waits for the pod's next sync. */
void kube_flags_changed(forge_sim *s, int64_t now, int configmap)
{
	if (configmap != flags_map(s)) return;
	forge_at(s, now + kube_lag(s, 20 * FORGE_S, 85 * FORGE_S), synced, configmap, 0);
}

void kube_flags_pod(forge_sim *s, int64_t now, int pod)
{
	kube_pod *p = &s->kube.pods.p[pod];
	if (s->app->flagd < 0 || p->service != s->app->flagd || !p->up || p->flags_read == p->incarnation + 1) return;
	p->flags_read = p->incarnation + 1;
	int configmap = flags_map(s);
	if (configmap >= 0) read_document(s, now, pod, configmap);
}
