/* Services and their endpoints, and the autoscalers: who is reached, and how many there are to be reached. */
#include "unit/forge/kube_world.h"

static kube_service *svc(int i)
{
	return &sim.kube.services[i];
}

static net_outcome reached(int from, int to)
{
	return net_connect(&sim, newest_pod(from), to, world_services[to].port).outcome;
}

/* --- Services --- */

static void test_selector(void **state)
{
	(void)state;
	begin();
	assert_int_equal(reached(FRONT, CART), NET_POD);
	uint64_t rv = svc(CART)->ep_rv;
	kube_change_service(&sim, sim.now, CART, "caart", 0, 0, "kubectl-edit");
	assert_int_equal(svc(CART)->generation, 2);
	assert_string_equal(svc(CART)->edits.p[0].manager, "kubectl-edit");
	assert_string_equal(svc(CART)->edits.p[0].fields, "{\"f:spec\":{\"f:selector\":{\"f:app\":{}}}}");
	run_ms(400);
	assert_int_equal(ready_of(CART), 0);
	assert_true(svc(CART)->ep_rv > rv && svc(CART)->ep_changed > sim.start + 300 * FORGE_S);
	assert_int_equal(reached(FRONT, CART), NET_REFUSED);
	assert_int_equal(kube_ready_count(&sim, CART), 4); /* the pods do not know */
	kube_change_service(&sim, sim.now, CART, "ledger", 0, 0, "kubectl-edit");
	run_ms(400);
	assert_int_equal(ready_of(CART), 2);               /* somebody else's */
	for (int i = 0; i < 2; i++) assert_int_equal(sim.kube.pods.p[svc(CART)->ready.p[i]].service, LEDGER);
	assert_int_equal(reached(FRONT, CART), NET_REFUSED); /* which listens elsewhere */
	kube_change_service(&sim, sim.now, CART, "cart", 0, 0, "kubectl-edit");
	run_ms(400);
	assert_int_equal(ready_of(CART), 4);
	assert_int_equal(reached(FRONT, CART), NET_POD);
	end();
}

static void test_ports(void **state)
{
	(void)state;
	begin();
	uint64_t rv = svc(CART)->rv, ep = svc(CART)->ep_rv;
	kube_change_service(&sim, sim.now, CART, NULL, 0, 8080, "kubectl-edit");
	assert_true(svc(CART)->rv == rv && svc(CART)->edits.n == 0); /* nothing changed */
	kube_change_service(&sim, sim.now, CART, NULL, 0, 8081, "kubectl-edit");
	run_ms(400);
	assert_true(svc(CART)->ep_rv > ep);
	assert_int_equal(ready_of(CART), 4);
	assert_int_equal(reached(FRONT, CART), NET_REFUSED);
	kube_change_service(&sim, sim.now, CART, NULL, 80, 8080, "kubectl-edit");
	assert_int_equal(reached(FRONT, CART), NET_SILENCE);   /* the old port is none of the Service's */
	assert_int_equal(net_connect(&sim, newest_pod(FRONT), CART, 80).outcome, NET_POD);
	end();
}

static void test_deleted(void **state)
{
	(void)state;
	begin();
	kube_delete_service(&sim, sim.now, CART);
	run_ms(400);
	assert_true(!svc(CART)->exists && svc(CART)->deleted_at == sim.start + 300 * FORGE_S);
	assert_int_equal(ready_of(CART), 0);
	assert_int_equal(reached(FRONT, CART), NET_NO_NAME);
	kube_change_service(&sim, sim.now, CART, "front", 0, 0, "kubectl-edit");
	run_ms(400);
	assert_int_equal(ready_of(CART), 0);
	end();
}

/* A pod leaves the endpoints when it is asked to stop, when its container dies, and comes back when it is ready. */
static void test_endpoints_follow(void **state)
{
	(void)state;
	begin();
	int a = nth_pod(CART, 0), b = nth_pod(CART, 1);
	kubelet_pod_delete(&sim, sim.now, a);
	run_ms(400);
	assert_int_equal(ready_of(CART), 3);
	kubelet_container_kill(&sim, sim.now, b, "Error", 1);
	run_ms(400);
	assert_int_equal(ready_of(CART), 2);
	run(30);
	assert_int_equal(ready_of(CART), 4);
	for (int i = 0; i < 4; i++) assert_int_not_equal(svc(CART)->ready.p[i], a);
	end();
}

static void test_policies(void **state)
{
	(void)state;
	begin();
	kube_add_policy(&sim, sim.now, "allow-cart", CART, false, false, "kubectl-client-side-apply");
	assert_int_equal(reached(FRONT, CART), NET_POD);
	kube_add_policy(&sim, sim.now, "deny-cart", CART, true, false, "kubectl-client-side-apply");
	assert_int_equal(reached(FRONT, CART), NET_SILENCE);
	assert_int_equal(reached(FRONT, LEDGER), NET_POD);
	kube_policy_remove(&sim, sim.now, 1);
	assert_int_equal(reached(FRONT, CART), NET_POD);
	end();
}

/* --- autoscalers --- */

static int load_m;               /* processor the two or more pods of `front` use together */

static void burn(forge_sim *s, int64_t now, int a, int b)
{
	int n = kube_ready_count(s, FRONT);
	(void)a, (void)b;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		kube_pod *p = &s->kube.pods.p[i];
		if (p->workload == FRONT && p->ready && n) p->cpu_us += (int64_t)load_m * 1000 / n;
	}
	forge_at(s, now + FORGE_S, burn, 0, 0);
}

static const kube_hpa *hpa(void)
{
	return &sim.kube.hpas.p[0];
}

static int replicas(void)
{
	return sim.kube.workloads.p[FRONT].replicas;
}

static void begin_load(int m)
{
	begin();
	load_m = m;
	forge_at(&sim, sim.now, burn, 0, 0);
}

static void test_hpa_steady(void **state)
{
	(void)state;
	begin_load(290);
	run(400);
	assert_int_equal(replicas(), 2);         /* a tenth too much is nothing to act upon */
	assert_in_range(hpa()->percent, 73, 76); /* 145 m of 200 m, and what a runtime uses at rest */
	assert_true(hpa()->active && hpa()->able && !hpa()->limited);
	assert_string_equal(hpa()->active_reason, "ValidMetricFound");
	assert_string_equal(hpa()->able_reason, "ReadyForNewScale");
	assert_string_equal(hpa()->limited_reason, "DesiredWithinRange");
	end();
}

static void test_hpa_up_and_down(void **state)
{
	(void)state;
	begin_load(260);
	run(120);
	load_m = 520;             /* of four pods 65 % each */
	run(60);
	assert_int_equal(replicas(), 4);
	check_str(expect_event("SuccessfulRescale", "front", NULL)->message,
		"New size: 4; reason: cpu resource utilization (percentage of request) above target");
	load_m = 790;             /* enough for six */
	run(90);
	assert_int_equal(replicas(), 5);
	assert_int_equal(event_count("SuccessfulRescale", "front", "New size: 6"), 0);
	assert_true(hpa()->limited);
	assert_string_equal(hpa()->limited_reason, "TooManyReplicas");
	int64_t calm = sim.now;
	load_m = 100;
	while (replicas() == 5 && sim.now < calm + 600 * FORGE_S) run(1);
	assert_in_range((sim.now - calm) / FORGE_S, 285, 330); /* the largest advice of five minutes holds it up */
	check_str(last_message("SuccessfulRescale", "front"), forge_text(&sim, "New size: %d; reason: All metrics below target", replicas()));
	run(60);
	assert_int_equal(replicas(), 2);
	assert_string_equal(sim.kube.workloads.p[FRONT].edits.p[0].manager, "kube-controller-manager");
	end();
}

/* At most twice as many, or four more, every time it looks. */
static void test_hpa_speed(void **state)
{
	(void)state;
	begin_load(260);
	run(60);
	kube_change_hpa(&sim, sim.now, 0, 2, 20, 70, NULL, NULL, "kubectl-edit");
	load_m = 20000;
	run(120);
	check_str(nth_event(0, "SuccessfulRescale", "front", NULL)->message,
		"New size: 6; reason: cpu resource utilization (percentage of request) above target");
	expect_event("SuccessfulRescale", "front", "New size: 12; ");
	expect_event("SuccessfulRescale", "front", "New size: 20; ");
	assert_int_equal(event_count("SuccessfulRescale", "front", NULL), 3);
	end();
}

/* Pods that cannot be judged yet count as idle: two that use too much and two that wait are about enough. */
static void test_hpa_unready(void **state)
{
	(void)state;
	begin_load(260);
	for (int n = 1; n < (int)sim.kube.nodes.n; n++) kube_cordon(&sim, sim.now, n, true, "kubectl-cordon");
	kube_change_replicas(&sim, sim.now, FRONT, 4, "kubectl");
	load_m = 592;             /* 600 of 4 x 140 wanted; the ready ones alone would ask for a fifth */
	run(90);
	assert_int_equal(kube_ready_count(&sim, FRONT), 2);
	assert_int_equal(replicas(), 4);
	end();
}

static void test_hpa_no_metric(void **state)
{
	(void)state;
	begin_load(260);
	run(60);
	kube_change_hpa(&sim, sim.now, 0, 2, 5, 70, "requests_per_second", NULL, "kubectl-edit");
	run(40);
	assert_true(!hpa()->active && hpa()->able);
	assert_string_equal(hpa()->active_reason, "FailedGetResourceMetric");
	check_str(hpa()->active_message, "the HPA was unable to compute the replica count: failed to get requests_per_second utilization: unable to "
		"get metrics for resource requests_per_second: no metrics returned from resource metrics API");
	const forge_event *e = expect_event("FailedComputeMetricsReplicas", "front", "requests_per_second");
	assert_true(e->warning && e->count + e->unsent >= 2);
	check_str(e->message, "invalid metrics (1 invalid out of 1), first error is: failed to get requests_per_second resource metric value: failed "
		"to get requests_per_second utilization: unable to get metrics for resource requests_per_second: no metrics returned from resource "
		"metrics API");
	load_m = 2500;
	run(120);
	assert_int_equal(replicas(), 2); /* blind */
	kube_change_hpa(&sim, sim.now, 0, 2, 5, 70, "cpu", NULL, "kubectl-edit");
	run(60);
	assert_int_equal(replicas(), 5);
	end();
}

/* Without a request there is no percentage of it. */
static void test_hpa_no_request(void **state)
{
	(void)state;
	begin_load(260);
	forge_template t = template_of(FRONT);
	t.cpu_request_m = t.cpu_limit_m = 0;
	change(FRONT, &t);
	run(120);
	assert_false(hpa()->active);
	expect_event("FailedGetResourceMetric", "front", forge_text(&sim,
		"failed to get cpu utilization: missing request for cpu in container front of Pod %s", pod(FRONT)->name));
	end();
}

static void test_hpa_no_target(void **state)
{
	(void)state;
	begin_load(260);
	kube_change_hpa(&sim, sim.now, 0, 2, 5, 70, NULL, "frnt", "kubectl-edit");
	run(40);
	assert_false(hpa()->able);
	assert_string_equal(hpa()->able_reason, "FailedGetScale");
	check_str(expect_event("FailedGetScale", "front", NULL)->message, "deployments.apps \"frnt\" not found");
	kube_change_hpa(&sim, sim.now, 0, 2, 5, 70, "nothing", "front", "kubectl-edit");
	run(40);
	assert_true(hpa()->able && !hpa()->active);
	assert_string_equal(hpa()->able_reason, "SucceededGetScale");
	kube_change_hpa(&sim, sim.now, 0, 2, 5, 70, "cpu", NULL, "kubectl-edit");
	run(40);
	assert_true(hpa()->able && hpa()->active);
	end();
}

static void test_hpa_bounds(void **state)
{
	(void)state;
	begin_load(260);
	kube_change_hpa(&sim, sim.now, 0, 3, 4, 70, NULL, NULL, "kubectl-edit");
	assert_string_equal(hpa()->edits.p[0].fields, "{\"f:spec\":{\"f:maxReplicas\":{},\"f:minReplicas\":{}}}");
	run(20);
	assert_int_equal(replicas(), 3);
	check_str(last_message("SuccessfulRescale", "front"), "New size: 3; reason: Current number of replicas below Spec.MinReplicas");
	kube_change_hpa(&sim, sim.now, 0, 1, 1, 70, NULL, NULL, "kubectl-edit");
	run(20);
	assert_int_equal(replicas(), 1);
	check_str(last_message("SuccessfulRescale", "front"), "New size: 1; reason: Current number of replicas above Spec.MaxReplicas");
	kube_change_replicas(&sim, sim.now, FRONT, 0, "kubectl");
	run(40);
	assert_int_equal(replicas(), 0);
	assert_string_equal(hpa()->active_reason, "ScalingDisabled");
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_selector), cmocka_unit_test(test_ports), cmocka_unit_test(test_deleted), cmocka_unit_test(test_endpoints_follow),
		cmocka_unit_test(test_policies), cmocka_unit_test(test_hpa_steady), cmocka_unit_test(test_hpa_up_and_down), cmocka_unit_test(test_hpa_speed), cmocka_unit_test(test_hpa_unready),
		cmocka_unit_test(test_hpa_no_metric), cmocka_unit_test(test_hpa_no_request), cmocka_unit_test(test_hpa_no_target),
		cmocka_unit_test(test_hpa_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
