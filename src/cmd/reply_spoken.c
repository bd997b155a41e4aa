/* reply_spoken.c - a reply to be listened to: each value with its name, each row with its number, and no pictures.
 *
 * A screen reader reads line by line and cannot look up at a column's head; bars, sparks, plots and rulers are noise to it. What
 * they show stands in words or numbers beside them, and a chart is told by its first, lowest, highest and last value. */
#include "cmd/reply_priv.h"

#include <math.h>

#include "coldcase/time.h"
#include "coldcase/utf8.h"

enum { BY_THE_WAY = 3 };         /* columns of this priority and beyond are for wide screens */

static bool speaks(const cc_column *col, const cc_cell *cell)
{
	return col->priority < BY_THE_WAY && cell->type != CC_CELL_NONE && cell->type != CC_CELL_SPARK && cell->type != CC_CELL_BAR &&
		cell->type != CC_CELL_CITE && !(cell->type == CC_CELL_TEXT && !cc_str_trim(cell->text).n) && !(cell->type == CC_CELL_BOOL && !cell->i);
}

void cc_row_write_spoken(const cc_section *s, const cc_row *row, cc_buf *out, bool ascii)
{
	bool first = true;

	for (size_t i = 0; i < s->column_count; i++) {
		const cc_cell *cell = &row->cells[i];

		if (!speaks(&s->columns[i], cell))
			continue;
		cc_buf_addz(out, first ? "" : ", ");
		first = false;
		if (cell->type == CC_CELL_BOOL) {
			cc_buf_addz(out, s->columns[i].title);
			continue;
		}
		cc_buf_addf(out, "%s%s", s->columns[i].title, *s->columns[i].title ? " " : "");
		cc_cell_render_in(cell, &s->columns[i], cc_section_one_day(s, i), out, ascii);
	}
	if (row->depth > 0)
		cc_buf_addf(out, ", level %d", row->depth);
}

static void add_line(cc_buf *out, cc_str text, bool ascii)
{
	cc_utf8_clean(out, text, CC_CLEAN_LINE | CC_CLEAN_STRIP_ANSI | (ascii ? CC_CLEAN_ASCII : 0u));
	cc_buf_add_char(out, '\n');
}

static void say_facts(const cc_section *s, cc_buf *out, bool ascii)
{
	for (size_t i = 0; i < s->fact_count; i++) {
		cc_cell_type type = s->facts[i].cell.type;

		if (type == CC_CELL_NONE || type == CC_CELL_SPARK || type == CC_CELL_BAR)
			continue;
		cc_buf_addf(out, "%s: ", s->facts[i].title);
		cc_cell_render(&s->facts[i].cell, out, ascii);
		cc_buf_add_char(out, '\n');
	}
}

static void say_point(cc_buf *out, const char *what, const cc_chart_point *p)
{
	cc_buf_addf(out, ", %s %.6g at ", what, p->value);
	cc_time_format_clock(out, p->time_ns);
}

static void say_series(const cc_chart_series *s, cc_buf *out, bool ascii)
{
	const cc_chart_point *first = NULL, *last = NULL, *low = NULL, *high = NULL;

	for (size_t i = 0; i < s->count; i++) {
		const cc_chart_point *p = &s->points[i];

		if (!isfinite(p->value))
			continue;
		first = first ? first : p;
		last = p;
		low = !low || p->value < low->value ? p : low;
		high = !high || p->value > high->value ? p : high;
	}
	cc_utf8_clean(out, s->name, CC_CLEAN_LINE | (ascii ? CC_CLEAN_ASCII : 0u));
	cc_buf_addf(out, ": %zu points", s->count);
	if (s->unit.n) {
		cc_buf_addz(out, " in ");
		cc_utf8_clean(out, s->unit, CC_CLEAN_LINE | (ascii ? CC_CLEAN_ASCII : 0u));
	}
	if (first) {
		say_point(out, "first", first);
		say_point(out, "lowest", low);
		say_point(out, "highest", high);
		say_point(out, "last", last);
	}
	cc_buf_add_char(out, '\n');
}

static void say_chart(const cc_section *s, cc_buf *out, bool ascii)
{
	for (size_t i = 0; i < s->series_count; i++)
		say_series(&s->series[i], out, ascii);
	for (size_t i = 0; i < s->mark_count; i++) {
		cc_buf_addz(out, "mark at ");
		cc_time_format_clock(out, s->marks[i].time_ns);
		cc_buf_addz(out, ": ");
		add_line(out, s->marks[i].label, ascii);
	}
}

size_t cc_reply_row_count(const cc_reply *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->sections.n; i++)
		n += r->sections.p[i].out.kind == CC_SECTION_TABLE ? r->sections.p[i].out.row_count : 0;
	return n;
}

const cc_row *cc_reply_row_at(const cc_reply *r, size_t number, const cc_section **section)
{
	for (size_t i = 0; i < r->sections.n && number > 0; i++) {
		const cc_section *s = &r->sections.p[i].out;

		if (s->kind != CC_SECTION_TABLE)
			continue;
		*section = s;
		if (number <= s->row_count)
			return &s->rows[number - 1];
		number -= s->row_count;
	}
	return NULL;
}

/* Rows number + 1 … of the section, those within (from, to] only. */
static void say_rows(const cc_section *s, size_t number, size_t from, size_t to, cc_buf *out, bool ascii)
{
	for (size_t i = 0; i < s->row_count; i++) {
		if (number + i < from || number + i >= to)
			continue;
		cc_buf_addf(out, "%zu. ", number + i + 1);
		cc_row_write_spoken(s, &s->rows[i], out, ascii);
		cc_buf_add_char(out, '\n');
	}
}

/* Sections without rows are told with the first part. */
void cc_reply_write_spoken(const cc_reply *r, size_t from, size_t to, cc_buf *out, bool ascii)
{
	size_t number = 0;

	for (size_t i = 0; i < r->sections.n; i++) {
		const cc_section *s = &r->sections.p[i].out;
		bool rows = s->kind == CC_SECTION_TABLE, told = rows ? number < to && number + s->row_count > from : !from;

		if (told && s->title && (!rows || number >= from))
			cc_buf_addf(out, "%s:\n", s->title);
		if (rows)
			say_rows(s, number, from, to, out, ascii);
		else if (told && s->kind == CC_SECTION_FACTS)
			say_facts(s, out, ascii);
		else if (told && s->kind == CC_SECTION_CHART)
			say_chart(s, out, ascii);
		for (size_t k = 0; told && s->kind == CC_SECTION_TEXT && k < s->line_count; k++)
			add_line(out, s->lines[k].text, ascii);
		number += rows ? s->row_count : 0;
	}
	for (size_t i = 0; !from && i < r->notes.n; i++) {
		cc_buf_addz(out, "note: ");
		add_line(out, r->notes.p[i], ascii);
	}
}
