/* cmd_objects.c - `objects` lists Kubernetes objects, those that moved first, or counts them by kind. */
#include "cmd/specs.h"

#include <stdlib.h>
#include <string.h>

static const cc_column list_columns[] = {
	{ "entity", "Object", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "what", "What", CC_CELL_TEXT, CC_ROLE_CHANGED, 7, 0 },
	{ "revisions", "Rev", CC_CELL_INT, CC_ROLE_CHANGED, 4, 0 },
	{ "changes", "Chg", CC_CELL_INT, CC_ROLE_CHANGED, 4, 1 },
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

static bool moved(const cc_snapshot *s, const cc_object *o)
{
	return o->revisions > 1 || o->gone_ns != CC_TIME_NONE || cc_specs_came_later(s, o);
}

/* Polls inside the window that showed another state than the one before. */
static int64_t changes_inside(const cc_object *o, cc_range window)
{
	int64_t n = 0;
	for (size_t i = 1; i < o->obs_count; i++)
		n += o->obs[i].changed && o->obs[i].time_ns >= window.from_ns && (window.to_ns == CC_TIME_NONE || o->obs[i].time_ns <= window.to_ns);
	return n;
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
	bool fresh = cc_specs_came_later(s, o);
	row->mark = o->gone_ns != CC_TIME_NONE ? CC_ROLE_REMOVED : fresh ? CC_ROLE_ADDED : o->revisions > 1 ? CC_ROLE_CHANGED : CC_ROLE_TEXT;
	cc_reply_cell(r, cc_cell_entity(o->entity));
	cc_reply_cell(r, cc_cell_textz(o->gone_ns != CC_TIME_NONE ? "gone" : fresh ? "new" : o->revisions > 1 ? "changed" : ""));
	cc_reply_cell(r, cc_cell_int(o->revisions));
	cc_reply_cell(r, cc_cell_int(changes_inside(o, ev_window(c))));
	cc_reply_cell(r, cc_cell_int((int64_t)o->obs_count));
	cc_reply_cell(r, cc_cell_time(o->created_ns));
	cc_reply_cell(r, cc_cell_time(changed));
	cc_reply_cell(r, cc_cell_time(o->gone_ns));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, o->api_version)));
	cc_reply_cell(r, cc_cell_cite(cite));
	cc_str name = ev_entity_text(c, o->entity);
	cc_reply_set_drill(r, "%s %.*s", o->revisions > 1 ? "diff" : "spec", CC_STR_ARG(name));
}

/* --- by kind --- */

static const cc_column kind_columns[] = {
	{ "kind", "Kind", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "objects", "Objects", CC_CELL_INT, CC_ROLE_TEXT, 8, 0 },
	{ "changed", "Changed", CC_CELL_INT, CC_ROLE_CHANGED, 8, 0 },
	{ "new", "New", CC_CELL_INT, CC_ROLE_ADDED, 6, 0 },
	{ "gone", "Gone", CC_CELL_INT, CC_ROLE_REMOVED, 6, 0 },
	{ "changes", "In window", CC_CELL_INT, CC_ROLE_CHANGED, 9, 0 },
	{ "revisions", "Revisions", CC_CELL_INT, CC_ROLE_DIM, 9, 1 },
};

typedef struct kind_count { cc_sym kind; int64_t objects, changed, fresh, gone, changes, revisions; } kind_count;

static int by_movement(const void *x, const void *y)
{
	const kind_count *a = x, *b = y;
	int64_t ma = a->changed + a->fresh + a->gone, mb = b->changed + b->fresh + b->gone;
	if (ma != mb)
		return ma < mb ? 1 : -1;
	if (a->objects != b->objects)
		return a->objects < b->objects ? 1 : -1;
	return a->kind < b->kind ? -1 : a->kind > b->kind;
}

static kind_count *count_of(kind_count *all, size_t *n, cc_sym kind)
{
	for (size_t i = 0; i < *n; i++)
		if (all[i].kind == kind)
			return &all[i];
	all[*n] = (kind_count){ .kind = kind };
	return &all[(*n)++];
}

static void kinds(cc_call *c, cc_reply *r, const ev_list *l)
{
	const cc_snapshot *s = snap(c);
	kind_count *all = cc_arena_array(c->arena, l->rows.n + 1, sizeof *all);
	size_t n = 0;
	cc_reply_begin_table(r, "kinds", NULL, kind_columns, sizeof kind_columns / sizeof kind_columns[0], true);
	for (size_t i = 0; all && i < l->rows.n; i++) {
		const cc_object *o = cc_objects_get(s, l->rows.p[i]);
		kind_count *k = count_of(all, &n, cc_entity_get(s, o->entity)->kind);
		k->objects++;
		k->revisions += o->revisions;
		k->changes += changes_inside(o, ev_window(c));
		k->changed += o->revisions > 1;
		k->fresh += cc_specs_came_later(s, o);
		k->gone += o->gone_ns != CC_TIME_NONE;
	}
	if (n)
		qsort(all, n, sizeof *all, by_movement);
	for (size_t i = (size_t)l->page.offset; i < n && i < l->page.offset + l->page.limit; i++) {
		cc_row *row = cc_reply_row(r);
		if (!row)
			return;
		row->mark = all[i].changed + all[i].fresh + all[i].gone ? CC_ROLE_CHANGED : CC_ROLE_TEXT;
		cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, all[i].kind)));
		cc_reply_cell(r, cc_cell_int(all[i].objects));
		cc_reply_cell(r, cc_cell_int(all[i].changed));
		cc_reply_cell(r, cc_cell_int(all[i].fresh));
		cc_reply_cell(r, cc_cell_int(all[i].gone));
		cc_reply_cell(r, cc_cell_int(all[i].changes));
		cc_reply_cell(r, cc_cell_int(all[i].revisions));
		cc_reply_set_drill(r, "objects kind=%.*s", CC_STR_ARG(cc_snapshot_sym(s, all[i].kind)));
	}
	cc_reply_set_paging(r, n, l->page.offset, l->page.limit);
}

/* --- the command --- */

/* Those that moved stand first; each part keeps its order. */
static cc_code moved_first(cc_call *c, ev_list *l, bool only, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	uint32_t *still = cc_arena_array(c->arena, l->rows.n + 1, sizeof *still);
	size_t kept = 0, n = 0;
	if (!still)
		return cc_err_set(err, CC_ENOMEM, "objects: out of memory");
	for (size_t i = 0; i < l->rows.n; i++) {
		if (moved(s, cc_objects_get(s, l->rows.p[i])))
			l->rows.p[kept++] = l->rows.p[i];
		else
			still[n++] = l->rows.p[i];
	}
	for (size_t i = 0; !only && i < n; i++)
		l->rows.p[kept++] = still[i];
	ev_list_keep(l, kept);
	return CC_OK;
}

static cc_code run_objects(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	bool changed = cc_arg_bool(c, "changed", false), by_kind = cc_arg_given(c, "by");
	ev_list l;
	cc_code code = ev_list_select(&l, c, CC_TABLE_OBJECTS, err);
	if (code == CC_OK)
		code = moved_first(c, &l, changed, err);
	if (code != CC_OK)
		goto done;
	ev_list_describe(&l, c, r, "OBJECTS");
	if (by_kind) {
		kinds(c, r, &l);
	} else {
		cc_reply_begin_table(r, "objects", NULL, list_columns, sizeof list_columns / sizeof list_columns[0], true);
		for (size_t i = l.from; i < l.to; i++)
			list_row(c, r, cc_objects_get(s, l.rows.p[i]));
	}
	if (changed && cc_objects_count(s))
		cc_reply_set_empty(r, "nothing changed between two polls here; `objects` lists all %zu, and a fault may stand in their state: `checks`",
			cc_objects_count(s));
	ev_note_skipped(c, r, CC_FILE_OBJECTS);
done:
	ev_list_deinit(&l);
	return code;
}

static const char *const by_choices[] = { "kind", NULL };

const cc_cmd cc_cmd_objects = {
	.name = "objects",
	.alias = "ob",
	.group = "evidence",
	.summary = "Kubernetes objects with their number of revisions, those that moved first",
	.params = (const cc_param[]){ EV_PARAM_FILTER("kind=, ns=, name=, entity=, words"),
		{ .name = "changed", .type = CC_PARAM_BOOL, .help = "only what came, changed or went away during the capture" },
		{ .name = "by", .type = CC_PARAM_CHOICE, .choices = by_choices, .completer = CC_COMPLETE_CHOICE, .help = "kind: how many of each kind there are, and how many moved" },
		EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "objects", "objects kind=Deployment", "objects changed", "objects by=kind", NULL },
	.reply = (const char *const[]){ "objects[].entity        namespace/Kind/name", "objects[].what          new, changed, gone, or empty",
		"objects[].revisions     distinct states, churn apart", "objects[].changes       polls inside the window that showed another state",
		"objects[].observations  polls that saw it", "objects[].created       creationTimestamp", "objects[].last_change   poll that showed the last change",
		"objects[].gone          first poll without it", "objects[].api_version   apiVersion", "objects[].cite          newest observation",
		"kinds[]                 kind, objects, changed, new, gone, changes (polls inside the window that showed another state), revisions (with by=kind)", NULL },
	.filter_table = "objects",
	.run = run_objects,
};
