/* What a node's kubelet and kernel do with processors and memory: shares, limits, kills, evictions. */
#include "unit/forge/kube_world.h"

static kube_node *node(int i)
{
	return &sim.kube.nodes.p[i];
}

/* Puts a new pod of a service, or of nobody, on a worker. */
static forge_template pinned(forge_template t, int worker)
{
	t.node_selector_key = "kubernetes.io/hostname";
	t.node_selector_value = node(worker)->name;
	return t;
}

/* A pod of nobody's on a worker, using that much. */
static int stranger(const char *name, int worker, int request_m, int use_m, int use_mi)
{
	forge_template t = pinned((forge_template){ .image = "busybox:latest", .cpu_request_m = request_m, .init_service = -1 }, worker);
	kube_workload w = { .kind = WL_DEPLOYMENT, .service = -1, .name = name, .replicas = 1, .tmpl = t, .cpu_use_m = use_m, .mem_use_mi = use_mi };
	int i = kube_add_workload(&sim, sim.now, &w);
	run(8);
	assert_true(pod(i)->started);
	return newest_pod(i);
}

/* Processor a pod used in the next seconds, in millicores. */
static int64_t used_m(int i, int seconds)
{
	int64_t before = at(i)->cpu_us;
	run(seconds);
	return (at(i)->cpu_us - before) / (seconds * 1000);
}

/* --- memory --- */

static void test_oom_in_boot(void **state)
{
	(void)state;
	begin();
	forge_template t = template_of(AD);
	t.mem_limit_mi = 100; /* it needs 220 at rest */
	int i = fresh(AD, &t), ups = told.ups[AD];
	run(120);
	assert_true(at(i)->restarts >= 3 && told.ups[AD] == ups);
	assert_string_equal(at(i)->last_reason, "OOMKilled");
	assert_int_equal(at(i)->last_code, 137);
	int64_t lived = at(i)->last_finished - at(i)->last_started;
	assert_in_range(lived / FORGE_MS, 1000, 6000); /* of eight seconds of boot, about a quarter */
	expect_event("BackOff", at(i)->name, "Back-off restarting failed container ad");
	end();
}

static void test_oom_kill(void **state)
{
	(void)state;
	begin();
	int i = newest_pod(AD);
	assert_in_range(at(i)->mem_kib / 1024, 210, 240);
	at(i)->leak_kib = 60 * 1024;
	run(6);
	assert_true(at(i)->restarts == 0 && at(i)->mem_kib > 270 * 1024);
	at(i)->leak_kib = 120 * 1024; /* 340 of 300 */
	run(6);
	assert_true(kube_is(at(i)->last_reason, "OOMKilled") && !at(i)->ready && at(i)->leak_kib == 0);
	assert_int_equal(told.downs[AD], 1);
	run(40);
	assert_true(at(i)->ready && at(i)->restarts == 1);
	assert_in_range(at(i)->mem_kib / 1024, 210, 240);
	end();
}

/* A cache sized from the limit: without one it grows for five minutes and then has all it wants. */
static void test_unlimited_cache(void **state)
{
	(void)state;
	begin();
	forge_template t = template_of(AD);
	t.mem_limit_mi = 0;
	int i = fresh(AD, &t);
	run(19);
	while (!at(i)->up) run(1);
	int64_t since = at(i)->started;
	run((since + 150 * FORGE_S - sim.now) / FORGE_S);
	assert_in_range(at(i)->mem_kib / 1024, 480, 560);   /* 220 and half of 600 */
	run(160);
	assert_in_range(at(i)->mem_kib / 1024, 790, 850);
	run(300);
	assert_in_range(at(i)->mem_kib / 1024, 790, 850);
	assert_int_equal(at(i)->restarts, 0);
	end();
}

static int64_t available_mi(int n)
{
	return node(n)->mem_mi - node(n)->mem_used_kib / 1024;
}

static void test_eviction(void **state)
{
	(void)state;
	begin();
	int modest = stranger("modest", 1, 10, 5, 10), hog = stranger("hog", 1, 10, 5, 20);
	run(6);
	int neighbour = -1;
	for (int k = 0; k < 4; k++)
		if (at(nth_pod(CART, k))->node == 1) neighbour = nth_pod(CART, k);
	assert_true(neighbour >= 0 && at(neighbour)->cpu_share_m > 490);
	at(hog)->stress_mem_mi = (int)available_mi(1) - 60; /* 60 Mi remain, 100 are demanded */
	char name[FORGE_NAME];
	memcpy(name, at(hog)->name, sizeof name);
	run(5);
	assert_true(node(1)->memory_pressure);
	assert_true(at(hog)->evicted && !at(modest)->evicted);
	assert_string_equal(at(hog)->phase, "Failed");
	check_str(expect_event("NodeHasInsufficientMemory", node(1)->name, NULL)->message,
		forge_text(&sim, "Node %s status is now: NodeHasInsufficientMemory", node(1)->name));
	assert_true(expect_event("EvictionThresholdMet", node(1)->name, "Attempting to reclaim memory")->warning);
	const forge_event *e = expect_event("Evicted", name, NULL);
	assert_true(cc_str_starts(e->message, S("The node was low on resource: memory. Threshold quantity: 100Mi, available: ")));
	assert_true(has(e->message, "Container hog was using ") && has(e->message, "Ki, request is 0, has larger consumption of memory. "));
	assert_true(cc_str_eq(at(hog)->status_message, e->message));
	expect_event("Killing", name, "Stopping container hog");
	/* Its owner makes another one, which may not come to this node while it is short of memory. */
	int again = newest_pod(at(hog)->workload);
	assert_true(again != hog);
	run(60);
	assert_in_range(at(neighbour)->cpu_share_m, 390, 400); /* reclaiming takes its part */
	assert_true(at(again)->node < 0 && has(S(at(again)->unscheduled), "node.kubernetes.io/memory-pressure"));
	run(200);
	assert_true(node(1)->memory_pressure); /* five minutes after the last shortage */
	run(60);
	assert_false(node(1)->memory_pressure);
	expect_event("NodeHasSufficientMemory", node(1)->name, NULL);
	run(15);
	assert_int_equal(at(again)->node, 1);
	end();
}

/* Who is over his request goes first, then the less important, then who is furthest over. */
static void test_eviction_order(void **state)
{
	(void)state;
	begin();
	forge_template t = pinned((forge_template){ .cpu_request_m = 10, .mem_request_mi = 400 }, 1);
	int inside = add_workload("inside", WL_DEPLOYMENT, 1, &t);
	t.mem_request_mi = 0;
	t.priority = 1000;
	int important = add_workload("important", WL_DEPLOYMENT, 1, &t);
	t.priority = 0;
	int small = add_workload("small", WL_DEPLOYMENT, 1, &t), large = add_workload("large", WL_DEPLOYMENT, 1, &t);
	run(10);
	pod(inside)->stress_mem_mi = 380;
	pod(important)->stress_mem_mi = 3000;
	pod(small)->stress_mem_mi = 100;
	run(6);
	int i = newest_pod(inside), p = newest_pod(important), m = newest_pod(small), l = newest_pod(large);
	at(l)->stress_mem_mi = (int)available_mi(1) - 50;
	run(5);
	assert_true(at(l)->evicted && !at(m)->evicted && !at(p)->evicted && !at(i)->evicted);
	run(6);
	/* The one inside its request takes the rest: of the two that are over theirs the unimportant one goes. */
	((forge_template *)(uintptr_t)at(i)->tmpl)->mem_request_mi = node(1)->mem_mi;
	at(i)->stress_mem_mi += (int)available_mi(1) - 50;
	run(5);
	assert_true(at(m)->evicted && !at(p)->evicted && !at(i)->evicted);
	run(6);
	at(i)->stress_mem_mi += (int)available_mi(1) - 50; /* and of these two the important one, who is over his */
	run(10);
	assert_true(at(p)->evicted && !at(i)->evicted);
	end();
}

/* Too fast for the kubelet: the kernel kills, and the pod stays where it is. */
static void test_system_oom(void **state)
{
	(void)state;
	begin();
	int hog = stranger("hog", 1, 10, 5, 20);
	run(6);
	at(hog)->stress_mem_mi = (int)available_mi(1) + 500;
	run(5);
	assert_true(expect_event("SystemOOM", node(1)->name, "System OOM encountered, victim process: hog, pid: ")->warning);
	assert_true(kube_is(at(hog)->last_reason, "OOMKilled") && !at(hog)->evicted);
	at(hog)->stress_mem_mi = 0;
	run(30);
	assert_true(at(hog)->started && at(hog)->node == 1);
	end();
}

/* --- processors --- */

static void test_room_for_all(void **state)
{
	(void)state;
	begin();
	for (size_t i = 0; i < sim.kube.pods.n; i++) {
		const kube_pod *p = at((int)i);
		int limit = p->tmpl->cpu_limit_m ? p->tmpl->cpu_limit_m : 2000;
		assert_in_range(p->cpu_share_m, limit - 10, limit);
		assert_int_equal(p->throttled_periods, 0);
	}
	for (int n = 1; n < (int)sim.kube.nodes.n; n++) assert_in_range(node(n)->cpu_used_m, 100, 200);
	end();
}

/* Others want everything: who asked for more gets more, in proportion, and it ends with them. */
static void test_contention(void **state)
{
	(void)state;
	begin();
	int cpu = node(1)->cpu_m;
	forge_template t = pinned(template_of(AD), 1);
	int i = fresh(AD, &t);
	while (!at(i)->ready) run(1);
	int before = at(i)->cpu_share_m;
	int heavy = stranger("heavy", 1, 800, cpu * 2, 20), light = stranger("light", 1, 200, cpu * 2, 20);
	run(12);
	int64_t seconds = 30, h = at(heavy)->cpu_us, l = at(light)->cpu_us;
	run(seconds);
	int64_t a = (at(heavy)->cpu_us - h) / (seconds * 1000), b = (at(light)->cpu_us - l) / (seconds * 1000);
	assert_in_range(a * 100 / b, 380, 420);         /* 800 to 200 */
	assert_in_range(a + b, cpu * 8 / 10, cpu);
	assert_in_range(node(1)->cpu_used_m, cpu * 9 / 10, cpu);
	assert_true(before > 1500 && at(i)->cpu_share_m < before);
	int64_t weights = 0;      /* its part is that of its request, and queueing for it costs some */
	for (size_t k = 0; k < sim.kube.pods.n; k++)
		if (at((int)k)->node == 1 && at((int)k)->started && !at((int)k)->gone) weights += at((int)k)->tmpl->cpu_request_m;
	int64_t part = (cpu - 120) * 300 / weights * 7 / 10;
	assert_in_range(at(i)->cpu_share_m, part - 10, part + 10);
	kube_delete_workload(&sim, sim.now, at(heavy)->workload);
	kube_delete_workload(&sim, sim.now, at(light)->workload);
	run(15);
	assert_true(at(i)->cpu_share_m >= before - 10);
	end();
}

static void test_limit(void **state)
{
	(void)state;
	begin();
	int i = nth_pod(CART, 0), other = nth_pod(CART, 1);
	at(i)->stress_cpu_m = 4000; /* limit 500 */
	run(6);
	int64_t periods = at(i)->periods, hit = at(i)->throttled_periods, lost = at(i)->throttled_us;
	int64_t m = used_m(i, 60);
	assert_in_range(m, 300, 500);
	assert_in_range(at(i)->periods - periods, 500, 600);
	assert_true((at(i)->throttled_periods - hit) * 10 > (at(i)->periods - periods) * 9);
	assert_in_range((at(i)->throttled_us - lost) / 1000000, 45, 55); /* of 60 s what is too much */
	assert_int_equal(at(other)->throttled_us, 0);
	assert_in_range(at(i)->cpu_share_m, 80, 120); /* one of five threads */
	assert_true(at(other)->cpu_share_m > 480);
	int64_t before = at(i)->cpu_us;
	for (int k = 0; k < 60; k++, run(1)) at(i)->cpu_us += 400 * 1000; /* requests use 400 m of it */
	assert_in_range((at(i)->cpu_us - before) / 60000, 450, 510);
	at(i)->stress_cpu_m = 0;
	run(10);
	assert_true(at(i)->cpu_share_m > 480);
	end();
}

static int64_t boot_ms(int limit_m)
{
	forge_template t = template_of(CART);
	t.cpu_limit_m = limit_m;
	int i = fresh(CART, &t);
	for (int k = 0; k < 3000 && !at(i)->up; k++) run_ms(100);
	assert_true(at(i)->up);
	int64_t took = (sim.now - at(i)->started) / FORGE_MS;
	run(120);                /* the rollout ends */
	return took;
}

/* Booting is work: 2.5 s when it gets what it can use (300 m), longer by as much as it gets less. */
static void test_slow_boot(void **state)
{
	(void)state;
	begin();
	assert_in_range(boot_ms(450), 2250, 3000);
	assert_in_range(boot_ms(300), 2250, 3000);
	assert_in_range(boot_ms(100), 3 * 2250, 3 * 2900);
	assert_in_range(boot_ms(20), 15 * 2250, 15 * 2900);
	end();
}

/* Booting uses processor that is accounted for. */
static void test_boot_cost(void **state)
{
	(void)state;
	begin();
	forge_template t = template_of(AD);
	t.restarted_at = "now";
	int i = fresh(AD, &t);
	for (int k = 0; k < 600 && !at(i)->up; k++) run_ms(100);
	assert_in_range(at(i)->cpu_us, 2000000, 2900000); /* 8 s at 300 m */
	end();
}

/* Nobody is idle altogether: a runtime has its timers. */
static void test_idle(void **state)
{
	(void)state;
	begin();
	assert_in_range(used_m(newest_pod(AD), 60), 6, 8);   /* a JVM */
	assert_in_range(used_m(nth_pod(CART, 0), 60), 1, 2); /* Go */
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_oom_in_boot), cmocka_unit_test(test_oom_kill), cmocka_unit_test(test_unlimited_cache),
		cmocka_unit_test(test_eviction), cmocka_unit_test(test_eviction_order), cmocka_unit_test(test_system_oom),
		cmocka_unit_test(test_room_for_all), cmocka_unit_test(test_contention), cmocka_unit_test(test_limit), cmocka_unit_test(test_slow_boot),
		cmocka_unit_test(test_boot_cost), cmocka_unit_test(test_idle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
