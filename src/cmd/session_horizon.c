/* session_horizon.c - how far the session looks: at everything, or at what was known at the time cursor.
 *
 * As known then, commands get another snapshot that ends at the cursor (cc_snapshot_as_of), so that no command can show, count
 * or rank what came later, and none has to think of it. It is made anew when the cursor moved or more evidence was read. */
#include "cmd/session_priv.h"

#include "coldcase/alerts.h"

int64_t cc_session_horizon(const cc_session *s)
{
	cc_view v = cc_case_view(s->kase);

	if (s->live.speed)
		return v.known && v.at_ns < s->live_now_ns ? v.at_ns : s->live_now_ns;
	if (!v.known && !s->known_only)
		return CC_TIME_NONE;
	if (v.at_ns != CC_TIME_NONE)
		return v.at_ns;
	return s->alarm_ns != CC_TIME_NONE ? s->alarm_ns : 0;   /* nothing read yet: nothing known yet */
}

bool cc_session_known_only(const cc_session *s)
{
	return s->known_only;
}

/* When somebody was first paged: an alert is known when it was observed, later than it began. */
static int64_t first_page(const cc_snapshot *s)
{
	int64_t first = CC_TIME_NONE;

	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);

		if (!a->background && !a->active_before && (first == CC_TIME_NONE || a->first_ns < first))
			first = a->first_ns;
	}
	return first;
}

void cc_session_note_alarm(cc_session *s)
{
	if (!s->known_only)
		return;
	s->alarm_ns = first_page(s->snapshot);
	if (s->alarm_ns == CC_TIME_NONE)
		s->alarm_ns = cc_onset_of(s->snapshot).time_ns;
	if (s->alarm_ns == CC_TIME_NONE)
		s->alarm_ns = cc_snapshot_range(s->snapshot).from_ns;
}

static void forget(cc_session *s)
{
	if (s->cut)
		cc_selections_deinit(&s->selections);   /* another snapshot may come to lie at the same place */
	cc_snapshot_free(s->cut);
	s->cut = NULL;
}

cc_code cc_session_cut(cc_session *s, cc_cancel *cancel, cc_err *err)
{
	int64_t until = cc_session_horizon(s);
	cc_snapshot *cut;
	cc_code code;

	if (until == CC_TIME_NONE) {
		forget(s);
		return CC_OK;
	}
	if (s->cut && s->cut_of == s->snapshot && cc_snapshot_until(s->cut) == until)
		return CC_OK;
	cut = cc_session_live_take(s, until);
	code = cut ? CC_OK : cc_snapshot_as_of(&cut, s->snapshot, until, cancel, err);
	if (code != CC_OK)
		return code;
	forget(s);
	s->cut = cut;
	s->cut_of = s->snapshot;
	s->cut_onset = cc_session_find_onset(s, cut);
	return CC_OK;
}

void cc_session_cut_free(cc_session *s)
{
	forget(s);
}

const cc_snapshot *cc_session_snapshot(const cc_session *s)
{
	return s->cut ? s->cut : s->snapshot;
}

cc_range cc_session_capture(const cc_session *s)
{
	return cc_snapshot_range(s->snapshot);
}

cc_onset cc_session_onset(const cc_session *s)
{
	int64_t by_hand = cc_case_view(s->kase).onset_ns;

	return by_hand != CC_TIME_NONE ? (cc_onset){ by_hand, CC_ONSET_HAND } : s->cut ? s->cut_onset : s->onset;
}
