/* cmd_metrics.c - `metrics` ranks series by how much they changed around the pivot, `metric` draws one. */
#include "cmd/evidence.h"

#include <math.h>
#include "coldcase/entity.h"
#include "coldcase/rates.h"

static const cc_column list_columns[] = {
	{ "score", "Score", CC_CELL_NUMBER, CC_ROLE_CHANGED, 7, 0 },
	{ "before", "Before", CC_CELL_NUMBER, CC_ROLE_DIM, 10, 2 },
	{ "after", "After", CC_CELL_NUMBER, CC_ROLE_TEXT, 10, 1 },
	{ "max", "Max", CC_CELL_NUMBER, CC_ROLE_TEXT, 10, 1 },
	{ "unit", "Unit", CC_CELL_TEXT, CC_ROLE_DIM, 6, 3 },
	{ "by", "By", CC_CELL_TEXT, CC_ROLE_DIM, 5, 4 },
	{ "trend", "Trend", CC_CELL_SPARK, CC_ROLE_INFO, 20, 1 },
	{ "metric", "Metric", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "object", "Of", CC_CELL_TEXT, CC_ROLE_ENTITY, 28, 0 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 },
	{ "samples", "N", CC_CELL_INT, CC_ROLE_DIM, 5, 255 },
	{ "peak", "Peak", CC_CELL_NUMBER, CC_ROLE_TEXT, 10, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 40, 255 },
};

enum { TREND = 20 };

/* The value of a slice that is farthest from what was usual: a spike of one sample must not drown in its slice. */
static double slice_value(const cc_sample_column *col, double usual)
{
	if (isnan(usual))
		return col->max;
	return fabs(col->max - usual) >= fabs(col->min - usual) ? col->max : col->min;
}

/* Slices of the samples' own range. A slice between two samples that follow each other as usual is no gap: it shows the
 * earlier one. */
static cc_cell trend(cc_call *c, const cc_metric_view *v)
{
	cc_sample_column col[TREND];
	double *p = cc_arena_array(c->arena, TREND, sizeof *p);
	if (!p || !v->count)
		return cc_cell_none();
	int64_t from = v->points[0].time_ns, to = v->points[v->count - 1].time_ns, usual = cc_sample_interval(v->points, v->count);
	cc_resample(col, TREND, v->points, v->count, from, to);
	double width = ((double)to - (double)from) / TREND;
	size_t known = 0, at = 0;
	for (size_t i = 0; i < TREND; i++) {
		p[i] = col[i].count ? slice_value(&col[i], v->change.before) : NAN;
		double slice_end = (double)from + width * (double)(i + 1);
		while (at + 1 < v->count && (double)v->points[at + 1].time_ns <= slice_end)
			at++;
		bool bridged = at + 1 < v->count && v->points[at + 1].time_ns - v->points[at].time_ns <= usual + usual * 3 / 2;
		if (col[i].count)
			known = i;
		else if (bridged && col[known].count)
			p[i] = col[known].last;
	}
	return cc_cell_spark(p, TREND);
}

static double max_after(const cc_metric_view *v, int64_t pivot)
{
	double max = NAN;
	for (size_t i = 0; i < v->count; i++)
		if ((pivot == CC_TIME_NONE || v->points[i].time_ns >= pivot) && !(v->points[i].value <= max))
			max = v->points[i].value;
	return max;
}

static void list_row(cc_call *c, cc_reply *r, const cc_metric_view *v)
{
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = v->entity, row->cite = v->cite;
	row->time_ns = v->count ? v->points[v->count - 1].time_ns : CC_TIME_NONE;
	row->mark = fabs(v->change.score) >= 10 ? CC_ROLE_WARNING : CC_ROLE_TEXT;
	cc_reply_cell(r, cc_cell_number(v->change.score));
	cc_reply_cell(r, cc_cell_number(v->change.before));
	cc_reply_cell(r, cc_cell_number(v->change.after));
	cc_reply_cell(r, cc_cell_number(max_after(v, ev_pivot(c))));
	cc_reply_cell(r, cc_cell_text(v->unit));
	cc_reply_cell(r, cc_cell_textz(v->change.by_peak ? "peak" : "level"));
	cc_reply_cell(r, trend(c, v));
	cc_reply_cell(r, cc_cell_text(v->name));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(snap(c), v->object)));
	cc_reply_cell(r, cc_cell_entity(v->entity));
	cc_reply_cell(r, cc_cell_int((int64_t)v->count));
	cc_reply_cell(r, cc_cell_number(v->change.peak));
	cc_reply_cell(r, cc_cell_cite(v->cite));
	cc_buf line = CC_BUF_INIT;
	cc_cmd_quote(&line, v->name);
	cc_buf_addz(&line, " object=");
	cc_cmd_quote(&line, cc_snapshot_sym(snap(c), v->object));
	cc_reply_set_drill(r, "metric %.*s", CC_STR_ARG(cc_buf_str(&line)));
	cc_buf_deinit(&line);
}

static cc_code build(cc_call *c, const cc_index_vec *rows, cc_metric_set **out, cc_err *err)
{
	cc_metric_options o = { .rows = rows, .pivot_ns = ev_pivot(c), .range = ev_window(c), .cancel = c->cancel };
	const char *kind = cc_arg(c, "kind");
	o.raw = kind && kind[0] == 'r';
	o.derived = kind && kind[0] == 'd';
	return cc_metrics_build(out, snap(c), &o, err);
}

/* name=pod_cpu finds nothing, because names are compared whole. */
static void hint_globs(cc_call *c, cc_reply *r, size_t found)
{
	cc_str filter = cc_str_from(cc_arg(c, "filter"));
	if (!found && cc_str_find_char(filter, '=') != CC_STR_NONE && cc_str_find_char(filter, '*') == CC_STR_NONE)
		cc_reply_set_empty(r, "no series fits this filter; names are compared whole: a part of one needs a * (name=pod_cpu*)");
}

static cc_code run_metrics(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_metric_set *m = NULL;
	ev_list l;
	cc_code code = ev_list_select(&l, c, CC_TABLE_METRICS, err);
	if (code == CC_OK)
		code = build(c, &l.rows, &m, err);
	if (code != CC_OK)
		goto done;
	size_t n = cc_metrics_count(m);
	ev_list_describe(&l, c, r, "METRICS");
	cc_reply_set_paging(r, n, l.page.offset, l.page.limit);
	hint_globs(c, r, n);
	cc_reply_begin_table(r, "metrics", NULL, list_columns, sizeof list_columns / sizeof list_columns[0], true);
	for (size_t i = (size_t)l.page.offset; i < n && i < l.page.offset + l.page.limit; i++)
		list_row(c, r, cc_metrics_get(m, i));
	cc_reply_add_note(r, "counters are shown as rates; before and after %s are medians; the score is their robust distance (by level), or half the "
		"farthest excursion's (by peak)", ev_pivot_name(c));
	ev_note_skipped(c, r, CC_FILE_METRICS_POD);
	ev_note_skipped(c, r, CC_FILE_METRICS_SERVICE);
done:
	cc_metrics_free(m);
	ev_list_deinit(&l);
	return code;
}

static const char *const kinds[] = { "all", "raw", "derived", NULL };

const cc_cmd cc_cmd_metrics = {
	.name = "metrics",
	.alias = "me",
	.group = "evidence",
	.summary = "metric series, the most changed around the pivot first",
	.help = "Counters appear as rates with resets handled. Derived views: throttled share, memory and CPU against their limit, error ratio and "
		"latency quantiles from bucket increases, restarts.",
	.params = (const cc_param[]){ EV_PARAM_FILTER("name=, object=, entity=, service=, ns=, attr.LABEL=, words"),
		{ .name = "kind", .type = CC_PARAM_CHOICE, .choices = kinds, .completer = CC_COMPLETE_CHOICE, .help = "raw or derived series only" },
		EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_METRICS_POD) | CC_KIND_BIT(CC_FILE_METRICS_SERVICE),
	.examples = (const char *const[]){ "metrics", "metrics kind=derived limit=30", NULL },
	.reply = (const char *const[]){ "metrics[].score    robust distance of after from before", "metrics[].before, after  medians",
		"metrics[].max      largest value after the pivot", "metrics[].unit     unit",
		"metrics[].by       what the score tells of: level (the medians) or peak (the farthest excursion after, counting half)",
		"metrics[].trend    20 slices from first to last sample, of each the value farthest from before; null = gap", "metrics[].metric   name with labels, or the derived view",
		"metrics[].object   pod or service", "metrics[].entity   entity", "metrics[].samples  points", "metrics[].peak     value after the pivot farthest from before",
		"metrics[].cite     sample", NULL },
	.filter_table = "metrics",
	.run = run_metrics,
};

/* --- one metric --- */

static bool is_called(const cc_metric_view *v, cc_str name)
{
	cc_str rest = cc_str_sub(v->name, name.n, v->name.n);
	return cc_str_eq(v->name, name) || (cc_str_starts(v->name, name) && (rest.p[0] == '{' || cc_str_starts(rest, CC_STR(" {"))));
}

static bool wanted(const cc_call *c, const cc_metric_view *v, cc_entity_id entity)
{
	cc_str name = cc_str_from(cc_arg(c, "metric"));
	const char *object = cc_arg(c, "object");
	if (object && !cc_str_eqz(cc_snapshot_sym(snap(c), v->object), object))
		return false;
	if (entity && !cc_entity_covers(snap(c), entity, v->entity))
		return false;
	return is_called(v, name);
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
		if (is_called(cc_metrics_get(m, i), name))
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
		code = build(c, NULL, &m, err);
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
