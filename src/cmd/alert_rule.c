/* alert_rule.c - the rule behind an alert: which one it is, its value over time, and what was compared with what. */
#include "cmd/alert_rule.h"

#include <math.h>

#include "coldcase/time.h"

/* --- which rule, what value --- */

/* Scrapes and evaluations do not coincide as they did then: what differs by less is the same. */
static bool alike(double a, double b)
{
	double larger = fmax(fabs(a), fabs(b));
	return fabs(a - b) <= 0.02 * larger + 1e-9;
}

static void compare(alert_rule_view *v, const cc_alert *a)
{
	for (size_t i = 0; v->rule && i < a->sample_count; i++) {
		double again = cc_rule_value_at(&v->value, a, a->samples[i].time_ns);
		if (isnan(again) || isnan(a->samples[i].value))
			continue;
		v->compared++;
		v->agreed += alike(again, a->samples[i].value);
	}
}

cc_code alert_rule_view_make(alert_rule_view *v, cc_call *c, const cc_alert *a)
{
	*v = (alert_rule_view){ 0 };
	cc_code code = cc_alert_rules_of(&v->fits, snap(c), a, c->arena);
	while (v->fitting < v->fits.n && !v->fits.p[v->fitting].against.n)
		v->fitting++;
	v->rule = v->fitting ? v->fits.p[0].rule : NULL;
	if (!v->rule)
		v->named = (cc_alert_rule){ .fn = CC_RULE_MAX, .metric = cc_alert_metric_named(snap(c), a, c->arena), .unit = "" };
	if (code == CC_OK && (v->rule || v->named.metric))
		code = cc_alert_rule_compute(&v->value, snap(c), a, v->rule ? v->rule : &v->named, c->cancel);
	compare(v, a);
	return code;
}

void alert_rule_view_deinit(alert_rule_view *v)
{
	cc_vec_deinit(&v->fits);
	cc_rule_value_deinit(&v->value);
}

cc_cell alert_rule_value(const alert_rule_view *v, const cc_alert *a, int64_t time_ns)
{
	double x = v->rule ? cc_rule_value_at(&v->value, a, time_ns) : (double)NAN;
	return isnan(x) ? cc_cell_none() : cc_cell_number(x);
}

/* --- facts --- */

static void rule_text(const alert_rule_view *v, cc_buf *out)
{
	if (!v->fits.n)
		cc_buf_addz(out, "unknown: no rule of this name is known");
	else if (!v->fitting)
		cc_buf_addf(out, "unknown: what was recorded contradicts the %zu known rule%s of this name", v->fits.n, v->fits.n == 1 ? "" : "s");
	for (size_t i = 0; i < v->fitting; i++)
		cc_buf_addf(out, "%s%s", i ? "; or " : "", v->fits.p[i].rule->revision);
	if (v->value.points.n && !v->rule)
		cc_buf_addf(out, "; its annotations name %s, which is drawn", v->named.metric);
}

static void agreement_text(const alert_rule_view *v, cc_buf *out)
{
	const cc_alert_rule *r = v->rule;
	if (v->compared)
		cc_buf_addf(out, "%zu of %zu recorded values agree with the recomputed ones", v->agreed, v->compared);
	else if (r->fn == CC_RULE_OPAQUE && !r->metric)
		cc_buf_addz(out, "nothing to recompute: it looks at no series of the application");
	else if (r->fn == CC_RULE_OPAQUE)
		cc_buf_addf(out, "not recomputed: %s is no metric of the application's pods and services", r->metric);
	else if (!v->value.series.n && !v->value.from_spans)
		cc_buf_addf(out, "not recomputed: %s of it was not recorded", r->metric);
	else
		cc_buf_addz(out, "nothing to compare: no recorded value coincides with a recomputed one");
	if (v->value.from_spans)
		cc_buf_addf(out, "; computed from %zu spans, exactly, for %s was not recorded", v->value.spans, r->metric);
}

void alert_rule_facts(cc_reply *r, const alert_rule_view *v)
{
	cc_buf b = CC_BUF_INIT;
	rule_text(v, &b);
	cc_reply_fact(r, "rule", "rule", cc_cell_text(cc_buf_str(&b)), v->rule ? CC_ROLE_TEXT : CC_ROLE_DIM);
	if (v->rule) {
		cc_reply_fact(r, "expr", "expression", cc_cell_textz(v->rule->expr), CC_ROLE_TEXT);
		cc_buf_clear(&b);
		cc_buf_addf(&b, "%s %.6g%s%s", cc_rule_op_text(v->rule->op), v->rule->threshold, *v->rule->unit ? " " : "", v->rule->unit);
		cc_reply_fact(r, "threshold", "threshold", cc_cell_text(cc_buf_str(&b)), CC_ROLE_TEXT);
		cc_reply_fact(r, "for_ns", "for", cc_cell_duration(v->rule->for_s * CC_NS_PER_S), CC_ROLE_TEXT);
		cc_buf_clear(&b);
		agreement_text(v, &b);
		cc_reply_fact(r, "agreement", "recomputed", cc_cell_text(cc_buf_str(&b)), CC_ROLE_TEXT);
	}
	cc_buf_deinit(&b);
}

/* --- chart --- */

static cc_cite source_of(const cc_call *c, const alert_rule_view *v)
{
	const cc_series *se = v->value.series.n ? cc_series_get(snap(c), v->value.series.p[0]) : NULL;
	return se ? (cc_cite){ se->file, se->count && se->records ? se->records[0] : 1 } : (cc_cite){ 0 };
}

/* Both stand against the threshold. */
static void add_series(cc_reply *r, const alert_rule_view *v, const char *name, const cc_chart_point *p, size_t n, cc_cite cite)
{
	cc_chart_level threshold = { v->rule ? v->rule->threshold : 0, CC_STR("threshold"), CC_ROLE_WARNING };
	cc_reply_chart_series(r, &(cc_chart_series){ .name = cc_str_from(name), .unit = cc_str_from(v->rule ? v->rule->unit : ""), .points = p, .count = n,
		.levels = &threshold, .level_count = v->rule ? 1 : 0, .cite = cite });
}

static void computed_series(cc_call *c, cc_reply *r, const alert_rule_view *v)
{
	size_t n = v->value.points.n;
	cc_chart_point *p = cc_arena_array(c->arena, n, sizeof *p);
	for (size_t i = 0; p && i < n; i++)
		p[i] = (cc_chart_point){ v->value.points.p[i].time_ns, v->value.points.p[i].value };
	if (p && n)
		add_series(r, v, v->rule ? "the expression, recomputed" : v->named.metric, p, n, source_of(c, v));
}

static void recorded_series(cc_call *c, cc_reply *r, const cc_alert *a, const alert_rule_view *v)
{
	size_t ticks, n = 0;
	const int64_t *tick = cc_alerts_ticks(snap(c), &ticks);
	cc_chart_point *p = cc_arena_array(c->arena, a->sample_count + ticks, sizeof *p);
	for (size_t i = 0, k = 0; p && i < a->sample_count; i++) {   /* a file that does not list it is a gap */
		for (; k < ticks && tick[k] < a->samples[i].time_ns; k++)
			if (i && tick[k] > a->samples[i - 1].time_ns)
				p[n++] = (cc_chart_point){ tick[k], NAN };
		p[n++] = (cc_chart_point){ a->samples[i].time_ns, a->samples[i].value };
	}
	if (n)
		add_series(r, v, "value as the alert carried it", p, n, a->samples[0].cite);
}

void alert_rule_chart(cc_call *c, cc_reply *r, const cc_alert *a, const alert_rule_view *v)
{
	enum { INTERVALS = 8 };
	if (!v->value.points.n && a->sample_count < 2)
		return;
	cc_reply_begin_chart(r, "chart", "Value over time");
	if (v->value.points.n)
		computed_series(c, r, v);
	recorded_series(c, r, a, v);
	cc_reply_chart_mark(r, &(cc_chart_mark){ a->onset_ns, CC_TIME_NONE, CC_STR("it became active"), CC_ROLE_CHANGED, '^' });
	for (size_t i = 0; i < a->interval_count && i < INTERVALS; i++)
		cc_reply_chart_mark(r, &(cc_chart_mark){ a->intervals[i].from_ns, a->intervals[i].to_ns, CC_STR("seen firing"), CC_ROLE_CRITICAL, 'A' });
}

/* --- tables --- */

static const cc_column rule_columns[] = {
	{ "fits", "Fits", CC_CELL_BOOL, CC_ROLE_OK, 4, 0 },
	{ "revision", "Known rules of this name", CC_CELL_TEXT, CC_ROLE_HEADING, 38, 0 },
	{ "for_ns", "For", CC_CELL_DURATION, CC_ROLE_TEXT, 5, 1 },
	{ "against", "Against it", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "severity", "Severity", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 3 },
	{ "expr", "Expression", CC_CELL_TEXT, CC_ROLE_DIM, 60, 4 },
};

static void rule_rows(cc_reply *r, const alert_rule_view *v)
{
	cc_reply_begin_table(r, "rules", "Rules", rule_columns, sizeof rule_columns / sizeof rule_columns[0], false);
	for (size_t i = 0; i < v->fits.n; i++) {
		const cc_rule_fit *f = &v->fits.p[i];
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_bool(!f->against.n));
		cc_reply_cell(r, cc_cell_textz(f->rule->revision));
		cc_reply_cell(r, cc_cell_duration(f->rule->for_s * CC_NS_PER_S));
		cc_reply_cell(r, f->against.n ? cc_cell_text(f->against) : cc_cell_none());
		cc_reply_cell(r, cc_cell_textz(f->rule->severity ? f->rule->severity : "none"));
		cc_reply_cell(r, cc_cell_textz(f->rule->expr));
	}
}

static const cc_column source_columns[] = {
	{ "metric", "Computed from", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "series", "Series", CC_CELL_INT, CC_ROLE_TEXT, 6, 0 },
	{ "object", "Of", CC_CELL_TEXT, CC_ROLE_ENTITY, 30, 0 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 40, 255 },
};

static bool is_p95(const alert_rule_view *v)
{
	return v->rule && v->rule->fn == CC_RULE_P95;
}

/* One row a pod or service: series follow each other by object. Enter shows them as metrics. */
static void source_row(cc_call *c, cc_reply *r, const alert_rule_view *v, size_t from, size_t to)
{
	const cc_series *se = cc_series_get(snap(c), v->value.series.p[from]);
	cc_str metric = cc_snapshot_sym(snap(c), se->metric), object = cc_snapshot_sym(snap(c), se->object);
	cc_buf line = CC_BUF_INIT;
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = se->entity;
	row->cite = (cc_cite){ se->file, se->count && se->records ? se->records[0] : 1 };
	cc_reply_cell(r, cc_cell_text(metric));
	cc_reply_cell(r, cc_cell_int((int64_t)(to - from)));
	cc_reply_cell(r, cc_cell_text(object));
	cc_reply_cell(r, cc_cell_cite(row->cite));
	if (is_p95(v))
		cc_cmd_quote(&line, CC_STR("latency p95"));
	else
		cc_cmd_quote(&line, metric);
	cc_buf_addz(&line, " object=");
	cc_cmd_quote(&line, object);
	if (!cc_str_ends(metric, CC_STR("_bucket")) || is_p95(v))
		cc_reply_set_drill(r, "metric %.*s all=yes", CC_STR_ARG(cc_buf_str(&line)));
	cc_buf_deinit(&line);
}

static void source_rows(cc_call *c, cc_reply *r, const alert_rule_view *v)
{
	enum { MOST = 40 };
	size_t rows = 0;
	const cc_index_vec *series = &v->value.series;
	if (!series->n)
		return;
	cc_reply_begin_table(r, "sources", NULL, source_columns, sizeof source_columns / sizeof source_columns[0], false);
	for (size_t i = 0, end; i < series->n && rows < MOST; i = end, rows++) {
		cc_sym object = cc_series_get(snap(c), series->p[i])->object;
		for (end = i + 1; end < series->n && cc_series_get(snap(c), series->p[end])->object == object;)
			end++;
		source_row(c, r, v, i, end);
	}
}

void alert_rule_tables(cc_call *c, cc_reply *r, const alert_rule_view *v)
{
	if (v->fits.n)
		rule_rows(r, v);
	source_rows(c, r, v);
}
