/* cmd_hint.c - `hint`: one rung of the coach's ladder at a time - which pane, which neighbourhood, which record.
 *
 * Where a debrief lies beside the incident, the rung comes from a process of its own that opens it (session.h: coach). Elsewhere
 * the evidence gives three (hint_lead.h), and they say "may": nobody checked them. Each is an action of the case, and so in the record. */
#include "cmd/hint_lead.h"

#include "coldcase/entity.h"
#include "cmd/session_priv.h"

enum { RUNGS = 3 };

/* Empty when the ladder is over. */
static cc_code own_rung(cc_call *c, uint32_t rung, cc_buf *out, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	cc_hint_lead l;
	cc_code code = rung <= RUNGS ? cc_hint_lead_find(c, &l, err) : CC_OK;

	if (code != CC_OK || rung > RUNGS || !l.pane)
		return code;
	if (rung == 1)
		cc_buf_addz(out, l.rung);
	else if (rung == 2)
		cc_buf_addf(out, "It may concern a %.*s in the namespace %.*s.", CC_STR_ARG(cc_entity_kind(s, l.entity)),
			CC_STR_ARG(cc_entity_ns(s, l.entity)));
	else
		cc_buf_addf(out, "`%.*s` may show it: %.*s", CC_STR_ARG(l.line), CC_STR_ARG(l.says));
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
	cc_reply_set_title(r, "HINT %u from the %s", rung, source);
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
		"The rungs come from the debrief of the incident where it has one, else from the evidence: a state that\n"
		"rules find wrong and that can reach what alerts, or what happened nearest before the onset.",
	.params = (const cc_param[]){ { 0 } },
	.flags = CC_CMD_CLOCK,
	.reads = CC_READS_ALL,
	.examples = (const char *const[]){ "hint", NULL },
	.reply = (const char *const[]){ "hint  facts: text, rung, source (debrief, evidence)", NULL },
	.run = run_hint,
};
