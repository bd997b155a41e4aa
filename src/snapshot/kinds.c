/* kinds.c - what Kubernetes kinds are called, and what a generated name was generated from.
 *
 * Generated suffixes use the API machinery's "safe" alphabet (no vowels, no 0 1 3): that, and not the number of dashes,
 * tells "cart-6f9d7c5b8d-bcdfg" from "frontend-proxy". */
#include "coldcase/entity.h"
#include "snapshot/entity_priv.h"

enum { KIND_CLUSTER = 1, KIND_WORKLOAD = 2 };

typedef struct kind_row {
	const char *kind, *plural;
	const char *shorts;   /* separated by blanks */
	unsigned flags;
} kind_row;

static const kind_row kind_rows[] = {
	{ "Pod", "pods", "po", KIND_WORKLOAD },
	{ "Deployment", "deployments", "deploy", KIND_WORKLOAD },
	{ "ReplicaSet", "replicasets", "rs", KIND_WORKLOAD },
	{ "StatefulSet", "statefulsets", "sts", KIND_WORKLOAD },
	{ "DaemonSet", "daemonsets", "ds", KIND_WORKLOAD },
	{ "Job", "jobs", "", KIND_WORKLOAD },
	{ "CronJob", "cronjobs", "cj", KIND_WORKLOAD },
	{ "ReplicationController", "replicationcontrollers", "rc", KIND_WORKLOAD },
	{ "Service", "services", "svc", 0 },
	{ "Endpoints", "endpoints", "ep", 0 },
	{ "EndpointSlice", "endpointslices", "", 0 },
	{ "ConfigMap", "configmaps", "cm", 0 },
	{ "Secret", "secrets", "", 0 },
	{ "ServiceAccount", "serviceaccounts", "sa", 0 },
	{ "Ingress", "ingresses", "ing", 0 },
	{ "NetworkPolicy", "networkpolicies", "netpol", 0 },
	{ "HorizontalPodAutoscaler", "horizontalpodautoscalers", "hpa", 0 },
	{ "PodDisruptionBudget", "poddisruptionbudgets", "pdb", 0 },
	{ "PersistentVolumeClaim", "persistentvolumeclaims", "pvc", 0 },
	{ "ResourceQuota", "resourcequotas", "quota", 0 },
	{ "LimitRange", "limitranges", "limits", 0 },
	{ "Role", "roles", "", 0 },
	{ "RoleBinding", "rolebindings", "", 0 },
	{ "Event", "events", "ev", 0 },
	{ "Lease", "leases", "", 0 },
	{ "Node", "nodes", "no", KIND_CLUSTER },
	{ "Namespace", "namespaces", "ns", KIND_CLUSTER },
	{ "PersistentVolume", "persistentvolumes", "pv", KIND_CLUSTER },
	{ "StorageClass", "storageclasses", "sc", KIND_CLUSTER },
	{ "ClusterRole", "clusterroles", "", KIND_CLUSTER },
	{ "ClusterRoleBinding", "clusterrolebindings", "", KIND_CLUSTER },
	{ "CustomResourceDefinition", "customresourcedefinitions", "crd crds", KIND_CLUSTER },
	{ "VolumeAttachment", "volumeattachments", "", KIND_CLUSTER },
	{ "PriorityClass", "priorityclasses", "pc", KIND_CLUSTER },
	{ "IngressClass", "ingressclasses", "", KIND_CLUSTER },
	{ "CSINode", "csinodes", "", KIND_CLUSTER },
	{ "CSIDriver", "csidrivers", "", KIND_CLUSTER },
	{ "APIService", "apiservices", "", KIND_CLUSTER },
	{ "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", "", KIND_CLUSTER },
	{ "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", "", KIND_CLUSTER },
	{ "Schedule", "schedules", "", 0 },
	{ "Workflow", "workflows", "", 0 },
	{ "NetworkChaos", "networkchaoses", "", 0 },
	{ "StressChaos", "stresschaoses", "", 0 },
	{ "PodChaos", "podchaoses", "", 0 },
	{ "JVMChaos", "jvmchaoses", "", 0 },
	{ "HTTPChaos", "httpchaoses", "", 0 },
	{ "IOChaos", "iochaoses", "", 0 },
	{ "DNSChaos", "dnschaoses", "", 0 },
	{ "TimeChaos", "timechaoses", "", 0 },
	{ "KernelChaos", "kernelchaoses", "", 0 },
	{ "PodNetworkChaos", "podnetworkchaoses", "", 0 },
	{ "PodHttpChaos", "podhttpchaoses", "", 0 },
	{ "PodIOChaos", "podiochaoses", "", 0 },
	{ "VirtualService", "virtualservices", "vs", 0 },
	{ "DestinationRule", "destinationrules", "dr", 0 },
	{ "Gateway", "gateways", "gw", 0 },
};

static bool short_has(const char *shorts, cc_str word)
{
	cc_str rest = cc_str_from(shorts), head;

	while (rest.n > 0) {
		cc_str_cut(rest, ' ', &head, &rest);
		if (cc_str_eq_nocase(head, word))
			return true;
	}
	return false;
}

static const kind_row *kind_find(cc_str word)
{
	for (size_t i = 0; i < sizeof kind_rows / sizeof kind_rows[0]; i++) {
		const kind_row *r = &kind_rows[i];

		if (cc_str_eq_nocase(word, cc_str_from(r->kind)) || cc_str_eq_nocase(word, cc_str_from(r->plural)) ||
		    short_has(r->shorts, word))
			return r;
	}
	return NULL;
}

bool cc_kind_is_known(cc_str kind)
{
	cc_str head, tail;

	cc_str_cut(kind, '.', &head, &tail);
	return head.n > 0 && kind_find(head) != NULL;
}

cc_str cc_kind_canonical(cc_str kind)
{
	cc_str head, tail;
	const kind_row *r;

	cc_str_cut(kind, '.', &head, &tail);
	r = head.n > 0 ? kind_find(head) : NULL;
	return r ? cc_str_from(r->kind) : kind;
}

static bool kind_has(cc_str kind, unsigned flag)
{
	const kind_row *r = kind_find(kind);

	return r && (r->flags & flag);
}

cc_str cc_kind_short(cc_str kind)
{
	cc_str head, rest;

	for (size_t i = 0; i < sizeof kind_rows / sizeof kind_rows[0]; i++)
		if (cc_str_eqz(kind, kind_rows[i].kind) && kind_rows[i].shorts[0]) {
			cc_str_cut(cc_str_from(kind_rows[i].shorts), ' ', &head, &rest);
			return head;
		}
	return kind;
}

bool cc_kind_is_cluster_scoped(cc_str kind)
{
	return kind_has(kind, KIND_CLUSTER);
}

bool cc_kind_is_workload(cc_str kind)
{
	return kind_has(kind, KIND_WORKLOAD);
}

static bool is_safe_char(char c)
{
	return c != '\0' && cc_str_find_char(CC_STR("bcdfghjklmnpqrstvwxz2456789"), c) != CC_STR_NONE;
}

static bool is_digits(cc_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

static bool is_safe(cc_str s, size_t min, size_t max)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_safe_char(s.p[i]))
			return false;
	return s.n >= min && s.n <= max;
}

/* Splits "a-b-c" into "a-b" and "c"; false without a dash or with an empty side. */
static bool cut_last(cc_str name, cc_str *head, cc_str *tail)
{
	size_t at = cc_str_rfind_char(name, '-');

	if (at == CC_STR_NONE || at == 0 || at + 1 == name.n)
		return false;
	*head = cc_str_sub(name, 0, at);
	*tail = cc_str_sub(name, at + 1, name.n);
	return true;
}

/* A template hash is a 32-bit number in decimal digits of the safe alphabet: up to 10 characters, hardly ever below
 * 7. */
static bool is_hash(cc_str s)
{
	return is_safe(s, 7, 10);
}

/* Minutes (8 digits) or, before Kubernetes 1.21, seconds (10 digits) since 1970. */
static bool is_cron_time(cc_str s)
{
	return is_digits(s) && s.n >= 8 && s.n <= 10;
}

cc_pod_name cc_kind_pod_name(cc_str pod)
{
	cc_pod_name out = { .stem = pod };
	cc_str head, tail, top, hash;

	if (!cut_last(pod, &head, &tail))
		return out;
	if (is_safe(tail, 5, 5)) {
		if (!cut_last(head, &top, &hash))
			return (cc_pod_name){ head, head, "DaemonSet", NULL };
		if (is_cron_time(hash))
			return (cc_pod_name){ top, head, "CronJob", "Job" };
		if (is_hash(hash))
			return (cc_pod_name){ top, head, "Deployment", "ReplicaSet" };
		return (cc_pod_name){ head, head, "DaemonSet", NULL };
	}
	if (is_digits(tail) && tail.n <= 4)
		return (cc_pod_name){ head, head, "StatefulSet", NULL };
	return out;
}

cc_str cc_kind_stem(cc_str kind, cc_str name)
{
	cc_str head, tail;

	if (cc_str_eqz(kind, "Pod"))
		return cc_kind_pod_name(name).stem;
	if (!cut_last(name, &head, &tail))
		return name;
	if (cc_str_eqz(kind, "ReplicaSet") && is_hash(tail))
		return head;
	if (cc_str_eqz(kind, "Job") && is_cron_time(tail))
		return head;
	return name;
}
