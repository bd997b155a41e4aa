/* entity.h - one identity for one thing.
 *
 * An entity is written namespace/Kind/name ("cluster/Node/n1" when cluster-scoped). Entities come from objects, owner
 * references, events, spans and logs (service.name, k8s.* attributes), alert labels and metric file names. What belongs
 * together (Service - Deployment - ReplicaSets - Pods - OTel service) shares a *group*: owner references first, then
 * selectors, then name cutting (only where no object tells). Where no object exists at all (telemetry-only snapshots), a
 * service name gives a Service entity and a pod name gives a Pod and, by name cutting, a Deployment, marked `inferred`. */
#ifndef COLDCASE_ENTITY_H
#define COLDCASE_ENTITY_H

#include "coldcase/snapshot.h"
#include "coldcase/vec.h"

typedef enum cc_seen {          /* where an entity was met */
	CC_SEEN_OBJECT = 1, CC_SEEN_OWNER = 2, CC_SEEN_EVENT = 4, CC_SEEN_SPAN = 8, CC_SEEN_LOG = 16, CC_SEEN_ALERT = 32,
	CC_SEEN_METRIC = 64, CC_SEEN_REFERENCE = 128 /* named by another object (volume, env) without an object of its own */
} cc_seen;

typedef struct cc_entity {
	cc_sym ns, kind, name;      /* ns is "cluster" for cluster-scoped kinds */
	cc_entity_id owner;         /* controller (owner reference or inferred), 0 = none */
	cc_entity_id workload;      /* top of the owner chain; itself when it has no owner */
	cc_entity_id group;         /* representative of everything that is one thing with it; itself when alone */
	uint32_t object;            /* index + 1 into objects.h, 0 = no object seen */
	uint16_t seen;              /* cc_seen bits */
	bool inferred;              /* by name cutting, not by an object */
	bool unborn;                /* of a snapshot cut at a moment: nothing had been heard of it by then. It is nobody's
	                               member, and no name means it */
} cc_entity;

typedef CC_VEC(cc_entity_id) cc_entity_vec;

size_t cc_entity_count(const cc_snapshot *s);                       /* ids 1 … count */
const cc_entity *cc_entity_get(const cc_snapshot *s, cc_entity_id id); /* NULL for 0 or out of range */
void cc_entity_format(const cc_snapshot *s, cc_entity_id id, cc_buf *out);  /* namespace/Kind/name; "-" for 0 */
cc_str cc_entity_name(const cc_snapshot *s, cc_entity_id id);
cc_str cc_entity_kind(const cc_snapshot *s, cc_entity_id id);
cc_str cc_entity_ns(const cc_snapshot *s, cc_entity_id id);
/* What the thing `id` of `from` is called in another snapshot of the same incident; 0 when that knows no such thing. */
cc_entity_id cc_entity_in(const cc_snapshot *s, const cc_snapshot *from, cc_entity_id id);
cc_entity_id cc_entity_find(const cc_snapshot *s, cc_str ns, cc_str kind, cc_str name); /* exact, case of kind folded; 0 */

/* What a person or agent types: ns/Kind/name, Kind/name, ns/name, name; kind short names (svc, deploy, cm, hpa …), case of kind
 * folded. One hit: CC_OK. Several different groups or kinds fit: CC_EAMBIGUOUS, `candidates` (may be NULL) filled, message lists
 * the first few. A bare name whose hits all lie in one group resolves to the workload of that name, else the Service, else the
 * first; what is attached to a workload under its name (Endpoints, ServiceAccount, Role, HorizontalPodAutoscaler,
 * PodDisruptionBudget, NetworkPolicy, Ingress …) does not compete with it.
 * None: CC_EUNKNOWN with the nearest names as hint. */
cc_code cc_entity_resolve(const cc_snapshot *s, cc_str text, cc_entity_id *out, cc_entity_vec *candidates, cc_err *err)
	CC_MUST_USE;

/* The members of id's group (id among them), Deployments before ReplicaSets before Pods before Services. */
cc_code cc_entity_members(const cc_snapshot *s, cc_entity_id id, cc_entity_vec *out) CC_MUST_USE;
bool cc_entity_same_group(const cc_snapshot *s, cc_entity_id a, cc_entity_id b);
/* True when evidence about `row` is evidence about `focus`: same entity, in its owner chain below it, or one thing with it
 * (focus Service/workload: the whole group; focus Pod: the pod only, and its containers' rows). */
bool cc_entity_covers(const cc_snapshot *s, cc_entity_id focus, cc_entity_id row);

/* Ids of an OTel service name / pod name as the telemetry spells them, in an optional namespace ("" = any). */
cc_entity_id cc_entity_of_service(const cc_snapshot *s, cc_str ns, cc_str service);
cc_entity_id cc_entity_of_pod(const cc_snapshot *s, cc_str ns, cc_str pod);

/* Kind tables. */
cc_str cc_kind_canonical(cc_str kind);        /* "deploy", "deployments.apps" -> "Deployment"; unknown kinds unchanged */
cc_str cc_kind_short(cc_str kind);            /* "Deployment" -> "deploy"; the kind itself where none is usual */
bool cc_kind_is_cluster_scoped(cc_str kind);
bool cc_kind_is_workload(cc_str kind);        /* Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, Pod */
/* Stem of a generated name by the Kubernetes safe alphabet: "cart-6f9d7c5b8d-bcdfg" -> "cart", "kafka-0" -> "kafka" for Pods;
 * ReplicaSets lose the hash. Unchanged when it does not look generated. */
cc_str cc_kind_stem(cc_str kind, cc_str name);

#endif
