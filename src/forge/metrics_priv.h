/* metrics_priv.h - samples as the observers keep them: groups of series that are scraped together.
 *
 * All series one target yields about one thing (a pod as the kubelet sees it, the calls of a service …) have equal
 * timestamps, so a group is a matrix: one row a scrape, one column a series, NaN where the series did not exist. Only
 * the last minutes stay in memory, for the rules; older rows go to an unlinked temporary file and come back when the
 * files are written. */
#ifndef FORGE_METRICS_PRIV_H
#define FORGE_METRICS_PRIV_H

#include "forge/sim.h"

typedef enum mgroup_kind {
	MG_KSM,
	MG_CADVISOR,
	MG_RULES,
	MG_APP,                  /* by pod: these four become the pod's file */
	MG_CALLS,
	MG_MESH,                 /* by application service: these two become the service's file */
	MG_WORKLOAD, MG_HPA, MG_QUOTA, MG_PDB, MG_NODE, MG_API, /* for the rules only; by index, MG_API: 0 */
	MG_KINDS
} mgroup_kind;
enum { MG_OF_POD = MG_APP + 1 };

typedef struct mgroup {
	mgroup_kind kind;
	int owner;
	int width;               /* series; grows with MG_CALLS */
	int rows, keep;          /* rows in memory; how many stay when older ones are spooled */
	int64_t *t;              /* [2 * keep]; NULL before the first row and after retirement */
	double *v;               /* [2 * keep * width] */
	int64_t chunk;           /* where the newest spooled chunk begins, -1: none */
	int64_t last;            /* time of the newest row */
	uint64_t spooled;        /* rows in the file */
	bool closed;             /* its subject is gone: the last row is all NaN */
} mgroup;

/* A whole history: rows in time order. */
typedef struct mmatrix { int width; size_t rows; int64_t *t; double *v; } mmatrix;

/* Cumulative counters of the calls of one (service, span name, kind, status): series of the spanmetrics connector. */
enum { METRICS_BOUNDS = 11, METRICS_STATUS = 2, METRICS_SPAN_KINDS = 5 };
extern const int metrics_bounds[METRICS_BOUNDS - 1];       /* ms; the last bucket is +Inf */
typedef struct mcalls {
	int service, op;         /* op: the first that had this name, -1 a journey */
	int number;              /* its columns are number * METRICS_BOUNDS … in the group of the service */
	const char *name;
	forge_kind kind;
	bool error;
	uint64_t bucket[METRICS_BOUNDS]; /* not cumulative */
} mcalls;

/* What is remembered about a pod between scrapes. */
typedef struct mpod {
	int restarts, ooms;
	int64_t broker_seen;       /* a consumer: the brokers' processes when it was scraped last */
	int64_t closed_at;         /* when it noticed that connections had been closed */
	bool seen;                 /* a consumer that has been scraped */
} mpod;

typedef struct mnode { double load; int64_t at, cpu_us; } mnode; /* load: runnable threads, a mean over a minute */

struct forge_metrics {
	CC_VEC(mgroup) groups;
	CC_VEC(int) index[MG_KINDS];   /* owner -> group + 1 */
	CC_VEC(mcalls) calls;
	uint32_t *cell;                /* (service, op or journey, kind, status) -> call + 1 */
	int cells_wide;                /* ops and journeys */
	int *series_of;                /* [service]: number of call series */
	CC_VEC(mpod) pods;
	CC_VEC(mnode) nodes;
	int spool;                     /* file descriptor, -1: not needed yet */
	int64_t spool_end;
	int64_t scrape_ns;
	double api_total, api_slow, api_cut; /* requests to the API server so far, those too slow, those it refused */
	int64_t api_at;
	const char *exporter_ip;       /* address of kube-state-metrics */
};

/* metrics_store.c */
const mgroup *mstore_find(const forge_metrics *m, mgroup_kind kind, int owner); /* NULL: never sampled */
/* A new row of `width` NaNs at time t (later than all before); NULL after a failure. Valid until the next row of any
 * group. */
double *mstore_row(forge_sim *s, mgroup_kind kind, int owner, int64_t t, int width);
void mstore_close(forge_sim *s, mgroup_kind kind, int owner, int64_t t);  /* the subject is gone: the series end */
void mstore_retire(forge_sim *s, int64_t t);                               /* frees what no rule can ask for any more */
cc_code mstore_load(forge_sim *s, const mgroup *g, mmatrix *out, cc_err *err) CC_MUST_USE; /* mstore_unload frees it */
void mstore_unload(mmatrix *x);
void mstore_deinit(forge_metrics *m);

/* metrics_query.c: what PromQL would answer at `now`. They look at samples alone. */
#define MQ_STALE (300 * FORGE_S)
bool mq_last(const mgroup *g, int column, int64_t now, double *v); /* instant value; false: no sample or stale */
bool mq_max(const mgroup *g, int column, int64_t now, int64_t window, double *v);
bool mq_changed(const mgroup *g, int column, int64_t now, int64_t window); /* changes() > 0 */
/* increase() with resets and extrapolation; false: fewer than two samples in (now - window, now]. */
bool mq_increase(const mgroup *g, int column, int64_t now, int64_t window, double *v);
/* histogram_quantile(q, …) over cumulative counts; NaN without observations. The last bound is +Inf. */
double mq_quantile(double q, const int *bounds, const double *cumulative, int n);

/* metrics_series.c: names and labels */
typedef enum mcontainer { MC_NONE, MC_MAIN, MC_SIDECAR, MC_INIT, MC_EXPORTER } mcontainer;
typedef struct mseries { const char *metric, *key, *value; mcontainer container; const char *unit; } mseries;
enum { /* columns of MG_KSM */
	K_PENDING, K_RUNNING, K_SUCCEEDED, K_FAILED, K_UNKNOWN, K_READY, K_UNREADY, K_READY_UNKNOWN, K_SCHEDULED,
	K_UNSCHEDULED, K_UNSCHEDULABLE, K_EVICTED, K_START, K_CREATED, K_OWNER, K_INFO, K_RESTARTS, K_C_READY,
	K_C_RUNNING, K_C_WAITING, K_C_TERMINATED, K_LIMIT_CPU, K_LIMIT_MEM, K_REQUEST_CPU, K_REQUEST_MEM,
	K_INIT_RESTARTS, K_SIDECAR_READY,
	K_WAITING, K_WAITING_N = 10, /* reasons of the container, each a column */
	K_INIT_WAITING = K_WAITING + K_WAITING_N, K_INIT_WAITING_N = 6,
	K_LAST = K_INIT_WAITING + K_INIT_WAITING_N, K_LAST_N = 5,
	K_COLUMNS = K_LAST + K_LAST_N,
	K_BACKOFF = K_WAITING    /* the first reason is CrashLoopBackOff */
};
enum { /* columns of MG_CADVISOR */
	C_CPU, C_CPU_POD, C_CPU_SIDECAR, C_PERIODS, C_THROTTLED, C_THROTTLED_S, C_WS, C_WS_POD, C_WS_SIDECAR,
	C_USAGE, C_USAGE_POD, C_RSS, C_OOM, C_RX, C_TX, C_RX_PACKETS, C_TX_PACKETS, C_READS, C_WRITES, C_READ_BYTES,
	C_WRITE_BYTES, C_COLUMNS
};
enum { /* columns of MG_RULES */
	R_WS, R_CPU, R_LIMIT_CPU, R_LIMIT_MEM, R_REQUEST_CPU, R_REQUEST_MEM, R_COLUMNS
};
enum { METRICS_GROUPS = 8 }; /* consumer groups of one broker that are told of */
enum { /* columns of MG_APP */
	A_ACTIVE, A_JVM_HEAP, A_JVM_NONHEAP, A_JVM_GC_COUNT, A_JVM_GC_SUM, A_JVM_THREADS, A_PY_RSS, A_PY_VMS,
	A_PY_GC, A_NODE_LOOP, A_NODE_HEAP, A_GO_ROUTINES, A_GO_HEAP, A_NET_HEAP, A_NET_GC, A_PROC_MEM,
	A_ENVOY_ACTIVE, A_ENVOY_PENDING, A_NGINX_ACTIVE, A_REDIS_CLIENTS, A_REDIS_USED, A_REDIS_MAX,
	A_REDIS_COMMANDS, A_PG_BACKENDS, A_PG_COMMITS, A_PG_MAX, A_CLOSE_RATE, A_RECORDS_LAG, A_MEMBERS,
	A_LAG = A_MEMBERS + METRICS_GROUPS, A_COLUMNS = A_LAG + METRICS_GROUPS
};
/* Columns of the groups that are for the rules only. */
enum { W_SPEC, W_AVAILABLE, W_UPDATED, W_STUCK, W_FAILED, W_COLUMNS };
enum { H_CURRENT, H_DESIRED, H_MIN, H_MAX, H_COLUMNS };
enum { Q_PODS_USED, Q_PODS, Q_CPU_USED, Q_CPU, Q_MEM_USED, Q_MEM, Q_COLUMNS };
enum { P_HEALTHY, P_DESIRED, P_COLUMNS };
enum { N_CPU, N_CORES, N_LOAD, N_MEM_USED, N_MEM, N_PRESSURE, N_COLUMNS };
enum { API_TOTAL, API_SLOW, API_CUT, API_COLUMNS };
enum { /* columns of MG_MESH, once for each caller */
	MESH_OK = FLOW_MESH_OK,  /* and the other codes of flow_mesh_labels */
	MESH_BUCKET = FLOW_MESH_CODES, MESH_COLUMNS = MESH_BUCKET + FLOW_MESH_BUCKETS
};

const mseries *metrics_series(mgroup_kind kind, int *n);                   /* of the four kinds by pod */
void metrics_pod_tags(cc_buf *out, const forge_sim *s, int pod, mgroup_kind kind, int column); /* dict cell */
bool metrics_running(const kube_pod *p);                                   /* its main container runs */
/* The consumer operation behind number i of the consumer groups of a broker, and its topic's name; -1 beyond the
 * last. */
int metrics_consumer(const forge_sim *s, int broker, int i, const char **topic);
bool metrics_mesh_known(const forge_sim *s, int service); /* false: the callers that are "unknown" together */
bool metrics_has_file(const forge_sim *s, int service);  /* judged by request rules and written */
void metrics_job(cc_buf *out, const forge_app *app, const char *service); /* label job of what its SDK tells */

/* metrics_pod.c, metrics_app.c, metrics_cluster.c, metrics_calls.c: one scrape each */
mpod *metrics_pod(forge_sim *s, int pod);               /* NULL: memory is out */
void metrics_scrape_ksm(forge_sim *s, int64_t now, int pod);
void metrics_scrape_cadvisor(forge_sim *s, int64_t now, int pod);
void metrics_scrape_rules(forge_sim *s, int64_t now, int pod);
void metrics_scrape_app(forge_sim *s, int64_t now, int pod);
void metrics_scrape_cluster(forge_sim *s, int64_t now);
void metrics_scrape_node(forge_sim *s, int64_t now, int node);
void metrics_scrape_api(forge_sim *s, int64_t now);
void metrics_scrape_calls(forge_sim *s, int64_t now);
void metrics_scrape_mesh(forge_sim *s, int64_t now);

#endif
