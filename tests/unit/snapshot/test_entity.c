/* test_entity.c - kinds and stems, owners, groups, names of telemetry, resolution of what people type. */
#include "k8s_fixture.h"

static void test_kinds(void **state)
{
	(void)state;
	assert_str(cc_kind_canonical(S("deploy")), "Deployment");
	assert_str(cc_kind_canonical(S("deployments.apps")), "Deployment");
	assert_str(cc_kind_canonical(S("SVC")), "Service");
	assert_str(cc_kind_canonical(S("httpchaos")), "HTTPChaos");
	assert_str(cc_kind_canonical(S("HttpChaos")), "HTTPChaos");
	assert_str(cc_kind_canonical(S("hpa")), "HorizontalPodAutoscaler");
	assert_str(cc_kind_canonical(S("Rollout")), "Rollout");
	assert_str(cc_kind_canonical(S("")), "");
	assert_true(cc_kind_is_cluster_scoped(S("Node")) && !cc_kind_is_cluster_scoped(S("Pod")));
	assert_true(cc_kind_is_workload(S("ReplicaSet")) && !cc_kind_is_workload(S("Service")));
}

static void test_stems(void **state)
{
	static const struct { const char *kind, *name, *stem; } cases[] = {
		{ "Pod", "cart-6f9d7c5b8d-bcdfg", "cart" }, { "Pod", "ts-food-service-f5756978c-k8vqf", "ts-food-service" },
		{ "Pod", "checkout-fc7c6f89-7ch47", "checkout" }, { "Pod", "kafka-0", "kafka" }, { "Pod", "otel-collector-agent-f6r75", "otel-collector-agent" },
		{ "Pod", "report-cleanup-1795355460-jp45p", "report-cleanup" }, { "Pod", "report-29384750-jp45p", "report" },
		{ "Pod", "frontend-proxy", "frontend-proxy" }, { "Pod", "product-catalog", "product-catalog" }, { "Pod", "otel-collector-agent-abcde", "otel-collector-agent-abcde" },
		{ "Pod", "x", "x" }, { "Pod", "-", "-" }, { "Pod", "", "" }, { "Pod", "a-", "a-" }, { "Pod", "etcd-10000000", "etcd-10000000" },
		{ "ReplicaSet", "cart-7c6bccff5b", "cart" }, { "ReplicaSet", "cart", "cart" }, { "ReplicaSet", "web-frontend", "web-frontend" },
		{ "Job", "report-cleanup-1795355460", "report-cleanup" }, { "Job", "migrate-2", "migrate-2" }, { "Deployment", "cart-6f9d7c5b8d", "cart-6f9d7c5b8d" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_str(cc_kind_stem(S(cases[i].kind), S(cases[i].name)), cases[i].stem);
}

static void assert_entity(const cc_snapshot *s, cc_entity_id id, const char *expected)
{
	cc_buf b = CC_BUF_INIT;

	cc_entity_format(s, id, &b);
	assert_string_equal(b.p, expected);
	cc_buf_deinit(&b);
}

static void object(fixture *f, const char *kind, const char *name, const char *meta, const char *rest)
{
	char body[1024];

	snprintf(body, sizeof body, "{\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"shop\"%s}%s}", kind,
		name, meta, rest);
	fixture_object(f, "13:00:00", kind, body);
}

#define OWNER(kind, name) ",\"ownerReferences\":[{\"kind\":\"" kind "\",\"name\":\"" name "\",\"controller\":true}]"
#define LABELS(v) ",\"labels\":{\"app\":\"" v "\"}"
#define TEMPLATE(v) ",\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"app\":\"" v "\"}}}}"
#define SELECTOR(v) ",\"spec\":{\"selector\":{\"app\":\"" v "\"}}"

/* The Deployment is called unlike its Service; only owners and the selector join them. */
static void test_groups(void **state)
{
	cc_entity_vec members = { 0 };
	cc_entity_id service, pod, deployment;
	fixture f;

	(void)state;
	fixture_make(&f);
	object(&f, "Deployment", "shop-v2", "", TEMPLATE("cart"));
	object(&f, "ReplicaSet", "shop-v2-6f9d7c5b8d", OWNER("Deployment", "shop-v2"), TEMPLATE("cart"));
	object(&f, "Pod", "odd-name", LABELS("cart") OWNER("ReplicaSet", "shop-v2-6f9d7c5b8d"), "");
	object(&f, "Service", "cart", "", SELECTOR("cart"));
	object(&f, "Service", "other", "", SELECTOR("none"));
	object(&f, "Endpoints", "cart", "", "");
	object(&f, "ConfigMap", "cart", "", "");
	fixture_span(&f, "13:00:00", "a1", "", "Server", "cart", "odd-name", "Ok", "");
	fixture_open(&f);
	service = fixture_entity(f.s, "shop", "Service", "cart");
	pod = fixture_entity(f.s, "shop", "Pod", "odd-name");
	deployment = fixture_entity(f.s, "shop", "Deployment", "shop-v2");
	assert_int_equal(cc_entity_get(f.s, pod)->workload, deployment);
	assert_int_equal(cc_entity_get(f.s, service)->group, deployment);
	assert_int_equal(cc_entity_members(f.s, service, &members), CC_OK);
	assert_int_equal(members.n, 5);
	assert_entity(f.s, members.p[0], "shop/Deployment/shop-v2");
	assert_entity(f.s, members.p[3], "shop/Service/cart");
	assert_false(cc_entity_same_group(f.s, service, fixture_entity(f.s, "shop", "Service", "other")));
	assert_false(cc_entity_same_group(f.s, service, fixture_entity(f.s, "shop", "ConfigMap", "cart")));
	assert_int_equal(cc_entity_of_service(f.s, S("shop"), S("cart")), service);
	assert_int_equal(cc_entity_of_service(f.s, S(""), S("cart")), service);
	assert_int_equal(cc_entity_of_pod(f.s, S(""), S("odd-name")), pod);
	assert_true(cc_entity_get(f.s, service)->seen & CC_SEEN_SPAN);
	assert_true(cc_entity_covers(f.s, service, pod) && cc_entity_covers(f.s, deployment, service) &&
		!cc_entity_covers(f.s, pod, service));
	assert_false(cc_entity_covers(f.s, fixture_entity(f.s, "shop", "ReplicaSet", "shop-v2-6f9d7c5b8d"), service));
	assert_true(cc_entity_covers(f.s, fixture_entity(f.s, "shop", "ReplicaSet", "shop-v2-6f9d7c5b8d"), pod));
	cc_vec_deinit(&members);
	fixture_remove(&f);
}

/* A selector that meets several workloads joins only those named after the Service. */
static void test_broad_selectors(void **state)
{
	fixture f;

	(void)state;
	fixture_make(&f);
	object(&f, "Deployment", "reviews-v1", "", TEMPLATE("book"));
	object(&f, "Deployment", "reviews-v2", "", TEMPLATE("book"));
	object(&f, "Deployment", "ratings", "", TEMPLATE("book"));
	object(&f, "Service", "reviews", "", SELECTOR("book"));
	fixture_open(&f);
	cc_entity_id service = fixture_entity(f.s, "shop", "Service", "reviews");
	assert_true(cc_entity_same_group(f.s, service, fixture_entity(f.s, "shop", "Deployment", "reviews-v1")));
	assert_true(cc_entity_same_group(f.s, service, fixture_entity(f.s, "shop", "Deployment", "reviews-v2")));
	assert_false(cc_entity_same_group(f.s, service, fixture_entity(f.s, "shop", "Deployment", "ratings")));
	fixture_remove(&f);
}

/* An old telemetry name joins by its pods; a proxy's pod attribute does not lend its identity away; a name without a
 * Service that a Deployment bears is that Deployment. */
static void test_telemetry_names(void **state)
{
	fixture f;

	(void)state;
	fixture_make(&f);
	object(&f, "Deployment", "ad", "", TEMPLATE("ad"));
	object(&f, "ReplicaSet", "ad-6f9d7c5b8d", OWNER("Deployment", "ad"), TEMPLATE("ad"));
	object(&f, "Service", "ad", "", SELECTOR("ad"));
	object(&f, "Deployment", "proxy", "", TEMPLATE("proxy"));
	object(&f, "Deployment", "accounting", "", TEMPLATE("accounting"));
	fixture_span(&f, "13:00:00", "a1", "", "Server", "adservice", "ad-6f9d7c5b8d-bcdfg", "Ok", "");
	fixture_span(&f, "13:00:00", "a2", "", "Server", "proxy", "proxy-6f9d7c5b8d-bcdfg", "Ok", "");
	fixture_span(&f, "13:00:00", "a3", "", "Client", "browser", "proxy-6f9d7c5b8d-bcdfg", "Ok", "");
	fixture_span(&f, "13:00:00", "a4", "", "Client", "accounting", "accounting-6f9d7c5b8d-bcdfg", "Ok", "");
	fixture_open(&f);
	assert_true(cc_entity_same_group(f.s, fixture_entity(f.s, "shop", "Service", "adservice"),
		fixture_entity(f.s, "shop", "Service", "ad")));
	assert_int_equal(cc_entity_get(f.s, fixture_entity(f.s, "shop", "Pod", "ad-6f9d7c5b8d-bcdfg"))->owner,
		fixture_entity(f.s, "shop", "ReplicaSet", "ad-6f9d7c5b8d"));
	assert_false(cc_entity_same_group(f.s, fixture_entity(f.s, "shop", "Service", "browser"),
		fixture_entity(f.s, "shop", "Deployment", "proxy")));
	assert_entity(f.s, cc_entity_of_service(f.s, S("shop"), S("accounting")), "shop/Deployment/accounting");
	assert_int_equal(cc_entity_find(f.s, S("shop"), S("Service"), S("accounting")), 0);
	fixture_remove(&f);
}

/* Without any object: Service, Pod and a Deployment by the pod's name, one group. */
static void test_telemetry_only(void **state)
{
	const cc_entity *deployment;
	fixture f;

	(void)state;
	fixture_make(&f);
	fixture_span(&f, "13:00:00", "a1", "", "Server", "cart", "cart-6f9d7c5b8d-bcdfg", "Ok", "");
	fixture_span(&f, "13:00:00", "a2", "a1", "Client", "kafka", "kafka-0", "Ok", "");
	fixture_open(&f);
	deployment = cc_entity_get(f.s, fixture_entity(f.s, "shop", "Deployment", "cart"));
	assert_true(deployment->inferred);
	assert_true(cc_entity_same_group(f.s, fixture_entity(f.s, "shop", "Service", "cart"), deployment->group));
	assert_entity(f.s, cc_entity_get(f.s, fixture_entity(f.s, "shop", "Pod", "cart-6f9d7c5b8d-bcdfg"))->workload,
		"shop/Deployment/cart");
	assert_entity(f.s, cc_entity_get(f.s, fixture_entity(f.s, "shop", "Service", "kafka"))->group,
		"shop/StatefulSet/kafka");
	fixture_remove(&f);
}

static void assert_resolves(const cc_snapshot *s, const char *text, const char *expected)
{
	cc_entity_id id;
	cc_err err = { 0 };

	if (cc_entity_resolve(s, S(text), &id, NULL, &err) != CC_OK)
		fail_msg("%s: %s", text, err.message);
	assert_entity(s, id, expected);
}

static void test_resolve(void **state)
{
	cc_entity_vec candidates = { 0 };
	cc_entity_id id;
	cc_err err = { 0 };
	fixture f;

	(void)state;
	fixture_make(&f);
	object(&f, "Deployment", "cart", "", TEMPLATE("cart"));
	object(&f, "Service", "cart", "", SELECTOR("cart"));
	object(&f, "ServiceAccount", "cart", "", "");
	object(&f, "HorizontalPodAutoscaler", "cart", "", "");
	object(&f, "ConfigMap", "kafka", "", "");
	object(&f, "Service", "kafka", "", "");
	fixture_object(&f, "13:00:00", "services",
		"{\"kind\":\"Service\",\"metadata\":{\"name\":\"kafka\",\"namespace\":\"other\"}}");
	fixture_object(&f, "13:00:00", "nodes", "{\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\"}}");
	fixture_object(&f, "13:00:00", "services",
		"{\"kind\":\"Service\",\"metadata\":{\"name\":\"cart2\",\"namespace\":\"events\"}}");
	fixture_open(&f);
	assert_resolves(f.s, "cart", "shop/Deployment/cart");
	assert_resolves(f.s, "  CART ", "shop/Deployment/cart");
	assert_resolves(f.s, "svc/cart", "shop/Service/cart");
	assert_resolves(f.s, "shop/cart", "shop/Deployment/cart");
	assert_resolves(f.s, "shop/service/cart", "shop/Service/cart");
	assert_resolves(f.s, "hpa/cart", "shop/HorizontalPodAutoscaler/cart");
	assert_resolves(f.s, "other/Service/kafka", "other/Service/kafka");
	assert_resolves(f.s, "events/cart2", "events/Service/cart2");   /* a namespace called like a kind */
	assert_resolves(f.s, "cluster/Node/n1", "cluster/Node/n1");
	assert_resolves(f.s, "node/n1", "cluster/Node/n1");
	assert_int_equal(cc_entity_resolve(f.s, S("kafka"), &id, &candidates, &err), CC_EAMBIGUOUS);
	assert_int_equal(candidates.n, 3);
	assert_non_null(strstr(err.message, "shop/ConfigMap/kafka"));
	assert_int_equal(cc_entity_resolve(f.s, S("svc/kafka"), &id, NULL, &err), CC_EAMBIGUOUS);
	assert_int_equal(cc_entity_resolve(f.s, S("svc/cort"), &id, NULL, &err), CC_EUNKNOWN);
	assert_non_null(strstr(err.hint, "cart"));
	assert_int_equal(cc_entity_resolve(f.s, S(""), &id, NULL, &err), CC_EUNKNOWN);
	assert_int_equal(cc_entity_resolve(f.s, S("///"), &id, NULL, &err), CC_EUNKNOWN);
	assert_int_equal(cc_entity_find(f.s, S("shop"), S("DEPLOYMENT"), S("cart")),
		fixture_entity(f.s, "shop", "Deployment", "cart"));
	cc_vec_deinit(&candidates);
	fixture_remove(&f);
}

/* 46 services, each with its pod and an inferred Deployment; the pods of both recorded minutes in one group. */
static void test_real_telemetry(void **state)
{
	cc_snapshot *s = fixture_shared("real-incidents/Scenario-901");
	cc_entity_id service = fixture_entity(s, "ts", "Service", "ts-basic-service");
	size_t alone = 0;

	(void)state;
	assert_true(
		cc_entity_same_group(s, service, fixture_entity(s, "ts", "Pod", "ts-basic-service-5dc8d4f9fd-46997")));
	assert_entity(s, cc_entity_get(s, service)->group, "ts/Deployment/ts-basic-service");
	for (cc_entity_id id = 1; id <= cc_entity_count(s); id++)
		alone += cc_str_eqz(cc_entity_kind(s, id), "Service") && cc_entity_get(s, id)->group == id;
	assert_int_equal(alone, 0);
	assert_resolves(s, "ts-basic-service", "ts/Deployment/ts-basic-service");
	cc_snapshot_free(s);
}

/* The Service whose selector was broken is still the same thing as the Deployment it used to select. */
static void test_real_objects(void **state)
{
	cc_snapshot *s = fixture_shared("real-k8s/Scenario-911");
	cc_entity_id payment = fixture_entity(s, "otel-demo", "Service", "payment");

	(void)state;
	assert_entity(s, cc_entity_get(s, payment)->group, "otel-demo/Deployment/payment");
	assert_entity(s,
		cc_entity_get(s, fixture_entity(s, "opentelemetry-collectors", "Pod", "otel-collector-agent-f6r75"))
			->workload,
		"opentelemetry-collectors/DaemonSet/otel-collector-agent");
	assert_entity(s,
		cc_entity_get(s, fixture_entity(s, "maintenance", "Pod", "report-cleanup-1795355460-jp45p"))->workload,
		"maintenance/CronJob/report-cleanup");
	assert_resolves(s, "frontend", "otel-demo/Deployment/frontend");
	cc_snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_stems),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_broad_selectors),
		cmocka_unit_test(test_telemetry_names),
		cmocka_unit_test(test_telemetry_only),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_real_telemetry),
		cmocka_unit_test(test_real_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
