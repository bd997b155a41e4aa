/* test_lineedit.c - editing one line: words, characters with marks, history, paste. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/lineedit.h"
#include "ui/term_fake.h"

/* Types a key script into a fresh line and compares. */
static cc_edit_result type(cc_lineedit *e, const char *script)
{
	cc_term_fake *f;
	cc_term *t = cc_term_fake_new(&f, 80, 24);
	cc_edit_result last = CC_EDIT_IGNORED;
	assert_non_null(t);
	assert_int_equal(cc_term_fake_script(f, cc_str_from(script), NULL), CC_OK);
	for (size_t i = 0; i < f->keys.n; i++)
		last = cc_lineedit_key(e, &f->keys.p[i]);
	t->ops->close(t);
	return last;
}

static void expect_line(const char *script, const char *want, size_t cursor)
{
	cc_lineedit e;
	cc_lineedit_init(&e, NULL);
	type(&e, script);
	assert_string_equal(e.text.n ? e.text.p : "", want);
	assert_int_equal(e.cursor, cursor);
	cc_lineedit_deinit(&e);
}

static void the_usual_keys_edit(void **state)
{
	(void)state;
	expect_line("'logs level=warn'", "logs level=warn", 15);
	expect_line("'logs level=warn' C-w", "logs ", 5);
	expect_line("'logs level=warn' C-w C-y C-y", "logs level=warnlevel=warn", 25);
	expect_line("'abc' C-a 'x'", "xabc", 1);
	expect_line("'abc' Left Left C-k", "a", 1);
	expect_line("'abc' Left C-u", "c", 0);
	expect_line("'abc' Home Del Bksp", "bc", 0);
	expect_line("'ab cd' A-b 'x' A-f 'y'", "ab xcdy", 7);
}

static void characters_stay_whole(void **state)
{
	(void)state;
	expect_line("'\xc3\xa9\xe6\x97\xa5' Bksp", "\xc3\xa9", 2);
	expect_line("'e\xcc\x81x' Left Left Del", "x", 0);       /* the letter goes with its mark */
	expect_line("'\xc3\xa9' Left 'a'", "a\xc3\xa9", 1);
}

static void control_bytes_never_enter(void **state)
{
	(void)state;
	cc_lineedit e;
	cc_lineedit_init(&e, NULL);
	cc_key paste = { .code = CC_KEY_PASTE, .text = CC_STR("one\ntwo\t\033[31m\x7f\xff.") };
	assert_int_equal(cc_lineedit_key(&e, &paste), CC_EDIT_CHANGED);
	assert_string_equal(e.text.p, "one two [31m.");
	cc_lineedit_deinit(&e);
}

static void history_goes_back_and_keeps_the_draft(void **state)
{
	(void)state;
	cc_history h = { 0 };
	cc_lineedit e;
	cc_history_add(&h, CC_STR("alerts"));
	cc_history_add(&h, CC_STR("logs"));
	cc_history_add(&h, CC_STR("logs"));
	assert_int_equal(h.n, 2);
	cc_lineedit_init(&e, &h);
	type(&e, "'dra' Up");
	assert_string_equal(e.text.p, "logs");
	type(&e, "Up Up");
	assert_string_equal(e.text.p, "alerts");
	type(&e, "Down Down 'ft'");
	assert_string_equal(e.text.p, "draft");
	for (int i = 0; i < CC_HISTORY_MAX + 5; i++)
		cc_history_add(&h, i % 2 ? CC_STR("a") : CC_STR("b"));
	assert_int_equal(h.n, CC_HISTORY_MAX);
	cc_lineedit_deinit(&e);
	cc_history_deinit(&h);
}

static void enter_escape_and_tab_are_told(void **state)
{
	(void)state;
	cc_lineedit e;
	cc_lineedit_init(&e, NULL);
	assert_int_equal(type(&e, "Enter"), CC_EDIT_ACCEPT);
	assert_int_equal(type(&e, "Esc"), CC_EDIT_CANCEL);
	assert_int_equal(type(&e, "C-c"), CC_EDIT_CANCEL);
	assert_int_equal(type(&e, "Tab"), CC_EDIT_COMPLETE);
	assert_int_equal(type(&e, "S-Tab"), CC_EDIT_COMPLETE_BACK);
	assert_int_equal(type(&e, "Bksp"), CC_EDIT_CANCEL);      /* nothing left to rub out: leave */
	cc_lineedit_deinit(&e);
}

static void a_long_line_scrolls_to_its_cursor(void **state)
{
	(void)state;
	cc_lineedit e;
	cc_grid g = { 0 };
	cc_buf b = CC_BUF_INIT;
	cc_lineedit_init(&e, NULL);
	cc_lineedit_set(&e, CC_STR("0123456789abcdefghij"));
	assert_true(cc_grid_resize(&g, 10, 1));
	cc_lineedit_draw(&e, &g, (cc_rect){ 0, 0, 10, 1 }, ":");
	cc_grid_dump(&g, &b, false);
	assert_string_equal(b.p, ":cdefghij\n");
	assert_int_equal(g.cursor_x, 9);
	cc_buf_deinit(&b);
	cc_grid_deinit(&g);
	cc_lineedit_deinit(&e);
}

static void completion_replaces_the_word(void **state)
{
	(void)state;
	cc_lineedit e;
	cc_lineedit_init(&e, NULL);
	type(&e, "'focus ch' Left Left Left Right Right Right");
	cc_lineedit_replace(&e, 6, CC_STR("otel-demo/Deployment/checkout"));
	assert_string_equal(e.text.p, "focus otel-demo/Deployment/checkout");
	cc_lineedit_deinit(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_usual_keys_edit), cmocka_unit_test(characters_stay_whole), cmocka_unit_test(control_bytes_never_enter),
		cmocka_unit_test(history_goes_back_and_keeps_the_draft), cmocka_unit_test(enter_escape_and_tab_are_told),
		cmocka_unit_test(a_long_line_scrolls_to_its_cursor), cmocka_unit_test(completion_replaces_the_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
