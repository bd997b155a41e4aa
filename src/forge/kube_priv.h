/* kube_priv.h - what the controllers share among themselves and nobody else sees. */
#ifndef FORGE_KUBE_PRIV_H
#define FORGE_KUBE_PRIV_H

#include "forge/sim.h"

enum { KUBE_NODES_MAX = 16, KUBE_SIMILAR = 10 };

/* The recorder's memory of similar events: different texts of one reason about one object. */
typedef struct kube_similar { uint64_t text[KUBE_SIMILAR]; int n; int64_t last; } kube_similar;

/* An event that will be posted later: everything copied, because what it is about may have moved by then. */
typedef struct kube_later { forge_event_spec spec; cc_str message; } kube_later;

typedef struct kube_more {
	CC_VEC(kube_similar) similar;
	CC_VEC(kube_later) later;
	CC_VEC(int) replay;          /* events in the order the API server lists them */
	cc_map *similar_index, *foreign;
	cc_map *versions;            /* of what the simulation does not write: kind/namespace/name, and the numbers taken */
	int api_milli;               /* load of the API server against its capacity, in thousandths, smoothed */
} kube_more;

static inline bool kube_is(const char *a, const char *b)
{
	return a && b && cc_str_eqz(cc_str_from(a), b);
}

/* kube.c */
void kube_copy(char *to, size_t size, const char *from);    /* cut to size - 1 */
const char *kube_app_ns(const forge_sim *s);
bool kube_pod_active(const kube_pod *p);                     /* counts against replicas: not deleted, not finished */
bool kube_pod_finished(const kube_pod *p);
void kube_edit_push(forge_sim *s, kube_edits *edits, const char *manager, const char *fields, int64_t at);
bool kube_api_refuses(forge_sim *s);                         /* this request is answered 429 */
void kube_api_start(forge_sim *s, int64_t from);

/* kube_workload.c */
void kube_workload_later(forge_sim *s, int64_t now, int workload); /* its controller looks at it after the usual delay */
void kube_workload_at(forge_sim *s, int64_t now, int64_t at, int workload); /* then, unless it is looked at sooner for the same reason */
void kube_workload_retry(forge_sim *s, int64_t now, int workload);  /* a creation failed: again after its back-off */
int kube_find_workload(const forge_sim *s, const char *name);      /* in the application's namespace; -1 */
int kube_set_of(const forge_sim *s, int workload);                 /* ReplicaSet of the current template; -1 */

/* kube_set.c */
void kube_set_later(forge_sim *s, int64_t now, int set, int64_t delay);
void kube_set_scale(forge_sim *s, int64_t now, int set, int replicas);
int kube_set_create(forge_sim *s, int64_t now, int workload, int replicas);
int kube_set_pods(const forge_sim *s, int set, bool active_only);
int kube_set_ready(const forge_sim *s, int set);
int kube_pod_make(forge_sim *s, int64_t now, int workload, int set); /* kubelet_pod_create and what admission adds */

/* kube_stateful.c, kube_batch.c */
void kube_stateful_sync(forge_sim *s, int64_t now, int workload);
void kube_daemon_sync(forge_sim *s, int64_t now, int workload);
void kube_job_sync(forge_sim *s, int64_t now, int workload);

/* kube_quota.c: NULL, or why the quota refuses a pod of that template: the text after "is forbidden: " */
const char *kube_quota_refusal(forge_sim *s, int workload, const forge_template *t);
forge_event_spec kube_about_workload(const forge_sim *s, int workload, const char *reason);

/* kube_service.c */
void kube_service_later(forge_sim *s, int64_t now, int service);
void kube_services_of_pod(forge_sim *s, int64_t now, const kube_pod *p); /* every Service that may select it */

/* kube_flags.c */
void kube_flags_changed(forge_sim *s, int64_t now, int configmap);
void kube_flags_pod(forge_sim *s, int64_t now, int pod);    /* a flagd process that has not read the document reads it */

/* kube_hpa.c */
void kube_hpa_start(forge_sim *s, int64_t from);

/* kube_version.c: the cluster was born then and is so old when the release comes; nodes report their status */
enum { KUBE_HEARTBEAT_S = 300 };
#define KUBE_HEARTBEAT (KUBE_HEARTBEAT_S * FORGE_S)
void kube_versions_start(forge_sim *s, int64_t born, int64_t at);
void kube_heartbeats_start(forge_sim *s, int64_t at);

/* kube_claim.c: provisioning of claims that are not bound */
void kube_claims_start(forge_sim *s, int64_t from);

/* events_body.c: the Event as JSON, in the shape of one API group */
void event_body(cc_buf *out, const forge_sim *s, const forge_event *e, bool core, const char *type);

#endif
