/* flows.c - services, caller-callee edges, service chains and error origins, counted before and after an instant.
 *
 * A chain is a path of a tree of services shared by all traces: each span belongs to the chain node of its parent,
 * or to a child of it when the service changes. A trace counts once for each of its chains that no other chain of it
 * extends. Parents are followed with an explicit stack, because depth is what the data says it is; a parent that is
 * reached twice (cycle) counts as missing. */
#include <stdlib.h>

#include "flows_calls.h"
#include "flows_priv.h"
#include "coldcase/entity.h"
#include "coldcase/xalloc.h"

enum { CHAIN_DEPTH_MAX = 32, CHAIN_NONE = 0, CANCEL_EVERY = 1024 };
#define CHAIN_PENDING UINT32_MAX /* not an enumerator: those are ints */

typedef struct chain_node {
	uint32_t parent, depth, error_trace, extended_trace, seen_trace, flow;
	cc_sym service;
} chain_node;

typedef struct builder {
	cc_flows *f;
	const cc_snapshot *s;
	const cc_flows_options *opt;
	cc_arena *arena;         /* keys */
	cc_map *edges, *chains, *origins;
	uint32_t *by_service;    /* symbol -> flow + 1 */
	CC_VEC(chain_node) nodes;
	uint32_t *chain;         /* span -> chain node */
	uint8_t *failing_child, *server_child;
	call_times calls;
	uint8_t *covers;         /* entity -> 0 unknown, 1 no, 2 yes */
	CC_VEC(uint32_t) stack;
	CC_VEC(uint32_t) seen;   /* chain nodes of the trace at hand */
	cc_code code;
} builder;

static const void *key2(builder *b, uint32_t x, uint32_t y, cc_str *key)
{
	uint32_t *k = cc_arena_array(b->arena, 2, sizeof *k);
	if (!k) {
		b->code = CC_ENOMEM;
		return NULL;
	}
	k[0] = x;
	k[1] = y;
	*key = (cc_str){ (const char *)k, 2 * sizeof *k };
	return k;
}

/* Position of the entry for (x, y), adding an empty one; UINT32_MAX when out of memory. */
static uint32_t find_flow(builder *b, cc_map *map, flow_vec *list, uint32_t x, uint32_t y)
{
	uint32_t probe[2] = { x, y };
	uint64_t at;
	if (cc_map_get(map, (cc_str){ (const char *)probe, sizeof probe }, &at))
		return (uint32_t)at;
	cc_str key;
	flow_acc fresh = { .example = UINT32_MAX, .slowest = -1 };
	if (!key2(b, x, y, &key) || !cc_map_set(map, key, list->n) || !cc_vec_push(list, fresh)) {
		b->code = CC_ENOMEM;
		return UINT32_MAX;
	}
	return (uint32_t)list->n - 1;
}

static void acc_add(builder *b, flow_acc *acc, bool after, bool error, int64_t duration)
{
	(error ? acc->errors : acc->oks)[after]++;
	if (!cc_vec_push(&acc->times[after], duration))
		b->code = CC_ENOMEM;
}

static void acc_example(flow_acc *acc, bool after, bool error, int64_t duration, uint32_t example)
{
	/* an example worth looking at: a failing one after the pivot, else the slowest */
	bool better = after && error ? !acc->example_failed : !acc->example_failed && duration > acc->slowest;
	if (better) {
		acc->example = example;
		acc->example_failed = after && error;
		acc->slowest = duration;
	}
}

static bool is_after(const builder *b, int64_t ns)
{
	return b->opt->pivot_ns == CC_TIME_NONE || ns >= b->opt->pivot_ns;
}

static bool in_range(const builder *b, int64_t ns)
{
	cc_range r = b->opt->range;
	return (r.from_ns == CC_TIME_NONE || ns >= r.from_ns) && (r.to_ns == CC_TIME_NONE || ns <= r.to_ns);
}

static const cc_span *parent_of(const builder *b, const cc_span *sp)
{
	const cc_span *parent = sp->parent == CC_SPAN_NO_PARENT ? NULL : cc_spans_get(b->s, sp->parent);
	return parent && parent->trace_index == sp->trace_index && parent != sp ? parent : NULL;
}

/* --- chains --- */

static uint32_t chain_child(builder *b, uint32_t parent, cc_sym service)
{
	if (parent != CHAIN_NONE && (b->nodes.p[parent].service == service ||
		b->nodes.p[parent].depth >= CHAIN_DEPTH_MAX))
		return parent;
	uint32_t probe[2] = { parent, service };
	uint64_t at;
	if (cc_map_get(b->chains, (cc_str){ (const char *)probe, sizeof probe }, &at))
		return (uint32_t)at;
	cc_str key;
	chain_node node = { .parent = parent, .service = service, .depth = parent == CHAIN_NONE ? 1 :
		b->nodes.p[parent].depth + 1,
		.error_trace = UINT32_MAX, .extended_trace = UINT32_MAX, .seen_trace = UINT32_MAX, .flow = UINT32_MAX };
	if (!key2(b, parent, service, &key) || !cc_map_set(b->chains, key, b->nodes.n) ||
		!cc_vec_push(&b->nodes, node)) {
		b->code = CC_ENOMEM;
		return CHAIN_NONE;
	}
	return (uint32_t)b->nodes.n - 1;
}

static void chain_of(builder *b, uint32_t span)
{
	b->stack.n = 0;
	const cc_span *sp = cc_spans_get(b->s, span);
	uint32_t at = span, chain = CHAIN_NONE;
	for (;;) {
		if (b->chain[at] == CHAIN_PENDING)
			break;                 /* a cycle: the span it closes on is treated as a root */
		if (b->chain[at] != CHAIN_NONE) {
			chain = b->chain[at];
			break;
		}
		b->chain[at] = CHAIN_PENDING;
		if (!cc_vec_push(&b->stack, at)) {
			b->code = CC_ENOMEM;
			return;
		}
		if (!parent_of(b, sp))
			break;
		at = sp->parent;
		sp = cc_spans_get(b->s, at);
	}
	while (b->stack.n && b->code == CC_OK) {
		at = b->stack.p[--b->stack.n];
		uint32_t own = chain_child(b, chain, cc_spans_get(b->s, at)->service);
		if (own != chain && chain != CHAIN_NONE)
			b->nodes.p[chain].extended_trace = cc_spans_get(b->s, at)->trace_index;
		b->chain[at] = chain = own;
	}
}

static void note_chain(builder *b, uint32_t span, uint32_t trace)
{
	const cc_span *sp = cc_spans_get(b->s, span);
	chain_of(b, span);
	uint32_t chain = b->chain[span];
	if (b->code != CC_OK || chain == CHAIN_NONE)
		return;
	chain_node *node = &b->nodes.p[chain];
	if (sp->status == CC_STATUS_ERROR)
		node->error_trace = trace;
	if (node->seen_trace != trace) {
		node->seen_trace = trace;
		if (!cc_vec_push(&b->seen, chain))
			b->code = CC_ENOMEM;
	}
}

static bool chain_failed(const builder *b, uint32_t chain, uint32_t trace)
{
	for (; chain != CHAIN_NONE; chain = b->nodes.p[chain].parent)
		if (b->nodes.p[chain].error_trace == trace)
			return true;
	return false;
}

static int64_t trace_duration(const cc_trace *t)
{
	int64_t d;
	return __builtin_sub_overflow(t->end_ns, t->start_ns, &d) ? INT64_MAX : d;
}

static void count_chains(builder *b, uint32_t trace, const cc_trace *t)
{
	for (size_t i = 0; i < b->seen.n && b->code == CC_OK; i++) {
		chain_node *node = &b->nodes.p[b->seen.p[i]];
		if (node->extended_trace == trace)
			continue;
		if (node->flow == UINT32_MAX) {
			flow_acc fresh = { .example = UINT32_MAX, .slowest = -1, .chain = b->seen.p[i] };
			if (!cc_vec_push(&b->f->path_acc, fresh)) {
				b->code = CC_ENOMEM;
				return;
			}
			node->flow = (uint32_t)b->f->path_acc.n - 1;
		}
		bool after = is_after(b, t->start_ns), failed = chain_failed(b, b->seen.p[i], trace);
		acc_add(b, &b->f->path_acc.p[node->flow], after, failed, trace_duration(t));
		acc_example(&b->f->path_acc.p[node->flow], after, failed, trace_duration(t), trace);
	}
}

/* --- services, edges, origins --- */

static flow_acc *service_acc(builder *b, cc_sym service)
{
	if (b->by_service[service] == 0) {
		flow_acc fresh = { .example = UINT32_MAX, .slowest = -1, .to = service };
		if (!cc_vec_push(&b->f->service_acc, fresh)) {
			b->code = CC_ENOMEM;
			return NULL;
		}
		b->by_service[service] = (uint32_t)b->f->service_acc.n;
	}
	return &b->f->service_acc.p[b->by_service[service] - 1];
}

/* Calls of a service are the spans that enter it; its own steps are not calls. */
static void count_span(builder *b, uint32_t span)
{
	const cc_span *sp = cc_spans_get(b->s, span), *parent = parent_of(b, sp);
	bool after = is_after(b, sp->start_ns), error = sp->status == CC_STATUS_ERROR;
	if (parent && parent->service == sp->service)
		return;
	flow_acc *acc = service_acc(b, sp->service);
	if (acc) {
		acc_add(b, acc, after, error, sp->duration_ns);
		acc_example(acc, after, error, sp->duration_ns, span);
		if (!cc_vec_push(&acc->self[after], b->calls.self[span]))
			b->code = CC_ENOMEM;
	}
	if (!parent)
		return;
	uint32_t at = find_flow(b, b->edges, &b->f->edge_acc, parent->service, sp->service);
	if (at == UINT32_MAX)
		return;
	acc = &b->f->edge_acc.p[at];
	acc->from = parent->service;
	acc->to = sp->service;
	acc_add(b, acc, after, error, sp->duration_ns);
	int64_t waited = b->calls.caller[span], gap = waited > sp->duration_ns ? waited - sp->duration_ns : 0;
	acc_example(acc, after, error, sp->duration_ns + gap, span);
	if (waited >= 0 && (!cc_vec_push(&acc->caller[after], waited) || !cc_vec_push(&acc->gap[after], gap)))
		b->code = CC_ENOMEM;
}

static uint32_t find_origin(builder *b, const cc_span *sp)
{
	uint32_t probe[2] = { sp->service, sp->name };
	uint64_t at;
	if (cc_map_get(b->origins, (cc_str){ (const char *)probe, sizeof probe }, &at))
		return (uint32_t)at;
	cc_str key;
	cc_error_origin fresh = { .service = sp->service, .operation = sp->name, .first_ns = sp->start_ns,
		.last_ns = sp->start_ns, .example = UINT32_MAX, .text = CC_STR_EMPTY, .peer = CC_STR_EMPTY };
	if (!key2(b, sp->service, sp->name, &key) || !cc_map_set(b->origins, key, b->f->origins.n) ||
		!cc_vec_push(&b->f->origins, fresh)) {
		b->code = CC_ENOMEM;
		return UINT32_MAX;
	}
	return (uint32_t)b->f->origins.n - 1;
}

static void count_origin(builder *b, uint32_t span)
{
	const cc_span *sp = cc_spans_get(b->s, span);
	if (sp->status != CC_STATUS_ERROR || b->failing_child[span])
		return;
	uint32_t at = find_origin(b, sp);
	if (at == UINT32_MAX)
		return;
	cc_error_origin *o = &b->f->origins.p[at];
	bool after = is_after(b, sp->start_ns);
	if (o->example == UINT32_MAX || (after && o->after == 0)) {
		o->example = span;
		o->client_only = sp->kind == CC_SPAN_CLIENT && !b->server_child[span];
	}
	++*(after ? &o->after : &o->before);
	if (sp->start_ns < o->first_ns)
		o->first_ns = sp->start_ns;
	if (sp->start_ns > o->last_ns)
		o->last_ns = sp->start_ns;
	flow_acc *acc = service_acc(b, sp->service);
	if (acc)
		acc->origins[after]++;
}

/* --- the walk --- */

static bool covered(builder *b, cc_entity_id id)
{
	if (!b->covers[id])
		b->covers[id] = cc_entity_covers(b->s, b->opt->focus, id) ? 2 : 1;
	return b->covers[id] == 2;
}

static bool in_focus(builder *b, const cc_trace *t)
{
	bool inside = b->opt->focus == 0;
	for (uint32_t i = 0; i < t->count && !inside; i++) {
		cc_entity_id id = cc_spans_get(b->s, cc_traces_span(b->s, t->first + i))->entity;
		inside = id && id <= cc_entity_count(b->s) && covered(b, id);
	}
	return inside;
}

static void mark_parents(builder *b, const cc_trace *t)
{
	for (uint32_t i = 0; i < t->count; i++) {
		const cc_span *sp = cc_spans_get(b->s, cc_traces_span(b->s, t->first + i));
		if (!parent_of(b, sp))
			continue;
		b->failing_child[sp->parent] |= sp->status == CC_STATUS_ERROR;
		b->server_child[sp->parent] |= sp->kind == CC_SPAN_SERVER || sp->kind == CC_SPAN_CONSUMER;
	}
}

static void walk_trace(builder *b, uint32_t trace)
{
	const cc_trace *t = cc_traces_get(b->s, trace);
	bool counted = in_range(b, t->start_ns);
	b->seen.n = 0;
	mark_parents(b, t);
	if (!cc_call_times_measure(&b->calls, t))
		b->code = CC_ENOMEM;
	for (uint32_t i = 0; i < t->count && b->code == CC_OK; i++) {
		uint32_t span = cc_traces_span(b->s, t->first + i);
		if (b->calls.repeated[span])
			b->f->repeated++;
		else if (in_range(b, cc_spans_get(b->s, span)->start_ns)) {
			count_span(b, span);
			count_origin(b, span);
		}
		if (counted)
			note_chain(b, span, trace);
	}
	if (counted) {
		count_chains(b, trace, t);
		b->f->traces++;
	}
}

static bool prepare(builder *b)
{
	size_t spans = cc_spans_count(b->s);
	b->arena = cc_arena_new();
	b->edges = cc_map_new();
	b->chains = cc_map_new();
	b->origins = cc_map_new();
	b->by_service = cc_calloc(cc_snapshot_sym_count(b->s) + 1, sizeof *b->by_service);
	b->chain = cc_calloc(spans, sizeof *b->chain);
	b->failing_child = cc_calloc(spans, 1);
	b->server_child = cc_calloc(spans, 1);
	b->covers = cc_calloc(cc_entity_count(b->s) + 1, 1);
	chain_node none = { 0 };
	bool timed = cc_call_times_init(&b->calls, b->s);
	return timed && b->arena && b->edges && b->chains && b->origins && b->by_service && b->chain && b->failing_child &&
		b->server_child && b->covers && cc_vec_push(&b->nodes, none);
}

static void release(builder *b)
{
	cc_arena_free(b->arena);
	cc_map_free(b->edges);
	cc_map_free(b->chains);
	cc_map_free(b->origins);
	cc_free(b->by_service);
	cc_free(b->chain);
	cc_free(b->failing_child);
	cc_free(b->server_child);
	cc_free(b->covers);
	cc_call_times_deinit(&b->calls);
	cc_vec_deinit(&b->nodes);
	cc_vec_deinit(&b->stack);
	cc_vec_deinit(&b->seen);
}

/* "frontend > checkout > payment", and the ends as symbols. */
static void name_paths(builder *b)
{
	for (size_t i = 0; i < b->f->path_acc.n; i++) {
		flow_acc *acc = &b->f->path_acc.p[i];
		uint32_t chain[CHAIN_DEPTH_MAX + 1], n = 0;
		for (uint32_t at = acc->chain; at != CHAIN_NONE && n <= CHAIN_DEPTH_MAX; at = b->nodes.p[at].parent)
			chain[n++] = at;
		cc_buf text = CC_BUF_INIT;
		for (uint32_t k = n; k-- > 0;) {
			cc_buf_add(&text, cc_snapshot_sym(b->s, b->nodes.p[chain[k]].service));
			if (k)
				cc_buf_addz(&text, " > ");
		}
		acc->from = n ? b->nodes.p[chain[n - 1]].service : 0;
		acc->to = n ? b->nodes.p[chain[0]].service : 0;
		acc->text = cc_arena_dup(b->f->arena, cc_buf_str(&text));
		if (!acc->text.p)
			b->code = CC_ENOMEM;
		cc_buf_deinit(&text);
	}
}

cc_code cc_flows_build(cc_flows **out, const cc_snapshot *s, const cc_flows_options *opt, cc_err *err)
{
	*out = NULL;
	builder b = { .s = s, .opt = opt, .code = CC_OK };
	b.f = cc_calloc(1, sizeof *b.f);
	if (!b.f || !(b.f->arena = cc_arena_new()) || !prepare(&b))
		b.code = CC_ENOMEM;
	for (uint32_t i = 0; b.code == CC_OK && i < cc_traces_count(s); i++) {
		if (i % CANCEL_EVERY == 0 && cc_canceled(opt->cancel))
			b.code = CC_ECANCELED;
		else if (in_focus(&b, cc_traces_get(s, i)))
			walk_trace(&b, i);
	}
	if (b.code == CC_OK)
		name_paths(&b);
	if (b.code == CC_OK)
		b.code = cc_flows_finish(b.f, s, opt);
	release(&b);
	if (b.code != CC_OK) {
		cc_flows_free(b.f);
		return cc_err_set(err, b.code, "traces: %s", cc_code_text(b.code));
	}
	*out = b.f;
	return CC_OK;
}
