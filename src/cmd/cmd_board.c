/* cmd_board.c - the case board: everything thought so far, what it explains, and what each possible answer may be worth. */
#include "cmd/board.h"

#include "coldcase/entity.h"

static const cc_column NOTE_COLUMNS[] = {
	{ "wall", "When", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "text", "Note", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};

static void list_notes(const cc_case *k, cc_reply *r)
{
	cc_reply_begin_table(r, "case_notes", "Notes", NOTE_COLUMNS, 2, false);
	for (size_t i = 0; i < cc_case_note_count(k); i++) {
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_time(cc_case_note(k, i)->wall_ns));
		cc_reply_cell(r, cc_cell_text(cc_case_note(k, i)->text));
	}
}

static const cc_column UPDATE_COLUMNS[] = {
	{ "wall", "When", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "kind", "What", CC_CELL_TEXT, CC_ROLE_HEADING, 10, 0 },
	{ "text", "Said", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};

static void list_updates(const cc_case *k, cc_reply *r)
{
	if (cc_case_update_count(k))
		cc_reply_begin_table(r, "updates", "What others were told", UPDATE_COLUMNS, 3, false);
	for (size_t i = 0; i < cc_case_update_count(k); i++) {
		const cc_update *u = cc_case_update(k, i);

		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_time(u->wall_ns));
		cc_reply_cell(r, cc_cell_textz(u->mitigation ? "mitigation" : "status"));
		cc_reply_cell(r, cc_cell_text(u->text));
	}
}

static void describe_case(const cc_case *k, const cc_board_alerts *alerts, cc_reply *r)
{
	cc_budget b = cc_case_budget(k);

	cc_reply_begin_facts(r, "case", NULL);
	cc_reply_fact(r, "queries", "queries used", cc_cell_int(b.used), CC_ROLE_TEXT);
	cc_reply_fact(r, "queries_left", "left", b.cap ? cc_cell_int(b.cap - b.used) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "active_ns", "active time", cc_cell_duration(cc_case_active_ns(k)), CC_ROLE_TIME);
	if (alerts->shown) {
		cc_reply_fact(r, "alerts_explained", "alerts explained", cc_cell_int((int64_t)alerts->explained), CC_ROLE_TEXT);
		cc_reply_fact(r, "alerts_unexplained", "unexplained", cc_cell_int((int64_t)(alerts->shown - alerts->explained)), CC_ROLE_TEXT);
	}
	cc_reply_fact(r, "submitted", "submitted", cc_cell_bool(cc_case_submitted(k)), CC_ROLE_TEXT);
}

/* More suspects than an answer holds still have their place on the board. */
static void list_worth(cc_call *c, const cc_case *k, cc_reply *r)
{
	cc_board_answer answer;
	cc_err err = { 0 };

	if (!cc_session_assist(c->session, CC_ASSIST_ADVICE)) {
		cc_reply_add_note(r, "answers are not weighed at this level of assistance: assist");
		return;
	}

	if (cc_board_answer_init(&answer, k, &err) != CC_OK)
		cc_reply_add_note(r, "no answers: %s", err.message);
	cc_board_list_answers(&answer, r);
	if (answer.n)
		cc_board_list_neighbours(&answer, r);
}

static cc_code run_board(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_case *k = cc_session_case(c->session);
	size_t suspects = cc_case_suspect_count(k), pins = cc_case_pin_count(k);
	cc_board_alerts alerts;
	cc_code code = cc_board_alerts_find(c, &alerts, err);

	if (code != CC_OK)
		return code;
	cc_reply_set_title(r, "BOARD  %zu suspect%s, %zu pin%s", suspects, suspects == 1 ? "" : "s", pins, pins == 1 ? "" : "s");
	describe_case(k, &alerts, r);
	cc_board_list_suspects_with(c, &alerts, r);
	list_worth(c, k, r);
	cc_board_list_alerts(c, &alerts, r);
	cc_board_list_pins(c, r);
	cc_board_list_ruled_out(c, r);
	list_notes(k, r);
	list_updates(k, r);
	if (!suspects)
		cc_reply_add_note(r, "no suspects yet: in a pane s on a row names one; as a line, after `:` in a pane: "
			"`suspect NAME confidence=0.7 reason=\"…\" pins=1,3`");
	return CC_OK;
}

const cc_cmd cc_cmd_board = {
	.name = "board",
	.group = "case",
	.summary = "suspects and what they explain, pins, notes, and what each answer may be worth",
	.help = "The expected score takes your confidences as chances: an answer that leaves a true cause out scores 0, else it scores the "
		"share of its names that are causes. Suspects named instead of each other exclude each other; all others are independent. "
		"So one suspect at 0.6 is worth 0.6, and naming a rival at 0.4 besides makes it 0.5. `pays above` is the confidence above "
		"which naming one more would raise the best answer. A suspect explains an alert when its trouble can reach what the alert "
		"is about: it is that thing, owns, configures, carries or governs it, or is called by it over any number of calls. Only "
		"alerts that were shown in this run are weighed.",
	.flags = CC_CMD_NO_RECORD,
	.examples = (const char *const[]){ "board", NULL },
	.reply = (const char *const[]){
		"case          facts: queries, queries_left, active_ns, alerts_explained, alerts_unexplained, submitted",
		"suspects[]    number, name, confidence, relation, pins, reason, explains",
		"answers[]     expected_score, best, count, names: best first",
		"neighbours[]  change, name, expected_now, expected_score, difference, pays_above: from the best answer",
		"alerts[]      alert, entity, onset, explained_by: shown in this run",
		"pins[]        number, time, entity, label, note, cite, command",
		"ruled_out[]   name, reason",
		"case_notes[]  wall, text: what `note` kept",
		"updates[]     wall, kind (mitigation, status), text: when others were told something", NULL },
	.run = run_board,
};
