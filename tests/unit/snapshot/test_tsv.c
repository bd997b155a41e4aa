/* The TSV dialect: what quotes protect, what ends a record, and a slow reference reader to disagree with. */
#include "coldcase/tsv.h"
#include "coldcase/rng.h"
#include "coldcase/xalloc.h"
#include "unit/snapshot/snapshot_test.h"

static cc_arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = cc_arena_new();
	return arena ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	cc_arena_free(arena);
	return 0;
}

static cc_tsv start(const char *text)
{
	cc_tsv t;
	cc_err err;
	assert_int_equal(cc_tsv_init(&t, S(text), &err), CC_OK);
	return t;
}

static void conformance_02_tsv_quoted_newline_tab_and_doubled_quotes(void **state)
{
	(void)state;
	cc_tsv t = start("a\tb\tc\nx\t\"line one\nline two\"\tz\n\"q\tt\"\t\"say \"\"hi\"\"\"\t\"\"\n");
	cc_tsv_row r;
	assert_int_equal(t.column_count, 3);
	assert_true(cc_tsv_next(&t, &r));
	assert_int_equal(r.field_count, 3);
	assert_str(cc_tsv_field(&r, 1, arena), "line one\nline two");
	assert_str(cc_tsv_field(&r, 2, arena), "z");
	assert_true(cc_tsv_next(&t, &r));
	assert_int_equal(r.record, 2);
	assert_str(cc_tsv_field(&r, 0, arena), "q\tt");
	assert_str(cc_tsv_field(&r, 1, arena), "say \"hi\"");
	assert_str(cc_tsv_field(&r, 2, arena), "");
	assert_false(cc_tsv_next(&t, &r));
}

static void conformance_02_tsv_unquoted_cr_and_unicode_line_ends_are_data(void **state)
{
	(void)state;
	cc_tsv t = start("a\tb\nx\ry\t1\vz\f\xC2\x85\xE2\x80\xA8\n");
	cc_tsv_row r;
	assert_true(cc_tsv_next(&t, &r));
	assert_int_equal(r.field_count, 2);
	assert_str(cc_tsv_field(&r, 0, arena), "x\ry");
	assert_str(cc_tsv_field(&r, 1, arena), "1\vz\f\xC2\x85\xE2\x80\xA8");
	assert_false(cc_tsv_next(&t, &r));
}

static void conformance_02_tsv_field_beyond_128_kib(void **state)
{
	(void)state;
	enum { BIG = 300 * 1024 };
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "a\tb\n\"");
	for (int i = 0; i < BIG; i++)
		cc_buf_addz(&b, i % 7 ? "x" : i % 2 ? "\n" : "\"\"");
	cc_buf_addz(&b, "\"\tend\n");
	cc_tsv t = start(b.p);
	cc_tsv_row r;
	assert_true(cc_tsv_next(&t, &r));
	assert_int_equal(cc_tsv_field(&r, 0, arena).n, BIG);
	assert_str(cc_tsv_field(&r, 1, arena), "end");
	cc_buf_deinit(&b);
}

static void conformance_02_tsv_16_and_17_columns_by_name(void **state)
{
	(void)state;
	static const char base[] = "Timestamp\tTimestampTime\tTraceId\tSpanId\tTraceFlags\tSeverityText\tSeverityNumber\tServiceName\tBody\t"
		"ResourceSchemaUrl\tResourceAttributes\tScopeSchemaUrl\tScopeName\tScopeVersion\tScopeAttributes\tLogAttributes";
	char wide[512];
	snprintf(wide, sizeof wide, "%s\tEventName\n", base);
	cc_tsv t16 = start(base), t17 = start(wide);
	assert_int_equal(t16.column_count, 16);
	assert_int_equal(t17.column_count, 17);
	assert_int_equal(cc_tsv_column(&t16, "Body"), 8);
	assert_int_equal(cc_tsv_column(&t17, "EventName"), 16);
	assert_int_equal(cc_tsv_column(&t16, "EventName"), -1);
	assert_int_equal(cc_tsv_column(&t16, "body"), -1);
}

static void conformance_02_tsv_short_long_and_cut_last_rows_are_visible(void **state)
{
	(void)state;
	cc_tsv t = start("a\tb\tc\n1\t2\n1\t2\t3\t4\n1\t2\t\"cut");
	cc_tsv_row r;
	assert_true(cc_tsv_next(&t, &r));
	assert_int_equal(r.field_count, 2);
	assert_str(cc_tsv_field(&r, 2, arena), "");
	assert_true(cc_tsv_next(&t, &r));
	assert_int_equal(r.field_count, 4);
	assert_false(r.open_quote);
	assert_true(cc_tsv_next(&t, &r));
	assert_true(r.open_quote);
	assert_str(cc_tsv_field(&r, 2, arena), "cut");
	assert_false(cc_tsv_next(&t, &r));
}

static void conformance_02_tsv_header_only_and_empty(void **state)
{
	(void)state;
	cc_tsv_row r;
	cc_tsv t = start("a\tb\n"), no_lf = start("a\tb");
	cc_err err;
	assert_false(cc_tsv_next(&t, &r));
	assert_false(cc_tsv_next(&no_lf, &r));
	assert_int_equal(no_lf.column_count, 2);
	assert_int_equal(cc_tsv_init(&t, CC_STR_EMPTY, &err), CC_EFORMAT);
	assert_non_null(strstr(err.message, "no header"));
	assert_int_equal(cc_tsv_init(&t, S("\n\n"), &err), CC_EFORMAT);
	assert_int_equal(cc_tsv_init(&t, S("\"never closed\tb\n1\t2\n"), &err), CC_EFORMAT);
}

static void test_bom_crlf_blank_lines_and_missing_final_lf(void **state)
{
	(void)state;
	cc_tsv t = start("\xEF\xBB\xBF\"a\"\tb\r\n1\t2\r\n\r\n\n3\t\"4\"\r\n5\t6");
	cc_tsv_row r;
	assert_int_equal(cc_tsv_column(&t, "a"), 0);
	assert_int_equal(cc_tsv_column(&t, "b"), 1);
	assert_true(cc_tsv_next(&t, &r));
	assert_str(cc_tsv_field(&r, 1, arena), "2");
	assert_true(cc_tsv_next(&t, &r));
	assert_int_equal(r.record, 2);
	assert_str(cc_tsv_field(&r, 1, arena), "4");
	assert_true(cc_tsv_next(&t, &r));
	assert_str(cc_tsv_field(&r, 1, arena), "6");
	assert_false(cc_tsv_next(&t, &r));
}

static void test_quotes_that_are_not_at_a_fields_start_are_data(void **state)
{
	(void)state;
	cc_tsv t = start("a\tb\nsay \"hi\"\t\"x\"tail\"\n");
	cc_tsv_row r;
	assert_true(cc_tsv_next(&t, &r));
	assert_int_equal(r.field_count, 2);
	assert_str(cc_tsv_field(&r, 0, arena), "say \"hi\"");
	assert_str(cc_tsv_field(&r, 1, arena), "xtail\"");
}

static void test_more_columns_than_the_limit(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_tsv t;
	cc_err err;
	cc_buf_add_repeat(&b, '\t', CC_TSV_MAX_COLUMNS);
	assert_int_equal(cc_tsv_init(&t, cc_buf_str(&b), &err), CC_EFORMAT);
	cc_buf_clear(&b);
	cc_buf_addz(&b, "a\n");
	cc_buf_add_repeat(&b, '\t', 1000);
	cc_buf_add_char(&b, '\n');
	cc_tsv_row r;
	t = start(b.p);
	assert_true(cc_tsv_next(&t, &r));
	assert_int_equal(r.field_count, 1001);
	assert_str(cc_tsv_field(&r, 1000, arena), "");
	cc_buf_deinit(&b);
}

/* --- reference: one byte at a time, as a CSV reader in a textbook --- */

typedef struct ref_row {
	size_t fields, length; /* length without the line end */
	bool open;
	cc_buf text; /* decoded fields, each followed by 0x01 */
} ref_row;

/* One record from *pos, the LF consumed; false at the end. */
static bool ref_next(cc_str s, size_t *pos, ref_row *out)
{
	enum { START, PLAIN, QUOTED, AFTER } st = START;
	bool cr = false;
	size_t from = *pos;
	if (*pos >= s.n)
		return false;
	cc_buf_clear(&out->text);
	out->fields = 1;
	for (; *pos < s.n; ++*pos) {
		char c = s.p[*pos];
		if (c == '\n' && st != QUOTED)
			break;
		cr = false;
		if (st == QUOTED) {
			if (c == '"')
				st = AFTER;
			else
				cc_buf_add_char(&out->text, c);
		} else if (st == AFTER && c == '"') {
			cc_buf_add_char(&out->text, c);
			st = QUOTED;
		} else if (c == '\t') {
			cc_buf_add_char(&out->text, 1);
			out->fields++;
			st = START;
		} else if (st == START && c == '"') {
			st = QUOTED;
		} else {
			cc_buf_add_char(&out->text, c);
			cr = c == '\r';
			st = PLAIN;
		}
	}
	out->open = st == QUOTED;
	out->length = *pos - from;
	if (cr && *pos < s.n) {
		cc_buf_truncate(&out->text, out->text.n - 1);
		out->length--;
	}
	++*pos;
	cc_buf_add_char(&out->text, 1);
	return true;
}

static bool is_blank(const ref_row *r)
{
	return r->length == 0;
}

static void decode_all(const cc_tsv_row *row, cc_buf *out)
{
	cc_buf_clear(out);
	for (size_t i = 0; i < row->field_count; i++) {
		cc_buf_add(out, cc_tsv_field(row, (int)i, arena));
		cc_buf_add_char(out, 1);
	}
}

static void compare(cc_str text)
{
	cc_tsv t;
	cc_tsv_row row, again;
	ref_row ref = { 0 };
	cc_buf mine = CC_BUF_INIT;
	size_t pos = 0;
	if (cc_tsv_init(&t, text, NULL) != CC_OK)
		return;
	pos = t.pos;
	while (cc_tsv_next(&t, &row)) {
		do
			assert_true(ref_next(text, &pos, &ref));
		while (is_blank(&ref));
		assert_int_equal(row.field_count, ref.fields);
		assert_int_equal(row.open_quote, ref.open);
		decode_all(&row, &mine);
		assert_int_equal(mine.n, ref.text.n);
		assert_memory_equal(mine.p, ref.text.p, mine.n);
		cc_tsv_row_at(&t, row.offset, row.length, &again);
		assert_int_equal(again.field_count, row.field_count);
		decode_all(&again, &mine);
		assert_memory_equal(mine.p, ref.text.p, mine.n);
	}
	while (ref_next(text, &pos, &ref))
		assert_true(is_blank(&ref));
	cc_buf_deinit(&mine);
	cc_buf_deinit(&ref.text);
}

static void test_against_a_slow_reference_on_nasty_input(void **state)
{
	(void)state;
	static const char alphabet[] = "\"\"\"\t\t\n\n\rab\x01\xff{'";
	cc_rng rng;
	cc_rng_init(&rng, 20251215);
	for (int round = 0; round < 4000; round++) {
		size_t n = (size_t)cc_rng_below(&rng, 120);
		char *text = cc_malloc(n + 4);
		memcpy(text, "h\ti\n", 4);
		for (size_t i = 0; i < n; i++) {
			char c = alphabet[cc_rng_below(&rng, sizeof alphabet - 1)];
			text[4 + i] = c == 1 ? 'z' : c;
		}
		compare((cc_str){ text, n + 4 });
		cc_free(text); /* its own block of exactly this size: an overrun is seen */
		cc_arena_reset(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conformance_02_tsv_quoted_newline_tab_and_doubled_quotes),
		cmocka_unit_test(conformance_02_tsv_unquoted_cr_and_unicode_line_ends_are_data),
		cmocka_unit_test(conformance_02_tsv_field_beyond_128_kib),
		cmocka_unit_test(conformance_02_tsv_16_and_17_columns_by_name),
		cmocka_unit_test(conformance_02_tsv_short_long_and_cut_last_rows_are_visible),
		cmocka_unit_test(conformance_02_tsv_header_only_and_empty),
		cmocka_unit_test(test_bom_crlf_blank_lines_and_missing_final_lf),
		cmocka_unit_test(test_quotes_that_are_not_at_a_fields_start_are_data),
		cmocka_unit_test(test_more_columns_than_the_limit),
		cmocka_unit_test(test_against_a_slow_reference_on_nasty_input),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
