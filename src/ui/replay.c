/* replay.c - playing a record back, see replay.h.
 *
 * The case of a step is rebuilt from the recorded actions and the session is seated in it; the last step that showed evidence is asked
 * again, over the case as it stood before it, and its pane and selection are those of the record. Nothing else is kept, so forward,
 * backward and jumping are one thing. The transport has its own keys on the hint row; Tab, `:` and the panes' own keys still
 * work, and what was changed by looking around is gone at the next step. */
#include "ui/replay.h"

#include <string.h>

#include "coldcase/export.h"
#include "ui/transport.h"

/* --- markers --- */

/* What a class wants to stop at: suspicions, rule-outs, hints, the answer. */
static const char *caption_of(const cc_record_step *s)
{
	static const struct { const char *command, *caption; } KINDS[] = { { "suspect", "suspects" }, { "ruleout", "rules out" },
		{ "hint", "takes a hint" }, { "submit", "submits" }, { "pin", "pins" } };
	for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
		if (cc_str_eqz(s->command, KINDS[i].command) && s->code == CC_OK)
			return KINDS[i].caption;
	return NULL;
}

static bool add_markers(cc_replay *r)
{
	for (size_t i = 0; i < r->count; i++) {
		const char *caption = caption_of(cc_run_step(r->run, i)->as.step);
		if (caption && !cc_vec_push(&r->markers, ((cc_replay_marker){ i + 1, caption })))
			return false;
	}
	return true;
}

cc_code cc_replay_init(cc_replay *r, cc_session *session, const cc_run *run, cc_err *err)
{
	cc_case *c;
	size_t lost;
	*r = (cc_replay){ .session = session, .run = run, .count = cc_run_step_count(run), .speed = CC_SPEED_ONE, .idle_ns = CC_TRANSPORT_IDLE_NS };
	if (!add_markers(r))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_code code = cc_run_replay_loose(run, cc_session_snapshot(session), 0, &lost, &c, err);
	if (code == CC_OK)
		cc_session_seat(session, c);
	return code;
}

void cc_replay_deinit(cc_replay *r)
{
	cc_vec_deinit(&r->markers);
}

/* --- going somewhere --- */

static bool seat(cc_ui *ui, size_t steps)
{
	cc_replay *r = ui->replay;
	cc_case *c;
	cc_err err;
	size_t lost;
	if (cc_run_replay_loose(r->run, cc_session_snapshot(r->session), steps, &lost, &c, &err) != CC_OK) {
		cc_ui_complain(ui, &err);
		return false;
	}
	if (r->redact & CC_REDACT_NOTES)
		cc_case_hide_notes(c, CC_EXPORT_HIDDEN);
	cc_session_seat(r->session, c);
	return true;
}

static bool is_shown(const cc_record_step *s)
{
	return s->code == CC_OK && s->answered && cc_ui_pane_of_line(s->line) >= 0;
}

/* The last step up to `step` that showed a pane; 0 = none has yet. */
static size_t shown_step(const cc_replay *r, size_t step)
{
	while (step && !is_shown(cc_run_step(r->run, step - 1)->as.step))
		step--;
	return step;
}

/* Where the player looked in it: the last view line after that step and before the next. */
static void select_as_recorded(cc_ui *ui, size_t shown, size_t step)
{
	const cc_replay *r = ui->replay;
	uint64_t from = cc_run_step(r->run, shown - 1)->line, to = step < r->count ? cc_run_step(r->run, step)->line : UINT64_MAX;
	cc_sheet *s = cc_ui_sheet(ui);
	for (size_t i = cc_run_line_count(r->run); s && i-- > 0;) {
		const cc_record_line *line = cc_run_line(r->run, i);
		if (line->line >= to || line->type != CC_LINE_VIEW)
			continue;
		if (line->line <= from)
			return;
		if (!s->line || !cc_str_eqz(line->as.view->command, s->line))
			continue;
		cc_sheet_home(s);
		cc_sheet_move(s, 0);
		if (line->as.view->selected < INT32_MAX)
			s->selected = (size_t)line->as.view->selected;
		if (s->items.n && s->selected >= s->items.n)
			s->selected = s->items.n - 1;
		return;
	}
}

/* Says what the step did when its pane does not show it. */
static void tell_step(cc_ui *ui, size_t shown, size_t step)
{
	const cc_replay *r = ui->replay;
	const cc_record_step *s = step ? cc_run_step(r->run, step - 1)->as.step : NULL;
	cc_buf_clear(&ui->message);
	ui->message_bad = false;
	if (!s || step == shown)
		return;
	if (r->film && s->code != CC_OK)     /* the line stands in the row above */
		cc_ui_say(ui, "%.*s", CC_STR_ARG(r->redact & CC_REDACT_NOTES ? cc_str_from(cc_code_text(s->code)) : s->message));
	else if (s->code != CC_OK)
		cc_ui_say(ui, "%.*s: %.*s", CC_STR_ARG(s->line), CC_STR_ARG(s->message));
	else if (!r->film)
		cc_ui_say(ui, "%.*s", CC_STR_ARG(s->line));
}

static void show_start(cc_ui *ui)
{
	ui->stage = CC_STAGE_BRIEFING;
	cc_reply *r = cc_ui_ask(ui, CC_STR("briefing"));
	cc_sheet_free(ui->page);
	ui->page = cc_sheet_new(NULL);
	if (ui->page && r)
		cc_sheet_set_reply(ui->page, r);
	else
		cc_reply_unref(r);
}

/* As it was asked then. */
static bool ask_again(cc_ui *ui, size_t step)
{
	struct cc_replay *r = ui->replay;
	if (!seat(ui, step - 1))
		return false;
	ui->replay = NULL;           /* the line is the record's, not the presenter's */
	cc_ui_run_line(ui, cc_run_step(r->run, step - 1)->as.step->line);
	ui->replay = r;
	return true;
}

/* Where two panes have room, what another one showed before stands beside. */
static void show_beside(cc_ui *ui, size_t shown)
{
	const cc_replay *r = ui->replay;
	int columns, rows, pane = cc_ui_pane_of_line(cc_run_step(r->run, shown - 1)->as.step->line);
	size_t before = shown_step(r, shown - 1);
	ui->term->ops->size(ui->term, &columns, &rows);
	while (before && cc_ui_pane_of_line(cc_run_step(r->run, before - 1)->as.step->line) == pane)
		before = shown_step(r, before - 1);
	ui->slots[0] = before ? cc_ui_pane_of_line(cc_run_step(r->run, before - 1)->as.step->line) : pane;
	if (before && columns >= CC_TWO_COLUMNS)
		ask_again(ui, before);
}

static void show_step(cc_ui *ui, size_t shown, size_t step)
{
	ui->stage = CC_STAGE_PANES;
	show_beside(ui, shown);
	if (!ask_again(ui, shown) || !seat(ui, step))
		return;
	if (cc_ui_sheet(ui)) {
		cc_ui_note_view(ui, cc_ui_sheet(ui));
		select_as_recorded(ui, shown, step);
	}
}

void cc_replay_go(cc_ui *ui, size_t step)
{
	cc_replay *r = ui->replay;
	r->at = step < r->count ? step : r->count;
	size_t shown = shown_step(r, r->at);
	cc_menu_close(ui);
	cc_prompt_close(ui);
	cc_sheet_free(ui->overlay);
	ui->overlay = NULL;
	cc_panes_clear(ui);
	cc_ui_forget(ui);
	if (shown)
		show_step(ui, shown, r->at);
	else if (seat(ui, r->at))
		show_start(ui);
	tell_step(ui, shown, r->at);
	cc_ui_scrub(ui);
}

void cc_replay_resized(cc_ui *ui)
{
	if (ui->replay)
		cc_replay_go(ui, ui->replay->at);
}

/* --- time --- */

int64_t cc_replay_wait_ns(const cc_replay *r)
{
	int64_t wait = CC_TRANSPORT_STEP_NS;
	if (r->by_clock && r->at < r->count) {
		int64_t before = r->at ? cc_run_step(r->run, r->at - 1)->t_ns : 0;
		wait = cc_run_step(r->run, r->at)->t_ns - before;
		wait = wait < 0 ? 0 : wait > r->idle_ns ? r->idle_ns : wait;
	}
	return wait;
}

/* How long the step after this one is waited for. */
static int64_t wait_of(const cc_replay *r)
{
	return (int64_t)((double)cc_replay_wait_ns(r) / cc_speed_factor(r->speed));
}

static void set_due(cc_replay *r, int64_t now_ns)
{
	r->due_ns = now_ns + wait_of(r);
	if (r->at >= r->count)
		r->playing = false;
}

int cc_replay_wait_ms(const cc_ui *ui, int64_t now_ns)
{
	const cc_replay *r = ui->replay;
	int64_t left = r->due_ns - now_ns;
	return !r->playing ? -1 : left <= 0 ? 0 : (int)(left / CC_NS_PER_MS) + 1;
}

void cc_replay_tick(cc_ui *ui, int64_t now_ns)
{
	cc_replay *r = ui->replay;
	if (!r->playing || now_ns < r->due_ns)
		return;
	cc_replay_go(ui, r->at + 1);
	set_due(r, now_ns);
}

/* --- keys --- */

static void stop_and_go(cc_ui *ui, size_t step)
{
	ui->replay->playing = false;
	cc_replay_go(ui, step);
}

static void next_marker(cc_ui *ui, int dir)
{
	const cc_replay *r = ui->replay;
	size_t to = dir > 0 ? r->count : 0;
	for (size_t i = 0; i < r->markers.n; i++) {
		size_t step = r->markers.p[i].step;
		if (dir > 0 && step > r->at && step < to)
			to = step;
		if (dir < 0 && step < r->at && step > to)
			to = step;
	}
	stop_and_go(ui, to);
}

static void change_speed(cc_ui *ui, int by)
{
	cc_replay *r = ui->replay;
	r->speed = cc_speed_change(r->speed, by);
	set_due(r, cc_clock_mono_ns());
}

static void toggle_play(cc_ui *ui)
{
	cc_replay *r = ui->replay;
	r->playing = !r->playing;
	if (r->playing && r->at >= r->count)
		cc_replay_go(ui, 0);
	set_due(r, cc_clock_mono_ns());
}

/* Presenter remotes send PgUp, PgDn and b. */
bool cc_replay_key(cc_ui *ui, const cc_key *key)
{
	cc_replay *r = ui->replay;
	if (key->mods)
		return false;
	switch (key->code) {
	case ' ': toggle_play(ui); return true;
	case '.': case CC_KEY_RIGHT: case CC_KEY_PGDN: stop_and_go(ui, r->at + 1); return true;
	case ',': case CC_KEY_LEFT: case CC_KEY_PGUP: stop_and_go(ui, r->at ? r->at - 1 : 0); return true;
	case CC_KEY_ENTER: case ']': next_marker(ui, 1); return true;
	case '[': next_marker(ui, -1); return true;
	case '<': change_speed(ui, -1); return true;
	case '>': change_speed(ui, 1); return true;
	case CC_KEY_HOME: stop_and_go(ui, 0); return true;
	case CC_KEY_END: stop_and_go(ui, r->count); return true;
	case 'c': r->by_clock = !r->by_clock; set_due(r, cc_clock_mono_ns()); return true;
	case 'b': r->blank = !r->blank; return true;
	case 'q': ui->done = true; return true;
	default:
		if (key->code < '0' || key->code > '9')
			return false;
		stop_and_go(ui, r->count * (size_t)(key->code - '0') / 10);
		return true;
	}
}

/* --- saying where to go --- */

static size_t step_at_clock(const cc_replay *r, int64_t active_ns)
{
	size_t i = 0;
	while (i < r->count && cc_run_step(r->run, i)->as.step->active_ns <= active_ns)
		i++;
	return i;
}

bool cc_replay_line(cc_ui *ui, cc_str line)
{
	cc_replay *r = ui->replay;
	cc_str word, rest;
	int64_t n;
	size_t step;
	cc_str_cut(line, ' ', &word, &rest);
	rest = cc_str_trim(rest);
	if (cc_str_eqz(word, "step")) {
		if (cc_str_to_i64(rest, &n) && n >= 0)
			stop_and_go(ui, (size_t)n);
		else
			cc_ui_say(ui, "step N: a number from 0 to %zu", r->count);
	} else if (cc_str_eqz(word, "clock")) {
		if (cc_transport_clock(rest, &n))
			stop_and_go(ui, step_at_clock(r, n));
		else
			cc_ui_say(ui, "clock M:SS: a time of the case's own clock");
	} else if (cc_str_eqz(word, "find") && rest.n) {
		if (cc_transport_find(r->run, r->at, rest, &step))
			stop_and_go(ui, step);
		else
			cc_ui_say(ui, "no step says %.*s", CC_STR_ARG(rest));
	} else {
		return false;
	}
	return true;
}

/* --- the transport row --- */

bool cc_replay_blank(const cc_ui *ui)
{
	return ui->replay && ui->replay->blank;
}

bool cc_replay_is_film(const cc_ui *ui)
{
	return ui->replay && ui->replay->film;
}

const char *cc_replay_caption(const cc_replay *r, size_t step)
{
	for (size_t i = 0; i < r->markers.n; i++)
		if (r->markers.p[i].step == step)
			return r->markers.p[i].caption;
	return NULL;
}

/* In a picture there is nothing to press: what was done stands there instead. */
static void draw_step(cc_ui *ui, cc_rect row)
{
	const cc_replay *r = ui->replay;
	const cc_record_step *s = r->at ? cc_run_step(r->run, r->at - 1)->as.step : NULL;
	int64_t seconds = s ? s->active_ns / CC_NS_PER_S : 0;
	const char *caption = cc_replay_caption(r, r->at);
	cc_buf b = CC_BUF_INIT;
	int x = cc_grid_printf(&ui->grid, row, CC_LOOK_HINT, 0, "%zu/%zu %lld:%02lld%s%s", r->at, r->count, (long long)(seconds / 60),
		(long long)(seconds % 60), caption ? " * " : "", caption ? caption : "") + 2;
	if (s)
		cc_export_line(&b, s, r->redact);
	if (s && ui->stage != CC_STAGE_VERDICT) {
		cc_grid_textz(&ui->grid, cc_rect_skip(row, x), ">", CC_LOOK_HINT, 0);
		cc_grid_outside(&ui->grid, cc_rect_skip(row, x + 2), cc_buf_str(&b), CC_LOOK_HINT_KEY, 0);
	}
	cc_buf_deinit(&b);
}

void cc_replay_draw(cc_ui *ui, cc_rect row)
{
	if (ui->replay->film) {
		draw_step(ui, row);
		return;
	}
	const cc_replay *r = ui->replay;
	const cc_record_step *s = r->at ? cc_run_step(r->run, r->at - 1)->as.step : NULL;
	int64_t seconds = s ? s->active_ns / CC_NS_PER_S : 0;
	const char *caption = cc_replay_caption(r, r->at);
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "%s %zu/%zu %lld:%02lld x%s %s%s%s", r->playing ? "PLAY" : "REPLAY", r->at, r->count, (long long)(seconds / 60),
		(long long)(seconds % 60), cc_speed_name(r->speed), r->by_clock ? "clock" : "steps", caption ? " * " : "", caption ? caption : "");
	int x = cc_grid_text(&ui->grid, row, cc_buf_str(&b), CC_LOOK_HINT_KEY, 0) + 2;
	static const char *const KEYS[][2] = { { "Space", "play" }, { ", .", "step" }, { "[ ]", "marker" }, { "< >", "speed" }, { "0-9", "seek" },
		{ "c", "clock" }, { "b", "blank" }, { ":find", "text" }, { "Tab", "pane" }, { "q", "leave" } };
	for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
		int width = (int)(strlen(KEYS[i][0]) + strlen(KEYS[i][1])) + 3;
		if (x + width > row.w)
			break;
		x += cc_grid_textz(&ui->grid, cc_rect_skip(row, x), KEYS[i][0], CC_LOOK_HINT_KEY, 0) + 1;
		x += cc_grid_textz(&ui->grid, cc_rect_skip(row, x), KEYS[i][1], CC_LOOK_HINT, 0) + 2;
	}
	cc_buf_deinit(&b);
}

/* --- the loop --- */

cc_code cc_ui_new_replay(cc_ui **out, cc_replay *r, cc_term *term, const cc_ui_options *opt, cc_err *err)
{
	cc_ui_options own = *opt;
	own.briefing = NULL;
	own.ask_briefing = own.learn = false;
	own.score = NULL;
	cc_code code = cc_ui_new(out, r->session, term, &own, err);
	if (code != CC_OK)
		return code;
	(*out)->replay = r;
	cc_replay_go(*out, 0);
	return CC_OK;
}

cc_code cc_ui_replay(cc_session *session, const cc_run *run, cc_term *term, const cc_ui_options *opt, cc_err *err)
{
	cc_replay r;
	cc_ui *ui = NULL;
	cc_code code = cc_replay_init(&r, session, run, err);
	if (code == CC_OK)
		code = cc_ui_new_replay(&ui, &r, term, opt, err);
	while (code == CC_OK && !cc_ui_done(ui)) {
		cc_key key;
		cc_ui_draw(ui);
		int wait = cc_replay_wait_ms(ui, cc_clock_mono_ns());
		if (cc_ui_next_key(ui, wait < 0 ? 1000 : wait, &key))
			cc_ui_handle_key(ui, &key);
		if (!cc_ui_done(ui))
			cc_replay_tick(ui, cc_clock_mono_ns());
	}
	cc_ui_free(ui);
	cc_replay_deinit(&r);
	return code;
}
