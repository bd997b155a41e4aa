/* flow.h - requests: each is served call by call along the application's tables, event by event, and leaves spans, log lines
 * and load behind.
 *
 * A request waits for a worker, uses the pod's processor share, waits for its own disk or sleep, calls others through a
 * connection pool with timeout and retries, and answers. A slow callee therefore makes its callers slow, a dead one makes them
 * fail in the way that edge's client fails, and load beyond capacity queues, is rejected or times out. */
#ifndef FORGE_FLOW_H
#define FORGE_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "coldcase/err.h"

struct forge_sim;
typedef struct forge_flow forge_flow;    /* flow_priv.h */

cc_code flow_init(struct forge_sim *s);
void flow_deinit(struct forge_sim *s);
void flow_start(struct forge_sim *s, int64_t from);          /* users and chatter begin */

/* Told by the kubelet. */
void flow_pod_up(struct forge_sim *s, int64_t now, int pod);   /* the process listens: addresses are read from its environment */
void flow_pod_down(struct forge_sim *s, int64_t now, int pod); /* it died or was stopped: what it was serving is cut off (reset) */
int64_t flow_pod_memory_kib(const struct forge_sim *s, int pod); /* held by requests in progress */

/* Effects, by flags or chaos, on an operation. Zero means none. */
typedef struct flow_effect {
	int fail_permille, delay_ms, cpu_ms, leak_kib, lag_ms, copies;
	int status;              /* HTTP status or gRPC code of the failure; 0: 500 or 13 */
	const char *message, *item, *exception; /* exception: its type, NULL: the runtime's usual one */
	bool abort;              /* the connection is reset instead of answered (HTTP abort) */
} flow_effect;
/* Adds an effect to every operation of a service (op -1) or to one; returns its number. flow_effect_set switches it. */
int flow_effect_add(struct forge_sim *s, int service, int op, const flow_effect *e);
void flow_effect_set(struct forge_sim *s, int effect, bool active);
/* flagd has read a new document: values of all flags by number (0: off). Takes effect for every later evaluation. */
void flow_flags_set(struct forge_sim *s, int64_t now, const int *values);
/* Stores: the password it demands (NULL: none) and the bound of its data set in MiB (0: none). A client sends what its process
 * read when it started; the connections it has go on for 30 to 120 s after a change, or until it is replaced. Without a bound set
 * here, entries expire and the data set stays below two fifths of the application's own bound. */
void flow_store_password(struct forge_sim *s, int64_t now, int service, const char *password);
void flow_store_limit(struct forge_sim *s, int64_t now, int service, int max_mib, int used_mib);
int64_t flow_store_used_kib(const struct forge_sim *s, int service);
bool flow_store_writes(const forge_op *op);           /* a command or statement that may enlarge what the store holds */
void flow_load_factor(struct forge_sim *s, int percent);     /* users' rate against the configured one; 100 is normal */
int64_t flow_consumer_lag(const struct forge_sim *s, int op); /* messages not consumed yet, by consumer operation */

/* What serving requests has shown since the injection, by application service: N x N tables, [callee * N + caller].
 * failed: calls that failed. slow: calls that took longer than 5 times that edge's median before the injection and 200 ms.
 * starved: calls that would have been made, had the caller not failed before. */
typedef struct flow_effects_seen {
	const uint32_t *failed, *slow, *starved;
	uint64_t requests, failures; /* of users */
	const uint32_t *lost;    /* those of `failed` that show at the caller alone: refused, cut off, swallowed, no such name, or answered 4xx */
	const uint32_t *answered; /* those of `failed` that were answered with an error of the callee's */
	const uint32_t *failed_before; /* failed calls within the capture, before the injection */
	int64_t first_failed;    /* when a user's request failed for the first time; 0: none did */
} flow_effects_seen;
flow_effects_seen flow_seen(const struct forge_sim *s);
/* Requests as the proxies of the mesh count them, by response code and flags. gRPC errors travel as 200, as they do there. */
enum { FLOW_MESH_OK, FLOW_MESH_CODES = 10 };
typedef struct flow_mesh_label { const char *code, *flags, *reporter; } flow_mesh_label;
extern const flow_mesh_label flow_mesh_labels[FLOW_MESH_CODES];
typedef struct flow_mesh_count { uint32_t code[FLOW_MESH_CODES], bucket[12]; } flow_mesh_count;
/* NULL: none. Callers whose pod has no proxy that would say who they are count as the load generator. */
const flow_mesh_count *flow_mesh(const struct forge_sim *s, int callee, int caller);

#endif
