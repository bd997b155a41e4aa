/* topology.h - edges between entities, each with its kind and where it was seen.
 *
 * All edges come from evidence: calls from parent/child spans across services, ownership from owner references, selection from
 * Service selectors and Endpoints, references from env, envFrom and volumes, placement from spec.nodeName, targets of HPA, PDB,
 * NetworkPolicy and chaos events. Nothing comes from a hand-written list. */
#ifndef COLDCASE_TOPOLOGY_H
#define COLDCASE_TOPOLOGY_H

#include "coldcase/entity.h"

typedef enum cc_edge_kind {
	CC_EDGE_CALLS,     /* from a service to a service (group representatives' Service, else workload) */
	CC_EDGE_OWNS,      /* controller -> controlled */
	CC_EDGE_SELECTS,   /* Service / PDB / NetworkPolicy -> workload or pod */
	CC_EDGE_MOUNTS,    /* workload -> ConfigMap / Secret / PersistentVolumeClaim by volume */
	CC_EDGE_ENV,       /* workload -> ConfigMap / Secret by env or envFrom; -> Service by a host name in an env value */
	CC_EDGE_RUNS_ON,   /* Pod -> Node */
	CC_EDGE_SCALES,    /* HPA -> workload */
	CC_EDGE_ROUTES,    /* Ingress -> Service */
	CC_EDGE_BINDS,     /* PersistentVolumeClaim -> PersistentVolume, workload -> ServiceAccount */
	CC_EDGE_TARGETS,   /* chaos object -> its target (events) */
	CC_EDGE_KINDS
} cc_edge_kind;

typedef struct cc_edge {
	cc_entity_id from, to;
	cc_edge_kind kind;
	bool inferred;         /* by name only (env value host names, cut names) */
	bool ended;            /* held in an earlier observation, no longer in the newest one of the object that said it */
	uint8_t unused[2];     /* 0: see cc_logrec */
	uint32_t count;        /* calls seen; 1 for the other kinds */
	uint32_t errors;       /* calls whose caller span or callee span failed */
	cc_sym detail;         /* env variable, volume or port name; may be empty */
	cc_cite cite;          /* first sighting */
} cc_edge;

size_t cc_edges_count(const cc_snapshot *s);          /* ordered: from, kind, to */
const cc_edge *cc_edges_get(const cc_snapshot *s, size_t i);
/* Indices (into cc_edges_get) of the edges that leave or reach one entity; appended. */
typedef CC_VEC(uint32_t) cc_edge_vec;
cc_code cc_edges_from(const cc_snapshot *s, cc_entity_id id, cc_edge_vec *out) CC_MUST_USE;
cc_code cc_edges_to(const cc_snapshot *s, cc_entity_id id, cc_edge_vec *out) CC_MUST_USE;
const char *cc_edge_kind_name(cc_edge_kind k);        /* "calls", "runs-on" … */

#endif
