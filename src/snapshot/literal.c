/* literal.c - one tolerant reader for maps and lists as Python, JSON and Go print them.
 *
 * JSON objects and Python dict reprs differ only in quotes, escapes and the names of null and true, so one parser reads
 * both. Go's map[k:v …] has neither quotes nor commas: where a value ends is guessed (go_map). Lists are read by the
 * same scanner. */
#include "coldcase/literal.h"

#include <string.h>
#include "coldcase/time.h"
#include "coldcase/utf8.h"

typedef struct cursor {
	const char *p, *end;
	cc_arena *arena;
} cursor;

static cursor cursor_of(cc_str s, cc_arena *arena)
{
	return (cursor){ s.p, s.p + s.n, arena };
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(cursor *c)
{
	while (c->p < c->end && is_blank(*c->p))
		c->p++;
}

static bool at(const cursor *c, char want)
{
	return c->p < c->end && *c->p == want;
}

static bool take(cursor *c, char want)
{
	if (!at(c, want))
		return false;
	c->p++;
	return true;
}

static bool at_quote(const cursor *c)
{
	return at(c, '\'') || at(c, '"');
}

static cc_str text_between(const char *from, const char *to)
{
	return (cc_str){ from, (size_t)(to - from) };
}

/* --- strings --- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

static bool read_hex(const char *p, const char *end, size_t digits, uint32_t *out)
{
	uint32_t v = 0;
	if ((size_t)(end - p) < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		int d = hex_digit(p[i]);
		if (d < 0)
			return false;
		v = v << 4 | (uint32_t)d;
	}
	*out = v;
	return true;
}

/* \xNN, \uNNNN (with a following low surrogate) or \UNNNNNNNN at p, behind the backslash. Returns bytes consumed, 0 =
 * not one. */
static size_t code_escape(const char *p, const char *end, uint32_t *cp)
{
	uint32_t low;
	size_t digits = *p == 'x' ? 2 : *p == 'u' ? 4 : 8;
	if (!read_hex(p + 1, end, digits, cp))
		return 0;
	if (digits == 4 && *cp >= 0xD800 && *cp < 0xDC00 && end - p > 6 && p[5] == '\\' && p[6] == 'u' &&
		read_hex(p + 7, end, 4, &low) && low >= 0xDC00 && low < 0xE000) {
		*cp = 0x10000 + ((*cp - 0xD800) << 10) + (low - 0xDC00);
		return 11;
	}
	return digits + 1;
}

static char simple_escape(char c)
{
	static const char from[] = "ntrabfv\\'\"/", to[] = "\n\t\r\a\b\f\v\\'\"/";
	const char *hit = c ? strchr(from, c) : NULL;
	return hit ? to[hit - from] : '\0';
}

/* Writes the escape at p (behind the backslash) to out, returns bytes consumed. No escape gives more bytes than it has.
 */
static size_t decode_escape(const char *p, const char *end, char *out, size_t *n)
{
	uint32_t cp;
	char plain = simple_escape(*p);
	if (plain) {
		out[(*n)++] = plain;
		return 1;
	}
	if (*p == 'x' || *p == 'u' || *p == 'U') {
		size_t used = code_escape(p, end, &cp);
		char utf8[4];
		if (used) {
			size_t bytes = cc_utf8_encode(cp, utf8);
			memcpy(out + *n, utf8, bytes);
			*n += bytes;
			return used;
		}
	}
	out[(*n)++] = '\\';
	out[(*n)++] = *p;
	return 1;
}

static cc_str unescape(cc_str s, cc_arena *arena)
{
	char *out = cc_arena_alloc(arena, s.n + 1);
	const char *p = s.p, *end = s.p + s.n;
	size_t n = 0;
	if (!out)
		return s;
	while (p < end) {
		if (*p == '\\' && p + 1 < end)
			p += 1 + decode_escape(p + 1, end, out, &n);
		else
			out[n++] = *p++;
	}
	return (cc_str){ out, n };
}

/* Over a quoted string; false when it does not close. *inner is the text between the quotes. */
static bool scan_string(cursor *c, cc_str *inner, bool *escaped)
{
	char quote = *c->p++;
	const char *start = c->p;
	*escaped = false;
	while (c->p < c->end && *c->p != quote) {
		if (*c->p == '\\') {
			*escaped = true;
			c->p++;
		}
		c->p++;
	}
	if (c->p >= c->end) {
		c->p = c->end;
		return false;
	}
	*inner = text_between(start, c->p++);
	return true;
}

static bool read_string(cursor *c, cc_str *out)
{
	bool escaped;
	if (!scan_string(c, out, &escaped))
		return false;
	if (escaped)
		*out = unescape(*out, c->arena);
	return true;
}

/* u'…' and b'…' of older Python. */
static void skip_string_prefix(cursor *c)
{
	if (c->end - c->p >= 2 && memchr("ubUB", *c->p, 4) && (c->p[1] == '\'' || c->p[1] == '"'))
		c->p++;
}

/* --- values --- */

/* Over an unquoted value with its nested brackets, up to a ',' or closing bracket that is not its own (or a blank when
 * `blank_ends`). Depth is a counter, so hostile nesting costs nothing. */
static bool scan_bare(cursor *c, cc_str *out, bool blank_ends)
{
	const char *start = c->p;
	size_t depth = 0;
	cc_str inner;
	bool escaped;
	while (c->p < c->end) {
		char ch = *c->p;
		if (ch == '{' || ch == '[' || ch == '(')
			depth++;
		else if (ch == '}' || ch == ']' || ch == ')') {
			if (depth == 0)
				break;
			depth--;
		} else if (depth == 0 && (ch == ',' || (blank_ends && is_blank(ch))))
			break;
		else if ((ch == '\'' || ch == '"') && depth > 0) {
			if (!scan_string(c, &inner, &escaped))
				return false;
			continue;
		}
		c->p++;
	}
	*out = cc_str_trim(text_between(start, c->p));
	return depth == 0;
}

static bool is_null_word(cc_str s)
{
	return cc_str_eqz(s, "None") || cc_str_eqz(s, "null");
}

static bool read_value(cursor *c, cc_str *out)
{
	skip_string_prefix(c);
	if (at_quote(c))
		return read_string(c, out);
	if (!scan_bare(c, out, false))
		return false;
	if (is_null_word(*out))
		*out = CC_STR_EMPTY;
	return true;
}

/* Cells that hold nothing: also what pandas makes of a missing one. */
static bool is_nothing(cc_str s)
{
	return s.n == 0 || cc_str_eq_nocase(s, CC_STR("nan")) || is_null_word(s);
}

/* --- maps --- */

typedef bool pair_fn(void *arg, cc_kv kv); /* false: enough */

static bool read_key(cursor *c, cc_str *key)
{
	skip_string_prefix(c);
	if (at_quote(c))
		return read_string(c, key);
	const char *start = c->p;
	while (c->p < c->end && !memchr(":,{}[]", *c->p, 6))
		c->p++;
	*key = cc_str_trim(text_between(start, c->p));
	return key->n > 0;
}

static bool walk_braces(cc_str cell, cc_arena *arena, pair_fn *fn, void *arg)
{
	cursor c = cursor_of(cell, arena);
	cc_kv kv;
	bool more = true;
	c.p++;
	for (;;) {
		skip_blanks(&c);
		if (take(&c, '}'))
			break;
		if (!read_key(&c, &kv.key))
			return false;
		skip_blanks(&c);
		if (!take(&c, ':'))
			return false;
		skip_blanks(&c);
		if (!read_value(&c, &kv.value))
			return false;
		if (more)
			more = fn(arg, kv);
		skip_blanks(&c);
		if (!take(&c, ',') && !at(&c, '}'))
			return false;
	}
	skip_blanks(&c);
	return c.p == c.end;
}

enum { GO_MAX_KEYS = 256 };

typedef struct go_key {
	cc_str key;
	size_t value;  /* offset behind the ':' */
	size_t length; /* of the longest chain of ascending keys that starts here */
	size_t next;   /* in that chain; GO_MAX_KEYS = last */
} go_key;

static bool is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
	       c == '-' || c == '/';
}

/* Where the word at `from` ends with a ':'; 0 when it does not. */
static size_t key_end(cc_str s, size_t from)
{
	size_t i = from;
	while (i < s.n && is_key_char(s.p[i]))
		i++;
	return i == from || i >= s.n || s.p[i] != ':' || (s.p[from] >= '0' && s.p[from] <= '9') ? 0 : i;
}

/* A word that could be a key: starts with a letter, ends at ':', and is no URL scheme. A blank behind the ':' means an
 * empty value, so that the next key follows at once: "failure: it failed" is part of a text. */
static bool go_key_at(cc_str s, size_t from, go_key *out)
{
	size_t i = key_end(s, from);
	if (i == 0 || cc_str_starts(cc_str_sub(s, i + 1, s.n), CC_STR("//")))
		return false;
	if (i + 1 < s.n && is_blank(s.p[i + 1]) && key_end(s, i + 2) == 0)
		return false;
	*out = (go_key){ .key = cc_str_sub(s, from, i), .value = i + 1, .length = 1, .next = GO_MAX_KEYS };
	return true;
}

static size_t go_collect(cc_str s, go_key keys[GO_MAX_KEYS])
{
	size_t n = 0;
	for (size_t i = 0; i < s.n && n < GO_MAX_KEYS; i++)
		if ((i == 0 || is_blank(s.p[i - 1])) && go_key_at(s, i, &keys[n]))
			n++;
	return n;
}

/* Go sorts the keys, words inside values do not: the longest ascending chain from the first key is the likeliest
 * reading. */
static void go_chain(go_key *keys, size_t n)
{
	for (size_t i = n; i-- > 0;)
		for (size_t j = n; j-- > i + 1;)
			if (cc_str_cmp(keys[i].key, keys[j].key) < 0 && keys[j].length + 1 > keys[i].length) {
				keys[i].length = keys[j].length + 1;
				keys[i].next = j;
			}
}

static bool walk_go(cc_str inner, pair_fn *fn, void *arg)
{
	go_key keys[GO_MAX_KEYS];
	size_t n = go_collect(inner, keys);
	if (n == 0 || keys[0].key.p != inner.p)
		return cc_str_trim(inner).n == 0;
	go_chain(keys, n);
	for (size_t i = 0; i < n;) {
		size_t next = keys[i].next;
		size_t end = next < n ? (size_t)(keys[next].key.p - inner.p) - 1 : inner.n;
		cc_kv kv = { keys[i].key, cc_str_sub(inner, keys[i].value, end) };
		if (!fn(arg, kv) || next >= n)
			break;
		i = next;
	}
	return true;
}

static bool walk_map(cc_str cell, cc_arena *arena, pair_fn *fn, void *arg)
{
	cell = cc_str_trim(cell);
	if (is_nothing(cell))
		return true;
	if (cell.p[0] == '{')
		return walk_braces(cell, arena, fn, arg);
	if (cc_str_starts(cell, CC_STR("map[")) && cell.p[cell.n - 1] == ']')
		return walk_go(cc_str_trim(cc_str_sub(cell, 4, cell.n - 1)), fn, arg);
	return false;
}

typedef struct push_arg {
	cc_kv_vec *out;
	bool failed;
} push_arg;

static bool push_pair(void *arg, cc_kv kv)
{
	push_arg *a = arg;
	if (!cc_vec_push(a->out, kv))
		a->failed = true;
	return !a->failed;
}

bool cc_literal_map(cc_kv_vec *out, cc_str cell, cc_arena *arena)
{
	push_arg a = { out, false };
	size_t before = out->n;
	if (walk_map(cell, arena, push_pair, &a) && !a.failed)
		return true;
	out->n = before;
	return false;
}

typedef struct get_arg {
	cc_str key, value;
	bool found;
} get_arg;

static bool match_pair(void *arg, cc_kv kv)
{
	get_arg *a = arg;
	if (!cc_str_eq(kv.key, a->key))
		return true;
	a->value = kv.value;
	a->found = true;
	return false;
}

bool cc_literal_map_get(cc_str cell, cc_str key, cc_str *value, cc_arena *arena)
{
	get_arg a = { key, CC_STR_EMPTY, false };
	bool is_map = walk_map(cell, arena, match_pair, &a);
	*value = is_map ? a.value : CC_STR_EMPTY;
	return is_map && a.found;
}

/* --- lists --- */

/* The text between the outer brackets: […], (…) and array([…], dtype=object). */
static bool list_inner(cc_str cell, cc_str *inner)
{
	cell = cc_str_trim(cell);
	*inner = CC_STR_EMPTY;
	if (is_nothing(cell))
		return true;
	if (cc_str_starts(cell, CC_STR("array("))) {
		size_t close = cc_str_rfind_char(cell, ']');
		if (close == CC_STR_NONE || close < 6)
			return false;
		cell = cc_str_trim(cc_str_sub(cell, 6, close + 1));
	}
	if (cell.n < 2 ||
		!((cell.p[0] == '[' && cell.p[cell.n - 1] == ']') || (cell.p[0] == '(' && cell.p[cell.n - 1] == ')')))
		return false;
	*inner = cc_str_trim(cc_str_sub(cell, 1, cell.n - 1));
	return true;
}

/* Go prints [a b c]: no comma outside brackets and no quote at an item's start. */
static bool is_go_list(cc_str inner)
{
	cursor c = cursor_of(inner, NULL);
	cc_str item;
	if (inner.n == 0 || at_quote(&c) || at(&c, '{') || cc_str_starts(inner, CC_STR("datetime")))
		return false;
	return scan_bare(&c, &item, false) && c.p == c.end;
}

static bool read_item(cursor *c, cc_str *item, bool *quoted, bool go)
{
	skip_string_prefix(c);
	*quoted = !go && at_quote(c);
	return *quoted ? read_string(c, item) : scan_bare(c, item, go);
}

bool cc_literal_list(cc_str_vec *out, cc_str cell, cc_arena *arena)
{
	cc_str inner, item;
	size_t before = out->n;
	bool quoted;
	if (!list_inner(cell, &inner))
		return false;
	bool go = is_go_list(inner);
	cursor c = cursor_of(inner, arena);
	while (c.p < c.end) {
		const char *start = c.p;
		if (!read_item(&c, &item, &quoted, go) || !cc_vec_push(out, item))
			goto fail;
		skip_blanks(&c);
		bool comma = take(&c, ',');
		skip_blanks(&c);
		if (c.p == start || (!comma && !go && !quoted && c.p < c.end))
			goto fail; /* a stray bracket */
	}
	return true;
fail:
	out->n = before;
	return false;
}

/* --- times --- */

/* tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=68400)): what to take off; other zones are UTC. */
static int64_t zone_offset_s(cc_str args)
{
	static const struct {
		const char *name;
		int64_t unit;
	} parts[] = { { "days=", 86400 }, { "hours=", 3600 }, { "seconds=", 1 } };
	int64_t total = 0, v;
	size_t from = cc_str_find(args, CC_STR("timedelta("));
	if (from == CC_STR_NONE)
		return 0;
	args = cc_str_sub(args, from, args.n);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t hit = cc_str_find(args, cc_str_from(parts[i].name));
		if (hit == CC_STR_NONE)
			continue;
		size_t start = hit + strlen(parts[i].name), end = start;
		while (end < args.n && (args.p[end] == '-' || (args.p[end] >= '0' && args.p[end] <= '9')))
			end++;
		if (cc_str_to_i64(cc_str_sub(args, start, end), &v) && v > -1000000 && v < 1000000)
			total += v * parts[i].unit;
	}
	return total;
}

static bool plausible_civil(const int64_t f[7])
{
	return f[0] >= 1678 && f[0] <= 2261 && f[1] >= 1 && f[1] <= 12 && f[2] >= 1 && f[2] <= 31 && f[3] >= 0 &&
	       f[3] <= 23 && f[4] >= 0 && f[4] <= 59 && f[5] >= 0 && f[5] <= 60 && f[6] >= 0 && f[6] <= 999999;
}

/* datetime.datetime(2025, 12, 15, 17, 24[, 32[, 123456]][, tzinfo=…]): trailing zeros are omitted. */
static bool datetime_call(cc_str args, int64_t *ns)
{
	int64_t f[7] = { 0, 0, 0, 0, 0, 0, 0 };
	size_t n = 0;
	cc_str rest = args, head;
	while (rest.n > 0 && n < 7) {
		cc_str_cut(rest, ',', &head, &rest);
		if (!cc_str_to_i64(cc_str_trim(head), &f[n]))
			break;
		n++;
	}
	if (n < 3 || !plausible_civil(f))
		return false;
	*ns = cc_time_from_civil(
		      (int)f[0], (int)f[1], (int)f[2], (int)f[3], (int)f[4], (int)f[5], f[6] * CC_NS_PER_US) -
	      zone_offset_s(args) * CC_NS_PER_S;
	return true;
}

/* One item as a time: a call with numbers (datetime), a call with a text (Timestamp, datetime64), or the text itself.
 */
static bool time_item(cc_str item, cc_arena *arena, int64_t *ns)
{
	size_t open = cc_str_find_char(item, '(');
	if (open == CC_STR_NONE)
		return cc_time_parse(item, ns);
	if (item.p[item.n - 1] != ')')
		return false;
	cc_str args = cc_str_trim(cc_str_sub(item, open + 1, item.n - 1)), text;
	cursor c = cursor_of(args, arena);
	if (!at_quote(&c))
		return datetime_call(args, ns);
	return read_string(&c, &text) && cc_time_parse(text, ns);
}

static bool push_time(cc_time_vec *out, cc_str item, cc_arena *arena)
{
	int64_t ns = CC_TIME_NONE;
	if (!time_item(item, arena, &ns))
		ns = CC_TIME_NONE;
	return cc_vec_push(out, ns);
}

/* "2025-12-15 17:24:32.1 +0000 UTC 2025-…": Go separates times by the blank that also stands inside each. */
static bool go_times(cc_time_vec *out, cc_str inner, cc_arena *arena)
{
	while (inner.n > 0) {
		size_t utc = cc_str_find(inner, CC_STR(" UTC"));
		cc_str item = utc == CC_STR_NONE ? inner : cc_str_sub(inner, 0, utc + 4);
		if (!push_time(out, item, arena))
			return false;
		inner = cc_str_trim(cc_str_sub(inner, item.n, inner.n));
	}
	return true;
}

static bool list_times(cc_time_vec *out, cc_str cell, cc_arena *arena)
{
	cc_str_vec items = { 0 };
	bool ok = cc_literal_list(&items, cell, arena);
	for (size_t i = 0; ok && i < items.n; i++)
		ok = push_time(out, items.p[i], arena);
	cc_vec_deinit(&items);
	return ok;
}

bool cc_literal_times(cc_time_vec *out, cc_str cell, cc_arena *arena)
{
	cc_str inner;
	int64_t ns;
	size_t before = out->n;
	if (!list_inner(cell, &inner))
		return false;
	bool spaced =
		is_go_list(inner) && (cc_str_find(inner, CC_STR(" UTC")) != CC_STR_NONE || cc_time_parse(inner, &ns));
	if (spaced ? go_times(out, inner, arena) : list_times(out, cell, arena))
		return true;
	out->n = before;
	return false;
}
