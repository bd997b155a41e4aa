/* strip.c - see strip.h.
 *
 *     1,240 |   .:             .EE:
 *           | :::::::..W....:::EEEE:::.
 *           17:00:00Z -- E errors 31  W warnings 9  of 1,220 --^------ 17:12:59Z
 *
 * Errors stand at the bottom, warnings on them, the rest above; a slice with one of them shows it, however many others it has.
 * A long time without any row is left out: a slash stands for it. Each has a texture of its own besides its colour. The figure at the left is the fullest slice. */
#include "ui/strip.h"

#include "ui/axis.h"
#include "ui/scatter.h"

#include <math.h>
#include <string.h>

#include "coldcase/time.h"
#include "coldcase/utf8.h"

enum { LIST_LEAST = 10, LABEL = 7, TALL_FROM = 32, LOW = 4, TALL = 6 };

typedef struct volume {
	cc_strip_base base;      /* its slices count all records */
	const cc_cell *warnings, *errors;
} volume;

static bool volume_of(const cc_sheet *s, volume *v)
{
	static const char *const names[] = { "from", "to", "gap_from", "gap_to" };
	cc_strip_base *base = &v->base;
	*v = (volume){ .base = { NULL, CC_TIME_NONE, CC_TIME_NONE, CC_TIME_NONE, CC_TIME_NONE } };
	int64_t *times[] = { &base->from_ns, &base->to_ns, &base->gap_from_ns, &base->gap_to_ns };
	for (size_t i = 0; s->reply && i < cc_reply_section_count(s->reply); i++) {
		const cc_section *sec = cc_reply_section(s->reply, i);
		for (size_t k = 0; strcmp(sec->key, "volume") == 0 && k < sec->fact_count; k++) {
			const cc_fact *f = &sec->facts[k];
			if (strcmp(f->key, "records") == 0)
				base->slices = &f->cell;
			else if (strcmp(f->key, "warnings") == 0)
				v->warnings = &f->cell;
			else if (strcmp(f->key, "errors") == 0)
				v->errors = &f->cell;
			for (size_t t = 0; f->cell.type == CC_CELL_TIME && t < 4; t++)
				if (strcmp(f->key, names[t]) == 0)
					*times[t] = f->cell.i;
		}
	}
	return base->slices && v->warnings && v->errors && base->slices->point_count && base->from_ns != CC_TIME_NONE &&
		base->to_ns != CC_TIME_NONE && v->warnings->point_count == base->slices->point_count &&
		v->errors->point_count == base->slices->point_count;
}

int cc_strip_height(const cc_sheet *s, int height)
{
	volume v;
	if (height < LOW + LIST_LEAST || !volume_of(s, &v))
		return cc_scatter_height(s, height);
	return height >= TALL_FROM ? TALL : LOW;
}

/* The largest of the slices that share a column. */
static double at_column(const cc_cell *c, int x, int columns)
{
	size_t n = c->point_count, from = (size_t)x * n / (size_t)columns, to = ((size_t)x + 1) * n / (size_t)columns;
	double most = 0;
	for (size_t i = from; i < (to > from ? to : from + 1) && i < n; i++)
		most = c->points[i] > most ? c->points[i] : most;
	return most;
}

static double peak_of(const cc_cell *c)
{
	double most = 0;
	for (size_t i = 0; i < c->point_count; i++)
		most = c->points[i] > most ? c->points[i] : most;
	return most;
}

static double sum_of(const cc_cell *c)
{
	double sum = 0;
	for (size_t i = 0; i < c->point_count; i++)
		sum += isnan(c->points[i]) ? 0 : c->points[i];
	return sum;
}

/* Whole cells for what is grave, at least one where there is any. */
static int cells_of(double count, double peak, int rows)
{
	int cells = peak > 0 ? (int)(count / peak * rows + 0.5) : 0;
	return count > 0 && cells < 1 ? 1 : cells;
}

static void draw_column(cc_grid *g, cc_rect bars, int x, const volume *v, double peak, bool ascii)
{
	double all = at_column(v->base.slices, x, bars.w), errors = at_column(v->errors, x, bars.w), warnings = at_column(v->warnings, x, bars.w);
	int e = cells_of(errors, peak, bars.h), w = cells_of(warnings, peak, bars.h);
	int eighths = all > 0 && peak > 0 ? (int)(all / peak * bars.h * 8 + 0.5) : 0;
	if (all > 0 && eighths < 1)
		eighths = 1;
	if (e + w > bars.h)
		w = bars.h - e;
	for (int y = 0; y < bars.h; y++) {
		int left = eighths - y * 8;
		uint32_t ch = left >= 8 ? (ascii ? ':' : 0x2591) : left > 0 ? (ascii ? (left > 4 ? ':' : '.') : 0x2580 + (uint32_t)left) : ' ';
		cc_look look = CC_LOOK_DIM;
		if (y < e)
			ch = ascii ? 'E' : 0x2588, look = CC_LOOK_CRITICAL;
		else if (y < e + w)
			ch = ascii ? 'W' : 0x2593, look = CC_LOOK_WARNING;
		if (ch != ' ')
			cc_grid_put(g, bars.x + x, bars.y + bars.h - 1 - y, ch, look, 0);
	}
}

static int gap_slice(const cc_strip_base *b)
{
	for (size_t i = 0; b->gap_from_ns != CC_TIME_NONE && i < b->slices->point_count; i++)
		if (isnan(b->slices->points[i]))
			return (int)i;
	return -1;
}

/* Which slice, counted in parts of one, a moment lies in; below 0 outside of all. */
static double slice_of(const cc_strip_base *b, int64_t ns)
{
	double n = (double)b->slices->point_count, at = (double)(ns - b->from_ns), all = (double)(b->to_ns - b->from_ns);
	int gap = gap_slice(b);
	if (ns == CC_TIME_NONE || ns < b->from_ns || ns > b->to_ns || all <= 0)
		return -1;
	if (gap < 0)
		return at / all * n;
	if (ns < b->gap_from_ns)
		return at / (double)(b->gap_from_ns - b->from_ns) * gap;
	if (ns < b->gap_to_ns || b->to_ns <= b->gap_to_ns)
		return gap;
	return gap + 1 + (double)(ns - b->gap_to_ns) / (double)(b->to_ns - b->gap_to_ns) * (n - gap - 1);
}

int cc_strip_column(const cc_strip_base *b, int64_t ns, int columns)
{
	double slice = slice_of(b, ns);
	int x = slice < 0 ? -1 : (int)(slice / (double)b->slices->point_count * columns);
	return x < columns ? x : columns - 1;
}

void cc_strip_gap(cc_grid *g, cc_rect bars, const cc_strip_base *b)
{
	int gap = gap_slice(b), x = gap < 0 ? -1 : (int)((double)gap / (double)b->slices->point_count * bars.w);
	for (int y = 0; x >= 0 && y < bars.h; y++)
		cc_grid_put(g, bars.x + x, bars.y + y, '/', CC_LOOK_DIM, 0);
}

void cc_strip_axis(cc_grid *g, cc_rect bars, const cc_strip_base *b)
{
	int gap = gap_slice(b), n = (int)b->slices->point_count;
	cc_axis a = { .r = { bars.x, bars.y, bars.w, bars.h + 1 }, .range = { b->from_ns, b->to_ns } };
	if (gap >= 0) {
		int x = gap * bars.w / n, w = (gap + 1) * bars.w / n - x;
		a.gaps[a.gap_count++] = (cc_axis_gap){ { b->gap_from_ns, b->gap_to_ns }, x, w < 1 ? 1 : w };
	}
	cc_axis_add(g, &a);
}

void cc_strip_moment(cc_grid *g, cc_rect bars, int axis, int x, uint32_t mark, cc_look look, bool ascii)
{
	if (x < 0)
		return;
	for (int y = 0; y < bars.h; y++) {
		const cc_gcell *c = cc_grid_at(g, bars.x + x, bars.y + y);
		if (c && c->ch == ' ')
			cc_grid_put(g, bars.x + x, bars.y + y, ascii ? '|' : 0x2502, look, 0);
	}
	const cc_gcell *c = cc_grid_at(g, bars.x + x, axis);
	if (c && c->look == CC_LOOK_BORDER)     /* the line above says it where the axis has words */
		cc_grid_put(g, bars.x + x, axis, mark, look, CC_ATTR_BOLD);
}

static int put_count(cc_grid *g, cc_rect r, uint32_t texture, const char *what, double n, cc_look look)
{
	cc_grid_put(g, r.x, r.y, texture, look, 0);
	cc_rect rest = cc_rect_skip(r, 2);
	return 2 + cc_grid_printf(g, rest, n > 0 ? look : CC_LOOK_DIM, 0, "%.0f %s", n, what);
}

static void draw_axis(cc_grid *g, cc_rect r, const volume *v, bool ascii)
{
	cc_buf from = CC_BUF_INIT, to = CC_BUF_INIT;
	cc_time_format_clock(&from, v->base.from_ns);
	cc_time_format_clock(&to, v->base.to_ns);
	cc_grid_fill(g, r, ascii ? '-' : 0x2500, CC_LOOK_BORDER, 0);
	cc_grid_text(g, r, cc_buf_str(&from), CC_LOOK_DIM, 0);
	if (r.w > 2 * (int)to.n + 2)
		cc_grid_text(g, cc_rect_skip(r, r.w - (int)to.n), cc_buf_str(&to), CC_LOOK_DIM, 0);
	cc_rect at = cc_rect_skip(r, (int)from.n + 2);
	if (r.w > 60) {      /* each count keeps a blank before it: its texture is no part of the line */
		at = cc_rect_skip(at, put_count(g, at, ascii ? 'E' : 0x2588, "errors", sum_of(v->errors), CC_LOOK_CRITICAL) + 1);
		at = cc_rect_skip(at, put_count(g, at, ascii ? 'W' : 0x2593, "warnings", sum_of(v->warnings), CC_LOOK_WARNING) + 1);
		put_count(g, at, ascii ? ':' : 0x2591, "records", sum_of(v->base.slices), CC_LOOK_DIM);
	}
	cc_buf_deinit(&from);
	cc_buf_deinit(&to);
}

void cc_strip_draw(const cc_sheet *s, cc_grid *g, cc_rect r, const cc_sheet_look *look)
{
	volume v;
	bool ascii = g->ascii || look->glyphs == CC_GLYPHS_ASCII;
	if (!volume_of(s, &v))
		cc_scatter_draw(s, g, r, look);
	if (r.h < 2 || r.w < LABEL + 10 || !volume_of(s, &v))
		return;
	double peak = peak_of(v.base.slices);
	cc_rect bars = { r.x + LABEL, r.y, r.w - LABEL - 1, r.h - 1 }, axis = { bars.x, r.y + r.h - 1, bars.w, 1 };
	for (int x = 0; x < bars.w; x++)
		draw_column(g, bars, x, &v, peak, ascii);
	cc_grid_printf(g, (cc_rect){ r.x, r.y, LABEL - 1, 1 }, CC_LOOK_DIM, 0, "%6.0f", peak);
	cc_strip_gap(g, bars, &v.base);
	cc_strip_axis(g, bars, &v.base);
	draw_axis(g, axis, &v, ascii);
	cc_strip_moment(g, bars, axis.y, cc_strip_column(&v.base, look->onset_ns, bars.w), 'T', CC_LOOK_CHANGED, ascii);
	cc_strip_moment(g, bars, axis.y, cc_strip_column(&v.base, look->at_ns, bars.w), ascii ? '^' : 0x25b2, CC_LOOK_CURSOR, ascii);
}
