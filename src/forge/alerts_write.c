/* alerts_write.c - the recorder that asks Prometheus: what fires, once a minute, and once more when an alert it waits
 * for is there. */
#include "forge/alerts_priv.h"
#include "forge/metrics_sink.h"

#include <string.h>

#define ASK_EVERY (60 * FORGE_S)
#define WAIT_FIRST (120 * FORGE_S)
#define WAIT_STEP (15 * FORGE_S)
enum { WAIT_TRIES = 30, PAIRS = ALERT_LABELS + 5 };

/* {{ $value }} as Go's %v prints it: 1 and 0.25 where the value field has 1e+00 and 2.5e-01. */
static void go_value(cc_buf *out, double v)
{
	out_float(out, v);
	if (cc_str_ends(cc_buf_str(out), CC_STR(".0"))) cc_buf_truncate(out, out->n - 2);
}

/* Placeholders hold letters only, so labels with an underscore have a short name. */
static const char *short_name(const char *key)
{
	static const char *const NAMES[][2] = { { "service_name", "service" }, { "job_name", "job" },
		{ "destination_canonical_service", "destination" }, { "source_canonical_service", "source" },
		{ "response_code", "code" }, { "destination_workload_namespace", "namespace" } };
	for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
		if (strcmp(key, NAMES[i][0]) == 0) return NAMES[i][1];
	return NULL;
}

static void annotation(cc_jw *w, const alert_state *x, const char *key, const char *text)
{
	cc_buf said = CC_BUF_INIT, value = CC_BUF_INIT, percent = CC_BUF_INIT, rounded = CC_BUF_INIT;
	forge_pair pairs[PAIRS];
	size_t n = 0;
	go_value(&value, x->fired.value);
	cc_buf_addf(&percent, "%.4g%%", x->fired.value * 100.0);
	cc_buf_addf(&rounded, "%.2f", x->fired.value);
	/* short names first: they win over the exporter's labels of the same name */
	for (int i = 0; i < x->labels; i++)
		if (short_name(x->label[i].key))
			pairs[n++] = (forge_pair){ short_name(x->label[i].key), x->label[i].value };
	for (int i = 0; i < x->labels && n < PAIRS - 3; i++)
		pairs[n++] = (forge_pair){ x->label[i].key, x->label[i].value };
	pairs[n++] = (forge_pair){ "value", cc_buf_str(&value) };
	pairs[n++] = (forge_pair){ "percent", cc_buf_str(&percent) };
	pairs[n++] = (forge_pair){ "rounded", cc_buf_str(&rounded) };
	forge_expand(&said, text, pairs, n);
	if (!cc_buf_ok(&value) || !cc_buf_ok(&percent) || !cc_buf_ok(&rounded) || !cc_buf_ok(&said))
		w->out->failed = true;
	cc_jw_key(w, key);
	cc_jw_str(w, cc_buf_str(&said));
	cc_buf_deinit(&said);
	cc_buf_deinit(&value);
	cc_buf_deinit(&percent);
	cc_buf_deinit(&rounded);
}

/* Rules of kube-prometheus-stack link to a page that is named like them. */
static void annotations(cc_jw *w, const alert_state *x)
{
	const alert_rule *r = alert_rule_at(x->rule);
	cc_jw_key(w, "annotations");
	cc_jw_object(w);
	annotation(w, x, "description", r->description);
	if (r->summary) {
		static const struct {
			const char *prefix, *section;
		} SECTIONS[] = { { "Kube", "kubernetes" }, { "CPU", "kubernetes" }, { "Node", "node" },
			{ "Prometheus", "prometheus" } };
		const char *section = "general";
		for (size_t i = 0; i < sizeof SECTIONS / sizeof SECTIONS[0]; i++)
			if (strncmp(r->name, SECTIONS[i].prefix, strlen(SECTIONS[i].prefix)) == 0)
				section = SECTIONS[i].section;
		cc_buf url = CC_BUF_INIT;
		cc_buf_addf(&url, "https://runbooks.prometheus-operator.dev/runbooks/%s/", section);
		for (const char *p = r->name; *p; p++)
			cc_buf_add_char(&url, *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p);
		if (!cc_buf_ok(&url)) w->out->failed = true;
		cc_jw_key(w, "runbook_url");
		cc_jw_str(w, cc_buf_str(&url));
		cc_buf_deinit(&url);
		annotation(w, x, "summary", r->summary);
	}
	cc_jw_end_object(w);
}

static void labels(cc_jw *w, const alert_state *x)
{
	cc_jw_key(w, "labels");
	cc_jw_object(w);
	for (int i = 0; i < x->labels; i++) {
		cc_jw_key(w, x->label[i].key);
		cc_jw_str(w, x->label[i].value);
	}
	cc_jw_end_object(w);
}

static void active_at(cc_jw *w, const alert_state *x)
{
	cc_buf b = CC_BUF_INIT;
	cc_time_format(&b, x->active_at);
	cc_jw_key(w, "activeAt");
	cc_jw_str(w, cc_buf_str(&b));
	if (!cc_buf_ok(&b)) w->out->failed = true;
	cc_buf_deinit(&b);
}

/* In Prometheus' order of keys, or sorted as Ansible writes them. */
static void item(cc_jw *w, const alert_state *x, bool sorted)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw_object(w);
	if (sorted) active_at(w, x);
	if (!sorted) labels(w, x);
	annotations(w, x);
	if (sorted) labels(w, x);
	cc_jw_key(w, "state");
	cc_jw_strz(w, "firing");
	if (!sorted) active_at(w, x);
	out_gofloat(&b, x->fired.value);
	cc_jw_key(w, "value");
	cc_jw_str(w, cc_buf_str(&b));
	if (!cc_buf_ok(&b)) w->out->failed = true;
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
}

/* With the older rules the run waited for alerts of the application alone. */
static bool wanted(const forge_sim *s, const alert_rule *r)
{
	return r->wanted && (r->revision == RULES_OLD || !(s->opt->variant & CC_FORGE_OLD_RULES));
}

static bool fires(const forge_sim *s, const alert_state *x, bool wanted_only)
{
	return x->active && x->firing_at && (!wanted_only || wanted(s, alert_rule_at(x->rule)));
}

/* By rule, and within one by age: the order in which Prometheus walks its groups. */
static void array(const forge_sim *s, cc_jw *w, bool wanted_only)
{
	int n;
	(void)alert_rules(&n);
	cc_jw_array(w);
	for (int rule = 0; rule < n; rule++)
		for (size_t i = 0; i < s->alerts->states.n; i++)
			if (s->alerts->states.p[i].rule == rule && fires(s, &s->alerts->states.p[i], wanted_only))
				item(w, &s->alerts->states.p[i], wanted_only);
	cc_jw_end_array(w);
}

static void put(forge_sim *s, const cc_buf *name, const cc_buf *text)
{
	msink k;
	if (!cc_buf_ok(name) || !cc_buf_ok(text)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	msink_open(&k, s, "alerts", name->p, s->err);
	cc_buf_add(&k.out, cc_buf_str(text));
	cc_code code = msink_close(&k, s);
	s->rep.alert_files++;
	if (code != CC_OK) forge_fail(s, code);
}

/* Python's isoformat leaves the fraction out when it is zero. */
static void stamp(cc_buf *b, int64_t t, bool hyphens)
{
	int y, mo, d, h, mi, sec;
	int64_t frac;
	cc_time_to_civil(t, &y, &mo, &d, &h, &mi, &sec, &frac);
	int us = (int)(frac / 1000);
	cc_buf_addf(b, hyphens ? "%04d-%02d-%02dT%02d-%02d-%02d" : "%04d-%02d-%02dT%02d%02d%02d", y, mo, d, h, mi, sec);
	if (us || !hyphens) cc_buf_addf(b, ".%06d", us);
	if (!hyphens) cc_buf_add_char(b, 'Z');
}

/* The difficulty may have taken the files away after this part was set up. */
static bool left_out(const forge_sim *s)
{
	return (s->opt->without | s->plan.missing) & CC_FORGE_NO_ALERTS;
}

static void record(forge_sim *s, int64_t now, int a, int b)
{
	if (!left_out(s)) {
		cc_buf text = CC_BUF_INIT, name = CC_BUF_INIT;
		cc_jw w;
		cc_jw_init(&w, &text, 4);
		array(s, &w, false);
		cc_buf_addz(&name, "alerts_at_");
		stamp(&name, now, true);
		cc_buf_addz(&name, ".json");
		put(s, &name, &text);
		cc_buf_deinit(&text);
		cc_buf_deinit(&name);
	}
	forge_at(s, now + ASK_EVERY + cc_rng_between(&s->observer_rng, 2 * FORGE_MS, 90 * FORGE_MS), record, a, b);
}

static void write_wanted(forge_sim *s, int64_t now, int64_t started)
{
	cc_buf text = CC_BUF_INIT, name = CC_BUF_INIT, since = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &text, 4);
	cc_jw_object(&w);
	cc_jw_key(&w, "data");
	cc_jw_object(&w);
	cc_jw_key(&w, "alerts");
	array(s, &w, true);
	cc_jw_end_object(&w);
	cc_jw_key(&w, "status");
	cc_jw_strz(&w, "success");
	out_time_s(&since, started);
	cc_jw_key(&w, "timestamp");
	cc_jw_str(&w, cc_buf_str(&since));
	cc_jw_end_object(&w);
	if (!cc_buf_ok(&since)) text.failed = true;
	cc_buf_addz(&name, "alerts_in_alerting_state_");
	stamp(&name, now, false);
	cc_buf_addz(&name, ".json");
	put(s, &name, &text);
	cc_buf_deinit(&text);
	cc_buf_deinit(&name);
	cc_buf_deinit(&since);
}

/* The run waits for an alert it knows; its "timestamp" is when the waiting play began. */
static void wait_for_alert(forge_sim *s, int64_t now, int tries, int unused)
{
	(void)unused;
	if (left_out(s)) return;
	bool found = false;
	for (size_t i = 0; i < s->alerts->states.n; i++) found |= fires(s, &s->alerts->states.p[i], true);
	if (found) write_wanted(s, now, now - tries * WAIT_STEP - 4 * FORGE_S);
	else if (tries + 1 < WAIT_TRIES) forge_at(s, now + WAIT_STEP, wait_for_alert, tries + 1, 0);
}

void alerts_recorder_start(forge_sim *s)
{
	forge_at(s, s->start + cc_rng_between(&s->observer_rng, 2 * FORGE_S, 20 * FORGE_S), record, 0, 0);
	int64_t from = s->inject > s->start ? s->inject : s->start;
	int64_t first = from + WAIT_FIRST + cc_rng_between(&s->observer_rng, 1, 9 * FORGE_S);
	if (s->inject) forge_at(s, first, wait_for_alert, 0, 0);
}
