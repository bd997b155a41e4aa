/* kube_service.c - Services and their endpoints: the ready pods that carry the label a Service selects by. */
#include "forge/kube_priv.h"

static bool selects(const forge_sim *s, int service, const kube_pod *p)
{
	const kube_service *v = &s->kube.services[service];
	return v->exists && p->service >= 0 && kube_is(v->selector, s->app->services[p->service].name);
}

static bool same_as(const kube_service *v, const forge_sim *s, int service)
{
	size_t n = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (!p->ready || !kube_pod_active(p) || !selects(s, service, p)) continue;
		if (n >= v->ready.n || v->ready.p[n] != (int)i) return false;
		n++;
	}
	return n == v->ready.n;
}

void kube_endpoints_sync(forge_sim *s, int64_t now, int service)
{
	if (service < 0 || service >= s->app->services_n) return;
	kube_service *v = &s->kube.services[service];
	if (same_as(v, s, service)) return;
	v->ready.n = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (!p->ready || !kube_pod_active(p) || !selects(s, service, p)) continue;
		if (!cc_vec_push(&v->ready, (int)i)) {
			forge_fail(s, CC_ENOMEM);
			return;
		}
	}
	v->ep_changed = now;
	v->ep_rv = kube_touch(s);
}

static void due(forge_sim *s, int64_t now, int service, int unused)
{
	(void)unused;
	kube_service *v = &s->kube.services[service];
	v->sync_due = false;
	if (v->exists && kube_api_refuses(s)) {
		forge_event_spec e = { .kind = "Endpoints", .object = v->name, .object_uid = v->ep_uid, .reason = "FailedToUpdateEndpoint",
			.component = "endpoint-controller", .host = "", .warning = true, .object_rv = v->ep_rv };
		kube_event(s, now, &e, "Failed to update endpoint %s/%s: the server has received too many requests and has asked us to try again "
			"later (put endpoints %s)", kube_app_ns(s), v->name, v->name);
		v->sync_due = true;
		forge_at(s, now + kube_lag(s, FORGE_S, 5 * FORGE_S), due, service, 0);
		return;
	}
	kube_endpoints_sync(s, now, service);
}

/* The endpoints controller writes, and the proxies of all nodes follow. */
void kube_service_later(forge_sim *s, int64_t now, int service)
{
	kube_service *v = &s->kube.services[service];
	if (v->sync_due) return;
	v->sync_due = true;
	forge_at(s, now + kube_lag(s, 40 * FORGE_MS, 320 * FORGE_MS), due, service, 0);
}

void kube_services_of_pod(forge_sim *s, int64_t now, const kube_pod *p)
{
	if (p->service < 0) return;
	for (int i = 0; i < s->app->services_n; i++)
		if (selects(s, i, p)) kube_service_later(s, now, i);
}

void kube_change_service(forge_sim *s, int64_t now, int service, const char *selector, int port, int target_port, const char *manager)
{
	kube_service *v = &s->kube.services[service];
	bool ports = (port && port != v->port) || (target_port && target_port != v->target_port), select = selector && !kube_is(selector, v->selector);
	if (!v->exists || (!ports && !select)) return;
	const char *fields = NULL;
	if (select && ports) fields = forge_text(s, "{\"f:spec\":{\"f:ports\":{},\"f:selector\":{\"f:%s\":{}}}}", s->app->label);
	else if (select) fields = forge_text(s, "{\"f:spec\":{\"f:selector\":{\"f:%s\":{}}}}", s->app->label);
	else fields = forge_text(s, "{\"f:spec\":{\"f:ports\":{\"k:{\\\"port\\\":%d,\\\"protocol\\\":\\\"TCP\\\"}\":{\"f:targetPort\":{}%s}}}}",
		port ? port : v->port, port && port != v->port ? ",\"f:port\":{}" : "");
	if (select) v->selector = selector;
	if (port) v->port = port;
	if (target_port) v->target_port = target_port;
	v->generation++;
	v->rv = kube_touch(s);
	/* The addresses of the Endpoints carry the port: they are written anew with it. */
	if (ports) {
		v->ep_changed = now;
		v->ep_rv = kube_touch(s);
	}
	kube_edit_push(s, &v->edits, manager, fields, now);
	kube_service_later(s, now, service);
}

bool kube_name_target_port(forge_sim *s, int64_t now, int service, const char *manager)
{
	kube_service *v = &s->kube.services[service];
	const forge_service *a = &s->app->services[service];
	if (!v->exists || v->by_name || !a->port_name || v->target_port != a->port) return false;
	v->by_name = true;
	v->generation++;
	v->rv = kube_touch(s);
	kube_edit_push(s, &v->edits, manager, forge_text(s,
		"{\"f:spec\":{\"f:ports\":{\"k:{\\\"port\\\":%d,\\\"protocol\\\":\\\"TCP\\\"}\":"
		"{\"f:targetPort\":{}}}}}", v->port), now);
	return true;
}

bool kube_narrow_selector(forge_sim *s, int64_t now, int service, const char *manager)
{
	kube_service *v = &s->kube.services[service];
	if (!v->exists || v->narrow) return false;
	v->narrow = true;
	v->generation++;
	v->rv = kube_touch(s);
	kube_edit_push(s, &v->edits, manager, "{\"f:spec\":{\"f:selector\":{\"f:app.kubernetes.io/component\":{}}}}", now);
	return true;
}

void kube_delete_service(forge_sim *s, int64_t now, int service)
{
	kube_service *v = &s->kube.services[service];
	if (!v->exists) return;
	v->exists = false;
	v->deleted_at = now;
	v->rv = kube_touch(s);
	kube_service_later(s, now, service);
}
