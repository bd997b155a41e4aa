/* cmd_diff.c - `diff`: two states of an object, or two objects of a kind: said in words, then line by line. */
#include "cmd/specs.h"

#include <string.h>

#include "coldcase/diff.h"
#include "coldcase/entity.h"

/* old at from, against new at to; usually the same object. */
typedef struct pair { const cc_object *old, *new; size_t from, to; } pair;

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

/* Two objects have names and labels of their own: that they differ says nothing. */
static bool is_identity(const pair *p, const cc_diff_item *it)
{
	return p->old != p->new && (cc_str_starts(it->path, CC_STR("metadata")) || cc_str_find(it->path, CC_STR("pod-template-hash")) != CC_STR_NONE);
}

static void item_row(cc_reply *r, const pair *p, const cc_diff_item *it)
{
	const cc_object_obs *obs = &p->new->obs[p->to];
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = p->new->entity, row->cite = obs->cite, row->time_ns = obs->time_ns;
	row->mark = op_role(it->op);
	cc_reply_cell(r, cc_cell_textz(it->op == CC_DIFF_ADDED ? "+" : it->op == CC_DIFF_REMOVED ? "-" : "~"));
	cc_reply_cell(r, cc_cell_text(it->line));
	cc_reply_cell(r, cc_cell_text(it->path));
	cc_reply_cell(r, cc_cell_text(it->before));
	cc_reply_cell(r, cc_cell_text(it->after));
}

static void diff_items(cc_call *c, cc_reply *r, const cc_diff *d, const pair *p, bool status_only)
{
	cc_page page = cc_call_page(c);
	size_t n = 0, identity = 0;
	cc_reply_begin_table(r, "items", NULL, item_columns, 5, true);
	for (size_t i = 0; i < cc_diff_count(d); i++) {
		const cc_diff_item *it = cc_diff_get(d, i);
		if (is_identity(p, it)) {
			identity++;
			continue;
		}
		if (n >= page.offset && n < page.offset + page.limit)
			item_row(r, p, it);
		n++;
	}
	cc_reply_set_paging(r, n, page.offset, page.limit);
	if (identity)
		cc_reply_add_note(r, "%zu differences of names, labels and annotations are left out: these are two objects", identity);
	if (status_only)
		cc_reply_add_note(r, "only the status changed between these observations");
	if (!cc_diff_count(d))
		cc_reply_set_empty(r, "no change between these observations");
	if (cc_diff_hidden(d))
		cc_reply_add_note(r, "%zu difference%s churn (resourceVersion, timestamps …) and hidden", cc_diff_hidden(d),
			cc_diff_hidden(d) == 1 ? " is" : "s are");
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

/* What differs. Where that is the status alone, it: an empty list would only have the same line typed again. */
static cc_code differences(const cc_json *a, const cc_json *b, unsigned *flags, cc_diff **out, bool *status_only, cc_err *err)
{
	cc_diff *all = NULL;
	*status_only = false;
	cc_code code = cc_diff_objects(out, a, b, *flags, err);
	if (code != CC_OK || cc_diff_count(*out) || (*flags & CC_DIFF_WITH_STATUS))
		return code;
	code = cc_diff_objects(&all, a, b, *flags | CC_DIFF_WITH_STATUS, err);
	if (code != CC_OK || !cc_diff_count(all)) {
		cc_diff_free(all);
		return code;
	}
	cc_diff_free(*out);
	*out = all;
	*flags |= CC_DIFF_WITH_STATUS;
	*status_only = true;
	return CC_OK;
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

/* --- which two states --- */

/* Something but the status differs. */
static bool differ(cc_call *c, const pair *p)
{
	cc_json *a = NULL, *b = NULL;
	cc_diff *d = NULL;
	bool any = cc_objects_json(snap(c), &p->old->obs[p->from], &a, NULL) == CC_OK && cc_objects_json(snap(c), &p->new->obs[p->to], &b, NULL) == CC_OK &&
		cc_diff_objects(&d, a, b, 0, NULL) == CC_OK && cc_diff_count(d) > 0;
	cc_diff_free(d);
	cc_json_free(a);
	cc_json_free(b);
	return any;
}

/* The last change that is more than another status; else the last change; else first and last. */
static void last_change(cc_call *c, pair *p)
{
	enum { TRIES = 64 };
	const cc_object *o = p->new;
	size_t newest = 0;
	int tries = 0;
	for (size_t i = o->obs_count; i-- > 1 && tries < TRIES;) {
		if (!o->obs[i].changed)
			continue;
		newest = newest ? newest : i;
		p->to = i, p->from = i - 1;
		if (tries++, differ(c, p))
			return;
	}
	p->to = newest ? newest : o->obs_count - 1;
	p->from = newest ? newest - 1 : 0;
}

/* One of the same kind and owner, the youngest that is not itself: the other pods of a workload, its ReplicaSet before. */
static const cc_object *sibling(cc_call *c, const cc_object *o)
{
	const cc_snapshot *s = snap(c);
	const cc_entity *self = cc_entity_get(s, o->entity);
	const cc_object *best = NULL;
	for (size_t i = 0; i < cc_objects_count(s) && self->owner; i++) {
		const cc_object *other = cc_objects_get(s, i);
		const cc_entity *e = cc_entity_get(s, other->entity);
		if (other != o && e->kind == self->kind && e->owner == self->owner && (!best || other->created_ns > best->created_ns))
			best = other;
	}
	return best;
}

static cc_code with_sibling(cc_call *c, pair *p, cc_err *err)
{
	cc_entity_id id;
	cc_code code = cc_arg_entity(c, "with", &id, err);
	if (code != CC_OK)
		return code;
	if (id)
		code = cc_specs_of(c, id, &p->old, err);
	else if (!(p->old = sibling(c, p->new))) {
		cc_err_set(err, CC_EUNKNOWN, "diff: nothing else of its kind has the same owner");
		return cc_err_hint(err, "with=NAME compares it with any other object");
	}
	if (code == CC_OK)
		p->from = p->old->obs_count - 1;
	return code;
}

static cc_code at_cursor(cc_call *c, pair *p, cc_err *err)
{
	int64_t at = cc_case_view(cc_session_case(c->session)).at_ns;
	if (at == CC_TIME_NONE) {
		cc_err_set(err, CC_EUSAGE, "diff: no time cursor is set");
		return cc_err_hint(err, "`at TIME` sets it; from= and to= name times");
	}
	p->from = cc_objects_obs_at(p->old, at);
	p->from = p->from == SIZE_MAX ? 0 : p->from;
	return CC_OK;
}

static cc_code choose(cc_call *c, pair *p, cc_err *err)
{
	const char *against = cc_arg(c, "against");
	cc_code code = CC_OK;
	p->old = p->new;
	p->from = 0, p->to = p->new->obs_count - 1;
	if (cc_arg_given(c, "with") || (against && strcmp(against, "sibling") == 0))
		code = with_sibling(c, p, err);
	else if (against && strcmp(against, "cursor") == 0)
		code = at_cursor(c, p, err);
	else if (!against || strcmp(against, "first") != 0)
		last_change(c, p);
	if (code == CC_OK)
		code = cc_specs_observation(c, p->new, "to", p->to, &p->to, err);
	if (code == CC_OK && p->old == p->new && cc_arg_given(c, "to") && !cc_arg_given(c, "from") && !against)
		p->from = p->to ? p->to - 1 : 0;
	return code == CC_OK ? cc_specs_observation(c, p->old, "from", p->from, &p->from, err) : code;
}

/* --- the command --- */

/* "17:05:23Z -> 17:05:53Z": one and the same poll is no interval. */
static void head(cc_call *c, cc_reply *r, const pair *p)
{
	cc_str name = ev_entity_text(c, p->new->entity), other = ev_entity_text(c, p->old->entity);
	int64_t from = p->old->obs[p->from].time_ns, to = p->new->obs[p->to].time_ns;
	cc_buf times = CC_BUF_INIT;
	if (p->old == p->new && from != to) {
		cc_buf_addz(&times, "  ");
		cc_time_format_clock(&times, from);
		cc_buf_addz(&times, " -> ");
		cc_time_format_clock(&times, to);
	}
	cc_reply_set_title(r, "DIFF %.*s%s%.*s%.*s", CC_STR_ARG(name), p->old == p->new ? "" : " with ",
		CC_STR_ARG(p->old == p->new ? CC_STR_EMPTY : other), CC_STR_ARG(cc_buf_str(&times)));
	cc_buf_deinit(&times);
}

/* Which states they are, below what differs: on a small screen nine rows of it would hide that. */
static void facts(cc_call *c, cc_reply *r, const pair *p)
{
	cc_specs_facts(c, r, p->new, p->to);
	cc_reply_fact(r, "from", "compared with", cc_cell_time(p->old->obs[p->from].time_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "from_cite", "cite before", cc_cell_cite(p->old->obs[p->from].cite), CC_ROLE_DIM);
	if (p->old != p->new)
		cc_reply_fact(r, "with", "with", cc_cell_entity(p->old->entity), CC_ROLE_ENTITY);
}

static cc_code compare(cc_call *c, cc_reply *r, const pair *p, const cc_json *a, const cc_json *b, cc_err *err)
{
	unsigned flags = (cc_arg_bool(c, "status", false) ? CC_DIFF_WITH_STATUS : 0u) | (specs_noise(c) ? CC_DIFF_WITH_CHURN : 0u);
	cc_diff *d = NULL;
	bool status_only = false;
	cc_code code = differences(a, b, &flags, &d, &status_only, err);
	if (code == CC_OK) {
		diff_items(c, r, d, p, status_only);
		code = diff_text(r, a, b, flags, err);
	}
	if (p->new->obs_count == 1 && p->old == p->new)
		cc_reply_add_note(r, "only one observation exists: there is nothing to compare it with but a sibling (against=sibling, with=NAME)");
	cc_diff_free(d);
	return code;
}

static cc_code run_diff(cc_call *c, cc_reply *r, cc_err *err)
{
	pair p;
	cc_json *a = NULL, *b = NULL;
	cc_code code = cc_specs_find(c, &p.new, err);
	if (code == CC_OK)
		code = choose(c, &p, err);
	if (code == CC_OK)
		code = cc_objects_json(snap(c), &p.old->obs[p.from], &a, err);
	if (code == CC_OK)
		code = cc_objects_json(snap(c), &p.new->obs[p.to], &b, err);
	if (code == CC_OK) {
		head(c, r, &p);
		code = compare(c, r, &p, a, b, err);
		facts(c, r, &p);
	}
	cc_json_free(a);
	cc_json_free(b);
	return code;
}

static const char *const against_choices[] = { "previous", "first", "sibling", "cursor", NULL };

const cc_cmd cc_cmd_diff = {
	.name = "diff",
	.alias = "df",
	.group = "evidence",
	.summary = "what changed in one object: said in words, then line by line",
	.help = "Without times: the last change, that is the poll that showed it against the one before. from= and to= choose observations.",
	.params = (const cc_param[]){ SPECS_PARAM_ENTITY, { .name = "from", .type = CC_PARAM_TIME, .help = "older state: as polled at or before then" },
		{ .name = "to", .type = CC_PARAM_TIME, .help = "newer state" },
		{ .name = "against", .type = CC_PARAM_CHOICE, .choices = against_choices, .completer = CC_COMPLETE_CHOICE, .help = "previous (default): before the last change; first; sibling: another of the same owner; cursor: as it was at the time cursor" },
		{ .name = "with", .type = CC_PARAM_ENTITY, .completer = CC_COMPLETE_ENTITY, .help = "another object instead of an earlier state" },
		{ .name = "status", .type = CC_PARAM_BOOL, .help = "list status changes too; they are listed anyway when nothing else changed" }, { .name = "noise", .type = CC_PARAM_BOOL, .help = "show the noise too: managedFields, resourceVersion, timestamps, heartbeats" },
		SPECS_PARAM_HIDDEN, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "diff ConfigMap/flagd-config", "diff ConfigMap/flagd-config against=first", "diff Deployment/quote with=Deployment/cart", NULL },
	.reply = (const char *const[]){ "object  facts: entity, owner, polled, observation, revisions, created, gone, cite, from, from_cite, with (another object)", "items[]  op (+ - ~), change in words, path, before, after",
		"diff    lines with + and -", NULL },
	.run = run_diff,
};
