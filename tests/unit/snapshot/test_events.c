/* test_events.c - one event out of many rows: two API shapes, repeats, expiry, every fallback of its time. */
#include "k8s_fixture.h"

#define CORE(type, uid, count, last, extra) "{\"object\":{\"apiVersion\":\"v1\",\"kind\":\"Event\",\"count\":" count \
	",\"firstTimestamp\":\"2025-12-15T12:50:00Z\",\"lastTimestamp\":\"2025-12-15T" last "Z\",\"eventTime\":null," \
	"\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"cart-6f9d7c5b8d-bcdfg\",\"namespace\":\"shop\",\"fieldPath\":\"spec.containers{cart}\"}," \
	"\"message\":\"Back-off restarting\",\"reason\":\"BackOff\",\"source\":{\"component\":\"kubelet\",\"host\":\"node-a\"},\"type\":\"Warning\"," \
	"\"metadata\":{\"name\":\"e.1\",\"namespace\":\"shop\",\"uid\":\"" uid "\"}" extra "},\"type\":\"" type "\"}"
#define NEW(type, uid, count, last)                                                                                    \
	"{\"type\":\"" type                                                                                            \
	"\",\"object\":{\"apiVersion\":\"events.k8s.io/v1\",\"kind\":\"Event\",\"deprecatedCount\":" count             \
	",\"deprecatedFirstTimestamp\":\"2025-12-15T12:50:00Z\",\"deprecatedLastTimestamp\":\"2025-12-15T" last        \
	"Z\",\"eventTime\":null,"                                                                                      \
	"\"regarding\":{\"kind\":\"Pod\",\"name\":\"cart-6f9d7c5b8d-bcdfg\",\"namespace\":\"shop\"},\"note\":\"Back-"  \
	"off restarting\","                                                                                            \
	"\"reason\":\"BackOff\",\"type\":\"Warning\",\"metadata\":{\"name\":\"e.1\",\"namespace\":\"shop\",\"uid\":"   \
	"\"" uid "\"}}}"

static void test_twins(void **state)
{
	fixture f;
	const cc_event *e;

	(void)state;
	fixture_make(&f);
	fixture_event(&f, "13:00:01", CORE("ADDED", "u1", "1", "12:50:00", ""));
	fixture_event(&f, "13:00:02", NEW("ADDED", "u1", "1", "12:50:00"));
	fixture_event(&f, "13:00:03", CORE("MODIFIED", "u1", "4", "12:59:00", ""));
	fixture_event(&f, "13:00:04", NEW("MODIFIED", "u1", "4", "12:59:00"));
	fixture_event(&f, "13:00:05", CORE("DELETED", "u1", "4", "12:59:00", ""));
	fixture_open(&f);
	assert_int_equal(cc_events_count(f.s), 1);
	e = cc_events_get(f.s, 0);
	assert_int_equal(e->count, 4);
	assert_int_equal(e->rows, 5);
	assert_int_equal(e->cite_count, 5);
	assert_int_equal(e->cite.record, 3);
	assert_int_equal(e->first_ns, fixture_time("12:50:00"));
	assert_int_equal(e->last_ns, fixture_time("12:59:00"));
	assert_int_equal(e->received_ns, fixture_time("13:00:01"));
	assert_true(e->warning && e->expired && !e->only_expired);
	assert_str(e->message, "Back-off restarting");
	assert_str(cc_snapshot_sym(f.s, e->source), "kubelet");
	assert_str(cc_snapshot_sym(f.s, e->host), "node-a");
	assert_str(cc_snapshot_sym(f.s, e->field_path), "spec.containers{cart}");
	assert_int_equal(e->entity, fixture_entity(f.s, "shop", "Pod", "cart-6f9d7c5b8d-bcdfg"));
	assert_int_equal(cc_events_expired_rows(f.s), 1);
	fixture_remove(&f);
}

/* The API server drops an Event after an hour; the trouble goes on and the same Event is made anew under another uid. */
static void test_recreated(void **state)
{
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_event(&f, "13:00:01", CORE("ADDED", "u1", "3", "12:59:00", ""));
	fixture_event(&f, "13:10:00", CORE("DELETED", "u1", "3", "12:59:00", ""));
	fixture_event(&f, "13:10:01", CORE("ADDED", "u2", "4", "13:10:00", ""));
	fixture_event(&f, "13:20:00", CORE("MODIFIED", "u2", "5", "13:20:00", ""));
	fixture_open(&f);
	assert_int_equal(cc_events_count(f.s), 1);
	assert_int_equal(cc_events_get(f.s, 0)->count, 5);
	assert_int_equal(cc_events_get(f.s, 0)->cite_count, 4);
	assert_int_equal(cc_events_get(f.s, 0)->last_ns, fixture_time("13:20:00"));
	fixture_remove(&f);
}

/* What an earlier run left behind: only its expiry is heard of, an hour later; the happening keeps its own time. */
static void test_remnants(void **state)
{
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_event(&f, "13:55:00", CORE("DELETED", "old", "2", "12:55:00", ""));
	fixture_event(&f, "13:56:00", CORE("ADDED", "new", "1", "13:55:50", ""));
	fixture_open(&f);
	assert_int_equal(cc_events_count(f.s), 2);
	assert_true(cc_events_get(f.s, 0)->only_expired);
	assert_int_equal(cc_events_get(f.s, 0)->last_ns, fixture_time("12:55:00"));
	assert_false(cc_events_get(f.s, 1)->expired);
	assert_int_equal(cc_events_lower_bound(f.s, fixture_time("13:00:00")), 1);
	assert_int_equal(cc_events_lower_bound(f.s, fixture_time("14:00:00")), 2);
	fixture_remove(&f);
}

#define TIMED(name, times) "{\"object\":{\"kind\":\"Event\",\"reason\":\"R\",\"involvedObject\":{\"kind\":\"Node\",\"name\":\"n1\"}," times \
	"\"metadata\":{\"name\":\"" name "\",\"namespace\":\"default\"}},\"type\":\"ADDED\"}"

static void test_times(void **state)
{
	static const struct { const char *body, *expected; } cases[] = {
		{ TIMED("a", "\"lastTimestamp\":\"2025-12-15T12:00:01Z\",\"eventTime\":\"2025-12-15T12:30:00.5Z\","), "12:00:01" },
		{ TIMED("b", "\"lastTimestamp\":null,\"series\":{\"count\":9,\"lastObservedTime\":\"2025-12-15T12:00:02.5Z\"},"), "12:00:02.5" },
		{ TIMED("c", "\"deprecatedLastTimestamp\":\"2025-12-15T12:00:03Z\",\"eventTime\":\"2025-12-15T12:00:01.000001Z\","), "12:00:03" },
		{ TIMED("d", "\"lastTimestamp\":null,\"eventTime\":\"2025-12-15T12:00:04.123456Z\","), "12:00:04.123456" },
		{ TIMED("e", "\"firstTimestamp\":\"2025-12-15T12:00:05Z\","), "12:00:05" },
		{ TIMED("f", "\"lastTimestamp\":\"0001-01-01T00:00:00Z\","), "13:00:00" },
	};
	fixture f;

	(void)state;
	fixture_make(&f);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		fixture_event(&f, "13:00:00", cases[i].body);
	fixture_open(&f);
	assert_int_equal(cc_events_count(f.s), sizeof cases / sizeof cases[0]);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(cc_events_get(f.s, i)->last_ns, fixture_time(cases[i].expected));
	assert_int_equal(cc_events_get(f.s, 1)->count, 9);
	assert_int_equal(cc_events_get(f.s, 2)->first_ns, fixture_time("12:00:01.000001"));
	assert_int_equal(cc_events_get(f.s, 0)->entity, fixture_entity(f.s, "cluster", "Node", "n1"));
	fixture_remove(&f);
}

static void test_wrappers(void **state)
{
	const char *bare = "{\"kind\":\"Event\",\"reason\":\"Bare\",\"involvedObject\":{\"kind\":\"Pod\",\"name\":"
			   "\"p\",\"namespace\":\"shop\"},\"metadata\":{\"uid\":\"b\"}}";
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_event(&f, "13:00:00", bare);
	fixture_event(&f, "13:00:01",
		"{\"object\":{\"kind\":\"Event\",\"reason\":\"NoType\",\"regarding\":{\"kind\":\"Pod\",\"name\":\"p\"},"
		"\"metadata\":{\"uid\":\"w\"}}}");
	fixture_event(&f, "13:00:02",
		"{\"kind\":\"List\",\"items\":[{\"kind\":\"Event\",\"reason\":\"L1\",\"metadata\":{\"uid\":\"l1\"}},"
		"{\"kind\":\"Event\",\"reason\":\"L2\",\"metadata\":{\"uid\":\"l2\"}}]}");
	fixture_event(&f, "13:00:03",
		"{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Event\",\"metadata\":{\"resourceVersion\":\"1\"}}}");
	/* Without a uid the name tells; the same reason twice under two names is two events. */
	fixture_event(&f, "13:00:04", "{\"reason\":\"Named\",\"metadata\":{\"name\":\"x\",\"namespace\":\"shop\"}}");
	fixture_event(&f, "13:00:05", "{\"reason\":\"Named\",\"metadata\":{\"name\":\"x\",\"namespace\":\"shop\"}}");
	fixture_event(&f, "13:00:06", "{\"reason\":\"Named\",\"metadata\":{\"name\":\"y\",\"namespace\":\"shop\"}}");
	fixture_open(&f);
	assert_int_equal(cc_events_count(f.s), 6);
	assert_int_equal(cc_snapshot_file(f.s, 0)->skipped, 0);
	fixture_remove(&f);
}

static void test_hostile(void **state)
{
	static const char *const bodies[] = { "", "null", "[]", "{", "\"{\"", "{\"object\":[]}", "{\"object\":{}}",
		"{\"kind\":\"List\",\"items\":{}}", "{\"type\":\"ERROR\",\"object\":{\"code\":410}}",
		"{\"reason\":7,\"metadata\":[1]}", "{\"reason\":\"\\ud800\\u0000\",\"count\":1e999}" };
	cc_buf deep = CC_BUF_INIT;
	fixture f;

	(void)state;
	cc_buf_add_repeat(&deep, '[', 100000);
	fixture_make(&f);
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		fixture_event(&f, "13:00:00", bodies[i]);
	fixture_event(&f, "13:00:01", deep.p);
	fixture_event(&f, "not a time", CORE("ADDED", "ok", "1", "12:50:00", ",\"series\":[]"));
	fixture_open(&f);
	assert_true(cc_snapshot_file(f.s, 0)->skipped >= 9);
	assert_true(cc_snapshot_file(f.s, 0)->first_skipped == 1);
	assert_int_equal(cc_events_count(f.s), 2);
	assert_str(cc_snapshot_sym(f.s, cc_events_get(f.s, 0)->reason), "BackOff");
	cc_buf_deinit(&deep);
	fixture_remove(&f);
}

static void test_processed(void **state)
{
	fixture f;

	(void)state;
	fixture_make(&f);
	test_tree_file(&f.tree, "Scenario-7/k8s_events.tsv",
		"timestamp\tnamespace\tevent_type\treason\tmessage\tevent_time\tevent_count\tevent_kind\tobject_"
		"kind\tobject_name\tobject_namespace\tsource_component\n"
		"2025-12-15 13:00:00\tshop\tADDED\tUnhealthy\tprobe failed\t2025-12-15 "
		"12:59:00\t3\tWarning\tPod\tp-0\tshop\tkubelet\n");
	fixture_open(&f);
	assert_int_equal(cc_events_count(f.s), 1);
	assert_int_equal(cc_events_get(f.s, 0)->count, 3);
	assert_int_equal(cc_events_get(f.s, 0)->last_ns, fixture_time("12:59:00"));
	assert_true(cc_events_get(f.s, 0)->warning);
	assert_int_equal(cc_events_get(f.s, 0)->entity, fixture_entity(f.s, "shop", "Pod", "p-0"));
	fixture_remove(&f);
}

/* Real recordings: every event came in both shapes, so rows are at least twice the events, and no event has a twin
 * left. */
static void test_real(void **state)
{
	static const struct { const char *path; size_t events, rows; } cases[] = {
		{ "real-k8s/Scenario-911", 297, 1166 }, { "real-k8s/Scenario-912", 295, 676 }, { "real-k8s/Scenario-913", 298, 642 },
		{ "real-k8s/Scenario-914", 351, 1334 }, { "real-k8s/Scenario-915", 298, 680 },
	};

	(void)state;
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
		cc_snapshot *s = fixture_shared(cases[c].path);
		size_t rows = 0;

		assert_int_equal(cc_events_count(s), cases[c].events);
		for (size_t i = 0; i < cc_events_count(s); i++) {
			const cc_event *e = cc_events_get(s, i);

			rows += e->rows;
			assert_true(e->rows >= 2 && e->entity != 0 && e->last_ns != CC_TIME_NONE &&
				e->first_ns <= e->last_ns);
		}
		assert_int_equal(rows, cases[c].rows);
		cc_snapshot_free(s);
	}
}

/* The quota of 914 shows in FailedCreate events of ReplicaSets that it blocks. */
static void test_real_quota(void **state)
{
	cc_snapshot *s = fixture_shared("real-k8s/Scenario-914");
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < cc_events_count(s); i++) {
		const cc_event *e = cc_events_get(s, i);

		if (cc_str_find(e->message, S("failed quota: team-budget")) == CC_STR_NONE)
			continue;
		found++;
		assert_true(e->warning);
		assert_str(cc_entity_kind(s, e->entity), "ReplicaSet");
	}
	assert_true(found > 0);
	cc_snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_recreated),
		cmocka_unit_test(test_remnants),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_wrappers),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_processed),
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_real_quota),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
