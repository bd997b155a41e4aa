/* svg.h - a grid as a picture in SVG: text as text, so that it can be read, found and copied; lines, bars and dots as shapes, so that they
 * need no font. No script, no style sheet, nothing from elsewhere. */
#ifndef COLDCASE_UI_SVG_H
#define COLDCASE_UI_SVG_H

#include "ui/cells.h"
#include "ui/ink.h"

enum { CC_SVG_CELL_W = 8, CC_SVG_CELL_H = 16, CC_SVG_MARGIN = 8 };

/* One picture. title: what it is, in a line. Its text stands in the description, for those who cannot see it. */
void cc_svg_grid(cc_buf *out, const cc_grid *g, const cc_theme *theme, cc_str title);
void cc_svg_escape(cc_buf *out, cc_str text);            /* of cleaned text */

/* svg_shape.c: true when the character is drawn and not written; path gets it as path data, with the upper left corner of its cell at
 * x, y. *opacity is that of shades, in quarters. */
bool cc_svg_shape(uint32_t ch, int x, int y, cc_buf *path, int *opacity);

#endif
