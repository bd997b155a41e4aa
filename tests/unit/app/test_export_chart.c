/* test_export_chart.c - charts of the HTML page: lines end at gaps, names of evidence cannot leave the text they stand in, and odd data
 * makes an odd picture, never a broken one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>
#include <cmocka.h>

#include "app/export_chart.h"
#include "coldcase/clock.h"
#include "coldcase/xalloc.h"

enum { MINUTES = 10 };

static char *draw(const cc_section *chart)
{
	cc_buf out = CC_BUF_INIT;
	app_chart_svg(&out, chart);
	return out.p ? cc_buf_take(&out) : NULL;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;
	for (const char *p = text; (p = strstr(p, what)); p++)
		n++;
	return n;
}

/* One a minute, 0 1 2 …, without those in `left_out`. */
static size_t points(cc_chart_point *p, const char *left_out)
{
	size_t n = 0;
	for (int i = 0; i < MINUTES; i++)
		if (!strchr(left_out, '0' + i))
			p[n++] = (cc_chart_point){ (int64_t)i * 60 * CC_NS_PER_S, i };
	return n;
}

static void test_gaps(void **state)
{
	(void)state;
	cc_chart_point p[MINUTES];
	cc_chart_series s = { .name = CC_STR("requests"), .unit = CC_STR(""), .points = p, .interval_ns = 60 * CC_NS_PER_S };
	cc_section chart = { .kind = CC_SECTION_CHART, .series = &s, .series_count = 1 };
	for (int gap = 0; gap < 2; gap++) {
		s.count = points(p, gap ? "456" : "");
		char *svg = draw(&chart);
		const char *line = strstr(svg, "class=\"line");
		assert_non_null(line);
		*strchr(strstr(line, " d=\"") + 4, '"') = '\0';
		assert_int_equal(count(line, "M"), 1 + gap);
		assert_int_equal(count(line, "L"), 0);           /* steps, no ramps */
		assert_int_equal(count(line, "H"), s.count - 1 - (size_t)gap);
		assert_int_equal(count(line, "V"), s.count - 1 - (size_t)gap);
		cc_free(svg);
	}
}

static void test_names_stay_text(void **state)
{
	(void)state;
	cc_chart_point p[MINUTES];
	cc_chart_level level = { 7, CC_STR("limit\"><b>"), CC_ROLE_WARNING };
	cc_chart_series s = { .name = CC_STR("</svg><script>alert(1)</script>&\033[31m"), .unit = CC_STR("<i>"), .points = p, .levels = &level, .level_count = 1 };
	cc_chart_mark marks[] = { { 60 * CC_NS_PER_S, 0, CC_STR("</title>'x"), CC_ROLE_CRITICAL, '<' }, { -5, 90 * CC_NS_PER_S, CC_STR("span"), CC_ROLE_INFO, 'A' } };
	cc_section chart = { .kind = CC_SECTION_CHART, .title = "A < B", .series = &s, .series_count = 1, .marks = marks, .mark_count = 2 };
	s.count = points(p, "");
	char *svg = draw(&chart);
	assert_int_equal(count(svg, "<svg"), 1);
	assert_int_equal(count(svg, "</svg>"), 1);
	assert_int_equal(count(svg, "<script") + count(svg, "<b>") + count(svg, "<i>") + count(svg, "\033"), 0);
	assert_int_equal(count(svg, "<title>"), count(svg, "</title>"));
	assert_non_null(strstr(svg, "limit&#34;"));
	cc_free(svg);
}

static void test_odd_data(void **state)
{
	(void)state;
	cc_chart_point p[] = { { 5, NAN }, { 5, INFINITY }, { 5, -INFINITY } }, one = { 7, 3 }, huge[] = { { INT64_MIN + 1, -1.7e308 }, { INT64_MAX, 1.7e308 } };
	cc_chart_series s[] = { { .name = CC_STR("none"), .points = p, .count = 3 }, { .name = CC_STR("one"), .points = &one, .count = 1 },
		{ .name = CC_STR("huge"), .points = huge, .count = 2 }, { .name = CC_STR("empty") } };
	cc_section none = { .kind = CC_SECTION_CHART, .series = &s[3], .series_count = 1 }, all = { .kind = CC_SECTION_CHART, .series = s, .series_count = 4 };
	assert_null(draw(&none));
	for (int multiples = 0; multiples < 2; multiples++) {
		all.multiples = multiples;
		char *svg = draw(&all);
		assert_int_equal(count(svg, "class=\"line"), 2);
		assert_int_equal(count(svg, "no values"), 2);
		assert_int_equal(count(svg, "nan") + count(svg, "inf"), 0);
		cc_free(svg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_gaps), cmocka_unit_test(test_names_stay_text), cmocka_unit_test(test_odd_data) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
