/* Opening as a whole: citations, cancel, progress, failing allocations, and the real recordings. */
#include "coldcase/snapshot.h"
#include "coldcase/logs.h"
#include "coldcase/spans.h"
#include "coldcase/xalloc.h"
#include "unit/snapshot/snapshot_open.h"

static const char logs[] = "Timestamp\tServiceName\tBody\n2025-12-15 17:24:32\tcart\t\"two\nlines \"\"q\"\"\"\n2025-12-15 17:24:33\tcart\n";
static const char alerts[] = "{\"data\": {\"alerts\": [{\"labels\": {\"alertname\": \"A\"}}, {\"labels\": {\"alertname\": \"B\"}, \"value\": 1.50}]}}";

static void fill(test_tree *t)
{
	test_tree_file(t, "otel_logs_raw.tsv", logs);
	test_tree_file(t, "otel_traces_raw.tsv", "Timestamp\tTraceId\tSpanId\tSpanName\tServiceName\tDuration\n2025-12-15 17:24:34\tab\tcd\tGET\tcart\t5\n");
	test_tree_file(t, "alerts/alerts_at_2025-12-15T17-24-35.json", alerts);
	test_tree_file(t, "metrics/pod_cart-1_raw.tsv", "metric_name\ttimestamp\tvalue\tpod_name\ttags\ncpu\t2025-12-15 17:24:36\t1\tcart-1\t{'a': 'b'}\n");
}

static void collect(void *arg, cc_str column, cc_str value)
{
	cc_buf_addf(arg, "%.*s=%.*s;", CC_STR_ARG(column), CC_STR_ARG(value));
}

static void read_cite(const cc_snapshot *s, const char *text, const char *expected)
{
	cc_cite cite;
	cc_buf b = CC_BUF_INIT;
	cc_err err;
	if (cc_cite_parse(s, S(text), &cite, &err) != CC_OK)
		fail_msg("%s: %s", text, err.message);
	assert_int_equal(cc_cite_read(s, cite, collect, &b, &err), CC_OK);
	assert_string_equal(b.p, expected);
	cc_buf_clear(&b);
	cc_cite_format(s, cite, &b);
	cc_cite again;
	assert_int_equal(cc_cite_parse(s, cc_buf_str(&b), &again, &err), CC_OK);
	assert_true(again.file == cite.file && again.record == cite.record);
	cc_buf_deinit(&b);
}

static void test_citations(void **state)
{
	static const char *const bad[] = { "", "#", "#1", "otel_logs_raw.tsv", "otel_logs_raw.tsv#", "otel_logs_raw.tsv#0", "otel_logs_raw.tsv#3",
		"otel_logs_raw.tsv#-1", "otel_logs_raw.tsv#99999999999999999999", "ground_truth.yaml#1", "alerts/alerts_at_2025-12-15T17-24-35.json#3",
		"s_raw.tsv#1" };
	fill(*state);
	cc_snapshot *s = open_tree(*state);
	cc_cite cite = { 7, 7 };
	cc_err err;
	cc_buf b = CC_BUF_INIT;
	read_cite(s, "otel_logs_raw.tsv#1", "Timestamp=2025-12-15 17:24:32;ServiceName=cart;Body=two\nlines \"q\";");
	read_cite(s, "otel_logs_raw.tsv#2", "Timestamp=2025-12-15 17:24:33;ServiceName=cart;");
	read_cite(s, "alerts/alerts_at_2025-12-15T17-24-35.json#2", "alert={\"labels\":{\"alertname\":\"B\"},\"value\":1.50};");
	read_cite(s, " alerts_at_2025-12-15T17-24-35.json#1 ", "alert={\"labels\":{\"alertname\":\"A\"}};");
	read_cite(s, "metrics/pod_cart-1_raw.tsv#1", "metric_name=cpu;timestamp=2025-12-15 17:24:36;value=1;pod_name=cart-1;tags={'a': 'b'};");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (cc_cite_parse(s, S(bad[i]), &cite, &err) != CC_EUNKNOWN || cite.file != 7)
			fail_msg("taken as a citation: %s", bad[i]);
	assert_int_equal(cc_cite_read(s, (cc_cite){ 0, 1 }, collect, &b, &err), CC_EUNKNOWN);
	test_tree_file(*state, "alerts/alerts_at_2025-12-15T17-24-36.json", "[{\"alerts\":[{\"labels\":{\"a\":\"1\"}},{\"labels\":{\"a\":\"2\"}}]},{\"labels\":{\"a\":\"3\"}}]");
	cc_snapshot *groups = open_tree(*state);
	read_cite(groups, "alerts/alerts_at_2025-12-15T17-24-36.json#2", "alert={\"labels\":{\"a\":\"2\"}};");
	read_cite(groups, "alerts/alerts_at_2025-12-15T17-24-36.json#3", "alert={\"labels\":{\"a\":\"3\"}};");
	cc_snapshot_free(groups);
	cc_cite_format(s, (cc_cite){ 0, 0 }, &b);
	assert_string_equal(b.p, "-");
	cc_buf_deinit(&b);
	cc_snapshot_free(s);
}

static void test_what_is_common_to_all_tables(void **state)
{
	const char *missing[CC_FILE_KINDS];
	fill(*state);
	cc_snapshot *s = open_tree(*state);
	cc_range r = cc_snapshot_range(s);
	assert_true(r.from_ns == INT64_C(1765819472) * CC_NS_PER_S);
	assert_true(r.to_ns == INT64_C(1765819476) * CC_NS_PER_S);
	assert_int_equal(cc_snapshot_file_count(s), 4);
	assert_int_equal(cc_snapshot_missing(s, missing), 3);
	assert_string_equal(missing[0], "service metrics");
	assert_str(cc_snapshot_sym(s, 0), "");
	assert_str(cc_snapshot_sym(s, cc_snapshot_sym_find(s, CC_STR("cart"))), "cart");
	assert_true(cc_snapshot_sym_find(s, CC_STR("nowhere")) == CC_SYM_NONE);
	assert_true(cc_snapshot_sym_count(s) > 3);
	assert_true(cc_str_starts(cc_snapshot_path(s), CC_STR("/")));
	assert_true(cc_str_ends(cc_snapshot_path(s), cc_snapshot_name(s)));
	assert_null(cc_snapshot_file(s, 4));
	cc_snapshot_free(s);
	cc_snapshot_free(NULL);
}

typedef struct seen_progress { uint64_t last, total; size_t calls; cc_cancel *cancel; } seen_progress;

static void on_progress(void *arg, const cc_snapshot_progress *p)
{
	seen_progress *seen = arg;
	assert_true(p->bytes_done >= seen->last && p->bytes_done <= p->bytes_total);
	seen->last = p->bytes_done;
	seen->total = p->bytes_total;
	seen->calls++;
	if (seen->cancel)
		cc_cancel_set(seen->cancel);
}

static void test_progress_and_cancel(void **state)
{
	cc_cancel cancel;
	cc_err err;
	cc_snapshot *s;
	seen_progress seen = { 0 };
	/* One thread: with more, how often progress is told depends on which of them takes the pieces. */
	cc_snapshot_options opt = { .progress = on_progress, .progress_arg = &seen, .threads = 1 };
	fill(*state);
	test_tree *t = *state;
	assert_int_equal(cc_snapshot_open(&s, t->root, &opt, &err), CC_OK);
	assert_true(seen.calls >= 4);
	assert_true(seen.last == seen.total && seen.total == cc_snapshot_bytes(s));
	cc_snapshot_free(s);
	cc_cancel_clear(&cancel);
	seen = (seen_progress){ .cancel = &cancel };
	opt.cancel = &cancel;
	assert_int_equal(cc_snapshot_open(&s, t->root, &opt, &err), CC_ECANCELED);
	assert_null(s);
}

static void fingerprint(const cc_snapshot *s, cc_buf *out)
{
	cc_buf_clear(out);
	cc_buf_addf(out, "%zu logs %zu spans %zu traces %zu series %zu symbols", cc_logs_count(s), cc_spans_count(s), cc_traces_count(s),
		cc_series_count(s), cc_snapshot_sym_count(s));
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++) {
		const cc_file *f = cc_snapshot_file(s, i);
		cc_buf_addf(out, "; %.*s %llu %llu %.*s", CC_STR_ARG(f->path), (unsigned long long)f->records, (unsigned long long)f->skipped,
			CC_STR_ARG(f->problem));
	}
}

/* Whatever allocation fails, open says so: no crash, no leak (under sanitizers), and never success with less evidence. */
static void test_every_allocation_may_fail(void **state)
{
	cc_snapshot *s = NULL;
	cc_code code = CC_ENOMEM;
	cc_buf whole = CC_BUF_INIT, got = CC_BUF_INIT;
	long n = 0;
	test_tree *t = *state;
	fill(t);
	s = open_tree(t);
	fingerprint(s, &whole);
	cc_snapshot_free(s);
	for (; code != CC_OK && n < 20000; n++) {
		cc_alloc_fail_after(n);
		code = cc_snapshot_open(&s, t->root, NULL, NULL);
		cc_alloc_fail_after(-1);
		if (code != CC_OK && code != CC_ENOMEM)
			fail_msg("allocation %ld: %s", n, cc_code_name(code));
	}
	assert_int_equal(code, CC_OK);
	assert_true(n > 50);
	fingerprint(s, &got);
	assert_string_equal(got.p, whole.p);
	cc_snapshot_free(s);
	cc_buf_deinit(&whole);
	cc_buf_deinit(&got);
}

/* --- recordings kept outside the repository --- */

static cc_snapshot *open_shared(const char *below)
{
	cc_snapshot *s = NULL;
	const char *path = test_shared(below);
	cc_err err;
	if (!path) {
		printf("# no example data at ../shared/%s (COLDCASE_SHARED names the folder)\n", below);
		skip();
	}
	if (cc_snapshot_open(&s, path, NULL, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static void check_counts(const char *below, size_t log_count, size_t span_count)
{
	cc_snapshot *s = open_shared(below);
	assert_int_equal(cc_logs_count(s), log_count);
	assert_int_equal(cc_spans_count(s), span_count);
	assert_true(cc_series_count(s) > 0 && cc_traces_count(s) > 0);
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++)
		assert_int_equal(cc_snapshot_file(s, i)->skipped, 0);
	for (size_t i = 1; i < cc_logs_count(s); i++)
		assert_true(cc_logs_get(s, i - 1)->time_ns <= cc_logs_get(s, i)->time_ns);
	for (size_t i = 0; i < cc_spans_count(s); i++)
		assert_true(cc_spans_get(s, i)->entity != 0);
	cc_snapshot_free(s);
}

static void test_real_scenario_901(void **state)
{
	(void)state;
	check_counts("real-incidents/Scenario-901", 8080, 15524);
}

static void test_real_scenario_902(void **state)
{
	(void)state;
	check_counts("real-incidents/Scenario-902", 9344, 17787);
}

static void test_real_scenario_903(void **state)
{
	(void)state;
	check_counts("real-incidents/Scenario-903", 7526, 13919);
}

static void test_real_control_plane_recordings_open(void **state)
{
	(void)state;
	for (int i = 911; i <= 915; i++) {
		char below[64];
		const char *missing[CC_FILE_KINDS];
		snprintf(below, sizeof below, "real-k8s/Scenario-%d", i);
		cc_snapshot *s = open_shared(below);
		assert_int_equal(cc_snapshot_file_count(s), 2);
		assert_int_equal(cc_snapshot_missing(s, missing), 5);
		cc_snapshot_free(s);
	}
}

/* What is lost to a quote that never closes is told in lines, whatever was wrong before it. */
static void test_lone_quotes_and_missing_headers(void **state)
{
	test_tree *t = *state;
	test_tree_file(t, "otel_logs_raw.tsv", "Timestamp\tBody\n2025-12-15 17:24:32\ta\nshort\n2025-12-15 17:24:33\t\"lone\n2025-12-15 17:24:34\tb\n"
		"2025-12-15 17:24:35\tc\n");
	test_tree_file(t, "otel_traces_raw.tsv", "2025-12-15 17:24:34\tab\tcd\n2025-12-15 17:24:35\tab\tce\n");
	test_tree_file(t, "metrics/pod_a_raw.tsv", "metric_name\ttimestamp\tvalue\n\"m\t2025-12-15 17:24:33\t2\nm\t2025-12-15\"\t2\n");
	cc_snapshot *s = open_tree(t);
	assert_int_equal(cc_logs_count(s), 1);
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++) {
		const cc_file *f = cc_snapshot_file(s, i);
		if (f->kind == CC_FILE_LOGS) {
			assert_int_equal(f->skipped, 2);
			assert_str(f->problem, "1 fields instead of 2; a quote never closes: the last 3 lines of the file are inside record 3");
		} else if (f->kind == CC_FILE_TRACES) {
			assert_str(f->problem, "neither a TraceId nor a SpanId column: is the header line missing?");
		} else {
			assert_str(f->problem, "2 fields instead of 3 in a record of 2 lines");
		}
	}
	cc_snapshot_free(s);
}

/* Times at the ends of what 64 bits can hold neither stretch the range nor overflow a difference. */
static void test_impossible_times(void **state)
{
	test_tree *t = *state;
	test_tree_file(t, "otel_logs_raw.tsv", "Timestamp\tBody\n2025-12-15 17:24:32\ta\n1677-09-21 00:12:43.145224193\tb\n"
		"2262-04-11 23:47:16.854775807\tc\n1969-12-31\td\n2199-12-31 23:59:59\te\n");
	test_tree_file(t, "otel_traces_raw.tsv", "Timestamp\tTraceId\tSpanId\tDuration\n2262-04-11 23:47:16.854775807\tab\tcd\t9223372036854775807\n");
	test_tree_file(t, "metrics/pod_a_raw.tsv", "metric_name\ttimestamp\tvalue\nm\t1677-09-21 00:12:43.145224193\t1\nm\t2025-12-15 17:24:33\t2\n");
	test_tree_file(t, "alerts/alerts_at_2025-12-15T17-24-35.json", "[{\"labels\":{\"alertname\":\"A\"},\"activeAt\":\"0001-01-01T00:00:00Z\"},"
		"{\"labels\":{\"alertname\":\"B\"},\"activeAt\":\"2262-04-11T23:47:16Z\"}]");
	cc_snapshot *s = open_tree(t);
	cc_range range = cc_snapshot_range(s);
	assert_int_equal(range.from_ns, INT64_C(1765819472) * CC_NS_PER_S);
	assert_int_equal(range.to_ns, INT64_C(7258118399) * CC_NS_PER_S);
	assert_int_equal(cc_logs_count(s), 5);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(cc_logs_get(s, i)->time_ns, CC_TIME_NONE);
	assert_int_equal(cc_spans_get(s, 0)->start_ns, CC_TIME_NONE);
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++) {
		const cc_file *f = cc_snapshot_file(s, i);
		assert_int_equal(f->skipped, f->kind == CC_FILE_METRICS_POD ? 1 : 0);
		assert_true(f->problem.n > 0 || f->kind == CC_FILE_ALERTS);
	}
	cc_snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_citations),
		tree_test(test_lone_quotes_and_missing_headers),
		tree_test(test_impossible_times),
		tree_test(test_what_is_common_to_all_tables),
		tree_test(test_progress_and_cancel),
		tree_test(test_every_allocation_may_fail),
		cmocka_unit_test(test_real_scenario_901),
		cmocka_unit_test(test_real_scenario_902),
		cmocka_unit_test(test_real_scenario_903),
		cmocka_unit_test(test_real_control_plane_recordings_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
