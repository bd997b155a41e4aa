/* checks_world.c - what rules ask of other objects: is there one of that name, which pods carry these labels, what nodes offer. */
#include "checks_priv.h"

/* --- one object by name --- */

static bool is_gone(const cc_object *o, int64_t at_ns)
{
	return o->gone_ns != CC_TIME_NONE && o->gone_ns <= at_ns;
}

cc_json *cc_check_doc(check_subject *u, const cc_object *o, const cc_object_obs **obs)
{
	size_t at = is_gone(o, u->w->at_ns) ? SIZE_MAX : cc_objects_obs_at(o, u->w->at_ns);
	cc_json *doc = NULL;

	if (at == SIZE_MAX)
		return NULL;
	if (obs)
		*obs = &o->obs[at];
	if (cc_objects_json(u->c->s, &o->obs[at], &doc, NULL) == CC_ENOMEM)
		u->c->code = CC_ENOMEM;
	return doc;
}

static const cc_object *object_named(const check_subject *u, cc_str ns, const char *kind, cc_str name)
{
	const cc_snapshot *s = u->c->s;
	cc_str k = cc_str_from(kind);
	const cc_entity *e = cc_entity_get(s, cc_entity_find(s, cc_kind_is_cluster_scoped(k) ? CC_STR("cluster") : ns, k, name));

	return e && e->object ? cc_objects_get(s, e->object - 1) : NULL;
}

cc_json *cc_check_named(check_subject *u, cc_str ns, const char *kind, cc_str name)
{
	const cc_object *o = object_named(u, ns, kind, name);

	return o ? cc_check_doc(u, o, NULL) : NULL;
}

bool cc_check_is_missing(check_subject *u, cc_str ns, const char *kind, cc_str name)
{
	const cc_object *o;

	if (name.n == 0 || !cc_map_get(u->c->kinds, cc_str_from(kind), NULL))
		return false;
	o = object_named(u, ns, kind, name);
	return !o || is_gone(o, u->w->at_ns) || cc_objects_obs_at(o, u->w->at_ns) == SIZE_MAX;
}

bool cc_check_has_any(check_subject *u, cc_str ns, const char *kind)
{
	const cc_snapshot *s = u->c->s;

	for (size_t i = 0; i < cc_objects_count(s); i++) {
		cc_entity_id id = cc_objects_get(s, i)->entity;
		if (cc_str_eqz(cc_entity_kind(s, id), kind) && cc_str_eq(cc_entity_ns(s, id), ns))
			return true;
	}
	return false;
}

/* --- pods and nodes, taken once --- */

static const check_pair *pairs_of(check_subject *u, const cc_json *map, size_t *count)
{
	check_pair *out = cc_arena_array(u->c->arena, cc_json_count(map), sizeof *out);

	*count = 0;
	for (const cc_json *m = cc_json_first(map); out && m; m = cc_json_next(m)) {
		check_pair p = { cc_arena_dup(u->c->arena, cc_json_key(m)), cc_arena_dup(u->c->arena, cc_json_text(m)) };
		if (!p.key.p || !p.value.p)
			out = NULL;
		else
			out[(*count)++] = p;
	}
	if (!out)
		u->c->code = CC_ENOMEM;
	return out;
}

static size_t count_ports(const cc_json *pod)
{
	size_t n = 0;

	for (const cc_json *c = cc_json_first(cc_json_at(pod, "spec.containers")); c; c = cc_json_next(c))
		n += cc_json_count(cc_json_get(c, "ports"));
	return n;
}

static void take_pod(check_subject *u, cc_entity_id entity, const cc_json *doc)
{
	check_pod pod = { .entity = entity };
	check_port *ports = cc_arena_array(u->c->arena, count_ports(doc), sizeof *ports);

	pod.labels = pairs_of(u, cc_json_at(doc, "metadata.labels"), &pod.label_count);
	for (const cc_json *c = cc_json_first(cc_json_at(doc, "spec.containers")); ports && c; c = cc_json_next(c))
		for (const cc_json *p = cc_json_first(cc_json_get(c, "ports")); p; p = cc_json_next(p))
			ports[pod.port_count++] = (check_port){ cc_arena_dup(u->c->arena, cc_json_get_str(p, "name")),
				cc_arena_dup(u->c->arena, cc_json_text(cc_json_get(p, "containerPort"))) };
	pod.ports = ports;
	if (!ports || !cc_vec_push(&u->w->pods, pod))
		u->c->code = CC_ENOMEM;
}

/* Pods of one ReplicaSet are alike in labels and ports: one whose labels were changed does not belong to it any more. */
static bool take_alike(check_subject *u, const cc_object *o, cc_entity_id *last_owner, size_t first)
{
	const cc_snapshot *s = u->c->s;
	cc_entity_id owner = cc_entity_get(s, o->entity)->owner;
	bool alike = owner && owner == *last_owner && u->w->pods.n > first && cc_str_eqz(cc_entity_kind(s, owner), "ReplicaSet") &&
		!is_gone(o, u->w->at_ns) && cc_objects_obs_at(o, u->w->at_ns) != SIZE_MAX;

	*last_owner = owner;
	if (alike) {
		check_pod same = u->w->pods.p[u->w->pods.n - 1];
		same.entity = o->entity;
		if (!cc_vec_push(&u->w->pods, same))
			u->c->code = CC_ENOMEM;
	}
	return alike;
}

static void take_pods(check_subject *u, cc_sym ns)
{
	const cc_snapshot *s = u->c->s;
	check_pods here = { ns, u->w->pods.n, 0 };
	cc_entity_id last_owner = 0;

	for (size_t i = 0; i < cc_objects_count(s) && u->c->code == CC_OK; i++) {
		const cc_object *o = cc_objects_get(s, i);
		cc_json *doc;
		if (cc_entity_get(s, o->entity)->ns != ns || !cc_str_eqz(cc_entity_kind(s, o->entity), "Pod"))
			continue;
		if (take_alike(u, o, &last_owner, here.from))
			continue;
		doc = cc_check_doc(u, o, NULL);
		if (doc)
			take_pod(u, o->entity, doc);
		else
			last_owner = 0;
		cc_json_free(doc);
	}
	here.n = u->w->pods.n - here.from;
	if (!cc_vec_push(&u->w->namespaces, here))
		u->c->code = CC_ENOMEM;
}

const check_pod *cc_check_pods(check_subject *u, cc_str ns, size_t *count)
{
	cc_sym sym = cc_snapshot_sym_find(u->c->s, ns);
	check_world *w = u->w;

	*count = 0;
	for (int again = 0; again < 2; again++) {
		for (size_t i = 0; i < w->namespaces.n; i++)
			if (w->namespaces.p[i].ns == sym) {
				*count = w->namespaces.p[i].n;
				return w->pods.n ? w->pods.p + w->namespaces.p[i].from : NULL;
			}
		if (sym == CC_SYM_NONE || u->c->code != CC_OK)
			break;
		take_pods(u, sym);
	}
	return NULL;
}

/* Only what keeps pods away counts; a cordoned node is one more. */
static void take_node(check_subject *u, const cc_json *doc)
{
	const cc_json *list = cc_json_at(doc, "spec.taints");
	size_t most = cc_json_count(list), n = 0;
	check_node node = { 0 };
	check_pair *taints = cc_arena_array(u->c->arena, most, sizeof *taints);
	cc_str *effects = cc_arena_array(u->c->arena, most, sizeof *effects);

	node.labels = pairs_of(u, cc_json_at(doc, "metadata.labels"), &node.label_count);
	for (const cc_json *t = cc_json_first(list); taints && effects && t; t = cc_json_next(t)) {
		cc_str effect = cc_json_get_str(t, "effect");
		if (!cc_str_eqz(effect, "NoSchedule") && !cc_str_eqz(effect, "NoExecute"))
			continue;
		effects[n] = cc_arena_dup(u->c->arena, effect);
		taints[n++] = (check_pair){ cc_arena_dup(u->c->arena, cc_json_get_str(t, "key")), cc_arena_dup(u->c->arena, cc_json_get_str(t, "value")) };
	}
	node.taints = taints, node.effects = effects, node.taint_count = n;
	if (!taints || !effects || !cc_vec_push(&u->w->nodes, node))
		u->c->code = CC_ENOMEM;
}

const check_node *cc_check_nodes(check_subject *u, size_t *count)
{
	const cc_snapshot *s = u->c->s;

	for (size_t i = 0; !u->w->has_nodes && i < cc_objects_count(s) && u->c->code == CC_OK; i++) {
		const cc_object *o = cc_objects_get(s, i);
		cc_json *doc = cc_str_eqz(cc_entity_kind(s, o->entity), "Node") ? cc_check_doc(u, o, NULL) : NULL;
		if (doc)
			take_node(u, doc);
		cc_json_free(doc);
	}
	u->w->has_nodes = true;
	*count = u->w->nodes.n;
	return u->w->nodes.p;
}

/* --- selectors --- */

static const check_pair *label(const check_pair *labels, size_t count, cc_str key)
{
	for (size_t i = 0; i < count; i++)
		if (cc_str_eq(labels[i].key, key))
			return &labels[i];
	return NULL;
}

bool cc_check_labels_fit(const cc_json *map, const check_pair *labels, size_t count)
{
	for (const cc_json *m = cc_json_first(map); m; m = cc_json_next(m)) {
		const check_pair *l = label(labels, count, cc_json_key(m));
		if (!l || !cc_str_eq(l->value, cc_json_text(m)))
			return false;
	}
	return true;
}

static bool expression_fits(const cc_json *e, const check_pair *labels, size_t count)
{
	const check_pair *l = label(labels, count, cc_json_get_str(e, "key"));
	cc_str op = cc_json_get_str(e, "operator");
	bool in = false;

	for (const cc_json *v = cc_json_first(cc_json_get(e, "values")); l && v; v = cc_json_next(v))
		in = in || cc_str_eq(l->value, cc_json_text(v));
	if (cc_str_eqz(op, "In"))
		return in;
	if (cc_str_eqz(op, "NotIn"))
		return !in;
	return cc_str_eqz(op, "Exists") ? l != NULL : cc_str_eqz(op, "DoesNotExist") && !l;
}

bool cc_check_selector_fits(const cc_json *selector, const check_pair *labels, size_t count)
{
	if (!cc_check_labels_fit(cc_json_get(selector, "matchLabels"), labels, count))
		return false;
	for (const cc_json *e = cc_json_first(cc_json_get(selector, "matchExpressions")); e; e = cc_json_next(e))
		if (!expression_fits(e, labels, count))
			return false;
	return true;
}

/* --- small readers --- */

bool cc_check_quantity(cc_str text, double *out)
{
	static const struct { const char *suffix; double factor; } units[] = { { "Ki", 0x1p10 }, { "Mi", 0x1p20 }, { "Gi", 0x1p30 }, { "Ti", 0x1p40 },
		{ "Pi", 0x1p50 }, { "n", 1e-9 }, { "u", 1e-6 }, { "m", 1e-3 }, { "k", 1e3 }, { "M", 1e6 }, { "G", 1e9 }, { "T", 1e12 }, { "P", 1e15 } };
	double factor = 1;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (cc_str_ends(text, cc_str_from(units[i].suffix))) {
			text = cc_str_strip_suffix(text, cc_str_from(units[i].suffix));
			factor = units[i].factor;
			break;
		}
	if (!cc_str_to_double(text, out))
		return false;
	*out *= factor;
	return true;
}

const cc_json *cc_check_pod_spec(const cc_json *doc, cc_str kind)
{
	if (cc_str_eqz(kind, "Pod"))
		return cc_json_get(doc, "spec");
	if (cc_str_eqz(kind, "CronJob"))
		return cc_json_at(doc, "spec.jobTemplate.spec.template.spec");
	return cc_kind_is_workload(kind) ? cc_json_at(doc, "spec.template.spec") : NULL;
}
