/* export_chart.h - a chart of a reply as SVG, for the HTML page. */
#ifndef COLDCASE_APP_EXPORT_CHART_H
#define COLDCASE_APP_EXPORT_CHART_H

#include "coldcase/reply.h"

/* Appends the picture: plots one above the other over one axis of time, each with its unit, extremes, limits, gaps and resets, and the
 * marks that all share. Nothing when it has no values. Texts are cleaned and escaped. Colours are classes: s0 … s3 for lines, m0 … for
 * the roles of marks. */
void app_chart_svg(cc_buf *out, const cc_section *chart);

#endif
