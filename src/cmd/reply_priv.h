/* reply_priv.h - a reply while it is built, and once it is published. */
#ifndef COLDCASE_REPLY_PRIV_H
#define COLDCASE_REPLY_PRIV_H

#include <stdatomic.h>
#include "coldcase/reply.h"
#include "coldcase/vec.h"

/* A section under construction: the vectors become the arrays of `out` when the reply is published. */
typedef struct building {
	cc_section out;
	bool main;
	CC_VEC(cc_fact) facts;
	CC_VEC(cc_row) rows;
	CC_VEC(cc_line) lines;
	CC_VEC(cc_chart_series) series;
	CC_VEC(cc_chart_mark) marks;
} building;

struct cc_reply {
	atomic_uint refs;
	cc_arena *arena;
	cc_str command, title, empty;
	CC_VEC(building) sections;
	CC_VEC(cc_str) notes;
	size_t remarks;          /* the last ones of notes are the session's */
	cc_paging paging;
	size_t next_cell;        /* of the row begun last */
	void (*scrub)(cc_buf *out, cc_str text);   /* what its texts go through; NULL = nothing */
	bool failed;             /* an allocation failed: sticky until publish reports it */
};

/* A number as a person reads it: whole ones whole, others to three decimals, very large and small ones in powers of ten. */
void cc_number_render(cc_buf *out, double v);
/* Ends a line at column `begun` with text that goes on below, indented by `hang`, where it does not fit; columns 0: never. */
void cc_text_wrap(cc_buf *out, cc_str text, size_t begun, size_t hang, size_t columns);
/* reply_chart.c: the series drawn in characters, each with its extremes in words; not drawn: these alone. columns: 0 = unlimited. */
void cc_chart_render(const cc_section *s, cc_buf *out, size_t columns, bool ascii, bool drawn);

#endif
