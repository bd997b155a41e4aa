/* test_live_session.c - a live drill: the same evidence at the same moment at any speed, nothing from later, pages as alerts fire,
 * a clock that stops only where it may, and a record that gives the same answers again. The clock is a fake one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/playback.h"
#include "coldcase/rerun.h"
#include "coldcase/rng.h"
#include "coldcase/sha256.h"
#include "support/scratch.h"

static const char SAMPLE[] = "sample-incidents/Scenario-1";
enum { HANG_S = 60 };

static const char *const LINES[] = { "alerts", "alerts all=yes", "events limit=40", "logs limit=40", "patterns limit=20", "traces limit=20", "paths",
	"metrics limit=30", "changes", "checks", "topology", "timeline", "entity Deployment/quote", "now", "info", NULL };

static cc_session *open_live(int speed, const char *from, const char *out_dir, bool pausable)
{
	cc_session_options opt = { .dir = SAMPLE, .actor_name = "tester", .assistance = "full", .live_speed = speed, .live_from = from,
		.live_pausable = pausable, .out_dir = out_dir };
	cc_session *s = NULL;
	cc_err err;

	if (cc_session_open(&s, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static cc_code run(cc_session *s, const char *line)
{
	cc_reply *r = NULL;
	cc_code code = cc_session_run(s, cc_str_from(line), NULL, &r, NULL);

	cc_reply_unref(r);
	return code;
}

/* How it ended when there is no answer: an entity nobody has seen yet. `now` tells the speed. */
static void answer(cc_session *s, const char *line, char out[65])
{
	cc_reply *r = NULL;
	cc_buf b = CC_BUF_INIT;
	cc_code code = cc_session_run(s, cc_str_from(line), NULL, &r, NULL);

	cc_buf_addf(&b, "%d ", (int)code);
	if (r)
		cc_reply_write_canonical(r, &b);
	if (strcmp(line, "now") == 0)
		cc_buf_truncate(&b, cc_str_find(cc_buf_str(&b), CC_STR("\"speed\"")));
	cc_sha256_of(cc_buf_str(&b), out);
	cc_buf_deinit(&b);
	cc_reply_unref(r);
}

static void same_moment_same_evidence(void **state)
{
	static const int SPEEDS[] = { 1, 4, 60 };
	enum { MOMENTS = 6, LINE_COUNT = sizeof LINES / sizeof *LINES - 1 };
	static char seen[3][MOMENTS][LINE_COUNT][65];
	size_t changed = 0;

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		cc_rng rng;
		int64_t moment = 5 * CC_NS_PER_S;       /* between two ticks, where a division may cut off a little */

		cc_clock_fake_set(CC_NS_PER_S);
		cc_session *s = open_live(SPEEDS[k], "+1m", NULL, false);
		cc_rng_init(&rng, 11);
		for (size_t m = 0; m < MOMENTS; m++) {
			int64_t step = (int64_t)(6 + cc_rng_below(&rng, 12)) * CC_LIVE_TICK_S * CC_NS_PER_S;

			moment += step;
			cc_clock_fake_set(CC_NS_PER_S + moment / SPEEDS[k]);
			for (size_t i = 0; i < LINE_COUNT; i++)
				answer(s, LINES[i], seen[k][m][i]);
			assert_true(cc_session_horizon(s) <= cc_session_live(s).drill.from_ns + moment);
		}
		cc_session_close(s);
	}
	for (size_t m = 0; m < MOMENTS; m++)
		for (size_t i = 0; i < LINE_COUNT; i++) {
			for (size_t k = 1; k < 3; k++)
				if (strcmp(seen[0][m][i], seen[k][m][i]) != 0)
					fail_msg("%s: another answer at %dx (moment %zu)", LINES[i], SPEEDS[k], m);
			changed += m > 0 && strcmp(seen[0][m][i], seen[0][m - 1][i]) != 0;
		}
	assert_true(changed > MOMENTS);         /* and it does go on */
	cc_clock_fake_off();
}

/* A clock that several share: it began before one of them came, stood meanwhile, and is put back a little when the word of that comes late. */
static int64_t shared_ns;
static int64_t shared_clock(void *arg)
{
	(void)arg;
	return shared_ns;
}

static cc_session *open_shared(int speed)
{
	cc_session_options opt = { .dir = SAMPLE, .actor_name = "tester", .assistance = "full", .live_speed = speed, .live_from = "+1m",
		.live_clock = shared_clock };
	cc_session *s = NULL;

	assert_int_equal(cc_session_open(&s, &opt, NULL), CC_OK);
	return s;
}

/* In a class, at each moment of the joint clock, what is seen alone at that moment - whenever one came, and however fast it goes. */
static void a_shared_clock_shows_the_same(void **state)
{
	enum { MOMENTS = 4, LINE_COUNT = sizeof LINES / sizeof *LINES - 1 };

	(void)state;
	for (int speed = 1; speed <= 4; speed += 3) {
		cc_clock_fake_set(CC_NS_PER_S);
		shared_ns = 0;
		cc_session *alone = open_live(speed, "+1m", NULL, false), *early = open_shared(speed), *late = NULL;
		for (int m = 0; m < MOMENTS; m++) {
			int64_t moment = (5 + 70 * (m + 1)) * CC_NS_PER_S / speed;
			char one[65], two[65], three[65];

			cc_clock_fake_set(CC_NS_PER_S + moment);
			if (m == 1) {
				late = open_shared(speed);
				cc_clock_fake_advance(500 * CC_NS_PER_S);       /* its own case clock is far behind that of the others, and then ahead */
			}
			shared_ns = moment;
			for (size_t i = 0; i < LINE_COUNT; i++) {
				if (m != 1)
					answer(alone, LINES[i], one);
				answer(early, LINES[i], two);
				if (m != 1 && strcmp(one, two) != 0)
					fail_msg("%s: another answer than alone (moment %d, %dx)", LINES[i], m, speed);
				if (late)
					answer(late, LINES[i], three);
				if (late && strcmp(two, three) != 0)
					fail_msg("%s: another answer for who came late (moment %d, %dx)", LINES[i], m, speed);
			}
			int64_t now = cc_session_live(early).now_ns;
			shared_ns -= 30 * CC_NS_PER_S;
			assert_int_equal(run(early, "now"), CC_OK);
			assert_int_equal(cc_session_live(early).now_ns, now);   /* what was known stays known */
		}
		cc_session_close(alone);
		cc_session_close(early);
		cc_session_close(late);
	}
	cc_clock_fake_off();
}

/* Times as replies write them; records of a time before the capture are older. */
static bool next_time(cc_str *text, int64_t *ns)
{
	for (size_t i = 0; i + 20 <= text->n; i++)
		if (text->p[i] == '"' && text->p[i + 1] == '2' && text->p[i + 11] == 'T') {
			size_t end = cc_str_find_char(cc_str_sub(*text, i + 1, text->n), '"');
			cc_str word = cc_str_sub(*text, i + 1, i + 1 + end);

			*text = cc_str_sub(*text, i + 1 + end, text->n);
			if (cc_time_parse(word, ns))
				return true;
			i = 0;
		}
	return false;
}

static void nothing_is_told_before_its_time(void **state)
{
	size_t times = 0;

	(void)state;
	cc_clock_fake_set(CC_NS_PER_S);
	cc_session *s = open_live(4, NULL, NULL, false);
	for (int m = 0; m < 5; m++) {
		cc_clock_fake_advance(35 * CC_NS_PER_S);
		for (size_t i = 0; LINES[i]; i++) {
			cc_reply *r = NULL;
			cc_buf b = CC_BUF_INIT;
			int64_t ns;

			if (cc_session_run(s, cc_str_from(LINES[i]), NULL, &r, NULL) != CC_OK)
				continue;
			cc_reply_write_canonical(r, &b);
			for (cc_str rest = cc_buf_str(&b); next_time(&rest, &ns); times++)
				if (ns > cc_session_live(s).now_ns)
					fail_msg("%s tells of later than now", LINES[i]);
			cc_buf_deinit(&b);
			cc_reply_unref(r);
		}
	}
	assert_true(times > 500);
	assert_int_equal(run(s, "horizon hindsight"), CC_OK);  /* of a drill: all there is by now */
	assert_int_equal(cc_session_horizon(s), cc_session_live(s).now_ns);
	assert_int_equal(run(s, "at -1m"), CC_OK);
	assert_int_equal(run(s, "horizon known"), CC_OK);
	assert_true(cc_session_horizon(s) < cc_session_live(s).now_ns);
	cc_session_close(s);
	cc_clock_fake_off();
}

static void asking_again_is_free_and_pages_come(void **state)
{
	size_t pages = 0;

	(void)state;
	cc_clock_fake_set(CC_NS_PER_S);
	cc_session *s = open_live(60, NULL, NULL, false);
	for (int i = 0; i < 15; i++) {
		assert_int_equal(run(s, "alerts"), CC_OK);
		assert_int_equal(run(s, "now"), CC_OK);
		assert_true(cc_session_live(s).pages >= pages);
		pages = cc_session_live(s).pages;
		cc_clock_fake_advance(CC_NS_PER_S);
	}
	assert_true(pages > 0);
	assert_true(cc_session_live(s).over);
	assert_int_equal(cc_case_budget(cc_session_case(s)).used, 1);
	assert_int_equal(run(s, "events"), CC_OK);
	assert_int_equal(cc_case_budget(cc_session_case(s)).used, 2);
	cc_session_close(s);
	cc_clock_fake_off();
}

/* What is on the screen may follow: only when the clock went on, and without waiting. */
static void the_horizon_moves_by_itself(void **state)
{
	time_t begin = time(NULL);
	bool moved = false;

	(void)state;
	cc_clock_fake_set(CC_NS_PER_S);
	cc_session *s = open_live(1, "page", NULL, false);
	assert_int_equal(run(s, "alerts"), CC_OK);
	int64_t now = cc_session_live(s).now_ns;
	size_t syms = cc_snapshot_sym_count(cc_session_snapshot(s));
	for (int i = 0; i < 100; i++)
		assert_false(cc_session_advance(s));
	cc_clock_fake_advance((CC_LIVE_TICK_S + 1) * CC_NS_PER_S);
	while (!moved && time(NULL) - begin < HANG_S) {
		moved = cc_session_advance(s);
		sched_yield();
	}
	assert_true(moved);
	assert_int_equal(cc_snapshot_sym_count(cc_session_snapshot(s)), syms);  /* the thread adds nothing to what others read */
	assert_int_equal(cc_session_live(s).now_ns, now + CC_LIVE_TICK_S * CC_NS_PER_S);
	assert_int_equal(cc_snapshot_until(cc_session_snapshot(s)), cc_session_live(s).now_ns);
	assert_false(cc_session_advance(s));
	cc_session_close(s);
	cc_clock_fake_off();
}

static void the_clock_stops_only_where_it_may(void **state)
{
	(void)state;
	for (int pausable = 0; pausable < 2; pausable++) {
		cc_clock_fake_set(CC_NS_PER_S);
		cc_session *s = open_live(10, NULL, NULL, pausable);

		cc_clock_fake_advance(6 * CC_NS_PER_S);
		assert_int_equal(run(s, "pause"), pausable ? CC_OK : CC_ESTATE);
		cc_clock_fake_advance(6 * CC_NS_PER_S);
		assert_int_equal(run(s, "resume"), pausable ? CC_OK : CC_ESTATE);
		assert_int_equal(run(s, "now"), CC_OK);
		assert_int_equal(cc_session_live(s).now_ns - cc_session_live(s).drill.from_ns, (pausable ? 60 : 120) * CC_NS_PER_S);
		cc_session_close(s);
	}
	cc_clock_fake_off();
}

static void where_it_may_not_begin(void **state)
{
	static const char *const BAD[] = { "soon", "+99h", "2001-01-01T00:00:00Z" };
	cc_session *s;

	(void)state;
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
		cc_session_options opt = { .dir = SAMPLE, .live_speed = 1, .live_from = BAD[i] };

		assert_int_equal(cc_session_open(&s, &opt, NULL), CC_EUSAGE);
		assert_null(s);
	}
}

static void play(cc_session *s)
{
	for (size_t i = 0; LINES[i]; i++) {
		(void)run(s, LINES[i]);
		cc_clock_fake_advance(9 * CC_NS_PER_S);
	}
	assert_int_equal(run(s, "mitigate roll quote back"), CC_OK);
	assert_int_equal(run(s, "mitigate"), CC_EUSAGE);
	assert_int_equal(run(s, "status orders fail since five"), CC_OK);
	assert_int_equal(run(s, "suspect otel-demo/Deployment/quote"), CC_OK);
	assert_int_equal(run(s, "submit confirm=submit"), CC_OK);
}

static void check_steps(const cc_run *r, const cc_live *drill)
{
	for (size_t i = 0; i < cc_run_step_count(r); i++) {
		const cc_record_step *step = cc_run_step(r, i)->as.step;

		/* active_ns is of the end of the step, whose beginning was of the same moment: the clock stood meanwhile. */
		assert_int_equal(step->now_ns, cc_live_tick(drill, step->active_ns));
	}
}

static void cannot_be_taken_over(const cc_run *r)
{
	cc_session_options opt = { .dir = SAMPLE, .pause_at_start = true };
	cc_session *s = NULL;
	cc_takeover out;

	assert_int_equal(cc_session_open(&s, &opt, NULL), CC_OK);
	assert_int_equal(cc_take_over(s, r, SIZE_MAX, &(cc_takeover_options){ 0 }, &out, NULL), CC_ESTATE);
	assert_false(cc_case_started(cc_session_case(s)));
	cc_session_close(s);
}

static void the_record_gives_the_same_again(void **state)
{
	cc_run *r = NULL;
	cc_rerun *again = NULL;
	cc_rerun_step step;
	cc_case *c = NULL;
	cc_buf dir = CC_BUF_INIT;
	size_t same = 0;

	(void)state;
	cc_clock_fake_set(CC_NS_PER_S);
	cc_session *s = open_live(4, "+3m", scratch.root, false);
	play(s);
	cc_buf_addz(&dir, cc_session_run_dir(s));
	cc_session_close(s);
	cc_clock_fake_off();
	assert_int_equal(cc_run_read(&r, dir.p, NULL), CC_OK);
	assert_int_equal(cc_run_header(r)->live.speed, 4);
	check_steps(r, &cc_run_header(r)->live);
	assert_int_equal(cc_rerun_open(&again, r, NULL, true, NULL), CC_OK);
	while (cc_rerun_next(again, NULL, &step, NULL) == CC_OK) {
		if (step.verdict == CC_RERUN_DIFFERS)
			fail_msg("%.*s: %.*s", CC_STR_ARG(step.step->line), CC_STR_ARG(step.why));
		same += step.verdict == CC_RERUN_SAME;
	}
	assert_true(same > 12);
	assert_int_equal(cc_run_replay(r, cc_rerun_snapshot(again), SIZE_MAX, &c, NULL), CC_OK);
	assert_int_equal(cc_case_update_count(c), 2);
	assert_true(cc_case_update(c, 0)->mitigation && !cc_case_update(c, 1)->mitigation);
	assert_true(cc_str_eqz(cc_case_update(c, 0)->text, "roll quote back"));
	assert_true(cc_case_update(c, 0)->active_ns == 9 * CC_NS_PER_S * 15);
	cc_case_free(c);
	cannot_be_taken_over(r);
	cc_rerun_close(again);
	cc_run_free(r);
	cc_buf_deinit(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_moment_same_evidence),
		cmocka_unit_test(a_shared_clock_shows_the_same),
		cmocka_unit_test(nothing_is_told_before_its_time),
		cmocka_unit_test(asking_again_is_free_and_pages_come),
		cmocka_unit_test(the_horizon_moves_by_itself),
		cmocka_unit_test(the_clock_stops_only_where_it_may),
		cmocka_unit_test(where_it_may_not_begin),
		cmocka_unit_test(the_record_gives_the_same_again),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
