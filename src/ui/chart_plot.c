/* chart_plot.c - a series as dots.
 *
 * Each column stands for a slice of time. Braille draws two by four dots a cell, block two halves, ascii one mark; neighbouring
 * samples are joined by steps. When several samples share a column its smallest and largest are both drawn, so that a spike stays
 * visible however many samples there are. Samples farther apart than usual are not joined: a gap is a gap. */
#include "ui/chart_priv.h"

#include <math.h>

#include "coldcase/time.h"
#include "coldcase/utf8.h"

void cc_plot_set_glyphs(cc_plot *p, cc_glyphs glyphs)
{
	p->glyphs = glyphs;
	p->sx = glyphs == CC_GLYPHS_BRAILLE ? 2 : 1;
	p->sy = glyphs == CC_GLYPHS_BRAILLE ? 4 : glyphs == CC_GLYPHS_BLOCK ? 2 : 1;
}

static void widen(cc_plot *p, double v)
{
	bool first = p->low > p->high;
	p->low = first || v < p->low ? v : p->low;
	p->high = first || v > p->high ? v : p->high;
}

bool cc_plot_take(cc_plot *p, const cc_chart_series *s)
{
	bool any = false;
	double top = -INFINITY;
	for (size_t i = 0; i < s->count; i++) {
		cc_chart_point pt = s->points[i];
		if (!isfinite(pt.value) || pt.time_ns < p->from_ns || pt.time_ns > p->to_ns)
			continue;
		widen(p, pt.value);
		top = pt.value > top ? pt.value : top;
		any = true;
	}
	/* A limit far above what was used would flatten the line: its number in the legend is enough. */
	for (size_t i = 0; any && i < s->level_count; i++)
		if (isfinite(s->levels[i].value) && s->levels[i].value <= 2.5 * top)
			widen(p, s->levels[i].value);
	return any;
}

void cc_plot_settle(cc_plot *p)
{
	if (p->low > 0 && (p->low < p->high * 0.8 || p->low > p->high * 0.9))
		p->low = 0;
	if (p->high < 0 && p->low == p->high)
		p->high = 0;
	if (!(p->high > p->low))
		p->high = p->low + 1;
}

static int dot_column(const cc_plot *p, int64_t t)
{
	int dots = p->r.w * p->sx;
	if (p->to_ns <= p->from_ns)
		return dots / 2;
	double share = ((double)t - (double)p->from_ns) / ((double)p->to_ns - (double)p->from_ns);
	int x = (int)lround(share * (dots - 1));
	return x < 0 ? 0 : x >= dots ? dots - 1 : x;
}

int cc_plot_column(const cc_plot *p, int64_t t)
{
	return t == CC_TIME_NONE || t < p->from_ns || t > p->to_ns ? -1 : dot_column(p, t) / p->sx;
}

/* Halved, because the distance of two doubles may be none. */
static int dot_row(const cc_plot *p, double v)
{
	int dots = p->r.h * p->sy;
	double share = (p->high / 2 - v / 2) / (p->high / 2 - p->low / 2);
	int y = share >= 0 && share <= 1 ? (int)lround(share * (dots - 1)) : share > 1 ? dots - 1 : 0;
	return y >= dots ? dots - 1 : y;
}

static void dot(const cc_plot *p, int x, int y, cc_look look)
{
	static const uint8_t bits[4][2] = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };
	int cx = p->r.x + x / p->sx, cy = p->r.y + y / p->sy;
	const cc_gcell *c = cc_grid_at(p->g, cx, cy);
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
		cc_grid_put(p->g, cx, cy, '*', look, 0);
	}
}

static void dots_between(const cc_plot *p, int x, int y0, int y1, cc_look look)
{
	int step = y1 < y0 ? -1 : 1;
	for (int y = y0;; y += step) {
		dot(p, x, y, look);
		if (y == y1)
			return;
	}
}

/* A sample holds until the next one, as the number beside the chart says: a ramp would show values that nobody measured. */
static void join_dots(const cc_plot *p, int px, int py, int x, int y, cc_look look)
{
	for (int k = px + 1; k < x; k++)
		dot(p, k, py, look);
	dots_between(p, x, py, y, look);
}

static bool is_gap(const cc_chart_series *s, size_t i)
{
	return s->interval_ns > 0 && s->points[i].time_ns - s->points[i - 1].time_ns > s->interval_ns + s->interval_ns * 3 / 2;
}

void cc_plot_series(const cc_plot *p, const cc_chart_series *s, cc_look look)
{
	bool joined = false;
	int px = 0, py = 0;
	for (size_t i = 0; i < s->count; i++) {
		cc_chart_point pt = s->points[i];
		if (!isfinite(pt.value) || pt.time_ns < p->from_ns || pt.time_ns > p->to_ns) {
			joined = false;
			continue;
		}
		int x = dot_column(p, pt.time_ns), y = dot_row(p, pt.value);
		joined = joined && !is_gap(s, i);
		if (joined)
			join_dots(p, px, py, x, y, look);
		else
			dot(p, x, y, look);
		joined = true;
		px = x;
		py = y;
	}
}

/* "limit 256Mi" into its line, at the end, where nothing of the series is. */
static void label_level(const cc_plot *p, int y, const cc_chart_level *level, cc_str unit)
{
	cc_buf b = CC_BUF_INIT;
	uint32_t line = p->g->ascii ? '-' : 0x2500;
	cc_buf_addf(&b, " %.*s ", CC_STR_ARG(level->label));
	cc_quantity_render(&b, level->value, unit);
	cc_buf_add_char(&b, ' ');
	int w = (int)cc_width(cc_buf_str(&b)), x = p->r.x + p->r.w - w - 1;
	bool room = w < p->r.w / 2;
	for (int k = 0; k < w && room; k++)
		room = cc_grid_at(p->g, x + k, y) && cc_grid_at(p->g, x + k, y)->ch == line;
	if (room)
		cc_grid_text(p->g, (cc_rect){ x, y, w, 1 }, cc_buf_str(&b), (cc_look)level->role, 0);
	cc_buf_deinit(&b);
}

void cc_plot_levels(const cc_plot *p, const cc_chart_series *s)
{
	for (size_t i = 0; i < s->level_count; i++) {
		if (!(s->levels[i].value >= p->low && s->levels[i].value <= p->high))
			continue;
		int y = p->r.y + dot_row(p, s->levels[i].value) / p->sy;
		for (int x = p->r.x; x < p->r.x + p->r.w; x++) {
			const cc_gcell *c = cc_grid_at(p->g, x, y);
			if (c && c->ch == ' ')
				cc_grid_put(p->g, x, y, p->g->ascii ? '-' : 0x2500, (cc_look)s->levels[i].role, 0);
		}
		label_level(p, y, &s->levels[i], s->unit);
	}
}

/* A counter that began again: the rate after it is right, and the process behind it is another one. */
void cc_plot_resets(const cc_plot *p, const cc_chart_series *s)
{
	for (size_t i = 0; i < s->reset_count; i++) {
		int x = cc_plot_column(p, s->resets[i]);
		if (x >= 0)
			cc_grid_put(p->g, p->r.x + x, p->r.y + p->r.h - 1, 'R', CC_LOOK_WARNING, CC_ATTR_BOLD);
	}
}

void cc_plot_vertical(const cc_plot *p, int64_t t, cc_look look)
{
	int x = cc_plot_column(p, t);
	for (int y = p->r.y; x >= 0 && y < p->r.y + p->r.h; y++) {
		const cc_gcell *c = cc_grid_at(p->g, p->r.x + x, y);
		if (c && c->ch == ' ')
			cc_grid_put(p->g, p->r.x + x, y, p->g->ascii ? ':' : 0x2506, look, 0);
	}
}
