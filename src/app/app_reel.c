/* app_reel.c - `reel`: runs of one incident one after the other, by themselves. The first is shown from its start, fast up to where
 * they part; the others from there on. After the last the first comes again, until somebody leaves. */
#include "app/app.h"

#include <stdio.h>
#include <unistd.h>

#include "coldcase/compare.h"
#include "coldcase/truth.h"
#include "coldcase/xalloc.h"

typedef struct reel {
	const app_options *o;
	size_t n;
	cc_run **runs;
	size_t part[CC_COMPARE_MAX];     /* steps done there; 0 = they never part */
	app_screen screen;
} reel;

static cc_code read_runs(reel *r, cc_err *err)
{
	const cc_record_header *first = NULL;
	for (size_t i = 0; i < r->n; i++) {
		cc_code code = cc_run_read(&r->runs[i], r->o->args.p[i], err);
		const cc_record_header *h = code == CC_OK ? cc_run_header(r->runs[i]) : NULL;
		if (code != CC_OK)
			return code;
		if (!h)
			return cc_err_set(err, CC_EFORMAT, "%s: the record has no header: nothing says what it is of", r->o->args.p[i]);
		first = first ? first : h;
		if (!cc_truth_same_scenario(first->scenario, h->scenario))
			return cc_err_set(err, CC_EUSAGE, "reel: %s is of another incident than %s", r->o->args.p[i], r->o->args.p[0]);
	}
	return CC_OK;
}

static cc_code find_parting(reel *r, cc_err *err)
{
	cc_compare *c = NULL;
	uint64_t step[CC_COMPARE_MAX] = { 0 };
	bool by_focus;
	cc_code code = cc_compare_new(&c, (const cc_run *const *)r->runs, r->n, err);
	if (code == CC_OK && cc_compare_diverged(c, step, &by_focus))
		for (size_t i = 0; i < r->n; i++)
			r->part[i] = step[i];
	cc_compare_free(c);
	return code;
}

static void put_name(const reel *r, size_t i, cc_buf *out)
{
	cc_buf_addf(out, "%c", (int)('A' + i));
	if (!r->o->blind)
		cc_buf_addf(out, " %.*s", CC_STR_ARG(cc_run_header(r->runs[i])->actor_name));
}

/* --- on the screen --- */

static cc_code show_run(reel *r, size_t i, size_t from, int *cut, cc_err *err)
{
	cc_session *s = NULL;
	cc_playback *p = NULL;
	cc_buf name = CC_BUF_INIT;
	put_name(r, i, &name);
	cc_ui_reel part = { .name = cc_buf_str(&name), .part = r->part[i] };
	cc_ui_replay_how how = { .reel = &part };
	cc_code code = app_open_recorded(r->o, r->runs[i], &s, err);
	if (code == CC_OK)
		code = cc_playback_new(&p, s, r->runs[i], r->o->args.p[i], err);
	if (code == CC_OK) {
		cc_playback_go(p, from);
		code = cc_ui_replay(p, r->screen.term, &r->screen.ui, &how, err);
	}
	*cut = part.cut;
	cc_playback_free(p);
	if (s)
		cc_session_close(s);
	cc_buf_deinit(&name);
	return code;
}

/* A run that is cut to begins with the last look they shared. */
static cc_code show_all(reel *r, cc_err *err)
{
	int cut = 1;
	size_t i = 0, from = 0;
	cc_code code = app_screen_open(&r->screen, r->o, err);
	while (code == CC_OK && cut) {
		code = show_run(r, i, from, &cut, err);
		i = (i + r->n + (size_t)(cut + (int)r->n)) % r->n;
		from = r->part[i] ? r->part[i] - 1 : 0;
	}
	app_screen_close(&r->screen);
	return code;
}

/* --- as a list --- */

static cc_code list_runs(const reel *r, cc_reply *reply, cc_err *err)
{
	static const cc_column COLUMNS[] = { { "run", "Run", CC_CELL_TEXT, CC_ROLE_HEADING, 0, 0 }, { "steps", "Steps", CC_CELL_INT, CC_ROLE_TEXT, 6, 0 },
		{ "part", "Parts at", CC_CELL_INT, CC_ROLE_TIME, 8, 0 }, { "line", "There", CC_CELL_TEXT, CC_ROLE_OP, 0, 0 } };
	cc_reply_set_title(reply, "REEL of %zu runs", r->n);
	cc_reply_begin_table(reply, "runs", NULL, COLUMNS, sizeof COLUMNS / sizeof *COLUMNS, false);
	for (size_t i = 0; i < r->n && cc_reply_row(reply); i++) {
		size_t steps = cc_run_step_count(r->runs[i]), at = r->part[i];
		cc_buf name = CC_BUF_INIT;
		put_name(r, i, &name);
		cc_reply_cell(reply, cc_cell_text(cc_buf_str(&name)));
		cc_reply_cell(reply, cc_cell_int((int64_t)steps));
		cc_reply_cell(reply, at ? cc_cell_int((int64_t)at) : cc_cell_none());
		cc_reply_cell(reply, at && at <= steps ? cc_cell_text(cc_run_step(r->runs[i], at - 1)->as.step->line) : cc_cell_none());
		cc_buf_deinit(&name);
	}
	return cc_reply_publish(reply, NULL, err);
}

static cc_code print(const reel *r, cc_err *err)
{
	cc_reply *reply = cc_reply_new("reel");
	cc_code code = reply ? list_runs(r, reply, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		app_print_reply(r->o, reply);
	cc_reply_unref(reply);
	return code;
}

int app_reel(const app_options *o)
{
	reel r = { .o = o, .n = o->args.n };
	cc_err err = { 0 };
	cc_code code = CC_OK;
	if (r.n < 2 || r.n > CC_COMPARE_MAX) {
		cc_err_set(&err, CC_EUSAGE, "reel: two to %d runs of one incident", CC_COMPARE_MAX);
		cc_err_hint(&err, "coldcase reel RUN RUN");
		return app_fail(&err);
	}
	r.runs = cc_calloc(r.n, sizeof *r.runs);
	code = r.runs ? read_runs(&r, &err) : cc_err_set(&err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = find_parting(&r, &err);
	if (code == CC_OK)
		code = !o->json && !o->plain && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? show_all(&r, &err) : print(&r, &err);
	for (size_t i = 0; r.runs && i < r.n; i++)
		cc_run_free(r.runs[i]);
	cc_free(r.runs);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}
