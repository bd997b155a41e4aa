/* map.h - a thing among its neighbours as boxes: a table whose rows stand on five sides, drawn around the one in the middle.
 *
 * A reply that holds such a table (key "nodes", with a column "side") is shown as a map and not as a list; its rows are the items
 * of the sheet, so that selection, search, pins and pivots work as everywhere. Callers stand left, callees right, what owns or
 * rules it above, what it is made of below. Lines: solid when an object declares the call, dashed when only traces show it. */
#ifndef COLDCASE_UI_MAP_H
#define COLDCASE_UI_MAP_H

#include "ui/sheet.h"

const cc_section *cc_map_section(const cc_reply *r, uint16_t *index);  /* NULL: not a map */
bool cc_map_shown(const cc_sheet *s);
size_t cc_map_middle(const cc_sheet *s);             /* its item */
void cc_map_draw(cc_sheet *s, cc_grid *g, cc_rect r, const cc_sheet_look *look);
/* One step left or right, up or down, from side to side. */
void cc_map_move(cc_sheet *s, int dx, int dy);
/* Letters stand on the boxes; the key picks one. False when none has it. */
bool cc_map_jump(cc_sheet *s, uint32_t letter);

#endif
