/* Times and durations: the forms of snapshots, of people, and how they are shown. */
#include "coldcase/clock.h"
#include "coldcase/time.h"
#include "unit/base/base_test.h"
#include <stdlib.h>

static const int64_t noon = INT64_C(1765819472) * CC_NS_PER_S; /* 2025-12-15T17:24:32Z */

static void check_parse(const char *text, int64_t want)
{
	int64_t got = 42;
	if (!cc_time_parse(S(text), &got) || got != want)
		print_error("%s: got %lld, want %lld\n", text, (long long)got, (long long)want);
	assert_true(got == want);
}

static void test_parse_calendar(void **state)
{
	(void)state;
	check_parse("2025-12-15 17:24:32", noon);
	check_parse("2025-12-15 17:24:32.5", noon + 500000000);
	check_parse("2025-12-15 17:24:32.123", noon + 123000000);
	check_parse("2025-12-15 17:24:32.123456", noon + 123456000);
	check_parse("2025-12-15 17:24:32.123456789", noon + 123456789);
	check_parse("2025-12-15 17:24:32.1234567899999", noon + 123456789);
	check_parse("2025-12-15", noon - (17 * 3600 + 24 * 60 + 32) * CC_NS_PER_S);
	check_parse("2025-12-15T17:24:32Z", noon);
	check_parse("2025-12-15t17:24:32z", noon);
	check_parse("2025-12-15T17:24:32.000001Z", noon + 1000);
	check_parse("2024-02-29T00:00:00Z", INT64_C(1709164800) * CC_NS_PER_S);
	check_parse("1970-01-01T00:00:00Z", 0);
	check_parse("1969-12-31T23:59:59.999999999Z", -1);
	check_parse("2016-12-31T23:59:60Z", INT64_C(1483228800) * CC_NS_PER_S); /* leap second */
}

static void test_parse_zones(void **state)
{
	(void)state;
	check_parse("2025-12-15T18:24:32+01:00", noon);
	check_parse("2025-12-15T12:54:32-04:30", noon);
	check_parse("2025-12-15T18:24:32+0100", noon);
	check_parse("2025-12-15T18:24:32+01", noon);
	check_parse("2025-12-15 17:24:32 UTC", noon);
	check_parse("2025-12-15 17:24:32 +0000 UTC", noon);
	check_parse("2025-12-15 17:24:32.123456789 +0000 UTC", noon + 123456789);
	check_parse("2025-12-15 18:24:32 +0100 CET", noon);
	check_parse("2025-12-15 14:24:32 -0300 -03", noon);
}

static void test_parse_file_stamps(void **state)
{
	(void)state;
	check_parse("2025-12-15T17-24-32", noon);
	check_parse("2025-12-15T17-24-32.123456", noon + 123456000);
	check_parse("2025-12-15T172432.713186Z", noon + 713186000);
}

static void test_parse_epoch(void **state)
{
	(void)state;
	check_parse("0", 0);
	check_parse("1765819472", noon);
	check_parse("1765819472123", noon + 123000000);
	check_parse("1765819472123456", noon + 123456000);
	check_parse("1765819472123456789", noon + 123456789);
	check_parse("9223372036854775807", INT64_MAX);
}

static void test_parse_range(void **state)
{
	(void)state;
	check_parse("2262-04-11T23:47:16.854775807Z", INT64_MAX);
	check_parse("1677-09-21T00:12:43.145224193Z", INT64_MIN + 1);
}

static void test_parse_refuses(void **state)
{
	(void)state;
	static const char *const bad[] = { "", " ", "x", "-5", "2025-12", "2025-13-01", "2025-00-01", "2025-12-00",
		"2025-02-29", "2025-12-15 24:00:00", "2025-12-15 17:60:00", "2025-12-15 17:24:61", "2025-12-15 17:24",
		"2025-12-15 17:24:32.", "2025-12-15 17:24:32,5", "2025-12-15 17:24:32x", "2025-12-15 17:24:32+", "2025-12-15 ",
		"2025-12-15T17:24:32+25:00", "2025-12-15T17:24:32 XYZ", "2025-12-15T17:24:32Z ", " 2025-12-15", "2025-12-15T17-24:32",
		"2025-12-15 17-24-32", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2262-04-11T23:47:16.854775808Z",
		"1677-09-21T00:12:43.145224192Z", "9223372036854775808", "1765819472.5", "NaT" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int64_t v = 42;
		if (cc_time_parse(S(bad[i]), &v))
			print_error("\"%s\" accepted\n", bad[i]);
		assert_int_equal(v, 42);
	}
	int64_t v;
	assert_false(cc_time_parse(CC_STR("2025-12-15 17:24:32\0"), &v));
}

static void check_user(const char *text, int64_t onset, int64_t want)
{
	int64_t got = 42;
	if (!cc_time_parse_user(S(text), noon, onset, &got))
		print_error("%s refused\n", text);
	assert_true(got == want);
}

static void test_parse_user(void **state)
{
	(void)state;
	const int64_t onset = noon - 600 * CC_NS_PER_S, minute = 60 * CC_NS_PER_S;
	check_user("17:25", onset, noon + 28 * CC_NS_PER_S);
	check_user("17:24:32", onset, noon);
	check_user("17:24:32.250", onset, noon + 250000000);
	check_user("17:24:32Z", onset, noon);
	check_user("2025-12-15 17:25", onset, noon + 28 * CC_NS_PER_S);
	check_user("2025-12-15T17:24:32Z", onset, noon);
	check_user("T+5m", onset, onset + 5 * minute);
	check_user("T-90s", onset, onset - 90 * CC_NS_PER_S);
	check_user("t+02:30", onset, onset + 150 * CC_NS_PER_S);
	check_user("T-1:00:05", onset, onset - 3605 * CC_NS_PER_S);
	check_user("+5m", onset, noon + 5 * minute);
	check_user("-90s", onset, noon - 90 * CC_NS_PER_S);
	check_user(" 1765819472 ", onset, noon);
	int64_t v = 42;
	assert_false(cc_time_parse_user(S("T+5m"), noon, CC_TIME_NONE, &v));
	assert_false(cc_time_parse_user(S("T5m"), noon, onset, &v));
	assert_false(cc_time_parse_user(S("25:00"), noon, onset, &v));
	assert_false(cc_time_parse_user(S("+"), noon, onset, &v));
	assert_false(cc_time_parse_user(S("17:25"), CC_TIME_NONE, onset, &v));
	assert_false(cc_time_parse_user(S("+100000d"), noon, onset, &v));
	assert_int_equal(v, 42);
}

static void test_duration_parse(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{ "90s", 90 * CC_NS_PER_S }, { "5m", 300 * CC_NS_PER_S }, { "1h30m", 5400 * CC_NS_PER_S }, { "1d", 86400 * CC_NS_PER_S },
		{ "250ms", 250000000 }, { "15us", 15000 }, { "15µs", 15000 }, { "7ns", 7 }, { "1.5s", 1500000000 },
		{ "0.5d", 43200 * CC_NS_PER_S }, { "30", 30 * CC_NS_PER_S }, { "1.25", 1250000000 }, { "0", 0 },
		{ "4m20.5s", 260500000000 }, { "9223372036s", INT64_C(9223372036) * CC_NS_PER_S },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t got = -1;
		assert_true(cc_duration_parse(S(cases[i].text), &got));
		assert_true(got == cases[i].ns);
	}
	static const char *const bad[] = { "", "s", "5x", "-5s", "+5s", "5 s", "1h30", "1.s", ".5s", "9223372037s",
		"99999999999999999999s", "106752d", "5mm" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int64_t v = 42;
		assert_false(cc_duration_parse(S(bad[i]), &v));
		assert_int_equal(v, 42);
	}
}

static void check_format(void (*format)(cc_buf *, int64_t), int64_t ns, const char *want)
{
	cc_buf b = CC_BUF_INIT;
	format(&b, ns);
	check_buf(&b, want);
}

static void test_time_format(void **state)
{
	(void)state;
	check_format(cc_time_format, noon, "2025-12-15T17:24:32Z");
	check_format(cc_time_format, noon + 120000000, "2025-12-15T17:24:32.120Z");
	check_format(cc_time_format, noon + 123456000, "2025-12-15T17:24:32.123456Z");
	check_format(cc_time_format, noon + 1, "2025-12-15T17:24:32.000000001Z");
	check_format(cc_time_format, -1, "1969-12-31T23:59:59.999999999Z");
	check_format(cc_time_format, CC_TIME_NONE, "-");
	check_format(cc_time_format, INT64_MIN + 1, "1677-09-21T00:12:43.145224193Z");
	check_format(cc_time_format_ms, noon + 999999999, "2025-12-15T17:24:32.999Z");
	check_format(cc_time_format_clock, noon, "17:24:32Z");
	check_format(cc_time_format_clock_ms, noon + 1000000, "17:24:32.001Z");
	check_format(cc_time_format_stamp, noon, "2025-12-15 17:24:32.000000000");
}

static void test_duration_format(void **state)
{
	(void)state;
	check_format(cc_duration_format, 0, "0s");
	check_format(cc_duration_format, 7, "7ns");
	check_format(cc_duration_format, 1234, "1.23us");
	check_format(cc_duration_format, 412000, "412us");
	check_format(cc_duration_format, 999499, "999us");
	check_format(cc_duration_format, 999500, "1ms");
	check_format(cc_duration_format, 12500000, "12.5ms");
	check_format(cc_duration_format, 12550000, "12.6ms");
	check_format(cc_duration_format, 1444000000, "1.44s");
	check_format(cc_duration_format, 1005000000, "1.01s");
	check_format(cc_duration_format, 59949999999, "59.9s");
	check_format(cc_duration_format, 59950000000, "1m");
	check_format(cc_duration_format, 260 * CC_NS_PER_S, "4m20s");
	check_format(cc_duration_format, 245 * CC_NS_PER_S, "4m05s");
	check_format(cc_duration_format, 3600 * CC_NS_PER_S - 1, "1h");
	check_format(cc_duration_format, (3 * 3600 + 300) * CC_NS_PER_S, "3h05m");
	check_format(cc_duration_format, 86400 * CC_NS_PER_S - 1, "1d");
	check_format(cc_duration_format, 5 * 86400 * CC_NS_PER_S, "5d");
	check_format(cc_duration_format, (86400 + 6 * 3600) * CC_NS_PER_S, "1d06h");
	check_format(cc_duration_format, -1500000000, "-1.5s");
	check_format(cc_duration_format, INT64_MAX, "106752d");
}

static void test_offset_format(void **state)
{
	(void)state;
	check_format(cc_offset_format, 0, "T+00:00");
	check_format(cc_offset_format, 150 * CC_NS_PER_S, "T+02:30");
	check_format(cc_offset_format, -90 * CC_NS_PER_S, "T-01:30");
	check_format(cc_offset_format, -500000000, "T+00:00");
	check_format(cc_offset_format, 3605 * CC_NS_PER_S, "T+1:00:05");
}

static void test_round_trip(void **state)
{
	(void)state;
	for (int64_t ns = INT64_MIN + 12345; ns < INT64_MAX - INT64_C(40000000000000001); ns += INT64_C(31556952123456789)) {
		cc_buf b = CC_BUF_INIT;
		int64_t back = 0;
		cc_time_format(&b, ns);
		assert_true(cc_time_parse(cc_buf_str(&b), &back) && back == ns);
		cc_buf_clear(&b);
		cc_time_format_stamp(&b, ns);
		assert_true(cc_time_parse(cc_buf_str(&b), &back) && back == ns);
		cc_buf_deinit(&b);
	}
}

static void test_civil_range(void **state)
{
	(void)state;
	assert_true(cc_time_from_civil(9999, 1, 1, 0, 0, 0, 0) == CC_TIME_NONE);
	assert_true(cc_time_from_civil(-100000, 1, 1, 0, 0, 0, 0) == CC_TIME_NONE);
	assert_true(cc_time_from_civil(2000, 3, 1, 0, 0, 0, 0) - cc_time_from_civil(2000, 2, 28, 0, 0, 0, 0) ==
		2 * 86400 * CC_NS_PER_S);
}

static void test_clock(void **state)
{
	(void)state;
	assert_true(cc_clock_wall_ns() > noon - INT64_C(200000000) * CC_NS_PER_S);
	int64_t before = cc_clock_mono_ns();
	assert_true(cc_clock_mono_ns() >= before);
	cc_clock_fake_set(1000);
	assert_int_equal(cc_clock_mono_ns(), 1000);
	cc_clock_fake_advance(5);
	assert_int_equal(cc_clock_wall_ns(), 1005);
	cc_clock_fake_off();
	assert_true(cc_clock_mono_ns() >= before && cc_clock_wall_ns() != 1005);
}

int main(void)
{
	unsetenv("COLDCASE_FAKE_CLOCK");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_calendar),
		cmocka_unit_test(test_parse_zones),
		cmocka_unit_test(test_parse_file_stamps),
		cmocka_unit_test(test_parse_epoch),
		cmocka_unit_test(test_parse_range),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_parse_user),
		cmocka_unit_test(test_duration_parse),
		cmocka_unit_test(test_time_format),
		cmocka_unit_test(test_duration_format),
		cmocka_unit_test(test_offset_format),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_civil_range),
		cmocka_unit_test(test_clock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
