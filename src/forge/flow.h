/* flow.h - requests: each is served call by call along the application's tables, event by event, and leaves spans, log
 * lines and load behind.
 *
 * A request waits for a worker, uses the pod's processor share, waits for its own disk or sleep, calls others through a
 * connection pool with timeout and retries, and answers. A slow callee therefore makes its callers slow, a dead one
 * makes them fail in the way that edge's client fails, and load beyond capacity queues, is rejected or times out.
 *
 * Services, operations and flags are numbers of the application, pods those of kube.h. */
#ifndef FORGE_FLOW_H
#define FORGE_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "coldcase/err.h"

struct forge_sim;
typedef struct forge_flow forge_flow;    /* flow_priv.h */

cc_code flow_init(struct forge_sim *s);                        /* CC_ENOMEM, told to forge_fail */
void flow_deinit(struct forge_sim *s);
void flow_start(struct forge_sim *s, int64_t from);            /* users and chatter begin */

/* Told by the kubelet. */
void flow_pod_up(struct forge_sim *s, int64_t now, int pod);   /* the process listens; it has read its environment */
void flow_pod_down(struct forge_sim *s, int64_t now, int pod); /* it died or was stopped: what it served is reset */
/* Asked by the kubelet: memory held by the requests in progress. */
int64_t flow_pod_memory_kib(const struct forge_sim *s, int pod);

/* What chaos does to the requests of an operation; flags act in the same ways. A failure is 500 or INTERNAL. Zero means
 * none. */
typedef struct flow_effect {
	int fail_permille, delay_ms, cpu_ms, leak_kib;
	const char *message;     /* text of the failure, with the places of tel_expand; NULL: "internal error" */
	const char *exception;   /* type of the failure; NULL: the runtime's usual one */
	bool abort;              /* the connection is reset instead of answered */
} flow_effect;
/* Adds an effect on every operation of a service (op -1) or on one, switched off; texts are borrowed. Its number, -1
 * when memory is out. */
int flow_effect_add(struct forge_sim *s, int service, int op, const flow_effect *e);
void flow_effect_set(struct forge_sim *s, int effect, bool active);
/* When it failed a request of the capture for the first time; 0: it has not yet. */
int64_t flow_effect_first(const struct forge_sim *s, int effect);
/* flagd has read a new document: the values of all flags by number, 0 off. Every later evaluation uses them. */
void flow_flags_set(struct forge_sim *s, const int *values);

/* A store demands another password (NULL: none; borrowed). A client sends what its process read when it started; the
 * connections a process has go on for 30 to 120 s, but no longer than a process of the store runs that was started
 * before `rotated`. */
void flow_store_password(struct forge_sim *s, int64_t now, int service, const char *password, int64_t rotated);
/* Bounds its data set (0: not) and sets what it holds (0: as it is). Without a bound set here, entries expire and the
 * data stays below two fifths of the application's own bound. */
void flow_store_limit(struct forge_sim *s, int service, int max_mib, int used_mib);
int64_t flow_store_used_kib(const struct forge_sim *s, int service); /* with the store's own tables */
int64_t flow_store_max_kib(const struct forge_sim *s, int service);  /* its bound, whoever has set it; 0: none */
bool flow_store_writes(const forge_op *op);            /* a command that may enlarge what the store holds */

int64_t flow_consumer_lag(const struct forge_sim *s, int op);  /* messages the consumer operation has not taken yet */

/* What serving requests has shown since the injection, by application service: N x N tables, [callee * N + caller].
 * failed: calls that failed. Of those, lost: show at the caller alone (refused, cut off, swallowed, no such name, or
 * answered 4xx); answered: were answered with an error of the callee's. failed_before: calls that failed within the
 * capture, before the injection. slow: calls that took longer than 200 ms and 5 times that edge's median before the
 * injection. starved: calls that would have been made, had the caller not failed before. */
typedef struct flow_effects_seen {
	const uint32_t *failed, *lost, *answered, *failed_before, *slow, *starved;
	uint64_t requests, failures; /* of the users */
	int64_t first_failed;    /* when a user's request failed for the first time; 0: none did */
} flow_effects_seen;
flow_effects_seen flow_seen(const struct forge_sim *s);        /* borrowed until flow_deinit */

/* Upper bounds of the mesh's latency histogram in ms; the last bucket is +Inf. */
enum { FLOW_MESH_BUCKETS = 12 };
extern const int flow_mesh_bounds[FLOW_MESH_BUCKETS - 1];
/* Requests as the proxies of the mesh count them, by response code and flags. gRPC errors travel as 200, as they do
 * there. bucket: not cumulative. */
enum { FLOW_MESH_OK, FLOW_MESH_CODES = 10 };
typedef struct flow_mesh_label { const char *code, *flags, *reporter; } flow_mesh_label;
extern const flow_mesh_label flow_mesh_labels[FLOW_MESH_CODES];
typedef struct flow_mesh_count { uint32_t code[FLOW_MESH_CODES], bucket[FLOW_MESH_BUCKETS]; } flow_mesh_count;
/* NULL: no call yet. Callers whose pod has no proxy that would say who they are count as the load generator. */
const flow_mesh_count *flow_mesh(const struct forge_sim *s, int callee, int caller);

#endif
