/* reach.h - how far the trouble of one thing can be felt: along owners, configuration, placement and calls.
 *
 * Trouble travels from a configuration to the workloads that read it, from a controller to its pods, from a node to the pods on
 * it, from a policy or an autoscaler to what it governs, from a chaos object to its target, from a namespace to all that lives
 * in it, from a quota to what events say it refuses (the rest of its namespace may or may not feel it) - and from a service to those that call it. It does not travel from a caller to what it calls: load that
 * one service puts on another is not told by the map. */
#ifndef COLDCASE_REACH_H
#define COLDCASE_REACH_H

#include "coldcase/events.h"
#include "coldcase/topology.h"

typedef enum cc_reach_how {
	CC_REACH_NOT,
	CC_REACH_ITSELF,         /* one thing with it (entity.h: group) */
	CC_REACH_PART,           /* owned, configured, governed, carried or targeted by it */
	CC_REACH_CALLS,          /* calls what is one of the above, over `hops` calls */
	CC_REACH_NAMESPACE,      /* lives in the namespace it is or limits */
	CC_REACH_AROUND          /* is the namespace it lives in */
} cc_reach_how;

typedef struct cc_reach { cc_reach_how how; unsigned hops; } cc_reach;

/* Which events may be taken into account; NULL in its place = all. */
typedef struct cc_reach_events { bool (*known)(void *arg, const cc_event *e); void *arg; } cc_reach_events;

/* Fills out[0 … cc_entity_count(s)], by entity id. */
cc_code cc_reach_from(const cc_snapshot *s, cc_entity_id from, const cc_reach_events *events, cc_reach *out) CC_MUST_USE;
/* "itself", "its part or user", "calls it over 2 hops", "in its namespace", "it lives there". */
void cc_reach_say(cc_reach r, cc_buf *out);

#endif
