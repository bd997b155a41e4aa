/* The bodies of polled objects: states are set by hand, each body is read back by the JSON parser, and the members
 * that decide a diagnosis are looked at. Then a whole poll through the writer, twice, and with memory running out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "coldcase/file.h"
#include "coldcase/xalloc.h"
#include "forge/objects.h"

#define START (INT64_C(1765818000) * CC_NS_PER_S)
#define AT(seconds) (START + (seconds) * CC_NS_PER_S)

typedef struct world {
	forge_sim *s;
	cc_forge_options opt;
	cc_err err;
	obj o;
	cc_json *body;           /* of the object asked for last */
} world;

static int service(const world *w, const char *name)
{
	int i = forge_service_find(w->s->app, cc_str_from(name));
	assert_true(i >= 0);
	return i;
}

/* One pod of a service, running and ready on the first worker, as its kubelet would have it. */
static kube_pod *add_pod(world *w, int svc)
{
	forge_kube *k = &w->s->kube;
	forge_template *tmpl = cc_arena_alloc(w->s->arena, sizeof *tmpl);
	assert_non_null(tmpl);
	*tmpl = k->workloads.p[svc].tmpl;
	kube_pod p = { .workload = svc, .service = svc, .node = 1, .rs = (int)k->sets.n, .tmpl = tmpl,
		.created = AT(10), .scheduled = AT(10),
		.initialized = AT(12), .started = AT(14), .first_started = AT(14), .sandbox_at = AT(11),
		.ready_changed = AT(20), .status_at = AT(20), .up = true,
		.ready = true, .phase = "Running", .rv = 300 };
	kube_rs r = { .workload = svc, .tmpl = k->workloads.p[svc].tmpl, .desired = 1, .revision = 1, .generation = 1,
		.created = AT(9), .status_at = AT(20),
		.seen_ready = 1, .seen_total = 1, .rv = 299 };
	(void)snprintf(r.hash, sizeof r.hash, "5d4f8b7c9");
	(void)snprintf(r.name, sizeof r.name, "%s-%s", k->workloads.p[svc].name, r.hash);
	(void)snprintf(p.name, sizeof p.name, "%.60s-x2k9p", r.name);
	(void)snprintf(r.uid, sizeof r.uid, "aaaaaaaa-2222-4333-8444-%012d", svc);
	(void)snprintf(p.uid, sizeof p.uid, "11111111-2222-4333-8444-%012d", svc);
	(void)snprintf(p.ip, sizeof p.ip, "10.244.1.%u", (unsigned)svc % 200 + 2);
	obj_digest("id", p.uid, 0, p.container_id);
	assert_true(cc_vec_push(&k->sets, r));
	assert_true(cc_vec_push(&k->pods, p));
	assert_true(cc_vec_push(&k->services[svc].ready, (int)k->pods.n - 1));
	return &k->pods.p[k->pods.n - 1];
}

static void installed(world *w)
{
	forge_kube *k = &w->s->kube;
	for (size_t i = 0; i < k->nodes.n; i++) k->nodes.p[i].created = AT(-86400);
	for (size_t i = 0; i < k->namespaces.n; i++) k->namespaces.p[i].created = AT(-80000);
	for (size_t i = 0; i < k->configmaps.n; i++) k->configmaps.p[i].created = AT(1);
	for (size_t i = 0; i < k->quotas.n; i++) k->quotas.p[i].created = AT(1);
	for (size_t i = 0; i < k->pdbs.n; i++) k->pdbs.p[i].created = AT(2);
	for (size_t i = 0; i < k->hpas.n; i++) k->hpas.p[i].created = AT(2);
	for (size_t i = 0; i < k->claims.n; i++) k->claims.p[i].created = AT(2);
	for (int i = 0; i < w->s->app->services_n; i++) {
		kube_workload *wl = &k->workloads.p[i];
		wl->created = wl->status_at = AT(5);
		wl->generation = wl->observed = 1;
		wl->available = wl->progressing = wl->complete = true;
		wl->available_changed = wl->progress_changed = wl->progress_updated = AT(20);
		wl->progress_reason = "NewReplicaSetAvailable";
		wl->seen_ready = wl->seen_total = wl->seen_updated = wl->replicas;
		k->services[i].exists = w->s->app->services[i].port > 0;
		k->services[i].created = k->services[i].ep_changed = AT(4);
		(void)add_pod(w, i);
	}
}

static void world_init(world *w, const char *app_name)
{
	*w = (world){ .opt = { .seed = 7, .threads = 1, .duration_ns = 1200 * CC_NS_PER_S } };
	forge_sim *s = w->s = cc_calloc(1, sizeof *s);
	forge_app *app = NULL;
	s->opt = &w->opt;
	s->err = &w->err;
	s->arena = cc_arena_new();
	s->start = s->now = START;
	s->end = AT(1200);
	cc_rng_init(&s->kube_rng, 1);
	cc_rng_init(&s->uid_rng, 2);
	assert_int_equal(forge_app_load(&app, s->arena, app_name, &w->err), CC_OK);
	s->app = app;
	assert_int_equal(kube_init(s), CC_OK);
	installed(w);
}

static void world_deinit(world *w)
{
	kube_deinit(w->s);
	cc_vec_deinit(&w->s->queue);
	cc_arena_free(w->s->arena);
	cc_free(w->s);
	cc_buf_deinit(&w->o.body);
	cc_json_free(w->body);
}

/* The object of that name in a list, read back; NULL when the list has none. */
static const cc_json *get(world *w, void (*list)(obj *, obj_items *), const char *name)
{
	obj_items v = { 0 };
	cc_json_free(w->body);
	w->body = NULL;
	obj_reset(&w->o, w->s, AT(600));
	list(&w->o, &v);
	for (size_t i = 0; i < v.n && !w->body; i++) {
		cc_err err;
		obj_reset(&w->o, w->s, AT(600));
		v.p[i].render(&w->o, v.p[i].at);
		assert_true(cc_buf_ok(&w->o.body));
		if (cc_json_parse(&w->body, cc_buf_str(&w->o.body), &err) != CC_OK) fail_msg("%s: %s: %s", v.p[i].name,
			err.message, w->o.body.p);
		if (cc_str_eqz(cc_json_str(cc_json_at(w->body, "metadata.name")), name)) break;
		cc_json_free(w->body);
		w->body = NULL;
	}
	cc_vec_deinit(&v);
	return w->body;
}

static void expect(const cc_json *v, const char *path, const char *text)
{
	cc_str have = cc_json_text(cc_json_at(v, path));
	if (!cc_str_eqz(have, text)) fail_msg("%s is \"%.*s\", not \"%s\"", path, CC_STR_ARG(have), text);
}

static void absent(const cc_json *v, const char *path)
{
	if (cc_json_at(v, path)) fail_msg("%s is there", path);
}

/* The entry of managedFields of that manager and subresource. */
static const cc_json *entry(const cc_json *v, const char *manager, const char *subresource)
{
	for (const cc_json *e = cc_json_first(cc_json_at(v, "metadata.managedFields")); e; e = cc_json_next(e))
		if (cc_str_eqz(cc_json_get_str(e, "manager"), manager) && cc_str_eqz(cc_json_get_str(e, "subresource"),
			subresource)) return cc_json_get(e, "fieldsV1");
	fail_msg("no entry of %s", manager);
	return NULL;
}

static const char *pod_name(world *w, const char *svc)
{
	return w->s->kube.pods.p[service(w, svc)].name;
}

static kube_pod *pod_of(world *w, const char *svc)
{
	return &w->s->kube.pods.p[service(w, svc)];
}

/* ---- pods ---- */

static void healthy_pod(void **state)
{
	world w;
	(void)state;
	world_init(&w, "astronomy-shop");
	const cc_json *p = get(&w, obj_list_pods, pod_name(&w, "cart"));
	assert_non_null(p);
	expect(p, "status.phase", "Running");
	expect(p, "status.qosClass", "Burstable");
	expect(p, "status.containerStatuses.0.name", "cart");
	expect(p, "status.containerStatuses.0.ready", "true");
	expect(p, "status.containerStatuses.0.restartCount", "0");
	expect(p, "status.containerStatuses.0.state.running.startedAt", "2025-12-15T17:00:14Z");
	expect(p, "metadata.ownerReferences.0.kind", "ReplicaSet");
	expect(p, "spec.nodeName", "worker-1");
	expect(p, "spec.containers.0.readinessProbe.tcpSocket.port", "8080");
	assert_true(cc_json_count(cc_json_at(p, "spec.volumes")) >= 1);
	const cc_json *own = entry(p, "kube-controller-manager", "");
	assert_non_null(cc_json_get(cc_json_get(cc_json_get(cc_json_get(own, "f:spec"), "f:containers"),
		"k:{\"name\":\"cart\"}"), "f:image"));
	assert_null(cc_json_get(cc_json_get(own, "f:spec"), "f:nodeName"));
	absent(p, "metadata.deletionTimestamp");
	pod_of(&w, "cart")->deleted = AT(550);
	expect(get(&w, obj_list_pods, pod_name(&w, "cart")), "metadata.deletionTimestamp", "2025-12-15T17:09:40Z");
	pod_of(&w, "cart")->gone = AT(580);
	assert_null(get(&w, obj_list_pods, pod_name(&w, "cart")));
	world_deinit(&w);
}

static void waiting_pods(void **state)
{
	world w;
	(void)state;
	world_init(&w, "astronomy-shop");
	kube_pod *p = pod_of(&w, "cart");
	*p = (kube_pod){ .workload = p->workload, .service = p->service, .rs = p->rs, .node = -1, .tmpl = p->tmpl, .created = AT(500), .status_at = AT(501),
		.phase = "Pending", .unscheduled = "0/4 nodes are available: 1 Insufficient memory." };
	(void)snprintf(p->name, sizeof p->name, "cart-5d4f8b7c9-aaaaa");
	const cc_json *v = get(&w, obj_list_pods, p->name);
	expect(v, "status.conditions.0.type", "PodScheduled");
	expect(v, "status.conditions.0.reason", "Unschedulable");
	expect(v, "status.conditions.0.message", "0/4 nodes are available: 1 Insufficient memory.");
	absent(v, "status.containerStatuses");
	absent(v, "spec.nodeName");
	(void)entry(v, "kube-scheduler", "status");

	p->node = 1;
	p->unscheduled = NULL;
	p->scheduled = p->initialized = AT(502);
	(void)snprintf(p->ip, sizeof p->ip, "10.244.1.9");
	p->waiting = "ImagePullBackOff";
	p->waiting_message = CC_STR("Back-off pulling image \"nowhere/cart:x\"");
	v = get(&w, obj_list_pods, p->name);
	expect(v, "status.containerStatuses.0.state.waiting.reason", "ImagePullBackOff");
	expect(v, "status.containerStatuses.0.state.waiting.message", "Back-off pulling image \"nowhere/cart:x\"");
	expect(v, "status.containerStatuses.0.imageID", "");

	p->waiting = "CrashLoopBackOff";
	p->waiting_message = CC_STR("back-off 20s restarting failed container=cart");
	p->phase = "Running";
	p->last_reason = "OOMKilled";
	p->last_code = 137;
	p->last_started = AT(505);
	p->last_finished = AT(509);
	p->restarts = 3;
	(void)snprintf(p->container_id, sizeof p->container_id, "abc");
	v = get(&w, obj_list_pods, p->name);
	expect(v, "status.containerStatuses.0.lastState.terminated.reason", "OOMKilled");
	expect(v, "status.containerStatuses.0.lastState.terminated.exitCode", "137");
	expect(v, "status.containerStatuses.0.lastState.terminated.finishedAt", "2025-12-15T17:08:29Z");
	expect(v, "status.containerStatuses.0.restartCount", "3");
	expect(v, "status.containerStatuses.0.state.waiting.reason", "CrashLoopBackOff");

	p->waiting = NULL;
	p->evicted = true;
	p->phase = "Failed";
	p->status_message = CC_STR("The node was low on resource: memory.");
	v = get(&w, obj_list_pods, p->name);
	expect(v, "status.reason", "Evicted");
	expect(v, "status.message", "The node was low on resource: memory.");
	world_deinit(&w);
}

static void init_and_mesh(void **state)
{
	world w;
	(void)state;
	world_init(&w, "bookinfo");
	kube_pod *p = pod_of(&w, "ratings");
	forge_template t = *p->tmpl;
	t.init = INIT_EXIT;
	t.init_name = "migrate";
	t.init_image = "busybox:latest";
	t.init_command = "sh -c 'until false; do exit 3; done'";
	p->tmpl = &t;
	p->sidecar = true;
	p->initialized = p->started = 0;
	p->ready = p->up = false;
	p->phase = "Pending";
	p->container_id[0] = 0;
	p->init_waiting = "CrashLoopBackOff";
	p->waiting_message = CC_STR("back-off 40s restarting failed container=migrate");
	p->init_started = AT(500);
	p->init_finished = AT(501);
	p->init_code = 3;
	p->init_restarts = 4;
	p->mesh_init_at = AT(499);
	const cc_json *v = get(&w, obj_list_pods, p->name);
	expect(v, "status.initContainerStatuses.0.name", "istio-init");
	expect(v, "status.initContainerStatuses.0.state.terminated.exitCode", "0");
	expect(v, "status.initContainerStatuses.1.state.waiting.reason", "CrashLoopBackOff");
	expect(v, "status.initContainerStatuses.1.lastState.terminated.exitCode", "3");
	expect(v, "status.initContainerStatuses.1.restartCount", "4");
	expect(v, "status.containerStatuses.0.state.waiting.reason", "PodInitializing");
	expect(v, "spec.initContainers.1.command.2", "until false; do exit 3; done");
	expect(v, "spec.containers.1.name", "istio-proxy");
	expect(v, "spec.containers.0.readinessProbe.httpGet.path", "/app-health/ratings/readyz");
	expect(v, "spec.containers.0.readinessProbe.httpGet.port", "15020");
	assert_null(cc_json_at(v, "spec.containers.0.readinessProbe.tcpSocket"));
	expect(v, "spec.containers.1.env.5.name", "ISTIO_KUBE_APP_PROBERS");
	expect(v, "spec.containers.1.env.5.value", "{\"/app-health/ratings/readyz\":{\"httpGet\":{\"path\":\"/health\","
		"\"port\":9080,\"scheme\":\"HTTP\"},\"timeoutSeconds\":1}}");
	expect(v, "metadata.labels.security.istio.io/tlsMode", "istio");
	expect(get(&w, obj_list_namespaces, w.s->app->namespace), "metadata.labels.istio-injection", "enabled");
	world_deinit(&w);
}

/* ---- workloads ---- */

static void edited_deployment(void **state)
{
	static const char FIELDS[] = "{ \"f:spec\": "
		"{\"f:template\":{\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"cart\\\"}\":{\"f:image\":{}}}}}} "
		"}";
	world w;
	(void)state;
	world_init(&w, "astronomy-shop");
	kube_workload *d = &w.s->kube.workloads.p[service(&w, "cart")];
	kube_edit e = { "kubectl-edit", FIELDS, AT(400) }, again = { "kubectl-edit", "{\"f:spec\":{\"f:replicas\":{}}}",
		AT(460) };
	assert_true(cc_vec_push(&d->edits, e));
	assert_true(cc_vec_push(&d->edits, again));
	d->tmpl.image = "nowhere/cart:x";
	d->tmpl.restarted_at = "2025-12-15T17:05:00Z";
	d->tmpl.node_selector_key = "disktype";
	d->tmpl.node_selector_value = "nvme";
	d->tmpl.anti_affinity = true;
	d->tmpl.dns_policy = "Default";
	d->tmpl.priority_class = "urgent";
	d->tmpl.claim = "cart-state";
	d->generation = 3;
	const cc_json *v = get(&w, obj_list_deployments, "cart");
	expect(v, "spec.template.spec.containers.0.image", "nowhere/cart:x");
	expect(v, "spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt", "2025-12-15T17:05:00Z");
	expect(v, "spec.template.spec.nodeSelector.disktype", "nvme");
	expect(v, "spec.template.spec.dnsPolicy", "Default");
	expect(v, "spec.template.spec.priorityClassName", "urgent");
	expect(v, "spec.template.spec.volumes.0.persistentVolumeClaim.claimName", "cart-state");
	expect(v, "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution.0.topologyKey", "kubernetes.io/hostname");
	expect(v, "metadata.generation", "3");
	expect(v, "status.observedGeneration", "1");
	/* One entry for both edits, with the time of the later; what it owns, the installer has lost. */
	const cc_json *theirs = entry(v, "kubectl-edit", ""), *helm = entry(v, "helm", "");
	const cc_json *spec = cc_json_get(helm, "f:spec");
	assert_non_null(cc_json_get(cc_json_get(theirs, "f:spec"), "f:template"));
	assert_non_null(cc_json_get(cc_json_get(theirs, "f:spec"), "f:replicas"));
	assert_null(cc_json_get(spec, "f:replicas"));
	const cc_json *c = cc_json_get(cc_json_get(cc_json_get(cc_json_get(spec, "f:template"), "f:spec"),
		"f:containers"), "k:{\"name\":\"cart\"}");
	assert_non_null(c);
	assert_null(cc_json_get(c, "f:image"));
	assert_non_null(cc_json_get(c, "f:name"));
	size_t entries = cc_json_count(cc_json_at(v, "metadata.managedFields"));
	assert_int_equal(entries, 3);
	world_deinit(&w);
}

static void refused_pods(void **state)
{
	world w;
	(void)state;
	world_init(&w, "astronomy-shop");
	int svc = service(&w, "cart");
	kube_rs *r = &w.s->kube.sets.p[svc];
	r->quota_refused = true;
	r->refused_at = AT(300);
	r->refused_message = CC_STR("pods \"cart-1\" is forbidden: exceeded quota: small");
	r->seen_ready = r->seen_total = 0;
	w.s->kube.workloads.p[svc].seen_ready = w.s->kube.workloads.p[svc].seen_total = 0;
	const cc_json *v = get(&w, obj_list_replicasets, r->name);
	expect(v, "status.conditions.0.type", "ReplicaFailure");
	expect(v, "status.conditions.0.reason", "FailedCreate");
	expect(v, "status.replicas", "0");
	v = get(&w, obj_list_deployments, "cart");
	expect(v, "status.conditions.0.type", "ReplicaFailure");
	expect(v, "status.unavailableReplicas", "1");
	absent(v, "status.readyReplicas");
	kube_add_quota(w.s, AT(290), "small", 5, 0, 2048, "kubectl-create");
	v = get(&w, obj_list_quotas, "small");
	expect(v, "spec.hard.pods", "5");
	expect(v, "spec.hard.limits.memory", "2Gi");
	assert_true(cc_json_str(cc_json_at(v, "status.used.pods")).n > 0);
	(void)entry(v, "kubectl-create", "");
	world_deinit(&w);
}

/* ---- what stands around them ---- */

static void services_and_endpoints(void **state)
{
	world w;
	(void)state;
	world_init(&w, "astronomy-shop");
	kube_service *k = &w.s->kube.services[service(&w, "cart")];
	expect(get(&w, obj_list_endpoints, "cart"), "subsets.0.addresses.0.targetRef.name", pod_name(&w, "cart"));
	k->ready.n = 0;
	const cc_json *v = get(&w, obj_list_endpoints, "cart");
	absent(v, "subsets.0.addresses");
	expect(v, "subsets.0.notReadyAddresses.0.targetRef.name", pod_name(&w, "cart"));
	k->selector = "cart-v2";
	k->target_port = 9999;
	absent(get(&w, obj_list_endpoints, "cart"), "subsets");
	v = get(&w, obj_list_services, "cart");
	expect(v, "spec.selector.opentelemetry.io/name", "cart-v2");
	expect(v, "spec.ports.0.targetPort", "9999");
	k->exists = false;
	assert_null(get(&w, obj_list_services, "cart"));
	assert_null(get(&w, obj_list_endpoints, "cart"));
	world_deinit(&w);
}

static void nodes_and_policies(void **state)
{
	world w;
	(void)state;
	world_init(&w, "astronomy-shop");
	kube_node *n = &w.s->kube.nodes.p[2];
	n->unschedulable = n->memory_pressure = true;
	n->pressure_since = AT(444);
	const cc_json *v = get(&w, obj_list_nodes, n->name);
	expect(v, "spec.unschedulable", "true");
	expect(v, "spec.taints.0.key", "node.kubernetes.io/unschedulable");
	expect(v, "status.conditions.0.status", "True");
	expect(v, "status.conditions.0.lastTransitionTime", "2025-12-15T17:07:24Z");
	expect(v, "status.nodeInfo.architecture", "amd64");
	kube_add_policy(w.s, AT(300), "lockdown", service(&w, "cart"), true, false, "argocd-controller");
	kube_add_policy(w.s, AT(301), "open", service(&w, "cart"), false, false, "kubectl-create");
	v = get(&w, obj_list_policies, "lockdown");
	expect(v, "spec.podSelector.matchLabels.opentelemetry.io/name", "cart");
	expect(v, "spec.policyTypes.0", "Ingress");
	absent(v, "spec.ingress");
	v = get(&w, obj_list_policies, "open");
	assert_int_equal(cc_json_count(cc_json_at(v, "spec.ingress")), 1);
	assert_int_equal(cc_json_count(cc_json_at(v, "spec.ingress.0")), 0);
	assert_int_equal(cc_json_typeof(cc_json_at(v, "spec.ingress.0")), CC_JSON_OBJECT);
	assert_int_equal(cc_json_count(cc_json_at(v, "spec.policyTypes")), 1);
	expect(v, "spec.policyTypes.0", "Ingress");
	kube_hpa *h = &w.s->kube.hpas.p[0];
	h->able = true;
	h->active_reason = "FailedGetResourceMetric";
	h->active_message = CC_STR("the HPA was unable to compute the replica count");
	v = get(&w, obj_list_hpas, w.s->kube.workloads.p[h->workload].name);
	expect(v, "status.conditions.1.type", "ScalingActive");
	expect(v, "status.conditions.1.status", "False");
	expect(v, "spec.metrics.0.resource.name", "cpu");
	world_deinit(&w);
}

/* The CronJob does not change with its Jobs: the container has its name in all of them. */
static void cron_jobs(void **state)
{
	world w;
	(void)state;
	world_init(&w, "astronomy-shop");
	kube_workload job = { .kind = WL_JOB, .service = -1, .name = "sweep-1", .replicas = 1, .cron = "sweep",
		.tmpl = { .image = "busybox:latest", .init_service = -1 } };
	for (int i = 0; i < 2; i++, job.name = "sweep-2") {
		int at = kube_add_workload(w.s, AT(120 + 600 * i), &job);
		const cc_json *v = get(&w, obj_list_cronjobs, "sweep");
		expect(v, "spec.jobTemplate.spec.template.spec.containers.0.name", "sweep");
		expect(v, "spec.jobTemplate.spec.backoffLimit", "2");
		v = get(&w, obj_list_jobs, w.s->kube.workloads.p[at].name);
		expect(v, "spec.template.spec.containers.0.name", "sweep");
		int pod = kubelet_pod_create(w.s, AT(121 + 600 * i), at, -1);
		v = get(&w, obj_list_pods, w.s->kube.pods.p[pod].name);
		expect(v, "spec.containers.0.name", "sweep");
		expect(v, "metadata.labels.job-name", w.s->kube.workloads.p[at].name);
		absent(v, "metadata.labels.app");
	}
	world_deinit(&w);
}

/* ---- the whole ---- */

static void every_body(void **state)
{
	static void (*const LISTS[])(obj *, obj_items *) = { obj_list_pods, obj_list_services, obj_list_endpoints,
		obj_list_configmaps, obj_list_accounts,
		obj_list_namespaces, obj_list_nodes, obj_list_claims, obj_list_volumes, obj_list_quotas,
		obj_list_ranges, obj_list_deployments,
		obj_list_daemonsets, obj_list_statefulsets, obj_list_replicasets, obj_list_jobs, obj_list_cronjobs,
		obj_list_ingresses, obj_list_policies,
		obj_list_roles, obj_list_rolebindings, obj_list_clusterroles, obj_list_clusterrolebindings,
		obj_list_classes, obj_list_hpas, obj_list_pdbs,
		obj_list_crds };
	static const char *const APPS[] = { "astronomy-shop", "bookinfo" };
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		world w;
		cc_buf sorted = CC_BUF_INIT;
		world_init(&w, APPS[a]);
		kube_workload job = { .kind = WL_JOB, .service = -1, .name = "sweep-1", .replicas = 1, .cron = "sweep",
			.tmpl = { .image = "busybox:latest" } };
		assert_true(kube_add_workload(w.s, AT(120), &job) >= 0);
		for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++) {
			obj_items v = { 0 };
			obj_reset(&w.o, w.s, AT(600));
			LISTS[i](&w.o, &v);
			for (size_t k = 0; k < v.n; k++) {
				cc_json *tree = NULL;
				cc_err err;
				obj_reset(&w.o, w.s, AT(600));
				v.p[k].render(&w.o, v.p[k].at);
				if (cc_json_parse(&tree, cc_buf_str(&w.o.body), &err) != CC_OK) fail_msg("%s: %s",
					v.p[k].name, err.message);
				/* Compact, keys in byte order, as the API server writes; a sorted rewrite is the
				 * same text. */
				cc_buf_clear(&sorted);
				cc_json_write(&sorted, tree, true);
				if (!cc_str_eq(cc_buf_str(&sorted), cc_buf_str(&w.o.body))) fail_msg("%s: %s",
					v.p[k].name, w.o.body.p);
				if (cc_json_str(cc_json_at(tree, "metadata.uid")).n != 36) fail_msg("%s: %s",
					v.p[k].name, w.o.body.p);
				cc_json_free(tree);
			}
			cc_vec_deinit(&v);
		}
		assert_int_equal(w.s->code, CC_OK);
		cc_buf_deinit(&sorted);
		world_deinit(&w);
	}
}

static cc_code poll_into(world *w, const char *dir, cc_buf *out)
{
	cc_buf path = CC_BUF_INIT;
	forge_sim *s = w->s;
	(void)snprintf(s->work, sizeof s->work, "%s", dir);
	w->opt.without = CC_FORGE_NO_TRACES | CC_FORGE_NO_LOGS | CC_FORGE_NO_EVENTS;
	cc_code code = tel_open(s, &w->err);
	s->recording = true;
	if (code == CC_OK) kube_poll(s, AT(600));
	if (code == CC_OK) code = tel_close(s, &w->err);
	tel_deinit(s);
	cc_path_join(&path, dir, "k8s_objects_raw.tsv");
	if (code == CC_OK) assert_int_equal(cc_file_read(out, path.p, (size_t)1 << 28, &w->err), CC_OK);
	(void)remove(path.p);
	cc_buf_deinit(&path);
	return code;
}

static void whole_poll(void **state)
{
	const char *base = getenv("COLDCASE_TEST_TMP");
	char dir[512];
	cc_buf first = CC_BUF_INIT, second = CC_BUF_INIT;
	world w;
	(void)state;
	(void)snprintf(dir, sizeof dir, "%s/forge-objects-%ld", base && base[0] ? base : "/tmp", (long)getpid());
	assert_int_equal(cc_dir_make(dir, NULL), CC_OK);
	world_init(&w, "astronomy-shop");
	size_t arena = cc_arena_bytes(w.s->arena);
	assert_int_equal(poll_into(&w, dir, &first), CC_OK);
	size_t left = cc_arena_bytes(w.s->arena) - arena;
	assert_int_equal(poll_into(&w, dir, &second), CC_OK);
	assert_true(cc_str_eq(cc_buf_str(&first), cc_buf_str(&second)));
	if (first.n < 200000 || first.n > 2000000) fail_msg("a poll of %zu bytes", first.n);
	assert_true(left < 200000); /* the writer's tables; a poll leaves nothing */
	/* Memory running out anywhere ends the poll in order. */
	int failures = 0;
	for (long n = 0; n < 3000; n += 1 + n / 20) {
		w.s->code = CC_OK;
		cc_buf_clear(&second);
		cc_alloc_fail_after(n);
		cc_code code = poll_into(&w, dir, &second);
		cc_alloc_fail_after(-1);
		assert_int_equal(code, CC_ENOMEM);
		failures++;
	}
	assert_true(failures > 100);
	cc_buf_deinit(&first);
	cc_buf_deinit(&second);
	(void)rmdir(dir);
	world_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(healthy_pod), cmocka_unit_test(waiting_pods), cmocka_unit_test(init_and_mesh),
			cmocka_unit_test(edited_deployment),
		cmocka_unit_test(refused_pods), cmocka_unit_test(services_and_endpoints),
		cmocka_unit_test(nodes_and_policies), cmocka_unit_test(cron_jobs), cmocka_unit_test(every_body),
		cmocka_unit_test(whole_poll),
	};
	return cmocka_run_group_tests_name("forge objects", tests, NULL, NULL);
}
