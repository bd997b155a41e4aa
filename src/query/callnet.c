/* callnet.c - builds the graph of calls: edges of the topology by groups, traffic of the flows upon them, alerts beside. */
#include "coldcase/callnet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coldcase/arena.h"
#include "coldcase/traceview.h"
#include "coldcase/xalloc.h"

#define NOBODY UINT32_MAX

enum { ROUTE_STEPS = 50000, ROUTE_LONGEST = 16 };

struct cc_callnet {
	const cc_snapshot *s;
	uint32_t *of_group;      /* by entity id of a group's representative: its node, NOBODY = none */
	uint8_t *alerts;         /* by entity id: worst severity of its own alerts + 1; of representatives: of the whole group's */
	CC_VEC(cc_call_node) nodes;
	CC_VEC(cc_call_link) links;
	uint32_t *from_at, *to_at, *by_to;   /* as in the topology's table */
	bool any_seen;
};

static cc_entity_id group_of(const cc_snapshot *s, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);
	return e ? e->group : 0;
}

/* --- nodes and links --- */

static uint32_t node_for(cc_callnet *n, cc_entity_id id)
{
	cc_entity_id group = group_of(n->s, id);
	if (!group)
		return NOBODY;
	if (n->of_group[group] == NOBODY) {
		cc_call_node node = { .entity = id, .load = { .per_s = NAN } };
		if (!cc_vec_push(&n->nodes, node))
			return NOBODY;
		n->of_group[group] = (uint32_t)n->nodes.n - 1;
	}
	return n->of_group[group];
}

/* Calls, and variables that name another Service. */
static bool add_edge(cc_callnet *n, const cc_edge *e)
{
	bool seen = e->kind == CC_EDGE_CALLS, declared = e->kind == CC_EDGE_ENV && cc_str_eqz(cc_entity_kind(n->s, e->to), "Service");
	if ((!seen && !declared) || cc_entity_same_group(n->s, e->from, e->to))
		return true;
	/* the callee first: it is named by its Service, the caller of a variable only by its workload */
	cc_call_link link = { .to = node_for(n, e->to), .from = node_for(n, e->from), .basis = seen ? CC_BASIS_SEEN : CC_BASIS_DECLARED, .ended = e->ended,
		.load = { .per_s = NAN }, .cite = e->cite, .detail = declared ? e->detail : 0 };
	if (link.to == NOBODY || link.from == NOBODY)
		return false;
	n->any_seen = n->any_seen || seen;
	return cc_vec_push(&n->links, link);
}

static int by_ends(const void *x, const void *y)
{
	const cc_call_link *a = x, *b = y;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return (int)a->basis - (int)b->basis;
}

static void merge_links(cc_callnet *n)
{
	size_t kept = 0;
	if (n->links.n)
		qsort(n->links.p, n->links.n, sizeof *n->links.p, by_ends);
	for (size_t i = 0; i < n->links.n; i++) {
		cc_call_link *last = kept ? &n->links.p[kept - 1] : NULL, one = n->links.p[i];
		if (!last || last->from != one.from || last->to != one.to) {
			n->links.p[kept++] = one;
			continue;
		}
		last->basis |= one.basis;
		last->ended = last->ended && one.ended;
		last->detail = last->detail ? last->detail : one.detail;
	}
	n->links.n = kept;
}

/* The Service of a group stands for it where it was met as such. */
static void name_nodes(cc_callnet *n)
{
	for (size_t i = 0; i < cc_edges_count(n->s); i++) {
		const cc_edge *e = cc_edges_get(n->s, i);
		uint32_t at = n->of_group[group_of(n->s, e->from)];
		if (e->kind == CC_EDGE_CALLS && at != NOBODY)
			n->nodes.p[at].entity = e->from;
		at = n->of_group[group_of(n->s, e->to)];
		if (e->kind == CC_EDGE_CALLS && at != NOBODY)
			n->nodes.p[at].entity = e->to;
	}
}

static bool index_links(cc_callnet *n)
{
	size_t nodes = n->nodes.n, links = n->links.n;
	n->from_at = cc_calloc(nodes + 2, sizeof *n->from_at);
	n->to_at = cc_calloc(nodes + 2, sizeof *n->to_at);
	n->by_to = cc_calloc(links + 1, sizeof *n->by_to);
	if (!n->from_at || !n->to_at || !n->by_to)
		return false;
	for (size_t i = 0; i < links; i++) {
		n->from_at[n->links.p[i].from + 1]++;
		n->to_at[n->links.p[i].to + 1]++;
	}
	for (size_t i = 1; i < nodes + 2; i++) {
		n->from_at[i] += n->from_at[i - 1];
		n->to_at[i] += n->to_at[i - 1];
	}
	for (size_t i = links; i > 0; i--)
		n->by_to[--n->to_at[n->links.p[i - 1].to + 1]] = (uint32_t)i - 1;
	for (size_t i = 0; i + 1 < nodes + 2; i++)   /* filling moved each end to its start */
		n->to_at[i] = n->to_at[i + 1];
	n->to_at[nodes] = n->to_at[nodes + 1] = (uint32_t)links;
	return true;
}

/* --- traffic --- */

static cc_load load_of(const cc_flow *f, double seconds)
{
	return (cc_load){ .calls = f->after.calls, .errors = f->after.errors, .calls_before = f->before.calls, .errors_before = f->before.errors,
		.per_s = seconds > 0 ? (double)f->after.calls / seconds : NAN, .p99_ns = f->after.p99_ns, .p99_before_ns = f->before.p99_ns };
}

/* The link from a service as spans name it; NULL = none. */
static cc_call_link *link_of(cc_callnet *n, cc_sym service, cc_entity_id to)
{
	const cc_snapshot *s = n->s;
	cc_entity_id from = cc_entity_of_service(s, cc_entity_ns(s, to), cc_snapshot_sym(s, service));
	if (!from)
		from = cc_entity_of_service(s, CC_STR_EMPTY, cc_snapshot_sym(s, service));
	size_t caller = cc_callnet_find(n, from), callee = cc_callnet_find(n, to);
	for (size_t k = 0; caller < n->nodes.n && k < cc_callnet_degree(n, caller, true); k++) {
		cc_call_link *l = &n->links.p[n->from_at[caller] + k];
		if (l->to == callee)
			return l;
	}
	return NULL;
}

static void put_edge_load(cc_callnet *n, const cc_flow *f, double seconds)
{
	cc_call_link *l = link_of(n, f->from, f->entity);
	if (l)
		l->load = load_of(f, seconds);
}

/* After the loads of links and nodes: what is lost is in none of them. */
static void add_lost(cc_callnet *n, const cc_lost_calls *lost)
{
	cc_call_link *l = link_of(n, lost->service, lost->entity);
	size_t callee = cc_callnet_find(n, lost->entity);
	cc_load *loads[] = { l ? &l->load : NULL, callee < n->nodes.n ? &n->nodes.p[callee].load : NULL };
	for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++) {
		if (!loads[i])
			continue;
		loads[i]->lost += lost->lost_after;
		loads[i]->lost_before += lost->lost_before;
	}
}

static cc_code add_traffic(cc_callnet *n, const cc_callnet_options *opt, cc_err *err)
{
	cc_flows *flows = NULL;
	cc_range all = cc_snapshot_range(n->s);
	cc_flows_options o = { .pivot_ns = opt->pivot_ns, .range = opt->range, .parts = CC_FLOWS_SERVICES | CC_FLOWS_EDGES | CC_FLOWS_LOST, .cancel = opt->cancel };
	int64_t to = opt->range.to_ns != CC_TIME_NONE ? opt->range.to_ns : all.to_ns;
	if (!cc_spans_count(n->s))
		return CC_OK;
	cc_code code = cc_flows_build(&flows, n->s, &o, err);
	if (code != CC_OK)
		return code;
	double seconds = opt->pivot_ns != CC_TIME_NONE && opt->pivot_ns >= to ? 0 : (double)cc_flows_after_ns(flows) / 1e9;
	for (size_t i = 0; i < cc_flows_edge_count(flows); i++)
		put_edge_load(n, cc_flows_edge(flows, i), seconds);
	for (size_t i = 0; i < cc_flows_service_count(flows); i++) {
		const cc_flow *f = cc_flows_service(flows, i);
		size_t at = cc_callnet_find(n, f->entity);
		if (at < n->nodes.n && f->after.calls + f->before.calls >= n->nodes.p[at].load.calls + n->nodes.p[at].load.calls_before)
			n->nodes.p[at].load = load_of(f, seconds);
	}
	for (size_t i = 0; i < cc_flows_lost_count(flows); i++)
		add_lost(n, cc_flows_lost(flows, i));
	cc_flows_free(flows);
	return CC_OK;
}

/* --- alerts --- */

static void add_alerts(cc_callnet *n, const cc_callnet_options *opt)
{
	for (size_t i = 0; i < cc_alerts_count(n->s); i++) {
		const cc_alert *a = cc_alerts_get(n->s, i);
		uint8_t worst = (uint8_t)(a->severity + 1);
		cc_entity_id group = group_of(n->s, a->entity);
		if (a->background || !group || (opt->range.to_ns != CC_TIME_NONE && a->first_ns > opt->range.to_ns))
			continue;
		if (n->alerts[a->entity] < worst)
			n->alerts[a->entity] = worst;
		if (n->alerts[group] < worst)
			n->alerts[group] = worst;
	}
	for (size_t i = 0; i < n->nodes.n; i++)
		n->nodes.p[i].has_alert = cc_callnet_alert(n, n->nodes.p[i].entity, &n->nodes.p[i].alert);
}

bool cc_callnet_alert(const cc_callnet *n, cc_entity_id id, cc_severity *worst)
{
	const cc_entity *e = cc_entity_get(n->s, id);
	bool whole = e && (cc_str_eqz(cc_snapshot_sym(n->s, e->kind), "Service") || e->workload == id);
	uint8_t found = e ? n->alerts[whole ? e->group : id] : 0;
	*worst = found ? (cc_severity)(found - 1) : CC_SEVERITY_NONE;
	return found > 0;
}

/* --- building --- */

static void mark_entries(cc_callnet *n)
{
	for (size_t i = 0; i < n->nodes.n; i++) {
		size_t in = 0, out = 0;
		for (size_t k = 0; k < cc_callnet_degree(n, i, false); k++)
			in += !n->any_seen || (cc_callnet_nth(n, i, false, k)->basis & CC_BASIS_SEEN);
		for (size_t k = 0; k < cc_callnet_degree(n, i, true); k++)
			out += !n->any_seen || (cc_callnet_nth(n, i, true, k)->basis & CC_BASIS_SEEN);
		n->nodes.p[i].entry = in == 0 && out > 0;
	}
}

cc_code cc_callnet_build(cc_callnet **out, const cc_snapshot *s, const cc_callnet_options *opt, cc_err *err)
{
	size_t ids = cc_entity_count(s) + 1;
	cc_callnet *n = cc_calloc(1, sizeof *n);
	*out = NULL;
	if (!n)
		return cc_err_set(err, CC_ENOMEM, "topology: out of memory");
	n->s = s;
	n->of_group = cc_calloc(ids, sizeof *n->of_group);
	n->alerts = cc_calloc(ids, 1);
	bool ok = n->of_group && n->alerts;
	if (ok)
		memset(n->of_group, 0xff, ids * sizeof *n->of_group);
	for (size_t i = 0; ok && i < cc_edges_count(s); i++)
		ok = add_edge(n, cc_edges_get(s, i));
	if (ok) {
		merge_links(n);
		name_nodes(n);
		ok = index_links(n);
	}
	cc_code code = ok ? add_traffic(n, opt, err) : cc_err_set(err, CC_ENOMEM, "topology: out of memory");
	if (code != CC_OK) {
		cc_callnet_free(n);
		return code;
	}
	add_alerts(n, opt);
	mark_entries(n);
	*out = n;
	return CC_OK;
}

void cc_callnet_free(cc_callnet *n)
{
	if (!n)
		return;
	cc_vec_deinit(&n->nodes);
	cc_vec_deinit(&n->links);
	cc_free(n->of_group);
	cc_free(n->alerts);
	cc_free(n->from_at);
	cc_free(n->to_at);
	cc_free(n->by_to);
	cc_free(n);
}

/* --- reading --- */

size_t cc_callnet_node_count(const cc_callnet *n)
{
	return n->nodes.n;
}

const cc_call_node *cc_callnet_node(const cc_callnet *n, size_t i)
{
	return i < n->nodes.n ? &n->nodes.p[i] : NULL;
}

size_t cc_callnet_link_count(const cc_callnet *n)
{
	return n->links.n;
}

const cc_call_link *cc_callnet_link(const cc_callnet *n, size_t i)
{
	return i < n->links.n ? &n->links.p[i] : NULL;
}

size_t cc_callnet_find(const cc_callnet *n, cc_entity_id id)
{
	cc_entity_id group = group_of(n->s, id);
	return group && n->of_group[group] != NOBODY ? n->of_group[group] : SIZE_MAX;
}

size_t cc_callnet_degree(const cc_callnet *n, size_t node, bool out)
{
	const uint32_t *at = out ? n->from_at : n->to_at;
	return node < n->nodes.n ? at[node + 1] - at[node] : 0;
}

const cc_call_link *cc_callnet_nth(const cc_callnet *n, size_t node, bool out, size_t k)
{
	if (k >= cc_callnet_degree(n, node, out))
		return NULL;
	return &n->links.p[out ? n->from_at[node] + k : n->by_to[n->to_at[node] + k]];
}

/* --- routes --- */

/* A way back from the target, one step; ways share their ends. */
typedef struct step { uint32_t node, next, length; } step;
typedef CC_VEC(step) step_vec;

static bool visited(const step_vec *steps, uint32_t at, uint32_t node)
{
	for (; at != NOBODY; at = steps->p[at].next)
		if (steps->p[at].node == node)
			return true;
	return false;
}

static bool keep_route(const step_vec *steps, uint32_t at, cc_routes *out)
{
	cc_route route = { .count = steps->p[at].length };
	uint32_t *nodes = cc_calloc(route.count, sizeof *nodes);
	for (size_t i = 0; nodes && at != NOBODY; at = steps->p[at].next)
		nodes[i++] = steps->p[at].node;
	route.nodes = nodes;
	if (nodes && cc_vec_push(out, route))
		return true;
	cc_free(nodes);
	return false;
}

/* Breadth first, so the shortest come first. Where spans were recorded only calls that were seen count. */
cc_code cc_callnet_routes(const cc_callnet *n, size_t to, size_t max, cc_routes *out, cc_err *err)
{
	step_vec steps = { 0 };
	bool ok = to >= n->nodes.n || cc_vec_push(&steps, ((step){ (uint32_t)to, NOBODY, 1 }));
	*out = (cc_routes){ 0 };
	for (size_t i = 0; ok && i < steps.n && !out->cut; i++) {
		step here = steps.p[i];
		if (n->nodes.p[here.node].entry && here.length > 1) {
			out->cut = out->n >= max;
			ok = out->cut || keep_route(&steps, (uint32_t)i, out);
			continue;
		}
		for (size_t k = 0; ok && k < cc_callnet_degree(n, here.node, false); k++) {
			const cc_call_link *l = cc_callnet_nth(n, here.node, false, k);
			if (l->ended || (n->any_seen && !(l->basis & CC_BASIS_SEEN)) || visited(&steps, (uint32_t)i, l->from))
				continue;
			if (here.length >= ROUTE_LONGEST || steps.n >= ROUTE_STEPS)
				out->cut = true;
			else
				ok = cc_vec_push(&steps, ((step){ l->from, (uint32_t)i, here.length + 1 }));
		}
	}
	cc_vec_deinit(&steps);
	if (!ok) {
		cc_routes_free(out);
		return cc_err_set(err, CC_ENOMEM, "topology: out of memory");
	}
	return CC_OK;
}

void cc_routes_free(cc_routes *r)
{
	for (size_t i = 0; i < r->n; i++)
		cc_free(r->p[i].nodes);
	cc_vec_deinit(r);
}
