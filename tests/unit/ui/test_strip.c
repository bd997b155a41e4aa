/* test_strip.c - the volume above a list: parts no taller than their share, and none lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "ui/strip.h"

#include "coldcase/time.h"

enum { SLICES = 72, WIDE = SLICES + 8, ROWS = 4, LEFT = 7 };

typedef struct drawn { cc_sheet *sheet; cc_grid grid; } drawn;

static void draw(drawn *d, const double *all, const double *warnings, const double *errors, int64_t onset_ns, bool ascii)
{
	cc_reply *r = cc_reply_new("logs");
	cc_reply_begin_facts(r, "volume", NULL);
	cc_reply_fact(r, "from", "from", cc_cell_time(0), CC_ROLE_TIME);
	cc_reply_fact(r, "to", "to", cc_cell_time(SLICES * CC_NS_PER_S), CC_ROLE_TIME);
	cc_reply_fact(r, "records", "records", cc_cell_spark(all, SLICES), CC_ROLE_INFO);
	cc_reply_fact(r, "warnings", "warnings", cc_cell_spark(warnings, SLICES), CC_ROLE_WARNING);
	cc_reply_fact(r, "errors", "errors", cc_cell_spark(errors, SLICES), CC_ROLE_CRITICAL);
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	*d = (drawn){ .sheet = cc_sheet_new("logs") };
	cc_sheet_set_reply(d->sheet, r);
	assert_true(cc_grid_resize(&d->grid, WIDE, ROWS));
	d->grid.ascii = ascii;
	cc_sheet_look look = { .glyphs = ascii ? CC_GLYPHS_ASCII : CC_GLYPHS_BLOCK, .at_ns = CC_TIME_NONE, .onset_ns = onset_ns };
	cc_strip_draw(d->sheet, &d->grid, (cc_rect){ 0, 0, WIDE, ROWS }, &look);
}

static void undraw(drawn *d)
{
	cc_sheet_free(d->sheet);
	cc_grid_deinit(&d->grid);
}

static uint32_t ch_at(const drawn *d, int slice, int y)
{
	return cc_grid_at(&d->grid, LEFT + slice, y)->ch;
}

static cc_look look_at(const drawn *d, int slice, int y)
{
	return (cc_look)cc_grid_at(&d->grid, LEFT + slice, y)->look;
}

/* The fullest slice has 40: a row of cells is 20 records. */
static void parts_are_shares(void **state)
{
	(void)state;
	double all[SLICES] = { 40, 40, 40, 10, 10, 40 }, warnings[SLICES] = { 0, 1, 20, 0, 0, 10 }, errors[SLICES] = { 1, 0, 20, 10, 5, 10 };
	drawn d;
	draw(&d, all, warnings, errors, CC_TIME_NONE, false);
	for (int y = 0; y < 2; y++) {
		assert_int_equal(ch_at(&d, 0, y), 0x2591);      /* one error in forty paints no cell */
		assert_int_equal(ch_at(&d, 1, y), 0x2591);
	}
	assert_int_equal(ch_at(&d, 2, 1), 0x2588);
	assert_int_equal(ch_at(&d, 2, 0), 0x2593);
	assert_int_equal(ch_at(&d, 3, 1), 0x2584);           /* nothing but errors, half a cell of them */
	assert_int_equal(look_at(&d, 3, 1), CC_LOOK_CRITICAL);
	assert_int_equal(look_at(&d, 4, 1), CC_LOOK_DIM);    /* five of the ten are none */
	assert_int_equal(look_at(&d, 5, 1), CC_LOOK_DIM);    /* half errors, half warnings */
	const char *marks = "EWEEEE ";
	for (int i = 0; marks[i]; i++)
		assert_int_equal(ch_at(&d, i, 2), marks[i]);
	undraw(&d);
}

static void legend_keeps_its_words(void **state)
{
	(void)state;
	double all[SLICES] = { 984 }, warnings[SLICES] = { 121 }, errors[SLICES] = { 86 };
	for (int onset = 0; onset < SLICES; onset++) {
		drawn d;
		cc_buf b = CC_BUF_INIT;
		draw(&d, all, warnings, errors, onset * CC_NS_PER_S, onset % 2 == 0);
		cc_grid_dump(&d.grid, &b, false);
		const char *legend = onset % 2 == 0 ? " E 86 errors W 121 warnings : 984 records " :
			" E\xe2\x96\x88 86 errors W\xe2\x96\x93 121 warnings \xe2\x96\x91 984 records ";
		assert_non_null(strstr(b.p, legend));
		cc_buf_deinit(&b);
		undraw(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(parts_are_shares), cmocka_unit_test(legend_keeps_its_words) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
