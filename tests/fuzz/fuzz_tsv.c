/* Any bytes as a table: records lie in order inside the text, and a record read again by its place is the same. */
#include "coldcase/tsv.h"
#include <string.h>
#include "fuzz.h"

static void check_inside(const cc_tsv *t, const cc_tsv_row *row)
{
	const char *from = t->text.p + row->offset, *to = from + row->length;
	must(row->length > 0 && row->offset + row->length <= t->text.n && row->field_count > 0);
	for (size_t i = 0; i < row->field_count && i < CC_TSV_MAX_COLUMNS; i++)
		must(row->fields[i].p >= from && row->fields[i].p + row->fields[i].n <= to);
}

static void check_again(const cc_tsv *t, const cc_tsv_row *row, cc_arena *arena)
{
	cc_tsv_row again;
	cc_tsv_row_at(t, row->offset, row->length, &again);
	must(again.field_count == row->field_count && again.open_quote == row->open_quote);
	for (size_t i = 0; i < row->field_count && i < CC_TSV_MAX_COLUMNS; i++) {
		cc_str text = cc_tsv_field(row, (int)i, arena);
		must(text.n <= row->fields[i].n && cc_str_eq(again.fields[i], row->fields[i]));
		must(cc_str_eq(text, cc_tsv_decode(again.fields[i], arena)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_tsv t;
	cc_tsv_row row;
	size_t end = 0;
	if (cc_tsv_init(&t, (cc_str){ (const char *)data, size }, NULL) != CC_OK)
		return 0;
	must(t.column_count > 0 && t.column_count <= CC_TSV_MAX_COLUMNS);
	must(cc_tsv_column(&t, "no such column") < 0 || size >= strlen("no such column"));
	cc_arena *arena = cc_arena_new();
	for (uint64_t n = 1; arena && cc_tsv_next(&t, &row); n++) {
		must(row.record == n && row.offset >= end);
		check_inside(&t, &row);
		check_again(&t, &row, arena);
		end = row.offset + row.length;
	}
	must(!arena || t.pos == size);
	cc_arena_free(arena);
	return 0;
}
