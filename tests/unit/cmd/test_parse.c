/* test_parse.c - the command line grammar, in both directions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/command.h"
#include "coldcase/rng.h"

static cc_arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = cc_arena_new();
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	cc_arena_free(arena);
	return 0;
}

static const char *value(const cc_cmd *cmd, const cc_args *args, const char *name)
{
	for (int i = 0; cmd->params && cmd->params[i].name; i++)
		if (strcmp(cmd->params[i].name, name) == 0)
			return args->values[i];
	fail_msg("no parameter %s", name);
	return NULL;
}

static void words_parameters_and_filter(void **state)
{
	(void)state;
	const cc_cmd *cmd;
	cc_args a;
	cc_str line = CC_STR("logs service=checkout level>=warn ~ /timeout|re fused/ limit=50 since=17:52:00 order=newest");
	assert_int_equal(cc_cmd_parse(line, arena, &cmd, &a, NULL), CC_OK);
	assert_string_equal(cmd->name, "logs");
	assert_string_equal(value(cmd, &a, "limit"), "50");
	assert_string_equal(value(cmd, &a, "order"), "newest");
	assert_string_equal(value(cmd, &a, "filter"), "service=checkout level>=warn ~ /timeout|re fused/ since=17:52:00");
}

/* `kubectl` prints Warning: typed that way it is the same choice, and the record keeps the table's spelling. */
static void choices_take_any_case(void **state)
{
	(void)state;
	const cc_cmd *cmd;
	cc_args a;
	cc_err err = { 0 };
	assert_int_equal(cc_cmd_parse(CC_STR("events type=Warning"), arena, &cmd, &a, NULL), CC_OK);
	assert_string_equal(value(cmd, &a, "type"), "warning");
	assert_int_equal(cc_cmd_parse(CC_STR("events type=warn"), arena, &cmd, &a, &err), CC_EUSAGE);
	assert_non_null(strstr(err.message, "'warn'"));
}

static void quotes_and_escapes(void **state)
{
	(void)state;
	const cc_cmd *cmd;
	cc_args a;
	assert_int_equal(cc_cmd_parse(CC_STR("suspect otel-demo/Deployment/quote reason=\"it \\\"is\\\" \\\\ gone\" confidence=0.7"), arena,
				 &cmd, &a, NULL), CC_OK);
	assert_string_equal(value(cmd, &a, "reason"), "it \"is\" \\ gone");
	assert_string_equal(value(cmd, &a, "confidence"), "0.7");
}

static void text_takes_the_rest(void **state)
{
	(void)state;
	const cc_cmd *cmd;
	cc_args a;
	assert_int_equal(cc_cmd_parse(CC_STR("note look at x=3, then \"y\""), arena, &cmd, &a, NULL), CC_OK);
	assert_string_equal(a.values[0], "look at x=3, then \"y\"");
}

static void prefixes_and_candidates(void **state)
{
	(void)state;
	const cc_cmd *cmd;
	cc_err err;
	assert_int_equal(cc_cmd_find(CC_STR("patt"), &cmd, &err), CC_OK);
	assert_string_equal(cmd->name, "patterns");
	assert_int_equal(cc_cmd_find(CC_STR("log"), &cmd, &err), CC_OK); /* exact wins over the prefix of logs */
	assert_string_equal(cmd->name, "log");
	assert_int_equal(cc_cmd_find(CC_STR("s"), &cmd, &err), CC_EAMBIGUOUS);
	assert_non_null(strstr(err.message, "spec"));
	assert_int_equal(cc_cmd_find(CC_STR("nosuch"), &cmd, &err), CC_EUNKNOWN);
	assert_int_equal(cc_cmd_find(CC_STR("logss"), &cmd, &err), CC_EUNKNOWN);   /* a slip at the end */
	assert_non_null(strstr(err.hint, "nearest: logs;"));
	assert_int_equal(cc_cmd_find(CC_STR("state"), &cmd, &err), CC_EUNKNOWN);   /* what it is about, not what begins alike */
	assert_non_null(strstr(err.hint, "checks"));
	assert_null(strstr(err.hint, "start"));
	assert_int_equal(cc_cmd_find(CC_STR("specs"), &cmd, &err), CC_EUNKNOWN);   /* the tab's word */
	assert_non_null(strstr(err.hint, "nearest: changes, objects, spec;"));
	assert_int_equal(cc_cmd_find(CC_STR("neighbours"), &cmd, &err), CC_EUNKNOWN);
	assert_non_null(strstr(err.hint, "nearest: topology;"));
}

static void mistakes_name_the_parameter(void **state)
{
	(void)state;
	static const struct { const char *line, *says; } bad[] = {
		{ "alerts limit=0", "limit" }, { "alerts limit=201", "limit" }, { "alerts limit=ten", "limit" },
		{ "alerts background=perhaps", "background" }, { "logs order=sideways", "order" }, { "alert", "alert is needed" },
		{ "spec cart cart", "no parameter" }, { "spec nose=1", "no parameter 'nose'" }, { "log \"never closed", "never closed" },
		{ "logs limit=1 limit=2", "twice" }, { "logs ~ /never closed", "never closed" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		const cc_cmd *cmd;
		cc_args a;
		cc_err err = { 0 };
		assert_int_equal(cc_cmd_parse(cc_str_from(bad[i].line), arena, &cmd, &a, &err), CC_EUSAGE);
		if (!strstr(err.message, bad[i].says))
			fail_msg("'%s' said: %s", bad[i].line, err.message);
		assert_true(strstr(err.hint, "usage: ") == err.hint);
	}
}

/* Whatever a quoted value holds, format and parse give it back. */
static void formatted_lines_parse_back(void **state)
{
	(void)state;
	static const char letters[] = "ab \t\"\\/=~'x#-";
	cc_rng r;
	cc_rng_init(&r, 7);
	for (int round = 0; round < 500; round++) {
		char text[24];
		size_t n = (size_t)cc_rng_between(&r, 1, 20);
		for (size_t i = 0; i < n; i++)
			text[i] = letters[cc_rng_below(&r, sizeof letters - 1)];
		text[n] = 0;
		const cc_cmd *cmd, *again;
		cc_args a = { 0 }, b;
		assert_int_equal(cc_cmd_find(CC_STR("suspect"), &cmd, NULL), CC_OK);
		for (int i = 0; cmd->params[i].name; i++)
			if (strcmp(cmd->params[i].name, "reason") == 0 || cmd->params[i].required)
				a.values[i] = text;
		cc_buf line = CC_BUF_INIT;
		cc_cmd_format(cmd, &a, &line);
		assert_int_equal(cc_cmd_parse(cc_buf_str(&line), arena, &again, &b, NULL), CC_OK);
		assert_ptr_equal(cmd, again);
		assert_string_equal(value(again, &b, "reason"), text);
		cc_buf_deinit(&line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(words_parameters_and_filter, set_up, tear_down),
		cmocka_unit_test_setup_teardown(choices_take_any_case, set_up, tear_down),
		cmocka_unit_test_setup_teardown(quotes_and_escapes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(text_takes_the_rest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(prefixes_and_candidates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mistakes_name_the_parameter, set_up, tear_down),
		cmocka_unit_test_setup_teardown(formatted_lines_parse_back, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
