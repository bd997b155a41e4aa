/* test_session_record.c - what a session over the bundled incident records, and what happens where it cannot. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "unit/casefile/case_support.h"
#include "unit/cmd/session_support.h"
#include "coldcase/answer.h"
#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/xalloc.h"

/* Everything that was done is in the record, and replaying it gives the case that was. */
static void a_run_is_recorded_and_replays(void **state)
{
	static const char *const LINES[] = { "alerts", "logs limit=3", "focus checkout", "at T+1m", "xyzzy thing", "back",
		"pin otel_logs_raw.tsv#2", "pin otel_logs_raw.tsv#2 label=\"in other words\"", "suspect checkout confidence=0.9 pins=1", "ruleout cart", "note done soon", "board",
		"submit confirm=submit" };
	cc_session *s = open_session(50, true);
	char dir[300];
	cc_buf before = CC_BUF_INIT, after = CC_BUF_INIT;
	cc_run *r;
	cc_case *again;
	cc_run_health h;
	size_t entities = 0, cites = 0;

	(void)state;
	snprintf(dir, sizeof dir, "%s", cc_session_run_dir(s));
	for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++)
		(void)run(s, LINES[i]);
	test_case_dump(cc_session_case(s), &before);
	assert_int_equal(cc_case_pin_count(cc_session_case(s)), 2);
	r = read_run(dir);
	h = cc_run_health_get(r);
	assert_true(h.ended && !h.torn && !h.broken_line && !h.bad_lines && !h.lost);
	assert_true(cc_str_eqz(cc_run_header(r)->scenario, "Scenario-1") && cc_str_eqz(cc_run_header(r)->actor_name, "tester"));
	assert_true(cc_run_header(r)->file_count > 5 && cc_run_header(r)->budget == 50);
	assert_int_equal(cc_run_snapshot_sha256(r).n, 64);
	assert_int_equal(cc_run_step_count(r), 13);    /* start, and all but the board */
	for (size_t i = 0; i < cc_run_step_count(r); i++) {
		const cc_record_step *step = cc_run_step(r, i)->as.step;

		assert_int_equal(step->number, i + 1);
		assert_int_equal(step->turn, -1);
		entities += step->shown.entity_count;
		cites += step->shown.cite_count;
		if (step->answered)
			assert_int_equal(step->shown.digest.n, 64);
	}
	assert_true(entities > 3 && cites > 3);
	assert_true(cc_run_step(r, 1)->as.step->query && cc_run_step(r, 2)->as.step->queries == 2);
	assert_int_equal(cc_run_step(r, 5)->as.step->code, CC_EUNKNOWN);
	assert_true(cc_str_eqz(cc_run_step(r, 5)->as.step->line, "xyzzy thing"));
	assert_int_equal(cc_run_replay(r, cc_session_snapshot(s), SIZE_MAX, &again, NULL), CC_OK);
	test_case_dump(again, &after);
	assert_string_equal(before.p, after.p);
	cc_case_free(again);
	cc_run_free(r);
	cc_buf_deinit(&before);
	cc_buf_deinit(&after);
	cc_session_close(s);
}

static void the_answer_file_is_read_by_the_evaluators(void **state)
{
	cc_session *s = open_session(0, true);
	char path[400];
	cc_answer *a;
	cc_buf text = CC_BUF_INIT;

	(void)state;
	snprintf(path, sizeof path, "%s/" CC_RECORD_ANSWER_FILE, cc_session_run_dir(s));
	assert_int_equal(run(s, "pin label=proof"), CC_OK);
	assert_int_equal(run(s, "suspect a/Secret/b reason=because pins=1"), CC_OK);
	assert_int_equal(run(s, "suspect checkout"), CC_OK);
	assert_int_equal(run(s, "submit"), CC_OK);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(run(s, "submit confirm=submit names=1"), CC_OK);
	assert_int_equal(cc_file_read(&text, path, 1 << 20, NULL), CC_OK);
	for (size_t i = 0; i < 4; i++) {
		static const char *const KEYS[] = { "\"contributing_factors\"", "\"entities\"", "\"propagations\"",
			"\"alerts_explained\"" };

		assert_true(cc_str_find(cc_buf_str(&text), cc_str_from(KEYS[i])) != CC_STR_NONE);
	}
	assert_int_equal(cc_answer_read_file(&a, path, NULL), CC_OK);
	assert_int_equal(a->entity_count, 1);
	assert_true(cc_str_eqz(a->entities[0].name, "a/Secret/b") && cc_str_eqz(a->entities[0].reasoning, "because"));
	assert_true(cc_str_eqz(a->entities[0].evidence, "proof"));
	cc_answer_free(a);
	cc_buf_deinit(&text);
	cc_session_close(s);
}

static cc_str digest_of(const cc_run *r, size_t step)
{
	return cc_run_step(r, step)->as.step->shown.digest;
}

static void equal_replies_have_equal_digests(void **state)
{
	char dir[2][300];
	cc_run *r[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		cc_session *s = open_session(i ? 100 : 0, true);

		snprintf(dir[i], sizeof dir[i], "%s", cc_session_run_dir(s));
		assert_int_equal(run(s, i ? "logs limit=3" : "logs   limit=3"), CC_OK);
		assert_int_equal(run(s, "logs limit=4"), CC_OK);
		cc_session_close(s);
		r[i] = read_run(dir[i]);
	}
	assert_string_not_equal(dir[0], dir[1]);
	assert_true(cc_str_eq(digest_of(r[0], 1), digest_of(r[1], 1)));
	assert_true(cc_str_eq(digest_of(r[0], 2), digest_of(r[1], 2)));
	assert_false(cc_str_eq(digest_of(r[0], 1), digest_of(r[0], 2)));
	cc_run_free(r[0]);
	cc_run_free(r[1]);
}

static size_t count_lines(const cc_run *r, cc_line_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < cc_run_line_count(r); i++)
		n += cc_run_line(r, i)->type == type;
	return n;
}

/* Many changes of view become one line when they settle, or when the next step is taken. */
static void views_are_coalesced(void **state)
{
	cc_session *s;
	char dir[300];
	cc_run *r;
	cc_view_state v = { "logs", CC_STR("logs"), 0, 0, 80, 24 };

	(void)state;
	cc_clock_fake_set(INT64_C(1790000000000000000));
	s = open_session(0, true);
	snprintf(dir, sizeof dir, "%s", cc_session_run_dir(s));
	for (v.selected = 0; v.selected < 50; v.selected++) {
		cc_session_view(s, &v);
		cc_session_tick(s);
	}
	cc_clock_fake_advance(CC_NS_PER_S);
	cc_session_tick(s);
	cc_session_tick(s);
	cc_session_view(s, &(cc_view_state){ "logs", CC_STR("logs"), 49, 0, 80, 24 });  /* as it was: no change */
	cc_clock_fake_advance(CC_NS_PER_S);
	cc_session_tick(s);
	v.pane = "traces";
	cc_session_view(s, &v);
	assert_int_equal(run(s, "note hm"), CC_OK);
	cc_session_close(s);
	cc_clock_fake_off();
	r = read_run(dir);
	assert_int_equal(count_lines(r, CC_LINE_VIEW), 2);
	for (size_t i = 0; i < cc_run_line_count(r); i++)
		if (cc_run_line(r, i)->type == CC_LINE_VIEW) {
			assert_int_equal(cc_run_line(r, i)->as.view->selected, 49);
			break;
		}
	cc_run_free(r);
}

static void agents_have_turns_and_events(void **state)
{
	cc_session_options opt = { .dir = SAMPLE, .out_dir = base, .agent = true, .actor_name = "model-x", .budget = 5,
		.truth_seal = "aa:bb" };
	cc_session *s;
	char dir[300];
	cc_run *r;
	const cc_record_step *step;

	(void)state;
	assert_int_equal(cc_session_open(&s, &opt, NULL), CC_OK);
	snprintf(dir, sizeof dir, "%s", cc_session_run_dir(s));
	cc_session_set_turn(s, 3);
	cc_session_event(s, "turn", CC_STR("{\"output\":17}"));
	assert_int_equal(run(s, "alerts"), CC_OK);
	assert_int_equal(run(s, "quit"), CC_OK);
	assert_true(cc_session_quit(s));
	cc_session_close(s);
	r = read_run(dir);
	assert_true(cc_run_header(r)->agent && cc_str_eqz(cc_run_header(r)->truth_seal, "aa:bb"));
	assert_int_equal(count_lines(r, CC_LINE_EVENT), 1);
	step = cc_run_step(r, 1)->as.step;
	assert_true(step->agent && step->turn == 3 && cc_str_eqz(step->command, "alerts"));
	assert_int_equal(count_lines(r, CC_LINE_DIGEST), 1);    /* the digest, or that it was canceled */
	assert_int_equal(cc_run_line(r, cc_run_line_count(r) - 1)->type, CC_LINE_END);
	assert_true(cc_str_eqz(cc_run_line(r, cc_run_line_count(r) - 1)->as.end->reason, "quit"));
	cc_run_free(r);
}

/* A full disk is told once, in the next reply, and stops nothing. */
static void a_failed_write_is_told_once(void **state)
{
	cc_session *s = open_session(0, true);
	struct rlimit old, low;
	struct stat st;
	char path[400];
	cc_reply *r;
	cc_run *run_read;

	(void)state;
	snprintf(path, sizeof path, "%s/" CC_RECORD_FILE, cc_session_run_dir(s));
	assert_int_equal(run(s, "note before"), CC_OK);
	assert_int_equal(stat(path, &st), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	low = old;
	low.rlim_cur = (rlim_t)st.st_size + 10;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	assert_int_equal(run(s, "note lost"), CC_OK);
	r = reply(s, "note lost too");
	assert_true(has_note(r, "the record is incomplete"));
	cc_reply_unref(r);
	r = reply(s, "note and this");
	assert_false(has_note(r, "the record is incomplete"));
	cc_reply_unref(r);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(run(s, "note after"), CC_OK);
	cc_session_close(s);
	run_read = read_run(path);
	assert_true(cc_run_health_get(run_read).lost >= 3);
	assert_int_equal(cc_run_health_get(run_read).broken_line, 0);
	assert_int_equal(cc_run_health_get(run_read).bad_lines, 0);
	cc_run_free(run_read);
}

/* Memory runs out at each allocation in turn: reported, not paid for, and the session goes on. */
static void out_of_memory_costs_nothing(void **state)
{
	static const char *const LINES[] = { "logs limit=2", "alerts", "board", "submit", "help" };
	cc_session *s = open_session(0, false);

	(void)state;
	assert_int_equal(run(s, "suspect checkout"), CC_OK);
	for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
		cc_code code = CC_ENOMEM;
		int64_t before = used(s);
		long n = 0;

		for (; code == CC_ENOMEM; n++) {
			cc_alloc_fail_after(n);
			code = run(s, LINES[i]);
			cc_alloc_fail_after(-1);
			if (code == CC_ENOMEM)
				assert_true(used(s) == before);
		}
		assert_int_equal(code, CC_OK);
		assert_true(n > 5);
	}
	cc_session_close(s);
}

static void a_record_that_cannot_begin_is_an_error(void **state)
{
	cc_session_options opt = { .dir = SAMPLE, .out_dir = "/dev/null/runs" };
	cc_session *s;
	cc_err err;

	(void)state;
	assert_int_not_equal(cc_session_open(&s, &opt, &err), CC_OK);
	assert_null(s);
	opt = (cc_session_options){ .dir = "/nonexistent" };
	assert_int_equal(cc_session_open(&s, &opt, &err), CC_ENOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_is_recorded_and_replays),
		cmocka_unit_test(the_answer_file_is_read_by_the_evaluators),
		cmocka_unit_test(equal_replies_have_equal_digests),
		cmocka_unit_test(views_are_coalesced),
		cmocka_unit_test(agents_have_turns_and_events),
		cmocka_unit_test(a_failed_write_is_told_once),
		cmocka_unit_test(out_of_memory_costs_nothing),
		cmocka_unit_test(a_record_that_cannot_begin_is_an_error),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
