/* test_records.c - ends of records against the TSV reader, byte soup of structure characters, given whole and in
 * pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/rng.h"
#include "coldcase/tsv.h"
#include "query/records.h"

static size_t soup(cc_rng *rng, char *p, size_t max)
{
	static const char *const items[] = { "\"", "\"\"", "\t", "\n", "\r", "\r\n", "a", "\t\"", "\"\t", "\"\n",
		"some longer text without any structure, so that whole blocks hold nothing to look at ......" };
	size_t n = 0, want = cc_rng_below(rng, max - 128), kinds = 2 + cc_rng_below(rng, 10);
	while (n < want) {
		const char *item = items[cc_rng_below(rng, kinds < 11 ? kinds : 11)];
		memcpy(p + n, item, strlen(item));
		n += strlen(item);
	}
	return n;
}

/* Does decoding the field join bytes that are apart? By reading it once, as tsv.c does. */
static bool has_tail(cc_str raw)
{
	size_t i = 1;
	if (raw.n == 0 || raw.p[0] != '"')
		return false;
	for (; i < raw.n; i++)
		if (raw.p[i] == '"' && (i + 1 == raw.n || raw.p[i + 1] != '"' || (i++, false)))
			return i + 1 < raw.n;
	return false;
}

/* The text is given up to `piece`, then a little more, until the record ends. */
static size_t end_by_pieces(cc_rng *rng, cc_str text, size_t start, bool *tail)
{
	cc_records r = cc_records_at(start);
	for (size_t n = start;;) {
		n += 1 + cc_rng_below(rng, 100);
		n = n < text.n ? n : text.n;
		size_t end = cc_records_end(&r, cc_str_sub(text, 0, n));
		if (end != CC_STR_NONE || n == text.n) {
			*tail = r.tail;
			return end;
		}
		assert_int_equal(r.pos, n);
	}
}

static void same_records_as_the_reader(void **state)
{
	(void)state;
	cc_rng rng;
	cc_rng_init(&rng, 3);
	char *bytes = malloc(4096);
	int tails = 0;
	for (int round = 0; round < 20000; round++) {
		size_t n = soup(&rng, bytes, round % 10 ? 300 : 4096);
		cc_tsv t = { .text = { bytes, n } };
		cc_tsv_row row;
		while (t.pos < n) {
			cc_records r = cc_records_at(t.pos);
			cc_finder_level level = (cc_finder_level)(round % (CC_FINDER_PORTABLE + 1));
			size_t start = t.pos, end = cc_records_end_with(&r, t.text, level);
			bool tail, expected_tail = false;
			size_t end2 = end_by_pieces(&rng, t.text, start, &tail);
			assert_int_equal(end, end2);
			assert_true(tail || !r.tail);
			if (end != CC_STR_NONE && (end == start || (end == start + 1 && bytes[start] == '\r'))) {
				t.pos = end + 1; /* a blank line, which the reader steps over */
				continue;
			}
			assert_true(cc_tsv_next(&t, &row));
			assert_int_equal(row.offset, start);
			assert_int_equal(t.pos, end == CC_STR_NONE ? n : end + 1);
			for (size_t i = 0; i < row.field_count && i < CC_TSV_MAX_COLUMNS; i++)
				expected_tail |= has_tail(row.fields[i]);
			tails += expected_tail;
			if (row.field_count <= CC_TSV_MAX_COLUMNS && !row.open_quote && end != CC_STR_NONE)
				assert_int_equal(r.tail, expected_tail);
		}
	}
	assert_true(tails > 1000);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_records_as_the_reader),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
