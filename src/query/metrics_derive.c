/* metrics_derive.c - what operators ask for, from several series of one pod: throttling, use of limits, restarts.
 *
 * Series of one pod and container are brought together by role; pod totals (container "" or "POD") count only when
 * nothing else is there, because they repeat the containers. */
#include <math.h>

#include "metrics_priv.h"
#include "coldcase/map.h"
#include "coldcase/time.h"

typedef enum role { ROLE_THROTTLED, ROLE_PERIODS, ROLE_MEMORY, ROLE_MEMORY_LIMIT, ROLE_CPU, ROLE_CPU_LIMIT,
	ROLE_RESTARTS, ROLES } role;

typedef struct container { cc_str name; uint32_t series[ROLES]; } container;   /* series + 1, 0 = none */
typedef CC_VEC(container) container_vec;

/* Denominators are looked up a little in the past: scrapes of two exporters do not coincide. */
#define MATCH_NS (120 * CC_NS_PER_S)

bool cc_metrics_is_bound(const cc_snapshot *s, const cc_series *se, const char *what, const char *resource)
{
	cc_str metric = cc_snapshot_sym(s, se->metric);
	if (cc_str_find(metric, cc_str_from(what)) == CC_STR_NONE)
		return false;
	cc_str label = cc_series_label(se, "resource");
	if (label.n)
		return cc_str_eqz(label, resource);
	/* recording rules name the resource in the metric: cluster:namespace:pod_memory:active:… */
	return cc_str_find(metric, cc_str_from(resource)) != CC_STR_NONE;
}

static role role_of(const cc_snapshot *s, const cc_series *se)
{
	cc_str metric = cc_snapshot_sym(s, se->metric);
	if (cc_str_eqz(metric, "container_cpu_cfs_throttled_periods_total"))
		return ROLE_THROTTLED;
	if (cc_str_eqz(metric, "container_cpu_cfs_periods_total"))
		return ROLE_PERIODS;
	if (cc_str_eqz(metric, "container_memory_working_set_bytes"))
		return ROLE_MEMORY;
	if (cc_str_eqz(metric, "container_cpu_usage_seconds_total"))
		return ROLE_CPU;
	if (cc_str_eqz(metric, "kube_pod_container_status_restarts_total"))
		return ROLE_RESTARTS;
	if (cc_metrics_is_bound(s, se, "resource_limits", "memory") || cc_str_eqz(metric, "container_spec_memory_limit_bytes"))
		return ROLE_MEMORY_LIMIT;
	return cc_metrics_is_bound(s, se, "resource_limits", "cpu") ? ROLE_CPU_LIMIT : ROLES;
}

size_t cc_metrics_made_of_pod(const cc_snapshot *s, const cc_series *se, const char **out)
{
	switch (role_of(s, se)) {
	case ROLE_THROTTLED: case ROLE_PERIODS: out[0] = cc_metric_kind_name(CC_METRIC_THROTTLE); return 1;
	case ROLE_MEMORY: case ROLE_MEMORY_LIMIT: out[0] = cc_metric_kind_name(CC_METRIC_MEM_LIMIT); return 1;
	case ROLE_CPU: case ROLE_CPU_LIMIT: out[0] = cc_metric_kind_name(CC_METRIC_CPU_LIMIT); return 1;
	case ROLE_RESTARTS: out[0] = cc_metric_kind_name(CC_METRIC_RESTARTS); return 1;
	case ROLES: break;
	}
	return 0;
}

bool cc_metrics_is_total(const cc_series *se)
{
	cc_str name = cc_series_label(se, "container");
	return name.n == 0 || cc_str_eqz(name, "POD");
}

static cc_code put_role(metric_builder *b, container_vec *list, cc_map *index, uint32_t row, role r)
{
	const cc_series *se = cc_series_get(b->s, row);
	cc_str name = cc_metrics_is_total(se) ? CC_STR_EMPTY : cc_series_label(se, "container");
	cc_str key = cc_arena_printf(b->set->arena, "%u/%u/%.*s", se->object, se->ns, CC_STR_ARG(name));
	uint64_t at;
	if (!key.p)
		return CC_ENOMEM;
	if (!cc_map_get(index, key, &at)) {
		container fresh = { .name = name };
		at = list->n;
		if (!cc_map_set(index, key, at) || !cc_vec_push(list, fresh))
			return CC_ENOMEM;
	}
	if (!list->p[at].series[r]) /* NOLINT: in the map means pushed before */
		list->p[at].series[r] = row + 1;
	return CC_OK;
}

/* numerator / denominator at the numerator's times. */
cc_code cc_metrics_divide(metric_builder *b, cc_point_vec *out, uint32_t over, uint32_t under)
{
	cc_point_vec top = { 0 }, bottom = { 0 };
	cc_code code = cc_series_points(&top, cc_series_get(b->s, over), b->from, b->to);
	if (code == CC_OK)
		code = cc_series_points(&bottom, cc_series_get(b->s, under), CC_TIME_NONE, b->to);
	for (size_t i = 0, k = 0; i < top.n && code == CC_OK; i++) {
		while (k + 1 < bottom.n && bottom.p[k + 1].time_ns <= top.p[i].time_ns)
			k++;
		if (k >= bottom.n || bottom.p[k].time_ns > top.p[i].time_ns ||
			top.p[i].time_ns - bottom.p[k].time_ns > MATCH_NS || !(bottom.p[k].value > 0))
			continue;
		cc_point p = { top.p[i].time_ns, top.p[i].value / bottom.p[k].value, top.p[i].record };
		if (!cc_vec_push(out, p))
			code = CC_ENOMEM;
	}
	cc_vec_deinit(&top);
	cc_vec_deinit(&bottom);
	return code;
}

static cc_code add_view(metric_builder *b, const container *c, cc_metric_kind kind, const char *unit, uint32_t over,
	uint32_t under, const cc_point_vec *points)
{
	cc_index_vec series = { 0 };
	cc_buf name = CC_BUF_INIT;
	cc_code code = CC_OK;
	if (!cc_vec_push(&series, over) || (under != UINT32_MAX && !cc_vec_push(&series, under)))
		code = CC_ENOMEM;
	cc_buf_addz(&name, cc_metric_kind_name(kind));
	if (c->name.n)
		cc_buf_addf(&name, " {container=\"%.*s\"}", CC_STR_ARG(c->name));
	if (code == CC_OK)
		code = cc_metrics_add(b, kind, cc_buf_str(&name), unit, &series, points);
	cc_buf_deinit(&name);
	cc_vec_deinit(&series);
	return code;
}

static cc_code add_ratio(metric_builder *b, const container *c, cc_metric_kind kind, role over, role under)
{
	if (!c->series[over] || !c->series[under])
		return CC_OK;
	cc_point_vec points = { 0 };
	cc_code code = cc_metrics_divide(b, &points, c->series[over] - 1, c->series[under] - 1);
	if (code == CC_OK)
		code = add_view(b, c, kind, "ratio", c->series[over] - 1, c->series[under] - 1, &points);
	cc_vec_deinit(&points);
	return code;
}

/* Restarts since the first sample: a staircase that says when. */
static cc_code add_restarts(metric_builder *b, const container *c)
{
	if (!c->series[ROLE_RESTARTS])
		return CC_OK;
	const cc_series *se = cc_series_get(b->s, c->series[ROLE_RESTARTS] - 1);
	cc_point_vec points = { 0 };
	cc_code code = CC_OK;
	double previous = NAN, sum = 0;
	for (size_t i = 0; i < se->count && code == CC_OK; i++) {
		if (isnan(se->values[i]) || se->times_ns[i] > b->to)
			continue;
		sum += isnan(previous) ? 0 : se->values[i] >= previous ? se->values[i] - previous : se->values[i];
		previous = se->values[i];
		cc_point p = { se->times_ns[i], sum, se->records ? se->records[i] : 0 };
		if ((b->from == CC_TIME_NONE || p.time_ns >= b->from) && !cc_vec_push(&points, p))
			code = CC_ENOMEM;
	}
	if (code == CC_OK)
		code = add_view(b, c, CC_METRIC_RESTARTS, "restarts", c->series[ROLE_RESTARTS] - 1, UINT32_MAX,
			&points);
	cc_vec_deinit(&points);
	return code;
}

static cc_code derive_container(metric_builder *b, const container *c)
{
	cc_code code = add_ratio(b, c, CC_METRIC_THROTTLE, ROLE_THROTTLED, ROLE_PERIODS);
	if (code == CC_OK)
		code = add_ratio(b, c, CC_METRIC_MEM_LIMIT, ROLE_MEMORY, ROLE_MEMORY_LIMIT);
	if (code == CC_OK)
		code = add_ratio(b, c, CC_METRIC_CPU_LIMIT, ROLE_CPU, ROLE_CPU_LIMIT);
	return code == CC_OK ? add_restarts(b, c) : code;
}

cc_code cc_metrics_derive(metric_builder *b)
{
	container_vec list = { 0 };
	cc_map *index = cc_map_new(), *named = cc_map_new();
	cc_code code = index && named ? CC_OK : CC_ENOMEM;
	for (int totals = 0; totals < 2; totals++)
		for (size_t i = 0; i < b->rows.n && code == CC_OK; i++) {
			const cc_series *se = cc_series_get(b->s, b->rows.p[i]);
			role r = role_of(b->s, se);
			if (r == ROLES || cc_metrics_is_total(se) != (totals == 1))
				continue;
			cc_str key = cc_arena_printf(b->set->arena, "%u/%u/%d", se->object, se->ns, (int)r);
			if (!key.p || (!totals && !cc_map_set(named, key, 1)))
				code = CC_ENOMEM;
			else if (!totals || !cc_map_get(named, key, NULL))
				code = put_role(b, &list, index, b->rows.p[i], r);
		}
	for (size_t i = 0; i < list.n && code == CC_OK; i++)
		code = derive_container(b, &list.p[i]);
	cc_map_free(index);
	cc_map_free(named);
	cc_vec_deinit(&list);
	return code;
}
