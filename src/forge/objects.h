/* objects.h - what the writers of object bodies share: one row being made, its metadata, and who owns which of its
 * fields.
 *
 * A body is written member by member, keys in byte order as the API server's JSON has them. managedFields are
 * derived from the finished body (objects_fields.c), so that they agree with it whatever a fault has changed.
 * Nothing here changes state and nothing goes into the arena: a poll leaves no memory behind. */
#ifndef FORGE_OBJECTS_H
#define FORGE_OBJECTS_H

#include "forge/sim.h"

enum { OBJ_OWNERS = 12, OBJ_PAIRS = 16, OBJ_TEXT = 160 };

/* One entry of managedFields: explicit fieldsV1 text, everything below the blank-separated paths in `of`, or both. */
typedef struct obj_owner { const char *manager, *subresource, *fields, *of; int64_t at; } obj_owner;

typedef struct obj {
	forge_sim *s;
	int64_t now;
	cc_jw w;
	cc_buf body;
	size_t fields_at;        /* where managedFields belong */
	const char *version;     /* apiVersion */
	obj_owner owner[OBJ_OWNERS];
	int owners;
	const char *unowned;     /* fieldsV1 of what nobody owns; NULL */
	char part_of[OBJ_TEXT], chart[OBJ_TEXT]; /* the chart's name alone, and with its version */
} obj;

/* Labels or annotations: sorted by key; a later value of the same key replaces. Keys and values are borrowed. */
typedef struct obj_pairs { const char *key[OBJ_PAIRS], *value[OBJ_PAIRS]; int n; } obj_pairs;
void obj_pair(obj_pairs *p, const char *key, const char *value);

typedef struct obj_meta {
	const char *version, *kind, *name, *ns, *uid; /* ns NULL: cluster-scoped */
	uint64_t rv;             /* 0: nothing has written it since it was created */
	int64_t created, deleted; /* deleted: 0, or the deletionTimestamp */
	int64_t generation;      /* 0: none */
	const char *generate_name, *finalizer;
	const char *owner_version, *owner_kind, *owner_name, *owner_uid;
	const obj_pairs *labels, *annotations;
} obj_meta;

/* A fresh document; what was written before is dropped. */
void obj_reset(obj *o, struct forge_sim *s, int64_t now);

/* objects_write.c: members of the object being written */
void obj_text(obj *o, const char *key, const char *text);
void obj_str(obj *o, const char *key, cc_str text);
void obj_textf(obj *o, const char *key, const char *fmt, ...) CC_PRINTF(3, 4);
void obj_int(obj *o, const char *key, int64_t v);
void obj_bool(obj *o, const char *key, bool v);
void obj_raw(obj *o, const char *key, const char *json);
void obj_rawf(obj *o, const char *key, const char *fmt, ...) CC_PRINTF(3, 4);
void obj_time(obj *o, const char *key, int64_t t);     /* null when 0 */
void obj_item(obj *o, const char *text);               /* element of an array */
void obj_words(obj *o, const char *key, const char *text); /* array of the words; "sh -c REST" keeps REST whole */
void obj_open(obj *o, const char *key);                /* member that is an object; NULL key: an element */
void obj_list(obj *o, const char *key);                /* member that is an array */
void obj_close(obj *o);                                /* ends an object */
void obj_end_list(obj *o);
void obj_map(obj *o, const char *key, const obj_pairs *p); /* nothing when empty */
/* A condition; NULL message and reason are left out. `probe`: the member lastProbeTime (null), `updated`:
 * lastUpdateTime. */
void obj_condition(obj *o, const char *type, bool status, int64_t since, const char *reason, const char *message,
	int64_t updated,
	bool probe);

void obj_start(obj *o, const char *version);           /* { apiVersion */
void obj_metadata(obj *o, const obj_meta *m);          /* kind, metadata */
void obj_begin(obj *o, const obj_meta *m);             /* both */
void obj_finish(obj *o);                               /* closes the document and puts managedFields into it */
/* The entry of managedFields for `manager`; texts are borrowed until obj_finish. */
void obj_owned(obj *o, const char *manager, const char *subresource, int64_t at, const char *of, const char *fields);
void obj_edited(obj *o, const kube_edits *edits);

/* objects_identity.c: labels the chart puts on everything of a service; `chart`: on the objects themselves too, not
 * only on pods. */
void obj_labels(const obj *o, obj_pairs *p, const char *name, bool chart);
void obj_release(const obj *o, obj_pairs *annotations); /* meta.helm.sh/… */

/* Identities of what is only furniture: the same text gives the same value in every poll of a run. */
uint64_t obj_hash(const obj *o, const char *a, const char *b, const char *c);
void obj_uid(const obj *o, const char *kind, const char *ns, const char *name, char out[FORGE_UID]);
void obj_letters(uint64_t hash, int n, char *out);     /* n characters as in generated names, and a NUL */
void obj_digest(const char *a, const char *b, uint64_t n, char out[65]); /* hex digits made from the texts */
const char *obj_ns(const forge_sim *s);                 /* the application's namespace */
const char *obj_workload_ns(const forge_sim *s, const kube_workload *w);
bool obj_is(const char *a, const char *b);             /* equal texts; NULL equals nothing */
int64_t obj_birth(const forge_sim *s);                 /* of the cluster */
int64_t obj_installed(const forge_sim *s);             /* of the application */
enum { OBJ_SYSTEM = -2 };                              /* kube_workload.service of what the cluster itself runs */
const char *obj_container(const forge_sim *s, const kube_workload *w); /* name of its container */
const char *obj_pod_label(const forge_sim *s, const kube_workload *w); /* value of the selecting label of its pods */
/* "app" for foreign workloads, "k8s-app" for the cluster's own */
const char *obj_label_key(const forge_sim *s, const kube_workload *w);

/* objects_fields.c: the managedFields of a finished body, as text with its key. */
void obj_fields(obj *o, cc_buf *out);

/* objects_template.c: the parts of a pod spec. pod NULL: as a template shows it. */
void obj_pod_spec(obj *o, const kube_workload *w, const forge_template *t, const kube_pod *pod);
void obj_template(obj *o, const kube_workload *w, const forge_template *t, const char *hash);
/* Labels of a workload's pods, in its selector and its template. */
void obj_pod_labels(const obj *o, obj_pairs *p, const kube_workload *w);
void obj_selector(obj *o, const kube_workload *w, const char *hash);

/* What a poll lists. `render` writes the whole document of item `at`. */
typedef struct obj_item_ref { const char *ns, *name; void (*render)(obj *o, int at); int at; } obj_item_ref;
typedef CC_VEC(obj_item_ref) obj_items;
void obj_add(obj *o, obj_items *v, const char *ns, const char *name, void (*render)(obj *o, int at), int at);
/* Fixed objects, whose body is a text: {"apiVersion" … without metadata's generated members. */
typedef struct obj_fixed {
	const char *version, *kind, *ns, *name;
	const char *before;      /* the members before "apiVersion", as text; NULL */
	const char *after;       /* members after metadata, as text without the leading comma; NULL */
	const char *manager, *of; /* who installed it, and the paths it owns */
	const char *label, *label_value, *annotation, *annotation_value;
	int late_s;              /* seconds after the cluster's birth */
} obj_fixed;
void obj_render_fixed(obj *o, const obj_fixed *f);

/* Listers, one a resource type or family. */
void obj_list_pods(obj *o, obj_items *v);              /* objects_pod.c */
void obj_list_services(obj *o, obj_items *v);          /* objects_service.c */
void obj_list_endpoints(obj *o, obj_items *v);
void obj_list_ingresses(obj *o, obj_items *v);
void obj_list_configmaps(obj *o, obj_items *v);        /* objects_config.c */
void obj_list_namespaces(obj *o, obj_items *v);
void obj_list_accounts(obj *o, obj_items *v);
void obj_list_nodes(obj *o, obj_items *v);             /* objects_node.c */
void obj_list_claims(obj *o, obj_items *v);            /* objects_volume.c */
void obj_list_volumes(obj *o, obj_items *v);
void obj_list_classes(obj *o, obj_items *v);
void obj_list_quotas(obj *o, obj_items *v);            /* objects_policy.c */
void obj_list_ranges(obj *o, obj_items *v);
void obj_list_policies(obj *o, obj_items *v);
void obj_list_pdbs(obj *o, obj_items *v);
void obj_list_hpas(obj *o, obj_items *v);              /* objects_hpa.c */
void obj_list_deployments(obj *o, obj_items *v);       /* objects_workload.c */
void obj_list_replicasets(obj *o, obj_items *v);
void obj_list_statefulsets(obj *o, obj_items *v);      /* objects_sets.c */
void obj_list_daemonsets(obj *o, obj_items *v);
void obj_list_jobs(obj *o, obj_items *v);              /* objects_batch.c */
void obj_list_cronjobs(obj *o, obj_items *v);
void obj_list_roles(obj *o, obj_items *v);             /* objects_rbac.c */
void obj_list_rolebindings(obj *o, obj_items *v);
void obj_list_clusterroles(obj *o, obj_items *v);
void obj_list_clusterrolebindings(obj *o, obj_items *v);
void obj_list_crds(obj *o, obj_items *v);              /* objects_crd.c */
/* Whole documents of workloads and pods that need not be in the simulation's tables. fresh, set: NULL when there is
 * none. */
void obj_render_pod(obj *o, const kube_pod *p, const kube_workload *w, const kube_rs *set);
void obj_render_deployment(obj *o, const kube_workload *w, const kube_rs *fresh);
void obj_render_set(obj *o, const kube_rs *r, const kube_workload *w);
void obj_render_daemonset(obj *o, const kube_workload *w);
/* objects_system.c: coredns, kube-proxy and kindnet, as members of the lists above */
enum { OBJ_PARTS = 16 };                               /* more than kube_system_parts has */
void obj_static_pods(obj *o, obj_items *v);            /* objects_static.c */
void obj_system_accounts(obj *o, obj_items *v);
void obj_system_pods(obj *o, obj_items *v);
void obj_system_services(obj *o, obj_items *v);
void obj_system_endpoints(obj *o, obj_items *v);
void obj_system_deployments(obj *o, obj_items *v);
void obj_system_replicasets(obj *o, obj_items *v);
void obj_system_daemonsets(obj *o, obj_items *v);

#endif
