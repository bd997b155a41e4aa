/* table.c - fits a reply's table to the columns at hand.
 *
 * Columns with large priority numbers go first when room is short. The column of width 0 takes the rest. Entities that do
 * not fit lose the namespace that most of the column share, then the middle of the name: what stands without one is of that. */
#include "ui/table_priv.h"

#include <string.h>

#include "coldcase/utf8.h"

enum { FLEX_MIN = 28, FLEX_LEAST = 24, FLEX_GOOD = 44, TEXT_LEAST = 14, SPARK_LEAST = 10, FEW = 4, LEAST_NICE = 4, HIDDEN_PRIORITY = 255 };

char cc_role_letter(cc_role role)
{
	switch (role) {
	case CC_ROLE_CRITICAL: return 'C';
	case CC_ROLE_WARNING: return 'W';
	case CC_ROLE_INFO: return 'I';
	case CC_ROLE_ADDED: return '+';
	case CC_ROLE_REMOVED: return '-';
	case CC_ROLE_CHANGED: return '~';
	default: return ' ';
	}
}

bool cc_is_of_errors(cc_str command)
{
	static const char *const all[] = { "logs", "log", "patterns", "group", "traces", "trace", "span", "paths", "compare", "breakdown" };
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (cc_str_eqz(command, all[i]))
			return true;
	return false;
}

static char letter_of(const cc_row *row, const cc_row_style *s)
{
	return s->errors && row->mark == CC_ROLE_CRITICAL ? 'E' : cc_role_letter(row->mark);
}

static bool is_picture(cc_cell_type t)
{
	return t == CC_CELL_SPARK || t == CC_CELL_BAR;
}

static bool is_number(cc_cell_type t)
{
	return t == CC_CELL_INT || t == CC_CELL_NUMBER || t == CC_CELL_QUANTITY || t == CC_CELL_DURATION;
}

static int cell_width(const cc_column *col, const cc_cell *c, bool ascii)
{
	cc_buf b = CC_BUF_INIT;
	if (c->type == CC_CELL_SPARK)
		return (int)(c->point_count < 40 || c->text.n ? c->point_count : 40);
	if (c->type == CC_CELL_BAR)
		return 0;
	if (c->type == CC_CELL_TIME)
		return col->width && col->width < 13 ? 9 : col->width && col->width < 24 ? 13 : 24;
	cc_table_text(c, col->width, NULL, &b, ascii);
	size_t w = cc_width(cc_buf_str(&b));
	cc_buf_deinit(&b);
	return w > 4000 ? 4000 : (int)w;
}

enum { NAME_MIN = 8 };   /* of an indented name that must stay readable */

/* Depth indents the first column that holds words, but never so far that nothing of them is left. */
static int indent_of(const cc_row *row, int step, int width)
{
	int depth = row->depth < 0 ? 0 : row->depth > 100 ? 100 : row->depth, most = width - NAME_MIN;
	int indent = depth * step;
	return indent < most ? indent : most > 0 ? most : 0;
}

static int deepest(const cc_section *t)
{
	int most = 0;
	for (size_t i = 0; i < t->row_count; i++)
		most = t->rows[i].depth > most ? t->rows[i].depth : most;
	return most;
}

static bool holds_words(cc_cell_type t)
{
	return t == CC_CELL_TEXT || t == CC_CELL_ENTITY;
}

static int first_words(const cc_section *t)
{
	for (size_t i = 0; i < t->column_count; i++)
		if (holds_words(t->columns[i].type) && t->columns[i].priority != HIDDEN_PRIORITY)
			return (int)i;
	return -1;
}

/* The column that shows how deep a row is: of words, and one that stays however narrow the room, where there is one. */
static int deep_column(const cc_section *t)
{
	for (size_t i = 0; i < t->column_count; i++)
		if (holds_words(t->columns[i].type) && t->columns[i].priority == 0)
			return (int)i;
	return first_words(t);
}

/* The bars of a waterfall: column of the section, -1 = none. */
static int bar_column(const cc_section *t)
{
	for (size_t i = 0; i < t->column_count; i++)
		if (t->columns[i].type == CC_CELL_BAR)
			return (int)i;
	return -1;
}

/* A message among bars and times that are all empty: it takes their room when it is drawn. */
static bool is_message(const cc_section *t, const cc_row *row, size_t column)
{
	if (bar_column(t) <= (int)column || row->cells[column].type != CC_CELL_TEXT)
		return false;
	for (size_t i = column + 1; i < t->column_count; i++)
		if (t->columns[i].priority != HIDDEN_PRIORITY && row->cells[i].type != CC_CELL_NONE)
			return false;
	return true;
}

static int content_width(const cc_section *t, size_t column, bool ascii)
{
	int most = (int)cc_width(cc_str_from(t->columns[column].title)), words = deep_column(t);
	bool any = false;
	for (size_t i = 0; i < t->row_count; i++) {
		if (is_message(t, &t->rows[i], column))
			continue;
		int w = cell_width(&t->columns[column], &t->rows[i].cells[column], ascii) + ((int)column == words ? indent_of(&t->rows[i], 2, 60) : 0);
		any = any || t->rows[i].cells[column].type != CC_CELL_NONE;
		most = w > most ? w : most;
	}
	return any || t->row_count == 0 ? most : 0;
}

/* Namespace of more than half of the column's entities that have one; empty = none. */
static cc_str shared_namespace(const cc_section *t, size_t column)
{
	cc_str most = CC_STR_EMPTY;
	size_t lead = 0, all = 0, of_most = 0;
	for (int pass = 0; pass < 2; pass++) {   /* a majority is what is left when unlike ones are struck out in pairs */
		for (size_t i = 0; i < t->row_count; i++) {
			const cc_cell *c = &t->rows[i].cells[column];
			cc_str ns = c->type == CC_CELL_ENTITY ? cc_table_namespace(c->text) : CC_STR_EMPTY;
			bool same = cc_str_eq(ns, most);
			if (!ns.n || cc_str_eqz(ns, "cluster"))
				continue;
			if (pass) {
				all++, of_most += same;
			} else if (!lead || same) {
				most = ns, lead++;
			} else {
				lead--;
			}
		}
	}
	return !all ? CC_STR("cluster") : 2 * of_most > all ? most : CC_STR_EMPTY;
}

static int bare_width(const cc_section *t, size_t column, cc_str shared, bool ascii)
{
	int most = (int)cc_width(cc_str_from(t->columns[column].title)), words = deep_column(t);
	for (size_t i = 0; i < t->row_count; i++) {
		cc_buf b = CC_BUF_INIT;
		cc_cell_render(&t->rows[i].cells[column], &b, ascii);
		int w = (int)cc_width(cc_table_bare(cc_buf_str(&b), shared)) + ((int)column == words ? indent_of(&t->rows[i], 2, 60) : 0);
		most = w > most ? w : most;
		cc_buf_deinit(&b);
	}
	return most;
}

typedef struct wish { int base, content, priority; bool shown, flex; cc_str shared; } wish;

/* A column headed "after" says nothing without the one before it: they come and go together. The other of the two, or i. */
static size_t pair_of(const cc_section *t, size_t i)
{
	if (i > 0 && strcmp(t->columns[i].title, "after") == 0)
		return i - 1;
	return i + 1 < t->column_count && i + 1 < CC_TABLE_COLUMNS && strcmp(t->columns[i + 1].title, "after") == 0 ? i + 1 : i;
}

/* Shown when either has something to show, and as important as the more important of them. */
static void join_pairs(wish *w, const cc_section *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = pair_of(t, i);
		if (k < i || k == i || t->columns[i].priority == HIDDEN_PRIORITY || t->columns[k].priority == HIDDEN_PRIORITY)
			continue;
		w[i].shown = w[k].shown = w[i].shown || w[k].shown;
		w[i].priority = w[k].priority = w[i].priority < w[k].priority ? w[i].priority : w[k].priority;
		for (size_t j = i; j <= k; j++)
			if (w[j].content == 0)
				w[j].base = w[j].content = (int)cc_width(cc_str_from(t->columns[j].title));
	}
}

static void make_wishes(wish *w, const cc_section *t, bool ascii, bool few)
{
	for (size_t i = 0; i < t->column_count && i < CC_TABLE_COLUMNS; i++) {
		const cc_column *c = &t->columns[i];
		w[i].content = content_width(t, i, ascii);
		w[i].flex = c->width == 0;
		w[i].priority = c->priority;
		w[i].shown = c->priority != HIDDEN_PRIORITY && w[i].content > 0 && (!few || c->priority <= 1);
		int base = w[i].flex ? FLEX_MIN : c->width;
		if (c->type != CC_CELL_BAR && w[i].content < base)
			base = w[i].content;
		w[i].base = base > 0 ? base : 1;
	}
	join_pairs(w, t, t->column_count < CC_TABLE_COLUMNS ? t->column_count : CC_TABLE_COLUMNS);
}

static int total_width(const wish *w, size_t n)
{
	int sum = CC_TABLE_GUTTER;
	for (size_t i = 0; i < n; i++)
		if (w[i].shown)
			sum += w[i].base + 1;
	return sum - 1;
}

/* How far a column can give way before it should rather go. */
static int slack(const wish *w, const cc_column *c)
{
	int least = w->flex ? FLEX_LEAST : c->type == CC_CELL_SPARK ? SPARK_LEAST : holds_words(c->type) ? TEXT_LEAST : w->base;
	return w->base > least ? w->base - least : 0;
}

static int total_slack(const wish *w, const cc_section *t, size_t n)
{
	int sum = 0;
	for (size_t i = 0; i < n; i++)
		if (w[i].shown)
			sum += slack(&w[i], &t->columns[i]);
	return sum;
}

static int least_important(const wish *w, size_t n)
{
	int worst = -1;
	for (size_t i = 0; i < n; i++)
		if (w[i].shown && w[i].priority > 0 && (worst < 0 || w[i].priority >= w[worst].priority))
			worst = (int)i;
	return worst;
}

/* Columns that are nice to have go as soon as the others would be squeezed; those of priority 1 only when squeezing is not enough. */
static void drop_columns(wish *w, const cc_section *t, size_t n, int room)
{
	for (;;) {
		int worst = least_important(w, n);
		int total = total_width(w, n) - (worst >= 0 && w[worst].priority > 1 ? 0 : total_slack(w, t, n));
		if (worst < 0 || total <= room)
			return;
		w[worst].shown = w[pair_of(t, (size_t)worst)].shown = false;
	}
}

/* The widest gives way first, a column at a time: names keep their end. */
static void squeeze(wish *w, const cc_section *t, size_t n, int room)
{
	while (total_width(w, n) > room) {
		int widest = -1;
		for (size_t i = 0; i < n; i++)
			if (w[i].shown && slack(&w[i], &t->columns[i]) > 0 && (widest < 0 || w[i].base > w[widest].base))
				widest = (int)i;
		if (widest < 0)
			return;
		w[widest].base--;
	}
}

/* What is left goes first to columns a few characters short, then to the flexible one until it reads well, to names, to the flexible
 * one, then to all that are cut; important first. */
enum { ROUND_FEW, ROUND_READABLE, ROUND_NAMES, ROUND_FLEX, ROUND_REST, ROUNDS };

static int wants(const wish *w, const cc_column *c, int round, int rest)
{
	bool flex_round = round == ROUND_READABLE || round == ROUND_FLEX;
	int content = round == ROUND_READABLE && c->type != CC_CELL_BAR && w->content > FLEX_GOOD ? FLEX_GOOD : w->content;
	int want = c->type == CC_CELL_BAR ? rest : content - w->base;
	if (!w->shown || w->flex != flex_round || (round == ROUND_FEW && want > FEW) || (round == ROUND_NAMES && c->type != CC_CELL_ENTITY))
		return 0;
	return want > rest ? rest : want;
}

static void give_rest(wish *w, const cc_section *t, size_t n, int rest)
{
	for (int round = 0; round < ROUNDS; round++) {
		for (int p = 0; p < HIDDEN_PRIORITY && rest > 0; p++) {
			for (size_t i = 0; i < n && rest > 0; i++) {
				int want = w[i].priority == p ? wants(&w[i], &t->columns[i], round, rest) : 0;
				if (want > 0) {
					w[i].base += want;
					rest -= want;
				}
			}
		}
	}
}

static void share_room(wish *w, const cc_section *t, size_t n, int columns)
{
	drop_columns(w, t, n, columns);
	squeeze(w, t, n, columns);
	int rest = columns - total_width(w, n);
	if (rest > 0)
		give_rest(w, t, n, rest);
}

/* What names of the first importance lack to read well: what is least nice to have goes for it. */
static int lacking(const wish *w, const cc_section *t, size_t n)
{
	int sum = 0;
	for (size_t i = 0; i < n; i++) {
		int good = w[i].content < FLEX_GOOD ? w[i].content : FLEX_GOOD;
		if (w[i].shown && !w[i].priority && t->columns[i].type == CC_CELL_ENTITY && good > w[i].base)
			sum += good - w[i].base;
	}
	return sum;
}

/* Where entities came out too narrow all columns of them lose the namespace most share; what that saves is shared out again. */
static bool make_bare(wish *w, const cc_section *t, size_t n, bool ascii)
{
	bool any = false;
	for (size_t i = 0; i < n; i++)
		any = any || (w[i].shown && t->columns[i].type == CC_CELL_ENTITY && w[i].base < w[i].content);
	for (size_t i = 0; any && i < n; i++) {
		if (w[i].shown && t->columns[i].type == CC_CELL_ENTITY)
			w[i].shared = shared_namespace(t, i);
		if (!w[i].shared.n)
			continue;
		w[i].content = bare_width(t, i, w[i].shared, ascii);
		w[i].base = w[i].base < w[i].content ? w[i].base : w[i].content;
	}
	return any;
}

/* A short cell in the last column would run into the scroll bar: the column that takes the rest gives one for the gap. */
static void leave_gap(wish *w, const cc_section *t, size_t n, int columns)
{
	int used = CC_TABLE_GUTTER, last = -1, flex = -1;
	for (size_t i = 0; i < n; i++) {
		if (!w[i].shown)
			continue;
		used += w[i].base + (last >= 0);
		last = (int)i;
		flex = w[i].flex ? last : flex;
	}
	bool fits = flex >= 0 && w[flex].content == w[flex].base;       /* exactly: it would lose a letter for a blank */
	if (flex >= 0 && !fits && flex != last && used >= columns && w[flex].base > TEXT_LEAST && !is_picture(t->columns[last].type))
		w[flex].base--;
}

void cc_table_fit_columns(cc_table_fit *fit, const cc_section *t, int columns, bool ascii, bool few)
{
	wish w[CC_TABLE_COLUMNS] = { 0 };
	size_t n = t->column_count < CC_TABLE_COLUMNS ? t->column_count : CC_TABLE_COLUMNS;
	*fit = (cc_table_fit){ 0 };
	make_wishes(w, t, ascii, few);
	share_room(w, t, n, columns);
	if (make_bare(w, t, n, ascii))
		share_room(w, t, n, columns);
	for (int least = least_important(w, n); least >= 0 && w[least].priority >= LEAST_NICE && lacking(w, t, n); least = least_important(w, n)) {
		w[least].shown = w[pair_of(t, (size_t)least)].shown = false;
		share_room(w, t, n, columns);
	}
	leave_gap(w, t, n, columns);
	for (size_t i = 0; i < n; i++) {
		if (!w[i].shown)
			continue;
		fit->shared[fit->count] = w[i].shared;
		if (w[i].flex && w[i].content > w[i].base && t->columns[i].type != CC_CELL_SPARK)
			fit->cut = (uint16_t)(w[i].content - w[i].base);
		if ((int)i == deep_column(t))
			fit->indent = deepest(t) * 2 + NAME_MIN + 2 > w[i].base ? 1 : 2;
		fit->column[fit->count] = (uint8_t)i;
		fit->width[fit->count++] = (uint16_t)w[i].base;
	}
}

/* "0 - 13ms - 26ms" heads bars as a ruler: its parts stand where they are. */
static void draw_ruler(cc_grid *g, cc_rect r, cc_str title)
{
	cc_str first, rest, middle = CC_STR_EMPTY, last;
	size_t at = cc_str_find(title, CC_STR(" - "));
	first = cc_str_sub(title, 0, at == CC_STR_NONE ? title.n : at);
	rest = cc_str_sub(title, at == CC_STR_NONE ? title.n : at + 3, title.n);
	at = cc_str_find(rest, CC_STR(" - "));
	last = rest;
	if (at != CC_STR_NONE) {
		middle = cc_str_sub(rest, 0, at);
		last = cc_str_sub(rest, at + 3, rest.n);
	}
	int end = (int)cc_width(last), half = (int)cc_width(middle);
	cc_grid_text(g, r, first, CC_LOOK_HEADER, 0);
	if (r.w > (int)cc_width(first) + half + end + 4)
		cc_grid_text(g, cc_rect_skip(r, (r.w - half) / 2), middle, CC_LOOK_HEADER, 0);
	if (r.w > (int)cc_width(first) + end)
		cc_grid_text(g, cc_rect_skip(r, r.w - end), last, CC_LOOK_HEADER, 0);
}

void cc_table_draw_header(cc_grid *g, cc_rect r, const cc_section *t, const cc_table_fit *fit, const char *ruler)
{
	cc_rect at = cc_rect_skip(r, CC_TABLE_GUTTER);
	cc_grid_fill(g, cc_rect_row(r, 0), ' ', CC_LOOK_HEADER, 0);
	for (int i = 0; i < fit->count; i++) {
		const cc_column *c = &t->columns[fit->column[i]];
		int width = fit->width[i] < at.w ? fit->width[i] : at.w, title = (int)cc_width(cc_str_from(c->title));
		cc_rect cell = { at.x, at.y, width, 1 };
		if (is_number(c->type) && title < width)
			cell = cc_rect_skip(cell, width - title);
		if (c->type == CC_CELL_BAR)
			draw_ruler(g, width == at.w ? (cc_rect){ cell.x, cell.y, width - 1, 1 } : cell, cc_str_from(ruler ? ruler : c->title));
		else
			cc_grid_textz(g, cell, c->title, CC_LOOK_HEADER, 0);
		at = cc_rect_skip(at, width + 1);
	}
}

/* A name keeps its colour in every pane and run: neighbours in a list are told apart at a glance. */
static cc_look look_of_name(cc_str name)
{
	static const cc_look looks[] = { CC_LOOK_SERIES1, CC_LOOK_SERIES2, CC_LOOK_SERIES3, CC_LOOK_SERIES4, CC_LOOK_OP, CC_LOOK_HEADING };
	return looks[cc_str_hash(name) % (sizeof looks / sizeof looks[0])];
}

/* No errors and no warnings are no alarm: a zero keeps its place and loses its colour. */
bool cc_cell_is_nothing(const cc_cell *c)
{
	switch (c->type) {
	case CC_CELL_INT: case CC_CELL_BOOL: case CC_CELL_DURATION: return c->i == 0;
	case CC_CELL_NUMBER: return c->num == 0;
	case CC_CELL_TEXT: return c->text.n == 1 && c->text.p[0] == '-';
	default: return false;
	}
}

static cc_look cell_look(const cc_column *c, const cc_row *row, const cc_cell *cell, const cc_row_style *s)
{
	if (s->after || row->mark == CC_ROLE_DIM)
		return CC_LOOK_DIM;
	if ((c->role == CC_ROLE_CRITICAL || c->role == CC_ROLE_WARNING) && cc_cell_is_nothing(cell))
		return CC_LOOK_DIM;
	if (c->type == CC_CELL_TEXT && c->role == CC_ROLE_ENTITY && cell->text.n && strcmp(c->key, "service") == 0)
		return look_of_name(cell->text);
	if (c->type == CC_CELL_BAR && s->name.n && row->mark == CC_ROLE_TEXT)
		return look_of_name(s->name);
	if (c->role == CC_ROLE_TEXT && row->mark != CC_ROLE_TEXT && holds_words(c->type) && c->priority == 0 && c->width != 0)
		return (cc_look)row->mark;
	return (cc_look)c->role;
}

static void draw_text_cell(cc_grid *g, cc_rect r, const cc_column *c, const cc_cell *cell, cc_look look, const cc_row_style *s, cc_str shared)
{
	cc_buf b = CC_BUF_INIT, fit = CC_BUF_INIT, shifted = CC_BUF_INIT;
	cc_table_text(cell, r.w, &s->capture, &b, g->ascii);
	cc_table_shorten(&b, cell, r.w, s->left != 0, shared, g->ascii);
	cc_str text = cc_buf_str(&b);
	if (c->width == 0 && s->left > 0 && text.n) {        /* a sign stands for what is cut off at its left */
		cc_str hidden = cc_width_cut(text, (size_t)s->left + 1);
		cc_buf_addf(&shifted, "%s%.*s", g->ascii ? "~" : "\xe2\x80\xa6", CC_STR_ARG(cc_str_sub(text, hidden.n, text.n)));
		text = cc_buf_str(&shifted);
	}
	int width = (int)cc_width(text);
	if (is_number(c->type) && width < r.w)
		r = cc_rect_skip(r, r.w - width);
	cc_width_fit(&fit, text, (size_t)(r.w > 0 ? r.w : 0), g->ascii);
	cc_grid_text(g, r, cc_buf_str(&fit), look, 0);
	cc_buf_deinit(&b);
	cc_buf_deinit(&fit);
	cc_buf_deinit(&shifted);
}

/* The slice in which the onset is stands underlined. */
static void draw_trend(cc_grid *g, cc_rect r, const cc_cell *cell, cc_look look, const cc_row_style *s)
{
	double columns = cell->point_count < (size_t)r.w ? (double)cell->point_count : r.w;
	cc_draw_spark(g, r, cell->points, cell->point_count, s->glyphs, look, 0);
	if (cell->num > 0 && cell->num < 1)
		cc_grid_paint(g, (cc_rect){ r.x + (int)(cell->num * columns), r.y, 1, 1 }, CC_LOOK_CHANGED, CC_ATTR_UNDERLINE);
}

/* Of a part of the time what lies in it; what does not is a sign at the side where it was. */
static void draw_bar(cc_grid *g, cc_rect r, const cc_cell *cell, const cc_row_style *s, cc_look look)
{
	double width = s->bar_to - s->bar_from, from = cell->num, to = cell->num2;
	if (width > 0 && (to < s->bar_from || from > s->bar_to)) {
		bool before = to < s->bar_from;
		cc_grid_put(g, before ? r.x : r.x + r.w - 1, r.y, before ? '<' : '>', CC_LOOK_DIM, 0);
		return;
	}
	if (width > 0) {
		from = (from - s->bar_from) / width;
		to = (to - s->bar_from) / width;
	}
	cc_draw_bar(g, r, from, to, cell->i != 0, s->glyphs, look, 0);
}

static void draw_cell(cc_grid *g, cc_rect r, const cc_column *c, const cc_row *row, const cc_cell *cell, const cc_row_style *s,
	cc_str shared)
{
	cc_look look = cell_look(c, row, cell, s);
	if (cell->type == CC_CELL_SPARK && cell->text.n)
		cc_draw_strip(g, r, cell, s->glyphs, look);
	else if (cell->type == CC_CELL_SPARK)
		draw_trend(g, r, cell, look, s);
	else if (cell->type == CC_CELL_BAR)
		draw_bar(g, r, cell, s, row->mark == CC_ROLE_TEXT ? look : (cc_look)row->mark);
	else if (!is_picture(cell->type) && cell->type != CC_CELL_NONE)
		draw_text_cell(g, r, c, cell, look, s, shared);
}

/* The first column already shows the gutter's sign. */
static bool says_sign(const cc_table_fit *fit, const cc_row *row, char letter)
{
	const cc_cell *c = fit->count ? &row->cells[fit->column[0]] : NULL;
	return c && c->type == CC_CELL_TEXT && c->text.n == 1 && c->text.p[0] == letter;
}

void cc_table_draw_row(cc_grid *g, cc_rect r, const cc_section *t, const cc_table_fit *fit, const cc_row *row, const cc_row_style *s)
{
	cc_rect at = cc_rect_skip(r, CC_TABLE_GUTTER);
	int words = first_words(t), deep = deep_column(t);
	cc_row_style own = *s;
	own.left = s->left < fit->cut ? s->left : fit->cut;   /* what fits stays where it is */
	if (words >= 0 && row->cells[words].type == CC_CELL_TEXT)
		own.name = row->cells[words].text;
	cc_grid_put(g, r.x, r.y, s->selected ? '>' : ' ', CC_LOOK_TEXT, CC_ATTR_BOLD);
	cc_grid_put(g, r.x + 1, r.y, s->pinned ? '*' : s->note ? (uint32_t)(unsigned char)s->note : ' ', CC_LOOK_CURSOR, 0);
	if (!says_sign(fit, row, letter_of(row, s)))
		cc_grid_put(g, r.x + 2, r.y, (uint32_t)(unsigned char)letter_of(row, s), (cc_look)row->mark, 0);
	for (int i = 0; i < fit->count; i++) {
		int width = fit->width[i] < at.w ? fit->width[i] : at.w;
		cc_rect cell = { at.x, at.y, is_message(t, row, fit->column[i]) ? at.w : width, 1 };
		if (t->columns[fit->column[i]].type == CC_CELL_BAR && width == at.w)
			cell.w--;            /* a bar up to the scrollbar would read as a part of it */
		if (fit->column[i] == deep)
			cell = cc_rect_skip(cell, indent_of(row, fit->indent, width));
		draw_cell(g, cell, &t->columns[fit->column[i]], row, &row->cells[fit->column[i]], &own, fit->shared[i]);
		at = cc_rect_skip(at, width + 1);
	}
	if (s->selected)
		cc_grid_paint(g, cc_rect_row(r, 0), CC_LOOK_KEEP, CC_ATTR_SELECTED);
}
