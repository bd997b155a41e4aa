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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_after_dashes),
		cmocka_unit_test(test_argument_named_like_the_command),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
