/* truths.h - the ground truth of an incident, wherever it lies: beside it, where --truth says, or sealed in a case file. Only for
 * processes that take no investigating command (law 6). */
#ifndef COLDCASE_APP_TRUTHS_H
#define COLDCASE_APP_TRUTHS_H

#include "app/app.h"
#include "coldcase/debrief.h"
#include "coldcase/seal.h"
#include "coldcase/truth.h"

/* What was unsealed last and with which passphrase, so that a table of many runs asks, and works, once. Zero-initialised; release with app_unsealed_deinit. */
typedef struct app_unsealed {
	cc_buf place, seal, passphrase;
	cc_seal_content content;
	bool ungiven;            /* a passphrase was wanted, and nobody gave one */
} app_unsealed;
void app_unsealed_deinit(app_unsealed *u);

typedef struct app_truth {
	cc_truth *truth;
	cc_debrief *debrief;     /* NULL: it comes without */
	char committed[65];      /* sealed: what its case's commitment is to; else empty */
	char case_id[32];        /* sealed: of that case */
	char snapshot_sha256[65]; /* sealed: of the evidence it is bound to */
} app_truth;
void app_truth_deinit(app_truth *t);

/* incident and scenario as cc_truth_find takes them; --truth may name a case file, a folder that has the case called
 * like the scenario, or the folder one was unpacked to. A debrief that
 * cannot be read is told on standard error. CC_ENOTFOUND; CC_EUNSCORABLE: sealed, and no passphrase; CC_EACCESS: a wrong one. */
cc_code app_truth_open(app_truth *out, const app_options *o, const char *incident, cc_str scenario, app_unsealed *kept, cc_err *err) CC_MUST_USE;

/* Whether `seal`, a record's "salt:hash", is of this truth. CC_EUNSCORABLE: it is not, and the message names both. */
cc_code app_truth_fits(const app_truth *t, cc_str seal, const char *run, cc_err *err) CC_MUST_USE;

/* "salt:hash" with a new salt, appended. */
cc_code app_truth_seal_new(const cc_truth *t, cc_buf *out, cc_err *err) CC_MUST_USE;

#endif
