/* pin_about.c - a pin tells of a suspect when its thing is one with it or owned by it, or when its words name it.
 *
 * An event about a ReplicaSet that may make no pods names the quota that forbids it: evidence against the quota, not only
 * against the ReplicaSet. Names that are words of the language ("cart", "ratings") prove nothing unless the kind stands before. */
#include "cmd/pin_about.h"

#include "cmd/session_priv.h"
#include "coldcase/entity.h"
#include "coldcase/events.h"

static bool names(const cc_snapshot *s, cc_str text, const cc_suspect *sus)
{
	cc_str ns, rest, kind = CC_STR_EMPTY, name = CC_STR_EMPTY;
	cc_buf kind_name = CC_BUF_INIT;
	bool found;

	if (sus->entity) {
		kind = cc_entity_kind(s, sus->entity);
		name = cc_entity_name(s, sus->entity);
	} else if (cc_str_cut(sus->name, '/', &ns, &rest)) {   /* not in the snapshot: as it was typed */
		cc_str_cut(rest, '/', &kind, &name);
	}
	if (!name.n)
		return false;
	found = cc_str_find(name, CC_STR("-")) != CC_STR_NONE && cc_str_has_name(text, name);
	if (!found) {
		cc_buf_addf(&kind_name, "%.*s/%.*s", CC_STR_ARG(kind), CC_STR_ARG(name));
		found = cc_str_has_name(text, cc_buf_str(&kind_name));
	}
	cc_buf_deinit(&kind_name);
	return found;
}

/* The event that a citation belongs to, whichever of its rows was pinned; NULL for none. */
static const cc_event *event_of(const cc_snapshot *s, cc_cite cite)
{
	for (size_t i = 0; i < cc_events_count(s); i++) {
		const cc_event *e = cc_events_get(s, i);

		if (e->cite.file != cite.file)
			return NULL;                    /* all events come from one file */
		for (size_t k = 0; k < e->cite_count; k++)
			if (e->cites[k].file == cite.file && e->cites[k].record == cite.record)
				return e;
	}
	return NULL;
}

static bool was_shown(cc_call *c, cc_cite cite)
{
	cc_buf text = CC_BUF_INIT;
	bool shown;

	cc_cite_format(cc_session_snapshot(c->session), cite, &text);
	shown = cc_session_seen(c->session, cc_buf_str(&text));
	cc_buf_deinit(&text);
	return shown;
}

bool cc_pin_is_about(cc_call *c, const cc_pin *p, const cc_suspect *sus)
{
	const cc_snapshot *s = cc_session_snapshot(c->session);
	const cc_event *e;
	bool both = sus->entity && p->entity;
	cc_str ns = both ? cc_entity_ns(s, sus->entity) : CC_STR_EMPTY;

	if (both && (cc_entity_same_group(s, sus->entity, p->entity) || cc_entity_covers(s, sus->entity, p->entity)))
		return true;
	if (both && !cc_str_eqz(ns, "cluster") && !cc_str_eq(ns, cc_entity_ns(s, p->entity)))
		return false;
	e = p->cite.file && was_shown(c, p->cite) ? event_of(s, p->cite) : NULL;
	return names(s, p->label, sus) || (e && names(s, e->message, sus));
}
