/* rule_series.h - what PromQL would answer from the samples that stand in a snapshot, with three outcomes: where
 * the capture, or the time between two scrapes, leaves open what Prometheus saw, the answer is MAYBE. Written from
 * Prometheus' documentation and not from the forge's evaluator, which it judges. */
#ifndef TESTS_RULE_SERIES_H
#define TESTS_RULE_SERIES_H

#include <math.h>

#include "coldcase/series.h"
#include "coldcase/snapshot.h"
#include "unit/forge/forge_check.h"

typedef enum verdict { NO, MAYBE, YES } verdict;

enum { STALE_S = 300 };

/* First sample later than t. */
static inline size_t series_after(const cc_series *s, int64_t t)
{
	size_t lo = 0, hi = s->count;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (s->times_ns[mid] > t) hi = mid;
		else lo = mid + 1;
	}
	return lo;
}

/* The instant value at t. `clock` is a series of the same scrapes that never pauses: a scrape without a sample ends
 * a series. MAYBE: before the first scrape and after the last, since an object that goes away is marked at once. */
static inline verdict series_last(const cc_series *s, const cc_series *clock, int64_t t, double *v)
{
	size_t i = series_after(s, t), c = series_after(clock, t);
	if (c == 0 || c == clock->count) return MAYBE;
	int64_t scraped = clock->times_ns[c - 1];
	if (t - scraped >= STALE_S * CC_NS_PER_S || i == 0) return NO;
	if (s->times_ns[i - 1] != scraped || isnan(s->values[i - 1])) return NO;
	*v = s->values[i - 1];
	return YES;
}

/* increase(series[window]): the difference with resets undone, extrapolated to the borders of the window, a border
 * further away than 1.1 distances between samples taken for half a distance, and no counter followed below zero.
 * False: fewer than two. */
static inline bool series_increase(const cc_series *s, int64_t t, int64_t window, double *v)
{
	size_t from = series_after(s, t - window), end = series_after(s, t);
	if (end < from + 2) return false;
	double grown = 0.0, covered = (double)(s->times_ns[end - 1] - s->times_ns[from]);
	for (size_t i = from + 1; i < end; i++)
		grown += s->values[i] < s->values[i - 1] ? s->values[i] : s->values[i] - s->values[i - 1];
	double between = covered / (double)(end - from - 1);
	double head = (double)(s->times_ns[from] - (t - window)), tail = (double)(t - s->times_ns[end - 1]);
	if (head >= between * 1.1) head = between / 2;
	if (tail >= between * 1.1) tail = between / 2;
	if (grown > 0.0 && covered * s->values[from] / grown < head) head = covered * s->values[from] / grown;
	*v = grown * (covered + head + tail) / covered;
	return true;
}

/* max_over_time(series[window]); false: no sample. */
static inline bool series_max(const cc_series *s, int64_t t, int64_t window, double *v)
{
	size_t from = series_after(s, t - window), end = series_after(s, t);
	*v = (double)-INFINITY;
	for (size_t i = from; i < end; i++)
		if (s->values[i] > *v) *v = s->values[i];
	return end > from;
}

/* histogram_quantile(q) over cumulative counts at rising bounds, the last of which is infinite. */
static inline double bucket_quantile(double q, const double *bound, const double *count, size_t n)
{
	double rank = q * count[n - 1];
	size_t b = 0;
	if (!(count[n - 1] > 0.0)) return (double)NAN;
	while (b + 1 < n && count[b] < rank) b++;
	if (b + 1 == n) return bound[n - 2];
	double low = b ? bound[b - 1] : 0.0, below = b ? count[b - 1] : 0.0;
	return low + (bound[b] - low) * (rank - below) / (count[b] - below);
}

static inline bool metric_is(const cc_snapshot *s, const cc_series *se, const char *name)
{
	return cc_str_eqz(cc_snapshot_sym(s, se->metric), name);
}

#endif
