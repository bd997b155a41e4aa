/* test_stages.c - a session whose evidence is still being read: what it says, what goes over to the fuller snapshot,
 * what is paid and recorded. The loader is held before a stage by the tests' own hook, so nothing here depends on time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "coldcase/alerts.h"
#include "coldcase/entity.h"
#include "coldcase/logs.h"
#include "coldcase/record.h"
#include "coldcase/session.h"
#include "support/scratch.h"
#include "unit/cmd/stage_gate.h"

static const char SAMPLE[] = "sample-incidents/Scenario-1";

static void seal(void *arg, cc_buf *out)
{
	(void)arg;
	cc_buf_addz(out, "salt:hash");
}

static cc_session *open_staged(gate *g, const char *dir, const char *out_dir)
{
	cc_session_options opt = { .dir = dir, .out_dir = out_dir, .actor_name = "tester", .budget = 100, .assistance = "ranked",
		.pause_at_start = true, .make_seal = seal, .staged = true, .before_stage = gate_wait, .before_stage_arg = g };
	cc_session *s = NULL;
	cc_err err;

	if (cc_session_open(&s, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static void poll_until_fuller(cc_session *s)
{
	cc_err err;

	for (bool fuller = false; !fuller;)
		if (cc_session_poll(s, &fuller, &err) != CC_OK)
			fail_msg("%s", err.message);
}

static void wait_whole(cc_session *s)
{
	cc_err err;

	if (cc_session_wait(s, &err) != CC_OK)
		fail_msg("%s", err.message);
}

static cc_reply *reply(cc_session *s, const char *line)
{
	cc_reply *r = NULL;
	cc_err err;

	if (cc_session_run(s, cc_str_from(line), NULL, &r, &err) != CC_OK)
		fail_msg("%s: %s", line, err.message);
	return r;
}

static void run(cc_session *s, const char *line)
{
	cc_reply_unref(reply(s, line));
}

static bool has_note(const cc_reply *r, const char *part)
{
	for (size_t i = 0; i < cc_reply_note_count(r); i++)
		if (cc_str_find(cc_reply_note(r, i), cc_str_from(part)) != CC_STR_NONE)
			return true;
	return false;
}

static int64_t used(cc_session *s)
{
	return cc_case_budget(cc_session_case(s)).used;
}

static const cc_cmd *command(const char *name)
{
	const cc_cmd *cmd;

	assert_int_equal(cc_cmd_find(cc_str_from(name), &cmd, NULL), CC_OK);
	return cmd;
}

static void answers_say_what_is_still_being_read(void **state)
{
	gate g = GATE(1);
	(void)state;
	cc_session *s = open_staged(&g, SAMPLE, NULL);

	assert_true(cc_session_loading(s).running);
	assert_int_equal(cc_alerts_count(cc_session_snapshot(s)), 0);
	assert_true(cc_session_unread(s, command("alerts")));
	run(s, "start");
	poll_until_fuller(s);
	assert_false(cc_session_unread(s, command("alerts")));
	assert_true(cc_session_unread(s, command("logs")));
	cc_reply *alerts = reply(s, "alerts"), *logs = reply(s, "logs");
	assert_true(cc_reply_paging(alerts).partial);
	assert_true(cc_reply_paging(alerts).returned_count > 0);
	assert_true(has_note(alerts, "objects: still being read (0 %)"));
	assert_true(has_note(logs, "logs: still being read"));
	gate_open(&g, 9);
	wait_whole(s);
	cc_reply *whole = reply(s, "logs");
	assert_false(cc_session_loading(s).running);
	assert_false(cc_reply_paging(whole).partial);
	assert_false(has_note(whole, "being read"));
	assert_true(cc_reply_paging(whole).total_count > 0);
	cc_reply_unref(alerts);
	cc_reply_unref(logs);
	cc_reply_unref(whole);
	cc_session_close(s);
}

static void a_query_answered_in_part_is_paid_once(void **state)
{
	gate g = GATE(1);
	(void)state;
	cc_session *s = open_staged(&g, SAMPLE, NULL);

	run(s, "start");
	poll_until_fuller(s);
	run(s, "alerts");
	run(s, "alerts");
	run(s, "logs");
	assert_int_equal(used(s), 2);
	gate_open(&g, 9);
	wait_whole(s);
	run(s, "logs level>=error");
	assert_int_equal(used(s), 3);
	run(s, "logs");
	run(s, "alerts");
	assert_int_equal(used(s), 3);
	run(s, "logs");                 /* the whole answer was given: asking once more is another query */
	assert_int_equal(used(s), 4);
	cc_session_close(s);
}

static void the_case_goes_over_by_name(void **state)
{
	gate g = GATE(1);
	cc_buf before = CC_BUF_INIT, after = CC_BUF_INIT, line = CC_BUF_INIT;
	(void)state;
	cc_session *s = open_staged(&g, SAMPLE, NULL);

	run(s, "start");
	poll_until_fuller(s);
	const cc_snapshot *first = cc_session_snapshot(s);
	const cc_alert *a = cc_alerts_get(first, 0);
	cc_entity_format(first, a->entity, &before);
	cc_buf_addf(&line, "focus %s", before.p);
	run(s, line.p);
	cc_buf_clear(&line);
	cc_buf_addf(&line, "suspect %s confidence=0.7", before.p);
	run(s, line.p);
	run(s, "alerts");
	cc_buf_clear(&line);
	cc_buf_addz(&line, "pin ");
	cc_cite_format(first, a->samples[0].cite, &line);
	run(s, line.p);
	gate_open(&g, 9);
	wait_whole(s);

	const cc_snapshot *now = cc_session_snapshot(s);
	cc_case *k = cc_session_case(s);
	assert_ptr_not_equal(now, first);
	cc_entity_format(now, cc_case_view(k).focus, &after);
	assert_string_equal(after.p, before.p);
	assert_int_equal(cc_case_suspect_count(k), 1);
	assert_int_equal(cc_case_suspect(k, 0)->entity, cc_case_view(k).focus);
	assert_int_equal(cc_case_pin_count(k), 1);
	cc_buf_clear(&after);
	cc_buf_addz(&after, "pin ");
	cc_cite_format(now, cc_case_pin(k, 0)->cite, &after);
	assert_string_equal(after.p, line.p);
	cc_buf_clear(&line);
	cc_entity_format(now, cc_case_pin(k, 0)->entity, &line);
	assert_true(cc_case_pin(k, 0)->entity == 0 || cc_str_find(cc_buf_str(&line), CC_STR("/")) != CC_STR_NONE);
	cc_buf_deinit(&before);
	cc_buf_deinit(&after);
	cc_buf_deinit(&line);
	cc_session_close(s);
}

static void what_is_not_known_yet_may_be_asked_again(void **state)
{
	gate g = GATE(0);
	cc_err err;
	cc_reply *r;
	(void)state;
	cc_session *s = open_staged(&g, SAMPLE, NULL);

	run(s, "start");
	assert_int_equal(cc_session_run(s, CC_STR("focus checkout"), NULL, &r, &err), CC_EUNKNOWN);
	assert_non_null(strstr(err.hint, "still being read"));
	gate_open(&g, 9);
	wait_whole(s);
	run(s, "focus checkout");
	cc_session_close(s);
}

static const cc_record_step *find_step(const cc_run *run_of, const char *line, size_t nth)
{
	for (size_t i = 0; i < cc_run_step_count(run_of); i++)
		if (cc_str_eqz(cc_run_step(run_of, i)->as.step->line, line) && nth-- == 0)
			return cc_run_step(run_of, i)->as.step;
	fail_msg("no step %s", line);
	return NULL;
}

static void the_record_says_what_was_loaded(void **state)
{
	gate g = GATE(1);
	cc_run *r = NULL;
	cc_case *again = NULL;
	cc_buf dir = CC_BUF_INIT;
	cc_err err;
	(void)state;
	cc_session *s = open_staged(&g, SAMPLE, scratch.root);

	run(s, "start");
	poll_until_fuller(s);
	run(s, "alerts");
	gate_open(&g, 9);
	wait_whole(s);
	run(s, "alerts");
	cc_buf_addz(&dir, cc_session_run_dir(s));
	assert_int_equal(cc_run_read(&r, dir.p, &err), CC_OK);
	assert_true(cc_str_eqz(cc_run_header(r)->truth_seal, "salt:hash"));
	assert_true(cc_run_header(r)->files[0].unread);
	const cc_record_step *part = find_step(r, "alerts", 0), *whole = find_step(r, "alerts", 1);
	assert_true(part->loading && part->shown.partial && part->query);
	assert_int_equal(part->whole_count, 1);
	assert_true(cc_str_eqz(part->whole[0], "alerts"));
	assert_true(!whole->loading && !whole->shown.partial && !whole->query);
	assert_int_equal(whole->queries, 1);
	if (cc_run_replay(r, cc_session_snapshot(s), SIZE_MAX, &again, &err) != CC_OK)
		fail_msg("%s", err.message);
	assert_int_equal(cc_case_budget(again).used, 1);
	cc_case_free(again);
	cc_run_free(r);
	cc_buf_deinit(&dir);
	cc_session_close(s);
}

/* Nothing is written before the seal exists and something is asked or shown: leaving at once leaves no record. */
static void leaving_before_anything_was_shown_leaves_no_record(void **state)
{
	gate g = GATE(0);
	struct stat st;
	(void)state;
	test_tree_dir(&scratch, "none");
	cc_session *s = open_staged(&g, SAMPLE, test_tree_path(&scratch, "none"));

	assert_null(cc_session_run_dir(s));
	gate_open(&g, 9);
	cc_session_close(s);
	assert_int_equal(stat(test_tree_path(&scratch, "none/Scenario-1"), &st), -1);
}

static void heads_come_before_the_whole_of_large_incidents(void **state)
{
	gate g = GATE(2);
	cc_buf b = CC_BUF_INIT;
	cc_run *r = NULL;
	cc_err err;
	(void)state;
	cc_buf_addz(&b, "Timestamp\tSeverityText\tServiceName\tBody\n");
	for (int i = 0; b.n < (size_t)33 << 20; i++)
		cc_buf_addf(&b, "2025-12-15 %02d:%02d:%02d\tINFO\tcart\tline %d %0900d\n", i / 3600, i / 60 % 60, i % 60, i, i);
	test_tree_bytes(&scratch, "large/otel_logs_raw.tsv", cc_buf_str(&b));
	test_tree_dir(&scratch, "runs");
	cc_session *s = open_staged(&g, test_tree_path(&scratch, "large"), test_tree_path(&scratch, "runs"));

	run(s, "start");
	while (!cc_snapshot_heads(cc_session_snapshot(s)))
		poll_until_fuller(s);
	size_t head = cc_logs_count(cc_session_snapshot(s));
	cc_reply *part = reply(s, "logs");
	assert_true(has_note(part, "logs: only the first records have been read so far"));
	gate_open(&g, 9);
	wait_whole(s);
	assert_true(head > 0 && head * 10 < cc_logs_count(cc_session_snapshot(s)));
	assert_int_equal(cc_run_read(&r, cc_session_run_dir(s), &err), CC_OK);
	const cc_record_step *step = find_step(r, "logs", 0);
	assert_int_equal(step->head_count, 1);
	assert_true(cc_str_eqz(step->heads[0].kind, "logs"));
	assert_int_equal(step->heads[0].range.to_ns - step->heads[0].range.from_ns, (int64_t)(head - 1) * CC_NS_PER_S);
	cc_run_free(r);
	cc_reply_unref(part);
	cc_session_close(s);
	cc_buf_deinit(&b);
}

static void every_query_says_what_it_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < cc_cmd_count(); i++)
		if ((cc_cmd_get(i)->flags & CC_CMD_QUERY) && !cc_cmd_get(i)->reads)
			fail_msg("%s shows evidence and says not of which kind", cc_cmd_get(i)->name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_say_what_is_still_being_read),
		cmocka_unit_test(a_query_answered_in_part_is_paid_once),
		cmocka_unit_test(the_case_goes_over_by_name),
		cmocka_unit_test(what_is_not_known_yet_may_be_asked_again),
		cmocka_unit_test(the_record_says_what_was_loaded),
		cmocka_unit_test(leaving_before_anything_was_shown_leaves_no_record),
		cmocka_unit_test(heads_come_before_the_whole_of_large_incidents),
		cmocka_unit_test(every_query_says_what_it_reads),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
