/* test_alerts.c - every shape of an alert file, merging by label set, onset, background and subject. */
#include <math.h>
#include "k8s_fixture.h"

#define ITEM(name, labels, active) "{\"labels\":{\"alertname\":\"" name "\"" labels "},\"annotations\":{\"summary\":\"s\"}," \
	"\"state\":\"firing\",\"activeAt\":\"2025-12-15T" active "Z\",\"value\":\"4e-01\"}"
#define WATCHDOG "{\"labels\":{\"alertname\":\"Watchdog\",\"severity\":\"none\"},\"annotations\":{},\"state\":\"firing\"," \
	"\"activeAt\":\"2025-12-10T00:00:00Z\",\"value\":\"1e+00\"}"

static void add_file(fixture *f, const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof path, "Scenario-7/%s", name);
	test_tree_file(&f->tree, path, text);
}

static const cc_alert *find_alert(const cc_snapshot *s, const char *name)
{
	for (size_t i = 0; i < cc_alerts_count(s); i++)
		if (cc_str_eqz(cc_snapshot_sym(s, cc_alerts_get(s, i)->name), name))
			return cc_alerts_get(s, i);
	fail_msg("no alert %s", name);
	return NULL;
}

static void assert_entity(const cc_snapshot *s, cc_entity_id id, const char *expected)
{
	cc_buf b = CC_BUF_INIT;

	cc_entity_format(s, id, &b);
	assert_string_equal(b.p, expected);
	cc_buf_deinit(&b);
}

static void test_shapes(void **state)
{
	fixture f;

	(void)state;
	fixture_make(&f);
	add_file(&f, "alerts/alerts_at_2025-12-15T13-00-00.json", "[" ITEM("Bare", "", "12:59:00") "]");
	add_file(&f, "alerts/alerts_at_2025-12-15T13-01-00.123456.json", "{\"status\":\"success\",\"data\":{\"alerts\":[" ITEM("Reply", "", "13:00:30") "]}}");
	add_file(&f, "alerts/alerts_at_2025-12-15T13-02-00.json", "{\"alerts\":[" ITEM("Wrapped", "", "13:01:30") "]}");
	add_file(&f, "alerts/alerts_at_2025-12-15T13-03-00.json", ITEM("Alone", "", "13:02:30"));
	add_file(&f, "alerts/alerts_at_2025-12-15T13-04-00.json",
		"[{\"Labels\":{\"alertname\":\"Capital\"},\"Annotations\":{},\"State\":\"firing\",\"ActiveAt\":\"2025-"
		"12-15T13:03:30Z\",\"Value\":\"+Inf\"}]");
	add_file(&f, "alerts/alerts_at_2025-12-15T13-05-00.json",
		"[{\"labels\":{\"alertname\":\"Manager\"},\"annotations\":{},\"startsAt\":\"2025-12-15T13:04:30Z\","
		"\"status\":{\"state\":\"active\"}}]");
	add_file(&f, "alerts/alerts_at_2025-12-15T13-06-00.json", "[]");
	add_file(&f, "alerts_in_alerting_state_2025-12-15T130700.500000Z.json",
		"{\"data\":{\"alerts\":[" ITEM("Loose", "", "13:06:30") "]},\"status\":\"success\",\"timestamp\":\"2025-12-15T13:07:00Z\"}");
	fixture_open(&f);
	assert_int_equal(cc_alerts_count(f.s), 7);
	assert_int_equal(find_alert(f.s, "Reply")->first_ns, fixture_time("13:01:00.123456"));
	assert_int_equal(find_alert(f.s, "Capital")->samples[0].active_ns, fixture_time("13:03:30"));
	assert_true(isinf(find_alert(f.s, "Capital")->samples[0].value));
	assert_true(find_alert(f.s, "Manager")->samples[0].firing);
	assert_true(isnan(find_alert(f.s, "Manager")->samples[0].value));
	assert_int_equal(find_alert(f.s, "Loose")->first_ns, fixture_time("13:07:00.5"));
	assert_str(find_alert(f.s, "Alone")->samples[0].value_text, "4e-01");
	fixture_remove(&f);
}

static void test_merging(void **state)
{
	fixture f;
	const cc_alert *a;
	size_t ticks;

	(void)state;
	fixture_make(&f);
	add_file(&f, "alerts/alerts_at_2025-12-15T13-00-00.json", "[" WATCHDOG "]");
	add_file(&f, "alerts/alerts_at_2025-12-15T13-01-00.json",
		"[" WATCHDOG "," ITEM("Err", ",\"service_name\":\"cart\",\"namespace\":\"shop\"", "13:00:30") "]");
	add_file(&f, "alerts/alerts_at_2025-12-15T13-02-00.json",
		"[" ITEM("Err", ",\"namespace\":\"shop\",\"service_name\":\"cart\"", "13:00:30") "," WATCHDOG "]");
	add_file(&f, "alerts/alerts_at_2025-12-15T13-03-00.json", "[]");   /* even Watchdog may miss a file */
	add_file(&f, "alerts/alerts_at_2025-12-15T13-04-00.json",
		"[" WATCHDOG "," ITEM("Err", ",\"service_name\":\"cart\",\"namespace\":\"shop\"", "13:03:40") "]");
	add_file(&f, "alerts/alerts_in_alerting_state_2025-12-15T130230.000000Z.json",
		"{\"data\":{\"alerts\":[" ITEM("Err", ",\"service_name\":\"cart\",\"namespace\":\"shop\"", "13:00:30") "]}}");
	fixture_open(&f);
	assert_int_equal(cc_alerts_count(f.s), 2);
	a = cc_alerts_get(f.s, 0);
	assert_str(cc_snapshot_sym(f.s, a->name), "Err");
	assert_int_equal(a->sample_count, 3);   /* the selection's file repeats one */
	assert_int_equal(a->interval_count, 2); /* re-fired with another activeAt */
	assert_int_equal(a->intervals[0].from_ns, fixture_time("13:01:00"));
	assert_int_equal(a->intervals[0].to_ns, fixture_time("13:02:00"));
	assert_int_equal(a->onset_ns, fixture_time("13:00:30"));
	assert_false(a->background);
	assert_true(cc_alerts_get(f.s, 1)->background);
	assert_int_equal(cc_alerts_onset(f.s), fixture_time("13:00:30"));
	cc_alerts_ticks(f.s, &ticks);
	assert_int_equal(ticks, 5);
	assert_int_equal(cc_snapshot_range(f.s).from_ns, fixture_time("13:01:00"));
	fixture_remove(&f);
}

/* Active before the first file but not constant: no background, and it does not set the onset either. */
static void test_active_before(void **state)
{
	fixture f;

	(void)state;
	fixture_make(&f);
	add_file(&f, "alerts/alerts_at_2025-12-15T13-00-00.json", "[" WATCHDOG "," ITEM("Old", "", "12:40:00") "," ITEM("Noise", "", "09:00:00") "]");
	add_file(&f, "alerts/alerts_at_2025-12-15T13-01-00.json", "[" WATCHDOG "," ITEM("New", "", "13:00:10") "," ITEM("Noise", "", "09:00:00") "]");
	fixture_open(&f);
	assert_true(find_alert(f.s, "Old")->active_before);
	assert_false(find_alert(f.s, "Old")->background);
	assert_true(find_alert(f.s, "Noise")->background);   /* by behaviour: nobody knows its name */
	assert_false(find_alert(f.s, "New")->active_before);
	assert_int_equal(cc_alerts_onset(f.s), fixture_time("13:00:10"));
	fixture_remove(&f);
}

#define EXPORTER ",\"job\":\"kube-state-metrics\",\"instance\":\"10.0.0.9:8080\",\"container\":\"kube-state-metrics\",\"service\":\"prom-kube-state-metrics\""

static void test_subjects(void **state)
{
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_object(&f, "13:00:00", "nodes",
		"{\"kind\":\"Node\",\"metadata\":{\"name\":\"node-a\"},\"status\":{\"addresses\":[{\"address\":\"10.0."
		"0.5\"}]}}");
	fixture_object(&f, "13:00:00", "services",
		"{\"kind\":\"Service\",\"metadata\":{\"name\":\"kafka\",\"namespace\":\"shop\"}}");
	add_file(&f, "alerts/alerts_at_2025-12-15T13-00-00.json", "["
		ITEM("Both", ",\"namespace\":\"shop\",\"service_name\":\"cart\",\"pod\":\"cart-6f9d7c5b8d-bcdfg\"", "12:59:59") ","
		ITEM("Pod", ",\"namespace\":\"shop\",\"pod\":\"kafka-0\"" EXPORTER, "12:59:59") ","
		ITEM("Rollout", ",\"namespace\":\"shop\",\"deployment\":\"checkout\",\"pod\":\"prom-kube-state-metrics-6f9d7c5b8d-bcdfg\"" EXPORTER, "12:59:59") ","
		ITEM("Hpa", ",\"namespace\":\"shop\",\"horizontalpodautoscaler\":\"web\"" EXPORTER, "12:59:59") ","
		ITEM("Cpu", ",\"namespace\":\"monitoring\",\"pod\":\"node-exporter-bcdfg\",\"job\":\"node-exporter\",\"instance\":\"10.0.0.5:9100\"", "12:59:59") ","
		ITEM("Node", ",\"node\":\"node-a\"" EXPORTER, "12:59:59") ","
		ITEM("Lag", ",\"namespace\":\"shop\",\"service\":\"kafka\"", "12:59:59") ","
		ITEM("Closed", ",\"job\":\"demo/kafka\"", "12:59:59") ","
		ITEM("Book", ",\"destination_workload_namespace\":\"bookinfo\",\"destination_canonical_service\":\"ratings\"", "12:59:59") ","
		ITEM("Failed", ",\"namespace\":\"shop\"", "12:59:59") ","
		ITEM("Down", ",\"job\":\"kube-scheduler\"", "12:59:59") "]");
	fixture_open(&f);
	assert_entity(f.s, find_alert(f.s, "Both")->entity, "shop/Service/cart");
	assert_entity(f.s, find_alert(f.s, "Pod")->entity, "shop/Pod/kafka-0");
	assert_entity(f.s, find_alert(f.s, "Rollout")->entity, "shop/Deployment/checkout");
	assert_entity(f.s, find_alert(f.s, "Hpa")->entity, "shop/HorizontalPodAutoscaler/web");
	assert_entity(f.s, find_alert(f.s, "Cpu")->entity, "cluster/Node/node-a");
	assert_entity(f.s, find_alert(f.s, "Node")->entity, "cluster/Node/node-a");
	assert_entity(f.s, find_alert(f.s, "Lag")->entity, "shop/Service/kafka");
	assert_entity(f.s, find_alert(f.s, "Closed")->entity, "shop/Service/kafka");
	assert_entity(f.s, find_alert(f.s, "Book")->entity, "bookinfo/Service/ratings");
	assert_entity(f.s, find_alert(f.s, "Failed")->entity, "cluster/Namespace/shop");
	assert_entity(f.s, find_alert(f.s, "Down")->entity, "-");
	fixture_remove(&f);
}

static void test_hostile(void **state)
{
	fixture f;
	uint64_t skipped = 0;

	(void)state;
	fixture_make(&f);
	add_file(&f, "alerts/alerts_at_2025-12-15T13-00-00.json",
		"[1,null,\"x\",{\"labels\":7},{\"labels\":{\"alertname\":\"Ok\"},\"activeAt\":\"never\",\"value\":{}},["
		"]]");
	add_file(&f, "alerts/alerts_at_2025-12-15T13-01-00.json", "[{\"labels\":");
	add_file(&f, "alerts/alerts_at_2025-12-15T13-02-00.json", "");
	fixture_open(&f);
	assert_int_equal(cc_alerts_count(f.s), 1);
	assert_int_equal(cc_alerts_get(f.s, 0)->samples[0].active_ns, CC_TIME_NONE);
	for (size_t i = 0; i < cc_snapshot_file_count(f.s); i++)
		skipped += cc_snapshot_file(f.s, i)->skipped;
	assert_true(skipped >= 6);
	fixture_remove(&f);
}

static void test_real(void **state)
{
	cc_snapshot *s = fixture_shared("real-incidents/Scenario-901");
	size_t background = 0, samples = 0;

	(void)state;
	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);

		background += a->background;
		samples += a->background ? 0 : a->sample_count;
		assert_true(a->background || a->entity != 0);
	}
	assert_int_equal(background, 1);
	assert_int_equal(samples, 11);
	assert_true(cc_alerts_get(s, cc_alerts_count(s) - 1)->background);
	cc_snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes), cmocka_unit_test(test_merging), cmocka_unit_test(test_active_before),
		cmocka_unit_test(test_subjects), cmocka_unit_test(test_hostile), cmocka_unit_test(test_real),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
