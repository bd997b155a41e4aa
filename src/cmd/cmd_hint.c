/* cmd_hint.c - `hint`: one rung of the coach's ladder at a time - which pane, which neighbourhood, which record.
 *
 * Where a debrief lies beside the incident, the rung comes from a process of its own that opens it (session.h: coach). Elsewhere
 * the evidence gives three: what happened nearest to the onset. Each is an action of the case, and so in the record. */
#include "cmd/evidence.h"

#include "coldcase/alerts.h"
#include "coldcase/changes.h"
#include "coldcase/entity.h"
#include "coldcase/events.h"
#include "coldcase/onset.h"
#include "cmd/session_priv.h"

enum { RUNGS = 3 };

/* What the ladder without a debrief leads to. */
typedef struct lead {
	const char *pane, *rung;     /* where it is, and in a sentence why to look there */
	cc_entity_id entity;
	cc_str line;                 /* command that shows it */
	cc_str says;
	int64_t distance_ns;
} lead;

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

/* The change nearest to the onset, of an object that people keep; after it only by as much as a poll is late. */
static cc_code nearest_change(cc_call *c, int64_t onset, lead *out, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	cc_changes_options o = { .range = { CC_TIME_NONE, CC_TIME_NONE }, .cancel = c->cancel };
	cc_changes *list = NULL;
	cc_code code = cc_changes_build(&list, s, &o, err);

	for (size_t i = 0; code == CC_OK && i < cc_changes_count(list); i++) {
		const cc_spec_change *ch = cc_changes_get(list, i);

		if (ch->weight == CC_DIFF_STATUS || cc_onset_is_generated(s, ch->entity) || ch->time_ns > onset + 120 * CC_NS_PER_S ||
			(out->pane && distance(ch->time_ns, onset) >= out->distance_ns))
			continue;
		*out = (lead){ "specs", "Something was changed shortly before the onset: look at the specs.", ch->entity,
			cc_arena_printf(c->arena, "diff %.*s", CC_STR_ARG(ev_entity_text(c, ch->entity))),
			cc_arena_dup(c->arena, ch->line), distance(ch->time_ns, onset) };
	}
	cc_changes_free(list);
	return code;
}

static void nearest_warning(cc_call *c, int64_t onset, lead *out)
{
	const cc_snapshot *s = snap(c);

	for (size_t i = 0; i < cc_events_count(s); i++) {
		const cc_event *e = cc_events_get(s, i);

		if (!e->warning || e->only_expired || !e->entity || (out->pane && distance(e->first_ns, onset) >= out->distance_ns))
			continue;
		*out = (lead){ "events", "Warnings came near the onset: look at the events.", e->entity,
			cc_arena_printf(c->arena, "events entity=%.*s", CC_STR_ARG(ev_entity_text(c, e->entity))),
			ev_one_line(e->message, 200), distance(e->first_ns, onset) };
	}
}

static void first_alert(cc_call *c, lead *out)
{
	const cc_snapshot *s = snap(c);

	for (size_t i = 0; i < cc_alerts_count(s) && !out->pane; i++) {
		const cc_alert *a = cc_alerts_get(s, i);

		if (!a->background && !a->active_before && a->entity)
			*out = (lead){ "paths", "No change and no warning is near: follow the calls, before against after the onset.", a->entity,
				cc_arena_printf(c->arena, "entity %.*s", CC_STR_ARG(ev_entity_text(c, a->entity))),
				cc_snapshot_sym(s, a->name), 0 };
	}
}

static cc_code find_lead(cc_call *c, lead *out, cc_err *err)
{
	int64_t onset = ev_pivot(c);
	cc_code code;

	*out = (lead){ 0 };
	if (onset == CC_TIME_NONE)
		onset = cc_snapshot_range(snap(c)).from_ns;
	code = nearest_change(c, onset, out, err);
	if (code == CC_OK && !out->pane)
		nearest_warning(c, onset, out);
	if (code == CC_OK && !out->pane)
		first_alert(c, out);
	return code;
}

/* Empty when the ladder is over. */
static cc_code own_rung(cc_call *c, uint32_t rung, cc_buf *out, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	lead l;
	cc_code code = rung <= RUNGS ? find_lead(c, &l, err) : CC_OK;

	if (code != CC_OK || rung > RUNGS || !l.pane)
		return code;
	if (rung == 1)
		cc_buf_addz(out, l.rung);
	else if (rung == 2)
		cc_buf_addf(out, "It concerns a %.*s in the namespace %.*s.", CC_STR_ARG(cc_entity_kind(s, l.entity)),
			CC_STR_ARG(cc_entity_ns(s, l.entity)));
	else
		cc_buf_addf(out, "`%.*s` shows it: %.*s", CC_STR_ARG(l.line), CC_STR_ARG(l.says));
	return CC_OK;
}

static cc_code may_hint(cc_call *c, cc_err *err)
{
	cc_code code = cc_case_query_check(cc_session_case(c->session), err);

	if (code != CC_OK && code != CC_EBUDGET)
		return code;
	if (cc_session_assist(c->session, CC_ASSIST_HINTS))
		return CC_OK;
	cc_err_set(err, CC_ESTATE, "hint: there are none at assistance %s",
		cc_assist_level_name(cc_session_assist_level(c->session)));
	return cc_err_hint(err, "--assist full gives them; `assist` tells what each level does");
}

static cc_code give(cc_call *c, cc_reply *r, uint32_t rung, cc_str text, const char *source, cc_err *err)
{
	cc_action a = { .kind = CC_ACT_HINT, .number = rung, .text = cc_arena_dup(c->arena, text) };
	cc_code code = a.text.p ? cc_session_apply(c->session, &a, err) : cc_err_set(err, CC_ENOMEM, "out of memory");

	if (code != CC_OK)
		return code;
	cc_reply_set_title(r, "HINT %u", rung);
	cc_reply_begin_facts(r, "hint", NULL);
	cc_reply_fact(r, "text", "says", cc_cell_text(a.text), CC_ROLE_TEXT);
	cc_reply_fact(r, "rung", "rung", cc_cell_int(rung), CC_ROLE_TEXT);
	cc_reply_fact(r, "source", "from", cc_cell_textz(source), CC_ROLE_DIM);
	return CC_OK;
}

static cc_code run_hint(cc_call *c, cc_reply *r, cc_err *err)
{
	uint32_t rung = cc_case_hints(cc_session_case(c->session)) + 1;
	cc_buf text = CC_BUF_INIT;
	const char *source = "debrief";
	cc_code code = may_hint(c, err);

	if (code != CC_OK)
		return code;
	cc_err_clear(err);
	if (cc_session_coach(c->session, rung, &text) != CC_OK) {
		source = "evidence";
		code = own_rung(c, rung, &text, err);
	}
	if (code == CC_OK && text.n)
		code = give(c, r, rung, cc_buf_str(&text), source, err);
	else if (code == CC_OK)
		code = cc_err_set(err, CC_ENOTFOUND, "hint: %s", rung > 1 ? "that was the last one" : "nothing here gives a hint");
	cc_buf_deinit(&text);
	return code;
}

const cc_cmd cc_cmd_hint = {
	.name = "hint",
	.group = "case",
	.summary = "one rung of the coach's ladder: which pane, which neighbourhood, which record",
	.help = "Each use gives the next rung, is recorded, and stands beside the score; it costs no query. Only at assistance full.\n"
		"The rungs come from the debrief of the incident where it has one, else from what happened nearest to the onset.",
	.params = (const cc_param[]){ { 0 } },
	.flags = CC_CMD_CLOCK,
	.reads = CC_READS_ALL,
	.examples = (const char *const[]){ "hint", NULL },
	.reply = (const char *const[]){ "hint  facts: text, rung, source (debrief, evidence)", NULL },
	.run = run_hint,
};
