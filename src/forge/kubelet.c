/* kubelet.c - the life of a pod: bound to a node, image pulled or not, containers started, probed, stopped. */
#include <string.h>

#include "forge/sim.h"

#define PROBE_PERIOD (10 * FORGE_S)

static forge_event_spec about(const forge_pod *p, const char *reason, const char *field)
{
	return (forge_event_spec){ .kind = "Pod", .object = p->name, .object_uid = p->uid, .field = field, .reason = reason,
		.component = "kubelet", .host = p->node >= 0 ? forge_nodes[p->node].name : "", .object_rv = p->rv };
}

static cc_str container_field(forge_sim *s, const forge_pod *p)
{
	cc_str f = cc_arena_printf(s->arena, "spec.containers{%s}", forge_apps[p->app].name);
	if (!f.p) forge_fail(s, CC_ENOMEM);
	return f.p ? f : CC_STR_EMPTY;
}

static const char *pod_image(const forge_sim *s, const forge_pod *p)
{
	return s->kube.sets.p[p->rs].tmpl.image;
}

static void status_write(forge_sim *s, int64_t now, forge_pod *p)
{
	p->status_at = now;
	p->rv = kube_touch(s);
}

static void ready_set(forge_sim *s, int64_t now, int pod, bool ready)
{
	forge_pod *p = &s->kube.pods.p[pod];
	if (p->ready == ready) return;
	p->ready = ready;
	p->ready_changed = now;
	status_write(s, now, p);
	kube_sync_later(s, now, p->app);
}

/* A probe is a request to the pod: usually milliseconds, for the flaky one with a long tail beyond the timeout of a second. */
static void probe(forge_sim *s, int64_t now, int pod, int unused)
{
	(void)unused;
	forge_pod *p = &s->kube.pods.p[pod];
	if (p->deleted || !p->started) return;
	const forge_app *a = &forge_apps[p->app];
	bool up = now - p->started >= a->boot_ms * FORGE_MS;
	double ms = cc_rng_lognormal(&s->probe_rng, 8.0, p->app == s->flaky ? 2.7 : 0.6);
	if (up && ms < 1000.0) {
		p->probe_failures = 0;
		ready_set(s, now, pod, true);
	} else {
		cc_str f = container_field(s, p);
		forge_event_spec e = about(p, "Unhealthy", f.p);
		e.warning = true;
		if (!up) kube_event(s, now, &e, "Readiness probe failed: dial tcp %s:%d: connect: connection refused", p->ip, a->port);
		else kube_event(s, now, &e, "Readiness probe failed: dial tcp %s:%d: i/o timeout", p->ip, a->port);
		if (++s->kube.pods.p[pod].probe_failures >= 3) ready_set(s, now, pod, false);
	}
	forge_at(s, now + PROBE_PERIOD, probe, pod, 0);
}

static void booted(forge_sim *s, int64_t now, int pod, int unused)
{
	(void)unused;
	const forge_pod *p = &s->kube.pods.p[pod];
	if (p->deleted) return;
	const forge_app *a = &forge_apps[p->app];
	if (a->port) tel_pod_log(s, now, pod, 'i', "%s listening on port %d", a->name, a->port);
	else tel_pod_log(s, now, pod, 'i', "%s started, waiting for messages", a->name);
	if (!a->probed) ready_set(s, now, pod, true);
}

static void container_start(forge_sim *s, int64_t now, int pod, int unused)
{
	(void)unused;
	forge_pod *p = &s->kube.pods.p[pod];
	if (p->deleted) return;
	cc_str f = container_field(s, p);
	forge_event_spec e = about(p, "Created", f.p);
	kube_event(s, now - 180 * FORGE_MS, &e, "Created container: %s", forge_apps[p->app].name);
	e.reason = "Started";
	kube_event(s, now, &e, "Started container %s", forge_apps[p->app].name);
	p->started = now;
	p->waiting = NULL;
	for (int i = 0; i < 64; i++) p->container_id[i] = "0123456789abcdef"[cc_rng_below(&s->uid_rng, 16)];
	status_write(s, now, p);
	forge_at(s, now + forge_apps[p->app].boot_ms * FORGE_MS, booted, pod, 0);
	if (forge_apps[p->app].probed) forge_at(s, now + cc_rng_between(&s->kube_rng, 900 * FORGE_MS, 4200 * FORGE_MS), probe, pod, 0);
}

static uint64_t cached(const char *image, int node)
{
	return cc_str_hash(cc_str_from(image)) * 31 + (uint64_t)node;
}

static bool on_node(const forge_sim *s, const char *image, int node)
{
	for (size_t i = 0; i < s->kube.images.n; i++)
		if (s->kube.images.p[i] == cached(image, node)) return true;
	return false;
}

static void pull_start(forge_sim *s, int64_t now, int pod, int unused);

/* Between two attempts the kubelet syncs the pod every ten to fifteen seconds and says that it is waiting. */
static void pull_backoff(forge_sim *s, int64_t now, int pod, int until_s)
{
	forge_pod *p = &s->kube.pods.p[pod];
	if (p->deleted) return;
	int64_t until = p->created + until_s * FORGE_S;
	cc_str f = container_field(s, p);
	forge_event_spec e = about(p, "BackOff", f.p);
	kube_event(s, now, &e, "Back-off pulling image \"%s\"", pod_image(s, p));
	e.reason = "Failed";
	e.warning = true;
	kube_event(s, now, &e, "Error: ImagePullBackOff");
	if (p->waiting && strcmp(p->waiting, "ImagePullBackOff") != 0) {
		p->waiting = "ImagePullBackOff";
		status_write(s, now, p);
	}
	int64_t next = now + cc_rng_between(&s->kube_rng, 10500 * FORGE_MS, 15200 * FORGE_MS);
	if (next < until) forge_at(s, next, pull_backoff, pod, until_s);
	else forge_at(s, until, pull_start, pod, 0);
}

static void pull_failed(forge_sim *s, int64_t now, int pod, int unused)
{
	(void)unused;
	forge_pod *p = &s->kube.pods.p[pod];
	if (p->deleted) return;
	const char *image = pod_image(s, p);
	cc_str f = container_field(s, p);
	forge_event_spec e = about(p, "Failed", f.p);
	e.warning = true;
	kube_event(s, now, &e, "Failed to pull image \"%s\": rpc error: code = NotFound desc = failed to pull and unpack image \"%s\": "
		"failed to resolve reference \"%s\": %s: not found", image, image, image, image);
	kube_event(s, now, &e, "Error: ErrImagePull");
	p->waiting = "ErrImagePull";
	status_write(s, now, p);
	int wait = 10 << (p->pull_failures < 5 ? p->pull_failures : 5);
	if (wait > 300) wait = 300;
	p->pull_failures++;
	int64_t again = now + wait * FORGE_S;
	forge_at(s, now + cc_rng_between(&s->kube_rng, 700 * FORGE_MS, 1900 * FORGE_MS), pull_backoff, pod,
		(int)((again - p->created) / FORGE_S) + 1);
}

static void pulled(forge_sim *s, int64_t now, int pod, int millis)
{
	forge_pod *p = &s->kube.pods.p[pod];
	if (p->deleted) return;
	cc_str f = container_field(s, p);
	forge_event_spec e = about(p, "Pulled", f.p);
	const char *image = pod_image(s, p);
	if (millis) {
		uint64_t size = 9000000 + cc_str_hash(cc_str_from(image)) % 120000000;
		kube_event(s, now, &e, "Successfully pulled image \"%s\" in %d.%03ds (%d.%03ds including waiting). Image size: %llu bytes.", image,
			millis / 1000, millis % 1000, millis / 1000, millis % 1000, (unsigned long long)size);
		if (!cc_vec_push(&s->kube.images, cached(image, p->node))) forge_fail(s, CC_ENOMEM);
	} else {
		kube_event(s, now, &e, "Container image \"%s\" already present on machine", image);
	}
	forge_at(s, now + cc_rng_between(&s->kube_rng, 260 * FORGE_MS, 480 * FORGE_MS), container_start, pod, 0);
}

static void pull_start(forge_sim *s, int64_t now, int pod, int unused)
{
	(void)unused;
	forge_pod *p = &s->kube.pods.p[pod];
	if (p->deleted) return;
	const char *image = pod_image(s, p);
	if (on_node(s, image, p->node)) {
		pulled(s, now, pod, 0);
		return;
	}
	cc_str f = container_field(s, p);
	forge_event_spec e = about(p, "Pulling", f.p);
	kube_event(s, now, &e, "Pulling image \"%s\"", image);
	if (!kube_image_exists(s, image)) {
		forge_at(s, now + cc_rng_between(&s->kube_rng, 450 * FORGE_MS, 1400 * FORGE_MS), pull_failed, pod, 0);
		return;
	}
	int millis = (int)cc_rng_between(&s->kube_rng, 900, 5200);
	forge_at(s, now + millis * FORGE_MS, pulled, pod, millis);
}

/* The init container polls until the service it waits for has endpoints. */
static void init_wait(forge_sim *s, int64_t now, int pod, int tries)
{
	forge_pod *p = &s->kube.pods.p[pod];
	if (p->deleted) return;
	const char *dep = forge_apps[p->app].wait_for;
	cc_str f = cc_arena_printf(s->arena, "spec.initContainers{wait-for-%s}", dep);
	if (tries == 0 && f.p) {
		forge_event_spec e = about(p, "Pulled", f.p);
		kube_event(s, now, &e, "Container image \"busybox:latest\" already present on machine");
		e.reason = "Created";
		kube_event(s, now + 90 * FORGE_MS, &e, "Created container: wait-for-%s", dep);
		e.reason = "Started";
		kube_event(s, now + 210 * FORGE_MS, &e, "Started container wait-for-%s", dep);
	}
	int app = forge_app_find(cc_str_from(dep));
	if (app >= 0 && kube_ready_count(s, app) == 0) {
		forge_at(s, now + 2 * FORGE_S, init_wait, pod, tries + 1);
		return;
	}
	p->initialized = now + 300 * FORGE_MS;
	p->waiting = "PodInitializing";
	status_write(s, now, p);
	forge_at(s, now + 800 * FORGE_MS, pull_start, pod, 0);
}

static void admitted(forge_sim *s, int64_t now, int pod, int unused)
{
	(void)unused;
	forge_pod *p = &s->kube.pods.p[pod];
	if (p->deleted) return;
	cc_buf ip = CC_BUF_INIT;
	cc_buf_addf(&ip, "10.244.%d.%d", p->node, 4 + s->kube.next_ip[p->node]++);
	if (ip.p && ip.n < sizeof p->ip) memcpy(p->ip, ip.p, ip.n + 1);
	cc_buf_deinit(&ip);
	p->waiting = forge_apps[p->app].wait_for ? "PodInitializing" : "ContainerCreating";
	status_write(s, now, p);
	if (forge_apps[p->app].wait_for) {
		init_wait(s, now, pod, 0);
		return;
	}
	p->initialized = p->scheduled;
	pull_start(s, now, pod, 0);
}

static int node_for(const forge_sim *s)
{
	int best = 1, least = 1 << 30;
	for (int n = 0; n < FORGE_NODES; n++) {
		int used = 0;
		if (forge_nodes[n].control_plane) continue;
		for (size_t i = 0; i < s->kube.pods.n; i++) used += s->kube.pods.p[i].node == n && !s->kube.pods.p[i].gone;
		if (used < least) {
			least = used;
			best = n;
		}
	}
	return best;
}

static void schedule(forge_sim *s, int64_t now, int pod, int unused)
{
	(void)unused;
	if (s->kube.pods.p[pod].deleted) return;
	int node = node_for(s);
	forge_pod *p = &s->kube.pods.p[pod];
	forge_event_spec e = about(p, "Scheduled", NULL);
	e.component = "default-scheduler";
	e.series = true;
	kube_event(s, now, &e, "Successfully assigned %s/%s to %s", FORGE_NS, p->name, forge_nodes[node].name);
	p->node = node;
	p->scheduled = now;
	p->waiting = "ContainerCreating";
	status_write(s, now, p);
	forge_at(s, now + cc_rng_between(&s->kube_rng, 350 * FORGE_MS, 950 * FORGE_MS), admitted, pod, 0);
}

int kubelet_pod_create(forge_sim *s, int64_t now, int rs)
{
	static const char ALPHABET[] = "bcdfghjklmnpqrstvwxz2456789";
	const forge_rs *r = &s->kube.sets.p[rs];
	forge_pod p = { .app = r->app, .rs = rs, .node = -1, .created = now, .status_at = now, .rv = kube_touch(s),
		.ready_changed = now, .mem_kib = (int64_t)forge_apps[r->app].mem_base_mi * 1024 };
	char tail[6] = "";
	for (int i = 0; i < 5; i++) tail[i] = ALPHABET[cc_rng_below(&s->uid_rng, sizeof ALPHABET - 1)];
	cc_buf name = CC_BUF_INIT;
	cc_buf_addf(&name, "%s-%s", r->name, tail);
	if (name.p && name.n < sizeof p.name) memcpy(p.name, name.p, name.n + 1);
	cc_buf_deinit(&name);
	kube_uid(s, p.uid);
	if (!cc_vec_push(&s->kube.pods, p)) {
		forge_fail(s, CC_ENOMEM);
		return -1;
	}
	forge_at(s, now + cc_rng_between(&s->kube_rng, 6 * FORGE_MS, 30 * FORGE_MS), schedule, (int)s->kube.pods.n - 1, 0);
	return (int)s->kube.pods.n - 1;
}

static void removed(forge_sim *s, int64_t now, int pod, int unused)
{
	(void)unused;
	forge_pod *p = &s->kube.pods.p[pod];
	p->gone = now;
	p->ready = false;
	kube_sync_later(s, now, p->app);
}

/* The pod leaves the endpoints at once; its process gets time to finish what it is serving. */
void kubelet_pod_delete(forge_sim *s, int64_t now, int pod)
{
	forge_pod *p = &s->kube.pods.p[pod];
	p->deleted = now;
	status_write(s, now, p);
	kube_sync_later(s, now, p->app);
	if (p->started) {
		cc_str f = container_field(s, p);
		forge_event_spec e = about(p, "Killing", f.p);
		kube_event(s, now + 20 * FORGE_MS, &e, "Stopping container %s", forge_apps[p->app].name);
		tel_pod_log(s, now + 60 * FORGE_MS, pod, 'i', "%s received SIGTERM, shutting down", forge_apps[p->app].name);
	}
	forge_at(s, now + cc_rng_between(&s->kube_rng, 600 * FORGE_MS, 2600 * FORGE_MS), removed, pod, 0);
}

const char *kubelet_waiting_message(const forge_pod *p, const char *image, cc_buf *scratch)
{
	cc_buf_clear(scratch);
	if (!p->waiting) return NULL;
	if (strcmp(p->waiting, "ErrImagePull") == 0)
		cc_buf_addf(scratch, "rpc error: code = NotFound desc = failed to pull and unpack image \"%s\": failed to resolve reference \"%s\": "
			"%s: not found", image, image, image);
	else if (strcmp(p->waiting, "ImagePullBackOff") == 0)
		cc_buf_addf(scratch, "Back-off pulling image \"%s\": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "
			"\"%s\": failed to resolve reference \"%s\": %s: not found", image, image, image, image);
	return scratch->n ? scratch->p : NULL;
}
