/* kubelet_priv.h - what the files of the kubelet share: tickets, back-offs, and the hand-overs from one stage of a
 * pod's life to the next (bound, mounted, sandbox, init container, image, container, boot, ready).
 *
 * Stages run as queued actions. Each carries a ticket: the pod's turn and the container it is about. Whatever breaks
 * the chain (the process dies, the pod is evicted) starts a new turn, so that what was queued before is void. */
#ifndef FORGE_KUBELET_PRIV_H
#define FORGE_KUBELET_PRIV_H

#include "forge/sim.h"

typedef enum kubelet_part {
	PART_MAIN, PART_INIT,
	PART_MESH_INIT, PART_MESH, /* istio-init and istio-proxy of an injected pod */
	PART_POD                   /* no container, for events */
} kubelet_part;

/* kubelet.c */
int kubelet_ticket(const kube_pod *p, kubelet_part part);
kubelet_part kubelet_ticket_part(int ticket);
/* The pod an action with that ticket is about; NULL when the action is void: stopped, removed, of an earlier turn. */
kube_pod *kubelet_current(struct forge_sim *s, int pod, int ticket);
const char *kubelet_container(const struct forge_sim *s, const kube_pod *p, kubelet_part part); /* its name */
void kubelet_event(struct forge_sim *s, int64_t now, int pod, kubelet_part part, bool warning, const char *reason,
	const char *fmt, ...) CC_PRINTF(7, 8);
/* A line of the process itself: {name} {port} {host} {ip} are replaced; text NULL or a foreign pod: none. */
void kubelet_line(struct forge_sim *s, int64_t now, int pod, const char *text);
void kubelet_status(struct forge_sim *s, int64_t now, int pod);        /* the status was written to the API server */
void kubelet_ready(struct forge_sim *s, int64_t now, int pod, bool ready);
/* Queues a stage some milliseconds from now; kubelet_resync: after an error, 10 to 15 s. */
void kubelet_next(struct forge_sim *s, int64_t now, int pod, kubelet_part part, int lo_ms, int hi_ms,
	forge_action *run);
void kubelet_resync(struct forge_sim *s, int64_t now, int pod, kubelet_part part, forge_action *run);
/* The process has ended: tells flow, resets what belonged to it, and restarts it unless the pod is over. */
void kubelet_exited(struct forge_sim *s, int64_t now, int pod, const char *reason, int code);
const forge_service *kubelet_service(const struct forge_sim *s, const kube_pod *p); /* NULL: foreign */

/* kubelet_backoff.c: as client-go's flowcontrol counts them, 10 s doubling to 300 s, forgotten after 10 minutes. */
bool kubelet_backoff_waits(const struct kubelet_backoff *b, int64_t since, int64_t now);
void kubelet_backoff_grow(struct kubelet_backoff *b, int64_t since, int64_t now);
cc_str kubelet_backoff_message(struct forge_sim *s, int pod, kubelet_part part); /* "back-off 10s restarting …" */
void kubelet_backoff_event(struct forge_sim *s, int64_t now, int pod, kubelet_part part);

/* kubelet_pull.c: gets the image of a container, then goes on with creating it. */
void kubelet_pull(struct forge_sim *s, int64_t now, int pod, int ticket);

/* kubelet_init.c */
void kubelet_containers_start(struct forge_sim *s, int64_t now, int pod); /* once the sandbox stands: init first */
void kubelet_init_create(struct forge_sim *s, int64_t now, int pod, int ticket);

/* kubelet_mesh.c */
void kubelet_mesh_create(struct forge_sim *s, int64_t now, int pod, int ticket);

/* kubelet_start.c */
void kubelet_container_create(struct forge_sim *s, int64_t now, int pod, int ticket);

/* kubelet_probe.c: begins to probe the running container. */
void kubelet_probe_start(struct forge_sim *s, int64_t now, int pod);

/* kubelet_cpu.c, kubelet_memory.c */
void kubelet_shares_start(struct forge_sim *s, int64_t now);           /* kubelet_cpu_shares repeats from now on */
void kubelet_share_first(struct forge_sim *s, int pod);                /* its share until the next distribution */
int64_t kubelet_memory_limit_kib(const kube_pod *p);                   /* 0: none */
void kubelet_memory(struct forge_sim *s, int64_t now);                 /* working sets, OOM kills, evictions */

#endif
