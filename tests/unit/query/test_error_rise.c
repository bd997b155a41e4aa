/* test_error_rise.c - errors that begin before the first alert are found where they begin, and only where they clearly do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "coldcase/error_rise.h"
#include "coldcase/onset.h"
#include "coldcase/time.h"

static int64_t rise_of(const char *dir, int64_t until_ns, int64_t *onset)
{
	cc_snapshot *s = NULL;
	int64_t at;

	assert_int_equal(cc_snapshot_open(&s, dir, NULL, NULL), CC_OK);
	*onset = cc_onset_of(s).time_ns;
	at = cc_error_rise(s, until_ns == CC_TIME_NONE ? *onset : until_ns);
	cc_snapshot_free(s);
	return at;
}

/* Pods that go are not replaced from 16:45:35 on; calls fail when the last has gone; the alert needs its window. */
static void errors_precede_the_alert(void **state)
{
	int64_t onset, begin, at = rise_of("sample-incidents/Scenario-5", CC_TIME_NONE, &onset);

	(void)state;
	assert_true(cc_time_parse(CC_STR("2025-12-15T16:45:57Z"), &begin));
	assert_in_range(at, begin, begin + CC_NS_PER_S);
	assert_true(onset - at > 90 * CC_NS_PER_S);
}

static void nothing_rose_before_the_fault(void **state)
{
	int64_t onset, fault;

	(void)state;
	assert_true(cc_time_parse(CC_STR("2025-12-15T16:45:30Z"), &fault));
	assert_true(rise_of("sample-incidents/Scenario-5", fault, &onset) == CC_TIME_NONE);
	assert_true(rise_of("sample-incidents/Scenario-1", CC_TIME_NONE, &onset) == CC_TIME_NONE);    /* nothing fails there */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_precede_the_alert),
		cmocka_unit_test(nothing_rose_before_the_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
