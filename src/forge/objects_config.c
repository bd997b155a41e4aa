/* objects_config.c - ConfigMaps, Namespaces, ServiceAccounts. */
#include <string.h>

#include "forge/objects.h"

/* ---- ConfigMap ---- */

static void configmap(obj *o, int at)
{
	const kube_configmap *c = &o->s->kube.configmaps.p[at];
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	obj_labels(o, &l, c->name, true);
	obj_release(o, &a);
	obj_start(o, "v1");
	obj_open(o, "data");
	obj_str(o, c->key, c->data);
	obj_close(o);
	obj_meta m = { .version = "v1", .kind = "ConfigMap", .name = c->name, .ns = obj_ns(o->s), .uid = c->uid,
		.rv = c->rv, .created = c->created,
		.labels = &l, .annotations = &a };
	obj_metadata(o, &m);
	obj_owned(o, "helm", NULL, c->created, "data metadata.annotations metadata.labels", NULL);
	obj_edited(o, &c->edits);
	obj_finish(o);
}

static const char COREFILE[] = ".:53 {\n    errors\n    health {\n       lameduck 5s\n    }\n    ready\n    kubernetes "
	"cluster.local in-addr.arpa ip6.arpa {\n"
	"       pods insecure\n       fallthrough in-addr.arpa ip6.arpa\n       ttl 30\n    }\n    prometheus :9153\n  "
	"  forward . /etc/resolv.conf {\n"
	"       max_concurrent 1000\n    }\n    cache 30\n    loop\n    reload\n    loadbalance\n}\n";

static void coredns(obj *o, int at)
{
	char uid[FORGE_UID];
	(void)at;
	obj_uid(o, "ConfigMap", "kube-system", "coredns", uid);
	obj_start(o, "v1");
	obj_open(o, "data");
	obj_text(o, "Corefile", COREFILE);
	obj_close(o);
	obj_meta m = { .version = "v1", .kind = "ConfigMap", .name = "coredns", .ns = "kube-system", .uid = uid,
		.created = obj_birth(o->s) + 25 * FORGE_S };
	obj_metadata(o, &m);
	obj_owned(o, "kubeadm", NULL, m.created, "data", NULL);
	obj_finish(o);
}

/* The certificate every namespace gets a copy of: base64 of nothing in particular, with the usual beginning. */
static void certificate(const obj *o, cc_buf *out)
{
	static const char SET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint64_t h = obj_hash(o, "ca", "certificate", "");
	cc_buf_addz(out, "-----BEGIN CERTIFICATE-----\nMIIDBTCCAe2gAwIBAgII");
	for (int i = 20; i < 1064; i++) {
		h = h * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		if (i % 64 == 0) cc_buf_add_char(out, '\n');
		cc_buf_add_char(out, SET[h >> 58]);
	}
	cc_buf_addz(out, "\n-----END CERTIFICATE-----\n");
}

static void root_ca(obj *o, int at)
{
	const kube_namespace *n = &o->s->kube.namespaces.p[at];
	char uid[FORGE_UID];
	obj_pairs a = { .n = 0 };
	cc_buf text = CC_BUF_INIT;
	certificate(o, &text);
	obj_uid(o, "ConfigMap", n->name, "kube-root-ca.crt", uid);
	obj_pair(&a, "kubernetes.io/description", "Contains a CA bundle that can be used to verify the kube-apiserver "
		"when using internal endpoints such as the internal "
		"service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
		"clusters.");
	obj_start(o, "v1");
	obj_open(o, "data");
	obj_str(o, "ca.crt", cc_buf_str(&text));
	obj_close(o);
	obj_meta m = { .version = "v1", .kind = "ConfigMap", .name = "kube-root-ca.crt", .ns = n->name, .uid = uid,
		.created = n->created, .annotations = &a };
	obj_metadata(o, &m);
	obj_owned(o, "kube-controller-manager", NULL, n->created, "data metadata.annotations", NULL);
	obj_finish(o);
	cc_buf_deinit(&text);
}

void obj_list_configmaps(obj *o, obj_items *v)
{
	obj_add(o, v, "kube-system", "coredns", coredns, 0);
	for (size_t i = 0; i < o->s->kube.configmaps.n; i++)
		if (o->s->kube.configmaps.p[i].created)
			obj_add(o, v, obj_ns(o->s), o->s->kube.configmaps.p[i].name, configmap, (int)i);
	for (size_t i = 0; i < o->s->kube.namespaces.n; i++)
		if (o->s->kube.namespaces.p[i].created)
			obj_add(o, v, o->s->kube.namespaces.p[i].name, "kube-root-ca.crt", root_ca, (int)i);
}

/* ---- Namespace ---- */

static void namespace(obj *o, int at)
{
	const kube_namespace *n = &o->s->kube.namespaces.p[at];
	obj_pairs l = { .n = 0 };
	bool first = strncmp(n->name, "kube-", 5) == 0 || strcmp(n->name, "default") == 0;
	obj_pair(&l, "kubernetes.io/metadata.name", n->name);
	if (n->mesh_label) obj_pair(&l, "istio-injection", n->mesh_label);
	obj_meta m = { .version = "v1", .kind = "Namespace", .name = n->name, .uid = n->uid, .rv = n->rv,
		.created = n->created, .labels = &l };
	obj_begin(o, &m);
	obj_raw(o, "spec", "{\"finalizers\":[\"kubernetes\"]}");
	obj_raw(o, "status", "{\"phase\":\"Active\"}");
	o->unowned = "{\"f:spec\":{\"f:finalizers\":{}}}";
	obj_owned(o, first ? "kube-apiserver" : "helm", NULL, n->created, "metadata.labels",
		first ? "{\"f:status\":{\"f:phase\":{}}}" : NULL);
	obj_edited(o, &n->edits);
	obj_finish(o);
}

void obj_list_namespaces(obj *o, obj_items *v)
{
	for (size_t i = 0; i < o->s->kube.namespaces.n; i++)
		if (o->s->kube.namespaces.p[i].created)
			obj_add(o, v, NULL, o->s->kube.namespaces.p[i].name, namespace, (int)i);
}

/* ---- ServiceAccount ---- */

static void default_account(obj *o, int at)
{
	const kube_namespace *n = &o->s->kube.namespaces.p[at];
	char uid[FORGE_UID];
	obj_uid(o, "ServiceAccount", n->name, "default", uid);
	obj_meta m = { .version = "v1", .kind = "ServiceAccount", .name = "default", .ns = n->name, .uid = uid,
		.created = n->created };
	if (obj_is(n->name, obj_ns(o->s)) && o->s->kube.account_uid[0][0]) m.uid = o->s->kube.account_uid[0];
	obj_begin(o, &m);
	obj_finish(o);
}

static void own_account(obj *o, int at)
{
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	(void)at;
	obj_labels(o, &l, obj_ns(o->s), true);
	obj_release(o, &a);
	obj_meta m = { .version = "v1", .kind = "ServiceAccount", .name = obj_ns(o->s), .ns = obj_ns(o->s),
		.uid = o->s->kube.account_uid[1],
		.created = obj_installed(o->s), .labels = &l, .annotations = &a };
	obj_begin(o, &m);
	obj_owned(o, "helm", NULL, m.created, "metadata.annotations metadata.labels", NULL);
	obj_finish(o);
}

void obj_list_accounts(obj *o, obj_items *v)
{
	for (size_t i = 0; i < o->s->kube.namespaces.n; i++)
		if (o->s->kube.namespaces.p[i].created)
			obj_add(o, v, o->s->kube.namespaces.p[i].name, "default", default_account, (int)i);
	obj_system_accounts(o, v);
	obj_add(o, v, obj_ns(o->s), obj_ns(o->s), own_account, 0);
}
