/* lane_letters.c - what each slice of a lane says: the state of the thing, and over it what happened. */
#include "lane_priv.h"

#include <string.h>
#include "coldcase/changes.h"
#include "coldcase/objects.h"

static const struct { const char *reason; char letter; } letters[] = {
	{ "Scheduled", 'S' }, { "Pulling", 'P' }, { "Pulled", 'P' }, { "Created", 'C' }, { "Started", 'C' }, { "Killing", 'K' },
	{ "Preempting", 'K' }, { "Evicted", 'F' }, { "BackOff", 'B' }, { "Unhealthy", 'U' }, { "ProbeWarning", 'U' },
	{ "ScalingReplicaSet", 'R' }, { "SuccessfulCreate", 'R' }, { "SuccessfulDelete", 'R' }, { "SuccessfulRescale", 'R' },
	{ "SawCompletedJob", 'o' }, { "NodeNotReady", 'N' }, { "NodeReady", 'N' }, { "NodeHasSufficientMemory", 'N' },
	{ "NodeHasNoDiskPressure", 'N' }, { "NodeHasSufficientPID", 'N' }, { "RegisteredNode", 'N' }, { "RemovingNode", 'N' },
	{ "NodeNotSchedulable", 'N' }, { "NodeSchedulable", 'N' }, { "NodeAllocatableEnforced", 'N' }, { "Rebooted", 'N' },
	{ "Applied", 'X' }, { "Recovered", 'X' }, { "Spawned", 'X' }, { "TimeUp", 'X' },
};

static const struct { char letter; const char *means; } meanings[] = {
	{ 'S', "scheduled" }, { 'P', "pulled" }, { 'C', "created, started" }, { 'K', "killed" }, { 'B', "back-off" }, { 'U', "unhealthy" },
	{ 'F', "failed" }, { 'R', "scaled, replaced" }, { 'N', "node" }, { 'X', "chaos" }, { 'o', "other" }, { '^', "spec changed" },
	{ '-', "not running" }, { '?', "not known yet" }, { '.', "nothing happened" },
};

const char *cc_event_letter_means(char letter)
{
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].letter == letter)
			return meanings[i].means;
	return NULL;
}

/* Kinds decide before reasons: "Started" of an experiment is no container's. */
char cc_event_letter(const cc_snapshot *s, const cc_event *e)
{
	cc_str reason = cc_snapshot_sym(s, e->reason), kind = cc_snapshot_sym(s, e->kind);
	if (!e->warning && cc_str_ends(kind, CC_STR("Chaos")))
		return cc_str_eqz(reason, "Applied") || cc_str_eqz(reason, "Recovered") ? 'X' : 'o';
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (cc_str_eqz(reason, letters[i].reason))
			return letters[i].letter;
	return e->warning ? 'F' : 'o';
}

/* What matters most of what falls into one slice. */
static int weight_of(char letter)
{
	static const char order[] = " ?.-xobpcsnrkufNSPCRKX^UBF";
	const char *at = strchr(order, letter);
	return at ? (int)(at - order) : 0;
}

static void put(char *slot, char letter)
{
	if (weight_of(letter) > weight_of(*slot))
		*slot = letter;
}

static size_t slice_of(const lane_builder *b, int64_t t)
{
	const cc_range *r = &b->opt->range;
	if (t <= r->from_ns || r->to_ns <= r->from_ns)
		return 0;
	if (t >= r->to_ns)
		return b->opt->slices - 1;
	double share = ((double)t - (double)r->from_ns) / ((double)r->to_ns - (double)r->from_ns);
	size_t at = (size_t)(share * (double)b->opt->slices);
	return at < b->opt->slices ? at : b->opt->slices - 1;
}

static void fill(const lane_builder *b, char *out, int64_t from, char state)
{
	for (size_t i = slice_of(b, from); i < b->opt->slices; i++)
		out[i] = state;
}

/* --- states --- */

static bool is_among(cc_str reason, const char *const *list)
{
	for (; *list; list++)
		if (cc_str_eqz(reason, *list))
			return true;
	return false;
}

/* What an event says of a thing from then on; 0 = nothing. A start ends what led to it, also within the same second. */
static char state_after(const lane_builder *b, const lane *l, const cc_event *e)
{
	static const char *const leads[] = { "Scheduled", "Pulling", "Pulled", "Created", NULL };
	static const char *const down[] = { "FailedScheduling", "Killing", "BackOff", "Failed", "Evicted", "Preempting", "FailedMount",
		"FailedCreatePodSandBox", "OOMKilling", NULL };
	cc_str reason = cc_snapshot_sym(b->s, e->reason), kind = cc_entity_kind(b->s, l->pub.entity);
	if (cc_str_ends(kind, CC_STR("Chaos")))
		return cc_str_eqz(reason, "Applied") ? 'x' : cc_str_eqz(reason, "Recovered") ? '.' : 0;
	if (!cc_str_eqz(kind, "Pod"))
		return 0;
	if (cc_str_eqz(reason, "Started") || cc_str_eqz(reason, "Unhealthy"))
		return '.';
	if (is_among(reason, down))
		return '-';
	for (size_t i = 0; is_among(reason, leads) && i < l->events.n; i++) {
		const cc_event *other = cc_events_get(b->s, l->events.p[i]);
		if (other->last_ns == e->last_ns && cc_str_eqz(cc_snapshot_sym(b->s, other->reason), "Started"))
			return 0;
	}
	return is_among(reason, leads) ? '-' : 0;
}

static const cc_object *object_of(const cc_snapshot *s, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);
	return e && e->object ? cc_objects_get(s, e->object - 1) : NULL;
}

/* Before the first event nothing is known, unless the object says that it did not exist then. Events come in order of their last
 * occurrence: what it says of the state holds from there. */
static void lay_states(const lane_builder *b, lane *l)
{
	const cc_object *o = object_of(b->s, l->pub.entity);
	memset(l->pub.letters, '?', b->opt->slices);
	if (o && o->created_ns != CC_TIME_NONE && o->created_ns > b->opt->range.from_ns)
		memset(l->pub.letters, ' ', slice_of(b, o->created_ns));
	if (l->pub.first_ns != CC_TIME_NONE)
		fill(b, l->pub.letters, l->pub.first_ns, '.');
	else if (o && o->obs_count)
		fill(b, l->pub.letters, o->obs[0].time_ns, '.');
	for (size_t i = 0; i < l->events.n; i++) {
		const cc_event *e = cc_events_get(b->s, l->events.p[i]);
		char state = state_after(b, l, e);
		if (state)
			fill(b, l->pub.letters, state == '-' && e->count > 1 ? e->first_ns : e->last_ns, state);
	}
	if (o && o->gone_ns != CC_TIME_NONE && o->gone_ns < b->opt->range.to_ns)
		fill(b, l->pub.letters, o->gone_ns, ' ');
}

/* --- happenings --- */

static char small(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static void lay_event(const lane_builder *b, lane *l, const cc_event *e)
{
	char letter = cc_event_letter(b->s, e);
	size_t first = slice_of(b, e->first_ns), last = slice_of(b, e->last_ns);
	if (e->last_ns < b->opt->range.from_ns || e->first_ns > b->opt->range.to_ns)
		return;
	for (size_t i = first; e->count > 2 && i <= last; i++)
		put(&l->pub.letters[i], small(letter));
	if (e->first_ns >= b->opt->range.from_ns)
		put(&l->pub.letters[first], letter);
	if (e->last_ns <= b->opt->range.to_ns)
		put(&l->pub.letters[last], letter);
}

/* Changes of the spec, not of the status, on the lanes of their objects. */
static cc_code lay_changes(lane_builder *b, cc_err *err)
{
	cc_changes *changes = NULL;
	cc_changes_options o = { .range = { CC_TIME_NONE, CC_TIME_NONE }, .cancel = b->opt->cancel };
	cc_code code = cc_changes_build(&changes, b->s, &o, err);
	for (size_t i = 0; code == CC_OK && i < cc_changes_count(changes); i++) {
		const cc_spec_change *c = cc_changes_get(changes, i);
		cc_str key = cc_arena_printf(b->arena, "%u/%u", c->entity, 0u);
		uint64_t at;
		bool shown = c->kind == CC_CHANGE_MODIFIED && c->time_ns >= b->opt->range.from_ns && c->time_ns <= b->opt->range.to_ns;
		if (shown && key.p && cc_map_get(b->index, key, &at))
			put(&b->lanes.p[at].pub.letters[slice_of(b, c->time_ns)], '^');
	}
	cc_changes_free(changes);
	return code;
}

cc_code cc_lanes_letter(lane_builder *b, cc_err *err)
{
	for (size_t i = 0; i < b->lanes.n; i++) {
		lane *l = &b->lanes.p[i];
		lay_states(b, l);
		for (size_t k = 0; k < l->events.n; k++)
			lay_event(b, l, cc_events_get(b->s, l->events.p[k]));
	}
	return lay_changes(b, err);
}
