/* app_play.c - `play`, `learn` and `shell`: a session, a front end, and the verdict afterwards. */
#include "app/app.h"
#include "app/lead.h"
#include "app/tries.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "coldcase/file.h"
#include "coldcase/forge.h"
#include "coldcase/shell.h"
#include "coldcase/ui.h"

enum { LESSON_NUMBER = 100 }; /* of the scenario `learn` forges */

static cc_code one_incident(const app_options *o, const char *what, cc_buf *dir, cc_err *err)
{
	if (o->args.n != 1) {
		cc_err_set(err, CC_EUSAGE, "%s: %s", what, o->args.n ? "one incident at a time" : "which incident?");
		return cc_err_hint(err, "coldcase %s DIR; `coldcase list` names the known ones", what);
	}
	return app_find_incident(o, o->args.p[0], dir, err);
}

/* What leaving means for the score, and what to do with the record. */
static void say_what_remains(const app_options *o, bool submitted, const char *dir)
{
	cc_run *run = NULL;
	app_try what = cc_run_read(&run, dir, NULL) == CC_OK ? app_try_of(run) : APP_TRY;
	if (what == APP_TRY_NOTHING_ASKED)
		printf("Nothing was asked: the league does not count this as a try.\n");
	else if (what == APP_TRY_TAKEN_OVER)
		printf("It went on where another run stood: the league does not count this as a try.\n");
	else if (!submitted && cc_run_header(run) && cc_run_header(run)->live.speed)
		printf("Nothing was submitted: this run is over and scores 0.\n");
	else if (!submitted)
		printf("Nothing was submitted: as it stands this run scores 0. It can be gone on with: coldcase resume %s\n", o->out ? dir : "last");
	printf("The record of this run lies in %s\n", dir);
	if (submitted)
		printf("Next: coldcase review %s\n", o->out ? dir : "last");
	cc_run_free(run);
}

void app_say_farewell(const app_options *o, cc_session *s, bool verdict)
{
	const char *dir = cc_session_run_dir(s);
	cc_buf text = CC_BUF_INIT;
	if (!dir) {
		if (verdict && cc_session_submitted(s))
			printf("UNSCORED: nothing was recorded, so there is nothing to score\n");
		return;
	}
	if (verdict && cc_session_submitted(s) && app_verdict_text(o, dir, o->plain || !app_unicode(o), &text, NULL) == CC_OK)
		fwrite(text.p ? text.p : "", 1, text.n, stdout);
	say_what_remains(o, cc_session_submitted(s), dir);
	fflush(stdout);
	cc_buf_deinit(&text);
}

/* --- line mode --- */

static void history_path(cc_buf *out)
{
	cc_buf dir = CC_BUF_INIT;
	if (cc_xdg_dir(&dir, 's', NULL) == CC_OK && cc_dir_make(dir.p, NULL) == CC_OK) {
		cc_buf_add(out, cc_buf_str(&dir));
		cc_buf_addz(out, "/history");
	}
	cc_buf_deinit(&dir);
}

/* An incident that is read within a moment is briefed whole; of a large one the briefing says what is still being read. */
static cc_code read_for_a_moment(cc_session *s, cc_err *err)
{
	enum { NAPS = 60 };
	const struct timespec nap = { .tv_nsec = 5000000 };
	cc_code code = CC_OK;
	bool fuller;
	for (int i = 0; i < NAPS && code == CC_OK && cc_session_loading(s).running; i++) {
		code = cc_session_poll(s, &fuller, err);
		if (code == CC_OK && cc_session_loading(s).running)
			nanosleep(&nap, NULL);
	}
	return code;
}

/* The briefing as far as it can be told now: it is free, and can be asked for again. */
static void brief(cc_session *s, const cc_shell_options *so)
{
	cc_reply *r;
	cc_buf b = CC_BUF_INIT;
	if (cc_session_run(s, CC_STR("briefing"), NULL, &r, NULL) != CC_OK)
		return;
	if (so->spoken)
		cc_buf_addf(&b, "ANN: %.*s\n", CC_STR_ARG(cc_reply_title(r)));
	if (so->spoken)
		cc_reply_write_spoken(r, 0, SIZE_MAX, &b, so->ascii);
	else
		cc_reply_write_text(r, &b, so->columns, so->ascii);
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	fflush(stdout);
	cc_buf_deinit(&b);
	cc_reply_unref(r);
}

/* What a new run begins with: the page, and the clock. */
static void begin(cc_session *s, const cc_shell_options *so)
{
	cc_reply *started = NULL;
	brief(s, so);
	if (cc_session_run(s, CC_STR("start"), NULL, &started, NULL) == CC_OK)
		cc_reply_unref(started);
}

static int line_mode(const app_options *o, cc_session *s, const char *opening)
{
	cc_buf history = CC_BUF_INIT;
	cc_err err = { 0 };
	cc_shell_options so = { .plain = o->plain || !isatty(STDIN_FILENO), .ascii = !app_unicode(o), .spoken = o->plain,
		.columns = app_terminal_columns(STDOUT_FILENO) };
	if (read_for_a_moment(s, &err) != CC_OK)
		return app_fail(&err);
	if (!cc_case_started(cc_session_case(s)))
		begin(s, &so);
	printf(cc_case_running(cc_session_case(s)) ? "The clock is running.\n" : "The clock stands: `resume` sets it going.\n");
	if (opening)
		cc_shell_line(s, &so, opening);
	if (so.spoken)
		printf("A number selects a row, `open` opens it, `close` goes back (no query), `more` reads on; {entity} {cite} {time} {op} in a line "
			"are the selected row's.\n");
	printf("`help` lists the commands, `help NAME` explains one, `submit` reviews the answer, `quit` leaves.\n");
	if (!so.plain)
		history_path(&history);
	so.history = history.n ? history.p : NULL;
	int status = cc_shell_run(s, &so);
	app_say_farewell(o, s, true);
	cc_buf_deinit(&history);
	return status;
}

int app_shell(const app_options *o)
{
	app_options led = *o;
	cc_session *s = NULL;
	cc_buf dir = CC_BUF_INIT;
	cc_err err = { 0 };
	int status = 0;
	cc_code code = one_incident(o, "shell", &dir, &err);
	app_sealing sealing = { &led, dir.p };
	led.lead = app_lead_new();
	if (code == CC_OK)
		code = app_open_session_staged(&sealing, &s, &err);
	if (code == CC_OK)
		status = line_mode(o, s, NULL);
	if (s)
		cc_session_close(s);
	app_lead_free(led.lead);
	cc_buf_deinit(&dir);
	return code == CC_OK ? status : app_fail(&err);
}

/* --- the console --- */

static cc_code score_run(void *arg, const char *run_dir, cc_reply **out, cc_err *err)
{
	return app_verdict_reply(arg, run_dir, out, err);
}

cc_code app_check_looks(const app_options *o, cc_err *err)
{
	cc_theme *theme = NULL;
	cc_glyphs glyphs;
	cc_clipboard clipboard;
	cc_code code = o->theme ? cc_theme_load(&theme, o->theme, err) : CC_OK;
	if (code == CC_OK)
		code = cc_glyphs_pick(&glyphs, o->ascii ? "ascii" : o->glyphs, err);
	if (code == CC_OK)
		code = cc_clipboard_pick(&clipboard, o->clipboard, err);
	cc_theme_free(theme);
	return code;
}

cc_code app_screen_open(app_screen *s, const app_options *o, cc_err *err)
{
	*s = (app_screen){ .warnings = CC_BUF_INIT, .ui = { .patience_ms = 100, .no_scrubber = o->no_scrubber, .demo = o->demo, .mouse = o->mouse } };
	cc_code code = cc_theme_load(&s->theme, o->theme ? o->theme : o->demo ? "high-contrast" : NULL, err);
	if (code == CC_OK)
		code = cc_glyphs_pick(&s->ui.glyphs, o->ascii ? "ascii" : o->glyphs, err);
	if (code == CC_OK)
		code = cc_clipboard_pick(&s->ui.clipboard, o->clipboard, err);
	if (code == CC_OK)
		code = cc_keymap_open(&s->keys, &s->warnings, err);
	if (code == CC_OK)
		code = cc_term_open(&s->term, o->color, err);
	s->ui.theme = s->theme;
	s->ui.keys = s->keys;
	s->ui.remark = s->warnings.n ? s->warnings.p : NULL;
	return code;
}

void app_screen_close(app_screen *s)
{
	if (s->term)
		s->term->ops->close(s->term);
	cc_theme_free(s->theme);
	cc_keymap_free(s->keys);
	cc_buf_deinit(&s->warnings);
}

cc_code app_console(const app_options *o, cc_session *s, const app_opening *how, cc_err *err)
{
	app_screen screen;
	cc_code code = app_screen_open(&screen, o, err);
	screen.ui.learn = how->learn;
	screen.ui.resumable = how->resumable;
	screen.ui.first_line = how->first_line;
	if (how->remark)
		screen.ui.remark = how->remark;
	screen.ui.ask_briefing = true;
	screen.ui.score = score_run;
	screen.ui.score_arg = (void *)(uintptr_t)o;
	screen.ui.review = how->review;
	if (code == CC_OK)
		code = cc_ui_play(s, screen.term, &screen.ui, err);
	app_screen_close(&screen);
	return code;
}

static void note_played(cc_session *s, app_played *out)
{
	if (cc_session_run_dir(s))
		cc_buf_addz(&out->run_dir, cc_session_run_dir(s));
	out->submitted = cc_session_submitted(s);
}

int app_play_dir(const app_options *asked, const char *dir, bool learn, app_played *played)
{
	app_options led = *asked, *o = &led;
	cc_session *s = NULL;
	cc_err err = { 0 };
	cc_buf run_dir = CC_BUF_INIT;
	int status = 0;
	bool review = false, screen = !o->plain && app_can_draw();
	app_sealing sealing = { o, dir };
	o->lead = app_lead_new();
	/* A drill begins with a clock that goes over the whole capture: what it is must be known. */
	cc_code code = o->live ? app_open_session(o, dir, true, true, &s, &err) : app_open_session_staged(&sealing, &s, &err);
	if (code == CC_OK && screen) {
		code = app_console(o, s, &(app_opening){ .learn = learn, .resumable = !learn && !o->live && !o->no_record, .review = &review }, &err);
		if (code == CC_OK)
			app_say_farewell(o, s, false);
		if (review && cc_session_run_dir(s))
			cc_buf_addz(&run_dir, cc_session_run_dir(s));
	} else if (code == CC_OK) {
		status = line_mode(o, s, "alerts"); /* what the console opens with, too */
	}
	if (s && played)
		note_played(s, played);
	if (s)
		cc_session_close(s);
	app_lead_free(o->lead);
	o->lead = NULL;
	if (code == CC_OK && run_dir.n)
		status = app_review_panes(o, run_dir.p);
	cc_buf_deinit(&run_dir);
	return code == CC_OK ? status : app_fail(&err);
}

int app_play_on(const app_options *o, cc_session *s, const char *remark)
{
	cc_buf run_dir = CC_BUF_INIT;
	cc_err err = { 0 };
	cc_code code = CC_OK;
	int status = 0;
	bool review = false, screen = !o->plain && app_can_draw();
	if (screen) {
		code = app_console(o, s, &(app_opening){ .first_line = "board", .resumable = true, .remark = remark, .review = &review }, &err);
		if (code == CC_OK)
			app_say_farewell(o, s, false);
	} else {
		printf("%s\n", remark);
		status = line_mode(o, s, "board");
	}
	if (review && cc_session_run_dir(s))
		cc_buf_addz(&run_dir, cc_session_run_dir(s));
	cc_session_close(s);
	if (code == CC_OK && run_dir.n)
		status = app_review_panes(o, run_dir.p);
	cc_buf_deinit(&run_dir);
	return code == CC_OK ? status : app_fail(&err);
}

int app_play(const app_options *o)
{
	cc_buf dir = CC_BUF_INIT;
	cc_err err = { 0 };
	cc_code code = one_incident(o, "play", &dir, &err);
	int status = code == CC_OK ? app_play_dir(o, dir.p, false, NULL) : app_fail(&err);
	cc_buf_deinit(&dir);
	return status;
}

/* A case of its own, forged on the spot into the cache folder: the bundled incidents stay unspoilt, and its answer lies
 * beside it, so that the lesson ends with a real verdict. Nothing of it is kept beyond the next lesson. */
static cc_code forge_lesson(cc_buf *dir, cc_buf *runs, cc_err *err)
{
	cc_forge_options f;
	cc_forge_report report;
	cc_buf base = CC_BUF_INIT;
	cc_code code = cc_xdg_dir(&base, 'k', err);
	cc_buf_addz(&base, "/learn");
	cc_forge_options_init(&f);
	f.out_dir = base.p;
	f.fault_count = 1;
	f.faults[0] = "invalid-image:recommendation";
	f.seed = 3;
	f.scenario = LESSON_NUMBER;
	f.duration_ns = 15 * 60 * CC_NS_PER_S;
	f.rps_milli = 1000;
	f.difficulty = CC_FORGE_EASY;
	f.replace = true;
	if (code == CC_OK && !cc_buf_ok(&base))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = cc_forge_run(&f, &report, err);
	if (code == CC_OK) {
		cc_buf_addz(dir, report.scenario_dir);
		cc_buf_addf(runs, "%s/runs", base.p);
	}
	cc_buf_deinit(&base);
	return code;
}

int app_learn(const app_options *o)
{
	app_options lesson = *o;
	cc_buf dir = CC_BUF_INIT, runs = CC_BUF_INIT;
	cc_err err = { 0 };
	cc_code code = forge_lesson(&dir, &runs, &err);
	lesson.out = runs.p;
	int status = code == CC_OK ? app_play_dir(&lesson, dir.p, true, NULL) : app_fail(&err);
	if (code == CC_OK && status == 0)
		printf("That was the lesson. A case of your own: coldcase, or coldcase play DIR\n");
	cc_buf_deinit(&dir);
	cc_buf_deinit(&runs);
	return status;
}
