/* eventlanes.h - events over time, a lane an object, and chaos experiments from injection to recovery. */
#ifndef COLDCASE_EVENTLANES_H
#define COLDCASE_EVENTLANES_H

#include "coldcase/cancel.h"
#include "coldcase/events.h"
#include "coldcase/filter.h"

/* A letter a slice of time. Happenings: S scheduled, P pulled, C created or started, K killed, B back-off, U unhealthy, F failed
 * (and any other warning), R scaled or replaced, N a node's, X chaos, D an object deleted, o other; the small letter between
 * the first and the last of an event that repeats. ^ a change of the object's spec. States: . nothing happened, - not running,
 * ? not known yet, blank: did not exist. */
typedef struct cc_event_lane {
	cc_entity_id entity;      /* 0 with `name`: events of a thing that is no entity */
	cc_sym name;
	int depth;                /* 0 a workload or a thing without owner, 1 what belongs to it */
	int64_t first_ns, last_ns;
	int64_t count;            /* occurrences */
	bool warning;             /* one of its events is a warning */
	uint32_t last;            /* its last event; UINT32_MAX for an owner without events of its own */
	char *letters;
} cc_event_lane;
typedef CC_VEC(cc_event_lane) cc_event_lane_vec;

typedef struct cc_event_lanes_options {
	const cc_index_vec *rows; /* events */
	cc_range range;           /* drawn; earlier events only tell the state at its beginning */
	size_t slices;
	cc_cancel *cancel;
} cc_event_lanes_options;
/* Owners that had a warning last come first; below each its own by their first event. In the arena. CC_ECANCELED, CC_ENOMEM. */
cc_code cc_event_lanes(cc_event_lane_vec *out, const cc_snapshot *s, const cc_event_lanes_options *opt, cc_arena *arena, cc_err *err)
	CC_MUST_USE;
char cc_event_letter(const cc_snapshot *s, const cc_event *e);
const char *cc_event_letter_means(char letter);   /* "back-off"; NULL for no letter */

typedef enum cc_chaos_state { CC_CHAOS_STARTED, CC_CHAOS_ACTIVE, CC_CHAOS_RECOVERED, CC_CHAOS_FAILED } cc_chaos_state;

typedef struct cc_chaos_run {
	cc_entity_id experiment, schedule;  /* schedule 0 = started by hand */
	cc_str targets;           /* "otel-demo/cart-… +1", in the arena; empty when none was selected */
	cc_entity_id target;      /* the first */
	int64_t started_ns;       /* created or started */
	int64_t applied_ns, recovered_ns;   /* CC_TIME_NONE = did not happen */
	cc_chaos_state state;     /* FAILED: it never came into effect */
	cc_str problem;           /* of a failed one */
	uint32_t example;         /* the event that says it best: applied, else failed, else the first */
} cc_chaos_run;
typedef CC_VEC(cc_chaos_run) cc_chaos_run_vec;
/* Runs of chaos experiments among the events, by their start. Texts in the arena. */
cc_code cc_chaos_runs(cc_chaos_run_vec *out, const cc_snapshot *s, const cc_index_vec *rows, cc_arena *arena) CC_MUST_USE;
const char *cc_chaos_state_name(cc_chaos_state v);  /* "started", "active", "recovered", "failed" */

#endif
