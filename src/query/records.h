/* records.h - where the records of a table end, without splitting their fields: sixty-four bytes at a time.
 *
 * The rules are those of tsv.h: a quote opens a quoted field only at the field's start, and a newline ends a record
 * outside of quotes only. Text may come in pieces: what is known at the end of one is kept for the next. */
#ifndef COLDCASE_QUERY_RECORDS_H
#define COLDCASE_QUERY_RECORDS_H

#include "query/finder.h"

typedef struct cc_records {
	size_t pos;       /* everything before it was looked at */
	bool inside;      /* of a quoted field */
	bool plain;       /* of a field in which quotes mean nothing: one began behind the field's start */
	bool tail;        /* the record has text behind a closing quote: decoding joins what is apart in the file. Set by who
	                     does not ask: its records end sooner */
	char prev;        /* the byte before pos; '\n' at a record's start */
} cc_records;

static inline cc_records cc_records_at(size_t pos)
{
	return (cc_records){ .pos = pos, .prev = '\n' };
}

/* Offset of the newline that ends the record begun; r->pos is then behind it. CC_STR_NONE: the text ends before. After
 * a newline the next call must be made with cc_records_at(r->pos), which begins the next record; after CC_STR_NONE
 * with more text behind the same. */
size_t cc_records_end(cc_records *r, cc_str text);
/* For tests: as a lesser processor does it. */
size_t cc_records_end_with(cc_records *r, cc_str text, cc_finder_level level);

#endif
