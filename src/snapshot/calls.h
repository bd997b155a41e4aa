/* calls.h - the calls that spans show, counted by who they are from and to: millions of spans, a few hundred pairs.
 *
 * Traces are gone over when they are summarised, their spans just being in the processor's cache; which edge of the graph
 * a pair belongs to is asked later and once (topology_calls.c). */
#ifndef COLDCASE_SNAPSHOT_CALLS_H
#define COLDCASE_SNAPSHOT_CALLS_H

#include "snapshot/snapshot_priv.h"

/* What tells one node of the graph from another. `entity` is told apart only where no service is named: until the rows are
 * bound it holds the number of the emitter, which serves as well. */
typedef struct call_side { cc_sym ns, service; uint32_t entity; } call_side;

typedef struct span_calls {
	call_side caller, callee;
	uint32_t first;          /* index of the earliest called span */
	uint32_t count, errors;
} span_calls;

typedef struct call_set {
	CC_VEC(span_calls) calls;     /* once joined: by `first` */
	CC_VEC(uint32_t) consumers;   /* indices of spans that take messages, which may link to what sent them; ascending */
	uint32_t *slots;              /* index + 1 of calls, 0 = free */
	size_t slot_count;            /* a power of two; 0 = nothing added yet */
} call_set;

static inline call_side cc_calls_side(const cc_span *sp)
{
	return (call_side){ sp->ns, sp->service, sp->service ? 0 : sp->entity };
}

bool cc_calls_add(call_set *set, const span_calls *calls);     /* false: out of memory */
/* Adds another thread's. The order of adding does not show once all are added and cc_calls_sort was called. */
bool cc_calls_join(call_set *set, const call_set *more);
void cc_calls_sort(call_set *set);
void cc_calls_deinit(call_set *set);

#endif
