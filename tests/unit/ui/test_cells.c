/* test_cells.c - the grid: width, clipping, what it refuses; sparks, bars and charts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <cmocka.h>

#include "ui/draw.h"

static cc_grid grid(int w, int h)
{
	cc_grid g = { 0 };
	assert_true(cc_grid_resize(&g, w, h));
	return g;
}

static void expect(cc_grid *g, const char *want)
{
	cc_buf b = CC_BUF_INIT;
	cc_grid_dump(g, &b, false);
	assert_string_equal(b.p, want);
	cc_buf_deinit(&b);
	cc_grid_deinit(g);
}

static void text_is_cut_at_its_rectangle(void **state)
{
	(void)state;
	cc_grid g = grid(10, 2);
	assert_int_equal(cc_grid_textz(&g, (cc_rect){ 2, 0, 5, 1 }, "abcdefgh", CC_LOOK_TEXT, 0), 5);
	assert_int_equal(cc_grid_textz(&g, (cc_rect){ 8, 1, 99, 1 }, "xyz", CC_LOOK_TEXT, 0), 3);
	expect(&g, "  abcde\n        xy\n");
}

static void wide_characters_own_two_cells(void **state)
{
	(void)state;
	cc_grid g = grid(6, 2);
	cc_grid_textz(&g, (cc_rect){ 0, 0, 6, 1 }, "a\xe6\x97\xa5" "b", CC_LOOK_TEXT, 0);
	cc_grid_textz(&g, (cc_rect){ 0, 1, 2, 1 }, "a\xe6\x97\xa5", CC_LOOK_TEXT, 0);  /* does not fit: not half of it */
	assert_int_equal(cc_grid_at(&g, 1, 0)->width, 2);
	assert_int_equal(cc_grid_at(&g, 2, 0)->width, 0);
	assert_int_equal(cc_grid_at(&g, 3, 0)->ch, 'b');
	cc_grid_put(&g, 2, 0, 'x', CC_LOOK_TEXT, 0);                 /* breaks the wide one */
	assert_int_equal(cc_grid_at(&g, 1, 0)->ch, ' ');
	expect(&g, "a xb\na\n");
}

static void combining_marks_stay_with_their_letter(void **state)
{
	(void)state;
	cc_grid g = grid(4, 1);
	assert_int_equal(cc_grid_textz(&g, (cc_rect){ 0, 0, 4, 1 }, "e\xcc\x81x", CC_LOOK_TEXT, 0), 2);
	assert_int_equal(cc_grid_at(&g, 0, 0)->comb[0], 0x301);
	expect(&g, "e\xcc\x81x\n");
}

static void cells_take_only_printable_characters(void **state)
{
	(void)state;
	static const uint32_t bad[] = { 0, 7, 27, 127, 0x85, 0x9b, 0x202e, 0x200b, 0xfeff, 0xd800, 0xe0041, 0x2066 };
	cc_grid g = grid(1, 1);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		cc_grid_put(&g, 0, 0, bad[i], CC_LOOK_TEXT, 0);
		assert_int_equal(cc_grid_at(&g, 0, 0)->ch, '?');
	}
	cc_grid_deinit(&g);
}

static void outside_text_is_shown_not_obeyed(void **state)
{
	(void)state;
	cc_grid g = grid(30, 1);
	cc_grid_outside(&g, (cc_rect){ 0, 0, 30, 1 }, CC_STR("a\033[31mb\x9d" "c\xe2\x80\xae" "d"), CC_LOOK_TEXT, 0);
	for (int x = 0; x < 30; x++) {
		uint32_t ch = cc_grid_at(&g, x, 0)->ch;
		assert_true(ch >= 0x20 && ch != 0x7f && ch != 0x202e && !(ch >= 0x80 && ch < 0xa0));
	}
	cc_grid_deinit(&g);
	g = grid(30, 1);
	g.ascii = true;
	cc_grid_outside(&g, (cc_rect){ 0, 0, 30, 1 }, CC_STR("\xe6\x97\xa5\033x"), CC_LOOK_TEXT, 0);
	for (int x = 0; x < 30; x++)
		assert_in_range(cc_grid_at(&g, x, 0)->ch, 0x20, 0x7e);
	cc_grid_deinit(&g);
}

static void drawing_outside_does_nothing(void **state)
{
	(void)state;
	cc_grid g = grid(3, 1);
	cc_grid_put(&g, -1, 0, 'x', CC_LOOK_TEXT, 0);
	cc_grid_put(&g, 3, 0, 'x', CC_LOOK_TEXT, 0);
	cc_grid_fill(&g, (cc_rect){ -5, -5, 20, 5 }, 'x', CC_LOOK_TEXT, 0);
	cc_grid_put(&g, 2, 0, 0x65e5, CC_LOOK_TEXT, 0);              /* wide at the last column: no room */
	expect(&g, "\n");
}

static void every_size_can_be_drawn(void **state)
{
	(void)state;
	cc_grid g = { 0 };
	for (int w = 1; w < 40; w += 3) {
		for (int h = 1; h < 12; h += 2) {
			assert_true(cc_grid_resize(&g, w, h));
			cc_rect in = cc_grid_box(&g, (cc_rect){ 0, 0, w, h }, "a title");
			assert_true(in.w <= w && in.h <= h);
		}
	}
	cc_grid_deinit(&g);
}

static void sparks_show_peaks_and_gaps(void **state)
{
	(void)state;
	static const double points[] = { 0, 0, 0, 9, 0, 0, NAN, NAN };
	cc_grid g = grid(4, 2);
	cc_draw_spark(&g, (cc_rect){ 0, 0, 4, 1 }, points, 8, CC_GLYPHS_ASCII, CC_LOOK_TEXT, 0);
	cc_draw_spark(&g, (cc_rect){ 0, 1, 4, 1 }, points, 8, CC_GLYPHS_BLOCK, CC_LOOK_TEXT, 0);
	expect(&g, "_@_\n\xe2\x96\x81\xe2\x96\x88\xe2\x96\x81\n");
}

static void bars_are_at_least_one_mark(void **state)
{
	(void)state;
	cc_grid g = grid(8, 4);
	cc_draw_bar(&g, (cc_rect){ 0, 0, 8, 1 }, 0, 1, false, CC_GLYPHS_ASCII, CC_LOOK_TEXT, 0);
	cc_draw_bar(&g, (cc_rect){ 0, 1, 8, 1 }, 0.5, 0.5, false, CC_GLYPHS_ASCII, CC_LOOK_TEXT, 0);
	cc_draw_bar(&g, (cc_rect){ 0, 2, 8, 1 }, 1, 1, false, CC_GLYPHS_BLOCK, CC_LOOK_TEXT, 0);
	cc_draw_bar(&g, (cc_rect){ 0, 3, 8, 1 }, NAN, -4, false, CC_GLYPHS_BLOCK, CC_LOOK_TEXT, 0);
	assert_int_not_equal(cc_grid_at(&g, 7, 2)->ch, ' ');
	assert_int_not_equal(cc_grid_at(&g, 0, 3)->ch, ' ');
	assert_int_equal(cc_grid_at(&g, 4, 1)->ch, '=');
	assert_int_equal(cc_grid_at(&g, 5, 1)->ch, ' ');
	for (int x = 0; x < 8; x++)
		assert_int_equal(cc_grid_at(&g, x, 0)->ch, '=');
	cc_grid_deinit(&g);
}

static int count_marks(const cc_grid *g, cc_look look)
{
	int n = 0;
	for (int y = 0; y < g->rows; y++)
		for (int x = 0; x < g->columns; x++)
			n += cc_grid_at(g, x, y)->look == look && cc_grid_at(g, x, y)->ch != ' ';
	return n;
}

static void charts_draw_in_every_set_and_leave_gaps(void **state)
{
	(void)state;
	cc_chart_point points[60];
	for (int i = 0; i < 60; i++)
		points[i] = (cc_chart_point){ i * INT64_C(10000000000), i >= 20 && i < 40 ? (double)NAN : (double)i };
	cc_chart_series series = { .name = CC_STR("cpu"), .unit = CC_STR("cores"), .points = points, .count = 60 };
	cc_section chart = { .kind = CC_SECTION_CHART, .series = &series, .series_count = 1 };
	for (int set = 0; set < 3; set++) {
		cc_grid g = grid(69, 10);
		g.ascii = set == CC_GLYPHS_ASCII;
		cc_chart_look look = { .glyphs = (cc_glyphs)set, .at_ns = CC_TIME_NONE, .window = { CC_TIME_NONE, CC_TIME_NONE }, .height = 10 };
		cc_draw_chart(&g, (cc_rect){ 0, 0, 69, 13 }, &chart, &look);
		assert_true(count_marks(&g, CC_LOOK_SERIES1) > 20);
		int empty = 0;
		for (int x = 9; x < 69; x++) {
			bool any = false;
			for (int y = 1; y < 10; y++)
				any = any || cc_grid_at(&g, x, y)->ch != ' ';
			empty += !any;
		}
		assert_in_range(empty, 17, 22);
		cc_grid_deinit(&g);
	}
}

/* Doubles at their ends, one sample, none, equal times, any size and kind of arrangement: drawn or left out, never beyond. */
static void charts_take_any_samples(void **state)
{
	(void)state;
	static const double values[] = { 0, -1, 1e308, -1e308, (double)INFINITY, -(double)INFINITY, (double)NAN, 1e-320, 5 };
	cc_chart_point points[9];
	int64_t resets[] = { 0, 3, INT64_MAX };
	cc_chart_level levels[] = { { 1e308, CC_STR("limit"), CC_ROLE_WARNING }, { (double)NAN, CC_STR("request"), CC_ROLE_DIM } };
	cc_chart_mark marks[] = { { 2, CC_TIME_NONE, CC_STR("onset"), CC_ROLE_CHANGED, '^' }, { 1, 7, CC_STR("alert"), CC_ROLE_CRITICAL, 'A' },
		{ INT64_MIN + 1, INT64_MAX, CC_STR("for ever"), CC_ROLE_CRITICAL, 'A' } };
	for (int i = 0; i < 9; i++)
		points[i] = (cc_chart_point){ i, values[i] };
	cc_chart_series series[5];
	for (int i = 0; i < 5; i++)
		series[i] = (cc_chart_series){ .name = CC_STR("x"), .unit = CC_STR("ms"), .points = points + i, .count = (size_t)(i == 4 ? 0 : 9 - 2 * i), .interval_ns = i,
			.resets = resets, .reset_count = 3, .levels = levels, .level_count = 2, .samples = 100 };
	for (int size = 0; size < 40; size++)
		for (int kind = 0; kind < 6; kind++) {
			cc_section chart = { .kind = CC_SECTION_CHART, .series = series + kind / 2, .series_count = (size_t)(5 - kind / 2), .marks = marks, .mark_count = 3,
				.multiples = kind % 2 };
			cc_grid g = grid(4 * size + 1, size + 1);
			cc_chart_look look = { .glyphs = (cc_glyphs)(size % 3), .at_ns = size % 5 ? size % 11 : CC_TIME_NONE, .known = size % 7 == 0,
				.window = { size % 4 ? CC_TIME_NONE : 3, size % 6 ? CC_TIME_NONE : 5 }, .height = size };
			assert_true(cc_draw_chart_height(&chart, g.columns, g.rows) > 0);
			cc_draw_chart(&g, (cc_rect){ 0, 0, g.columns, g.rows }, &chart, &look);
			cc_grid_deinit(&g);
		}
}

/* Between two samples nothing was measured: no dot stands for a value that neither of them has. */
static void a_sample_holds_until_the_next_one(void **state)
{
	(void)state;
	cc_chart_point points[] = { { 0, 0 }, { 100, 1 } };
	cc_chart_series series = { .name = CC_STR("ratio"), .unit = CC_STR("ratio"), .points = points, .count = 2, .interval_ns = 100, .samples = 2 };
	cc_section chart = { .kind = CC_SECTION_CHART, .series = &series, .series_count = 1 };
	for (int sliced = 0; sliced < 2; sliced++) {
		cc_grid g = grid(60, 14);
		g.ascii = true;
		cc_chart_look look = { .glyphs = CC_GLYPHS_ASCII, .at_ns = 60, .window = { CC_TIME_NONE, CC_TIME_NONE }, .rows = 9, .sliced = sliced };
		cc_draw_chart(&g, (cc_rect){ 0, 0, 60, 14 }, &chart, &look);
		for (int y = 2; y < 9; y++)           /* of the plot's rows 1..9 */
			for (int x = 10; x < 59; x++)
				assert_int_not_equal(cc_grid_at(&g, x, y)->ch, '*');
		for (int x = 10; x < 59; x++)
			assert_int_equal(cc_grid_at(&g, x, 9)->ch, '*');
		bool number = false;                  /* slices know no value at a moment */
		for (int x = 0; x < 60; x++)
			number = number || cc_grid_at(&g, x, 0)->ch == '%';
		assert_int_equal(number, !sliced);
		cc_grid_deinit(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sample_holds_until_the_next_one),
		cmocka_unit_test(text_is_cut_at_its_rectangle), cmocka_unit_test(wide_characters_own_two_cells),
		cmocka_unit_test(combining_marks_stay_with_their_letter), cmocka_unit_test(cells_take_only_printable_characters),
		cmocka_unit_test(outside_text_is_shown_not_obeyed), cmocka_unit_test(drawing_outside_does_nothing),
		cmocka_unit_test(every_size_can_be_drawn), cmocka_unit_test(sparks_show_peaks_and_gaps),
		cmocka_unit_test(bars_are_at_least_one_mark), cmocka_unit_test(charts_draw_in_every_set_and_leave_gaps),
		cmocka_unit_test(charts_take_any_samples),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
