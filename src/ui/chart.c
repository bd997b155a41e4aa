/* chart.c - the plots of a chart over one time axis.
 *
 * A stack has one plot below the other, each with its own scale; small multiples stand side by side with one scale for all, so
 * that the pod that differs shows. Above each plot: its name, the value at the time cursor, its extremes. Below all of them
 * the marks (^ the onset, A an alert while it fired, C a change), the times, and how samples and columns compare. */
#include "ui/axis.h"
#include "ui/chart_priv.h"

#include <math.h>

#include "coldcase/time.h"
#include "coldcase/utf8.h"

enum { LABEL = 9, STACK_MAX = 4, MULTIPLES_MAX = 16, MULTIPLE_WIDTH = 36, FOOT = 3, TABLE = 3 };

typedef struct arrangement { int shown, across, down, width, rows; } arrangement;   /* rows: of dots in one plot */

/* Plots grow with the page up to a height at which their shape is best read; the first row of the table below stays in view. */
static int plot_rows(int plots, int height)
{
	static const int least[STACK_MAX + 1] = { 0, 9, 5, 3, 2 }, most[STACK_MAX + 1] = { 0, 18, 12, 9, 7 };
	int page = plots > 1 && height * 3 / 5 < height - TABLE ? (height < 40 ? height - TABLE : height * 3 / 5) : height * 3 / 5;
	int rows = (page - FOOT) / plots - 1;
	return rows < least[plots] ? least[plots] : rows > most[plots] ? most[plots] : rows;
}

static int multiple_rows(int down, int height)
{
	int rows = (height - TABLE - FOOT) / down - 1;
	return rows < 3 ? 3 : rows > 8 ? 8 : rows;
}

static arrangement arrange(const cc_section *chart, int width, int height)
{
	arrangement a = { .shown = (int)(chart->series_count < STACK_MAX ? chart->series_count : STACK_MAX), .across = 1, .width = width };
	if (chart->multiples) {
		a.shown = (int)(chart->series_count < MULTIPLES_MAX ? chart->series_count : MULTIPLES_MAX);
		a.across = width / MULTIPLE_WIDTH > 1 ? width / MULTIPLE_WIDTH : 1;
		a.across = a.across > a.shown ? a.shown : a.across > 5 ? 5 : a.across;
	}
	if (a.shown == 0)
		return a;
	a.down = (a.shown + a.across - 1) / a.across;
	a.width = (width - 2 * (a.across - 1)) / a.across;
	a.rows = chart->multiples && a.down > 1 ? multiple_rows(a.down, height) : plot_rows(a.down, height);
	return a;
}

int cc_draw_chart_height(const cc_section *chart, int width, int height)
{
	arrangement a = arrange(chart, width, height);
	return a.shown ? a.down * (a.rows + 1) + FOOT : 0;
}

/* The window when it holds any of the samples, else all of them; as known then, nothing after the cursor. */
static bool find_times(const cc_section *chart, const cc_chart_look *look, int64_t *from, int64_t *to)
{
	bool any = false;
	for (size_t k = 0; k < chart->series_count; k++) {
		for (size_t i = 0; i < chart->series[k].count; i++) {
			int64_t t = chart->series[k].points[i].time_ns;
			*from = !any || t < *from ? t : *from;
			*to = !any || t > *to ? t : *to;
			any = true;
		}
	}
	if (!any)
		return false;
	int64_t a = look->window.from_ns != CC_TIME_NONE && look->window.from_ns > *from ? look->window.from_ns : *from;
	int64_t b = look->window.to_ns != CC_TIME_NONE && look->window.to_ns < *to ? look->window.to_ns : *to;
	b = look->known && look->at_ns != CC_TIME_NONE && look->at_ns < b ? look->at_ns : b;
	if (a < b || look->known) {
		*from = a;
		*to = b;
	}
	return *from <= *to;
}

/* The sample that holds at a time: the last one before it, unless it is too old to. */
static double value_at(const cc_chart_series *s, int64_t at)
{
	double v = NAN;
	int64_t when = CC_TIME_NONE;
	for (size_t i = 0; i < s->count && s->points[i].time_ns <= at; i++) {
		v = s->points[i].value;
		when = s->points[i].time_ns;
	}
	return when != CC_TIME_NONE && s->interval_ns > 0 && at - when > s->interval_ns + s->interval_ns * 3 / 2 ? NAN : v;
}

typedef enum detail { VALUE, EXTREMES, LEVELS } detail;

/* "at cursor 32.1%  min 0%  max 40%  limit 512Mi": the numbers a picture cannot give exactly. */
static void add_numbers(cc_buf *out, const cc_plot *p, const cc_chart_series *s, int64_t at_ns, detail most)
{
	double min = NAN, max = NAN;
	for (size_t i = 0; i < s->count; i++) {
		double v = s->points[i].value;
		if (!isfinite(v) || s->points[i].time_ns < p->from_ns || s->points[i].time_ns > p->to_ns)
			continue;
		min = !(min <= v) ? v : min;
		max = !(max >= v) ? v : max;
	}
	cc_buf_clear(out);
	cc_buf_addz(out, at_ns == CC_TIME_NONE ? "last " : most == VALUE ? "at " : "at cursor ");
	if (at_ns == CC_TIME_NONE)
		cc_quantity_render(out, value_at(s, p->to_ns), s->unit);
	else
		cc_quantity_render_exact(out, value_at(s, at_ns), s->unit);
	if (most >= EXTREMES) {
		cc_buf_addz(out, "  min ");
		cc_quantity_render(out, min, s->unit);
		cc_buf_addz(out, "  max ");
		cc_quantity_render(out, max, s->unit);
	}
	for (size_t i = 0; i < s->level_count && most == LEVELS; i++) {
		cc_buf_addf(out, "  %.*s ", CC_STR_ARG(s->levels[i].label));
		cc_quantity_render(out, s->levels[i].value, s->unit);
	}
}

enum { NAME_ROOM = 30 };

/* As many of the numbers as leave the name readable. */
static void draw_legend(const cc_plot *p, cc_rect row, const cc_chart_series *s, cc_look look, const cc_chart_look *how)
{
	int64_t at_ns = how->at_ns;
	cc_buf numbers = CC_BUF_INIT, name = CC_BUF_INIT, fit = CC_BUF_INIT;
	cc_utf8_clean(&name, s->name, p->g->ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
	int used = cc_grid_textz(p->g, row, p->g->ascii ? "* " : "\xe2\x96\xa0 ", look, 0), room = 0;
	int wanted = (int)cc_width(cc_buf_str(&name)) < NAME_ROOM ? (int)cc_width(cc_buf_str(&name)) : NAME_ROOM;
	for (int most = LEVELS; most >= VALUE && room < wanted && !how->sliced; most--) {
		add_numbers(&numbers, p, s, at_ns, (detail)most);
		room = row.w - used - (int)numbers.n - 2;
	}
	room = how->sliced ? row.w - used : room;
	cc_width_fit(&fit, cc_buf_str(&name), (size_t)(room < 8 ? 8 : room), p->g->ascii);
	used += cc_grid_text(p->g, cc_rect_skip(row, used), cc_buf_str(&fit), CC_LOOK_TEXT, 0);
	cc_grid_text(p->g, cc_rect_skip(row, used + 2), cc_buf_str(&numbers), at_ns == CC_TIME_NONE ? CC_LOOK_DIM : CC_LOOK_CURSOR, 0);
	cc_buf_deinit(&numbers);
	cc_buf_deinit(&name);
	cc_buf_deinit(&fit);
}

static void draw_labels(const cc_plot *p, cc_str unit)
{
	cc_buf b = CC_BUF_INIT;
	cc_grid_fill(p->g, (cc_rect){ p->r.x - 1, p->r.y, 1, p->r.h }, p->g->ascii ? '|' : 0x2502, CC_LOOK_BORDER, 0);
	for (int i = 0; i < 3; i++) {
		if (i == 1 && p->r.h < 5)
			continue;
		cc_buf_clear(&b);
		cc_quantity_render(&b, p->high - (p->high - p->low) * i / 2, unit);
		int w = (int)cc_width(cc_buf_str(&b)), x = p->r.x - 2 - w, left = p->r.x - LABEL - 1;
		cc_rect row = { x > left ? x : left, p->r.y + (p->r.h - 1) * i / 2, LABEL - 1, 1 };
		cc_grid_text(p->g, row, cc_buf_str(&b), CC_LOOK_DIM, 0);
	}
	cc_buf_deinit(&b);
}

static void draw_plot(const cc_plot *p, const cc_section *chart, const cc_chart_series *s, cc_look look, int64_t at_ns)
{
	draw_labels(p, s->unit);
	cc_plot_series(p, s, look);
	for (size_t i = 0; i < chart->mark_count; i++)
		if (chart->marks[i].sign == '^')
			cc_plot_vertical(p, chart->marks[i].time_ns, (cc_look)chart->marks[i].role);
	cc_plot_vertical(p, at_ns, CC_LOOK_CURSOR);
	cc_plot_levels(p, s);
	cc_plot_resets(p, s);
}

/* --- the axis --- */

static void draw_mark(const cc_plot *p, int y, const cc_chart_mark *m)
{
	int x = cc_plot_column(p, m->time_ns), end = -1;
	if (m->until_ns > m->time_ns) {
		int64_t from = m->time_ns > p->from_ns ? m->time_ns : p->from_ns, to = m->until_ns < p->to_ns ? m->until_ns : p->to_ns;
		end = from <= to ? cc_plot_column(p, to) : -1;
		for (int k = end < 0 ? 0 : cc_plot_column(p, from); k <= end; k++) {
			const cc_gcell *c = cc_grid_at(p->g, p->r.x + k, y);
			if (c && c->ch == (p->g->ascii ? '-' : 0x2500))
				cc_grid_put(p->g, p->r.x + k, y, p->g->ascii ? '=' : 0x2550, (cc_look)m->role, 0);
		}
	}
	if (x >= 0)
		cc_grid_put(p->g, p->r.x + x, y, (uint32_t)(unsigned char)m->sign, (cc_look)m->role, CC_ATTR_BOLD);
}

/* The clock at a column, when nothing is there yet. */
static void draw_clock(const cc_plot *p, int y, int64_t t, cc_look look)
{
	cc_buf b = CC_BUF_INIT;
	cc_time_format_clock(&b, t);
	int x = cc_plot_column(p, t) - (int)b.n / 2;
	x = x < 0 ? 0 : x + (int)b.n > p->r.w ? p->r.w - (int)b.n : x;
	for (int k = -1; k <= (int)b.n; k++) {
		const cc_gcell *c = cc_grid_at(p->g, p->r.x + x + k, y);
		if (x + k >= 0 && x + k < p->r.w && c && c->ch != ' ')
			x = p->r.w;
	}
	if (x >= 0 && x < p->r.w)
		cc_grid_text(p->g, (cc_rect){ p->r.x + x, y, (int)b.n, 1 }, cc_buf_str(&b), look, 0);
	cc_buf_deinit(&b);
}

static void draw_axis(const cc_plot *p, const cc_section *chart, int y, int64_t at_ns)
{
	cc_grid_fill(p->g, (cc_rect){ p->r.x, y, p->r.w, 1 }, p->g->ascii ? '-' : 0x2500, CC_LOOK_BORDER, 0);
	for (int pass = 0; pass < 2; pass++)   /* the onset last: nothing hides it */
		for (size_t i = 0; i < chart->mark_count; i++)
			if ((chart->marks[i].sign == '^') == (pass == 1))
				draw_mark(p, y, &chart->marks[i]);
	int cursor = cc_plot_column(p, at_ns);
	if (cursor >= 0) {
		cc_grid_put(p->g, p->r.x + cursor, y, p->g->ascii ? '#' : 0x25b2, CC_LOOK_CURSOR, CC_ATTR_BOLD);
		draw_clock(p, y + 1, at_ns, CC_LOOK_CURSOR);
	}
	draw_clock(p, y + 1, p->from_ns, CC_LOOK_DIM);
	draw_clock(p, y + 1, p->to_ns, CC_LOOK_DIM);
}

/* "one sample every 1m, 2.3 a column (min and max kept)": whether a column hides anything. */
static void draw_sampling(const cc_plot *p, const cc_section *chart, cc_rect row)
{
	const cc_chart_series *s = &chart->series[0];
	cc_buf b = CC_BUF_INIT;
	double inside = 0;
	for (size_t i = 0; i < s->count; i++)
		inside += s->points[i].time_ns >= p->from_ns && s->points[i].time_ns <= p->to_ns;
	if (s->interval_ns <= 0 || p->r.w < 1)
		return;
	cc_buf_addz(&b, "one sample every ");
	cc_duration_format(&b, s->interval_ns);
	if (s->samples > s->count && s->count)
		inside *= (double)s->samples / (double)s->count;
	if (inside > p->r.w)
		cc_buf_addf(&b, ", %.1f a column: min and max kept", inside / p->r.w);
	else
		cc_buf_addf(&b, ", %.1f columns each", p->r.w / (inside > 1 ? inside : 1));
	for (size_t k = 0, n = 0; k < chart->series_count; k++)
		if (chart->series[k].reset_count && n++ == 0)
			cc_buf_addz(&b, "; R counter reset");
	cc_grid_text(p->g, row, cc_buf_str(&b), CC_LOOK_DIM, 0);
	cc_buf_deinit(&b);
}

void cc_draw_chart(cc_grid *g, cc_rect r, const cc_section *chart, const cc_chart_look *look)
{
	cc_plot p = { .g = g, .low = 1, .high = 0 };
	arrangement a = arrange(chart, r.w, look->height);
	a.rows = look->rows > 0 ? look->rows : a.rows;
	if (a.shown == 0 || a.width < LABEL + 8)
		return;
	if (!find_times(chart, look, &p.from_ns, &p.to_ns)) {
		cc_grid_textz(g, r, "no values in this range", CC_LOOK_DIM, 0);
		return;
	}
	cc_plot_set_glyphs(&p, look->glyphs);
	for (int i = 0; chart->multiples && i < a.shown; i++)
		cc_plot_take(&p, &chart->series[i]);
	int foot = r.y + a.down * (a.rows + 1);
	for (int i = 0; i < a.shown; i++) {
		const cc_chart_series *s = &chart->series[i];
		cc_look color = (cc_look)(CC_LOOK_SERIES1 + (chart->multiples ? 0 : i % STACK_MAX));
		cc_rect box = { r.x + i % a.across * (a.width + 2), r.y + i / a.across * (a.rows + 1), a.width, a.rows + 1 };
		cc_plot one = p;
		one.r = (cc_rect){ box.x + LABEL + 1, box.y + 1, box.w - LABEL - 1, a.rows };
		bool any = chart->multiples ? p.low <= p.high : cc_plot_take(&one, s);
		cc_plot_settle(&one);
		draw_legend(&one, cc_rect_row(box, 0), s, color, look);
		if (any)
			draw_plot(&one, chart, s, color, look->at_ns);
		else
			cc_grid_textz(g, one.r, "no values in this range", CC_LOOK_DIM, 0);
		cc_axis_add(g, &(cc_axis){ .r = { one.r.x, one.r.y, one.r.w, one.r.h }, .range = { p.from_ns, p.to_ns } });
		if (i + a.across >= a.shown)
			draw_axis(&one, chart, foot, look->at_ns);
		p.r = one.r;
	}
	draw_sampling(&p, chart, (cc_rect){ r.x + LABEL + 1, foot + 2, r.w - LABEL - 1, 1 });
}
