/* event_lanes.c - events laid over time: which lane each belongs to, in which order lanes stand. Letters are in lane_letters.c. */
#include "lane_priv.h"

#include <stdlib.h>
#include "coldcase/arena.h"
#include "coldcase/map.h"

static bool add_lane(lane_builder *b, cc_entity_id entity, cc_sym name, int depth, lane **out)
{
	cc_str key = cc_arena_printf(b->arena, "%u/%u", entity, entity ? 0 : name);
	uint64_t at = b->lanes.n;
	if (!key.p)
		return false;
	if (!cc_map_get(b->index, key, &at)) {
		lane l = { .pub = { .entity = entity, .name = name, .depth = depth, .first_ns = CC_TIME_NONE, .last_ns = CC_TIME_NONE,
			.last = UINT32_MAX } };
		l.pub.letters = cc_arena_alloc(b->arena, b->opt->slices);
		if (!l.pub.letters || !cc_map_set(b->index, key, at) || !cc_vec_push(&b->lanes, l))
			return false;
	}
	if (at >= b->lanes.n)    /* entered when memory was out */
		return false;
	*out = &b->lanes.p[at];
	return true;
}

static cc_entity_id owner_of(const cc_snapshot *s, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);
	return e && e->workload ? e->workload : id;
}

/* An owner's lane is there even when nothing happened to itself: its spec may have changed. */
static bool take_event(lane_builder *b, uint32_t row)
{
	const cc_event *e = cc_events_get(b->s, row);
	cc_entity_id owner = owner_of(b->s, e->entity);
	lane *l;
	if (owner && owner != e->entity) {
		if (!add_lane(b, owner, 0, 0, &l))
			return false;
		l->owner = owner;
		l->group_warned = e->warning && e->last_ns > l->group_warned ? e->last_ns : l->group_warned;
		l->group_last = e->last_ns > l->group_last ? e->last_ns : l->group_last;
	}
	if (!add_lane(b, e->entity, e->name, owner != e->entity, &l) || !cc_vec_push(&l->events, row))
		return false;
	l->owner = owner ? owner : e->entity;
	l->pod = cc_str_eqz(cc_snapshot_sym(b->s, e->kind), "Pod");
	if (!l->pub.depth) {
		l->group_warned = e->warning && e->last_ns > l->group_warned ? e->last_ns : l->group_warned;
		l->group_last = e->last_ns > l->group_last ? e->last_ns : l->group_last;
	}
	l->pub.count += e->count;
	l->pub.warning = l->pub.warning || e->warning;
	if (l->pub.first_ns == CC_TIME_NONE || e->first_ns < l->pub.first_ns)
		l->pub.first_ns = e->first_ns;
	if (l->pub.last_ns == CC_TIME_NONE || e->last_ns >= l->pub.last_ns) {
		l->pub.last_ns = e->last_ns;
		l->pub.last = row;
	}
	return true;
}

/* Members stand where their owner does. */
static void rank_members(lane_builder *b)
{
	for (size_t i = 0; i < b->lanes.n; i++) {
		lane *l = &b->lanes.p[i], *owner;
		if (l->pub.depth && add_lane(b, l->owner, 0, 0, &owner)) {
			l->group_warned = owner->group_warned;
			l->group_last = owner->group_last;
		}
	}
}

/* Within an owner: itself, its replica sets and jobs, then pods, each by their first event. */
static int by_place(const lane *a, const lane *b)
{
	if (a->pub.depth != b->pub.depth)
		return a->pub.depth - b->pub.depth;
	if (a->pod != b->pod)
		return a->pod ? 1 : -1;
	if (a->pub.first_ns != b->pub.first_ns)
		return a->pub.first_ns < b->pub.first_ns ? -1 : 1;
	if (a->pub.entity != b->pub.entity)
		return a->pub.entity < b->pub.entity ? -1 : 1;
	return a->pub.name < b->pub.name ? -1 : a->pub.name > b->pub.name;
}

static int in_groups(const void *x, const void *y)
{
	const lane *a = x, *b = y;
	if (a->group_warned != b->group_warned)
		return a->group_warned > b->group_warned ? -1 : 1;
	if (a->group_last != b->group_last)
		return a->group_last > b->group_last ? -1 : 1;
	if (a->owner != b->owner)
		return a->owner < b->owner ? -1 : 1;
	return by_place(a, b);
}

static cc_code build(lane_builder *b, cc_event_lane_vec *out, cc_err *err)
{
	for (size_t i = 0; i < b->opt->rows->n; i++) {
		if (i % 4096 == 0 && cc_canceled(b->opt->cancel))
			return CC_ECANCELED;
		if (!take_event(b, b->opt->rows->p[i]))
			return CC_ENOMEM;
	}
	rank_members(b);
	cc_code code = cc_lanes_letter(b, err);
	if (b->lanes.n > 1)
		qsort(b->lanes.p, b->lanes.n, sizeof *b->lanes.p, in_groups);
	for (size_t i = 0; i < b->lanes.n && code == CC_OK; i++)
		code = cc_vec_push(out, b->lanes.p[i].pub) ? CC_OK : CC_ENOMEM;
	return code;
}

cc_code cc_event_lanes(cc_event_lane_vec *out, const cc_snapshot *s, const cc_event_lanes_options *opt, cc_arena *arena, cc_err *err)
{
	lane_builder b = { .s = s, .opt = opt, .arena = arena, .index = cc_map_new() };
	cc_code code = b.index ? build(&b, out, err) : CC_ENOMEM;
	for (size_t i = 0; i < b.lanes.n; i++)
		cc_vec_deinit(&b.lanes.p[i].events);
	cc_vec_deinit(&b.lanes);
	cc_map_free(b.index);
	return code == CC_OK ? code : cc_err_set(err, code, "events: %s", cc_code_text(code));
}
