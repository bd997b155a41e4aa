/* about_state.c - what is wrong with the entity's objects as they stand: a short capture may show no change at all, and then the
 * state itself is the only evidence. Looked at are the entity's own parts and what is attached to them. */
#include "about_priv.h"
#include "coldcase/checks.h"
#include "coldcase/topology.h"
#include "coldcase/xalloc.h"

enum { STATE_OWN = 1, STATE_ATTACHED = 2 };

/* What is attached explains what the own parts suffer from; a ReplicaSet repeats what its Deployment says. */
static double strength_of(const cc_about_fact *f, cc_str kind, bool own)
{
	return 2.0 * f->severity + (f->fresh ? 1 : 0) + (own ? 0 : 0.75) - (cc_str_eqz(kind, "ReplicaSet") ? 0.5 : 0);
}

static void tell(about_builder *b, const cc_finding *found, bool own)
{
	cc_about_fact f = cc_about_fact_at(b, CC_ABOUT_STATE, CC_TIME_NONE);
	cc_str kind = cc_entity_kind(b->s, found->entity), name = cc_entity_name(b->s, found->entity);

	if (found->severity == 0 && !own)
		return;
	f.severity = found->severity;
	f.fresh = found->fresh;
	f.entity = found->entity;
	f.cite = found->cite;
	f.after = found->value;
	cc_about_add(b, f, strength_of(&f, kind, own), "%.*s/%.*s %.*s", CC_STR_ARG(kind), CC_STR_ARG(name), CC_STR_ARG(found->text));
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

static void judge_object(about_builder *b, cc_checker *checker, size_t object, bool own)
{
	const cc_object *o = cc_objects_get(b->s, object);
	cc_finding_vec found = { 0 };

	if (is_gone(o, b->range.to_ns)) {
		if (own)
			tell_gone(b, o);
		return;
	}
	b->code = cc_checker_object(checker, object, &found);
	for (size_t i = 0; i < found.n && b->code == CC_OK; i++)
		tell(b, &found.p[i], own);
	cc_vec_deinit(&found);
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

static void look_at_edges(about_builder *b, uint8_t *looked)
{
	for (size_t i = 0; i < cc_edges_count(b->s); i++) {
		const cc_edge *e = cc_edges_get(b->s, i);
		bool from = looked[e->from] == STATE_OWN, to = looked[e->to] == STATE_OWN;
		if (e->ended || from == to)
			continue;
		if (attaches(e, from) && !looked[from ? e->to : e->from])
			looked[from ? e->to : e->from] = STATE_ATTACHED;
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

/* What tells new states from old ones: the beginning of the capture, for causes come before the alerts that set the onset. */
static int64_t before_of(const about_builder *b)
{
	int64_t begin = cc_checks_beginning(b->s), onset = b->a->onset == CC_TIME_NONE ? CC_TIME_NONE : b->a->onset - 1;
	return begin != CC_TIME_NONE && begin < onset ? begin : onset;
}

void cc_about_state(about_builder *b)
{
	uint8_t *looked = cc_calloc(cc_entity_count(b->s) + 1, 1);
	cc_checker *checker = NULL;

	if (!looked)
		b->code = CC_ENOMEM;
	else
		b->code = cc_checker_new(&checker, b->s, b->range.to_ns, before_of(b), b->cancel, NULL);
	if (b->code == CC_OK) {
		look_at_objects(b, looked);
		look_at_edges(b, looked);
	}
	for (size_t i = 0; b->code == CC_OK && i < cc_objects_count(b->s); i++) {
		cc_entity_id id = cc_objects_get(b->s, i)->entity;
		if (cc_canceled(b->cancel))
			b->code = CC_ECANCELED;
		else if (looked[id])
			judge_object(b, checker, i, looked[id] == STATE_OWN);
	}
	cc_checker_free(checker);
	cc_free(looked);
}
