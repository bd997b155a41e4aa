/* topology_views.c - the graph of calls as an indented tree, as a matrix, and as the ways that lead to one thing. */
#include "cmd/topology.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "coldcase/entity.h"
#include "coldcase/objects.h"

/* --- tree --- */

static const cc_column tree_columns[] = {
	{ "entity", "Thing", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "relation", "Edge", CC_CELL_TEXT, CC_ROLE_DIM, 8, 1 },
	{ "alert", "Alert", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 5 },
	TOPOLOGY_LOAD_COLUMNS("", "", 0),
	{ "basis", "Basis", CC_CELL_TEXT, CC_ROLE_DIM, 8, 4 },
	{ "again", "Again", CC_CELL_BOOL, CC_ROLE_DIM, 5, 3 },
	{ "cite", "Seen in", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

typedef struct tree_walk {
	topology_call *t;
	bool *shown;             /* by node of the graph: its calls stand above already */
	uint64_t rows;           /* in or out of the page */
} tree_walk;

static void tree_row(tree_walk *w, cc_entity_id id, const char *relation, const cc_load *load, const char *basis, bool again, cc_cite cite, int depth)
{
	topology_call *t = w->t;
	cc_severity alert;
	bool has = cc_callnet_alert(t->net, id, &alert);
	uint64_t at = w->rows++;
	cc_row *row = at >= t->page.offset && at < t->page.offset + t->page.limit ? cc_reply_row(t->r) : NULL;
	if (!row)
		return;
	row->entity = id, row->depth = depth, row->cite = cite;
	row->mark = cc_topology_mark(load, has, alert);
	cc_reply_cell(t->r, cc_cell_entity(id));
	cc_reply_cell(t->r, cc_cell_textz(relation));
	cc_reply_cell(t->r, cc_cell_textz(has ? cc_severity_name(alert) : ""));
	cc_topology_load_cells(t->r, load);
	cc_reply_cell(t->r, cc_cell_textz(basis));
	cc_reply_cell(t->r, again ? cc_cell_bool(true) : cc_cell_none());
	cc_reply_cell(t->r, cc_cell_cite(cite));
	cc_reply_set_drill(t->r, "topology %.*s", CC_STR_ARG(ev_entity_text(t->c, id)));
}

/* Every thing's calls are shown once; where it is called again, the row says so. */
static void call_tree(tree_walk *w, size_t node, int depth)
{
	const cc_callnet *net = w->t->net;
	w->shown[node] = true;
	for (size_t k = 0; depth < w->t->hops && k < cc_callnet_degree(net, node, true); k++) {
		const cc_call_link *l = cc_callnet_nth(net, node, true, k);
		bool again = w->shown[l->to];
		if (l->ended)
			continue;
		tree_row(w, cc_callnet_node(net, l->to)->entity, "calls", &l->load, cc_topology_basis(l->basis), again, l->cite, depth + 1);
		if (!again)
			call_tree(w, l->to, depth + 1);
	}
}

static void root_row(tree_walk *w, cc_entity_id id)
{
	static const cc_load quiet = { .per_s = NAN };
	const cc_call_node *node = cc_callnet_node(w->t->net, cc_callnet_find(w->t->net, id));
	tree_row(w, id, "", node ? &node->load : &quiet, "", false, (cc_cite){ 0 }, 0);
}

/* From each entry point; then whatever no entry point leads to. */
static void whole_tree(tree_walk *w)
{
	const cc_callnet *net = w->t->net;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < cc_callnet_node_count(net); i++) {
			const cc_call_node *n = cc_callnet_node(net, i);
			if (w->shown[i] || (pass == 0 ? !n->entry : cc_callnet_degree(net, i, true) == 0))
				continue;
			root_row(w, n->entity);
			call_tree(w, i, 0);
		}
}

/* What it owns, down to pods and their nodes, and what configures it. */
static cc_code parts(tree_walk *w, cc_entity_id id, int depth)
{
	enum { DEEPEST = 6 };
	static const cc_load quiet = { .per_s = NAN };
	const cc_snapshot *s = snap(w->t->c);
	cc_edge_vec edges = { 0 };
	cc_code code = depth < DEEPEST ? cc_edges_from(s, id, &edges) : CC_OK;
	for (size_t i = 0; i < edges.n && code == CC_OK; i++) {
		const cc_edge *e = cc_edges_get(s, edges.p[i]);
		const cc_entity *to = cc_entity_get(s, e->to);
		bool gone = to->object && cc_objects_get(s, to->object - 1)->gone_ns != CC_TIME_NONE;
		if (e->kind == CC_EDGE_CALLS || e->kind == CC_EDGE_TARGETS || e->ended || gone || (e->kind == CC_EDGE_ENV && cc_callnet_find(w->t->net, e->to) != SIZE_MAX))
			continue;
		tree_row(w, e->to, cc_edge_kind_name(e->kind), &quiet, e->inferred ? "name" : "declared", false, e->cite, depth + 1);
		if (e->kind == CC_EDGE_OWNS || e->kind == CC_EDGE_SELECTS)
			code = parts(w, e->to, depth + 1);
	}
	cc_vec_deinit(&edges);
	return code;
}

/* Pods of a Node, workloads of a ConfigMap: what leans on a thing that owns nothing. */
static cc_code users(tree_walk *w, cc_entity_id id)
{
	static const cc_load quiet = { .per_s = NAN };
	const cc_snapshot *s = snap(w->t->c);
	cc_edge_vec edges = { 0 };
	cc_code code = cc_edges_to(s, id, &edges);
	for (size_t i = 0; i < edges.n && code == CC_OK; i++) {
		const cc_edge *e = cc_edges_get(s, edges.p[i]);
		if (!e->ended && (e->kind == CC_EDGE_RUNS_ON || e->kind == CC_EDGE_MOUNTS || e->kind == CC_EDGE_ENV || e->kind == CC_EDGE_BINDS))
			tree_row(w, e->from, "used by", &quiet, e->inferred ? "name" : "declared", false, e->cite, 1);
	}
	cc_vec_deinit(&edges);
	return code;
}

cc_code cc_topology_tree(topology_call *t, cc_err *err)
{
	tree_walk w = { .t = t, .shown = cc_arena_array(t->c->arena, cc_callnet_node_count(t->net) + 1, sizeof *w.shown) };
	cc_code code = CC_OK;
	if (!w.shown)
		return cc_err_set(err, CC_ENOMEM, "topology: out of memory");
	cc_reply_begin_table(t->r, "tree", NULL, tree_columns, sizeof tree_columns / sizeof tree_columns[0], true);
	if (t->id) {
		size_t node = cc_callnet_find(t->net, t->id);
		root_row(&w, t->id);
		if (node != SIZE_MAX)
			call_tree(&w, node, 0);
		code = parts(&w, t->id, 0);
		if (code == CC_OK && node == SIZE_MAX)
			code = users(&w, t->id);
	} else {
		whole_tree(&w);
	}
	cc_reply_set_paging(t->r, w.rows, t->page.offset, t->page.limit);
	cc_reply_set_empty(t->r, "no call was seen, and no object names another");
	return code == CC_OK ? code : cc_err_set(err, code, "topology: %s", cc_code_text(code));
}

/* --- matrix --- */

enum { MATRIX_MOST = 24 };

typedef struct ranked { uint32_t node; uint64_t calls; bool near; } ranked;

static int by_calls(const void *x, const void *y)
{
	const ranked *a = x, *b = y;
	if (a->near != b->near)
		return a->near ? -1 : 1;
	if (a->calls != b->calls)
		return a->calls < b->calls ? 1 : -1;
	return a->node < b->node ? -1 : a->node > b->node;
}

static void mark_near(const cc_callnet *net, ranked *r, size_t node, int hops)
{
	r[node].near = true;
	for (int out = 0; hops > 0 && out < 2; out++)
		for (size_t k = 0; k < cc_callnet_degree(net, node, out != 0); k++) {
			const cc_call_link *l = cc_callnet_nth(net, node, out != 0, k);
			mark_near(net, r, out ? l->to : l->from, hops - 1);
		}
}

/* The busiest things, those near the entity first. */
static ranked *rank_nodes(topology_call *t, size_t *count)
{
	size_t n = cc_callnet_node_count(t->net), middle = t->id ? cc_callnet_find(t->net, t->id) : SIZE_MAX;
	ranked *r = cc_arena_array(t->c->arena, n + 1, sizeof *r);
	if (!r)
		return NULL;
	for (size_t i = 0; i < n; i++)
		r[i].node = (uint32_t)i;
	for (size_t i = 0; i < cc_callnet_link_count(t->net); i++) {
		const cc_call_link *l = cc_callnet_link(t->net, i);
		r[l->from].calls += l->load.calls + l->load.calls_before + 1;
		r[l->to].calls += l->load.calls + l->load.calls_before + 1;
	}
	if (middle != SIZE_MAX)
		mark_near(t->net, r, middle, t->hops < 3 ? t->hops : 3);
	if (n)
		qsort(r, n, sizeof *r, by_calls);
	*count = n;
	while (t->id && *count && !r[*count - 1].near)
		--*count;
	return r;
}

static void short_count(cc_buf *b, uint64_t n)
{
	if (n < 10000)
		cc_buf_addf(b, "%llu", (unsigned long long)n);
	else if (n < 10000000)
		cc_buf_addf(b, "%lluk", (unsigned long long)(n / 1000));
	else
		cc_buf_addf(b, "%lluM", (unsigned long long)(n / 1000000));
}

/* "." a call that was only declared, "12" calls, "12!" some of which failed or were lost. */
static cc_cell matrix_cell(topology_call *t, uint32_t from, uint32_t to)
{
	cc_buf b = CC_BUF_INIT;
	cc_str text;
	for (size_t k = 0; k < cc_callnet_degree(t->net, from, true); k++) {
		const cc_call_link *l = cc_callnet_nth(t->net, from, true, k);
		if (l->to != to || l->ended)
			continue;
		if (l->basis == CC_BASIS_DECLARED)
			cc_buf_add_char(&b, '.');
		else
			short_count(&b, l->load.calls);
		if (l->load.errors || l->load.lost)
			cc_buf_add_char(&b, '!');
	}
	text = cc_arena_dup(t->c->arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return cc_cell_text(text);
}

static cc_column *matrix_columns(topology_call *t, size_t n)
{
	cc_column *col = cc_arena_array(cc_reply_arena(t->r), n + 2, sizeof *col);
	if (!col)
		return NULL;
	col[0] = (cc_column){ "number", "#", CC_CELL_INT, CC_ROLE_DIM, 3, 0 };
	col[1] = (cc_column){ "entity", "Caller", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 };
	for (size_t i = 0; i < n; i++) {
		cc_str key = cc_arena_printf(cc_reply_arena(t->r), "c%zu", i + 1), title = cc_arena_printf(cc_reply_arena(t->r), "%zu", i + 1);
		if (!key.p || !title.p)
			return NULL;
		col[i + 2] = (cc_column){ key.p, title.p, CC_CELL_TEXT, CC_ROLE_TEXT, 5, (uint8_t)(i + 1) };
	}
	return col;
}

cc_code cc_topology_matrix(topology_call *t, cc_err *err)
{
	size_t all = 0;
	ranked *r = rank_nodes(t, &all);
	size_t n = all < MATRIX_MOST ? all : MATRIX_MOST;
	cc_column *columns = r ? matrix_columns(t, n) : NULL;
	if (!columns)
		return cc_err_set(err, CC_ENOMEM, "topology: out of memory");
	cc_reply_begin_table(t->r, "matrix", NULL, columns, n + 2, true);
	for (size_t i = 0; i < n; i++) {
		const cc_call_node *node = cc_callnet_node(t->net, r[i].node);
		cc_row *row = cc_reply_row(t->r);
		if (!row)
			break;
		row->entity = node->entity;
		row->mark = cc_topology_mark(&node->load, node->has_alert, node->alert);
		cc_reply_cell(t->r, cc_cell_int((int64_t)i + 1));
		cc_reply_cell(t->r, cc_cell_entity(node->entity));
		for (size_t k = 0; k < n; k++)
			cc_reply_cell(t->r, matrix_cell(t, r[i].node, r[k].node));
		cc_reply_set_drill(t->r, "topology %.*s", CC_STR_ARG(ev_entity_text(t->c, node->entity)));
	}
	cc_reply_set_paging(t->r, n, 0, CC_REPLY_PAGE);
	cc_reply_set_empty(t->r, "no call was seen, and no object names another");
	if (n)
		cc_reply_add_note(t->r, "rows call columns: calls after the onset, ! some failed or were lost, . only declared");
	if (all > n)
		cc_reply_add_note(t->r, "the %zu busiest of %zu things; name one to see those around it", n, all);
	return CC_OK;
}

/* --- routes --- */

enum { ROUTES_MOST = 200 };

static const cc_column route_columns[] = {
	{ "hops", "Hops", CC_CELL_INT, CC_ROLE_DIM, 4, 0 },
	{ "route", "Route", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "calls", "Calls", CC_CELL_INT, CC_ROLE_TEXT, 7, 1 },
	{ "error_percent", "Err%", CC_CELL_NUMBER, CC_ROLE_CRITICAL, 6, 0 },
	{ "worst", "Worst call", CC_CELL_TEXT, CC_ROLE_CRITICAL, 34, 2 },
	{ "entity", "Enters at", CC_CELL_ENTITY, CC_ROLE_ENTITY, 36, 255 },
	{ "cite", "Seen in", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

static const cc_call_link *link_between(const cc_callnet *net, uint32_t from, uint32_t to)
{
	for (size_t k = 0; k < cc_callnet_degree(net, from, true); k++)
		if (cc_callnet_nth(net, from, true, k)->to == to)
			return cc_callnet_nth(net, from, true, k);
	return NULL;
}

/* Of the calls made: those that failed, and those that never arrived. */
static double share(const cc_load *l)
{
	uint64_t made = l->calls + l->lost;
	return made ? (double)(l->errors + l->lost) / (double)made : 0;
}

static cc_str node_name(topology_call *t, uint32_t node)
{
	return cc_entity_name(snap(t->c), cc_callnet_node(t->net, node)->entity);
}

/* A way carries at most what its quietest call carries, and is as bad as its worst one. */
static void route_row(topology_call *t, const cc_route *way)
{
	const cc_call_link *worst = NULL, *first = NULL;
	uint64_t least = UINT64_MAX;
	cc_buf text = CC_BUF_INIT;
	for (size_t i = 0; i < way->count; i++) {
		const cc_call_link *l = i ? link_between(t->net, way->nodes[i - 1], way->nodes[i]) : NULL;
		cc_buf_addf(&text, "%s%.*s", i ? " > " : "", CC_STR_ARG(node_name(t, way->nodes[i])));
		first = first ? first : l;
		if (l && l->load.calls < least)
			least = l->load.calls;
		if (l && (!worst || share(&l->load) > share(&worst->load)))
			worst = l;
	}
	cc_row *row = cc_reply_row(t->r);
	if (row && worst) {
		cc_entity_id entry = cc_callnet_node(t->net, way->nodes[0])->entity;
		bool bad = share(&worst->load) > 0;
		row->entity = entry, row->cite = first->cite;
		row->mark = bad ? CC_ROLE_CRITICAL : CC_ROLE_TEXT;
		cc_reply_cell(t->r, cc_cell_int((int64_t)way->count - 1));
		cc_reply_cell(t->r, cc_cell_text(cc_buf_str(&text)));
		cc_reply_cell(t->r, cc_cell_int((int64_t)least));
		cc_reply_cell(t->r, cc_cell_number(round(share(&worst->load) * 1000) / 10));
		cc_reply_cell(t->r, bad ? cc_cell_text(cc_arena_printf(t->c->arena, "%.*s > %.*s", CC_STR_ARG(node_name(t, worst->from)), CC_STR_ARG(node_name(t, worst->to)))) :
			cc_cell_none());
		cc_reply_cell(t->r, cc_cell_entity(entry));
		cc_reply_cell(t->r, cc_cell_cite(first->cite));
		cc_reply_set_drill(t->r, "topology %.*s", CC_STR_ARG(ev_entity_text(t->c, bad ? cc_callnet_node(t->net, worst->to)->entity : entry)));
	}
	cc_buf_deinit(&text);
}

cc_code cc_topology_routes(topology_call *t, cc_err *err)
{
	cc_routes ways = { 0 };
	size_t node = t->id ? cc_callnet_find(t->net, t->id) : SIZE_MAX;
	if (!t->id) {
		cc_err_set(err, CC_EUSAGE, "topology: routes lead to one thing: which?");
		return cc_err_hint(err, "topology NAME view=routes, or focus it first");
	}
	cc_code code = node == SIZE_MAX ? CC_OK : cc_callnet_routes(t->net, node, ROUTES_MOST, &ways, err);
	if (code != CC_OK)
		return code;
	cc_reply_begin_table(t->r, "routes", NULL, route_columns, sizeof route_columns / sizeof route_columns[0], true);
	for (size_t i = (size_t)t->page.offset; i < ways.n && i < t->page.offset + t->page.limit; i++)
		route_row(t, &ways.p[i]);
	cc_reply_set_paging(t->r, ways.n, t->page.offset, t->page.limit);
	if (node == SIZE_MAX)
		cc_reply_set_empty(t->r, "nothing calls it, and it calls nothing: view=tree shows what uses it");
	else
		cc_reply_set_empty(t->r, cc_callnet_node(t->net, node)->entry ? "it is an entry point itself: nothing calls it" : "no way leads here from an entry point");
	if (ways.cut)
		cc_reply_add_note(t->r, "there are more ways than these: the shortest are shown");
	cc_routes_free(&ways);
	return CC_OK;
}
