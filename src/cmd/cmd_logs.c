/* cmd_logs.c - `logs`: records in time order; `log`: one whole; `patterns`: templates, the new ones first. */
#include "cmd/evidence.h"
#include "cmd/log_lead.h"

#include "coldcase/aggregate.h"
#include "coldcase/entity.h"
#include "coldcase/logs.h"
#include "coldcase/patterns.h"

static cc_role level_role(cc_level l)
{
	return l >= CC_LEVEL_ERROR ? CC_ROLE_CRITICAL : l == CC_LEVEL_WARN ? CC_ROLE_WARNING : CC_ROLE_TEXT;
}

enum { CELL_TEXT_MAX = 4096 }; /* a body in a list; the whole one is `log` */

static const cc_column list_columns[] = {
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "level", "Level", CC_CELL_TEXT, CC_ROLE_TEXT, 5, 0 },
	{ "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 },
	{ "message", "Message", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "pod", "Pod", CC_CELL_TEXT, CC_ROLE_DIM, 34, 255 },
	{ "trace", "Trace", CC_CELL_TEXT, CC_ROLE_OP, 33, 255 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 24, 255 },
};

static cc_str trace_text(cc_call *c, cc_id128 id)
{
	cc_buf b = CC_BUF_INIT;
	if (id.hi || id.lo)
		cc_id128_format(&b, id);
	cc_str s = cc_arena_dup(c->arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return s.p ? s : CC_STR_EMPTY;
}

/* What a list shows of a body: not what its columns say; a JSON line begins with its message, said once more before the line. */
static cc_str readable(cc_call *c, const cc_logrec *l, cc_str body)
{
	cc_str text = cc_str_trim(body), message;
	if (l->time_ns != CC_TIME_NONE)
		text = cc_log_without_lead(text, (cc_level)l->level, l->trace.hi || l->trace.lo, c->arena);
	if (cc_str_starts(text, CC_STR("{"))) {
		message = cc_pattern_key(text, c->arena);
		if (message.n && !cc_str_starts(message, CC_STR("{")))
			text = cc_arena_printf(c->arena, "%.*s  %.*s", CC_STR_ARG(message), CC_STR_ARG(text));
	}
	return cc_str_sub(text, 0, CELL_TEXT_MAX);
}

static void list_row(cc_call *c, cc_reply *r, const cc_logrec *l)
{
	const cc_snapshot *s = snap(c);
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	cc_str trace = trace_text(c, l->trace), body = cc_logs_body(s, l, c->arena), cite = ev_cite_text(c, l->cite);
	row->entity = l->entity, row->cite = l->cite, row->time_ns = l->time_ns;
	row->mark = level_role((cc_level)l->level);
	cc_reply_cell(r, cc_cell_time(l->time_ns));
	cc_reply_cell(r, cc_cell_textz(cc_level_name((cc_level)l->level)));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, l->service)));
	cc_reply_cell(r, cc_cell_text(readable(c, l, body)));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, l->pod)));
	cc_reply_cell(r, trace.n ? cc_cell_text(trace) : cc_cell_none());
	cc_reply_cell(r, cc_cell_entity(l->entity));
	cc_reply_cell(r, cc_cell_cite(l->cite));
	cc_reply_set_drill(r, "log %.*s", CC_STR_ARG(cite));
	cc_reply_set_op(r, trace.n ? trace : cc_snapshot_sym(s, l->pod));
}

/* Records over the window in slices: all, and errors, for the strip above the list. */
static void histogram(cc_call *c, cc_reply *r, const ev_list *l)
{
	enum { BINS = 60 };
	cc_histogram_bin bins[BINS];
	double *all = cc_arena_array(c->arena, BINS, sizeof *all), *errors = cc_arena_array(c->arena, BINS, sizeof *errors);
	if (!all || !errors)
		return;
	cc_histogram(bins, BINS, snap(c), CC_TABLE_LOGS, &l->rows, ev_window(c));
	for (size_t i = 0; i < BINS; i++) {
		errors[i] = (double)bins[i].count[3];
		for (size_t k = 0; k < CC_HISTOGRAM_BANDS; k++)
			all[i] += (double)bins[i].count[k];
	}
	cc_range w = ev_window(c);
	cc_reply_begin_facts(r, "volume", NULL);
	cc_reply_fact(r, "from", "from", cc_cell_time(w.from_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "to", "to", cc_cell_time(w.to_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "records", "records", cc_cell_spark(all, BINS), CC_ROLE_INFO);
	cc_reply_fact(r, "errors", "errors", cc_cell_spark(errors, BINS), CC_ROLE_CRITICAL);
}

static cc_code run_logs(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	bool newest = cc_arg(c, "order") && cc_arg(c, "order")[0] == 'n';
	ev_list l;
	cc_code code = ev_list_select(&l, c, CC_TABLE_LOGS, err);
	if (code != CC_OK)
		goto done;
	ev_list_describe(&l, c, r, "LOGS");
	histogram(c, r, &l);
	cc_reply_begin_table(r, "logs", NULL, list_columns, sizeof list_columns / sizeof list_columns[0], true);
	for (size_t i = l.from; i < l.to; i++)
		list_row(c, r, cc_logs_get(s, l.rows.p[newest ? l.rows.n - 1 - i : i]));
	ev_note_skipped(c, r, CC_FILE_LOGS);
done:
	ev_list_deinit(&l);
	return code;
}

static const char *const orders[] = { "oldest", "newest", NULL };

const cc_cmd cc_cmd_logs = {
	.name = "logs",
	.alias = "lo",
	.group = "evidence",
	.summary = "log records in time order, filtered",
	.help = "Level is combined from the severity text, its number and, where both are silent, the body.",
	.params = (const cc_param[]){ EV_PARAM_FILTER("service=, pod=, level>=, trace=, attr.KEY=, since=, until=, ~ /re/, words"),
		{ .name = "order", .type = CC_PARAM_CHOICE, .choices = orders, .completer = CC_COMPLETE_CHOICE, .help = "oldest (default) or newest first" },
		EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_LOGS),
	.examples = (const char *const[]){ "logs", "logs level>=warn", "logs level>=warn ~ /timeout|refused/ since=T-5m", "logs order=newest limit=20", NULL },
	.reply = (const char *const[]){ "volume          facts: from, to, records[] and errors[] in 60 slices", "logs[].time     record time",
		"logs[].level    trace, debug, info, warn, error, fatal, unknown", "logs[].service  service.name", "logs[].message  body, cut at 4096 bytes; a JSON body after its message;",
		"                a leading time, level and ids that other keys tell are left out: `log` has the whole body",
		"logs[].pod      k8s.pod.name", "logs[].trace    trace id", "logs[].entity   the pod or service", "logs[].cite     record", NULL },
	.filter_table = "logs",
	.run = run_logs,
};

static void attr_facts(cc_call *c, cc_reply *r, const cc_logrec *l, char which, const char *key, const char *title)
{
	static const cc_column columns[] = { { "key", "Key", CC_CELL_TEXT, CC_ROLE_DIM, 28, 0 }, { "value", "Value", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 } };
	cc_kv_vec kv = { 0 };
	cc_logs_attrs(snap(c), l, which, &kv, c->arena);
	cc_reply_begin_table(r, key, title, columns, 2, false);
	for (size_t i = 0; i < kv.n && cc_reply_row(r); i++) {
		cc_reply_cell(r, cc_cell_text(kv.p[i].key));
		cc_reply_cell(r, cc_cell_text(kv.p[i].value));
	}
	cc_vec_deinit(&kv);
}

static cc_code run_log(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	size_t i;
	cc_code code = ev_row_of_cite(c, CC_TABLE_LOGS, "log", &i, err);
	if (code != CC_OK)
		return code;
	const cc_logrec *l = cc_logs_get(s, i);
	cc_str trace = trace_text(c, l->trace);
	cc_reply_set_title(r, "LOG %s", cc_arg(c, "log"));
	cc_reply_begin_facts(r, "log", NULL);
	cc_reply_fact(r, "time", "time", cc_cell_time(l->time_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "level", "level", cc_cell_textz(cc_level_name((cc_level)l->level)), level_role((cc_level)l->level));
	cc_reply_fact(r, "severity_text", "severity text", cc_cell_text(cc_logs_column(s, l, "SeverityText", c->arena)), CC_ROLE_DIM);
	cc_reply_fact(r, "service", "service", cc_cell_text(cc_snapshot_sym(s, l->service)), CC_ROLE_ENTITY);
	cc_reply_fact(r, "entity", "entity", cc_cell_entity(l->entity), CC_ROLE_ENTITY);
	cc_reply_fact(r, "trace", "trace", trace.n ? cc_cell_text(trace) : cc_cell_none(), CC_ROLE_OP);
	cc_reply_fact(r, "cite", "cite", cc_cell_cite(l->cite), CC_ROLE_DIM);
	cc_reply_begin_text(r, "body", "Body");
	cc_reply_line(r, CC_ROLE_TEXT, cc_logs_body(s, l, c->arena));
	attr_facts(c, r, l, 'l', "attributes", "Attributes");
	attr_facts(c, r, l, 'r', "resource", "Resource");
	return CC_OK;
}

const cc_cmd cc_cmd_log = {
	.name = "log",
	.group = "evidence",
	.summary = "one log record: whole body, attributes, resource",
	.params = (const cc_param[]){ { .name = "log", .type = CC_PARAM_CITE, .required = true, .positional = true,
					.help = "its citation, as `logs` shows it" }, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_LOGS),
	.examples = (const char *const[]){ "log otel_logs_raw.tsv#1", NULL },
	.reply = (const char *const[]){ "log           facts: time, level, severity_text, service, entity, trace, cite", "body          lines",
		"attributes[]  key, value", "resource[]    key, value", NULL },
	.run = run_log,
};

/* --- patterns --- */

static const cc_column pattern_columns[] = {
	{ "count", "Count", CC_CELL_INT, CC_ROLE_TEXT, 7, 0 },
	{ "before", "Before", CC_CELL_INT, CC_ROLE_DIM, 7, 2 },
	{ "after", "After", CC_CELL_INT, CC_ROLE_TEXT, 7, 2 },
	{ "new", "New", CC_CELL_BOOL, CC_ROLE_CHANGED, 4, 0 },
	{ "level", "Level", CC_CELL_TEXT, CC_ROLE_TEXT, 5, 1 },
	{ "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 },
	{ "pattern", "Pattern", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "first", "First", CC_CELL_TIME, CC_ROLE_TIME, 9, 3 },
	{ "last", "Last", CC_CELL_TIME, CC_ROLE_TIME, 9, 4 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 },
	{ "example", "Example", CC_CELL_CITE, CC_ROLE_DIM, 24, 255 },
};

static void pattern_row(cc_call *c, cc_reply *r, const cc_pattern *p)
{
	const cc_snapshot *s = snap(c);
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	const cc_logrec *l = cc_logs_get(s, p->example);
	row->entity = p->entity, row->cite = l->cite, row->time_ns = p->first_ns;
	row->mark = level_role(p->level);
	cc_reply_cell(r, cc_cell_int((int64_t)p->count));
	cc_reply_cell(r, cc_cell_int((int64_t)p->before));
	cc_reply_cell(r, cc_cell_int((int64_t)p->after));
	cc_reply_cell(r, cc_cell_bool(p->fresh));
	cc_reply_cell(r, cc_cell_textz(cc_level_name(p->level)));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, p->service)));
	cc_reply_cell(r, cc_cell_text(cc_log_without_lead(p->text, p->level, l->trace.hi || l->trace.lo, c->arena)));
	cc_reply_cell(r, cc_cell_time(p->first_ns));
	cc_reply_cell(r, cc_cell_time(p->last_ns));
	cc_reply_cell(r, cc_cell_entity(p->entity));
	cc_reply_cell(r, cc_cell_cite(l->cite));
	cc_str cite = ev_cite_text(c, l->cite);
	cc_reply_set_drill(r, "log %.*s", CC_STR_ARG(cite));
}

static cc_patterns_order order_of(const cc_call *c)
{
	const char *o = cc_arg(c, "order");
	return !o || o[0] == 'n' ? CC_PATTERNS_BY_SCORE : o[0] == 'c' ? CC_PATTERNS_BY_COUNT : CC_PATTERNS_BY_FIRST;
}

static cc_code run_patterns(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_patterns *p = NULL;
	cc_patterns_options o = { .pivot_ns = ev_pivot(c), .range = ev_window(c), .order = order_of(c), .cancel = c->cancel };
	ev_list l;
	cc_code code = ev_list_select(&l, c, CC_TABLE_LOGS, err);
	if (code == CC_OK)
		code = cc_patterns_mine(&p, snap(c), &l.rows, &o, err);
	if (code != CC_OK)
		goto done;
	size_t n = cc_patterns_count(p);
	ev_list_describe(&l, c, r, "PATTERNS");
	cc_reply_set_paging(r, n, l.page.offset, l.page.limit);
	cc_reply_begin_table(r, "patterns", NULL, pattern_columns, sizeof pattern_columns / sizeof pattern_columns[0], true);
	for (size_t i = (size_t)l.page.offset; i < n && i < l.page.offset + l.page.limit; i++)
		pattern_row(c, r, cc_patterns_get(p, i));
	cc_reply_add_note(r, "%zu record%s in %zu pattern%s; before and after are parted by %s", l.rows.n, l.rows.n == 1 ? "" : "s", n,
		n == 1 ? "" : "s", ev_pivot_name(c));
done:
	cc_patterns_free(p);
	ev_list_deinit(&l);
	return code;
}

static const char *const pattern_orders[] = { "new", "count", "first", NULL };

const cc_cmd cc_cmd_patterns = {
	.name = "patterns",
	.alias = "pat",
	.group = "evidence",
	.summary = "log records reduced to templates, new and severe ones first",
	.params = (const cc_param[]){ EV_PARAM_FILTER("as for `logs`"),
		{ .name = "order", .type = CC_PARAM_CHOICE, .choices = pattern_orders, .completer = CC_COMPLETE_CHOICE,
			.help = "new (default: new and severe first), count, first" },
		EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_LOGS),
	.examples = (const char *const[]){ "patterns", "patterns level>=warn order=count", NULL },
	.reply = (const char *const[]){ "patterns[].count    records", "patterns[].before   before the pivot", "patterns[].after    at or after it",
		"patterns[].new      seen after and never before", "patterns[].level    highest level", "patterns[].service  service",
		"patterns[].pattern  template, without a leading time, level and ids", "patterns[].first, last  times", "patterns[].entity   of the example", "patterns[].example  citation", NULL },
	.filter_table = "logs",
	.run = run_patterns,
};
