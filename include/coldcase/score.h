/* score.h - how good an answer is: precision behind a gate of full recall, by a matcher that explains itself.
 *
 * Matcher d1 (d1-v2 for entities-form truths) maps submitted names to authored groups without any model; `strict` is a lower
 * bound stored beside it. Scores are ratios of integers; printing uses four decimals. Never compare numbers of different
 * matchers: the id stands beside every score. Status unscorable has no number at all. */
#ifndef COLDCASE_SCORE_H
#define COLDCASE_SCORE_H

#include "coldcase/answer.h"
#include "coldcase/debrief.h"
#include "coldcase/truth.h"

#define CC_SCORE_MATCHER_VERSION 1

typedef enum cc_score_status { CC_SCORE_OK, CC_SCORE_MISSING, CC_SCORE_INVALID, CC_SCORE_UNSCORABLE } cc_score_status;
typedef enum cc_score_verdict { CC_VERDICT_TP, CC_VERDICT_DUP, CC_VERDICT_FP } cc_score_verdict;
typedef enum cc_score_via { CC_VIA_EXACT, CC_VIA_KIND_EQUIV, CC_VIA_UNMATCHED, CC_VIA_MALFORMED, CC_VIA_PREFIX_ONLY } cc_score_via;

typedef struct cc_ratio { uint32_t num, den; } cc_ratio; /* den 0 means 0 */

/* How close a name came to the nearest root cause; all three say why a run scored 0. */
typedef struct cc_score_near {
	bool name, kind, ns;
	size_t group;               /* that root group, CC_STR_NONE when the name could not be read */
} cc_score_near;

typedef struct cc_score_row {
	cc_str entity;              /* as submitted */
	size_t group;               /* index into truth->groups, CC_STR_NONE when unmatched */
	cc_score_verdict verdict;
	cc_score_via via;
	bool repeat;                /* an earlier row already counted this (same name, or same class) */
	cc_score_near near;
} cc_score_row;

typedef struct cc_score_counts {
	uint32_t tp, fp, fn;        /* distinct root classes hit, distinct wrong claims, root classes missed */
	bool full_recall;
	cc_ratio score, per_prediction, dup_is_fp; /* the three published ways to count; num 0 without full recall */
} cc_score_counts;

/* What the benchmark's own evaluation prints beside its headline and needs no judge for (measures.c); derived, unofficial. */
typedef struct cc_prf { double precision, recall, f1; } cc_prf;
enum { CC_MEASURE_K = 5 };
typedef struct cc_measures {
	cc_prf at[CC_MEASURE_K];    /* of the first 1 … 5 names as submitted; distinct causes */
	cc_prf all;                 /* of all names: those that fit a cause over names, causes found over causes */
	cc_prf proximity[2];        /* 1/(1+hops to a cause), 0 off its path; [1]: hops as parts of the path's length */
	cc_prf chain;               /* longest common subsequence of the contracted chains over the length of either */
	bool has_chain;             /* truth and answer both tell one */
	double localized;           /* 1: the first component to fail is part of the chain that was told, else 0; NaN: has_chain is false */
	double alerts_explained;    /* share; NaN: the truth lists none */
} cc_measures;

/* Why a name is no cause, and a line of the console that shows it; either may be empty. observed: nobody has laid it down, the
 * evidence tells it. */
typedef struct cc_score_alibi { cc_str says, command; bool observed; } cc_score_alibi;

/* `truth` and `answer` must outlive the score: texts are borrowed. */
typedef struct cc_score {
	cc_arena *arena;
	const cc_truth *truth;
	const cc_answer *answer;    /* NULL: missing */
	const cc_debrief *debrief;  /* borrowed; set by the caller when there is one: wrong names are then explained with it */
	const cc_score_alibi *alibis; /* borrowed, by row; set by a caller who has the evidence, for what the debrief does not name; or NULL */
	cc_score_status status;
	const char *matcher;        /* "d1" or "d1-v2" */
	cc_score_row *rows;         size_t row_count;
	cc_score_counts d1, strict;
	cc_ratio precision, recall, f1;
	cc_score_near near;         /* of the row that came nearest */
	cc_measures measures;
} cc_score;

/* Answers "which workload finally owns this object" from ownerReferences (a Pod: its Deployment, not its ReplicaSet; a chaos
 * object: its Schedule); NULL when unknown. The text is used before the next call. */
typedef const char *(*cc_score_owner)(void *ctx, cc_str ns, cc_str kind, cc_str name);

/* Scores `answer` (NULL or status missing: status missing, score 0). Only CC_ENOMEM fails. */
cc_code cc_score_new(cc_score **out, const cc_truth *truth, const cc_answer *answer, cc_score_owner owner, void *owner_ctx,
	cc_err *err) CC_MUST_USE;
void cc_score_free(cc_score *s);

/* When a true cause first came up in a run; step 0 = never, turn negative = of a person, or not said. */
typedef struct cc_score_moment { int64_t step, turn, queries, active_ms; } cc_score_moment;
typedef enum cc_score_event { CC_EVENT_ENCOUNTERED, CC_EVENT_INVESTIGATED, CC_EVENT_ASSERTED, CC_EVENT_EXONERATED, CC_EVENT_RECOVERED,
	CC_EVENT_COUNT } cc_score_event;
typedef struct cc_score_cause { cc_str cause; cc_score_moment at[CC_EVENT_COUNT]; } cc_score_cause;
/* How the run went about it; told only of runs that answered. */
typedef struct cc_score_conduct {
	const cc_score_cause *causes; size_t cause_count;
	const char *const *flags;   size_t flag_count;   /* kinds of failure that need no reader ("early") */
	int64_t repeated;           /* questions asked again */
	double brier, claimed;      /* of the confidences at the end, and their mean; NaN = none were given */
	int64_t stated, right;      /* how many, and how many of them are true causes */
} cc_score_conduct;

/* What the record keeps beside the score; NULL and negative members are written as null. */
typedef struct cc_score_run {
	/* Of the evidence, as the record says it: SHA-256 over sorted "path NUL size NUL content-hash LF" (cc_snapshot_digest), NULL when the
	 * record has none, because the run ended before all was hashed; of the record's bytes. */
	const char *snapshot_sha256, *trajectory_sha256;
	const char *commitment;     /* "verified": the truth is the one the record was sealed with; "absent": it was with none */
	const char *answer;         /* "verified": it is the one that was submitted; "altered": it is not; "absent": the record does not say */
	const char *stop;           /* "submit", "cap", "giveup" or "error" */
	int64_t turns, commands, wall_ms, active_ms;
	const char *assistance;     /* "raw", "ranked", "full"; NULL = not said */
	int64_t hints;              /* rungs of the coach's ladder that were taken */
	int64_t breaks, away_ms;    /* how often it was left and gone on with, and how long nobody played in between */
	const cc_score_conduct *conduct; /* NULL = not told */
} cc_score_run;

/* The JSON record, one line without newline; `run` may be NULL (its members are left out). */
void cc_score_write(cc_buf *out, const cc_score *s, const cc_score_run *run);

const char *cc_score_status_text(cc_score_status status);    /* "ok", "missing", "invalid", "unscorable" */
const char *cc_score_verdict_text(cc_score_verdict verdict); /* "TP", "dup", "FP" */
const char *cc_score_via_text(cc_score_via via);             /* "exact", "kind_equiv", … */

/* How near a row's name is to a true cause on the way the trouble took: 1/(1 + hops), 1 for a cause, 0 off every path. */
double cc_score_nearness(const cc_score *s, size_t row);

/* What one name cost: how much higher the score would be without it. 0 for names that are right or counted before, and while
 * a cause is missing. */
cc_ratio cc_score_cost(const cc_score *s, size_t row);

/* Of a wrong name: the debrief's, else the one that the caller has found. */
cc_score_alibi cc_score_alibi_of(const cc_score *s, size_t row);

/* "0.6667": four decimals, half up, from the integers. */
void cc_ratio_format(cc_buf *out, cc_ratio r);

/* The verdict in words, cleaned for a terminal (ASCII only when `ascii`); each line ends in a newline.
 * gate: "2 of 2 causes found: gate open" and what precision makes of it; why: one sentence on row i, without newline;
 * causes: the true causes, found or missed; tempting: the decoys of the debrief and what exonerates them; path: propagation from the root; reveal: all of them with headings; explain: the
 * same, except that a run which never submitted learns only that: its investigator may still want to find the causes. */
void cc_score_gate(cc_buf *out, const cc_score *s);
void cc_score_why(cc_buf *out, const cc_score *s, size_t row, bool ascii);
void cc_score_causes(cc_buf *out, const cc_score *s, bool ascii);
void cc_score_tempting(cc_buf *out, const cc_score *s, bool ascii);
void cc_truth_path(cc_buf *out, const cc_truth *t, bool ascii);
void cc_score_explain(cc_buf *out, const cc_score *s, bool ascii);
void cc_score_reveal(cc_buf *out, const cc_score *s, bool ascii);

#endif
