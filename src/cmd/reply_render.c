/* reply_render.c - one reply, two renderings: canonical JSON and plain text.
 *
 * JSON is what `--json` prints and what the record's digests are taken of: it speaks of content, never of layout, so the
 * same question has the same digest on every screen. Plain text is for pipes, agents and screen readers: no borders, no
 * cursor movement, every row numbered. */
#include "cmd/reply_priv.h"

#include <math.h>
#include <string.h>
#include "coldcase/json.h"
#include "coldcase/utf8.h"

/* --- JSON --- */

static void json_points(cc_jw *w, const cc_cell *c)
{
	cc_jw_array(w);
	for (size_t i = 0; i < c->point_count; i++)
		cc_jw_double(w, c->points[i]);
	cc_jw_end_array(w);
}

static void json_bar(cc_jw *w, const cc_cell *c)
{
	cc_jw_object(w);
	cc_jw_key(w, "from");
	cc_jw_double(w, c->num);
	cc_jw_key(w, "to");
	cc_jw_double(w, c->num2);
	cc_jw_end_object(w);
}

static void json_cell(cc_jw *w, const cc_cell *c)
{
	cc_buf b = CC_BUF_INIT;
	switch (c->type) {
	case CC_CELL_NONE: cc_jw_null(w); break;
	case CC_CELL_TEXT:
	case CC_CELL_ENTITY:
	case CC_CELL_CITE: cc_jw_str(w, c->text); break;
	case CC_CELL_INT:
	case CC_CELL_DURATION: cc_jw_int(w, c->i); break;
	case CC_CELL_NUMBER: cc_jw_double(w, c->num); break;
	case CC_CELL_BOOL: cc_jw_bool(w, c->i != 0); break;
	case CC_CELL_TIME:
		cc_time_format(&b, c->i);
		cc_jw_str(w, cc_buf_str(&b));
		break;
	case CC_CELL_SPARK: json_points(w, c); break;
	case CC_CELL_BAR: json_bar(w, c); break;
	}
	cc_buf_deinit(&b);
}

static void json_table(cc_jw *w, const cc_section *s)
{
	cc_jw_array(w);
	for (size_t i = 0; i < s->row_count; i++) {
		cc_jw_object(w);
		for (size_t c = 0; c < s->column_count; c++) {
			cc_jw_key(w, s->columns[c].key);
			json_cell(w, &s->rows[i].cells[c]);
		}
		if (s->rows[i].depth) {
			cc_jw_key(w, "depth");
			cc_jw_int(w, s->rows[i].depth);
		}
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
}

static void json_chart(cc_jw *w, const cc_section *s)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw_array(w);
	for (size_t i = 0; i < s->series_count; i++) {
		const cc_chart_series *cs = &s->series[i];
		cc_jw_object(w);
		cc_jw_key(w, "name");
		cc_jw_str(w, cs->name);
		cc_jw_key(w, "unit");
		cc_jw_str(w, cs->unit);
		cc_jw_key(w, "points");
		cc_jw_array(w);
		for (size_t k = 0; k < cs->count; k++) {
			cc_buf_clear(&b);
			cc_time_format(&b, cs->points[k].time_ns);
			cc_jw_array(w);
			cc_jw_str(w, cc_buf_str(&b));
			cc_jw_double(w, cs->points[k].value);
			cc_jw_end_array(w);
		}
		cc_jw_end_array(w);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
	cc_buf_deinit(&b);
}

static void json_section(cc_jw *w, const cc_section *s)
{
	cc_jw_key(w, s->key);
	switch (s->kind) {
	case CC_SECTION_FACTS:
		cc_jw_object(w);
		for (size_t i = 0; i < s->fact_count; i++) {
			cc_jw_key(w, s->facts[i].key);
			json_cell(w, &s->facts[i].cell);
		}
		cc_jw_end_object(w);
		break;
	case CC_SECTION_TABLE: json_table(w, s); break;
	case CC_SECTION_TEXT:
		cc_jw_array(w);
		for (size_t i = 0; i < s->line_count; i++)
			cc_jw_str(w, s->lines[i].text);
		cc_jw_end_array(w);
		break;
	case CC_SECTION_CHART: json_chart(w, s); break;
	}
}

static void json_paging(cc_jw *w, const cc_paging *p)
{
	cc_jw_key(w, "total_count");
	cc_jw_int(w, (int64_t)p->total_count);
	cc_jw_key(w, "offset");
	cc_jw_int(w, (int64_t)p->offset);
	cc_jw_key(w, "limit");
	cc_jw_int(w, (int64_t)p->limit);
	cc_jw_key(w, "returned_count");
	cc_jw_int(w, (int64_t)p->returned_count);
	cc_jw_key(w, "truncated");
	cc_jw_bool(w, p->truncated);
}

static void json_texts(cc_jw *w, const char *key, const cc_str *texts, size_t n)
{
	cc_jw_key(w, key);
	cc_jw_array(w);
	for (size_t i = 0; i < n; i++)
		cc_jw_str(w, texts[i]);
	cc_jw_end_array(w);
}

static void write_json(const cc_reply *r, cc_buf *out, bool remarks)
{
	cc_jw w;
	size_t notes = r->notes.n - r->remarks;
	cc_jw_init(&w, out, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "command");
	cc_jw_str(&w, r->command);
	cc_jw_key(&w, "title");
	cc_jw_str(&w, r->title);
	if (r->paging.paged)
		json_paging(&w, &r->paging);
	cc_jw_key(&w, "partial");
	cc_jw_bool(&w, r->paging.partial);
	json_texts(&w, "notes", r->notes.p, notes);
	if (remarks && r->remarks)
		json_texts(&w, "remarks", r->notes.p + notes, r->remarks);
	for (size_t i = 0; i < r->sections.n; i++)
		json_section(&w, &r->sections.p[i].out);
	cc_jw_end_object(&w);
}

void cc_reply_write_canonical(const cc_reply *r, cc_buf *out) { write_json(r, out, false); }
void cc_reply_write_json(const cc_reply *r, cc_buf *out) { write_json(r, out, true); }

/* --- text --- */

static void number_text(cc_buf *out, double v)
{
	if (isnan(v))
		cc_buf_addz(out, "-");
	else if (v != 0 && (fabs(v) >= 1e9 || fabs(v) < 1e-3))
		cc_buf_addf(out, "%.3g", v);
	else if (v == floor(v))
		cc_buf_addf(out, "%.0f", v);
	else
		cc_buf_addf(out, "%.*f", fabs(v) >= 100 ? 1 : 3, v);
}

/* Eight steps from the smallest to the largest value; a gap is a blank. */
static void spark_text(cc_buf *out, const cc_cell *c, bool ascii)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char levels[] = "_.-=+*#@";
	double lo = 0, hi = 0;
	for (size_t i = 0; i < c->point_count; i++) {
		if (isnan(c->points[i]))
			continue;
		lo = c->points[i] < lo ? c->points[i] : lo;
		hi = c->points[i] > hi ? c->points[i] : hi;
	}
	for (size_t i = 0; i < c->point_count; i++) {
		double v = c->points[i];
		if (isnan(v)) {
			cc_buf_add_char(out, ' ');
			continue;
		}
		size_t k = hi > lo ? (size_t)((v - lo) / (hi - lo) * 7.0 + 0.5) : 0;
		if (v == 0 && lo == 0)
			cc_buf_add_char(out, '.');
		else if (ascii)
			cc_buf_add_char(out, levels[k]);
		else
			cc_buf_addz(out, blocks[k]);
	}
}

static void bar_text(cc_buf *out, const cc_cell *c)
{
	enum { WIDTH = 24 };
	size_t from = (size_t)(c->num * WIDTH), to = (size_t)(c->num2 * WIDTH);
	from = from >= WIDTH ? WIDTH - 1 : from;
	to = to > WIDTH ? WIDTH : to <= from ? from + 1 : to;
	cc_buf_add_repeat(out, '.', from);
	cc_buf_add_repeat(out, '#', to - from);
	cc_buf_add_repeat(out, '.', WIDTH - to);
}

void cc_cell_render(const cc_cell *c, cc_buf *out, bool ascii)
{
	unsigned clean = CC_CLEAN_LINE | CC_CLEAN_STRIP_ANSI | (ascii ? CC_CLEAN_ASCII : 0u);
	switch (c->type) {
	case CC_CELL_NONE: cc_buf_addz(out, "-"); break;
	case CC_CELL_TEXT:
	case CC_CELL_ENTITY:
	case CC_CELL_CITE: cc_utf8_clean(out, c->text, clean); break;
	case CC_CELL_INT: cc_buf_addf(out, "%lld", (long long)c->i); break;
	case CC_CELL_NUMBER: number_text(out, c->num); break;
	case CC_CELL_BOOL: cc_buf_addz(out, c->i ? "yes" : "no"); break;
	case CC_CELL_TIME: cc_time_format_ms(out, c->i); break;
	case CC_CELL_DURATION: cc_duration_format(out, c->i); break;
	case CC_CELL_SPARK: spark_text(out, c, ascii); break;
	case CC_CELL_BAR: bar_text(out, c); break;
	}
}

void cc_cell_render_in(const cc_cell *c, const cc_column *column, bool one_day, cc_buf *out, bool ascii)
{
	if (c->type != CC_CELL_TIME || !one_day || column->width == 0 || column->width >= 20)
		cc_cell_render(c, out, ascii);
	else if (column->width >= 13)
		cc_time_format_clock_ms(out, c->i);
	else
		cc_time_format_clock(out, c->i);
}

bool cc_section_one_day(const cc_section *s, size_t column)
{
	const int64_t day_ns = INT64_C(86400) * CC_NS_PER_S;
	int64_t day = INT64_MIN;
	for (size_t i = 0; i < s->row_count; i++) {
		const cc_cell *c = &s->rows[i].cells[column];
		if (c->type != CC_CELL_TIME)
			continue;
		int64_t d = c->i / day_ns - (c->i % day_ns < 0);
		if (day != INT64_MIN && d != day)
			return false;
		day = d;
	}
	return true;
}

static bool right_aligned(cc_cell_type t)
{
	return t == CC_CELL_INT || t == CC_CELL_NUMBER || t == CC_CELL_DURATION;
}

typedef struct text_table {
	const cc_section *s;
	size_t width[32];       /* 0 = column left out */
	bool one_day[32];
	size_t columns;
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

static void measure(text_table *t, cc_buf *scratch)
{
	const cc_section *s = t->s;
	for (size_t c = 0; c < s->column_count && c < 32; c++) {
		if (s->columns[c].priority == 255)
			continue;
		size_t w = cc_width(cc_str_from(s->columns[c].title));
		t->one_day[c] = cc_section_one_day(s, c);
		for (size_t i = 0; i < s->row_count; i++) {
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

/* Too wide for the terminal: the column that takes the rest gives way first, then the least important ones go. */
static void squeeze(text_table *t)
{
	enum { FLEX_MIN = 24 };
	while (t->columns && total_width(t) > t->columns) {
		size_t over = total_width(t) - t->columns, drop = 32;
		for (size_t c = 0; c < t->s->column_count && c < 32; c++) {
			const cc_column *col = &t->s->columns[c];
			if (t->width[c] && col->width == 0 && t->width[c] > FLEX_MIN) {
				t->width[c] = t->width[c] - FLEX_MIN > over ? t->width[c] - over : FLEX_MIN;
				drop = 33;
				break;
			}
			if (t->width[c] && col->priority && (drop == 32 || col->priority > t->s->columns[drop].priority))
				drop = c;
		}
		if (drop == 32)
			return; /* only the essential ones are left: let the line be long */
		if (drop < 32)
			t->width[drop] = 0;
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
		size_t n = cc_width(cc_buf_str(scratch));
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

static void text_rows(const cc_section *s, cc_buf *out, size_t columns, bool ascii, size_t first)
{
	cc_buf scratch = CC_BUF_INIT;
	text_table t = { .s = s, .columns = columns, .ascii = ascii, .out = out };
	if (!s->row_count)
		return;
	measure(&t, &scratch);
	squeeze(&t);
	text_row(&t, &scratch, NULL, 0);
	for (size_t i = 0; i < s->row_count; i++)
		text_row(&t, &scratch, &s->rows[i], first + i + 1);
	cc_buf_deinit(&scratch);
}

static void text_facts(const cc_section *s, cc_buf *out, bool ascii)
{
	size_t w = 0;
	for (size_t i = 0; i < s->fact_count; i++) {
		size_t n = cc_width(cc_str_from(s->facts[i].title));
		w = n > w ? n : w;
	}
	for (size_t i = 0; i < s->fact_count; i++) {
		cc_buf_addz(out, "  ");
		cc_width_fit(out, cc_str_from(s->facts[i].title), w, ascii);
		cc_buf_addz(out, "  ");
		cc_cell_render(&s->facts[i].cell, out, ascii);
		cc_buf_add_char(out, '\n');
	}
}

static void text_lines(const cc_section *s, cc_buf *out, bool ascii)
{
	for (size_t i = 0; i < s->line_count; i++) {
		cc_buf_addz(out, "  ");
		cc_utf8_clean(out, s->lines[i].text, CC_CLEAN_LINE | CC_CLEAN_STRIP_ANSI | (ascii ? CC_CLEAN_ASCII : 0u));
		cc_buf_add_char(out, '\n');
	}
}

/* A chart in words: its extremes and ends say more in one line than a picture made of characters would to a reader. */
static void text_chart(const cc_section *s, cc_buf *out, bool ascii)
{
	for (size_t i = 0; i < s->series_count; i++) {
		const cc_chart_series *cs = &s->series[i];
		double lo = NAN, hi = NAN, last = NAN;
		for (size_t k = 0; k < cs->count; k++) {
			double v = cs->points[k].value;
			if (isnan(v))
				continue;
			lo = isnan(lo) || v < lo ? v : lo;
			hi = isnan(hi) || v > hi ? v : hi;
			last = v;
		}
		cc_buf_addz(out, "  ");
		cc_utf8_clean(out, cs->name, CC_CLEAN_LINE | (ascii ? CC_CLEAN_ASCII : 0u));
		cc_buf_addf(out, ": %zu points", cs->count);
		const struct { const char *label; double v; } parts[] = { { "min", lo }, { "max", hi }, { "last", last } };
		for (size_t k = 0; k < 3; k++) {
			cc_buf_addf(out, "  %s ", parts[k].label);
			number_text(out, parts[k].v);
		}
		if (cs->unit.n)
			cc_buf_addf(out, " %.*s", CC_STR_ARG(cs->unit));
		cc_buf_add_char(out, '\n');
	}
}

static void text_head(const cc_reply *r, cc_buf *out, bool ascii)
{
	cc_utf8_clean(out, r->title, CC_CLEAN_LINE | (ascii ? CC_CLEAN_ASCII : 0u));
	const cc_paging *p = &r->paging;
	if (p->paged && p->returned_count)
		cc_buf_addf(out, " (%llu-%llu of %llu%s)", (unsigned long long)(p->offset + 1),
			(unsigned long long)(p->offset + p->returned_count), (unsigned long long)p->total_count,
			p->truncated ? ", more with offset=" : "");
	if (p->paged && p->truncated) {
		cc_buf_truncate(out, out->n ? out->n - 1 : 0);
		cc_buf_addf(out, "%llu)", (unsigned long long)(p->offset + p->returned_count));
	}
	if (p->partial)
		cc_buf_addz(out, " [partial: still loading]");
	cc_buf_add_char(out, '\n');
}

void cc_reply_write_text(const cc_reply *r, cc_buf *out, size_t columns, bool ascii)
{
	text_head(r, out, ascii);
	if (r->paging.paged && !r->paging.returned_count && r->empty.n) {
		cc_buf_addz(out, "  ");
		cc_utf8_clean(out, r->empty, CC_CLEAN_LINE | (ascii ? CC_CLEAN_ASCII : 0u));
		cc_buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < r->sections.n; i++) {
		const cc_section *s = &r->sections.p[i].out;
		if (s->title && (s->fact_count || s->row_count || s->line_count || s->series_count))
			cc_buf_addf(out, "%s\n", s->title);
		switch (s->kind) {
		case CC_SECTION_FACTS: text_facts(s, out, ascii); break;
		case CC_SECTION_TABLE:
			text_rows(s, out, columns, ascii, r->sections.p[i].main ? (size_t)r->paging.offset : 0);
			break;
		case CC_SECTION_TEXT: text_lines(s, out, ascii); break;
		case CC_SECTION_CHART: text_chart(s, out, ascii); break;
		}
	}
	for (size_t i = 0; i < r->notes.n; i++) {
		cc_buf_addz(out, "note: ");
		cc_utf8_clean(out, r->notes.p[i], CC_CLEAN_LINE | (ascii ? CC_CLEAN_ASCII : 0u));
		cc_buf_add_char(out, '\n');
	}
}
