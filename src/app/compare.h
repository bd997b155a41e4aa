/* compare.h - the comparison of runs (coldcase/compare.h) with what is known of each beside its record: answer, score, review. */
#ifndef COLDCASE_APP_COMPARE_H
#define COLDCASE_APP_COMPARE_H

#include "app/review.h"
#include "coldcase/compare.h"

/* One run among others. Truth and debrief may be missing: then nothing of them is told. */
typedef struct app_lane {
	const char *path;
	cc_run *run;
	cc_answer *answer;
	app_scoring scoring;
	app_review review;
	bool scored;             /* there is an answer: scoring and review hold; without one the score is 0, and nothing is told of the truth */
} app_lane;

typedef struct app_compare {
	cc_compare *c;           /* by the order of the lanes */
	app_lane *lanes; size_t lane_count;
	bool blind;              /* runs are called A, B ...; who they are is not told */
} app_compare;

/* everything: with what all saw, too. */
cc_code app_compare_reply(const app_compare *c, bool everything, cc_reply **out, cc_err *err) CC_MUST_USE;
/* The table of scores of such a reply printed as JSON, as a reply of its own: for a console, which may open no truth. */
cc_code app_compare_scores(cc_str json, bool blind, cc_reply **out, cc_err *err) CC_MUST_USE;

#endif
