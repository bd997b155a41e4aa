/* test_prefilter.c - which strings an expression needs, and that "no" and "exact" are never wrong: PCRE2 is asked
 * too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/buf.h"
#include "coldcase/rng.h"
#include "coldcase/utf8.h"
#include "query/regex_priv.h"

static void add_needles(cc_buf *b, const char *before, const cc_finder *f)
{
	for (size_t i = 0; f && i < cc_finder_count(f); i++) {
		cc_buf_addz(b, i ? "," : before);
		cc_buf_add(b, cc_finder_needle(f, i));
	}
}

/* The needles of a pattern, joined by commas, "=" before them when an occurrence is a match; "" = none. Behind " == " those of
 * which one occurs if and only if it matches. */
static void check(const char *pattern, unsigned flags, const char *expected)
{
	cc_regex *re = NULL;
	cc_buf b = CC_BUF_INIT;
	assert_int_equal(cc_regex_compile(&re, cc_str_from(pattern), flags, NULL), CC_OK);
	const cc_prefilter *p = cc_regex_prefilter(re);
	add_needles(&b, p->exact ? "=" : "", p->finder);
	add_needles(&b, " == ", p->sure);
	assert_string_equal(b.p ? b.p : "", expected);
	cc_buf_deinit(&b);
	cc_regex_free(re);
}

static void needles_of_plain_parts(void **state)
{
	(void)state;
	check("Connection refused", 0, "=Connection refused");
	check("a.b(c", CC_REGEX_LITERAL, "=a.b(c");
	check("größe", 0, "=größe");
	check("", 0, "");
	check("user[0-9]{3,5}@example\\.com", 0, "@example.com");
	check("abc+de", 0, "abc");
	check("ab?cde", 0, "cde");
	check("ab{0}cde", 0, "cde");
	check("(ab){2}c{2,}", 0, "abc");
	check("x(foo)+y", 0, "xfoo");
	check("foo.*barbaz", 0, "barbaz");
	check("^panic: \\d+$", 0, "panic: ");
	check("\\bfoo\\b", 0, "foo");
	check("a\\tb\\x2dc\\/", 0, "=a\tb-c/");
	check("v1[.]2[Ee]x", 0, "=v1.2Ex,v1.2ex");
	check("[[:alpha:]]foo[]x]", 0, "foo],foox");
	check("{\"level\"}", 0, "={\"level\"}");
	check("\\d+", 0, "");
	check("a|", 0, "");
}

static void needles_of_alternations(void **state)
{
	(void)state;
	check("re(fused|set)", 0, "=refused,reset");
	check("(?:get|put) (?<path>/a|/b)", 0, "=get /a,get /b,put /a,put /b");
	check("timeout after \\d+|refused.*peer", 0, "timeout after ,refused");
	check("timeout|\\d+", 0, "");
	check("(a|b)(c|d)(e|f)(g|h)", 0, "ace,acf,ade,adf,bce,bcf,bde,bdf");
	check("a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q", 0, "");
}

static void needles_without_case(void **state)
{
	(void)state;
	check("Timed Out", CC_REGEX_ICASE, "=timed out");
	check("(?i)Timed Out", 0, "=timed out");
	/* U+017F is an s, U+212A is a k */
	check("payment request failed", CC_REGEX_SMART, "payment reque == payment request failed,payment reque\xC5\xBFt failed");
	check("disk", CC_REGEX_ICASE, "disk,\xC5\xBF,\xE2\x84\xAA == disk,dis\xE2\x84\xAA,di\xC5\xBFk,di\xC5\xBF\xE2\x84\xAA");
	check("oops", CC_REGEX_ICASE, "oops,\xC5\xBF == oops,oop\xC5\xBF");
	check("sky?", CC_REGEX_ICASE, "sk,\xC5\xBF,\xE2\x84\xAA");
	check("thirsty gas|not", CC_REGEX_ICASE, "thirsty gas,not,\xC5\xBF == thirsty gas,thirsty ga\xC5\xBF,"
		"thir\xC5\xBFty gas,thir\xC5\xBFty ga\xC5\xBF,not");
	check("misses kiosks", CC_REGEX_ICASE, "misses kiosks,\xC5\xBF,\xE2\x84\xAA");      /* more spellings than one looks for */
	check("über", CC_REGEX_ICASE, "ber");
	check("disk\xff", CC_REGEX_ICASE, "=disk\xff");
}

static void what_is_not_understood_gives_none(void **state)
{
	(void)state;
	static const char *const patterns[] = {
		"foo(?=bar)", "(?<!x)foo", "(foo)\\1", "\\Qfoo\\E", "foo(?i)bar", "(?x)foo bar", "(?i:foo)",
		"(*UTF)foo", "(foo)(?1)", "(a)?(?(1)foo|foo)", "foo(?#x)", "\\x{66}oo", "[\\Q]\\E]foo",
		"foo\\N{U+41}", "foo{,3}", "(?|foo|bar)", "foo(?C1)",
	};
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		check(patterns[i], 0, "");
}

static void long_texts_are_cut(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_regex *re = NULL;
	for (int i = 0; i < 300; i++)
		cc_buf_addf(&b, "%d,", i);
	assert_int_equal(cc_regex_compile(&re, cc_buf_str(&b), CC_REGEX_LITERAL, NULL), CC_OK);
	assert_false(cc_regex_prefilter(re)->exact);
	assert_int_equal(cc_finder_count(cc_regex_prefilter(re)->finder), 1);
	assert_int_equal(cc_regex_match(re, cc_buf_str(&b)), CC_REGEX_YES);
	b.p[b.n - 2]++; /* the needle is still there */
	assert_int_equal(cc_regex_match(re, cc_buf_str(&b)), CC_REGEX_NO);
	cc_regex_free(re);
	cc_buf_clear(&b);
	cc_buf_add_repeat(&b, '(', 100);
	cc_buf_addz(&b, "foo");
	cc_buf_add_repeat(&b, ')', 100);
	check(b.p, 0, "");
	cc_buf_deinit(&b);
}

/* Which characters equal an ASCII letter is PCRE2's to say; the needles know of two beyond ASCII. */
static void letters_equal_to_ascii(void **state)
{
	(void)state;
	for (char c = 'a'; c <= 'z'; c++) {
		cc_regex *re = NULL;
		assert_int_equal(cc_regex_compile(&re, (cc_str){ &c, 1 }, CC_REGEX_ICASE, NULL), CC_OK);
		for (uint32_t cp = 0x80; cp < 0x20000; cp++) {
			char utf[4];
			size_t from, to;
			cc_str text = { utf, cc_utf8_encode(cp, utf) };
			bool known = (c == 's' && cp == 0x17F) || (c == 'k' && cp == 0x212A);
			if (cp == CC_UTF8_BAD || (cp >= 0xD800 && cp < 0xE000))
				continue;
			cc_regex_result expected = known ? CC_REGEX_YES : CC_REGEX_NO;
			assert_int_equal(cc_regex_find_unfiltered(re, text, 0, &from, &to), expected);
			assert_int_equal(cc_regex_match(re, text), expected);
		}
		cc_regex_free(re);
	}
}

static void add_random(cc_rng *rng, cc_buf *b, int depth)
{
	static const char *const items[] = {
		"a", "b", "s", "K", "ab", "sk", "é", "ſ", "\xE2\x84\xAA", ".", "\\d", "\\.", "\\b", "^", "$", "[ab]",
		"[^a]", "[a-c]", "[]a]", "[[:alpha:]]", "[\\]b]", "\\x61", "\\n", "\\Ka", "{", "}", "]", "\\w", "\"",
		"(?i)", "\\Qa|b\\E", "(?=a)", "(?<=b)", "\\1", "\xff", "\xc3", "\\s", "#", " ",
	};
	static const char *const after[] = {
		"*", "+", "?", "{2}", "{0}", "{0,2}", "{1,}", "+?", "*+", "{,2}", "{2}{0}",
	};
	static const char *const open[] = { "(", "(?:", "(?<n>", "(?>", "(?|", "(?i:", "(?!" };
	size_t n = cc_rng_below(rng, 5);
	for (size_t i = 0; i < n; i++) {
		if (depth && cc_rng_below(rng, 4) == 0) {
			cc_buf_addz(b, open[cc_rng_below(rng, cc_rng_below(rng, 3) ? 2 : sizeof open / sizeof *open)]);
			add_random(rng, b, depth - 1);
			cc_buf_add_char(b, ')');
		} else {
			size_t kinds = cc_rng_below(rng, 3) ? 9 : sizeof items / sizeof *items;
			cc_buf_addz(b, items[cc_rng_below(rng, kinds)]);
		}
		if (cc_rng_below(rng, 4) == 0)
			cc_buf_addz(b, after[cc_rng_below(rng, sizeof after / sizeof *after)]);
		if (cc_rng_below(rng, 6) == 0)
			cc_buf_add_char(b, '|');
	}
}

static void add_subject(cc_rng *rng, cc_buf *b)
{
	static const char *const items[] = {
		"a", "b", "s", "K", "k", "S", "A", "ab", "sk", "é", "ſ", "\xE2\x84\xAA", "1", ".", "|", "\n", "{",
		"]", "\xff", "\xc3", "\xa9", "\xe2", "\x84", "\"", "c", " ", "#", "B", "\xf0",
	};
	for (size_t n = cc_rng_below(rng, 12); n; n--)
		cc_buf_addz(b, items[cc_rng_below(rng, sizeof items / sizeof *items)]);
}

/* PCRE2 with and without the needles, from the start and from within. Says whether the needles decided anything. */
static int compare(cc_regex *re, cc_str subject, size_t from)
{
	const cc_prefilter *p = cc_regex_prefilter(re);
	size_t start, end, start2, end2;
	cc_regex_result expected = cc_regex_find_unfiltered(re, subject, from, &start, &end);
	if (expected == CC_REGEX_GAVE_UP)
		return 0;
	assert_int_equal(cc_regex_find(re, subject, from, &start2, &end2), expected);
	assert_int_equal(start2, start);
	assert_int_equal(end2, end);
	if (from == 0)
		assert_int_equal(cc_regex_match(re, subject), expected);
	return p->finder && (p->exact || expected == CC_REGEX_NO);
}

static void random_patterns_and_subjects(void **state)
{
	(void)state;
	cc_rng rng;
	cc_rng_init(&rng, 23);
	cc_buf pattern = CC_BUF_INIT, subject = CC_BUF_INIT;
	int compiled = 0, filtered = 0, exact = 0, sure = 0, decided = 0;
	for (int round = 0; round < 30000; round++) {
		cc_regex *re = NULL;
		cc_buf_clear(&pattern);
		add_random(&rng, &pattern, 2);
		unsigned flags = (unsigned)cc_rng_below(&rng, 8);
		if (cc_regex_compile(&re, cc_buf_str(&pattern), flags, NULL) != CC_OK)
			continue;
		compiled++;
		filtered += cc_regex_prefilter(re)->finder != NULL;
		exact += cc_regex_prefilter(re)->exact;
		sure += cc_regex_prefilter(re)->sure != NULL;
		for (int k = 0; k < 12; k++) {
			cc_buf_clear(&subject);
			add_subject(&rng, &subject);
			cc_str s = subject.n ? cc_buf_str(&subject) : CC_STR_EMPTY;
			decided += compare(re, s, 0);
			decided += compare(re, s, cc_rng_below(&rng, s.n + 1));
		}
		cc_regex_free(re);
	}
	/* the comparison is worth something only when needles were found and mattered */
	assert_true(compiled > 10000 && filtered > 5000 && exact > 1000 && sure > 500 && decided > 100000);
	cc_buf_deinit(&pattern);
	cc_buf_deinit(&subject);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(needles_of_plain_parts),
		cmocka_unit_test(needles_of_alternations),
		cmocka_unit_test(needles_without_case),
		cmocka_unit_test(what_is_not_understood_gives_none),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(letters_equal_to_ascii),
		cmocka_unit_test(random_patterns_and_subjects),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
