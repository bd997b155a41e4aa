/* regex_priv.h - the two halves of an expression apart: what must occur, and PCRE2 without asking that first. */
#ifndef COLDCASE_QUERY_REGEX_PRIV_H
#define COLDCASE_QUERY_REGEX_PRIV_H

#include "coldcase/regex.h"
#include "query/prefilter.h"

/* Borrowed from re. */
const cc_prefilter *cc_regex_prefilter(const cc_regex *re);
/* As cc_regex_find, but PCRE2 answers in any case; from <= subject.n, subject.p not NULL. */
cc_regex_result cc_regex_find_unfiltered(cc_regex *re, cc_str subject, size_t from, size_t *start, size_t *end);

#endif
