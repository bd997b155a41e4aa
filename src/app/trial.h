/* trial.h - one run with a place of its own: OUT/SCENARIO/N, played beside it and moved there when it is whole.
 *
 * Whoever plays many runs names each by its number, so that playing one again after a crash is either nothing, because it
 * is there, or a new start. What was begun and not ended is kept under another name: it may have cost money. */
#ifndef COLDCASE_APP_TRIAL_H
#define COLDCASE_APP_TRIAL_H

#include "coldcase/err.h"
#include "coldcase/buf.h"

typedef struct app_trial {
	cc_buf place;            /* OUT/SCENARIO/N */
	cc_buf beside;           /* OUT/.playing/SCENARIO.N: where --out goes while it is played */
	cc_buf out;              /* OUT */
	int lock;                /* held as long as it is played; -1 = none */
	bool there;              /* it had been played before: nothing to do */
} app_trial;

/* Takes the place for trial `number` ("1" …) of the incident in `incident` (its folder's name is the scenario's) below `out`. Unless it is
 * there, `beside` is an empty folder that no other process has. What a dead process left of it goes to OUT/.aborted. CC_EUSAGE: no number;
 * CC_ESTATE: another process plays it. Deinit also after a failure. */
cc_code app_trial_begin(app_trial *t, const char *out, const char *incident, const char *number, cc_err *err) CC_MUST_USE;
/* The run in `run_dir` is whole and closed: it gets its place. Not called for one that failed: deinit puts it to the aborted ones. */
cc_code app_trial_keep(app_trial *t, const char *run_dir, cc_err *err) CC_MUST_USE;
void app_trial_deinit(app_trial *t);

#endif
