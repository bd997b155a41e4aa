/* prompt.c - the bottom line: commands with completion, search, filter, and the few questions the console asks. */
#include "ui/ui_priv.h"

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
	ui->prompt.again = ui->prompt.completing = false;
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
	const cc_sheet *sheet = cc_ui_sheet(ui);
	bool filtering = p->kind == CC_PROMPT_FILTER && sheet && sheet->line;
	if (p->kind != CC_PROMPT_COMMAND && !filtering)
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
	cc_buf line = CC_BUF_INIT;
	if (filtering)            /* as if the pane's own line were being typed */
		cc_buf_addf(&line, "%s ", cc_ui_filter_line(sheet));
	size_t lead = line.n;
	cc_buf_add(&line, cc_str_sub(cc_buf_str(&p->edit.text), 0, p->edit.cursor));
	p->word_start = 0;
	if (!filtering)
		cc_replay_complete(ui, cc_buf_str(&line), &p->candidates);
	bool none = ui->backend.complete(ui->backend.arg, cc_buf_str(&line), p->arena, &p->candidates, &p->word_start) != CC_OK;
	cc_buf_deinit(&line);
	if ((none && !ui->replay) || p->candidates.n == 0 || p->word_start < lead) {
		p->candidates.n = 0;
		cc_ui_say(ui, "nothing to complete here");
		return;
	}
	p->word_start -= lead;
	p->completing = true;
	put_candidate(p);
	if (p->candidates.n == 1)
		p->completing = false;
}

/* --- accepting --- */

/* Empty leaves it to the command. Asked again until it is a number a chance can be. */
static void take_confidence(cc_ui *ui, cc_str text)
{
	double v = 0;
	text = cc_str_trim(text);
	ui->prompt.again = text.n && (!cc_str_to_double(text, &v) || !(v >= 0 && v <= 1));
	if (ui->prompt.again) {
		cc_prompt_open(ui, CC_PROMPT_CONFIDENCE, CC_STR_EMPTY);
		return;
	}
	cc_buf b = CC_BUF_INIT;
	cc_buf_add(&b, text);
	cc_free(ui->prompt.confidence);
	ui->prompt.confidence = cc_buf_take(&b);
	cc_prompt_open(ui, CC_PROMPT_REASON, CC_STR_EMPTY);
}

static void take_reason(cc_ui *ui, cc_str text)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "suspect ");
	cc_cmd_quote(&b, cc_str_from(ui->prompt.subject));
	if (ui->prompt.confidence && *ui->prompt.confidence)
		cc_buf_addf(&b, " confidence=%s", ui->prompt.confidence);
	if (cc_str_trim(text).n) {
		cc_buf_addz(&b, " reason=");
		cc_cmd_quote(&b, cc_str_trim(text));
	}
	if (ui->prompt.pin)       /* the row was pinned: it is why */
		cc_buf_addf(&b, " pin=%u", ui->prompt.pin);
	cc_ui_run_line(ui, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

static void take_ruleout(cc_ui *ui, cc_str text)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "ruleout ");
	cc_cmd_quote(&b, cc_str_from(ui->prompt.subject));
	if (cc_str_trim(text).n) {
		cc_buf_addz(&b, " reason=");
		cc_cmd_quote(&b, cc_str_trim(text));
	}
	cc_ui_run_line(ui, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

/* An empty caption is no marker: nothing happens. */
static void take_mark(cc_ui *ui, cc_str text)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "mark %.*s", CC_STR_ARG(cc_str_trim(text)));
	if (cc_str_trim(text).n)
		cc_ui_run_line(ui, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

/* Another word is asked about again: closed, the prompt would let the next letters act as keys. */
static void take_submit(cc_ui *ui, cc_str word)
{
	ui->prompt.again = word.n && !cc_str_eqz(word, "submit");
	if (ui->prompt.again)
		cc_prompt_open(ui, CC_PROMPT_SUBMIT, CC_STR_EMPTY);
	else if (word.n)
		cc_stage_submit(ui);
	else
		cc_ui_say(ui, "not submitted: the word is submit; S asks again");
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
	case CC_PROMPT_SEARCH: cc_ui_search(ui, t); break;
	case CC_PROMPT_FILTER: cc_ui_filter_add(ui, t); break;
	case CC_PROMPT_CONFIDENCE: take_confidence(ui, t); break;
	case CC_PROMPT_REASON: take_reason(ui, t); break;
	case CC_PROMPT_RULEOUT: take_ruleout(ui, t); break;
	case CC_PROMPT_MARK: take_mark(ui, t); break;
	case CC_PROMPT_SUBMIT:
		take_submit(ui, cc_str_trim(t));
		break;
	case CC_PROMPT_QUIT: ui->done = cc_str_starts_nocase(cc_str_trim(t), CC_STR("y")); break;
	case CC_PROMPT_NONE: break;
	}
	cc_buf_deinit(&text);
}

/* Whoever rubs out an answer means to type another one: the letters of that must not fall on the keys behind the question. */
static bool is_question(cc_prompt_kind kind)
{
	return kind == CC_PROMPT_CONFIDENCE || kind == CC_PROMPT_REASON || kind == CC_PROMPT_RULEOUT || kind == CC_PROMPT_MARK ||
		kind == CC_PROMPT_SUBMIT;
}

void cc_prompt_key(cc_ui *ui, const cc_key *key)
{
	cc_prompt *p = &ui->prompt;
	if (p->kind == CC_PROMPT_QUIT && key->code < CC_KEY_SPECIAL && !key->mods) {
		ui->done = key->code == 'y' || key->code == 'Y';
		cc_prompt_close(ui);
		return;
	}
	if (key->code == CC_KEY_BACKSPACE && !p->edit.text.n && is_question(p->kind)) {
		cc_ui_say(ui, "Esc takes the question back");
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
static cc_str short_name(const char *entity)
{
	const char *slash = entity ? strchr(entity, '/') : NULL;
	return cc_str_from(slash && strchr(slash + 1, '/') ? slash + 1 : entity);
}

static void ask(const cc_ui *ui, cc_str name, cc_buf *out)
{
	static const char *const texts[] = { [CC_PROMPT_COMMAND] = ":", [CC_PROMPT_SEARCH] = "/", [CC_PROMPT_FILTER] = "& ",
		[CC_PROMPT_SUBMIT] = "type submit to send the answer (Esc: not yet): ", [CC_PROMPT_QUIT] = "leave the investigation? Nothing submitted scores 0. y/n ",
		[CC_PROMPT_MARK] = "caption of this moment: " };
	cc_buf_clear(out);
	if (ui->prompt.kind == CC_PROMPT_CONFIDENCE)
		cc_buf_addf(out, ui->prompt.again ? "a number from 0 to 1, like 0.7 - how sure of %.*s? " :
			"suspect %.*s - how sure, 0 to 1 (Enter: 0.5 if new)? ", CC_STR_ARG(name));
	else if (ui->prompt.kind == CC_PROMPT_SUBMIT && ui->prompt.again)
		cc_buf_addz(out, "that was not the word: type submit (Esc: not yet): ");
	else if (ui->prompt.kind == CC_PROMPT_REASON)
		cc_buf_addf(out, "why %.*s? (may stay empty) ", CC_STR_ARG(name));
	else if (ui->prompt.kind == CC_PROMPT_RULEOUT)
		cc_buf_addf(out, "why is it not %.*s? (may stay empty) ", CC_STR_ARG(name));
	else if (ui->prompt.kind == CC_PROMPT_QUIT && ui->opt.resumable)
		cc_buf_addz(out, "leave? `coldcase resume` goes on with it; nothing submitted scores 0. y/n ");
	else
		cc_buf_addz(out, texts[ui->prompt.kind]);
}

/* What is typed keeps its room: a question that is too long loses letters of the name in it, then its own end. */
static void prefix_of(const cc_ui *ui, int columns, cc_buf *out)
{
	enum { INPUT_LEAST = 21, NAME_LEAST = 12 };      /* the cursor's own column is one of them */
	int most = columns - INPUT_LEAST > columns / 2 ? columns - INPUT_LEAST : columns / 2 > 1 ? columns / 2 : 1;
	cc_buf name = CC_BUF_INIT, fit = CC_BUF_INIT;
	cc_utf8_clean(&name, short_name(ui->prompt.subject), ui->grid.ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
	ask(ui, cc_buf_str(&name), out);
	int over = (int)cc_width(cc_buf_str(out)) - most, all = (int)cc_width(cc_buf_str(&name)), keep = all - over;
	if (over > 0 && all > NAME_LEAST) {
		cc_width_fit(&fit, cc_buf_str(&name), (size_t)(keep > NAME_LEAST ? keep : NAME_LEAST), ui->grid.ascii);
		ask(ui, cc_buf_str(&fit), out);
		cc_buf_clear(&fit);
	}
	if ((int)cc_width(cc_buf_str(out)) > most && ui->prompt.kind != CC_PROMPT_QUIT) {      /* which takes a key, no text */
		cc_width_fit(&fit, cc_buf_str(out), (size_t)most - 1, ui->grid.ascii);
		cc_buf_clear(out);
		cc_buf_addf(out, "%.*s ", CC_STR_ARG(cc_buf_str(&fit)));
	}
	cc_buf_deinit(&name);
	cc_buf_deinit(&fit);
}

enum { WORD_COLUMNS = 28, NARROWEST_BOX = 40 };

/* As wide as what it says, where the screen is. */
static int candidates_width(const cc_prompt *p, int room)
{
	size_t widest = NARROWEST_BOX;
	for (size_t i = 0; i < p->candidates.n; i++) {
		const cc_completion *c = &p->candidates.p[i];
		size_t word = cc_width(c->word), help = c->help ? cc_width(cc_str_from(c->help)) : 0;
		size_t width = (word > WORD_COLUMNS ? word : WORD_COLUMNS) + help + 6;
		widest = width > widest ? width : widest;
	}
	return widest > (size_t)room ? room : (int)widest;
}

/* The candidates stand above the prompt and the keys, the chosen one marked; as many as fit, the window follows the choice. */
static void draw_candidates(cc_ui *ui, cc_rect row)
{
	const cc_prompt *p = &ui->prompt;
	enum { SHOWN = 8 };
	size_t from = p->chosen >= SHOWN ? p->chosen - SHOWN + 1 : 0, n = p->candidates.n - from;
	int height = (int)(n < SHOWN ? n : SHOWN), width = candidates_width(p, row.w);
	if (row.y > height + 3)      /* the row of keys stays */
		row.y--;
	cc_rect in = { row.x, row.y - height, width, height };
	if (row.y >= height + 2 && width > 4) {
		in = cc_grid_box(&ui->grid, (cc_rect){ row.x, row.y - height - 2, width, height + 2 }, NULL);
		row.y--;
	}
	row.x = in.x;
	width = in.w;
	for (int i = 0; i < height; i++) {
		const cc_completion *c = &p->candidates.p[from + (size_t)i];
		bool chosen = from + (size_t)i == p->chosen;
		cc_look look = chosen ? CC_LOOK_MENU_SELECTED : CC_LOOK_MENU;
		cc_rect line = { row.x, row.y - height + i, width, 1 };
		cc_grid_fill(&ui->grid, line, ' ', look, 0);
		int used = cc_grid_textz(&ui->grid, line, chosen ? "> " : "  ", look, 0);
		used += cc_grid_outside(&ui->grid, cc_rect_skip(line, used), c->word, look, 0);
		if (c->help)
			cc_grid_textz(&ui->grid, cc_rect_skip(line, used < WORD_COLUMNS + 2 ? WORD_COLUMNS + 2 : used + 2), c->help, chosen ? look : CC_LOOK_DIM, 0);
	}
	if (p->candidates.n > SHOWN)
		cc_grid_printf(&ui->grid, (cc_rect){ row.x + width - 12, row.y - 1, 12, 1 }, CC_LOOK_DIM, 0, "%5zu of %zu", p->chosen + 1,
			p->candidates.n);
}

void cc_prompt_draw(cc_ui *ui, cc_rect row)
{
	cc_buf prefix = CC_BUF_INIT;
	prefix_of(ui, row.w, &prefix);
	cc_grid_fill(&ui->grid, row, ' ', CC_LOOK_PROMPT, 0);
	if (ui->prompt.completing && ui->prompt.candidates.n > 1)
		draw_candidates(ui, row);
	else
		cc_preview_draw(ui, row);
	cc_lineedit_draw(&ui->prompt.edit, &ui->grid, row, cc_buf_ok(&prefix) && prefix.n ? prefix.p : "");
	cc_buf_deinit(&prefix);
}
