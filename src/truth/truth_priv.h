/* truth_priv.h - what the files of this folder share: the pattern engine, kinds, and reading of loosely typed documents. */
#ifndef COLDCASE_TRUTH_PRIV_H
#define COLDCASE_TRUTH_PRIV_H

#include "coldcase/json.h"
#include "coldcase/truth.h"

/* -- pattern.c: authored filters ------------------------------------------------------------------------------------- */

typedef enum pattern_shape {
	PATTERN_INVALID,  /* not a regular expression, like "*.*" */
	PATTERN_REGEX,
	PATTERN_LITERAL   /* a name, no metacharacters meant */
} pattern_shape;

struct pattern_op;

typedef struct cc_pattern {
	cc_str text;             /* as authored */
	cc_str literal;          /* L: the literal the pattern is about, lower case; empty when there is no single one */
	struct pattern_op *ops;
	uint16_t op_count;
	pattern_shape shape;
	bool glob_like;          /* a '*' after an ordinary character: plainly written as a glob */
	bool tail_wild;          /* L-.* or L-.+ */
	bool head_wild;          /* .*L */
	bool single;             /* L is the only literal in it */
} cc_pattern;

/* False only when out of memory; a text that is no regular expression gives PATTERN_INVALID. */
bool cc_pattern_compile(cc_pattern *out, cc_arena *arena, cc_str text, bool literal);
/* Fills what the filter is about: literal and the flags after it (pattern_shape.c). False only when out of memory. */
bool cc_pattern_shape(cc_pattern *p, cc_arena *arena);
/* Does the pattern match the whole name? ASCII case is ignored. Time is linear in pattern times name: no backtracking. */
bool cc_pattern_match(const cc_pattern *p, cc_str name);
/* Read as a glob ('*' any text, '?' any character, all else itself), does it match the whole name? */
bool cc_pattern_glob(cc_str glob, cc_str name);

/* -- truth_kinds.c: Kubernetes kinds ------------------------------------------------------------------------------------------ */

/* Lower case, API group cut off, short names expanded. The result lives in `arena`; empty when out of memory. */
cc_str cc_truth_kind_fold(cc_arena *arena, cc_str kind);
/* These take folded kinds. */
bool cc_truth_kind_cluster_scoped(cc_str kind);
bool cc_truth_kind_workload(cc_str kind);
bool cc_truth_kind_chaos(cc_str kind);      /* NetworkChaos, … ; not Schedule */
bool cc_truth_kind_schedule(cc_str kind);
/* 3 equal, 2 and 1 equivalent (see the matcher), 0 different. */
int cc_truth_kind_rank(cc_str submitted, cc_str authored);

/* -- truth_row.c: which document of a file -------------------------------------------------------------------------------- */

/* The ground truth chosen from a text; trees are owned. Zero-initialise, always deinit. */
typedef struct truth_row {
	cc_json *outer, *inner;
	const cc_json *doc;
	cc_str scenario;         /* the row's own name for it; borrowed from the trees */
	size_t bad_rows;         /* lines of a JSON Lines file that are no JSON */
	cc_str text;             /* of which the hash is: borrowed from the text read, the trees or `own` */
	cc_buf own;
	char sha256[65];
} truth_row;

cc_code cc_truth_row_read(truth_row *out, cc_str text, cc_str scenario, const char *name, cc_err *err) CC_MUST_USE;
void cc_truth_row_deinit(truth_row *r);
/* The number of a scenario name as digits; empty text when it has none. */
void cc_truth_scenario_number(cc_str scenario, char *out, size_t size);

/* -- truth_build.c: document to model -------------------------------------------------------------------------------------- */

typedef struct truth_builder {
	cc_truth *t;
	size_t warning_cap, filter_total;
	bool oom;                /* sticky: texts copied after it are empty */
} truth_builder;

cc_code cc_truth_build(truth_builder *b, const cc_json *doc, cc_err *err) CC_MUST_USE;
void cc_truth_warn(truth_builder *b, const char *code, cc_str operand, const char *text);
cc_str cc_truth_copy(truth_builder *b, cc_str s);
cc_str cc_truth_member(truth_builder *b, const cc_json *object, const char *key); /* copy of its text, empty when absent */
/* A zeroed array for the items of `list`; *ok false (and err set) when it is too long or memory is out. */
void *cc_truth_items(truth_builder *b, const cc_json *list, size_t size, const char *what, cc_code *code, cc_err *err);

/* truth_groups.c */
cc_code cc_truth_read_groups(truth_builder *b, const cc_json *groups, cc_err *err) CC_MUST_USE;
cc_code cc_truth_read_entities(truth_builder *b, const cc_json *entities, cc_err *err) CC_MUST_USE;
/* truth_classes.c: joins groups into classes, orders propagations from the root. */
cc_code cc_truth_join(truth_builder *b, const cc_json *aliases, cc_err *err) CC_MUST_USE;
cc_code cc_truth_order_steps(truth_builder *b, cc_err *err) CC_MUST_USE;

/* The id without its trailing "-<number>", and also without the kind's words: "ad-horizontal-pod-autoscaler-1" → "ad". */
cc_str cc_truth_id_base(cc_str id);
cc_str cc_truth_id_stem(cc_str id, cc_str folded_kind);

/* Lower-case copy; {NULL,0} when out of memory. */
cc_str cc_truth_lower(cc_arena *arena, cc_str s);

#endif
