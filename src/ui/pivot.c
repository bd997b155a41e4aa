/* pivot.c - from one row to everything else: the menu of `x`, and the copy menu of `y`. Both are tables of templates. */
#include "ui/ui_priv.h"

#include "coldcase/utf8.h"
#include "ui/copy.h"

typedef struct pivot { uint32_t key; const char *line, *timeless, *label; } pivot;

/* line: around the row's time; timeless: for rows that have none. */
static const pivot pivots[] = {
	{ 'l', "logs entity={entity} since={from} until={to} all=yes", "logs entity={entity} all=yes", "its logs" },
	{ 'v', "alert {cite}", "alert {cite}", "its rule, and what the rule's expression was worth" },
	{ 'k', "logs entity={entity} until={time} order=newest all=yes", "logs entity={entity} order=newest all=yes", "its logs up to then, newest first (the container before)" },
	{ 't', "traces entity={entity} since={from} until={to} all=yes", "traces entity={entity} all=yes", "traces through it" },
	{ 'm', "metrics entity={entity} all=yes", "metrics entity={entity} all=yes", "its metrics, most changed first" },
	{ 'e', "events entity={entity} all=yes", "events entity={entity} all=yes", "its events" },
	{ 's', "spec {entity} at={time}", "spec {entity}", "its spec" },
	{ 'd', "diff {entity}", "diff {entity}", "what changed in its spec" },
	{ 'c', "changes {entity} all=yes", "changes {entity} all=yes", "changes of it, its parts and what owns it" },
	{ 'n', "topology {entity}", "topology {entity}", "its neighbours" },
	{ 'p', "paths entity={entity} all=yes", "paths entity={entity} all=yes", "request paths through it" },
	{ 'g', "alerts entity={entity} all=yes", "alerts entity={entity} all=yes", "its alerts" },
	{ 'a', "entity {entity}", "entity {entity}", "everything about it" },
	{ 'r', "show {cite}", "show {cite}", "the record itself, as it stands in the file" },
	{ 'o', "trace {op}", "trace {op}", "the trace it belongs to" },
	{ 'f', "focus {entity}", "focus {entity}", "focus it in every pane" },
};

const char *cc_pivot_line(size_t i, bool timeless)
{
	if (i >= sizeof pivots / sizeof pivots[0])
		return NULL;
	return timeless ? pivots[i].timeless : pivots[i].line;
}

/* Series have no time of their own: what a chart leads to lies around the cursor in it. */
static cc_pick pick(cc_ui *ui)
{
	cc_sheet *s = cc_ui_sheet(ui);
	cc_pick p = s ? cc_sheet_pick(s) : (cc_pick){ .time_ns = CC_TIME_NONE };
	cc_ui_status st;
	if (p.time_ns == CC_TIME_NONE && cc_ui_chart(s)) {
		ui->backend.status(ui->backend.arg, &st);
		p.time_ns = st.view.at_ns;
	}
	return p;
}

bool cc_ui_is_trace(cc_str op)
{
	for (size_t i = 0; i < op.n; i++)
		if (!((op.p[i] >= '0' && op.p[i] <= '9') || (op.p[i] >= 'a' && op.p[i] <= 'f')))
			return false;
	return op.n >= 16;
}

void cc_ui_open_pivot(cc_ui *ui)
{
	cc_pick p = pick(ui);
	if (!p.any || (!p.entity && !p.cite.file && !p.op.n)) {
		cc_ui_say(ui, "this row leads nowhere: it names no entity and no record");
		return;
	}
	cc_menu_open(ui, CC_MENU_PIVOT, "pivot");
	for (size_t i = 0; i < sizeof pivots / sizeof pivots[0]; i++) {
		cc_buf line = CC_BUF_INIT;
		bool wanted = pivots[i].key == 'o' ? cc_ui_is_trace(p.op) : pivots[i].key != 'v' || cc_str_starts(p.drill, CC_STR("alert "));
		if (wanted && cc_ui_expand(ui, p.time_ns == CC_TIME_NONE ? pivots[i].timeless : pivots[i].line, &p, &line))
			cc_menu_add(ui, pivots[i].key, line.p, NULL, "%s", pivots[i].label);
		cc_buf_deinit(&line);
	}
	cc_buf_clear(&ui->message);   /* of the templates that did not apply */
	ui->message_bad = false;
	cc_menu_ready(ui);
}

static void add_copy(cc_ui *ui, uint32_t key, const char *label, cc_buf *text)
{
	if (cc_buf_ok(text) && text->n) {
		cc_str s = cc_buf_str(text);
		bool cut = cc_width(s) > 50;
		cc_menu_add(ui, key, text->p, NULL, "%-8s %.*s%s", label, CC_STR_ARG(cc_width_cut(s, 50)), cut ? " ..." : "");
	}
	cc_buf_clear(text);
}

void cc_ui_open_yank(cc_ui *ui)
{
	cc_sheet *s = cc_ui_sheet(ui);
	cc_pick p = pick(ui);
	cc_buf b = CC_BUF_INIT;
	if (!p.any) {
		cc_ui_say(ui, "nothing to copy here");
		return;
	}
	cc_menu_open(ui, CC_MENU_YANK, "copy");
	cc_sheet_item_text(s, s->selected, &b);
	add_copy(ui, 'y', "row", &b);
	if (p.entity)
		ui->backend.entity_text(ui->backend.arg, p.entity, &b);
	add_copy(ui, 'e', "entity", &b);
	cc_sheet_path(s, &b);
	add_copy(ui, 'p', "path", &b);
	if (p.cite.file)
		ui->backend.cite_text(ui->backend.arg, p.cite, &b);
	add_copy(ui, 'c', "citation", &b);
	if (p.time_ns != CC_TIME_NONE)
		cc_time_format(&b, p.time_ns);
	add_copy(ui, 't', "time", &b);
	cc_buf_add(&b, p.op);
	add_copy(ui, 'o', cc_ui_is_trace(p.op) ? "trace" : "same", &b);
	for (size_t i = 0; p.row && i < p.section->column_count; i++)
		if (cc_str_eqz(cc_str_from(p.section->columns[i].key), "span") && p.row->cells[i].type == CC_CELL_TEXT)
			cc_buf_add(&b, p.row->cells[i].text);
	add_copy(ui, 's', "span id", &b);
	if (s->line)
		cc_ui_question(ui, s, &b);
	add_copy(ui, 'l', "line", &b);
	cc_buf_add(&b, p.drill);
	add_copy(ui, 'd', "drill", &b);
	cc_buf_deinit(&b);
	cc_menu_ready(ui);
}

/* By the terminal where that can work, for it reaches the person's machine over SSH; else by the desktop; else into a file. */
void cc_ui_copy(cc_ui *ui, cc_str text)
{
	cc_clipboard how = ui->opt.clipboard;
	cc_err err = { 0 };
	cc_buf path = CC_BUF_INIT;
	const char *with = NULL;
	if ((how == CC_CLIPBOARD_AUTO || how == CC_CLIPBOARD_OSC52) && !ui->term->ops->copy(ui->term, text, &err))
		cc_ui_say(ui, "copied %zu bytes by the terminal (OSC 52)", text.n);
	else if ((how == CC_CLIPBOARD_AUTO || how == CC_CLIPBOARD_NATIVE) && !cc_copy_native(&with, text, &err))
		cc_ui_say(ui, "copied %zu bytes by %s", text.n, with);
	else if (!cc_copy_to_file(&path, text, &err))
		cc_ui_say(ui, "%s; written to %s", how == CC_CLIPBOARD_FILE ? "as asked for" : "no clipboard here", path.p);
	else
		cc_ui_complain(ui, &err);
	cc_buf_deinit(&path);
}
