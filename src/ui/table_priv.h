/* table_priv.h - what fitting and drawing of a table share: the texts of its cells (table_text.c). */
#ifndef COLDCASE_UI_TABLE_PRIV_H
#define COLDCASE_UI_TABLE_PRIV_H

#include "ui/table.h"

/* A time takes the width its column asks for: with milliseconds, without, or with the date where it lies far from the capture (NULL: it
 * does not). Other texts render as they are. */
void cc_table_text(const cc_cell *c, int width, const cc_range *capture, cc_buf *out, bool ascii);
/* "otel-demo" of "otel-demo/Pod/x", borrowed; empty without one. */
cc_str cc_table_namespace(cc_str entity);
/* Without the namespace when it is the shared one. Things without a namespace stand under "cluster": that says nothing a kind does not. */
cc_str cc_table_bare(cc_str entity, cc_str shared);
/* Cuts a cell's text where it loses least: a name's middle, a chain's beginning. shifted: its left is out of sight, the chain stays. */
void cc_table_shorten(cc_buf *b, const cc_cell *cell, int width, bool shifted, cc_str shared, bool ascii);

#endif
