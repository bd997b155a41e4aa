/* test_map.c - moving over the map from side to side, letters on its boxes, and maps that are too large or too small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "ui/map.h"

static const cc_column columns[] = {
	{ "side", "Side", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 0 },
	{ "entity", "Thing", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "error_percent", "Err%", CC_CELL_NUMBER, CC_ROLE_CRITICAL, 6, 0 },
	{ "basis", "Basis", CC_CELL_TEXT, CC_ROLE_DIM, 6, 0 },
};

static cc_sheet *sheet_of(const int counts[5], int width)
{
	static const char *const sides[] = { "above", "callers", "self", "callees", "below" };
	cc_reply *r = cc_reply_new("topology");
	cc_sheet *s = cc_sheet_new("topology");
	assert_non_null(r);
	assert_non_null(s);
	cc_reply_begin_table(r, "nodes", NULL, columns, 4, true);
	for (int side = 0; side < 5; side++)
		for (int i = 0; i < counts[side]; i++) {
			char name[64];
			snprintf(name, sizeof name, "ns/Service/%s-%d", sides[side], i);
			assert_non_null(cc_reply_row(r));
			cc_reply_cell(r, cc_cell_textz(sides[side]));
			cc_reply_cell(r, cc_cell_textz(name));
			cc_reply_cell(r, i % 2 ? cc_cell_number(12.5) : cc_cell_none());
			cc_reply_cell(r, cc_cell_textz(i % 2 ? "seen" : "declared"));
		}
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	cc_sheet_layout(s, width, false);
	cc_sheet_set_reply(s, r);
	cc_sheet_layout(s, width, false);
	return s;
}

static void at(const cc_sheet *s, const char *name)
{
	cc_pick p = cc_sheet_pick(s);
	assert_non_null(p.row);
	char whole[64];
	snprintf(whole, sizeof whole, "ns/Service/%s", name);
	if (!cc_str_eqz(p.row->cells[1].text, whole))
		fail_msg("at %.*s, not %s", CC_STR_ARG(p.row->cells[1].text), whole);
}

static void draw(cc_sheet *s, int columns_wide, int rows, cc_buf *out)
{
	cc_grid g = { .scratch = CC_BUF_INIT };
	cc_sheet_look look = { .active = true, .at_ns = CC_TIME_NONE };
	assert_true(cc_grid_resize(&g, columns_wide, rows));
	cc_grid_clear(&g);
	cc_sheet_draw(s, &g, (cc_rect){ 0, 0, columns_wide, rows }, &look);
	cc_buf_clear(out);
	cc_grid_dump(&g, out, false);
	assert_true(cc_buf_ok(out));
	cc_grid_deinit(&g);
}

static void from_side_to_side(void **state)
{
	(void)state;
	cc_sheet *s = sheet_of((const int[]){ 2, 3, 1, 2, 2 }, 80);
	at(s, "self-0");
	cc_map_move(s, -1, 0);
	at(s, "callers-0");
	cc_map_move(s, 0, 1);
	cc_map_move(s, 0, 1);
	cc_map_move(s, 0, 1);        /* the last: nothing below */
	at(s, "callers-2");
	cc_map_move(s, 1, 0);
	at(s, "self-0");
	cc_map_move(s, 1, 0);
	at(s, "callees-0");
	cc_map_move(s, 1, 0);
	at(s, "callees-0");
	cc_map_move(s, -1, 0);
	cc_map_move(s, 0, -1);
	at(s, "above-1");
	cc_map_move(s, 0, -1);
	cc_map_move(s, 0, -1);
	at(s, "above-0");
	cc_map_move(s, 0, 1);
	cc_map_move(s, 0, 1);
	cc_map_move(s, 0, 1);
	at(s, "below-0");
	cc_map_move(s, -1, 0);
	at(s, "callers-0");
	cc_sheet_free(s);
}

static void alone(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_sheet *s = sheet_of((const int[]){ 2, 0, 1, 0, 3 }, 80);
	assert_false(cc_map_shown(s));     /* no lines to draw: a list, with the facts */
	cc_sheet_free(s);
	s = sheet_of((const int[]){ 0, 1, 1, 0, 0 }, 80);
	for (int dx = -1; dx <= 1; dx++)
		for (int dy = -1; dy <= 1; dy++)
			cc_map_move(s, dx, dy);
	cc_map_move(s, 1, 0);
	at(s, "self-0");
	draw(s, 80, 20, &b);
	assert_non_null(strstr(b.p, "self-0"));
	assert_non_null(strstr(b.p, "callers-0"));
	cc_buf_deinit(&b);
	cc_sheet_free(s);
}

/* A side that has no room scrolls with the selection and says how many more there are. */
static void crowds(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_sheet *s = sheet_of((const int[]){ 30, 60, 1, 60, 60 }, 80);
	cc_map_move(s, -1, 0);
	for (int i = 0; i < 59; i++)
		cc_map_move(s, 0, 1);
	at(s, "callers-59");
	draw(s, 80, 20, &b);
	assert_non_null(strstr(b.p, "callers-59"));
	assert_non_null(strstr(b.p, "up, 0 down"));
	assert_null(strstr(b.p, "callers-0 "));
	for (int rows = 1; rows < 12; rows++)
		draw(s, 61, rows, &b);
	cc_buf_deinit(&b);
	cc_sheet_free(s);
}

static void letters(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_sheet *s = sheet_of((const int[]){ 1, 2, 1, 2, 1 }, 80);
	s->letters = true;
	draw(s, 80, 20, &b);
	assert_int_equal(s->letter_count, 7);
	assert_true(cc_map_jump(s, 'a'));
	at(s, "above-0");
	assert_false(s->letters);
	assert_false(cc_map_jump(s, 'z'));
	assert_false(cc_map_jump(s, '!'));
	at(s, "above-0");
	cc_buf_deinit(&b);
	cc_sheet_free(s);
}

/* Below its width a map is a list like any other. */
static void narrow(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_sheet *s = sheet_of((const int[]){ 1, 2, 1, 2, 1 }, 40);
	assert_false(cc_map_shown(s));
	draw(s, 40, 20, &b);
	assert_non_null(strstr(b.p, "Thing"));
	draw(s, 100, 20, &b);
	assert_true(cc_map_shown(s));
	assert_null(strstr(b.p, "Thing"));
	cc_buf_deinit(&b);
	cc_sheet_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_side_to_side),
		cmocka_unit_test(alone),
		cmocka_unit_test(crowds),
		cmocka_unit_test(letters),
		cmocka_unit_test(narrow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
