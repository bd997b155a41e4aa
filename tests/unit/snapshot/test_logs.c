/* Log records over small files. */
#include "coldcase/logs.h"
#include "unit/snapshot/snapshot_open.h"

#define HEADER "Timestamp\tTimestampTime\tTraceId\tSpanId\tTraceFlags\tSeverityText\tSeverityNumber\tServiceName\tBody\tResourceSchemaUrl\t" \
	"ResourceAttributes\tScopeSchemaUrl\tScopeName\tScopeVersion\tScopeAttributes\tLogAttributes"
#define ATTRS(service, pod) "{'service.name': '" service "', 'k8s.namespace.name': 'otel-demo', 'k8s.pod.name': '" pod "'}"
#define ROW(time, text, number, service, body, attrs) time "\t\t88ebfbcebbbc0884eabd9178e1808940\tdd84024eb1cbced4\t0\t" text "\t" number "\t" \
	service "\t" body "\t\t" attrs "\t\tscope\t1\t{}\t{'url.path': '/api'}"

static void test_fields_order_and_lazy_columns(void **state)
{
	cc_snapshot *s = open_file(*state, "otel_logs_raw.tsv", HEADER "\n"
		ROW("2025-12-15 17:24:33.000000002", "ERROR", "17", "leaked", "\"line one\n\"\"two\"\"\"", ATTRS("cart", "cart-1")) "\n"
		ROW("2025-12-15 17:24:32.123456789", "INFO", "9", "cart", "hello", ATTRS("cart", "cart-1")) "\n"
		ROW("1970-01-01 00:00:00.000000000", "", "0", "ad", "no time", "{}") "\n");
	cc_arena *a = cc_arena_new();
	cc_kv_vec kv = { 0 };
	assert_int_equal(cc_logs_count(s), 3);
	const cc_logrec *none = cc_logs_get(s, 0), *first = cc_logs_get(s, 1), *second = cc_logs_get(s, 2);
	assert_true(none->time_ns == CC_TIME_NONE);
	assert_int_equal(none->cite.record, 3);
	assert_true(first->time_ns == INT64_C(1765819472123456789));
	assert_int_equal(first->cite.record, 2);
	assert_str(cc_logs_body(s, first, a), "hello");
	assert_str(cc_logs_body(s, second, a), "line one\n\"two\"");
	assert_str(cc_snapshot_sym(s, second->service), "cart");
	assert_str(cc_snapshot_sym(s, none->service), "ad");
	assert_str(cc_snapshot_sym(s, first->ns), "otel-demo");
	assert_str(cc_snapshot_sym(s, first->pod), "cart-1");
	assert_true(first->entity != 0 && first->entity == second->entity && none->entity != first->entity);
	assert_true(first->trace.hi == UINT64_C(0x88ebfbcebbbc0884) && first->span == UINT64_C(0xdd84024eb1cbced4));
	assert_str(cc_logs_column(s, first, "SeverityNumber", a), "9");
	assert_str(cc_logs_column(s, first, "Absent", a), "");
	cc_logs_attrs(s, first, 'l', &kv, a);
	cc_logs_attrs(s, first, 'r', &kv, a);
	assert_int_equal(kv.n, 4);
	assert_str(kv.p[0].value, "/api");
	const cc_logrec copy = *second; /* getters must not depend on where the record lies */
	assert_str(cc_logs_column(s, &copy, "SeverityText", a), "ERROR");
	assert_int_equal(cc_logs_lower_bound(s, first->time_ns), 1);
	assert_int_equal(cc_logs_lower_bound(s, first->time_ns + 1), 2);
	assert_int_equal(cc_logs_lower_bound(s, INT64_MAX), 3);
	assert_true(cc_snapshot_range(s).from_ns == first->time_ns && cc_snapshot_range(s).to_ns == second->time_ns);
	assert_null(cc_logs_get(s, 3));
	cc_vec_deinit(&kv);
	cc_arena_free(a);
	cc_snapshot_free(s);
}

/* Records of two services, a second apart; some of them stand elsewhere in the file. One in `every` is of cart. */
static cc_snapshot *open_order(test_tree *t, const int *seconds, size_t n, int every)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "Timestamp\tServiceName\tBody\n");
	for (size_t i = 0; i < n; i++)
		cc_buf_addf(&b, "2025-12-15 17:%02d:%02d\t%s\tx\n", seconds[i] / 60, seconds[i] % 60, seconds[i] % every == 1 ? "cart" : "ad");
	cc_snapshot *s = open_file(t, "otel_logs_raw.tsv", b.p);
	cc_buf_deinit(&b);
	return s;
}

static void test_records_behind_later_ones_of_their_source_are_late(void **state)
{
	enum { N = 20, MANY = 200 };
	/* 5 behind 9 of cart; 8 behind 11, which is of another service; 12 twice: equal times are in order */
	static const int seconds[N] = { 1, 2, 3, 4, 7, 6, 9, 5, 11, 8, 10, 12, 12, 13, 14, 15, 16, 17, 18, 19 };
	int backwards[N], odd[MANY];
	cc_snapshot *s = open_order(*state, seconds, N, 2);
	for (size_t i = 0; i < N; i++) {
		const cc_logrec *l = cc_logs_get(s, i);
		bool five = l->cite.record == 8;
		if (l->late != five || cc_logs_late_ns(s, l) != (five ? 4 * CC_NS_PER_S : 0))
			fail_msg("record %llu: late %d by %lld", (unsigned long long)l->cite.record, l->late, (long long)cc_logs_late_ns(s, l));
	}
	cc_snapshot_free(s);
	for (int i = 0; i < N; i++)
		backwards[i] = N - i;
	s = open_order(*state, backwards, N, 2);   /* newest first is an order too */
	for (size_t i = 0; i < N; i++)
		assert_false(cc_logs_get(s, i)->late);
	cc_snapshot_free(s);
	for (int i = 0; i < MANY; i++)   /* one of ten of cart is from the future: the others are not late */
		odd[i] = i == 21 ? 3001 : i;
	s = open_order(*state, odd, MANY, 20);
	assert_int_equal(cc_logs_count(s), MANY);
	for (size_t i = 0; i < MANY; i++)
		assert_false(cc_logs_get(s, i)->late);
	cc_snapshot_free(s);
}

static void test_levels_from_text_number_and_body(void **state)
{
	static const struct { char level, from; } expected[] = { { 'E', 't' }, { 'E', 'n' }, { 'E', 'n' }, { 'E', 'b' }, { 'I', 't' }, { 'W', 'b' },
		{ '?', 0 }, { 'W', 't' }, { 'E', 'b' } };
	cc_snapshot *s = open_file(*state, "otel_logs_raw.tsv", HEADER "\n"
		ROW("2025-12-15 17:24:01", "Error", "0", "a", "x", "{}") "\n"
		ROW("2025-12-15 17:24:02", "", "17", "a", "x", "{}") "\n"
		ROW("2025-12-15 17:24:03", "INFO", "18.0", "a", "x", "{}") "\n"
		ROW("2025-12-15 17:24:04", "INFO", "9", "a", "\"java.lang.IllegalStateException: no\n\tat a.b\"", "{}") "\n"
		ROW("2025-12-15 17:24:05", "INFO", "9", "a", "DEBUG x", "{}") "\n"
		ROW("2025-12-15 17:24:06", "", "0", "a", "[WARN] x", "{}") "\n"
		ROW("2025-12-15 17:24:07", "", "0", "a", "GET / 200", "{}") "\n"
		ROW("2025-12-15 17:24:08", "warning", "0", "a", "panic: x", "{}") "\n"
		ROW("2025-12-15 17:24:09", "", "", "a", "\"{\"\"level\"\":\"\"error\"\"}\"", "{}") "\n");
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		const cc_logrec *l = cc_logs_get(s, i);
		if (cc_level_letter((cc_level)l->level) != expected[i].level || l->level_from != expected[i].from)
			fail_msg("record %zu: %s from %d", i + 1, cc_level_name((cc_level)l->level), l->level_from);
	}
	cc_snapshot_free(s);
}

static void conformance_02_tsv_short_last_row_and_bad_rows_are_counted(void **state)
{
	cc_snapshot *s = open_file(*state, "otel_logs_raw.tsv", "Timestamp\tServiceName\tBody\n"
		"2025-12-15 17:24:32\tcart\tfine\n2025-12-15 17:24:33\tcart\n2025-12-15 17:24:34\tcart\tone\ttoo many\n"
		"2025-12-15 17:24:35\tcart\tfine\n2025-12-15 17:24:36\tcart\t\"cut of");
	const cc_file *f = cc_snapshot_file(s, 0);
	assert_int_equal(cc_logs_count(s), 2);
	assert_int_equal(f->records, 2);
	assert_int_equal(f->skipped, 3);
	assert_int_equal(f->first_skipped, 2);
	assert_str(f->problem, "2 fields instead of 3; a quote never closes: the file ends inside record 5");
	assert_int_equal(cc_logs_get(s, 1)->cite.record, 4);
	cc_snapshot_free(s);
}

static void conformance_02_tsv_header_only_and_missing_files(void **state)
{
	const char *missing[CC_FILE_KINDS];
	cc_snapshot *s = open_file(*state, "otel_logs_raw.tsv", HEADER "\tEventName\n");
	assert_int_equal(cc_logs_count(s), 0);
	assert_null(cc_logs_get(s, 0));
	assert_int_equal(cc_spans_count(s), 0);
	assert_int_equal(cc_traces_count(s), 0);
	assert_int_equal(cc_series_count(s), 0);
	assert_int_equal(cc_snapshot_missing(s, missing), 6);
	assert_true(cc_snapshot_range(s).from_ns == CC_TIME_NONE);
	cc_snapshot_free(s);
}

static void conformance_03_timestamps(void **state)
{
	cc_snapshot *s = open_file(*state, "otel_logs_raw.tsv", "Timestamp\tBody\n2025-12-15\t1\n2025-12-15 00:00:01\t2\n2025-12-15 00:00:02.123\t3\n"
		"2025-12-15 00:00:03.123456\t4\n2025-12-15 00:00:04.123456789\t5\n2025-12-15T00:00:05Z\t6\n2025-12-15 00:00:06.5 +0000 UTC\t7\n"
		"2025-12-15T01:00:07+01:00\t8\n1765756808\t9\n1765756809000\t10\n1765756810000000\t11\n1765756811000000001\t12\nyesterday\t13\n\t14\n");
	cc_arena *a = cc_arena_new();
	const int64_t midnight = INT64_C(1765756800) * CC_NS_PER_S;
	assert_int_equal(cc_logs_count(s), 14);
	for (size_t i = 2; i < 14; i++) { /* two without a time come first */
		const cc_logrec *l = cc_logs_get(s, i);
		if ((l->time_ns - midnight) / CC_NS_PER_S != (int64_t)i - 2)
			fail_msg("row %.*s: %lld", CC_STR_ARG(cc_logs_body(s, l, a)), (long long)(l->time_ns - midnight));
	}
	assert_true(cc_logs_get(s, 6)->time_ns == midnight + 4 * CC_NS_PER_S + 123456789);
	assert_true(cc_logs_get(s, 13)->time_ns == midnight + 11 * CC_NS_PER_S + 1);
	assert_str(cc_snapshot_file(s, 0)->problem, "record 13: unreadable timestamp; the row has no time");
	assert_int_equal(cc_snapshot_file(s, 0)->skipped, 0);
	cc_arena_free(a);
	cc_snapshot_free(s);
}

static void test_processed_snake_case_form(void **state)
{
	cc_snapshot *s = open_file(*state, "otel_logs_WARN_ERROR_FATAL.tsv",
		"timestamp\ttrace_id\tspan_id\ttrace_flags\tservice_name\tbody\tk8s_namespace\tk8s_pod_name\turl_path\n"
		"2025-12-15 17:24:32.5\t88ebfbcebbbc0884eabd9178e1808940\tdd84024eb1cbced4\t1\tcart\t[ERROR] x\totel-demo\tcart-1\t/api\n");
	cc_arena *a = cc_arena_new();
	const cc_logrec *l = cc_logs_get(s, 0);
	assert_str(cc_snapshot_sym(s, l->service), "cart");
	assert_str(cc_snapshot_sym(s, l->ns), "otel-demo");
	assert_str(cc_snapshot_sym(s, l->pod), "cart-1");
	assert_int_equal(l->level, CC_LEVEL_ERROR);
	assert_true(l->trace.lo != 0);
	assert_str(cc_logs_body(s, l, a), "[ERROR] x");
	assert_str(cc_logs_column(s, l, "url_path", a), "/api");
	cc_arena_free(a);
	cc_snapshot_free(s);
}

static void test_go_recorder_form(void **state)
{
	cc_snapshot *s = open_file(*state, "otel_logs_raw.tsv", HEADER "\n"
		"2025-12-15 17:24:32.123456789 +0000 UTC\t\t\t\t0\tINFO\t9\tx\tbody\t\tmap[k8s.namespace.name:otel-demo k8s.pod.name:cart-1 service.name:cart]\t\t\t\t"
		"map[]\tmap[]\n");
	const cc_logrec *l = cc_logs_get(s, 0);
	assert_true(l->time_ns == INT64_C(1765819472123456789));
	assert_str(cc_snapshot_sym(s, l->service), "cart");
	assert_str(cc_snapshot_sym(s, l->pod), "cart-1");
	cc_snapshot_free(s);
}

static void test_names_that_look_missing_are_names(void **state)
{
	cc_snapshot *s = open_file(*state, "otel_logs_raw.tsv", "Timestamp\tServiceName\tResourceAttributes\tBody\n"
		"2025-12-15 17:24:32\tNA\t{}\tx\n2025-12-15 17:24:33\tx\t{'service.name': 'null', 'k8s.pod.name': 'nan'}\ty\n2025-12-15 17:24:34\tnan\tnan\tz\n");
	assert_str(cc_snapshot_sym(s, cc_logs_get(s, 0)->service), "NA");
	assert_str(cc_snapshot_sym(s, cc_logs_get(s, 1)->service), "null");
	assert_str(cc_snapshot_sym(s, cc_logs_get(s, 1)->pod), "nan");
	assert_str(cc_snapshot_sym(s, cc_logs_get(s, 2)->service), "nan");
	cc_snapshot_free(s);
}

static void test_attributes_that_are_no_map_are_told(void **state)
{
	cc_snapshot *s = open_file(*state, "otel_logs_raw.tsv", "Timestamp\tServiceName\tResourceAttributes\tBody\n2025-12-15 17:24:32\tcart\t{'cut\tx\n");
	assert_int_equal(cc_logs_count(s), 1);
	assert_str(cc_snapshot_sym(s, cc_logs_get(s, 0)->service), "cart");
	assert_str(cc_snapshot_file(s, 0)->problem, "record 1: ResourceAttributes is no map; its names are not known");
	cc_snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_fields_order_and_lazy_columns),
		tree_test(test_records_behind_later_ones_of_their_source_are_late),
		tree_test(test_levels_from_text_number_and_body),
		tree_test(conformance_02_tsv_short_last_row_and_bad_rows_are_counted),
		tree_test(conformance_02_tsv_header_only_and_missing_files),
		tree_test(conformance_03_timestamps),
		tree_test(test_processed_snake_case_form),
		tree_test(test_go_recorder_form),
		tree_test(test_names_that_look_missing_are_names),
		tree_test(test_attributes_that_are_no_map_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
