/* flows_calls.h - the spans of one trace side by side: how long calls took where they were made, and how long services
 * worked themselves. */
#ifndef COLDCASE_FLOWS_CALLS_H
#define COLDCASE_FLOWS_CALLS_H

#include "coldcase/spans.h"
#include "coldcase/vec.h"

#define NO_PLACE UINT32_MAX

/* A span as counting needs it: a trace of these fits a cache, while its rows lie far apart. Places are positions in the
 * trace, in start order. */
typedef struct trace_span {
	int64_t start_ns, duration_ns;
	int64_t caller;          /* of a span that enters a service: the caller's span around it; -1 = not recorded */
	int64_t self;            /* of such a span: what of it was not spent waiting for other services */
	uint32_t index, parent;  /* for cc_spans_get; place or NO_PLACE */
	uint32_t entry;          /* the span through which its service was entered, plus 1 */
	uint32_t children, steps;    /* of them: in its own service */
	uint32_t chain;          /* for the counting of paths */
	cc_sym service, callee;  /* callee: the first other service that has a span below this one; 0 = none */
	uint8_t kind, status;
	bool repeated;           /* the same record once more: exports repeat rows at their page borders */
	bool failing_child, server_child;
} trace_span;

typedef struct span_name { uint64_t id; uint32_t place; } span_name;
typedef struct call_wait { uint32_t entry; int64_t from, to; } call_wait;

typedef struct trace_spans {
	const cc_snapshot *s;
	uint32_t *place;         /* by span index, of the traces read so far; shared by all that read other traces */
	CC_VEC(trace_span) list; /* the trace at hand */
	CC_VEC(span_name) names;
	CC_VEC(call_wait) waits;
} trace_spans;

/* Reads the spans of a trace, without caller and self. False when out of memory. */
bool cc_trace_spans_read(trace_spans *c, const cc_trace *t) CC_MUST_USE;
/* Of the trace at hand: caller of each span; with `self` that, too. False when out of memory. */
bool cc_trace_spans_measure(trace_spans *c, bool self) CC_MUST_USE;
void cc_trace_spans_deinit(trace_spans *c);

#endif
