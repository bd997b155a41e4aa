/* cmd_span.c - `span`: one span with what it carries: status, events, links, attributes, and its log records. */
#include "cmd/trace_words.h"

#include "coldcase/literal.h"

static void span_attrs(cc_call *c, cc_reply *r, const cc_span *sp, char which, const char *key, const char *title)
{
	static const cc_column columns[] = { { "key", "Key", CC_CELL_TEXT, CC_ROLE_DIM, 28, 0 }, { "value", "Value", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 } };
	cc_kv_vec kv = { 0 };
	cc_spans_attrs(snap(c), sp, which, &kv, c->arena);
	cc_reply_begin_table(r, key, title, columns, 2, false);
	for (size_t i = 0; i < kv.n && cc_reply_row(r); i++) {
		cc_reply_cell(r, cc_cell_text(kv.p[i].key));
		cc_reply_cell(r, cc_cell_text(kv.p[i].value));
		ev_drill_attribute(r, "spans", kv.p[i].key);
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

/* Other traces that it names: batches, and work that was handed on. */
static void span_links(cc_call *c, cc_reply *r, const cc_span *sp)
{
	static const cc_column columns[] = { { "trace", "Trace", CC_CELL_TEXT, CC_ROLE_OP, 33, 0 }, { "span", "Span", CC_CELL_TEXT, CC_ROLE_OP, 17, 0 } };
	cc_str_vec traces = { 0 }, spans = { 0 };
	cc_literal_list(&traces, cc_spans_column(snap(c), sp, "Links.TraceId", c->arena), c->arena);
	cc_literal_list(&spans, cc_spans_column(snap(c), sp, "Links.SpanId", c->arena), c->arena);
	cc_reply_begin_table(r, "links", traces.n ? "Links" : NULL, columns, 2, false);
	for (size_t i = 0; i < traces.n && i < CC_REPLY_PAGE && cc_reply_row(r); i++) {
		cc_reply_cell(r, cc_cell_text(traces.p[i]));
		cc_reply_cell(r, i < spans.n ? cc_cell_text(spans.p[i]) : cc_cell_none());
		cc_buf quoted = CC_BUF_INIT;
		cc_cmd_quote(&quoted, traces.p[i]);
		cc_reply_set_drill(r, "trace %.*s", CC_STR_ARG(cc_buf_str(&quoted)));
		cc_buf_deinit(&quoted);
	}
	cc_vec_deinit(&traces);
	cc_vec_deinit(&spans);
}

/* Log records written while it was at work, by its id. */
static cc_code span_logs(cc_call *c, cc_reply *r, const cc_span *sp)
{
	static const cc_column columns[] = { { "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 }, { "level", "Level", CC_CELL_TEXT, CC_ROLE_TEXT, 5, 0 },
		{ "message", "Message", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 }, { "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 24, 255 } };
	const cc_snapshot *s = snap(c);
	cc_index_vec rows = { 0 };
	cc_code code = cc_waterfall_logs(s, sp->trace_index, &rows);
	bool any = false;
	for (size_t i = 0; i < rows.n; i++)
		any = any || cc_logs_get(s, rows.p[i])->span == sp->id;
	cc_reply_begin_table(r, "logs", any ? "Logs of this span" : NULL, columns, 4, false);
	for (size_t i = 0, n = 0; any && i < rows.n && n < CC_REPLY_PAGE; i++) {
		const cc_logrec *l = cc_logs_get(s, rows.p[i]);
		cc_row *row = l->span == sp->id ? cc_reply_row(r) : NULL;
		if (!row)
			continue;
		n++;
		row->entity = l->entity, row->cite = l->cite, row->time_ns = l->time_ns, row->mark = cc_role_of_level((cc_level)l->level);
		cc_reply_cell(r, cc_cell_time(l->time_ns));
		cc_reply_cell(r, cc_cell_textz(cc_level_name((cc_level)l->level)));
		cc_reply_cell(r, cc_cell_text(cc_trace_log_text(c, l)));
		cc_reply_cell(r, cc_cell_cite(l->cite));
		cc_str cite = ev_cite_text(c, l->cite);
		cc_reply_set_drill(r, "log %.*s", CC_STR_ARG(cite));
	}
	cc_vec_deinit(&rows);
	return code;
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
	cc_reply_fact(r, "code", "code", sp->status == CC_STATUS_ERROR ? cc_cell_text(cc_span_code(c, sp)) : cc_cell_none(), CC_ROLE_CRITICAL);
	cc_reply_fact(r, "error", "error", message.n ? cc_cell_text(message) : cc_cell_none(), CC_ROLE_CRITICAL);
	cc_reply_fact(r, "trace", "trace", cc_cell_text(cc_trace_text(c, cc_spans_trace_id(s, sp))), CC_ROLE_OP);
	cc_reply_fact(r, "span", "span id", cc_cell_text(cc_arena_printf(c->arena, "%016llx", (unsigned long long)sp->id)), CC_ROLE_OP);
	cc_reply_fact(r, "cite", "cite", cc_cell_cite(sp->cite), CC_ROLE_DIM);
	span_events(c, r, sp);
	code = span_logs(c, r, sp);
	span_links(c, r, sp);
	span_attrs(c, r, sp, 's', "attributes", "Attributes");
	span_attrs(c, r, sp, 'r', "resource", "Resource");
	return code;
}

const cc_cmd cc_cmd_span = {
	.name = "span",
	.group = "evidence",
	.summary = "one span: status, error, events, attributes",
	.params = (const cc_param[]){ { .name = "span", .type = CC_PARAM_CITE, .required = true, .positional = true,
					.help = "its citation, as `trace` shows it" }, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_TRACES) | CC_KIND_BIT(CC_FILE_LOGS),
	.examples = (const char *const[]){ "span otel_traces_raw.tsv#1", NULL },
	.reply = (const char *const[]){ "span          facts: start, duration_ns, service, entity, kind, status, code, error, trace, span, cite",
		"events[]      time, name, attributes", "logs[]        time, level, message, cite: records that carry its id",
		"links[]       trace, span", "attributes[]  key, value", "resource[]    key, value", NULL },
	.run = run_span,
};
