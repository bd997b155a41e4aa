/* search_priv.h - what one search shares among its threads, and what a piece of the file comes to. */
#ifndef COLDCASE_QUERY_SEARCH_PRIV_H
#define COLDCASE_QUERY_SEARCH_PRIV_H

#include "coldcase/arena.h"
#include "coldcase/buf.h"
#include "coldcase/search.h"
#include "coldcase/tsv.h"
#include "coldcase/vec.h"
#include "query/regex_priv.h"

#define SEARCH_NOWHERE UINT64_MAX
enum { SEARCH_SHAPE = 12 };

/* Set before the threads begin, not changed by them. */
typedef struct search_plan {
	const char *path;
	int fd;
	uint64_t size, begin;       /* of the file; of the first record */
	uint64_t stop;              /* records that begin here or behind are not searched */
	size_t piece;
	size_t step;                /* read at once: little enough to stay in a processor's own cache */
	size_t overrun;             /* how long a record of a guessed piece may be */
	const cc_finder *finder;    /* one of these occurs in the bytes of a record that matches; NULL: in any */
	cc_finder *own_finder;
	bool exact;                 /* a record in which one occurs matches */
	bool by_column;
	int column;                 /* -1: no such column */
	size_t column_count;
	char shape[SEARCH_SHAPE];   /* how the first record begins: digits as 0, letters as a */
	size_t shape_n, field_count;/* of the first record */
	cc_str pattern;
	const cc_search_options *opt;
} search_plan;

/* A thread's own things. */
typedef struct search_worker {
	const search_plan *plan;
	cc_regex *re;
	cc_arena *arena;
	cc_buf bytes;               /* of the file from `base` on */
	uint64_t base;
} search_worker;

typedef struct search_found {
	uint64_t nth;               /* among the piece's records, from 1 */
	uint64_t offset, length;
	size_t text_at, text_n;     /* in the piece's text */
	size_t start, end;
} search_found;

typedef struct search_piece {
	uint64_t start;             /* of the first record that begins in the piece; SEARCH_NOWHERE: none was guessed */
	uint64_t end;               /* where the first record behind begins; SEARCH_NOWHERE: given up as too far */
	uint64_t records, matched, gave_up;
	CC_VEC(search_found) found;
	cc_buf text;
} search_piece;

/* Opens the file, reads its header and the shape of its first record, chooses what to look for. On an error too the
 * plan is closed by cc_search_plan_close. */
cc_code cc_search_plan_open(search_plan *plan, search_worker *w, cc_err *err) CC_MUST_USE;
void cc_search_plan_close(search_plan *plan);

cc_code cc_search_worker_init(search_worker *w, const search_plan *plan, cc_err *err) CC_MUST_USE;
void cc_search_worker_deinit(search_worker *w);
/* Makes w->bytes hold [from, to) of the file, or up to its end. Keeps what it has of that when from is w->base. */
cc_code cc_search_read(search_worker *w, uint64_t from, uint64_t to, cc_err *err) CC_MUST_USE;

/* Searches the records that begin in [from, to): from `start` on, or from a guess when that is SEARCH_NOWHERE. A guess
 * may be wrong, and is not followed further than plan->overrun: compare out->start with the end of what lies
 * before. */
cc_code cc_search_piece(search_worker *w, uint64_t from, uint64_t to, uint64_t start, search_piece *out, cc_err *err)
	CC_MUST_USE;
void cc_search_piece_deinit(search_piece *p);

#endif
