/* test_trail.c - `[` and `]`: back and forward through panes, pages, focus and cursor, and at no cost. Over a bundled incident. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "ui/term_fake.h"
#include "ui/ui_priv.h"

typedef struct stage { cc_session *session; cc_term *term; cc_term_fake *fake; cc_ui *ui; } stage;

static void press(stage *st, const char *keys)
{
	cc_err err = { 0 };
	size_t from = st->fake->keys.n;
	if (cc_term_fake_script(st->fake, cc_str_from(keys), &err))
		fail_msg("%s: %s", keys, err.message);
	for (size_t i = from; i < st->fake->keys.n; i++)
		cc_ui_handle_key(st->ui, &st->fake->keys.p[i]);
}

static void stage_open(stage *st)
{
	cc_session_options so = { .dir = "sample-incidents/Scenario-1", .actor_name = "a player" };
	cc_ui_options uo = { .glyphs = CC_GLYPHS_ASCII };
	cc_err err = { 0 };
	st->term = cc_term_fake_new(&st->fake, 80, 24);
	if (cc_session_open(&st->session, &so, &err) || cc_ui_new(&st->ui, st->session, st->term, &uo, &err))
		fail_msg("%s", err.message);
}

static void stage_close(stage *st)
{
	cc_ui_free(st->ui);
	st->term->ops->close(st->term);
	cc_session_close(st->session);
}

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
	stage_open(&st);
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
	stage_open(&st);
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
	stage_open(&st);
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
