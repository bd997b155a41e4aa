/* sheet_move.c - moving the selection through the items, and the items as text: what search looks at. */
#include "ui/sheet.h"

#include "coldcase/utf8.h"

bool cc_sheet_is_part(const cc_sheet *s)
{
	cc_paging p = s->reply ? cc_reply_paging(s->reply) : (cc_paging){ 0 };
	return s->reply && cc_reply_main(s->reply) && (p.truncated || p.offset);
}

bool cc_sheet_place(const cc_sheet *s, size_t item, uint64_t *place)
{
	const cc_section *main = s->reply ? cc_reply_main(s->reply) : NULL;
	const cc_item *it = item < s->items.n ? &s->items.p[item] : NULL;
	if (!main || !it || it->kind != CC_ITEM_ROW || cc_reply_section(s->reply, it->section) != main)
		return false;
	*place = main->rows[it->index].place;
	return true;
}

bool cc_sheet_select_place(cc_sheet *s, uint64_t place)
{
	const cc_section *main = s->reply ? cc_reply_main(s->reply) : NULL;
	uint64_t at;
	for (size_t i = s->items.n; main && i-- > 0;) {
		if (!cc_sheet_place(s, i, &at) || at > place)
			continue;
		uint64_t rows = main->rows[s->items.p[i].index].stands_for;
		if (place - at >= (rows ? rows : 1))
			return false;
		s->selected = i;
		return true;
	}
	return false;
}

void cc_sheet_move(cc_sheet *s, long delta)
{
	long step = delta < 0 ? -1 : 1, i = (long)s->selected, best = i;
	for (i += step; delta != 0 && i >= 0 && i < (long)s->items.n; i += step) {
		if (cc_sheet_selectable(&s->items.p[i])) {
			best = i;
			delta -= step;
		}
	}
	if (best == (long)s->selected && i < 0)
		s->top = 0;   /* nothing above to select: show what is there */
	s->selected = (size_t)best;
}

void cc_sheet_scroll(cc_sheet *s, long delta, int height)
{
	long last = (long)s->items.n - (height > 1 ? height : 1), top = (long)s->top + delta, target = (long)s->selected + delta;
	s->top = (size_t)(top < 0 || last < 0 ? 0 : top > last ? last : top);
	target = target < 0 ? 0 : target >= (long)s->items.n ? (long)s->items.n - 1 : target;
	long step = delta < 0 ? -1 : 1;
	for (long i = target; i >= 0 && i < (long)s->items.n; i += step) {
		if (cc_sheet_selectable(&s->items.p[i])) {
			s->selected = (size_t)i;
			return;
		}
	}
	cc_sheet_to_end(s, delta > 0);
}

void cc_sheet_to_end(cc_sheet *s, bool end)
{
	for (size_t k = 0; k < s->items.n; k++) {
		size_t i = end ? s->items.n - 1 - k : k;
		if (cc_sheet_selectable(&s->items.p[i])) {
			s->selected = i;
			break;
		}
	}
	if (!end)
		s->top = 0;
	else if (s->items.n)
		s->top = s->items.n - 1;  /* drawing pulls it back to a full page */
}

bool cc_sheet_seek(cc_sheet *s, int dir, bool (*fits)(const cc_sheet *s, size_t item, void *arg), void *arg)
{
	for (long i = (long)s->selected + dir; i >= 0 && i < (long)s->items.n; i += dir) {
		if (cc_sheet_selectable(&s->items.p[i]) && fits(s, (size_t)i, arg)) {
			s->selected = (size_t)i;
			return true;
		}
	}
	return false;
}

cc_role cc_sheet_item_role(const cc_sheet *s, size_t item)
{
	const cc_item *it = &s->items.p[item];
	const cc_section *sec = it->kind == CC_ITEM_NOTE || it->kind == CC_ITEM_EMPTY ? NULL : cc_reply_section(s->reply, it->section);
	switch ((cc_item_kind)it->kind) {
	case CC_ITEM_ROW: return sec->rows[it->index].mark;
	case CC_ITEM_LINE: return sec->lines[it->index].role;
	case CC_ITEM_FACT: return sec->facts[it->index].role;
	default: return CC_ROLE_TEXT;
	}
}

static void row_text(const cc_section *sec, const cc_row *row, cc_buf *out, bool ascii)
{
	for (size_t i = 0; i < sec->column_count; i++) {
		cc_cell_type t = row->cells[i].type;
		if (t == CC_CELL_NONE || t == CC_CELL_SPARK || t == CC_CELL_BAR || sec->columns[i].priority == 255)
			continue;
		if (out->n)
			cc_buf_addz(out, "  ");
		cc_cell_render(&row->cells[i], out, ascii);
	}
}

void cc_sheet_item_text(const cc_sheet *s, size_t item, cc_buf *out)
{
	const cc_item *it = &s->items.p[item];
	const cc_section *sec = cc_reply_section(s->reply, it->section);
	cc_buf_clear(out);
	if (it->kind == CC_ITEM_ROW) {
		row_text(sec, &sec->rows[it->index], out, s->ascii);
	} else if (it->kind == CC_ITEM_LINE) {
		cc_utf8_clean(out, sec->lines[it->index].text, s->ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
	} else if (it->kind == CC_ITEM_FACT) {
		cc_buf_addf(out, "%s: ", sec->facts[it->index].title);
		cc_cell_render(&sec->facts[it->index].cell, out, s->ascii);
		if (it->beside) {
			cc_buf_addf(out, "  %s: ", sec->facts[it->beside - 1].title);
			cc_cell_render(&sec->facts[it->beside - 1].cell, out, s->ascii);
		}
	}
}

size_t cc_sheet_count_matches(const cc_sheet *s, cc_regex *re, size_t *before)
{
	cc_buf b = CC_BUF_INIT;
	size_t count = 0;
	*before = 0;
	for (size_t i = 0; s->reply && re && i < s->items.n; i++) {
		if (!cc_sheet_selectable(&s->items.p[i]))
			continue;
		cc_sheet_item_text(s, i, &b);
		if (cc_regex_match(re, cc_buf_str(&b)) != CC_REGEX_YES)
			continue;
		count++;
		if (i <= s->selected)
			*before = count;
	}
	cc_buf_deinit(&b);
	return count;
}
