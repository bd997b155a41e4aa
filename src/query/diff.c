/* diff.c - two states of an object walked side by side. Lists whose elements can be told apart by a key are compared
 * element by element, others as sets; texts that hold JSON or YAML in ConfigMaps are walked as documents. */
#include <stdlib.h>

#include "diff_priv.h"
#include "coldcase/map.h"
#include "coldcase/xalloc.h"
#include "coldcase/yaml.h"

static void walk_value(diff_walk *w, const cc_json *a, const cc_json *b);

static bool push(diff_walk *w, cc_str text, bool item)
{
	if (w->path.n >= DIFF_DEPTH_MAX)
		return false;
	w->path.segs[w->path.n++] = (diff_seg){ text, item };
	return true;
}

static void pop(diff_walk *w)
{
	w->path.n--;
}

static cc_diff_weight weight_of(const diff_path *path)
{
	if (path->n == 0)
		return CC_DIFF_SPEC;
	cc_str top = path->segs[0].text;
	if (cc_str_eqz(top, "status"))
		return CC_DIFF_STATUS;
	bool grave = cc_diff_path_is(path, "metadata.uid") || cc_diff_path_is(path, "metadata.deletionTimestamp");
	return cc_str_eqz(top, "metadata") && !grave ? CC_DIFF_META : CC_DIFF_SPEC;
}

static cc_str kept(cc_diff *d, cc_buf *b)
{
	cc_str s = cc_arena_dup(d->arena, cc_buf_str(b));
	if (!s.p || !cc_buf_ok(b))
		d->failed = true;
	cc_buf_deinit(b);
	return s.p ? s : CC_STR_EMPTY;
}

static cc_str side_text(diff_walk *w, const cc_json *v, bool masked)
{
	cc_buf b = CC_BUF_INIT;
	if (!v)
		return CC_STR_EMPTY;
	if (masked)
		cc_buf_addz(&b, "<masked>");
	else
		cc_diff_value_text(v, DIFF_TEXT_MAX, &b);
	return kept(w->d, &b);
}

static void add_item(diff_walk *w, cc_diff_op op, const cc_json *a, const cc_json *b)
{
	if (w->d->items.n >= DIFF_ITEMS_MAX) {
		w->d->hidden++;
		return;
	}
	cc_buf path = CC_BUF_INIT, line = CC_BUF_INIT;
	cc_diff_path_text(&w->path, &path);
	cc_diff_say(w, op, a, b, &line);
	bool masked = cc_diff_masks(w, a, b);
	cc_diff_item item = { .op = op, .weight = weight_of(&w->path), .before = side_text(w, a, masked),
		.after = side_text(w, b, masked) };
	item.path = kept(w->d, &path);
	item.line = kept(w->d, &line);
	if (!cc_vec_push(&w->d->items, item))
		w->d->failed = true;
}

/* True when the difference here is not to be listed; it is counted instead. */
static bool hides(diff_walk *w)
{
	if (w->flags & CC_DIFF_WITH_CHURN)
		return false;
	bool status = cc_diff_path_is(&w->path, "status") && !(w->flags & CC_DIFF_WITH_STATUS);
	if (!status && !cc_diff_is_churn(&w->path, w->kind, RULE_DIFF))
		return false;
	w->d->hidden++;
	return true;
}

/* Maps of single settings that come or go whole are listed setting by setting. */
static bool is_map_of_settings(const diff_path *path, const cc_json *v)
{
	static const char *const maps[] = { "annotations", "labels", "nodeSelector", "matchLabels", "limits",
		"requests", "resources" };
	if (cc_json_typeof(v) != CC_JSON_OBJECT || !cc_json_first(v) || path->n == 0 || path->segs[path->n - 1].item)
		return false;
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		if (cc_str_eqz(path->segs[path->n - 1].text, maps[i]))
			return true;
	return path->n <= 2 && !cc_diff_path_is(path, "spec.template");
}

/* So are variables, tolerations and taints. */
static bool is_list_of_settings(const diff_path *path, const cc_json *v)
{
	static const char *const lists[] = { "env", "tolerations", "taints" };
	for (size_t i = 0; i < sizeof lists / sizeof *lists && path->n && cc_json_typeof(v) == CC_JSON_ARRAY && cc_json_first(v); i++)
		if (cc_str_eqz(path->segs[path->n - 1].text, lists[i]))
			return true;
	return false;
}

static void walk_pair(diff_walk *w, const cc_json *a, const cc_json *b)
{
	if (a && b) {
		if (!cc_json_equal(a, b) && !hides(w))
			walk_value(w, a, b);
	} else if (!hides(w)) {
		if (is_map_of_settings(&w->path, a ? a : b) || is_list_of_settings(&w->path, a ? a : b))
			walk_value(w, a, b);
		else
			add_item(w, a ? CC_DIFF_REMOVED : CC_DIFF_ADDED, a, b);
	}
}

static void walk_member(diff_walk *w, cc_str key, bool item, const cc_json *a, const cc_json *b)
{
	if (!push(w, key, item)) {
		w->d->hidden++;
		return;
	}
	walk_pair(w, a, b);
	pop(w);
}

/* Members by key; a map for large objects, so that a ConfigMap with 50,000 keys is no quadratic trap. */
typedef struct members { const cc_json *object; cc_map *map; } members;

static members members_of(const cc_json *object)
{
	members m = { object, NULL };
	if (cc_json_count(object) > 32 && (m.map = cc_map_new()) != NULL)
		for (const cc_json *v = cc_json_first(object); v; v = cc_json_next(v))
			if (!cc_map_set(m.map, cc_json_key(v), (uint64_t)(uintptr_t)v)) {
				cc_map_free(m.map);
				m.map = NULL;
				break;
			}
	return m;
}

static const cc_json *member(const members *m, cc_str key)
{
	uint64_t found = 0;
	if (m->map) {
		cc_map_get(m->map, key, &found);
		return (const cc_json *)(uintptr_t)found;
	}
	for (const cc_json *v = cc_json_first(m->object); v; v = cc_json_next(v))
		if (cc_str_eq(cc_json_key(v), key))
			return v;
	return NULL;
}

static void walk_object(diff_walk *w, const cc_json *a, const cc_json *b)
{
	members in_a = members_of(a), in_b = members_of(b);
	for (const cc_json *v = cc_json_first(a); v; v = cc_json_next(v))
		walk_member(w, cc_json_key(v), false, v, member(&in_b, cc_json_key(v)));
	for (const cc_json *v = cc_json_first(b); v; v = cc_json_next(v))
		if (!member(&in_a, cc_json_key(v)))
			walk_member(w, cc_json_key(v), false, NULL, v);
	cc_map_free(in_a.map);
	cc_map_free(in_b.map);
}

/* --- lists --- */

typedef struct list_key { const char *first, *second; } list_key;
static const list_key list_keys[] = { { "name", NULL }, { "containerPort", "protocol" }, { "port", "protocol" },
	{ "mountPath", NULL }, { "type", NULL }, { "uid", NULL }, { "ip", NULL }, { "host", NULL }, { "path", NULL } };

static bool key_text(const cc_json *v, const list_key *key, cc_arena *arena, cc_str *out)
{
	cc_str first = cc_json_text(cc_json_get(v, key->first));
	if (first.n == 0)
		return false;
	cc_str second = key->second ? cc_json_text(cc_json_get(v, key->second)) : CC_STR_EMPTY;
	*out = second.n ? cc_arena_printf(arena, "%.*s/%.*s", CC_STR_ARG(first), CC_STR_ARG(second)) : first;
	return out->p != NULL;
}

/* Elements by key; false when some element has none or two share one. The value stored is the position. */
static bool index_list(cc_map *map, const cc_json *list, const list_key *key, cc_arena *arena)
{
	uint64_t i = 0;
	for (const cc_json *v = cc_json_first(list); v; v = cc_json_next(v), i++) {
		cc_str text;
		if (cc_json_typeof(v) != CC_JSON_OBJECT || !key_text(v, key, arena, &text) ||
			cc_map_get(map, text, NULL))
			return false;
		if (!cc_map_set(map, text, (uint64_t)(uintptr_t)v))
			return false;
	}
	return true;
}

static bool walk_keyed(diff_walk *w, const cc_json *a, const cc_json *b, const list_key *key)
{
	cc_map *in_a = cc_map_new(), *in_b = cc_map_new();
	bool ok = in_a && in_b && index_list(in_a, a, key, w->d->arena) && index_list(in_b, b, key, w->d->arena);
	for (size_t i = 0; ok && i < cc_map_count(in_a); i++) {
		cc_str text;
		uint64_t va, vb = 0;
		cc_map_entry(in_a, i, &text, &va);
		cc_map_get(in_b, text, &vb);
		walk_member(w, text, true, (const cc_json *)(uintptr_t)va, (const cc_json *)(uintptr_t)vb);
	}
	for (size_t i = 0; ok && i < cc_map_count(in_b); i++) {
		cc_str text;
		uint64_t vb;
		cc_map_entry(in_b, i, &text, &vb);
		if (!cc_map_get(in_a, text, NULL))
			walk_member(w, text, true, NULL, (const cc_json *)(uintptr_t)vb);
	}
	cc_map_free(in_a);
	cc_map_free(in_b);
	return ok;
}

static bool only_objects(const cc_json *list)
{
	for (const cc_json *v = cc_json_first(list); v; v = cc_json_next(v))
		if (cc_json_typeof(v) != CC_JSON_OBJECT)
			return false;
	return true;
}

/* Elements of `from` whose text is not in `other`, as added or removed; each needs its own counterpart. */
static void walk_set_side(diff_walk *w, const cc_json *from, const cc_json *other, cc_diff_op op)
{
	cc_map *counts = cc_map_new();
	for (const cc_json *v = cc_json_first(other); counts && v; v = cc_json_next(v)) {
		cc_buf b = CC_BUF_INIT;
		cc_json_write(&b, v, true);
		cc_str text = kept(w->d, &b);
		uint64_t *n = cc_map_slot(counts, text, 0);
		if (n)
			++*n;
	}
	size_t i = 0;
	for (const cc_json *v = cc_json_first(from); counts && v; v = cc_json_next(v), i++) {
		cc_buf b = CC_BUF_INIT;
		cc_json_write(&b, v, true);
		uint64_t n = 0;
		if (cc_map_get(counts, cc_buf_str(&b), &n) && n > 0) {
			--*cc_map_slot(counts, cc_buf_str(&b), 0);
		} else if (push(w, cc_arena_printf(w->d->arena, "%zu", i), true)) {
			add_item(w, op, op == CC_DIFF_REMOVED ? v : NULL, op == CC_DIFF_ADDED ? v : NULL);
			pop(w);
		}
		cc_buf_deinit(&b);
	}
	if (!counts)
		w->d->failed = true;
	cc_map_free(counts);
}

static void walk_list(diff_walk *w, const cc_json *a, const cc_json *b)
{
	if (!only_objects(a) || !only_objects(b)) {
		add_item(w, CC_DIFF_CHANGED, a, b);
		return;
	}
	for (size_t i = 0; i < sizeof list_keys / sizeof *list_keys; i++)
		if (walk_keyed(w, a, b, &list_keys[i]))
			return;
	if (cc_json_count(a) == 1 && cc_json_count(b) == 1) {
		walk_member(w, CC_STR("0"), true, cc_json_first(a), cc_json_first(b));
		return;
	}
	walk_set_side(w, a, b, CC_DIFF_REMOVED);
	walk_set_side(w, b, a, CC_DIFF_ADDED);
}

/* --- documents inside texts --- */

static cc_json *embedded(const diff_walk *w, const cc_json *v)
{
	cc_str text = cc_str_trim(cc_json_str(v));
	bool config = cc_str_eqz(w->kind, "ConfigMap") && w->path.n >= 2 && cc_str_eqz(w->path.segs[0].text, "data");
	cc_json *doc = NULL;
	if (text.n < 2 || w->secret)
		return NULL;
	cc_code code = CC_EFORMAT;
	if (text.p[0] == '{' || text.p[0] == '[')
		code = cc_json_parse(&doc, text, NULL);
	else if (config && cc_str_find_char(text, ':') != CC_STR_NONE)
		code = cc_yaml_parse(&doc, text, NULL);
	cc_json_type type = cc_json_typeof(doc);
	if (code != CC_OK || (type != CC_JSON_OBJECT && type != CC_JSON_ARRAY)) {
		cc_json_free(doc);
		return NULL;
	}
	return doc;
}

static bool walk_embedded(diff_walk *w, const cc_json *a, const cc_json *b)
{
	if (w->embedded >= DIFF_EMBEDDED_MAX)
		return false;
	cc_json *da = embedded(w, a), *db = embedded(w, b);
	bool both = da && db && cc_json_typeof(da) == cc_json_typeof(db) && !cc_json_equal(da, db);
	if (both) {
		size_t before = w->d->items.n;
		w->embedded++;
		walk_value(w, da, db);
		w->embedded--;
		both = w->d->items.n > before;
	}
	cc_json_free(da);
	cc_json_free(db);
	return both;
}

static bool is_container_state(const diff_path *path)
{
	return path->n >= 4 && cc_str_eqz(path->segs[path->n - 1].text, "state") && path->segs[path->n - 2].item &&
		cc_str_ends(path->segs[path->n - 3].text, CC_STR("ontainerStatuses"));
}

/* A container's state is one thing: running since another second is no change. */
static void walk_state(diff_walk *w, const cc_json *a, const cc_json *b)
{
	cc_buf before = CC_BUF_INIT, after = CC_BUF_INIT;
	cc_diff_state_text(a, &before);
	cc_diff_state_text(b, &after);
	if (cc_str_eq(cc_buf_str(&before), cc_buf_str(&after)))
		w->d->hidden++;
	else
		add_item(w, CC_DIFF_CHANGED, a, b);
	cc_buf_deinit(&before);
	cc_buf_deinit(&after);
}

/* a or b may be NULL: the members of the other side are listed. */
static void walk_value(diff_walk *w, const cc_json *a, const cc_json *b)
{
	cc_json_type ta = cc_json_typeof(a ? a : b), tb = cc_json_typeof(b ? b : a);
	if (a && b && is_container_state(&w->path) && !(w->flags & CC_DIFF_WITH_CHURN))
		walk_state(w, a, b);
	else if (ta == CC_JSON_OBJECT && tb == CC_JSON_OBJECT)
		walk_object(w, a, b);
	else if (ta == CC_JSON_ARRAY && tb == CC_JSON_ARRAY)
		walk_list(w, a, b);
	else if (ta != CC_JSON_STRING || tb != CC_JSON_STRING || !walk_embedded(w, a, b))
		add_item(w, CC_DIFF_CHANGED, a, b);
}

/* --- results --- */

static int by_weight(const void *x, const void *y)
{
	const cc_diff_item *a = x, *b = y;
	if (a->weight != b->weight)
		return a->weight < b->weight ? 1 : -1;
	int cmp = cc_str_cmp_natural(a->path, b->path);
	if (cmp)
		return cmp;
	return a->op != b->op ? (a->op < b->op ? 1 : -1) : cc_str_cmp(a->after, b->after);
}

static void whole_object(diff_walk *w, const cc_json *a, const cc_json *b)
{
	cc_buf line = CC_BUF_INIT, gist = CC_BUF_INIT;
	cc_diff_gist(a ? a : b, w->kind, &gist);
	cc_buf_addf(&line, "%s%s%.*s", a ? "deleted" : "created", gist.n ? ": " : "", CC_STR_ARG(cc_buf_str(&gist)));
	cc_buf_deinit(&gist);
	cc_diff_item item = { .op = a ? CC_DIFF_REMOVED : CC_DIFF_ADDED, .weight = CC_DIFF_SPEC, .path = CC_STR_EMPTY,
		.before = CC_STR_EMPTY, .after = CC_STR_EMPTY, .line = kept(w->d, &line) };
	if (!cc_vec_push(&w->d->items, item))
		w->d->failed = true;
}

cc_code cc_diff_objects(cc_diff **out, const cc_json *a, const cc_json *b, unsigned flags, cc_err *err)
{
	*out = NULL;
	cc_diff *d = cc_calloc(1, sizeof *d);
	diff_walk *w = cc_calloc(1, sizeof *w);
	if (d)
		d->arena = cc_arena_new();
	if (!d || !d->arena || !w)
		goto no_memory;
	w->d = d;
	w->flags = flags;
	w->kind = cc_json_get_str(b ? b : a, "kind");
	w->secret = cc_object_is_secret(a) || cc_object_is_secret(b);
	if (a && b)
		walk_value(w, a, b);
	else if (a || b)
		whole_object(w, a, b);
	if (d->failed)
		goto no_memory;
	if (d->items.n)
		qsort(d->items.p, d->items.n, sizeof *d->items.p, by_weight);
	cc_free(w);
	*out = d;
	return CC_OK;
no_memory:
	cc_free(w);
	cc_diff_free(d);
	return cc_err_set(err, CC_ENOMEM, "diff: out of memory");
}

void cc_diff_free(cc_diff *d)
{
	if (!d)
		return;
	cc_vec_deinit(&d->items);
	cc_arena_free(d->arena);
	cc_free(d);
}

size_t cc_diff_count(const cc_diff *d)
{
	return d->items.n;
}

const cc_diff_item *cc_diff_get(const cc_diff *d, size_t i)
{
	return i < d->items.n ? &d->items.p[i] : NULL;
}

size_t cc_diff_hidden(const cc_diff *d)
{
	return d->hidden;
}

void cc_diff_summary(const cc_diff *d, cc_buf *out, size_t max)
{
	if (d->items.n == 0)
		cc_buf_addz(out, "no change");
	for (size_t i = 0; i < d->items.n && i < max; i++) {
		if (i)
			cc_buf_addz(out, "; ");
		cc_buf_add(out, d->items.p[i].line);
	}
	if (d->items.n > max)
		cc_buf_addf(out, "; +%zu more", d->items.n - max);
}
