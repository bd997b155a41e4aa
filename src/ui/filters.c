/* filters.c - filters are stacked: each & adds one, and a panel switches them off and on, inverts them, takes them away.
 *
 * What the pane asks is still one line: the filters that are on, one after the other, `not (...)` around inverted ones. What the
 * session refuses leaves everything as it was. */
#include "ui/ui_priv.h"

#include <stdio.h>
#include <string.h>

#include "coldcase/xalloc.h"

static void drop(cc_filters *f)
{
	for (size_t i = 0; i < f->n; i++)
		cc_free(f->p[i].text);
	cc_vec_deinit(f);
}

void cc_filters_deinit(cc_sheet *s)
{
	drop(&s->filters);
	cc_free(s->filter);
	s->filter = NULL;
}

static bool push(cc_filters *f, cc_str text, bool off, bool inverted)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_add(&b, text);
	cc_filter_part part = { cc_buf_take(&b), off, inverted };
	if (part.text && cc_vec_push(f, part))
		return true;
	cc_free(part.text);
	return false;
}

static cc_filters copy_of(const cc_sheet *s)
{
	cc_filters f = { 0 };
	for (size_t i = 0; i < s->filters.n; i++)
		(void)push(&f, cc_str_from(s->filters.p[i].text), s->filters.p[i].off, s->filters.p[i].inverted);
	return f;
}

static void add_term(cc_buf *out, const cc_filter_part *p, bool alone)
{
	bool either = cc_str_find_nocase(cc_str_from(p->text), CC_STR(" or ")) != CC_STR_NONE;
	if (out->n)
		cc_buf_add_char(out, ' ');
	if (p->inverted)
		cc_buf_addf(out, "not (%s)", p->text);
	else if (either && !alone)
		cc_buf_addf(out, "(%s)", p->text);
	else
		cc_buf_addz(out, p->text);
}

static char *joined(const cc_filters *f)
{
	cc_buf b = CC_BUF_INIT;
	size_t on = 0;
	for (size_t i = 0; i < f->n; i++)
		on += !f->p[i].off;
	for (size_t i = 0; i < f->n; i++)
		if (!f->p[i].off)
			add_term(&b, &f->p[i], on == 1);
	if (!b.n)
		cc_buf_addz(&b, "");
	return cc_buf_take(&b);
}

typedef struct asked { cc_filters filters; char *filter, *line; uint64_t offset; bool placed, unfolded; int context; } asked;

static asked what_is_asked(const cc_sheet *s)
{
	return (asked){ s->filters, s->filter, s->line, s->offset, s->placed, s->unfolded, s->context };
}

static void ask_this(cc_sheet *s, const asked *a)
{
	s->filters = a->filters;
	s->filter = a->filter;
	s->line = a->line;
	s->offset = a->offset;
	s->placed = a->placed;
	s->unfolded = a->unfolded;
	s->context = a->context;
}

static void forget(asked *a)
{
	drop(&a->filters);
	cc_free(a->filter);
	cc_free(a->line);
}

/* Asks with the filters given, which are taken. */
static bool ask(cc_ui *ui, cc_sheet *s, cc_filters filters, int context, bool unfolded)
{
	asked before = what_is_asked(s), now = { .filters = filters, .filter = joined(&filters), .line = cc_strdup(cc_ui_filter_line(s)),
		.context = context, .unfolded = unfolded };
	const cc_reply *old = s->reply;
	bool refused = !now.filter || !now.line;
	if (!refused) {
		ask_this(s, &now);
		cc_ui_load(ui, s, false);
		refused = s->reply == old && ui->message_bad;   /* the old question still stands */
	}
	if (refused)
		ask_this(s, &before);
	else
		cc_ui_note_moved(ui, s);
	forget(refused ? &now : &before);
	return !refused;
}

void cc_ui_filter_add(cc_ui *ui, cc_str text)
{
	cc_sheet *s = cc_ui_sheet(ui);
	text = cc_str_trim(text);
	bool inverted = text.n && text.p[0] == '!';
	if (inverted)
		text = cc_str_trim(cc_str_sub(text, 1, text.n));
	if (!s || !s->line)
		return;
	if (!text.n) {
		cc_ui_open_filters(ui);
		return;
	}
	cc_filters f = copy_of(s);
	(void)push(&f, text, false, inverted);
	(void)ask(ui, s, f, s->context, s->unfolded);
}

/* --- how the lines around and the repeats are shown --- */

void cc_ui_step_context(cc_ui *ui)
{
	static const int next[] = { 1, 2, 3, 5, 5, 9, 9, 9, 9, 0 };
	cc_sheet *s = cc_ui_sheet(ui);
	if (!s || !s->line || !cc_ui_takes(s, "context")) {
		cc_ui_say(ui, "rows around those that fit: only in lists of logs");
	} else if (!s->filter || !*s->filter) {
		cc_ui_say(ui, "without a filter every row is here; & adds one");
	} else if (ask(ui, s, copy_of(s), next[s->context >= 0 && s->context <= 9 ? s->context : 9], s->unfolded)) {
		cc_ui_say(ui, "%d row%s before and after each that fits", s->context, s->context == 1 ? "" : "s");
	}
}

void cc_ui_toggle_fold(cc_ui *ui)
{
	cc_sheet *s = cc_ui_sheet(ui);
	if (!s || !s->line || !cc_ui_takes(s, "fold")) {
		cc_ui_say(ui, "repeated rows are folded only in lists of logs");
		return;
	}
	if (ask(ui, s, copy_of(s), s->context, !s->unfolded))
		cc_ui_say(ui, s->unfolded ? "every record is a row of its own, with all its lines" : "repeated records are one row, of many lines the first is shown");
}

/* --- the panel --- */

void cc_ui_open_filters(cc_ui *ui)
{
	const cc_sheet *s = cc_ui_sheet(ui);
	ui->filter_panel = s && s->filters.n > 0;
	ui->filter_at = 0;
	if (!ui->filter_panel)
		cc_ui_say(ui, "no filter here; & adds one, &! one that hides what fits");
}

static void change(cc_ui *ui, cc_sheet *s, uint32_t key)
{
	cc_filters f = copy_of(s);
	if (ui->filter_at >= f.n) {
		drop(&f);
		return;
	}
	cc_filter_part *p = &f.p[ui->filter_at];
	if (key == ' ' || key == CC_KEY_ENTER) {
		p->off = !p->off;
	} else if (key == '!' || key == 'i') {
		p->inverted = !p->inverted;
	} else {
		cc_free(p->text);
		memmove(p, p + 1, (f.n - ui->filter_at - 1) * sizeof *p);
		f.n--;
	}
	(void)ask(ui, s, f, s->context, s->unfolded);
	if (ui->filter_at >= s->filters.n)
		ui->filter_at = s->filters.n ? s->filters.n - 1 : 0;
	ui->filter_panel = s->filters.n > 0;
}

void cc_filters_key(cc_ui *ui, const cc_key *key)
{
	cc_sheet *s = cc_ui_sheet(ui);
	cc_buf_clear(&ui->message);
	ui->message_bad = false;
	if (!s || key->mods) {
		ui->filter_panel = false;
		return;
	}
	switch (key->code) {
	case 'j': case CC_KEY_DOWN: ui->filter_at += ui->filter_at + 1 < s->filters.n; break;
	case 'k': case CC_KEY_UP: ui->filter_at -= ui->filter_at > 0; break;
	case ' ': case CC_KEY_ENTER: case '!': case 'i': case 'd': case CC_KEY_DELETE: change(ui, s, key->code); break;
	case 'C': cc_ui_step_context(ui); break;
	case '&': ui->filter_panel = false; cc_prompt_open(ui, CC_PROMPT_FILTER, CC_STR_EMPTY); break;
	case CC_KEY_ESC: case 'q': case '*': ui->filter_panel = false; break;
	default: cc_ui_say(ui, "Space on or off, ! inverts, d takes it away, & adds one, C context, Esc leaves"); break;
	}
}

static void draw_part(cc_ui *ui, cc_rect r, const cc_filter_part *p, bool chosen)
{
	cc_look look = chosen ? CC_LOOK_MENU_SELECTED : CC_LOOK_MENU;
	cc_grid_fill(&ui->grid, r, ' ', look, 0);
	int used = cc_grid_printf(&ui->grid, r, look, 0, "%c [%c] %s", chosen ? '>' : ' ', p->off ? ' ' : 'x', p->inverted ? "not " : "");
	cc_grid_outside(&ui->grid, cc_rect_skip(r, used), cc_str_from(p->text), p->off && !chosen ? CC_LOOK_DIM : look, 0);
}

void cc_filters_draw(cc_ui *ui, cc_rect body)
{
	const cc_sheet *s = cc_ui_sheet(ui);
	char title[80];
	if (!s || !s->reply)
		return;
	cc_paging p = cc_reply_paging(s->reply);
	snprintf(title, sizeof title, "filters - %llu shown, %llu hidden", (unsigned long long)p.total_count, (unsigned long long)p.hidden_count);
	int h = (int)(s->filters.n > 9 ? 9 : s->filters.n) + 3, w = body.w < 76 ? body.w : 76;
	if (h > body.h)
		h = body.h;
	cc_rect in = cc_grid_box(&ui->grid, (cc_rect){ body.x, body.y + body.h - h, w, h }, title);
	size_t rows = in.h > 1 ? (size_t)in.h - 1 : 0, from = ui->filter_at >= rows && rows ? ui->filter_at - rows + 1 : 0;
	for (size_t i = 0; i < rows && from + i < s->filters.n; i++)
		draw_part(ui, cc_rect_row(in, (int)i), &s->filters.p[from + i], from + i == ui->filter_at);
	cc_rect last = cc_rect_row(in, in.h - 1);
	cc_grid_fill(&ui->grid, last, ' ', CC_LOOK_MENU, 0);
	cc_grid_printf(&ui->grid, last, CC_LOOK_DIM, 0, "Space on/off  ! invert  d remove  & add  C context %d  Esc leave", s->context);
}
