/* app_replay.c - `replay`: a record step by step, in the panes, as a list, or by lines that go about in it. --check runs it again
 * and compares every answer with the recorded digest. */
#include "app/app.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "coldcase/rerun.h"
#include "coldcase/utf8.h"

static void print_differing(const cc_rerun_step *s)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "step %llu differs: ", (unsigned long long)s->step->number);
	cc_utf8_clean(&b, s->step->line, CC_CLEAN_LINE);
	cc_buf_addz(&b, "\n  ");
	cc_utf8_clean(&b, s->why, CC_CLEAN_LINE);
	printf("%s\n", b.p ? b.p : "");
	cc_buf_deinit(&b);
}

static void print_evidence(const cc_run *run, const cc_rerun *r)
{
	cc_buf b = CC_BUF_INIT, clean = CC_BUF_INIT;
	size_t n = cc_rerun_evidence_differs(run, cc_rerun_snapshot(r), &b);
	if (n) {
		cc_utf8_clean(&clean, cc_buf_str(&b), CC_CLEAN_LINE | CC_CLEAN_KEEP_NL);
		printf("the evidence is not what the record was made on:\n%s", clean.p ? clean.p : "");
	}
	cc_buf_deinit(&b);
	cc_buf_deinit(&clean);
}

/* Exit status 1 when an answer is another one: a check that cannot fail a script is none. */
static cc_code check(const app_options *o, const cc_run *run, int *status, cc_err *err)
{
	cc_rerun *r = NULL;
	cc_rerun_step s;
	size_t count[3] = { 0 };
	cc_buf dir = CC_BUF_INIT;
	cc_code code = app_evidence_of(o, run, &dir, err);
	if (code == CC_OK)
		code = cc_rerun_open(&r, run, dir.n ? dir.p : NULL, o->no_cache, err);
	cc_buf_deinit(&dir);
	if (code != CC_OK)
		return code;
	print_evidence(run, r);
	while ((code = cc_rerun_next(r, NULL, &s, err)) == CC_OK) {
		count[s.verdict]++;
		if (s.verdict == CC_RERUN_DIFFERS)
			print_differing(&s);
	}
	printf("%zu step%s: %zu answered as recorded, %zu differ, %zu not comparable (they tell the time)\n", cc_run_step_count(run),
		cc_run_step_count(run) == 1 ? "" : "s", count[CC_RERUN_SAME], count[CC_RERUN_DIFFERS], count[CC_RERUN_EXEMPT]);
	*status = count[CC_RERUN_DIFFERS] != 0;
	cc_rerun_close(r);
	return code == CC_ENOTFOUND ? CC_OK : code;
}

/* --- the evidence --- */

static cc_code open_evidence(const app_options *o, const cc_run *run, cc_snapshot **out, cc_err *err)
{
	app_progress progress = app_progress_begin();
	cc_snapshot_options how = { .no_cache = o->no_cache, .progress = app_progress_show, .progress_arg = &progress };
	cc_buf path = CC_BUF_INIT;
	cc_code code = app_evidence_of(o, run, &path, err);
	if (code == CC_OK)
		code = path.n ? cc_snapshot_open(out, path.p, &how, err) :
			cc_err_set(err, CC_ENOTFOUND, "the record does not say where its evidence lies (--incident)");
	app_progress_end(&progress);
	cc_buf_deinit(&path);
	return code;
}

static cc_code session_over(const cc_run *run, cc_snapshot *s, cc_session **out, cc_err *err)
{
	const cc_record_header *h = cc_run_header(run);
	char assist[16] = "";
	if (h->assistance.n && h->assistance.n < sizeof assist)
		memcpy(assist, h->assistance.p, h->assistance.n);
	return cc_session_open_with(out, s, &(cc_session_options){ .assistance = *assist ? assist : NULL, .known_only = h->known_only,
		.live_again = h->live.speed ? &h->live : NULL }, err);
}

cc_code app_open_recorded(const app_options *o, const cc_run *run, cc_session **out, cc_err *err)
{
	cc_snapshot *s = NULL;
	cc_code code = open_evidence(o, run, &s, err);
	return code == CC_OK ? session_over(run, s, out, err) : code;
}

/* Where the evidence is gone it is replayed without: what the record holds. Not so when somebody said where it is. */
static cc_code open_or_nothing(const app_options *o, const cc_run *run, cc_session **out, cc_err *err)
{
	cc_snapshot *s = NULL;
	cc_code code = open_evidence(o, run, &s, err);
	if ((code == CC_ENOTFOUND || code == CC_EFORMAT) && cc_run_header(run) && !o->incident) {
		cc_err_clear(err);
		code = cc_snapshot_open_nothing(&s, cc_run_header(run)->scenario, err);
	}
	return code == CC_OK ? session_over(run, s, out, err) : code;
}

/* --- playing it back --- */

typedef struct playing {
	const app_options *o;
	const char *run_path;
	cc_playback *playback;
	app_review_page page;
	bool revealed, review;   /* review: opens at the end of the run, with its page */
} playing;

static cc_code reveal(void *arg, cc_playback *p, cc_err *err)
{
	playing *a = arg;
	if (a->revealed)
		return CC_OK;
	cc_code code = app_reveal(a->o, a->run_path, !a->review || a->o->reveal, p, &a->page, err);
	a->revealed = code == CC_OK;
	return code;
}

static const cc_reply *page_of(void *arg)
{
	return ((playing *)arg)->page.page;
}

static char sign_of(void *arg, cc_str cite)
{
	return app_review_sign(&((playing *)arg)->page, cite);
}

/* Until the person leaves the replay itself: leaving a live console that took over comes back to it, where it was. */
static cc_code on_screen(playing *a, cc_err *err)
{
	cc_ui_replay_how how;
	cc_ui_pace pace = { 0 };
	cc_code code;
	do {
		app_screen screen;
		how = (cc_ui_replay_how){ .reveal = reveal, .page = page_of, .sign = sign_of, .arg = a, .open_page = a->review, .pace = &pace };
		code = app_screen_open(&screen, a->o, err);
		if (code == CC_OK)
			code = cc_ui_replay(a->playback, screen.term, &screen.ui, &how, err);
		app_screen_close(&screen);
		a->review = false;      /* its page was opened once */
		if (code == CC_OK && how.take_over)
			code = app_take_over(a->o, a->playback, a->revealed, err);
	} while (code == CC_OK && how.take_over);
	return code;
}

/* -c: going about in the record and asking, without a terminal. The status is that of the first line that failed. */
static int run_lines(playing *a)
{
	int status = 0;
	for (size_t i = 0; i < a->o->commands.n; i++) {
		cc_reply *reply = NULL;
		cc_err err = { 0 };
		if (cc_playback_line(a->playback, cc_str_from(a->o->commands.p[i]), NULL, &reply, &err) == CC_OK) {
			app_print_reply(a->o, reply);
			cc_reply_unref(reply);
			continue;
		}
		int one = app_fail(&err);
		status = status ? status : one;
	}
	return status;
}

/* One line a step, and one for each marker before which it stands; needs no evidence. */
static void print_step(const cc_record_step *s, unsigned clean)
{
	int64_t seconds = s->active_ns / CC_NS_PER_S;
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "%4llu  %lld:%02lld  ", (unsigned long long)s->number, (long long)(seconds / 60), (long long)(seconds % 60));
	cc_utf8_clean(&b, s->line, clean);
	if (s->code != CC_OK) {
		cc_buf_addz(&b, "  error: ");
		cc_utf8_clean(&b, s->message, clean);
	} else if (s->query) {
		cc_buf_addf(&b, "  %llu of %llu", (unsigned long long)s->shown.rows, (unsigned long long)s->shown.total);
		if (cc_str_eqz(s->command, "run_shell") && s->shown.title.n) {       /* what it touched: its line does not say that in our terms */
			cc_buf_addz(&b, "  ");
			cc_utf8_clean(&b, s->shown.title, clean);
		}
	}
	printf("%s\n", b.p ? b.p : "");
	cc_buf_deinit(&b);
}

static void print_steps(const app_options *o, const cc_run *run, const cc_markers *markers)
{
	enum { KEPT_LINES = 256 };
	unsigned clean = app_unicode(o) ? CC_CLEAN_LINE : CC_CLEAN_ASCII;
	size_t m = 0;
	for (size_t i = 0; i <= cc_run_step_count(run); i++) {
		if (i)
			print_step(cc_run_step(run, i - 1)->as.step, clean);
		for (; cc_markers_get(markers, m) && cc_markers_get(markers, m)->step == i; m++) {
			cc_buf b = CC_BUF_INIT;
			cc_utf8_clean(&b, cc_markers_get(markers, m)->caption, clean);
			printf("   *        %s\n", b.p ? b.p : "");
			cc_buf_deinit(&b);
		}
		cc_run_trim(run, KEPT_LINES);
	}
}

static cc_code list_steps(const app_options *o, const cc_run *run, cc_err *err)
{
	cc_markers *markers;
	size_t left_out;
	cc_code code = cc_markers_new(&markers, run, err);
	if (code != CC_OK)
		return code;
	if (cc_markers_load(markers, o->args.p[0], &left_out, err) != CC_OK) {
		app_fail(err);          /* said, and no reason to keep the steps back */
		cc_err_clear(err);
	}
	print_steps(o, run, markers);
	cc_markers_free(markers);
	return CC_OK;
}

static cc_code play_over(playing *a, cc_session *s, const cc_run *run, int *status, cc_err *err)
{
	cc_code code = cc_playback_new(&a->playback, s, run, a->run_path, err);
	if (code == CC_OK && (a->o->reveal || a->review))
		code = reveal(a, a->playback, err);
	if (code == CC_OK && a->review)
		cc_playback_go(a->playback, cc_playback_count(a->playback));
	if (code == CC_OK && a->o->commands.n)
		*status = run_lines(a);
	else if (code == CC_OK)
		code = on_screen(a, err);
	cc_playback_free(a->playback);
	app_review_page_deinit(&a->page);
	return code;
}

static cc_code play(const app_options *o, const cc_run *run, int *status, cc_err *err)
{
	bool screen = !o->plain && app_can_draw();
	playing a = { .o = o, .run_path = o->args.p[0] };
	cc_session *s = NULL;
	if (!screen && !o->commands.n)
		return list_steps(o, run, err);
	cc_code code = open_or_nothing(o, run, &s, err);
	if (code == CC_OK)
		code = play_over(&a, s, run, status, err);
	cc_session_close(s);
	return code;
}

int app_replay(const app_options *o)
{
	cc_run *run = NULL;
	cc_err err = { 0 };
	int status = 0;
	cc_code code = CC_OK;
	if (o->args.n != 1) {
		code = cc_err_set(&err, CC_EUSAGE, "replay: %s", o->args.n ? "one run at a time" : "which run?");
		cc_err_hint(&err, "coldcase replay RUN-FOLDER");
	}
	if (code == CC_OK)
		code = cc_run_read(&run, o->args.p[0], &err);
	if (code == CC_OK)
		code = o->check ? check(o, run, &status, &err) : play(o, run, &status, &err);
	cc_run_free(run);
	if (code != CC_OK)
		return app_fail(&err);
	return fflush(stdout) ? 1 : status;
}

int app_review_panes(const app_options *o, const char *run_path)
{
	playing a = { .o = o, .run_path = run_path, .review = true };
	cc_run *run = NULL;
	cc_session *s = NULL;
	cc_err err = { 0 };
	int status = 0;
	cc_code code = cc_run_read(&run, run_path, &err);
	if (code == CC_OK)
		code = open_or_nothing(o, run, &s, &err);
	if (code == CC_OK)
		code = play_over(&a, s, run, &status, &err);
	cc_session_close(s);
	cc_run_free(run);
	return code == CC_OK ? status : app_fail(&err);
}
