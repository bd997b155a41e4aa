/* kube.h - a small control plane: workloads, ReplicaSets, pods, nodes, Services, and the controllers that move them.
 *
 * Controllers react to state and to each other through the simulation's queue (sim.h), with delays like the real ones.
 * Nothing is ever told to look broken: a pod waits because its image cannot be pulled, endpoints are empty because no
 * pod is ready. Whoever changes an object does it through kube_change_* and its neighbours, so that generation,
 * resourceVersion and managedFields follow.
 *
 * Objects live in vectors and are named by their index, which never changes: what is deleted or gone stays in its
 * place. Pointers into a vector hold only until the next call that may add to it. Text is never freed before the run
 * ends. Times are ns since the epoch, CPU is in millicores (_m), memory in MiB (_mi) or KiB (_kib). Functions report
 * nothing: what fails (memory) ends the run through forge_fail. */
#ifndef FORGE_KUBE_H
#define FORGE_KUBE_H

#include "coldcase/map.h"
#include "coldcase/str.h"
#include "coldcase/vec.h"
#include "forge/app.h"

struct forge_sim;

enum { FORGE_UID = 37, FORGE_NAME = 96, FORGE_HASH = 12 };

/* Who changed an object when: becomes a managedFields entry. fields: fieldsV1 text. */
typedef struct kube_edit { const char *manager, *fields; int64_t at; } kube_edit;
typedef CC_VEC(kube_edit) kube_edits;

/* --- pod templates --- */

/* What starting the command does. */
typedef enum kube_run { RUN_OK, RUN_NO_SUCH_FILE, RUN_EXIT } kube_run;

/* The init container, if there is one. */
typedef enum kube_init_kind { INIT_NONE, INIT_WAIT, INIT_EXIT, INIT_HANG } kube_init_kind;

/* The parts of a pod template that can differ. Two with the same hash share a ReplicaSet. */
typedef struct forge_template {
	const char *image;
	const char *command;         /* NULL: the image's own; words separated by blanks */
	kube_run run;                /* what that command does; RUN_EXIT: runs for run_ms, then exits with run_code */
	int run_ms, run_code;
	const forge_env *env;
	int env_n;
	int cpu_request_m, cpu_limit_m, mem_request_mi, mem_limit_mi; /* 0: not set */
	bool probed;
	const char *probe_path;      /* NULL: TCP */
	int probe_port, probe_timeout_s, probe_period_s, probe_failures;
	kube_init_kind init;
	const char *init_name, *init_image, *init_command;
	int init_service;            /* INIT_WAIT: until this service answers */
	const char *node_selector_key, *node_selector_value; /* NULL: none */
	bool anti_affinity;          /* required, by hostname, against pods of the same service */
	bool anti_affinity_release;  /* with it: against every pod of the release, not only the service's own */
	const char *priority_class;  /* NULL: none */
	int priority;
	const char *dns_policy;      /* "ClusterFirst", "Default", "None" */
	const char *claim, *config_map; /* mounted; NULL */
	const char *restarted_at;    /* annotation kubectl.kubernetes.io/restartedAt; NULL */
	bool sidecar;                /* istio-proxy is injected where the namespace wants it, too */
} forge_template;

/* What the injected proxy asks for and may use; counted by the scheduler and the quota. */
enum { KUBE_PROXY_CPU_M = 10, KUBE_PROXY_MEM_MI = 40, KUBE_PROXY_LIMIT_MI = 1024, KUBE_AGENT_PORT = 15020 };

/* --- workloads, ReplicaSets, pods --- */

typedef enum kube_workload_kind { WL_DEPLOYMENT, WL_STATEFULSET, WL_DAEMONSET, WL_JOB } kube_workload_kind;

typedef struct kube_workload {
	kube_workload_kind kind;
	int service;                 /* application service it runs; -1: foreign (noise, batch work) */
	const char *name, *ns;
	char uid[FORGE_UID];
	int64_t created, generation, observed;
	uint64_t rv;
	kube_edits edits;
	bool deleted;

	forge_template tmpl;
	bool recreate;               /* strategy: all old pods go before the first new one comes */
	int replicas, revision;
	int64_t api_calls_ps;        /* requests a second each of its pods sends to the API server */
	int cpu_use_m, mem_use_mi;   /* foreign workloads: what each pod uses */

	/* Deployment: its conditions. complete: the current template has been rolled out once. */
	bool available, progressing, complete;
	const char *progress_reason;
	char progress_rs[FORGE_NAME];
	int64_t available_changed, progress_changed, progress_updated; /* 0: the condition does not exist yet */

	/* Job. Its retries are over or its pods have succeeded: finished; 0: it runs. */
	int64_t finished;
	bool failed;                 /* back-off limit reached */
	const char *cron;            /* the CronJob that made it; NULL: nobody */
	uint64_t cron_rv;            /* resourceVersion its CronJob got when it was made or seen to end */

	/* The status written last: when, and its counts. */
	int64_t status_at;
	int seen_total, seen_updated, seen_ready;

	/* Private to its controller. */
	bool sync_due, deadline_due; /* it will look at it; it will look whether progress stopped */
	int failures;                /* pods the quota refused in a row (StatefulSet, Job) */
	int64_t retry_at;            /* the look it takes because of that; 0: none */
} kube_workload;

/* Job: spec.backoffLimit. A failed pod is replaced 10 s after the first failure, 20 s after the second …; then the
 * Job has failed. */
enum { KUBE_JOB_BACKOFF = 2 };

typedef struct kube_rs {
	int workload;
	char name[FORGE_NAME], uid[FORGE_UID], hash[FORGE_HASH];
	forge_template tmpl;
	int desired, revision;
	int64_t generation, created;
	uint64_t rv;
	bool quota_refused;          /* ReplicaFailure condition: since refused_at */
	cc_str refused_message;
	int64_t refused_at;
	int64_t status_at;           /* as in kube_workload */
	int seen_ready, seen_total;
	bool sync_due;               /* private to the controller, as the next two */
	int failures;                /* creations refused in a row */
	int64_t retry_at;
} kube_rs;

/* How a container ended. run: the restart it was; id: of the container, empty for init containers. */
typedef struct kube_end {
	const char *reason;
	int code, run;
	int64_t started, finished;
	cc_str message;
	char id[65];
} kube_end;

typedef struct kube_pod {
	int workload, rs, service, node; /* rs -1: owned by the workload itself; node -1: not scheduled */
	char name[FORGE_NAME], uid[FORGE_UID], ip[16], container_id[65];
	uint64_t rv;
	const forge_template *tmpl;  /* the one it was made from; never NULL once created */
	bool sidecar;                /* the mesh injects its proxy: template and namespace wanted it at creation */
	int priority;
	int pinned;                  /* DaemonSet: node + 1 it is for; 0: any */

	/* The stages of its life; 0: not yet. started: of the running container. deleted: termination was asked for. */
	int64_t created, scheduled, sandbox_at, initialized, first_started, started, ready_changed, deleted, gone;
	bool up;                     /* the process listens and answers */
	bool ready;                  /* in the endpoints */
	int incarnation;             /* grows whenever the process is replaced: work of an older one is void */

	/* Status, as the kubelet wrote it at status_at. */
	int64_t status_at;
	const char *phase;           /* "Pending", "Running", "Succeeded", "Failed" */
	const char *unscheduled;     /* message of PodScheduled=False; NULL */
	const char *waiting;         /* reason of the waiting container; NULL when running */
	const char *init_waiting;    /* reason of the waiting init container; NULL */
	cc_str waiting_message;      /* of the init container while init_waiting, else of the container */
	int restarts, pull_failures, probe_failures;
	bool evicted;
	cc_str status_message;       /* status.message of an evicted pod */

	/* The container's last end, and the one before it (reason NULL: none). */
	bool terminated;             /* its state is that end: it has not been started again */
	const char *last_reason;     /* "OOMKilled", "Error", "StartError"; NULL: none */
	int last_code;
	int64_t last_started, last_finished;
	cc_str last_message;         /* "failed to create containerd task …"; empty: none */
	char last_id[65];            /* the container it is about */
	kube_end before;

	/* The init containers. */
	int64_t init_started, init_finished; /* of the running or last run; finished 0: it runs */
	int init_code, init_restarts; /* exit code of the last run */
	kube_end init_before;        /* the failure before the run that init_started tells of */
	int64_t mesh_init_at, mesh_started; /* istio-init ended; istio-proxy runs since; 0: not yet */

	/* What serving requests uses; flow.c advances these, metrics.c reads them. */
	int64_t cpu_us, rx_bytes, tx_bytes, throttled_us, throttled_periods, periods;
	int64_t mem_kib;             /* working set now */
	int64_t leak_kib;            /* kept for ever by requests since the process started */
	int64_t cpu_free_at;         /* the processor share is busy until then */
	int cpu_share_m;             /* what it gets now (limit, node contention, stress); set by kubelet_cpu_shares */
	int stress_cpu_m, stress_mem_mi; /* chaos inside the container */
	int busy, queued;            /* requests being served and waiting */

	/* Private to the kubelet. */
	struct kubelet_pod_state {
		struct kubelet_backoff { int64_t length, updated; } crash, init, pull;
		int64_t boot_ns, boot_left, boot_at, last_cpu_us, pull_asked, pull_from;
		int turn, bg_m, noise, mounts;
		bool backed;
	} k;

	/* Private to the scheduler. */
	int tries, nominated;        /* failed attempts; node + 1 on which it made room by preemption, 0: none */
	int64_t tried_at;            /* its last attempt */
	bool try_due;                /* an attempt is queued */

	/* Private to others: the metrics server, flagd. */
	int64_t usage_us, usage_at;  /* last reading of cpu_us, and when */
	int usage_m;                 /* millicores between the last two readings; -1: no reading yet */
	int flags_read;              /* incarnation + 1 that has read the flags document; 0: none */
} kube_pod;

/* Is the template's own container the mesh's proxy, as a gateway's is? Its pods are in the mesh without being
 * injected. */
static inline bool kube_is_proxy(const forge_template *t)
{
	return t->image && cc_str_find(cc_str_from(t->image), CC_STR("/proxyv2")) != CC_STR_NONE;
}

/* Does the pod have the containers istio-init and istio-proxy? */
static inline bool kube_injected(const kube_pod *p)
{
	return p->sidecar && !(p->tmpl && kube_is_proxy(p->tmpl));
}

/* --- the other objects --- */

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
	int64_t pressure_since, pressure_seen; /* MemoryPressure: last transition; last time memory was short */
	int64_t pull_free_at;        /* the kubelet pulls one image at a time */
	int64_t heartbeat;           /* its status was written last; 0: not yet */
} kube_node;

/* Memory the scheduler may hand out of a node: mem_mi less the eviction threshold. All processors are allocatable. */
enum { KUBE_EVICTION_MI = 100 };

/* A Service and its Endpoints; index = application service, those of foreign workloads do not exist. */
typedef struct kube_service {
	const char *name;
	char uid[FORGE_UID], ep_uid[FORGE_UID], ip[16];
	const char *selector;        /* value of app->label its pods must have */
	int port, target_port;
	bool by_name;                /* the target port is written as the name the container has for it */
	bool narrow;                 /* the selector names the component too, which all of its pods carry */
	bool exists;
	int64_t created, deleted_at, ep_changed, generation;
	uint64_t rv, ep_rv;
	kube_edits edits;
	CC_VEC(int) ready;           /* pods in the endpoints, kept by kube_endpoints_sync */
	bool sync_due;               /* private to the endpoints controller */
} kube_service;

typedef struct kube_configmap {
	const char *name, *key;
	char uid[FORGE_UID];
	cc_str data;
	int64_t created;
	uint64_t rv;
	kube_edits edits;
	int app_index;
} kube_configmap;

/* A NetworkPolicy. service -1: every pod of the namespace. */
typedef struct kube_policy {
	const char *name;
	char uid[FORGE_UID];
	int service;
	const char *ingress;         /* spec.ingress of one that admits, as JSON; NULL: everybody */
	bool deny_ingress, deny_egress;
	int64_t created;
	uint64_t rv;
	kube_edits edits;
	bool deleted;
} kube_policy;

/* A ResourceQuota of the application's namespace: pods, requests.cpu, limits.memory; 0: that one is not limited. */
typedef struct kube_quota {
	const char *name;
	char uid[FORGE_UID];
	int pods, cpu_m, mem_mi;
	int64_t created;
	uint64_t rv;
	kube_edits edits;
	bool deleted;
} kube_quota;

typedef struct kube_hpa {
	int workload;
	char uid[FORGE_UID];
	int min, max, target;        /* target: percent of the request */
	const char *metric;          /* "cpu", or what a misconfiguration names */
	const char *target_name;     /* scaleTargetRef.name */
	int64_t created;
	uint64_t rv;
	kube_edits edits;
	int percent, current, desired; /* status: utilization, currentReplicas, desiredReplicas */
	int64_t last_cpu_us, last_at, scaled_at;
	bool able, active, limited;  /* conditions: their status, reason and last transition */
	const char *able_reason, *active_reason, *limited_reason;
	cc_str active_message;
	int64_t able_changed, active_changed, limited_changed;
	struct { int64_t at; int want; } advice[24]; /* private: recommendations of the stabilization window */
	int advice_n;
} kube_hpa;

typedef struct kube_pdb {
	int workload;
	char uid[FORGE_UID];
	int min;
	int64_t created;
	uint64_t rv;
	kube_edits edits;
} kube_pdb;

typedef struct kube_claim {
	const char *name;
	char uid[FORGE_UID];
	const char *storage_class;
	int mib;
	bool bound;
	int64_t created;
	uint64_t rv;
	kube_edits edits;
	char volume[FORGE_NAME], volume_uid[FORGE_UID];
} kube_claim;

typedef struct kube_namespace {
	const char *name;
	char uid[FORGE_UID];
	const char *mesh_label;      /* value of istio-injection; NULL: absent */
	int64_t created;
	uint64_t rv;
	kube_edits edits;
} kube_namespace;

/* An Event object. `series` events carry eventTime and no count, as the scheduler writes them. */
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
	char account_uid[2][FORGE_UID];    /* the application's namespace: ServiceAccount default, and its own */
	cc_map *event_index, *event_tokens; /* the recorder: events by what they tell; how many a source may write */
	cc_map *images, *registry;         /* images on the nodes; published ones and their architectures */

	uint64_t rv;                       /* the last resourceVersion */
	int64_t born, rv_at;               /* the cluster's birth; rv counts the writes until then (kube_version.c) */
	int api_percent;                   /* requests to the API server in percent of what it can serve, smoothed */
	int64_t api_delay_ns;              /* added to every reaction of controllers and kubelets while it is flooded */
	bool api_limited;                  /* it answers 429 now and then */
	int64_t shares_at;                 /* kubelets: last distribution of the processors */
	bool shares_run;                   /* it repeats */
	struct kube_more *more;            /* private to the controllers: kube_priv.h */
} forge_kube;

/* What the API server serves a second before it slows down and refuses, and what the cluster itself asks of it; to
 * that, api_calls_ps of running pods are added. */
enum { KUBE_API_CAPACITY = 400, KUBE_API_BASE = 60 };

/* --- the cluster, and questions about it --- */

cc_code kube_init(struct forge_sim *s);
void kube_deinit(struct forge_sim *s);
void kube_install(struct forge_sim *s, int64_t at);        /* schedules the installation of the whole application */
void kube_publish(struct forge_sim *s, const char *image, const char *arch); /* for "amd64", "arm64" or "multi" */
const char *kube_image_arch(const struct forge_sim *s, const char *image);   /* NULL: no registry has it */
forge_template kube_template_of(struct forge_sim *s, int service); /* as the chart has it */
void kube_template_hash(const char *workload, const forge_template *t, char out[FORGE_HASH]); /* pod-template-hash */
int kube_ready_count(const struct forge_sim *s, int workload);
int kube_live_count(const struct forge_sim *s, int workload);
/* The name a workload gives the container of its pods: its own, the CronJob's for its Jobs. */
const char *kube_container(const struct forge_sim *s, const kube_workload *w);
const char *kube_pod_container(const struct forge_sim *s, const kube_pod *p);
const char *kube_pod_ns(const struct forge_sim *s, const kube_pod *p);
const forge_template *kube_pod_template(const struct forge_sim *s, const kube_pod *p); /* p->tmpl */
/* lastState of the container: its last end, or the one before while the status still shows the last as its state. */
kube_end kube_pod_last_state(const kube_pod *p);

/* --- changes --- */

/* A new generation, and a rollout. `fields` is the fieldsV1 text the manager then owns. */
void kube_change_template(struct forge_sim *s, int64_t now, int workload, const forge_template *tmpl,
	const char *manager, const char *fields);
void kube_change_replicas(struct forge_sim *s, int64_t now, int workload, int replicas, const char *manager);
void kube_change_recreate(struct forge_sim *s, int64_t now, int workload, bool recreate); /* before a new template */
void kube_restart_rollout(struct forge_sim *s, int64_t now, int workload, const char *manager); /* kubectl rollout */
void kube_change_service(struct forge_sim *s, int64_t now, int service, const char *selector, int port,
	int target_port, const char *manager);
/* The target port by its name, where it is the container's; false: it is another. */
bool kube_name_target_port(struct forge_sim *s, int64_t now, int service, const char *manager);
/* The component joins the selector, which fits the same pods; false: it is there. */
bool kube_narrow_selector(struct forge_sim *s, int64_t now, int service, const char *manager);
void kube_delete_service(struct forge_sim *s, int64_t now, int service);
void kube_change_configmap(struct forge_sim *s, int64_t now, int configmap, cc_str data, const char *manager);
void kube_change_hpa(struct forge_sim *s, int64_t now, int hpa, int min, int max, int target, const char *metric,
	const char *target_name, const char *manager);
void kube_cordon(struct forge_sim *s, int64_t now, int node, bool on, const char *manager);
void kube_label_namespace(struct forge_sim *s, int64_t now, const char *mesh_label, const char *manager);
void kube_add_policy(struct forge_sim *s, int64_t now, const char *name, int service, bool ingress, bool egress,
	const char *manager);
void kube_policy_remove(struct forge_sim *s, int64_t now, int policy);
void kube_add_quota(struct forge_sim *s, int64_t now, const char *name, int pods, int cpu_m, int mem_mi,
	const char *manager);
void kube_quota_remove(struct forge_sim *s, int64_t now, int quota);
/* A workload that is not part of the application, copied; returns its index, or -1. */
int kube_add_workload(struct forge_sim *s, int64_t now, const kube_workload *w);
void kube_delete_workload(struct forge_sim *s, int64_t now, int workload);

/* --- controllers --- */

/* Readiness, phase or deletion of this pod changed: endpoints and its owner look again soon. */
void kube_pod_changed(struct forge_sim *s, int64_t now, int pod);
/* Makes ready vectors agree with the pods at once (controllers do it by themselves, with their delay). */
void kube_endpoints_sync(struct forge_sim *s, int64_t now, int service);
int64_t kube_lag(struct forge_sim *s, int64_t lo, int64_t hi); /* a reaction's delay: in [lo, hi] ns + api_delay_ns */
void kube_uid(struct forge_sim *s, char out[FORGE_UID]);
uint64_t kube_touch(struct forge_sim *s);                  /* next resourceVersion */
/* resourceVersion of an object whose status a controller writes whenever `content` (a hash of it) differs; rv: of its
 * spec. */
uint64_t kube_status_version(struct forge_sim *s, const char *kind, const char *name, uint64_t rv, uint64_t content);
/* resourceVersion of an object that was created then and never written since; the same whenever it is asked for. */
uint64_t kube_old_version(struct forge_sim *s, const char *kind, const char *ns, const char *name, int64_t created);

/* What live pods of the application's namespace take of a quota. */
typedef struct kube_usage { int pods, cpu_m, mem_mi; } kube_usage;
kube_usage kube_quota_used(const struct forge_sim *s);

/* kube_system.c: what the cluster itself runs: `pods` of a part on a node, and what all of them there ask for */
typedef enum kube_system_where { KUBE_SYSTEM_DAEMON, KUBE_SYSTEM_DNS, KUBE_SYSTEM_STATIC } kube_system_where;
typedef struct kube_system_part {
	const char *name, *image;
	int cpu_m, mem_mi;
	kube_system_where where;
} kube_system_part;
const kube_system_part *kube_system_parts(int *n);
int kube_system_pods(const struct forge_sim *s, const kube_system_part *part, int node);
void kube_system_load(const struct forge_sim *s, int node, int *cpu_m, int *mem_mi);

/* --- kubelet.c: what happens to one pod --- */

int kubelet_pod_create(struct forge_sim *s, int64_t now, int workload, int rs); /* its index, or -1 */
/* The scheduler has assigned the pod: node, scheduled and rv are set, the kubelet of that node takes over. */
void kubelet_pod_bound(struct forge_sim *s, int64_t now, int pod);
void kubelet_pod_delete(struct forge_sim *s, int64_t now, int pod); /* graceful */
void kubelet_pod_remove(struct forge_sim *s, int64_t now, int pod); /* at once, without grace: --force */
void kubelet_pod_evict(struct forge_sim *s, int64_t now, int pod, const char *message);
/* The process dies: "OOMKilled", "Error". */
void kubelet_container_kill(struct forge_sim *s, int64_t now, int pod, const char *reason, int code);
void kubelet_cpu_shares(struct forge_sim *s, int64_t now); /* distributes each node's processors anew; runs every 5 s */
uint64_t kubelet_image_bytes(const char *image);           /* its size, as the Pulled event tells it */
const char *kubelet_pull_policy(const char *image);        /* imagePullPolicy: "Always" for the tag latest */

/* --- scheduler.c --- */

void scheduler_add(struct forge_sim *s, int64_t now, int pod);
void scheduler_wake(struct forge_sim *s, int64_t now);     /* something changed: pending pods are tried again */

/* --- events.c --- */

/* ns NULL: the application's namespace; version NULL: by kind. */
typedef struct forge_event_spec {
	const char *kind, *version, *ns, *object, *object_uid, *field, *reason, *component, *host, *action;
	bool warning, series;
	uint64_t object_rv;
} forge_event_spec;
void kube_event(struct forge_sim *s, int64_t now, const forge_event_spec *spec, const char *fmt, ...) CC_PRINTF(4, 5);
void kube_events_replay(struct forge_sim *s, int64_t now); /* the collector connects: all that exist are sent */
/* A stable uid for an object that is only a name to this simulation (chaos objects, PriorityClass …). */
const char *kube_foreign_uid(struct forge_sim *s, const char *kind, const char *name);

/* --- objects*.c --- */

void kube_poll(struct forge_sim *s, int64_t now);          /* all resource types, once, as rows for tel_object_row */

#endif
