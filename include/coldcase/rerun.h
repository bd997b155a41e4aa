/* rerun.h - a record run again, step by step, on the evidence it was made on: the same questions must get the same answers.
 *
 * A rerun is a session without a record, under the record's own budget and assistance. Each step's line is run after the ones
 * before it, and the digest of its canonical reply is compared with the recorded one. Steps that were answered while the evidence
 * was still being read are asked of just as much evidence: the kinds that were whole then, and the same heads of the others. */
#ifndef COLDCASE_RERUN_H
#define COLDCASE_RERUN_H

#include "coldcase/record.h"
#include "coldcase/session.h"

typedef enum cc_rerun_verdict {
	CC_RERUN_SAME,       /* same digest, or failed with the same code again */
	CC_RERUN_DIFFERS,    /* `why` says how */
	CC_RERUN_EXEMPT      /* nothing to compare: no reply was recorded, or it came from outside the evidence */
} cc_rerun_verdict;

typedef struct cc_rerun_step {
	const cc_record_step *step;
	cc_rerun_verdict verdict;
	cc_reply *reply;     /* what it shows now; NULL when it failed; borrowed until the next step */
	cc_code code;        /* and how it ended now */
	cc_str why;          /* DIFFERS: one sentence; borrowed until the next step */
} cc_rerun_step;

typedef struct cc_rerun cc_rerun;

/* dir: where the evidence lies now; NULL = where the record says. no_cache as in snapshot.h. CC_ENOTFOUND and the other codes of
 * cc_snapshot_open when there is no snapshot; CC_EFORMAT when the record has no header. `run` must outlive it. */
cc_code cc_rerun_open(cc_rerun **out, const cc_run *run, const char *dir, bool no_cache, cc_err *err) CC_MUST_USE;
void cc_rerun_close(cc_rerun *r);                /* NULL is fine */
/* Runs the next step. CC_ENOTFOUND after the last one; CC_ENOMEM, CC_ECANCELED. A step that fails, now or then, is no failure
 * of this function. */
cc_code cc_rerun_next(cc_rerun *r, cc_cancel *cancel, cc_rerun_step *out, cc_err *err) CC_MUST_USE;
const cc_snapshot *cc_rerun_snapshot(const cc_rerun *r);
/* The same record read again after it grew: the next step is of it from now on. It must outlive the rerun as the one before had to,
 * which may go. */
void cc_rerun_grown(cc_rerun *r, const cc_run *run);

/* What the step said does not come from the evidence alone: it cannot be compared. */
bool cc_rerun_is_exempt(const cc_record_step *step);

/* What of the evidence is not as the record's header lists it, one line of text each ("otel_logs_raw.tsv: 12 bytes, recorded
 * 10"); the number of such files. Files the run never read are compared by size alone. */
size_t cc_rerun_evidence_differs(const cc_run *run, const cc_snapshot *s, cc_buf *out);

#endif
