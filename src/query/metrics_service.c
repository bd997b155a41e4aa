/* metrics_service.c - latency quantiles and error ratios of services, from span metrics and those of a mesh.
 *
 * The files hold cumulative buckets for each operation, kind and status; nothing in them is a percentile. The
 * increases of all bucket series of a service are added up by scrape time and bound, and the quantile is taken of
 * each scrape's increases. Errors are increases of the failed calls over those of the +Inf bucket.
 *
 * Calls that a service received and calls that it made say different things: the kind of the span parts them. What a
 * sidecar counted is a third: it answers for a service that never saw the call. */
#include <math.h>
#include <stdlib.h>

#include "metrics_priv.h"
#include "coldcase/map.h"
#include "coldcase/time.h"

enum { BOUNDS_MAX = 64 };

typedef struct increase { int64_t time_ns; double le, value; uint32_t record; } increase;
typedef CC_VEC(increase) increase_vec;

typedef struct calls {       /* of one direction */
	cc_index_vec buckets, errors;
} calls;

typedef enum direction { RECEIVED, MADE, MESH, UNTOLD, DIRECTIONS } direction;
typedef struct service { calls of[DIRECTIONS]; } service;
typedef struct call_names { const char *calls, *errors, *p50, *p95, *p99; } call_names;

static const call_names names_of[DIRECTIONS] = {
	[RECEIVED] = { "calls", "error ratio", "latency p50", "latency p95", "latency p99" },
	[MADE] = { "calls made", "error ratio of calls made", NULL, NULL, "latency p99 of calls made" },
	[MESH] = { "mesh calls", "mesh error ratio", NULL, "mesh latency p95", "mesh latency p99" },
	[UNTOLD] = { "calls", "error ratio", "latency p50", "latency p95", "latency p99" },
};

static bool is_mesh(const cc_snapshot *s, const cc_series *se)
{
	return cc_str_starts(cc_snapshot_sym(s, se->metric), CC_STR("istio_"));
}

static direction direction_of(const cc_snapshot *s, const cc_series *se)
{
	static const struct { const char *kind; direction direction; } kinds[] = { { "SERVER", RECEIVED }, { "CONSUMER", RECEIVED },
		{ "CLIENT", MADE }, { "PRODUCER", MADE } };
	cc_str kind = cc_series_label(se, "span_kind");
	if (is_mesh(s, se))
		return MESH;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (cc_str_ends(kind, cc_str_from(kinds[i].kind)))
			return kinds[i].direction;
	return UNTOLD;
}

static bool is_error_series(const cc_snapshot *s, const cc_series *se)
{
	cc_str metric = cc_snapshot_sym(s, se->metric), grpc = cc_series_label(se, "grpc_response_status");
	if (cc_str_eqz(metric, "istio_requests_total"))
		return cc_str_starts(cc_series_label(se, "response_code"), CC_STR("5")) || (grpc.n && !cc_str_eqz(grpc, "0"));
	return cc_str_find(metric, CC_STR("calls_total")) != CC_STR_NONE &&
		cc_str_find_nocase(cc_series_label(se, "status_code"), CC_STR("error")) != CC_STR_NONE;
}

size_t cc_metrics_made_of_calls(const cc_snapshot *s, const cc_series *se, const char **out)
{
	const call_names *names = &names_of[direction_of(s, se)];
	const char *of_bucket[] = { names->errors, names->calls, names->p50, names->p95, names->p99 };
	size_t n = 0, all = !se->is_service ? 0 : cc_metrics_is_bucket(s, se) ? sizeof of_bucket / sizeof *of_bucket : is_error_series(s, se);
	for (size_t i = 0; i < all; i++)
		if (of_bucket[i])
			out[n++] = of_bucket[i];
	return n;
}

/* born: the series' first reading counts in full, because it appeared when the first such call was made. */
static cc_code add_increases(increase_vec *out, const cc_series *se, double le, int64_t to, bool born)
{
	double previous = born ? 0 : NAN;
	for (size_t i = 0; i < se->count && se->times_ns[i] <= to; i++) {
		double v = se->values[i];
		if (isnan(v))
			continue;
		increase inc = { se->times_ns[i], le, v >= previous ? v - previous : v,
			se->records ? se->records[i] : 0 };
		bool first = isnan(previous);
		previous = v;
		if (!first && !cc_vec_push(out, inc))
			return CC_ENOMEM;
	}
	return CC_OK;
}

static int by_time(const void *x, const void *y)
{
	const increase *a = x, *b = y;
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	if (a->le != b->le)
		return a->le < b->le ? -1 : 1;
	return a->record < b->record ? -1 : a->record > b->record;
}

static cc_code bucket_increases(metric_builder *b, const calls *sv, increase_vec *out)
{
	for (size_t i = 0; i < sv->buckets.n; i++) {
		const cc_series *se = cc_series_get(b->s, sv->buckets.p[i]);
		double le;
		if (!cc_str_to_double(cc_series_label(se, "le"), &le) || isnan(le))
			continue;
		cc_code code = add_increases(out, se, le, b->to, false);
		if (code != CC_OK)
			return code;
	}
	if (out->n)
		qsort(out->p, out->n, sizeof *out->p, by_time);
	return CC_OK;
}

static cc_code push_point(cc_point_vec *out, int64_t ns, double value, uint32_t record)
{
	cc_point p = { ns, value, record };
	return isnan(value) || cc_vec_push(out, p) ? CC_OK : CC_ENOMEM;
}

/* The increases of one scrape, [first, end): the bounds with their sums, ascending. */
static size_t sum_bounds(const increase_vec *v, size_t first, size_t end, double *le, double *sum)
{
	size_t n = 0;
	for (size_t i = first; i < end; i++) {
		if (n == 0 || v->p[i].le != le[n - 1]) {
			if (n == BOUNDS_MAX)
				break;
			le[n] = v->p[i].le;
			sum[n++] = 0;
		}
		sum[n - 1] += v->p[i].value;
	}
	/* cumulative by definition; a reset in one series only can break it */
	for (size_t i = 1; i < n; i++)
		sum[i] = sum[i] < sum[i - 1] ? sum[i - 1] : sum[i];
	return n;
}

typedef struct quantiles { cc_point_vec p50, p95, p99, calls; } quantiles;

static cc_code take_quantiles(metric_builder *b, const increase_vec *v, quantiles *q)
{
	double le[BOUNDS_MAX], sum[BOUNDS_MAX];
	cc_code code = CC_OK;
	for (size_t i = 0, end; i < v->n && code == CC_OK; i = end) {
		for (end = i; end < v->n && v->p[end].time_ns == v->p[i].time_ns; end++)
			;
		size_t n = sum_bounds(v, i, end, le, sum);
		int64_t ns = v->p[i].time_ns;
		uint32_t record = v->p[i].record;
		if (b->from != CC_TIME_NONE && ns < b->from)
			continue;
		code = push_point(&q->p50, ns, cc_histogram_quantile(0.5, le, sum, n), record);
		if (code == CC_OK)
			code = push_point(&q->p95, ns, cc_histogram_quantile(0.95, le, sum, n), record);
		if (code == CC_OK)
			code = push_point(&q->p99, ns, cc_histogram_quantile(0.99, le, sum, n), record);
		if (code == CC_OK && n)
			code = push_point(&q->calls, ns, sum[n - 1], record);
	}
	return code;
}

/* errors since the previous scrape of calls / calls of this scrape. */
static cc_code error_ratio(metric_builder *b, const calls *sv, const cc_point_vec *counts, cc_point_vec *out)
{
	increase_vec errors = { 0 };
	cc_code code = CC_OK;
	int64_t begin = counts->n ? counts->p[0].time_ns : 0;
	for (size_t i = 0; i < sv->errors.n && code == CC_OK; i++) {
		const cc_series *se = cc_series_get(b->s, sv->errors.p[i]);
		code = add_increases(&errors, se, 0, b->to, se->count && se->times_ns[0] > begin);
	}
	if (errors.n)
		qsort(errors.p, errors.n, sizeof *errors.p, by_time);
	size_t k = 0;
	for (size_t i = 0; i < counts->n && code == CC_OK; i++) {
		double failed = 0;
		uint32_t record = counts->p[i].record;
		for (; k < errors.n && errors.p[k].time_ns <= counts->p[i].time_ns; k++) {
			failed += i > 0 || errors.p[k].time_ns == counts->p[i].time_ns ? errors.p[k].value : 0;
			record = errors.p[k].record;
		}
		if (counts->p[i].value > 0)
			code = push_point(out, counts->p[i].time_ns, fmin(failed / counts->p[i].value, 1), record);
	}
	cc_vec_deinit(&errors);
	return code;
}

/* Calls of each scrape over the time since the one before. */
static cc_code call_rate(metric_builder *b, const calls *sv, cc_str name, const cc_point_vec *counts)
{
	cc_point_vec rate = { 0 };
	cc_code code = CC_OK;
	for (size_t i = 1; i < counts->n && code == CC_OK; i++) {
		double seconds = ((double)counts->p[i].time_ns - (double)counts->p[i - 1].time_ns) / 1e9;
		code = seconds > 0 ? push_point(&rate, counts->p[i].time_ns, counts->p[i].value / seconds, counts->p[i].record) : CC_OK;
	}
	if (code == CC_OK)
		code = cc_metrics_add(b, CC_METRIC_CALLS, name, "/s", &sv->buckets, &rate);
	cc_vec_deinit(&rate);
	return code;
}

/* Failed calls are recorded, but the filter did not select them: nothing is known of their share then. */
static bool errors_left_out(const metric_builder *b, const calls *sv, uint32_t row, direction d)
{
	const cc_series *se = cc_series_get(b->s, row), *other;
	size_t first = row;
	while (first > 0 && cc_series_get(b->s, first - 1)->object == se->object)
		first--;
	for (size_t i = first; !sv->errors.n && b->opt->rows && (other = cc_series_get(b->s, i)) && other->object == se->object; i++)
		if (other->is_service && other->ns == se->ns && is_error_series(b->s, other) &&
			(direction_of(b->s, other) == d || direction_of(b->s, other) == UNTOLD))
			return true;
	return false;
}

static cc_code derive_calls(metric_builder *b, const calls *sv, direction d)
{
	const call_names *names = &names_of[d];
	increase_vec increases = { 0 };
	quantiles q = { 0 };
	cc_point_vec ratio = { 0 };
	cc_code code = bucket_increases(b, sv, &increases);
	if (code == CC_OK)
		code = take_quantiles(b, &increases, &q);
	const struct { cc_metric_kind kind; const char *name; const cc_point_vec *points; } latency[] = { { CC_METRIC_P50, names->p50, &q.p50 },
		{ CC_METRIC_P95, names->p95, &q.p95 }, { CC_METRIC_P99, names->p99, &q.p99 } };
	cc_str metric = cc_snapshot_sym(b->s, cc_series_get(b->s, sv->buckets.p[0])->metric);
	const char *unit = cc_str_find(metric, CC_STR("_seconds")) == CC_STR_NONE ? "ms" : "s";
	for (size_t i = 0; i < 3 && code == CC_OK; i++)
		if (latency[i].name)
			code = cc_metrics_add(b, latency[i].kind, cc_str_from(latency[i].name), unit, &sv->buckets, latency[i].points);
	if (code == CC_OK)
		code = error_ratio(b, sv, &q.calls, &ratio);
	if (code == CC_OK)
		code = call_rate(b, sv, cc_str_from(names->calls), &q.calls);
	if (code == CC_OK && !errors_left_out(b, sv, sv->buckets.p[0], d))
		code = cc_metrics_add(b, CC_METRIC_ERROR_RATIO, cc_str_from(names->errors), "ratio",
			sv->errors.n ? &sv->errors : &sv->buckets, &ratio);
	cc_vec_deinit(&increases);
	cc_vec_deinit(&q.p50);
	cc_vec_deinit(&q.p95);
	cc_vec_deinit(&q.p99);
	cc_vec_deinit(&q.calls);
	cc_vec_deinit(&ratio);
	return code;
}

/* What another's sidecar counted is counted by the own one, too - unless it never got there: then the flags say why (UH: no
 * healthy upstream). */
static bool is_seen_twice(const cc_series *se)
{
	cc_str flags = cc_series_label(se, "response_flags");
	return cc_str_eqz(cc_series_label(se, "reporter"), "source") && (flags.n == 0 || cc_str_eqz(flags, "-"));
}

/* Takes a series of the service into the histogram or the errors of its direction. */
static bool take_series(metric_builder *b, service *sv, uint32_t row)
{
	const cc_series *se = cc_series_get(b->s, row);
	calls *c = &sv->of[direction_of(b->s, se)];
	if (is_seen_twice(se))
		return true;
	/* one histogram for each direction: two of them would count calls twice */
	if (cc_metrics_is_bucket(b->s, se))
		return (c->buckets.n && cc_series_get(b->s, c->buckets.p[0])->metric != se->metric) ||
			cc_vec_push(&c->buckets, row);
	return !is_error_series(b->s, se) || cc_vec_push(&c->errors, row);
}

/* Failed calls whose kind is not said, where the buckets say it, count as received. */
static bool join_untold(service *sv)
{
	calls *untold = &sv->of[UNTOLD], *received = &sv->of[RECEIVED];
	for (size_t i = 0; received->buckets.n && !untold->buckets.n && i < untold->errors.n; i++)
		if (!cc_vec_push(&received->errors, untold->errors.p[i]))
			return false;
	return true;
}

/* The service of one namespace among rows [from, end), which are all of one name. Work inside a service is no call, but where
 * nothing else is recorded it is what there is. */
static cc_code derive_one(metric_builder *b, size_t from, size_t end, cc_sym ns)
{
	service sv = { 0 };
	cc_code code = CC_OK;
	for (size_t i = from; i < end && code == CC_OK; i++) {
		const cc_series *se = cc_series_get(b->s, b->rows.p[i]);
		if (se->is_service && se->ns == ns && !take_series(b, &sv, b->rows.p[i]))
			code = CC_ENOMEM;
	}
	if (code == CC_OK && !join_untold(&sv))
		code = CC_ENOMEM;
	for (direction d = RECEIVED; d < DIRECTIONS && code == CC_OK; d++)
		if (sv.of[d].buckets.n && (d != UNTOLD || !sv.of[RECEIVED].buckets.n))
			code = derive_calls(b, &sv.of[d], d);
	for (direction d = RECEIVED; d < DIRECTIONS; d++) {
		cc_vec_deinit(&sv.of[d].buckets);
		cc_vec_deinit(&sv.of[d].errors);
	}
	return code;
}

static bool is_first_of_ns(const metric_builder *b, size_t from, size_t at)
{
	const cc_series *se = cc_series_get(b->s, b->rows.p[at]);
	for (size_t i = at; se->is_service && i-- > from;) { /* nearly always the neighbour says it */
		const cc_series *other = cc_series_get(b->s, b->rows.p[i]);
		if (other->is_service && other->ns == se->ns)
			return false;
	}
	return se->is_service;
}

/* Rows are ordered by object, so the series of one name follow each other; a filter keeps that order. Services of one
 * name may live in several namespaces, and a pod may be called like a service. */
cc_code cc_metrics_derive_services(metric_builder *b)
{
	cc_code code = CC_OK;
	for (size_t i = 0, end; i < b->rows.n && code == CC_OK; i = end) {
		cc_sym object = cc_series_get(b->s, b->rows.p[i])->object;
		for (end = i + 1; end < b->rows.n && cc_series_get(b->s, b->rows.p[end])->object == object;)
			end++;
		for (size_t k = i; k < end && code == CC_OK; k++)
			if (is_first_of_ns(b, i, k))
				code = derive_one(b, i, end, cc_series_get(b->s, b->rows.p[k])->ns);
	}
	return code;
}
