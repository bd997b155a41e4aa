/* metrics_levels.c - what a series must not pass: its request and limit, out of the series that record them, and when the
 * counter behind it began again.
 *
 * Requests and limits belong to a container. A pod's total (no container label) is held against the sum of its containers'. */
#include <math.h>

#include "metrics_priv.h"

static bool is_object_of(const cc_series *a, const cc_series *b)
{
	return b && a->object == b->object && a->ns == b->ns && a->is_service == b->is_service;
}

/* Memory in bytes or CPU in cores, as requests and limits are, or shares of the limit; NULL for anything else. */
static const char *resource_of(const cc_snapshot *s, const cc_metric_view *v)
{
	static const char *const memory[] = { "container_memory_working_set_bytes", "container_memory_usage_bytes", "container_memory_rss" };
	if (v->members || v->kind == CC_METRIC_MEM_LIMIT || v->kind == CC_METRIC_CPU_LIMIT)
		return v->members ? NULL : v->kind == CC_METRIC_MEM_LIMIT ? "memory" : "cpu";
	if (v->kind > CC_METRIC_RATE)
		return NULL;
	cc_str metric = cc_snapshot_sym(s, cc_series_get(s, v->series)->metric);
	for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
		if (cc_str_eqz(metric, memory[i]))
			return "memory";
	return cc_str_eqz(metric, "container_cpu_usage_seconds_total") ? "cpu" : NULL;
}

static double last_value(const cc_series *se)
{
	for (size_t i = se->count; i-- > 0;)
		if (isfinite(se->values[i]))
			return se->values[i];
	return NAN;
}

/* The sum over the object's containers, or of the one named. Of one container with two such series only one counts. */
static double level_of(const cc_snapshot *s, const cc_metric_view *v, const char *resource, const char *what)
{
	const cc_series *se = cc_series_get(s, v->series);
	cc_str container = cc_metrics_is_total(se) ? CC_STR_EMPTY : cc_series_label(se, "container"), previous = CC_STR_EMPTY;
	size_t first = v->series;
	double sum = NAN;
	while (first > 0 && is_object_of(se, cc_series_get(s, first - 1)))
		first--;
	for (size_t i = first; is_object_of(se, cc_series_get(s, i)); i++) {
		const cc_series *other = cc_series_get(s, i);
		cc_str name = cc_series_label(other, "container");
		double value = last_value(other);
		if (!cc_metrics_is_bound(s, other, what, resource) || !(value > 0) || (container.n && !cc_str_eq(name, container)) ||
			(previous.n && cc_str_eq(name, previous)))
			continue;
		previous = name;
		sum = isnan(sum) ? value : sum + value;
	}
	return sum;
}

size_t cc_metric_levels(const cc_snapshot *s, const cc_metric_view *v, cc_metric_level out[CC_METRIC_LEVELS])
{
	size_t n = 0;
	const char *resource = resource_of(s, v);
	double limit = resource ? level_of(s, v, resource, "resource_limits") : NAN;
	double request = resource ? level_of(s, v, resource, "resource_requests") : NAN;
	if (cc_metric_is_share(v->kind)) {
		request /= limit;
		limit = 1;
	}
	if (isfinite(limit))
		out[n++] = (cc_metric_level){ "limit", limit };
	if (isfinite(request) && request != limit)
		out[n++] = (cc_metric_level){ "request", request };
	return n;
}

size_t cc_metric_resets(const cc_snapshot *s, const cc_metric_view *v, int64_t *out, size_t max)
{
	const cc_series *se = cc_series_get(s, v->series);
	double previous = NAN;
	size_t n = 0;
	if (!se || !se->counter || v->count == 0 || v->members > 1 || (v->kind != CC_METRIC_RATE && v->series_count > 2))
		return 0;
	for (size_t i = 0; i < se->count && n < max; i++) {
		if (isnan(se->values[i]))
			continue;
		if (se->values[i] < previous && se->times_ns[i] >= v->points[0].time_ns && se->times_ns[i] <= v->points[v->count - 1].time_ns)
			out[n++] = se->times_ns[i];
		previous = se->values[i];
	}
	return n;
}
