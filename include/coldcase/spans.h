/* spans.h - spans ordered by start time, and the traces they form. */
#ifndef COLDCASE_SPANS_H
#define COLDCASE_SPANS_H

#include "coldcase/logs.h"

typedef enum cc_span_kind { CC_SPAN_UNSPECIFIED, CC_SPAN_INTERNAL, CC_SPAN_SERVER, CC_SPAN_CLIENT, CC_SPAN_PRODUCER, CC_SPAN_CONSUMER } cc_span_kind;
typedef enum cc_span_status { CC_STATUS_UNSET, CC_STATUS_OK, CC_STATUS_ERROR } cc_span_status;

#define CC_SPAN_NO_PARENT UINT32_MAX

typedef struct cc_span {
	int64_t start_ns, duration_ns;
	uint64_t id;
	cc_cite cite;
	cc_sym service, name, ns, pod;
	cc_entity_id entity;      /* the Pod when known, else the service's entity */
	uint32_t parent;          /* index of the parent span, CC_SPAN_NO_PARENT: root or parent missing */
	uint32_t trace_index;     /* into cc_traces_get */
	bool has_parent;          /* names one, which may be missing; false = root */
	uint8_t kind;             /* cc_span_kind, either spelling */
	uint8_t status;           /* cc_span_status */
	uint8_t unused;           /* 0: see cc_logrec */
} cc_span;

typedef struct cc_trace {
	cc_id128 id;
	int64_t start_ns, end_ns;
	uint32_t first, count;    /* its spans: cc_traces_span(s, first) … first + count - 1, in start order */
	uint32_t root;            /* span index of the earliest root (or earliest span when the root is missing) */
	uint32_t errors;          /* spans with status ERROR */
	uint32_t services;        /* distinct services */
	uint32_t orphans;         /* spans that name a parent which is not in the file */
	uint32_t error_logs;      /* log records of level ERROR and up that carry its id */
	uint32_t unused;          /* 0: see cc_logrec */
} cc_trace;

size_t cc_spans_count(const cc_snapshot *s);
const cc_span *cc_spans_get(const cc_snapshot *s, size_t i);
cc_id128 cc_spans_trace_id(const cc_snapshot *s, const cc_span *sp);     /* 0,0 = none */
/* The id it names as its parent's, 0 = none. Read from the file where that parent is missing. */
uint64_t cc_spans_parent_id(const cc_snapshot *s, const cc_span *sp, cc_arena *arena);
size_t cc_spans_lower_bound(const cc_snapshot *s, int64_t time_ns);
void cc_spans_attrs(const cc_snapshot *s, const cc_span *sp, char which, cc_kv_vec *out, cc_arena *arena); /* 'r' resource, 's' span */
cc_str cc_spans_column(const cc_snapshot *s, const cc_span *sp, const char *name, cc_arena *arena);
/* Span events: times, names and attribute cells in parallel; a missing time is CC_TIME_NONE. */
typedef struct cc_span_event { int64_t time_ns; cc_str name; cc_str attributes; /* map cell: cc_literal_map */ } cc_span_event;
typedef CC_VEC(cc_span_event) cc_span_event_vec;
void cc_spans_events(const cc_snapshot *s, const cc_span *sp, cc_span_event_vec *out, cc_arena *arena);
/* The text that says what went wrong: StatusMessage, else exception.message of its exception event; empty when none. */
cc_str cc_spans_error_text(const cc_snapshot *s, const cc_span *sp, cc_arena *arena);

/* False when every span's status is Unset: nobody recorded whether calls failed (or none did). */
bool cc_spans_have_status(const cc_snapshot *s);

size_t cc_traces_count(const cc_snapshot *s);                    /* ordered by start time */
const cc_trace *cc_traces_get(const cc_snapshot *s, size_t i);
uint32_t cc_traces_span(const cc_snapshot *s, uint32_t position);/* span index at a position of the by-trace order */
/* Index of the trace with this id, or a unique prefix of at least 4 hex digits. CC_EUNKNOWN, CC_EAMBIGUOUS. */
cc_code cc_traces_find(const cc_snapshot *s, cc_str id, size_t *out, cc_err *err) CC_MUST_USE;

const char *cc_span_kind_name(cc_span_kind k);      /* "Server" */
const char *cc_span_status_name(cc_span_status st); /* "Error" */

#endif
