/* export_chart.c - a chart of a reply as SVG, see export_chart.h.
 *
 * Drawn from the numbers, under the same rules as in the console: zero stands on the axis unless that would flatten a line that moves,
 * a limit far above what was used stays out of the plot, samples too far apart leave a gap. */
#include "app/export_chart.h"

#include <math.h>
#include <string.h>

#include "coldcase/time.h"
#include "coldcase/utf8.h"

enum { LONGEST = 100, WIDTH = 760, LEFT = 76, RIGHT = 12, PLOT = 96, HEAD = 36, FOOT = 34, PLOTS_MAX = 24 };

typedef struct plot {
	cc_buf *out;
	int64_t from, to;
	double low, high;
	int top;                 /* of the plot's own area */
} plot;

static void put_text(cc_buf *out, cc_str raw)
{
	cc_buf clean = CC_BUF_INIT;
	cc_utf8_clean(&clean, raw, CC_CLEAN_LINE | CC_CLEAN_STRIP_ANSI);
	for (size_t i = 0; i < clean.n; i++) {
		if (strchr("<>&\"'", clean.p[i]))
			cc_buf_addf(out, "&#%d;", clean.p[i]);
		else
			cc_buf_add_char(out, clean.p[i]);
	}
	out->failed |= clean.failed;
	cc_buf_deinit(&clean);
}

/* A unit may come from the evidence. */
static void put_quantity(cc_buf *out, double v, cc_str unit)
{
	cc_buf b = CC_BUF_INIT;
	cc_quantity_render(&b, v, unit);
	put_text(out, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

/* --- scales --- */

static void widen(plot *p, double v)
{
	bool first = p->low > p->high;
	p->low = first || v < p->low ? v : p->low;
	p->high = first || v > p->high ? v : p->high;
}

static bool take_values(plot *p, const cc_chart_series *s)
{
	bool any = false;
	double top = -INFINITY;
	for (size_t i = 0; i < s->count; i++) {
		if (!isfinite(s->points[i].value))
			continue;
		widen(p, s->points[i].value);
		top = fmax(top, s->points[i].value);
		any = true;
	}
	for (size_t i = 0; any && i < s->level_count; i++)
		if (isfinite(s->levels[i].value) && s->levels[i].value <= 2.5 * top)
			widen(p, s->levels[i].value);
	return any;
}

static void settle(plot *p)
{
	if (p->low > 0 && (p->low < p->high * 0.8 || p->low > p->high * 0.9))
		p->low = 0;
	if (p->high < 0 && p->low == p->high)
		p->high = 0;
	if (!(p->high > p->low))
		p->high = p->low + 1;
}

/* Of all plots, so that they share the axis. */
static bool take_times(plot *p, const cc_section *chart)
{
	p->from = INT64_MAX;
	p->to = INT64_MIN;
	for (size_t i = 0; i < chart->series_count; i++) {
		for (size_t k = 0; k < chart->series[i].count; k++) {
			int64_t t = chart->series[i].points[k].time_ns;
			p->from = t < p->from ? t : p->from;
			p->to = t > p->to ? t : p->to;
		}
	}
	return p->from <= p->to;
}

static double x_of(const plot *p, int64_t t)
{
	double share = p->to > p->from ? ((double)t - (double)p->from) / ((double)p->to - (double)p->from) : 0.5;
	return LEFT + share * (WIDTH - LEFT - RIGHT);
}

/* Halved, because the distance of two doubles may be none. */
static double y_of(const plot *p, double v)
{
	double share = (p->high / 2 - v / 2) / (p->high / 2 - p->low / 2);
	return p->top + (share > 0 ? share < 1 ? share : 1 : 0) * PLOT;
}

/* --- one plot --- */

static void put_head(const plot *p, const cc_chart_series *s, size_t color)
{
	cc_chart_point low = { 0, NAN }, high = { 0, NAN };
	for (size_t i = 0; i < s->count; i++) {
		double v = s->points[i].value;
		if (isfinite(v) && !(v >= low.value))
			low = s->points[i];
		if (isfinite(v) && !(v <= high.value))
			high = s->points[i];
	}
	cc_buf name = CC_BUF_INIT, fit = CC_BUF_INIT;
	cc_utf8_clean(&name, s->name, CC_CLEAN_LINE);
	cc_width_fit(&fit, cc_buf_str(&name), cc_width(cc_buf_str(&name)) < LONGEST ? cc_width(cc_buf_str(&name)) : LONGEST, false);
	cc_buf_addf(p->out, "<text class=\"s%zu name\" x=\"%d\" y=\"%d\">", color, LEFT, p->top - 20);
	put_text(p->out, cc_buf_str(&fit));
	cc_buf_addf(p->out, "</text><text class=\"dim\" x=\"%d\" y=\"%d\">", LEFT, p->top - 6);
	cc_buf_deinit(&name);
	cc_buf_deinit(&fit);
	if (isfinite(low.value)) {
		cc_buf_addz(p->out, "min ");
		put_quantity(p->out, low.value, s->unit);
		cc_buf_addz(p->out, ", max ");
		put_quantity(p->out, high.value, s->unit);
		cc_buf_addz(p->out, " at ");
		cc_time_format_clock(p->out, high.time_ns);
	} else {
		cc_buf_addz(p->out, "no values");
	}
	cc_buf_addz(p->out, "</text>");
}

static void put_scale(const plot *p, cc_str unit)
{
	for (int i = 0; i < 3; i++) {
		int y = p->top + PLOT * i / 2;
		cc_buf_addf(p->out, "<path class=\"grid\" d=\"M%d %dH%d\"/><text class=\"dim\" x=\"%d\" y=\"%d\" text-anchor=\"end\">", LEFT, y,
			WIDTH - RIGHT, LEFT - 6, y + 4);
		put_quantity(p->out, p->high - (p->high - p->low) * i / 2, unit);
		cc_buf_addz(p->out, "</text>");
	}
}

static void put_levels(const plot *p, const cc_chart_series *s)
{
	for (size_t i = 0; i < s->level_count; i++) {
		double v = s->levels[i].value, y = y_of(p, v);
		if (!isfinite(v) || v > p->high || v < p->low)
			continue;
		cc_buf_addf(p->out, "<path class=\"level m%d\" d=\"M%d %.1fH%d\"/><text class=\"m%d\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">",
			(int)s->levels[i].role, LEFT, y, WIDTH - RIGHT, (int)s->levels[i].role, WIDTH - RIGHT - 2, y < p->top + 12 ? y + 12 : y - 3);
		put_text(p->out, s->levels[i].label);
		cc_buf_add_char(p->out, ' ');
		put_quantity(p->out, v, s->unit);
		cc_buf_addz(p->out, "</text>");
	}
}

static bool is_gap(const cc_chart_series *s, size_t i)
{
	return s->interval_ns > 0 && (double)s->points[i].time_ns - (double)s->points[i - 1].time_ns > 2.5 * (double)s->interval_ns;
}

/* A sample holds until the next one. A point alone is a line of no length with round ends. */
static void put_line(const plot *p, const cc_chart_series *s, size_t color)
{
	bool joined = false;
	cc_buf_addf(p->out, "<path class=\"line s%zu\" d=\"", color);
	for (size_t i = 0; i < s->count; i++) {
		cc_chart_point at = s->points[i];
		if (!isfinite(at.value)) {
			joined = false;
			continue;
		}
		joined = joined && !is_gap(s, i);
		cc_buf_addf(p->out, joined ? "H%.1fV%.1f" : "M%.1f %.1fh0", x_of(p, at.time_ns), y_of(p, at.value));
		joined = true;
	}
	cc_buf_addz(p->out, "\"/>");
	for (size_t i = 0; i < s->reset_count; i++)
		cc_buf_addf(p->out, "<text class=\"dim\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">R<title>the counter began again</title></text>",
			x_of(p, s->resets[i]), p->top + PLOT - 3);
}

/* --- the axis --- */

/* A class of its own for each role, so that the page chooses the colours; what they are stands in a title. */
static void put_mark(const plot *p, const cc_chart_mark *m, int top)
{
	double x = x_of(p, m->time_ns > p->from ? m->time_ns : p->from);
	int foot = p->top + PLOT;
	bool spans = m->until_ns > m->time_ns;
	if (m->time_ns > p->to || (spans ? m->until_ns : m->time_ns) < p->from)
		return;
	cc_buf_addf(p->out, "<g class=\"m%d\"><title>", (int)m->role);
	cc_time_format_clock(p->out, m->time_ns);
	cc_buf_add_char(p->out, ' ');
	put_text(p->out, m->label);
	cc_buf_addz(p->out, "</title>");
	if (spans)
		cc_buf_addf(p->out, "<path class=\"span\" d=\"M%.1f %dH%.1f\"/>", x, foot + 3, x_of(p, m->until_ns < p->to ? m->until_ns : p->to));
	if (m->time_ns >= p->from)
		cc_buf_addf(p->out, "<path class=\"moment\" d=\"M%.1f %dV%d\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%c</text>", x,
			m->sign == '^' ? top : foot - 6, foot + 6, x, foot + 17, m->sign > ' ' && m->sign < 127 && !strchr("<&", m->sign) ? m->sign : '*');
	cc_buf_addz(p->out, "</g>");
}

static void put_axis(const plot *p, const cc_section *chart, int top)
{
	enum { TICKS = 4 };
	int foot = p->top + PLOT;
	for (size_t i = 0; i < chart->mark_count; i++)
		put_mark(p, &chart->marks[i], top);
	for (int i = 0; i <= TICKS && (i == 0 || p->to > p->from); i++) {
		int64_t t = (int64_t)((uint64_t)p->from + ((uint64_t)p->to - (uint64_t)p->from) / TICKS * (uint64_t)i);
		cc_buf_addf(p->out, "<path class=\"grid\" d=\"M%.1f %dv4\"/><text class=\"dim\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">", x_of(p, t), foot,
			x_of(p, t), foot + FOOT - 3, i == 0 ? "start" : i == TICKS ? "end" : "middle");
		cc_time_format_clock(p->out, t);
		cc_buf_addz(p->out, "</text>");
	}
}

static void put_title(cc_buf *out, const cc_section *chart, size_t shown)
{
	cc_buf_addz(out, "<title>");
	put_text(out, chart->title ? cc_str_from(chart->title) : CC_STR("chart"));
	for (size_t i = 0; i < shown; i++) {
		cc_buf_addz(out, i ? "; " : ": ");
		put_text(out, chart->series[i].name);
	}
	cc_buf_addz(out, "</title>");
}

void app_chart_svg(cc_buf *out, const cc_section *chart)
{
	plot p = { .out = out };
	size_t shown = chart->series_count < PLOTS_MAX ? chart->series_count : PLOTS_MAX;
	int height = (int)shown * (PLOT + HEAD + 8) + FOOT;
	double low = 1, high = 0;
	if (!shown || !take_times(&p, chart))
		return;
	for (size_t i = 0; chart->multiples && i < shown; i++) {
		p.low = low, p.high = high;
		take_values(&p, &chart->series[i]);
		low = p.low, high = p.high;
	}
	cc_buf_addf(out, "<svg class=\"chart\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">", WIDTH, height, WIDTH, height);
	put_title(out, chart, shown);
	for (size_t i = 0; i < shown; i++) {
		size_t color = chart->multiples ? 0 : i % 4;
		p.top = HEAD + (int)i * (PLOT + HEAD + 8);
		p.low = low, p.high = high;
		bool any = take_values(&p, &chart->series[i]);
		settle(&p);
		put_head(&p, &chart->series[i], color);
		if (any) {
			put_scale(&p, chart->series[i].unit);
			put_levels(&p, &chart->series[i]);
			put_line(&p, &chart->series[i], color);
		}
	}
	put_axis(&p, chart, HEAD);
	if (shown < chart->series_count)
		cc_buf_addf(out, "<text class=\"dim\" x=\"%d\" y=\"12\" text-anchor=\"end\">%zu of %zu shown</text>", WIDTH - RIGHT, shown, chart->series_count);
	cc_buf_addz(out, "</svg>");
}
