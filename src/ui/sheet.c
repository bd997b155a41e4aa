/* sheet.c - a page over a reply: what is selected, and how it stays selected when the reply or the width changes.
 * Its items are made in sheet_items.c, moved through in sheet_move.c, drawn in sheet_draw.c. */
#include "ui/map.h"
#include "ui/outline.h"

#include <string.h>

#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"

cc_sheet *cc_sheet_new(const char *line)
{
	cc_sheet *s = cc_calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->line = line ? cc_strdup(line) : NULL;
	s->view.at_ns = s->time_ns = s->at_ns = CC_TIME_NONE;
	s->from_pane = -1;
	if (line && !s->line) {
		cc_free(s);
		return NULL;
	}
	return s;
}

void cc_sheet_free(cc_sheet *s)
{
	if (!s)
		return;
	cc_free(s->line);
	cc_filters_deinit(s);
	cc_reply_unref(s->reply);
	cc_vec_deinit(&s->items);
	cc_vec_deinit(&s->folds);
	cc_free(s->fits);
	cc_free(s->spread);
	cc_free(s);
}

enum { NEAR = 16 };   /* rows: a table that begins further down is not what the page is about */

/* A list starts at the first row of its main table; a page about one thing starts at its top. */
static size_t first_choice(const cc_sheet *s)
{
	const cc_section *main = cc_reply_main(s->reply);
	if (cc_map_shown(s))
		return cc_map_middle(s);
	bool board = cc_str_eqz(cc_reply_command(s->reply), "board");   /* suspects come first there, and keys act on them */
	for (size_t i = 0; (main || board) && i < s->items.n && i < NEAR; i++)
		if (s->items.p[i].kind == CC_ITEM_ROW && (board || cc_reply_section(s->reply, s->items.p[i].section) == main))
			return i;
	return 0;
}

/* The selection survives a new width by what it points at, not by its number. */
static void restore_selection(cc_sheet *s, const cc_item *old)
{
	size_t i = old ? s->selected : first_choice(s);
	for (size_t k = 0; old && k < s->items.n; k++) {
		const cc_item *it = &s->items.p[k];
		if (!it->more && it->kind == old->kind && it->section == old->section && it->index == old->index) {
			s->selected = k;
			return;
		}
	}
	if (i >= s->items.n)
		i = s->items.n ? s->items.n - 1 : 0;
	while (i < s->items.n && !cc_sheet_selectable(&s->items.p[i]))
		i++;
	if (i >= s->items.n)
		for (i = s->items.n; i > 0 && !cc_sheet_selectable(&s->items.p[i - 1]); i--)
			;
	s->selected = i < s->items.n ? i : i > 0 ? i - 1 : 0;
}

void cc_sheet_layout(cc_sheet *s, int width, bool ascii)
{
	if (!s->reply || (s->width == width && s->ascii == ascii))
		return;
	cc_item old = s->items.n > s->selected ? s->items.p[s->selected] : (cc_item){ 0 };
	bool had = s->items.n > s->selected;
	s->width = width > 8 ? width : 8;
	s->ascii = ascii;
	cc_sheet_build(s);
	restore_selection(s, had ? &old : NULL);
	s->width = width;
}

/* Where fuller evidence numbers entities anew, citation and drill line tell. */
static bool same_record(const cc_sheet *s, const cc_row *row, const cc_pick *p)
{
	if (p->cite.file || row->cite.file)
		return p->cite.file == row->cite.file && p->cite.record == row->cite.record &&
			(s->stale || p->entity == row->entity);
	if (s->stale)
		return p->time_ns == row->time_ns && p->drill.n;
	return (p->entity || p->time_ns != CC_TIME_NONE) && p->entity == row->entity && p->time_ns == row->time_ns;
}

static uint64_t distance(int64_t a, int64_t b)
{
	return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

/* The selection stays on its record; when the new reply lacks it, on the one nearest in time. `old` still holds its texts. */
static void select_again(cc_sheet *s, const cc_pick *old, cc_str section)
{
	size_t nearest = s->items.n;
	uint64_t best = UINT64_MAX;
	for (size_t i = 0; i < s->items.n; i++) {
		const cc_section *sec = cc_reply_section(s->reply, s->items.p[i].section);
		if (s->items.p[i].kind != CC_ITEM_ROW || !cc_str_eqz(section, sec->key))
			continue;
		const cc_row *row = &sec->rows[s->items.p[i].index];
		if (same_record(s, row, old) && cc_str_eq(row->drill, old->drill)) {
			s->selected = i;
			return;
		}
		uint64_t d = old->time_ns == CC_TIME_NONE || row->time_ns == CC_TIME_NONE ? UINT64_MAX : distance(old->time_ns, row->time_ns);
		if (d < best) {
			best = d;
			nearest = i;
		}
	}
	s->moved = old->cite.file || old->entity || old->time_ns != CC_TIME_NONE;
	s->lost = old->cite;
	s->lost_ns = old->time_ns;
	if (nearest < s->items.n)
		s->selected = nearest;
}

/* The items are made at once: keys may come before the next drawing, and old items must not point into a new reply. */
void cc_sheet_set_reply(cc_sheet *s, cc_reply *reply)
{
	int width = s->width > 0 ? s->width : 80;
	cc_reply *before = s->reply;
	cc_pick old = cc_sheet_pick(s);
	s->reply = reply;
	s->folds.n = 0;
	s->width = 0;
	s->ran = true;
	s->failed = s->moved = false;
	cc_sheet_layout(s, width, s->ascii);
	if (old.row && before != reply)
		select_again(s, &old, cc_str_from(old.section->key));
	cc_reply_unref(before);
}

void cc_sheet_forget(cc_sheet *s)
{
	cc_reply_unref(s->reply);
	s->reply = NULL;
	s->items.n = 0;
	s->selected = s->top = 0;
	s->folds.n = 0;
}

/* What an opened record is about, by its own facts; else by the row it was opened from; else by its first row. */
static void subject_of(const cc_sheet *s, cc_pick *p)
{
	const cc_section *facts = cc_reply_section(s->reply, 0), *table = cc_reply_main(s->reply);
	p->entity = 0;
	for (size_t i = 0; facts && i < facts->fact_count; i++) {
		const cc_cell *c = &facts->facts[i].cell;
		if (c->type == CC_CELL_ENTITY && !p->entity)
			p->entity = (cc_entity_id)c->i;
		else if (c->type == CC_CELL_CITE && !p->cite.file)
			p->cite = (cc_cite){ (uint32_t)((uint64_t)c->i >> 32), (uint32_t)c->i };
		else if (c->type == CC_CELL_TIME && p->time_ns == CC_TIME_NONE)
			p->time_ns = c->i;
	}
	const cc_row *first = table && table->row_count ? &table->rows[0] : NULL;
	if (!p->entity)
		p->entity = s->entity ? s->entity : first ? first->entity : 0;
	if (!p->cite.file)
		p->cite = s->cite.file ? s->cite : first ? first->cite : (cc_cite){ 0, 0 };
	if (p->time_ns == CC_TIME_NONE)
		p->time_ns = s->time_ns != CC_TIME_NONE || !first ? s->time_ns : first->time_ns;
}

static void record_of(const cc_sheet *s, cc_pick *p)
{
	cc_pick page = *p;
	subject_of(s, &page);
	p->cite = page.cite;
	if (p->time_ns == CC_TIME_NONE)
		p->time_ns = page.time_ns;
}

/* Pages about one thing: their facts and lines speak of it even where they do not name it. */
static bool is_record(const cc_sheet *s)
{
	static const char *const records[] = { "alert", "log", "event", "span", "trace", "spec", "diff", "entity", "show", "metric" };
	cc_str command = cc_reply_command(s->reply);
	for (size_t i = 0; s->line && i < sizeof records / sizeof records[0]; i++)
		if (cc_str_eqz(command, records[i]))
			return true;
	return false;
}

cc_pick cc_sheet_pick(const cc_sheet *s)
{
	cc_pick p = { .time_ns = CC_TIME_NONE, .drill = CC_STR_EMPTY, .op = CC_STR_EMPTY };
	if (!s->reply || s->selected >= s->items.n || !cc_sheet_selectable(&s->items.p[s->selected]))
		return p;
	const cc_item *it = &s->items.p[s->selected];
	const cc_section *sec = cc_reply_section(s->reply, it->section);
	p.section = sec;
	p.any = true;
	if (it->kind == CC_ITEM_ROW) {
		p.row = &sec->rows[it->index];
		p.entity = p.row->entity;
		p.cite = p.row->cite;
		p.time_ns = p.row->time_ns;
		p.drill = p.row->drill;
		p.op = p.row->op;
	} else if (it->kind == CC_ITEM_LINE) {
		p.line = &sec->lines[it->index];
		p.entity = p.line->entity;
		p.cite = p.line->cite;
	} else if (it->kind == CC_ITEM_FACT) {
		p.fact = &sec->facts[it->index];
		if (p.fact->cell.type == CC_CELL_ENTITY)
			p.entity = (cc_entity_id)p.fact->cell.i;
		if (p.fact->cell.type == CC_CELL_TIME)
			p.time_ns = p.fact->cell.i;
	}
	if (p.any && !p.entity && is_record(s))
		subject_of(s, &p);
	else if (p.fact && !p.cite.file && is_record(s))   /* it names an object; what says so is the record all the same */
		record_of(s, &p);
	return p;
}

int cc_sheet_most_left(const cc_sheet *s)
{
	int most = 0;
	for (size_t i = 0; s->reply && s->fits && i < cc_reply_section_count(s->reply); i++)
		most = s->fits[i].cut > most ? s->fits[i].cut : most;
	return most;
}

bool cc_sheet_is_text(const cc_sheet *s)
{
	for (size_t i = 0; i < s->items.n; i++)
		if (s->items.p[i].kind == CC_ITEM_ROW)
			return false;
	return true;
}

void cc_sheet_home(cc_sheet *s)
{
	s->top = 0;
	s->moved = false;
	if (s->reply)
		restore_selection(s, NULL);
}

/* --- specs and trees --- */

static const cc_section *outline_at(const cc_sheet *s, uint32_t *line)
{
	const cc_item *it = s->reply && s->selected < s->items.n ? &s->items.p[s->selected] : NULL;
	const cc_section *sec = it && it->kind == CC_ITEM_LINE ? cc_reply_section(s->reply, it->section) : NULL;
	*line = sec ? it->index : 0;
	return cc_outline_is(sec) ? sec : NULL;
}

bool cc_sheet_is_folded(const cc_sheet *s, uint32_t line)
{
	for (size_t i = 0; i < s->folds.n; i++)
		if (s->folds.p[i] == line)
			return true;
	return false;
}

size_t cc_sheet_tree_end(const cc_section *sec, size_t row)
{
	size_t end = row + 1;
	while (end < sec->row_count && sec->rows[end].depth > sec->rows[row].depth)
		end++;
	return end;
}

/* The main table's selected row, when rows deeper than it follow. */
static bool tree_at(const cc_sheet *s, uint32_t *row)
{
	const cc_item *it = s->reply && s->selected < s->items.n ? &s->items.p[s->selected] : NULL;
	const cc_section *sec = it && it->kind == CC_ITEM_ROW ? cc_reply_section(s->reply, it->section) : NULL;
	*row = sec ? it->index : 0;
	return sec && sec == cc_reply_main(s->reply) && cc_sheet_tree_end(sec, *row) > *row + 1;
}

bool cc_sheet_fold(cc_sheet *s)
{
	uint32_t line;
	const cc_section *sec = outline_at(s, &line);
	int width = s->width;
	if (sec ? cc_outline_end(sec, line) == line : !tree_at(s, &line))
		return false;
	size_t at = 0;
	while (at < s->folds.n && s->folds.p[at] != line)
		at++;
	if (at < s->folds.n)
		s->folds.p[at] = s->folds.p[--s->folds.n];
	else if (!cc_vec_push(&s->folds, line))
		return false;
	s->width = 0;
	cc_sheet_layout(s, width, s->ascii);
	return true;
}

void cc_sheet_path(const cc_sheet *s, cc_buf *out)
{
	uint32_t line;
	const cc_section *sec = outline_at(s, &line);
	if (sec)
		cc_outline_path(sec, line, out);
}
