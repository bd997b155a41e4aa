/* playback.c - the session seated at the steps of a record; see playback.h.
 *
 * Nothing is kept of a step but its number, so that forward, backward and jumping are one thing. */
#include "cmd/playback_priv.h"

#include <string.h>

#include "coldcase/export.h"
#include "coldcase/rerun.h"
#include "coldcase/xalloc.h"

enum { KEPT_LINES = 4096 };

/* --- making one --- */

static cc_code load_markers(cc_playback *p, const char *path, cc_err *err)
{
	cc_err inner = { 0 };
	size_t left_out = 0;
	cc_code code = cc_markers_new(&p->markers, p->run, err);

	if (code != CC_OK || !path)
		return code;
	cc_buf_addz(&p->path, path);
	code = cc_markers_load(p->markers, path, &left_out, &inner);
	if (code == CC_ENOMEM || !cc_buf_ok(&p->path))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code != CC_OK)
		cc_buf_addf(&p->remark, "%s%s", p->remark.n ? "; " : "", inner.message);
	else if (left_out)
		cc_buf_addf(&p->remark, "%s%zu marker%s of the file beside the record %s no step", p->remark.n ? "; " : "", left_out,
			left_out == 1 ? "" : "s", left_out == 1 ? "has" : "have");
	return CC_OK;
}

static void look_at_evidence(cc_playback *p)
{
	const cc_snapshot *s = cc_session_snapshot(p->session);
	const cc_record_header *h = cc_run_header(p->run);
	cc_buf which = CC_BUF_INIT;

	p->bare = cc_snapshot_file_count(s) == 0 && h && h->file_count;
	p->differing = p->bare ? 0 : cc_rerun_evidence_differs(p->run, s, &which);
	cc_buf_deinit(&which);
	if (p->bare)
		cc_buf_addz(&p->remark, "the evidence is not there: shown is what the record holds of each step");
	else if (p->differing)
		cc_buf_addf(&p->remark, "the evidence is not what the record was made on: %zu file%s differ%s", p->differing,
			p->differing == 1 ? "" : "s", p->differing == 1 ? "s" : "");
}

cc_code cc_playback_new(cc_playback **out, cc_session *s, const cc_run *run, const char *path, cc_err *err)
{
	cc_playback *p = *out = cc_calloc(1, sizeof *p);
	cc_code code;

	if (!p)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	p->session = s;
	p->run = run;
	p->count = cc_run_step_count(run);
	look_at_evidence(p);
	code = load_markers(p, path, err);
	if (code == CC_OK)
		code = cc_replayer_new(&p->replayer, run, cc_session_snapshot(s), err);
	if (code == CC_OK)
		code = cc_playback_seat(p, 0, err);
	if (code != CC_OK) {
		cc_playback_free(p);
		*out = NULL;
	}
	return code;
}

void cc_playback_free(cc_playback *p)
{
	if (!p)
		return;
	cc_replayer_free(p->replayer);
	cc_markers_free(p->markers);
	cc_buf_deinit(&p->path);
	cc_buf_deinit(&p->remark);
	cc_free(p);
}

/* --- what it is --- */

cc_session *cc_playback_session(const cc_playback *p)
{
	return p->session;
}

const cc_run *cc_playback_run(const cc_playback *p)
{
	return p->run;
}

cc_markers *cc_playback_markers(const cc_playback *p)
{
	return p->markers;
}

size_t cc_playback_at(const cc_playback *p)
{
	return p->at;
}

size_t cc_playback_count(const cc_playback *p)
{
	return p->count;
}

bool cc_playback_bare(const cc_playback *p)
{
	return p->bare;
}

size_t cc_playback_differing(const cc_playback *p)
{
	return p->differing;
}

cc_str cc_playback_remark(const cc_playback *p)
{
	return cc_buf_str(&p->remark);
}

void cc_playback_redact(cc_playback *p, unsigned redact)
{
	p->redact = redact;
}

/* --- going --- */

void cc_playback_look(cc_playback *p, size_t step)
{
	if (cc_session_live(p->session).drill.speed)
		cc_session_set_now(p->session, step ? cc_run_step(p->run, step - 1)->as.step->now_ns : 0);
}

cc_code cc_playback_seat(cc_playback *p, size_t step, cc_err *err)
{
	cc_case *c;
	cc_code code = cc_replayer_copy(p->replayer, step, &c, err);

	if (code == CC_OK && p->redact & CC_REDACT_NOTES)
		cc_case_hide_notes(c, CC_EXPORT_HIDDEN);
	if (code == CC_OK) {
		cc_session_seat(p->session, c);
		cc_playback_look(p, step);
		p->stale = false;
	}
	cc_run_trim(p->run, KEPT_LINES);
	return code;
}

void cc_playback_go(cc_playback *p, size_t step)
{
	p->at = step < p->count ? step : p->count;
	p->stale = true;
}

cc_code cc_playback_settle(cc_playback *p, cc_err *err)
{
	return p->stale ? cc_playback_seat(p, p->at, err) : CC_OK;
}

bool cc_playback_prepare(cc_playback *p, int64_t for_ns)
{
	return cc_replayer_prepare(p->replayer, for_ns);
}
