/* kube_system.c - what the cluster itself runs on its nodes: one table for the scheduler, which counts the requests, and
 * for the objects that show them. */
#include "forge/kube_priv.h"

enum { DNS_PODS = 2 };

static const kube_system_part PARTS[] = {
	{ "coredns", "registry.k8s.io/coredns/coredns:v1.11.3", 100, 70, KUBE_SYSTEM_DNS },
	{ "kube-proxy", "registry.k8s.io/kube-proxy:v1.32.2", 0, 0, KUBE_SYSTEM_DAEMON },
	{ "kindnet", "docker.io/kindest/kindnetd:v20250214-acbabc1a", 100, 50, KUBE_SYSTEM_DAEMON },
	{ "etcd", "registry.k8s.io/etcd:3.5.16-0", 100, 100, KUBE_SYSTEM_STATIC },
	{ "kube-apiserver", "registry.k8s.io/kube-apiserver:v1.32.2", 250, 0, KUBE_SYSTEM_STATIC },
	{ "kube-controller-manager", "registry.k8s.io/kube-controller-manager:v1.32.2", 200, 0, KUBE_SYSTEM_STATIC },
	{ "kube-scheduler", "registry.k8s.io/kube-scheduler:v1.32.2", 100, 0, KUBE_SYSTEM_STATIC },
};

const kube_system_part *kube_system_parts(int *n)
{
	*n = (int)(sizeof PARTS / sizeof PARTS[0]);
	return PARTS;
}

static int control_plane(const forge_sim *s)
{
	for (size_t i = 0; i < s->kube.nodes.n; i++)
		if (s->kube.nodes.p[i].control_plane) return (int)i;
	return 0;
}

/* The name servers started when there was only the control plane. */
int kube_system_pods(const forge_sim *s, const kube_system_part *part, int node)
{
	if (part->where == KUBE_SYSTEM_DAEMON) return 1;
	if (part->where == KUBE_SYSTEM_DNS) return node == control_plane(s) ? DNS_PODS : 0;
	return s->kube.nodes.p[node].control_plane;
}

void kube_system_load(const forge_sim *s, int node, int *cpu_m, int *mem_mi)
{
	*cpu_m = *mem_mi = 0;
	for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
		int pods = kube_system_pods(s, &PARTS[i], node);
		*cpu_m += pods * PARTS[i].cpu_m;
		*mem_mi += pods * PARTS[i].mem_mi;
	}
}
