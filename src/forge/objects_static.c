/* objects_static.c - the control plane's own pods, which its kubelet runs from files and mirrors to the API server. */
#include <stdio.h>
#include <string.h>

#include "forge/objects.h"

static const char *command_of(const char *name)
{
	static const struct { const char *name, *command; } COMMANDS[] = {
		{ "etcd", "etcd --data-dir=/var/lib/etcd --listen-client-urls=https://127.0.0.1:2379 --snapshot-count=10000" },
		{ "kube-apiserver", "kube-apiserver --authorization-mode=Node,RBAC --etcd-servers=https://127.0.0.1:2379 "
			"--secure-port=6443 --service-cluster-ip-range=10.96.0.0/16" },
		{ "kube-controller-manager", "kube-controller-manager --allocate-node-cidrs=true "
			"--cluster-cidr=10.244.0.0/16 --kubeconfig=/etc/kubernetes/controller-manager.conf" },
		{ "kube-scheduler", "kube-scheduler --kubeconfig=/etc/kubernetes/scheduler.conf --leader-elect=true" },
	};
	for (size_t i = 0; i < sizeof COMMANDS / sizeof COMMANDS[0]; i++)
		if (strcmp(COMMANDS[i].name, name) == 0) return COMMANDS[i].command;
	return name;
}

static void container(obj *o, const kube_system_part *part)
{
	obj_list(o, "containers");
	obj_open(o, NULL);
	obj_words(o, "command", command_of(part->name));
	obj_text(o, "image", part->image);
	obj_text(o, "imagePullPolicy", "IfNotPresent");
	obj_text(o, "name", part->name);
	obj_open(o, "resources");
	obj_open(o, "requests");
	obj_textf(o, "cpu", "%dm", part->cpu_m);
	if (part->mem_mi) obj_textf(o, "memory", "%dMi", part->mem_mi);
	obj_close(o);
	obj_close(o);
	obj_text(o, "terminationMessagePath", "/dev/termination-log");
	obj_text(o, "terminationMessagePolicy", "File");
	obj_close(o);
	obj_end_list(o);
}

static void spec(obj *o, const kube_system_part *part, const kube_node *n)
{
	obj_open(o, "spec");
	container(o, part);
	obj_text(o, "dnsPolicy", "ClusterFirst");
	obj_bool(o, "enableServiceLinks", true);
	obj_bool(o, "hostNetwork", true);
	obj_text(o, "nodeName", n->name);
	obj_text(o, "preemptionPolicy", "PreemptLowerPriority");
	obj_int(o, "priority", 2000001000);
	obj_text(o, "priorityClassName", "system-node-critical");
	obj_text(o, "restartPolicy", "Always");
	obj_text(o, "schedulerName", "default-scheduler");
	obj_raw(o, "securityContext", "{\"seccompProfile\":{\"type\":\"RuntimeDefault\"}}");
	obj_int(o, "terminationGracePeriodSeconds", 30);
	obj_raw(o, "tolerations", "[{\"effect\":\"NoExecute\",\"operator\":\"Exists\"}]");
	obj_close(o);
}

static void conditions(obj *o, int64_t started)
{
	static const char *const TYPES[] = { "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady",
		"PodScheduled" };
	obj_list(o, "conditions");
	for (int i = 0; i < 5; i++)
		obj_condition(o, TYPES[i], true, started + (i == 2 || i == 3 ? 14 * FORGE_S : 0), NULL, NULL, 0, true);
	obj_end_list(o);
}

static void status(obj *o, const kube_system_part *part, const kube_node *n, int64_t started, const char *uid)
{
	char id[65], digest[65];
	const char *colon = strrchr(part->image, ':');
	obj_digest(uid, "container", 0, id);
	cc_sha256_of(cc_str_from(part->image), digest);
	obj_open(o, "status");
	conditions(o, started);
	obj_list(o, "containerStatuses");
	obj_open(o, NULL);
	obj_textf(o, "containerID", "containerd://%s", id);
	obj_text(o, "image", part->image);
	obj_textf(o, "imageID", "%.*s@sha256:%s", colon ? (int)(colon - part->image) : (int)strlen(part->image),
		part->image, digest);
	obj_raw(o, "lastState", "{}");
	obj_text(o, "name", part->name);
	obj_bool(o, "ready", true);
	obj_int(o, "restartCount", 0);
	obj_bool(o, "started", true);
	obj_open(o, "state");
	obj_open(o, "running");
	obj_time(o, "startedAt", started);
	obj_close(o);
	obj_close(o);
	obj_close(o);
	obj_end_list(o);
	obj_text(o, "hostIP", n->ip);
	obj_rawf(o, "hostIPs", "[{\"ip\":\"%s\"}]", n->ip);
	obj_text(o, "phase", "Running");
	obj_text(o, "podIP", n->ip);
	obj_rawf(o, "podIPs", "[{\"ip\":\"%s\"}]", n->ip);
	obj_text(o, "qosClass", "Burstable");
	obj_time(o, "startTime", started - 2 * FORGE_S);
	obj_close(o);
}

static void pod(obj *o, int at)
{
	int n;
	const kube_system_part *part = &kube_system_parts(&n)[at % OBJ_PARTS];
	const kube_node *node = &o->s->kube.nodes.p[at / OBJ_PARTS];
	char name[FORGE_NAME], uid[FORGE_UID], hash[65];
	cc_buf seen = CC_BUF_INIT;
	int64_t created = obj_birth(o->s) + 24 * FORGE_S;
	(void)snprintf(name, sizeof name, "%s-%s", part->name, node->name);
	obj_uid(o, "Pod", "kube-system", name, uid);
	obj_digest(name, "manifest", 0, hash);
	hash[32] = 0;
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	obj_pair(&l, "component", part->name);
	obj_pair(&l, "tier", "control-plane");
	obj_pair(&a, "kubernetes.io/config.hash", hash);
	obj_pair(&a, "kubernetes.io/config.mirror", hash);
	out_time_s(&seen, created - 6 * FORGE_S);
	obj_pair(&a, "kubernetes.io/config.seen", seen.p ? seen.p : "");
	obj_pair(&a, "kubernetes.io/config.source", "file");
	obj_meta m = { .version = "v1", .kind = "Pod", .name = name, .ns = "kube-system", .uid = uid, .created = created,
		.labels = &l, .annotations = &a, .owner_version = "v1", .owner_kind = "Node", .owner_name = node->name,
		.owner_uid = node->uid };
	obj_begin(o, &m);
	spec(o, part, node);
	status(o, part, node, created - 4 * FORGE_S, uid);
	o->unowned = "{\"f:spec\":{\"f:preemptionPolicy\":{},\"f:priority\":{}},\"f:status\":{\"f:qosClass\":{}}}";
	obj_owned(o, "kubelet", NULL, created, "metadata.annotations metadata.labels metadata.ownerReferences spec", NULL);
	obj_owned(o, "kubelet", "status", created + 10 * FORGE_S, "status", NULL);
	obj_finish(o);
	cc_buf_deinit(&seen);
}

void obj_static_pods(obj *o, obj_items *v)
{
	int n;
	const kube_system_part *parts = kube_system_parts(&n);
	for (int node = 0; node < (int)o->s->kube.nodes.n; node++)
		for (int i = 0; i < n; i++)
			if (parts[i].where == KUBE_SYSTEM_STATIC && kube_system_pods(o->s, &parts[i], node))
				obj_add(o, v, "kube-system", parts[i].name, pod, node * OBJ_PARTS + i);
}
