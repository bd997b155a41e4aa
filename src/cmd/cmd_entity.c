/* cmd_entity.c - `topology`: an entity among its neighbours; `entity`: everything known about one thing. */
#include "cmd/evidence.h"

#include <math.h>
#include "coldcase/aboutentity.h"
#include "coldcase/assist.h"
#include "coldcase/entity.h"
#include "coldcase/topology.h"

/* --- topology --- */

static const cc_column edge_columns[] = {
	{ "direction", "", CC_CELL_TEXT, CC_ROLE_DIM, 3, 0 },
	{ "kind", "Edge", CC_CELL_TEXT, CC_ROLE_HEADING, 9, 0 },
	{ "from", "From", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 },
	{ "entity", "Neighbour", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "calls", "Calls", CC_CELL_INT, CC_ROLE_TEXT, 7, 1 },
	{ "errors", "Err", CC_CELL_INT, CC_ROLE_CRITICAL, 6, 1 },
	{ "detail", "By", CC_CELL_TEXT, CC_ROLE_DIM, 24, 2 },
	{ "inferred", "Inferred", CC_CELL_BOOL, CC_ROLE_DIM, 8, 3 },
	{ "cite", "Seen in", CC_CELL_CITE, CC_ROLE_DIM, 26, 4 },
};

static void edge_row(cc_call *c, cc_reply *r, const cc_edge *e, bool out, int depth)
{
	cc_entity_id other = out ? e->to : e->from;
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = other, row->cite = e->cite, row->depth = depth;
	row->mark = e->errors ? CC_ROLE_CRITICAL : CC_ROLE_TEXT;
	cc_reply_cell(r, cc_cell_textz(out ? "->" : "<-"));
	cc_reply_cell(r, cc_cell_textz(cc_edge_kind_name(e->kind)));
	cc_reply_cell(r, cc_cell_entity(out ? e->from : e->to));
	cc_reply_cell(r, cc_cell_entity(other));
	cc_reply_cell(r, e->kind == CC_EDGE_CALLS ? cc_cell_int(e->count) : cc_cell_none());
	cc_reply_cell(r, e->kind == CC_EDGE_CALLS ? cc_cell_int(e->errors) : cc_cell_none());
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(snap(c), e->detail)));
	cc_reply_cell(r, cc_cell_bool(e->inferred));
	cc_reply_cell(r, cc_cell_cite(e->cite));
	cc_str name = ev_entity_text(c, other);
	cc_reply_set_drill(r, "topology %.*s", CC_STR_ARG(name));
}

/* All calls at once: both ends matter, there is no middle. */
static const cc_column call_columns[] = {
	{ "direction", "", CC_CELL_TEXT, CC_ROLE_DIM, 3, 255 },
	{ "kind", "Edge", CC_CELL_TEXT, CC_ROLE_HEADING, 9, 255 },
	{ "from", "Caller", CC_CELL_ENTITY, CC_ROLE_ENTITY, 38, 0 },
	{ "entity", "Callee", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "calls", "Calls", CC_CELL_INT, CC_ROLE_TEXT, 7, 0 },
	{ "errors", "Err", CC_CELL_INT, CC_ROLE_CRITICAL, 6, 0 },
	{ "detail", "By", CC_CELL_TEXT, CC_ROLE_DIM, 24, 255 },
	{ "inferred", "Inferred", CC_CELL_BOOL, CC_ROLE_DIM, 8, 255 },
	{ "cite", "Seen in", CC_CELL_CITE, CC_ROLE_DIM, 26, 4 },
};
_Static_assert(sizeof call_columns == sizeof edge_columns, "edge_row fills both");

typedef struct walk {
	cc_call *c;
	cc_reply *r;
	cc_page page;
	uint64_t seen;           /* rows produced so far, in or out of the page */
	bool *visited;           /* by entity id */
} walk;

static void walk_row(walk *w, const cc_edge *e, bool out, int depth)
{
	uint64_t i = w->seen++;
	if (i >= w->page.offset && i < w->page.offset + w->page.limit)
		edge_row(w->c, w->r, e, out, depth);
}

/* Edges of every member of one group (the Service, its workload, its pods are one thing), `way` 1 leaving, -1 arriving. */
static cc_code group_edges(walk *w, cc_entity_id id, bool out, cc_edge_vec *edges)
{
	cc_entity_vec members = { 0 };
	cc_code code = cc_entity_members(snap(w->c), id, &members);
	for (size_t i = 0; i < members.n && code == CC_OK; i++)
		code = out ? cc_edges_from(snap(w->c), members.p[i], edges) : cc_edges_to(snap(w->c), members.p[i], edges);
	cc_vec_deinit(&members);
	return code;
}

static cc_code neighbours(walk *w, cc_entity_id id, bool out, int depth, int hops)
{
	const cc_snapshot *s = snap(w->c);
	cc_edge_vec edges = { 0 };
	cc_code code = group_edges(w, id, out, &edges);
	for (size_t i = 0; i < edges.n && code == CC_OK; i++) {
		const cc_edge *e = cc_edges_get(s, edges.p[i]);
		cc_entity_id other = out ? e->to : e->from, group = cc_entity_get(s, other)->group;
		if (depth && e->kind != CC_EDGE_CALLS)
			continue; /* further out only calls matter: the rest would be every ConfigMap of every neighbour */
		walk_row(w, e, out, depth);
		if (depth + 1 < hops && e->kind == CC_EDGE_CALLS && !w->visited[group]) {
			w->visited[group] = true;
			code = neighbours(w, other, out, depth + 1, hops);
		}
	}
	cc_vec_deinit(&edges);
	return code;
}

static cc_code walk_all(walk *w)
{
	const cc_snapshot *s = snap(w->c);
	for (size_t i = 0; i < cc_edges_count(s); i++) {
		const cc_edge *e = cc_edges_get(s, i);
		if (e->kind != CC_EDGE_CALLS)
			continue;
		uint64_t n = w->seen++;
		if (n < w->page.offset || n >= w->page.offset + w->page.limit)
			continue;
		edge_row(w->c, w->r, e, true, 0);
	}
	return CC_OK;
}

static void topology_facts(cc_call *c, cc_reply *r, cc_entity_id id)
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
	cc_buf_deinit(&list);
	cc_vec_deinit(&members);
}

static cc_code run_topology(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	cc_entity_id id;
	int hops = (int)cc_arg_int(c, "hops", 1);
	walk w = { .c = c, .r = r, .page = cc_call_page(c) };
	cc_code code = cc_arg_entity(c, "entity", &id, err);
	if (code != CC_OK)
		return code;
	id = id ? id : ev_focus(c);
	w.visited = cc_arena_array(c->arena, cc_entity_count(s) + 1, sizeof *w.visited);
	if (!w.visited)
		return cc_err_set(err, CC_ENOMEM, "topology: out of memory");
	cc_str name = id ? ev_entity_text(c, id) : CC_STR("who calls whom");
	cc_reply_set_title(r, "TOPOLOGY %.*s", CC_STR_ARG(name));
	if (id)
		topology_facts(c, r, id);
	cc_reply_begin_table(r, "edges", NULL, id ? edge_columns : call_columns, sizeof edge_columns / sizeof edge_columns[0], true);
	if (!id) {
		code = walk_all(&w);
	} else {
		w.visited[cc_entity_get(s, id)->group] = true;
		code = neighbours(&w, id, false, 0, hops);
		if (code == CC_OK)
			code = neighbours(&w, id, true, 0, hops);
	}
	cc_reply_set_paging(r, w.seen, w.page.offset, w.page.limit);
	cc_reply_set_empty(r, "no edge was seen: neither spans nor objects tell of any");
	if (!id)
		cc_reply_add_note(r, "name an entity to see its neighbours of every kind: owners, pods, config, nodes");
	return code;
}

const cc_cmd cc_cmd_topology = {
	.name = "topology",
	.alias = "to",
	.group = "evidence",
	.summary = "who calls whom; or one entity with its neighbours",
	.help = "Edges come from evidence only: spans, owner references, selectors, env and volume references. Each names the record it was seen in.",
	.params = (const cc_param[]){ { .name = "entity", .type = CC_PARAM_ENTITY, .positional = true, .completer = CC_COMPLETE_ENTITY,
					.help = "in the middle; the focus, else all calls" },
		{ .name = "hops", .type = CC_PARAM_INT, .min = 1, .max = 4, .help = "how far to follow calls, 1 to 4" }, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_TRACES) | CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "topology", NULL },
	.reply = (const char *const[]){ "entity   facts: entity, owner, workload, members (when one was named)",
		"edges[]  direction (-> or <-), kind, entity, calls, errors, detail, inferred, from, cite, depth (calls away: 0 to hops - 1)", NULL },
	.run = run_topology,
};

/* --- entity --- */

static const cc_column about_columns[] = {
	{ "section", "Kind", CC_CELL_TEXT, CC_ROLE_HEADING, 10, 0 },
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 9, 1 },
	{ "fresh", "New", CC_CELL_BOOL, CC_ROLE_CHANGED, 4, 2 },
	{ "fact", "What", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "before", "Before", CC_CELL_NUMBER, CC_ROLE_DIM, 9, 3 },
	{ "after", "After", CC_CELL_NUMBER, CC_ROLE_TEXT, 9, 3 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 34, 4 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 26, 5 },
};

/* The list command that shows the rows behind a section. */
static const char *section_command(cc_about_section s)
{
	switch (s) {
	case CC_ABOUT_ALERTS: return "alerts";
	case CC_ABOUT_EVENTS: return "events";
	case CC_ABOUT_CHANGES: return "changes";
	case CC_ABOUT_PATTERNS: return "logs";
	case CC_ABOUT_METRICS: return "metrics";
	case CC_ABOUT_NEIGHBOURS: return "topology";
	case CC_ABOUT_STATE: return "spec";
	case CC_ABOUT_CALLEE:
	case CC_ABOUT_CALLER:
	case CC_ABOUT_ORIGINS:
	case CC_ABOUT_SECTIONS: break;
	}
	return "traces";
}

static void about_row(cc_call *c, cc_reply *r, const cc_about_fact *f)
{
	static const cc_role marks[] = { CC_ROLE_TEXT, CC_ROLE_INFO, CC_ROLE_WARNING, CC_ROLE_CRITICAL };
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = f->entity, row->cite = f->cite, row->time_ns = f->time_ns;
	row->mark = marks[f->severity & 3];
	cc_reply_cell(r, cc_cell_textz(cc_about_section_name(f->section)));
	cc_reply_cell(r, cc_cell_time(f->time_ns));
	cc_reply_cell(r, cc_cell_bool(f->fresh));
	cc_reply_cell(r, cc_cell_text(f->text));
	cc_reply_cell(r, isnan(f->before) ? cc_cell_none() : cc_cell_number(f->before));
	cc_reply_cell(r, isnan(f->after) ? cc_cell_none() : cc_cell_number(f->after));
	cc_reply_cell(r, cc_cell_entity(f->entity));
	cc_reply_cell(r, cc_cell_cite(f->cite));
	cc_str name = ev_entity_text(c, f->entity), cite = ev_cite_text(c, f->cite);
	if (f->section == CC_ABOUT_CHANGES && f->entity)
		cc_reply_set_drill(r, "diff %.*s", CC_STR_ARG(name));
	else if ((f->section == CC_ABOUT_STATE || f->section == CC_ABOUT_NEIGHBOURS) && f->entity)
		cc_reply_set_drill(r, "%s %.*s", section_command(f->section), CC_STR_ARG(name));
	else if (f->section == CC_ABOUT_EVENTS && cite.n)
		cc_reply_set_drill(r, "event %.*s", CC_STR_ARG(cite));
	else if (f->section == CC_ABOUT_ALERTS && cite.n)
		cc_reply_set_drill(r, "alert %.*s", CC_STR_ARG(cite));
	else if (f->section == CC_ABOUT_PATTERNS && cite.n)
		cc_reply_set_drill(r, "log %.*s", CC_STR_ARG(cite));
	else if (f->drill.n)
		cc_reply_set_drill(r, "%s %.*s", section_command(f->section), CC_STR_ARG(f->drill));
	else if (cite.n)
		cc_reply_set_drill(r, "show %.*s", CC_STR_ARG(cite));
}

/* States that may not be judged are no evidence that lacks. */
static void about_notes(const cc_call *c, cc_reply *r, const cc_about *a)
{
	cc_buf none = CC_BUF_INIT, quiet = CC_BUF_INIT;
	for (int i = 0; i < CC_ABOUT_SECTIONS; i++) {
		bool has;
		size_t total = cc_about_total(a, (cc_about_section)i, &has);
		if (i == CC_ABOUT_STATE && !cc_session_assist(c->session, CC_ASSIST_RULES))
			continue;
		cc_buf *b = !has ? &none : !total ? &quiet : NULL;
		if (b)
			cc_buf_addf(b, "%s%s", b->n ? ", " : "", cc_about_section_name((cc_about_section)i));
	}
	if (quiet.n)
		cc_reply_add_note(r, "nothing notable in: %.*s", CC_STR_ARG(cc_buf_str(&quiet)));
	if (none.n)
		cc_reply_add_note(r, "no evidence of this kind: %.*s", CC_STR_ARG(cc_buf_str(&none)));
	cc_buf_deinit(&none);
	cc_buf_deinit(&quiet);
}

static cc_code run_entity(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_entity_id id;
	cc_about *a = NULL;
	cc_about_options o = { .onset_ns = ev_pivot(c), .range = { CC_TIME_NONE, CC_TIME_NONE }, .per_section = (size_t)cc_arg_int(c, "each", 5),
		.no_state = !cc_session_assist(c->session, CC_ASSIST_RULES), .cancel = c->cancel };
	cc_code code = ev_entity(c, &id, err);
	if (code == CC_OK)
		code = cc_about_build(&a, snap(c), id, &o, err);
	if (code != CC_OK)
		return code;
	cc_page page = cc_call_page(c);
	cc_str name = ev_entity_text(c, id);
	cc_reply_set_title(r, "ENTITY %.*s", CC_STR_ARG(name));
	topology_facts(c, r, id);
	cc_reply_begin_table(r, "facts", NULL, about_columns, sizeof about_columns / sizeof about_columns[0], true);
	size_t n = cc_about_count(a);
	for (size_t i = (size_t)page.offset; i < n && i < page.offset + page.limit; i++)
		about_row(c, r, cc_about_get(a, i));
	cc_reply_set_paging(r, n, page.offset, page.limit);
	cc_reply_set_empty(r, "nothing notable is recorded about it");
	about_notes(c, r, a);
	ev_note_no_status(c, r);
	cc_about_free(a);
	return CC_OK;
}

const cc_cmd cc_cmd_entity = {
	.name = "entity",
	.alias = "en",
	.group = "evidence",
	.summary = "everything about one thing: alerts, events, changes, calls, logs, metrics, neighbours",
	.params = (const cc_param[]){ { .name = "entity", .type = CC_PARAM_ENTITY, .positional = true, .completer = CC_COMPLETE_ENTITY,
					.help = "namespace/Kind/name or a part of it; the focus when left out" },
		{ .name = "each", .type = CC_PARAM_INT, .min = 1, .max = 50, .help = "facts of each kind, 5 when left out" }, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_READS_ALL,
	.examples = (const char *const[]){ "entity ConfigMap/flagd-config", NULL },
	.reply = (const char *const[]){ "entity   facts: entity, owner, workload, members", "facts[]  section, time, fresh, fact, before, after, entity, cite", NULL },
	.run = run_entity,
};
