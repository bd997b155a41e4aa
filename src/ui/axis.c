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

static int64_t between(int64_t from, int64_t to, double part)
{
	return from + (int64_t)(part * (double)(to - from));
}

int64_t cc_axis_time(const cc_axis *a, int x)
{
	int at = x - a->r.x, right = a->gap_x + a->gap_w;
	at = at < 0 ? 0 : at >= a->r.w ? a->r.w - 1 : at;
	if (a->gap_w <= 0)
		return between(a->range.from_ns, a->range.to_ns, (at + 0.5) / a->r.w);
	if (at < a->gap_x)
		return between(a->range.from_ns, a->gap.from_ns, (at + 0.5) / a->gap_x);
	if (at < right || a->r.w <= right)
		return a->gap.from_ns;
	return between(a->gap.to_ns, a->range.to_ns, (at - right + 0.5) / (a->r.w - right));
}
