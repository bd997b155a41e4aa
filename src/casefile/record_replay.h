/* record_replay.h - replaying some of the steps: what going from the beginning and going from a checkpoint share. */
#ifndef COLDCASE_RECORD_REPLAY_H
#define COLDCASE_RECORD_REPLAY_H

#include "casefile/record_run.h"

/* Where things are looked up; `lost` counts what is not there, NULL: that is a failure. */
typedef struct cc_replay_over { const cc_snapshot *s; size_t *lost; } cc_replay_over;

cc_case *cc_replay_new(const cc_run *run);      /* the case before the first step; NULL when memory is out */

/* Applies the steps [from, to) to a case that stands at `from`; the clock is left as the actions leave it. */
cc_code cc_replay_steps(const cc_run *run, cc_replay_over over, size_t from, size_t to, cc_case *c, cc_err *err);

/* What the case clock said after so many steps. */
cc_code cc_replay_active(const cc_run *run, size_t steps, int64_t *active_ns, cc_err *err);

#endif
