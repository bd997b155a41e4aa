/* diff_show.c - an object written for display: noise left out, the values of Secrets masked. */
#include "diff_priv.h"
#include "coldcase/xalloc.h"
#include "coldcase/yaml.h"

typedef struct shower {
	cc_jw w;
	unsigned flags;
	cc_str kind;
	bool secret;
	size_t hidden;
	diff_path path;
} shower;

static void show(shower *s, const cc_json *v);

static void show_member(shower *s, const cc_json *v, bool item)
{
	s->path.segs[s->path.n++] = (diff_seg){ item ? CC_STR("-") : cc_json_key(v), item };
	if (!item && !(s->flags & CC_DIFF_WITH_CHURN) && cc_diff_is_churn(&s->path, s->kind, RULE_SHOW)) {
		s->hidden++;
	} else {
		if (!item)
			cc_jw_key_str(&s->w, cc_json_key(v));
		show(s, v);
	}
	s->path.n--;
}

static void show(shower *s, const cc_json *v)
{
	cc_json_type type = cc_json_typeof(v);
	bool container = type == CC_JSON_OBJECT || type == CC_JSON_ARRAY;
	/* the keys of data are shown, so its map itself is opened */
	if (s->secret && cc_diff_is_masked(&s->path) && !(s->path.n == 1 && type == CC_JSON_OBJECT)) {
		cc_jw_strz(&s->w, "<masked>");
	} else if (container && s->path.n >= DIFF_DEPTH_MAX) {
		cc_jw_strz(&s->w, "<nested too deeply>");
	} else if (container) {
		type == CC_JSON_OBJECT ? cc_jw_object(&s->w) : cc_jw_array(&s->w);
		for (const cc_json *child = cc_json_first(v); child; child = cc_json_next(child))
			show_member(s, child, type == CC_JSON_ARRAY);
		type == CC_JSON_OBJECT ? cc_jw_end_object(&s->w) : cc_jw_end_array(&s->w);
	} else {
		cc_buf b = CC_BUF_INIT;
		cc_json_write(&b, v, false);
		cc_jw_raw(&s->w, cc_buf_str(&b));
		cc_buf_deinit(&b);
	}
}

cc_code cc_object_json(const cc_json *object, unsigned flags, cc_buf *out, size_t *hidden, cc_err *err)
{
	shower *s = cc_calloc(1, sizeof *s);
	if (!s)
		return cc_err_set(err, CC_ENOMEM, "object: out of memory");
	s->flags = flags;
	s->kind = cc_json_get_str(object, "kind");
	s->secret = cc_object_is_secret(object);
	cc_jw_init(&s->w, out, 0);
	show(s, object);
	if (hidden)
		*hidden = s->hidden;
	cc_free(s);
	return cc_buf_ok(out) ? CC_OK : cc_err_set(err, CC_ENOMEM, "object: out of memory");
}

cc_code cc_object_yaml(const cc_json *object, unsigned flags, cc_buf *out, size_t *hidden, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	cc_json *shown = NULL;
	cc_code code = cc_object_json(object, flags, &text, hidden, err);
	if (code == CC_OK)
		code = cc_json_parse(&shown, cc_buf_str(&text), err);
	if (code == CC_OK) {
		cc_yaml_write(out, shown, 0);
		if (!cc_buf_ok(out))
			code = cc_err_set(err, CC_ENOMEM, "object: out of memory");
	}
	cc_json_free(shown);
	cc_buf_deinit(&text);
	return code;
}
