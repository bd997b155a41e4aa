/* test_keybind.c - keys of one's own: given, taken away, kept to a pane, and files with mistakes in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fake_backend.h"
#include "support/tree.h"

static const cc_binding *found(const cc_keymap *m, const char *name, int pane)
{
	cc_key key;
	assert_true(cc_key_parse(cc_str_from(name), &key));
	return cc_keymap_find(m, &key, pane);
}

static void give(cc_keymap *m, const char *line)
{
	cc_err err = { 0 };
	if (cc_keymap_bind(m, cc_str_from(line), &err))
		fail_msg("%s: %s", line, err.message);
}

static void a_key_goes_from_one_action_to_another(void **state)
{
	(void)state;
	cc_keymap *m = cc_keymap_new();
	assert_int_equal(found(m, "x", 1)->what, CC_DO_PIVOT);
	give(m, "bind x next-row");
	assert_int_equal(found(m, "x", 1)->what, CC_DO_MOVE_DOWN);
	assert_int_equal(found(m, "j", 1)->what, CC_DO_MOVE_DOWN);        /* that one still does it, too */
	assert_int_equal(cc_keymap_key_of(m, CC_DO_PIVOT, NULL).n, 0);
	give(m, "unbind x");
	assert_null(found(m, "x", 1));
	give(m, "  bind   F5   pivot ");
	assert_int_equal(found(m, "F5", 3)->what, CC_DO_PIVOT);
	cc_keymap_free(m);
}

static void command_lines_can_have_keys(void **state)
{
	(void)state;
	cc_keymap *m = cc_keymap_new();
	give(m, "bind A-l :logs level>=error");
	assert_string_equal(found(m, "A-l", 5)->line, "logs level>=error");
	give(m, "bind A-f :focus {entity}");                              /* one that is in the table: its row gets the key */
	assert_string_equal(found(m, "A-f", 1)->keys, "f A-f");
	cc_keymap_free(m);
}

static void a_pane_may_have_its_own(void **state)
{
	(void)state;
	cc_keymap *m = cc_keymap_new();
	give(m, "bind logs x next-error");
	assert_int_equal(found(m, "x", 2)->what, CC_DO_NEXT_ERROR);
	assert_int_equal(found(m, "x", 1)->what, CC_DO_PIVOT);
	give(m, "bind X remove");                                         /* an action of the board stays there */
	assert_int_equal(found(m, "X", 8)->what, CC_DO_REMOVE);
	assert_null(found(m, "X", 1));
	give(m, "unbind x");                                              /* everywhere */
	assert_null(found(m, "x", 1));
	assert_null(found(m, "x", 2));
	cc_keymap_free(m);
}

static void mistakes_are_refused_and_change_nothing(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "bind", "bind x", "bind Foo next-row", "bind x no-such-action", "bind x :nonsense line",
		"unbind x next-row", "map x next-row", "bind logs", "bind logs x" };
	cc_keymap *m = cc_keymap_new();
	cc_buf before = CC_BUF_INIT, after = CC_BUF_INIT;
	cc_keymap_write(m, false, &before);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		cc_err err = { 0 };
		assert_int_not_equal(cc_keymap_bind(m, cc_str_from(bad[i]), &err), CC_OK);
		assert_true(err.message[0] && (err.hint[0] || err.code != CC_EUSAGE));
	}
	cc_keymap_write(m, false, &after);
	assert_string_equal(before.p, after.p);
	cc_buf_deinit(&before);
	cc_buf_deinit(&after);
	cc_keymap_free(m);
}

/* A configuration folder of the test's own, with a keys file of this text. */
static cc_keymap *open_file(cc_str text, cc_buf *warnings)
{
	test_tree tree;
	cc_keymap *m = NULL;
	cc_err err = { 0 };
	test_tree_make(&tree);
	test_tree_bytes(&tree, "coldcase/keys", text);
	assert_int_equal(setenv("XDG_CONFIG_HOME", tree.root, 1), 0);
	assert_int_equal(cc_keymap_open(&m, warnings, &err), CC_OK);
	test_tree_remove(&tree);
	return m;
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	for (int commented = 0; commented < 2; commented++) {
		cc_keymap *m = cc_keymap_new();
		cc_buf text = CC_BUF_INIT, same = CC_BUF_INIT, all = CC_BUF_INIT, warnings = CC_BUF_INIT;
		if (!commented)
			give(m, "bind logs x :patterns");
		cc_keymap_write(m, commented, &text);
		cc_keymap_write(m, false, &all);
		for (size_t i = 0; commented && i < text.n; i++)      /* the signs go before the lines that bind */
			if (text.p[i] == '#' && strncmp(text.p + i, "#bind", 5) == 0)
				text.p[i] = ' ';
		cc_keymap *again = open_file(cc_buf_str(&text), &warnings);
		cc_keymap_write(again, false, &same);
		assert_string_equal(same.p, all.p);
		assert_int_equal(warnings.n, 0);
		cc_buf_deinit(&text);
		cc_buf_deinit(&same);
		cc_buf_deinit(&all);
		cc_buf_deinit(&warnings);
		cc_keymap_free(m);
		cc_keymap_free(again);
	}
}

static void mistakes_in_a_file_are_told_with_their_lines(void **state)
{
	(void)state;
	cc_buf warnings = CC_BUF_INIT;
	cc_keymap *m = open_file(CC_STR("# mine\n\nbind x next-row  # a remark\nbind Foo next-row\r\nbind z nothing-known\nbind Z last-row"), &warnings);
	assert_int_equal(found(m, "x", 1)->what, CC_DO_MOVE_DOWN);
	assert_int_equal(found(m, "Z", 1)->what, CC_DO_BOTTOM);
	assert_int_equal(found(m, "z", 1)->what, CC_DO_ZOOM_IN);
	assert_non_null(strstr(warnings.p, "/keys:4: 'Foo' is no key"));
	assert_non_null(strstr(warnings.p, "/keys:5: no action is called 'nothing-known'"));
	cc_buf_deinit(&warnings);
	cc_keymap_free(m);
}

/* Typed at the prompt, at once, and the message says where it would stay. */
static void keys_can_be_given_while_playing(void **state)
{
	(void)state;
	rig r;
	fake_init(&r.f);
	rig_open(&r, 80, 24, NULL);
	cc_ui_run_line(r.ui, CC_STR("bind Z next-row"));
	assert_int_equal(found(r.ui->keys, "Z", 1)->what, CC_DO_MOVE_DOWN);
	assert_non_null(strstr(r.ui->message.p, "until you leave"));
	cc_ui_run_line(r.ui, CC_STR("bind Z nonsense"));
	assert_true(r.ui->message_bad);
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_goes_from_one_action_to_another), cmocka_unit_test(command_lines_can_have_keys),
		cmocka_unit_test(a_pane_may_have_its_own), cmocka_unit_test(mistakes_are_refused_and_change_nothing),
		cmocka_unit_test(what_is_written_is_read), cmocka_unit_test(mistakes_in_a_file_are_told_with_their_lines),
		cmocka_unit_test(keys_can_be_given_while_playing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
