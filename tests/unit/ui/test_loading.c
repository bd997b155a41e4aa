/* test_loading.c - the console while evidence is being read, over a pretended investigation that says when it has read
 * more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_backend.h"

static struct { bool running, ready, unread, fails; int polls; } reading;

static cc_code fake_poll(void *arg, bool *fuller, cc_err *err)
{
	(void)arg;
	reading.polls++;
	if (reading.fails)
		return cc_err_set(err, CC_EIO, "the disk is gone");
	*fuller = reading.ready;
	reading.ready = false;
	return CC_OK;
}

static cc_loading fake_loading(void *arg)
{
	(void)arg;
	return (cc_loading){ .running = reading.running, .bytes_done = 34, .bytes_total = 100, .bytes_per_s = 410e6,
		.left_ns = 1500 * CC_NS_PER_MS };
}

static cc_entity_id fake_moved(void *arg, cc_entity_id before)
{
	(void)arg;
	return before ? before + 100 : 0;
}

static bool fake_unread(void *arg, const cc_cmd *cmd)
{
	(void)arg;
	return reading.unread && strcmp(cmd->name, "logs") == 0;
}

static void open_reading(rig *r, int columns)
{
	cc_backend b;
	cc_term *t = cc_term_fake_new(&r->term, columns, 24);
	reading.running = true;
	reading.ready = reading.unread = reading.fails = false;
	reading.polls = 0;
	fake_init(&r->f);
	b = fake_backend(&r->f);
	b.poll = fake_poll;
	b.loading = fake_loading;
	b.moved = fake_moved;
	b.unread = fake_unread;
	assert_non_null(t);
	assert_int_equal(cc_ui_new_with(&r->ui, &b, t, NULL, NULL), CC_OK);
	cc_ui_draw(r->ui);
}

static bool poll_and_draw(rig *r)
{
	bool changed;
	cc_err err;
	assert_int_equal(cc_ui_poll(r->ui, &changed, &err), CC_OK);
	cc_ui_draw(r->ui);
	return changed;
}

static void the_top_row_says_how_far(void **state)
{
	rig r;
	(void)state;
	open_reading(&r, 80);
	assert_true(rig_shows(&r, "reading 34%, 410 MB/s, 2 s left"));
	reading.running = false;
	cc_ui_draw(r.ui);
	assert_false(rig_shows(&r, "reading"));
	rig_close(&r);
	open_reading(&r, 60);
	assert_true(rig_shows(&r, "34%"));
	assert_false(rig_shows(&r, "MB/s"));
	rig_close(&r);
}

static void fuller_evidence_keeps_selection_and_scroll(void **state)
{
	rig r;
	(void)state;
	open_reading(&r, 80);
	rig_keys(&r, "j j j j j j j j j j j j j j j j j j j j j j j");
	cc_sheet *s = cc_ui_sheet(r.ui);
	cc_cite cite = cc_sheet_pick(s).cite;
	size_t below = s->selected - s->top;
	r.f.rows = 60;
	r.f.status.view.focus = 0;
	reading.ready = true;
	assert_true(poll_and_draw(&r));
	assert_int_equal(r.f.runs, 2);
	assert_int_equal(cc_sheet_pick(s).cite.record, cite.record);
	assert_int_equal(s->selected - s->top, below);
	assert_true(rig_shows(&r, "of 60") || rig_shows(&r, "60 rows"));
	assert_false(poll_and_draw(&r));
	assert_int_equal(r.f.runs, 2);
	rig_close(&r);
}

/* What is not in view is asked again when it comes into view, and only then; answers kept before are not shown any
 * more. */
static void hidden_panes_are_asked_again_when_shown(void **state)
{
	rig r;
	(void)state;
	open_reading(&r, 80);
	rig_keys(&r, "3 2 1");           /* alerts, and logs in the second column; traces in none */
	assert_int_equal(r.f.runs, 3);
	reading.ready = true;
	poll_and_draw(&r);
	assert_int_equal(r.f.runs, 5);
	rig_keys(&r, "3");
	assert_int_equal(r.f.runs, 6);
	rig_keys(&r, "1 3 2");
	assert_int_equal(r.f.runs, 6);
	rig_close(&r);
}

static void nothing_changes_while_somebody_types(void **state)
{
	static const char *const openers[] = { ":", "/", "x", "?" };
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		rig r;
		open_reading(&r, 80);
		rig_keys(&r, "j j");
		rig_keys(&r, openers[i]);
		int runs = r.f.runs;
		reading.ready = true;
		assert_false(poll_and_draw(&r));
		assert_int_equal(reading.polls, 0);
		assert_int_equal(r.f.runs, runs);
		rig_keys(&r, "Esc");
		assert_true(poll_and_draw(&r));
		assert_int_equal(r.f.runs, runs + 1);
		rig_close(&r);
	}
}

static void a_pane_waits_for_its_evidence_and_costs_nothing(void **state)
{
	rig r;
	(void)state;
	open_reading(&r, 80);
	reading.unread = true;
	rig_keys(&r, "2");
	assert_int_equal(r.f.runs, 1);
	assert_true(rig_shows(&r, "reading logs"));
	rig_keys(&r, "j k G Enter Space x Esc 1 2");
	assert_true(rig_shows(&r, "reading logs"));
	reading.unread = false;
	reading.ready = true;
	poll_and_draw(&r);
	assert_false(rig_shows(&r, "reading logs"));
	assert_true(rig_shows(&r, "row 0 says"));
	rig_close(&r);
}

static void evidence_stays_hidden_while_the_clock_stands(void **state)
{
	rig r;
	(void)state;
	open_reading(&r, 80);
	r.f.status.running = false;
	reading.ready = true;
	poll_and_draw(&r);
	assert_int_equal(r.f.runs, 1);
	r.f.status.running = true;
	poll_and_draw(&r);
	assert_int_equal(r.f.runs, 2);
	rig_close(&r);
}

static void what_ends_the_reading_ends_the_console(void **state)
{
	rig r;
	bool changed;
	cc_err err;
	(void)state;
	open_reading(&r, 80);
	reading.fails = true;
	assert_int_equal(cc_ui_poll(r.ui, &changed, &err), CC_EIO);
	assert_string_equal(err.message, "the disk is gone");
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_top_row_says_how_far),
		cmocka_unit_test(fuller_evidence_keeps_selection_and_scroll),
		cmocka_unit_test(hidden_panes_are_asked_again_when_shown),
		cmocka_unit_test(nothing_changes_while_somebody_types),
		cmocka_unit_test(a_pane_waits_for_its_evidence_and_costs_nothing),
		cmocka_unit_test(evidence_stays_hidden_while_the_clock_stands),
		cmocka_unit_test(what_ends_the_reading_ends_the_console),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
