/* load_sort.c - the rows of all pieces in the order of their times.
 *
 * Files are in order of arrival: nearly sorted, or sorted by something else entirely. Where the rows are in order already
 * they are given as they lie; else keys of (time, place) are sorted by radix, 11 bits a pass over the bits in which the
 * times differ, which is stable and takes the same time for any order. */
#include "snapshot/load.h"

#include <stdatomic.h>
#include <string.h>
#include "coldcase/xalloc.h"

typedef struct key {
	uint64_t time;           /* distance from the first time, plus 1; 0 = the row has none */
	uint32_t piece, row;
} key;

typedef struct sorter {
	load_list list;
	size_t row_size, n;
	key *keys;
	int64_t first_ns;
	uint64_t last;           /* largest key time */
	atomic_uint *left;       /* rows of each piece not given yet */
	size_t *first;           /* where they lie in order: the place of each piece's first row */
	load_give_fn *give;
	void *arg;
} sorter;

static const void *row_at(const sorter *x, uint32_t piece, uint32_t row)
{
	return (const char *)x->list.p[piece].rows + (size_t)row * x->row_size;
}

static int64_t time_at(const sorter *x, uint32_t piece, uint32_t row)
{
	int64_t ns;
	memcpy(&ns, row_at(x, piece, row), sizeof ns);
	return ns;
}

static bool is_sorted(const sorter *x)
{
	int64_t before = CC_TIME_NONE;
	for (uint32_t i = 0; i < x->list.n; i++)
		for (uint32_t k = 0; k < x->list.p[i].row_count; k++) {
			int64_t ns = time_at(x, i, k);
			if (ns < before)
				return false;
			before = ns;
		}
	return true;
}

static void make_keys(sorter *x)
{
	size_t n = 0;
	for (uint32_t i = 0; i < x->list.n; i++)
		for (uint32_t k = 0; k < x->list.p[i].row_count; k++) {
			int64_t ns = time_at(x, i, k);
			uint64_t time = ns == CC_TIME_NONE ? 0 : (uint64_t)ns - (uint64_t)x->first_ns + 1;
			x->last = time > x->last ? time : x->last;
			x->keys[n++] = (key){ time, i, k };
		}
}

enum { DIGIT = 11, BINS = 1 << DIGIT };

static void sort_digit(const key *in, key *out, size_t n, unsigned shift)
{
	size_t at[BINS] = { 0 }, sum = 0;
	for (size_t i = 0; i < n; i++)
		at[in[i].time >> shift & (BINS - 1)]++;
	for (size_t b = 0; b < BINS; b++) {
		size_t count = at[b];
		at[b] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		out[at[in[i].time >> shift & (BINS - 1)]++] = in[i];
}

static bool sort_keys(sorter *x)
{
	size_t bytes = x->n * sizeof(key);
	key *other = cc_pages_alloc(bytes);
	if (!other)
		return false;
	for (unsigned shift = 0; shift < 64 && x->last >> shift; shift += DIGIT) {
		sort_digit(x->keys, other, x->n, shift);
		key *swap = x->keys;
		x->keys = other;
		other = swap;
	}
	cc_pages_free(other, bytes);
	return true;
}

static void give_piece(void *arg, unsigned worker, size_t item)
{
	const sorter *x = arg;
	load_piece *p = &x->list.p[item];
	(void)worker;
	for (uint32_t k = 0; k < p->row_count; k++)
		x->give(x->arg, x->first[item] + k, p, row_at(x, (uint32_t)item, k));
	cc_load_drop_rows(p);
}

enum { BLOCK = 16384 };

static void give_block(void *arg, unsigned worker, size_t item)
{
	const sorter *x = arg;
	size_t to = (item + 1) * BLOCK < x->n ? (item + 1) * BLOCK : x->n;
	(void)worker;
	for (size_t i = item * BLOCK; i < to; i++) {
		key k = x->keys[i];
		x->give(x->arg, i, &x->list.p[k.piece], row_at(x, k.piece, k.row));
		if (atomic_fetch_sub_explicit(&x->left[k.piece], 1, memory_order_acq_rel) == 1)
			cc_load_drop_rows(&x->list.p[k.piece]);
	}
}

static bool give_all(sorter *x, unsigned threads)
{
	cc_work *w = x->keys ? cc_work_start((x->n + BLOCK - 1) / BLOCK, threads, give_block, x)
		: cc_work_start(x->list.n, threads, give_piece, x);
	cc_work_finish(w);
	return w != NULL;
}

static int64_t first_time(const sorter *x)
{
	cc_range r = { CC_TIME_NONE, CC_TIME_NONE };
	for (size_t i = 0; i < x->list.n; i++)
		cc_range_add(&r, x->list.p[i].range.from_ns);
	return r.from_ns == CC_TIME_NONE ? 0 : r.from_ns;
}

static bool order_by_keys(sorter *x)
{
	x->first_ns = first_time(x);
	x->keys = cc_pages_alloc(x->n * sizeof *x->keys);
	if (!x->keys)
		return false;
	make_keys(x);
	return sort_keys(x);
}

bool cc_load_each_by_time(load_list list, size_t row_size, unsigned threads, load_give_fn *give, void *arg)
{
	sorter x = { .list = list, .row_size = row_size, .give = give, .arg = arg };
	x.left = cc_calloc(list.n, sizeof *x.left);
	x.first = cc_calloc(list.n, sizeof *x.first);
	bool ok = x.left && x.first;
	for (size_t i = 0; ok && i < list.n; i++) {
		atomic_init(&x.left[i], (unsigned)list.p[i].row_count);
		x.first[i] = x.n;
		x.n += list.p[i].row_count;
	}
	ok = ok && (is_sorted(&x) || order_by_keys(&x)) && give_all(&x, threads);
	cc_pages_free(x.keys, x.n * sizeof *x.keys);
	cc_free(x.left);
	cc_free(x.first);
	return ok;
}
