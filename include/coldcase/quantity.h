/* quantity.h - a number with its unit as a person reads it. */
#ifndef COLDCASE_QUANTITY_H
#define COLDCASE_QUANTITY_H

#include "coldcase/buf.h"

/* Three digits that count: "34.1Mi", "512B/s", "38ms", "12.5%", "0.3/s", of cores "3.11mcpu"; "-" for NaN. A count has no
 * unit, nor has a number in one that is not known. */
void cc_quantity_render(cc_buf *out, double v, cc_str unit);
void cc_quantity_render_exact(cc_buf *out, double v, cc_str unit);   /* six digits, for what is read off a chart */
bool cc_quantity_knows(cc_str unit);

#endif
