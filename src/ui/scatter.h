/* scatter.h - how long traces took over time, above their list: a heat map of the reply's bands, failures set apart. */
#ifndef COLDCASE_UI_SCATTER_H
#define COLDCASE_UI_SCATTER_H

#include "ui/sheet.h"

/* Rows of a pane of `height` rows that it takes; 0 where the reply has no such table or the list would be left too little. */
int cc_scatter_height(const cc_sheet *s, int height);
void cc_scatter_draw(const cc_sheet *s, cc_grid *g, cc_rect r, const cc_sheet_look *look);

#endif
