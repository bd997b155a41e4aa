/* test_event_lanes.c - events over time: letters, states, owners; chaos runs; what is new since a moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/arena.h"
#include "coldcase/eventgroups.h"
#include "coldcase/eventlanes.h"
#include "coldcase/time.h"
#include "support/tree.h"

#define HEADER "Timestamp\tTimestampTime\tTraceId\tSpanId\tTraceFlags\tSeverityText\tSeverityNumber\tServiceName\tBody\t" \
	"ResourceSchemaUrl\tResourceAttributes\tScopeSchemaUrl\tScopeName\tScopeVersion\tScopeAttributes\tLogAttributes\n"

typedef struct happening { const char *first, *last, *kind, *name, *type, *reason, *message; int count; } happening;

/* Events of the namespace shop, one row each; the capture goes from the first to the last row. */
static cc_snapshot *open_events(test_tree *t, const happening *h, size_t n)
{
	cc_snapshot *s = NULL;
	cc_snapshot_options o = { 0 };
	cc_err err = { 0 };
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, HEADER);
	for (size_t i = 0; i < n; i++)
		cc_buf_addf(&b, "2025-12-15 %s\t\t\t\t\t\t\t\t\"{\"\"type\"\":\"\"ADDED\"\",\"\"object\"\":{\"\"kind\"\":\"\"Event\"\",\"\"apiVersion\"\":\"\"v1\"\","
			"\"\"metadata\"\":{\"\"name\"\":\"\"e%zu\"\",\"\"namespace\"\":\"\"shop\"\",\"\"uid\"\":\"\"u%zu\"\"},\"\"involvedObject\"\":{\"\"kind\"\":\"\"%s\"\","
			"\"\"name\"\":\"\"%s\"\",\"\"namespace\"\":\"\"shop\"\"},\"\"type\"\":\"\"%s\"\",\"\"reason\"\":\"\"%s\"\",\"\"message\"\":\"\"%s\"\",\"\"count\"\":%d,"
			"\"\"firstTimestamp\"\":\"\"2025-12-15T%sZ\"\",\"\"lastTimestamp\"\":\"\"2025-12-15T%sZ\"\"}}\"\t\t\t\t\t\t\t\n", h[i].last, i, i, h[i].kind,
			h[i].name, h[i].type, h[i].reason, h[i].message, h[i].count, h[i].first, h[i].last);
	test_tree_make(t);
	test_tree_file(t, "Scenario-7/k8s_events_raw.tsv", b.p);
	if (cc_snapshot_open(&s, test_tree_path(t, "Scenario-7"), &o, &err) != CC_OK)
		fail_msg("%s", err.message);
	cc_buf_deinit(&b);
	return s;
}

static void all_rows(const cc_snapshot *s, cc_index_vec *rows)
{
	for (size_t i = 0; i < cc_events_count(s); i++)
		assert_true(cc_vec_push(rows, (uint32_t)i));
}

static int64_t clock_ns(const char *text)
{
	char whole[40];
	int64_t ns = 0;
	snprintf(whole, sizeof whole, "2025-12-15T%sZ", text);
	assert_true(cc_time_parse(cc_str_from(whole), &ns));
	return ns;
}

/* Ten slices of a minute. */
static void assert_lane(const cc_snapshot *s, const char *name, int depth, const char *letters)
{
	cc_arena *arena = cc_arena_new();
	cc_event_lane_vec lanes = { 0 };
	cc_index_vec rows = { 0 };
	cc_err err = { 0 };
	bool found = false;
	all_rows(s, &rows);
	cc_event_lanes_options o = { .rows = &rows, .range = { clock_ns("13:00:00"), clock_ns("13:10:00") }, .slices = 10 };
	assert_int_equal(cc_event_lanes(&lanes, s, &o, arena, &err), CC_OK);
	for (size_t i = 0; i < lanes.n; i++) {
		if (!cc_str_eqz(cc_entity_name(s, lanes.p[i].entity), name))
			continue;
		found = true;
		assert_int_equal(lanes.p[i].depth, depth);
		if (memcmp(lanes.p[i].letters, letters, 10) != 0)
			fail_msg("%s: want '%s', have '%.10s'", name, letters, lanes.p[i].letters);
	}
	assert_true(found);
	cc_vec_deinit(&lanes);
	cc_vec_deinit(&rows);
	cc_arena_free(arena);
}

static void lanes_tell_states_and_happenings(void **state)
{
	(void)state;
	static const happening h[] = {
		{ "13:02:10", "13:02:10", "Pod", "cart-6f9d7c5b8d-bcdfg", "Normal", "Scheduled", "assigned", 1 },
		{ "13:04:10", "13:04:10", "Pod", "cart-6f9d7c5b8d-bcdfg", "Normal", "Created", "created", 1 },
		{ "13:04:10", "13:04:10", "Pod", "cart-6f9d7c5b8d-bcdfg", "Normal", "Started", "started", 1 },
		{ "13:06:10", "13:08:10", "Pod", "cart-6f9d7c5b8d-bcdfg", "Warning", "BackOff", "restarting", 5 },
		{ "13:05:10", "13:05:10", "Pod", "ad-6f9d7c5b8d-bcdfg", "Normal", "Started", "started", 1 },
		{ "13:07:10", "13:07:10", "Pod", "ad-6f9d7c5b8d-bcdfg", "Normal", "Killing", "stopping", 1 },
		{ "13:03:10", "13:09:59", "Node", "worker-1", "Warning", "Oddity", "odd", 1 },
	};
	test_tree t;
	cc_snapshot *s = open_events(&t, h, sizeof h / sizeof *h);
	assert_lane(s, "cart-6f9d7c5b8d-bcdfg", 1, "\?\?S-C.BbB-");   /* \? : no trigraphs */
	assert_lane(s, "ad-6f9d7c5b8d-bcdfg", 1, "\?\?\?\?\?C.K--");
	assert_lane(s, "worker-1", 0, "\?\?\?F.....F");
	cc_snapshot_free(s);
	test_tree_remove(&t);
}

static void chaos_is_followed_from_injection_to_recovery(void **state)
{
	(void)state;
	static const happening h[] = {
		{ "13:01:00", "13:01:00", "Schedule", "delay", "Normal", "Spawned", "Create new object: delay-aaaaa", 1 },
		{ "13:01:00", "13:01:00", "NetworkChaos", "delay-aaaaa", "Normal", "Started", "Experiment has started", 1 },
		{ "13:01:10", "13:01:10", "NetworkChaos", "delay-aaaaa", "Normal", "Applied", "Successfully apply chaos for shop/cart-6f9d7c5b8d-bcdfg", 1 },
		{ "13:01:11", "13:01:11", "NetworkChaos", "delay-aaaaa", "Normal", "Applied", "Successfully apply chaos for shop/ad-6f9d7c5b8d-bcdfg", 1 },
		{ "13:03:00", "13:03:00", "NetworkChaos", "delay-aaaaa", "Normal", "Recovered", "Successfully recover chaos for shop/cart-6f9d7c5b8d-bcdfg", 1 },
		{ "13:04:00", "13:04:00", "NetworkChaos", "delay-bbbbb", "Normal", "Applied", "Successfully apply chaos for shop/cart-6f9d7c5b8d-bcdfg", 1 },
		{ "13:05:00", "13:05:00", "PodChaos", "kill-ccccc", "Warning", "Failed", "Failed to select targets: no pod is selected", 1 },
	};
	test_tree t;
	cc_snapshot *s = open_events(&t, h, sizeof h / sizeof *h);
	cc_arena *arena = cc_arena_new();
	cc_chaos_run_vec runs = { 0 };
	cc_index_vec rows = { 0 };
	all_rows(s, &rows);
	assert_int_equal(cc_chaos_runs(&runs, s, &rows, arena), CC_OK);
	assert_int_equal(runs.n, 3);
	assert_int_equal(runs.p[0].state, CC_CHAOS_RECOVERED);
	assert_true(runs.p[0].applied_ns == clock_ns("13:01:10") && runs.p[0].recovered_ns == clock_ns("13:03:00"));
	assert_true(cc_str_eqz(runs.p[0].targets, "shop/cart-6f9d7c5b8d-bcdfg +1"));
	assert_true(cc_str_eqz(cc_entity_name(s, runs.p[0].schedule), "delay"));
	assert_int_equal(runs.p[1].state, CC_CHAOS_ACTIVE);
	assert_int_equal(runs.p[2].state, CC_CHAOS_FAILED);
	assert_true(cc_str_eqz(runs.p[2].problem, "Failed to select targets: no pod is selected"));
	assert_lane(s, "delay-aaaaa", 1, "\?XxX......");
	cc_vec_deinit(&runs);
	cc_vec_deinit(&rows);
	cc_arena_free(arena);
	cc_snapshot_free(s);
	test_tree_remove(&t);
}

/* New is what never happened to the workload; grown what happens twice as often; the rest is left out. */
static void new_and_grown_are_told(void **state)
{
	(void)state;
	static const happening h[] = {
		{ "13:00:00", "13:09:00", "Pod", "old-6f9d7c5b8d-bcdfg", "Warning", "Unhealthy", "probe", 10 },
		{ "13:01:00", "13:01:00", "Pod", "cart-6f9d7c5b8d-bcdfg", "Normal", "Pulling", "image", 1 },
		{ "13:06:00", "13:09:00", "Pod", "cart-6f9d7c5b8d-bcdfg", "Normal", "Pulling", "image", 9 },
		{ "13:07:00", "13:07:00", "Pod", "cart-6f9d7c5b8d-bcdfg", "Warning", "Failed", "no such image", 1 },
		{ "13:09:30", "13:09:30", "Pod", "ad-6f9d7c5b8d-bcdfg", "Normal", "Killing", "stop", 1 },
	};
	test_tree t;
	cc_snapshot *s = open_events(&t, h, sizeof h / sizeof *h);
	cc_arena *arena = cc_arena_new();
	cc_event_group_vec groups = { 0 };
	cc_index_vec rows = { 0 };
	int64_t pivot = clock_ns("13:05:00");
	all_rows(s, &rows);
	assert_int_equal(cc_event_groups(&groups, s, &rows, pivot, arena), CC_OK);
	cc_event_groups_new(&groups, cc_event_history(s), pivot);
	assert_int_equal(groups.n, 3);
	assert_true(groups.p[0].warning && groups.p[0].novel && cc_str_eqz(cc_snapshot_sym(s, groups.p[0].reason), "Failed"));
	assert_true(groups.p[1].novel && cc_str_eqz(cc_snapshot_sym(s, groups.p[1].reason), "Killing"));
	assert_true(!groups.p[2].novel && groups.p[2].after > 8.5 && cc_str_eqz(cc_snapshot_sym(s, groups.p[2].reason), "Pulling"));
	cc_vec_deinit(&groups);
	cc_vec_deinit(&rows);
	cc_arena_free(arena);
	cc_snapshot_free(s);
	test_tree_remove(&t);
}

static void nothing_is_an_answer(void **state)
{
	(void)state;
	test_tree t;
	cc_snapshot *s = open_events(&t, NULL, 0);
	cc_arena *arena = cc_arena_new();
	cc_event_lane_vec lanes = { 0 };
	cc_chaos_run_vec runs = { 0 };
	cc_index_vec rows = { 0 };
	cc_err err = { 0 };
	cc_event_lanes_options o = { .rows = &rows, .range = cc_snapshot_range(s), .slices = 10 };
	assert_int_equal(cc_event_lanes(&lanes, s, &o, arena, &err), CC_OK);
	assert_int_equal(cc_chaos_runs(&runs, s, &rows, arena), CC_OK);
	assert_int_equal(lanes.n + runs.n, 0);
	cc_arena_free(arena);
	cc_snapshot_free(s);
	test_tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lanes_tell_states_and_happenings), cmocka_unit_test(chaos_is_followed_from_injection_to_recovery),
		cmocka_unit_test(new_and_grown_are_told), cmocka_unit_test(nothing_is_an_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
