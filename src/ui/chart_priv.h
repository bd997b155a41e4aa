/* chart_priv.h - one plot of a chart: what arranging plots (chart.c) and dotting them (chart_plot.c) share. */
#ifndef COLDCASE_UI_CHART_PRIV_H
#define COLDCASE_UI_CHART_PRIV_H

#include "ui/draw.h"

typedef struct cc_plot {
	cc_grid *g;
	cc_rect r;               /* the dots alone, without labels and axis */
	int64_t from_ns, to_ns;
	double low, high;
	int sx, sy;              /* dots a cell */
	cc_glyphs glyphs;
} cc_plot;

void cc_plot_set_glyphs(cc_plot *p, cc_glyphs glyphs);
/* Widens low and high to what the series shows between from and to; false when it shows nothing. Start with low > high. */
bool cc_plot_take(cc_plot *p, const cc_chart_series *s);
/* After all series were taken: zero is on the axis unless that would flatten a line that moves - one that moves by less than a
 * tenth is flat, and is drawn so - and high is above low. */
void cc_plot_settle(cc_plot *p);
int cc_plot_column(const cc_plot *p, int64_t t);        /* cell of a time, from 0; -1 outside */
void cc_plot_series(const cc_plot *p, const cc_chart_series *s, cc_look look);
void cc_plot_levels(const cc_plot *p, const cc_chart_series *s);
void cc_plot_resets(const cc_plot *p, const cc_chart_series *s);
void cc_plot_vertical(const cc_plot *p, int64_t t, cc_look look);

#endif
