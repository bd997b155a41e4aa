/* entity_group.c - joins what is one thing: workload, its ReplicaSets and pods, the Service before it, its name in
 * telemetry.
 *
 * Evidence in this order: owner chains; Service selectors over the labels of pods and pod templates, at any time of the
 * capture; telemetry that names service and pod together; equal names where nothing else speaks. */
#include <stdlib.h>
#include "coldcase/xalloc.h"
#include "snapshot/entity_priv.h"
#include "snapshot/objects_priv.h"

/* ---- union-find ---- */

static cc_entity_id root_of(entity_table *t, cc_entity_id id)
{
	while (t->joined.p[id] != id) {
		t->joined.p[id] = t->joined.p[t->joined.p[id]];
		id = t->joined.p[id];
	}
	return id;
}

static void join(entity_table *t, cc_entity_id a, cc_entity_id b)
{
	cc_entity_id x = root_of(t, a), y = root_of(t, b);

	if (x < y)
		t->joined.p[y] = x;
	else
		t->joined.p[x] = y;
}

static bool join_init(entity_table *t)
{
	for (size_t i = t->joined.n; i < t->rows.n; i++)
		if (!cc_vec_push(&t->joined, (cc_entity_id)i))
			return false;
	return true;
}

/* ---- owner chains ---- */

static bool joins_owner(cc_str kind)
{
	return cc_kind_is_workload(kind) || cc_str_eqz(kind, "EndpointSlice") || cc_str_eqz(kind, "Endpoints");
}

static cc_entity_id find_named(const cc_snapshot *s, cc_sym ns, const char *kind, cc_sym name)
{
	cc_sym k = cc_snapshot_sym_find(s, cc_str_from(kind));

	return k == CC_SYM_NONE ? 0 : cc_entity_lookup(s, ns, k, name);
}

static void join_owners(cc_snapshot *s)
{
	for (cc_entity_id id = 1; id <= cc_entity_count(s); id++) {
		const cc_entity *e = cc_entity_get(s, id);
		cc_str kind = cc_entity_kind(s, id);
		cc_entity_id service;

		if (e->owner != 0 && joins_owner(kind) && cc_entity_climbs(kind, cc_entity_kind(s, e->owner)))
			join(s->entities, id, e->owner);
		if (!cc_str_eqz(kind, "Endpoints"))
			continue;
		service = find_named(s, e->ns, "Service", e->name);
		if (service != 0)
			join(s->entities, id, service);
	}
}

/* ---- services with an object: selectors ---- */

typedef struct workload_set {
	cc_snapshot *s;
	cc_entity_vec ids;
	uint32_t stamp;
	bool failed;
} workload_set;

static workload_set set_new(cc_snapshot *s)
{
	return (workload_set){ .s = s, .stamp = ++s->entities->sets };
}

static void set_add(workload_set *set, cc_entity_id id)
{
	entity_table *t = set->s->entities;

	while (t->stamps.n <= id && !set->failed)
		set->failed = !cc_vec_push(&t->stamps, 0);
	if (set->failed || t->stamps.p[id] == set->stamp)
		return;
	t->stamps.p[id] = set->stamp;
	set->failed = !cc_vec_push(&set->ids, id);
}

static void add_selected(void *arg, const objects_entry *hit, bool now)
{
	workload_set *set = arg;
	cc_entity_id id = cc_entity_lookup(set->s, hit->ns, hit->kind, hit->name);

	(void)now;
	if (id != 0)
		set_add(set, cc_entity_get(set->s, id)->workload);
}

static bool is_variant(cc_str name, cc_str service)
{
	return cc_str_starts(name, service) && (name.n == service.n || name.p[service.n] == '-');
}

/* One workload: it is the Service's. Several: only those named after it (reviews-v1, reviews-v2), because a selector
 * can also be broad and then says nothing about identity. */
static bool join_set(cc_snapshot *s, cc_entity_id service, const workload_set *set)
{
	bool any = false;

	for (size_t i = 0; i < set->ids.n; i++)
		if (set->ids.n == 1 || is_variant(cc_entity_name(s, set->ids.p[i]), cc_entity_name(s, service))) {
			join(s->entities, service, set->ids.p[i]);
			any = true;
		}
	return any;
}

/* The workload of the same name, seen or inferred; 0 without one. */
static cc_entity_id namesake(const cc_snapshot *s, cc_sym ns, cc_sym name, bool inferred_too)
{
	static const char *const kinds[] = { "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job" };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		cc_entity_id id = find_named(s, ns, kinds[i], name);

		if (id != 0 && (inferred_too || !cc_entity_get(s, id)->inferred))
			return id;
	}
	return 0;
}

static bool join_service_object(cc_snapshot *s, const objects_entry *e)
{
	workload_set set = set_new(s);
	cc_entity_id service = cc_entity_lookup(s, e->ns, e->kind, e->name), same;

	for (size_t i = 0; i < e->states.n; i++)
		if (e->states.p[i].facts.selects)
			cc_objects_each_selected(s, e, &e->states.p[i].facts, add_selected, &set);
	same = namesake(s, e->ns, e->name, true);
	if (!join_set(s, service, &set) && same != 0)
		join(s->entities, service, same);
	cc_vec_deinit(&set.ids);
	return !set.failed;
}

static bool join_service_objects(cc_snapshot *s)
{
	for (size_t i = 0; i < cc_objects_entry_count(s); i++) {
		const objects_entry *e = cc_objects_entry(s, i);

		if (cc_str_eqz(cc_snapshot_sym(s, e->kind), "Service") && !join_service_object(s, e))
			return false;
	}
	return true;
}

/* ---- service names of telemetry ---- */

static int compare_aliases(const void *pa, const void *pb)
{
	const entity_alias *a = pa, *b = pb;

	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	if (a->service != b->service)
		return a->service < b->service ? -1 : 1;
	return a->pod < b->pod ? -1 : a->pod > b->pod;
}

/* Service, else the workload that has no Service before it (a consumer, a load generator), else a Service nobody saw as
 * object. */
static bool name_service(cc_snapshot *s, const entity_alias *a)
{
	cc_sym kind = cc_snapshot_intern(s, CC_STR("Service"));
	cc_entity_id id = cc_entity_lookup(s, a->ns, kind, a->service);

	if (id == 0)
		id = namesake(s, a->ns, a->service, false);
	if (id == 0)
		id = cc_entity_note_sym(s, a->ns, kind, a->service, a->where);
	if (id == 0)
		return false;
	s->entities->rows.p[id].seen |= (uint16_t)a->where;
	return cc_entity_alias_set(s, a->ns, a->service, id);
}

static bool has_own_service(const cc_snapshot *s, cc_entity_id workload)
{
	const cc_entity *w = cc_entity_get(s, workload);

	return cc_entity_alias_has(s, w->ns, w->name);
}

/* A name no object bears ("adservice" of Deployment ad) belongs to the one workload whose pods speak under it, unless
 * that workload also speaks under its own name: then the pod attribute is that of a proxy in between. */
static bool join_by_pods(cc_snapshot *s, cc_entity_id service, const entity_alias *from, size_t count)
{
	workload_set set = set_new(s), own = set_new(s); /* filled one after the other */
	cc_sym pod_kind = cc_snapshot_sym_find(s, CC_STR("Pod"));

	for (size_t i = 0; i < count; i++) {
		cc_entity_id pod = from[i].pod != 0 ? cc_entity_lookup(s, from[i].ns, pod_kind, from[i].pod) : 0;

		if (pod != 0)
			set_add(&set, cc_entity_get(s, pod)->workload);
	}
	for (size_t i = 0; i < set.ids.n; i++)
		if (!has_own_service(s, set.ids.p[i]))
			set_add(&own, set.ids.p[i]);
	if (own.ids.n == set.ids.n)
		join_set(s, service, &own);
	cc_vec_deinit(&set.ids);
	cc_vec_deinit(&own.ids);
	return !set.failed && !own.failed;
}

static bool join_telemetry_service(cc_snapshot *s, const entity_alias *from, size_t count)
{
	cc_str ns = cc_snapshot_sym(s, from->ns), name = cc_snapshot_sym(s, from->service);
	cc_entity_id id = cc_entity_of_service(s, ns, name), same;

	if (id == 0 || cc_entity_get(s, id)->object != 0 || !cc_str_eqz(cc_entity_kind(s, id), "Service"))
		return true;
	same = namesake(s, from->ns, from->service, true);
	if (same == 0)
		return join_by_pods(s, id, from, count);
	join(s->entities, id, same);
	return true;
}

static bool join_telemetry(cc_snapshot *s)
{
	entity_table *t = s->entities;

	if (t->aliases.n > 1)
		qsort(t->aliases.p, t->aliases.n, sizeof *t->aliases.p, compare_aliases);
	for (size_t i = 0; i < t->aliases.n; i++)
		if (t->aliases.p[i].service != 0 && !name_service(s, &t->aliases.p[i]))
			return false;
	if (!join_init(t))
		return false;
	for (size_t i = 0, end; i < t->aliases.n; i = end) {
		const entity_alias *a = &t->aliases.p[i];

		for (end = i + 1;
			end < t->aliases.n && t->aliases.p[end].ns == a->ns && t->aliases.p[end].service == a->service;
			end++)
			;
		if (a->service != 0 && !join_telemetry_service(s, a, end - i))
			return false;
	}
	return true;
}

/* ---- groups ---- */

int cc_entity_rank(cc_str kind)
{
	static const char *const order[] = { "Deployment", "StatefulSet", "DaemonSet", "CronJob", "", "Job",
		"ReplicationController", "ReplicaSet", "Pod", "Service", "Endpoints", "EndpointSlice" };

	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		if (cc_str_eqz(kind, order[i]))
			return (int)i;
	return 4;   /* an operator's own workload kind */
}

typedef struct member { cc_entity_id root, id; int rank; cc_str name; } member;

static int compare_members(const void *pa, const void *pb)
{
	const member *a = pa, *b = pb;
	int c;

	if (a->root != b->root)
		return a->root < b->root ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	c = cc_str_cmp_natural(a->name, b->name);
	return c != 0 ? c : a->id < b->id ? -1 : a->id > b->id;
}

static void fill_groups(cc_snapshot *s, member *all, size_t n, cc_entity_id *members, uint32_t *from)
{
	for (size_t i = 0; i < n; i++)
		all[i] = (member){ root_of(s->entities, (cc_entity_id)i + 1), (cc_entity_id)i + 1,
			cc_entity_rank(cc_entity_kind(s, (cc_entity_id)i + 1)),
			cc_entity_name(s, (cc_entity_id)i + 1) };
	qsort(all, n, sizeof *all, compare_members);
	for (size_t i = 0, first = 0; i < n; i++) {
		if (all[i].root != all[first].root)
			first = i;
		members[i] = all[i].id;
		s->entities->rows.p[all[i].id].group = all[first].id;
		from[all[first].id] = (uint32_t)first;
	}
}

static bool finish_groups(cc_snapshot *s)
{
	size_t n = cc_entity_count(s);
	member *all = cc_calloc(n + 1, sizeof *all);
	cc_entity_id *members = cc_arena_array(s->arena, n + 1, sizeof *members);
	uint32_t *from = cc_arena_array(s->arena, n + 1, sizeof *from);
	bool ok = all && members && from;

	if (ok && n > 0)
		fill_groups(s, all, n, members, from);
	s->entities->members = members;
	s->entities->member_from = from;
	s->entities->member_count = ok ? n : 0;
	cc_free(all);
	return ok;
}

cc_code cc_entity_group_all(cc_snapshot *s, cc_err *err)
{
	entity_table *t = s->entities;

	if (!join_init(t))
		return cc_err_set(err, CC_ENOMEM, "entities: out of memory");
	join_owners(s);
	if (!join_service_objects(s) || !join_telemetry(s) || !finish_groups(s))
		return cc_err_set(err, CC_ENOMEM, "entities: out of memory");
	return CC_OK;
}
