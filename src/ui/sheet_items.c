/* sheet_items.c - a reply as a flat list of items: one screen row each, long texts wrapped into several. */
#include "ui/map.h"
#include "ui/outline.h"

#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"

bool cc_sheet_selectable(const cc_item *it)
{
	return !it->more && (it->kind == CC_ITEM_ROW || it->kind == CC_ITEM_LINE || it->kind == CC_ITEM_FACT);
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
	cc_table_fit_columns(&s->fits[section], sec, s->width - 1, s->ascii, s->few);
	if (sec->row_count > 0)
		add(s, (cc_item){ .kind = CC_ITEM_HEADER, .section = section });
	for (size_t i = 0; i < sec->row_count; i++) {
		if (rule && i == rule)
			add(s, (cc_item){ .kind = CC_ITEM_RULE, .section = section });
		else if ((sec->rows[i].gap || sec->rows[i].above.n) && i)
			add(s, (cc_item){ .kind = CC_ITEM_GAP, .section = section, .index = (uint32_t)i });
		add(s, (cc_item){ .kind = CC_ITEM_ROW, .section = section, .index = (uint32_t)i });
		if (s->folds.n && sec == cc_reply_main(s->reply) && cc_sheet_is_folded(s, (uint32_t)i))
			i = cc_sheet_tree_end(sec, i) - 1;
	}
}

static void add_lines(cc_sheet *s, uint16_t section, const cc_section *sec, cc_buf *b)
{
	bool outline = cc_outline_is(sec);
	for (size_t i = 0; i < sec->line_count; i++) {
		clean(b, sec->lines[i].text, s->ascii);
		add_hanging(s, (cc_item){ .kind = CC_ITEM_LINE, .section = section, .index = (uint32_t)i }, cc_buf_str(b), s->width - 5,
			cc_sheet_hang(cc_buf_str(b), s->width));
		if (outline && cc_sheet_is_folded(s, (uint32_t)i))
			i = cc_outline_end(sec, i);
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
		for (int row = 0; row < cc_draw_chart_height(sec, s->width - 1, s->height); row++)
			add(s, (cc_item){ .kind = CC_ITEM_CHART, .section = i, .from = (uint32_t)row });
		break;
	}
}

/* The volume and the durations have strips of their own above the list, and what find= found is the selection. */
static bool is_shown_elsewhere(const cc_section *sec)
{
	if (cc_str_eqz(CC_STR("durations"), sec->key) || cc_str_eqz(CC_STR("scatter"), sec->key))
		return true;
	return sec->kind == CC_SECTION_FACTS && (cc_str_eqz(CC_STR("volume"), sec->key) || cc_str_eqz(CC_STR("find"), sec->key));
}

static bool has_content(const cc_section *sec)
{
	if (is_shown_elsewhere(sec))
		return false;
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
	add_wrapped(s, (cc_item){ .kind = CC_ITEM_NOTE, .index = (uint32_t)note }, cc_buf_str(b), s->width - 5);
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

/* A map's rows are its items, in their order; the rest of the reply is what its list shows. */
static void add_map(cc_sheet *s)
{
	uint16_t section = 0;
	const cc_section *sec = cc_map_section(s->reply, &section);
	for (size_t i = 0; i < sec->row_count; i++)
		add(s, (cc_item){ .kind = CC_ITEM_ROW, .section = section, .index = (uint32_t)i });
}

void cc_sheet_build(cc_sheet *s)
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
	if (cc_map_shown(s)) {
		add_map(s);
		return;
	}
	/* A piece from the middle of a long list: what stands above and below the list comes with its ends. */
	cc_paging p = cc_reply_paging(s->reply);
	const cc_section *main = cc_reply_main(s->reply);
	bool head = !main || !p.offset, tail = !main || !p.truncated, past = false;
	size_t left = head ? add_top_notes(s, later, notes, &b) : 0;
	for (size_t i = 0; i < sections && i < UINT16_MAX; i++) {
		const cc_section *sec = cc_reply_section(s->reply, i);
		if (has_content(sec) && (sec == main || (past ? tail || cc_section_is_unread(sec) : head)))
			add_section(s, (uint16_t)i, &b);
		past = past || sec == main;
	}
	if ((main && main->row_count == 0) || s->items.n == 0) {
		clean(&b, cc_reply_empty_text(s->reply), s->ascii);
		add_wrapped(s, (cc_item){ .kind = CC_ITEM_EMPTY }, b.n ? cc_buf_str(&b) : CC_STR("nothing to show"), s->width - 4);
	}
	if (left && tail)
		add_later_notes(s, later, notes, &b);
	for (size_t i = notes; tail && i < cc_reply_note_count(s->reply); i++)
		add_note(s, i, &b);
	cc_buf_deinit(&b);
}
