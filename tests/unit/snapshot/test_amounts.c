/* Evidence in unusual amounts: one field of many megabytes, label sets without end, thousands of pods and of files. All of
 * it must be there. A small amount is tried always, the full one with COLDCASE_AMOUNTS=full (nightly: 200 MB in a field, a
 * million label sets, 10,000 pods, 100,000 files; minutes, most of them the disk's, and 2 GB). */
#include <stdlib.h>
#include "coldcase/entity.h"
#include "coldcase/logs.h"
#include "unit/snapshot/k8s_fixture.h"
#include "unit/snapshot/snapshot_open.h"

static size_t amount(size_t some, size_t full)
{
	const char *wish = getenv("COLDCASE_AMOUNTS");
	return wish && strcmp(wish, "full") == 0 ? full : some;
}

static void write_buf(test_tree *t, const char *path, cc_buf *b)
{
	assert_true(cc_buf_ok(b));
	test_tree_bytes(t, path, cc_buf_str(b));
	cc_buf_deinit(b);
}

#define LOGS "Timestamp\tServiceName\tSeverityText\tBody\n"

/* Half of it looks like records, so that pieces which begin in it are led astray. */
static void a_field_as_long_as_a_file(void **state)
{
	size_t n = amount(3 << 20, 200 << 20);
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, LOGS "2025-12-15 17:00:00\tcart\tINFO\tbefore\n2025-12-15 17:00:01\tcart\tERROR\t\"");
	size_t from = b.n;
	while (b.n - from < n)
		cc_buf_addz(&b, (b.n - from) / (1 << 20) % 2 ? "2025-12-15 17:00:05\tcart\tINFO\tpasted\n" : "plain text in one line ");
	size_t length = b.n - from;
	cc_buf_addz(&b, "\"\n2025-12-15 17:00:02\tcart\tINFO\tbehind\n");
	write_buf(*state, "otel_logs_raw.tsv", &b);
	cc_snapshot *s = open_tree(*state);
	cc_arena *arena = cc_arena_new();
	assert_int_equal(cc_logs_count(s), 3);
	assert_str(cc_logs_body(s, cc_logs_get(s, 0), arena), "before");
	assert_int_equal(cc_logs_body(s, cc_logs_get(s, 1), arena).n, length);
	assert_str(cc_logs_body(s, cc_logs_get(s, 2), arena), "behind");
	cc_logs_read_bodies(s, NULL);
	assert_int_equal(cc_logs_body(s, cc_logs_get(s, 1), arena).n, length);
	cc_arena_free(arena);
	cc_snapshot_free(s);
}

static void label_sets_without_end(void **state)
{
	size_t n = amount(20000, 1000000);
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n");
	for (size_t i = 0; i < n; i++)
		cc_buf_addf(&b, "requests_total\t2025-12-15 17:%02zu:%02zu\t%zu\tcart-1\tshop\t{'path': '/item/%zu', 'code': '200'}\n",
			i / 60 % 60, i % 60, i, i);
	write_buf(*state, "metrics/pod_cart-1_raw.tsv", &b);
	cc_snapshot *s = open_tree(*state);
	assert_int_equal(cc_series_count(s), n);
	for (size_t i = 0; i < n; i += n / 7)
		assert_int_equal(cc_series_get(s, i)->count, 1);
	cc_snapshot_free(s);
}

/* The memo of attribute maps is bounded: what it forgets is parsed again. */
static void attribute_maps_without_end(void **state)
{
	size_t n = amount(20000, 500000);
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "Timestamp\tServiceName\tBody\tResourceAttributes\n");
	for (size_t i = 0; i < n; i++)
		cc_buf_addf(&b, "2025-12-15 17:%02zu:%02zu\tcart\tx\t{'service.name': 'cart', 'k8s.namespace.name': 'shop', 'k8s.pod.name': "
			"'cart-%zu', 'run': '%064zu'}\n", i / 60 % 60, i % 60, i % 3, i);
	write_buf(*state, "otel_logs_raw.tsv", &b);
	cc_snapshot *s = open_tree(*state);
	assert_int_equal(cc_logs_count(s), n);
	for (size_t i = 0; i < n; i += n / 50) {
		const cc_logrec *l = cc_logs_get(s, i);
		char pod[32];
		snprintf(pod, sizeof pod, "cart-%u", (l->cite.record - 1) % 3);
		assert_str(cc_snapshot_sym(s, l->pod), pod);
	}
	cc_snapshot_free(s);
}

/* Each with its object, its log record and a file of metrics. */
static void thousands_of_pods(void **state)
{
	size_t n = amount(400, 10000);
	cc_buf logs = CC_BUF_INIT, objects = CC_BUF_INIT, one = CC_BUF_INIT;
	char path[96];
	test_tree *t = *state;
	cc_buf_addz(&logs, LOG_HEADER);
	cc_buf_addz(&objects, LOG_HEADER);
	for (size_t i = 0; i < n; i++) {
		cc_buf_clear(&one);
		cc_buf_addf(&one, "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"cart-%zu\",\"namespace\":\"shop\",\"uid\":\"u%zu\"},"
			"\"spec\":{\"nodeName\":\"node-%zu\",\"containers\":[{\"name\":\"cart\",\"image\":\"cart:1\"}]}}", i, i, i % 20);
		fixture_row(&objects, "17:00:00", one.p, "{'k8s.resource.name': 'pods'}");
		cc_buf_addf(&logs, "2025-12-15 17:00:00.000000000\t2025-12-15 17:00:00\t\t\t0\tINFO\t9\tcart\tup\t\t{'service.name': 'cart', "
			"'k8s.namespace.name': 'shop', 'k8s.pod.name': 'cart-%zu'}\t\t\t\t{}\t{}\n", i);
		snprintf(path, sizeof path, "metrics/pod_cart-%zu_raw.tsv", i);
		test_tree_file(t, path, "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n"
			"up\t2025-12-15 17:00:00\t1\t\tshop\t{}\n");
	}
	cc_buf_deinit(&one);
	write_buf(t, "otel_logs_raw.tsv", &logs);
	write_buf(t, "k8s_objects_raw.tsv", &objects);
	cc_snapshot *s = open_tree(t);
	assert_int_equal(cc_logs_count(s), n);
	assert_int_equal(cc_objects_count(s), n);
	assert_int_equal(cc_series_count(s), n);
	for (size_t i = 0; i < n; i += n / 50) {
		cc_entity_id id = cc_logs_get(s, i)->entity;
		assert_str(cc_entity_kind(s, id), "Pod");
		assert_true(cc_entity_get(s, id)->object > 0);
	}
	cc_snapshot_free(s);
}

static void thousands_of_files(void **state)
{
	size_t n = amount(3000, 100000);
	char path[96];
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "metrics/pod_p%zu_raw.tsv", i);
		test_tree_file(*state, path, "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n"
			"up\t2025-12-15 17:00:00\t1\t\tshop\t{}\n");
	}
	cc_snapshot *s = open_tree(*state);
	assert_int_equal(cc_snapshot_file_count(s), n);
	assert_int_equal(cc_series_count(s), n);
	assert_str(cc_snapshot_sym(s, cc_series_get(s, 0)->object), "p0");
	cc_snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(a_field_as_long_as_a_file),
		tree_test(label_sets_without_end),
		tree_test(attribute_maps_without_end),
		tree_test(thousands_of_pods),
		tree_test(thousands_of_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
