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

/* One object whose state is judged. Judged twice: as it was before the onset (then), silently, and as it is now; what was not
 * wrong then is fresh. */
typedef struct about_subject {
	about_builder *b;
	const cc_object *o;
	const cc_object_obs *obs;
	const cc_json *doc;      /* the object at obs */
	int64_t at_ns;           /* as known then */
	bool own;                /* a part of the entity; else something attached to it: only what is wrong with it is told */
	bool then;
	bool could_tell;         /* there was a state before the onset, or nothing yet */
	cc_map *known;           /* findings of then, by key */
} about_subject;

/* severity 0: not a problem, told of the entity's own parts. key: the finding without its numbers. after: a number or NaN. */
void cc_about_finding(about_subject *u, uint8_t severity, double after, cc_str key, const char *fmt, ...) CC_PRINTF(5, 6);
/* The state of o as of at_ns (cc_objects_obs_at); NULL when there is none or memory is out, which is noted. Caller frees. */
cc_json *cc_about_object_at(about_builder *b, const cc_object *o, int64_t at_ns, const cc_object_obs **obs);
void cc_about_judge(about_subject *u);          /* about_rules.c: by kind */
void cc_about_judge_pod(about_subject *u);      /* about_rules_pods.c */
void cc_about_judge_workload(about_subject *u);
void cc_about_judge_service(about_subject *u);
/* Conditions that are not as they should be: types `bad` (a blank-separated list) with this status. */
void cc_about_conditions(about_subject *u, const cc_json *conditions, const char *bad, const char *status, uint8_t severity);

#endif
