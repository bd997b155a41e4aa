/* flows_chains.c - which services called which, as paths from the entry.
 *
 * A chain is a path of a tree of services shared by all traces: each span belongs to the chain node of its parent,
 * or to a child of it when the service changes. A trace counts once for each of its chains that no other chain of it
 * extends; a hop is a node of the tree, and its calls are the spans that entered its service. Parents are followed with
 * an explicit stack, because depth is what the data says it is. */
#include "flows_chains.h"

void cc_chain_walk_deinit(chain_walk *w)
{
	cc_vec_deinit(&w->stack);
	cc_vec_deinit(&w->seen);
	cc_vec_deinit(&w->entries);
}

bool cc_flow_add(flow_acc *acc, bool after, bool failed, int64_t duration_ns)
{
	(failed ? acc->errors : acc->oks)[after]++;
	return cc_vec_push(&acc->times[after], duration_ns);
}

void cc_flow_example(flow_acc *acc, bool after, bool failed, int64_t duration_ns, uint32_t example)
{
	bool better = after && failed ? !acc->example_failed : !acc->example_failed && duration_ns > acc->slowest;
	if (better) {
		acc->example = example;
		acc->example_failed = after && failed;
		acc->slowest = duration_ns;
	}
}

/* Up to the first span whose chain is known, and down again. Rings of parents were cut when the traces were built. */
static bool chain_of(chain_walk *w, uint32_t place, uint32_t number)
{
	trace_span *list = w->trace->list.p;
	uint32_t chain = CHAIN_NONE;
	w->stack.n = 0;
	for (uint32_t at = place; at != NO_PLACE; at = list[at].parent) {
		chain = list[at].chain;
		if (chain != CHAIN_NONE)
			break;
		if (!cc_vec_push(&w->stack, at))
			return false;
	}
	while (w->stack.n) {
		trace_span *sp = &list[w->stack.p[--w->stack.n]];
		uint32_t own = cc_flow_table_chain(w->out, chain, sp->service);
		if (own == CHAIN_NONE)
			return false;
		if (own != chain && chain != CHAIN_NONE)
			w->out->nodes.p[chain].extended_trace = number;
		sp->chain = chain = own;
	}
	return true;
}

static bool note_entry(chain_walk *w, const trace_span *sp)
{
	const trace_span *parent = sp->parent == NO_PLACE ? NULL : &w->trace->list.p[sp->parent];
	chain_entry e = { sp->chain, sp->index, sp->duration_ns < 0 ? 0 : sp->duration_ns, sp->status == CC_STATUS_ERROR };
	return (parent && parent->chain == sp->chain) || sp->repeated || cc_vec_push(&w->entries, e);
}

static bool note_chain(chain_walk *w, uint32_t place, uint32_t number)
{
	if (!chain_of(w, place, number))
		return false;
	const trace_span *sp = &w->trace->list.p[place];
	chain_node *node = &w->out->nodes.p[sp->chain];
	if (sp->status == CC_STATUS_ERROR)
		node->error_trace = number;
	if (node->seen_trace != number) {
		node->seen_trace = number;
		if (!cc_vec_push(&w->seen, sp->chain))
			return false;
	}
	return note_entry(w, sp);
}

static bool chain_failed(const flow_table *t, uint32_t chain, uint32_t number)
{
	for (; chain != CHAIN_NONE; chain = t->nodes.p[chain].parent)
		if (t->nodes.p[chain].error_trace == number)
			return true;
	return false;
}

static int64_t trace_duration(const cc_trace *t)
{
	int64_t d;
	return __builtin_sub_overflow(t->end_ns, t->start_ns, &d) ? INT64_MAX : d;
}

static bool is_path(const flow_table *t, uint32_t chain, uint32_t number)
{
	return t->nodes.p[chain].extended_trace != number;
}

/* The trace once for each of its paths; the times are those of the calls at their ends. */
static bool count_paths(chain_walk *w, uint32_t number, const cc_trace *t, bool after)
{
	for (size_t i = 0; i < w->seen.n; i++) {
		uint32_t chain = w->seen.p[i];
		flow_acc *acc = is_path(w->out, chain, number) ? cc_flow_table_path(w->out, chain) : NULL;
		if (!acc && is_path(w->out, chain, number))
			return false;
		if (!acc)
			continue;
		bool failed = chain_failed(w->out, chain, number);
		(failed ? acc->errors : acc->oks)[after]++;
		cc_flow_example(acc, after, failed, trace_duration(t), number);
		if (!cc_vec_push(&acc->whole[after], trace_duration(t)))
			return false;
	}
	for (size_t i = 0; i < w->entries.n; i++) {
		const chain_entry *e = &w->entries.p[i];
		if (!is_path(w->out, e->chain, number))
			continue;
		flow_acc *acc = cc_flow_table_path(w->out, e->chain);
		if (!acc || !cc_vec_push(&acc->times[after], e->duration_ns))
			return false;
	}
	return true;
}

static bool count_hops(chain_walk *w, bool after)
{
	for (size_t i = 0; i < w->entries.n; i++) {
		const chain_entry *e = &w->entries.p[i];
		flow_acc *acc = cc_flow_table_hop(w->out, e->chain);
		if (!acc || !cc_flow_add(acc, after, e->failed, e->duration_ns))
			return false;
		cc_flow_example(acc, after, e->failed, e->duration_ns, e->index);
	}
	return true;
}

bool cc_flow_count_chains(chain_walk *w, uint32_t number, const cc_trace *t, bool after, unsigned parts)
{
	w->seen.n = w->entries.n = 0;
	for (uint32_t i = 0; i < t->count; i++)
		if (!note_chain(w, i, number))
			return false;
	if (parts & CC_FLOWS_HOPS && !count_hops(w, after))
		return false;
	return !(parts & CC_FLOWS_PATHS) || count_paths(w, number, t, after);
}

/* --- chains by name --- */

cc_code cc_chain_parse(const cc_snapshot *s, cc_str text, cc_chain *out, cc_err *err)
{
	cc_str rest = cc_str_trim(text), name;
	out->n = 0;
	while (rest.n > 0) {
		cc_str_cut(rest, '>', &name, &rest);
		name = cc_str_trim(name);
		cc_sym sym = cc_snapshot_sym_find(s, name);
		if (name.n == 0 || sym == CC_SYM_NONE) {
			cc_err_set(err, CC_EUNKNOWN, "no span is of a service \"%.*s\"", CC_STR_ARG(name));
			return cc_err_hint(err, "paths are written as `paths` shows them: \"frontend > checkout > payment\"");
		}
		if (out->n == sizeof out->service / sizeof *out->service)
			return cc_err_set(err, CC_ELIMIT, "a path of more than %zu services", out->n);
		out->service[out->n++] = sym;
	}
	return out->n ? CC_OK : cc_err_set(err, CC_EUSAGE, "an empty path");
}

/* From a span of the last service upwards. Parents lead to roots: rings were cut when the traces were built. */
static bool ends_chain(const cc_snapshot *s, const cc_span *sp, const cc_chain *chain)
{
	size_t left = chain->n - 1;
	for (cc_sym at = sp->service; left > 0 && sp->parent != CC_SPAN_NO_PARENT; at = sp->service) {
		sp = cc_spans_get(s, sp->parent);
		if (sp->service == at)
			continue;
		if (sp->service != chain->service[left - 1])
			return false;
		left--;
	}
	return left == 0;
}

bool cc_trace_follows(const cc_snapshot *s, const cc_trace *t, const cc_chain *chain)
{
	for (uint32_t i = 0; chain->n && i < t->count; i++) {
		const cc_span *sp = cc_spans_get(s, cc_traces_span(s, t->first + i));
		if (sp->service == chain->service[chain->n - 1] && ends_chain(s, sp, chain))
			return true;
	}
	return false;
}
