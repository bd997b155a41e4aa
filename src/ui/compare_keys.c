/* compare_keys.c - keys: those of the transport over all lanes are lines (compare_lines.c), and while a page lies over the lanes they
 * are the page's. What is none of these is for the lane that has the keys: its panes can be looked around in. */
#include "ui/compare.h"

const cc_transport_key cc_duet_bindings[] = {
	{ "Space", "play", "play", "play, or stop" },
	{ "s", "scores", "scores", "the scores, and away again" },
	{ "? F1", "help", "keys", "these keys" },
	{ ". Right", "step +1", "step", "a step forward" },
	{ ", Left", "step -1", NULL, "a step back" },
	{ "d", "parting", "parting", "to where the runs parted" },
	{ "] Enter PgDn", "marker next", "marker", "to the next marker of any run" },
	{ "[ PgUp", "marker previous", NULL, "to the marker before" },
	{ "}", "hand next", "by hand", "to the next one that somebody set by hand afterwards" },
	{ "{", "hand previous", NULL, "to the one set by hand before" },
	{ "c", "sync next", "sync", "kept together by step, by clock, or by evidence first seen" },
	{ "Tab", "lane next", "lane", "the next run has the keys; by evidence it leads" },
	{ ">", "speed faster", "speed", "faster, up to 16 times" },
	{ "<", "speed slower", NULL, "slower, down to a quarter" },
	{ "r", "reveal", "reveal", "who plays, where that is not told" },
	{ "0 1 2 3 4 5 6 7 8 9", "step {key}0%", "tenth", "to that tenth" },
	{ "Home", "step 0%", NULL, "to the beginning" },
	{ "End", "step 100%", NULL, "to the end" },
	{ "/", "find", "find", "to the next step that says so, in any run" },
	{ "b", "blank", "blank", "blank screen, and back" },
	{ ":", "", NULL, "a line: one of these, or one for the run that has the keys" },
	{ "q", "leave", "leave", "leave the comparison" },
	{ NULL, NULL, NULL, NULL }
};

/* --- keys of a lane --- */

static bool is_open(const cc_ui *ui)
{
	return ui && (ui->menu.kind || ui->prompt.kind || ui->overlay || ui->filter_panel);
}

/* The record's transport stays out of it: it would move this lane alone. */
static void lane_key(cc_lane *l, const cc_key *key)
{
	struct cc_replay *r = l->ui->replay;
	l->ui->replay = NULL;
	cc_ui_handle_key(l->ui, key);
	l->ui->replay = r;
}

static bool within(cc_rect r, int x, int y)
{
	return x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
}

static void mouse_key(cc_duet *d, const cc_key *key)
{
	for (size_t i = 0; i < d->count; i++) {
		cc_lane *l = &d->lanes[i];
		cc_key own = *key;
		if (!within(l->at, key->x, key->y))
			continue;
		if (key->button == CC_MOUSE_CLICK)
			cc_duet_lead(d, i);
		own.x -= l->term.at.x;
		own.y -= l->term.at.y;
		if (l->ui && own.y >= 0)
			lane_key(l, &own);
		return;
	}
}

/* A step shown as text scrolls. */
static bool page_key(cc_lane *l, const cc_key *key)
{
	if (!l->page || (key->code != 'j' && key->code != 'k' && key->code != CC_KEY_DOWN && key->code != CC_KEY_UP))
		return false;
	cc_sheet_scroll(l->page, key->code == 'j' || key->code == CC_KEY_DOWN ? 1 : -1, l->term.at.h);
	return true;
}

static void edit_key(cc_duet *d, const cc_key *key)
{
	cc_edit_result r = cc_lineedit_key(&d->line, key);
	if (r != CC_EDIT_ACCEPT && r != CC_EDIT_CANCEL)
		return;
	d->typing = false;
	if (r == CC_EDIT_CANCEL)
		return;
	cc_str line = cc_buf_str(&d->line.text);
	cc_history_add(&d->history, line);
	cc_duet_line(d, line);
}

static bool transport_key(cc_duet *d, const cc_key *key)
{
	const cc_transport_key *b = cc_transport_of(cc_duet_bindings, key);
	cc_buf line = CC_BUF_INIT;
	if (!b)
		return false;
	cc_transport_line(b, key, &line);
	if (key->code == ':' || key->code == '/') {     /* what they begin is typed on */
		cc_buf_addz(&line, line.n ? " " : "");
		cc_lineedit_set(&d->line, cc_buf_str(&line));
		d->typing = true;
	} else {
		cc_duet_line(d, cc_buf_str(&line));
	}
	cc_buf_deinit(&line);
	return true;
}

/* A page over the lanes: keys move in it, Enter runs a row's line, others take it away and do what they do. */
static bool over_key(cc_duet *d, const cc_key *key)
{
	cc_sheet *page = cc_duet_over(d);
	int down = key->code == 'j' || key->code == CC_KEY_DOWN ? 1 : key->code == 'k' || key->code == CC_KEY_UP ? -1 : 0;
	if (down && page->selected < page->items.n && !cc_sheet_is_text(page)) {
		cc_sheet_move(page, down);
		return true;
	}
	if (down || key->code == CC_KEY_PGDN || key->code == CC_KEY_PGUP) {
		cc_sheet_scroll(page, down ? down : key->code == CC_KEY_PGDN ? page->height - 1 : 1 - page->height, page->height);
		return true;
	}
	cc_str drill = key->code == CC_KEY_ENTER ? cc_sheet_pick(page).drill : CC_STR_EMPTY;
	bool same = key->code == (d->over == CC_OVER_HELP ? '?' : 's');
	d->over = CC_OVER_NONE;
	if (drill.n)
		cc_duet_line(d, drill);
	return drill.n || same || key->code == CC_KEY_ENTER || key->code == CC_KEY_ESC || key->code == 'q';
}

void cc_duet_key(cc_duet *d, const cc_key *key)
{
	cc_lane *l = &d->lanes[d->active];
	if (key->code == CC_KEY_HANGUP) {
		d->done = true;
	} else if (key->code == CC_KEY_RESIZE) {
		d->term->ops->repaint(d->term);
	} else if (key->code == CC_KEY_MOUSE) {
		mouse_key(d, key);
	} else if (d->typing) {
		edit_key(d, key);
	} else if (key->code != CC_KEY_PASTE) {   /* text that is pasted is no key */
		cc_buf_clear(&d->message);
		if (cc_duet_over(d) && over_key(d, key))
			return;
		if (is_open(l->ui))
			lane_key(l, key);
		else if ((key->mods || !transport_key(d, key)) && !page_key(l, key) && l->ui)
			lane_key(l, key);
	}
}

