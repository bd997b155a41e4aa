/* Requests that need a store, a topic, an address or a permission: what each of them does when it is not there. */
#include "unit/forge/flow_rig.h"

#include "forge/fault_priv.h"

static void test_consumer_away(void **state)
{
	(void)state;
	begin(10);
	run(20);
	int confirm = op("mailer.confirm");
	down("mailer", true);
	run(60);
	int64_t lag = flow_consumer_lag(&sim, confirm);
	assert_in_range(lag, 100, 300);
	up("mailer");
	run(90);
	assert_true(flow_consumer_lag(&sim, confirm) <= 2);
	assert_true(count("mailer", "mailer.confirm", 60, 90).n >= lag);
	assert_int_equal(count("shop", "queue.orders", 0, 90).errors, 0);
	end();
}

static void test_broker_away(void **state)
{
	(void)state;
	begin(10);
	run(20);
	down("queue", true);
	run(60);
	tally sent = count("shop", "queue.orders", 21, 50);
	assert_true(sent.n > 0 && sent.errors == sent.n);
	assert_int_equal(count("shop", "shop.order", 21, 50).errors, 0);   /* tolerated */
	assert_int_equal(count("mailer", "mailer.confirm", 22, 60).n, 0);
	end();
}

static void test_store_password(void **state)
{
	(void)state;
	begin(10);
	run(10);
	flow_store_password(&sim, sim.now, service("database"), "changed", sim.now);
	run(160);
	assert_int_equal(count("shop", "database.insert", 0, 40).errors, 0); /* connections that exist go on */
	tally late = count("shop", "database.insert", 131, 150);
	assert_true(late.n > 0 && late.errors == late.n);
	assert_true(said("shop", "password authentication failed"));
	end();
}

/* A restarted store has no connection of before: whoever knows the old password only is refused at once. */
static void test_store_restarted(void **state)
{
	(void)state;
	begin(10);
	run(10);
	down("database", true);
	sim.kube.pods.p[service("database")].started = sim.now;
	up("database");
	flow_store_password(&sim, sim.now, service("database"), "changed", sim.now);
	run(30);
	tally late = count("shop", "database.insert", 11, 20);
	assert_true(late.n > 0 && late.errors == late.n);
	end();
}

static void test_store_full(void **state)
{
	(void)state;
	begin(10);
	run(10);
	flow_store_limit(&sim, service("cache"), 1, 1);
	run(40);
	tally sets = count("shop", "cache.SET", 11, 30);
	assert_true(sets.n > 0 && sets.errors == sets.n && said("shop", "OOM command not allowed"));
	assert_int_equal(count("shop", "shop.order", 11, 30).errors, 0);
	end();
}

/* Who reads from a broker connects to it like who writes: a policy that is right admits both. */
static void test_policy_for_readers(void **state)
{
	fault_map m;
	(void)state;
	begin(10);
	assert_true(fault_map_make(&m, sim.app, sim.arena));
	assert_true(fault_connects(&m, service("queue"), service("shop")));
	assert_true(fault_connects(&m, service("queue"), service("mailer")));
	assert_false(fault_connects(&m, service("queue"), service("stock")));
	end();
}

/* A wrong address acts when the process starts anew, not before. */
static void test_wrong_address(void **state)
{
	(void)state;
	begin(10);
	run(10);
	int shop = service("shop");
	forge_env env[2] = { sim.app->services[shop].env[0], sim.app->services[shop].env[1] };
	env[0].value = "stokc:8080";
	templates[shop].env = env;
	run(20);
	assert_int_equal(count("shop", "stock.Reserve", 10, 20).errors, 0);
	down("shop", true);
	up("shop");
	run(40);
	tally calls = count("shop", "stock.Reserve", 21, 35);
	assert_true(calls.n > 0 && calls.errors == calls.n && calls.via == VIA_NO_NAME);
	end();
}

static void test_policy(void **state)
{
	(void)state;
	begin(5);
	kube_policy p = { .name = "deny", .service = service("stock"), .deny_ingress = true };
	assert_true(cc_vec_push(&sim.kube.policies, p));
	run(20);
	assert_int_equal(count("shop", "stock.Reserve", 0, 15).via, VIA_TIMEOUT);
	sim.kube.policies.p[0].deleted = true;
	sim.kube.services[service("stock")].target_port = 1;
	run(40);
	assert_int_equal(count("shop", "stock.Reserve", 21, 35).via, VIA_REFUSED);
	sim.kube.services[service("stock")].exists = false;
	run(60);
	assert_int_equal(count("shop", "stock.Reserve", 41, 55).via, VIA_NO_NAME);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_consumer_away),
		cmocka_unit_test(test_broker_away),
		cmocka_unit_test(test_store_password),
		cmocka_unit_test(test_store_restarted),
		cmocka_unit_test(test_policy_for_readers),
		cmocka_unit_test(test_store_full),
		cmocka_unit_test(test_wrong_address),
		cmocka_unit_test(test_policy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
