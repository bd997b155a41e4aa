/* test_map_hops.c - distances on the map against plain relaxation over all edges, and what they mean in a real one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "coldcase/hops.h"
#include "coldcase/xalloc.h"

static cc_snapshot *open_sample(const char *dir)
{
	cc_snapshot *s = NULL;

	assert_int_equal(cc_snapshot_open(&s, dir, &(cc_snapshot_options){ .no_cache = true }, NULL), CC_OK);
	return s;
}

/* Until nothing changes: whoever is beside something near is near, too. */
static void relax(const cc_snapshot *s, uint32_t *far)
{
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < cc_edges_count(s); i++) {
			cc_entity_id a = cc_entity_get(s, cc_edges_get(s, i)->from)->group, b = cc_entity_get(s, cc_edges_get(s, i)->to)->group;
			uint32_t *end[2] = { &far[a], &far[b] };

			for (int k = 0; k < 2; k++)
				if (*end[k] != CC_HOPS_NONE && *end[1 - k] > *end[k] + 1) {
					*end[1 - k] = *end[k] + 1;
					changed = true;
				}
		}
	}
}

static void as_plain_relaxation_says(void **state)
{
	static const char *const DIRS[] = { "sample-incidents/Scenario-1", "sample-incidents/Scenario-3" };

	(void)state;
	for (size_t d = 0; d < 2; d++) {
		cc_snapshot *s = open_sample(DIRS[d]);
		size_t n = cc_entity_count(s), near = 0;
		uint32_t *got = cc_calloc(n + 1, sizeof *got), *want = cc_calloc(n + 1, sizeof *want);

		for (cc_entity_id from = 1; from <= n; from += 17) {
			assert_int_equal(cc_hops_from(s, &from, 1, got), CC_OK);
			for (size_t i = 0; i <= n; i++)
				want[i] = CC_HOPS_NONE;
			want[cc_entity_get(s, from)->group] = 0;
			relax(s, want);
			for (cc_entity_id id = 1; id <= n; id++) {
				assert_int_equal(got[id], want[cc_entity_get(s, id)->group]);
				near += got[id] != CC_HOPS_NONE && got[id] > 0;
			}
		}
		assert_true(near > 100);
		cc_free(got);
		cc_free(want);
		cc_snapshot_free(s);
	}
}

static void one_thing_is_no_way_apart(void **state)
{
	cc_snapshot *s = open_sample("sample-incidents/Scenario-1");
	cc_entity_id quote = cc_entity_find(s, CC_STR("otel-demo"), CC_STR("Deployment"), CC_STR("quote"));
	cc_entity_id service = cc_entity_find(s, CC_STR("otel-demo"), CC_STR("Service"), CC_STR("quote"));
	cc_entity_id shipping = cc_entity_find(s, CC_STR("otel-demo"), CC_STR("Service"), CC_STR("shipping"));
	uint32_t *far = cc_calloc(cc_entity_count(s) + 1, sizeof *far);

	(void)state;
	assert_int_equal(cc_hops_from(s, &quote, 1, far), CC_OK);
	assert_int_equal(far[quote], 0);
	assert_int_equal(far[service], 0);
	assert_int_equal(far[shipping], 1);
	assert_int_equal(far[0], CC_HOPS_NONE);
	assert_int_equal(cc_hops_from(s, (cc_entity_id[]){ quote, shipping }, 2, far), CC_OK);
	assert_int_equal(far[shipping], 0);
	assert_int_equal(cc_hops_from(s, NULL, 0, far), CC_OK);
	assert_int_equal(far[quote], CC_HOPS_NONE);
	cc_free(far);
	cc_snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_plain_relaxation_says),
		cmocka_unit_test(one_thing_is_no_way_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
