/* app_read.c - members of an application file: types, units, ranges, and mistakes told with their place. */
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "forge/app_priv.h"

const app_at *app_way_service(app_way *way, int service)
{
	way->top = (app_at){ NULL, CC_STR("services"), 0 };
	way->service = (app_at){ &way->top, CC_STR_EMPTY, service };
	return &way->service;
}

const app_at *app_way_op(app_way *way, const app_reader *r, int op)
{
	way->list = (app_at){ app_way_service(way, r->ops[op].service), CC_STR("operations"), 0 };
	way->op = (app_at){ &way->list, CC_STR_EMPTY, r->sources[op].index };
	return &way->op;
}

static void path_text(cc_buf *b, const app_at *at)
{
	if (!at) return;
	path_text(b, at->up);
	if (at->key.n) cc_buf_addf(b, "%s%.*s", b->n ? "." : "", CC_STR_ARG(cc_str_sub(at->key, 0, 60)));
	else cc_buf_addf(b, "[%d]", at->index);
}

static void fail(app_reader *r, cc_code code, const app_at *at, const char *fmt, va_list ap) CC_PRINTF(4, 0);
static void fail(app_reader *r, cc_code code, const app_at *at, const char *fmt, va_list ap)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	if (r->code != CC_OK) return;
	path_text(&path, at);
	cc_buf_addv(&text, fmt, ap);
	r->code = cc_buf_ok(&path) && cc_buf_ok(&text) ? code : CC_ENOMEM;
	if (r->code == CC_ENOMEM) cc_err_set(r->err, CC_ENOMEM, "%s: out of memory", r->file);
	else cc_err_set(r->err, code, "%s: %s%s%s", r->file, path.n ? path.p : "", path.n ? ": " : "", text.p);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
}

bool app_wrong(app_reader *r, const app_at *at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fail(r, CC_EFORMAT, at, fmt, ap);
	va_end(ap);
	return false;
}

bool app_limit(app_reader *r, const app_at *at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fail(r, CC_ELIMIT, at, fmt, ap);
	va_end(ap);
	return false;
}

bool app_nomem(app_reader *r)
{
	if (r->code == CC_OK) r->code = cc_err_set(r->err, CC_ENOMEM, "%s: out of memory", r->file);
	return false;
}

void *app_array(app_reader *r, int n, size_t size)
{
	void *p = cc_arena_array(r->arena, (size_t)n, size);
	if (!p) app_nomem(r);
	return p;
}

const char *app_printf(app_reader *r, const char *fmt, ...)
{
	cc_buf b = CC_BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&b, fmt, ap);
	va_end(ap);
	const char *z = cc_buf_ok(&b) ? cc_arena_dupz(r->arena, cc_buf_str(&b)) : NULL;
	cc_buf_deinit(&b);
	if (!z) app_nomem(r);
	return z;
}

enum { NEAR_MAX = 64 };

/* Changes that turn a into b: letters put in, left out or replaced. Only the first 64 letters count. */
static size_t edit_distance(cc_str a, cc_str b)
{
	size_t row[NEAR_MAX + 1];
	a = cc_str_sub(a, 0, NEAR_MAX);
	b = cc_str_sub(b, 0, NEAR_MAX);
	for (size_t j = 0; j <= b.n; j++) row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t best = diagonal + (a.p[i - 1] != b.p[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < best) best = row[j] + 1;
			if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b.n];
}

void app_near_try(app_near *n, const char *candidate)
{
	size_t d = edit_distance(n->word, cc_str_from(candidate));
	if (n->best && d >= n->distance) return;
	n->best = candidate;
	n->distance = d;
}

bool app_near_fail(app_reader *r, const app_at *at, const app_near *n, const char *what)
{
	cc_str shown = cc_str_sub(n->word, 0, 60);
	if (!n->best) return app_wrong(r, at, "%s \"%.*s\": there is none at all", what, CC_STR_ARG(shown));
	return app_wrong(r, at, "%s \"%.*s\"; the nearest is \"%s\"", what, CC_STR_ARG(shown), n->best);
}

int app_find_op(app_reader *r, const cc_json *v, const app_at *at)
{
	app_near near = { .word = cc_json_text(v) };
	int found = forge_op_find(r->app, near.word);
	if (found >= 0) return found;
	for (int i = 0; i < r->app->ops_n; i++) app_near_try(&near, r->app->ops[i].id);
	if (cc_json_typeof(v) == CC_JSON_STRING) app_near_fail(r, at, &near, "no operation");
	else app_wrong(r, at, "the id of an operation is expected, such as \"cart.GetCart\"");
	return -1;
}

int app_find_service(app_reader *r, const cc_json *v, const app_at *at)
{
	app_near near = { .word = cc_json_text(v) };
	int found = forge_service_find(r->app, near.word);
	if (found >= 0) return found;
	for (int i = 0; i < r->app->services_n; i++) app_near_try(&near, r->app->services[i].name);
	app_near_fail(r, at, &near, "no service");
	return -1;
}

static const char *type_name(const cc_json *v)
{
	static const char *const NAMES[] = { "nothing", "nothing", "true or false", "a number", "text", "a list",
		"a mapping" };
	return NAMES[cc_json_typeof(v)];
}

static bool wrong(app_reader *r, const app_at *at, const cc_json *v, const char *expected)
{
	cc_str t = cc_str_sub(cc_json_text(v), 0, 60);
	if (t.n && cc_json_typeof(v) != CC_JSON_NULL)
		return app_wrong(r, at, "%s is expected, not \"%.*s\"", expected, CC_STR_ARG(t));
	return app_wrong(r, at, "%s is expected, not %s", expected, type_name(v));
}

bool app_text(app_reader *r, const cc_json *v, const app_at *at, const char **out)
{
	enum { TEXT_MAX = 8192 };
	cc_json_type type = cc_json_typeof(v);
	cc_str t = cc_json_text(v);
	if (type != CC_JSON_STRING && type != CC_JSON_NUMBER && type != CC_JSON_BOOL) return wrong(r, at, v, "a text");
	if (t.n > TEXT_MAX) return app_limit(r, at, "a text may have %d bytes, this one has %zu", TEXT_MAX, t.n);
	*out = cc_arena_dupz(r->arena, t);
	return *out || app_nomem(r);
}

bool app_letters(cc_str text, const char *extra)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i], lower = (char)(c | 0x20);
		if (!((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || (c && strchr(extra, c))))
			return false;
	}
	return true;
}

static bool check_name(app_reader *r, const app_at *at, cc_str name)
{
	bool good = name.n > 0 && name.n <= 40;
	for (size_t i = 0; good && i < name.n; i++) {
		char c = name.p[i];
		bool letter = c >= 'a' && c <= 'z', inner = (c >= '0' && c <= '9') || (c == '-' && i + 1 < name.n);
		good = letter || (inner && i > 0);
	}
	if (good) return true;
	return app_wrong(r, at, "a name has 1 to 40 lower-case letters, digits and '-', begins with a letter and does "
		"not end with '-', unlike \"%.*s\"", CC_STR_ARG(cc_str_sub(name, 0, 60)));
}

bool app_items(app_reader *r, const cc_json *v, const app_at *at, int most, int *n)
{
	cc_json_type type = cc_json_typeof(v);
	*n = 0;
	if (type == CC_JSON_ABSENT || type == CC_JSON_NULL) return true;
	if (type != CC_JSON_ARRAY) return wrong(r, at, v, "a list");
	size_t count = cc_json_count(v);
	if (count > (size_t)most) return app_limit(r, at, "at most %d are possible, here are %zu", most, count);
	*n = (int)count;
	return true;
}

typedef struct unit { const char *suffix; int64_t nano; } unit; /* in billionths of the base unit */

static const unit TIME_UNITS[] = { { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 }, { "m", 60000000000 },
	{ NULL, 0 } };
/* Sizes in thousandths of a byte: billionths of a gibibyte's bytes leave no room for ten of them. */
static const unit SIZE_UNITS[] = { { "Ki", 1024 * 1000LL }, { "Mi", 1048576 * 1000LL }, { "Gi", 1073741824 * 1000LL },
	{ "", 1000 }, { NULL, 0 } };
static const unit CORE_UNITS[] = { { "m", 1000000 }, { "", 1000000000 }, { NULL, 0 } };
static const unit PLAIN_UNITS[] = { { "", 1000000000 }, { NULL, 0 } };
static const unit SHARE_UNITS[] = { { "%", 10000000 }, { "", 1000000000 }, { NULL, 0 } };

/* "12", "0.25": digits with at most nine behind the point, as billionths. No signs, no exponents. */
static bool decimal(cc_str t, int64_t *nano)
{
	int64_t v = 0;
	int behind = -1;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '.' && behind < 0 && i > 0) behind = 0;
		else if (t.p[i] < '0' || t.p[i] > '9' || v > 1000000000000000 || behind == 9) return false;
		else {
			v = v * 10 + (t.p[i] - '0');
			behind += behind >= 0;
		}
	}
	if (t.n == 0 || behind == 0) return false;
	for (int i = behind < 0 ? 0 : behind; i < 9; i++)
		if (__builtin_mul_overflow(v, 10, &v)) return false;
	*nano = v;
	return true;
}

/* A quantity in billionths of its base unit. */
static bool quantity(cc_str t, const unit *units, int64_t *nano)
{
	for (; units->suffix; units++) {
		cc_str suffix = cc_str_from(units->suffix);
		int64_t v;
		if (!cc_str_ends(t, suffix) || !decimal(cc_str_sub(t, 0, t.n - suffix.n), &v)) continue;
		__extension__ __int128 scaled = (__extension__ (__int128)v) * units->nano / 1000000000;
		if (scaled > INT64_MAX) return false;
		*nano = (int64_t)scaled;
		return true;
	}
	return false;
}

/* step: nano of one of what is stored. */
typedef struct measure { const unit *units; int64_t step; const char *expected; } measure;

static const measure MEASURES[] = {
	[APP_MS] = { TIME_UNITS, 1000000, "a duration such as 20ms, 5s or 1m" },
	[APP_US] = { TIME_UNITS, 1000, "a duration such as 250us, 20ms or 5s" },
	[APP_SECONDS] = { TIME_UNITS, 1000000000, "a duration such as 30s or 5m" },
	[APP_MI] = { SIZE_UNITS, 1048576 * 1000LL, "a size such as 120Mi or 1Gi" },
	[APP_KI] = { SIZE_UNITS, 1024 * 1000LL, "a size such as 64Ki or 2Mi" },
	[APP_BYTES] = { SIZE_UNITS, 1000, "a size such as 900 or 24Ki" },
	[APP_CORES] = { CORE_UNITS, 1000000, "an amount of processor such as 250m or 1.5" },
	[APP_CENTS] = { PLAIN_UNITS, 10000000, "a price such as 19.95" },
	[APP_SHARE] = { SHARE_UNITS, 1000000, "a share such as 40% or 0.4" },
};

static bool measured(app_reader *r, const cc_json *v, const app_at *at, const app_field *f, int *out)
{
	const measure *m = &MEASURES[f->type];
	cc_str t = cc_json_text(v);
	int64_t nano = 0;
	bool none = cc_str_eqz(t, "none") || cc_str_eqz(t, "0");
	if (!none && !quantity(t, m->units, &nano)) return wrong(r, at, v, m->expected);
	int64_t n = nano / m->step;
	if (nano % m->step)
		return app_wrong(r, at, "\"%.*s\" is finer than is simulated", CC_STR_ARG(cc_str_sub(t, 0, 60)));
	if (n < f->lo || n > f->hi)
		return app_wrong(r, at, "\"%.*s\" is out of range", CC_STR_ARG(cc_str_sub(t, 0, 60)));
	*out = (int)n;
	return true;
}

static bool whole(app_reader *r, const cc_json *v, const app_at *at, const app_field *f, int *out)
{
	int64_t n;
	if (!cc_json_int(v, &n)) return wrong(r, at, v, "a whole number");
	if (n < f->lo || n > f->hi)
		return app_wrong(r, at, "%lld is out of range: %d to %d are possible", (long long)n, f->lo, f->hi);
	*out = (int)n;
	return true;
}

static bool word(app_reader *r, const cc_json *v, const app_at *at, const app_field *f, int *out)
{
	app_near near = { .word = cc_json_text(v) };
	cc_buf all = CC_BUF_INIT;
	for (int i = 0; f->words[i]; i++) {
		if (cc_str_eqz(near.word, f->words[i])) {
			*out = i;
			cc_buf_deinit(&all);
			return true;
		}
		cc_buf_addf(&all, "%s%s", i ? ", " : "", f->words[i]);
	}
	app_wrong(r, at, "\"%.*s\" is none of %s", CC_STR_ARG(cc_str_sub(near.word, 0, 60)), all.p ? all.p : "");
	cc_buf_deinit(&all);
	return false;
}

bool app_value(app_reader *r, const cc_json *v, const app_at *at, const app_field *f, void *target)
{
	void *into = (char *)target + f->at;
	const char *text = "";
	switch (f->type) {
	case APP_LATER:
		return true;
	case APP_TEXT:
	case APP_NAME:
		if (!app_text(r, v, at, &text)) return false;
		if (f->type == APP_NAME && !check_name(r, at, cc_str_from(text))) return false;
		if (!text[0]) return app_wrong(r, at, "the text is empty");
		memcpy(into, &text, sizeof text);
		return true;
	case APP_BOOL:
		if (cc_json_typeof(v) != CC_JSON_BOOL) return wrong(r, at, v, "true or false");
		*(bool *)into = cc_json_bool(v);
		return true;
	case APP_INT:
		return whole(r, v, at, f, into);
	case APP_WORD:
		return word(r, v, at, f, into);
	default:
		return measured(r, v, at, f, into);
	}
}

static const app_field *field_of(const app_field *fields, size_t n, cc_str key)
{
	for (size_t i = 0; i < n; i++)
		if (cc_str_eqz(key, fields[i].key)) return &fields[i];
	return NULL;
}

static bool unknown_member(app_reader *r, const app_at *at, cc_str key, const app_field *fields, size_t n)
{
	app_near near = { .word = key };
	for (size_t i = 0; i < n; i++) app_near_try(&near, fields[i].key);
	return app_near_fail(r, at, &near, "there is no member");
}

bool app_members(app_reader *r, const cc_json *node, const app_at *at, const app_field *fields, size_t n, void *target)
{
	if (cc_json_typeof(node) != CC_JSON_OBJECT) return wrong(r, at, node, "a mapping");
	for (const cc_json *m = cc_json_first(node); m; m = cc_json_next(m)) {
		const app_field *f = field_of(fields, n, cc_json_key(m));
		app_at here = { at, cc_json_key(m), 0 };
		if (!f) return unknown_member(r, at, cc_json_key(m), fields, n);
		if (cc_json_typeof(m) == CC_JSON_NULL) continue;
		if (!app_value(r, m, &here, f, target)) return false;
	}
	for (size_t i = 0; i < n; i++)
		if (fields[i].required && cc_json_typeof(cc_json_get(node, fields[i].key)) <= CC_JSON_NULL)
			return app_wrong(r, at, "the member \"%s\" is missing", fields[i].key);
	return true;
}
