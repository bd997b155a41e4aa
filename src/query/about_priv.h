/* about_priv.h - the builder that the sections of an entity card add their facts to. */
#ifndef COLDCASE_ABOUT_PRIV_H
#define COLDCASE_ABOUT_PRIV_H

#include "coldcase/aboutentity.h"
#include "coldcase/arena.h"
#include "coldcase/map.h"
#include "coldcase/objects.h"
#include "coldcase/vec.h"

typedef struct about_fact { cc_about_fact fact; double strength; uint32_t order; } about_fact;

struct cc_about {
	cc_arena *arena;
	CC_VEC(about_fact) facts;
	size_t totals[CC_ABOUT_SECTIONS];
	bool has_data[CC_ABOUT_SECTIONS];
	int64_t onset;
};

typedef struct about_builder {
	cc_about *a;
	const cc_snapshot *s;
	cc_entity_id entity;
	cc_range range;          /* known ends */
	cc_cancel *cancel;
	cc_code code;            /* first failure; later adds do nothing */
} about_builder;

/* A fact with everything but its text; the caller sets before/after and the like. fresh follows from the time. */
cc_about_fact cc_about_fact_at(const about_builder *b, cc_about_section section, int64_t time_ns);
void cc_about_add(about_builder *b, cc_about_fact fact, double strength, const char *fmt, ...) CC_PRINTF(4, 5);
bool cc_about_in_range(const about_builder *b, int64_t ns);

void cc_about_alerts(about_builder *b);      /* about_cluster.c */
void cc_about_events(about_builder *b);
void cc_about_changes(about_builder *b);
void cc_about_neighbours(about_builder *b);
void cc_about_calls(about_builder *b);       /* about_signals.c: callee, caller, origins */
void cc_about_patterns(about_builder *b);
void cc_about_metrics(about_builder *b);
void cc_about_state(about_builder *b);       /* about_state.c */

#endif
