/* Event objects: what the recorders count, combine, hold back and let expire, and the two shapes in which each change is seen. */
#include "unit/forge/kube_world.h"
#include "unit/forge/real_wording.h"

/* Says something about an object as a kubelet would. */
static void say(const char *object, const char *reason, const char *text)
{
	forge_event_spec e = { .kind = "Pod", .object = object, .object_uid = object, .reason = reason, .component = "kubelet", .host = "worker-1",
		.warning = true };
	kube_event(&sim, sim.now, &e, "%s", text);
}

/* As the scheduler would: series = true. rv: version of the object. */
static void fail_scheduling(const char *object, uint64_t rv, const char *text)
{
	forge_event_spec e = { .kind = "Pod", .object = object, .object_uid = object, .reason = "FailedScheduling", .component = "default-scheduler",
		.action = "Scheduling", .warning = true, .series = true, .object_rv = rv };
	kube_event(&sim, sim.now, &e, "%s", text);
}

/* An empty cluster: nothing else makes events. */
static void quiet(void)
{
	begin_empty(3);
	sim.queue.n = 0;
	sim.recording = true;
}

/* --- rows, read back --- */

static cc_json *row_body;

static const cc_json *body(size_t row)
{
	cc_buf text = CC_BUF_INIT;
	cc_tsv t;
	cc_tsv_row r;
	cc_err err;
	assert_true(row < told.rows.n);
	out_log_header(&text, false);
	cc_buf_addz(&text, told.rows.p[row].line);
	assert_int_equal(cc_tsv_init(&t, cc_buf_str(&text), &err), CC_OK);
	assert_true(cc_tsv_next(&t, &r));
	assert_int_equal(r.field_count, t.column_count);
	cc_json_free(row_body);
	assert_int_equal(cc_json_parse(&row_body, cc_tsv_field(&r, cc_tsv_column(&t, "Body"), sim.arena), &err), CC_OK);
	cc_buf_deinit(&text);
	return row_body;
}

#define expect(v, path, text) check_str(cc_json_text(cc_json_at((v), (path))), (text))

/* The row of the last two that has this shape. */
static const cc_json *last_row(bool core)
{
	assert_true(told.rows.n >= 2);
	for (size_t i = told.rows.n - 2; i < told.rows.n; i++)
		if (cc_str_eqz(cc_json_str(cc_json_at(body(i), "object.apiVersion")), core ? "v1" : "events.k8s.io/v1")) return row_body;
	fail_msg("no row of that shape");
	return NULL;
}

static void done(void)
{
	cc_json_free(row_body);
	row_body = NULL;
	end();
}

/* --- tests --- */

static void test_shapes(void **state)
{
	(void)state;
	quiet();
	say("cart-1", "Unhealthy", "Readiness probe failed: x");
	assert_int_equal(told.rows.n, 2);
	const cc_json *v = last_row(true);
	expect(v, "type", "ADDED");
	expect(v, "object.kind", "Event");
	expect(v, "object.message", "Readiness probe failed: x");
	expect(v, "object.involvedObject.kind", "Pod");
	expect(v, "object.involvedObject.apiVersion", "v1");
	expect(v, "object.involvedObject.namespace", "shop");
	expect(v, "object.count", "1");
	expect(v, "object.firstTimestamp", "2025-12-15T17:00:00Z");
	expect(v, "object.lastTimestamp", "2025-12-15T17:00:00Z");
	expect(v, "object.eventTime", "null");
	expect(v, "object.source.component", "kubelet");
	expect(v, "object.source.host", "worker-1");
	expect(v, "object.type", "Warning");
	assert_null(cc_json_at(v, "object.note"));
	cc_str uid = cc_arena_dup(sim.arena, cc_json_str(cc_json_at(v, "object.metadata.uid")));
	v = last_row(false);
	expect(v, "object.note", "Readiness probe failed: x");
	expect(v, "object.regarding.name", "cart-1");
	expect(v, "object.deprecatedCount", "1");
	expect(v, "object.deprecatedSource.component", "kubelet");
	expect(v, "object.deprecatedLastTimestamp", "2025-12-15T17:00:00Z");
	assert_null(cc_json_at(v, "object.message"));
	assert_true(cc_str_eq(uid, cc_json_str(cc_json_at(v, "object.metadata.uid"))));
	int64_t apart = told.rows.p[1].t - told.rows.p[0].t;
	assert_in_range(apart, 1, FORGE_MS);
	done();
}

static void test_counts(void **state)
{
	(void)state;
	quiet();
	for (int i = 0; i < 4; i++) {
		say("cart-1", "BackOff", "Back-off restarting");
		run(10);
	}
	say("cart-1", "BackOff", "Back-off restarting something else");
	say("cart-2", "BackOff", "Back-off restarting");
	assert_int_equal(sim.kube.events.n, 3);
	const forge_event *e = event("BackOff", "cart-1", NULL);
	assert_int_equal(e->count, 4);
	assert_true(e->first == sim.start && e->last == sim.start + 30 * FORGE_S);
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < i; k++) assert_string_not_equal(sim.kube.events.p[i].name, sim.kube.events.p[k].name);
	assert_true(strncmp(e->name, "cart-1.", 7) == 0);
	assert_int_equal(told.rows.n, 2 * 6);
	expect(body(6), "type", "MODIFIED");
	int64_t count = 0;
	const cc_json *n = cc_json_at(row_body, "object.count");
	assert_true(cc_json_int(n ? n : cc_json_at(row_body, "object.deprecatedCount"), &count) && count == 4);
	done();
}

/* 25 at once about one object, then one every five minutes, which carries the true count. */
static void test_spam(void **state)
{
	(void)state;
	quiet();
	for (int i = 0; i < 60; i++) {
		say("cart-1", "BackOff", "Back-off restarting");
		run(1);
	}
	const forge_event *e = event("BackOff", "cart-1", NULL);
	assert_int_equal(e->count, 25);
	assert_int_equal(told.rows.n, 2 * 25);
	say("cart-2", "BackOff", "Back-off restarting"); /* another object has its own allowance */
	assert_int_equal(told.rows.n, 2 * 26);
	say("cart-1", "Killing", "Stopping");           /* the same object has not, whatever the reason */
	assert_int_equal(told.rows.n, 2 * 26);
	run(245);
	say("cart-1", "BackOff", "Back-off restarting");
	e = event("BackOff", "cart-1", NULL);
	assert_int_equal(e->count, 61);
	assert_int_equal(told.rows.n, 2 * 27);
	say("cart-1", "BackOff", "Back-off restarting");
	assert_int_equal(told.rows.n, 2 * 27);
	done();
}

/* Ten different texts of one reason within ten minutes: from then on they are one event. */
static void test_combined(void **state)
{
	(void)state;
	quiet();
	for (int i = 0; i < 14; i++) {
		say("cart-1", "FailedCreate", forge_text(&sim, "Error creating: pods \"cart-%d\" is forbidden", i));
		run(1);
	}
	assert_int_equal(event_count("FailedCreate", "cart-1", NULL), 10);
	const forge_event *e = expect_event("FailedCreate", "cart-1", "(combined from similar events): Error creating: pods \"cart-13\"");
	assert_int_equal(e->count, 5);
	assert_int_equal(event_count("FailedCreate", "cart-1", "combined"), 1);
	run(620); /* forgotten */
	say("cart-1", "FailedCreate", "Error creating: something else");
	assert_true(cc_str_eqz(last_message("FailedCreate", "cart-1"), "Error creating: something else"));
	done();
}

static void test_expiry(void **state)
{
	(void)state;
	quiet();
	say("cart-1", "BackOff", "Back-off restarting");
	run(1800);
	say("cart-1", "BackOff", "Back-off restarting");
	run(3590);
	assert_false(sim.kube.events.p[0].gone); /* an hour after the last write */
	assert_int_equal(told.rows.n, 4);
	run(20);
	assert_true(sim.kube.events.p[0].gone);
	assert_int_equal(told.rows.n, 6);
	expect(body(4), "type", "DELETED");
	assert_in_range((told.rows.p[4].t - sim.start) / FORGE_S, 5400, 5401);
	say("cart-1", "BackOff", "Back-off restarting");
	assert_int_equal(sim.kube.events.n, 2);
	assert_int_equal(sim.kube.events.p[1].count, 1);
	done();
}

/* Series: the first repetition is written at once, the others when six minutes have passed without one. */
static void test_series(void **state)
{
	(void)state;
	quiet();
	fail_scheduling("cart-1", 5, "0/3 nodes are available");
	const cc_json *v = last_row(true);
	expect(v, "object.eventTime", "2025-12-15T17:00:00.000000Z");
	expect(v, "object.firstTimestamp", "null");
	expect(v, "object.action", "Scheduling");
	expect(v, "object.reportingComponent", "default-scheduler");
	expect(v, "object.reportingInstance", "default-scheduler-control-plane-1");
	assert_null(cc_json_at(v, "object.count"));
	assert_null(cc_json_at(v, "object.series"));
	for (int i = 0; i < 3; i++) {
		run(60);
		fail_scheduling("cart-1", 5, "0/3 nodes are available");
	}
	assert_int_equal(sim.kube.events.n, 1);
	assert_int_equal(told.rows.n, 4);
	v = last_row(false);
	expect(v, "type", "MODIFIED");
	expect(v, "object.series.count", "2");
	expect(v, "object.series.lastObservedTime", "2025-12-15T17:01:00.000000Z");
	assert_null(cc_json_at(v, "object.deprecatedCount"));
	run(330);
	assert_int_equal(told.rows.n, 4);
	run(100);
	assert_int_equal(told.rows.n, 6);
	expect(last_row(false), "object.series.count", "4");
	expect(row_body, "object.series.lastObservedTime", "2025-12-15T17:03:00.000000Z");
	fail_scheduling("cart-1", 5, "0/3 nodes are available"); /* the series is over */
	assert_int_equal(sim.kube.events.n, 2);
	fail_scheduling("cart-1", 6, "0/3 nodes are available"); /* about a new version of the object */
	assert_int_equal(sim.kube.events.n, 3);
	done();
}

/* When the collector connects, what has not expired comes once more, by namespace and name. */
static void test_replay(void **state)
{
	(void)state;
	quiet();
	sim.recording = false;
	say("old", "BackOff", "gone by then");
	run(3500);
	say("zebra", "BackOff", "b");
	say("apple", "BackOff", "a");
	forge_event_spec node = { .kind = "Node", .object = "worker-1", .object_uid = "worker-1", .reason = "NodeReady", .component = "kubelet" };
	kube_event(&sim, sim.now, &node, "ready");
	run(200);
	assert_int_equal(told.rows.n, 0);
	sim.recording = true;
	kube_events_replay(&sim, sim.now);
	run(1);
	assert_int_equal(told.rows.n, 6);
	static const char *const ORDER[] = { "worker-1", "apple", "zebra" }; /* default before shop */
	for (size_t i = 0; i < 3; i++) {
		const cc_json *v = body(2 * i);
		const char *path = cc_json_at(v, "object.regarding") ? "object.regarding.name" : "object.involvedObject.name";
		expect(v, "type", "ADDED");
		expect(v, path, ORDER[i]);
	}
	done();
}

/* An event of later is posted then, with what was true when it was decided. */
static void test_later(void **state)
{
	char name[] = "cart-1";
	(void)state;
	quiet();
	forge_event_spec e = { .kind = "Pod", .object = name, .object_uid = name, .reason = "Killing", .component = "kubelet", .field = name };
	kube_event(&sim, sim.now + 5 * FORGE_S, &e, "Stopping container %s", name);
	memset(name, 'x', sizeof name - 1);
	assert_int_equal(sim.kube.events.n, 0);
	run(10);
	assert_int_equal(sim.kube.events.n, 1);
	check_str(sim.kube.events.p[0].object, "cart-1");
	check_str(sim.kube.events.p[0].field, "cart-1");
	check_str(sim.kube.events.p[0].message, "Stopping container cart-1");
	assert_true(sim.kube.events.p[0].first == sim.start + 5 * FORGE_S);
	done();
}

/* --- the words of the real controllers --- */

static void provoke(void)
{
	begin();
	kube_workload job = { .kind = WL_JOB, .service = -1, .name = "tidy-1", .cron = "tidy", .replicas = 1, .tmpl = { .image = "busybox:latest",
		.run = RUN_EXIT, .run_ms = 1000, .cpu_request_m = 10, .init_service = -1 } };
	forge_template t = template_of(AD);
	kube_add_workload(&sim, sim.now, &job);
	run(20);
	kube_change_replicas(&sim, sim.now, FRONT, 1, "kubectl");
	run(20);
	kube_usage used = kube_quota_used(&sim);
	kube_add_quota(&sim, sim.now, "shop-budget", used.pods, 0, used.mem_mi, "kubectl-create");
	kube_restart_rollout(&sim, sim.now, CART, "kubectl-rollout");
	run(20);
	t.mem_limit_mi = 0;
	change(AD, &t);
	run(20);
}

/* The newer versions tell more; what is compared is what the recorded one told too. */
static void older(cc_buf *b, const forge_event *e)
{
	cc_buf_add(b, e->message);
	if (kube_is(e->reason, "ScalingReplicaSet")) {
		size_t from = cc_str_find(cc_buf_str(b), S(" from ")), to = cc_str_find(cc_buf_str(b), S(" to "));
		cc_str tail = cc_arena_dup(sim.arena, cc_str_sub(cc_buf_str(b), to, b->n));
		cc_buf_truncate(b, from);
		cc_buf_add(b, tail);
	}
	replace_all(b, "condition: ", "status: ");
	size_t whose = cc_str_find(cc_buf_str(b), S("memory for: "));
	if (whose != CC_STR_NONE) cc_buf_truncate(b, whose + 6);
}

static void test_real_wording(void **state)
{
	static const char *const REASONS[] = { "Scheduled", "SuccessfulCreate", "SuccessfulDelete", "ScalingReplicaSet", "FailedCreate", "Completed",
		"SawCompletedJob" };
	int compared[sizeof REASONS / sizeof *REASONS] = { 0 };
	(void)state;
	provoke();
	cc_map *real = real_wording(sim.arena);
	if (!real) {
		end();
		skip();
	}
	for (size_t i = 0; i < sim.kube.events.n; i++) {
		const forge_event *e = &sim.kube.events.p[i];
		for (size_t k = 0; k < sizeof REASONS / sizeof *REASONS; k++) {
			cc_buf b = CC_BUF_INIT;
			if (!kube_is(e->reason, REASONS[k]) || kube_is(e->kind, "StatefulSet")) continue;
			older(&b, e);
			assert_true(real_says(real, e->reason, cc_buf_str(&b)));
			cc_buf_deinit(&b);
			compared[k]++;
		}
	}
	for (size_t k = 0; k < sizeof REASONS / sizeof *REASONS; k++) assert_true(compared[k] > 0);
	assert_true(event_count("FailedCreate", "cart-", "exceeded quota") > 0 && event_count("FailedCreate", "ad-", "must specify limits.memory") > 0);
	cc_map_free(real);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes), cmocka_unit_test(test_counts), cmocka_unit_test(test_spam), cmocka_unit_test(test_combined),
		cmocka_unit_test(test_expiry), cmocka_unit_test(test_series), cmocka_unit_test(test_replay), cmocka_unit_test(test_later),
		cmocka_unit_test(test_real_wording),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
