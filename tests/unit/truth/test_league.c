/* Runs into tables: what is averaged, what is kept apart, what counts of a person. */
#include "coldcase/league.h"

#include <math.h>
#include "coldcase/time.h"
#include "unit/truth/truth_support.h"

static cc_league_run run_of(const char *player, const char *task, uint32_t num, uint32_t den)
{
	return (cc_league_run){ .path = CC_STR("x"), .player = cc_str_from(player), .task = cc_str_from(task), .agent = true,
		.matcher = CC_STR("d1"), .budget = 100, .assistance = CC_STR("raw"), .score = { num, den }, .tp = num, .fp = den - num,
		.started_ns = CC_TIME_NONE, .queries = NAN, .turns = NAN, .tokens = NAN, .cost = NAN, .active_s = NAN };
}

static void add(cc_league *l, cc_league_run r)
{
	assert_true(cc_league_add(l, &r));
}

static const cc_league_table *close_one(cc_league *l, double rate)
{
	cc_err err = { 0 };
	assert_int_equal(cc_league_close(l, &(cc_league_options){ .seed = 1, .hourly_rate = rate }, &err), CC_OK);
	return cc_league_table_get(l, 0);
}

static void test_means(void **state)
{
	(void)state;
	cc_league *l = cc_league_new();
	add(l, run_of("a", "Scenario-10", 1, 1));
	add(l, run_of("a", "Scenario-9", 1, 2));
	add(l, run_of("a", "Scenario-9", 0, 1));
	add(l, run_of("b", "Scenario-9", 1, 1));
	const cc_league_table *t = close_one(l, 0);
	assert_int_equal(t->task_count, 2);
	assert_true(cc_str_eqz(t->tasks[0], "Scenario-9")); /* natural order */
	assert_true(cc_str_eqz(t->players[0].name, "b"));
	assert_true(t->players[1].score == (1.0 + 0.25) / 2);
	assert_int_equal(t->players[1].runs, 3);
	assert_int_equal(t->players[1].exact, 1);
	assert_int_equal(t->players[1].recalled, 2);
	assert_int_equal(t->players[1].k, 1);
	assert_true(t->players[1].pass_at == 0.5);
	assert_true(isnan(t->players[1].exact_interval.lo) && !isnan(t->players[0].exact_interval.lo));
	assert_true(isnan(t->players[0].task_mean[1]));
	assert_int_equal(t->pair_count, 1); /* over the one task both have */
	assert_int_equal(t->pairs[0].diff.tasks, 1);
	assert_true(t->pairs[0].diff.mean == 0.75 && isnan(t->pairs[0].diff.se));
	cc_league_free(l);
}

static void test_conditions_stay_apart(void **state)
{
	(void)state;
	cc_league *l = cc_league_new();
	cc_league_run r = run_of("a", "Scenario-1", 1, 1);
	add(l, r);
	r.budget = 0;
	add(l, r);
	r.assistance = CC_STR("full");
	add(l, r);
	r.matcher = CC_STR("d1-v2");
	add(l, r);
	close_one(l, 0);
	assert_int_equal(cc_league_table_count(l), 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(cc_league_table_get(l, i)->players[0].runs, 1);
	cc_league_free(l);
}

/* Also when the first exposure is added last; an agent of the same name is somebody else. */
static void test_first_exposure(void **state)
{
	(void)state;
	cc_league *l = cc_league_new();
	cc_league_run r = run_of("ana", "Scenario-1", 1, 1);
	r.agent = false;
	r.started_ns = 2000;
	add(l, r);
	r.started_ns = 1000;
	r.score = (cc_ratio){ 0, 1 };
	add(l, r);
	r.agent = true;
	r.score = (cc_ratio){ 1, 1 };
	add(l, r);
	const cc_league_table *t = close_one(l, 0);
	assert_int_equal(t->player_count, 2);
	assert_true(t->players[0].agent && t->players[0].score == 1);
	assert_true(!t->players[1].agent && t->players[1].score == 0);
	assert_int_equal(t->players[1].left_out, 1);
	assert_true(isnan(t->players[1].pass_at));
	cc_league_free(l);
}

static void test_costs_and_frontier(void **state)
{
	(void)state;
	static const struct { const char *name; uint32_t num; double cost; bool best; } rows[] = {
		{ "dear", 1, 9, false }, { "good", 1, 2, true }, { "cheap", 0, 1, true }, { "poor", 0, 3, false } };
	cc_league *l = cc_league_new();
	for (size_t i = 0; i < 4; i++) {
		cc_league_run r = run_of(rows[i].name, "Scenario-1", rows[i].num, 1);
		r.cost = rows[i].cost;
		add(l, r);
	}
	cc_league_run person = run_of("zoe", "Scenario-1", 1, 1);
	person.agent = false;
	person.active_s = 1800;
	add(l, person);
	const cc_league_table *t = close_one(l, 3);
	for (size_t i = 0; i < t->player_count; i++)
		for (size_t k = 0; k < 4; k++)
			if (cc_str_eqz(t->players[i].name, rows[k].name))
				assert_true(t->players[i].frontier_cost == (rows[k].best && k != 1));
	assert_true(cc_str_eqz(t->players[2].name, "zoe"));
	assert_true(t->players[2].mean[CC_AMOUNT_COST] == 1.5 && t->players[2].frontier_cost); /* cheaper than `good` */
	assert_false(t->players[0].frontier_turns);
	cc_league_free(l);
}

static void test_csv_is_safe(void **state)
{
	(void)state;
	cc_league *l = cc_league_new();
	cc_buf b = CC_BUF_INIT;
	cc_league_run r = run_of("=cmd|' /C calc'!A0", "a,\"b\"\nc", 2, 3);
	add(l, r);
	cc_league_csv(&b, l);
	assert_non_null(strstr(b.p, "\r\n\"'=cmd|' /C calc'!A0\",agent,\"a,\"\"b\"\"\nc\",d1,100,raw,ok,0.6667,2,1,0,"));
	cc_buf_deinit(&b);
	cc_league_free(l);
}

static void test_svg_escapes(void **state)
{
	(void)state;
	cc_league *l = cc_league_new();
	cc_buf b = CC_BUF_INIT;
	cc_league_run r = run_of("<script>&\x1b[2J", "Scenario-1", 1, 1);
	r.turns = 12;
	add(l, r);
	cc_league_svg(&b, close_one(l, 0), CC_AMOUNT_TURNS);
	assert_true(cc_buf_ok(&b));
	assert_null(strstr(b.p, "<script"));
	assert_non_null(strstr(b.p, "&lt;script&gt;&amp;"));
	assert_null(memchr(b.p, 0x1b, b.n));
	cc_buf_deinit(&b);
	cc_league_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_means), cmocka_unit_test(test_conditions_stay_apart), cmocka_unit_test(test_first_exposure),
		cmocka_unit_test(test_costs_and_frontier), cmocka_unit_test(test_csv_is_safe), cmocka_unit_test(test_svg_escapes),
	};
	return cmocka_run_group_tests_name("truth/league", tests, NULL, NULL);
}
