/* svg.h - a grid as a picture in SVG: text as text, so that it can be read, found and copied; lines, bars and dots as shapes, so that they
 * need no font. No script, nothing from elsewhere. */
#ifndef COLDCASE_UI_SVG_H
#define COLDCASE_UI_SVG_H

#include "ui/cells.h"
#include "ui/ink.h"

enum { CC_SVG_CELL_W = 8, CC_SVG_CELL_H = 16, CC_SVG_MARGIN = 8 };

typedef struct cc_svg_look { cc_color fg, bg; unsigned attr; } cc_svg_look;

typedef struct cc_svg {
	cc_buf *out;
	const cc_theme *theme;
	const cc_grid *g;        /* what is drawn */
	cc_ink ink;
	cc_svg_look looks[CC_GRID_MAX];  /* of the row's cells */
	cc_buf part;             /* path data or text being gathered */
} cc_svg;

/* The element up to its paper, on which `columns` x `rows` are to come. title: what it is, in a line; the text of g is the description,
 * for those who cannot see it. style: a style sheet, empty = none. */
void cc_svg_begin(cc_svg *s, cc_buf *out, const cc_grid *g, const cc_theme *theme, cc_str title, cc_str style);
void cc_svg_row(cc_svg *s, int y);       /* row y of s->g where it belongs: the same row gives the same bytes */
void cc_svg_end(cc_svg *s);

/* svg_shape.c: true when the character is drawn and not written; path gets it as path data, with the upper left corner of its cell at
 * x, y. *opacity is that of shades, in quarters. */
bool cc_svg_shape(uint32_t ch, int x, int y, cc_buf *path, int *opacity);

#endif
