/* The words of the command line: which is the sub-command, which are its arguments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "app/app.h"

static cc_code parse(app_options *o, const app_command **command, const char *const *words, int n)
{
	static char copy[4][16]; /* o points into it */
	char *argv[5] = { NULL };
	for (int i = 0; i < n; i++) {
		strncpy(copy[i], words[i], sizeof copy[i] - 1);
		copy[i][sizeof copy[i] - 1] = '\0';
		argv[i] = copy[i];
	}
	return app_options_parse(o, n, argv, command, NULL);
}

static void test_words_after_dashes(void **state)
{
	(void)state;
	app_options o;
	const app_command *command;
	/* once a crash: words after "--" before there is a sub-command */
	static const char *const unknown[] = { "coldcase", "--", "no-such" };
	assert_int_not_equal(parse(&o, &command, unknown, 3), CC_OK);
	assert_null(command);
	app_options_deinit(&o);
	static const char *const known[] = { "coldcase", "--", "score", "-x" };
	assert_int_equal(parse(&o, &command, known, 4), CC_OK);
	assert_string_equal(command->name, "score");
	assert_int_equal(o.args.n, 1);
	app_options_deinit(&o);
}

static void test_option_before_the_command_says_where_it_goes(void **state)
{
	(void)state;
	app_options o;
	const app_command *command;
	cc_err err;
	char program[] = "coldcase", option[] = "--theme", value[] = "light";
	char *argv[] = { program, option, value, NULL };
	assert_int_equal(app_options_parse(&o, 3, argv, &command, &err), CC_EUSAGE);
	assert_string_equal(err.hint, "coldcase play DIR --theme NAME");
	app_options_deinit(&o);
}

static void test_argument_named_like_the_command(void **state)
{
	(void)state;
	app_options o;
	const app_command *command;
	static const char *const words[] = { "coldcase", "score", "score" };
	assert_int_equal(parse(&o, &command, words, 3), CC_OK);
	assert_int_equal(o.args.n, 1);
	app_options_deinit(&o);
}

static bool tells(const char *command, const char *text)
{
	cc_buf b = CC_BUF_INIT;
	app_command_usage(app_command_find(cc_str_from(command)), &b);
	bool yes = cc_str_find(cc_buf_str(&b), cc_str_from(text)) != CC_STR_NONE;
	cc_buf_deinit(&b);
	return yes;
}

/* What completion offers for a value is what the help says it may be. */
static void test_offered_values_stand_in_the_help(void **state)
{
	(void)state;
	app_option_text opt;
	size_t offered = 0;
	for (size_t i = 0; app_command_get(i); i++)
		for (size_t k = 0; app_command_option(app_command_get(i), k, &opt); k++) {
			cc_str word, rest = cc_str_from(opt.words);
			/* of --to, a class has only two; --app tells what --show-app may be */
			bool told_elsewhere = strcmp(app_command_get(i)->name, "class") == 0 || strcmp(opt.name, "--show-app") == 0;
			for (; rest.n && !told_elsewhere; offered++) {
				cc_str_cut(rest, ' ', &word, &rest);
				if (cc_str_find(cc_str_from(opt.help), word) == CC_STR_NONE)
					fail_msg("%s %s: %.*s", app_command_get(i)->name, opt.name, CC_STR_ARG(word));
			}
		}
	assert_true(offered > 100);
}

/* An option that means another thing to another sub-command is told there as what it means there, and nowhere as both. */
static void test_help_is_of_one_command(void **state)
{
	(void)state;
	static const char *const names[] = { "play", "drill", "watch", "learn", "shell", "run", "list", "info", "score", "review", "compare", "league",
		"replay", "reel", "export", "import", "mcp", "agent", "campaign", "judge", "forge", "pack", "unpack", "class", "doctor", "keys", "help" };
	static const char *const two[] = { "export:", "pack:", "unpack:", "score:", "import:", "replay:", "league:", "class host:" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		for (size_t k = 0; k < sizeof two / sizeof two[0]; k++)
			if (tells(names[i], two[k]))
				fail_msg("coldcase %s --help speaks of %s", names[i], two[k]);
	assert_true(tells("export", "--size SIZE            columns and rows") && tells("forge", "--size SIZE            about how large"));
	assert_true(tells("agent", "no call begins") && tells("campaign", "no run begins"));
	assert_true(tells("unpack", "-o PATH                the folder") && tells("pack", "-o PATH                the case file"));
	assert_true(tells("score", "salted hash of the truth") && !tells("pack", "salted hash"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_after_dashes),
		cmocka_unit_test(test_option_before_the_command_says_where_it_goes),
		cmocka_unit_test(test_argument_named_like_the_command),
		cmocka_unit_test(test_offered_values_stand_in_the_help),
		cmocka_unit_test(test_help_is_of_one_command),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
