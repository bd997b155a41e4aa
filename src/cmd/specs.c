/* specs.c - which object a line means, which observation of it, and the facts that stand above it. */
#include "cmd/specs.h"

#include "coldcase/entity.h"

cc_code cc_specs_of(cc_call *c, cc_entity_id id, const cc_object **out, cc_err *err)
{
	const cc_entity *e = cc_entity_get(snap(c), id);
	if (e && e->object) {
		*out = cc_objects_get(snap(c), e->object - 1);
		return CC_OK;
	}
	cc_str name = ev_entity_text(c, id);
	cc_err_set(err, CC_EUNKNOWN, "%s: no object of %.*s was recorded", c->cmd->name, CC_STR_ARG(name));
	return cc_err_hint(err, "`objects` lists what was; `events entity=%.*s` may still tell of it", CC_STR_ARG(name));
}

cc_code cc_specs_find(cc_call *c, const cc_object **out, cc_err *err)
{
	cc_entity_id id;
	cc_code code = ev_entity(c, &id, err);
	return code == CC_OK ? cc_specs_of(c, id, out, err) : code;
}

cc_code cc_specs_observation(cc_call *c, const cc_object *o, const char *param, size_t fallback, size_t *out, cc_err *err)
{
	int64_t at;
	cc_code code = cc_arg_time(c, param, CC_TIME_NONE, &at, err);
	if (code != CC_OK)
		return code;
	*out = at == CC_TIME_NONE ? fallback : cc_objects_obs_at(o, at);
	if (*out == SIZE_MAX) {
		cc_err_set(err, CC_EUNKNOWN, "%s: the object was first seen later than that", c->cmd->name);
		return cc_err_hint(err, "leave %s= out for the %s observation", param, fallback ? "newest" : "first");
	}
	return CC_OK;
}

void cc_specs_facts(cc_call *c, cc_reply *r, const cc_object *o, size_t obs)
{
	const cc_snapshot *s = snap(c);
	cc_reply_begin_facts(r, "object", NULL);
	cc_reply_fact(r, "entity", "object", cc_cell_entity(o->entity), CC_ROLE_ENTITY);
	cc_reply_fact(r, "owner", "owner", cc_cell_entity(cc_entity_get(s, o->entity)->owner), CC_ROLE_ENTITY);
	cc_reply_fact(r, "polled", "polled", cc_cell_time(o->obs[obs].time_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "observation", "observation", cc_cell_text(cc_arena_printf(c->arena, "%zu of %zu", obs + 1, o->obs_count)), CC_ROLE_TEXT);
	cc_reply_fact(r, "revisions", "revisions", cc_cell_int(o->revisions), CC_ROLE_CHANGED);
	cc_reply_fact(r, "created", "created", cc_cell_time(o->created_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "gone", "gone since", cc_cell_time(o->gone_ns), CC_ROLE_REMOVED);
	cc_reply_fact(r, "cite", "cite", cc_cell_cite(o->obs[obs].cite), CC_ROLE_DIM);
}

/* Made after the first poll of its kind: it came during the capture. Rows of one poll differ by milliseconds, so the object's own
 * creation time decides where it has one. */
bool cc_specs_came_later(const cc_snapshot *s, const cc_object *o)
{
	size_t n;
	const int64_t *polls = cc_objects_polls(s, o->resource, &n);
	if (!n)
		return false;
	return o->created_ns != CC_TIME_NONE ? o->created_ns > polls[0] : o->obs[0].time_ns > polls[0];
}
