/* app_class_debrief.c - `class debrief`: one page to talk over when a class is over, from the records and the review of each. */
#include <stdio.h>
#include <string.h>

#include "app/class_debrief.h"
#include "app/export.h"

static void close_lane(app_lane *l)
{
	if (l->scored)
		app_review_deinit(&l->review);
	app_scoring_deinit(&l->scoring);
	*l = (app_lane){ 0 };
}

static void deinit(app_class_runs *r)
{
	cc_compare_free(r->c);
	for (size_t i = 0; i < r->count; i++)
		close_lane(&r->lanes[i]);
	app_room_deinit(&r->room);
}

/* The page goes on without it, and says so. */
static cc_code leave_out(app_class_runs *r, const cc_class_seat *seat, const char *why, cc_err *err)
{
	app_unscored *u = &r->unscored[r->unscored_count];
	*u = (app_unscored){ seat, cc_arena_dup(r->room.arena, cc_str_from(why)) };
	if (!u->why.p)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	r->unscored_count++;
	return CC_OK;
}

/* A run without an answer is reviewed, too: it saw something, or it did not. */
static cc_code review(app_class_runs *r, app_lane *l, bool submitted, app_kept *kept, cc_err *why)
{
	cc_code code = app_scoring_open(&l->scoring, &r->how, l->path, kept, why);
	l->run = l->scoring.run;
	l->answer = l->scoring.answer;
	if (code == CC_OK && !(l->run && cc_run_header(l->run)))
		code = cc_err_set(why, CC_EFORMAT, "there is an answer, and no record of how it was found");
	if (code == CC_OK && submitted && l->answer->status == CC_ANSWER_MISSING)
		code = cc_err_set(why, CC_EUNSCORABLE, "an answer was submitted, and has not come here");
	if (code == CC_OK && l->scoring.score->status == CC_SCORE_UNSCORABLE)
		code = cc_err_set(why, CC_EUNSCORABLE, "the ground truth names no cause");
	if (code == CC_OK) {
		l->scored = true;
		code = app_review_make(&l->review, &l->scoring, why);
	}
	return code;
}

/* One seat that cannot be scored - an answer still coming, a record of another truth - is no reason to tell the others nothing. */
static cc_code open_lane(app_class_runs *r, app_kept *kept, const cc_class_seat *seat, cc_err *err)
{
	app_lane *l = &r->lanes[r->count];
	app_seat_progress *p = &r->progress[r->count];
	cc_err why = { 0 };
	cc_code code = app_seat_progress_read(p, r->room.arena, seat, &r->room.terms, err);
	if (code == CC_OK && p->strange)
		return leave_out(r, seat, "there are no plain files where its record should be", err);
	if (code != CC_OK || !p->run_dir.n)
		return code;
	l->path = p->run_dir.p;
	code = review(r, l, p->submitted, kept, &why);
	if (code == CC_OK) {
		r->seats[r->count++] = seat;
		return CC_OK;
	}
	bool nothing = l->run && !cc_run_line_count(l->run) && !l->answer;      /* it sat down, and that is all */
	close_lane(l);
	if (code == CC_ENOMEM)
		return cc_err_set(err, code, "out of memory");
	return nothing ? CC_OK : leave_out(r, seat, why.message, err);
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
		if (r->count + r->unscored_count == CC_COMPARE_MAX)
			r->left_out++;
		else
			code = open_lane(r, &t->kept, &r->room.seats.p[i], err);
	}
	if (code == CC_OK && !r->count)
		code = r->unscored_count ? cc_err_set(err, CC_EUNSCORABLE, "no run can be scored; the first: %.*s", CC_STR_ARG(r->unscored[0].why)) :
			cc_err_set(err, CC_ENOTFOUND, "nobody played");
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
