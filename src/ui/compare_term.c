/* compare_term.c - a part of the screen as a terminal: a lane's console draws there as if it had the whole one. What is not about
 * cells - keys, clipboard, mouse - is the real terminal's. */
#include "ui/compare.h"

static cc_lane_term *self(cc_term *t)
{
	return (cc_lane_term *)t;
}

static cc_term *whole(cc_term *t)
{
	return self(t)->of->term;
}

static void lane_size(cc_term *t, int *columns, int *rows)
{
	*columns = self(t)->at.w;
	*rows = self(t)->at.h;
}

static void place(const cc_lane_term *t, const cc_grid *g)
{
	cc_grid *to = &t->of->grid;
	for (int y = 0; y < t->at.h && y < g->rows; y++)
		for (int x = 0; x < t->at.w && x < g->columns; x++) {
			cc_gcell *cell = cc_grid_at(to, t->at.x + x, t->at.y + y);
			if (cell)
				*cell = *cc_grid_at(g, x, y);
		}
}

/* A lane that shows something by itself waits for a command: nothing else changed. */
static void lane_flush(cc_term *t, const cc_grid *g, const cc_theme *theme)
{
	cc_duet *d = self(t)->of;
	if (d->drawing)
		return;
	place(self(t), g);
	d->term->ops->flush(d->term, &d->grid, theme);
}

void cc_lane_place(cc_lane *l)
{
	const cc_grid *g = &l->ui->grid;
	cc_duet *d = l->term.of;
	place(&l->term, g);
	if (l != &d->lanes[d->active] || !g->cursor_shown)
		return;
	d->grid.cursor_x = l->term.at.x + g->cursor_x;
	d->grid.cursor_y = l->term.at.y + g->cursor_y;
	d->grid.cursor_shown = true;
}

static bool lane_read_key(cc_term *t, int timeout_ms, cc_key *out)
{
	return whole(t)->ops->read_key(whole(t), timeout_ms, out);
}

static int lane_fd(cc_term *t)
{
	return whole(t)->ops->fd(whole(t));
}

static void lane_suspend(cc_term *t)
{
	whole(t)->ops->suspend(whole(t));
}

static void lane_repaint(cc_term *t)
{
	whole(t)->ops->repaint(whole(t));
}

static void lane_set_title(cc_term *t, cc_str title)
{
	whole(t)->ops->set_title(whole(t), title);
}

static cc_code lane_copy(cc_term *t, cc_str text, cc_err *err)
{
	return whole(t)->ops->copy(whole(t), text, err);
}

static void lane_set_mouse(cc_term *t, bool on)
{
	whole(t)->ops->set_mouse(whole(t), on);
}

static void lane_set_cancel(cc_term *t, cc_cancel *c)
{
	whole(t)->ops->set_cancel(whole(t), c);
}

static void lane_close(cc_term *t)
{
	(void)t;        /* the screen is not the lane's */
}

void cc_lane_term_init(cc_lane_term *t, cc_duet *d)
{
	static const cc_term_ops ops = { .size = lane_size, .flush = lane_flush, .read_key = lane_read_key, .fd = lane_fd,
		.suspend = lane_suspend, .repaint = lane_repaint, .set_title = lane_set_title, .copy = lane_copy,
		.set_mouse = lane_set_mouse, .set_cancel = lane_set_cancel, .close = lane_close };
	*t = (cc_lane_term){ .base = { &ops }, .of = d, .at = { 0, 0, 80, 24 } };
}
