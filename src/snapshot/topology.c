/* topology.c - the edges that objects and events prove. Calls between services come from topology_calls.c.
 *
 * An object's references are read off all its states, because what the topology was before a fault is as telling as
 * what it is after: an edge that the newest state no longer holds is marked `ended`. */
#include <stdlib.h>
#include <string.h>
#include "coldcase/xalloc.h"
#include "snapshot/events_priv.h"
#include "snapshot/objects_priv.h"
#include "snapshot/topology_priv.h"

/* ---- adding, merged by (from, kind, to, detail) ---- */

cc_edge *cc_topology_edge(topology_builder *b, const cc_edge *edge)
{
	uint32_t key[4] = { edge->from, (uint32_t)edge->kind, edge->to, edge->detail };
	cc_str k = { (const char *)key, sizeof key };
	uint64_t at;

	if (!cc_map_get(b->ids, k, &at)) {
		k = cc_arena_dup(b->s->arena, k);
		at = b->edges.n;
		if (!k.p || !cc_vec_push(&b->edges, *edge) || !cc_map_set(b->ids, k, at)) {
			b->failed = true;
			return NULL;
		}
		b->edges.p[at].count = 0;
	}
	return &b->edges.p[at];
}

static void add_edge(topology_builder *b, cc_edge edge)
{
	cc_edge *e;

	if (edge.from == 0 || edge.to == 0 || edge.from == edge.to)
		return;
	e = cc_topology_edge(b, &edge);
	if (!e)
		return;
	e->ended = e->ended && edge.ended;
	e->inferred = e->inferred && edge.inferred;
	e->count = 1;
}

/* ---- objects ---- */

typedef struct state_view {
	topology_builder *b;
	const objects_entry *entry;
	const object_facts *facts;
	cc_entity_id self;
	bool now;                /* the object's newest state, and it is still there */
} state_view;

static cc_entity_id workload_of(const cc_snapshot *s, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);

	return e ? e->workload : 0;
}

/* Pods and ReplicaSets repeat their workload's template: it speaks for them unless it has no object itself. */
static bool template_speaks(const cc_snapshot *s, cc_entity_id self)
{
	cc_entity_id top = workload_of(s, self);

	return top == self || cc_entity_get(s, top)->object == 0;
}

static void add_ref_edge(const state_view *v, const object_ref *ref)
{
	const cc_snapshot *s = v->b->s;
	cc_edge edge = { .from = v->self, .to = cc_entity_lookup(s, ref->ns, ref->kind, ref->name), .kind = ref->edge,
		.inferred = ref->inferred, .ended = !v->now, .detail = ref->detail, .cite = v->facts->cite };

	if (ref->from_template) {
		if (!template_speaks(s, v->self))
			return;
		edge.from = workload_of(s, v->self);
	}
	if (ref->inferred &&
		(edge.to == 0 || cc_entity_get(s, edge.to)->object == 0 || cc_entity_same_group(s, edge.from, edge.to)))
		return;
	if (ref->edge == CC_EDGE_SELECTS) {   /* Endpoints speak for the Service of their name */
		edge.from = cc_entity_lookup(s, v->entry->ns, v->b->service_kind, v->entry->name);
		edge.to = workload_of(s, edge.to);
		edge.detail = 0;
	} else if (ref->edge == CC_EDGE_OWNS) {
		edge.to = v->self;
		edge.from = cc_entity_lookup(s, ref->ns, ref->kind, ref->name);
		edge.detail = 0;
	}
	add_edge(v->b, edge);
}

static void add_selected(void *arg, const objects_entry *hit, bool now)
{
	const state_view *v = arg;
	cc_entity_id id = cc_entity_lookup(v->b->s, hit->ns, hit->kind, hit->name);

	add_edge(v->b,
		(cc_edge){ .from = v->self,
			.to = workload_of(v->b->s, id),
			.kind = CC_EDGE_SELECTS,
			.ended = !(now && v->now),
			.cite = v->facts->cite });
}

static void add_object(topology_builder *b, const objects_entry *e)
{
	state_view v = { .b = b, .entry = e, .self = cc_entity_lookup(b->s, e->ns, e->kind, e->name) };

	for (size_t i = 0; i < e->states.n; i++) {
		v.facts = &e->states.p[i].facts;
		v.now = i == e->last_state && e->pub.gone_ns == CC_TIME_NONE;
		for (size_t j = 0; j < v.facts->ref_count; j++)
			add_ref_edge(&v, &v.facts->refs[j]);
		if (v.facts->selects)
			cc_objects_each_selected(b->s, e, v.facts, add_selected, &v);
	}
}

/* ---- events and names ---- */

static void add_event(topology_builder *b, const entity_names *names, const cc_event *ev)
{
	const cc_snapshot *s = b->s;
	cc_str ns, pod, name;
	cc_sym sym;

	if (cc_event_chaos_target(s, ev, &ns, &pod))
		add_edge(b,
			(cc_edge){ .from = ev->entity,
				.to = cc_entity_of_pod(s, ns, pod),
				.kind = CC_EDGE_TARGETS,
				.cite = ev->cite });
	if (!cc_event_spawned(s, ev, &name))
		return;
	sym = cc_snapshot_sym_find(s, name);
	for (cc_entity_id id = sym != CC_SYM_NONE ? names->head[sym] : 0; id != 0; id = names->next[id])
		if (cc_entity_get(s, id)->owner == ev->entity)
			add_edge(b, (cc_edge){ .from = ev->entity, .to = id, .kind = CC_EDGE_OWNS, .cite = ev->cite });
}

/* Owners found by name cutting have no object to cite. */
static void add_inferred_owner(topology_builder *b, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(b->s, id);

	if (e->owner != 0 && e->object == 0 && !e->unborn)
		add_edge(b, (cc_edge){ .from = e->owner, .to = id, .kind = CC_EDGE_OWNS, .inferred = true });
}

/* ---- order and indices ---- */

static int compare_edges(const void *pa, const void *pb)
{
	const cc_edge *a = pa, *b = pb;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return a->detail < b->detail ? -1 : a->detail > b->detail;
}

static bool finish(cc_snapshot *s, topology_builder *b)
{
	topology_table *t = cc_calloc(1, sizeof *t);
	size_t n = b->edges.n, ids = cc_entity_count(s) + 2;

	s->topology = t;
	if (!t)
		return false;
	if (n > 1)
		qsort(b->edges.p, n, sizeof *b->edges.p, compare_edges);
	t->edges = cc_arena_array(s->arena, n, sizeof *t->edges);
	t->from_at = cc_arena_array(s->arena, ids, sizeof *t->from_at);
	t->to_at = cc_arena_array(s->arena, ids, sizeof *t->to_at);
	t->by_to = cc_arena_array(s->arena, n, sizeof *t->by_to);
	if (!t->edges || !t->from_at || !t->to_at || !t->by_to)
		return false;
	if (n > 0)
		memcpy(t->edges, b->edges.p, n * sizeof *t->edges);
	t->count = n;
	t->ids = ids;
	for (size_t i = 0; i < n; i++) {
		t->from_at[t->edges[i].from + 1]++;
		t->to_at[t->edges[i].to + 1]++;
	}
	for (size_t i = 1; i < ids; i++) {
		t->from_at[i] += t->from_at[i - 1];
		t->to_at[i] += t->to_at[i - 1];
	}
	for (size_t i = n; i > 0; i--) {   /* from the back, so that each list stays ascending */
		const cc_edge *e = &t->edges[i - 1];

		t->by_to[--t->to_at[e->to + 1]] = (uint32_t)(i - 1);
	}
	return true;
}

static void unload_builder(topology_builder *b)
{
	cc_map_free(b->ids);
	cc_vec_deinit(&b->edges);
}

cc_code cc_topology_build(cc_snapshot *s, cc_err *err)
{
	topology_builder b = { .s = s, .ids = cc_map_new(), .service_kind = cc_snapshot_intern(s, CC_STR("Service")) };
	entity_names names = { 0 };
	bool ok = b.ids != NULL && cc_entity_names_init(s, &names);

	for (size_t i = 0; ok && !b.failed && i < cc_objects_entry_count(s); i++)
		add_object(&b, cc_objects_entry(s, i));
	for (size_t i = 0; ok && !b.failed && i < cc_events_count(s); i++)
		add_event(&b, &names, cc_events_get(s, i));
	for (cc_entity_id id = 1; ok && !b.failed && id <= cc_entity_count(s); id++)
		add_inferred_owner(&b, id);
	ok = ok && cc_topology_calls(&b) && !b.failed && finish(s, &b);
	unload_builder(&b);
	cc_entity_names_deinit(&names);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "topology: out of memory");
}

void cc_topology_unload(cc_snapshot *s)
{
	cc_free(s->topology);
	s->topology = NULL;
}

/* ---- reading ---- */

size_t cc_edges_count(const cc_snapshot *s)
{
	return s->topology ? s->topology->count : 0;
}

const cc_edge *cc_edges_get(const cc_snapshot *s, size_t i)
{
	return i < cc_edges_count(s) ? &s->topology->edges[i] : NULL;
}

cc_code cc_edges_from(const cc_snapshot *s, cc_entity_id id, cc_edge_vec *out)
{
	if (!s->topology || !cc_entity_get(s, id))
		return CC_OK;
	for (uint32_t i = s->topology->from_at[id]; i < s->topology->from_at[id + 1]; i++)
		if (!cc_vec_push(out, i))
			return CC_ENOMEM;
	return CC_OK;
}

cc_code cc_edges_to(const cc_snapshot *s, cc_entity_id id, cc_edge_vec *out)
{
	const topology_table *t = s->topology;

	if (!t || !cc_entity_get(s, id))
		return CC_OK;
	for (uint32_t i = t->to_at[id + 1]; i < t->count && t->edges[t->by_to[i]].to == id; i++)
		if (!cc_vec_push(out, t->by_to[i]))
			return CC_ENOMEM;
	return CC_OK;
}

const char *cc_edge_kind_name(cc_edge_kind k)
{
	static const char *const names[CC_EDGE_KINDS] = { "calls", "owns", "selects", "mounts", "env", "runs-on",
		"scales", "routes", "binds", "targets" };

	return (unsigned)k < CC_EDGE_KINDS ? names[k] : "?";
}
