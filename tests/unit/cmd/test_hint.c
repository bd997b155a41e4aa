/* test_hint.c - the coach gives one rung at a time, only where assistance allows it, and each stands in the record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/debrief.h"
#include "coldcase/forge.h"
#include "coldcase/record.h"
#include "coldcase/session.h"
#include "support/scratch.h"

static const char SAMPLE[] = "sample-incidents/Scenario-1";

/* A ladder of two rungs, and what was asked of it. */
typedef struct ladder { uint32_t asked[8]; size_t n; bool none; } ladder;

static cc_code rung_of(void *arg, uint32_t rung, cc_buf *out)
{
	ladder *l = arg;

	l->asked[l->n++] = rung;
	if (l->none)
		return CC_ENOTFOUND;
	if (rung <= 2)
		cc_buf_addf(out, "rung number %u", rung);
	return CC_OK;
}

static cc_session *open_on(const char *dir, const char *assistance, ladder *l)
{
	cc_session_options opt = { .dir = dir, .out_dir = scratch.root, .actor_name = "tester", .assistance = assistance, .budget = 1,
		.coach = l ? rung_of : NULL, .coach_arg = l };
	cc_session *s = NULL;
	cc_err err;

	if (cc_session_open(&s, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static cc_session *open_session(const char *assistance, ladder *l)
{
	return open_on(SAMPLE, assistance, l);
}

static cc_code hint(cc_session *s, const char *part)
{
	cc_reply *r = NULL;
	cc_buf b = CC_BUF_INIT;
	cc_code code = cc_session_run(s, CC_STR("hint"), NULL, &r, NULL);

	if (code == CC_OK) {
		cc_reply_write_text(r, &b, 0, true);
		if (cc_str_find(cc_buf_str(&b), cc_str_from(part)) == CC_STR_NONE)
			fail_msg("a hint without \"%s\": %s", part, b.p);
	}
	cc_buf_deinit(&b);
	cc_reply_unref(r);
	return code;
}

static void one_rung_at_a_time(void **state)
{
	ladder l = { .n = 0 };
	cc_session *s = open_session("full", &l);

	(void)state;
	assert_int_equal(hint(s, "rung number 1"), CC_OK);
	assert_int_equal(hint(s, "rung number 2"), CC_OK);
	assert_int_equal(hint(s, ""), CC_ENOTFOUND);
	assert_int_equal(hint(s, ""), CC_ENOTFOUND);
	assert_int_equal(l.n, 4);
	assert_int_equal(l.asked[1], 2);
	assert_int_equal(l.asked[3], 3);               /* what was not given does not count */
	assert_int_equal(cc_case_hints(cc_session_case(s)), 2);
	assert_int_equal(cc_case_budget(cc_session_case(s)).used, 0);
	cc_session_close(s);
}

static void lower_levels_ask_nobody(void **state)
{
	ladder l = { .n = 0 };
	cc_session *s = open_session("ranked", &l);

	(void)state;
	assert_int_equal(hint(s, ""), CC_ESTATE);
	assert_int_equal(l.n, 0);
	cc_session_close(s);
}

/* No debrief: the rung comes from the evidence of the incident. */
static void climb(const char *dir, const char *first, const char *second, const char *third)
{
	ladder l = { .none = true };
	cc_session *s = open_on(dir, "full", &l);

	assert_int_equal(hint(s, first), CC_OK);
	assert_int_equal(hint(s, second), CC_OK);
	assert_int_equal(hint(s, third), CC_OK);
	assert_int_equal(hint(s, ""), CC_ENOTFOUND);
	cc_session_close(s);
}

static void without_a_debrief_the_evidence_gives_three(void **state)
{
	(void)state;
	climb(SAMPLE, "look at the checks", "may concern a Deployment in the namespace otel-demo",
		"`checks otel-demo/Deployment/quote` may show it");
}

/* A policy that allows everything was made nearer to the onset, and after it. */
static void a_wrong_state_goes_before_a_harmless_change(void **state)
{
	(void)state;
	climb("sample-incidents/Scenario-5", "look at the checks", "may concern a ResourceQuota",
		"`checks book-info/ResourceQuota/strict-resource-quota` may show it: is used up");
}

/* No state is wrong there; the change is nearest before the onset. */
static void a_change_leads_where_no_state_is_wrong(void **state)
{
	cc_forge_options o;
	cc_forge_report r;
	cc_err err;

	(void)state;
	cc_forge_options_init(&o);
	o.out_dir = scratch.root;
	o.scenario = 77; /* runs of the samples have their folders there */
	o.faults[0] = "crashing-init:cart";
	o.fault_count = 1;
	o.seed = 3;
	o.difficulty = CC_FORGE_EASY;
	o.noise = 0;
	o.duration_ns = 900 * CC_NS_PER_S;
	o.rps_milli = 2000;
	if (cc_forge_run(&o, &r, &err) != CC_OK)
		fail_msg("%s", err.message);
	climb(r.scenario_dir, "shortly before the onset", "may concern a Deployment", "`diff otel-demo/Deployment/cart` may show it");
}

static void each_is_in_the_record(void **state)
{
	ladder l = { .n = 0 };
	cc_session *s = open_session("full", &l);
	char *dir = strdup(cc_session_run_dir(s));
	cc_run *run = NULL;
	const cc_record_step *step;
	cc_case *c = NULL;
	cc_snapshot *snapshot = NULL;

	(void)state;
	assert_int_equal(hint(s, ""), CC_OK);
	cc_session_close(s);
	assert_int_equal(cc_run_read(&run, dir, NULL), CC_OK);
	step = cc_run_step(run, cc_run_step_count(run) - 1)->as.step;
	assert_int_equal(step->action_count, 1);
	assert_int_equal(step->actions[0].kind, CC_ACT_HINT);
	assert_int_equal(step->actions[0].number, 1);
	assert_true(cc_str_eqz(step->actions[0].text, "rung number 1"));
	assert_int_equal(cc_snapshot_open(&snapshot, SAMPLE, NULL, NULL), CC_OK);
	assert_int_equal(cc_run_replay(run, snapshot, SIZE_MAX, &c, NULL), CC_OK);
	assert_int_equal(cc_case_hints(c), 1);
	cc_case_free(c);
	cc_snapshot_free(snapshot);
	cc_run_free(run);
	free(dir);
}

static void a_debrief_is_cut_into_rungs(void **state)
{
	static const char text[] = "decisive:\n  - command: \"events entity=shop/Pod/a\"\n    says: \"it is killed\"\n"
		"hints:\n  - \"far\"\n  - \"near\"\n  - \"it is a\"\n";
	cc_debrief *d = NULL;
	cc_buf b = CC_BUF_INIT, all = CC_BUF_INIT;

	(void)state;
	assert_int_equal(cc_debrief_load(&d, cc_str_from(text), "test", NULL), CC_OK);
	assert_int_equal(cc_debrief_rungs(d), 4);
	for (size_t i = 1; cc_debrief_rung(d, i, &b); i++) {
		cc_buf_addf(&all, "%zu %.*s|", i, CC_STR_ARG(cc_buf_str(&b)));
		cc_buf_clear(&b);
	}
	assert_string_equal(all.p, "1 What decides can be seen in the events pane.|2 far|3 near|"
		"4 `events entity=shop/Pod/a` shows it: it is killed|");
	assert_false(cc_debrief_rung(d, 0, &b));
	cc_debrief_free(d);
	cc_buf_deinit(&b);
	cc_buf_deinit(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_rung_at_a_time),
		cmocka_unit_test(lower_levels_ask_nobody),
		cmocka_unit_test(without_a_debrief_the_evidence_gives_three),
		cmocka_unit_test(a_wrong_state_goes_before_a_harmless_change),
		cmocka_unit_test(a_change_leads_where_no_state_is_wrong),
		cmocka_unit_test(each_is_in_the_record),
		cmocka_unit_test(a_debrief_is_cut_into_rungs),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
