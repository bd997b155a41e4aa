/* test_drill.c - whose drill is next, with how much help, and when numbers are said to mean nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/drill.h"
#include "coldcase/file.h"
#include "support/scratch.h"

static void add(app_drills *d, double score, int level, int64_t hints, unsigned missed, unsigned saw)
{
	app_drill one = { .wall_ns = (int64_t)(d->list.n + 1) * CC_NS_PER_S, .scenario = CC_STR("S"), .path = CC_STR("/p"), .run = CC_STR("/r"),
		.assistance = CC_STR("full"), .level = level, .submitted = isfinite(score), .score = score, .brier = 0.1, .queries = 20, .decisive = 7,
		.hints = hints, .missed = missed, .saw = saw };

	assert_true(cc_vec_push(&d->list, one));
}

static void the_level_follows_the_score(void **state)
{
	app_drills d = { 0 };

	(void)state;
	assert_int_equal(app_drills_level(&d), 0);
	add(&d, 1, 0, 0, 0, 0);
	assert_int_equal(app_drills_level(&d), 1);
	add(&d, 0.5, 1, 0, 0, 0);
	assert_int_equal(app_drills_level(&d), 1);
	add(&d, 1, 1, 0, 32, 64);       /* one deciding record was seen */
	assert_int_equal(app_drills_level(&d), 2);
	add(&d, 1, 2, 0, 32, 0);        /* none was: luck */
	assert_int_equal(app_drills_level(&d), 2);
	add(&d, 0, 2, 0, 0, 0);
	assert_int_equal(app_drills_level(&d), 1);
	add(&d, NAN, 3, 0, 0, 0);       /* not finished */
	assert_int_equal(app_drills_level(&d), 1);
	add(&d, 1, 3, 0, 0, 0);
	d.list.p[d.list.n - 1].again = true;
	assert_int_equal(app_drills_level(&d), 1);
	app_drills_close(&d);
}

static void help_goes_away_and_comes_back(void **state)
{
	app_drills d = { 0 };

	(void)state;
	assert_int_equal(app_drills_assist(&d), CC_ASSIST_FULL);
	add(&d, 1, 0, 0, 0, 0);
	assert_int_equal(app_drills_assist(&d), CC_ASSIST_FULL);
	add(&d, 1, 1, 0, 0, 0);
	assert_int_equal(app_drills_assist(&d), CC_ASSIST_RANKED);
	add(&d, 1, 1, 2, 0, 0);         /* with hints */
	add(&d, 1, 1, 0, 0, 0);
	assert_int_equal(app_drills_assist(&d), CC_ASSIST_RANKED);
	add(&d, 1, 1, 0, 0, 0);
	assert_int_equal(app_drills_assist(&d), CC_ASSIST_RAW);
	for (int i = 0; i < 4; i++)
		add(&d, 1, 3, 0, 0, 0);
	assert_int_equal(app_drills_assist(&d), CC_ASSIST_RAW);
	add(&d, 0, 3, 0, 0, 0);
	add(&d, 0, 3, 0, 0, 0);
	assert_int_equal(app_drills_assist(&d), CC_ASSIST_RANKED);
	app_drills_close(&d);
}

enum { EVENTS = 1 << 5, SPECS = 1 << 6 };

static void the_next_is_new_fits_and_trains_what_was_missed(void **state)
{
	app_drills d = { 0 };
	app_candidate c[] = { { .name = CC_STR("S-10"), .level = 0, .panes = SPECS, .seen = true, .last_ns = 5 }, { .name = CC_STR("S-9"), .level = 3, .panes = EVENTS },
		{ .name = CC_STR("S-2"), .level = 0, .panes = SPECS }, { .name = CC_STR("S-1"), .level = 0, .panes = SPECS },
		{ .name = CC_STR("S-3"), .level = 0, .panes = EVENTS | SPECS }, { .name = CC_STR("S-4"), .level = -1 } };
	enum { N = sizeof c / sizeof *c };

	(void)state;
	assert_string_equal(c[app_drills_pick(&d, c, N)].name.p, "S-1");        /* the easiest, first by name */
	add(&d, 0, 0, 0, EVENTS, SPECS);
	assert_string_equal(c[app_drills_pick(&d, c, N)].name.p, "S-3");        /* events were missed */
	for (size_t i = 0; i < 3; i++)
		add(&d, 1, (int)i, 0, 0, EVENTS);
	assert_string_equal(c[app_drills_pick(&d, c, N)].name.p, "S-9");        /* he is an expert now */
	for (size_t i = 0; i < N; i++) {
		c[i].seen = true;
		c[i].last_ns = 100 - (int64_t)i;
	}
	c[0].last_ns = 200;
	assert_string_equal(c[app_drills_pick(&d, c, N)].name.p, "S-4");        /* seen longest ago */
	app_drills_close(&d);
}

static void a_line_belongs_to_a_pane(void **state)
{
	static const struct { const char *line, *pane; } CASES[] = { { "events entity=a/b/c", "events" }, { "spec a/b/c", "specs" }, { "paths by=edge", "traces" },
		{ " logs level>=error", "logs" }, { "alert x", "alerts" }, { "metric a b", "metrics" }, { "entity q", "topology" } };

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
		for (size_t p = 0; p < APP_DRILL_PANES; p++)
			assert_int_equal(app_drill_pane_of(cc_str_from(CASES[i].line)) >> p & 1u, strcmp(app_drill_pane(p), CASES[i].pane) == 0);
	assert_int_equal(app_drill_pane_of(CC_STR("note x")), 0);
	assert_int_equal(app_drill_pane_of(CC_STR("")), 0);
}

static void the_history_is_what_was_added(void **state)
{
	app_drills d = { 0 };
	cc_err err = { 0 };
	app_drill one = { .wall_ns = 1700000000 * CC_NS_PER_S, .scenario = CC_STR("Scenario-\"3\""), .path = CC_STR("/tmp/ä"), .run = CC_STR("/r/1"), .bytes = 99,
		.level = 2, .assistance = CC_STR("ranked"), .submitted = true, .score = 0.5, .brier = NAN, .queries = 12, .decisive = -1, .hints = 1,
		.active_ns = 77, .missed = EVENTS, .saw = SPECS };

	(void)state;
	assert_int_equal(setenv("XDG_STATE_HOME", test_tree_path(&scratch, "state"), 1), 0);
	assert_int_equal(app_drills_open(&d, "../../etc/pass wd", &err), CC_OK);
	assert_non_null(strstr(d.path.p, "/state/coldcase/drill/_._.._etc_pass_wd.jsonl"));
	assert_int_equal(app_drills_add(&d, &one, &err), CC_OK);
	one.score = NAN;
	one.submitted = false;
	one.decisive = 3;
	assert_int_equal(app_drills_add(&d, &one, &err), CC_OK);
	app_drills_close(&d);
	assert_int_equal(app_drills_open(&d, "../../etc/pass wd", &err), CC_OK);
	assert_int_equal(d.list.n, 2);
	assert_int_equal(d.bad, 0);
	assert_true(cc_str_eqz(d.list.p[0].scenario, "Scenario-\"3\"") && cc_str_eqz(d.list.p[0].path, "/tmp/ä"));
	assert_true(d.list.p[0].level == 2 && d.list.p[0].score == 0.5 && isnan(d.list.p[0].brier) && d.list.p[0].decisive == -1);
	assert_true(d.list.p[0].missed == EVENTS && d.list.p[0].saw == SPECS && d.list.p[0].bytes == 99 && d.list.p[0].hints == 1);
	assert_true(isnan(d.list.p[1].score) && !d.list.p[1].submitted && d.list.p[1].decisive == 3);
	/* a program that was killed in the middle of a line takes only that line with it */
	FILE *f = fopen(d.path.p, "a");
	assert_non_null(f);
	assert_true(fputs("{\"wall\":\"2026-0", f) >= 0 && fclose(f) == 0);
	assert_int_equal(app_drills_add(&d, &one, &err), CC_OK);
	app_drills_close(&d);
	assert_int_equal(app_drills_open(&d, "../../etc/pass wd", &err), CC_OK);
	assert_int_equal(d.list.n, 3);
	assert_int_equal(d.bad, 1);
	app_drills_close(&d);
}

static void lines_that_are_none_are_counted(void **state)
{
	static const char TEXT[] = "garbage\n{\"wall\":\"yesterday\"}\n\n[1,2]\n{\"wall\":\"2026-01-01T00:00:00Z\",\"score\":\"1\",\"difficulty\":7,\"missed\":[\"x\",3]}\n"
		"{\"wall\":\"2026-01-02T00:00:00Z\",\"submitted\":true,\"score\":1}";
	app_drills d = { 0 };

	(void)state;
	assert_int_equal(app_drills_parse(&d, cc_str_from(TEXT), NULL), CC_OK);
	assert_int_equal(d.bad, 3);
	assert_int_equal(d.list.n, 2);
	assert_false(app_drill_counts(&d.list.p[0]));
	assert_true(app_drill_counts(&d.list.p[1]));
	app_drills_close(&d);
}

static bool says(const app_drills *d, const char *words)
{
	cc_reply *r = NULL;
	cc_buf b = CC_BUF_INIT;

	assert_int_equal(app_drill_reply(d, &r, NULL), CC_OK);
	cc_reply_write_text(r, &b, 0, true);
	cc_reply_write_json(r, &b);
	bool found = cc_str_find(cc_buf_str(&b), cc_str_from(words)) != CC_STR_NONE;
	cc_buf_deinit(&b);
	cc_reply_unref(r);
	return found;
}

static void few_numbers_mean_nothing_and_it_says_so(void **state)
{
	app_drills d = { .name = CC_STR("ann") };

	(void)state;
	assert_true(says(&d, "Nothing yet"));
	add(&d, 0, 0, 0, 0, 0);
	assert_true(says(&d, "1 drill is too few to mean anything"));
	for (int i = 0; i < 3; i++)
		add(&d, 1, 1, 0, 0, 0);
	assert_true(says(&d, "4 drills are too few to mean anything"));
	assert_false(says(&d, "on average"));
	assert_true(says(&d, "\"score_from\":null,\"score_to\":null"));
	add(&d, 1, 1, 0, 0, 0);
	add(&d, 0, 1, 0, 0, 0);
	assert_false(says(&d, "\"score_from\":null"));
	assert_true(says(&d, "Chance makes such a difference often"));
	assert_true(says(&d, "of different levels"));
	app_drills_close(&d);
}

static void a_clear_change_is_called_one(void **state)
{
	app_drills d = { .name = CC_STR("ann") };

	(void)state;
	for (int i = 0; i < 16; i++)
		add(&d, i < 8 ? 0 : 1, 1, 0, 0, 0);
	assert_true(says(&d, "a change for the better that chance seldom makes"));
	assert_false(says(&d, "of different levels"));
	app_drills_close(&d);
}

static void a_review_tells_what_it_was_worth(void **state)
{
	static const char REVIEW[] = "{\"summary\":{\"score\":\"0.5000\",\"brier\":0.04,\"queries\":9,\"hints\":1,\"active_ns\":5,\"difficulty\":\"hard\"},\"decisive\":["
		"{\"state\":\"missed\",\"step\":null,\"command\":\"events x\"},{\"state\":\"seen\",\"step\":4,\"command\":\"spec y\"},{\"state\":\"pinned\",\"step\":6,\"command\":\"logs z\"},"
		"{\"state\":\"not told\",\"step\":null,\"command\":\"paths\"}]}";
	app_drill d = { .decisive = -1 };

	(void)state;
	assert_int_equal(app_drill_learn(&d, cc_str_from(REVIEW), NULL, NULL), CC_OK);
	assert_true(d.score == 0.5 && d.brier == 0.04 && d.queries == 9 && d.hints == 1 && d.level == 2);
	assert_int_equal(d.missed, EVENTS);
	assert_int_equal(d.saw, SPECS | 1 << 1);
	assert_int_equal(app_drill_learn(&d, CC_STR("{}"), NULL, NULL), CC_EFORMAT);
	assert_int_equal(app_drill_learn(&d, CC_STR("nonsense"), NULL, NULL), CC_EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_level_follows_the_score),
		cmocka_unit_test(help_goes_away_and_comes_back),
		cmocka_unit_test(the_next_is_new_fits_and_trains_what_was_missed),
		cmocka_unit_test(a_line_belongs_to_a_pane),
		cmocka_unit_test(the_history_is_what_was_added),
		cmocka_unit_test(lines_that_are_none_are_counted),
		cmocka_unit_test(few_numbers_mean_nothing_and_it_says_so),
		cmocka_unit_test(a_clear_change_is_called_one),
		cmocka_unit_test(a_review_tells_what_it_was_worth),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
