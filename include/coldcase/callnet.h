/* callnet.h - who calls whom, with how each call and each service does: the graph behind the topology's views.
 *
 * A node is one thing (a group: Service, workload and pods together). A link is declared when an object names the callee (an
 * environment variable), seen when spans show the call. Traffic is of the time after the pivot, beside that before it. */
#ifndef COLDCASE_CALLNET_H
#define COLDCASE_CALLNET_H

#include "coldcase/alerts.h"
#include "coldcase/cancel.h"
#include "coldcase/topology.h"

typedef struct cc_load {
	uint64_t calls, errors;         /* at or after the pivot */
	uint64_t calls_before, errors_before;
	uint64_t lost, lost_before;     /* calls made that the callee never saw (see cc_lost_calls); none of `calls` */
	double per_s;                   /* calls a second after the pivot; NaN = unknown */
	int64_t p99_ns, p99_before_ns;  /* 0 without calls */
} cc_load;

typedef enum cc_basis { CC_BASIS_SEEN = 1, CC_BASIS_DECLARED = 2, CC_BASIS_BOTH = 3 } cc_basis;

typedef struct cc_call_node {
	cc_entity_id entity;            /* its Service, else its workload */
	cc_load load;                   /* calls it received; lost: that were meant for it */
	cc_severity alert;              /* worst alert of it, background left out */
	bool has_alert;
	bool entry;                     /* nothing calls it, and it calls */
} cc_call_node;

typedef struct cc_call_link {
	uint32_t from, to;              /* nodes */
	cc_basis basis;
	bool ended;                     /* declared earlier, no longer */
	cc_load load;
	cc_cite cite;                   /* first record that shows it */
	cc_sym detail;                  /* the variable that declares it */
} cc_call_link;

typedef struct cc_callnet cc_callnet;

typedef struct cc_callnet_options {
	int64_t pivot_ns;               /* CC_TIME_NONE: all traffic counts as after */
	cc_range range;                 /* both CC_TIME_NONE = whole capture */
	cc_cancel *cancel;
} cc_callnet_options;

cc_code cc_callnet_build(cc_callnet **out, const cc_snapshot *s, const cc_callnet_options *opt, cc_err *err) CC_MUST_USE;
void cc_callnet_free(cc_callnet *n);
size_t cc_callnet_node_count(const cc_callnet *n);
const cc_call_node *cc_callnet_node(const cc_callnet *n, size_t i);
size_t cc_callnet_link_count(const cc_callnet *n);           /* ordered: from, to */
const cc_call_link *cc_callnet_link(const cc_callnet *n, size_t i);
/* Node of an entity (or of its group), SIZE_MAX when it neither calls nor is called. */
size_t cc_callnet_find(const cc_callnet *n, cc_entity_id id);
/* Links that leave (out) or reach a node: `count` of them, the k-th by cc_callnet_nth. */
size_t cc_callnet_degree(const cc_callnet *n, size_t node, bool out);
const cc_call_link *cc_callnet_nth(const cc_callnet *n, size_t node, bool out, size_t k);
/* Worst alert of whatever belongs to one thing with the entity (of a pod: its own). */
bool cc_callnet_alert(const cc_callnet *n, cc_entity_id id, cc_severity *worst);

/* Simple ways from entry points to a node, shortest first. */
typedef struct cc_route { uint32_t *nodes; size_t count; } cc_route;
typedef struct cc_routes { cc_route *p; size_t n, cap; bool cut; /* there are more */ } cc_routes;
cc_code cc_callnet_routes(const cc_callnet *n, size_t to, size_t max, cc_routes *out, cc_err *err) CC_MUST_USE;
void cc_routes_free(cc_routes *r);

#endif
