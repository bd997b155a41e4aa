/* cmd_traces.c - `traces`: a list of traces. */
#include "cmd/trace_words.h"

#include <stdlib.h>
#include "coldcase/spans.h"

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
	cc_str id = cc_trace_text(c, t->id);
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
