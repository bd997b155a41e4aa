/* audit.h - what the audits of forged incidents share: naive guesses, and running the commands a debrief names. */
#ifndef TESTS_AUDIT_H
#define TESTS_AUDIT_H

#include "coldcase/debrief.h"
#include "coldcase/score.h"
#include "coldcase/session.h"

/* Answers that need no diagnosis. LAST_BEFORE: the last change before the first alert, a little less naive. */
typedef enum audit_guess { GUESS_LOUDEST, GUESS_ERRORS, GUESS_CHANGED, GUESS_CHANGED_BEFORE, GUESS_COUNT } audit_guess;
const char *audit_guess_name(audit_guess g);

/* Score of a guess, 0 … 1: the better of naming the entity itself and naming the workload behind it. `said` gets the entity. */
double audit_guess_score(const cc_snapshot *s, const cc_truth *truth, audit_guess g, cc_buf *said);
/* Score of one name as the whole answer. */
double audit_score_of(const cc_snapshot *s, const cc_truth *truth, cc_str name);

/* Runs a command line in a session without a budget and matches its plain text reply (160 columns) with `pattern`; an empty
 * pattern matches when the command succeeds. What it printed goes to `out`. */
bool audit_proof_holds(cc_session *session, cc_str command, cc_str pattern, cc_buf *out);

#endif
