/* cells.c - the grid and the few ways to put text into it.
 *
 * Law: a cell accepts only printable characters. Text from outside comes through cc_grid_outside, which cleans it; the check
 * in cc_grid_put is the second lock on the same door. */
#include "ui/cells.h"

#include <string.h>

#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"

static const cc_gcell blank = { .ch = ' ', .width = 1 };

char cc_look_letter(cc_look look)
{
	static const char letters[] = {
#define CC_LOOK_LETTER(id, name, letter) letter,
		CC_LOOKS(CC_LOOK_LETTER)
#undef CC_LOOK_LETTER
	};
	return look < CC_LOOK_COUNT ? letters[look] : '?';
}

const char *cc_look_name(cc_look look)
{
	static const char *const names[] = {
#define CC_LOOK_NAME(id, name, letter) name,
		CC_LOOKS(CC_LOOK_NAME)
#undef CC_LOOK_NAME
	};
	return look < CC_LOOK_COUNT ? names[look] : "";
}

static int clamp(int v, int low, int high)
{
	return v < low ? low : v > high ? high : v;
}

bool cc_grid_resize(cc_grid *g, int columns, int rows)
{
	columns = clamp(columns, 1, CC_GRID_MAX);
	rows = clamp(rows, 1, CC_GRID_MAX);
	if (g->cells && columns == g->columns && rows == g->rows)
		return true;
	cc_gcell *cells = cc_calloc((size_t)columns * (size_t)rows, sizeof *cells);
	if (!cells)
		return false;
	cc_free(g->cells);
	g->cells = cells;
	g->columns = columns;
	g->rows = rows;
	cc_grid_clear(g);
	return true;
}

void cc_grid_deinit(cc_grid *g)
{
	cc_free(g->cells);
	cc_buf_deinit(&g->scratch);
	*g = (cc_grid){ 0 };
}

void cc_grid_clear(cc_grid *g)
{
	size_t n = (size_t)g->columns * (size_t)g->rows;
	for (size_t i = 0; i < n; i++)
		g->cells[i] = blank;
	g->cursor_shown = false;
	g->axis_count = 0;
	g->cursor_x = g->cursor_y = 0;
}

cc_gcell *cc_grid_at(const cc_grid *g, int x, int y)
{
	if (x < 0 || y < 0 || x >= g->columns || y >= g->rows)
		return NULL;
	return &g->cells[(size_t)y * (size_t)g->columns + (size_t)x];
}

static bool is_invisible(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad || (cp >= 0x200b && cp <= 0x200f) ||
		(cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) || (cp >= 0xfe00 && cp <= 0xfe0f) || cp == 0xfeff ||
		(cp >= 0xfff9 && cp <= 0xfffb) || (cp >= 0xd800 && cp <= 0xdfff) || cp >= 0xe0000;
}

/* Overwriting one half of a wide character leaves the other half meaningless: blank it. */
static void break_wide(cc_grid *g, int x, int y)
{
	cc_gcell *c = cc_grid_at(g, x, y);
	if (!c)
		return;
	cc_gcell *other = c->width == 0 ? cc_grid_at(g, x - 1, y) : c->width == 2 ? cc_grid_at(g, x + 1, y) : NULL;
	if (other) {
		other->ch = ' ';
		other->width = 1;
		other->comb[0] = other->comb[1] = 0;
	}
}

void cc_grid_put(cc_grid *g, int x, int y, uint32_t ch, cc_look look, unsigned attr)
{
	cc_gcell *c = cc_grid_at(g, x, y);
	if (!c)
		return;
	if (is_invisible(ch) || (g->ascii && ch > 0x7e))
		ch = '?';
	int width = cc_width_char(ch);
	if (width == 2 && !cc_grid_at(g, x + 1, y)) {
		ch = ' ';
		width = 1;
	}
	break_wide(g, x, y);
	*c = (cc_gcell){ .ch = ch, .width = (uint8_t)(width == 2 ? 2 : 1), .look = (uint8_t)look, .attr = (uint8_t)attr };
	if (width == 2) {
		break_wide(g, x + 1, y);
		c[1] = (cc_gcell){ .ch = ' ', .width = 0, .look = (uint8_t)look, .attr = (uint8_t)attr };
	}
}

static void combine(cc_grid *g, int x, int y, uint32_t ch)
{
	cc_gcell *c = cc_grid_at(g, x, y);
	if (c && c->width == 0)
		c = cc_grid_at(g, x - 1, y);
	if (!c || g->ascii)
		return;
	for (int i = 0; i < CC_GRID_COMBINING; i++) {
		if (c->comb[i] == 0) {
			c->comb[i] = ch;
			return;
		}
	}
}

int cc_grid_text(cc_grid *g, cc_rect r, cc_str text, cc_look look, unsigned attr)
{
	int used = 0;
	if (r.h < 1)
		return 0;
	for (size_t pos = 0; pos < text.n;) {
		uint32_t ch = cc_utf8_next(text, &pos);
		int width = is_invisible(ch) ? 1 : cc_width_char(ch);
		if (width == 0) {
			if (used > 0)
				combine(g, r.x + used - 1, r.y, ch);
			continue;
		}
		if (used + width > r.w)
			break;
		cc_grid_put(g, r.x + used, r.y, ch, look, attr);
		used += width;
	}
	return used;
}

int cc_grid_textz(cc_grid *g, cc_rect r, const char *text, cc_look look, unsigned attr)
{
	return cc_grid_text(g, r, cc_str_from(text), look, attr);
}

int cc_grid_outside(cc_grid *g, cc_rect r, cc_str raw, cc_look look, unsigned attr)
{
	/* A line of megabytes costs only what can be seen of it: four bytes a column are enough, and some for escapes. */
	size_t most = r.w > 0 ? (size_t)r.w * 16 + 64 : 0;
	cc_buf_clear(&g->scratch);
	cc_utf8_clean(&g->scratch, cc_str_sub(raw, 0, most), g->ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
	return cc_grid_text(g, r, cc_buf_str(&g->scratch), look, attr);
}

int cc_grid_printf(cc_grid *g, cc_rect r, cc_look look, unsigned attr, const char *fmt, ...)
{
	va_list ap;
	cc_buf_clear(&g->scratch);
	va_start(ap, fmt);
	cc_buf_addv(&g->scratch, fmt, ap);
	va_end(ap);
	return cc_grid_text(g, r, cc_buf_str(&g->scratch), look, attr);
}

void cc_grid_fill(cc_grid *g, cc_rect r, uint32_t ch, cc_look look, unsigned attr)
{
	for (int y = r.y; y < r.y + r.h; y++)
		for (int x = r.x; x < r.x + r.w; x++)
			cc_grid_put(g, x, y, ch, look, attr);
}

void cc_grid_paint(cc_grid *g, cc_rect r, cc_look look, unsigned attr)
{
	for (int y = r.y; y < r.y + r.h; y++) {
		for (int x = r.x; x < r.x + r.w; x++) {
			cc_gcell *c = cc_grid_at(g, x, y);
			if (!c)
				continue;
			if (look != CC_LOOK_KEEP)
				c->look = (uint8_t)look;
			c->attr = (uint8_t)(c->attr | attr);
		}
	}
}

cc_rect cc_grid_box(cc_grid *g, cc_rect r, const char *title)
{
	static const uint32_t line[] = { 0x250c, 0x2510, 0x2514, 0x2518, 0x2500, 0x2502 }, plain[] = { '+', '+', '+', '+', '-', '|' };
	const uint32_t *l = g->ascii ? plain : line;
	if (r.w < 2 || r.h < 2)
		return r;
	cc_grid_fill(g, r, ' ', CC_LOOK_MENU, 0);
	cc_grid_fill(g, (cc_rect){ r.x, r.y, r.w, 1 }, l[4], CC_LOOK_BORDER, 0);
	cc_grid_fill(g, (cc_rect){ r.x, r.y + r.h - 1, r.w, 1 }, l[4], CC_LOOK_BORDER, 0);
	cc_grid_fill(g, (cc_rect){ r.x, r.y, 1, r.h }, l[5], CC_LOOK_BORDER, 0);
	cc_grid_fill(g, (cc_rect){ r.x + r.w - 1, r.y, 1, r.h }, l[5], CC_LOOK_BORDER, 0);
	cc_grid_put(g, r.x, r.y, l[0], CC_LOOK_BORDER, 0);
	cc_grid_put(g, r.x + r.w - 1, r.y, l[1], CC_LOOK_BORDER, 0);
	cc_grid_put(g, r.x, r.y + r.h - 1, l[2], CC_LOOK_BORDER, 0);
	cc_grid_put(g, r.x + r.w - 1, r.y + r.h - 1, l[3], CC_LOOK_BORDER, 0);
	if (title && *title)
		cc_grid_printf(g, (cc_rect){ r.x + 2, r.y, r.w - 4, 1 }, CC_LOOK_TITLE_ACTIVE, 0, " %s ", title);
	return (cc_rect){ r.x + 1, r.y + 1, r.w - 2, r.h - 2 };
}

cc_rect cc_rect_row(cc_rect r, int i)
{
	return (cc_rect){ r.x, r.y + i, r.w, i >= 0 && i < r.h ? 1 : 0 };
}

cc_rect cc_rect_skip(cc_rect r, int columns)
{
	columns = clamp(columns, 0, r.w > 0 ? r.w : 0);
	return (cc_rect){ r.x + columns, r.y, r.w - columns, r.h };
}

cc_rect cc_rect_inset(cc_rect outer, int w, int h)
{
	w = clamp(w, 0, outer.w);
	h = clamp(h, 0, outer.h);
	return (cc_rect){ outer.x + (outer.w - w) / 2, outer.y + (outer.h - h) / 2, w, h };
}

static void dump_row(const cc_grid *g, int y, cc_buf *out, bool looks)
{
	size_t keep = out->n;
	for (int x = 0; x < g->columns; x++) {
		const cc_gcell *c = cc_grid_at(g, x, y);
		char bytes[4];
		if (c->width == 0)
			continue;
		if (looks) {
			cc_buf_add_char(out, c->attr & CC_ATTR_SELECTED ? '>' : cc_look_letter((cc_look)c->look));
		} else {
			cc_buf_add(out, (cc_str){ bytes, cc_utf8_encode(c->ch, bytes) });
			for (int i = 0; i < CC_GRID_COMBINING && c->comb[i]; i++)
				cc_buf_add(out, (cc_str){ bytes, cc_utf8_encode(c->comb[i], bytes) });
		}
		if (looks || c->ch != ' ')
			keep = out->n;
	}
	cc_buf_truncate(out, keep);
	cc_buf_add_char(out, '\n');
}

void cc_grid_dump(const cc_grid *g, cc_buf *out, bool looks)
{
	for (int y = 0; y < g->rows; y++)
		dump_row(g, y, out, false);
	for (int y = 0; looks && y < g->rows; y++)
		dump_row(g, y, out, true);
}
