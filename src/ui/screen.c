/* screen.c - the frame around the evidence: status row, tabs, pane titles, the fields beside the list, hints, the last row. */
#include "ui/draw.h"
#include "ui/map.h"
#include "ui/strip.h"
#include "ui/ui_priv.h"

#include <stdio.h>
#include <string.h>

#include "coldcase/utf8.h"

/* --- status row --- */

static void clock_text(cc_buf *out, int64_t ns)
{
	long long s = ns / CC_NS_PER_S;
	cc_buf_addf(out, "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
}

static void focus_text(cc_ui *ui, const cc_ui_status *st, cc_buf *out, bool brief)
{
	cc_buf b = CC_BUF_INIT;
	if (st->view.focus) {
		ui->backend.entity_text(ui->backend.arg, st->view.focus, &b);
		cc_str name = cc_buf_str(&b);
		size_t slash = cc_str_rfind_char(name, '/');
		if (brief && slash != CC_STR_NONE)
			name = cc_str_sub(name, slash + 1, name.n);
		cc_buf_addz(out, "focus ");
		cc_utf8_clean(out, name, ui->grid.ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
	}
	cc_buf_deinit(&b);
}

/* The clock of a live drill; "end" where the capture is over. */
static void live_text(const cc_ui_status *st, cc_buf *out)
{
	cc_buf_addf(out, "live %dx ", st->live_speed);
	cc_time_format_clock(out, st->until_ns);
	if (st->onset_ns != CC_TIME_NONE) {
		cc_buf_add_char(out, ' ');
		cc_offset_format(out, st->until_ns - st->onset_ns);
	}
	cc_buf_addz(out, st->live_over ? " end  " : "  ");
}

/* "known at" instead of "at": nothing behind the cursor is shown. */
static void time_text(const cc_ui_status *st, bool roomy, cc_buf *out)
{
	bool cut = st->until_ns != CC_TIME_NONE && (!st->live_speed || st->view.known);
	int64_t at = cut ? st->until_ns : st->view.at_ns;
	if (st->live_speed && !cut)
		live_text(st, out);
	if (at != CC_TIME_NONE) {
		cc_buf_addz(out, cut ? "known at " : "at ");
		cc_time_format_clock(out, at);
		if (st->zone) {
			cc_buf_add_char(out, ' ');
			cc_zone_format_clock(st->zone, at, out);
		}
		if (st->onset_ns != CC_TIME_NONE) {
			cc_buf_add_char(out, ' ');
			cc_offset_format(out, at - st->onset_ns);
		}
		if (roomy && st->until_ns == CC_TIME_NONE)
			cc_buf_addz(out, " hindsight");
	}
	if (st->view.onset_ns != CC_TIME_NONE) {
		cc_buf_addf(out, "%sonset ", out->n ? "  " : "");
		cc_time_format_clock(out, st->view.onset_ns);
	}
	if (st->view.window.from_ns != CC_TIME_NONE) {
		cc_buf_addf(out, "%swindow ", out->n ? "  " : "");
		cc_duration_format(out, st->view.window.to_ns - st->view.window.from_ns);   /* pane titles say from when to when */
	}
}

static void case_text(cc_ui *ui, const cc_ui_status *st, bool clock, cc_buf *out)
{
	if (clock)
		clock_text(out, st->active_ns);
	if (!st->running)
		cc_buf_addz(out, st->submitted ? " submitted" : st->frozen ? " frozen" : st->started ? " paused" : " not started");
	if (st->budget.cap)
		cc_buf_addf(out, "  q %lld/%lld", (long long)st->budget.used, (long long)st->budget.cap);
	else
		cc_buf_addf(out, "  q %lld", (long long)st->budget.used);
	if (ui->mouse)
		cc_buf_addz(out, "  mouse");
}

/* For a room: the clock in figures that the last row can read, and what else there is to say in two rows beside it. */
static void draw_room_status(cc_ui *ui, const cc_layout *l)
{
	cc_ui_status st;
	cc_rect first = cc_rect_skip(cc_rect_row(l->status, 0), 1), second = cc_rect_skip(cc_rect_row(l->status, 1), 1);
	cc_buf right = CC_BUF_INIT, left = CC_BUF_INIT, clock = CC_BUF_INIT;
	ui->backend.status(ui->backend.arg, &st);
	cc_ui_loading_text(ui, true, &right);
	case_text(ui, &st, false, &right);
	time_text(&st, false, &left);
	if (left.n && st.view.focus)
		cc_buf_addz(&left, "  ");
	focus_text(ui, &st, &left, (int)left.n > second.w / 2);
	clock_text(&clock, st.active_ns);
	for (int y = 0; y < l->clock.h; y++)
		cc_grid_fill(&ui->grid, (cc_rect){ 0, y, l->clock.x + l->clock.w, 1 }, ' ', CC_LOOK_STATUS, 0);
	cc_grid_outside(&ui->grid, first, st.scenario, CC_LOOK_STATUS, CC_ATTR_BOLD);
	cc_rect end = cc_rect_skip(first, first.w - (int)cc_width(cc_buf_str(&right)) - 2);
	cc_grid_fill(&ui->grid, end, ' ', CC_LOOK_STATUS, 0);
	cc_grid_text(&ui->grid, end, cc_buf_str(&right), CC_LOOK_STATUS, 0);
	cc_grid_text(&ui->grid, second, cc_buf_str(&left), CC_LOOK_STATUS, 0);
	if (clock.p)
		cc_big_draw_low(&ui->grid, l->clock, clock.p, CC_LOOK_STATUS);
	cc_buf_deinit(&right);
	cc_buf_deinit(&left);
	cc_buf_deinit(&clock);
}

/* Left: where we are. Right: what it has cost. What does not fit goes: window, the focus' namespace, the scenario's name. */
void cc_screen_status(cc_ui *ui, const cc_layout *l)
{
	cc_rect r = l->status;
	cc_ui_status st;
	if (l->clock.w) {
		draw_room_status(ui, l);
		return;
	}
	cc_buf right = CC_BUF_INIT, focus = CC_BUF_INIT, when = CC_BUF_INIT;
	ui->backend.status(ui->backend.arg, &st);
	cc_ui_loading_text(ui, r.w < 78, &right);
	case_text(ui, &st, true, &right);
	time_text(&st, r.w >= 110, &when);
	focus_text(ui, &st, &focus, false);
	int room = r.w - (int)right.n - (int)when.n - 9;
	if ((int)focus.n > room - (int)st.scenario.n) {
		cc_buf_clear(&focus);
		focus_text(ui, &st, &focus, true);
	}
	bool named = (int)focus.n <= room - (int)st.scenario.n || (!focus.n && !when.n);
	bool alarm = st.budget.cap && st.budget.used * 10 >= st.budget.cap * 9;
	cc_grid_fill(&ui->grid, r, ' ', CC_LOOK_STATUS, 0);
	cc_rect at = cc_rect_skip(r, 1);
	int used = named ? cc_grid_outside(&ui->grid, at, st.scenario, CC_LOOK_STATUS, CC_ATTR_BOLD) + 2 : 0;
	if (when.n)
		used += 2 + cc_grid_text(&ui->grid, cc_rect_skip(at, used), cc_buf_str(&when), CC_LOOK_STATUS, 0);
	if (focus.n)
		cc_grid_text(&ui->grid, cc_rect_skip(at, used), cc_buf_str(&focus), CC_LOOK_STATUS, 0);
	int x = r.w - (int)cc_width(cc_buf_str(&right)) - 1;
	cc_rect end = cc_rect_skip(r, x < 0 ? 0 : x - 2);
	cc_grid_fill(&ui->grid, end, ' ', CC_LOOK_STATUS, 0);
	cc_grid_text(&ui->grid, cc_rect_skip(end, x < 2 ? 0 : 2), cc_buf_str(&right), alarm ? CC_LOOK_STATUS_ALARM : CC_LOOK_STATUS, 0);
	cc_buf_deinit(&right);
	cc_buf_deinit(&focus);
	cc_buf_deinit(&when);
}

/* --- tabs and titles --- */

static void draw_tabs(cc_ui *ui, cc_rect r)
{
	cc_ui_status st;
	bool brief = r.w < 78;
	ui->backend.status(ui->backend.arg, &st);
	int x = 0;
	for (int i = 0; i < CC_PANE_COUNT; i++) {
		bool on = i == ui->slots[ui->active];
		bool none = cc_ui_is_missing(ui, i);
		cc_look look = on ? CC_LOOK_TAB_ACTIVE : none ? CC_LOOK_DIM : CC_LOOK_TAB;
		cc_rect at = cc_rect_skip(r, x);
		if (on)
			x += cc_grid_printf(&ui->grid, at, look, 0, "[%d %s]", i + 1, cc_pane_names[i]);
		else
			x += cc_grid_printf(&ui->grid, at, look, 0, brief ? "%c%d " : "%c%d %s ", none ? '-' : ' ', i + 1, cc_pane_names[i]);
	}
	if (st.pins + st.suspects && r.w - x > 22)
		cc_grid_printf(&ui->grid, cc_rect_skip(r, r.w - 21), CC_LOOK_TAB, 0, "%4zu pin%s, %zu suspect%s", st.pins,
			st.pins == 1 ? "" : "s", st.suspects, st.suspects == 1 ? "" : "s");
}

/* "1,234,567": numbers of rows are read at a glance. */
static void add_grouped(cc_buf *out, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
	for (int i = 0; i < len; i++)
		cc_buf_addf(out, i && (len - i) % 3 == 0 ? ",%c" : "%c", digits[i]);
}

static void add_count(cc_buf *out, const char *lead, size_t n, const char *what, bool plural)
{
	if (n)
		cc_buf_addf(out, "%s %zu %s%s", lead, n, what, plural && n != 1 ? "s" : "");
}

/* How many of them are grave; of a part of a list that cannot be said. lead: what parts it from the number of rows. */
static void grave_text(const cc_section *rows, bool errors, const char *lead, cc_buf *out)
{
	size_t critical = 0, warning = 0;
	for (size_t i = 0; i < rows->row_count; i++) {
		critical += rows->rows[i].mark == CC_ROLE_CRITICAL;
		warning += rows->rows[i].mark == CC_ROLE_WARNING;
	}
	add_count(out, lead, critical, errors ? "error" : "critical", errors);
	add_count(out, critical ? "," : lead, warning, "warning", true);
}

/* A page about one thing: the rows of a table somewhere on it say nothing of how long it is. */
static bool is_page(const cc_reply *r)
{
	static const char *const all[] = { "alert", "metric", "diff", "log", "event", "span", "spec", "entity" };
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (cc_str_eqz(cc_reply_command(r), all[i]))
			return true;
	return false;
}

/* Which row of how many, and how many a filter hides: always, so that nobody takes a part for all. */
static void rows_text(const cc_sheet *s, cc_buf *out)
{
	cc_paging p = cc_reply_paging(s->reply);
	uint64_t place;
	if (!cc_reply_main(s->reply) || (is_page(s->reply) && !p.filtered && !p.truncated))
		return;
	if (cc_map_shown(s)) {   /* what is drawn; the list of edges, which the reply holds besides, counts otherwise */
		const cc_section *nodes = cc_map_section(s->reply, NULL);
		cc_buf_addf(out, "  %zu things", nodes->row_count);
		grave_text(nodes, false, ",", out);
		return;
	}
	cc_buf_addz(out, "  ");
	if (cc_sheet_is_part(s) && cc_sheet_place(s, s->selected, &place)) {
		cc_buf_addz(out, "row ");
		add_grouped(out, place + 1);
		cc_buf_addz(out, " of ");
	}
	add_grouped(out, p.total_count);
	if (!cc_sheet_is_part(s))
		cc_buf_addz(out, p.total_count == 1 ? " row" : " rows");
	bool folded = !cc_sheet_is_part(s) && p.covered_count != p.returned_count;
	if (folded) {
		cc_buf_addz(out, " folded to ");
		add_grouped(out, p.returned_count);
	}
	if (!cc_sheet_is_part(s)) /* of folded rows it counts what is left of them: the histogram counts records */
		grave_text(cc_reply_main(s->reply), cc_is_of_errors(cc_reply_command(s->reply)), folded ? ":" : ",", out);
	if (p.filtered) {
		cc_buf_addz(out, ", hidden ");
		add_grouped(out, p.hidden_count);
	}
	if (p.partial)
		cc_buf_addz(out, p.stopped ? "  STOPPED" : "  PARTIAL");
}

/* Where in a spec the selection is; of a long path its end. */
static void path_text(const cc_sheet *s, int most, cc_buf *out)
{
	cc_buf path = CC_BUF_INIT, clean = CC_BUF_INIT;
	cc_sheet_path(s, &path);
	cc_utf8_clean(&clean, cc_buf_str(&path), CC_CLEAN_ASCII);
	size_t from = (int)clean.n > most && most > 2 ? clean.n - (size_t)most + 2 : 0;
	if (clean.n)
		cc_buf_addf(out, "  %s%.*s", from ? ".." : "", CC_STR_ARG(cc_str_sub(cc_buf_str(&clean), from, clean.n)));
	cc_buf_deinit(&path);
	cc_buf_deinit(&clean);
}

static void draw_title(cc_ui *ui, cc_rect r, int pane, const cc_sheet *s, bool active)
{
	cc_buf b = CC_BUF_INIT;
	cc_look look = active ? CC_LOOK_TITLE_ACTIVE : CC_LOOK_TITLE;
	cc_pane *p = &ui->panes[pane];
	cc_buf_addf(&b, "%d ", pane + 1);
	for (size_t i = 0; i + 1 < p->stack.n; i++)
		cc_buf_addf(&b, "%s > ", i == 0 ? cc_pane_names[pane] : "..");
	cc_buf title = CC_BUF_INIT;
	cc_title_text(s, &title);
	cc_utf8_clean(&b, cc_buf_str(&title), ui->grid.ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
	cc_buf_deinit(&title);
	cc_buf fit = CC_BUF_INIT, end = CC_BUF_INIT;
	if (p->unlinked)
		cc_buf_addz(&end, "  unlinked");
	if (cc_ui_is_old(ui, pane, s))
		cc_buf_addz(&end, "  OLD: focus or time changed");
	if (s->reply)
		rows_text(s, &end);
	if (active)
		path_text(s, r.w / 2, &end);
	int room = r.w - (int)end.n;
	cc_width_fit(&fit, cc_buf_str(&b), (size_t)(room > 0 ? room : 0), ui->grid.ascii);
	cc_grid_text(&ui->grid, r, cc_buf_str(&fit), look, 0);
	cc_grid_text(&ui->grid, cc_rect_skip(r, room), cc_buf_str(&end), look, 0);
	cc_buf_deinit(&b);
	cc_buf_deinit(&fit);
	cc_buf_deinit(&end);
}

/* --- panes --- */

static char row_note(void *arg, const cc_row *row)
{
	cc_ui *ui = arg;
	cc_buf cite = CC_BUF_INIT;
	if (!ui->note || !row->cite.file)
		return 0;
	ui->backend.cite_text(ui->backend.arg, row->cite, &cite);
	char note = ui->note(ui->note_arg, cc_buf_str(&cite));
	cc_buf_deinit(&cite);
	return note;
}

/* An unlinked pane looks past the cursor too. */
cc_sheet_look cc_screen_look(cc_ui *ui, bool active, bool unlinked)
{
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	return (cc_sheet_look){ .active = active, .glyphs = ui->opt.glyphs, .at_ns = unlinked ? CC_TIME_NONE : st.view.at_ns, .known = st.view.known,
		.window = unlinked ? (cc_range){ CC_TIME_NONE, CC_TIME_NONE } : st.view.window, .onset_ns = st.onset_ns, .capture = st.range, .search = ui->search_re,
		.pinned = cc_ui_pinned, .note = row_note, .arg = ui };
}

static void draw_pane(cc_ui *ui, cc_rect r, int slot)
{
	int pane = ui->slots[slot];
	bool active = slot == ui->active;
	if (r.w < 1 || pane < 0 || ui->panes[pane].stack.n == 0)
		return;
	cc_sheet *s = ui->panes[pane].stack.p[ui->panes[pane].stack.n - 1];
	s->few = ui->opt.demo;
	cc_sheet_look look = cc_screen_look(ui, active, ui->panes[pane].unlinked);
	if (r.h > 3) {
		draw_title(ui, cc_rect_row(r, 0), pane, s, active);
		r.y++;
		r.h--;
	}
	if (cc_ui_looks_ahead(ui, s)) {
		cc_grid_textz(&ui->grid, r, "  hidden: this was asked for when more was known; asked again on coming here", CC_LOOK_DIM, 0);
		return;
	}
	int strip = cc_strip_height(s, r.h);
	cc_strip_draw(s, &ui->grid, (cc_rect){ r.x, r.y, r.w, strip }, &look);
	r.y += strip;
	r.h -= strip;
	cc_sheet_draw(s, &ui->grid, r, &look);
}

/* The fields of the selected row. Made again only when the selection moved, or what Enter costs there is paid. */
static void draw_side(cc_ui *ui, cc_rect r)
{
	cc_sheet *s = cc_ui_sheet(ui);
	if (r.w < 1 || !s || !s->reply)
		return;
	cc_pick p = cc_sheet_pick(s);
	uint64_t key = ((uint64_t)(uintptr_t)s->reply * 31 + s->selected) * 2 + (p.drill.n && cc_ui_is_kept(ui, p.drill));
	if (ui->side_of != s || ui->side_key != key) {
		cc_sheet_free(ui->side);
		ui->side = cc_ui_detail(ui, &p);
		ui->side_of = s;
		ui->side_key = key;
	}
	if (!ui->side)
		return;
	cc_grid_textz(&ui->grid, cc_rect_row(r, 0), "selected row", CC_LOOK_TITLE, 0);
	cc_sheet_look look = cc_screen_look(ui, false, false);
	cc_sheet_draw(ui->side, &ui->grid, cc_ui_trend_preview(ui, (cc_rect){ r.x, r.y + 1, r.w, r.h - 1 }, &p, &look), &look);
}

static void draw_borders(cc_ui *ui, const cc_layout *l)
{
	uint32_t vertical = ui->grid.ascii ? '|' : 0x2502, horizontal = ui->grid.ascii ? '-' : 0x2500;
	if (l->pane[0].w > 0 && l->pane[1].w > 0)
		cc_grid_fill(&ui->grid, (cc_rect){ l->pane[1].x - 1, l->body.y, 1, l->body.h }, vertical, CC_LOOK_BORDER, 0);
	if (l->side.w > 0 && l->side.x > l->body.x && l->side.y == l->body.y)
		cc_grid_fill(&ui->grid, (cc_rect){ l->side.x - 1, l->side.y, 1, l->side.h }, vertical, CC_LOOK_BORDER, 0);
	else if (l->side.w > 0)
		cc_grid_fill(&ui->grid, (cc_rect){ l->side.x, l->side.y - 1, l->side.w, 1 }, horizontal, CC_LOOK_BORDER, 0);
}

/* --- bottom --- */

/* A key of the keymap by what it does, or one that menus and pages have of their own. */
typedef struct hint { cc_do what; const char *line, *key, *text; } hint;

static cc_str hint_key(const cc_ui *ui, const hint *h)
{
	return h->key ? cc_str_from(h->key) : cc_keymap_key_of(ui->keys, h->what, h->line);
}

/* As many as fit. */
static void draw_hint_row(cc_ui *ui, cc_rect r, const hint *h, size_t n)
{
	int x = 0;
	for (size_t i = 0; i < n; i++) {
		cc_str key = hint_key(ui, &h[i]);
		int width = (int)(key.n + strlen(h[i].text)) + 3;
		if (!key.n)
			continue;
		if (x + width > r.w)
			break;
		x += cc_grid_text(&ui->grid, cc_rect_skip(r, x), key, CC_LOOK_HINT_KEY, 0) + 1;
		x += cc_grid_textz(&ui->grid, cc_rect_skip(r, x), h[i].text, CC_LOOK_HINT, 0) + 2;
	}
}

/* Where two panes have room, at the right end: how one of them has it alone, and how both have it again. Gives what is left. */
static cc_rect draw_pair_hint(cc_ui *ui, cc_rect r)
{
	static const hint alone = { CC_DO_GROW, NULL, NULL, "this pane alone" }, both = { CC_DO_SHRINK, NULL, NULL, "both panes" };
	enum { PLACE = 20 };
	if (ui->slots[1] < 0 || r.w < CC_TWO_COLUMNS)
		return r;
	draw_hint_row(ui, cc_rect_skip(r, r.w - PLACE), ui->zoom > 0 ? &both : &alone, 1);
	r.w -= PLACE;
	return r;
}

static void draw_hints(cc_ui *ui, cc_rect r)
{
	static const hint list[] = { { CC_DO_HELP, NULL, NULL, "keys" }, { CC_DO_COMMAND, NULL, NULL, "command" },
		{ CC_DO_DRILL, NULL, NULL, "open" }, { CC_DO_PIVOT, NULL, NULL, "pivot" }, { CC_DO_PIN, NULL, NULL, "pin" },
		{ CC_DO_SUSPECT, NULL, NULL, "suspect" }, { CC_DO_SUBMIT, NULL, NULL, "submit" }, { CC_DO_SEARCH, NULL, NULL, "search" },
		{ CC_DO_FILTER, NULL, NULL, "filter" }, { CC_DO_DETAIL, NULL, NULL, "fields" }, { CC_DO_BACK, NULL, NULL, "back" },
		{ CC_DO_LINE, "focus {entity}", NULL, "focus" }, { CC_DO_NUDGE_LATER, NULL, NULL, "time" }, { CC_DO_YANK, NULL, NULL, "copy" } };
	static const hint menu[] = { { .key = "Enter", .text = "take" }, { .key = "Esc", .text = "leave" }, { .key = "Up Down", .text = "choose" } };
	static const hint page[] = { { CC_DO_BACK, NULL, NULL, "leave" }, { .key = "j k", .text = "move" }, { CC_DO_SEARCH, NULL, NULL, "search" },
		{ CC_DO_HELP, NULL, NULL, "keys" } };
	static const hint fields[] = { { CC_DO_BACK, NULL, NULL, "leave" }, { .key = "j k", .text = "move" }, { .key = "h l", .text = "row before, after" },
		{ CC_DO_NEXT_ERROR, NULL, NULL, "next error" }, { CC_DO_NEXT_SAME, NULL, NULL, "next of the same" }, { CC_DO_PIN, NULL, NULL, "pin" } };
	bool flips = ui->overlay && cc_str_eqz(cc_reply_command(ui->overlay->reply), "detail") && ui->stage == CC_STAGE_PANES;
	const hint *h = ui->menu.kind ? menu : flips ? fields : ui->overlay ? page : list;
	size_t n = ui->menu.kind ? 3 : flips ? sizeof fields / sizeof fields[0] : ui->overlay ? 4 : sizeof list / sizeof list[0];
	draw_hint_row(ui, h == list ? draw_pair_hint(ui, r) : r, h, n);
}

/* A message longer than the row grows upwards: what to do next stands at its end. */
static void draw_message(cc_ui *ui, cc_rect row)
{
	enum { ROWS = 4 };
	cc_look look = ui->message_bad ? CC_LOOK_ERROR : CC_LOOK_PROMPT;
	cc_buf b = CC_BUF_INIT;
	cc_str part[ROWS];
	int n = 0;
	cc_utf8_clean(&b, cc_buf_str(&ui->message), ui->grid.ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
	int left = row.w - (int)cc_width(cc_buf_str(&b));
	if (ui->message_hit && !ui->overlay)      /* a long search leaves too little of the row */
		cc_ui_hit_text(cc_ui_sheet(ui), ui->search_re, left >= 24 ? left : left + row.w, ui->grid.ascii, &b);
	for (cc_str rest = cc_buf_str(&b); rest.n > 0 && n < (ui->message_bad ? ROWS : ROWS / 2); n++) {
		size_t end = cc_sheet_wrap(rest, 0, row.w);
		part[n] = cc_str_sub(rest, 0, end);
		rest = cc_str_sub(rest, end, rest.n);
	}
	for (int i = 0; i < n; i++) {
		cc_rect line = { row.x, row.y - n + 1 + i, row.w, 1 };
		cc_grid_fill(&ui->grid, line, ' ', look, 0);
		cc_grid_text(&ui->grid, line, part[i], look, 0);
	}
	cc_buf_deinit(&b);
}

/* While nothing is said there: what a cell of the selected row goes on to say, where its fields do not stand beside it. */
static void draw_rest(cc_ui *ui, const cc_layout *l)
{
	bool free = ui->stage == CC_STAGE_PANES && !ui->message.n && !l->side.w && !ui->menu.kind && !ui->overlay && !ui->filter_panel && !cc_ui_hidden(ui);
	cc_buf b = CC_BUF_INIT;
	if (free)
		cc_ui_whole_text(cc_ui_sheet(ui), l->prompt.w, ui->grid.ascii, &b);
	cc_grid_text(&ui->grid, l->prompt, cc_buf_str(&b), CC_LOOK_DIM, 0);
	cc_buf_deinit(&b);
}

static void draw_bottom(cc_ui *ui, const cc_layout *l)
{
	const char *learn = cc_learn_text(ui);
	if (learn && l->hint.w) {
		cc_grid_fill(&ui->grid, l->hint, ' ', CC_LOOK_TITLE_ACTIVE, 0);
		cc_grid_textz(&ui->grid, l->hint, learn, CC_LOOK_TITLE_ACTIVE, 0);
	} else if (l->hint.w && ui->pressed.n && !ui->menu.kind && !ui->overlay) {
		cc_grid_fill(&ui->grid, l->hint, ' ', CC_LOOK_SELECTION, 0);
		int used = cc_grid_textz(&ui->grid, l->hint, " pressed: ", CC_LOOK_SELECTION, 0);
		cc_grid_text(&ui->grid, cc_rect_skip(l->hint, used), cc_buf_str(&ui->pressed), CC_LOOK_SELECTION, CC_ATTR_BOLD);
	} else if (l->hint.w && cc_live_rings(ui) && !ui->menu.kind && !ui->overlay) {
		cc_live_draw_bell(ui, l->hint);
	} else if (l->hint.w && (ui->menu.kind || ui->overlay || (ui->stage == CC_STAGE_PANES && !cc_ui_hidden(ui)))) {
		draw_hints(ui, l->hint);
	}
	if (ui->replay && l->hint.w) {
		cc_grid_fill(&ui->grid, l->hint, ' ', CC_LOOK_HINT, 0);
		cc_replay_draw(ui, l->hint);
	}
	if (l->track.w)
		cc_replay_draw_track(ui, l->track);
	if (ui->prompt.kind)
		cc_prompt_draw(ui, l->prompt);
	else if (cc_replay_has_track(ui) && !ui->message_bad && (ui->message.n || cc_replay_has_caption(ui)))
		cc_replay_draw_caption(ui, l->prompt);
	else if (ui->message.n)
		draw_message(ui, l->prompt);
	else
		draw_rest(ui, l);
}

static void draw_overlay(cc_ui *ui, const cc_layout *l)
{
	int w = l->body.w > 100 ? 100 : l->body.w;
	cc_sheet_layout(ui->overlay, w - 4, ui->grid.ascii);
	int h = (int)(ui->overlay->items.n > 200 ? 200 : ui->overlay->items.n) + 2;
	cc_str title = cc_reply_title(ui->overlay->reply);
	char name[80] = "all fields";
	if (title.n && title.n < sizeof name) {
		memcpy(name, title.p, title.n);
		name[title.n] = '\0';
	}
	cc_rect box = cc_rect_inset(l->body, w, h > l->body.h ? l->body.h : h);
	cc_rect in = cc_grid_box(&ui->grid, box, name);
	cc_sheet_look look = cc_screen_look(ui, !cc_sheet_is_text(ui->overlay), false);
	cc_sheet_draw(ui->overlay, &ui->grid, (cc_rect){ in.x + 1, in.y, in.w - 1, in.h }, &look);
}

void cc_screen_draw(cc_ui *ui, const cc_layout *l)
{
	if (l->status.w)
		cc_screen_status(ui, l);
	if (ui->stage == CC_STAGE_PANES && !cc_ui_hidden(ui)) {
		if (l->tabs.w)
			draw_tabs(ui, l->tabs);
		if (l->scrub.w)
			cc_scrub_draw(ui, l->scrub);
		draw_pane(ui, l->pane[1 - ui->active], 1 - ui->active);
		draw_side(ui, l->side);
		draw_pane(ui, l->pane[ui->active], ui->active);
		draw_borders(ui, l);
	} else {
		cc_stage_draw(ui, l);
	}
	if (ui->overlay)
		draw_overlay(ui, l);
	if (ui->filter_panel && ui->stage == CC_STAGE_PANES)
		cc_filters_draw(ui, l->body);
	if (ui->menu.kind)
		cc_menu_draw(ui, l->body);
	draw_bottom(ui, l);
}
