/* objects.c - one poll of the API server, resource type by resource type, each in the order of its storage keys. */
#include <stdlib.h>
#include <string.h>

#include "forge/objects.h"

typedef struct resource {
	const char *name;
	void (*list)(obj *o, obj_items *v);
} resource;

static const resource RESOURCES[] = {
	{ "pods", obj_list_pods }, { "services", obj_list_services }, { "endpoints", obj_list_endpoints },
		{ "configmaps", obj_list_configmaps },
	{ "serviceaccounts", obj_list_accounts }, { "namespaces", obj_list_namespaces }, { "nodes", obj_list_nodes },
	{ "persistentvolumeclaims", obj_list_claims }, { "persistentvolumes", obj_list_volumes },
	{ "resourcequotas", obj_list_quotas },
	{ "limitranges", obj_list_ranges }, { "deployments", obj_list_deployments },
	{ "daemonsets", obj_list_daemonsets },
	{ "statefulsets", obj_list_statefulsets }, { "replicasets", obj_list_replicasets }, { "jobs", obj_list_jobs },
	{ "cronjobs", obj_list_cronjobs },
	{ "ingresses", obj_list_ingresses }, { "networkpolicies", obj_list_policies }, { "roles", obj_list_roles },
	{ "rolebindings", obj_list_rolebindings }, { "clusterroles", obj_list_clusterroles }, { "clusterrolebindings",
	obj_list_clusterrolebindings },
	{ "storageclasses", obj_list_classes }, { "horizontalpodautoscalers", obj_list_hpas }, { "poddisruptionbudgets",
	obj_list_pdbs },
	{ "customresourcedefinitions", obj_list_crds },
};

void obj_add(obj *o, obj_items *v, const char *ns, const char *name, void (*render)(obj *o, int at), int at)
{
	obj_item_ref item = { ns, name, render, at };
	if (!cc_vec_push(v, item)) forge_fail(o->s, CC_ENOMEM);
}

static int by_key(const void *a, const void *b)
{
	const obj_item_ref *x = a, *y = b;
	int order = strcmp(x->ns ? x->ns : "", y->ns ? y->ns : "");
	if (order == 0) order = strcmp(x->name, y->name);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static void row(obj *o, int64_t t, const resource *r, const obj_item_ref *item, cc_buf *line)
{
	cc_buf attrs = CC_BUF_INIT, where = CC_BUF_INIT;
	bool first = true, here = true;
	item->render(o, item->at);
	out_map(&attrs, &first, "k8s.resource.name", cc_str_from(r->name));
	out_map_end(&attrs, first);
	if (item->ns) out_map(&where, &here, "k8s.namespace.name", cc_str_from(item->ns));
	out_map_end(&where, here);
	out_log_row cells = { .t = t, .body = cc_buf_str(&o->body), .attrs = cc_buf_str(&attrs), .severity = "",
		.resource = cc_buf_str(&where),
		.scope = "otelcol/k8sobjectsreceiver", .scope_version = "0.140.0" };
	out_log_line(line, &cells, (o->s->opt->variant & CC_FORGE_EVENT_NAME) != 0);
	if (!cc_buf_ok(&o->body) || !cc_buf_ok(&attrs) || !cc_buf_ok(&where) || !cc_buf_ok(line)) forge_fail(o->s,
		CC_ENOMEM);
	cc_buf_deinit(&attrs);
	cc_buf_deinit(&where);
}

/* The rows of one list arrive within a millisecond or two of each other; nothing random is drawn, so that a poll
 * disturbs nothing. */
static int64_t later(const obj *o, int64_t t, const char *text, int i)
{
	uint64_t h = cc_str_hash(cc_str_from(text)) + (uint64_t)i * UINT64_C(0x9E3779B97F4A7C15) + (uint64_t)o->now;
	return t + 4000 + (int64_t)((h ^ h >> 31) % 21000);
}

/* Collectors pull what they were told to pull. */
static bool hidden(const forge_sim *s, const char *name)
{
	if (strcmp(name, "networkpolicies") == 0) return (s->plan.hidden & PLAN_HIDES_POLICIES) != 0;
	if (strcmp(name, "replicasets") == 0) return (s->plan.hidden & PLAN_HIDES_SETS) != 0;
	return strcmp(name, "services") == 0 && (s->plan.hidden & PLAN_HIDES_SERVICES) != 0;
}

void kube_poll(forge_sim *s, int64_t now)
{
	obj o = { .body = CC_BUF_INIT };
	obj_items items = { 0 };
	cc_buf line = CC_BUF_INIT;
	int64_t t = now;
	for (size_t k = 0; k < sizeof RESOURCES / sizeof RESOURCES[0] && s->code == CC_OK; k++) {
		const resource *r = &RESOURCES[k];
		if (hidden(s, r->name)) continue;
		items.n = 0;
		obj_reset(&o, s, now);
		r->list(&o, &items);
		if (items.n) qsort(items.p, items.n, sizeof items.p[0], by_key);
		t += 200000 + (int64_t)k * 7000;
		for (size_t i = 0; i < items.n && s->code == CC_OK; i++) {
			obj_reset(&o, s, now);
			cc_buf_clear(&line);
			t = later(&o, t, items.p[i].name, (int)i);
			row(&o, t, r, &items.p[i], &line);
			if (s->code == CC_OK) tel_object_row(s, t, cc_buf_str(&line));
		}
	}
	cc_vec_deinit(&items);
	cc_buf_deinit(&line);
	cc_buf_deinit(&o.body);
}
