/* topology_map.c - an entity in the middle: what calls it, what it calls, what owns or rules it, what it is made of. */
#include "cmd/topology.h"

#include <math.h>
#include <string.h>

#include "coldcase/entity.h"
#include "coldcase/objects.h"

enum { PER_SIDE = 60 };

typedef enum map_side { SIDE_ABOVE, SIDE_CALLERS, SIDE_SELF, SIDE_CALLEES, SIDE_BELOW, SIDES } map_side;
static const char *const side_names[SIDES] = { "above", "callers", "self", "callees", "below" };

static const cc_column node_columns[] = {
	{ "side", "Side", CC_CELL_TEXT, CC_ROLE_HEADING, 7, 0 },
	{ "edge", "Edge", CC_CELL_TEXT, CC_ROLE_DIM, 8, 1 },
	{ "entity", "Thing", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "alert", "Alert", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 2 },
	TOPOLOGY_LOAD_COLUMNS("", "", 1),
	TOPOLOGY_LOAD_COLUMNS("edge_", ">", 3),
	{ "basis", "Basis", CC_CELL_TEXT, CC_ROLE_DIM, 8, 4 },
	{ "detail", "By", CC_CELL_TEXT, CC_ROLE_DIM, 16, 5 },
	{ "cite", "Seen in", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

typedef struct map_walk {
	topology_call *t;
	const cc_snapshot *s;
	uint8_t *shown;          /* by entity: bits of the sides it stands on */
	bool *visited;           /* by node of the graph */
	size_t left_out[SIDES];
	map_side side;           /* being filled */
	size_t rows;             /* on it */
} map_walk;

typedef struct map_node {
	cc_entity_id entity;
	const char *edge, *basis;
	const cc_load *edge_load;
	cc_sym detail;
	cc_cite cite;
	int depth;
} map_node;

static void put(map_walk *w, map_node m)
{
	static const cc_load quiet = { .per_s = NAN };
	topology_call *t = w->t;
	size_t at = cc_callnet_find(t->net, m.entity);
	const cc_call_node *node = cc_callnet_node(t->net, at);
	cc_str kind = cc_entity_kind(w->s, m.entity);
	bool carries = node && (cc_str_eqz(kind, "Service") || cc_kind_is_workload(kind)) && !cc_str_eqz(kind, "Pod");
	const cc_load *load = carries ? &node->load : &quiet;
	cc_severity alert;
	bool has = cc_callnet_alert(t->net, m.entity, &alert);

	if (w->rows >= PER_SIDE) {
		w->left_out[w->side]++;
		return;
	}
	cc_row *row = cc_reply_row(t->r);
	if (!row)
		return;
	w->rows++;
	row->entity = m.entity, row->cite = m.cite, row->depth = m.depth;
	row->mark = cc_topology_mark(load, has, alert);
	cc_reply_cell(t->r, cc_cell_textz(side_names[w->side]));
	cc_reply_cell(t->r, cc_cell_textz(m.edge));
	cc_reply_cell(t->r, cc_cell_entity(m.entity));
	cc_reply_cell(t->r, cc_cell_textz(has ? cc_severity_name(alert) : ""));
	cc_topology_load_cells(t->r, load);
	cc_topology_load_cells(t->r, m.edge_load ? m.edge_load : &quiet);
	cc_reply_cell(t->r, cc_cell_textz(m.basis));
	cc_reply_cell(t->r, cc_cell_text(cc_snapshot_sym(w->s, m.detail)));
	cc_reply_cell(t->r, cc_cell_cite(m.cite));
	cc_reply_set_drill(t->r, "topology %.*s", CC_STR_ARG(ev_entity_text(t->c, m.entity)));
}

static bool first_time(map_walk *w, cc_entity_id id)
{
	uint8_t bit = (uint8_t)(1u << w->side);
	bool first = !(w->shown[id] & bit);
	w->shown[id] |= bit;
	return first;
}

static void begin_side(map_walk *w, map_side side)
{
	w->side = side;
	w->rows = 0;
}

/* --- calls --- */

/* Links that carry errors or lose calls first, then by traffic: what is cut matters least. */
static void put_links(map_walk *w, size_t node, bool out, int depth)
{
	const cc_callnet *net = w->t->net;
	for (int pass = 0; pass < 3; pass++) {
		for (size_t k = 0; k < cc_callnet_degree(net, node, out); k++) {
			const cc_call_link *l = cc_callnet_nth(net, node, out, k);
			uint32_t other = out ? l->to : l->from;
			int rank = l->load.errors || l->load.lost ? 0 : l->load.calls || l->load.calls_before ? 1 : 2;
			if (rank != pass || w->visited[other] || l->ended)
				continue;
			w->visited[other] = true;
			put(w, (map_node){ .entity = cc_callnet_node(net, other)->entity, .edge = "calls", .basis = cc_topology_basis(l->basis), .edge_load = &l->load,
				.detail = l->detail, .cite = l->cite, .depth = depth });
			if (depth + 1 < w->t->hops)
				put_links(w, other, out, depth + 1);
		}
	}
}

static void put_calls(map_walk *w, bool out)
{
	size_t node = cc_callnet_find(w->t->net, w->t->id);
	if (node == SIZE_MAX)
		return;
	memset(w->visited, 0, cc_callnet_node_count(w->t->net) * sizeof *w->visited);
	w->visited[node] = true;
	put_links(w, node, out, 0);
}

/* --- the other edges --- */

static bool is_gone(const map_walk *w, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(w->s, id);
	return e->object && cc_objects_get(w->s, e->object - 1)->gone_ns != CC_TIME_NONE;
}

static map_side side_of(const map_walk *w, const cc_edge *e, bool out)
{
	switch (e->kind) {
	case CC_EDGE_OWNS: return out ? SIDE_BELOW : SIDE_ABOVE;
	case CC_EDGE_RUNS_ON: return SIDE_BELOW;    /* a pod's node, and a node's pods */
	case CC_EDGE_MOUNTS:
	case CC_EDGE_BINDS: return out ? SIDE_BELOW : SIDE_CALLERS;
	case CC_EDGE_ENV:
		if (cc_callnet_find(w->t->net, e->to) != SIZE_MAX && cc_str_eqz(cc_entity_kind(w->s, e->to), "Service"))
			return SIDES;       /* shown as a declared call */
		return out ? SIDE_BELOW : SIDE_CALLERS;
	case CC_EDGE_SELECTS:
	case CC_EDGE_SCALES:
	case CC_EDGE_ROUTES:
	case CC_EDGE_TARGETS: return out ? SIDE_BELOW : SIDE_ABOVE;
	default: return SIDES;
	}
}

static void put_edge(map_walk *w, const cc_edge *e, bool out)
{
	cc_entity_id other = out ? e->to : e->from;
	if (e->ended || side_of(w, e, out) != w->side || is_gone(w, other) || !first_time(w, other))
		return;
	/* ReplicaSets of the past own nothing; the tree shows those there are */
	if (cc_str_eqz(cc_entity_kind(w->s, other), "ReplicaSet") && out)
		return;
	put(w, (map_node){ .entity = other, .edge = cc_edge_kind_name(e->kind), .basis = e->inferred ? "name" : "declared", .detail = e->detail, .cite = e->cite });
}

static cc_code put_edges_of(map_walk *w, cc_entity_id id, bool out)
{
	cc_edge_vec edges = { 0 };
	cc_code code = out ? cc_edges_from(w->s, id, &edges) : cc_edges_to(w->s, id, &edges);
	for (size_t i = 0; i < edges.n && code == CC_OK; i++)
		put_edge(w, cc_edges_get(w->s, edges.p[i]), out);
	cc_vec_deinit(&edges);
	return code;
}

/* A Service and its workload are one thing, with all their edges; a pod or a node stands for itself. */
static bool stands_for_group(const map_walk *w)
{
	cc_str kind = cc_entity_kind(w->s, w->t->id);
	return cc_str_eqz(kind, "Service") || cc_entity_get(w->s, w->t->id)->workload == w->t->id;
}

static void put_quotas(map_walk *w)
{
	const cc_entity *self = cc_entity_get(w->s, w->t->id);
	if (w->side != SIDE_BELOW || !(cc_kind_is_workload(cc_entity_kind(w->s, w->t->id)) || cc_str_eqz(cc_entity_kind(w->s, w->t->id), "Service")))
		return;
	for (size_t i = 0; i < cc_objects_count(w->s); i++) {
		const cc_object *o = cc_objects_get(w->s, i);
		cc_str kind = cc_entity_kind(w->s, o->entity);
		if (cc_entity_get(w->s, o->entity)->ns != self->ns || (!cc_str_eqz(kind, "ResourceQuota") && !cc_str_eqz(kind, "LimitRange")) ||
			o->gone_ns != CC_TIME_NONE)
			continue;
		put(w, (map_node){ .entity = o->entity, .edge = "limits", .basis = "declared", .cite = o->obs[o->obs_count - 1].cite });
	}
}

static cc_code put_side(map_walk *w, map_side side)
{
	cc_entity_vec members = { 0 };
	cc_code code = CC_OK;
	begin_side(w, side);
	if (side == SIDE_CALLERS || side == SIDE_CALLEES)
		put_calls(w, side == SIDE_CALLEES);
	if (side == SIDE_CALLEES)
		return CC_OK;
	if (stands_for_group(w))
		code = cc_entity_members(w->s, w->t->id, &members);
	else if (!cc_vec_push(&members, w->t->id))
		code = CC_ENOMEM;
	for (size_t i = 0; i < members.n; i++)   /* what lies inside is no neighbour, its pods excepted */
		if (side != SIDE_BELOW || !cc_str_eqz(cc_entity_kind(w->s, members.p[i]), "Pod"))
			w->shown[members.p[i]] |= (uint8_t)(1u << side);
	for (size_t i = 0; i < members.n && code == CC_OK; i++) {
		if (is_gone(w, members.p[i]))
			continue;
		code = put_edges_of(w, members.p[i], false);
		if (code == CC_OK)
			code = put_edges_of(w, members.p[i], true);
	}
	put_quotas(w);
	cc_vec_deinit(&members);
	return code;
}

cc_code cc_topology_map(topology_call *t, cc_err *err)
{
	map_walk w = { .t = t, .s = snap(t->c) };
	cc_code code = CC_OK;
	w.shown = cc_arena_array(t->c->arena, cc_entity_count(w.s) + 1, 1);
	w.visited = cc_arena_array(t->c->arena, cc_callnet_node_count(t->net) + 1, sizeof *w.visited);
	if (!w.shown || !w.visited)
		return cc_err_set(err, CC_ENOMEM, "topology: out of memory");
	cc_reply_begin_table(t->r, "nodes", NULL, node_columns, sizeof node_columns / sizeof node_columns[0], false);
	for (map_side side = SIDE_ABOVE; side < SIDES && code == CC_OK; side++) {
		if (side == SIDE_SELF) {
			begin_side(&w, side);
			put(&w, (map_node){ .entity = t->id, .edge = "", .basis = "" });
		} else {
			code = put_side(&w, side);
		}
	}
	if (code != CC_OK)
		return cc_err_set(err, code, "topology: %s", cc_code_text(code));
	for (map_side side = SIDE_ABOVE; side < SIDES; side++)
		if (w.left_out[side])
			cc_reply_add_note(t->r, "%zu more %s are left out of the map; view=list has all", w.left_out[side], side_names[side]);
	return CC_OK;
}
