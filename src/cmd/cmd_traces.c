/* cmd_traces.c - `traces` lists traces, `trace` draws one as a waterfall, `span` shows one span. */
#include "cmd/evidence.h"

#include <stdlib.h>
#include "coldcase/spans.h"
#include "coldcase/traceview.h"

static cc_str id_text(cc_call *c, cc_id128 id)
{
	cc_buf b = CC_BUF_INIT;
	cc_id128_format(&b, id);
	cc_str s = cc_arena_dup(c->arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return s.p ? s : CC_STR_EMPTY;
}

static const cc_column list_columns[] = {
	{ "start", "Start", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "duration_ns", "Dur", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 0 },
	{ "spans", "Spans", CC_CELL_INT, CC_ROLE_TEXT, 5, 1 },
	{ "errors", "Err", CC_CELL_INT, CC_ROLE_CRITICAL, 4, 0 },
	{ "error_logs", "ELog", CC_CELL_INT, CC_ROLE_WARNING, 4, 1 },
	{ "services", "Svcs", CC_CELL_INT, CC_ROLE_DIM, 4, 3 },
	{ "service", "Root service", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 },
	{ "name", "Root span", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "orphans", "Orph", CC_CELL_INT, CC_ROLE_DIM, 4, 4 },
	{ "trace", "Trace", CC_CELL_TEXT, CC_ROLE_OP, 33, 2 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

static void list_row(cc_call *c, cc_reply *r, const cc_trace *t)
{
	const cc_snapshot *s = snap(c);
	const cc_span *root = cc_spans_get(s, t->root);
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	cc_str id = id_text(c, t->id);
	row->entity = root->entity, row->cite = root->cite, row->time_ns = t->start_ns;
	row->mark = t->errors ? CC_ROLE_CRITICAL : t->error_logs ? CC_ROLE_WARNING : CC_ROLE_TEXT;
	cc_reply_cell(r, cc_cell_time(t->start_ns));
	cc_reply_cell(r, cc_cell_duration(t->end_ns - t->start_ns));
	cc_reply_cell(r, cc_cell_int(t->count));
	cc_reply_cell(r, cc_cell_int(t->errors));
	cc_reply_cell(r, cc_cell_int(t->error_logs));
	cc_reply_cell(r, cc_cell_int(t->services));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, root->service)));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, root->name)));
	cc_reply_cell(r, cc_cell_int(t->orphans));
	cc_reply_cell(r, cc_cell_text(id));
	cc_reply_cell(r, cc_cell_cite(root->cite));
	cc_reply_set_drill(r, "trace %.*s", CC_STR_ARG(id));
	cc_reply_set_op(r, id);
}

typedef struct sort_key { int64_t key; uint32_t row; } sort_key;

static int by_key_desc(const void *a, const void *b)
{
	const sort_key *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? 1 : -1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static cc_code sort_rows(cc_call *c, cc_index_vec *rows, char order, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	sort_key *keys = cc_arena_array(c->arena, rows->n ? rows->n : 1, sizeof *keys);
	if (!keys)
		return cc_err_set(err, CC_ENOMEM, "traces: out of memory");
	for (size_t i = 0; i < rows->n; i++) {
		const cc_trace *t = cc_traces_get(s, rows->p[i]);
		keys[i] = (sort_key){ order == 's' ? t->end_ns - t->start_ns : order == 'e' ? (int64_t)t->errors : t->start_ns, rows->p[i] };
	}
	qsort(keys, rows->n, sizeof *keys, by_key_desc);
	for (size_t i = 0; i < rows->n; i++)
		rows->p[i] = keys[i].row;
	return CC_OK;
}

/* Keeps the traces along the path that was asked for. */
static cc_code keep_path(cc_call *c, ev_list *l, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	cc_chain chain;
	size_t kept = 0;
	cc_code code = cc_chain_parse(s, cc_str_from(cc_arg(c, "path")), &chain, err);
	for (size_t i = 0; code == CC_OK && i < l->rows.n; i++) {
		if (i % 1024 == 0 && cc_canceled(c->cancel))
			code = cc_err_set(err, CC_ECANCELED, "traces: canceled");
		else if (cc_trace_follows(s, cc_traces_get(s, l->rows.p[i]), &chain))
			l->rows.p[kept++] = l->rows.p[i];
	}
	ev_list_keep(l, kept);
	return code;
}

static cc_code run_traces(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	const char *order = cc_arg(c, "order");
	ev_list l;
	cc_code code = ev_list_select(&l, c, CC_TABLE_TRACES, err);
	if (code == CC_OK && cc_arg(c, "path"))
		code = keep_path(c, &l, err);
	if (code == CC_OK && order && order[0] != 'o')
		code = sort_rows(c, &l.rows, order[0], err);
	if (code != CC_OK)
		goto done;
	ev_list_describe(&l, c, r, cc_arg(c, "path") ? cc_arena_printf(c->arena, "TRACES along %s", cc_arg(c, "path")).p : "TRACES");
	cc_reply_begin_table(r, "traces", NULL, list_columns, sizeof list_columns / sizeof list_columns[0], true);
	for (size_t i = l.from; i < l.to; i++)
		list_row(c, r, cc_traces_get(s, l.rows.p[i]));
	ev_note_no_status(c, r);
	ev_note_skipped(c, r, CC_FILE_TRACES);
done:
	ev_list_deinit(&l);
	return code;
}

static const char *const orders[] = { "oldest", "newest", "slowest", "errors", NULL };

const cc_cmd cc_cmd_traces = {
	.name = "traces",
	.alias = "tr",
	.group = "evidence",
	.summary = "traces: start, duration, spans, errors, root",
	.params = (const cc_param[]){ EV_PARAM_FILTER("service=, errors>0, error_logs>0, duration>500ms, name=, since=, until="),
		{ .name = "path", .type = CC_PARAM_WORD, .help = "only traces along it, as `paths` writes it: \"frontend > checkout\"" },
		{ .name = "order", .type = CC_PARAM_CHOICE, .choices = orders, .completer = CC_COMPLETE_CHOICE, .help = "oldest (default), newest, slowest, errors" },
		EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_TRACES) | CC_KIND_BIT(CC_FILE_LOGS),
	.examples = (const char *const[]){ "traces", "traces errors>0", "traces duration>500ms order=slowest limit=20", NULL },
	.reply = (const char *const[]){ "traces[].start        first span's start", "traces[].duration_ns  first start to last end", "traces[].spans        spans",
		"traces[].errors       spans with status Error", "traces[].error_logs   ERROR and FATAL log records that carry its id", "traces[].services     distinct services", "traces[].service      of the root",
		"traces[].name         of the root span", "traces[].orphans      spans whose parent is missing", "traces[].trace        id", "traces[].cite         root span", NULL },
	.filter_table = "traces",
	.run = run_traces,
};

/* --- one trace --- */

static const cc_column fall_columns[] = {
	{ "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "status", "St", CC_CELL_TEXT, CC_ROLE_CRITICAL, 3, 0 },
	{ "name", "Span", CC_CELL_TEXT, CC_ROLE_TEXT, 30, 0 },
	{ "duration_ns", "Dur", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 0 },
	{ "bar", "Time", CC_CELL_BAR, CC_ROLE_INFO, 24, 0 },
	{ "self_ns", "Self", CC_CELL_DURATION, CC_ROLE_DIM, 7, 3 },
	{ "flags", "Flags", CC_CELL_TEXT, CC_ROLE_WARNING, 8, 2 },
	{ "error", "Error", CC_CELL_TEXT, CC_ROLE_CRITICAL, 40, 4 },
	{ "offset_ns", "At", CC_CELL_DURATION, CC_ROLE_DIM, 7, 255 },
	{ "kind", "Kind", CC_CELL_TEXT, CC_ROLE_DIM, 8, 255 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

/* Nearly every step of a synchronous trace lies on its critical path: crit names those that take 5 % of it themselves. */
static const char *fall_flags(cc_call *c, const cc_waterfall_row *w, int64_t whole)
{
	cc_str s = cc_arena_printf(c->arena, "%s%s%s%s", w->origin ? "origin " : "", w->critical && 20 * (double)w->critical_ns >= (double)whole ? "crit " : "", w->orphan ? "orphan " : "",
		w->skew ? "skew " : "");
	return s.p ? s.p : "";
}

static void fall_row(cc_call *c, cc_reply *r, const cc_waterfall_row *w, int64_t whole)
{
	const cc_snapshot *s = snap(c);
	const cc_span *sp = cc_spans_get(s, w->span);
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = sp->entity, row->cite = sp->cite, row->time_ns = sp->start_ns;
	row->depth = w->depth > 100 ? 100 : (int)w->depth;
	row->mark = w->error ? CC_ROLE_CRITICAL : CC_ROLE_TEXT;
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, sp->service)));
	cc_reply_cell(r, cc_cell_textz(w->error ? "ERR" : ""));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, sp->name)));
	cc_reply_cell(r, cc_cell_duration(w->duration_ns));
	cc_reply_cell(r, cc_cell_bar(w->from, w->to));
	cc_reply_cell(r, cc_cell_duration(w->self_ns));
	cc_reply_cell(r, cc_cell_text(cc_str_trim(cc_str_from(fall_flags(c, w, whole)))));
	cc_reply_cell(r, cc_cell_text(w->error ? cc_spans_error_text(s, sp, c->arena) : CC_STR_EMPTY));
	cc_reply_cell(r, cc_cell_duration(w->offset_ns));
	cc_reply_cell(r, cc_cell_textz(cc_span_kind_name((cc_span_kind)sp->kind)));
	cc_reply_cell(r, cc_cell_entity(sp->entity));
	cc_reply_cell(r, cc_cell_cite(sp->cite));
	cc_str cite = ev_cite_text(c, sp->cite);
	cc_reply_set_drill(r, "span %.*s", CC_STR_ARG(cite));
	cc_reply_set_op(r, cc_snapshot_sym(s, sp->service));
}

static const cc_column log_columns[] = {
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "level", "Level", CC_CELL_TEXT, CC_ROLE_TEXT, 5, 0 },
	{ "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 },
	{ "message", "Message", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 24, 255 },
};

static cc_code trace_logs(cc_call *c, cc_reply *r, size_t trace)
{
	const cc_snapshot *s = snap(c);
	cc_index_vec rows = { 0 };
	cc_code code = cc_waterfall_logs(s, trace, &rows);
	cc_reply_begin_table(r, "logs", rows.n ? "Logs of this trace" : NULL, log_columns, 5, false);
	for (size_t i = 0; i < rows.n && i < CC_REPLY_PAGE; i++) {
		const cc_logrec *l = cc_logs_get(s, rows.p[i]);
		cc_row *row = cc_reply_row(r);
		if (!row)
			break;
		row->entity = l->entity, row->cite = l->cite, row->time_ns = l->time_ns;
		row->mark = l->level >= CC_LEVEL_ERROR ? CC_ROLE_CRITICAL : l->level == CC_LEVEL_WARN ? CC_ROLE_WARNING : CC_ROLE_TEXT;
		cc_reply_cell(r, cc_cell_time(l->time_ns));
		cc_reply_cell(r, cc_cell_textz(cc_level_name((cc_level)l->level)));
		cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, l->service)));
		cc_reply_cell(r, cc_cell_text(ev_one_line(cc_logs_body(s, l, c->arena), 400)));
		cc_reply_cell(r, cc_cell_cite(l->cite));
		cc_str cite = ev_cite_text(c, l->cite);
		cc_reply_set_drill(r, "log %.*s", CC_STR_ARG(cite));
	}
	cc_vec_deinit(&rows);
	return code;
}

static void trace_facts(cc_reply *r, const cc_trace *t, const cc_waterfall *w)
{
	cc_reply_begin_facts(r, "trace", NULL);
	cc_reply_fact(r, "start", "start", cc_cell_time(t->start_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "duration_ns", "duration", cc_cell_duration(cc_waterfall_duration(w)), CC_ROLE_TEXT);
	cc_reply_fact(r, "spans", "spans", cc_cell_int(t->count), CC_ROLE_TEXT);
	cc_reply_fact(r, "errors", "errors", cc_cell_int(t->errors), t->errors ? CC_ROLE_CRITICAL : CC_ROLE_TEXT);
	cc_reply_fact(r, "services", "services", cc_cell_int(t->services), CC_ROLE_TEXT);
	if (cc_waterfall_orphans(w))
		cc_reply_add_note(r, "%zu spans name a parent that was not recorded and stand as roots of their own", cc_waterfall_orphans(w));
	if (cc_waterfall_skewed(w))
		cc_reply_add_note(r, "%zu spans do not fit inside their parent: clocks differ, or the work went on after the answer", cc_waterfall_skewed(w));
}

static cc_code run_trace(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	cc_waterfall *w = NULL;
	size_t i;
	cc_code code = cc_traces_find(s, cc_str_from(cc_arg(c, "trace")), &i, err);
	if (code == CC_OK)
		code = cc_waterfall_build(&w, s, i, err);
	if (code != CC_OK)
		return code;
	cc_page page = cc_call_page(c);
	const cc_trace *t = cc_traces_get(s, i);
	cc_str id = id_text(c, t->id);
	cc_reply_set_title(r, "TRACE %.*s", CC_STR_ARG(id));
	trace_facts(r, t, w);
	cc_reply_begin_table(r, "spans", NULL, fall_columns, sizeof fall_columns / sizeof fall_columns[0], true);
	size_t n = cc_waterfall_count(w);
	for (size_t k = (size_t)page.offset; k < n && k < page.offset + page.limit; k++)
		fall_row(c, r, cc_waterfall_get(w, k), cc_waterfall_duration(w));
	cc_reply_set_paging(r, n, page.offset, page.limit);
	code = trace_logs(c, r, i);
	cc_waterfall_free(w);
	return code;
}

const cc_cmd cc_cmd_trace = {
	.name = "trace",
	.alias = "wf",
	.group = "evidence",
	.summary = "one trace as a waterfall, with its logs",
	.help = "origin marks a failing span none of whose children fails: the error began there. crit marks the spans in which "
		"the critical path spends at least 5 % of the trace.",
	.params = (const cc_param[]){ { .name = "trace", .type = CC_PARAM_WORD, .required = true, .positional = true, .completer = CC_COMPLETE_TRACE,
					.help = "trace id, or its first 4 or more digits" }, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_TRACES) | CC_KIND_BIT(CC_FILE_LOGS),
	.examples = NULL,
	.reply = (const char *const[]){ "trace      facts: start, duration_ns, spans, errors, services",
		"spans[]    service, status (ERR or empty), name, duration_ns, bar {from,to}, self_ns, flags, error, offset_ns, kind, entity, cite, depth",
		"logs[]     time, level, service, message, cite: records that carry this trace id", NULL },
	.run = run_trace,
};

/* --- one span --- */

static void span_attrs(cc_call *c, cc_reply *r, const cc_span *sp, char which, const char *key, const char *title)
{
	static const cc_column columns[] = { { "key", "Key", CC_CELL_TEXT, CC_ROLE_DIM, 28, 0 }, { "value", "Value", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 } };
	cc_kv_vec kv = { 0 };
	cc_spans_attrs(snap(c), sp, which, &kv, c->arena);
	cc_reply_begin_table(r, key, title, columns, 2, false);
	for (size_t i = 0; i < kv.n && cc_reply_row(r); i++) {
		cc_reply_cell(r, cc_cell_text(kv.p[i].key));
		cc_reply_cell(r, cc_cell_text(kv.p[i].value));
	}
	cc_vec_deinit(&kv);
}

static void span_events(cc_call *c, cc_reply *r, const cc_span *sp)
{
	static const cc_column columns[] = { { "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 }, { "name", "Event", CC_CELL_TEXT, CC_ROLE_HEADING, 20, 0 },
		{ "attributes", "Attributes", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 } };
	cc_span_event_vec ev = { 0 };
	cc_spans_events(snap(c), sp, &ev, c->arena);
	cc_reply_begin_table(r, "events", ev.n ? "Span events" : NULL, columns, 3, false);
	for (size_t i = 0; i < ev.n && cc_reply_row(r); i++) {
		cc_reply_cell(r, cc_cell_time(ev.p[i].time_ns));
		cc_reply_cell(r, cc_cell_text(ev.p[i].name));
		cc_reply_cell(r, cc_cell_text(ev.p[i].attributes));
	}
	cc_vec_deinit(&ev);
}

static cc_code run_span(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	size_t i;
	cc_code code = ev_row_of_cite(c, CC_TABLE_SPANS, "span", &i, err);
	if (code != CC_OK)
		return code;
	const cc_span *sp = cc_spans_get(s, i);
	cc_str message = cc_spans_error_text(s, sp, c->arena);
	cc_reply_set_title(r, "SPAN %.*s %.*s", CC_STR_ARG(cc_snapshot_sym(s, sp->service)), CC_STR_ARG(cc_snapshot_sym(s, sp->name)));
	cc_reply_begin_facts(r, "span", NULL);
	cc_reply_fact(r, "start", "start", cc_cell_time(sp->start_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "duration_ns", "duration", cc_cell_duration(sp->duration_ns), CC_ROLE_TEXT);
	cc_reply_fact(r, "service", "service", cc_cell_text(cc_snapshot_sym(s, sp->service)), CC_ROLE_ENTITY);
	cc_reply_fact(r, "entity", "entity", cc_cell_entity(sp->entity), CC_ROLE_ENTITY);
	cc_reply_fact(r, "kind", "kind", cc_cell_textz(cc_span_kind_name((cc_span_kind)sp->kind)), CC_ROLE_TEXT);
	cc_reply_fact(r, "status", "status", cc_cell_textz(cc_span_status_name((cc_span_status)sp->status)),
		sp->status == CC_STATUS_ERROR ? CC_ROLE_CRITICAL : CC_ROLE_TEXT);
	cc_reply_fact(r, "error", "error", message.n ? cc_cell_text(message) : cc_cell_none(), CC_ROLE_CRITICAL);
	cc_reply_fact(r, "trace", "trace", cc_cell_text(id_text(c, cc_spans_trace_id(s, sp))), CC_ROLE_OP);
	cc_reply_fact(r, "span", "span id", cc_cell_text(cc_arena_printf(c->arena, "%016llx", (unsigned long long)sp->id)), CC_ROLE_OP);
	cc_reply_fact(r, "cite", "cite", cc_cell_cite(sp->cite), CC_ROLE_DIM);
	span_events(c, r, sp);
	span_attrs(c, r, sp, 's', "attributes", "Attributes");
	span_attrs(c, r, sp, 'r', "resource", "Resource");
	return CC_OK;
}

const cc_cmd cc_cmd_span = {
	.name = "span",
	.group = "evidence",
	.summary = "one span: status, error, events, attributes",
	.params = (const cc_param[]){ { .name = "span", .type = CC_PARAM_CITE, .required = true, .positional = true,
					.help = "its citation, as `trace` shows it" }, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_TRACES),
	.examples = (const char *const[]){ "span otel_traces_raw.tsv#1", NULL },
	.reply = (const char *const[]){ "span          facts: start, duration_ns, service, entity, kind, status, error, trace, span, cite",
		"events[]      time, name, attributes", "attributes[]  key, value", "resource[]    key, value", NULL },
	.run = run_span,
};
