/* replay.c - playing a record back, see replay.h.
 *
 * The session is seated before the last step that showed evidence, that step's line is asked again, and the session is seated
 * where the record stands; pane and selection are those of the record. The transport has rows and keys of its own; Tab, `:` and
 * the panes' other keys still work, and what was changed by looking around is gone at the next step. */
#include "ui/replay.h"

#include <string.h>

#include "coldcase/export.h"
#include "ui/said.h"
#include "ui/transport.h"

const struct cc_replay_idle cc_replay_idles[] = { { CC_NS_PER_S, "1" }, { 2 * CC_NS_PER_S, "2" }, { CC_TRANSPORT_IDLE_NS, "5" },
	{ 15 * CC_NS_PER_S, "15" }, { INT64_MAX, "none" } };

void cc_replay_init_over(cc_replay *r, cc_playback *p)
{
	*r = (cc_replay){ .playback = p, .speed = CC_SPEED_ONE, .idle = CC_REPLAY_IDLE_FIVE };
}

cc_code cc_replay_init(cc_replay *r, cc_session *session, const cc_run *run, const char *path, cc_err *err)
{
	cc_playback *p;
	cc_code code = cc_playback_new(&p, session, run, path, err);
	cc_replay_init_over(r, p);
	r->own = p;
	return code;
}

void cc_replay_deinit(cc_replay *r)
{
	cc_playback_free(r->own);
}

/* --- showing a step --- */

static const cc_record_step *step_before(const cc_replay *r, size_t step)
{
	return step ? cc_run_step(cc_playback_run(r->playback), step - 1)->as.step : NULL;
}

static bool is_shown(const cc_record_step *s)
{
	return (s->code == CC_OK && s->answered && cc_ui_pane_of_line(s->line) >= 0) || cc_said_is_foreign(s);
}

/* Steps that are looked back over, for what is shown and for what is beside it: in a long record of other things nobody remembers it, and
 * each step has to be decoded. */
enum { FAR = 100, BESIDE = 40 };

/* The last step up to `step` that showed a pane, or printed something itself; 0 = none has yet. */
static size_t shown_step(const cc_replay *r, size_t step)
{
	for (int n = 0; step && !is_shown(step_before(r, step)); n++)
		step = n < FAR ? step - 1 : 0;
	return step;
}

/* Where the player looked in it: the last view line of it after that step and before the next. */
static void select_as_recorded(cc_ui *ui, size_t shown, size_t step)
{
	const cc_run *run = cc_playback_run(ui->replay->playback);
	size_t from = cc_run_step_line(run, shown - 1), i = cc_run_step_line(run, step);
	cc_sheet *s = cc_ui_sheet(ui);
	while (s && s->line && --i > from) {
		if (cc_run_line_type(run, i) != CC_LINE_VIEW)
			continue;
		const cc_record_view *view = cc_run_line(run, i)->as.view;
		if (!cc_str_eqz(view->command, s->line))
			continue;
		cc_sheet_home(s);
		cc_sheet_move(s, 0);
		if (view->selected < INT32_MAX)
			s->selected = (size_t)view->selected;
		if (s->items.n && s->selected >= s->items.n)
			s->selected = s->items.n - 1;
		return;
	}
}

/* What the pane shows now may not be what it showed then. */
static bool tell_difference(cc_ui *ui, const cc_record_step *s)
{
	const cc_sheet *sheet = cc_ui_sheet(ui);
	const cc_playback *p = ui->replay->playback;
	if (cc_playback_bare(p) || !sheet || !sheet->reply)
		return false;
	cc_paging now = cc_reply_paging(sheet->reply);
	if (s->shown.partial && !now.partial)
		cc_ui_say(ui, "then the evidence was still being read, and of this %llu of %llu rows were there", (unsigned long long)s->shown.rows,
			(unsigned long long)s->shown.total);
	else if (cc_playback_differing(p) && now.total_count != s->shown.total)
		cc_ui_say(ui, "the evidence is another one: %llu rows, then %llu", (unsigned long long)now.total_count,
			(unsigned long long)s->shown.total);
	else
		return false;
	return true;
}

/* Says what the step did when its pane does not show it. */
static void tell_step(cc_ui *ui, size_t shown, size_t step)
{
	const cc_replay *r = ui->replay;
	const cc_record_step *s = step_before(r, step);
	if (!s || (step == shown && !ui->message_bad)) {
		if (!s || !tell_difference(ui, s))
			cc_buf_clear(&ui->message);
		return;
	}
	if (step == shown)      /* its line failed now: the message says why */
		return;
	cc_buf_clear(&ui->message);
	ui->message_bad = false;
	if (r->film && s->code != CC_OK)     /* the line stands in the row above */
		cc_ui_say(ui, "%.*s", CC_STR_ARG(r->redact & CC_REDACT_NOTES ? cc_str_from(cc_code_text(s->code)) : s->message));
	else if (s->code != CC_OK)
		cc_ui_say(ui, "%.*s: %.*s", CC_STR_ARG(s->line), CC_STR_ARG(s->message));
	else if (!r->film && cc_str_eqz(s->command, "run_shell") && s->shown.title.n)    /* what it touched is more than its first words */
		cc_ui_say(ui, "%.*s: %.*s", CC_STR_ARG(s->shown.title), CC_STR_ARG(s->line));
	else if (!r->film)
		cc_ui_say(ui, "%.*s", CC_STR_ARG(s->line));
}

static bool seat(cc_ui *ui, size_t step)
{
	cc_err err;
	if (cc_playback_seat(ui->replay->playback, step, &err) == CC_OK)
		return true;
	cc_ui_complain(ui, &err);
	return false;
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

/* A film hides what it was told to. */
static cc_str shown_text(const cc_replay *r, const cc_buf *text, cc_buf *safe)
{
	if (!(r->redact & CC_REDACT_SECRETS))
		return cc_buf_str(text);
	cc_redact_secrets(safe, cc_buf_str(text));
	return cc_buf_str(safe);
}

/* Another program's step has no pane: what it printed stands as it is, and the panes are a key away. */
static void show_printed(cc_ui *ui, size_t step)
{
	const cc_replay *r = ui->replay;
	cc_buf printed = CC_BUF_INIT, safe = CC_BUF_INIT, line = CC_BUF_INIT;
	cc_record_step s = *step_before(r, step);
	cc_said_printed(cc_playback_run(r->playback), step, &printed);
	cc_export_line(&line, &s, r->redact);
	s.line = cc_buf_str(&line);
	cc_reply *page = cc_said_page(&s, CC_STR_EMPTY, shown_text(r, &printed, &safe));
	cc_sheet_free(ui->page);
	ui->page = page ? cc_sheet_new(NULL) : NULL;
	if (ui->page)
		cc_sheet_set_reply(ui->page, page);
	else
		cc_reply_unref(page);
	ui->stage = CC_STAGE_PRINTED;
	cc_buf_deinit(&printed);
	cc_buf_deinit(&safe);
	cc_buf_deinit(&line);
}

/* As it was asked then: over the case as it stood before it, for what it changed is no news. */
static bool ask_again(cc_ui *ui, size_t step)
{
	if (!seat(ui, step - 1))
		return false;
	cc_playback_look(ui->replay->playback, step);
	cc_ui_run_line(ui, step_before(ui->replay, step)->line);
	return true;
}

/* Where two panes have room, what another one showed before stands beside. */
static void show_beside(cc_ui *ui, size_t shown)
{
	const cc_replay *r = ui->replay;
	int columns, rows, pane = cc_ui_pane_of_line(step_before(r, shown)->line);
	size_t before = shown_step(r, shown - 1);
	ui->term->ops->size(ui->term, &columns, &rows);
	for (int n = 0; n < BESIDE && before && cc_ui_pane_of_line(step_before(r, before)->line) == pane; n++)
		before = shown_step(r, before - 1);
	ui->slots[0] = before ? cc_ui_pane_of_line(step_before(r, before)->line) : pane;
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

/* The panes as the step left them. */
static void show_panes(cc_ui *ui)
{
	cc_replay *r = ui->replay;
	size_t at = cc_playback_at(r->playback), shown = shown_step(r, at);
	cc_panes_clear(ui);
	cc_ui_forget(ui);
	cc_buf_clear(&ui->message);
	ui->message_bad = false;
	r->showing = true;
	if (shown && cc_said_is_foreign(step_before(r, shown))) {
		if (seat(ui, at))
			show_printed(ui, shown);
	} else if (shown) {
		show_step(ui, shown, at);
	} else if (seat(ui, at))
		show_start(ui);
	r->showing = false;
	tell_step(ui, shown, at);
	cc_ui_scrub(ui);
}

void cc_replay_show(cc_ui *ui)
{
	cc_menu_close(ui);
	cc_prompt_close(ui);
	cc_sheet_free(ui->overlay);
	ui->overlay = NULL;
	show_panes(ui);
}

void cc_replay_go(cc_ui *ui, size_t step)
{
	cc_playback_go(ui->replay->playback, step);
	cc_replay_show(ui);
}

/* What is open over the panes, and what is being typed, stays. */
void cc_replay_resized(cc_ui *ui)
{
	if (ui->replay)
		show_panes(ui);
}

/* --- time --- */

int64_t cc_replay_wait_after(const cc_run *run, size_t step, bool by_clock, int64_t most)
{
	if (!by_clock || step >= cc_run_step_count(run))
		return CC_TRANSPORT_STEP_NS;
	int64_t before = step ? cc_run_step(run, step - 1)->t_ns : 0;
	int64_t wait = cc_run_step(run, step)->t_ns - before;
	return wait < 0 ? 0 : wait > most ? most : wait;
}

static int64_t wait_of(const cc_replay *r)
{
	int64_t wait = cc_replay_wait_after(cc_playback_run(r->playback), cc_playback_at(r->playback), r->by_clock, cc_replay_idles[r->idle].ns);
	return (int64_t)((double)wait / cc_speed_factor(r->speed));
}

void cc_replay_set_due(cc_replay *r, int64_t now_ns)
{
	r->due_ns = now_ns + wait_of(r);
	if (!(r->how && (r->how->live || r->how->reel)) && cc_replay_at_end(r))
		r->playing = false;
}

enum { LIVE_MS = 50 };

int cc_replay_wait_ms(const cc_ui *ui, int64_t now_ns)
{
	const cc_replay *r = ui->replay;
	int64_t left = r->due_ns - now_ns;
	if (cc_replay_live(r))
		return !r->playing || left <= 0 || left > LIVE_MS * CC_NS_PER_MS ? LIVE_MS : (int)(left / CC_NS_PER_MS) + 1;
	return !r->playing ? -1 : left <= 0 ? 0 : left > 1000 * CC_NS_PER_S ? 1000000 : (int)(left / CC_NS_PER_MS) + 1;
}

bool cc_replay_is_marked(const cc_replay *r, size_t step)
{
	const cc_markers *m = r->playback ? cc_playback_markers(r->playback) : NULL;
	return m && cc_markers_from(m, step) < cc_markers_from(m, step + 1);
}

void cc_replay_tick(cc_ui *ui, int64_t now_ns)
{
	cc_replay *r = ui->replay;
	bool live = cc_replay_live(r) != NULL;   /* asked first: what it did last is known after it is done */
	cc_replay_live_tick(ui, now_ns);
	if (!r->playing || now_ns < r->due_ns)
		return;
	if (cc_reel_is_over(r)) {
		r->playing = live;
		if (cc_replay_reel(r))
			cc_reel_cut(ui, 1);
		return;
	}
	cc_replay_step_on(ui);
	cc_reel_stepped(ui);
	if (r->stops && cc_replay_is_marked(r, cc_playback_at(r->playback)))
		r->playing = false;
	cc_replay_set_due(r, now_ns);
}

/* --- the loop --- */

cc_code cc_ui_new_replay(cc_ui **out, cc_replay *r, cc_term *term, const cc_ui_options *opt, cc_err *err)
{
	cc_ui_options own = *opt;
	own.briefing = NULL;
	own.ask_briefing = own.learn = false;
	own.score = NULL;
	own.first_line = NULL;
	cc_code code = cc_ui_new(out, cc_playback_session(r->playback), term, &own, err);
	if (code != CC_OK)
		return code;
	(*out)->replay = r;
	cc_replay_show(*out);
	if (opt->remark)
		cc_ui_say(*out, "%s", opt->remark);
	else if (!(*out)->message.n && cc_playback_remark(r->playback).n)
		cc_ui_say(*out, "%.*s", CC_STR_ARG(cc_playback_remark(r->playback)));
	return CC_OK;
}

/* While nothing is due the record is walked ahead, so that no step of a long one is far. */
static bool next_key(cc_ui *ui, cc_key *key)
{
	enum { PIECE_MS = 10, IDLE_MS = 1000 };
	int wait = cc_replay_wait_ms(ui, cc_clock_mono_ns());
	wait = wait < 0 || wait > IDLE_MS ? IDLE_MS : wait;
	while (wait > PIECE_MS) {
		if (cc_ui_next_key(ui, 0, key))
			return true;
		if (cc_playback_prepare(ui->replay->playback, PIECE_MS * CC_NS_PER_MS))
			break;
		wait -= PIECE_MS;
	}
	return cc_ui_next_key(ui, wait, key);
}

cc_code cc_ui_replay(cc_playback *p, cc_term *term, const cc_ui_options *opt, cc_ui_replay_how *how, cc_err *err)
{
	cc_replay r;
	cc_ui *ui = NULL;
	cc_replay_init_over(&r, p);
	r.how = how;
	r.playing = how && how->live;
	if (how && how->pace && how->pace->set) {
		r.speed = how->pace->speed;
		r.idle = how->pace->idle;
		r.by_clock = how->pace->by_clock;
		r.stops = how->pace->stops;
	}
	cc_code code = cc_ui_new_replay(&ui, &r, term, opt, err);
	if (code == CC_OK && how && how->sign) {
		ui->note = how->sign;
		ui->note_arg = how->arg;
	}
	if (code == CC_OK && cc_replay_reel(&r))
		cc_reel_begin(&r);
	if (code == CC_OK && how && how->open_page)
		cc_ui_run_line(ui, CC_STR("review"));
	while (code == CC_OK && !cc_ui_done(ui)) {
		cc_key key;
		cc_ui_draw(ui);
		if (next_key(ui, &key))
			cc_ui_handle_key(ui, &key);
		if (!cc_ui_done(ui))
			cc_replay_tick(ui, cc_clock_mono_ns());
	}
	if (how && how->pace)
		*how->pace = (cc_ui_pace){ true, r.by_clock, r.stops, r.speed, r.idle };
	cc_ui_free(ui);
	cc_replay_deinit(&r);
	return code;
}
