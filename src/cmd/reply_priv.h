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
	bool failed;             /* an allocation failed: sticky until publish reports it */
};

#endif
