/* objects_fields.c - managedFields, derived from the body itself.
 *
 * An entry owns what stands below its paths, less what later editors own: whoever changes a field takes it over. The
 * body and the editors' fieldsV1 are walked as JSON text; both are compact and ours (editors' texts are normalized
 * first), so a value's extent is found by counting brackets and nothing is built in memory. */
#include <string.h>

#include "forge/objects.h"

enum { ITEMS = 96, PATHS = 8 };

/* Lists whose elements are told apart by a key, as the API's types declare them. */
static const struct list_key { const char *list, *first, *second; } LISTS[] = {
	{ "addresses", "type", NULL }, { "conditions", "type", NULL }, { "containers", "name", NULL },
		{ "env", "name", NULL },
	{ "hostIPs", "ip", NULL }, { "initContainers", "name", NULL }, { "ownerReferences", "uid", NULL },
	{ "podIPs", "ip", NULL },
	{ "ports", "containerPort", "protocol" }, { "ports", "port", "protocol" }, { "volumeMounts", "mountPath",
	NULL },
	{ "volumes", "name", NULL },
};
static const char *const SETS[] = { "finalizers", "podCIDRs" };
/* Structures that always exist: their own existence belongs to nobody. */
static const char *const PLAIN[] = { "acceptedNames", "containers", "daemonEndpoints", "jobTemplate", "kubeletEndpoint",
	"loadBalancer",
	"metadata", "names", "nodeInfo", "roleRef", "scaleTargetRef", "spec", "status", "strategy", "template",
	"updateStrategy" };
static const char *const ATOMIC[] = { "fieldRef", "labelSelector", "nodeSelector", "podSelector", "secretKeyRef" };

static bool among(const char *const *words, size_t n, cc_str key)
{
	for (size_t i = 0; i < n; i++)
		if (cc_str_eqz(key, words[i])) return true;
	return false;
}
#define AMONG(words, key) among(words, sizeof(words) / sizeof(words)[0], key)

/* ---- JSON text ---- */

static size_t string_end(cc_str j, size_t i)
{
	for (size_t from = i + 1; from < j.n;) {
		const char *quote = memchr(j.p + from, '"', j.n - from);
		if (!quote) break;
		size_t at = (size_t)(quote - j.p), slashes = 0;
		while (at - slashes > from && j.p[at - slashes - 1] == '\\') slashes++;
		if (slashes % 2 == 0) return at + 1;
		from = at + 1;
	}
	return j.n;
}

static size_t value_end(cc_str j, size_t i)
{
	int depth = 0;
	while (i < j.n) {
		char c = j.p[i];
		if (c == '"') {
			i = string_end(j, i);
			if (depth == 0) return i;
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']')) return i;
		if (c == '{' || c == '[') depth++;
		if (c == '}' || c == ']') depth--;
		i++;
		if (depth == 0 && (c == '}' || c == ']')) return i;
	}
	return i;
}

static bool next_value(cc_str j, size_t *i, cc_str *value)
{
	if (*i < j.n && j.p[*i] == ',') ++*i;
	if (*i >= j.n || j.p[*i] == ']' || j.p[*i] == '}') return false;
	size_t e = value_end(j, *i);
	*value = cc_str_sub(j, *i, e);
	*i = e;
	return true;
}

/* *i starts at 1. The key comes as it is written, without its quotes. */
static bool next_member(cc_str j, size_t *i, cc_str *key, cc_str *value)
{
	if (*i < j.n && j.p[*i] == ',') ++*i;
	if (*i >= j.n || j.p[*i] != '"') return false;
	size_t e = string_end(j, *i);
	*key = cc_str_sub(j, *i + 1, e - 1);
	*i = e + 1;
	return next_value(j, i, value);
}

static cc_str member(cc_str object, cc_str key)
{
	cc_str k, v;
	if (object.n == 0 || object.p[0] != '{') return CC_STR_EMPTY;
	for (size_t i = 1; next_member(object, &i, &k, &v);)
		if (cc_str_eq(k, key)) return v;
	return CC_STR_EMPTY;
}

static bool leaf(cc_str fields)
{
	return fields.n == 2;
}


/* ---- fields of a value ---- */

typedef struct walk { cc_buf *out, name; } walk; /* name: scratch for one element's name */
typedef struct keyed { cc_str first, second, item; } keyed;

static void value_fields(walk *w, cc_str key, cc_str value, cc_str minus);

static void add_quoted(cc_buf *out, cc_str json)
{
	for (size_t i = 0; i < json.n; i++) {
		if (json.p[i] == '"' || json.p[i] == '\\') cc_buf_add_char(out, '\\');
		cc_buf_add_char(out, json.p[i]);
	}
}

static const struct list_key *list_of(cc_str key, cc_str list)
{
	cc_str item;
	size_t i = 1;
	if (!next_value(list, &i, &item) || item.p[0] != '{') return NULL;
	for (size_t k = 0; k < sizeof LISTS / sizeof LISTS[0]; k++)
		if (cc_str_eqz(key, LISTS[k].list) && member(item, cc_str_from(LISTS[k].first)).n) return &LISTS[k];
	return NULL;
}

static int key_order(cc_str a, cc_str b)
{
	bool numbers = a.n && b.n && a.p[0] != '"' && b.p[0] != '"';
	if (numbers && a.n != b.n) return a.n < b.n ? -1 : 1;
	return cc_str_cmp(a, b);
}

static int collect(keyed items[ITEMS], cc_str list, const struct list_key *k)
{
	int n = 0;
	cc_str item;
	for (size_t i = 1; next_value(list, &i, &item); n++) {
		if (n == ITEMS) return -1;
		keyed it = { member(item, cc_str_from(k->first)), k->second ? member(item, cc_str_from(k->second))
			: CC_STR_EMPTY, item };
		int at = n;
		for (; at > 0; at--) {
			int order = key_order(it.first, items[at - 1].first);
			if (order > 0 || (order == 0 && cc_str_cmp(it.second, items[at - 1].second) >= 0)) break;
			items[at] = items[at - 1];
		}
		items[at] = it;
	}
	return n;
}

static void name_of(walk *w, const keyed *it, const struct list_key *k)
{
	cc_buf_clear(&w->name);
	cc_buf_addf(&w->name, "k:{\\\"%s\\\":", k->first);
	add_quoted(&w->name, it->first);
	if (k->second) {
		cc_buf_addf(&w->name, ",\\\"%s\\\":", k->second);
		add_quoted(&w->name, it->second);
	}
	cc_buf_add_char(&w->name, '}');
}

static void members(walk *w, cc_str key, cc_str object, cc_str minus, bool dot)
{
	cc_str k, v;
	(void)key;
	cc_buf_addz(w->out, dot ? "{\".\":{}" : "{");
	bool first = !dot;
	for (size_t i = 1; next_member(object, &i, &k, &v);) {
		if (cc_str_eqz(v, "null") && cc_str_eqz(k, "creationTimestamp")) continue;
		cc_buf_clear(&w->name);
		cc_buf_addz(&w->name, "f:");
		cc_buf_add(&w->name, k);
		cc_str theirs = member(minus, cc_buf_str(&w->name));
		if (leaf(theirs)) continue;
		cc_buf_addz(w->out, first ? "\"f:" : ",\"f:");
		first = false;
		cc_buf_add(w->out, k);
		cc_buf_addz(w->out, "\":");
		value_fields(w, k, v, theirs);
	}
	cc_buf_add_char(w->out, '}');
}

static void keyed_items(walk *w, cc_str key, cc_str list, const struct list_key *k, cc_str minus)
{
	keyed items[ITEMS];
	int n = collect(items, list, k);
	if (n < 0) {
		cc_buf_addz(w->out, "{}");
		return;
	}
	bool first = AMONG(PLAIN, key);
	cc_buf_addz(w->out, first ? "{" : "{\".\":{}");
	for (int i = 0; i < n; i++) {
		name_of(w, &items[i], k);
		cc_str theirs = member(minus, cc_buf_str(&w->name));
		if (leaf(theirs)) continue;
		cc_buf_addz(w->out, first ? "\"" : ",\"");
		first = false;
		cc_buf_add(w->out, cc_buf_str(&w->name));
		cc_buf_addz(w->out, "\":");
		members(w, key, items[i].item, theirs, true);
	}
	cc_buf_add_char(w->out, '}');
}

static void set_items(walk *w, cc_str list)
{
	cc_str item;
	cc_buf_addz(w->out, "{\".\":{}");
	for (size_t i = 1; next_value(list, &i, &item);) {
		cc_buf_addz(w->out, ",\"v:");
		add_quoted(w->out, item);
		cc_buf_addz(w->out, "\":{}");
	}
	cc_buf_add_char(w->out, '}');
}

static void value_fields(walk *w, cc_str key, cc_str value, cc_str minus)
{
	bool object = value.n > 2 && value.p[0] == '{', list = value.n > 2 && value.p[0] == '[';
	if (object && (AMONG(ATOMIC, key) || member(value, CC_STR("matchLabels")).n)) object = false;
	const struct list_key *k = list ? list_of(key, value) : NULL;
	if (object) members(w, key, value, minus, !AMONG(PLAIN, key));
	else if (k) keyed_items(w, key, value, k, minus);
	else if (list && AMONG(SETS, key)) set_items(w, value);
	else cc_buf_addz(w->out, "{}");
}

/* ---- joining fieldsV1 texts ---- */

static void join(cc_buf *out, cc_str a, cc_str b);

/* Members of both, in order; the bodies of those both have are joined. */
static void join_members(cc_buf *out, cc_str a, cc_str b)
{
	cc_str ka, va, kb, vb;
	size_t i = 1, k = 1;
	bool more_a = next_member(a, &i, &ka, &va), more_b = next_member(b, &k, &kb, &vb), first = true;
	while (more_a || more_b) {
		int order = !more_a ? 1 : !more_b ? -1 : cc_str_cmp(ka, kb);
		cc_buf_addz(out, first ? "\"" : ",\"");
		first = false;
		cc_buf_add(out, order <= 0 ? ka : kb);
		cc_buf_addz(out, "\":");
		join(out, order <= 0 ? va : CC_STR_EMPTY, order >= 0 ? vb : CC_STR_EMPTY);
		if (order <= 0) more_a = next_member(a, &i, &ka, &va);
		if (order >= 0) more_b = next_member(b, &k, &kb, &vb);
	}
}

static void join(cc_buf *out, cc_str a, cc_str b)
{
	if (a.n <= 2 || b.n <= 2) {
		cc_buf_add(out, a.n >= b.n ? a : b);
		return;
	}
	cc_buf_add_char(out, '{');
	join_members(out, a, b);
	cc_buf_add_char(out, '}');
}

/* *into = *into joined with the text; an unreadable text adds nothing. */
static void join_text(obj *o, cc_buf *into, const char *fields)
{
	cc_json *tree = NULL;
	cc_buf plain = CC_BUF_INIT, both = CC_BUF_INIT;
	cc_code code = cc_json_parse(&tree, cc_str_from(fields), NULL);
	if (code == CC_ENOMEM) forge_fail(o->s, CC_ENOMEM);
	if (code == CC_OK && cc_json_typeof(tree) == CC_JSON_OBJECT) cc_json_write(&plain, tree, true);
	cc_json_free(tree);
	join(&both, cc_buf_str(into), cc_buf_str(&plain));
	if (!cc_buf_ok(&plain) || !cc_buf_ok(&both)) forge_fail(o->s, CC_ENOMEM);
	cc_buf_deinit(into);
	cc_buf_deinit(&plain);
	*into = both;
}

/* ---- entries ---- */

/* Everything below one path, inside the members that lead to it: "metadata.labels" gives
 * {"f:metadata":{"f:labels":…}}. */
static void path_fields(obj *o, cc_buf *into, cc_str path, cc_str minus)
{
	cc_buf one = CC_BUF_INIT, both = CC_BUF_INIT;
	walk w = { &one, CC_BUF_INIT };
	cc_str value = cc_buf_str(&o->body), key = CC_STR_EMPTY;
	int depth = 0;
	bool gone = false;
	while (path.n && value.n && !gone) {
		(void)cc_str_cut(path, '.', &key, &path);
		value = member(value, key);
		cc_buf_clear(&w.name);
		cc_buf_addf(&w.name, "f:%.*s", CC_STR_ARG(key));
		minus = member(minus, cc_buf_str(&w.name));
		gone = leaf(minus);
		cc_buf_addf(&one, "{\"f:%.*s\":", CC_STR_ARG(key));
		depth++;
	}
	if (value.n && !gone) {
		value_fields(&w, key, value, minus);
		cc_buf_add_repeat(&one, '}', (size_t)depth);
		join(&both, cc_buf_str(into), cc_buf_str(&one));
		if (!cc_buf_ok(&both) || !cc_buf_ok(&one)) forge_fail(o->s, CC_ENOMEM);
		cc_buf_deinit(into);
		*into = both;
	}
	cc_buf_deinit(&one);
	cc_buf_deinit(&w.name);
}

static bool same_entry(const obj_owner *a, const obj_owner *b)
{
	return strcmp(a->manager, b->manager) == 0 && strcmp(a->subresource ? a->subresource : "",
		b->subresource ? b->subresource : "") == 0;
}

/* What all entries that name their fields own, except those of `self`'s manager, and what nobody owns. */
static void others_of(obj *o, int self, cc_buf *out)
{
	if (o->unowned) join_text(o, out, o->unowned);
	for (int i = 0; i < o->owners; i++)
		if (o->owner[i].fields && !same_entry(&o->owner[i], &o->owner[self])) join_text(o, out,
			o->owner[i].fields);
}

static void entry_fields(obj *o, int self, cc_buf *out)
{
	const obj_owner *e = &o->owner[self];
	cc_buf minus = CC_BUF_INIT;
	cc_str paths = cc_str_from(e->of), path;
	if (paths.n) others_of(o, self, &minus);
	while (paths.n) {
		(void)cc_str_cut(paths, ' ', &path, &paths);
		path_fields(o, out, path, cc_buf_str(&minus));
	}
	for (int i = self; i < o->owners; i++)
		if (o->owner[i].fields && same_entry(&o->owner[i], e)) join_text(o, out, o->owner[i].fields);
	if (out->n == 0) cc_buf_addz(out, "{}");
	cc_buf_deinit(&minus);
}

/* One entry a manager and subresource, as the API server keeps them: the time is that of the last change. */
static void entry(obj *o, cc_jw *w, int self)
{
	const obj_owner *e = &o->owner[self];
	int64_t at = e->at;
	for (int i = 0; i < self; i++)
		if (same_entry(&o->owner[i], e)) return;
	for (int i = self; i < o->owners; i++)
		if (same_entry(&o->owner[i], e) && o->owner[i].at > at) at = o->owner[i].at;
	cc_buf b = CC_BUF_INIT;
	entry_fields(o, self, &b);
	cc_jw_object(w);
	cc_jw_key(w, "apiVersion");
	cc_jw_strz(w, o->version);
	cc_jw_key(w, "fieldsType");
	cc_jw_strz(w, "FieldsV1");
	cc_jw_key(w, "fieldsV1");
	cc_jw_raw(w, cc_buf_str(&b));
	cc_jw_key(w, "manager");
	cc_jw_strz(w, e->manager);
	cc_jw_key(w, "operation");
	cc_jw_strz(w, "Update");
	if (e->subresource) {
		cc_jw_key(w, "subresource");
		cc_jw_strz(w, e->subresource);
	}
	cc_buf_clear(&b);
	out_time_s(&b, at);
	cc_jw_key(w, "time");
	cc_jw_str(w, cc_buf_str(&b));
	cc_jw_end_object(w);
	cc_buf_deinit(&b);
}

void obj_fields(obj *o, cc_buf *out)
{
	cc_jw w;
	cc_jw_init(&w, out, 0);
	cc_buf_addz(out, "\"managedFields\":");
	cc_jw_array(&w);
	for (int i = 0; i < o->owners; i++) entry(o, &w, i);
	cc_jw_end_array(&w);
}
