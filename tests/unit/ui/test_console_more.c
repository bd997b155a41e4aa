/* test_console_more.c - the console when it is left, over opened records, and under long notes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_backend.h"

static void leaving_asks_only_when_something_is_given_up(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	r.f.status.submitted = true;
	rig_keys(&r, "q");
	assert_true(cc_ui_done(r.ui));
	rig_close(&r);
}

static void only_yes_leaves(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "q q");
	assert_false(cc_ui_done(r.ui));
	rig_keys(&r, "q y");
	assert_true(cc_ui_done(r.ui));
	rig_close(&r);
}

static void opened_records_act_on_what_they_are_about(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	r.f.record = true;                      /* facts that name nothing, and a text */
	rig_keys(&r, "j j j Enter G x");
	assert_true(rig_shows(&r, "its logs"));
	rig_keys(&r, "Esc Space");
	assert_non_null(strstr(r.f.lines.p, "pin logs.tsv#4\n"));
	rig_keys(&r, "f");
	assert_non_null(strstr(r.f.lines.p, "focus shop/Deployment/thing2\n"));
	rig_keys(&r, "s '0.5' Enter Enter");
	expect_last(&r, "suspect shop/Deployment/thing2 confidence=0.5");
	rig_close(&r);
}

static void notes_leave_the_room_to_the_rows(void **state)
{
	(void)state;
	cc_sheet *s = cc_sheet_new("logs");
	cc_reply *r = cc_reply_new("logs");
	cc_reply_add_note(r, "an informing note");
	cc_reply_add_note(r, "another one that is far too long for a narrow screen and would push the rows away if it were let");
	cc_reply_add_note(r, "3 rows were skipped");
	cc_reply_begin_text(r, "t", NULL);
	cc_reply_line(r, CC_ROLE_TEXT, CC_STR("line"));
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	cc_sheet_set_reply(s, r);
	cc_sheet_layout(s, 40, false);
	assert_int_equal(s->items.p[0].kind, CC_ITEM_NOTE);
	assert_int_equal(s->items.p[0].index, 2);  /* the warning first */
	assert_int_equal(s->items.p[1].index, 0);
	assert_true(s->items.p[2].kind != CC_ITEM_NOTE);
	assert_int_equal(s->items.p[s->items.n - 1].index, 1);  /* nothing is lost: the long one stands below, whole */
	cc_sheet_free(s);
}

/* However long the question: what is typed is seen. */
static void questions_leave_the_room_to_the_answer(void **state)
{
	static const int widths[] = { 45, 60, 80, 160 };
	(void)state;
	for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
		RIG(widths[i], 24, NULL);
		rig_keys(&r, "j j s 'high' Enter '0.712345678901234567'");
		assert_true(rig_shows(&r, "a number from 0"));
		assert_true(rig_shows(&r, "0.712345678901234567"));
		rig_keys(&r, "Esc R 'because of that'");
		assert_true(rig_shows(&r, "because of that"));
		rig_close(&r);
	}
}

static void nothing_is_selected_where_there_is_no_row(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "j j j");
	r.f.rows = 0;
	rig_keys(&r, "& 'needle' Enter");
	assert_true(rig_shows(&r, "no rows, because"));
	assert_false(rig_shows(&r, "nearest in time"));
	rig_close(&r);
}

static void esc_in_a_filtered_list_says_how_to_take_the_filter_away(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "Esc");
	assert_true(rig_shows(&r, "this is the list; q leaves"));
	rig_keys(&r, "& 'needle' Enter Esc");
	assert_true(rig_shows(&r, "* and d take the filter away"));
	rig_keys(&r, "* d Esc Esc");
	assert_true(rig_shows(&r, "this is the list; q leaves"));
	rig_close(&r);
}

/* On 40 columns the cell ends before what was looked for. */
static void a_hit_is_seen_though_its_cell_is_cut(void **state)
{
	(void)state;
	RIG(40, 24, NULL);
	assert_false(rig_shows(&r, "672C}"));
	rig_keys(&r, "/ '672C' Enter");
	assert_true(rig_shows(&r, "hit 1 of 7 for 672C: "));
	assert_true(rig_shows(&r, "672C}"));
	rig_keys(&r, "/ 'hay' Enter");                /* in view anyway: nothing is said twice */
	assert_true(rig_shows(&r, "for hay"));
	assert_false(rig_shows(&r, "for hay:"));
	rig_close(&r);
}

/* Nothing to go to, either way: the cursor stays. */
static void a_search_without_hits_moves_nothing(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "j / 'zzz' Enter");
	size_t at = cc_ui_sheet(r.ui)->selected;
	rig_keys(&r, "n");
	assert_int_equal(cc_ui_sheet(r.ui)->selected, at);
	rig_keys(&r, "N");
	assert_int_equal(cc_ui_sheet(r.ui)->selected, at);
	rig_keys(&r, "/ 'row 7' Enter");
	assert_int_not_equal(cc_ui_sheet(r.ui)->selected, at);
	rig_close(&r);
}

/* What is typed next must not fall on the keys behind a question. */
static void a_question_stays_until_it_is_answered_or_taken_back(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "s 'S' Enter Bksp '0.9' Enter 'because' Enter");
	assert_non_null(strstr(r.f.lines.p, "confidence=0.9 reason=because\n"));
	rig_keys(&r, "R Bksp");
	assert_int_equal(r.ui->prompt.kind, CC_PROMPT_RULEOUT);
	assert_true(rig_shows(&r, "why is it not"));
	rig_keys(&r, "Esc");
	assert_int_equal(r.ui->prompt.kind, CC_PROMPT_NONE);
	rig_keys(&r, ": Bksp");                  /* a command line gives way: nothing was asked */
	assert_int_equal(r.ui->prompt.kind, CC_PROMPT_NONE);
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_yes_leaves), cmocka_unit_test(leaving_asks_only_when_something_is_given_up),
		cmocka_unit_test(opened_records_act_on_what_they_are_about),
		cmocka_unit_test(notes_leave_the_room_to_the_rows), cmocka_unit_test(questions_leave_the_room_to_the_answer),
		cmocka_unit_test(nothing_is_selected_where_there_is_no_row),
		cmocka_unit_test(esc_in_a_filtered_list_says_how_to_take_the_filter_away), cmocka_unit_test(a_hit_is_seen_though_its_cell_is_cut),
		cmocka_unit_test(a_search_without_hits_moves_nothing), cmocka_unit_test(a_question_stays_until_it_is_answered_or_taken_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
