/* k8sbody.c - unwraps the shapes in which a Kubernetes object reaches a Body cell. */
#include "snapshot/k8sbody_priv.h"

static cc_watch watch_of(cc_str type)
{
	static const struct { const char *name; cc_watch watch; } types[] = {
		{ "ADDED", CC_WATCH_ADDED }, { "MODIFIED", CC_WATCH_MODIFIED }, { "DELETED", CC_WATCH_DELETED },
		{ "BOOKMARK", CC_WATCH_BOOKMARK }, { "ERROR", CC_WATCH_ERROR }, { "PullEnd", CC_WATCH_MARKER },
		{ "PullStart", CC_WATCH_MARKER },
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (cc_str_eq_nocase(type, cc_str_from(types[i].name)))
			return types[i].watch;
	return CC_WATCH_NONE;
}

static bool is_object(const cc_json *v)
{
	return cc_json_typeof(v) == CC_JSON_OBJECT;
}

/* A document that was encoded twice holds the object's text in one string. */
static cc_code reparse(cc_json **root, cc_err *err)
{
	cc_json *inner = NULL;
	cc_code code = cc_json_parse(&inner, cc_json_str(*root), err);

	if (code == CC_OK) {
		cc_json_free(*root);
		*root = inner;
	}
	return code;
}

cc_code cc_k8sbody_parse(cc_k8sbody *out, cc_str text, cc_err *err)
{
	cc_code code;

	*out = (cc_k8sbody){ .bare = true };
	code = cc_json_parse(&out->root, text, err);
	if (code == CC_OK && cc_json_typeof(out->root) == CC_JSON_STRING) {
		out->bare = false;
		code = reparse(&out->root, err);
	}
	if (code == CC_OK && !is_object(out->root))
		code = cc_err_set(err, CC_EFORMAT, "the body is not a JSON object");
	if (code != CC_OK) {
		cc_k8sbody_free(out);
		return code;
	}
	out->object = out->root;
	if (is_object(cc_json_get(out->root, "object")) && !cc_json_get(out->root, "metadata")) {
		out->object = cc_json_get(out->root, "object");
		out->watch = watch_of(cc_json_get_str(out->root, "type"));
		out->bare = false;
	}
	if (cc_json_typeof(cc_json_get(out->object, "items")) == CC_JSON_ARRAY &&
	    cc_str_ends(cc_json_get_str(out->object, "kind"), CC_STR("List"))) {
		out->items = cc_json_get(out->object, "items");
		out->bare = false;
	}
	return CC_OK;
}

void cc_k8sbody_free(cc_k8sbody *b)
{
	cc_json_free(b->root);
	*b = (cc_k8sbody){ 0 };
}

const cc_json *cc_k8sbody_next(const cc_k8sbody *b, const cc_json *at)
{
	if (b->items)
		return at ? cc_json_next(at) : cc_json_first(b->items);
	return at ? NULL : b->object;
}

cc_str cc_k8sbody_kind(const cc_k8sbody *b, const cc_json *object)
{
	cc_str kind = cc_json_get_str(object, "kind");

	if (kind.n == 0 && b->items)
		kind = cc_str_strip_suffix(cc_json_get_str(b->object, "kind"), CC_STR("List"));
	return kind;
}

static void write_with_kind(cc_buf *out, const cc_json *object, cc_str kind)
{
	cc_buf_addz(out, "{\"kind\":");
	cc_json_write_str(out, kind);
	for (const cc_json *m = cc_json_first(object); m; m = cc_json_next(m)) {
		cc_buf_add_char(out, ',');
		cc_json_write_str(out, cc_json_key(m));
		cc_buf_add_char(out, ':');
		cc_json_write(out, m, false);
	}
	cc_buf_add_char(out, '}');
}

bool cc_k8sbody_write(const cc_k8sbody *b, uint32_t item, cc_buf *out)
{
	const cc_json *v = b->items ? (item > 0 ? cc_json_item(b->items, item - 1) : NULL) : b->object;

	cc_str kind = v ? cc_k8sbody_kind(b, v) : CC_STR_EMPTY;

	if (!v)
		return false;
	if (b->items && is_object(v) && kind.n > 0 && !cc_json_get(v, "kind")) {
		write_with_kind(out, v, kind);
		return cc_buf_ok(out);
	}
	cc_json_write(out, v, false);
	return cc_buf_ok(out);
}
