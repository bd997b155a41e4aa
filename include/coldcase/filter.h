/* filter.h - the filter language: text -> tree -> matcher over the rows of one evidence table.
 *
 * Terms stand side by side (and) or are joined by `and`, `or`, `not`/`!`, parentheses. A term is
 *   field=value  field!=value  field~/re/  field!~/re/  field>=value  >  <  <=      blanks around the operator are allowed
 *   ~ /re/       /re/  /re/i   word  "quoted text"                                  search the row's text (smart case)
 * value: word, "quoted", /regex/i, a comma list (any of them: level=warn,error), globs in words (pod=cart-*). since=
 * and until= bound the row's time, both inclusive; they take what cc_time_parse_user reads. `service=` and `entity=`
 * go through the entity groups: service=checkout finds the rows of its pods too. attr.KEY= looks at attributes or
 * labels. Text is compared without regard to ASCII case. A row without a value for a field satisfies only != and !~.
 *
 * Each table has a field table, which also feeds completion and help. */
#ifndef COLDCASE_FILTER_H
#define COLDCASE_FILTER_H

#include "coldcase/cancel.h"
#include "coldcase/regex.h"
#include "coldcase/snapshot.h"
#include "coldcase/vec.h"

typedef enum cc_table {
	CC_TABLE_LOGS,     /* row = index of cc_logs_get */
	CC_TABLE_SPANS,    /* cc_spans_get */
	CC_TABLE_TRACES,   /* cc_traces_get */
	CC_TABLE_EVENTS,   /* cc_events_get */
	CC_TABLE_OBJECTS,  /* cc_objects_get */
	CC_TABLE_ALERTS,   /* cc_alerts_get */
	CC_TABLE_METRICS,  /* cc_series_get */
	CC_TABLE_EDGES,    /* cc_edges_get */
	CC_TABLES
} cc_table;

typedef enum cc_field_type {
	CC_FIELD_TEXT, CC_FIELD_NUMBER, CC_FIELD_TIME, CC_FIELD_DURATION, CC_FIELD_LEVEL /* ordered names: level, severity */,
	CC_FIELD_BOOL, CC_FIELD_ENTITY, CC_FIELD_ID /* trace, span: prefix of hex digits */
} cc_field_type;

typedef struct cc_field {
	const char *name;                /* "level" */
	const char *alias;               /* may be NULL */
	cc_field_type type;
	const char *const *choices;      /* NULL-terminated usual values, NULL = open */
	const char *help;                /* one line */
} cc_field;

typedef CC_VEC(uint32_t) cc_index_vec;  /* row numbers */
typedef struct cc_filter cc_filter;

typedef struct cc_filter_ctx {
	const cc_snapshot *snapshot;
	int64_t ref_ns;                  /* the day and moment "17:52" and "+5m" refer to; CC_TIME_NONE = start of the capture */
	int64_t onset_ns;                /* what "T+5m" refers to; CC_TIME_NONE = alerts' onset, when there is one */
	bool no_onset;                   /* none is looked for: T means nothing without one */
} cc_filter_ctx;

const char *cc_table_name(cc_table t);                     /* "logs" */
bool cc_table_parse(cc_str name, cc_table *out);           /* also "series" for metrics */
size_t cc_table_rows(const cc_snapshot *s, cc_table t);
bool cc_table_is_timed(cc_table t);                        /* rows are ordered by a time: bounds can be searched */
/* Fields of a table, attr.* last (name "attr."); returns their number. */
size_t cc_filter_fields(cc_table t, const cc_field **out);
/* The value of a field as text (times RFC 3339, durations "12.5ms"), for grouping and completion; empty when absent.
 * `field` may be "attr.KEY". Text in the arena or borrowed from the snapshot. */
cc_str cc_filter_text(const cc_snapshot *s, cc_table t, cc_str field, size_t row, cc_arena *arena);
/* Distinct values of a field that start with `prefix` (any case), most frequent first, at most `max`: completion.
 * Looks at no more than 20,000 rows, evenly spread. Texts in the arena. Returns the number put into out. */
size_t cc_filter_suggest(const cc_snapshot *s, cc_table t, cc_str field, cc_str prefix, cc_str *out, size_t max, cc_arena *arena);

/* Empty text matches every row. CC_EUSAGE: err->byte = offset of the bad token, the message names it, the hint lists
 * the fields. CC_EFORMAT: bad regex. CC_EUNKNOWN / CC_EAMBIGUOUS: entity= names nothing or several things. The
 * snapshot must outlive it. */
cc_code cc_filter_parse(cc_filter **out, cc_table t, cc_str text, const cc_filter_ctx *ctx, cc_err *err) CC_MUST_USE;
void cc_filter_free(cc_filter *f);                         /* NULL is fine */
/* Narrows the filter from outside its text (focus entity, window): not part of the canonical text. 0 / CC_TIME_NONE
 * = no restriction. Calls add up. */
cc_code cc_filter_restrict(cc_filter *f, cc_entity_id focus, int64_t from_ns, int64_t to_ns) CC_MUST_USE;

/* One thread at a time. A series also fits under the name of what is made of it: metric="memory/limit" (cc_metric_made_of). */
bool cc_filter_match(cc_filter *f, size_t row);
/* Under its own name and this one, and no other; empty: under its own alone. Of a name, either may fit, and != asks both. */
bool cc_filter_match_as(cc_filter *f, size_t row, cc_str name);
/* Times outside which no row can match, from since/until/time terms that hold for the whole filter and from restrict.
 * Open sides: CC_TIME_NONE and INT64_MAX. Both inclusive. */
cc_range cc_filter_bounds(const cc_filter *f);
/* Appends all matching rows in table order, using the bounds. */
cc_code cc_filter_select(cc_filter *f, cc_index_vec *out, cc_cancel *cancel, cc_err *err) CC_MUST_USE;

/* Somebody looks on while rows are selected. */
typedef struct cc_filter_watch {
	uint64_t most;           /* so many rows are asked at most, of those within the bounds; UINT64_MAX = all */
	/* Every few thousand rows: what fits among the `looked` rows asked so far, of `rows`. False: that is enough. NULL = nobody is told. */
	bool (*tell)(void *arg, const cc_index_vec *so_far, uint64_t looked, uint64_t rows);
	void *arg;
	uint64_t looked, rows;   /* the same, told at the end */
	bool waits;              /* what follows this telling takes long: texts are read that no filter asked for before */
} cc_filter_watch;
/* The same. That it ended early is a success with looked < rows: out then has all that fit among those. */
cc_code cc_filter_select_watched(cc_filter *f, cc_index_vec *out, cc_filter_watch *w, cc_cancel *cancel, cc_err *err) CC_MUST_USE;

bool cc_filter_is_empty(const cc_filter *f);               /* no term in its text */
cc_table cc_filter_table(const cc_filter *f);
/* Canonical text: parses back to an equal filter (times absolute, values quoted where needed). */
void cc_filter_format(const cc_filter *f, cc_buf *out);
/* A value as it stands behind `field=` so that it means itself and nothing else: quoted where it must be. */
void cc_filter_quote(cc_buf *out, cc_str value);
/* Whether a name can stand before the operator: attr.NAME= of a label with a blank in its name cannot be asked for. */
bool cc_filter_is_name(cc_str name);
bool cc_filter_equal(const cc_filter *a, const cc_filter *b);
/* Entity the whole filter is about (entity=/service= term that holds for all rows), 0 = none: for "no rows" texts
 * and pivots. */
cc_entity_id cc_filter_entity(const cc_filter *f);
/* Of a filter over logs that a text in the body, level and time decide, and nothing else: that text. NULL: it asks for more, or for no
 * text. Such a filter can be asked of a record before it is a row (cc_logs_peek): whether one fits in which the text lies. */
cc_regex *cc_filter_plain_text(const cc_filter *f);
bool cc_filter_is_plain(const cc_filter *f);               /* level and time alone decide it */
bool cc_filter_fits_plain(const cc_filter *f, int64_t time_ns, int level);
/* Expressions that searched row text, for highlighting hits; at most `max`, returns the number. Borrowed. */
size_t cc_filter_patterns(const cc_filter *f, cc_regex **out, size_t max);
/* Rows whose regex gave up (regex.h): they count as not matching, and the reader must be told. */
uint64_t cc_filter_gave_up(const cc_filter *f);

#endif
