/* checks_chaos.c - experiments of which only events tell: snapshots hold no objects of chaos tools. One finding a schedule, or an
 * experiment without one. */
#include "checks_priv.h"
#include "coldcase/events.h"
#include "coldcase/topology.h"

typedef struct applied { cc_entity_id top, target; int64_t first_ns, last_ns; size_t count; cc_cite cite; bool more; } applied;
typedef CC_VEC(applied) applied_vec;

/* What an experiment is aimed at, by its events; 0 = nothing is told. */
static cc_entity_id target_of(const cc_snapshot *s, cc_entity_id experiment, bool *more)
{
	cc_edge_vec edges = { 0 };
	cc_entity_id target = 0;
	*more = false;
	if (cc_edges_from(s, experiment, &edges) != CC_OK)
		edges.n = 0;
	for (size_t i = 0; i < edges.n; i++) {
		const cc_edge *e = cc_edges_get(s, edges.p[i]);
		if (e->kind != CC_EDGE_TARGETS)
			continue;
		*more = *more || target;
		target = target ? target : e->to;
	}
	cc_vec_deinit(&edges);
	return target;
}

static bool keep(applied_vec *all, applied one)
{
	for (size_t i = 0; i < all->n; i++) {
		applied *a = &all->p[i];
		if (a->top != one.top)
			continue;
		a->count++;
		a->more = a->more || one.more || a->target != one.target;
		a->first_ns = one.first_ns < a->first_ns ? one.first_ns : a->first_ns;
		a->last_ns = one.last_ns > a->last_ns ? one.last_ns : a->last_ns;
		return true;
	}
	return cc_vec_push(all, one);
}

static bool collect(cc_checker *c, cc_entity_id focus, applied_vec *all)
{
	const cc_snapshot *s = c->s;
	for (size_t i = 0; i < cc_events_count(s); i++) {
		const cc_event *e = cc_events_get(s, i);
		applied one = { .first_ns = e->first_ns == CC_TIME_NONE ? e->last_ns : e->first_ns, .last_ns = e->last_ns, .count = 1, .cite = e->cite };
		if (e->only_expired || !e->entity || one.first_ns > c->now.at_ns || !cc_str_eqz(cc_snapshot_sym(s, e->reason), "Applied"))
			continue;
		one.target = target_of(s, e->entity, &one.more);
		one.top = cc_entity_get(s, e->entity)->workload;
		one.top = one.top ? one.top : e->entity;
		bool wanted = !focus || cc_entity_covers(s, focus, one.target) || cc_entity_covers(s, focus, one.top);
		if (one.target && wanted && !keep(all, one))
			return false;
	}
	return true;
}

static cc_str words(cc_checker *c, const applied *a)
{
	cc_buf text = CC_BUF_INIT;
	cc_buf_addf(&text, "was applied to %.*s/%.*s%s at ", CC_STR_ARG(cc_entity_kind(c->s, a->target)), CC_STR_ARG(cc_entity_name(c->s, a->target)),
		a->more ? " and others" : "");
	cc_time_format_clock(&text, a->first_ns);
	if (a->count > 1) {
		cc_buf_addf(&text, ", %zu times until ", a->count);
		cc_time_format_clock(&text, a->last_ns);
	}
	cc_str kept = cc_buf_ok(&text) ? cc_arena_dup(c->arena, cc_buf_str(&text)) : CC_STR_EMPTY;
	cc_buf_deinit(&text);
	return kept;
}

void cc_check_experiments(cc_checker *c, cc_entity_id focus, cc_finding_vec *out)
{
	applied_vec all = { 0 };
	if (!collect(c, focus, &all))
		c->code = CC_ENOMEM;
	for (size_t i = 0; i < all.n && c->code == CC_OK; i++) {
		const applied *a = &all.p[i];
		bool fresh = c->then.at_ns != CC_TIME_NONE && a->last_ns > c->then.at_ns;
		cc_finding f = { .rule = &cc_check_rules[CHECK_CHAOS], .severity = fresh || c->then.at_ns == CC_TIME_NONE ? 3 : 2,
			.fresh = fresh && a->first_ns > c->then.at_ns, .entity = a->top, .object = UINT32_MAX, .cite = a->cite, .text = words(c, a), .value = NAN };
		if (!f.text.p || !cc_vec_push(out, f))
			c->code = CC_ENOMEM;
	}
	cc_vec_deinit(&all);
}
