/* app_review.c - `review`: a finished run looked at with the truth in hand. */
#include "app/review.h"

#include <stdio.h>
#include <unistd.h>

#include "coldcase/record.h"

static cc_code print(const app_options *o, const app_review *v, cc_err *err)
{
	cc_reply *reply;
	cc_buf b = CC_BUF_INIT;
	cc_code code = app_review_reply(v, &reply, err);
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

/* Before the end a review would be the answer. */
static cc_code check_over(const app_scoring *s, bool reveal, cc_err *err)
{
	if (reveal || !s->run || (s->answer && s->answer->status != CC_ANSWER_MISSING))
		return CC_OK;
	cc_err_set(err, CC_ESTATE, "%s: nothing was submitted, and a review tells the causes", s->path);
	return cc_err_hint(err, "--reveal reviews it all the same");
}

/* On a terminal it is the panes of the run. An answer without a record has none. */
static bool on_screen(const app_options *o)
{
	cc_run *run = NULL;
	bool panes = !o->json && !o->plain && app_can_draw() && cc_run_read(&run, o->args.p[0], NULL) == CC_OK;
	cc_run_free(run);
	return panes;
}

int app_review_run(const app_options *o)
{
	app_kept kept = { 0 };
	app_scoring s = { 0 };
	app_review v = { 0 };
	cc_err err = { 0 };
	if (o->args.n != 1) {
		cc_err_set(&err, CC_EUSAGE, "review: %s", o->args.n ? "one run at a time" : "which run?");
		cc_err_hint(&err, "coldcase review RUN-FOLDER");
		return app_fail(&err);
	}
	if (on_screen(o))
		return app_review_panes(o, o->args.p[0]);
	cc_code code = app_scoring_open(&s, o, o->args.p[0], &kept, &err);
	if (code == CC_OK)
		code = check_over(&s, o->reveal, &err);
	if (code == CC_OK && s.score->status == CC_SCORE_UNSCORABLE)
		code = cc_err_set(&err, CC_EUNSCORABLE, "the ground truth names no cause");
	if (code == CC_OK) {
		app_scoring_warn(&s);
		code = app_review_make(&v, &s, &err);
	}
	if (code == CC_OK)
		code = print(o, &v, &err);
	app_review_deinit(&v);
	app_scoring_deinit(&s);
	app_kept_deinit(&kept);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}
