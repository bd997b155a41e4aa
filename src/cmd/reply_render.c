/* reply_render.c - a reply as canonical JSON, and single cells as a person reads them.
 *
 * JSON is what `--json` prints and what the record's digests are taken of: it speaks of content, never of layout, so the
 * same question has the same digest on every screen. Plain text is reply_text.c. */
#include "cmd/reply_priv.h"

#include <math.h>
#include <string.h>
#include "coldcase/command.h"
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
	case CC_CELL_QUANTITY:
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

/* A table is a tree when a row is indented, or when the command's entry says that its rows have a depth: a key that is there in
 * some replies only would have every reader guess. */
static bool has_depth(const cc_reply *r, const cc_section *s)
{
	const cc_cmd *cmd;
	for (size_t i = 0; i < s->row_count; i++)
		if (s->rows[i].depth)
			return true;
	if (cc_cmd_find(r->command, &cmd, NULL) != CC_OK)
		return false;
	for (const char *const *line = cmd->reply; line && *line; line++) {
		cc_str text = cc_str_from(*line), key = cc_str_from(s->key);
		if (cc_str_starts(text, key) && cc_str_starts(cc_str_sub(text, key.n, text.n), CC_STR("[]")) &&
			cc_str_find(text, CC_STR(", depth")) != CC_STR_NONE)
			return true;
	}
	return false;
}

static void json_table(cc_jw *w, const cc_reply *r, const cc_section *s)
{
	bool depth = has_depth(r, s);
	cc_jw_array(w);
	for (size_t i = 0; i < s->row_count; i++) {
		cc_jw_object(w);
		for (size_t c = 0; c < s->column_count; c++) {
			cc_jw_key(w, s->columns[c].key);
			json_cell(w, &s->rows[i].cells[c]);
		}
		if (depth) {
			cc_jw_key(w, "depth");
			cc_jw_int(w, s->rows[i].depth);
		}
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
}

static void json_time(cc_jw *w, cc_buf *scratch, int64_t t)
{
	cc_buf_clear(scratch);
	cc_time_format(scratch, t);
	cc_jw_str(w, cc_buf_str(scratch));
}

static void json_levels(cc_jw *w, const cc_chart_series *cs)
{
	cc_jw_key(w, "levels");
	cc_jw_array(w);
	for (size_t k = 0; k < cs->level_count; k++) {
		cc_jw_object(w);
		cc_jw_key(w, "label");
		cc_jw_str(w, cs->levels[k].label);
		cc_jw_key(w, "value");
		cc_jw_double(w, cs->levels[k].value);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
}

static void json_series(cc_jw *w, const cc_chart_series *cs, cc_buf *b)
{
	cc_jw_object(w);
	cc_jw_key(w, "name");
	cc_jw_str(w, cs->name);
	cc_jw_key(w, "unit");
	cc_jw_str(w, cs->unit);
	cc_jw_key(w, "samples");
	cc_jw_int(w, (int64_t)(cs->samples > cs->count ? cs->samples : cs->count));
	cc_jw_key(w, "interval_ns");
	cc_jw_int(w, cs->interval_ns);
	cc_jw_key(w, "points");
	cc_jw_array(w);
	for (size_t k = 0; k < cs->count; k++) {
		cc_jw_array(w);
		json_time(w, b, cs->points[k].time_ns);
		cc_jw_double(w, cs->points[k].value);
		cc_jw_end_array(w);
	}
	cc_jw_end_array(w);
	cc_jw_key(w, "resets");
	cc_jw_array(w);
	for (size_t k = 0; k < cs->reset_count; k++)
		json_time(w, b, cs->resets[k]);
	cc_jw_end_array(w);
	json_levels(w, cs);
	cc_jw_end_object(w);
}

static void json_chart(cc_jw *w, const cc_section *s)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw_array(w);
	for (size_t i = 0; i < s->series_count; i++)
		json_series(w, &s->series[i], &b);
	cc_jw_end_array(w);
	cc_buf_deinit(&b);
}

static void json_section(cc_jw *w, const cc_reply *r, const cc_section *s)
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
	case CC_SECTION_TABLE: json_table(w, r, s); break;
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
	if (p->covered_count != p->returned_count) {
		cc_jw_key(w, "covered_count");
		cc_jw_int(w, (int64_t)p->covered_count);
	}
	if (p->filtered) {
		cc_jw_key(w, "hidden_count");
		cc_jw_int(w, (int64_t)p->hidden_count);
	}
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
		json_section(&w, r, &r->sections.p[i].out);
	cc_jw_end_object(&w);
}

void cc_reply_write_canonical(const cc_reply *r, cc_buf *out) { write_json(r, out, false); }
void cc_reply_write_json(const cc_reply *r, cc_buf *out) { write_json(r, out, true); }

/* --- cells --- */

/* Zeros at the end would claim an accuracy that is not there: 13.8, not 13.800. */
void cc_number_render(cc_buf *out, double v)
{
	size_t begin = out->n;
	if (isnan(v)) {
		cc_buf_addz(out, "-");
	} else if (v != 0 && (fabs(v) >= 1e9 || fabs(v) < 1e-3)) {
		cc_buf_addf(out, "%.3g", v);
	} else if (v == floor(v)) {
		cc_buf_addf(out, "%.0f", v);
	} else {
		cc_buf_addf(out, "%.*f", fabs(v) >= 100 ? 1 : 3, v);
		while (out->n > begin + 1 && out->p[out->n - 1] == '0')
			cc_buf_truncate(out, out->n - 1);
		if (out->n > begin && out->p[out->n - 1] == '.')
			cc_buf_truncate(out, out->n - 1);
	}
}

/* Within 0..1 whatever the arithmetic gave: infinities and differences beyond a double's range give NaN. */
static double clamp01(double v)
{
	return v >= 1 ? 1 : v > 0 ? v : 0;
}

/* Eight steps from the smallest to the largest finite value; infinities stand at the ends, a gap is a blank. */
static void spark_text(cc_buf *out, const cc_cell *c, bool ascii)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char levels[] = "_.-=+*#@", strip_levels[] = "__==**##";   /* a strip's dots and dashes are no heights */
	double lo = 0, hi = 0;
	for (size_t i = 0; i < c->point_count; i++) {
		if (!isfinite(c->points[i]))
			continue;
		lo = c->points[i] < lo ? c->points[i] : lo;
		hi = c->points[i] > hi ? c->points[i] : hi;
	}
	for (size_t i = 0; i < c->point_count; i++) {
		double v = c->points[i];
		char letter = c->text.n ? cc_strip_letter(c, i) : isnan(v) ? ' ' : 0;
		if (letter) {
			cc_buf_add_char(out, letter);
			continue;
		}
		double share = isinf(v) ? (v > 0 ? 1 : 0) : hi > lo ? clamp01((v - lo) / (hi - lo)) : 0;
		size_t k = (size_t)(share * 7.0 + 0.5);
		if (v == 0 && lo == 0 && !c->text.n)
			cc_buf_add_char(out, '.');
		else if (ascii)
			cc_buf_add_char(out, c->text.n ? strip_levels[k] : levels[k]);
		else
			cc_buf_addz(out, blocks[k]);
	}
}

static void bar_text(cc_buf *out, const cc_cell *c)
{
	enum { WIDTH = 24 };
	size_t from = (size_t)(clamp01(c->num) * WIDTH), to = (size_t)(clamp01(c->num2) * WIDTH);
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
	case CC_CELL_NUMBER: cc_number_render(out, c->num); break;
	case CC_CELL_QUANTITY: cc_quantity_render(out, c->num, c->text); break;
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
