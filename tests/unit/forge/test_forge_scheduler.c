/* The scheduler: where pods go, why they wait, and what they say about it. */
#include "unit/forge/kube_world.h"
#include "unit/forge/real_wording.h"

enum { ALL = -1 };

static int nodes(void)
{
	return (int)sim.kube.nodes.n;
}

/* Cordons one worker or all, except one. */
static void cordon(int which, int except, bool on)
{
	for (int n = 1; n < nodes(); n++)
		if (n != except && (which == ALL || n == which)) kube_cordon(&sim, sim.now, n, on, on ? "kubectl-cordon" : "kubectl-uncordon");
}

static const char *why_waits(int workload)
{
	const kube_pod *p = pod(workload);
	assert_int_equal(p->node, -1);
	assert_non_null(p->unscheduled);
	return p->unscheduled;
}

/* The newest pod of the workload waits, and its condition and its event say so in these words. */
static void expect_waits(int workload, const char *text)
{
	check_str(S(why_waits(workload)), text);
	const forge_event *e = expect_event("FailedScheduling", pod(workload)->name, NULL);
	assert_true(e->warning && e->series && kube_is(e->component, "default-scheduler"));
}

static int add(const char *name, int replicas, forge_template t)
{
	int w = add_workload(name, WL_DEPLOYMENT, replicas, &t);
	run(15);
	return w;
}

static const char *others(const char *fmt)
{
	return forge_text(&sim, "0/%d nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, "
		"%d %s. preemption: 0/%d nodes are available: %d Preemption is not helpful for scheduling.", nodes(), nodes() - 1, fmt, nodes(), nodes());
}

/* --- filters --- */

static void test_spread(void **state)
{
	(void)state;
	begin();
	int on[KUBE_NODES_MAX] = { 0 };
	for (size_t i = 0; i < sim.kube.pods.n; i++) {
		const kube_pod *p = &sim.kube.pods.p[i];
		assert_true(p->node > 0); /* never the control plane */
		if (p->workload == CART) on[p->node]++;
		check_str(expect_event("Scheduled", p->name, NULL)->message,
			forge_text(&sim, "Successfully assigned shop/%s to %s", p->name, sim.kube.nodes.p[p->node].name));
	}
	for (int n = 1; n < nodes(); n++) assert_in_range(on[n], 4 / (nodes() - 1), 2);
	end();
}

static void test_cordon(void **state)
{
	(void)state;
	begin();
	cordon(ALL, 2, true);
	run(12);
	assert_string_equal(sim.kube.nodes.p[1].edits.p[0].manager, "kubectl-cordon");
	assert_string_equal(sim.kube.nodes.p[1].edits.p[1].manager, "kube-controller-manager"); /* its taint */
	check_str(expect_event("NodeNotSchedulable", sim.kube.nodes.p[1].name, NULL)->message,
		forge_text(&sim, "Node %s status is now: NodeNotSchedulable", sim.kube.nodes.p[1].name));
	assert_int_equal(ready_of(CART), 4); /* what runs there runs on */
	kube_restart_rollout(&sim, sim.now, LEDGER, "kubectl-rollout");
	run(30);
	assert_int_equal(ready_of(LEDGER), 2);
	for (int i = 0; i < 2; i++) assert_int_equal(sim.kube.pods.p[nth_pod(LEDGER, i)].node, 2);
	cordon(2, 0, true);
	forge_template t = { .cpu_request_m = 10 };
	int w = add("late", 1, t);
	expect_waits(w, forge_text(&sim, "0/%d nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, %d "
		"node(s) were unschedulable. preemption: 0/%d nodes are available: %d Preemption is not helpful for scheduling.", nodes(), nodes() - 1,
		nodes(), nodes()));
	assert_int_equal(event_count("NodeSchedulable", "", NULL), 0);
	cordon(3, 0, false);
	run(12);
	assert_int_equal(pod(w)->node, 3);
	assert_null(pod(w)->unscheduled);
	expect_event("NodeSchedulable", sim.kube.nodes.p[3].name, NULL);
	end();
}

static void test_node_selector(void **state)
{
	(void)state;
	begin();
	forge_template t = { .cpu_request_m = 10, .node_selector_key = "disk", .node_selector_value = "fast" };
	expect_waits(add("disk", 1, t), others("node(s) didn't match Pod's node affinity/selector"));
	t.node_selector_key = "kubernetes.io/arch";
	t.node_selector_value = "arm64";
	expect_waits(add("arm", 1, t), others("node(s) didn't match Pod's node affinity/selector"));
	t.node_selector_value = "amd64";
	assert_true(pod(add("amd", 1, t))->node > 0);
	t.node_selector_key = "kubernetes.io/hostname";
	t.node_selector_value = sim.kube.nodes.p[2].name;
	int w = add("here", 3, t);
	for (int i = 0; i < 3; i++) assert_int_equal(sim.kube.pods.p[nth_pod(w, i)].node, 2);
	end();
}

static void test_anti_affinity(void **state)
{
	(void)state;
	begin();
	int workers = nodes() - 1;
	forge_template t = template_of(LEDGER);
	t.anti_affinity = true;
	change(LEDGER, &t);
	kube_change_replicas(&sim, sim.now, LEDGER, workers + 1, "kubectl");
	run(60);
	assert_int_equal(ready_of(LEDGER), workers);
	for (int i = 0; i < workers; i++)
		for (int k = 0; k < i; k++) assert_int_not_equal(sim.kube.pods.p[nth_pod(LEDGER, i)].node, sim.kube.pods.p[nth_pod(LEDGER, k)].node);
	int waits = -1;
	for (int i = 0; nth_pod(LEDGER, i) >= 0; i++)
		if (sim.kube.pods.p[nth_pod(LEDGER, i)].node < 0) waits = nth_pod(LEDGER, i);
	assert_true(waits >= 0);
	check_str(S(sim.kube.pods.p[waits].unscheduled), forge_text(&sim, "0/%d nodes are available: 1 node(s) had untolerated taint "
		"{node-role.kubernetes.io/control-plane: }, %d node(s) didn't match pod anti-affinity rules. preemption: 0/%d nodes are available: 1 "
		"Preemption is not helpful for scheduling, %d No preemption victims found for incoming pod.", nodes(), workers, nodes(), workers));
	/* One goes, and its place is taken. */
	int gone = nth_pod(LEDGER, 0) == waits ? nth_pod(LEDGER, 1) : nth_pod(LEDGER, 0);
	kubelet_pod_remove(&sim, sim.now, gone);
	run(12);
	assert_true(sim.kube.pods.p[waits].node > 0);
	end();
}

/* A term that selects the whole release needs a node of its own, and then nobody else of the release may come there. */
static void test_anti_affinity_release(void **state)
{
	(void)state;
	begin_empty(7);
	kube_cordon(&sim, sim.now, 1, true, "kubectl-cordon");
	run(300);
	forge_template t = template_of(AD);
	t.anti_affinity = t.anti_affinity_release = true;
	change(AD, &t);
	run(15);
	assert_true(has(S(why_waits(AD)), forge_text(&sim, " %d node(s) didn't match pod anti-affinity rules. preemption: 0/%d nodes are available: 2 "
		"Preemption is not helpful for scheduling, %d No preemption victims found for incoming pod.", nodes() - 2, nodes(), nodes() - 2)));
	assert_int_equal(ready_of(AD), 1); /* the old pod serves on */
	kube_cordon(&sim, sim.now, 1, false, "kubectl-uncordon");
	run(40);
	assert_int_equal(pod(AD)->node, 1);
	assert_int_equal(ready_of(AD), 1);
	cordon(ALL, 1, true);
	kube_change_replicas(&sim, sim.now, CART, 5, "kubectl");
	run(15);
	check_str(S(why_waits(CART)), forge_text(&sim, "0/%d nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules, 1 node(s) "
		"had untolerated taint {node-role.kubernetes.io/control-plane: }, %d node(s) were unschedulable. preemption: 0/%d nodes are available: 1 "
		"No preemption victims found for incoming pod, %d Preemption is not helpful for scheduling.", nodes(), nodes() - 2, nodes(), nodes() - 1));
	forge_template foreign = { .cpu_request_m = 10 };
	assert_int_equal(pod(add("stranger", 1, foreign))->node, 1);
	end();
}

static void test_claims(void **state)
{
	(void)state;
	begin();
	forge_template t = { .cpu_request_m = 10, .claim = "nope" };
	expect_waits(add("lost", 1, t), forge_text(&sim, "0/%d nodes are available: persistentvolumeclaim \"nope\" not found. preemption: 0/%d nodes are "
		"available: %d Preemption is not helpful for scheduling.", nodes(), nodes(), nodes()));
	sim.kube.claims.p[0].bound = false;
	sim.kube.claims.p[0].storage_class = "fast-ssd";
	t.claim = "redis-data";
	int w = add("unbound", 1, t);
	assert_true(has(S(why_waits(w)), "nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/"));
	run(15);
	check_str(expect_event("ProvisioningFailed", "redis-data", NULL)->message, "storageclass.storage.k8s.io \"fast-ssd\" not found");
	sim.kube.claims.p[0].bound = true;
	scheduler_wake(&sim, sim.now);
	run(12);
	assert_true(pod(w)->node > 0);
	end();
}

static void test_memory_pressure(void **state)
{
	(void)state;
	begin();
	for (int n = 1; n < nodes(); n++) {
		sim.kube.nodes.p[n].memory_pressure = true;
		sim.kube.nodes.p[n].pressure_seen = sim.now;
	}
	forge_template t = { .cpu_request_m = 10 };
	check_str(S(why_waits(add("late", 1, t))), forge_text(&sim, "0/%d nodes are available: 1 node(s) had untolerated taint "
		"{node-role.kubernetes.io/control-plane: }, %d node(s) had untolerated taint {node.kubernetes.io/memory-pressure: }. preemption: 0/%d "
		"nodes are available: %d Preemption is not helpful for scheduling.", nodes(), nodes() - 1, nodes(), nodes()));
	end();
}

/* --- room --- */

static const char *too_big(const char *reasons)
{
	return forge_text(&sim, "0/%d nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, %s. preemption: "
		"0/%d nodes are available: 1 Preemption is not helpful for scheduling, %d No preemption victims found for incoming pod.", nodes(),
		reasons, nodes(), nodes() - 1);
}

static void test_room(void **state)
{
	(void)state;
	begin();
	int w = nodes() - 1, cpu = sim.kube.nodes.p[1].cpu_m, mem = sim.kube.nodes.p[1].mem_mi;
	forge_template t = { .cpu_request_m = cpu };
	expect_waits(add("cpu", 1, t), too_big(forge_text(&sim, "%d Insufficient cpu", w)));
	t.mem_request_mi = mem;
	expect_waits(add("both", 1, t), too_big(forge_text(&sim, "%d Insufficient cpu, %d Insufficient memory", w, w)));
	t.cpu_request_m = 10;
	expect_waits(add("memory", 1, t), too_big(forge_text(&sim, "%d Insufficient memory", w)));
	/* Half a node each: one a node, the next waits until one goes. */
	forge_template half = { .cpu_request_m = cpu * 6 / 10 };
	int h = add("half", w + 1, half), waiting = 0;
	for (int i = 0; i <= w; i++) waiting += sim.kube.pods.p[nth_pod(h, i)].node < 0;
	assert_int_equal(waiting, 1);
	kube_change_replicas(&sim, sim.now, h, w, "kubectl");
	run(12);
	for (int i = 0; i < w; i++) assert_true(sim.kube.pods.p[nth_pod(h, i)].node > 0);
	end();
}

/* The more important pod makes room: the fewest and least important victims go, and it comes when they have gone. */
static void test_preemption(void **state)
{
	(void)state;
	begin();
	int w = nodes() - 1, cpu = sim.kube.nodes.p[1].cpu_m;
	forge_template low = { .cpu_request_m = cpu * 7 / 10 };
	int filler = add("filler", w, low);
	for (int i = 0; i < w; i++) assert_true(sim.kube.pods.p[nth_pod(filler, i)].node > 0);
	forge_template high = { .cpu_request_m = cpu * 6 / 10, .priority = 1000000, .priority_class = "urgent" };
	int urgent = add_workload("urgent", WL_DEPLOYMENT, 1, &high);
	run_ms(300);
	const kube_pod *p = pod(urgent);
	assert_true(p->nominated > 1);
	assert_true(has(S(why_waits(urgent)), forge_text(&sim, ", %d Insufficient cpu.", w)));
	assert_false(has(S(p->unscheduled), "preemption"));
	assert_int_equal(event_count("Preempted", "", NULL), 1);
	const forge_event *e = expect_event("Preempted", "filler-", NULL);
	check_str(e->message, forge_text(&sim, "Preempted by pod %s on node %s", p->uid, sim.kube.nodes.p[p->nominated - 1].name));
	assert_false(e->warning);
	int node = p->nominated - 1;
	run(15);
	assert_int_equal(pod(urgent)->node, node);
	assert_int_equal(pod(urgent)->nominated, 0);
	assert_int_equal(pod(filler)->node, -1); /* its replacement finds nothing */
	assert_int_equal(event_count("Preempted", "", NULL), 1);
	end();
}

static int filler(const char *name, int node, int percent, int priority)
{
	forge_template t = { .cpu_request_m = sim.kube.nodes.p[node].cpu_m * percent / 100, .priority = priority,
		.node_selector_key = "kubernetes.io/hostname", .node_selector_value = sim.kube.nodes.p[node].name };
	int w = add(name, 1, t);
	assert_int_equal(pod(w)->node, node);
	return w;
}

/* The least important victim of a node, and of the nodes the one whose victims are least important. */
static void test_victims(void **state)
{
	(void)state;
	begin();
	cordon(ALL, 1, true);
	kube_cordon(&sim, sim.now, 2, false, "kubectl-uncordon");
	filler("low", 1, 40, 1);
	int better = filler("better", 1, 40, 100);
	filler("high", 2, 80, 500);
	forge_template t = { .cpu_request_m = sim.kube.nodes.p[1].cpu_m * 4 / 10, .priority = 1000 };
	int w = add("urgent", 1, t);
	assert_int_equal(pod(w)->node, 1);
	assert_int_equal(event_count("Preempted", "", NULL), 1);
	expect_event("Preempted", "low-", NULL);
	assert_true(pod(better)->ready);
	end();
}

/* Room that has been made is kept for whom it was made, though the last victim takes its time. */
static void test_preemption_waits(void **state)
{
	(void)state;
	begin();
	forge_template t = template_of(AD); /* a JVM ends slowly */
	t.cpu_request_m = sim.kube.nodes.p[1].cpu_m * 4 / 10;
	t.node_selector_key = "kubernetes.io/hostname";
	t.node_selector_value = sim.kube.nodes.p[1].name;
	kube_change_replicas(&sim, sim.now, AD, 2, "kubectl");
	change(AD, &t);
	run(90);
	assert_int_equal(ready_of(AD), 2);
	t = (forge_template){ .cpu_request_m = sim.kube.nodes.p[1].cpu_m * 6 / 10, .priority = 1000 };
	cordon(ALL, 1, true);
	int w = add_workload("urgent", WL_DEPLOYMENT, 1, &t);
	for (int i = 0; i < 450 && (i < 10 || pod(w)->node < 0); i++) {
		run_ms(100);
		for (size_t k = 0; k < sim.kube.pods.n; k++) { /* the replacements do not slip in */
			const kube_pod *p = &sim.kube.pods.p[k];
			assert_true(p->service != AD || p->node < 0 || p->created < sim.start + 390 * FORGE_S);
		}
	}
	assert_int_equal(pod(w)->node, 1);
	assert_int_equal(event_count("Preempted", "ad-", NULL), 2);
	expect_event("FailedScheduling", "urgent-", "preemption: not eligible due to a terminating pod on the nominated node.");
	end();
}

/* Nobody is driven away for a pod of the same priority, nor where it would not help. */
static void test_no_preemption(void **state)
{
	(void)state;
	begin();
	forge_template low = { .cpu_request_m = sim.kube.nodes.p[1].cpu_m * 7 / 10 };
	add("filler", nodes() - 1, low);
	expect_waits(add("equal", 1, low), too_big(forge_text(&sim, "%d Insufficient cpu", nodes() - 1)));
	forge_template huge = { .cpu_request_m = sim.kube.nodes.p[1].cpu_m * 2, .priority = 1000 };
	expect_waits(add("huge", 1, huge), too_big(forge_text(&sim, "%d Insufficient cpu", nodes() - 1)));
	assert_int_equal(event_count("Preempted", "", NULL), 0);
	end();
}

/* Retries back off, and what nothing wakes is tried again after five minutes. */
static void test_retries(void **state)
{
	(void)state;
	begin();
	forge_template t = { .cpu_request_m = 10, .node_selector_key = "disk", .node_selector_value = "fast" };
	int w = add("disk", 1, t);
	assert_int_equal(pod(w)->tries, 1);
	for (int i = 0; i < 100; i++) { /* woken all the time: 1, 2, 4, 8, 10, 10 … s */
		scheduler_wake(&sim, sim.now);
		run_ms(500);
	}
	assert_in_range(pod(w)->tries, 6, 9);
	run(12);
	int tries = pod(w)->tries;
	run(270);
	assert_int_equal(pod(w)->tries, tries);
	run(60);
	assert_int_equal(pod(w)->tries, tries + 1);
	end();
}

/* --- wording --- */

/* As it was said by the version that was recorded: other words for taints and selectors, nothing yet about preemption. */
static void older(cc_buf *b, const char *text)
{
	const char *end_of = strstr(text, " preemption:");
	cc_buf_add(b, cc_str_sub(S(text), 0, end_of ? (size_t)(end_of - text) : strlen(text)));
	replace_all(b, "had untolerated taint {node-role.kubernetes.io/control-plane: }",
		"had taint {node-role.kubernetes.io/control-plane: }, that the pod didn't tolerate");
	replace_all(b, "node affinity/selector", "node affinity");
}

static void test_real_wording(void **state)
{
	(void)state;
	begin();
	cc_map *real = real_wording(sim.arena);
	if (!real) {
		end();
		skip();
	}
	forge_template t = { .cpu_request_m = 10, .node_selector_key = "disk", .node_selector_value = "fast" };
	cc_buf b = CC_BUF_INIT;
	older(&b, why_waits(add("disk", 1, t)));
	assert_true(real_says(real, "FailedScheduling", cc_buf_str(&b)));
	assert_true(real_says(real, "Scheduled", expect_event("Scheduled", "cart-", NULL)->message));
	cc_buf_deinit(&b);
	cc_map_free(real);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spread), cmocka_unit_test(test_cordon), cmocka_unit_test(test_node_selector), cmocka_unit_test(test_anti_affinity),
		cmocka_unit_test(test_anti_affinity_release), cmocka_unit_test(test_claims), cmocka_unit_test(test_memory_pressure),
		cmocka_unit_test(test_room), cmocka_unit_test(test_preemption), cmocka_unit_test(test_victims), cmocka_unit_test(test_preemption_waits),
		cmocka_unit_test(test_no_preemption), cmocka_unit_test(test_retries),
		cmocka_unit_test(test_real_wording),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
