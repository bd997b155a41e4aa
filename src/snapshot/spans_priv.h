/* spans_priv.h - the span table and the traces over it. */
#ifndef COLDCASE_SNAPSHOT_SPANS_PRIV_H
#define COLDCASE_SNAPSHOT_SPANS_PRIV_H

#include "snapshot/calls.h"
#include "snapshot/identity.h"

struct spans_table {
	CC_VEC(cc_span) rows;     /* by start */
	CC_VEC(cc_trace) traces;  /* by start */
	CC_VEC(uint32_t) order;   /* span indices, trace after trace */
	identity_set who;
	call_set calls;           /* until the topology is built */
};

/* Until traces are built, a row keeps its parent's span id where its ns and pod will stand, and the number of its emitter
 * (identity.h) as entity: a million rows are held twice while they are read, so they are kept small. */
static inline void cc_span_hold_parent(cc_span *sp, uint64_t id)
{
	sp->ns = (cc_sym)(id >> 32);
	sp->pod = (cc_sym)id;
}

static inline uint64_t cc_span_held_parent(const cc_span *sp)
{
	return (uint64_t)sp->ns << 32 | sp->pod;
}

/* Groups the rows into traces and links parents, then gives the rows their names. Rows come in start order, with the number
 * of their trace id in `ids` as trace_index (0 = none); every field but entity is final afterwards. */
cc_code cc_traces_build(cc_snapshot *s, spans_table *t, const id_table *ids, cc_err *err) CC_MUST_USE;
/* The spans of each trace side by side, in start order as the rows are; by their trace_index and the counts of the traces. The
 * order has room for all rows. */
void cc_traces_order(spans_table *t);
/* Times, root and counts of one trace off its spans, and the calls that they show. seen: an element a symbol, 0 at first, to be
 * kept between the calls. false: out of memory. */
bool cc_traces_summarize(spans_table *t, uint32_t number, uint32_t *seen, call_set *calls);

#endif
