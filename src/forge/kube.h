/* kube.h - a small control plane: Deployment, ReplicaSet, scheduler, kubelet, endpoints, events.
 *
 * Controllers react to state and to each other through the simulation's queue (sim.h), with delays like the real ones.
 * Nothing is ever told to look broken: a pod waits because its image cannot be pulled, endpoints empty because no pod is ready. */
#ifndef FORGE_KUBE_H
#define FORGE_KUBE_H

#include "coldcase/map.h"
#include "coldcase/vec.h"
#include "forge/world.h"

struct forge_sim;

enum { FORGE_UID = 37, FORGE_NAME = 80, FORGE_IMAGE = 128 };

/* The part of a pod template that changes here. Two equal ones share a ReplicaSet. */
typedef struct forge_template {
	char image[FORGE_IMAGE];
	int mem_limit_mi;
} forge_template;

typedef struct forge_pod {
	int app, rs, node;           /* node -1: not scheduled */
	char name[FORGE_NAME], uid[FORGE_UID], ip[16], container_id[65];
	int64_t created, scheduled, initialized, started, ready_changed; /* 0: not yet */
	int64_t deleted, gone;       /* termination asked for; removed */
	bool ready;
	const char *waiting;         /* reason of the waiting container; NULL when running */
	int restarts, pull_failures, probe_failures;
	uint64_t rv;
	int64_t status_at;           /* last status write of the kubelet */
	int64_t cpu_us, rx_bytes, tx_bytes; /* what serving requests has used */
	int64_t mem_kib;
} forge_pod;

typedef struct forge_rs {
	int app;
	char name[FORGE_NAME], uid[FORGE_UID], hash[12];
	forge_template tmpl;
	int desired, revision;
	int64_t generation, created, status_at;
	uint64_t rv;
} forge_rs;

typedef struct forge_deploy {
	char uid[FORGE_UID];
	int64_t created, generation, observed;
	forge_template tmpl;
	bool recreate;
	int replicas, revision;
	bool available, progressing, complete;
	const char *progress_reason;
	char progress_rs[FORGE_NAME];
	int64_t available_changed, progress_changed, progress_updated, status_at;
	const char *changed_by;      /* field manager of the last change of the spec; NULL: never changed */
	const char *changed_fields;  /* its fieldsV1 */
	int64_t changed_at;
	uint64_t rv;
} forge_deploy;

typedef struct forge_service {
	char uid[FORGE_UID], ep_uid[FORGE_UID], ip[16];
	int64_t created, ep_changed;
	uint64_t rv, ep_rv;
} forge_service;

typedef struct forge_configmap {
	const char *name, *key;
	char uid[FORGE_UID];
	cc_str data;
	int64_t created, changed_at;
	const char *changed_by;
	uint64_t rv;
} forge_configmap;

/* One Event object. `series` events carry eventTime and no count, as the scheduler writes them. */
typedef struct forge_event {
	char name[FORGE_NAME + 24], uid[FORGE_UID], object_uid[FORGE_UID];
	cc_str object, field, message;
	const char *kind, *reason, *component, *host;
	bool warning, series;
	int count;
	int64_t first, last;
	uint64_t rv, object_rv;
	bool gone;
} forge_event;

typedef struct forge_row { int64_t t; uint64_t seq; cc_str line; } forge_row;
typedef CC_VEC(forge_row) forge_rows;

enum { FORGE_CONFIGMAPS = 4 };

typedef struct forge_kube {
	CC_VEC(forge_pod) pods;
	CC_VEC(forge_rs) sets;
	CC_VEC(forge_event) events;
	forge_deploy deploys[APP_COUNT];
	forge_service services[APP_COUNT];
	forge_configmap configmaps[FORGE_CONFIGMAPS];
	char namespace_uid[4][FORGE_UID], node_uid[FORGE_NODES][FORGE_UID], account_uid[2][FORGE_UID];
	char hpa_uid[FORGE_UID], pdb_uid[2][FORGE_UID], quota_uid[FORGE_UID];
	int hpa_percent;             /* utilisation the autoscaler saw last */
	int64_t hpa_cpu_us, hpa_at;
	cc_map *event_index;         /* aggregation key to event number + 1 */
	cc_map *event_tokens;        /* spam filter: source and object to tokens and time */
	CC_VEC(uint64_t) images;     /* hash of image and node: pulled already */
	CC_VEC(uint64_t) registry;   /* hashes of the images that exist */
	forge_rows rows;             /* event rows of the capture */
	uint64_t rv;
	int next_ip[FORGE_NODES];
} forge_kube;

/* kube.c: the controllers */
cc_code kube_init(struct forge_sim *s);
void kube_deinit(struct forge_sim *s);
/* Schedules the installation of the whole shop from `at` on. */
void kube_install(struct forge_sim *s, int64_t at);
/* Changes a Deployment as `manager` would: new generation, rollout. `fields` is the fieldsV1 the manager then owns. */
void kube_change(struct forge_sim *s, int64_t now, int app, const forge_template *tmpl, bool recreate, const char *manager,
	const char *fields);
/* Makes an image exist in the registry. */
void kube_publish(struct forge_sim *s, const char *image);
void kube_edit_configmap(struct forge_sim *s, int64_t now, int index, cc_str data, const char *manager);
void kube_sync_later(struct forge_sim *s, int64_t now, int app);
int kube_ready_count(const struct forge_sim *s, int app);
int kube_live_count(const struct forge_sim *s, int app);
/* A ready pod of app chosen as a proxy would, or -1. */
int kube_pick(struct forge_sim *s, int app);
forge_template kube_template_of(int app);
void kube_uid(struct forge_sim *s, char out[FORGE_UID]);
uint64_t kube_touch(struct forge_sim *s); /* next resourceVersion */
bool kube_image_exists(const struct forge_sim *s, const char *image);

/* kubelet.c: what happens to one pod */
int kubelet_pod_create(struct forge_sim *s, int64_t now, int rs);
void kubelet_pod_delete(struct forge_sim *s, int64_t now, int pod);
const char *kubelet_waiting_message(const forge_pod *p, const char *image, cc_buf *scratch);

/* events.c */
typedef struct forge_event_spec {
	const char *kind, *object, *object_uid, *field, *reason, *component, *host;
	bool warning, series;
	uint64_t object_rv;
} forge_event_spec;
void kube_event(struct forge_sim *s, int64_t now, const forge_event_spec *spec, const char *fmt, ...) CC_PRINTF(4, 5);
/* The collector connects: every Event that still exists is replayed. */
void kube_events_replay(struct forge_sim *s, int64_t now);

/* objects.c: one poll of all resource types, appended to `out` as TSV rows */
void kube_poll(struct forge_sim *s, int64_t now, cc_buf *out, uint64_t *rows);

#endif
