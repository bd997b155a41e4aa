/* objects_system.c - what the cluster itself runs: coredns and kube-proxy, healthy since its birth. They are not
 * simulated; their objects are written by the same functions as the application's. */
#include <stdio.h>

#include "forge/objects.h"

#define KUBE_SYSTEM "kube-system"
#define DNS_IP "10.96.0.10"
enum { DNS_PODS = 2 };

static const char *const NAMES[] = { "coredns", "kube-proxy" };
static const char *const TEMPLATE_COMMAND[] = { "/coredns -conf /etc/coredns/Corefile",
	"/usr/local/bin/kube-proxy --config=/var/lib/kube-proxy/config.conf" };

static forge_template template_of(int which)
{
	if (which == 0)
		return (forge_template){ .image = "registry.k8s.io/coredns/coredns:v1.11.3",
			.command = TEMPLATE_COMMAND[0], .cpu_request_m = 100, .mem_request_mi = 70,
			.mem_limit_mi = 170, .probed = true, .probe_path = "/ready", .probe_port = 8181,
			.dns_policy = "Default", .priority_class = "system-cluster-critical",
			.node_selector_key = "kubernetes.io/os", .node_selector_value = "linux" };
	return (forge_template){ .image = "registry.k8s.io/kube-proxy:v1.32.2", .command = TEMPLATE_COMMAND[1],
		.dns_policy = "ClusterFirst",
		.priority_class = "system-node-critical", .node_selector_key = "kubernetes.io/os",
		.node_selector_value = "linux" };
}

static kube_workload workload_of(const obj *o, int which)
{
	int pods = which == 0 ? DNS_PODS : (int)o->s->kube.nodes.n;
	int64_t born = obj_birth(o->s), ready = born + 190 * FORGE_S;
	kube_workload w = { .kind = which == 0 ? WL_DEPLOYMENT : WL_DAEMONSET, .service = OBJ_SYSTEM,
		.name = NAMES[which], .ns = KUBE_SYSTEM,
		.created = born + (26 + which) * FORGE_S, .generation = 1, .observed = 1, .tmpl = template_of(which),
		.replicas = pods, .revision = 1, .available = true,
		.progressing = true, .complete = true, .progress_reason = "NewReplicaSetAvailable",
		.available_changed = ready, .progress_changed = born + 28 * FORGE_S,
		.progress_updated = ready, .status_at = ready, .rv = obj_old_rv(o, "workload", NAMES[which]),
		.seen_total = pods, .seen_updated = pods, .seen_ready = pods };
	obj_uid(o, "workload", KUBE_SYSTEM, NAMES[which], w.uid);
	return w;
}

static kube_rs set_of(const obj *o, const kube_workload *w)
{
	kube_rs r = { .workload = -1, .tmpl = w->tmpl, .desired = DNS_PODS, .revision = 1, .generation = 1,
		.created = w->created + FORGE_S,
		.status_at = w->status_at, .rv = w->rv + 1, .seen_ready = DNS_PODS, .seen_total = DNS_PODS,
		.refused_message = CC_STR_EMPTY };
	kube_template_hash(w->name, &w->tmpl, r.hash);
	(void)snprintf(r.name, sizeof r.name, "%s-%s", w->name, r.hash);
	obj_uid(o, "ReplicaSet", KUBE_SYSTEM, r.name, r.uid);
	return r;
}

static int node_of(const obj *o, int which, int i)
{
	int n = (int)o->s->kube.nodes.n;
	return which == 1 ? i : n ? (1 + i) % n : -1;
}

static kube_pod pod_of(const obj *o, int which, int i, const char *stem)
{
	int node = node_of(o, which, i);
	char tail[8] = "", number[16] = "";
	int64_t born = obj_birth(o->s) + (which == 0 ? 100 : 45) * FORGE_S;
	kube_pod p = { .workload = -1, .rs = -1, .service = OBJ_SYSTEM, .node = node, .created = born,
		.scheduled = born + FORGE_S, .initialized = born + FORGE_S,
		.started = born + 8 * FORGE_S, .first_started = born + 8 * FORGE_S,
		.ready_changed = born + 12 * FORGE_S, .status_at = born + 12 * FORGE_S,
		.sandbox_at = born + 3 * FORGE_S, .up = true, .ready = true, .phase = "Running",
		.priority = which == 0 ? 2000000000 : 2000001000,
		.waiting_message = CC_STR_EMPTY, .last_message = CC_STR_EMPTY, .status_message = CC_STR_EMPTY,
		.rv = obj_old_rv(o, "pod", NAMES[which]) + (uint64_t)i };
	(void)snprintf(number, sizeof number, "%d", i);
	obj_letters(obj_hash(o, "pod", NAMES[which], number), 5, tail);
	(void)snprintf(p.name, sizeof p.name, "%s-%s", stem, tail);
	if (which == 1) (void)snprintf(p.ip, sizeof p.ip, "%s", o->s->kube.nodes.p[node].ip);
	else if (node >= 0) (void)snprintf(p.ip, sizeof p.ip, "10.244.%u.%u", (unsigned)node & 255,
		(unsigned)(252 + i) & 255);
	if (which == 1) p.pinned = node + 1;
	obj_uid(o, "Pod", KUBE_SYSTEM, p.name, p.uid);
	obj_digest(p.uid, "container", 0, p.container_id);
	return p;
}

static void dns_pod(obj *o, int at)
{
	kube_workload w = workload_of(o, 0);
	kube_rs r = set_of(o, &w);
	kube_pod p = pod_of(o, 0, at, r.name);
	obj_render_pod(o, &p, &w, &r);
}

static void proxy_pod(obj *o, int at)
{
	kube_workload w = workload_of(o, 1);
	kube_pod p = pod_of(o, 1, at, w.name);
	obj_render_pod(o, &p, &w, NULL);
}

void obj_system_pods(obj *o, obj_items *v)
{
	if (o->s->kube.nodes.n == 0) return;
	for (int i = 0; i < DNS_PODS; i++) obj_add(o, v, KUBE_SYSTEM, "coredns", dns_pod, i);
	for (int i = 0; i < (int)o->s->kube.nodes.n; i++) obj_add(o, v, KUBE_SYSTEM, "kube-proxy", proxy_pod, i);
}

static void deployment(obj *o, int at)
{
	kube_workload w = workload_of(o, 0);
	kube_rs r = set_of(o, &w);
	(void)at;
	obj_render_deployment(o, &w, &r);
}

static void replicaset(obj *o, int at)
{
	kube_workload w = workload_of(o, 0);
	kube_rs r = set_of(o, &w);
	(void)at;
	obj_render_set(o, &r, &w);
}

static void daemonset(obj *o, int at)
{
	kube_workload w = workload_of(o, 1);
	(void)at;
	obj_render_daemonset(o, &w);
}

void obj_system_deployments(obj *o, obj_items *v)
{
	obj_add(o, v, KUBE_SYSTEM, "coredns", deployment, 0);
}

void obj_system_replicasets(obj *o, obj_items *v)
{
	obj_add(o, v, KUBE_SYSTEM, "coredns", replicaset, 0);
}

void obj_system_daemonsets(obj *o, obj_items *v)
{
	obj_add(o, v, KUBE_SYSTEM, "kube-proxy", daemonset, 0);
}

/* ---- the two services ---- */

static const obj_fixed SERVICES[] = {
	{ "v1", "Service", "default", "kubernetes", NULL, "\"spec\":{\"clusterIP\":\"10.96.0.1\","
		"\"clusterIPs\":[\"10.96.0.1\"],\"internalTrafficPolicy\":\"Cluster\","
		"\"ipFamilies\":[\"IPv4\"],\"ipFamilyPolicy\":\"SingleStack\",\"ports\":[{\"name\":\"https\","
		"\"port\":443,\"protocol\":\"TCP\",\"targetPort\":6443}],"
		"\"sessionAffinity\":\"None\",\"type\":\"ClusterIP\"},\"status\":{\"loadBalancer\":{}}",
		"kube-apiserver", "metadata.labels spec", "component", "apiserver",
		NULL, NULL, 2 },
	{ "v1", "Service", KUBE_SYSTEM, "kube-dns", NULL, "\"spec\":{\"clusterIP\":\"" DNS_IP "\",\"clusterIPs\":[\""
	DNS_IP "\"],\"internalTrafficPolicy\":\"Cluster\","
		"\"ipFamilies\":[\"IPv4\"],\"ipFamilyPolicy\":\"SingleStack\",\"ports\":[{\"name\":\"dns\",\"port\":53,"
		"\"protocol\":\"UDP\",\"targetPort\":53},{\"name\":"
		"\"dns-tcp\",\"port\":53,\"protocol\":\"TCP\",\"targetPort\":53},{\"name\":\"metrics\",\"port\":9153,"
		"\"protocol\":\"TCP\",\"targetPort\":9153}],\"selector\":"
		"{\"k8s-app\":\"kube-dns\"},\"sessionAffinity\":\"None\",\"type\":\"ClusterIP\"},"
		"\"status\":{\"loadBalancer\":{}}", "kubeadm",
		"metadata.annotations metadata.labels spec", "k8s-app", "kube-dns", "prometheus.io/port", "9153", 26 },
};

static void service(obj *o, int at)
{
	obj_render_fixed(o, &SERVICES[at]);
}

void obj_system_services(obj *o, obj_items *v)
{
	for (int i = 0; i < 2; i++) obj_add(o, v, SERVICES[i].ns, SERVICES[i].name, service, i);
}

static void dns_addresses(obj *o)
{
	kube_workload w = workload_of(o, 0);
	kube_rs r = set_of(o, &w);
	obj_list(o, "addresses");
	for (int i = 0; i < DNS_PODS; i++) {
		kube_pod p = pod_of(o, 0, i, r.name);
		obj_rawf(o, NULL, "{\"ip\":\"%s\",\"nodeName\":\"%s\",\"targetRef\":{\"kind\":\"Pod\",\"name\":\"%s\","
			"\"namespace\":\"" KUBE_SYSTEM "\",\"uid\":\"%s\"}}", p.ip,
			p.node >= 0 ? o->s->kube.nodes.p[p.node].name : "", p.name, p.uid);
	}
	obj_end_list(o);
}

static void endpoints(obj *o, int at)
{
	const obj_fixed *f = &SERVICES[at];
	char uid[FORGE_UID];
	obj_pairs l = { .n = 0 };
	obj_uid(o, "Endpoints", f->ns, f->name, uid);
	if (at == 0) obj_pair(&l, "endpointslice.kubernetes.io/skip-mirror", "true");
	else obj_pair(&l, "k8s-app", "kube-dns");
	obj_meta m = { .version = "v1", .kind = "Endpoints", .name = f->name, .ns = f->ns, .uid = uid,
		.rv = obj_old_rv(o, "Endpoints", f->name),
		.created = obj_birth(o->s) + f->late_s * FORGE_S, .labels = &l };
	obj_begin(o, &m);
	obj_list(o, "subsets");
	obj_open(o, NULL);
	if (at == 0)
		obj_rawf(o, "addresses", "[{\"ip\":\"%s\"}]", o->s->kube.nodes.n ? o->s->kube.nodes.p[0].ip
			: "172.19.0.2");
	else dns_addresses(o);
	obj_raw(o, "ports", at == 0 ? "[{\"name\":\"https\",\"port\":6443,\"protocol\":\"TCP\"}]"
		: "[{\"name\":\"dns-tcp\",\"port\":53,\"protocol\":\"TCP\"},{\"name\":\"metrics\",\"port\":9153,"
		"\"protocol\":\"TCP\"},{\"name\":\"dns\",\"port\":53,\"protocol\":\"UDP\"}]");
	obj_close(o);
	obj_end_list(o);
	obj_owned(o, at == 0 ? "kube-apiserver" : "kube-controller-manager", NULL, m.created, "metadata.labels subsets",
		NULL);
	obj_finish(o);
}

void obj_system_endpoints(obj *o, obj_items *v)
{
	if (o->s->kube.nodes.n == 0) return;
	for (int i = 0; i < 2; i++) obj_add(o, v, SERVICES[i].ns, SERVICES[i].name, endpoints, i);
}
