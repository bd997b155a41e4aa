/* Log levels: spellings, numbers, and what a body declares about itself. */
#include "coldcase/logs.h"
#include "unit/snapshot/snapshot_test.h"

static void test_spellings(void **state)
{
	static const struct { const char *text; cc_level level; } cases[] = {
		{ "INFO", CC_LEVEL_INFO }, { "Information", CC_LEVEL_INFO }, { "info", CC_LEVEL_INFO }, { "warn", CC_LEVEL_WARN },
		{ "WARNING", CC_LEVEL_WARN }, { "ERROR", CC_LEVEL_ERROR }, { "Error", CC_LEVEL_ERROR }, { "err", CC_LEVEL_ERROR },
		{ "ERROR2", CC_LEVEL_ERROR }, { "FATAL", CC_LEVEL_FATAL }, { "Critical", CC_LEVEL_FATAL }, { "trace4", CC_LEVEL_TRACE },
		{ "dbug", CC_LEVEL_UNKNOWN }, { "Debug", CC_LEVEL_DEBUG }, { "SEVERE", CC_LEVEL_ERROR }, { " W ", CC_LEVEL_WARN },
		{ "notice", CC_LEVEL_INFO }, { "SEVERITY_NUMBER_ERROR", CC_LEVEL_ERROR }, { "panic", CC_LEVEL_FATAL }, { "", CC_LEVEL_UNKNOWN },
		{ "5", CC_LEVEL_UNKNOWN }, { "unknown", CC_LEVEL_UNKNOWN },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cc_level got = CC_LEVEL_UNKNOWN;
		bool known = cc_level_parse(S(cases[i].text), &got);
		if (got != cases[i].level || known != (cases[i].level != CC_LEVEL_UNKNOWN))
			fail_msg("%s: %s", cases[i].text, cc_level_name(got));
	}
	assert_string_equal(cc_level_name(CC_LEVEL_ERROR), "error");
	assert_int_equal(cc_level_letter(CC_LEVEL_FATAL), 'F');
	assert_int_equal(cc_level_letter(CC_LEVEL_UNKNOWN), '?');
}

static void test_bodies(void **state)
{
	static const struct { const char *body; cc_level level; } cases[] = {
		{ "16:48:16.545 INFO  t.c.Travel2Controller#129 TraceID: 88 [error] x", CC_LEVEL_INFO },
		{ "2025-12-15 17:24:32,123 ERROR [main] [app.py:12] - boom", CC_LEVEL_ERROR },
		{ "2025-12-15T17:24:32Z [warn] slow", CC_LEVEL_WARN },
		{ "\x1b[31merror\x1b[0m: no such table", CC_LEVEL_ERROR },
		{ "error: connection refused", CC_LEVEL_ERROR },
		{ "Error: connect ECONNREFUSED 10.0.0.1:6379\n    at TCPConnectWrap", CC_LEVEL_ERROR },
		{ "E0102 15:04:05.678901       1 leader.go:12] lost", CC_LEVEL_ERROR },
		{ "I1215 17:24:32.000000       1 main.go:1] ERROR in name only", CC_LEVEL_INFO },
		{ "{\"level\":\"error\",\"msg\":\"x\"}", CC_LEVEL_ERROR },
		{ "{\"msg\":\"x\",\"severity\" : \"Warning\"}", CC_LEVEL_WARN },
		{ "{\"level\":50,\"time\":1}", CC_LEVEL_ERROR },
		{ "{\"msg\":\"ERROR inside a text\"}", CC_LEVEL_UNKNOWN },
		{ "ts=2025 level=warn msg=\"x\"", CC_LEVEL_WARN },
		{ "time=\"2025-12-15T17:24:32Z\" level=\"fatal\" msg=x", CC_LEVEL_FATAL },
		{ "panic: runtime error: invalid memory address", CC_LEVEL_FATAL },
		{ "Traceback (most recent call last):\n  File \"a.py\"", CC_LEVEL_ERROR },
		{ "java.lang.IllegalStateException: no\n\tat a.b.C", CC_LEVEL_ERROR },
		{ "TypeError: x is not a function", CC_LEVEL_ERROR },
		{ "0 errors found, no error at all", CC_LEVEL_UNKNOWN },
		{ "GET /error HTTP/1.1 200", CC_LEVEL_UNKNOWN },
		{ "information about warnings", CC_LEVEL_UNKNOWN },
		{ "alert manager started", CC_LEVEL_UNKNOWN },
		{ "", CC_LEVEL_UNKNOWN },
		{ "\x1b[", CC_LEVEL_UNKNOWN },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cc_level got = cc_level_of_body(S(cases[i].body));
		if (got != cases[i].level)
			fail_msg("\"%s\": %s instead of %s", cases[i].body, cc_level_name(got), cc_level_name(cases[i].level));
	}
}

static void test_trace_ids(void **state)
{
	cc_id128 id;
	cc_buf b = CC_BUF_INIT;
	(void)state;
	assert_true(cc_id128_parse(S("88ebfbcebbbc0884eabd9178e1808940"), &id));
	cc_id128_format(&b, id);
	assert_string_equal(b.p, "88ebfbcebbbc0884eabd9178e1808940");
	assert_true(cc_id128_parse(S("DD84024EB1CBCED4"), &id));
	assert_int_equal(id.hi, 0);
	assert_true(id.lo == UINT64_C(0xDD84024EB1CBCED4));
	assert_false(cc_id128_parse(S(""), &id));
	assert_true(id.hi == 0 && id.lo == 0);
	assert_true(cc_id128_parse(S("not hex at all"), &id));
	assert_true(id.hi && id.lo);
	cc_buf_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_trace_ids),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
