/* cmd_group.c - `group`: rows of any table by the values of a field: how many, since when, what is new. What one would ask a database
 * with GROUP BY. */
#include "cmd/evidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coldcase/aggregate.h"

/* The tables, the field that groups unless by= names one, the command that lists rows of one value, and whether a row is something
 * that happened: objects, series and edges last, so that nothing can be said of before and after. */
static const char *const tables[] = { "logs", "spans", "traces", "events", "alerts", "objects", "metrics", "edges", NULL };
static const struct { const char *field, *list; cc_table table; bool happens; } about[] = {
	{ "service", "logs", CC_TABLE_LOGS, true }, { "service", NULL, CC_TABLE_SPANS, true }, { "root", "traces", CC_TABLE_TRACES, true },
	{ "reason", "events", CC_TABLE_EVENTS, true }, { "name", "alerts", CC_TABLE_ALERTS, true }, { "kind", "objects", CC_TABLE_OBJECTS, false },
	{ "metric", "metrics", CC_TABLE_METRICS, false }, { "kind", NULL, CC_TABLE_EDGES, false },
};
static const char *const orders[] = { "count", "change", "first", "value", NULL };

static const cc_column columns[] = {
	{ "value", "Value", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "count", "Count", CC_CELL_INT, CC_ROLE_TEXT, 7, 0 },
	{ "errors", "Errors", CC_CELL_INT, CC_ROLE_CRITICAL, 6, 0 },
	{ "change", "Change", CC_CELL_TEXT, CC_ROLE_CHANGED, 6, 0 },
	{ "before_per_min", "/min before", CC_CELL_NUMBER, CC_ROLE_DIM, 11, 2 },
	{ "after_per_min", "/min after", CC_CELL_NUMBER, CC_ROLE_TEXT, 10, 2 },
	{ "trend", "Trend", CC_CELL_SPARK, CC_ROLE_INFO, CC_GROUP_SLICES, 1 },
	{ "first", "First", CC_CELL_TIME, CC_ROLE_TIME, 9, 1 },
	{ "last", "Last", CC_CELL_TIME, CC_ROLE_TIME, 9, 3 },
	{ "before", "Before", CC_CELL_INT, CC_ROLE_DIM, 7, 255 },
	{ "after", "After", CC_CELL_INT, CC_ROLE_TEXT, 7, 255 },
	{ "example", "Example", CC_CELL_CITE, CC_ROLE_DIM, 24, 255 },
};

static size_t which(const cc_call *c)
{
	size_t i = 0;
	while (strcmp(tables[i], cc_arg(c, "table")) != 0)
		i++;
	return i;
}

static const char *field_of(const cc_call *c)
{
	return cc_arg_given(c, "by") ? cc_arg(c, "by") : about[which(c)].field;
}

/* --- order --- */

static double weight_of(const cc_group *g)
{
	if (g->before + g->after == 0)
		return 0;
	if (g->before == 0)
		return 100 + log1p((double)g->after);
	return fabs(log2((g->after_per_min + 0.01) / (g->before_per_min + 0.01))) * log1p((double)(g->before + g->after));
}

static int by_change(const void *a, const void *b)
{
	double x = weight_of(a), y = weight_of(b);
	return x != y ? (x < y ? 1 : -1) : cc_str_cmp(((const cc_group *)a)->value, ((const cc_group *)b)->value);
}

static int by_value(const void *a, const void *b)
{
	return cc_str_cmp(((const cc_group *)a)->value, ((const cc_group *)b)->value);
}

static int by_first(const void *a, const void *b)
{
	int64_t x = ((const cc_group *)a)->first_ns, y = ((const cc_group *)b)->first_ns;
	return x != y ? (x < y ? -1 : 1) : by_value(a, b);
}

/* Where nothing is ranked the order is that of counts, in which they came. */
static void sort(const cc_call *c, cc_group_vec *groups)
{
	const char *order = cc_arg_given(c, "order") ? cc_arg(c, "order") : "count";
	bool change = strcmp(order, "change") == 0 && cc_session_assist(c->session, CC_ASSIST_NEW);
	if (groups->n && (change || *order != 'c'))
		qsort(groups->p, groups->n, sizeof *groups->p, change ? by_change : *order == 'f' ? by_first : by_value);
}

/* --- rows --- */

/* Enter lists the rows: with the field's value in the line, so that it can be asked by hand, too. */
static void set_drill(cc_call *c, cc_reply *r, const cc_group *g)
{
	const char *list = about[which(c)].list, *filter = cc_arg(c, "filter");
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "%s %s", list ? list : "", field_of(c));
	cc_buf_addz(&b, g->value.n ? "=" : "!=*");
	if (g->value.n)
		cc_filter_quote(&b, g->value);
	if (filter && *filter)
		cc_buf_addf(&b, " (%s)", filter);
	if (cc_arg_bool(c, "all", false))
		cc_buf_addz(&b, " all=yes");
	if (list && cc_buf_ok(&b) && g->value.n <= 500)
		cc_reply_set_drill(r, "%s", b.p);
	cc_buf_deinit(&b);
}

static cc_cell trend(cc_call *c, const cc_group *g)
{
	double *points = cc_arena_array(c->arena, CC_GROUP_SLICES, sizeof *points);
	for (size_t i = 0; points && i < CC_GROUP_SLICES; i++)
		points[i] = g->slices[i];
	return points && g->first_ns != CC_TIME_NONE && about[which(c)].happens ? cc_cell_spark(points, CC_GROUP_SLICES) : cc_cell_none();
}

static cc_cell time_of(cc_call *c, int64_t ns)
{
	return ns == CC_TIME_NONE || !about[which(c)].happens ? cc_cell_none() : cc_cell_time(ns);
}

static void group_row(cc_call *c, cc_reply *r, const cc_group *g)
{
	cc_table t = about[which(c)].table;
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	bool names = strcmp(field_of(c), "service") == 0 || strcmp(field_of(c), "pod") == 0 || strcmp(field_of(c), "entity") == 0;
	row->entity = names ? cc_table_entity(snap(c), t, g->example) : 0;
	row->cite = cc_table_cite(snap(c), t, g->example);
	row->time_ns = about[which(c)].happens ? g->first_ns : CC_TIME_NONE;
	cc_reply_cell(r, g->value.n ? cc_cell_text(ev_one_line(g->value, 400)) : cc_cell_none());
	cc_reply_cell(r, cc_cell_int((int64_t)g->count));
	cc_reply_cell(r, about[which(c)].happens ? cc_cell_int((int64_t)g->errors) : cc_cell_none());
	cc_reply_cell(r, ev_change(c, g->before, g->after, g->before_per_min, g->after_per_min));
	cc_reply_cell(r, ev_per_min(g->before_per_min));
	cc_reply_cell(r, ev_per_min(g->after_per_min));
	cc_reply_cell(r, trend(c, g));
	cc_reply_cell(r, time_of(c, g->first_ns));
	cc_reply_cell(r, time_of(c, g->last_ns));
	cc_reply_cell(r, isnan(g->before_per_min) ? cc_cell_none() : cc_cell_int((int64_t)g->before));
	cc_reply_cell(r, isnan(g->before_per_min) ? cc_cell_none() : cc_cell_int((int64_t)g->after));
	cc_reply_cell(r, row->cite.file ? cc_cell_cite(row->cite) : cc_cell_none());
	set_drill(c, r, g);
}

static cc_code run_group(cc_call *c, cc_reply *r, cc_err *err)
{
	size_t at = which(c);
	cc_group_options o = { .pivot_ns = ev_pivot(c), .time = { ev_window(c), { CC_TIME_NONE, CC_TIME_NONE } }, .cancel = c->cancel };
	cc_group_vec groups = { 0 };
	ev_list l;
	if (!about[at].happens)
		o.pivot_ns = CC_TIME_NONE;
	if (about[at].table == CC_TABLE_LOGS || about[at].table == CC_TABLE_SPANS || about[at].table == CC_TABLE_TRACES)
		o.time = cc_recording_within(snap(c), ev_window(c));
	cc_code code = ev_list_select(&l, c, about[at].table, err);
	if (code == CC_OK)
		code = cc_group_rows(&groups, snap(c), about[at].table, cc_str_from(field_of(c)), &l.rows, &o, c->arena, err);
	if (code != CC_OK)
		goto done;
	sort(c, &groups);
	ev_list_describe(&l, c, r, cc_arena_printf(c->arena, "GROUP %s by=%s", tables[at], field_of(c)).p);
	cc_reply_set_paging(r, groups.n, l.page.offset, l.page.limit);
	cc_reply_begin_table(r, "values", NULL, columns, sizeof columns / sizeof columns[0], true);
	cc_reply_table_spans(r);
	for (size_t i = (size_t)l.page.offset; i < groups.n && i < l.page.offset + l.page.limit; i++)
		group_row(c, r, &groups.p[i]);
	bool parted = o.pivot_ns != CC_TIME_NONE;
	cc_reply_add_note(r, "%zu row%s of %s, %zu value%s%s%s", l.rows.n, l.rows.n == 1 ? "" : "s", tables[at], groups.n,
		groups.n == 1 ? "" : "s", parted ? "; before and after are divided by " : "", parted ? ev_pivot_name(c) : "");
done:
	cc_vec_deinit(&groups);
	ev_list_deinit(&l);
	return code;
}

const cc_cmd cc_cmd_group = {
	.name = "group",
	.group = "evidence",
	.summary = "rows of a table by the values of a field: how many, since when, what is new",
	.help = "by= takes any field of the table's filter, attributes too: group logs by=attr.k8s.node.name. A row without the field counts "
		"under an empty value. Enter on a value lists its rows.",
	.params = (const cc_param[]){ { .name = "table", .type = CC_PARAM_CHOICE, .required = true, .positional = true, .choices = tables,
					.completer = CC_COMPLETE_CHOICE, .help = "logs, spans, traces, events, alerts, objects, metrics or edges" },
		EV_PARAM_FILTER("of the table's fields"),
		{ .name = "by", .type = CC_PARAM_WORD, .completer = CC_COMPLETE_FIELD, .help = "field; else service (logs, spans), root, reason, name, kind, metric" },
		{ .name = "order", .type = CC_PARAM_CHOICE, .choices = orders, .completer = CC_COMPLETE_CHOICE,
			.help = "count (default: most rows first), change: new and grown or shrunk most, first: in order of appearance, value" },
		EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_READS_ALL,
	.examples = (const char *const[]){ "group logs by=service level>=error", "group logs by=attr.k8s.node.name", "group spans by=name error=yes order=change",
		"group events by=source", NULL },
	.reply = (const char *const[]){ "values[].value          the field's value; null: rows without it", "values[].count          rows",
		"values[].errors         of them errors: log level, failed spans and traces, critical alerts",
		"values[].change         new, gone, or how many times as often as before: x4.2", "values[].before, after  rows on either side of the pivot",
		"values[].before_per_min, after_per_min  rates", "values[].trend          rows in 20 slices of the time that was recorded",
		"values[].first, last    times", "values[].example        citation of a row", NULL },
	.filter_table = "logs",
	.run = run_group,
};
