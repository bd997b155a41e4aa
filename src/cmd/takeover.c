/* takeover.c - a live session that goes on where a record stood: everything is asked again, so that the new record stands on its
 * own, and each answer is held against the one of then. */
#include "coldcase/playback.h"

#include "cmd/look.h"
#include "coldcase/json.h"
#include "coldcase/rerun.h"
#include "coldcase/sha256.h"

/* The new record says whose first steps it begins with. The clock of the parent went on to active_ns; the new one's own counts
 * from 0. */
static cc_code name_parent(cc_session *s, const cc_run *run, const cc_takeover *t, bool revealed, cc_err *err)
{
	const cc_record_header *h = cc_run_header(run);
	cc_buf json = CC_BUF_INIT;
	cc_jw w;

	cc_jw_init(&w, &json, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "trajectory_sha256");
	cc_jw_str(&w, cc_run_sha256(run));
	cc_jw_put_str(&w, "scenario", h ? h->scenario : CC_STR_EMPTY);
	cc_jw_put_int(&w, "trial", h ? h->trial : 0);
	cc_jw_put_int(&w, "steps", (int64_t)t->steps);
	cc_jw_put_int(&w, "active_ns", t->steps ? cc_run_step(run, t->steps - 1)->as.step->active_ns : 0);
	cc_jw_put_bool(&w, "revealed", revealed);
	cc_jw_end_object(&w);
	if (!cc_buf_ok(&json)) {
		cc_buf_deinit(&json);
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	cc_session_event(s, "parent", cc_buf_str(&json));
	cc_buf_deinit(&json);
	return CC_OK;
}

static bool submits(const cc_record_step *step)
{
	for (size_t i = 0; i < step->action_count; i++)
		if (step->actions[i].kind == CC_ACT_SUBMIT)
			return true;
	return false;
}

/* What a shell ran is no line of ours. A line that did not parse then is one: it fails again, and the record says so. */
static bool can_be_asked(const cc_record_step *step)
{
	const cc_cmd *cmd;

	if (!step->command.n)
		return step->code != CC_OK;
	return cc_cmd_find(step->command, &cmd, NULL) == CC_OK && cc_str_eqz(step->command, cmd->name) && !cc_str_eqz(step->command, "quit");
}

static bool same_answer(const cc_record_step *then, const cc_reply *now)
{
	cc_buf canonical = CC_BUF_INIT;
	char digest[65] = "";

	cc_reply_write_canonical(now, &canonical);
	cc_sha256_of(cc_buf_str(&canonical), digest);
	cc_buf_deinit(&canonical);
	return cc_str_eqz(then->shown.digest, digest);
}

static void compare(cc_takeover *t, const cc_record_step *then, cc_code code, const cc_reply *now)
{
	bool failed = code != CC_OK && then->code == CC_OK;
	bool differs = code == CC_OK && (then->code != CC_OK || (!then->loading && !cc_rerun_is_exempt(then) && !same_answer(then, now)));

	t->failed += failed;
	t->differing += differs;
	if ((failed || differs) && !t->first)
		t->first = then->number;
}

static cc_code ask_again(cc_session *s, const cc_record_step *step, const cc_takeover_options *opt, cc_takeover *t, cc_err *err)
{
	cc_reply *reply = NULL;
	cc_code code;

	if (!can_be_asked(step))
		return CC_OK;
	if (step->answered && !step->query)     /* what was for nothing then is so now */
		cc_session_owe(s, step->line);
	cc_session_look_again(s, step->stopped ? step->looked : UINT64_MAX);
	code = cc_session_run(s, step->line, opt->cancel, &reply, err);
	if (code == CC_ENOMEM || code == CC_ECANCELED)
		return code;
	cc_err_clear(err);
	t->again++;
	compare(t, step, code, reply);
	cc_reply_unref(reply);
	return CC_OK;
}

cc_code cc_take_over(cc_session *s, const cc_run *run, size_t steps, const cc_takeover_options *opt, cc_takeover *out, cc_err *err)
{
	enum { KEPT_LINES = 256 };
	size_t known = cc_run_step_count(run), n = steps < known ? steps : known, i = 0;
	cc_err own;
	cc_code code;

	*out = (cc_takeover){ 0 };
	if (cc_case_started(cc_session_case(s)))
		return cc_err_set(err, CC_ESTATE, "the session has begun already");
	if (cc_run_header(run) && cc_run_header(run)->live.speed)       /* what came later would be known */
		return cc_err_set(err, CC_ESTATE, "a live drill goes over the capture once, and cannot be taken over");
	for (; i < n && !submits(cc_run_step(run, i)->as.step); i++)
		cc_run_trim(run, KEPT_LINES);
	out->steps = i;
	out->before_submit = i < n;
	code = name_parent(s, run, out, opt->revealed, err);
	for (i = 0; i < out->steps && code == CC_OK; i++) {
		if (opt->progress)
			opt->progress(opt->progress_arg, i, out->steps);
		code = cc_canceled(opt->cancel) ? cc_err_set(err, CC_ECANCELED, "taking over was canceled") :
			ask_again(s, cc_run_step(run, i)->as.step, opt, out, err ? err : &own);
		cc_run_trim(run, KEPT_LINES);
	}
	return code;
}

void cc_takeover_say(const cc_takeover *t, cc_buf *out)
{
	cc_buf_addf(out, "taken over after step %zu", t->steps);
	if (t->before_submit)
		cc_buf_addz(out, ", before the answer was submitted");
	if (t->failed || t->differing)
		cc_buf_addf(out, "; of %zu steps asked again %zu failed and %zu %s answered otherwise, the first of them step %llu", t->again,
			t->failed, t->differing, t->differing == 1 ? "was" : "were", (unsigned long long)t->first);
	else if (t->again)
		cc_buf_addf(out, "; all %zu steps asked again are answered as then", t->again);
}
