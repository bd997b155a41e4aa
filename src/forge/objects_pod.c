/* objects_pod.c - pods: who owns them, and the status their kubelet has reported. */
#include <string.h>

#include "forge/objects.h"

#define PROXY_IMAGE "docker.io/istio/proxyv2:1.24.2"

typedef struct pod_view { const kube_pod *p; const kube_workload *w; const kube_rs *set; const forge_template *t; } pod_view;

static bool over(const kube_pod *p)
{
	return obj_is(p->phase, "Failed") || obj_is(p->phase, "Succeeded");
}

/* ---- container statuses ---- */

static void image_id(obj *o, const char *image)
{
	char digest[65];
	size_t slash = cc_str_rfind_char(cc_str_from(image), '/'), colon = cc_str_rfind_char(cc_str_from(image), ':');
	size_t n = colon != CC_STR_NONE && (slash == CC_STR_NONE || colon > slash) ? colon : strlen(image);
	cc_sha256_of(cc_str_from(image), digest);
	bool host = slash != CC_STR_NONE && memchr(image, '.', slash) != NULL;
	obj_textf(o, "imageID", "%s%.*s@sha256:%s", host ? "" : slash == CC_STR_NONE ? "docker.io/library/"
		: "docker.io/", (int)n, image, digest);
}

typedef struct ended { const char *reason, *id; int code; int64_t started, finished; cc_str message; } ended;

static void terminated(obj *o, const ended *e)
{
	obj_open(o, "terminated");
	obj_textf(o, "containerID", "containerd://%s", e->id);
	obj_int(o, "exitCode", e->code);
	obj_time(o, "finishedAt", e->finished);
	if (e->message.n) obj_str(o, "message", e->message);
	obj_text(o, "reason", e->reason);
	if (e->started) obj_time(o, "startedAt", e->started);
	else obj_text(o, "startedAt", "1970-01-01T00:00:00Z");
	obj_close(o);
}

static void waiting(obj *o, const char *reason, cc_str message)
{
	obj_open(o, "waiting");
	if (message.n) obj_str(o, "message", message);
	obj_text(o, "reason", reason);
	obj_close(o);
}

static void running(obj *o, int64_t since)
{
	obj_open(o, "running");
	obj_time(o, "startedAt", since);
	obj_close(o);
}

/* What a container status says of one container; id empty: not created yet. */
typedef struct status {
	const char *name, *image, *id, *waiting;
	cc_str message;
	int64_t running;
	const ended *state, *last;
	bool ready, started;
	int restarts;
} status;

static void container_status(obj *o, const status *c)
{
	obj_open(o, NULL);
	if (c->id[0]) obj_textf(o, "containerID", "containerd://%s", c->id);
	obj_text(o, "image", c->image);
	if (c->id[0]) image_id(o, c->image);
	else obj_text(o, "imageID", "");
	obj_open(o, "lastState");
	if (c->last) terminated(o, c->last);
	obj_close(o);
	obj_text(o, "name", c->name);
	obj_bool(o, "ready", c->ready);
	obj_int(o, "restartCount", c->restarts);
	obj_bool(o, "started", c->started);
	obj_open(o, "state");
	if (c->waiting) waiting(o, c->waiting, c->message);
	else if (c->state) terminated(o, c->state);
	else running(o, c->running);
	obj_close(o);
	obj_close(o);
}

static bool initialized(const pod_view *v)
{
	return v->p->initialized || (v->t->init == INIT_NONE && !kube_injected(v->p));
}

static void main_status(obj *o, const pod_view *v)
{
	const kube_pod *p = v->p;
	bool alive = p->started && !p->waiting && !p->terminated && !over(p);
	/* The kubelet tells of two containers: the newest, and as lastState the one that ended before it. */
	ended e = { p->last_reason ? p->last_reason : over(p) && obj_is(p->phase, "Failed") ? "Error" : "Completed",
		p->last_id[0] ? p->last_id : p->container_id, p->last_code, p->last_started,
		p->last_finished ? p->last_finished : p->status_at, p->last_message };
	kube_end end = kube_pod_last_state(p);
	ended last = { end.reason, end.id[0] ? end.id : p->container_id, end.code, end.started, end.finished, end.message };
	status c = { .name = obj_container(o->s, v->w), .image = v->t->image, .id = p->container_id,
		.message = p->waiting_message, .running = p->started,
		.ready = p->ready, .started = alive && (p->ready || p->up), .restarts = p->restarts };
	if (!alive && (p->terminated || (over(p) && p->container_id[0]))) c.state = &e;
	if (end.reason) c.last = &last;
	if (!alive && !c.state) {
		c.waiting = p->waiting ? p->waiting : initialized(v) ? "ContainerCreating" : "PodInitializing";
		if (!initialized(v)) c.waiting = "PodInitializing", c.message = CC_STR_EMPTY;
	}
	container_status(o, &c);
}

static void proxy_status(obj *o, const kube_pod *p)
{
	char id[65];
	obj_digest(p->uid, "istio-proxy", 0, id);
	bool ran = p->mesh_started != 0, up = ran && !over(p);
	ended e = { "Completed", id, 0, p->mesh_started, p->status_at, CC_STR_EMPTY };
	status c = { .name = "istio-proxy", .image = PROXY_IMAGE, .id = ran ? id : "", .running = p->mesh_started,
		.ready = up, .started = up };
	if (ran && !up) c.state = &e;
	else if (!up) c.waiting = "PodInitializing";
	container_status(o, &c);
}

static void init_status(obj *o, const pod_view *v)
{
	const kube_pod *p = v->p;
	char id[65], last_id[65];
	const kube_end *end = &p->init_before;
	obj_digest(p->uid, "init", (uint64_t)p->init_restarts, id);
	obj_digest(p->uid, "init", (uint64_t)end->run, last_id);
	ended last = { end->reason, last_id, end->code, end->started, end->finished, end->message };
	ended e = { p->init_code ? "Error" : "Completed", id, p->init_code, p->init_started ? p->init_started
		: p->initialized - FORGE_S,
		p->init_finished ? p->init_finished : p->initialized, CC_STR_EMPTY };
	bool ran = p->init_started || p->initialized;
	status c = { .name = v->t->init_name ? v->t->init_name : "init", .image = v->t->init_image ? v->t->init_image
		: "busybox:latest", .id = ran ? id : "",
		.running = p->init_started, .ready = p->initialized != 0, .restarts = p->init_restarts };
	if (p->initialized) c.state = &e;
	else if (p->init_waiting || !ran) c.waiting = p->init_waiting ? p->init_waiting : "PodInitializing";
	else if (p->init_finished) c.state = &e;
	else c.started = true;
	if (c.waiting && p->init_waiting) c.message = p->waiting_message;
	if (c.waiting && p->init_finished) c.last = &e;
	else if (end->reason) c.last = &last;
	container_status(o, &c);
}

static void mesh_init_status(obj *o, const kube_pod *p)
{
	char id[65];
	obj_digest(p->uid, "istio-init", 0, id);
	ended e = { "Completed", id, 0, p->mesh_init_at - FORGE_S, p->mesh_init_at, CC_STR_EMPTY };
	status c = { .name = "istio-init", .image = PROXY_IMAGE, .id = p->mesh_init_at ? id : "",
		.ready = p->mesh_init_at != 0 };
	if (p->mesh_init_at) c.state = &e;
	else c.waiting = "PodInitializing";
	container_status(o, &c);
}

static void container_statuses(obj *o, const pod_view *v)
{
	obj_list(o, "containerStatuses");
	main_status(o, v);
	if (kube_injected(v->p)) proxy_status(o, v->p);
	obj_end_list(o);
}

static void init_statuses(obj *o, const pod_view *v)
{
	if (v->t->init == INIT_NONE && !kube_injected(v->p)) return;
	obj_list(o, "initContainerStatuses");
	if (kube_injected(v->p)) mesh_init_status(o, v->p);
	if (v->t->init != INIT_NONE) init_status(o, v);
	obj_end_list(o);
}

/* ---- conditions ---- */

static void conditions(obj *o, const pod_view *v)
{
	const kube_pod *p = v->p;
	const char *name = obj_container(o->s, v->w), *init = v->t->init == INIT_NONE ? "istio-init"
		: v->t->init_name ? v->t->init_name : "init";
	cc_buf unready = CC_BUF_INIT, incomplete = CC_BUF_INIT;
	cc_buf_addf(&unready, "containers with unready status: [%s%s]", name, kube_injected(p) && !p->mesh_started
		? " istio-proxy" : "");
	cc_buf_addf(&incomplete, "containers with incomplete status: [%s]", init);
	bool ends = obj_is(p->phase, "Succeeded"), failed = obj_is(p->phase, "Failed");
	const char *why = p->ready ? NULL : ends ? "PodCompleted" : failed ? "PodFailed" : "ContainersNotReady";
	const char *text = why && !ends && !failed ? unready.p : NULL;
	int64_t since = p->ready_changed ? p->ready_changed : p->scheduled, stands = p->sandbox_at ? p->sandbox_at
		: p->scheduled;
	obj_list(o, "conditions");
	if (p->evicted)
		obj_condition(o, "DisruptionTarget", true, p->status_at, "TerminationByKubelet",
			p->status_message.n ? p->status_message.p : NULL, 0, true);
	if (p->node >= 0) {
		obj_condition(o, "PodReadyToStartContainers", p->ip[0] && !over(p), stands, NULL, NULL, 0, true);
		bool done = initialized(v);
		obj_condition(o, "Initialized", done, done && p->initialized ? p->initialized : p->scheduled,
			done ? ends ? "PodCompleted" : NULL : "ContainersNotInitialized",
			done ? NULL : incomplete.p, 0, true);
		obj_condition(o, "Ready", p->ready, since, why, text, 0, true);
		obj_condition(o, "ContainersReady", p->ready, since, why, text, 0, true);
	}
	if (p->node >= 0) obj_condition(o, "PodScheduled", true, p->scheduled, NULL, NULL, 0, true);
	else if (p->unscheduled)
		obj_condition(o, "PodScheduled", false, p->created, "Unschedulable", p->unscheduled, 0, true);
	obj_end_list(o);
	cc_buf_deinit(&unready);
	cc_buf_deinit(&incomplete);
}

/* Guaranteed needs limits everywhere that equal the requests, the proxy's included; nothing anywhere is BestEffort. */
static const char *qos(const pod_view *v)
{
	const forge_template *t = v->t;
	bool cpu = t->cpu_limit_m && (!t->cpu_request_m || t->cpu_request_m == t->cpu_limit_m);
	bool mem = t->mem_limit_mi && (!t->mem_request_mi || t->mem_request_mi == t->mem_limit_mi);
	bool none = !t->cpu_limit_m && !t->cpu_request_m && !t->mem_limit_mi && !t->mem_request_mi;
	if (kube_injected(v->p) || t->init != INIT_NONE) return none && !kube_injected(v->p) ? "BestEffort" : "Burstable";
	return none ? "BestEffort" : cpu && mem ? "Guaranteed" : "Burstable";
}

static void pod_status(obj *o, const pod_view *v)
{
	const kube_pod *p = v->p;
	obj_open(o, "status");
	conditions(o, v);
	if (p->node >= 0) {
		const char *host = o->s->kube.nodes.p[p->node].ip;
		container_statuses(o, v);
		obj_text(o, "hostIP", host);
		obj_rawf(o, "hostIPs", "[{\"ip\":\"%s\"}]", host);
		init_statuses(o, v);
	}
	if (p->evicted && p->status_message.n) obj_str(o, "message", p->status_message);
	if (p->node < 0 && p->nominated) obj_text(o, "nominatedNodeName", o->s->kube.nodes.p[p->nominated - 1].name);
	obj_text(o, "phase", p->phase ? p->phase : "Pending");
	if (p->ip[0]) {
		obj_text(o, "podIP", p->ip);
		obj_rawf(o, "podIPs", "[{\"ip\":\"%s\"}]", p->ip);
	}
	obj_text(o, "qosClass", qos(v));
	if (p->evicted) obj_text(o, "reason", "Evicted");
	if (p->node >= 0) obj_time(o, "startTime", p->scheduled);
	obj_close(o);
}

/* ---- metadata ---- */

static void owner(const kube_rs *r, const kube_workload *w, obj_meta *m)
{
	static const char *const KIND[] = { "Deployment", "StatefulSet", "DaemonSet", "Job" };
	m->owner_version = w->kind == WL_JOB ? "batch/v1" : "apps/v1";
	m->owner_kind = r ? "ReplicaSet" : KIND[w->kind];
	m->owner_name = r ? r->name : w->name;
	m->owner_uid = r ? r->uid : w->uid;
}

static void labels(const obj *o, const pod_view *v, const char *hash, obj_pairs *l, obj_pairs *a)
{
	const kube_workload *w = v->w;
	const kube_pod *p = v->p;
	if (w->kind != WL_JOB) obj_pod_labels(o, l, w);
	if (v->set) obj_pair(l, "pod-template-hash", v->set->hash);
	if (!v->set && w->kind != WL_JOB) obj_pair(l, "controller-revision-hash", hash);
	if (w->kind == WL_DAEMONSET) obj_pair(l, "pod-template-generation", "1");
	if (w->kind == WL_STATEFULSET) {
		const char *dash = strrchr(p->name, '-');
		obj_pair(l, "apps.kubernetes.io/pod-index", dash ? dash + 1 : "0");
		obj_pair(l, "statefulset.kubernetes.io/pod-name", p->name);
	}
	if (w->kind == WL_JOB) {
		obj_pair(l, "batch.kubernetes.io/controller-uid", w->uid);
		obj_pair(l, "batch.kubernetes.io/job-name", w->name);
		obj_pair(l, "controller-uid", w->uid);
		obj_pair(l, "job-name", w->name);
	}
	if (v->t->restarted_at) obj_pair(a, "kubectl.kubernetes.io/restartedAt", v->t->restarted_at);
	if (!kube_injected(p)) return;
	obj_pair(l, "security.istio.io/tlsMode", "istio");
	obj_pair(l, "service.istio.io/canonical-name", obj_pod_label(o->s, w));
	obj_pair(l, "service.istio.io/canonical-revision", "latest");
	obj_pair(a, "istio.io/rev", "default");
	obj_pair(a, "kubectl.kubernetes.io/default-container", obj_pod_label(o->s, w));
	obj_pair(a, "sidecar.istio.io/status", "{\"initContainers\":[\"istio-init\"],\"containers\":[\"istio-proxy\"],"
		"\"volumes\":[\"istio-envoy\",\"istio-data\"],"
		"\"imagePullSecrets\":null,\"revision\":\"default\"}");
}

/* Some fields are set by admission and by binding, which leave no entry; while a pod waits, only its condition is
 * the scheduler's. */
static void pod_owners(obj *o, const kube_pod *p)
{
	bool bound = p->node >= 0;
	o->unowned = bound ? "{\"f:spec\":{\"f:nodeName\":{},\"f:preemptionPolicy\":{},\"f:priority\":{},"
		"\"f:tolerations\":{}},\"f:status\":{\"f:qosClass\":{},"
		"\"f:conditions\":{\"k:{\\\"type\\\":\\\"PodScheduled\\\"}\":{}}}}"
		: "{\"f:spec\":{\"f:preemptionPolicy\":{},\"f:priority\":{},\"f:tolerations\":{}},"
		"\"f:status\":{\"f:phase\":{},\"f:qosClass\":{}}}";
	obj_owned(o, "kube-controller-manager", NULL, p->created,
		"metadata.annotations metadata.labels metadata.ownerReferences metadata.generateName spec", NULL);
	if (bound) obj_owned(o, "kubelet", "status", p->status_at, "status", NULL);
	else if (p->unscheduled)
		obj_owned(o, "kube-scheduler", "status", p->tried_at ? p->tried_at : p->status_at, "status", NULL);
}

void obj_render_pod(obj *o, const kube_pod *p, const kube_workload *w, const kube_rs *set)
{
	pod_view v = { p, w, set, p->tmpl ? p->tmpl : set ? &set->tmpl : &w->tmpl };
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	char hash[FORGE_HASH];
	cc_buf full = CC_BUF_INIT, generate = CC_BUF_INIT;
	kube_template_hash(w->name, v.t, hash);
	cc_buf_addf(&full, "%s-%s", w->name, hash);
	cc_buf_addf(&generate, "%s-", set ? set->name : w->name);
	labels(o, &v, w->kind == WL_STATEFULSET && full.p ? full.p : hash, &l, &a);
	obj_meta m = { .version = "v1", .kind = "Pod", .name = p->name, .ns = obj_workload_ns(o->s, w), .uid = p->uid,
		.rv = p->rv, .created = p->created,
		.deleted = p->deleted ? p->deleted + 30 * FORGE_S : 0, .generate_name = generate.p, .labels = &l,
		.annotations = &a };
	owner(set, w, &m);
	if (!cc_buf_ok(&full) || !cc_buf_ok(&generate)) forge_fail(o->s, CC_ENOMEM);
	obj_begin(o, &m);
	obj_pod_spec(o, w, v.t, p);
	pod_status(o, &v);
	pod_owners(o, p);
	obj_finish(o);
	cc_buf_deinit(&full);
	cc_buf_deinit(&generate);
}

static void render(obj *o, int at)
{
	const kube_pod *p = &o->s->kube.pods.p[at];
	obj_render_pod(o, p, &o->s->kube.workloads.p[p->workload], p->rs >= 0 ? &o->s->kube.sets.p[p->rs] : NULL);
}

void obj_list_pods(obj *o, obj_items *v)
{
	for (size_t i = 0; i < o->s->kube.pods.n; i++) {
		const kube_pod *p = &o->s->kube.pods.p[i];
		if (p->gone || p->workload < 0) continue;
		obj_add(o, v, obj_workload_ns(o->s, &o->s->kube.workloads.p[p->workload]), p->name, render, (int)i);
	}
	obj_system_pods(o, v);
}
