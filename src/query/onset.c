/* onset.c - where an incident begins when nobody said it. */
#include "coldcase/onset.h"

#include "coldcase/alerts.h"
#include "coldcase/arena.h"
#include "coldcase/changes.h"
#include "coldcase/events.h"
#include "coldcase/map.h"
#include "coldcase/objects.h"

/* Subject and reason as a key; `parts` holds its bytes. */
static cc_str key_of(const cc_event *e, uint32_t parts[2])
{
	parts[0] = e->entity ? e->entity : e->name;
	parts[1] = e->reason;
	return (cc_str){ (const char *)parts, 2 * sizeof parts[0] };
}

/* What a subject suffered before the capture already is not what began in it (an autoscaler without metrics). */
static int64_t first_warning(const cc_snapshot *s, cc_range all)
{
	int64_t first = CC_TIME_NONE;
	cc_arena *arena = cc_arena_new();
	cc_map *old = cc_map_new();
	uint32_t parts[2];
	for (size_t i = 0; arena && old && i < cc_events_count(s); i++) {
		const cc_event *e = cc_events_get(s, i);
		if (e->warning && e->first_ns < all.from_ns) {
			cc_str key = cc_arena_dup(arena, key_of(e, parts));
			if (!key.p || !cc_map_set(old, key, 1))
				break;
		}
	}
	for (size_t i = 0; arena && old && i < cc_events_count(s); i++) {
		const cc_event *e = cc_events_get(s, i);
		if (!e->warning || e->only_expired || e->first_ns < all.from_ns || e->first_ns > all.to_ns)
			continue;
		if ((first == CC_TIME_NONE || e->first_ns < first) && !cc_map_get(old, key_of(e, parts), NULL))
			first = e->first_ns;
	}
	cc_map_free(old);
	cc_arena_free(arena);
	return first;
}

bool cc_onset_is_generated(const cc_snapshot *s, cc_entity_id id)
{
	static const char *const kinds[] = { "Pod", "ReplicaSet", "Endpoints", "EndpointSlice", "Lease", "Event",
		"ControllerRevision", "Node", "CSINode", "NodeMetrics", "PodMetrics" };
	const cc_entity *e = cc_entity_get(s, id);
	if (!e || e->owner)
		return true;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (cc_str_eqz(cc_entity_kind(s, id), kinds[i]))
			return true;
	return false;
}

static int64_t first_change(const cc_snapshot *s, cc_range all)
{
	int64_t first = CC_TIME_NONE;
	cc_changes *list = NULL;
	if (cc_changes_build(&list, s, NULL, NULL) != CC_OK)
		return first;
	for (size_t i = 0; i < cc_changes_count(list) && first == CC_TIME_NONE; i++) {
		const cc_spec_change *c = cc_changes_get(list, i);
		if (c->weight != CC_DIFF_STATUS && c->time_ns >= all.from_ns && !cc_onset_is_generated(s, c->entity))
			first = c->time_ns;
	}
	cc_changes_free(list);
	return first;
}

cc_onset cc_onset_of(const cc_snapshot *s)
{
	cc_onset o = { cc_alerts_onset(s), CC_ONSET_ALERT };
	cc_range all = cc_snapshot_range(s);
	if (o.time_ns != CC_TIME_NONE)
		return o;
	int64_t warning = first_warning(s, all), change = first_change(s, all);
	if (warning == CC_TIME_NONE && change == CC_TIME_NONE)
		return (cc_onset){ CC_TIME_NONE, CC_ONSET_NONE };
	if (change != CC_TIME_NONE && (warning == CC_TIME_NONE || change <= warning))
		return (cc_onset){ change, CC_ONSET_CHANGE };
	return (cc_onset){ warning, CC_ONSET_WARNING };
}

const char *cc_onset_name(cc_onset_kind k)
{
	static const char *const names[] = { "nothing", "the first alert", "the first warning", "the first change",
		"the onset set by hand" };
	return names[(unsigned)k <= CC_ONSET_HAND ? k : 0];
}
