/* Spans and traces over small files: spellings, parents, rings, events. */
#include "coldcase/spans.h"
#include "unit/snapshot/snapshot_open.h"

#define HEADER "Timestamp\tTraceId\tSpanId\tParentSpanId\tTraceState\tSpanName\tSpanKind\tServiceName\tResourceAttributes\tScopeName\tScopeVersion\t" \
	"SpanAttributes\tDuration\tStatusCode\tStatusMessage\tEvents.Timestamp\tEvents.Name\tEvents.Attributes\tLinks.TraceId\tLinks.SpanId\t" \
	"Links.TraceState\tLinks.Attributes\n"
#define SPAN_X(sec, trace, id, parent, kind, service, duration, status, message, events) "2025-12-15 17:24:" sec "\t" trace "\t" id "\t" parent \
	"\t\tGET /\t" kind "\t" service "\t{'service.name': '" service "', 'k8s.namespace.name': 'otel-demo'}\t\t\t{'http.status_code': '500'}\t" duration \
	"\t" status "\t" message "\t" events "\t[]\t[]\t[]\t[]\n"
#define SPAN(sec, trace, id, parent, kind, service, duration, status) SPAN_X(sec, trace, id, parent, kind, service, duration, status, "", "[]\t[]\t[]")
#define T1 "88ebfbcebbbc0884eabd9178e1808940"
#define T2 "88ebaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static uint64_t parent_of(const cc_snapshot *s, const cc_span *sp)
{
	cc_arena *arena = cc_arena_new();
	uint64_t id = cc_spans_parent_id(s, sp, arena);
	cc_arena_free(arena);
	return id;
}

static void test_traces_and_parents(void **state)
{
	cc_snapshot *s = open_file(*state, "otel_traces_raw.tsv", HEADER
		SPAN("32.5", T2, "00000000000000b1", "0000000000000000", "SPAN_KIND_SERVER", "ad", "1000", "STATUS_CODE_ERROR")
		SPAN("30", T1, "00000000000000a1", "", "Client", "frontend", "5000000000", "Unset")
		SPAN("31", T1, "00000000000000a2", "00000000000000a1", "server", "cart", "7", "error")
		SPAN("32", T1, "00000000000000a3", "00000000000000ff", "Internal", "cart", "8", "1")
		SPAN("33", "", "00000000000000c1", "", "3", "x", "", "2"));
	assert_int_equal(cc_spans_count(s), 5);
	assert_int_equal(cc_traces_count(s), 3);
	const cc_trace *t1 = cc_traces_get(s, 0), *t2 = cc_traces_get(s, 1), *alone = cc_traces_get(s, 2);
	assert_int_equal(t1->count, 3);
	assert_int_equal(t1->services, 2);
	assert_int_equal(t1->errors, 1);
	assert_int_equal(t1->orphans, 1);
	assert_int_equal(t1->root, 0);
	assert_true(t1->end_ns - t1->start_ns == 5 * CC_NS_PER_S);
	assert_int_equal(t2->errors, 1);
	assert_int_equal(t2->orphans, 0);
	assert_int_equal(alone->count, 1);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(cc_traces_span(s, t1->first + i), i);
	const cc_span *a1 = cc_spans_get(s, 0), *a2 = cc_spans_get(s, 1), *a3 = cc_spans_get(s, 2), *b1 = cc_spans_get(s, 3), *c1 = cc_spans_get(s, 4);
	assert_true(a1->parent == CC_SPAN_NO_PARENT && !a1->has_parent);
	assert_int_equal(a2->parent, 0);
	assert_true(a3->parent == CC_SPAN_NO_PARENT && parent_of(s, a3) == 0xff);
	assert_int_equal(a1->kind, CC_SPAN_CLIENT);
	assert_int_equal(a2->kind, CC_SPAN_SERVER);
	assert_int_equal(b1->kind, CC_SPAN_SERVER);
	assert_int_equal(c1->kind, CC_SPAN_CLIENT);
	assert_int_equal(a2->status, CC_STATUS_ERROR);
	assert_int_equal(a3->status, CC_STATUS_OK);
	assert_int_equal(b1->status, CC_STATUS_ERROR);
	assert_int_equal(c1->status, CC_STATUS_ERROR);
	assert_int_equal(c1->duration_ns, 0);
	assert_int_equal(b1->trace_index, 1);
	assert_true(a2->entity != 0 && a2->entity == a3->entity && a1->entity != a2->entity);
	cc_snapshot_free(s);
}

static void test_rings_and_self_parents_are_cut(void **state)
{
	cc_snapshot *s = open_file(*state, "otel_traces_raw.tsv", HEADER
		SPAN("30", T1, "a1", "a3", "Client", "x", "1", "Ok")
		SPAN("31", T1, "a2", "a1", "Client", "x", "1", "Ok")
		SPAN("32", T1, "a3", "a2", "Client", "x", "1", "Ok")
		SPAN("33", T1, "a4", "a4", "Client", "x", "1", "Ok")
		SPAN("34", T1, "a5", "a3", "Client", "x", "1", "Ok"));
	size_t tops = 0;
	for (size_t i = 0; i < cc_spans_count(s); i++) {
		size_t steps = 0;
		for (uint32_t at = (uint32_t)i; cc_spans_get(s, at)->parent != CC_SPAN_NO_PARENT; at = cc_spans_get(s, at)->parent)
			assert_true(++steps < 10);
		tops += steps == 0;
	}
	assert_int_equal(tops, 2);
	assert_int_equal(cc_traces_get(s, 0)->root, 0);
	cc_snapshot_free(s);
}

static void test_older_files_without_scope_and_processed_form(void **state)
{
	cc_snapshot *s = open_file(*state, "otel_traces_raw.tsv",
		"Timestamp\tTraceId\tSpanId\tParentSpanId\tTraceState\tSpanName\tSpanKind\tServiceName\tResourceAttributes\tSpanAttributes\tDuration\tStatusCode\t"
		"StatusMessage\tEvents.Timestamp\tEvents.Name\tEvents.Attributes\tLinks.TraceId\tLinks.SpanId\tLinks.TraceState\tLinks.Attributes\n"
		"2025-12-15 17:24:32\t" T1 "\ta1\t\t\tGET\tSPAN_KIND_CLIENT\tcart\t{}\t{}\t12\tSTATUS_CODE_OK\t\t[]\t[]\t[]\t[]\t[]\t[]\t[]\n");
	assert_int_equal(cc_spans_count(s), 1);
	assert_int_equal(cc_spans_get(s, 0)->duration_ns, 12);
	assert_int_equal(cc_spans_get(s, 0)->status, CC_STATUS_OK);
	cc_snapshot_free(s);
	test_tree_file(*state, "otel_traces_raw.tsv", "timestamp\ttrace_id\tspan_id\tparent_span_id\tspan_name\tspan_kind\tservice_name\tduration_ms\tstatus_code\t"
		"status_message\n2025-12-15 17:24:32\t" T1 "\ta1\ta0\tGET\tServer\tcart\t1.5\tError\tboom\n");
	s = open_tree(*state);
	cc_arena *a = cc_arena_new();
	assert_int_equal(cc_spans_get(s, 0)->duration_ns, 1500000);
	assert_int_equal(parent_of(s, cc_spans_get(s, 0)), 0xa0);
	assert_str(cc_spans_error_text(s, cc_spans_get(s, 0), a), "boom");
	assert_str(cc_snapshot_sym(s, cc_spans_get(s, 0)->service), "cart");
	cc_arena_free(a);
	cc_snapshot_free(s);
}

static void conformance_05_span_events_with_datetimes(void **state)
{
	cc_snapshot *s = open_file(*state, "otel_traces_raw.tsv", HEADER
		SPAN_X("32", T1, "a1", "", "Server", "ad", "1", "Error", "",
			"[datetime.datetime(2025, 12, 15, 17, 24, 32, 5), datetime.datetime(2025, 12, 15, 17, 24)]\t['feature_flag', 'exception']\t"
			"\"[{'feature_flag.key': 'adFailure'}, {'exception.message': \"\"it's down\"\"}]\"")
		SPAN_X("33", T1, "a2", "a1", "Server", "ad", "1", "Error", "", "[junk]\t['exception', 'late']\t[{'exception.type': 'IOError'}]"));
	cc_arena *a = cc_arena_new();
	cc_span_event_vec v = { 0 };
	cc_str flag;
	cc_spans_events(s, cc_spans_get(s, 0), &v, a);
	assert_int_equal(v.n, 2);
	assert_true(v.p[0].time_ns == INT64_C(1765819472000005000));
	assert_true(v.p[1].time_ns == INT64_C(1765819440000000000));
	assert_str(v.p[0].name, "feature_flag");
	assert_true(cc_literal_map_get(v.p[0].attributes, CC_STR("feature_flag.key"), &flag, a));
	assert_str(flag, "adFailure");
	assert_str(cc_spans_error_text(s, cc_spans_get(s, 0), a), "it's down");
	v.n = 0;
	cc_spans_events(s, cc_spans_get(s, 1), &v, a);
	assert_int_equal(v.n, 2);
	assert_true(v.p[0].time_ns == CC_TIME_NONE && v.p[1].time_ns == CC_TIME_NONE);
	assert_str(v.p[1].name, "late");
	assert_int_equal(v.p[1].attributes.n, 0);
	assert_str(cc_spans_error_text(s, cc_spans_get(s, 1), a), "IOError");
	cc_vec_deinit(&v);
	cc_arena_free(a);
	cc_snapshot_free(s);
}

static void test_find_by_prefix(void **state)
{
	cc_snapshot *s = open_file(*state, "otel_traces_raw.tsv", HEADER
		SPAN("30", T1, "a1", "", "Client", "x", "1", "Ok")
		SPAN("31", T2, "a2", "", "Client", "x", "1", "Ok")
		SPAN("32", "dd84024eb1cbced4", "a3", "", "Client", "x", "1", "Ok")
		SPAN("33", "trace-number-four", "a4", "", "Client", "x", "1", "Ok"));
	size_t hit = 99;
	cc_err err;
	assert_int_equal(cc_traces_find(s, CC_STR(T1), &hit, &err), CC_OK);
	assert_int_equal(hit, 0);
	assert_int_equal(cc_traces_find(s, CC_STR("88EBA"), &hit, &err), CC_OK);
	assert_int_equal(hit, 1);
	assert_int_equal(cc_traces_find(s, CC_STR("dd84"), &hit, &err), CC_OK);
	assert_int_equal(hit, 2);
	assert_int_equal(cc_traces_find(s, CC_STR("trace-number-four"), &hit, &err), CC_OK);
	assert_int_equal(hit, 3);
	assert_int_equal(cc_traces_find(s, CC_STR("88eb"), &hit, &err), CC_EAMBIGUOUS);
	assert_int_equal(cc_traces_find(s, CC_STR("88e"), &hit, &err), CC_EUNKNOWN);
	assert_non_null(strstr(err.hint, "4 hex digits"));
	assert_int_equal(cc_traces_find(s, CC_STR("ffffffff"), &hit, &err), CC_EUNKNOWN);
	assert_int_equal(cc_traces_find(s, CC_STR(""), &hit, &err), CC_EUNKNOWN);
	cc_snapshot_free(s);
}

static void test_hostile_durations(void **state)
{
	static const int64_t expected[] = { 0, 0, 310000000, 0, 0 };
	cc_snapshot *s = open_file(*state, "otel_traces_raw.tsv", HEADER
		SPAN("30", T1, "a1", "", "Client", "x", "18446744073709551615", "Ok")
		SPAN("31", T1, "a2", "", "Client", "x", "-5", "Ok")
		SPAN("32", T1, "a3", "", "Client", "x", "3.1e+08", "Ok")
		SPAN("33", T1, "a4", "", "Client", "x", "long", "Ok")
		SPAN("34", T1, "a5", "", "Client", "x", "9223372036854775807", "Ok"));
	for (size_t i = 0; i < 5; i++)
		assert_true(cc_spans_get(s, i)->duration_ns == expected[i]);
	assert_true(cc_traces_get(s, 0)->end_ns >= cc_traces_get(s, 0)->start_ns);
	assert_str(cc_snapshot_file(s, 0)->problem, "record 1: unreadable Duration; taken as 0");
	cc_snapshot_free(s);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(cc_span_kind_name(CC_SPAN_PRODUCER), "Producer");
	assert_string_equal(cc_span_kind_name((cc_span_kind)77), "Unspecified");
	assert_string_equal(cc_span_status_name(CC_STATUS_ERROR), "Error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_traces_and_parents),
		tree_test(test_rings_and_self_parents_are_cut),
		tree_test(test_older_files_without_scope_and_processed_form),
		tree_test(conformance_05_span_events_with_datetimes),
		tree_test(test_find_by_prefix),
		tree_test(test_hostile_durations),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
