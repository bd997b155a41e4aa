/* test_keymap.c - walks the table of keys: names can be read, nothing collides, every line is a command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_backend.h"

static cc_keymap *keys;     /* the built-in ones */

static void every_name_is_a_key_and_comes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < cc_keymap_count(keys); i++) {
		cc_str rest = cc_str_from(cc_keymap_get(keys, i)->keys), name;
		while (rest.n) {
			cc_key key;
			cc_buf b = CC_BUF_INIT;
			cc_str_cut(rest, ' ', &name, &rest);
			if (!cc_key_parse(name, &key))
				print_error("%.*s is no key\n", CC_STR_ARG(name));
			assert_true(cc_key_parse(name, &key));
			cc_key_format(&key, &b);
			assert_true(cc_str_eq(cc_buf_str(&b), name));
			cc_buf_deinit(&b);
		}
	}
}

static void no_key_means_two_things_in_a_pane(void **state)
{
	(void)state;
	for (size_t i = 0; i < cc_keymap_count(keys); i++) {
		const cc_binding *b = cc_keymap_get(keys, i);
		cc_str rest = cc_str_from(b->keys), name;
		while (rest.n && (b->context == CC_IN_PANE || b->context == CC_IN_ANY)) {
			cc_key key;
			cc_str_cut(rest, ' ', &name, &rest);
			assert_true(cc_key_parse(name, &key));
			if (cc_keymap_find(keys, &key, b->pane ? b->pane : 1) != b)
				print_error("%.*s is bound twice\n", CC_STR_ARG(name));
			assert_ptr_equal(cc_keymap_find(keys, &key, b->pane ? b->pane : 1), b);
		}
	}
}

static void every_binding_has_a_note_and_lines_where_needed(void **state)
{
	(void)state;
	for (size_t i = 0; i < cc_keymap_count(keys); i++) {
		const cc_binding *b = cc_keymap_get(keys, i);
		assert_true(b->note && *b->note);
		assert_int_equal(b->what == CC_DO_LINE, b->line != NULL);
	}
}

static void parse_as_command(const char *line, const char *from)
{
	rig r;
	cc_args args;
	cc_err err;
	const cc_cmd *cmd = NULL;
	cc_buf b = CC_BUF_INIT;
	fake_init(&r.f);
	rig_open(&r, 80, 24, NULL);
	cc_pick p = { .any = true, .entity = 7, .cite = { 1, 2 }, .time_ns = 5, .op = CC_STR("0123456789abcdef0123456789abcdef") };
	assert_true(cc_ui_expand(r.ui, line, &p, &b));
	cc_arena *a = cc_arena_new();
	cc_code code = cc_cmd_parse(cc_buf_str(&b), a, &cmd, &args, &err);
	if (code)
		print_error("%s: %s: %s\n", from, b.p, err.message);
	assert_int_equal(code, CC_OK);
	cc_arena_free(a);
	cc_buf_deinit(&b);
	rig_close(&r);
}

static void every_bound_line_parses(void **state)
{
	(void)state;
	for (size_t i = 0; i < cc_keymap_count(keys); i++)
		if (cc_keymap_get(keys, i)->line)
			parse_as_command(cc_keymap_get(keys, i)->line, cc_keymap_get(keys, i)->keys);
}

static void every_pane_and_pivot_line_parses(void **state)
{
	(void)state;
	static const char *const lines[] = { "pin {cite}", "unpin 3", "suspect {entity} confidence=0.5", "submit", "submit confirm=submit",
		"start", "pause", "resume", "window clear=yes", "window 2025-12-15T17:00:00Z 2025-12-15T18:00:00Z" };
	for (int i = 0; i < CC_PANE_COUNT; i++) {
		parse_as_command(cc_pane_lines[i], cc_pane_names[i]);
		assert_int_equal(cc_ui_pane_of_line(cc_str_from(cc_pane_lines[i])), i);
	}
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		parse_as_command(lines[i], "the console");
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; cc_pivot_line(i, pass); i++)
			parse_as_command(cc_pivot_line(i, pass), "pivot");
}

static void unknown_keys_are_refused(void **state)
{
	(void)state;
	cc_key key;
	assert_false(cc_key_parse(CC_STR(""), &key));
	assert_false(cc_key_parse(CC_STR("Foo"), &key));
	assert_false(cc_key_parse(CC_STR("C-"), &key));
	assert_false(cc_key_parse(CC_STR("\xff"), &key));
	assert_true(cc_key_parse(CC_STR("-"), &key));
	assert_true(cc_key_parse(CC_STR("A-C-x"), &key));
	assert_int_equal(key.mods, CC_MOD_ALT | CC_MOD_CTRL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_is_a_key_and_comes_back), cmocka_unit_test(no_key_means_two_things_in_a_pane),
		cmocka_unit_test(every_binding_has_a_note_and_lines_where_needed), cmocka_unit_test(every_bound_line_parses),
		cmocka_unit_test(every_pane_and_pivot_line_parses), cmocka_unit_test(unknown_keys_are_refused),
	};
	keys = cc_keymap_new();
	int failed = keys ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
	cc_keymap_free(keys);
	return failed;
}
