/* cmd_live.c - what a live drill has besides: what time it is there and who was paged, and what those who wait are told. */
#include "cmd/cmd_priv.h"
#include "cmd/session_priv.h"

#include "coldcase/alerts.h"

static const cc_column PAGE_COLUMNS[] = {
	{ "at", "Paged", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "severity", "Severity", CC_CELL_TEXT, CC_ROLE_WARNING, 9, 0 },
	{ "alert", "Alert", CC_CELL_TEXT, CC_ROLE_HEADING, 30, 0 },
	{ "entity", "About", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
};

static void list_pages(const cc_session *s, cc_reply *r)
{
	size_t n = cc_session_paged(s), shown = n > CC_REPLY_PAGE ? CC_REPLY_PAGE : n;

	cc_reply_begin_table(r, "pages", "Pages, the last first", PAGE_COLUMNS, sizeof PAGE_COLUMNS / sizeof *PAGE_COLUMNS, true);
	for (size_t i = n; i > n - shown; i--) {
		const cc_page_call *p = &s->pages.p[i - 1];
		cc_row *row = cc_reply_row(r);

		if (!row)
			return;
		row->entity = p->alert->entity;
		cc_reply_cell(r, cc_cell_time(p->time_ns));
		cc_reply_cell(r, cc_cell_textz(cc_severity_name(p->alert->severity)));
		cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s->snapshot, p->alert->name)));
		cc_reply_cell(r, cc_cell_entity(p->alert->entity));
	}
	cc_reply_set_paging(r, n, 0, CC_REPLY_PAGE);
}

static cc_code run_now(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_live_state live = cc_session_live(c->session);

	(void)err;
	cc_reply_set_title(r, "NOW");
	cc_reply_begin_facts(r, "now", NULL);
	cc_reply_fact(r, "live", "live drill", cc_cell_bool(live.drill.speed > 0), CC_ROLE_TEXT);
	cc_reply_fact(r, "now", "shown until", cc_cell_time(live.drill.speed ? live.now_ns : cc_session_horizon(c->session)), CC_ROLE_TIME);
	cc_reply_fact(r, "speed", "times as fast", live.drill.speed ? cc_cell_int(live.drill.speed) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "pausable", "may be paused", live.drill.speed ? cc_cell_bool(live.drill.pausable) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "over", "the capture is over", live.drill.speed ? cc_cell_bool(live.over) : cc_cell_none(), CC_ROLE_TEXT);
	if (!live.drill.speed) {
		cc_reply_add_note(r, "this case is not played live: nobody is paged (coldcase play --live)");
		return CC_OK;
	}
	list_pages(c->session, r);
	c->session->pages_told = live.pages;
	if (!live.pages)
		cc_reply_add_note(r, "nobody has been paged yet");
	return CC_OK;
}

const cc_cmd cc_cmd_now = {
	.name = "now",
	.group = "navigation",
	.summary = "of a live drill: what time it is there, and which alerts have paged",
	.help = "In a live drill evidence appears as it did then: nothing later than now is shown, and asking a paid question again is free.\n"
		"A page names an alert when it first fires and costs nothing. In a case that is not live there are none.",
	.examples = (const char *const[]){ "now", NULL },
	.reply = (const char *const[]){ "now      facts: live, now, speed, pausable, over", "pages[]  at, severity, alert, entity: in a live drill", NULL },
	.run = run_now,
};

/* --- what those who wait are told --- */

static cc_code run_update(cc_call *c, cc_reply *r, cc_action_kind kind, cc_err *err)
{
	cc_action a = { .kind = kind, .text = cc_str_trim(cc_str_from(cc_arg(c, "text"))) };
	cc_code code = cc_session_apply(c->session, &a, err);
	const cc_case *k = cc_session_case(c->session);
	size_t same = 0;

	if (code != CC_OK)
		return code;
	for (size_t i = 0; i < cc_case_update_count(k); i++)
		same += cc_case_update(k, i)->mitigation == (kind == CC_ACT_MITIGATE);
	cc_reply_set_title(r, kind == CC_ACT_MITIGATE ? "MITIGATION" : "STATUS UPDATE");
	cc_reply_begin_facts(r, "update", NULL);
	cc_reply_fact(r, "number", "number", cc_cell_int((int64_t)same), CC_ROLE_TEXT);
	cc_reply_fact(r, "text", "text", cc_cell_text(a.text), CC_ROLE_TEXT);
	return CC_OK;
}

static const char *const UPDATE_REPLY[] = { "update   facts: number, text", NULL };

static cc_code run_mitigate(cc_call *c, cc_reply *r, cc_err *err)
{
	return run_update(c, r, CC_ACT_MITIGATE, err);
}

const cc_cmd cc_cmd_mitigate = {
	.name = "mitigate",
	.group = "case",
	.summary = "say what you would do now to stop the damage",
	.help = "It is kept with its time and shown in the review, never scored: whether the first one came soon, and would have helped, is for\n"
		"people to talk about.",
	.params = (const cc_param[]){
		{ .name = "text", .type = CC_PARAM_TEXT, .required = true, .positional = true, .help = "as you would say it to who is to do it" }, { 0 } },
	.examples = (const char *const[]){ "mitigate roll checkout back to the version before", NULL },
	.reply = UPDATE_REPLY,
	.run = run_mitigate,
};

static cc_code run_status(cc_call *c, cc_reply *r, cc_err *err)
{
	return run_update(c, r, CC_ACT_STATUS, err);
}

const cc_cmd cc_cmd_status = {
	.name = "status",
	.group = "case",
	.summary = "tell those who wait how things stand",
	.help = "A status update as you would post it: who is hit, since when, what is being done. Kept with its time and shown in the review,\n"
		"never scored.",
	.params = (const cc_param[]){
		{ .name = "text", .type = CC_PARAM_TEXT, .required = true, .positional = true, .help = "for people who see no dashboard" }, { 0 } },
	.examples = (const char *const[]){ "status orders fail since 17:52, a cause is being looked for, next update in ten minutes", NULL },
	.reply = UPDATE_REPLY,
	.run = run_status,
};
