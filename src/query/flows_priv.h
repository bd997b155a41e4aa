/* flows_priv.h - what counting (flows.c) hands to judging (flows_rank.c). */
#ifndef COLDCASE_FLOWS_PRIV_H
#define COLDCASE_FLOWS_PRIV_H

#include "coldcase/arena.h"
#include "coldcase/map.h"
#include "coldcase/traceview.h"

typedef struct flow_acc {
	cc_sym from, to;
	cc_str text;             /* paths */
	uint64_t oks[2], errors[2], origins[2];   /* before, after */
	CC_VEC(int64_t) times[2];
	CC_VEC(int64_t) caller[2], gap[2], self[2];   /* edges; edges; services */
	uint32_t example, chain;
	bool example_failed;
	int64_t slowest;
} flow_acc;

typedef CC_VEC(flow_acc) flow_vec;
typedef CC_VEC(cc_flow) flow_list;

struct cc_flows {
	cc_arena *arena;
	flow_vec service_acc, edge_acc, path_acc;   /* emptied by finish */
	flow_list services, edges, paths;
	CC_VEC(cc_error_origin) origins;
	uint64_t traces, repeated;
};

/* Percentiles, verdicts, order; error texts of the origins. */
cc_code cc_flows_finish(cc_flows *f, const cc_snapshot *s, const cc_flows_options *opt) CC_MUST_USE;

#endif
