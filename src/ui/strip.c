/* strip.c - see strip.h.
 *
 *     1,240 |   .:              :E
 *           | :::::::..:....::::EE:::.
 *           |            W     EEEE
 *           17:00:00Z  E 31 errors  W 9 warnings  : 1220 records --^------ 17:12:59Z
 *
 * Every row of cells has one scale, that of all records: errors stand at the bottom, warnings on them, the rest above, and a cell is
 * painted as errors only where nothing else lies in it. What is too little for a cell is not lost: the row of letters below says of each
 * slice whether it holds an error or a warning. A long time without any row is left out: a slash stands for it. Each has a texture of
 * its own besides its colour. The figure at the left is the fullest slice. */
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

/* The slice with the most of it, of those that share a column. */
static size_t fullest_of(const cc_cell *c, int x, int columns)
{
	size_t n = c->point_count, from = (size_t)x * n / (size_t)columns, to = ((size_t)x + 1) * n / (size_t)columns, at = from;
	for (size_t i = from; i < to && i < n; i++)
		if (c->points[i] > c->points[at] || isnan(c->points[at]))
			at = i;
	return at;
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

static int eighths_of(double count, double peak, int rows)
{
	return count > 0 && peak > 0 ? (int)(count / peak * rows * 8 + 0.5) : 0;
}

static uint32_t texture_of(cc_look look, bool ascii)
{
	if (look == CC_LOOK_CRITICAL)
		return ascii ? 'E' : 0x2588;
	if (look == CC_LOOK_WARNING)
		return ascii ? 'W' : 0x2593;
	return ascii ? ':' : 0x2591;
}

static void draw_column(cc_grid *g, cc_rect bars, int x, const volume *v, double peak, bool ascii)
{
	size_t at = fullest_of(v->base.slices, x, bars.w);
	int all = eighths_of(v->base.slices->points[at], peak, bars.h);
	int e = eighths_of(v->errors->points[at], peak, bars.h), w = e + eighths_of(v->warnings->points[at], peak, bars.h);
	if (v->base.slices->points[at] > 0 && all < 1)
		all = 1;
	for (int y = 0; y * 8 < all; y++) {
		int low = y * 8, high = all < low + 8 ? all : low + 8;
		cc_look look = high <= e ? CC_LOOK_CRITICAL : low >= e && high <= w ? CC_LOOK_WARNING : CC_LOOK_DIM;
		uint32_t ch = texture_of(look, ascii);
		if (high - low < 8)
			ch = !ascii ? 0x2580 + (uint32_t)(high - low) : high - low <= 4 ? '.' : ch;
		cc_grid_put(g, bars.x + x, bars.y + bars.h - 1 - y, ch, look, 0);
	}
}

/* Whether there is any, however few: the letter of the graver. */
static void draw_mark(cc_grid *g, cc_rect marks, int x, const volume *v)
{
	if (v->errors->points[fullest_of(v->errors, x, marks.w)] > 0)
		cc_grid_put(g, marks.x + x, marks.y, 'E', CC_LOOK_CRITICAL, 0);
	else if (v->warnings->points[fullest_of(v->warnings, x, marks.w)] > 0)
		cc_grid_put(g, marks.x + x, marks.y, 'W', CC_LOOK_WARNING, 0);
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

/* With a blank on either side, of no line: neither a mark nor the line may stand in the words. */
static int put_count(cc_grid *g, cc_rect r, char letter, const char *what, double n, cc_look look, bool ascii)
{
	int used = 1;
	cc_grid_fill(g, (cc_rect){ r.x, r.y, 6, 1 }, ' ', CC_LOOK_DIM, 0);
	if (letter)
		cc_grid_put(g, r.x + used++, r.y, (uint32_t)letter, look, 0);
	if (!letter || !ascii)
		cc_grid_put(g, r.x + used++, r.y, texture_of(look, ascii), look, 0);
	used++;
	used += cc_grid_printf(g, cc_rect_skip(r, used), n > 0 ? look : CC_LOOK_DIM, 0, "%.0f %s", n, what);
	cc_grid_put(g, r.x + used, r.y, ' ', CC_LOOK_DIM, 0);
	return used;
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
	cc_rect at = cc_rect_skip(r, (int)from.n + 1);
	if (r.w > 60) {
		at = cc_rect_skip(at, put_count(g, at, 'E', "errors", sum_of(v->errors), CC_LOOK_CRITICAL, ascii));
		at = cc_rect_skip(at, put_count(g, at, 'W', "warnings", sum_of(v->warnings), CC_LOOK_WARNING, ascii));
		put_count(g, at, 0, "records", sum_of(v->base.slices), CC_LOOK_DIM, ascii);
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
	if (r.h < 3 || r.w < LABEL + 10 || !volume_of(s, &v))
		return;
	double peak = peak_of(v.base.slices);
	cc_rect bars = { r.x + LABEL, r.y, r.w - LABEL - 1, r.h - 1 }, axis = { bars.x, r.y + r.h - 1, bars.w, 1 };
	cc_rect rows = bars, marks = { bars.x, axis.y - 1, bars.w, 1 };
	rows.h--;
	for (int x = 0; x < bars.w; x++) {
		draw_column(g, rows, x, &v, peak, ascii);
		draw_mark(g, marks, x, &v);
	}
	cc_grid_printf(g, (cc_rect){ r.x, r.y, LABEL - 1, 1 }, CC_LOOK_DIM, 0, "%6.0f", peak);
	cc_strip_gap(g, bars, &v.base);
	cc_strip_axis(g, bars, &v.base);
	draw_axis(g, axis, &v, ascii);
	cc_strip_moment(g, bars, axis.y, cc_strip_column(&v.base, look->onset_ns, bars.w), 'T', CC_LOOK_CHANGED, ascii);
	cc_strip_moment(g, bars, axis.y, cc_strip_column(&v.base, look->at_ns, bars.w), ascii ? '^' : 0x25b2, CC_LOOK_CURSOR, ascii);
}
