/* events_get.c - the events of a loaded snapshot, and which entities they speak of. */
#include "snapshot/events_priv.h"

size_t cc_events_count(const cc_snapshot *s)
{
	return s->events ? s->events->entries.n : 0;
}

const cc_event *cc_events_get(const cc_snapshot *s, size_t i)
{
	return i < cc_events_count(s) ? &s->events->entries.p[i].pub : NULL;
}

size_t cc_events_lower_bound(const cc_snapshot *s, int64_t time_ns)
{
	size_t lo = 0, hi = cc_events_count(s);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->events->entries.p[mid].pub.last_ns < time_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint64_t cc_events_expired_rows(const cc_snapshot *s)
{
	return s->events ? s->events->expired_rows : 0;
}

bool cc_events_note(cc_snapshot *s)
{
	for (size_t i = 0; i < cc_events_count(s); i++) {
		const cc_event *e = cc_events_get(s, i);

		if (e->name != 0 && e->kind != 0 && cc_entity_note_sym(s, e->ns, e->kind, e->name, CC_SEEN_EVENT) == 0)
			return false;
	}
	return true;
}

cc_code cc_events_bind(cc_snapshot *s, cc_err *err)
{
	(void)err;
	for (size_t i = 0; i < cc_events_count(s); i++) {
		cc_event *e = &s->events->entries.p[i].pub;

		e->entity = cc_entity_lookup(s, e->ns, e->kind, e->name);
	}
	return CC_OK;
}
