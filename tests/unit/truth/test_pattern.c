/* The pattern engine: what filters use, what is refused, and that nothing hostile takes long. */
#include "truth_support.h"
#include "truth/truth_priv.h"
#include "coldcase/clock.h"

static cc_arena *arena;

static cc_pattern compile(const char *text)
{
	cc_pattern p;
	assert_true(cc_pattern_compile(&p, arena, cc_str_from(text), false));
	return p;
}

static bool matches(const char *text, const char *name)
{
	cc_pattern p = compile(text);
	if (p.shape != PATTERN_REGEX)
		fail_msg("%s did not compile", text);
	return cc_pattern_match(&p, cc_str_from(name));
}

static void test_matching(void **state)
{
	static const struct { const char *pattern, *name; bool want; } CASES[] = {
		{ "frontend\\b", "frontend", true },
		{ "frontend\\b", "frontend-proxy", false },
		{ "frontend-.*", "frontend-proxy-1", true },
		{ "frontend-.*", "frontend", false },
		{ "FrontEnd", "frontend", true },
		{ ".*checkout.*", "my-checkout-2", true },
		{ "^x-[a-z0-9]+-[a-z0-9]+$", "x-ab1-c", true },
		{ "^x-[a-z0-9]+-[a-z0-9]+$", "x-ab1", false },
		{ "productpage-v1-*", "productpage-v1", true },
		{ "productpage-v1-*", "productpage-v1---", true },
		{ "productpage-v1-*", "productpage-v1-abc", false },
		{ "reviews-v*", "reviews-", true },
		{ "ad-.*_AdService_GetAds", "ad-x_AdService_GetAds", true },
		{ "a(b|cd)?e", "acde", true },
		{ "a(b|cd)?e", "ae", true },
		{ "a(b|cd)?e", "abde", false },
		{ "a|b|cc", "cc", true },
		{ "a|b|cc", "c", false },
		{ "x{2,3}", "xx", true },
		{ "x{2,3}", "xxxx", false },
		{ "x{2}", "x", false },
		{ "x{2,}y", "xxxxxy", true },
		{ "(ab){2}", "abab", true },
		{ "x{a}", "x{a}", true },
		{ "[^a-c]x", "dx", true },
		{ "[^a-c]x", "Bx", false },
		{ "[]x]+", "]x", true },
		{ "[A-Z]+", "abc", true },
		{ "\\d+\\.\\w\\s", "12.a ", true },
		{ "a.c", "abc", true },
		{ "a\\.c", "abc", false },
		{ "", "", true },
		{ "", "a", false },
		{ "(?:ab)*?c", "ababc", true },
		{ "a\\Bb", "ab", true },
		{ "a\\bb", "ab", false },
		{ "(a*)*b", "aab", true },
		{ "()", "", true },
	};
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
		if (matches(CASES[i].pattern, CASES[i].name) != CASES[i].want)
			fail_msg("%s against %s", CASES[i].pattern, CASES[i].name);
}

static void test_refused(void **state)
{
	static const char *const BAD[] = { "*.*", "*", "+a", "a**", "a*+", "(a", "a)", "[a", "a\\", "[b-a]", "(?=a)", "\\1", "\\q", "^*",
		"\\b+", "x{3,2}", "x{999}", "(((((((((((((((((((((((((((((((((((((((((((a" };
	(void)state;
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
		cc_pattern p = compile(BAD[i]);
		if (p.shape != PATTERN_INVALID)
			fail_msg("%s compiled", BAD[i]);
		assert_false(cc_pattern_match(&p, CC_STR("a")));
	}
}

static void test_shapes(void **state)
{
	static const struct { const char *text, *literal; bool tail, head, glob, single; } CASES[] = {
		{ "frontend\\b", "frontend", false, false, false, true },
		{ "Frontend-.*", "frontend", true, false, false, true },
		{ "frontend-.+", "frontend", true, false, false, true },
		{ "^checkout-.*$", "checkout", true, false, false, true },
		{ ".*recommendation", "recommendation", false, true, false, true },
		{ ".*frontendproxy.*", "frontendproxy", false, false, false, true },
		{ "productpage-v1-*", "productpage-v1", false, false, true, true },
		{ "^x1-[a-z0-9]+-[a-z0-9]+$", "x1", false, false, false, true },
		{ "ad-.*_AdService_GetAds", "_adservice_getads", false, false, false, false },
		{ "flagd-config", "flagd-config", false, false, false, true },
		{ "my\\.host", "my.host", false, false, false, true },
		{ "*.*", "", false, false, false, false },
		{ "a|b", "", false, false, false, false },
		{ ".*", "", false, false, false, false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		cc_pattern p = compile(CASES[i].text);
		assert_str(p.literal, CASES[i].literal);
		if (p.tail_wild != CASES[i].tail || p.head_wild != CASES[i].head || p.glob_like != CASES[i].glob || p.single != CASES[i].single)
			fail_msg("%s: tail %d head %d glob %d single %d", CASES[i].text, p.tail_wild, p.head_wild, p.glob_like, p.single);
	}
}

static void test_glob(void **state)
{
	(void)state;
	assert_true(cc_pattern_glob(CC_STR("a-*"), CC_STR("A-xyz")));
	assert_true(cc_pattern_glob(CC_STR("*b*"), CC_STR("abc")));
	assert_true(cc_pattern_glob(CC_STR("a?c**"), CC_STR("abc")));
	assert_false(cc_pattern_glob(CC_STR("a-*"), CC_STR("a")));
	assert_false(cc_pattern_glob(CC_STR("a.c"), CC_STR("abc")));
}

/* Patterns that stop backtracking engines. Generous bound: each is far below a millisecond when linear. */
static void test_hostile_is_linear(void **state)
{
	static const char *const HOSTILE[] = { "(a*)*b", "(a|a)*b", "(a|aa)+$b", "(.*)*(.*)*x", "((((a*)*)*)*)*b",
		"a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaaaab", "(a{0,20}){0,20}b", ".*.*.*.*.*.*.*.*.*.*.*.*=x" };
	char name[CC_TRUTH_NAME_MAX + 2];
	(void)state;
	memset(name, 'a', sizeof name);
	int64_t start = cc_clock_mono_ns();
	for (size_t i = 0; i < sizeof HOSTILE / sizeof HOSTILE[0]; i++) {
		cc_pattern p = compile(HOSTILE[i]);
		assert_int_equal(p.shape, PATTERN_REGEX);
		assert_false(cc_pattern_match(&p, (cc_str){ name, CC_TRUTH_NAME_MAX }));
		assert_false(cc_pattern_glob(cc_str_from("*a*a*a*a*a*a*a*b"), (cc_str){ name, CC_TRUTH_NAME_MAX }));
	}
	assert_true(cc_clock_mono_ns() - start < INT64_C(2000000000));
}

static void test_limits(void **state)
{
	char text[CC_TRUTH_PATTERN_MAX + 2], name[CC_TRUTH_NAME_MAX + 2];
	cc_pattern p;
	(void)state;
	memset(text, 'a', sizeof text);
	memset(name, 'a', sizeof name);
	assert_true(cc_pattern_compile(&p, arena, (cc_str){ text, CC_TRUTH_PATTERN_MAX }, false));
	assert_int_equal(p.shape, PATTERN_REGEX);
	assert_true(cc_pattern_compile(&p, arena, (cc_str){ text, CC_TRUTH_PATTERN_MAX + 1 }, false));
	assert_int_equal(p.shape, PATTERN_INVALID);
	p = compile(".*");
	assert_true(cc_pattern_match(&p, (cc_str){ name, CC_TRUTH_NAME_MAX }));
	assert_false(cc_pattern_match(&p, (cc_str){ name, CC_TRUTH_NAME_MAX + 1 }));
	p = compile("(((a{99}){9}){9})"); /* more code than allowed */
	assert_int_equal(p.shape, PATTERN_INVALID);
	assert_true(cc_pattern_compile(&p, arena, CC_STR("a.*"), true));
	assert_true(cc_pattern_match(&p, CC_STR("A.*")));
	assert_false(cc_pattern_match(&p, CC_STR("abc")));
}

static int setup(void **state)
{
	(void)state;
	arena = cc_arena_new();
	return arena ? 0 : 1;
}

static int teardown(void **state)
{
	(void)state;
	cc_arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matching), cmocka_unit_test(test_refused), cmocka_unit_test(test_shapes), cmocka_unit_test(test_glob),
		cmocka_unit_test(test_hostile_is_linear), cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
