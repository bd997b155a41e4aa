/* truth_kinds.c - Kubernetes kinds as answers and ground truths write them: any case, "deployment.apps", "svc".
 *
 * The tables belong to the matcher's version: what counts as equal here must not change when the evidence reader learns new kinds,
 * or stored scores would no longer be reproducible. */
#include "truth_priv.h"

typedef struct kind_entry {
	const char *spelling, *shorts; /* folded short names, blank-separated */
	bool cluster, workload;
} kind_entry;

static const kind_entry KINDS[] = {
	{ "Pod", "po", false, true },
	{ "Deployment", "deploy", false, true },
	{ "ReplicaSet", "rs", false, true },
	{ "StatefulSet", "sts", false, true },
	{ "DaemonSet", "ds", false, true },
	{ "Service", "svc", false, false },
	{ "ConfigMap", "cm", false, false },
	{ "Secret", "", false, false },
	{ "HorizontalPodAutoscaler", "hpa", false, false },
	{ "PodDisruptionBudget", "pdb", false, false },
	{ "PersistentVolumeClaim", "pvc", false, false },
	{ "ServiceAccount", "sa", false, false },
	{ "ResourceQuota", "quota", false, false },
	{ "LimitRange", "limits", false, false },
	{ "NetworkPolicy", "netpol", false, false },
	{ "Ingress", "ing", false, false },
	{ "Endpoints", "ep", false, false },
	{ "EndpointSlice", "", false, false },
	{ "Job", "", false, false },
	{ "CronJob", "cj", false, false },
	{ "Role", "", false, false },
	{ "RoleBinding", "", false, false },
	{ "Gateway", "gtw", false, false },
	{ "VirtualService", "vs", false, false },
	{ "DestinationRule", "dr", false, false },
	{ "AuthorizationPolicy", "", false, false },
	{ "PeerAuthentication", "pa", false, false },
	{ "Schedule", "", false, false },
	{ "NetworkChaos", "", false, false },
	{ "PodChaos", "", false, false },
	{ "StressChaos", "", false, false },
	{ "HTTPChaos", "", false, false },
	{ "JVMChaos", "", false, false },
	{ "IOChaos", "", false, false },
	{ "DNSChaos", "", false, false },
	{ "TimeChaos", "", false, false },
	{ "KernelChaos", "", false, false },
	{ "Namespace", "ns", true, false },
	{ "Node", "no", true, false },
	{ "PersistentVolume", "pv", true, false },
	{ "ClusterRole", "", true, false },
	{ "ClusterRoleBinding", "", true, false },
	{ "StorageClass", "sc", true, false },
	{ "CustomResourceDefinition", "crd", true, false },
	{ "IngressClass", "", true, false },
	{ "PriorityClass", "pc", true, false },
	{ "RuntimeClass", "", true, false },
	{ "GatewayClass", "", true, false },
	{ "VolumeAttachment", "", true, false },
	{ "VolumeSnapshotClass", "", true, false },
	{ "CSIDriver", "", true, false },
	{ "CSINode", "", true, false },
	{ "APIService", "", true, false },
	{ "CertificateSigningRequest", "csr", true, false },
	{ "ClusterIssuer", "", true, false },
	{ "FlowSchema", "", true, false },
	{ "PriorityLevelConfiguration", "", true, false },
	{ "MutatingWebhookConfiguration", "", true, false },
	{ "ValidatingWebhookConfiguration", "", true, false },
	{ "ValidatingAdmissionPolicy", "", true, false },
	{ "ValidatingAdmissionPolicyBinding", "", true, false },
	{ "ComponentStatus", "cs", true, false },
};
enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };

static const kind_entry *find_kind(cc_str kind)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (cc_str_eq_nocase(kind, cc_str_from(KINDS[i].spelling)))
			return &KINDS[i];
	return NULL;
}

static const kind_entry *find_short(cc_str kind)
{
	for (size_t i = 0; kind.n && i < KIND_COUNT; i++)
		if (cc_str_eq_nocase(kind, cc_str_from(KINDS[i].shorts)))
			return &KINDS[i];
	return NULL;
}

cc_str cc_truth_lower(cc_arena *arena, cc_str s)
{
	char *p = cc_arena_alloc(arena, s.n + 1);
	if (!p)
		return (cc_str){ NULL, 0 };
	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
	return (cc_str){ p, s.n };
}

cc_str cc_truth_kind_fold(cc_arena *arena, cc_str kind)
{
	cc_str head, group;
	cc_str_cut(cc_str_trim(kind), '.', &head, &group);
	const kind_entry *e = find_short(head);
	return cc_truth_lower(arena, e ? cc_str_from(e->spelling) : head);
}

bool cc_truth_kind_cluster_scoped(cc_str kind)
{
	const kind_entry *e = find_kind(kind);
	return e && e->cluster;
}

bool cc_truth_kind_workload(cc_str kind)
{
	const kind_entry *e = find_kind(kind);
	return e && e->workload;
}

/* Any kind of the chaos-mesh family, known or new. */
bool cc_truth_kind_chaos(cc_str kind)
{
	return kind.n > 5 && cc_str_ends(kind, CC_STR("chaos"));
}

bool cc_truth_kind_schedule(cc_str kind)
{
	return cc_str_eqz(kind, "schedule");
}

int cc_truth_kind_rank(cc_str submitted, cc_str authored)
{
	if (!submitted.n || !authored.n)
		return 0;
	if (cc_str_eq(submitted, authored))
		return 3;
	if (cc_truth_kind_workload(submitted) && cc_truth_kind_workload(authored))
		return 2;
	if (cc_truth_kind_schedule(submitted) && cc_truth_kind_chaos(authored))
		return 2;
	return cc_truth_kind_chaos(submitted) && cc_truth_kind_schedule(authored) ? 1 : 0;
}
