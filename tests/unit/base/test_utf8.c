/* Decoding, the gate to the terminal, and columns. */
#include "coldcase/utf8.h"
#include "unit/base/base_test.h"
#include <stdio.h>

static void check_clean(const char *text, unsigned flags, const char *want)
{
	cc_buf b = CC_BUF_INIT;
	cc_utf8_clean(&b, S(text), flags);
	check_buf(&b, want);
}

static void check_next(cc_str s, uint32_t want, size_t length)
{
	size_t pos = 0;
	assert_int_equal(cc_utf8_next(s, &pos), want);
	assert_int_equal(pos, length);
	assert_int_equal(cc_utf8_valid(cc_str_sub(s, 0, length)), want != CC_UTF8_BAD);
}

static void test_decode(void **state)
{
	(void)state;
	check_next(CC_STR("a"), 'a', 1);
	check_next(CC_STR("\0"), 0, 1);
	check_next(CC_STR("\xC3\xA9"), 0xE9, 2);
	check_next(CC_STR("\xE2\x82\xAC"), 0x20AC, 3);
	check_next(CC_STR("\xF0\x9F\x94\xA5"), 0x1F525, 4);
	check_next(CC_STR("\xF4\x8F\xBF\xBF"), 0x10FFFF, 4);
	check_next(CC_STR("\xC0\xAF"), CC_UTF8_BAD, 1);         /* overlong '/' */
	check_next(CC_STR("\xE0\x80\xAF"), CC_UTF8_BAD, 1);
	check_next(CC_STR("\xF0\x80\x80\xAF"), CC_UTF8_BAD, 1);
	check_next(CC_STR("\xED\xA0\x80"), CC_UTF8_BAD, 1);     /* surrogate */
	check_next(CC_STR("\xF4\x90\x80\x80"), CC_UTF8_BAD, 1); /* beyond U+10FFFF */
	check_next(CC_STR("\xF8\x88\x80\x80\x80"), CC_UTF8_BAD, 1);
	check_next(CC_STR("\x80"), CC_UTF8_BAD, 1);
	check_next(CC_STR("\xE2\x82"), CC_UTF8_BAD, 1);         /* cut */
	check_next(CC_STR("\xE2\x28\xA1"), CC_UTF8_BAD, 1);
}

static void test_encode_round_trip(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp += cp < 0x3000 ? 1 : 97) {
		char out[4];
		size_t n = cc_utf8_encode(cp, out), pos = 0;
		bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
		assert_int_equal(cc_utf8_next((cc_str){ out, n }, &pos), surrogate ? CC_UTF8_BAD : cp);
		assert_int_equal(pos, n);
	}
	char out[4];
	assert_int_equal(cc_utf8_encode(0x110000, out), 3);
	assert_memory_equal(out, "\xEF\xBF\xBD", 3);
}

static void test_clean_controls(void **state)
{
	(void)state;
	check_clean("plain text", CC_CLEAN_LINE, "plain text");
	check_clean("\x1b[31mred", CC_CLEAN_LINE, "␛[31mred");
	check_clean("a\nb\rc\x7f", CC_CLEAN_LINE, "a␊b␍c␡");
	check_clean("a\nb", CC_CLEAN_KEEP_NL, "a\nb");
	check_clean("\xC2\x9B" "31m", CC_CLEAN_LINE, "<U+009B>31m"); /* C1 as a character */
	check_clean("\x9B" "31m", CC_CLEAN_LINE, "\\x9B" "31m");     /* C1 as a byte */
	check_clean("\xC0\xAF\xED\xA0\x80", CC_CLEAN_LINE, "\\xC0\\xAF\\xED\\xA0\\x80");
	cc_buf b = CC_BUF_INIT;
	cc_utf8_clean(&b, CC_STR("a\0b"), CC_CLEAN_LINE);
	check_buf(&b, "a␀b");
}

static void test_clean_invisible(void **state)
{
	(void)state;
	check_clean("pay\xE2\x80\xAE" "cod", CC_CLEAN_LINE, "pay<U+202E>cod");
	check_clean("\xE2\x81\xA6x\xE2\x81\xA9", CC_CLEAN_LINE, "<U+2066>x<U+2069>");
	check_clean("a\xE2\x80\x8B" "b\xEF\xBB\xBF", CC_CLEAN_LINE, "a<U+200B>b<U+FEFF>");
	check_clean("a\xC2\xAD" "b", CC_CLEAN_LINE, "a<U+00AD>b");
	check_clean("\xF3\xA0\x81\x81", CC_CLEAN_LINE, "<U+E0041>");
	check_clean("a\xE2\x80\xA8" "b", CC_CLEAN_LINE, "a<U+2028>b");
	check_clean("Zürich 日本 🔥", CC_CLEAN_LINE, "Zürich 日本 🔥");
}

/* Marks need something to stand on, and may not pile up. */
static void test_clean_marks(void **state)
{
	(void)state;
	check_clean("e\xCC\x81", CC_CLEAN_LINE, "e\xCC\x81");
	check_clean("\xCC\x81" "e", CC_CLEAN_LINE, "<U+0301>e");
	check_clean("a\n\xCC\x81", CC_CLEAN_KEEP_NL, "a\n<U+0301>");
	check_clean("e\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81", CC_CLEAN_LINE,
		"e\xCC\x81\xCC\x81\xCC\x81\xCC\x81<U+0301><U+0301>");
}

static void test_clean_tabs(void **state)
{
	(void)state;
	check_clean("\tx", CC_CLEAN_LINE, "        x");
	check_clean("abc\tx", CC_CLEAN_LINE, "abc     x");
	check_clean("12345678\tx", CC_CLEAN_LINE, "12345678        x");
	check_clean("日本\tx", CC_CLEAN_LINE, "日本    x");
	check_clean("abc\nd\tx", CC_CLEAN_KEEP_NL, "abc\nd       x");
}

static void test_clean_ascii(void **state)
{
	(void)state;
	check_clean("é\xE2\x80\xAE🔥\x1b\n\x7f", CC_CLEAN_ASCII, "\\u{00E9}\\u{202E}\\u{1F525}^[\\n^?");
	check_clean("\xff", CC_CLEAN_ASCII, "\\xFF");
	check_clean("a\nb", CC_CLEAN_ASCII | CC_CLEAN_KEEP_NL, "a\nb");
}

static void test_strip_ansi(void **state)
{
	(void)state;
	check_clean("\x1b[1;31mred\x1b[0m\x1b[K.", CC_CLEAN_STRIP_ANSI, "red.");
	check_clean("\x1b[38:2:1:2:3mx", CC_CLEAN_STRIP_ANSI, "x");
	check_clean("\x1b]11;#000000\ax\x1b]104\x1b\\y", CC_CLEAN_STRIP_ANSI, "xy");
	/* not colour, or not well-formed: shown */
	check_clean("\x1b[2J\x1b[31", CC_CLEAN_STRIP_ANSI, "␛[2J␛[31");
	check_clean("\x1b]52;c;aGk=\a", CC_CLEAN_STRIP_ANSI, "␛]52;c;aGk=␇");
	check_clean("\x1b]11;x\x1b[m", CC_CLEAN_STRIP_ANSI, "␛]11;x");
	check_clean("\x1b[31\n0m", CC_CLEAN_STRIP_ANSI, "␛[31␊0m");
	check_clean("\x1b", CC_CLEAN_STRIP_ANSI, "␛");
}

/* Whatever goes in, what comes out is valid and cleaning it again changes nothing. */
static void test_clean_is_final(void **state)
{
	(void)state;
	uint32_t seed = 1;
	for (int round = 0; round < 300; round++) {
		char raw[64];
		for (size_t i = 0; i < sizeof raw; i++) {
			seed = seed * 1664525 + 1013904223;
			raw[i] = (char)(seed >> 24);
		}
		for (unsigned flags = 0; flags < 8; flags++) {
			cc_buf once = CC_BUF_INIT, twice = CC_BUF_INIT;
			cc_utf8_clean(&once, (cc_str){ raw, sizeof raw }, flags);
			assert_true(cc_utf8_valid(cc_buf_str(&once)));
			cc_utf8_clean(&twice, cc_buf_str(&once), flags);
			assert_true(cc_str_eq(cc_buf_str(&once), cc_buf_str(&twice)));
			cc_buf_deinit(&once);
			cc_buf_deinit(&twice);
		}
	}
}

static void test_width_of_characters(void **state)
{
	(void)state;
	static const struct {
		uint32_t cp;
		int width;
	} cases[] = {
		{ 'a', 1 }, { 0, 0 }, { 0x1B, 0 }, { 0x7F, 0 }, { 0x9B, 0 }, { 0xA0, 1 }, { 0xE9, 1 }, { 0x301, 0 }, { 0x1100, 2 },
		{ 0x1160, 0 }, { 0x200B, 0 }, { 0x2026, 1 }, { 0x2500, 1 }, { 0x23E9, 2 }, { 0x3000, 2 }, { 0x65E5, 2 },
		{ 0xAC00, 2 }, { 0xFE0F, 0 }, { 0xFF01, 2 }, { 0xFF61, 1 }, { 0x1F1E6, 1 }, { 0x1F525, 2 }, { 0x1FAE8, 2 },
		{ 0x1FAE9, 1 }, { 0x20000, 2 }, { 0x3FFFD, 2 }, { 0xE0001, 0 }, { 0x378, 1 }, { 0x10FFFF, 1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (cc_width_char(cases[i].cp) != cases[i].width)
			print_error("U+%04X\n", cases[i].cp);
		assert_int_equal(cc_width_char(cases[i].cp), cases[i].width);
	}
	assert_int_equal(cc_width(S("ab日本e\xCC\x81")), 7);
}

static void test_width_cut(void **state)
{
	(void)state;
	check_str(cc_width_cut(S("hello"), 3), "hel");
	check_str(cc_width_cut(S("hello"), 9), "hello");
	check_str(cc_width_cut(S("hello"), 0), "");
	check_str(cc_width_cut(S("日本"), 3), "日");
	check_str(cc_width_cut(S("日本"), 1), "");
	check_str(cc_width_cut(S("e\xCC\x81x"), 1), "e\xCC\x81");
}

static void check_fit(const char *text, size_t columns, bool ascii, const char *want)
{
	cc_buf b = CC_BUF_INIT;
	cc_width_fit(&b, S(text), columns, ascii);
	assert_int_equal(cc_width(cc_buf_str(&b)), columns);
	check_buf(&b, want);
}

static void test_width_fit(void **state)
{
	(void)state;
	check_fit("abc", 5, false, "abc  ");
	check_fit("abc", 3, false, "abc");
	check_fit("abcd", 3, false, "ab…");
	check_fit("abcd", 3, true, "ab~");
	check_fit("abcd", 1, false, "…");
	check_fit("abcd", 0, false, "");
	check_fit("日本語", 4, false, "日… ");
	check_fit("日本語", 2, false, "… ");
	check_fit("", 2, false, "  ");
}

static void test_head(void **state)
{
	(void)state;
	cc_str s = CC_STR("caf\xc3\xa9 \xe2\x82\xac");
	assert_int_equal(cc_utf8_head(s, 3).n, 3);
	assert_int_equal(cc_utf8_head(s, 4).n, 3);
	assert_int_equal(cc_utf8_head(s, 5).n, 5);
	assert_int_equal(cc_utf8_head(s, 7).n, 6);
	assert_int_equal(cc_utf8_head(s, 9).n, 9);
	assert_int_equal(cc_utf8_head(s, 100).n, 9);
	assert_int_equal(cc_utf8_head(CC_STR("\xa9\xa9"), 1).n, 0);
	assert_int_equal(cc_utf8_head(CC_STR_EMPTY, 4).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_encode_round_trip),
		cmocka_unit_test(test_clean_controls),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_clean_invisible),
		cmocka_unit_test(test_clean_marks),
		cmocka_unit_test(test_clean_tabs),
		cmocka_unit_test(test_clean_ascii),
		cmocka_unit_test(test_strip_ansi),
		cmocka_unit_test(test_clean_is_final),
		cmocka_unit_test(test_width_of_characters),
		cmocka_unit_test(test_width_cut),
		cmocka_unit_test(test_width_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
