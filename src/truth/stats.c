/* stats.c - means over tasks, their errors and intervals; see stats.h for what each is and where it comes from. */
#include "coldcase/stats.h"

#include <math.h>
#include <stdlib.h>
#include "coldcase/rng.h"
#include "coldcase/xalloc.h"

static const double Z_95 = 1.959963984540054;    /* two-sided 5 % */
static const double Z_POWER = 0.8416212335729143; /* 80 % */
static const cc_interval NONE = { NAN, NAN };

static double mean_of(const double *x, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return n ? sum / (double)n : (double)NAN;
}

/* ddof 1 */
static double sd_of(const double *x, size_t n)
{
	double mean = mean_of(x, n), sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (x[i] - mean) * (x[i] - mean);
	return n > 1 ? sqrt(sum / (double)(n - 1)) : (double)NAN;
}

/* The tasks that were tried at all, in order; NULL when out of memory. */
static cc_stat_task *tried(const cc_stat_task *t, size_t tasks, size_t *n)
{
	cc_stat_task *out = cc_calloc(tasks ? tasks : 1, sizeof *out);
	*n = 0;
	for (size_t i = 0; out && i < tasks; i++)
		if (t[i].n)
			out[(*n)++] = t[i];
	return out;
}

double cc_stat_mean(const cc_stat_task *t, size_t tasks)
{
	double sum = 0;
	size_t n = 0;
	for (size_t i = 0; i < tasks; i++) {
		if (!t[i].n)
			continue;
		sum += mean_of(t[i].x, t[i].n);
		n++;
	}
	return n ? sum / (double)n : (double)NAN;
}

double cc_stat_se(const cc_stat_task *t, size_t tasks)
{
	double mean = cc_stat_mean(t, tasks), sum = 0;
	size_t n = 0;
	for (size_t i = 0; i < tasks; i++) {
		if (!t[i].n)
			continue;
		double d = mean_of(t[i].x, t[i].n) - mean;
		sum += d * d;
		n++;
	}
	return n > 1 ? sqrt(sum / (double)(n - 1)) / sqrt((double)n) : (double)NAN;
}

/* --- resampling --- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The percentiles 2.5 and 97.5 by linear interpolation between order statistics (type 7, as in numpy and R). */
static cc_interval percentiles(double *x, size_t n)
{
	double at[2] = { 0.025, 0.975 }, out[2];
	qsort(x, n, sizeof *x, by_value);
	for (int i = 0; i < 2; i++) {
		double h = at[i] * (double)(n - 1);
		size_t k = (size_t)h;
		out[i] = k + 1 < n ? x[k] + (h - (double)k) * (x[k + 1] - x[k]) : x[n - 1];
	}
	return (cc_interval){ out[0], out[1] };
}

static double drawn_mean(cc_rng *rng, const cc_stat_task *t)
{
	double sum = 0;
	for (size_t i = 0; i < t->n; i++)
		sum += t->x[cc_rng_below(rng, t->n)];
	return sum / (double)t->n;
}

cc_interval cc_stat_bootstrap(const cc_stat_task *t, size_t tasks, uint64_t seed)
{
	size_t n;
	cc_stat_task *own = tried(t, tasks, &n);
	double *draws = n > 1 ? cc_calloc(CC_STATS_DRAWS, sizeof *draws) : NULL;
	cc_interval out = NONE;
	cc_rng rng;
	cc_rng_init_named(&rng, seed, "bootstrap");
	for (size_t d = 0; draws && d < CC_STATS_DRAWS; d++) {
		double sum = 0;
		for (size_t i = 0; i < n; i++)
			sum += drawn_mean(&rng, &own[cc_rng_below(&rng, n)]);
		draws[d] = sum / (double)n;
	}
	if (draws)
		out = percentiles(draws, CC_STATS_DRAWS);
	cc_free(draws);
	cc_free(own);
	return out;
}

/* --- successes --- */

/* C(a,k)/C(n,k) for a <= n, as a product that never overflows. */
static double choose_ratio(size_t a, size_t n, size_t k)
{
	double r = 1;
	if (a < k)
		return 0;
	for (size_t i = 0; i < k; i++)
		r *= (double)(a - i) / (double)(n - i);
	return r;
}

double cc_stat_pass_at(size_t n, size_t c, size_t k)
{
	return k == 0 || k > n || c > n ? (double)NAN : 1 - choose_ratio(n - c, n, k);
}

double cc_stat_pass_all(size_t n, size_t c, size_t k)
{
	return k == 0 || k > n || c > n ? (double)NAN : choose_ratio(c, n, k);
}

cc_interval cc_stat_wilson(size_t hits, size_t n)
{
	if (!n)
		return NONE;
	double p = (double)hits / (double)n, z2 = Z_95 * Z_95, m = (double)n;
	double middle = p + z2 / (2 * m), half = Z_95 * sqrt(p * (1 - p) / m + z2 / (4 * m * m)), scale = 1 + z2 / m;
	double lo = (middle - half) / scale, hi = (middle + half) / scale;
	return (cc_interval){ hits == 0 || lo < 0 ? 0 : lo, hits == n || hi > 1 ? 1 : hi };
}

/* --- two players --- */

/* Share of sign patterns whose mean lies at least as far from 0 as the one seen. The margin forgives rounding: a pattern that
 * equals the seen one in another order of summing is as far. */
static double sign_flip(const double *d, size_t n, uint64_t seed)
{
	enum { EXACT = 16 };
	double seen = fabs(mean_of(d, n) * (double)n) - 1e-9;
	uint64_t patterns = n <= EXACT ? (uint64_t)1 << n : CC_STATS_DRAWS, far = 0;
	cc_rng rng;
	cc_rng_init_named(&rng, seed, "sign-flip");
	for (uint64_t i = 0; i < patterns; i++) {
		double sum = 0;
		uint64_t signs = i;
		for (size_t k = 0; k < n; k++) {
			if (n > EXACT && k % 64 == 0)
				signs = cc_rng_u64(&rng);
			sum += signs & 1 ? -d[k] : d[k];
			signs >>= 1;
		}
		far += fabs(sum) >= seen;
	}
	/* Of drawn patterns the one seen counts as one more: a p of 0 would claim more than was drawn. */
	return n <= EXACT ? (double)far / (double)patterns : (double)(far + 1) / (double)(patterns + 1);
}

cc_stat_paired cc_stat_compare(const double *d, size_t tasks, uint64_t seed)
{
	cc_stat_paired out = { .tasks = tasks, .mean = mean_of(d, tasks), .sd = sd_of(d, tasks), .se = NAN, .interval = NONE,
		.p = NAN, .detectable = NAN };
	if (tasks)
		out.p = sign_flip(d, tasks, seed);
	if (tasks < 2)
		return out;
	out.se = out.sd / sqrt((double)tasks);
	out.detectable = (Z_95 + Z_POWER) * out.se;
	cc_stat_task *single = cc_calloc(tasks, sizeof *single);
	for (size_t i = 0; single && i < tasks; i++)
		single[i] = (cc_stat_task){ &d[i], 1 };
	if (single)
		out.interval = cc_stat_bootstrap(single, tasks, seed);
	cc_free(single);
	return out;
}

size_t cc_stat_tasks_needed(double sd, double difference)
{
	double root = (Z_95 + Z_POWER) * sd / difference, n = ceil(root * root);
	return isfinite(n) && n < 1e9 ? (size_t)n : SIZE_MAX;
}

double cc_stat_brier(const double *confidence, const bool *outcome, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++) {
		double off = confidence[i] - (outcome[i] ? 1 : 0);
		sum += off * off;
	}
	return n ? sum / (double)n : (double)NAN;
}
