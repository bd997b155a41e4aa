/* checks_template.c - what a pod template names and asks for: things that must exist, nodes that must offer it, ports its probes
 * try, and limits that hold its requests. */
#include "checks_priv.h"

/* Pods and ReplicaSets repeat their workload's template: it speaks for them unless it has no object itself. */
static bool speaks(const check_subject *u)
{
	const cc_snapshot *s = u->c->s;
	cc_entity_id top = cc_entity_get(s, u->o->entity)->workload;

	return !top || top == u->o->entity || cc_entity_get(s, top)->object == 0;
}

/* --- named things --- */

static void missing(check_subject *u, const char *kind, cc_str name, const cc_json *optional)
{
	cc_entity_id id;

	if (cc_json_bool(optional) || !cc_check_is_missing(u, u->ns, kind, name))
		return;
	id = cc_entity_find(u->c->s, u->ns, cc_str_from(kind), name);
	if (id)
		cc_check_found_of(u, id, CHECK_MISSING, 2, CC_STR_EMPTY, "is named by %.*s/%.*s and does not exist", CC_STR_ARG(u->kind), CC_STR_ARG(u->name));
	else
		cc_check_found(u, CHECK_MISSING, 2, NAN, name, "names %s/%.*s, which does not exist", kind, CC_STR_ARG(name));
}

static void key_of(check_subject *u, const char *kind, cc_str name, cc_str key, const cc_json *optional)
{
	static const char *const maps[] = { "data", "binaryData", "stringData" };
	cc_json *doc = key.n && !cc_json_bool(optional) ? cc_check_named(u, u->ns, kind, name) : NULL;
	bool has = !doc;

	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		for (const cc_json *m = cc_json_first(cc_json_get(doc, maps[i])); m && !has; m = cc_json_next(m))
			has = cc_str_eq(cc_json_key(m), key);
	cc_json_free(doc);
	if (!has)
		cc_check_found_of(u, cc_entity_find(u->c->s, u->ns, cc_str_from(kind), name), CHECK_MISSING_KEY, 3, key, "has no key %.*s, which %.*s/%.*s asks for",
			CC_STR_ARG(key), CC_STR_ARG(u->kind), CC_STR_ARG(u->name));
}

/* source: {name | secretName, optional, items: [{key}]}. */
static void source(check_subject *u, const char *kind, const cc_json *source)
{
	cc_str name = cc_json_get_str(source, "name");
	const cc_json *optional = cc_json_get(source, "optional");

	if (name.n == 0)
		name = cc_json_get_str(source, "secretName");
	if (!source || name.n == 0)
		return;
	missing(u, kind, name, optional);
	for (const cc_json *i = cc_json_first(cc_json_get(source, "items")); i; i = cc_json_next(i))
		key_of(u, kind, name, cc_json_get_str(i, "key"), optional);
}

static void volumes(check_subject *u, const cc_json *spec)
{
	for (const cc_json *v = cc_json_first(cc_json_get(spec, "volumes")); v; v = cc_json_next(v)) {
		source(u, "ConfigMap", cc_json_get(v, "configMap"));
		source(u, "Secret", cc_json_get(v, "secret"));
		missing(u, "PersistentVolumeClaim", cc_json_str(cc_json_at(v, "persistentVolumeClaim.claimName")), NULL);
		for (const cc_json *p = cc_json_first(cc_json_at(v, "projected.sources")); p; p = cc_json_next(p)) {
			source(u, "ConfigMap", cc_json_get(p, "configMap"));
			source(u, "Secret", cc_json_get(p, "secret"));
		}
	}
	missing(u, "ServiceAccount", cc_json_get_str(spec, "serviceAccountName"), NULL);
}

static void environment(check_subject *u, const cc_json *c)
{
	static const struct { const char *path, *kind; } refs[] = { { "valueFrom.configMapKeyRef", "ConfigMap" }, { "valueFrom.secretKeyRef", "Secret" } };

	for (const cc_json *e = cc_json_first(cc_json_get(c, "env")); e; e = cc_json_next(e))
		for (size_t i = 0; i < sizeof refs / sizeof *refs; i++) {
			const cc_json *ref = cc_json_at(e, refs[i].path);
			cc_str name = cc_json_get_str(ref, "name");
			if (!ref)
				continue;
			missing(u, refs[i].kind, name, cc_json_get(ref, "optional"));
			key_of(u, refs[i].kind, name, cc_json_get_str(ref, "key"), cc_json_get(ref, "optional"));
		}
	for (const cc_json *e = cc_json_first(cc_json_get(c, "envFrom")); e; e = cc_json_next(e)) {
		source(u, "ConfigMap", cc_json_get(e, "configMapRef"));
		source(u, "Secret", cc_json_get(e, "secretRef"));
	}
	cc_check_addresses(u, cc_json_get(c, "env"));
}

/* --- containers --- */

static void limits(check_subject *u, const cc_json *c)
{
	const cc_json *requests = cc_json_at(c, "resources.requests");

	for (const cc_json *l = cc_json_first(cc_json_at(c, "resources.limits")); l; l = cc_json_next(l)) {
		double limit, request;
		for (const cc_json *r = cc_json_first(requests); r; r = cc_json_next(r))
			if (cc_str_eq(cc_json_key(r), cc_json_key(l)) && cc_check_quantity(cc_json_text(l), &limit) && cc_check_quantity(cc_json_text(r), &request) &&
				limit < request)
				cc_check_found(u, CHECK_LIMITS, 2, NAN, cc_json_key(l), "container %.*s: limits.%.*s %.*s is below the request of %.*s",
					CC_STR_ARG(cc_json_get_str(c, "name")), CC_STR_ARG(cc_json_key(l)), CC_STR_ARG(cc_json_text(l)), CC_STR_ARG(cc_json_text(r)));
	}
}

static bool container_declares(const cc_json *c, cc_str port)
{
	for (const cc_json *p = cc_json_first(cc_json_get(c, "ports")); p; p = cc_json_next(p))
		if (cc_str_eq(cc_json_text(cc_json_get(p, "containerPort")), port) || cc_str_eq(cc_json_get_str(p, "name"), port))
			return true;
	return false;
}

/* A name must be declared; a number only shows what the author believes, and counts where others are declared. */
static void probes(check_subject *u, const cc_json *c)
{
	static const char *const names[] = { "readinessProbe", "livenessProbe", "startupProbe" };
	static const char *const paths[] = { "httpGet.port", "tcpSocket.port", "grpc.port" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t k = 0; k < sizeof paths / sizeof *paths; k++) {
			const cc_json *p = cc_json_at(cc_json_get(c, names[i]), paths[k]);
			cc_str port = cc_json_text(p);
			bool by_name = cc_json_typeof(p) == CC_JSON_STRING;
			if (port.n && !container_declares(c, port) && (by_name || cc_json_count(cc_json_get(c, "ports")) > 0))
				cc_check_found(u, CHECK_PROBE_PORT, by_name ? 3 : 1, NAN, cc_str_from(names[i]), "container %.*s: %s tries port %.*s, which it does not declare",
					CC_STR_ARG(cc_json_get_str(c, "name")), names[i], CC_STR_ARG(port));
		}
}

static void containers(check_subject *u, const cc_json *spec)
{
	static const char *const lists[] = { "initContainers", "containers" };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		for (const cc_json *c = cc_json_first(cc_json_get(spec, lists[i])); c; c = cc_json_next(c)) {
			environment(u, c);
			limits(u, c);
			probes(u, c);
		}
}

/* --- nodes --- */

static bool tolerates(const cc_json *tolerations, const check_pair *taint, cc_str effect)
{
	for (const cc_json *t = cc_json_first(tolerations); t; t = cc_json_next(t)) {
		cc_str key = cc_json_get_str(t, "key"), only = cc_json_get_str(t, "effect");
		bool exists = cc_str_eqz(cc_json_get_str(t, "operator"), "Exists");
		if ((only.n == 0 || cc_str_eq(only, effect)) && (key.n == 0 ? exists : cc_str_eq(key, taint->key)) &&
			(exists || cc_str_eq(cc_json_text(cc_json_get(t, "value")), taint->value)))
			return true;
	}
	return false;
}

/* Pods of a DaemonSet are made one a fitting node; that none fits shows in its own status. */
static void placement(check_subject *u, const cc_json *spec)
{
	const cc_json *selector = cc_json_get(spec, "nodeSelector");
	size_t count, fitting = 0, open = 0;
	const check_node *n = cc_check_nodes(u, &count);
	const check_pair *barrier = NULL;

	for (size_t i = 0; i < count; i++) {
		bool free = true;
		if (!cc_check_labels_fit(selector, n[i].labels, n[i].label_count))
			continue;
		fitting++;
		for (size_t k = 0; k < n[i].taint_count; k++)
			if (!tolerates(cc_json_get(spec, "tolerations"), &n[i].taints[k], n[i].effects[k])) {
				free = false;
				barrier = &n[i].taints[k];
			}
		open += free;
	}
	const cc_json *first = cc_json_first(selector);
	if (count && !fitting && first)
		cc_check_found(u, CHECK_NODE_SELECTOR, 3, NAN, CC_STR_EMPTY, "node selector %.*s=%.*s%s fits none of %zu nodes", CC_STR_ARG(cc_json_key(first)),
			CC_STR_ARG(cc_json_text(first)), cc_json_next(first) ? ",…" : "", count);
	else if (fitting && !open && barrier && !cc_str_eqz(u->kind, "DaemonSet"))
		cc_check_found(u, CHECK_TAINTS, 2, NAN, barrier->key, "tolerates the taints of no fitting node (%.*s)", CC_STR_ARG(barrier->key));
}

void cc_check_template(check_subject *u)
{
	const cc_json *spec = cc_check_pod_spec(u->doc, u->kind);

	if (!speaks(u))
		return;
	volumes(u, spec);
	containers(u, spec);
	if (!cc_str_eqz(u->kind, "Pod"))   /* a pod without an owner was placed by hand or by the kubelet */
		placement(u, spec);
}
