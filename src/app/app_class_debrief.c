/* app_class_debrief.c - `class debrief`: one page to talk over when a class is over, from the records and the review of each. */
#include <stdio.h>
#include <string.h>

#include "app/class_debrief.h"
#include "app/export.h"

static void deinit(app_class_runs *r)
{
	cc_compare_free(r->c);
	for (size_t i = 0; i < r->count; i++) {
		if (r->lanes[i].scored)
			app_review_deinit(&r->lanes[i].review);
		app_scoring_deinit(&r->lanes[i].scoring);
	}
	app_room_deinit(&r->room);
}

/* A run without an answer is reviewed, too: it saw something, or it did not. */
static cc_code open_lane(app_class_runs *r, app_kept *kept, const cc_class_seat *seat, cc_err *err)
{
	app_lane *l = &r->lanes[r->count];
	cc_err why = { 0 };
	cc_code code = app_seat_progress_read(&r->progress[r->count], r->room.arena, seat, &r->room.terms, err);
	if (code != CC_OK || !r->progress[r->count].run_dir.n)
		return code;
	l->path = r->progress[r->count].run_dir.p;
	r->seats[r->count] = seat;
	code = app_scoring_open(&l->scoring, &r->how, l->path, kept, &why);
	l->run = l->scoring.run;
	l->answer = l->scoring.answer;
	r->count++;
	if (!l->run || !cc_run_header(l->run)) {        /* nothing was recorded yet */
		app_scoring_deinit(&l->scoring);
		r->count--;
		return why.code == CC_ENOMEM ? cc_err_set(err, CC_ENOMEM, "out of memory") : CC_OK;
	}
	if (code != CC_OK)
		return cc_err_set(err, why.code, "%s", why.message);
	if (l->scoring.score->status == CC_SCORE_UNSCORABLE)
		return cc_err_set(err, CC_EUNSCORABLE, "the ground truth names no cause");
	code = app_review_make(&l->review, &l->scoring, err);
	l->scored = true;
	r->scored += code == CC_OK;
	return code;
}

static cc_code compare(app_class_runs *r, cc_err *err)
{
	const cc_run *runs[CC_COMPARE_MAX];
	for (size_t i = 0; i < r->count; i++)
		runs[i] = r->lanes[i].run;
	return r->count >= 2 ? cc_compare_new(&r->c, runs, r->count, err) : CC_OK;
}

static cc_code check(const app_class_runs *r, cc_err *err)
{
	if (r->room.state.revealed || (!r->room.terms.hold && r->room.state.ended))
		return CC_OK;
	cc_err_set(err, CC_ESTATE, "a debrief tells the causes: there is one after the reveal");
	return cc_err_hint(err, "coldcase class host DIR -c reveal"), CC_ESTATE;
}

static cc_code format(const app_options *o, bool *html, unsigned *redact, cc_err *err)
{
	const char *to = o->to ? o->to : "md";
	*html = strcmp(to, "html") == 0;
	if (!*html && strcmp(to, "md") != 0)
		return cc_err_set(err, CC_EUSAGE, "class debrief: --to takes md or html, not '%s'", to);
	return app_read_redact("class debrief", o->redact, redact, err);
}

static cc_code gather(app_class_runs *r, const app_options *o, app_class_truth *t, cc_err *err)
{
	cc_code code = app_room_read(&r->room, o->args.p[1], err);
	if (code == CC_OK)
		code = check(r, err);
	if (code == CC_OK)
		code = app_class_truth_find(t, o, &r->room.terms, err);
	r->how = app_class_scoring_options(o, t);
	for (size_t i = 0; i < r->room.seats.n && code == CC_OK; i++) {
		if (r->count == CC_COMPARE_MAX)
			r->left_out++;
		else
			code = open_lane(r, &t->kept, &r->room.seats.p[i], err);
	}
	if (code == CC_OK && !r->count)
		code = cc_err_set(err, CC_ENOTFOUND, "nobody played");
	return code == CC_OK ? compare(r, err) : code;
}

int app_class_debrief(const app_options *o)
{
	static app_class_runs r;        /* too large for the stack; there is one a process */
	app_class_truth truth = { .incident = CC_BUF_INIT, .truth = CC_BUF_INIT };
	cc_buf out = CC_BUF_INIT;
	app_page page = { .out = &out };
	cc_err err = { 0 };
	cc_code code = format(o, &page.html, &page.redact, &err);
	if (code == CC_OK)
		code = gather(&r, o, &truth, &err);
	if (code == CC_OK)
		app_class_debrief_write(&page, &r);
	if (code == CC_OK && !cc_buf_ok(&out))
		code = cc_err_set(&err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		fwrite(out.p ? out.p : "", 1, out.n, stdout);
	deinit(&r);
	app_class_truth_deinit(&truth);
	cc_buf_deinit(&out);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}
