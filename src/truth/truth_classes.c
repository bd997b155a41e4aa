/* truth_classes.c - which groups are one thing, and how the trouble spread from it.
 *
 * Alias lists join groups transitively (union-find over indices). Propagations are ordered by breadth-first search from the root
 * classes, so that a reader meets every effect after its cause; what no root reaches comes last, in file order. */
#include <string.h>
#include "coldcase/xalloc.h"
#include "truth_priv.h"

static uint32_t top_of(uint32_t *parent, uint32_t i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
	a = top_of(parent, a);
	b = top_of(parent, b);
	/* The earlier group leads, so that class order is file order. */
	if (a < b)
		parent[b] = a;
	else
		parent[a] = b;
}

static void join_list(truth_builder *b, uint32_t *parent, bool *listed, const cc_json *list)
{
	size_t first = CC_STR_NONE;
	for (const cc_json *v = cc_json_first(list); v; v = cc_json_next(v)) {
		size_t g = cc_truth_group_find(b->t, cc_json_text(v));
		if (g == CC_STR_NONE) {
			cc_truth_warn(b, "dangling_alias", cc_json_text(v), "an alias list names this group, which does not exist");
			continue;
		}
		if (listed[g])
			cc_truth_warn(b, "alias_overlap", b->t->groups[g].id, "named by two alias lists, which were joined");
		listed[g] = true;
		if (first == CC_STR_NONE)
			first = g;
		else
			join(parent, (uint32_t)first, (uint32_t)g);
	}
}

/* Numbers the classes in file order of their first groups. `number` maps a leading group to its class. */
static void make_classes(cc_truth *t, uint32_t *parent, uint32_t *number)
{
	for (uint32_t i = 0; i < t->group_count; i++) {
		uint32_t lead = top_of(parent, i);
		if (lead == i) {
			number[i] = (uint32_t)t->class_count;
			t->classes[t->class_count++] = (cc_truth_class){ .id = t->groups[i].id, .first = i };
		}
		cc_truth_class *c = &t->classes[number[lead]];
		t->groups[i].cls = number[lead];
		c->group_count++;
		if (t->groups[i].root && !c->root) {
			c->root = true;
			c->id = t->groups[i].id;
			c->first = i;
			t->root_count++;
		}
	}
}

cc_code cc_truth_join(truth_builder *b, const cc_json *aliases, cc_err *err)
{
	cc_truth *t = b->t;
	size_t n = t->group_count + 1;
	cc_code code = CC_OK;
	uint32_t *parent = cc_calloc(n, sizeof *parent), *number = cc_calloc(n, sizeof *number);
	bool *listed = cc_calloc(n, sizeof *listed);
	t->classes = cc_arena_array(t->arena, n, sizeof *t->classes);
	if (!parent || !number || !listed || !t->classes) {
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
		goto done;
	}
	for (uint32_t i = 0; i < n; i++)
		parent[i] = i;
	for (const cc_json *list = cc_json_first(aliases); list; list = cc_json_next(list))
		join_list(b, parent, listed, list);
	make_classes(t, parent, number);
done:
	cc_free(parent);
	cc_free(number);
	cc_free(listed);
	return code;
}

/* The class a propagation end belongs to; ends without a group get numbers after the classes, one for each distinct text. */
static uint32_t node_of(const cc_truth *t, size_t end)
{
	const cc_truth_step *s = &t->steps[end / 2];
	cc_str id = end % 2 ? s->target : s->source;
	size_t g = cc_truth_group_find(t, id);
	if (g != CC_STR_NONE)
		return t->groups[g].cls;
	for (size_t i = 0; i < end; i++)
		if (cc_str_eq(i % 2 ? t->steps[i / 2].target : t->steps[i / 2].source, id))
			return (uint32_t)(t->class_count + i);
	return (uint32_t)(t->class_count + end);
}

/* hop[node] by repeated passes over the edges: few edges, and order inside a pass keeps file order stable. */
static void spread(cc_truth *t, const uint32_t *nodes, uint32_t *hop)
{
	bool changed = true;
	for (uint32_t level = 0; changed; level++) {
		changed = false;
		for (size_t i = 0; i < t->step_count; i++) {
			if (hop[nodes[2 * i]] != level)
				continue;
			if (t->steps[i].hop == CC_TRUTH_NO_HOP)
				t->steps[i].hop = level;
			if (hop[nodes[2 * i + 1]] == CC_TRUTH_NO_HOP) {
				hop[nodes[2 * i + 1]] = level + 1;
				changed = true;
			}
		}
	}
}

/* Stable, by hop: counting is enough as hops are below the number of steps. */
static bool sort_steps(cc_truth *t)
{
	cc_truth_step *sorted = cc_arena_array(t->arena, t->step_count + 1, sizeof *sorted);
	size_t n = 0;
	if (!sorted)
		return false;
	for (uint32_t hop = 0; n < t->step_count && hop <= t->step_count; hop++)
		for (size_t i = 0; i < t->step_count; i++)
			if (t->steps[i].hop == hop)
				sorted[n++] = t->steps[i];
	for (size_t i = 0; i < t->step_count; i++)
		if (t->steps[i].hop == CC_TRUTH_NO_HOP)
			sorted[n++] = t->steps[i];
	t->steps = sorted;
	return true;
}

cc_code cc_truth_order_steps(truth_builder *b, cc_err *err)
{
	cc_truth *t = b->t;
	size_t node_count = t->class_count + 2 * t->step_count + 1;
	uint32_t *nodes = cc_calloc(2 * t->step_count + 1, sizeof *nodes), *hop = cc_calloc(node_count, sizeof *hop);
	cc_code code = CC_OK;
	if (!nodes || !hop) {
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
		goto done;
	}
	for (size_t i = 0; i < node_count; i++)
		hop[i] = i < t->class_count && t->classes[i].root ? 0 : CC_TRUTH_NO_HOP;
	for (size_t i = 0; i < 2 * t->step_count; i++)
		nodes[i] = node_of(t, i);
	spread(t, nodes, hop);
	if (!sort_steps(t))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
done:
	cc_free(nodes);
	cc_free(hop);
	return code;
}
