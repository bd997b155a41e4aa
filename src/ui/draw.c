/* draw.c - sparks, bars and the scrollbar: pictures of one row or one column. Charts are in chart.c. */
#include "ui/draw.h"

#include <math.h>
#include <string.h>

typedef struct range { double low, high; bool any; } range;

static range range_of(const double *points, size_t count)
{
	range r = { 0, 0, false };
	for (size_t i = 0; i < count; i++) {
		if (!isfinite(points[i]))
			continue;
		if (!r.any || points[i] < r.low)
			r.low = points[i];
		if (!r.any || points[i] > r.high)
			r.high = points[i];
		r.any = true;
	}
	if (r.low > 0)
		r.low = 0;  /* bars grow from nothing: a truncated axis lies */
	return r;
}

/* The largest of points [from, to), NaN when all are gaps. */
static double peak(const double *points, size_t from, size_t to)
{
	double best = NAN;
	for (size_t i = from; i < to; i++)
		if (isfinite(points[i]) && !(best >= points[i]))
			best = points[i];
	return best;
}

/* Within 0..1: the difference of two doubles may be beyond all doubles. */
static double unit(double v)
{
	return isnan(v) || v < 0 ? 0 : v > 1 ? 1 : v;
}

void cc_draw_spark(cc_grid *g, cc_rect r, const double *points, size_t count, cc_glyphs glyphs, cc_look look, unsigned attr)
{
	static const char steps[] = "_.:-=+*#@";
	range span = range_of(points, count);
	int columns = count < (size_t)r.w ? (int)count : r.w;
	if (!span.any || columns < 1 || r.h < 1)
		return;
	for (int x = 0; x < columns; x++) {
		size_t from = (size_t)x * count / (size_t)columns, to = ((size_t)x + 1) * count / (size_t)columns;
		double v = peak(points, from, to > from ? to : from + 1);
		double share = span.high > span.low ? unit((v - span.low) / (span.high - span.low)) : 0;
		uint32_t ch = ' ';
		if (!isnan(v) && glyphs == CC_GLYPHS_ASCII)
			ch = (uint32_t)(unsigned char)steps[(int)lround(share * 8)];
		else if (!isnan(v))
			ch = 0x2581 + (uint32_t)lround(share * 7);
		cc_grid_put(g, r.x + x, r.y, ch, look, attr);
	}
}

/* Letters that share a column: a bar before all, trouble before routine, anything before nothing. */
static int strip_rank(char letter)
{
	static const char order[] = "FUBEXK^RDNSCPofubkx|-=.? ";
	const char *at = letter ? strchr(order, letter) : order;
	return letter == 0 ? -1 : at ? (int)(at - order) : 0;
}

static size_t strip_pick(const cc_cell *strip, size_t from, size_t to, bool *cursor)
{
	size_t best = from;
	*cursor = false;
	for (size_t i = from; i < to; i++) {
		int rank = strip_rank(cc_strip_letter(strip, i)), have = strip_rank(cc_strip_letter(strip, best));
		if (rank < have || (rank == -1 && have == -1 && !(strip->points[i] <= strip->points[best])))
			best = i;
		*cursor = *cursor || strip->i == (int64_t)i + 1;
	}
	return best;
}

/* Letters of trouble and of change stand out; what is nothing steps back. */
static cc_look strip_look(char letter, cc_look look)
{
	if (letter == '|')
		return CC_LOOK_CURSOR;
	if (letter && strchr(".- ?", letter))
		return CC_LOOK_DIM;
	if (letter && strchr("FBUfbu", letter))
		return (cc_look)CC_ROLE_WARNING;
	return letter && strchr("Xx^", letter) ? (cc_look)CC_ROLE_CHANGED : look;
}

void cc_draw_strip(cc_grid *g, cc_rect r, const cc_cell *strip, cc_glyphs glyphs, cc_look look)
{
	static const char steps[] = "__==**##";
	size_t count = strip->point_count;
	range span = range_of(strip->points, count);
	int columns = count < (size_t)r.w ? (int)count : r.w;
	bool later = false;              /* than the time cursor */
	for (int x = 0; x < columns && r.h > 0; x++) {
		bool cursor;
		size_t from = (size_t)x * count / (size_t)columns, to = ((size_t)x + 1) * count / (size_t)columns;
		size_t i = strip_pick(strip, from, to > from ? to : from + 1, &cursor);
		char letter = cc_strip_letter(strip, i);
		double v = strip->points[i], share = span.high > span.low ? unit((v - span.low) / (span.high - span.low)) : 0;
		int step = (int)lround(share * 7);
		uint32_t bar = glyphs == CC_GLYPHS_ASCII ? (uint32_t)(unsigned char)steps[step] : 0x2581 + (uint32_t)step;
		cc_grid_put(g, r.x + x, r.y, letter ? (uint32_t)(unsigned char)letter : bar, later ? CC_LOOK_DIM : strip_look(letter, look),
			cursor && letter != '|' ? CC_ATTR_REVERSE : 0);
		later = later || cursor;
	}
}

void cc_draw_bar(cc_grid *g, cc_rect r, double from, double to, bool thin, cc_glyphs glyphs, cc_look look, unsigned attr)
{
	if (r.w < 1 || r.h < 1)
		return;
	int eighths = r.w * 8;
	int a = (int)floor(unit(from) * eighths), b = (int)ceil(unit(to) * eighths);
	if (a >= eighths)
		a = eighths - 1;
	if (b <= a)
		b = a + 1;
	for (int x = a / 8; x * 8 < b && x < r.w; x++) {
		int end = b - x * 8, start = a - x * 8;
		uint32_t ch = 0x2588;
		if (glyphs == CC_GLYPHS_ASCII)
			ch = thin ? '-' : '=';
		else if (thin)
			ch = 0x2584;                            /* lower half */
		else if (start >= 4)
			ch = 0x2590;                            /* right half: starts in the middle of the cell */
		else if (end < 8)
			ch = 0x258f - (uint32_t)(end - 1);      /* left one to seven eighths */
		cc_grid_put(g, r.x + x, r.y, ch, look, attr);
	}
}

void cc_draw_scrollbar(cc_grid *g, cc_rect r, size_t top, size_t shown, size_t total)
{
	if (r.w < 1 || r.h < 1 || total <= shown || total == 0)
		return;
	size_t h = (size_t)r.h, size = shown * h / total;
	if (size < 1)
		size = 1;
	size_t room = h - (size < h ? size : h), last = total - shown;
	size_t at = (top < last ? top : last) * room / last;
	for (size_t y = 0; y < h; y++) {
		bool thumb = y >= at && y < at + size;
		uint32_t ch = g->ascii ? (thumb ? '#' : '|') : (thumb ? 0x2588 : 0x2502);
		cc_grid_put(g, r.x, r.y + (int)y, ch, thumb ? CC_LOOK_DIM : CC_LOOK_BORDER, 0);
	}
}
