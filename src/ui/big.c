/* big.c - digits of three by five cells: to be read from the last row of a room. */
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

void cc_big_draw(cc_grid *g, cc_rect r, const char *text, cc_look look)
{
	static const char *const digits[] = { "####.##.##.####", ".#.##..#..#.###", "###..#####..###", "###..####..####", "#.##.####..#..#",
		"####..###..####", "####..####.####", "###..#..#..#..#", "####.#####.####", "####.####..####" };
	uint32_t full = g->ascii ? '#' : 0x2588;
	for (int x = 0; *text; x += *text == ':' ? COLON_WIDTH : DIGIT_WIDTH, text++) {
		for (int cell = 0; *text >= '0' && *text <= '9' && cell < 15; cell++)
			if (digits[*text - '0'][cell] == '#' && x + cell % 3 < r.w && cell / 3 < r.h)
				cc_grid_put(g, r.x + x + cell % 3, r.y + cell / 3, full, look, 0);
		for (int y = 1; *text == ':' && y < 4 && y < r.h && x < r.w; y += 2)
			cc_grid_put(g, r.x + x, r.y + y, full, look, 0);
	}
}
