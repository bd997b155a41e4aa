/* test_scrubber.c - the row with the whole capture in it: what stands where, a gap left out, a click, and when it is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/ui/fake_backend.h"

enum { HOUR = 3600, FROM_ROW = 2, BAR_X = 6, BAR_W = 80 - 6 - 7 };

typedef enum { NO_GAP, ONE_GAP, TWO_GAPS, POLLS } shape;

static struct { shape gap; int asked; cc_range range; } canned;

/* In which parts of a hundred nothing was recorded: of four polls, all between them. */
static bool is_silent(int part)
{
	switch (canned.gap) {
	case NO_GAP: break;
	case ONE_GAP: return part >= 10 && part < 90;
	case TWO_GAPS: return (part >= 10 && part < 45) || (part >= 55 && part < 90);
	case POLLS: return part % 25 != 0;
	}
	return false;
}

static void add_layer(cc_reply *r, const char *key, int slices, const int *at, int count, bool everywhere)
{
	double *v = cc_arena_array(cc_reply_arena(r), (size_t)slices, sizeof *v);

	for (int i = 0; everywhere && i < slices; i++)
		v[i] = is_silent(i * 100 / slices) ? 0 : 1;
	for (int i = 0; i < count; i++)
		v[at[i] * slices / 100] += 8;
	cc_reply_fact(r, key, key, cc_cell_spark(v, (size_t)slices), CC_ROLE_TEXT);
}

/* An alert at 5 %, a change at 95 %, both at 97 %, errors at 2 %. */
static cc_code fake_timeline(void *arg, int slices, cc_cancel *cancel, cc_reply **out)
{
	cc_reply *r = cc_reply_new("timeline");

	(void)arg;
	(void)cancel;
	canned.asked++;
	cc_reply_begin_facts(r, "timeline", NULL);
	cc_reply_fact(r, "from", "from", cc_cell_time(canned.range.from_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "to", "to", cc_cell_time(canned.range.to_ns), CC_ROLE_TIME);
	add_layer(r, "alerts", slices, (const int[]){ 5, 97 }, 2, false);
	add_layer(r, "changes", slices, (const int[]){ 95, 97 }, 2, false);
	add_layer(r, "warnings", slices, NULL, 0, false);
	add_layer(r, "records", slices, NULL, 0, true);
	add_layer(r, "errors", slices, (const int[]){ 2 }, 1, false);
	*out = r;
	return cc_reply_publish(r, NULL, NULL);
}

static void open_rig(rig *r, shape gap, cc_glyphs glyphs)
{
	cc_ui_options opt = { .glyphs = glyphs };
	cc_backend b;
	cc_term *t = cc_term_fake_new(&r->term, 80, 24);

	canned.gap = gap;
	canned.asked = 0;
	fake_init(&r->f);
	r->f.status.capture = canned.range = (cc_range){ 0, gap == POLLS ? 40 * 60 * CC_NS_PER_S : 100 * HOUR * CC_NS_PER_S };
	b = fake_backend(&r->f);
	b.timeline = fake_timeline;
	assert_int_equal(cc_ui_new_with(&r->ui, &b, t, &opt, NULL), CC_OK);
	cc_ui_draw(r->ui);
}

static uint32_t cell(rig *r, int x)
{
	return cc_grid_at(&r->term->shown, BAR_X + x, FROM_ROW)->ch;
}

/* The column a letter stands in, -1 when nowhere. */
static int column_of(rig *r, uint32_t ch)
{
	for (int x = 0; x < BAR_W; x++)
		if (cell(r, x) == ch)
			return x;
	return -1;
}

static void each_stands_at_its_time(void **state)
{
	rig r;

	(void)state;
	open_rig(&r, NO_GAP, CC_GLYPHS_ASCII);
	assert_int_equal(column_of(&r, 'T'), 0);                 /* the onset is at 0 here */
	assert_int_equal(column_of(&r, 'A'), BAR_W * 5 / 100);
	assert_int_equal(column_of(&r, 'C'), BAR_W * 95 / 100);
	assert_in_range(column_of(&r, '*'), BAR_W * 97 / 100, BAR_W * 97 / 100 + 1);
	assert_int_equal(column_of(&r, '@'), BAR_W * 2 / 100);   /* the largest volume */
	assert_int_equal(column_of(&r, '/'), -1);
	rig_close(&r);
}

static void a_long_gap_is_left_out(void **state)
{
	rig r;

	(void)state;
	open_rig(&r, ONE_GAP, CC_GLYPHS_ASCII);
	assert_in_range(column_of(&r, '/'), BAR_W / 2 - 3, BAR_W / 2 + 3);   /* ten hours on either side of it */
	assert_in_range(column_of(&r, 'A'), BAR_W / 4 - 3, BAR_W / 4 + 3);
	assert_in_range(column_of(&r, 'C'), BAR_W * 3 / 4 - 4, BAR_W * 3 / 4 + 3);
	r.f.status.view.at_ns = 50 * HOUR * CC_NS_PER_S;        /* in the middle of nothing */
	cc_ui_draw(r.ui);
	assert_in_range(column_of(&r, '|'), BAR_W / 2 - 3, BAR_W / 2 + 3);
	rig_close(&r);
}

/* Ten hours, ten and ten, with 35 of nothing between them: neither of the gaps takes a third of all there is without the other. */
static void several_gaps_are_left_out(void **state)
{
	rig r;
	cc_key click = { .code = CC_KEY_MOUSE, .button = CC_MOUSE_CLICK, .x = BAR_X + BAR_W / 2, .y = FROM_ROW };
	int gaps = 0;

	(void)state;
	open_rig(&r, TWO_GAPS, CC_GLYPHS_ASCII);
	for (int x = 0; x < BAR_W; x++)
		gaps += cell(&r, x) == '/';
	assert_int_equal(gaps, 2);
	assert_in_range(column_of(&r, '/'), BAR_W / 3 - 3, BAR_W / 3 + 3);
	assert_in_range(column_of(&r, 'A'), BAR_W / 6 - 3, BAR_W / 6 + 3);
	assert_in_range(column_of(&r, 'C'), BAR_W * 5 / 6 - 3, BAR_W * 5 / 6 + 3);
	cc_ui_handle_key(r.ui, &click);
	assert_non_null(strstr(r.f.lines.p, "at 1970-01-03T0"));  /* in the ten hours between the gaps */
	rig_close(&r);
}

static void pauses_between_polls_are_no_gaps(void **state)
{
	rig r;

	(void)state;
	open_rig(&r, POLLS, CC_GLYPHS_ASCII);
	assert_int_equal(column_of(&r, '/'), -1);
	rig_close(&r);
}

static void what_is_not_known_is_empty(void **state)
{
	rig r;
	cc_key key = { .code = 'j' };

	(void)state;
	open_rig(&r, NO_GAP, CC_GLYPHS_BLOCK);
	r.f.status.until_ns = r.f.status.view.at_ns = 50 * HOUR * CC_NS_PER_S;
	canned.range.to_ns = r.f.status.until_ns;
	cc_ui_handle_key(r.ui, &key);
	cc_ui_draw(r.ui);
	assert_int_equal(canned.asked, 2);                       /* the horizon moved */
	for (int x = BAR_W / 2 + 1; x < BAR_W; x++)
		assert_int_equal(cell(&r, x), ' ');
	assert_int_equal(cell(&r, BAR_W / 2), 0x2503);
	rig_close(&r);
}

static void it_is_asked_once_and_can_be_put_away(void **state)
{
	rig r;

	(void)state;
	open_rig(&r, NO_GAP, CC_GLYPHS_BRAILLE);
	rig_keys(&r, "j j 2 k");
	assert_int_equal(canned.asked, 1);
	assert_true(cell(&r, BAR_W * 2 / 100) > 0x2800);
	rig_keys(&r, "|");
	assert_false(rig_shows(&r, "04:00Z"));                    /* its right label */
	rig_keys(&r, "|");
	assert_true(rig_shows(&r, "04:00Z"));
	r.term->rows = 23;
	rig_keys(&r, "j");
	assert_false(rig_shows(&r, "04:00Z"));                    /* below 24 rows evidence needs the room */
	rig_close(&r);
}

static void a_click_puts_the_cursor_there(void **state)
{
	rig r;
	cc_key click = { .code = CC_KEY_MOUSE, .button = CC_MOUSE_CLICK, .x = BAR_X + BAR_W / 2, .y = FROM_ROW };

	(void)state;
	open_rig(&r, NO_GAP, CC_GLYPHS_BLOCK);
	cc_ui_handle_key(r.ui, &click);
	assert_non_null(strstr(r.f.lines.p, "at 1970-01-03T0"));  /* about fifty hours in */
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_stands_at_its_time),
		cmocka_unit_test(a_long_gap_is_left_out),
		cmocka_unit_test(several_gaps_are_left_out),
		cmocka_unit_test(pauses_between_polls_are_no_gaps),
		cmocka_unit_test(what_is_not_known_is_empty),
		cmocka_unit_test(it_is_asked_once_and_can_be_put_away),
		cmocka_unit_test(a_click_puts_the_cursor_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
