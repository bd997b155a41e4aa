/* alert_expr.c - an alert's expression over the capture, recomputed from the series that were recorded.
 *
 * Rules are evaluated each minute, and activeAt is the time of an evaluation: the moments of all others follow from it. At those
 * moments the value is the one Prometheus compared; between them it is what it would have been. */
#include "alert_rule_priv.h"

#include <math.h>
#include <stdlib.h>
#include "coldcase/arena.h"
#include "coldcase/time.h"

#define EVALUATION_NS (60 * CC_NS_PER_S)
#define STEP_NS (30 * CC_NS_PER_S)
enum { POINTS_MAX = 480, BOUNDS_MAX = 64 };

typedef struct expr {
	const cc_snapshot *s;
	const cc_alert_rule *rule;
	const cc_index_vec *series, *under;   /* under: of a ratio */
	int64_t window_ns;
} expr;

static double add_up(const expr *e, int64_t at, const cc_index_vec *rows)
{
	double sum = NAN;
	for (size_t i = 0; i < rows->n; i++) {
		const cc_series *se = cc_series_get(e->s, rows->p[i]);
		double v = e->rule->fn == CC_RULE_SUM ? cc_rule_last(se, at) : cc_rule_increase(se, at, e->window_ns);
		if (!isnan(v))
			sum = isnan(sum) ? v : sum + v;
	}
	return sum;
}

static double largest(const expr *e, int64_t at)
{
	double most = NAN;
	for (size_t i = 0; i < e->series->n; i++) {
		const cc_series *se = cc_series_get(e->s, e->series->p[i]);
		double v = cc_rule_last(se, at);
		if (!(v <= most) && !isnan(v))
			most = v;
		for (size_t k = 0; e->window_ns && k < se->count && se->times_ns[k] <= at; k++)
			if (se->times_ns[k] > cc_time_add(at, -e->window_ns) && !(se->values[k] <= most) && !isnan(se->values[k]))
				most = se->values[k];
	}
	return most;
}

typedef struct bucket { double le, count; } bucket;

static int by_bound(const void *x, const void *y)
{
	const bucket *a = x, *b = y;
	return a->le < b->le ? -1 : a->le > b->le;
}

/* The increases of all series by bound; a bound that a reset left behind its neighbour is lifted to it. */
static double percentile(const expr *e, int64_t at)
{
	bucket b[BOUNDS_MAX];
	double le[BOUNDS_MAX], sum[BOUNDS_MAX];
	size_t n = 0;
	for (size_t i = 0; i < e->series->n; i++) {
		const cc_series *se = cc_series_get(e->s, e->series->p[i]);
		double bound, v = cc_rule_increase(se, at, e->window_ns);
		size_t k = 0;
		if (isnan(v) || !cc_str_to_double(cc_series_label(se, "le"), &bound) || isnan(bound))
			continue;
		while (k < n && (b[k].le < bound || b[k].le > bound))
			k++;
		if (k == BOUNDS_MAX)
			continue;
		if (k == n)
			b[n++] = (bucket){ bound, 0 };
		b[k].count += v;
	}
	if (n)
		qsort(b, n, sizeof *b, by_bound);
	for (size_t i = 0; i < n; i++) {
		le[i] = b[i].le;
		sum[i] = i && b[i].count < sum[i - 1] ? sum[i - 1] : b[i].count;
	}
	return cc_histogram_quantile(0.95, le, sum, n);
}

static double value_at(const expr *e, int64_t at)
{
	double over;
	switch (e->rule->fn) {
	case CC_RULE_SUM:
	case CC_RULE_INCREASE: return add_up(e, at, e->series);
	case CC_RULE_RATE: return add_up(e, at, e->series) / ((double)e->window_ns / 1e9);
	case CC_RULE_MAX: return largest(e, at);
	case CC_RULE_P95: return percentile(e, at);
	case CC_RULE_RATIO:
		over = add_up(e, at, e->under);
		return over > 0 ? add_up(e, at, e->series) / over : (double)NAN;
	case CC_RULE_OPAQUE: break;
	}
	return NAN;
}

/* --- when --- */

static int64_t anchor_of(const cc_alert *a, int64_t fallback)
{
	for (size_t i = 0; i < a->sample_count; i++)
		if (a->samples[i].active_ns != CC_TIME_NONE)
			return a->samples[i].active_ns;
	return fallback;
}

/* How long before t the last moment of a beat through `anchor` was; neither difference may overflow. */
static int64_t after_phase(int64_t t, int64_t anchor, int64_t step)
{
	int64_t off = (t % step - anchor % step) % step;
	return off < 0 ? off + step : off;
}

/* Moments of evaluation within the capture, and one between each two where there are few. */
static size_t lay_times(const cc_alert *a, cc_range range, int64_t *times)
{
	if (range.from_ns == CC_TIME_NONE || range.to_ns <= range.from_ns)
		return 0;
	int64_t length = cc_time_between(range.from_ns, range.to_ns), step = STEP_NS;
	while (length / step >= POINTS_MAX)
		step = step == STEP_NS ? EVALUATION_NS : step * 2;
	int64_t off = after_phase(range.from_ns, anchor_of(a, range.from_ns), step);
	size_t n = 0;
	for (int64_t t = cc_time_add(range.from_ns, off ? step - off : 0); t <= range.to_ns && n < POINTS_MAX; t = cc_time_add(t, step)) {
		times[n++] = t;
		if (cc_time_between(t, range.to_ns) < step)
			break;
	}
	return n;
}

static bool is_of_spans(const cc_alert_rule *rule)
{
	return cc_str_starts(cc_str_from(rule->metric), CC_STR("traces_span_metrics_"));
}

static cc_code compute(cc_rule_value *out, const expr *e, const int64_t *times, size_t count, cc_cancel *cancel)
{
	for (size_t i = 0; i < count; i++) {
		cc_point p = { .time_ns = times[i], .value = value_at(e, times[i]) };
		if (cc_canceled(cancel))
			return CC_ECANCELED;
		if (!isnan(p.value) && !cc_vec_push(&out->points, p))
			return CC_ENOMEM;
	}
	return CC_OK;
}

cc_code cc_alert_rule_compute(cc_rule_value *out, const cc_snapshot *s, const cc_alert *a, const cc_alert_rule *rule, cc_cancel *cancel)
{
	int64_t times[POINTS_MAX];
	cc_index_vec under = { 0 };
	*out = (cc_rule_value){ 0 };
	size_t count = lay_times(a, cc_snapshot_range(s), times);
	if (rule->fn == CC_RULE_OPAQUE)
		return CC_OK;
	cc_code code = cc_rule_select(&out->series, s, a, rule, rule->metric);
	if (code == CC_OK)
		code = cc_rule_select(&under, s, a, rule, rule->over);
	expr e = { s, rule, &out->series, &under, rule->window_s * CC_NS_PER_S };
	if (code == CC_OK && out->series.n)
		code = compute(out, &e, times, count, cancel);
	else if (code == CC_OK && is_of_spans(rule))
		code = cc_rule_compute_spans(out, s, a, rule, times, count, cancel);
	cc_vec_deinit(&under);
	return code;
}

double cc_rule_value_at(const cc_rule_value *v, const cc_alert *a, int64_t time_ns)
{
	double last = NAN;
	int64_t evaluated = cc_time_add(time_ns, -after_phase(time_ns, anchor_of(a, time_ns), EVALUATION_NS));
	for (size_t i = 0; i < v->points.n && v->points.p[i].time_ns <= evaluated; i++)
		last = cc_time_between(v->points.p[i].time_ns, evaluated) < EVALUATION_NS ? v->points.p[i].value : (double)NAN;
	return last;
}

void cc_rule_value_deinit(cc_rule_value *v)
{
	cc_vec_deinit(&v->points);
	cc_vec_deinit(&v->series);
}
