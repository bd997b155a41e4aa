/* ansi.c - grids as terminal output, see ansi.h.
 *
 * Only ECMA-48 that every terminal has: cursor to a place and forward, erase to the end of the line (only where the paper is the
 * terminal's own, because what an erased cell looks like otherwise differs), and attributes. A last column is never passed by
 * writing: the next write always says its place, so automatic wrapping does not matter. */
#include "ui/ansi.h"

#include <string.h>

#include "coldcase/utf8.h"

enum { GAP = 4 };                /* unchanged cells rewritten rather than passed by a cursor movement */

static const cc_style plain = { CC_COLOR_DEFAULT, CC_COLOR_DEFAULT, 0 };

void cc_ansi_init(cc_ansi *a, const cc_theme *theme)
{
	*a = (cc_ansi){ .theme = theme };
}

void cc_ansi_deinit(cc_ansi *a)
{
	cc_vec_deinit(&a->shown);
	a->columns = a->rows = 0;
}

/* --- cells --- */

static bool same_style(cc_style a, cc_style b)
{
	return a.fg == b.fg && a.bg == b.bg && a.attr == b.attr;
}

static bool same_cell(const cc_ansi_cell *a, const cc_ansi_cell *b)
{
	return a->ch == b->ch && a->width == b->width && memcmp(a->comb, b->comb, sizeof a->comb) == 0 && same_style(a->style, b->style);
}

/* Of a blank one sees its paper alone, as a rule. */
cc_ansi_cell cc_ansi_cell_of(const cc_theme *theme, const cc_gcell *c)
{
	cc_ansi_cell cell = { .ch = c->ch, .width = c->width, .style = cc_theme_resolve(theme, (cc_look)c->look, c->attr) };
	memcpy(cell.comb, c->comb, sizeof cell.comb);
	if (c->ch == ' ' && !c->comb[0] && !(cell.style.attr & (CC_ATTR_UNDERLINE | CC_ATTR_REVERSE)))
		cell.style = (cc_style){ CC_COLOR_DEFAULT, cell.style.bg, 0 };
	return cell;
}

static bool is_erased(const cc_ansi_cell *c)
{
	return c->ch == ' ' && !c->comb[0] && c->width == 1 && same_style(c->style, plain);
}

/* --- the pen --- */

static const struct { unsigned bit; const char *on, *off; } ATTRS[] = { { CC_ATTR_BOLD, "1", "22" }, { CC_ATTR_DIM, "2", "22" },
	{ CC_ATTR_ITALIC, "3", "23" }, { CC_ATTR_UNDERLINE, "4", "24" }, { CC_ATTR_REVERSE, "7", "27" } };
enum { ATTR_COUNT = sizeof ATTRS / sizeof ATTRS[0] };

static void add_part(cc_buf *b, const char *part)
{
	cc_buf_addf(b, "%s%s", b->n ? ";" : "", part);
}

static void add_color(cc_buf *b, cc_color c, int base)
{
	if (b->n)
		cc_buf_add_char(b, ';');
	if (c == CC_COLOR_DEFAULT)
		cc_buf_addf(b, "%d", base + 9);
	else if (CC_COLOR_IS_RGB(c))
		cc_buf_addf(b, "%d;2;%d;%d;%d", base + 8, (c >> 16) & 255, (c >> 8) & 255, c & 255);
	else if (c < 16)
		cc_buf_addf(b, "%d", c < 8 ? base + c : base + 60 + c - 8);
	else
		cc_buf_addf(b, "%d;5;%d", base + 8, c);
}

/* From one style to another, by what differs. 22 ends bold and dim alike. */
static void change(cc_style from, cc_style to, cc_buf *b)
{
	unsigned off = from.attr & ~to.attr, on = to.attr & ~from.attr;
	const char *last = "";
	for (size_t i = 0; i < ATTR_COUNT; i++) {
		if (off & ATTRS[i].bit && strcmp(ATTRS[i].off, last) != 0)
			add_part(b, last = ATTRS[i].off);
	}
	if (off & (CC_ATTR_BOLD | CC_ATTR_DIM))
		on |= to.attr & (CC_ATTR_BOLD | CC_ATTR_DIM);
	for (size_t i = 0; i < ATTR_COUNT; i++)
		if (on & ATTRS[i].bit)
			add_part(b, ATTRS[i].on);
	if (from.fg != to.fg)
		add_color(b, to.fg, 30);
	if (from.bg != to.bg)
		add_color(b, to.bg, 40);
}

static void take_pen(cc_ansi *a, cc_style want, cc_buf *out)
{
	cc_buf by_change = CC_BUF_INIT, anew = CC_BUF_INIT;
	if (same_style(a->pen, want))
		return;
	change(a->pen, want, &by_change);
	if (!same_style(want, plain)) {
		cc_buf_addz(&anew, "0");
		change(plain, want, &anew);
	}
	cc_str shorter = anew.n < by_change.n ? cc_buf_str(&anew) : cc_buf_str(&by_change);
	cc_buf_addf(out, "\033[%.*sm", CC_STR_ARG(shorter));
	out->failed |= by_change.failed || anew.failed;
	a->pen = want;
	cc_buf_deinit(&by_change);
	cc_buf_deinit(&anew);
}

/* For a blank any pen will do that has its paper. */
static bool pen_will_do(const cc_ansi *a, const cc_ansi_cell *c)
{
	if (c->ch == ' ' && !c->comb[0] && !c->style.attr)
		return a->pen.bg == c->style.bg && !(a->pen.attr & (CC_ATTR_UNDERLINE | CC_ATTR_REVERSE));
	return same_style(a->pen, c->style);
}

/* --- the place --- */

static void write_cell(cc_ansi *a, const cc_ansi_cell *c, cc_buf *out)
{
	char bytes[4];
	if (!pen_will_do(a, c))
		take_pen(a, c->style, out);
	cc_buf_add(out, (cc_str){ bytes, cc_utf8_encode(c->ch, bytes) });
	for (int i = 0; i < CC_GRID_COMBINING && c->comb[i]; i++)
		cc_buf_add(out, (cc_str){ bytes, cc_utf8_encode(c->comb[i], bytes) });
	a->x += c->width;
	if (a->x >= a->columns)
		a->x = -1;
}

static void move_to(cc_ansi *a, int x, int y, cc_buf *out)
{
	cc_ansi_cell *row = &a->shown.p[(size_t)y * (size_t)a->columns];
	bool near = a->x >= 0 && a->y == y && x > a->x && x - a->x <= GAP;
	for (int i = a->x; near && i < x; i++)
		near = row[i].width == 1 && pen_will_do(a, &row[i]);
	if (a->x == x && a->y == y)
		return;
	if (near)
		while (a->x < x)
			write_cell(a, &row[a->x], out);
	else if (a->x >= 0 && a->y == y && x > a->x)
		cc_buf_addf(out, x - a->x == 1 ? "\033[C" : "\033[%dC", x - a->x);
	else if (x == 0)
		cc_buf_addf(out, y ? "\033[%dH" : "\033[H", y + 1);
	else
		cc_buf_addf(out, "\033[%d;%dH", y + 1, x + 1);
	a->x = x;
	a->y = y;
}

/* --- rows --- */

static int erased_from(const cc_ansi *a, const cc_grid *g, int y)
{
	int x = g->columns;
	while (x > 0) {
		cc_ansi_cell c = cc_ansi_cell_of(a->theme, cc_grid_at(g, x - 1, y));
		if (!is_erased(&c))
			break;
		x--;
	}
	return x;
}

static void write_row(cc_ansi *a, const cc_grid *g, int y, cc_buf *out)
{
	cc_ansi_cell *row = &a->shown.p[(size_t)y * (size_t)a->columns];
	int end = erased_from(a, g, y);
	for (int x = 0; x < g->columns; x++) {
		cc_ansi_cell c = cc_ansi_cell_of(a->theme, cc_grid_at(g, x, y));
		if (c.width == 0 || same_cell(&c, &row[x]))
			continue;
		move_to(a, x, y, out);
		if (x >= end && g->columns - x > GAP) {
			take_pen(a, plain, out);
			cc_buf_addz(out, "\033[K");
			for (; x < g->columns; x++)
				row[x] = (cc_ansi_cell){ .ch = ' ', .width = 1, .style = plain };
			return;
		}
		write_cell(a, &c, out);
		row[x] = c;
		if (c.width == 2)
			row[++x] = (cc_ansi_cell){ .ch = ' ', .width = 0, .style = c.style };
	}
}

static bool begin(cc_ansi *a, const cc_grid *g, cc_buf *out)
{
	size_t n = (size_t)g->columns * (size_t)g->rows;
	cc_vec_deinit(&a->shown);
	if (!cc_vec_reserve(&a->shown, n))
		return false;
	for (a->shown.n = 0; a->shown.n < n; a->shown.n++)
		a->shown.p[a->shown.n] = (cc_ansi_cell){ .ch = ' ', .width = 1, .style = plain };
	a->columns = g->columns;
	a->rows = g->rows;
	a->pen = plain;
	a->x = a->y = 0;
	a->cursor = false;
	cc_buf_addz(out, "\033[m\033[?25l\033[H\033[2J");
	return true;
}

bool cc_ansi_write(cc_ansi *a, const cc_grid *g, cc_buf *out)
{
	if ((a->columns != g->columns || a->rows != g->rows) && !begin(a, g, out))
		return false;
	for (int y = 0; y < g->rows; y++)
		write_row(a, g, y, out);
	if (g->cursor_shown)
		move_to(a, g->cursor_x, g->cursor_y, out);
	if (g->cursor_shown != a->cursor)
		cc_buf_addz(out, g->cursor_shown ? "\033[?25h" : "\033[?25l");
	a->cursor = g->cursor_shown;
	return cc_buf_ok(out);
}
