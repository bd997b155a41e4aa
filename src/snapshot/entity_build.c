/* entity_build.c - collects the entities from every kind of evidence and finds their owners.
 *
 * Objects and their owner references come first, then events, telemetry and alert labels. Name cutting comes last and
 * only for what has no object of its own: a pod that died between two polls, or a snapshot without any objects. */
#include "coldcase/xalloc.h"
#include "snapshot/entity_priv.h"
#include "snapshot/events_priv.h"
#include "snapshot/objects_priv.h"

static cc_entity *row_of(cc_snapshot *s, cc_entity_id id)
{
	return &s->entities->rows.p[id];
}

/* ---- objects ---- */

static bool note_object(cc_snapshot *s, size_t index)
{
	const objects_entry *e = cc_objects_entry(s, index);
	cc_entity_id id = cc_entity_note_sym(s, e->ns, e->kind, e->name, CC_SEEN_OBJECT);

	if (id == 0)
		return false;
	row_of(s, id)->object = (uint32_t)index + 1;
	return true;
}

static cc_seen seen_by(const object_ref *ref)
{
	return ref->edge == CC_EDGE_OWNS ? CC_SEEN_OWNER : CC_SEEN_REFERENCE;
}

/* The controller among the owners, else the first; the newest state that names one decides. */
static bool note_refs(cc_snapshot *s, const objects_entry *e, const object_facts *f)
{
	cc_entity_id id = cc_entity_lookup(s, e->ns, e->kind, e->name), owner = 0;

	for (size_t i = 0; i < f->ref_count; i++) {
		const object_ref *ref = &f->refs[i];
		cc_entity_id target =
			ref->inferred ? 0 : cc_entity_note_sym(s, ref->ns, ref->kind, ref->name, seen_by(ref));

		if (target == 0 && !ref->inferred)
			return false;
		if (ref->edge == CC_EDGE_OWNS && target != id && (owner == 0 || ref->detail != 0))
			owner = target;
	}
	if (owner != 0)
		row_of(s, id)->owner = owner;
	return true;
}

static bool note_objects(cc_snapshot *s)
{
	for (size_t i = 0; i < cc_objects_entry_count(s); i++)
		if (!note_object(s, i))
			return false;
	for (size_t i = 0; i < cc_objects_entry_count(s); i++) {
		const objects_entry *e = cc_objects_entry(s, i);

		for (size_t j = 0; j < e->states.n; j++)
			if (!note_refs(s, e, &e->states.p[j].facts))
				return false;
	}
	return true;
}

/* ---- events: subjects, chaos targets, what a Schedule spawned ---- */

static cc_entity_id find_spawned(const cc_snapshot *s, const entity_names *names, cc_sym ns, cc_str name)
{
	cc_sym sym = cc_snapshot_sym_find(s, name);

	for (cc_entity_id id = sym != CC_SYM_NONE ? names->head[sym] : 0; id != 0; id = names->next[id]) {
		const cc_entity *e = cc_entity_get(s, id);

		if (e->ns == ns &&
			(cc_str_ends(cc_entity_kind(s, id), CC_STR("Chaos")) ||
				cc_str_eqz(cc_entity_kind(s, id), "Workflow")))
			return id;
	}
	return 0;
}

static bool note_targets(cc_snapshot *s)
{
	for (size_t i = 0; i < cc_events_count(s); i++) {
		cc_str ns, name;

		if (cc_event_chaos_target(s, cc_events_get(s, i), &ns, &name) &&
			cc_entity_note(s, ns, CC_STR("Pod"), name, CC_SEEN_REFERENCE) == 0)
			return false;
	}
	return true;
}

static void note_spawned(cc_snapshot *s, const entity_names *names)
{
	for (size_t i = 0; i < cc_events_count(s); i++) {
		const cc_event *ev = cc_events_get(s, i);
		cc_entity_id owner = cc_entity_lookup(s, ev->ns, ev->kind, ev->name), spawned;
		cc_str name;

		if (!cc_event_spawned(s, ev, &name))
			continue;
		spawned = find_spawned(s, names, ev->ns, name);
		if (spawned != 0 && spawned != owner && row_of(s, spawned)->owner == 0)
			row_of(s, spawned)->owner = owner;
	}
}

static bool note_chaos(cc_snapshot *s)
{
	entity_names names = { 0 };
	bool ok = note_targets(s) && cc_entity_names_init(s, &names);

	if (ok)
		note_spawned(s, &names);
	cc_entity_names_deinit(&names);
	return ok;
}

/* ---- telemetry ---- */

typedef struct collector {
	cc_snapshot *s;
	cc_seen where;
	bool failed;
} collector;

static void collect(void *arg, cc_sym ns, cc_sym service, cc_sym pod)
{
	collector *c = arg;

	if (service != 0 || pod != 0)
		c->failed = c->failed || !cc_entity_alias_add(c->s, ns, service, pod, c->where);
}

static void collect_series(void *arg, cc_sym ns, cc_sym object, bool is_service)
{
	collect(arg, ns, is_service ? object : 0, is_service ? 0 : object);
}

/* A row without a namespace borrows that of the same pod or service seen elsewhere. */
static cc_sym guess_ns(const cc_snapshot *s, const cc_sym *ns_of_service, const entity_alias *a, cc_sym pod_kind)
{
	cc_entity_id pod = a->pod != 0 ? cc_entity_lookup_any(s, pod_kind, a->pod) : 0;

	if (pod != 0)
		return cc_entity_get(s, pod)->ns;
	return ns_of_service[a->service];
}

static void keep_ns(cc_sym *ns_of_service, const entity_alias *a)
{
	if (a->service != 0 && ns_of_service[a->service] == 0)
		ns_of_service[a->service] = a->ns;
}

/* Pods of aliases with a namespace in the first pass, of the others in the second. */
static bool note_pods(cc_snapshot *s, cc_sym *ns_of_service, cc_sym pod, int pass)
{
	entity_table *t = s->entities;

	for (size_t i = 0; i < t->aliases.n; i++) {
		entity_alias *a = &t->aliases.p[i];

		if (pass == 1 && a->ns == 0)
			a->ns = guess_ns(s, ns_of_service, a, pod);
		keep_ns(ns_of_service, a);
		if (a->pod != 0 && (pass == 1 || a->ns != 0) &&
			cc_entity_note_sym(s, a->ns, pod, a->pod, a->where) == 0)
			return false;
	}
	return true;
}

static bool note_telemetry(cc_snapshot *s)
{
	collector c = { s, CC_SEEN_LOG, false };
	cc_sym pod = cc_snapshot_intern(s, CC_STR("Pod"));
	cc_sym *ns_of_service = cc_calloc(cc_snapshot_sym_count(s) + 1, sizeof *ns_of_service);
	bool ok = ns_of_service != NULL;

	cc_logs_each_identity(s, collect, &c);
	c.where = CC_SEEN_SPAN;
	cc_spans_each_identity(s, collect, &c);
	c.where = CC_SEEN_METRIC;
	cc_series_each_identity(s, collect_series, &c);
	for (int pass = 0; pass < 2 && ok && !c.failed; pass++)
		ok = note_pods(s, ns_of_service, pod, pass);
	cc_free(ns_of_service);
	return ok && !c.failed;
}

/* ---- owners by name ---- */

static cc_entity_id find_kind(const cc_snapshot *s, cc_sym ns, const char *kind, cc_str name)
{
	cc_sym k = cc_snapshot_sym_find(s, cc_str_from(kind)), n = cc_snapshot_sym_find(s, name);

	return k == CC_SYM_NONE || n == CC_SYM_NONE ? 0 : cc_entity_lookup(s, ns, k, n);
}

/* A known thing of that name that makes pods, whatever its kind; else a new one of the kind the name suggests. */
static cc_entity_id find_or_infer(cc_snapshot *s, cc_sym ns, const char *kind, cc_str stem)
{
	static const char *const makers[] = { "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob",
		"ReplicaSet" };
	cc_entity_id id = find_kind(s, ns, kind, stem);

	for (size_t i = 0; id == 0 && i < sizeof makers / sizeof makers[0]; i++)
		id = find_kind(s, ns, makers[i], stem);
	if (id != 0)
		return id;
	id = cc_entity_note_sym(
		s, ns, cc_snapshot_intern(s, cc_str_from(kind)), cc_snapshot_intern(s, stem), (cc_seen)0);
	if (id != 0)
		row_of(s, id)->inferred = true;
	return id;
}

static bool infer_pod_owner(cc_snapshot *s, cc_entity_id id)
{
	cc_pod_name made = cc_kind_pod_name(cc_entity_name(s, id));
	cc_sym ns = row_of(s, id)->ns;
	cc_entity_id owner = 0;

	if (!made.kind)
		return true;
	if (made.direct_kind)
		owner = find_kind(s, ns, made.direct_kind, made.controller);
	if (owner == 0)
		owner = find_or_infer(s, ns, made.kind, made.stem);
	if (owner != id)
		row_of(s, id)->owner = owner;
	return owner != 0;
}

static bool infer_stem_owner(cc_snapshot *s, cc_entity_id id, const char *owner_kind)
{
	cc_str name = cc_entity_name(s, id), stem = cc_kind_stem(cc_entity_kind(s, id), name);
	cc_entity_id owner;

	if (stem.n == name.n)
		return true;
	owner = find_or_infer(s, row_of(s, id)->ns, owner_kind, stem);
	if (owner != id)
		row_of(s, id)->owner = owner;
	return owner != 0;
}

/* An object without owner references has no owner, whatever its name looks like. */
static bool infer_owners(cc_snapshot *s)
{
	bool ok = true;

	for (cc_entity_id id = 1; ok && id <= cc_entity_count(s); id++) {
		const cc_entity *e = cc_entity_get(s, id);
		cc_str kind = cc_entity_kind(s, id);

		if (e->object != 0 || e->owner != 0)
			continue;
		if (cc_str_eqz(kind, "Pod"))
			ok = infer_pod_owner(s, id);
		else if (cc_str_eqz(kind, "ReplicaSet"))
			ok = infer_stem_owner(s, id, "Deployment");
		else if (cc_str_eqz(kind, "Job"))
			ok = infer_stem_owner(s, id, "CronJob");
	}
	return ok;
}

/* ---- workloads ---- */

/* Climbing stops at what people call a workload: an operator's resource above a Deployment is another thing. */
bool cc_entity_climbs(cc_str kind, cc_str owner_kind)
{
	static const char *const tops[] = { "Deployment", "StatefulSet", "DaemonSet", "CronJob" };

	for (size_t i = 0; i < sizeof tops / sizeof tops[0]; i++)
		if (cc_str_eqz(kind, tops[i]))
			return false;
	if (cc_str_eqz(kind, "Job"))
		return cc_str_eqz(owner_kind, "CronJob");
	return !cc_str_eqz(owner_kind, "Node");
}

static void find_workloads(cc_snapshot *s)
{
	for (cc_entity_id id = 1; id <= cc_entity_count(s); id++) {
		cc_entity_id top = id;

		for (int depth = 0; depth < 16; depth++) {
			cc_entity_id owner = row_of(s, top)->owner;

			if (owner == 0 || owner == id ||
				!cc_entity_climbs(cc_entity_kind(s, top), cc_entity_kind(s, owner)))
				break;
			top = owner;
		}
		row_of(s, id)->workload = top;
	}
}

cc_code cc_entity_build(cc_snapshot *s, cc_err *err)
{
	cc_code code = CC_OK;

	if (!cc_entity_table(s) || !note_objects(s) || !cc_events_note(s) || !note_chaos(s) || !cc_alerts_note(s) ||
		!note_telemetry(s) || !infer_owners(s))
		return cc_err_set(err, CC_ENOMEM, "entities: out of memory");
	find_workloads(s);
	code = cc_entity_group_all(s, err);
	cc_vec_deinit(&s->entities->aliases);
	cc_vec_deinit(&s->entities->joined);
	cc_vec_deinit(&s->entities->stamps);
	return code;
}
