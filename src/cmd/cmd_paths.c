/* cmd_paths.c - `paths`: traffic before and after the pivot - whole paths, hops, edges, services - where errors begin, and
 * calls that never arrived. */
#include "cmd/trace_words.h"

#include <math.h>
#include "coldcase/entity.h"

#define COLUMNS_HEAD \
	{ "flow", "Flow", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 }, { "verdict", "Change", CC_CELL_TEXT, CC_ROLE_CHANGED, 13, 0 }, \
	{ "calls_before", "Calls", CC_CELL_INT, CC_ROLE_DIM, 6, 7 }, { "calls_after", "after", CC_CELL_INT, CC_ROLE_TEXT, 6, 6 }, \
	{ "errors_before", "Err", CC_CELL_INT, CC_ROLE_DIM, 5, 8 }, { "errors_after", "after", CC_CELL_INT, CC_ROLE_CRITICAL, 5, 8 }, \
	{ "few", "Few", CC_CELL_BOOL, CC_ROLE_WARNING, 3, 3 }, \
	{ "rate_before", "/min", CC_CELL_NUMBER, CC_ROLE_DIM, 6, 3 }, { "rate_after", "after", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 1 }, \
	{ "error_pct_before", "Err%", CC_CELL_NUMBER, CC_ROLE_DIM, 5, 2 }, \
	{ "error_pct_after", "after", CC_CELL_NUMBER, CC_ROLE_CRITICAL, 5, 0 }, \
	{ "p50_before_ns", "p50", CC_CELL_DURATION, CC_ROLE_DIM, 7, 5 }, { "p50_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 4 }, \
	{ "p99_before_ns", "p99", CC_CELL_DURATION, CC_ROLE_DIM, 7, 2 }, { "p99_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 1 }
#define COLUMNS_TAIL \
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 }, { "example", "Example", CC_CELL_TEXT, CC_ROLE_OP, 33, 255 }

/* p50 and p99 are those of the last call of the path; a trace as a whole may be slow for another reason. */
static const cc_column path_columns[] = {
	COLUMNS_HEAD,
	{ "trace_p50_before_ns", "Trace", CC_CELL_DURATION, CC_ROLE_DIM, 7, 6 },
	{ "trace_p50_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 5 },
	{ "trace_p99_before_ns", "Trace99", CC_CELL_DURATION, CC_ROLE_DIM, 7, 9 },
	{ "trace_p99_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 9 },
	COLUMNS_TAIL,
};

static const cc_column hop_columns[] = { COLUMNS_HEAD, COLUMNS_TAIL, { "chain", "Chain", CC_CELL_TEXT, CC_ROLE_DIM, 60, 255 } };

static const cc_column service_columns[] = {
	COLUMNS_HEAD,
	{ "self_p50_before_ns", "Self", CC_CELL_DURATION, CC_ROLE_DIM, 7, 3 },
	{ "self_p50_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 2 },
	{ "self_p99_before_ns", "Self99", CC_CELL_DURATION, CC_ROLE_DIM, 7, 6 },
	{ "self_p99_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 5 },
	{ "origins_after", "Began", CC_CELL_INT, CC_ROLE_CRITICAL, 5, 2 },
	COLUMNS_TAIL,
};

/* p50 and p99 are the caller's where it recorded a span around the call: what is lost on the way shows nowhere else. */
static const cc_column edge_columns[] = {
	COLUMNS_HEAD,
	{ "gap_p50_before_ns", "Gap", CC_CELL_DURATION, CC_ROLE_DIM, 7, 3 },
	{ "gap_p50_after_ns", "after", CC_CELL_DURATION, CC_ROLE_CHANGED, 7, 1 },
	{ "gap_p99_before_ns", "Gap99", CC_CELL_DURATION, CC_ROLE_DIM, 7, 255 },
	{ "gap_p99_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 255 },
	{ "callee_p50_before_ns", "Callee", CC_CELL_DURATION, CC_ROLE_DIM, 7, 7 },
	{ "callee_p50_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 6 },
	{ "callee_p99_before_ns", "Callee99", CC_CELL_DURATION, CC_ROLE_DIM, 8, 255 },
	{ "callee_p99_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 255 },
	{ "measured_at", "At", CC_CELL_TEXT, CC_ROLE_DIM, 6, 255 },
	COLUMNS_TAIL,
};

/* What a list of flows is shown with. */
typedef struct flow_view { char kind; const cc_flows *flows; bool ranked; } flow_view;

static cc_str example_trace(cc_call *c, const flow_view *v, const cc_flow *f)
{
	const cc_snapshot *s = snap(c);
	if (v->kind == 'p')
		return f->example < cc_traces_count(s) ? cc_trace_text(c, cc_traces_get(s, f->example)->id) : CC_STR_EMPTY;
	return f->example < cc_spans_count(s) ? cc_trace_text(c, cc_spans_trace_id(s, cc_spans_get(s, f->example))) : CC_STR_EMPTY;
}

/* As a path that `traces path=` reads. */
static cc_str flow_path(cc_call *c, const cc_flow *f)
{
	const cc_snapshot *s = snap(c);
	if (f->chain.n)
		return f->chain;
	if (!f->from)
		return cc_snapshot_sym(s, f->to);
	return cc_arena_printf(c->arena, "%.*s > %.*s", CC_STR_ARG(cc_snapshot_sym(s, f->from)), CC_STR_ARG(cc_snapshot_sym(s, f->to)));
}

static void time_pair(cc_reply *r, cc_flow_times before, cc_flow_times after, bool tail)
{
	cc_reply_cell(r, before.n ? cc_cell_duration(tail ? before.p99_ns : before.p50_ns) : cc_cell_none());
	cc_reply_cell(r, after.n ? cc_cell_duration(tail ? after.p99_ns : after.p50_ns) : cc_cell_none());
}

static void time_cells(cc_reply *r, cc_flow_times before, cc_flow_times after)
{
	time_pair(r, before, after, false);
	time_pair(r, before, after, true);
}

static cc_flow_times own(const cc_flow_stats *st)
{
	return (cc_flow_times){ st->calls, st->p50_ns, st->p99_ns };
}

/* As many digits as a reader compares. */
static cc_cell coarse_cell(double v)
{
	return cc_cell_number(v < 10 ? round(100 * v) / 100 : round(v));
}

static cc_cell share_cell(uint64_t part, uint64_t whole)
{
	return whole ? coarse_cell(100.0 * (double)part / (double)whole) : cc_cell_none();
}

/* A minute's traffic: before and after last differently long. */
static cc_cell rate_cell(uint64_t calls, int64_t ns)
{
	return ns > 0 ? coarse_cell(60e9 * (double)calls / (double)ns) : cc_cell_none();
}

static void traffic_cells(cc_reply *r, const flow_view *v, const cc_flow *f)
{
	cc_reply_cell(r, rate_cell(f->before.calls, cc_flows_before_ns(v->flows)));
	cc_reply_cell(r, rate_cell(f->after.calls, cc_flows_after_ns(v->flows)));
	cc_reply_cell(r, share_cell(f->before.errors, f->before.calls));
	cc_reply_cell(r, share_cell(f->after.errors, f->after.calls));
}

static void edge_cells(cc_reply *r, const cc_flow *f)
{
	time_cells(r, f->gap_before, f->gap_after);
	time_cells(r, own(&f->before), own(&f->after));
	cc_reply_cell(r, cc_cell_textz(cc_flow_at_caller(f) ? "caller" : "callee"));
}

static cc_role flow_mark(const cc_flow *f)
{
	return f->verdict == CC_FLOW_ERRORS || f->verdict == CC_FLOW_GONE ? CC_ROLE_CRITICAL : f->verdict == CC_FLOW_SAME ? CC_ROLE_TEXT :
		CC_ROLE_WARNING;
}

static void flow_row(cc_call *c, cc_reply *r, const flow_view *v, const cc_flow *f)
{
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	cc_str trace = example_trace(c, v, f), path = flow_path(c, f);
	bool at_caller = v->kind == 'e' && cc_flow_at_caller(f);
	row->entity = f->entity, row->mark = flow_mark(f);
	row->depth = v->kind == 'h' ? (int)f->depth : 0;
	cc_reply_cell(r, cc_cell_text(v->kind == 'h' ? cc_snapshot_sym(snap(c), f->to) : path));
	cc_reply_cell(r, v->ranked ? cc_cell_textz(cc_flow_verdict_name(f->verdict)) : cc_cell_none());
	cc_reply_cell(r, cc_cell_int((int64_t)f->before.calls));
	cc_reply_cell(r, cc_cell_int((int64_t)f->after.calls));
	cc_reply_cell(r, cc_cell_int((int64_t)f->before.errors));
	cc_reply_cell(r, cc_cell_int((int64_t)f->after.errors));
	cc_reply_cell(r, cc_cell_bool(f->few));
	traffic_cells(r, v, f);
	time_cells(r, at_caller ? f->caller_before : own(&f->before), at_caller ? f->caller_after : own(&f->after));
	if (v->kind == 'e')
		edge_cells(r, f);
	if (v->kind == 'p')
		time_cells(r, f->whole_before, f->whole_after);
	if (v->kind == 's') {
		time_cells(r, f->self_before, f->self_after);
		cc_reply_cell(r, v->ranked ? cc_cell_int((int64_t)f->origin_after) : cc_cell_none());
	}
	cc_reply_cell(r, cc_cell_entity(f->entity));
	cc_reply_cell(r, cc_cell_text(trace));
	if (v->kind == 'h')
		cc_reply_cell(r, cc_cell_text(path));
	cc_buf quoted = CC_BUF_INIT;
	cc_cmd_quote(&quoted, path);
	cc_reply_set_drill(r, "traces path=%.*s", CC_STR_ARG(cc_buf_str(&quoted)));
	cc_buf_deinit(&quoted);
	cc_reply_set_op(r, trace);
}

static const cc_column origin_columns[] = {
	{ "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 },
	{ "operation", "Operation", CC_CELL_TEXT, CC_ROLE_TEXT, 30, 2 },
	{ "before", "Before", CC_CELL_INT, CC_ROLE_DIM, 6, 0 },
	{ "after", "After", CC_CELL_INT, CC_ROLE_CRITICAL, 6, 0 },
	{ "callee_silent", "Silent", CC_CELL_BOOL, CC_ROLE_WARNING, 6, 1 },
	{ "peer", "Peer", CC_CELL_TEXT, CC_ROLE_ENTITY, 20, 0 },
	{ "error", "Error", CC_CELL_TEXT, CC_ROLE_CRITICAL, 0, 0 },
	{ "first", "First", CC_CELL_TIME, CC_ROLE_TIME, 9, 3 },
	{ "cite", "Example", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

static void origin_row(cc_call *c, cc_reply *r, const cc_error_origin *o)
{
	const cc_snapshot *s = snap(c);
	const cc_span *sp = cc_spans_get(s, o->example);
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = o->entity, row->cite = sp->cite, row->time_ns = o->first_ns, row->mark = CC_ROLE_CRITICAL;
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, o->service)));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, o->operation)));
	cc_reply_cell(r, cc_cell_int((int64_t)o->before));
	cc_reply_cell(r, cc_cell_int((int64_t)o->after));
	cc_reply_cell(r, cc_cell_bool(o->client_only));
	cc_reply_cell(r, cc_cell_text(o->peer));
	cc_reply_cell(r, cc_cell_text(ev_one_line(o->text, 300)));
	cc_reply_cell(r, cc_cell_time(o->first_ns));
	cc_reply_cell(r, cc_cell_cite(sp->cite));
	cc_str cite = ev_cite_text(c, sp->cite);
	cc_reply_set_drill(r, "span %.*s", CC_STR_ARG(cite));
	cc_reply_set_op(r, cc_trace_text(c, cc_spans_trace_id(s, sp)));
}

static const cc_column lost_columns[] = {
	{ "service", "Caller", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 },
	{ "operation", "Operation", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "callee", "Callee", CC_CELL_TEXT, CC_ROLE_ENTITY, 20, 0 },
	{ "calls_before", "Calls", CC_CELL_INT, CC_ROLE_DIM, 6, 2 },
	{ "calls_after", "after", CC_CELL_INT, CC_ROLE_TEXT, 6, 2 },
	{ "lost_before", "Lost", CC_CELL_INT, CC_ROLE_DIM, 6, 1 },
	{ "lost_after", "after", CC_CELL_INT, CC_ROLE_CRITICAL, 6, 0 },
	{ "lost_pct_before", "Lost%", CC_CELL_NUMBER, CC_ROLE_DIM, 5, 3 },
	{ "lost_pct_after", "after", CC_CELL_NUMBER, CC_ROLE_CRITICAL, 5, 3 },
	{ "few", "Few", CC_CELL_BOOL, CC_ROLE_WARNING, 3, 4 },
	{ "first", "First", CC_CELL_TIME, CC_ROLE_TIME, 9, 3 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 },
	{ "cite", "Example", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

static void lost_row(cc_call *c, cc_reply *r, const cc_lost_calls *l)
{
	const cc_snapshot *s = snap(c);
	const cc_span *sp = cc_spans_get(s, l->example);
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	cc_str trace = cc_trace_text(c, cc_spans_trace_id(s, sp));
	row->entity = l->entity, row->cite = sp->cite, row->time_ns = l->first_ns;
	row->mark = l->score > 0 ? CC_ROLE_CRITICAL : CC_ROLE_TEXT;
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, l->service)));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, l->operation)));
	cc_reply_cell(r, cc_cell_text(l->callee));
	cc_reply_cell(r, cc_cell_int((int64_t)l->calls_before));
	cc_reply_cell(r, cc_cell_int((int64_t)l->calls_after));
	cc_reply_cell(r, cc_cell_int((int64_t)l->lost_before));
	cc_reply_cell(r, cc_cell_int((int64_t)l->lost_after));
	cc_reply_cell(r, share_cell(l->lost_before, l->calls_before));
	cc_reply_cell(r, share_cell(l->lost_after, l->calls_after));
	cc_reply_cell(r, cc_cell_bool(l->few));
	cc_reply_cell(r, cc_cell_time(l->first_ns));
	cc_reply_cell(r, cc_cell_entity(l->entity));
	cc_reply_cell(r, cc_cell_cite(sp->cite));
	cc_reply_set_drill(r, "trace %.*s", CC_STR_ARG(trace));
	cc_reply_set_op(r, trace);
}

typedef struct flow_list {
	const char *key;
	const cc_column *columns;
	size_t column_count;
	size_t (*count)(const cc_flows *f);
	const cc_flow *(*get)(const cc_flows *f, size_t i);
} flow_list;

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
static const flow_list path_list = { "paths", path_columns, COUNT(path_columns), cc_flows_path_count, cc_flows_path };
static const flow_list hop_list = { "hops", hop_columns, COUNT(hop_columns), cc_flows_hop_count, cc_flows_hop };
static const flow_list edge_list = { "edges", edge_columns, COUNT(edge_columns), cc_flows_edge_count, cc_flows_edge };
static const flow_list service_list = { "services", service_columns, COUNT(service_columns), cc_flows_service_count, cc_flows_service };

static const flow_list *list_of(char kind)
{
	return kind == 's' ? &service_list : kind == 'e' ? &edge_list : kind == 'h' ? &hop_list : &path_list;
}

static void flow_table(cc_call *c, cc_reply *r, const flow_view *v)
{
	const flow_list *list = list_of(v->kind);
	cc_page page = cc_call_page(c);
	size_t n = list->count(v->flows);
	bool few = false;
	cc_reply_begin_table(r, list->key, NULL, list->columns, list->column_count, true);
	for (size_t i = (size_t)page.offset; i < n && i < page.offset + page.limit; i++) {
		flow_row(c, r, v, list->get(v->flows, i));
		few = few || list->get(v->flows, i)->few;
	}
	cc_reply_set_paging(r, n, page.offset, page.limit);
	if (few)
		cc_reply_add_note(r, "few: under 5 calls before or after; ranked by what is certain even so");
}

static void edge_note(cc_reply *r, const cc_flows *f)
{
	size_t callee = 0, n = cc_flows_edge_count(f);
	for (size_t i = 0; i < n; i++)
		callee += !cc_flow_at_caller(cc_flows_edge(f, i));
	if (callee < n)
		cc_reply_add_note(r, "p50 and p99 as the caller waited; gap: that minus the callee's own time (network, queue, proxy)");
	if (callee)
		cc_reply_add_note(r, "%zu of %zu edges have no span around the call and show the callee's own time", callee, n);
}

static void origin_table(cc_call *c, cc_reply *r, const cc_flows *f)
{
	cc_page page = cc_call_page(c);
	size_t n = cc_flows_origin_count(f);
	cc_reply_begin_table(r, "origins", NULL, origin_columns, sizeof origin_columns / sizeof origin_columns[0], true);
	cc_reply_table_spans(r);
	for (size_t i = (size_t)page.offset; i < n && i < page.offset + page.limit; i++)
		origin_row(c, r, cc_flows_origin(f, i));
	cc_reply_set_paging(r, n, page.offset, page.limit);
	cc_reply_add_note(r, "silent: a call for which no span of the callee was recorded - it never arrived, or the callee does not trace");
}

static void lost_table(cc_call *c, cc_reply *r, const cc_flows *f)
{
	cc_page page = cc_call_page(c);
	size_t n = cc_flows_lost_count(f);
	cc_reply_begin_table(r, "lost", NULL, lost_columns, COUNT(lost_columns), true);
	cc_reply_table_spans(r);
	for (size_t i = (size_t)page.offset; i < n && i < page.offset + page.limit; i++)
		lost_row(c, r, cc_flows_lost(f, i));
	cc_reply_set_paging(r, n, page.offset, page.limit);
	cc_reply_add_note(r, "lost: the caller recorded the call, the callee nothing, though it records others like it");
}

typedef struct path_kind { char letter; unsigned parts; const char *title; } path_kind;
static const path_kind kinds[] = {
	{ 'p', CC_FLOWS_PATHS, "PATHS" }, { 'h', CC_FLOWS_HOPS, "HOPS" }, { 'e', CC_FLOWS_EDGES, "CALLS" },
	{ 's', CC_FLOWS_SERVICES | CC_FLOWS_ORIGINS | CC_FLOWS_LOST, "SERVICES" }, { 'o', CC_FLOWS_ORIGINS, "ERROR ORIGINS" },
	{ 'l', CC_FLOWS_LOST, "CALLS THAT NEVER ARRIVED" },
};

static const path_kind *kind_of(const cc_call *c)
{
	const char *by = cc_arg(c, "by");
	for (size_t i = 1; by && i < COUNT(kinds); i++)
		if (kinds[i].letter == by[0])
			return &kinds[i];
	return &kinds[0];
}

static void set_empty(cc_reply *r, char kind, const cc_flows *f)
{
	if (!cc_flows_traces(f))
		cc_reply_set_empty(r, "no spans here");
	else if (kind == 'o')
		cc_reply_set_empty(r, "no span here failed");
	else if (kind == 'l' && !cc_flows_clients(f))
		cc_reply_set_empty(r, "no span is of kind Client here: calls cannot be told from other work");
	else
		cc_reply_set_empty(r, "every call that is normally answered was");
}

/* Calls are counted where they arrive: what a service fails to reach stands at nobody's row. */
static void service_note(cc_reply *r, const cc_flows *f)
{
	uint64_t lost = 0;
	for (size_t i = 0; i < cc_flows_lost_count(f); i++)
		lost += cc_flows_lost(f, i)->lost_after;
	cc_reply_add_note(r, "calls and errors are of calls received, not of calls made");
	if (lost)
		cc_reply_add_note(r, "%llu calls made after the pivot never arrived: `paths lost`", (unsigned long long)lost);
}

static void path_notes(cc_call *c, cc_reply *r, const flow_view *v)
{
	if (v->kind == 'e')
		edge_note(r, v->flows);
	if (v->kind == 's')
		service_note(r, v->flows);
	if (!v->ranked)
		cc_reply_add_note(r, "most traffic first: at this level of assistance nothing is ranked");
	ev_note_no_status(c, r);
	ev_note_early_errors(c, r);
	if (cc_flows_repeated(v->flows))
		cc_reply_add_note(r, "%llu spans stand in the file twice and count once", (unsigned long long)cc_flows_repeated(v->flows));
}

static cc_code refuse_origins(cc_call *c, const path_kind *kind, cc_err *err)
{
	if (kind->letter != 'o' || cc_session_assist(c->session, CC_ASSIST_ORIGIN))
		return CC_OK;
	cc_err_set(err, CC_EUSAGE, "paths: this investigation is without the help of origins (--assist raw)");
	return cc_err_hint(err, "failing spans stand in `traces errors>0`, and in each `trace`");
}

static cc_code run_paths(cc_call *c, cc_reply *r, cc_err *err)
{
	const path_kind *kind = kind_of(c);
	cc_flows *f = NULL;
	cc_flows_options o = { .pivot_ns = ev_pivot(c), .range = ev_window(c), .focus = ev_focus(c), .parts = kind->parts, .cancel = c->cancel,
		.unranked = !cc_session_assist(c->session, CC_ASSIST_RANKS) };
	cc_entity_id named;
	cc_code code = cc_arg_entity(c, "entity", &named, err);
	o.focus = named ? named : o.focus;
	if (code == CC_OK)
		code = refuse_origins(c, kind, err);
	if (code == CC_OK)
		code = cc_flows_build(&f, snap(c), &o, err);
	if (code != CC_OK)
		return code;
	flow_view v = { kind->letter, f, !o.unranked };
	cc_reply_set_title(r, "%s before and after %s%s%.*s%s", kind->title, ev_pivot_name(c), o.focus ? " | through " : "",
		CC_STR_ARG(o.focus ? ev_entity_text(c, o.focus) : CC_STR_EMPTY), ev_window_words(c));
	set_empty(r, kind->letter, f);
	if (kind->letter == 'o')
		origin_table(c, r, f);
	else if (kind->letter == 'l')
		lost_table(c, r, f);
	else
		flow_table(c, r, &v);
	path_notes(c, r, &v);
	cc_flows_free(f);
	return CC_OK;
}

static const char *const by_choices[] = { "path", "hop", "edge", "service", "origin", "lost", NULL };

const cc_cmd cc_cmd_paths = {
	.name = "paths",
	.alias = "pa",
	.group = "evidence",
	.summary = "traffic, errors and latency before and after the pivot, worst change first",
	.help = "by=path counts traces; its p50 and p99 are those of the last call of each path. by=hop is the tree of all paths: each row is the calls that came along one, so the row where the time or the error first "
		"shows is the place. by=origin lists where errors begin: failing spans none of whose children fails, apart by whom they call. "
		"Callers above them only pass the error on. by=lost lists calls that the callee never saw, though it normally does. "
		"by=edge measures a call where it was made: \"slower (wire)\" means that the way to the callee became slow, not the callee. "
		"by=service has self time: a call's time without the service's own calls to others. few marks rows with less than 5 calls "
		"on one side; shares are ranked by how much they rose for certain (Newcombe's interval, one standard error).",
	.params = (const cc_param[]){ { .name = "by", .type = CC_PARAM_CHOICE, .positional = true, .choices = by_choices, .completer = CC_COMPLETE_CHOICE,
					.help = "path (default), hop, edge, service, origin or lost" },
		{ .name = "entity", .type = CC_PARAM_ENTITY, .completer = CC_COMPLETE_ENTITY, .help = "only traces through it" }, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_TRACES),
	.examples = (const char *const[]){ "paths", "paths hop", "paths by=edge", "paths origin", "paths lost", NULL },
	.reply = (const char *const[]){ "paths[] | hops[] | edges[] | services[]  flow, verdict, few, rate_before, rate_after (calls a minute),",
		"    error_pct_before, error_pct_after, calls_before, calls_after, errors_before, errors_after,",
		"    p50_before_ns, p50_after_ns, p99_before_ns, p99_after_ns, entity, example (trace id)",
		"paths[]     calls and errors are traces, p50 and p99 of the last call; also trace_p50_before_ns, trace_p50_after_ns,",
		"    trace_p99_before_ns, trace_p99_after_ns (of the whole traces)", "hops[]      also chain, depth",
		"edges[]     also gap_p50_before_ns, gap_p50_after_ns, gap_p99_before_ns, gap_p99_after_ns (caller minus callee),",
		"    callee_p50_before_ns, callee_p50_after_ns, callee_p99_before_ns, callee_p99_after_ns,",
		"    measured_at (caller or callee: whose time p50 and p99 are)",
		"services[]  also self_p50_before_ns, self_p50_after_ns, self_p99_before_ns, self_p99_after_ns, origins_after",
		"origins[]  service, operation, before, after, callee_silent, peer, error, first, cite",
		"lost[]     service, operation, callee, calls_before, calls_after, lost_before, lost_after, lost_pct_before, lost_pct_after,",
		"    few, first, entity, cite", NULL },
	.run = run_paths,
};
