/* flows_hops.c - the hops of all chains in the order of their tree.
 *
 * Below one parent the hop comes first that has the worst change at or below it, so that the way to what got worse runs
 * along the top of the tree. */
#include <stdlib.h>

#include "flows_priv.h"
#include "coldcase/xalloc.h"

/* A hop below its parent (hop plus 1, 0 = an entry). */
typedef struct hop_place { uint32_t parent, hop; double worst; uint64_t calls; } hop_place;

static int by_place(const void *x, const void *y)
{
	const hop_place *a = x, *b = y;
	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	if (a->worst != b->worst)
		return a->worst < b->worst ? 1 : -1;
	if (a->calls != b->calls)
		return a->calls < b->calls ? 1 : -1;
	return a->hop < b->hop ? -1 : a->hop > b->hop;
}

/* Nodes stand after their parents: backwards, a hop's worst is known before it is handed up. */
static void fill_places(const cc_flows *f, hop_place *places)
{
	const flow_table *t = &f->table;
	for (size_t i = t->nodes.n; i-- > 1;) {
		const chain_node *node = &t->nodes.p[i];
		if (node->hop == UINT32_MAX)
			continue;
		hop_place *at = &places[node->hop];
		uint32_t above = node->parent == CHAIN_NONE ? UINT32_MAX : t->nodes.p[node->parent].hop;
		const cc_flow *w = &f->hops.p[node->hop];
		at->hop = node->hop;
		at->calls = w->before.calls + w->after.calls;
		at->worst = w->score > at->worst ? w->score : at->worst;
		at->parent = above == UINT32_MAX ? 0 : above + 1;
		if (above != UINT32_MAX && places[above].worst < at->worst)
			places[above].worst = at->worst;
	}
}

static size_t first_below(const hop_place *places, size_t n, uint32_t parent)
{
	size_t lo = 0, hi = n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (places[mid].parent < parent)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

typedef struct hop_step { size_t place; uint32_t depth; } hop_step;

static bool walk_tree(const cc_flows *f, const hop_place *places, flow_list *out)
{
	CC_VEC(hop_step) stack = { 0 };
	size_t n = f->hops.n;
	hop_step at = { 0, 0 };
	bool ok = n == 0 || cc_vec_push(&stack, at);
	while (ok && stack.n) {
		at = stack.p[--stack.n];
		const hop_place *place = &places[at.place];
		cc_flow w = f->hops.p[place->hop];
		w.depth = at.depth;
		ok = cc_vec_push(out, w);
		hop_step next = { at.place + 1, at.depth }, below = { first_below(places, n, place->hop + 1), at.depth + 1 };
		if (ok && next.place < n && places[next.place].parent == place->parent)
			ok = cc_vec_push(&stack, next);
		if (ok && below.place < n && places[below.place].parent == place->hop + 1)
			ok = cc_vec_push(&stack, below);
	}
	cc_vec_deinit(&stack);
	return ok;
}

bool cc_flows_order_hops(cc_flows *f)
{
	flow_list ordered = { 0 };
	hop_place *places = cc_calloc(f->hops.n + 1, sizeof *places);
	bool ok = places != NULL;
	if (ok) {
		fill_places(f, places);
		qsort(places, f->hops.n, sizeof *places, by_place);
		ok = walk_tree(f, places, &ordered);
	}
	cc_free(places);
	cc_vec_deinit(&f->hops);
	f->hops = ordered;
	return ok;
}
