/* test_objects.c - one object out of many polls: shapes of a row, history, churn, deletion. */
#include <unistd.h>
#include "k8s_fixture.h"

static void deployment(fixture *f, const char *time, const char *image, const char *meta, const char *status)
{
	char body[1024];

	snprintf(body, sizeof body,
		"{\"apiVersion\":\"apps/"
		"v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"cart\",\"namespace\":\"shop\","
		"\"uid\":\"u\",\"creationTimestamp\":\"2025-12-15T10:00:00Z\"%s},\"spec\":{\"replicas\":1,\"template\":"
		"{\"spec\":{\"containers\":"
		"[{\"name\":\"cart\",\"image\":\"%s\"}]}}},\"status\":{%s}}",
		meta, image, status);
	fixture_object(f, time, "deployments", body);
}

static void test_history(void **state)
{
	fixture f;
	const cc_object *o;
	cc_arena *arena = cc_arena_new();

	(void)state;
	fixture_make(&f);
	deployment(&f, "13:00:00", "cart:1", ",\"resourceVersion\":\"1\"", "\"readyReplicas\":1");
	deployment(
		&f, "13:05:00", "cart:1", ",\"resourceVersion\":\"2\"", "\"readyReplicas\":1,\"observedGeneration\":7");
	deployment(&f, "13:10:00", "cart:2", ",\"resourceVersion\":\"3\"", "\"readyReplicas\":1");
	deployment(&f, "13:10:00", "cart:2", ",\"resourceVersion\":\"3\"", "\"readyReplicas\":1"); /* delivered again */
	deployment(&f, "13:15:00", "cart:2", ",\"resourceVersion\":\"3\"", "\"readyReplicas\":1");
	deployment(&f, "13:20:00", "cart:1", ",\"resourceVersion\":\"4\"", "\"readyReplicas\":1");
	fixture_open(&f);
	assert_int_equal(cc_objects_count(f.s), 1);
	o = cc_objects_get(f.s, 0);
	assert_int_equal(o->obs_count, 5);
	assert_int_equal(o->revisions, 2);
	assert_false(o->obs[0].changed || o->obs[1].changed || o->obs[3].changed);
	assert_true(o->obs[2].changed && o->obs[4].changed);
	assert_int_equal(o->obs[2].time_ns, fixture_time("13:10:00"));
	assert_int_equal(o->created_ns, fixture_time("10:00:00"));
	assert_str(cc_snapshot_sym(f.s, o->resource), "deployments");
	assert_int_equal(cc_objects_obs_at(o, fixture_time("13:12:00")), 2);
	assert_int_equal(cc_objects_obs_at(o, fixture_time("12:00:00")), SIZE_MAX);
	assert_int_equal(cc_objects_obs_at(o, CC_TIME_NONE), 4);
	assert_true(cc_str_find(cc_objects_body(f.s, &o->obs[2], arena), S("cart:2")) != CC_STR_NONE);
	cc_arena_free(arena);
	fixture_remove(&f);
}

static void assert_changed(const char *kind, const char *before, const char *after, bool expected)
{
	fixture f;

	fixture_make(&f);
	for (int i = 0; i < 2; i++) {
		char body[2048], tail[1024];

		/* a leading '@' continues the metadata, else the body goes on at top level */
		snprintf(tail, sizeof tail, "%s", i ? after : before);
		if (tail[0] == '@')
			snprintf(body, sizeof body,
				"{\"kind\":\"%s\",\"metadata\":{\"name\":\"x\",\"namespace\":\"shop\",%s}}", kind,
				tail + 1);
		else
			snprintf(body, sizeof body,
				"{\"kind\":\"%s\",\"metadata\":{\"name\":\"x\",\"namespace\":\"shop\"},%s}", kind,
				tail);
		fixture_object(&f, i ? "13:05:00" : "13:00:00", "things", body);
	}
	fixture_open(&f);
	assert_int_equal(cc_objects_get(f.s, 0)->obs_count, 2);
	if (cc_objects_get(f.s, 0)->obs[1].changed != expected)
		fail_msg("%s: %s -> %s must %sbe a change", kind, before, after, expected ? "" : "not ");
	fixture_remove(&f);
}

#define POD_STATUS(restarts, state) "\"status\":{\"containerStatuses\":[{\"name\":\"a\",\"restartCount\":" restarts ",\"state\":{" state "}}]}"

static void test_churn(void **state)
{
	(void)state;
	assert_changed("Pod", "@\"resourceVersion\":\"1\",\"managedFields\":[1],\"generation\":1",
		"@\"resourceVersion\":\"2\",\"generation\":2", false);
	assert_changed("Pod", "@\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":\"a\"}",
		"@\"annotations\":{}", false);
	assert_changed("ReplicaSet", "@\"annotations\":{\"deployment.kubernetes.io/revision\":\"1\"}",
		"@\"annotations\":{\"deployment.kubernetes.io/revision\":\"2\"}", false);
	assert_changed("Pod", "@\"labels\":{\"a\":\"1\"}", "@\"labels\":{\"a\":\"2\"}", true);
	assert_changed("Pod", "@\"uid\":\"1\"", "@\"uid\":\"2\"", true);
	assert_changed(
		"Pod", "@\"finalizers\":[]", "@\"deletionTimestamp\":\"2025-12-15T13:00:00Z\",\"finalizers\":[]", true);
	assert_changed("Node",
		"\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\",\"lastHeartbeatTime\":\"1\"}],"
		"\"images\":[1]}",
		"\"status\":{\"images\":[2],\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\","
		"\"lastHeartbeatTime\":\"2\"}]}",
		false);
	assert_changed("Node", "\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}",
		"\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"Unknown\"}]}", true);
	assert_changed("Pod", POD_STATUS("1", "\"running\":{\"startedAt\":\"1\"}"),
		POD_STATUS("1", "\"running\":{\"startedAt\":\"2\"}"), false);
	assert_changed("Pod", POD_STATUS("1", "\"running\":{}"), POD_STATUS("2", "\"running\":{}"), true);
	assert_changed("Pod", POD_STATUS("1", "\"waiting\":{\"reason\":\"ContainerCreating\"}"),
		POD_STATUS("1", "\"waiting\":{\"reason\":\"ImagePullBackOff\"}"), true);
	assert_changed("Endpoints",
		"\"subsets\":[{\"addresses\":[{\"ip\":\"1\",\"targetRef\":{\"kind\":\"Pod\",\"name\":\"p\","
		"\"resourceVersion\":\"1\"}}]}]",
		"\"subsets\":[{\"addresses\":[{\"ip\":\"1\",\"targetRef\":{\"kind\":\"Pod\",\"name\":\"p\","
		"\"resourceVersion\":\"2\"}}]}]",
		false);
	assert_changed("Endpoints", "\"subsets\":[{\"addresses\":[{\"ip\":\"1\"}]}]", "\"subsets\":[]", true);
	assert_changed(
		"CronJob", "\"status\":{\"lastScheduleTime\":\"1\"}", "\"status\":{\"lastScheduleTime\":\"2\"}", false);
	assert_changed("ResourceQuota", "\"status\":{\"used\":{\"pods\":\"1\"}}",
		"\"status\":{\"used\":{\"pods\":\"2\"}}", true);
	/* data keys are texts, whatever they are called */
	assert_changed("ConfigMap",
		"\"data\":{\"status\":\"a\",\"resourceVersion\":\"1\",\"kind\":\"x\",\"name\":\"y\"}",
		"\"data\":{\"status\":\"a\",\"resourceVersion\":\"2\",\"kind\":\"x\",\"name\":\"y\"}", true);
	assert_changed("ConfigMap", "\"data\":{\"status\":\"a\"}", "\"data\":{\"status\":\"b\"}", true);
	assert_changed("ConfigMap", "\"data\":{\"a\":\"1\",\"b\":\"2\"}", "\"data\":{\"b\":\"2\",\"a\":\"1\"}", false);
	assert_changed("Deployment", "\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"args\":[\"a\",\"b\"]}]}}}",
		"\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"args\":[\"b\",\"a\"]}]}}}", true);
}

#define THING(name) "{\"kind\":\"Job\",\"metadata\":{\"name\":\"" name "\",\"namespace\":\"shop\"}}"

static void test_deletion(void **state)
{
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_object(&f, "13:00:00", "jobs", THING("gone"));
	fixture_object(&f, "13:00:01", "jobs", THING("stays"));
	fixture_object(&f, "13:00:02", "pods",
		"{\"kind\":\"Pod\",\"metadata\":{\"name\":\"last-poll\",\"namespace\":\"shop\"}}");
	fixture_object(&f, "13:05:00", "jobs", THING("stays"));
	fixture_object(&f, "13:10:00", "jobs", THING("stays"));
	fixture_open(&f);
	assert_int_equal(fixture_object_of(f.s, "shop", "Job", "gone")->gone_ns, fixture_time("13:05:00"));
	assert_int_equal(fixture_object_of(f.s, "shop", "Job", "stays")->gone_ns, CC_TIME_NONE);
	/* no later poll of pods: nothing is proved */
	assert_int_equal(fixture_object_of(f.s, "shop", "Pod", "last-poll")->gone_ns, CC_TIME_NONE);
	fixture_remove(&f);
}

static void test_polls(void **state)
{
	const int64_t *polls;
	size_t count;
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_object(&f, "13:00:00", "jobs", THING("only"));
	fixture_object(&f, "13:00:01", "jobs", "{\"type\":\"PullEnd\",\"object\":{\"kind\":\"jobs\"}}");
	fixture_object(&f, "13:05:01", "jobs", "{\"type\":\"PullEnd\",\"object\":{\"kind\":\"jobs\"}}");
	fixture_object(&f, "13:10:00", "jobs", "{\"kind\":\"JobList\",\"items\":[]}");
	fixture_open(&f);
	assert_int_equal(cc_objects_count(f.s), 1);
	assert_int_equal(cc_snapshot_file(f.s, 0)->skipped, 0);
	polls = cc_objects_polls(f.s, cc_snapshot_sym_find(f.s, S("jobs")), &count);
	assert_int_equal(count, 3);
	assert_int_equal(polls[1], fixture_time("13:05:01"));
	assert_int_equal(cc_objects_get(f.s, 0)->gone_ns, fixture_time("13:05:01"));
	fixture_remove(&f);
}

/* The last row is torn: the poll it belongs to may lack more. */
static void test_cut_export(void **state)
{
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_object(&f, "13:00:00", "jobs", THING("a"));
	fixture_object(&f, "13:00:00", "jobs", THING("b"));
	fixture_object(&f, "13:05:00", "jobs", THING("a"));
	cc_buf_addz(
		&f.objects, "2025-12-15 13:05:00.000000000\t2025-12-15 13:05:00\t\t\t0\t\t0\t\t\"{\"\"kind\"\":\"\"Jo");
	fixture_open(&f);
	assert_int_equal(cc_snapshot_file(f.s, 0)->skipped, 1);
	assert_int_equal(fixture_object_of(f.s, "shop", "Job", "b")->gone_ns, CC_TIME_NONE);
	fixture_remove(&f);
}

static void test_shapes(void **state)
{
	cc_arena *arena = cc_arena_new();
	const cc_object *o;
	cc_json *json;
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_object(&f, "13:00:00", "services",
		"{\"type\":\"ADDED\",\"object\":{\"kind\":\"Service\",\"metadata\":{\"name\":\"w\",\"namespace\":"
		"\"shop\"}}}");
	fixture_object(&f, "13:00:30", "services",
		"{\"type\":\"DELETED\",\"object\":{\"kind\":\"Service\",\"metadata\":{\"name\":\"w\",\"namespace\":"
		"\"shop\"}}}");
	fixture_object(&f, "13:00:00", "roles",
		"{\"apiVersion\":\"v1\",\"kind\":\"RoleList\",\"items\":[{\"metadata\":{\"name\":\"r1\",\"namespace\":"
		"\"shop\"}},"
		"{\"metadata\":{\"name\":\"r2\",\"namespace\":\"shop\"},\"rules\":[{\"apiGroups\":[\"\"]}]}]}");
	fixture_object(&f, "13:00:00", "nodes",
		"{\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\",\"namespace\":\"\",\"labels\":{\"node-role\":\"\"}}"
		"}");
	fixture_object(&f, "13:00:00", "configmaps", "{\"metadata\":{\"name\":\"kindless\",\"namespace\":\"shop\"}}");
	fixture_object(&f, "13:00:00", "pods",
		"\"{\\\"kind\\\":\\\"Pod\\\",\\\"metadata\\\":{\\\"name\\\":\\\"twice\\\",\\\"namespace\\\":"
		"\\\"shop\\\"}}\"");
	fixture_open(&f);
	assert_int_equal(cc_objects_count(f.s), 6);
	assert_int_equal(fixture_object_of(f.s, "shop", "Service", "w")->gone_ns, fixture_time("13:00:30"));
	assert_int_equal(fixture_object_of(f.s, "shop", "Service", "w")->obs_count, 2);
	o = fixture_object_of(f.s, "shop", "Role", "r2");
	assert_int_equal(o->obs[0].item, 2);
	assert_str(cc_objects_body(f.s, &o->obs[0], arena),
		"{\"kind\":\"Role\",\"metadata\":{\"name\":\"r2\",\"namespace\":\"shop\"},\"rules\":[{\"apiGroups\":[\"\"]}]}");
	assert_int_equal(cc_objects_json(f.s, &o->obs[0], &json, NULL), CC_OK);
	assert_str(cc_json_str(cc_json_at(json, "metadata.name")), "r2");
	cc_json_free(json);
	fixture_object_of(f.s, "cluster", "Node", "n1");
	fixture_object_of(f.s, "shop", "ConfigMap", "kindless");
	o = fixture_object_of(f.s, "shop", "Pod", "twice");
	assert_str(cc_objects_body(f.s, &o->obs[0], arena),
		"{\"kind\":\"Pod\",\"metadata\":{\"name\":\"twice\",\"namespace\":\"shop\"}}");
	cc_arena_free(arena);
	fixture_remove(&f);
}

static void test_hostile(void **state)
{
	static const char *const bodies[] = { "", "null", "[]", "7", "{", "\"\"", "{\"kind\":\"Pod\"}",
		"{\"kind\":\"Pod\",\"metadata\":{}}", "{\"kind\":\"Pod\",\"metadata\":{\"name\":7}}",
		"{\"type\":\"ERROR\",\"object\":{\"message\":\"gone\",\"metadata\":{}}}" };
	static const char *const odd[] = { "{\"kind\":\"Service\",\"metadata\":{\"name\":\"s\",\"namespace\":\"shop\","
					   "\"ownerReferences\":{\"kind\":1}},\"spec\":{\"selector\":[1,2]}}",
		"{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"shop\",\"labels\":\"x\","
		"\"ownerReferences\":[1,null,{\"kind\":\"Pod\",\"name\":\"p\"}]},"
		"\"spec\":{\"containers\":{\"env\":7},\"volumes\":[null,{\"projected\":{\"sources\":7}}]}}",
		"{\"kind\":\"Pod\",\"metadata\":{\"name\":\"q\",\"namespace\":\"shop\"},\"spec\":{\"containers\":[{"
		"\"env\":[{\"name\":\"A\",\"value\":\"$(A)$($(\"},7]}]}}",
		"{\"kind\":\"NetworkPolicy\",\"metadata\":{\"name\":\"n\",\"namespace\":\"shop\"},\"spec\":{"
		"\"podSelector\":{\"matchExpressions\":[{\"operator\":\"?\"},1]}}}",
		"{\"kind\":\"ReplicaSet\",\"metadata\":{\"name\":\"a\",\"namespace\":\"shop\",\"ownerReferences\":[{"
		"\"kind\":\"ReplicaSet\",\"name\":\"b\"}]}}",
		"{\"kind\":\"ReplicaSet\",\"metadata\":{\"name\":\"b\",\"namespace\":\"shop\",\"ownerReferences\":[{"
		"\"kind\":\"ReplicaSet\",\"name\":\"a\"}]}}" };
	fixture f;

	(void)state;
	fixture_make(&f);
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		fixture_object(&f, "13:00:00", "pods", bodies[i]);
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
		fixture_object(&f, "13:00:00", "pods", odd[i]);
	fixture_open(&f);
	assert_int_equal(cc_snapshot_file(f.s, 0)->skipped, sizeof bodies / sizeof bodies[0]);
	assert_int_equal(cc_objects_count(f.s), sizeof odd / sizeof odd[0]);
	assert_true(cc_entity_covers(
		f.s, fixture_entity(f.s, "shop", "ReplicaSet", "a"), fixture_entity(f.s, "shop", "ReplicaSet", "b")));
	fixture_remove(&f);
}

/* Real recordings: what changed is the harmless change, the fault and what follows from it. */
static void test_real_changes(void **state)
{
	static const struct { const char *path, *kind, *name; size_t objects; const char *quiet; } cases[] = {
		{ "real-k8s/Scenario-911", "Service", "payment", 297, "checkout" },
		{ "real-k8s/Scenario-912", "Deployment", "product-catalog", 297, "checkout" },
		{ "real-k8s/Scenario-913", "Deployment", "checkout", 298, "payment" },
		{ "real-k8s/Scenario-915", "Deployment", "ad", 297, "checkout" },
	};

	(void)state;
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
		cc_snapshot *s = fixture_shared(cases[c].path);
		const cc_object *o = fixture_object_of(s, "otel-demo", cases[c].kind, cases[c].name);
		size_t changed = 0;

		assert_int_equal(cc_objects_count(s), cases[c].objects);
		assert_true(o->revisions >= 2);
		assert_int_equal(fixture_object_of(s, "otel-demo", "Deployment", cases[c].quiet)->revisions, 1);
		for (size_t i = 0; i < cc_objects_count(s); i++)
			changed += cc_objects_get(s, i)->revisions > 1;
		assert_in_range(changed, 3, 20);
		cc_snapshot_free(s);
	}
}

static void test_real_quota(void **state)
{
	cc_snapshot *s = fixture_shared("real-k8s/Scenario-914");
	const cc_object *quota = fixture_object_of(s, "otel-demo", "ResourceQuota", "team-budget");
	const cc_object *first = fixture_object_of(s, "otel-demo", "Deployment", "accounting");
	size_t polls;

	(void)state;
	assert_true(quota->obs[0].time_ns > first->obs[0].time_ns && quota->created_ns > first->obs[0].time_ns);
	assert_int_equal(quota->gone_ns, CC_TIME_NONE);
	cc_objects_polls(s, first->resource, &polls);
	assert_int_equal(polls, first->obs_count);
	cc_snapshot_free(s);
}

/* Every listed observation can be read again and is the object it claims to be. */
static void test_real_bodies(void **state)
{
	cc_snapshot *s = fixture_shared("real-k8s/Scenario-915");

	(void)state;
	for (size_t i = 0; i < cc_objects_count(s); i += 7) {
		const cc_object *o = cc_objects_get(s, i);
		cc_json *json;

		assert_int_equal(cc_objects_json(s, &o->obs[o->obs_count - 1], &json, NULL), CC_OK);
		assert_true(cc_str_eq(cc_json_str(cc_json_at(json, "metadata.name")), cc_entity_name(s, o->entity)));
		cc_json_free(json);
	}
	cc_snapshot_free(s);
}

/* The same text at the same time is one observation, wherever its rows stand; going back to a state is a change to it. */
static void test_redelivery_out_of_order(void **state)
{
	static const char a[] = "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\",\"namespace\":\"shop\"},\"data\":{\"x\":\"1\"}}";
	static const char b[] = "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\",\"namespace\":\"shop\"},\"data\":{\"x\":\"2\"}}";
	fixture f;
	const cc_object *o;

	(void)state;
	fixture_make(&f);
	fixture_object(&f, "13:00:00", "configmaps", a);
	fixture_object(&f, "13:00:00", "configmaps", b);
	fixture_object(&f, "13:00:00", "configmaps", a);
	fixture_object(&f, "13:05:00", "configmaps", a);
	fixture_open(&f);
	o = fixture_object_of(f.s, "shop", "ConfigMap", "c");
	assert_int_equal(o->obs_count, 3);
	assert_int_equal(o->obs[0].cite.record, 1);
	assert_int_equal(o->obs[1].cite.record, 2);
	assert_int_equal(o->revisions, 2);
	assert_true(o->obs[1].changed && o->obs[2].changed);
	fixture_remove(&f);
}

/* 40,000 uses of a variable of 40,000 characters are 1.6 GB; a long value without any ')' was searched again at each byte. */
static void test_env_that_would_explode(void **state)
{
	cc_buf body = CC_BUF_INIT;
	fixture f;

	(void)state;
	fixture_make(&f);
	cc_buf_addz(&body, "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"shop\"},\"spec\":{\"containers\":[{\"env\":["
			   "{\"name\":\"A\",\"value\":\"");
	for (int i = 0; i < 400000; i++)
		cc_buf_add_char(&body, 'x');
	cc_buf_addz(&body, "\"},{\"name\":\"B\",\"value\":\"");
	for (int i = 0; i < 40000; i++)
		cc_buf_addz(&body, "$(A)");
	cc_buf_addz(&body, "\"}]}]}}");
	fixture_object(&f, "13:00:00", "pods", body.p);
	cc_buf_deinit(&body);
	alarm(30);
	fixture_open(&f);
	alarm(0);
	assert_int_equal(fixture_object_of(f.s, "shop", "Pod", "p")->obs_count, 1);
	fixture_remove(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_churn),
		cmocka_unit_test(test_redelivery_out_of_order),
		cmocka_unit_test(test_env_that_would_explode),
		cmocka_unit_test(test_deletion),
		cmocka_unit_test(test_polls),
		cmocka_unit_test(test_cut_export),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_real_changes),
		cmocka_unit_test(test_real_quota),
		cmocka_unit_test(test_real_bodies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
