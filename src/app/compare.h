/* compare.h - runs of one incident held against each other: what both saw, what only one saw, where they parted. */
#ifndef COLDCASE_APP_COMPARE_H
#define COLDCASE_APP_COMPARE_H

#include "app/review.h"

enum { APP_COMPARE_MAX = 26 };   /* runs are called A to Z */

/* One run among others. Truth and debrief may be missing: then nothing of them is told. */
typedef struct app_lane {
	const char *path;
	cc_run *run;
	cc_answer *answer;
	app_scoring scoring;
	app_review review;
	bool scored;             /* scoring and review hold */
} app_lane;

/* Something of the evidence, and at which step each run first had it on the screen (0 = never). */
typedef struct app_seen { cc_str what; uint64_t step[APP_COMPARE_MAX]; } app_seen;
typedef CC_VEC(app_seen) app_seen_vec;

typedef struct app_compare {
	cc_arena *arena;
	app_lane *lanes; size_t lane_count;
	app_seen_vec cites, entities;    /* in the order of their first sight in any run */
	size_t parted;           /* the first query, counted from 1, at which not all runs asked the same; 0 = they never parted */
	bool blind;              /* runs are called A, B …; who they are is not told */
} app_compare;

cc_code app_compare_make(app_compare *c, app_lane *lanes, size_t n, cc_err *err) CC_MUST_USE;
void app_compare_deinit(app_compare *c);
cc_code app_compare_reply(const app_compare *c, bool everything, cc_reply **out, cc_err *err) CC_MUST_USE;

#endif
