/* test_wide.c - two panes side by side: who is the wide one, what leaves with its pane and comes back, whose fields stand below. */
#include "unit/ui/stage.h"

/* -1: one pane has all. The keys belong to `active`, which is the wide one, and its fields stand below it and nowhere else. */
static void expect(stage *st, int active, int beside)
{
	cc_ui *ui = st->ui;
	cc_layout l = cc_ui_layout(ui, st->columns, st->rows);
	int other = ui->slots[1 - ui->active];
	assert_int_equal(ui->slots[ui->active], active);
	assert_int_equal(ui->slots[1] < 0 ? -1 : other, beside);
	if (beside < 0)
		return;
	cc_rect mine = l.pane[ui->active], its = l.pane[1 - ui->active];
	assert_true(mine.w > its.w);
	assert_int_equal(its.h, l.body.h);
	if (l.side.w) {
		assert_int_equal(l.side.x, mine.x);
		assert_int_equal(l.side.w, mine.w);
		assert_true(l.side.y > mine.y);
	}
}

static bool shows(stage *st, const char *text)
{
	cc_buf b = CC_BUF_INIT;
	cc_grid_dump(&st->fake->shown, &b, false);
	bool found = cc_str_find(cc_buf_str(&b), cc_str_from(text)) != CC_STR_NONE;
	cc_buf_deinit(&b);
	return found;
}

static int depth(const stage *st, int pane)
{
	return (int)st->ui->panes[pane].stack.n;
}

static void a_page_leaves_with_its_pane_and_comes_back(void **state)
{
	static const int SIZES[][2] = { { 160, 48 }, { 240, 60 } };
	(void)state;
	for (int i = 0; i < 2; i++) {
		stage st;
		stage_open(&st, SIZES[i][0], SIZES[i][1]);
		press(&st, "Enter");
		assert_int_equal(depth(&st, CC_PANE_ALERTS), 2);
		press(&st, "2");
		expect(&st, CC_PANE_LOGS, -1);
		press(&st, "3");
		expect(&st, CC_PANE_TRACES, CC_PANE_LOGS);
		press(&st, "7");
		expect(&st, CC_PANE_SPECS, CC_PANE_LOGS);
		press(&st, "2");                      /* it is there: the keys go over, and the room with them */
		expect(&st, CC_PANE_LOGS, CC_PANE_SPECS);
		press(&st, "1");
		expect(&st, CC_PANE_ALERTS, CC_PANE_SPECS);
		assert_int_equal(depth(&st, CC_PANE_ALERTS), 2);
		press(&st, "7 Enter 4");              /* two pages, both leave */
		expect(&st, CC_PANE_METRICS, -1);
		press(&st, "-");
		expect(&st, CC_PANE_SPECS, CC_PANE_METRICS);
		stage_close(&st);
	}
}

/* A pivot shows its answer beside the page it was asked from; back from it the list nobody asked for is gone. */
static void a_pivot_stands_beside_what_it_came_from(void **state)
{
	stage st;
	(void)state;
	stage_open(&st, 160, 48);
	press(&st, "Enter x e");
	expect(&st, CC_PANE_EVENTS, CC_PANE_ALERTS);
	press(&st, "1");
	expect(&st, CC_PANE_ALERTS, CC_PANE_EVENTS);
	press(&st, "6 Esc");
	expect(&st, CC_PANE_ALERTS, -1);
	assert_int_equal(depth(&st, CC_PANE_ALERTS), 2);
	stage_close(&st);
}

static void one_pane_has_it_all(void **state)
{
	stage st;
	(void)state;
	stage_open(&st, 160, 48);
	press(&st, "2 3");
	assert_true(shows(&st, "+ this pane alone"));
	press(&st, "+");
	assert_true(shows(&st, "_ both panes"));
	assert_int_equal(cc_ui_layout(st.ui, 160, 48).pane[st.ui->active].w, 160);
	press(&st, "_");
	expect(&st, CC_PANE_TRACES, CC_PANE_ALERTS);
	stage_close(&st);
}

static void q_says_that_it_went_back(void **state)
{
	stage st;
	(void)state;
	stage_open(&st, 80, 24);
	press(&st, "Enter q");
	assert_true(shows(&st, "back at the list; the next q leaves"));
	press(&st, "j");
	assert_false(shows(&st, "back at the list"));
	stage_close(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_page_leaves_with_its_pane_and_comes_back),
		cmocka_unit_test(a_pivot_stands_beside_what_it_came_from), cmocka_unit_test(one_pane_has_it_all),
		cmocka_unit_test(q_says_that_it_went_back) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
