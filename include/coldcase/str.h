/* str.h - borrowed text: a pointer and a length, never NUL-terminated.
 *
 * A cc_str does not own its bytes; it lives as long as what it points into (a mapped file, an arena,
 * a literal). Outside text may hold any byte, NUL included. `char *` appears only at library borders. */
#ifndef COLDCASE_STR_H
#define COLDCASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cc_str {
	const char *p;
	size_t n;
} cc_str;

#define CC_STR(lit) ((cc_str){ "" lit, sizeof(lit) - 1 })
#define CC_STR_EMPTY ((cc_str){ "", 0 })
#define CC_STR_NONE SIZE_MAX /* "not found" of the search functions */

/* For printf's "%.*s": the precision and the pointer of a cc_str. */
#define CC_STR_ARG(s) (int)((s).n > 0x7fffffff ? 0x7fffffff : (s).n), (s).p

cc_str cc_str_from(const char *z);               /* borrowed view of a C string; NULL gives the empty text */
cc_str cc_str_sub(cc_str s, size_t from, size_t to); /* bytes [from, to), clamped to s */
bool cc_str_eq(cc_str a, cc_str b);
bool cc_str_eqz(cc_str a, const char *z);
bool cc_str_eq_nocase(cc_str a, cc_str b);       /* ASCII case only, locale independent */
int cc_str_cmp(cc_str a, cc_str b);              /* byte order; a prefix sorts first */
int cc_str_cmp_nocase(cc_str a, cc_str b);
int cc_str_cmp_natural(cc_str a, cc_str b);      /* digit runs compare as numbers: Scenario-9 < Scenario-10 */
bool cc_str_starts(cc_str s, cc_str prefix);
bool cc_str_ends(cc_str s, cc_str suffix);
bool cc_str_starts_nocase(cc_str s, cc_str prefix);
size_t cc_str_find(cc_str hay, cc_str needle);   /* offset of the first hit or CC_STR_NONE; empty needle hits at 0 */
size_t cc_str_find_nocase(cc_str hay, cc_str needle);
/* `name` stands in `text` and is no part of a longer name: no letter, digit, - or _ beside it. False for an empty name. */
bool cc_str_has_name(cc_str text, cc_str name);
size_t cc_str_find_char(cc_str s, char c);
size_t cc_str_rfind_char(cc_str s, char c);
cc_str cc_str_trim(cc_str s);                    /* without ASCII blanks at both ends */
cc_str cc_str_strip_suffix(cc_str s, cc_str suffix);

/* Cuts s at the first `sep`: *head before it, *tail after it. Without one: *head = s, *tail empty, false. */
bool cc_str_cut(cc_str s, char sep, cc_str *head, cc_str *tail);

uint64_t cc_str_hash(cc_str s);                  /* stable across runs and machines; not for hostile-flood safety */
uint64_t cc_str_hash_nocase(cc_str s);
/* Of some of the bytes only: for small tables of what was met lately, which compare all of them anyway. */
uint64_t cc_str_sample(cc_str s);
uint64_t cc_str_hash_quick(cc_str s);            /* for tables in memory: faster for long texts, not stable over versions */

/* Whole text as a number (surrounding blanks not accepted); false and *out untouched otherwise.
 * to_i64 refuses overflow; to_double accepts Go and Prometheus spellings: "4e-01", "+Inf", "NaN", "inf". */
bool cc_str_to_i64(cc_str s, int64_t *out);
bool cc_str_to_double(cc_str s, double *out);

#endif
