/* sheet_tree.c - a tree level by level, and the time that a waterfall's bars show. Both are ways to look at a reply, as scrolling
 * is: no command runs. */
#include "ui/sheet.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "coldcase/reply.h"

/* --- levels --- */

static bool is_hidden(const cc_sheet *s, const cc_section *sec, size_t row)
{
	for (size_t i = 0; i < s->folds.n; i++)
		if (s->folds.p[i] < row && row < cc_sheet_tree_end(sec, s->folds.p[i]))
			return true;
	return false;
}

static void rebuild(cc_sheet *s)
{
	int width = s->width;
	s->width = 0;
	cc_sheet_layout(s, width, s->ascii);
}

static bool is_row_of(const cc_sheet *s, const cc_section *sec, size_t item)
{
	return s->items.p[item].kind == CC_ITEM_ROW && cc_reply_section(s->reply, s->items.p[item].section) == sec;
}

/* The row that stays when the selected one is hidden: what it is below. */
static void climb(cc_sheet *s, const cc_section *sec, int depth)
{
	size_t row = s->selected < s->items.n && is_row_of(s, sec, s->selected) ? s->items.p[s->selected].index : 0;
	while (row > 0 && sec->rows[row].depth > depth)
		row--;
	for (size_t i = 0; i < s->items.n; i++)
		if (is_row_of(s, sec, i) && s->items.p[i].index == row)
			s->selected = i;
}

static bool hide_level(cc_sheet *s, const cc_section *sec)
{
	int deepest = 0;
	for (size_t i = 0; i < sec->row_count; i++)
		if (sec->rows[i].depth > deepest && !is_hidden(s, sec, i))
			deepest = sec->rows[i].depth;
	if (!deepest)
		return false;
	climb(s, sec, deepest - 1);
	for (size_t i = 0; i + 1 < sec->row_count; i++)
		if (sec->rows[i].depth == deepest - 1 && sec->rows[i + 1].depth >= deepest && !cc_sheet_is_folded(s, (uint32_t)i) &&
			!cc_vec_push(&s->folds, (uint32_t)i))
			break;
	rebuild(s);
	return true;
}

static bool show_level(cc_sheet *s, const cc_section *sec)
{
	int highest = INT_MAX;
	size_t kept = 0;
	for (size_t i = 0; i < s->folds.n; i++)
		if (s->folds.p[i] < sec->row_count && sec->rows[s->folds.p[i]].depth < highest)
			highest = sec->rows[s->folds.p[i]].depth;
	for (size_t i = 0; i < s->folds.n; i++)
		if (s->folds.p[i] < sec->row_count && sec->rows[s->folds.p[i]].depth > highest)
			s->folds.p[kept++] = s->folds.p[i];
	bool any = kept < s->folds.n;
	s->folds.n = kept;
	rebuild(s);
	return any;
}

bool cc_sheet_fold_level(cc_sheet *s, int dir)
{
	const cc_section *sec = s->reply ? cc_reply_main(s->reply) : NULL;
	return sec && (dir < 0 ? hide_level(s, sec) : show_level(s, sec));
}

/* --- bars --- */

/* The cell of a row's bar; NULL = the table has none. */
static const cc_cell *bar_of(const cc_section *sec, size_t row)
{
	for (size_t i = 0; sec && i < sec->column_count; i++)
		if (sec->columns[i].type == CC_CELL_BAR)
			return &sec->rows[row].cells[i];
	return NULL;
}

bool cc_sheet_has_bars(const cc_sheet *s)
{
	const cc_section *sec = s->reply ? cc_reply_main(s->reply) : NULL;
	return sec && sec->row_count && strcmp(sec->key, "spans") == 0 && bar_of(sec, 0);
}

static bool zoom_out(cc_sheet *s)
{
	double middle = (s->bar_from + s->bar_to) / 2, width = (s->bar_to - s->bar_from) * 2;
	if (s->bar_to <= 0)
		return false;
	s->bar_from = middle - width / 2 < 0 ? 0 : middle - width / 2;
	s->bar_to = s->bar_from + width;
	if (s->bar_to >= 1) {
		s->bar_to = 1;
		s->bar_from = 1 - width;
	}
	if (width >= 1)
		s->bar_from = s->bar_to = 0;
	return true;
}

bool cc_sheet_zoom(cc_sheet *s, bool in)
{
	static const double least = 1e-6;
	const cc_item *it = s->selected < s->items.n ? &s->items.p[s->selected] : NULL;
	const cc_section *sec = cc_sheet_has_bars(s) ? cc_reply_main(s->reply) : NULL;
	if (!sec || !in)
		return sec && zoom_out(s);
	const cc_cell *bar = it && it->kind == CC_ITEM_ROW && cc_reply_section(s->reply, it->section) == sec ? bar_of(sec, it->index) : NULL;
	if (!bar || bar->type != CC_CELL_BAR)
		return false;
	double from = bar->num, to = bar->num2 - bar->num < least ? bar->num + least : bar->num2;
	bool same = fabs(from - s->bar_from) < least && fabs(to - s->bar_to) < least;
	if (same || (from <= 0 && to >= 1))
		return false;
	s->bar_from = from;
	s->bar_to = to;
	return true;
}

void cc_sheet_ruler(const cc_sheet *s, cc_buf *out)
{
	int64_t whole = 0;
	for (size_t i = 0; s->bar_to > 0 && i < cc_reply_section_count(s->reply); i++) {
		const cc_section *sec = cc_reply_section(s->reply, i);
		for (size_t k = 0; k < sec->fact_count; k++)
			if (strcmp(sec->facts[k].key, "duration_ns") == 0)
				whole = sec->facts[k].cell.i;
	}
	for (int i = 0; whole && i < 3; i++) {
		if (i)
			cc_buf_addz(out, " - ");
		cc_duration_format(out, (int64_t)((s->bar_from + (s->bar_to - s->bar_from) * i / 2) * (double)whole));
	}
}
