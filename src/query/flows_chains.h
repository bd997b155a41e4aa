/* flows_chains.h - the chains of services of one trace, counted. */
#ifndef COLDCASE_FLOWS_CHAINS_H
#define COLDCASE_FLOWS_CHAINS_H

#include "flows_calls.h"
#include "flows_priv.h"

/* A call that came along a chain: the span that entered its last service. */
typedef struct chain_entry { uint32_t chain, index; int64_t duration_ns; bool failed; } chain_entry;

typedef struct chain_walk {
	flow_table *out;
	trace_spans *trace;      /* the trace at hand, read */
	CC_VEC(uint32_t) stack, seen;   /* places; chain nodes of the trace */
	CC_VEC(chain_entry) entries;
} chain_walk;

/* Counts the trace: parts are CC_FLOWS_PATHS and CC_FLOWS_HOPS. False when out of memory. */
bool cc_flow_count_chains(chain_walk *w, uint32_t number, const cc_trace *t, bool after, unsigned parts) CC_MUST_USE;
void cc_chain_walk_deinit(chain_walk *w);

/* Adds one call to what is counted on one side of the pivot. False when out of memory. */
bool cc_flow_add(flow_acc *acc, bool after, bool failed, int64_t duration_ns) CC_MUST_USE;
/* An example worth looking at: a failing one after the pivot, else the slowest. */
void cc_flow_example(flow_acc *acc, bool after, bool failed, int64_t duration_ns, uint32_t example);

#endif
