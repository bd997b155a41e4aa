/* objects_priv.h - what is kept of each distinct state of an object, so that its JSON can be let go.
 *
 * Bodies are parsed once per distinct text. Facts are taken once per distinct state (churn.c): labels and selectors for
 * grouping, named references for the topology. */
#ifndef COLDCASE_OBJECTS_PRIV_H
#define COLDCASE_OBJECTS_PRIV_H

#include "snapshot/snapshot_priv.h"

typedef struct object_label { cc_sym key, value; } object_label;

typedef enum object_op {
	OBJECT_OP_IN,
	OBJECT_OP_NOT_IN,
	OBJECT_OP_EXISTS,
	OBJECT_OP_ABSENT,
	OBJECT_OP_NEVER
} object_op;

typedef struct object_expr {
	cc_sym key;
	object_op op;            /* an operator nobody knows never matches */
	const cc_sym *values;
	size_t value_count;
} object_expr;

/* Another thing named by this one. CC_EDGE_OWNS points the other way: the target is the owner. */
typedef struct object_ref {
	cc_edge_kind edge;
	cc_sym ns, kind, name;   /* ns as the entity table has it: "cluster" for cluster-scoped kinds */
	cc_sym detail;
	bool inferred;           /* a host name in an env value: holds only if such a Service exists */
	bool from_template;      /* by the pod template or pod spec: the workload's, not the pod's own */
	uint8_t unused[2];       /* 0: see cc_logrec */
} object_ref;

typedef struct object_facts {
	cc_cite cite;            /* first observation of this state */
	const object_ref *refs; size_t ref_count;
	const object_label *labels; size_t label_count;  /* of the pod, or of the pods its template makes */
	bool has_template;       /* labels are a template's */
	bool selects;            /* Service, PodDisruptionBudget, NetworkPolicy with a selector */
	const object_label *match; size_t match_count;
	const object_expr *exprs; size_t expr_count;
	const cc_sym *addresses; size_t address_count;   /* of a Node */
} object_facts;

typedef struct object_state {
	uint64_t hash;           /* cc_churn_state */
	object_facts facts;
} object_state;

typedef struct objects_obs { int64_t time_ns; cc_cite cite; uint32_t seen; } objects_obs;

typedef struct objects_entry {
	cc_object pub;
	cc_sym ns, kind, name;   /* ns "cluster" when cluster-scoped */
	CC_VEC(object_state) states;
	CC_VEC(objects_obs) obs; /* while loading */
	size_t last_state;       /* of the newest observation */
	int64_t deleted_ns;      /* of a DELETED watch row */
} objects_entry;

size_t cc_objects_entry_count(const cc_snapshot *s);
objects_entry *cc_objects_entry(const cc_snapshot *s, size_t i);

/* 64-bit fingerprint of everything in an object that is not churn; equal for equal states. */
uint64_t cc_churn_state(const cc_json *object, cc_str kind);

/* Reads the facts of one object into the snapshot's arena; false when out of memory. ns as in objects_entry. */
bool cc_objects_facts(cc_snapshot *s, object_facts *out, const cc_json *object, cc_str ns, cc_str kind);
bool cc_objects_selects(const object_facts *selector, const object_facts *pod);
/* Calls fn for each object with pods or a pod template in the selector's namespace that it met in any of its states;
 * now = in its newest one, and the object is still there. */
typedef void objects_selected_fn(void *arg, const objects_entry *hit, bool now);
void cc_objects_each_selected(const cc_snapshot *s, const objects_entry *selector, const object_facts *facts,
	objects_selected_fn *fn, void *arg);

#endif
