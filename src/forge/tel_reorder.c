/* tel_reorder.c - from the order in which things end to the order in which they began.
 *
 * Each chunk is sorted by itself; sorted chunks are runs in a pairing heap that needs no memory of its own. A run is
 * used up as soon as nothing open began before its last record, so what waits is what ended since the oldest open span
 * began. */
#include "forge/tel_priv.h"

static void merge(const tel_key *a, size_t an, const tel_key *b, size_t bn, tel_key *out)
{
	size_t i = 0, j = 0;
	while (i < an && j < bn) *out++ = b[j].t < a[i].t ? b[j++] : a[i++];
	if (i < an) memcpy(out, a + i, (an - i) * sizeof *a);
	if (j < bn) memcpy(out, b + j, (bn - j) * sizeof *b);
}

/* Records come nearly sorted: short pieces by insertion, then merged; pieces already in order are left. */
void tel_sort(tel_key *key, size_t n, tel_key *scratch)
{
	enum { SHORT = 16 };
	for (size_t from = 0; from < n; from += SHORT) {
		size_t end = from + SHORT < n ? from + SHORT : n;
		for (size_t i = from + 1; i < end; i++) {
			tel_key k = key[i];
			size_t j = i;
			for (; j > from && k.t < key[j - 1].t; j--) key[j] = key[j - 1];
			key[j] = k;
		}
	}
	for (size_t width = SHORT; width < n; width *= 2)
		for (size_t from = 0; from + width < n; from += 2 * width) {
			size_t end = from + 2 * width < n ? from + 2 * width : n;
			tel_key *mid = key + from + width;
			if (mid[-1].t <= mid[0].t) continue;
			merge(key + from, width, mid, end - from - width, scratch);
			memcpy(key + from, scratch, (end - from) * sizeof *key);
		}
}

bool tel_run_before(const tel_chunk *a, const tel_chunk *b)
{
	int64_t x = a->key[a->at].t, y = b->key[b->at].t;
	return x != y ? x < y : a->no < b->no;
}

static tel_chunk *meld(tel_chunk *a, tel_chunk *b)
{
	if (!a || !b) return a ? a : b;
	if (tel_run_before(b, a)) {
		tel_chunk *swap = a;
		a = b;
		b = swap;
	}
	b->next = a->child;
	a->child = b;
	return a;
}

tel_chunk *tel_heap_add(tel_chunk *heap, tel_chunk *run)
{
	run->child = run->next = NULL;
	return meld(heap, run);
}

/* Children are melded in pairs, then the pairs from the last to the first. */
tel_chunk *tel_heap_pop(tel_chunk *heap)
{
	tel_chunk *pairs = NULL, *rest = heap->child;
	while (rest) {
		tel_chunk *a = rest, *b = rest->next;
		rest = b ? b->next : NULL;
		a->next = NULL;
		if (b) b->next = NULL;
		a = meld(a, b);
		a->next = pairs;
		pairs = a;
	}
	tel_chunk *top = NULL;
	while (pairs) {
		tel_chunk *next = pairs->next;
		pairs->next = NULL;
		top = meld(top, pairs);
		pairs = next;
	}
	heap->child = NULL;
	return top;
}
