/* reply_text.c - a reply as plain text: for pipes, agents and screen readers. No borders, no cursor movement, rows numbered.
 *
 * A table too wide for the terminal gives up what says least: empty columns, then the width of the one that takes the rest (to
 * two fifths of the line), then columns by their priority - those that only mean something together go together - and last the
 * ends of long texts. Words wrap; rows never do. */
#include "cmd/reply_priv.h"

#include <string.h>
#include "coldcase/utf8.h"

/* Room below which wrapping would only make a column of single words. */
enum { WRAP_MIN = 16 };

void cc_text_wrap(cc_buf *out, cc_str text, size_t begun, size_t hang, size_t columns)
{
	if (columns < hang + WRAP_MIN)
		hang = columns < 4 + WRAP_MIN ? 0 : 4;
	if (columns && columns < begun + WRAP_MIN && cc_width_cut(text, columns > begun ? columns - begun : 0).n < text.n) {
		cc_buf_add_char(out, '\n');
		cc_buf_add_repeat(out, ' ', hang);
		begun = hang;
	}
	while (columns >= begun + WRAP_MIN) {
		cc_str part = cc_width_cut(text, columns - begun);
		size_t cut = part.n;
		if (part.n == text.n || !part.n)
			break;
		if (text.p[cut] != ' ') {
			size_t blank = cc_str_rfind_char(part, ' ');
			cut = blank == CC_STR_NONE || !cc_str_trim(cc_str_sub(part, 0, blank)).n ? cut : blank; /* a word too long is broken */
		}
		cc_buf_add(out, cc_str_sub(text, 0, cut));
		while (cut < text.n && text.p[cut] == ' ')
			cut++;
		text = cc_str_sub(text, cut, text.n);
		cc_buf_add_char(out, '\n');
		cc_buf_add_repeat(out, ' ', hang);
		begun = hang;
	}
	cc_buf_add(out, text);
	cc_buf_add_char(out, '\n');
}

typedef struct text_out { cc_buf *out; size_t columns; bool ascii, words; } text_out;

/* --- tables --- */

static bool right_aligned(cc_cell_type t)
{
	return t == CC_CELL_INT || t == CC_CELL_NUMBER || t == CC_CELL_QUANTITY || t == CC_CELL_DURATION;
}

typedef struct text_table {
	const cc_section *s;
	size_t width[32];       /* 0 = column left out */
	bool one_day[32];
	size_t columns;
	bool wraps;             /* a key and a long value: the value goes on below instead of being cut */
	bool ascii;
	cc_buf *out;
} text_table;

static void cell_to(const text_table *t, cc_buf *scratch, const cc_row *row, size_t c)
{
	cc_buf_clear(scratch);
	if (c == 0 || t->s->columns[c].width == 0)
		cc_buf_add_repeat(scratch, ' ', row->depth > 0 ? 2 * (size_t)row->depth : 0);
	cc_cell_render_in(&row->cells[c], &t->s->columns[c], t->one_day[c], scratch, t->ascii);
}

/* A text among pictures and times that are all empty from there on: a message, which may run past its column. */
static bool is_tail(const cc_section *s, const cc_row *row, size_t c)
{
	bool bars = false;
	if (row->cells[c].type != CC_CELL_TEXT || s->columns[c].priority == 255)
		return false;
	for (size_t i = c + 1; i < s->column_count; i++) {
		bars = bars || s->columns[i].type == CC_CELL_BAR;
		if (s->columns[i].priority != 255 && row->cells[i].type != CC_CELL_NONE)
			return false;
	}
	return bars;
}

static void measure(text_table *t, cc_buf *scratch)
{
	const cc_section *s = t->s;
	for (size_t c = 0; c < s->column_count && c < 32; c++) {
		if (s->columns[c].priority == 255)
			continue;
		size_t w = cc_width(cc_str_from(s->columns[c].title));
		t->one_day[c] = cc_section_one_day(s, c);
		for (size_t i = 0; i < s->row_count; i++) {
			if (is_tail(s, &s->rows[i], c))
				continue;
			cell_to(t, scratch, &s->rows[i], c);
			size_t n = cc_width(cc_buf_str(scratch));
			w = n > w ? n : w;
		}
		t->width[c] = w ? w : 1;
	}
}

static size_t total_width(const text_table *t)
{
	size_t n = 4;
	for (size_t c = 0; c < t->s->column_count && c < 32; c++)
		n += t->width[c] ? t->width[c] + 2 : 0;
	return n;
}

static bool texty(cc_cell_type t)
{
	return t == CC_CELL_TEXT || t == CC_CELL_ENTITY || t == CC_CELL_CITE;
}

/* calls_before and calls_after: neither says much alone. */
static bool is_pair(const char *a, const char *b)
{
	cc_str x = cc_str_from(a), y = cc_str_from(b);
	size_t i = cc_str_find(x, CC_STR("before"));
	if (i == CC_STR_NONE || !cc_str_starts(y, cc_str_sub(x, 0, i)))
		return false;
	cc_str rest = cc_str_sub(y, i, y.n);
	return cc_str_starts(rest, CC_STR("after")) && cc_str_eq(cc_str_sub(rest, 5, rest.n), cc_str_sub(x, i + 6, x.n));
}

/* The column shown or left out together with c; c itself when it stands alone. */
static size_t partner(const text_table *t, size_t c)
{
	for (size_t i = 0; i < t->s->column_count && i < 32; i++)
		if (is_pair(t->s->columns[i].key, t->s->columns[c].key) || is_pair(t->s->columns[c].key, t->s->columns[i].key))
			return i;
	return c;
}

static bool is_empty_column(const text_table *t, size_t c)
{
	for (size_t i = 0; i < t->s->row_count; i++) {
		const cc_cell *cell = &t->s->rows[i].cells[c];
		if (cell->type != CC_CELL_NONE && !(cell->type == CC_CELL_TEXT && cc_str_trim(cell->text).n == 0))
			return false;
	}
	return true;
}

static void drop_empty(text_table *t)
{
	for (size_t c = 0; c < t->s->column_count && c < 32; c++)
		if (t->width[c] && is_empty_column(t, c) && is_empty_column(t, partner(t, c)))
			t->width[c] = t->width[partner(t, c)] = 0;
}

/* Leaves out columns of at least this priority, the least important first. A pair is as important as its better half. */
static void drop(text_table *t, uint8_t least)
{
	while (total_width(t) > t->columns) {
		uint8_t worst = 0;
		size_t which = 32;
		for (size_t c = 0; c < t->s->column_count && c < 32; c++) {
			uint8_t mine = t->s->columns[c].priority, other = t->s->columns[partner(t, c)].priority;
			uint8_t p = mine < other ? mine : other;
			if (t->width[c] && p >= least && p >= worst) {
				worst = p;
				which = c;
			}
		}
		if (which == 32)
			return;
		t->width[which] = t->width[partner(t, which)] = 0;
	}
}

/* Long texts of columns that have a preferred width are cut to it, as far as it takes. */
static void cap_texts(text_table *t)
{
	for (size_t c = 0; c < t->s->column_count && c < 32 && total_width(t) > t->columns; c++) {
		size_t over = total_width(t) - t->columns, want = t->s->columns[c].width;
		if (want && texty(t->s->columns[c].type) && t->width[c] > want)
			t->width[c] = t->width[c] - want > over ? t->width[c] - over : want;
	}
}

static void shrink_widest(text_table *t)
{
	enum { TEXT_MIN = 10 };
	while (total_width(t) > t->columns) {
		size_t widest = 32;
		for (size_t c = 0; c < t->s->column_count && c < 32; c++)
			if (texty(t->s->columns[c].type) && t->width[c] > TEXT_MIN && (widest == 32 || t->width[c] > t->width[widest]))
				widest = c;
		if (widest == 32)
			return; /* nothing is left to take: let the line be long */
		t->width[widest]--;
	}
}

static void squeeze(text_table *t)
{
	enum { FLEX_MIN = 24, BY_THE_WAY = 3 };
	size_t flex = 0, natural, least = t->columns * 2 / 5;
	if (!t->columns || total_width(t) <= t->columns)
		return;
	while (flex < t->s->column_count && flex < 32 && (t->s->columns[flex].width || !t->width[flex]))
		flex++;
	bool has = flex < t->s->column_count && flex < 32;
	natural = has ? t->width[flex] : 0;
	least = least < FLEX_MIN ? FLEX_MIN : least;
	drop_empty(t);
	if (has && t->width[flex] > least)
		t->width[flex] = least;
	drop(t, BY_THE_WAY);
	cap_texts(t);
	drop(t, 1);
	shrink_widest(t);
	if (has && t->width[flex] && total_width(t) < t->columns) {
		size_t grown = t->width[flex] + (t->columns - total_width(t));
		t->width[flex] = grown < natural ? grown : natural;
	}
}

static void text_row(const text_table *t, cc_buf *scratch, const cc_row *row, size_t number)
{
	cc_buf line = CC_BUF_INIT;
	if (row)
		cc_buf_addf(&line, "%3zu ", number);
	else
		cc_buf_addz(&line, "    ");
	for (size_t c = 0; c < t->s->column_count && c < 32; c++) {
		if (!t->width[c])
			continue;
		if (row) {
			cell_to(t, scratch, row, c);
		} else {
			cc_buf_clear(scratch);
			cc_buf_addz(scratch, t->s->columns[c].title);
		}
		size_t n = cc_width(cc_buf_str(scratch)), begun = cc_width(cc_buf_str(&line));
		if (t->wraps && n > t->width[c] && t->s->columns[c].width == 0) {
			cc_buf_add(t->out, cc_buf_str(&line));
			cc_text_wrap(t->out, cc_buf_str(scratch), begun, begun, t->columns);
			cc_buf_deinit(&line);
			return;
		}
		if (row && is_tail(t->s, row, c)) {
			if (t->columns > begun)
				cc_width_fit(&line, cc_buf_str(scratch), t->columns - begun, t->ascii);
			else
				cc_buf_add(&line, cc_buf_str(scratch));
			break;
		}
		if (right_aligned(t->s->columns[c].type) && n < t->width[c])
			cc_buf_add_repeat(&line, ' ', t->width[c] - n);
		if (right_aligned(t->s->columns[c].type) && n <= t->width[c])
			cc_buf_add(&line, cc_buf_str(scratch));
		else
			cc_width_fit(&line, cc_buf_str(scratch), t->width[c], t->ascii);
		cc_buf_addz(&line, "  ");
	}
	while (line.n && line.p[line.n - 1] == ' ')
		cc_buf_truncate(&line, line.n - 1);
	cc_buf_add(t->out, cc_buf_str(&line));
	cc_buf_add_char(t->out, '\n');
	cc_buf_deinit(&line);
}

static bool is_key_and_value(const text_table *t)
{
	size_t shown = 0, last = 0;
	for (size_t c = 0; c < t->s->column_count && c < 32; c++) {
		shown += t->width[c] > 0;
		last = t->width[c] ? c : last;
	}
	return t->columns && shown == 2 && t->s->columns[last].width == 0;
}

static void text_rows(const cc_section *s, cc_buf *out, size_t columns, bool ascii)
{
	cc_buf scratch = CC_BUF_INIT;
	text_table t = { .s = s, .columns = columns, .ascii = ascii, .out = out };
	if (!s->row_count)
		return;
	measure(&t, &scratch);
	squeeze(&t);
	t.wraps = is_key_and_value(&t);
	text_row(&t, &scratch, NULL, 0);
	for (size_t i = 0; i < s->row_count; i++) {
		if (s->rows[i].gap || (s->rows[i].above.n && i))
			cc_buf_addf(out, "    --%s%.*s\n", s->rows[i].above.n ? " " : "", CC_STR_ARG(s->rows[i].above));
		text_row(&t, &scratch, &s->rows[i], (size_t)s->rows[i].place + 1);
	}
	cc_buf_deinit(&scratch);
}

/* --- words --- */

/* Outside text, cleaned, on a line of its own after `lead`. */
static void paragraph(const text_out *t, const char *lead, cc_str text, size_t hang)
{
	cc_buf clean = CC_BUF_INIT;
	cc_utf8_clean(&clean, text, CC_CLEAN_LINE | CC_CLEAN_STRIP_ANSI | (t->ascii ? CC_CLEAN_ASCII : 0u));
	cc_buf_addz(t->out, lead);
	cc_text_wrap(t->out, cc_buf_str(&clean), strlen(lead), hang, t->columns);
	cc_buf_deinit(&clean);
}

static void text_facts(const text_out *t, const cc_section *s)
{
	cc_buf cell = CC_BUF_INIT;
	size_t w = 0;
	for (size_t i = 0; i < s->fact_count; i++) {
		size_t n = cc_width(cc_str_from(s->facts[i].title));
		w = n > w ? n : w;
	}
	for (size_t i = 0; i < s->fact_count; i++) {
		cc_buf_addz(t->out, "  ");
		cc_width_fit(t->out, cc_str_from(s->facts[i].title), w, t->ascii);
		cc_buf_addz(t->out, "  ");
		cc_buf_clear(&cell);
		cc_cell_render(&s->facts[i].cell, &cell, t->ascii);
		cc_text_wrap(t->out, cc_buf_str(&cell), w + 4, w + 4, t->columns);
	}
	cc_buf_deinit(&cell);
}

static void text_lines(const text_out *t, const cc_section *s)
{
	for (size_t i = 0; i < s->line_count; i++) {
		cc_str line = s->lines[i].text;
		size_t indent = 0;
		while (indent < line.n && line.p[indent] == ' ')
			indent++;
		paragraph(t, "  ", line, 2 + indent);
	}
}

static void text_head(const text_out *t, const cc_reply *r)
{
	const cc_paging *p = &r->paging;
	cc_buf head = CC_BUF_INIT, counts = CC_BUF_INIT;
	unsigned long long next = (unsigned long long)(p->offset + p->covered_count);
	cc_buf_add(&head, r->title);
	if (p->paged && p->returned_count)
		cc_buf_addf(&counts, ", %llu-%llu of %llu", (unsigned long long)(p->offset + 1), next, (unsigned long long)p->total_count);
	if (p->paged && p->truncated)
		cc_buf_addf(&counts, ", more with offset=%llu", next);
	if (p->paged && p->filtered)
		cc_buf_addf(&counts, ", hidden %llu", (unsigned long long)p->hidden_count);
	if (counts.n)
		cc_buf_addf(&head, " (%.*s)", CC_STR_ARG(cc_str_sub(cc_buf_str(&counts), 2, counts.n)));
	if (p->partial)
		cc_buf_addz(&head, p->stopped ? " [partial: stopped]" : " [partial: still loading]");
	paragraph(t, "", cc_buf_str(&head), 2);
	cc_buf_deinit(&head);
	cc_buf_deinit(&counts);
}

static void text_section(const text_out *t, const cc_section *s)
{
	if (s->title && (s->fact_count || s->row_count || s->line_count || s->series_count))
		paragraph(t, "", cc_str_from(s->title), 2);
	switch (s->kind) {
	case CC_SECTION_FACTS: text_facts(t, s); break;
	case CC_SECTION_TABLE: text_rows(s, t->out, t->columns, t->ascii); break;
	case CC_SECTION_TEXT: text_lines(t, s); break;
	case CC_SECTION_CHART: cc_chart_render(s, t->out, t->columns, t->ascii, !t->words); break;
	}
}

static void write_all(const text_out *t, const cc_reply *r)
{
	text_head(t, r);
	if (r->paging.paged && !r->paging.returned_count && r->empty.n)
		paragraph(t, "  ", r->empty, 2);
	for (size_t i = 0; i < r->sections.n; i++)
		text_section(t, &r->sections.p[i].out);
	for (size_t i = 0; i < r->notes.n; i++)
		paragraph(t, "note: ", r->notes.p[i], 2);
}

void cc_reply_write_text(const cc_reply *r, cc_buf *out, size_t columns, bool ascii)
{
	write_all(&(text_out){ .out = out, .columns = columns, .ascii = ascii }, r);
}

void cc_reply_write_words(const cc_reply *r, cc_buf *out)
{
	write_all(&(text_out){ .out = out, .words = true }, r);
}
