/* app_replay_live.c - taking over: from a step of a replay on, the case is played live, under a record of its own that names the one
 * it comes from. */
#include "app/app.h"

#include <stdio.h>
#include <string.h>

/* Under the budget and the assistance of the one before. */
typedef struct terms { char budget[24], assist[16]; app_options options; } terms;

static void terms_of(terms *t, const app_options *o, const cc_record_header *h)
{
	*t = (terms){ .options = *o };
	snprintf(t->budget, sizeof t->budget, "%lld", (long long)h->budget);
	if (h->assistance.n && h->assistance.n < sizeof t->assist)
		memcpy(t->assist, h->assistance.p, h->assistance.n);
	t->options.budget = h->budget > 0 ? t->budget : NULL;
	t->options.no_budget = h->budget <= 0;
	t->options.assist = *t->assist ? t->assist : NULL;
	t->options.known = h->known_only;
}

static void show_progress(void *arg, size_t done, size_t all)
{
	if (app_progress_due(arg))
		fprintf(stderr, "\rasking again: step %zu of %zu\033[K", done + 1, all);
}

/* The line that opens the pane which the replay showed; empty at the beginning. */
static void last_shown(const cc_run *run, size_t steps, cc_buf *out)
{
	while (steps && !out->n) {
		const cc_record_step *s = cc_run_step(run, --steps)->as.step;
		const cc_cmd *cmd;
		if (s->code == CC_OK && s->answered && cc_cmd_find(s->command, &cmd, NULL) == CC_OK && strcmp(cmd->group, "evidence") == 0)
			cc_buf_add(out, s->line);
	}
}

static cc_code go_on(const app_options *o, cc_session *s, const cc_run *run, size_t steps, bool revealed, cc_err *err)
{
	cc_takeover t;
	app_progress progress = app_progress_begin();
	cc_takeover_options how = { .revealed = revealed, .progress = show_progress, .progress_arg = &progress };
	cc_buf remark = CC_BUF_INIT, line = CC_BUF_INIT;
	cc_code code = cc_take_over(s, run, steps, &how, &t, err);
	app_progress_end(&progress);
	if (code == CC_OK) {
		cc_takeover_say(&t, &remark);
		last_shown(run, t.steps, &line);
		cc_session_owe(s, cc_buf_str(&line));
		code = app_console(o, s, &(app_opening){ .first_line = line.n ? line.p : NULL, .remark = remark.p }, err);
	}
	cc_buf_deinit(&remark);
	cc_buf_deinit(&line);
	return code;
}

cc_code app_take_over(const app_options *o, const cc_playback *p, bool revealed, cc_err *err)
{
	const cc_run *run = cc_playback_run(p);
	const cc_record_header *h = cc_run_header(run);
	cc_session *s = NULL;
	cc_buf path = CC_BUF_INIT;
	terms own;
	terms_of(&own, o, h);
	cc_buf_add(&path, cc_snapshot_path(cc_session_snapshot(cc_playback_session(p))));
	cc_code code = cc_buf_ok(&path) ? app_open_session(&own.options, path.p, true, true, &s, err) :
		cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = go_on(&own.options, s, run, cc_playback_at(p), revealed, err);
	if (s) {
		app_say_farewell(&own.options, s, true);
		cc_session_close(s);
	}
	cc_buf_deinit(&path);
	return code;
}
