/* kubelet.c - the life of a pod: created, bound to a node, volumes mounted, sandbox made, and what its container's end
 * leads to. The stages between are in the other kubelet_*.c files; kubelet_priv.h tells how they hand a pod on. */
#include "forge/kubelet_priv.h"

#include <stdarg.h>
#include <string.h>

#define MOUNT_TIMEOUT (123 * FORGE_S)

static void text_set(char *to, size_t size, const char *from)
{
	size_t n = strlen(from);
	if (n >= size) n = size - 1;
	memcpy(to, from, n);
	to[n] = 0;
}

int kubelet_ticket(const kube_pod *p, kubelet_part part)
{
	return p->k.turn * 4 + (int)part;
}

kubelet_part kubelet_ticket_part(int ticket)
{
	return (kubelet_part)(ticket % 4);
}

kube_pod *kubelet_current(forge_sim *s, int pod, int ticket)
{
	kube_pod *p = &s->kube.pods.p[pod];
	/* The proxy's container goes on when the one beside it dies. */
	bool turned = p->k.turn != ticket / 4 && kubelet_ticket_part(ticket) != PART_MESH;
	return p->deleted || p->gone || p->evicted || turned ? NULL : p;
}

const forge_service *kubelet_service(const forge_sim *s, const kube_pod *p)
{
	return p->service >= 0 ? &s->app->services[p->service] : NULL;
}

const char *kubelet_container(const forge_sim *s, const kube_pod *p, kubelet_part part)
{
	if (part == PART_INIT) return p->tmpl->init_name ? p->tmpl->init_name : "init";
	if (part == PART_MESH_INIT) return "istio-init";
	if (part == PART_MESH) return "istio-proxy";
	return kube_pod_container(s, p);
}

void kubelet_event(forge_sim *s, int64_t now, int pod, kubelet_part part, bool warning, const char *reason,
	const char *fmt, ...)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	cc_buf text = CC_BUF_INIT, field = CC_BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&text, fmt, ap);
	va_end(ap);
	if (part != PART_POD)
		cc_buf_addf(&field, "spec.%s{%s}", part == PART_INIT || part == PART_MESH_INIT ? "initContainers" : "containers",
			kubelet_container(s, p, part));
	if (!cc_buf_ok(&text) || !cc_buf_ok(&field)) {
		forge_fail(s, CC_ENOMEM);
	} else {
		forge_event_spec e = { .kind = "Pod", .ns = kube_pod_ns(s, p), .object = p->name, .object_uid = p->uid,
			.field = field.p, .reason = reason, .component = "kubelet", .warning = warning, .object_rv = p->rv,
			.host = p->node >= 0 ? s->kube.nodes.p[p->node].name : "" };
		kube_event(s, now, &e, "%s", text.p ? text.p : "");
	}
	cc_buf_deinit(&text);
	cc_buf_deinit(&field);
}

void kubelet_line(forge_sim *s, int64_t now, int pod, const char *text)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	const forge_service *svc = kubelet_service(s, p);
	if (!svc || !text) return;
	cc_buf b = CC_BUF_INIT, port = CC_BUF_INIT;
	cc_buf_addf(&port, "%d", svc->port);
	forge_pair pairs[] = { { "name", cc_str_from(svc->name) }, { "port", cc_buf_str(&port) },
		{ "host", cc_str_from(p->name) }, { "ip", cc_str_from(p->ip) } };
	forge_expand(&b, text, pairs, sizeof pairs / sizeof *pairs);
	if (!cc_buf_ok(&b)) forge_fail(s, CC_ENOMEM);
	else if (b.n) tel_pod_log(s, now, pod, 'i', "%s", b.p);
	cc_buf_deinit(&b);
	cc_buf_deinit(&port);
}

void kubelet_status(forge_sim *s, int64_t now, int pod)
{
	kube_pod *p = &s->kube.pods.p[pod];
	p->status_at = now;
	p->rv = kube_touch(s);
}

void kubelet_ready(forge_sim *s, int64_t now, int pod, bool ready)
{
	kube_pod *p = &s->kube.pods.p[pod];
	if (p->ready == ready) return;
	p->ready = ready;
	p->ready_changed = now;
	kubelet_status(s, now, pod);
	kube_pod_changed(s, now, pod);
}

void kubelet_next(forge_sim *s, int64_t now, int pod, kubelet_part part, int lo_ms, int hi_ms, forge_action *run)
{
	int64_t lag = kube_lag(s, lo_ms * FORGE_MS, hi_ms * FORGE_MS);
	forge_at(s, now + lag, run, pod, kubelet_ticket(&s->kube.pods.p[pod], part));
}

void kubelet_resync(forge_sim *s, int64_t now, int pod, kubelet_part part, forge_action *run)
{
	kubelet_next(s, now, pod, part, 10200, 15100, run);
}

static bool name_taken(const forge_sim *s, int workload, const char *name)
{
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->workload == workload && !p->gone && strcmp(p->name, name) == 0) return true;
	}
	return false;
}

/* A StatefulSet's pods are numbered: the lowest free number. All others get five letters that make no words. */
static void name_make(forge_sim *s, kube_pod *p)
{
	static const char ALPHABET[] = "bcdfghjklmnpqrstvwxz2456789";
	const kube_workload *w = &s->kube.workloads.p[p->workload];
	const char *stem = p->rs >= 0 ? s->kube.sets.p[p->rs].name : w->name;
	cc_buf b = CC_BUF_INIT;
	if (p->rs < 0 && w->kind == WL_STATEFULSET) {
		for (int i = 0; i == 0 || name_taken(s, p->workload, p->name); i++) {
			cc_buf_clear(&b);
			cc_buf_addf(&b, "%s-%d", stem, i);
			if (!b.p) break;
			text_set(p->name, sizeof p->name, b.p);
		}
	} else {
		char tail[6] = "";
		for (int i = 0; i < 5; i++) tail[i] = ALPHABET[cc_rng_below(&s->uid_rng, sizeof ALPHABET - 1)];
		cc_buf_addf(&b, "%s-%s", stem, tail);
		if (b.p) text_set(p->name, sizeof p->name, b.p);
	}
	if (!cc_buf_ok(&b)) forge_fail(s, CC_ENOMEM);
	cc_buf_deinit(&b);
}

static void offer(forge_sim *s, int64_t now, int pod, int unused)
{
	(void)unused;
	if (!s->kube.pods.p[pod].deleted) scheduler_add(s, now, pod);
}

int kubelet_pod_create(forge_sim *s, int64_t now, int workload, int rs)
{
	const kube_workload *w = &s->kube.workloads.p[workload];
	forge_template *tmpl = cc_arena_alloc(s->arena, sizeof *tmpl);
	if (!tmpl) {
		forge_fail(s, CC_ENOMEM);
		return -1;
	}
	*tmpl = rs >= 0 ? s->kube.sets.p[rs].tmpl : w->tmpl;
	kube_pod p = { .workload = workload, .rs = rs, .service = w->service, .node = -1, .tmpl = tmpl, .created = now,
		.ready_changed = now, .status_at = now, .phase = "Pending", .priority = tmpl->priority, .cpu_share_m = 1 };
	name_make(s, &p);
	kube_uid(s, p.uid);
	p.rv = kube_touch(s);
	if (!cc_vec_push(&s->kube.pods, p)) {
		forge_fail(s, CC_ENOMEM);
		return -1;
	}
	int pod = (int)s->kube.pods.n - 1;
	forge_at(s, now + kube_lag(s, 4 * FORGE_MS, 24 * FORGE_MS), offer, pod, 0);
	return pod;
}

static bool configmap_exists(const forge_sim *s, const char *name)
{
	for (size_t i = 0; i < s->kube.configmaps.n; i++)
		if (strcmp(s->kube.configmaps.p[i].name, name) == 0) return true;
	return false;
}

static bool claim_bound(const forge_sim *s, const char *name)
{
	for (size_t i = 0; i < s->kube.claims.n; i++)
		if (strcmp(s->kube.claims.p[i].name, name) == 0) return s->kube.claims.p[i].bound;
	return false;
}

static bool ip_taken(const forge_sim *s, const char *ip)
{
	for (size_t i = 0; i < s->kube.pods.n; i++)
		if (!s->kube.pods.p[i].gone && strcmp(s->kube.pods.p[i].ip, ip) == 0) return true;
	return false;
}

/* Addresses of a node's range are handed out in a circle, as host-local does. */
static void ip_assign(forge_sim *s, int pod)
{
	kube_pod *p = &s->kube.pods.p[pod];
	kube_node *n = &s->kube.nodes.p[p->node];
	cc_buf b = CC_BUF_INIT;
	for (int tries = 0; tries < 250; tries++) {
		cc_buf_clear(&b);
		/* .2 and .3 belong to what the cluster's monitoring runs. */
		cc_buf_addf(&b, "10.244.%d.%d", p->node, 2 + (n->next_ip++ - 2) % 248 + 2);
		if (b.p && !ip_taken(s, b.p)) break;
	}
	if (b.p) text_set(p->ip, sizeof p->ip, b.p);
	if (!cc_buf_ok(&b)) forge_fail(s, CC_ENOMEM);
	cc_buf_deinit(&b);
}

static void sandbox(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	ip_assign(s, pod);
	p->sandbox_at = now;
	kubelet_status(s, now, pod);
	kubelet_containers_start(s, now, pod);
}

/* Mounting is tried again after half a second, doubling to two minutes; every two minutes the pod's worker gives up. */
static void mount(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	const char *map = p->tmpl->config_map && !configmap_exists(s, p->tmpl->config_map) ? p->tmpl->config_map : NULL;
	const char *claim = p->tmpl->claim && !claim_bound(s, p->tmpl->claim) ? p->tmpl->claim : NULL;
	if (!map && !claim) {
		kubelet_next(s, now, pod, PART_MAIN, 300, 850, sandbox);
		return;
	}
	if (map) {
		kubelet_event(s, now, pod, PART_POD, true, "FailedMount",
			"MountVolume.SetUp failed for volume \"%s\" : configmap \"%s\" not found", map, map);
	} else {
		kubelet_event(s, now, pod, PART_POD, true, "FailedMount",
			"Unable to attach or mount volumes: unmounted volumes=[%s], unattached volumes=[], "
			"failed to process volumes=[%s]: error processing PVC %s/%s: PVC is not bound", claim, claim,
			kube_pod_ns(s, p), claim);
	}
	p = &s->kube.pods.p[pod];
	int64_t wait = FORGE_MS * 500 << (p->k.mounts < 8 ? p->k.mounts : 8);
	if (wait > 122 * FORGE_S) wait = 122 * FORGE_S;
	p->k.mounts++;
	forge_at(s, now + wait + kube_lag(s, 0, 100 * FORGE_MS), mount, pod, ticket);
}

static void mount_overdue(forge_sim *s, int64_t now, int pod, int ticket)
{
	const kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p || p->sandbox_at || !p->tmpl->config_map || configmap_exists(s, p->tmpl->config_map)) return;
	kubelet_event(s, now, pod, PART_POD, true, "FailedMount",
		"Unable to attach or mount volumes: unmounted volumes=[%s], unattached volumes=[], "
		"failed to process volumes=[]: context deadline exceeded", p->tmpl->config_map);
	forge_at(s, now + MOUNT_TIMEOUT + kube_lag(s, 0, 12 * FORGE_S), mount_overdue, pod, ticket);
}

void kubelet_pod_bound(forge_sim *s, int64_t now, int pod)
{
	kube_pod *p = &s->kube.pods.p[pod];
	bool init = p->tmpl->init != INIT_NONE || kube_injected(p);
	p->waiting = init ? "PodInitializing" : "ContainerCreating";
	p->init_waiting = p->tmpl->init != INIT_NONE ? "PodInitializing" : NULL;
	if (!init) p->initialized = now;
	p->ready_changed = now;
	p->unscheduled = NULL;
	kubelet_status(s, now, pod);
	kubelet_shares_start(s, now);
	kubelet_next(s, now, pod, PART_MAIN, 40, 160, mount);
	kubelet_next(s, now, pod, PART_MAIN, 123000, 124000, mount_overdue);
}

/* The second sync after an end shows the back-off in the status: the first only finds out that it has to wait. */
static void restart(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	if (p->k.backed && (!p->waiting || strcmp(p->waiting, "CrashLoopBackOff") != 0)) {
		p->waiting = "CrashLoopBackOff";
		p->waiting_message = kubelet_backoff_message(s, pod, PART_MAIN);
		p->terminated = false;
		kubelet_status(s, now, pod);
	}
	if (!kubelet_backoff_waits(&p->k.crash, p->last_finished, now)) {
		kubelet_backoff_grow(&p->k.crash, p->last_finished, now);
		kubelet_pull(s, now, pod, ticket);
		return;
	}
	p->k.backed = true;
	kubelet_backoff_event(s, now, pod, PART_MAIN);
	kubelet_resync(s, now, pod, PART_MAIN, restart);
}

static bool runs_once(const forge_sim *s, const kube_pod *p)
{
	return s->kube.workloads.p[p->workload].kind == WL_JOB;
}

void kubelet_exited(forge_sim *s, int64_t now, int pod, const char *reason, int code)
{
	kube_pod *p = &s->kube.pods.p[pod];
	if (p->started && p->service >= 0) flow_pod_down(s, now, pod);
	p = &s->kube.pods.p[pod];
	p->up = false;
	p->before = (kube_end){ .reason = p->last_reason, .code = p->last_code, .started = p->last_started,
		.finished = p->last_finished, .message = p->last_message };
	memcpy(p->before.id, p->last_id, sizeof p->before.id);
	memcpy(p->last_id, p->container_id, sizeof p->last_id);
	p->last_reason = reason;
	p->last_code = code;
	p->last_started = p->started;
	p->last_finished = now;
	p->last_message = CC_STR_EMPTY;
	p->terminated = true;
	p->waiting = NULL;
	p->waiting_message = CC_STR_EMPTY;
	p->started = 0;
	p->mem_kib = p->leak_kib = 0;
	p->k.bg_m = 0;
	p->k.boot_left = 0;
	p->k.backed = false;
	p->k.turn++;
	p->incarnation++;
	p->probe_failures = 0;
	if (runs_once(s, p)) p->phase = code == 0 ? "Succeeded" : "Failed";
	bool over = p->deleted || p->evicted || runs_once(s, p);
	kubelet_status(s, now, pod);
	kubelet_ready(s, now, pod, false);
	if (over) kube_pod_changed(s, now, pod);
	else kubelet_next(s, now, pod, PART_MAIN, 600, 1500, restart);
}
