/* workloads.c - Deployments, ReplicaSets and pods as the API server would print them at this moment. */
#include <string.h>

#include "forge/objects.h"

static void env_ref(cc_jw *w)
{
	cc_jw_object(w);
	obj_text(w, "name", "OTEL_SERVICE_NAME");
	obj_raw(w, "valueFrom", "{\"fieldRef\":{\"apiVersion\":\"v1\",\"fieldPath\":\"metadata.labels['app.kubernetes.io/component']\"}}");
	cc_jw_end_object(w);
}

static void env_pair(cc_jw *w, const char *name, const char *value)
{
	cc_jw_object(w);
	obj_text(w, "name", name);
	obj_text(w, "value", value);
	cc_jw_end_object(w);
}

static void env(cc_jw *w, const forge_app *a)
{
	obj_list(w, "env");
	env_ref(w);
	env_pair(w, "OTEL_COLLECTOR_NAME", "otel-collector.opentelemetry-collectors");
	for (int i = 0; i + 1 < 10 && a->env[i]; i += 2) env_pair(w, a->env[i], a->env[i + 1]);
	if (a->traced) env_pair(w, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://$(OTEL_COLLECTOR_NAME):4317");
	env_pair(w, "OTEL_RESOURCE_ATTRIBUTES",
		"service.name=$(OTEL_SERVICE_NAME),service.namespace=opentelemetry-demo,service.version=" FORGE_VERSION);
	cc_jw_end_array(w);
}

static void resources(cc_jw *w, const forge_app *a, const forge_template *t)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "{\"limits\":{\"memory\":\"%dMi\"},\"requests\":{\"cpu\":\"%dm\",\"memory\":\"%dMi\"}}", t->mem_limit_mi, a->cpu_request_m,
		t->mem_limit_mi);
	obj_raw(w, "resources", b.p);
	cc_buf_deinit(&b);
}

static void container(cc_jw *w, const forge_app *a, const forge_template *t, bool pod)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw_object(w);
	env(w, a);
	obj_text(w, "image", t->image);
	obj_text(w, "imagePullPolicy", "IfNotPresent");
	obj_text(w, "name", a->name);
	if (a->port) {
		cc_buf_addf(&b, "[{\"containerPort\":%d,\"name\":\"service\",\"protocol\":\"TCP\"}]", a->port);
		obj_raw(w, "ports", b.p);
	}
	cc_buf_clear(&b);
	if (a->probed) {
		cc_buf_addf(&b, "{\"failureThreshold\":3,\"periodSeconds\":10,\"successThreshold\":1,\"tcpSocket\":{\"port\":%d},\"timeoutSeconds\":1}", a->port);
		obj_raw(w, "readinessProbe", b.p);
	}
	resources(w, a, t);
	obj_text(w, "terminationMessagePath", "/dev/termination-log");
	obj_text(w, "terminationMessagePolicy", "File");
	if (pod)
		obj_raw(w, "volumeMounts", "[{\"mountPath\":\"/var/run/secrets/kubernetes.io/serviceaccount\",\"name\":\"kube-api-access\",\"readOnly\":true}]");
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
}

static void init_containers(cc_jw *w, const forge_app *a)
{
	if (!a->wait_for) return;
	cc_buf b = CC_BUF_INIT;
	const forge_app *dep = &forge_apps[forge_app_find(cc_str_from(a->wait_for))];
	cc_buf_addf(&b, "[{\"command\":[\"sh\",\"-c\",\"until nc -z -v -w30 %s %d; do echo waiting for %s; sleep 2; done;\"],\"image\":\"busybox:latest\","
		"\"imagePullPolicy\":\"IfNotPresent\",\"name\":\"wait-for-%s\",\"resources\":{},\"terminationMessagePath\":\"/dev/termination-log\","
		"\"terminationMessagePolicy\":\"File\"}]", dep->name, dep->port, dep->name, dep->name);
	obj_raw(w, "initContainers", b.p);
	cc_buf_deinit(&b);
}

static void pod_spec(cc_jw *w, int app, const forge_template *t, const char *node)
{
	const forge_app *a = &forge_apps[app];
	obj_open(w, "spec");
	obj_list(w, "containers");
	container(w, a, t, node != NULL);
	cc_jw_end_array(w);
	obj_text(w, "dnsPolicy", "ClusterFirst");
	if (node) obj_bool(w, "enableServiceLinks", true);
	init_containers(w, a);
	if (node && node[0]) obj_text(w, "nodeName", node);
	if (node) obj_raw(w, "preemptionPolicy", "\"PreemptLowerPriority\",\"priority\":0");
	obj_text(w, "restartPolicy", "Always");
	obj_text(w, "schedulerName", "default-scheduler");
	obj_raw(w, "securityContext", "{}");
	obj_text(w, "serviceAccount", FORGE_NS);
	obj_text(w, "serviceAccountName", FORGE_NS);
	obj_int(w, "terminationGracePeriodSeconds", 30);
	if (node) {
		obj_raw(w, "tolerations", "[{\"effect\":\"NoExecute\",\"key\":\"node.kubernetes.io/not-ready\",\"operator\":\"Exists\",\"tolerationSeconds\":300},"
			"{\"effect\":\"NoExecute\",\"key\":\"node.kubernetes.io/unreachable\",\"operator\":\"Exists\",\"tolerationSeconds\":300}]");
		obj_raw(w, "volumes", "[{\"name\":\"kube-api-access\",\"projected\":{\"defaultMode\":420,\"sources\":[{\"serviceAccountToken\":"
			"{\"expirationSeconds\":3607,\"path\":\"token\"}},{\"configMap\":{\"items\":[{\"key\":\"ca.crt\",\"path\":\"ca.crt\"}],\"name\":\"kube-root-ca.crt\"}}]}}]");
	}
	cc_jw_end_object(w);
}

static void pod_template(cc_jw *w, int app, const forge_template *t, const char *hash)
{
	obj_open(w, "template");
	obj_open(w, "metadata");
	cc_jw_key(w, "creationTimestamp");
	cc_jw_null(w);
	obj_app_labels(w, app, hash, false);
	cc_jw_end_object(w);
	pod_spec(w, app, t, NULL);
	cc_jw_end_object(w);
}

static void condition(cc_jw *w, const char *type, bool status, int64_t since, const char *message, const char *reason)
{
	cc_jw_object(w);
	cc_jw_key(w, "lastProbeTime");
	cc_jw_null(w);
	obj_time(w, "lastTransitionTime", since);
	if (message) {
		obj_text(w, "message", message);
		obj_text(w, "reason", reason);
	}
	obj_text(w, "status", status ? "True" : "False");
	obj_text(w, "type", type);
	cc_jw_end_object(w);
}

static void pod_conditions(cc_jw *w, const forge_pod *p)
{
	cc_buf unready = CC_BUF_INIT;
	cc_buf_addf(&unready, "containers with unready status: [%s]", forge_apps[p->app].name);
	const char *why = p->ready ? NULL : unready.p, *reason = "ContainersNotReady";
	obj_list(w, "conditions");
	if (p->node >= 0) {
		condition(w, "PodReadyToStartContainers", p->ip[0] != 0, p->ip[0] ? p->scheduled + FORGE_S : p->scheduled, NULL, NULL);
		condition(w, "Initialized", p->initialized != 0, p->initialized ? p->initialized : p->scheduled, NULL, NULL);
		condition(w, "Ready", p->ready, p->ready_changed, why, reason);
		condition(w, "ContainersReady", p->ready, p->ready_changed, why, reason);
	}
	condition(w, "PodScheduled", p->node >= 0, p->node >= 0 ? p->scheduled : p->created, NULL, NULL);
	cc_jw_end_array(w);
	cc_buf_deinit(&unready);
}

static void container_status(cc_jw *w, const forge_pod *p, const char *image)
{
	cc_buf b = CC_BUF_INIT;
	char digest[65];
	obj_list(w, "containerStatuses");
	cc_jw_object(w);
	if (p->started) {
		cc_buf_addf(&b, "containerd://%s", p->container_id);
		obj_str(w, "containerID", cc_buf_str(&b));
		cc_buf_clear(&b);
	}
	obj_text(w, "image", image);
	if (p->started) {
		cc_sha256_of(cc_str_from(image), digest);
		size_t colon = cc_str_rfind_char(cc_str_from(image), ':');
		cc_buf_addf(&b, "%.*s@sha256:%s", colon == CC_STR_NONE ? 0 : (int)colon, image, digest);
	}
	obj_str(w, "imageID", cc_buf_str(&b));
	obj_raw(w, "lastState", "{}");
	obj_text(w, "name", forge_apps[p->app].name);
	obj_bool(w, "ready", p->ready);
	obj_int(w, "restartCount", p->restarts);
	obj_bool(w, "started", p->started != 0);
	obj_open(w, "state");
	if (p->started) {
		obj_open(w, "running");
		obj_time(w, "startedAt", p->started);
	} else {
		obj_open(w, "waiting");
		const char *message = kubelet_waiting_message(p, image, &b);
		if (message) obj_text(w, "message", message);
		obj_text(w, "reason", p->waiting ? p->waiting : "ContainerCreating");
	}
	cc_jw_end_object(w);
	cc_jw_end_object(w);
	cc_jw_end_object(w);
	cc_jw_end_array(w);
	cc_buf_deinit(&b);
}

static void pod_status(forge_sim *s, cc_jw *w, const forge_pod *p)
{
	cc_buf b = CC_BUF_INIT;
	obj_open(w, "status");
	pod_conditions(w, p);
	if (p->node >= 0) {
		container_status(w, p, s->kube.sets.p[p->rs].tmpl.image);
		obj_text(w, "hostIP", forge_nodes[p->node].ip);
	}
	obj_text(w, "phase", p->started ? "Running" : "Pending");
	if (p->ip[0]) {
		obj_text(w, "podIP", p->ip);
		cc_buf_addf(&b, "[{\"ip\":\"%s\"}]", p->ip);
		obj_raw(w, "podIPs", b.p);
	}
	obj_text(w, "qosClass", "Burstable");
	if (p->node >= 0) obj_time(w, "startTime", p->scheduled);
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
}

static void pod_managers(cc_jw *w, const forge_pod *p)
{
	cc_buf b = CC_BUF_INIT;
	obj_list(w, "managedFields");
	cc_buf_addf(&b, "{\"f:metadata\":{\"f:generateName\":{},\"f:labels\":{\".\":{},\"f:app.kubernetes.io/component\":{},\"f:opentelemetry.io/name\":{},"
		"\"f:pod-template-hash\":{}},\"f:ownerReferences\":{\".\":{}}},\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"%s\\\"}\":{\".\":{},\"f:env\":{},"
		"\"f:image\":{},\"f:imagePullPolicy\":{},\"f:name\":{},\"f:resources\":{}}},\"f:dnsPolicy\":{},\"f:restartPolicy\":{}}}",
		forge_apps[p->app].name);
	obj_manager(w, "v1", b.p, "kube-controller-manager", NULL, p->created);
	obj_manager(w, "v1", "{\"f:status\":{\"f:conditions\":{\"k:{\\\"type\\\":\\\"ContainersReady\\\"}\":{},\"k:{\\\"type\\\":\\\"Initialized\\\"}\":{},"
		"\"k:{\\\"type\\\":\\\"Ready\\\"}\":{}},\"f:containerStatuses\":{},\"f:hostIP\":{},\"f:phase\":{},\"f:podIP\":{},\"f:startTime\":{}}}",
		"kubelet", "status", p->status_at);
	cc_jw_end_array(w);
	cc_buf_deinit(&b);
}

void obj_pod(forge_sim *s, cc_jw *w, int pod)
{
	const forge_pod *p = &s->kube.pods.p[pod];
	const forge_rs *r = &s->kube.sets.p[p->rs];
	cc_buf b = CC_BUF_INIT;
	cc_jw_object(w);
	obj_text(w, "apiVersion", "v1");
	obj_text(w, "kind", "Pod");
	obj_open(w, "metadata");
	obj_time(w, "creationTimestamp", p->created);
	if (p->deleted) {
		obj_int(w, "deletionGracePeriodSeconds", 30);
		obj_time(w, "deletionTimestamp", p->deleted + 30 * FORGE_S);
	}
	cc_buf_addf(&b, "%s-", r->name);
	obj_text(w, "generateName", b.p);
	obj_app_labels(w, p->app, r->hash, false);
	pod_managers(w, p);
	obj_text(w, "name", p->name);
	obj_text(w, "namespace", FORGE_NS);
	obj_owner(w, "apps/v1", "ReplicaSet", r->name, r->uid);
	obj_rv(w, p->rv);
	obj_text(w, "uid", p->uid);
	cc_jw_end_object(w);
	pod_spec(w, p->app, &r->tmpl, p->node >= 0 ? forge_nodes[p->node].name : "");
	pod_status(s, w, p);
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
}

static void deploy_condition(cc_jw *w, const char *type, bool status, int64_t since, int64_t updated, const char *message, const char *reason)
{
	cc_jw_object(w);
	obj_time(w, "lastTransitionTime", since);
	obj_time(w, "lastUpdateTime", updated);
	obj_text(w, "message", message);
	obj_text(w, "reason", reason);
	obj_text(w, "status", status ? "True" : "False");
	obj_text(w, "type", type);
	cc_jw_end_object(w);
}

static void deploy_conditions(cc_jw *w, const forge_deploy *d)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "ReplicaSet \"%s\" %s", d->progress_rs, d->complete ? "has successfully progressed." : d->progressing ? "is progressing."
		: "has timed out progressing.");
	obj_list(w, "conditions");
	deploy_condition(w, "Available", d->available, d->available_changed, d->available_changed,
		d->available ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
		d->available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable");
	deploy_condition(w, "Progressing", d->progressing, d->progress_changed, d->progress_updated, b.p, d->progress_reason);
	cc_jw_end_array(w);
	cc_buf_deinit(&b);
}

static void deploy_status(const forge_sim *s, cc_jw *w, int app)
{
	const forge_deploy *d = &s->kube.deploys[app];
	int ready = kube_ready_count(s, app), total = 0, updated = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const forge_pod *p = &s->kube.pods.p[i];
		if (p->app != app || p->deleted) continue;
		total++;
		updated += strcmp(s->kube.sets.p[p->rs].name, d->progress_rs) == 0;
	}
	obj_open(w, "status");
	if (ready) obj_int(w, "availableReplicas", ready);
	deploy_conditions(w, d);
	obj_int(w, "observedGeneration", d->observed);
	if (ready) obj_int(w, "readyReplicas", ready);
	if (total) obj_int(w, "replicas", total);
	if (total > ready) obj_int(w, "unavailableReplicas", total - ready);
	if (updated) obj_int(w, "updatedReplicas", updated);
	cc_jw_end_object(w);
}

static void deploy_managers(cc_jw *w, int app, const forge_deploy *d)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:app.kubernetes.io/component\":{},\"f:app.kubernetes.io/managed-by\":{},"
		"\"f:opentelemetry.io/name\":{}}},\"f:spec\":{\"f:progressDeadlineSeconds\":{},\"f:replicas\":{},\"f:revisionHistoryLimit\":{},\"f:selector\":{},"
		"\"f:strategy\":{\"f:type\":{}},\"f:template\":{\"f:metadata\":{\"f:labels\":{}},\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"%s\\\"}\":"
		"{\".\":{},\"f:env\":{},\"f:image\":{},\"f:imagePullPolicy\":{},\"f:name\":{},\"f:ports\":{},\"f:resources\":{}}},\"f:dnsPolicy\":{},"
		"\"f:restartPolicy\":{}}}}}", forge_apps[app].name);
	obj_list(w, "managedFields");
	obj_manager(w, "apps/v1", b.p, "helm", NULL, d->created);
	if (d->changed_by) obj_manager(w, "apps/v1", d->changed_fields, d->changed_by, NULL, d->changed_at);
	obj_manager(w, "apps/v1", "{\"f:metadata\":{\"f:annotations\":{\".\":{},\"f:deployment.kubernetes.io/revision\":{}}},\"f:status\":{"
		"\"f:availableReplicas\":{},\"f:conditions\":{\".\":{},\"k:{\\\"type\\\":\\\"Available\\\"}\":{},\"k:{\\\"type\\\":\\\"Progressing\\\"}\":{}},"
		"\"f:observedGeneration\":{},\"f:readyReplicas\":{},\"f:replicas\":{},\"f:updatedReplicas\":{}}}",
		"kube-controller-manager", "status", d->status_at);
	cc_jw_end_array(w);
	cc_buf_deinit(&b);
}

static void selector(cc_jw *w, int app, const char *hash)
{
	obj_open(w, "selector");
	obj_open(w, "matchLabels");
	obj_text(w, "opentelemetry.io/name", forge_apps[app].name);
	if (hash) obj_text(w, "pod-template-hash", hash);
	cc_jw_end_object(w);
	cc_jw_end_object(w);
}

void obj_deployment(forge_sim *s, cc_jw *w, int app)
{
	const forge_deploy *d = &s->kube.deploys[app];
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "{\"deployment.kubernetes.io/revision\":\"%d\",\"meta.helm.sh/release-name\":\"otel-demo\",\"meta.helm.sh/release-namespace\":\"" FORGE_NS
		"\"}", d->revision);
	cc_jw_object(w);
	obj_text(w, "apiVersion", "apps/v1");
	obj_text(w, "kind", "Deployment");
	obj_open(w, "metadata");
	obj_raw(w, "annotations", b.p);
	obj_time(w, "creationTimestamp", d->created);
	obj_int(w, "generation", d->generation);
	obj_app_labels(w, app, NULL, true);
	deploy_managers(w, app, d);
	obj_text(w, "name", forge_apps[app].name);
	obj_text(w, "namespace", FORGE_NS);
	obj_rv(w, d->rv);
	obj_text(w, "uid", d->uid);
	cc_jw_end_object(w);
	obj_open(w, "spec");
	obj_int(w, "progressDeadlineSeconds", 600);
	obj_int(w, "replicas", d->replicas);
	obj_int(w, "revisionHistoryLimit", 10);
	selector(w, app, NULL);
	obj_raw(w, "strategy", d->recreate ? "{\"type\":\"Recreate\"}"
		: "{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"RollingUpdate\"}");
	pod_template(w, app, &d->tmpl, NULL);
	cc_jw_end_object(w);
	deploy_status(s, w, app);
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
}

static void rs_status(const forge_sim *s, cc_jw *w, int rs)
{
	int total = 0, ready = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const forge_pod *p = &s->kube.pods.p[i];
		if (p->rs != rs || p->deleted) continue;
		total++;
		ready += p->ready;
	}
	obj_open(w, "status");
	if (ready) obj_int(w, "availableReplicas", ready);
	if (total) obj_int(w, "fullyLabeledReplicas", total);
	obj_int(w, "observedGeneration", s->kube.sets.p[rs].generation);
	if (ready) obj_int(w, "readyReplicas", ready);
	obj_int(w, "replicas", total);
	cc_jw_end_object(w);
}

void obj_replicaset(forge_sim *s, cc_jw *w, int rs)
{
	const forge_rs *r = &s->kube.sets.p[rs];
	const forge_deploy *d = &s->kube.deploys[r->app];
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "{\"deployment.kubernetes.io/desired-replicas\":\"%d\",\"deployment.kubernetes.io/max-replicas\":\"%d\","
		"\"deployment.kubernetes.io/revision\":\"%d\"}", d->replicas, d->replicas + (d->recreate ? 0 : (d->replicas + 3) / 4), r->revision);
	cc_jw_object(w);
	obj_text(w, "apiVersion", "apps/v1");
	obj_text(w, "kind", "ReplicaSet");
	obj_open(w, "metadata");
	obj_raw(w, "annotations", b.p);
	obj_time(w, "creationTimestamp", r->created);
	obj_int(w, "generation", r->generation);
	obj_app_labels(w, r->app, r->hash, false);
	obj_list(w, "managedFields");
	obj_manager(w, "apps/v1", "{\"f:metadata\":{\"f:annotations\":{},\"f:labels\":{},\"f:ownerReferences\":{}},\"f:spec\":{\"f:replicas\":{},\"f:selector\":{},"
		"\"f:template\":{}}}", "kube-controller-manager", NULL, r->created);
	obj_manager(w, "apps/v1", "{\"f:status\":{\"f:availableReplicas\":{},\"f:fullyLabeledReplicas\":{},\"f:observedGeneration\":{},\"f:readyReplicas\":{},"
		"\"f:replicas\":{}}}", "kube-controller-manager", "status", r->status_at);
	cc_jw_end_array(w);
	obj_text(w, "name", r->name);
	obj_text(w, "namespace", FORGE_NS);
	obj_owner(w, "apps/v1", "Deployment", forge_apps[r->app].name, d->uid);
	obj_rv(w, r->rv);
	obj_text(w, "uid", r->uid);
	cc_jw_end_object(w);
	obj_open(w, "spec");
	obj_int(w, "replicas", r->desired);
	selector(w, r->app, r->hash);
	pod_template(w, r->app, &r->tmpl, r->hash);
	cc_jw_end_object(w);
	rs_status(s, w, rs);
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
}
