/* prompt.c - the bottom line: commands with completion, search, filter, and the few questions the console asks. */
#include "ui/ui_priv.h"

#include <stdio.h>
#include <string.h>

#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"

static cc_history *history_of(cc_ui *ui, cc_prompt_kind kind)
{
	return kind == CC_PROMPT_COMMAND ? &ui->commands : kind == CC_PROMPT_SEARCH ? &ui->searches :
		kind == CC_PROMPT_FILTER ? &ui->filters : NULL;
}

void cc_prompt_open(cc_ui *ui, cc_prompt_kind kind, cc_str text)
{
	cc_prompt *p = &ui->prompt;
	cc_buf_clear(&ui->message);
	cc_lineedit_deinit(&p->edit);
	cc_lineedit_init(&p->edit, history_of(ui, kind));
	cc_lineedit_insert(&p->edit, text);
	p->kind = kind;
	p->completing = false;
	p->candidates.n = 0;
}

void cc_prompt_close(cc_ui *ui)
{
	ui->prompt.kind = CC_PROMPT_NONE;
	ui->prompt.completing = false;
	ui->prompt.candidates.n = 0;
}

/* --- completion --- */

static void put_candidate(cc_prompt *p)
{
	cc_lineedit_replace(&p->edit, p->word_start, p->candidates.p[p->chosen].word);
}

static void complete(cc_ui *ui, int dir)
{
	cc_prompt *p = &ui->prompt;
	if (p->kind != CC_PROMPT_COMMAND)
		return;
	if (p->completing && p->candidates.n > 0) {
		p->chosen = (p->chosen + p->candidates.n + (size_t)(dir < 0 ? p->candidates.n - 1 : 1)) % p->candidates.n;
		put_candidate(p);
		return;
	}
	if (!p->arena)
		p->arena = cc_arena_new();
	if (!p->arena)
		return;
	cc_arena_reset(p->arena);
	p->candidates.n = 0;
	p->chosen = 0;
	cc_str before = cc_str_sub(cc_buf_str(&p->edit.text), 0, p->edit.cursor);
	if (ui->backend.complete(ui->backend.arg, before, p->arena, &p->candidates, &p->word_start) || p->candidates.n == 0) {
		cc_ui_say(ui, "nothing to complete here");
		return;
	}
	p->completing = true;
	put_candidate(p);
	if (p->candidates.n == 1)
		p->completing = false;
}

/* --- searching --- */

static bool item_matches(const cc_sheet *s, size_t item, void *arg)
{
	cc_buf b = CC_BUF_INIT;
	cc_sheet_item_text(s, item, &b);
	bool hit = cc_str_find_nocase(cc_buf_str(&b), *(const cc_str *)arg) != CC_STR_NONE;
	cc_buf_deinit(&b);
	return hit;
}

void cc_ui_search_step(cc_ui *ui, int dir)
{
	cc_sheet *s = ui->overlay ? ui->overlay : cc_ui_sheet(ui);
	cc_str needle = cc_buf_str(&ui->search);
	size_t at = 0;
	if (!s || !s->reply)
		return;
	if (needle.n == 0) {
		cc_ui_say(ui, "nothing was searched for yet; / asks");
		return;
	}
	bool moved = cc_sheet_seek(s, dir, item_matches, &needle), wrapped = false;
	if (!moved) {
		cc_sheet_to_end(s, dir < 0);
		wrapped = true;
		if (!item_matches(s, s->selected, &needle))
			cc_sheet_seek(s, dir, item_matches, &needle);
	}
	size_t count = cc_sheet_count_matches(s, needle, &at);
	cc_ui_say(ui, count ? "hit %zu of %zu for %.*s%s" : "%zu of %zu rows here hold %.*s%s", at, count, CC_STR_ARG(needle),
		wrapped && count > 1 ? " (went round)" : "");
}

static void search(cc_ui *ui, cc_str text)
{
	cc_sheet *s = cc_ui_sheet(ui);
	if (text.n == 0) {
		cc_buf_clear(&ui->search);
		return;
	}
	cc_buf_clear(&ui->search);
	cc_buf_add(&ui->search, text);
	cc_str needle = cc_buf_str(&ui->search);
	if (s && s->reply && s->selected < s->items.n && item_matches(s, s->selected, &needle)) {
		size_t at, count = cc_sheet_count_matches(s, needle, &at);
		cc_ui_say(ui, "hit %zu of %zu for %.*s", at, count, CC_STR_ARG(needle));
	} else {
		cc_ui_search_step(ui, 1);
	}
}

/* --- accepting --- */

static void filter(cc_ui *ui, cc_str text)
{
	cc_sheet *s = cc_ui_sheet(ui);
	if (!s || !s->line)
		return;
	char *before = s->filter;
	uint64_t offset = s->offset;
	cc_buf b = CC_BUF_INIT;
	const cc_reply *old = s->reply;
	cc_buf_add(&b, cc_str_trim(text));
	s->filter = cc_buf_take(&b);
	s->offset = 0;
	cc_ui_load(ui, s, false);
	if (s->reply == old && ui->message_bad) {   /* refused: the old question still stands */
		cc_free(s->filter);
		s->filter = before;
		s->offset = offset;
		return;
	}
	cc_free(before);
}

static void take_confidence(cc_ui *ui, cc_str text)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "suspect ");
	cc_cmd_quote(&b, cc_str_from(ui->prompt.subject));
	if (cc_str_trim(text).n) {
		cc_buf_addz(&b, " confidence=");
		cc_cmd_quote(&b, cc_str_trim(text));
	}
	if (ui->prompt.pin)       /* the row was pinned: it is why */
		cc_buf_addf(&b, " pins=%u", ui->prompt.pin);
	cc_ui_run_line(ui, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

static void accept(cc_ui *ui)
{
	cc_prompt *p = &ui->prompt;
	cc_prompt_kind kind = p->kind;
	cc_buf text = CC_BUF_INIT;
	cc_buf_add(&text, cc_buf_str(&p->edit.text));
	if (p->edit.history)
		cc_history_add(p->edit.history, cc_buf_str(&text));
	cc_prompt_close(ui);
	cc_str t = cc_buf_str(&text);
	switch (kind) {
	case CC_PROMPT_COMMAND: cc_ui_run_line(ui, t); break;
	case CC_PROMPT_SEARCH: search(ui, t); break;
	case CC_PROMPT_FILTER: filter(ui, t); break;
	case CC_PROMPT_CONFIDENCE: take_confidence(ui, t); break;
	case CC_PROMPT_SUBMIT:
		if (cc_str_eqz(cc_str_trim(t), "submit"))
			cc_stage_submit(ui);
		else
			cc_ui_say(ui, "not submitted; S asks again");
		break;
	case CC_PROMPT_QUIT: ui->done = cc_str_starts_nocase(cc_str_trim(t), CC_STR("y")); break;
	case CC_PROMPT_NONE: break;
	}
	cc_buf_deinit(&text);
}

void cc_prompt_key(cc_ui *ui, const cc_key *key)
{
	cc_prompt *p = &ui->prompt;
	if (p->kind == CC_PROMPT_QUIT && key->code < CC_KEY_SPECIAL && !key->mods) {
		ui->done = key->code == 'y' || key->code == 'Y' || key->code == 'q';
		cc_prompt_close(ui);
		return;
	}
	cc_edit_result r = cc_lineedit_key(&p->edit, key);
	if (r == CC_EDIT_COMPLETE || r == CC_EDIT_COMPLETE_BACK) {
		complete(ui, r == CC_EDIT_COMPLETE ? 1 : -1);
		return;
	}
	if (r != CC_EDIT_IGNORED) {
		p->completing = false;
		p->candidates.n = 0;
	}
	if (r == CC_EDIT_ACCEPT)
		accept(ui);
	else if (r == CC_EDIT_CANCEL)
		cc_prompt_close(ui);
}

/* --- drawing --- */

/* Kind and name: the namespace would push the answer off a narrow screen. */
static const char *short_name(const char *entity)
{
	const char *slash = entity ? strchr(entity, '/') : NULL;
	return slash && strchr(slash + 1, '/') ? slash + 1 : entity ? entity : "";
}

static void prefix_of(const cc_ui *ui, char *out, size_t size)
{
	static const char *const texts[] = { [CC_PROMPT_COMMAND] = ":", [CC_PROMPT_SEARCH] = "/", [CC_PROMPT_FILTER] = "& ",
		[CC_PROMPT_SUBMIT] = "type submit to send the answer (Esc: not yet): ", [CC_PROMPT_QUIT] = "leave the investigation? y/n " };
	if (ui->prompt.kind == CC_PROMPT_CONFIDENCE)
		snprintf(out, size, "suspect %s - how sure, 0 to 1? ", short_name(ui->prompt.subject));
	else
		snprintf(out, size, "%s", texts[ui->prompt.kind]);
}

/* The candidates stand above the prompt, the chosen one marked; as many as fit, the window follows the choice. */
static void draw_candidates(cc_ui *ui, cc_rect row)
{
	const cc_prompt *p = &ui->prompt;
	enum { SHOWN = 8 };
	size_t from = p->chosen >= SHOWN ? p->chosen - SHOWN + 1 : 0, n = p->candidates.n - from;
	int height = (int)(n < SHOWN ? n : SHOWN), width = row.w < 76 ? row.w : 76;
	for (int i = 0; i < height; i++) {
		const cc_completion *c = &p->candidates.p[from + (size_t)i];
		bool chosen = from + (size_t)i == p->chosen;
		cc_look look = chosen ? CC_LOOK_MENU_SELECTED : CC_LOOK_MENU;
		cc_rect line = { row.x, row.y - height + i, width, 1 };
		cc_grid_fill(&ui->grid, line, ' ', look, 0);
		int used = cc_grid_textz(&ui->grid, line, chosen ? "> " : "  ", look, 0);
		used += cc_grid_outside(&ui->grid, cc_rect_skip(line, used), c->word, look, 0);
		if (c->help)
			cc_grid_textz(&ui->grid, cc_rect_skip(line, used < 30 ? 30 : used + 2), c->help, chosen ? look : CC_LOOK_DIM, 0);
	}
	if (p->candidates.n > SHOWN)
		cc_grid_printf(&ui->grid, (cc_rect){ row.x + width - 12, row.y - 1, 12, 1 }, CC_LOOK_DIM, 0, "%5zu of %zu", p->chosen + 1,
			p->candidates.n);
}

void cc_prompt_draw(cc_ui *ui, cc_rect row)
{
	char prefix[256];
	prefix_of(ui, prefix, sizeof prefix);
	cc_grid_fill(&ui->grid, row, ' ', CC_LOOK_PROMPT, 0);
	if (ui->prompt.completing && ui->prompt.candidates.n > 1)
		draw_candidates(ui, row);
	cc_lineedit_draw(&ui->prompt.edit, &ui->grid, row, prefix);
}
