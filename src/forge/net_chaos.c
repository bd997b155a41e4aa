/* net_chaos.c - chaos on the wire: delay, loss and partition between the pods of two services.
 *
 * TCP hides loss as delay: a lost packet comes again after 200 ms, 400 ms and so on, until the sender gives up. */
#include "forge/net_priv.h"

enum { PACKETS = 2, RETRANSMITS = 6 }; /* a request or an answer of usual size, with its acknowledgement */

int net_chaos_add(forge_sim *s, const net_chaos *c)
{
	net_chaos added = *c;
	added.active = false;
	if (!cc_vec_push(&s->net->chaos, added)) {
		forge_fail(s, CC_ENOMEM);
		return -1;
	}
	return (int)s->net->chaos.n - 1;
}

void net_chaos_set(forge_sim *s, int chaos, bool active)
{
	if (chaos < 0 || (size_t)chaos >= s->net->chaos.n) return;
	net_chaos *c = &s->net->chaos.p[chaos];
	s->net->active += (int)active - (int)c->active;
	c->active = active;
}

/* Does it act on packets from `from` to `to`? */
static bool acts(const net_chaos *c, int from, int to)
{
	if (!c->active) return false;
	bool along = (c->from == -1 || c->from == from) && (c->to == -1 || c->to == to);
	bool against = c->both && (c->from == -1 || c->from == to) && (c->to == -1 || c->to == from);
	return along || against;
}

/* One direction is enough: without acknowledgements nothing gets through. */
bool net_chaos_parts(const forge_sim *s, int from, int to)
{
	if (!s->net->active) return false;
	for (size_t i = 0; i < s->net->chaos.n; i++) {
		const net_chaos *c = &s->net->chaos.p[i];
		if (c->kind == NET_PARTITION && (acts(c, from, to) || acts(c, to, from))) return true;
	}
	return false;
}

static int64_t delayed(forge_sim *s, const net_chaos *c)
{
	int64_t jitter = (int64_t)c->jitter_ms * FORGE_MS, ns = (int64_t)c->delay_ms * FORGE_MS;
	if (jitter > 0) ns += cc_rng_between(&s->net_rng, -jitter, jitter);
	return ns > 0 ? ns : 0;
}

static int64_t retransmitted(forge_sim *s, const net_chaos *c, bool *lost)
{
	int64_t ns = 0;
	for (int packet = 0; packet < PACKETS && !*lost; packet++) {
		int n = 0;
		for (; n <= RETRANSMITS && (int)cc_rng_below(&s->net_rng, 1000) < c->loss_permille; n++)
			ns += (int64_t)200 * FORGE_MS << n;
		if (n > RETRANSMITS) *lost = true;
	}
	return ns;
}

static int64_t way(forge_sim *s, int from, int to, bool *lost)
{
	int64_t ns = 0;
	for (size_t i = 0; i < s->net->chaos.n; i++) {
		net_chaos c = s->net->chaos.p[i];
		if (!acts(&c, from, to)) continue;
		if (c.kind == NET_DELAY) ns += delayed(s, &c);
		if (c.kind == NET_LOSS) ns += retransmitted(s, &c, lost);
	}
	return ns;
}

void net_chaos_slows(forge_sim *s, int from, int to, net_path *path)
{
	if (!s->net->active) return;
	path->there_ns += way(s, from, to, &path->lost);
	path->back_ns += way(s, to, from, &path->lost);
}
