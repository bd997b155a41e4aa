/* truth_groups.c - the named things of a ground truth: v1 groups with their filters, v2 entities taken by name. */
#include <string.h>
#include "truth_priv.h"

enum { FILTERS_MAX = 16384 };

cc_str cc_truth_id_base(cc_str id)
{
	size_t n = id.n;
	while (n && id.p[n - 1] >= '0' && id.p[n - 1] <= '9')
		n--;
	return n && n < id.n && id.p[n - 1] == '-' ? cc_str_sub(id, 0, n - 1) : id;
}

cc_str cc_truth_id_stem(cc_str id, cc_str folded_kind)
{
	cc_str base = cc_truth_id_base(id);
	size_t i = base.n, k = folded_kind.n;
	/* From the end, as hyphens may part the words of the kind: horizontal-pod-autoscaler. */
	while (i && k) {
		char c = base.p[i - 1];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == folded_kind.p[k - 1])
			k--;
		else if (c != '-')
			break;
		i--;
	}
	return !k && folded_kind.n && i > 1 && base.p[i - 1] == '-' ? cc_str_sub(base, 0, i - 1) : base;
}

size_t cc_truth_group_find(const cc_truth *t, cc_str id)
{
	for (size_t i = 0; i < t->group_count; i++)
		if (cc_str_eq(t->groups[i].id, id))
			return i;
	return CC_STR_NONE;
}

cc_str cc_truth_label(const cc_truth *t, cc_str id)
{
	size_t g = cc_truth_group_find(t, id);
	return g == CC_STR_NONE ? id : t->groups[g].label;
}

/* A double-quoted "\b" of YAML decodes to a backspace; nobody means that in a name. */
static cc_str read_filter(truth_builder *b, cc_str text, cc_str id)
{
	if (cc_str_find_char(text, '\b') == CC_STR_NONE)
		return cc_truth_copy(b, text);
	char *p = cc_arena_array(b->t->arena, text.n + 1, 2);
	size_t n = 0;
	if (!p) {
		b->oom = true;
		return CC_STR_EMPTY;
	}
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\b')
			p[n++] = '\\';
		p[n++] = text.p[i] == '\b' ? 'b' : text.p[i];
	}
	cc_truth_warn(b, "backspace", id, "a filter holds a backspace byte, read as \\b");
	return (cc_str){ p, n };
}

/* Appends the filters of `value` (text or list of texts) to the group's. */
static cc_code add_filters(truth_builder *b, cc_truth_group *g, const cc_json *value, cc_err *err)
{
	bool list = cc_json_typeof(value) == CC_JSON_ARRAY;
	size_t more = list ? cc_json_count(value) : 1, n = g->filter_count;
	if ((b->filter_total += more) > FILTERS_MAX)
		return cc_err_set(err, CC_ELIMIT, "%.*s: more than %d filters", CC_STR_ARG(b->t->name), FILTERS_MAX);
	cc_str *all = cc_arena_array(b->t->arena, n + more + 1, sizeof *all);
	if (!all)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	if (n)
		memcpy(all, g->filters, n * sizeof *all);
	for (const cc_json *v = list ? cc_json_first(value) : value; v; v = list ? cc_json_next(v) : NULL) {
		cc_str text = cc_json_text(v);
		bool known = !text.n;
		for (size_t i = 0; i < n; i++)
			known |= cc_str_eq(all[i], text);
		if (!known)
			all[n++] = read_filter(b, text, g->id);
	}
	g->filters = all;
	g->filter_count = n;
	return CC_OK;
}

static void warn_pattern(truth_builder *b, const cc_truth_group *g, const cc_pattern *p)
{
	if (p->text.n > CC_TRUTH_PATTERN_MAX)
		cc_truth_warn(b, "long_filter", g->id, "a filter is too long and matches nothing");
	else if (p->shape == PATTERN_INVALID)
		cc_truth_warn(b, "bad_regex", p->text, "not a regular expression");
	else if (p->glob_like)
		cc_truth_warn(b, "glob", p->text, "written as a glob, also matched as one");
}

static bool compile_filters(truth_builder *b, cc_truth_group *g)
{
	cc_pattern *p = cc_arena_array(b->t->arena, g->filter_count + 1, sizeof *p);
	if (!p)
		return false;
	for (size_t i = 0; i < g->filter_count; i++) {
		if (!cc_pattern_compile(&p[i], b->t->arena, g->filters[i], g->literal))
			return false;
		warn_pattern(b, g, &p[i]);
	}
	g->patterns = p;
	return true;
}

/* How a person would write the group: its literal, or what its id says when the filter is about none. */
static bool label_group(truth_builder *b, cc_truth_group *g)
{
	cc_arena *arena = b->t->arena;
	cc_str kind = cc_truth_kind_fold(arena, g->kind), name = CC_STR_EMPTY, ns = g->ns;
	if (!kind.p)
		return false;
	for (size_t i = 0; i < g->filter_count && !name.n; i++)
		name = g->literal ? g->filters[i] : g->patterns[i].literal;
	if (!name.n)
		name = cc_truth_id_stem(g->id, kind);
	if (cc_truth_kind_cluster_scoped(kind))
		ns = CC_STR("cluster");
	else if (!ns.n)
		ns = CC_STR("any");
	g->label = cc_arena_printf(arena, "%.*s/%.*s/%.*s", CC_STR_ARG(ns), CC_STR_ARG(g->kind), CC_STR_ARG(name));
	return g->label.p != NULL;
}

static bool is_true(const cc_json *v)
{
	cc_str s = cc_json_text(v);
	return cc_str_eq_nocase(s, CC_STR("true")) || cc_str_eq_nocase(s, CC_STR("yes"));
}

static void warn_group(truth_builder *b, const cc_truth_group *g)
{
	cc_str kind = cc_truth_kind_fold(b->t->arena, g->kind);
	if (!g->kind.n)
		cc_truth_warn(b, "no_kind", g->id, "the group has no kind and matches nothing");
	if (!g->ns.n && !cc_truth_kind_cluster_scoped(kind))
		cc_truth_warn(b, "no_namespace", g->id, "the group has no namespace and matches in any");
	if (!g->filter_count)
		cc_truth_warn(b, "no_filter", g->id, "the group has neither filter nor name and matches nothing");
}

/* The group with this id, a new one when there is none yet. */
static cc_truth_group *slot(truth_builder *b, const cc_json *v)
{
	cc_truth *t = b->t;
	cc_str id = cc_json_text(cc_json_get(v, "id"));
	size_t at = id.n ? cc_truth_group_find(t, id) : CC_STR_NONE;
	if (at != CC_STR_NONE) {
		cc_truth_warn(b, "dup_id", id, "two groups have this id and were merged");
		return &t->groups[at];
	}
	cc_truth_group *g = &t->groups[t->group_count++];
	g->id = id.n ? cc_truth_copy(b, id) : cc_arena_printf(t->arena, "group-%zu", t->group_count);
	g->kind = cc_truth_member(b, v, "kind");
	g->ns = cc_truth_member(b, v, "namespace");
	if (!id.n)
		cc_truth_warn(b, "no_id", g->id, "a group has no id and was numbered");
	return g;
}

static cc_code read_group(truth_builder *b, const cc_json *v, cc_err *err)
{
	const cc_json *filter = cc_json_get(v, "filter"), *name = cc_json_get(v, "name");
	cc_truth_group *g = slot(b, v);
	g->root |= is_true(cc_json_get(v, "root_cause"));
	bool by_filter = filter && (cc_json_typeof(filter) == CC_JSON_ARRAY ? cc_json_count(filter) : cc_json_text(filter).n);
	if (!by_filter && !cc_json_text(name).n)
		return CC_OK;
	/* Merged groups are names only when all of them are. */
	g->literal = !by_filter && (g->literal || !g->filter_count);
	return add_filters(b, g, by_filter ? filter : name, err);
}

static cc_code finish_groups(truth_builder *b, cc_err *err)
{
	for (size_t i = 0; i < b->t->group_count; i++) {
		cc_truth_group *g = &b->t->groups[i];
		if (!compile_filters(b, g) || !label_group(b, g))
			return cc_err_set(err, CC_ENOMEM, "out of memory");
		warn_group(b, g);
	}
	return CC_OK;
}

cc_code cc_truth_read_groups(truth_builder *b, const cc_json *groups, cc_err *err)
{
	cc_code code;
	b->t->groups = cc_truth_items(b, groups, sizeof *b->t->groups, "groups", &code, err);
	for (const cc_json *v = cc_json_first(groups); v && !code; v = cc_json_next(v)) {
		if (cc_json_typeof(v) == CC_JSON_OBJECT)
			code = read_group(b, v, err);
		else
			cc_truth_warn(b, "bad_group", cc_json_text(v), "a group is not a mapping and was left out");
	}
	return code ? code : finish_groups(b, err);
}

static cc_code read_entity(truth_builder *b, const cc_json *v, cc_err *err)
{
	cc_truth *t = b->t;
	const cc_json *meta = cc_json_get(v, "metadata") ? cc_json_get(v, "metadata") : v;
	cc_str kind = cc_json_text(cc_json_get(v, "kind")), ns = cc_json_text(cc_json_get(meta, "namespace"));
	cc_str name = cc_json_text(cc_json_get(meta, "name"));
	cc_truth_group *g = &t->groups[t->group_count];
	if (cc_json_typeof(cc_json_get(meta, "namespace")) == CC_JSON_NULL)
		ns = CC_STR_EMPTY;
	*g = (cc_truth_group){ .kind = cc_truth_copy(b, kind), .ns = cc_truth_copy(b, ns), .root = true, .literal = true };
	g->id = cc_arena_printf(t->arena, "%.*s/%.*s/%.*s", CC_STR_ARG(ns.n ? ns : CC_STR("cluster")), CC_STR_ARG(kind), CC_STR_ARG(name));
	if (!g->id.p)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	if (!name.n) {
		cc_truth_warn(b, "no_name", kind, "an entity has no name and was left out");
		return CC_OK;
	}
	if (cc_truth_group_find(t, g->id) != CC_STR_NONE) {
		cc_truth_warn(b, "dup_id", g->id, "an entity is listed twice");
		return CC_OK;
	}
	t->group_count++;
	return add_filters(b, g, cc_json_get(meta, "name"), err);
}

cc_code cc_truth_read_entities(truth_builder *b, const cc_json *entities, cc_err *err)
{
	cc_code code;
	b->t->groups = cc_truth_items(b, entities, sizeof *b->t->groups, "entities", &code, err);
	for (const cc_json *v = cc_json_first(entities); v && !code; v = cc_json_next(v)) {
		if (cc_json_typeof(v) == CC_JSON_OBJECT)
			code = read_entity(b, v, err);
		else
			cc_truth_warn(b, "bad_entity", cc_json_text(v), "an entity is not a mapping and was left out");
	}
	return code ? code : finish_groups(b, err);
}
