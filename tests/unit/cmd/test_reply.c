/* test_reply.c - replies: what is built is what is read, and both renderings say it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <math.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>

#include "coldcase/json.h"
#include "coldcase/reply.h"
#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"

static const cc_column columns[] = {
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "duration_ns", "Dur", CC_CELL_DURATION, CC_ROLE_TEXT, 8, 1 },
	{ "message", "Message", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "extra", "Extra", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
};

static cc_reply *build(void)
{
	cc_reply *r = cc_reply_new("logs");
	if (!r)
		return NULL;
	cc_reply_set_title(r, "LOGS %d", 7);
	cc_reply_add_note(r, "%s", "1 row was skipped");
	cc_reply_begin_facts(r, "summary", NULL);
	cc_reply_fact(r, "onset", "onset", cc_cell_time(cc_time_from_civil(2025, 12, 15, 17, 24, 32, 5)), CC_ROLE_TIME);
	cc_reply_begin_table(r, "rows", NULL, columns, 4, true);
	for (int i = 0; i < 2; i++) {
		cc_row *row = cc_reply_row(r);
		if (row)
			row->time_ns = i;
		cc_reply_cell(r, cc_cell_time(INT64_C(1765819472123456789) + i));
		cc_reply_cell(r, cc_cell_duration(1440 * CC_NS_PER_MS));
		cc_reply_cell(r, cc_cell_text(CC_STR("a \"b\"\n\x1b[31mred")));
		cc_reply_cell(r, cc_cell_int(INT64_MAX));
		cc_reply_set_drill(r, "log %d", i);
	}
	cc_reply_set_paging(r, 9, 0, 2);
	return r;
}

static void json_holds_everything(void **state)
{
	(void)state;
	cc_reply *r = build();
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	cc_buf b = CC_BUF_INIT;
	cc_reply_write_json(r, &b);
	cc_json *j;
	assert_int_equal(cc_json_parse(&j, cc_buf_str(&b), NULL), CC_OK);
	int64_t n;
	assert_true(cc_json_int(cc_json_get(j, "total_count"), &n) && n == 9);
	assert_true(cc_json_int(cc_json_get(j, "returned_count"), &n) && n == 2);
	assert_true(cc_json_bool(cc_json_get(j, "truncated")));
	assert_true(cc_json_int(cc_json_at(j, "rows.1.extra"), &n) && n == INT64_MAX);
	assert_true(cc_str_eqz(cc_json_str(cc_json_at(j, "rows.0.time")), "2025-12-15T17:24:32.123456789Z"));
	assert_true(cc_str_eqz(cc_json_str(cc_json_at(j, "rows.0.message")), "a \"b\"\n\x1b[31mred"));
	cc_json_free(j);
	cc_buf_deinit(&b);
	cc_reply_unref(r);
}

static void text_is_sanitized_and_numbered(void **state)
{
	(void)state;
	cc_reply *r = build();
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	cc_buf b = CC_BUF_INIT;
	cc_reply_write_text(r, &b, 80, true);
	assert_true(cc_str_find(cc_buf_str(&b), CC_STR("LOGS 7 (1-2 of 9, more with offset=2)")) == 0);
	assert_true(cc_str_find_char(cc_buf_str(&b), '\x1b') == CC_STR_NONE);
	assert_true(cc_str_find(cc_buf_str(&b), CC_STR("  2 ")) != CC_STR_NONE);
	assert_true(cc_str_find(cc_buf_str(&b), CC_STR("Extra")) == CC_STR_NONE);
	assert_true(cc_str_find(cc_buf_str(&b), CC_STR("note: 1 row was skipped")) != CC_STR_NONE);
	cc_buf_deinit(&b);
	cc_reply_unref(r);
}

static void narrow_text_drops_the_least_important(void **state)
{
	(void)state;
	cc_reply *r = build();
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	cc_buf wide = CC_BUF_INIT, narrow = CC_BUF_INIT;
	cc_reply_write_text(r, &wide, 0, false);
	cc_reply_write_text(r, &narrow, 30, false);
	assert_true(cc_str_find(cc_buf_str(&wide), CC_STR("1.44s")) != CC_STR_NONE);
	assert_true(cc_str_find(cc_buf_str(&narrow), CC_STR("1.44s")) == CC_STR_NONE);
	cc_buf_deinit(&wide);
	cc_buf_deinit(&narrow);
	cc_reply_unref(r);
}

static bool has(const cc_buf *b, const char *text)
{
	return cc_str_find(cc_buf_str(b), cc_str_from(text)) != CC_STR_NONE;
}

/* No line is wider than the screen. */
static void assert_fits(const cc_buf *b, size_t width)
{
	cc_str line, rest = cc_buf_str(b);
	while (rest.n) {
		cc_str_cut(rest, '\n', &line, &rest);
		if (cc_width(line) > width)
			fail_msg("%zu columns: %.*s", cc_width(line), CC_STR_ARG(line));
	}
}

static const cc_column flow_columns[] = {
	{ "flow", "Flow", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "calls_before", "Calls", CC_CELL_INT, CC_ROLE_DIM, 6, 3 },
	{ "calls_after", "after", CC_CELL_INT, CC_ROLE_TEXT, 6, 1 },
	{ "p50_before_ns", "p50", CC_CELL_DURATION, CC_ROLE_DIM, 7, 5 },
	{ "p50_after_ns", "late", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 4 },
	{ "nothing", "Nothing", CC_CELL_TEXT, CC_ROLE_TEXT, 7, 1 },
};

static cc_reply *build_flows(void)
{
	cc_reply *r = cc_reply_new("flows");
	cc_reply_begin_table(r, "flows", NULL, flow_columns, 6, true);
	for (int i = 0; i < 2; i++) {
		cc_reply_row(r)->depth = 0;
		cc_reply_cell(r, cc_cell_text(CC_STR("gateway > frontend > checkout > payment > ledger > archive")));
		cc_reply_cell(r, cc_cell_int(1234));
		cc_reply_cell(r, cc_cell_int(99));
		cc_reply_cell(r, cc_cell_duration(1440 * CC_NS_PER_MS));
		cc_reply_cell(r, cc_cell_duration(12 * CC_NS_PER_MS));
		cc_reply_cell(r, cc_cell_text(CC_STR_EMPTY));
	}
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	return r;
}

/* What only means something together stays or goes together; empty columns go first, essential ones never. */
static void pairs_are_dropped_together(void **state)
{
	(void)state;
	cc_reply *r = build_flows();
	for (size_t width = 20; width <= 120; width++) {
		cc_buf b = CC_BUF_INIT;
		cc_reply_write_text(r, &b, width, true);
		assert_true(has(&b, "Flow"));
		assert_int_equal(has(&b, "Calls"), has(&b, "after"));
		assert_int_equal(has(&b, "p50"), has(&b, "late"));
		assert_true(!has(&b, "p50") || has(&b, "Calls")); /* the less important pair goes first */
		if (width < 80)
			assert_false(has(&b, "Nothing"));
		if (width >= 60)
			assert_true(has(&b, "Calls") && has(&b, "gateway > frontend > ch"));
		assert_fits(&b, width);
		cc_buf_deinit(&b);
	}
	cc_reply_unref(r);
}

static void words_wrap(void **state)
{
	(void)state;
	static const cc_column kv[] = { { "key", "Key", CC_CELL_TEXT, CC_ROLE_DIM, 24, 0 }, { "value", "Value", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 } };
	cc_str text = CC_STR("one of the very many sentences that does not fit on a small screen");
	cc_reply *r = cc_reply_new("words");
	cc_reply_set_title(r, "%s", text.p);
	cc_reply_begin_facts(r, "facts", NULL);
	cc_reply_fact(r, "fact", "a fact", cc_cell_text(text), CC_ROLE_TEXT);
	cc_reply_begin_text(r, "text", "Text");
	cc_reply_line(r, CC_ROLE_TEXT, text);
	cc_reply_line(r, CC_ROLE_TEXT, CC_STR("    indented: looooooooooooooooooooooooooooooooooooooooooooooooooooooooooooong"));
	cc_reply_begin_table(r, "kv", NULL, kv, 2, false);
	cc_reply_row(r);
	cc_reply_cell(r, cc_cell_text(CC_STR("key")));
	cc_reply_cell(r, cc_cell_text(text));
	cc_reply_add_note(r, "%s", text.p);
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	cc_buf b = CC_BUF_INIT;
	for (size_t width = 24; width < 100; width++) {
		size_t ends = 0;
		cc_buf_clear(&b);
		cc_reply_write_text(r, &b, width, false);
		assert_fits(&b, width);
		for (size_t i = 0; i + 6 <= b.n; i++)
			ends += cc_str_eqz(cc_str_sub(cc_buf_str(&b), i, i + 6), "screen");
		assert_int_equal(ends, 5); /* nothing was cut: title, fact, text, value, note */
	}
	cc_buf_clear(&b);
	cc_reply_write_text(r, &b, 0, false);
	assert_true(has(&b, "\n  one of the very many sentences that does not fit on a small screen\n"));
	cc_buf_deinit(&b);
	cc_reply_unref(r);
}

/* A spike of one point among a thousand is seen, a gap stays a gap, extremes have their times. */
static void charts_are_drawn(void **state)
{
	(void)state;
	cc_chart_point points[1000];
	int64_t start = cc_time_from_civil(2025, 12, 15, 17, 0, 0, 0);
	for (int i = 0; i < 1000; i++)
		points[i] = (cc_chart_point){ start + i * CC_NS_PER_S, i >= 300 && i < 600 ? NAN : 1 };
	points[701].value = 50;
	cc_reply *r = cc_reply_new("metric");
	cc_reply_begin_chart(r, "chart", NULL);
	cc_reply_chart_series(r, &(cc_chart_series){ .name = CC_STR("load"), .unit = CC_STR("ms"), .points = points, .count = 1000 });
	cc_reply_chart_mark(r, &(cc_chart_mark){ start + 650 * CC_NS_PER_S, CC_TIME_NONE, CC_STR("the alert"), CC_ROLE_CHANGED, '^' });
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	cc_buf b = CC_BUF_INIT;
	cc_reply_write_text(r, &b, 60, true);
	assert_fits(&b, 60);
	assert_true(has(&b, "load: 1000 points  min 1ms at 17:00:00Z  max 50ms at"));
	assert_true(has(&b, "50ms |"));
	assert_true(has(&b, "17:00:00Z                             17:16:39Z"));
	assert_true(has(&b, ": 17:10:50Z  the alert"));
	cc_str line, rest = cc_buf_str(&b), bottom = CC_STR_EMPTY;
	size_t rows = 0, high = 0;
	while (rest.n) {
		cc_str_cut(rest, '\n', &line, &rest);
		if (cc_str_find(line, CC_STR(" |")) == CC_STR_NONE)
			continue;
		rows++;
		bottom = line;
		high += cc_str_find_char(line, '*') != CC_STR_NONE;
	}
	assert_int_equal(rows, 8);
	assert_int_equal(high, 8); /* the spike reaches from the bottom to the top */
	assert_true(cc_str_find(bottom, CC_STR("*            ")) != CC_STR_NONE); /* the gap */
	cc_buf_clear(&b);
	cc_reply_write_text(r, &b, 0, false);
	assert_true(has(&b, "│"));
	assert_fits(&b, 100);
	cc_buf_deinit(&b);
	cc_reply_unref(r);
}

/* A reader of `trace` finds depth in every row, also when there is only one span. */
static void documented_depth_is_always_there(void **state)
{
	(void)state;
	static const char *const commands[] = { "trace", "flows" };
	for (int k = 0; k < 2; k++) {
		cc_reply *r = cc_reply_new(commands[k]);
		cc_buf b = CC_BUF_INIT;
		cc_reply_begin_table(r, "spans", NULL, flow_columns, 1, true);
		cc_reply_row(r);
		cc_reply_cell(r, cc_cell_text(CC_STR("x")));
		assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
		cc_reply_write_json(r, &b);
		assert_int_equal(has(&b, "\"depth\":0"), k == 0);
		cc_buf_deinit(&b);
		cc_reply_unref(r);
	}
}

static void too_many_cells_fail_at_publish(void **state)
{
	(void)state;
	cc_reply *r = build();
	for (int i = 0; i < 5; i++)
		cc_reply_cell(r, cc_cell_none());
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_ENOMEM);
	cc_reply_unref(r);
}

/* Hostile samples: no value may pick a glyph outside the ramp. */
static void sparks_take_any_double(void **state)
{
	(void)state;
	const double points[] = { 0, INFINITY, -INFINITY, NAN, DBL_MAX, -DBL_MAX, 1 };
	cc_cell spark = cc_cell_spark(points, 7), bar = cc_cell_bar(NAN, INFINITY);
	cc_buf b = CC_BUF_INIT;
	cc_cell_render(&spark, &b, true);
	assert_int_equal(b.n, 7);
	assert_int_equal(b.p[1], '@');
	assert_int_equal(b.p[2], '_');
	assert_int_equal(b.p[3], ' ');
	cc_buf_clear(&b);
	cc_cell_render(&bar, &b, true);
	assert_int_equal(b.n, 24);
	cc_buf_deinit(&b);
}

static void any_failed_allocation_is_reported(void **state)
{
	(void)state;
	int failures = 0;
	for (long n = 0; n < 400; n++) {
		cc_alloc_fail_after(n);
		cc_reply *r = build();
		cc_code code = r ? cc_reply_publish(r, NULL, NULL) : CC_ENOMEM;
		cc_alloc_fail_after(-1);
		cc_reply_unref(r);
		if (code == CC_OK) {
			assert_true(failures > 3);
			return;
		}
		failures++;
	}
	fail_msg("the reply was never built");
}

static void numbers_claim_no_more_than_they_know(void **state)
{
	(void)state;
	static const struct { double v; const char *text; } cases[] = { { 13.8, "13.8" }, { 0.7, "0.7" }, { 5.01, "5.01" }, { 0.125, "0.125" }, { 20, "20" },
		{ 0, "0" }, { -0.1, "-0.1" }, { 100.04, "100" }, { 250.5, "250.5" }, { 0.9999, "1" }, { 2e-5, "2e-05" }, { 1e12, "1e+12" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cc_buf b = CC_BUF_INIT;
		cc_cell cell = cc_cell_number(cases[i].v);
		cc_cell_render(&cell, &b, true);
		assert_string_equal(b.p, cases[i].text);
		cc_buf_deinit(&b);
	}
}

/* Three digits that count, in the unit an operator would choose. */
static void quantities_read_as_they_are_spoken(void **state)
{
	(void)state;
	static const struct { double v; const char *unit, *text; } cases[] = { { 0, "bytes", "0B" }, { 376, "bytes/s", "376B/s" }, { 1536, "bytes", "1.5Ki" },
		{ 35731456, "bytes", "34.1Mi" }, { 1048575, "bytes", "1Mi" }, { 500, "MiB", "500Mi" }, { 2048, "bytes/s", "2Ki/s" }, { 0.0384, "s", "38.4ms" }, { 1.98, "ms", "1.98ms" },
		{ 1500, "ms", "1.5s" }, { 3600, "s", "60min" }, { 250, "us", "250us" }, { 0.125, "ratio", "12.5%" }, { 0, "ratio", "0%" }, { 99.93, "%", "99.9%" },
		{ 0.25, "cores", "250mcpu" }, { 2, "cores", "2cpu" }, { 1500, "mcores", "1.5cpu" }, { 1, "cores", "1cpu" },
		{ 0.00311, "cores", "3.11mcpu" }, { 0, "s", "0s" }, { 0.02, "s/s", "20ms/s" }, { 1765817417, "unix", "2025-12-15T16:50:17Z" }, { 1.0 / 60, "/s", "0.0167/s" }, { 3, "", "3" },
		{ 1234567, "", "1.23M" }, { -4.4, "", "-4.4" }, { 3, "restarts", "3" }, { NAN, "ms", "-" }, { INFINITY, "bytes", "+Inf" },
		{ -INFINITY, "", "-Inf" }, { 1e300, "", "1e+300" }, { -0.3412, "peak", "-0.34^" }, { -1234, "peak", "-1.2k^" }, { -99.94, "peak", "-99.9^" }, { -0.001, "score", "0" },
		{ -9996, "score", "-10k" }, { 21.44, "score", "21.4" }, { 2e-5, "/s", "2e-05/s" }, { 100, "", "100" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cc_buf b = CC_BUF_INIT;
		cc_quantity_render(&b, cases[i].v, cc_str_from(cases[i].unit));
		cc_buf_add_char(&b, '\0');
		assert_string_equal(b.p, cases[i].text);
		cc_buf_deinit(&b);
	}
}

/* What is read off a chart has six digits. */
static void what_is_read_off_has_more_digits(void **state)
{
	(void)state;
	static const struct { double v; const char *unit, *text; } cases[] = { { 0.00514321, "cores", "5.14321mcpu" }, { 1.98, "ms", "1.98ms" },
		{ 35731456, "bytes", "34.0762Mi" }, { 1234567, "", "1.23457M" }, { 0.123456789, "ratio", "12.3457%" }, { 0, "ms", "0s" }, { NAN, "s", "-" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cc_buf b = CC_BUF_INIT;
		cc_quantity_render_exact(&b, cases[i].v, cc_str_from(cases[i].unit));
		cc_buf_add_char(&b, '\0');
		assert_string_equal(b.p, cases[i].text);
		cc_buf_deinit(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_off_has_more_digits), cmocka_unit_test(numbers_claim_no_more_than_they_know), cmocka_unit_test(quantities_read_as_they_are_spoken),
		cmocka_unit_test(json_holds_everything),
		cmocka_unit_test(text_is_sanitized_and_numbered),
		cmocka_unit_test(narrow_text_drops_the_least_important),
		cmocka_unit_test(pairs_are_dropped_together),
		cmocka_unit_test(words_wrap),
		cmocka_unit_test(charts_are_drawn),
		cmocka_unit_test(documented_depth_is_always_there),
		cmocka_unit_test(too_many_cells_fail_at_publish),
		cmocka_unit_test(sparks_take_any_double),
		cmocka_unit_test(any_failed_allocation_is_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
