/* finder.h - where any of a few byte strings occurs next in a buffer, at the speed of memory.
 *
 * A finder does not change once it is made: all threads may use one. Bytes are compared as bytes; in the
 * case-insensitive form 'A'-'Z' equal 'a'-'z' and nothing else is folded. */
#ifndef COLDCASE_QUERY_FINDER_H
#define COLDCASE_QUERY_FINDER_H

#include "coldcase/str.h"

enum { CC_FINDER_MAX = 16 };

typedef struct cc_finder cc_finder;

/* Everything but CC_FINDER_BEST is for tests: what is used on a machine without AVX2, without SSSE3, without SSE2. */
typedef enum cc_finder_level { CC_FINDER_BEST, CC_FINDER_SSSE3, CC_FINDER_SSE2, CC_FINDER_PORTABLE } cc_finder_level;

/* 1 to CC_FINDER_MAX needles, none of them empty; copied. NULL: out of memory, or needles against that rule. */
cc_finder *cc_finder_new(const cc_str *needles, size_t count, bool icase, cc_finder_level level);
void cc_finder_free(cc_finder *f);   /* NULL is fine */
/* Offset of the first occurrence that begins at or after `from` and ends inside `hay`, or CC_STR_NONE. *needle (may be
 * NULL) is the lowest number of a needle that occurs there. Reads no byte outside of hay. */
size_t cc_finder_next(const cc_finder *f, cc_str hay, size_t from, size_t *needle);
size_t cc_finder_count(const cc_finder *f);
cc_str cc_finder_needle(const cc_finder *f, size_t i);   /* lower case in the case-insensitive form */
bool cc_finder_icase(const cc_finder *f);

#endif
