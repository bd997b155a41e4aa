/* objects_service.c - Services, Endpoints and the Ingress in front of the application. */
#include <string.h>

#include "forge/objects.h"

static bool exists(const obj *o, int i)
{
	return o->s->kube.services[i].exists;
}

static void selector(obj *o, const kube_service *k, const char *component)
{
	static const char COMPONENT[] = "app.kubernetes.io/component";
	bool first = strcmp(COMPONENT, o->s->app->label) < 0;
	obj_open(o, "selector");
	if (k->narrow && first) obj_text(o, COMPONENT, component);
	obj_text(o, o->s->app->label, k->selector);
	if (k->narrow && !first) obj_text(o, COMPONENT, component);
	obj_close(o);
}

static void service(obj *o, int at)
{
	const kube_service *k = &o->s->kube.services[at];
	const forge_service *v = &o->s->app->services[at];
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	obj_labels(o, &l, v->name, true);
	obj_release(o, &a);
	obj_meta m = { .version = "v1", .kind = "Service", .name = k->name, .ns = obj_ns(o->s), .uid = k->uid,
		.rv = k->rv, .created = k->created,
		.labels = &l, .annotations = &a };
	obj_begin(o, &m);
	obj_open(o, "spec");
	obj_text(o, "clusterIP", k->ip);
	obj_rawf(o, "clusterIPs", "[\"%s\"]", k->ip);
	obj_text(o, "internalTrafficPolicy", "Cluster");
	obj_raw(o, "ipFamilies", "[\"IPv4\"]");
	obj_text(o, "ipFamilyPolicy", "SingleStack");
	obj_list(o, "ports");
	obj_open(o, NULL);
	obj_text(o, "name", v->port_name ? v->port_name : "tcp-service");
	obj_int(o, "port", k->port);
	obj_text(o, "protocol", "TCP");
	if (k->by_name) obj_text(o, "targetPort", v->port_name);
	else obj_int(o, "targetPort", k->target_port);
	obj_close(o);
	obj_end_list(o);
	selector(o, k, v->name);
	obj_text(o, "sessionAffinity", "None");
	obj_text(o, "type", "ClusterIP");
	obj_close(o);
	obj_raw(o, "status", "{\"loadBalancer\":{}}");
	o->unowned = "{\"f:spec\":{\"f:clusterIP\":{},\"f:clusterIPs\":{},\"f:ipFamilies\":{},"
		"\"f:ipFamilyPolicy\":{}}}";
	obj_owned(o, "helm", NULL, k->created, "metadata.annotations metadata.labels spec", NULL);
	obj_edited(o, &k->edits);
	obj_finish(o);
}

static bool chosen(const kube_service *k, size_t pod)
{
	for (size_t i = 0; i < k->ready.n; i++)
		if (k->ready.p[i] == (int)pod) return true;
	return false;
}

/* A pod that has an address but is not among the ready ones, and that the selector means. */
static bool unready(const obj *o, const kube_service *k, size_t pod)
{
	const kube_pod *p = &o->s->kube.pods.p[pod];
	if (p->gone || p->deleted || !p->ip[0] || p->workload < 0 || p->service < 0 || chosen(k, pod)) return false;
	if (obj_is(p->phase, "Failed") || obj_is(p->phase, "Succeeded")) return false;
	return obj_is(obj_pod_label(o->s, &o->s->kube.workloads.p[p->workload]), k->selector);
}

static int addresses(obj *o, const kube_service *k, bool ready, bool write)
{
	int n = 0;
	for (size_t i = 0; i < o->s->kube.pods.n; i++) {
		const kube_pod *p = &o->s->kube.pods.p[i];
		if (!(ready ? chosen(k, i) && p->ip[0] : unready(o, k, i))) continue;
		if (write && n == 0) obj_list(o, ready ? "addresses" : "notReadyAddresses");
		n++;
		if (!write) continue;
		obj_open(o, NULL);
		obj_text(o, "ip", p->ip);
		if (p->node >= 0) obj_text(o, "nodeName", o->s->kube.nodes.p[p->node].name);
		obj_open(o, "targetRef");
		obj_text(o, "kind", "Pod");
		obj_text(o, "name", p->name);
		obj_text(o, "namespace", obj_ns(o->s));
		obj_text(o, "uid", p->uid);
		obj_close(o);
		obj_close(o);
	}
	if (write && n) obj_end_list(o);
	return n;
}

static void endpoints(obj *o, int at)
{
	const kube_service *k = &o->s->kube.services[at];
	const forge_service *v = &o->s->app->services[at];
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	cc_buf changed = CC_BUF_INIT;
	out_time_s(&changed, k->ep_changed ? k->ep_changed : k->created);
	obj_labels(o, &l, v->name, true);
	if (changed.p) obj_pair(&a, "endpoints.kubernetes.io/last-change-trigger-time", changed.p);
	obj_meta m = { .version = "v1", .kind = "Endpoints", .name = k->name, .ns = obj_ns(o->s), .uid = k->ep_uid,
		.rv = k->ep_rv, .created = k->created,
		.labels = &l, .annotations = &a };
	obj_begin(o, &m);
	if (addresses(o, k, true, false) + addresses(o, k, false, false) > 0) {
		obj_list(o, "subsets");
		obj_open(o, NULL);
		(void)addresses(o, k, true, true);
		(void)addresses(o, k, false, true);
		obj_list(o, "ports");
		obj_open(o, NULL);
		obj_text(o, "name", v->port_name ? v->port_name : "tcp-service");
		obj_int(o, "port", k->target_port);
		obj_text(o, "protocol", "TCP");
		obj_close(o);
		obj_end_list(o);
		obj_close(o);
		obj_end_list(o);
	}
	obj_owned(o, "kube-controller-manager", NULL, k->ep_changed ? k->ep_changed : k->created,
		"metadata.annotations metadata.labels subsets", NULL);
	obj_finish(o);
	cc_buf_deinit(&changed);
}

static void list(obj *o, obj_items *v, void (*render)(obj *, int))
{
	for (int i = 0; o->s->kube.services && i < o->s->app->services_n; i++)
		if (exists(o, i)) obj_add(o, v, obj_ns(o->s), o->s->kube.services[i].name, render, i);
}

void obj_list_services(obj *o, obj_items *v)
{
	list(o, v, service);
	obj_system_services(o, v);
}

void obj_list_endpoints(obj *o, obj_items *v)
{
	list(o, v, endpoints);
	obj_system_endpoints(o, v);
}

/* The way in: the service whose operation all users' requests go through. */
static void ingress(obj *o, int at)
{
	const forge_service *v = &o->s->app->services[at];
	char uid[FORGE_UID];
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	obj_uid(o, "Ingress", obj_ns(o->s), v->name, uid);
	obj_labels(o, &l, v->name, true);
	obj_release(o, &a);
	obj_meta m = { .version = "networking.k8s.io/v1", .kind = "Ingress", .name = v->name, .ns = obj_ns(o->s),
		.uid = uid,
		.created = obj_installed(o->s), .generation = 1,
		.labels = &l, .annotations = &a };
	obj_begin(o, &m);
	obj_open(o, "spec");
	obj_text(o, "ingressClassName", "nginx");
	obj_rawf(o, "rules", "[{\"host\":\"shop.example.com\","
		"\"http\":{\"paths\":[{\"backend\":{\"service\":{\"name\":\"%s\",\"port\":{\"number\":%d}}},"
		"\"path\":\"/\","
		"\"pathType\":\"Prefix\"}]}}]", v->name, v->port);
	obj_close(o);
	obj_raw(o, "status", "{\"loadBalancer\":{}}");
	obj_owned(o, "helm", NULL, m.created, "metadata.annotations metadata.labels spec", NULL);
	obj_finish(o);
}

void obj_list_ingresses(obj *o, obj_items *v)
{
	const forge_app *app = o->s->app;
	if (app->entry_op < 0 || app->entry_op >= app->ops_n || !o->s->kube.services) return;
	int service_of_entry = app->ops[app->entry_op].service;
	if (o->s->kube.services[service_of_entry].created)
		obj_add(o, v, obj_ns(o->s), app->services[service_of_entry].name, ingress, service_of_entry);
}
