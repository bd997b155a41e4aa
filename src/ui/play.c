/* play.c - the console as a whole: making it, one key in, one screen out, and a plain loop for those who have none. */
#include "ui/axis.h"
#include "ui/map.h"
#include "ui/strip.h"
#include "ui/ui_priv.h"

#include <string.h>
#include <stdio.h>
#include <stdlib.h>

#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"

cc_code cc_glyphs_pick(cc_glyphs *out, const char *name, cc_err *err)
{
	static const char *const names[] = { "ascii", "block", "braille" };
	for (int i = 0; name && i < 3; i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (cc_glyphs)i;
			return CC_OK;
		}
	}
	if (name && strcmp(name, "auto") != 0) {
		cc_err_set(err, CC_EUSAGE, "unknown glyph set %s", name);
		return cc_err_hint(err, "one of auto, ascii, block, braille"), CC_EUSAGE;
	}
	const char *locale = getenv("LC_ALL");
	if (!locale || !*locale)
		locale = getenv("LC_CTYPE");
	if (!locale || !*locale)
		locale = getenv("LANG");
	cc_str l = cc_str_from(locale);
	*out = cc_str_find_nocase(l, CC_STR("utf-8")) != CC_STR_NONE || cc_str_find_nocase(l, CC_STR("utf8")) != CC_STR_NONE ?
		CC_GLYPHS_BLOCK : CC_GLYPHS_ASCII;
	return CC_OK;
}

cc_code cc_clipboard_pick(cc_clipboard *out, const char *name, cc_err *err)
{
	static const char *const names[] = { "auto", "native", "osc52", "file" };
	*out = CC_CLIPBOARD_AUTO;
	for (int i = 0; name && i < 4; i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (cc_clipboard)i;
			return CC_OK;
		}
	}
	if (!name)
		return CC_OK;
	cc_err_set(err, CC_EUSAGE, "unknown clipboard %s", name);
	return cc_err_hint(err, "one of auto, native, osc52, file"), CC_EUSAGE;
}

cc_code cc_ui_new_with(cc_ui **out, const cc_backend *backend, cc_term *term, const cc_ui_options *opt, cc_err *err)
{
	*out = NULL;
	cc_ui *ui = cc_calloc(1, sizeof *ui);
	if (!ui)
		return cc_err_set(err, CC_ENOMEM, "out of memory for the console");
	ui->backend = *backend;
	ui->term = term;
	if (opt)
		ui->opt = *opt;
	ui->theme = ui->opt.theme;
	if (!ui->theme) {
		cc_theme_init_default(&ui->own_theme);
		ui->theme = &ui->own_theme;
	}
	ui->keys = ui->opt.keys;
	if (!ui->keys)
		ui->keys = ui->own_keys = cc_keymap_new();
	if (!ui->keys) {
		cc_free(ui);
		return cc_err_set(err, CC_ENOMEM, "out of memory for the console");
	}
	ui->grid.ascii = ui->opt.glyphs == CC_GLYPHS_ASCII;
	ui->slots[1] = -1;
	ui->last_pane = -1;
	ui->drag_x = -1;
	if (ui->opt.briefing)
		cc_reply_ref(ui->opt.briefing);
	cc_ui_status st;
	backend->status(backend->arg, &st);
	if (st.scenario.n) {
		char title[160];
		snprintf(title, sizeof title, "coldcase: %.*s", CC_STR_ARG(cc_utf8_head(st.scenario, 120)));
		term->ops->set_title(term, cc_str_from(title));
	}
	ui->no_scrubber = ui->opt.no_scrubber;
	ui->mouse = ui->opt.mouse;
	if (ui->mouse)
		term->ops->set_mouse(term, true);
	cc_stage_open_briefing(ui);
	if (ui->stage == CC_STAGE_PANES && ui->opt.first_line)
		cc_ui_run_line(ui, cc_str_from(ui->opt.first_line));
	else if (ui->stage == CC_STAGE_PANES)
		cc_ui_open_first(ui);
	cc_ui_scrub(ui);
	cc_trail_note(ui);
	if (ui->opt.remark)
		cc_ui_say(ui, "%s", ui->opt.remark);
	*out = ui;
	return CC_OK;
}

cc_code cc_ui_new(cc_ui **out, cc_session *session, cc_term *term, const cc_ui_options *opt, cc_err *err)
{
	cc_backend backend = cc_backend_of_session(session);
	return cc_ui_new_with(out, &backend, term, opt, err);
}

void cc_ui_free(cc_ui *ui)
{
	if (!ui)
		return;
	cc_trail_deinit(ui);
	cc_panes_deinit(ui);
	cc_search_deinit(ui);
	cc_menu_close(ui);
	cc_sheet_free(ui->overlay);
	cc_sheet_free(ui->page);
	cc_sheet_free(ui->side);
	cc_lineedit_deinit(&ui->prompt.edit);
	cc_free(ui->prompt.subject);
	cc_free(ui->prompt.confidence);
	cc_buf_deinit(&ui->names);
	cc_arena_free(ui->prompt.arena);
	cc_vec_deinit(&ui->prompt.candidates);
	cc_history_deinit(&ui->commands);
	cc_history_deinit(&ui->searches);
	cc_history_deinit(&ui->filters);
	cc_buf_deinit(&ui->search);
	cc_buf_deinit(&ui->message);
	cc_buf_deinit(&ui->last_view);
	cc_buf_deinit(&ui->bell);
	cc_buf_deinit(&ui->pressed);
	cc_buf_deinit(&ui->scrub_key);
	cc_vec_deinit(&ui->ahead);
	cc_reply_unref(ui->scrub);
	cc_grid_deinit(&ui->grid);
	cc_keymap_free(ui->own_keys);
	cc_reply_unref(ui->opt.briefing);
	cc_free(ui);
}

/* --- keys --- */

static bool inside(cc_rect r, int x, int y)
{
	return x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
}

static void click(cc_ui *ui, const cc_key *key, int slot, cc_rect r)
{
	ui->active = slot;
	cc_sheet *s = cc_ui_sheet(ui);
	int row = s ? key->y - r.y - 1 - cc_strip_height(s, r.h - 1) : -1;
	if (!s || !s->reply || row < 0 || cc_map_shown(s) || s->top + (size_t)row >= s->items.n)
		return;
	size_t before = s->selected;
	s->selected = s->top + (size_t)row;
	if (!cc_sheet_pick(s).any)
		s->selected = before;
	else if (key->button == CC_MOUSE_DOUBLE)
		cc_ui_do(ui, &(cc_binding){ .what = CC_DO_DRILL });
}

/* Wherever time is drawn: a click puts the cursor there, a drag from column to column sets the window. True: it was one of these. */
static bool mouse_on_time(cc_ui *ui, const cc_key *key)
{
	const cc_axis *a = cc_axis_at(&ui->grid, key->x, key->y);
	cc_buf line = CC_BUF_INIT;
	if (key->button == CC_MOUSE_PRESS || key->button == CC_MOUSE_RELEASE) {
		int from = ui->drag_x < key->x ? ui->drag_x : key->x, to = ui->drag_x < key->x ? key->x : ui->drag_x;
		if (key->button == CC_MOUSE_RELEASE && ui->drag_x >= 0 && from != to) {
			cc_buf_addz(&line, "window ");
			cc_time_format(&line, cc_axis_time(&ui->drag, from));
			cc_buf_add_char(&line, ' ');
			cc_time_format(&line, cc_axis_time(&ui->drag, to));
		}
		ui->drag_x = key->button == CC_MOUSE_PRESS && a ? key->x : -1;
		ui->drag = a ? *a : ui->drag;
	} else if (a && (key->button == CC_MOUSE_CLICK || key->button == CC_MOUSE_DOUBLE)) {
		cc_buf_addz(&line, "at ");
		cc_time_format(&line, cc_axis_time(a, key->x));
	} else {
		return false;
	}
	if (line.n && cc_buf_ok(&line))
		cc_ui_run_line(ui, cc_buf_str(&line));
	cc_buf_deinit(&line);
	return true;
}

static void mouse_key(cc_ui *ui, const cc_key *key)
{
	int columns, rows;
	ui->term->ops->size(ui->term, &columns, &rows);
	cc_layout l = cc_ui_layout(ui, columns, rows);
	bool panes = ui->stage == CC_STAGE_PANES && !ui->menu.kind && !ui->overlay;
	if ((ui->replay && cc_replay_click(ui, l.track, key)) || !panes || mouse_on_time(ui, key))
		return;
	for (int slot = 0; slot < 2; slot++) {
		if (ui->slots[slot] < 0 || !inside(l.pane[slot], key->x, key->y))
			continue;
		if (key->button == CC_MOUSE_CLICK || key->button == CC_MOUSE_DOUBLE) {
			click(ui, key, slot, l.pane[slot]);
			return;
		}
		cc_pane *p = &ui->panes[ui->slots[slot]];
		if (p->stack.n)
			cc_sheet_move(p->stack.p[p->stack.n - 1], key->button == CC_MOUSE_WHEEL_UP ? -3 : 3);
	}
}

/* For a room that cannot see the keyboard. */
static void tell_key(cc_ui *ui, const cc_key *key)
{
	const cc_binding *b = ui->opt.demo ? cc_keymap_find(ui->keys, key, ui->slots[ui->active] + 1) : NULL;
	cc_buf_clear(&ui->pressed);
	if (!ui->opt.demo)
		return;
	cc_key_format(key, &ui->pressed);
	const char *note = ui->replay && cc_replay_note(key) ? cc_replay_note(key) : b && ui->stage == CC_STAGE_PANES ? b->note : NULL;
	if (note)
		cc_buf_addf(&ui->pressed, "   %s", note);
}

static void plain_key(cc_ui *ui, const cc_key *key)
{
	bool second_g = ui->pending_g && key->code == 'g';
	ui->pending_g = key->code == 'g' && !key->mods && !second_g;
	cc_buf_clear(&ui->message);
	ui->message_bad = false;
	tell_key(ui, key);
	if (ui->replay && !ui->overlay && cc_replay_key(ui, key))
		return;
	if (cc_stage_key(ui, key) || second_g)
		return;
	cc_sheet *s = cc_ui_sheet(ui);
	if (s && s->letters) {
		if (!cc_map_jump(s, key->code))
			cc_ui_say(ui, "no box has that letter");
		return;
	}
	if (key->code == 'c' && key->mods == CC_MOD_CTRL) {
		cc_ui_say(ui, "q leaves; Ctrl-C stops a running command");
		return;
	}
	const cc_binding *b = cc_keymap_find(ui->keys, key, ui->slots[ui->active] + 1);
	if (b) {
		cc_ui_do(ui, b);
		if (!cc_ui_moves_cursor(b))     /* in the pane that has the keys now */
			cc_ui_settle(ui);
		return;
	}
	cc_buf name = CC_BUF_INIT;
	cc_key_format(key, &name);
	cc_ui_say(ui, "%.*s does nothing here; :bind %.*s ACTION gives it something, %.*s lists the keys", CC_STR_ARG(cc_buf_str(&name)),
		CC_STR_ARG(cc_buf_str(&name)), CC_STR_ARG(cc_keymap_key_of(ui->keys, CC_DO_HELP, NULL)));
	cc_buf_deinit(&name);
}

/* What the record keeps of looking: pane, line, selection, size. The session merges quick changes. */
static void record_view(cc_ui *ui)
{
	cc_sheet *s = cc_ui_sheet(ui);
	cc_buf b = CC_BUF_INIT;
	int columns, rows;
	if (ui->stage != CC_STAGE_PANES || !s || !s->line)
		return;
	ui->term->ops->size(ui->term, &columns, &rows);
	cc_buf_addf(&b, "%d %s %s %zu %zu %dx%d", ui->slots[ui->active], s->line, s->filter ? s->filter : "", s->selected, s->top, columns, rows);
	if (!cc_buf_ok(&b) || cc_str_eq(cc_buf_str(&b), cc_buf_str(&ui->last_view))) {
		cc_buf_deinit(&b);
		return;
	}
	cc_buf_deinit(&ui->last_view);
	ui->last_view = b;
	cc_view_state v = { .pane = cc_pane_names[ui->slots[ui->active]], .command = cc_str_from(s->line), .selected = s->selected,
		.top = s->top, .columns = columns, .rows = rows };
	ui->backend.record_view(ui->backend.arg, &v);
}

void cc_ui_handle_key(cc_ui *ui, const cc_key *key)
{
	if (key->code == CC_KEY_HANGUP) {
		ui->done = true;
	} else if (key->code == CC_KEY_RESIZE) {
		ui->term->ops->repaint(ui->term);
		cc_replay_resized(ui);
	} else if (key->code == CC_KEY_MOUSE) {
		mouse_key(ui, key);
	} else if (ui->menu.kind) {
		cc_menu_key(ui, key);
	} else if (ui->prompt.kind) {
		cc_prompt_key(ui, key);
	} else if (ui->filter_panel) {
		cc_filters_key(ui, key);
	} else if (key->code == CC_KEY_PASTE) {
		cc_prompt_open(ui, CC_PROMPT_COMMAND, key->text);   /* shown, not obeyed: Enter is the person's */
	} else {
		plain_key(ui, key);
	}
	if (ui->stage == CC_STAGE_PANES && cc_ui_sheet(ui))
		cc_ui_slide(ui, cc_ui_sheet(ui), cc_ui_page_height(ui));
	cc_ui_scrub(ui);
	cc_trail_note(ui);
	record_view(ui);
}

void cc_ui_draw(cc_ui *ui)
{
	int columns, rows;
	ui->term->ops->size(ui->term, &columns, &rows);
	if (!cc_grid_resize(&ui->grid, columns, rows))
		return;
	cc_grid_clear(&ui->grid);
	cc_layout l = cc_ui_layout(ui, ui->grid.columns, ui->grid.rows);
	if (!cc_replay_blank(ui))
		cc_screen_draw(ui, &l);
	ui->term->ops->flush(ui->term, &ui->grid, ui->theme);
}

bool cc_ui_done(const cc_ui *ui)
{
	return ui->done;
}

enum { SETTLE_MS = 300, SEAT_MS = 200, WAKE_MS = 5, DRAW_MS = 50, IDLE_MS = 1000 };  /* reading; its percentage; the clock */

/* Waits for a key, the next stage of the evidence, or the time to draw again. */
static cc_code wait_and_handle(cc_ui *ui, cc_err *err)
{
	int left = DRAW_MS;
	bool changed = false, got = false;
	cc_code code = CC_OK;
	while (!code && !got && !changed && left > 0) {
		cc_key key;
		bool reading = cc_ui_loading(ui).running;
		got = cc_ui_next_key(ui, reading ? WAKE_MS : ui->opt.seat ? SEAT_MS : ui->settle_due ? SETTLE_MS : IDLE_MS, &key);
		if (!got && !reading)
			cc_ui_settle(ui);
		for (bool more = got; more; more = !cc_ui_done(ui) && cc_ui_next_key(ui, 0, &key))
			cc_ui_handle_key(ui, &key);
		left -= reading ? WAKE_MS : DRAW_MS;
		if (!cc_ui_done(ui))
			code = cc_ui_poll(ui, &changed, err);
		if (!code && !cc_ui_done(ui))
			cc_seat_poll(ui, &changed);
	}
	return code;
}

cc_code cc_ui_play(cc_session *session, cc_term *term, const cc_ui_options *opt, cc_err *err)
{
	cc_ui *ui = NULL;
	cc_code code = cc_ui_new(&ui, session, term, opt, err);
	while (!code && !cc_ui_done(ui)) {
		cc_ui_draw(ui);
		code = wait_and_handle(ui, err);
		ui->backend.tick(ui->backend.arg);
	}
	cc_ui_free(ui);
	return code;
}
