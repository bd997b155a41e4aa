/* test_regex.c - limits, hostile subjects and error positions of the regex wrapper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/buf.h"
#include "coldcase/regex.h"
#include "coldcase/rng.h"

static cc_regex *compile(const char *pattern, unsigned flags)
{
	cc_regex *re = NULL;
	cc_err err;
	assert_int_equal(cc_regex_compile(&re, cc_str_from(pattern), flags, &err), CC_OK);
	assert_non_null(re);
	return re;
}

static void check(const char *pattern, unsigned flags, const char *subject, cc_regex_result expected)
{
	cc_regex *re = compile(pattern, flags);
	assert_int_equal(cc_regex_match(re, cc_str_from(subject)), expected);
	cc_regex_free(re);
}

static void matches_and_case(void **state)
{
	(void)state;
	check("re(fused|set)", 0, "connection refused", CC_REGEX_YES);
	check("REFUSED", 0, "connection refused", CC_REGEX_NO);
	check("REFUSED", CC_REGEX_ICASE, "connection refused", CC_REGEX_YES);
	check("refused", CC_REGEX_SMART, "Connection REFUSED", CC_REGEX_YES);
	check("Refused", CC_REGEX_SMART, "connection refused", CC_REGEX_NO);
	check("\\Sefused", CC_REGEX_SMART, "REFUSED", CC_REGEX_YES);
	check("a.b", CC_REGEX_LITERAL, "axb", CC_REGEX_NO);
	check("a.b(", CC_REGEX_LITERAL, "xx a.b( yy", CC_REGEX_YES);
	check("", 0, "", CC_REGEX_YES);
	check("größe", CC_REGEX_ICASE, "GRÖSSE GRÖßE", CC_REGEX_YES);
}

static void bad_pattern_names_the_offset(void **state)
{
	(void)state;
	cc_regex *re = (cc_regex *)1;
	cc_err err;
	assert_int_equal(cc_regex_compile(&re, CC_STR("ab(cd"), 0, &err), CC_EUSAGE);
	assert_null(re);
	assert_int_equal(err.byte, 5);
	assert_non_null(strstr(err.message, "parenthesis"));
	assert_int_equal(cc_regex_compile(&re, CC_STR("*.*"), 0, &err), CC_EUSAGE);
	assert_int_equal(cc_regex_compile(&re, CC_STR("\\C"), 0, &err), CC_EUSAGE);
	cc_buf big = CC_BUF_INIT;
	cc_buf_add_repeat(&big, 'a', 70000);
	assert_int_equal(cc_regex_compile(&re, cc_buf_str(&big), 0, &err), CC_ELIMIT);
	cc_buf_deinit(&big);
}

static void find_gives_offsets(void **state)
{
	(void)state;
	cc_regex *re = compile("[0-9]+", 0);
	cc_str s = CC_STR("a12 b345");
	size_t from = 0, to = 0;
	assert_int_equal(cc_regex_find(re, s, 0, &from, &to), CC_REGEX_YES);
	assert_int_equal(from, 1);
	assert_int_equal(to, 3);
	assert_int_equal(cc_regex_find(re, s, to, &from, &to), CC_REGEX_YES);
	assert_int_equal(from, 5);
	assert_int_equal(to, 8);
	assert_int_equal(cc_regex_find(re, s, 8, &from, &to), CC_REGEX_NO);
	assert_int_equal(cc_regex_find(re, s, 99, &from, &to), CC_REGEX_NO);
	cc_regex_free(re);
	re = compile("a\\Kb", 0);
	assert_int_equal(cc_regex_find(re, CC_STR("xab"), 0, &from, &to), CC_REGEX_YES);
	assert_int_equal(from, 2);
	assert_int_equal(to, 3);
	cc_regex_free(re);
}

/* Each of these takes exponential or cubic time without limits. */
static void nothing_hangs(void **state)
{
	(void)state;
	static const char *const evil[] = { "(a+)+$", "(a|aa)+$", "(.*a){12}$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a*)*b", "(?:(?:a?)*)*c",
		"((a)|b|a)*(?R)?\\1\\1\\1x" };
	cc_buf s = CC_BUF_INIT;
	cc_buf_add_repeat(&s, 'a', 5000);
	cc_buf_addz(&s, "!");
	size_t gave_up = 0;
	for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
		cc_regex *re = compile(evil[i], 0);
		for (int k = 0; k < 3; k++)
			gave_up += cc_regex_match(re, cc_buf_str(&s)) == CC_REGEX_GAVE_UP;
		cc_regex_free(re);
	}
	assert_true(gave_up > 0);
	cc_buf_deinit(&s);
}

static void exhausts_after_many_failures(void **state)
{
	(void)state;
	cc_regex *re = compile("(a+)+$", 0);
	cc_buf s = CC_BUF_INIT;
	cc_buf_add_repeat(&s, 'a', 3000);
	cc_buf_addz(&s, "!");
	for (int i = 0; i < 200; i++)
		assert_int_not_equal(cc_regex_match(re, cc_buf_str(&s)), CC_REGEX_YES);
	assert_true(cc_regex_gave_up(re) >= 100);
	/* exhausted: even an easy subject is refused, and says so */
	assert_int_equal(cc_regex_match(re, CC_STR("aaa")), CC_REGEX_GAVE_UP);
	cc_buf_deinit(&s);
	cc_regex_free(re);
}

static void large_subjects_are_searched_whole(void **state)
{
	(void)state;
	cc_buf s = CC_BUF_INIT;
	for (int i = 0; i < 40000; i++)
		cc_buf_addz(&s, "ünwichtig ");
	size_t at = s.n;
	cc_buf_addz(&s, "Connection refused tail");
	cc_regex *re = compile("connection\\s+refused", CC_REGEX_ICASE);
	size_t from = 0, to = 0;
	assert_int_equal(cc_regex_find(re, cc_buf_str(&s), 0, &from, &to), CC_REGEX_YES);
	assert_int_equal(from, at);
	assert_int_equal(to, at + 18);
	assert_int_equal(cc_regex_find(re, cc_buf_str(&s), 1, &from, &to), CC_REGEX_YES);
	assert_int_equal(from, at);
	cc_regex_free(re);
	cc_buf_deinit(&s);
}

/* Random bytes as subject and as pattern: whatever comes out, offsets stay inside. */
static void random_bytes_are_safe(void **state)
{
	(void)state;
	cc_rng rng;
	cc_rng_init(&rng, 7);
	for (int round = 0; round < 3000; round++) {
		char pattern[12], subject[64];
		size_t pn = cc_rng_below(&rng, sizeof pattern), sn = cc_rng_below(&rng, sizeof subject);
		for (size_t i = 0; i < pn; i++)
			pattern[i] = round % 2 ? (char)cc_rng_u64(&rng) : "ab(|)*+?[]\\d.^$\xc3"[cc_rng_below(&rng, 16)];
		for (size_t i = 0; i < sn; i++)
			subject[i] = (char)(cc_rng_u64(&rng) >> (cc_rng_u64(&rng) % 3));
		cc_regex *re = NULL;
		unsigned flags = (unsigned)cc_rng_below(&rng, 8);
		if (cc_regex_compile(&re, (cc_str){ pattern, pn }, flags, NULL) != CC_OK)
			continue;
		size_t from = 0, to = 0, pos = 0;
		while (pos <= sn && cc_regex_find(re, (cc_str){ subject, sn }, pos, &from, &to) == CC_REGEX_YES) {
			assert_true(from <= to && to <= sn);
			pos = to > pos ? to : pos + 1;
		}
		cc_regex_free(re);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_and_case),
		cmocka_unit_test(bad_pattern_names_the_offset),
		cmocka_unit_test(find_gives_offsets),
		cmocka_unit_test(nothing_hangs),
		cmocka_unit_test(exhausts_after_many_failures),
		cmocka_unit_test(large_subjects_are_searched_whole),
		cmocka_unit_test(random_bytes_are_safe),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
