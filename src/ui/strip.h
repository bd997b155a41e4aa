/* strip.h - the volume of a list over time, above it: stacked by gravity, with the time cursor and the onset. */
#ifndef COLDCASE_UI_STRIP_H
#define COLDCASE_UI_STRIP_H

#include "ui/sheet.h"

/* Rows of a pane of `height` rows that the strip takes; 0 where the reply has no volume or the list would be left too little. */
int cc_strip_height(const cc_sheet *s, int height);
void cc_strip_draw(const cc_sheet *s, cc_grid *g, cc_rect r, const cc_sheet_look *look);

#endif
