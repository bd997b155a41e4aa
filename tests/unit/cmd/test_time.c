/* test_time.c - what before and after are parted by, set by hand, found, or left alone by the level of assistance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/record.h"
#include "coldcase/session.h"
#include "support/scratch.h"

static const char SAMPLE[] = "sample-incidents/Scenario-1";

static cc_session *open_at(const char *assistance, const char *out)
{
	cc_session_options opt = { .dir = SAMPLE, .out_dir = out, .actor_name = "tester", .assistance = assistance };
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

static bool says(cc_session *s, const char *line, const char *part)
{
	cc_reply *r = NULL;
	cc_buf b = CC_BUF_INIT;
	cc_err err;
	bool hit;

	if (cc_session_run(s, cc_str_from(line), NULL, &r, &err) != CC_OK)
		fail_msg("%s: %s", line, err.message);
	cc_reply_write_text(r, &b, 0, true);
	hit = cc_str_find(cc_buf_str(&b), cc_str_from(part)) != CC_STR_NONE;
	cc_buf_deinit(&b);
	cc_reply_unref(r);
	return hit;
}

static void an_onset_set_by_hand_goes_before_the_cursor(void **state)
{
	cc_session *s = open_at("ranked", NULL);
	int64_t found = cc_session_onset(s).time_ns;

	(void)state;
	assert_int_equal(cc_session_onset(s).kind, CC_ONSET_ALERT);
	assert_true(says(s, "patterns limit=1", "divided by the first alert"));
	assert_int_equal(run(s, "at T+1m"), CC_OK);
	assert_true(says(s, "patterns limit=1", "divided by the time cursor"));
	assert_int_equal(run(s, "onset T-1m"), CC_OK);
	assert_true(says(s, "patterns limit=1", "divided by the onset set by hand"));
	assert_true(cc_session_onset(s).time_ns == found - 60 * CC_NS_PER_S);
	assert_int_equal(run(s, "at T"), CC_EUSAGE);
	assert_int_equal(run(s, "at T+0s"), CC_OK);      /* T counts from it */
	assert_true(cc_case_view(cc_session_case(s)).at_ns == found - 60 * CC_NS_PER_S);
	assert_int_equal(run(s, "onset auto"), CC_OK);
	assert_true(cc_session_onset(s).time_ns == found);
	assert_int_equal(run(s, "back"), CC_OK);         /* it is part of the view */
	assert_int_equal(cc_session_onset(s).kind, CC_ONSET_HAND);
	cc_session_close(s);
}

static void raw_finds_no_onset_but_takes_one(void **state)
{
	cc_session *s = open_at("raw", NULL);

	(void)state;
	assert_false(cc_session_assist(s, CC_ASSIST_ONSET));
	assert_int_equal(cc_session_onset(s).kind, CC_ONSET_NONE);
	assert_int_equal(run(s, "at T+1m"), CC_EUSAGE);
	assert_int_equal(run(s, "logs since=T-1m"), CC_EUSAGE);
	assert_true(says(s, "entity quote", "middle of the capture"));
	assert_int_equal(run(s, "onset 17:05:30"), CC_OK);
	assert_false(says(s, "entity quote", "middle of the capture"));
	assert_int_equal(run(s, "logs since=T-1m"), CC_OK);
	assert_true(says(s, "patterns limit=3", "most frequent first"));
	assert_int_equal(cc_session_onset(s).kind, CC_ONSET_HAND);
	assert_int_equal(run(s, "at T+1m"), CC_OK);
	cc_session_close(s);
}

static void each_level_adds_to_the_one_before(void **state)
{
	static const char *const levels[] = { "raw", "ranked", "full" };
	cc_session_options bad = { .dir = SAMPLE, .assistance = "much" };
	cc_session *s;
	size_t before = 0;

	(void)state;
	for (size_t l = 0; l < 3; l++) {
		size_t on = 0;

		s = open_at(levels[l], NULL);
		for (cc_assist a = 0; a < CC_ASSIST_COUNT; a++)
			on += cc_session_assist(s, a);
		assert_true(l == 0 ? on == 0 : on > before);
		before = on;
		cc_session_close(s);
	}
	assert_int_equal(before, CC_ASSIST_COUNT);
	assert_int_equal(cc_session_open(&s, &bad, NULL), CC_EUSAGE);
}

static void the_onset_survives_a_replay(void **state)
{
	cc_session *s = open_at("full", scratch.root);
	char *dir = strdup(cc_session_run_dir(s));
	int64_t set;
	cc_run *r = NULL;
	cc_case *c = NULL;
	cc_snapshot *snapshot = NULL;

	(void)state;
	assert_int_equal(run(s, "onset T-2m"), CC_OK);
	set = cc_session_onset(s).time_ns;
	cc_session_close(s);
	assert_int_equal(cc_run_read(&r, dir, NULL), CC_OK);
	assert_true(cc_str_eqz(cc_run_header(r)->assistance, "full"));
	assert_int_equal(cc_snapshot_open(&snapshot, SAMPLE, NULL, NULL), CC_OK);
	assert_int_equal(cc_run_replay(r, snapshot, SIZE_MAX, &c, NULL), CC_OK);
	assert_true(cc_case_view(c).onset_ns == set);
	cc_case_free(c);
	cc_snapshot_free(snapshot);
	cc_run_free(r);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_onset_set_by_hand_goes_before_the_cursor),
		cmocka_unit_test(raw_finds_no_onset_but_takes_one),
		cmocka_unit_test(each_level_adds_to_the_one_before),
		cmocka_unit_test(the_onset_survives_a_replay),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
