/* test_loop_shell.c - a model with a shell: the answer file, and when finish takes it. Skipped where there is no sandbox. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/agent.h"
#include "coldcase/file.h"
#include "coldcase/sha256.h"
#include "support/mock_model.h"
#include "support/tree.h"

#define WRITE "call run_shell {\"command\":\"echo '{\\\\\"contributing_factors\\\\\":[{\\\\\"name\\\\\":\\\\\"otel-demo/Deployment/checkout\\\\\"" \
	",\\\\\"reasoning\\\\\":\\\\\"r\\\\\",\\\\\"evidence\\\\\":\\\\\"%s\\\\\"}]}' >agent_output.json; ls /evidence\"}\n"
#define FINISH "call finish {\"reason\":\"done\",\"paths\":[\"agent_output.json\"]}\n"

static cc_sandbox *box;
static cc_buf record, answer;
static cc_agent_report report;

static void read_run(const char *dir, const char *file, cc_buf *out)
{
	cc_buf path = CC_BUF_INIT;
	cc_buf_addf(&path, "%s/%s", dir, file);
	cc_buf_clear(out);
	(void)!cc_file_read(out, path.p, SIZE_MAX, NULL);
	cc_buf_deinit(&path);
}

/* The last request the model got holds the text. */
static cc_code play(const char *script, cc_discipline d, const char *sent)
{
	test_tree t;
	cc_model *model = NULL;
	cc_session *s = NULL;
	cc_model_options mo;
	cc_err err = { 0 };
	cc_buf last = CC_BUF_INIT, url = CC_BUF_INIT;
	mock_model *server = mock_model_start(script, NULL);
	test_tree_make(&t);
	cc_model_options_init(&mo);
	mo.model = "test-model";
	cc_buf_addf(&url, "%s/v1", mock_model_url(server));
	mo.base_url = url.p;
	const cc_session_options so = { .dir = "sample-incidents/Scenario-2", .out_dir = test_tree_path(&t, ""), .no_cache = true, .agent = true,
		.actor_name = "model", .budget = 100, .assistance = "full" };
	if (cc_model_open(&model, &mo, &err) != CC_OK || cc_session_open(&s, &so, &err) != CC_OK)
		fail_msg("%s", err.message);
	const cc_agent_options o = { .model = model, .provider = "openai", .model_name = "test-model", .sandbox = box, .discipline = d };
	cc_code code = cc_agent_play(s, &o, &report, &err);
	if (code != CC_OK)
		print_error("%s\n", err.message);
	read_run(cc_session_run_dir(s), "trajectory.jsonl", &record);
	read_run(cc_session_run_dir(s), "agent_output.json", &answer);
	mock_model_request(server, mock_model_requests(server) - 1, &last);
	if (sent && !strstr(last.p, sent))
		fail_msg("not in the last request: %s", sent);
	cc_session_close(s);
	cc_model_close(model);
	mock_model_stop(server);
	cc_buf_deinit(&last);
	cc_buf_deinit(&url);
	test_tree_remove(&t);
	return code;
}

static bool no_sandbox(void)
{
	if (!box)
		print_message("# skipped: no sandbox here\n");
	return !box;
}

static const cc_discipline ten = { .max_turns = 10 };

static void the_answer_file_is_handed_in(void **state)
{
	(void)state;
	if (no_sandbox())
		return;
	char script[1024];
	snprintf(script, sizeof script, "by turn\nreply\n" WRITE "reply\n" FINISH, "e");
	assert_int_equal(play(script, ten, "k8s_objects_raw.tsv"), CC_OK);
	assert_string_equal(report.stop, "submit");
	assert_non_null(strstr(answer.p, "otel-demo/Deployment/checkout"));
	assert_non_null(strstr(record.p, "\"tools\":\"shell\",\"sandboxed\":true"));
	char sha[65], said[96];
	cc_sha256_of(cc_buf_str(&answer), sha);
	snprintf(said, sizeof said, "\"answer_sha256\":\"%s\"", sha);
	assert_non_null(strstr(record.p, said));
}

static void a_file_that_is_not_there_is_no_end(void **state)
{
	(void)state;
	if (no_sandbox())
		return;
	assert_int_equal(play("reply\ncall finish {\"reason\":\"done\",\"paths\":[\"nowhere.json\"]}\n", (cc_discipline){ .max_turns = 2 },
		"there is no file nowhere.json"), CC_OK);
	assert_string_equal(report.stop, "turns");
}

/* finish comes last in its turn, wherever the call stands. */
static void the_other_calls_of_the_turn_come_first(void **state)
{
	(void)state;
	if (no_sandbox())
		return;
	char script[1024];
	snprintf(script, sizeof script, "reply\n" FINISH WRITE, "e");
	assert_int_equal(play(script, ten, NULL), CC_OK);
	assert_string_equal(report.stop, "submit");
	assert_int_equal(report.turns, 1);
}

static void our_commands_are_no_tools_there(void **state)
{
	(void)state;
	if (no_sandbox())
		return;
	assert_int_equal(play("reply\ncall alerts {}\n", (cc_discipline){ .max_turns = 2 }, "there is no tool alerts"), CC_OK);
}

static void who_did_not_commit_hands_in_what_lies_there(void **state)
{
	(void)state;
	if (no_sandbox())
		return;
	char script[1024];
	snprintf(script, sizeof script, "by turn\nreply\n" WRITE "reply\ntext Hm.\n", "e");
	assert_int_equal(play(script, (cc_discipline){ .max_turns = 10, .commit_by = 2 }, "It is time to commit"), CC_OK);
	assert_string_equal(report.stop, "submit");
	assert_true(report.forced);
}

/* The command is ended, its step is kept, and what lies in the answer file can still be handed in. */
static void the_time_ends_a_command(void **state)
{
	(void)state;
	if (no_sandbox())
		return;
	char script[1024];
	snprintf(script, sizeof script, "by turn\nreply\n" WRITE "reply\ncall run_shell {\"command\":\"sleep 100\"}\n", "e");
	for (int committed = 0; committed < 2; committed++) {
		const cc_discipline d = { .max_turns = 2, .max_ns = 2 * CC_NS_PER_S, .commit_by = committed ? 9 : 0 };
		assert_int_equal(play(script, d, NULL), CC_OK);
		assert_string_equal(report.stop, committed ? "submit" : "time");
		assert_int_equal(report.forced, committed == 1);
		assert_non_null(strstr(record.p, "the command was ended: it was cancelled"));
	}
}

static void a_name_without_evidence_is_asked_about(void **state)
{
	(void)state;
	if (no_sandbox())
		return;
	char script[1024];
	snprintf(script, sizeof script, "by turn\nreply\n" WRITE "reply\n" FINISH "reply\n" FINISH, "");
	assert_int_equal(play(script, (cc_discipline){ .max_turns = 10, .self_check = true }, "otel-demo/Deployment/checkout has no evidence"), CC_OK);
	assert_int_equal(report.turns, 3);
}

static int open_box(void **state)
{
	cc_snapshot *s = NULL;
	cc_err err = { 0 };
	cc_sandbox_limits limits = cc_sandbox_defaults();
	(void)state;
	if (cc_snapshot_open(&s, "sample-incidents/Scenario-2", NULL, &err) != CC_OK)
		return -1;
	if (cc_sandbox_open(&box, s, &limits, CC_SANDBOX_AUTO, &err) != CC_OK)
		print_message("# %s\n", err.message);
	cc_snapshot_free(s);
	return 0;
}

static int close_box(void **state)
{
	(void)state;
	cc_sandbox_close(box);
	cc_buf_deinit(&record);
	cc_buf_deinit(&answer);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_file_is_handed_in),
		cmocka_unit_test(a_file_that_is_not_there_is_no_end),
		cmocka_unit_test(the_other_calls_of_the_turn_come_first),
		cmocka_unit_test(our_commands_are_no_tools_there),
		cmocka_unit_test(who_did_not_commit_hands_in_what_lies_there),
		cmocka_unit_test(the_time_ends_a_command), cmocka_unit_test(a_name_without_evidence_is_asked_about),
	};
	return cmocka_run_group_tests(tests, open_box, close_box);
}
