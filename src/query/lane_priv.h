/* lane_priv.h - what laying out lanes and lettering them share. */
#ifndef COLDCASE_QUERY_LANE_PRIV_H
#define COLDCASE_QUERY_LANE_PRIV_H

#include "coldcase/eventlanes.h"
#include "coldcase/map.h"

typedef struct lane {
	cc_event_lane pub;
	cc_entity_id owner;
	bool pod;
	int64_t group_warned, group_last;   /* of the owner and all that belongs to it */
	cc_index_vec events;                /* in time order of their last occurrence */
} lane;

typedef struct lane_builder {
	const cc_snapshot *s;
	const cc_event_lanes_options *opt;
	cc_arena *arena;
	cc_map *index;
	CC_VEC(lane) lanes;
} lane_builder;

cc_code cc_lanes_letter(lane_builder *b, cc_err *err) CC_MUST_USE;

#endif
