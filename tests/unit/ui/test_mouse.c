/* test_mouse.c - the mouse is off until it is asked for, and then does what a hand expects; and where copies go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "coldcase/file.h"
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
		cmocka_unit_test(it_is_off_until_asked_for_and_the_bar_says_so), cmocka_unit_test(a_click_selects_and_two_open),
		cmocka_unit_test(drags_elsewhere_are_nothing), cmocka_unit_test(a_copy_goes_where_it_was_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
