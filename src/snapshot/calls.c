/* calls.c - see calls.h. */
#include "snapshot/calls.h"

#include <stdlib.h>
#include "coldcase/xalloc.h"

static uint64_t hash_side(call_side side)
{
	return (((uint64_t)side.service << 32 | side.ns) ^ (uint64_t)side.entity << 16) * UINT64_C(0x9E3779B97F4A7C15);
}

static bool same_side(call_side a, call_side b)
{
	return a.ns == b.ns && a.service == b.service && a.entity == b.entity;
}

static uint32_t *slot_of(const call_set *set, const span_calls *c)
{
	uint64_t from = hash_side(c->caller), h = hash_side(c->callee) ^ (from << 13 | from >> 51);
	size_t mask = set->slot_count - 1, i = (size_t)(h >> 32) & mask;
	for (; set->slots[i]; i = (i + 1) & mask) {
		const span_calls *other = &set->calls.p[set->slots[i] - 1];
		if (same_side(other->caller, c->caller) && same_side(other->callee, c->callee))
			break;
	}
	return &set->slots[i];
}

static bool grow(call_set *set)
{
	size_t count = set->slot_count ? set->slot_count * 2 : 256;
	uint32_t *slots = cc_calloc(count, sizeof *slots);
	if (!slots)
		return false;
	cc_free(set->slots);
	set->slots = slots;
	set->slot_count = count;
	for (size_t i = 0; i < set->calls.n; i++)
		*slot_of(set, &set->calls.p[i]) = (uint32_t)i + 1;
	return true;
}

bool cc_calls_add(call_set *set, const span_calls *calls)
{
	if (set->calls.n * 2 >= set->slot_count && !grow(set))
		return false;
	uint32_t *slot = slot_of(set, calls);
	if (!*slot) {
		if (!cc_vec_push(&set->calls, *calls))
			return false;
		*slot = (uint32_t)set->calls.n;
		return true;
	}
	span_calls *known = &set->calls.p[*slot - 1];
	known->first = calls->first < known->first ? calls->first : known->first;
	known->count += calls->count;
	known->errors += calls->errors;
	return true;
}

bool cc_calls_join(call_set *set, const call_set *more)
{
	bool ok = true;
	for (size_t i = 0; ok && i < more->calls.n; i++)
		ok = cc_calls_add(set, &more->calls.p[i]);
	for (size_t i = 0; ok && i < more->consumers.n; i++)
		ok = cc_vec_push(&set->consumers, more->consumers.p[i]);
	return ok;
}

static int by_first(const void *a, const void *b)
{
	const span_calls *x = a, *y = b;
	return (x->first > y->first) - (x->first < y->first);
}

static int by_index(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

void cc_calls_sort(call_set *set)
{
	if (set->calls.n > 1)
		qsort(set->calls.p, set->calls.n, sizeof *set->calls.p, by_first);
	if (set->consumers.n > 1)
		qsort(set->consumers.p, set->consumers.n, sizeof *set->consumers.p, by_index);
}

void cc_calls_deinit(call_set *set)
{
	cc_vec_deinit(&set->calls);
	cc_vec_deinit(&set->consumers);
	cc_free(set->slots);
	*set = (call_set){ 0 };
}
