/* Any bytes as a table: records end where the TSV reader ends them, whatever the processor can do, whole or in two
 * pieces. */
#include "coldcase/tsv.h"
#include "fuzz.h"
#include "query/records.h"

static void check_end(cc_str text, size_t start, size_t expected)
{
	for (int level = CC_FINDER_BEST; level <= CC_FINDER_PORTABLE; level++) {
		cc_records whole = cc_records_at(start), pieces = whole;
		size_t end = cc_records_end_with(&whole, text, (cc_finder_level)level);
		must(end == expected && whole.pos == (end == CC_STR_NONE ? text.n : end + 1));
		size_t half = start + (text.n - start) / 2;
		size_t early = cc_records_end_with(&pieces, cc_str_sub(text, 0, half), (cc_finder_level)level);
		must(early == expected || (early == CC_STR_NONE && pieces.pos == half));
		if (early == CC_STR_NONE)
			must(cc_records_end_with(&pieces, text, (cc_finder_level)level) == expected);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_tsv t = { .text = { (const char *)data, size } };
	cc_tsv_row row;
	size_t start = 0;
	while (cc_tsv_next(&t, &row)) {
		/* blank lines, which the reader steps over */
		for (; start < row.offset; start++)
			if (data[start] == '\n')
				check_end(t.text, start, start);
		bool ended = row.offset + row.length < size && data[t.pos - 1] == '\n' && !row.open_quote;
		check_end(t.text, row.offset, ended ? t.pos - 1 : CC_STR_NONE);
		start = t.pos;
	}
	return 0;
}
