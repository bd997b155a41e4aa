/* cmd_traces.c - `traces`: a list of traces, and how long they took over time. */
#include "cmd/find.h"
#include "cmd/trace_words.h"

#include <stdlib.h>
#include "coldcase/spans.h"

static const cc_column list_columns[] = {
	{ "start", "Start", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "duration_ns", "Dur", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 0 },
	{ "bar", "0", CC_CELL_BAR, CC_ROLE_INFO, 10, 3 },
	{ "rank", "Of all", CC_CELL_TEXT, CC_ROLE_CHANGED, 4, 2 },
	{ "spans", "Spans", CC_CELL_INT, CC_ROLE_TEXT, 5, 1 },
	{ "errors", "Err", CC_CELL_INT, CC_ROLE_CRITICAL, 4, 0 },
	{ "error_logs", "ELog", CC_CELL_INT, CC_ROLE_WARNING, 4, 1 },
	{ "services", "Svcs", CC_CELL_INT, CC_ROLE_DIM, 4, 3 },
	{ "root_status", "Root", CC_CELL_TEXT, CC_ROLE_CRITICAL, 8, 2 },
	{ "service", "Root service", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 },
	{ "name", "Root span", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "orphans", "Orph", CC_CELL_INT, CC_ROLE_DIM, 4, 4 },
	{ "trace", "Trace", CC_CELL_TEXT, CC_ROLE_OP, 33, 2 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

enum { LIST_COLUMNS = sizeof list_columns / sizeof list_columns[0], LIST_BAR = 2, SLICES = 48 };

/* What the durations of all traces that fit come to: bars reach to the 99th percentile. */
typedef struct scale { int64_t p50, p99; } scale;

static int64_t duration_of(const cc_trace *t)
{
	int64_t d;
	return __builtin_sub_overflow(t->end_ns, t->start_ns, &d) ? INT64_MAX : d;
}

static void list_row(cc_call *c, cc_reply *r, const cc_trace *t, scale of)
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
	cc_reply_cell(r, cc_cell_duration(duration_of(t)));
	cc_reply_cell(r, cc_cell_bar(0, of.p99 > 0 ? (double)duration_of(t) / (double)of.p99 : 0));
	cc_reply_cell(r, cc_cell_textz(duration_of(t) > of.p99 ? ">p99" : duration_of(t) > of.p50 ? ">p50" : ""));
	cc_reply_cell(r, cc_cell_int(t->count));
	cc_reply_cell(r, cc_cell_int(t->errors));
	cc_reply_cell(r, cc_cell_int(t->error_logs));
	cc_reply_cell(r, cc_cell_int(t->services));
	cc_reply_cell(r, cc_cell_text(root->status == CC_STATUS_ERROR ? cc_span_code(c, root) : CC_STR_EMPTY));
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

/* --- durations over time --- */

typedef struct strips { double slowest[SLICES], failed[SLICES]; cc_range range; } strips;

static size_t slice_of(const cc_range *r, int64_t t)
{
	double width = (double)r->to_ns - (double)r->from_ns, at = width > 0 ? ((double)t - (double)r->from_ns) / width * SLICES : 0;
	return at <= 0 ? 0 : at >= SLICES - 1 ? SLICES - 1 : (size_t)at;
}

static void fill_strips(strips *st, const cc_snapshot *s, const cc_index_vec *rows)
{
	st->range = (cc_range){ INT64_MAX, INT64_MIN };
	for (size_t i = 0; i < rows->n; i++) {
		int64_t t = cc_traces_get(s, rows->p[i])->start_ns;
		st->range.from_ns = t < st->range.from_ns ? t : st->range.from_ns;
		st->range.to_ns = t > st->range.to_ns ? t : st->range.to_ns;
	}
	for (size_t i = 0; i < rows->n; i++) {
		const cc_trace *t = cc_traces_get(s, rows->p[i]);
		size_t at = slice_of(&st->range, t->start_ns);
		double d = (double)duration_of(t);
		st->slowest[at] = d > st->slowest[at] ? d : st->slowest[at];
		st->failed[at] += t->errors > 0;
	}
}

/* A bar in each slice, and where before ends. */
static cc_cell strip_cell(cc_call *c, cc_reply *r, const strips *st, const double *points)
{
	char *bars = cc_arena_array(cc_reply_arena(r), SLICES, 1);
	double *own = cc_arena_array(cc_reply_arena(r), SLICES, sizeof *own);
	int64_t pivot = ev_pivot(c);
	for (size_t i = 0; bars && own && i < SLICES; i++) {
		bars[i] = points[i] > 0 ? '#' : '.';
		own[i] = points[i];
	}
	if (!bars || !own)
		return cc_cell_none();
	return cc_cell_strip(own, SLICES, (cc_str){ bars, SLICES },
		pivot > st->range.from_ns && pivot <= st->range.to_ns ? slice_of(&st->range, pivot) : SIZE_MAX);
}

static cc_code list_facts(cc_call *c, cc_reply *r, const cc_index_vec *rows, scale *of, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	int64_t *all = cc_arena_array(c->arena, rows->n ? rows->n : 1, sizeof *all);
	strips st = { .range = { 0, 0 } };
	if (!all)
		return cc_err_set(err, CC_ENOMEM, "traces: out of memory");
	for (size_t i = 0; i < rows->n; i++)
		all[i] = duration_of(cc_traces_get(s, rows->p[i]));
	*of = (scale){ cc_percentile(all, rows->n, 0.5), cc_percentile(all, rows->n, 0.99) };
	if (rows->n < 2)
		return CC_OK;
	fill_strips(&st, s, rows);
	cc_reply_begin_facts(r, "durations", NULL);
	cc_reply_fact(r, "p50_ns", "p50", cc_cell_duration(of->p50), CC_ROLE_TEXT);
	cc_reply_fact(r, "p99_ns", "p99", cc_cell_duration(of->p99), CC_ROLE_TEXT);
	cc_reply_fact(r, "from", "from", cc_cell_time(st.range.from_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "to", "to", cc_cell_time(st.range.to_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "slowest", "slowest", strip_cell(c, r, &st, st.slowest), CC_ROLE_TEXT);
	cc_reply_fact(r, "failed", "failed", strip_cell(c, r, &st, st.failed), CC_ROLE_CRITICAL);
	return cc_trace_scatter(c, r, rows) ? CC_OK : cc_err_set(err, CC_ENOMEM, "traces: out of memory");
}

/* Bars are headed by a ruler: "0 - 31ms - 62ms". */
static const cc_column *columns_of(cc_reply *r, scale of)
{
	cc_arena *arena = cc_reply_arena(r);
	cc_column *own = cc_arena_array(arena, LIST_COLUMNS, sizeof *own);
	cc_buf end = CC_BUF_INIT;
	for (size_t i = 0; own && i < LIST_COLUMNS; i++)
		own[i] = list_columns[i];
	cc_duration_format(&end, of.p99);
	cc_str title = cc_arena_printf(arena, "0 - %.*s", CC_STR_ARG(cc_buf_str(&end)));
	cc_buf_deinit(&end);
	if (own && title.p)
		own[LIST_BAR].title = title.p;
	return own ? own : list_columns;
}

static cc_code run_traces(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	const char *order = cc_arg(c, "order");
	ev_list l;
	scale of = { 0, 0 };
	cc_code code = ev_list_select(&l, c, CC_TABLE_TRACES, err);
	if (code == CC_OK && cc_arg(c, "path"))
		code = keep_path(c, &l, err);
	if (code == CC_OK && order && order[0] != 'o')
		code = sort_rows(c, &l.rows, order[0], err);
	if (code != CC_OK)
		goto done;
	ev_list_describe(&l, c, r, cc_arg(c, "path") ? cc_arena_printf(c->arena, "TRACES along %s", cc_arg(c, "path")).p : "TRACES");
	code = list_facts(c, r, &l.rows, &of, err);
	if (code != CC_OK)
		goto done;
	code = ev_list_find(&l, c, r, false, err);
	if (code != CC_OK)
		goto done;
	cc_reply_begin_table(r, "traces", NULL, columns_of(r, of), LIST_COLUMNS, true);
	for (size_t i = l.from; i < l.to; i++)
		list_row(c, r, cc_traces_get(s, l.rows.p[i]), of);
	ev_note_no_status(c, r);
	ev_note_early_errors(c, r);
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
		EV_PARAMS_FIND, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_TRACES) | CC_KIND_BIT(CC_FILE_LOGS),
	.examples = (const char *const[]){ "traces", "traces errors>0", "traces duration>500ms order=slowest limit=20",
		"traces find=errors>0 near=10 limit=5", NULL },
	.reply = (const char *const[]){ EV_REPLY_FIND, "durations             facts of all that fit: p50_ns, p99_ns, from, to, slowest and failed (48 slices of that time);",
		"    gap_from, gap_to: a long time in which none began",
		"scatter[]             six bands of durations, the longest first: upto_ns; traces, failed (counts in 60 slices of that time, null for the gap)",
		"traces[].bar          {from,to}: duration, 1 = the 99th percentile", "traces[].rank         >p50, >p99 or empty",
		"traces[].root_status  how the root span failed, or empty", "traces[].start        first span's start", "traces[].duration_ns  first start to last end", "traces[].spans        spans",
		"traces[].errors       spans with status Error", "traces[].error_logs   ERROR and FATAL log records that carry its id", "traces[].services     distinct services", "traces[].service      of the root",
		"traces[].name         of the root span", "traces[].orphans      spans whose parent is missing", "traces[].trace        id", "traces[].cite         root span", NULL },
	.filter_table = "traces",
	.run = run_traces,
};
