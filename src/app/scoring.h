/* scoring.h - one answer or run against the ground truth that belongs to it: what `score` and `league` have in common.
 * Only processes that take no investigating command may use it (law 6). */
#ifndef COLDCASE_APP_SCORING_H
#define COLDCASE_APP_SCORING_H

#include "app/app.h"
#include "app/truths.h"
#include "coldcase/record.h"
#include "coldcase/score.h"

/* The snapshot and the sealed truth opened last, for the next run of the same incident. Zero-initialised; free with app_kept_deinit. */
typedef struct app_kept { cc_buf path; cc_snapshot *snapshot; app_unsealed unsealed; } app_kept;
void app_kept_deinit(app_kept *k);

typedef struct app_scoring {
	const app_options *o;
	const char *path;        /* as given */
	app_kept *kept;          /* for owner references; its snapshot is NULL when it cannot be had */
	cc_buf dir;              /* run folder, empty for a bare answer */
	cc_run *run;             /* NULL: no record */
	app_truth found;         /* where the next two come from */
	cc_truth *truth;
	cc_debrief *debrief;     /* NULL: the truth comes without */
	bool verified;           /* the truth is the one that the record's commitment is to; false: there is none */
	cc_answer *answer;
	const char *altered;     /* why the answer is not the one that the record says was submitted; NULL: it is, or nothing says so */
	bool as_submitted;       /* the record says that it is this one */
	cc_score *score;         /* NULL: there was no truth to score against (CC_ENOTFOUND) */
	cc_buf owner;            /* the answer of owner_of until the next call */
} app_scoring;

/* Reads the run or answer at `path`, finds its truth (--truth, --incident, else what the record or the path says) and
 * scores it. CC_ENOTFOUND with `answer` set and `truth` NULL: nothing to score against. CC_EUNSCORABLE: the truth is sealed and nobody
 * gave the passphrase, or it is not the one that was sealed when the run began. Release with app_scoring_deinit, also after a failure. */
cc_code app_scoring_open(app_scoring *s, const app_options *o, const char *path, app_kept *kept, cc_err *err) CC_MUST_USE;
void app_scoring_deinit(app_scoring *s);
/* Says on standard error that the answer was changed, when it was: for whoever prints something that rests on it. */
void app_scoring_warn(const app_scoring *s);
/* What one name alone is worth: the group of the ground truth it stands for, CC_STR_NONE for none; *root: that is a true
 * cause. */
cc_code app_scoring_name(app_scoring *s, cc_str name, size_t *group, bool *root, cc_err *err) CC_MUST_USE;
/* The score an answer of these names would have. */
cc_code app_scoring_names(app_scoring *s, const cc_str *names, size_t n, cc_ratio *out, cc_err *err) CC_MUST_USE;

/* alibis.c: what the evidence, and the debrief of what a wrong name is part of, tell of it; into score->alibis. */
cc_code app_alibis_find(app_scoring *s, cc_err *err) CC_MUST_USE;

/* The end line of a record, NULL when it was never ended. */
const cc_record_end *app_run_end(const cc_run *run);
/* Rungs of the coach's ladder that were taken. */
size_t app_run_hints(const cc_run *run);
/* The scenario a path speaks of: its innermost folder that is called like one (runs lie in OUT/SCENARIO/TRIAL); empty when none is. */
cc_str app_scenario_of_path(cc_str path);
/* score.json of it, with the line feed; conduct: NULL = not told. */
void app_scoring_json(const app_scoring *s, const cc_score_conduct *conduct, cc_buf *out);

#endif
