/* net_priv.h - what net.c and net_chaos.c share: the policies of the mesh and the chaos on the wire. */
#ifndef FORGE_NET_PRIV_H
#define FORGE_NET_PRIV_H

#include "forge/sim.h"

typedef struct net_deny { int service, from; bool on; } net_deny;

struct forge_net {
	CC_VEC(net_chaos) chaos;
	CC_VEC(net_deny) deny;
	bool strict;
	int active;              /* chaos switched on: zero spares the search */
};

/* Is everything between the pods of these two services lost? */
bool net_chaos_parts(const forge_sim *s, int from, int to);
/* Adds delay and retransmissions to both ways of a request; sets `lost` when retransmission gave up. */
void net_chaos_slows(forge_sim *s, int from, int to, net_path *path);

#endif
