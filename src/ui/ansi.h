/* ansi.h - grids as the bytes that make a terminal show them, each as the change from the one before. */
#ifndef COLDCASE_UI_ANSI_H
#define COLDCASE_UI_ANSI_H

#include "coldcase/vec.h"
#include "ui/cells.h"
#include "ui/theme.h"

/* A cell as it looks, whatever it means: two meanings may look the same. */
typedef struct cc_ansi_cell {
	uint32_t ch, comb[CC_GRID_COMBINING];
	uint8_t width;
	cc_style style;
} cc_ansi_cell;

typedef struct cc_ansi {
	const cc_theme *theme;   /* borrowed */
	int columns, rows;       /* of what the terminal shows; 0 = nothing was written yet */
	CC_VEC(cc_ansi_cell) shown;
	cc_style pen;            /* what the terminal would write with, and where; x < 0 = not known */
	int x, y;
	bool cursor;             /* it is to be seen */
} cc_ansi;

void cc_ansi_init(cc_ansi *a, const cc_theme *theme);
void cc_ansi_deinit(cc_ansi *a);
/* Appends what makes the terminal show g. The first grid, and one of another size, begin with an empty screen; the terminal must
 * have that size by then. Nothing is appended when nothing changed. False when out of memory. */
bool cc_ansi_write(cc_ansi *a, const cc_grid *g, cc_buf *out);

/* The cell as the terminal will show it. */
cc_ansi_cell cc_ansi_cell_of(const cc_theme *theme, const cc_gcell *c);

#endif
