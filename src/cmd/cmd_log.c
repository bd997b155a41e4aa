/* cmd_log.c - `log`: one record whole. */
#include "cmd/evidence.h"
#include "cmd/log_text.h"

static void attr_facts(cc_call *c, cc_reply *r, const cc_logrec *l, char which, const char *key, const char *title)
{
	static const cc_column columns[] = { { "key", "Key", CC_CELL_TEXT, CC_ROLE_DIM, 28, 0 }, { "value", "Value", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 } };
	cc_kv_vec kv = { 0 };
	cc_logs_attrs(snap(c), l, which, &kv, c->arena);
	cc_reply_begin_table(r, key, title, columns, 2, false);
	for (size_t i = 0; i < kv.n && cc_reply_row(r); i++) {
		cc_reply_cell(r, cc_cell_text(kv.p[i].key));
		cc_reply_cell(r, cc_cell_text(kv.p[i].value));
		ev_drill_attribute(r, "logs", kv.p[i].key);
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
	cc_str trace = ev_trace_text(c, l->trace);
	cc_reply_set_title(r, "LOG %s", cc_arg(c, "log"));
	cc_reply_begin_facts(r, "log", NULL);
	cc_reply_fact(r, "time", "time", cc_cell_time(l->time_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "level", "level", cc_cell_textz(cc_level_name((cc_level)l->level)), ev_role_of_level((cc_level)l->level));
	cc_reply_fact(r, "severity_text", "severity text", cc_cell_text(cc_logs_column(s, l, "SeverityText", c->arena)), CC_ROLE_DIM);
	cc_reply_fact(r, "service", "service", cc_cell_text(cc_snapshot_sym(s, l->service)), CC_ROLE_ENTITY);
	cc_reply_fact(r, "entity", "entity", cc_cell_entity(l->entity), CC_ROLE_ENTITY);
	cc_reply_fact(r, "trace", "trace", trace.n ? cc_cell_text(trace) : cc_cell_none(), CC_ROLE_OP);
	cc_reply_fact(r, "cite", "cite", cc_cell_cite(l->cite), CC_ROLE_DIM);
	if (l->late)
		cc_reply_fact(r, "late_ns", "late by", cc_cell_duration(cc_logs_late_ns(s, l)), CC_ROLE_WARNING);
	cc_reply_begin_text(r, "body", "Body");
	cc_log_add_body(r, cc_logs_body(s, l, c->arena));
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
	.reply = (const char *const[]){ "log           facts: time, level, severity_text, service, entity, trace, cite; late_ns: how much later a record of its source is",
		"              that stands before it in the file", "body          lines; JSON is laid out, one member a line",
		"attributes[]  key, value", "resource[]    key, value", NULL },
	.run = run_log,
};
