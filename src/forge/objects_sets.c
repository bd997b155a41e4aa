/* objects_sets.c - StatefulSets and DaemonSets. */
#include "forge/objects.h"

static void revision_name(const kube_workload *w, cc_buf *out)
{
	char hash[FORGE_HASH];
	kube_template_hash(w->name, &w->tmpl, hash);
	cc_buf_addf(out, "%s-%s", w->name, hash);
}

/* The revision the pods that are not updated yet still have. */
static void current_revision(const obj *o, int workload, cc_buf *out)
{
	const kube_workload *w = &o->s->kube.workloads.p[workload];
	char want[FORGE_HASH], hash[FORGE_HASH];
	kube_template_hash(w->name, &w->tmpl, want);
	for (size_t i = 0; i < o->s->kube.pods.n; i++) {
		const kube_pod *p = &o->s->kube.pods.p[i];
		if (p->workload != workload || p->gone || !p->tmpl) continue;
		kube_template_hash(w->name, p->tmpl, hash);
		if (obj_is(hash, want)) continue;
		cc_buf_addf(out, "%s-%s", w->name, hash);
		return;
	}
	revision_name(w, out);
}

static void stateful_status(obj *o, int at)
{
	const kube_workload *w = &o->s->kube.workloads.p[at];
	cc_buf current = CC_BUF_INIT, update = CC_BUF_INIT;
	current_revision(o, at, &current);
	revision_name(w, &update);
	obj_open(o, "status");
	obj_int(o, "availableReplicas", w->seen_ready);
	obj_int(o, "collisionCount", 0);
	if (w->complete || obj_is(current.p, update.p)) obj_int(o, "currentReplicas", w->seen_total);
	obj_str(o, "currentRevision", cc_buf_str(&current));
	obj_int(o, "observedGeneration", w->observed);
	if (w->seen_ready) obj_int(o, "readyReplicas", w->seen_ready);
	obj_int(o, "replicas", w->seen_total);
	obj_str(o, "updateRevision", cc_buf_str(&update));
	if (w->seen_updated) obj_int(o, "updatedReplicas", w->seen_updated);
	obj_close(o);
	if (!cc_buf_ok(&current) || !cc_buf_ok(&update)) forge_fail(o->s, CC_ENOMEM);
	cc_buf_deinit(&current);
	cc_buf_deinit(&update);
}

static void begin(obj *o, const kube_workload *w, const char *kind)
{
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	if (w->kind == WL_DAEMONSET) obj_pair(&a, "deprecated.daemonset.template.generation", "1");
	if (w->service >= 0) {
		obj_release(o, &a);
		obj_labels(o, &l, obj_pod_label(o->s, w), true);
	} else {
		obj_pod_labels(o, &l, w);
	}
	obj_meta m = { .version = "apps/v1", .kind = kind, .name = w->name, .ns = obj_workload_ns(o->s, w),
		.uid = w->uid, .rv = w->rv,
		.created = w->created, .generation = w->generation, .labels = &l, .annotations = &a };
	obj_begin(o, &m);
}

static void end(obj *o, const kube_workload *w)
{
	obj_owned(o, w->service >= 0 ? "helm" : w->service == OBJ_SYSTEM ? "kubeadm" : "kubectl-client-side-apply",
		NULL, w->created, "metadata.annotations metadata.labels spec", NULL);
	obj_edited(o, &w->edits);
	obj_owned(o, "kube-controller-manager", "status", w->status_at ? w->status_at : w->created, "status", NULL);
	obj_finish(o);
}

static void statefulset(obj *o, int at)
{
	const kube_workload *w = &o->s->kube.workloads.p[at];
	begin(o, w, "StatefulSet");
	obj_open(o, "spec");
	obj_raw(o, "persistentVolumeClaimRetentionPolicy", "{\"whenDeleted\":\"Retain\",\"whenScaled\":\"Retain\"}");
	obj_text(o, "podManagementPolicy", "OrderedReady");
	obj_int(o, "replicas", w->replicas);
	obj_int(o, "revisionHistoryLimit", 10);
	obj_selector(o, w, NULL);
	obj_text(o, "serviceName", obj_pod_label(o->s, w));
	obj_template(o, w, &w->tmpl, NULL);
	obj_raw(o, "updateStrategy", "{\"rollingUpdate\":{\"partition\":0},\"type\":\"RollingUpdate\"}");
	obj_close(o);
	stateful_status(o, at);
	end(o, w);
}

void obj_render_daemonset(obj *o, const kube_workload *w)
{
	int want = 0;
	for (size_t i = 0; i < o->s->kube.nodes.n; i++) want += w->service == OBJ_SYSTEM
		|| !o->s->kube.nodes.p[i].control_plane;
	begin(o, w, "DaemonSet");
	obj_open(o, "spec");
	obj_int(o, "revisionHistoryLimit", 10);
	obj_selector(o, w, NULL);
	obj_template(o, w, &w->tmpl, NULL);
	obj_raw(o, "updateStrategy", "{\"rollingUpdate\":{\"maxSurge\":0,\"maxUnavailable\":1},"
		"\"type\":\"RollingUpdate\"}");
	obj_close(o);
	obj_open(o, "status");
	obj_int(o, "currentNumberScheduled", w->seen_total);
	obj_int(o, "desiredNumberScheduled", want);
	if (w->seen_ready) obj_int(o, "numberAvailable", w->seen_ready);
	obj_int(o, "numberMisscheduled", 0);
	obj_int(o, "numberReady", w->seen_ready);
	if (want > w->seen_ready) obj_int(o, "numberUnavailable", want - w->seen_ready);
	obj_int(o, "observedGeneration", w->observed);
	obj_int(o, "updatedNumberScheduled", w->seen_total);
	obj_close(o);
	end(o, w);
}

static void daemonset(obj *o, int at)
{
	obj_render_daemonset(o, &o->s->kube.workloads.p[at]);
}

static void list(obj *o, obj_items *v, kube_workload_kind kind, void (*render)(obj *, int))
{
	for (size_t i = 0; i < o->s->kube.workloads.n; i++) {
		const kube_workload *w = &o->s->kube.workloads.p[i];
		if (w->kind == kind && !w->deleted && w->created)
			obj_add(o, v, obj_workload_ns(o->s, w), w->name, render, (int)i);
	}
}

void obj_list_statefulsets(obj *o, obj_items *v)
{
	list(o, v, WL_STATEFULSET, statefulset);
}

void obj_list_daemonsets(obj *o, obj_items *v)
{
	list(o, v, WL_DAEMONSET, daemonset);
	obj_system_daemonsets(o, v);
}
