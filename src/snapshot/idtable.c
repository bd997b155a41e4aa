/* idtable.c - see idtable.h. */
#include "snapshot/idtable.h"

#include <string.h>
#include "coldcase/xalloc.h"

static size_t home_of(const id_table *t, cc_id128 id)
{
	uint64_t h = (id.hi ^ (id.lo << 32 | id.lo >> 32)) * UINT64_C(0x9E3779B97F4A7C15);
	return (size_t)(h ^ h >> 32) & (t->slot_count - 1);
}

static size_t slot_of(const id_table *t, cc_id128 id)
{
	size_t i = home_of(t, id);
	for (; t->slots[i]; i = (i + 1) & (t->slot_count - 1)) {
		cc_id128 other = t->ids.p[t->slots[i] - 1];
		if (other.hi == id.hi && other.lo == id.lo)
			break;
	}
	return i;
}

static bool grow(id_table *t)
{
	size_t count = t->slot_count ? t->slot_count * 2 : 64;
	uint32_t *slots = cc_calloc(count, sizeof *slots);
	if (!slots)
		return false;
	cc_free(t->slots);
	t->slots = slots;
	t->slot_count = count;
	for (size_t k = 0; k < t->ids.n; k++)
		t->slots[slot_of(t, t->ids.p[k])] = (uint32_t)k + 1;
	return true;
}

uint32_t cc_id_add(id_table *t, cc_id128 id)
{
	if (t->ids.n >= UINT32_MAX - 1 || ((t->ids.n + 1) * 2 > t->slot_count && !grow(t)))
		return 0;
	size_t i = slot_of(t, id);
	if (!t->slots[i]) {
		if (!cc_vec_push(&t->ids, id))
			return 0;
		t->slots[i] = (uint32_t)t->ids.n;
	}
	return t->slots[i];
}

void cc_id_expect(const id_table *t, cc_id128 id)
{
#ifdef __GNUC__
	if (t->slot_count)
		__builtin_prefetch(&t->slots[home_of(t, id)]);
#else
	(void)t;
	(void)id;
#endif
}

uint32_t cc_id_find(const id_table *t, cc_id128 id)
{
	return t->slot_count ? t->slots[slot_of(t, id)] : 0;
}

void cc_id_table_deinit(id_table *t)
{
	cc_vec_deinit(&t->ids);
	cc_free(t->slots);
	*t = (id_table){ 0 };
}
