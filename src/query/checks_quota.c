/* checks_quota.c - quotas: what is used up, and what they demand that workloads do not say. */
#include "checks_priv.h"

static cc_str used_of(const cc_json *used, cc_str key)
{
	for (const cc_json *v = cc_json_first(used); v; v = cc_json_next(v))
		if (cc_str_eq(cc_json_key(v), key))
			return cc_json_text(v);
	return CC_STR_EMPTY;
}

/* A quota of limits.memory refuses every pod that sets no such limit, and so for requests; bare cpu and memory mean requests. */
static bool demand(cc_str key, const char **list, cc_str *resource)
{
	static const struct { const char *prefix, *list; } kinds[] = { { "limits.", "limits" }, { "requests.", "requests" } };
	*resource = key;
	*list = "requests";
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (cc_str_starts(key, cc_str_from(kinds[i].prefix))) {
			*list = kinds[i].list;
			*resource = cc_str_sub(key, cc_str_from(kinds[i].prefix).n, key.n);
		}
	return cc_str_eqz(*resource, "cpu") || cc_str_eqz(*resource, "memory");
}

static bool sets(const cc_json *map, cc_str resource)
{
	for (const cc_json *v = cc_json_first(map); v; v = cc_json_next(v))
		if (cc_str_eq(cc_json_key(v), resource))
			return true;
	return false;
}

/* A limit is a request too, where none is set. */
static bool all_set(const cc_json *pod_spec, const char *list, cc_str resource)
{
	static const char *const lists[] = { "containers", "initContainers" };
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		for (const cc_json *c = cc_json_first(cc_json_get(pod_spec, lists[i])); c; c = cc_json_next(c)) {
			const cc_json *resources = cc_json_get(c, "resources");
			if (!sets(cc_json_get(resources, list), resource) && !(list[0] == 'r' && sets(cc_json_get(resources, "limits"), resource)))
				return false;
		}
	return true;
}

/* A LimitRange that fills in what is not said. */
static bool is_filled_in(const cc_json *range, const char *list, cc_str resource)
{
	for (const cc_json *l = cc_json_first(cc_json_at(range, "spec.limits")); l; l = cc_json_next(l))
		if (cc_str_eqz(cc_json_get_str(l, "type"), "Container") &&
			(sets(cc_json_get(l, "default"), resource) || (list[0] == 'r' && sets(cc_json_get(l, "defaultRequest"), resource))))
			return true;
	return false;
}

typedef struct lacking { size_t n; cc_entity_id first; bool filled; } lacking;

static lacking who_lacks(check_subject *u, const char *list, cc_str resource)
{
	const cc_snapshot *s = u->c->s;
	cc_sym ns = cc_entity_get(s, u->o->entity)->ns;
	lacking l = { 0 };
	for (size_t i = 0; i < cc_objects_count(s) && u->c->code == CC_OK && !l.filled; i++) {
		const cc_object *o = cc_objects_get(s, i);
		const cc_entity *e = cc_entity_get(s, o->entity);
		cc_str kind = cc_entity_kind(s, o->entity);
		bool range = cc_str_eqz(kind, "LimitRange"), workload = cc_kind_is_workload(kind) && e->workload == o->entity;
		cc_json *doc = e->ns == ns && (range || workload) ? cc_check_doc(u, o, NULL) : NULL;
		if (range && doc)
			l.filled = is_filled_in(doc, list, resource);
		else if (doc && cc_check_pod_spec(doc, kind) && !all_set(cc_check_pod_spec(doc, kind), list, resource)) {
			l.first = l.n++ ? l.first : o->entity;
		}
		cc_json_free(doc);
	}
	return l;
}

static void demands(check_subject *u, cc_str key)
{
	const char *list;
	cc_str resource;
	if (!demand(key, &list, &resource))
		return;
	lacking l = who_lacks(u, list, resource);
	if (l.n && !l.filled)
		cc_check_found(u, CHECK_QUOTA_DEMANDS, 2, (double)l.n, key, "demands %s.%.*s, which %.*s/%.*s%s not set", list, CC_STR_ARG(resource),
			CC_STR_ARG(cc_entity_kind(u->c->s, l.first)), CC_STR_ARG(cc_entity_name(u->c->s, l.first)),
			l.n > 1 ? " and others do" : " does");
}

void cc_check_quota(check_subject *u)
{
	const cc_json *used = cc_json_at(u->doc, "status.used"), *hard = cc_json_at(u->doc, "status.hard");
	for (const cc_json *h = cc_json_first(hard ? hard : cc_json_at(u->doc, "spec.hard")); h; h = cc_json_next(h)) {
		double limit, now;
		cc_str key = cc_json_key(h), text = cc_json_text(h), taken = used_of(used, key);
		if (cc_check_quantity(text, &limit) && cc_check_quantity(taken, &now) && now >= limit)
			cc_check_found(u, CHECK_QUOTA, 3, NAN, key, "is used up: %.*s %.*s of %.*s", CC_STR_ARG(key), CC_STR_ARG(taken), CC_STR_ARG(text));
		demands(u, key);
	}
}
