/* stats.h - how sure a mean of scores is: tasks are the sample, repeats of a task are not.
 *
 * A *task* is one incident, its *repeats* the runs of one player on it. Scores of one task resemble each other, so the task is
 * the cluster: the headline is the mean of the task means, its error comes from their spread, and resampling draws tasks
 * before it draws repeats (Miller, "Adding Error Bars to Evals", arXiv 2411.00640, clustered standard errors; Efron &
 * Tibshirani, "An Introduction to the Bootstrap", percentile interval, two-stage resampling). Everything random is seeded:
 * the same numbers give the same interval on every machine. Scores are fractions of 1. NaN means "not defined". */
#ifndef COLDCASE_STATS_H
#define COLDCASE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CC_STATS_DRAWS = 10000 };               /* resamples behind an interval or a permutation test */

/* One task and what its repeats scored. Borrowed. */
typedef struct cc_stat_task { const double *x; size_t n; } cc_stat_task;

typedef struct cc_interval { double lo, hi; } cc_interval;

/* Tasks without repeats are passed over everywhere. */
double cc_stat_mean(const cc_stat_task *t, size_t tasks);               /* mean of the task means; NaN without any */
/* sd of the task means (ddof 1) / sqrt(tasks); NaN below two tasks. */
double cc_stat_se(const cc_stat_task *t, size_t tasks);
/* 95 % percentile interval of cc_stat_mean over CC_STATS_DRAWS resamples: tasks with replacement, then repeats within each
 * drawn task. NaN below two tasks, and when out of memory. */
cc_interval cc_stat_bootstrap(const cc_stat_task *t, size_t tasks, uint64_t seed);

/* Of n tries c succeeded. pass@k = 1 - C(n-c,k)/C(n,k): chance that one of k tries succeeds (Chen et al., arXiv 2107.03374);
 * pass^k = C(c,k)/C(n,k): chance that all k do (tau-bench, arXiv 2406.12045). NaN when k is 0 or above n. */
double cc_stat_pass_at(size_t n, size_t c, size_t k);
double cc_stat_pass_all(size_t n, size_t c, size_t k);

/* 95 % interval of a proportion, `hits` of `n` (Wilson 1927); NaN when n is 0. */
cc_interval cc_stat_wilson(size_t hits, size_t n);

/* Two players over the tasks both have: d = the differences of their task means. */
typedef struct cc_stat_paired {
	size_t tasks;
	double mean, sd, se;        /* of d; sd with ddof 1; NaN below two tasks */
	cc_interval interval;       /* 95 %, percentile, of resampled d */
	double p;                   /* two-sided sign-flip test of "no difference"; exact up to 16 tasks, else drawn; NaN without tasks */
	/* The smallest true difference that so many tasks with this spread show four times in five (two-sided 5 %, power 80 %):
	 * (1.959964 + 0.841621) * sd / sqrt(tasks). */
	double detectable;
} cc_stat_paired;
cc_stat_paired cc_stat_compare(const double *d, size_t tasks, uint64_t seed);

/* Tasks needed to show a difference with the same two errors: ((1.959964 + 0.841621) * sd / difference)^2, rounded up. */
size_t cc_stat_tasks_needed(double sd, double difference);

/* Brier score: mean of (confidence - outcome)^2 over n statements (Brier 1950); 0 is best, always saying 0.5 gives 0.25. NaN
 * when n is 0. */
double cc_stat_brier(const double *confidence, const bool *outcome, size_t n);

#endif
