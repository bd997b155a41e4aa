/* axis.h - what is drawn along time can be pointed at: who draws it says where it stands, and the mouse asks. */
#ifndef COLDCASE_UI_AXIS_H
#define COLDCASE_UI_AXIS_H

#include "ui/cells.h"

void cc_axis_add(cc_grid *g, const cc_axis *axis);      /* what is drawn next over it is found first */
void cc_axis_copy(cc_grid *to, const cc_grid *from, int x, int y, int rows);   /* those of a grid put there, rows from y on up to `rows` */
const cc_axis *cc_axis_at(const cc_grid *g, int x, int y);    /* NULL = no time stands there */
double cc_axis_place(const cc_axis *a, int64_t ns);      /* columns from the left edge and parts of them; negative: outside */
int64_t cc_axis_time(const cc_axis *a, int x);          /* in the middle of a column of the grid; clamped to the axis */

#endif
