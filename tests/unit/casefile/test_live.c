/* test_live.c - the clock of a live drill: what speed it has, what moment it has reached, which tick is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "coldcase/live.h"
#include "coldcase/rng.h"

enum { S = 1000000000 };

static void a_speed_is_a_small_number_of_times(void **state)
{
	static const struct { const char *text; int speed; } GOOD[] = { { "1x", 1 }, { "4x", 4 }, { "4", 4 }, { "60x", 60 } };
	static const char *const BAD[] = { "", "x", "0x", "-1x", "61x", "1.5x", "4xx", "fast", "99999999999999999999x" };
	int speed;

	(void)state;
	for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
		assert_true(cc_live_speed_parse(cc_str_from(GOOD[i].text), &speed));
		assert_int_equal(speed, GOOD[i].speed);
	}
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
		assert_false(cc_live_speed_parse(cc_str_from(BAD[i]), &speed));
}

static void the_clock_stands_at_the_end(void **state)
{
	cc_live l = { .speed = 4, .from_ns = 100 * (int64_t)S, .to_ns = 145 * (int64_t)S };

	(void)state;
	assert_int_equal(cc_live_now(&l, 0), l.from_ns);
	assert_int_equal(cc_live_now(&l, -5), l.from_ns);
	assert_int_equal(cc_live_now(&l, 2 * (int64_t)S), 108 * (int64_t)S);
	assert_int_equal(cc_live_tick(&l, 2 * (int64_t)S), l.from_ns);
	assert_int_equal(cc_live_tick(&l, 5 * (int64_t)S), 120 * (int64_t)S);
	assert_int_equal(cc_live_tick(&l, 11 * (int64_t)S), 140 * (int64_t)S);
	assert_int_equal(cc_live_tick(&l, 12 * (int64_t)S), l.to_ns);
	assert_int_equal(cc_live_tick(&l, INT64_MAX), l.to_ns);
	assert_int_equal(cc_live_next(&l, l.from_ns), 110 * (int64_t)S);
	assert_int_equal(cc_live_next(&l, 140 * (int64_t)S), l.to_ns);
	assert_int_equal(cc_live_next(&l, l.to_ns), l.to_ns);
}

/* Whatever the speed, the moment alone decides on the tick, and the clock never goes back. */
static void the_tick_depends_on_the_moment_alone(void **state)
{
	cc_rng rng;
	int64_t before = 0;

	(void)state;
	cc_rng_init(&rng, 7);
	for (int i = 0; i < 2000; i++) {
		int speed = 1 + (int)cc_rng_below(&rng, CC_LIVE_SPEED_MAX);
		cc_live fast = { .speed = speed, .from_ns = 12345, .to_ns = 12345 + 3600 * (int64_t)S }, own = fast;
		int64_t active = (int64_t)cc_rng_below(&rng, 3600) * S / 60, moment = cc_live_now(&fast, active);

		own.speed = 1;
		assert_int_equal(cc_live_tick(&fast, active), cc_live_tick(&own, moment - own.from_ns));
		assert_true(cc_live_tick(&fast, active) <= moment && moment <= fast.to_ns);
	}
	for (int64_t active = 0; active < 40 * (int64_t)S; active += S / 3) {
		cc_live l = { .speed = 3, .from_ns = 0, .to_ns = 95 * (int64_t)S };

		assert_true(cc_live_tick(&l, active) >= before);
		before = cc_live_tick(&l, active);
	}
	assert_int_equal(before, 95 * (int64_t)S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_speed_is_a_small_number_of_times),
		cmocka_unit_test(the_clock_stands_at_the_end),
		cmocka_unit_test(the_tick_depends_on_the_moment_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
