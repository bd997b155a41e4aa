/* session_resume.c - goes on with a run that was left, or whose program was killed: the case is rebuilt from the record and the record
 * is appended to.
 *
 * What was paid for stays paid and what was shown stays shown. The clock goes on from where it was left, of a killed program from the
 * last step: what passed between that and its end is not known. How long nobody played stands in the record. */
#include "cmd/session_priv.h"

#include "coldcase/rerun.h"

static cc_code check_run(const cc_session *s, const cc_run *run, const char *dir, bool leased, cc_err *err)
{
	cc_buf what = CC_BUF_INIT;
	cc_code code = CC_OK;

	if (!cc_run_header(run))
		return cc_err_set(err, CC_EFORMAT, "%s: the record has no header: nothing says what it is of", dir);
	if (cc_run_is_over(run) || (leased && cc_run_health_get(run).ended)) {   /* who leaves a seat has left the class */
		cc_err_set(err, CC_ESTATE, "%s: that run is over, and cannot go on", dir);
		return cc_err_hint(err, "coldcase replay shows it"), CC_ESTATE;
	}
	if (!leased && (cc_run_header(run)->agent || cc_run_header(run)->origin.n))
		return cc_err_set(err, CC_ESTATE, "%s: only a person's run can be gone on with, and what a model had in mind is gone", dir);
	if (cc_run_header(run)->live.speed)
		return cc_err_set(err, CC_ESTATE, "%s: a live drill goes over the capture once, and cannot go on", dir);
	if (cc_rerun_evidence_differs(run, s->snapshot, &what))
		code = cc_err_set(err, CC_EUNKNOWN, "%s: the record is of other evidence: %.*s", dir, CC_STR_ARG(cc_buf_str(&what)));
	cc_buf_deinit(&what);
	return code;
}

/* A question was asked under the view of then. Its answer was on the screen, and is owed: being shown it again costs nothing. */
static void owe_again(cc_session *s, const cc_record_step *step, const cc_case *then)
{
	cc_case *now = s->kase;

	s->kase = (cc_case *)(uintptr_t)then;   /* it is only looked at */
	cc_session_owe(s, step->line);
	s->kase = now;
}

static cc_code remember(cc_session *s, const cc_run *run, cc_err *err)
{
	enum { KEPT_LINES = 256 };
	cc_replayer *at = NULL;
	const cc_case *then;
	cc_code code = cc_replayer_new(&at, run, s->snapshot, err);

	for (size_t i = 0; i < cc_run_step_count(run) && code == CC_OK; i++) {
		const cc_record_step *step = cc_run_step(run, i)->as.step;

		for (size_t k = 0; k < step->shown.cite_count && code == CC_OK; k++)
			if (!cc_session_mark_seen(s, step->shown.cites[k]))
				code = cc_err_set(err, CC_ENOMEM, "out of memory");
		if (code == CC_OK && step->query)
			code = cc_replayer_at(at, i, &then, err);
		if (code == CC_OK && step->query)
			owe_again(s, step, then);
		cc_run_trim(run, KEPT_LINES);
	}
	cc_replayer_free(at);
	return code;
}

static void say_resumed(cc_session *s, size_t steps, int64_t gap_ns)
{
	cc_buf json = CC_BUF_INIT;

	cc_buf_addf(&json, "{\"steps\":%zu,\"gap_ns\":%lld}", steps, (long long)gap_ns);
	if (cc_buf_ok(&json))
		cc_session_event(s, "resumed", cc_buf_str(&json));
	cc_buf_deinit(&json);
}

/* The clock where it was left; a killed program's is known up to its last step. */
static int64_t left_at(const cc_run *run, const cc_case *kase)
{
	size_t n = cc_run_line_count(run);
	int64_t active_ns = cc_case_active_ns(kase);
	const cc_record_end *end = n && cc_run_line_type(run, n - 1) == CC_LINE_END ? cc_run_line(run, n - 1)->as.end : NULL;

	return end && end->active_ns > active_ns ? end->active_ns : active_ns;
}

static cc_code take(cc_session *s, const cc_run *run, const char *dir, bool leased, cc_err *err)
{
	const cc_record_header *h = cc_run_header(run);
	cc_case *kase = NULL;
	int64_t gap_ns;
	cc_code code = cc_run_replay(run, s->snapshot, SIZE_MAX, &kase, err);

	if (code == CC_OK && cc_case_submitted(kase)) {
		cc_case_free(kase);
		return cc_err_set(err, CC_ESTATE, "%s: its answer was submitted, and it cannot go on", dir);
	}
	if (code != CC_OK)
		return code;
	cc_case_go_on(kase, left_at(run, kase));
	cc_case_free(s->kase);
	s->kase = kase;
	(void)cc_assist_level_parse(h->assistance, &s->assist);
	s->onset = cc_session_find_onset(s, s->snapshot);
	s->known_only = h->known_only;
	cc_session_note_alarm(s);
	cc_buf_addz(&s->run_dir, dir);
	code = remember(s, run, err);
	if (code == CC_OK)
		code = cc_record_append(&s->record, dir, run, leased, s->snapshot, &gap_ns, err);
	if (code != CC_OK)
		return code;
	s->sealed = h->truth_seal.n > 0;
	cc_session_note_unlocked(s);
	say_resumed(s, cc_run_step_count(run), gap_ns);
	if (!cc_run_snapshot_sha256(run).n)
		cc_session_digest_start(s);
	return CC_OK;
}

cc_code cc_session_resume(cc_session *s, const char *dir, bool leased, cc_err *err)
{
	cc_run *run = NULL;
	cc_code code = cc_run_read(&run, dir, err);

	if (code == CC_OK)
		code = check_run(s, run, dir, leased, err);
	if (code == CC_OK)
		code = take(s, run, dir, leased, err);
	cc_run_free(run);
	return code;
}
