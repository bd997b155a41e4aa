/* axis.c - see axis.h. */
#include "ui/axis.h"

void cc_axis_add(cc_grid *g, const cc_axis *axis)
{
	if (g->axis_count < CC_GRID_AXES && axis->r.w > 0 && axis->range.to_ns > axis->range.from_ns)
		g->axes[g->axis_count++] = *axis;
}

void cc_axis_copy(cc_grid *to, const cc_grid *from, int x, int y, int rows)
{
	for (size_t i = 0; i < from->axis_count; i++) {
		cc_axis a = from->axes[i];
		int last = a.r.y + a.r.h;
		a.r.x += x;
		a.r.h = (last < rows ? last : rows) - (a.r.y > 0 ? a.r.y : 0);
		a.r.y = y + (a.r.y > 0 ? a.r.y : 0);
		if (a.r.h > 0)
			cc_axis_add(to, &a);
	}
}

const cc_axis *cc_axis_at(const cc_grid *g, int x, int y)
{
	for (size_t i = g->axis_count; i-- > 0;) {
		const cc_rect *r = &g->axes[i].r;
		if (x >= r->x && x < r->x + r->w && y >= r->y && y < r->y + r->h)
			return &g->axes[i];
	}
	return NULL;
}

static double share(int64_t from, int64_t to, int64_t ns)
{
	return to > from ? (double)(ns - from) / (double)(to - from) : 0;
}

double cc_axis_place(const cc_axis *a, int64_t ns)
{
	int64_t from = a->range.from_ns;
	int x = 0;
	if (ns == CC_TIME_NONE || ns < a->range.from_ns || ns > a->range.to_ns)
		return -1;
	for (int i = 0; i < a->gap_count; i++) {
		const cc_axis_gap *g = &a->gaps[i];
		if (ns <= g->left_out.from_ns)
			return x + share(from, g->left_out.from_ns, ns) * (g->x - x);
		if (ns < g->left_out.to_ns)
			return g->x + g->w / 2.0;
		from = g->left_out.to_ns;
		x = g->x + g->w;
	}
	return x + share(from, a->range.to_ns, ns) * (a->r.w - x);
}

static int64_t between(int64_t from, int64_t to, double part)
{
	return from + (int64_t)(part * (double)(to - from));
}

int64_t cc_axis_time(const cc_axis *a, int x)
{
	int at = x - a->r.x, left = 0;
	int64_t from = a->range.from_ns;
	at = at < 0 ? 0 : at >= a->r.w ? a->r.w - 1 : at;
	for (int i = 0; i < a->gap_count; i++) {
		const cc_axis_gap *g = &a->gaps[i];
		if (at < g->x)
			return between(from, g->left_out.from_ns, (at - left + 0.5) / (g->x - left));
		if (at < g->x + g->w)
			return g->left_out.from_ns;
		from = g->left_out.to_ns;
		left = g->x + g->w;
	}
	return between(from, a->range.to_ns, (at - left + 0.5) / (a->r.w - left));
}
