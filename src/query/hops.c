/* hops.c - distances on the map, breadth first over groups of entities (see hops.h). */
#include "coldcase/hops.h"

#include "coldcase/xalloc.h"

/* Edges of a group's members, as lists of group to group: first[g] … first[g + 1] of `to`. */
typedef struct net { uint32_t *first; cc_entity_id *to; } net;

static cc_entity_id group_of(const cc_snapshot *s, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);

	return e ? e->group : 0;
}

/* Counting, summing up, and filling from the back: each edge stands in both its ends' lists. */
static bool build(net *n, const cc_snapshot *s, size_t count)
{
	size_t edges = cc_edges_count(s);

	n->first = cc_calloc(count + 2, sizeof *n->first);
	n->to = cc_calloc(2 * edges + 1, sizeof *n->to);
	if (!n->first || !n->to)
		return false;
	for (size_t i = 0; i < edges; i++) {
		n->first[group_of(s, cc_edges_get(s, i)->from)]++;
		n->first[group_of(s, cc_edges_get(s, i)->to)]++;
	}
	for (size_t g = 1; g <= count + 1; g++)
		n->first[g] += n->first[g - 1];
	for (size_t i = 0; i < edges; i++) {
		cc_entity_id a = group_of(s, cc_edges_get(s, i)->from), b = group_of(s, cc_edges_get(s, i)->to);

		n->to[--n->first[a]] = b;
		n->to[--n->first[b]] = a;
	}
	return true;
}

static void walk(const net *n, const cc_snapshot *s, const cc_entity_id *from, size_t starts, cc_entity_id *queue, uint32_t *far)
{
	size_t head = 0, tail = 0;

	for (size_t i = 0; i < starts; i++) {
		cc_entity_id g = group_of(s, from[i]);

		if (g && far[g] == CC_HOPS_NONE) {
			far[g] = 0;
			queue[tail++] = g;
		}
	}
	while (head < tail) {
		cc_entity_id g = queue[head++];

		for (uint32_t k = n->first[g]; k < n->first[g + 1]; k++) {
			if (!n->to[k] || far[n->to[k]] != CC_HOPS_NONE)
				continue;
			far[n->to[k]] = far[g] + 1;
			queue[tail++] = n->to[k];
		}
	}
}

cc_code cc_hops_from(const cc_snapshot *s, const cc_entity_id *from, size_t n, uint32_t *out)
{
	size_t count = cc_entity_count(s);
	net map = { 0 };
	cc_entity_id *queue = cc_calloc(count + 1, sizeof *queue);
	uint32_t *far = cc_calloc(count + 1, sizeof *far);
	bool ok = queue && far && build(&map, s, count);

	for (size_t i = 0; ok && i <= count; i++)
		far[i] = CC_HOPS_NONE;
	if (ok)
		walk(&map, s, from, n, queue, far);
	for (cc_entity_id id = 0; ok && id <= count; id++)
		out[id] = group_of(s, id) ? far[group_of(s, id)] : CC_HOPS_NONE;
	cc_free(map.first);
	cc_free(map.to);
	cc_free(queue);
	cc_free(far);
	return ok ? CC_OK : CC_ENOMEM;
}
