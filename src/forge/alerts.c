/* alerts.c - Prometheus rules over the scraped samples, and the recorder that asks every minute what is firing.
 *
 * A rule is pending from the first evaluation at which its condition held (activeAt) and fires once that has lasted for `for`.
 * The background rules are facts of this cluster: no Alertmanager, control-plane components nobody scrapes. */
#include <string.h>

#include "coldcase/file.h"
#include "forge/sim.h"

#define EVAL (60 * FORGE_S)

typedef struct rule rule;
typedef void rule_check(forge_sim *s, int64_t now, int index);

struct rule {
	const char *name, *severity, *text; /* {about} and {value} in text */
	int for_s;
	double limit;
	rule_check *check;
	const char *labels;      /* background rules: further labels as JSON members; pod rules: which phase or state */
};

static const rule *rule_of(int index);

static void seen(forge_sim *s, int64_t now, int index, const char *label, cc_str about, double value);

static void check_always(forge_sim *s, int64_t now, int index)
{
	seen(s, now, index, NULL, CC_STR_EMPTY, 1.0);
}

static bool processor(int app)
{
	return app == APP_ACCOUNTING || app == APP_FRAUD;
}

static bool watched(int app)
{
	return app != APP_FLAGD && app != APP_LOADGEN;
}

/* Sum of increases over two minutes of the failed or the successful calls of a service. */
static double increase_of(const forge_sim *s, int app, bool error, int bucket, int64_t now, bool *any)
{
	double sum = 0.0;
	*any = false;
	for (size_t i = 0; i < s->tel.calls.n; i++) {
		const forge_calls *c = &s->tel.calls.p[i];
		bool ok = false;
		if (c->app != app || c->error != error) continue;
		double v = tel_increase(s, c, bucket, now, 120 * FORGE_S, &ok);
		if (ok) sum += v;
		*any |= ok;
	}
	return sum;
}

static void check_errors(forge_sim *s, int64_t now, int index)
{
	for (int app = 0; app < APP_COUNT; app++) {
		bool any = false;
		double v = watched(app) ? increase_of(s, app, true, FORGE_BOUNDS - 1, now, &any) / 120.0 : 0.0;
		if (any && v > 0.0) seen(s, now, index, "service_name", cc_str_from(forge_apps[app].name), v);
	}
}

static void check_silence(forge_sim *s, int64_t now, int index)
{
	for (int app = 0; app < APP_COUNT; app++) {
		bool any = false;
		double v = watched(app) ? increase_of(s, app, false, FORGE_BOUNDS - 1, now, &any) : 1.0;
		if (any && !(v > 0.0)) seen(s, now, index, "service_name", cc_str_from(forge_apps[app].name), 0.0);
	}
}

/* histogram_quantile(0.95, …) over all calls of a service, in milliseconds; negative without data. */
static double p95(const forge_sim *s, int app, int64_t now)
{
	double cum[FORGE_BOUNDS];
	for (int b = 0; b < FORGE_BOUNDS; b++) {
		bool ok, bad;
		cum[b] = increase_of(s, app, false, b, now, &ok) + increase_of(s, app, true, b, now, &bad);
		if (!ok && !bad) return -1.0;
	}
	double want = cum[FORGE_BOUNDS - 1] * 0.95;
	if (!(want > 0.0)) return -1.0;
	int b = 0;
	while (b < FORGE_BOUNDS - 1 && cum[b] < want) b++;
	if (b == FORGE_BOUNDS - 1) return (double)forge_bounds[FORGE_BOUNDS - 2];
	double low = b ? (double)forge_bounds[b - 1] : 0.0, below = b ? cum[b - 1] : 0.0;
	double part = (want - below) / (cum[b] - below);
	double width = (double)forge_bounds[b] - low;
	return low + width * part;
}

static void check_latency(forge_sim *s, int64_t now, int index)
{
	for (int app = 0; app < APP_COUNT; app++) {
		double v = watched(app) && processor(app) == (rule_of(index)->limit > 10000.0) ? p95(s, app, now) : -1.0;
		if (v > rule_of(index)->limit) seen(s, now, index, "service_name", cc_str_from(forge_apps[app].name), v);
	}
}

static void check_phase(forge_sim *s, int64_t now, int index)
{
	const char *phase = rule_of(index)->labels;
	double sum = 0.0, v;
	for (size_t i = 0; i < s->tel.series.n; i++) {
		const forge_series *r = &s->tel.series.p[i];
		cc_str label = cc_arena_printf(s->arena, "'phase': '%s'", phase);
		if (strcmp(r->metric, "kube_pod_status_phase") == 0 && cc_str_find(r->tags, label) != CC_STR_NONE && tel_last(r, now, &v)) sum += v;
	}
	if (sum > 0.0) seen(s, now, index, NULL, CC_STR_EMPTY, sum);
}

static void check_pods(forge_sim *s, int64_t now, int index)
{
	bool waiting = rule_of(index)->labels[0] == 'w';
	for (size_t i = 0; i < s->tel.series.n; i++) {
		const forge_series *r = &s->tel.series.p[i];
		double v;
		bool mine = waiting ? strcmp(r->metric, "kube_pod_container_status_waiting_reason") == 0
			: strcmp(r->metric, "kube_pod_status_phase") == 0 && cc_str_find(r->tags, CC_STR("'phase': 'Pending'")) != CC_STR_NONE;
		if (mine && tel_last(r, now, &v) && v > 0.0) seen(s, now, index, "pod", cc_str_from(s->kube.pods.p[r->pod].name), v);
	}
}

static void check_rollout(forge_sim *s, int64_t now, int index)
{
	for (int app = 0; app < APP_COUNT; app++)
		if (s->kube.deploys[app].observed && !s->kube.deploys[app].progressing)
			seen(s, now, index, "deployment", cc_str_from(forge_apps[app].name), 1.0);
}

static const rule rules[] = {
	{ "Watchdog", "none", "This is an alert meant to ensure that the entire alerting pipeline is functional.", 0, 0, check_always, "" },
	{ "InfoInhibitor", "none", "This is an alert that is used to inhibit info alerts.", 0, 0, check_always, "\"namespace\":\"kube-system\"," },
	{ "CPUThrottlingHigh", "info", "Processes experience elevated CPU throttling.", 900, 0, check_always,
	  "\"container\":\"metrics-server\",\"namespace\":\"kube-system\",\"pod\":\"metrics-server-6f7b8cfd5d-m2kzp\"," },
	{ "KubeSchedulerDown", "critical", "KubeScheduler has disappeared from Prometheus target discovery.", 900, 0, check_always, "" },
	{ "KubeControllerManagerDown", "critical", "KubeControllerManager has disappeared from Prometheus target discovery.", 900, 0, check_always, "" },
	{ "PrometheusNotConnectedToAlertmanagers", "warning", "Prometheus is not connected to any Alertmanagers.", 600, 0, check_always,
	  "\"container\":\"prometheus\",\"endpoint\":\"http-web\",\"instance\":\"10.244.2.3:9090\",\"job\":\"prometheus\",\"namespace\":\"prometheus\","
	  "\"pod\":\"prometheus-kube-prometheus-stack-0\"," },
	{ "RequestErrorRate", "warning", "Error rate of {about} is above 0: {value}", 60, 0, check_errors, "" },
	{ "RequestLatency", "warning", "95th percentile latency of {about} is {value}s", 60, 1500, check_latency, "" },
	{ "RequestLatencyProcessor", "warning", "95th percentile latency of {about} is {value}s", 60, 15000, check_latency, "" },
	{ "NoRequestsDetected", "warning", "No successful requests of {about} for some minutes", 300, 0, check_silence, "" },
	{ "PendingPodsDetected", "critical", "{value} pods are in the Pending phase", 0, 0, check_phase, "Pending" },
	{ "FailedPodsDetected", "critical", "{value} pods are in the Failed phase", 0, 0, check_phase, "Failed" },
	{ "KubePodNotReady", "warning", "Pod " FORGE_NS "/{about} has been in a non-ready state for longer than 5 minutes.", 300, 0, check_pods, "" },
	{ "KubeContainerWaiting", "warning", "A container of pod {about} in namespace " FORGE_NS " has been in a waiting state for longer than 5 minutes.",
	  300, 0, check_pods, "waiting" },
	{ "KubeDeploymentRolloutStuck", "warning", "Rollout of deployment " FORGE_NS "/{about} is not progressing for longer than 5 minutes.", 300, 0,
	  check_rollout, "" },
};
enum { RULES = sizeof rules / sizeof rules[0] };

static const rule *rule_of(int index)
{
	return &rules[index];
}

const char *alerts_name(int index)
{
	return rules[index].name;
}

bool alerts_background(int index)
{
	return rules[index].check == check_always;
}

/* The label set is the identity of an alert. */
static cc_str labels_of(forge_sim *s, int index, const char *label, cc_str about)
{
	const rule *r = &rules[index];
	cc_str text;
	if (alerts_background(index))
		text = cc_arena_printf(s->arena, "{\"alertname\":\"%s\",%s\"severity\":\"%s\"}", r->name, r->labels, r->severity);
	else if (!label)
		text = cc_arena_printf(s->arena, "{\"alertname\":\"%s\",\"namespace\":\"" FORGE_NS "\",\"severity\":\"%s\"}", r->name, r->severity);
	else
		text = cc_arena_printf(s->arena, "{\"alertname\":\"%s\",\"namespace\":\"" FORGE_NS "\",\"%s\":\"%.*s\",\"severity\":\"%s\"}", r->name, label,
			CC_STR_ARG(about), r->severity);
	return text.p ? text : CC_STR_EMPTY;
}

static void seen(forge_sim *s, int64_t now, int index, const char *label, cc_str about, double value)
{
	cc_str key = labels_of(s, index, label, about);
	for (size_t i = 0; i < s->tel.alerts.n; i++) {
		forge_alert *a = &s->tel.alerts.p[i];
		if (a->rule != index || !cc_str_eq(a->key, key)) continue;
		a->value = value;
		a->last_seen = now;
		if (!a->fired_at && now - a->active_at >= rules[index].for_s * FORGE_S) a->fired_at = now;
		return;
	}
	/* Prometheus has run for days: what always holds has held since its first evaluation. */
	int64_t since = alerts_background(index) ? now - (5 * 86400 + 56220 + index * 31) * FORGE_S : now;
	forge_alert a = { .rule = index, .key = key, .about = about, .value = value, .active_at = since, .last_seen = now };
	if (now - since >= rules[index].for_s * FORGE_S) a.fired_at = now;
	if (!cc_vec_push(&s->tel.alerts, a)) forge_fail(s, CC_ENOMEM);
}

static void evaluate(forge_sim *s, int64_t now, int group, int unused)
{
	(void)unused;
	forge_tel *t = &s->tel;
	/* Groups are evaluated at their own second: background, shop, cluster. */
	int from = group == 0 ? 0 : group == 1 ? 6 : 10, to = group == 0 ? 6 : group == 1 ? 10 : RULES;
	for (int i = from; i < to; i++) rules[i].check(s, now, i);
	size_t keep = 0;
	for (size_t i = 0; i < t->alerts.n; i++) {
		const forge_alert *a = &t->alerts.p[i];
		bool mine = a->rule >= from && a->rule < to;
		if (mine && a->last_seen != now) {
			if (a->fired_at && !cc_vec_push(&t->history, *a)) forge_fail(s, CC_ENOMEM);
			continue;
		}
		t->alerts.p[keep++] = *a;
	}
	t->alerts.n = keep;
	forge_at(s, now + EVAL, evaluate, group, 0);
}

/* {{ $value }} in a rule's text: Go's %v, which writes 1 and 0.25 where the value field has 1e+00 and 2.5e-01. */
static void template_value(cc_buf *out, double v)
{
	out_float(out, v);
	if (cc_str_ends(cc_buf_str(out), CC_STR(".0")))
		cc_buf_truncate(out, out->n - 2);
}

static void alert_json(cc_jw *w, const forge_alert *a)
{
	cc_buf b = CC_BUF_INIT, text = CC_BUF_INIT, said = CC_BUF_INIT;
	cc_json *labels = NULL;
	cc_jw_object(w);
	cc_jw_key(w, "labels");
	cc_jw_object(w);
	if (cc_json_parse(&labels, a->key, NULL) == CC_OK)
		for (const cc_json *m = cc_json_first(labels); m; m = cc_json_next(m)) {
			cc_jw_key_str(w, cc_json_key(m));
			cc_jw_str(w, cc_json_str(m));
		}
	cc_json_free(labels);
	cc_jw_end_object(w);
	out_gofloat(&b, a->value);
	template_value(&said, a->value);
	const forge_pair pairs[] = { { "about", a->about }, { "value", cc_buf_str(&said) } };
	forge_expand(&text, rules[a->rule].text, pairs, 2);
	cc_jw_key(w, "annotations");
	cc_jw_object(w);
	cc_jw_key(w, "description");
	cc_jw_str(w, cc_buf_str(&text));
	cc_jw_end_object(w);
	cc_jw_key(w, "state");
	cc_jw_strz(w, "firing");
	cc_buf_clear(&text);
	cc_time_format(&text, a->active_at);
	cc_jw_key(w, "activeAt");
	cc_jw_str(w, cc_buf_str(&text));
	cc_jw_key(w, "value");
	cc_jw_str(w, cc_buf_str(&b));
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
	cc_buf_deinit(&said);
	cc_buf_deinit(&text);
}

static void firing(const forge_sim *s, cc_jw *w)
{
	cc_jw_array(w);
	for (size_t i = 0; i < s->tel.alerts.n; i++)
		if (s->tel.alerts.p[i].fired_at) alert_json(w, &s->tel.alerts.p[i]);
	cc_jw_end_array(w);
}

static void put(forge_sim *s, cc_buf *name, cc_buf *text)
{
	cc_buf path = CC_BUF_INIT;
	cc_buf_addf(&path, "%s/alerts/%s", s->work, name->p ? name->p : "");
	if (!cc_buf_ok(&path) || !cc_buf_ok(name) || !cc_buf_ok(text)) forge_fail(s, CC_ENOMEM);
	else if (cc_file_write(path.p, cc_buf_str(text), s->err) != CC_OK) forge_fail(s, CC_EIO);
	s->rep.files++;
	s->rep.bytes += text->n;
	s->rep.alert_files++;
	cc_buf_deinit(&path);
}

static void stamp(cc_buf *b, int64_t t, bool hyphens)
{
	int y, mo, d, h, mi, sec;
	int64_t frac;
	cc_time_to_civil(t, &y, &mo, &d, &h, &mi, &sec, &frac);
	if (hyphens) cc_buf_addf(b, "%04d-%02d-%02dT%02d-%02d-%02d.%06d", y, mo, d, h, mi, sec, (int)(frac / 1000));
	else cc_buf_addf(b, "%04d-%02d-%02dT%02d%02d%02d.%06dZ", y, mo, d, h, mi, sec, (int)(frac / 1000));
}

static void record(forge_sim *s, int64_t now, int a, int b)
{
	cc_buf text = CC_BUF_INIT, name = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &text, 4);
	firing(s, &w);
	cc_buf_addz(&name, "alerts_at_");
	stamp(&name, now, true);
	cc_buf_addz(&name, ".json");
	put(s, &name, &text);
	cc_buf_deinit(&text);
	cc_buf_deinit(&name);
	forge_at(s, now + 60 * FORGE_S + cc_rng_between(&s->mem_rng, 2 * FORGE_MS, 90 * FORGE_MS), record, a, b);
}

/* The run waits until an alert it knows fires, and keeps that one answer. */
static void wait_for_alert(forge_sim *s, int64_t now, int tries, int unused)
{
	(void)unused;
	static const char *const WANTED[] = { "FailedPodsDetected", "PendingPodsDetected", "RequestLatency", "RequestErrorRate" };
	bool found = false;
	for (size_t i = 0; i < s->tel.alerts.n; i++)
		for (size_t k = 0; k < sizeof WANTED / sizeof WANTED[0]; k++)
			found |= s->tel.alerts.p[i].fired_at && strcmp(rules[s->tel.alerts.p[i].rule].name, WANTED[k]) == 0;
	if (!found) {
		if (tries < 30) forge_at(s, now + 15 * FORGE_S, wait_for_alert, tries + 1, 0);
		return;
	}
	cc_buf text = CC_BUF_INIT, name = CC_BUF_INIT, started = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &text, 4);
	cc_jw_object(&w);
	cc_jw_key(&w, "data");
	cc_jw_object(&w);
	cc_jw_key(&w, "alerts");
	firing(s, &w);
	cc_jw_end_object(&w);
	cc_jw_key(&w, "status");
	cc_jw_strz(&w, "success");
	out_time_s(&started, now - (7 + tries * 15) * FORGE_S);
	cc_jw_key(&w, "timestamp");
	cc_jw_str(&w, cc_buf_str(&started));
	cc_jw_end_object(&w);
	cc_buf_addz(&name, "alerts_in_alerting_state_");
	stamp(&name, now, false);
	cc_buf_addz(&name, ".json");
	put(s, &name, &text);
	cc_buf_deinit(&text);
	cc_buf_deinit(&name);
	cc_buf_deinit(&started);
}

void alerts_start(forge_sim *s, int64_t from)
{
	for (int group = 0; group < 3; group++)
		forge_at(s, from + cc_rng_between(&s->mem_rng, 1, 59 * FORGE_S), evaluate, group, 0);
	forge_at(s, s->start + cc_rng_between(&s->mem_rng, 2 * FORGE_S, 20 * FORGE_S), record, 0, 0);
	forge_at(s, s->inject + 120 * FORGE_S + cc_rng_between(&s->mem_rng, 1, 9 * FORGE_S), wait_for_alert, 0, 0);
}
