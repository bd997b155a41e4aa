/* test_hindsight.c - in hindsight what lies after the time cursor is shown and dim, in every pane whose rows are moments; rows that
 * compare before with after, or stand for a stretch of time, keep their colours. The cursor is put on a row of the pane itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "coldcase/clock.h"
#include "ui/term_fake.h"
#include "ui/ui_priv.h"

enum { WALK = 60 };

typedef struct stage { cc_session *session; cc_term *term; cc_term_fake *fake; cc_ui *ui; } stage;

static void press(stage *st, const char *keys)
{
	cc_err err = { 0 };
	size_t from = st->fake->keys.n;
	if (cc_term_fake_script(st->fake, cc_str_from(keys), &err))
		fail_msg("%s: %s", keys, err.message);
	for (size_t i = from; i < st->fake->keys.n; i++) {
		cc_ui_handle_key(st->ui, &st->fake->keys.p[i]);
		cc_ui_draw(st->ui);
	}
}

static void stage_open(stage *st)
{
	cc_session_options so = { .dir = "sample-incidents/Scenario-1", .actor_name = "golden" };
	cc_ui_options uo = { .glyphs = CC_GLYPHS_BLOCK };
	cc_err err = { 0 };
	cc_clock_fake_set(INT64_C(1765900000000000000));
	st->term = cc_term_fake_new(&st->fake, 100, 40);
	if (cc_session_open(&st->session, &so, &err) || cc_ui_new(&st->ui, st->session, st->term, &uo, &err))
		fail_msg("%s", err.message);
	cc_ui_draw(st->ui);
}

static void stage_close(stage *st)
{
	cc_ui_free(st->ui);
	st->term->ops->close(st->term);
	cc_session_close(st->session);
	cc_clock_fake_off();
}

/* The line of the selected row: whether all that is written behind the gutter is dim, but for the cursor in a strip. */
static bool is_dim(const stage *st)
{
	const cc_grid *g = &st->fake->shown;
	int y = 0, width = cc_ui_sheet(st->ui)->width - 1;   /* behind it stands the scrollbar */
	while (y < g->rows && !(cc_grid_at(g, 0, y)->ch == '>' && (cc_grid_at(g, 0, y)->attr & CC_ATTR_SELECTED)))
		y++;
	assert_true(y < g->rows);
	for (int x = CC_TABLE_GUTTER; x < width; x++) {
		const cc_gcell *c = cc_grid_at(g, x, y);
		if (c->ch != ' ' && c->look != CC_LOOK_DIM && c->look != CC_LOOK_CURSOR)
			return false;
	}
	return true;
}

/* Walks down the pane; the cursor was put on its row `place`, 0: on the onset. */
static void check_pane(const char *pane, const char *keys, int place, bool moments)
{
	stage st;
	int later = 0, earlier = 0;
	stage_open(&st);
	press(&st, keys);
	for (int i = 0; i < place; i++)
		press(&st, "j");
	press(&st, place ? "." : ": 'at T+0s' Enter");
	press(&st, "g");
	int64_t at = cc_case_view(cc_session_case(st.session)).at_ns;
	assert_true(at != CC_TIME_NONE);
	for (int i = 0; i < WALK; i++) {
		cc_pick p = cc_sheet_pick(cc_ui_sheet(st.ui));
		press(&st, "");
		if (p.row && p.row->time_ns != CC_TIME_NONE) {
			bool after = p.row->time_ns > at;
			if (is_dim(&st) != (after && moments))
				fail_msg("%s: row %d is %sdim", pane, i, after && moments ? "not " : "");
			later += after, earlier += !after;
		}
		press(&st, "j");
	}
	if (!later || !earlier)
		fail_msg("%s: %d rows earlier and %d later than the cursor: nothing is shown by that", pane, earlier, later);
	stage_close(&st);
}

static void moments_are_dim(void **state)
{
	(void)state;
	check_pane("alerts", "1", 2, true);
	check_pane("logs", "2", 9, true);
	check_pane("traces", "3 T", 9, true);
	check_pane("waterfall", "3 T Enter", 5, true);
	check_pane("events", "6", 9, true);
	check_pane("changes", "7", 5, true);
	check_pane("objects", "7 T", 2, true);
}

static void comparisons_are_not(void **state)
{
	(void)state;
	check_pane("metrics", "4", 0, false);
	check_pane("patterns", "2 T", 0, false);
	check_pane("logs by service", "2 b", 0, false);
	check_pane("lanes", "6 T", 0, false);
	check_pane("labels", "1 v", 0, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(moments_are_dim), cmocka_unit_test(comparisons_are_not) };
	return cmocka_run_group_tests_name("hindsight", tests, NULL, NULL);
}
