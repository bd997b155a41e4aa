/* tsv.h - records and fields of the snapshot's TSV dialect, without copying.
 *
 * Tab-delimited, '"' quotes, quote doubled inside, records end at '\n' outside quotes only; a bare CR inside a field is data
 * (a CR directly before the record's LF is a line end's). A quote opens a quoted field only at the field's start. Columns are
 * addressed by name. Rows with a wrong number of fields are the caller's to count (snapshot description §3, §12.2). */
#ifndef COLDCASE_TSV_H
#define COLDCASE_TSV_H

#include "coldcase/arena.h"

enum { CC_TSV_MAX_COLUMNS = 64 };

typedef struct cc_tsv {
	cc_str text;                         /* the whole file */
	size_t pos;                          /* offset of the next record */
	uint64_t record;                     /* 1-based number of the record read last; 0 = header only */
	cc_str columns[CC_TSV_MAX_COLUMNS];  /* header names, unquoted, borrowed from text */
	size_t column_count;
} cc_tsv;

typedef struct cc_tsv_row {
	uint64_t record;                     /* 1-based, header not counted */
	size_t offset, length;               /* of the record in the file, line end excluded */
	size_t field_count;                  /* as found; compare with column_count */
	cc_str fields[CC_TSV_MAX_COLUMNS];   /* raw: still quoted; cc_tsv_decode gives the text */
	bool open_quote;                     /* the file ended inside quotes */
} cc_tsv_row;

/* Reads the header (a BOM is skipped). Empty text: CC_EFORMAT "no header". */
cc_code cc_tsv_init(cc_tsv *t, cc_str text, cc_err *err) CC_MUST_USE;
int cc_tsv_column(const cc_tsv *t, const char *name);    /* exact name; -1 when absent */
/* By any of its names, "TraceId|trace_id", the first that is there: letters and digits compare, case and _ . - do not; -1 when
 * absent. */
int cc_tsv_column_any(const cc_tsv *t, const char *names);
bool cc_tsv_next(cc_tsv *t, cc_tsv_row *row);            /* false at the end; blank lines are skipped */
/* Splits the record at [offset, offset+length) again: random access for citations and lazy columns. */
void cc_tsv_row_at(const cc_tsv *t, size_t offset, size_t length, cc_tsv_row *row);
/* Text of a raw field: borrowed when unquoted or without doubled quotes inside, else un-doubled into the arena. */
cc_str cc_tsv_decode(cc_str raw, cc_arena *arena);
/* Text of column c of row, empty when c < 0 or the row is short. */
cc_str cc_tsv_field(const cc_tsv_row *row, int c, cc_arena *arena);

#endif
