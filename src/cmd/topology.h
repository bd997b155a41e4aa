/* topology.h - what the files of `topology` share: one question, the graph of calls, and how well things do. */
#ifndef COLDCASE_CMD_TOPOLOGY_H
#define COLDCASE_CMD_TOPOLOGY_H

#include "cmd/evidence.h"
#include "coldcase/callnet.h"

typedef struct topology_call {
	cc_call *c;
	cc_reply *r;
	const cc_callnet *net;
	cc_entity_id id;         /* in the middle; 0 = none */
	int hops;
	bool windowed, undivided; /* a time window is set; it ends before the onset, so that all of it counts as one time */
	cc_page page;
} topology_call;

/* The facts of one entity: owner, workload, members; of a Node also how it stands. */
void cc_topology_facts(cc_call *c, cc_reply *r, cc_entity_id id);

cc_code cc_topology_map(topology_call *t, cc_err *err);     /* topology_map.c: the entity and its neighbours on five sides */
cc_code cc_topology_tree(topology_call *t, cc_err *err);    /* topology_views.c */
cc_code cc_topology_matrix(topology_call *t, cc_err *err);
cc_code cc_topology_routes(topology_call *t, cc_err *err);

/* How a link or node does: calls a second that arrived, failed ones in percent, p99 before and after, and calls made that never
 * arrived, also as their share of those made; all NONE without calls. */
#define TOPOLOGY_LOAD_COLUMNS(prefix, title, priority) \
	{ prefix "calls_per_s", title "/s", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, priority }, \
	{ prefix "error_percent", title "Err%", CC_CELL_NUMBER, CC_ROLE_CRITICAL, 6, priority }, \
	{ prefix "p99_before_ns", title "p99", CC_CELL_DURATION, CC_ROLE_DIM, 7, (priority) + 1 }, \
	{ prefix "p99_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, priority }, \
	{ prefix "lost", title "Lost", CC_CELL_INT, CC_ROLE_CRITICAL, 6, (priority) + 2 }, \
	{ prefix "lost_percent", title "Lost%", CC_CELL_NUMBER, CC_ROLE_CRITICAL, 6, (priority) > 1 ? 1 : (priority) }
void cc_topology_load_cells(cc_reply *r, const cc_load *l);
cc_role cc_topology_mark(const cc_load *l, bool has_alert, cc_severity alert);
const char *cc_topology_basis(cc_basis b);

#endif
