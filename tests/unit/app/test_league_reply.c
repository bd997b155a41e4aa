/* What a league says of two players: no more than the interval and the test both bear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "app/league.h"
#include "coldcase/time.h"

static bool add(cc_league *l, const char *player, size_t task, bool right)
{
	char name[24];
	snprintf(name, sizeof name, "Scenario-%zu", task);
	return cc_league_add(l, &(cc_league_run){ .path = CC_STR_EMPTY, .player = cc_str_from(player), .task = cc_str_from(name), .agent = true,
		.matcher = CC_STR("d1"), .assistance = CC_STR_EMPTY, .cases = CC_STR_EMPTY, .score = { right, 1 }, .started_ns = CC_TIME_NONE });
}

static const cc_section *section(const cc_reply *r, const char *key)
{
	for (size_t i = 0; i < cc_reply_section_count(r); i++)
		if (cc_reply_section(r, i)->key && strcmp(cc_reply_section(r, i)->key, key) == 0)
			return cc_reply_section(r, i);
	fail_msg("no %s", key);
	return NULL;
}

/* Of `tasks` tasks the first `won` are solved by a alone, the rest by both. */
static void says(size_t tasks, size_t won, const char *verdict)
{
	cc_league *l = cc_league_new();
	cc_reply *r = NULL;
	app_league_rest rest = { 0 };
	for (size_t t = 0; t < tasks; t++)
		assert_true(add(l, "a", t, true) && add(l, "b", t, t >= won));
	assert_int_equal(cc_league_close(l, &(cc_league_options){ .seed = 1 }, NULL), CC_OK);
	assert_int_equal(app_league_reply(l, &rest, NULL, false, false, &r, NULL), CC_OK);
	const cc_section *pairs = section(r, "comparisons");
	assert_int_equal(pairs->row_count, 1);
	cc_str said = pairs->rows[0].cells[pairs->column_count - 1].text;
	if (!cc_str_eqz(said, verdict))
		fail_msg("%zu of %zu: %.*s, not %s", won, tasks, CC_STR_ARG(said), verdict);
	cc_reply_unref(r);
	cc_league_free(l);
}

static void test_verdicts(void **state)
{
	(void)state;
	says(1, 1, "one task shows nothing");
	says(2, 2, "too few tasks to tell");    /* p is 0.5, and equal differences make an interval without width */
	says(5, 5, "too few tasks to tell");
	says(6, 6, "better");                   /* p is 1/32 */
	says(8, 4, "not told apart");           /* p is 1/8, though the resampled interval lies above 0 */
	says(12, 8, "better");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_verdicts) };
	return cmocka_run_group_tests_name("league reply", tests, NULL, NULL);
}
