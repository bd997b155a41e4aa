/* whole.c - what a cut cell of the selected row goes on to say, in the bottom row while nothing else stands there; after a search, what
 * stands around the hit.
 *
 * On 80 columns the message of an event or the finding of a check has room for twenty letters; what decides stands behind them. */
#include "ui/ui_priv.h"

#include "coldcase/utf8.h"

/* The cell that most is cut of; NULL = the row stands there whole. */
static const cc_cell *most_cut(const cc_sheet *s, const cc_item *it, int *width)
{
	const cc_section *sec = cc_reply_section(s->reply, it->section);
	const cc_table_fit *fit = &s->fits[it->section];
	const cc_row *row = &sec->rows[it->index];
	const cc_cell *most = NULL;
	size_t more = 0;
	for (size_t k = 0; k < fit->count; k++) {
		const cc_cell *c = &row->cells[fit->column[k]];
		int room = fit->width[k] - (sec->columns[fit->column[k]].width == 0 ? row->depth * fit->indent : 0);
		size_t all = c->type == CC_CELL_TEXT ? cc_width(c->text) : 0, shown = room > 0 ? (size_t)room : 0;
		if (all <= shown || all - shown <= more)
			continue;
		most = c;
		more = all - shown;
		*width = (int)shown;
	}
	return most;
}

/* From the beginning where it fits in, else from where the cell ends. */
void cc_ui_whole_text(const cc_sheet *s, int room, bool ascii, cc_buf *out)
{
	const cc_item *it = s && s->reply && s->selected < s->items.n ? &s->items.p[s->selected] : NULL;
	int shown = 0;
	const cc_cell *cell = it && it->kind == CC_ITEM_ROW && s->fits && s->width ? most_cut(s, it, &shown) : NULL;
	cc_buf text = CC_BUF_INIT;
	if (!cell)
		return;
	cc_utf8_clean(&text, cell->text, ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
	cc_str all = cc_buf_str(&text);
	shown = shown > 2 ? shown - 2 : 0;   /* the cut itself takes room */
	if ((int)cc_width(all) > room) {
		cc_str head = cc_width_cut(all, (size_t)shown);
		cc_buf_addz(out, ascii ? ".." : "\xe2\x80\xa6");
		all = cc_str_sub(all, head.n, all.n);
	}
	cc_width_fit(out, all, (size_t)(room - (out->n ? 2 : 0)), ascii);
	cc_buf_deinit(&text);
}

/* --- around a hit --- */

static int columns_of(const cc_table_fit *fit, size_t cell)
{
	for (size_t k = 0; k < fit->count; k++)
		if (fit->column[k] == cell)
			return fit->width[k];
	return 0;
}

/* A third of the room before the hit, the rest for it and what follows. */
static void add_around(cc_str text, size_t start, int room, bool ascii, cc_buf *out)
{
	const char *cut = ascii ? ".." : "\xe2\x80\xa6";
	size_t from = 0;
	while (from < start && (int)cc_width(cc_str_sub(text, from, start)) > room / 3)
		cc_utf8_next(text, &from);
	cc_str rest = cc_str_sub(text, from, text.n), shown = cc_width_cut(rest, (size_t)(room > 4 ? room - 4 : 1));
	cc_buf_addf(out, "%s%.*s%s", from ? cut : "", CC_STR_ARG(shown), shown.n < rest.n ? cut : "");
}

/* The record holds it, and the row tells nothing of that: a body, an attribute, a span of the trace. */
static bool is_elsewhere(const cc_sheet *s, cc_regex *re)
{
	cc_buf text = CC_BUF_INIT;
	cc_sheet_item_text(s, s->selected, &text);
	bool here = cc_regex_match(re, cc_buf_str(&text)) == CC_REGEX_YES;
	cc_buf_deinit(&text);
	return !here && cc_sheet_pick(s).drill.n;
}

void cc_ui_hit_text(const cc_sheet *s, cc_regex *re, int room, bool ascii, cc_buf *out)
{
	const cc_item *it = s && s->reply && s->selected < s->items.n ? &s->items.p[s->selected] : NULL;
	if (!it || !re || it->kind != CC_ITEM_ROW || !s->fits || !s->width)
		return;
	const cc_section *sec = cc_reply_section(s->reply, it->section);
	const cc_row *row = &sec->rows[it->index];
	bool found = false;
	for (size_t k = 0; k < sec->column_count && !found; k++) {
		cc_buf text = CC_BUF_INIT;
		size_t start, end;
		bool name = row->cells[k].type == CC_CELL_ENTITY;       /* of which the middle goes */
		if (row->cells[k].type == CC_CELL_TEXT)
			cc_utf8_clean(&text, row->cells[k].text, ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
		else if (name)
			cc_cell_render(&row->cells[k], &text, ascii);
		cc_str all = cc_buf_str(&text);
		found = all.n && cc_regex_find(re, all, 0, &start, &end) == CC_REGEX_YES;
		int width = columns_of(&s->fits[it->section], k), hidden = (int)cc_width(cc_str_sub(all, 0, name ? all.n : found ? end : 0)) - width;
		if (found && (hidden > 0 || (hidden == 0 && end < all.n))) {
			cc_buf_addz(out, ": ");
			add_around(all, start, room - 2, ascii, out);
		}
		cc_buf_deinit(&text);
	}
	if (!found && room > 40 && is_elsewhere(s, re))
		cc_buf_addz(out, ": not in the row, in what Enter opens");
}
