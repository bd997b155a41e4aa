/* score_priv.h - between the matcher and the counting. */
#ifndef COLDCASE_SCORE_PRIV_H
#define COLDCASE_SCORE_PRIV_H

#include "coldcase/score.h"
#include "truth_priv.h"

/* What the matcher needs of a group, folded once. */
typedef struct match_group {
	cc_str kind, ns;       /* folded */
	cc_str id_base, id_stem;
	bool cluster, workload, chaos; /* chaos: or Schedule */
} match_group;

/* A submitted name, read. */
typedef struct match_name {
	bool ok;               /* false: malformed */
	cc_str ns, kind, name; /* folded, lower case */
	cc_str key;            /* equal keys are the same claim */
	cc_str stems[6];       /* the name itself, then what may own it */
	size_t stem_count;
} match_name;

typedef struct matcher {
	cc_arena *arena;
	const cc_truth *truth;
	match_group *groups;
	cc_score_owner owner;
	void *owner_ctx;
} matcher;

typedef struct match_result {
	size_t group;          /* CC_STR_NONE when none */
	int kind_rank;
	bool prefix_only;      /* the best candidate only began alike and was rejected */
} match_result;

bool cc_match_init(matcher *m, cc_arena *arena, const cc_truth *t, cc_score_owner owner, void *ctx); /* false: out of memory */
bool cc_match_read(matcher *m, match_name *out, cc_str submitted);                                  /* false: out of memory */
match_result cc_match_d1(const matcher *m, const match_name *n);
match_result cc_match_strict(const matcher *m, const match_name *n);
cc_score_near cc_match_near(const matcher *m, const match_name *n, size_t matched);
/* Fills s->measures once the rows are judged; false: out of memory. */
bool cc_measure(cc_score *s, const matcher *m);
/* Do two groups accept the same names, so that they can only be told apart by being hit twice? */
bool cc_match_same_filter(const matcher *m, size_t a, size_t b);

#endif
