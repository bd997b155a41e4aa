/* hint_lead.c - the lead of the ladder without a debrief.
 *
 * A state that rules find wrong, came during the capture and can reach what alerts is worth more than any change: a change may
 * be harmless, and the one nearest to the onset often is. Of changes, too, those that can reach an alert go first, and none
 * counts that came after the onset. */
#include "cmd/hint_lead.h"

#include "coldcase/alerts.h"
#include "coldcase/changes.h"
#include "coldcase/checks.h"
#include "coldcase/entity.h"
#include "coldcase/events.h"
#include "coldcase/onset.h"
#include "coldcase/reach.h"

enum { WALKED_MAX = 32 };       /* things whose reach is walked; one walk takes a few milliseconds at most */

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

static bool pages(const cc_alert *a)
{
	return !a->background && !a->active_before && a->entity;
}

/* Whether trouble of the entity can be felt by what alerts. Living in one namespace with it proves nothing, except for what
 * limits a namespace. `scratch` has a place for each entity. */
static bool can_reach_alert(const cc_snapshot *s, cc_entity_id id, cc_reach *scratch)
{
	if (!id || cc_reach_from(s, id, NULL, scratch) != CC_OK)
		return false;
	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);

		if (pages(a) && scratch[a->entity].how && scratch[a->entity].how != CC_REACH_AROUND)
			return true;
	}
	return false;
}

/* Pods and ReplicaSets are made anew from what owns them. */
static cc_entity_id lasting(const cc_snapshot *s, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);

	return e && e->workload && cc_onset_is_generated(s, id) ? e->workload : id;
}

static bool anything_pages(const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_alerts_count(s); i++)
		if (pages(cc_alerts_get(s, i)))
			return true;
	return false;
}

/* The findings come the gravest first, symptoms last. */
static cc_code worst_state(cc_call *c, cc_reach *scratch, cc_hint_lead *out, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	int64_t begin = cc_checks_beginning(s);
	cc_checker *checker = NULL;
	cc_finding_vec found = { 0 };
	bool alerts = anything_pages(s);
	cc_code code = begin == CC_TIME_NONE ? CC_OK : cc_checker_new(&checker, s, CC_TIME_NONE, begin, c->cancel, err);

	if (code == CC_OK && checker && (code = cc_checker_all(checker, 0, &found)) != CC_OK)
		cc_err_set(err, code, "hint: %s", cc_code_text(code));
	for (size_t i = 0, walked = 0; i < found.n && walked < WALKED_MAX && !out->pane; i++) {
		const cc_finding *f = &found.p[i];

		if (f->severity < 2 || !f->fresh || f->rule->symptom || !f->entity)
			continue;
		walked++;
		if (alerts && !can_reach_alert(s, f->entity, scratch))
			continue;
		*out = (cc_hint_lead){ "checks", alerts ? "The state of an object went wrong, and what alerts may suffer from it: look at the checks."
			: "The state of an object went wrong during the capture: look at the checks.", lasting(s, f->entity),
			cc_arena_printf(c->arena, "checks %.*s", CC_STR_ARG(ev_entity_text(c, lasting(s, f->entity)))), cc_arena_dup(c->arena, f->text), 0 };
	}
	cc_vec_deinit(&found);
	cc_checker_free(checker);
	return code;
}

/* A change that only a poll tells of came somewhere since the poll before. */
static bool is_before(const cc_spec_change *ch, int64_t onset)
{
	return ch->time_ns <= onset || (ch->time_ns == ch->to_ns && ch->from_ns != CC_TIME_NONE && ch->from_ns < onset);
}

/* The change nearest before the onset, of an object that people keep; one that can reach an alert before all others. */
static cc_code nearest_change(cc_call *c, int64_t onset, cc_reach *scratch, cc_hint_lead *out, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	cc_changes_options o = { .range = { CC_TIME_NONE, CC_TIME_NONE }, .cancel = c->cancel };
	cc_changes *list = NULL;
	cc_code code = cc_changes_build(&list, s, &o, err);
	bool best_reaches = false;

	for (size_t i = 0, walked = 0; code == CC_OK && i < cc_changes_count(list); i++) {
		const cc_spec_change *ch = cc_changes_get(list, cc_changes_count(list) - 1 - i);   /* the latest first */
		bool reaches, nearer;

		if (ch->weight == CC_DIFF_STATUS || cc_onset_is_generated(s, ch->entity) || !is_before(ch, onset))
			continue;
		reaches = walked++ < WALKED_MAX && can_reach_alert(s, ch->entity, scratch);
		nearer = !out->pane || distance(ch->time_ns, onset) < out->distance_ns;
		if (reaches != best_reaches ? !reaches : !nearer)
			continue;
		best_reaches = reaches;
		*out = (cc_hint_lead){ "specs", "Something was changed shortly before the onset: look at the specs.", ch->entity,
			cc_arena_printf(c->arena, "diff %.*s", CC_STR_ARG(ev_entity_text(c, ch->entity))),
			cc_arena_dup(c->arena, ch->line), distance(ch->time_ns, onset) };
	}
	cc_changes_free(list);
	return code;
}

static void nearest_warning(cc_call *c, int64_t onset, cc_hint_lead *out)
{
	const cc_snapshot *s = snap(c);

	for (size_t i = 0; i < cc_events_count(s); i++) {
		const cc_event *e = cc_events_get(s, i);

		if (!e->warning || e->only_expired || !e->entity || (out->pane && distance(e->first_ns, onset) >= out->distance_ns))
			continue;
		*out = (cc_hint_lead){ "events", "Warnings came near the onset: look at the events.", e->entity,
			cc_arena_printf(c->arena, "events entity=%.*s", CC_STR_ARG(ev_entity_text(c, e->entity))),
			ev_one_line(e->message, 200), distance(e->first_ns, onset) };
	}
}

static void first_alert(cc_call *c, cc_hint_lead *out)
{
	const cc_snapshot *s = snap(c);

	for (size_t i = 0; i < cc_alerts_count(s) && !out->pane; i++) {
		const cc_alert *a = cc_alerts_get(s, i);

		if (pages(a))
			*out = (cc_hint_lead){ "paths", "No change and no warning is near: follow the calls, before against after the onset.", a->entity,
				cc_arena_printf(c->arena, "entity %.*s", CC_STR_ARG(ev_entity_text(c, a->entity))),
				cc_snapshot_sym(s, a->name), 0 };
	}
}

cc_code cc_hint_lead_find(cc_call *c, cc_hint_lead *out, cc_err *err)
{
	int64_t onset = ev_pivot(c);
	cc_reach *scratch = cc_arena_array(c->arena, cc_entity_count(snap(c)) + 1, sizeof *scratch);
	cc_code code;

	*out = (cc_hint_lead){ 0 };
	if (!scratch)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	if (onset == CC_TIME_NONE)
		onset = cc_snapshot_range(snap(c)).to_ns;
	code = worst_state(c, scratch, out, err);
	if (code == CC_OK && !out->pane)
		code = nearest_change(c, onset, scratch, out, err);
	if (code == CC_OK && !out->pane)
		nearest_warning(c, onset, out);
	if (code == CC_OK && !out->pane)
		first_alert(c, out);
	return code;
}
