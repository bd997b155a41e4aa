/* test_state.c - the card's rules on bad states: each kind once, what is fresh, and a healthy world without findings. */
#include "query_support.h"
#include "coldcase/aboutentity.h"

static FILE *out;

static void put(const char *clock, const char *resource, const char *body)
{
	put_object(out, at_clock(clock), resource, body);
}

#define META(name, more) "\"metadata\":{\"name\":\"" name "\",\"namespace\":\"demo\",\"creationTimestamp\":\"2025-12-01T00:00:00Z\"" more "}"
#define NODE_META(name) "\"metadata\":{\"name\":\"" name "\",\"creationTimestamp\":\"2025-12-01T00:00:00Z\"}"
#define OWNED(kind, name) ",\"labels\":{\"app\":\"cart\"},\"ownerReferences\":[{\"kind\":\"" kind "\",\"name\":\"" name "\",\"uid\":\"1\",\"controller\":true}]"

static void put_common(const char *clock, const char *pod_status, int ready, const char *app)
{
	char body[1200];
	snprintf(body, sizeof body, "{\"kind\":\"Deployment\"," META("cart", "") ",\"spec\":{\"replicas\":1,\"selector\":{\"matchLabels\":{\"app\":\"cart\"}},"
		"\"template\":{\"metadata\":{\"labels\":{\"app\":\"cart\"}},\"spec\":{\"containers\":[{\"name\":\"cart\",\"image\":\"cart:1\","
		"\"envFrom\":[{\"configMapRef\":{\"name\":\"absent\"}}]}],\"volumes\":[{\"name\":\"d\",\"persistentVolumeClaim\":{\"claimName\":\"disk\"}}]}}},"
		"\"status\":{\"readyReplicas\":%d}}", ready);
	put(clock, "deployments", body);
	put(clock, "replicasets", "{\"kind\":\"ReplicaSet\"," META("cart-6f9d7c5b8d", OWNED("Deployment", "cart")) ",\"spec\":{\"replicas\":0},\"status\":{}}");
	snprintf(body, sizeof body, "{\"kind\":\"Pod\"," META("cart-6f9d7c5b8d-bcdfg", OWNED("ReplicaSet", "cart-6f9d7c5b8d")) ",\"spec\":{\"nodeName\":\"n1\","
		"\"containers\":[{\"name\":\"cart\",\"ports\":[{\"containerPort\":8080,\"name\":\"grpc\"}]}]},\"status\":{%s}}", pod_status);
	put(clock, "pods", body);
	snprintf(body, sizeof body, "{\"kind\":\"Service\"," META("cart", "") ",\"spec\":{\"selector\":{\"app\":\"%s\"},\"ports\":[{\"port\":80,"
		"\"targetPort\":8081},{\"port\":81,\"targetPort\":\"grpc\"}]}}", app);
	put(clock, "services", body);
	put(clock, "configmaps", "{\"kind\":\"ConfigMap\"," META("other", "") "}");
}

#define FINE "\"phase\":\"Running\",\"containerStatuses\":[{\"name\":\"cart\",\"ready\":true,\"restartCount\":0,\"state\":{\"running\":{}}}]"
#define CRASHING "\"phase\":\"Running\",\"containerStatuses\":[{\"name\":\"cart\",\"ready\":false,\"restartCount\":4," \
	"\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}},\"lastState\":{\"terminated\":{\"reason\":\"OOMKilled\",\"exitCode\":137}}}]"

static void put_attached(const char *clock)
{
	put(clock, "resourcequotas", "{\"kind\":\"ResourceQuota\"," META("team", "") ",\"status\":{\"hard\":{\"limits.memory\":\"2Gi\",\"pods\":\"20\",\"cpu\":\"1\"},"
		"\"used\":{\"limits.memory\":\"4470Mi\",\"pods\":\"19\",\"cpu\":\"1000m\"}}}");
	put(clock, "persistentvolumeclaims", "{\"kind\":\"PersistentVolumeClaim\"," META("disk", "") ",\"status\":{\"phase\":\"Pending\"}}");
	put(clock, "nodes", "{\"kind\":\"Node\"," NODE_META("n1") ",\"spec\":{\"unschedulable\":true,\"taints\":[{\"key\":\"node-role.kubernetes.io/master\","
		"\"effect\":\"NoSchedule\"}]},\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\",\"reason\":\"KubeletNotReady\"},"
		"{\"type\":\"DiskPressure\",\"status\":\"False\"}]}}");
	put(clock, "horizontalpodautoscalers", "{\"kind\":\"HorizontalPodAutoscaler\"," META("cart", "") ",\"spec\":{\"maxReplicas\":3,"
		"\"scaleTargetRef\":{\"kind\":\"Deployment\",\"name\":\"cart\"}},\"status\":{\"currentReplicas\":3,\"desiredReplicas\":3,"
		"\"conditions\":[{\"type\":\"ScalingActive\",\"status\":\"False\",\"reason\":\"FailedGetResourceMetric\"}]}}");
	put(clock, "networkpolicies", "{\"kind\":\"NetworkPolicy\"," META("deny", "") ",\"spec\":{\"podSelector\":{},\"policyTypes\":[\"Ingress\",\"Egress\"],"
		"\"egress\":[{}]}}");
}

static int sick_setup(void **state)
{
	world *w = world_new();
	out = world_file(w, "k8s_objects_raw.tsv", LOG_HEADER);
	put_common("17:40:00", FINE, 1, "cart");
	put_attached("17:40:00");
	put_common("17:59:00", CRASHING, 0, "cart");
	put_attached("17:59:00");
	fclose(out);
	world_open(w);
	*state = w;
	return 0;
}

static cc_about *card(const world *w, const char *kind, const char *name)
{
	cc_entity_id id = cc_entity_find(w->s, CC_STR("demo"), cc_str_from(kind), cc_str_from(name));
	cc_about_options opt = { .onset_ns = w->onset, .range = { CC_TIME_NONE, CC_TIME_NONE }, .per_section = 50 };
	cc_about *a = NULL;
	cc_err err;
	cc_err_clear(&err);
	assert_true(id != 0);
	if (cc_about_build(&a, w->s, id, &opt, &err) != CC_OK)
		fail_msg("about: %s", err.message);
	return a;
}

/* The finding that begins so: its severity, plus 10 when fresh; -1 = none. */
static int finding(const cc_about *a, const char *begins)
{
	for (size_t i = 0; i < cc_about_count(a); i++) {
		const cc_about_fact *f = cc_about_get(a, i);
		if (f->section == CC_ABOUT_STATE && cc_str_starts(f->text, cc_str_from(begins))) {
			assert_true(f->cite.file != 0);
			return f->severity + (f->fresh ? 10 : 0);
		}
	}
	return -1;
}

static void each_rule(void **state)
{
	cc_about *a = card(*state, "Deployment", "cart");
	assert_int_equal(finding(a, "Deployment/cart has 0 of 1 replicas ready"), 13);
	assert_int_equal(finding(a, "Pod/cart-6f9d7c5b8d-bcdfg container cart: waiting CrashLoopBackOff, last ended OOMKilled (exit status 137), 4 restarts"), 13);
	assert_int_equal(finding(a, "ResourceQuota/team is used up: limits.memory 4470Mi of 2Gi"), 3);
	assert_int_equal(finding(a, "ResourceQuota/team is used up: cpu 1000m of 1"), 3);
	assert_int_equal(finding(a, "ResourceQuota/team is used up: pods"), -1);
	assert_int_equal(finding(a, "PersistentVolumeClaim/disk is Pending, not bound"), 3);
	assert_int_equal(finding(a, "Node/n1 is cordoned"), 2);
	assert_int_equal(finding(a, "Node/n1 Ready is False: KubeletNotReady"), 3);
	assert_int_equal(finding(a, "Node/n1 DiskPressure"), -1);
	assert_int_equal(finding(a, "Node/n1 is tainted"), -1);
	assert_int_equal(finding(a, "HorizontalPodAutoscaler/cart is at its maximum of 3 replicas"), 2);
	assert_int_equal(finding(a, "HorizontalPodAutoscaler/cart ScalingActive is False: FailedGetResourceMetric"), 2);
	assert_int_equal(finding(a, "NetworkPolicy/deny lets nothing in"), 3);
	assert_int_equal(finding(a, "NetworkPolicy/deny lets nothing out"), -1);
	assert_int_equal(finding(a, "Service/cart port 80 leads to 8081, which its pods do not declare"), 1);
	assert_int_equal(finding(a, "Service/cart port 81"), -1);
	assert_int_equal(finding(a, "ConfigMap/absent is named by Deployment/cart and does not exist"), 2);
	cc_about_free(a);
}

static int lost_setup(void **state)
{
	world *w = world_new();
	out = world_file(w, "k8s_objects_raw.tsv", LOG_HEADER);
	put_common("17:40:00", FINE, 1, "cart");
	put("17:40:00", "endpoints", "{\"kind\":\"Endpoints\"," META("down", "") ",\"subsets\":[{\"notReadyAddresses\":[{\"ip\":\"10.0.0.1\"}]}]}");
	put("17:40:00", "services", "{\"kind\":\"Service\"," META("down", "") ",\"spec\":{\"selector\":{\"app\":\"cart\"}}}");
	put("17:40:00", "deployments", "{\"kind\":\"Deployment\"," META("none", "") ",\"spec\":{\"replicas\":0},\"status\":{}}");
	put("17:40:00", "configmaps", "{\"kind\":\"ConfigMap\"," META("flags", "") ",\"data\":{\"f.json\":\"{\\\"flags\\\":{"
		"\\\"leak\\\":{\\\"state\\\":\\\"ENABLED\\\",\\\"defaultVariant\\\":\\\"10x\\\",\\\"variants\\\":{\\\"off\\\":0,\\\"10x\\\":10}},"
		"\\\"idle\\\":{\\\"state\\\":\\\"DISABLED\\\",\\\"defaultVariant\\\":\\\"on\\\",\\\"variants\\\":{\\\"off\\\":0,\\\"on\\\":1}},"
		"\\\"calm\\\":{\\\"state\\\":\\\"ENABLED\\\",\\\"defaultVariant\\\":\\\"off\\\",\\\"variants\\\":{\\\"off\\\":0}}}}\"}}");
	put_common("17:59:00", FINE, 1, "cartt");
	fclose(out);
	world_open(w);
	*state = w;
	return 0;
}

static void lost_selector_is_fresh(void **state)
{
	cc_about *a = card(*state, "Service", "cart");
	assert_int_equal(finding(a, "Service/cart selector app=cartt matches no pod"), 13);
	assert_int_equal(finding(a, "Service/cart port"), -1);
	cc_about_free(a);
}

static void standing_faults(void **state)
{
	world *w = *state;
	cc_about *a = card(w, "Deployment", "none");
	assert_int_equal(finding(a, "Deployment/none is gone"), 13);
	cc_about_free(a);
	a = card(w, "ConfigMap", "flags");
	assert_int_equal(finding(a, "ConfigMap/flags is gone"), 13);
	cc_about_free(a);
	/* as known before the later poll */
	cc_entity_id ids[] = { cc_entity_find(w->s, CC_STR("demo"), CC_STR("Deployment"), CC_STR("none")),
		cc_entity_find(w->s, CC_STR("demo"), CC_STR("ConfigMap"), CC_STR("flags")), cc_entity_find(w->s, CC_STR("demo"), CC_STR("Service"), CC_STR("down")) };
	static const char *const told[] = { "Deployment/none is scaled to zero", "ConfigMap/flags has flag leak on 10x, not off",
		"Service/down has no ready endpoint (1 not ready)" };
	static const int severity[] = { 3, 2, 3 };
	for (size_t i = 0; i < 3; i++) {
		cc_about_options opt = { .onset_ns = w->onset, .range = { CC_TIME_NONE, at_clock("17:45:00") } };
		assert_int_equal(cc_about_build(&a, w->s, ids[i], &opt, NULL), CC_OK);
		assert_int_equal(finding(a, told[i]), severity[i]);
		assert_int_equal(finding(a, "ConfigMap/flags has flag idle"), -1);
		assert_int_equal(finding(a, "ConfigMap/flags has flag calm"), -1);
		cc_about_free(a);
	}
}

static void healthy_world_is_quiet(void **state)
{
	cc_about *a = card(*state, "Deployment", "payment");
	for (size_t i = 0; i < cc_about_count(a); i++)
		if (cc_about_get(a, i)->section == CC_ABOUT_STATE)
			assert_int_equal(cc_about_get(a, i)->severity, 0);
	cc_about_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_rule, sick_setup, world_teardown),
		cmocka_unit_test_setup_teardown(lost_selector_is_fresh, lost_setup, world_teardown),
		cmocka_unit_test_setup_teardown(standing_faults, lost_setup, world_teardown),
		cmocka_unit_test_setup_teardown(healthy_world_is_quiet, world_setup, world_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
