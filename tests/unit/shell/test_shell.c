/* test_shell.c - line mode over an incident that is still being read: a line waits for what it needs, and for nothing else. The
 * loader is held by the tests' own gate; a line that waited for too much would hang here. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "coldcase/shell.h"
#include "unit/cmd/stage_gate.h"

static cc_session *open_staged(gate *g)
{
	cc_session_options opt = { .dir = "sample-incidents/Scenario-1", .no_cache = true, .actor_name = "tester", .budget = 100,
		.assistance = "full", .staged = true, .before_stage = gate_wait, .before_stage_arg = g };
	cc_session *s = NULL;
	cc_err err;

	if (cc_session_open(&s, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static unsigned lacks(const cc_session *s, const char *name)
{
	const cc_cmd *cmd;

	assert_int_equal(cc_cmd_find(cc_str_from(name), &cmd, NULL), CC_OK);
	return cc_session_lacks(s, cmd);
}

static void *open_later(void *arg)
{
	gate_open(arg, UINT_MAX);
	return NULL;
}

static void a_line_waits_for_what_it_needs(void **state)
{
	const cc_shell_options opt = { .plain = true };
	gate g = GATE(0);
	cc_session *s = open_staged(&g);
	pthread_t thread;

	(void)state;
	assert_true(lacks(s, "logs") != 0);
	assert_int_equal(cc_shell_line(s, &opt, "note nothing has been read yet"), 0);
	assert_int_equal(cc_shell_line(s, &opt, "board"), 0);
	assert_int_equal(cc_shell_line(s, &opt, "no-such-command"), cc_code_exit_status(CC_EUNKNOWN));
	assert_true(lacks(s, "logs") != 0);
	assert_int_equal(pthread_create(&thread, NULL, open_later, &g), 0);
	assert_int_equal(cc_shell_line(s, &opt, "logs limit=1"), 0);
	assert_int_equal(lacks(s, "logs"), 0);
	pthread_join(thread, NULL);
	cc_session_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_line_waits_for_what_it_needs) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
