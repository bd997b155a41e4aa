/* spans_priv.h - the span table and the traces over it. */
#ifndef COLDCASE_SNAPSHOT_SPANS_PRIV_H
#define COLDCASE_SNAPSHOT_SPANS_PRIV_H

#include "snapshot/identity.h"

struct spans_table {
	CC_VEC(cc_span) rows;     /* by start */
	CC_VEC(cc_trace) traces;  /* by start */
	CC_VEC(uint32_t) order;   /* span indices, trace after trace */
	identity_set who;
};

/* Groups the rows into traces and links parents. Rows come in start order, with the number of their trace id in `ids` as
 * trace_index (0 = none); parent and trace_index of every row are set. */
cc_code cc_traces_build(cc_snapshot *s, spans_table *t, const cc_dict *ids, cc_err *err) CC_MUST_USE;

#endif
