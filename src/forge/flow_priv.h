/* flow_priv.h - a request under way: users, calls, frames, messages, and what each pod keeps while it serves.
 *
 * A call is the client's side (one attempt has one client span), a frame the server's. They refer to each other and to
 * the events of the queue by number and generation: whoever ends first makes the number stale, and what arrives later
 * for it is dropped. All of them come from pools that grow to the largest number in flight and are used again. */
#ifndef FORGE_FLOW_PRIV_H
#define FORGE_FLOW_PRIV_H

#include "forge/sim.h"

/* Objects of one size under stable addresses. Every object begins with a flow_slot. */
typedef struct flow_slot { int gen, next; bool used; } flow_slot;
typedef struct flow_pool {
	size_t size;
	CC_VEC(char *) chunk;
	int made, free;          /* free: first of the free list, -1 */
	int live;
} flow_pool;

/* What one user's request is about; shared by everything it causes. */
typedef struct flow_trace {
	flow_slot slot;
	int refs, wanted;        /* wanted: what the proxy is asked for, -1 */
	uint64_t id[2];
	forge_vars vars;
} flow_trace;

typedef struct flow_user {
	flow_slot slot;
	int pod, journey, request, left; /* left: repetitions of the current request */
	bool asks;               /* flagd is asked before the first request */
	uint64_t trace[2], root;
	int handle;
	int64_t start;
	forge_vars vars;
} flow_user;

typedef enum flow_state { CALL_WAITS, CALL_OUT, CALL_ANSWERED, CALL_PAUSES } flow_state;

typedef struct flow_call {
	flow_slot slot;          /* the generation grows with each attempt */
	int trace, op;
	int frame, frame_gen;    /* who waits for the outcome; frame -1: the user */
	int user, user_gen;
	const forge_step *step;
	int left;                /* repetitions of the step still to come in this lane */
	int pod, from;           /* caller: its pod and service */
	int attempt;
	flow_state state;
	uint64_t parent, span;
	int handle;              /* of the client span; -1: none */
	int64_t start, end;      /* of this attempt */
	const struct flow_address *to;
	int peer, chosen;        /* pods: who answered; whom the connection was meant for, -1 none was known */
	int64_t back_ns;
	bool lost, pooled;
	int before, after;       /* neighbours among those waiting for a connection */
	bool ok;
	int status;
	unsigned via;
	char *cause;             /* the callee's text of a failure; heap */
} flow_call;

typedef struct flow_frame {
	flow_slot slot;
	int trace, op, pod, service;
	int call, call_gen;      /* who is answered; -1: it was a message of `group` */
	int group;
	forge_kind kind;
	uint64_t span, parent;
	int handle;              /* of the server span; -1: none is exported */
	int64_t start;
	int step, open;          /* next step; calls not answered */
	int tail_us;             /* processor work left for the end */
	bool decided, asked_flagd, failed;
	bool caught;             /* the failure ends here: the span is no error */
	int status;
	unsigned via;
	int flag, variant;
	int peer;
	const char *upstream;    /* proxies: the Service's address the request was sent to; NULL: to a pod */
	int64_t upstream_ns;
	char *cause;
	int called;              /* whose failure this is: operation, -1 its own */
	const char *exception;   /* its type; NULL: as the runtime's */
	char *behind;            /* the exception behind it; heap */
	int after;               /* next in the pod's queue */
} flow_frame;

/* Where an environment variable points to. */
typedef struct flow_address { int service, port; const char *host, *ip; } flow_address; /* ip: for flow_service_ip */

typedef struct flow_line { int used, first, last; } flow_line; /* connections to one callee, and who waits for one */

typedef struct flow_pod {
	bool up;
	int service, limit_m;
	int first, last;         /* frames waiting for a worker */
	int64_t mem_kib, started, reconnect_ns, period;
	int64_t said_full, said_broker;
	bool flags_reachable;
	flow_address *address;   /* by the service's env entries */
	flow_line *line;         /* by callee */
	const char **password;   /* by store: what this process sends */
} flow_pod;

typedef struct flow_message { uint64_t trace[2], span; forge_vars vars; int64_t at; } flow_message;

typedef struct flow_topic {
	int op;
	flow_message *ring;
	uint64_t cap, first, end; /* numbers of the oldest kept and of the next message */
} flow_topic;

/* One consumer operation: a consumer group of its own. */
typedef struct flow_group {
	int op, topic;
	uint64_t next;           /* number of the next message */
	CC_VEC(int) idle;        /* pods that wait for one */
} flow_group;

typedef struct flow_store {
	const char *demanded;    /* NULL: no password */
	int64_t changed, rotated; /* the password is demanded since; processes started before `rotated` know the old one */
	int64_t max_kib, used_bytes;
	bool bounded;            /* a bound was set from outside: nothing expires below it */
} flow_store;

/* first: when it failed a request of the capture for the first time; 0: never */
typedef struct flow_acting { flow_effect e; int service, op; bool active; int64_t first; } flow_acting;

enum { EDGE_SAMPLES = 255 };
/* Durations on one edge before the injection, in microseconds; the newest EDGE_SAMPLES of them. */
typedef struct flow_edge { uint32_t n; int32_t median_us; int32_t sample[EDGE_SAMPLES]; } flow_edge;

struct forge_flow {
	flow_pool traces, users, calls, frames;
	CC_VEC(flow_pod) pods;
	CC_VEC(int) *up;         /* by service: pods whose process listens */
	CC_VEC(flow_topic) topics;
	CC_VEC(flow_group) groups;
	flow_store *stores;      /* by service */
	CC_VEC(flow_acting) effects;
	int acting;
	int *flag_value;         /* by flag: what flagd serves */
	const int **op_flags;    /* by operation: flags that act on it */
	int *op_flags_n, *topic_of; /* topic_of: by operation, -1 */
	int *flag_item;          /* by flag: index of its item, -1 */
	flow_address *home;      /* by service: its own name and port */
	flow_address nowhere;    /* what a service is told by a flag that makes a callee unreachable */
	CC_VEC(flow_address) strange; /* names of nobody, each once */
	forge_step user_step, browser_step, flag_step; /* flag_step: users' question to flagd; op -1: they ask none */
	int loadgen, user_limit;
	int serial;              /* of consumed messages */
	uint32_t *failed, *slow, *starved, *lost, *answered, *failed_before;
	int64_t first_failed;
	flow_edge **edges;
	flow_mesh_count **mesh;
	uint64_t requests, failures;
};

/* flow_pool.c */
int flow_take(forge_sim *s, flow_pool *p);               /* number of a zeroed object; -1 after forge_fail */
void flow_give(flow_pool *p, int i);
void flow_pool_deinit(flow_pool *p);
enum { FLOW_CHUNK = 256 };
static inline void *flow_at(const flow_pool *p, int i)
{
	return p->chunk.p[i / FLOW_CHUNK] + (size_t)(i % FLOW_CHUNK) * p->size;
}
/* The object, if it still is of that generation. */
static inline void *flow_live(const flow_pool *p, int i, int gen)
{
	if (i < 0) return NULL;
	flow_slot *slot = flow_at(p, i);
	return slot->used && slot->gen == gen ? slot : NULL;
}
static inline flow_trace *flow_trace_at(const forge_sim *s, int i) { return flow_at(&s->flow->traces, i); }
static inline flow_call *flow_call_at(const forge_sim *s, int i) { return flow_at(&s->flow->calls, i); }
static inline flow_frame *flow_frame_at(const forge_sim *s, int i) { return flow_at(&s->flow->frames, i); }
int flow_trace_new(forge_sim *s, const uint64_t id[2], const forge_vars *vars, int wanted); /* with one reference; -1 */
void flow_trace_drop(forge_sim *s, int trace);

/* flow.c */
flow_pod *flow_pod_at(const forge_sim *s, int pod);      /* NULL: never up */
int flow_pick(forge_sim *s, int service);                /* a pod of it whose process listens; -1 */
int64_t flow_spread(forge_sim *s, int median_us);        /* lognormal around the median, in microseconds */
uint64_t flow_span_id(forge_sim *s);

/* flow_address.c: what a process knows when it starts */
bool flow_read_env(forge_sim *s, int pod, flow_pod *fp);
const flow_address *flow_address_of(const forge_sim *s, const flow_call *c);
const char *flow_service_ip(forge_sim *s, int service);       /* the Service's address; arena; NULL */

/* flow_call.c */
typedef struct flow_want {
	const forge_step *step;
	int op, trace, pod, left;
	uint64_t parent;
	int frame, frame_gen, user, user_gen; /* as in flow_call */
} flow_want;
void flow_call_start(forge_sim *s, int64_t now, const flow_want *w);
/* The server, or the network in its place, has answered at `now`: takes cause (heap, NULL when ok). Stale numbers are
 * fine. */
typedef struct flow_answer { bool ok; int status; unsigned via; char *cause; } flow_answer;
void flow_call_answer(forge_sim *s, int64_t now, int call, int gen, flow_answer a);
void flow_calls_of_pod(forge_sim *s, int pod);              /* the process that made them is gone */

/* flow_serve.c */
void flow_arrive(forge_sim *s, int64_t now, int call);
void flow_consume(forge_sim *s, int64_t now, int pod, int group, const flow_message *m); /* a consumer takes it */
void flow_frame_called(forge_sim *s, int64_t now, flow_frame *f, const flow_call *c); /* a lane of calls has ended */
void flow_frames_of_pod(forge_sim *s, int64_t now, int pod);  /* the process is gone: its callers are cut off */
int64_t flow_use_cpu(forge_sim *s, int64_t now, int pod, int us); /* when that much processor work is done */

/* flow_user.c */
void flow_user_answered(forge_sim *s, int64_t now, flow_user *u, const flow_call *c);
void flow_users_of_pod(forge_sim *s, int pod);

/* flow_topic.c */
bool flow_topics_init(forge_sim *s);
void flow_topics_deinit(forge_sim *s);
void flow_publish(forge_sim *s, int64_t now, const flow_frame *f, uint64_t producer);
void flow_consumed(forge_sim *s, int64_t now, int pod, int group);
void flow_consumer_up(forge_sim *s, int64_t now, int pod);
void flow_consumer_down(forge_sim *s, int pod);

/* flow_store.c: a store looks at a request before it serves it. NULL: fine; else the error it answers (heap). */
char *flow_store_refuses(forge_sim *s, int64_t now, const flow_frame *f, const flow_call *c);
bool flow_is_store(const forge_op *op);

/* flow_effect.c */
bool flow_effects_init(forge_sim *s);
bool flow_aborts(forge_sim *s, int service, int op);
int64_t flow_decide(forge_sim *s, int64_t now, flow_frame *f); /* sets the frame's failure; returns its delay in ns */
bool flow_unreachable(const forge_sim *s, const flow_call *c);
int flow_copies(const forge_sim *s, int topic_op);            /* how often a message is sent */
int flow_flag_seen(const forge_sim *s, int pod, int flag);    /* its value as that process sees it */

/* flow_say.c: texts of failures, on the heap; NULL when memory is out (told to forge_fail) */
char *flow_say_transport(forge_sim *s, const flow_call *c);   /* nobody answered */
char *flow_say_remote(forge_sim *s, const flow_call *c);      /* an error was answered */
char *flow_say_step(forge_sim *s, const flow_call *c, const char *cause);
char *flow_say_broker(forge_sim *s, int service, int broker, net_outcome how);
char *flow_say_overload(forge_sim *s, int service, const forge_op *op); /* every worker is taken, the backlog full */
/* The failure as an exception: its type, "" when the runtime has none (static); what is behind it (heap, NULL:
 * nothing). */
const char *flow_exception(const forge_sim *s, const flow_call *c);
char *flow_behind(forge_sim *s, const flow_call *c);
char *flow_stack(forge_sim *s, const forge_raised *x);        /* NULL: the runtime prints none */
char *flow_text(forge_sim *s, const char *z);                 /* heap copy */

/* flow_proxy.c: what stands between caller and callee */
/* Would a sidecar answer for a server that gave no answer in that way? The caller's, or that of the pod it was meant
 * for. */
bool flow_sidecar(const forge_sim *s, const flow_call *c, unsigned via);
bool flow_proxied(const forge_sim *s, const flow_call *c);    /* has a proxy answered in the server's place? */
bool flow_knows_endpoints(const forge_sim *s, const flow_call *c); /* does a proxy of the caller's choose the pod? */
int flow_upstream_pod(const forge_sim *s, const flow_call *c); /* as spans and access lines name it; -1 */
const char *flow_upstream(forge_sim *s, const flow_call *c);  /* of proxies that know no pods: the Service's address */

/* flow_chatter.c */
void flow_chatter_start(forge_sim *s, int64_t from);
void flow_chatter_up(forge_sim *s, int64_t now, int pod);     /* a process has started */

/* flow_mesh.c */
void flow_mesh_seen(forge_sim *s, const flow_call *c, int64_t took); /* an attempt has ended */
char *flow_text(forge_sim *s, const char *z);                 /* heap copy */

/* flow_log.c */
/* What failed: the call (NULL: the service itself); message: what the service makes of it. */
void flow_log_failure(forge_sim *s, int64_t now, const flow_frame *f, const flow_call *c, const char *message,
	bool tolerated);
void flow_log_success(forge_sim *s, int64_t now, const flow_frame *f);
void flow_log_access(forge_sim *s, int64_t now, const flow_frame *f);
void flow_log_denied(forge_sim *s, int64_t now, const flow_call *c);

/* flow_seen.c */
bool flow_seen_init(forge_sim *s);
void flow_seen_deinit(forge_sim *s);
void flow_seen_call(forge_sim *s, const flow_call *c, int64_t took);
void flow_seen_edge(forge_sim *s, int callee, int caller, int64_t took, bool failed);
bool flow_seen_counts(const forge_sim *s, int64_t began); /* ends after the injection, and is recorded */
void flow_seen_starved(forge_sim *s, const flow_frame *f, int from_step);

/* Place in the tables of calls from one service to another. */
static inline size_t flow_edge_of(const forge_sim *s, int callee, int caller)
{
	return (size_t)callee * (size_t)s->app->services_n + (size_t)caller;
}

static inline bool flow_is_rpc(const forge_op *op)
{
	return op->proto == PROTO_HTTP || op->proto == PROTO_GRPC;
}

static inline bool flow_is_proxy(const forge_op *op)
{
	return op->steps_n > 0 && op->steps[0].op == FORGE_FORWARD;
}

#endif
