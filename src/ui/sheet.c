/* sheet.c - the list of items of a reply, and moving through it. Drawing is in sheet_draw.c. */
#include "ui/sheet.h"

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
	cc_free(s->filter);
	cc_reply_unref(s->reply);
	cc_vec_deinit(&s->items);
	cc_free(s->fits);
	cc_free(s);
}

static bool selectable(const cc_item *it)
{
	return !it->more && (it->kind == CC_ITEM_ROW || it->kind == CC_ITEM_LINE || it->kind == CC_ITEM_FACT || it->kind == CC_ITEM_MORE);
}

static void add(cc_sheet *s, cc_item it)
{
	if (!cc_vec_push(&s->items, it))
		s->failed = s->failed || s->items.n == 0;  /* out of memory: what fits is shown */
}

size_t cc_sheet_wrap(cc_str text, size_t from, int width)
{
	cc_str rest = cc_str_sub(text, from, text.n), fit = cc_width_cut(rest, (size_t)(width > 4 ? width : 4));
	if (fit.n == rest.n || fit.n == 0)
		return text.n;
	size_t blank = cc_str_rfind_char(fit, ' ');
	return from + (blank != CC_STR_NONE && blank > fit.n / 2 ? blank + 1 : fit.n);
}

/* `hang`: columns that continued rows are moved in by. */
static void add_hanging(cc_sheet *s, cc_item it, cc_str text, int width, int hang)
{
	size_t from = 0;
	do {
		size_t to = cc_sheet_wrap(text, from, width);
		it.from = (uint32_t)from;
		it.to = (uint32_t)to;
		add(s, it);
		if (!it.more)
			width -= hang;
		it.more = true;
		from = to;
	} while (from < text.n);
}

static void add_wrapped(cc_sheet *s, cc_item it, cc_str text, int width)
{
	add_hanging(s, it, text, width, 0);
}

/* Continued rows of a line stand under its text, a little further in: lists and YAML keep their shape. */
int cc_sheet_hang(cc_str text, int width)
{
	int blanks = 0;
	while ((size_t)blanks < text.n && text.p[blanks] == ' ')
		blanks++;
	if (blanks == 0)          /* prose */
		return 0;
	return blanks + 2 < width / 2 ? blanks + 2 : width / 2 > 0 ? width / 2 : 0;
}

static void clean(cc_buf *b, cc_str raw, bool ascii)
{
	cc_buf_clear(b);
	cc_utf8_clean(b, raw, ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
}

/* Names of facts take what the longest needs, but never more than a third. */
int cc_sheet_fact_width(const cc_section *sec, int width)
{
	size_t most = 0, third = width > 0 ? (size_t)width / 3 : 0;
	for (size_t i = 0; i < sec->fact_count; i++) {
		size_t w = cc_width(cc_str_from(sec->facts[i].title));
		most = w > most ? w : most;
	}
	most = most > 26 ? 26 : most;
	return (int)(most > third ? third : most);
}

enum { PAIR_COLUMNS = 60 };   /* from this width on two short facts share a row */

/* Width of a fact's value; pictures and very long ones never share. */
static bool is_short(const cc_sheet *s, const cc_section *sec, size_t i, cc_buf *b)
{
	if (i >= sec->fact_count || sec->facts[i].cell.type == CC_CELL_SPARK || s->width < PAIR_COLUMNS)
		return false;
	cc_buf_clear(b);
	cc_cell_render(&sec->facts[i].cell, b, s->ascii);
	return (int)cc_width(cc_buf_str(b)) <= s->width / 2 - cc_sheet_fact_width(sec, s->width) - 6;
}

static void add_facts(cc_sheet *s, uint16_t section, const cc_section *sec, cc_buf *b)
{
	for (size_t i = 0; i < sec->fact_count; i++) {
		cc_item it = { .kind = CC_ITEM_FACT, .section = section, .index = (uint32_t)i };
		if (sec->fact_count > 4 && is_short(s, sec, i, b) && is_short(s, sec, i + 1, b))
			it.beside = (uint32_t)i + 2;
		cc_buf_clear(b);
		cc_cell_render(&sec->facts[i].cell, b, s->ascii);
		if (sec->facts[i].cell.type == CC_CELL_SPARK)
			cc_buf_clear(b);   /* a picture takes one row, whatever it would be as text */
		add_wrapped(s, it, cc_buf_str(b), s->width - cc_sheet_fact_width(sec, s->width) - 5);
		i += it.beside ? 1 : 0;
	}
}

/* Row before which the time cursor's rule stands: of lists in time order that begin before it and end after it. 0 = none. */
static size_t rule_row(const cc_sheet *s, const cc_section *sec)
{
	const cc_row *r = sec->rows;
	size_t n = sec->row_count, at = 0;
	if (s->at_ns == CC_TIME_NONE || n < 2)
		return 0;
	bool falls = r[0].time_ns > r[n - 1].time_ns;
	for (size_t i = 0; i < n; i++) {
		if (r[i].time_ns == CC_TIME_NONE || r[i].depth || (i && r[i].time_ns != r[i - 1].time_ns && (r[i].time_ns < r[i - 1].time_ns) != falls))
			return 0;
		if (i && !at && (r[i].time_ns >= s->at_ns) != (r[i - 1].time_ns >= s->at_ns))
			at = i;
	}
	return at;
}

static void add_table(cc_sheet *s, uint16_t section, const cc_section *sec)
{
	size_t rule = rule_row(s, sec);
	cc_table_fit_columns(&s->fits[section], sec, s->width - 1, s->ascii);
	if (sec->row_count > 0)
		add(s, (cc_item){ .kind = CC_ITEM_HEADER, .section = section });
	for (size_t i = 0; i < sec->row_count; i++) {
		if (rule && i == rule)
			add(s, (cc_item){ .kind = CC_ITEM_RULE, .section = section });
		add(s, (cc_item){ .kind = CC_ITEM_ROW, .section = section, .index = (uint32_t)i });
	}
	if (sec == cc_reply_main(s->reply) && cc_reply_paging(s->reply).truncated)
		add(s, (cc_item){ .kind = CC_ITEM_MORE, .section = section });
}

static void add_lines(cc_sheet *s, uint16_t section, const cc_section *sec, cc_buf *b)
{
	for (size_t i = 0; i < sec->line_count; i++) {
		clean(b, sec->lines[i].text, s->ascii);
		add_hanging(s, (cc_item){ .kind = CC_ITEM_LINE, .section = section, .index = (uint32_t)i }, cc_buf_str(b), s->width - 5,
			cc_sheet_hang(cc_buf_str(b), s->width));
	}
}

static void add_section(cc_sheet *s, uint16_t i, cc_buf *b)
{
	const cc_section *sec = cc_reply_section(s->reply, i);
	if (s->items.n > 0)
		add(s, (cc_item){ .kind = CC_ITEM_BLANK, .section = i });
	if (sec->title)
		add(s, (cc_item){ .kind = CC_ITEM_HEADING, .section = i });
	switch (sec->kind) {
	case CC_SECTION_FACTS: add_facts(s, i, sec, b); break;
	case CC_SECTION_TABLE: add_table(s, i, sec); break;
	case CC_SECTION_TEXT: add_lines(s, i, sec, b); break;
	case CC_SECTION_CHART:
		for (int row = 0; row < cc_draw_chart_height(sec); row++)
			add(s, (cc_item){ .kind = CC_ITEM_CHART, .section = i, .from = (uint32_t)row });
		break;
	}
}

static bool has_content(const cc_section *sec)
{
	return sec->fact_count || sec->row_count || sec->line_count || sec->series_count;
}

bool cc_sheet_is_warning(const cc_sheet *s, size_t note)
{
	static const char *const words[] = { "skipped", "partial", "malformed", "damaged", "could not", "cannot", "unreadable", "not read",
		"not loaded", "missing", "lost", "used up" };
	cc_str text = cc_reply_note(s->reply, note);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (cc_str_find_nocase(text, cc_str_from(words[i])) != CC_STR_NONE)
			return true;
	return false;
}

enum { NOTE_LINES = 2 };   /* above the rows; what does not fit stands below them */

static void add_note(cc_sheet *s, size_t note, cc_buf *b)
{
	clean(b, cc_reply_note(s->reply, note), s->ascii);
	add_wrapped(s, (cc_item){ .kind = CC_ITEM_NOTE, .index = (uint32_t)note }, cc_buf_str(b), s->width - 4);
}

/* Warnings first. The note cut in two ends in an ellipsis and is said whole below. */
static size_t add_top_notes(cc_sheet *s, bool *later, size_t n, cc_buf *b)
{
	size_t left = 0;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			if (cc_sheet_is_warning(s, i) != (pass == 0))
				continue;
			size_t before = s->items.n;
			if (before < NOTE_LINES)
				add_note(s, i, b);
			later[i] = before >= NOTE_LINES || s->items.n > NOTE_LINES;
			left += later[i];
			if (s->items.n > NOTE_LINES) {
				s->items.n = NOTE_LINES;
				s->items.p[NOTE_LINES - 1].beside = 1;
			}
		}
	}
	return left;
}

static void add_later_notes(cc_sheet *s, const bool *later, size_t n, cc_buf *b)
{
	add(s, (cc_item){ .kind = CC_ITEM_BLANK });
	for (size_t i = 0; i < n; i++)
		if (later[i])
			add_note(s, i, b);
}

static void build_items(cc_sheet *s)
{
	enum { NOTES_MAX = 64 };
	bool later[NOTES_MAX] = { false };
	size_t notes = cc_reply_note_count(s->reply) < NOTES_MAX ? cc_reply_note_count(s->reply) : NOTES_MAX;
	cc_buf b = CC_BUF_INIT;
	size_t sections = cc_reply_section_count(s->reply);
	cc_free(s->fits);
	s->fits = cc_calloc(sections + 1, sizeof *s->fits);
	s->items.n = 0;
	if (!s->fits)
		return;
	size_t left = add_top_notes(s, later, notes, &b);
	for (size_t i = 0; i < sections && i < UINT16_MAX; i++)
		if (has_content(cc_reply_section(s->reply, i)))
			add_section(s, (uint16_t)i, &b);
	const cc_section *main = cc_reply_main(s->reply);
	if ((main && main->row_count == 0) || s->items.n == 0) {
		clean(&b, cc_reply_empty_text(s->reply), s->ascii);
		add_wrapped(s, (cc_item){ .kind = CC_ITEM_EMPTY }, b.n ? cc_buf_str(&b) : CC_STR("nothing to show"), s->width - 4);
	}
	if (left)
		add_later_notes(s, later, notes, &b);
	for (size_t i = notes; i < cc_reply_note_count(s->reply); i++)
		add_note(s, i, &b);
	cc_buf_deinit(&b);
}

enum { NEAR = 16 };   /* rows: a table that begins further down is not what the page is about */

/* A list starts at the first row of its main table; a page about one thing starts at its top. */
static size_t first_choice(const cc_sheet *s)
{
	const cc_section *main = cc_reply_main(s->reply);
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
	while (i < s->items.n && !selectable(&s->items.p[i]))
		i++;
	if (i >= s->items.n)
		for (i = s->items.n; i > 0 && !selectable(&s->items.p[i - 1]); i--)
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
	build_items(s);
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
	s->width = 0;
	s->ran = true;
	s->failed = s->moved = false;
	cc_sheet_layout(s, width, s->ascii);
	if (old.row && before != reply)
		select_again(s, &old, cc_str_from(old.section->key));
	cc_reply_unref(before);
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
	if (!s->reply || s->selected >= s->items.n || !selectable(&s->items.p[s->selected]))
		return p;
	const cc_item *it = &s->items.p[s->selected];
	const cc_section *sec = cc_reply_section(s->reply, it->section);
	p.section = sec;
	p.any = it->kind != CC_ITEM_MORE;
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

bool cc_sheet_on_more(const cc_sheet *s)
{
	return s->selected < s->items.n && s->items.p[s->selected].kind == CC_ITEM_MORE;
}

void cc_sheet_move(cc_sheet *s, long delta)
{
	long step = delta < 0 ? -1 : 1, i = (long)s->selected, best = i;
	for (i += step; delta != 0 && i >= 0 && i < (long)s->items.n; i += step) {
		if (selectable(&s->items.p[i])) {
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
		if (selectable(&s->items.p[i])) {
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
		if (selectable(&s->items.p[i])) {
			s->selected = i;
			break;
		}
	}
	if (!end)
		s->top = 0;
	else if (s->items.n)
		s->top = s->items.n - 1;  /* drawing pulls it back to a full page */
}

void cc_sheet_home(cc_sheet *s)
{
	s->top = 0;
	s->moved = false;
	if (s->reply)
		restore_selection(s, NULL);
}

bool cc_sheet_seek(cc_sheet *s, int dir, bool (*fits)(const cc_sheet *s, size_t item, void *arg), void *arg)
{
	for (long i = (long)s->selected + dir; i >= 0 && i < (long)s->items.n; i += dir) {
		if (selectable(&s->items.p[i]) && fits(s, (size_t)i, arg)) {
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

size_t cc_sheet_count_matches(const cc_sheet *s, cc_str needle, size_t *before)
{
	cc_buf b = CC_BUF_INIT;
	size_t count = 0;
	*before = 0;
	for (size_t i = 0; s->reply && needle.n && i < s->items.n; i++) {
		if (!selectable(&s->items.p[i]) || s->items.p[i].kind == CC_ITEM_MORE)
			continue;
		cc_sheet_item_text(s, i, &b);
		if (cc_str_find_nocase(cc_buf_str(&b), needle) == CC_STR_NONE)
			continue;
		count++;
		if (i <= s->selected)
			*before = count;
	}
	cc_buf_deinit(&b);
	return count;
}
