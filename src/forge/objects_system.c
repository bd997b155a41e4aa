/* objects_system.c - what the cluster itself runs: coredns, kube-proxy and kindnet, healthy since its birth. They are
 * not simulated; their objects are written by the same functions as the application's. */
#include <stdio.h>

#include "forge/objects.h"

#define KUBE_SYSTEM "kube-system"
#define DNS_IP "10.96.0.10"
enum { DNS, PROXY, NETWORK, WORKLOADS }; /* numbers in kube_system_parts */
enum { DNS_PODS = 2 };

static const kube_system_part *part(int which)
{
	int n;
	return &kube_system_parts(&n)[which];
}

static forge_template template_of(int which)
{
	const kube_system_part *p = part(which);
	forge_template t = { .image = p->image, .cpu_request_m = p->cpu_m, .mem_request_mi = p->mem_mi,
		.dns_policy = "ClusterFirst", .priority_class = "system-node-critical",
		.node_selector_key = "kubernetes.io/os", .node_selector_value = "linux" };
	if (which == DNS) {
		t.command = "/coredns -conf /etc/coredns/Corefile";
		t.mem_limit_mi = 170;
		t.probed = true;
		t.probe_path = "/ready";
		t.probe_port = 8181;
		t.dns_policy = "Default";
		t.priority_class = "system-cluster-critical";
	} else if (which == PROXY) {
		t.command = "/usr/local/bin/kube-proxy --config=/var/lib/kube-proxy/config.conf";
	} else {
		t.cpu_limit_m = p->cpu_m;
		t.mem_limit_mi = p->mem_mi;
	}
	return t;
}

static kube_workload workload_of(const obj *o, int which)
{
	int pods = which == DNS ? DNS_PODS : (int)o->s->kube.nodes.n;
	const char *name = part(which)->name;
	int64_t born = obj_birth(o->s), ready = born + 190 * FORGE_S;
	kube_workload w = { .kind = which == DNS ? WL_DEPLOYMENT : WL_DAEMONSET, .service = OBJ_SYSTEM,
		.name = name, .ns = KUBE_SYSTEM,
		.created = born + (26 + which) * FORGE_S, .generation = 1, .observed = 1, .tmpl = template_of(which),
		.replicas = pods, .revision = 1, .available = true,
		.progressing = true, .complete = true, .progress_reason = "NewReplicaSetAvailable",
		.available_changed = ready, .progress_changed = born + 28 * FORGE_S,
		.progress_updated = ready, .status_at = ready,
		.seen_total = pods, .seen_updated = pods, .seen_ready = pods };
	obj_uid(o, "workload", KUBE_SYSTEM, name, w.uid);
	return w;
}

static kube_rs set_of(const obj *o, const kube_workload *w)
{
	kube_rs r = { .workload = -1, .tmpl = w->tmpl, .desired = DNS_PODS, .revision = 1, .generation = 1,
		.created = w->created + FORGE_S,
		.status_at = w->status_at, .seen_ready = DNS_PODS, .seen_total = DNS_PODS,
		.refused_message = CC_STR_EMPTY };
	kube_template_hash(w->name, &w->tmpl, r.hash);
	(void)snprintf(r.name, sizeof r.name, "%s-%s", w->name, r.hash);
	obj_uid(o, "ReplicaSet", KUBE_SYSTEM, r.name, r.uid);
	return r;
}

/* All daemons have a pod a node; the name servers are together. */
static int node_of(const obj *o, int which, int i)
{
	if (which != DNS) return i;
	for (int n = 0; n < (int)o->s->kube.nodes.n; n++)
		if (kube_system_pods(o->s, part(DNS), n)) return n;
	return -1;
}

static kube_pod pod_of(const obj *o, int which, int i, const char *stem)
{
	int node = node_of(o, which, i);
	char tail[8] = "", number[16] = "";
	int64_t born = obj_birth(o->s) + (which == DNS ? 38 : node ? 72 : 33) * FORGE_S;
	kube_pod p = { .workload = -1, .rs = -1, .service = OBJ_SYSTEM, .node = node, .created = born,
		.scheduled = born + FORGE_S, .initialized = born + FORGE_S,
		.started = born + 8 * FORGE_S, .first_started = born + 8 * FORGE_S,
		.ready_changed = born + 12 * FORGE_S, .status_at = born + 12 * FORGE_S,
		.sandbox_at = born + 3 * FORGE_S, .up = true, .ready = true, .phase = "Running",
		.priority = which == DNS ? 2000000000 : 2000001000,
		.waiting_message = CC_STR_EMPTY, .last_message = CC_STR_EMPTY, .status_message = CC_STR_EMPTY };
	(void)snprintf(number, sizeof number, "%d", i);
	obj_letters(obj_hash(o, "pod", part(which)->name, number), 5, tail);
	(void)snprintf(p.name, sizeof p.name, "%s-%s", stem, tail);
	if (which != DNS) (void)snprintf(p.ip, sizeof p.ip, "%s", o->s->kube.nodes.p[node].ip);
	else if (node >= 0) (void)snprintf(p.ip, sizeof p.ip, "10.244.%u.%u", (unsigned)node & 255,
		(unsigned)(2 + i) & 255);
	if (which != DNS) p.pinned = node + 1;
	obj_uid(o, "Pod", KUBE_SYSTEM, p.name, p.uid);
	obj_digest(p.uid, "container", 0, p.container_id);
	return p;
}

static void dns_pod(obj *o, int at)
{
	kube_workload w = workload_of(o, DNS);
	kube_rs r = set_of(o, &w);
	kube_pod p = pod_of(o, DNS, at, r.name);
	obj_render_pod(o, &p, &w, &r);
}

static void daemon_pod(obj *o, int at)
{
	int which = at % WORKLOADS;
	kube_workload w = workload_of(o, which);
	kube_pod p = pod_of(o, which, at / WORKLOADS, w.name);
	obj_render_pod(o, &p, &w, NULL);
}

void obj_system_pods(obj *o, obj_items *v)
{
	if (o->s->kube.nodes.n == 0) return;
	for (int i = 0; i < DNS_PODS; i++) obj_add(o, v, KUBE_SYSTEM, "coredns", dns_pod, i);
	for (int i = 0; i < (int)o->s->kube.nodes.n; i++)
		for (int which = PROXY; which < WORKLOADS; which++)
			obj_add(o, v, KUBE_SYSTEM, part(which)->name, daemon_pod, i * WORKLOADS + which);
	obj_static_pods(o, v);
}

static void account(obj *o, int at)
{
	char uid[FORGE_UID];
	obj_uid(o, "ServiceAccount", KUBE_SYSTEM, part(at)->name, uid);
	obj_meta m = { .version = "v1", .kind = "ServiceAccount", .name = part(at)->name, .ns = KUBE_SYSTEM, .uid = uid,
		.created = obj_birth(o->s) + (25 + at) * FORGE_S };
	obj_begin(o, &m);
	obj_finish(o);
}

void obj_system_accounts(obj *o, obj_items *v)
{
	for (int i = 0; i < WORKLOADS; i++) obj_add(o, v, KUBE_SYSTEM, part(i)->name, account, i);
}

static void deployment(obj *o, int at)
{
	kube_workload w = workload_of(o, DNS);
	kube_rs r = set_of(o, &w);
	(void)at;
	obj_render_deployment(o, &w, &r);
}

static void replicaset(obj *o, int at)
{
	kube_workload w = workload_of(o, DNS);
	kube_rs r = set_of(o, &w);
	(void)at;
	obj_render_set(o, &r, &w);
}

static void daemonset(obj *o, int at)
{
	kube_workload w = workload_of(o, at);
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
	for (int i = PROXY; i < WORKLOADS; i++) obj_add(o, v, KUBE_SYSTEM, part(i)->name, daemonset, i);
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
	kube_workload w = workload_of(o, DNS);
	kube_rs r = set_of(o, &w);
	obj_list(o, "addresses");
	for (int i = 0; i < DNS_PODS; i++) {
		kube_pod p = pod_of(o, DNS, i, r.name);
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
