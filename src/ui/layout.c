/* layout.c - where things lie at a size. 80x24 is the floor at which everything works; below it parts fall away in the order
 * hints, tabs, status, so that evidence is the last to go. From 120 columns the fields of the selected row stand beside the list;
 * from 160 a second pane does, the one with the keys being the wide one; where it is tall the fields stand below it. A narrow and tall screen
 * has them below its list, a small one below a list that is short. */
#include "ui/draw.h"
#include "ui/strip.h"
#include "ui/ui_priv.h"

enum { CLOCK_SCREEN_ROWS = 20, CLOCK_COLUMNS = 72, SCRUBBER_ROWS = 24, TRACK_ROWS = 12, SIDE_COLUMNS = 120, SIDE_BELOW_ROWS = 40,
	PORTRAIT_COLUMNS = 84, WIDE_PERCENT = 58, PORTRAIT_ROWS = 41 /* of the body: 46 in all */ };

/* Rows that a pane needs: its title, what it shows and a little slack. 0: not known, or a pane that takes whatever it gets. */
static int rows_needed(const cc_ui *ui, int slot)
{
	const cc_pane *p = ui->slots[slot] >= 0 ? &ui->panes[ui->slots[slot]] : NULL;
	const cc_sheet *s = p && p->stack.n ? p->stack.p[p->stack.n - 1] : NULL;
	if (!s || !s->reply || !s->width || s->items.n > 200)
		return 0;
	return (int)s->items.n + 3;
}

/* The fields belong to the list that has the keys, and stand below it; more of them where it is short. */
static void put_fields_below(const cc_ui *ui, cc_layout *l)
{
	int h = l->body.h / 3, needed = rows_needed(ui, ui->active);
	cc_rect *p = &l->pane[ui->active];
	if (needed && needed < l->body.h - h - 1)
		h = l->body.h - needed - 1;
	p->h -= h + 1;
	l->side = (cc_rect){ p->x, p->y + p->h + 1, p->w, h };
}

/* A short list in one column leaves room: for the fields of its selected row. Pages of text or charts take what there is. */
static int rows_left(const cc_ui *ui, const cc_rect *body)
{
	enum { LEAST = 5 };
	const cc_pane *p = &ui->panes[ui->slots[ui->active]];
	const cc_sheet *s = p->stack.n ? p->stack.p[p->stack.n - 1] : NULL;
	const cc_section *main = s && s->reply ? cc_reply_main(s->reply) : NULL;
	int needed = rows_needed(ui, ui->active);
	for (size_t i = 0; main && i < cc_reply_section_count(s->reply); i++)
		if (cc_reply_section(s->reply, i)->kind != CC_SECTION_TABLE && cc_reply_section(s->reply, i)->kind != CC_SECTION_FACTS)
			main = NULL;
	int left = main && main->row_count && needed ? body->h - needed - cc_strip_height(s, body->h) : 0;
	return left >= LEAST && body->h >= LEAST * 3 ? left : 0;
}

static void split_body(const cc_ui *ui, cc_layout *l)
{
	cc_rect b = l->body;
	bool two = ui->slots[1] >= 0 && b.w >= CC_TWO_COLUMNS && ui->zoom <= 0;
	l->pane[ui->active] = b;
	if (two) {
		int wide = (b.w - 1) * WIDE_PERCENT / 100, left = ui->active == 0 ? wide : b.w - 1 - wide;
		l->pane[0] = (cc_rect){ b.x, b.y, left, b.h };
		l->pane[1] = (cc_rect){ b.x + left + 1, b.y, b.w - left - 1, b.h };
		if (b.h >= SIDE_BELOW_ROWS)
			put_fields_below(ui, l);
	} else if (b.w >= SIDE_COLUMNS && ui->zoom <= 0) {
		int side = b.w * (ui->zoom < 0 ? 50 : 36) / 100;
		l->pane[ui->active].w = b.w - side - 1;
		l->side = (cc_rect){ b.x + b.w - side, b.y, side, b.h };
	} else if (b.w <= PORTRAIT_COLUMNS && b.h >= PORTRAIT_ROWS && ui->zoom == 0) {   /* portrait: the fields below */
		int h = b.h / 3;
		l->pane[ui->active].h = b.h - h - 1;
		l->side = (cc_rect){ b.x, b.y + b.h - h, b.w, h };
	} else if (ui->zoom == 0 && rows_left(ui, &b)) {
		int h = rows_left(ui, &b);
		l->pane[ui->active].h = b.h - h - 1;
		l->side = (cc_rect){ b.x, b.y + b.h - h, b.w, h };
	} else if (ui->zoom < 0 && b.h >= 16) {
		int h = b.h / 2;
		l->pane[ui->active].h = b.h - h - 1;
		l->side = (cc_rect){ b.x, b.y + b.h - h, b.w, h };
	}
}

/* A room always sees the clock: one row more than else, and beside it what says where we are. */
static void put_clock(cc_layout *l, int columns, int *y)
{
	int w = cc_big_low_width("00:00:00") + 1;
	l->clock = (cc_rect){ columns - w, 0, w, CC_BIG_LOW_ROWS };
	l->status.w -= w;
	l->status.h = CC_BIG_LOW_ROWS - 1;
	*y = l->status.h;
}

cc_layout cc_ui_layout(const cc_ui *ui, int columns, int rows)
{
	cc_layout l = { 0 };
	int y = 0, bottom = rows;
	l.prompt = (cc_rect){ 0, --bottom, columns, 1 };
	if (rows >= 8 && !ui->lane)
		l.hint = (cc_rect){ 0, --bottom, columns, 1 };
	if (cc_replay_has_track(ui) && rows >= TRACK_ROWS)
		l.track = (cc_rect){ 0, --bottom, columns, 1 };
	if (rows >= 4)
		l.status = (cc_rect){ 0, y++, columns, 1 };
	if (ui->opt.demo && rows >= CLOCK_SCREEN_ROWS && columns >= CLOCK_COLUMNS)
		put_clock(&l, columns, &y);
	if (rows >= 6)
		l.tabs = (cc_rect){ 0, y++, columns - l.clock.w, 1 };
	if (rows >= SCRUBBER_ROWS && ui->backend.timeline && !ui->no_scrubber)
		l.scrub = (cc_rect){ 0, y++, columns, 1 };
	l.body = (cc_rect){ 0, y, columns, bottom > y ? bottom - y : 0 };
	split_body(ui, &l);
	return l;
}
