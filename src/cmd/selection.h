/* selection.h - the rows that filters found, kept: snapshots never change, so the same filter under the same view finds the same.
 *
 * Scrolling and searching through a long answer ask for page after page of it. What selects them is done once. */
#ifndef COLDCASE_CMD_SELECTION_H
#define COLDCASE_CMD_SELECTION_H

#include "coldcase/aggregate.h"

enum { CC_SELECTIONS = 8, CC_VOLUME_BINS = 60 };

/* How far somebody looked: rows asked, of those there were. */
typedef struct cc_looked { uint64_t rows, of; } cc_looked;

typedef struct cc_selection {
	char *key;               /* what was asked; made by who asks */
	const cc_snapshot *of;
	cc_index_vec rows;
	uint64_t gave_up;        /* rows that were too costly to match */
	cc_looked looked;        /* it may have been ended early */
	bool counted;            /* bins are those of range; so are the late ones of all rows */
	uint64_t late;           /* log records out of order */
	cc_range range, gap;     /* gap: a long time without a row, left out between bins; NONE = there is none */
	size_t gap_bin;          /* the one bin that stands for it */
	cc_histogram_bin bins[CC_VOLUME_BINS];
	uint64_t used;
} cc_selection;

/* What was made of a selection and is dear to make again: the ranked series of which a page is shown. Only the last one. */
typedef struct cc_made { char *key; const cc_snapshot *of; void *thing; void (*drop)(void *); } cc_made;

typedef struct cc_selections { cc_selection *kept[CC_SELECTIONS]; uint64_t tick; cc_made made; } cc_selections;

/* NULL: not kept. A selection stays until CC_SELECTIONS - 1 others have been used after it. */
cc_selection *cc_selections_get(cc_selections *s, const cc_snapshot *of, cc_str key);
/* Takes the rows, also when it fails (NULL: out of memory). What was kept under the key goes. */
cc_selection *cc_selections_put(cc_selections *s, const cc_snapshot *of, cc_str key, cc_index_vec *rows, uint64_t gave_up);
void *cc_selections_made(const cc_selections *s, const cc_snapshot *of, cc_str key);     /* NULL: not kept */
/* Takes the thing and gives it back to `drop` when the next one comes; false, and at once, when out of memory. */
bool cc_selections_make(cc_selections *s, const cc_snapshot *of, cc_str key, void *thing, void (*drop)(void *));
void cc_selections_deinit(cc_selections *s);

#endif
