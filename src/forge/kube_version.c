/* kube_version.c - resourceVersions: one counter for the whole cluster, moved by every write. Most writes are leases
 * nobody polls, so it also advances with time; what was created before the release has the version of its day. */
#include "forge/kube_priv.h"

#define LEASE_EVERY (430 * FORGE_MS)    /* kubelets, controller manager, scheduler and operators together */

enum { FIRST_VERSION = 180, INSTALL_ROOM = 8 };

uint64_t kube_touch(forge_sim *s)
{
	forge_kube *k = &s->kube;
	if (k->rv_at && s->now > k->rv_at) {
		k->rv += (uint64_t)(s->now / LEASE_EVERY - k->rv_at / LEASE_EVERY);
		k->rv_at = s->now;
	}
	return k->rv += 1 + cc_rng_below(&s->uid_rng, 4);
}

static uint64_t version_at(const forge_sim *s, int64_t t)
{
	int64_t age = t - s->kube.born;
	return FIRST_VERSION + (s->kube.born && age > 0 ? (uint64_t)(age / LEASE_EVERY) : 0);
}

void kube_versions_start(forge_sim *s, int64_t born, int64_t at)
{
	s->kube.born = born;
	s->kube.rv_at = at;
	s->kube.rv = version_at(s, at) + INSTALL_ROOM;
}

/* The first free number from that day's on. */
static uint64_t unused(forge_sim *s, uint64_t from)
{
	cc_map *used = s->kube.more->versions;
	for (;; from++) {
		cc_str key = cc_str_from(forge_text(s, "%llu", (unsigned long long)from));
		if (!key.n || s->code != CC_OK) return from;
		if (cc_map_get(used, key, NULL)) continue;
		if (!cc_map_set(used, key, 1)) forge_fail(s, CC_ENOMEM);
		return from;
	}
}

uint64_t kube_old_version(forge_sim *s, const char *kind, const char *ns, const char *name, int64_t created)
{
	cc_buf b = CC_BUF_INIT;
	uint64_t version = 0;
	cc_buf_addf(&b, "%s/%s/%s", kind, ns ? ns : "", name);
	if (!cc_buf_ok(&b)) forge_fail(s, CC_ENOMEM);
	else if (!cc_map_get(s->kube.more->versions, cc_buf_str(&b), &version)) {
		version = unused(s, version_at(s, created));
		cc_str key = forge_str(s, &b);
		if (!key.n || !cc_map_set(s->kube.more->versions, key, version)) forge_fail(s, CC_ENOMEM);
	}
	cc_buf_deinit(&b);
	return version;
}

/* The memory's entry of that key, kept for the run. */
static uint64_t *remembered(forge_sim *s, const char *kind, const char *name, const char *what, uint64_t initial)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "%s/%s%s", kind, name, what);
	cc_map *m = s->kube.more->versions;
	cc_str key = cc_buf_ok(&b) && !cc_map_get(m, cc_buf_str(&b), NULL) ? forge_str(s, &b) : cc_buf_str(&b);
	uint64_t *slot = key.n ? cc_map_slot(m, key, initial) : NULL;
	if (!slot) forge_fail(s, CC_ENOMEM);
	cc_buf_deinit(&b);
	return slot;
}

uint64_t kube_status_version(forge_sim *s, const char *kind, const char *name, uint64_t rv, uint64_t content)
{
	uint64_t *seen = remembered(s, kind, name, "#content", content);
	bool news = seen && *seen != content;
	if (seen) *seen = content;
	uint64_t *version = remembered(s, kind, name, "#version", rv);
	if (!version) return rv;
	if (rv > *version) *version = rv;
	else if (news) *version = s->kube.rv += 2;
	return *version;
}

/* A kubelet writes its node's status when something changed, or after five minutes. */
static void heartbeat(forge_sim *s, int64_t now, int node, int unused_b)
{
	(void)unused_b;
	kube_node *n = &s->kube.nodes.p[node];
	n->heartbeat = now;
	n->rv = kube_touch(s);
	forge_at(s, now + KUBE_HEARTBEAT + (int64_t)(n->rv % 997) * 40 * FORGE_MS / 100, heartbeat, node, 0);
}

void kube_heartbeats_start(forge_sim *s, int64_t at)
{
	for (int i = 0; i < (int)s->kube.nodes.n; i++) {
		int64_t phase = KUBE_HEARTBEAT * (2 * i + 1) / (2 * (int64_t)s->kube.nodes.n);
		s->kube.nodes.p[i].heartbeat = at + phase - KUBE_HEARTBEAT;
		forge_at(s, at + phase, heartbeat, i, 0);
	}
}
