/* test_import.c - runs of other programs become records of ours: who said what, what was called with which command, what it touched of
 * the evidence, what it took, and how it ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "coldcase/file.h"
#include "coldcase/import.h"
#include "coldcase/json.h"
#include "support/scratch.h"

static const char SAMPLE[] = "sample-incidents/Scenario-1";

static const char STIRRUP[] = "[[{\"role\":\"system\",\"content\":\"You are an SRE\"},{\"role\":\"user\",\"content\":\"Find it\"},"
	"{\"role\":\"assistant\",\"id\":\"m1\",\"request_end_time\":\"2026-07-01T10:00:05Z\",\"blocks\":[{\"type\":\"reasoning\",\"text\":\"logs first\"},"
	"{\"type\":\"text\",\"text\":\"Looking.\"},{\"type\":\"tool_call\",\"id\":\"t1\",\"name\":\"run_shell\",\"arguments\":{\"command\":\"grep -n quote otel_logs_raw.tsv\"}},"
	"{\"type\":\"tool_call\",\"id\":\"t2\",\"name\":\"run_shell\",\"arguments\":\"{\\\"command\\\":\\\"ls alerts\\\"}\"}],"
	"\"token_usage\":{\"input\":100,\"answer\":20,\"reasoning\":5}},"
	"{\"role\":\"tool\",\"tool_call_id\":\"t2\",\"content\":\"alerts_at.json\",\"success\":false,\"tool_end_time\":\"2026-07-01T10:00:09Z\"},"
	"{\"role\":\"tool\",\"tool_call_id\":\"t1\",\"content\":\"%ROW%\",\"success\":true,\"tool_end_time\":\"2026-07-01T10:00:07Z\"}],"
	"[{\"role\":\"assistant\",\"id\":\"m1\",\"content\":\"again\"},{\"role\":\"assistant\",\"id\":\"m2\",\"request_end_time\":\"2026-07-01T10:01:00Z\","
	"\"content\":\"\",\"tool_calls\":[{\"id\":\"t3\",\"name\":\"finish\",\"arguments\":{\"reason\":\"done\"}}]}]]";

static const char MINI[] = "{\"trajectory_format\":\"mini-swe-agent-1\",\"info\":{\"exit_status\":\"Submitted\",\"submission\":\"{\\\"contributing_factors\\\":[]}\","
	"\"config\":{\"model\":{\"model_name\":\"m-9\"}}},\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"task\"},"
	"{\"role\":\"assistant\",\"content\":\"THOUGHT\\n```bash\\nls -la\\n```\",\"extra\":{\"timestamp\":1767225600}},"
	"{\"role\":\"user\",\"content\":\"<returncode>0</returncode>\"}]}";

static const char SWE[] = "{\"trajectory\":[{\"thought\":\"look\",\"action\":\"cat k8s_events_raw.tsv\\n\",\"observation\":\"out\",\"execution_time\":1.5},"
	"{\"response\":\"done\",\"action\":\"submit\",\"observation\":\"\"}],\"info\":{\"exit_status\":\"submitted\",\"model_stats\":{\"instance_cost\":0.75,"
	"\"tokens_sent\":1000,\"tokens_received\":50}}}";

static const char SESSION[] = "{\"timestamp\":\"2026-07-01T10:00:00Z\",\"type\":\"session_meta\",\"payload\":{\"id\":\"x\"}}\n"
	"{\"timestamp\":\"2026-07-01T10:00:01Z\",\"type\":\"turn_context\",\"payload\":{\"model\":\"g-5\"}}\n"
	"{\"timestamp\":\"2026-07-01T10:00:02Z\",\"type\":\"response_item\",\"payload\":{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"go\"}]}}\n"
	"{\"timestamp\":\"2026-07-01T10:00:03Z\",\"type\":\"response_item\",\"payload\":{\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"hm\"}]}}\n"
	"{\"timestamp\":\"2026-07-01T10:00:04Z\",\"type\":\"response_item\",\"payload\":{\"type\":\"function_call\",\"name\":\"shell\",\"call_id\":\"c1\","
	"\"arguments\":\"{\\\"command\\\":[\\\"bash\\\",\\\"-lc\\\",\\\"head alerts/*.json\\\"]}\"}}\n"
	"not json\n"
	"{\"timestamp\":\"2026-07-01T10:00:06Z\",\"type\":\"response_item\",\"payload\":{\"type\":\"function_call_output\",\"call_id\":\"c1\","
	"\"output\":\"{\\\"output\\\":\\\"quote is down\\\",\\\"metadata\\\":{\\\"exit_code\\\":1}}\"}}\n"
	"{\"timestamp\":\"2026-07-01T10:00:06Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"token_count\",\"info\":{\"last_token_usage\":{\"input_tokens\":7,\"output_tokens\":2}}}}\n";

static cc_import *read_text(const char *text)
{
	cc_import *i = NULL;
	cc_err err = { 0 };
	if (cc_import_read(&i, cc_str_from(text), &err) != CC_OK)
		fail_msg("%s", err.message);
	return i;
}

static cc_run *write_run(const cc_import *i, const cc_snapshot *s, char dir[600])
{
	static unsigned n;
	cc_run *run = NULL;
	cc_err err = { 0 };
	cc_import_options opt = { .scenario = CC_STR("Scenario-1"), .actor_name = CC_STR_EMPTY, .snapshot = s };
	snprintf(dir, 600, "%s/in%u", scratch.root, ++n);
	assert_int_equal(mkdir(dir, 0700), 0);
	if (cc_import_write(i, dir, n, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	assert_int_equal(cc_run_read(&run, dir, &err), CC_OK);
	assert_int_equal(cc_run_health_get(run).broken_line, 0);
	return run;
}

static const cc_record_step *step(const cc_run *run, size_t i)
{
	return cc_run_step(run, i)->as.step;
}

static bool holds(const cc_str *list, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (cc_str_eqz(list[i], text))
			return true;
	return false;
}

static size_t events(const cc_run *run, const char *name)
{
	size_t n = 0;
	for (size_t i = 0; i < cc_run_line_count(run); i++)
		n += cc_run_line(run, i)->type == CC_LINE_EVENT && cc_str_eqz(cc_run_line(run, i)->as.event->name, name);
	return n;
}

/* Record 3 of the sample's logs as grep -n prints it, escaped for JSON. */
static void stirrup_text(cc_buf *out)
{
	cc_buf file = CC_BUF_INIT, row = CC_BUF_INIT;
	cc_str line, rest;
	assert_int_equal(cc_file_read(&file, "sample-incidents/Scenario-1/otel_logs_raw.tsv", 1 << 26, NULL), CC_OK);
	rest = cc_buf_str(&file);
	for (int i = 0; i < 4; i++)
		cc_str_cut(rest, '\n', &line, &rest);
	cc_buf_addz(&row, "4:");
	cc_buf_add(&row, line);
	cc_buf quoted = CC_BUF_INIT;
	cc_json_write_str(&quoted, cc_buf_str(&row));
	const char *at = strstr(STIRRUP, "%ROW%");
	cc_buf_add(out, (cc_str){ STIRRUP, (size_t)(at - STIRRUP) });
	cc_buf_add(out, cc_str_sub(cc_buf_str(&quoted), 1, quoted.n - 1));
	cc_buf_addz(out, at + 5);
	cc_buf_deinit(&quoted);
	cc_buf_deinit(&row);
	cc_buf_deinit(&file);
}

static void test_stirrup(void **state)
{
	(void)state;
	char dir[600];
	cc_buf text = CC_BUF_INIT;
	cc_snapshot *s = NULL;
	stirrup_text(&text);
	assert_int_equal(cc_snapshot_open(&s, SAMPLE, NULL, NULL), CC_OK);
	cc_import *i = read_text(text.p);
	cc_run *run = write_run(i, s, dir);
	assert_true(cc_str_eqz(cc_run_header(run)->origin, "stirrup"));
	assert_int_equal(cc_run_step_count(run), 3); /* what the second segment repeats is not there twice */
	assert_true(cc_str_eqz(step(run, 0)->args[0].value, "grep -n quote otel_logs_raw.tsv"));
	assert_int_equal(cc_run_header(run)->file_count, cc_snapshot_file_count(s));
	assert_int_equal(cc_run_snapshot_sha256(run).n, 64);    /* of the incident it was read beside */
	assert_true(holds(step(run, 0)->shown.cites, step(run, 0)->shown.cite_count, "otel_logs_raw.tsv#3"));
	assert_true(holds(step(run, 0)->shown.entities, step(run, 0)->shown.entity_count, "otel-demo/Deployment/quote"));
	assert_true(cc_str_eqz(step(run, 0)->shown.title, "otel_logs_raw.tsv pattern=/quote/"));
	assert_int_equal(events(run, "searched"), 1);
	assert_int_equal(step(run, 0)->took_ns, 2 * CC_NS_PER_S);
	assert_true(step(run, 0)->code == CC_OK && step(run, 1)->code != CC_OK);
	assert_int_equal(step(run, 1)->turn, 1);
	assert_int_equal(step(run, 2)->turn, 2);
	assert_true(cc_str_eqz(step(run, 2)->command, "finish"));
	assert_int_equal(step(run, 2)->active_ns, 55 * CC_NS_PER_S);
	assert_int_equal(step(run, 2)->queries, 2);
	assert_int_equal(events(run, "usage"), 1);
	assert_int_equal(events(run, "output"), 2);
	assert_int_equal(events(run, "message"), 3); /* system, user, agent */
	cc_run_free(run);
	cc_import_free(i);
	cc_snapshot_free(s);
	cc_buf_deinit(&text);
}

static void test_mini_swe(void **state)
{
	(void)state;
	char dir[600], path[640];
	cc_buf answer = CC_BUF_INIT;
	cc_import *i = read_text(MINI);
	cc_run *run = write_run(i, NULL, dir);
	assert_true(cc_str_eqz(cc_run_header(run)->origin, "mini-swe-agent"));
	assert_true(cc_str_eqz(cc_run_header(run)->actor_name, "m-9"));
	assert_int_equal(cc_run_step_count(run), 1);
	assert_true(cc_str_eqz(step(run, 0)->args[0].value, "ls -la"));
	assert_int_equal(events(run, "output"), 1);
	snprintf(path, sizeof path, "%s/%s", dir, CC_RECORD_ANSWER_FILE);
	assert_int_equal(cc_file_read(&answer, path, 1 << 20, NULL), CC_OK);
	assert_string_equal(answer.p, "{\"contributing_factors\":[]}");
	cc_buf_deinit(&answer);
	cc_run_free(run);
	cc_import_free(i);
}

static void test_swe(void **state)
{
	(void)state;
	char dir[600];
	cc_import *i = read_text(SWE);
	cc_run *run = write_run(i, NULL, dir);
	assert_int_equal(cc_run_step_count(run), 2);
	assert_true(cc_str_eqz(step(run, 0)->args[0].value, "cat k8s_events_raw.tsv"));
	assert_int_equal(step(run, 0)->took_ns, 3 * CC_NS_PER_S / 2);
	assert_int_equal(events(run, "usage"), 1);
	assert_true(cc_str_eqz(cc_run_line(run, cc_run_line_count(run) - 1)->as.end->reason, "submitted"));
	cc_run_free(run);
	cc_import_free(i);
}

static void test_session(void **state)
{
	(void)state;
	char dir[600];
	cc_snapshot *s = NULL;
	assert_int_equal(cc_snapshot_open(&s, SAMPLE, NULL, NULL), CC_OK);
	cc_import *i = read_text(SESSION);
	assert_int_equal(i->bad, 1);
	cc_run *run = write_run(i, s, dir);
	assert_true(cc_str_eqz(cc_run_header(run)->actor_name, "g-5"));
	assert_int_equal(cc_run_step_count(run), 1);
	assert_true(cc_str_eqz(step(run, 0)->args[0].value, "head alerts/*.json"));
	assert_true(cc_str_starts(step(run, 0)->shown.title, CC_STR("alerts/")));
	assert_true(holds(step(run, 0)->shown.entities, step(run, 0)->shown.entity_count, "otel-demo/Deployment/quote"));
	assert_int_equal(step(run, 0)->code, CC_EIO); /* exit code 1 */
	assert_int_equal(step(run, 0)->active_ns, 4 * CC_NS_PER_S);
	assert_int_equal(events(run, "usage"), 1);
	cc_run_free(run);
	cc_import_free(i);
	cc_snapshot_free(s);
}

/* The run of a shell agent in each of the formats: the same command, the same that it looked for. */
static void test_searches(void **state)
{
	(void)state;
	static const char COMMAND[] = "awk -F'\\t' '$1 >= \"2025-12-15 17:05\" && /quote/' otel_logs_raw.tsv | wc -l";
	static const char *const SHAPES[] = {
		"[[{\"role\":\"assistant\",\"id\":\"a\",\"tool_calls\":[{\"id\":\"1\",\"name\":\"run_shell\",\"arguments\":{\"command\":%s}}]},"
			"{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"6\"}]]",
		"{\"timestamp\":\"2026-07-01T10:00:04Z\",\"type\":\"response_item\",\"payload\":{\"type\":\"function_call\",\"name\":\"shell\",\"call_id\":\"c\","
			"\"arguments\":{\"command\":[\"bash\",\"-lc\",%s]}}}\n"
			"{\"timestamp\":\"2026-07-01T10:00:05Z\",\"type\":\"response_item\",\"payload\":{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"6\"}}",
		"{\"trajectory\":[{\"action\":%s,\"observation\":\"6\"}],\"info\":{}}",
	};
	cc_buf quoted = CC_BUF_INIT;
	cc_json_write_str(&quoted, cc_str_from(COMMAND));
	for (size_t i = 0; i < sizeof SHAPES / sizeof SHAPES[0]; i++) {
		char dir[600], text[1024];
		const char *hole = strstr(SHAPES[i], "%s");
		snprintf(text, sizeof text, "%.*s%s%s", (int)(hole - SHAPES[i]), SHAPES[i], quoted.p, hole + 2);
		cc_import *import = read_text(text);
		cc_run *run = write_run(import, NULL, dir);
		assert_int_equal(cc_run_step_count(run), 1);
		if (!cc_str_eqz(step(run, 0)->shown.title, "pattern=/quote/ from=2025-12-15 17:05"))
			fail_msg("%zu: %.*s", i, CC_STR_ARG(step(run, 0)->shown.title));
		assert_int_equal(step(run, 0)->shown.cite_count, 0);
		assert_int_equal(events(run, "searched"), 1);
		cc_run_free(run);
		cc_import_free(import);
	}
	cc_buf_deinit(&quoted);
}

static void test_refused(void **state)
{
	(void)state;
	static const char *const TEXTS[] = { "", "{}", "[]", "[1,2]", "{\"steps\":3}", "{\"trajectory\":[]}", "\"x\"",
		"{\"contributing_factors\":[{\"name\":\"a/b/c\"}]}", "{\"schema_version\":\"ATIF-v1.7\"}", "[[[[[[{\"role\":\"user\"}]]]]]]" };
	for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
		cc_import *in = NULL;
		cc_err err = { 0 };
		assert_int_equal(cc_import_read(&in, cc_str_from(TEXTS[i]), &err), CC_EFORMAT);
		assert_null(in);
		assert_true(err.message[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stirrup), cmocka_unit_test(test_mini_swe), cmocka_unit_test(test_swe), cmocka_unit_test(test_session),
		cmocka_unit_test(test_searches), cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests_name("casefile/import", tests, scratch_make, scratch_remove);
}
