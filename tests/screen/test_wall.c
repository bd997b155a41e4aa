/* test_wall.c - the wall of a class: golden screens, keys that say lines, no name before it is told, and nothing that moves by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/file.h"
#include "coldcase/xalloc.h"
#include "ui/term_fake.h"
#include "ui/wall.h"

enum { SEATS = 8, MANY = 40 };

typedef struct stage { cc_wall w; cc_wall_seat seats[MANY]; cc_buf lines; cc_wall_screen s; cc_term_fake *fake; cc_term *term; } stage;

static const cc_wall *take(void *arg)
{
	return &((stage *)arg)->w;
}

static void give(void *arg)
{
	(void)arg;
}

static void line(void *arg, cc_str text)
{
	cc_buf_addf(&((stage *)arg)->lines, "%.*s|", CC_STR_ARG(text));
}

/* Eight seats in all the states there are. */
static void open_stage(stage *st, int columns, int rows)
{
	static const char *const STATES[] = { "playing", "submitted", "playing", "silent", "submitted", "frozen", "left", "waiting" };
	*st = (stage){ .lines = CC_BUF_INIT };
	for (int i = 0; i < MANY; i++)
		st->seats[i] = (cc_wall_seat){ .name = CC_STR_EMPTY, .state = STATES[i % 8], .queries = i * 13 % 41, .panes = i % 9, .score = -1,
			.done = i % 8 == 1 || i % 8 == 4, .silent_ns = i % 8 == 3 ? 125 * CC_NS_PER_S : 0 };
	st->w = (cc_wall){ .incident = CC_STR("Scenario-1"), .phase = "running", .why = CC_STR_EMPTY, .clock_ns = 754 * CC_NS_PER_S, .cap = 40,
		.judged = true, .decides = true, .hold = true, .submitted = 2, .silent = 1, .saw = 6, .named = 3, .seats = st->seats,
		.seat_count = SEATS, .said = CC_STR_EMPTY };
	st->term = cc_term_fake_new(&st->fake, columns, rows);
	cc_wall_screen_init(&st->s, &(cc_wall_source){ .arg = st, .take = take, .give = give, .line = line }, st->term,
		&(cc_ui_options){ .glyphs = CC_GLYPHS_BLOCK });
}

static void close_stage(stage *st)
{
	cc_wall_screen_deinit(&st->s);
	st->term->ops->close(st->term);
	cc_buf_deinit(&st->lines);
}

static char *screen(stage *st)
{
	cc_buf b = CC_BUF_INIT;
	cc_wall_show(&st->s);
	cc_grid_dump(&st->fake->shown, &b, false);
	return cc_buf_take(&b);
}

static bool shows(stage *st, const char *text)
{
	char *have = screen(st);
	bool yes = strstr(have, text);
	cc_free(have);
	return yes;
}

static void golden(stage *st, const char *name)
{
	cc_buf path = CC_BUF_INIT, want = CC_BUF_INIT;
	char *have = screen(st);
	cc_buf_addf(&path, "tests/screen/wall-%s.%dx%d.screen", name, st->fake->columns, st->fake->rows);
	if (getenv("GENERATE"))
		assert_int_equal(cc_file_write(path.p, cc_str_from(have), NULL), CC_OK);
	else if (cc_file_read(&want, path.p, 1 << 20, NULL) != CC_OK)
		fail_msg("%s is missing; GENERATE=1 writes it", path.p);
	else if (!cc_str_eq(cc_buf_str(&want), cc_str_from(have)))
		fail_msg("%s differs, it is now:\n%s", path.p, have);
	cc_free(have);
	cc_buf_deinit(&path);
	cc_buf_deinit(&want);
}

static void press(stage *st, const char *keys)
{
	size_t from = st->fake->keys.n;
	assert_int_equal(cc_term_fake_script(st->fake, cc_str_from(keys), NULL), CC_OK);
	for (size_t i = from; i < st->fake->keys.n; i++)
		cc_wall_key(&st->s, &st->fake->keys.p[i]);
}

static void test_screens(void **state)
{
	static const struct { int columns, rows; } sizes[] = { { 80, 24 }, { 160, 48 } };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		stage st;
		open_stage(&st, sizes[i].columns, sizes[i].rows);
		golden(&st, "running");
		st.w.phase = "countdown";
		st.w.clock_ns = -7 * CC_NS_PER_S;
		golden(&st, "countdown");
		st.w.phase = "frozen";
		st.w.clock_ns = 3601 * CC_NS_PER_S;
		st.w.why = CC_STR("look at \x1b[31mthe board");
		st.w.said = CC_STR("Frozen.");
		golden(&st, "frozen");
		st.w.live = 4;
		st.w.live_ns = INT64_C(1765818433574485000);
		golden(&st, "live");
		st.w.live = 0;
		st.w.phase = "over";
		st.w.revealed = true;
		st.seats[0].name = CC_STR("ann");
		st.seats[1].name = CC_STR("a name that is too long for it");
		st.seats[1].score = 0.5;
		golden(&st, "revealed");
		close_stage(&st);
	}
}

/* What does not fit is counted; no size is too small. */
static void test_many_seats_and_small_screens(void **state)
{
	(void)state;
	stage st;
	open_stage(&st, 80, 24);
	st.w.seat_count = MANY;
	assert_true(shows(&st, "and 29 more seats"));
	close_stage(&st);
	open_stage(&st, 160, 24);
	st.w.seat_count = 20;
	assert_true(shows(&st, "seat 20 "));
	assert_false(shows(&st, "more seats"));
	close_stage(&st);
	for (int rows = 1; rows < 20; rows += 3)
		for (int columns = 1; columns < 70; columns += 9) {
			open_stage(&st, columns, rows);
			st.w.seat_count = MANY;
			cc_free(screen(&st));
			close_stage(&st);
		}
	open_stage(&st, 80, 24);
	st.w.seat_count = 0;
	assert_true(shows(&st, "Nobody sits here yet"));
	close_stage(&st);
}

static void test_keys_say_lines(void **state)
{
	(void)state;
	stage st;
	open_stage(&st, 80, 24);
	press(&st, "f t n");
	assert_string_equal(st.lines.p, "freeze|thaw|names|");
	press(&st, "s");                /* not yet: it stands in the prompt */
	assert_string_equal(st.lines.p, "freeze|thaw|names|");
	assert_true(shows(&st, "Enter says it to everybody: start"));
	press(&st, "Enter");
	press(&st, "r Esc e Esc");
	assert_string_equal(st.lines.p, "freeze|thaw|names|start|");
	press(&st, "h 'read the events' Enter : 'start 30' Enter");
	assert_string_equal(st.lines.p, "freeze|thaw|names|start|tell read the events|start 30|");
	press(&st, "b");
	assert_false(shows(&st, "seat 1"));
	press(&st, "b");
	assert_true(shows(&st, "seat 1"));
	assert_false(st.s.done);
	press(&st, "q");
	assert_true(st.s.done);
	close_stage(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_screens),
		cmocka_unit_test(test_many_seats_and_small_screens),
		cmocka_unit_test(test_keys_say_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
