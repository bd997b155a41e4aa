/* test_alert_rules.c - which revision of a rule an alert came from, and what its expression was worth. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/alertrules.h"
#include "coldcase/arena.h"
#include "coldcase/time.h"
#include "forge/alerts_priv.h"
#include "support/tree.h"

static cc_snapshot *open_tree(test_tree *t)
{
	cc_snapshot *s = NULL;
	cc_snapshot_options o = { 0 };
	cc_err err = { 0 };
	if (cc_snapshot_open(&s, test_tree_path(t, "Scenario-7"), &o, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

/* An alert file a minute; `values[i]` NULL: nothing listed. */
static void put_alerts(test_tree *t, const char *labels, const char *active, const char *const *values, int n)
{
	for (int i = 0; i < n; i++) {
		char path[128], body[1024];
		snprintf(path, sizeof path, "Scenario-7/alerts/alerts_at_2025-12-15T13-%02d-30.json", i);
		snprintf(body, sizeof body, "[{\"labels\":{%s},\"annotations\":{},\"state\":\"firing\",\"activeAt\":\"%s\",\"value\":\"%s\"}]", labels,
			active, values[i] ? values[i] : "");
		test_tree_file(t, path, values[i] ? body : "[]");
	}
}

static void assert_fits(const cc_snapshot *s, const char *revision, const char *against, const char *why)
{
	cc_arena *arena = cc_arena_new();
	cc_rule_fit_vec fits = { 0 };
	bool fitting = false, told = false;
	assert_int_equal(cc_alert_rules_of(&fits, s, cc_alerts_get(s, 0), arena), CC_OK);
	for (size_t i = 0; i < fits.n; i++) {
		fitting = fitting || (!fits.p[i].against.n && strstr(fits.p[i].rule->revision, revision));
		told = told || (strstr(fits.p[i].rule->revision, against) && cc_str_find(fits.p[i].against, cc_str_from(why)) != CC_STR_NONE);
	}
	if (!fitting || !told)
		fail_msg("%s: fits %d, told of %s %d", revision, fitting, against, told);
	cc_vec_deinit(&fits);
	cc_arena_free(arena);
}

#define CART "\"alertname\":\"HighRequestErrorRate\",\"severity\":\"critical\",\"namespace\":\"shop\",\"service_name\":\"cart\""

static void values_tell_revisions_apart(void **state)
{
	(void)state;
	static const char *const values[] = { NULL, NULL, NULL, NULL, "2e-02", "2e-02" };
	test_tree t;
	test_tree_make(&t);
	put_alerts(&t, CART, "2025-12-15T13:01:00Z", values, 6);
	cc_snapshot *s = open_tree(&t);
	assert_fits(s, "since 2025-12-11", "2025-12-10 to 11", "it fired at 0.02, the rule asks for > 1 /s");
	assert_fits(s, "since 2025-12-11", "by the mesh", "it has no label destination_canonical_service");
	cc_snapshot_free(s);
	test_tree_remove(&t);
}

/* Above both thresholds: how long it was pending decides. */
static void waiting_tells_revisions_apart(void **state)
{
	(void)state;
	static const char *const soon[] = { NULL, NULL, NULL, NULL, "9", "9" }, *const late[] = { NULL, NULL, NULL, NULL, NULL, NULL, "9", "9" };
	test_tree t;
	test_tree_make(&t);
	put_alerts(&t, CART, "2025-12-15T13:01:00Z", soon, 6);
	cc_snapshot *s = open_tree(&t);
	assert_fits(s, "since 2025-12-11", "2025-12-10 to 11", "it fired within 210s of becoming active, the rule waits 300s");
	cc_snapshot_free(s);
	test_tree_remove(&t);
	test_tree_make(&t);
	put_alerts(&t, CART, "2025-12-15T13:00:00Z", late, 8);
	s = open_tree(&t);
	assert_fits(s, "2025-12-10 to 11", "since 2025-12-11", "still not listed as firing long after the 180s");
	cc_snapshot_free(s);
	test_tree_remove(&t);
}

static const cc_alert_rule *rule_named(const char *name, const char *revision)
{
	for (size_t i = 0; i < cc_alert_rule_count(); i++)
		if (strcmp(cc_alert_rule_get(i)->name, name) == 0 && strstr(cc_alert_rule_get(i)->revision, revision))
			return cc_alert_rule_get(i);
	fail_msg("no rule %s of %s", name, revision);
	return NULL;
}

#define COLUMNS "metric_name\ttimestamp\tvalue\tservice_name\tnamespace\tbucket_le\ttags\tmetric_type\tstatus_code\n"
#define CALLS "traces_span_metrics_calls_total\t2025-12-15 13:%02d:%02d\t%d\tcart\tshop\t\t{'service_name': 'cart'}\terror_rate\tSTATUS_CODE_ERROR\n"
#define BUCKET "traces_span_metrics_duration_milliseconds_bucket\t2025-12-15 13:%02d:%02d\t%d\tcart\tshop\t%s\t{'service_name': 'cart'}\tduration_p95\t\n"

/* Three failed calls in each half minute; of a hundred calls half end within 100 ms, the others within 2 s. */
static void put_metrics(test_tree *t)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, COLUMNS);
	for (int i = 0; i < 16; i++)
		cc_buf_addf(&b, CALLS, i / 2, i % 2 * 30, 3 * i);
	for (int i = 0; i < 16; i++)
		cc_buf_addf(&b, BUCKET, i / 2, i % 2 * 30, 50 * i, "100.0");
	for (int i = 0; i < 16; i++)
		cc_buf_addf(&b, BUCKET, i / 2, i % 2 * 30, 100 * i, "2000.0");
	for (int i = 0; i < 16; i++)
		cc_buf_addf(&b, BUCKET, i / 2, i % 2 * 30, 100 * i, "+Inf");
	test_tree_file(t, "Scenario-7/metrics/service_cart_raw.tsv", b.p);
	cc_buf_deinit(&b);
}

static double computed(const cc_snapshot *s, const cc_alert_rule *rule)
{
	cc_rule_value v;
	const cc_alert *a = cc_alerts_get(s, 0);
	assert_int_equal(cc_alert_rule_compute(&v, s, a, rule, NULL), CC_OK);
	double value = cc_rule_value_at(&v, a, a->samples[a->sample_count - 1].time_ns);
	cc_rule_value_deinit(&v);
	return value;
}

static void expressions_are_recomputed(void **state)
{
	(void)state;
	static const char *const values[] = { NULL, NULL, NULL, NULL, "1e-01", "1e-01" };
	cc_cancel cancel = { 0 };
	cc_rule_value v;
	test_tree t;
	test_tree_make(&t);
	put_alerts(&t, CART, "2025-12-15T13:01:00Z", values, 6);
	put_metrics(&t);
	cc_snapshot *s = open_tree(&t);
	assert_true(fabs(computed(s, rule_named("HighRequestErrorRate", "since")) - 0.1) < 0.001);
	assert_true(fabs(computed(s, rule_named("RequestErrorRate", "April")) - 12) < 0.1);
	assert_true(fabs(computed(s, rule_named("HighRequestLatency", "since")) - (100 + 1900 * 0.9)) < 1);
	assert_true(fabs(computed(s, rule_named("NoRequestsReceived", "since")) - 100.0 / 30) < 0.01);
	assert_true(isnan(computed(s, rule_named("KafkaConnectionClosureRate", "until"))));
	cc_cancel_set(&cancel);
	assert_int_equal(cc_alert_rule_compute(&v, s, cc_alerts_get(s, 0), rule_named("HighRequestErrorRate", "since"), &cancel), CC_ECANCELED);
	cc_rule_value_deinit(&v);
	cc_snapshot_free(s);
	test_tree_remove(&t);
}

/* No rule is known: a recorded metric that the annotations name is the next best, of the alert's subject alone. */
static void annotations_name_a_metric(void **state)
{
	(void)state;
	cc_arena *arena = cc_arena_new();
	test_tree t;
	test_tree_make(&t);
	test_tree_file(&t, "Scenario-7/alerts/alerts_at_2025-12-15T13-02-30.json", "[{\"labels\":{\"alertname\":\"Slow\",\"namespace\":\"shop\","
		"\"pod\":\"cart-6f9d7c5b8d-bcdfg\"},\"annotations\":{\"description\":\"no_such_metric; pod_latency_p95_seconds of cart is 9\"},"
		"\"state\":\"firing\",\"activeAt\":\"2025-12-15T13:02:00Z\",\"value\":\"9\"}]");
	test_tree_file(&t, "Scenario-7/metrics/pod_cart-6f9d7c5b8d-bcdfg_raw.tsv", "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n"
		"pod_latency_p95_seconds\t2025-12-15 13:01:00\t1\tcart-6f9d7c5b8d-bcdfg\tshop\t{}\n"
		"pod_latency_p95_seconds\t2025-12-15 13:02:00\t9\tcart-6f9d7c5b8d-bcdfg\tshop\t{}\n");
	test_tree_file(&t, "Scenario-7/metrics/pod_ad-6f9d7c5b8d-bcdfg_raw.tsv", "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n"
		"pod_latency_p95_seconds\t2025-12-15 13:02:00\t77\tad-6f9d7c5b8d-bcdfg\tshop\t{}\n");
	cc_snapshot *s = open_tree(&t);
	const char *metric = cc_alert_metric_named(s, cc_alerts_get(s, 0), arena);
	assert_non_null(metric);
	assert_string_equal(metric, "pod_latency_p95_seconds");
	assert_true(fabs(computed(s, &(cc_alert_rule){ .fn = CC_RULE_MAX, .metric = metric, .unit = "" }) - 9) < 1e-9);
	cc_snapshot_free(s);
	test_tree_remove(&t);
	cc_arena_free(arena);
}

#define SPANS "Timestamp\tTraceId\tSpanId\tParentSpanId\tTraceState\tSpanName\tSpanKind\tServiceName\tResourceAttributes\tScopeName\tScopeVersion\t" \
	"SpanAttributes\tDuration\tStatusCode\tStatusMessage\tEvents.Timestamp\tEvents.Name\tEvents.Attributes\tLinks.TraceId\tLinks.SpanId\t" \
	"Links.TraceState\tLinks.Attributes\n"

/* No metrics: the spans say the same, exactly. */
static void spans_stand_in_for_metrics(void **state)
{
	(void)state;
	static const char *const values[] = { NULL, NULL, NULL, NULL, "1e-01", "1e-01" };
	cc_buf b = CC_BUF_INIT;
	test_tree t;
	test_tree_make(&t);
	put_alerts(&t, CART, "2025-12-15T13:01:00Z", values, 6);
	cc_buf_addz(&b, SPANS);
	for (int i = 0; i < 60; i++)
		cc_buf_addf(&b, "2025-12-15 13:%02d:%02d\t%032x\t%016x\t\t\tGET\tServer\tcart\t{'service.name': 'cart', 'k8s.namespace.name': 'shop'}\t\t\t{}\t%d\t%s"
			"\t\t[]\t[]\t[]\t[]\t[]\t[]\t[]\n", i / 10, i % 10 * 6, i + 1, i + 1, i % 10 == 9 ? 1800000000 : 20000000, i % 2 ? "Error" : "Unset");
	test_tree_file(&t, "Scenario-7/otel_traces_raw.tsv", b.p);
	cc_snapshot *s = open_tree(&t);
	assert_true(fabs(computed(s, rule_named("HighRequestLatency", "since")) - 1800) < 1);
	assert_true(fabs(computed(s, rule_named("HighRequestErrorRate", "since")) - 10.0 / 120) < 0.01);
	cc_snapshot_free(s);
	test_tree_remove(&t);
	cc_buf_deinit(&b);
}

/* What the forge evaluates is what is told of it. */
static void forged_rules_are_known(void **state)
{
	(void)state;
	int n;
	const alert_rule *rules = alert_rules(&n);
	for (int i = 0; i < n; i++) {
		bool known = false;
		for (size_t k = 0; k < cc_alert_rule_count(); k++) {
			const cc_alert_rule *r = cc_alert_rule_get(k);
			known = known || (strcmp(r->name, rules[i].name) == 0 && strcmp(r->severity ? r->severity : "", rules[i].severity) == 0 &&
				(rules[i].chance || r->for_s == rules[i].for_s));
		}
		if (!known)
			fail_msg("%s (%s, for %ds) is in no table of rules", rules[i].name, rules[i].severity, rules[i].for_s);
	}
}

/* On the samples the recomputed values are the recorded ones, but for what the capture's borders cut. */
static void samples_are_explained(void **state)
{
	(void)state;
	size_t compared = 0, agreed = 0;
	for (int i = 1; i <= 8; i++) {
		char dir[64];
		cc_snapshot *s = NULL;
		cc_snapshot_options o = { .no_cache = true };
		cc_err err = { 0 };
		snprintf(dir, sizeof dir, "sample-incidents/Scenario-%d", i);
		assert_int_equal(cc_snapshot_open(&s, dir, &o, &err), CC_OK);
		for (size_t k = 0; k < cc_alerts_count(s); k++) {
			const cc_alert *a = cc_alerts_get(s, k);
			cc_arena *arena = cc_arena_new();
			cc_rule_fit_vec fits = { 0 };
			cc_rule_value v = { 0 };
			assert_int_equal(cc_alert_rules_of(&fits, s, a, arena), CC_OK);
			if (fits.n && !fits.p[0].against.n)
				assert_int_equal(cc_alert_rule_compute(&v, s, a, fits.p[0].rule, NULL), CC_OK);
			for (size_t m = 0; m < a->sample_count; m++) {
				double again = cc_rule_value_at(&v, a, a->samples[m].time_ns), then = a->samples[m].value;
				compared += isnan(again) ? 0u : 1u;
				agreed += fabs(again - then) <= 0.02 * fmax(fabs(again), fabs(then)) + 1e-9 ? 1u : 0u;
			}
			cc_rule_value_deinit(&v);
			cc_vec_deinit(&fits);
			cc_arena_free(arena);
		}
		cc_snapshot_free(s);
	}
	assert_true(compared > 150);
	assert_true(agreed >= compared - compared / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_tell_revisions_apart), cmocka_unit_test(waiting_tells_revisions_apart),
		cmocka_unit_test(expressions_are_recomputed), cmocka_unit_test(annotations_name_a_metric), cmocka_unit_test(spans_stand_in_for_metrics),
		cmocka_unit_test(forged_rules_are_known), cmocka_unit_test(samples_are_explained),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
