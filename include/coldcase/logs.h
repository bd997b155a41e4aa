/* logs.h - log records, ordered by time (records without a time first, then record order). */
#ifndef COLDCASE_LOGS_H
#define COLDCASE_LOGS_H

#include "coldcase/literal.h"
#include "coldcase/snapshot.h"

typedef enum cc_level { CC_LEVEL_UNKNOWN, CC_LEVEL_TRACE, CC_LEVEL_DEBUG, CC_LEVEL_INFO, CC_LEVEL_WARN, CC_LEVEL_ERROR, CC_LEVEL_FATAL } cc_level;

typedef struct cc_id128 { uint64_t hi, lo; } cc_id128;   /* trace id; 0,0 = none. Ids that are not hex are hashed into it */

typedef struct cc_logrec {
	int64_t time_ns;        /* CC_TIME_NONE when 1970 or unreadable */
	cc_cite cite;
	cc_sym service, ns, pod;/* service.name attribute before the ServiceName column */
	cc_entity_id entity;    /* the Pod when known, else the service's entity */
	cc_id128 trace;
	uint64_t span;          /* 0 = none */
	uint8_t level;          /* cc_level: combined from SeverityText, SeverityNumber and, when both are silent or INFO, the body */
	uint8_t level_from;     /* 't'ext, 'n'umber, 'b'ody, 0 unknown */
	bool late;              /* its file has a record of the same source before it that is of a later time */
	uint8_t unused[5];      /* 0: rows are kept as they stand (image.h), byte by byte the same */
} cc_logrec;

size_t cc_logs_count(const cc_snapshot *s);
const cc_logrec *cc_logs_get(const cc_snapshot *s, size_t i);           /* they lie side by side, in time order */
size_t cc_logs_lower_bound(const cc_snapshot *s, int64_t time_ns);      /* first record at or after time_ns */
/* How much later the latest record is that stands before this one; 0 when it is not late. Reads rows back from the last one. */
int64_t cc_logs_late_ns(const cc_snapshot *s, const cc_logrec *l);
/* Reads all bodies into memory (some 15 % of the log files' size), once, by several threads: for who is about to look at
 * many of them. Afterwards cc_logs_body borrows from there; without it, or when it is canceled or memory is out, each body is
 * read singly. */
void cc_logs_read_bodies(const cc_snapshot *s, cc_cancel *cancel);
/* Begins to do so on a thread of its own, unless they are too many to be held for somebody who may never ask. */
void cc_logs_warm_bodies(const cc_snapshot *s);
/* The bodies that were read lie in blocks, one behind the other: body k of a block is [end[k - 1], end[k]) of its text,
 * and its number in the snapshot is first + k. */
typedef struct cc_body_block { cc_str text; const uint32_t *end; size_t count, first; } cc_body_block;

size_t cc_logs_body_blocks(const cc_snapshot *s);    /* 0: they were not read */
/* False when this block could not be read: its bodies are read singly; text is empty then, count and first are set. */
bool cc_logs_body_block(const cc_snapshot *s, size_t i, cc_body_block *out);
/* The number of each log row's body, UINT32_MAX when no block holds it; NULL: bodies were not read. */
const uint32_t *cc_logs_body_numbers(const cc_snapshot *s);
/* Body text, decoded, raw (may hold newlines, escapes, ANSI). */
cc_str cc_logs_body(const cc_snapshot *s, const cc_logrec *l, cc_arena *arena);
/* Resource ('r'), log ('l') or scope ('s') attributes. */
void cc_logs_attrs(const cc_snapshot *s, const cc_logrec *l, char which, cc_kv_vec *out, cc_arena *arena);
/* One column by name as the file holds it ("SeverityText"), decoded; empty when the file has no such column. */
cc_str cc_logs_column(const cc_snapshot *s, const cc_logrec *l, const char *name, cc_arena *arena);

/* What the row of a record would say that has not been read into one: `record` as the file holds it. False: no row is made of it, for
 * it has too many fields or too few. Texts in the arena or of the record. */
typedef struct cc_log_peek { int64_t time_ns; cc_level level; cc_id128 trace; cc_str service, pod, body; } cc_log_peek;

bool cc_logs_peek(const cc_snapshot *s, uint32_t file, cc_str record, cc_log_peek *out, cc_arena *arena);
extern const char *const cc_logs_body_column;        /* names of the column that holds bodies, as in search.h */

const char *cc_level_name(cc_level l);       /* "error" */
char cc_level_letter(cc_level l);            /* T D I W E F, '?' unknown */
bool cc_level_parse(cc_str s, cc_level *out);/* any known spelling, any case: "WARNING", "Information", "err", "ERROR2" … */
/* Level that a body declares: leading bracketed or JSON levels, klog "E0102", " ERROR ", "panic:", exceptions. */
cc_level cc_level_of_body(cc_str body);

bool cc_id128_parse(cc_str hex, cc_id128 *out);  /* up to 32 hex digits; other text is hashed; empty gives 0,0 and false */
void cc_id128_format(cc_buf *out, cc_id128 id);  /* 32 digits */

#endif
