/* What seeds choose: no family and no kind is so frequent that naming it is a strategy, and every kind comes up.
 * Shares are those of many draws; among 300 seeds the largest family lies within a few per cent of its share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/choice.h"

enum { DRAWS = 20000 };

static void check(const char *app, cc_forge_difficulty difficulty)
{
	choice_tally t;
	assert_true(choice_draw(&t, app, difficulty, 1, DRAWS));
	assert_int_equal(t.drawn, DRAWS);
	for (int f = 0; f < t.families; f++)
		if (t.family[f] * 5 > DRAWS)
			fail_msg("%s: %s is %d of %d", app, choice_family_name(f), t.family[f], DRAWS);
	for (int i = 0; i < t.kinds; i++) {
		const cc_forge_fault *f = cc_forge_fault_get((size_t)i);
		/* the rule about autoscalers names its culprit: on easy only */
		bool comes = t.applies[i] && (difficulty == CC_FORGE_EASY || strcmp(f->kind, "hpa-misconfigured") != 0);
		if (t.kind[i] * 100 > DRAWS * 12) fail_msg("%s: %s is %d of %d", app, f->kind, t.kind[i], DRAWS);
		if (comes != (t.kind[i] > 0)) fail_msg("%s: %s is drawn %d times", app, f->kind, t.kind[i]);
	}
}

static void no_choice_is_a_strategy(void **state)
{
	(void)state;
	const char *app;
	cc_str text;
	for (size_t a = 0; cc_forge_app_get(a, &app, &text); a++)
		for (int d = CC_FORGE_EASY; d <= CC_FORGE_HARD; d++) check(app, (cc_forge_difficulty)d);
}

/* Each question of the users to flagd goes with a request of the first journey, so there are fewer of them than requests. */
static void calls_are_counted_without_overflow(void **state)
{
	(void)state;
	cc_arena *arena = cc_arena_new();
	forge_app *app;
	fault_map m;
	int user = -1;
	cc_err err = { 0 };
	assert_int_equal(forge_app_load(&app, arena, "astronomy-shop", &err), CC_OK);
	assert_true(fault_map_make(&m, app, arena));
	for (int i = 0; i < app->services_n; i++)
		if (app->services[i].loadgen) user = i;
	assert_true(user >= 0 && app->flagd >= 0);
	assert_in_range(fault_edge(&m, app->flagd, user), 1, 1000000);
	for (int i = 0; i < app->services_n * app->services_n; i++) assert_true(m.edge[i] >= 0);
	cc_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(no_choice_is_a_strategy), cmocka_unit_test(calls_are_counted_without_overflow) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
