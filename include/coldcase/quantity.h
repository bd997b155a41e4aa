/* quantity.h - a number with its unit as a person reads it. */
#ifndef COLDCASE_QUANTITY_H
#define COLDCASE_QUANTITY_H

#include "coldcase/buf.h"

/* Three digits that count: "34.1Mi", "512B/s", "38ms", "12.5%", "0.3/s", of cores "3.11mcpu"; "-" for NaN. A count has no
 * unit, nor has a number in one that is not known. */
void cc_quantity_render(cc_buf *out, double v, cc_str unit);
bool cc_quantity_knows(cc_str unit);

#endif
