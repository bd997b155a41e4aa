/* cmd_topology.c - `topology`: who calls whom, and one entity among its neighbours, as map, list, tree, matrix or routes. */
#include "cmd/topology.h"

#include <math.h>
#include <string.h>

#include "coldcase/entity.h"
#include "coldcase/objects.h"
#include "coldcase/spans.h"

/* --- how well things do --- */

/* Three digits: what is rare must not read as nothing. */
static double brief(double v)
{
	double step = v > 0 ? pow(10, floor(log10(v)) - 2) : 1;
	return round(v / step) * step;
}

void cc_topology_load_cells(cc_reply *r, const cc_load *l)
{
	uint64_t made = l->calls + l->lost;
	cc_reply_cell(r, l->calls && !isnan(l->per_s) ? cc_cell_number(brief(l->per_s)) : cc_cell_none());
	cc_reply_cell(r, l->calls ? cc_cell_number(round((double)l->errors / (double)l->calls * 1000) / 10) : cc_cell_none());
	cc_reply_cell(r, l->calls_before ? cc_cell_duration(l->p99_before_ns) : cc_cell_none());
	cc_reply_cell(r, l->calls ? cc_cell_duration(l->p99_ns) : cc_cell_none());
	cc_reply_cell(r, made ? cc_cell_int((int64_t)l->lost) : cc_cell_none());
	cc_reply_cell(r, made ? cc_cell_number(round((double)l->lost / (double)made * 1000) / 10) : cc_cell_none());
}

cc_role cc_topology_mark(const cc_load *l, bool has_alert, cc_severity alert)
{
	if (l->errors || l->lost || (has_alert && alert == CC_SEVERITY_CRITICAL))
		return CC_ROLE_CRITICAL;
	return has_alert ? ev_role_of_severity(alert) : CC_ROLE_TEXT;
}

const char *cc_topology_basis(cc_basis b)
{
	return b == CC_BASIS_BOTH ? "both" : b == CC_BASIS_DECLARED ? "declared" : "seen";
}

/* --- facts --- */

/* How a Node stands: its conditions and taints, as they are recorded. */
static void node_facts(cc_call *c, cc_reply *r, cc_entity_id id)
{
	const cc_snapshot *s = snap(c);
	const cc_entity *e = cc_entity_get(s, id);
	const cc_object *o = e->object ? cc_objects_get(s, e->object - 1) : NULL;
	cc_json *doc = NULL;
	cc_buf conditions = CC_BUF_INIT, taints = CC_BUF_INIT;
	if (!o || cc_objects_json(s, &o->obs[o->obs_count - 1], &doc, NULL) != CC_OK)
		return;
	for (const cc_json *m = cc_json_first(cc_json_at(doc, "status.conditions")); m; m = cc_json_next(m))
		cc_buf_addf(&conditions, "%s%.*s=%.*s", conditions.n ? " " : "", CC_STR_ARG(cc_json_get_str(m, "type")), CC_STR_ARG(cc_json_get_str(m, "status")));
	for (const cc_json *m = cc_json_first(cc_json_at(doc, "spec.taints")); m; m = cc_json_next(m))
		cc_buf_addf(&taints, "%s%.*s:%.*s", taints.n ? " " : "", CC_STR_ARG(cc_json_get_str(m, "key")), CC_STR_ARG(cc_json_get_str(m, "effect")));
	cc_reply_fact(r, "conditions", "conditions", cc_cell_text(cc_buf_str(&conditions)), CC_ROLE_TEXT);
	cc_reply_fact(r, "taints", "taints", cc_cell_text(cc_buf_str(&taints)), CC_ROLE_TEXT);
	cc_reply_fact(r, "cordoned", "cordoned", cc_cell_bool(cc_json_bool(cc_json_at(doc, "spec.unschedulable"))), CC_ROLE_WARNING);
	cc_reply_fact(r, "allocatable", "allocatable", cc_cell_text(cc_arena_printf(c->arena, "cpu %.*s, memory %.*s, pods %.*s",
		CC_STR_ARG(cc_json_text(cc_json_at(doc, "status.allocatable.cpu"))), CC_STR_ARG(cc_json_text(cc_json_at(doc, "status.allocatable.memory"))),
		CC_STR_ARG(cc_json_text(cc_json_at(doc, "status.allocatable.pods"))))), CC_ROLE_TEXT);
	cc_buf_deinit(&conditions);
	cc_buf_deinit(&taints);
	cc_json_free(doc);
}

void cc_topology_facts(cc_call *c, cc_reply *r, cc_entity_id id)
{
	const cc_snapshot *s = snap(c);
	const cc_entity *e = cc_entity_get(s, id);
	cc_entity_vec members = { 0 };
	cc_buf list = CC_BUF_INIT;
	if (cc_entity_members(s, id, &members) == CC_OK) {
		for (size_t i = 0; i < members.n && i < 8; i++) {
			cc_buf_addf(&list, "%s%.*s/%.*s", i ? ", " : "", CC_STR_ARG(cc_entity_kind(s, members.p[i])), CC_STR_ARG(cc_entity_name(s, members.p[i])));
		}
		if (members.n > 8)
			cc_buf_addf(&list, ", and %zu more", members.n - 8);
	}
	cc_reply_begin_facts(r, "entity", NULL);
	cc_reply_fact(r, "entity", "entity", cc_cell_entity(id), CC_ROLE_ENTITY);
	cc_reply_fact(r, "owner", "owner", cc_cell_entity(e->owner), CC_ROLE_ENTITY);
	cc_reply_fact(r, "workload", "workload", cc_cell_entity(e->workload), CC_ROLE_ENTITY);
	cc_reply_fact(r, "members", "one thing with", cc_cell_text(cc_buf_str(&list)), CC_ROLE_TEXT);
	if (cc_str_eqz(cc_entity_kind(s, id), "Node"))
		node_facts(c, r, id);
	cc_buf_deinit(&list);
	cc_vec_deinit(&members);
}

static bool has_calls(const topology_call *t)
{
	return cc_callnet_find(t->net, t->id) != SIZE_MAX;
}

/* Which calls are meant: a caller's and a callee's count differ where calls are lost. */
static void direction_note(topology_call *t)
{
	uint64_t lost = 0;
	for (size_t i = 0; i < cc_callnet_link_count(t->net); i++)
		lost += cc_callnet_link(t->net, i)->load.lost;
	cc_str kind = t->id ? cc_entity_kind(snap(t->c), t->id) : CC_STR_EMPTY;
	bool calls = cc_spans_count(snap(t->c)) && (!t->id || has_calls(t));
	if (!calls && cc_spans_count(snap(t->c)) && (cc_kind_is_workload(kind) || cc_str_eqz(kind, "Service")))
		cc_reply_add_note(t->r, "nobody was seen calling it, and it was seen calling nobody");
	if (!calls)
		return;
	ev_note_no_status(t->c, t->r);
	cc_reply_add_note(t->r, "calls are those %s", lost ? "received; lost: made and never received (`paths lost`)" : "that the callee received");
}

/* --- the list of edges --- */

static const cc_column edge_columns[] = {
	{ "direction", "", CC_CELL_TEXT, CC_ROLE_DIM, 3, 0 },
	{ "kind", "Edge", CC_CELL_TEXT, CC_ROLE_HEADING, 9, 0 },
	{ "from", "From", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 },
	{ "entity", "Neighbour", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "calls", "Calls", CC_CELL_INT, CC_ROLE_TEXT, 7, 1 },
	{ "errors", "Err", CC_CELL_INT, CC_ROLE_CRITICAL, 6, 1 },
	TOPOLOGY_LOAD_COLUMNS("", "", 3),
	{ "detail", "By", CC_CELL_TEXT, CC_ROLE_DIM, 24, 2 },
	{ "inferred", "Inferred", CC_CELL_BOOL, CC_ROLE_DIM, 8, 6 },
	{ "cite", "Seen in", CC_CELL_CITE, CC_ROLE_DIM, 26, 5 },
};

/* All calls at once: both ends matter, there is no middle. */
static const cc_column call_columns[] = {
	{ "direction", "", CC_CELL_TEXT, CC_ROLE_DIM, 3, 255 },
	{ "kind", "Edge", CC_CELL_TEXT, CC_ROLE_HEADING, 9, 255 },
	{ "from", "Caller", CC_CELL_ENTITY, CC_ROLE_ENTITY, 38, 0 },
	{ "entity", "Callee", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "calls", "Calls", CC_CELL_INT, CC_ROLE_TEXT, 7, 0 },
	{ "errors", "Err", CC_CELL_INT, CC_ROLE_CRITICAL, 6, 0 },
	TOPOLOGY_LOAD_COLUMNS("", "", 2),
	{ "detail", "By", CC_CELL_TEXT, CC_ROLE_DIM, 24, 255 },
	{ "inferred", "Inferred", CC_CELL_BOOL, CC_ROLE_DIM, 8, 255 },
	{ "cite", "Seen in", CC_CELL_CITE, CC_ROLE_DIM, 26, 5 },
};
_Static_assert(sizeof call_columns == sizeof edge_columns, "edge_row fills both");

typedef struct walk {
	topology_call *t;
	uint64_t seen;           /* rows produced so far, in or out of the page */
	bool *visited;           /* by entity id */
} walk;

static const cc_load *load_between(const topology_call *t, const cc_edge *e)
{
	static const cc_load quiet = { .per_s = NAN };
	size_t from = cc_callnet_find(t->net, e->from), to = cc_callnet_find(t->net, e->to);
	for (size_t k = 0; e->kind == CC_EDGE_CALLS && from != SIZE_MAX && k < cc_callnet_degree(t->net, from, true); k++) {
		const cc_call_link *l = cc_callnet_nth(t->net, from, true, k);
		if (l->to == to)
			return &l->load;
	}
	return &quiet;
}

static void edge_row(const walk *w, const cc_edge *e, bool out, int depth)
{
	cc_call *c = w->t->c;
	cc_reply *r = w->t->r;
	cc_entity_id other = out ? e->to : e->from;
	const cc_load *load = load_between(w->t, e);
	uint64_t calls = w->t->windowed ? load->calls + load->calls_before : e->count, errors = w->t->windowed ? load->errors + load->errors_before : e->errors;
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = other, row->cite = e->cite, row->depth = depth;
	row->mark = errors ? CC_ROLE_CRITICAL : CC_ROLE_TEXT;
	cc_reply_cell(r, cc_cell_textz(out ? "->" : "<-"));
	cc_reply_cell(r, cc_cell_textz(cc_edge_kind_name(e->kind)));
	cc_reply_cell(r, cc_cell_entity(out ? e->from : e->to));
	cc_reply_cell(r, cc_cell_entity(other));
	cc_reply_cell(r, e->kind == CC_EDGE_CALLS ? cc_cell_int((int64_t)calls) : cc_cell_none());
	cc_reply_cell(r, e->kind == CC_EDGE_CALLS ? cc_cell_int((int64_t)errors) : cc_cell_none());
	cc_topology_load_cells(r, load);
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(snap(c), e->detail)));
	cc_reply_cell(r, cc_cell_bool(e->inferred));
	cc_reply_cell(r, cc_cell_cite(e->cite));
	cc_reply_set_drill(r, "topology %.*s", CC_STR_ARG(ev_entity_text(c, other)));
}

static void walk_row(walk *w, const cc_edge *e, bool out, int depth)
{
	uint64_t i = w->seen++;
	if (i >= w->t->page.offset && i < w->t->page.offset + w->t->page.limit)
		edge_row(w, e, out, depth);
}

/* Edges of every member of one group (the Service, its workload, its pods are one thing), leaving or arriving. */
static cc_code group_edges(walk *w, cc_entity_id id, bool out, cc_edge_vec *edges)
{
	const cc_snapshot *s = snap(w->t->c);
	cc_entity_vec members = { 0 };
	cc_code code = cc_entity_members(s, id, &members);
	for (size_t i = 0; i < members.n && code == CC_OK; i++)
		code = out ? cc_edges_from(s, members.p[i], edges) : cc_edges_to(s, members.p[i], edges);
	cc_vec_deinit(&members);
	return code;
}

static cc_code neighbours(walk *w, cc_entity_id id, bool out, int depth)
{
	const cc_snapshot *s = snap(w->t->c);
	cc_edge_vec edges = { 0 };
	cc_code code = group_edges(w, id, out, &edges);
	for (size_t i = 0; i < edges.n && code == CC_OK; i++) {
		const cc_edge *e = cc_edges_get(s, edges.p[i]);
		cc_entity_id other = out ? e->to : e->from, group = cc_entity_get(s, other)->group;
		if (depth && e->kind != CC_EDGE_CALLS)
			continue; /* further out only calls matter: the rest would be every ConfigMap of every neighbour */
		walk_row(w, e, out, depth);
		if (depth + 1 < w->t->hops && e->kind == CC_EDGE_CALLS && !w->visited[group]) {
			w->visited[group] = true;
			code = neighbours(w, other, out, depth + 1);
		}
	}
	cc_vec_deinit(&edges);
	return code;
}

static cc_code edge_list(topology_call *t, cc_err *err)
{
	const cc_snapshot *s = snap(t->c);
	walk w = { .t = t, .visited = cc_arena_array(t->c->arena, cc_entity_count(s) + 1, sizeof *w.visited) };
	cc_code code = CC_OK;
	if (!w.visited)
		return cc_err_set(err, CC_ENOMEM, "topology: out of memory");
	cc_reply_begin_table(t->r, "edges", NULL, t->id ? edge_columns : call_columns, sizeof edge_columns / sizeof edge_columns[0], true);
	for (size_t i = 0; !t->id && i < cc_edges_count(s); i++)
		if (cc_edges_get(s, i)->kind == CC_EDGE_CALLS)
			walk_row(&w, cc_edges_get(s, i), true, 0);
	if (t->id) {
		w.visited[cc_entity_get(s, t->id)->group] = true;
		code = neighbours(&w, t->id, false, 0);
		if (code == CC_OK)
			code = neighbours(&w, t->id, true, 0);
	}
	cc_reply_set_paging(t->r, w.seen, t->page.offset, t->page.limit);
	cc_reply_set_empty(t->r, "no edge was seen: neither spans nor objects tell of any");
	if (!t->id)
		cc_reply_add_note(t->r, "name an entity to see its neighbours of every kind: owners, pods, config, nodes");
	return code == CC_OK ? code : cc_err_set(err, code, "topology: %s", cc_code_text(code));
}

/* --- the command --- */

static cc_code map_and_list(topology_call *t, cc_err *err)
{
	cc_code code = t->id ? cc_topology_map(t, err) : CC_OK;
	return code == CC_OK ? edge_list(t, err) : code;
}

static const struct { const char *name; cc_code (*show)(topology_call *t, cc_err *err); int hops; } views[] = {
	{ "map", map_and_list, 1 }, { "list", edge_list, 1 }, { "tree", cc_topology_tree, 4 }, { "matrix", cc_topology_matrix, 2 }, { "routes", cc_topology_routes, 1 },
};
static const char *const view_choices[] = { "map", "list", "tree", "matrix", "routes", NULL };

/* Refused, it costs nothing. */
static cc_code no_calls(const topology_call *t, cc_err *err)
{
	cc_err_set(err, CC_ENOTFOUND, "topology: %.*s takes part in no call that was seen, and a matrix shows calls",
		CC_STR_ARG(ev_entity_text(t->c, t->id)));
	return cc_err_hint(err, "without view=matrix it shows what else the thing has to do with");
}

static cc_code run_topology(cc_call *c, cc_reply *r, cc_err *err)
{
	topology_call t = { .c = c, .r = r, .page = cc_call_page(c) };
	cc_callnet *net = NULL;
	t.windowed = *ev_window_words(c) != '\0';
	/* a window that ends before the onset has no "after": what was merely not looked at must not read as gone */
	t.undivided = t.windowed && ev_pivot(c) != CC_TIME_NONE && ev_pivot(c) >= ev_window(c).to_ns;
	cc_callnet_options o = { .pivot_ns = t.undivided ? CC_TIME_NONE : ev_pivot(c), .range = ev_window(c), .cancel = c->cancel };
	const char *view = cc_arg(c, "view");
	size_t at = 0;
	cc_code code = cc_arg_entity(c, "entity", &t.id, err);
	for (size_t i = 0; view && i < sizeof views / sizeof views[0]; i++)
		at = strcmp(views[i].name, view) == 0 ? i : at;
	t.id = t.id ? t.id : ev_focus(c);
	t.hops = (int)cc_arg_int(c, "hops", views[at].hops);
	if (code == CC_OK)
		code = cc_callnet_build(&net, snap(c), &o, err);
	if (code != CC_OK)
		return code;
	t.net = net;
	cc_reply_set_title(r, "TOPOLOGY %.*s%s%s%s", CC_STR_ARG(t.id ? ev_entity_text(c, t.id) : CC_STR("who calls whom")), at > 1 ? " · " : "",
		at > 1 ? view : "", ev_window_words(c));
	if (t.id)
		cc_topology_facts(c, r, t.id);
	code = t.id && views[at].show == cc_topology_matrix && !has_calls(&t) ? no_calls(&t, err) : views[at].show(&t, err);
	if (code == CC_OK && t.undivided)
		cc_reply_add_note(r, "the window ends before %s: rates, errors and p99 are of the whole window, none is of a time after", ev_pivot_name(c));
	if (code == CC_OK)
		direction_note(&t);
	cc_callnet_free(net);
	return code;
}

const cc_cmd cc_cmd_topology = {
	.name = "topology",
	.alias = "to",
	.group = "evidence",
	.summary = "who calls whom; one entity with its neighbours; tree, matrix and routes of calls",
	.help = "Edges come from evidence only: spans, owner references, selectors, env and volume references. Each names the record it was seen in. A call is "
		"declared when a variable names the callee, seen when spans show it. Rates, errors and p99 are of the time after the onset or time cursor, and of "
		"calls that the callee received; lost are calls that a caller recorded and the callee, which records others like them, did not.",
	.params = (const cc_param[]){ { .name = "entity", .type = CC_PARAM_ENTITY, .positional = true, .completer = CC_COMPLETE_ENTITY,
					.help = "in the middle; the focus, else all calls" },
		{ .name = "view", .type = CC_PARAM_CHOICE, .choices = view_choices, .completer = CC_COMPLETE_CHOICE,
			.help = "map (default), list of edges, tree, matrix of calls, routes from the entry points" },
		{ .name = "hops", .type = CC_PARAM_INT, .min = 1, .max = 6, .help = "how far to follow calls" }, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_TRACES) | CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "topology", "topology view=tree hops=2", "topology view=matrix", NULL },
	.reply = (const char *const[]){ "entity    facts: entity, owner, workload, members (when one was named); of a Node also conditions, taints, cordoned, allocatable",
		"nodes[]   side (above, callers, self, callees, below), edge, entity, alert, basis (seen, declared, both, name), detail, cite, depth; calls_per_s, "
		"error_percent, p99_before_ns, p99_after_ns, lost, lost_percent of the thing, and edge_... of the call (view map, with an entity)",
		"edges[]   direction (-> or <-), kind, entity, calls, errors, detail, inferred, from, cite, depth (calls away: 0 to hops - 1), calls_per_s, error_percent, "
		"p99_before_ns, p99_after_ns, lost, lost_percent (views map and list)",
		"tree[]    relation, entity, alert, calls_per_s, error_percent, p99_before_ns, p99_after_ns, lost, lost_percent, basis, again (shown above already), cite, depth (view tree)",
		"matrix[]  number, entity, and calls to the thing of each number, with ! when some failed: c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, "
		"c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24 (view matrix)",
		"routes[]  route, hops, calls, error_percent, worst, entity (where it enters), nodes (view routes)", NULL },
	.run = run_topology,
};
