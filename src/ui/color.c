/* color.c - colour arithmetic: contrast, and the nearest colour a terminal with fewer of them can show.
 *
 * Nearness is measured in OKLab, where equal distances look equally different; comparing red, green and blue directly turns
 * dim blues into greys. */
#include "ui/theme.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct lab { double l, a, b; } lab;

static double linear(int channel)
{
	double v = channel / 255.0;
	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double luminance(cc_color c)
{
	return 0.2126 * linear((c >> 16) & 255) + 0.7152 * linear((c >> 8) & 255) + 0.0722 * linear(c & 255);
}

double cc_color_contrast(cc_color a, cc_color b)
{
	if (!CC_COLOR_IS_RGB(a) || !CC_COLOR_IS_RGB(b))
		return 21.0;
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
	return x > y ? x / y : y / x;
}

static lab to_lab(cc_color c)
{
	double r = linear((c >> 16) & 255), g = linear((c >> 8) & 255), b = linear(c & 255);
	double l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
	double m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
	double s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
	return (lab){ 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
		1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s };
}

static cc_color rgb(int r, int g, int b)
{
	return CC_COLOR_RGB | (r << 16) | (g << 8) | b;
}

/* The fixed part of the 256 colours: a 6x6x6 cube and 24 greys. The first 16 belong to the person's terminal. */
static cc_color xterm_color(int i)
{
	static const int step[] = { 0, 95, 135, 175, 215, 255 };
	if (i >= 232)
		return rgb(8 + 10 * (i - 232), 8 + 10 * (i - 232), 8 + 10 * (i - 232));
	i -= 16;
	return rgb(step[i / 36], step[i / 6 % 6], step[i % 6]);
}

/* What most terminals show for the first 16. */
static const int ansi16[16] = { 0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff };

cc_color cc_color_of_256(int i)
{
	return i < 16 ? CC_COLOR_RGB | ansi16[i] : xterm_color(i);
}

static int nearest(cc_color c, int from, int to)
{
	lab want = to_lab(c);
	int best = from;
	double best_d = 1e9;
	for (int i = from; i < to; i++) {
		lab have = to_lab(cc_color_of_256(i));
		double dl = want.l - have.l, da = want.a - have.a, db = want.b - have.b, d = dl * dl + da * da + db * db;
		if (d < best_d) {
			best_d = d;
			best = i;
		}
	}
	return best;
}

int cc_color_to_256(cc_color c)
{
	return CC_COLOR_IS_RGB(c) ? nearest(c, 16, 256) : c;
}

int cc_color_to_16(cc_color c)
{
	if (CC_COLOR_IS_RGB(c))
		return nearest(c, 0, 16);
	return c >= 16 ? nearest(cc_color_of_256(c), 0, 16) : c;
}

int cc_color_to_8(cc_color c, bool *bright)
{
	int i = cc_color_to_16(c);
	*bright = i >= 8;
	return i >= 8 ? i - 8 : i;
}

cc_color cc_color_reduce(cc_color c, cc_color_level level, bool *bright)
{
	*bright = false;
	switch (level) {
	case CC_COLOR_MONO: return CC_COLOR_DEFAULT;
	case CC_COLOR_8: return cc_color_to_8(c, bright);
	case CC_COLOR_16: return cc_color_to_16(c);
	case CC_COLOR_256: return cc_color_to_256(c);
	case CC_COLOR_TRUE: break;
	}
	return c;
}

static bool pick_flag(cc_color_level *out, const char *flag)
{
	static const struct { const char *name; cc_color_level level; } names[] = { { "none", CC_COLOR_MONO },
		{ "never", CC_COLOR_MONO }, { "mono", CC_COLOR_MONO },
		{ "8", CC_COLOR_8 }, { "16", CC_COLOR_16 }, { "256", CC_COLOR_256 }, { "truecolor", CC_COLOR_TRUE } };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(flag, names[i].name) == 0) {
			*out = names[i].level;
			return true;
		}
	}
	return false;
}

static cc_color_level from_terminfo(int colors)
{
	const char *env = getenv("COLORTERM");
	if (env && (strcmp(env, "truecolor") == 0 || strcmp(env, "24bit") == 0))
		return CC_COLOR_TRUE;
	return colors > 256 ? CC_COLOR_TRUE : colors == 256 ? CC_COLOR_256 : colors >= 16 ? CC_COLOR_16 :
		colors >= 8 ? CC_COLOR_8 : CC_COLOR_MONO;
}

cc_code cc_color_level_pick(cc_color_level *out, const char *flag, int terminfo_colors, cc_err *err)
{
	const char *no_color = getenv("NO_COLOR");
	*out = CC_COLOR_MONO;
	if (flag && strcmp(flag, "always") == 0) {
		*out = from_terminfo(terminfo_colors >= 8 ? terminfo_colors : 8);
		return CC_OK;
	}
	if (flag && strcmp(flag, "auto") != 0) {
		if (pick_flag(out, flag))
			return CC_OK;
		cc_err_set(err, CC_EUSAGE, "unknown colour setting %s", flag);
		return cc_err_hint(err, "one of auto, none (never), always, 8, 16, 256, truecolor"), CC_EUSAGE;
	}
	if (!(no_color && *no_color))
		*out = from_terminfo(terminfo_colors);
	return CC_OK;
}
