/* rates_change.c - how much a series changed at the pivot, as a number that small samples and small numbers cannot win.
 *
 * The distance is a robust z-score: difference of medians over a scaled MAD (Rousseeuw and Croux, "Alternatives to the Median
 * Absolute Deviation", 1993). Three things keep it honest. The divisor never falls below 2 % of the level nor below what is
 * nothing in that unit, so that 0.0001 -> 0.4 ms is no four-thousandfold rise. The score shrinks by n / (n + 4), n being the
 * samples of the smaller side: an estimate out of few is pulled towards "no change" as empirical Bayes does. And with fewer
 * than three samples on a side it is capped below what counts as notable. A side without samples has no score at all.
 *
 * A MAD is 0 as soon as more than half of the samples are alike (the exact fit property), as those of sparse and of stepped series
 * are; medians then jump from one step to the next although nothing happened. Two things answer that. The distance of the medians
 * counts only as far as the samples agree with it: it is multiplied by Cliff's delta (Cliff, "Dominance Statistics", 1993), the share
 * of pairs of a sample before and one after that moved so, less that of those that moved the other way; 0.97 for a shift of three
 * standard deviations of what is normal, 0.3 for a trickle that was as high before. And a part after the pivot without a MAD has the
 * mean absolute deviation for it, scaled by sqrt(pi / 2), which is the usual stand-in in modified z-scores (Iglewicz and Hoaglin,
 * "How to Detect and Handle Outliers", 1993; SPSS has it so). The part before has not: alerts come late, the beginning of a fault
 * lies in it often, and a mean would take that for the usual. */
#include <math.h>
#include <stdlib.h>

#include "coldcase/rates.h"
#include "coldcase/xalloc.h"

enum { FEW = 3, PRIOR_SAMPLES = 4 };

static int by_value(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return (a > b) - (a < b);
}

static double middle_of(const double *sorted, size_t n)
{
	return n == 0 ? NAN : n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

/* Two estimates of the standard deviation: of the median and of the mean distance. Turns values into their distances from the middle. */
typedef struct spread { double median, mean; } spread;

static spread deviation(double *v, size_t n, double middle)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++) {
		v[i] = fabs(v[i] - middle);
		sum += v[i];
	}
	qsort(v, n, sizeof *v, by_value);
	return (spread){ 1.4826 * middle_of(v, n), 1.2533 * sum / (double)n };
}

/* Both sides of the pivot, finite values only, each sorted. */
typedef struct sides { double *before, *after; size_t n, m; } sides;

static bool split(sides *s, const cc_point *points, size_t count, int64_t pivot_ns)
{
	s->before = cc_reallocarray(NULL, count + 1, sizeof *s->before);
	s->after = cc_reallocarray(NULL, count + 1, sizeof *s->after);
	if (!s->before || !s->after)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!isfinite(points[i].value))
			continue;
		if (points[i].time_ns < pivot_ns)
			s->before[s->n++] = points[i].value;
		else
			s->after[s->m++] = points[i].value;
	}
	if (s->n)
		qsort(s->before, s->n, sizeof *s->before, by_value);
	if (s->m)
		qsort(s->after, s->m, sizeof *s->after, by_value);
	return true;
}

static double farther(double a, double b, double from)
{
	return fabs(a - from) > fabs(b - from) ? a : b;
}

/* The least divisor: differences below it are nothing. */
static double least(double a, double b, double floor)
{
	return fmax(fmax(0.02 * fmax(fabs(a), fabs(b)), floor), 1e-9);
}

/* Cliff's delta, -1 … 1; both sides are sorted. */
static double dominance(const sides *s)
{
	double sum = 0;
	for (size_t i = 0, below = 0, upto = 0; i < s->n; i++) {
		while (below < s->m && s->after[below] < s->before[i])
			below++;
		while (upto < s->m && s->after[upto] <= s->before[i])
			upto++;
		sum += (double)(s->m - upto) - (double)below;
	}
	return sum / ((double)s->n * (double)s->m);
}

/* The excursion's score; `after` is sorted. What went as far before (`seen`) is no news, and what passes at once is little. */
static double peak_score(const sides *s, double middle, double mad, double seen, double floor)
{
	size_t tail = s->m / 20, there = 0;
	double high = s->after[s->m - 1 - tail], low = s->after[tail], value = farther(high, low, middle);
	for (size_t i = 0; i < s->m && value != middle; i++)
		there += (s->after[i] - middle) / (value - middle) > 0.5;
	return sqrt((double)there / (double)s->m) * (value - middle) / fmax(fmax(mad, seen / 2), least(middle, value, floor));
}

/* The first sample after the pivot that is past half of the way from the usual to where the change went. */
static int64_t begin_of(const cc_change_score *c, const cc_point *points, size_t count, int64_t pivot_ns)
{
	double way = (c->kind == CC_SHIFT_PEAK ? c->peak : c->after) - c->before;
	for (size_t i = 0; i < count && way != 0; i++)
		if (points[i].time_ns >= pivot_ns && (points[i].value - c->before) / way > 0.5)
			return points[i].time_ns;
	return CC_TIME_NONE;
}

static void measure(cc_change_score *c, sides *s, double floor)
{
	size_t n = s->n < s->m ? s->n : s->m;
	bool few = n < FEW;
	/* deviation() turns a side into its distances: what needs the values comes first */
	double low = s->before[0], high = s->before[s->n - 1], seen = fabs(farther(high, low, c->before) - c->before);
	double agreed = fabs(dominance(s)), nothing = least(c->before, c->after, floor);
	double mad = deviation(s->before, s->n, c->before).median;
	double peak = few ? 0 : peak_score(s, c->before, mad, seen, floor);
	spread after = deviation(s->after, s->m, c->after);
	/* A level that never settles afterwards is weaker evidence, but a ramp must not vanish: a quarter. What was seen once or twice
	 * before says nothing of how it varies: then the part after has to. */
	double restless = (few ? 1 : 0.25) * (after.median > nothing ? after.median : after.mean);
	c->spread = fmax(fmax(mad, restless), nothing);
	c->score = agreed * (c->after - c->before) / c->spread;
	c->kind = few ? CC_SHIFT_FEW : fabs(peak) > fabs(c->score) ? CC_SHIFT_PEAK : CC_SHIFT_LEVEL;
	c->score = (c->kind == CC_SHIFT_PEAK ? peak : c->score) * (double)n / (double)(n + PRIOR_SAMPLES);
	if (few)
		c->score = fmax(-CC_SHIFT_NOTABLE, fmin(CC_SHIFT_NOTABLE, c->score));
}

cc_change_score cc_change_of(const cc_point *points, size_t count, int64_t pivot_ns, double floor)
{
	cc_change_score c = { .before = NAN, .after = NAN, .spread = NAN, .peak = NAN, .since_ns = CC_TIME_NONE };
	sides s = { 0 };
	if (split(&s, points, count, pivot_ns)) {
		c.before_count = s.n;
		c.after_count = s.m;
		c.before = middle_of(s.before, s.n);
		c.after = middle_of(s.after, s.m);
		c.kind = s.n && s.m ? CC_SHIFT_LEVEL : s.m ? CC_SHIFT_NEW : s.n ? CC_SHIFT_GONE : CC_SHIFT_NONE;
		if (c.kind == CC_SHIFT_LEVEL) {
			c.peak = farther(s.after[s.m - 1], s.after[0], c.before);
			measure(&c, &s, floor);
			c.since_ns = begin_of(&c, points, count, pivot_ns);
		}
	}
	cc_free(s.before);
	cc_free(s.after);
	return c;
}

const char *cc_shift_kind_name(cc_shift_kind k)
{
	static const char *const names[] = { "none", "level", "peak", "few", "new", "gone" };
	return k <= CC_SHIFT_GONE ? names[k] : "?";
}
