/* test_trail.c - `[` and `]`: back and forward through panes, pages, focus and cursor, and at no cost. Over a bundled incident. */
#include "unit/ui/stage.h"

/* The active pane shows a view of a line that begins so. */
static void expect(stage *st, int pane, const char *line)
{
	assert_int_equal(st->ui->slots[st->ui->active], pane);
	assert_non_null(cc_ui_sheet(st->ui));
	assert_int_equal(strncmp(cc_ui_sheet(st->ui)->line, line, strlen(line)), 0);
}

static cc_ui_status status(stage *st)
{
	cc_ui_status out;
	st->ui->backend.status(st->ui->backend.arg, &out);
	return out;
}

static void through_panes_and_pages(void **state)
{
	(void)state;
	stage st;
	stage_open(&st, 80, 24);
	press(&st, "2 1 Enter");
	expect(&st, CC_PANE_ALERTS, "alert ");
	press(&st, "7");
	expect(&st, CC_PANE_SPECS, "changes");
	int64_t paid = status(&st).budget.used;
	press(&st, "[");
	expect(&st, CC_PANE_ALERTS, "alert ");
	press(&st, "[");
	expect(&st, CC_PANE_ALERTS, "alerts");
	press(&st, "[");
	expect(&st, CC_PANE_LOGS, "logs");
	press(&st, "] ]");
	expect(&st, CC_PANE_ALERTS, "alert ");    /* it was closed on the way, and is opened once more */
	press(&st, "]");
	expect(&st, CC_PANE_SPECS, "changes");
	press(&st, "]");
	expect(&st, CC_PANE_SPECS, "changes");
	assert_non_null(strstr(st.ui->message.p, "nothing was looked at after"));
	assert_int_equal(status(&st).budget.used, paid);
	press(&st, "[ [ [ [ [ [ [ [");
	assert_non_null(strstr(st.ui->message.p, "where it began"));
	stage_close(&st);
}

static void what_is_new_forgets_what_lay_ahead(void **state)
{
	(void)state;
	stage st;
	stage_open(&st, 80, 24);
	press(&st, "2 7 [ 6 ]");
	expect(&st, CC_PANE_EVENTS, "events");
	press(&st, "[");
	expect(&st, CC_PANE_LOGS, "logs");
	stage_close(&st);
}

static void focus_and_cursor_go_with_it(void **state)
{
	(void)state;
	stage st;
	stage_open(&st, 80, 24);
	press(&st, "f 7");
	cc_entity_id focus = status(&st).view.focus;
	assert_int_not_equal(focus, 0);
	press(&st, "F .");
	assert_int_equal(status(&st).view.focus, 0);
	int64_t at = status(&st).view.at_ns;
	press(&st, "[");
	assert_int_not_equal(status(&st).view.at_ns, at);
	expect(&st, CC_PANE_SPECS, "changes");
	press(&st, "[");
	assert_int_equal(status(&st).view.focus, focus);
	press(&st, "[");
	expect(&st, CC_PANE_ALERTS, "alerts");
	assert_int_equal(status(&st).view.focus, focus);
	press(&st, "[");
	assert_int_equal(status(&st).view.focus, 0);
	press(&st, "] ] ] ]");
	expect(&st, CC_PANE_SPECS, "changes");
	assert_int_equal(status(&st).view.at_ns, at);
	assert_int_equal(status(&st).view.focus, 0);
	stage_close(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(through_panes_and_pages),
		cmocka_unit_test(what_is_new_forgets_what_lay_ahead),
		cmocka_unit_test(focus_and_cursor_go_with_it),
	};
	return cmocka_run_group_tests_name("trail", tests, NULL, NULL);
}
