/* app_resume.c - `resume`: goes on with a run that was left, or whose program was killed.
 *
 * It is the same run, under its own terms: budget, assistance and clock are the record's. How long nobody played is told by the
 * review, the score and the league. A class's seats go on by `class join`, over the same session. */
#include "app/app.h"
#include "app/lead.h"

#include <stdio.h>
#include <string.h>

#include "coldcase/record.h"
#include "coldcase/utf8.h"

/* One run, one player: another person takes over, which is a run of its own. */
static cc_code check_player(const app_options *o, const cc_run *run, cc_err *err)
{
	const cc_record_header *h = cc_run_header(run);
	const char *name = app_actor_name(o);
	if (!h || !h->actor_name.n || !name || cc_str_eqz(h->actor_name, name))
		return CC_OK;
	cc_err_set(err, CC_ESTATE, "this run is played by %.*s, not by %s", CC_STR_ARG(h->actor_name), name);
	return cc_err_hint(err, "--name says who you are; in `coldcase replay`, T takes over as a run of your own");
}

static cc_code find(const app_options *o, cc_buf *dir, cc_err *err)
{
	cc_run *run = NULL;
	if (o->args.n != 1) {
		cc_err_set(err, CC_EUSAGE, "resume: %s", o->args.n ? "one run at a time" : "which run?");
		return cc_err_hint(err, "coldcase resume last; SCENARIO or SCENARIO/N; the folder of a run");
	}
	cc_code code = cc_run_read(&run, o->args.p[0], err);
	if (code == CC_OK)
		code = check_player(o, run, err);
	if (code == CC_OK)
		code = app_evidence_of(o, run, dir, err);
	cc_run_free(run);
	return code;
}

static cc_code open_session(const app_options *o, const char *dir, const app_sealing *sealing, cc_session **out, cc_err *err)
{
	app_progress progress = app_progress_begin();
	cc_session_options so = { .dir = dir, .no_cache = o->no_cache, .pause_at_start = true, .actor_name = app_actor_name(o),
		.coach = app_ask_coach, .coach_arg = (void *)(uintptr_t)sealing, .attend = app_lead_attend, .attend_arg = sealing->o->lead,
		.progress = app_progress_show, .progress_arg = &progress, .resume = o->args.p[0] };
	cc_code code = cc_session_open(out, &so, err);
	app_progress_end(&progress);
	return code;
}

static void remark(cc_session *s, const char *dir, cc_buf *out)
{
	cc_run *run = NULL;
	cc_budget b = cc_case_budget(cc_session_case(s));
	cc_buf_addz(out, "gone on with");
	if (cc_run_read(&run, dir, NULL) == CC_OK) {
		cc_run_breaks breaks = cc_run_breaks_of(run);
		cc_buf_addf(out, " after %zu steps, left %zu time%s, ", cc_run_step_count(run), breaks.count, breaks.count == 1 ? "" : "s");
		cc_duration_format(out, breaks.away_ns);
		cc_buf_addz(out, " in all");
	}
	cc_buf_addf(out, "; %lld queries asked", (long long)b.used);
	cc_run_free(run);
}

int app_resume(const app_options *asked)
{
	app_options led = *asked, *o = &led;
	app_sealing sealing = { o, NULL };
	cc_session *s = NULL;
	cc_buf dir = CC_BUF_INIT, said = CC_BUF_INIT;
	cc_err err = { 0 };
	int status = 0;
	cc_code code = find(o, &dir, &err);
	sealing.dir = dir.p;
	o->lead = app_lead_new();
	if (code == CC_OK)
		code = open_session(o, dir.p, &sealing, &s, &err);
	if (code == CC_OK) {
		remark(s, o->args.p[0], &said);
		status = app_play_on(o, s, cc_buf_ok(&said) ? said.p : "gone on with");
	}
	app_lead_free(o->lead);
	cc_buf_deinit(&dir);
	cc_buf_deinit(&said);
	return code == CC_OK ? status : app_fail(&err);
}
