/* kubelet_pull.c - images: pulled one at a time per node unless they are already there, in a time that follows their
 * size; not found, not allowed, or not made for this processor, and then tried again with growing pauses. */
#include "forge/kubelet_priv.h"

#include <string.h>

static const char *image_of(const kube_pod *p, kubelet_part part)
{
	if (part == PART_MESH || part == PART_MESH_INIT) return "docker.io/istio/proxyv2:1.24.2";
	return part == PART_INIT ? p->tmpl->init_image ? p->tmpl->init_image : "busybox:latest" : p->tmpl->image;
}

/* The name as containerd resolves it: "busybox:1.36" is docker.io/library/busybox:1.36. */
static void reference_add(cc_buf *out, const char *image)
{
	const char *slash = strchr(image, '/');
	bool host = slash && (memchr(image, '.', (size_t)(slash - image)) || memchr(image, ':', (size_t)(slash - image)));
	if (!host) cc_buf_addz(out, slash ? "docker.io/" : "docker.io/library/");
	cc_buf_addz(out, image);
	if (!strchr(slash ? slash : image, ':') && !strchr(image, '@')) cc_buf_addz(out, ":latest");
}

static size_t repository_length(const char *image)
{
	const char *slash = strrchr(image, '/');
	const char *colon = strchr(slash ? slash : image, ':');
	return colon ? (size_t)(colon - image) : strlen(image);
}

static bool repository_known(const forge_sim *s, const char *image)
{
	size_t n = repository_length(image);
	size_t count = s->kube.registry ? cc_map_count(s->kube.registry) : 0;
	for (size_t i = 0; i < count; i++) {
		cc_str key;
		cc_map_entry(s->kube.registry, i, &key, NULL);
		if (key.n >= n && memcmp(key.p, image, n) == 0 && (key.n == n || key.p[n] == ':')) return true;
	}
	return false;
}

static void error_unknown_repository(cc_buf *b, const char *ref)
{
	cc_str host = { ref, (size_t)(strchr(ref, '/') - ref) };
	cc_str path = { ref + host.n + 1, repository_length(ref) - host.n - 1 };
	if (cc_str_eqz(host, "docker.io")) {
		cc_buf_addf(b, "failed to resolve reference \"%s\": pull access denied, repository does not exist or may require "
			"authorization: server message: insufficient_scope: authorization failed", ref);
	} else if (cc_str_eqz(host, "ghcr.io")) {
		cc_buf_addf(b, "failed to resolve reference \"%s\": failed to authorize: failed to fetch anonymous token: "
			"unexpected status from GET request to https://ghcr.io/token?scope=repository%%3A", ref);
		for (size_t i = 0; i < path.n; i++) {
			if (path.p[i] == '/') cc_buf_addz(b, "%2F");
			else cc_buf_add_char(b, path.p[i]);
		}
		cc_buf_addz(b, "%3Apull&service=ghcr.io: 403 Forbidden");
	} else {
		cc_buf_addf(b, "failed to resolve reference \"%s\": unexpected status from HEAD request to "
			"https://%.*s/v2/%.*s/manifests/%s: 401 UNAUTHORIZED", ref, (int)host.n, host.p, (int)path.n, path.p, strrchr(ref, ':') + 1);
	}
}

/* What the pull fails with; nothing is added when it will succeed. */
static void error_add(forge_sim *s, cc_buf *b, const char *image, int node)
{
	const char *arch = kube_image_arch(s, image);
	if (arch && (strcmp(arch, "multi") == 0 || strcmp(arch, s->kube.nodes.p[node].arch) == 0)) return;
	cc_buf ref = CC_BUF_INIT;
	reference_add(&ref, image);
	if (!cc_buf_ok(&ref) || !ref.p) {
		forge_fail(s, CC_ENOMEM);
	} else {
		bool found = arch || repository_known(s, image);
		cc_buf_addf(b, "rpc error: code = %s desc = failed to pull and unpack image \"%s\": ",
			found ? "NotFound" : "Unknown", ref.p);
		if (arch) cc_buf_addz(b, "no match for platform in manifest: not found");
		else if (found) cc_buf_addf(b, "failed to resolve reference \"%s\": %s: not found", ref.p, ref.p);
		else error_unknown_repository(b, ref.p);
	}
	cc_buf_deinit(&ref);
}

static bool on_node(forge_sim *s, const char *image, int node, bool add)
{
	cc_buf key = CC_BUF_INIT;
	cc_buf_addf(&key, "%d %s", node, image);
	bool there = cc_buf_ok(&key) && s->kube.images && cc_map_get(s->kube.images, cc_buf_str(&key), NULL);
	if (add && !there) {
		cc_str kept = forge_str(s, &key);
		if (!s->kube.images) s->kube.images = cc_map_new();
		if (!kept.n || !s->kube.images || !cc_map_set(s->kube.images, kept, 1)) forge_fail(s, CC_ENOMEM);
	}
	cc_buf_deinit(&key);
	return there;
}

static void waiting_set(forge_sim *s, int64_t now, int pod, kubelet_part part, const char *reason, cc_str message)
{
	kube_pod *p = &s->kube.pods.p[pod];
	if (part == PART_INIT) p->init_waiting = reason;
	else if (part == PART_MAIN) p->waiting = reason;
	p->waiting_message = message;
	if (part == PART_MAIN) p->terminated = false;
	kubelet_status(s, now, pod);
}

static void go_on(forge_sim *s, int64_t now, int pod, int ticket)
{
	kubelet_part part = kubelet_ticket_part(ticket);
	if (part == PART_INIT) kubelet_init_create(s, now, pod, ticket);
	else if (part == PART_MAIN) kubelet_container_create(s, now, pod, ticket);
	else kubelet_mesh_create(s, now, pod, ticket);
}

/* Between two attempts the kubelet looks at the pod every ten to fifteen seconds and says that it is waiting. */
static void wait_again(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	kubelet_part part = kubelet_ticket_part(ticket);
	const char *image = image_of(p, part), *reason = part == PART_INIT ? p->init_waiting : p->waiting;
	if (now - p->k.pull.updated >= p->k.pull.length) {
		kubelet_pull(s, now, pod, ticket);
		return;
	}
	kubelet_event(s, now, pod, part, false, "BackOff", "Back-off pulling image \"%s\"", image);
	kubelet_event(s, now, pod, part, true, "Failed", "Error: ImagePullBackOff");
	if (reason && strcmp(reason, "ImagePullBackOff") != 0) {
		cc_buf b = CC_BUF_INIT;
		cc_buf_addf(&b, "Back-off pulling image \"%s\": ErrImagePull: ", image);
		cc_buf_add(&b, s->kube.pods.p[pod].waiting_message);
		waiting_set(s, now, pod, part, "ImagePullBackOff", forge_str(s, &b));
		cc_buf_deinit(&b);
	}
	kubelet_resync(s, now, pod, part, wait_again);
}

static void pull_failed(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	kubelet_part part = kubelet_ticket_part(ticket);
	cc_buf b = CC_BUF_INIT;
	error_add(s, &b, image_of(p, part), p->node);
	cc_str message = forge_str(s, &b);
	cc_buf_deinit(&b);
	if (s->code != CC_OK) return;
	if (!message.n) {        /* somebody has published it meanwhile */
		kubelet_pull(s, now, pod, ticket);
		return;
	}
	kubelet_event(s, now, pod, part, true, "Failed", "Failed to pull image \"%s\": %s", image_of(p, part), message.p);
	kubelet_event(s, now, pod, part, true, "Failed", "Error: ErrImagePull");
	waiting_set(s, now, pod, part, "ErrImagePull", message);
	p = &s->kube.pods.p[pod];
	p->pull_failures++;
	kubelet_backoff_grow(&p->k.pull, now, now);
	kubelet_next(s, now, pod, part, 700, 1900, wait_again);
}

const char *kubelet_pull_policy(const char *image)
{
	bool tagged = image[repository_length(image)] == ':' || strchr(image, '@');
	return !tagged || cc_str_ends(cc_str_from(image), CC_STR(":latest")) ? "Always" : "IfNotPresent";
}

/* Of an image that is there only the manifest is asked for then. Init containers say IfNotPresent. */
static bool pulled_always(const char *image, kubelet_part part)
{
	return part == PART_MAIN && kubelet_pull_policy(image)[0] == 'A';
}

/* Compressed sizes of images everybody knows, by the name of their repository, in KiB; releases differ a little. */
static const struct { const char *name; uint64_t kib; } SIZES[] = {
	{ "pause", 314 }, { "busybox", 2106 }, { "kube-proxy", 29900 }, { "kindnetd", 37900 }, { "coredns", 18100 }, { "etcd", 56300 },
	{ "kube-apiserver", 28000 }, { "kube-controller-manager", 25700 }, { "kube-scheduler", 20200 }, { "proxyv2", 86300 },
	{ "postgres", 155800 }, { "mysql", 172400 }, { "mongo", 261500 }, { "mongodb", 261500 }, { "mariadb", 118900 }, { "redis", 17100 },
	{ "valkey", 16600 }, { "kafka", 186200 }, { "rabbitmq", 102700 }, { "memcached", 30900 }, { "flagd", 16500 }, { "envoy", 62100 },
	{ "nginx", 70400 }, { "curl", 9700 },
};

uint64_t kubelet_image_bytes(const char *image)
{
	uint64_t h = cc_str_hash(cc_str_from(image));
	const char *slash = strrchr(image, '/');
	const char *name = slash ? slash + 1 : image;
	const char *dash = strrchr(name, '-');     /* "demo:2.1.3-kafka": one repository, the component in the tag */
	cc_str base = { name, repository_length(name) };
	for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++)
		if (cc_str_eqz(base, SIZES[i].name) || (dash && dash > name + base.n && strcmp(dash + 1, SIZES[i].name) == 0))
			return SIZES[i].kib * 1024 + h % (SIZES[i].kib * 20 + 1);
	return 9000000 + h % 170000000;
}

static void seconds_add(cc_buf *b, int64_t ns)
{
	int64_t ms = ns / FORGE_MS;
	if (ms < 1000) {
		cc_buf_addf(b, "%dms", (int)ms);
		return;
	}
	cc_buf_addf(b, "%d.%03d", (int)(ms / 1000), (int)(ms % 1000));
	while (b->p && b->n && b->p[b->n - 1] == '0') cc_buf_truncate(b, b->n - 1);
	if (b->p && b->n && b->p[b->n - 1] == '.') cc_buf_truncate(b, b->n - 1);
	cc_buf_add_char(b, 's');
}

static void pulled(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = &s->kube.pods.p[pod];
	const char *image = image_of(p, kubelet_ticket_part(ticket));
	on_node(s, image, p->node, true);
	p = kubelet_current(s, pod, ticket);
	if (!p) return;
	cc_buf took = CC_BUF_INIT, all = CC_BUF_INIT;
	seconds_add(&took, now - p->k.pull_from);
	seconds_add(&all, now - p->k.pull_asked);
	if (!cc_buf_ok(&took) || !cc_buf_ok(&all)) forge_fail(s, CC_ENOMEM);
	else kubelet_event(s, now, pod, kubelet_ticket_part(ticket), false, "Pulled",
		"Successfully pulled image \"%s\" in %s (%s including waiting). Image size: %llu bytes.", image, took.p, all.p,
		(unsigned long long)kubelet_image_bytes(image));
	cc_buf_deinit(&took);
	cc_buf_deinit(&all);
	p = &s->kube.pods.p[pod];
	p->k.pull = (struct kubelet_backoff){ 0 };
	p->pull_failures = 0;
	go_on(s, now, pod, ticket);
}

void kubelet_pull(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	const char *image = image_of(p, kubelet_ticket_part(ticket));
	bool there = on_node(s, image, p->node, false);
	if (there && !pulled_always(image, kubelet_ticket_part(ticket))) {
		kubelet_event(s, now, pod, kubelet_ticket_part(ticket), false, "Pulled",
			"Container image \"%s\" already present on machine", image);
		go_on(s, now, pod, ticket);
		return;
	}
	kubelet_event(s, now, pod, kubelet_ticket_part(ticket), false, "Pulling", "Pulling image \"%s\"", image);
	cc_buf b = CC_BUF_INIT;
	error_add(s, &b, image, s->kube.pods.p[pod].node);
	bool fails = b.n > 0;
	cc_buf_deinit(&b);
	int64_t bytes = (int64_t)kubelet_image_bytes(image), mb_s = cc_rng_between(&s->kube_rng, 22, 46);
	int64_t takes = fails || there ? cc_rng_between(&s->kube_rng, 350 * FORGE_MS, 1300 * FORGE_MS)
		: cc_rng_between(&s->kube_rng, 420 * FORGE_MS, 1150 * FORGE_MS) + bytes / mb_s * 1000;
	p = &s->kube.pods.p[pod];
	kube_node *n = &s->kube.nodes.p[p->node];
	p->k.pull_asked = now;
	p->k.pull_from = n->pull_free_at > now ? n->pull_free_at : now;
	n->pull_free_at = p->k.pull_from + takes;
	forge_at(s, n->pull_free_at, fails ? pull_failed : pulled, pod, ticket);
}
