/* cmd_spec.c - `spec` shows one object: what changed in it and when, its YAML without noise, and its references. */
#include "cmd/specs.h"

#include "coldcase/assist.h"
#include "coldcase/changes.h"
#include "coldcase/checks.h"
#include "coldcase/diff.h"
#include "coldcase/entity.h"

/* --- revisions --- */

enum { REVISIONS_MOST = 20 };

static const cc_column revision_columns[] = {
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 9, 0 },
	{ "kind", "What", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 1 },
	{ "change", "Change", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "manager", "By", CC_CELL_TEXT, CC_ROLE_DIM, 16, 2 },
	{ "verb", "Verb", CC_CELL_TEXT, CC_ROLE_DIM, 7, 3 },
	{ "hidden", "Hidden", CC_CELL_INT, CC_ROLE_DIM, 6, 4 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

static void revision_row(cc_call *c, cc_reply *r, const cc_spec_change *ch)
{
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = ch->entity, row->cite = ch->cite, row->time_ns = ch->time_ns;
	row->mark = ch->kind == CC_CHANGE_CREATED ? CC_ROLE_ADDED : ch->kind == CC_CHANGE_DELETED ? CC_ROLE_REMOVED : CC_ROLE_CHANGED;
	cc_reply_cell(r, cc_cell_time(ch->time_ns));
	cc_reply_cell(r, cc_cell_textz(cc_change_kind_name(ch->kind)));
	cc_reply_cell(r, cc_cell_text(ch->line));
	cc_reply_cell(r, cc_cell_text(ch->manager));
	cc_reply_cell(r, cc_cell_text(ch->verb));
	cc_reply_cell(r, cc_cell_int((int64_t)ch->hidden));
	cc_reply_cell(r, cc_cell_cite(ch->cite));
	if (ch->kind != CC_CHANGE_MODIFIED)
		return;
	cc_buf at = CC_BUF_INIT;
	cc_time_format(&at, cc_objects_get(snap(c), ch->object)->obs[ch->after].time_ns);
	cc_reply_set_drill(r, "diff %.*s to=%.*s", CC_STR_ARG(ev_entity_text(c, ch->entity)), CC_STR_ARG(cc_buf_str(&at)));
	cc_buf_deinit(&at);
}

/* The object's own; what its parts went through is what `changes` shows. */
static cc_code revisions(cc_call *c, cc_reply *r, const cc_object *o, cc_err *err)
{
	cc_changes *list = NULL;
	cc_changes_options opt = { .focus = o->entity, .range = { CC_TIME_NONE, CC_TIME_NONE }, .cancel = c->cancel };
	size_t own = 0, status = 0;
	cc_code code = cc_changes_build(&list, snap(c), &opt, err);
	if (code != CC_OK)
		return code;
	for (size_t i = 0; i < cc_changes_count(list); i++)
		own += cc_changes_get(list, i)->entity == o->entity;
	for (size_t i = 1; i < o->obs_count; i++)
		status += o->obs[i].changed;
	if (own)
		cc_reply_begin_table(r, "history", "Revisions", revision_columns, sizeof revision_columns / sizeof revision_columns[0], false);
	size_t skip = own > REVISIONS_MOST ? own - REVISIONS_MOST : 0, modified = 0;
	for (size_t i = 0; i < cc_changes_count(list); i++) {
		const cc_spec_change *ch = cc_changes_get(list, i);
		if (ch->entity != o->entity)
			continue;
		modified += ch->kind == CC_CHANGE_MODIFIED;
		if (skip)
			skip--;
		else
			revision_row(c, r, ch);
	}
	if (own > REVISIONS_MOST)
		cc_reply_add_note(r, "the last %d of %zu revisions are listed; `changes` has all", REVISIONS_MOST, own);
	if (status > modified)
		cc_reply_add_note(r, "%zu more poll%s differed in the status alone, not in the spec: `diff OBJECT status=yes` shows it", status - modified, status - modified == 1 ? "" : "s");
	cc_changes_free(list);
	return CC_OK;
}

/* --- its state --- */

enum { FINDINGS_MOST = 8 };

static const cc_column finding_columns[] = {
	{ "fresh", "New", CC_CELL_BOOL, CC_ROLE_CHANGED, 4, 0 },
	{ "finding", "What is wrong", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "rule", "Rule", CC_CELL_TEXT, CC_ROLE_DIM, 18, 1 },
	{ "entity", "Object", CC_CELL_ENTITY, CC_ROLE_ENTITY, 36, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

/* What the rules say of this object as it is shown; at full assistance. */
static cc_code findings(cc_call *c, cc_reply *r, const cc_object *o, size_t obs, cc_err *err)
{
	static const cc_role marks[] = { CC_ROLE_TEXT, CC_ROLE_INFO, CC_ROLE_WARNING, CC_ROLE_CRITICAL };
	cc_checker *checker = NULL;
	cc_finding_vec found = { 0 };
	bool begun = false;
	/* until the next poll: others of its round were polled some moments later */
	int64_t at = obs + 1 < o->obs_count ? o->obs[obs + 1].time_ns - 1 : CC_TIME_NONE;
	if (!cc_session_assist(c->session, CC_ASSIST_RULES))
		return CC_OK;
	cc_code code = cc_checker_new(&checker, snap(c), at, cc_checks_beginning(snap(c)), c->cancel, err);
	if (code == CC_OK && (code = cc_checker_object(checker, cc_entity_get(snap(c), o->entity)->object - 1, &found)) != CC_OK)
		cc_err_set(err, code, "spec: %s", cc_code_text(code));
	for (size_t i = 0, n = 0; i < found.n && n < FINDINGS_MOST && code == CC_OK; i++) {
		const cc_finding *f = &found.p[i];
		if (f->severity == 0)
			continue;
		if (!begun)
			cc_reply_begin_table(r, "checks", "State", finding_columns, sizeof finding_columns / sizeof finding_columns[0], false);
		begun = true;
		n++;
		cc_row *row = cc_reply_row(r);
		if (!row)
			break;
		row->entity = f->entity, row->cite = f->cite, row->mark = marks[f->severity & 3];
		cc_reply_cell(r, cc_cell_bool(f->fresh));
		cc_reply_cell(r, cc_cell_text(f->text));
		cc_reply_cell(r, cc_cell_textz(f->rule->name));
		cc_reply_cell(r, cc_cell_entity(f->entity));
		cc_reply_cell(r, cc_cell_cite(f->cite));
		cc_reply_set_drill(r, "checks %.*s severity=info", CC_STR_ARG(ev_entity_text(c, o->entity)));
	}
	cc_vec_deinit(&found);
	cc_checker_free(checker);
	return code;
}

/* --- the text --- */

static void yaml_lines(cc_reply *r, cc_str yaml, const cc_spec_links *links)
{
	cc_str head, rest = yaml;
	cc_reply_begin_text(r, "spec", "YAML");
	while (rest.n) {
		cc_str_cut(rest, '\n', &head, &rest);
		cc_str bare = cc_str_trim(head);
		bool heading = head.n && head.p[0] != ' ' && cc_str_find_char(bare, ':') != CC_STR_NONE;
		cc_entity_id link = cc_spec_link_in(links, head);
		cc_reply_line(r, link ? CC_ROLE_ENTITY : heading ? CC_ROLE_HEADING : CC_ROLE_TEXT, head.n ? head : CC_STR(" "));
		cc_line *line = cc_reply_last_line(r);
		if (line && link)
			line->entity = link;
	}
}

static cc_code show_text(cc_call *c, cc_reply *r, const cc_object *o, size_t obs, const cc_spec_links *links, cc_err *err)
{
	size_t hidden = 0;
	cc_json *json = NULL;
	cc_buf yaml = CC_BUF_INIT;
	cc_code code = cc_objects_json(snap(c), &o->obs[obs], &json, err);
	if (code == CC_OK)
		code = cc_object_yaml(json, specs_noise(c) ? CC_DIFF_WITH_CHURN : 0, &yaml, &hidden, err);
	if (code == CC_OK) {
		yaml_lines(r, cc_buf_str(&yaml), links);
		if (hidden)
			cc_reply_add_note(r, "%zu noisy field%s hidden (managedFields and the like); noise=yes shows %s", hidden,
				hidden == 1 ? " is" : "s are", hidden == 1 ? "it" : "them");
		if (cc_object_is_secret(json))
			cc_reply_add_note(r, "values of Secrets are masked");
	}
	cc_json_free(json);
	cc_buf_deinit(&yaml);
	return code;
}

/* What was there then, but was not looked at before the next poll, is shown as that poll found it: a row's time often lies before. */
static cc_code pick_observation(cc_call *c, cc_reply *r, const cc_object *o, size_t *out, cc_err *err)
{
	int64_t at;
	cc_code code = cc_arg_time(c, "at", CC_TIME_NONE, &at, err);
	if (code != CC_OK)
		return code;
	if (at == CC_TIME_NONE || o->created_ns == CC_TIME_NONE || o->created_ns > at || cc_objects_obs_at(o, at) != SIZE_MAX)
		return cc_specs_observation(c, o, "at", o->obs_count - 1, out, err);
	*out = 0;
	cc_reply_add_note(r, "not polled before that time: this is the first observation, and it may have been changed in between");
	return CC_OK;
}

static cc_code run_spec(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_object *o;
	size_t obs;
	cc_spec_links links = { 0 };
	cc_code code = cc_specs_find(c, &o, err);
	if (code == CC_OK)
		code = pick_observation(c, r, o, &obs, err);
	if (code != CC_OK)
		return code;
	cc_str name = ev_entity_text(c, o->entity);
	cc_reply_set_title(r, "SPEC %.*s", CC_STR_ARG(name));
	cc_specs_facts(c, r, o, obs);
	code = findings(c, r, o, obs, err);
	if (code == CC_OK)
		code = revisions(c, r, o, err);
	if (code == CC_OK && (code = cc_spec_links_of(c, o, &links)) != CC_OK)
		cc_err_set(err, code, "spec: out of memory");
	if (code == CC_OK)
		code = show_text(c, r, o, obs, &links, err);
	if (code == CC_OK && links.n)
		cc_spec_links_show(c, r, &links);
	cc_vec_deinit(&links);
	return code;
}

const cc_cmd cc_cmd_spec = {
	.name = "spec",
	.alias = "sp",
	.group = "evidence",
	.summary = "one object as YAML, noise hidden, with its revisions and references",
	.params = (const cc_param[]){ SPECS_PARAM_ENTITY, { .name = "at", .type = CC_PARAM_TIME, .help = "as it was then; the newest observation when left out" },
		{ .name = "noise", .type = CC_PARAM_BOOL, .help = "show the noise too: managedFields, resourceVersion, timestamps, heartbeats" }, SPECS_PARAM_HIDDEN, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "spec ConfigMap/flagd-config", "spec Deployment/quote", NULL },
	.reply = (const char *const[]){ "object        facts: entity, owner, polled, observation, revisions, created, gone, cite",
		"checks[]      what the rules say of its state: fresh, finding, rule, entity, cite (at full assistance)",
		"history[]     time, kind (created, modified, deleted), change in words, manager, verb (Update, Apply), hidden, cite",
		"spec          lines of YAML", "references[]  relation, entity, state (missing, gone, not recorded, matches 0 pods, or empty), detail, cite", NULL },
	.run = run_spec,
};
