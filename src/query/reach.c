/* reach.c - one walk over the topology, nearest first: first everything that needs no call, then one ring of callers after the
 * other. Each thing is visited once, with all the members of its group, because evidence names a service now by its Service,
 * now by a pod. */
#include "coldcase/reach.h"

#include <string.h>

typedef struct walk {
	const cc_snapshot *s;
	cc_reach *out;
	cc_entity_vec queue;     /* visited, in order of hops */
	cc_entity_vec next;      /* callers: they come after everything of this ring */
	cc_edge_vec edges;
	cc_entity_vec members;
} walk;

static bool is_kind(const walk *w, cc_entity_id id, const char *kind)
{
	return cc_str_eqz(cc_entity_kind(w->s, id), kind);
}

/* Marks an entity and everything that is one thing with it. */
static bool visit(walk *w, cc_entity_id id, cc_reach reach)
{
	if (!cc_entity_get(w->s, id) || w->out[id].how)
		return true;
	w->members.n = 0;
	if (cc_entity_members(w->s, id, &w->members) != CC_OK || !cc_vec_push(&w->members, id))
		return false;
	for (size_t i = 0; i < w->members.n; i++) {
		cc_entity_id m = w->members.p[i];

		if (w->out[m].how)
			continue;
		w->out[m] = reach;
		if (!cc_vec_push(&w->queue, m))
			return false;
	}
	return true;
}

/* A policy governs what it selects; a Service only points at it, and suffers with it. */
static bool governs(const walk *w, const cc_edge *e)
{
	if (e->kind == CC_EDGE_SELECTS)
		return !is_kind(w, e->from, "Service");
	return e->kind == CC_EDGE_OWNS || e->kind == CC_EDGE_SCALES || e->kind == CC_EDGE_TARGETS;
}

/* Spans prove a call; the address of a Service in a variable promises one. */
static bool is_call(const walk *w, const cc_edge *e)
{
	return e->kind == CC_EDGE_CALLS || (e->kind == CC_EDGE_ENV && is_kind(w, e->to, "Service"));
}

static bool follow(walk *w, cc_entity_id id)
{
	cc_reach here = w->out[id], part = here.how == CC_REACH_CALLS ? here : (cc_reach){ CC_REACH_PART, 0 };

	w->edges.n = 0;
	if (cc_edges_from(w->s, id, &w->edges) != CC_OK)
		return false;
	for (size_t i = 0; i < w->edges.n; i++) {
		const cc_edge *e = cc_edges_get(w->s, w->edges.p[i]);

		if (governs(w, e) && !visit(w, e->to, part))
			return false;
	}
	w->edges.n = 0;
	if (cc_edges_to(w->s, id, &w->edges) != CC_OK)
		return false;
	for (size_t i = 0; i < w->edges.n; i++) {
		const cc_edge *e = cc_edges_get(w->s, w->edges.p[i]);

		if (is_call(w, e) ? !cc_vec_push(&w->next, e->from) : !governs(w, e) && !visit(w, e->from, part))
			return false;
	}
	return true;
}

/* A namespace is everything in it, a quota stands over it, whether an edge says so or not. */
static bool fill_namespace(walk *w, cc_entity_id from)
{
	bool space = is_kind(w, from, "Namespace");
	cc_str ns = space ? cc_entity_name(w->s, from) : cc_entity_ns(w->s, from);

	for (cc_entity_id id = 1; id <= cc_entity_count(w->s); id++)
		if (!cc_entity_get(w->s, id)->unborn && cc_str_eq(cc_entity_ns(w->s, id), ns) && !visit(w, id, (cc_reach){ CC_REACH_NAMESPACE, 0 }))
			return false;
	return true;
}

/* What a quota acts on is told by the events that name it: `pods "x" is forbidden: exceeded quota: NAME`. */
static bool follow_refusals(walk *w, cc_entity_id quota, const cc_reach_events *events)
{
	cc_str ns = cc_entity_ns(w->s, quota), name = cc_entity_name(w->s, quota);

	for (size_t i = 0; i < cc_events_count(w->s); i++) {
		const cc_event *e = cc_events_get(w->s, i);

		if (!e->warning || !e->entity || !cc_str_eq(cc_entity_ns(w->s, e->entity), ns) ||
			cc_str_find(e->message, CC_STR("quota")) == CC_STR_NONE || !cc_str_has_name(e->message, name) ||
			(events && !events->known(events->arg, e)))
			continue;
		if (!visit(w, e->entity, (cc_reach){ CC_REACH_PART, 0 }))
			return false;
	}
	return true;
}

static bool walk_rings(walk *w)
{
	size_t done = 0;

	for (unsigned hops = 1; done < w->queue.n; hops++) {
		w->next.n = 0;
		for (; done < w->queue.n; done++)
			if (!follow(w, w->queue.p[done]))
				return false;
		for (size_t i = 0; i < w->next.n; i++)
			if (!visit(w, w->next.p[i], (cc_reach){ CC_REACH_CALLS, hops }))
				return false;
	}
	return true;
}

/* Evidence about a namespace is about something in it. Nothing goes on from there. */
static void mark_around(walk *w, cc_entity_id from)
{
	cc_entity_id ns = cc_entity_find(w->s, CC_STR("cluster"), CC_STR("Namespace"), cc_entity_ns(w->s, from));

	if (ns && !w->out[ns].how)
		w->out[ns] = (cc_reach){ CC_REACH_AROUND, 0 };
}

/* Trouble of a namespace goes on to those that call what is in it; from what only lives beside a quota nothing goes on. */
static bool walk_all(walk *w, cc_entity_id from, const cc_reach_events *events)
{
	if (!visit(w, from, (cc_reach){ CC_REACH_ITSELF, 0 }))
		return false;
	if (is_kind(w, from, "Namespace"))
		return fill_namespace(w, from) && walk_rings(w);
	if (is_kind(w, from, "ResourceQuota"))
		return follow_refusals(w, from, events) && walk_rings(w) && fill_namespace(w, from);
	return walk_rings(w) && (!is_kind(w, from, "LimitRange") || fill_namespace(w, from));
}

cc_code cc_reach_from(const cc_snapshot *s, cc_entity_id from, const cc_reach_events *events, cc_reach *out)
{
	walk w = { .s = s, .out = out };
	bool ok;

	memset(out, 0, (cc_entity_count(s) + 1) * sizeof *out);
	ok = !cc_entity_get(s, from) || walk_all(&w, from, events);
	if (cc_entity_get(s, from))
		mark_around(&w, from);
	cc_vec_deinit(&w.queue);
	cc_vec_deinit(&w.next);
	cc_vec_deinit(&w.edges);
	cc_vec_deinit(&w.members);
	return ok ? CC_OK : CC_ENOMEM;
}

void cc_reach_say(cc_reach r, cc_buf *out)
{
	switch (r.how) {
	case CC_REACH_NOT: cc_buf_addz(out, "not reached"); break;
	case CC_REACH_ITSELF: cc_buf_addz(out, "itself"); break;
	case CC_REACH_PART: cc_buf_addz(out, "its part or user"); break;
	case CC_REACH_CALLS: cc_buf_addf(out, r.hops == 1 ? "calls it" : "calls it over %u hops", r.hops); break;
	case CC_REACH_NAMESPACE: cc_buf_addz(out, "in its namespace"); break;
	case CC_REACH_AROUND: cc_buf_addz(out, "it lives there"); break;
	}
}
