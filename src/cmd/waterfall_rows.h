/* waterfall_rows.h - which rows of a waterfall are shown, and where its log records stand between them. */
#ifndef COLDCASE_CMD_WATERFALL_ROWS_H
#define COLDCASE_CMD_WATERFALL_ROWS_H

#include "cmd/trace_words.h"

enum { FALL_NONE = UINT32_MAX };

/* One line: a span, a run of equal spans, or a log record. */
typedef struct fall_item {
	uint32_t row;            /* of the waterfall; of a log: the span it was written in */
	uint32_t log;            /* index for cc_logs_get; FALL_NONE = a span */
	uint32_t repeats;        /* equal spans in a row that this one stands for; 1 = itself */
	uint32_t below;          /* spans below it that are left out */
} fall_item;

typedef struct fall_choice {
	const cc_sym *hidden; size_t hidden_count;   /* services whose spans are left out, though what they call is not */
	char show;               /* 'a'll, 'c'ritical path, 'e'rrors: with what is above them */
	uint32_t depth;          /* deepest level */
	uint32_t under;          /* row whose subtree is shown; 0 and not FALL_NONE = the whole trace */
	bool fold_repeats, logs;
	int64_t critical_min_ns; /* of the critical path: what a span must spend there itself */
} fall_choice;

typedef struct fall_rows {
	CC_VEC(fall_item) items;
	size_t folded, logs;     /* spans inside runs; log records of the trace */
} fall_rows;

cc_code cc_fall_rows(fall_rows *out, const cc_snapshot *s, size_t trace, const cc_waterfall *w, const fall_choice *choice) CC_MUST_USE;
void cc_fall_rows_deinit(fall_rows *r);

#endif
