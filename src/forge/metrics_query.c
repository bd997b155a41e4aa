/* metrics_query.c - the parts of PromQL the rules need: instant values, increase() with resets and extrapolation,
 * quantiles. */
#include "forge/metrics_priv.h"

#include <math.h>

static double value_at(const mgroup *g, int row, int column)
{
	return g->v[(size_t)row * (size_t)g->width + (size_t)column];
}

/* First row in memory later than t. */
static int after(const mgroup *g, int64_t t)
{
	int row = g->rows;
	while (row > 0 && g->t[row - 1] > t) row--;
	return row;
}

bool mq_last(const mgroup *g, int column, int64_t now, double *v)
{
	if (!g || !g->t || column >= g->width) return false;
	int row = after(g, now) - 1;
	/* A scrape that no longer has the series marks it stale: nothing older is looked for. */
	if (row < 0 || now - g->t[row] >= MQ_STALE || isnan(value_at(g, row, column))) return false;
	*v = value_at(g, row, column);
	return true;
}

bool mq_max(const mgroup *g, int column, int64_t now, int64_t window, double *v)
{
	bool any = false;
	if (!g || !g->t || column >= g->width) return false;
	for (int row = after(g, now - window), end = after(g, now); row < end; row++) {
		double x = value_at(g, row, column);
		if (isnan(x) || (any && x <= *v)) continue;
		*v = x;
		any = true;
	}
	return any;
}

bool mq_changed(const mgroup *g, int column, int64_t now, int64_t window)
{
	double before = (double)NAN;
	if (!g || !g->t || column >= g->width) return false;
	for (int row = after(g, now - window), end = after(g, now); row < end; row++) {
		double x = value_at(g, row, column);
		if (isnan(x)) continue;
		if (!isnan(before) && (x < before || x > before)) return true;
		before = x;
	}
	return false;
}

/* Extrapolates to the borders of the window as Prometheus does: a border further than 1.1 sample distances away is
 * taken to lie half a distance away, and a counter is not followed below zero. */
static double extrapolate(double delta, double first, double covered, double head, double tail, int samples)
{
	double step = covered / (double)(samples - 1);
	double limit = step * 1.1;
	if (head >= limit) head = step / 2.0;
	if (delta > 0.0 && first >= 0.0) {
		double zero = covered * (first / delta);
		if (zero < head) head = zero;
	}
	if (tail >= limit) tail = step / 2.0;
	double all = covered + head;
	all += tail;
	double factor = all / covered;
	return delta * factor;
}

bool mq_increase(const mgroup *g, int column, int64_t now, int64_t window, double *v)
{
	int n = 0, first = 0, last = 0;
	double resets = 0.0;
	if (!g || !g->t || column >= g->width) return false;
	for (int row = after(g, now - window), end = after(g, now); row < end; row++) {
		double x = value_at(g, row, column);
		if (isnan(x)) continue;
		if (n == 0) first = row;
		else if (x < value_at(g, last, column)) resets += value_at(g, last, column);
		last = row;
		n++;
	}
	if (n < 2) return false;
	double v0 = value_at(g, first, column), delta = value_at(g, last, column) - v0;
	delta += resets;
	*v = extrapolate(delta, v0, (double)(g->t[last] - g->t[first]), (double)(g->t[first] - (now - window)),
		(double)(now - g->t[last]), n);
	return true;
}

double mq_quantile(double q, const int *bounds, const double *cumulative, int n)
{
	double want = cumulative[n - 1] * q;
	if (!(cumulative[n - 1] > 0.0)) return (double)NAN;
	int b = 0;
	while (b < n - 1 && cumulative[b] < want) b++;
	if (b == n - 1) return (double)bounds[n - 2];
	double low = b ? (double)bounds[b - 1] : 0.0, below = b ? cumulative[b - 1] : 0.0;
	double part = (want - below) / (cumulative[b] - below);
	double width = (double)bounds[b] - low;
	double within = width * part;
	return low + within;
}
