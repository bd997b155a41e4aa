/* test_reel.c - a scene of a reel: fast up to where the runs part, then step by step, then a cut; golden screens reel-NAME.WxH.screen
 * (GENERATE=1 writes them). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/xalloc.h"
#include "ui/replay.h"
#include "ui/term_fake.h"

static const char INCIDENT[] = "sample-incidents/Scenario-1", RUN[] = "sample-incidents/runs/ben/Scenario-1/1";

typedef struct stage { cc_session *session; cc_run *run; cc_term *term; cc_term_fake *fake; cc_ui *ui; cc_replay replay; cc_ui_reel reel; cc_ui_replay_how how; } stage;

static void open_stage(stage *s, int columns, int rows)
{
	cc_err err = { 0 };
	*s = (stage){ .reel = { .name = CC_STR("B ben"), .order = CC_STR("parting 2/3: A [B] C"), .part = 5, .end = 7 } };
	s->how.reel = &s->reel;
	s->term = cc_term_fake_new(&s->fake, columns, rows);
	cc_clock_fake_set(INT64_C(1767604500000000000));
	if (cc_run_read(&s->run, RUN, &err) != CC_OK || cc_session_open(&s->session, &(cc_session_options){ .dir = INCIDENT, .no_cache = true }, &err) != CC_OK ||
		cc_replay_init(&s->replay, s->session, s->run, NULL, &err) != CC_OK)
		fail_msg("%s", err.message);
	s->replay.how = &s->how;
	cc_playback_go(s->replay.playback, 4);
	assert_int_equal(cc_ui_new_replay(&s->ui, &s->replay, s->term, &(cc_ui_options){ .glyphs = CC_GLYPHS_BLOCK }, &err), CC_OK);
	cc_reel_begin(&s->replay);
}

static void close_stage(stage *s)
{
	cc_ui_free(s->ui);
	cc_replay_deinit(&s->replay);
	cc_session_close(s->session);
	cc_run_free(s->run);
	s->term->ops->close(s->term);
	cc_clock_fake_off();
}

static void golden(stage *s, const char *name)
{
	cc_buf path = CC_BUF_INIT, want = CC_BUF_INIT, have = CC_BUF_INIT;
	cc_ui_draw(s->ui);
	cc_grid_dump(&s->fake->shown, &have, false);
	cc_buf_addf(&path, "tests/screen/reel-%s.%dx%d.screen", name, s->fake->columns, s->fake->rows);
	if (getenv("GENERATE"))
		assert_int_equal(cc_file_write(path.p, cc_buf_str(&have), NULL), CC_OK);
	else if (cc_file_read(&want, path.p, 1 << 20, NULL) != CC_OK)
		fail_msg("%s is missing; GENERATE=1 writes it", path.p);
	else if (!cc_str_eq(cc_buf_str(&want), cc_buf_str(&have)))
		fail_msg("%s differs, it is now:\n%s", path.p, have.p);
	cc_buf_deinit(&path);
	cc_buf_deinit(&want);
	cc_buf_deinit(&have);
}

static void pass(stage *s, int64_t ns)
{
	cc_clock_fake_advance(ns);
	cc_replay_tick(s->ui, cc_clock_mono_ns());
}

static void test_a_scene(void **state)
{
	(void)state;
	static const int SIZES[][2] = { { 80, 24 }, { 160, 48 } };
	for (size_t i = 0; i < 2; i++) {
		stage s;
		open_stage(&s, SIZES[i][0], SIZES[i][1]);
		pass(&s, CC_NS_PER_S / 8);                      /* what they have in common is 16 times as fast */
		assert_int_equal(cc_playback_at(s.replay.playback), 5);
		golden(&s, "parting");
		pass(&s, CC_NS_PER_S / 8);
		assert_int_equal(cc_playback_at(s.replay.playback), 5);
		pass(&s, 2 * CC_NS_PER_S);
		assert_int_equal(cc_playback_at(s.replay.playback), 6);
		pass(&s, 2 * CC_NS_PER_S);
		assert_int_equal(cc_playback_at(s.replay.playback), 7);
		assert_false(cc_ui_done(s.ui));
		pass(&s, 2 * CC_NS_PER_S);                      /* the last step stands as long as any */
		assert_true(cc_ui_done(s.ui));
		assert_int_equal(s.reel.cut, 1);
		close_stage(&s);
	}
}

/* Whoever stopped it and looked on, beyond where it cuts, is led to the next scene when it plays again. */
static void test_beyond_its_end(void **state)
{
	(void)state;
	stage s;
	open_stage(&s, 80, 24);
	assert_int_equal(cc_term_fake_script(s.fake, CC_STR("Space End Space"), NULL), CC_OK);
	for (size_t i = 0; i < s.fake->keys.n; i++)
		cc_ui_handle_key(s.ui, &s.fake->keys.p[i]);
	assert_true(cc_ui_done(s.ui));
	assert_int_equal(s.reel.cut, 1);
	close_stage(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_a_scene), cmocka_unit_test(test_beyond_its_end) };
	return cmocka_run_group_tests_name("reel", tests, NULL, NULL);
}
