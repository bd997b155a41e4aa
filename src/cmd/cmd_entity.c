/* cmd_entity.c - `entity`: everything known about one thing. */
#include "cmd/topology.h"

#include <math.h>
#include "coldcase/aboutentity.h"
#include "coldcase/assist.h"
#include "coldcase/entity.h"

static const cc_column about_columns[] = {
	{ "section", "Kind", CC_CELL_TEXT, CC_ROLE_HEADING, 10, 0 },
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 9, 1 },
	{ "fresh", "New", CC_CELL_BOOL, CC_ROLE_CHANGED, 4, 2 },
	{ "fact", "What", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "before", "Before", CC_CELL_NUMBER, CC_ROLE_DIM, 9, 3 },
	{ "after", "After", CC_CELL_NUMBER, CC_ROLE_TEXT, 9, 3 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 34, 4 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 26, 5 },
};

/* The list command that shows the rows behind a section. */
static const char *section_command(cc_about_section s)
{
	switch (s) {
	case CC_ABOUT_ALERTS: return "alerts";
	case CC_ABOUT_EVENTS: return "events";
	case CC_ABOUT_CHANGES: return "changes";
	case CC_ABOUT_PATTERNS: return "logs";
	case CC_ABOUT_METRICS: return "metrics";
	case CC_ABOUT_NEIGHBOURS: return "topology";
	case CC_ABOUT_STATE: return "spec";
	case CC_ABOUT_CALLEE:
	case CC_ABOUT_CALLER:
	case CC_ABOUT_ORIGINS:
	case CC_ABOUT_SECTIONS: break;
	}
	return "traces";
}

static void about_row(cc_call *c, cc_reply *r, const cc_about_fact *f)
{
	static const cc_role marks[] = { CC_ROLE_TEXT, CC_ROLE_INFO, CC_ROLE_WARNING, CC_ROLE_CRITICAL };
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = f->entity, row->cite = f->cite, row->time_ns = f->time_ns;
	row->mark = marks[f->severity & 3];
	cc_reply_cell(r, cc_cell_textz(cc_about_section_name(f->section)));
	cc_reply_cell(r, cc_cell_time(f->time_ns));
	cc_reply_cell(r, cc_cell_bool(f->fresh));
	cc_reply_cell(r, cc_cell_text(f->text));
	cc_reply_cell(r, isnan(f->before) ? cc_cell_none() : cc_cell_number(f->before));
	cc_reply_cell(r, isnan(f->after) ? cc_cell_none() : cc_cell_number(f->after));
	cc_reply_cell(r, cc_cell_entity(f->entity));
	cc_reply_cell(r, cc_cell_cite(f->cite));
	cc_str name = ev_entity_text(c, f->entity), cite = ev_cite_text(c, f->cite);
	if (f->section == CC_ABOUT_CHANGES && f->entity)
		cc_reply_set_drill(r, "diff %.*s", CC_STR_ARG(name));
	else if ((f->section == CC_ABOUT_STATE || f->section == CC_ABOUT_NEIGHBOURS) && f->entity)
		cc_reply_set_drill(r, "%s %.*s", section_command(f->section), CC_STR_ARG(name));
	else if (f->section == CC_ABOUT_EVENTS && cite.n)
		cc_reply_set_drill(r, "event %.*s", CC_STR_ARG(cite));
	else if (f->section == CC_ABOUT_ALERTS && cite.n)
		cc_reply_set_drill(r, "alert %.*s", CC_STR_ARG(cite));
	else if (f->section == CC_ABOUT_PATTERNS && cite.n)
		cc_reply_set_drill(r, "log %.*s", CC_STR_ARG(cite));
	else if (f->drill.n)
		cc_reply_set_drill(r, "%s %.*s", section_command(f->section), CC_STR_ARG(f->drill));
	else if (cite.n)
		cc_reply_set_drill(r, "show %.*s", CC_STR_ARG(cite));
}

/* States that may not be judged are no evidence that lacks. */
static void about_notes(const cc_call *c, cc_reply *r, const cc_about *a)
{
	cc_buf none = CC_BUF_INIT, quiet = CC_BUF_INIT;
	for (int i = 0; i < CC_ABOUT_SECTIONS; i++) {
		bool has;
		size_t total = cc_about_total(a, (cc_about_section)i, &has);
		if (i == CC_ABOUT_STATE && !cc_session_assist(c->session, CC_ASSIST_RULES))
			continue;
		cc_buf *b = !has ? &none : !total ? &quiet : NULL;
		if (b)
			cc_buf_addf(b, "%s%s", b->n ? ", " : "", cc_about_section_name((cc_about_section)i));
	}
	if (quiet.n)
		cc_reply_add_note(r, "nothing notable in: %.*s", CC_STR_ARG(cc_buf_str(&quiet)));
	if (none.n)
		cc_reply_add_note(r, "no evidence of this kind: %.*s", CC_STR_ARG(cc_buf_str(&none)));
	if (cc_about_count(a))
		cc_reply_add_note(r, "New: it began after the onset; Before and After: the measure that What names, on either side of it");
	cc_buf_deinit(&none);
	cc_buf_deinit(&quiet);
}

static cc_code run_entity(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_entity_id id;
	cc_about *a = NULL;
	cc_about_options o = { .onset_ns = ev_pivot(c), .no_onset = !cc_session_assist(c->session, CC_ASSIST_ONSET),
		.range = { CC_TIME_NONE, CC_TIME_NONE }, .per_section = (size_t)cc_arg_int(c, "each", 5),
		.no_state = !cc_session_assist(c->session, CC_ASSIST_RULES), .cancel = c->cancel };
	cc_code code = ev_entity(c, &id, err);
	if (code == CC_OK)
		code = cc_about_build(&a, snap(c), id, &o, err);
	if (code != CC_OK)
		return code;
	cc_page page = cc_call_page(c);
	cc_str name = ev_entity_text(c, id);
	cc_reply_set_title(r, "ENTITY %.*s", CC_STR_ARG(name));
	cc_topology_facts(c, r, id);
	cc_reply_begin_table(r, "facts", NULL, about_columns, sizeof about_columns / sizeof about_columns[0], true);
	size_t n = cc_about_count(a);
	for (size_t i = (size_t)page.offset; i < n && i < page.offset + page.limit; i++)
		about_row(c, r, cc_about_get(a, i));
	cc_reply_set_paging(r, n, page.offset, page.limit);
	cc_reply_set_empty(r, "nothing notable is recorded about it");
	about_notes(c, r, a);
	if (o.onset_ns == CC_TIME_NONE && o.no_onset)
		cc_reply_add_note(r, "no onset is known: before and after part in the middle of the capture; `onset TIME` sets one");
	ev_note_no_status(c, r);
	cc_about_free(a);
	return CC_OK;
}

const cc_cmd cc_cmd_entity = {
	.name = "entity",
	.alias = "en",
	.group = "evidence",
	.summary = "everything about one thing: alerts, events, changes, calls, logs, metrics, neighbours",
	.params = (const cc_param[]){ { .name = "entity", .type = CC_PARAM_ENTITY, .positional = true, .completer = CC_COMPLETE_ENTITY,
					.help = "namespace/Kind/name or a part of it; the focus when left out" },
		{ .name = "each", .type = CC_PARAM_INT, .min = 1, .max = 50, .help = "facts of each kind, 5 when left out" }, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_READS_ALL,
	.examples = (const char *const[]){ "entity ConfigMap/flagd-config", NULL },
	.reply = (const char *const[]){ "entity   facts: entity, owner, workload, members", "facts[]  section, time, fresh, fact, before, after, entity, cite", NULL },
	.run = run_entity,
};
