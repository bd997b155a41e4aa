/* pattern_count.h - log rows counted by service and masked line: the templates before similar ones are merged. */
#ifndef COLDCASE_QUERY_PATTERN_COUNT_H
#define COLDCASE_QUERY_PATTERN_COUNT_H

#include "coldcase/patterns.h"

typedef CC_VEC(cc_pattern) cc_pattern_vec;

/* In the order of their first rows, whatever the number of threads. Texts in the arena; *looked_at: rows in the range. */
cc_code cc_patterns_tally(cc_pattern_vec *out, uint64_t *looked_at, const cc_snapshot *s, const cc_index_vec *rows,
	const cc_patterns_options *opt, cc_arena *arena) CC_MUST_USE;
/* Adds what `from` counted to `into`; the earlier example of both stays. */
void cc_pattern_add_counts(cc_pattern *into, const cc_pattern *from);

#endif
