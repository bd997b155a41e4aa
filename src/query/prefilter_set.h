/* prefilter_set.h - small sets of short byte strings: what a part of an expression can be, or must hold. */
#ifndef COLDCASE_QUERY_PREFILTER_SET_H
#define COLDCASE_QUERY_PREFILTER_SET_H

#include "coldcase/str.h"

/* Two places of a finder are left for the two letters outside of ASCII that equal an ASCII letter. */
enum { LITERALS_MAX = 14, LITERAL_BYTES = 48 };

typedef struct literal {
	unsigned char n;
	char p[LITERAL_BYTES];
} literal;

/* count 0 is "nothing known", which is not the set of the empty string. */
typedef struct literal_set {
	unsigned count;
	literal item[LITERALS_MAX];
} literal_set;

void literals_set_one(literal_set *s, cc_str text);          /* text.n <= LITERAL_BYTES */
/* The union, and every pair joined: false and *s unchanged when the result would be too large. */
bool literals_add(literal_set *s, const literal_set *more);
bool literals_append(literal_set *s, const literal_set *tail);
size_t literals_shortest(const literal_set *s);              /* 0 for an empty set */
/* Keeps in *best whichever set leaves less to look at: longer shortest strings, then fewer of them. */
void literals_keep_better(literal_set *best, const literal_set *other);

#endif
