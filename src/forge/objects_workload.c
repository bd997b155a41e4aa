/* objects_workload.c - Deployments and their ReplicaSets, with the status their controllers last wrote. */
#include <string.h>

#include "forge/objects.h"

/* The set the controller reports progress about; when it has none yet, the newest. */
static const kube_rs *newest_set(const obj *o, int workload)
{
	const kube_rs *best = NULL;
	for (size_t i = 0; i < o->s->kube.sets.n; i++) {
		const kube_rs *r = &o->s->kube.sets.p[i];
		if (r->workload == workload && (!best || r->revision > best->revision)) best = r;
	}
	return best;
}

static void deploy_conditions(obj *o, const kube_workload *w, const kube_rs *fresh)
{
	const char *rs = w->progress_rs[0] ? w->progress_rs : fresh ? fresh->name : "";
	bool late = !w->progressing, done = obj_is(w->progress_reason, "NewReplicaSetAvailable"),
		made = obj_is(w->progress_reason, "NewReplicaSetCreated");
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, made ? "Created new replica set \"%s\"" : late ? "ReplicaSet \"%s\" has timed out progressing."
		: done
		? "ReplicaSet \"%s\" has successfully progressed." : "ReplicaSet \"%s\" is progressing.", rs);
	obj_list(o, "conditions");
	if (fresh && fresh->quota_refused)
		obj_condition(o, "ReplicaFailure", true, fresh->refused_at, "FailedCreate",
			fresh->refused_message.n ? fresh->refused_message.p : "",
			fresh->refused_at, false);
	if (w->available_changed)
		obj_condition(o, "Available", w->available, w->available_changed,
			w->available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
			w->available ? "Deployment has minimum availability."
			: "Deployment does not have minimum availability.", w->available_changed, false);
	if (w->progress_changed)
		obj_condition(o, "Progressing", w->progressing, w->progress_changed,
			w->progress_reason ? w->progress_reason : "ReplicaSetUpdated", b.p,
			w->progress_updated ? w->progress_updated : w->progress_changed, false);
	obj_end_list(o);
	cc_buf_deinit(&b);
}

/* What the sets are to have in all, which a surge makes more than the Deployment wants. */
static int wanted(const obj *o, const kube_workload *w, const kube_rs *fresh)
{
	int n = 0;
	if (!fresh || fresh->workload < 0) return w->replicas;
	for (size_t i = 0; i < o->s->kube.sets.n; i++)
		if (o->s->kube.sets.p[i].workload == fresh->workload) n += o->s->kube.sets.p[i].desired;
	return n;
}

static void deploy_status(obj *o, const kube_workload *w, const kube_rs *fresh)
{
	obj_open(o, "status");
	if (w->observed) {
		int missing = wanted(o, w, fresh) - w->seen_ready;
		if (w->seen_ready) obj_int(o, "availableReplicas", w->seen_ready);
		deploy_conditions(o, w, fresh);
		obj_int(o, "observedGeneration", w->observed);
		if (w->seen_ready) obj_int(o, "readyReplicas", w->seen_ready);
		if (w->seen_total) obj_int(o, "replicas", w->seen_total);
		if (missing > 0) obj_int(o, "unavailableReplicas", missing);
		if (w->seen_updated) obj_int(o, "updatedReplicas", w->seen_updated);
	}
	obj_close(o);
}

#define REVISION "{\"f:metadata\":{\"f:annotations\":{\".\":{},\"f:deployment.kubernetes.io/revision\":{}}}}"

static void deploy_owners(obj *o, const kube_workload *w)
{
	bool chart = w->service >= 0, system = w->service == OBJ_SYSTEM;
	obj_owned(o, chart ? "helm" : system ? "kubeadm" : "kubectl-client-side-apply", NULL, w->created,
		chart ? "metadata.annotations metadata.labels spec" : "metadata.labels spec",
		NULL);
	obj_edited(o, &w->edits);
	if (w->observed)
		obj_owned(o, "kube-controller-manager", "status", w->status_at ? w->status_at : w->created, "status",
			REVISION);
}

void obj_render_deployment(obj *o, const kube_workload *w, const kube_rs *fresh)
{
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	cc_buf revision = CC_BUF_INIT;
	cc_buf_addf(&revision, "%d", w->revision > 0 ? w->revision : 1);
	obj_pair(&a, "deployment.kubernetes.io/revision", revision.p ? revision.p : "1");
	if (w->service >= 0) {
		obj_release(o, &a);
		obj_labels(o, &l, obj_pod_label(o->s, w), true);
	} else {
		obj_pod_labels(o, &l, w);
	}
	obj_meta m = { .version = "apps/v1", .kind = "Deployment", .name = w->name, .ns = obj_workload_ns(o->s, w),
		.uid = w->uid, .rv = w->rv,
		.created = w->created, .generation = w->generation, .labels = &l, .annotations = &a };
	obj_begin(o, &m);
	obj_open(o, "spec");
	obj_int(o, "progressDeadlineSeconds", 600);
	obj_int(o, "replicas", w->replicas);
	obj_int(o, "revisionHistoryLimit", 10);
	obj_selector(o, w, NULL);
	obj_raw(o, "strategy", w->recreate ? "{\"type\":\"Recreate\"}"
		: "{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"RollingUpdate\"}");
	obj_template(o, w, &w->tmpl, NULL);
	obj_close(o);
	deploy_status(o, w, fresh);
	deploy_owners(o, w);
	obj_finish(o);
	cc_buf_deinit(&revision);
}

static void set_status(obj *o, const kube_rs *r)
{
	obj_open(o, "status");
	if (r->seen_ready) obj_int(o, "availableReplicas", r->seen_ready);
	if (r->quota_refused) {
		obj_list(o, "conditions");
		obj_condition(o, "ReplicaFailure", true, r->refused_at, "FailedCreate",
			r->refused_message.n ? r->refused_message.p : "", 0, false);
		obj_end_list(o);
	}
	if (r->seen_total) obj_int(o, "fullyLabeledReplicas", r->seen_total);
	obj_int(o, "observedGeneration", r->generation);
	if (r->seen_ready) obj_int(o, "readyReplicas", r->seen_ready);
	obj_int(o, "replicas", r->seen_total);
	obj_close(o);
}

static void set_annotations(obj *o, const kube_rs *r, const kube_workload *w, obj_pairs *a, cc_buf text[3])
{
	cc_buf_addf(&text[0], "%d", w->replicas);
	cc_buf_addf(&text[1], "%d", w->replicas + (w->recreate ? 0 : (w->replicas + 3) / 4));
	cc_buf_addf(&text[2], "%d", r->revision);
	if (!cc_buf_ok(&text[0]) || !cc_buf_ok(&text[1]) || !cc_buf_ok(&text[2])) {
		forge_fail(o->s, CC_ENOMEM);
		return;
	}
	obj_pair(a, "deployment.kubernetes.io/desired-replicas", text[0].p);
	obj_pair(a, "deployment.kubernetes.io/max-replicas", text[1].p);
	obj_pair(a, "deployment.kubernetes.io/revision", text[2].p);
	if (w->service >= 0) obj_release(o, a);
}

void obj_render_set(obj *o, const kube_rs *r, const kube_workload *w)
{
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	cc_buf text[3] = { CC_BUF_INIT, CC_BUF_INIT, CC_BUF_INIT };
	set_annotations(o, r, w, &a, text);
	obj_pod_labels(o, &l, w);
	obj_pair(&l, "pod-template-hash", r->hash);
	obj_meta m = { .version = "apps/v1", .kind = "ReplicaSet", .name = r->name, .ns = obj_workload_ns(o->s, w),
		.uid = r->uid, .rv = r->rv,
		.created = r->created, .generation = r->generation, .labels = &l, .annotations = &a,
		.owner_version = "apps/v1", .owner_kind = "Deployment",
		.owner_name = w->name, .owner_uid = w->uid };
	obj_begin(o, &m);
	obj_open(o, "spec");
	obj_int(o, "replicas", r->desired);
	obj_selector(o, w, r->hash);
	obj_template(o, w, &r->tmpl, r->hash);
	obj_close(o);
	set_status(o, r);
	int64_t seen = r->status_at ? r->status_at : r->created;
	obj_owned(o, "kube-controller-manager", NULL, r->generation > 1 ? seen : r->created,
		"metadata.annotations metadata.labels metadata.ownerReferences spec", NULL);
	obj_owned(o, "kube-controller-manager", "status", seen, "status", NULL);
	obj_finish(o);
	for (int i = 0; i < 3; i++) cc_buf_deinit(&text[i]);
}

static void deployment(obj *o, int at)
{
	obj_render_deployment(o, &o->s->kube.workloads.p[at], newest_set(o, at));
}

static void replicaset(obj *o, int at)
{
	const kube_rs *r = &o->s->kube.sets.p[at];
	obj_render_set(o, r, &o->s->kube.workloads.p[r->workload]);
}

void obj_list_deployments(obj *o, obj_items *v)
{
	for (size_t i = 0; i < o->s->kube.workloads.n; i++) {
		const kube_workload *w = &o->s->kube.workloads.p[i];
		if (w->kind == WL_DEPLOYMENT && !w->deleted && w->created)
			obj_add(o, v, obj_workload_ns(o->s, w), w->name, deployment, (int)i);
	}
	obj_system_deployments(o, v);
}

void obj_list_replicasets(obj *o, obj_items *v)
{
	for (size_t i = 0; i < o->s->kube.sets.n; i++) {
		const kube_rs *r = &o->s->kube.sets.p[i];
		const kube_workload *w = &o->s->kube.workloads.p[r->workload];
		if (!w->deleted) obj_add(o, v, obj_workload_ns(o->s, w), r->name, replicaset, (int)i);
	}
	obj_system_replicasets(o, v);
}
