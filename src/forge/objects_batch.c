/* objects_batch.c - Jobs, and the CronJobs that made them.
 *
 * A CronJob is known only by the name its Jobs carry: what it runs is what its newest Job runs, how often is told by
 * the time between the last two. */
#include <string.h>

#include "forge/objects.h"

typedef struct tally { int active, ready, succeeded, failed; } tally;

static tally count(const obj *o, int workload)
{
	tally t = { 0 };
	for (size_t i = 0; i < o->s->kube.pods.n; i++) {
		const kube_pod *p = &o->s->kube.pods.p[i];
		if (p->workload != workload) continue;
		if (obj_is(p->phase, "Succeeded")) t.succeeded++;
		else if (obj_is(p->phase, "Failed")) t.failed++;
		else if (!p->gone && !p->deleted) t.active++, t.ready += p->ready;
	}
	return t;
}

static void job_template(obj *o, const kube_workload *w, bool own)
{
	obj_open(o, "template");
	obj_open(o, "metadata");
	obj_time(o, "creationTimestamp", 0);
	if (own) {
		obj_open(o, "labels");
		obj_text(o, "batch.kubernetes.io/controller-uid", w->uid);
		obj_text(o, "batch.kubernetes.io/job-name", w->name);
		obj_text(o, "controller-uid", w->uid);
		obj_text(o, "job-name", w->name);
		obj_close(o);
	}
	obj_close(o);
	obj_pod_spec(o, w, &w->tmpl, NULL);
	obj_close(o);
}

static void job_status(obj *o, int at)
{
	const kube_workload *w = &o->s->kube.workloads.p[at];
	tally t = count(o, at);
	bool done = w->finished && !w->failed;
	obj_open(o, "status");
	if (t.active) obj_int(o, "active", t.active);
	if (done) obj_time(o, "completionTime", w->finished);
	if (w->finished) {
		obj_list(o, "conditions");
		for (int i = 0; i < 2; i++) {
			obj_open(o, NULL);
			obj_time(o, "lastProbeTime", w->finished);
			obj_time(o, "lastTransitionTime", w->finished);
			obj_text(o, "message", done ? "Reached expected number of succeeded pods"
				: "Job has reached the specified backoff limit");
			obj_text(o, "reason", done ? "CompletionsReached" : "BackoffLimitExceeded");
			obj_text(o, "status", "True");
			obj_text(o, "type", i == 0 ? done ? "SuccessCriteriaMet" : "FailureTarget" : done ? "Complete"
				: "Failed");
			obj_close(o);
		}
		obj_end_list(o);
	}
	if (t.failed) obj_int(o, "failed", t.failed);
	obj_int(o, "ready", t.ready);
	obj_time(o, "startTime", w->created);
	if (t.succeeded) obj_int(o, "succeeded", t.succeeded);
	obj_int(o, "terminating", 0);
	obj_raw(o, "uncountedTerminatedPods", "{}");
	obj_close(o);
}

static void job(obj *o, int at)
{
	const kube_workload *w = &o->s->kube.workloads.p[at];
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	cc_buf due = CC_BUF_INIT;
	obj_pair(&l, "batch.kubernetes.io/controller-uid", w->uid);
	obj_pair(&l, "batch.kubernetes.io/job-name", w->name);
	obj_pair(&l, "controller-uid", w->uid);
	obj_pair(&l, "job-name", w->name);
	out_time_s(&due, w->created - w->created % (60 * FORGE_S));
	if (w->cron) obj_pair(&a, "batch.kubernetes.io/cronjob-scheduled-timestamp", due.p ? due.p : "");
	obj_meta m = { .version = "batch/v1", .kind = "Job", .name = w->name, .ns = obj_workload_ns(o->s, w),
		.uid = w->uid, .rv = w->rv,
		.created = w->created, .generation = w->generation ? w->generation : 1, .labels = &l,
		.annotations = &a };
	if (w->cron) {
		m.owner_version = "batch/v1";
		m.owner_kind = "CronJob";
		m.owner_name = w->cron;
		m.owner_uid = kube_foreign_uid(o->s, "CronJob", w->cron); /* the one its events have */
	}
	obj_begin(o, &m);
	obj_open(o, "spec");
	obj_int(o, "backoffLimit", KUBE_JOB_BACKOFF);
	obj_text(o, "completionMode", "NonIndexed");
	obj_int(o, "completions", w->replicas);
	obj_bool(o, "manualSelector", false);
	obj_int(o, "parallelism", w->replicas);
	obj_text(o, "podReplacementPolicy", "TerminatingOrFailed");
	obj_rawf(o, "selector", "{\"matchLabels\":{\"batch.kubernetes.io/controller-uid\":\"%s\"}}", w->uid);
	obj_bool(o, "suspend", false);
	job_template(o, w, true);
	obj_close(o);
	job_status(o, at);
	if (w->cron)
		obj_owned(o, "kube-controller-manager", NULL, w->created,
			"metadata.annotations metadata.ownerReferences spec", NULL);
	else obj_owned(o, "kubectl-create", NULL, w->created, "spec", NULL);
	obj_edited(o, &w->edits);
	obj_owned(o, "kube-controller-manager", "status", w->status_at ? w->status_at : w->created, "status", NULL);
	obj_finish(o);
	cc_buf_deinit(&due);
}

static bool of_cron(const kube_workload *w, const char *cron)
{
	return w->kind == WL_JOB && obj_is(w->cron, cron);
}

/* "*\/N * * * *" by the distance of the last two Jobs; one alone says nothing but that it is not frequent. */
static void schedule(obj *o, const kube_workload *newest, int64_t before)
{
	int64_t minutes = before ? (newest->created - before + 30 * FORGE_S) / (60 * FORGE_S) : 0;
	if (minutes < 1) {
		int64_t at = newest->created / (60 * FORGE_S);
		obj_textf(o, "schedule", "%d %d * * *", (int)(at % 60), (int)(at / 60 % 24));
	} else {
		obj_textf(o, "schedule", "*/%d * * * *", (int)(minutes < 30 ? minutes : 30));
	}
}

static void active_jobs(obj *o, const char *cron)
{
	bool any = false;
	for (size_t i = 0; i < o->s->kube.workloads.n; i++) {
		const kube_workload *w = &o->s->kube.workloads.p[i];
		if (!of_cron(w, cron) || w->deleted || w->finished) continue;
		if (!any) obj_list(o, "active");
		any = true;
		obj_open(o, NULL);
		obj_text(o, "apiVersion", "batch/v1");
		obj_text(o, "kind", "Job");
		obj_text(o, "name", w->name);
		obj_text(o, "namespace", obj_workload_ns(o->s, w));
		obj_textf(o, "resourceVersion", "%llu", (unsigned long long)w->rv);
		obj_text(o, "uid", w->uid);
		obj_close(o);
	}
	if (any) obj_end_list(o);
}

static void cronjob(obj *o, int at)
{
	const kube_workload *w = &o->s->kube.workloads.p[at];
	int64_t before = 0, success = 0;
	for (size_t i = 0; i < o->s->kube.workloads.n; i++) {
		const kube_workload *j = &o->s->kube.workloads.p[i];
		if (!of_cron(j, w->cron)) continue;
		if (j->created < w->created && j->created > before) before = j->created;
		if (j->finished > success && !j->failed) success = j->finished;
	}
	obj_meta m = { .version = "batch/v1", .kind = "CronJob", .name = w->cron, .ns = obj_workload_ns(o->s, w),
		.uid = kube_foreign_uid(o->s, "CronJob", w->cron), .rv = w->cron_rv,
		.created = obj_birth(o->s) + 5400 * FORGE_S, .generation = 1 };
	obj_begin(o, &m);
	obj_open(o, "spec");
	obj_text(o, "concurrencyPolicy", "Forbid");
	obj_int(o, "failedJobsHistoryLimit", 1);
	obj_open(o, "jobTemplate");
	obj_open(o, "metadata");
	obj_time(o, "creationTimestamp", 0);
	obj_close(o);
	obj_open(o, "spec");
	obj_int(o, "backoffLimit", KUBE_JOB_BACKOFF);
	job_template(o, w, false);
	obj_close(o);
	obj_close(o);
	schedule(o, w, before);
	obj_int(o, "successfulJobsHistoryLimit", 3);
	obj_bool(o, "suspend", false);
	obj_close(o);
	obj_open(o, "status");
	active_jobs(o, w->cron);
	obj_time(o, "lastScheduleTime", w->created - w->created % (60 * FORGE_S));
	if (success) obj_time(o, "lastSuccessfulTime", success);
	obj_close(o);
	obj_owned(o, "kubectl-client-side-apply", NULL, m.created, "spec", NULL);
	obj_owned(o, "kube-controller-manager", "status", w->status_at ? w->status_at : w->created, "status", NULL);
	obj_finish(o);
}

void obj_list_jobs(obj *o, obj_items *v)
{
	for (size_t i = 0; i < o->s->kube.workloads.n; i++) {
		const kube_workload *w = &o->s->kube.workloads.p[i];
		if (w->kind == WL_JOB && !w->deleted && w->created)
			obj_add(o, v, obj_workload_ns(o->s, w), w->name, job, (int)i);
	}
}

void obj_list_cronjobs(obj *o, obj_items *v)
{
	for (size_t i = 0; i < o->s->kube.workloads.n; i++) {
		const kube_workload *w = &o->s->kube.workloads.p[i];
		bool newest = w->kind == WL_JOB && w->cron && w->created;
		for (size_t k = 0; k < o->s->kube.workloads.n && newest; k++) {
			const kube_workload *j = &o->s->kube.workloads.p[k];
			newest = !of_cron(j, w->cron) || j->created < w->created || k == i || (j->created == w->created
				&& k < i);
		}
		if (newest) obj_add(o, v, obj_workload_ns(o->s, w), w->cron, cronjob, (int)i);
	}
}
