/* app_compare.c - `compare`: two or more runs of one incident, as tables or in panes side by side. What would tell the causes stands in
 * it only for runs that are over; --blind withholds who played, so that a class can guess before it is told.
 *
 * The panes show evidence, so this process must not open the truth (law 6): the scores under them are those that another one
 * prints as JSON. */
#include "app/compare.h"

#include <stdio.h>
#include <unistd.h>
#include "coldcase/xalloc.h"

static cc_code same_incident(const cc_run *const *runs, size_t n, const app_options *o, cc_err *err)
{
	const cc_record_header *first = cc_run_header(runs[0]);
	for (size_t i = 1; i < n; i++) {
		const cc_record_header *h = cc_run_header(runs[i]);
		if (!first || !h || !cc_truth_same_scenario(first->scenario, h->scenario))
			return cc_err_set(err, CC_EUSAGE, "compare: %s is of another incident than %s", o->args.p[i], o->args.p[0]);
	}
	return CC_OK;
}

/* --- as tables --- */

/* Without a truth a run is shown without a score, before the answer with 0, as `score` says; neither with anything of the causes. */
static cc_code open_lane(app_lane *l, const app_options *o, app_kept *kept, cc_err *err)
{
	cc_err why = { 0 };
	cc_code code = app_scoring_open(&l->scoring, o, l->path, kept, &why);
	app_scoring_warn(&l->scoring);
	l->run = l->scoring.run;
	l->answer = l->scoring.answer;
	if (!l->run) {
		cc_err_set(err, CC_EFORMAT, "%s: has no record to compare", l->path);
		return cc_err_hint(err, "coldcase import makes one of another program's run");
	}
	bool over = l->answer && l->answer->status != CC_ANSWER_MISSING;
	if (code == CC_OK && over && l->scoring.score->status != CC_SCORE_UNSCORABLE) {
		code = app_review_make(&l->review, &l->scoring, err);
		l->scored = true;
		return code;
	}
	return code == CC_ENOMEM ? cc_err_set(err, CC_ENOMEM, "out of memory") : CC_OK;
}

static cc_code print(const app_options *o, const app_compare *c, cc_err *err)
{
	cc_reply *reply;
	cc_buf b = CC_BUF_INIT;
	cc_code code = app_compare_reply(c, o->json, &reply, err);
	if (code != CC_OK)
		return code;
	if (o->json) {
		cc_reply_write_json(reply, &b);
		cc_buf_add_char(&b, '\n');
	} else {
		cc_reply_write_text(reply, &b, app_terminal_columns(1), !app_unicode(o));
	}
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	cc_buf_deinit(&b);
	cc_reply_unref(reply);
	return CC_OK;
}

static cc_code compare(const app_options *o, app_lane *lanes, size_t n, app_kept *kept, cc_err *err)
{
	app_compare c = { .lanes = lanes, .lane_count = n, .blind = o->blind };
	const cc_run *runs[CC_COMPARE_MAX];
	cc_code code = CC_OK;
	for (size_t i = 0; i < n && code == CC_OK; i++) {
		lanes[i].path = o->args.p[i];
		code = open_lane(&lanes[i], o, kept, err);
		runs[i] = lanes[i].run;
	}
	if (code == CC_OK)
		code = same_incident(runs, n, o, err);
	if (code == CC_OK)
		code = cc_compare_new(&c.c, runs, n, err);
	if (code == CC_OK)
		code = print(o, &c, err);
	cc_compare_free(c.c);
	return code;
}

static cc_code print_tables(const app_options *o, size_t n, cc_err *err)
{
	app_kept kept = { 0 };
	app_lane *lanes = cc_calloc(n, sizeof *lanes);
	cc_code code = lanes ? compare(o, lanes, n, &kept, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	for (size_t i = 0; lanes && i < n; i++) {
		if (lanes[i].scored)
			app_review_deinit(&lanes[i].review);
		if (lanes[i].path)
			app_scoring_deinit(&lanes[i].scoring);
	}
	cc_free(lanes);
	app_kept_deinit(&kept);
	return code;
}

/* --- in panes --- */

/* What the tables say, by another process; nothing when it cannot. */
static void ask_scores(const app_options *o, cc_buf *out)
{
	const char *argv[CC_UI_LANES + 10];
	size_t n = 0;
	int status;
	argv[n++] = "compare";
	argv[n++] = "--json";
	for (size_t i = 0; i < o->args.n; i++)
		argv[n++] = o->args.p[i];
	if (o->truth) {
		argv[n++] = "--truth";
		argv[n++] = o->truth;
	}
	if (o->passphrase_file) {
		argv[n++] = "--passphrase-file";
		argv[n++] = o->passphrase_file;
	}
	if (o->incident) {
		argv[n++] = "--incident";
		argv[n++] = o->incident;
	}
	argv[n] = NULL;
	if (app_spawn(o, argv, out, &status, NULL) != CC_OK || status != 0)
		cc_buf_clear(out);
}

/* A run whose evidence is gone is told as text. */
static cc_code open_session(const app_options *o, size_t lane, const cc_run *run, cc_ui_lane *out, cc_err *err)
{
	const cc_record_header *h = cc_run_header(run);
	cc_err why = { 0 };
	*out = (cc_ui_lane){ .name = h->actor_name, .agent = h->agent, .path = o->args.p[lane] };
	return app_open_recorded(o, run, &out->session, &why) == CC_ENOMEM ? cc_err_set(err, CC_ENOMEM, "out of memory") : CC_OK;
}

static cc_code show(const app_options *o, const cc_ui_comparison *what, cc_err *err)
{
	app_screen screen;
	cc_code code = app_screen_open(&screen, o, err);
	if (code == CC_OK)
		code = cc_ui_compare(what, screen.term, &screen.ui, err);
	app_screen_close(&screen);
	return code;
}

static cc_code play(const app_options *o, const cc_run *const *runs, size_t n, cc_err *err)
{
	cc_compare *c = NULL;
	cc_ui_lane lanes[CC_UI_LANES] = { 0 };
	cc_ui_comparison what = { .lanes = lanes, .blind = o->blind };
	cc_buf json = CC_BUF_INIT;
	cc_code code = same_incident(runs, n, o, err);
	if (code == CC_OK)
		code = cc_compare_new(&c, runs, n, err);
	for (size_t i = 0; i < n && code == CC_OK; i++)
		code = open_session(o, i, runs[i], &lanes[i], err);
	if (code == CC_OK)
		ask_scores(o, &json);
	if (json.n && (app_compare_scores(cc_buf_str(&json), false, &what.scores, NULL) != CC_OK ||
		app_compare_scores(cc_buf_str(&json), true, &what.blind_scores, NULL) != CC_OK))
		code = cc_err_set(err, CC_EINTERNAL, "the scores cannot be read");
	what.runs = c;
	if (code == CC_OK)
		code = show(o, &what, err);
	for (size_t i = 0; i < n; i++)
		if (lanes[i].session)
			cc_session_close(lanes[i].session);
	cc_reply_unref(what.scores);
	cc_reply_unref(what.blind_scores);
	cc_compare_free(c);
	cc_buf_deinit(&json);
	return code;
}

static cc_code play_all(const app_options *o, size_t n, cc_err *err)
{
	cc_run *runs[CC_UI_LANES] = { 0 };
	const cc_run *borrowed[CC_UI_LANES];
	cc_code code = CC_OK;
	for (size_t i = 0; i < n && code == CC_OK; i++) {
		code = cc_run_read(&runs[i], o->args.p[i], err);
		borrowed[i] = runs[i];
		if (code == CC_OK && !cc_run_header(runs[i]))
			code = cc_err_set(err, CC_EFORMAT, "%s: the record has no header: nothing says what it is of", o->args.p[i]);
	}
	if (code == CC_OK)
		code = play(o, borrowed, n, err);
	for (size_t i = 0; i < n; i++)
		cc_run_free(runs[i]);
	return code;
}

int app_compare_run(const app_options *o)
{
	cc_err err = { 0 };
	size_t n = o->args.n;
	cc_code code;
	if (n < 2 || n > CC_COMPARE_MAX) {
		cc_err_set(&err, CC_EUSAGE, "compare: two to %d runs", CC_COMPARE_MAX);
		cc_err_hint(&err, "coldcase compare RUN RUN; many runs of many incidents: coldcase league DIR");
		return app_fail(&err);
	}
	if (n <= CC_UI_LANES && !o->json && !o->plain && app_can_draw())
		code = play_all(o, n, &err);
	else
		code = print_tables(o, n, &err);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}
