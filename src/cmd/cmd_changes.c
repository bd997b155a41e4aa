/* cmd_changes.c - `changes`: every change of the cluster's objects, in time order, in words. */
#include "cmd/evidence.h"

#include <string.h>

#include "coldcase/changes.h"
#include "coldcase/entity.h"
#include "coldcase/objects.h"

static const cc_column change_columns[] = {
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 9, 0 },
	{ "kind", "What", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 255 },   /* the change says it, and the sign in the gutter */
	{ "entity", "Object", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 0 },
	{ "change", "Change", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "manager", "By", CC_CELL_TEXT, CC_ROLE_DIM, 16, 4 },
	{ "verb", "Verb", CC_CELL_TEXT, CC_ROLE_DIM, 7, 6 },
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
	cc_reply_cell(r, cc_cell_text(ch->verb));
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

/* Made by a controller out of another object: it follows a change, and is none that somebody made. */
static bool follows(cc_call *c, const cc_spec_change *ch)
{
	static const char *const kinds[] = { "Pod", "ReplicaSet", "Endpoints", "EndpointSlice", "ControllerRevision", "Event", "Lease" };
	cc_str kind = cc_entity_kind(snap(c), ch->entity);
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (cc_str_eqz(kind, kinds[i]))
			return true;
	return cc_str_eqz(ch->manager, "kube-controller-manager");
}

/* A pod is made from its workload's template: what changed it stands at the Deployment, which owns it. */
static bool is_owner(const cc_snapshot *s, cc_entity_id owner, cc_entity_id of)
{
	enum { HIGHEST = 8 };
	for (int i = 0; of && i < HIGHEST; i++) {
		of = cc_entity_get(s, of)->owner;
		if (of == owner)
			return true;
	}
	return false;
}

static bool is_owned(const cc_snapshot *s, cc_entity_id id)
{
	return id && cc_entity_get(s, id)->owner && cc_entity_get(s, id)->workload && cc_entity_get(s, id)->workload != id;
}

/* Which changes the filter leaves: its terms speak of the changed objects, a bare word of what changed and where (an
 * object's whole text would hold nearly any word). */
static cc_code pick_changes(cc_call *c, const cc_changes *ch, cc_entity_id of, cc_str text, cc_index_vec *out, cc_err *err)
{
	cc_filter *objects = NULL;
	cc_filter_ctx ctx = ev_filter_ctx(c);
	bool word = is_bare_word(text), direct = cc_arg_bool(c, "direct", false);
	cc_code code = word ? CC_OK : cc_filter_parse(&objects, CC_TABLE_OBJECTS, text, &ctx, err);
	for (size_t i = 0; code == CC_OK && i < cc_changes_count(ch); i++) {
		const cc_spec_change *one = cc_changes_get(ch, i);
		if (direct && follows(c, one))
			continue;
		if (of && !cc_entity_covers(snap(c), of, one->entity) && !is_owner(snap(c), one->entity, of))
			continue;   /* the workload's other pods */
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
	cc_entity_id of = named ? named : o.focus;
	bool owned = is_owned(snap(c), of);
	o.focus = owned ? cc_entity_get(snap(c), of)->workload : of;
	if (v.window.from_ns == CC_TIME_NONE && v.window.to_ns == CC_TIME_NONE)
		o.range = (cc_range){ CC_TIME_NONE, CC_TIME_NONE };
	code = cc_changes_build(&ch, snap(c), &o, err);
	if (code == CC_OK)
		code = pick_changes(c, ch, owned ? of : 0, filter, &rows, err);
	if (code != CC_OK)
		goto done;
	cc_page page = cc_call_page(c);
	size_t n = rows.n;
	cc_str focus = of ? ev_entity_text(c, of) : CC_STR_EMPTY;
	cc_reply_set_title(r, "CHANGES%s%.*s%s%.*s%s%s", filter.n ? " " : "", CC_STR_ARG(filter), of ? " of " : "", CC_STR_ARG(focus),
		owned ? " and what owns it" : "", ev_window_words(c));
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
		{ .name = "entity", .type = CC_PARAM_ENTITY, .completer = CC_COMPLETE_ENTITY, .help = "whose; the focus when left out; of a pod also its owners'" },
		{ .name = "status", .type = CC_PARAM_BOOL, .help = "also changes of nothing but status" },
		{ .name = "direct", .type = CC_PARAM_BOOL, .help = "not what controllers made of it: pods, ReplicaSets, Endpoints" }, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "changes", "changes kind=cm,deploy", "changes status=yes limit=20", "changes direct=yes", NULL },
	.reply = (const char *const[]){ "changes[].time     best known time", "changes[].kind     created, modified, deleted", "changes[].entity   object",
		"changes[].change   in words", "changes[].manager  field manager", "changes[].verb     what it did: Update, Apply", "changes[].after_previous_poll  the change came after this poll",
		"changes[].cite     observation that showed it", NULL },
	.filter_table = "objects",
	.run = run_changes,
};
