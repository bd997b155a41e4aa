/* Readiness probes: what stands at the other end decides, and the endpoints follow. */
#include "unit/forge/kube_world.h"

static void test_probe_refused(void **state)
{
	(void)state;
	begin();
	forge_template t = template_of(AD);
	t.probe_port = 9999;
	int i = fresh(AD, &t);
	run(120);
	assert_true(at(i)->up && !at(i)->ready && at(i)->restarts == 0 && ready_of(AD) == 1);
	const forge_event *e = expect_event("Unhealthy", at(i)->name, forge_text(&sim,
		"Readiness probe failed: Get \"http://%s:9999/healthz\": dial tcp %s:9999: connect: connection refused", at(i)->ip, at(i)->ip));
	assert_in_range(e->count, 10, 12); /* every ten seconds */
	t = template_of(CART);
	t.probe_port = 9999;
	i = fresh(CART, &t);
	run(30);
	expect_event("Unhealthy", at(i)->name, forge_text(&sim, "Readiness probe failed: dial tcp %s:9999: connect: connection refused", at(i)->ip));
	end();
}

static void test_probe_path(void **state)
{
	(void)state;
	begin();
	forge_template t = template_of(AD);
	t.probe_path = "/health";
	int i = fresh(AD, &t);
	run(60);
	assert_false(at(i)->ready);
	check_str(expect_event("Unhealthy", at(i)->name, "HTTP")->message, "Readiness probe failed: HTTP probe failed with statuscode: 404");
	t = template_of(CART); /* speaks gRPC */
	t.probe_path = "/healthz";
	i = fresh(CART, &t);
	run(60);
	assert_false(at(i)->ready);
	expect_event("Unhealthy", at(i)->name, forge_text(&sim, "Readiness probe failed: Get \"http://%s:8080/healthz\": net/http: HTTP/1.x transport "
		"connection broken: malformed HTTP response", at(i)->ip));
	end();
}

/* A pod that stands, as if a mesh had added its proxy and that ran. */
static int injected(int pod)
{
	at(pod)->sidecar = true;
	at(pod)->mesh_started = sim.now;
	return pod;
}

/* Behind a sidecar the kubelet learns of the process what the agent says, and nothing before the agent runs. */
static void test_probe_behind_sidecar(void **state)
{
	(void)state;
	begin();
	forge_template t = template_of(AD), wrong = t;
	wrong.probe_port = 9999;
	int i = injected(fresh(AD, &wrong));
	run(60);
	assert_true(at(i)->up && !at(i)->ready);
	expect_event("Unhealthy", at(i)->name, "Readiness probe failed: HTTP probe failed with statuscode: 500");
	assert_null(event("Unhealthy", at(i)->name, "9999"));
	at(i)->mesh_started = 0;
	run(12);
	expect_event("Unhealthy", at(i)->name, forge_text(&sim, "Readiness probe failed: Get \"http://%s:15020/app-health/ad/readyz\": "
		"dial tcp %s:15020: connect: connection refused", at(i)->ip, at(i)->ip));
	t.probe_path = "/nowhere";
	i = injected(fresh(AD, &t));
	run(60);
	expect_event("Unhealthy", at(i)->name, "Readiness probe failed: HTTP probe failed with statuscode: 404");
	end();
}

/* Three failures in a row take it out of the endpoints, one success brings it back; its container stays. */
static void test_probe_recovers(void **state)
{
	(void)state;
	begin();
	int i = newest_pod(AD);
	at(i)->cpu_free_at = sim.now + 60 * FORGE_S; /* busy: requests wait behind that */
	int64_t took = until(i, is_unready, 60);
	assert_in_range(took / FORGE_S, 20, 32);
	expect_event("Unhealthy", at(i)->name, "context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
	run_ms(400);
	assert_int_equal(ready_of(AD), 0);
	assert_true(until(i, is_ready, 60) > 20 * FORGE_S);
	run_ms(400);
	assert_int_equal(ready_of(AD), 1);
	assert_true(at(i)->restarts == 0 && at(i)->probe_failures == 0);
	/* Two failures are forgiven. */
	at(i)->cpu_free_at = sim.now + 15 * FORGE_S;
	for (int k = 0; k < 400; k++, run_ms(100)) assert_true(at(i)->ready);
	end();
}

/* Now and then too slow by itself: warnings, hardly ever three in a row. */
static void test_flaky(void **state)
{
	(void)state;
	begin();
	sim.plan.flaky = AD;
	int i = newest_pod(AD);
	int64_t away = 0;
	for (int k = 0; k < 3600; k++, run(1)) away += !at(i)->ready;
	const forge_event *e = expect_event("Unhealthy", at(i)->name, "context deadline exceeded");
	assert_in_range(e->count + e->unsent, 5, 40); /* of 360 */
	assert_true(away < 120);
	assert_int_equal(at(i)->restarts, 0);
	/* Nobody else's probe is. */
	assert_null(event("Unhealthy", "cart-", "timeout"));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probe_refused), cmocka_unit_test(test_probe_path),
		cmocka_unit_test(test_probe_behind_sidecar), cmocka_unit_test(test_probe_recovers), cmocka_unit_test(test_flaky),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
