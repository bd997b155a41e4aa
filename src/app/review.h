/* review.h - what a finished run is looked at for: how each cause was found, what was seen of what decides, how the answer came
 * about. Computed after the fact by a process that may open the truth, from the record alone and the evidence it was made on. */
#ifndef COLDCASE_APP_REVIEW_H
#define COLDCASE_APP_REVIEW_H

#include "app/scoring.h"
#include "coldcase/vec.h"

/* When something first happened, by the step, the turn of an agent (negative: a person, or not said), the queries used and the
 * case's clock; step 0 = never. Steps and queries count from 1. */
typedef struct app_moment { uint64_t step; int64_t turn, queries, active_ns; } app_moment;

/* One true cause (discovery events as the benchmark's own analysis defines them, each told by a recorded action). */
typedef struct app_cause {
	cc_str label;
	app_moment encountered;   /* first shown */
	app_moment investigated;  /* first asked for by name, or focused */
	app_moment asserted;      /* first suspected, else submitted */
	app_moment exonerated;    /* first ruled out after it was shown */
	app_moment recovered;     /* suspected again after that */
} app_cause;

enum { APP_PROOF_RECORDS = 50 };

/* A record that decides, or that clears a name. */
typedef struct app_proof {
	cc_debrief_proof proof;
	app_moment seen;
	app_moment searched;      /* a shell command of another program looked for it, whether or not it came back */
	cc_str records;           /* as they are cited, blanks between them; at most APP_PROOF_RECORDS */
	bool pinned;
	bool checked;             /* false: it could not be told (no evidence at hand, or the expression is bad) */
} app_proof;

typedef struct app_turn { app_moment at; cc_str line; cc_ratio score; size_t names; } app_turn;   /* the suspects changed */

/* Kinds of failure that need no reader (after MAST, Cemri et al., arXiv 2503.13657). */
typedef enum app_flag {
	APP_FLAG_REPEATED = 1,    /* 1.3: the same question with the same answer, again */
	APP_FLAG_NO_STOP = 2,     /* 1.5: the budget ran out, or half the run came after the last suspect was named */
	APP_FLAG_EARLY = 4,       /* 3.1: submitted with most alerts never opened and no record pinned */
	APP_FLAG_UNVERIFIED = 8,  /* 3.2: a submitted name that was never asked about */
	APP_FLAG_INVALID = 16     /* 1.1: the answer had to be repaired, or could not be read */
} app_flag;

/* The confidences as they stood at the end, against what is true. */
typedef struct app_calibration {
	double brier;             /* NaN = none were given */
	double claimed;           /* their mean: the share that should be true causes; NaN = none were given */
	size_t stated, right;     /* how many, and how many of them are */
} app_calibration;

typedef struct app_review {
	app_scoring *s;
	cc_arena *arena;
	CC_VEC(app_cause) causes;
	CC_VEC(app_proof) proofs;
	CC_VEC(app_turn) turns;
	unsigned flags;
	uint64_t repeated;        /* steps that asked what was answered already */
	app_moment named;         /* the last suspect of the answer was named */
	app_moment end;
	app_calibration sure;
	app_moment wrong;         /* the first name suspected that is no cause, or the first cause ruled out */
	cc_str wrong_name;
	bool unsupported;         /* full score without having seen what decides */
	bool evidence;            /* the evidence was at hand */
} app_review;

/* s: opened and scored, with a record. CC_ENOMEM; CC_ESTATE without a record. */
cc_code app_review_make(app_review *r, app_scoring *s, cc_err *err) CC_MUST_USE;
/* The same without looking at the evidence: which deciding records were seen is left out. */
cc_code app_review_discover(app_review *r, app_scoring *s, cc_err *err) CC_MUST_USE;
void app_review_deinit(app_review *r);
/* Only that. Of a run whose confidences cannot be relied on, or without a record, there is none. */
cc_code app_calibrate(app_scoring *s, app_calibration *out, cc_err *err) CC_MUST_USE;
/* As a reply, for text and JSON. */
cc_code app_review_reply(const app_review *r, cc_reply **out, cc_err *err) CC_MUST_USE;

/* Appends what others were told in the run (review_said.c). */
void app_review_updates(cc_reply *r, const cc_run *run);

const char *app_flag_name(app_flag f);      /* "repeated" */
const char *app_flag_text(app_flag f);      /* a sentence */

#endif
