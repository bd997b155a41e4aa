/* Borrowed text: searching, comparing, cutting, hashing, numbers. */
#include "unit/base/base_test.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void test_compare(void **state)
{
	(void)state;
	assert_true(cc_str_eq(CC_STR_EMPTY, (cc_str){ NULL, 0 }));
	assert_true(cc_str_eq_nocase(S("PodName"), S("podname")));
	assert_false(cc_str_eq_nocase(S("pod"), S("pods")));
	assert_true(cc_str_cmp(S("ab"), S("abc")) < 0);
	assert_true(cc_str_cmp(S("b"), S("abc")) > 0);
	assert_true(cc_str_cmp(S("\xff"), S("a")) > 0);
	assert_true(cc_str_cmp_nocase(S("ABC"), S("abd")) < 0);
	assert_int_equal(cc_str_cmp_nocase(S("ABC"), S("abc")), 0);
}

static void test_natural_order(void **state)
{
	(void)state;
	static const char *const sorted[] = { "", "Scenario-1", "Scenario-2", "Scenario-9", "Scenario-10", "Scenario-010a",
		"Scenario-100", "Scenario-99999999999999999999999", "Scenario-100000000000000000000000", "Scenario-a", "a01", "a1",
		"a1b" };
	size_t n = sizeof sorted / sizeof sorted[0];
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			int c = cc_str_cmp_natural(S(sorted[i]), S(sorted[j]));
			assert_int_equal((c > 0) - (c < 0), (i > j) - (i < j));
		}
}

static void test_search(void **state)
{
	(void)state;
	assert_int_equal(cc_str_find(S("hay needle"), S("needle")), 4);
	assert_int_equal(cc_str_find(S("aaab"), S("aab")), 1);
	assert_int_equal(cc_str_find(S("hay"), S("")), 0);
	assert_int_equal(cc_str_find(S(""), S("")), 0);
	assert_true(cc_str_find(S("ha"), S("hay")) == CC_STR_NONE);
	assert_true(cc_str_find(S(""), S("x")) == CC_STR_NONE);
	assert_int_equal(cc_str_find_nocase(S("xx ERROR"), S("error")), 3);
	assert_true(cc_str_find_nocase(S("err"), S("error")) == CC_STR_NONE);
	assert_int_equal(cc_str_find_char(CC_STR("a\0b"), '\0'), 1);
	assert_int_equal(cc_str_rfind_char(S("a/b/c"), '/'), 3);
	assert_true(cc_str_rfind_char(S("abc"), '/') == CC_STR_NONE);
	assert_true(cc_str_starts(S("k8s_events"), S("k8s_")) && !cc_str_starts(S("k8"), S("k8s_")));
	assert_true(cc_str_ends(S("a.tsv"), S(".tsv")) && !cc_str_ends(S("tsv"), S(".tsv")));
	assert_true(cc_str_starts_nocase(S("ERROR: x"), S("error")));
}

static void test_cut_and_trim(void **state)
{
	(void)state;
	cc_str head, tail;
	assert_true(cc_str_cut(S("a=b=c"), '=', &head, &tail));
	check_str(head, "a");
	check_str(tail, "b=c");
	assert_false(cc_str_cut(S("abc"), '=', &head, &tail));
	check_str(head, "abc");
	check_str(tail, "");
	check_str(cc_str_trim(S(" \t\r\n x y \v")), "x y");
	check_str(cc_str_trim(S("  ")), "");
	check_str(cc_str_sub(S("abc"), 1, 99), "bc");
	check_str(cc_str_sub(S("abc"), 5, 2), "");
	check_str(cc_str_strip_suffix(S("x.tsv"), S(".tsv")), "x");
}

static void test_hash(void **state)
{
	(void)state;
	/* written into caches: these may not change */
	assert_true(cc_str_hash(S("")) == cc_str_hash(CC_STR_EMPTY));
	assert_true(cc_str_hash(S("frontend")) == UINT64_C(0x81F249F6506B0F70));
	assert_true(cc_str_hash(S("checkoutservice-7d9f")) == UINT64_C(0x9979F6B4B474952C));
	assert_true(cc_str_hash(CC_STR("a")) != cc_str_hash(CC_STR("a\0")));
	assert_true(cc_str_hash_nocase(S("ChECkoutService")) == cc_str_hash_nocase(S("cHecKOUTsERVICE")));
	assert_true(cc_str_hash_nocase(S("a")) != cc_str_hash_nocase(S("b")));
}

static void test_to_i64(void **state)
{
	(void)state;
	int64_t v = 42;
	assert_true(cc_str_to_i64(S("9223372036854775807"), &v) && v == INT64_MAX);
	assert_true(cc_str_to_i64(S("-9223372036854775808"), &v) && v == INT64_MIN);
	assert_true(cc_str_to_i64(S("+7"), &v) && v == 7);
	assert_true(cc_str_to_i64(S("007"), &v) && v == 7);
	v = 42;
	static const char *const bad[] = { "", "-", "+", "9223372036854775808", "-9223372036854775809", "1 ", " 1", "1.0", "0x1",
		"99999999999999999999999" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(cc_str_to_i64(S(bad[i]), &v));
	assert_int_equal(v, 42);
}

static void check_double(const char *text, double want)
{
	double got = -1;
	assert_true(cc_str_to_double(S(text), &got));
	if (got != want)
		print_error("%s: got %.17g, want %.17g\n", text, got, want);
	assert_true(got == want);
}

static void test_to_double(void **state)
{
	(void)state;
	check_double("4e-01", 0.4);
	check_double("0.1", 0.1);
	check_double("-12.5", -12.5);
	check_double("5.", 5.0);
	check_double(".5", 0.5);
	check_double("1765819472123456789", 1765819472123456789.0);
	check_double("123456789012345678901234567890", 123456789012345678901234567890.0);
	check_double("0.000000000000000000000000000000000000012345678901234567890", 1.2345678901234567890e-38);
	check_double("2.2250738585072014e-308", 2.2250738585072014e-308);
	check_double("1e400", (double)INFINITY);
	check_double("+Inf", (double)INFINITY);
	check_double("-inf", -(double)INFINITY);
	check_double("Infinity", (double)INFINITY);
	double v = 42;
	assert_true(cc_str_to_double(S("NaN"), &v) && isnan(v));
	v = 42;
	static const char *const bad[] = { "", "-", ".", "e5", "1e", "1e+", "1e5x", "0x10", "1,5", " 1", "1 ", "nanx", "--1",
		"1e99999999999999x" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(cc_str_to_double(S(bad[i]), &v));
	assert_true(v == 42);
}

/* The own conversion against the C library's, on decimals around the borders of the exact fast path. */
static void test_to_double_agrees(void **state)
{
	(void)state;
	uint64_t seed = 9;
	for (int i = 0; i < 50000; i++) {
		char text[64];
		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		uint64_t mantissa = seed >> (seed >> 58);
		snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)(mantissa / 1000),
			(unsigned long long)(mantissa % 1000), (int)(seed >> 20 & 63) - 32);
		double got = -1;
		assert_true(cc_str_to_double(S(text), &got));
		if (got != strtod(text, NULL))
			print_error("%s\n", text);
		assert_true(got == strtod(text, NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_natural_order),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_cut_and_trim),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_to_i64),
		cmocka_unit_test(test_to_double),
		cmocka_unit_test(test_to_double_agrees),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
