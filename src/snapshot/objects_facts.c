/* objects_facts.c - takes from an object's JSON what grouping and topology need: owners, labels, selectors,
 * references. */
#include "snapshot/objects_priv.h"

typedef struct facts_reader {
	cc_snapshot *s;
	cc_str ns;               /* of the object */
	CC_VEC(object_ref) refs;
	bool failed;
} facts_reader;

static void add_ref(facts_reader *r, object_ref ref, const char *kind, cc_str name, cc_str detail)
{
	bool cluster = cc_kind_is_cluster_scoped(cc_str_from(kind));

	if (name.n == 0)
		return;
	ref.kind = cc_snapshot_intern(r->s, cc_str_from(kind));
	ref.ns = cc_snapshot_intern(r->s, cluster ? CC_STR("cluster") : r->ns);
	ref.name = cc_snapshot_intern(r->s, name);
	ref.detail = cc_snapshot_intern(r->s, detail);
	if (!cc_vec_push(&r->refs, ref))
		r->failed = true;
}

static void template_ref(facts_reader *r, cc_edge_kind edge, const char *kind, cc_str name, cc_str detail)
{
	add_ref(r, (object_ref){ .edge = edge, .from_template = true }, kind, name, detail);
}

static void plain_ref(facts_reader *r, cc_edge_kind edge, cc_str kind, cc_str name, cc_str detail)
{
	object_ref ref = { .edge = edge };
	cc_str canonical = cc_kind_canonical(kind);
	bool cluster = cc_kind_is_cluster_scoped(canonical);

	if (name.n == 0 || kind.n == 0)
		return;
	ref.kind = cc_snapshot_intern(r->s, canonical);
	ref.ns = cc_snapshot_intern(r->s, cluster ? CC_STR("cluster") : r->ns);
	ref.name = cc_snapshot_intern(r->s, name);
	ref.detail = cc_snapshot_intern(r->s, detail);
	if (!cc_vec_push(&r->refs, ref))
		r->failed = true;
}

/* ---- labels and selectors ---- */

static const object_label *read_labels(cc_snapshot *s, const cc_json *map, size_t *count)
{
	object_label *out = cc_arena_array(s->arena, cc_json_count(map), sizeof *out);

	*count = 0;
	if (!out)
		return NULL;
	for (const cc_json *m = cc_json_first(map); m; m = cc_json_next(m))
		out[(*count)++] =
			(object_label){ cc_snapshot_intern(s, cc_json_key(m)), cc_snapshot_intern(s, cc_json_text(m)) };
	return out;
}

static object_op op_of(cc_str name)
{
	static const char *const names[] = { "In", "NotIn", "Exists", "DoesNotExist" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (cc_str_eqz(name, names[i]))
			return (object_op)i;
	return OBJECT_OP_NEVER;
}

static const cc_sym *read_values(cc_snapshot *s, const cc_json *list, size_t *count)
{
	cc_sym *out = cc_arena_array(s->arena, cc_json_count(list), sizeof *out);

	*count = 0;
	for (const cc_json *m = cc_json_first(list); out && m; m = cc_json_next(m))
		out[(*count)++] = cc_snapshot_intern(s, cc_json_text(m));
	return out;
}

static const object_expr *read_exprs(cc_snapshot *s, const cc_json *list, size_t *count)
{
	object_expr *out = cc_arena_array(s->arena, cc_json_count(list), sizeof *out);

	*count = 0;
	for (const cc_json *m = cc_json_first(list); out && m; m = cc_json_next(m)) {
		object_expr *e = &out[(*count)++];

		e->key = cc_snapshot_intern(s, cc_json_get_str(m, "key"));
		e->op = op_of(cc_json_get_str(m, "operator"));
		e->values = read_values(s, cc_json_get(m, "values"), &e->value_count);
	}
	return out;
}

/* A Service's selector is a plain map, and an empty one selects nothing; the others' are label selectors: empty =
 * everything. */
static void read_selector(cc_snapshot *s, object_facts *f, const cc_json *object, cc_str kind)
{
	const cc_json *spec = cc_json_get(object, "spec");
	const cc_json *sel = cc_json_get(spec, cc_str_eqz(kind, "NetworkPolicy") ? "podSelector" : "selector");

	if (cc_str_eqz(kind, "Service")) {
		f->selects = cc_json_count(sel) > 0;
		f->match = read_labels(s, sel, &f->match_count);
	} else if (cc_str_eqz(kind, "NetworkPolicy") || cc_str_eqz(kind, "PodDisruptionBudget")) {
		f->selects = cc_json_typeof(sel) == CC_JSON_OBJECT;
		f->match = read_labels(s, cc_json_get(sel, "matchLabels"), &f->match_count);
		f->exprs = read_exprs(s, cc_json_get(sel, "matchExpressions"), &f->expr_count);
	}
}

static bool label_get(const object_facts *pod, cc_sym key, cc_sym *value)
{
	for (size_t i = 0; i < pod->label_count; i++)
		if (pod->labels[i].key == key) {
			*value = pod->labels[i].value;
			return true;
		}
	return false;
}

static bool expr_fits(const object_expr *e, const object_facts *pod)
{
	cc_sym value = 0;
	bool has = label_get(pod, e->key, &value), in = false;

	for (size_t i = 0; has && i < e->value_count; i++)
		in = in || e->values[i] == value;
	switch (e->op) {
	case OBJECT_OP_IN: return in;
	case OBJECT_OP_NOT_IN: return !in;
	case OBJECT_OP_EXISTS: return has;
	case OBJECT_OP_ABSENT: return !has;
	default: return false;
	}
}

bool cc_objects_selects(const object_facts *selector, const object_facts *pod)
{
	cc_sym value;

	for (size_t i = 0; i < selector->match_count; i++)
		if (!label_get(pod, selector->match[i].key, &value) || value != selector->match[i].value)
			return false;
	for (size_t i = 0; i < selector->expr_count; i++)
		if (!expr_fits(&selector->exprs[i], pod))
			return false;
	return selector->selects;
}

/* ---- references of a pod spec ---- */

static void read_volume(facts_reader *r, const cc_json *v)
{
	cc_str name = cc_json_get_str(v, "name");

	template_ref(r, CC_EDGE_MOUNTS, "ConfigMap", cc_json_str(cc_json_at(v, "configMap.name")), name);
	template_ref(r, CC_EDGE_MOUNTS, "Secret", cc_json_str(cc_json_at(v, "secret.secretName")), name);
	template_ref(r, CC_EDGE_MOUNTS, "PersistentVolumeClaim",
		cc_json_str(cc_json_at(v, "persistentVolumeClaim.claimName")), name);
	for (const cc_json *m = cc_json_first(cc_json_at(v, "projected.sources")); m; m = cc_json_next(m)) {
		template_ref(r, CC_EDGE_MOUNTS, "ConfigMap", cc_json_str(cc_json_at(m, "configMap.name")), name);
		template_ref(r, CC_EDGE_MOUNTS, "Secret", cc_json_str(cc_json_at(m, "secret.name")), name);
	}
}

static bool is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static bool ends_any(cc_str name, const char *const *ends, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		cc_str end = cc_str_from(ends[i]);

		if (name.n >= end.n && cc_str_eq_nocase(cc_str_sub(name, name.n - end.n, name.n), end))
			return true;
	}
	return false;
}

/* Variables whose whole value is a host by their name; other values must show a port, a scheme or "host=". */
static bool names_host(cc_str variable)
{
	static const char *const ends[] = { "HOST", "HOSTNAME", "ADDR", "ADDRESS", "ENDPOINT", "URL", "URI", "SERVER",
		"SERVERS", "BROKERS" };

	return ends_any(variable, ends, sizeof ends / sizeof ends[0]);
}

static bool preceded(cc_str value, size_t at)
{
	static const char *const marks[] = { "://", "@", "host=", "server=", "hostname=" };

	return ends_any(cc_str_sub(value, 0, at), marks, sizeof marks / sizeof marks[0]);
}

static bool followed_by_port(cc_str value, size_t at)
{
	return at + 1 < value.n && value.p[at] == ':' && value.p[at + 1] >= '0' && value.p[at + 1] <= '9';
}

/* "cart", "cart.otel-demo", "cart.otel-demo.svc.cluster.local". */
static void host_ref(facts_reader *r, cc_str host, cc_str variable)
{
	object_ref ref = { .edge = CC_EDGE_ENV, .inferred = true, .from_template = true };
	cc_str name, rest, ns, tail, own = r->ns;

	cc_str_cut(host, '.', &name, &rest);
	cc_str_cut(rest, '.', &ns, &tail);
	if (ns.n > 0)
		r->ns = ns;
	add_ref(r, ref, "Service", name, variable);
	r->ns = own;
}

enum { LONGEST_ADDRESSES = 4096 };

static void scan_hosts(facts_reader *r, cc_str value, cc_str variable)
{
	bool by_name = names_host(variable);
	size_t i = 0;

	if (value.n > LONGEST_ADDRESSES)
		return;   /* a document, not an address */
	while (i < value.n) {
		size_t from = i;

		while (i < value.n && is_host_char(value.p[i]))
			i++;
		if (i > from && i - from <= 253 &&
			(followed_by_port(value, i) || preceded(value, from) || (by_name && i - from == value.n)))
			host_ref(r, cc_str_sub(value, from, i), variable);
		if (i == from)
			i++;
	}
}

static cc_str env_value(const cc_json *env, cc_str name)
{
	for (const cc_json *m = cc_json_first(env); m; m = cc_json_next(m))
		if (cc_str_eq(cc_json_get_str(m, "name"), name))
			return cc_json_get_str(m, "value");
	return CC_STR_EMPTY;
}

/* Replaces $(NAME) by the value of a sibling variable, one level deep as the kubelet does for variables defined
 * before. Ends where the text is too long to be of interest: a value may name a long one ten thousand times. */
static void expand(cc_buf *out, cc_str value, const cc_json *env)
{
	size_t i = 0;

	while (i < value.n && out->n <= LONGEST_ADDRESSES) {
		cc_str rest = cc_str_sub(value, i, value.n);
		bool opens = cc_str_starts(rest, CC_STR("$("));
		size_t end = opens ? cc_str_find_char(rest, ')') : CC_STR_NONE;

		if (end != CC_STR_NONE) {
			cc_buf_add(out, env_value(env, cc_str_sub(rest, 2, end)));
			i += end + 1;
		} else {
			cc_buf_add_char(out, value.p[i++]);
		}
	}
}

static void read_env(facts_reader *r, const cc_json *env)
{
	cc_buf text = CC_BUF_INIT;

	for (const cc_json *m = cc_json_first(env); m; m = cc_json_next(m)) {
		cc_str name = cc_json_get_str(m, "name");

		template_ref(r, CC_EDGE_ENV, "ConfigMap", cc_json_str(cc_json_at(m, "valueFrom.configMapKeyRef.name")),
			name);
		template_ref(r, CC_EDGE_ENV, "Secret", cc_json_str(cc_json_at(m, "valueFrom.secretKeyRef.name")), name);
		cc_buf_clear(&text);
		expand(&text, cc_json_get_str(m, "value"), env);
		if (cc_buf_ok(&text))
			scan_hosts(r, cc_buf_str(&text), name);
	}
	r->failed = r->failed || !cc_buf_ok(&text);
	cc_buf_deinit(&text);
}

static void read_container(facts_reader *r, const cc_json *c)
{
	read_env(r, cc_json_get(c, "env"));
	for (const cc_json *m = cc_json_first(cc_json_get(c, "envFrom")); m; m = cc_json_next(m)) {
		template_ref(r, CC_EDGE_ENV, "ConfigMap", cc_json_str(cc_json_at(m, "configMapRef.name")),
			CC_STR("envFrom"));
		template_ref(r, CC_EDGE_ENV, "Secret", cc_json_str(cc_json_at(m, "secretRef.name")), CC_STR("envFrom"));
	}
}

static void read_pod_spec(facts_reader *r, const cc_json *spec)
{
	static const char *const lists[] = { "containers", "initContainers", "ephemeralContainers" };

	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		for (const cc_json *m = cc_json_first(cc_json_get(spec, lists[i])); m; m = cc_json_next(m))
			read_container(r, m);
	for (const cc_json *m = cc_json_first(cc_json_get(spec, "volumes")); m; m = cc_json_next(m))
		read_volume(r, m);
	template_ref(r, CC_EDGE_BINDS, "ServiceAccount", cc_json_get_str(spec, "serviceAccountName"), CC_STR_EMPTY);
}

/* ---- references of the other kinds ---- */

static void read_ingress(facts_reader *r, const cc_json *spec)
{
	static const char *const backends[] = { "defaultBackend", "backend" };

	for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++) {
		const cc_json *b = cc_json_get(spec, backends[i]);

		plain_ref(
			r, CC_EDGE_ROUTES, CC_STR("Service"), cc_json_str(cc_json_at(b, "service.name")), CC_STR_EMPTY);
		plain_ref(r, CC_EDGE_ROUTES, CC_STR("Service"), cc_json_get_str(b, "serviceName"), CC_STR_EMPTY);
	}
	for (const cc_json *m = cc_json_first(cc_json_get(spec, "rules")); m; m = cc_json_next(m))
		for (const cc_json *p = cc_json_first(cc_json_at(m, "http.paths")); p; p = cc_json_next(p)) {
			const cc_json *b = cc_json_get(p, "backend");
			cc_str path = cc_json_get_str(p, "path");

			plain_ref(
				r, CC_EDGE_ROUTES, CC_STR("Service"), cc_json_str(cc_json_at(b, "service.name")), path);
			plain_ref(r, CC_EDGE_ROUTES, CC_STR("Service"), cc_json_get_str(b, "serviceName"), path);
		}
}

/* Endpoints say which pods a Service reaches when it has no selector to say it. */
static void read_endpoints(facts_reader *r, const cc_json *object)
{
	static const char *const lists[] = { "addresses", "notReadyAddresses" };

	for (const cc_json *m = cc_json_first(cc_json_get(object, "subsets")); m; m = cc_json_next(m))
		for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
			for (const cc_json *a = cc_json_first(cc_json_get(m, lists[i])); a; a = cc_json_next(a)) {
				const cc_json *target = cc_json_get(a, "targetRef");

				plain_ref(r, CC_EDGE_SELECTS, cc_json_get_str(target, "kind"),
					cc_json_get_str(target, "name"), cc_str_from(lists[i]));
			}
}

static void read_owners(facts_reader *r, const cc_json *object)
{
	for (const cc_json *m = cc_json_first(cc_json_at(object, "metadata.ownerReferences")); m; m = cc_json_next(m))
		plain_ref(r, CC_EDGE_OWNS, cc_json_get_str(m, "kind"), cc_json_get_str(m, "name"),
		          cc_json_bool(cc_json_get(m, "controller")) ? CC_STR("controller") : CC_STR_EMPTY);
}

static const cc_json *template_of(const cc_json *object, cc_str kind)
{
	if (cc_str_eqz(kind, "Pod"))
		return object;
	if (cc_str_eqz(kind, "CronJob"))
		return cc_json_at(object, "spec.jobTemplate.spec.template");
	return cc_kind_is_workload(kind) ? cc_json_at(object, "spec.template") : NULL;
}

static void read_refs(facts_reader *r, const cc_json *object, cc_str kind)
{
	const cc_json *spec = cc_json_get(object, "spec");

	read_owners(r, object);
	read_pod_spec(r, cc_json_get(template_of(object, kind), "spec"));
	if (cc_str_eqz(kind, "Pod"))
		plain_ref(r, CC_EDGE_RUNS_ON, CC_STR("Node"), cc_json_get_str(spec, "nodeName"), CC_STR_EMPTY);
	else if (cc_str_eqz(kind, "HorizontalPodAutoscaler"))
		plain_ref(r, CC_EDGE_SCALES, cc_json_str(cc_json_at(spec, "scaleTargetRef.kind")),
		          cc_json_str(cc_json_at(spec, "scaleTargetRef.name")), CC_STR_EMPTY);
	else if (cc_str_eqz(kind, "Ingress"))
		read_ingress(r, spec);
	else if (cc_str_eqz(kind, "Endpoints"))
		read_endpoints(r, object);
	else if (cc_str_eqz(kind, "PersistentVolumeClaim"))
		plain_ref(r, CC_EDGE_BINDS, CC_STR("PersistentVolume"), cc_json_get_str(spec, "volumeName"),
			CC_STR_EMPTY);
}

static const cc_sym *read_addresses(cc_snapshot *s, const cc_json *object, size_t *count)
{
	const cc_json *list = cc_json_at(object, "status.addresses");
	cc_sym *out = cc_arena_array(s->arena, cc_json_count(list), sizeof *out);

	*count = 0;
	for (const cc_json *m = cc_json_first(list); out && m; m = cc_json_next(m))
		out[(*count)++] = cc_snapshot_intern(s, cc_json_get_str(m, "address"));
	return out;
}

bool cc_objects_facts(cc_snapshot *s, object_facts *out, const cc_json *object, cc_str ns, cc_str kind)
{
	facts_reader r = { .s = s, .ns = ns };
	object_ref *refs;

	read_refs(&r, object, kind);
	read_selector(s, out, object, kind);
	out->has_template = !cc_str_eqz(kind, "Pod") && template_of(object, kind) != NULL;
	out->labels = read_labels(s, cc_json_at(template_of(object, kind), "metadata.labels"), &out->label_count);
	if (cc_str_eqz(kind, "Node"))
		out->addresses = read_addresses(s, object, &out->address_count);
	refs = cc_arena_array(s->arena, r.refs.n, sizeof *refs);
	for (size_t i = 0; refs && i < r.refs.n; i++)
		refs[i] = r.refs.p[i];
	out->refs = refs;
	out->ref_count = refs ? r.refs.n : 0;
	cc_vec_deinit(&r.refs);
	return refs && out->labels && !r.failed;
}
