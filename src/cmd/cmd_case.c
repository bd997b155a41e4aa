/* cmd_case.c - commands that write on the case board: suspects, rule-outs, notes. */
#include "cmd/board.h"
#include "cmd/session_priv.h"

static const cc_column SUSPECT_COLUMNS[] = {
	{ "number", "#", CC_CELL_INT, CC_ROLE_OP, 3, 0 },
	{ "name", "Suspect", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "confidence", "Conf", CC_CELL_NUMBER, CC_ROLE_TEXT, 5, 0 },
	{ "relation", "Is the cause", CC_CELL_TEXT, CC_ROLE_TEXT, 15, 1 },
	{ "pins", "Pins", CC_CELL_TEXT, CC_ROLE_OP, 8, 1 },
	{ "reason", "Reason", CC_CELL_TEXT, CC_ROLE_TEXT, 40, 2 },
	{ "explains", "Alerts", CC_CELL_INT, CC_ROLE_TEXT, 6, 1 }, /* on the board only, which counts them */
};
enum { SUSPECT_COLUMN_COUNT = sizeof SUSPECT_COLUMNS / sizeof *SUSPECT_COLUMNS };

/* "instead of 2, 3", "as well"; nothing for a suspect that is alone. */
static void say_relation(const cc_case *k, size_t i, cc_buf *out)
{
	uint32_t rivals = cc_case_suspect(k, i)->rivals;

	for (size_t j = 0; rivals && j < cc_case_suspect_count(k); j++)
		if (j != i && cc_case_suspect(k, j)->rivals == rivals)
			cc_buf_addf(out, "%s%zu", out->n ? ", " : "instead of ", j + 1);
	if (!out->n && cc_case_suspect_count(k) > 1)
		cc_buf_addz(out, "as well");
}

void cc_board_list_suspects_with(cc_call *c, const cc_board_alerts *explained, cc_reply *r)
{
	const cc_case *k = cc_session_case(c->session);
	bool counted = explained && explained->shown;

	cc_reply_begin_table(r, "suspects", "Suspects", SUSPECT_COLUMNS, SUSPECT_COLUMN_COUNT - !counted, false);
	for (size_t i = 0; i < cc_case_suspect_count(k); i++) {
		const cc_suspect *s = cc_case_suspect(k, i);
		cc_row *row = cc_reply_row(r);
		cc_buf relation = CC_BUF_INIT;

		if (!row)
			return;
		row->entity = s->entity;
		say_relation(k, i, &relation);
		cc_reply_cell(r, cc_cell_int((int64_t)i + 1));
		cc_reply_cell(r, cc_cell_text(s->name));
		cc_reply_cell(r, cc_cell_number(s->confidence));
		cc_reply_cell(r, cc_cell_text(cc_buf_str(&relation)));
		cc_reply_cell(r, cc_cell_text(cc_case_pins_text(c->arena, s)));
		cc_reply_cell(r, cc_cell_text(s->reason));
		if (counted && i < CC_SUSPECTS_MAX)
			cc_reply_cell(r, cc_cell_int((int64_t)explained->by[i]));
		cc_buf_deinit(&relation);
	}
}

void cc_board_list_suspects(cc_call *c, cc_reply *r)
{
	cc_board_list_suspects_with(c, NULL, r);
}

static void note_unknown(cc_reply *r, const case_name *name)
{
	if (!name->entity)
		cc_reply_add_note(r, "%.*s is not in this snapshot: taken as it stands", CC_STR_ARG(name->text));
}

static cc_code remove_suspect(cc_call *c, const case_name *name, cc_reply *r, cc_err *err)
{
	cc_action a = { .kind = CC_ACT_UNSUSPECT, .name = name->text, .entity = name->entity };
	cc_code code;

	if (cc_arg_given(c, "confidence") || cc_arg_given(c, "reason") || cc_arg_given(c, "pins") || cc_arg_given(c, "pin") || cc_arg_given(c, "instead-of") ||
	    cc_arg_given(c, "as-well-as"))
		return cc_err_set(err, CC_EUSAGE, "suspect: remove=yes takes only the name");
	code = cc_session_apply(c->session, &a, err);
	if (code != CC_OK)
		return code;
	cc_reply_set_title(r, "NO LONGER SUSPECT %.*s", CC_STR_ARG(name->text));
	cc_board_list_suspects(c, r);
	return CC_OK;
}

/* Another suspect by its board number or its name, as the board spells it. */
static cc_code read_other(cc_call *c, const char *param, cc_str *out, cc_err *err)
{
	const cc_case *k = cc_session_case(c->session);
	cc_str typed = cc_str_trim(cc_str_from(cc_arg(c, param)));
	int64_t number;
	case_name name;
	cc_code code;

	*out = CC_STR_EMPTY;
	if (!cc_arg_given(c, param))
		return CC_OK;
	if (cc_str_to_i64(typed, &number) && number > 0 && (uint64_t)number <= cc_case_suspect_count(k)) {
		*out = cc_case_suspect(k, (size_t)number - 1)->name;
		return CC_OK;
	}
	code = cc_case_name_read(c, typed, &name, err);
	*out = name.text;
	return code;
}

static cc_code read_suspect(cc_call *c, const case_name *name, cc_action *a, cc_err *err)
{
	const char *pins = cc_arg(c, "pins");
	cc_code code;

	*a = (cc_action){ .kind = CC_ACT_SUSPECT, .name = name->text, .entity = name->entity,
		.text = cc_str_from(cc_arg(c, "reason")) };
	code = cc_arg_number(c, "confidence", -1, &a->confidence, err);
	if (code == CC_OK && cc_arg_given(c, "confidence") && !(a->confidence >= 0 && a->confidence <= 1))
		code = cc_err_set(err, CC_EUSAGE, "suspect: confidence is a number from 0 to 1");
	if (code == CC_OK && pins)
		code = cc_case_numbers_read(c, "pins", cc_str_from(pins), &a->pins, &a->pin_count, err);
	if (code == CC_OK)
		code = read_other(c, "instead-of", &a->instead_of, err);
	if (code == CC_OK)
		code = read_other(c, "as-well-as", &a->as_well_as, err);
	return code;
}

static const cc_suspect *on_board(cc_call *c, const case_name *name)
{
	const cc_case *k = cc_session_case(c->session);

	for (size_t i = 0; i < cc_case_suspect_count(k); i++) {
		const cc_suspect *s = cc_case_suspect(k, i);

		if ((name->entity && s->entity == name->entity) || cc_str_eq(s->name, name->text))
			return s;
	}
	return NULL;
}

/* Pins that are reasons besides those it has, or is given by pins=. All of it is one action: the board has it, or nothing of it. */
static cc_code add_more(cc_call *c, const case_name *name, cc_action *a, cc_err *err)
{
	const cc_suspect *s = on_board(c, name);
	const uint32_t *more, *first = a->pins ? a->pins : s ? s->pins : NULL;
	size_t count, first_n = a->pins ? a->pin_count : s ? s->pin_count : 0;
	cc_code code = cc_case_numbers_read(c, "pin", cc_str_from(cc_arg(c, "pin")), &more, &count, err);
	uint32_t *all = code == CC_OK ? cc_arena_array(c->arena, first_n + count, sizeof *all) : NULL;

	if (code == CC_OK && !all)
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code != CC_OK)
		return code;
	for (size_t i = 0; i < first_n + count; i++)
		all[i] = i < first_n ? first[i] : more[i - first_n];
	a->pins = all;
	a->pin_count = first_n + count;
	return CC_OK;
}

static cc_code run_suspect(cc_call *c, cc_reply *r, cc_err *err)
{
	case_name name;
	cc_action a;
	cc_code code = cc_case_name_read(c, cc_str_from(cc_arg(c, "name")), &name, err);

	if (code != CC_OK)
		return code;
	if (cc_arg_bool(c, "remove", false))
		return remove_suspect(c, &name, r, err);
	code = read_suspect(c, &name, &a, err);
	if (code == CC_OK && cc_arg_given(c, "pin"))
		code = add_more(c, &name, &a, err);
	if (code == CC_OK)
		code = cc_session_apply(c->session, &a, err);
	if (code == CC_OK && !cc_arg_given(c, "pins"))
		code = cc_pins_attach(c, r, err);
	if (code != CC_OK)
		return code;
	note_unknown(r, &name);
	cc_reply_set_title(r, "SUSPECT %.*s", CC_STR_ARG(name.text));
	cc_board_list_suspects(c, r);
	return CC_OK;
}

const cc_cmd cc_cmd_suspect = {
	.name = "suspect",
	.group = "case",
	.summary = "name a thing as a possible cause, or say more about one that is",
	.help = "What is not said stays as it was; a new suspect has confidence 0.5. Naming what was ruled out ends the rule-out. "
		"A whole namespace/Kind/name is taken even when the snapshot has no such object. Suspects are causes as well as each "
		"other unless instead-of says that at most one of two is; who is instead of one is instead of all its rivals.",
	.params = (const cc_param[]){
		{ .name = "name", .type = CC_PARAM_WORD, .required = true, .positional = true, .completer = CC_COMPLETE_ENTITY,
		  .help = "namespace/Kind/name or a part of it" },
		{ .name = "confidence", .type = CC_PARAM_NUMBER, .help = "how sure you are that it is a cause, 0 to 1" },
		{ .name = "reason", .type = CC_PARAM_WORD, .help = "why; goes into the answer" },
		{ .name = "pins", .type = CC_PARAM_WORD, .completer = CC_COMPLETE_PIN, .help = "numbers of the pins that support it, and no others: 1,3" },
		{ .name = "pin", .type = CC_PARAM_WORD, .completer = CC_COMPLETE_PIN, .help = "a pin that supports it, too, besides those about it" },
		{ .name = "instead-of", .type = CC_PARAM_WORD, .completer = CC_COMPLETE_SUSPECT,
		  .help = "a suspect, by name or board number, that excludes this one" },
		{ .name = "as-well-as", .type = CC_PARAM_WORD, .completer = CC_COMPLETE_SUSPECT,
		  .help = "a suspect that no longer excludes this one" },
		{ .name = "remove", .type = CC_PARAM_BOOL, .help = "no longer a suspect" },
		{ 0 } },
	.examples = (const char *const[]){ "suspect checkout confidence=0.7 reason=\"errors begin here\"",
		"suspect chaos-mesh/Schedule/cpu-stress confidence=0.4 instead-of=checkout", "suspect checkout remove=yes", NULL },
	.reply = (const char *const[]){ "suspects[]  number, name, confidence, relation, pins, reason", NULL },
	.run = run_suspect,
};

static const cc_column RULEOUT_COLUMNS[] = {
	{ "name", "Ruled out", CC_CELL_TEXT, CC_ROLE_DIM, 0, 0 },
	{ "reason", "Reason", CC_CELL_TEXT, CC_ROLE_TEXT, 40, 1 },
};

void cc_board_list_ruled_out(cc_call *c, cc_reply *r)
{
	const cc_case *k = cc_session_case(c->session);

	cc_reply_begin_table(r, "ruled_out", "Ruled out", RULEOUT_COLUMNS, sizeof RULEOUT_COLUMNS / sizeof *RULEOUT_COLUMNS, false);
	for (size_t i = 0; i < cc_case_ruleout_count(k); i++) {
		const cc_ruleout *o = cc_case_ruleout(k, i);
		cc_row *row = cc_reply_row(r);

		if (!row)
			return;
		row->entity = o->entity;
		cc_reply_cell(r, cc_cell_text(o->name));
		cc_reply_cell(r, cc_cell_text(o->reason));
	}
}

static cc_code run_ruleout(cc_call *c, cc_reply *r, cc_err *err)
{
	bool remove = cc_arg_bool(c, "remove", false);
	case_name name;
	cc_action a = { .kind = remove ? CC_ACT_UNRULEOUT : CC_ACT_RULEOUT, .text = cc_str_from(cc_arg(c, "reason")) };
	cc_code code;

	if (remove && cc_arg_given(c, "reason"))
		return cc_err_set(err, CC_EUSAGE, "ruleout: remove=yes takes only the name");
	code = cc_case_name_read(c, cc_str_from(cc_arg(c, "name")), &name, err);
	if (code != CC_OK)
		return code;
	a.name = name.text;
	a.entity = name.entity;
	code = cc_session_apply(c->session, &a, err);
	if (code != CC_OK)
		return code;
	if (!remove)
		note_unknown(r, &name);
	cc_reply_set_title(r, "%s %.*s", remove ? "NO LONGER RULED OUT" : "RULED OUT", CC_STR_ARG(name.text));
	cc_board_list_ruled_out(c, r);
	cc_board_list_suspects(c, r);
	return CC_OK;
}

const cc_cmd cc_cmd_ruleout = {
	.name = "ruleout",
	.group = "case",
	.summary = "say that a thing is no cause",
	.help = "A suspect that is ruled out is one no longer.",
	.params = (const cc_param[]){
		{ .name = "name", .type = CC_PARAM_WORD, .required = true, .positional = true, .completer = CC_COMPLETE_ENTITY,
		  .help = "namespace/Kind/name or a part of it" },
		{ .name = "reason", .type = CC_PARAM_WORD, .help = "why not" },
		{ .name = "remove", .type = CC_PARAM_BOOL, .help = "take the rule-out back" },
		{ 0 } },
	.examples = (const char *const[]){ "ruleout checkout reason=\"only passes errors on\"", "ruleout checkout remove=yes", NULL },
	.reply = (const char *const[]){ "ruled_out[]  name, reason", "suspects[]   number, name, confidence, relation, pins, reason", NULL },
	.run = run_ruleout,
};

static cc_code run_note(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_action a = { .kind = CC_ACT_NOTE, .text = cc_str_trim(cc_str_from(cc_arg(c, "text"))) };
	cc_code code = cc_session_apply(c->session, &a, err);

	if (code != CC_OK)
		return code;
	cc_reply_set_title(r, "NOTED");
	cc_reply_begin_facts(r, "note", NULL);
	cc_reply_fact(r, "notes", "notes", cc_cell_int((int64_t)cc_case_note_count(cc_session_case(c->session))), CC_ROLE_TEXT);
	cc_reply_fact(r, "text", "text", cc_cell_text(a.text), CC_ROLE_TEXT);
	return CC_OK;
}

const cc_cmd cc_cmd_note = {
	.name = "note",
	.group = "case",
	.summary = "write a thought down, with the time",
	.params = (const cc_param[]){
		{ .name = "text", .type = CC_PARAM_TEXT, .required = true, .positional = true, .help = "anything" }, { 0 } },
	.examples = (const char *const[]){ "note errors start one minute before the first alert", NULL },
	.reply = (const char *const[]){ "note   facts: notes, text", NULL },
	.run = run_note,
};
