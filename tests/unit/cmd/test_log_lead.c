/* test_log_lead.c - a list shows the message; time, level and ids that have columns of their own are skipped. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cmd/log_lead.h"

static void check(const char *text, cc_level level, bool ids, const char *want)
{
	cc_arena *a = cc_arena_new();
	cc_str got = cc_log_without_lead(cc_str_from(text), level, ids, a);
	if (!cc_str_eqz(got, want))
		fail_msg("'%s'\ngives '%.*s'\nnot   '%s'", text, CC_STR_ARG(got), want);
	cc_arena_free(a);
}

static void the_lead_is_skipped(void **state)
{
	(void)state;
	check("2023-01-29 08:50:01.123  INFO o.s.Impl#168 TraceID: 321b6a68c7a0d4e9 SpanID: 0d4e9aa1 [get][ok]", CC_LEVEL_INFO, true,
		"o.s.Impl#168 [get][ok]");
	check("<time> ERROR o.a.c.C#<num> TraceID: <hex> SpanID: <hex> failed", CC_LEVEL_ERROR, true, "o.a.c.C#<num> failed");
	check("2025-12-15T17:24:32.123Z [warn] slow", CC_LEVEL_WARN, true, "slow");
	check("[2025/12/15 17:24:32] [INFO] - up", CC_LEVEL_INFO, true, "up");
	check("2025-12-15 17:24:32,123 - ERROR: no route", CC_LEVEL_ERROR, true, "no route");
	check("17:24:32.5 | up", CC_LEVEL_UNKNOWN, true, "up");
	check("trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 up", CC_LEVEL_INFO, true, "up");
}

static void what_may_mean_something_stays(void **state)
{
	(void)state;
	static const char *const same[] = {
		"Error connecting to redis", "INFOrmation", "2025-12-15 is a day", "20251215 17:24 x", "[redis] up", "", "   ",
		"17:24:32", "ERROR", "17:24:32 ERROR", "12:30:45xyz up", "the TraceID: is missing", "order TraceID: 12 x",
		"{\"TraceID\": \"321b6a68c7a0d4e9\"}", "[2025-12-15 17:24:32 up", "[", "<time", "-", "TraceID:", "traceid= ",
	};
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
		check(same[i], CC_LEVEL_ERROR, true, same[i]);
	check("WARN slow", CC_LEVEL_ERROR, true, "WARN slow"); /* says something else than the column */
	check("TraceID: 321b6a68c7a0d4e9 up", CC_LEVEL_ERROR, false, "TraceID: 321b6a68c7a0d4e9 up"); /* the record has none */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lead_is_skipped),
		cmocka_unit_test(what_may_mean_something_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
