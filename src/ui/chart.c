/* chart.c - several series over one time axis.
 *
 * Each column of the plot stands for a slice of time. Braille draws dots (two a column, four a row) with a line between
 * neighbours; block and ascii draw one mark a column and series. When several points fall in one slice their smallest and
 * largest are both drawn, so that a spike stays visible after downsampling. */
#include "ui/draw.h"

#include <math.h>
#include <stdio.h>

#include "coldcase/time.h"
#include "coldcase/utf8.h"

enum { LABEL_WIDTH = 9, PLOT_ROWS = 8, MAX_SERIES = 4 };

typedef struct plot {
	cc_grid *g;
	cc_rect r;               /* the plot itself, without labels and axis */
	int64_t from_ns, to_ns;
	double low, high;
	int sx, sy;              /* dots a cell */
	cc_glyphs glyphs;
} plot;

int cc_draw_chart_height(const cc_section *chart)
{
	size_t series = chart->series_count < MAX_SERIES ? chart->series_count : MAX_SERIES;
	return PLOT_ROWS + 1 + (int)series;
}

static bool find_ranges(plot *p, const cc_section *chart)
{
	bool any = false;
	for (size_t s = 0; s < chart->series_count && s < MAX_SERIES; s++) {
		for (size_t i = 0; i < chart->series[s].count; i++) {
			cc_chart_point pt = chart->series[s].points[i];
			if (!isfinite(pt.value))
				continue;
			if (!any || pt.time_ns < p->from_ns)
				p->from_ns = pt.time_ns;
			if (!any || pt.time_ns > p->to_ns)
				p->to_ns = pt.time_ns;
			if (!any || pt.value < p->low)
				p->low = pt.value;
			if (!any || pt.value > p->high)
				p->high = pt.value;
			any = true;
		}
	}
	if (p->low > 0 && p->low < p->high * 0.8)
		p->low = 0;
	if (p->high <= p->low)
		p->high = p->low + 1;
	return any;
}

static int column_of(const plot *p, int64_t t)
{
	int dots = p->r.w * p->sx;
	if (p->to_ns <= p->from_ns)
		return dots / 2;
	double share = (double)(t - p->from_ns) / (double)(p->to_ns - p->from_ns);
	int x = (int)(share * dots);
	return x < 0 ? 0 : x >= dots ? dots - 1 : x;
}

static int row_of(const plot *p, double v)
{
	int dots = p->r.h * p->sy;
	int y = (int)lround((p->high - v) / (p->high - p->low) * (dots - 1));
	return y < 0 ? 0 : y >= dots ? dots - 1 : y;
}

static void dot(const plot *p, int x, int y, cc_look look)
{
	static const uint8_t bits[4][2] = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };
	int cx = p->r.x + x / p->sx, cy = p->r.y + y / p->sy;
	cc_gcell *c = cc_grid_at(p->g, cx, cy);
	if (!c)
		return;
	if (p->glyphs == CC_GLYPHS_BRAILLE) {
		uint32_t have = c->ch >= 0x2800 && c->ch <= 0x28ff ? c->ch - 0x2800 : 0;
		cc_grid_put(p->g, cx, cy, 0x2800 + (have | bits[y % 4][x % 2]), look, 0);
	} else if (p->glyphs == CC_GLYPHS_BLOCK) {
		static const uint32_t halves[2] = { 0x2580, 0x2584 };
		bool both = (c->ch == 0x2580 || c->ch == 0x2584) && c->ch != halves[y % 2];
		cc_grid_put(p->g, cx, cy, both || c->ch == 0x2588 ? 0x2588 : halves[y % 2], look, 0);
	} else {
		static const char marks[MAX_SERIES] = { '*', 'o', '+', 'x' };
		cc_grid_put(p->g, cx, cy, (uint32_t)(unsigned char)marks[(look - CC_LOOK_SERIES1) % MAX_SERIES], look, 0);
	}
}

static void dots_between(const plot *p, int x, int y0, int y1, cc_look look)
{
	if (y0 > y1) {
		int t = y0;
		y0 = y1;
		y1 = t;
	}
	for (int y = y0; y <= y1; y++)
		dot(p, x, y, look);
}

/* Neighbouring points are joined; a NaN, or a hole of more than four slices wide, is left open. */
static void draw_series(const plot *p, const cc_chart_series *s, cc_look look)
{
	bool joined = false;
	int px = 0, py = 0;
	for (size_t i = 0; i < s->count; i++) {
		if (!isfinite(s->points[i].value)) {
			joined = false;
			continue;
		}
		int x = column_of(p, s->points[i].time_ns), y = row_of(p, s->points[i].value);
		if (joined && x == px)
			dots_between(p, x, py, y, look);
		for (int k = px + 1; joined && x > px && k <= x; k++)
			dots_between(p, k, py + (y - py) * (k - 1 - px) / (x - px), py + (y - py) * (k - px) / (x - px), look);
		if (!joined)
			dot(p, x, y, look);
		joined = true;
		px = x;
		py = y;
	}
}

static void value_text(char *out, size_t size, double v)
{
	double a = fabs(v);
	if (a >= 1e9)
		snprintf(out, size, "%.3gG", v / 1e9);
	else if (a >= 1e6)
		snprintf(out, size, "%.3gM", v / 1e6);
	else if (a >= 1e4)
		snprintf(out, size, "%.3gk", v / 1e3);
	else
		snprintf(out, size, "%.3g", v);
}

static void draw_axis(const plot *p, cc_rect labels, int axis_y)
{
	char text[32];
	static const int at[] = { 0, 50, 100 };
	for (size_t i = 0; i < 3; i++) {
		value_text(text, sizeof text, p->high - (p->high - p->low) * at[i] / 100);
		cc_rect row = { labels.x, p->r.y + (p->r.h - 1) * at[i] / 100, labels.w, 1 };
		cc_grid_printf(p->g, row, CC_LOOK_DIM, 0, "%*s", LABEL_WIDTH - 2, text);
	}
	cc_buf b = CC_BUF_INIT;
	cc_time_format_clock(&b, p->from_ns);
	cc_grid_text(p->g, (cc_rect){ p->r.x, axis_y, p->r.w, 1 }, cc_buf_str(&b), CC_LOOK_DIM, 0);
	cc_buf_clear(&b);
	cc_time_format_clock(&b, p->to_ns);
	if (p->r.w > 24)
		cc_grid_text(p->g, (cc_rect){ p->r.x + p->r.w - (int)b.n, axis_y, (int)b.n, 1 }, cc_buf_str(&b), CC_LOOK_DIM, 0);
	cc_buf_deinit(&b);
}

static void draw_vertical(const plot *p, int64_t t, cc_look look, int axis_y)
{
	if (t == CC_TIME_NONE || t < p->from_ns || t > p->to_ns)
		return;
	int x = p->r.x + column_of(p, t) / p->sx;
	for (int y = p->r.y; y < p->r.y + p->r.h; y++) {
		const cc_gcell *c = cc_grid_at(p->g, x, y);
		if (c && c->ch == ' ')
			cc_grid_put(p->g, x, y, p->g->ascii ? ':' : 0x2506, look, 0);
	}
	cc_grid_put(p->g, x, axis_y, '^', look, 0);
}

/* "name  min 0.1  max 4  last 2 unit": the numbers a picture cannot give exactly. */
static void draw_legend(const plot *p, cc_rect row, const cc_chart_series *s, cc_look look, int64_t at_ns)
{
	char low[32], high[32], last[32];
	double min = NAN, max = NAN, at = NAN;
	for (size_t i = 0; i < s->count; i++) {
		double v = s->points[i].value;
		if (!isfinite(v))
			continue;
		min = !(min <= v) ? v : min;
		max = !(max >= v) ? v : max;
		if (at_ns == CC_TIME_NONE || s->points[i].time_ns <= at_ns)
			at = v;
	}
	value_text(low, sizeof low, min);
	value_text(high, sizeof high, max);
	value_text(last, sizeof last, at);
	int used = cc_grid_textz(p->g, row, p->g->ascii ? "* " : "\xe2\x96\xa0 ", look, 0);
	used += cc_grid_outside(p->g, cc_rect_skip(row, used), s->name, CC_LOOK_TEXT, 0);
	used += cc_grid_printf(p->g, cc_rect_skip(row, used), CC_LOOK_DIM, 0, "  min %s  max %s  %s %s ", low, high,
		at_ns == CC_TIME_NONE ? "last" : "at cursor", last);
	cc_grid_outside(p->g, cc_rect_skip(row, used), s->unit, CC_LOOK_DIM, 0);
}

void cc_draw_chart(cc_grid *g, cc_rect r, const cc_section *chart, int64_t at_ns, cc_glyphs glyphs)
{
	plot p = { .g = g, .glyphs = glyphs, .sx = glyphs == CC_GLYPHS_BRAILLE ? 2 : 1,
		.sy = glyphs == CC_GLYPHS_BRAILLE ? 4 : glyphs == CC_GLYPHS_BLOCK ? 2 : 1 };
	int series = (int)(chart->series_count < MAX_SERIES ? chart->series_count : MAX_SERIES), rows = r.h - 1 - series;
	if (rows < 2 || r.w < LABEL_WIDTH + 8)
		return;
	p.r = (cc_rect){ r.x + LABEL_WIDTH, r.y, r.w - LABEL_WIDTH, rows };
	if (!find_ranges(&p, chart)) {
		cc_grid_textz(g, r, "no values in this range", CC_LOOK_DIM, 0);
		return;
	}
	cc_grid_fill(g, (cc_rect){ p.r.x - 1, p.r.y, 1, p.r.h }, g->ascii ? '|' : 0x2502, CC_LOOK_BORDER, 0);
	draw_axis(&p, r, r.y + rows);
	for (int i = series - 1; i >= 0; i--)
		draw_series(&p, &chart->series[i], (cc_look)(CC_LOOK_SERIES1 + i));
	for (size_t i = 0; i < chart->mark_count; i++)
		draw_vertical(&p, chart->marks[i].time_ns, (cc_look)chart->marks[i].role, r.y + rows);
	draw_vertical(&p, at_ns, CC_LOOK_CURSOR, r.y + rows);
	for (int i = 0; i < series; i++)
		draw_legend(&p, cc_rect_row(r, rows + 1 + i), &chart->series[i], (cc_look)(CC_LOOK_SERIES1 + i), at_ns);
}
