/* Any bytes as a map or list cell: all or nothing, no item longer than the cell, and a key that is listed is found. */
#include "coldcase/literal.h"
#include "fuzz.h"

static void check_map(cc_str cell, cc_arena *arena)
{
	cc_kv_vec pairs = { 0 };
	cc_str value;
	bool ok = cc_literal_map(&pairs, cell, arena);
	must(ok || pairs.n == 0);
	for (size_t i = 0; i < pairs.n; i++)
		must(pairs.p[i].key.n <= cell.n && pairs.p[i].value.n <= cell.n);
	if (pairs.n > 0) {
		must(cc_literal_map_get(cell, pairs.p[0].key, &value, arena));
		must(cc_str_eq(value, pairs.p[0].value));
	}
	must(!cc_literal_map_get(cell, CC_STR("\x01 no such key"), &value, arena) || cell.n > 12);
	cc_vec_deinit(&pairs);
}

static void check_list(cc_str cell, cc_arena *arena)
{
	cc_str_vec items = { 0 };
	cc_time_vec times = { 0 };
	bool ok = cc_literal_list(&items, cell, arena);
	must(ok || items.n == 0);
	for (size_t i = 0; i < items.n; i++)
		must(items.p[i].n <= cell.n);
	must(cc_literal_times(&times, cell, arena) == ok || ok);
	must(times.n <= cell.n);
	cc_vec_deinit(&items);
	cc_vec_deinit(&times);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_arena *arena = cc_arena_new();
	cc_str cell = { (const char *)data, size };
	if (!arena)
		return 0;
	check_map(cell, arena);
	check_list(cell, arena);
	cc_arena_free(arena);
	return 0;
}
