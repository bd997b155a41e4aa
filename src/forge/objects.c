/* objects.c - one poll of the API server, resource type by resource type, and the bodies of everything but workloads. */
#include <string.h>

#include "forge/objects.h"

void obj_text(cc_jw *w, const char *key, const char *text)
{
	cc_jw_key(w, key);
	cc_jw_strz(w, text ? text : "");
}

void obj_str(cc_jw *w, const char *key, cc_str text)
{
	cc_jw_key(w, key);
	cc_jw_str(w, text);
}

void obj_int(cc_jw *w, const char *key, int64_t v)
{
	cc_jw_key(w, key);
	cc_jw_int(w, v);
}

void obj_bool(cc_jw *w, const char *key, bool v)
{
	cc_jw_key(w, key);
	cc_jw_bool(w, v);
}

void obj_raw(cc_jw *w, const char *key, const char *json)
{
	cc_jw_key(w, key);
	cc_jw_raw(w, cc_str_from(json ? json : "null"));
}

void obj_time(cc_jw *w, const char *key, int64_t t)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw_key(w, key);
	if (t) out_time_s(&b, t);
	if (t) cc_jw_str(w, cc_buf_str(&b));
	else cc_jw_null(w);
	cc_buf_deinit(&b);
}

void obj_rv(cc_jw *w, uint64_t rv)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "%llu", (unsigned long long)rv);
	obj_str(w, "resourceVersion", cc_buf_str(&b));
	cc_buf_deinit(&b);
}

void obj_open(cc_jw *w, const char *key)
{
	cc_jw_key(w, key);
	cc_jw_object(w);
}

void obj_list(cc_jw *w, const char *key)
{
	cc_jw_key(w, key);
	cc_jw_array(w);
}

void obj_manager(cc_jw *w, const char *version, const char *fields, const char *manager, const char *subresource, int64_t t)
{
	cc_jw_object(w);
	obj_text(w, "apiVersion", version);
	obj_text(w, "fieldsType", "FieldsV1");
	obj_raw(w, "fieldsV1", fields);
	obj_text(w, "manager", manager);
	obj_text(w, "operation", "Update");
	if (subresource) obj_text(w, "subresource", subresource);
	obj_time(w, "time", t);
	cc_jw_end_object(w);
}

void obj_app_labels(cc_jw *w, int app, const char *hash, bool chart)
{
	const char *name = forge_apps[app].name;
	obj_open(w, "labels");
	obj_text(w, "app.kubernetes.io/component", name);
	obj_text(w, "app.kubernetes.io/instance", "otel-demo");
	if (chart) obj_text(w, "app.kubernetes.io/managed-by", "Helm");
	obj_text(w, "app.kubernetes.io/name", name);
	if (chart) {
		obj_text(w, "app.kubernetes.io/part-of", "opentelemetry-demo");
		obj_text(w, "app.kubernetes.io/version", FORGE_VERSION);
		obj_text(w, "helm.sh/chart", "opentelemetry-demo-0.38.6");
	}
	obj_text(w, "opentelemetry.io/name", name);
	if (hash) obj_text(w, "pod-template-hash", hash);
	cc_jw_end_object(w);
}

void obj_owner(cc_jw *w, const char *version, const char *kind, const char *name, const char *uid)
{
	obj_list(w, "ownerReferences");
	cc_jw_object(w);
	obj_text(w, "apiVersion", version);
	obj_bool(w, "blockOwnerDeletion", true);
	obj_bool(w, "controller", true);
	obj_text(w, "kind", kind);
	obj_text(w, "name", name);
	obj_text(w, "uid", uid);
	cc_jw_end_object(w);
	cc_jw_end_array(w);
}

static void begin(cc_jw *w, const char *version, const char *kind)
{
	cc_jw_object(w);
	obj_text(w, "apiVersion", version);
	obj_text(w, "kind", kind);
}

static void tail(cc_jw *w, const char *name, const char *ns, uint64_t rv, const char *uid)
{
	obj_text(w, "name", name);
	if (ns) obj_text(w, "namespace", ns);
	obj_rv(w, rv);
	obj_text(w, "uid", uid);
	cc_jw_end_object(w);
}

static void obj_service(forge_sim *s, cc_jw *w, int app)
{
	const forge_service *v = &s->kube.services[app];
	const forge_app *a = &forge_apps[app];
	begin(w, "v1", "Service");
	obj_open(w, "metadata");
	obj_time(w, "creationTimestamp", v->created);
	obj_app_labels(w, app, NULL, true);
	obj_list(w, "managedFields");
	obj_manager(w, "v1", "{\"f:metadata\":{\"f:labels\":{}},\"f:spec\":{\"f:internalTrafficPolicy\":{},\"f:ports\":{},\"f:selector\":{},\"f:sessionAffinity\":{},"
		"\"f:type\":{}}}", "helm", NULL, v->created);
	cc_jw_end_array(w);
	tail(w, a->name, FORGE_NS, v->rv, v->uid);
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "{\"clusterIP\":\"%s\",\"clusterIPs\":[\"%s\"],\"internalTrafficPolicy\":\"Cluster\",\"ipFamilies\":[\"IPv4\"],\"ipFamilyPolicy\":"
		"\"SingleStack\",\"ports\":[{\"name\":\"%s\",\"port\":%d,\"protocol\":\"TCP\",\"targetPort\":%d}],\"selector\":{\"opentelemetry.io/name\":\"%s\"},"
		"\"sessionAffinity\":\"None\",\"type\":\"ClusterIP\"}", v->ip, v->ip, a->port_name, a->port, a->port, a->name);
	obj_raw(w, "spec", b.p);
	cc_buf_deinit(&b);
	obj_raw(w, "status", "{\"loadBalancer\":{}}");
	cc_jw_end_object(w);
}

static void addresses(forge_sim *s, cc_jw *w, int app, bool ready)
{
	obj_list(w, ready ? "addresses" : "notReadyAddresses");
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const forge_pod *p = &s->kube.pods.p[i];
		if (p->app != app || p->deleted || p->ready != ready || !p->ip[0]) continue;
		cc_jw_object(w);
		obj_text(w, "ip", p->ip);
		obj_text(w, "nodeName", forge_nodes[p->node].name);
		obj_open(w, "targetRef");
		obj_text(w, "kind", "Pod");
		obj_text(w, "name", p->name);
		obj_text(w, "namespace", FORGE_NS);
		obj_text(w, "uid", p->uid);
		cc_jw_end_object(w);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
}

static void obj_endpoints(forge_sim *s, cc_jw *w, int app)
{
	const forge_service *v = &s->kube.services[app];
	int ready = kube_ready_count(s, app), waiting = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const forge_pod *p = &s->kube.pods.p[i];
		waiting += p->app == app && !p->deleted && !p->ready && p->ip[0];
	}
	begin(w, "v1", "Endpoints");
	obj_open(w, "metadata");
	obj_open(w, "annotations");
	obj_time(w, "endpoints.kubernetes.io/last-change-trigger-time", v->ep_changed);
	cc_jw_end_object(w);
	obj_time(w, "creationTimestamp", v->created);
	obj_app_labels(w, app, NULL, true);
	obj_list(w, "managedFields");
	obj_manager(w, "v1", "{\"f:metadata\":{\"f:annotations\":{},\"f:labels\":{}},\"f:subsets\":{}}", "kube-controller-manager", NULL, v->ep_changed);
	cc_jw_end_array(w);
	tail(w, forge_apps[app].name, FORGE_NS, v->ep_rv, v->ep_uid);
	if (ready + waiting) {
		cc_buf b = CC_BUF_INIT;
		obj_list(w, "subsets");
		cc_jw_object(w);
		if (ready) addresses(s, w, app, true);
		if (waiting) addresses(s, w, app, false);
		cc_buf_addf(&b, "[{\"name\":\"%s\",\"port\":%d,\"protocol\":\"TCP\"}]", forge_apps[app].port_name, forge_apps[app].port);
		obj_raw(w, "ports", b.p);
		cc_jw_end_object(w);
		cc_jw_end_array(w);
		cc_buf_deinit(&b);
	}
	cc_jw_end_object(w);
}

static void obj_configmap(forge_sim *s, cc_jw *w, int i)
{
	const forge_configmap *c = &s->kube.configmaps[i];
	cc_jw_object(w);
	obj_text(w, "apiVersion", "v1");
	obj_open(w, "data");
	obj_str(w, c->key, c->data);
	cc_jw_end_object(w);
	obj_text(w, "kind", "ConfigMap");
	obj_open(w, "metadata");
	obj_time(w, "creationTimestamp", c->created);
	obj_raw(w, "labels", "{\"app.kubernetes.io/instance\":\"otel-demo\",\"app.kubernetes.io/managed-by\":\"Helm\",\"app.kubernetes.io/part-of\":"
		"\"opentelemetry-demo\",\"app.kubernetes.io/version\":\"" FORGE_VERSION "\"}");
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "{\"f:data\":{\".\":{},\"f:%s\":{}},\"f:metadata\":{\"f:labels\":{}}}", c->key);
	obj_list(w, "managedFields");
	obj_manager(w, "v1", b.p, "helm", NULL, c->created);
	cc_buf_clear(&b);
	cc_buf_addf(&b, "{\"f:data\":{\"f:%s\":{}}}", c->key);
	if (c->changed_by) obj_manager(w, "v1", b.p, c->changed_by, NULL, c->changed_at);
	cc_jw_end_array(w);
	cc_buf_deinit(&b);
	tail(w, c->name, FORGE_NS, c->rv, c->uid);
	cc_jw_end_object(w);
}

static int64_t cluster_birth(const forge_sim *s)
{
	return s->start - (6 * 86400 + 1260) * FORGE_S;
}

static void obj_account(forge_sim *s, cc_jw *w, int i)
{
	begin(w, "v1", "ServiceAccount");
	obj_open(w, "metadata");
	obj_time(w, "creationTimestamp", i ? s->kube.configmaps[0].created : cluster_birth(s));
	tail(w, i ? FORGE_NS : "default", FORGE_NS, (uint64_t)(900 + i), s->kube.account_uid[i]);
	cc_jw_end_object(w);
}

static const char *const NAMESPACES[] = { "default", "kube-system", FORGE_NS, "prometheus" };

static void obj_namespace(forge_sim *s, cc_jw *w, int i)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "{\"kubernetes.io/metadata.name\":\"%s\"}", NAMESPACES[i]);
	begin(w, "v1", "Namespace");
	obj_open(w, "metadata");
	obj_time(w, "creationTimestamp", cluster_birth(s) + (i > 1 ? 900 * FORGE_S : 0));
	obj_raw(w, "labels", b.p);
	tail(w, NAMESPACES[i], NULL, (uint64_t)(12 + i * 31), s->kube.namespace_uid[i]);
	obj_raw(w, "spec", "{\"finalizers\":[\"kubernetes\"]}");
	obj_raw(w, "status", "{\"phase\":\"Active\"}");
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
}

static void node_condition(forge_sim *s, cc_jw *w, const char *type, const char *reason, const char *message, bool status)
{
	cc_jw_object(w);
	obj_time(w, "lastHeartbeatTime", s->now - s->now % (10 * FORGE_S) - 7 * FORGE_S);
	obj_time(w, "lastTransitionTime", cluster_birth(s) + 40 * FORGE_S);
	obj_text(w, "message", message);
	obj_text(w, "reason", reason);
	obj_text(w, "status", status ? "True" : "False");
	obj_text(w, "type", type);
	cc_jw_end_object(w);
}

static void node_status(forge_sim *s, cc_jw *w, int i)
{
	cc_buf b = CC_BUF_INIT;
	obj_open(w, "status");
	cc_buf_addf(&b, "[{\"address\":\"%s\",\"type\":\"InternalIP\"},{\"address\":\"%s\",\"type\":\"Hostname\"}]", forge_nodes[i].ip, forge_nodes[i].name);
	obj_raw(w, "addresses", b.p);
	obj_raw(w, "allocatable", "{\"cpu\":\"8\",\"ephemeral-storage\":\"93478772582\",\"memory\":\"32678012Ki\",\"pods\":\"110\"}");
	obj_raw(w, "capacity", "{\"cpu\":\"8\",\"ephemeral-storage\":\"101430960Ki\",\"memory\":\"32780412Ki\",\"pods\":\"110\"}");
	obj_list(w, "conditions");
	node_condition(s, w, "MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available", false);
	node_condition(s, w, "DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure", false);
	node_condition(s, w, "PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available", false);
	node_condition(s, w, "Ready", "KubeletReady", "kubelet is posting ready status", true);
	cc_jw_end_array(w);
	obj_raw(w, "daemonEndpoints", "{\"kubeletEndpoint\":{\"Port\":10250}}");
	obj_raw(w, "nodeInfo", "{\"architecture\":\"amd64\",\"containerRuntimeVersion\":\"containerd://1.7.24\",\"kernelVersion\":\"6.8.0-60-generic\","
		"\"kubeProxyVersion\":\"v1.32.2\",\"kubeletVersion\":\"v1.32.2\",\"operatingSystem\":\"linux\",\"osImage\":\"Debian GNU/Linux 12 (bookworm)\"}");
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
}

static void obj_node(forge_sim *s, cc_jw *w, int i)
{
	const forge_node *n = &forge_nodes[i];
	cc_buf b = CC_BUF_INIT;
	begin(w, "v1", "Node");
	obj_open(w, "metadata");
	obj_raw(w, "annotations", "{\"node.alpha.kubernetes.io/ttl\":\"0\",\"volumes.kubernetes.io/controller-managed-attach-detach\":\"true\"}");
	obj_time(w, "creationTimestamp", cluster_birth(s) + i * 9 * FORGE_S);
	cc_buf_addf(&b, "{\"kubernetes.io/arch\":\"amd64\",\"kubernetes.io/hostname\":\"%s\",\"kubernetes.io/os\":\"linux\",%s\"topology.kubernetes.io/zone\":\"%s\"}",
		n->name, n->control_plane ? "\"node-role.kubernetes.io/control-plane\":\"\"," : "", n->zone);
	obj_raw(w, "labels", b.p);
	cc_buf_clear(&b);
	tail(w, n->name, NULL, s->kube.rv, s->kube.node_uid[i]);
	cc_buf_addf(&b, "{\"podCIDR\":\"10.244.%d.0/24\",\"podCIDRs\":[\"10.244.%d.0/24\"]%s}", i, i,
		n->control_plane ? ",\"taints\":[{\"effect\":\"NoSchedule\",\"key\":\"node-role.kubernetes.io/control-plane\"}]" : "");
	obj_raw(w, "spec", b.p);
	node_status(s, w, i);
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
}

static void obj_quota(forge_sim *s, cc_jw *w, int i)
{
	(void)i;
	int pods = 0, cpu = 0, mem = 0;
	for (size_t k = 0; k < s->kube.pods.n; k++) {
		const forge_pod *p = &s->kube.pods.p[k];
		if (p->gone) continue;
		pods++;
		cpu += forge_apps[p->app].cpu_request_m;
		mem += s->kube.sets.p[p->rs].tmpl.mem_limit_mi;
	}
	cc_buf b = CC_BUF_INIT;
	begin(w, "v1", "ResourceQuota");
	obj_open(w, "metadata");
	obj_time(w, "creationTimestamp", s->kube.configmaps[0].created);
	tail(w, "otel-demo-quota", FORGE_NS, s->kube.rv, s->kube.quota_uid);
	obj_raw(w, "spec", "{\"hard\":{\"limits.memory\":\"16Gi\",\"pods\":\"60\",\"requests.cpu\":\"6\"}}");
	cc_buf_addf(&b, "{\"hard\":{\"limits.memory\":\"16Gi\",\"pods\":\"60\",\"requests.cpu\":\"6\"},\"used\":{\"limits.memory\":\"%dMi\",\"pods\":\"%d\","
		"\"requests.cpu\":\"%dm\"}}", mem, pods, cpu);
	obj_raw(w, "status", b.p);
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
}

static void obj_hpa(forge_sim *s, cc_jw *w, int i)
{
	(void)i;
	const forge_deploy *d = &s->kube.deploys[APP_FRONTEND];
	cc_buf b = CC_BUF_INIT;
	begin(w, "autoscaling/v2", "HorizontalPodAutoscaler");
	obj_open(w, "metadata");
	obj_time(w, "creationTimestamp", d->created);
	obj_app_labels(w, APP_FRONTEND, NULL, true);
	tail(w, "frontend", FORGE_NS, s->kube.rv, s->kube.hpa_uid);
	obj_raw(w, "spec", "{\"maxReplicas\":4,\"metrics\":[{\"resource\":{\"name\":\"cpu\",\"target\":{\"averageUtilization\":80,\"type\":\"Utilization\"}},"
		"\"type\":\"Resource\"}],\"minReplicas\":2,\"scaleTargetRef\":{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"name\":\"frontend\"}}");
	cc_buf_addf(&b, "{\"conditions\":[{\"message\":\"recommended size matches current size\",\"reason\":\"ReadyForNewScale\",\"status\":\"True\",\"type\":"
		"\"AbleToScale\"}],\"currentMetrics\":[{\"resource\":{\"current\":{\"averageUtilization\":%d},\"name\":\"cpu\"},\"type\":\"Resource\"}],"
		"\"currentReplicas\":%d,\"desiredReplicas\":%d}", s->kube.hpa_percent, kube_live_count(s, APP_FRONTEND), d->replicas);
	obj_raw(w, "status", b.p);
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
}

static void obj_pdb(forge_sim *s, cc_jw *w, int i)
{
	int app = i ? APP_PROXY : APP_FRONTEND, healthy = kube_ready_count(s, app), expected = s->kube.deploys[app].replicas;
	cc_buf b = CC_BUF_INIT;
	begin(w, "policy/v1", "PodDisruptionBudget");
	obj_open(w, "metadata");
	obj_time(w, "creationTimestamp", s->kube.deploys[app].created);
	obj_int(w, "generation", 1);
	obj_app_labels(w, app, NULL, true);
	tail(w, forge_apps[app].name, FORGE_NS, s->kube.rv, s->kube.pdb_uid[i]);
	cc_buf_addf(&b, "{\"maxUnavailable\":1,\"selector\":{\"matchLabels\":{\"opentelemetry.io/name\":\"%s\"}}}", forge_apps[app].name);
	obj_raw(w, "spec", b.p);
	cc_buf_clear(&b);
	cc_buf_addf(&b, "{\"currentHealthy\":%d,\"desiredHealthy\":%d,\"disruptionsAllowed\":%d,\"expectedPods\":%d,\"observedGeneration\":1}", healthy,
		expected - 1, healthy > expected - 1 ? 1 : 0, expected);
	obj_raw(w, "status", b.p);
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
}

static bool pod_exists(const forge_sim *s, int i)
{
	return !s->kube.pods.p[i].gone;
}

static bool has_port(const forge_sim *s, int app)
{
	(void)s;
	return forge_apps[app].port != 0;
}

typedef struct resource {
	const char *name;
	void (*body)(forge_sim *s, cc_jw *w, int i);
	bool (*exists)(const forge_sim *s, int i); /* NULL: all do */
	int count;                                /* -1 pods, -2 ReplicaSets */
	bool cluster;
} resource;

static const resource RESOURCES[] = {
	{ "pods", obj_pod, pod_exists, -1, false },
	{ "services", obj_service, has_port, APP_COUNT, false },
	{ "endpoints", obj_endpoints, has_port, APP_COUNT, false },
	{ "configmaps", obj_configmap, NULL, FORGE_CONFIGMAPS, false },
	{ "serviceaccounts", obj_account, NULL, 2, false },
	{ "namespaces", obj_namespace, NULL, 4, true },
	{ "nodes", obj_node, NULL, FORGE_NODES, true },
	{ "resourcequotas", obj_quota, NULL, 1, false },
	{ "deployments", obj_deployment, NULL, APP_COUNT, false },
	{ "replicasets", obj_replicaset, NULL, -2, false },
	{ "horizontalpodautoscalers", obj_hpa, NULL, 1, false },
	{ "poddisruptionbudgets", obj_pdb, NULL, 2, false },
};

static void row(forge_sim *s, int64_t t, const resource *r, int i, cc_buf *out)
{
	cc_buf body = CC_BUF_INIT, attrs = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &body, 0);
	r->body(s, &w, i);
	bool first = true;
	out_map(&attrs, &first, "k8s.resource.name", cc_str_from(r->name));
	out_map_end(&attrs, first);
	out_log_row line = { .t = t, .body = cc_buf_str(&body), .attrs = cc_buf_str(&attrs), .severity = "",
		.resource = r->cluster ? CC_STR("{}") : CC_STR("{'k8s.namespace.name': '" FORGE_NS "'}"), .scope = "otelcol/k8sobjectsreceiver",
		.scope_version = "0.140.0" };
	out_log_line(out, &line);
	if (!cc_buf_ok(&body) || !cc_buf_ok(&attrs)) forge_fail(s, CC_ENOMEM);
	cc_buf_deinit(&body);
	cc_buf_deinit(&attrs);
}

void kube_poll(forge_sim *s, int64_t now, cc_buf *out, uint64_t *rows)
{
	int64_t t = now;
	for (size_t k = 0; k < sizeof RESOURCES / sizeof RESOURCES[0]; k++) {
		const resource *r = &RESOURCES[k];
		int n = r->count == -1 ? (int)s->kube.pods.n : r->count == -2 ? (int)s->kube.sets.n : r->count;
		for (int i = 0; i < n && s->code == CC_OK; i++) {
			if (r->exists && !r->exists(s, i)) continue;
			row(s, t, r, i, out);
			t += cc_rng_between(&s->mem_rng, 15000, 60000);
			++*rows;
		}
		t += cc_rng_between(&s->mem_rng, 3 * FORGE_MS, 14 * FORGE_MS);
	}
}
