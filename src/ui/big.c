/* big.c - digits to be read from the last row of a room: of three by five cells, and low ones of three by three, two dots in a cell. */
#include "ui/draw.h"

#include <string.h>

enum { DIGIT_WIDTH = 5, COLON_WIDTH = 3 };

int cc_big_width(const char *text)
{
	int w = 0;
	for (; *text; text++)
		w += *text == ':' ? COLON_WIDTH : DIGIT_WIDTH;
	return w;
}

static const char *const DIGITS[] = { "####.##.##.####", ".#.##..#..#.###", "###..#####..###", "###..####..####", "#.##.####..#..#",
	"####..###..####", "####..####.####", "###..#..#..#..#", "####.#####.####", "####.####..####" };

void cc_big_draw(cc_grid *g, cc_rect r, const char *text, cc_look look)
{
	uint32_t full = g->ascii ? '#' : 0x2588;
	for (int x = 0; *text; x += *text == ':' ? COLON_WIDTH : DIGIT_WIDTH, text++) {
		for (int cell = 0; *text >= '0' && *text <= '9' && cell < 15; cell++)
			if (DIGITS[*text - '0'][cell] == '#' && x + cell % 3 < r.w && cell / 3 < r.h)
				cc_grid_put(g, r.x + x + cell % 3, r.y + cell / 3, full, look, 0);
		for (int y = 1; *text == ':' && y < 4 && y < r.h && x < r.w; y += 2)
			cc_grid_put(g, r.x + x, r.y + y, full, look, 0);
	}
}

enum { LOW_DIGIT = 4, LOW_COLON = 2 };

int cc_big_low_width(const char *text)
{
	int w = 0;
	for (; *text; text++)
		w += *text == ':' ? LOW_COLON : LOW_DIGIT;
	return w;
}

/* The upper and the lower half of a cell are a dot each. */
static uint32_t low_cell(int digit, int x, int y)
{
	const char *d = DIGITS[digit];
	bool upper = d[y * 6 + x] == '#', lower = y < CC_BIG_LOW_ROWS - 1 && d[y * 6 + 3 + x] == '#';
	return upper && lower ? 0x2588 : upper ? 0x2580 : lower ? 0x2584 : ' ';
}

/* Without block characters, as on a pocket calculator. */
static uint32_t segment_cell(int digit, int x, int y)
{
	static const char *const segments[] = { " _ | ||_|", "     |  |", " _  _||_ ", " _  _| _|", "   |_|  |", " _ |_  _|", " _ |_ |_|",
		" _   |  |", " _ |_||_|", " _ |_| _|" };
	return (unsigned char)segments[digit][y * 3 + x];
}

void cc_big_draw_low(cc_grid *g, cc_rect r, const char *text, cc_look look)
{
	for (int x = 0; *text; x += *text == ':' ? LOW_COLON : LOW_DIGIT, text++) {
		for (int cell = 0; *text >= '0' && *text <= '9' && cell < 9; cell++)
			if (x + cell % 3 < r.w && cell / 3 < r.h)
				cc_grid_put(g, r.x + x + cell % 3, r.y + cell / 3, g->ascii ? segment_cell(*text - '0', cell % 3, cell / 3) :
					low_cell(*text - '0', cell % 3, cell / 3), look, CC_ATTR_BOLD);
		if (*text == ':' && x < r.w && r.h >= CC_BIG_LOW_ROWS)
			for (int y = g->ascii; y < 2; y++)
				cc_grid_put(g, r.x + x, r.y + y + g->ascii, g->ascii ? '.' : 0x2584, look, CC_ATTR_BOLD);
	}
}
