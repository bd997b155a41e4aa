/* test_replay_live.c - a record looked at while it is made: the player goes on a step at a time, only while the playback stands at the
 * end and plays, and rests for who takes over. The player here does its step the moment it may. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/clock.h"
#include "support/scratch.h"
#include "ui/replay.h"
#include "ui/term_fake.h"

static const char SAMPLE[] = "sample-incidents/Scenario-1";
static const char *const LINES[] = { "alerts", "paths", "note hm", "suspect otel-demo/Deployment/quote confidence=0.7", "submit confirm=submit" };
enum { LINE_COUNT = sizeof LINES / sizeof LINES[0] };

typedef struct shown { cc_run *run; cc_playback *playback; } shown;

typedef struct game {
	cc_session *player, *view;
	size_t ran, taken;           /* of LINES */
	bool busy;                   /* it does not rest */
	shown now, before;
	cc_term *term;
	cc_term_fake *fake;
	cc_ui *ui;
	cc_replay replay;
	cc_ui_live live;
	cc_ui_replay_how how;
	int64_t now_ns;
} game;

static void free_shown(shown *s)
{
	cc_playback_free(s->playback);
	cc_run_free(s->run);
	*s = (shown){ 0 };
}

static void read_now(game *g)
{
	cc_err err = { 0 };
	free_shown(&g->before);
	g->before = g->now;
	if (cc_run_read(&g->now.run, cc_session_run_dir(g->player), &err) != CC_OK ||
		cc_playback_new(&g->now.playback, g->view, g->now.run, NULL, &err) != CC_OK)
		fail_msg("%s", err.message);
	g->taken = g->ran;
}

static cc_playback *fresh(void *arg)
{
	game *g = arg;
	if (g->taken == g->ran)
		return NULL;
	read_now(g);
	return g->now.playback;
}

static void allow(void *arg, bool on)
{
	game *g = arg;
	cc_reply *r = NULL;
	cc_err err;
	if (!on || g->taken != g->ran || g->ran == LINE_COUNT)
		return;
	if (cc_session_run(g->player, cc_str_from(LINES[g->ran++]), NULL, &r, &err) == CC_OK)
		cc_reply_unref(r);
}

static bool rests(void *arg)
{
	return !((game *)arg)->busy;
}

static bool over(void *arg)
{
	return ((game *)arg)->ran == LINE_COUNT;
}

static void status(void *arg, cc_buf *out)
{
	cc_buf_addf(out, "ran %zu", ((game *)arg)->ran);
}

static void said(void *arg, cc_buf *out)
{
	(void)arg;
	cc_buf_addz(out, "it is quote");
}

static game *begin(void)
{
	static game g;
	cc_err err = { 0 };
	cc_ui_options opt = { .glyphs = CC_GLYPHS_ASCII };
	g = (game){ .live = { fresh, allow, rests, over, status, said, &g }, .now_ns = cc_clock_mono_ns() };
	if (cc_session_open(&g.player, &(cc_session_options){ .dir = SAMPLE, .out_dir = scratch.root, .no_cache = true, .agent = true }, &err) != CC_OK ||
		cc_session_open(&g.view, &(cc_session_options){ .dir = SAMPLE, .no_cache = true }, &err) != CC_OK)
		fail_msg("%s", err.message);
	read_now(&g);
	cc_playback_go(g.now.playback, SIZE_MAX);
	g.term = cc_term_fake_new(&g.fake, 120, 30);
	g.how.live = &g.live;
	cc_replay_init_over(&g.replay, g.now.playback);
	g.replay.how = &g.how;
	g.replay.playing = true;
	if (cc_ui_new_replay(&g.ui, &g.replay, g.term, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	return &g;
}

static void end(game *g)
{
	cc_ui_free(g->ui);
	free_shown(&g->before);
	free_shown(&g->now);
	cc_session_close(g->view);
	cc_session_close(g->player);
	g->term->ops->close(g->term);
}

/* So much time, in the pieces in which the loop looks at the clock. */
static void pass(game *g, int64_t ns)
{
	for (int64_t end_ns = g->now_ns + ns; g->now_ns < end_ns && !cc_ui_done(g->ui); g->now_ns += 50 * CC_NS_PER_MS)
		cc_replay_tick(g->ui, g->now_ns);
}

static void press(game *g, uint32_t code)
{
	cc_ui_handle_key(g->ui, &(cc_key){ .code = code });
}

static bool shows(game *g, const char *text)
{
	cc_buf b = CC_BUF_INIT;
	cc_ui_draw(g->ui);
	cc_grid_dump(&g->fake->shown, &b, false);
	bool yes = strstr(b.p, text) != NULL;
	if (!yes)
		fprintf(stderr, "%s\n", b.p);
	cc_buf_deinit(&b);
	return yes;
}

static size_t at(const game *g)
{
	return cc_playback_at(g->replay.playback);
}

/* --- */

static void it_goes_on_a_step_at_a_time(void **state)
{
	(void)state;
	game *g = begin();
	size_t first = at(g);
	pass(g, 100 * CC_NS_PER_MS);
	assert_int_equal(g->ran, 1);
	assert_int_equal(at(g), first + 1);
	assert_true(shows(g, "ALERTS"));
	assert_true(shows(g, "LIVE 2/2"));
	assert_true(shows(g, "ran 1"));
	assert_true(shows(g, "it is quote"));
	pass(g, 1500 * CC_NS_PER_MS);
	assert_int_equal(g->ran, 1);         /* the step stands as long as any */
	pass(g, 600 * CC_NS_PER_MS);
	assert_int_equal(g->ran, 2);
	end(g);
}

static void while_it_is_held_nothing_is_done(void **state)
{
	(void)state;
	game *g = begin();
	pass(g, 100 * CC_NS_PER_MS);
	press(g, ' ');
	pass(g, 10 * CC_NS_PER_S);
	assert_int_equal(g->ran, 1);
	assert_true(shows(g, "HELD"));
	press(g, '.');
	pass(g, 10 * CC_NS_PER_S);
	assert_int_equal(g->ran, 2);
	assert_int_equal(at(g), 3);
	end(g);
}

static void looking_back_holds_it(void **state)
{
	(void)state;
	game *g = begin();
	pass(g, 5 * CC_NS_PER_S);
	size_t ran = g->ran;
	press(g, ',');
	press(g, ',');
	pass(g, 10 * CC_NS_PER_S);
	assert_int_equal(g->ran, ran);
	press(g, ' ');               /* first what was done is played again */
	g->now_ns = cc_clock_mono_ns();
	pass(g, CC_NS_PER_S);
	assert_int_equal(g->ran, ran);
	end(g);
}

static void who_takes_over_waits_until_it_rests(void **state)
{
	(void)state;
	game *g = begin();
	pass(g, 100 * CC_NS_PER_MS);
	g->busy = true;
	press(g, 'T');
	pass(g, 5 * CC_NS_PER_S);
	assert_false(cc_ui_done(g->ui));
	assert_int_equal(g->ran, 1);
	assert_true(shows(g, "it is your turn as soon as"));
	g->busy = false;
	pass(g, 100 * CC_NS_PER_MS);
	assert_true(cc_ui_done(g->ui));
	assert_true(g->how.take_over);
	end(g);
}

static void when_it_is_done_the_record_stays(void **state)
{
	(void)state;
	game *g = begin();
	for (int i = 0; i < 2 * LINE_COUNT; i++)
		pass(g, CC_NS_PER_S);
	pass(g, CC_NS_PER_S);
	assert_int_equal(g->ran, LINE_COUNT);
	assert_int_equal(at(g), LINE_COUNT + 1);
	assert_true(shows(g, "REPLAY 6/6"));
	assert_true(shows(g, "ran 5"));
	press(g, 'T');
	pass(g, CC_NS_PER_S);
	assert_false(cc_ui_done(g->ui));
	assert_true(shows(g, "the player is done: nothing is left to take over"));
	press(g, 'q');
	assert_true(cc_ui_done(g->ui));
	end(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_goes_on_a_step_at_a_time, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(while_it_is_held_nothing_is_done, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(looking_back_holds_it, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(who_takes_over_waits_until_it_rests, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(when_it_is_done_the_record_stays, scratch_make, scratch_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
