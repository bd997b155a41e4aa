/* test_lead.c - a run that somebody else stops and sets going again, and one that goes on after its program was killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/record.h"
#include "coldcase/rerun.h"
#include "coldcase/session.h"
#include "support/scratch.h"

static const char SAMPLE[] = "sample-incidents/Scenario-1";

static cc_session *open_with(const cc_session_options *how)
{
	cc_session_options opt = *how;
	cc_session *s = NULL;
	cc_err err;

	opt.dir = SAMPLE;
	opt.actor_name = "tester";
	if (cc_session_open(&s, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static cc_code run(cc_session *s, const char *line)
{
	cc_reply *r = NULL;
	cc_code code = cc_session_run(s, cc_str_from(line), NULL, &r, NULL);

	cc_reply_unref(r);
	return code;
}

static void while_it_is_frozen_nothing_is_asked(void **state)
{
	cc_session *s = open_with(&(cc_session_options){ .budget = 10, .pause_at_start = true });
	const cc_case *c = cc_session_case(s);
	cc_str why;

	(void)state;
	assert_int_equal(cc_session_thaw(s, NULL), CC_ESTATE);
	assert_int_equal(cc_session_freeze(s, CC_STR("the class waits"), NULL), CC_OK);
	assert_int_equal(cc_session_freeze(s, CC_STR("again"), NULL), CC_ESTATE);
	assert_true(cc_case_frozen(c, &why));
	assert_true(cc_str_eqz(why, "the class waits"));
	assert_int_equal(run(s, "start"), CC_ESTATE);
	assert_int_equal(cc_session_thaw(s, NULL), CC_OK);
	assert_false(cc_case_running(c));              /* it was not going before */
	assert_int_equal(run(s, "start"), CC_OK);
	assert_int_equal(run(s, "alerts"), CC_OK);
	assert_int_equal(run(s, "suspect otel-demo/Deployment/cart"), CC_OK);
	cc_clock_fake_set(1000000000);
	assert_int_equal(cc_session_freeze(s, CC_STR("look here"), NULL), CC_OK);
	int64_t then = cc_case_active_ns(c);
	cc_clock_fake_advance(60000000000);
	assert_int_equal(cc_case_active_ns(c), then);
	assert_int_equal(run(s, "alerts"), CC_ESTATE);
	assert_int_equal(run(s, "alerts offset=5"), CC_ESTATE);        /* not even what is paid for */
	assert_int_equal(run(s, "resume"), CC_ESTATE);
	assert_int_equal(run(s, "submit confirm=submit"), CC_ESTATE);
	assert_int_equal(run(s, "note \"thinking\""), CC_OK);
	assert_int_equal(cc_session_thaw(s, NULL), CC_OK);
	assert_true(cc_case_running(c));
	cc_clock_fake_advance(5);
	assert_int_equal(cc_case_active_ns(c), then + 5);
	assert_int_equal(run(s, "logs"), CC_OK);
	assert_int_equal(cc_case_budget(c).used, 2);
	cc_clock_fake_off();
	cc_session_close(s);
}

/* The record says it, and run again gives the same answers and the same refusals. */
static void freezing_is_recorded(void **state)
{
	cc_session *s = open_with(&(cc_session_options){ .budget = 10, .out_dir = scratch.root });
	cc_buf dir = CC_BUF_INIT;
	cc_run *r;
	cc_rerun *again;
	cc_rerun_step step;
	size_t steps = 0;

	(void)state;
	cc_buf_addz(&dir, cc_session_run_dir(s));
	assert_int_equal(run(s, "alerts"), CC_OK);
	assert_int_equal(cc_session_tell(s, CC_STR("look at the events"), NULL), CC_OK);
	assert_int_equal(cc_session_freeze(s, CC_STR("frozen by the host"), NULL), CC_OK);
	assert_int_equal(run(s, "events"), CC_ESTATE);
	assert_int_equal(cc_session_thaw(s, NULL), CC_OK);
	assert_int_equal(run(s, "events"), CC_OK);
	assert_int_equal(cc_case_hints(cc_session_case(s)), 0);        /* no rung of the ladder */
	cc_session_close(s);
	assert_int_equal(cc_run_read(&r, dir.p, NULL), CC_OK);
	assert_int_equal(cc_run_step_count(r), 7);
	const cc_record_step *frozen = cc_run_step(r, 3)->as.step;
	assert_true(cc_str_eqz(frozen->line, "freeze"));
	assert_int_equal(frozen->actions[0].kind, CC_ACT_FREEZE);
	assert_true(cc_str_eqz(frozen->actions[0].text, "frozen by the host"));
	assert_int_equal(cc_rerun_open(&again, r, SAMPLE, true, NULL), CC_OK);
	while (cc_rerun_next(again, NULL, &step, NULL) == CC_OK) {
		assert_int_not_equal(step.verdict, CC_RERUN_DIFFERS);
		steps++;
	}
	assert_int_equal(steps, 7);
	cc_rerun_close(again);
	cc_run_free(r);
	cc_buf_deinit(&dir);
}

typedef struct lead { int calls; bool freeze; } lead;

static void attend(void *arg, cc_session *s)
{
	lead *l = arg;
	cc_reply *r = NULL;

	l->calls++;
	if (!cc_case_started(cc_session_case(s)) && cc_session_run(s, CC_STR("start"), NULL, &r, NULL) == CC_OK)
		cc_reply_unref(r);
	if (l->freeze && !cc_case_frozen(cc_session_case(s), NULL))
		assert_int_equal(cc_session_freeze(s, CC_STR("now"), NULL), CC_OK);
}

static void who_leads_is_attended_to_before_each_command(void **state)
{
	lead l = { 0 };
	cc_session *s = open_with(&(cc_session_options){ .pause_at_start = true, .attend = attend, .attend_arg = &l });

	(void)state;
	assert_int_equal(run(s, "alerts"), CC_OK);     /* started on the way */
	assert_int_equal(l.calls, 1);
	l.freeze = true;
	assert_int_equal(run(s, "logs"), CC_ESTATE);
	cc_session_tick(s);
	assert_int_equal(l.calls, 3);
	cc_session_close(s);
}

/* --- killed --- */

/* What a killed program leaves: the record as it stood then, and perhaps a piece of a line. */
static void leave_behind(cc_session *s, const char *name, const char *tail)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT, to = CC_BUF_INIT;

	cc_path_join(&path, cc_session_run_dir(s), CC_RECORD_FILE);
	assert_int_equal(cc_file_read(&text, path.p, 1 << 24, NULL), CC_OK);
	cc_buf_addz(&text, tail);
	cc_buf_addf(&to, "%s/%s", name, CC_RECORD_FILE);
	test_tree_bytes(&scratch, to.p, cc_buf_str(&text));
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	cc_buf_deinit(&to);
	cc_session_close(s);
}

static void a_killed_run_goes_on(void **state)
{
	const char *const tails[] = { "", "{\"seq\":99,\"ty", "\n" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const char *name = i == 0 ? "left-0" : i == 1 ? "left-1" : "left-2";
		cc_session *s = open_with(&(cc_session_options){ .budget = 20, .out_dir = scratch.root, .assistance = "raw" });
		cc_run *r;

		assert_int_equal(run(s, "events limit=5"), CC_OK);
		assert_int_equal(run(s, "suspect otel-demo/Deployment/cart confidence=0.4"), CC_OK);
		assert_int_equal(run(s, "focus otel-demo/Deployment/cart"), CC_OK);
		leave_behind(s, name, tails[i]);
		s = open_with(&(cc_session_options){ .resume = test_tree_path(&scratch, name) });
		const cc_case *c = cc_session_case(s);
		assert_int_equal(cc_case_budget(c).cap, 20);
		assert_int_equal(cc_case_budget(c).used, 1);
		assert_int_equal(cc_case_suspect_count(c), 1);
		assert_true(cc_case_view(c).focus != 0);
		assert_true(cc_case_running(c));
		assert_int_equal(cc_session_assist_level(s), CC_ASSIST_RAW);
		assert_int_equal(run(s, "focus clear=yes"), CC_OK);
		assert_int_equal(run(s, "events offset=5"), CC_OK);
		assert_int_equal(cc_case_budget(c).used, 1);   /* the question was paid for before */
		assert_int_equal(run(s, "submit confirm=submit"), CC_OK);
		cc_session_close(s);
		assert_int_equal(cc_run_read(&r, test_tree_path(&scratch, name), NULL), CC_OK);
		cc_run_health h = cc_run_health_get(r);
		assert_true(h.ended);
		assert_int_equal(h.broken_line, 0);
		assert_int_equal(h.bad_lines, i == 0 ? 0 : 1);
		assert_int_equal(cc_run_step_count(r), 7);
		for (size_t k = 0; k < 7; k++)
			assert_int_equal(cc_run_step(r, k)->as.step->number, k + 1);
		cc_run_free(r);
	}
}

/* The end line stays, what comes after it goes on with the numbers, the clock and the chain; how long it was left is told. */
static void a_run_that_was_left_goes_on(void **state)
{
	cc_session *s = open_with(&(cc_session_options){ .out_dir = scratch.root, .budget = 20 });
	cc_buf dir = CC_BUF_INIT;
	cc_run *r;

	(void)state;
	assert_int_equal(run(s, "events limit=5"), CC_OK);
	cc_buf_addz(&dir, cc_session_run_dir(s));
	for (int i = 0; i < 2; i++) {
		int64_t left_ns = cc_case_active_ns(cc_session_case(s));
		cc_session_close(s);
		s = open_with(&(cc_session_options){ .resume = dir.p });
		assert_true(cc_case_running(cc_session_case(s)));
		assert_true(cc_case_active_ns(cc_session_case(s)) >= left_ns);
		assert_int_equal(run(s, "events limit=5"), CC_OK);      /* its answer was on the screen */
		assert_int_equal(cc_case_budget(cc_session_case(s)).used, 1);
	}
	assert_int_equal(run(s, "events limit=5"), CC_OK);
	assert_int_equal(cc_case_budget(cc_session_case(s)).used, 2);
	cc_session_close(s);
	assert_int_equal(cc_run_read(&r, dir.p, NULL), CC_OK);
	assert_true(cc_run_health_get(r).ended && !cc_run_health_get(r).broken_line && !cc_run_is_over(r));
	assert_int_equal(cc_run_breaks_of(r).count, 2);
	assert_true(cc_run_breaks_of(r).away_ns > 0);
	for (size_t k = 0; k < cc_run_step_count(r); k++)
		assert_int_equal(cc_run_step(r, k)->as.step->number, k + 1);
	cc_run_free(r);
	cc_buf_deinit(&dir);
}

static void what_has_ended_or_is_of_other_evidence_does_not_go_on(void **state)
{
	cc_session *s = open_with(&(cc_session_options){ .out_dir = scratch.root });
	cc_buf dir = CC_BUF_INIT;
	cc_err err;

	(void)state;
	assert_int_equal(run(s, "suspect otel-demo/Deployment/cart confidence=0.4"), CC_OK);
	cc_buf_addz(&dir, cc_session_run_dir(s));
	leave_behind(s, "other", "");
	s = NULL;
	assert_int_equal(cc_session_open(&s, &(cc_session_options){ .dir = SAMPLE, .resume = dir.p, .leased = true }, &err), CC_ESTATE);
	s = open_with(&(cc_session_options){ .resume = dir.p });
	assert_int_equal(run(s, "submit confirm=submit"), CC_OK);
	cc_session_close(s);
	s = NULL;
	assert_int_equal(cc_session_open(&s, &(cc_session_options){ .dir = SAMPLE, .resume = dir.p }, &err), CC_ESTATE);
	assert_int_equal(cc_session_open(&s, &(cc_session_options){ .dir = "sample-incidents/Scenario-2",
		.resume = test_tree_path(&scratch, "other") }, &err), CC_EUNKNOWN);
	assert_int_equal(cc_session_open(&s, &(cc_session_options){ .dir = SAMPLE, .resume = scratch.root }, &err), CC_ENOTFOUND);
	cc_buf_deinit(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(while_it_is_frozen_nothing_is_asked),
		cmocka_unit_test(freezing_is_recorded),
		cmocka_unit_test(who_leads_is_attended_to_before_each_command),
		cmocka_unit_test(a_killed_run_goes_on),
		cmocka_unit_test(a_run_that_was_left_goes_on),
		cmocka_unit_test(what_has_ended_or_is_of_other_evidence_does_not_go_on),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
