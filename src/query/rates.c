/* rates.c - arithmetic over samples: rates with resets, increases, quantiles, chart columns. */
#include <math.h>
#include <stdlib.h>

#include "coldcase/rates.h"
#include "coldcase/time.h"
#include "coldcase/xalloc.h"

#define BASE_MAX_AGE_NS (600 * CC_NS_PER_S)

static size_t lower_bound(const cc_series *se, int64_t ns)
{
	size_t lo = 0, hi = se->count;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (se->times_ns[mid] < ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* What a counter grew by from one reading to the next: a smaller reading means that it began again at zero. */
static double growth(double before, double after)
{
	return after >= before ? after - before : after;
}

cc_code cc_series_points(cc_point_vec *out, const cc_series *se, int64_t from_ns, int64_t to_ns)
{
	double previous = NAN;
	int64_t previous_ns = 0;
	size_t i = from_ns == CC_TIME_NONE ? 0 : lower_bound(se, from_ns);
	/* a counter's first rate in the window needs the reading before it */
	if (se->counter)
		while (i > 0 && isnan(previous)) {
			i--;
			previous = se->values[i];
			previous_ns = se->times_ns[i];
			if (!isnan(previous)) {
				i++;
				break;
			}
		}
	for (; i < se->count && se->times_ns[i] <= to_ns; i++) {
		double value = se->values[i];
		int64_t ns = se->times_ns[i];
		if (isnan(value) || (from_ns != CC_TIME_NONE && ns < from_ns))
			continue;
		cc_point point = { ns, value, se->records ? se->records[i] : 0 };
		bool usable = !se->counter;
		if (se->counter && !isnan(previous) && ns > previous_ns) {
			point.value = growth(previous, value) / (((double)ns - (double)previous_ns) / 1e9);
			usable = true;
		}
		previous = value;
		previous_ns = ns;
		if (usable && !cc_vec_push(out, point))
			return CC_ENOMEM;
	}
	return CC_OK;
}

double cc_series_increase(const cc_series *se, int64_t from_ns, int64_t to_ns)
{
	size_t i = from_ns == CC_TIME_NONE ? 0 : lower_bound(se, from_ns), readings = 0;
	double previous = NAN, sum = 0;
	if (i > 0 && !isnan(se->values[i - 1]) && from_ns - se->times_ns[i - 1] <= BASE_MAX_AGE_NS) {
		previous = se->values[i - 1];
		readings++;
	}
	for (; i < se->count && se->times_ns[i] <= to_ns; i++) {
		if (isnan(se->values[i]))
			continue;
		if (!isnan(previous))
			sum += growth(previous, se->values[i]);
		previous = se->values[i];
		readings++;
	}
	return readings >= 2 ? sum : NAN;
}

bool cc_series_stats(const cc_series *se, int64_t from_ns, int64_t to_ns, double *min, double *mean, double *max,
	size_t *count)
{
	double lo = INFINITY, hi = -INFINITY, sum = 0;
	size_t n = 0;
	for (size_t i = from_ns == CC_TIME_NONE ? 0 : lower_bound(se, from_ns); i < se->count &&
		se->times_ns[i] <= to_ns; i++) {
		double v = se->values[i];
		if (isnan(v))
			continue;
		lo = v < lo ? v : lo;
		hi = v > hi ? v : hi;
		sum += v;
		n++;
	}
	*min = n ? lo : NAN;
	*max = n ? hi : NAN;
	*mean = n ? sum / (double)n : NAN;
	*count = n;
	return n > 0;
}

double cc_histogram_quantile(double q, const double *le, const double *cumulative, size_t n)
{
	if (n == 0 || !(cumulative[n - 1] > 0) || !(q >= 0 && q <= 1))
		return NAN;
	double rank = q * cumulative[n - 1];
	size_t i = 0;
	while (i + 1 < n && cumulative[i] < rank)
		i++;
	if (isinf(le[i]))
		return i > 0 ? le[i - 1] : NAN;
	double low = i > 0 ? le[i - 1] : le[0] > 0 ? 0 : le[0], below = i > 0 ? cumulative[i - 1] : 0;
	double inside = cumulative[i] - below;
	return inside > 0 ? low + (le[i] - low) * ((rank - below) / inside) : le[i];
}

void cc_resample(cc_sample_column *out, size_t n, const cc_point *points, size_t count, int64_t from_ns, int64_t to_ns)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (cc_sample_column){ NAN, NAN, NAN, 0 };
	double width = (double)to_ns - (double)from_ns;
	for (size_t i = 0; i < count && n > 0; i++) {
		if (points[i].time_ns < from_ns || points[i].time_ns > to_ns || isnan(points[i].value))
			continue;
		double share = width > 0 ? ((double)points[i].time_ns - (double)from_ns) / width : 0;
		size_t at = (size_t)(share * (double)n);
		cc_sample_column *c = &out[at < n ? at : n - 1];
		double v = points[i].value;
		c->min = c->count && c->min < v ? c->min : v;
		c->max = c->count && c->max > v ? c->max : v;
		c->last = v;
		c->count++;
	}
}

static size_t slice_of(const cc_point *points, size_t count, size_t i, size_t slices)
{
	double from = (double)points[0].time_ns, width = (double)points[count - 1].time_ns - from;
	size_t slice = width > 0 ? (size_t)(((double)points[i].time_ns - from) / width * (double)slices) : 0;
	return slice < slices ? slice : slices - 1;
}

size_t cc_thin(cc_point *out, size_t most, const cc_point *points, size_t count)
{
	size_t n = 0;
	if (count <= most) {
		for (; n < count; n++)
			out[n] = points[n];
		return n;
	}
	for (size_t i = 0, end; i < count; i = end) {
		size_t low = i, high = i, slice = slice_of(points, count, i, most / 2);
		for (end = i + 1; end < count && slice_of(points, count, end, most / 2) == slice; end++) {
			low = points[end].value < points[low].value ? end : low;
			high = points[end].value > points[high].value ? end : high;
		}
		out[n++] = points[low < high ? low : high];
		if (low != high)
			out[n++] = points[low < high ? high : low];
	}
	return n;
}

static int by_value(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return (a > b) - (a < b);
}

static double median(double *v, size_t n)
{
	if (n == 0)
		return NAN;
	qsort(v, n, sizeof *v, by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

int64_t cc_sample_interval(const cc_point *points, size_t count)
{
	if (count < 2)
		return 0;
	double *gaps = cc_reallocarray(NULL, count - 1, sizeof *gaps);
	if (!gaps)
		return 0;
	for (size_t i = 1; i < count; i++)
		gaps[i - 1] = (double)points[i].time_ns - (double)points[i - 1].time_ns;
	double m = median(gaps, count - 1);
	cc_free(gaps);
	return m >= 0 && m < 9e18 ? (int64_t)m : 0;
}
