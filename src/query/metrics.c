/* metrics.c - the series of a question as views: gauges as they are, counters as rates, and what is derived from
 * several. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "metrics_priv.h"
#include "coldcase/entity.h"
#include "coldcase/time.h"
#include "coldcase/xalloc.h"

enum { CANCEL_EVERY = 256 };

bool cc_metrics_is_bucket(const cc_snapshot *s, const cc_series *se)
{
	return cc_str_ends(cc_snapshot_sym(s, se->metric), CC_STR("_bucket")) || cc_series_label(se, "le").n > 0;
}

/* The sample that tells the story: after the pivot, farthest from what was usual before. */
static uint32_t telling_record(const cc_metric_view *v, int64_t pivot)
{
	uint32_t record = v->count ? v->points[0].record : 0;
	double best = -1;
	for (size_t i = 0; pivot != CC_TIME_NONE && i < v->count; i++) {
		double away = fabs(v->points[i].value - v->change.before);
		if (v->points[i].time_ns >= pivot && away > best) {
			best = away;
			record = v->points[i].record;
		}
	}
	return record;
}

cc_code cc_metrics_add(metric_builder *b, cc_metric_kind kind, cc_str name, const char *unit,
	const cc_index_vec *series, const cc_point_vec *points)
{
	if (points->n == 0 || series->n == 0)
		return CC_OK;
	const cc_series *first = cc_series_get(b->s, series->p[0]);
	cc_point *copy = cc_arena_array(b->set->arena, points->n, sizeof *copy);
	uint32_t *sources = cc_arena_array(b->set->arena, series->n, sizeof *sources);
	cc_metric_view v = { .kind = kind, .name = cc_arena_dup(b->set->arena, name), .unit = cc_str_from(unit),
		.entity = first->entity, .object = first->object, .series = series->p[0],
		.sources = sources, .series_count = (uint32_t)series->n, .points = copy, .count = points->n };
	if (!copy || !sources || !v.name.p)
		return CC_ENOMEM;
	for (size_t i = 0; i < series->n; i++)
		sources[i] = series->p[i];
	for (size_t i = 0; i < points->n; i++)
		copy[i] = points->p[i];
	v.change = (cc_change_score){ .before = NAN, .after = NAN, .spread = NAN, .peak = NAN, .since_ns = CC_TIME_NONE };
	if (b->opt->pivot_ns != CC_TIME_NONE)
		v.change = cc_change_of(copy, points->n, b->opt->pivot_ns, cc_metric_floor(v.unit));
	v.cite = (cc_cite){ first->file, telling_record(&v, b->opt->pivot_ns) };
	return cc_vec_push(&b->set->views, v) ? CC_OK : CC_ENOMEM;
}

/* --- which series --- */

static bool collect_rows(metric_builder *b)
{
	if (b->opt->rows) {
		for (size_t i = 0; i < b->opt->rows->n; i++)
			if (!cc_vec_push(&b->rows, b->opt->rows->p[i]))
				return false;
		return true;
	}
	for (size_t i = 0; i < cc_series_count(b->s); i++) {
		cc_entity_id id = cc_series_get(b->s, i)->entity;
		if (b->opt->focus && (!id || !cc_entity_covers(b->s, b->opt->focus, id)))
			continue;
		if (!cc_vec_push(&b->rows, (uint32_t)i))
			return false;
	}
	return true;
}

static cc_code add_raw(metric_builder *b, uint32_t row)
{
	const cc_series *se = cc_series_get(b->s, row);
	if (cc_metrics_is_bucket(b->s, se) || cc_metrics_is_repeat(b->s, row))
		return CC_OK;
	cc_point_vec points = { 0 };
	cc_index_vec series = { 0 };
	cc_buf name = CC_BUF_INIT;
	cc_code code = cc_series_points(&points, se, b->from, b->to);
	if (code == CC_OK && !cc_vec_push(&series, row))
		code = CC_ENOMEM;
	cc_series_format(b->s, se, &name);
	if (code == CC_OK)
		code = cc_metrics_add(b, se->counter ? CC_METRIC_RATE : CC_METRIC_GAUGE, cc_buf_str(&name),
			cc_metrics_unit_of(b->s, se), &series, &points);
	cc_buf_deinit(&name);
	cc_vec_deinit(&points);
	cc_vec_deinit(&series);
	return code;
}

/* Faults show as a rise more often than as a drop, and a drop to zero is always at the end of the scale. A series that came
 * or went has no score, and stands where a change begins to be more than what is usual: at 1, what came and says something
 * - a restart counter that begins at 0 does not - before what went. */
static double weight_of(const cc_metric_view *v)
{
	if (v->change.kind == CC_SHIFT_NEW || v->change.kind == CC_SHIFT_GONE)
		return v->change.kind == CC_SHIFT_NEW && v->change.after != 0 ? 1 : 0.999;
	return v->change.score < 0 ? -0.9 * v->change.score : v->change.score;
}

static int by_name(const void *x, const void *y)
{
	const cc_metric_view *a = x, *b = y;
	bool da = a->kind > CC_METRIC_RATE, db = b->kind > CC_METRIC_RATE;
	if (a->members && b->members && a->object != b->object)
		return a->object < b->object ? -1 : 1;
	if (a->object != b->object)   /* series stand in the order of their objects' names */
		return a->series < b->series ? -1 : 1;
	if (da != db)
		return da ? -1 : 1;
	int cmp = cc_str_cmp(a->name, b->name);
	if (cmp)
		return cmp;
	return a->series < b->series ? -1 : a->series > b->series;
}

static int by_change(const void *x, const void *y)
{
	const cc_metric_view *a = x, *b = y;
	double sa = weight_of(a), sb = weight_of(b);
	if (sa != sb)
		return sa < sb ? 1 : -1;
	bool da = a->kind > CC_METRIC_RATE, db = b->kind > CC_METRIC_RATE;
	if (da != db)
		return da ? -1 : 1;
	return by_name(x, y);
}

size_t cc_metric_made_of(const cc_snapshot *s, size_t series, const char *out[CC_METRIC_MADE])
{
	const cc_series *se = cc_series_get(s, series);
	size_t n = cc_metrics_made_of_pod(s, se, out);
	n += cc_metrics_made_of_calls(s, se, out + n);
	return n + cc_metrics_made_of_ratio(s, se, out + n, CC_METRIC_MADE - n);
}

/* Series that were found for what is made of them are no answer themselves, nor is all else that is made of them. */
static bool is_meant(cc_filter *f, const cc_metric_view *v)
{
	size_t brace = cc_str_find_char(v->name, '{');
	cc_str name = v->kind <= CC_METRIC_RATE ? CC_STR_EMPTY : cc_str_trim(cc_str_sub(v->name, 0, brace == CC_STR_NONE ? v->name.n : brace));
	for (uint32_t i = 0; i < v->series_count; i++)
		if (cc_filter_match_as(f, v->sources[i], name))
			return true;
	return false;
}

static void leave_out(metric_builder *b)
{
	size_t kept = 0;
	for (size_t i = 0; b->opt->filter && i < b->set->views.n; i++)
		if (is_meant(b->opt->filter, &b->set->views.p[i]))
			b->set->views.p[kept++] = b->set->views.p[i];
	if (b->opt->filter)
		b->set->views.n = kept;
}

static cc_code build(metric_builder *b)
{
	const cc_metric_options *opt = b->opt;
	bool raw = opt->raw || !opt->derived, derived = opt->derived || !opt->raw;
	cc_code code = collect_rows(b) ? CC_OK : CC_ENOMEM;
	for (size_t i = 0; raw && i < b->rows.n && code == CC_OK; i++) {
		if (i % CANCEL_EVERY == 0 && cc_canceled(opt->cancel))
			return CC_ECANCELED;
		code = add_raw(b, b->rows.p[i]);
	}
	if (derived && code == CC_OK)
		code = cc_metrics_derive(b);
	if (derived && code == CC_OK)
		code = cc_metrics_derive_ratios(b);
	if (derived && code == CC_OK)
		code = cc_metrics_derive_services(b);
	leave_out(b);
	return code;
}

cc_metric_set *cc_metrics_set_new(void)
{
	cc_metric_set *set = cc_calloc(1, sizeof *set);
	if (set && !(set->arena = cc_arena_new())) {
		cc_free(set);
		return NULL;
	}
	return set;
}

void cc_metrics_sort(cc_metric_set *set, const cc_metric_options *opt)
{
	if (set->views.n)
		qsort(set->views.p, set->views.n, sizeof *set->views.p, opt->by_name ? by_name : by_change);
	set->total = set->views.n;
	if (opt->max && set->views.n > opt->max)
		set->views.n = opt->max;
}

cc_code cc_metrics_build(cc_metric_set **out, const cc_snapshot *s, const cc_metric_options *opt, cc_err *err)
{
	*out = NULL;
	metric_builder b = { .s = s, .opt = opt, .from = opt->range.from_ns, .to = opt->range.to_ns };
	if (b.to == CC_TIME_NONE)
		b.to = INT64_MAX;
	b.set = cc_metrics_set_new();
	cc_code code = b.set ? build(&b) : CC_ENOMEM;
	cc_vec_deinit(&b.rows);
	if (code != CC_OK) {
		cc_metrics_free(b.set);
		return cc_err_set(err, code, "metrics: %s", cc_code_text(code));
	}
	cc_metrics_sort(b.set, opt);
	*out = b.set;
	return CC_OK;
}

void cc_metrics_free(cc_metric_set *m)
{
	if (!m)
		return;
	cc_vec_deinit(&m->views);
	cc_arena_free(m->arena);
	cc_free(m);
}

size_t cc_metrics_count(const cc_metric_set *m) { return m->views.n; }
size_t cc_metrics_total(const cc_metric_set *m) { return m->total; }
const cc_metric_view *cc_metrics_get(const cc_metric_set *m, size_t i)
{
	return i < m->views.n ? &m->views.p[i] : NULL;
}

const char *cc_metric_kind_name(cc_metric_kind k)
{
	static const char *const names[] = { "gauge", "rate", "cpu throttled", "memory/limit", "cpu/limit",
		"error ratio", "latency p50", "latency p95", "latency p99", "restarts", "calls", "share", "fraction" };
	return k <= CC_METRIC_FRACTION ? names[k] : "?";
}

bool cc_metric_is_share(cc_metric_kind k)
{
	return k == CC_METRIC_MEM_LIMIT || k == CC_METRIC_CPU_LIMIT || k == CC_METRIC_SHARE;
}

bool cc_metric_is_drawable(const cc_snapshot *s, size_t series)
{
	return !cc_metrics_is_bucket(s, cc_series_get(s, series)) && !cc_metrics_is_repeat(s, series);
}
