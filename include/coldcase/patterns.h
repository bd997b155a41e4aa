/* patterns.h - log bodies reduced to templates: what kinds of lines there are, how many, since when.
 *
 * A fixed-depth token tree per service (after Drain), without eviction: no count is ever lost. Numbers, hex, UUIDs,
 * IPs, timestamps, durations, quoted ids and paths are masked as <num> <hex> <uuid> <ip> <time> <dur> <id> <path>;
 * other differing tokens become <*>. A JSON body is represented by its message field, a stack trace by its first
 * line and exception class. Colour sequences are dropped. The same rows give the same patterns in the same order. */
#ifndef COLDCASE_PATTERNS_H
#define COLDCASE_PATTERNS_H

#include "coldcase/filter.h"
#include "coldcase/logs.h"

typedef struct cc_pattern {
	cc_str text;              /* template, valid UTF-8 not guaranteed (outside text) */
	cc_sym service;
	uint64_t count, before, after;  /* before/after the pivot; rows without a time only in count */
	uint64_t levels[7];       /* by cc_level */
	cc_level level;           /* highest seen */
	int64_t first_ns, last_ns;
	uint32_t example;         /* log row of the first one (after the pivot, when the pattern is new) */
	cc_entity_id entity;      /* of the example */
	double before_per_min, after_per_min;  /* rates on either side of the pivot; NAN without a pivot */
	bool fresh;               /* seen after the pivot and never before it */
	bool gone;                /* seen before the pivot, never after */
	double score;             /* novelty: new and severe first; for ordering, no unit */
} cc_pattern;

typedef struct cc_patterns cc_patterns;

typedef enum cc_patterns_order { CC_PATTERNS_BY_SCORE, CC_PATTERNS_BY_COUNT, CC_PATTERNS_BY_FIRST } cc_patterns_order;

typedef struct cc_patterns_options {
	int64_t pivot_ns;         /* CC_TIME_NONE: no before/after; score orders by severity and rarity */
	cc_range range;           /* rows counted; used to make rates of before and after comparable. Both NONE: whole capture */
	cc_range silence;         /* time within it without records, left out of the rates; NONE = none */
	cc_patterns_order order;
	cc_cancel *cancel;
} cc_patterns_options;

/* rows: log rows to look at; NULL = all. Caller frees. */
cc_code cc_patterns_mine(cc_patterns **out, const cc_snapshot *s, const cc_index_vec *rows, const cc_patterns_options *opt,
	cc_err *err) CC_MUST_USE;
void cc_patterns_free(cc_patterns *p);
size_t cc_patterns_count(const cc_patterns *p);
const cc_pattern *cc_patterns_get(const cc_patterns *p, size_t i);
uint64_t cc_patterns_rows(const cc_patterns *p);    /* rows looked at */

/* The part of a body that patterns are made of: JSON message, first line, exception class; ANSI stripped. In the
 * arena. */
cc_str cc_pattern_key(cc_str body, cc_arena *arena);
/* The same with masks applied, tokens joined by one blank. */
void cc_pattern_mask(cc_str line, cc_buf *out);
/* Log rows, of those given, whose masked key fits a pattern's text: token by token, <*> stands for any one. */
cc_code cc_pattern_select(cc_index_vec *out, const cc_snapshot *s, const cc_index_vec *rows, cc_str pattern, cc_cancel *cancel,
	cc_err *err) CC_MUST_USE;

#endif
