/* flows.c - services, caller-callee edges, chains of services (flows_chains.c), error origins and lost calls, counted
 * before and after an instant.
 *
 * Traces are independent: ranges of them are counted by several threads and added up in order. The ranges depend on
 * the snapshot alone, and so does the result. Only what was asked for is counted. */
#include <stdlib.h>

#include "flows_calls.h"
#include "flows_chains.h"
#include "flows_priv.h"
#include "coldcase/entity.h"
#include "coldcase/work.h"
#include "coldcase/xalloc.h"

enum { CANCEL_EVERY = 1024, RANGE_SPANS = 1 << 16, RANGES_MAX = 32 };

/* Shared by the threads: what all read, and the table and the code of each range. */
typedef struct flow_job {
	const cc_snapshot *s;
	const cc_flows_options *opt;
	unsigned parts;
	uint32_t *place;         /* see trace_spans */
	bool *covered;           /* by entity: is it the focus or part of it */
	size_t ranges;
	uint32_t first[RANGES_MAX + 1];   /* trace of a range */
	flow_table tables[RANGES_MAX];
	cc_code codes[RANGES_MAX];
} flow_job;

/* One range's walk. */
typedef struct walker {
	flow_job *job;
	flow_table *out;
	trace_spans trace;
	chain_walk chains;
	cc_arena *scratch;       /* attributes of failing client spans */
	cc_code code;
} walker;

static bool wants(const walker *w, unsigned part)
{
	return w->job->parts & part;
}

static bool is_after(const walker *w, int64_t ns)
{
	return w->job->opt->pivot_ns == CC_TIME_NONE || ns >= w->job->opt->pivot_ns;
}

static bool in_range(const walker *w, int64_t ns)
{
	cc_range r = w->job->opt->range;
	return (r.from_ns == CC_TIME_NONE || ns >= r.from_ns) && (r.to_ns == CC_TIME_NONE || ns <= r.to_ns);
}

/* --- services, edges, origins --- */

static bool is_near(const walker *w, cc_sym service)
{
	const cc_snapshot *s = w->job->s;
	cc_entity_id id = cc_entity_of_service(s, CC_STR_EMPTY, cc_snapshot_sym(s, service));
	return id && id <= cc_entity_count(s) && w->job->covered[id];
}

/* Calls of a service are the spans that enter it; its own steps are not calls. */
static void count_call(walker *w, const trace_span *sp, bool after, bool error)
{
	flow_acc *acc = cc_flow_table_service(w->out, sp->service);
	if (!acc) {
		w->code = CC_ENOMEM;
		return;
	}
	cc_flow_example(acc, after, error, sp->duration_ns, sp->index);
	if (!cc_flow_add(acc, after, error, sp->duration_ns) || !cc_vec_push(&acc->self[after], sp->self))
		w->code = CC_ENOMEM;
}

static void count_edge(walker *w, const trace_span *sp, cc_sym from, bool after, bool error)
{
	bool added;
	flow_acc *acc = cc_flow_table_edge(w->out, from, sp->service, &added);
	if (acc && added)
		acc->ignored = wants(w, CC_FLOWS_NEAR) && !is_near(w, from) && !is_near(w, sp->service);
	if (!acc || acc->ignored) {
		w->code = acc ? w->code : CC_ENOMEM;
		return;
	}
	cc_flow_example(acc, after, error, sp->caller > sp->duration_ns ? sp->caller : sp->duration_ns, sp->index);
	if (!cc_flow_add(acc, after, error, sp->duration_ns) || !cc_vec_push(&acc->caller[after], sp->caller))
		w->code = CC_ENOMEM;
}

/* Whom a failing call was meant for, as a number: the service that answered, or what its attributes name. A name that is
 * no text of the snapshot goes by its hash, above all symbols. */
static uint32_t callee_of(walker *w, const trace_span *sp)
{
	if (sp->callee || (sp->kind != CC_SPAN_CLIENT && sp->kind != CC_SPAN_PRODUCER))
		return sp->callee;
	cc_str peer = cc_span_peer(w->job->s, cc_spans_get(w->job->s, sp->index), w->scratch);
	cc_sym known = cc_snapshot_sym_find(w->job->s, peer);
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < peer.n; i++)
		hash = (hash ^ (unsigned char)peer.p[i]) * 16777619u;
	cc_arena_reset(w->scratch);
	return peer.n == 0 ? 0 : known != CC_SYM_NONE ? known : hash | 0x80000000u;
}

static void count_origin(walker *w, const trace_span *sp)
{
	bool after = is_after(w, sp->start_ns);
	cc_error_origin *o = cc_flow_table_origin(w->out, cc_spans_get(w->job->s, sp->index), callee_of(w, sp));
	flow_acc *acc = wants(w, CC_FLOWS_SERVICES) ? cc_flow_table_service(w->out, sp->service) : NULL;
	if (!o || (wants(w, CC_FLOWS_SERVICES) && !acc)) {
		w->code = CC_ENOMEM;
		return;
	}
	if (o->example == UINT32_MAX || (after && o->after == 0)) {
		o->example = sp->index;
		o->client_only = sp->kind == CC_SPAN_CLIENT && !sp->server_child;
	}
	++*(after ? &o->after : &o->before);
	if (sp->start_ns < o->first_ns)
		o->first_ns = sp->start_ns;
	if (sp->start_ns > o->last_ns)
		o->last_ns = sp->start_ns;
	if (acc)
		acc->origins[after]++;
}

static void count_span(walker *w, const trace_span *sp)
{
	const trace_span *parent = sp->parent == NO_PLACE ? NULL : &w->trace.list.p[sp->parent];
	bool after = is_after(w, sp->start_ns), error = sp->status == CC_STATUS_ERROR;
	if (!parent || parent->service != sp->service) {
		if (wants(w, CC_FLOWS_SERVICES))
			count_call(w, sp, after, error);
		if (parent && wants(w, CC_FLOWS_EDGES))
			count_edge(w, sp, parent->service, after, error);
	}
	if (error && !sp->failing_child && wants(w, CC_FLOWS_ORIGINS))
		count_origin(w, sp);
	if (sp->kind == CC_SPAN_CLIENT && wants(w, CC_FLOWS_LOST) &&
		!cc_flow_table_client(w->out, cc_spans_get(w->job->s, sp->index), sp->index, sp->callee, after))
		w->code = CC_ENOMEM;
}

/* --- the walk --- */

static bool in_focus(const walker *w, const cc_trace *t)
{
	const cc_snapshot *s = w->job->s;
	bool inside = w->job->opt->focus == 0;
	for (uint32_t i = 0; i < t->count && !inside; i++) {
		cc_entity_id id = cc_spans_get(s, cc_traces_span(s, t->first + i))->entity;
		inside = id && id <= cc_entity_count(s) && w->job->covered[id];
	}
	return inside;
}

static void walk_trace(walker *w, uint32_t trace, const cc_trace *t)
{
	bool spans = wants(w, CC_FLOWS_SERVICES | CC_FLOWS_EDGES | CC_FLOWS_ORIGINS | CC_FLOWS_LOST);
	if (!cc_trace_spans_read(&w->trace, t) || (wants(w, CC_FLOWS_SERVICES | CC_FLOWS_EDGES) &&
		!cc_trace_spans_measure(&w->trace, wants(w, CC_FLOWS_SERVICES))))
		w->code = CC_ENOMEM;
	for (uint32_t i = 0; i < t->count && w->code == CC_OK; i++) {
		const trace_span *sp = &w->trace.list.p[i];
		w->out->repeated += sp->repeated;
		if (spans && !sp->repeated && in_range(w, sp->start_ns))
			count_span(w, sp);
	}
	if (w->code != CC_OK || !in_range(w, t->start_ns))
		return;
	if (wants(w, CC_FLOWS_PATHS | CC_FLOWS_HOPS) &&
		!cc_flow_count_chains(&w->chains, trace, t, is_after(w, t->start_ns), w->job->parts))
		w->code = CC_ENOMEM;
	w->out->traces++;
}

static void walk_range(void *arg, unsigned worker, size_t range)
{
	flow_job *job = arg;
	walker w = { .job = job, .out = &job->tables[range], .trace = { .s = job->s, .place = job->place }, .scratch = cc_arena_new() };
	(void)worker;
	w.chains = (chain_walk){ .out = w.out, .trace = &w.trace };
	w.code = w.scratch ? CC_OK : CC_ENOMEM;
	for (uint32_t i = job->first[range]; i < job->first[range + 1] && w.code == CC_OK; i++) {
		const cc_trace *t = cc_traces_get(job->s, i);
		if (i % CANCEL_EVERY == 0 && cc_canceled(job->opt->cancel))
			w.code = CC_ECANCELED;
		else if (in_focus(&w, t))
			walk_trace(&w, i, t);
	}
	job->codes[range] = w.code;
	cc_trace_spans_deinit(&w.trace);
	cc_chain_walk_deinit(&w.chains);
	cc_arena_free(w.scratch);
}

/* Ranges of about as many spans each. */
static void cut_ranges(flow_job *job)
{
	size_t spans = cc_spans_count(job->s), traces = cc_traces_count(job->s), range = 1;
	job->ranges = job->opt->ranges ? job->opt->ranges : spans / RANGE_SPANS + 1;
	job->ranges = job->ranges < RANGES_MAX ? job->ranges : RANGES_MAX;
	for (size_t i = 0; i < traces && range < job->ranges; i++)
		while (range < job->ranges && cc_traces_get(job->s, i)->first >= spans / job->ranges * range)
			job->first[range++] = (uint32_t)i;
	while (range <= job->ranges)
		job->first[range++] = (uint32_t)traces;
}

static bool prepare(flow_job *job)
{
	size_t entities = cc_entity_count(job->s);
	job->place = cc_reallocarray(NULL, cc_spans_count(job->s) + 1, sizeof *job->place);
	job->covered = cc_calloc(entities + 1, sizeof *job->covered);
	for (cc_entity_id i = 1; job->covered && job->opt->focus && i <= entities; i++)
		job->covered[i] = cc_entity_covers(job->s, job->opt->focus, i);
	cut_ranges(job);
	return job->place && job->covered;
}

/* Counts all ranges and adds them up, in the order of the traces. */
static cc_code count(flow_job *job, flow_table *sum)
{
	cc_work *work = cc_work_start(job->ranges, job->ranges > 1 ? 0 : 1, walk_range, job);
	cc_code code = work ? CC_OK : CC_ENOMEM;
	cc_work_finish(work);
	cc_free(job->place);     /* no range is walked any more, and adding them up takes room */
	job->place = NULL;
	for (size_t i = 0; i < job->ranges; i++) {
		if (code == CC_OK)
			code = job->codes[i];
		if (code == CC_OK && !cc_flow_table_merge(sum, &job->tables[i]))
			code = CC_ENOMEM;
		cc_flow_table_deinit(&job->tables[i]);
	}
	return code;
}

/* "frontend > checkout > payment", and the ends as symbols. */
static cc_code name_chains(cc_flows *f, const cc_snapshot *s, flow_vec *list)
{
	for (size_t i = 0; i < list->n; i++) {
		flow_acc *acc = &list->p[i];
		const chain_node *nodes = f->table.nodes.p;
		uint32_t chain[CHAIN_DEPTH_MAX + 1], n = 0;
		for (uint32_t at = acc->chain; at != CHAIN_NONE && n <= CHAIN_DEPTH_MAX; at = nodes[at].parent)
			chain[n++] = at;
		cc_buf text = CC_BUF_INIT;
		for (uint32_t k = n; k-- > 0;) {
			cc_buf_add(&text, cc_snapshot_sym(s, nodes[chain[k]].service));
			if (k)
				cc_buf_addz(&text, " > ");
		}
		acc->from = n ? nodes[chain[n - 1]].service : 0;
		acc->to = n ? nodes[chain[0]].service : 0;
		acc->text = cc_arena_dup(f->arena, cc_buf_str(&text));
		cc_buf_deinit(&text);
		if (!acc->text.p)
			return CC_ENOMEM;
	}
	return CC_OK;
}

cc_code cc_flows_build(cc_flows **out, const cc_snapshot *s, const cc_flows_options *opt, cc_err *err)
{
	cc_flows *f = cc_calloc(1, sizeof *f);
	flow_job *job = cc_calloc(1, sizeof *job);
	cc_code code = CC_ENOMEM;
	*out = NULL;
	if (job)
		*job = (flow_job){ .s = s, .opt = opt, .parts = opt->parts ? opt->parts : CC_FLOWS_ALL };
	if (f && job && (f->arena = cc_arena_new()) && prepare(job))
		code = count(job, &f->table);
	if (code == CC_OK)
		code = name_chains(f, s, &f->table.paths);
	if (code == CC_OK)
		code = name_chains(f, s, &f->table.hops);
	if (code == CC_OK)
		code = cc_flows_finish(f, s, opt);
	if (job) {
		cc_free(job->place);
		cc_free(job->covered);
		cc_free(job);
	}
	if (code != CC_OK) {
		cc_flows_free(f);
		return cc_err_set(err, code, "traces: %s", cc_code_text(code));
	}
	*out = f;
	return CC_OK;
}
