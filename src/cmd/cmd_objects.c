/* cmd_objects.c - `objects` lists Kubernetes objects, `spec` shows one, `diff` what changed in it, `changes` what changed at all. */
#include "cmd/evidence.h"

#include <string.h>
#include "coldcase/changes.h"
#include "coldcase/diff.h"
#include "coldcase/objects.h"

static const cc_column list_columns[] = {
	{ "entity", "Object", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "what", "What", CC_CELL_TEXT, CC_ROLE_CHANGED, 7, 0 },
	{ "revisions", "Rev", CC_CELL_INT, CC_ROLE_CHANGED, 4, 0 },
	{ "observations", "Polls", CC_CELL_INT, CC_ROLE_DIM, 5, 3 },
	{ "created", "Created", CC_CELL_TIME, CC_ROLE_TIME, 20, 2 },
	{ "last_change", "Changed", CC_CELL_TIME, CC_ROLE_TIME, 9, 1 },
	{ "gone", "Gone", CC_CELL_TIME, CC_ROLE_TIME, 9, 2 },
	{ "api_version", "API", CC_CELL_TEXT, CC_ROLE_DIM, 20, 4 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

static int64_t last_change(const cc_object *o)
{
	for (size_t i = o->obs_count; i-- > 0;)
		if (o->obs[i].changed)
			return o->obs[i].time_ns;
	return CC_TIME_NONE;
}

/* Made after the first poll of its kind: it came during the capture. Rows of one poll differ by milliseconds, so the object's own
 * creation time decides where it has one. */
static bool came_later(const cc_snapshot *s, const cc_object *o)
{
	size_t n;
	const int64_t *polls = cc_objects_polls(s, o->resource, &n);
	if (!n)
		return false;
	return o->created_ns != CC_TIME_NONE ? o->created_ns > polls[0] : o->obs[0].time_ns > polls[0];
}

static bool moved(const cc_snapshot *s, const cc_object *o)
{
	return o->revisions > 1 || o->gone_ns != CC_TIME_NONE || came_later(s, o);
}

static void list_row(cc_call *c, cc_reply *r, const cc_object *o)
{
	const cc_snapshot *s = snap(c);
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	cc_cite cite = o->obs[o->obs_count - 1].cite;
	int64_t changed = last_change(o);
	row->entity = o->entity, row->cite = cite;
	row->time_ns = changed != CC_TIME_NONE ? changed : o->obs[o->obs_count - 1].time_ns;
	bool fresh = came_later(s, o);
	row->mark = o->gone_ns != CC_TIME_NONE ? CC_ROLE_REMOVED : fresh ? CC_ROLE_ADDED : o->revisions > 1 ? CC_ROLE_CHANGED : CC_ROLE_TEXT;
	cc_reply_cell(r, cc_cell_entity(o->entity));
	cc_reply_cell(r, cc_cell_textz(o->gone_ns != CC_TIME_NONE ? "gone" : fresh ? "new" : o->revisions > 1 ? "changed" : ""));
	cc_reply_cell(r, cc_cell_int(o->revisions));
	cc_reply_cell(r, cc_cell_int((int64_t)o->obs_count));
	cc_reply_cell(r, cc_cell_time(o->created_ns));
	cc_reply_cell(r, cc_cell_time(changed));
	cc_reply_cell(r, cc_cell_time(o->gone_ns));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, o->api_version)));
	cc_reply_cell(r, cc_cell_cite(cite));
	cc_str name = ev_entity_text(c, o->entity);
	cc_reply_set_drill(r, "%s %.*s", o->revisions > 1 ? "diff" : "spec", CC_STR_ARG(name));
}

static cc_code run_objects(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	bool changed = cc_arg_bool(c, "changed", false);
	ev_list l;
	size_t kept = 0;
	cc_code code = ev_list_select(&l, c, CC_TABLE_OBJECTS, err);
	if (code != CC_OK)
		goto done;
	for (size_t i = 0; i < l.rows.n; i++) {
		const cc_object *o = cc_objects_get(s, l.rows.p[i]);
		if (!changed || moved(s, o))
			l.rows.p[kept++] = l.rows.p[i];
	}
	ev_list_keep(&l, kept);
	ev_list_describe(&l, c, r, "OBJECTS");
	cc_reply_begin_table(r, "objects", NULL, list_columns, sizeof list_columns / sizeof list_columns[0], true);
	for (size_t i = l.from; i < l.to; i++)
		list_row(c, r, cc_objects_get(s, l.rows.p[i]));
	if (changed && cc_objects_count(s))
		cc_reply_set_empty(r, "nothing changed between two polls here; `objects` lists all %zu, and a fault may stand in their state",
			cc_objects_count(s));
	ev_note_skipped(c, r, CC_FILE_OBJECTS);
done:
	ev_list_deinit(&l);
	return code;
}

const cc_cmd cc_cmd_objects = {
	.name = "objects",
	.alias = "ob",
	.group = "evidence",
	.summary = "Kubernetes objects with their number of revisions",
	.params = (const cc_param[]){ EV_PARAM_FILTER("kind=, ns=, name=, entity=, words"),
		{ .name = "changed", .type = CC_PARAM_BOOL, .help = "only what came, changed or went away during the capture" }, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "objects", "objects kind=Deployment", "objects changed", NULL },
	.reply = (const char *const[]){ "objects[].entity        namespace/Kind/name", "objects[].what          new, changed, gone, or empty",
		"objects[].revisions     distinct states, churn apart",
		"objects[].observations  polls that saw it", "objects[].created       creationTimestamp", "objects[].last_change   poll that showed the last change",
		"objects[].gone          first poll without it", "objects[].api_version   apiVersion", "objects[].cite          newest observation", NULL },
	.filter_table = "objects",
	.run = run_objects,
};

/* --- one object --- */

static cc_code find_object(cc_call *c, const cc_object **out, cc_err *err)
{
	cc_entity_id id;
	cc_code code = ev_entity(c, &id, err);
	if (code != CC_OK)
		return code;
	const cc_entity *e = cc_entity_get(snap(c), id);
	if (e && e->object) {
		*out = cc_objects_get(snap(c), e->object - 1);
		return CC_OK;
	}
	cc_str name = ev_entity_text(c, id);
	cc_err_set(err, CC_EUNKNOWN, "%s: no object of %.*s was recorded", c->cmd->name, CC_STR_ARG(name));
	return cc_err_hint(err, "`objects` lists what was; `events entity=%.*s` may still tell of it", CC_STR_ARG(name));
}

/* Which observation a time asks for; the newest one without. */
static cc_code observation(cc_call *c, const cc_object *o, const char *param, size_t fallback, size_t *out, cc_err *err)
{
	int64_t at;
	cc_code code = cc_arg_time(c, param, CC_TIME_NONE, &at, err);
	if (code != CC_OK)
		return code;
	*out = at == CC_TIME_NONE ? fallback : cc_objects_obs_at(o, at);
	if (*out == SIZE_MAX) {
		cc_err_set(err, CC_EUNKNOWN, "%s: the object was first seen later than that", c->cmd->name);
		return cc_err_hint(err, "leave %s= out for the %s observation", param, fallback ? "newest" : "first");
	}
	return CC_OK;
}

static void object_facts(cc_call *c, cc_reply *r, const cc_object *o, size_t obs)
{
	const cc_snapshot *s = snap(c);
	cc_reply_begin_facts(r, "object", NULL);
	cc_reply_fact(r, "entity", "object", cc_cell_entity(o->entity), CC_ROLE_ENTITY);
	cc_reply_fact(r, "owner", "owner", cc_cell_entity(cc_entity_get(s, o->entity)->owner), CC_ROLE_ENTITY);
	cc_reply_fact(r, "polled", "polled", cc_cell_time(o->obs[obs].time_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "observation", "observation", cc_cell_text(cc_arena_printf(c->arena, "%zu of %zu", obs + 1, o->obs_count)), CC_ROLE_TEXT);
	cc_reply_fact(r, "revisions", "revisions", cc_cell_int(o->revisions), CC_ROLE_CHANGED);
	cc_reply_fact(r, "created", "created", cc_cell_time(o->created_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "gone", "gone since", cc_cell_time(o->gone_ns), CC_ROLE_REMOVED);
	cc_reply_fact(r, "cite", "cite", cc_cell_cite(o->obs[obs].cite), CC_ROLE_DIM);
}

static void yaml_lines(cc_reply *r, cc_str yaml)
{
	cc_str head, rest = yaml;
	cc_reply_begin_text(r, "spec", NULL);
	while (rest.n) {
		cc_str_cut(rest, '\n', &head, &rest);
		cc_str bare = cc_str_trim(head);
		bool heading = head.n && head.p[0] != ' ' && cc_str_find_char(bare, ':') != CC_STR_NONE;
		cc_reply_line(r, heading ? CC_ROLE_HEADING : CC_ROLE_TEXT, head.n ? head : CC_STR(" "));
	}
}

static cc_code run_spec(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_object *o;
	size_t obs, hidden = 0;
	cc_json *json = NULL;
	cc_buf yaml = CC_BUF_INIT;
	unsigned flags = cc_arg_bool(c, "noise", false) ? CC_DIFF_WITH_CHURN : 0;
	cc_code code = find_object(c, &o, err);
	if (code == CC_OK)
		code = observation(c, o, "at", o->obs_count - 1, &obs, err);
	if (code == CC_OK)
		code = cc_objects_json(snap(c), &o->obs[obs], &json, err);
	if (code == CC_OK)
		code = cc_object_yaml(json, flags, &yaml, &hidden, err);
	if (code != CC_OK)
		goto done;
	cc_str name = ev_entity_text(c, o->entity);
	cc_reply_set_title(r, "SPEC %.*s", CC_STR_ARG(name));
	object_facts(c, r, o, obs);
	yaml_lines(r, cc_buf_str(&yaml));
	if (hidden)
		cc_reply_add_note(r, "%zu noisy fields are hidden (managedFields and the like); noise=yes shows them", hidden);
	if (cc_object_is_secret(json))
		cc_reply_add_note(r, "values of Secrets are masked");
done:
	cc_json_free(json);
	cc_buf_deinit(&yaml);
	return code;
}

#define PARAM_ENTITY { .name = "entity", .type = CC_PARAM_ENTITY, .positional = true, .completer = CC_COMPLETE_ENTITY, .help = "which object; the focus when left out" }

const cc_cmd cc_cmd_spec = {
	.name = "spec",
	.alias = "sp",
	.group = "evidence",
	.summary = "one object as YAML, noise hidden",
	.params = (const cc_param[]){ PARAM_ENTITY, { .name = "at", .type = CC_PARAM_TIME, .help = "as it was then; the newest observation when left out" },
		{ .name = "noise", .type = CC_PARAM_BOOL, .help = "hide nothing" }, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "spec ConfigMap/flagd-config", NULL },
	.reply = (const char *const[]){ "object  facts: entity, owner, polled, observation, revisions, created, gone, cite", "spec    lines of YAML", NULL },
	.run = run_spec,
};

static cc_role op_role(cc_diff_op op)
{
	return op == CC_DIFF_ADDED ? CC_ROLE_ADDED : op == CC_DIFF_REMOVED ? CC_ROLE_REMOVED : CC_ROLE_CHANGED;
}

static const cc_column item_columns[] = {
	{ "op", "", CC_CELL_TEXT, CC_ROLE_TEXT, 1, 0 },
	{ "change", "Change", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "path", "Path", CC_CELL_TEXT, CC_ROLE_DIM, 46, 2 },
	{ "before", "Before", CC_CELL_TEXT, CC_ROLE_REMOVED, 20, 255 },
	{ "after", "After", CC_CELL_TEXT, CC_ROLE_ADDED, 20, 255 },
};

static void diff_items(cc_call *c, cc_reply *r, const cc_diff *d, const cc_object *o, size_t obs, bool status_only)
{
	cc_page page = cc_call_page(c);
	cc_reply_begin_table(r, "items", NULL, item_columns, 5, true);
	for (size_t i = (size_t)page.offset; i < cc_diff_count(d) && i < page.offset + page.limit; i++) {
		const cc_diff_item *it = cc_diff_get(d, i);
		cc_row *row = cc_reply_row(r);
		if (!row)
			return;
		row->entity = o->entity, row->cite = o->obs[obs].cite, row->time_ns = o->obs[obs].time_ns;
		row->mark = op_role(it->op);
		cc_reply_cell(r, cc_cell_textz(it->op == CC_DIFF_ADDED ? "+" : it->op == CC_DIFF_REMOVED ? "-" : "~"));
		cc_reply_cell(r, cc_cell_text(it->line));
		cc_reply_cell(r, cc_cell_text(it->path));
		cc_reply_cell(r, cc_cell_text(it->before));
		cc_reply_cell(r, cc_cell_text(it->after));
	}
	cc_reply_set_paging(r, cc_diff_count(d), page.offset, page.limit);
	if (!cc_diff_count(d))
		cc_reply_set_empty(r, status_only ? "only status changed; status=yes lists it" : "no change between these observations");
	if (cc_diff_hidden(d))
		cc_reply_add_note(r, "%zu differences are churn (resourceVersion, timestamps …) and hidden", cc_diff_hidden(d));
}

/* The YAML without its status: the lines below "status:" are indented or of its list. */
static void without_status(cc_str yaml, cc_buf *out)
{
	cc_str line, rest = yaml;
	bool inside = false;
	while (rest.n) {
		cc_str_cut(rest, '\n', &line, &rest);
		bool top = line.n && line.p[0] != ' ' && line.p[0] != '-';
		inside = top ? cc_str_starts(line, CC_STR("status:")) : inside;
		if (!inside) {
			cc_buf_add(out, line);
			cc_buf_add_char(out, '\n');
		}
	}
}

static cc_code lines_of(const cc_json *object, unsigned flags, cc_buf *out, cc_err *err)
{
	cc_buf whole = CC_BUF_INIT;
	cc_code code = cc_object_yaml(object, flags, &whole, NULL, err);
	if (code == CC_OK && !(flags & CC_DIFF_WITH_STATUS))
		without_status(cc_buf_str(&whole), out);
	else if (code == CC_OK)
		cc_buf_add(out, cc_buf_str(&whole));
	cc_buf_deinit(&whole);
	return code;
}

/* Whether nothing is listed only because what changed is the status. */
static cc_code only_status(const cc_json *a, const cc_json *b, const cc_diff *listed, unsigned flags, bool *out, cc_err *err)
{
	cc_diff *all = NULL;
	*out = false;
	if (cc_diff_count(listed) || (flags & CC_DIFF_WITH_STATUS))
		return CC_OK;
	cc_code code = cc_diff_objects(&all, a, b, flags | CC_DIFF_WITH_STATUS, err);
	*out = code == CC_OK && cc_diff_count(all) > 0;
	cc_diff_free(all);
	return code;
}

static cc_code diff_text(cc_reply *r, const cc_json *a, const cc_json *b, unsigned flags, cc_err *err)
{
	enum { MAX_LINES = 2000 };
	cc_buf ya = CC_BUF_INIT, yb = CC_BUF_INIT;
	cc_line_diff *d = NULL;
	cc_code code = lines_of(a, flags, &ya, err);
	if (code == CC_OK)
		code = lines_of(b, flags, &yb, err);
	if (code == CC_OK)
		code = cc_diff_lines(&d, cc_buf_str(&ya), cc_buf_str(&yb), 3, err);
	if (code == CC_OK) {
		cc_reply_begin_text(r, "diff", "Lines");
		for (size_t i = 0; i < cc_line_diff_count(d) && i < MAX_LINES; i++) {
			const cc_diff_line *l = cc_line_diff_get(d, i);
			cc_role role = l->sign == '+' ? CC_ROLE_ADDED : l->sign == '-' ? CC_ROLE_REMOVED : CC_ROLE_DIM;
			cc_reply_linef(r, role, "%c %.*s", l->sign, CC_STR_ARG(l->text));
		}
		if (cc_line_diff_count(d) > MAX_LINES)
			cc_reply_add_note(r, "the line view is cut after %d lines", MAX_LINES);
	}
	cc_line_diff_free(d);
	cc_buf_deinit(&ya);
	cc_buf_deinit(&yb);
	return code;
}

/* Default pair: the last change (the observation before it and the one that shows it), else first and last. */
static void default_pair(const cc_object *o, size_t *from, size_t *to)
{
	*to = o->obs_count - 1;
	*from = 0;
	for (size_t i = o->obs_count; i-- > 1;) {
		if (o->obs[i].changed) {
			*to = i, *from = i - 1;
			return;
		}
	}
}

static cc_code diff_pair(cc_call *c, const cc_object *o, size_t *from, size_t *to, cc_err *err)
{
	default_pair(o, from, to);
	const char *against = cc_arg(c, "against");
	if (against && against[0] == 'f')
		*from = 0, *to = o->obs_count - 1;
	cc_code code = observation(c, o, "to", *to, to, err);
	if (code == CC_OK && cc_arg_given(c, "to") && !cc_arg_given(c, "from"))
		*from = *to ? *to - 1 : 0;
	return code == CC_OK ? observation(c, o, "from", *from, from, err) : code;
}

static cc_code run_diff(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_object *o;
	size_t from, to;
	cc_json *a = NULL, *b = NULL;
	cc_diff *d = NULL;
	unsigned flags = (cc_arg_bool(c, "status", false) ? CC_DIFF_WITH_STATUS : 0u) | (cc_arg_bool(c, "noise", false) ? CC_DIFF_WITH_CHURN : 0u);
	cc_code code = find_object(c, &o, err);
	if (code == CC_OK)
		code = diff_pair(c, o, &from, &to, err);
	if (code == CC_OK)
		code = cc_objects_json(snap(c), &o->obs[from], &a, err);
	if (code == CC_OK)
		code = cc_objects_json(snap(c), &o->obs[to], &b, err);
	if (code == CC_OK)
		code = cc_diff_objects(&d, a, b, flags, err);
	if (code != CC_OK)
		goto done;
	cc_str name = ev_entity_text(c, o->entity);
	cc_reply_set_title(r, "DIFF %.*s", CC_STR_ARG(name));
	object_facts(c, r, o, to);
	cc_reply_fact(r, "from", "compared with", cc_cell_time(o->obs[from].time_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "from_cite", "cite before", cc_cell_cite(o->obs[from].cite), CC_ROLE_DIM);
	bool status_only = false;
	code = only_status(a, b, d, flags, &status_only, err);
	if (code != CC_OK)
		goto done;
	diff_items(c, r, d, o, to, status_only);
	code = diff_text(r, a, b, flags, err);
	if (o->obs_count == 1)
		cc_reply_add_note(r, "only one observation exists: there is nothing to compare it with");
done:
	cc_diff_free(d);
	cc_json_free(a);
	cc_json_free(b);
	return code;
}

static const char *const against_choices[] = { "previous", "first", NULL };

const cc_cmd cc_cmd_diff = {
	.name = "diff",
	.alias = "df",
	.group = "evidence",
	.summary = "what changed in one object: said in words, then line by line",
	.help = "Without times: the last change, that is the poll that showed it against the one before. from= and to= choose observations.",
	.params = (const cc_param[]){ PARAM_ENTITY, { .name = "from", .type = CC_PARAM_TIME, .help = "older state: as polled at or before then" },
		{ .name = "to", .type = CC_PARAM_TIME, .help = "newer state" },
		{ .name = "against", .type = CC_PARAM_CHOICE, .choices = against_choices, .completer = CC_COMPLETE_CHOICE, .help = "previous (default) or first observation" },
		{ .name = "status", .type = CC_PARAM_BOOL, .help = "list status changes too" }, { .name = "noise", .type = CC_PARAM_BOOL, .help = "hide nothing" },
		CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "diff ConfigMap/flagd-config", "diff ConfigMap/flagd-config against=first", NULL },
	.reply = (const char *const[]){ "object  facts: entity, owner, polled, observation, revisions, created, gone, cite, from, from_cite", "items[]  op (+ - ~), change in words, path, before, after",
		"diff    lines with + and -", NULL },
	.run = run_diff,
};

/* --- all changes --- */

static const cc_column change_columns[] = {
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 9, 0 },
	{ "kind", "What", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 1 },
	{ "entity", "Object", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 0 },
	{ "change", "Change", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "manager", "By", CC_CELL_TEXT, CC_ROLE_DIM, 16, 4 },
	{ "after_previous_poll", "Not before", CC_CELL_TIME, CC_ROLE_TIME, 10, 5 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

static void change_row(cc_call *c, cc_reply *r, const cc_spec_change *ch)
{
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = ch->entity, row->cite = ch->cite, row->time_ns = ch->time_ns;
	row->mark = ch->kind == CC_CHANGE_CREATED ? CC_ROLE_ADDED : ch->kind == CC_CHANGE_DELETED ? CC_ROLE_REMOVED : CC_ROLE_CHANGED;
	cc_reply_cell(r, cc_cell_time(ch->time_ns));
	cc_reply_cell(r, cc_cell_textz(cc_change_kind_name(ch->kind)));
	cc_reply_cell(r, cc_cell_entity(ch->entity));
	cc_reply_cell(r, cc_cell_text(ch->line));
	cc_reply_cell(r, cc_cell_text(ch->manager));
	cc_reply_cell(r, cc_cell_time(ch->from_ns));
	cc_reply_cell(r, cc_cell_cite(ch->cite));
	cc_str name = ev_entity_text(c, ch->entity);
	cc_buf at = CC_BUF_INIT;
	if (ch->kind == CC_CHANGE_MODIFIED)
		cc_time_format(&at, cc_objects_get(snap(c), ch->object)->obs[ch->after].time_ns);
	if (ch->kind == CC_CHANGE_MODIFIED)
		cc_reply_set_drill(r, "diff %.*s to=%.*s", CC_STR_ARG(name), CC_STR_ARG(cc_buf_str(&at)));
	else
		cc_reply_set_drill(r, "spec %.*s", CC_STR_ARG(name));
	cc_buf_deinit(&at);
}

/* One bare word, no term of the filter language. */
static bool is_bare_word(cc_str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (strchr("=~<>\"! ()", text.p[i]))
			return false;
	return text.n > 0;
}

static bool speaks_of(cc_call *c, const cc_spec_change *ch, cc_str word)
{
	return cc_str_find_nocase(ch->line, word) != CC_STR_NONE || cc_str_find_nocase(ev_entity_text(c, ch->entity), word) != CC_STR_NONE;
}

/* Which changes the filter leaves: its terms speak of the changed objects, a bare word of what changed and where (an
 * object's whole text would hold nearly any word). */
static cc_code pick_changes(cc_call *c, const cc_changes *ch, cc_str text, cc_index_vec *out, cc_err *err)
{
	cc_filter *objects = NULL;
	cc_filter_ctx ctx = ev_filter_ctx(c);
	bool word = is_bare_word(text);
	cc_code code = word ? CC_OK : cc_filter_parse(&objects, CC_TABLE_OBJECTS, text, &ctx, err);
	for (size_t i = 0; code == CC_OK && i < cc_changes_count(ch); i++) {
		const cc_spec_change *one = cc_changes_get(ch, i);
		if ((word ? speaks_of(c, one, text) : cc_filter_match(objects, one->object)) && !cc_vec_push(out, (uint32_t)i))
			code = cc_err_set(err, CC_ENOMEM, "changes: out of memory");
	}
	cc_filter_free(objects);
	return code;
}

static cc_code run_changes(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_changes *ch = NULL;
	cc_index_vec rows = { 0 };
	cc_changes_options o = { .focus = ev_focus(c), .range = ev_window(c), .with_status = cc_arg_bool(c, "status", false), .cancel = c->cancel };
	cc_view v = cc_case_view(cc_session_case(c->session));
	cc_entity_id named;
	cc_str filter = cc_str_trim(cc_str_from(cc_arg(c, "filter")));
	cc_code code = cc_arg_entity(c, "entity", &named, err);
	if (code != CC_OK)
		return code;
	/* `changes cart`: a word that is a name means the thing of that name */
	if (!named && is_bare_word(filter) && cc_entity_resolve(snap(c), filter, &named, NULL, NULL) == CC_OK)
		filter = CC_STR_EMPTY;
	o.focus = named ? named : o.focus;
	if (v.window.from_ns == CC_TIME_NONE && v.window.to_ns == CC_TIME_NONE)
		o.range = (cc_range){ CC_TIME_NONE, CC_TIME_NONE };
	code = cc_changes_build(&ch, snap(c), &o, err);
	if (code == CC_OK)
		code = pick_changes(c, ch, filter, &rows, err);
	if (code != CC_OK)
		goto done;
	cc_page page = cc_call_page(c);
	size_t n = rows.n;
	cc_str focus = o.focus ? ev_entity_text(c, o.focus) : CC_STR_EMPTY;
	cc_reply_set_title(r, "CHANGES%s%.*s%s%.*s", filter.n ? " " : "", CC_STR_ARG(filter), o.focus ? " of " : "", CC_STR_ARG(focus));
	cc_reply_begin_table(r, "changes", NULL, change_columns, sizeof change_columns / sizeof change_columns[0], true);
	for (size_t i = (size_t)page.offset; i < n && i < page.offset + page.limit; i++)
		change_row(c, r, cc_changes_get(ch, rows.p[i]));
	cc_reply_set_paging(r, n, page.offset, page.limit);
	cc_reply_set_empty(r, filter.n && cc_changes_count(ch) ? "no change fits this filter" :
		"no object changed between two polls; the fault may stand in their state: `checks`, `objects`");
done:
	cc_vec_deinit(&rows);
	cc_changes_free(ch);
	return code;
}

const cc_cmd cc_cmd_changes = {
	.name = "changes",
	.alias = "ch",
	.group = "evidence",
	.summary = "every change of the cluster's objects, in time order, in words",
	.help = "A change lies between two polls; the time is the best known one inside that interval (creation, deletion, or the field manager's).",
	.params = (const cc_param[]){ EV_PARAM_FILTER("kind=, ns=, name=, entity=, a name, a word of the change"),
		{ .name = "entity", .type = CC_PARAM_ENTITY, .completer = CC_COMPLETE_ENTITY, .help = "whose; the focus when left out" },
		{ .name = "status", .type = CC_PARAM_BOOL, .help = "also changes of nothing but status" }, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "changes", "changes kind=cm,deploy", "changes status=yes limit=20", NULL },
	.reply = (const char *const[]){ "changes[].time     best known time", "changes[].kind     created, modified, deleted", "changes[].entity   object",
		"changes[].change   in words", "changes[].manager  field manager", "changes[].after_previous_poll  the change came after this poll",
		"changes[].cite     observation that showed it", NULL },
	.filter_table = "objects",
	.run = run_changes,
};
