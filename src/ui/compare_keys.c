/* compare_keys.c - the transport over all lanes: its keys, and the lines that say the same (`step`, `clock`, `find`, `sync`, `parting`,
 * `lane`, `scores`, `reveal`). What is none of these is for the lane that has the keys: its panes can be looked around in. */
#include "ui/compare.h"

#include "ui/transport.h"

static const char *const SYNC[] = { "step", "clock", "evidence" };

static void stop_and_go(cc_duet *d, size_t at)
{
	d->playing = false;
	cc_duet_go(d, at);
}

/* To the next marker of any lane, or the one before. */
static void next_marker(cc_duet *d, int dir)
{
	size_t to = dir > 0 ? cc_duet_last(d) : 0;
	for (size_t lane = 0; lane < d->count; lane++) {
		const cc_playback *p = d->lanes[lane].replay.playback;
		for (size_t i = 0; p && i < cc_markers_count(cc_playback_markers(p)); i++) {
			size_t at = cc_compare_position(d->runs, d->how, d->active, lane, cc_markers_get(cc_playback_markers(p), i)->step);
			if (dir > 0 && at > d->at && at < to)
				to = at;
			if (dir < 0 && at < d->at && at > to)
				to = at;
		}
	}
	stop_and_go(d, to);
}

static void toggle_play(cc_duet *d)
{
	d->playing = !d->playing;
	if (d->playing && d->at >= cc_duet_last(d))
		cc_duet_go(d, 0);
	cc_duet_start(d);
}

static void change_speed(cc_duet *d, int by)
{
	d->speed = cc_speed_change(d->speed, by);
	cc_duet_start(d);
}

static void toggle_scores(cc_duet *d)
{
	d->no_scores = !d->no_scores;
	if (!d->scores)
		cc_duet_say(d, "there are no scores: no ground truth was found, or no run is over");
}

static void reveal(cc_duet *d)
{
	if (!d->blind)
		cc_duet_say(d, "it is told who plays");
	d->blind = false;
}

static void type_line(cc_duet *d, const char *text)
{
	cc_lineedit_set(&d->line, cc_str_from(text));
	d->typing = true;
}

static bool transport_key(cc_duet *d, const cc_key *key)
{
	switch (key->code) {
	case ' ': toggle_play(d); return true;
	case '.': case CC_KEY_RIGHT: stop_and_go(d, d->at + 1); return true;
	case ',': case CC_KEY_LEFT: stop_and_go(d, d->at ? d->at - 1 : 0); return true;
	case CC_KEY_ENTER: case CC_KEY_PGDN: case ']': next_marker(d, 1); return true;
	case CC_KEY_PGUP: case '[': next_marker(d, -1); return true;
	case '<': change_speed(d, -1); return true;
	case '>': change_speed(d, 1); return true;
	case CC_KEY_HOME: stop_and_go(d, 0); return true;
	case CC_KEY_END: stop_and_go(d, cc_duet_last(d)); return true;
	case CC_KEY_TAB: cc_duet_lead(d, (d->active + 1) % d->count); return true;
	case 'c': cc_duet_sync(d, (cc_sync)((d->how + 1) % 3)); cc_duet_start(d); return true;
	case 'd': cc_duet_part(d); return true;
	case 's': toggle_scores(d); return true;
	case 'r': reveal(d); return true;
	case 'b': d->blank = !d->blank; return true;
	case ':': type_line(d, ""); return true;
	case '/': type_line(d, "find "); return true;
	case 'q': d->done = true; return true;
	default:
		if (key->code < '0' || key->code > '9')
			return false;
		stop_and_go(d, cc_duet_last(d) * (size_t)(key->code - '0') / 10);
		return true;
	}
}

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
		if (is_open(l->ui))
			lane_key(l, key);
		else if ((key->mods || !transport_key(d, key)) && !page_key(l, key) && l->ui)
			lane_key(l, key);
	}
}

/* --- lines --- */

static void find(cc_duet *d, cc_str text)
{
	size_t step;
	for (size_t i = 0; i < d->count; i++) {
		size_t lane = (d->active + i) % d->count;
		const cc_lane *l = &d->lanes[lane];
		if (!cc_transport_find(l->run, l->step, text, &step))
			continue;
		stop_and_go(d, cc_compare_position(d->runs, d->how, d->active, lane, step));
		return;
	}
	cc_duet_say(d, "no step says %.*s", CC_STR_ARG(text));
}

static void go_to_step(cc_duet *d, cc_str text)
{
	int64_t n;
	if (cc_str_to_i64(text, &n) && n >= 0)
		stop_and_go(d, cc_compare_position(d->runs, d->how, d->active, d->active, (size_t)n));
	else
		cc_duet_say(d, "step N: a step of run %c, which has %zu", (char)('A' + d->active), d->lanes[d->active].count);
}

static void go_to_clock(cc_duet *d, cc_str text)
{
	int64_t ns;
	size_t last = cc_duet_last(d), at = 0;
	if (!cc_transport_clock(text, &ns)) {
		cc_duet_say(d, "clock M:SS: a time of the case's own clock");
		return;
	}
	while (at < last && cc_compare_clock(d->runs, d->how, d->active, at + 1) <= ns)
		at++;
	stop_and_go(d, at);
}

static void sync_by(cc_duet *d, cc_str text)
{
	for (size_t i = 0; i < 3; i++) {
		if (cc_str_eqz(text, SYNC[i])) {
			cc_duet_sync(d, (cc_sync)i);
			return;
		}
	}
	cc_duet_say(d, "sync step, sync clock or sync evidence");
}

static void lead_by(cc_duet *d, cc_str text)
{
	size_t lane = text.n == 1 ? (size_t)((text.p[0] | 0x20) - 'a') : CC_UI_LANES;
	if (lane < d->count)
		cc_duet_lead(d, lane);
	else
		cc_duet_say(d, "lane A to %c: the run that has the keys and leads", (char)('A' + d->count - 1));
}

void cc_duet_line(cc_duet *d, cc_str line)
{
	cc_str word, rest;
	cc_str_cut(cc_str_trim(line), ' ', &word, &rest);
	rest = cc_str_trim(rest);
	if (cc_str_eqz(word, "step"))
		go_to_step(d, rest);
	else if (cc_str_eqz(word, "clock"))
		go_to_clock(d, rest);
	else if (cc_str_eqz(word, "find") && rest.n)
		find(d, rest);
	else if (cc_str_eqz(word, "sync"))
		sync_by(d, rest);
	else if (cc_str_eqz(word, "lane"))
		lead_by(d, rest);
	else if (cc_str_eqz(word, "parting"))
		cc_duet_part(d);
	else if (cc_str_eqz(word, "scores"))
		toggle_scores(d);
	else if (cc_str_eqz(word, "reveal"))
		reveal(d);
	else if (cc_str_eqz(word, "quit"))
		d->done = true;
	else if (word.n && d->lanes[d->active].ui) {
		cc_ui *ui = d->lanes[d->active].ui;
		struct cc_replay *r = ui->replay;
		ui->replay = NULL;
		cc_ui_run_line(ui, line);
		ui->replay = r;
	}
}
