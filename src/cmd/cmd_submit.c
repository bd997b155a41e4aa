/* cmd_submit.c - the answer: reviewed first, then written once and for all.
 *
 * Without confirm=submit the command only shows what would be submitted and what is odd about it. The review knows the
 * player's board and the snapshot, never the ground truth. The answer file is written before the case is closed, so that a
 * failed write leaves the investigation open. */
#include "cmd/board.h"
#include "cmd/session_priv.h"

#include "coldcase/alerts.h"
#include "coldcase/answer.h"
#include "coldcase/entity.h"
#include "coldcase/file.h"
#include "coldcase/sha256.h"

static cc_code mark_named(cc_call *c, cc_board_answer *ch, cc_str item, cc_err *err)
{
	int64_t number;

	item = cc_str_trim(item);
	if (!item.n)
		return CC_OK;
	for (size_t i = 0; i < ch->n; i++) {
		cc_str name = cc_case_suspect(ch->kase, i)->name;
		bool numbered = cc_str_to_i64(item, &number) && number == (int64_t)i + 1;

		if (!numbered && !cc_str_eq(item, name))
			continue;
		ch->named += !ch->in[i];
		ch->in[i] = true;
		return CC_OK;
	}
	cc_err_set(err, CC_EUNKNOWN, "%s: '%.*s' is no suspect", c->cmd->name, CC_STR_ARG(item));
	return cc_err_hint(err, "names holds names or numbers of suspects as `board` lists them, separated by commas");
}

static cc_code choose(cc_call *c, cc_board_answer *ch, cc_err *err)
{
	cc_str rest = cc_str_from(cc_arg(c, "names")), item;
	bool all = !cc_arg_given(c, "names"), more = true;
	cc_code code = cc_board_answer_init(ch, cc_session_case(c->session), err);

	for (size_t i = 0; i < ch->n; i++)
		ch->in[i] = all;
	ch->named = all ? ch->n : 0;
	while (!all && more && code == CC_OK) {
		more = cc_str_cut(rest, ',', &item, &rest);
		code = mark_named(c, ch, item, err);
	}
	return code;
}

/* --- what is odd --- */

static void warn(cc_reply *r, size_t *count, const char *fmt, ...) CC_PRINTF(3, 4);

static void warn(cc_reply *r, size_t *count, const char *fmt, ...)
{
	cc_buf text = CC_BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	cc_buf_addv(&text, fmt, ap);
	va_end(ap);
	cc_reply_line(r, CC_ROLE_WARNING, cc_buf_str(&text));
	cc_buf_deinit(&text);
	++*count;
}

static bool is_kind(const cc_snapshot *s, cc_entity_id id, const char *kind)
{
	return cc_str_eqz(cc_entity_kind(s, id), kind);
}

static void warn_existence(const cc_snapshot *s, const cc_suspect *sus, cc_reply *r, size_t *count)
{
	const cc_entity *e = cc_entity_get(s, sus->entity);

	if (!e)
		warn(r, count, "%.*s is not in this snapshot", CC_STR_ARG(sus->name));
	else if (e->inferred && !e->object)
		warn(r, count, "%.*s is known by name only: no object of the snapshot says that it is a %.*s", CC_STR_ARG(sus->name),
			CC_STR_ARG(cc_entity_kind(s, sus->entity)));
}

/* Pods and ReplicaSets are made anew from what owns them: correcting them corrects nothing. */
static void warn_owned(const cc_snapshot *s, const cc_suspect *sus, cc_reply *r, size_t *count)
{
	const cc_entity *e = cc_entity_get(s, sus->entity);
	cc_buf owner = CC_BUF_INIT;

	if (!e || !(is_kind(s, sus->entity, "Pod") || is_kind(s, sus->entity, "ReplicaSet")) || !e->workload ||
	    e->workload == sus->entity)
		return;
	cc_entity_format(s, e->workload, &owner);
	warn(r, count, "%.*s is made by %.*s: name what must be corrected", CC_STR_ARG(sus->name), CC_STR_ARG(cc_buf_str(&owner)));
	cc_buf_deinit(&owner);
}

static void warn_twins(const cc_snapshot *s, const cc_board_answer *ch, size_t i, cc_reply *r, size_t *count)
{
	const cc_suspect *a = cc_case_suspect(ch->kase, i);

	for (size_t j = 0; j < i; j++) {
		const cc_suspect *b = cc_case_suspect(ch->kase, j);

		if (ch->in[j] && a->entity && b->entity && cc_entity_same_group(s, a->entity, b->entity))
			warn(r, count, "%.*s and %.*s are parts of one thing: two names for it help nothing and may cost",
				CC_STR_ARG(b->name), CC_STR_ARG(a->name));
		if (ch->in[j] && a->rivals && a->rivals == b->rivals)
			warn(r, count, "%.*s is named instead of %.*s: by your own board one of the two is wrong", CC_STR_ARG(a->name),
				CC_STR_ARG(b->name));
	}
}

static void list_warnings(cc_call *c, const cc_board_answer *ch, cc_reply *r)
{
	const cc_snapshot *s = cc_session_snapshot(c->session);
	size_t count = 0;

	cc_reply_begin_text(r, "warnings", "Warnings");
	for (size_t i = 0; i < ch->n; i++) {
		const cc_suspect *sus = cc_case_suspect(ch->kase, i);

		if (!ch->in[i])
			continue;
		warn_existence(s, sus, r, &count);
		warn_owned(s, sus, r, &count);
		warn_twins(s, ch, i, r, &count);
		if (!sus->pin_count)
			warn(r, &count, "%.*s has no pins: nothing says why", CC_STR_ARG(sus->name));
	}
	if (!ch->named)
		warn(r, &count, "the answer is empty: it cannot be submitted");
	if (!count)
		cc_reply_line(r, CC_ROLE_OK, CC_STR("nothing odd"));
}

/* --- the review --- */

static const cc_column ENTITY_COLUMNS[] = {
	{ "number", "#", CC_CELL_INT, CC_ROLE_OP, 3, 0 },
	{ "name", "Name", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "included", "In", CC_CELL_BOOL, CC_ROLE_TEXT, 4, 0 },
	{ "exists", "Exists", CC_CELL_BOOL, CC_ROLE_TEXT, 7, 0 },
	{ "confidence", "Conf", CC_CELL_NUMBER, CC_ROLE_TEXT, 5, 0 },
	{ "pins", "Pins", CC_CELL_TEXT, CC_ROLE_OP, 10, 1 },
	{ "evidence", "Evidence", CC_CELL_TEXT, CC_ROLE_TEXT, 40, 2 },
	{ "reason", "Reason", CC_CELL_TEXT, CC_ROLE_TEXT, 40, 2 },
};

/* What a suspect's pins say, one after the other. */
static void add_evidence(const cc_snapshot *s, const cc_case *k, const cc_suspect *sus, cc_buf *out)
{
	for (size_t i = 0; i < sus->pin_count; i++) {
		const cc_pin *p = cc_case_pin_by_number(k, sus->pins[i]);

		if (!p)
			continue;
		if (out->n)
			cc_buf_addz(out, "; ");
		cc_buf_add(out, p->label);
		if (p->cite.file) {
			cc_buf_addz(out, " [");
			cc_cite_format(s, p->cite, out);
			cc_buf_add_char(out, ']');
		}
		if (p->note.n)
			cc_buf_addf(out, " (%.*s)", CC_STR_ARG(p->note));
	}
}

static void list_entities(cc_call *c, const cc_board_answer *ch, cc_reply *r)
{
	cc_reply_begin_table(r, "entities", "Answer", ENTITY_COLUMNS, sizeof ENTITY_COLUMNS / sizeof *ENTITY_COLUMNS, true);
	for (size_t i = 0; i < ch->n; i++) {
		const cc_suspect *sus = cc_case_suspect(ch->kase, i);
		cc_row *row = cc_reply_row(r);
		cc_buf evidence = CC_BUF_INIT;

		if (!row)
			return;
		row->entity = sus->entity;
		row->mark = ch->in[i] ? CC_ROLE_TEXT : CC_ROLE_DIM;
		add_evidence(cc_session_snapshot(c->session), ch->kase, sus, &evidence);
		cc_reply_cell(r, cc_cell_int((int64_t)i + 1));
		cc_reply_cell(r, cc_cell_text(sus->name));
		cc_reply_cell(r, cc_cell_bool(ch->in[i]));
		cc_reply_cell(r, cc_cell_bool(sus->entity != 0));
		cc_reply_cell(r, cc_cell_number(sus->confidence));
		cc_reply_cell(r, cc_cell_text(cc_case_pins_text(c->arena, sus)));
		cc_reply_cell(r, cc_cell_text(cc_buf_str(&evidence)));
		cc_reply_cell(r, cc_cell_text(sus->reason));
		cc_buf_deinit(&evidence);
	}
	cc_reply_set_paging(r, ch->n, 0, CC_REPLY_PAGE);
}

static void list_rules(cc_reply *r)
{
	cc_reply_begin_text(r, "rules", "Rules");
	cc_reply_line(r, CC_ROLE_DIM, CC_STR("Name the object whose state must be corrected, as namespace/Kind/name.\n"
		"Leave out what only passes the trouble on.\n"
		"A missed cause scores 0; every wrong name lowers the score.\n"
		"There is one answer: after `submit confirm=submit` the investigation is over."));
}

/* Advice: not at every level of assistance. */
static void say_worth(cc_call *c, const cc_board_answer *ch, cc_reply *r)
{
	if (cc_session_assist(c->session, CC_ASSIST_ADVICE))
		cc_reply_fact(r, "expected_score", "expected score", cc_cell_number(cc_board_answer_score(ch)), CC_ROLE_TEXT);
}

static void review(cc_call *c, cc_board_answer *ch, cc_reply *r)
{
	cc_reply_set_title(r, "REVIEW  %zu of %zu suspect%s", ch->named, ch->n, ch->n == 1 ? "" : "s");
	cc_reply_begin_facts(r, "answer", NULL);
	cc_reply_fact(r, "submitted", "submitted", cc_cell_bool(false), CC_ROLE_TEXT);
	cc_reply_fact(r, "names", "names", cc_cell_int((int64_t)ch->named), CC_ROLE_TEXT);
	say_worth(c, ch, r);
	list_entities(c, ch, r);
	list_warnings(c, ch, r);
	if (cc_session_assist(c->session, CC_ASSIST_ADVICE)) {
		cc_board_list_neighbours(ch, r);
		cc_board_note_scaled(ch, r);
	}
	list_rules(r);
}

/* --- the answer file --- */

static bool add_entities(const cc_snapshot *s, const cc_board_answer *ch, cc_answer *out)
{
	bool ok = true;

	for (size_t i = 0; i < ch->n && ok; i++) {
		const cc_suspect *sus = cc_case_suspect(ch->kase, i);
		cc_buf evidence = CC_BUF_INIT;

		if (!ch->in[i])
			continue;
		add_evidence(s, ch->kase, sus, &evidence);
		ok = cc_buf_ok(&evidence) && cc_answer_add(out, (cc_answer_entity){ .name = sus->name, .uid = CC_STR_EMPTY,
			.reasoning = sus->reason, .evidence = cc_buf_str(&evidence), .contributing = true });
		cc_buf_deinit(&evidence);
	}
	return ok;
}

/* The alert one of whose observations is pinned, or NULL. */
static const cc_alert *alert_of(const cc_snapshot *s, cc_cite cite)
{
	for (size_t i = 0; cite.file && i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);

		for (size_t k = 0; k < a->sample_count; k++)
			if (a->samples[k].cite.file == cite.file && a->samples[k].cite.record == cite.record)
				return a;
	}
	return NULL;
}

/* Alerts that were pinned with a note count as explained by it. */
static bool add_alerts(const cc_snapshot *s, const cc_board_answer *ch, cc_answer *out)
{
	for (size_t i = 0; i < cc_case_pin_count(ch->kase); i++) {
		const cc_pin *p = cc_case_pin(ch->kase, i);
		const cc_alert *a = alert_of(s, p->cite);

		if (a && !cc_answer_add_alert(out, (cc_answer_alert){ .alert = cc_snapshot_sym(s, a->name),
				.explanation = p->note, .explained = p->note.n > 0 }))
			return false;
	}
	return true;
}

static cc_code write_answer(cc_call *c, const cc_board_answer *ch, const char *path, char sha[65], cc_err *err)
{
	const cc_snapshot *s = cc_session_snapshot(c->session);
	cc_answer *a = cc_answer_new();
	cc_buf text = CC_BUF_INIT;
	cc_code code = CC_OK;

	if (a && add_entities(s, ch, a) && add_alerts(s, ch, a))
		cc_answer_write(&text, a);
	else
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && !cc_buf_ok(&text))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = cc_file_write(path, cc_buf_str(&text), err);
	if (code == CC_OK)
		cc_sha256_of(cc_buf_str(&text), sha);
	cc_buf_deinit(&text);
	cc_answer_free(a);
	return code;
}

static cc_code write_file(cc_call *c, const cc_board_answer *ch, cc_reply *r, char sha[65], cc_err *err)
{
	const char *dir = cc_session_run_dir(c->session);
	cc_buf path = CC_BUF_INIT;
	cc_code code;

	if (!dir) {
		cc_reply_add_note(r, "this run is not recorded: no answer file was written");
		return CC_OK;
	}
	cc_path_join(&path, dir, CC_RECORD_ANSWER_FILE);
	code = cc_buf_ok(&path) ? write_answer(c, ch, path.p, sha, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		cc_reply_fact(r, "file", "file", cc_cell_text(cc_buf_str(&path)), CC_ROLE_DIM);
	cc_buf_deinit(&path);
	return code;
}

static cc_code submit(cc_call *c, cc_board_answer *ch, cc_reply *r, cc_err *err)
{
	char *sha = cc_arena_alloc(c->arena, 65);    /* until the step is recorded */
	cc_code code;

	if (!sha)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	if (!ch->named) {
		cc_err_set(err, CC_ESTATE, "an empty answer scores 0 and is not taken");
		return cc_err_hint(err, "name a suspect first: suspect NAME");
	}
	cc_reply_set_title(r, "SUBMITTED  %zu name%s", ch->named, ch->named == 1 ? "" : "s");
	cc_reply_begin_facts(r, "answer", NULL);
	cc_reply_fact(r, "submitted", "submitted", cc_cell_bool(true), CC_ROLE_OK);
	cc_reply_fact(r, "names", "names", cc_cell_int((int64_t)ch->named), CC_ROLE_TEXT);
	say_worth(c, ch, r);
	code = write_file(c, ch, r, sha, err);
	if (code != CC_OK)
		return code;
	list_entities(c, ch, r);
	return cc_session_apply(c->session, &(cc_action){ .kind = CC_ACT_SUBMIT, .answer_sha256 = cc_str_from(sha) }, err);
}

static cc_code run_submit(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_board_answer ch;
	cc_str why;
	cc_code code;

	if (cc_arg_given(c, "confirm") && cc_case_frozen(cc_session_case(c->session), &why))
		return cc_err_set(err, CC_ESTATE, "%.*s: the answer can be submitted when it goes on", CC_STR_ARG(why));
	if (cc_session_submitted(c->session))
		return cc_err_set(err, CC_ESTATE, "the answer has been submitted: there is only one");
	code = choose(c, &ch, err);
	if (code != CC_OK)
		return code;
	if (cc_arg_given(c, "confirm"))
		return submit(c, &ch, r, err);
	review(c, &ch, r);
	return CC_OK;
}

const cc_cmd cc_cmd_submit = {
	.name = "submit",
	.group = "case",
	.summary = "review the answer; with confirm=submit, submit it and end the investigation",
	.help = "The answer holds all suspects, or those that names lists. The review tells what is odd and what leaving one out or "
		"taking one in would be worth under your own confidences.",
	.params = (const cc_param[]){
		{ .name = "confirm", .type = CC_PARAM_CHOICE, .choices = (const char *const[]){ "submit", NULL },
		  .completer = CC_COMPLETE_CHOICE, .help = "the word that makes it final" },
		{ .name = "names", .type = CC_PARAM_WORD, .completer = CC_COMPLETE_SUSPECT,
		  .help = "only these suspects: names or board numbers, separated by commas" },
		{ 0 } },
	.flags = CC_CMD_CONFIRM | CC_CMD_CLOCK,
	.examples = (const char *const[]){ "submit", "submit names=1", NULL },
	.reply = (const char *const[]){
		"answer        facts: submitted, names, expected_score, file",
		"entities[]    number, name, included, exists, confidence, pins, evidence, reason",
		"warnings      lines: what is odd (review only)",
		"neighbours[]  change, name, expected_now, expected_score, difference, pays_above (review only)",
		"rules         lines (review only)", NULL },
	.run = run_submit,
};
