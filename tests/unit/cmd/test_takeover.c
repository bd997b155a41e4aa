/* test_takeover.c - a live session that goes on where a record stood stands where a replay stands there, after every step; what is
 * answered otherwise is said; the new record names its parent and can itself be run again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/playback.h"
#include "coldcase/rerun.h"
#include "support/scratch.h"

static const char SAMPLE[] = "sample-incidents/Scenario-1";
static const char *const LINES[] = { "alerts", "paths", "focus quote", "entity", "nonsense", "mark the image", "at 17:06:00", "pin label=\"no logs at all\" entity=quote",
	"events limit=5", "ruleout otel-demo/Service/cart reason=fine", "suspect otel-demo/Deployment/quote confidence=0.7", "back", "note hm",
	"suspect otel-demo/Service/ad", "suspect otel-demo/Service/ad remove=yes", "submit confirm=submit" };
enum { STEPS = sizeof LINES / sizeof LINES[0] + 1 };     /* and `start` */

static cc_run *run;

static cc_session *open_live(const char *dir, bool paused)
{
	cc_session_options o = { .dir = dir, .out_dir = scratch.root, .actor_name = "tester", .budget = 100, .pause_at_start = paused, .no_cache = true };
	cc_session *s = NULL;
	cc_err err = { 0 };
	if (cc_session_open(&s, &o, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static cc_run *read_run(const cc_session *s)
{
	cc_run *r = NULL;
	cc_err err = { 0 };
	if (cc_run_read(&r, cc_session_run_dir(s), &err) != CC_OK)
		fail_msg("%s", err.message);
	return r;
}

static int make_run(void **state)
{
	if (scratch_make(state))
		return 1;
	cc_session *s = open_live(SAMPLE, false);
	for (size_t i = 0; i + 1 < STEPS; i++) {
		cc_reply *r = NULL;
		if (cc_session_run(s, cc_str_from(LINES[i]), NULL, &r, NULL) == CC_OK)
			cc_reply_unref(r);
	}
	run = read_run(s);
	cc_session_close(s);
	return cc_run_step_count(run) != STEPS;
}

static int drop_run(void **state)
{
	cc_run_free(run);
	return scratch_remove(state);
}

/* All that a case says but its clock. */
static void describe(const cc_case *c, cc_buf *out)
{
	cc_view v = cc_case_view(c);
	cc_buf_addf(out, "focus %u at %lld queries %lld\n", v.focus, (long long)v.at_ns, (long long)cc_case_budget(c).used);
	for (size_t i = 0; i < cc_case_pin_count(c); i++)
		cc_buf_addf(out, "pin %u %u#%u %.*s\n", cc_case_pin(c, i)->number, cc_case_pin(c, i)->cite.file, cc_case_pin(c, i)->cite.record,
			CC_STR_ARG(cc_case_pin(c, i)->label));
	for (size_t i = 0; i < cc_case_suspect_count(c); i++)
		cc_buf_addf(out, "suspect %.*s %.2f\n", CC_STR_ARG(cc_case_suspect(c, i)->name), cc_case_suspect(c, i)->confidence);
	for (size_t i = 0; i < cc_case_ruleout_count(c); i++)
		cc_buf_addf(out, "not %.*s: %.*s\n", CC_STR_ARG(cc_case_ruleout(c, i)->name), CC_STR_ARG(cc_case_ruleout(c, i)->reason));
	for (size_t i = 0; i < cc_case_note_count(c); i++)
		cc_buf_addf(out, "note %.*s\n", CC_STR_ARG(cc_case_note(c, i)->text));
}

static void test_it_stands_where_the_record_stood(void **state)
{
	(void)state;
	for (size_t n = 0; n < STEPS; n++) {
		cc_session *s = open_live(SAMPLE, true);
		cc_case *then;
		cc_takeover t;
		cc_err err = { 0 };
		cc_buf want = CC_BUF_INIT, have = CC_BUF_INIT;
		assert_int_equal(cc_take_over(s, run, n, &(cc_takeover_options){ 0 }, &t, &err), CC_OK);
		assert_int_equal(t.steps, n);
		assert_int_equal(t.again, n);
		assert_int_equal(t.failed + t.differing + (size_t)t.first, 0);
		assert_int_equal(cc_run_replay(run, cc_session_snapshot(s), n, &then, &err), CC_OK);
		describe(then, &want);
		describe(cc_session_case(s), &have);
		assert_string_equal(have.p, want.p);
		assert_int_equal(cc_case_started(cc_session_case(s)), n > 0);
		cc_case_free(then);
		cc_session_close(s);
		cc_buf_deinit(&want);
		cc_buf_deinit(&have);
	}
}

static const cc_json *parent_of(const cc_run *r)
{
	for (size_t i = 0; i < cc_run_line_count(r); i++)
		if (cc_run_line_type(r, i) == CC_LINE_EVENT && cc_str_eqz(cc_run_line(r, i)->as.event->name, "parent"))
			return cc_json_get(cc_run_line(r, i)->json, "data");
	return NULL;
}

static int64_t used(cc_session *s)
{
	return cc_case_budget(cc_session_case(s)).used;
}

static void ask(cc_session *s, const char *line)
{
	cc_reply *r = NULL;
	assert_int_equal(cc_session_run(s, cc_str_from(line), NULL, &r, NULL), CC_OK);
	cc_reply_unref(r);
}

/* What the replay showed is shown again for nothing, once; and who takes over from that record has spent as much. */
static void test_it_costs_what_it_cost(void **state)
{
	(void)state;
	cc_session *s = open_live(SAMPLE, true), *next = open_live(SAMPLE, true);
	cc_takeover t;
	cc_err err = { 0 };
	assert_int_equal(cc_take_over(s, run, 11, &(cc_takeover_options){ 0 }, &t, &err), CC_OK);
	int64_t before = used(s);
	ask(s, "changes");
	assert_int_equal(used(s), before + 1);
	cc_session_owe(s, CC_STR("changes"));
	ask(s, "changes");
	assert_int_equal(used(s), before + 1);
	ask(s, "changes");
	assert_int_equal(used(s), before + 2);
	cc_run *mine = read_run(s);
	assert_int_equal(cc_take_over(next, mine, SIZE_MAX, &(cc_takeover_options){ 0 }, &t, &err), CC_OK);
	assert_int_equal(t.steps, 14);
	assert_int_equal(used(next), used(s));
	cc_run_free(mine);
	cc_session_close(next);
	cc_session_close(s);
}

static void test_the_new_record(void **state)
{
	(void)state;
	cc_session *s = open_live(SAMPLE, true);
	cc_takeover t;
	cc_err err = { 0 };
	cc_reply *r = NULL;
	cc_rerun *again;
	cc_rerun_step step;
	int64_t steps = 0;
	size_t differs = 0;
	cc_code code;
	assert_int_equal(cc_take_over(s, run, 11, &(cc_takeover_options){ .revealed = true }, &t, &err), CC_OK);
	assert_int_equal(cc_take_over(s, run, 11, &(cc_takeover_options){ 0 }, &t, &err), CC_ESTATE);   /* once */
	assert_int_equal(cc_session_run(s, CC_STR("suspect otel-demo/Deployment/quote"), NULL, &r, &err), CC_OK);
	cc_reply_unref(r);
	assert_int_equal(cc_session_run(s, CC_STR("submit confirm=submit"), NULL, &r, &err), CC_OK);
	cc_reply_unref(r);
	cc_run *mine = read_run(s);
	assert_int_equal(cc_run_step_count(mine), 13);
	const cc_json *parent = parent_of(mine);
	assert_non_null(parent);
	assert_true(cc_str_eq(cc_json_get_str(parent, "trajectory_sha256"), cc_run_sha256(run)));
	assert_true(cc_json_int(cc_json_get(parent, "steps"), &steps));
	assert_int_equal(steps, 11);
	assert_true(cc_json_bool(cc_json_get(parent, "revealed")));
	assert_int_equal(cc_rerun_open(&again, mine, SAMPLE, true, &err), CC_OK);
	while ((code = cc_rerun_next(again, NULL, &step, &err)) == CC_OK)
		differs += step.verdict == CC_RERUN_DIFFERS;
	assert_int_equal(code, CC_ENOTFOUND);
	assert_int_equal(differs, 0);
	cc_rerun_close(again);
	cc_run_free(mine);
	cc_session_close(s);
}

static void test_the_answer_is_not_taken_over(void **state)
{
	(void)state;
	cc_session *s = open_live(SAMPLE, true);
	cc_takeover t;
	cc_err err = { 0 };
	cc_buf said = CC_BUF_INIT;
	assert_int_equal(cc_take_over(s, run, SIZE_MAX, &(cc_takeover_options){ 0 }, &t, &err), CC_OK);
	assert_int_equal(t.steps, STEPS - 1);
	assert_true(t.before_submit);
	assert_false(cc_session_submitted(s));
	cc_takeover_say(&t, &said);
	assert_non_null(strstr(said.p, "before the answer was submitted"));
	assert_non_null(strstr(said.p, "all 16 steps"));
	cc_buf_deinit(&said);
	cc_session_close(s);
}

static void test_other_evidence_is_told(void **state)
{
	(void)state;
	cc_session *s = open_live("sample-incidents/Scenario-2", true);
	cc_takeover t;
	cc_err err = { 0 };
	cc_buf said = CC_BUF_INIT;
	assert_int_equal(cc_take_over(s, run, 12, &(cc_takeover_options){ 0 }, &t, &err), CC_OK);
	assert_true(t.differing >= 2);
	assert_int_equal(t.first, 2);                        /* alerts: the first line that asks for evidence */
	cc_takeover_say(&t, &said);
	assert_non_null(strstr(said.p, "the first of them step 2"));
	cc_buf_deinit(&said);
	cc_session_close(s);
}

static void test_canceled(void **state)
{
	(void)state;
	cc_session *s = open_live(SAMPLE, true);
	cc_cancel cancel = { 0 };
	cc_takeover t;
	cc_err err = { 0 };
	cc_cancel_set(&cancel);
	assert_int_equal(cc_take_over(s, run, 5, &(cc_takeover_options){ .cancel = &cancel }, &t, &err), CC_ECANCELED);
	cc_session_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_stands_where_the_record_stood), cmocka_unit_test(test_it_costs_what_it_cost), cmocka_unit_test(test_the_new_record),
		cmocka_unit_test(test_the_answer_is_not_taken_over), cmocka_unit_test(test_other_evidence_is_told), cmocka_unit_test(test_canceled),
	};
	return cmocka_run_group_tests_name("cmd/takeover", tests, make_run, drop_run);
}
