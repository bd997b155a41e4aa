/* about_state.c - what is wrong with the entity's objects as they stand: a short capture may show no change at all, and then the
 * state itself is the only evidence. Looked at are the entity's own parts and what is attached to them. */
#include <stdarg.h>

#include "about_priv.h"
#include "coldcase/topology.h"
#include "coldcase/xalloc.h"

enum { STATE_OWN = 1, STATE_ATTACHED = 2 };

/* What is attached explains what the own parts suffer from; a ReplicaSet repeats what its Deployment says. */
static double strength_of(const cc_about_fact *f, cc_str kind, bool own)
{
	return 2.0 * f->severity + (f->fresh ? 1 : 0) + (own ? 0 : 0.75) - (cc_str_eqz(kind, "ReplicaSet") ? 0.5 : 0);
}

void cc_about_finding(about_subject *u, uint8_t severity, double after, cc_str key, const char *fmt, ...)
{
	cc_str kept = cc_arena_dup(u->b->a->arena, key);
	cc_buf text = CC_BUF_INIT;
	va_list ap;

	if (severity == 0 && !u->own)
		return;
	if (!kept.p) {
		u->b->code = CC_ENOMEM;
		return;
	}
	if (u->then) {
		if (!cc_map_set(u->known, kept, 1))
			u->b->code = CC_ENOMEM;
		return;
	}
	va_start(ap, fmt);
	cc_buf_addv(&text, fmt, ap);
	va_end(ap);
	cc_about_fact f = cc_about_fact_at(u->b, CC_ABOUT_STATE, CC_TIME_NONE);
	f.severity = severity;
	f.fresh = severity > 0 && u->could_tell && !cc_map_get(u->known, kept, NULL);
	f.entity = u->o->entity;
	f.cite = u->obs->cite;
	f.after = after;
	cc_str kind = cc_entity_kind(u->b->s, f.entity), name = cc_entity_name(u->b->s, f.entity);
	cc_about_add(u->b, f, strength_of(&f, kind, u->own), "%.*s/%.*s %.*s", CC_STR_ARG(kind), CC_STR_ARG(name), CC_STR_ARG(cc_buf_str(&text)));
	if (!cc_buf_ok(&text))
		u->b->code = CC_ENOMEM;
	cc_buf_deinit(&text);
}

cc_json *cc_about_object_at(about_builder *b, const cc_object *o, int64_t at_ns, const cc_object_obs **obs)
{
	size_t at = cc_objects_obs_at(o, at_ns);
	cc_json *doc = NULL;

	if (at == SIZE_MAX)
		return NULL;
	if (obs)
		*obs = &o->obs[at];
	if (cc_objects_json(b->s, &o->obs[at], &doc, NULL) == CC_ENOMEM)
		b->code = CC_ENOMEM;
	return doc;
}

static void judge_at(about_subject *u, int64_t at_ns, bool then)
{
	cc_json *doc = cc_about_object_at(u->b, u->o, at_ns, &u->obs);

	if (!doc)
		return;
	u->doc = doc;
	u->at_ns = at_ns;
	u->then = then;
	cc_about_judge(u);
	cc_json_free(doc);
}

static bool is_gone(const cc_object *o, int64_t at_ns)
{
	return o->gone_ns != CC_TIME_NONE && o->gone_ns <= at_ns;
}

/* Pods and ReplicaSets come and go; that another thing is gone is news. */
static void tell_gone(about_builder *b, const cc_object *o)
{
	cc_str kind = cc_entity_kind(b->s, o->entity), name = cc_entity_name(b->s, o->entity);
	bool passing = cc_str_eqz(kind, "Pod") || cc_str_eqz(kind, "ReplicaSet") || cc_str_eqz(kind, "Job");
	cc_about_fact f = cc_about_fact_at(b, CC_ABOUT_STATE, o->gone_ns);

	f.entity = o->entity;
	f.cite = o->obs[o->obs_count - 1].cite;
	f.severity = passing ? 1 : 3;
	cc_about_add(b, f, strength_of(&f, kind, true), "%.*s/%.*s is gone", CC_STR_ARG(kind), CC_STR_ARG(name));
}

static void judge_object(about_builder *b, const cc_object *o, bool own)
{
	int64_t before = b->a->onset == CC_TIME_NONE ? CC_TIME_NONE : b->a->onset - 1;
	about_subject u = { .b = b, .o = o, .own = own };

	if (is_gone(o, b->range.to_ns)) {
		if (own)
			tell_gone(b, o);
		return;
	}
	u.known = cc_map_new();
	if (!u.known) {
		b->code = CC_ENOMEM;
		return;
	}
	if (before != CC_TIME_NONE) {
		u.could_tell = cc_objects_obs_at(o, before) != SIZE_MAX || (o->created_ns != CC_TIME_NONE && o->created_ns > before);
		judge_at(&u, before, true);
	}
	judge_at(&u, b->range.to_ns, false);
	cc_map_free(u.known);
}

/* --- what is looked at --- */

static bool attaches(const cc_edge *e, bool from_own)
{
	switch (e->kind) {
	case CC_EDGE_MOUNTS:
	case CC_EDGE_RUNS_ON:
	case CC_EDGE_BINDS: return from_own;
	case CC_EDGE_SELECTS:
	case CC_EDGE_SCALES: return !from_own;
	default: return false;
	}
}

/* A thing of a recorded kind that is named by an object and was not recorded: it does not exist. */
static void tell_missing(about_builder *b, const cc_edge *e, const cc_map *kinds)
{
	const cc_entity *to = cc_entity_get(b->s, e->to);
	cc_str kind = cc_entity_kind(b->s, e->to), name = cc_entity_name(b->s, e->to), who = cc_entity_name(b->s, e->from);

	if (e->inferred || !to || to->object || !cc_map_get(kinds, kind, NULL))
		return;
	cc_about_fact f = cc_about_fact_at(b, CC_ABOUT_STATE, CC_TIME_NONE);
	f.severity = 2;
	f.entity = e->to;
	f.cite = e->cite;
	cc_about_add(b, f, strength_of(&f, kind, false), "%.*s/%.*s is named by %.*s/%.*s and does not exist", CC_STR_ARG(kind), CC_STR_ARG(name),
		CC_STR_ARG(cc_entity_kind(b->s, e->from)), CC_STR_ARG(who));
}

static void look_at_edges(about_builder *b, uint8_t *looked, const cc_map *kinds)
{
	for (size_t i = 0; i < cc_edges_count(b->s); i++) {
		const cc_edge *e = cc_edges_get(b->s, i);
		bool from = looked[e->from] == STATE_OWN, to = looked[e->to] == STATE_OWN;
		if (e->ended || from == to)
			continue;
		if (attaches(e, from) && !looked[from ? e->to : e->from])
			looked[from ? e->to : e->from] = STATE_ATTACHED;
		if (from && (e->kind == CC_EDGE_MOUNTS || e->kind == CC_EDGE_ENV || e->kind == CC_EDGE_BINDS))
			tell_missing(b, e, kinds);
	}
}

static void look_at_objects(const about_builder *b, uint8_t *looked)
{
	const cc_entity *focus = cc_entity_get(b->s, b->entity);

	for (cc_entity_id id = 1; id <= cc_entity_count(b->s); id++) {
		const cc_entity *e = cc_entity_get(b->s, id);
		if (id == b->entity || cc_entity_covers(b->s, b->entity, id))
			looked[id] = STATE_OWN;
		else if (e->ns == focus->ns && cc_str_eqz(cc_snapshot_sym(b->s, e->kind), "ResourceQuota"))
			looked[id] = STATE_ATTACHED;
	}
}

void cc_about_state(about_builder *b)
{
	uint8_t *looked = cc_calloc(cc_entity_count(b->s) + 1, 1);
	cc_map *kinds = cc_map_new();

	if (!looked || !kinds)
		b->code = CC_ENOMEM;
	for (size_t i = 0; b->code == CC_OK && i < cc_objects_count(b->s); i++)
		if (!cc_map_set(kinds, cc_entity_kind(b->s, cc_objects_get(b->s, i)->entity), 1))
			b->code = CC_ENOMEM;
	if (b->code == CC_OK) {
		look_at_objects(b, looked);
		look_at_edges(b, looked, kinds);
	}
	for (size_t i = 0; b->code == CC_OK && i < cc_objects_count(b->s); i++) {
		const cc_object *o = cc_objects_get(b->s, i);
		if (cc_canceled(b->cancel))
			b->code = CC_ECANCELED;
		else if (looked[o->entity])
			judge_object(b, o, looked[o->entity] == STATE_OWN);
	}
	cc_map_free(kinds);
	cc_free(looked);
}
