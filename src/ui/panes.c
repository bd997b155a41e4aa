/* panes.c - the eight panes: which line fills each, and running it. The board is free and always asked anew. */
#include "ui/map.h"
#include "ui/replay.h"

#include <string.h>

#include "coldcase/xalloc.h"

const char *const cc_pane_names[CC_PANE_COUNT] = { "alerts", "logs", "traces", "metrics", "topology", "events", "specs", "board" };
const char *const cc_pane_lines[CC_PANE_COUNT] = { "alerts", "logs", "paths hop", "metrics", "topology", "events", "changes", "board" };

/* Where the answer of a command belongs. */
static const struct { const char *command; int pane; } homes[] = {
	{ "alerts", CC_PANE_ALERTS }, { "alert", CC_PANE_ALERTS }, { "logs", CC_PANE_LOGS }, { "log", CC_PANE_LOGS },
	{ "patterns", CC_PANE_LOGS }, { "traces", CC_PANE_TRACES }, { "trace", CC_PANE_TRACES }, { "span", CC_PANE_TRACES },
	{ "compare", CC_PANE_TRACES }, { "breakdown", CC_PANE_TRACES },
	{ "paths", CC_PANE_TRACES }, { "metrics", CC_PANE_METRICS }, { "metric", CC_PANE_METRICS }, { "topology", CC_PANE_TOPOLOGY },
	{ "entity", CC_PANE_TOPOLOGY }, { "events", CC_PANE_EVENTS }, { "event", CC_PANE_EVENTS }, { "objects", CC_PANE_SPECS },
	{ "spec", CC_PANE_SPECS }, { "diff", CC_PANE_SPECS }, { "changes", CC_PANE_SPECS }, { "checks", CC_PANE_SPECS }, { "board", CC_PANE_BOARD },
};

const cc_cmd *cc_ui_command_of(cc_str line)
{
	cc_str name, rest;
	const cc_cmd *cmd = NULL;
	cc_str_cut(cc_str_trim(line), ' ', &name, &rest);
	return cc_cmd_find(name, &cmd, NULL) == CC_OK ? cmd : NULL;
}

int cc_ui_pane_of_line(cc_str line)
{
	const cc_cmd *cmd = cc_ui_command_of(line);
	for (size_t i = 0; cmd && i < sizeof homes / sizeof homes[0]; i++)
		if (strcmp(cmd->name, homes[i].command) == 0)
			return homes[i].pane;
	return -1;
}

static bool has_param(const cc_cmd *cmd, const char *name)
{
	for (const cc_param *p = cmd ? cmd->params : NULL; p && p->name; p++)
		if (strcmp(p->name, name) == 0)
			return true;
	return false;
}

cc_pane *cc_ui_pane(cc_ui *ui)
{
	return &ui->panes[ui->slots[ui->active]];
}

static cc_sheet *top_of(cc_pane *p)
{
	return p->stack.n ? p->stack.p[p->stack.n - 1] : NULL;
}

cc_sheet *cc_ui_sheet(cc_ui *ui)
{
	return top_of(cc_ui_pane(ui));
}

/* --- running --- */

static cc_code run(cc_ui *ui, cc_str line, cc_reply **out, cc_err *err)
{
	*out = NULL;
	cc_err_clear(err);
	cc_code code = cc_ui_ask_working(ui, line, out, err);
	if (!code)
		cc_learn_saw(ui, line);
	return code;
}

cc_reply *cc_ui_ask(cc_ui *ui, cc_str line)
{
	cc_reply *reply = NULL;
	cc_err err;
	if (run(ui, line, &reply, &err)) {
		cc_ui_complain(ui, &err);
		return NULL;
	}
	return reply;
}

/* Unlinked panes look past focus and window where the command can. */
void cc_ui_question(const cc_ui *ui, const cc_sheet *s, cc_buf *out)
{
	bool unlinked = false;
	for (int i = 0; i < CC_PANE_COUNT; i++)
		if (ui->panes[i].stack.n && ui->panes[i].stack.p[0] == s)
			unlinked = ui->panes[i].unlinked;
	cc_buf_addz(out, s->line);
	if (s->filter && *s->filter)
		cc_buf_addf(out, " %s", s->filter);
	if (s->context && cc_ui_takes(s, "context"))
		cc_buf_addf(out, " context=%d", s->context);
	if (s->unfolded && cc_ui_takes(s, "fold"))
		cc_buf_addz(out, " fold=no");
	if (unlinked && has_param(cc_ui_command_of(cc_str_from(s->line)), "all"))
		cc_buf_addz(out, " all=yes");
}

/* The question, and the part of its answer. The beginning of a long list is asked for as such once it is no longer kept: the
 * question itself would be another query. */
static void full_line(cc_ui *ui, const cc_sheet *s, cc_buf *out)
{
	cc_ui_question(ui, s, out);
	cc_reply *kept = s->placed && !s->offset ? cc_ui_kept(ui, cc_buf_str(out)) : NULL;
	if (s->offset || (s->placed && !kept))
		cc_buf_addf(out, " offset=%llu", (unsigned long long)s->offset);
	cc_reply_unref(kept);
}

bool cc_ui_takes(const cc_sheet *s, const char *param)
{
	return s->line && has_param(cc_ui_command_of(cc_str_from(s->line)), param);
}

static bool is_board(const cc_sheet *s)
{
	return s->line && cc_str_starts(cc_str_from(s->line), CC_STR("board"));
}

void cc_ui_note_view(cc_ui *ui, cc_sheet *s)
{
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	s->view = st.view;
}

bool cc_ui_is_missing(const cc_ui *ui, int pane)
{
	if (ui->replay && cc_playback_bare(ui->replay->playback))        /* the record holds some of what it showed */
		return false;
	return pane >= 0 && ui->backend.missing && ui->backend.missing(ui->backend.arg, cc_pane_names[pane]);
}

/* Asking for what is not there would spend a query to learn nothing. */
static cc_reply *nothing_there(int pane)
{
	cc_reply *r = cc_reply_new(cc_pane_lines[pane]);
	const char *what = pane == CC_PANE_SPECS ? "objects" : cc_pane_names[pane];
	if (!r)
		return NULL;
	cc_reply_set_title(r, "%s", what);
	cc_reply_set_empty(r, "this snapshot holds no %s", what);
	if (cc_reply_publish(r, NULL, NULL)) {
		cc_reply_unref(r);
		return NULL;
	}
	return r;
}

void cc_ui_note_moved(cc_ui *ui, cc_sheet *s)
{
	if (s->moved && !is_board(s))
		cc_ui_go_to_lost(ui, s);
	cc_paging p = s->reply ? cc_reply_paging(s->reply) : (cc_paging){ 0 };
	if (!s->moved || is_board(s) || (p.paged && !p.returned_count))   /* on the board a row goes because it was taken away */
		return;
	cc_buf_addf(&ui->message, "%sthe row selected before is not in this list: the nearest in time is selected", ui->message.n ? "; " : "");
	s->moved = false;
}

/* Nothing of what the line needs has been read yet: the pane waits for it. */
static bool is_unread(const cc_ui *ui, const cc_sheet *s)
{
	const cc_cmd *cmd = ui->backend.unread ? cc_ui_command_of(cc_str_from(s->line)) : NULL;
	return cmd && ui->backend.unread(ui->backend.arg, cmd);
}

bool cc_ui_looks_ahead(const cc_ui *ui, const cc_sheet *s)
{
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	return s->ran && !is_board(s) && st.view.known && (!s->view.known || s->view.at_ns > st.view.at_ns);
}

void cc_ui_load(cc_ui *ui, cc_sheet *s, bool again)
{
	int home = s->line ? cc_ui_pane_of_line(cc_str_from(s->line)) : -1;
	cc_buf line = CC_BUF_INIT;
	cc_err err;
	full_line(ui, s, &line);
	if (!s->line || !cc_buf_ok(&line))
		goto done;
	s->waiting = is_unread(ui, s);
	if (s->waiting) {
		cc_ui_note_view(ui, s);
		goto done;
	}
	cc_reply *reply = cc_ui_is_missing(ui, home) ? nothing_there(home) : again || is_board(s) ? NULL : cc_ui_kept(ui, cc_buf_str(&line));
	ui->asking = s;
	cc_code code = reply ? CC_OK : run(ui, cc_buf_str(&line), &reply, &err);
	ui->asking = NULL;
	if (code) {
		cc_ui_complain(ui, &err);
		if (cc_ui_looks_ahead(ui, s))
			cc_sheet_forget(s);
		if (!s->reply) {      /* old evidence stays in view, with the complaint below it */
			s->failed = true;
			s->err = err;
		}
	} else {
		cc_ui_keep(ui, cc_buf_str(&line), reply);
		cc_sheet_set_reply(s, reply);
		cc_learn_saw(ui, cc_buf_str(&line));
	}
	s->ran = true;
	s->stale = false;
	cc_ui_note_view(ui, s);
done:
	cc_buf_deinit(&line);
}

static bool same_window(cc_view a, cc_view b)
{
	return a.window.from_ns == b.window.from_ns && a.window.to_ns == b.window.to_ns;
}

static bool same_rows(cc_view a, cc_view b)
{
	return a.focus == b.focus && same_window(a, b) &&
		a.known == b.known && (!a.known || a.at_ns == b.at_ns);
}

static bool same_pivot(cc_view a, cc_view b)
{
	return a.at_ns == b.at_ns && a.onset_ns == b.onset_ns;
}

/* Lists obey focus, cursor and window; what was opened by name does not, but for a map's rates, which are of the window. */
bool cc_ui_is_old(const cc_ui *ui, int pane, const cc_sheet *s)
{
	const cc_pane *p = &ui->panes[pane];
	cc_ui_status st;
	if (cc_ui_looks_ahead(ui, s))
		return true;
	if (is_board(s) || p->unlinked || !p->stack.n)
		return false;
	ui->backend.status(ui->backend.arg, &st);
	if (s != p->stack.p[0])
		return cc_map_section(s->reply, NULL) && !same_window(s->view, st.view);
	cc_buf line = CC_BUF_INIT;
	cc_ui_question(ui, s, &line);
	bool old = !same_rows(s->view, st.view) || (!same_pivot(s->view, st.view) && cc_ui_obeys_cursor(cc_buf_str(&line)));
	cc_buf_deinit(&line);
	return old;
}

void cc_ui_fresh(cc_ui *ui)
{
	cc_pane *p = cc_ui_pane(ui);
	cc_sheet *s = top_of(p);
	cc_ui_status st;
	if (!s || (s->ran && !s->stale && !is_board(s) && !cc_ui_is_old(ui, ui->slots[ui->active], s)))
		return;
	ui->backend.status(ui->backend.arg, &st);
	if (s->ran && !same_rows(s->view, st.view)) {   /* other rows: their part has nothing to do with this one */
		s->placed = false;
		s->offset = 0;
	}
	cc_ui_load(ui, s, false);
	cc_ui_note_moved(ui, s);
}

void cc_ui_reload(cc_ui *ui, cc_sheet *s)
{
	if (s->reply && cc_reply_paging(s->reply).stopped) {   /* the question itself goes on to the end; a part of it is of what was found */
		s->placed = false;
		s->offset = 0;
	}
	cc_ui_load(ui, s, true);
	cc_ui_note_moved(ui, s);
}

static void ensure_list(cc_ui *ui, int pane)
{
	cc_pane *p = &ui->panes[pane];
	if (p->stack.n)
		return;
	cc_sheet *s = cc_sheet_new(cc_pane_lines[pane]);
	if (!s || !cc_vec_push(&p->stack, s))
		cc_sheet_free(s);
}

/* In two columns the pane that has the keys is replaced; the first change fills the empty column. */
static void place_pane(cc_ui *ui, int pane)
{
	if (ui->slots[ui->active] == pane)
		return;
	ui->last_pane = ui->slots[ui->active];
	if (ui->slots[1 - ui->active] == pane) {
		ui->active = 1 - ui->active;
	} else if (ui->slots[1] < 0) {
		ui->slots[1] = pane;
		ui->active = 1;
	} else {
		ui->slots[ui->active] = pane;
	}
}

/* A page opened from a list leaves the screen with its pane when another pane is asked for, and is there again with it: else it
 * would keep half of the screen for good. Lists stay beside. */
static void leave_opened(cc_ui *ui, int pane)
{
	int left = ui->slots[ui->active];
	bool opened[2];
	if (ui->slots[0] == pane || ui->slots[1] == pane)
		return;
	for (int slot = 0; slot < 2; slot++)
		opened[slot] = ui->slots[slot] >= 0 && ui->panes[ui->slots[slot]].stack.n > 1;
	if (ui->slots[1] < 0 ? opened[0] : opened[0] && opened[1]) {
		ui->slots[0] = pane;
		ui->slots[1] = -1;
		ui->active = 0;
	} else if (opened[1 - ui->active]) {
		ui->active = 1 - ui->active;
		ui->slots[ui->active] = pane;
	} else {
		return;
	}
	ui->last_pane = left;
}

void cc_ui_set_line(cc_ui *ui, cc_sheet *s, const char *line)
{
	char *own = cc_strdup(line);
	if (!own)
		return;
	cc_free(s->line);
	s->line = own;
	s->placed = false;
	s->offset = 0;
	cc_ui_load(ui, s, false);
	cc_sheet_home(s);
}

void cc_ui_swap_line(cc_ui *ui, cc_sheet *s, const char *line)
{
	cc_filters_deinit(s);
	cc_ui_set_line(ui, s, line);
}

void cc_ui_show_pane(cc_ui *ui, int pane)
{
	cc_ui_status st;
	if (!ui->replay)              /* there what was shown before stands beside on purpose */
		leave_opened(ui, pane);
	place_pane(ui, pane);
	ensure_list(ui, pane);
	cc_ui_fresh(ui);
	ui->backend.status(ui->backend.arg, &st);
	/* Specs open with what changed; where nothing did, and in a live drill something still may, with what there is. */
	cc_sheet *s = cc_ui_sheet(ui);
	const cc_section *rows = s && s->reply ? cc_reply_main(s->reply) : NULL;
	if (pane == CC_PANE_SPECS && rows && rows->row_count == 0 && cc_ui_pane(ui)->stack.n == 1 && !(s->filter && *s->filter) &&
		!st.live_speed &&
		cc_str_eqz(cc_str_from(s->line), "changes")) {
		cc_ui_swap_line(ui, s, "objects");
	}
}

void cc_ui_open_first(cc_ui *ui)
{
	static const int order[] = { CC_PANE_ALERTS, CC_PANE_EVENTS, CC_PANE_TRACES, CC_PANE_LOGS, CC_PANE_METRICS, CC_PANE_SPECS };
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		if (!cc_ui_is_missing(ui, order[i])) {
			ui->slots[0] = order[i];
			break;
		}
	}
	cc_ui_show_pane(ui, ui->slots[0]);
}

void cc_ui_twin(cc_ui *ui)
{
	cc_ui_cut(ui, ui->slots[ui->active], 1);
	cc_sheet *s = cc_ui_sheet(ui);
	const char *first = cc_pane_lines[ui->slots[ui->active]], *other = ui->slots[ui->active] == CC_PANE_TRACES ? "traces" : "objects";
	if (s)
		cc_ui_swap_line(ui, s, cc_str_starts(cc_str_from(s->line), cc_str_from(other)) ? first : other);
}

const char *cc_ui_filter_line(const cc_sheet *s)
{
	const cc_cmd *cmd = s && s->line ? cc_ui_command_of(cc_str_from(s->line)) : NULL;
	return cmd && strcmp(cmd->name, "paths") == 0 ? "traces" : s ? s->line : NULL;
}

void cc_ui_push(cc_ui *ui, int pane, cc_str line)
{
	cc_ui_push_reply(ui, pane, line, NULL);
}

void cc_ui_push_reply(cc_ui *ui, int pane, cc_str line, cc_reply *reply)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_add(&b, line);
	cc_sheet *s = cc_buf_ok(&b) ? cc_sheet_new(b.p) : NULL;
	cc_buf_deinit(&b);
	if (!s) {
		cc_reply_unref(reply);
		return;
	}
	cc_sheet *from = ui->panes[ui->slots[ui->active]].stack.n ? cc_ui_sheet(ui) : NULL;
	cc_pick row = from ? cc_sheet_pick(from) : (cc_pick){ .time_ns = CC_TIME_NONE };
	s->entity = row.entity;
	s->cite = row.cite;
	s->time_ns = row.time_ns;
	int before = ui->slots[ui->active], last = ui->last_pane, other = ui->slots[1], slot = ui->active;
	if (pane >= 0)
		place_pane(ui, pane);
	s->from_pane = ui->slots[ui->active] != before ? before : -1;
	ensure_list(ui, ui->slots[ui->active]);
	cc_pane *p = cc_ui_pane(ui);
	if (!cc_vec_push(&p->stack, s)) {
		cc_sheet_free(s);
		cc_reply_unref(reply);
		return;
	}
	if (reply) {
		cc_sheet_set_reply(s, reply);
		s->ran = true;
	} else {
		cc_ui_load(ui, s, false);
	}
	if (!s->reply && !s->waiting) {          /* nothing to show: the message row says why */
		ui->side_of = NULL;
		p->stack.n--;
		cc_sheet_free(s);
		ui->active = slot;         /* back where it was asked: no other list is run for it */
		ui->slots[1] = other;
		ui->slots[slot] = before;
		ui->last_pane = last;
	}
}

void cc_ui_cut(cc_ui *ui, int pane, size_t depth)
{
	cc_pane *p = &ui->panes[pane];
	while (p->stack.n > depth)
		cc_sheet_free(p->stack.p[--p->stack.n]);
	ui->side_of = NULL;
}

/* The list below a page that was opened from another pane was not asked for: its column goes with the page. */
static void drop_unasked(cc_ui *ui)
{
	cc_sheet *list = cc_ui_sheet(ui);
	if (ui->slots[1] < 0 || (list && list->ran))
		return;
	ui->slots[0] = ui->slots[1 - ui->active];
	ui->slots[1] = -1;
	ui->active = 0;
}

bool cc_ui_pop(cc_ui *ui)
{
	cc_pane *p = cc_ui_pane(ui);
	if (p->stack.n < 2)
		return false;
	ui->side_of = NULL;
	int from = p->stack.p[p->stack.n - 1]->from_pane;
	cc_sheet_free(p->stack.p[--p->stack.n]);
	if (from >= 0) {
		drop_unasked(ui);
		place_pane(ui, from);
	}
	if (!cc_ui_sheet(ui))           /* the console began with what was opened, not with this pane */
		ensure_list(ui, ui->slots[ui->active]);
	cc_ui_fresh(ui);
	return true;
}

static bool is_shown(const cc_cmd *cmd)
{
	return cmd && (strcmp(cmd->group, "evidence") == 0 || strcmp(cmd->name, "board") == 0);
}

/* One line of what a command said: its first facts, then its notes. A first fact that is a sentence says all that the others would. */
static void first_text(const cc_reply *r, cc_buf *out)
{
	const cc_section *s = cc_reply_section(r, 0);
	bool sentence = s && s->kind == CC_SECTION_FACTS && s->fact_count && strcmp(s->facts[0].key, "text") == 0;
	if (sentence)
		cc_cell_render(&s->facts[0].cell, out, false);
	for (size_t i = 0; s && !sentence && s->kind == CC_SECTION_FACTS && i < s->fact_count && i < 4; i++) {
		if (s->facts[i].cell.type == CC_CELL_NONE)
			continue;
		cc_buf_addf(out, "%s%s ", out->n ? ", " : "", s->facts[i].title);
		if (s->facts[i].cell.type == CC_CELL_TIME)
			cc_time_format_clock(out, s->facts[i].cell.i);
		else
			cc_cell_render(&s->facts[i].cell, out, false);
	}
	for (size_t i = 0; i < cc_reply_note_count(r); i++)
		cc_buf_addf(out, "%s%.*s", out->n ? "; " : "", CC_STR_ARG(cc_reply_note(r, i)));
}

/* Commands that change the case say so in one line; those that answer with pages (help, budget) get an overlay. */
static void report(cc_ui *ui, const cc_cmd *cmd, cc_reply *reply)
{
	cc_buf b = CC_BUF_INIT;
	bool page = cmd && (cmd->flags & CC_CMD_NO_RECORD) && cc_reply_section_count(reply) > 0;
	if (page) {
		cc_sheet_free(ui->overlay);
		ui->overlay = cc_sheet_new(NULL);
		if (ui->overlay)
			cc_sheet_set_reply(ui->overlay, cc_reply_ref(reply));
	} else {
		first_text(reply, &b);
		cc_str title = cc_reply_title(reply);
		cc_ui_say(ui, "%.*s%s%.*s", CC_STR_ARG(title), title.n && b.n ? ": " : "", CC_STR_ARG(cc_buf_str(&b)));
	}
	cc_buf_deinit(&b);
}

/* The key of the pane one is in leads to its list, then to the top of it; the board is read from its suspects on. */
static void go_home(cc_ui *ui, int pane)
{
	bool here = ui->slots[ui->active] == pane, list = cc_ui_pane(ui)->stack.n < 2;
	if (here && !list)
		while (cc_ui_pane(ui)->stack.n > 1)
			cc_sheet_free(cc_ui_pane(ui)->stack.p[--cc_ui_pane(ui)->stack.n]);
	if (here)
		ui->side_of = NULL;
	cc_ui_show_pane(ui, pane);
	if (cc_ui_sheet(ui) && ((here && list) || pane == CC_PANE_BOARD))
		cc_sheet_home(cc_ui_sheet(ui));
}

void cc_ui_run_line(cc_ui *ui, cc_str line)
{
	line = cc_str_trim(line);
	if (ui->replay && cc_replay_line(ui, line))
		return;
	const cc_cmd *cmd = cc_ui_command_of(line);
	cc_err err;
	cc_reply *reply = NULL;
	if (line.n == 0)
		return;
	if (cc_str_starts(line, CC_STR("bind ")) || cc_str_starts(line, CC_STR("unbind "))) {
		cc_ui_bind(ui, line);   /* keys are the console's own: no session knows of them */
	} else if (cmd && strcmp(cmd->name, "mark") == 0 && cc_str_find_char(line, ' ') == CC_STR_NONE) {
		cc_prompt_open(ui, CC_PROMPT_MARK, CC_STR_EMPTY);
	} else if (cmd && strcmp(cmd->name, "quit") == 0) {
		ui->done = true;
	} else if (cmd && strcmp(cmd->name, "submit") == 0 && cc_str_find(line, CC_STR("confirm")) == CC_STR_NONE) {
		cc_stage_open_review(ui, line);
	} else if (is_shown(cmd)) {
		int pane = cc_ui_pane_of_line(line);
		if (ui->stage == CC_STAGE_PRINTED)
			ui->stage = CC_STAGE_PANES;
		if (pane >= 0 && cc_str_eqz(line, cc_pane_lines[pane]))
			go_home(ui, pane);
		else
			cc_ui_push(ui, pane, line);
	} else if (run(ui, line, &reply, &err)) {
		cc_ui_complain(ui, &err);
	} else {
		report(ui, cmd, reply);
		cc_reply_unref(reply);
		cc_ui_status st;
		ui->backend.status(ui->backend.arg, &st);
		if (st.submitted && ui->stage != CC_STAGE_VERDICT)
			cc_stage_open_verdict(ui);
		ui->settle_due = true;
		if (!cmd || strcmp(cmd->name, "at") != 0)
			cc_ui_settle(ui);
	}
}

void cc_panes_clear(cc_ui *ui)
{
	for (int i = 0; i < CC_PANE_COUNT; i++)
		while (ui->panes[i].stack.n)
			cc_sheet_free(ui->panes[i].stack.p[--ui->panes[i].stack.n]);
	ui->slots[0] = CC_PANE_ALERTS;
	ui->slots[1] = ui->last_pane = -1;
	ui->active = 0;
	ui->side_of = NULL;
}

void cc_panes_deinit(cc_ui *ui)
{
	for (int i = 0; i < CC_PANE_COUNT; i++) {
		for (size_t k = 0; k < ui->panes[i].stack.n; k++)
			cc_sheet_free(ui->panes[i].stack.p[k]);
		cc_vec_deinit(&ui->panes[i].stack);
	}
	cc_ui_forget(ui);
	cc_vec_deinit(&ui->cache);
}
