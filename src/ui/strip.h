/* strip.h - the volume of a list over time, above it: stacked by gravity, with the time cursor and the onset. Traces have a heat map
 * of their durations there (scatter.h). */
#ifndef COLDCASE_UI_STRIP_H
#define COLDCASE_UI_STRIP_H

#include "ui/sheet.h"

/* Time in slices, all as long but one that may stand for hours without anything: it holds no number. */
typedef struct cc_strip_base {
	const cc_cell *slices;
	int64_t from_ns, to_ns;
	int64_t gap_from_ns, gap_to_ns;  /* CC_TIME_NONE = nothing is left out */
} cc_strip_base;

/* Rows of a pane of `height` rows that the strip takes; 0 where the reply has no volume or the list would be left too little. */
int cc_strip_height(const cc_sheet *s, int height);
void cc_strip_draw(const cc_sheet *s, cc_grid *g, cc_rect r, const cc_sheet_look *look);

int cc_strip_column(const cc_strip_base *b, int64_t ns, int columns);   /* of a moment; below 0: it lies outside */
void cc_strip_gap(cc_grid *g, cc_rect bars, const cc_strip_base *b);
void cc_strip_axis(cc_grid *g, cc_rect bars, const cc_strip_base *b);  /* the bars, and the row below them, can be pointed at */
/* A line over the bars, where they leave room, and a mark on the axis where it has no words; x below 0: none. */
void cc_strip_moment(cc_grid *g, cc_rect bars, int axis, int x, uint32_t mark, cc_look look, bool ascii);

#endif
