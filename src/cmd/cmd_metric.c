/* cmd_metric.c - `metric` draws one metric over time and says what stands behind it. */
#include "cmd/evidence.h"

#include <math.h>
#include "cmd/metric_build.h"
#include "coldcase/entity.h"

static bool wanted(const cc_call *c, const cc_metric_view *v, cc_entity_id entity)
{
	cc_str name = cc_str_from(cc_arg(c, "metric"));
	const char *object = cc_arg(c, "object");
	if (object && !cc_str_eqz(cc_snapshot_sym(snap(c), v->object), object))
		return false;
	if (entity && !cc_entity_covers(snap(c), entity, v->entity))
		return false;
	return cc_metric_is_called(snap(c), v, name);
}

static cc_code chart_series(cc_call *c, cc_reply *r, const cc_metric_view *v)
{
	cc_chart_point *p = cc_arena_array(c->arena, v->count ? v->count : 1, sizeof *p);
	cc_buf name = CC_BUF_INIT;
	if (!p)
		return CC_ENOMEM;
	for (size_t i = 0; i < v->count; i++)
		p[i] = (cc_chart_point){ v->points[i].time_ns, v->points[i].value };
	cc_buf_addf(&name, "%.*s of %.*s", CC_STR_ARG(v->name), CC_STR_ARG(cc_snapshot_sym(snap(c), v->object)));
	cc_reply_chart_series(r, cc_buf_str(&name), v->unit, p, v->count, v->cite);
	cc_buf_deinit(&name);
	return CC_OK;
}

static const cc_column point_columns[] = {
	{ "series", "Series", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "samples", "N", CC_CELL_INT, CC_ROLE_DIM, 5, 0 },
	{ "interval_ns", "Every", CC_CELL_DURATION, CC_ROLE_DIM, 6, 2 },
	{ "min", "Min", CC_CELL_NUMBER, CC_ROLE_TEXT, 10, 1 },
	{ "max", "Max", CC_CELL_NUMBER, CC_ROLE_TEXT, 10, 0 },
	{ "last", "Last", CC_CELL_NUMBER, CC_ROLE_TEXT, 10, 0 },
	{ "before", "Before", CC_CELL_NUMBER, CC_ROLE_DIM, 10, 0 },
	{ "after", "After", CC_CELL_NUMBER, CC_ROLE_TEXT, 10, 0 },
	{ "unit", "Unit", CC_CELL_TEXT, CC_ROLE_DIM, 6, 0 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 40, 3 },
};

static void summary_row(cc_call *c, cc_reply *r, const cc_metric_view *v)
{
	double lo = NAN, hi = NAN;
	for (size_t i = 0; i < v->count; i++) {
		lo = isnan(lo) || v->points[i].value < lo ? v->points[i].value : lo;
		hi = isnan(hi) || v->points[i].value > hi ? v->points[i].value : hi;
	}
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = v->entity, row->cite = v->cite;
	row->time_ns = v->count ? v->points[v->count - 1].time_ns : CC_TIME_NONE;
	cc_reply_cell(r, cc_cell_text(cc_arena_printf(c->arena, "%.*s %.*s", CC_STR_ARG(cc_snapshot_sym(snap(c), v->object)), CC_STR_ARG(v->name))));
	cc_reply_cell(r, cc_cell_int((int64_t)v->count));
	cc_reply_cell(r, cc_cell_duration(cc_sample_interval(v->points, v->count)));
	cc_reply_cell(r, cc_cell_number(lo));
	cc_reply_cell(r, cc_cell_number(hi));
	cc_reply_cell(r, cc_cell_number(v->count ? v->points[v->count - 1].value : NAN));
	cc_reply_cell(r, cc_cell_number(v->change.before));
	cc_reply_cell(r, cc_cell_number(v->change.after));
	cc_reply_cell(r, cc_cell_text(v->unit));
	cc_reply_cell(r, cc_cell_cite(v->cite));
	cc_str cite = ev_cite_text(c, v->cite);
	cc_reply_set_drill(r, "show %.*s", CC_STR_ARG(cite));
}

static cc_code show_views(cc_call *c, cc_reply *r, const cc_metric_set *m, cc_entity_id entity, size_t hits)
{
	enum { MAX_SERIES = 16 };
	size_t k = 0, drawn = 0;
	cc_page page = cc_call_page(c);
	cc_code code = CC_OK;
	cc_reply_begin_chart(r, "chart", NULL);
	for (size_t i = 0; i < cc_metrics_count(m) && code == CC_OK && drawn < MAX_SERIES; i++)
		if (wanted(c, cc_metrics_get(m, i), entity) && k++ >= page.offset && k <= page.offset + page.limit) {
			code = chart_series(c, r, cc_metrics_get(m, i));
			drawn++;
		}
	if (ev_pivot(c) != CC_TIME_NONE)
		cc_reply_chart_mark(r, ev_pivot(c), cc_str_from(ev_pivot_name(c)), CC_ROLE_CHANGED);
	k = 0;
	cc_reply_begin_table(r, "series", NULL, point_columns, sizeof point_columns / sizeof point_columns[0], true);
	for (size_t i = 0; i < cc_metrics_count(m); i++)
		if (wanted(c, cc_metrics_get(m, i), entity) && k++ >= page.offset && k <= page.offset + page.limit)
			summary_row(c, r, cc_metrics_get(m, i));
	cc_reply_set_paging(r, hits, page.offset, page.limit);
	if (hits > page.offset + MAX_SERIES && page.limit > MAX_SERIES)
		cc_reply_add_note(r, "%zu series fit; %d are drawn", hits, MAX_SERIES);
	return code;
}

/* --- a name that is none --- */

static size_t edits(cc_str a, cc_str b)
{
	enum { MAX = 96 };
	size_t row[MAX + 1];
	a = cc_str_sub(a, 0, MAX);
	b = cc_str_sub(b, 0, MAX);
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t best = diagonal + (a.p[i - 1] != b.p[j - 1]);
			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[b.n];
}

typedef struct near_name { cc_str name; size_t away; } near_name;

static cc_str bare_name(cc_str name)
{
	size_t brace = cc_str_find_char(name, '{');
	return cc_str_trim(cc_str_sub(name, 0, brace == CC_STR_NONE ? name.n : brace));
}

/* The nearest names; one that holds what was typed is nearer than any that is spelt alike. */
static cc_code unknown_metric(const cc_call *c, const cc_metric_set *m, cc_err *err)
{
	enum { NEAREST = 5 };
	near_name best[NEAREST];
	size_t n = 0;
	cc_str typed = bare_name(cc_str_from(cc_arg(c, "metric")));
	cc_buf list = CC_BUF_INIT;
	for (size_t i = 0; i < cc_metrics_count(m); i++) {
		cc_str name = bare_name(cc_metrics_get(m, i)->name);
		if (name.n == 0)
			continue;
		near_name entry = { name, cc_str_find_nocase(name, typed) != CC_STR_NONE ? 0 : 1 + 100 * edits(typed, name) / (name.n > typed.n ? name.n : typed.n) };
		size_t at = 0, known = 0;
		while (known < n && !cc_str_eq(best[known].name, name))
			known++;
		while (at < n && best[at].away <= entry.away)
			at++;
		if (known < n || at >= NEAREST)
			continue;
		n = n < NEAREST ? n + 1 : n;
		for (size_t k = n - 1; k > at; k--)
			best[k] = best[k - 1];
		best[at] = entry;
	}
	for (size_t i = 0; i < n; i++)
		cc_buf_addf(&list, "%s%.*s", i ? ", " : "", CC_STR_ARG(best[i].name));
	cc_err_set(err, CC_EUNKNOWN, "metric: no series is called %s here", cc_arg(c, "metric"));
	cc_err_hint(err, n ? "nearest: %.*s" : "`metrics` lists what there is%.*s", CC_STR_ARG(cc_buf_str(&list)));
	cc_buf_deinit(&list);
	return CC_EUNKNOWN;
}

static size_t count_wanted(const cc_call *c, const cc_metric_set *m, cc_entity_id entity)
{
	size_t hits = 0;
	for (size_t i = 0; i < cc_metrics_count(m); i++)
		hits += wanted(c, cc_metrics_get(m, i), entity);
	return hits;
}

/* The name exists, but not of this object, entity or focus: an answer, and no error. */
static bool exists_elsewhere(const cc_call *c, const cc_metric_set *m)
{
	cc_str name = cc_str_from(cc_arg(c, "metric"));
	for (size_t i = 0; i < cc_metrics_count(m); i++)
		if (cc_metric_is_called(snap(c), cc_metrics_get(m, i), name))
			return true;
	return false;
}

static cc_code run_metric(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_metric_set *m = NULL;
	cc_entity_id entity;
	cc_code code = cc_arg_entity(c, "entity", &entity, err);
	if (code == CC_OK && !entity && !cc_arg_given(c, "object"))
		entity = ev_focus(c);
	if (code == CC_OK)
		code = cc_cmd_metric_build(c, NULL, &m, err);
	if (code != CC_OK)
		return code;
	cc_reply_set_title(r, "METRIC %s", cc_arg(c, "metric"));
	cc_reply_set_empty(r, "others have this metric, not this one; all=yes looks past the focus, `metrics` lists them");
	size_t hits = count_wanted(c, m, entity);
	code = hits || exists_elsewhere(c, m) ? show_views(c, r, m, entity, hits) : unknown_metric(c, m, err);
	cc_metrics_free(m);
	return code;
}

const cc_cmd cc_cmd_metric = {
	.name = "metric",
	.alias = "mc",
	.group = "evidence",
	.summary = "one metric over time: chart, extremes, before and after",
	.params = (const cc_param[]){ { .name = "metric", .type = CC_PARAM_WORD, .required = true, .positional = true, .completer = CC_COMPLETE_METRIC,
					.help = "its name, with or without labels, or a derived view's, as `metrics` shows it" },
		{ .name = "object", .type = CC_PARAM_WORD, .help = "pod or service, exactly" },
		{ .name = "entity", .type = CC_PARAM_ENTITY, .completer = CC_COMPLETE_ENTITY, .help = "whose" }, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_METRICS_POD) | CC_KIND_BIT(CC_FILE_METRICS_SERVICE),
	.examples = (const char *const[]){ "metric container_cpu_usage_seconds_total", NULL },
	.reply = (const char *const[]){ "chart[]   name, unit, points [[time, value]]", "series[]  series, samples, interval_ns, min, max, last, before, after, unit, cite", NULL },
	.run = run_metric,
};
