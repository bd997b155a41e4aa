/* cmd_patterns.c - `patterns`: log records reduced to templates, what is new or grown first. */
#include "cmd/evidence.h"
#include "cmd/log_lead.h"

#include "coldcase/logs.h"
#include "coldcase/patterns.h"
#include "coldcase/recording.h"

static const cc_column pattern_columns[] = {
	{ "count", "Count", CC_CELL_INT, CC_ROLE_TEXT, 7, 0 },
	{ "change", "Change", CC_CELL_TEXT, CC_ROLE_CHANGED, 6, 0 },
	{ "level", "Level", CC_CELL_TEXT, CC_ROLE_TEXT, 5, 1 },
	{ "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 },
	{ "pattern", "Pattern", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "first", "First", CC_CELL_TIME, CC_ROLE_TIME, 9, 2 },
	{ "before_per_min", "/min before", CC_CELL_NUMBER, CC_ROLE_DIM, 11, 3 },
	{ "after_per_min", "/min after", CC_CELL_NUMBER, CC_ROLE_TEXT, 10, 3 },
	{ "last", "Last", CC_CELL_TIME, CC_ROLE_TIME, 9, 4 },
	{ "before", "Before", CC_CELL_INT, CC_ROLE_DIM, 7, 5 },
	{ "after", "After", CC_CELL_INT, CC_ROLE_TEXT, 7, 5 },
	{ "new", "New", CC_CELL_BOOL, CC_ROLE_CHANGED, 4, 255 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 },
	{ "example", "Example", CC_CELL_CITE, CC_ROLE_DIM, 24, 255 },
};

/* Enter shows its lines: the template stands in the line, so that it can be asked by hand, too. */
static void set_drill(cc_call *c, cc_reply *r, const cc_pattern *p)
{
	cc_buf b = CC_BUF_INIT;
	const char *filter = cc_arg(c, "filter");
	cc_str service = cc_snapshot_sym(snap(c), p->service);
	cc_buf_addz(&b, "logs pattern=");
	cc_cmd_quote(&b, p->text);
	if (service.n) {
		cc_buf_addz(&b, " service=");
		cc_filter_quote(&b, service);
	}
	if (filter && *filter)
		cc_buf_addf(&b, " (%s)", filter);
	if (cc_arg_bool(c, "all", false))
		cc_buf_addz(&b, " all=yes");
	if (cc_buf_ok(&b))
		cc_reply_set_drill(r, "%s", b.p);
	cc_buf_deinit(&b);
}

static void pattern_row(cc_call *c, cc_reply *r, const cc_pattern *p)
{
	const cc_snapshot *s = snap(c);
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	const cc_logrec *l = cc_logs_get(s, p->example);
	row->entity = p->entity, row->cite = l->cite, row->time_ns = p->first_ns;
	row->mark = ev_role_of_level(p->level);
	cc_reply_cell(r, cc_cell_int((int64_t)p->count));
	cc_reply_cell(r, ev_change(c, p->before, p->after, p->before_per_min, p->after_per_min));
	cc_reply_cell(r, cc_cell_textz(cc_level_name(p->level)));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, p->service)));
	cc_reply_cell(r, cc_cell_text(cc_log_without_lead(p->text, p->level, l->trace.hi || l->trace.lo, c->arena)));
	cc_reply_cell(r, cc_cell_time(p->first_ns));
	cc_reply_cell(r, ev_per_min(p->before_per_min));
	cc_reply_cell(r, ev_per_min(p->after_per_min));
	cc_reply_cell(r, cc_cell_time(p->last_ns));
	cc_reply_cell(r, cc_cell_int((int64_t)p->before));
	cc_reply_cell(r, cc_cell_int((int64_t)p->after));
	cc_reply_cell(r, cc_cell_bool(p->fresh));
	cc_reply_cell(r, cc_cell_entity(p->entity));
	cc_reply_cell(r, cc_cell_cite(l->cite));
	set_drill(c, r, p);
}

/* Where nothing is ranked the order is that of counts, whatever was asked. */
static cc_patterns_order order_of(const cc_call *c)
{
	const char *o = cc_arg(c, "order");
	bool ranked = cc_session_assist(c->session, CC_ASSIST_NEW);
	if (ranked && (!o || o[0] == 'n'))
		return CC_PATTERNS_BY_SCORE;
	return o && o[0] == 'f' ? CC_PATTERNS_BY_FIRST : CC_PATTERNS_BY_COUNT;
}

static cc_code run_patterns(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_patterns *p = NULL;
	cc_recording time = cc_recording_within(snap(c), ev_window(c));
	cc_patterns_options o = { .pivot_ns = ev_pivot(c), .range = time.range, .silence = time.silence, .order = order_of(c), .cancel = c->cancel };
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
	cc_reply_table_spans(r);
	for (size_t i = (size_t)l.page.offset; i < n && i < l.page.offset + l.page.limit; i++)
		pattern_row(c, r, cc_patterns_get(p, i));
	cc_reply_add_note(r, "%zu record%s in %zu pattern%s; before and after are divided by %s", l.rows.n, l.rows.n == 1 ? "" : "s", n,
		n == 1 ? "" : "s", ev_pivot_name(c));
	if (!cc_session_assist(c->session, CC_ASSIST_NEW) && o.order == CC_PATTERNS_BY_COUNT)
		cc_reply_add_note(r, "most frequent first: at this level of assistance nothing is ranked");
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
	.reply = (const char *const[]){ "patterns[].count    records", "patterns[].change   new, gone, or how many times as often as before: x4.2", "patterns[].before   before the pivot", "patterns[].after    at or after it",
		"patterns[].new      seen after and never before", "patterns[].level    highest level", "patterns[].service  service",
		"patterns[].pattern  template, without a leading time, level and ids", "patterns[].first, last  times", "patterns[].entity   of the example", "patterns[].example  citation", "patterns[].before_per_min, after_per_min  rates", NULL },
	.filter_table = "logs",
	.run = run_patterns,
};
