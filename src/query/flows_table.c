/* flows_table.c - the counts of a range of traces, and how two neighbouring ranges add up.
 *
 * Ranges are counted by several threads and added in the order of their traces, so every choice an order makes - which
 * example is kept, which entry is older - is the one that a single walk over all traces would make. */
#include "flows_priv.h"
#include "coldcase/xalloc.h"

/* --- pairs --- */

static size_t slot_of(uint64_t key, size_t cap)
{
	return (size_t)((key ^ key >> 29) * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (cap - 1);
}

static uint64_t key_of(uint32_t x, uint32_t y)
{
	return (uint64_t)x << 32 | y;
}

static pair_slot *find(const pairs *p, uint64_t key)
{
	size_t i = slot_of(key, p->cap);
	while (p->slots[i].value && p->slots[i].key != key)
		i = (i + 1) & (p->cap - 1);
	return &p->slots[i];
}

uint32_t cc_pairs_get(const pairs *p, uint32_t x, uint32_t y)
{
	pair_slot *slot = p->cap ? find(p, key_of(x, y)) : NULL;
	return slot && slot->value ? slot->value - 1 : PAIR_NONE;
}

static bool grow(pairs *p)
{
	pairs bigger = { .n = p->n, .cap = p->cap ? 2 * p->cap : 64 };
	bigger.slots = cc_calloc(bigger.cap, sizeof *bigger.slots);
	if (!bigger.slots)
		return false;
	for (size_t i = 0; i < p->cap; i++)
		if (p->slots[i].value)
			*find(&bigger, p->slots[i].key) = p->slots[i];
	cc_free(p->slots);
	*p = bigger;
	return true;
}

bool cc_pairs_add(pairs *p, uint32_t x, uint32_t y, uint32_t value)
{
	if (2 * p->n >= p->cap && !grow(p))
		return false;
	*find(p, key_of(x, y)) = (pair_slot){ key_of(x, y), value + 1 };
	p->n++;
	return true;
}

/* --- entries --- */

static flow_acc *entry(pairs *at, flow_vec *list, cc_sym from, cc_sym to, bool *added)
{
	uint32_t i = cc_pairs_get(at, from, to);
	*added = i == PAIR_NONE;
	if (!*added)
		return &list->p[i];
	flow_acc fresh = { .from = from, .to = to, .example = UINT32_MAX, .slowest = -1 };
	if (!cc_pairs_add(at, from, to, (uint32_t)list->n) || !cc_vec_push(list, fresh))
		return NULL;
	return &list->p[list->n - 1];
}

flow_acc *cc_flow_table_service(flow_table *t, cc_sym service)
{
	bool added;
	return entry(&t->service_at, &t->services, 0, service, &added);
}

flow_acc *cc_flow_table_edge(flow_table *t, cc_sym from, cc_sym to, bool *added)
{
	return entry(&t->edge_at, &t->edges, from, to, added);
}

cc_error_origin *cc_flow_table_origin(flow_table *t, const cc_span *first, uint32_t callee)
{
	uint32_t name = cc_pairs_get(&t->origin_name_at, first->service, first->name);
	if (name == PAIR_NONE) {
		name = t->origin_names++;
		if (!cc_pairs_add(&t->origin_name_at, first->service, first->name, name))
			return NULL;
	}
	uint32_t i = cc_pairs_get(&t->origin_at, name, callee);
	if (i != PAIR_NONE)
		return &t->origins.p[i];
	cc_error_origin fresh = { .service = first->service, .operation = first->name, .callee = callee, .first_ns = first->start_ns,
		.last_ns = first->start_ns, .example = UINT32_MAX, .text = CC_STR_EMPTY, .peer = CC_STR_EMPTY };
	if (!cc_pairs_add(&t->origin_at, name, callee, (uint32_t)t->origins.n) ||
		!cc_vec_push(&t->origins, fresh))
		return NULL;
	return &t->origins.p[t->origins.n - 1];
}

uint32_t cc_flow_table_chain(flow_table *t, uint32_t parent, cc_sym service)
{
	chain_node none = { 0 };
	if (t->nodes.n == 0 && !cc_vec_push(&t->nodes, none))
		return CHAIN_NONE;
	if (parent != CHAIN_NONE && (t->nodes.p[parent].service == service || t->nodes.p[parent].depth >= CHAIN_DEPTH_MAX))
		return parent;
	uint32_t i = cc_pairs_get(&t->chain_at, parent, service);
	if (i != PAIR_NONE)
		return i;
	chain_node node = { .parent = parent, .service = service, .depth = t->nodes.p[parent].depth + 1,
		.error_trace = UINT32_MAX, .extended_trace = UINT32_MAX, .seen_trace = UINT32_MAX, .flow = UINT32_MAX, .hop = UINT32_MAX };
	if (!cc_pairs_add(&t->chain_at, parent, service, (uint32_t)t->nodes.n) || !cc_vec_push(&t->nodes, node))
		return CHAIN_NONE;
	return (uint32_t)t->nodes.n - 1;
}

static flow_acc *along_chain(flow_vec *list, uint32_t *number, uint32_t chain)
{
	flow_acc fresh = { .example = UINT32_MAX, .slowest = -1, .chain = chain };
	if (*number == UINT32_MAX) {
		if (!cc_vec_push(list, fresh))
			return NULL;
		*number = (uint32_t)list->n - 1;
	}
	return &list->p[*number];
}

flow_acc *cc_flow_table_path(flow_table *t, uint32_t chain)
{
	return along_chain(&t->paths, &t->nodes.p[chain].flow, chain);
}

flow_acc *cc_flow_table_hop(flow_table *t, uint32_t chain)
{
	return along_chain(&t->hops, &t->nodes.p[chain].hop, chain);
}

/* --- two ranges --- */

/* Takes the elements over, or copies them where there are some already. */
static bool append(time_vec *into, time_vec *from)
{
	if (into->n == 0) {
		cc_vec_deinit(into);
		*into = *from;
		*from = (time_vec){ 0 };
		return true;
	}
	if (!cc_vec_reserve(into, from->n))
		return false;
	for (size_t i = 0; i < from->n; i++)
		into->p[into->n + i] = from->p[i];
	into->n += from->n;
	cc_vec_deinit(from);
	return true;
}

static bool add_acc(flow_acc *into, flow_acc *from)
{
	bool ok = true;
	if (!into->example_failed && (from->example_failed || from->slowest > into->slowest)) {
		into->example = from->example;
		into->example_failed = from->example_failed;
		into->slowest = from->slowest;
	}
	into->ignored = from->ignored;
	for (int side = 0; side < 2; side++) {
		into->oks[side] += from->oks[side];
		into->errors[side] += from->errors[side];
		into->origins[side] += from->origins[side];
		ok = ok && append(&into->times[side], &from->times[side]) && append(&into->caller[side], &from->caller[side]) &&
		     append(&into->self[side], &from->self[side]) &&
		     append(&into->whole[side], &from->whole[side]);
	}
	return ok;
}

static bool add_flows(pairs *at, flow_vec *into, flow_vec *from)
{
	for (size_t i = 0; i < from->n; i++) {
		bool added;
		flow_acc *acc = entry(at, into, from->p[i].from, from->p[i].to, &added);
		if (!acc || !add_acc(acc, &from->p[i]))
			return false;
	}
	return true;
}

/* The example is the first one after the pivot, else the first. */
static bool add_origins(flow_table *into, const origin_vec *from)
{
	for (size_t i = 0; i < from->n; i++) {
		const cc_error_origin *o = &from->p[i];
		cc_span first = { .service = o->service, .name = o->operation, .start_ns = o->first_ns };
		cc_error_origin *have = cc_flow_table_origin(into, &first, o->callee);
		if (!have)
			return false;
		if (have->example == UINT32_MAX || (have->after == 0 && o->after > 0)) {
			have->example = o->example;
			have->client_only = o->client_only;
		}
		have->before += o->before;
		have->after += o->after;
		have->first_ns = o->first_ns < have->first_ns ? o->first_ns : have->first_ns;
		have->last_ns = o->last_ns > have->last_ns ? o->last_ns : have->last_ns;
	}
	return true;
}

/* Nodes stand after their parents, so each parent's new number is known when its child comes. */
static bool add_paths(flow_table *into, flow_table *from)
{
	uint32_t *number = cc_calloc(from->nodes.n + 1, sizeof *number);
	bool ok = number != NULL;
	for (size_t i = 1; ok && i < from->nodes.n; i++) {
		const chain_node *node = &from->nodes.p[i];
		number[i] = cc_flow_table_chain(into, number[node->parent], node->service);
		ok = number[i] != CHAIN_NONE;
	}
	for (size_t i = 0; ok && i < from->paths.n; i++) {
		flow_acc *acc = cc_flow_table_path(into, number[from->paths.p[i].chain]);
		ok = acc && add_acc(acc, &from->paths.p[i]);
	}
	for (size_t i = 0; ok && i < from->hops.n; i++) {
		flow_acc *acc = cc_flow_table_hop(into, number[from->hops.p[i].chain]);
		ok = acc && add_acc(acc, &from->hops.p[i]);
	}
	cc_free(number);
	return ok;
}

static void free_flows(flow_vec *flows)
{
	for (size_t i = 0; i < flows->n; i++)
		for (int side = 0; side < 2; side++) {
			cc_vec_deinit(&flows->p[i].times[side]);
			cc_vec_deinit(&flows->p[i].caller[side]);
			cc_vec_deinit(&flows->p[i].self[side]);
			cc_vec_deinit(&flows->p[i].whole[side]);
		}
	cc_vec_deinit(flows);
}

bool cc_flow_table_merge(flow_table *into, flow_table *from)
{
	bool ok = add_flows(&into->service_at, &into->services, &from->services) &&
		  add_flows(&into->edge_at, &into->edges, &from->edges) && add_origins(into, &from->origins) &&
		  add_paths(into, from) && cc_flow_table_add_clients(into, from);
	into->traces += from->traces;
	into->repeated += from->repeated;
	cc_flow_table_deinit(from);
	return ok;
}

void cc_flow_table_deinit(flow_table *t)
{
	free_flows(&t->services);
	free_flows(&t->edges);
	free_flows(&t->paths);
	free_flows(&t->hops);
	cc_vec_deinit(&t->origins);
	for (size_t i = 0; i < t->clients.n; i++)
		cc_vec_deinit(&t->clients.p[i].silent);
	cc_vec_deinit(&t->clients);
	cc_vec_deinit(&t->answers);
	cc_free(t->origin_name_at.slots);
	cc_free(t->client_at.slots);
	cc_free(t->answered_at.slots);
	cc_vec_deinit(&t->nodes);
	cc_free(t->service_at.slots);
	cc_free(t->edge_at.slots);
	cc_free(t->origin_at.slots);
	cc_free(t->chain_at.slots);
	*t = (flow_table){ 0 };
}
