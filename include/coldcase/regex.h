/* regex.h - regular expressions that cannot hang: PCRE2 with JIT behind limits.
 *
 * Subjects are outside text: any bytes, invalid UTF-8 included (an invalid byte simply matches nothing). A match that
 * would take too long gives CC_REGEX_GAVE_UP; after many of those, or after seconds of matching in total, the
 * expression is exhausted and gives up at once. A subject that holds none of the strings that the expression cannot
 * match without is answered CC_REGEX_NO before that, at the speed of memory. A cc_regex is used by one thread at a
 * time. */
#ifndef COLDCASE_REGEX_H
#define COLDCASE_REGEX_H

#include "coldcase/err.h"
#include "coldcase/str.h"

typedef struct cc_regex cc_regex;

typedef enum cc_regex_flags {
	CC_REGEX_ICASE = 1,
	CC_REGEX_LITERAL = 2,   /* the pattern is plain text */
	CC_REGEX_SMART = 4      /* case matters only when the pattern holds an upper-case letter (escapes such as \S not counted) */
} cc_regex_flags;

typedef enum cc_regex_result { CC_REGEX_NO, CC_REGEX_YES, CC_REGEX_GAVE_UP } cc_regex_result;

/* CC_EFORMAT: a bad pattern, err->byte = offset of the defect in it. CC_ELIMIT: longer than 64 KiB. Caller frees. */
cc_code cc_regex_compile(cc_regex **out, cc_str pattern, unsigned flags, cc_err *err) CC_MUST_USE;
void cc_regex_free(cc_regex *re);   /* NULL is fine */

cc_regex_result cc_regex_match(cc_regex *re, cc_str subject);
/* First hit at or after byte `from`: [*start, *end). An empty hit has *start == *end: go on from *end + 1. */
cc_regex_result cc_regex_find(cc_regex *re, cc_str subject, size_t from, size_t *start, size_t *end);
/* How many matches gave up so far: what a caller tells the reader ("3 rows were too costly to match"). */
uint64_t cc_regex_gave_up(const cc_regex *re);
cc_str cc_regex_pattern(const cc_regex *re);
unsigned cc_regex_flags_of(const cc_regex *re);

#endif
