/* compare_priv.h - what compare.c collects, and compare_sync.c and compare_part.c go by. */
#ifndef COLDCASE_CASEFILE_COMPARE_PRIV_H
#define COLDCASE_CASEFILE_COMPARE_PRIV_H

#include "coldcase/arena.h"
#include "coldcase/compare.h"
#include "coldcase/json.h"
#include "coldcase/map.h"

typedef struct look { uint64_t step; cc_entity_id focus; } look;     /* focus: a number of our own, 0 = none */
typedef CC_VEC(int64_t) times;

typedef struct compared {
	const cc_run *run;
	times clock;             /* the case's clock after each step; it never goes back */
	CC_VEC(look) looks;
} compared;

struct cc_compare {
	compared runs[CC_COMPARE_MAX]; size_t count;
	cc_sighting_vec cites, entities;
	cc_map *cite_index, *entity_index;
	cc_arena *arena;         /* of what they say: who plays a run lets go of its lines */
	times times;             /* of all runs, each once */
};

bool cc_compare_merge_clocks(cc_compare *c);
size_t cc_compare_parting_look(const cc_compare *c);    /* the look, counted from 1, at which they first part; SIZE_MAX = never */

#endif
