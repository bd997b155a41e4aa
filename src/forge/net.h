/* net.h - what happens to a connection: name resolution, Service, endpoints, policies, the mesh, and chaos on the wire. */
#ifndef FORGE_NET_H
#define FORGE_NET_H

#include <stdbool.h>
#include <stdint.h>

struct forge_sim;

typedef enum net_outcome {
	NET_POD,                 /* connected to `pod` */
	NET_REFUSED,             /* no endpoints, or nothing listens on the target port */
	NET_SILENCE,             /* packets are dropped: only the caller's timeout ends it (policy, partition, undeclared port) */
	NET_NO_NAME,             /* the name does not resolve: Service deleted, wrong host, wrong DNS policy */
	NET_RESET,               /* closed at once: plain text meets strict mTLS, or the peer died */
	NET_DENIED               /* the mesh answers 403 "RBAC: access denied" / PERMISSION_DENIED */
} net_outcome;

typedef struct net_path {
	net_outcome outcome;
	int pod;                 /* NET_POD */
	int64_t there_ns, back_ns; /* way of the request and of the answer, chaos included */
	bool lost;               /* the answer never arrives (packet loss beyond retransmission) */
} net_path;

/* A pod of `from_pod`'s service opens a request to `service` at `port`. Draws from net_rng. */
net_path net_connect(struct forge_sim *s, int64_t now, int from_pod, int service, int port);
/* Does the name resolve for that pod? */
bool net_resolves(const struct forge_sim *s, int from_pod, int service);

typedef enum net_chaos_kind { NET_DELAY, NET_LOSS, NET_PARTITION } net_chaos_kind;

/* Chaos on the wire between the pods of two services; -1 is everybody. Both directions when `both`. */
typedef struct net_chaos {
	net_chaos_kind kind;
	int from, to;
	bool both, active;
	int delay_ms, jitter_ms; /* NET_DELAY, each direction it applies to */
	int loss_permille;       /* NET_LOSS: a packet; TCP retransmits after 200 ms, 400 ms …, up to six times */
} net_chaos;

int net_chaos_add(struct forge_sim *s, const net_chaos *c);   /* inactive until switched on; returns its number */
void net_chaos_set(struct forge_sim *s, int chaos, bool active);

/* Mesh policies of the namespace (their objects are not pulled). */
void net_mesh_strict(struct forge_sim *s, bool strict);        /* PeerAuthentication STRICT: callers without sidecar are reset */
void net_mesh_deny(struct forge_sim *s, int service, int from, bool on); /* AuthorizationPolicy: service refuses callers of `from` (-1 all) */

#endif
