/* cmd_paths.c - `paths`: traffic before and after the pivot - whole paths, edges, services - and where errors begin. */
#include "cmd/evidence.h"

#include "coldcase/entity.h"
#include "coldcase/traceview.h"

#define COLUMNS_HEAD \
	{ "flow", "Flow", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 }, { "verdict", "Change", CC_CELL_TEXT, CC_ROLE_CHANGED, 13, 0 }, \
	{ "calls_before", "Calls", CC_CELL_INT, CC_ROLE_DIM, 6, 3 }, { "calls_after", "after", CC_CELL_INT, CC_ROLE_TEXT, 6, 1 }, \
	{ "errors_before", "Err", CC_CELL_INT, CC_ROLE_DIM, 5, 3 }, { "errors_after", "after", CC_CELL_INT, CC_ROLE_CRITICAL, 5, 0 }, \
	{ "p50_before_ns", "p50", CC_CELL_DURATION, CC_ROLE_DIM, 7, 5 }, { "p50_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 4 }, \
	{ "p99_before_ns", "p99", CC_CELL_DURATION, CC_ROLE_DIM, 7, 3 }, { "p99_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 1 }
#define COLUMNS_TAIL \
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 }, { "example", "Example", CC_CELL_TEXT, CC_ROLE_OP, 33, 255 }

static const cc_column path_columns[] = { COLUMNS_HEAD, COLUMNS_TAIL };

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

static cc_str example_trace(cc_call *c, const cc_flow *f)
{
	const cc_snapshot *s = snap(c);
	cc_buf b = CC_BUF_INIT;
	if (f->chain.n && f->example < cc_traces_count(s))
		cc_id128_format(&b, cc_traces_get(s, f->example)->id);
	else if (!f->chain.n && f->example < cc_spans_count(s))
		cc_id128_format(&b, cc_spans_trace_id(s, cc_spans_get(s, f->example)));
	cc_str t = cc_arena_dup(c->arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return t.p ? t : CC_STR_EMPTY;
}

static cc_str flow_name(cc_call *c, const cc_flow *f)
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

static void edge_cells(cc_reply *r, const cc_flow *f)
{
	time_cells(r, f->gap_before, f->gap_after);
	time_cells(r, own(&f->before), own(&f->after));
	cc_reply_cell(r, cc_cell_textz(cc_flow_at_caller(f) ? "caller" : "callee"));
}

static void flow_row(cc_call *c, cc_reply *r, const cc_flow *f)
{
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	cc_str trace = example_trace(c, f);
	bool edge = f->from && !f->chain.n, service = !f->from && !f->chain.n, at_caller = edge && cc_flow_at_caller(f);
	row->entity = f->entity;
	row->mark = f->verdict == CC_FLOW_ERRORS || f->verdict == CC_FLOW_GONE ? CC_ROLE_CRITICAL : f->verdict == CC_FLOW_SAME ? CC_ROLE_TEXT : CC_ROLE_WARNING;
	cc_reply_cell(r, cc_cell_text(flow_name(c, f)));
	cc_reply_cell(r, cc_cell_textz(cc_flow_verdict_name(f->verdict)));
	cc_reply_cell(r, cc_cell_int((int64_t)f->before.calls));
	cc_reply_cell(r, cc_cell_int((int64_t)f->after.calls));
	cc_reply_cell(r, cc_cell_int((int64_t)f->before.errors));
	cc_reply_cell(r, cc_cell_int((int64_t)f->after.errors));
	time_cells(r, at_caller ? f->caller_before : own(&f->before), at_caller ? f->caller_after : own(&f->after));
	if (edge)
		edge_cells(r, f);
	if (service) {
		time_cells(r, f->self_before, f->self_after);
		cc_reply_cell(r, cc_cell_int((int64_t)f->origin_after));
	}
	cc_reply_cell(r, cc_cell_entity(f->entity));
	cc_reply_cell(r, cc_cell_text(trace));
	if (trace.n)
		cc_reply_set_drill(r, "trace %.*s", CC_STR_ARG(trace));
	cc_reply_set_op(r, trace);
}

static const cc_column origin_columns[] = {
	{ "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 },
	{ "operation", "Operation", CC_CELL_TEXT, CC_ROLE_TEXT, 30, 0 },
	{ "before", "Before", CC_CELL_INT, CC_ROLE_DIM, 6, 0 },
	{ "after", "After", CC_CELL_INT, CC_ROLE_CRITICAL, 6, 0 },
	{ "callee_silent", "Silent", CC_CELL_BOOL, CC_ROLE_WARNING, 6, 1 },
	{ "peer", "Peer", CC_CELL_TEXT, CC_ROLE_ENTITY, 20, 2 },
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
static const flow_list edge_list = { "edges", edge_columns, COUNT(edge_columns), cc_flows_edge_count, cc_flows_edge };
static const flow_list service_list = { "services", service_columns, COUNT(service_columns), cc_flows_service_count, cc_flows_service };

static void flow_table(cc_call *c, cc_reply *r, const cc_flows *f, const flow_list *list)
{
	cc_page page = cc_call_page(c);
	size_t n = list->count(f);
	cc_reply_begin_table(r, list->key, NULL, list->columns, list->column_count, true);
	for (size_t i = (size_t)page.offset; i < n && i < page.offset + page.limit; i++)
		flow_row(c, r, list->get(f, i));
	cc_reply_set_paging(r, n, page.offset, page.limit);
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
	for (size_t i = (size_t)page.offset; i < n && i < page.offset + page.limit; i++)
		origin_row(c, r, cc_flows_origin(f, i));
	cc_reply_set_paging(r, n, page.offset, page.limit);
	cc_reply_add_note(r, "silent: a call for which no span of the callee was recorded - it never arrived, or the callee does not trace");
}

static cc_code run_paths(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_flows *f = NULL;
	cc_flows_options o = { .pivot_ns = ev_pivot(c), .range = ev_window(c), .focus = ev_focus(c), .cancel = c->cancel };
	cc_entity_id named;
	const char *by = cc_arg(c, "by");
	char kind = by ? by[0] : 'p';
	cc_code code = cc_arg_entity(c, "entity", &named, err);
	o.parts = kind == 'o' ? CC_FLOWS_ORIGINS : kind == 's' ? CC_FLOWS_SERVICES | CC_FLOWS_ORIGINS :
		kind == 'e' ? CC_FLOWS_EDGES : CC_FLOWS_PATHS;
	o.focus = named ? named : o.focus;
	if (code == CC_OK)
		code = cc_flows_build(&f, snap(c), &o, err);
	if (code != CC_OK)
		return code;
	cc_reply_set_title(r, "%s before and after %s%s%.*s", kind == 'o' ? "ERROR ORIGINS" : kind == 's' ? "SERVICES" : kind == 'e' ? "CALLS" : "PATHS",
		ev_pivot_name(c), o.focus ? " | through " : "", CC_STR_ARG(o.focus ? ev_entity_text(c, o.focus) : CC_STR_EMPTY));
	cc_reply_set_empty(r, kind == 'o' && cc_flows_traces(f) ? "no span here failed" : "no spans here");
	if (kind == 'o')
		origin_table(c, r, f);
	else if (kind == 's')
		flow_table(c, r, f, &service_list);
	else
		flow_table(c, r, f, kind == 'e' ? &edge_list : &path_list);
	if (kind == 'e')
		edge_note(r, f);
	ev_note_no_status(c, r);
	if (cc_flows_repeated(f))
		cc_reply_add_note(r, "%llu spans stand in the file twice and count once", (unsigned long long)cc_flows_repeated(f));
	cc_flows_free(f);
	return CC_OK;
}

static const char *const by_choices[] = { "path", "edge", "service", "origin", NULL };

const cc_cmd cc_cmd_paths = {
	.name = "paths",
	.alias = "pa",
	.group = "evidence",
	.summary = "traffic, errors and latency before and after the pivot, worst change first",
	.help = "by=origin lists where errors begin: failing spans none of whose children fails. Callers above them only pass the error on. "
		"by=edge measures a call where it was made: \"slower (wire)\" means that the way to the callee became slow, not the callee. "
		"by=service has self time: a call's time without the service's own calls to others.",
	.params = (const cc_param[]){ { .name = "by", .type = CC_PARAM_CHOICE, .positional = true, .choices = by_choices, .completer = CC_COMPLETE_CHOICE,
					.help = "path (default), edge, service or origin" },
		{ .name = "entity", .type = CC_PARAM_ENTITY, .completer = CC_COMPLETE_ENTITY, .help = "only traces through it" }, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_TRACES),
	.examples = (const char *const[]){ "paths", "paths by=edge", "paths origin", NULL },
	.reply = (const char *const[]){ "paths[] | edges[] | services[]  flow, verdict, calls_before, calls_after, errors_before, errors_after,",
		"    p50_before_ns, p50_after_ns, p99_before_ns, p99_after_ns, entity, example (trace id)",
		"edges[]     also gap_p50_before_ns, gap_p50_after_ns, gap_p99_before_ns, gap_p99_after_ns (caller minus callee),",
		"    callee_p50_before_ns, callee_p50_after_ns, callee_p99_before_ns, callee_p99_after_ns,",
		"    measured_at (caller or callee: whose time p50 and p99 are)",
		"services[]  also self_p50_before_ns, self_p50_after_ns, self_p99_before_ns, self_p99_after_ns, origins_after",
		"origins[]  service, operation, before, after, callee_silent, peer, error, first, cite", NULL },
	.run = run_paths,
};
