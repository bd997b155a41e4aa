/* test_topology.c - every kind of edge, what it cites, and whether it still holds. */
#include "k8s_fixture.h"
#include "coldcase/xalloc.h"

static cc_entity_id entity(const fixture *f, const char *kind, const char *name)
{
	return fixture_entity(f->s, cc_kind_is_cluster_scoped(S(kind)) ? "cluster" : "shop", kind, name);
}

static const cc_edge *edge(const fixture *f, const char *from_kind, const char *from, cc_edge_kind kind,
	const char *to_kind, const char *to)
{
	const cc_edge *e = fixture_edge(f->s, entity(f, from_kind, from), kind, entity(f, to_kind, to));

	if (!e)
		fail_msg("no edge %s/%s %s %s/%s", from_kind, from, cc_edge_kind_name(kind), to_kind, to);
	return e;
}

static size_t count_kind(const fixture *f, cc_edge_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < cc_edges_count(f->s); i++)
		n += cc_edges_get(f->s, i)->kind == kind;
	return n;
}

static void test_calls(void **state)
{
	const cc_edge *e;
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_span(&f, "13:00:00", "a1", "", "Server", "web", "web-6f9d7c5b8d-bcdfg", "Error", "");
	fixture_span(&f, "13:00:01", "a2", "a1", "Client", "web", "web-6f9d7c5b8d-bcdfg", "Error", "");
	fixture_span(&f, "13:00:02", "a3", "a2", "Server", "cart", "cart-6f9d7c5b8d-bcdfg", "Unset", "");
	fixture_span(&f, "13:00:03", "a4", "a1", "Server", "cart", "cart-6f9d7c5b8d-zzzzz", "Unset", "");
	fixture_span(&f, "13:00:04", "a5", "", "Server", "web", "web-6f9d7c5b8d-bcdfg", "Ok", "");
	fixture_span(&f, "13:00:05", "a6", "a5", "Server", "cart", "cart-6f9d7c5b8d-bcdfg", "Ok", "");
	fixture_span(&f, "13:00:06", "a7", "a5", "Producer", "web", "web-6f9d7c5b8d-bcdfg", "Ok", "");
	fixture_span(&f, "13:00:07", "a8", "", "Consumer", "billing", "billing-0", "Error", "a7");
	fixture_span(&f, "13:00:08", "a9", "a7", "Consumer", "fraud", "fraud-0", "Ok", "a7");
	fixture_open(&f);
	e = edge(&f, "Service", "web", CC_EDGE_CALLS, "Service", "cart");
	assert_int_equal(e->count, 3);
	assert_int_equal(e->errors, 2);
	assert_int_equal(e->cite.record, 3);
	e = edge(&f, "Service", "web", CC_EDGE_CALLS, "Service", "billing");
	assert_int_equal(e->count, 1);
	assert_int_equal(e->errors, 1);
	assert_int_equal(edge(&f, "Service", "web", CC_EDGE_CALLS, "Service", "fraud")->count,
		1); /* parent and link are one call */
	assert_int_equal(count_kind(&f, CC_EDGE_CALLS), 3);
	fixture_remove(&f);
}

#define META(name) "\"metadata\":{\"name\":\"" name "\",\"namespace\":\"shop\"}"
#define POD_SPEC "{\"serviceAccountName\":\"runner\",\"volumes\":[{\"name\":\"cfg\",\"configMap\":{\"name\":\"cart-config\"}}," \
	"{\"name\":\"tls\",\"secret\":{\"secretName\":\"cart-tls\"}},{\"name\":\"d\",\"persistentVolumeClaim\":{\"claimName\":\"data\"}}]," \
	"\"initContainers\":[{\"name\":\"i\",\"envFrom\":[{\"configMapRef\":{\"name\":\"init-env\"}}]}]," \
	"\"containers\":[{\"name\":\"c\",\"env\":[{\"name\":\"KAFKA_ADDR\",\"value\":\"kafka:9092\"},{\"name\":\"NAME\",\"value\":\"kafka\"}," \
	"{\"name\":\"DB\",\"value\":\"postgres://u:p@db.shop.svc.cluster.local/x\"},{\"name\":\"FLAG_HOST\",\"value\":\"flagd\"}," \
	"{\"name\":\"HOP\",\"value\":\"http://$(FLAG_HOST)/\"},{\"name\":\"NOBODY\",\"value\":\"http://nobody:80\"}," \
	"{\"name\":\"SECRET\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"cart-key\",\"key\":\"k\"}}}]}]}"

static void test_references(void **state)
{
	const cc_edge *e;
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_object(&f, "13:00:00", "deployments",
		"{\"kind\":\"Deployment\"," META("cart") ",\"spec\":{\"template\":{\"spec\":" POD_SPEC "}}}");
	fixture_object(&f, "13:00:00", "services", "{\"kind\":\"Service\"," META("kafka") "}");
	fixture_object(&f, "13:00:00", "services", "{\"kind\":\"Service\"," META("db") "}");
	fixture_object(&f, "13:00:00", "services", "{\"kind\":\"Service\"," META("flagd") "}");
	fixture_object(&f, "13:00:00", "horizontalpodautoscalers",
		"{\"kind\":\"HorizontalPodAutoscaler\"," META(
			"h") ",\"spec\":{\"scaleTargetRef\":{\"kind\":\"Deployment\",\"name\":\"cart\"}}}");
	fixture_object(&f, "13:00:00", "ingresses",
		"{\"kind\":\"Ingress\"," META("in") ",\"spec\":{\"rules\":[{\"http\":{\"paths\":[{\"path\":\"/"
						    "a\",\"backend\":{\"service\":{\"name\":\"kafka\"}}}]}}]}}");
	fixture_object(&f, "13:00:00", "persistentvolumeclaims",
		"{\"kind\":\"PersistentVolumeClaim\"," META("data") ",\"spec\":{\"volumeName\":\"pv1\"}}");
	fixture_open(&f);
	assert_str(cc_snapshot_sym(
			   f.s, edge(&f, "Deployment", "cart", CC_EDGE_MOUNTS, "ConfigMap", "cart-config")->detail),
		"cfg");
	edge(&f, "Deployment", "cart", CC_EDGE_MOUNTS, "Secret", "cart-tls");
	edge(&f, "Deployment", "cart", CC_EDGE_MOUNTS, "PersistentVolumeClaim", "data");
	edge(&f, "Deployment", "cart", CC_EDGE_ENV, "ConfigMap", "init-env");
	edge(&f, "Deployment", "cart", CC_EDGE_ENV, "Secret", "cart-key");
	edge(&f, "Deployment", "cart", CC_EDGE_BINDS, "ServiceAccount", "runner");
	edge(&f, "PersistentVolumeClaim", "data", CC_EDGE_BINDS, "PersistentVolume", "pv1");
	edge(&f, "HorizontalPodAutoscaler", "h", CC_EDGE_SCALES, "Deployment", "cart");
	edge(&f, "Ingress", "in", CC_EDGE_ROUTES, "Service", "kafka");
	e = edge(&f, "Deployment", "cart", CC_EDGE_ENV, "Service", "kafka");
	assert_true(e->inferred && e->cite.record == 1);
	assert_str(cc_snapshot_sym(f.s, e->detail), "KAFKA_ADDR");
	edge(&f, "Deployment", "cart", CC_EDGE_ENV, "Service", "db");
	assert_int_equal(count_kind(&f, CC_EDGE_ENV),
		6); /* flagd by FLAG_HOST and by HOP; nobody is no Service; NAME no address */
	assert_int_equal(cc_entity_find(f.s, S("shop"), S("Service"), S("nobody")), 0);
	fixture_remove(&f);
}

#define POD(name, app) "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"" name "\",\"namespace\":\"shop\",\"labels\":{\"app\":\"" app "\",\"tier\":\"x\"}},\"spec\":{\"nodeName\":\"n1\"}}"

static void test_selectors(void **state)
{
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_object(&f, "13:00:00", "pods", POD("a", "cart"));
	fixture_object(&f, "13:00:00", "pods", POD("b", "web"));
	fixture_object(&f, "13:00:00", "services",
		"{\"kind\":\"Service\"," META("cart") ",\"spec\":{\"selector\":{\"app\":\"cart\"}}}");
	fixture_object(&f, "13:05:00", "services",
		"{\"kind\":\"Service\"," META("cart") ",\"spec\":{\"selector\":{\"app\":\"crat\"}}}");
	fixture_object(&f, "13:00:00", "networkpolicies",
		"{\"kind\":\"NetworkPolicy\"," META("all") ",\"spec\":{\"podSelector\":{}}}");
	fixture_object(&f, "13:00:00", "poddisruptionbudgets",
		"{\"kind\":\"PodDisruptionBudget\"," META(
			"pdb") ",\"spec\":{\"selector\":{\"matchExpressions\":"
			       "[{\"key\":\"app\",\"operator\":\"In\",\"values\":[\"web\",\"x\"]},{\"key\":\"tier\","
			       "\"operator\":\"Exists\"},{\"key\":\"gone\",\"operator\":\"DoesNotExist\"}]}}}");
	fixture_object(&f, "13:00:00", "services", "{\"kind\":\"Service\"," META("manual") "}");
	fixture_object(&f, "13:00:00", "endpoints",
		"{\"kind\":\"Endpoints\"," META("manual") ",\"subsets\":[{\"addresses\":[{\"targetRef\":{\"kind\":"
							  "\"Pod\",\"name\":\"b\"}}]}]}");
	fixture_open(&f);
	assert_true(edge(&f, "Service", "cart", CC_EDGE_SELECTS, "Pod", "a")->ended);
	edge(&f, "NetworkPolicy", "all", CC_EDGE_SELECTS, "Pod", "a");
	assert_false(edge(&f, "NetworkPolicy", "all", CC_EDGE_SELECTS, "Pod", "b")->ended);
	edge(&f, "PodDisruptionBudget", "pdb", CC_EDGE_SELECTS, "Pod", "b");
	edge(&f, "Service", "manual", CC_EDGE_SELECTS, "Pod", "b");
	assert_int_equal(count_kind(&f, CC_EDGE_SELECTS), 5);
	edge(&f, "Pod", "a", CC_EDGE_RUNS_ON, "Node", "n1");
	fixture_remove(&f);
}

static void test_chaos(void **state)
{
	cc_edge_vec found = { 0 };
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_event(&f, "13:00:00",
		"{\"type\":\"ADDED\",\"object\":{\"reason\":\"Spawned\",\"message\":\"Create new object: "
		"delay-abcde\",\"metadata\":{\"uid\":\"1\"},"
		"\"involvedObject\":{\"kind\":\"Schedule\",\"name\":\"delay\",\"namespace\":\"chaos-mesh\"}}}");
	fixture_event(&f, "13:00:01",
		"{\"type\":\"ADDED\",\"object\":{\"reason\":\"Applied\",\"message\":\"Successfully apply chaos for "
		"shop/cart-6f9d7c5b8d-bcdfg/cart\","
		"\"metadata\":{\"uid\":\"2\"},\"involvedObject\":{\"kind\":\"NetworkChaos\",\"name\":\"delay-abcde\","
		"\"namespace\":\"chaos-mesh\"}}}");
	fixture_open(&f);
	cc_entity_id chaos = fixture_entity(f.s, "chaos-mesh", "NetworkChaos", "delay-abcde");
	cc_entity_id schedule = fixture_entity(f.s, "chaos-mesh", "Schedule", "delay");
	assert_non_null(fixture_edge(f.s, chaos, CC_EDGE_TARGETS, entity(&f, "Pod", "cart-6f9d7c5b8d-bcdfg")));
	assert_non_null(fixture_edge(f.s, schedule, CC_EDGE_OWNS, chaos));
	assert_int_equal(fixture_edge(f.s, schedule, CC_EDGE_OWNS, chaos)->cite.record, 1);
	assert_true(cc_entity_covers(f.s, schedule, chaos));
	assert_int_equal(cc_edges_to(f.s, chaos, &found), CC_OK);
	assert_int_equal(found.n, 1);
	assert_int_equal(cc_edges_from(f.s, chaos, &found), CC_OK);
	assert_int_equal(found.n, 2);
	cc_vec_deinit(&found);
	fixture_remove(&f);
}

/* Whatever allocation fails while a snapshot is opened: CC_ENOMEM, nothing kept, nothing lost. */
static void test_out_of_memory(void **state)
{
	cc_code code = CC_ENOMEM;
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_object(&f, "13:00:00", "deployments",
		"{\"kind\":\"Deployment\"," META("cart") ",\"spec\":{\"template\":{\"spec\":" POD_SPEC "}}}");
	fixture_object(&f, "13:00:00", "services",
		"{\"kind\":\"Service\"," META("cart") ",\"spec\":{\"selector\":{\"app\":\"cart\"}}}");
	fixture_object(&f, "13:00:00", "pods", POD("cart-6f9d7c5b8d-bcdfg", "cart"));
	fixture_event(&f, "13:00:00", "{\"type\":\"ADDED\",\"object\":{\"reason\":\"R\",\"message\":\"m\",\"metadata\":"
		"{\"uid\":\"1\"},\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"p-0\",\"namespace\":\"shop\"}}}");
	fixture_span(&f, "13:00:00", "a1", "", "Producer", "web", "web-6f9d7c5b8d-bcdfg", "Error", "");
	fixture_span(&f, "13:00:01", "a2", "", "Consumer", "cart", "cart-6f9d7c5b8d-bcdfg", "Error", "a1");
	test_tree_file(&f.tree, "Scenario-7/alerts/alerts_at_2025-12-15T13-00-00.json",
		"[{\"labels\":{\"alertname\":\"A\",\"service_name\":\"cart\"},\"state\":\"firing\",\"value\":\"1\"}]");
	fixture_open(&f);
	for (long n = 0; code != CC_OK && n < 100000; n++) {
		cc_snapshot *s = NULL;
		cc_err err = { 0 };

		cc_alloc_fail_after(n);
		code = cc_snapshot_open(&s, test_tree_path(&f.tree, "Scenario-7"), NULL, &err);
		cc_alloc_fail_after(-1);
		if (code != CC_OK && code != CC_ENOMEM)
			fail_msg("allocation %ld: %s (%s)", n, err.message, cc_code_name(code));
		if (code == CC_OK) {
			assert_int_equal(cc_entity_count(s), cc_entity_count(f.s));
			assert_int_equal(cc_edges_count(s), cc_edges_count(f.s));
			assert_int_equal(cc_events_count(s), 1);
			assert_int_equal(cc_alerts_count(s), 1);
		}
		cc_snapshot_free(s);
	}
	assert_int_equal(code, CC_OK);
	fixture_remove(&f);
}

/* Both indices give every edge exactly once, and only known ends. */
static void assert_consistent(const cc_snapshot *s)
{
	cc_edge_vec from = { 0 }, to = { 0 };

	for (cc_entity_id id = 1; id <= cc_entity_count(s); id++) {
		size_t a = from.n, b = to.n;

		assert_int_equal(cc_edges_from(s, id, &from), CC_OK);
		assert_int_equal(cc_edges_to(s, id, &to), CC_OK);
		for (; a < from.n; a++)
			assert_int_equal(cc_edges_get(s, from.p[a])->from, id);
		for (; b < to.n; b++)
			assert_int_equal(cc_edges_get(s, to.p[b])->to, id);
	}
	assert_int_equal(from.n, cc_edges_count(s));
	assert_int_equal(to.n, cc_edges_count(s));
	cc_vec_deinit(&from);
	cc_vec_deinit(&to);
}

static void test_real_objects(void **state)
{
	cc_snapshot *s = fixture_shared("real-k8s/Scenario-911");
	cc_entity_id service = fixture_entity(s, "otel-demo", "Service", "payment"),
		     other = fixture_entity(s, "otel-demo", "Service", "cart");
	const cc_edge *e =
		fixture_edge(s, service, CC_EDGE_SELECTS, fixture_entity(s, "otel-demo", "Deployment", "payment"));

	(void)state;
	assert_consistent(s);
	assert_non_null(e);
	assert_true(e->ended);   /* the fault: its selector meets no pod any more */
	assert_false(
		fixture_edge(s, other, CC_EDGE_SELECTS, fixture_entity(s, "otel-demo", "Deployment", "cart"))->ended);
	assert_non_null(fixture_edge(s, fixture_entity(s, "otel-demo", "Deployment", "flagd"), CC_EDGE_MOUNTS,
		fixture_entity(s, "otel-demo", "ConfigMap", "flagd-config")));
	assert_non_null(
		fixture_edge(s, fixture_entity(s, "otel-demo", "Deployment", "checkout"), CC_EDGE_ENV, service));
	cc_snapshot_free(s);
}

static void test_real_calls(void **state)
{
	cc_snapshot *s = fixture_shared("real-incidents/Scenario-901");
	const cc_edge *e = fixture_edge(s, fixture_entity(s, "ts", "Service", "ts-travel2-service"), CC_EDGE_CALLS,
		fixture_entity(s, "ts", "Service", "ts-basic-service"));

	(void)state;
	assert_consistent(s);
	assert_non_null(e);
	assert_int_equal(e->count, 60);
	cc_snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_selectors),
		cmocka_unit_test(test_chaos),
		cmocka_unit_test(test_real_objects),
		cmocka_unit_test(test_real_calls),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
