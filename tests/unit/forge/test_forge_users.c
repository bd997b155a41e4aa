/* Users that are not all alike: one asks flagd how much of a flood it shall be, another one is somebody's browser. */
#include "unit/forge/flow_rig.h"

static const char MORE[] =
	"  - { name: flagd, role: flags, lang: go, operations: [ { grpc: flagd.v1/Resolve, cpu: 200us } ] }\n"
	"  - { name: switches, lang: node, operations: [ { id: page, http: GET /feature, cpu: 3ms } ] }\n"
	"flags:\n"
	"  - { name: flood, effect: flood, variants: { \"on\": 20, \"off\": 0 }, call: flagd.Resolve }\n";

static void begin_shop(int rps)
{
	const char *journeys = strstr(SHOP, "journeys:");
	cc_buf text = CC_BUF_INIT;
	cc_buf_addf(&text, "%.*s%s%s  - { name: operator, browser: true, requests: [ switches.page ] }\n", (int)(journeys - SHOP), SHOP, MORE, journeys);
	begin_with(rps, cc_buf_str(&text));
	cc_buf_deinit(&text);
	assert_int_equal(sim.code, CC_OK);
}

static void test_browser(void **state)
{
	(void)state;
	begin_shop(20);
	run(60);
	tally page = count("switches", "switches.page", 0, 60);
	assert_true(page.n > 20 && page.errors == 0);
	/* Its traces begin at the gateway; of the users' own, the users have spans as before. */
	int roots = 0;
	for (size_t i = 0; i < watch.spans.n; i++) {
		const forge_span *x = &watch.spans.p[i].span;
		bool of_users = x->service == service("visitors");
		if (of_users) assert_false(x->vars.browser);
		if (x->vars.browser) assert_int_equal(x->wanted >= 0 ? x->wanted : x->op, op("switches.page"));
		if (x->vars.browser && !x->parent) {
			assert_int_equal(x->service, service("gateway"));
			roots++;
		}
	}
	assert_in_range(roots, page.n, page.n + 3); /* some are on their way */
	assert_true(count("visitors", "gateway.ingress", 0, 60).n > 200);
	end();
}

/* Each user of the first journey asks flagd once, itself; a flood follows what is answered. */
static void test_flood_is_asked_for(void **state)
{
	(void)state;
	begin_shop(4);
	run(60);
	tally asked = count("visitors", "flagd.Resolve", 0, 60);
	int looked = count("shop", "shop.home", 0, 60).n;
	assert_true(asked.n > 10 && asked.errors == 0);
	assert_int_equal(count("gateway", "flagd.Resolve", 0, 60).n, 0);
	int on[] = { 20 };
	flow_flags_set(&sim, on);
	run(120);
	assert_true(count("shop", "shop.home", 60, 120).n > 4 * looked);
	/* Nobody answers: the flag's default. The question's failure is none of a user's request. */
	uint64_t failures = sim.flow->failures;
	down("flagd", true);
	run(140); /* who was told of a flood before */
	run(200);
	assert_true(count("visitors", "flagd.Resolve", 140, 200).errors > 10);
	assert_true(count("shop", "shop.home", 140, 200).n < 2 * looked);
	assert_int_equal(sim.flow->failures, failures);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_browser), cmocka_unit_test(test_flood_is_asked_for) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
