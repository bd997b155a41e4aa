/* prefilter.h - byte strings of which one must occur wherever a regular expression matches.
 *
 * "Not there" is a promise: when none of the needles occurs, the expression has no match, whatever the subject holds.
 * What is not fully understood (lookaround, backreferences, inline flags, verbs, recursion …) gives no needles. */
#ifndef COLDCASE_QUERY_PREFILTER_H
#define COLDCASE_QUERY_PREFILTER_H

#include "query/finder.h"

typedef struct cc_prefilter_syntax {
	bool literal;  /* plain text, no expression */
	bool icase;
	bool utf;      /* matched as UTF-8: without regard to case, more than ASCII is folded */
} cc_prefilter_syntax;

typedef struct cc_prefilter {
	cc_finder *finder;   /* NULL: any subject may match */
	bool exact;          /* an occurrence is a match: nothing else need be asked */
	cc_finder *sure;     /* may be there when not exact: more strings, and it is a match if and only if one of these occurs */
} cc_prefilter;

/* `pattern` must be one that PCRE2 accepted. Out of memory gives no needles, never an error. */
cc_prefilter cc_prefilter_new(cc_str pattern, cc_prefilter_syntax syntax);
void cc_prefilter_free(cc_prefilter *p);

#endif
