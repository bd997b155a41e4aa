/* objects_policy.c - what restricts: quotas, limit ranges, network policies, disruption budgets. */
#include "forge/objects.h"

static void created_by(obj *o, const kube_edits *edits, int64_t created, const char *of)
{
	/* What somebody made during the run belongs to its maker; the rest came with the chart. */
	bool made = edits->n > 0 && edits->p[0].at == created;
	obj_owned(o, made ? edits->p[0].manager : "helm", NULL, created, of, NULL);
	for (size_t i = made ? 1 : 0; i < edits->n; i++)
		if (edits->p[i].fields)
			obj_owned(o, edits->p[i].manager, NULL, edits->p[i].at, NULL, edits->p[i].fields);
}

/* ---- ResourceQuota, LimitRange ---- */

static void memory(obj *o, const char *key, int mi)
{
	if (mi == 0) obj_text(o, key, "0");
	else if (mi % 1024 == 0) obj_textf(o, key, "%dGi", mi / 1024);
	else obj_textf(o, key, "%dMi", mi);
}

static void amounts(obj *o, const char *key, const kube_quota *q, int pods, int cpu_m, int mem_mi)
{
	obj_open(o, key);
	if (q->mem_mi) memory(o, "limits.memory", mem_mi);
	if (q->pods) obj_textf(o, "pods", "%d", pods);
	if (q->cpu_m && cpu_m % 1000) obj_textf(o, "requests.cpu", "%dm", cpu_m);
	else if (q->cpu_m) obj_textf(o, "requests.cpu", "%d", cpu_m / 1000);
	obj_close(o);
}

static void quota(obj *o, int at)
{
	const kube_quota *q = &o->s->kube.quotas.p[at];
	kube_usage used = kube_quota_used(o->s);
	obj_meta m = { .version = "v1", .kind = "ResourceQuota", .name = q->name, .ns = obj_ns(o->s), .uid = q->uid,
		.rv = kube_status_version(o->s, "ResourceQuota", q->name, q->rv,
			((uint64_t)(uint32_t)used.pods << 48) ^ ((uint64_t)(uint32_t)used.cpu_m << 24) ^ (uint32_t)used.mem_mi),
		.created = q->created };
	obj_begin(o, &m);
	obj_open(o, "spec");
	amounts(o, "hard", q, q->pods, q->cpu_m, q->mem_mi);
	obj_close(o);
	obj_open(o, "status");
	amounts(o, "hard", q, q->pods, q->cpu_m, q->mem_mi);
	amounts(o, "used", q, used.pods, used.cpu_m, used.mem_mi);
	obj_close(o);
	created_by(o, &q->edits, q->created, "spec");
	int64_t last = q->created;
	for (size_t i = 0; i < o->s->kube.pods.n; i++) {
		const kube_pod *p = &o->s->kube.pods.p[i];
		if (p->created > last) last = p->created;
		if (p->gone > last) last = p->gone;
	}
	obj_owned(o, "kube-controller-manager", "status", last, "status", NULL);
	obj_finish(o);
}

void obj_list_quotas(obj *o, obj_items *v)
{
	for (size_t i = 0; i < o->s->kube.quotas.n; i++) {
		const kube_quota *q = &o->s->kube.quotas.p[i];
		if (!q->deleted && q->created) obj_add(o, v, obj_ns(o->s), q->name, quota, (int)i);
	}
}

static void range(obj *o, int at)
{
	/* Where the application's claims live, only volumes are bounded: defaults for containers would change its
	 * pods. */
	static const obj_fixed RANGES[] = {
		{ "v1", "LimitRange", "default", "defaults", NULL,
			"\"spec\":{\"limits\":[{\"default\":{\"memory\":\"256Mi\"},\"defaultRequest\":{\"cpu\":\"50m\","
			"\"memory\":"
			"\"64Mi\"},\"type\":\"Container\"}]}", "kubectl-client-side-apply", "spec", NULL, NULL, NULL,
			NULL, 4200 },
		{ "v1", "LimitRange", "*", "volume-sizes", NULL,
		"\"spec\":{\"limits\":[{\"max\":{\"storage\":\"50Gi\"},\"min\":{\"storage\":\"128Mi\"},\"type\":"
			"\"PersistentVolumeClaim\"}]}", "kubectl-client-side-apply", "spec", NULL, NULL, NULL, NULL,
			-2 },
	};
	obj_render_fixed(o, &RANGES[at]);
}

void obj_list_ranges(obj *o, obj_items *v)
{
	obj_add(o, v, "default", "defaults", range, 0);
	obj_add(o, v, obj_ns(o->s), "volume-sizes", range, 1);
}

/* ---- NetworkPolicy ---- */

static void policy(obj *o, int at)
{
	const kube_policy *p = &o->s->kube.policies.p[at];
	obj_meta m = { .version = "networking.k8s.io/v1", .kind = "NetworkPolicy", .name = p->name, .ns = obj_ns(o->s),
		.uid = p->uid, .rv = p->rv,
		.created = p->created, .generation = 1 };
	obj_begin(o, &m);
	bool open = !p->deny_ingress && !p->deny_egress; /* a policy that admits everybody */
	obj_open(o, "spec");
	if (open) obj_raw(o, "ingress", p->ingress ? p->ingress : "[{}]");
	if (p->service >= 0)
		obj_rawf(o, "podSelector", "{\"matchLabels\":{\"%s\":\"%s\"}}", o->s->app->label,
			o->s->app->services[p->service].name);
	else obj_raw(o, "podSelector", "{}");
	obj_list(o, "policyTypes");
	if (p->deny_ingress || open) obj_item(o, "Ingress");
	if (p->deny_egress) obj_item(o, "Egress");
	obj_end_list(o);
	obj_close(o);
	created_by(o, &p->edits, p->created, "spec");
	obj_finish(o);
}

/* Name service is open to everybody; a policy says so, as hardened clusters have it. */
static void dns_policy(obj *o, int at)
{
	static const obj_fixed DNS = { "networking.k8s.io/v1", "NetworkPolicy", "kube-system", "allow-dns", NULL,
		"\"spec\":{\"ingress\":[{\"from\":[{\"namespaceSelector\":{}},"
		"{\"podSelector\":{\"matchLabels\":{\"k8s-app\":\"node-local-dns\"}}}],\"ports\":[{\"port\":53,"
		"\"protocol\":\"UDP\"},{\"port\":53,\"protocol\":\"TCP\"},{\"port\":9153,\"protocol\":\"TCP\"}]}],"
		"\"podSelector\":{\"matchLabels\":{\"k8s-app\":\"kube-dns\"}},"
		"\"policyTypes\":[\"Ingress\"]}", "kubectl-client-side-apply", "spec", NULL, NULL, NULL, NULL, 600 };
	(void)at;
	obj_render_fixed(o, &DNS);
}

void obj_list_policies(obj *o, obj_items *v)
{
	obj_add(o, v, "kube-system", "allow-dns", dns_policy, 0);
	for (size_t i = 0; i < o->s->kube.policies.n; i++) {
		const kube_policy *p = &o->s->kube.policies.p[i];
		if (!p->deleted && p->created) obj_add(o, v, obj_ns(o->s), p->name, policy, (int)i);
	}
}

/* ---- PodDisruptionBudget ---- */

static int healthy_pods(const obj *o, int workload)
{
	int n = 0;
	for (size_t i = 0; i < o->s->kube.pods.n; i++) {
		const kube_pod *p = &o->s->kube.pods.p[i];
		n += p->workload == workload && p->ready && !p->deleted && !p->gone;
	}
	return n;
}

static void budget(obj *o, int at)
{
	const kube_pdb *b = &o->s->kube.pdbs.p[at];
	const kube_workload *w = &o->s->kube.workloads.p[b->workload];
	int healthy = healthy_pods(o, b->workload), allowed = healthy > b->min ? healthy - b->min : 0;
	int64_t since = w->status_at > b->created ? w->status_at : b->created;
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	obj_labels(o, &l, w->name, true);
	obj_release(o, &a);
	obj_meta m = { .version = "policy/v1", .kind = "PodDisruptionBudget", .name = w->name, .ns = obj_ns(o->s),
		.uid = b->uid,
		.rv = kube_status_version(o->s, "PodDisruptionBudget", w->name, b->rv,
			(((uint64_t)(uint32_t)healthy << 32) + (uint32_t)w->replicas) ^ (uint64_t)since), .created = b->created, .generation = 1, .labels = &l,
		.annotations = &a };
	obj_begin(o, &m);
	obj_open(o, "spec");
	obj_int(o, "minAvailable", b->min);
	obj_selector(o, w, NULL);
	obj_close(o);
	obj_open(o, "status");
	obj_list(o, "conditions");
	obj_open(o, NULL);
	obj_time(o, "lastTransitionTime", since);
	obj_text(o, "message", "");
	obj_int(o, "observedGeneration", 1);
	obj_text(o, "reason", allowed ? "SufficientPods" : "InsufficientPods");
	obj_text(o, "status", allowed ? "True" : "False");
	obj_text(o, "type", "DisruptionAllowed");
	obj_close(o);
	obj_end_list(o);
	obj_int(o, "currentHealthy", healthy);
	obj_int(o, "desiredHealthy", b->min);
	obj_int(o, "disruptionsAllowed", allowed);
	obj_int(o, "expectedPods", w->replicas);
	obj_int(o, "observedGeneration", 1);
	obj_close(o);
	created_by(o, &b->edits, b->created, "metadata.annotations metadata.labels spec");
	obj_owned(o, "kube-controller-manager", "status", since, "status", NULL);
	obj_finish(o);
}

void obj_list_pdbs(obj *o, obj_items *v)
{
	for (size_t i = 0; i < o->s->kube.pdbs.n; i++) {
		const kube_pdb *b = &o->s->kube.pdbs.p[i];
		const kube_workload *w = &o->s->kube.workloads.p[b->workload];
		if (b->created && !w->deleted) obj_add(o, v, obj_ns(o->s), w->name, budget, (int)i);
	}
}
