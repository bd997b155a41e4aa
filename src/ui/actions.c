/* actions.c - what keys do: each entry of the keymap ends in one of these. They change state and speak to the session; they
 * never draw. */
#include "ui/map.h"
#include "ui/strip.h"
#include "ui/ui_priv.h"

#include <string.h>

#include "coldcase/xalloc.h"

void cc_ui_say(cc_ui *ui, const char *fmt, ...)
{
	va_list ap;
	cc_buf_clear(&ui->message);
	va_start(ap, fmt);
	cc_buf_addv(&ui->message, fmt, ap);
	va_end(ap);
	ui->message_bad = ui->message_hit = ui->message_so_far = false;
}

void cc_ui_complain(cc_ui *ui, const cc_err *err)
{
	cc_ui_say(ui, "%s%s%s", err->message, err->hint[0] ? " - " : "", err->hint);
	ui->message_bad = true;
}

static cc_pick pick(cc_ui *ui)
{
	cc_sheet *s = cc_ui_sheet(ui);
	return s ? cc_sheet_pick(s) : (cc_pick){ .time_ns = CC_TIME_NONE };
}

/* The text of one placeholder; false when the row has none of it. */
static bool placeholder(cc_ui *ui, cc_str name, const cc_pick *p, cc_buf *out)
{
	if (cc_str_eqz(name, "entity") && p->entity)
		ui->backend.entity_text(ui->backend.arg, p->entity, out);
	else if (cc_str_eqz(name, "cite") && p->cite.file)
		ui->backend.cite_text(ui->backend.arg, p->cite, out);
	else if (cc_str_eqz(name, "op") && p->op.n)
		cc_buf_add(out, p->op);
	else if (cc_str_eqz(name, "trace") && cc_ui_trace_of(ui, p).n)
		cc_buf_add(out, cc_ui_trace_of(ui, p));
	else if (cc_str_eqz(name, "time") && p->time_ns != CC_TIME_NONE)
		cc_time_format(out, p->time_ns);
	else if (cc_str_eqz(name, "from") && p->time_ns != CC_TIME_NONE)
		cc_time_format(out, p->time_ns - 300 * CC_NS_PER_S);
	else if (cc_str_eqz(name, "to") && p->time_ns != CC_TIME_NONE)
		cc_time_format(out, p->time_ns + 300 * CC_NS_PER_S);
	else
		return false;
	return true;
}

bool cc_ui_expand(cc_ui *ui, const char *line, const cc_pick *p, cc_buf *out)
{
	cc_str rest = cc_str_from(line);
	cc_buf value = CC_BUF_INIT;
	bool ok = true;
	while (rest.n > 0 && ok) {
		cc_str head, name, tail;
		if (!cc_str_cut(rest, '{', &head, &tail) || !cc_str_cut(tail, '}', &name, &tail)) {
			cc_buf_add(out, rest);
			break;
		}
		cc_buf_add(out, head);
		cc_buf_clear(&value);
		if (cc_str_eqz(name, "filter")) {        /* words of their own, or none */
			cc_buf_addz(out, cc_ui_sheet(ui) && cc_ui_sheet(ui)->filter ? cc_ui_sheet(ui)->filter : "");
			rest = tail;
			continue;
		}
		ok = placeholder(ui, name, p, &value);
		if (ok)
			cc_cmd_quote(out, cc_buf_str(&value));
		else
			cc_ui_say(ui, "this row has no %.*s", CC_STR_ARG(cc_str_eqz(name, "op") ? CC_STR("trace or pod") : name));
		rest = tail;
	}
	cc_buf_deinit(&value);
	ui->message_bad = !ok;
	return ok && cc_buf_ok(out);
}

static void run_binding(cc_ui *ui, const char *line)
{
	cc_buf b = CC_BUF_INIT;
	cc_pick p = pick(ui);
	if (cc_ui_expand(ui, line, &p, &b))
		cc_ui_run_line(ui, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

/* --- moving --- */

int cc_ui_page_height(cc_ui *ui)
{
	int columns, rows;
	ui->term->ops->size(ui->term, &columns, &rows);
	cc_layout l = cc_ui_layout(ui, columns, rows);
	const cc_sheet *s = cc_ui_sheet(ui);
	int h = l.pane[ui->active].h - 1;
	h -= s ? cc_strip_height(s, h) + 1 : 1;    /* title and sticky header */
	return h > 1 ? h : 1;
}

static bool has_role(const cc_sheet *s, size_t item, void *arg)
{
	return cc_sheet_item_role(s, item) == *(const cc_role *)arg;
}

/* What e and w look for in lists longer than a reply. */
static const char *filter_of_role(const cc_sheet *s, cc_role role)
{
	static const struct { const char *command, *error, *warning; } all[] = { { "logs", "level>=error", "level=warn" },
		{ "traces", "errors>0 or error_logs>0", NULL } };
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (cc_str_eqz(cc_reply_command(s->reply), all[i].command))
			return role == CC_ROLE_CRITICAL ? all[i].error : all[i].warning;
	return NULL;
}

/* Looks through all of a long list where its command can; false when it cannot. */
static bool find_in_list(cc_ui *ui, cc_sheet *s, cc_str filter, int dir, const char *what)
{
	cc_found f = { 0 };
	if (!filter.n || !cc_sheet_is_part(s) || !cc_ui_takes(s, "find"))
		return false;
	if (!cc_ui_find(ui, s, filter, dir, false, false, &f))
		return true;
	if (f.found)
		cc_ui_say(ui, "%s %llu of %llu", what, (unsigned long long)f.hit, (unsigned long long)f.hits);
	else
		cc_ui_say(ui, "no %s %s in this list (%llu in all)", dir > 0 ? "further" : "earlier", what, (unsigned long long)f.hits);
	return true;
}

static bool is_pinned(const cc_sheet *s, size_t item, void *arg)
{
	const cc_item *it = &s->items.p[item];
	const cc_section *sec = it->kind == CC_ITEM_ROW ? cc_reply_section(s->reply, it->section) : NULL;
	return sec && cc_ui_pinned(arg, s->reply, sec, &sec->rows[it->index]);
}

static void seek_pinned(cc_ui *ui, int dir)
{
	cc_sheet *s = cc_ui_sheet(ui);
	if (s && s->reply && !cc_ui_seek(ui, s, dir, is_pinned, ui))
		cc_ui_say(ui, "no %s pinned row here; the board lists all pins", dir > 0 ? "further" : "earlier");
}

static void seek_role(cc_ui *ui, int dir, cc_role role, const char *what)
{
	cc_sheet *s = cc_ui_sheet(ui);
	if (!s || !s->reply || find_in_list(ui, s, cc_str_from(filter_of_role(s, role)), dir, what) || cc_ui_seek(ui, s, dir, has_role, &role))
		return;
	cc_ui_say(ui, "no %s %s %s", dir > 0 ? "further" : "earlier", what, cc_sheet_is_part(s) ? "in this list" : "here");
}

static cc_str op_at(const cc_sheet *s, size_t item)
{
	const cc_item *it = &s->items.p[item];
	return it->kind == CC_ITEM_ROW ? cc_reply_section(s->reply, it->section)->rows[it->index].op : CC_STR_EMPTY;
}

static bool same_op(const cc_sheet *s, size_t item, void *arg)
{
	return cc_str_eq(op_at(s, item), *(const cc_str *)arg);
}

static bool is_trace(cc_str op)
{
	bool hex = op.n == 32;
	for (size_t i = 0; hex && i < op.n; i++)
		hex = cc_str_find_char(CC_STR("0123456789abcdef"), op.p[i]) != CC_STR_NONE;
	return hex;
}

static void seek_op(cc_ui *ui, int dir)
{
	cc_sheet *s = cc_ui_sheet(ui);
	cc_str op = pick(ui).op;
	cc_buf filter = CC_BUF_INIT;
	if (op.n == 0) {
		cc_ui_say(ui, "this row belongs to no trace or pod");
		return;
	}
	const char *what = is_trace(op) ? "row of its trace" : "row of its pod";
	cc_buf_addf(&filter, is_trace(op) ? "trace=%.*s" : "pod=\"%.*s\"", CC_STR_ARG(op));
	if (!find_in_list(ui, s, cc_buf_str(&filter), dir, what) && !cc_ui_seek(ui, s, dir, same_op, &op))
		cc_ui_say(ui, "no %s %s on this page", dir > 0 ? "further" : "earlier", what);
	cc_buf_deinit(&filter);
}

/* A group: another section, or in one table another entity; in a tree another root. */
static bool other_group(const cc_sheet *s, size_t item, void *arg)
{
	const cc_item *from = &s->items.p[s->selected], *it = &s->items.p[item];
	(void)arg;
	if (from->section != it->section || it->kind != from->kind)
		return true;
	if (it->kind != CC_ITEM_ROW)
		return false;
	const cc_row *rows = cc_reply_section(s->reply, it->section)->rows;
	return rows[it->index].depth == 0 && rows[it->index].entity != rows[from->index].entity;
}

static void seek_group(cc_ui *ui, int dir)
{
	cc_sheet *s = cc_ui_sheet(ui);
	if (s && s->selected < s->items.n && !cc_sheet_seek(s, dir, other_group, NULL))
		cc_sheet_to_end(s, dir > 0);
}

/* Letters on the boxes of a map; the next key is one of them. */
static void jump(cc_ui *ui)
{
	cc_sheet *s = cc_ui_sheet(ui);
	if (s && cc_map_shown(s))
		s->letters = true;
	else
		cc_ui_say(ui, "only a map has boxes to jump to: topology NAME");
}

static void shift(cc_ui *ui, int by)
{
	cc_sheet *s = cc_ui_sheet(ui);
	int most = s ? cc_sheet_most_left(s) : 0, to = s ? s->left + by : 0;
	if (!s)
		return;
	if (most == 0)
		cc_ui_say(ui, "nothing is cut here; p shows all fields of the row");
	s->left = to < 0 ? 0 : to > most ? most : to;
}

static void to_end(cc_ui *ui, cc_sheet *s, bool end, int page)
{
	cc_paging p = cc_reply_paging(s->reply);
	if (cc_sheet_is_part(s) && (end ? p.truncated : p.offset > 0))
		cc_ui_go(ui, s, end ? p.total_count - 1 : 0, page);
	cc_sheet_to_end(s, end);
}

/* On a page with a chart time runs from left to right. */
static void left_right(cc_ui *ui, int dir)
{
	const cc_section *chart = cc_ui_chart(cc_ui_sheet(ui));
	if (chart)
		cc_ui_chart_step(ui, chart, dir);
	else
		shift(ui, 16 * dir);
}

static bool do_move(cc_ui *ui, cc_do what)
{
	cc_sheet *s = cc_ui_sheet(ui);
	int page = cc_ui_page_height(ui);
	if (s && s->reply && cc_map_shown(s) && what >= CC_DO_MOVE_DOWN && what <= CC_DO_RIGHT) {
		cc_map_move(s, what == CC_DO_LEFT ? -1 : what == CC_DO_RIGHT, what == CC_DO_MOVE_UP ? -1 : what == CC_DO_MOVE_DOWN);
		return true;
	}
	switch (what) {
	case CC_DO_LEFT: left_right(ui, -1); return true;
	case CC_DO_RIGHT: left_right(ui, 1); return true;
	case CC_DO_NEXT_ERROR: seek_role(ui, 1, CC_ROLE_CRITICAL, "critical or error row"); return true;
	case CC_DO_PREV_ERROR: seek_role(ui, -1, CC_ROLE_CRITICAL, "critical or error row"); return true;
	case CC_DO_NEXT_WARNING: seek_role(ui, 1, CC_ROLE_WARNING, "warning"); return true;
	case CC_DO_PREV_WARNING: seek_role(ui, -1, CC_ROLE_WARNING, "warning"); return true;
	case CC_DO_NEXT_PINNED: seek_pinned(ui, 1); return true;
	case CC_DO_PREV_PINNED: seek_pinned(ui, -1); return true;
	case CC_DO_NEXT_SAME: seek_op(ui, 1); return true;
	case CC_DO_PREV_SAME: seek_op(ui, -1); return true;
	case CC_DO_NEXT_GROUP: seek_group(ui, 1); return true;
	case CC_DO_PREV_GROUP: seek_group(ui, -1); return true;
	default: break;
	}
	if (!s || !s->reply)
		return what >= CC_DO_MOVE_DOWN && what <= CC_DO_PAGE_UP;
	switch (what) {
	case CC_DO_MOVE_DOWN: cc_sheet_move(s, 1); return true;
	case CC_DO_MOVE_UP: cc_sheet_move(s, -1); return true;
	case CC_DO_TOP: to_end(ui, s, false, page); return true;
	case CC_DO_BOTTOM: to_end(ui, s, true, page); return true;
	case CC_DO_MORE: if (!cc_ui_step_level(ui, 1)) cc_ui_go_by(ui, s, CC_REPLY_PAGE, page); return true;
	case CC_DO_LESS: if (!cc_ui_step_level(ui, -1)) cc_ui_go_by(ui, s, -CC_REPLY_PAGE, page); return true;
	case CC_DO_NEXT_PAGE: cc_ui_go_by(ui, s, CC_REPLY_PAGE, page); return true;
	case CC_DO_PREV_PAGE: cc_ui_go_by(ui, s, -CC_REPLY_PAGE, page); return true;
	case CC_DO_PAGE_DOWN: cc_sheet_scroll(s, page, page); return true;
	case CC_DO_PAGE_UP: cc_sheet_scroll(s, -page, page); return true;
	case CC_DO_HALF_DOWN: cc_sheet_scroll(s, (page + 1) / 2, page); return true;
	case CC_DO_HALF_UP: cc_sheet_scroll(s, -(page + 1) / 2, page); return true;
	default: return false;
	}
}

/* --- the investigation --- */

/* A line of a spec that names another object. */
static void open_link(cc_ui *ui, const cc_pick *p)
{
	cc_buf b = CC_BUF_INIT;
	if (cc_ui_expand(ui, "spec {entity}", p, &b))
		cc_ui_push(ui, -1, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

static void drill(cc_ui *ui)
{
	cc_sheet *s = cc_ui_sheet(ui);
	cc_pick p = pick(ui);
	if (cc_ui_open_pin(ui, &p))
		return;
	if (cc_str_starts(p.drill, CC_STR("submit")))   /* an answer of the board: its review */
		cc_ui_run_line(ui, p.drill);
	else if (p.drill.n)
		cc_ui_push(ui, -1, p.drill);
	else if (s && p.line && p.line->entity)
		open_link(ui, &p);
	else if (s && cc_sheet_fold(s))
		return;
	else if (p.any)
		ui->overlay = cc_ui_detail(ui, &p);
}

/* What lies outside of the capture holds nothing: a window that reaches there would only seem wider than it is. */
static cc_range within(cc_range w, cc_range capture)
{
	if (capture.from_ns == CC_TIME_NONE || w.from_ns >= capture.to_ns || w.to_ns <= capture.from_ns)
		return w;
	return (cc_range){ w.from_ns > capture.from_ns ? w.from_ns : capture.from_ns, w.to_ns < capture.to_ns ? w.to_ns : capture.to_ns };
}

/* The window after one step: half as wide around the row, or twice as wide; wider than the capture means none. */
static void zoom(cc_ui *ui, bool in)
{
	cc_ui_status st;
	cc_pick p = pick(ui);
	cc_buf b = CC_BUF_INIT;
	ui->backend.status(ui->backend.arg, &st);
	const cc_section *chart = cc_ui_chart(cc_ui_sheet(ui));
	if (chart)               /* its rows are series, which have no time of their own */
		p.time_ns = cc_ui_chart_time(chart, st.view.at_ns);
	if (cc_ui_sheet(ui) && cc_sheet_has_bars(cc_ui_sheet(ui))) {
		if (!cc_sheet_zoom(cc_ui_sheet(ui), in))
			cc_ui_say(ui, in ? "the bars show this row's time already" : "the bars show the whole trace");
		cc_buf_deinit(&b);
		return;
	}
	bool set = st.view.window.from_ns != CC_TIME_NONE;
	cc_range have = set ? st.view.window : st.range;
	if (have.from_ns == CC_TIME_NONE || (!in && !set)) {
		cc_ui_say(ui, "no time window is set");
		return;
	}
	int64_t width = have.to_ns - have.from_ns, middle = p.time_ns != CC_TIME_NONE && in ? p.time_ns :
		st.view.at_ns != CC_TIME_NONE && in ? st.view.at_ns : have.from_ns + width / 2;
	width = in ? width / 2 : width > INT64_MAX / 4 ? width : width * 2;
	if (width < CC_NS_PER_S)
		width = CC_NS_PER_S;
	if (!in && (st.range.from_ns == CC_TIME_NONE || width >= st.range.to_ns - st.range.from_ns)) {
		cc_buf_addz(&b, "window clear=yes");
	} else {
		cc_buf_addz(&b, "window ");
		cc_range to = within((cc_range){ middle - width / 2, middle - width / 2 + width }, st.range);
		cc_time_format(&b, to.from_ns);
		cc_buf_add_char(&b, ' ');
		cc_time_format(&b, to.to_ns);
	}
	cc_ui_run_line(ui, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

static const cc_cell *cell_of(const cc_pick *p, const char *column)
{
	for (size_t i = 0; p->row && p->section && i < p->section->column_count; i++)
		if (strcmp(p->section->columns[i].key, column) == 0)
			return &p->row->cells[i];
	return NULL;
}

/* What the row is about, as the board spells it: there a suspect may be no entity of the snapshot. False and a message: nothing. */
static bool subject(cc_ui *ui, const cc_pick *p, const char *command, cc_buf *out)
{
	const cc_cell *name = cell_of(p, "name");
	const char *table = p->section ? p->section->key : "";
	if (name && (strcmp(table, "suspects") == 0 || strcmp(table, "ruled_out") == 0))
		cc_buf_add(out, name->text);
	else if (p->entity)
		ui->backend.entity_text(ui->backend.arg, p->entity, out);
	else
		cc_ui_say(ui, "this row names no entity; :%s NAME takes any", command);
	return out->n > 0;
}

static void ask_about(cc_ui *ui, const char *command, cc_prompt_kind kind)
{
	cc_pick p = pick(ui);
	cc_buf b = CC_BUF_INIT;
	if (!subject(ui, &p, command, &b)) {
		cc_buf_deinit(&b);
		return;
	}
	cc_free(ui->prompt.subject);
	ui->prompt.subject = cc_buf_take(&b);
	ui->prompt.pin = ui->backend.pin_of(ui->backend.arg, p.cite, CC_STR_EMPTY);
	ui->prompt.again = false;
	cc_prompt_open(ui, kind, CC_STR_EMPTY);
}

/* On the board: which other suspect this one is instead of. Both ways out of it are offered, by the other's number. */
static void rivals(cc_ui *ui)
{
	cc_pick p = pick(ui);
	const cc_cell *mine = cell_of(&p, "name");
	size_t rows = mine && p.section && strcmp(p.section->key, "suspects") == 0 ? p.section->row_count : 0;
	if (rows < 2) {
		cc_ui_say(ui, "i is for rows of suspects, when there are two at least");
		return;
	}
	cc_menu_open(ui, CC_MENU_PIVOT, "instead of, or as well as");
	for (size_t i = 0; i < rows * 2; i++) {
		size_t row = i % rows;
		const char *how = i < rows ? "instead-of" : "as-well-as";
		cc_pick other = { .section = p.section, .row = &p.section->rows[row] };
		cc_buf b = CC_BUF_INIT;
		if (other.row == p.row)
			continue;
		cc_buf_addz(&b, "suspect ");
		cc_cmd_quote(&b, mine->text);
		cc_buf_addf(&b, " %s=%zu", how, row + 1);
		if (cc_buf_ok(&b))
			cc_menu_add(ui, i < rows && row < 9 ? (uint32_t)('1' + row) : 0, b.p, NULL, "%s %zu %.*s", how, row + 1,
				CC_STR_ARG(cell_of(&other, "name")->text));
		cc_buf_deinit(&b);
	}
	cc_menu_ready(ui);
}

void cc_ui_remove(cc_ui *ui, const cc_pick *p)
{
	const char *table = p->section ? p->section->key : "";
	const cc_cell *name = cell_of(p, "name"), *number = cell_of(p, "number");
	cc_buf b = CC_BUF_INIT;
	if (name && (strcmp(table, "suspects") == 0 || strcmp(table, "entities") == 0))
		cc_buf_addz(&b, "suspect ");
	else if (name && strcmp(table, "ruled_out") == 0)
		cc_buf_addz(&b, "ruleout ");
	else if (number && strcmp(table, "pins") == 0)
		cc_buf_addf(&b, "unpin %lld", (long long)number->i);
	if (b.n && name && strcmp(table, "pins") != 0) {
		cc_cmd_quote(&b, name->text);
		cc_buf_addz(&b, " remove=yes");
	}
	if (b.n)
		cc_ui_run_line(ui, cc_buf_str(&b));
	else
		cc_ui_say(ui, "nothing to take away here: d is for rows of suspects, pins and rule-outs");
	cc_buf_deinit(&b);
}

static void unlink_pane(cc_ui *ui)
{
	cc_pane *p = cc_ui_pane(ui);
	p->unlinked = !p->unlinked;
	cc_ui_say(ui, p->unlinked ? "this pane no longer follows focus, cursor and window" : "this pane follows focus, cursor and window again");
	if (p->stack.n == 1)
		cc_ui_load(ui, p->stack.p[0], false);
}

static void show_last(cc_ui *ui)
{
	if (ui->last_pane >= 0)
		cc_ui_show_pane(ui, ui->last_pane);
	else
		cc_ui_say(ui, "no other pane was shown yet");
}

static void step_pane(cc_ui *ui, int by)
{
	int now = ui->slots[ui->active];
	/* Tab walks the panes in one column, whatever the width: in two columns the active one changes. */
	cc_ui_show_pane(ui, (now + by + CC_PANE_COUNT) % CC_PANE_COUNT);
}

static void rerun(cc_ui *ui)
{
	cc_sheet *s = cc_ui_sheet(ui);
	if (s && s->line)
		cc_ui_reload(ui, s);
}

static void leave(cc_ui *ui)
{
	cc_ui_status st;
	if (cc_ui_pop(ui)) {
		if (!ui->message.n && cc_ui_pane(ui)->stack.n == 1)
			cc_ui_say(ui, "back at the list; the next q leaves the investigation");
		return;
	}
	ui->backend.status(ui->backend.arg, &st);
	if (st.submitted || !st.started)
		ui->done = true;   /* nothing is given up */
	else
		cc_prompt_open(ui, CC_PROMPT_QUIT, CC_STR_EMPTY);
}

/* A filter stays: what it left out would cost a query to have again by a slip. */
static void back(cc_ui *ui)
{
	const cc_sheet *s = cc_ui_sheet(ui);
	bool filtered = s && s->filter && *s->filter;
	if (!cc_ui_pop(ui))
		cc_ui_say(ui, filtered ? "this is the list; * and d take the filter away, q leaves" : "this is the list; q leaves");
}

static bool do_investigate(cc_ui *ui, cc_do what)
{
	cc_pick p = pick(ui);
	switch (what) {
	case CC_DO_DRILL: drill(ui); return true;
	case CC_DO_BACK: back(ui); return true;
	case CC_DO_BACK_OR_QUIT: leave(ui); return true;
	case CC_DO_LAST_VIEW: show_last(ui); return true;
	case CC_DO_ZOOM_IN: zoom(ui, true); return true;
	case CC_DO_ZOOM_OUT: zoom(ui, false); return true;
	case CC_DO_PIN: cc_ui_pin(ui); return true;
	case CC_DO_SUSPECT: ask_about(ui, "suspect", CC_PROMPT_CONFIDENCE); return true;
	case CC_DO_RULEOUT: ask_about(ui, "ruleout", CC_PROMPT_RULEOUT); return true;
	case CC_DO_RIVALS: rivals(ui); return true;
	case CC_DO_SUBMIT: cc_stage_open_review(ui, cc_str_starts(p.drill, CC_STR("submit")) ? p.drill : CC_STR("submit")); return true;
	case CC_DO_PIVOT: cc_ui_open_pivot(ui); return true;
	case CC_DO_YANK: cc_ui_open_yank(ui); return true;
	case CC_DO_DETAIL: if (p.any) ui->overlay = cc_ui_detail(ui, &p); return true;
	case CC_DO_UNLINK: unlink_pane(ui); return true;
	case CC_DO_RERUN: rerun(ui); return true;
	case CC_DO_NUDGE_LATER: cc_ui_nudge(ui, 1); return true;
	case CC_DO_NUDGE_EARLIER: cc_ui_nudge(ui, -1); return true;
	case CC_DO_HORIZON: cc_ui_toggle_horizon(ui); return true;
	case CC_DO_SCRUBBER: cc_ui_toggle_scrubber(ui); return true;
	case CC_DO_JUMP: jump(ui); return true;
	case CC_DO_ARRANGE: cc_ui_open_arrange(ui); return true;
	case CC_DO_FOLD_TREE: cc_ui_fold(ui); return true;
	case CC_DO_CRITICAL: cc_ui_toggle_word(ui, "trace", "show=critical"); return true;
	case CC_DO_TRACE_LOGS: cc_ui_toggle_word(ui, "trace", "logs=none"); return true;
	case CC_DO_HIDE_SERVICE: cc_ui_hide_service(ui); return true;
	case CC_DO_TWIN: cc_ui_twin(ui); return true;
	case CC_DO_VIEW_BACK: cc_trail_go(ui, -1); return true;
	case CC_DO_VIEW_FORWARD: cc_trail_go(ui, 1); return true;
	case CC_DO_REMOVE: cc_ui_remove(ui, &p); return true;
	default: return false;
	}
}

static void toggle_mouse(cc_ui *ui)
{
	ui->mouse = !ui->mouse;
	ui->term->ops->set_mouse(ui->term, ui->mouse);
	cc_ui_say(ui, ui->mouse ? "mouse on; hold Shift (or Option) to select text" : "mouse off");
}

void cc_ui_bind(cc_ui *ui, cc_str line)
{
	cc_err err = { 0 };
	cc_buf path = CC_BUF_INIT;
	cc_keymap_path(&path);
	if (cc_keymap_bind(ui->keys, line, &err))
		cc_ui_complain(ui, &err);
	else
		cc_ui_say(ui, "done, until you leave; the same line in %s keeps it", path.n ? path.p : "the keys file");
	cc_buf_deinit(&path);
}

void cc_ui_do(cc_ui *ui, const cc_binding *b)
{
	if (cc_replay_refuses(ui, b) || do_move(ui, b->what) || do_investigate(ui, b->what))
		return;
	switch (b->what) {
	case CC_DO_LINE: run_binding(ui, b->line); break;
	case CC_DO_NEXT_PANE: step_pane(ui, 1); break;
	case CC_DO_PREV_PANE: step_pane(ui, -1); break;
	case CC_DO_COMMAND: cc_prompt_open(ui, CC_PROMPT_COMMAND, CC_STR_EMPTY); break;
	case CC_DO_SEARCH: cc_prompt_open(ui, CC_PROMPT_SEARCH, CC_STR_EMPTY); break;
	case CC_DO_SEARCH_NEXT: cc_ui_search_step(ui, 1); break;
	case CC_DO_SEARCH_PREV: cc_ui_search_step(ui, -1); break;
	case CC_DO_FILTER: cc_prompt_open(ui, CC_PROMPT_FILTER, CC_STR_EMPTY); break;
	case CC_DO_FILTERS: cc_ui_open_filters(ui); break;
	case CC_DO_CONTEXT: cc_ui_step_context(ui); break;
	case CC_DO_FOLD: cc_ui_toggle_fold(ui); break;
	case CC_DO_PALETTE: cc_ui_open_palette(ui); break;
	case CC_DO_HELP: cc_ui_open_help(ui); break;
	case CC_DO_GROW: ui->zoom = ui->zoom < 1 ? ui->zoom + 1 : 1; break;
	case CC_DO_SHRINK: ui->zoom = ui->zoom > -1 ? ui->zoom - 1 : -1; break;
	case CC_DO_CLOCK: cc_ui_toggle_clock(ui); break;
	case CC_DO_REPAINT: ui->term->ops->repaint(ui->term); break;
	case CC_DO_SUSPEND: ui->term->ops->suspend(ui->term); break;
	case CC_DO_MOUSE: toggle_mouse(ui); break;
	default: break;
	}
}
