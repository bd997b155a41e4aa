/* test_theme.c - theme files: both base16 forms, role overrides, contrast of what is shipped, colours for poorer terminals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/file.h"
#include "ui/copy.h"
#include "ui/theme.h"

static const char *const shipped[] = { "default", "dark", "light", "high-contrast", "deuteranopia", "tritanopia", "mono" };
enum { SHIPPED = sizeof shipped / sizeof shipped[0] };

static cc_theme load(const char *name)
{
	cc_theme t = { 0 };
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_err err;
	cc_err_clear(&err);
	cc_buf_addf(&path, "themes/%s.yaml", name);
	cc_code code = cc_file_read(&text, path.p, 1 << 20, &err);
	if (!code)
		code = cc_theme_parse(&t, cc_buf_str(&text), &err);
	if (code)
		print_error("%s: %s\n", path.p, err.message);
	assert_int_equal(code, CC_OK);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return t;
}

static void shipped_themes_load_under_their_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < SHIPPED; i++) {
		cc_theme t = load(shipped[i]), *by_name;
		assert_string_equal(t.name, shipped[i]);
		assert_int_equal(cc_theme_load(&by_name, shipped[i], NULL), CC_OK);
		assert_memory_equal(by_name->styles, t.styles, sizeof t.styles);
		cc_theme_free(by_name);
	}
}

static void the_default_file_is_the_builtin(void **state)
{
	(void)state;
	cc_theme file = load("default"), built_in;
	cc_theme_init_default(&built_in);
	for (int l = 0; l < CC_LOOK_COUNT; l++)
		assert_memory_equal(&file.styles[l], &built_in.styles[l], sizeof file.styles[l]);
}

static void the_default_paints_no_background(void **state)
{
	(void)state;
	cc_theme t;
	cc_theme_init_default(&t);
	for (int l = 0; l < CC_LOOK_COUNT; l++) {
		assert_int_equal(t.styles[l].bg, CC_COLOR_DEFAULT);
		assert_true(t.styles[l].fg < 16);
	}
}

/* Border marks are the only cells that carry no text. */
static void colours_can_be_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < SHIPPED; i++) {
		cc_theme t = load(shipped[i]);
		for (int l = 0; l < CC_LOOK_COUNT; l++) {
			if (l == CC_LOOK_BORDER)
				continue;
			for (unsigned attr = 0; attr <= (CC_ATTR_SELECTED | CC_ATTR_MATCH); attr += CC_ATTR_SELECTED) {
				cc_style s = cc_theme_resolve(&t, (cc_look)l, attr);
				if (cc_color_contrast(s.fg, s.bg) < 4.5)
					print_error("%s: %s on %u has only %.1f:1\n", shipped[i], cc_look_name((cc_look)l), attr,
						cc_color_contrast(s.fg, s.bg));
				assert_true(cc_color_contrast(s.fg, s.bg) >= 4.5);
			}
		}
	}
}

static void mono_names_no_colour(void **state)
{
	(void)state;
	cc_theme t = load("mono");
	for (int l = 0; l < CC_LOOK_COUNT; l++) {
		assert_int_equal(t.styles[l].fg, CC_COLOR_DEFAULT);
		assert_int_equal(t.styles[l].bg, CC_COLOR_DEFAULT);
	}
}

static void selection_and_match_differ_without_colour(void **state)
{
	(void)state;
	cc_theme t = load("mono");
	unsigned plain = cc_theme_resolve(&t, CC_LOOK_TEXT, 0).attr, sel = cc_theme_resolve(&t, CC_LOOK_TEXT, CC_ATTR_SELECTED).attr;
	unsigned hit = cc_theme_resolve(&t, CC_LOOK_TEXT, CC_ATTR_MATCH).attr;
	unsigned both = cc_theme_resolve(&t, CC_LOOK_TEXT, CC_ATTR_MATCH | CC_ATTR_SELECTED).attr;
	assert_int_not_equal(plain, sel);
	assert_int_not_equal(plain, hit);
	assert_int_not_equal(sel, both);
	assert_int_not_equal(plain, both);
}

static const char legacy[] = "scheme: \"Old\"\nauthor: \"x\"\n"
	"base00: \"000000\"\nbase01: \"111111\"\nbase02: \"222222\"\nbase03: \"333333\"\nbase04: \"444444\"\nbase05: \"eeeeee\"\n"
	"base06: \"666666\"\nbase07: \"777777\"\nbase08: \"ff0000\"\nbase09: \"999999\"\nbase0A: \"aaaaaa\"\nbase0B: \"00ff00\"\n"
	"base0C: \"cccccc\"\nbase0D: \"0000ff\"\nbase0E: \"abcdef\"\nbase0F: \"ffffff\"\n";

static void the_old_flat_form_is_read(void **state)
{
	(void)state;
	cc_theme t;
	assert_int_equal(cc_theme_parse(&t, cc_str_from(legacy), NULL), CC_OK);
	assert_string_equal(t.name, "Old");
	assert_int_equal(t.styles[CC_LOOK_CRITICAL].fg, CC_COLOR_RGB | 0xff0000);
	assert_int_equal(t.styles[CC_LOOK_TEXT].bg, CC_COLOR_RGB | 0x000000);
}

static void bad_themes_are_refused_by_name(void **state)
{
	(void)state;
	static const struct { const char *text, *says; } bad[] = {
		{ "roles:\n  critical: \"purple\"\n", "purple" }, { "roles:\n  blinking: \"ansi1\"\n", "blinking" },
		{ "palette:\n  base00: \"000000\"\n", "base01" }, { "palette:\n  base00: \"00\"\n", "base00" },
		{ "roles:\n  text: \"base05\"\n", "base05" }, { "- a\n", "mapping" }, { "roles:\n  text: \"ansi16\"\n", "ansi16" } };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		cc_theme t;
		cc_err err;
		assert_int_equal(cc_theme_parse(&t, cc_str_from(bad[i].text), &err), CC_EFORMAT);
		assert_non_null(strstr(err.message, bad[i].says));
	}
	cc_theme *none;
	cc_err err;
	assert_int_equal(cc_theme_load(&none, "no-such-theme", &err), CC_ENOTFOUND);
	assert_null(none);
	assert_non_null(strstr(err.message, "no-such-theme"));
}

static void colours_come_down_by_nearness(void **state)
{
	(void)state;
	bool bright;
	assert_int_equal(cc_color_to_256(CC_COLOR_RGB | 0xff0000), 196);
	assert_int_equal(cc_color_to_256(CC_COLOR_RGB | 0x808080), 244);
	assert_int_equal(cc_color_to_256(7), 7);
	assert_int_equal(cc_color_to_16(CC_COLOR_RGB | 0xff0000), 9);
	assert_int_equal(cc_color_to_8(CC_COLOR_RGB | 0xff0000, &bright), 1);
	assert_true(bright);
	assert_int_equal(cc_color_reduce(CC_COLOR_RGB | 0x123456, CC_COLOR_MONO, &bright), CC_COLOR_DEFAULT);
	assert_int_equal(cc_color_reduce(CC_COLOR_RGB | 0x123456, CC_COLOR_TRUE, &bright), CC_COLOR_RGB | 0x123456);
	assert_int_equal(cc_color_reduce(CC_COLOR_DEFAULT, CC_COLOR_8, &bright), CC_COLOR_DEFAULT);
}

static void flags_beat_no_color_beats_the_terminal(void **state)
{
	(void)state;
	cc_color_level level;
	unsetenv("COLORTERM");
	setenv("NO_COLOR", "1", 1);
	assert_int_equal(cc_color_level_pick(&level, NULL, 256, NULL), CC_OK);
	assert_int_equal(level, CC_COLOR_MONO);
	assert_int_equal(cc_color_level_pick(&level, "256", 8, NULL), CC_OK);
	assert_int_equal(level, CC_COLOR_256);
	assert_int_equal(cc_color_level_pick(&level, "none", 256, NULL), CC_OK);
	assert_int_equal(level, CC_COLOR_MONO);
	assert_int_equal(cc_color_level_pick(&level, "always", 0, NULL), CC_OK);
	assert_int_equal(level, CC_COLOR_8);
	setenv("NO_COLOR", "", 1);                   /* set but empty counts as unset */
	assert_int_equal(cc_color_level_pick(&level, "auto", 256, NULL), CC_OK);
	assert_int_equal(level, CC_COLOR_256);
	setenv("COLORTERM", "truecolor", 1);
	assert_int_equal(cc_color_level_pick(&level, NULL, 256, NULL), CC_OK);
	assert_int_equal(level, CC_COLOR_TRUE);
	unsetenv("COLORTERM");
	assert_int_equal(cc_color_level_pick(&level, NULL, 0, NULL), CC_OK);
	assert_int_equal(level, CC_COLOR_MONO);
	assert_int_equal(cc_color_level_pick(&level, "pink", 256, NULL), CC_EUSAGE);
	unsetenv("NO_COLOR");
}

static void copies_are_encoded_wrapped_and_capped(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	assert_int_equal(cc_copy_sequence(&b, CC_STR("hello!!"), false, NULL), CC_OK);
	assert_string_equal(b.p, "\033]52;c;aGVsbG8hIQ==\033\\");
	cc_buf_clear(&b);
	assert_int_equal(cc_copy_sequence(&b, CC_STR("abc"), true, NULL), CC_OK);
	assert_string_equal(b.p, "\033]52;c;YWJj\033\\\033Ptmux;\033\033]52;c;YWJj\033\033\\\033\\");
	cc_buf_clear(&b);
	cc_buf big = CC_BUF_INIT;
	cc_buf_add_repeat(&big, 'x', 60000);
	assert_int_equal(cc_copy_sequence(&b, cc_buf_str(&big), false, NULL), CC_ELIMIT);
	cc_buf_deinit(&big);
	cc_buf_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_themes_load_under_their_names), cmocka_unit_test(the_default_file_is_the_builtin),
		cmocka_unit_test(the_default_paints_no_background), cmocka_unit_test(colours_can_be_read),
		cmocka_unit_test(mono_names_no_colour), cmocka_unit_test(selection_and_match_differ_without_colour),
		cmocka_unit_test(the_old_flat_form_is_read), cmocka_unit_test(bad_themes_are_refused_by_name),
		cmocka_unit_test(colours_come_down_by_nearness), cmocka_unit_test(flags_beat_no_color_beats_the_terminal),
		cmocka_unit_test(copies_are_encoded_wrapped_and_capped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
