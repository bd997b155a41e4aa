/* json.c - cJSON behind the opaque cc_json, made strict where evidence demands it.
 *
 * cJSON alone keeps numbers as doubles (a nanosecond time would lose digits), cuts strings at \u0000, refuses lone
 * surrogates and numbers of 64 digits, and reads numbers in the user's locale. So jsonscan.c first goes over a copy of the
 * text, checks it and takes the numbers out. After cJSON has built the tree, a walk in document order gives each number
 * node its source text (in valuestring, which cJSON frees) and its value.
 *
 * cJSON also stores its last error in a global; it is written but never read here, position comes from parse_end. */
#include "coldcase/json.h"

#include <cJSON.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
#include "base/json_priv.h"
#include "coldcase/map.h"
#include "coldcase/xalloc.h"

static _Thread_local bool out_of_memory; /* cJSON does not tell failed allocations from malformed text */

static void *json_malloc(size_t size)
{
	void *p = cc_malloc(size);
	if (!p)
		out_of_memory = true;
	return p;
}

static void set_hooks(void)
{
	cJSON_Hooks hooks = { json_malloc, cc_free };
	cJSON_InitHooks(&hooks);
}

static void use_own_memory(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, set_hooks);
}

static cJSON *node(cc_json *v)
{
	return (cJSON *)v;
}

static const cJSON *view(const cc_json *v)
{
	return (const cJSON *)v;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int kind(const cc_json *v)
{
	return v ? view(v)->type & 0xFF : cJSON_Invalid;
}

/* ---- reading ---- */

static double number_value(cc_str text)
{
	double v;
	return cc_str_to_double(text, &v) ? v : (double)NAN;
}

static char *dup_text(cc_str s)
{
	char *z = json_malloc(s.n + 1);
	if (!z)
		return NULL;
	memcpy(z, s.p, s.n);
	z[s.n] = '\0';
	return z;
}

/* Gives the number nodes below v, in document order, the texts of w->numbers from *next on. */
static bool restore_numbers(cJSON *v, const cc_json_scan_state *w, cc_str source, size_t *next)
{
	for (; v; v = v->next) {
		if (cJSON_IsNumber(v) && *next < w->numbers.n) {
			cc_json_place at = w->numbers.p[(*next)++];
			cc_str text = cc_str_sub(source, at.at, at.at + at.n);
			v->valuestring = dup_text(text);
			if (!v->valuestring)
				return false;
			v->valuedouble = number_value(text);
		} else if (v->child && !restore_numbers(v->child, w, source, next)) {
			return false;
		}
	}
	return true;
}

static cc_code parse_error(cc_err *err, cc_code code, cc_str source, size_t at, size_t skipped)
{
	if (code == CC_ENOMEM)
		cc_err_set(err, code, "JSON: out of memory");
	else if (code == CC_ELIMIT)
		cc_err_set(err, code, "JSON: nested deeper than %d levels", CC_JSON_DEPTH_MAX);
	else if (at >= source.n)
		cc_err_set(err, code, "JSON: the text ends too early, after %zu bytes", source.n + skipped);
	else
		cc_err_set(err, code, "JSON: unexpected \"%.*s\" at byte %zu", CC_STR_ARG(cc_str_sub(source, at, at + 24)),
			at + skipped);
	if (err)
		err->byte = at + skipped;
	return code;
}

/* Runs cJSON over the prepared copy; *at is where it stopped. */
static cc_code build_tree(cJSON **root, cc_json_scan_state *w, cc_str source, size_t *at)
{
	const char *end = w->p;
	out_of_memory = false;
	*root = cJSON_ParseWithLengthOpts(w->p, w->n, &end, 0);
	*at = end >= w->p && end <= w->p + w->n ? (size_t)(end - w->p) : w->n;
	if (!*root)
		return out_of_memory ? CC_ENOMEM : CC_EFORMAT;
	while (*at < w->n && strchr(" \t\r\n", w->p[*at]))
		++*at;
	size_t next = 0;
	if (*at < w->n)
		return CC_EFORMAT;
	return restore_numbers(*root, w, source, &next) ? CC_OK : CC_ENOMEM;
}

cc_code cc_json_parse(cc_json **out, cc_str text, cc_err *err)
{
	size_t skipped = cc_str_starts(text, CC_STR("\xEF\xBB\xBF")) ? 3 : 0, at = 0;
	cc_str source = cc_str_sub(text, skipped, text.n);
	cc_json_scan_state w = { .n = source.n };
	cJSON *root = NULL;
	*out = NULL;
	use_own_memory();
	cc_code code = CC_ENOMEM;
	w.p = cc_malloc(source.n + 1);
	if (!w.p)
		goto done;
	if (source.n)
		memcpy(w.p, source.p, source.n);
	w.p[source.n] = '\0';
	code = cc_json_scan(&w);
	at = w.i;
	if (code == CC_OK)
		code = build_tree(&root, &w, source, &at);
	if (code == CC_OK) {
		*out = (cc_json *)root;
		root = NULL;
	}
done:
	if (code != CC_OK)
		parse_error(err, code, source, at, skipped);
	cJSON_Delete(root);
	cc_vec_deinit(&w.numbers);
	cc_free(w.p);
	return code;
}

void cc_json_free(cc_json *root)
{
	cJSON_Delete(node(root));
}

/* ---- looking ---- */

cc_json_type cc_json_typeof(const cc_json *v)
{
	switch (kind(v)) {
	case cJSON_NULL:
		return CC_JSON_NULL;
	case cJSON_False:
	case cJSON_True:
		return CC_JSON_BOOL;
	case cJSON_Number:
		return CC_JSON_NUMBER;
	case cJSON_String:
		return CC_JSON_STRING;
	case cJSON_Array:
		return CC_JSON_ARRAY;
	case cJSON_Object:
		return CC_JSON_OBJECT;
	default:
		return CC_JSON_ABSENT;
	}
}

/* Of duplicate keys the last wins, as in Python and Go. */
static const cc_json *get(const cc_json *object, cc_str key, bool nocase)
{
	const cJSON *found = NULL;
	if (kind(object) != cJSON_Object)
		return NULL;
	for (const cJSON *m = view(object)->child; m; m = m->next) {
		cc_str name = cc_str_from(m->string);
		if (nocase ? cc_str_eq_nocase(name, key) : cc_str_eq(name, key))
			found = m;
	}
	return (const cc_json *)found;
}

const cc_json *cc_json_get(const cc_json *object, const char *key)
{
	return get(object, cc_str_from(key), false);
}

const cc_json *cc_json_get_nocase(const cc_json *object, const char *key)
{
	const cc_json *exact = cc_json_get(object, key);
	return exact ? exact : get(object, cc_str_from(key), true);
}

static const cc_json *step(const cc_json *v, cc_str name)
{
	int64_t i;
	if (kind(v) == cJSON_Object)
		return get(v, name, false);
	if (kind(v) == cJSON_Array && name.n && is_digit(name.p[0]) && cc_str_to_i64(name, &i))
		return cc_json_item(v, (size_t)i);
	return NULL;
}

/* Shortest key first; when that leads nowhere the key is taken to contain the dot ("app.kubernetes.io/name"). */
static const cc_json *resolve(const cc_json *v, cc_str path)
{
	for (size_t i = 0; v && i <= path.n; i++) {
		if (i < path.n && path.p[i] != '.')
			continue;
		const cc_json *next = step(v, cc_str_sub(path, 0, i));
		if (next && i < path.n)
			next = resolve(next, cc_str_sub(path, i + 1, path.n));
		if (next)
			return next;
	}
	return NULL;
}

const cc_json *cc_json_at(const cc_json *v, const char *path)
{
	return *path ? resolve(v, cc_str_from(path)) : v;
}

const cc_json *cc_json_item(const cc_json *array, size_t i)
{
	const cc_json *v = kind(array) == cJSON_Array ? cc_json_first(array) : NULL;
	while (v && i--)
		v = cc_json_next(v);
	return v;
}

const cc_json *cc_json_first(const cc_json *container)
{
	int k = kind(container);
	return k == cJSON_Array || k == cJSON_Object ? (const cc_json *)view(container)->child : NULL;
}

const cc_json *cc_json_next(const cc_json *v)
{
	return v ? (const cc_json *)view(v)->next : NULL;
}

size_t cc_json_count(const cc_json *container)
{
	size_t n = 0;
	for (const cc_json *v = cc_json_first(container); v; v = cc_json_next(v))
		n++;
	return n;
}

cc_str cc_json_key(const cc_json *member)
{
	return cc_str_from(member ? view(member)->string : NULL);
}

cc_str cc_json_str(const cc_json *v)
{
	return cc_str_from(kind(v) == cJSON_String ? view(v)->valuestring : NULL);
}

cc_str cc_json_text(const cc_json *v)
{
	switch (kind(v)) {
	case cJSON_String:
	case cJSON_Number:
		return cc_str_from(view(v)->valuestring);
	case cJSON_True:
		return CC_STR("true");
	case cJSON_False:
		return CC_STR("false");
	case cJSON_NULL:
		return CC_STR("null");
	default:
		return CC_STR_EMPTY;
	}
}

bool cc_json_bool(const cc_json *v)
{
	return kind(v) == cJSON_True;
}

/* "0x1F" and "0o17" of YAML; the caller has seen the prefix. */
static bool int_of_base(cc_str digits, int base, int64_t *out)
{
	uint64_t v = 0;
	for (size_t i = 0; i < digits.n; i++) {
		char c = digits.p[i];
		int digit = is_digit(c) ? c - '0' : (c | 32) - 'a' + 10;
		if (v > (uint64_t)INT64_MAX / (uint64_t)base)
			return false;
		v = v * (uint64_t)base + (uint64_t)digit;
	}
	if (v > (uint64_t)INT64_MAX)
		return false;
	*out = (int64_t)v;
	return digits.n > 0;
}

bool cc_json_int(const cc_json *v, int64_t *out)
{
	if (kind(v) != cJSON_Number)
		return false;
	cc_str text = cc_json_text(v);
	if (cc_str_to_i64(text, out))
		return true;
	if (cc_str_starts(text, CC_STR("0x")) || cc_str_starts(text, CC_STR("0o")))
		return int_of_base(cc_str_sub(text, 2, text.n), text.p[1] == 'x' ? 16 : 8, out);
	double d = view(v)->valuedouble; /* 1e3 and 1.0 are integers too, as far as doubles are exact */
	if (!(d >= -9007199254740992.0 && d <= 9007199254740992.0) || d != floor(d))
		return false;
	*out = (int64_t)d;
	return cc_str_find_char(text, '.') != CC_STR_NONE || cc_str_find_char(text, 'e') != CC_STR_NONE ||
		cc_str_find_char(text, 'E') != CC_STR_NONE;
}

bool cc_json_double(const cc_json *v, double *out)
{
	if (kind(v) != cJSON_Number)
		return false;
	*out = view(v)->valuedouble;
	return true;
}

cc_str cc_json_get_str(const cc_json *object, const char *key)
{
	return cc_json_str(cc_json_get(object, key));
}

/* Members are usually in the same order on both sides: the neighbour is tried before a search. */
static bool objects_equal(const cc_json *a, const cc_json *b)
{
	if (cc_json_count(a) != cc_json_count(b))
		return false;
	const cc_json *guess = cc_json_first(b);
	for (const cc_json *m = cc_json_first(a); m; m = cc_json_next(m)) {
		cc_str key = cc_json_key(m);
		const cc_json *other = guess && cc_str_eq(cc_json_key(guess), key) ? guess : get(b, key, false);
		if (!other || !cc_json_equal(m, other))
			return false;
		guess = cc_json_next(other);
	}
	return true;
}

bool cc_json_equal(const cc_json *a, const cc_json *b)
{
	if (kind(a) != kind(b))
		return false;
	if (kind(a) == cJSON_Object)
		return objects_equal(a, b);
	if (kind(a) != cJSON_Array)
		return cc_str_eq(cc_json_text(a), cc_json_text(b));
	const cc_json *x = cc_json_first(a), *y = cc_json_first(b);
	while (x && y && cc_json_equal(x, y)) {
		x = cc_json_next(x);
		y = cc_json_next(y);
	}
	return !x && !y;
}

/* ---- building, for yaml.c ---- */

/* A C string of s; NUL bytes become U+FFFD. */
static char *dup_without_nul(cc_str s)
{
	cc_buf b = CC_BUF_INIT;
	cc_str head;
	while (cc_str_cut(s, '\0', &head, &s)) {
		cc_buf_add(&b, head);
		cc_buf_addz(&b, "\xEF\xBF\xBD");
	}
	cc_buf_add(&b, head);
	return cc_buf_take(&b);
}

static cJSON *new_node(cc_json_type type, cc_str text)
{
	switch (type) {
	case CC_JSON_BOOL:
		return cJSON_CreateBool(cc_str_eqz(text, "true"));
	case CC_JSON_NUMBER:
		return cJSON_CreateNumber(number_value(text));
	case CC_JSON_STRING:
		return cJSON_CreateString("");
	case CC_JSON_ARRAY:
		return cJSON_CreateArray();
	case CC_JSON_OBJECT:
		return cJSON_CreateObject();
	default:
		return cJSON_CreateNull();
	}
}

cc_json *cc_json_new(cc_json_type type, cc_str text)
{
	use_own_memory();
	cJSON *v = new_node(type, text);
	if (!v || (type != CC_JSON_NUMBER && type != CC_JSON_STRING))
		return (cc_json *)v;
	cc_free(v->valuestring);
	v->valuestring = dup_without_nul(text);
	if (v->valuestring)
		return (cc_json *)v;
	cJSON_Delete(v);
	return NULL;
}

bool cc_json_append(cc_json *container, const char *key, cc_json *child)
{
	if (kind(container) == cJSON_Object)
		return cJSON_AddItemToObject(node(container), key, node(child));
	return cJSON_AddItemToArray(node(container), node(child));
}

cc_json *cc_json_dup(const cc_json *v)
{
	use_own_memory();
	return (cc_json *)cJSON_Duplicate(view(v), 1);
}

bool cc_json_drop_duplicates(cc_json *object, cc_json *dropped)
{
	cc_map *last = cc_map_new();
	bool ok = last != NULL;
	for (cJSON *m = node(object)->child; ok && m; m = m->next)
		ok = cc_map_set(last, cc_str_from(m->string), (uint64_t)(uintptr_t)m);
	for (cJSON *m = node(object)->child, *next; ok && m; m = next) {
		uint64_t keep = 0;
		next = m->next;
		if (cc_map_get(last, cc_str_from(m->string), &keep) && keep != (uint64_t)(uintptr_t)m)
			ok = cJSON_AddItemToArray(node(dropped), cJSON_DetachItemViaPointer(node(object), m));
	}
	cc_map_free(last);
	return ok;
}
