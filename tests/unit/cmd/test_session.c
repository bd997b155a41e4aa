/* test_session.c - a session over the bundled incident: what costs, what is refused, what stands on the board. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/clock.h"
#include "unit/cmd/session_support.h"

static void only_evidence_costs(void **state)
{
	cc_session *s = open_session(100, false);

	(void)state;
	assert_int_equal(run(s, "logs limit=1"), CC_OK);
	assert_int_equal(used(s), 1);
	assert_int_equal(run(s, "logs ~ /no such text anywhere/"), CC_OK);      /* empty: still a look */
	assert_int_equal(used(s), 2);
	assert_int_not_equal(run(s, "logs limit=x"), CC_OK);
	assert_int_not_equal(run(s, "lgos"), CC_OK);
	assert_int_not_equal(run(s, "show nowhere.tsv#1"), CC_OK);
	assert_int_not_equal(run(s, ""), CC_OK);
	assert_int_equal(run(s, "board"), CC_OK);
	assert_int_equal(run(s, "help"), CC_OK);
	assert_int_equal(run(s, "help logs"), CC_OK);
	assert_int_equal(run(s, "budget"), CC_OK);
	assert_int_equal(run(s, "focus checkout"), CC_OK);
	assert_int_equal(run(s, "note something"), CC_OK);
	assert_int_equal(used(s), 2);
	assert_null(cc_session_run_dir(s));
	cc_session_close(s);
}

static void the_last_queries_warn_and_the_cap_holds(void **state)
{
	cc_session *s = open_session(22, false);
	cc_reply *r;

	(void)state;
	for (int i = 1; i <= 22; i++) {
		r = reply(s, "logs limit=1");
		assert_int_equal(has_note(r, "queries left"), i >= 3 && i < 22);
		assert_int_equal(has_note(r, "the last of 22"), i == 22);
		if (i == 3)
			assert_true(has_note(r, "19 of 22 queries left"));
		cc_reply_unref(r);
	}
	assert_int_equal(run(s, "logs limit=1"), CC_EBUDGET);
	assert_int_equal(used(s), 22);
	assert_int_equal(run(s, "suspect checkout"), CC_OK);
	assert_int_equal(run(s, "board"), CC_OK);
	assert_int_equal(run(s, "submit"), CC_OK);
	assert_int_equal(run(s, "submit confirm=submit"), CC_OK);
	assert_int_equal(run(s, "logs limit=1"), CC_ESTATE);
	assert_int_equal(run(s, "note too late"), CC_ESTATE);
	assert_int_equal(run(s, "submit confirm=submit"), CC_ESTATE);
	assert_true(cc_session_submitted(s));
	cc_session_close(s);
}

static void evidence_waits_for_start_and_hides_in_a_pause(void **state)
{
	cc_session_options opt = { .dir = SAMPLE, .budget = 10, .pause_at_start = true };
	cc_session *s;

	(void)state;
	assert_int_equal(cc_session_open(&s, &opt, NULL), CC_OK);
	assert_int_equal(run(s, "logs limit=1"), CC_ESTATE);
	assert_int_equal(run(s, "resume"), CC_ESTATE);
	assert_int_equal(run(s, "start"), CC_OK);
	assert_int_equal(run(s, "start"), CC_ESTATE);
	assert_int_equal(run(s, "logs limit=1"), CC_OK);
	assert_int_equal(run(s, "pause"), CC_OK);
	assert_int_equal(run(s, "logs limit=1"), CC_ESTATE);
	assert_int_equal(run(s, "note thinking"), CC_OK);
	assert_int_equal(run(s, "resume"), CC_OK);
	assert_int_equal(run(s, "logs limit=1"), CC_OK);
	assert_int_equal(used(s), 2);
	cc_session_close(s);
}

static void navigation_sets_the_view(void **state)
{
	cc_session *s = open_session(0, false);
	cc_reply *r = reply(s, "focus checkout");

	(void)state;
	assert_int_equal(fact(r, "focus")->type, CC_CELL_ENTITY);
	cc_reply_unref(r);
	assert_int_equal(run(s, "at T+3m"), CC_OK);
	r = reply(s, "window around=2m");
	assert_true(fact(r, "to")->i - fact(r, "from")->i == 240 * CC_NS_PER_S);
	assert_true(fact(r, "from")->i + 120 * CC_NS_PER_S == fact(r, "at")->i);
	assert_false(has_note(r, "outside"));
	cc_reply_unref(r);
	r = reply(s, "window 2001-01-01T00:00:00Z 2001-01-02T00:00:00Z");
	assert_true(has_note(r, "outside the capture"));
	cc_reply_unref(r);
	assert_int_equal(run(s, "window T+5m T+1m"), CC_EUSAGE);
	assert_int_equal(run(s, "window clear=yes T+1m"), CC_EUSAGE);
	assert_int_equal(run(s, "focus clear=yes checkout"), CC_EUSAGE);
	assert_int_equal(run(s, "back"), CC_OK);
	assert_int_equal(run(s, "back"), CC_OK);
	r = reply(s, "back");
	assert_int_equal(fact(r, "at")->type, CC_CELL_NONE);
	cc_reply_unref(r);
	r = reply(s, "back");
	assert_int_equal(fact(r, "focus")->type, CC_CELL_NONE);
	cc_reply_unref(r);
	assert_int_equal(run(s, "back"), CC_ESTATE);
	assert_int_equal(run(s, "forward"), CC_OK);
	assert_int_not_equal(cc_case_view(cc_session_case(s)).focus, 0);
	assert_int_equal(run(s, "focus clear=yes"), CC_OK);
	assert_int_equal(cc_case_view(cc_session_case(s)).focus, 0);
	cc_session_close(s);
}

/* A row that was shown fills the pin; one that was not tells nothing for free. */
static void pins_take_after_the_row_that_was_shown(void **state)
{
	cc_session *s = open_session(0, false);
	cc_reply *r = reply(s, "pin otel_logs_raw.tsv#1");
	const cc_case *k = cc_session_case(s);
	char line[64];
	const cc_row *row;

	(void)state;
	assert_true(has_note(r, "no reply of this run showed"));
	assert_true(cc_str_eqz(cc_case_pin(k, 0)->label, "otel_logs_raw.tsv#1"));
	assert_true(cc_case_pin(k, 0)->time_ns == CC_TIME_NONE);
	cc_reply_unref(r);
	r = reply(s, "logs limit=5");
	row = &cc_reply_main(r)->rows[3];
	snprintf(line, sizeof line, "pin otel_logs_raw.tsv#%u note=\"so it is\"", row->cite.record);
	assert_int_equal(run(s, line), CC_OK);
	assert_true(cc_case_pin(k, cc_case_pin_count(k) - 1)->time_ns == row->time_ns);
	assert_int_equal(cc_case_pin(k, cc_case_pin_count(k) - 1)->entity, row->entity);
	assert_true(cc_str_eqz(cc_case_pin(k, cc_case_pin_count(k) - 1)->note, "so it is"));
	assert_true(cc_str_starts(cc_case_pin(k, cc_case_pin_count(k) - 1)->command, CC_STR("logs")));
	assert_true(cc_case_pin(k, cc_case_pin_count(k) - 1)->label.n > 10);
	cc_reply_unref(r);
	assert_int_equal(run(s, "pin label=\"nothing at all\" entity=checkout"), CC_OK);
	assert_int_equal(run(s, "pin"), CC_EUSAGE);
	assert_int_equal(run(s, "unpin 99"), CC_EUNKNOWN);
	assert_int_equal(run(s, "unpin 1"), CC_OK);
	assert_null(cc_case_pin_by_number(k, 1));
	cc_session_close(s);
}

static void suspects_are_named_as_they_will_be_submitted(void **state)
{
	cc_session *s = open_session(0, false);
	const cc_case *k = cc_session_case(s);
	cc_reply *r;

	(void)state;
	assert_int_equal(run(s, "suspect checkout confidence=0.7 reason=\"it is \\\"it\\\"\""), CC_OK);
	assert_int_not_equal(cc_case_suspect(k, 0)->entity, 0);
	assert_true(cc_str_eqz(cc_case_suspect(k, 0)->reason, "it is \"it\""));
	r = reply(s, "suspect chaos-mesh/schedule/cpu-stress confidence=0.25");
	assert_true(has_note(r, "not in this snapshot"));
	assert_true(cc_str_starts(cc_case_suspect(k, 1)->name, CC_STR("chaos-mesh/")));
	cc_reply_unref(r);
	assert_int_not_equal(run(s, "suspect nothing-of-that-name"), CC_OK);
	assert_int_not_equal(run(s, "suspect a/b"), CC_OK);
	assert_int_not_equal(run(s, "suspect a//b"), CC_OK);
	assert_int_equal(run(s, "suspect checkout confidence=2"), CC_EUSAGE);
	assert_int_equal(run(s, "suspect checkout confidence=-1"), CC_EUSAGE);
	assert_int_equal(run(s, "suspect checkout pins=1,2"), CC_EUNKNOWN);
	assert_int_equal(run(s, "suspect checkout pins=x"), CC_EUSAGE);
	assert_int_equal(cc_case_suspect_count(k), 2);
	assert_int_equal(run(s, "ruleout checkout reason=\"only passes it on\""), CC_OK);
	assert_int_equal(cc_case_suspect_count(k), 1);
	assert_int_equal(run(s, "ruleout checkout remove=yes"), CC_OK);
	assert_int_equal(cc_case_ruleout_count(k), 0);
	assert_int_equal(run(s, "suspect chaos-mesh/schedule/cpu-stress remove=yes"), CC_OK);
	assert_int_equal(cc_case_suspect_count(k), 0);
	cc_session_close(s);
}

/* Whichever came first, and whether or not the snapshot knows the thing. */
static void pins_made_before_their_suspect_support_it(void **state)
{
	cc_session *s = open_session(0, false);
	const cc_case *k = cc_session_case(s);

	(void)state;
	assert_int_equal(run(s, "logs service=checkout limit=5"), CC_OK);
	assert_int_equal(run(s, "pin label=\"slow\" entity=checkout"), CC_OK);
	assert_int_equal(run(s, "pin label=\"silent\" entity=checkout"), CC_OK);
	assert_int_equal(run(s, "pin label=\"of another\" entity=cart"), CC_OK);
	assert_int_equal(run(s, "pin label=\"Schedule/cpu-stress came again\""), CC_OK);
	assert_int_equal(run(s, "suspect checkout confidence=0.7 pin=3"), CC_OK);    /* as the console says when the row is pinned */
	assert_int_equal(cc_case_suspect(k, 0)->pin_count, 3);
	assert_int_equal(run(s, "suspect chaos-mesh/Schedule/cpu-stress"), CC_OK);
	assert_int_equal(cc_case_suspect(k, 1)->pin_count, 1);
	assert_int_equal(cc_case_suspect(k, 1)->pins[0], 4);
	assert_int_equal(run(s, "suspect checkout confidence=0.2 pin=3,9"), CC_EUNKNOWN);     /* and nothing of it is done */
	assert_true(cc_case_suspect(k, 0)->confidence > 0.6 && cc_case_suspect(k, 0)->pin_count == 3);
	assert_int_equal(run(s, "suspect cart pin=9"), CC_EUNKNOWN);
	assert_int_equal(cc_case_suspect_count(k), 2);
	assert_int_equal(run(s, "suspect checkout pin=3"), CC_OK);                   /* it has it: nothing is lost */
	assert_int_equal(cc_case_suspect(k, 0)->pin_count, 3);
	assert_int_equal(run(s, "suspect checkout pins=2"), CC_OK);
	assert_int_equal(cc_case_suspect(k, 0)->pin_count, 1);
	assert_int_equal(run(s, "suspect cart pins=1 pin=2,3"), CC_OK);
	assert_int_equal(cc_case_suspect(k, 2)->pin_count, 3);
	cc_session_close(s);
}

static void the_review_weighs_neighbours_and_warns(void **state)
{
	cc_session *s = open_session(0, false);
	const cc_section *sec;
	cc_reply *r;
	cc_buf text = CC_BUF_INIT;

	(void)state;
	r = reply(s, "submit");
	cc_reply_write_text(r, &text, 0, true);
	assert_true(cc_str_find(cc_buf_str(&text), CC_STR("the answer is empty")) != CC_STR_NONE);
	cc_reply_unref(r);
	assert_int_equal(run(s, "submit confirm=submit"), CC_ESTATE);
	assert_int_equal(run(s, "submit confirm=yes"), CC_EUSAGE);
	assert_int_equal(run(s, "suspect checkout confidence=1"), CC_OK);
	assert_int_equal(run(s, "suspect a/Secret/b confidence=0.4"), CC_OK);
	r = reply(s, "submit names=1");
	assert_true(fact(r, "expected_score")->num > 0.599 && fact(r, "expected_score")->num < 0.601);
	sec = section(r, "neighbours");
	assert_int_equal(sec->row_count, 2);
	assert_true(cc_str_eqz(sec->rows[0].cells[0].text, "without") && sec->rows[0].cells[3].num == 0);
	assert_true(cc_str_eqz(sec->rows[1].cells[0].text, "with"));
	assert_true(sec->rows[1].cells[3].num > 0.699 && sec->rows[1].cells[3].num < 0.701);
	assert_true(sec->rows[1].cells[4].num > 0.099 && sec->rows[1].cells[4].num < 0.101);
	cc_reply_unref(r);
	r = reply(s, "submit");
	cc_buf_clear(&text);
	cc_reply_write_text(r, &text, 0, true);
	assert_true(cc_str_find(cc_buf_str(&text), CC_STR("a/Secret/b is not in this snapshot")) != CC_STR_NONE);
	assert_true(cc_str_find(cc_buf_str(&text), CC_STR("has no pins")) != CC_STR_NONE);
	cc_reply_unref(r);
	assert_int_equal(run(s, "submit names=9"), CC_EUNKNOWN);
	r = reply(s, "board");
	sec = section(r, "answers");
	assert_int_equal(sec->row_count, 3);
	assert_true(sec->rows[0].cells[0].num >= sec->rows[1].cells[0].num);
	cc_reply_unref(r);
	cc_buf_deinit(&text);
	assert_false(cc_session_submitted(s));
	cc_session_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_evidence_costs),
		cmocka_unit_test(the_last_queries_warn_and_the_cap_holds),
		cmocka_unit_test(evidence_waits_for_start_and_hides_in_a_pause),
		cmocka_unit_test(navigation_sets_the_view),
		cmocka_unit_test(pins_take_after_the_row_that_was_shown),
		cmocka_unit_test(suspects_are_named_as_they_will_be_submitted),
		cmocka_unit_test(pins_made_before_their_suspect_support_it),
		cmocka_unit_test(the_review_weighs_neighbours_and_warns),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
