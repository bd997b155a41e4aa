/* objects_hpa.c - HorizontalPodAutoscalers: what they aim at, what they see and what they say. */
#include "forge/objects.h"

static bool of_resource(const kube_hpa *h)
{
	return !h->metric || obj_is(h->metric, "cpu") || obj_is(h->metric, "memory");
}

static void metrics(obj *o, const kube_hpa *h)
{
	obj_list(o, "metrics");
	obj_open(o, NULL);
	if (of_resource(h)) {
		obj_rawf(o, "resource", "{\"name\":\"%s\",\"target\":{\"averageUtilization\":%d,"
			"\"type\":\"Utilization\"}}", h->metric ? h->metric : "cpu", h->target);
		obj_text(o, "type", "Resource");
	} else {
		obj_rawf(o, "pods", "{\"metric\":{\"name\":\"%s\"},\"target\":{\"averageValue\":\"%d\","
			"\"type\":\"AverageValue\"}}", h->metric, h->target);
		obj_text(o, "type", "Pods");
	}
	obj_close(o);
	obj_end_list(o);
}

static void spec(obj *o, const kube_hpa *h, const kube_workload *w)
{
	obj_open(o, "spec");
	obj_raw(o, "behavior", "{\"scaleDown\":{\"policies\":[{\"periodSeconds\":15,\"type\":\"Percent\","
		"\"value\":100}],\"selectPolicy\":\"Max\","
		"\"stabilizationWindowSeconds\":300},\"scaleUp\":{\"policies\":[{\"periodSeconds\":15,"
		"\"type\":\"Pods\",\"value\":4},{\"periodSeconds\":15,\"type\":\"Percent\","
		"\"value\":100}],\"selectPolicy\":\"Max\",\"stabilizationWindowSeconds\":0}}");
	obj_int(o, "maxReplicas", h->max);
	metrics(o, h);
	obj_int(o, "minReplicas", h->min);
	obj_open(o, "scaleTargetRef");
	obj_text(o, "apiVersion", "apps/v1");
	obj_text(o, "kind", w->kind == WL_STATEFULSET ? "StatefulSet" : "Deployment");
	obj_text(o, "name", h->target_name ? h->target_name : w->name);
	obj_close(o);
	obj_close(o);
}

static void able(obj *o, const kube_hpa *h)
{
	const char *reason = h->able_reason ? h->able_reason : h->able ? "ReadyForNewScale" : "FailedGetScale",
		*text = "the HPA controller was able to get the target's current scale";
	cc_buf b = CC_BUF_INIT;
	if (obj_is(reason, "ReadyForNewScale")) text = "recommended size matches current size";
	if (obj_is(reason, "ScaleDownStabilized")) text = "recent recommendations were higher than current one, "
		"applying the highest recent recommendation";
	if (obj_is(reason, "SucceededRescale"))
		cc_buf_addf(&b, "the HPA controller was able to update the target scale to %d", h->desired);
	if (!h->able)
		cc_buf_addf(&b, "the HPA controller was unable to get the target's current scale: "
			"deployments/scale.apps \"%s\" not found", h->target_name ? h->target_name : "");
	obj_condition(o, "AbleToScale", h->able, h->able_changed ? h->able_changed : h->created, reason,
		b.n ? b.p : text, 0, false);
	cc_buf_deinit(&b);
}

static void conditions(obj *o, const kube_hpa *h)
{
	bool limited = h->limited, top = obj_is(h->limited_reason, "TooManyReplicas"), low = obj_is(h->limited_reason,
		"TooFewReplicas");
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "the HPA was able to successfully calculate a replica count from %s resource utilization "
		"(percentage of request)", h->metric ? h->metric : "cpu");
	obj_list(o, "conditions");
	able(o, h);
	if (h->able && h->active_reason)
		obj_condition(o, "ScalingActive", h->active, h->active_changed ? h->active_changed : h->created,
			h->active_reason,
			!h->active && h->active_message.n ? h->active_message.p : b.p, 0, false);
	if (h->able && h->active && h->limited_reason)
		obj_condition(o, "ScalingLimited", limited, h->limited_changed ? h->limited_changed : h->created,
			h->limited_reason,
			top ? "the desired replica count is more than the maximum replica count"
			: low ? "the desired replica count is less than the minimum replica count"
			: "the desired count is within the acceptable range", 0, false);
	obj_end_list(o);
	cc_buf_deinit(&b);
}

static int usage_m(const obj *o, int workload)
{
	int sum = 0, n = 0;
	for (size_t i = 0; i < o->s->kube.pods.n; i++) {
		const kube_pod *p = &o->s->kube.pods.p[i];
		if (p->workload != workload || p->gone || p->deleted || !p->started || p->usage_m < 0) continue;
		sum += p->usage_m;
		n++;
	}
	return n ? sum / n : 0;
}

static void current(obj *o, const kube_hpa *h)
{
	if (!h->active || h->percent < 0 || !of_resource(h)) {
		if (h->able) obj_raw(o, "currentMetrics", "[{\"type\":\"\"}]");
		else obj_raw(o, "currentMetrics", "null");
		return;
	}
	obj_rawf(o, "currentMetrics", "[{\"resource\":{\"current\":{\"averageUtilization\":%d,"
		"\"averageValue\":\"%dm\"},\"name\":\"%s\"},\"type\":\"Resource\"}]",
		h->percent, usage_m(o, h->workload), h->metric ? h->metric : "cpu");
}

static void hpa(obj *o, int at)
{
	const kube_hpa *h = &o->s->kube.hpas.p[at];
	const kube_workload *w = &o->s->kube.workloads.p[h->workload];
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	obj_labels(o, &l, w->name, true);
	obj_release(o, &a);
	int64_t seen = h->last_at ? h->last_at : h->created + 15 * FORGE_S;
	obj_meta m = { .version = "autoscaling/v2", .kind = "HorizontalPodAutoscaler", .name = w->name,
		.ns = obj_ns(o->s), .uid = h->uid,
		.rv = kube_status_version(o->s, "HorizontalPodAutoscaler", w->name, h->rv,
			((uint64_t)(uint32_t)h->percent << 32) + (uint32_t)usage_m(o, h->workload)), .created = h->created, .labels = &l,
		.annotations = &a };
	obj_begin(o, &m);
	spec(o, h, w);
	obj_open(o, "status");
	conditions(o, h);
	current(o, h);
	if (h->current || !h->able) obj_int(o, "currentReplicas", h->current);
	obj_int(o, "desiredReplicas", h->able ? h->desired : 0);
	if (h->scaled_at) obj_time(o, "lastScaleTime", h->scaled_at);
	obj_close(o);
	obj_owned(o, "helm", NULL, h->created, "metadata.annotations metadata.labels spec", NULL);
	obj_edited(o, &h->edits);
	obj_owned(o, "kube-controller-manager", "status", seen, "status", NULL);
	obj_finish(o);
}

void obj_list_hpas(obj *o, obj_items *v)
{
	for (size_t i = 0; i < o->s->kube.hpas.n; i++) {
		const kube_hpa *h = &o->s->kube.hpas.p[i];
		const kube_workload *w = &o->s->kube.workloads.p[h->workload];
		if (h->created) obj_add(o, v, obj_ns(o->s), w->name, hpa, (int)i);
	}
}
