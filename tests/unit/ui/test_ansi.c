/* test_ansi.c - what the encoder writes is read by a small terminal of the test's own, which must then show the grid: random
 * grids one after the other, with wide characters, combining marks and every attribute, in colours of all kinds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/rng.h"
#include "coldcase/utf8.h"
#include "ui/ansi.h"
#include "ui/ink.h"

enum { W = 24, H = 6 };

/* --- the terminal of the test: knows ECMA-48 and nothing of the encoder --- */

typedef struct vt {
	cc_ansi_cell cells[H][W];
	cc_style pen;
	int x, y;                /* x == W: the last column was written, the next character would wrap */
	bool cursor;
} vt;

static void vt_erase(vt *t, int y, int from)
{
	for (int x = from; x < W; x++)
		t->cells[y][x] = (cc_ansi_cell){ .ch = ' ', .width = 1, .style = { CC_COLOR_DEFAULT, t->pen.bg, 0 } };
}

static void vt_print(vt *t, uint32_t ch)
{
	int width = cc_width_char(ch);
	if (width == 0) {
		cc_ansi_cell *c = &t->cells[t->y][t->x - 1];
		c = c->width == 0 ? c - 1 : c;
		c->comb[c->comb[0] ? 1 : 0] = ch;
		return;
	}
	assert_true(t->x + width <= W);      /* nothing may lean on wrapping */
	cc_ansi_cell *c = &t->cells[t->y][t->x];
	if (c->width == 0)                   /* half of a wide one is nothing */
		c[-1] = (cc_ansi_cell){ .ch = ' ', .width = 1, .style = c[-1].style };
	for (int i = 0; i < width; i++)
		if (c[i].width == 2 && t->x + i + 1 < W)
			c[i + 1] = (cc_ansi_cell){ .ch = ' ', .width = 1, .style = c[i].style };
	c[0] = (cc_ansi_cell){ .ch = ch, .width = (uint8_t)width, .style = t->pen };
	if (width == 2)
		c[1] = (cc_ansi_cell){ .ch = ' ', .width = 0, .style = t->pen };
	t->x += width;
}

static size_t vt_color(const int *p, size_t i, size_t n, cc_color *out)
{
	if (i + 4 < n && p[i + 1] == 2) {
		*out = CC_COLOR_RGB | p[i + 2] << 16 | p[i + 3] << 8 | p[i + 4];
		return i + 4;
	}
	assert_true(i + 2 < n && p[i + 1] == 5);
	*out = p[i + 2];
	return i + 2;
}

static void vt_sgr(vt *t, const int *p, size_t n)
{
	static const unsigned ON[10] = { 0, CC_ATTR_BOLD, CC_ATTR_DIM, CC_ATTR_ITALIC, CC_ATTR_UNDERLINE, 0, 0, CC_ATTR_REVERSE };
	static const unsigned OFF[8] = { 0, 0, CC_ATTR_BOLD | CC_ATTR_DIM, CC_ATTR_ITALIC, CC_ATTR_UNDERLINE, 0, 0, CC_ATTR_REVERSE };
	for (size_t i = 0; i < n; i++) {
		int v = p[i];
		if (v == 0)
			t->pen = (cc_style){ CC_COLOR_DEFAULT, CC_COLOR_DEFAULT, 0 };
		else if (v < 10)
			t->pen.attr |= ON[v];
		else if (v >= 22 && v <= 27)
			t->pen.attr &= ~OFF[v - 20];
		else if (v == 38)
			i = vt_color(p, i, n, &t->pen.fg);
		else if (v == 48)
			i = vt_color(p, i, n, &t->pen.bg);
		else if (v >= 90)
			*(v < 100 ? &t->pen.fg : &t->pen.bg) = v % 10 + 8;
		else
			*(v < 40 ? &t->pen.fg : &t->pen.bg) = v % 10 == 9 ? CC_COLOR_DEFAULT : v % 10;
	}
}

static void vt_control(vt *t, char what, bool private, const int *p, size_t n)
{
	int first = p[0] ? p[0] : 1;
	if (private)
		assert_true((what == 'h' || what == 'l') && p[0] == 25);
	switch (what) {
	case 'm': vt_sgr(t, p, n); break;
	case 'H': t->y = first - 1; t->x = n > 1 && p[1] ? p[1] - 1 : 0; break;
	case 'C': assert_true(t->x < W); t->x += first; break;
	case 'K': assert_int_equal(p[0], 0); vt_erase(t, t->y, t->x); break;
	case 'J':
		assert_int_equal(p[0], 2);
		for (int y = 0; y < H; y++)
			vt_erase(t, y, 0);
		break;
	case 'h': case 'l': t->cursor = what == 'h'; break;
	default: fail_msg("CSI %c", what);
	}
	assert_true(t->x >= 0 && t->x < W + (what == 'm') + (what == 'h' || what == 'l') && t->y >= 0 && t->y < H);
}

static void vt_feed(vt *t, cc_str bytes)
{
	for (size_t i = 0; i < bytes.n;) {
		int p[16] = { 0 };
		size_t n = 1;
		bool private = false;
		uint32_t ch = cc_utf8_next(bytes, &i);
		if (ch != 27) {
			assert_true(ch >= ' ' && ch != CC_UTF8_BAD);
			vt_print(t, ch);
			continue;
		}
		assert_int_equal(bytes.p[i++], '[');
		for (; bytes.p[i] < '@'; i++) {
			if (bytes.p[i] == '?')
				private = true;
			else if (bytes.p[i] == ';')
				n++;
			else
				p[n - 1] = p[n - 1] * 10 + bytes.p[i] - '0';
		}
		vt_control(t, bytes.p[i++], private, p, n);
	}
}

/* --- grids --- */

static void scribble(cc_grid *g, cc_rng *rng)
{
	static const char *const TEXTS[] = { "alerts level>=error", "e\xcc\x81t\xc3\xa9", "\xe6\x97\xa5\xe6\x9c\xac", "\xe2\x96\x81\xe2\x96\x84\xe2\x96\x88",
		"\xe2\x94\x82", "\xe2\xa0\xbf\xe2\xa3\xbf", "   ", "          ", "x\xe6\x97\xa5y" };
	for (uint64_t n = 1 + cc_rng_below(rng, 6); n > 0; n--) {
		cc_rect r = { (int)cc_rng_below(rng, W), (int)cc_rng_below(rng, H), W, 1 };
		cc_look look = (cc_look)cc_rng_below(rng, CC_LOOK_COUNT);
		unsigned attr = cc_rng_below(rng, 3) ? 0 : (unsigned)cc_rng_below(rng, 128);
		r.w -= r.x;
		if (cc_rng_below(rng, 4) == 0)
			cc_grid_paint(g, r, cc_rng_below(rng, 2) ? look : CC_LOOK_KEEP, attr);
		else
			cc_grid_textz(g, r, TEXTS[cc_rng_below(rng, sizeof TEXTS / sizeof TEXTS[0])], look, attr);
	}
	if (cc_rng_below(rng, 12) == 0)
		cc_grid_clear(g);
	g->cursor_shown = cc_rng_below(rng, 3) == 0;
	g->cursor_x = (int)cc_rng_below(rng, W);
	g->cursor_y = (int)cc_rng_below(rng, H);
}

static void expect_shown(const vt *t, const cc_grid *g, const cc_theme *theme, int round)
{
	for (int y = 0; y < H; y++) {
		for (int x = 0; x < W; x++) {
			cc_ansi_cell want = cc_ansi_cell_of(theme, cc_grid_at(g, x, y)), have = t->cells[y][x];
			if (have.ch == ' ' && !(have.style.attr & (CC_ATTR_UNDERLINE | CC_ATTR_REVERSE)))
				have.style = (cc_style){ CC_COLOR_DEFAULT, have.style.bg, 0 };
			if (want.width == 0)
				have.style = want.style;
			if (have.ch != want.ch || have.width != want.width || memcmp(have.comb, want.comb, sizeof want.comb) != 0 ||
				have.style.fg != want.style.fg || have.style.bg != want.style.bg || have.style.attr != want.style.attr)
				fail_msg("round %d, %d,%d: U+%04X %u fg %x bg %x attr %x, wanted U+%04X %u fg %x bg %x attr %x", round, x, y,
					have.ch, have.width, (unsigned)have.style.fg, (unsigned)have.style.bg, have.style.attr, want.ch, want.width,
					(unsigned)want.style.fg, (unsigned)want.style.bg, want.style.attr);
		}
	}
	assert_int_equal(t->cursor, g->cursor_shown);
	if (g->cursor_shown)
		assert_true(t->x == g->cursor_x && t->y == g->cursor_y);
}

static void play(const cc_theme *theme, uint64_t seed)
{
	cc_rng rng;
	cc_grid g = { 0 };
	cc_ansi a;
	cc_buf out = CC_BUF_INIT;
	vt t = { .pen = { 5, 5, CC_ATTR_BOLD }, .x = 3, .y = 3 };    /* left over from something else */
	cc_rng_init(&rng, seed);
	assert_true(cc_grid_resize(&g, W, H));
	cc_ansi_init(&a, theme);
	for (int round = 0; round < 400; round++) {
		cc_buf_clear(&out);
		assert_true(cc_ansi_write(&a, &g, &out));
		vt_feed(&t, cc_buf_str(&out));
		expect_shown(&t, &g, theme, round);
		cc_buf_clear(&out);
		assert_true(cc_ansi_write(&a, &g, &out));
		assert_int_equal(out.n, 0);                          /* nothing changed, nothing to write */
		scribble(&g, &rng);
	}
	cc_buf_deinit(&out);
	cc_ansi_deinit(&a);
	cc_grid_deinit(&g);
}

static void a_terminal_shows_the_grid(void **state)
{
	static const char *const THEMES[] = { "default", "themes/dark.yaml", "themes/light.yaml", "themes/mono.yaml", "themes/high-contrast.yaml" };
	(void)state;
	for (size_t i = 0; i < sizeof THEMES / sizeof THEMES[0]; i++) {
		cc_theme *theme;
		assert_int_equal(cc_theme_load(&theme, THEMES[i], NULL), CC_OK);
		for (int look = 0; i == 0 && look < 16; look++)      /* bright ones and those of the cube too */
			theme->styles[look].bg = look * 17;
		play(theme, i + 1);
		cc_theme_free(theme);
	}
}

static void only_what_changed_is_written(void **state)
{
	(void)state;
	cc_theme theme;
	cc_grid g = { 0 };
	cc_ansi a;
	cc_buf out = CC_BUF_INIT;
	cc_theme_init_default(&theme);
	cc_ansi_init(&a, &theme);
	assert_true(cc_grid_resize(&g, W, H));
	cc_grid_textz(&g, (cc_rect){ 0, 2, W, 1 }, "3 alerts of 7", CC_LOOK_TEXT, 0);
	assert_true(cc_ansi_write(&a, &g, &out));
	assert_string_equal(out.p, "\033[m\033[?25l\033[H\033[2J\033[3H3 alerts of 7");
	cc_buf_clear(&out);
	cc_grid_textz(&g, (cc_rect){ 0, 2, W, 1 }, "4", CC_LOOK_CRITICAL, 0);
	cc_grid_textz(&g, (cc_rect){ 12, 2, W, 1 }, "8", CC_LOOK_TEXT, 0);
	assert_true(cc_ansi_write(&a, &g, &out));
	assert_string_equal(out.p, "\033[3H\033[1;31m4\033[11C\033[m8");
	cc_buf_clear(&out);
	cc_grid_textz(&g, (cc_rect){ 2, 2, 20, 1 }, "none       ", CC_LOOK_TEXT, 0);
	assert_true(cc_ansi_write(&a, &g, &out));
	assert_string_equal(out.p, "\033[3;3Hnone\033[K");
	cc_buf_clear(&out);
	assert_true(cc_grid_resize(&g, W - 1, H));                   /* another size begins anew */
	assert_true(cc_ansi_write(&a, &g, &out) && strstr(out.p, "\033[2J"));
	cc_buf_deinit(&out);
	cc_ansi_deinit(&a);
	cc_grid_deinit(&g);
}

/* What the terminal's own colours become is readable on the paper chosen for it, in both kinds of theme. */
static void ink_can_be_read(void **state)
{
	(void)state;
	for (int dark = 0; dark < 2; dark++) {
		cc_theme theme;
		cc_ink ink;
		cc_theme_init_default(&theme);
		theme.dark = dark;
		cc_ink_of(&ink, &theme);
		assert_true(cc_color_contrast(ink.fg, ink.bg) > 10);
		for (int look = 0; look < CC_LOOK_COUNT; look++) {
			cc_color fg, bg;
			cc_ink_style(&ink, theme.styles[look], &fg, &bg);
			if (cc_color_contrast(fg, bg) < 4.5)
				fail_msg("%s on %s paper: %.1f", cc_look_name((cc_look)look), dark ? "dark" : "light", cc_color_contrast(fg, bg));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_terminal_shows_the_grid),
		cmocka_unit_test(only_what_changed_is_written),
		cmocka_unit_test(ink_can_be_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
