/* test_console_lists.c - lists of the console driven by keys over a pretended investigation: places, pages, and ways through them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_backend.h"

static void assert_record(rig *r, uint64_t record)
{
	cc_pick p = cc_sheet_pick(cc_ui_sheet(r->ui));
	if (!p.row)
		fail_msg("no row selected instead of %llu", (unsigned long long)record);
	assert_int_equal(p.row->cite.record, record);
}

static void a_long_list_has_no_seams(void **state)
{
	(void)state;
	rig r;
	fake_init(&r.f);
	r.f.rows = 450;
	rig_open(&r, 80, 24, NULL);
	assert_true(rig_shows(&r, "row 1 of 450"));
	for (int i = 0; i < 449; i++) {         /* row by row over what three replies hold */
		rig_keys(&r, "j");
		assert_record(&r, (uint64_t)i + 2);
	}
	assert_true(rig_shows(&r, "row 450 of 450"));
	int before = r.f.runs;
	assert_true(before <= 6);
	rig_keys(&r, "g j");                    /* above the rows stand facts, below them lines */
	assert_record(&r, 1);
	assert_int_equal(r.f.runs, before);     /* parts seen before are kept */
	rig_keys(&r, "G k k");
	assert_record(&r, 450);
	rig_keys(&r, "< <");
	assert_record(&r, 50);
	rig_keys(&r, "> >");
	assert_record(&r, 450);
	rig_keys(&r, "k k k");
	assert_record(&r, 447);
	rig_close(&r);
}

static void a_long_list_asks_for_its_beginning_as_a_part(void **state)
{
	(void)state;
	rig r;
	fake_init(&r.f);
	r.f.rows = 100000;
	rig_open(&r, 80, 24, NULL);
	for (int i = 0; i < 2 * CC_CACHE_MAX; i++)
		rig_keys(&r, ">");
	int before = r.f.runs;
	rig_keys(&r, "g");
	expect_last(&r, "alerts offset=0");     /* not kept any more: the question itself would be another query */
	assert_int_equal(r.f.runs, before + 1);
	rig_close(&r);
}

static void walking_finds_what_it_says(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "e");
	assert_true(rig_shows(&r, ">"));
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 4);
	rig_keys(&r, "e");
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 9);
	rig_keys(&r, "E");
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 4);
	rig_keys(&r, "w");
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 7);
	rig_keys(&r, "o");
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 9);
	rig_keys(&r, "}");
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 10);
	rig_keys(&r, "g / 'NEEDLE' Enter n");
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 7);
	assert_true(rig_shows(&r, "hit 2 of 7 for NEEDLE"));
	rig_keys(&r, "/ 'nowhere' Enter");
	assert_true(rig_shows(&r, "0 of 30 rows hold nowhere"));
	rig_close(&r);
}

static void pivots_go_to_their_pane_around_the_row(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "j x l");
	expect_last(&r, "logs entity=shop/Deployment/thing1 since=1969-12-31T23:55:01Z until=1970-01-01T00:05:01Z all=yes");
	assert_true(rig_shows(&r, "[2 logs]"));
	int before = r.f.runs;
	rig_keys(&r, "Esc");
	assert_true(rig_shows(&r, "[1 alerts]"));
	assert_int_equal(r.f.runs, before);     /* neither the logs' own list nor the alerts were asked */
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 2);
	rig_keys(&r, "x r");
	expect_last(&r, "show logs.tsv#2");
	rig_close(&r);
}

/* The digit of the pane one is in leads out of what was opened in it, then to the top of its list. */
static void the_same_digit_again_is_the_list_and_its_top(void **state)
{
	(void)state;
	RIG(80, 24, NULL);
	rig_keys(&r, "j j Enter 1");
	assert_int_equal(r.ui->panes[r.ui->slots[0]].stack.n, 1);
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 3);
	rig_keys(&r, "1");
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 1);
	rig_close(&r);
}

static void a_rerun_keeps_the_page_and_the_record(void **state)
{
	(void)state;
	rig r;
	fake_init(&r.f);
	r.f.rows = 450;
	rig_open(&r, 80, 24, NULL);
	rig_keys(&r, "> j j");
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 203);
	rig_keys(&r, ".");
	assert_true(rig_shows(&r, "row 203 of 450"));
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 203);
	r.f.first = 1;                          /* what is listed changed: every record one place up */
	rig_keys(&r, "r");
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 203);
	r.f.first = 50;
	rig_keys(&r, "r");
	assert_int_equal(cc_sheet_pick(cc_ui_sheet(r.ui)).row->cite.record, 203);
	rig_close(&r);
}

static void what_fits_does_not_scroll_sideways(void **state)
{
	(void)state;
	RIG(160, 24, NULL);
	rig_keys(&r, "l l");
	assert_true(rig_shows(&r, "nothing is cut here"));
	assert_true(rig_shows(&r, "row 0 says"));
	rig_close(&r);
}

static void keys_on_a_long_list_tell_what_was_looked_at(void **state)
{
	(void)state;
	rig r;
	fake_init(&r.f);
	r.f.rows = 450;
	rig_open(&r, 120, 24, NULL);
	rig_keys(&r, "/ 'nowhere' Enter");
	assert_true(rig_shows(&r, "0 of 450 rows hold nowhere"));
	rig_keys(&r, "g j / 'row 333' Enter");  /* beyond what one reply holds */
	assert_true(rig_shows(&r, "hit for row 333"));
	assert_true(rig_shows(&r, "row 334 of 450"));
	rig_keys(&r, "G e");
	assert_true(rig_shows(&r, "no further critical or error row in this list"));
	rig_close(&r);
}

static void titles_hold_every_condition(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_sheet *s = cc_sheet_new("objects type=Deployment since=2025-12-15T17:03:12Z until=2025-12-15T17:13:12Z all=yes");
	cc_reply *r = cc_reply_new("objects");
	cc_reply_set_title(r, "OBJECTS  since=2025-12-15T17:03:12Z until=2025-12-15T17:13:12Z");
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	cc_sheet_set_reply(s, r);
	cc_title_text(s, &b);
	assert_string_equal(b.p, "OBJECTS  17:03:12Z-17:13:12Z type=Deployment");
	cc_buf_deinit(&b);
	cc_sheet_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_list_has_no_seams),
		cmocka_unit_test(a_long_list_asks_for_its_beginning_as_a_part),
		cmocka_unit_test(walking_finds_what_it_says),
		cmocka_unit_test(pivots_go_to_their_pane_around_the_row),
		cmocka_unit_test(the_same_digit_again_is_the_list_and_its_top),
		cmocka_unit_test(a_rerun_keeps_the_page_and_the_record),
		cmocka_unit_test(what_fits_does_not_scroll_sideways),
		cmocka_unit_test(keys_on_a_long_list_tell_what_was_looked_at),
		cmocka_unit_test(titles_hold_every_condition),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
