/* topology_calls.c - who calls whom, as spans show it: a span whose parent belongs to another service is one call (calls.h
 * counted them), and a consumer's link to the span that produced its message is one too. */
#include "snapshot/spans_priv.h"
#include "snapshot/topology_priv.h"

#include <string.h>

typedef struct call_link { uint32_t consumer; cc_str key; } call_link;

enum { NEAR = 256 };             /* a power of two */

typedef struct calls_reader {
	topology_builder *b;
	cc_map *nodes;           /* ns, service, entity -> node */
	cc_map *linked;          /* trace id, span id -> span index + 1 */
	cc_map *traces;          /* ids of their traces */
	CC_VEC(call_link) links;
	cc_arena *scratch;
	struct { uint32_t key[3]; cc_entity_id node; bool filled; } near[NEAR];   /* of nodes: those met lately */
} calls_reader;

/* ---- which node of the graph a span belongs to ---- */

/* The Service of a group: one with an object before a name known from telemetry only; else its workload. */
static cc_entity_id node_of_group(const cc_snapshot *s, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);
	cc_entity_vec members = { 0 };
	cc_entity_id best = 0;

	if (!e)
		return 0;
	if (cc_entity_members(s, id, &members) != CC_OK)
		members.n = 0;
	for (size_t i = 0; i < members.n; i++) {
		const cc_entity *m = cc_entity_get(s, members.p[i]);

		if (cc_str_eqz(cc_entity_kind(s, members.p[i]), "Service") &&
			(best == 0 || (m->object != 0 && cc_entity_get(s, best)->object == 0)))
			best = members.p[i];
	}
	cc_vec_deinit(&members);
	return best ? best : e->workload;
}

static cc_entity_id find_node(calls_reader *r, const cc_span *sp, const uint32_t key[3])
{
	const cc_snapshot *s = r->b->s;
	cc_str k = { (const char *)key, 3 * sizeof *key };
	cc_entity_id id;
	uint64_t node;

	if (cc_map_get(r->nodes, k, &node))
		return (cc_entity_id)node;
	id = sp->service ? cc_entity_of_service(s, cc_snapshot_sym(s, sp->ns), cc_snapshot_sym(s, sp->service)) : 0;
	node = node_of_group(s, id ? id : sp->entity);
	k = cc_arena_dup(r->scratch, k);
	if (!k.p || !cc_map_set(r->nodes, k, node))
		r->b->failed = true;
	return (cc_entity_id)node;
}

static cc_entity_id node_of_span(calls_reader *r, const cc_span *sp)
{
	uint32_t key[3] = { sp->ns, sp->service, sp->service ? 0 : sp->entity };
	size_t i = (key[0] * 31 + key[1] * 17 + key[2]) & (NEAR - 1);
	if (!r->near[i].filled || memcmp(r->near[i].key, key, sizeof key) != 0) {
		r->near[i].node = find_node(r, sp, key);
		memcpy(r->near[i].key, key, sizeof key);
		r->near[i].filled = true;
	}
	return r->near[i].node;
}

static void add_calls(calls_reader *r, const cc_span *caller, const cc_span *callee, uint32_t count, uint32_t errors)
{
	cc_edge edge = { .from = node_of_span(r, caller),
		.to = node_of_span(r, callee),
		.kind = CC_EDGE_CALLS,
		.cite = callee->cite };
	cc_edge *e;

	if (edge.from == 0 || edge.to == 0 || edge.from == edge.to)
		return;
	e = cc_topology_edge(r->b, &edge);
	if (!e)
		return;
	e->count += count;
	e->errors += errors;
}

/* ---- links ---- */

static cc_str link_key(calls_reader *r, cc_str trace, cc_str span)
{
	cc_id128 id = { 0, 0 };
	uint64_t key[3];

	cc_id128_parse(trace, &id);
	key[0] = id.hi;
	key[1] = id.lo;
	key[2] = cc_span_id_parse(span);
	return cc_arena_dup(r->scratch, (cc_str){ (const char *)key, sizeof key });
}

static bool keep_link(calls_reader *r, uint32_t consumer, cc_str trace, cc_str span)
{
	call_link link = { consumer, link_key(r, trace, span) };

	return link.key.p && cc_map_set(r->linked, link.key, 0) &&
		cc_map_set(r->traces, cc_str_sub(link.key, 0, sizeof(cc_id128)), 0) && cc_vec_push(&r->links, link);
}

static void collect_links(calls_reader *r, uint32_t index, const cc_span *sp)
{
	const cc_snapshot *s = r->b->s;
	cc_str_vec traces = { 0 }, spans = { 0 };
	cc_str cell = cc_spans_column(s, sp, "Links.SpanId", r->scratch);

	if (cell.n > 2 && cc_literal_list(&spans, cell, r->scratch) &&
	    cc_literal_list(&traces, cc_spans_column(s, sp, "Links.TraceId", r->scratch), r->scratch))
		for (size_t i = 0; i < spans.n && i < traces.n; i++)
			if (!keep_link(r, index, traces.p[i], spans.p[i]))
				r->b->failed = true;
	cc_vec_deinit(&traces);
	cc_vec_deinit(&spans);
}

static void find_in_trace(calls_reader *r, const cc_trace *tr)
{
	for (uint32_t k = tr->first; k < tr->first + tr->count; k++) {
		uint32_t i = cc_traces_span(r->b->s, k);
		uint64_t id = cc_spans_get(r->b->s, i)->id, key[3] = { tr->id.hi, tr->id.lo, id };
		cc_str text = { (const char *)key, sizeof key };

		if (id != 0 && cc_map_get(r->linked, text, NULL) && !cc_map_set(r->linked, text, (uint64_t)i + 1))
			r->b->failed = true;
	}
}

/* Few traces are linked to, so only their spans are looked up. Of several spans with one id the latest has it. */
static void find_linked(calls_reader *r)
{
	for (size_t i = 0; i < cc_traces_count(r->b->s); i++) {
		const cc_trace *tr = cc_traces_get(r->b->s, i);
		uint64_t id[2] = { tr->id.hi, tr->id.lo };

		if (cc_map_get(r->traces, (cc_str){ (const char *)id, sizeof id }, NULL))
			find_in_trace(r, tr);
	}
}

static void add_linked_calls(calls_reader *r)
{
	const cc_snapshot *s = r->b->s;
	uint64_t at;

	if (r->links.n > 0)
		find_linked(r);
	for (size_t i = 0; i < r->links.n; i++) {
		const cc_span *consumer = cc_spans_get(s, r->links.p[i].consumer), *producer;

		if (!cc_map_get(r->linked, r->links.p[i].key, &at) || at == 0 || consumer->parent == at - 1)
			continue;
		producer = cc_spans_get(s, (size_t)at - 1);
		add_calls(r, producer, consumer, 1, producer->status == CC_STATUS_ERROR || consumer->status == CC_STATUS_ERROR);
	}
}

static void add_all(calls_reader *r)
{
	const cc_snapshot *s = r->b->s;
	const call_set *set = &s->spans->calls;

	for (size_t i = 0; i < set->calls.n && !r->b->failed; i++) {
		const span_calls *c = &set->calls.p[i];
		const cc_span *callee = cc_spans_get(s, c->first);

		add_calls(r, cc_spans_get(s, callee->parent), callee, c->count, c->errors);
	}
	for (size_t i = 0; i < set->consumers.n && !r->b->failed; i++)
		collect_links(r, set->consumers.p[i], cc_spans_get(s, set->consumers.p[i]));
	add_linked_calls(r);
}

bool cc_topology_calls(topology_builder *b)
{
	calls_reader r = { .b = b, .nodes = cc_map_new(), .linked = cc_map_new(), .traces = cc_map_new(),
		.scratch = cc_arena_new() };
	bool ok = r.nodes && r.linked && r.traces && r.scratch;

	if (ok && b->s->spans) {
		add_all(&r);
		cc_calls_deinit(&b->s->spans->calls);
	}
	cc_vec_deinit(&r.links);
	cc_map_free(r.nodes);
	cc_map_free(r.linked);
	cc_map_free(r.traces);
	cc_arena_free(r.scratch);
	return ok && !b->failed;
}
