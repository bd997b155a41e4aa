/* flows_calls.h - how long calls took where they were made, and how long services worked themselves. */
#ifndef COLDCASE_FLOWS_CALLS_H
#define COLDCASE_FLOWS_CALLS_H

#include "coldcase/arena.h"
#include "coldcase/spans.h"
#include "coldcase/vec.h"

typedef struct span_name { uint64_t id; uint32_t span; } span_name;
typedef struct call_wait { uint32_t entry; int64_t from, to; } call_wait;

/* By span index; filled one trace at a time. */
typedef struct call_times {
	const cc_snapshot *s;
	int64_t *caller;         /* of a span that enters a service: the caller's span around it; -1 = not recorded */
	int64_t *self;           /* of such a span: what of it was not spent waiting for other services */
	uint32_t *entry;         /* the span through which its service was entered, plus 1 */
	uint32_t *children, *steps;  /* of them: in its own service */
	uint8_t *repeated;       /* the same record once more: exports repeat rows at their page borders */
	CC_VEC(span_name) names; /* of the trace at hand, both */
	CC_VEC(call_wait) waits;
} call_times;

bool cc_call_times_init(call_times *c, const cc_snapshot *s) CC_MUST_USE;
void cc_call_times_deinit(call_times *c);
/* False when out of memory. */
bool cc_call_times_measure(call_times *c, const cc_trace *t) CC_MUST_USE;

#endif
