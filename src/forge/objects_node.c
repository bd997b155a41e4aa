/* objects_node.c - nodes as their kubelets last reported them. */
#include <stdlib.h>
#include <string.h>

#include "forge/objects.h"

enum { IMAGES = 50 };
#define REPORT (300 * FORGE_S)   /* status is written that often while nothing changes */

typedef struct image { const char *name; uint64_t bytes; } image;

static int64_t heartbeat(const obj *o, const kube_node *n)
{
	int64_t at = n->heartbeat ? n->heartbeat : o->now - o->now % REPORT;
	return n->memory_pressure && n->pressure_since > at ? n->pressure_since : at;
}

static void condition(obj *o, const kube_node *n, const char *type, bool status, const char *reason,
	const char *message)
{
	bool memory = strcmp(type, "MemoryPressure") == 0;
	int64_t born = n->created ? n->created : obj_birth(o->s);
	if (strcmp(type, "Ready") == 0) born += 22 * FORGE_S;
	obj_open(o, NULL);
	obj_time(o, "lastHeartbeatTime", heartbeat(o, n));
	obj_time(o, "lastTransitionTime", memory && n->pressure_since ? n->pressure_since : born);
	obj_text(o, "message", message);
	obj_text(o, "reason", reason);
	obj_text(o, "status", status ? "True" : "False");
	obj_text(o, "type", type);
	obj_close(o);
}

static void conditions(obj *o, const kube_node *n)
{
	bool low = n->memory_pressure;
	obj_list(o, "conditions");
	condition(o, n, "MemoryPressure", low, low ? "KubeletHasInsufficientMemory" : "KubeletHasSufficientMemory",
		low ? "kubelet has insufficient memory available" : "kubelet has sufficient memory available");
	condition(o, n, "DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure");
	condition(o, n, "PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available");
	condition(o, n, "Ready", true, "KubeletReady", "kubelet is posting ready status");
	obj_end_list(o);
}

static void quantity(obj *o, const char *key, const kube_node *n, bool allocatable)
{
	int64_t disk_ki = 101430960, mem_ki = (int64_t)(n->mem_mi - (allocatable ? KUBE_EVICTION_MI : 0)) * 1024;
	obj_open(o, key);
	if (n->cpu_m % 1000) obj_textf(o, "cpu", "%dm", n->cpu_m);
	else obj_textf(o, "cpu", "%d", n->cpu_m / 1000);
	if (allocatable) obj_textf(o, "ephemeral-storage", "%lld", (long long)(disk_ki * 1024 / 10 * 9));
	else obj_textf(o, "ephemeral-storage", "%lldKi", (long long)disk_ki);
	obj_text(o, "hugepages-2Mi", "0");
	obj_textf(o, "memory", "%lldKi", (long long)mem_ki);
	obj_text(o, "pods", "110");
	obj_close(o);
}

/* ---- images ---- */

static int larger(const void *a, const void *b)
{
	const image *x = a, *y = b;
	if (x->bytes != y->bytes) return x->bytes > y->bytes ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void image_add(image list[IMAGES], int *n, const char *name)
{
	for (int i = 0; i < *n; i++)
		if (strcmp(list[i].name, name) == 0) return;
	if (*n < IMAGES) list[(*n)++] = (image){ name, kubelet_image_bytes(name) };
}

/* What its pods have run and what every node runs. */
static void images(obj *o, int node)
{
	image list[IMAGES] = { { .name = NULL } };
	char digest[65];
	int n = 0;
	int parts;
	const kube_system_part *part = kube_system_parts(&parts);
	image_add(list, &n, "registry.k8s.io/pause:3.10");
	for (int i = 0; i < parts; i++)
		if (kube_system_pods(o->s, &part[i], node)) image_add(list, &n, part[i].image);
	for (size_t i = 0; i < o->s->kube.pods.n; i++) {
		const kube_pod *p = &o->s->kube.pods.p[i];
		if (p->node != node || !p->tmpl) continue;
		if (p->first_started) image_add(list, &n, p->tmpl->image);
		if (p->init_started && p->tmpl->init_image) image_add(list, &n, p->tmpl->init_image);
		if (p->mesh_started) image_add(list, &n, "docker.io/istio/proxyv2:1.24.2");
	}
	qsort(list, (size_t)n, sizeof list[0], larger);
	obj_list(o, "images");
	for (int i = 0; i < n; i++) {
		const char *colon = strrchr(list[i].name, ':');
		cc_sha256_of(cc_str_from(list[i].name), digest);
		obj_open(o, NULL);
		obj_rawf(o, "names", "[\"%.*s@sha256:%s\",\"%s\"]", colon ? (int)(colon - list[i].name)
			: (int)strlen(list[i].name), list[i].name, digest, list[i].name);
		obj_int(o, "sizeBytes", (int64_t)list[i].bytes);
		obj_close(o);
	}
	obj_end_list(o);
}

/* ---- the node ---- */

static void info(obj *o, const kube_node *n)
{
	char boot[FORGE_UID], machine[65], system[FORGE_UID];
	obj_uid(o, "boot", NULL, n->name, boot);
	obj_uid(o, "system", NULL, n->name, system);
	obj_digest(n->name, n->uid, 0, machine);
	obj_rawf(o, "nodeInfo", "{\"architecture\":\"%s\",\"bootID\":\"%s\","
		"\"containerRuntimeVersion\":\"containerd://1.7.24\",\"kernelVersion\":\"6.8.0-60-generic\","
		"\"kubeProxyVersion\":\"v1.32.2\",\"kubeletVersion\":\"v1.32.2\",\"machineID\":\"%.32s\","
		"\"operatingSystem\":\"linux\",\"osImage\":"
		"\"Debian GNU/Linux 12 (bookworm)\",\"systemUUID\":\"%s\"}", n->arch ? n->arch : "amd64", boot, machine,
		system);
}

static int64_t edited(const kube_node *n, const char *fields)
{
	int64_t at = 0;
	for (size_t i = 0; i < n->edits.n; i++)
		if (n->edits.p[i].fields && strstr(n->edits.p[i].fields, fields)) at = n->edits.p[i].at;
	return at;
}

static void taint(obj *o, const char *key, int64_t since)
{
	obj_open(o, NULL);
	obj_text(o, "effect", "NoSchedule");
	obj_text(o, "key", key);
	if (since) obj_time(o, "timeAdded", since);
	obj_close(o);
}

static void spec(obj *o, const kube_node *n, int at)
{
	int64_t cordoned = edited(n, "f:unschedulable");
	obj_open(o, "spec");
	obj_textf(o, "podCIDR", "10.244.%d.0/24", at);
	obj_rawf(o, "podCIDRs", "[\"10.244.%d.0/24\"]", at);
	obj_textf(o, "providerID", "kind://docker/kind/%s", n->name);
	if (n->control_plane || n->unschedulable || n->memory_pressure) {
		obj_list(o, "taints");
		if (n->control_plane) taint(o, "node-role.kubernetes.io/control-plane", 0);
		if (n->unschedulable) taint(o, "node.kubernetes.io/unschedulable", cordoned);
		if (n->memory_pressure) taint(o, "node.kubernetes.io/memory-pressure", n->pressure_since);
		obj_end_list(o);
	}
	if (n->unschedulable) obj_bool(o, "unschedulable", true);
	obj_close(o);
}

static void status(obj *o, const kube_node *n, int at)
{
	obj_open(o, "status");
	obj_rawf(o, "addresses", "[{\"address\":\"%s\",\"type\":\"InternalIP\"},{\"address\":\"%s\","
		"\"type\":\"Hostname\"}]", n->ip, n->name);
	quantity(o, "allocatable", n, true);
	quantity(o, "capacity", n, false);
	conditions(o, n);
	obj_raw(o, "daemonEndpoints", "{\"kubeletEndpoint\":{\"Port\":10250}}");
	images(o, at);
	info(o, n);
	obj_close(o);
}

static void node_labels(const kube_node *n, obj_pairs *l)
{
	const char *arch = n->arch ? n->arch : "amd64";
	obj_pair(l, "beta.kubernetes.io/arch", arch);
	obj_pair(l, "beta.kubernetes.io/os", "linux");
	obj_pair(l, "kubernetes.io/arch", arch);
	obj_pair(l, "kubernetes.io/hostname", n->name);
	obj_pair(l, "kubernetes.io/os", "linux");
	if (n->zone) obj_pair(l, "topology.kubernetes.io/zone", n->zone);
	if (n->control_plane) obj_pair(l, "node-role.kubernetes.io/control-plane", "");
}

/* The kubelet registers the node and reports its status; the range of addresses is the controller manager's. */
static void node(obj *o, int at)
{
	const kube_node *n = &o->s->kube.nodes.p[at];
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	node_labels(n, &l);
	obj_pair(&a, "node.alpha.kubernetes.io/ttl", "0");
	obj_pair(&a, "volumes.kubernetes.io/controller-managed-attach-detach", "true");
	obj_meta m = { .version = "v1", .kind = "Node", .name = n->name, .uid = n->uid,
		.created = n->created ? n->created : obj_birth(o->s),
		.rv = n->rv, .labels = &l,
		.annotations = &a };
	obj_begin(o, &m);
	spec(o, n, at);
	status(o, n, at);
	obj_owned(o, "kubelet", NULL, m.created, "metadata.labels", "{\"f:metadata\":{\"f:annotations\":{\".\":{},"
		"\"f:volumes.kubernetes.io/controller-managed-attach-detach\":{}}},\"f:spec\":{\"f:providerID\":{}}}");
	obj_owned(o, "kube-controller-manager", NULL, m.created + 6 * FORGE_S, "spec.podCIDR spec.podCIDRs",
		"{\"f:metadata\":{\"f:annotations\":{\"f:node.alpha.kubernetes.io/ttl\":{}}}}");
	obj_edited(o, &n->edits);
	obj_owned(o, "kubelet", "status", heartbeat(o, n), "status", NULL);
	obj_finish(o);
}

void obj_list_nodes(obj *o, obj_items *v)
{
	for (size_t i = 0; i < o->s->kube.nodes.n; i++) obj_add(o, v, NULL, o->s->kube.nodes.p[i].name, node, (int)i);
}
