/* flows_priv.h - what counting (flows.c) adds up (flows_table.c) and hands to judging (flows_rank.c). */
#ifndef COLDCASE_FLOWS_PRIV_H
#define COLDCASE_FLOWS_PRIV_H

#include "coldcase/arena.h"
#include "coldcase/traceview.h"

typedef CC_VEC(int64_t) time_vec;

typedef struct flow_acc {
	cc_sym from, to;
	cc_str text;             /* paths */
	uint64_t oks[2], errors[2], origins[2];   /* before, after */
	time_vec times[2];
	time_vec caller[2], self[2], whole[2];   /* edges, one beside each of times, < 0 = not known; services; paths */
	uint32_t example, chain;
	bool example_failed, ignored;             /* ignored: an edge away from the focus, known and not counted */
	int64_t slowest;
} flow_acc;

typedef CC_VEC(flow_acc) flow_vec;
typedef CC_VEC(cc_flow) flow_list;
typedef CC_VEC(cc_error_origin) origin_vec;

/* Two numbers to one: a small open-addressing table, because chains and edges are looked up once for each span. */
typedef struct pair_slot { uint64_t key; uint32_t value; /* plus 1, 0 = free */ } pair_slot;
typedef struct pairs { pair_slot *slots; size_t n, cap; } pairs;

#define PAIR_NONE UINT32_MAX
uint32_t cc_pairs_get(const pairs *p, uint32_t x, uint32_t y);   /* PAIR_NONE when missing */
bool cc_pairs_add(pairs *p, uint32_t x, uint32_t y, uint32_t value) CC_MUST_USE;   /* of a missing pair */

enum { CHAIN_NONE = 0, CHAIN_DEPTH_MAX = 32 };

/* A node of the tree of service chains; the marks name the trace at hand, or an earlier one. */
typedef struct chain_node {
	uint32_t parent, depth, error_trace, extended_trace, seen_trace, flow, hop;
	cc_sym service;
} chain_node;

/* Client spans of one name in one service: those a callee answered, by callee, and those nobody did. */
typedef struct answered { uint32_t name, next; cc_sym callee; uint64_t calls[2]; } answered;   /* next: of the same name, plus 1 */
typedef struct client_name { cc_sym service, operation; uint32_t answers; CC_VEC(uint32_t) silent; } client_name;
typedef CC_VEC(cc_lost_calls) lost_vec;

/* What a range of traces adds up to. All zero: a range without traces. */
typedef struct flow_table {
	pairs service_at, edge_at, origin_at, origin_name_at, chain_at, client_at, answered_at;
	flow_vec services, edges, paths, hops;
	origin_vec origins;
	uint32_t origin_names;
	CC_VEC(client_name) clients;
	CC_VEC(answered) answers;
	uint64_t client_spans;
	CC_VEC(chain_node) nodes;  /* node 0 stands for no chain */
	uint64_t traces, repeated;
} flow_table;

/* These add what is missing; NULL, CHAIN_NONE when out of memory. Pointers are good until the next call. */
flow_acc *cc_flow_table_service(flow_table *t, cc_sym service);
flow_acc *cc_flow_table_edge(flow_table *t, cc_sym from, cc_sym to, bool *added);
flow_acc *cc_flow_table_path(flow_table *t, uint32_t chain);
flow_acc *cc_flow_table_hop(flow_table *t, uint32_t chain);
cc_error_origin *cc_flow_table_origin(flow_table *t, const cc_span *first, uint32_t callee);
uint32_t cc_flow_table_chain(flow_table *t, uint32_t parent, cc_sym service);

/* A client span (index for cc_spans_get) and the service that answered it, 0 = none. */
bool cc_flow_table_client(flow_table *t, const cc_span *sp, uint32_t index, cc_sym callee, bool after) CC_MUST_USE;
bool cc_flow_table_add_clients(flow_table *into, flow_table *from) CC_MUST_USE;

/* Adds the table of the traces that follow; `from` is emptied. False when out of memory. */
bool cc_flow_table_merge(flow_table *into, flow_table *from) CC_MUST_USE;
void cc_flow_table_deinit(flow_table *t);

struct cc_flows {
	cc_arena *arena;
	flow_table table;          /* emptied by finish, but for its origins */
	flow_list services, edges, paths, hops;
	lost_vec lost;
	int64_t before_ns, after_ns;
};

enum { CC_FLOW_MIN_CALLS = 5 };   /* below it percentiles and shares say little */

/* Percentiles, verdicts, order; error texts of the origins. */
cc_code cc_flows_finish(cc_flows *f, const cc_snapshot *s, const cc_flows_options *opt) CC_MUST_USE;

/* The calls that nobody answered; reads the attributes of silent spans. */
cc_code cc_flows_find_lost(cc_flows *f, const cc_snapshot *s, const cc_flows_options *opt) CC_MUST_USE;
/* Hops, so far in the order of the table's, in the order of the tree. False when out of memory. */
bool cc_flows_order_hops(cc_flows *f) CC_MUST_USE;

#endif
