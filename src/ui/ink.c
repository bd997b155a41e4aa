/* ink.c - exact colours for pictures, see ink.h. A base16 theme brings its sixteen; one that names the terminal's own gets a terminal
 * whose every colour is readable on its paper, dark or light as the theme says. */
#include "ui/ink.h"

static const cc_ink DARK = { CC_COLOR_RGB | 0xd5dde5, CC_COLOR_RGB | 0x14181d, { 0x14181d, 0xff8f86, 0x8fd18b, 0xf0cf65, 0x86b8ff,
	0xd2a6ff, 0x6fd0d6, 0xd5dde5, 0x7c8a99, 0xffa9a1, 0xa6e0a2, 0xf7de8a, 0xa5caff, 0xe0bfff, 0x92e0e5, 0xf5f8fa } };
static const cc_ink LIGHT = { CC_COLOR_RGB | 0x22262b, CC_COLOR_RGB | 0xfbfaf7, { 0x22262b, 0xa8101f, 0x1d6020, 0x6b5200, 0x1a4fa0,
	0x6b2fa0, 0x00606b, 0x5f6670, 0x4d545e, 0xc01829, 0x257a29, 0x8a4400, 0x2563c4, 0x8240bd, 0x007885, 0x14171a } };

/* Where the palettes of terminals have the colours of base16, as its templates for shells do. */
static const int SLOTS[16] = { 0x0, 0x8, 0xb, 0xa, 0xd, 0xe, 0xc, 0x5, 0x3, 0x8, 0xb, 0xa, 0xd, 0xe, 0xc, 0x7 };

void cc_ink_of(cc_ink *out, const cc_theme *t)
{
	*out = t->dark ? DARK : LIGHT;
	if (t->has_palette) {
		out->fg = t->palette[5];
		out->bg = t->palette[0];
	}
	for (int i = 0; i < 16; i++)
		out->palette[i] = t->has_palette ? t->palette[SLOTS[i]] : CC_COLOR_RGB | out->palette[i];
}

static cc_color exact(const cc_ink *ink, cc_color c, cc_color none)
{
	if (c == CC_COLOR_DEFAULT)
		return none;
	return CC_COLOR_IS_RGB(c) ? c : c < 16 ? ink->palette[c] : cc_color_of_256(c);
}

/* Seven tenths of the way from the paper: dim, and still to be read. */
static cc_color mix(cc_color ink, cc_color paper)
{
	cc_color c = 0;
	for (int shift = 16; shift >= 0; shift -= 8)
		c |= (((ink >> shift) & 255) * 7 + ((paper >> shift) & 255) * 3) / 10 << shift;
	return CC_COLOR_RGB | c;
}

void cc_ink_style(const cc_ink *ink, cc_style s, cc_color *fg, cc_color *bg)
{
	*fg = exact(ink, s.fg, ink->fg);
	*bg = exact(ink, s.bg, ink->bg);
	if (s.attr & CC_ATTR_DIM)
		*fg = mix(*fg, *bg);
	if (s.attr & CC_ATTR_REVERSE) {
		cc_color swap = *fg;
		*fg = *bg;
		*bg = swap;
	}
}
