/* cmd_checks.c - `checks`: what is wrong with the objects as they stand, by named rules, each finding with its record. */
#include "cmd/evidence.h"
#include "cmd/specs.h"

#include <string.h>
#include "coldcase/assist.h"
#include "coldcase/checks.h"

static const cc_column finding_columns[] = {
	{ "severity", "Severity", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 255 },
	{ "fresh", "New", CC_CELL_BOOL, CC_ROLE_CHANGED, 4, 1 },
	{ "entity", "Object", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 0 },
	{ "finding", "What is wrong", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "rule", "Rule", CC_CELL_TEXT, CC_ROLE_DIM, 18, 2 },
	{ "why", "Why it matters", CC_CELL_TEXT, CC_ROLE_DIM, 50, 4 },
	{ "symptom", "Symptom", CC_CELL_BOOL, CC_ROLE_DIM, 7, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

static const cc_column rule_columns[] = {
	{ "rule", "Rule", CC_CELL_TEXT, CC_ROLE_HEADING, 21, 0 },
	{ "what", "Looks for", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "why", "Why it matters", CC_CELL_TEXT, CC_ROLE_DIM, 60, 1 },
};

static const char *const gravities[] = { "info", "warning", "critical", NULL };

static void finding_row(cc_call *c, cc_reply *r, const cc_finding *f)
{
	static const cc_role marks[] = { CC_ROLE_TEXT, CC_ROLE_INFO, CC_ROLE_WARNING, CC_ROLE_CRITICAL };
	const cc_object *o = cc_objects_get(snap(c), f->object);   /* NULL: events tell of it */
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = f->entity, row->cite = f->cite, row->mark = marks[f->severity & 3];
	if (o)
		row->time_ns = o->obs[cc_objects_obs_at(o, CC_TIME_NONE)].time_ns;
	cc_reply_cell(r, cc_cell_textz(gravities[(f->severity ? f->severity : 1) - 1]));
	cc_reply_cell(r, cc_cell_bool(f->fresh));
	cc_reply_cell(r, cc_cell_entity(f->entity));
	cc_reply_cell(r, cc_cell_text(f->text));
	cc_reply_cell(r, cc_cell_textz(f->rule->name));
	cc_reply_cell(r, cc_cell_textz(f->rule->why));
	cc_reply_cell(r, cc_cell_bool(f->rule->symptom));
	cc_reply_cell(r, cc_cell_cite(f->cite));
	if (o)   /* of what was made meanwhile all of it is new, and a difference would show its status alone */
		cc_reply_set_drill(r, "%s %.*s", f->fresh && o->revisions > 1 && !cc_specs_came_later(snap(c), o) ? "diff" : "spec",
			CC_STR_ARG(ev_entity_text(c, o->entity)));
	else
		cc_reply_set_drill(r, "events entity=%.*s all=yes", CC_STR_ARG(ev_entity_text(c, f->entity)));
}

/* The rules by name: not what was found, but what was looked for. */
static void rule_list(cc_reply *r)
{
	cc_reply_begin_table(r, "rules", "Rules", rule_columns, sizeof rule_columns / sizeof rule_columns[0], false);
	for (size_t i = 0; i < cc_check_rule_count(); i++) {
		const cc_check_rule *rule = cc_check_rule_get(i);
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_textz(rule->name));
		cc_reply_cell(r, cc_cell_textz(rule->what));
		cc_reply_cell(r, cc_cell_textz(rule->why));
	}
}

static uint8_t least_gravity(const cc_call *c)
{
	const char *word = cc_arg(c, "severity");
	for (uint8_t i = 0; word && gravities[i]; i++)
		if (strcmp(word, gravities[i]) == 0)
			return (uint8_t)(i + 1);
	return 2;
}

/* Keeps what was asked for; returns how many were left out for being slight. */
static size_t keep_asked(const cc_call *c, cc_finding_vec *found)
{
	const char *rule = cc_arg(c, "rule");
	uint8_t least = least_gravity(c);
	bool fresh = cc_arg_bool(c, "fresh", false);
	size_t kept = 0, slight = 0;
	for (size_t i = 0; i < found->n; i++) {
		const cc_finding *f = &found->p[i];
		if ((rule && strcmp(rule, f->rule->name) != 0) || (fresh && !f->fresh))
			continue;
		if (f->severity < least)
			slight++;
		else
			found->p[kept++] = *f;
	}
	found->n = kept;
	return slight;
}

static void show(cc_call *c, cc_reply *r, const cc_finding_vec *found, size_t slight)
{
	cc_page page = cc_call_page(c);
	cc_reply_begin_table(r, "checks", NULL, finding_columns, sizeof finding_columns / sizeof finding_columns[0], true);
	for (size_t i = (size_t)page.offset; i < found->n && i < page.offset + page.limit; i++)
		finding_row(c, r, &found->p[i]);
	cc_reply_set_paging(r, found->n, page.offset, page.limit);
	cc_reply_set_empty(r, cc_objects_count(snap(c)) ? "no rule finds anything wrong with the objects as they stand" : "this snapshot holds no objects");
	if (slight)
		cc_reply_add_note(r, "%zu slight findings are left out; severity=info shows them", slight);
	if (cc_arg_bool(c, "rules", false))
		rule_list(r);
}

static cc_code run_checks(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_checker *checker = NULL;
	cc_finding_vec found = { 0 };
	int64_t at, onset = cc_case_view(cc_session_case(c->session)).onset_ns;
	int64_t before = onset == CC_TIME_NONE ? cc_checks_beginning(snap(c)) : onset - 1;   /* alerts come late: their onset parts badly here */
	cc_entity_id focus;
	if (!cc_session_assist(c->session, CC_ASSIST_RULES)) {
		cc_err_set(err, CC_ESTATE, "checks: judging states is no help that is given at this level of assistance");
		return cc_err_hint(err, "`objects` and `spec` show the states themselves; `assist` lists what is given");
	}
	cc_code code = cc_arg_time(c, "at", CC_TIME_NONE, &at, err);
	if (code == CC_OK)
		code = cc_arg_entity(c, "entity", &focus, err);
	if (code != CC_OK)
		return code;
	focus = focus ? focus : ev_focus(c);
	code = cc_checker_new(&checker, snap(c), at, before, c->cancel, err);
	if (code == CC_OK && (code = cc_checker_all(checker, focus, &found)) != CC_OK)
		cc_err_set(err, code, "checks: %s", cc_code_text(code));
	if (code == CC_OK) {
		cc_str name = focus ? ev_entity_text(c, focus) : CC_STR("all objects");
		cc_reply_set_title(r, "CHECKS %.*s", CC_STR_ARG(name));
		show(c, r, &found, keep_asked(c, &found));
		ev_note_skipped(c, r, CC_FILE_OBJECTS);
	}
	cc_vec_deinit(&found);
	cc_checker_free(checker);
	return code;
}

const cc_cmd cc_cmd_checks = {
	.name = "checks",
	.alias = "ck",
	.group = "evidence",
	.summary = "rules on the state: what is wrong with the objects as they stand",
	.help = "Where nothing changed during the capture, the state itself is the evidence: a selector that matches no pod, a used-up quota, a missing "
		"ConfigMap. Each finding names its rule and the record that shows it; New means it was not so when the capture began, or before the "
		"onset that was set by hand. rules=yes lists the rules.",
	.params = (const cc_param[]){ { .name = "entity", .type = CC_PARAM_ENTITY, .positional = true, .completer = CC_COMPLETE_ENTITY,
					.help = "of what; the focus, else all objects" },
		{ .name = "severity", .type = CC_PARAM_CHOICE, .choices = gravities, .completer = CC_COMPLETE_CHOICE, .help = "slightest shown: info, warning (default), critical" },
		{ .name = "rule", .type = CC_PARAM_WORD, .help = "of one rule" },
		{ .name = "fresh", .type = CC_PARAM_BOOL, .help = "only what is new" },
		{ .name = "at", .type = CC_PARAM_TIME, .help = "as it was then; the newest state when left out" },
		{ .name = "rules", .type = CC_PARAM_BOOL, .help = "list the rules too" }, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_OBJECTS) | CC_KIND_BIT(CC_FILE_EVENTS),
	.examples = (const char *const[]){ "checks", "checks severity=info limit=20", "checks rule=quota-used rules=yes", NULL },
	.reply = (const char *const[]){ "checks[].severity  info, warning, critical", "checks[].fresh     not so when the capture began, or before the onset set by hand",
		"checks[].entity    what is wrong; may be a thing that is only named", "checks[].finding   in words", "checks[].rule      name of the rule",
		"checks[].why       why it matters", "checks[].symptom   usually follows from something else", "checks[].cite      observation that shows it", "rules[]            rule, what, why (with rules=yes)", NULL },
	.run = run_checks,
};
