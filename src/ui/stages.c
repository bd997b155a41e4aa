/* stages.c - what stands before and after the investigation: briefing, the stopped clock, the review, the verdict.
 *
 * The only act that cannot be undone, submitting, needs the review page and a typed word. */
#include "ui/ui_priv.h"

#include <stdio.h>
#include <string.h>

static void open_page(cc_ui *ui, cc_reply *reply)
{
	cc_sheet_free(ui->page);
	ui->page = cc_sheet_new(NULL);
	if (ui->page)
		cc_sheet_set_reply(ui->page, reply);
	else
		cc_reply_unref(reply);
}

void cc_stage_open_briefing(cc_ui *ui)
{
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	if (ui->opt.seat) {
		ui->stage = CC_STAGE_WAITING;
		return;
	}
	if ((!ui->opt.briefing && !ui->opt.ask_briefing) || st.started) {
		ui->stage = CC_STAGE_PANES;
		return;
	}
	ui->stage = CC_STAGE_BRIEFING;
	if (ui->opt.briefing)
		open_page(ui, cc_reply_ref(ui->opt.briefing));
	else if (!cc_ui_loading(ui).running)
		cc_stage_ask_briefing(ui);
}

void cc_stage_ask_briefing(cc_ui *ui)
{
	cc_reply *r = ui->opt.ask_briefing ? cc_ui_ask(ui, CC_STR("briefing")) : NULL;
	if (r && ui->page)
		cc_sheet_set_reply(ui->page, r);   /* who is reading it stays where he is */
	else if (r)
		open_page(ui, r);
}

static void show_review(cc_ui *ui, cc_str line)
{
	cc_str head, names;
	cc_reply *board = cc_ui_ask(ui, line);
	if (!board)
		return;
	if (ui->stage == CC_STAGE_REVIEW && ui->page) {
		cc_sheet_set_reply(ui->page, board);   /* the selection stays where it was */
	} else {
		open_page(ui, board);
		cc_sheet_layout(ui->page, 80, ui->grid.ascii);
	}
	cc_buf_clear(&ui->names);
	if (cc_str_cut(line, '=', &head, &names))
		cc_buf_add(&ui->names, names);
	ui->stage = CC_STAGE_REVIEW;
}

void cc_stage_open_review(cc_ui *ui, cc_str line)
{
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	if (st.submitted) {
		cc_ui_say(ui, "the answer was submitted already");
		return;
	}
	if (st.suspects == 0) {
		cc_ui_say(ui, "no suspect is named yet: s on a row names one");
		return;
	}
	show_review(ui, line);
	if (ui->stage == CC_STAGE_REVIEW)
		cc_prompt_open(ui, CC_PROMPT_SUBMIT, CC_STR_EMPTY);
}

/* Takes the selected suspect into the answer or out of it: the review is made anew with the names that are in. */
static void toggle_name(cc_ui *ui)
{
	cc_pick p = cc_sheet_pick(ui->page);
	cc_buf b = CC_BUF_INIT;
	size_t in = CC_TABLE_COLUMNS;
	if (!p.row || strcmp(p.section->key, "entities") != 0) {
		cc_ui_say(ui, "Space takes a row of the answer in or out");
		return;
	}
	for (size_t i = 0; i < p.section->column_count; i++)
		if (strcmp(p.section->columns[i].key, "included") == 0)
			in = i;
	cc_buf_addz(&b, "submit names=");
	for (size_t i = 0; i < p.section->row_count && in < CC_TABLE_COLUMNS; i++)
		if ((p.section->rows[i].cells[in].i != 0) != (&p.section->rows[i] == p.row))
			cc_buf_addf(&b, "%zu,", i + 1);
	if (b.p && b.p[b.n - 1] == '=')
		cc_buf_add_char(&b, ',');   /* none: an empty list, not all */
	show_review(ui, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

static void remove_name(cc_ui *ui)
{
	cc_ui_status st;
	cc_pick p = cc_sheet_pick(ui->page);
	size_t before;
	ui->backend.status(ui->backend.arg, &st);
	before = st.suspects;
	cc_ui_remove(ui, &p);
	ui->backend.status(ui->backend.arg, &st);
	if (st.suspects == before)
		return;
	if (st.suspects)
		show_review(ui, CC_STR("submit"));   /* numbers have changed: all are in again */
	else
		ui->stage = CC_STAGE_PANES;
	if (ui->stage == CC_STAGE_PANES)
		cc_ui_fresh(ui);
}

static cc_reply *plain_page(const char *title, const char *text)
{
	cc_reply *r = cc_reply_new("verdict");
	if (!r)
		return NULL;
	cc_reply_set_title(r, "%s", title);
	cc_reply_begin_text(r, "text", NULL);
	cc_reply_line(r, CC_ROLE_TEXT, cc_str_from(text));
	if (cc_reply_publish(r, NULL, NULL)) {
		cc_reply_unref(r);
		return NULL;
	}
	return r;
}

typedef struct scoring { cc_ui *ui; const char *dir; cc_reply **out; cc_err *err; } scoring;

/* Another process does it, and opens the evidence for it: seconds where that is large. */
static cc_code score(void *arg)
{
	scoring *s = arg;
	return s->ui->opt.score(s->ui->opt.score_arg, s->dir, s->out, s->err);
}

void cc_stage_open_verdict(cc_ui *ui)
{
	cc_reply *verdict = NULL;
	cc_err err;
	cc_err_clear(&err);
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	const char *dir = ui->backend.run_dir(ui->backend.arg);
	scoring work = { ui, dir, &verdict, &err };
	if (ui->opt.score && cc_ui_work(ui, "scoring", score, &work) && !ui->opt.seat)
		cc_ui_complain(ui, &err);
	ui->scored = verdict;
	if (!verdict && !st.submitted)
		verdict = plain_page("The class is over", "No answer was submitted.");
	else if (!verdict)
		verdict = plain_page("Submitted", err.code ? err.message : "The answer is filed. No ground truth lies beside this incident, so there is no score.");
	ui->stage = CC_STAGE_VERDICT;
	if (verdict)
		open_page(ui, verdict);
}

void cc_stage_submit(cc_ui *ui)
{
	cc_ui_status st;
	cc_buf line = CC_BUF_INIT;
	cc_buf_addz(&line, "submit confirm=submit");
	if (ui->names.n)
		cc_buf_addf(&line, " names=%.*s", CC_STR_ARG(cc_buf_str(&ui->names)));
	cc_reply *reply = cc_ui_ask(ui, cc_buf_str(&line));
	cc_reply_unref(reply);
	cc_buf_deinit(&line);
	ui->backend.status(ui->backend.arg, &st);
	if (st.submitted)
		cc_stage_open_verdict(ui);
}

bool cc_ui_hidden(cc_ui *ui)
{
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	return st.started && !st.running && !st.submitted;
}

void cc_ui_toggle_clock(cc_ui *ui)
{
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	cc_ui_run_line(ui, st.submitted ? CC_STR("") : !st.started ? CC_STR("start") : st.running ? CC_STR("pause") : CC_STR("resume"));
}

static void begin(cc_ui *ui)
{
	cc_reply *r = cc_ui_ask(ui, CC_STR("start"));
	if (!r)
		return;
	cc_reply_unref(r);
	ui->stage = CC_STAGE_PANES;
	cc_ui_open_first(ui);
}

static void step_page(cc_sheet *s, int by, int height)
{
	if (cc_sheet_is_text(s))
		cc_sheet_scroll(s, by, height);
	else
		cc_sheet_move(s, by);
}

static bool scroll_page(cc_ui *ui, const cc_binding *b)
{
	cc_sheet *s = ui->overlay ? ui->overlay : ui->page;
	int columns, rows;
	ui->term->ops->size(ui->term, &columns, &rows);
	if (!s || !s->reply || !b)
		return false;
	switch (b->what) {
	case CC_DO_MOVE_DOWN: step_page(s, 1, rows - 4); return true;
	case CC_DO_MOVE_UP: step_page(s, -1, rows - 4); return true;
	case CC_DO_PAGE_DOWN: case CC_DO_HALF_DOWN: cc_sheet_scroll(s, rows / 2, rows - 4); return true;
	case CC_DO_PAGE_UP: case CC_DO_HALF_UP: cc_sheet_scroll(s, -rows / 2, rows - 4); return true;
	case CC_DO_TOP: cc_sheet_to_end(s, false); return true;
	case CC_DO_BOTTOM: cc_sheet_to_end(s, true); return true;
	case CC_DO_SEARCH_NEXT: cc_ui_search_step(ui, 1); return true;
	case CC_DO_SEARCH_PREV: cc_ui_search_step(ui, -1); return true;
	default: return false;
	}
}

static void leave_review(cc_ui *ui)
{
	ui->stage = CC_STAGE_PANES;
	cc_ui_fresh(ui);
}

/* Of a replay: its keys, a pane's own line among them, look around from here on; others only open the panes. */
static bool leave_printed(cc_ui *ui, const cc_binding *b)
{
	if (b && b->what == CC_DO_LINE)
		return false;
	ui->stage = CC_STAGE_PANES;
	cc_ui_open_first(ui);
	return true;
}

static void say_dead(cc_ui *ui, const cc_key *key)
{
	cc_buf name = CC_BUF_INIT;
	cc_key_format(key, &name);
	cc_ui_say(ui, "%.*s does nothing on this page%s", CC_STR_ARG(cc_buf_str(&name)),
		ui->stage == CC_STAGE_REVIEW ? "; Esc goes back to the panes" : ui->stage == CC_STAGE_BRIEFING ? "; Enter begins, and ? lists the keys then" : "");
	cc_buf_deinit(&name);
}

/* Its key is that of the review in a replay; what it does in the panes is over. */
static bool has_review(const cc_ui *ui)
{
	return ui->stage == CC_STAGE_VERDICT && ui->opt.review && ui->scored;
}

/* Pages take few keys: moving, leaving, and what works anywhere. Nothing of the evidence can be reached from them. */
static bool page_key(cc_ui *ui, const cc_key *key)
{
	const cc_binding *b = cc_keymap_find(ui->keys, key, 0);
	const cc_binding *board = cc_keymap_find(ui->keys, key, CC_PANE_BOARD + 1);
	bool leaves = b && (b->what == CC_DO_BACK || b->what == CC_DO_BACK_OR_QUIT);
	if (scroll_page(ui, b))
		return true;
	if (b && b->context == CC_IN_ANY) {
		if ((b->what != CC_DO_HELP || ui->replay) && (b->what != CC_DO_CLOCK || ui->stage != CC_STAGE_BRIEFING))
			cc_ui_do(ui, b);
		else
			say_dead(ui, key);
		return true;
	}
	if (ui->stage == CC_STAGE_PRINTED)
		return leave_printed(ui, b);
	if (ui->stage == CC_STAGE_BRIEFING && key->code == CC_KEY_ENTER)
		begin(ui);
	else if (ui->stage == CC_STAGE_REVIEW && (key->code == CC_KEY_ENTER || (b && b->what == CC_DO_SUBMIT)))
		cc_prompt_open(ui, CC_PROMPT_SUBMIT, CC_STR_EMPTY);
	else if (ui->stage == CC_STAGE_REVIEW && b && b->what == CC_DO_PIN)
		toggle_name(ui);
	else if (ui->stage == CC_STAGE_REVIEW && board && board->what == CC_DO_REMOVE)
		remove_name(ui);
	else if (ui->stage == CC_STAGE_REVIEW && leaves)
		leave_review(ui);
	else if (b && b->what == CC_DO_BACK_OR_QUIT)
		ui->done = true;          /* not begun, or over: nothing is given up */
	else if (has_review(ui) && b && b->what == CC_DO_RULEOUT)
		ui->done = *ui->opt.review = true;
	else
		say_dead(ui, key);
	return true;
}

static void say_stands(cc_ui *ui)
{
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	if (st.frozen)
		cc_ui_say(ui, "%.*s: nothing is asked until it goes on; q leaves", CC_STR_ARG(st.frozen_why));
	else
		cc_ui_say(ui, "the clock stands: P goes on, q leaves");
}

bool cc_stage_key(cc_ui *ui, const cc_key *key)
{
	const cc_binding *b = cc_keymap_find(ui->keys, key, 0);
	if (ui->overlay) {
		if (scroll_page(ui, b) || cc_ui_flip(ui, b))
			return true;
		bool leaves = b && (b->what == CC_DO_BACK || b->what == CC_DO_BACK_OR_QUIT || b->what == CC_DO_DETAIL || b->what == CC_DO_DRILL);
		if (b && b->what == CC_DO_SEARCH) {
			cc_prompt_open(ui, CC_PROMPT_SEARCH, CC_STR_EMPTY);
			return true;
		}
		if (b && b->what == CC_DO_DRILL && cc_replay_follow(ui))
			return true;
		if (leaves || !b || b->context != CC_IN_ANY) {
			cc_sheet_free(ui->overlay);
			ui->overlay = NULL;
			return leaves || !b;
		}
		return false;
	}
	if (ui->stage != CC_STAGE_PANES)
		return page_key(ui, key);
	if (!cc_ui_hidden(ui))
		return false;
	/* The clock stands: only what works anywhere, and leaving. */
	if (b && b->context == CC_IN_ANY)
		return false;
	if (b && b->what == CC_DO_BACK_OR_QUIT)
		cc_prompt_open(ui, CC_PROMPT_QUIT, CC_STR_EMPTY);
	else
		say_stands(ui);
	return true;
}

static const char *foot_of(const cc_ui *ui)
{
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	if (ui->lane || cc_replay_is_film(ui))
		return "";
	switch (ui->stage) {
	case CC_STAGE_PRINTED: return "what this step printed    j k scroll    Tab the panes";
	case CC_STAGE_BRIEFING: return ui->replay ? "j k scroll    q leaves" :
		"Enter starts the clock and the investigation    j k scroll    q leaves";
	case CC_STAGE_REVIEW:
		if (ui->prompt.kind == CC_PROMPT_SUBMIT)        /* what is pressed is typed */
			return st.truthless ? "No ground truth lies here, so no verdict yet. Esc: back to this page." :
				"Esc: back to this page, where Space takes in or out and d removes.";
		if (st.truthless)
			return "No ground truth lies here, so no verdict yet. S asks for the word. Esc: back.";
		return "S or Enter asks for the word. Space: in or out. d: remove. Esc: back.";
	case CC_STAGE_VERDICT: return ui->opt.learn ? "Well done. Now: coldcase list, then coldcase play NAME    j k scroll    q leaves" :
		has_review(ui) ? "j k scroll    R reviews it in the panes    q leaves" : "j k scroll    q leaves";
	default: return "";
	}
}

/* The case clock, for a room. */
static void draw_big_clock(cc_ui *ui, cc_rect r)
{
	cc_ui_status st;
	char text[24];
	ui->backend.status(ui->backend.arg, &st);
	long long s = st.active_ns / CC_NS_PER_S;
	snprintf(text, sizeof text, "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
	cc_big_draw(&ui->grid, r, text, CC_LOOK_HEADING);
}

/* Who stopped the clock says why. */
static void draw_standing(cc_ui *ui, cc_rect r, bool clock)
{
	cc_ui_status st;
	cc_rect in = cc_rect_inset(r, r.w < 62 ? r.w : 62, 3);
	ui->backend.status(ui->backend.arg, &st);
	if (clock && in.y >= r.y + 8)
		draw_big_clock(ui, (cc_rect){ in.x, in.y - 7, in.w, 5 });
	cc_grid_textz(&ui->grid, in, st.frozen ? "FROZEN" : "PAUSED", CC_LOOK_HEADING, 0);
	if (st.frozen)
		cc_grid_outside(&ui->grid, cc_rect_row(in, 2), st.frozen_why, CC_LOOK_TEXT, CC_ATTR_BOLD);
	cc_grid_textz(&ui->grid, cc_rect_row(in, 1), st.frozen ? "Evidence is hidden until it goes on." :
		"Evidence is hidden while the clock stands.  P goes on.", CC_LOOK_TEXT, 0);
}

void cc_stage_draw(cc_ui *ui, const cc_layout *l)
{
	cc_rect r = { l->body.x, l->status.h ? 1 : 0, l->body.w, l->body.h + (l->tabs.h ? 1 : 0) };
	if (l->clock.w)
		r = (cc_rect){ l->body.x, l->clock.h, l->body.w, l->body.y + l->body.h - l->clock.h };
	if (ui->stage == CC_STAGE_WAITING)
		cc_seat_draw(ui, r);
	else if (ui->stage == CC_STAGE_PANES)
		draw_standing(ui, r, !l->clock.w);
	if (ui->stage == CC_STAGE_WAITING || ui->stage == CC_STAGE_PANES)
		return;
	if (!ui->page && r.h >= 2) {
		cc_rect foot = cc_rect_skip(cc_rect_row(r, r.h - 1), 1);
		cc_grid_textz(&ui->grid, cc_rect_skip(cc_rect_row(r, 1), 1),
			ui->grid.ascii ? "reading the incident ..." : "reading the incident …", CC_LOOK_DIM, 0);
		cc_grid_textz(&ui->grid, foot, foot_of(ui), CC_LOOK_TITLE_ACTIVE, 0);
	}
	if (!ui->page || r.h < 2)
		return;
	cc_rect page = { r.x + 1, r.y + 1, r.w - 1, r.h - 2 };
	cc_sheet_look look = { .active = !cc_sheet_is_text(ui->page), .glyphs = ui->opt.glyphs, .at_ns = CC_TIME_NONE, .window = { CC_TIME_NONE, CC_TIME_NONE }, .search = ui->search_re };
	cc_grid_outside(&ui->grid, cc_rect_skip(cc_rect_row(r, 0), 1), cc_reply_title(ui->page->reply), CC_LOOK_HEADING, 0);
	cc_sheet_draw(ui->page, &ui->grid, page, &look);
	cc_grid_textz(&ui->grid, cc_rect_skip(cc_rect_row(r, r.h - 1), 1), foot_of(ui), CC_LOOK_TITLE_ACTIVE, 0);
}
