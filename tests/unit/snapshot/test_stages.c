/* Snapshots that leave out kinds or read heads only: less evidence, the same files and citations. */
#include "coldcase/alerts.h"
#include "coldcase/entity.h"
#include "coldcase/events.h"
#include "coldcase/logs.h"
#include "coldcase/objects.h"
#include "unit/snapshot/snapshot_open.h"

static const unsigned LOGS = CC_KIND_BIT(CC_FILE_LOGS), TRACES = CC_KIND_BIT(CC_FILE_TRACES);

static void make(test_tree *t)
{
	cc_buf b = CC_BUF_INIT;
	test_tree_file(t, "alerts/alerts_at_2025-12-15T17-30-23.json", "{\"data\":{\"alerts\":[{\"labels\":{\"alertname\":\"Slow\","
		"\"namespace\":\"shop\",\"service_name\":\"cart\",\"severity\":\"warning\"},\"state\":\"firing\","
		"\"activeAt\":\"2025-12-15T17:29:00Z\"}]}}");
	cc_buf_addz(&b, "Timestamp\tSeverityText\tServiceName\tBody\n");
	for (int i = 0; i < 400; i++)
		cc_buf_addf(&b, "2025-12-15 17:%02d:%02d.5\tINFO\tcart\tline %d\n", 20 + i / 60, i % 60, i);
	test_tree_bytes(t, "otel_logs_raw.tsv", cc_buf_str(&b));
	cc_buf_deinit(&b);
	test_tree_file(t, "otel_traces_raw.tsv", "Timestamp\tTraceId\tSpanId\tParentSpanId\tSpanName\tServiceName\tDuration\n"
		"2025-12-15 17:25:00\t0a\t01\t\tGET\tfrontend\t1000\n");
	test_tree_file(t, "k8s_events_raw.tsv", "Timestamp\tBody\n");
}

static cc_snapshot *open_less(test_tree *t, unsigned left_out, uint64_t head)
{
	cc_snapshot_options opt = { .left_out = left_out, .head_bytes = head };
	cc_snapshot *s = NULL;
	cc_err err;
	if (cc_snapshot_open(&s, t->root, &opt, &err) != CC_OK)
		fail_msg("%s: %s", cc_code_name(err.code), err.message);
	return s;
}

static void kinds_left_out_are_listed_and_not_read(void **state)
{
	test_tree *t = *state;
	make(t);
	cc_snapshot *all = open_less(t, 0, 0), *less = open_less(t, LOGS | TRACES, 0);
	const char *missing[CC_FILE_KINDS];
	assert_int_equal(cc_snapshot_left_out(all), 0);
	assert_int_equal(cc_snapshot_left_out(less), LOGS | TRACES);
	assert_int_equal(cc_logs_count(all), 400);
	assert_int_equal(cc_logs_count(less) + cc_spans_count(less), 0);
	assert_int_equal(cc_alerts_count(less), 1);
	assert_int_equal(cc_snapshot_bytes(less), cc_snapshot_bytes(all));
	assert_int_equal(cc_snapshot_missing(less, missing), cc_snapshot_missing(all, missing));
	assert_int_equal(cc_snapshot_file_count(less), cc_snapshot_file_count(all));
	for (size_t i = 0; i < cc_snapshot_file_count(all); i++)
		assert_true(cc_str_eq(cc_snapshot_file(less, i)->path, cc_snapshot_file(all, i)->path));
	assert_int_equal(cc_alerts_get(less, 0)->samples[0].cite.file, cc_alerts_get(all, 0)->samples[0].cite.file);
	cc_snapshot_free(all);
	cc_snapshot_free(less);
}

static void a_kind_that_is_not_there_is_not_left_out(void **state)
{
	test_tree *t = *state;
	make(t);
	cc_snapshot *s = open_less(t, CC_KINDS_ALL, 0);
	assert_int_equal(cc_snapshot_left_out(s), LOGS | TRACES | CC_KIND_BIT(CC_FILE_ALERTS) | CC_KIND_BIT(CC_FILE_EVENTS));
	assert_int_equal(cc_snapshot_file(s, 0)->records, 0);
	cc_snapshot_free(s);
}

/* The evidence of a snapshot hashes to the same whatever of it was read. */
static void the_digest_does_not_depend_on_what_was_read(void **state)
{
	test_tree *t = *state;
	char a[65], b[65];
	cc_err err;
	make(t);
	cc_snapshot *all = open_less(t, 0, 0), *none = open_less(t, CC_KINDS_ALL, 0);
	assert_int_equal(cc_snapshot_digest(all, NULL, a, &err), CC_OK);
	assert_int_equal(cc_snapshot_digest(none, NULL, b, &err), CC_OK);
	assert_string_equal(a, b);
	cc_snapshot_free(all);
	cc_snapshot_free(none);
}

static void heads_hold_the_first_records(void **state)
{
	test_tree *t = *state;
	make(t);
	cc_snapshot *all = open_less(t, 0, 0), *head = open_less(t, 0, 1000), *wide = open_less(t, 0, 1 << 20);
	size_t n = cc_logs_count(head);
	assert_int_equal(cc_snapshot_heads(head), LOGS);      /* the one span fits its head */
	assert_int_equal(cc_snapshot_heads(all) | cc_snapshot_heads(wide) | cc_snapshot_left_out(head), 0);
	assert_in_range(n, 10, 100);
	assert_int_equal(cc_logs_count(wide), 400);
	assert_int_equal(cc_spans_count(head), 1);
	for (size_t i = 0; i < n; i++) {
		const cc_logrec *a = cc_logs_get(head, i), *b = cc_logs_get(all, i);
		assert_int_equal(a->time_ns, b->time_ns);
		assert_int_equal(a->cite.file, b->cite.file);
		assert_int_equal(a->cite.record, b->cite.record);
	}
	cc_snapshot_free(all);
	cc_snapshot_free(head);
	cc_snapshot_free(wide);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(kinds_left_out_are_listed_and_not_read),
		tree_test(a_kind_that_is_not_there_is_not_left_out),
		tree_test(the_digest_does_not_depend_on_what_was_read),
		tree_test(heads_hold_the_first_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
