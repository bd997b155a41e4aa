/* Requests: whatever happens to them, their spans agree with each other, and trouble travels the way it does in a real system.
 *
 * The cluster is set up by hand and the observer is flow_rig.h: it keeps every span, so that the simulation of requests is
 * tested alone. */
#include "unit/forge/flow_rig.h"

/* --- tests --- */

/* Who speaks, what was addressed: no place of a voice stays unfilled. */
static void test_words(void **state)
{
	(void)state;
	begin(1);
	char *broker = flow_say_broker(&sim, service("mailer"), service("queue"), NET_REFUSED);
	char *full = flow_say_overload(&sim, service("mailer"), &sim.app->ops[op("mailer.confirm")]);
	assert_non_null(strstr(broker, "consumer-mailer-1"));
	assert_non_null(strstr(full, "queue of mailer is full"));
	assert_null(strchr(broker, '{'));
	cc_free(broker);
	cc_free(full);
	end();
}

static void test_healthy(void **state)
{
	(void)state;
	begin(20);
	run(60);
	sim.flow->user_limit = 0; /* nobody else comes */
	run(70); /* the last users leave */
	assert_int_equal(sim.flow->users.live, 0);
	assert_int_equal(sim.flow->calls.live, 0);
	assert_int_equal(sim.flow->frames.live, 0);
	assert_int_equal(sim.flow->traces.live, 0);
	assert_int_equal(orphans(true), 0);
	tally in = count("gateway", "gateway.ingress", 0, 60), out = count("visitors", "gateway.ingress", 0, 60);
	assert_in_range(out.n, 1000, 1400);
	assert_int_equal(in.n, out.n);
	assert_int_equal(in.errors + out.errors, 0);
	tally order = count("shop", "shop.order", 0, 60);
	assert_int_equal(count("stock", "stock.Reserve", 0, 60).n, order.n);
	assert_int_equal(count("mailer", "mailer.confirm", 0, 70).n, order.n);
	assert_int_equal(count("shop", "database.insert", 0, 60).n, order.n);
	assert_int_equal(flow_consumer_lag(&sim, op("mailer.confirm")), 0);
	assert_int_equal(flow_seen(&sim).failures, 0);
	for (size_t i = 0; i < sim.kube.pods.n; i++) {
		assert_int_equal(sim.kube.pods.p[i].busy, 0);
		assert_int_equal(flow_pod_memory_kib(&sim, (int)i), 0);
		assert_true(sim.kube.pods.p[i].cpu_us > 0);
	}
	end();
}

static void test_slow_callee(void **state)
{
	(void)state;
	begin(2);
	run(30);
	const flow_effect slow = { .delay_ms = 800 };
	flow_effect_set(&sim, flow_effect_add(&sim, service("stock"), -1, &slow), true);
	run(60);
	/* Single requests have tails, before and after: the middle one tells. */
	assert_true(median("shop", "shop.order", 0, 30) < 60 * FORGE_MS);
	assert_in_range(median("shop", "shop.order", 31, 58), 640 * FORGE_MS, 1100 * FORGE_MS);
	tally before = count("shop", "shop.order", 0, 30), after = count("shop", "shop.order", 31, 58);
	assert_true(before.n > 5 && after.n > 5 && after.shortest > 400 * FORGE_MS && after.shortest < after.longest);
	assert_true(before.sum / before.n < 150 * FORGE_MS);
	assert_true(count("gateway", "gateway.ingress", 31, 58).longest > 800 * FORGE_MS);
	int n = sim.app->services_n, stock = service("stock"), shop = service("shop");
	assert_true(flow_seen(&sim).slow[stock * n + shop] > 0);
	assert_int_equal(flow_seen(&sim).failed[stock * n + shop], 0);
	end();
}

static void test_dead_callee(void **state)
{
	(void)state;
	begin(10);
	run(30);
	down("stock", true);
	run(60);
	tally calls = count("shop", "stock.Reserve", 31, 58), orders = count("shop", "shop.order", 31, 58);
	assert_true(orders.n > 0);
	assert_in_range(calls.n, 2 * orders.n - 2, 2 * orders.n + 2); /* one further attempt each; some under way at either end */
	assert_int_equal(calls.errors, calls.n);
	assert_int_equal(calls.status, 14);
	assert_int_equal(calls.via, VIA_REFUSED);
	assert_int_equal(orders.errors, orders.n);
	assert_int_equal(orders.status, 500);
	assert_int_equal(count("gateway", "gateway.ingress", 31, 58).status, 500);
	assert_int_equal(count("shop", "database.insert", 31, 58).n, 0);
	assert_true(said("shop", "ECONNREFUSED 10.96.0.1:8080"));
	int n = sim.app->services_n, shop = service("shop");
	flow_effects_seen seen_now = flow_seen(&sim);
	assert_true(seen_now.failed[service("stock") * n + shop] >= (uint32_t)orders.n);
	assert_true(seen_now.starved[service("database") * n + shop] >= (uint32_t)orders.n);
	assert_true(seen_now.starved[service("mailer") * n + service("queue")] >= (uint32_t)orders.n);
	assert_true(seen_now.failures > 0 && seen_now.failures < seen_now.requests);
	end();
}

static void test_silence(void **state)
{
	(void)state;
	begin(5);
	const net_chaos cut = { .kind = NET_PARTITION, .from = service("shop"), .to = service("stock"), .both = true };
	net_chaos_set(&sim, net_chaos_add(&sim, &cut), true);
	run(40);
	tally calls = count("shop", "stock.Reserve", 0, 30);
	assert_true(calls.n > 0 && calls.errors == calls.n);
	assert_true(calls.shortest == 3 * FORGE_S && calls.longest == 3 * FORGE_S);
	assert_int_equal(calls.status, 4);
	assert_int_equal(calls.via, VIA_TIMEOUT);
	assert_int_equal(calls.n, count("shop", "shop.order", 0, 30).n); /* patience is not tried twice */
	end();
}

/* A gateway waits five seconds for a connection, not as long as its route allows for the answer, and answers itself. */
static void test_gateway_cut_off(void **state)
{
	(void)state;
	begin(5);
	const net_chaos cut = { .kind = NET_PARTITION, .from = service("gateway"), .to = service("shop"), .both = true };
	net_chaos_set(&sim, net_chaos_add(&sim, &cut), true);
	run(40);
	tally out = count("gateway", "shop.home", 0, 30), in = count("gateway", "gateway.ingress", 0, 30);
	assert_true(out.n > 0 && out.errors == out.n && out.shortest == 5 * FORGE_S && out.longest == 5 * FORGE_S);
	assert_true(out.via == (VIA_REFUSED | VIA_TIMEOUT) && out.status == 503);
	assert_true(in.errors == in.n && in.status == 503);
	end();
}

/* The caller gives up, the callee does not know and works on. */
static void test_late_answer(void **state)
{
	(void)state;
	begin(1);
	const flow_effect slow = { .delay_ms = 8000 };
	flow_effect_set(&sim, flow_effect_add(&sim, service("stock"), -1, &slow), true);
	run(55);
	sim.flow->user_limit = 0; /* nobody else comes */
	run(80);
	tally calls = count("shop", "stock.Reserve", 0, 50), work = count("stock", "stock.Reserve", 0, 40);
	assert_true(calls.n > 0 && calls.errors == calls.n && calls.longest == 3 * FORGE_S);
	assert_true(work.n > 0 && work.errors == 0 && work.shortest > 3 * FORGE_S);
	assert_int_equal(orphans(false), 0);
	end();
}

static void test_overload(void **state)
{
	(void)state;
	begin(40);
	const flow_effect slow = { .delay_ms = 1000 };
	flow_effect_set(&sim, flow_effect_add(&sim, service("stock"), -1, &slow), true);
	run(30);
	tally calls = count("shop", "stock.Reserve", 5, 25);
	assert_int_equal(sim.kube.pods.p[service("stock")].busy, 2);
	assert_true(sim.kube.pods.p[service("stock")].queued <= 3);
	assert_true(calls.via & VIA_OVERLOAD);
	tally work = count("stock", "stock.Reserve", 5, 25);
	assert_in_range(work.n, 30, 44);               /* two workers, a second each */
	assert_true(calls.longest > 2 * FORGE_S);      /* others wait in the queue */
	end();
}

static void test_death_in_the_middle(void **state)
{
	(void)state;
	begin(10);
	const flow_effect slow = { .delay_ms = 500 };
	flow_effect_set(&sim, flow_effect_add(&sim, service("stock"), -1, &slow), true);
	run(10);
	while (!sim.kube.pods.p[service("stock")].busy) forge_run_until(&sim, sim.now + 50 * FORGE_MS);
	int64_t at = sim.now;
	down("stock", true);
	assert_true(watch.dropped > 0);
	run(30);
	int cut = 0;
	for (size_t i = 0; i < watch.spans.n; i++) {
		const forge_span *x = &watch.spans.p[i].span;
		if (!(x->via & VIA_RESET) || x->op != op("stock.Reserve")) continue;
		cut++;
		assert_true(x->start <= at && x->end >= at && x->end < at + 10 * FORGE_MS && x->status == 14);
	}
	assert_in_range(cut, 1, 5);
	end();
}

/* Less processor than the work needs: the line grows, and everybody waits. */
static void test_throttled(void **state)
{
	(void)state;
	begin(60);
	run(10);
	int stock = service("stock");
	sim.kube.pods.p[stock].cpu_share_m = 30;
	run(30);
	tally before = count("shop", "stock.Reserve", 0, 10), after = count("shop", "stock.Reserve", 12, 28);
	assert_true(after.sum / after.n > 5 * (before.sum / before.n));
	assert_true(sim.kube.pods.p[stock].throttled_us > 0 && sim.kube.pods.p[stock].throttled_periods > 0);
	end();
}

static void test_same_again(void **state)
{
	(void)state;
	uint64_t first = 0;
	for (int i = 0; i < 2; i++) {
		begin(10);
		run(20);
		if (i) assert_true(watch.digest == first && watch.spans.n > 100);
		first = watch.digest;
		end();
	}
}

/* Memory that ends anywhere ends the run in order. */
static void test_no_memory(void **state)
{
	(void)state;
	int failed = 0;
	for (long n = 0; n < 4000; n += n < 400 ? 1 : 37) {
		cc_alloc_fail_after(n);
		begin(20);
		if (sim.code == CC_OK) {
			forge_run_until(&sim, 2 * FORGE_S);
			if (sim.code == CC_OK) down("stock", false);
			forge_run_until(&sim, 3 * FORGE_S);
		}
		cc_alloc_fail_after(-1);
		failed += sim.code != CC_OK;
		if (sim.code != CC_OK) assert_int_equal(sim.code, CC_ENOMEM);
		end();
	}
	assert_true(failed > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words), cmocka_unit_test(test_healthy), cmocka_unit_test(test_slow_callee),
		cmocka_unit_test(test_dead_callee), cmocka_unit_test(test_silence), cmocka_unit_test(test_gateway_cut_off),
		cmocka_unit_test(test_late_answer), cmocka_unit_test(test_overload),
		cmocka_unit_test(test_death_in_the_middle), cmocka_unit_test(test_throttled), cmocka_unit_test(test_same_again),
		cmocka_unit_test(test_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
