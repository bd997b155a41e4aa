/* app_watch.c - `agent --watch`: the record of a play, played back while it is made, and a person who may take its place.
 *
 * The player has a thread and the session. Before each turn and each line it stands at a gate, which the console opens for one step
 * (src/ui/replay_live.c); the console shows what is in the record, over evidence of its own. While the player stands at the gate the
 * session is free: who takes over gets a console over it, and leaving that hands it back. Steps say in the record who did them. */
#include "app/app_watch.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "coldcase/json.h"
#include "coldcase/playback.h"

enum { LOOK_MS = 100 };              /* for a signal that cancels */

typedef struct shown { cc_run *run; cc_playback *playback; } shown;

typedef struct seen {
	const app_options *o;
	cc_session *session;         /* the player's, or of who took over while it stands at the gate */
	const cc_agent_watch *unseen;
	cc_code (*play)(void *arg, const cc_agent_watch *watch, cc_err *err);
	void *arg;
	cc_code code;                /* of the play; the thread's until it is over */
	cc_err err;

	pthread_mutex_t lock;        /* of what follows */
	pthread_cond_t opened;
	bool allowed;                /* the gate is open for one line */
	bool waiting;                /* the player stands at it */
	bool alone;                  /* nobody looks any more: it is open for good */
	bool over;
	size_t steps;                /* lines the player ran */
	cc_buf done;                 /* lines a person ran, not told yet */
	cc_agent_progress progress;
	cc_buf doing, said;          /* of progress */

	cc_session *view;            /* the console's: its own evidence, no record */
	shown now, before;           /* the one before is still held by the console when it takes the next */
	size_t taken;                /* steps that are in `now` */
} seen;

void app_agent_progress_text(const cc_agent_progress *p, cc_buf *out)
{
	if (p->turn) {
		cc_buf_addf(out, "turn %lld", (long long)p->turn);
		if (p->turn_cap)
			cc_buf_addf(out, "/%lld", (long long)p->turn_cap);
		cc_buf_addz(out, "  ");
	}
	if (p->tokens >= 0)
		cc_buf_addf(out, "%lld tokens  ", (long long)p->tokens);
	if (p->tokens >= 0 && p->cost_micro >= 0)
		cc_buf_addf(out, "$%.4f  ", (double)p->cost_micro / 1e6);
	cc_buf_add(out, p->doing);
}

/* --- the player's thread --- */

static void gate(void *arg, cc_buf *done)
{
	seen *w = arg;
	pthread_mutex_lock(&w->lock);
	w->waiting = true;
	while (!w->allowed && !w->alone && !cc_canceled(w->unseen->cancel)) {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOOK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		(void)pthread_cond_timedwait(&w->opened, &w->lock, &until);
	}
	w->waiting = false;
	cc_buf_add(done, cc_buf_str(&w->done));
	cc_buf_clear(&w->done);
	pthread_mutex_unlock(&w->lock);
}

static void ran(void *arg)
{
	seen *w = arg;
	pthread_mutex_lock(&w->lock);
	w->allowed = false;
	w->steps++;
	pthread_mutex_unlock(&w->lock);
}

static void told(void *arg, const cc_agent_progress *p)
{
	seen *w = arg;
	pthread_mutex_lock(&w->lock);
	bool alone = w->alone;
	cc_buf_clear(&w->doing);
	cc_buf_add(&w->doing, p->doing);
	cc_buf_clear(&w->said);
	cc_buf_add(&w->said, p->said);
	w->progress = *p;
	pthread_mutex_unlock(&w->lock);
	if (alone && w->unseen->told)
		w->unseen->told(w->unseen->arg, p);
}

static void *player_main(void *arg)
{
	seen *w = arg;
	const cc_agent_watch watch = { told, gate, ran, w, w->unseen->cancel };
	w->code = w->play(w->arg, &watch, &w->err);
	pthread_mutex_lock(&w->lock);
	w->over = true;
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* --- what the console asks --- */

static void allow(void *arg, bool on)
{
	seen *w = arg;
	pthread_mutex_lock(&w->lock);
	w->allowed = on && w->steps == w->taken;     /* what it did is shown first */
	pthread_cond_signal(&w->opened);
	pthread_mutex_unlock(&w->lock);
}

static bool rests(void *arg)
{
	seen *w = arg;
	pthread_mutex_lock(&w->lock);
	bool yes = w->over || (w->waiting && !w->allowed);
	pthread_mutex_unlock(&w->lock);
	return yes;
}

static bool over(void *arg)
{
	seen *w = arg;
	pthread_mutex_lock(&w->lock);
	bool yes = w->over;
	pthread_mutex_unlock(&w->lock);
	return yes;
}

static void status(void *arg, cc_buf *out)
{
	seen *w = arg;
	pthread_mutex_lock(&w->lock);
	cc_agent_progress p = w->progress;
	p.doing = w->over ? CC_STR("the player is done; q leaves") : cc_buf_str(&w->doing);
	app_agent_progress_text(&p, out);
	pthread_mutex_unlock(&w->lock);
}

static void said(void *arg, cc_buf *out)
{
	seen *w = arg;
	pthread_mutex_lock(&w->lock);
	cc_buf_add(out, cc_buf_str(&w->said));
	pthread_mutex_unlock(&w->lock);
}

static void free_shown(shown *s)
{
	cc_playback_free(s->playback);
	cc_run_free(s->run);
	*s = (shown){ 0 };
}

/* The record as it is now, at its beginning. */
static cc_code read_now(seen *w, shown *out, cc_err *err)
{
	const char *dir = cc_session_run_dir(w->session);
	*out = (shown){ 0 };
	cc_code code = cc_run_read(&out->run, dir, err);
	if (code == CC_OK && !w->view)
		code = app_open_recorded(w->o, out->run, &w->view, err);
	if (code == CC_OK)
		code = cc_playback_new(&out->playback, w->view, out->run, dir, err);
	if (code != CC_OK)
		free_shown(out);
	return code;
}

static cc_playback *fresh(void *arg)
{
	seen *w = arg;
	shown next;
	cc_err err;
	pthread_mutex_lock(&w->lock);
	size_t steps = w->steps;
	pthread_mutex_unlock(&w->lock);
	if (steps == w->taken || read_now(w, &next, &err) != CC_OK)
		return NULL;
	free_shown(&w->before);
	w->before = w->now;
	w->now = next;
	w->taken = steps;
	return next.playback;
}

/* --- taking over --- */

static void record_handover(cc_session *s, bool person)
{
	cc_session_event(s, "handover", person ? CC_STR("{\"to\":\"person\"}") : CC_STR("{\"to\":\"player\"}"));
	cc_session_set_actor(s, !person);
}

/* What the player is told of it: each line, and what failed. */
static void list_done(seen *w, size_t from)
{
	pthread_mutex_lock(&w->lock);
	for (size_t i = from; i < cc_run_step_count(w->now.run); i++) {
		const cc_record_step *s = cc_run_step(w->now.run, i)->as.step;
		cc_buf_addf(&w->done, "  %.*s%s\n", CC_STR_ARG(s->line), s->code == CC_OK ? "" : "   (failed)");
	}
	pthread_mutex_unlock(&w->lock);
}

static cc_code show_all(seen *w, cc_err *err)
{
	shown next;
	cc_code code = read_now(w, &next, err);
	if (code != CC_OK)
		return code;
	free_shown(&w->before);
	free_shown(&w->now);
	w->now = next;
	pthread_mutex_lock(&w->lock);
	w->taken = w->steps;
	pthread_mutex_unlock(&w->lock);
	cc_playback_go(next.playback, SIZE_MAX);
	return cc_playback_settle(next.playback, err);
}

/* The pane that was looked at opens first. */
static void last_shown(const cc_run *run, cc_buf *out)
{
	for (size_t i = cc_run_step_count(run); i && !out->n; i--) {
		const cc_record_step *s = cc_run_step(run, i - 1)->as.step;
		const cc_cmd *cmd;
		if (s->code == CC_OK && s->answered && cc_cmd_find(s->command, &cmd, NULL) == CC_OK && strcmp(cmd->group, "evidence") == 0)
			cc_buf_add(out, s->line);
	}
}

static cc_code take_over(seen *w, cc_err *err)
{
	cc_buf line = CC_BUF_INIT;
	cc_code code = show_all(w, err);
	size_t from = code == CC_OK ? cc_run_step_count(w->now.run) : 0;
	if (code == CC_OK) {
		last_shown(w->now.run, &line);
		cc_session_owe(w->session, cc_buf_str(&line));
		record_handover(w->session, true);
		code = app_console(w->o, w->session, &(app_opening){ .first_line = line.n ? line.p : NULL,
			.remark = "you play in its place, under its budget; leaving hands it back" }, err);
		record_handover(w->session, false);
	}
	if (code == CC_OK)
		code = show_all(w, err);
	if (code == CC_OK)
		list_done(w, from);
	cc_buf_deinit(&line);
	return code;
}

/* --- the whole --- */

/* Until the person leaves the panes, not only a console that took over. */
static cc_code on_screen(seen *w, cc_err *err)
{
	const cc_ui_live live = { fresh, allow, rests, over, status, said, w };
	cc_ui_replay_how how;
	cc_ui_pace pace = { 0 };
	cc_code code;
	do {
		app_screen screen;
		how = (cc_ui_replay_how){ .live = &live, .pace = &pace };
		code = app_screen_open(&screen, w->o, err);
		if (code == CC_OK)
			code = cc_ui_replay(w->now.playback, screen.term, &screen.ui, &how, err);
		app_screen_close(&screen);
		if (code == CC_OK && how.take_over)
			code = take_over(w, err);
	} while (code == CC_OK && how.take_over);
	return code;
}

/* What cannot be shown is not played: nobody would know. */
static void leave_alone(seen *w, bool cancel)
{
	pthread_mutex_lock(&w->lock);
	w->alone = true;
	if (cancel && w->unseen->cancel)
		cc_cancel_set(w->unseen->cancel);
	pthread_cond_signal(&w->opened);
	pthread_mutex_unlock(&w->lock);
}

static cc_code play_seen(seen *w, void (*back)(void), cc_err *err)
{
	pthread_t thread;
	cc_code code = show_all(w, err);
	if (code == CC_OK && pthread_create(&thread, NULL, player_main, w) != 0)
		code = cc_err_set(err, CC_EIO, "no thread can be had for the player");
	if (code != CC_OK)
		return code;
	code = on_screen(w, err);
	leave_alone(w, code != CC_OK || cc_term_ended_by());
	back();
	pthread_join(thread, NULL);
	if (code == CC_OK && w->code != CC_OK)
		*err = w->err;
	return code != CC_OK ? code : w->code;
}

cc_code app_watch(const app_options *o, cc_session *s, const cc_agent_watch *unseen, void (*back)(void),
	cc_code (*play)(void *arg, const cc_agent_watch *watch, cc_err *err), void *arg, cc_err *err)
{
	seen w = { .o = o, .session = s, .unseen = unseen, .play = play, .arg = arg, .lock = PTHREAD_MUTEX_INITIALIZER,
		.opened = PTHREAD_COND_INITIALIZER, .progress = { .tokens = -1, .cost_micro = -1 } };
	cc_session_event(s, "watched", CC_STR("{}"));
	cc_code code = play_seen(&w, back, err);
	free_shown(&w.before);
	free_shown(&w.now);
	cc_session_close(w.view);
	cc_buf_deinit(&w.done);
	cc_buf_deinit(&w.doing);
	cc_buf_deinit(&w.said);
	pthread_cond_destroy(&w.opened);
	pthread_mutex_destroy(&w.lock);
	return code;
}
