/* Metric files: series, samples, both service column orders. */
#include "coldcase/series.h"
#include <math.h>
#include "unit/snapshot/snapshot_open.h"

static const cc_series *find(const cc_snapshot *s, const char *metric, const char *key, const char *value)
{
	for (size_t i = 0; i < cc_series_count(s); i++) {
		const cc_series *se = cc_series_get(s, i);
		if (cc_str_eqz(cc_snapshot_sym(s, se->metric), metric) && cc_str_eqz(cc_series_label(se, key), value))
			return se;
	}
	fail_msg("no series %s{%s=\"%s\"}", metric, key, value);
	return NULL;
}

#define POD "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n"

static void test_blocks_are_merged_sorted_and_freed_of_duplicates(void **state)
{
	cc_snapshot *s = open_file(*state, "metrics/pod_cart-1_raw.tsv", POD
		"cpu\t2025-12-15 17:24:30\t3\tcart-1\tns\t{'container': 'cart', 'job': 'k'}\n"
		"cpu\t2025-12-15 17:24:31\t4\tcart-1\tns\t{'container': 'cart', 'job': 'k'}\n"
		"cpu\t2025-12-15 17:24:30\t9\tcart-1\tns\t{'container': ''}\n"
		"mem_total\t2025-12-15 17:24:30\t1e-05\tcart-1\tns\t{}\n"
		"cpu\t2025-12-15 17:24:29.5\t2\tcart-1\tns\t{'job': 'k', 'container': 'cart'}\n"
		"cpu\t2025-12-15 17:24:31\t4\tcart-1\tns\t{'container': 'cart', 'job': 'k'}\n"
		"cpu\t2025-12-15 17:24:31\t5\tcart-1\tns\t{'container': 'cart', 'job': 'k'}\n"
		"cpu\t2025-12-15 17:24:32\t\tcart-1\tns\t{'container': 'cart', 'job': 'k'}\n"
		"cpu\t2025-12-15 17:24:33\tinf\tcart-1\tns\t{'container': 'cart', 'job': 'k'}\n");
	cc_buf b = CC_BUF_INIT;
	double v;
	size_t at;
	assert_int_equal(cc_series_count(s), 3);
	const cc_series *se = find(s, "cpu", "container", "cart");
	assert_int_equal(se->count, 6);
	assert_true(se->values[0] == 2 && se->values[1] == 3 && se->values[2] == 4 && se->values[3] == 5);
	assert_true(isnan(se->values[4]) && isinf(se->values[5]));
	assert_int_equal(se->records[0], 5);
	assert_int_equal(se->records[2], 2);
	assert_false(se->counter);
	assert_true(find(s, "mem_total", "none", "")->counter);
	assert_str(cc_snapshot_sym(s, se->object), "cart-1");
	assert_true(se->entity != 0);
	cc_series_format(s, se, &b);
	assert_string_equal(b.p, "cpu{container=\"cart\"}");
	assert_false(cc_series_at(se, se->times_ns[0] - 1, &v, &at));
	assert_true(cc_series_at(se, se->times_ns[1] + 1, &v, &at) && at == 1 && v == 3);
	assert_true(cc_series_at(se, INT64_MAX, &v, &at) && at == 5);
	cc_buf_deinit(&b);
	cc_snapshot_free(s);
}

static void test_object_from_column_else_file_name(void **state)
{
	test_tree *t = *state;
	test_tree_file(t, "metrics/pod_frontend-proxy-1.2_raw.tsv", POD "a\t2025-12-15 17:24:30\t3\t\tns\t{}\nb\t2025-12-15 17:24:30\t3\tother\t\t{'namespace': 'n2'}\n");
	test_tree_file(t, "metrics/pod_frontend.tsv", "metric_name\ttimestamp\tvalue\nc\t2025-12-15 17:24:30\t3\n");
	test_tree_file(t, "metrics/service_NA_raw.tsv", "metric_name\ttimestamp\tvalue\tservice_name\td\nd\t2025-12-15 17:24:30\t3\tnull\tx\n");
	cc_snapshot *s = open_tree(t);
	assert_str(cc_snapshot_sym(s, find(s, "a", "-", "")->object), "frontend-proxy-1.2");
	assert_str(cc_snapshot_sym(s, find(s, "b", "namespace", "n2")->object), "other");
	assert_str(cc_snapshot_sym(s, find(s, "b", "namespace", "n2")->ns), "n2");
	assert_str(cc_snapshot_sym(s, find(s, "c", "-", "")->object), "frontend");
	assert_str(cc_snapshot_sym(s, find(s, "d", "-", "")->object), "null");
	assert_true(find(s, "d", "-", "")->is_service);
	for (size_t i = 1; i < cc_series_count(s); i++)
		assert_true(cc_str_cmp(cc_snapshot_sym(s, cc_series_get(s, i - 1)->object), cc_snapshot_sym(s, cc_series_get(s, i)->object)) <= 0);
	cc_snapshot_free(s);
}

static void conformance_08_service_metrics_both_queries(void **state)
{
	cc_snapshot *s = open_file(*state, "metrics/service_cart_raw.tsv",
		"metric_name\ttimestamp\tvalue\tservice_name\tnamespace\tbucket_le\ttags\tmetric_type\tstatus_code\n"
		"traces_span_metrics_duration_milliseconds_bucket\t2025-12-15 17:24:30\t10.0\tcart\tns\t100.0\t{'le': '100', 'span_kind': 'SPAN_KIND_SERVER'}\tduration_p95\t\n"
		"traces_span_metrics_duration_milliseconds_bucket\t2025-12-15 17:24:30\t12.0\tcart\tns\t+Inf\t{'span_kind': 'SPAN_KIND_SERVER'}\tduration_p95\t\n"
		"traces_span_metrics_duration_milliseconds_bucket\t2025-12-15 17:24:45\t0.0\tcart\tns\t+Inf\t{'span_kind': 'SPAN_KIND_SERVER'}\tduration_p95\t\n"
		"traces_span_metrics_calls_total\t2025-12-15 17:24:30\t2.0\tcart\tns\t\t{'span_name': 'GET'}\terror_rate\tSTATUS_CODE_ERROR\n");
	assert_int_equal(cc_series_count(s), 3);
	const cc_series *inf = find(s, "traces_span_metrics_duration_milliseconds_bucket", "le", "+Inf");
	assert_int_equal(inf->count, 2);
	assert_true(inf->values[0] == 12 && inf->values[1] == 0); /* a reset stays visible */
	assert_true(inf->is_service && inf->counter);
	assert_str(cc_series_label(find(s, "traces_span_metrics_duration_milliseconds_bucket", "le", "100"), "span_kind"), "SPAN_KIND_SERVER");
	assert_str(cc_series_label(find(s, "traces_span_metrics_calls_total", "status_code", "STATUS_CODE_ERROR"), "le"), "");
	cc_snapshot_free(s);
}

static void conformance_08_service_metrics_error_query_alone(void **state)
{
	cc_snapshot *s = open_file(*state, "metrics/service_ad_raw.tsv",
		"metric_name\ttimestamp\tvalue\tservice_name\tnamespace\tstatus_code\ttags\tmetric_type\n"
		"traces_span_metrics_calls_total\t2025-12-15 17:24:30\t2.0\tad\tns\tSTATUS_CODE_ERROR\t{'span_name': 'GET'}\terror_rate\n");
	assert_str(cc_series_label(find(s, "traces_span_metrics_calls_total", "span_name", "GET"), "status_code"), "STATUS_CODE_ERROR");
	cc_snapshot_free(s);
}

static void conformance_08_status_code_under_bucket_le(void **state)
{
	cc_snapshot *s = open_file(*state, "metrics/service_ad_raw.tsv",
		"metric_name\ttimestamp\tvalue\tservice_name\tnamespace\tbucket_le\ttags\n"
		"traces_span_metrics_duration_milliseconds_bucket\t2025-12-15 17:24:30 +0000 UTC\t1e+09\tad\tns\t250\tmap[span_name:GET /]\n"
		"traces_span_metrics_calls_total\t2025-12-15 17:24:30 +0000 UTC\t2\tad\tns\tSTATUS_CODE_ERROR\tmap[span_name:GET /]\n"
		"traces_span_metrics_calls_total\t2025-12-15 17:24:30 +0000 UTC\t2\tad\tns\tNaN\tmap[span_name:PUT /]\n"
		"istio_requests_total\t2025-12-15 17:24:30 +0000 UTC\t2\tad\tns\t503\tmap[reporter:source]\n");
	assert_str(cc_series_label(find(s, "istio_requests_total", "status_code", "503"), "le"), "");
	assert_true(find(s, "traces_span_metrics_duration_milliseconds_bucket", "le", "250")->values[0] == 1e9);
	const cc_series *calls = find(s, "traces_span_metrics_calls_total", "status_code", "STATUS_CODE_ERROR");
	assert_str(cc_series_label(calls, "le"), "");
	assert_str(cc_series_label(calls, "span_name"), "GET /");
	assert_int_equal(find(s, "traces_span_metrics_calls_total", "span_name", "PUT /")->label_count, 1);
	cc_snapshot_free(s);
}

static void test_rows_that_are_no_samples_are_counted(void **state)
{
	cc_snapshot *s = open_file(*state, "metrics/pod_a_raw.tsv", POD
		"cpu\tnever\t3\ta\tns\t{}\n\t2025-12-15 17:24:30\t3\ta\tns\t{}\ncpu\t2025-12-15 17:24:30\tthree\ta\tns\t{}\ncpu\t2025-12-15 17:24:30\t3\ta\tns\tno map\n"
		"cpu\t2025-12-15 17:24:30\t3\ta\tns\t\"{'cut");
	const cc_file *f = cc_snapshot_file(s, 0);
	assert_int_equal(cc_series_count(s), 1);
	assert_int_equal(f->records, 1);
	assert_int_equal(f->skipped, 4);
	assert_int_equal(f->first_skipped, 1);
	assert_str(f->problem, "unreadable timestamp; a quote never closes: the file ends inside record 5");
	cc_snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_blocks_are_merged_sorted_and_freed_of_duplicates),
		tree_test(test_object_from_column_else_file_name),
		tree_test(conformance_08_service_metrics_both_queries),
		tree_test(conformance_08_service_metrics_error_query_alone),
		tree_test(conformance_08_status_code_under_bucket_le),
		tree_test(test_rows_that_are_no_samples_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
