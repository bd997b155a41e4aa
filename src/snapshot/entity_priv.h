/* entity_priv.h - the entity table and what entity.c, entity_build.c, entity_group.c and resolve.c share. */
#ifndef COLDCASE_ENTITY_PRIV_H
#define COLDCASE_ENTITY_PRIV_H

#include "snapshot/snapshot_priv.h"

/* What a pod's name says about its makers when no object does. */
typedef struct cc_pod_name {
	cc_str stem;             /* of the workload; the pod name itself when it does not look generated */
	cc_str controller;       /* direct controller's name: the ReplicaSet or Job; else as stem */
	const char *kind;        /* of the stem: Deployment, StatefulSet, DaemonSet, CronJob; NULL = not generated */
	const char *direct_kind; /* ReplicaSet or Job between the two; NULL = none */
} cc_pod_name;

cc_pod_name cc_kind_pod_name(cc_str pod);
bool cc_kind_is_known(cc_str kind);          /* a kind, plural or short name of the kind table */

/* A service or pod name as telemetry or an alert label spells it. */
typedef struct entity_alias { cc_sym ns, service, pod; cc_seen where; } entity_alias;

struct entity_table {
	CC_VEC(cc_entity) rows;      /* rows.p[0] is nobody */
	cc_map *exact;               /* ns, kind, name -> id */
	cc_map *anywhere;            /* kind, name -> first id of any namespace */
	cc_map *services;            /* ns, service name of telemetry -> id; ns 0 = any */
	CC_VEC(entity_alias) aliases;/* while building */
	CC_VEC(cc_entity_id) joined; /* while building: union-find parents */
	CC_VEC(uint32_t) stamps;     /* while building: the last set each entity was put into */
	uint32_t sets;
	const cc_entity_id *members; /* ids ordered by group, then rank of kind, then id */
	const uint32_t *member_from; /* by group representative: its first position in members */
	size_t member_count;
};

entity_table *cc_entity_table(cc_snapshot *s);   /* makes it when missing; NULL when out of memory */
cc_entity_id cc_entity_lookup(const cc_snapshot *s, cc_sym ns, cc_sym kind, cc_sym name);
cc_entity_id cc_entity_lookup_any(const cc_snapshot *s, cc_sym kind, cc_sym name);
cc_entity_id cc_entity_note_sym(cc_snapshot *s, cc_sym ns, cc_sym kind, cc_sym name, cc_seen where);
bool cc_entity_alias_set(cc_snapshot *s, cc_sym ns, cc_sym service, cc_entity_id id);
/* Remembers a telemetry spelling until services are matched with workloads. */
bool cc_entity_alias_add(cc_snapshot *s, cc_sym ns, cc_sym service, cc_sym pod, cc_seen where);

bool cc_entity_alias_has(const cc_snapshot *s, cc_sym ns, cc_sym service);   /* telemetry spells a service so */
bool cc_entity_climbs(cc_str kind, cc_str owner_kind);   /* an owner of this kind is the same thing, one level up */

/* Entities of one name, chained: names.head[symbol], then names.next[id], ascending; 0 ends. For a table that grows no more. */
typedef struct entity_names { cc_entity_id *head, *next; } entity_names;
bool cc_entity_names_init(const cc_snapshot *s, entity_names *n);
void cc_entity_names_deinit(entity_names *n);

/* Order in which members of a group are shown and representatives chosen: Deployment 0 … */
int cc_entity_rank(cc_str kind);
cc_code cc_entity_group_all(cc_snapshot *s, cc_err *err) CC_MUST_USE;

/* The other tables name their subjects while entities are built. */
bool cc_events_note(cc_snapshot *s);
bool cc_alerts_note(cc_snapshot *s);

#endif
