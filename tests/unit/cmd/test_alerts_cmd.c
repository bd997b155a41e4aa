/* test_alerts_cmd.c - what the lists of alerts make of odd observations: clocks that differ, pending and missing ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/json.h"
#include "coldcase/session.h"
#include "support/tree.h"

#define ALERT(name, state, active, value) "{\"labels\":{\"alertname\":\"" name "\",\"severity\":\"warning\"},\"annotations\":{}," \
	"\"state\":\"" state "\",\"activeAt\":\"2025-12-15T" active "Z\",\"value\":\"" value "\"}"

/* One file a minute; minute i holds files[i]. */
static cc_session *open_files(test_tree *t, const char *const *files, int n)
{
	cc_session *s = NULL;
	cc_err err = { 0 };
	test_tree_make(t);
	for (int i = 0; i < n; i++) {
		char path[128];
		snprintf(path, sizeof path, "Scenario-7/alerts/alerts_at_2025-12-15T13-%02d-00.json", i);
		test_tree_file(t, path, files[i]);
	}
	cc_session_options o = { .dir = test_tree_path(t, "Scenario-7") };
	if (cc_session_open(&s, &o, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static void run(cc_session *s, const char *line, cc_buf *text, cc_buf *json)
{
	cc_reply *r;
	cc_err err = { 0 };
	if (cc_session_run(s, cc_str_from(line), NULL, &r, &err) != CC_OK)
		fail_msg("%s: %s", line, err.message);
	cc_reply_write_text(r, text, 0, true);
	cc_reply_write_json(r, json);
	cc_reply_unref(r);
}

static void assert_has(const cc_buf *b, const char *what)
{
	if (cc_str_find(cc_buf_str(b), cc_str_from(what)) == CC_STR_NONE)
		fail_msg("%s is not in\n%s", what, b->p);
}

static void odd_observations(void **state)
{
	(void)state;
	static const char *const files[] = {
		"[" ALERT("Late", "firing", "13:04:30", "7.750000e-01") "]", /* active after all files that saw it */
		"[" ALERT("Slow", "pending", "13:00:30", "1e+00") "]",
		"[" ALERT("Slow", "firing", "13:00:30", "+Inf") "]",
		"[]",
		"[" ALERT("Slow", "firing", "13:03:30", "4e-01") "]",
	};
	test_tree t;
	cc_buf text = CC_BUF_INIT, json = CC_BUF_INIT;
	cc_session *s = open_files(&t, files, 5);
	run(s, "alerts name=Late background=yes", &text, &json);
	assert_has(&json, "\"duration_ns\":0,");
	assert_has(&json, "\"value\":0.775,");
	assert_has(&json, "\"value_text\":\"7.750000e-01\"");
	assert_has(&text, "0.775");
	cc_buf_clear(&json);
	run(s, "alerts name=Slow", &text, &json);
	assert_has(&json, "\"strip\":[null,0,1,null,1]"); /* not listed, pending, firing, not listed, firing */
	cc_buf_clear(&text);
	cc_buf_clear(&json);
	run(s, "alert Slow", &text, &json);
	assert_has(&json, "\"value\":null,");
	assert_has(&json, "\"value_text\":\"+Inf\"");
	cc_session_close(s);
	test_tree_remove(&t);
	cc_buf_deinit(&text);
	cc_buf_deinit(&json);
}

static void one_is_singular(void **state)
{
	(void)state;
	static const char *const files[] = { "[" ALERT("Always", "firing", "01:00:00", "1") "]", "[" ALERT("Always", "firing", "01:00:00", "1") "]" };
	test_tree t;
	cc_buf text = CC_BUF_INIT, json = CC_BUF_INIT;
	cc_session *s = open_files(&t, files, 2);
	run(s, "alerts", &text, &json);
	assert_has(&json, "\"noise\":[{\"state\":\"always\",\"count\":1,\"alerts\":\"Always\",\"seen\":\"2/2\"}]");
	assert_has(&text, "nothing fired but what always does: 2 alert files from 13:00:00Z to 13:01:00Z");
	cc_session_close(s);
	test_tree_remove(&t);
	cc_buf_deinit(&text);
	cc_buf_deinit(&json);
}

/* More files than cells: slices, no observation lost. */
static void many_files_are_sliced(void **state)
{
	(void)state;
	const char *files[48];
	test_tree t;
	cc_buf text = CC_BUF_INIT, json = CC_BUF_INIT;
	for (int i = 0; i < 48; i++)
		files[i] = i >= 24 ? "[" ALERT("Later", "firing", "13:24:00", "1") "]" : "[]";
	cc_session *s = open_files(&t, files, 48);
	run(s, "alerts", &text, &json);
	assert_has(&json, "\"strip\":[null,null,null,null,null,null,null,null,null,null,null,null,2,2,2,2,2,2,2,2,2,2,2,2]");
	cc_session_close(s);
	test_tree_remove(&t);
	cc_buf_deinit(&text);
	cc_buf_deinit(&json);
}

#define EDGE(active, source, code) "{\"labels\":{\"alertname\":\"Errors\",\"severity\":\"warning\",\"namespace\":\"shop\"," \
	"\"service_name\":\"cart\",\"source\":\"" source "\",\"response_code\":\"" code "\"},\"annotations\":{}," \
	"\"state\":\"firing\",\"activeAt\":\"2025-12-15T" active "Z\",\"value\":\"2\"}"

/* Two instances of one alert about one thing: what differs is shown, what is alike stands in the group's heading. */
static void instances_are_told_apart(void **state)
{
	(void)state;
	static const char *const files[] = { "[]", "[" EDGE("13:00:30", "web", "503") "," EDGE("13:00:40", "mobile", "503") "]" };
	test_tree t;
	cc_buf text = CC_BUF_INIT, json = CC_BUF_INIT;
	cc_session *s = open_files(&t, files, 2);
	run(s, "alerts", &text, &json);
	assert_has(&json, "\"instance\":\"web\"");
	assert_has(&json, "\"labels\":\"source=mobile\"");
	assert_has(&json, "\"first_to_fire\":true");
	cc_buf_clear(&json);
	run(s, "alerts by=name", &text, &json);
	assert_has(&json, "\"total_count\":3");
	assert_has(&json, "\"state\":\"2/2\"");
	assert_has(&json, "\"instance\":\"namespace=shop response_code=503 service_name=cart severity=warning\"");
	assert_has(&json, "\"depth\":1");
	cc_session_close(s);
	test_tree_remove(&t);
	cc_buf_deinit(&text);
	cc_buf_deinit(&json);
}

/* The state is that of the time cursor: not begun, pending although no file lists it yet, firing, ended. */
static void state_follows_the_cursor(void **state)
{
	(void)state;
	static const char *const files[] = { "[]", "[]", "[" ALERT("Slow", "firing", "13:00:30", "4") "]", "[]" };
	static const char *const moments[] = { "at 13:00:10", "at 13:01:20", "at 13:02:20", "at 13:03:00" };
	static const char *const states[] = { "\"state\":\"later\"", "\"state\":\"pending\"", "\"state\":\"firing\"", "\"state\":\"ended\"" };
	test_tree t;
	cc_session *s = open_files(&t, files, 4);
	for (int i = 0; i < 4; i++) {
		cc_buf text = CC_BUF_INIT, json = CC_BUF_INIT;
		run(s, moments[i], &text, &json);
		cc_buf_clear(&text);
		cc_buf_clear(&json);
		run(s, "alerts", &text, &json);
		assert_has(&json, states[i]);
		assert_has(&text, i == 0 ? "|-#." : i == 3 ? ".-#|" : ".-#.");
		cc_buf_deinit(&text);
		cc_buf_deinit(&json);
	}
	cc_session_close(s);
	test_tree_remove(&t);
}

#define INFO(name, severity) "{\"labels\":{\"alertname\":\"" name "\",\"severity\":\"" severity "\",\"namespace\":\"shop\"},\"annotations\":{}," \
	"\"state\":\"firing\",\"activeAt\":\"2025-12-15T13:00:30Z\",\"value\":\"1\"}"

/* Alertmanager would not have sent these; and its dead man's switch tells when nobody would have. */
static void inhibition_and_dead_man(void **state)
{
	(void)state;
	static const char *const files[] = { "[" ALERT("Watchdog", "firing", "01:00:00", "1") "]",
		"[" INFO("Throttled", "info") "," INFO("Late", "warning") "," INFO("Late", "critical") "," INFO("InfoInhibitor", "none") "]" };
	test_tree t;
	cc_buf text = CC_BUF_INIT, json = CC_BUF_INIT;
	cc_session *s = open_files(&t, files, 2);
	run(s, "alerts severity=info background=yes", &text, &json);
	assert_has(&json, "\"inhibited_by\":\"InfoInhibitor\"");
	assert_has(&json, "Watchdog fires always, and is missing from 1 of 2 alert files");
	cc_buf_clear(&json);
	run(s, "alerts name=Late severity=warning", &text, &json);
	assert_has(&json, "\"inhibited_by\":\"Late\"");
	cc_session_close(s);
	test_tree_remove(&t);
	cc_buf_deinit(&text);
	cc_buf_deinit(&json);
}

/* Whatever stands in a label, Enter on it lists the alerts that carry it; a name that no filter can hold leads nowhere. */
static void a_label_leads_to_its_alerts(void **state)
{
	(void)state;
	static const char *const files[] = { "[{\"labels\":{\"alertname\":\"Odd\",\"severity\":\"warning\",\"blank\":\"two words\","
		"\"comma\":\"a,b\",\"glob\":\"a*\",\"quote\":\"say \\\"hi\\\"\",\"slash\":\"/re/\",\"paren\":\"(x) or y\",\"back\":\"a\\\\b\",\"eq\":\"=1\","
		"\"line\":\"a\\nb\",\"utf\":\"caf\u00e9\",\"odd name\":\"1\"},\"annotations\":{},\"state\":\"firing\",\"activeAt\":\"2025-12-15T13:00:00Z\","
		"\"value\":\"1\"}," ALERT("Other", "firing", "13:00:00", "1") "]" };
	test_tree t;
	cc_reply *labels, *list;
	cc_err err = { 0 };
	cc_session *s = open_files(&t, files, 1);
	assert_int_equal(cc_session_run(s, CC_STR("alerts by=label"), NULL, &labels, &err), CC_OK);
	const cc_section *sec = NULL;
	for (size_t i = 0; i < cc_reply_section_count(labels); i++)
		if (cc_reply_section(labels, i)->row_count)
			sec = cc_reply_section(labels, i);
	size_t asked = 0, leads_nowhere = 0;
	for (size_t i = 0; sec && i < sec->row_count; i++) {
		const cc_row *row = &sec->rows[i];
		leads_nowhere += row->depth == 1 && row->drill.n == 0;
		if (row->drill.n == 0)
			continue;
		asked++;
		if (cc_session_run(s, row->drill, NULL, &list, &err) != CC_OK)
			fail_msg("%.*s: %s", CC_STR_ARG(row->drill), err.message);
		if (cc_reply_paging(list).total_count != (uint64_t)row->cells[2].i)
			fail_msg("%.*s: %d rows instead of %d", CC_STR_ARG(row->drill), (int)cc_reply_paging(list).total_count, (int)row->cells[2].i);
		cc_reply_unref(list);
	}
	assert_true(asked >= 10);
	assert_int_equal(leads_nowhere, 1);
	cc_reply_unref(labels);
	cc_session_close(s);
	test_tree_remove(&t);
}

/* Nothing fired yet: since when was looked is said, whatever way one asked. */
static void empty_lists_say_why(void **state)
{
	(void)state;
	static const char *const files[] = { "[]", "[" ALERT("Slow", "firing", "13:00:30", "4") "]" };
	test_tree t;
	cc_buf text = CC_BUF_INIT, json = CC_BUF_INIT;
	cc_session *s = open_files(&t, files, 2);
	run(s, "window 12:00:00 12:30:00", &text, &json);
	run(s, "alerts", &text, &json);
	assert_has(&text, "no alert file lies in the window: the first was written at 13:00:00Z");
	run(s, "window clear=yes", &text, &json);
	run(s, "at 12:59:00", &text, &json);
	run(s, "horizon known", &text, &json);
	run(s, "alerts", &text, &json);
	assert_has(&text, "no alert file had been written by 12:59:00Z, the time cursor");
	cc_session_close(s);
	test_tree_remove(&t);
	cc_buf_deinit(&text);
	cc_buf_deinit(&json);
}

/* A recorded incident of another application: its rules are not ours, and that is said. */
static void real_alerts_are_read(void **state)
{
	(void)state;
	const char *dir = test_shared("real-incidents/Scenario-902");
	cc_session *s = NULL;
	cc_err err = { 0 };
	cc_buf text = CC_BUF_INIT, json = CC_BUF_INIT;
	if (!dir) {
		printf("skipped: no ../shared/real-incidents/Scenario-902 here\n");
		skip();
	}
	cc_session_options o = { .dir = dir };
	if (cc_session_open(&s, &o, &err) != CC_OK)
		fail_msg("%s", err.message);
	run(s, "alerts", &text, &json);
	assert_has(&json, "\"total_count\":10");
	assert_has(&json, "\"alerts\":\"Watchdog\",\"seen\":\"7/7\"");
	run(s, "alerts by=name sort=severity", &text, &json);
	assert_has(&json, "\"alert\":\"RequestLatency\",\"state\":\"");
	cc_buf_clear(&json);
	run(s, "alert RequestLatency entity=ts-preserve-service", &text, &json);
	assert_has(&json, "contradicts the 2 known rules of this name; its annotations name pod_server_latency_p95_seconds, which is drawn");
	assert_has(&json, "it fired at 4.75, the rule asks for > 1500 ms");
	run(s, "events by=object", &text, &json);
	cc_session_close(s);
	cc_buf_deinit(&text);
	cc_buf_deinit(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_observations),
		cmocka_unit_test(one_is_singular), cmocka_unit_test(real_alerts_are_read), cmocka_unit_test(empty_lists_say_why), cmocka_unit_test(instances_are_told_apart),
		cmocka_unit_test(state_follows_the_cursor), cmocka_unit_test(inhibition_and_dead_man),
		cmocka_unit_test(many_files_are_sliced), cmocka_unit_test(a_label_leads_to_its_alerts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
