/* Which files are evidence: layouts, links, rivals, and what must never be looked at. */
#include "coldcase/snapshot.h"
#include "coldcase/series.h"
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "snapshot/evidence.h"
#include "unit/snapshot/snapshot_open.h"

static const char log_header[] = "Timestamp\tServiceName\tBody\tResourceAttributes\n";

static cc_snapshot *open_below(const test_tree *t, const char *below)
{
	cc_snapshot *s = NULL;
	assert_int_equal(cc_snapshot_open(&s, test_tree_path(t, below), NULL, NULL), CC_OK);
	return s;
}

static const cc_file *find(const cc_snapshot *s, const char *path)
{
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++)
		if (cc_str_eqz(cc_snapshot_file(s, i)->path, path))
			return cc_snapshot_file(s, i);
	return NULL;
}

static void test_secret_names(void **state)
{
	static const char *const secret[] = { "ground_truth.yaml", "Ground_Truth.JSON", "groundtruth_v2.yml", "gt.yaml", "gt.json", "ground_truths.json",
		"data.jsonl", "status.json", "assertion.json", "bundle_status.json", "judge_output.json", "debrief.md", "DEBRIEF", "agent_output.json",
		"agent_response.json", "answer.json", "score.json", "trajectory.jsonl", "solutions/events.tsv", "alerts/status.json", "a/solutions" };
	static const char *const fine[] = { "otel_logs_raw.tsv", "alerts/alerts_at_1.json", "metrics/pod_gt-1_raw.tsv", "metrics/pod_status.tsv", "" };
	(void)state;
	for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
		if (!cc_evidence_is_secret(S(secret[i])))
			fail_msg("not secret: %s", secret[i]);
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		if (cc_evidence_is_secret(S(fine[i])))
			fail_msg("secret: %s", fine[i]);
}

static void test_secrets_are_neither_listed_nor_counted(void **state)
{
	test_tree *t = *state;
	test_tree_file(t, "otel_logs_raw.tsv", log_header);
	test_tree_file(t, "ground_truth_events.tsv", log_header);
	test_tree_file(t, "alerts/status.json", "[]");
	test_tree_file(t, "alerts/alerts_at_2025-12-15T18-17-09.387695.json", "[]");
	test_tree_file(t, "solutions/otel_traces_raw.tsv", log_header);
	test_tree_file(t, "score.json", "{}");
	test_tree_file(t, "hidden/ground_truth.yaml", "x: y\n");
	test_tree_link(t, "k8s_events_raw.tsv", "hidden/ground_truth.yaml");
	cc_snapshot *s = open_tree(t);
	assert_int_equal(cc_snapshot_file_count(s), 2);
	assert_int_equal(cc_snapshot_bytes(s), sizeof log_header - 1 + 2);
	cc_snapshot_free(s);
}

static void test_no_chain_of_links_leads_to_secrets(void **state)
{
	test_tree *t = *state;
	test_tree_file(t, "sc/otel_logs_raw.tsv", log_header);
	test_tree_file(t, "sc/GROUND_TRUTH.json", "[{\"labels\":{\"alertname\":\"answer\"}}]");
	test_tree_link(t, "sc/hop", "GROUND_TRUTH.json");
	test_tree_link(t, "sc/alerts/alerts_at_2025-12-15T18-20-09.json", "../hop");
	test_tree_file(t, "solutions/sc/x.tsv", log_header);
	test_tree_link(t, "sc/k8s_events_raw.tsv", "../solutions/sc/x.tsv");
	test_tree_link(t, "sc/metrics", "../solutions/sc");
	test_tree_link(t, "by", "solutions/sc");
	test_tree_link(t, "sc/otel_traces_raw.tsv", "../by/x.tsv");
	test_tree_file(t, "blobs/ab", log_header);
	test_tree_link(t, "sc/k8s_objects_raw.tsv", "../blobs/ab");
	cc_snapshot *s = open_below(t, "sc");
	assert_int_equal(cc_snapshot_file_count(s), 2);
	assert_non_null(find(s, "otel_logs_raw.tsv"));
	assert_non_null(find(s, "k8s_objects_raw.tsv"));
	cc_snapshot_free(s);
	test_tree_link(t, "solutions/sc/otel_logs_raw.tsv", "x.tsv"); /* someone keeps everything in a folder of that name */
	s = open_below(t, "solutions/sc");
	assert_int_equal(cc_snapshot_file_count(s), 1);
	cc_snapshot_free(s);
}

static void test_links_to_folders_above_take_nothing_away(void **state)
{
	test_tree *t = *state;
	test_tree_file(t, "metrics/pod_a_raw.tsv", "metric_name\ttimestamp\tvalue\nm\t2025-12-15 17:24:32\t1\n");
	test_tree_file(t, "alerts/alerts_at_2025-12-15T18-17-09.json", "[]");
	test_tree_link(t, "alerts/up", "..");
	test_tree_link(t, "raw", ".");
	cc_snapshot *s = open_tree(t);
	assert_int_equal(find(s, "metrics/pod_a_raw.tsv")->records, 1);
	assert_non_null(find(s, "alerts/alerts_at_2025-12-15T18-17-09.json"));
	assert_int_equal(cc_snapshot_file_count(s), 2);
	cc_snapshot_free(s);
}

static void test_many_files_of_one_kind(void **state)
{
	test_tree *t = *state;
	char path[64];
	for (int i = 0; i < 3000; i++) {
		snprintf(path, sizeof path, "metrics/pod_p%d_raw.tsv", i);
		test_tree_file(t, path, "metric_name\ttimestamp\tvalue\nm\t2025-12-15 17:24:32\t1\n");
	}
	test_tree_file(t, "metrics/pod_p7.tsv", "metric_name\ttimestamp\tvalue\nm\t2025-12-15 17:24:32\t1\n");
	cc_snapshot *s = open_tree(t);
	assert_int_equal(cc_snapshot_file_count(s), 3001);
	assert_int_equal(cc_series_count(s), 3000);
	assert_str(find(s, "metrics/pod_p7.tsv")->problem, "not read: metrics/pod_p7_raw.tsv is read instead");
	cc_snapshot_free(s);
}

static void test_raw_is_read_instead_of_processed(void **state)
{
	test_tree *t = *state;
	test_tree_file(t, "otel_logs_raw.tsv", "Timestamp\tBody\n2025-12-15 17:24:32\tx\n");
	test_tree_file(t, "otel_logs_WARN_ERROR_FATAL.tsv", "timestamp\tbody\n2025-12-15 17:24:32\ty\n2025-12-15 17:24:33\tz\n");
	test_tree_file(t, "otel_traces.tsv", "timestamp\ttrace_id\tspan_id\n");
	test_tree_file(t, "metrics/pod_a_raw.tsv", "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\nm\t2025-12-15 17:24:32\t1\ta\tns\t{}\n");
	test_tree_file(t, "metrics/pod_a.tsv", "metric_name\ttimestamp\tvalue\nm\t2025-12-15 17:24:32\t1\n");
	test_tree_file(t, "metrics/pod_a-b.tsv", "metric_name\ttimestamp\tvalue\nm\t2025-12-15 17:24:32\t1\n");
	cc_snapshot *s = open_tree(t);
	assert_int_equal(cc_snapshot_file_count(s), 6);
	assert_int_equal(find(s, "otel_logs_raw.tsv")->records, 1);
	assert_str(find(s, "otel_logs_WARN_ERROR_FATAL.tsv")->problem, "not read: otel_logs_raw.tsv is read instead");
	assert_int_equal(find(s, "otel_logs_WARN_ERROR_FATAL.tsv")->records, 0);
	assert_str(find(s, "otel_traces.tsv")->problem, "");
	assert_str(find(s, "metrics/pod_a.tsv")->problem, "not read: metrics/pod_a_raw.tsv is read instead");
	assert_int_equal(find(s, "metrics/pod_a-b.tsv")->records, 1);
	assert_int_equal(find(s, "metrics/pod_a_raw.tsv")->records, 1);
	cc_snapshot_free(s);
}

static void test_processed_is_read_when_raw_cannot_be(void **state)
{
	test_tree *t = *state;
	test_tree_link(t, "otel_logs_raw.tsv", "../../blobs/absent");
	test_tree_file(t, "otel_logs.tsv", "timestamp\tbody\n2025-12-15 17:24:32\ty\n");
	test_tree_file(t, "k8s_events_raw.tsv", "");
	test_tree_file(t, "k8s_events.tsv", "timestamp\tbody\tnamespace\n");
	cc_snapshot *s = open_tree(t);
	assert_non_null(strstr(find(s, "otel_logs_raw.tsv")->problem.p, "link's target is missing"));
	assert_int_equal(find(s, "otel_logs.tsv")->records, 1);
	assert_str(find(s, "k8s_events.tsv")->problem, "");
	assert_non_null(strstr(find(s, "k8s_events_raw.tsv")->problem.p, "no header"));
	cc_snapshot_free(s);
}

static void conformance_10_symlinked_tree_sizes_and_dangling_link(void **state)
{
	test_tree *t = *state;
	const char *missing[CC_FILE_KINDS];
	test_tree_file(t, "blobs/aa", "Timestamp\tBody\n2025-12-15 17:24:32\thello\n");
	test_tree_link(t, "snapshots/sha/Scenario-1/otel_logs_raw.tsv", "../../../blobs/aa");
	test_tree_link(t, "snapshots/sha/Scenario-1/otel_traces_raw.tsv", "../../../blobs/bb");
	test_tree_link(t, "snapshots/sha/Scenario-1/alerts/loop.json", "loop.json");
	test_tree_link(t, "snapshots/sha/Scenario-1/metrics", "../../../m");
	test_tree_file(t, "m/pod_x_raw.tsv", "metric_name\ttimestamp\tvalue\n");
	cc_snapshot *s = open_below(t, "snapshots/sha/Scenario-1");
	assert_int_equal(cc_snapshot_file_count(s), 4);
	assert_int_equal(find(s, "otel_logs_raw.tsv")->bytes, 41);
	assert_int_equal(find(s, "otel_logs_raw.tsv")->records, 1);
	assert_str(find(s, "otel_traces_raw.tsv")->problem, "the link's target is missing (partial download?)");
	assert_str(find(s, "alerts/loop.json")->problem, "the link leads in a circle");
	assert_non_null(find(s, "metrics/pod_x_raw.tsv"));
	size_t n = cc_snapshot_missing(s, missing);
	assert_int_equal(n, 5);
	assert_string_equal(missing[0], "alerts");
	assert_string_equal(missing[1], "traces");
	cc_snapshot_free(s);
}

static void test_folders_that_lead_in_circles(void **state)
{
	test_tree *t = *state;
	test_tree_file(t, "alerts/alerts_at_2025-12-15T18-17-09.json", "[]");
	test_tree_link(t, "alerts/again", ".");
	test_tree_link(t, "alerts/up", "..");
	test_tree_link(t, "metrics", ".");
	cc_snapshot *s = open_tree(t);
	assert_int_equal(cc_snapshot_file_count(s), 1);
	cc_snapshot_free(s);
}

static void test_what_is_no_regular_file_is_not_opened(void **state)
{
	test_tree *t = *state;
	test_tree_file(t, "otel_logs_raw.tsv", log_header);
	test_tree_dir(t, "k8s_events_raw.tsv");
	assert_int_equal(mkfifo(test_tree_path(t, "otel_traces_raw.tsv"), 0600), 0);
	cc_snapshot *s = open_tree(t);
	assert_int_equal(cc_snapshot_file_count(s), 2);
	assert_str(find(s, "otel_traces_raw.tsv")->problem, "not a regular file");
	cc_snapshot_free(s);
}

static void test_unreadable_file_and_folder(void **state)
{
	test_tree *t = *state;
	test_tree_file(t, "otel_logs_raw.tsv", log_header);
	test_tree_file(t, "otel_traces_raw.tsv", log_header);
	test_tree_dir(t, "alerts");
	chmod(test_tree_path(t, "otel_traces_raw.tsv"), 0);
	chmod(test_tree_path(t, "alerts"), 0);
	if (!test_be_nobody(t))
		skip();
	cc_snapshot *s = open_tree(t);
	test_be_self();
	assert_str(find(s, "otel_traces_raw.tsv")->problem, "Permission denied");
	assert_str(find(s, "alerts/")->problem, "permission denied");
	cc_snapshot_free(s);
}

static void test_live_export_layout(void **state)
{
	test_tree *t = *state;
	static const char pod[] = "metric_name\ttimestamp\tvalue\tpod_name\nm\t2025-12-15 17:24:32\t1\tp\n";
	test_tree_file(t, "alerts/alerts_at_2025-12-15T18-17-09.json", "[]");
	test_tree_file(t, "observability_information_from_clickhouse/raw/otel_logs.tsv", log_header);
	test_tree_file(t, "observability_information_from_clickhouse/lite/otel_logs.tsv", log_header);
	test_tree_file(t, "observability_information_from_clickhouse/raw/metrics_pod/pod_p.tsv", pod);
	test_tree_file(t, "observability_information_from_clickhouse/raw/metrics_service/cart.tsv", pod);
	test_tree_file(t, "topology_information/init__nodes__2025-12-15T18-17-09.json", "[]");
	test_tree_file(t, "trace_information/traces_at_2025-12-15T18-17-09.json", "[]");
	cc_snapshot *s = open_tree(t);
	assert_int_equal(cc_snapshot_file_count(s), 6);
	assert_str(find(s, "observability_information_from_clickhouse/lite/otel_logs.tsv")->problem,
		"not read: observability_information_from_clickhouse/raw/otel_logs.tsv is read instead");
	assert_int_equal(find(s, "observability_information_from_clickhouse/raw/metrics_service/cart.tsv")->kind, CC_FILE_METRICS_SERVICE);
	assert_int_equal(find(s, "observability_information_from_clickhouse/raw/metrics_pod/pod_p.tsv")->records, 1);
	assert_int_equal(find(s, "topology_information/init__nodes__2025-12-15T18-17-09.json")->kind, CC_FILE_TOPOLOGY);
	cc_snapshot_free(s);
}

static void test_newest_of_several_exports(void **state)
{
	test_tree *t = *state;
	test_tree_file(t, "snapshot_at_2026-08-01T09-00-00.000000/raw/otel_logs.tsv", log_header);
	test_tree_file(t, "snapshot_at_2026-08-01T10-00-00.000000/raw/otel_logs.tsv", log_header);
	cc_snapshot *s = open_tree(t);
	assert_int_equal(cc_snapshot_file_count(s), 1);
	assert_str(cc_snapshot_file(s, 0)->path, "snapshot_at_2026-08-01T10-00-00.000000/raw/otel_logs.tsv");
	cc_snapshot_free(s);
}

static void test_order_is_kind_then_natural(void **state)
{
	static const char *const expected[] = { "alerts/alerts_at_2025-12-15T18-17-09.json", "alerts_in_alerting_state_2025-12-15T175546.713186Z.json",
		"otel_logs_raw.tsv", "metrics/pod_a-2_raw.tsv", "metrics/pod_a-10_raw.tsv", "metrics/cart_raw.tsv", "metrics/service_b_raw.tsv",
		"operational_topology.json" };
	test_tree *t = *state;
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		test_tree_file(t, expected[i], strstr(expected[i], ".json") ? "[]" : log_header);
	test_tree_file(t, "metrics/cart_raw.tsv", "metric_name\ttimestamp\tvalue\tservice_name\n");
	test_tree_file(t, "README.md", "no evidence");
	test_tree_file(t, "notes/otel_logs_raw.tsv", "not entered");
	cc_snapshot *s = open_tree(t);
	assert_int_equal(cc_snapshot_file_count(s), sizeof expected / sizeof *expected);
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		assert_str(cc_snapshot_file(s, i)->path, expected[i]);
	cc_snapshot_free(s);
}

static void digest_of(test_tree *t, char out[65])
{
	cc_snapshot *s = open_tree(t);
	assert_int_equal(cc_snapshot_digest(s, NULL, out, NULL), CC_OK);
	cc_snapshot_free(s);
}

static void test_digest(void **state)
{
	test_tree *t = *state;
	char first[65], other[65];
	cc_cancel cancel;
	cc_err err;
	test_tree_file(t, "otel_logs_raw.tsv", log_header);
	test_tree_file(t, "alerts/alerts_at_2025-12-15T18-17-09.json", "[]");
	digest_of(t, first);
	assert_int_equal(strlen(first), 64);
	test_tree_file(t, "ground_truth.yaml", "x: y");
	test_tree_file(t, "operational_topology.json", "{}");
	digest_of(t, other);
	assert_string_equal(first, other);
	test_tree_file(t, "alerts/alerts_at_2025-12-15T18-17-09.json", "{}");
	digest_of(t, other);
	assert_string_not_equal(first, other);
	cc_snapshot *s = open_tree(t);
	cc_cancel_clear(&cancel);
	cc_cancel_set(&cancel);
	assert_int_equal(cc_snapshot_digest(s, &cancel, other, &err), CC_ECANCELED);
	cc_snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secret_names),
		tree_test(test_secrets_are_neither_listed_nor_counted),
		tree_test(test_no_chain_of_links_leads_to_secrets),
		tree_test(test_links_to_folders_above_take_nothing_away),
		tree_test(test_many_files_of_one_kind),
		tree_test(test_raw_is_read_instead_of_processed),
		tree_test(test_processed_is_read_when_raw_cannot_be),
		tree_test(conformance_10_symlinked_tree_sizes_and_dangling_link),
		tree_test(test_folders_that_lead_in_circles),
		tree_test(test_what_is_no_regular_file_is_not_opened),
		tree_test(test_unreadable_file_and_folder),
		tree_test(test_live_export_layout),
		tree_test(test_newest_of_several_exports),
		tree_test(test_order_is_kind_then_natural),
		tree_test(test_digest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
