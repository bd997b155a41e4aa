/* test_checks_real.c - the rules over recorded clusters, read in place where they are: what was broken is found and is new, and
 * little else is said. */
#include "query_support.h"
#include "coldcase/checks.h"
#include "support/tree.h"

typedef struct recorded { const char *below, *rule, *entity; } recorded;

static const recorded clusters[] = {
	{ "real-k8s/Scenario-911", "selector-empty", "payment" },
	{ "real-k8s/Scenario-912", "image-pull", "product-catalog" },
	{ "real-k8s/Scenario-913", "node-selector", "checkout" },
	{ "real-k8s/Scenario-914", "quota-used", "team-budget" },
	{ "real-k8s/Scenario-915", "oom-killed", "ad" },
};

static void look_at(const recorded *k)
{
	const char *path = test_shared(k->below);
	cc_snapshot_options opt = { .no_cache = true };
	cc_snapshot *s = NULL;
	cc_checker *c = NULL;
	cc_finding_vec found = { 0 };
	size_t hits = 0, old = 0;
	if (!path) {
		printf("# no example data at ../shared/%s (COLDCASE_SHARED names the folder)\n", k->below);
		return;
	}
	assert_int_equal(cc_snapshot_open(&s, path, &opt, NULL), CC_OK);
	assert_int_equal(cc_checker_new(&c, s, CC_TIME_NONE, cc_checks_beginning(s), NULL, NULL), CC_OK);
	assert_int_equal(cc_checker_all(c, 0, &found), CC_OK);
	for (size_t i = 0; i < found.n; i++) {
		const cc_finding *f = &found.p[i];
		hits += strcmp(f->rule->name, k->rule) == 0 && cc_str_starts(cc_entity_name(s, f->entity), cc_str_from(k->entity)) && f->fresh;
		old += f->severity >= 2 && !f->fresh;
	}
	if (hits == 0)
		fail_msg("%s: %s of %s is not found", k->below, k->rule, k->entity);
	if (old > 1)   /* an autoscaler without metrics stands in each of them */
		fail_msg("%s: %zu warnings of what was so before", k->below, old);
	cc_vec_deinit(&found);
	cc_checker_free(c);
	cc_snapshot_free(s);
}

static void recorded_clusters(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof clusters / sizeof *clusters; i++)
		look_at(&clusters[i]);
}

/* Telemetry alone: nothing to judge, and nothing is said. */
static void without_objects(void **state)
{
	(void)state;
	const char *path = test_shared("real-incidents/Scenario-902");
	cc_snapshot_options opt = { .no_cache = true };
	cc_snapshot *s = NULL;
	cc_checker *c = NULL;
	cc_finding_vec found = { 0 };
	if (!path)
		skip();
	assert_int_equal(cc_snapshot_open(&s, path, &opt, NULL), CC_OK);
	assert_int_equal(cc_checker_new(&c, s, CC_TIME_NONE, CC_TIME_NONE, NULL, NULL), CC_OK);
	assert_int_equal(cc_checker_all(c, 0, &found), CC_OK);
	assert_int_equal(found.n, 0);
	cc_checker_free(c);
	cc_snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(recorded_clusters), cmocka_unit_test(without_objects) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
