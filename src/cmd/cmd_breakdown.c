/* cmd_breakdown.c - `breakdown`: where the time of one trace, or of all in scope, goes: before and after the pivot. */
#include "cmd/trace_words.h"

#include <math.h>

static const cc_column columns[] = {
	{ "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "operation", "Operation", CC_CELL_TEXT, CC_ROLE_TEXT, 30, 0 },
	{ "critical_before_ns", "Crit", CC_CELL_DURATION, CC_ROLE_DIM, 7, 1 },
	{ "critical_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 0 },
	{ "added_ns", "Added", CC_CELL_DURATION, CC_ROLE_CHANGED, 8, 0 },
	{ "share_before", "%", CC_CELL_NUMBER, CC_ROLE_DIM, 5, 2 },
	{ "share_after", "after", CC_CELL_NUMBER, CC_ROLE_TEXT, 5, 1 },
	{ "self_before_ns", "Self", CC_CELL_DURATION, CC_ROLE_DIM, 7, 4 },
	{ "self_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 3 },
	{ "spans_before", "Spans", CC_CELL_NUMBER, CC_ROLE_DIM, 5, 6 },
	{ "spans_after", "after", CC_CELL_NUMBER, CC_ROLE_TEXT, 5, 5 },
	{ "errors_before", "Err", CC_CELL_INT, CC_ROLE_DIM, 5, 5 },
	{ "errors_after", "after", CC_CELL_INT, CC_ROLE_CRITICAL, 5, 2 },
	{ "mean_before_ns", "Call", CC_CELL_DURATION, CC_ROLE_DIM, 7, 7 },
	{ "mean_after_ns", "after", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 6 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

typedef struct view { cc_call *c; cc_reply *r; cc_breakdown b; bool one; } view;

static void mean_cells(const view *v, const int64_t sum[2], const uint64_t n[2])
{
	for (int side = 0; side < 2; side++)
		cc_reply_cell(v->r, n[side] ? cc_cell_duration(sum[side] / (int64_t)n[side]) : cc_cell_none());
}

static void added_cell(const view *v, const cc_breakdown_row *row)
{
	const uint64_t *n = v->b.traces;
	cc_reply_cell(v->r, n[0] && n[1] ? cc_cell_duration(row->critical_ns[1] / (int64_t)n[1] - row->critical_ns[0] / (int64_t)n[0]) : cc_cell_none());
}

static void share_cells(const view *v, const cc_breakdown_row *row)
{
	for (int side = 0; side < 2; side++) {
		double whole = (double)v->b.whole_ns[side], share = whole > 0 ? 100 * (double)row->critical_ns[side] / whole : 0;
		cc_reply_cell(v->r, whole > 0 ? cc_cell_number(share < 10 ? round(10 * share) / 10 : round(share)) : cc_cell_none());
	}
}

static void count_cells(const view *v, const cc_breakdown_row *row)
{
	for (int side = 0; side < 2; side++) {
		double mean = v->b.traces[side] ? (double)row->spans[side] / (double)v->b.traces[side] : 0;
		cc_reply_cell(v->r, v->b.traces[side] ? cc_cell_number(mean < 10 ? round(100 * mean) / 100 : round(mean)) : cc_cell_none());
	}
}

static void put_row(const view *v, const cc_breakdown_row *row)
{
	const cc_snapshot *s = snap(v->c);
	const cc_span *sp = cc_spans_get(s, row->example);
	cc_row *out = sp ? cc_reply_row(v->r) : NULL;
	if (!out)
		return;
	out->entity = sp->entity, out->cite = sp->cite, out->time_ns = sp->start_ns;
	out->mark = row->errors[1] > 0 && row->errors[0] == 0 ? CC_ROLE_CRITICAL : CC_ROLE_TEXT;
	cc_reply_cell(v->r, cc_cell_text(cc_snapshot_sym(s, row->service)));
	cc_reply_cell(v->r, row->operation ? cc_cell_text(cc_snapshot_sym(s, row->operation)) : cc_cell_none());
	mean_cells(v, row->critical_ns, v->b.traces);
	added_cell(v, row);
	share_cells(v, row);
	mean_cells(v, row->self_ns, v->b.traces);
	count_cells(v, row);
	cc_reply_cell(v->r, v->one ? cc_cell_none() : cc_cell_int((int64_t)row->errors[0]));
	cc_reply_cell(v->r, cc_cell_int((int64_t)row->errors[1]));
	mean_cells(v, row->total_ns, row->spans);
	cc_reply_cell(v->r, cc_cell_entity(sp->entity));
	cc_reply_cell(v->r, cc_cell_cite(sp->cite));
	cc_str trace = cc_trace_text(v->c, cc_spans_trace_id(s, sp));
	cc_reply_set_drill(v->r, "trace %.*s", CC_STR_ARG(trace));
	cc_reply_set_op(v->r, trace);
}

/* One trace has no before: what stands after it has the titles to itself. */
static const cc_column *columns_of(const view *v)
{
	cc_column *own = v->one ? cc_arena_array(cc_reply_arena(v->r), COLUMNS, sizeof *own) : NULL;
	for (size_t i = 0; own && i < COLUMNS; i++) {
		own[i] = columns[i];
		if (i && cc_str_eqz(cc_str_from(columns[i].title), "after"))
			own[i].title = columns[i - 1].title;
	}
	return own ? own : columns;
}

static void facts(const view *v)
{
	cc_reply_begin_facts(v->r, "breakdown", NULL);
	if (v->one) {
		cc_reply_fact(v->r, "mean_after_ns", "duration", cc_cell_duration(v->b.whole_ns[1]), CC_ROLE_TEXT);
		return;
	}
	cc_reply_fact(v->r, "traces_before", "traces before", cc_cell_int((int64_t)v->b.traces[0]), CC_ROLE_TEXT);
	cc_reply_fact(v->r, "traces_after", "traces after", cc_cell_int((int64_t)v->b.traces[1]), CC_ROLE_TEXT);
	for (int side = 0; side < 2; side++)
		cc_reply_fact(v->r, side ? "mean_after_ns" : "mean_before_ns", side ? "mean after" : "mean before",
			v->b.traces[side] ? cc_cell_duration(v->b.whole_ns[side] / (int64_t)v->b.traces[side]) : cc_cell_none(), CC_ROLE_TEXT);
}

/* What is asked for: one trace, or those of the scope, along a path. */
static cc_code scope(cc_call *c, cc_breakdown_options *o, cc_chain *chain, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	const char *trace = cc_arg(c, "trace"), *path = cc_arg(c, "path"), *by = cc_arg(c, "by");
	cc_code code = CC_OK;
	*o = (cc_breakdown_options){ .pivot_ns = ev_pivot(c), .range = ev_window(c), .focus = ev_focus(c), .trace = SIZE_MAX,
		.operations = by && by[0] == 'o', .unranked = !cc_session_assist(c->session, CC_ASSIST_RANKS), .cancel = c->cancel };
	if (trace) {
		code = cc_traces_find(s, cc_str_from(trace), &o->trace, err);
		o->pivot_ns = CC_TIME_NONE;
	}
	if (code == CC_OK && path) {
		code = cc_chain_parse(s, cc_str_from(path), chain, err);
		o->chain = chain;
	}
	return code;
}

static void describe(const view *v, const cc_breakdown_options *o)
{
	const char *path = cc_arg(v->c, "path");
	if (v->one) {
		cc_str id = cc_trace_text(v->c, cc_traces_get(snap(v->c), o->trace)->id);
		cc_reply_set_title(v->r, "BREAKDOWN of %.*s", CC_STR_ARG(id));
	} else {
		cc_reply_set_title(v->r, "BREAKDOWN before and after %s%s%s%s%.*s", ev_pivot_name(v->c), path ? " | along " : "", path ? path : "",
			o->focus ? " | through " : "", CC_STR_ARG(o->focus ? ev_entity_text(v->c, o->focus) : CC_STR_EMPTY));
	}
	cc_reply_set_empty(v->r, "no traces here");
	cc_reply_add_note(v->r, "%s; crit adds up to the whole trace", v->one ? "crit: time of the critical path spent in it" :
		"means of a trace: what is added is what it made traces longer by");
}

static cc_code run_breakdown(cc_call *c, cc_reply *r, cc_err *err)
{
	view v = { .c = c, .r = r, .one = cc_arg(c, "trace") != NULL };
	cc_breakdown_options o;
	cc_chain chain;
	cc_page page = cc_call_page(c);
	cc_code code = scope(c, &o, &chain, err);
	if (code == CC_OK)
		code = cc_breakdown_build(&v.b, snap(c), &o, err);
	if (code != CC_OK)
		return code;
	describe(&v, &o);
	facts(&v);
	cc_reply_begin_table(r, "parts", NULL, columns_of(&v), COLUMNS, true);
	cc_reply_table_spans(r);
	for (size_t i = (size_t)page.offset; i < v.b.rows.n && i < page.offset + page.limit; i++)
		put_row(&v, &v.b.rows.p[i]);
	cc_reply_set_paging(r, v.b.rows.n, page.offset, page.limit);
	cc_breakdown_deinit(&v.b);
	return CC_OK;
}

static const char *const by_choices[] = { "service", "operation", NULL };

const cc_cmd cc_cmd_breakdown = {
	.name = "breakdown",
	.alias = "bd",
	.group = "evidence",
	.summary = "where the time of traces goes, by service or operation, before and after the pivot",
	.help = "The critical path of a trace covers its whole length once, so the parts of a mean trace add up, and what a service added is what "
		"traces became longer by. self is work of its own, on the path or beside it. Of one trace: a table of its services or operations.",
	.params = (const cc_param[]){ { .name = "trace", .type = CC_PARAM_WORD, .positional = true, .completer = CC_COMPLETE_TRACE,
					.help = "only this one; without it all of the scope" },
		{ .name = "by", .type = CC_PARAM_CHOICE, .choices = by_choices, .completer = CC_COMPLETE_CHOICE, .help = "service (default) or operation" },
		{ .name = "path", .type = CC_PARAM_WORD, .help = "only traces along it, as `paths` writes it: \"frontend > checkout\"" },
		EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_TRACES),
	.examples = (const char *const[]){ "breakdown", "breakdown by=operation limit=10", NULL },
	.reply = (const char *const[]){ "breakdown  facts: traces_before, traces_after, mean_before_ns, mean_after_ns (of whole traces; of one only the last)",
		"parts[]    service, operation, critical_before_ns, critical_after_ns, added_ns, share_before, share_after (% of the critical path),",
		"    self_before_ns, self_after_ns, spans_before, spans_after (a trace), errors_before, errors_after,",
		"    mean_before_ns, mean_after_ns (of one span), entity, cite (an example)", NULL },
	.run = run_breakdown,
};
