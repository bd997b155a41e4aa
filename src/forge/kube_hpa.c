/* kube_hpa.c - the metrics server and the autoscalers: every 15 s, use of the pods against what they requested. */
#include <string.h>

#include "forge/kube_priv.h"

#define PERIOD (15 * FORGE_S)
#define STABLE (300 * FORGE_S)

enum { ADVICE = 24 };

/* What the pods of one target use, in the sense of the autoscaler. */
typedef struct reading {
	int ready, unready, missing; /* with a metric and ready; starting; without a metric */
	int64_t used, asked;         /* of the ready ones */
	int64_t each;                /* request of one pod */
	const char *bare;            /* a pod without the request */
} reading;

static void meter(forge_sim *s, int64_t now)
{
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		kube_pod *p = &s->kube.pods.p[i];
		if (p->gone || !p->started) {
			p->usage_m = -1;
			p->usage_at = 0;
			continue;
		}
		int64_t used = p->cpu_us - p->usage_us, us = (now - p->usage_at) / CC_NS_PER_US;
		if (used < 0) used = p->cpu_us; /* the counter began anew with the container */
		p->usage_m = p->usage_at > 0 && p->started <= p->usage_at && us > 0 ? (int)(used * 1000 / us) : -1;
		p->usage_us = p->cpu_us;
		p->usage_at = now;
	}
}

static bool is_memory(const kube_hpa *h) { return kube_is(h->metric, "memory"); }

static reading look(const forge_sim *s, const kube_hpa *h, int workload)
{
	reading r = { 0 };
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->workload != workload || !kube_pod_active(p)) continue;
		const forge_template *t = kube_pod_template(s, p);
		int cpu = t->cpu_request_m ? t->cpu_request_m : t->cpu_limit_m, mem = t->mem_request_mi ? t->mem_request_mi : t->mem_limit_mi;
		r.each = is_memory(h) ? (int64_t)mem * 1024 : cpu;
		if (r.each == 0) r.bare = p->name;
		if (kube_is(p->phase, "Pending") || (!p->ready && p->started && p->ready_changed <= p->started)) r.unready++;
		else if (p->usage_m < 0) r.missing++;
		else {
			r.ready++;
			r.used += is_memory(h) ? p->mem_kib : p->usage_m;
			r.asked += r.each;
		}
	}
	return r;
}

/* Why no number of replicas can be computed, or NULL. */
static const char *unusable(forge_sim *s, const kube_hpa *h, int workload, const reading *r)
{
	const char *what = NULL;
	if (!kube_is(h->metric, "cpu") && !is_memory(h))
		what = forge_text(s, "unable to get metrics for resource %s: no metrics returned from resource metrics API", h->metric);
	else if (kube_api_refuses(s))
		what = forge_text(s, "unable to get metrics for resource %s: unable to fetch metrics from resource metrics API: the server has received "
			"too many requests and has asked us to try again later (get pods.metrics.k8s.io)", h->metric);
	else if (r->ready + r->missing + r->unready == 0 || (r->ready == 0 && r->missing == 0))
		what = forge_text(s, "unable to get metrics for resource %s: no metrics returned from resource metrics API", h->metric);
	else if (r->bare)
		what = forge_text(s, "missing request for %s in container %s of Pod %s", h->metric, s->kube.workloads.p[workload].name, r->bare);
	else if (r->ready == 0 || r->asked == 0)
		what = "did not receive metrics for targeted pods (pods might be unready)";
	return what ? forge_text(s, "failed to get %s utilization: %s", h->metric, what) : NULL;
}

static int divide_up(int64_t a, int64_t b) { return (int)((a + b - 1) / b); }

static bool near(int64_t used, int64_t wanted) { return used * 10 <= wanted * 11 && used * 10 >= wanted * 9; }

/* Replicas for the use found. Pods that cannot be judged yet count as idle when growing; when shrinking those without a metric
 * count as using all they asked for, so that a guess never moves it further than the facts. */
static int recommend(const kube_hpa *h, const reading *r, int current)
{
	int64_t used = r->used * 100, wanted = r->asked * h->target;
	if (h->target <= 0) return current;
	bool up = used > wanted;
	if (!r->missing && !(r->unready && up)) return near(used, wanted) ? current : divide_up(used * r->ready, wanted);
	int pods = r->ready + r->missing + (up ? r->unready : 0);
	int64_t all = used + (up ? 0 : r->each * r->missing * (h->target > 100 ? h->target : 100)), asked = r->each * pods * h->target;
	if (asked <= 0 || near(all, asked) || (all > asked) != up) return current;
	int want = divide_up(all * pods, asked);
	return up == (want > current) ? want : current;
}

static void condition(bool *is, int64_t *since, const char **reason, int64_t now, bool on, const char *why, bool *news)
{
	if (!*since || *is != on) *since = now;
	*news |= *is != on || !kube_is(*reason, why);
	*is = on;
	*reason = why;
}

/* Shrinking follows the largest recommendation of the last five minutes. */
static int stabilized(kube_hpa *h, int64_t now, int want)
{
	int kept = 0, most = want;
	for (int i = 0; i < h->advice_n; i++)
		if (now - h->advice[i].at < STABLE) h->advice[kept++] = h->advice[i];
	if (kept == ADVICE) memmove(h->advice, h->advice + 1, sizeof h->advice[0] * (size_t)--kept);
	for (int i = 0; i < kept; i++)
		if (h->advice[i].want > most) most = h->advice[i].want;
	h->advice[kept].at = now;
	h->advice[kept].want = want;
	h->advice_n = kept + 1;
	return most;
}

static forge_event_spec about(const forge_sim *s, const kube_hpa *h, const char *reason, bool warning)
{
	return (forge_event_spec){ .kind = "HorizontalPodAutoscaler", .object = s->kube.workloads.p[h->workload].name, .object_uid = h->uid,
		.reason = reason, .component = "horizontal-pod-autoscaler", .host = "", .warning = warning, .object_rv = h->rv };
}

static void rescale(forge_sim *s, int64_t now, int hpa, int workload, int want, const char *why)
{
	kube_hpa *h = &s->kube.hpas.p[hpa];
	h->scaled_at = now;
	forge_event_spec e = about(s, h, "SuccessfulRescale", false);
	kube_event(s, now, &e, "New size: %d; reason: %s", want, why);
	kube_change_replicas(s, now, workload, want, "kube-controller-manager");
}

/* Puts the wanted number between the limits: bounds of the spec, and at most four more or twice as many at once. */
static int bounded(kube_hpa *h, int64_t now, int current, int want, bool *news)
{
	int fast = current * 2 > current + 4 ? current * 2 : current + 4;
	const char *reason = "DesiredWithinRange";
	int got = want;
	if (want > h->max) {
		reason = "TooManyReplicas";
		got = h->max;
	} else if (want < h->min) {
		reason = "TooFewReplicas";
		got = h->min;
	}
	if (got > fast) {
		reason = "ScaleUpLimit";
		got = fast;
	}
	condition(&h->limited, &h->limited_changed, &h->limited_reason, now, !kube_is(reason, "DesiredWithinRange"), reason, news);
	return got;
}

static void no_target(forge_sim *s, int64_t now, int hpa, bool *news)
{
	kube_hpa *h = &s->kube.hpas.p[hpa];
	condition(&h->able, &h->able_changed, &h->able_reason, now, false, "FailedGetScale", news);
	forge_event_spec e = about(s, h, "FailedGetScale", true);
	kube_event(s, now, &e, "deployments.apps \"%s\" not found", h->target_name);
}

static void no_metric(forge_sim *s, int64_t now, int hpa, const char *why, bool *news)
{
	kube_hpa *h = &s->kube.hpas.p[hpa];
	condition(&h->active, &h->active_changed, &h->active_reason, now, false, "FailedGetResourceMetric", news);
	h->active_message = cc_str_from(forge_text(s, "the HPA was unable to compute the replica count: %s", why));
	forge_event_spec e = about(s, h, "FailedGetResourceMetric", true);
	kube_event(s, now, &e, "%s", why);
	h = &s->kube.hpas.p[hpa];
	e = about(s, h, "FailedComputeMetricsReplicas", true);
	kube_event(s, now, &e, "invalid metrics (1 invalid out of 1), first error is: failed to get %s resource metric value: %s", h->metric, why);
}

static void measured(forge_sim *s, int64_t now, int hpa, int workload, const reading *r, bool *news)
{
	kube_hpa *h = &s->kube.hpas.p[hpa];
	int current = s->kube.workloads.p[workload].replicas, percent = r->asked > 0 ? (int)(r->used * 100 / r->asked) : 0;
	*news |= percent != h->percent;
	h->percent = percent;
	condition(&h->active, &h->active_changed, &h->active_reason, now, true, "ValidMetricFound", news);
	int raw = recommend(h, r, current), want = stabilized(h, now, raw);
	bool held = raw < current && want > raw;
	want = bounded(h, now, current, want, news);
	h->desired = want;
	const char *able = want != current ? "SucceededRescale" : held ? "ScaleDownStabilized" : "ReadyForNewScale";
	condition(&h->able, &h->able_changed, &h->able_reason, now, true, able, news);
	if (want == current) return;
	rescale(s, now, hpa, workload, want, want > current
		? forge_text(s, "%s resource utilization (percentage of request) above target", h->metric) : "All metrics below target");
}

static void outside(forge_sim *s, int64_t now, int hpa, int workload, int want, const char *why, bool *news)
{
	kube_hpa *h = &s->kube.hpas.p[hpa];
	h->desired = want;
	condition(&h->able, &h->able_changed, &h->able_reason, now, true, "SucceededRescale", news);
	rescale(s, now, hpa, workload, want, why);
}

static void reconcile(forge_sim *s, int64_t now, int hpa)
{
	kube_hpa *h = &s->kube.hpas.p[hpa];
	int workload = kube_find_workload(s, h->target_name);
	bool news = false;
	if (workload < 0) {
		no_target(s, now, hpa, &news);
	} else {
		int current = s->kube.workloads.p[workload].replicas;
		news |= current != h->current;
		h->current = current;
		reading r = look(s, h, workload);
		const char *why = current > 0 ? unusable(s, h, workload, &r) : NULL;
		if (!h->able) condition(&h->able, &h->able_changed, &h->able_reason, now, true, "SucceededGetScale", &news);
		if (current == 0) {
			condition(&h->active, &h->active_changed, &h->active_reason, now, false, "ScalingDisabled", &news);
			h->active_message = CC_STR("scaling is disabled since the replica count of the target is zero");
			h->desired = 0;
		} else if (current > h->max) outside(s, now, hpa, workload, h->max, "Current number of replicas above Spec.MaxReplicas", &news);
		else if (current < h->min) outside(s, now, hpa, workload, h->min, "Current number of replicas below Spec.MinReplicas", &news);
		else if (why) no_metric(s, now, hpa, why, &news);
		else measured(s, now, hpa, workload, &r, &news);
	}
	if (news) {
		h = &s->kube.hpas.p[hpa];
		h->rv = kube_touch(s);
		h->last_at = now;
	}
}

static void tick(forge_sim *s, int64_t now, int a, int b)
{
	(void)a, (void)b;
	meter(s, now);
	for (size_t i = 0; i < s->kube.hpas.n && s->code == CC_OK; i++)
		if (s->kube.hpas.p[i].created) reconcile(s, now, (int)i);
	forge_at(s, now + PERIOD, tick, 0, 0);
}

void kube_hpa_start(forge_sim *s, int64_t from)
{
	forge_at(s, from, tick, 0, 0);
}
