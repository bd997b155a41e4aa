/* kube_workload.c - the Deployment controller: which ReplicaSet gets how many pods, and what its conditions say. */
#include <string.h>

#include "forge/kube_priv.h"

#define DEADLINE (600 * FORGE_S)
#define FOR_SETS(s, w, i) for (size_t i = 0; i < (s)->kube.sets.n; i++) if ((s)->kube.sets.p[i].workload == (w))

typedef struct counts { int total, updated, ready; } counts;

int kube_find_workload(const forge_sim *s, const char *name)
{
	for (size_t i = 0; i < s->kube.workloads.n; i++) {
		const kube_workload *w = &s->kube.workloads.p[i];
		bool here = !w->ns || kube_is(w->ns, kube_app_ns(s));
		if (here && !w->deleted && w->kind != WL_JOB && w->kind != WL_DAEMONSET && kube_is(w->name, name)) return (int)i;
	}
	return -1;
}

forge_event_spec kube_about_workload(const forge_sim *s, int workload, const char *reason)
{
	static const char *const KIND[] = { "Deployment", "StatefulSet", "DaemonSet", "Job" };
	static const char *const COMPONENT[] = { "deployment-controller", "statefulset-controller", "daemonset-controller", "job-controller" };
	const kube_workload *w = &s->kube.workloads.p[workload];
	return (forge_event_spec){ .kind = KIND[w->kind], .ns = w->ns, .object = w->name, .object_uid = w->uid, .reason = reason,
		.component = COMPONENT[w->kind], .host = "", .object_rv = w->rv };
}

int kube_set_of(const forge_sim *s, int workload)
{
	char hash[FORGE_HASH];
	kube_template_hash(s->kube.workloads.p[workload].name, &s->kube.workloads.p[workload].tmpl, hash);
	FOR_SETS(s, workload, i)
		if (kube_is(s->kube.sets.p[i].hash, hash)) return (int)i;
	return -1;
}

static counts count(const forge_sim *s, int workload, int fresh)
{
	counts c = { 0 };
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->workload != workload || !kube_pod_active(p)) continue;
		c.total++;
		c.updated += p->rs == fresh;
		c.ready += p->ready;
	}
	return c;
}

/* Recreate: nothing new before everything old is gone. */
static void roll_recreate(forge_sim *s, int64_t now, int workload, int fresh)
{
	bool old = false;
	FOR_SETS(s, workload, i) {
		if ((int)i == fresh) continue;
		if (s->kube.sets.p[i].desired > 0) kube_set_scale(s, now, (int)i, 0);
		old |= kube_set_pods(s, (int)i, false) > 0;
	}
	if (old) return;
	int replicas = s->kube.workloads.p[workload].replicas;
	if (fresh < 0) (void)kube_set_create(s, now, workload, replicas);
	else if (s->kube.sets.p[fresh].desired != replicas) kube_set_scale(s, now, fresh, replicas);
}

static int desired_total(const forge_sim *s, int workload)
{
	int total = 0;
	FOR_SETS(s, workload, i) total += s->kube.sets.p[i].desired;
	return total;
}

/* Old sets in the order of their creation, which is that of the array: first what is not available anyway, then as many of the
 * available ones as may be missing. */
static void roll_old(forge_sim *s, int64_t now, int workload, int fresh, int unavailable)
{
	int least = s->kube.workloads.p[workload].replicas - unavailable;
	int cut = desired_total(s, workload) - least - (s->kube.sets.p[fresh].desired - kube_set_ready(s, fresh));
	if (cut <= 0) return;
	FOR_SETS(s, workload, i) {
		int broken = s->kube.sets.p[i].desired - kube_set_ready(s, (int)i);
		if ((int)i == fresh || broken <= 0 || cut <= 0) continue;
		if (broken > cut) broken = cut;
		kube_set_scale(s, now, (int)i, s->kube.sets.p[i].desired - broken);
		cut -= broken;
	}
	int spare = 0;
	FOR_SETS(s, workload, i) {
		int ready = kube_set_ready(s, (int)i), desired = s->kube.sets.p[i].desired;
		spare += ready < desired ? ready : desired;
	}
	spare -= least;
	FOR_SETS(s, workload, i) {
		int desired = s->kube.sets.p[i].desired;
		if ((int)i == fresh || desired == 0 || spare <= 0) continue;
		int less = spare < desired ? spare : desired;
		kube_set_scale(s, now, (int)i, desired - less);
		spare -= less;
	}
}

/* RollingUpdate with the defaults of 25 % more and 25 % missing, rounded as the controller does. */
static void roll_update(forge_sim *s, int64_t now, int workload, int fresh)
{
	int replicas = s->kube.workloads.p[workload].replicas, surge = (replicas + 3) / 4, unavailable = replicas / 4;
	int have = fresh >= 0 ? s->kube.sets.p[fresh].desired : 0;
	int room = replicas + surge - desired_total(s, workload), want = replicas - have;
	if (want > room) want = room > 0 ? room : 0;
	if (fresh < 0) fresh = kube_set_create(s, now, workload, want);
	else if (want != 0) kube_set_scale(s, now, fresh, have + want);
	if (fresh >= 0) roll_old(s, now, workload, fresh, unavailable);
}

static void progress(kube_workload *w, int64_t now, const counts *c, const char *rs)
{
	bool complete = c->updated == w->replicas && c->total == w->replicas && c->ready == w->replicas;
	if (!kube_is(w->progress_rs, rs)) {
		w->complete = false;
		w->progress_updated = now;
	}
	bool moved = c->updated > w->seen_updated || c->ready > w->seen_ready || c->total - c->updated < w->seen_total - w->seen_updated;
	if (!w->progress_changed) w->progress_changed = w->progress_updated = now;
	if (!w->complete && (moved || complete)) w->progress_updated = now;
	w->complete |= complete;
	bool late = !w->complete && now - w->progress_updated >= DEADLINE;
	if (w->progressing == late) {
		w->progress_changed = w->progress_updated = now;
		w->progressing = !late;
	}
	w->progress_reason = w->complete ? "NewReplicaSetAvailable" : late ? "ProgressDeadlineExceeded" : "ReplicaSetUpdated";
	kube_copy(w->progress_rs, sizeof w->progress_rs, rs);
}

/* Writes the status when something in it is new. */
static void status(forge_sim *s, int64_t now, int workload)
{
	kube_workload *w = &s->kube.workloads.p[workload];
	int fresh = kube_set_of(s, workload);
	counts c = count(s, workload, fresh);
	bool available = c.ready >= w->replicas - (w->recreate ? 0 : w->replicas / 4);
	const char *reason = w->progress_reason;
	int64_t updated = w->progress_updated;
	progress(w, now, &c, fresh >= 0 ? s->kube.sets.p[fresh].name : "");
	bool same = c.total == w->seen_total && c.updated == w->seen_updated && c.ready == w->seen_ready && available == w->available &&
		w->available_changed && w->observed == w->generation && kube_is(reason, w->progress_reason) && updated == w->progress_updated;
	w->seen_total = c.total;
	w->seen_updated = c.updated;
	w->seen_ready = c.ready;
	if (same) return;
	if (available != w->available || !w->available_changed) w->available_changed = now;
	w->available = available;
	w->observed = w->generation;
	w->status_at = now;
	w->rv = kube_touch(s);
}

static void sync(forge_sim *s, int64_t now, int workload, int unused);

static void deadline(forge_sim *s, int64_t now, int workload, int unused)
{
	(void)unused;
	kube_workload *w = &s->kube.workloads.p[workload];
	w->deadline_due = false;
	sync(s, now, workload, 0);
}

static void deploy_sync(forge_sim *s, int64_t now, int workload)
{
	int fresh = kube_set_of(s, workload);
	/* A set that comes back (rollback) becomes the newest revision. */
	if (fresh >= 0 && s->kube.sets.p[fresh].revision < s->kube.workloads.p[workload].revision) {
		s->kube.sets.p[fresh].revision = ++s->kube.workloads.p[workload].revision;
		s->kube.sets.p[fresh].rv = kube_touch(s);
	}
	if (s->kube.workloads.p[workload].recreate) roll_recreate(s, now, workload, fresh);
	else roll_update(s, now, workload, fresh);
	status(s, now, workload);
	kube_workload *w = &s->kube.workloads.p[workload];
	if (w->complete || !w->progressing || w->deadline_due) return;
	w->deadline_due = true;
	forge_at(s, w->progress_updated + DEADLINE + FORGE_S, deadline, workload, 0);
}

static void sync(forge_sim *s, int64_t now, int workload, int unused)
{
	(void)unused;
	kube_workload *w = &s->kube.workloads.p[workload];
	w->sync_due = false;
	if (w->deleted || !w->created) return;
	switch (w->kind) {
	case WL_DEPLOYMENT:
		deploy_sync(s, now, workload);
		break;
	case WL_STATEFULSET:
		kube_stateful_sync(s, now, workload);
		break;
	case WL_DAEMONSET:
		kube_daemon_sync(s, now, workload);
		break;
	case WL_JOB:
		kube_job_sync(s, now, workload);
		break;
	}
}

void kube_workload_later(forge_sim *s, int64_t now, int workload)
{
	kube_workload *w = &s->kube.workloads.p[workload];
	if (w->sync_due || w->deleted) return;
	w->sync_due = true;
	forge_at(s, now + kube_lag(s, 15 * FORGE_MS, 80 * FORGE_MS), sync, workload, 0);
}

static void retried(forge_sim *s, int64_t now, int workload, int unused)
{
	(void)unused;
	kube_workload *w = &s->kube.workloads.p[workload];
	if (w->retry_at != now) return;
	w->retry_at = 0;
	kube_workload_later(s, now, workload);
}

void kube_workload_at(forge_sim *s, int64_t now, int64_t at, int workload)
{
	kube_workload *w = &s->kube.workloads.p[workload];
	if (w->retry_at > now && w->retry_at <= at) return;
	w->retry_at = at;
	forge_at(s, at, retried, workload, 0);
}

void kube_workload_retry(forge_sim *s, int64_t now, int workload)
{
	kube_workload *w = &s->kube.workloads.p[workload];
	int n = w->failures < 17 ? w->failures++ : 17;
	kube_workload_at(s, now, now + (5 * FORGE_MS << n) + s->kube.api_delay_ns, workload);
}
