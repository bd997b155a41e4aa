/* objects_get.c - the objects of a loaded snapshot: list, observation at a time, body. */
#include "coldcase/xalloc.h"
#include "snapshot/entity_priv.h"
#include "snapshot/objects_table_priv.h"

size_t cc_objects_entry_count(const cc_snapshot *s)
{
	return s->objects ? s->objects->entries.n : 0;
}

objects_entry *cc_objects_entry(const cc_snapshot *s, size_t i)
{
	return i < cc_objects_entry_count(s) ? &s->objects->entries.p[i] : NULL;
}

size_t cc_objects_count(const cc_snapshot *s)
{
	return cc_objects_entry_count(s);
}

const cc_object *cc_objects_get(const cc_snapshot *s, size_t i)
{
	const objects_entry *e = cc_objects_entry(s, i);

	return e ? &e->pub : NULL;
}

size_t cc_objects_obs_at(const cc_object *o, int64_t time_ns)
{
	size_t lo = 0, hi = o->obs_count;

	if (time_ns == CC_TIME_NONE)
		return o->obs_count > 0 ? o->obs_count - 1 : SIZE_MAX;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (o->obs[mid].time_ns <= time_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 ? lo - 1 : SIZE_MAX;
}

static cc_code parse_obs(
	const cc_snapshot *s, const cc_object_obs *obs, cc_k8sbody *out, cc_str *text, cc_arena *arena, cc_err *err)
{
	*text = cc_snapshot_cell(s, obs->cite, "Body", arena);
	return cc_k8sbody_parse(out, *text, err);
}

cc_str cc_objects_body(const cc_snapshot *s, const cc_object_obs *obs, cc_arena *arena)
{
	cc_buf out = CC_BUF_INIT;
	cc_k8sbody b;
	cc_str text;

	if (parse_obs(s, obs, &b, &text, arena, NULL) != CC_OK)
		return CC_STR_EMPTY;
	if (!b.bare)
		text = cc_k8sbody_write(&b, obs->item, &out) ? cc_arena_dup(arena, cc_buf_str(&out)) : CC_STR_EMPTY;
	cc_buf_deinit(&out);
	cc_k8sbody_free(&b);
	return text;
}

cc_code cc_objects_json(const cc_snapshot *s, const cc_object_obs *obs, cc_json **out, cc_err *err)
{
	cc_arena *arena = cc_arena_new();
	cc_buf buf = CC_BUF_INIT;
	cc_code code = CC_ENOMEM;
	cc_k8sbody b = { 0 };
	cc_str text;

	*out = NULL;
	if (arena)
		code = parse_obs(s, obs, &b, &text, arena, err);
	if (code == CC_OK && b.bare) {
		*out = b.root;
		b.root = NULL;
	} else if (code == CC_OK) {
		code = cc_k8sbody_write(&b, obs->item, &buf) ? cc_json_parse(out, cc_buf_str(&buf), err) : CC_ENOMEM;
	}
	cc_k8sbody_free(&b);
	cc_buf_deinit(&buf);
	cc_arena_free(arena);
	return code == CC_ENOMEM ? cc_err_set(err, CC_ENOMEM, "object: out of memory") : code;
}

cc_code cc_objects_bind(cc_snapshot *s, cc_err *err)
{
	(void)err;
	for (size_t i = 0; i < cc_objects_entry_count(s); i++) {
		objects_entry *e = cc_objects_entry(s, i);

		e->pub.entity = cc_entity_lookup(s, e->ns, e->kind, e->name);
	}
	return CC_OK;
}

void cc_objects_unload(cc_snapshot *s)
{
	objects_table *t = s->objects;

	if (!t)
		return;
	for (size_t i = 0; i < t->entries.n; i++) {
		cc_vec_deinit(&t->entries.p[i].states);
		cc_vec_deinit(&t->entries.p[i].obs);
	}
	for (size_t i = 0; i < t->polls.n; i++)
		cc_vec_deinit(&t->polls.p[i].times);
	cc_vec_deinit(&t->entries);
	cc_vec_deinit(&t->bodies);
	cc_vec_deinit(&t->seen);
	cc_vec_deinit(&t->polls);
	cc_map_free(t->poll_ids);
	cc_free(t);
	s->objects = NULL;
}
