/* jsonwrite.c - writing JSON: values, whole trees, and a small writer that knows where commas go. */
#include "coldcase/json.h"

#include <math.h>
#include <stdlib.h>
#include "base/json_priv.h"
#include "base/num_priv.h"
#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"

static void write_escaped(cc_buf *out, unsigned char c)
{
	static const char letters[] = "btnvfr"; /* 0x08 to 0x0D; JSON has no \v */
	if (c == '"' || c == '\\') {
		cc_buf_add_char(out, '\\');
		cc_buf_add_char(out, (char)c);
	} else if (c >= 0x08 && c <= 0x0D && c != 0x0B) {
		cc_buf_add_char(out, '\\');
		cc_buf_add_char(out, letters[c - 0x08]);
	} else {
		cc_buf_addf(out, "\\u%04x", (unsigned)c);
	}
}

static bool needs_care(char c)
{
	return (unsigned char)c < 0x20 || c == '"' || c == '\\' || (unsigned char)c >= 0x80;
}

void cc_json_write_str(cc_buf *out, cc_str s)
{
	cc_buf_add_char(out, '"');
	for (size_t i = 0; i < s.n && cc_buf_ok(out);) {
		size_t start = i;
		while (i < s.n && !needs_care(s.p[i]))
			i++;
		cc_buf_add(out, cc_str_sub(s, start, i));
		if (i == s.n)
			break;
		if ((unsigned char)s.p[i] < 0x80) {
			write_escaped(out, (unsigned char)s.p[i++]);
		} else {
			char utf8[4];
			cc_buf_add(out, (cc_str){ utf8, cc_utf8_encode(cc_utf8_next(s, &i), utf8) });
		}
	}
	cc_buf_add_char(out, '"');
}

void cc_json_write_double(cc_buf *out, double v)
{
	char text[40];
	if (!isfinite(v)) {
		cc_buf_addz(out, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		cc_num_format(text, sizeof text, digits, v);
		double back;
		if (cc_str_to_double(cc_str_from(text), &back) && back == v)
			break;
	}
	cc_buf_addz(out, text);
}

/* YAML writes numbers that JSON does not know (0x1F, +1, .5, .inf): those are written by value. */
static void write_number(cc_buf *out, const cc_json *v)
{
	int64_t i;
	double d = 0;
	if (cc_json_is_number_text(cc_json_text(v)))
		cc_buf_add(out, cc_json_text(v));
	else if (cc_json_int(v, &i))
		cc_buf_addf(out, "%lld", (long long)i);
	else if (cc_json_double(v, &d))
		cc_json_write_double(out, d);
}

static int compare_members(const void *a, const void *b)
{
	const cc_json *const *x = a, *const *y = b;
	return cc_str_cmp(cc_json_key(*x), cc_json_key(*y));
}

static void write_member(cc_buf *out, const cc_json *m, bool sorted)
{
	cc_json_write_str(out, cc_json_key(m));
	cc_buf_add_char(out, ':');
	cc_json_write(out, m, sorted);
}

static void write_sorted(cc_buf *out, const cc_json *v)
{
	size_t n = cc_json_count(v), i = 0;
	const cc_json **members = cc_reallocarray(NULL, n, sizeof(const cc_json *));
	if (!members) {
		out->failed = true;
		return;
	}
	for (const cc_json *m = cc_json_first(v); m; m = cc_json_next(m))
		members[i++] = m;
	qsort(members, n, sizeof *members, compare_members);
	for (i = 0; i < n; i++) {
		if (i)
			cc_buf_add_char(out, ',');
		write_member(out, members[i], true);
	}
	cc_free(members);
}

static void write_container(cc_buf *out, const cc_json *v, bool sorted)
{
	bool object = cc_json_typeof(v) == CC_JSON_OBJECT;
	cc_buf_add_char(out, object ? '{' : '[');
	if (object && sorted) {
		write_sorted(out, v);
	} else {
		for (const cc_json *m = cc_json_first(v); m; m = cc_json_next(m)) {
			if (m != cc_json_first(v))
				cc_buf_add_char(out, ',');
			if (object)
				write_member(out, m, sorted);
			else
				cc_json_write(out, m, sorted);
		}
	}
	cc_buf_add_char(out, object ? '}' : ']');
}

void cc_json_write(cc_buf *out, const cc_json *v, bool sorted)
{
	switch (cc_json_typeof(v)) {
	case CC_JSON_ARRAY:
	case CC_JSON_OBJECT:
		write_container(out, v, sorted);
		break;
	case CC_JSON_STRING:
		cc_json_write_str(out, cc_json_str(v));
		break;
	case CC_JSON_NUMBER:
		write_number(out, v);
		break;
	case CC_JSON_ABSENT:
		cc_buf_addz(out, "null");
		break;
	default:
		cc_buf_add(out, cc_json_text(v));
	}
}

/* ---- cc_jw ---- */

void cc_jw_init(cc_jw *w, cc_buf *out, int indent)
{
	*w = (cc_jw){ .out = out, .indent = indent };
}

static void new_line(cc_jw *w)
{
	if (w->indent <= 0 || w->depth == 0)
		return;
	cc_buf_add_char(w->out, '\n');
	cc_buf_add_repeat(w->out, ' ', (size_t)w->indent * (size_t)w->depth);
}

/* Called before every key and every value. */
static void before(cc_jw *w)
{
	if (w->after_key) {
		w->after_key = false;
	} else {
		if (w->need_comma)
			cc_buf_add_char(w->out, ',');
		new_line(w);
	}
	w->need_comma = true;
}

static void open_container(cc_jw *w, char c)
{
	before(w);
	cc_buf_add_char(w->out, c);
	w->depth++;
	w->need_comma = false;
}

static void close_container(cc_jw *w, char c)
{
	w->depth--;
	if (w->need_comma && w->indent > 0) {
		cc_buf_add_char(w->out, '\n');
		cc_buf_add_repeat(w->out, ' ', (size_t)w->indent * (size_t)w->depth);
	}
	cc_buf_add_char(w->out, c);
	w->need_comma = true;
}

void cc_jw_object(cc_jw *w)
{
	open_container(w, '{');
}

void cc_jw_array(cc_jw *w)
{
	open_container(w, '[');
}

void cc_jw_end_object(cc_jw *w)
{
	close_container(w, '}');
}

void cc_jw_end_array(cc_jw *w)
{
	close_container(w, ']');
}

void cc_jw_key(cc_jw *w, const char *key)
{
	cc_jw_key_str(w, cc_str_from(key));
}

void cc_jw_key_str(cc_jw *w, cc_str key)
{
	before(w);
	cc_json_write_str(w->out, key);
	cc_buf_addz(w->out, w->indent > 0 ? ": " : ":");
	w->after_key = true;
}

void cc_jw_str(cc_jw *w, cc_str s)
{
	before(w);
	cc_json_write_str(w->out, s);
}

void cc_jw_strz(cc_jw *w, const char *z)
{
	if (z)
		cc_jw_str(w, cc_str_from(z));
	else
		cc_jw_null(w);
}

void cc_jw_int(cc_jw *w, int64_t v)
{
	before(w);
	cc_buf_addf(w->out, "%lld", (long long)v);
}

void cc_jw_double(cc_jw *w, double v)
{
	before(w);
	cc_json_write_double(w->out, v);
}

void cc_jw_bool(cc_jw *w, bool v)
{
	before(w);
	cc_buf_addz(w->out, v ? "true" : "false");
}

void cc_jw_null(cc_jw *w)
{
	before(w);
	cc_buf_addz(w->out, "null");
}

void cc_jw_raw(cc_jw *w, cc_str json)
{
	before(w);
	cc_buf_add(w->out, json);
}

/* --- members --- */

void cc_jw_put_str(cc_jw *w, const char *key, cc_str s)
{
	cc_jw_key(w, key);
	cc_jw_str(w, s);
}

void cc_jw_put_strz(cc_jw *w, const char *key, const char *z)
{
	cc_jw_key(w, key);
	cc_jw_strz(w, z);
}

void cc_jw_put_int(cc_jw *w, const char *key, int64_t v)
{
	cc_jw_key(w, key);
	cc_jw_int(w, v);
}

void cc_jw_put_double(cc_jw *w, const char *key, double v)
{
	cc_jw_key(w, key);
	cc_jw_double(w, v);
}

void cc_jw_put_bool(cc_jw *w, const char *key, bool v)
{
	cc_jw_key(w, key);
	cc_jw_bool(w, v);
}
