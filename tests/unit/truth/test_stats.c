/* Means over tasks and what is known of them; expected values from closed forms and from tables, worked apart from the code. */
#include "coldcase/stats.h"

#include <math.h>
#include "unit/truth/truth_support.h"

#define NEAR(a, b, eps) assert_true(fabs((a) - (b)) <= (eps))

static const double A[] = { 1, 0, 1 }, B[] = { 0.5 }, C[] = { 0, 0 };
static const cc_stat_task THREE[] = { { A, 3 }, { B, 1 }, { C, 2 } };

static void test_mean_and_error(void **state)
{
	(void)state;
	/* task means 2/3, 1/2, 0: mean 7/18, deviations 5/18, 2/18, -7/18; variance (25+4+49)/324/2 = 39/324 */
	NEAR(cc_stat_mean(THREE, 3), 7.0 / 18, 1e-15);
	NEAR(cc_stat_se(THREE, 3), sqrt(39.0 / 324 / 3), 1e-15);
	assert_true(isnan(cc_stat_mean(NULL, 0)));
	assert_true(isnan(cc_stat_se(THREE, 1)));
	assert_true(isnan(cc_stat_bootstrap(THREE, 1, 1).lo));
}

static void test_untried_tasks_do_not_count(void **state)
{
	(void)state;
	const cc_stat_task gap[] = { { A, 3 }, { NULL, 0 }, { B, 1 }, { C, 2 } };
	NEAR(cc_stat_mean(gap, 4), 7.0 / 18, 1e-15);
	NEAR(cc_stat_se(gap, 4), cc_stat_se(THREE, 3), 0);
	cc_interval a = cc_stat_bootstrap(gap, 4, 5), b = cc_stat_bootstrap(THREE, 3, 5);
	assert_true(a.lo == b.lo && a.hi == b.hi);
}

/* Forty tasks of one run each, half of them right: the interval is near the normal one of the same error. */
static void test_bootstrap(void **state)
{
	(void)state;
	static const double one = 1, zero = 0;
	cc_stat_task t[40];
	for (size_t i = 0; i < 40; i++)
		t[i] = (cc_stat_task){ i % 2 ? &one : &zero, 1 };
	double se = cc_stat_se(t, 40);
	cc_interval got = cc_stat_bootstrap(t, 40, 1), again = cc_stat_bootstrap(t, 40, 1), other = cc_stat_bootstrap(t, 40, 2);
	NEAR(se, sqrt(10.0 / 39 / 40), 1e-15);
	NEAR(got.lo, 0.5 - 1.96 * se, 0.03);
	NEAR(got.hi, 0.5 + 1.96 * se, 0.03);
	assert_true(got.lo == again.lo && got.hi == again.hi);
	NEAR(got.lo, other.lo, 0.03);
}

static void test_pass(void **state)
{
	(void)state;
	static const double AT[4][3] = { { 0, 0, 0 }, { 1.0 / 3, 2.0 / 3, 1 }, { 2.0 / 3, 1, 1 }, { 1, 1, 1 } };
	static const double ALL[4][3] = { { 0, 0, 0 }, { 1.0 / 3, 0, 0 }, { 2.0 / 3, 1.0 / 3, 0 }, { 1, 1, 1 } };
	for (size_t c = 0; c <= 3; c++) {
		for (size_t k = 1; k <= 3; k++) {
			NEAR(cc_stat_pass_at(3, c, k), AT[c][k - 1], 1e-12);
			NEAR(cc_stat_pass_all(3, c, k), ALL[c][k - 1], 1e-12);
		}
	}
	assert_true(isnan(cc_stat_pass_at(3, 1, 4)) && isnan(cc_stat_pass_at(3, 1, 0)) && isnan(cc_stat_pass_all(3, 4, 1)));
	NEAR(cc_stat_pass_at(1000, 1, 500), 0.5, 1e-9);
}

static void test_wilson(void **state)
{
	(void)state;
	cc_interval half = cc_stat_wilson(5, 10), none = cc_stat_wilson(0, 10), all = cc_stat_wilson(10, 10);
	NEAR(half.lo, 0.2366, 5e-5);
	NEAR(half.hi, 0.7634, 5e-5);
	NEAR(none.hi, 0.2775, 5e-5);
	assert_true(none.lo == 0 && all.hi == 1);
	NEAR(all.lo, 1 - none.hi, 1e-12);
	assert_true(isnan(cc_stat_wilson(0, 0).lo));
}

static void test_paired(void **state)
{
	(void)state;
	static const double d[] = { 1, 1, 1, 0 };
	cc_stat_paired p = cc_stat_compare(d, 4, 1);
	NEAR(p.mean, 0.75, 0);
	NEAR(p.sd, 0.5, 1e-15);
	NEAR(p.se, 0.25, 1e-15);
	NEAR(p.detectable, 2.801585 * 0.25, 1e-6);
	NEAR(p.p, 0.25, 1e-12); /* of 16 patterns the four with equal signs on the ones */
	assert_true(p.interval.lo >= 0.25 && p.interval.lo < p.interval.hi && p.interval.hi == 1);
	NEAR(cc_stat_compare(d, 1, 1).p, 1, 0);
	assert_true(isnan(cc_stat_compare(d, 0, 1).mean));
}

/* Above sixteen tasks patterns are drawn: twenty wins of twenty are too rare to be met. */
static void test_paired_drawn(void **state)
{
	(void)state;
	double wins[20], even[20];
	for (size_t i = 0; i < 20; i++) {
		wins[i] = 1;
		even[i] = i % 2 ? 1 : -1;
	}
	NEAR(cc_stat_compare(wins, 20, 3).p, 1.0 / (CC_STATS_DRAWS + 1), 1e-6);
	NEAR(cc_stat_compare(even, 20, 3).p, 1, 0);
}

static void test_tasks_needed(void **state)
{
	(void)state;
	static const struct { double difference; size_t tasks; } row[] = { { 0.05, 503 }, { 0.10, 126 }, { 0.15, 56 }, { 0.20, 32 } };
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(cc_stat_tasks_needed(0.40, row[i].difference), row[i].tasks);
	assert_true(cc_stat_tasks_needed(0.4, 0) == SIZE_MAX);
}

static void test_brier(void **state)
{
	(void)state;
	static const double confidence[] = { 0.9, 0.6, 0.2 };
	static const bool outcome[] = { true, false, false };
	NEAR(cc_stat_brier(confidence, outcome, 3), (0.01 + 0.36 + 0.04) / 3, 1e-15);
	assert_true(isnan(cc_stat_brier(NULL, NULL, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mean_and_error), cmocka_unit_test(test_untried_tasks_do_not_count),
		cmocka_unit_test(test_bootstrap), cmocka_unit_test(test_pass), cmocka_unit_test(test_wilson),
		cmocka_unit_test(test_paired), cmocka_unit_test(test_paired_drawn), cmocka_unit_test(test_tasks_needed),
		cmocka_unit_test(test_brier),
	};
	return cmocka_run_group_tests_name("truth/stats", tests, NULL, NULL);
}
