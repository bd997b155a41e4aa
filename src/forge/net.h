/* net.h - what happens to a connection: name resolution, Service, policies, endpoints, the mesh, and chaos on the wire.
 *
 * Services are numbers of the application, -1 anybody; pods are numbers of kube.h. Times are ns. */
#ifndef FORGE_NET_H
#define FORGE_NET_H

#include <stdbool.h>
#include <stdint.h>
#include "coldcase/err.h"

struct forge_sim;

cc_code net_init(struct forge_sim *s);   /* CC_ENOMEM is told in s->err */
void net_deinit(struct forge_sim *s);

typedef enum net_outcome {
	NET_POD,                 /* connected to `pod` */
	NET_REFUSED,             /* no endpoints, or nothing listens on the target port */
	NET_SILENCE,             /* packets are dropped (policy, partition, undeclared port): the caller gives up */
	NET_NO_NAME,             /* Service deleted, a name nobody has, wrong DNS policy, no way to the resolver */
	NET_RESET,               /* closed at once: plain text meets strict mTLS */
	NET_DENIED               /* the mesh answers 403 "RBAC: access denied" / PERMISSION_DENIED */
} net_outcome;

typedef struct net_path {
	net_outcome outcome;
	int pod;                 /* the endpoint chosen; -1: it did not come to that */
	int64_t there_ns;        /* way of the request, chaos included; without a connection: until the caller knows */
	int64_t back_ns;         /* way of the answer */
	bool lost;               /* the answer never arrives (packet loss beyond retransmission) */
} net_path;

/* `from_pod` (-1: somebody outside) opens a request to `service` (-1: a name that nobody has) at `port` (0: the
 * Service's own). Draws from net_rng. */
net_path net_connect(struct forge_sim *s, int from_pod, int service, int port);
/* Do packets from the pods of service `from` get to an endpoint of `service`? By policies, endpoints and partitions;
 * draws nothing. */
bool net_reaches(const struct forge_sim *s, int from, int service);

typedef enum net_chaos_kind { NET_DELAY, NET_LOSS, NET_PARTITION } net_chaos_kind;

/* Chaos on the wire between the pods of two services; -1 is everybody. Both directions when `both`. */
typedef struct net_chaos {
	net_chaos_kind kind;
	int from, to;
	bool both, active;
	int delay_ms, jitter_ms; /* NET_DELAY, each direction it applies to */
	int loss_permille;       /* NET_LOSS, each packet; TCP retransmits after 200 ms, 400 ms …, up to six times */
} net_chaos;

int net_chaos_add(struct forge_sim *s, const net_chaos *c); /* switched off; its number, -1: memory is out */
void net_chaos_set(struct forge_sim *s, int chaos, bool active);

/* Mesh policies of the namespace (their objects are not polled). Both act where the callee has a sidecar.
 * PeerAuthentication STRICT resets callers without one; an AuthorizationPolicy refuses those of service `from`. */
void net_mesh_strict(struct forge_sim *s, bool strict);
void net_mesh_deny(struct forge_sim *s, int service, int from, bool on);

#endif
