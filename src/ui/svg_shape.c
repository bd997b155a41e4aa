/* svg_shape.c - block elements, lines, triangles and braille as path data of eight by sixteen units: they meet at the edges of their
 * cells, which no font promises. */
#include "ui/svg.h"

enum { W = CC_SVG_CELL_W, H = CC_SVG_CELL_H };

static void rect(cc_buf *path, int x, int y, int w, int h)
{
	cc_buf_addf(path, "M%d %dh%dv%dh-%dz", x, y, w, h, w);
}

static bool block(uint32_t ch, int x, int y, cc_buf *path, int *opacity)
{
	if (ch < 0x2580 || ch > 0x2593)
		return false;
	if (ch == 0x2580)
		rect(path, x, y, W, H / 2);
	else if (ch <= 0x2588)
		rect(path, x, y + H - (int)(ch - 0x2580) * H / 8, W, (int)(ch - 0x2580) * H / 8);
	else if (ch <= 0x258f)
		rect(path, x, y, (int)(0x2590 - ch) * W / 8, H);
	else if (ch == 0x2590)
		rect(path, x + W / 2, y, W / 2, H);
	else
		rect(path, x, y, W, H);
	if (ch > 0x2590)
		*opacity = (int)(ch - 0x2590);
	return true;
}

/* Where its arms go: up 1, right 2, down 4, left 8; thick 16, double 32, and of broken ones how many pieces. */
static const struct { uint32_t ch; unsigned arms; int pieces; } LINES[] = { { 0x2500, 10, 0 }, { 0x2502, 5, 0 }, { 0x2503, 5 | 16, 0 },
	{ 0x2506, 5, 3 }, { 0x2508, 10, 4 }, { 0x250c, 6, 0 }, { 0x2510, 12, 0 }, { 0x2514, 3, 0 }, { 0x2518, 9, 0 }, { 0x251c, 7, 0 },
	{ 0x2524, 13, 0 }, { 0x252c, 14, 0 }, { 0x2534, 11, 0 }, { 0x253c, 15, 0 }, { 0x254c, 10, 2 }, { 0x2550, 10 | 32, 0 } };

static void pieces(cc_buf *path, int x, int y, unsigned arms, int count)
{
	int length = (arms & 1 ? H : W) / count;
	for (int i = 0; i < count; i++) {
		if (arms & 1)
			rect(path, x + W / 2 - 1, y + i * length, 1, length - 2);
		else
			rect(path, x + i * length, y + H / 2, length > 2 ? length - 2 : 1, 1);
	}
}

static void arms_of(cc_buf *path, int x, int y, unsigned arms)
{
	int thick = arms & 16 ? 2 : 1, mx = x + W / 2 - 1, my = y + H / 2;
	if (arms & 32) {
		rect(path, x, my - 1, W, 1);
		rect(path, x, my + 2, W, 1);
		return;
	}
	if (arms & 10)
		rect(path, arms & 8 ? x : mx, my, (arms & 8 ? W / 2 : 1) + (arms & 2 ? W / 2 : 0), 1);
	if (arms & 5)
		rect(path, mx, arms & 1 ? y : my, thick, (arms & 1 ? H / 2 + 1 : 0) + (arms & 4 ? H / 2 - (arms & 1 ? 1 : 0) : 0));
}

static bool line(uint32_t ch, int x, int y, cc_buf *path)
{
	for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
		if (LINES[i].ch != ch)
			continue;
		if (LINES[i].pieces)
			pieces(path, x, y, LINES[i].arms, LINES[i].pieces);
		else
			arms_of(path, x, y, LINES[i].arms);
		return true;
	}
	return false;
}

/* Dots 1 to 8: down the left column, down the right one, then the fourth row. */
static bool braille(uint32_t ch, int x, int y, cc_buf *path)
{
	static const unsigned char AT[8][2] = { { 1, 1 }, { 1, 5 }, { 1, 9 }, { 5, 1 }, { 5, 5 }, { 5, 9 }, { 1, 13 }, { 5, 13 } };
	if (ch < 0x2800 || ch > 0x28ff)
		return false;
	for (int i = 0; i < 8; i++)
		if ((ch - 0x2800) & (1u << i))
			rect(path, x + AT[i][0], y + AT[i][1], 2, 2);
	return true;
}

bool cc_svg_shape(uint32_t ch, int x, int y, cc_buf *path, int *opacity)
{
	*opacity = 4;
	if (ch == 0x25b2)
		cc_buf_addf(path, "M%d %dl4 9h-8z", x + 4, y + 4);
	else if (ch == 0x25b6)
		cc_buf_addf(path, "M%d %dl8 4l-8 4z", x, y + 4);
	else
		return block(ch, x, y, path, opacity) || line(ch, x, y, path) || braille(ch, x, y, path);
	return true;
}
