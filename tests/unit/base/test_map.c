/* The hash map and the dictionary. */
#include "coldcase/map.h"
#include "unit/base/base_test.h"
#include <stdio.h>

enum { MANY = 5000 };

static char names[MANY][16];

static cc_str name(int i)
{
	if (!names[i][0])
		snprintf(names[i], sizeof names[i], "key-%d", i);
	return S(names[i]);
}

static void test_set_get(void **state)
{
	(void)state;
	cc_map *m = cc_map_new();
	uint64_t v = 99;
	assert_false(cc_map_get(m, S("x"), &v));
	assert_false(cc_map_remove(m, S("x")));
	for (int i = 0; i < MANY; i++)
		assert_true(cc_map_set(m, name(i), (uint64_t)i));
	assert_int_equal(cc_map_count(m), MANY);
	for (int i = 0; i < MANY; i++)
		assert_true(cc_map_get(m, name(i), &v) && v == (uint64_t)i);
	assert_true(cc_map_set(m, name(7), 700));
	assert_true(cc_map_get(m, name(7), &v) && v == 700);
	assert_int_equal(cc_map_count(m), MANY);
	assert_true(cc_map_get(m, name(8), NULL));
	assert_true(cc_map_set(m, CC_STR_EMPTY, 1));
	assert_true(cc_map_get(m, CC_STR_EMPTY, &v) && v == 1);
	cc_map_free(m);
	cc_map_free(NULL);
}

static void test_order_and_remove(void **state)
{
	(void)state;
	cc_map *m = cc_map_new();
	for (int i = 0; i < 100; i++)
		cc_map_set(m, name(i), (uint64_t)i);
	for (int i = 0; i < 100; i += 2)
		assert_true(cc_map_remove(m, name(i)));
	assert_int_equal(cc_map_count(m), 50);
	cc_map_set(m, name(0), 1000);
	for (size_t i = 0; i < 50; i++) {
		cc_str key;
		uint64_t v;
		cc_map_entry(m, i, &key, &v);
		assert_int_equal(v, 2 * i + 1);
		assert_true(cc_str_eq(key, name((int)v)));
	}
	uint64_t last = 0;
	cc_map_entry(m, 50, NULL, &last);
	assert_int_equal(last, 1000);
	for (int i = 1; i < 100; i += 2)
		assert_true(cc_map_get(m, name(i), NULL));
	assert_false(cc_map_get(m, name(2), NULL));
	cc_map_free(m);
}

static void test_slot(void **state)
{
	(void)state;
	cc_map *m = cc_map_new();
	++*cc_map_slot(m, S("a"), 10);
	++*cc_map_slot(m, S("a"), 10);
	uint64_t v;
	assert_true(cc_map_get(m, S("a"), &v) && v == 12);
	cc_map_free(m);
}

static void test_map_out_of_memory(void **state)
{
	(void)state;
	int failures = 0;
	for (long n = 0; n < 100; n++) {
		cc_alloc_fail_after(n);
		cc_map *m = cc_map_new();
		int stored = 0;
		while (m && stored < 200 && cc_map_set(m, name(stored), (uint64_t)stored))
			stored++;
		cc_alloc_fail_after(-1);
		if (m) {
			assert_int_equal(cc_map_count(m), stored);
			for (int i = 0; i < stored; i++)
				assert_true(cc_map_get(m, name(i), NULL));
		}
		failures += stored < 200;
		cc_map_free(m);
		if (stored == 200)
			break;
	}
	assert_true(failures > 5 && failures < 100);
}

static void test_dict(void **state)
{
	(void)state;
	cc_dict *d = cc_dict_new();
	assert_int_equal(cc_dict_count(d), 1);
	assert_int_equal(cc_dict_add(d, CC_STR_EMPTY), 0);
	char text[16] = "pod-a";
	assert_int_equal(cc_dict_add(d, S(text)), 1);
	memset(text, 'z', 5); /* the dictionary has its own copy */
	assert_int_equal(cc_dict_add(d, S("pod-b")), 2);
	assert_int_equal(cc_dict_add(d, S("pod-a")), 1);
	check_str(cc_dict_get(d, 1), "pod-a");
	check_str(cc_dict_get(d, 0), "");
	check_str(cc_dict_get(d, 3), "");
	check_str(cc_dict_get(d, UINT32_MAX), "");
	assert_int_equal(cc_dict_find(d, S("pod-b")), 2);
	assert_true(cc_dict_find(d, S("never")) == UINT32_MAX);
	assert_int_equal(cc_dict_count(d), 3);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(cc_dict_add(d, name(i)), i + 3);
	assert_int_equal(cc_dict_find(d, name(MANY - 1)), MANY + 2);
	cc_dict_free(d);
	cc_dict_free(NULL);
}

static void test_dict_out_of_memory(void **state)
{
	(void)state;
	bool ok = false;
	for (long n = 0; !ok && n < 2000; n++) {
		cc_alloc_fail_after(n);
		cc_dict *d = cc_dict_new();
		uint32_t id = 0;
		for (int i = 0; d && id != UINT32_MAX && i < 500; i++)
			id = cc_dict_add(d, name(i));
		cc_alloc_fail_after(-1);
		ok = d && id == 500;
		assert_true(!d || ok || id == UINT32_MAX);
		if (d && !ok) { /* usable again, nothing half-added */
			size_t next = cc_dict_count(d);
			assert_int_equal(cc_dict_add(d, S("fresh")), next);
		}
		cc_dict_free(d);
	}
	assert_true(ok);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_get),
		cmocka_unit_test(test_order_and_remove),
		cmocka_unit_test(test_slot),
		cmocka_unit_test(test_map_out_of_memory),
		cmocka_unit_test(test_dict),
		cmocka_unit_test(test_dict_out_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
