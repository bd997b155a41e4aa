/* aggregate.h - rows counted by a field, and rows counted over time. */
#ifndef COLDCASE_AGGREGATE_H
#define COLDCASE_AGGREGATE_H

#include "coldcase/filter.h"
#include "coldcase/recording.h"

enum { CC_GROUP_SLICES = 20, CC_GROUPS_MAX = 200000 };

typedef struct cc_group {
	cc_str value;               /* in the arena; empty = rows without a value */
	uint64_t count, before, after; /* rows; before/after the pivot (rows without a time or outside the range count in neither) */
	uint64_t errors;            /* rows of the highest band below */
	double before_per_min, after_per_min;  /* NAN without a pivot */
	int64_t first_ns, last_ns;  /* CC_TIME_NONE when no row has a time */
	uint32_t example;           /* row number of the first one */
	uint32_t slices[CC_GROUP_SLICES];      /* rows over the time, silence left out */
} cc_group;
typedef CC_VEC(cc_group) cc_group_vec;

typedef struct cc_group_options {
	int64_t pivot_ns;           /* CC_TIME_NONE: nothing is before or after */
	cc_recording time;          /* what slices and rates are about */
	cc_cancel *cancel;
} cc_group_options;

/* Time of a row: log time, span/trace start, event's last time, alert onset, object's last changed observation,
 * series' last sample; CC_TIME_NONE for edges. */
int64_t cc_table_time(const cc_snapshot *s, cc_table t, size_t row);
cc_entity_id cc_table_entity(const cc_snapshot *s, cc_table t, size_t row);   /* 0 = none; edges: `from` */
cc_cite cc_table_cite(const cc_snapshot *s, cc_table t, size_t row);

/* Groups `rows` by the text of a field (filter.h), largest first, ties by value. CC_EUSAGE for an unknown field and for more
 * than CC_GROUPS_MAX values. */
cc_code cc_group_rows(cc_group_vec *out, const cc_snapshot *s, cc_table t, cc_str field, const cc_index_vec *rows,
	const cc_group_options *opt, cc_arena *arena, cc_err *err) CC_MUST_USE;

enum { CC_HISTOGRAM_BANDS = 4 };  /* other, info, warn, error: log levels; spans/traces: ok = 1, error = 3; events: 1 normal, 2 warning */
typedef struct cc_histogram_bin { uint64_t count[CC_HISTOGRAM_BANDS]; } cc_histogram_bin;
/* Counts rows into `bins` equal slices of [from, to]; bins zeroed first. Rows outside or without a time are left
 * out; their number is returned. */
uint64_t cc_histogram(cc_histogram_bin *bins, size_t bin_count, const cc_snapshot *s, cc_table t, const cc_index_vec *rows,
	cc_range range);

#endif
