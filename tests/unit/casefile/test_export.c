/* test_export.c - the strict check of ATIF on documents that are right and wrong in one place each; exported records pass it and
 * say what was recorded; credentials do not leave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "coldcase/export.h"
#include "coldcase/json.h"
#include "coldcase/xalloc.h"
#include "support/scratch.h"

/* --- the check --- */

static size_t check(const char *text, cc_buf *problems)
{
	cc_json *json = NULL;
	cc_err err;
	if (cc_json_parse(&json, cc_str_from(text), &err) != CC_OK)
		fail_msg("%s: %s", text, err.message);
	size_t n = cc_atif_check(problems, json);
	cc_json_free(json);
	return n;
}

#define DOC(version, steps) "{\"schema_version\":\"ATIF-v1." version "\",\"agent\":{\"name\":\"a\",\"version\":\"1\"},\"steps\":[" steps "]}"
#define STEP(rest) DOC("7", "{\"step_id\":1,\"source\":\"agent\",\"message\":\"\"," rest "}")
#define CALL "{\"tool_call_id\":\"c\",\"function_name\":\"f\",\"arguments\":{}}"

#define WITH(rest) "{\"schema_version\":\"ATIF-v1.7\",\"agent\":{\"name\":\"a\",\"version\":\"1\"},\"steps\":[{\"step_id\":1,\"source\":\"user\",\"message\":\"\"}]," rest "}"

static const char *const GOOD[] = {
	WITH("\"final_metrics\":{\"total_steps\":1}"), WITH("\"final_metrics\":{\"total_steps\":3},\"notes\":\"two were left out\""),
	DOC("2", "{\"step_id\":1,\"source\":\"system\",\"message\":\"\",\"observation\":{\"results\":[]}}"),
	STEP("\"extra\":{\"context_management\":{\"type\":\"compaction\",\"boundary\":\"replace\"}}"),
	DOC("0", "{\"step_id\":1,\"source\":\"system\",\"message\":\"hello\"}"),
	STEP("\"llm_call_count\":0,\"tool_calls\":[" CALL "],\"observation\":{\"results\":[{\"source_call_id\":\"c\",\"content\":null}]}"),
	STEP("\"metrics\":{\"prompt_tokens\":3,\"cost_usd\":0.5,\"logprobs\":[-0.5]},\"reasoning_content\":\"hm\",\"reasoning_effort\":3"),
	STEP("\"timestamp\":\"2026-10-01T10:00:00+02:00\",\"model_name\":null,\"extra\":{\"anything\":[1]}"),
	DOC("8", "{\"step_id\":1,\"source\":\"user\",\"message\":[{\"type\":\"audio\",\"source\":{\"media_type\":\"audio/wav\",\"path\":\"a.wav\"}}]}"),
	"{\"schema_version\":\"ATIF-v1.7\",\"agent\":{\"name\":\"a\",\"version\":\"1\"},\"steps\":[{\"step_id\":1,\"source\":\"agent\",\"message\":\"\","
	"\"observation\":{\"results\":[{\"subagent_trajectory_ref\":[{\"trajectory_id\":\"x\"}]}]}}],\"subagent_trajectories\":["
	"{\"schema_version\":\"ATIF-v1.7\",\"trajectory_id\":\"x\",\"agent\":{\"name\":\"b\",\"version\":\"1\"},\"steps\":[{\"step_id\":1,"
	"\"source\":\"user\",\"message\":\"m\"}]}]}",
};

static const struct { const char *text, *line; } BAD[] = {
	{ "[]", "must be an object" },
	{ WITH("\"final_metrics\":{\"total_steps\":3}"), "final_metrics.total_steps: is not the number of steps, and no notes say why" },
	{ DOC("1", "{\"step_id\":1,\"source\":\"system\",\"message\":\"\",\"observation\":{\"results\":[]}}"),
	  "steps[0].observation: of a step of source system is not known before ATIF-v1.2" },
	{ STEP("\"extra\":{\"context_management\":{\"type\":\"forgetting\",\"boundary\":\"replace\"}}"), "extra.context_management.type: must be compaction" },
	{ STEP("\"extra\":{\"context_management\":{\"type\":\"pruning\"}}"), "extra.context_management.boundary: must be replace" },
	{ STEP("\"timestamp\":\"1700000000\""), "steps[0].timestamp: must be an ISO 8601 time" },
	{ "{\"schema_version\":\"ATIF-v1.7\",\"agent\":{\"name\":\"a\",\"version\":\"1\",\"tool_definitions\":[3]},\"steps\":[{\"step_id\":1,"
	  "\"source\":\"user\",\"message\":\"\"}]}", "agent.tool_definitions[0]: must be an object" },
	{ "{}", "schema_version: is missing" },
	{ DOC("9", "{\"step_id\":1,\"source\":\"user\",\"message\":\"\"}"), "schema_version: must be one of ATIF-v1.0" },
	{ DOC("7", ""), "steps: must hold at least one step" },
	{ STEP("\"thought\":\"x\""), "steps[0].thought: is no member of it: own data goes into extra" },
	{ STEP("\"message\":3"), "steps[0].message: must be a text or an array of parts" },
	{ DOC("7", "{\"step_id\":2,\"source\":\"user\",\"message\":\"\"}"), "steps[0].step_id: must count 1, 2, 3" },
	{ DOC("7", "{\"step_id\":1.5,\"source\":\"user\",\"message\":\"\"}"), "steps[0].step_id: must be an integer of at least 0" },
	{ DOC("7", "{\"step_id\":1,\"source\":\"robot\",\"message\":\"\"}"), "steps[0].source: must be system, user or agent" },
	{ DOC("7", "{\"step_id\":1,\"source\":\"user\"}"), "steps[0].message: is missing" },
	{ DOC("7", "{\"step_id\":1,\"source\":\"user\",\"message\":\"\",\"metrics\":{}}"), "steps[0].metrics: only steps of source agent have it" },
	{ DOC("7", "{\"step_id\":1,\"source\":\"user\",\"message\":\"\",\"tool_calls\":[]}"), "steps[0].tool_calls: only steps of source agent" },
	{ STEP("\"timestamp\":\"yesterday\""), "steps[0].timestamp: must be an ISO 8601 time" },
	{ STEP("\"tool_calls\":[" CALL "," CALL "]"), "steps[0].tool_calls[1].tool_call_id: is used twice in the step" },
	{ STEP("\"tool_calls\":[{\"tool_call_id\":\"c\",\"function_name\":\"f\"}]"), "steps[0].tool_calls[0].arguments: is missing" },
	{ STEP("\"observation\":{}"), "steps[0].observation.results: is missing" },
	{ STEP("\"observation\":{\"results\":[{\"source_call_id\":\"z\"}]}"), "steps[0].observation.results[0].source_call_id: is no tool call of this step" },
	{ STEP("\"llm_call_count\":0,\"metrics\":{}"), "steps[0].metrics: no model was called" },
	{ STEP("\"llm_call_count\":0,\"reasoning_content\":\"x\""), "steps[0].reasoning_content: no model was called" },
	{ STEP("\"metrics\":{\"prompt_tokens\":-1}"), "steps[0].metrics.prompt_tokens: must be an integer" },
	{ STEP("\"metrics\":{\"completion_token_ids\":[1,\"2\"]}"), "steps[0].metrics.completion_token_ids: must be an array of integers" },
	{ STEP("\"observation\":{\"results\":[{\"subagent_trajectory_ref\":[{}]}]}"), "subagent_trajectory_ref[0]: needs trajectory_id or trajectory_path" },
	{ STEP("\"observation\":{\"results\":[{\"subagent_trajectory_ref\":[{\"trajectory_id\":\"q\"}]}]}"), "trajectory_id: names no embedded trajectory" },
	{ DOC("7", "{\"step_id\":1,\"source\":\"user\",\"message\":[{\"type\":\"image\",\"source\":{\"media_type\":\"image/bmp\",\"path\":\"x\"}}]}"),
	  "steps[0].message[0].source.media_type: must be image/jpeg" },
	{ DOC("7", "{\"step_id\":1,\"source\":\"user\",\"message\":[{\"type\":\"audio\",\"source\":{\"media_type\":\"a\",\"path\":\"x\"}}]}"),
	  "steps[0].message[0]: audio is not known before ATIF-v1.8" },
	{ DOC("7", "{\"step_id\":1,\"source\":\"user\",\"message\":[{\"text\":\"x\"}]}"), "steps[0].message[0]: type must be text, image or audio" },
	{ DOC("6", "{\"step_id\":1,\"source\":\"agent\",\"message\":\"\",\"llm_call_count\":1}"), "steps[0].llm_call_count: is not known before ATIF-v1.7" },
	{ DOC("4", "{\"step_id\":1,\"source\":\"user\",\"message\":\"\",\"is_copied_context\":true}"), "is_copied_context: is not known before ATIF-v1.5" },
	{ "{\"schema_version\":\"ATIF-v1.7\",\"agent\":{\"name\":\"a\",\"version\":\"1\"},\"steps\":[{\"step_id\":1,\"source\":\"user\",\"message\":\"\"}],"
	  "\"subagent_trajectories\":[{\"schema_version\":\"ATIF-v1.7\",\"agent\":{\"name\":\"a\",\"version\":\"1\"},\"steps\":[{\"step_id\":1,"
	  "\"source\":\"user\",\"message\":\"\"}]}]}", "subagent_trajectories[0].trajectory_id: is missing: an embedded trajectory needs one" },
};

static void test_check_accepts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
		cc_buf problems = CC_BUF_INIT;
		if (check(GOOD[i], &problems))
			fail_msg("%s\n%s", GOOD[i], problems.p);
		cc_buf_deinit(&problems);
	}
}

static void test_check_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
		cc_buf problems = CC_BUF_INIT;
		if (!check(BAD[i].text, &problems) || !strstr(problems.p, BAD[i].line))
			fail_msg("%s\ngave: %s\nnot: %s", BAD[i].text, problems.p ? problems.p : "", BAD[i].line);
		cc_buf_deinit(&problems);
	}
}

/* --- the export --- */

static cc_run *record_of(bool agent)
{
	char dir[600], path[640];
	cc_record *r = NULL;
	cc_run *run = NULL;
	cc_err err = { 0 };
	static unsigned trial;
	const cc_kv filter[] = { { CC_STR("filter"), CC_STR("level>=error") }, { CC_STR("limit"), CC_STR("3") } };
	const cc_kv note[] = { { CC_STR("text"), CC_STR("call Bob, password=hunter22") } };
	cc_record_header h = { .version = CC_STR("0.1"), .scenario = CC_STR("Scenario-9"), .snapshot_path = CC_STR("/home/ana/s"), .trial = 1,
		.agent = agent, .actor_name = CC_STR("ana"), .budget = 100, .assistance = CC_STR("raw") };
	snprintf(dir, sizeof dir, "%s/run%u", scratch.root, ++trial);
	assert_int_equal(mkdir(dir, 0700), 0);
	snprintf(path, sizeof path, "%s/%s", dir, CC_RECORD_FILE);
	assert_int_equal(cc_record_open(&r, dir, &h, NULL, &err), CC_OK);
	if (agent) {
		cc_record_event said = { CC_STR("message"), CC_STR("{\"source\":\"agent\",\"text\":\"Let me look.\",\"reasoning\":\"errors first\"}") };
		cc_record_event used = { CC_STR("usage"), CC_STR("{\"input_tokens\":100,\"output_tokens\":20,\"cost_usd\":0.25}") };
		cc_record_event model = { CC_STR("model"), CC_STR("{\"provider\":\"p\",\"model\":\"m-1\"}") };
		assert_int_equal(cc_record_add_event(r, &model, &err), CC_OK);
		assert_int_equal(cc_record_add_event(r, &said, &err), CC_OK);
		assert_int_equal(cc_record_add_event(r, &used, &err), CC_OK);
	}
	cc_record_step step = { .agent = agent, .line = CC_STR("logs limit=3 level>=error"), .command = CC_STR("logs"), .args = filter, .arg_count = 2,
		.query = true, .queries = 1, .turn = agent ? 1 : -1, .answered = true,
		.shown = { .title = CC_STR("LOGS"), .rows = 3, .total = 31, .digest = CC_STR("ab") } };
	assert_int_equal(cc_record_add_step(r, &step, &err), CC_OK);
	step.line = CC_STR("note text=\"call Bob, password=hunter22\"");
	step.command = CC_STR("note");
	step.args = note;
	step.arg_count = 1;
	assert_int_equal(cc_record_add_step(r, &step, &err), CC_OK);
	cc_record_close(r);
	assert_int_equal(cc_run_read(&run, path, &err), CC_OK);
	return run;
}

static char *atif_of(const cc_run *run, const cc_export_options *opt)
{
	cc_buf out = CC_BUF_INIT, problems = CC_BUF_INIT;
	cc_err err = { 0 };
	assert_int_equal(cc_export_atif(&out, run, opt, &err), CC_OK);
	if (check(out.p, &problems))
		fail_msg("%s", problems.p);
	cc_buf_deinit(&problems);
	return cc_buf_take(&out);
}

static size_t times(const char *text, const char *part)
{
	size_t n = 0;
	for (const char *at = text; (at = strstr(at, part)); at++)
		n++;
	return n;
}

static void test_human(void **state)
{
	(void)state;
	cc_run *run = record_of(false);
	char *text = atif_of(run, &(cc_export_options){ 0 });
	assert_non_null(strstr(text, "\"name\": \"human-console\""));
	assert_null(strstr(text, "model_name"));
	assert_int_equal(times(text, "\"llm_call_count\": 0"), 2);
	assert_non_null(strstr(text, "\"filter\": \"level>=error\""));
	assert_non_null(strstr(text, "LOGS (3 of 31 rows"));
	char *again = atif_of(run, &(cc_export_options){ 0 });
	assert_string_equal(text, again);
	cc_free(again);
	cc_free(text);
	text = atif_of(run, &(cc_export_options){ .atif = "1.8" });
	assert_non_null(strstr(text, "ATIF-v1.8"));
	cc_free(text);
	cc_run_free(run);
}

/* Two calls of one turn are one step, with what the model said and what the call took. */
static void test_agent(void **state)
{
	(void)state;
	cc_run *run = record_of(true);
	char *text = atif_of(run, &(cc_export_options){ 0 });
	assert_int_equal(times(text, "\"step_id\""), 2);
	assert_int_equal(times(text, "\"tool_call_id\""), 2);
	assert_non_null(strstr(text, "\"model_name\": \"m-1\""));
	assert_non_null(strstr(text, "\"message\": \"Let me look.\""));
	assert_non_null(strstr(text, "\"reasoning_content\": \"errors first\""));
	assert_non_null(strstr(text, "\"prompt_tokens\": 100"));
	assert_non_null(strstr(text, "\"total_cost_usd\": 0.25"));
	cc_free(text);
	cc_run_free(run);
}

static void test_redacted(void **state)
{
	(void)state;
	cc_run *run = record_of(false);
	char *text = atif_of(run, &(cc_export_options){ .redact = CC_REDACT_NAMES | CC_REDACT_SECRETS });
	assert_null(strstr(text, "ana"));
	assert_null(strstr(text, "hunter22"));
	assert_non_null(strstr(text, "call Bob"));
	cc_free(text);
	text = atif_of(run, &(cc_export_options){ .redact = CC_REDACT_NOTES });
	assert_null(strstr(text, "Bob"));
	assert_non_null(strstr(text, "ana"));
	cc_free(text);
	cc_buf csv = CC_BUF_INIT;
	assert_int_equal(cc_export_csv(&csv, run, &(cc_export_options){ .redact = CC_REDACT_NOTES }, NULL), CC_OK);
	assert_null(strstr(csv.p, "Bob"));
	assert_int_equal(times(csv.p, "\r\n"), 3);
	cc_buf_deinit(&csv);
	cc_run_free(run);
}

static void test_secrets(void **state)
{
	(void)state;
	static const struct { const char *in, *out; } ROWS[] = {
		{ "nothing here: a token of thanks", "nothing here: a token of thanks" },
		{ "DB_PASSWORD=abc def", "DB_PASSWORD=[redacted] def" },
		{ "{\"apiKey\": \"xyz\", \"n\": 1}", "{\"apiKey\": [redacted], \"n\": 1}" },
		{ "Authorization: Bearer abcdef.ghijkl-mn", "Authorization: Bearer [redacted]" },
		{ "bearer of news", "bearer of news" },
		{ "postgres://app:s3cret@db:5432/x", "postgres://app:[redacted]@db:5432/x" },
		{ "http://quote:8080/get", "http://quote:8080/get" },
		{ "id AKIAABCDEFGHIJKLMNOP end", "id [redacted] end" },
		{ "-----BEGIN RSA KEY-----\nabc\n-----END RSA KEY-----\nrest", "[redacted]\nrest" },
		{ "secretName: mysecret-tls", "secretName: mysecret-tls" },
		{ "token=", "token=" },
	};
	for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
		cc_buf b = CC_BUF_INIT;
		cc_redact_secrets(&b, cc_str_from(ROWS[i].in));
		assert_string_equal(b.p, ROWS[i].out);
		cc_buf_deinit(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_accepts), cmocka_unit_test(test_check_refuses), cmocka_unit_test(test_human),
		cmocka_unit_test(test_agent), cmocka_unit_test(test_redacted), cmocka_unit_test(test_secrets),
	};
	return cmocka_run_group_tests_name("casefile/export", tests, scratch_make, scratch_remove);
}
