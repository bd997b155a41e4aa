/* pinlabel.h - what a pin is called when nobody says: the row it was made from, as words. */
#ifndef COLDCASE_PINLABEL_H
#define COLDCASE_PINLABEL_H

#include "coldcase/reply.h"

/* The row on one line of at most 160 columns. Its own time and entity stand beside it in a pin, and are left out while anything
 * else tells of it. Two rows of one record differ in it. */
void cc_pin_label(const cc_section *section, const cc_row *row, cc_buf *out);
/* For rows that only cite: what the page says it is about, and the first line of its text. */
void cc_pin_label_of_page(const cc_reply *page, cc_buf *out);

#endif
