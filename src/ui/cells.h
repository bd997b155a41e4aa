/* cells.h - a grid of character cells: everything is drawn here first, and only here do tests look.
 *
 * A cell is a printable character with up to two combining marks, a look (what it means; the theme says how that appears)
 * and attributes. A wide character owns its cell and the one after it (width 0). Drawing is clipped to rectangles. */
#ifndef COLDCASE_UI_CELLS_H
#define COLDCASE_UI_CELLS_H

#include "coldcase/buf.h"
#include "coldcase/snapshot.h"
#include "coldcase/term.h"
#include "ui/look.h"

enum { CC_GRID_COMBINING = 2, CC_GRID_MAX = 2000, CC_GRID_AXES = 40 };

typedef struct cc_gcell {
	uint32_t ch;
	uint32_t comb[CC_GRID_COMBINING];
	uint8_t width;           /* 1, 2; 0 = right half of the wide one before */
	uint8_t look;            /* cc_look */
	uint8_t attr;            /* CC_ATTR_* */
} cc_gcell;

typedef struct cc_rect { int x, y, w, h; } cc_rect;

/* Time along the columns of r, range from its left edge to its right one; the w columns from x on stand for all of a gap
 * (axis.h). Gaps are in order, inside of range, and do not touch. */
enum { CC_AXIS_GAPS = 4 };
typedef struct cc_axis_gap { cc_range left_out; int x, w; } cc_axis_gap;   /* x from the left edge of r */
typedef struct cc_axis {
	cc_rect r;
	cc_range range;
	cc_axis_gap gaps[CC_AXIS_GAPS];
	int gap_count;
} cc_axis;

struct cc_grid {
	int columns, rows;
	cc_gcell *cells;
	cc_buf scratch;          /* for cleaning outside text */
	bool ascii;              /* nothing beyond ASCII may be placed */
	int cursor_x, cursor_y;  /* where the terminal's own cursor rests */
	bool cursor_shown;
	cc_axis axes[CC_GRID_AXES];      /* drawn since it was cleared */
	size_t axis_count;
};

/* An empty grid of the size given (clamped to 1 … CC_GRID_MAX); false when out of memory, the grid then keeps its old size. */
bool cc_grid_resize(cc_grid *g, int columns, int rows);
void cc_grid_deinit(cc_grid *g);
void cc_grid_clear(cc_grid *g);
cc_gcell *cc_grid_at(const cc_grid *g, int x, int y);       /* NULL outside */

void cc_grid_put(cc_grid *g, int x, int y, uint32_t ch, cc_look look, unsigned attr);
/* Cleaned text into one row of r (the first), cut at its right edge; gives the columns used. */
int cc_grid_text(cc_grid *g, cc_rect r, cc_str text, cc_look look, unsigned attr);
int cc_grid_textz(cc_grid *g, cc_rect r, const char *text, cc_look look, unsigned attr);
/* Outside text: cleaned first. */
int cc_grid_outside(cc_grid *g, cc_rect r, cc_str raw, cc_look look, unsigned attr);
int cc_grid_printf(cc_grid *g, cc_rect r, cc_look look, unsigned attr, const char *fmt, ...) CC_PRINTF(5, 6);
void cc_grid_fill(cc_grid *g, cc_rect r, uint32_t ch, cc_look look, unsigned attr);
/* Changes look (CC_LOOK_KEEP: not) and adds attributes of what is there already. */
void cc_grid_paint(cc_grid *g, cc_rect r, cc_look look, unsigned attr);
/* A frame with a title in its upper edge; gives the inside. */
cc_rect cc_grid_box(cc_grid *g, cc_rect r, const char *title);

cc_rect cc_rect_row(cc_rect r, int i);                      /* the i-th row of r; empty when outside */
cc_rect cc_rect_skip(cc_rect r, int columns);               /* r without its first columns */
cc_rect cc_rect_inset(cc_rect outer, int w, int h);         /* w x h in the middle of outer, at most as large */

/* Text of the grid, one line a row, blanks at the ends cut. looks: a second block, one letter a cell, follows. */
void cc_grid_dump(const cc_grid *g, cc_buf *out, bool looks);

#endif
