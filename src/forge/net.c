/* net.c - the way of one request: name, Service, policies, endpoint, mesh, and then the wire.
 *
 * The order is the one of a real connection. What an observer could tell apart is told apart: a port without endpoints
 * is refused at once by the node's rules, a packet a policy drops is never answered, a name that does not resolve fails
 * in the resolver. Every request is resolved anew: no connection outlives the change that makes the next one
 * impossible. */
#include "forge/net_priv.h"

#include <string.h>

/* A resolver that gets no answer tries twice for five seconds each. */
#define RESOLVER_GIVES_UP (10 * FORGE_S)

cc_code net_init(forge_sim *s)
{
	s->net = cc_calloc(1, sizeof *s->net);
	return s->net ? CC_OK : forge_nomem(s->err);
}

void net_deinit(forge_sim *s)
{
	if (!s->net) return;
	cc_vec_deinit(&s->net->chaos);
	cc_vec_deinit(&s->net->deny);
	cc_free(s->net);
	s->net = NULL;
}

static const kube_pod *pod_at(const forge_sim *s, int pod)
{
	return pod >= 0 && (size_t)pod < s->kube.pods.n ? &s->kube.pods.p[pod] : NULL;
}

static bool policy_drops(const forge_sim *s, int service, bool ingress)
{
	for (size_t i = 0; i < s->kube.policies.n; i++) {
		const kube_policy *p = &s->kube.policies.p[i];
		if (p->deleted || !(ingress ? p->deny_ingress : p->deny_egress)) continue;
		if (p->service == -1 || p->service == service) return true;
	}
	return false;
}

/* "Default" and "None" leave the cluster's own DNS out: its names are unknown there. */
static bool cluster_dns(const kube_pod *p)
{
	const char *policy = p && p->tmpl ? p->tmpl->dns_policy : NULL;
	return !policy || (strcmp(policy, "Default") != 0 && strcmp(policy, "None") != 0);
}

/* Does the name of the Service resolve for that pod? */
static bool resolves(const forge_sim *s, const kube_pod *from, int service)
{
	return service >= 0 && service < s->app->services_n && s->kube.services[service].exists && cluster_dns(from);
}

static int64_t hop(forge_sim *s, const kube_pod *from, const kube_pod *to)
{
	/* Skewed to the short end, with a rare straggler. */
	double r = cc_rng_unit(&s->net_rng);
	int64_t ns = 90000 + (int64_t)(r * r * r * 900000.0);
	if (cc_rng_below(&s->net_rng, 150) == 0) ns += cc_rng_between(&s->net_rng, 500000, 9000000);
	if (!from || from->node < 0 || to->node < 0 || from->node == to->node) return ns;
	const char *a = s->kube.nodes.p[from->node].zone, *b = s->kube.nodes.p[to->node].zone;
	if (a && b && strcmp(a, b) != 0) ns += cc_rng_between(&s->net_rng, 150000, 600000);
	return ns;
}

static net_path ends(forge_sim *s, net_outcome outcome, int pod, int64_t lo, int64_t hi)
{
	return (net_path){ .outcome = outcome, .pod = pod, .there_ns = cc_rng_between(&s->net_rng, lo, hi) };
}

/* Which pod of the endpoints, or why none. */
static net_path to_endpoint(forge_sim *s, const kube_pod *from, int service, int port)
{
	const kube_service *svc = &s->kube.services[service];
	if (port && port != svc->port) return ends(s, NET_SILENCE, -1, 0, 0);
	if (!svc->ready.n) return ends(s, NET_REFUSED, -1, 200000, 900000);
	int pod = svc->ready.p[svc->ready.n == 1 ? 0 : cc_rng_below(&s->net_rng, svc->ready.n)];
	const kube_pod *to = pod_at(s, pod);
	if (!to) return ends(s, NET_REFUSED, -1, 200000, 900000);
	if (policy_drops(s, to->service, true)) return ends(s, NET_SILENCE, pod, 0, 0);
	if (net_chaos_parts(s, from ? from->service : -1, to->service)) return ends(s, NET_SILENCE, pod, 0, 0);
	if (!to->up || to->service < 0 || s->app->services[to->service].port != svc->target_port)
		return ends(s, NET_REFUSED, pod, 300000, 1400000);
	net_path path = { .outcome = NET_POD, .pod = pod };
	path.there_ns = hop(s, from, to);
	path.back_ns = hop(s, from, to);
	return path;
}

/* What the callee's sidecar does with the connection. */
static net_outcome meet_sidecar(const forge_sim *s, const kube_pod *from, const kube_pod *to)
{
	if (!to->sidecar) return NET_POD;
	if (s->net->strict && (!from || !from->sidecar)) return NET_RESET;
	for (size_t i = 0; i < s->net->deny.n; i++) {
		const net_deny *d = &s->net->deny.p[i];
		bool meant = d->from == -1 || (from && d->from == from->service);
		if (d->on && d->service == to->service && meant) return NET_DENIED;
	}
	return NET_POD;
}

net_path net_connect(forge_sim *s, int from_pod, int service, int port)
{
	const kube_pod *from = pod_at(s, from_pod);
	if (from && policy_drops(s, from->service, false))
		return ends(s, NET_NO_NAME, -1, RESOLVER_GIVES_UP, RESOLVER_GIVES_UP + 20 * FORGE_MS);
	if (!resolves(s, from, service)) return ends(s, NET_NO_NAME, -1, 800000, 6000000);
	net_path path = to_endpoint(s, from, service, port);
	if (path.outcome != NET_POD) return path;
	const kube_pod *to = &s->kube.pods.p[path.pod];
	path.outcome = meet_sidecar(s, from, to);
	net_chaos_slows(s, from ? from->service : -1, to->service, &path);
	return path;
}

bool net_reaches(const forge_sim *s, int from, int service)
{
	if (!s->kube.services[service].ready.n || net_chaos_parts(s, from, service)) return false;
	return !policy_drops(s, from, false) && !policy_drops(s, service, true);
}

void net_mesh_strict(forge_sim *s, bool strict)
{
	s->net->strict = strict;
}

void net_mesh_deny(forge_sim *s, int service, int from, bool on)
{
	for (size_t i = 0; i < s->net->deny.n; i++) {
		net_deny *d = &s->net->deny.p[i];
		if (d->service != service || d->from != from) continue;
		d->on = on;
		return;
	}
	net_deny d = { service, from, on };
	if (!cc_vec_push(&s->net->deny, d)) forge_fail(s, CC_ENOMEM);
}
