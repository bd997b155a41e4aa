/* test_console.c - the console driven by keys over a pretended investigation: what is run, what is not run again, what is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_backend.h"

static void panes_run_once_when_first_shown(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	assert_int_equal(r.f.runs, 1);
	rig_keys(&r, "2 3 2 1 3 Tab S-Tab 1");
	assert_int_equal(r.f.runs, 4);          /* alerts, logs, traces, and metrics by Tab */
	rig_keys(&r, "2");
	assert_true(rig_shows(&r, "[2 logs]"));
	rig_close(&r);
}

static void scrolling_searching_and_resizing_are_free(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "j j G g g C-d C-u PgDn PgUp l h e E w W o O } { / 'needle' Enter n n N p Esc y Esc + _ _ + ? Esc F2 F2 C-l");
	static const int sizes[][2] = { { 200, 60 }, { 10, 3 }, { 1, 1 }, { 80, 24 }, { 130, 20 }, { 3, 50 } };
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		r.term->columns = sizes[i][0];
		r.term->rows = sizes[i][1];
		rig_keys(&r, "Resize j");
	}
	assert_int_equal(r.f.runs, 1);
	assert_true(r.f.views > 20);            /* but the record is told */
	rig_close(&r);
}

static void a_resize_storm_keeps_the_selection(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "j j j j j j j");
	const cc_row *row = cc_sheet_pick(cc_ui_sheet(r.ui)).row;
	assert_non_null(row);
	for (int i = 0; i < 300; i++) {
		r.term->columns = 1 + i * 37 % 250;
		r.term->rows = 1 + i * 17 % 70;
		rig_keys(&r, "Resize");
		assert_ptr_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row, row);
	}
	r.term->columns = 80;
	r.term->rows = 24;
	rig_keys(&r, "Resize");
	assert_true(rig_shows(&r, "row 7 says"));
	rig_close(&r);
}

static void enter_opens_and_escape_goes_back_one_level(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "j Enter");
	expect_last(&r, "entity name1");
	assert_true(rig_shows(&r, "alerts > entity name1"));
	rig_keys(&r, "Enter");
	expect_last(&r, "entity name0");
	rig_keys(&r, "Esc");
	assert_true(rig_shows(&r, "alerts > entity name1"));
	rig_keys(&r, "q");
	assert_int_equal(cc_ui_pane(r.ui)->stack.n, 1);
	assert_int_equal(r.f.runs, 3);
	rig_keys(&r, "q");
	assert_true(rig_shows(&r, "leave the investigation?"));
	rig_keys(&r, "n");
	assert_false(cc_ui_done(r.ui));
	rig_keys(&r, "q y");
	assert_true(cc_ui_done(r.ui));
	rig_close(&r);
}

static void focus_and_time_make_lists_new_and_going_back_is_free(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "f");
	assert_string_equal(r.f.lines.p, "alerts\nfocus shop/Deployment/thing1\nalerts\n");
	rig_keys(&r, "2");
	r.f.status.view.focus = 0;              /* as `back` would do */
	int before = r.f.runs;
	rig_keys(&r, "1");
	assert_int_equal(r.f.runs, before);     /* alerts without focus were asked before */
	rig_keys(&r, ".");
	before = r.f.runs;
	assert_non_null(strstr(r.f.lines.p, "at 1970-01-01T00:00:00Z\n"));
	assert_true(rig_shows(&r, " at 00:00:03Z "));  /* the rule between before and after */
	rig_keys(&r, ". , .");
	assert_int_equal(r.f.runs, before + 3); /* three steps, and no list is asked on the way */
	before = r.f.runs;
	rig_keys(&r, "2");
	assert_int_equal(r.f.runs, before + 1); /* logs with that focus; they do not depend on the cursor */
	rig_keys(&r, "1");
	assert_int_equal(r.f.runs, before + 2); /* alerts tell their state at the cursor: asked once it has come to rest */
	rig_close(&r);
}

static void an_unlinked_pane_looks_past_the_focus(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "L");
	expect_last(&r, "alerts all=yes");
	int before = r.f.runs;
	rig_keys(&r, "f");
	assert_int_equal(r.f.runs, before + 1); /* focus itself, nothing again */
	assert_true(rig_shows(&r, "unlinked"));
	rig_close(&r);
}

static void a_filter_runs_again_and_a_bad_one_changes_nothing(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "& 'severity=critical' Enter");
	expect_last(&r, "alerts severity=critical");
	r.f.fail_next = true;
	rig_keys(&r, "& 'bad' Enter");
	expect_last(&r, "alerts severity=critical bad");
	assert_true(rig_shows(&r, "the budget is used up - submit what you have"));
	assert_string_equal(cc_ui_sheet(r.ui)->filter, "severity=critical");
	rig_keys(&r, "& Enter d");
	assert_string_equal(cc_ui_sheet(r.ui)->filter, "");
	assert_int_equal(r.f.runs, 3);          /* clearing shows what is known already */
	rig_close(&r);
}

static void pins_and_suspects_are_command_lines(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "Space");
	assert_non_null(strstr(r.f.lines.p, "pin logs.tsv#1\n"));
	r.f.pins[2] = 1;
	rig_keys(&r, "Space");
	assert_non_null(strstr(r.f.lines.p, "unpin 3\n"));
	rig_keys(&r, "s '70' Enter");
	assert_true(rig_shows(&r, "a number from 0 to 1"));
	rig_keys(&r, "'0.6' Enter Enter");
	assert_non_null(strstr(r.f.lines.p, "suspect shop/Deployment/thing1 confidence=0.6 pin=3\n"));
	rig_keys(&r, "j j j s Enter 'it lies' Enter");
	assert_non_null(strstr(r.f.lines.p, "suspect shop/Deployment/thing2 reason=\"it lies\"\n"));
	rig_close(&r);
}

/* Rows of one record: each is pinned under its own words, and no other row takes that pin away. */
static void rows_of_one_record_are_pinned_apart(void **state)
{
	(void)state;
	rig r = { 0 };
	fake_init(&r.f);
	r.f.twins = true;
	rig_open(&r, 80, 24, NULL);
	r.f.pins[0] = 1;
	r.f.pinned_as = "row 0 says hay, Count 0";
	rig_keys(&r, "j Space");
	assert_non_null(strstr(r.f.lines.p, "pin logs.tsv#1 label=\"row 1 says "));
	assert_null(strstr(r.f.lines.p, "unpin"));
	rig_close(&r);
}

static void a_record_pinned_elsewhere_keeps_its_pin(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	r.f.pins[1] = 2;
	r.f.pinned_as = "what another page called it";
	rig_keys(&r, "j Space");
	assert_true(rig_shows(&r, "pinned already, as #2"));
	assert_null(strstr(r.f.lines.p, "pin"));
	rig_close(&r);
}

static void keys_of_the_answer_are_in_view(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	assert_true(rig_shows(&r, "Space pin  s suspect  S submit"));
	rig_keys(&r, "?");
	assert_true(rig_shows(&r, "suspect the row's entity"));
	assert_true(rig_shows(&r, "review the answer and submit it"));
	rig_keys(&r, "'zzz'");
	assert_true(rig_shows(&r, "nothing fits"));
	rig_keys(&r, "C-u");
	assert_true(rig_shows(&r, "suspect the row's entity"));
	rig_keys(&r, "C-u 'beside a row'");
	assert_true(rig_shows(&r, "it is pinned"));
	rig_keys(&r, "C-u 'first that began'");
	assert_true(rig_shows(&r, "1st yes"));
	rig_close(&r);
}

static cc_code give_score(void *arg, const char *dir, cc_reply **out, cc_err *err)
{
	(void)dir;
	++*(int *)arg;
	*out = cc_reply_new("score");
	cc_reply_set_title(*out, "Verdict");
	cc_reply_begin_text(*out, "text", NULL);
	cc_reply_line(*out, CC_ROLE_HEADING, CC_STR("1 of 1 causes found"));
	return cc_reply_publish(*out, NULL, err);
}

static void submitting_takes_a_review_and_a_typed_word(void **state)
{
	(void)state;
	int scored = 0;
	cc_ui_options opt = { .score = give_score, .score_arg = &scored };
	RIG(80, 24, &opt);
	rig_keys(&r, "S");
	assert_true(rig_shows(&r, "no suspect is named yet"));
	r.f.status.truthless = true;
	rig_keys(&r, "s '1' Enter Enter S");
	expect_last(&r, "submit");
	assert_true(rig_shows(&r, "No ground truth lies here"));
	assert_true(rig_shows(&r, "type submit to send"));
	r.f.status.truthless = false;
	rig_keys(&r, "'yes' Enter");
	assert_false(r.f.status.submitted);
	assert_true(rig_shows(&r, "not the word: type submit"));
	rig_keys(&r, "Bksp Enter");
	assert_false(r.f.status.submitted);
	assert_true(rig_shows(&r, "S asks again"));
	rig_keys(&r, "S");
	assert_true(rig_shows(&r, "type submit to send"));
	rig_keys(&r, "Esc x");
	assert_true(rig_shows(&r, "x does nothing on this page"));
	rig_keys(&r, "Esc : 'submit' Enter");
	assert_true(rig_shows(&r, "type submit to send"));
	rig_keys(&r, "'submit' Enter");
	assert_true(r.f.status.submitted);
	assert_int_equal(scored, 1);
	assert_true(rig_shows(&r, "1 of 1 causes found"));
	rig_keys(&r, "1 2 Enter");              /* nothing of the evidence from here */
	assert_true(rig_shows(&r, "1 of 1 causes found"));
	rig_close(&r);
}

static cc_reply *briefing(void)
{
	cc_reply *b = cc_reply_new("briefing");
	cc_reply_set_title(b, "Briefing");
	cc_reply_begin_text(b, "text", NULL);
	for (int i = 0; i < 60; i++)
		cc_reply_linef(b, CC_ROLE_TEXT, "briefing line %d", i);
	assert_int_equal(cc_reply_publish(b, NULL, NULL), CC_OK);
	return b;
}

static void the_clock_waits_for_the_briefing_and_stops_on_demand(void **state)
{
	(void)state;
	cc_ui_options opt = { .briefing = briefing() };
	rig r;
	fake_init(&r.f);
	r.f.status.started = r.f.status.running = false;
	rig_open(&r, 80, 24, &opt);
	assert_int_equal(r.f.runs, 0);
	assert_true(rig_shows(&r, "briefing line 0"));
	rig_keys(&r, "2 x Space G");
	assert_int_equal(r.f.runs, 0);
	assert_true(rig_shows(&r, "briefing line 59"));
	rig_keys(&r, "Enter");
	assert_string_equal(r.f.lines.p, "start\nalerts\n");
	assert_true(rig_shows(&r, "row 0 says"));
	rig_keys(&r, "P");
	assert_true(rig_shows(&r, "PAUSED"));
	assert_false(rig_shows(&r, "row 0 says"));
	int before = r.f.runs;
	rig_keys(&r, "j Enter 2 x Tab");
	assert_int_equal(r.f.runs, before);
	assert_false(rig_shows(&r, "row 0 says"));
	rig_keys(&r, "P");
	assert_true(rig_shows(&r, "row 0 says"));
	rig_close(&r);
	cc_reply_unref(opt.briefing);
}

static void pasted_text_is_never_obeyed(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	cc_key paste = { .code = CC_KEY_PASTE, .text = CC_STR("submit confirm=submit\nq\ny\n") };
	cc_ui_handle_key(r.ui, &paste);
	cc_ui_draw(r.ui);
	assert_int_equal(r.f.runs, 1);
	assert_false(cc_ui_done(r.ui));
	assert_true(rig_shows(&r, ":submit confirm=submit q y"));
	rig_close(&r);
}

static void outside_text_reaches_no_cell_uncleaned(void **state)
{
	(void)state;
	RIG(160, 30, NULL);
	rig_keys(&r, "2 p");
	for (int y = 0; y < 30; y++)
		for (int x = 0; x < 160; x++)
			assert_true(cc_grid_at(&r.term->shown, x, y)->ch >= 0x20);
	rig_close(&r);
}

static void commands_complete_and_are_remembered(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, ": 'lo' Tab");
	assert_true(rig_shows(&r, ":logs"));
	assert_true(rig_shows(&r, "> logs"));
	rig_keys(&r, "Tab");
	assert_true(rig_shows(&r, "> log "));
	rig_keys(&r, "S-Tab ' level>=warn' Enter");
	expect_last(&r, "logs level>=warn");
	rig_keys(&r, ": Up Enter");
	assert_true(rig_shows(&r, "[2 logs]"));
	rig_close(&r);
}

static void help_and_palette_filter_and_run(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "? 'time cursor on'");
	assert_true(rig_shows(&r, "put the time cursor on the row"));
	assert_false(rig_shows(&r, "pivot: all"));
	rig_keys(&r, "Enter");
	assert_non_null(strstr(r.f.lines.p, "at 1970-01-01T00:00:00Z\n"));
	rig_keys(&r, "C-p 'templates' Enter");
	assert_true(rig_shows(&r, "patterns"));
	rig_close(&r);
}

static void copies_go_to_the_terminal(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "y e");
	assert_string_equal(r.term->copied.p, "shop/Deployment/thing1");
	rig_keys(&r, "y c");
	assert_string_equal(r.term->copied.p, "logs.tsv#1");
	rig_close(&r);
}

static void learning_advances_by_what_was_run(void **state)
{
	(void)state;
	cc_ui_options opt = { .learn = true };
	RIG(80, 24, &opt);
	assert_true(rig_shows(&r, "1/5"));
	rig_keys(&r, "j j 2 1");
	assert_true(rig_shows(&r, "1/5"));
	rig_keys(&r, ": 'alert 1' Enter Esc");
	assert_true(rig_shows(&r, "2/5"));
	rig_keys(&r, "2 . x m");
	assert_true(rig_shows(&r, "2/5"));      /* only what was asked for */
	rig_keys(&r, "Esc 1 x e");
	assert_true(rig_shows(&r, "3/5"));
	rig_keys(&r, ".");
	assert_true(rig_shows(&r, "4/5"));
	rig_keys(&r, "Space s Enter Enter");
	assert_true(rig_shows(&r, "All five done"));
	rig_close(&r);
}

static void a_wide_screen_has_two_panes_and_keeps_their_places(void **state)
{
	(void)state;
	RIG(170, 50, NULL);
	assert_true(rig_shows(&r, "selected row"));
	rig_keys(&r, "2");
	assert_int_equal(r.ui->slots[0], CC_PANE_ALERTS);
	assert_int_equal(r.ui->slots[1], CC_PANE_LOGS);
	rig_keys(&r, "3");
	assert_int_equal(r.ui->slots[0], CC_PANE_ALERTS);
	assert_int_equal(r.ui->slots[1], CC_PANE_TRACES);
	rig_keys(&r, "1 4");
	assert_int_equal(r.ui->slots[0], CC_PANE_METRICS);
	assert_int_equal(r.ui->slots[1], CC_PANE_TRACES);
	rig_close(&r);
}

static void any_keys_in_any_order_do_no_harm(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	uint32_t x = 12345;
	for (int i = 0; i < 6000; i++) {
		x = x * 1664525u + 1013904223u;
		cc_key key = { .code = 32 + (x >> 8) % 95 };
		if ((x >> 20) % 4 == 0)
			key = (cc_key){ .code = CC_KEY_UP + (x >> 8) % 34 };
		else if ((x >> 20) % 8 == 1)
			key = (cc_key){ .code = 'a' + (x >> 8) % 26, .mods = CC_MOD_CTRL };
		if (key.code == CC_KEY_HANGUP || key.code == CC_KEY_PASTE)
			continue;
		r.term->columns = 1 + (int)((x >> 12) % 200);
		r.f.rows = (x >> 5) % 3 == 0 ? 0 : (x >> 5) % 250;
		r.f.fail_next = (x >> 3) % 17 == 0;
		r.f.status.running = true;
		cc_ui_handle_key(r.ui, &key);
		if (i % 3 == 0)
			cc_ui_draw(r.ui);
		r.ui->done = false;
	}
	assert_true(r.f.runs > 50);
	rig_close(&r);
}

static void a_pane_without_evidence_says_so_and_costs_nothing(void **state)
{
	(void)state;
	rig r;
	fake_init(&r.f);
	r.f.missing = "alerts logs";
	rig_open(&r, 80, 24, NULL);
	assert_string_equal(r.f.lines.p, "events\n");
	assert_true(rig_shows(&r, "-2 logs"));
	rig_keys(&r, "2");
	assert_true(rig_shows(&r, "this snapshot holds no logs"));
	rig_keys(&r, "1 r & 'x=1' Enter");
	assert_int_equal(r.f.runs, 1);
	rig_close(&r);
}

static void specs_open_with_changes_and_turn_to_objects(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "7");
	expect_last(&r, "changes");
	rig_keys(&r, "T");
	expect_last(&r, "objects");
	int before = r.f.runs;
	rig_keys(&r, "T");
	assert_int_equal(r.f.runs, before);
	r.f.rows = 0;
	rig_keys(&r, "r 1");
	rig_close(&r);
	fake_init(&r.f);
	r.f.rows = 0;
	rig_open(&r, 80, 24, NULL);
	rig_keys(&r, "7");
	expect_last(&r, "objects");             /* nothing changed */
	rig_close(&r);
}

static void the_filter_completes_as_part_of_the_line(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "& 'lo' Tab");
	assert_true(rig_shows(&r, "& logs"));
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(panes_run_once_when_first_shown),
		cmocka_unit_test(scrolling_searching_and_resizing_are_free),
		cmocka_unit_test(a_resize_storm_keeps_the_selection),
		cmocka_unit_test(enter_opens_and_escape_goes_back_one_level),
		cmocka_unit_test(focus_and_time_make_lists_new_and_going_back_is_free),
		cmocka_unit_test(an_unlinked_pane_looks_past_the_focus),
		cmocka_unit_test(a_filter_runs_again_and_a_bad_one_changes_nothing),
		cmocka_unit_test(pins_and_suspects_are_command_lines),
		cmocka_unit_test(rows_of_one_record_are_pinned_apart),
		cmocka_unit_test(a_record_pinned_elsewhere_keeps_its_pin),
		cmocka_unit_test(keys_of_the_answer_are_in_view),
		cmocka_unit_test(submitting_takes_a_review_and_a_typed_word),
		cmocka_unit_test(the_clock_waits_for_the_briefing_and_stops_on_demand),
		cmocka_unit_test(pasted_text_is_never_obeyed),
		cmocka_unit_test(outside_text_reaches_no_cell_uncleaned),
		cmocka_unit_test(commands_complete_and_are_remembered),
		cmocka_unit_test(help_and_palette_filter_and_run),
		cmocka_unit_test(copies_go_to_the_terminal),
		cmocka_unit_test(learning_advances_by_what_was_run),
		cmocka_unit_test(a_wide_screen_has_two_panes_and_keeps_their_places),
		cmocka_unit_test(any_keys_in_any_order_do_no_harm),
		cmocka_unit_test(a_pane_without_evidence_says_so_and_costs_nothing),
		cmocka_unit_test(specs_open_with_changes_and_turn_to_objects),
		cmocka_unit_test(the_filter_completes_as_part_of_the_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
