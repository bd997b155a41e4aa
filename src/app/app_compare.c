/* app_compare.c - `compare`: two or more runs of one incident. Scores stand in it only for runs that are over; --blind withholds
 * who played, so that a class can guess before it is told. */
#include "app/compare.h"

#include <stdio.h>
#include "coldcase/xalloc.h"

/* Without a truth, or before the answer, a run is shown without a score. */
static cc_code open_lane(app_lane *l, const app_options *o, app_kept *kept, cc_err *err)
{
	cc_err why = { 0 };
	cc_code code = app_scoring_open(&l->scoring, o, l->path, kept, &why);
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

static cc_code same_incident(const app_lane *lanes, size_t n, cc_err *err)
{
	const cc_record_header *first = cc_run_header(lanes[0].run);
	for (size_t i = 1; i < n; i++) {
		const cc_record_header *h = cc_run_header(lanes[i].run);
		if (!first || !h || !cc_truth_same_scenario(first->scenario, h->scenario))
			return cc_err_set(err, CC_EUSAGE, "compare: %s is of another incident than %s", lanes[i].path, lanes[0].path);
	}
	return CC_OK;
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
	app_compare c = { 0 };
	cc_code code = CC_OK;
	for (size_t i = 0; i < n && code == CC_OK; i++) {
		lanes[i].path = o->args.p[i];
		code = open_lane(&lanes[i], o, kept, err);
	}
	if (code == CC_OK)
		code = same_incident(lanes, n, err);
	if (code == CC_OK)
		code = app_compare_make(&c, lanes, n, err);
	c.blind = o->blind;
	if (code == CC_OK)
		code = print(o, &c, err);
	app_compare_deinit(&c);
	return code;
}

int app_compare_run(const app_options *o)
{
	app_kept kept = { 0 };
	cc_err err = { 0 };
	size_t n = o->args.n;
	app_lane *lanes = cc_calloc(n + 1, sizeof *lanes);
	cc_code code = lanes ? CC_OK : cc_err_set(&err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && (n < 2 || n > APP_COMPARE_MAX)) {
		code = cc_err_set(&err, CC_EUSAGE, "compare: two to %d runs", APP_COMPARE_MAX);
		cc_err_hint(&err, "coldcase compare RUN RUN; many runs of many incidents: coldcase league DIR");
	}
	if (code == CC_OK)
		code = compare(o, lanes, n, &kept, &err);
	for (size_t i = 0; lanes && i < n; i++) {
		if (lanes[i].scored)
			app_review_deinit(&lanes[i].review);
		if (lanes[i].path)
			app_scoring_deinit(&lanes[i].scoring);
	}
	cc_free(lanes);
	app_kept_deinit(&kept);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}
