/* test_pace.c - rates and times left over made-up clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "coldcase/pace.h"
#include "coldcase/time.h"

#define MS INT64_C(1000000)
#define MB 1e6

static const int64_t BEGAN = INT64_C(777) * 1000000000;

/* Goes on at a rate until `to_ms`, told every 10 ms. */
static double go(cc_pace *p, double done, int from_ms, int to_ms, double per_s, double total)
{
	for (int ms = from_ms + 10; ms <= to_ms; ms += 10) {
		done += per_s / 100;
		cc_pace_note(p, BEGAN + ms * MS, done < total ? done : total, total);
	}
	return done;
}

static void test_says_nothing_at_first(void **state)
{
	cc_pace p;
	(void)state;
	cc_pace_begin(&p, BEGAN);
	assert_true(cc_pace_per_s(&p) == 0);
	assert_true(cc_pace_left_ns(&p) == CC_TIME_NONE);
	go(&p, 0, 0, 240, 1000 * MB, 1300 * MB);       /* a fifth is done, but too soon */
	assert_true(cc_pace_per_s(&p) == 0);
	assert_true(cc_pace_left_ns(&p) == CC_TIME_NONE);
	go(&p, 240 * MB, 240, 300, 1000 * MB, 1300 * MB);
	assert_in_range((uint64_t)(cc_pace_per_s(&p) / MB), 999, 1001);
	assert_in_range(cc_pace_left_ns(&p) / MS, 999, 1001);
}

static void test_says_nothing_of_too_little(void **state)
{
	cc_pace p;
	(void)state;
	cc_pace_begin(&p, BEGAN);
	double done = go(&p, 0, 0, 1000, 3 * MB, 1300 * MB);   /* 0.2 %: "443 s left" of what takes two */
	assert_true(cc_pace_per_s(&p) == 0);
	assert_true(cc_pace_left_ns(&p) == CC_TIME_NONE);
	go(&p, done, 1000, 2500, 1000 * MB, 1300 * MB);
	assert_true(cc_pace_left_ns(&p) == CC_TIME_NONE || cc_pace_left_ns(&p) < 1000 * MS);
}

static void test_slow_beginning_is_forgotten(void **state)
{
	cc_pace p;
	(void)state;
	cc_pace_begin(&p, BEGAN);
	double done = go(&p, 0, 0, 500, 100 * MB, 2000 * MB);
	go(&p, done, 500, 1500, 800 * MB, 2000 * MB);
	double whole_mean = 850 / 1.5;                         /* would promise 2 s for what takes 1.4 */
	assert_true(cc_pace_per_s(&p) / MB > whole_mean + 30 && cc_pace_per_s(&p) / MB <= 800);
}

static void test_standing_still_takes_longer(void **state)
{
	cc_pace p;
	(void)state;
	cc_pace_begin(&p, BEGAN);
	double done = go(&p, 0, 0, 1000, 500 * MB, 2000 * MB);
	int64_t before = cc_pace_left_ns(&p);
	cc_pace_note(&p, BEGAN + 3000 * MS, done, 2000 * MB);
	assert_true(before > 0 && cc_pace_left_ns(&p) > before * 2);
}

static void test_does_not_jump(void **state)
{
	cc_pace p;
	(void)state;
	cc_pace_begin(&p, BEGAN);
	double done = go(&p, 0, 0, 20000, 100 * MB, 4000 * MB);
	int64_t before = cc_pace_left_ns(&p);
	go(&p, done, 20000, 20200, 400 * MB, 4000 * MB);       /* a fifth of a second from the cache */
	assert_true(cc_pace_left_ns(&p) > before * 8 / 10);
}

static void test_ends(void **state)
{
	cc_pace p;
	(void)state;
	cc_pace_begin(&p, BEGAN);
	double done = go(&p, 0, 0, 1000, 100 * MB, 100 * MB);
	assert_true(cc_pace_left_ns(&p) == CC_TIME_NONE);
	cc_pace_note(&p, BEGAN + 1100 * MS, done - 50 * MB, 100 * MB);  /* a late word of less */
	assert_true(cc_pace_left_ns(&p) == CC_TIME_NONE);
	cc_pace_begin(&p, BEGAN);
	for (int ms = 0; ms < 2000; ms += 100)
		cc_pace_note(&p, BEGAN + ms * MS, 0, 0);       /* nothing to do */
	assert_true(cc_pace_left_ns(&p) == CC_TIME_NONE);
	assert_true(cc_pace_per_s(&p) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says_nothing_at_first),
		cmocka_unit_test(test_says_nothing_of_too_little),
		cmocka_unit_test(test_slow_beginning_is_forgotten),
		cmocka_unit_test(test_standing_still_takes_longer),
		cmocka_unit_test(test_does_not_jump),
		cmocka_unit_test(test_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
