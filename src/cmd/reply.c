/* reply.c - building replies and reading them.
 *
 * A command appends without checking: the first failed allocation makes the reply `failed`, later calls do nothing, and
 * cc_reply_publish says so. Texts and arrays live in the reply's own arena, so that a published reply needs nothing else
 * and the last holder frees it in one step. */
#include "cmd/reply_priv.h"

#include <stdarg.h>
#include <string.h>
#include "coldcase/entity.h"
#include "coldcase/xalloc.h"

cc_reply *cc_reply_new(const char *command)
{
	cc_reply *r = cc_calloc(1, sizeof *r);
	if (!r)
		return NULL;
	r->arena = cc_arena_new();
	if (!r->arena) {
		cc_free(r);
		return NULL;
	}
	atomic_init(&r->refs, 1);
	r->command = cc_str_from(command);
	r->title = r->empty = CC_STR_EMPTY;
	return r;
}

static void deinit_building(building *b)
{
	cc_vec_deinit(&b->facts);
	cc_vec_deinit(&b->rows);
	cc_vec_deinit(&b->lines);
	cc_vec_deinit(&b->series);
	cc_vec_deinit(&b->marks);
}

cc_reply *cc_reply_ref(cc_reply *r)
{
	atomic_fetch_add(&r->refs, 1);
	return r;
}

void cc_reply_unref(cc_reply *r)
{
	if (!r || atomic_fetch_sub(&r->refs, 1) != 1)
		return;
	for (size_t i = 0; i < r->sections.n; i++)
		deinit_building(&r->sections.p[i]);
	cc_vec_deinit(&r->sections);
	cc_vec_deinit(&r->notes);
	cc_arena_free(r->arena);
	cc_free(r);
}

/* --- reading --- */

cc_str cc_reply_command(const cc_reply *r) { return r->command; }
cc_str cc_reply_title(const cc_reply *r) { return r->title; }
size_t cc_reply_section_count(const cc_reply *r) { return r->sections.n; }
size_t cc_reply_note_count(const cc_reply *r) { return r->notes.n; }
cc_str cc_reply_note(const cc_reply *r, size_t i) { return i < r->notes.n ? r->notes.p[i] : CC_STR_EMPTY; }
cc_paging cc_reply_paging(const cc_reply *r) { return r->paging; }
cc_str cc_reply_empty_text(const cc_reply *r) { return r->empty; }
cc_arena *cc_reply_arena(cc_reply *r) { return r->arena; }

const cc_section *cc_reply_section(const cc_reply *r, size_t i)
{
	return i < r->sections.n ? &r->sections.p[i].out : NULL;
}

const cc_section *cc_reply_main(const cc_reply *r)
{
	for (size_t i = 0; i < r->sections.n; i++)
		if (r->sections.p[i].main)
			return &r->sections.p[i].out;
	return NULL;
}

/* --- building --- */

static cc_str keep(cc_reply *r, cc_str s)
{
	cc_buf scrubbed = CC_BUF_INIT;
	if (r->scrub) {
		r->scrub(&scrubbed, s);
		s = cc_buf_str(&scrubbed);
	}
	cc_str copy = scrubbed.failed ? CC_STR_EMPTY : cc_arena_dup(r->arena, s);
	cc_buf_deinit(&scrubbed);
	if (!copy.p) {
		r->failed = true;
		return CC_STR_EMPTY;
	}
	return copy;
}

static CC_PRINTF(2, 0) cc_str keepv(cc_reply *r, const char *fmt, va_list ap)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addv(&b, fmt, ap);
	if (!cc_buf_ok(&b))
		r->failed = true;
	cc_str s = keep(r, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return s;
}

#define KEEP_FORMATTED(r, fmt, out)                                                                                    \
	do {                                                                                                           \
		va_list ap;                                                                                            \
		va_start(ap, fmt);                                                                                     \
		(out) = keepv(r, fmt, ap);                                                                             \
		va_end(ap);                                                                                            \
	} while (0)

void cc_reply_set_title(cc_reply *r, const char *fmt, ...) { KEEP_FORMATTED(r, fmt, r->title); }
void cc_reply_set_empty(cc_reply *r, const char *fmt, ...) { KEEP_FORMATTED(r, fmt, r->empty); }
void cc_reply_set_partial(cc_reply *r) { r->paging.partial = true; }
void cc_reply_set_stopped(cc_reply *r) { r->paging.partial = r->paging.stopped = true; }

void cc_reply_add_note(cc_reply *r, const char *fmt, ...)
{
	cc_str note;
	KEEP_FORMATTED(r, fmt, note);
	if (!cc_vec_push(&r->notes, note))
		r->failed = true;
}

void cc_reply_add_remark(cc_reply *r, const char *fmt, ...)
{
	cc_str remark;
	KEEP_FORMATTED(r, fmt, remark);
	if (!cc_vec_push(&r->notes, remark))
		r->failed = true;
	else
		r->remarks++;
}

static building *begin(cc_reply *r, cc_section_kind kind, const char *key, const char *title)
{
	building b = { .out = { .kind = kind, .key = key, .title = title } };
	if (!cc_vec_push(&r->sections, b)) {
		r->failed = true;
		return NULL;
	}
	return &r->sections.p[r->sections.n - 1];
}

/* The section begun last if it has the wanted kind: a command that appends to nothing is a defect that publish reports. */
static building *current(cc_reply *r, cc_section_kind kind)
{
	if (r->sections.n && r->sections.p[r->sections.n - 1].out.kind == kind)
		return &r->sections.p[r->sections.n - 1];
	r->failed = true;
	return NULL;
}

void cc_reply_begin_facts(cc_reply *r, const char *key, const char *title) { begin(r, CC_SECTION_FACTS, key, title); }
void cc_reply_begin_text(cc_reply *r, const char *key, const char *title) { begin(r, CC_SECTION_TEXT, key, title); }
void cc_reply_begin_chart(cc_reply *r, const char *key, const char *title) { begin(r, CC_SECTION_CHART, key, title); }

void cc_reply_begin_table(cc_reply *r, const char *key, const char *title, const cc_column *columns, size_t count, bool main)
{
	building *b = begin(r, CC_SECTION_TABLE, key, title);
	if (!b)
		return;
	b->out.columns = columns;
	b->out.column_count = count;
	b->main = main;
	if (main)
		r->paging.paged = true;
}

static cc_cell keep_cell(cc_reply *r, cc_cell c)
{
	if (c.type == CC_CELL_TEXT || c.type == CC_CELL_QUANTITY || c.type == CC_CELL_SPARK)
		c.text = keep(r, c.text);
	if (c.type == CC_CELL_SPARK) {
		double *copy = cc_arena_array(r->arena, c.point_count ? c.point_count : 1, sizeof *copy);
		if (copy && c.point_count)
			memcpy(copy, c.points, c.point_count * sizeof *copy);
		if (!copy) {
			r->failed = true;
			c.point_count = 0;
		}
		c.points = copy;
	}
	return c;
}

void cc_reply_fact(cc_reply *r, const char *key, const char *title, cc_cell cell, cc_role role)
{
	building *b = current(r, CC_SECTION_FACTS);
	cc_fact f = { .key = key, .title = title, .cell = keep_cell(r, cell), .role = role };
	if (b && !cc_vec_push(&b->facts, f))
		r->failed = true;
}

cc_row *cc_reply_row(cc_reply *r)
{
	building *b = current(r, CC_SECTION_TABLE);
	if (!b)
		return NULL;
	cc_cell *cells = cc_arena_array(r->arena, b->out.column_count ? b->out.column_count : 1, sizeof *cells);
	cc_row row = { .cells = cells, .time_ns = CC_TIME_NONE, .drill = CC_STR_EMPTY, .op = CC_STR_EMPTY };
	if (!cells || !cc_vec_push(&b->rows, row)) {
		r->failed = true;
		return NULL;
	}
	r->next_cell = 0;
	return &b->rows.p[b->rows.n - 1];
}

static cc_row *last_row(cc_reply *r)
{
	building *b = r->sections.n ? &r->sections.p[r->sections.n - 1] : NULL;
	return b && b->rows.n ? &b->rows.p[b->rows.n - 1] : NULL;
}

void cc_reply_cell(cc_reply *r, cc_cell cell)
{
	building *b = current(r, CC_SECTION_TABLE);
	cc_row *row = last_row(r);
	if (!b || !row)
		return;
	if (r->next_cell >= b->out.column_count) {
		r->failed = true;
		return;
	}
	((cc_cell *)row->cells)[r->next_cell++] = keep_cell(r, cell);
}

void cc_reply_set_drill(cc_reply *r, const char *fmt, ...)
{
	cc_str s;
	KEEP_FORMATTED(r, fmt, s);
	if (last_row(r))
		last_row(r)->drill = s;
}

void cc_reply_set_above(cc_reply *r, const char *fmt, ...)
{
	cc_str s;
	KEEP_FORMATTED(r, fmt, s);
	if (last_row(r))
		last_row(r)->above = s;
}

void cc_reply_set_op(cc_reply *r, cc_str op)
{
	if (last_row(r))
		last_row(r)->op = keep(r, op);
}

void cc_reply_line(cc_reply *r, cc_role role, cc_str text)
{
	building *b = current(r, CC_SECTION_TEXT);
	cc_str rest = text, head;
	bool more = true;
	while (b && more) {
		more = cc_str_cut(rest, '\n', &head, &rest);
		if (!more && !head.n && text.n)
			break; /* a final newline ends a line, it does not begin one */
		if (cc_str_ends(head, CC_STR("\r")))
			head.n--;
		cc_line line = { .text = keep(r, head), .role = role };
		if (!cc_vec_push(&b->lines, line)) {
			r->failed = true;
			return;
		}
	}
}

void cc_reply_linef(cc_reply *r, cc_role role, const char *fmt, ...)
{
	cc_str s;
	KEEP_FORMATTED(r, fmt, s);
	cc_reply_line(r, role, s);
}

cc_line *cc_reply_last_line(cc_reply *r)
{
	building *b = r->sections.n ? &r->sections.p[r->sections.n - 1] : NULL;
	return b && b->lines.n ? &b->lines.p[b->lines.n - 1] : NULL;
}

static void *keep_array(cc_reply *r, const void *from, size_t n, size_t size)
{
	void *copy = cc_arena_alloc(r->arena, n ? n * size : size);
	if (copy && n)
		memcpy(copy, from, n * size);
	return copy;
}

void cc_reply_chart_series(cc_reply *r, const cc_chart_series *series)
{
	building *b = current(r, CC_SECTION_CHART);
	cc_chart_series s = *series;
	cc_chart_level *levels = keep_array(r, s.levels, s.level_count, sizeof *levels);
	s.points = keep_array(r, s.points, s.count, sizeof *s.points);
	s.resets = keep_array(r, s.resets, s.reset_count, sizeof *s.resets);
	if (!b || !levels || !s.points || !s.resets) {
		r->failed = true;
		return;
	}
	for (size_t i = 0; i < s.level_count; i++)
		levels[i].label = keep(r, levels[i].label);
	s.levels = levels;
	s.name = keep(r, s.name);
	s.unit = keep(r, s.unit);
	if (!cc_vec_push(&b->series, s))
		r->failed = true;
}

void cc_reply_chart_mark(cc_reply *r, const cc_chart_mark *mark)
{
	building *b = current(r, CC_SECTION_CHART);
	cc_chart_mark m = *mark;
	m.label = keep(r, m.label);
	if (b && !cc_vec_push(&b->marks, m))
		r->failed = true;
}

void cc_reply_table_spans(cc_reply *r)
{
	building *b = current(r, CC_SECTION_TABLE);
	if (b)
		b->out.spans = true;
}

void cc_reply_chart_multiples(cc_reply *r)
{
	building *b = current(r, CC_SECTION_CHART);
	if (b)
		b->out.multiples = true;
}

void cc_reply_set_paging(cc_reply *r, uint64_t total, uint64_t offset, uint64_t limit)
{
	r->paging.total_count = total;
	r->paging.offset = offset;
	r->paging.limit = limit;
}

void cc_reply_set_covered(cc_reply *r, uint64_t covered)
{
	r->paging.covered_count = covered;
}

void cc_reply_set_hidden(cc_reply *r, uint64_t hidden, bool filtered)
{
	r->paging.hidden_count = hidden;
	r->paging.filtered = filtered;
}

/* Rows know where they stand in the whole answer. */
static void number_rows(building *b, uint64_t first)
{
	for (size_t i = 0; i < b->rows.n; i++) {
		b->rows.p[i].place = first;
		first += b->rows.p[i].stands_for ? b->rows.p[i].stands_for : 1;
	}
}

static void freeze_main(cc_reply *r, building *b)
{
	cc_paging *p = &r->paging;
	p->returned_count = b->rows.n;
	if (p->covered_count < p->returned_count)
		p->covered_count = p->returned_count;
	if (p->total_count < p->offset + p->covered_count && p->returned_count)
		p->total_count = p->offset + p->covered_count;
	if (!p->limit)
		p->limit = CC_REPLY_PAGE;
	p->truncated = p->offset + p->covered_count < p->total_count;
}

/* Entity and citation texts are filled in here, once, because only the snapshot knows them. */
static void resolve_cell(cc_reply *r, const cc_snapshot *s, cc_cell *c)
{
	cc_buf b = CC_BUF_INIT;
	if (c->type == CC_CELL_ENTITY && s)
		cc_entity_format(s, (cc_entity_id)c->i, &b);
	else if (c->type == CC_CELL_CITE && s)
		cc_cite_format(s, (cc_cite){ (uint32_t)((uint64_t)c->i >> 32), (uint32_t)c->i }, &b);
	else
		return;
	c->text = keep(r, cc_buf_str(&b));
	if (!cc_buf_ok(&b))
		r->failed = true;
	cc_buf_deinit(&b);
}

static void freeze(cc_reply *r, const cc_snapshot *s, building *b)
{
	for (size_t i = 0; i < b->facts.n; i++)
		resolve_cell(r, s, &b->facts.p[i].cell);
	for (size_t i = 0; i < b->rows.n; i++)
		for (size_t c = 0; c < b->out.column_count; c++)
			resolve_cell(r, s, &((cc_cell *)b->rows.p[i].cells)[c]);
	b->out.facts = b->facts.p, b->out.fact_count = b->facts.n;
	b->out.rows = b->rows.p, b->out.row_count = b->rows.n;
	b->out.lines = b->lines.p, b->out.line_count = b->lines.n;
	b->out.series = b->series.p, b->out.series_count = b->series.n;
	b->out.marks = b->marks.p, b->out.mark_count = b->marks.n;
	number_rows(b, b->main ? r->paging.offset : 0);
	if (b->main)
		freeze_main(r, b);
}

cc_code cc_reply_publish(cc_reply *r, const cc_snapshot *s, cc_err *err)
{
	for (size_t i = 0; i < r->sections.n; i++)
		freeze(r, s, &r->sections.p[i]);
	if (r->failed)
		return cc_err_set(err, CC_ENOMEM, "out of memory while building the reply of '%.*s'", CC_STR_ARG(r->command));
	return CC_OK;
}

/* --- cells --- */

cc_cell cc_cell_text(cc_str t) { return (cc_cell){ .type = CC_CELL_TEXT, .text = t }; }
cc_cell cc_cell_textz(const char *t) { return t ? cc_cell_text(cc_str_from(t)) : cc_cell_none(); }
cc_cell cc_cell_int(int64_t v) { return (cc_cell){ .type = CC_CELL_INT, .i = v }; }
cc_cell cc_cell_quantity(double v, cc_str unit) { return (cc_cell){ .type = CC_CELL_QUANTITY, .num = v, .text = unit }; }
cc_cell cc_cell_number(double v) { return (cc_cell){ .type = CC_CELL_NUMBER, .num = v }; }
cc_cell cc_cell_bool(bool v) { return (cc_cell){ .type = CC_CELL_BOOL, .i = v }; }
cc_cell cc_cell_duration(int64_t ns) { return (cc_cell){ .type = CC_CELL_DURATION, .i = ns }; }
cc_cell cc_cell_none(void) { return (cc_cell){ .type = CC_CELL_NONE }; }

cc_cell cc_cell_time(int64_t ns)
{
	return ns == CC_TIME_NONE ? cc_cell_none() : (cc_cell){ .type = CC_CELL_TIME, .i = ns };
}

cc_cell cc_cell_entity(cc_entity_id id)
{
	return id ? (cc_cell){ .type = CC_CELL_ENTITY, .i = id, .text = CC_STR_EMPTY } : cc_cell_none();
}

cc_cell cc_cell_cite(cc_cite c)
{
	if (!c.file)
		return cc_cell_none();
	return (cc_cell){ .type = CC_CELL_CITE, .i = (int64_t)((uint64_t)c.file << 32 | c.record), .text = CC_STR_EMPTY };
}

cc_cell cc_cell_spark(const double *points, size_t count)
{
	return (cc_cell){ .type = CC_CELL_SPARK, .points = points, .point_count = count };
}

cc_cell cc_cell_strip(const double *points, size_t count, cc_str letters, size_t cursor)
{
	return (cc_cell){ .type = CC_CELL_SPARK, .points = points, .point_count = count, .text = letters,
		.i = cursor < count ? (int64_t)cursor + 1 : 0 };
}

char cc_strip_letter(const cc_cell *c, size_t i)
{
	char letter = i < c->text.n ? c->text.p[i] : ' ';
	if (letter == '#')
		return 0;
	return c->i == (int64_t)i + 1 && (letter == '.' || letter == ' ') ? '|' : letter;
}

cc_cell cc_cell_bar(double from, double to)
{
	return (cc_cell){ .type = CC_CELL_BAR, .num = from, .num2 = to };
}
