/* asof_objects.c - objects as the polls up to a moment saw them.
 *
 * States are kept without the times they were observed at, except for the first time of each; where an object had returned to
 * an earlier state, the body tells which. */
#include "snapshot/asof.h"

#include <string.h>
#include "coldcase/xalloc.h"
#include "snapshot/objects_table_priv.h"

static bool same_cite(cc_cite a, cc_cite b)
{
	return a.file == b.file && a.record == b.record;
}

static bool observed_by(const cc_object *o, size_t n, cc_cite cite)
{
	for (size_t i = 0; i < n; i++)
		if (same_cite(o->obs[i].cite, cite))
			return true;
	return false;
}

/* The states that had been seen, in their order. */
static bool cut_states(cc_snapshot *s, objects_entry *e)
{
	const objects_entry whole = *e;

	e->states.p = cc_arena_array(s->arena, whole.states.n, sizeof *e->states.p);
	e->states.n = 0;
	for (size_t i = 0; e->states.p && i < whole.states.n; i++)
		if (observed_by(&whole.pub, e->pub.obs_count, whole.states.p[i].facts.cite))
			e->states.p[e->states.n++] = whole.states.p[i];
	if (e->states.p && e->states.n == 0 && whole.states.n)
		e->states.p[e->states.n++] = whole.states.p[0];
	e->pub.revisions = (uint32_t)e->states.n;
	return e->states.p != NULL;
}

/* The observation that began the state the object was in. */
static const cc_object_obs *newest_change(const cc_object *o)
{
	size_t i = o->obs_count - 1;

	while (i > 0 && !o->obs[i].changed)
		i--;
	return &o->obs[i];
}

/* False: none of the states began with it, so it had been in that one before. */
static bool find_last_state(objects_entry *e)
{
	cc_cite cite = newest_change(&e->pub)->cite;

	e->last_state = e->states.n ? e->states.n - 1 : 0;
	for (size_t i = 0; i < e->states.n; i++)
		if (same_cite(e->states.p[i].facts.cite, cite)) {
			e->last_state = i;
			return true;
		}
	return false;
}

static void recognise_state(cc_snapshot *s, objects_entry *e, const cc_json *json)
{
	uint64_t hash = cc_churn_state(json, cc_snapshot_sym(s, e->kind));

	for (size_t i = 0; i < e->states.n; i++)
		if (e->states.p[i].hash == hash)
			e->last_state = i;
}

/* Who is made anew under the same name has another uid and another time of creation. */
static void read_identity(cc_snapshot *s, objects_entry *e, const cc_json *json)
{
	const cc_json *meta = cc_json_get(json, "metadata");
	cc_sym uid = cc_snapshot_sym_find(s, cc_json_get_str(meta, "uid"));

	if (uid != CC_SYM_NONE && uid)
		e->pub.uid = uid;
	if (!cc_snapshot_time(cc_json_get_str(meta, "creationTimestamp"), &e->pub.created_ns) && e->pub.created_ns > s->until_ns)
		e->pub.created_ns = CC_TIME_NONE;
}

/* The body is parsed only where the table cannot tell. */
static bool cut_entry(cc_snapshot *s, objects_entry *e, size_t known)
{
	cc_json *json = NULL;
	bool cut = known < e->pub.obs_count, told = true;

	e->pub.obs_count = known;
	memset(&e->obs, 0, sizeof e->obs);
	if (e->deleted_ns > s->until_ns)
		e->deleted_ns = CC_TIME_NONE;
	if (cut && !cut_states(s, e))
		return false;
	if (cut)
		told = find_last_state(e) && e->pub.created_ns <= s->until_ns;
	if (!told && cc_objects_json(s, &e->pub.obs[known - 1], &json, NULL) == CC_ENOMEM)
		return false;
	if (json) {
		recognise_state(s, e, json);
		read_identity(s, e, json);
		cc_json_free(json);
	}
	cc_objects_poll_gone(s->objects, e);
	return true;
}

static bool cut_polls(cc_snapshot *s, const objects_table *whole)
{
	objects_table *t = s->objects;

	t->poll_ids = whole->poll_ids;
	t->polls.p = cc_arena_array(s->arena, whole->polls.n, sizeof *t->polls.p);
	if (!t->polls.p)
		return false;
	for (size_t i = 0; i < whole->polls.n; i++) {
		objects_polls p = whole->polls.p[i];

		while (p.round_count > 0 && p.rounds[p.round_count - 1] > s->until_ns) {
			p.round_count--;
			p.doubt = false;
		}
		memset(&p.times, 0, sizeof p.times);
		t->polls.p[t->polls.n++] = p;
	}
	return true;
}

bool cc_asof_objects(cc_snapshot *s)
{
	const objects_table *whole = s->whole->objects;

	if (!whole)
		return true;
	s->objects = cc_arena_alloc(s->arena, sizeof *s->objects);
	if (!s->objects || !cut_polls(s, whole))
		return false;
	s->objects->entries.p = cc_arena_array(s->arena, whole->entries.n, sizeof *s->objects->entries.p);
	for (size_t i = 0; s->objects->entries.p && i < whole->entries.n; i++) {
		objects_entry e = whole->entries.p[i];
		size_t at = cc_objects_obs_at(&e.pub, s->until_ns);

		if (at == SIZE_MAX)
			continue;
		if (!cut_entry(s, &e, at + 1))
			return false;
		s->objects->entries.p[s->objects->entries.n++] = e;
	}
	return s->objects->entries.p != NULL;
}
