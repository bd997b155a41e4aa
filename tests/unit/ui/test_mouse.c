/* test_mouse.c - the mouse is off until it is asked for, and then does what a hand expects; and where copies go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "coldcase/file.h"
#include "coldcase/session.h"
#include "fake_backend.h"
#include "support/tree.h"

static void mouse(rig *r, cc_mouse_button button, int x, int y)
{
	cc_key key = { .code = CC_KEY_MOUSE, .button = button, .x = x, .y = y };
	cc_ui_handle_key(r->ui, &key);
	cc_ui_draw(r->ui);
}

static void begin(rig *r, const cc_ui_options *opt)
{
	fake_init(&r->f);
	r->f.rows = 30;
	rig_open(r, 80, 24, opt);
}

static void it_is_off_until_asked_for_and_the_bar_says_so(void **state)
{
	(void)state;
	rig r;
	begin(&r, NULL);
	assert_false(r.ui->mouse);
	assert_false(rig_shows(&r, "mouse"));
	rig_keys(&r, "F2");
	assert_true(r.ui->mouse);
	assert_true(rig_shows(&r, "  mouse"));
	rig_keys(&r, "F2");
	assert_false(r.ui->mouse);
	rig_close(&r);
}

static void it_is_on_from_the_start_where_that_is_preferred(void **state)
{
	(void)state;
	rig r;
	begin(&r, &(cc_ui_options){ .mouse = true });
	assert_true(r.ui->mouse);
	assert_true(r.term->mouse);
	assert_true(rig_shows(&r, "  mouse"));
	rig_keys(&r, "F2");
	assert_false(r.term->mouse);
	rig_close(&r);
}

static void a_click_selects_and_two_open(void **state)
{
	(void)state;
	rig r;
	begin(&r, NULL);
	rig_keys(&r, "F2 g");
	size_t top = cc_ui_sheet(r.ui)->selected;
	mouse(&r, CC_MOUSE_CLICK, 10, 12);
	size_t clicked = cc_ui_sheet(r.ui)->selected;
	assert_true(clicked > top);
	assert_int_equal(r.ui->panes[r.ui->slots[0]].stack.n, 1);     /* selecting opens nothing */
	assert_int_equal(r.ui->menu.kind, CC_MENU_NONE);
	mouse(&r, CC_MOUSE_WHEEL_DOWN, 10, 12);
	assert_true(cc_ui_sheet(r.ui)->selected > clicked);
	mouse(&r, CC_MOUSE_WHEEL_UP, 10, 12);
	assert_int_equal(cc_ui_sheet(r.ui)->selected, clicked);
	mouse(&r, CC_MOUSE_DOUBLE, 10, 12);
	assert_int_equal(r.ui->panes[r.ui->slots[0]].stack.n, 2);
	rig_close(&r);
}

/* A drag that began in a list, or never left its column, is nothing. */
static void drags_elsewhere_are_nothing(void **state)
{
	(void)state;
	rig r;
	begin(&r, NULL);
	rig_keys(&r, "F2");
	int runs = r.f.runs;
	mouse(&r, CC_MOUSE_PRESS, 10, 12);
	mouse(&r, CC_MOUSE_RELEASE, 30, 2);
	mouse(&r, CC_MOUSE_RELEASE, 30, 2);
	assert_int_equal(r.f.runs, runs);
	rig_close(&r);
}

typedef struct real { cc_session *session; cc_term *term; cc_term_fake *fake; cc_ui *ui; } real;

static void real_key(real *r, cc_key key)
{
	cc_ui_handle_key(r->ui, &key);
	cc_ui_draw(r->ui);
}

static void real_open(real *r, const char *keys)
{
	cc_session_options so = { .dir = "sample-incidents/Scenario-1", .actor_name = "test" };
	cc_err err;
	assert_int_equal(cc_session_open(&r->session, &so, &err), CC_OK);
	r->term = cc_term_fake_new(&r->fake, 80, 24);
	assert_int_equal(cc_term_fake_script(r->fake, cc_str_from(keys), &err), CC_OK);
	assert_int_equal(cc_ui_new(&r->ui, r->session, r->term, &(cc_ui_options){ .glyphs = CC_GLYPHS_BLOCK }, &err), CC_OK);
	cc_ui_draw(r->ui);
	for (size_t i = 0; i < r->fake->keys.n; i++)
		real_key(r, r->fake->keys.p[i]);
}

static void real_close(real *r)
{
	cc_ui_free(r->ui);
	r->term->ops->close(r->term);
	cc_session_close(r->session);
}

static cc_view real_view(const real *r)
{
	cc_ui_status st;
	r->ui->backend.status(r->ui->backend.arg, &st);
	return st.view;
}

/* Below the bars of the logs a click takes the row that it hits; on them it sets the cursor, and a drag the window. */
static void time_is_pointed_at_wherever_it_is_drawn(void **state)
{
	static const char *const keys[] = { "F2 2", "F2 3 T", "F2 4 Enter" };
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		real r;
		real_open(&r, keys[i]);
		int y = i == 2 ? 8 : 5;
		real_key(&r, (cc_key){ .code = CC_KEY_MOUSE, .button = CC_MOUSE_CLICK, .x = 40, .y = y });
		int64_t at = real_view(&r).at_ns;
		assert_true(at != CC_TIME_NONE);
		real_key(&r, (cc_key){ .code = CC_KEY_MOUSE, .button = CC_MOUSE_PRESS, .x = 60, .y = y });
		real_key(&r, (cc_key){ .code = CC_KEY_MOUSE, .button = CC_MOUSE_RELEASE, .x = 30, .y = 20 });
		cc_range w = real_view(&r).window;
		assert_true(w.from_ns != CC_TIME_NONE && w.from_ns < at && at < w.to_ns);
		real_close(&r);
	}
	real r;
	real_open(&r, "F2 2");
	real_key(&r, (cc_key){ .code = CC_KEY_MOUSE, .button = CC_MOUSE_CLICK, .x = 20, .y = 15 });
	assert_int_equal(cc_grid_at(&r.ui->grid, 0, 15)->ch, '>');
	assert_int_equal(real_view(&r).at_ns, CC_TIME_NONE);
	real_close(&r);
}

static void a_copy_goes_where_it_was_told(void **state)
{
	(void)state;
	cc_clipboard how;
	test_tree tree;
	rig r;
	assert_int_equal(cc_clipboard_pick(&how, "file", NULL), CC_OK);
	assert_int_equal(how, CC_CLIPBOARD_FILE);
	assert_int_equal(cc_clipboard_pick(&how, NULL, NULL), CC_OK);
	assert_int_equal(how, CC_CLIPBOARD_AUTO);
	assert_int_equal(cc_clipboard_pick(&how, "moon", NULL), CC_EUSAGE);
	test_tree_make(&tree);
	assert_int_equal(setenv("XDG_STATE_HOME", tree.root, 1), 0);
	begin(&r, &(cc_ui_options){ .clipboard = CC_CLIPBOARD_FILE });
	cc_ui_copy(r.ui, CC_STR("what was chosen"));
	assert_non_null(strstr(r.ui->message.p, "/coldcase/clipboard.txt"));
	cc_buf text = CC_BUF_INIT;
	assert_int_equal(cc_file_read(&text, test_tree_path(&tree, "coldcase/clipboard.txt"), 1000, NULL), CC_OK);
	assert_string_equal(text.p, "what was chosen");
	cc_buf_deinit(&text);
	rig_close(&r);
	begin(&r, &(cc_ui_options){ .clipboard = CC_CLIPBOARD_OSC52 });
	cc_ui_copy(r.ui, CC_STR("by the terminal"));
	assert_non_null(strstr(r.ui->message.p, "OSC 52"));
	rig_close(&r);
	test_tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_on_from_the_start_where_that_is_preferred),
		cmocka_unit_test(it_is_off_until_asked_for_and_the_bar_says_so), cmocka_unit_test(a_click_selects_and_two_open),
		cmocka_unit_test(drags_elsewhere_are_nothing), cmocka_unit_test(time_is_pointed_at_wherever_it_is_drawn),
		cmocka_unit_test(a_copy_goes_where_it_was_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
