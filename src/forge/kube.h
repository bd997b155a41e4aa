/* kube.h - a small control plane: workloads, ReplicaSets, pods, nodes, Services, and the controllers that move them.
 *
 * Controllers react to state and to each other through the simulation's queue (sim.h), with delays like the real ones.
 * Nothing is ever told to look broken: a pod waits because its image cannot be pulled, endpoints empty because no pod is
 * ready. Whoever changes an object does it through kube_change_* so that generation, resourceVersion and managedFields follow. */
#ifndef FORGE_KUBE_H
#define FORGE_KUBE_H

#include "coldcase/map.h"
#include "coldcase/str.h"
#include "coldcase/vec.h"
#include "forge/app.h"

struct forge_sim;

enum { FORGE_UID = 37, FORGE_NAME = 96, FORGE_HASH = 12 };

/* Who changed an object last: becomes a managedFields entry. fields: fieldsV1 text. */
typedef struct kube_edit { const char *manager, *fields; int64_t at; } kube_edit;
typedef CC_VEC(kube_edit) kube_edits;

typedef enum kube_run { RUN_OK, RUN_NO_SUCH_FILE, RUN_EXIT } kube_run;          /* what starting the command does */
typedef enum kube_init_kind { INIT_NONE, INIT_WAIT, INIT_EXIT, INIT_HANG } kube_init_kind; /* the init container, if there is one */

/* A pod template: the parts of it that can differ. Two with the same hash share a ReplicaSet. Text is never freed. */
typedef struct forge_template {
	const char *image;
	const char *command;              /* NULL: the image's own; words separated by blanks */
	kube_run run;                     /* what that command does; RUN_EXIT: runs for run_ms, then exits with run_code */
	int run_ms, run_code;
	const forge_env *env;
	int env_n;
	int cpu_request_m, cpu_limit_m, mem_request_mi, mem_limit_mi; /* 0: not set */
	bool probed;
	const char *probe_path;           /* NULL: TCP */
	int probe_port, probe_timeout_s, probe_period_s, probe_failures;
	kube_init_kind init;
	const char *init_name, *init_image, *init_command;
	int init_service;                 /* INIT_WAIT: until this service answers */
	const char *node_selector_key, *node_selector_value; /* NULL: none */
	bool anti_affinity;               /* required, by hostname, against pods of the same service */
	bool anti_affinity_release;       /* with it: the term selects every pod of the release, not only the service's own */
	const char *priority_class;       /* NULL: none */
	int priority;
	const char *dns_policy;           /* "ClusterFirst", "Default", "None" */
	const char *claim, *config_map;   /* mounted; NULL */
	const char *restarted_at;         /* annotation kubectl.kubernetes.io/restartedAt; NULL */
	bool sidecar;                     /* istio-proxy is injected */
} forge_template;

typedef enum kube_workload_kind { WL_DEPLOYMENT, WL_STATEFULSET, WL_DAEMONSET, WL_JOB } kube_workload_kind;

typedef struct kube_workload {
	kube_workload_kind kind;
	int service;                 /* application service it runs; -1: foreign (noise, batch work) */
	const char *name, *ns;
	char uid[FORGE_UID];
	int64_t created, generation, observed;
	forge_template tmpl;
	bool recreate;
	int replicas, revision;
	bool available, progressing, complete;
	const char *progress_reason;
	char progress_rs[FORGE_NAME];
	int64_t available_changed, progress_changed, progress_updated, status_at;
	kube_edits edits;
	uint64_t rv;
	int64_t api_calls_ps;        /* requests a second each of its pods sends to the API server */
	int cpu_use_m, mem_use_mi;   /* foreign workloads: what each pod uses */
	bool deleted;
	bool sync_due;               /* its controller will look at it; private to the controllers, as the next two */
	int failures;                /* pods the quota refused in a row (StatefulSet, Job) */
	int64_t finished;            /* Job: when its pods had succeeded or the last retry failed; 0: runs */
	bool failed;                 /* Job: back-off limit reached */
	const char *cron;            /* Job: the CronJob that made it; NULL: nobody */
	int seen_total, seen_updated, seen_ready; /* counts of the last status, as are those of the object */
	bool deadline_due;
	int64_t retry_at;
	uint64_t cron_rv;            /* Job: resourceVersion its CronJob got when it was made or seen to end */
} kube_workload;

typedef struct kube_rs {
	int workload;
	char name[FORGE_NAME], uid[FORGE_UID], hash[FORGE_HASH];
	forge_template tmpl;
	int desired, revision;
	int64_t generation, created, status_at;
	bool quota_refused;          /* ReplicaFailure condition */
	cc_str refused_message;
	uint64_t rv;
	int64_t refused_at;          /* lastTransitionTime of ReplicaFailure */
	bool sync_due;               /* private to the controller, as failures: creations refused in a row */
	int failures;
	int seen_ready, seen_total;
	int64_t retry_at;
} kube_rs;

/* How a container ended. run: the restart it was; id: of the container, empty for init containers. */
typedef struct kube_end { const char *reason; int code, run; int64_t started, finished; cc_str message; char id[65]; } kube_end;

typedef struct kube_pod {
	int workload, rs, service, node; /* rs -1: owned by the workload itself; node -1: not scheduled */
	char name[FORGE_NAME], uid[FORGE_UID], ip[16], container_id[65];
	int64_t created, scheduled, initialized, started, ready_changed; /* 0: not yet; started: of the running container */
	int64_t deleted, gone;       /* termination asked for; removed */
	int64_t first_started;
	bool up;                     /* the process listens and answers */
	bool ready;                  /* in the endpoints */
	const char *phase;           /* "Pending", "Running", "Succeeded", "Failed" */
	const char *waiting;         /* reason of the waiting container; NULL when running */
	cc_str waiting_message;      /* of the init container while init_waiting, else of the container */
	const char *init_waiting;    /* reason of the waiting init container; NULL */
	int init_restarts;
	int restarts, pull_failures, probe_failures;
	const char *last_reason;     /* lastState.terminated: "OOMKilled", "Error", "StartError"; NULL: none */
	int last_code;
	int64_t last_started, last_finished;
	const char *unscheduled;     /* message of PodScheduled=False; NULL */
	bool evicted;
	uint64_t rv;
	int64_t status_at;
	int priority;
	/* What serving requests uses; flow.c advances these, metrics.c reads them. */
	int64_t cpu_us, rx_bytes, tx_bytes, throttled_us, throttled_periods, periods;
	int64_t mem_kib;             /* working set now */
	int64_t leak_kib;            /* kept for ever by requests since the process started */
	int64_t cpu_free_at;         /* the processor share is busy until then */
	int cpu_share_m;             /* what it gets at the moment (limit, node contention, stress); kubelet_cpu_shares sets it */
	int stress_cpu_m, stress_mem_mi; /* chaos inside the container */
	int busy, queued;            /* requests being served and waiting */
	int incarnation;             /* grows whenever the process is replaced: work of an older one is void */
	/* Written by the kubelet for the pod's status. */
	const forge_template *tmpl;  /* the one it was made from; never NULL once created */
	bool terminated;             /* the container has ended: state.terminated is last_reason, last_code, last_started, last_finished */
	cc_str last_message;         /* of the termination ("failed to create containerd task …"); empty: none */
	cc_str status_message;       /* status.message of an evicted pod */
	int64_t sandbox_at;          /* the sandbox stands and has its ip; 0: not yet */
	int64_t init_started, init_finished; /* of the running or last run of the init container; finished 0: it runs */
	int init_code;               /* exit code of the last run */
	int64_t mesh_init_at, mesh_started; /* istio-init ended; istio-proxy runs since; 0: not yet */
	struct kubelet_pod_state {   /* private to kubelet*.c */
		struct kubelet_backoff { int64_t length, updated; } crash, init, pull;
		int64_t boot_ns, boot_left, boot_at, last_cpu_us, pull_asked, pull_from;
		int turn, bg_m, noise, mounts;
		bool backed;
	} k;
	int tries, nominated;        /* scheduler: failed attempts; node + 1 on which it made room by preemption, 0: none */
	int64_t tried_at;            /* its last attempt */
	bool try_due;                /* an attempt is queued */
	int pinned;                  /* DaemonSet: node + 1 it is for; 0: any */
	bool sidecar;                /* the mesh has injected its proxy: template and namespace label wanted it at creation */
	int flags_read;              /* flagd: incarnation + 1 that has read the flags document; 0: none */
	int64_t usage_us, usage_at;  /* metrics server: last reading of cpu_us, and when */
	int usage_m;                 /* millicores between its last two readings; -1: no reading yet */
	char last_id[65];            /* container that last_reason is about */
	kube_end before;             /* its end before that one; reason NULL: none */
	kube_end init_before;        /* the init container's failure before the run that init_started tells of */
} kube_pod;

typedef struct kube_node {
	const char *name, *ip, *zone, *arch;
	char uid[FORGE_UID];
	bool control_plane, unschedulable, memory_pressure;
	int cpu_m, mem_mi;
	int64_t created;
	uint64_t rv;
	kube_edits edits;
	int next_ip;
	int cpu_used_m;              /* mean of the last contention interval */
	int64_t mem_used_kib;        /* working set of its pods and of the system, as of the last interval */
	int64_t pressure_since, pressure_seen; /* MemoryPressure: last transition; when memory was short the last time */
	int64_t pull_free_at;        /* the kubelet pulls one image at a time */
	int64_t heartbeat;           /* its status was written last; 0: not yet */
} kube_node;

/* A Service and its Endpoints; index = application service, those of foreign workloads do not exist. */
typedef struct kube_service {
	const char *name;
	char uid[FORGE_UID], ep_uid[FORGE_UID], ip[16];
	const char *selector;        /* value of app->label its pods must have */
	int port, target_port;
	bool exists;
	int64_t created, deleted_at, ep_changed, generation;
	uint64_t rv, ep_rv;
	kube_edits edits;
	CC_VEC(int) ready;           /* pods in the endpoints, kept by kube_endpoints_sync */
	bool sync_due;               /* private to the endpoints controller */
} kube_service;

typedef struct kube_configmap { const char *name, *key; char uid[FORGE_UID]; cc_str data; int64_t created; uint64_t rv; kube_edits edits; int app_index; } kube_configmap;
typedef struct kube_policy { const char *name; char uid[FORGE_UID]; int service; bool deny_ingress, deny_egress; int64_t created; uint64_t rv; kube_edits edits; bool deleted; } kube_policy; /* service -1: every pod of the namespace */
typedef struct kube_quota { const char *name; char uid[FORGE_UID]; int pods, cpu_m, mem_mi; int64_t created; uint64_t rv; kube_edits edits; bool deleted; } kube_quota; /* 0: that resource is not limited */
typedef struct kube_hpa {
	int workload; char uid[FORGE_UID]; int min, max, target; int64_t created; uint64_t rv; kube_edits edits;
	const char *metric;          /* "cpu", or what a misconfiguration names */
	const char *target_name;     /* scaleTargetRef.name */
	int percent, desired; int64_t last_cpu_us, last_at, scaled_at;
	const char *able_reason, *active_reason, *limited_reason; bool able, active, limited; cc_str active_message;
	int64_t able_changed, active_changed, limited_changed; /* last transitions */
	int current;                 /* status.currentReplicas */
	struct { int64_t at; int want; } advice[24]; /* private: recommendations of the stabilization window */
	int advice_n;
} kube_hpa;
typedef struct kube_pdb { int workload; char uid[FORGE_UID]; int min; int64_t created; uint64_t rv; kube_edits edits; } kube_pdb;
typedef struct kube_claim { const char *name; char uid[FORGE_UID]; const char *storage_class; int mib; bool bound; int64_t created; uint64_t rv; kube_edits edits; char volume[FORGE_NAME], volume_uid[FORGE_UID]; } kube_claim;
typedef struct kube_namespace { const char *name; char uid[FORGE_UID]; const char *mesh_label; int64_t created; uint64_t rv; kube_edits edits; } kube_namespace; /* mesh_label: value of istio-injection; NULL: absent */

/* Is the template's own container the mesh's proxy, as a gateway's is? Its pods are in the mesh without being injected. */
static inline bool kube_is_proxy(const forge_template *t)
{
	return t->image && cc_str_find(cc_str_from(t->image), CC_STR("/proxyv2")) != CC_STR_NONE;
}

/* Does the pod have the containers istio-init and istio-proxy? */
static inline bool kube_injected(const kube_pod *p)
{
	return p->sidecar && !(p->tmpl && kube_is_proxy(p->tmpl));
}

/* One Event object. `series` events carry eventTime and no count, as the scheduler writes them. */
typedef struct forge_event {
	char name[FORGE_NAME + 24], uid[FORGE_UID], object_uid[FORGE_UID];
	cc_str object, field, message;
	const char *kind, *version, *ns, *reason, *component, *host, *action;
	bool warning, series;
	int count;
	int64_t first, last;
	uint64_t rv, object_rv;
	bool gone;
	int unsent;                  /* occurrences the recorder has counted but not written */
	int64_t observed;            /* last occurrence, written or not */
} forge_event;

typedef struct forge_kube {
	CC_VEC(kube_workload) workloads;   /* the application's services first, by their number */
	CC_VEC(kube_rs) sets;
	CC_VEC(kube_pod) pods;
	CC_VEC(kube_node) nodes;
	CC_VEC(kube_configmap) configmaps;
	CC_VEC(kube_policy) policies;
	CC_VEC(kube_quota) quotas;
	CC_VEC(kube_hpa) hpas;
	CC_VEC(kube_pdb) pdbs;
	CC_VEC(kube_claim) claims;
	CC_VEC(kube_namespace) namespaces;
	CC_VEC(forge_event) events;
	kube_service *services;            /* app->services_n */
	char account_uid[2][FORGE_UID];
	int64_t api_delay_ns;              /* added to every reaction of controllers and kubelets while the API server is flooded */
	bool api_limited;                  /* it answers 429 now and then */
	cc_map *event_index, *event_tokens, *images, *registry;
	uint64_t rv;
	int64_t shares_at;                 /* kubelets: last distribution of the processors */
	bool shares_run;                   /* it repeats */
	int api_percent;                   /* requests to the API server in percent of what it can serve, smoothed */
	int64_t born, rv_at;               /* the cluster's birth; rv counts the writes until then (kube_version.c); 0: not yet */
	struct kube_more *more;            /* private to the controllers: kube_priv.h */
} forge_kube;

/* kube.c, workloads, services */
cc_code kube_init(struct forge_sim *s);
void kube_deinit(struct forge_sim *s);
void kube_install(struct forge_sim *s, int64_t at);        /* schedules the installation of the whole application */
forge_template kube_template_of(struct forge_sim *s, int service); /* as the chart has it */
/* Changes a pod template: new generation, rollout. `fields` is the fieldsV1 text the manager then owns. */
void kube_change_template(struct forge_sim *s, int64_t now, int workload, const forge_template *tmpl, const char *manager, const char *fields);
void kube_change_replicas(struct forge_sim *s, int64_t now, int workload, int replicas, const char *manager);
void kube_change_recreate(struct forge_sim *s, int64_t now, int workload, bool recreate); /* strategy, with the next template change */
void kube_change_service(struct forge_sim *s, int64_t now, int service, const char *selector, int port, int target_port, const char *manager);
void kube_delete_service(struct forge_sim *s, int64_t now, int service);
void kube_change_configmap(struct forge_sim *s, int64_t now, int configmap, cc_str data, const char *manager);
void kube_change_hpa(struct forge_sim *s, int64_t now, int hpa, int min, int max, int target, const char *metric, const char *target_name, const char *manager);
void kube_cordon(struct forge_sim *s, int64_t now, int node, bool on, const char *manager);
void kube_add_policy(struct forge_sim *s, int64_t now, const char *name, int service, bool ingress, bool egress, const char *manager);
void kube_add_quota(struct forge_sim *s, int64_t now, const char *name, int pods, int cpu_m, int mem_mi, const char *manager);
/* Adds a workload that is not part of the application, or NULL-service noise; returns its index or -1. */
int kube_add_workload(struct forge_sim *s, int64_t now, const kube_workload *w);
void kube_delete_workload(struct forge_sim *s, int64_t now, int workload);
void kube_label_namespace(struct forge_sim *s, int64_t now, const char *mesh_label, const char *manager);
void kube_restart_rollout(struct forge_sim *s, int64_t now, int workload, const char *manager); /* kubectl rollout restart */
void kube_publish(struct forge_sim *s, const char *image, const char *arch); /* the image exists, for "amd64", "arm64" or "multi" */
int kube_ready_count(const struct forge_sim *s, int workload);
int kube_live_count(const struct forge_sim *s, int workload);
void kube_uid(struct forge_sim *s, char out[FORGE_UID]);
uint64_t kube_touch(struct forge_sim *s);                  /* next resourceVersion */
/* resourceVersion of an object whose status a controller writes whenever `content` (a hash of it) differs; rv: of its spec. */
uint64_t kube_status_version(struct forge_sim *s, const char *kind, const char *name, uint64_t rv, uint64_t content);
/* resourceVersion of an object that was created then and never written since; the same whenever it is asked for. */
uint64_t kube_old_version(struct forge_sim *s, const char *kind, const char *ns, const char *name, int64_t created);
int64_t kube_lag(struct forge_sim *s, int64_t lo, int64_t hi); /* delay of a reaction: uniform in [lo, hi] ns, plus api_delay_ns */

/* kube_system.c: what the cluster itself runs. `pods` of a part on a node, and what all of them there ask for. */
typedef enum kube_system_where { KUBE_SYSTEM_DAEMON, KUBE_SYSTEM_DNS, KUBE_SYSTEM_STATIC } kube_system_where;
typedef struct kube_system_part { const char *name, *image; int cpu_m, mem_mi; kube_system_where where; } kube_system_part;
const kube_system_part *kube_system_parts(int *n);
int kube_system_pods(const struct forge_sim *s, const kube_system_part *part, int node);
void kube_system_load(const struct forge_sim *s, int node, int *cpu_m, int *mem_mi);

/* kubelet.c: what happens to one pod */
uint64_t kubelet_image_bytes(const char *image);           /* its size, as the Pulled event tells it */
const char *kubelet_pull_policy(const char *image);        /* imagePullPolicy of a pod's own container: "Always" for the tag latest */
int kubelet_pod_create(struct forge_sim *s, int64_t now, int workload, int rs);
void kubelet_pod_delete(struct forge_sim *s, int64_t now, int pod);           /* graceful */
void kubelet_pod_remove(struct forge_sim *s, int64_t now, int pod);           /* at once, without grace: chaos, --force */
void kubelet_pod_evict(struct forge_sim *s, int64_t now, int pod, const char *message);
void kubelet_container_kill(struct forge_sim *s, int64_t now, int pod, const char *reason, int code); /* the process dies: OOMKilled, Error */
void kubelet_cpu_shares(struct forge_sim *s, int64_t now); /* distributes each node's processors anew; runs every 5 s */

/* scheduler.c */
void scheduler_add(struct forge_sim *s, int64_t now, int pod);
void scheduler_wake(struct forge_sim *s, int64_t now);     /* something changed: pending pods are tried again */

/* events.c */
typedef struct forge_event_spec {
	const char *kind, *version, *ns, *object, *object_uid, *field, *reason, *component, *host, *action;
	bool warning, series;
	uint64_t object_rv;
} forge_event_spec;          /* ns NULL: the application's namespace; version NULL: by kind */
void kube_event(struct forge_sim *s, int64_t now, const forge_event_spec *spec, const char *fmt, ...) CC_PRINTF(4, 5);
void kube_events_replay(struct forge_sim *s, int64_t now); /* the collector connects: every Event that still exists is replayed */
/* An Event of an object that is only a name to this simulation (chaos objects, PriorityClass …): makes a stable uid for it. */
const char *kube_foreign_uid(struct forge_sim *s, const char *kind, const char *name);

/* objects*.c: one poll of all resource types, as TSV rows handed to tel_object_row */
void kube_poll(struct forge_sim *s, int64_t now);

/* What other parts tell the controllers, and what they may ask them.
 * kube_pod_changed: readiness, phase or deletion of this pod changed: endpoints and its owner look again soon. */
void kube_pod_changed(struct forge_sim *s, int64_t now, int pod);
/* Architectures an image was published for: "amd64", "arm64" or "multi"; NULL: no registry has it. */
const char *kube_image_arch(const struct forge_sim *s, const char *image);
/* The name a workload gives the container of its pods: its own, the CronJob's for its Jobs. */
const char *kube_container(const struct forge_sim *s, const kube_workload *w);
/* The pod's namespace, and the name its owner gives the application container. */
const char *kube_pod_container(const struct forge_sim *s, const kube_pod *p);
const char *kube_pod_ns(const struct forge_sim *s, const kube_pod *p);
/* The template the pod was made from: p->tmpl. */
const forge_template *kube_pod_template(const struct forge_sim *s, const kube_pod *p);
/* lastState of the container: its last end, or the one before while the status still shows the last as its state. Reason NULL: none. */
kube_end kube_pod_last_state(const kube_pod *p);
/* kubelet.c: the scheduler has assigned the pod: node, scheduled and rv are set, the kubelet of that node takes over. */
void kubelet_pod_bound(struct forge_sim *s, int64_t now, int pod);
/* Memory the scheduler may hand out of a node: mem_mi less the eviction threshold. All processors are allocatable. */
enum { KUBE_EVICTION_MI = 100 };
/* A kube_quota's mem_mi bounds limits.memory, its cpu_m requests.cpu. What live pods of the application's namespace use: */
typedef struct kube_usage { int pods, cpu_m, mem_mi; } kube_usage;
kube_usage kube_quota_used(const struct forge_sim *s);
void kube_quota_remove(struct forge_sim *s, int64_t now, int quota);
void kube_policy_remove(struct forge_sim *s, int64_t now, int policy);
/* Makes ready vectors agree with the pods at once (controllers do it by themselves, with their delay). */
void kube_endpoints_sync(struct forge_sim *s, int64_t now, int service);
/* What the API server serves a second before it slows down and refuses: against it count api_calls_ps of running pods. */
enum { KUBE_API_CAPACITY = 400, KUBE_API_BASE = 60 };
/* Job: spec.backoffLimit. A failed pod is replaced 10 s after the first failure, 20 s after the second …; then the Job has failed. */
enum { KUBE_JOB_BACKOFF = 2 };
/* pod-template-hash (and controller-revision-hash) of a workload's template. */
void kube_template_hash(const char *workload, const forge_template *t, char out[FORGE_HASH]);
/* What the injected proxy asks for and may use; counted by the scheduler and the quota. */
enum { KUBE_PROXY_CPU_M = 10, KUBE_PROXY_MEM_MI = 40, KUBE_PROXY_LIMIT_MI = 1024 };

#endif
