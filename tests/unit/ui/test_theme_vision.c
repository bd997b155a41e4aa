/* test_theme_vision.c - the themes for colour-blind eyes, seen through such eyes (Machado, Oliveira and Fernandes 2009, the whole
 * loss), keep apart what must not be mixed up; the distance is that of OKLab. The arithmetic is the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <cmocka.h>

#include "ui/theme.h"

typedef struct eyes { const char *name; double m[3][3]; } eyes;

static const eyes usual = { "usual", { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
static const eyes deuteranopia = { "deuteranopia", { { 0.367322, 0.860646, -0.227968 }, { 0.280085, 0.672501, 0.047413 },
	{ -0.011820, 0.042940, 0.968881 } } };
static const eyes protanopia = { "protanopia", { { 0.152286, 1.052583, -0.204868 }, { 0.114503, 0.786281, 0.099216 },
	{ -0.003882, -0.048116, 1.051998 } } };
static const eyes tritanopia = { "tritanopia", { { 1.255528, -0.076749, -0.178779 }, { -0.078411, 0.930809, 0.147602 },
	{ 0.004733, 0.691367, 0.303900 } } };

static double linear(int channel)
{
	double v = channel / 255.0;
	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static void seen(const eyes *e, cc_color c, double lab[3])
{
	double in[3] = { linear((c >> 16) & 255), linear((c >> 8) & 255), linear(c & 255) }, rgb[3];
	for (int i = 0; i < 3; i++)
		rgb[i] = fmin(1, fmax(0, e->m[i][0] * in[0] + e->m[i][1] * in[1] + e->m[i][2] * in[2]));
	double l = cbrt(0.4122214708 * rgb[0] + 0.5363325363 * rgb[1] + 0.0514459929 * rgb[2]);
	double m = cbrt(0.2119034982 * rgb[0] + 0.6806995451 * rgb[1] + 0.1073969566 * rgb[2]);
	double s = cbrt(0.0883024619 * rgb[0] + 0.2817188376 * rgb[1] + 0.6299787005 * rgb[2]);
	lab[0] = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
	lab[1] = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
	lab[2] = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
}

static double distance(const eyes *e, cc_color a, cc_color b)
{
	double x[3], y[3];
	seen(e, a, x);
	seen(e, b, y);
	return sqrt(pow(x[0] - y[0], 2) + pow(x[1] - y[1], 2) + pow(x[2] - y[2], 2));
}

/* Every two of a set. 0.08 is some four times what a careful eye can just tell apart side by side. */
static void assert_apart(const char *name, const eyes *e, const cc_look *looks, size_t n)
{
	cc_theme *t;
	assert_int_equal(cc_theme_load(&t, name, NULL), CC_OK);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			double d = distance(e, t->styles[looks[i]].fg, t->styles[looks[k]].fg);
			if (d < 0.08)
				print_error("%s, %s eyes: %s and %s are %.3f apart\n", name, e->name, cc_look_name(looks[i]), cc_look_name(looks[k]), d);
			assert_true(d >= 0.08);
		}
	}
	cc_theme_free(t);
}

static const cc_look grave[] = { CC_LOOK_CRITICAL, CC_LOOK_WARNING, CC_LOOK_INFO, CC_LOOK_OK, CC_LOOK_TEXT };
static const cc_look changes[] = { CC_LOOK_ADDED, CC_LOOK_REMOVED, CC_LOOK_CHANGED, CC_LOOK_TEXT };
static const cc_look series[] = { CC_LOOK_SERIES1, CC_LOOK_SERIES2, CC_LOOK_SERIES3, CC_LOOK_SERIES4 };

static void assert_theme(const char *name, const eyes *e)
{
	assert_apart(name, e, grave, sizeof grave / sizeof *grave);
	assert_apart(name, e, changes, sizeof changes / sizeof *changes);
	assert_apart(name, e, series, sizeof series / sizeof *series);
}

static void red_green_blind_eyes_tell_them_apart(void **state)
{
	(void)state;
	assert_theme("deuteranopia", &usual);
	assert_theme("deuteranopia", &deuteranopia);
	assert_theme("deuteranopia", &protanopia);
}

static void blue_yellow_blind_eyes_tell_them_apart(void **state)
{
	(void)state;
	assert_theme("tritanopia", &usual);
	assert_theme("tritanopia", &tritanopia);
}

/* The simulation itself: red and green of one lightness are one to such eyes, and to others not. */
static void the_eyes_are_blind_to_what_they_should_be(void **state)
{
	(void)state;
	cc_color red = CC_COLOR_RGB | 0xb06030, green = CC_COLOR_RGB | 0x808030, blue = CC_COLOR_RGB | 0x3080c0, teal = CC_COLOR_RGB | 0x308a80;
	assert_true(distance(&deuteranopia, red, green) < 0.05 && distance(&usual, red, green) > 0.1);
	assert_true(distance(&tritanopia, blue, teal) < distance(&usual, blue, teal) / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(red_green_blind_eyes_tell_them_apart), cmocka_unit_test(blue_yellow_blind_eyes_tell_them_apart),
		cmocka_unit_test(the_eyes_are_blind_to_what_they_should_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
