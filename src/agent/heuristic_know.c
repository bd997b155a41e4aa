/* heuristic_know.c - what anybody who runs Kubernetes knows: how much a state or a change tells of a cause, and what errors say.
 *
 * Points: 4 this breaks things by itself; 2 to 3 it often does; 1 it may; below, it hardly ever does. */
#include "agent/heuristic_priv.h"

#include <string.h>

/* of_workload: what is to be corrected is the template of the workload the pod belongs to. */
static const heuristic_state states[] = {
	{ "image-pull", 4, true }, { "container-config", 4, true }, { "crash-loop", 2.5, true }, { "oom-killed", 3, true }, { "unscheduled", 2.5, true },
	{ "not-ready", 1.5, true }, { "replicas-missing", 0.7, true }, { "rollout-stuck", 0.7, true }, { "scaled-to-zero", 4, false },
	{ "missing-reference", 3, false }, { "missing-key", 4, false }, { "limit-below-request", 4, false }, { "probe-port", 4, false },
	{ "node-selector", 3, false }, { "taints", 2, false }, { "address", 4, false }, { "selector-empty", 4, false }, { "target-port", 4, false },
	{ "backend-missing", 3, false }, { "fault-injection", 4, false }, { "connection-pool", 3, false }, { "webhook", 3, false },
	{ "quota-used", 3, false }, { "quota-demands", 1, false }, { "claim-unbound", 1, false }, { "node-not-ready", 3, false },
	{ "node-pressure", 0.7, false }, { "node-cordoned", 3, false }, { "node-tainted", 1.5, false }, { "hpa-at-max", 0.4, false },
	{ "hpa-bounds", 2, false }, { "hpa-blind", 0.1, false }, { "policy-denies", 4, false }, { "policy-shuts-out", 4, false },
	{ "policy-peers", 3, false }, { "flag-on", 2.5, false }, { "namespace-terminating", 4, false }, { "rollout-paused", 0.5, false },
	{ "suspended", 0.5, false },
};

const heuristic_state *heuristic_state_of(cc_str rule)
{
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (cc_str_eqz(rule, states[i].rule))
			return &states[i];
	return NULL;
}

/* --- changes --- */

/* A change's words, and of what kinds; the first that fits counts. NULL fits any. */
typedef struct change_rule { const char *what, *kind, *words; double points; } change_rule;

static const change_rule change_rules[] = {
	{ NULL, "Job", NULL, 0 }, { NULL, "Pod", NULL, 0 }, { NULL, "Lease", NULL, 0 },
	{ "deleted", NULL, NULL, 4 },
	{ "created", "NetworkPolicy", "no ingress", 3 }, { "created", "NetworkPolicy", NULL, 0.5 },
	{ "created", "ResourceQuota", NULL, 0.6 }, { "created", "LimitRange", NULL, 0.5 },
	{ "created", "Deployment", NULL, 1 }, { "created", "DaemonSet", NULL, 1 }, { "created", "StatefulSet", NULL, 1 },
	{ "created", NULL, NULL, 0.5 },
	{ NULL, "Namespace", "istio-injection", 4 }, { NULL, "Namespace", "pod-security", 3 },
	{ NULL, "Node", "unschedulable", 3 }, { NULL, "Node", "node.kubernetes.io/", 0.2 }, { NULL, "Node", "taint", 2.5 },
	{ NULL, "ConfigMap", "flag", 2 }, { NULL, "ConfigMap", "maxmemory", 3 }, { NULL, "ConfigMap", NULL, 1 }, { NULL, "Secret", NULL, 3 },
	{ NULL, "NetworkPolicy", NULL, 1.5 }, { NULL, "ResourceQuota", NULL, 2 },
	{ NULL, "HorizontalPodAutoscaler", "maxReplicas", 0.5 }, { NULL, "HorizontalPodAutoscaler", NULL, 1.5 },
	{ NULL, "Service", "selector", 0.7 }, { NULL, "Service", "targetPort", 2 }, { NULL, "Service", NULL, 1 },
	{ NULL, NULL, "init container", 2.5 }, { NULL, NULL, "command", 2.5 }, { NULL, NULL, "args", 2 }, { NULL, NULL, "dnsPolicy", 3 },
	{ NULL, NULL, "affinity", 2 }, { NULL, NULL, "nodeSelector", 2.5 }, { NULL, NULL, "Probe port", 3 }, { NULL, NULL, "Probe", 0.3 },
	{ NULL, NULL, "env ", 1.5 }, { NULL, NULL, "volume", 1.5 }, { NULL, NULL, "image ", 1 }, { NULL, NULL, "limits.memory removed", 2 },
	{ NULL, NULL, "limits.memory", 0.5 }, { NULL, NULL, "limits", 0.7 }, { NULL, NULL, "requests", 0.5 }, { NULL, NULL, "priorityClass", 1 },
	{ NULL, NULL, "rollout restarted", 0.3 }, { NULL, NULL, "replicas", 0.3 }, { NULL, NULL, "strategy", 0.2 },
	{ NULL, NULL, NULL, 0.5 },
};

/* "limits.memory 320Mi -> 96Mi": the same unit on both sides is what people write. */
static bool gets_less(cc_str change, const char *field)
{
	size_t at = cc_str_find(change, cc_str_from(field));
	double from = 0, to = 0;
	cc_str head, tail, was, now;
	if (at == CC_STR_NONE)
		return false;
	cc_str rest = cc_str_sub(change, at + strlen(field), change.n);
	cc_str_cut(rest, ';', &head, &tail);
	size_t arrow = cc_str_find(head, CC_STR(" -> "));
	if (arrow == CC_STR_NONE)
		return false;
	was = cc_str_trim(cc_str_sub(head, 0, arrow));
	now = cc_str_trim(cc_str_sub(head, arrow + 4, head.n));
	while (was.n && !cc_str_to_double(was, &from))
		was.n--;
	while (now.n && !cc_str_to_double(now, &to))
		now.n--;
	return was.n && now.n && to < from;
}

double heuristic_change_points(cc_str what, cc_str kind, cc_str change)
{
	if (gets_less(change, "replicas ") && cc_str_find(change, CC_STR("-> 0")) != CC_STR_NONE && !cc_str_eqz(kind, "HorizontalPodAutoscaler"))
		return 4;
	if (gets_less(change, "limits.memory ") || gets_less(change, "limits.cpu ") || gets_less(change, "maxReplicas "))
		return 1.5;
	for (size_t i = 0; i < sizeof change_rules / sizeof change_rules[0]; i++) {
		const change_rule *r = &change_rules[i];
		if ((!r->what || cc_str_eqz(what, r->what)) && (!r->kind || cc_str_eqz(kind, r->kind))
			&& (!r->words || cc_str_find(change, cc_str_from(r->words)) != CC_STR_NONE))
			return r->points;
	}
	return 0;
}

/* How much of a flag's name, "productCatalogFailure", is the workload's, "product-catalog": all of it, its first word, or nothing. */
double heuristic_flag_names(cc_str change, cc_str workload)
{
	size_t at = cc_str_find(change, CC_STR("flag ")), i = 0, words = 0;
	if (at == CC_STR_NONE || !workload.n)
		return 0;
	cc_str flag = cc_str_sub(change, at + 5, change.n);
	for (size_t k = 0; k <= workload.n; k++) {
		char want = k < workload.n ? workload.p[k] : '-';
		if (want == '-' || want == '_') {
			words += i >= flag.n || flag.p[i] < 'a' || flag.p[i] > 'z';
			continue;
		}
		if (i >= flag.n || (flag.p[i] | 0x20) != (want | 0x20))
			return words ? 0.7 : 0;
		i++;
	}
	return i >= flag.n || flag.p[i] < 'a' || flag.p[i] > 'z' ? 1 : words > 1 ? 0.7 : 0;
}

/* --- errors --- */

typedef struct error_rule { const char *words; heuristic_error error; } error_rule;

static const error_rule error_rules[] = {
	{ "WRONGPASS", ERROR_CREDENTIALS }, { "NOAUTH", ERROR_CREDENTIALS }, { "password authentication failed", ERROR_CREDENTIALS },
	{ "Access denied for user", ERROR_CREDENTIALS }, { "Authentication failed", ERROR_CREDENTIALS }, { "invalid username-password", ERROR_CREDENTIALS },
	{ "ACCESS_REFUSED", ERROR_CREDENTIALS },
	{ "RBAC: access denied", ERROR_FORBIDDEN }, { "PERMISSION_DENIED", ERROR_FORBIDDEN },
	{ "maxmemory", ERROR_STORE_FULL }, { "OOM command not allowed", ERROR_STORE_FULL }, { "No space left", ERROR_STORE_FULL },
	{ "fault filter abort", ERROR_INJECTED },
	{ "no such host", ERROR_NAME }, { "zero addresses", ERROR_NAME }, { "ENOTFOUND", ERROR_NAME }, { "Name or service not known", ERROR_NAME },
	{ "UnknownHostException", ERROR_NAME }, { "Temporary failure in name resolution", ERROR_NAME }, { "EAI_AGAIN", ERROR_NAME },
	{ "getaddrinfo", ERROR_NAME }, { "dns error", ERROR_NAME }, { "Unknown host", ERROR_NAME }, { "could not translate host name", ERROR_NAME },
	{ "connection reset", ERROR_RESET }, { "Connection reset", ERROR_RESET }, { "ECONNRESET", ERROR_RESET }, { "connection termination", ERROR_RESET },
	{ "RemoteDisconnected", ERROR_RESET }, { "closed connection without", ERROR_RESET }, { "ended prematurely", ERROR_RESET }, { "upstream connect error", ERROR_RESET }, { "EOF", ERROR_RESET }, { "Broken pipe", ERROR_RESET },
};

heuristic_error heuristic_error_of(cc_str text)
{
	for (size_t i = 0; i < sizeof error_rules / sizeof error_rules[0]; i++)
		if (cc_str_find(text, cc_str_from(error_rules[i].words)) != CC_STR_NONE)
			return error_rules[i].error;
	return ERROR_NONE;
}
