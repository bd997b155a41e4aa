/* traceview.h - what traffic flows where, where errors begin, and one trace as a waterfall. All times int64 ns. */
#ifndef COLDCASE_TRACEVIEW_H
#define COLDCASE_TRACEVIEW_H

#include "coldcase/filter.h"
#include "coldcase/spans.h"

/* --- flows: before and after an instant --- */

typedef struct cc_flow_stats {
	uint64_t calls, errors;
	int64_t p50_ns, p99_ns;   /* exact, nearest rank; 0 when calls is 0 */
} cc_flow_stats;

typedef struct cc_flow_times {
	uint64_t n;               /* calls it was measured for */
	int64_t p50_ns, p99_ns;   /* 0 when n is 0 */
} cc_flow_times;

/* WIRE: slower for the caller because the time between caller and callee grew (network, queue, proxy), while the callee
 * itself did not become slower. */
typedef enum cc_flow_verdict { CC_FLOW_SAME, CC_FLOW_NEW, CC_FLOW_GONE, CC_FLOW_ERRORS, CC_FLOW_SLOWER, CC_FLOW_LESS, CC_FLOW_WIRE } cc_flow_verdict;

typedef struct cc_flow {      /* a service, an edge, a path or a hop */
	cc_sym from, to;          /* edge: caller and callee service; service: to only (from 0); path: entry and last service */
	cc_str chain;             /* path, hop: "frontend > checkout > payment"; else empty */
	/* path: calls are traces, errors are traces with an error on the chain, times those of the calls of its last service;
	   hop: the calls of its last service that came along it; edge: times are the callee's own */
	cc_flow_stats before, after;
	cc_flow_times whole_before, whole_after;   /* path: as long as its traces took */
	/* edge: as long as the caller waited, where it recorded a span around the call; and that minus the callee's time */
	cc_flow_times caller_before, caller_after, gap_before, gap_after;
	/* service: its calls' time without that spent in calls to other services (as the caller saw them) */
	cc_flow_times self_before, self_after;
	uint64_t origin_before, origin_after;  /* service: errors that began here (see cc_error_origin) */
	cc_entity_id entity;      /* of the callee / service / last service */
	uint32_t depth;           /* hop: services before the last one of its chain */
	uint32_t example;         /* span (path: trace) index: a failing one after the pivot when there is one, else the slowest */
	cc_flow_verdict verdict;  /* worst change, improvements are never flagged */
	bool few;                 /* less calls on one side than a judgement needs: ranked by what they make certain */
	double score;             /* orders by how much worse it got */
} cc_flow;

/* A failing span none of whose children fails: the error began there, callers only pass it on. Spans of one name that
 * call different services are different origins. */
typedef struct cc_error_origin {
	cc_sym service, operation;
	uint32_t callee;          /* tells callees apart: 0 = calls nobody */
	uint64_t before, after;
	int64_t first_ns, last_ns;
	uint32_t example;         /* span index of the first one after the pivot, else the first */
	cc_entity_id entity;
	cc_str text;              /* error text of the example; may be empty */
	bool client_only;         /* a client span without a server span below it: the callee never answered */
	cc_str peer;              /* whom it called: the service that answered, else as the span names it; may be empty */
} cc_error_origin;

/* Client spans below which no other service recorded a span, of operations whose callee normally does. */
typedef struct cc_lost_calls {
	cc_sym service, operation;
	cc_str callee;            /* the service; empty: several answer this operation, and the silent spans do not say which */
	uint64_t calls_before, calls_after, lost_before, lost_after;
	int64_t first_ns;         /* first lost one after the pivot, else the first */
	uint32_t example;         /* its span index */
	cc_entity_id entity;      /* of the callee */
	bool few;
	double score;
} cc_lost_calls;

typedef struct cc_flows cc_flows;

/* What is counted. NEAR: of the edges only those that begin or end in a service of the focus. */
enum {
	CC_FLOWS_SERVICES = 1, CC_FLOWS_EDGES = 2, CC_FLOWS_PATHS = 4, CC_FLOWS_ORIGINS = 8,
	CC_FLOWS_ALL = 15, CC_FLOWS_NEAR = 16, CC_FLOWS_HOPS = 32, CC_FLOWS_LOST = 64   /* ALL: the first four */
};

typedef struct cc_flows_options {
	int64_t pivot_ns;         /* CC_TIME_NONE: everything counts as after */
	cc_range range;           /* spans starting inside are counted; both CC_TIME_NONE = all */
	cc_entity_id focus;       /* only traces with a span it covers; 0 = all */
	unsigned parts;           /* CC_FLOWS_…: lists that were not asked for stay empty; 0 = ALL. Services without origins
	                             say nothing of errors that began in them */
	bool unranked;            /* no verdicts, no scores: most traffic first */
	unsigned ranges;          /* in how many pieces the traces are counted, 0 = by their number; the result is the same */
	cc_cancel *cancel;
} cc_flows_options;

cc_code cc_flows_build(cc_flows **out, const cc_snapshot *s, const cc_flows_options *opt, cc_err *err) CC_MUST_USE;
void cc_flows_free(cc_flows *f);
/* Each list: highest score first, then traffic, then names. */
size_t cc_flows_service_count(const cc_flows *f);
const cc_flow *cc_flows_service(const cc_flows *f, size_t i);
size_t cc_flows_edge_count(const cc_flows *f);
const cc_flow *cc_flows_edge(const cc_flows *f, size_t i);
size_t cc_flows_path_count(const cc_flows *f);
const cc_flow *cc_flows_path(const cc_flows *f, size_t i);
/* The tree of all chains, depth first; below one parent the one with the worst change in it comes first. */
size_t cc_flows_hop_count(const cc_flows *f);
const cc_flow *cc_flows_hop(const cc_flows *f, size_t i);
size_t cc_flows_lost_count(const cc_flows *f);        /* highest score first */
const cc_lost_calls *cc_flows_lost(const cc_flows *f, size_t i);
uint64_t cc_flows_clients(const cc_flows *f);         /* LOST: client spans seen; 0 = their kinds were not recorded */
/* The length of time before and after the pivot within which spans were recorded and counted; 0 = none. */
int64_t cc_flows_before_ns(const cc_flows *f);
int64_t cc_flows_after_ns(const cc_flows *f);
size_t cc_flows_origin_count(const cc_flows *f);      /* most after the pivot first */
const cc_error_origin *cc_flows_origin(const cc_flows *f, size_t i);
uint64_t cc_flows_traces(const cc_flows *f);          /* traces counted */
uint64_t cc_flows_repeated(const cc_flows *f);        /* spans left out because the same record stands in the file twice */
const char *cc_flow_verdict_name(cc_flow_verdict v);  /* "errors", "slower", "slower (wire)", "new", "gone", "less traffic", "-" */
/* Whether an edge is judged by what its caller saw: most of its calls have a caller's span on either side. */
bool cc_flow_at_caller(const cc_flow *w);
/* Value at a quantile (0..1) by nearest rank; reorders v; 0 when n is 0. */
int64_t cc_percentile(int64_t *v, size_t n, double q);
/* By how much a share rose for certain: the lower end of the interval of the difference (Newcombe's, from Wilson's
 * intervals at one standard error). 3 of 3 is less than 80 of 100. Below 0: it may not have risen at all. */
double cc_share_rise(uint64_t hits_before, uint64_t n_before, uint64_t hits_after, uint64_t n_after);
/* Whom a client span calls, by its attributes: peer.service, server.address, the host of a URL …; empty = not said. */
cc_str cc_span_peer(const cc_snapshot *s, const cc_span *sp, cc_arena *arena);

/* --- chains of services by name: "frontend > checkout > payment" --- */

typedef struct cc_chain { cc_sym service[33]; size_t n; } cc_chain;
/* CC_EUNKNOWN names the service that no span has. */
cc_code cc_chain_parse(const cc_snapshot *s, cc_str text, cc_chain *out, cc_err *err) CC_MUST_USE;
/* Whether these services called each other in this order somewhere in the trace. */
bool cc_trace_follows(const cc_snapshot *s, const cc_trace *t, const cc_chain *chain);

/* --- waterfall: one trace --- */

typedef struct cc_waterfall_row {
	uint32_t span;            /* index for cc_spans_get */
	uint32_t parent_row;      /* row number, UINT32_MAX for roots */
	uint32_t depth;           /* 0 = root */
	uint32_t children;        /* direct children */
	uint32_t subtree;         /* rows below it, direct and indirect: they follow immediately (fold) */
	int64_t offset_ns;        /* start relative to the trace's start */
	int64_t duration_ns;
	int64_t self_ns;          /* duration not covered by children */
	double from, to;          /* bar within the trace, 0..1 */
	bool critical;            /* on the critical path: shortening it would have shortened the trace */
	int64_t critical_ns;      /* time of the critical path spent in this span itself */
	bool error;
	bool origin;              /* failing without a failing child */
	bool orphan;              /* names a parent which is not in the file (or stands in a cycle): shown as a root of its own */
	bool skew;                /* starts before its parent or, being synchronous, ends after it */
} cc_waterfall_row;

typedef struct cc_waterfall cc_waterfall;

/* Rows in display order: depth first, children by start time. trace: index for cc_traces_get. CC_EUNKNOWN when out
 * of range. */
cc_code cc_waterfall_build(cc_waterfall **out, const cc_snapshot *s, size_t trace, cc_err *err) CC_MUST_USE;
void cc_waterfall_free(cc_waterfall *w);
size_t cc_waterfall_count(const cc_waterfall *w);
const cc_waterfall_row *cc_waterfall_get(const cc_waterfall *w, size_t i);
int64_t cc_waterfall_start(const cc_waterfall *w);
int64_t cc_waterfall_duration(const cc_waterfall *w);
size_t cc_waterfall_orphans(const cc_waterfall *w);
size_t cc_waterfall_skewed(const cc_waterfall *w);

/* --- two traces side by side --- */

/* A span of one trace and its counterpart in the other: the same operation at the same place of the tree. */
typedef struct cc_trace_pair {
	uint32_t here, there;     /* rows of the waterfalls; UINT32_MAX = only in the other */
	uint32_t depth;
} cc_trace_pair;
typedef CC_VEC(cc_trace_pair) cc_trace_pair_vec;

/* Appends the pairs, depth first. Below one pair the k-th call of an operation meets the k-th. CC_ENOMEM. */
cc_code cc_waterfall_align(const cc_snapshot *s, const cc_waterfall *here, const cc_waterfall *there, cc_trace_pair_vec *out) CC_MUST_USE;

typedef struct cc_healthy {
	size_t trace;             /* index for cc_traces_get */
	size_t candidates;        /* healthy traces of the same root operation it was chosen from */
	bool before;              /* they all began before the pivot */
	bool alike;               /* they all enter the same operation of a second service first */
} cc_healthy;

/* A healthy trace to compare with: complete, of the same root service and span name, without a failing span and without an
 * error log; alike, where there are such, for gateways give all requests one name; from before the pivot, where there are
 * such; of these the one of the median duration. CC_ENOTFOUND. */
cc_code cc_trace_healthy(const cc_snapshot *s, size_t trace, int64_t pivot_ns, cc_healthy *out, cc_err *err) CC_MUST_USE;

/* --- where the time goes --- */

/* A service or an operation over many traces, before and after the pivot. Sums: divided by the number of traces they add up
 * to the mean length of a trace (critical) or more (self: work in parallel). */
typedef struct cc_breakdown_row {
	cc_sym service, operation;       /* operation 0 when by service */
	uint64_t spans[2], errors[2];
	int64_t total_ns[2], self_ns[2], critical_ns[2];
	uint32_t example;                /* span index: the one with most critical time after the pivot, else before */
	int64_t example_ns;
} cc_breakdown_row;

typedef struct cc_breakdown_options {
	int64_t pivot_ns;                /* CC_TIME_NONE: everything counts as after */
	cc_range range;                  /* traces that begin inside */
	cc_entity_id focus;              /* only traces with a span it covers; 0 = all */
	const cc_chain *chain;           /* only traces along it; NULL = all */
	size_t trace;                    /* only this one; SIZE_MAX = all */
	bool operations;                 /* rows are operations, not services */
	bool unranked;                   /* most time first, not most added */
	cc_cancel *cancel;
} cc_breakdown_options;

typedef struct cc_breakdown {
	CC_VEC(cc_breakdown_row) rows;   /* that took more of each trace than before first */
	uint64_t traces[2];
	int64_t whole_ns[2];             /* of all traces together */
} cc_breakdown;

cc_code cc_breakdown_build(cc_breakdown *out, const cc_snapshot *s, const cc_breakdown_options *o, cc_err *err) CC_MUST_USE;
void cc_breakdown_deinit(cc_breakdown *b);

/* Log rows that carry this trace's id, in time order: to be interleaved. */
cc_code cc_waterfall_logs(const cc_snapshot *s, size_t trace, cc_index_vec *out) CC_MUST_USE;

#endif
