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

/* The word behind a phrase of a message. */
static bool word_behind(cc_str message, cc_str phrase, cc_str *word)
{
	size_t at = cc_str_find(message, phrase), end;
	cc_str rest;

	if (at == CC_STR_NONE)
		return false;
	rest = cc_str_trim(cc_str_sub(message, at + phrase.n, message.n));
	for (end = 0; end < rest.n && (unsigned char)rest.p[end] > ' ' && rest.p[end] != ',' && rest.p[end] != '"';
		end++)
		;
	*word = cc_str_sub(rest, 0, end);
	return end > 0;
}

bool cc_event_chaos_target(const cc_snapshot *s, const cc_event *e, cc_str *ns, cc_str *pod)
{
	cc_str word, rest, tail;

	if (!cc_str_ends(cc_snapshot_sym(s, e->kind), CC_STR("Chaos")) ||
		!word_behind(e->message, CC_STR("apply chaos for "), &word))
		return false;
	cc_str_cut(word, '/', ns, &rest);
	cc_str_cut(rest, '/', pod, &tail);
	return ns->n > 0 && pod->n > 0;
}

bool cc_event_spawned(const cc_snapshot *s, const cc_event *e, cc_str *name)
{
	return cc_str_eqz(cc_snapshot_sym(s, e->reason), "Spawned") &&
	       word_behind(e->message, CC_STR("Create new object: "), name);
}
