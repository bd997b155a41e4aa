/* draw.h - small pictures out of characters: sparks, waterfall bars, charts, scrollbars, in three glyph sets.
 *
 * ascii uses nothing beyond ASCII; block the eighth blocks; braille two by four dots a cell for charts (sparks and bars stay
 * blocks: dots are too thin for one row). Gaps (NaN) are drawn as gaps. */
#ifndef COLDCASE_UI_DRAW_H
#define COLDCASE_UI_DRAW_H

#include "coldcase/reply.h"
#include "coldcase/ui.h"
#include "ui/cells.h"

/* A strip (reply.h): letters and bars; of the slices that share a column the one that matters most is shown. The time cursor
 * is reversed where something stands. */
void cc_draw_strip(cc_grid *g, cc_rect r, const cc_cell *strip, cc_glyphs glyphs, cc_look look);
/* A trend in one row: the largest of the points that share a column is shown, so that a spike never vanishes. */
void cc_draw_spark(cc_grid *g, cc_rect r, const double *points, size_t count, cc_glyphs glyphs, cc_look look, unsigned attr);
/* A bar from..to (each 0 … 1) of the row: at least one mark wide; thin ones are drawn in lighter characters. */
void cc_draw_bar(cc_grid *g, cc_rect r, double from, double to, bool thin, cc_glyphs glyphs, cc_look look, unsigned attr);

typedef struct cc_chart_look {
	cc_glyphs glyphs;
	int64_t at_ns;           /* the time cursor or CC_TIME_NONE */
	bool known;              /* as known then: nothing after the cursor is drawn */
	cc_range window;         /* zoom; both CC_TIME_NONE = all samples */
	int height;              /* rows of the page it stands on: plots grow with it */
	int rows;                /* of one plot; 0 = by height */
	bool sliced;             /* points stand for slices of samples: no number beside the name claims to be that of a moment */
} cc_chart_look;
/* A chart from the top of r on; what does not fit is clipped. */
void cc_draw_chart(cc_grid *g, cc_rect r, const cc_section *chart, const cc_chart_look *look);
int cc_draw_chart_height(const cc_section *chart, int width, int height);  /* rows it takes on a page of that many columns and rows */

/* One column: `shown` of `total` from `top` on. Nothing when all is shown. */
void cc_draw_scrollbar(cc_grid *g, cc_rect r, size_t top, size_t shown, size_t total);

/* big.c: digits and colons of five rows. */
int cc_big_width(const char *text);
void cc_big_draw(cc_grid *g, cc_rect r, const char *text, cc_look look);
enum { CC_BIG_LOW_ROWS = 3 };
int cc_big_low_width(const char *text);
void cc_big_draw_low(cc_grid *g, cc_rect r, const char *text, cc_look look);

#endif
