/* fault_resource.c - faults of what pods may use: quota, limits, priorities, autoscalers, the API server itself. */
#include "forge/fault_priv.h"
#include "forge/kube_priv.h"

static const char *entity(forge_sim *s, const forge_entity *e)
{
	return e->ns ? forge_text(s, "%s/%s/%s", e->ns, e->kind, e->name) : forge_text(s, "%s/%s", e->kind, e->name);
}

static const char *workload_of(forge_sim *s, int service)
{
	forge_entity e = fault_workload_entity(s, service);
	return entity(s, &e);
}

static void from_vague(forge_cause *c)
{
	cause_hint(
		c, "Services that log errors may only pass on what a callee did to them: find where the errors begin.");
}

/* ---- quota ---- */

static void prepare_quota(forge_sim *s, forge_cause *c)
{
	static const char *const NAMES[] = { "strict-resource-quota", "team-budget", "compute-limits" };
	c->root = (forge_entity){ s->app->namespace, "ResourceQuota", FAULT_PICK(s, NAMES) };
	c->category = "Change";
	c->mechanism = "resource-quota";
	c->condition = forge_text(
		s, "ResourceQuota %s allows less than what already runs: pods that go are not replaced", c->root.name);
	c->first_hit = c->service;
	c->first_effect = "its pods are refused when they are to be replaced";
	cause_alias(c, s->app->namespace, "Namespace", s->app->namespace);
	from_vague(c);
	cause_hint(c, "One service has fewer pods than it should, and its own objects have not changed.");
	cause_hint(c, "Its ReplicaSet wants pods and may not create them: who forbids it?");
	cause_hint(c, forge_text(s, "ResourceQuota/%s is smaller than what the namespace uses.", c->root.name));
}

static void replace_pods(forge_sim *s, int64_t now, int service, int unused)
{
	(void)unused;
	fault_delete_pods(s, now, service);
}

static void inject_quota(forge_sim *s, int64_t now, int cause, int unused)
{
	static const char *const MANAGERS[] = { "kubectl-create", "kubectl-client-side-apply", "helm" };
	forge_cause *c = &s->plan.causes.p[cause];
	kube_usage used = kube_quota_used(s);
	bool memory = used.mem_mi > 1000 && cc_rng_below(&s->plan_rng, 2) &&
		      s->kube.workloads.p[c->service].tmpl.mem_limit_mi > 0;
	int pods = used.pods * 3 / 4, mem = (used.mem_mi * 2 / 3 + 255) / 256 * 256;
	(void)unused;
	kube_add_quota(s, now, c->root.name, memory ? 0 : pods, 0, memory ? mem : 0, FAULT_PICK(s, MANAGERS));
	forge_at(s, now + cc_rng_between(&s->plan_rng, 15 * FORGE_S, 45 * FORGE_S), replace_pods, c->service, 0);
	c->element = memory ? "spec.hard.limits.memory" : "spec.hard.pods";
	c->from = "";
	c->to = memory ? forge_text(s, "%dMi", mem) : forge_text(s, "%d", pods);
	cause_step(c, forge_text(s, "events entity=%s", workload_of(s, c->service)));
	cause_step(c, forge_text(s, "spec ResourceQuota/%s", c->root.name));
	cause_proof(c, "events reason=FailedCreate", forge_text(s, "exceeded quota: %s", c->root.name),
		"pods of the service are refused by the quota");
	cause_proof(c, forge_text(s, "spec ResourceQuota/%s", c->root.name),
		memory ? "limits.memory: " : forge_text(s, "pods: \"%d\"", pods), "the quota");
	cause_action(
		c, forge_text(s, "kubectl -n %s delete resourcequota %s, or raise it above what the namespace uses",
			   c->root.ns, c->root.name));
}

/* ---- limits ---- */

static const char *check_memory(const fault_map *m, const fault_target *t)
{
	const char *why = check_outage(m, t);
	return why ? why : m->app->services[t->service].mem_base_mi >= 4 ? NULL : "it needs hardly any memory";
}

static void prepare_tiny(forge_sim *s, forge_cause *c)
{
	cause_workload(s, c, "resources-too-small", "its memory limit is below what its process needs",
		"its container is killed for lack of memory");
	cause_hints(s, c, "One service has no ready pod, although it starts. What ends its container?",
		"its memory limit is smaller than what the process needs");
}

static void inject_tiny(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	forge_template t = s->kube.workloads.p[c->service].tmpl;
	int old = t.mem_limit_mi, base = s->app->services[c->service].mem_base_mi, mi = base * 6 / 10;
	(void)unused;
	t.mem_limit_mi = mi > 2 ? mi : 2;
	if (t.mem_request_mi > t.mem_limit_mi) t.mem_request_mi = t.mem_limit_mi;
	c->element = "spec.template.spec.containers[0].resources.limits.memory";
	c->from = old ? forge_text(s, "%dMi", old) : "";
	c->to = forge_text(s, "%dMi", t.mem_limit_mi);
	fault_edit_template(s, now, c->service, &t,
		"\"f:resources\":{\"f:limits\":{\"f:memory\":{}},\"f:requests\":{\"f:memory\":{}}}", true, true);
	cause_step(c, forge_text(s, "events entity=%s", entity(s, &c->root)));
	cause_step(c, forge_text(s, "changes entity=%s", entity(s, &c->root)));
	cause_proof(c, forge_text(s, "spec %s", entity(s, &c->root)), forge_text(s, "memory: %s", c->to),
		"the memory limit");
	cause_proof(c, "objects kind=Pod ~ /OOMKilled/", forge_text(s, "Pod/%s-", c->root.name),
		"its container is OOMKilled again and again");
	cause_proof(c, forge_text(s, "events entity=%s", entity(s, &c->root)), "Back-off restarting failed container",
		"its container dies again and again");
	cause_action(c, forge_text(s, "set the memory limit of %s back to %s", c->root.name, old ? c->from : "none"));
}

static const char *check_greedy(const fault_map *m, const fault_target *t)
{
	const forge_service *v = &m->app->services[t->service];
	if (v->greedy_cpu_m <= 0 && v->leak_free_mi <= 0) return "nothing in it grows when it is not limited";
	return (v->greedy_cpu_m > 0 && v->cpu_limit_m > 0) || (v->leak_free_mi > 0 && v->mem_limit_mi > 0)
		       ? NULL
		       : "it has no limits to remove";
}

static void prepare_unlimited(forge_sim *s, forge_cause *c)
{
	cause_workload(s, c, "limits-removed", "its limits were removed and it takes what its node has",
		"it starves its neighbours on the node");
	cause_hints(
		s, c, "What is slow has only its node in common.", "it runs without limits and uses what the node has");
}

static void inject_unlimited(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	forge_template t = s->kube.workloads.p[c->service].tmpl;
	(void)unused;
	c->element = "spec.template.spec.containers[0].resources.limits";
	c->from = forge_text(s, "cpu: %dm, memory: %dMi", t.cpu_limit_m, t.mem_limit_mi);
	c->to = "";
	t.cpu_limit_m = t.mem_limit_mi = 0;
	fault_edit_template(s, now, c->service, &t, "\"f:resources\":{}", true, false);
	cause_step(c, "changes kind=Deployment");
	cause_step(c, forge_text(s, "spec %s", entity(s, &c->root)));
	cause_proof(c, forge_text(s, "changes entity=%s", entity(s, &c->root)), "limits", "the limits went away");
	cause_proof(c, forge_text(s, "spec %s", entity(s, &c->root)), "resources:( \\{\\}|\\s+requests:)",
		"there are no limits any more");
	if (s->app->services[c->service].leak_free_mi > 0)
		cause_proof(c, "events type=warning by=reason", "SystemOOM|Evicted", "its node runs out of memory");
	cause_action(c, forge_text(s, "kubectl -n %s rollout undo deployment/%s", c->root.ns, c->root.name));
}

/* ---- preemption ---- */

/* The target's pods are less important than the rest and bound to one worker: so it was installed. */
static void prepare_preemption(forge_sim *s, forge_cause *c)
{
	static const char *const NAMES[] = { "model-training", "nightly-reindex", "render-farm" };
	int n = (int)s->kube.nodes.n, node;
	do node = (int)cc_rng_below(&s->plan_rng, (uint64_t)n);
	while (s->kube.nodes.p[node].control_plane && n > 1);
	forge_template *t = &s->kube.workloads.p[c->service].tmpl;
	t->node_selector_key = "kubernetes.io/hostname";
	t->node_selector_value = s->kube.nodes.p[node].name;
	t->priority_class = "best-effort";
	t->priority = -1000;
	c->op = node;
	c->root = (forge_entity){ "default", "Deployment", FAULT_PICK(s, NAMES) };
	c->category = "Change";
	c->mechanism = "priority-preemption";
	c->condition = forge_text(s, "Deployment %s of high priority fills a node and preempts %s", c->root.name,
		fault_service_name(s, c->service));
	c->first_hit = c->service;
	c->first_effect = "its pod is preempted and finds no room";
	cause_alias(c, NULL, "PriorityClass", "urgent-batch");
	from_vague(c);
	cause_hint(c, "One service has no ready pod, although its own objects have not changed.");
	cause_hint(c, "Its pod was removed to make room. For whom?");
	cause_hint(c, forge_text(s, "Deployment/%s in another namespace runs with a high priority and fills the node.",
			      c->root.name));
}

static int free_on(const forge_sim *s, int node)
{
	int cpu_m = 0, mem_mi = 0;
	kube_system_load(s, node, &cpu_m, &mem_mi);
	int left = s->kube.nodes.p[node].cpu_m - cpu_m;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->node != node || p->gone || kube_pod_finished(p)) continue;
		const forge_template *t = kube_pod_template(s, p);
		left -= (t->cpu_request_m ? t->cpu_request_m : t->cpu_limit_m) + (p->sidecar ? KUBE_PROXY_CPU_M : 0);
	}
	return left > 0 ? left : 0;
}

static int request_on(const forge_sim *s, int service, int node)
{
	int sum = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->service != service || p->node != node || p->gone || kube_pod_finished(p)) continue;
		const forge_template *t = kube_pod_template(s, p);
		sum += (t->cpu_request_m ? t->cpu_request_m : t->cpu_limit_m) + (p->sidecar ? KUBE_PROXY_CPU_M : 0);
	}
	return sum;
}

/* It is bound to the same worker, and sized so that the last of its pods lacks just what the target's request would free. */
static void inject_preemption(forge_sim *s, int64_t now, int cause, int unused)
{
	enum { USUAL_M = 1500 };
	forge_cause *c = &s->plan.causes.p[cause];
	int room = free_on(s, c->op), mine = request_on(s, c->service, c->op), pods = (room + mine) / USUAL_M;
	(void)unused;
	if (pods < 1 || (room + mine) / pods < mine) pods = 1;
	int each = (room + mine) / pods;
	kube_workload w = { .kind = WL_DEPLOYMENT,
		.service = -1,
		.name = c->root.name,
		.ns = c->root.ns,
		.replicas = pods,
		.cpu_use_m = each / 3,
		.mem_use_mi = 120,
		.tmpl = { .image = forge_text(s, "registry.example.com/batch/%s:1.8.0", c->root.name),
			.cpu_request_m = each,
			.mem_request_mi = 128,
			.priority_class = "urgent-batch",
			.priority = 1000000,
			.init_service = -1,
			.dns_policy = "ClusterFirst",
			.node_selector_key = "kubernetes.io/hostname",
			.node_selector_value = s->kube.nodes.p[c->op].name } };
	kube_publish(s, w.tmpl.image, "multi");
	(void)kube_add_workload(s, now, &w);
	c->element = "spec.template.spec.priorityClassName";
	c->from = "";
	c->to = "urgent-batch";
	cause_step(c, forge_text(s, "events entity=%s", workload_of(s, c->service)));
	cause_step(c, "changes kind=Deployment");
	cause_step(c, forge_text(s, "spec %s", entity(s, &c->root)));
	cause_proof(c, "events reason=Preempted", "Preempted", "which pod made room, and for whom");
	cause_proof(c, forge_text(s, "spec %s", entity(s, &c->root)), "priorityClassName: urgent-batch",
		"the priority of the newcomer");
	cause_proof(c, forge_text(s, "events entity=%s", workload_of(s, c->service)), "Preempted|Insufficient cpu",
		"the pod that made room finds no place");
	cause_action(c, forge_text(s, "kubectl -n %s scale deployment/%s --replicas=0, or give it a lower priority",
				c->root.ns, c->root.name));
}

/* ---- autoscaler ---- */

static const char *check_hpa(const fault_map *m, const fault_target *t)
{
	return m->app->services[t->service].hpa_max > 0 ? NULL : "it has no autoscaler";
}

static int hpa_of(const forge_sim *s, int service)
{
	for (size_t i = 0; i < s->kube.hpas.n; i++)
		if (s->kube.hpas.p[i].workload == service) return (int)i;
	return -1;
}

static void prepare_hpa(forge_sim *s, forge_cause *c)
{
	c->root = (forge_entity){ s->app->namespace, "HorizontalPodAutoscaler", fault_service_name(s, c->service) };
	c->category = "Change";
	c->mechanism = "hpa-misconfigured";
	c->condition =
		forge_text(s, "HorizontalPodAutoscaler %s: its bounds or its target do not fit the load", c->root.name);
	c->first_hit = c->service;
	c->first_effect = "its number of pods no longer follows its load";
	cause_hint(c, "Not every alert is about requests.");
	cause_hint(c, "The number of pods of one service does not follow its load. Who decides it?");
	cause_hint(c, "Look at the HorizontalPodAutoscaler objects.");
	cause_hint(c, forge_text(s, "HorizontalPodAutoscaler/%s: bounds or target were changed.", c->root.name));
}

/* Either it may not grow any more while the load does, or it takes any use for too much and grows to its bound. */
static void inject_hpa(forge_sim *s, int64_t now, int cause, int unused)
{
	static const char *const MANAGERS[] = { "kubectl-edit", "kubectl-patch", "helm", "kubectl-client-side-apply" };
	forge_cause *c = &s->plan.causes.p[cause];
	int i = hpa_of(s, c->service);
	const char *e = entity(s, &c->root);
	(void)unused;
	if (i < 0) return;
	const kube_hpa *h = &s->kube.hpas.p[i];
	bool greedy = cc_rng_below(&s->plan_rng, 2) == 1;
	c->element = greedy ? "spec.metrics[0].resource.target.averageUtilization" : "spec.maxReplicas";
	c->from = forge_text(s, "%d", greedy ? h->target : h->max);
	c->to = "1";
	cause_action(c, forge_text(s, "set %s of HorizontalPodAutoscaler %s back to %s",
				greedy ? "averageUtilization" : "maxReplicas", c->root.name, c->from));
	kube_change_hpa(s, now, i, greedy ? h->min : 1, greedy ? h->max : 1, greedy ? 1 : h->target, "cpu",
		h->target_name, FAULT_PICK(s, MANAGERS));
	cause_step(c, forge_text(s, "changes entity=%s", e));
	cause_proof(c, forge_text(s, "spec %s", e), greedy ? "averageUtilization: 1\\b" : "maxReplicas: 1\\b",
		greedy ? "a target of one percent" : "it may not grow");
	cause_proof(c, forge_text(s, "changes entity=%s", e), greedy ? "averageUtilization" : "maxReplicas",
		"what was changed");
}

/* ---- the API server ---- */

static void prepare_flood(forge_sim *s, forge_cause *c)
{
	static const char *const NAMES[] = { "inventory-exporter", "cluster-audit", "config-sync" };
	c->root = (forge_entity){ "default", "Deployment", FAULT_PICK(s, NAMES) };
	c->category = "Change";
	c->mechanism = "api-server-request-surge";
	c->condition = forge_text(s,
		"Deployment %s floods the API server with requests: the cluster reacts late or not at all",
		c->root.name);
	c->first_hit = c->service;
	c->first_effect = "its pods are replaced far too slowly";
	from_vague(c);
	cause_hint(c, "One service was to get new pods, and everything the cluster does for them takes long.");
	cause_hint(c, "Events say that the API server refuses requests. Who sends so many?");
	cause_hint(c, forge_text(s, "Deployment/%s was added in another namespace shortly before.", c->root.name));
}

static void inject_flood(forge_sim *s, int64_t now, int cause, int unused)
{
	enum { PODS = 6 };
	forge_cause *c = &s->plan.causes.p[cause];
	(void)unused;
	kube_workload w = { .kind = WL_DEPLOYMENT,
		.service = -1,
		.name = c->root.name,
		.ns = c->root.ns,
		.replicas = PODS,
		.cpu_use_m = 180,
		.mem_use_mi = 90,
		.api_calls_ps = KUBE_API_CAPACITY * 4 / PODS,
		.tmpl = { .image = forge_text(s, "registry.example.com/ops/%s:0.9.2", c->root.name),
			.cpu_request_m = 50,
			.mem_request_mi = 64,
			.mem_limit_mi = 256,
			.init_service = -1,
			.dns_policy = "ClusterFirst" } };
	kube_publish(s, w.tmpl.image, "multi");
	(void)kube_add_workload(s, now, &w);
	/* A pipeline that deploys anew, again and again because the last attempt took too long. */
	for (int i = 0; i < 4; i++)
		forge_at(s, now + (60 + 80 * i) * FORGE_S + cc_rng_between(&s->plan_rng, 0, 15 * FORGE_S), replace_pods,
			c->service, 0);
	c->element = "metadata";
	c->from = "absent";
	c->to = "created";
	cause_step(c, "events ~ /too many requests|429|Too Many/");
	cause_step(c, "changes kind=Deployment");
	cause_proof(c, forge_text(s, "objects name=%s", c->root.name), entity(s, &c->root),
		"a newcomer, created at the onset");
	cause_proof(c, "events ~ /too many requests|429|Too Many/", "(?i)too many requests",
		"the API server refuses requests");
	cause_action(c, forge_text(s, "kubectl -n %s scale deployment/%s --replicas=0", c->root.ns, c->root.name));
}

static const fault_row ROWS[] = {
	{ { "quota", "a ResourceQuota allows less than what runs: pods that go are not replaced", "service",
		  "ResourceQuota" },
		FAM_RESOURCE, AT_SERVICE, SHAPE_FOREIGN, check_outage, prepare_quota, inject_quota },
	{ { "tiny-resources", "a memory limit below what the process needs", "service", "Deployment" }, FAM_RESOURCE,
		AT_SERVICE, SHAPE_PLAIN, check_memory, prepare_tiny, inject_tiny },
	{ { "limits-removed", "a workload without limits starves its neighbours on the node", "service", "Deployment" },
		FAM_RESOURCE, AT_SERVICE, SHAPE_PASSING, check_greedy, prepare_unlimited, inject_unlimited },
	{ { "priority-preemption", "a batch workload of high priority preempts a service's pods", "service",
		  "Deployment" },
		FAM_RESOURCE, AT_SERVICE, SHAPE_FOREIGN, check_outage, prepare_preemption, inject_preemption },
	{ { "hpa-misconfigured", "bounds or target of an autoscaler do not fit the load; at random on easy only: its own alert names it", "service",
		  "HorizontalPodAutoscaler" },
		FAM_RESOURCE, AT_SERVICE, SHAPE_PASSING, check_hpa, prepare_hpa, inject_hpa },
	{ { "api-flood", "a workload floods the API server while a service needs new pods", "service", "Deployment" },
		FAM_RESOURCE, AT_SERVICE, SHAPE_FOREIGN, check_outage, prepare_flood, inject_flood },
};

fault_rows fault_resource_table(void)
{
	return (fault_rows){ ROWS, sizeof ROWS / sizeof ROWS[0] };
}
