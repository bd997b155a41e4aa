/* kube_batch.c - Jobs run their pods to the end; DaemonSets have one pod on every worker. */
#include "forge/kube_priv.h"

static int create(forge_sim *s, int64_t now, int workload)
{
	kube_workload *w = &s->kube.workloads.p[workload];
	const char *why = kube_quota_refusal(s, workload, &w->tmpl);
	if (why || kube_api_refuses(s)) {
		forge_event_spec e = kube_about_workload(s, workload, "FailedCreate");
		e.warning = true;
		if (why) kube_event(s, now, &e, "Error creating: pods \"%s-\" is forbidden: %s", w->name, why);
		else kube_event(s, now, &e, "Error creating: the server has received too many requests and has asked us to try again later (post pods)");
		kube_workload_retry(s, now, workload);
		return -1;
	}
	int pod = kube_pod_make(s, now, workload, -1);
	if (pod < 0) return -1;
	s->kube.workloads.p[workload].failures = 0;
	forge_event_spec e = kube_about_workload(s, workload, "SuccessfulCreate");
	kube_event(s, now, &e, "Created pod: %s", s->kube.pods.p[pod].name);
	return pod;
}

static void finish(forge_sim *s, int64_t now, int workload, bool failed)
{
	kube_workload *w = &s->kube.workloads.p[workload];
	w->finished = now;
	w->failed = failed;
	w->complete = !failed;
	forge_event_spec e = kube_about_workload(s, workload, failed ? "BackoffLimitExceeded" : "Completed");
	e.warning = failed;
	kube_event(s, now, &e, failed ? "Job has reached the specified backoff limit" : "Job completed");
	w = &s->kube.workloads.p[workload];
	if (!w->cron) return;
	w->cron_rv = kube_touch(s);
	forge_event_spec c = { .kind = "CronJob", .ns = w->ns, .object = w->cron, .object_uid = kube_foreign_uid(s, "CronJob", w->cron),
		.reason = "SawCompletedJob", .component = "cronjob-controller", .host = "" };
	kube_event(s, now, &c, "Saw completed job: %s, condition: %s", w->name, failed ? "Failed" : "Complete");
}

typedef struct job_pods { int active, succeeded, failed; int64_t failed_at; } job_pods;

static job_pods pods_of(const forge_sim *s, int workload)
{
	job_pods c = { 0 };
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->workload != workload) continue;
		c.active += kube_pod_active(p);
		c.succeeded += kube_is(p->phase, "Succeeded");
		if (!kube_is(p->phase, "Failed")) continue;
		c.failed++;
		if (p->last_finished > c.failed_at) c.failed_at = p->last_finished;
	}
	return c;
}

void kube_job_sync(forge_sim *s, int64_t now, int workload)
{
	job_pods c = pods_of(s, workload);
	kube_workload *w = &s->kube.workloads.p[workload];
	if (w->finished) return;
	int want = w->replicas - c.succeeded - c.active;
	int64_t from = c.failed ? c.failed_at + (10 * FORGE_S << (c.failed < 8 ? c.failed - 1 : 7)) : 0;
	if (c.succeeded >= w->replicas) finish(s, now, workload, false);
	else if (c.failed > KUBE_JOB_BACKOFF) finish(s, now, workload, true);
	else if (want > 0 && now < from) kube_workload_at(s, now, from, workload);
	else
		for (; want > 0 && s->code == CC_OK; want--)
			if (create(s, now, workload) < 0) break;
	w = &s->kube.workloads.p[workload];
	w->observed = w->generation;
	w->seen_ready = kube_ready_count(s, workload);
	w->seen_total = c.active;
	w->status_at = now;
	w->rv = kube_touch(s);
}

static bool runs_on(const forge_sim *s, int workload, int node)
{
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->workload == workload && p->pinned == node + 1 && !p->gone && !kube_pod_finished(p)) return true;
	}
	return false;
}

void kube_daemon_sync(forge_sim *s, int64_t now, int workload)
{
	for (int node = 0; node < (int)s->kube.nodes.n && s->code == CC_OK; node++) {
		if (s->kube.nodes.p[node].control_plane || runs_on(s, workload, node)) continue;
		int pod = create(s, now, workload);
		if (pod < 0) break;
		s->kube.pods.p[pod].pinned = node + 1;
	}
	kube_workload *w = &s->kube.workloads.p[workload];
	int ready = kube_ready_count(s, workload), total = kube_live_count(s, workload);
	if (w->observed == w->generation && ready == w->seen_ready && total == w->seen_total) return;
	w->seen_ready = ready;
	w->seen_total = w->replicas = total;
	w->observed = w->generation;
	w->status_at = now;
	w->rv = kube_touch(s);
}
