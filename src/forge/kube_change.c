/* kube_change.c - what people and pipelines change: generation, resourceVersion and managedFields follow, then the controllers. */
#include "forge/kube_priv.h"

static bool valid(const forge_sim *s, int workload)
{
	return workload >= 0 && (size_t)workload < s->kube.workloads.n && !s->kube.workloads.p[workload].deleted;
}

static void changed(forge_sim *s, int64_t now, int workload, const char *manager, const char *fields)
{
	kube_workload *w = &s->kube.workloads.p[workload];
	w->generation++;
	w->rv = kube_touch(s);
	kube_edit_push(s, &w->edits, manager, fields, now);
	kube_workload_later(s, now, workload);
}

void kube_change_template(forge_sim *s, int64_t now, int workload, const forge_template *tmpl, const char *manager, const char *fields)
{
	if (!valid(s, workload)) return;
	forge_template copy = *tmpl; /* it may be the workload's own */
	s->kube.workloads.p[workload].tmpl = copy;
	changed(s, now, workload, manager, fields);
}

void kube_change_replicas(forge_sim *s, int64_t now, int workload, int replicas, const char *manager)
{
	if (!valid(s, workload) || s->kube.workloads.p[workload].replicas == replicas) return;
	s->kube.workloads.p[workload].replicas = replicas < 0 ? 0 : replicas;
	changed(s, now, workload, manager, "{\"f:spec\":{\"f:replicas\":{}}}");
}

void kube_change_recreate(forge_sim *s, int64_t now, int workload, bool recreate)
{
	(void)now;
	if (valid(s, workload)) s->kube.workloads.p[workload].recreate = recreate;
}

void kube_restart_rollout(forge_sim *s, int64_t now, int workload, const char *manager)
{
	if (!valid(s, workload)) return;
	cc_buf b = CC_BUF_INIT;
	out_time_s(&b, now);
	cc_str at = forge_str(s, &b);
	cc_buf_deinit(&b);
	forge_template t = s->kube.workloads.p[workload].tmpl;
	t.restarted_at = at.n ? at.p : "";
	kube_change_template(s, now, workload, &t, manager, "{\"f:spec\":{\"f:template\":{\"f:metadata\":{\"f:annotations\":{\".\":{},"
		"\"f:kubectl.kubernetes.io/restartedAt\":{}}}}}}");
}

void kube_change_configmap(forge_sim *s, int64_t now, int configmap, cc_str data, const char *manager)
{
	if (configmap < 0 || (size_t)configmap >= s->kube.configmaps.n) return;
	kube_configmap *c = &s->kube.configmaps.p[configmap];
	c->data = data;
	c->rv = kube_touch(s);
	kube_edit_push(s, &c->edits, manager, forge_text(s, "{\"f:data\":{\"f:%s\":{}}}", c->key), now);
	kube_flags_changed(s, now, configmap);
}

void kube_change_hpa(forge_sim *s, int64_t now, int hpa, int min, int max, int target, const char *metric, const char *target_name,
	const char *manager)
{
	if (hpa < 0 || (size_t)hpa >= s->kube.hpas.n) return;
	kube_hpa *h = &s->kube.hpas.p[hpa];
	bool limits = min != h->min || max != h->max, metrics = target != h->target || (metric && !kube_is(metric, h->metric));
	bool aim = target_name && !kube_is(target_name, h->target_name);
	h->min = min;
	h->max = max;
	h->target = target;
	if (metric) h->metric = metric;
	if (aim) h->target_name = target_name;
	h->rv = kube_touch(s);
	const char *parts[] = { limits ? "\"f:maxReplicas\":{}" : NULL, metrics ? "\"f:metrics\":{}" : NULL, limits ? "\"f:minReplicas\":{}" : NULL,
		aim ? "\"f:scaleTargetRef\":{\"f:name\":{}}" : NULL };
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "{\"f:spec\":{");
	bool first = true;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (!parts[i]) continue;
		cc_buf_addf(&b, "%s%s", first ? "" : ",", parts[i]);
		first = false;
	}
	cc_buf_addz(&b, "}}");
	cc_str fields = forge_str(s, &b);
	cc_buf_deinit(&b);
	kube_edit_push(s, &h->edits, manager, fields.n ? fields.p : NULL, now);
}

static void node_tainted(forge_sim *s, int64_t now, int node, int on)
{
	kube_node *n = &s->kube.nodes.p[node];
	if (n->unschedulable != (on != 0)) return;
	n->rv = kube_touch(s);
	kube_edit_push(s, &n->edits, "kube-controller-manager", "{\"f:spec\":{\"f:taints\":{}}}", now);
}

/* The kubelet of that node notices at its next status report. */
static void node_reported(forge_sim *s, int64_t now, int node, int on)
{
	const kube_node *n = &s->kube.nodes.p[node];
	if (n->unschedulable != (on != 0)) return;
	forge_event_spec e = { .kind = "Node", .object = n->name, .object_uid = n->name, .reason = on ? "NodeNotSchedulable" : "NodeSchedulable",
		.component = "kubelet", .host = n->name };
	kube_event(s, now, &e, "Node %s status is now: %s", n->name, e.reason);
}

void kube_cordon(forge_sim *s, int64_t now, int node, bool on, const char *manager)
{
	if (node < 0 || (size_t)node >= s->kube.nodes.n || s->kube.nodes.p[node].unschedulable == on) return;
	kube_node *n = &s->kube.nodes.p[node];
	n->unschedulable = on;
	n->rv = kube_touch(s);
	kube_edit_push(s, &n->edits, manager, "{\"f:spec\":{\"f:unschedulable\":{}}}", now);
	forge_at(s, now + kube_lag(s, 20 * FORGE_MS, 90 * FORGE_MS), node_tainted, node, on);
	forge_at(s, now + kube_lag(s, 200 * FORGE_MS, 10 * FORGE_S), node_reported, node, on);
	if (!on) scheduler_wake(s, now);
}

void kube_add_policy(forge_sim *s, int64_t now, const char *name, int service, bool ingress, bool egress, const char *manager)
{
	kube_policy p = { .name = name, .service = service, .deny_ingress = ingress, .deny_egress = egress, .created = now, .rv = kube_touch(s) };
	kube_uid(s, p.uid);
	kube_edit_push(s, &p.edits, manager, "{\"f:spec\":{\"f:podSelector\":{},\"f:policyTypes\":{}}}", now);
	if (!cc_vec_push(&s->kube.policies, p)) {
		cc_vec_deinit(&p.edits);
		forge_fail(s, CC_ENOMEM);
	}
}

void kube_policy_remove(forge_sim *s, int64_t now, int policy)
{
	(void)now;
	if (policy < 0 || (size_t)policy >= s->kube.policies.n) return;
	s->kube.policies.p[policy].deleted = true;
	s->kube.policies.p[policy].rv = kube_touch(s);
}

void kube_label_namespace(forge_sim *s, int64_t now, const char *mesh_label, const char *manager)
{
	for (size_t i = 0; i < s->kube.namespaces.n; i++) {
		kube_namespace *n = &s->kube.namespaces.p[i];
		if (!kube_is(n->name, kube_app_ns(s))) continue;
		n->mesh_label = mesh_label;
		n->rv = kube_touch(s);
		kube_edit_push(s, &n->edits, manager, "{\"f:metadata\":{\"f:labels\":{\"f:istio-injection\":{}}}}", now);
	}
}

int kube_add_workload(forge_sim *s, int64_t now, const kube_workload *w)
{
	kube_workload c = *w;
	c.edits = (kube_edits){ 0 };
	c.name = forge_text(s, "%s", w->name);
	if (!c.ns) c.ns = kube_app_ns(s);
	if (!c.uid[0]) kube_uid(s, c.uid);
	c.created = c.status_at = now;
	c.generation = 1;
	c.progressing = true;
	c.progress_reason = "ReplicaSetUpdated";
	c.sync_due = c.deadline_due = c.deleted = false;
	if (!c.tmpl.dns_policy) c.tmpl.dns_policy = "ClusterFirst";
	c.rv = kube_touch(s);
	if (c.cron) c.cron_rv = kube_touch(s);
	if (!cc_vec_push(&s->kube.workloads, c)) {
		forge_fail(s, CC_ENOMEM);
		return -1;
	}
	int workload = (int)s->kube.workloads.n - 1;
	kube_workload_later(s, now, workload);
	return workload;
}

/* The garbage collector deletes what the workload owned: no controller says so, only the kubelets stop containers. */
void kube_delete_workload(forge_sim *s, int64_t now, int workload)
{
	if (!valid(s, workload)) return;
	s->kube.workloads.p[workload].deleted = true;
	s->kube.workloads.p[workload].rv = kube_touch(s);
	for (size_t i = 0; i < s->kube.sets.n; i++)
		if (s->kube.sets.p[i].workload == workload) s->kube.sets.p[i].desired = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->workload == workload && !p->deleted && !p->gone) kubelet_pod_delete(s, now, (int)i);
	}
}
