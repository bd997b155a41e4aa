/* svg.c - a grid as SVG, see svg.h.
 *
 * Row by row: papers, shapes, underlines, then text in runs of one ink. A run says how long it is, so that any font of equal widths
 * keeps the columns; it has no two blanks in a row, so that nothing depends on how blanks are kept. */
#include "ui/svg.h"

#include "coldcase/utf8.h"
#include "ui/ansi.h"

enum { BASELINE = 12, UNDERLINE = 14 };

/* XML has no place for controls, nor for the two that are no characters. */
static void escape(cc_buf *out, cc_str text)
{
	for (size_t pos = 0; pos < text.n;) {
		uint32_t ch = cc_utf8_next(text, &pos);
		char bytes[4];
		if (ch == '<' || ch == '>' || ch == '&') {
			cc_buf_addz(out, ch == '<' ? "&lt;" : ch == '>' ? "&gt;" : "&amp;");
			continue;
		}
		if ((ch < ' ' && ch != '\n') || ch == 0xfffe || ch == 0xffff)
			ch = CC_UTF8_BAD;
		cc_buf_add(out, (cc_str){ bytes, cc_utf8_encode(ch, bytes) });
	}
}

static void add_char(cc_buf *out, uint32_t ch)
{
	char bytes[4];
	escape(out, (cc_str){ bytes, cc_utf8_encode(ch, bytes) });
}

static int left(int x)
{
	return CC_SVG_MARGIN + x * CC_SVG_CELL_W;
}

static int top(int y)
{
	return CC_SVG_MARGIN + y * CC_SVG_CELL_H;
}

/* --- papers, shapes and underlines: paths of one fill --- */

static void end_path(cc_svg *s, cc_color fill, int opacity)
{
	if (s->part.n) {
		cc_buf_addf(s->out, "<path fill=\"#%06x\"", (unsigned)fill & 0xffffff);
		if (opacity < 4)
			cc_buf_addf(s->out, " fill-opacity=\".%d\"", opacity * 25);
		cc_buf_addf(s->out, " d=\"%.*s\"/>\n", CC_STR_ARG(cc_buf_str(&s->part)));
	}
	cc_buf_clear(&s->part);
}

static void put_papers(cc_svg *s, int y)
{
	for (int x = 0, from = 0; x < s->g->columns; from = x) {
		cc_color bg = s->looks[from].bg;
		while (x < s->g->columns && s->looks[x].bg == bg)
			x++;
		if (bg == s->ink.bg)
			continue;
		cc_buf_addf(&s->part, "M%d %dh%dv%dh-%dz", left(from), top(y), (x - from) * CC_SVG_CELL_W, CC_SVG_CELL_H, (x - from) * CC_SVG_CELL_W);
		end_path(s, bg, 4);
	}
}

static void put_shapes(cc_svg *s, int y)
{
	cc_color fill = 0;
	int opacity = 4, own;
	for (int x = 0; x < s->g->columns; x++) {
		cc_buf shape = CC_BUF_INIT;
		if (cc_svg_shape(cc_grid_at(s->g, x, y)->ch, left(x), top(y), &shape, &own)) {
			if (s->looks[x].fg != fill || own != opacity)
				end_path(s, fill, opacity);
			fill = s->looks[x].fg;
			opacity = own;
			cc_buf_add(&s->part, cc_buf_str(&shape));
		}
		s->out->failed |= shape.failed;
		cc_buf_deinit(&shape);
	}
	end_path(s, fill, opacity);
}

static void put_underlines(cc_svg *s, int y)
{
	for (int x = 0, from = 0; x < s->g->columns; from = x) {
		cc_svg_look first = s->looks[from];
		while (x < s->g->columns && s->looks[x].fg == first.fg && (s->looks[x].attr & CC_ATTR_UNDERLINE) == (first.attr & CC_ATTR_UNDERLINE))
			x++;
		if (!(first.attr & CC_ATTR_UNDERLINE))
			continue;
		cc_buf_addf(&s->part, "M%d %dh%dv1h-%dz", left(from), top(y) + UNDERLINE, (x - from) * CC_SVG_CELL_W, (x - from) * CC_SVG_CELL_W);
		end_path(s, first.fg, 4);
	}
}

/* --- text --- */

static bool is_text(const cc_svg *s, int x, int y)
{
	cc_buf none = CC_BUF_INIT;
	int opacity;
	const cc_gcell *c = x < s->g->columns ? cc_grid_at(s->g, x, y) : NULL;
	bool text = c && c->ch != ' ' && !cc_svg_shape(c->ch, 0, 0, &none, &opacity);
	cc_buf_deinit(&none);
	return text;
}

/* Written with the same ink, and as wide in its font as the one before: others begin a run of their own. */
static bool goes_on(const cc_svg *s, int from, int x, int y)
{
	const cc_gcell *a = cc_grid_at(s->g, from, y), *b = cc_grid_at(s->g, x, y);
	enum { SHAPE = CC_ATTR_BOLD | CC_ATTR_ITALIC };
	return is_text(s, x, y) && s->looks[from].fg == s->looks[x].fg && ((s->looks[from].attr ^ s->looks[x].attr) & SHAPE) == 0 &&
		(a->ch < 0x7f) == (b->ch < 0x7f) && a->width == b->width;
}

static void add_cell(cc_svg *s, const cc_gcell *c)
{
	add_char(&s->part, c->ch);
	for (int i = 0; i < CC_GRID_COMBINING && c->comb[i]; i++)
		add_char(&s->part, c->comb[i]);
}

/* From x on; gives where it ends. */
static int put_run(cc_svg *s, int x, int y)
{
	int from = x, wide = cc_grid_at(s->g, x, y)->width;
	const cc_svg_look *l = &s->looks[from];
	do {
		add_cell(s, cc_grid_at(s->g, x, y));
		x += wide;
		if (x + 1 < s->g->columns && cc_grid_at(s->g, x, y)->ch == ' ' && cc_grid_at(s->g, x, y)->width == 1 && goes_on(s, from, x + 1, y)) {
			cc_buf_add_char(&s->part, ' ');
			x++;
		}
	} while (x < s->g->columns && goes_on(s, from, x, y));
	cc_buf_addf(s->out, "<text x=\"%d\" y=\"%d\"", left(from), top(y) + BASELINE);
	if (x - from > wide)
		cc_buf_addf(s->out, " textLength=\"%d\"", (x - from) * CC_SVG_CELL_W);
	if (l->fg != s->ink.fg)
		cc_buf_addf(s->out, " fill=\"#%06x\"", (unsigned)l->fg & 0xffffff);
	cc_buf_addf(s->out, "%s%s>%.*s</text>\n", l->attr & CC_ATTR_BOLD ? " font-weight=\"700\"" : "",
		l->attr & CC_ATTR_ITALIC ? " font-style=\"italic\"" : "", CC_STR_ARG(cc_buf_str(&s->part)));
	cc_buf_clear(&s->part);
	return x;
}

static void put_text(cc_svg *s, int y)
{
	for (int x = 0; x < s->g->columns;)
		x = is_text(s, x, y) ? put_run(s, x, y) : x + 1;
}

/* --- the picture --- */

void cc_svg_row(cc_svg *s, int y)
{
	for (int x = 0; x < s->g->columns; x++) {
		cc_style style = cc_ansi_cell_of(s->theme, cc_grid_at(s->g, x, y)).style;
		s->looks[x].attr = style.attr;
		cc_ink_style(&s->ink, style, &s->looks[x].fg, &s->looks[x].bg);
	}
	put_papers(s, y);
	put_shapes(s, y);
	put_underlines(s, y);
	put_text(s, y);
}

static void put_words(cc_svg *s, cc_str title)
{
	cc_buf text = CC_BUF_INIT;
	cc_buf_addz(s->out, "<title>");
	escape(s->out, title);
	cc_buf_addz(s->out, "</title>\n<desc>");
	cc_grid_dump(s->g, &text, false);
	escape(s->out, cc_str_trim(cc_buf_str(&text)));
	cc_buf_addz(s->out, "</desc>\n");
	s->out->failed |= text.failed;
	cc_buf_deinit(&text);
}

void cc_svg_begin(cc_svg *s, cc_buf *out, const cc_grid *g, const cc_theme *theme, cc_str title, cc_str style)
{
	int w = 2 * CC_SVG_MARGIN + g->columns * CC_SVG_CELL_W, h = 2 * CC_SVG_MARGIN + g->rows * CC_SVG_CELL_H;
	*s = (cc_svg){ .out = out, .g = g, .theme = theme };
	cc_ink_of(&s->ink, theme);
	cc_buf_addf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n", w, h, w, h);
	put_words(s, title);
	if (style.n)
		cc_buf_addf(out, "<style>\n%.*s</style>\n", CC_STR_ARG(style));
	cc_buf_addf(out, "<rect width=\"100%%\" height=\"100%%\" rx=\"6\" fill=\"#%06x\"/>\n", (unsigned)s->ink.bg & 0xffffff);
	cc_buf_addf(out, "<g fill=\"#%06x\" font-family=\"ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace\" font-size=\"13\">\n",
		(unsigned)s->ink.fg & 0xffffff);
}

void cc_svg_end(cc_svg *s)
{
	cc_buf_addz(s->out, "</g>\n</svg>\n");
	s->out->failed |= s->part.failed;
	cc_buf_deinit(&s->part);
}
