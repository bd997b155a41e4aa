/* mask.c - a record of the objects file for showing, with the values of Secrets taken out.
 *
 * A record may be quoted anywhere: on screen, to a model, in a trajectory. So what a Secret holds is masked where the
 * record is read, in every shape a Secret may have: bare, in a watch wrapper, in a List whose items do not repeat their
 * kind, encoded twice, in the copy that kubectl apply leaves in an annotation. Where a text cannot be parsed but could be
 * a Secret, nothing of it is shown. Keys stay: that a key exists is evidence. */
#include "snapshot/k8sbody_priv.h"

static const char masked[] = "<masked>";

bool cc_mask_suspects(cc_str text)
{
	return cc_str_find_nocase(text, CC_STR("secret")) != CC_STR_NONE;
}

static bool holds_data(const cc_json *object)
{
	return cc_json_get(object, "data") || cc_json_get(object, "stringData");
}

/* An object that does not say its kind is one when it holds data: among suspects, caution is right. */
static bool is_secret(const cc_k8sbody *b, const cc_json *object)
{
	cc_str kind = cc_k8sbody_kind(b, object);
	return kind.n > 0 ? cc_str_eq_nocase(cc_kind_canonical(kind), CC_STR("Secret")) : holds_data(object);
}

static void write_raw(cc_jw *w, const cc_json *v)
{
	cc_buf b = CC_BUF_INIT;
	cc_json_write(&b, v, false);
	if (cc_buf_ok(&b))
		cc_jw_raw(w, cc_buf_str(&b));
	else
		w->out->failed = true;
	cc_buf_deinit(&b);
}

/* Every value of a map; what is no map goes as a whole. */
static void write_values_masked(cc_jw *w, const cc_json *map)
{
	if (cc_json_typeof(map) != CC_JSON_OBJECT) {
		cc_jw_strz(w, masked);
		return;
	}
	cc_jw_object(w);
	for (const cc_json *m = cc_json_first(map); m; m = cc_json_next(m)) {
		cc_jw_key_str(w, cc_json_key(m));
		cc_jw_strz(w, masked);
	}
	cc_jw_end_object(w);
}

static void write_annotations(cc_jw *w, const cc_json *map)
{
	if (cc_json_typeof(map) != CC_JSON_OBJECT) {
		write_raw(w, map);
		return;
	}
	cc_jw_object(w);
	for (const cc_json *m = cc_json_first(map); m; m = cc_json_next(m)) {
		cc_jw_key_str(w, cc_json_key(m));
		if (cc_str_eqz(cc_json_key(m), "kubectl.kubernetes.io/last-applied-configuration"))
			cc_jw_strz(w, masked);
		else
			write_raw(w, m);
	}
	cc_jw_end_object(w);
}

static void write_metadata(cc_jw *w, const cc_json *meta)
{
	if (cc_json_typeof(meta) != CC_JSON_OBJECT) {
		write_raw(w, meta);
		return;
	}
	cc_jw_object(w);
	for (const cc_json *m = cc_json_first(meta); m; m = cc_json_next(m)) {
		cc_jw_key_str(w, cc_json_key(m));
		if (cc_str_eqz(cc_json_key(m), "annotations"))
			write_annotations(w, m);
		else
			write_raw(w, m);
	}
	cc_jw_end_object(w);
}

static void write_secret(cc_jw *w, const cc_json *object)
{
	cc_jw_object(w);
	for (const cc_json *m = cc_json_first(object); m; m = cc_json_next(m)) {
		cc_str key = cc_json_key(m);
		cc_jw_key_str(w, key);
		if (cc_str_eq_nocase(key, CC_STR("data")) || cc_str_eq_nocase(key, CC_STR("stringData")))
			write_values_masked(w, m);
		else if (cc_str_eqz(key, "metadata"))
			write_metadata(w, m);
		else
			write_raw(w, m);
	}
	cc_jw_end_object(w);
}

static void write_object(cc_jw *w, const cc_k8sbody *b, const cc_json *object)
{
	if (is_secret(b, object) && cc_json_typeof(object) == CC_JSON_OBJECT)
		write_secret(w, object);
	else
		write_raw(w, object);
}

static void write_list(cc_jw *w, const cc_k8sbody *b)
{
	cc_jw_object(w);
	for (const cc_json *m = cc_json_first(b->object); m; m = cc_json_next(m)) {
		cc_jw_key_str(w, cc_json_key(m));
		if (m != b->items) {
			write_raw(w, m);
			continue;
		}
		cc_jw_array(w);
		for (const cc_json *item = cc_json_first(m); item; item = cc_json_next(item))
			write_object(w, b, item);
		cc_jw_end_array(w);
	}
	cc_jw_end_object(w);
}

static void write_inner(cc_jw *w, const cc_k8sbody *b)
{
	if (b->items)
		write_list(w, b);
	else
		write_object(w, b, b->object);
}

static void write_body(cc_jw *w, const cc_k8sbody *b)
{
	if (b->object == b->root) {
		write_inner(w, b);
		return;
	}
	cc_jw_object(w);
	for (const cc_json *m = cc_json_first(b->root); m; m = cc_json_next(m)) {
		cc_jw_key_str(w, cc_json_key(m));
		if (m == b->object)
			write_inner(w, b);
		else
			write_raw(w, m);
	}
	cc_jw_end_object(w);
}

static bool has_secret(const cc_k8sbody *b)
{
	for (const cc_json *v = cc_k8sbody_next(b, NULL); v; v = cc_k8sbody_next(b, v))
		if (is_secret(b, v))
			return true;
	return false;
}

bool cc_mask_cell(cc_str text, cc_buf *out)
{
	cc_k8sbody b;
	cc_jw w;
	cc_code code = cc_k8sbody_parse(&b, text, NULL);
	cc_buf_clear(out);
	if (code != CC_OK) {
		/* a damaged document; an attribute cell that only names the resource has no quoted "data" */
		if (code != CC_ENOMEM && cc_str_find(text, CC_STR("data\"")) == CC_STR_NONE &&
			cc_str_find(text, CC_STR("stringData")) == CC_STR_NONE)
			return false;
		cc_buf_addz(out, "<masked: a damaged record that may hold a Secret>");
		return true;
	}
	bool hit = has_secret(&b);
	if (hit) {
		cc_jw_init(&w, out, 0);
		write_body(&w, &b);
	}
	cc_k8sbody_free(&b);
	return hit;
}
