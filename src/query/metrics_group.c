/* metrics_group.c - views brought together: one line for all pods of a workload, a namespace, a node.
 *
 * Filter, derive, group, aggregate: views are rates and ratios before they are summed, never raw counters. Samples of different
 * pods do not coincide, so members are read on one grid of the usual interval, each value holding until it is two and a half
 * intervals old; a pod that came or went counts as long as it was there. */
#include <math.h>
#include <stdlib.h>

#include "metrics_priv.h"
#include "coldcase/entity.h"
#include "coldcase/map.h"
#include "coldcase/xalloc.h"

enum { DIMENSIONS = 6 };

typedef struct group {
	cc_str name;
	cc_sym object;
	cc_entity_id entity;
	cc_index_vec members;    /* views of the question */
} group;

typedef struct grouping {
	metric_builder b;        /* of the set that is made */
	const cc_metric_view *const *views;
	size_t count;
	cc_str dims[DIMENSIONS];
	size_t dim_count;
	cc_metric_agg agg;
	CC_VEC(group) groups;
	cc_map *index;
} grouping;

static const char *const agg_names[] = { "auto", "sum", "avg", "max", "min" };

const char *cc_metric_agg_name(cc_metric_agg a)
{
	return a <= CC_AGG_MIN ? agg_names[a] : "?";
}

/* What can be added up is; of the rest - shares, latencies - the worst tells, because an average hides the one bad pod. */
static cc_metric_agg agg_for(const cc_metric_view *v, cc_metric_agg wanted)
{
	static const char *const summed[] = { "bytes", "KiB", "MiB", "GiB", "kB", "MB", "GB", "cores", "mcores", "restarts" };
	bool adds = v->kind == CC_METRIC_RATE || v->kind == CC_METRIC_CALLS || v->kind == CC_METRIC_RESTARTS;
	for (size_t i = 0; i < sizeof summed / sizeof *summed && v->kind == CC_METRIC_GAUGE; i++)
		adds = adds || cc_str_eqz(v->unit, summed[i]);
	bool plain = v->kind == CC_METRIC_GAUGE && v->unit.n == 0;
	if (wanted == CC_AGG_AUTO)
		return adds ? CC_AGG_SUM : plain ? CC_AGG_AVG : CC_AGG_MAX;
	return wanted == CC_AGG_SUM && !adds && !plain ? CC_AGG_AVG : wanted;   /* a sum of shares or latencies means nothing */
}

/* --- which views belong together --- */

static cc_entity_id workload_of(const cc_snapshot *s, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);
	return e && e->workload ? e->workload : id;
}

static cc_str base_name(const grouping *g, const cc_metric_view *v)
{
	size_t brace = cc_str_find_char(v->name, '{');
	if (v->kind <= CC_METRIC_RATE)
		return cc_snapshot_sym(g->b.s, cc_series_get(g->b.s, v->series)->metric);
	return cc_str_trim(cc_str_sub(v->name, 0, brace == CC_STR_NONE ? v->name.n : brace));
}

static cc_str label_value(const grouping *g, const cc_metric_view *v, cc_str key)
{
	const cc_series *se = cc_series_get(g->b.s, v->series);
	for (size_t i = 0; i < se->label_count; i++)
		if (cc_str_eq(se->labels[i].key, key))
			return se->labels[i].value;
	return CC_STR_EMPTY;
}

/* `labels` gets {node="n1"} of dimensions that are labels; workload, namespace and object say whose the line is. */
static void place_view(const grouping *g, const cc_metric_view *v, group *out, cc_buf *labels)
{
	const cc_snapshot *s = g->b.s;
	for (size_t i = 0; i < g->dim_count; i++) {
		const cc_entity *e = cc_entity_get(s, workload_of(s, v->entity));
		if (cc_str_eqz(g->dims[i], "workload")) {
			out->entity = workload_of(s, v->entity);
			out->object = e ? e->name : v->object;
		} else if (cc_str_eqz(g->dims[i], "object")) {
			out->entity = v->entity;
			out->object = v->object;
		} else if (cc_str_eqz(g->dims[i], "namespace")) {
			out->object = out->object == CC_SYM_NONE ? cc_series_get(s, v->series)->ns : out->object;
			cc_str ns = cc_snapshot_sym(s, cc_series_get(s, v->series)->ns);
			out->entity = out->entity ? out->entity : cc_entity_find(s, CC_STR("cluster"), CC_STR("Namespace"), ns);
		} else {
			cc_buf_addf(labels, "%s%.*s=\"%.*s\"", labels->n ? "," : "", CC_STR_ARG(g->dims[i]), CC_STR_ARG(label_value(g, v, g->dims[i])));
		}
	}
}

static cc_code add_view(grouping *g, uint32_t i)
{
	const cc_metric_view *v = g->views[i];
	group fresh = { .object = CC_SYM_NONE };
	cc_buf labels = CC_BUF_INIT;
	uint64_t at;
	place_view(g, v, &fresh, &labels);
	fresh.name = cc_arena_printf(g->b.set->arena, "%s(%.*s)%s%.*s%s", cc_metric_agg_name(agg_for(v, g->agg)), CC_STR_ARG(base_name(g, v)),
		labels.n ? "{" : "", CC_STR_ARG(cc_buf_str(&labels)), labels.n ? "}" : "");
	cc_str key = cc_arena_printf(g->b.set->arena, "%u/%u/%.*s/%.*s", fresh.object, fresh.entity, CC_STR_ARG(v->unit), CC_STR_ARG(fresh.name));
	cc_buf_deinit(&labels);
	if (!fresh.name.p || !key.p)
		return CC_ENOMEM;
	if (!cc_map_get(g->index, key, &at)) {
		at = g->groups.n;
		if (!cc_map_set(g->index, key, at) || !cc_vec_push(&g->groups, fresh))
			return CC_ENOMEM;
	}
	return at < g->groups.n && cc_vec_push(&g->groups.p[at].members, i) ? CC_OK : CC_ENOMEM;
}

/* --- one line of many --- */

typedef struct grid { int64_t from, step; size_t n; } grid;

enum { GRID_MAX = 4000 };

static grid grid_of(const grouping *g, const group *gr)
{
	int64_t to = INT64_MIN;
	grid t = { INT64_MAX, 0, 0 };
	for (size_t i = 0; i < gr->members.n; i++) {
		const cc_metric_view *v = g->views[gr->members.p[i]];
		int64_t step = cc_sample_interval(v->points, v->count);
		t.from = v->points[0].time_ns < t.from ? v->points[0].time_ns : t.from;
		to = v->points[v->count - 1].time_ns > to ? v->points[v->count - 1].time_ns : to;
		t.step = step > 0 && (t.step == 0 || step < t.step) ? step : t.step;
	}
	if (t.step == 0)
		t.n = 1;
	else
		while ((double)to - (double)t.from > (double)t.step * (GRID_MAX - 1))
			t.step *= 2;
	t.n = t.n ? t.n : (size_t)(((double)to - (double)t.from) / (double)t.step) + 1;
	return t;
}

typedef struct slot { double value; uint32_t count, record; } slot;

static void put(slot *s, double v, cc_metric_agg agg, uint32_t record)
{
	bool first = s->count++ == 0;
	if (agg == CC_AGG_MAX || agg == CC_AGG_MIN) {
		bool better = first || (agg == CC_AGG_MAX ? v > s->value : v < s->value);
		s->record = better ? record : s->record;
		s->value = better ? v : s->value;
	} else {
		s->value = first ? v : s->value + v;
		s->record = first ? record : s->record;
	}
}

static void read_member(slot *slots, const grid *t, const cc_metric_view *v, cc_metric_agg agg)
{
	int64_t usual = cc_sample_interval(v->points, v->count), old = usual > 0 ? usual + usual * 3 / 2 : t->step;
	for (size_t i = 0, k = 0; i < t->n; i++) {
		int64_t end = t->from + t->step * (int64_t)i + (t->step ? t->step - 1 : 0);
		while (k + 1 < v->count && v->points[k + 1].time_ns <= end)
			k++;
		if (v->points[k].time_ns <= end && (t->step == 0 || end - v->points[k].time_ns < old) && isfinite(v->points[k].value))
			put(&slots[i], v->points[k].value, agg, v->points[k].record);
	}
}

/* Of the records behind many, the one of the member that changed most. */
static const cc_metric_view *telling(const grouping *g, const group *gr)
{
	const cc_metric_view *best = g->views[gr->members.p[0]];
	for (size_t i = 1; i < gr->members.n; i++)
		if (fabs(g->views[gr->members.p[i]]->change.score) > fabs(best->change.score))
			best = g->views[gr->members.p[i]];
	return best;
}

static cc_code aggregate(grouping *g, const group *gr)
{
	const cc_metric_view *first = g->views[gr->members.p[0]];
	cc_metric_agg agg = agg_for(first, g->agg);
	grid t = grid_of(g, gr);
	slot *slots = cc_calloc(t.n, sizeof *slots);
	cc_point_vec points = { 0 };
	cc_index_vec sources = { 0 };
	cc_code code = slots ? CC_OK : CC_ENOMEM;
	for (size_t i = 0; i < gr->members.n && code == CC_OK; i++) {
		const cc_metric_view *v = g->views[gr->members.p[i]];
		read_member(slots, &t, v, agg);
		for (uint32_t k = 0; k < v->series_count && code == CC_OK; k++)
			code = cc_vec_push(&sources, v->sources[k]) ? CC_OK : CC_ENOMEM;
	}
	for (size_t i = 0; i < t.n && code == CC_OK; i++) {
		cc_point p = { t.from + t.step * (int64_t)i, agg == CC_AGG_AVG ? slots[i].value / slots[i].count : slots[i].value, slots[i].record };
		if (slots[i].count && !cc_vec_push(&points, p))
			code = CC_ENOMEM;
	}
	size_t before = g->b.set->views.n;
	if (code == CC_OK)
		code = cc_metrics_add(&g->b, first->kind, gr->name, first->unit.p, &sources, &points);
	if (code == CC_OK && g->b.set->views.n > before) {
		cc_metric_view *v = &g->b.set->views.p[before];
		v->entity = gr->entity;
		v->object = gr->object == CC_SYM_NONE ? first->object : gr->object;
		v->members = (uint32_t)gr->members.n;
		v->cite = telling(g, gr)->cite;
	}
	cc_free(slots);
	cc_vec_deinit(&points);
	cc_vec_deinit(&sources);
	return code;
}

static cc_code read_dimensions(grouping *g, cc_str text, cc_err *err)
{
	cc_str one;
	while (text.n) {
		cc_str_cut(text, ',', &one, &text);
		one = cc_str_trim(one);
		if (one.n && g->dim_count == DIMENSIONS)
			return cc_err_set(err, CC_EUSAGE, "metrics: by= takes at most %d dimensions", DIMENSIONS);
		if (one.n)
			g->dims[g->dim_count++] = one;
	}
	return CC_OK;
}

static bool is_word(cc_str dim)
{
	return cc_str_eqz(dim, "workload") || cc_str_eqz(dim, "object") || cc_str_eqz(dim, "namespace");
}

/* A label nobody has would bring everything together under nothing. */
static cc_code check_labels(const grouping *g, cc_err *err)
{
	for (size_t k = 0; k < g->dim_count; k++) {
		bool any = is_word(g->dims[k]) || g->count == 0;
		for (size_t i = 0; i < g->count && !any; i++)
			any = label_value(g, g->views[i], g->dims[k]).n > 0;
		if (any)
			continue;
		cc_err_set(err, CC_EUSAGE, "metrics: no series here has a label %.*s to group by", CC_STR_ARG(g->dims[k]));
		cc_err_hint(err, "by= takes workload, namespace, object and labels of the series, separated by commas");
		return CC_EUSAGE;
	}
	return CC_OK;
}

cc_code cc_metrics_group(cc_metric_set **out, const cc_snapshot *s, const cc_metric_view *const *views, size_t count, cc_str by, cc_metric_agg agg,
	const cc_metric_options *opt, cc_err *err)
{
	grouping g = { .b = { .s = s, .opt = opt }, .views = views, .count = count, .agg = agg, .index = cc_map_new() };
	*out = NULL;
	g.b.set = cc_metrics_set_new();
	cc_code code = g.b.set && g.index ? read_dimensions(&g, by, err) : CC_ENOMEM;
	if (code == CC_OK)
		code = check_labels(&g, err);
	for (size_t i = 0; i < count && code == CC_OK; i++)
		code = views[i]->count ? add_view(&g, (uint32_t)i) : CC_OK;
	for (size_t i = 0; i < g.groups.n && code == CC_OK; i++)
		code = cc_canceled(opt->cancel) ? CC_ECANCELED : aggregate(&g, &g.groups.p[i]);
	for (size_t i = 0; i < g.groups.n; i++)
		cc_vec_deinit(&g.groups.p[i].members);
	cc_vec_deinit(&g.groups);
	cc_map_free(g.index);
	if (code != CC_OK) {
		cc_metrics_free(g.b.set);
		return code == CC_EUSAGE ? code : cc_err_set(err, code, "metrics: %s", cc_code_text(code));
	}
	cc_metrics_sort(g.b.set, opt);
	*out = g.b.set;
	return CC_OK;
}
