/* kube_stateful.c - StatefulSets: pods with ordinals, made, replaced and removed one after the other. */
#include <string.h>

#include "forge/kube_priv.h"

static int pod_at(const forge_sim *s, int workload, int ordinal)
{
	cc_buf name = CC_BUF_INIT;
	cc_buf_addf(&name, "%s-%d", s->kube.workloads.p[workload].name, ordinal);
	int found = -1;
	for (size_t i = s->kube.pods.n; i-- > 0 && found < 0;) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->workload == workload && !p->gone && cc_str_eqz(cc_buf_str(&name), p->name)) found = (int)i;
	}
	cc_buf_deinit(&name);
	return found;
}

static int ordinals(const forge_sim *s, int workload)
{
	int most = s->kube.workloads.p[workload].replicas;
	for (size_t i = 0; i < s->kube.pods.n; i++)
		if (s->kube.pods.p[i].workload == workload && !s->kube.pods.p[i].gone) most++;
	return most;
}

static bool outdated(const forge_sim *s, int pod)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	const kube_workload *w = &s->kube.workloads.p[p->workload];
	char want[FORGE_HASH], have[FORGE_HASH];
	kube_template_hash(w->name, &w->tmpl, want);
	kube_template_hash(w->name, kube_pod_template(s, p), have);
	return !kube_is(want, have);
}

static void remove_pod(forge_sim *s, int64_t now, int workload, int pod)
{
	forge_event_spec e = kube_about_workload(s, workload, "SuccessfulDelete");
	kube_event(s, now, &e, "delete Pod %s in StatefulSet %s successful", s->kube.pods.p[pod].name, e.object);
	kubelet_pod_delete(s, now, pod);
}

static void create(forge_sim *s, int64_t now, int workload, int ordinal)
{
	kube_workload *w = &s->kube.workloads.p[workload];
	const char *name = forge_text(s, "%s-%d", w->name, ordinal);
	const char *why = kube_quota_refusal(s, workload, &w->tmpl);
	if (why) {
		forge_event_spec e = kube_about_workload(s, workload, "FailedCreate");
		e.warning = true;
		kube_event(s, now, &e, "create Pod %s in StatefulSet %s failed error: pods \"%s\" is forbidden: %s", name, w->name, name, why);
		kube_workload_retry(s, now, workload);
		return;
	}
	int pod = kube_pod_make(s, now, workload, -1);
	if (pod < 0) return;
	s->kube.workloads.p[workload].failures = 0;
	kube_copy(s->kube.pods.p[pod].name, FORGE_NAME, name);
	forge_event_spec e = kube_about_workload(s, workload, "SuccessfulCreate");
	kube_event(s, now, &e, "create Pod %s in StatefulSet %s successful", name, e.object);
}

static void status(forge_sim *s, int64_t now, int workload)
{
	kube_workload *w = &s->kube.workloads.p[workload];
	int ready = kube_ready_count(s, workload), total = kube_live_count(s, workload), updated = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++)
		updated += s->kube.pods.p[i].workload == workload && kube_pod_active(&s->kube.pods.p[i]) && !outdated(s, (int)i);
	bool available = ready >= w->replicas;
	w = &s->kube.workloads.p[workload];
	if (ready == w->seen_ready && total == w->seen_total && updated == w->seen_updated && w->observed == w->generation) return;
	w->seen_ready = ready;
	w->seen_total = total;
	w->seen_updated = updated;
	if (available != w->available || !w->available_changed) w->available_changed = now;
	w->available = available;
	w->complete = updated == w->replicas && available;
	w->observed = w->generation;
	w->status_at = now;
	w->rv = kube_touch(s);
}

/* One step: the first thing that is not as it should be, in the order of the ordinals; the next when that one is ready. */
static void step(forge_sim *s, int64_t now, int workload)
{
	int replicas = s->kube.workloads.p[workload].replicas;
	for (int i = 0; i < replicas; i++) {
		int pod = pod_at(s, workload, i);
		if (pod < 0) {
			create(s, now, workload, i);
			return;
		}
		const kube_pod *p = &s->kube.pods.p[pod];
		if (p->deleted) return;
		if (kube_pod_finished(p)) {
			remove_pod(s, now, workload, pod);
			return;
		}
		/* A pod that never became ready blocks the rest, but a new template replaces it: its owner has to be able to repair it. */
		if (!p->ready && !outdated(s, pod)) return;
	}
	for (int i = ordinals(s, workload) - 1; i >= 0; i--) {
		int pod = pod_at(s, workload, i);
		if (pod < 0) continue;
		if (s->kube.pods.p[pod].deleted) return;
		if (i < replicas && !outdated(s, pod)) continue;
		remove_pod(s, now, workload, pod);
		return;
	}
}

void kube_stateful_sync(forge_sim *s, int64_t now, int workload)
{
	step(s, now, workload);
	status(s, now, workload);
}
