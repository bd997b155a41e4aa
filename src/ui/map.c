/* map.c - draws the map: three columns, each side a list of cells that scrolls with the selection, and the lines between. */
#include "ui/map.h"

#include <math.h>
#include <string.h>

#include "coldcase/entity.h"
#include "coldcase/utf8.h"

typedef enum side { ABOVE, CALLERS, SELF, CALLEES, BELOW, SIDES } side;

enum { NARROW = 60 /* below, a map has no room */, CRAMPED = 72 /* below, lines have no room for a label */, LETTERS = 52, WIDEST = 48, ONE_SIDE = 36 };

/* Where nothing calls or is called there is nothing to draw lines between: a node and its pods are a list, with its facts. */
static bool has_calls(const cc_section *sec)
{
	for (size_t i = 0; i < sec->row_count; i++)
		if (cc_str_starts(sec->rows[i].cells[0].text, CC_STR("call")))
			return true;
	return false;
}

const cc_section *cc_map_section(const cc_reply *r, uint16_t *index)
{
	for (size_t i = 0; r && i < cc_reply_section_count(r) && i < UINT16_MAX; i++) {
		const cc_section *sec = cc_reply_section(r, i);
		if (sec->kind != CC_SECTION_TABLE || !cc_str_eqz(cc_str_from(sec->key), "nodes") || sec->row_count == 0 ||
			strcmp(sec->columns[0].key, "side") != 0 || !has_calls(sec))
			continue;
		if (index)
			*index = (uint16_t)i;
		return sec;
	}
	return NULL;
}

bool cc_map_shown(const cc_sheet *s)
{
	return s->reply && s->width >= NARROW && cc_map_section(s->reply, NULL);
}

/* --- rows --- */

static const cc_cell *cell(const cc_section *sec, const cc_row *row, const char *key)
{
	static const cc_cell none = { .type = CC_CELL_NONE };
	for (size_t i = 0; i < sec->column_count; i++)
		if (strcmp(sec->columns[i].key, key) == 0)
			return &row->cells[i];
	return &none;
}

static side side_of(const cc_row *row)
{
	static const char *const names[SIDES] = { "above", "callers", "self", "callees", "below" };
	for (int i = 0; i < SIDES; i++)
		if (cc_str_eqz(row->cells[0].text, names[i]))
			return (side)i;
	return BELOW;
}

typedef struct lists { size_t from[SIDES], n[SIDES]; const cc_section *sec; } lists;

/* The rows come side by side; items and rows have the same numbers. */
static lists lists_of(const cc_sheet *s)
{
	lists l = { .sec = cc_map_section(s->reply, NULL) };
	for (size_t i = 0; l.sec && i < l.sec->row_count; i++) {
		side at = side_of(&l.sec->rows[i]);
		if (l.n[at]++ == 0)
			l.from[at] = i;
	}
	return l;
}

size_t cc_map_middle(const cc_sheet *s)
{
	lists l = lists_of(s);
	return l.n[SELF] ? l.from[SELF] : 0;
}

/* --- moving --- */

static side next_side(const lists *l, side at, int dx)
{
	side to = dx < 0 ? (at == CALLEES ? SELF : CALLERS) : at == CALLERS ? SELF : CALLEES;
	return l->n[to] ? to : at;
}

void cc_map_move(cc_sheet *s, int dx, int dy)
{
	static const side column[] = { ABOVE, SELF, BELOW };
	lists l = lists_of(s);
	side at = l.sec && s->selected < l.sec->row_count ? side_of(&l.sec->rows[s->selected]) : SIDES;
	if (at == SIDES)
		return;
	if (dx) {
		side to = next_side(&l, at, dx);
		s->selected = to == at ? s->selected : l.from[to];
		return;
	}
	size_t i = s->selected - l.from[at];
	if (dy > 0 ? i + 1 < l.n[at] : i > 0) {
		s->selected = l.from[at] + i + (dy > 0 ? 1 : (size_t)-1);
		return;
	}
	for (int k = 0; k < 3; k++) {
		int to = k + dy;
		if (column[k] == at && to >= 0 && to < 3 && l.n[column[to]]) {
			s->selected = l.from[column[to]] + (dy < 0 ? l.n[column[to]] - 1 : 0);
			return;
		}
	}
}

bool cc_map_jump(cc_sheet *s, uint32_t letter)
{
	size_t at = letter >= 'a' && letter <= 'z' ? letter - 'a' : letter >= 'A' && letter <= 'Z' ? letter - 'A' + 26 : LETTERS;
	s->letters = false;
	if (at >= s->letter_count || s->letter_items[at] >= s->items.n)
		return false;
	s->selected = s->letter_items[at];
	return true;
}

/* --- texts --- */

/* "po/x", but bare where nearly all are of one kind: Services. */
static void name_text(const cc_section *sec, const cc_row *row, cc_buf *out, bool ascii)
{
	cc_buf whole = CC_BUF_INIT;
	cc_str ns, rest, kind, name;
	cc_cell_render(cell(sec, row, "entity"), &whole, ascii);
	cc_str_cut(cc_buf_str(&whole), '/', &ns, &rest);
	cc_str_cut(rest, '/', &kind, &name);
	if (!cc_str_eqz(kind, "Service")) {
		cc_buf_add(out, cc_kind_short(kind));
		cc_buf_add_char(out, '/');
	}
	cc_buf_add(out, name);
	cc_buf_deinit(&whole);
}

static void percent(const cc_cell *c, cc_buf *out)
{
	if (c->type == CC_CELL_NUMBER && c->num > 0)
		cc_buf_addf(out, c->num < 10 ? "%.1f%%" : "%.0f%%", c->num);
}

/* Two digits are enough beside a name: 61ms, 7.9ms, 1.2s. */
static void brief_time(const cc_cell *c, cc_buf *out)
{
	static const struct { double ns; const char *unit; } units[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "us" } };
	double v = (double)c->i;
	for (size_t i = 0; i < 3; i++)
		if (v >= units[i].ns || i == 2) {
			v /= units[i].ns;
			cc_buf_addf(out, v < 10 ? "%.1f%s" : "%.0f%s", v, units[i].unit);
			return;
		}
}

static void lost_text(const cc_cell *percent, cc_buf *out)
{
	if (percent->type == CC_CELL_NUMBER && percent->num >= 99.5)
		cc_buf_addz(out, "all lost");
	else if (percent->type == CC_CELL_NUMBER && percent->num >= 1)
		cc_buf_addf(out, "%.0f%% lost", percent->num);
}

static void health_text(const cc_section *sec, const cc_row *row, cc_buf *out, bool ascii)
{
	const cc_cell *before = cell(sec, row, "p99_before_ns"), *after = cell(sec, row, "p99_after_ns"), *errors = cell(sec, row, "error_percent"),
		*lost = cell(sec, row, "lost_percent");
	lost_text(lost, out);
	if (errors->type == CC_CELL_NUMBER && errors->num > 0)
		cc_buf_addz(out, out->n ? ", " : "");
	percent(errors, out);
	if (after->type == CC_CELL_NONE && before->type == CC_CELL_NONE)
		return;
	if (out->n)
		cc_buf_add_char(out, ' ');
	if (before->type != CC_CELL_NONE)
		brief_time(before, out);
	cc_buf_addz(out, ascii ? ">" : "\xe2\x86\x92");
	if (after->type != CC_CELL_NONE)
		brief_time(after, out);
	else
		cc_buf_add_char(out, '-');
}

static void edge_text(const cc_section *sec, const cc_row *row, cc_buf *out)
{
	const cc_cell *rate = cell(sec, row, "edge_calls_per_s");
	if (rate->type == CC_CELL_NUMBER)
		cc_buf_addf(out, rate->num < 1 ? "%.2g/s" : "%.0f/s", rate->num);
	else if (cell(sec, row, "edge_p99_before_ns")->type != CC_CELL_NONE)
		cc_buf_addz(out, "gone");
	const cc_cell *errors = cell(sec, row, "edge_error_percent"), *lost = cell(sec, row, "edge_lost_percent");
	if (lost->type == CC_CELL_NUMBER && lost->num >= 1) {   /* says more than the rate of those that came through */
		cc_buf_clear(out);
		lost_text(lost, out);
	} else if (errors->type == CC_CELL_NUMBER && errors->num > 0) {
		cc_buf_add_char(out, ' ');
		percent(errors, out);
	}
}

/* Where the whole has no room, what is wrong stays: the share that fails before the rate. */
static void short_edge_text(const cc_section *sec, const cc_row *row, cc_buf *out)
{
	const cc_cell *errors = cell(sec, row, "edge_error_percent"), *lost = cell(sec, row, "edge_lost_percent");
	cc_buf_clear(out);
	if (lost->type == CC_CELL_NUMBER && lost->num >= 99.5) {
		cc_buf_addz(out, "lost");
	} else if (lost->type == CC_CELL_NUMBER && lost->num >= 1) {
		cc_buf_addf(out, "%.0f%%lost", lost->num);
	} else if (errors->type == CC_CELL_NUMBER && errors->num > 0) {
		cc_buf_addz(out, "E ");
		percent(errors, out);
	}
}

static bool is_bad_link(const cc_section *sec, const cc_row *row)
{
	return cell(sec, row, "edge_error_percent")->num > 0 || cell(sec, row, "edge_lost_percent")->num > 0;
}

/* --- drawing --- */

typedef struct painter {
	cc_sheet *s;
	cc_grid *g;
	const cc_sheet_look *look;
	lists l;
	cc_rect r, middle;       /* all; the box of the middle */
	int gap, wide;           /* columns between the sides and the middle; of a side */
} painter;

static uint32_t line_of(const painter *p, const cc_row *row)
{
	cc_str basis = cell(p->l.sec, row, "basis")->text;
	if (cc_str_eqz(basis, "seen"))
		return p->g->ascii ? '-' : 0x254c;
	if (cc_str_eqz(basis, "name"))
		return p->g->ascii ? '.' : 0x2508;
	return p->g->ascii ? '=' : 0x2500;
}

static uint32_t glyph(const painter *p, uint32_t fancy, char plain)
{
	return p->g->ascii ? (uint32_t)(unsigned char)plain : fancy;
}

static void put_mark(painter *p, int x, int y, size_t item)
{
	const cc_row *row = &p->l.sec->rows[item];
	cc_sheet *s = p->s;
	char letter = cc_role_letter(row->mark);
	if (p->look->active && item == s->selected) {
		cc_grid_put(p->g, x, y, '>', CC_LOOK_TEXT, CC_ATTR_BOLD);
		p->g->cursor_x = x;
		p->g->cursor_y = y;
	}
	if (s->letters && s->letter_count < LETTERS) {
		size_t n = s->letter_count++;
		s->letter_items[n] = (uint32_t)item;
		cc_grid_put(p->g, x, y, (uint32_t)(n < 26 ? 'a' + n : 'A' + n - 26), CC_LOOK_HINT_KEY, CC_ATTR_BOLD);
	}
	if (letter != ' ')
		cc_grid_put(p->g, x + 1, y, (uint32_t)(unsigned char)letter, (cc_look)row->mark, CC_ATTR_BOLD);
	if (p->look->pinned && p->look->pinned(p->look->arg, s->reply, p->l.sec, row))
		cc_grid_put(p->g, x + 2, y, '*', CC_LOOK_MATCH, 0);
}

/* Cut texts end in an ellipsis. */
static void put_text(cc_grid *g, cc_rect r, cc_str text, cc_look look, unsigned attr)
{
	int used = (int)cc_width(text);
	cc_grid_text(g, r, text, look, attr);
	if (used > r.w && r.w > 3)
		cc_grid_textz(g, cc_rect_skip(r, r.w - (g->ascii ? 2 : 1)), g->ascii ? ".." : "\xe2\x80\xa6", look, attr);
}

/* One neighbour in `height` rows: its name, then how it does. */
static void draw_cell(painter *p, cc_rect r, size_t item, int height, bool with_edge)
{
	const cc_section *sec = p->l.sec;
	const cc_row *row = &sec->rows[item];
	cc_buf b = CC_BUF_INIT;
	int in = 3 + row->depth * 2;
	if (with_edge) {
		cc_cell_render(cell(sec, row, "edge"), &b, p->g->ascii);
		cc_grid_text(p->g, cc_rect_skip(cc_rect_row(r, 0), 3), cc_buf_str(&b), CC_LOOK_DIM, 0);
		in += 9;
		cc_buf_clear(&b);
	}
	put_mark(p, r.x, r.y, item);
	name_text(sec, row, &b, p->g->ascii);
	put_text(p->g, cc_rect_skip(cc_rect_row(r, 0), in), cc_buf_str(&b), CC_LOOK_ENTITY, 0);
	cc_buf_clear(&b);
	health_text(sec, row, &b, p->g->ascii);
	if (height > 1)
		put_text(p->g, cc_rect_skip(cc_rect_row(r, 1), in), cc_buf_str(&b), row->mark == CC_ROLE_CRITICAL ? CC_LOOK_CRITICAL : CC_LOOK_DIM, 0);
	if (p->look->active && item == p->s->selected)
		cc_grid_paint(p->g, (cc_rect){ r.x, r.y, r.w, height > 1 ? 2 : 1 }, CC_LOOK_KEEP, CC_ATTR_SELECTED);
	cc_buf_deinit(&b);
}

/* How many rows a cell may take, and which cell of the side comes first so that the selected one is in sight. */
static int cell_height(size_t n, int rows)
{
	return (int)n * 3 <= rows ? 3 : (int)n * 2 <= rows ? 2 : 1;
}

static size_t first_shown(const painter *p, side at, size_t room)
{
	size_t n = p->l.n[at], i = p->s->selected - p->l.from[at];
	bool here = p->s->selected >= p->l.from[at] && i < n;
	if (n <= room || !here || i < room / 2)
		return 0;
	return i + room - room / 2 > n ? n - room : i - room / 2;
}

static void more_row(painter *p, cc_rect r, int y, size_t before, size_t after)
{
	if (before || after)
		cc_grid_printf(p->g, (cc_rect){ r.x + 3, y, r.w - 3, 1 }, CC_LOOK_DIM, 0, "%zu up, %zu down", before, after);
}

static void draw_link(painter *p, int y, const cc_row *row, bool left)
{
	int x = left ? p->r.x + p->wide : p->middle.x + p->middle.w, w = p->gap, room = left ? w - 2 : w - 3;
	cc_look look = row->mark == CC_ROLE_CRITICAL && is_bad_link(p->l.sec, row) ? CC_LOOK_CRITICAL : CC_LOOK_BORDER;
	cc_buf b = CC_BUF_INIT;
	cc_grid_fill(p->g, (cc_rect){ x + (left ? 0 : 1), y, w - 1, 1 }, line_of(p, row), look, 0);
	edge_text(p->l.sec, row, &b);
	if ((int)b.n > room)
		short_edge_text(p->l.sec, row, &b);
	if (b.n && (int)b.n <= room)
		cc_grid_text(p->g, (cc_rect){ x + (left ? 1 : 2), y, (int)b.n, 1 }, cc_buf_str(&b), look == CC_LOOK_BORDER ? CC_LOOK_TEXT : look, 0);
	if (!left)
		cc_grid_put(p->g, x + w - 1, y, glyph(p, 0x25b6, '>'), look, 0);
	cc_buf_deinit(&b);
}

/* The line that joins a side's links and the middle. */
static void draw_bus(painter *p, int first, int last, bool left)
{
	int x = left ? p->middle.x - 1 : p->middle.x + p->middle.w, y = p->middle.y + 1, top = first < y ? first : y, bottom = last > y ? last : y;
	for (int at = top; at <= bottom; at++)
		cc_grid_put(p->g, x, at, at == y && left ? glyph(p, 0x25b6, '>') : glyph(p, 0x2502, '|'), CC_LOOK_BORDER, 0);
}

static void draw_side(painter *p, side at)
{
	bool left = at == CALLERS;
	cc_rect r = { left ? p->r.x : p->middle.x + p->middle.w + p->gap, p->r.y, p->wide, p->r.h - 1 };
	int height = cell_height(p->l.n[at], r.h);
	size_t room = (size_t)(r.h / height), n = p->l.n[at], from, shown;
	if (n > room)
		room--;
	from = first_shown(p, at, room);
	shown = n - from < room ? n - from : room;
	for (size_t i = 0; i < shown; i++) {
		size_t item = p->l.from[at] + from + i;
		int y = r.y + (int)i * height;
		draw_cell(p, (cc_rect){ r.x, y, r.w, height }, item, height, false);
		if (p->l.sec->rows[item].depth == 0)
			draw_link(p, y, &p->l.sec->rows[item], left);
	}
	if (shown)
		draw_bus(p, r.y, r.y + (int)(shown - 1) * height, left);
	if (n > shown)
		more_row(p, r, r.y + (int)room * height, from, n - from - shown);
}

static void draw_lines(painter *p, side at, int y, int rows)
{
	size_t room = (size_t)(rows > 0 ? rows : 0), n = p->l.n[at];
	if (n > room && room > 1)
		room--;
	size_t from = first_shown(p, at, room), shown = n - from < room ? n - from : room;
	cc_rect r = { p->middle.x, y, p->middle.w, 1 };
	for (size_t i = 0; i < shown; i++)
		draw_cell(p, (cc_rect){ r.x, y + (int)i, r.w, 1 }, p->l.from[at] + from + i, 1, p->middle.w > 30);
	if (n > shown && rows > 1)
		more_row(p, r, y + (int)shown, from, n - from - shown);
}

static void draw_middle(painter *p)
{
	const cc_section *sec = p->l.sec;
	const cc_row *row = &sec->rows[p->l.from[SELF]];
	cc_buf b = CC_BUF_INIT;
	if (cell(sec, row, "calls_per_s")->type == CC_CELL_NUMBER)
		cc_buf_addf(&b, "%.3g/s", cell(sec, row, "calls_per_s")->num);
	cc_rect in = cc_grid_box(p->g, p->middle, b.n ? b.p : NULL);
	cc_buf_clear(&b);
	name_text(sec, row, &b, p->g->ascii);
	put_mark(p, in.x, in.y, p->l.from[SELF]);
	put_text(p->g, cc_rect_skip(cc_rect_row(in, 0), 3), cc_buf_str(&b), CC_LOOK_ENTITY, CC_ATTR_BOLD);
	cc_buf_clear(&b);
	health_text(sec, row, &b, p->g->ascii);
	put_text(p->g, cc_rect_skip(cc_rect_row(in, 1), 3), cc_buf_str(&b), row->mark == CC_ROLE_CRITICAL ? CC_LOOK_CRITICAL : CC_LOOK_TEXT, 0);
	if (p->look->active && p->s->selected == p->l.from[SELF])
		cc_grid_paint(p->g, (cc_rect){ in.x, in.y, in.w, 2 }, CC_LOOK_KEEP, CC_ATTR_SELECTED);
	cc_buf_deinit(&b);
}

/* Columns that a side's texts would fill: mark, depth and name, or how it does. */
static int wanted(const painter *p, side at)
{
	cc_buf b = CC_BUF_INIT;
	int most = 0;
	for (size_t i = 0; i < p->l.n[at]; i++) {
		const cc_row *row = &p->l.sec->rows[p->l.from[at] + i];
		for (int line = 0; line < 2; line++) {
			cc_buf_clear(&b);
			if (line == 0)
				name_text(p->l.sec, row, &b, p->g->ascii);
			else
				health_text(p->l.sec, row, &b, p->g->ascii);
			int w = 3 + row->depth * 2 + (int)cc_width(cc_buf_str(&b));
			most = w > most ? w : most;
		}
	}
	cc_buf_deinit(&b);
	return most;
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

/* The middle takes what its texts need of the room that the sides' texts leave over; the box has two borders, lines name their edge. */
static int widened(const painter *p, int sides, int middle)
{
	int listed = larger(wanted(p, ABOVE), wanted(p, BELOW)) + 9, need = larger(listed, wanted(p, SELF) + 2);
	int wing = larger(wanted(p, CALLERS), wanted(p, CALLEES)) + 1, room = p->r.w - sides * (wing + p->gap);
	need = need < room ? need : room;
	return larger(middle, need < WIDEST ? need : WIDEST);
}

/* A side without anything gives its room away. Lines across half a screen lead nowhere: on wide ones the map stays together. */
static int place_columns(painter *p)
{
	bool roomy = p->r.w >= 120;
	int sides = (p->l.n[CALLERS] > 0) + (p->l.n[CALLEES] > 0), third = p->r.w / 3 < WIDEST ? p->r.w / 3 : WIDEST;
	int middle = sides == 2 && !roomy ? (p->r.w < CRAMPED ? 20 : 23) : third;
	p->gap = roomy ? 14 : p->r.w < CRAMPED && sides == 2 ? 4 : 10;   /* names before rates, of which the page below tells */
	middle = sides == 2 ? widened(p, sides, middle) : middle;
	p->wide = sides ? (p->r.w - middle - sides * p->gap) / sides : 0;
	p->wide = p->wide < (sides == 2 ? WIDEST : ONE_SIDE) ? p->wide : sides == 2 ? WIDEST : ONE_SIDE;
	middle = sides < 2 ? p->r.w - sides * (p->wide + p->gap) : middle;
	middle = middle < WIDEST ? middle : WIDEST;
	int whole = middle + sides * (p->wide + p->gap);
	p->r.x += (p->r.w - whole) / 2;
	p->r.w = whole;
	return middle;
}

/* A third above the box at most; what is below has the rest. */
static void place_middle(painter *p)
{
	int most = (p->r.h - 5) / 3, above = (int)p->l.n[ABOVE] < most ? (int)p->l.n[ABOVE] : most, middle = place_columns(p);
	above = above < 0 ? 0 : above;
	p->middle = (cc_rect){ p->r.x + (p->l.n[CALLERS] ? p->wide + p->gap : 0), p->r.y + above, middle, 4 };
	draw_lines(p, ABOVE, p->r.y, above);
	draw_middle(p);
	draw_lines(p, BELOW, p->middle.y + 4, p->r.h - 1 - above - 4);
}

/* As much of it as stands whole: the kinds of lines first, the keys when there is room. */
static void draw_legend(painter *p)
{
	static const struct { const char *plain, *fancy; } parts[] = { { "=== declared", "\xe2\x94\x80\xe2\x94\x80 declared" },
		{ "  --- seen", "  \xe2\x95\x8c\xe2\x95\x8c seen" }, { "  ... by name", "  \xe2\x94\x88\xe2\x94\x88 by name" },
		{ "  %: failed, ms: p99 before->after", "  %: failed, ms: p99 before\xe2\x86\x92" "after" },
		{ "   ' jump", "   ' jump" }, { "  r routes", "  r routes" }, { "  T tree", "  T tree" } };
	cc_rect at = cc_rect_skip(cc_rect_row(p->r, p->r.h - 1), 3);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const char *part = p->g->ascii ? parts[i].plain : parts[i].fancy;
		int width = (int)cc_width(cc_str_from(part));
		if (width > at.w)
			return;
		cc_grid_textz(p->g, at, part, CC_LOOK_DIM, 0);
		at = cc_rect_skip(at, width);
	}
}

void cc_map_draw(cc_sheet *s, cc_grid *g, cc_rect r, const cc_sheet_look *look)
{
	painter p = { .s = s, .g = g, .look = look, .l = lists_of(s), .r = r };
	s->letter_count = 0;
	if (!p.l.sec || p.l.n[SELF] == 0 || r.h < 6)
		return;
	place_middle(&p);
	draw_side(&p, CALLERS);
	draw_side(&p, CALLEES);
	draw_legend(&p);
}
