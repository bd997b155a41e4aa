/* scatter.c - see scatter.h.
 *
 *     164ms |  .      :   #       .           X
 *      63ms |  :.  :::+:  .. .  :::::  X:  .: X
 *      24ms |  ::.:++#+:..:::  ::+:::..::::::.:
 *             17:00:01Z  X 9 failed  : 204 traces  p50 23ms  p99 127ms        17:12:59Z
 *
 * A cell is as dense as it holds traces, next to the fullest one; a whole block (X) is one with a failed trace, however few. */
#include "ui/scatter.h"

#include <math.h>
#include <string.h>

#include "coldcase/time.h"
#include "ui/strip.h"

enum { LIST_LEAST = 10, LABEL = 7, TALL_FROM = 32, LOW = 4, TALL = 7 };

typedef struct heat { const cc_section *bands; cc_strip_base base; int64_t p50_ns, p99_ns; } heat;

static bool heat_of(const cc_sheet *s, heat *h)
{
	static const char *const names[] = { "from", "to", "gap_from", "gap_to", "p50_ns", "p99_ns" };
	enum { NAMES = sizeof names / sizeof names[0] };
	*h = (heat){ .base = { NULL, CC_TIME_NONE, CC_TIME_NONE, CC_TIME_NONE, CC_TIME_NONE } };
	int64_t *values[NAMES] = { &h->base.from_ns, &h->base.to_ns, &h->base.gap_from_ns, &h->base.gap_to_ns, &h->p50_ns, &h->p99_ns };
	for (size_t i = 0; s->reply && i < cc_reply_section_count(s->reply); i++) {
		const cc_section *sec = cc_reply_section(s->reply, i);
		if (sec->kind == CC_SECTION_TABLE && strcmp(sec->key, "scatter") == 0 && sec->row_count && sec->column_count == 3)
			h->bands = sec;
		for (size_t k = 0; strcmp(sec->key, "durations") == 0 && k < sec->fact_count; k++)
			for (size_t n = 0; n < NAMES; n++)
				if (strcmp(sec->facts[k].key, names[n]) == 0)
					*values[n] = sec->facts[k].cell.i;
	}
	h->base.slices = h->bands ? &h->bands->rows[0].cells[1] : NULL;
	return h->bands && h->base.from_ns != CC_TIME_NONE && h->base.slices->type == CC_CELL_SPARK && h->base.slices->point_count;
}

int cc_scatter_height(const cc_sheet *s, int height)
{
	heat h;
	if (height < LOW + LIST_LEAST || !heat_of(s, &h))
		return 0;
	return height >= TALL_FROM ? TALL : LOW;
}

/* Where a part of `of` things begins when they share `room` places. */
static size_t share(int at, size_t of, int room)
{
	return (size_t)at * of / (size_t)room;
}

/* Traces, or the failed among them, of the bands and slices that one cell stands for: the fullest slice, all its bands. */
static double count_at(const heat *h, cc_rect bars, int x, int y, size_t column)
{
	size_t slices = h->bands->rows[0].cells[1].point_count, first = share(x, slices, bars.w), last = share(x + 1, slices, bars.w);
	double most = 0;
	for (size_t i = first; i < slices && (i < last || i == first); i++) {
		double sum = 0;
		for (size_t b = share(y, h->bands->row_count, bars.h); b < share(y + 1, h->bands->row_count, bars.h); b++) {
			const cc_cell *c = &h->bands->rows[b].cells[column];
			sum += c->type == CC_CELL_SPARK && i < c->point_count && c->points[i] > 0 ? c->points[i] : 0;
		}
		most = sum > most ? sum : most;
	}
	return most;
}

static double sum_of(const heat *h, size_t column)
{
	double sum = 0;
	for (size_t b = 0; b < h->bands->row_count; b++)
		for (size_t i = 0; h->bands->rows[b].cells[column].type == CC_CELL_SPARK && i < h->bands->rows[b].cells[column].point_count; i++)
			sum += isnan(h->bands->rows[b].cells[column].points[i]) ? 0 : h->bands->rows[b].cells[column].points[i];
	return sum;
}

static void draw_cells(cc_grid *g, cc_rect bars, const heat *h, bool ascii)
{
	static const char signs[] = ".:+";
	double peak = 1;
	for (int y = 0; y < bars.h; y++)
		for (int x = 0; x < bars.w; x++)
			peak = count_at(h, bars, x, y, 1) > peak ? count_at(h, bars, x, y, 1) : peak;
	for (int y = 0; y < bars.h; y++) {
		for (int x = 0; x < bars.w; x++) {
			double n = count_at(h, bars, x, y, 1);
			int dense = (int)(n / peak * 2.999);
			if (count_at(h, bars, x, y, 2) > 0)
				cc_grid_put(g, bars.x + x, bars.y + y, ascii ? 'X' : 0x2588, CC_LOOK_CRITICAL, 0);
			else if (n > 0)
				cc_grid_put(g, bars.x + x, bars.y + y, ascii ? (uint32_t)signs[dense] : 0x2591 + (uint32_t)dense, CC_LOOK_INFO, 0);
		}
	}
}

static int put_words(cc_grid *g, cc_rect r, uint32_t sign, cc_look look, double n, const char *what)
{
	cc_grid_put(g, r.x, r.y, sign, look, 0);
	return 4 + cc_grid_printf(g, cc_rect_skip(r, 2), n > 0 ? look : CC_LOOK_DIM, 0, "%.0f %s", n, what);
}

static void draw_axis(cc_grid *g, cc_rect r, const heat *h, bool ascii)
{
	cc_buf b = CC_BUF_INIT;
	cc_time_format_clock(&b, h->base.to_ns);
	cc_rect end = cc_rect_skip(r, r.w - (int)b.n);
	cc_grid_text(g, end, cc_buf_str(&b), CC_LOOK_DIM, 0);
	cc_buf_clear(&b);
	cc_time_format_clock(&b, h->base.from_ns);
	cc_rect at = cc_rect_skip(r, 2 + cc_grid_text(g, r, cc_buf_str(&b), CC_LOOK_DIM, 0));
	cc_buf_clear(&b);
	if (r.w > 60) {
		at = cc_rect_skip(at, put_words(g, at, ascii ? 'X' : 0x2588, CC_LOOK_CRITICAL, sum_of(h, 2), "failed"));
		at = cc_rect_skip(at, put_words(g, at, ascii ? ':' : 0x2592, CC_LOOK_INFO, sum_of(h, 1), "traces"));
		cc_buf_addz(&b, "p50 ");
		cc_duration_format(&b, h->p50_ns);
		cc_buf_addz(&b, "  p99 ");
		cc_duration_format(&b, h->p99_ns);
		if (at.x + (int)b.n + 1 < end.x)
			cc_grid_text(g, at, cc_buf_str(&b), CC_LOOK_TEXT, 0);
	}
	cc_buf_deinit(&b);
}

void cc_scatter_draw(const cc_sheet *s, cc_grid *g, cc_rect r, const cc_sheet_look *look)
{
	heat h;
	bool ascii = g->ascii || look->glyphs == CC_GLYPHS_ASCII;
	if (r.h < 2 || r.w < LABEL + 10 || !heat_of(s, &h))
		return;
	cc_rect bars = { r.x + LABEL, r.y, r.w - LABEL - 1, r.h - 1 }, axis = { bars.x, r.y + r.h - 1, bars.w, 1 };
	for (int y = 0; y < bars.h; y++) {
		cc_buf b = CC_BUF_INIT;
		cc_duration_format(&b, h.bands->rows[share(y, h.bands->row_count, bars.h)].cells[0].i);
		cc_grid_printf(g, (cc_rect){ r.x, r.y + y, LABEL - 1, 1 }, CC_LOOK_DIM, 0, "%6.*s", CC_STR_ARG(cc_buf_str(&b)));
		cc_buf_deinit(&b);
	}
	draw_cells(g, bars, &h, ascii);
	cc_strip_gap(g, bars, &h.base);
	cc_strip_axis(g, bars, &h.base);
	draw_axis(g, axis, &h, ascii);
	cc_strip_moment(g, bars, axis.y, cc_strip_column(&h.base, look->onset_ns, bars.w), 'T', CC_LOOK_CHANGED, ascii);
	cc_strip_moment(g, bars, axis.y, cc_strip_column(&h.base, look->at_ns, bars.w), ascii ? '^' : 0x25b2, CC_LOOK_CURSOR, ascii);
}
