/* reply_chart.c - a chart in plain text: a small picture for the eye, and its extremes with their times in words.
 *
 * A line goes from point to point, so a column that holds several points shows their whole range; where points are missing the
 * line is missing too. Braille has eight dots a character, ASCII one. */
#include "cmd/reply_priv.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "coldcase/utf8.h"

enum { CHARTS_MAX = 4, ROWS_ALONE = 8, ROWS_AMONG = 4, LABEL = 9, UNLIMITED = 72, WIDTH_MIN = 30, WIDTH_MAX = 200, MARKS_MAX = 4 };

typedef struct plot {
	const cc_section *s;
	cc_buf *out;
	bool ascii;
	size_t width, height;    /* characters */
	int sx, sy;              /* dots a character */
	int64_t from_ns, to_ns;
	double low, high;
	uint8_t dots[ROWS_ALONE][WIDTH_MAX];
} plot;

typedef struct extremes { cc_chart_point low, high, last; size_t count; } extremes;

static extremes find_extremes(const cc_chart_series *cs)
{
	extremes e = { .low.value = NAN, .high.value = NAN, .last.value = NAN };
	for (size_t i = 0; i < cs->count; i++) {
		cc_chart_point p = cs->points[i];
		if (!isfinite(p.value))
			continue;
		if (!e.count || p.value < e.low.value)
			e.low = p;
		if (!e.count || p.value > e.high.value)
			e.high = p;
		e.last = p;
		e.count++;
	}
	return e;
}

static bool find_times(plot *p)
{
	bool any = false;
	for (size_t k = 0; k < p->s->series_count; k++) {
		for (size_t i = 0; i < p->s->series[k].count; i++) {
			int64_t t = p->s->series[k].points[i].time_ns;
			if (t == CC_TIME_NONE)
				continue;
			p->from_ns = !any || t < p->from_ns ? t : p->from_ns;
			p->to_ns = !any || t > p->to_ns ? t : p->to_ns;
			any = true;
		}
	}
	return any && p->to_ns > p->from_ns;
}

static void time_text(const plot *p, cc_buf *out, int64_t t)
{
	const int64_t day_ns = INT64_C(86400) * CC_NS_PER_S;
	if (t != CC_TIME_NONE && p->from_ns / day_ns == p->to_ns / day_ns)
		cc_time_format_clock(out, t);
	else
		cc_time_format(out, t);
}

/* Dot column of a time; -1 outside. */
static int column_of(const plot *p, int64_t t)
{
	if (t == CC_TIME_NONE || t < p->from_ns || t > p->to_ns)
		return -1;
	double share = ((double)t - (double)p->from_ns) / ((double)p->to_ns - (double)p->from_ns);
	return (int)lround(share * ((double)p->width * p->sx - 1));
}

static int row_of(const plot *p, double v)
{
	double dots = (double)p->height * p->sy - 1;
	return (int)lround((p->high - v) / (p->high - p->low) * dots);
}

static void dot(plot *p, int x, int y)
{
	static const uint8_t bits[4][2] = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };
	size_t cx = (size_t)(x / p->sx), cy = (size_t)(y / p->sy);
	if (x >= 0 && y >= 0 && cx < p->width && cy < p->height)
		p->dots[cy][cx] |= p->sx == 2 ? bits[y % 4][x % 2] : 1;
}

static void line(plot *p, int x0, int y0, int x1, int y1)
{
	int steps = abs(x1 - x0) > abs(y1 - y0) ? abs(x1 - x0) : abs(y1 - y0);
	for (int i = 0; i <= steps; i++) {
		double share = steps ? (double)i / steps : 0;
		dot(p, (int)lround(x0 + share * (x1 - x0)), (int)lround(y0 + share * (y1 - y0)));
	}
}

/* A distance of two and a half usual steps is a gap, and so is a value that is no number. */
static void draw_series(plot *p, const cc_chart_series *cs)
{
	int64_t usual = cs->interval_ns;
	if (usual <= 0 && cs->count > 1)
		usual = (cs->points[cs->count - 1].time_ns - cs->points[0].time_ns) / (int64_t)(cs->count - 1);
	const cc_chart_point *before = NULL;
	memset(p->dots, 0, sizeof p->dots);
	for (size_t i = 0; i < cs->count; i++) {
		const cc_chart_point *now = &cs->points[i];
		int x = column_of(p, now->time_ns);
		if (!isfinite(now->value) || x < 0) {
			before = NULL;
			continue;
		}
		int y = row_of(p, now->value);
		if (before && now->time_ns - before->time_ns <= usual + usual * 3 / 2)
			line(p, column_of(p, before->time_ns), row_of(p, before->value), x, y);
		else
			dot(p, x, y);
		before = now;
	}
}

/* Zero is on the axis unless the line would be flattened by it; what moves by less than a tenth is drawn against zero, flat. */
static void set_scale(plot *p, const extremes *e)
{
	p->low = e->low.value;
	p->high = e->high.value;
	if (p->low > 0 && (p->low < p->high * 0.8 || p->low > p->high * 0.9))
		p->low = 0;
	if (p->high < 0 && p->low == p->high)
		p->high = 0;
	if (p->high <= p->low)
		p->high = p->low + 1;
}

static bool is_marked(const plot *p, size_t x)
{
	for (size_t i = 0; i < p->s->mark_count && i < MARKS_MAX; i++) {
		int c = column_of(p, p->s->marks[i].time_ns);
		if (c >= 0 && (size_t)(c / p->sx) == x)
			return true;
	}
	return false;
}

static void plot_row(const plot *p, size_t y, cc_str unit)
{
	cc_buf label = CC_BUF_INIT, row = CC_BUF_INIT;
	char bytes[4];
	if (y == 0 || y + 1 == p->height)
		cc_quantity_render(&label, y ? p->low : p->high, unit);
	size_t pad = cc_width(cc_buf_str(&label));
	cc_buf_add_repeat(&row, ' ', 2 + (pad < LABEL ? LABEL - pad : 0));
	cc_buf_add(&row, cc_buf_str(&label));
	cc_buf_addz(&row, p->ascii ? " |" : " │");
	for (size_t x = 0; x < p->width; x++) {
		if (p->dots[y][x] && p->ascii)
			cc_buf_add_char(&row, '*');
		else if (p->dots[y][x])
			cc_buf_add(&row, (cc_str){ bytes, cc_utf8_encode(0x2800u + p->dots[y][x], bytes) });
		else if (is_marked(p, x))
			cc_buf_addz(&row, p->ascii ? ":" : "┊");
		else
			cc_buf_add_char(&row, ' ');
	}
	while (row.n && row.p[row.n - 1] == ' ')
		cc_buf_truncate(&row, row.n - 1);
	cc_buf_add(p->out, cc_buf_str(&row));
	cc_buf_add_char(p->out, '\n');
	cc_buf_deinit(&row);
	cc_buf_deinit(&label);
}

/* The times of both ends under the axis, and below the last plot what the marks stand for. */
static void plot_foot(const plot *p, bool marks)
{
	cc_buf from = CC_BUF_INIT, to = CC_BUF_INIT;
	time_text(p, &from, p->from_ns);
	time_text(p, &to, p->to_ns);
	cc_buf_add_repeat(p->out, ' ', LABEL + 4);
	cc_buf_add(p->out, cc_buf_str(&from));
	cc_buf_add_repeat(p->out, ' ', p->width > from.n + to.n ? p->width - from.n - to.n : 1);
	cc_buf_add(p->out, cc_buf_str(&to));
	cc_buf_add_char(p->out, '\n');
	for (size_t i = 0; marks && i < p->s->mark_count && i < MARKS_MAX; i++) {
		if (column_of(p, p->s->marks[i].time_ns) < 0)
			continue;
		cc_buf_addf(p->out, "  %s ", p->ascii ? ":" : "┊");
		time_text(p, p->out, p->s->marks[i].time_ns);
		cc_buf_addz(p->out, "  ");
		cc_utf8_clean(p->out, p->s->marks[i].label, CC_CLEAN_LINE | (p->ascii ? CC_CLEAN_ASCII : 0u));
		cc_buf_add_char(p->out, '\n');
	}
	cc_buf_deinit(&from);
	cc_buf_deinit(&to);
}

static void add_extreme(const plot *p, cc_buf *out, const char *name, cc_chart_point at, cc_str unit, bool any)
{
	cc_buf_addf(out, "  %s ", name);
	cc_quantity_render(out, at.value, unit);
	if (any) {
		cc_buf_addz(out, " at ");
		time_text(p, out, at.time_ns);
	}
}

static void summary(const plot *p, const cc_chart_series *cs, const extremes *e, size_t columns)
{
	unsigned clean = CC_CLEAN_LINE | (p->ascii ? CC_CLEAN_ASCII : 0u);
	cc_buf b = CC_BUF_INIT;
	cc_utf8_clean(&b, cs->name, clean);
	cc_buf_addf(&b, ": %zu point%s", cs->count, cs->count == 1 ? "" : "s");
	if (cs->samples > cs->count)
		cc_buf_addf(&b, " of %zu samples (min and max kept)", cs->samples);
	if (cs->interval_ns > 0) {
		cc_buf_addz(&b, ", one every ");
		cc_duration_format(&b, cs->interval_ns);
	}
	add_extreme(p, &b, "min", e->low, cs->unit, e->count > 0);
	add_extreme(p, &b, "max", e->high, cs->unit, e->count > 0);
	add_extreme(p, &b, "last", e->last, cs->unit, false);
	for (size_t i = 0; i < cs->level_count; i++) {
		cc_buf_addz(&b, "  ");
		cc_utf8_clean(&b, cs->levels[i].label, clean);
		cc_buf_add_char(&b, ' ');
		cc_quantity_render(&b, cs->levels[i].value, cs->unit);
	}
	for (size_t i = 0; i < cs->reset_count && i < MARKS_MAX; i++) {
		cc_buf_addz(&b, i ? ", " : "  counter reset at ");
		time_text(p, &b, cs->resets[i]);
	}
	cc_buf_addz(p->out, "  ");
	cc_text_wrap(p->out, cc_buf_str(&b), 2, 4, columns);
	cc_buf_deinit(&b);
}

void cc_chart_render(const cc_section *s, cc_buf *out, size_t columns, bool ascii, bool drawn)
{
	plot p = { .s = s, .out = out, .ascii = ascii, .sx = ascii ? 1 : 2, .sy = ascii ? 1 : 4 };
	size_t all = columns ? columns : UNLIMITED;
	bool times = find_times(&p);
	p.height = s->series_count > 1 ? ROWS_AMONG : ROWS_ALONE;
	p.width = all > LABEL + 4 ? all - LABEL - 4 : 0;
	p.width = p.width > WIDTH_MAX ? WIDTH_MAX : p.width;
	for (size_t i = 0; i < s->series_count; i++) {
		extremes e = find_extremes(&s->series[i]);
		summary(&p, &s->series[i], &e, columns);
		if (drawn && times && e.count > 1 && i < CHARTS_MAX && all >= WIDTH_MIN) {
			set_scale(&p, &e);
			draw_series(&p, &s->series[i]);
			for (size_t y = 0; y < p.height; y++)
				plot_row(&p, y, s->series[i].unit);
			plot_foot(&p, i + 1 == s->series_count || i + 1 == CHARTS_MAX);
		}
	}
}
