/* cmd_pin.c - pins: rows of evidence kept as the reason for an answer.
 *
 * A pin made from a row that some reply showed takes label, entity and time from it. A row that was never shown may be pinned
 * too (a colleague's hint), but tells nothing of itself: reading evidence costs a query. */
#include "cmd/case_name.h"
#include "cmd/pin_about.h"
#include "cmd/session_priv.h"

#include "coldcase/entity.h"
#include "coldcase/pinlabel.h"
#include "coldcase/utf8.h"

enum { LABEL_COLUMNS = 160 };

static const cc_column PIN_COLUMNS[] = {
	{ "number", "#", CC_CELL_INT, CC_ROLE_OP, 4, 0 },
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 13, 1 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 30, 1 },
	{ "label", "Label", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "note", "Note", CC_CELL_TEXT, CC_ROLE_TEXT, 24, 2 },
	{ "cite", "Source", CC_CELL_CITE, CC_ROLE_DIM, 26, 2 },
	{ "command", "Shown by", CC_CELL_TEXT, CC_ROLE_DIM, 0, 255 },
};

void cc_board_list_pins(cc_call *c, cc_reply *r)
{
	const cc_case *k = cc_session_case(c->session);

	cc_reply_begin_table(r, "pins", "Pins", PIN_COLUMNS, sizeof PIN_COLUMNS / sizeof *PIN_COLUMNS, false);
	for (size_t i = 0; i < cc_case_pin_count(k); i++) {
		const cc_pin *p = cc_case_pin(k, i);
		cc_row *row = cc_reply_row(r);

		if (!row)
			return;
		row->entity = p->entity;
		row->cite = p->cite;
		row->time_ns = p->time_ns;
		cc_reply_cell(r, cc_cell_int(p->number));
		cc_reply_cell(r, cc_cell_time(p->time_ns));
		cc_reply_cell(r, cc_cell_entity(p->entity));
		cc_reply_cell(r, cc_cell_text(p->label));
		cc_reply_cell(r, cc_cell_text(p->note));
		cc_reply_cell(r, cc_cell_cite(p->cite));
		cc_reply_cell(r, cc_cell_text(p->command));
		if (p->command.n)
			cc_reply_set_drill(r, "%.*s", CC_STR_ARG(p->command));
	}
}

/* The record as the file holds it: the columns that say most, else whatever comes first. */
typedef struct raw_label { cc_buf said, other; int64_t time_ns; } raw_label;

static bool says_most(cc_str column)
{
	static const char *const NAMES[] = { "Body", "SpanName", "ServiceName", "SeverityText", "StatusMessage", "alertname",
		"labels.alertname", "MetricName", "metric_name", "Value", "value" };

	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		if (cc_str_eqz(column, NAMES[i]))
			return true;
	return false;
}

static void take_column(void *arg, cc_str column, cc_str value)
{
	raw_label *raw = arg;
	cc_buf *to = says_most(column) ? &raw->said : &raw->other;
	int64_t ns;

	if (raw->time_ns == CC_TIME_NONE && cc_time_parse(value, &ns))
		raw->time_ns = ns;
	else if (value.n && to->n < LABEL_COLUMNS) {
		if (to->n)
			cc_buf_add_char(to, ' ');
		cc_utf8_clean(to, cc_str_sub(value, 0, (size_t)LABEL_COLUMNS * 4), CC_CLEAN_LINE);
	}
}

static cc_code label_of_record(cc_call *c, cc_cite cite, cc_buf *out, int64_t *time_ns, cc_err *err)
{
	raw_label raw = { .said = CC_BUF_INIT, .other = CC_BUF_INIT, .time_ns = CC_TIME_NONE };
	cc_code code = cc_cite_read(cc_session_snapshot(c->session), cite, take_column, &raw, err);

	cc_buf_add(out, cc_buf_str(raw.said.n ? &raw.said : &raw.other));
	*time_ns = raw.time_ns;
	cc_buf_deinit(&raw.said);
	cc_buf_deinit(&raw.other);
	return code;
}

/* Of the rows of a page that cite one record, the one a label was taken from. */
static const cc_row *row_called(const cc_reply *shown, const cc_row *first, cc_str label)
{
	cc_buf b = CC_BUF_INIT;
	const cc_row *found = first;

	for (size_t i = 0; label.n && i < cc_reply_section_count(shown); i++) {
		const cc_section *sec = cc_reply_section(shown, i);

		for (size_t k = 0; k < sec->row_count; k++) {
			if (sec->rows[k].cite.file != first->cite.file || sec->rows[k].cite.record != first->cite.record)
				continue;
			cc_buf_clear(&b);
			cc_pin_label(sec, &sec->rows[k], &b);
			if (cc_str_eq(cc_buf_str(&b), label))
				found = &sec->rows[k];
		}
	}
	cc_buf_deinit(&b);
	return found;
}

/* Fills what the row tells: label, entity, time and the line that showed it. */
static cc_code fill_from_row(cc_call *c, cc_action *a, cc_reply *r, cc_err *err)
{
	const cc_reply *shown;
	const cc_section *sec;
	cc_str line;
	cc_entity_id entity = 0;
	const cc_row *row = cc_session_find_row(c->session, a->cite, &shown, &sec, &line, &entity);
	cc_buf label = CC_BUF_INIT, cite = CC_BUF_INIT;
	cc_code code = CC_OK;

	cc_cite_format(cc_session_snapshot(c->session), a->cite, &cite);
	if (row) {
		cc_pin_label(sec, row, &label);
		if (!label.n)
			cc_pin_label_of_page(shown, &label);
		a->entity = entity;
		a->time_ns = row_called(shown, row, cc_str_from(cc_arg_given(c, "label") ? cc_arg(c, "label") : ""))->time_ns;
		a->command = line;
	} else if (cc_session_seen(c->session, cc_buf_str(&cite))) {
		code = label_of_record(c, a->cite, &label, &a->time_ns, err);
	} else {
		cc_buf_add(&label, cc_buf_str(&cite));
		cc_reply_add_note(r, "no reply of this run showed this row: `show %.*s` does, for one query",
			CC_STR_ARG(cc_buf_str(&cite)));
	}
	a->name = cc_arena_dup(c->arena, cc_width_cut(cc_buf_str(&label), LABEL_COLUMNS));
	if (code == CC_OK && (!cc_buf_ok(&label) || !cc_buf_ok(&cite) || !a->name.p))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&label);
	cc_buf_deinit(&cite);
	return code;
}

static cc_code read_pin(cc_call *c, cc_action *a, cc_reply *r, cc_err *err)
{
	const char *cite = cc_arg(c, "cite");
	cc_entity_id entity;
	cc_code code = CC_OK;

	*a = (cc_action){ .kind = CC_ACT_PIN, .time_ns = CC_TIME_NONE, .text = cc_str_from(cc_arg(c, "note")) };
	if (!cite && !cc_arg_given(c, "label"))
		return cc_err_set(err, CC_EUSAGE, "pin: name a row (file#record), or give a label");
	if (cite)
		code = cc_cite_parse(cc_session_snapshot(c->session), cc_str_from(cite), &a->cite, err);
	if (code == CC_OK && cite)
		code = fill_from_row(c, a, r, err);
	if (code == CC_OK)
		code = cc_arg_entity(c, "entity", &entity, err);
	if (code != CC_OK)
		return code;
	if (entity)
		a->entity = entity;
	if (cc_arg_given(c, "label")) {
		a->name = cc_str_from(cc_arg(c, "label"));
		a->apart = true;
	}
	if (cc_arg_given(c, "command"))
		a->command = cc_str_from(cc_arg(c, "command"));
	return CC_OK;
}

/* The pin an action made or renewed. */
static const cc_pin *made(const cc_case *k, const cc_action *a)
{
	for (size_t i = 0; a->cite.file && i < cc_case_pin_count(k); i++) {
		const cc_pin *p = cc_case_pin(k, i);

		if (p->cite.file == a->cite.file && p->cite.record == a->cite.record && (!a->apart || cc_str_eq(p->label, a->name)))
			return p;
	}
	return cc_case_pin(k, cc_case_pin_count(k) - 1);
}

static bool supports(const cc_suspect *s, uint32_t number)
{
	for (size_t i = 0; i < s->pin_count; i++)
		if (s->pins[i] == number)
			return true;
	return false;
}

/* Makes one pin a reason of one suspect, besides those it has. */
static cc_code attach(cc_call *c, const cc_suspect *s, uint32_t number, cc_err *err)
{
	uint32_t *pins = cc_arena_array(c->arena, s->pin_count + 1, sizeof *pins);
	cc_action a = { .kind = CC_ACT_SUSPECT, .entity = s->entity, .confidence = -1, .name = s->name, .pins = pins, .pin_count = s->pin_count + 1 };

	if (!pins)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	for (size_t i = 0; i < s->pin_count; i++)
		pins[i] = s->pins[i];
	pins[s->pin_count] = number;
	return cc_session_apply(c->session, &a, err);
}

/* A pin about a suspect supports it, whichever of the two came first; `suspect … pins=` says otherwise. */
cc_code cc_pins_attach(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_case *k = cc_session_case(c->session);
	cc_code code = CC_OK;

	for (size_t i = 0; i < cc_case_suspect_count(k) && code == CC_OK; i++) {
		for (size_t p = 0; p < cc_case_pin_count(k) && code == CC_OK; p++) {
			const cc_suspect *s = cc_case_suspect(k, i);
			const cc_pin *pin = cc_case_pin(k, p);

			if (supports(s, pin->number) || !cc_pin_is_about(c, pin, s))
				continue;
			cc_reply_add_note(r, "pin #%u is now evidence for %.*s", pin->number, CC_STR_ARG(s->name));
			code = attach(c, s, pin->number, err);
		}
	}
	return code;
}

static cc_code run_pin(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_case *k = cc_session_case(c->session);
	cc_action a;
	const cc_pin *p;
	cc_code code = read_pin(c, &a, r, err);

	if (code == CC_OK)
		code = cc_session_apply(c->session, &a, err);
	if (code != CC_OK)
		return code;
	code = cc_pins_attach(c, r, err);
	if (code != CC_OK)
		return code;
	p = made(k, &a);
	cc_reply_set_title(r, "PIN #%u", p->number);
	cc_reply_begin_facts(r, "pin", NULL);
	cc_reply_fact(r, "number", "number", cc_cell_int(p->number), CC_ROLE_OP);
	cc_reply_fact(r, "label", "label", cc_cell_text(p->label), CC_ROLE_TEXT);
	cc_reply_fact(r, "entity", "entity", cc_cell_entity(p->entity), CC_ROLE_ENTITY);
	cc_reply_fact(r, "time", "time", cc_cell_time(p->time_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "cite", "source", cc_cell_cite(p->cite), CC_ROLE_DIM);
	cc_reply_fact(r, "note", "note", cc_cell_text(p->note), CC_ROLE_TEXT);
	return CC_OK;
}

const cc_cmd cc_cmd_pin = {
	.name = "pin",
	.group = "case",
	.summary = "keep a row of evidence as a reason",
	.help = "Pinning a row again keeps its number and renews what is said about it; with another label it is a pin of its own, for\n"
		"records that more than one row speaks of. A pin about a suspect, about what it owns, or that names it becomes\n"
		"one of its reasons.",
	.params = (const cc_param[]){
		{ .name = "cite", .type = CC_PARAM_CITE, .positional = true, .help = "the row, as file#record" },
		{ .name = "entity", .type = CC_PARAM_ENTITY, .completer = CC_COMPLETE_ENTITY, .help = "what it is about; default: the row's" },
		{ .name = "label", .type = CC_PARAM_WORD, .help = "one line; default: the row as it was shown" },
		{ .name = "note", .type = CC_PARAM_WORD, .help = "why it matters" },
		{ .name = "command", .type = CC_PARAM_WORD, .help = "the line that showed it; default: the latest that did" },
		{ 0 } },
	.examples = (const char *const[]){ "pin otel_logs_raw.tsv#1 note=\"first error\"",
		"pin label=\"no logs at all after 17:52\" entity=checkout", NULL },
	.reply = (const char *const[]){ "pin    facts: number, label, entity, time, cite, note", NULL },
	.run = run_pin,
};

static cc_code run_unpin(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_action a = { .kind = CC_ACT_UNPIN, .number = (uint32_t)cc_arg_int(c, "number", 0) };
	cc_code code = cc_session_apply(c->session, &a, err);

	if (code != CC_OK)
		return code;
	cc_reply_set_title(r, "UNPINNED #%u", a.number);
	cc_board_list_pins(c, r);
	return CC_OK;
}

const cc_cmd cc_cmd_unpin = {
	.name = "unpin",
	.group = "case",
	.summary = "remove a pin; suspects it supported lose it",
	.params = (const cc_param[]){
		{ .name = "number", .type = CC_PARAM_INT, .required = true, .positional = true, .min = 1, .max = UINT32_MAX,
		  .completer = CC_COMPLETE_PIN, .help = "its number" },
		{ 0 } },
	.examples = (const char *const[]){ "unpin 1", NULL },
	.reply = (const char *const[]){ "pins[]  number, time, entity, label, note, cite, command", NULL },
	.run = run_unpin,
};
