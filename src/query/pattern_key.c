/* pattern_key.c - what of a body stands for it: a JSON message, the first line, the class of what was thrown. */
#if defined __SSE2__ && defined __GNUC__
#include <emmintrin.h>
#endif
#include "coldcase/patterns.h"

/* Part of the name of a class: asked for every byte of a stack trace. */
static const unsigned char class_bytes[256] = {
	['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1,
	['_'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1,
	['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1,
	['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1,
	['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1,
	['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1,
	['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['.'] = 1, ['$'] = 1,
};

static char at(cc_str s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

static cc_str strip_ansi(cc_str s, cc_arena *arena)
{
	if (cc_str_find_char(s, '\x1b') == CC_STR_NONE)
		return s;
	char *p = cc_arena_alloc(arena, s.n + 1);
	if (!p)
		return s;
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\x1b') {
			p[n++] = s.p[i];
			continue;
		}
		if (at(s, i + 1) == '[') {
			i += 2;
			while (i < s.n && (s.p[i] < '@' || s.p[i] > '~'))
				i++;
		} else if (at(s, i + 1) == ']') {
			while (i < s.n && s.p[i] != '\a' && !(s.p[i] == '\x1b' && at(s, i + 1) == '\\' ))
				i++;
		}
	}
	return (cc_str){ p, n };
}

/* --- the message of a JSON body --- */

enum { KEYS = 8, DEPTH_MAX = 8 };
static const cc_str keys[KEYS] = { { "message", 7 }, { "msg", 3 }, { "log", 3 }, { "@message", 8 }, { "error", 5 },
	{ "err", 3 }, { "event", 5 }, { "body", 4 } };

static cc_str parsed_message(cc_str body, cc_arena *arena)
{
	cc_json *doc = NULL;
	cc_str found = CC_STR_EMPTY;
	if (cc_json_parse(&doc, body, NULL) != CC_OK)
		return found;
	for (size_t i = 0; i < KEYS && found.n == 0; i++) {
		const cc_json *v = cc_json_get_nocase(doc, keys[i].p);
		if (cc_json_typeof(v) == CC_JSON_STRING)
			found = cc_arena_dup(arena, cc_json_str(v));
	}
	cc_json_free(doc);
	return found.p ? found : CC_STR_EMPTY;
}

/* A walk over plain JSON that builds nothing. Whatever it does not take for plain (\u, control characters, exponents,
 * deep nesting, errors) is left to the parser: it never decides that a body is no JSON. */
typedef struct walk {
	cc_str s;
	size_t i;
	/* The raw string of the last member of that name; one spelled as above wins. p NULL: none, or no string */
	cc_str message[KEYS];
	bool exact[KEYS];
} walk;

static void skip_blanks(walk *w)
{
	for (char c = at(w->s, w->i); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = at(w->s, w->i))
		w->i++;
}

static bool take(walk *w, char c)
{
	if (at(w->s, w->i) != c)
		return false;
	w->i++;
	return true;
}

#if defined __SSE2__ && defined __GNUC__

/* How many of the next bytes are plain: neither quote nor backslash nor control character. Sixteen at a time. */
static size_t plain_bytes(cc_str s, size_t i)
{
	size_t from = i;
	for (; i + 16 <= s.n; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));
		__m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(' ' - 1)), v);
		__m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"')), escape = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
		unsigned odd = (unsigned)_mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, escape)));
		if (odd)
			return i + (size_t)__builtin_ctz(odd) - from;
	}
	return i - from;
}

#else

static size_t plain_bytes(cc_str s, size_t i)
{
	(void)s;
	(void)i;
	return 0;
}

#endif

static bool walk_string(walk *w, cc_str *raw)
{
	if (!take(w, '"'))
		return false;
	size_t from = w->i;
	for (w->i += plain_bytes(w->s, w->i); w->i < w->s.n; w->i++) {
		unsigned char c = (unsigned char)w->s.p[w->i];
		if (c > '"' && c != '\\')
			continue;
		if (c == '"') {
			*raw = cc_str_sub(w->s, from, w->i++);
			return true;
		}
		if (c < ' ')
			return false;
		if (c != '\\')
			continue;
		char escaped = at(w->s, ++w->i);
		if (!escaped || cc_str_find_char(CC_STR("\"\\/bfnrt"), escaped) == CC_STR_NONE)
			return false;
	}
	return false;
}

static bool walk_digits(walk *w)
{
	size_t from = w->i;
	while (at(w->s, w->i) >= '0' && at(w->s, w->i) <= '9')
		w->i++;
	return w->i > from;
}

static bool walk_number(walk *w)
{
	take(w, '-');
	bool zero = at(w->s, w->i) == '0';
	size_t from = w->i;
	if (!walk_digits(w) || (zero && w->i - from > 1))
		return false;
	if (take(w, '.') && !walk_digits(w))
		return false;
	return !class_bytes[(unsigned char)at(w->s, w->i)];
}

static bool walk_word(walk *w, cc_str word)
{
	if (!cc_str_starts(cc_str_sub(w->s, w->i, w->s.n), word))
		return false;
	w->i += word.n;
	return true;
}

static bool walk_members(walk *w, int depth, char close);

static bool walk_value(walk *w, int depth, cc_str *text)
{
	char c = at(w->s, w->i);
	if (c == '"')
		return walk_string(w, text);
	if (c == '{' || c == '[') {
		w->i++;
		return depth < DEPTH_MAX && walk_members(w, depth + 1, c == '{' ? '}' : ']');
	}
	if (c == 't')
		return walk_word(w, CC_STR("true"));
	if (c == 'f')
		return walk_word(w, CC_STR("false"));
	return c == 'n' ? walk_word(w, CC_STR("null")) : walk_number(w);
}

static void remember(walk *w, cc_str name, cc_str text)
{
	for (size_t i = 0; i < KEYS && name.n >= 3; i++) {
		if (name.n != keys[i].n || !cc_str_eq_nocase(name, keys[i]))
			continue;
		bool exact = cc_str_eq(name, keys[i]);
		if (exact || !w->exact[i])
			w->message[i] = text;
		w->exact[i] |= exact;
	}
}

/* What stands behind the opening bracket, up to the closing one. */
static bool walk_members(walk *w, int depth, char close)
{
	skip_blanks(w);
	if (take(w, close))
		return true;
	do {
		cc_str name = CC_STR_EMPTY, text = { NULL, 0 };
		skip_blanks(w);
		if (close == '}') {
			if (!walk_string(w, &name) || cc_str_find_char(name, '\\') != CC_STR_NONE)
				return false;
			skip_blanks(w);
			if (!take(w, ':'))
				return false;
			skip_blanks(w);
		}
		if (!walk_value(w, depth, &text))
			return false;
		if (depth == 0)
			remember(w, name, text);
		skip_blanks(w);
	} while (take(w, ','));
	return take(w, close);
}

static cc_str unescaped(cc_str raw, cc_arena *arena)
{
	static const char meant[] = "\b\f\n\r\t";
	if (cc_str_find_char(raw, '\\') == CC_STR_NONE)
		return raw;
	char *p = cc_arena_alloc(arena, raw.n + 1);
	size_t n = 0;
	for (size_t i = 0; p && i < raw.n; i++) {
		char c = raw.p[i];
		if (c == '\\') {
			c = raw.p[++i];
			size_t k = cc_str_find_char(CC_STR("bfnrt"), c);
			c = k == CC_STR_NONE ? c : meant[k];
		}
		p[n++] = c;
	}
	return (cc_str){ p ? p : "", n };
}

static cc_str json_message(cc_str body, cc_arena *arena)
{
	walk w = { .s = body, .i = 1 };
	if (!walk_members(&w, 0, '}') || w.i != body.n)
		return parsed_message(body, arena);
	for (size_t i = 0; i < KEYS; i++)
		if (w.message[i].n)
			return unescaped(w.message[i], arena);
	return CC_STR_EMPTY;
}

/* --- the first line --- */

static bool is_class_byte(char c)
{
	return class_bytes[(unsigned char)c];
}

/* "java.lang.IllegalStateException" in "Caused by: java.lang.IllegalStateException: closed". */
static cc_str exception_class(cc_str line)
{
	for (size_t i = 0, e; (e = cc_str_find_char(cc_str_sub(line, i, line.n), 'E')) != CC_STR_NONE;) {
		i += e;
		cc_str rest = cc_str_sub(line, i, line.n);
		size_t ends = cc_str_starts(rest, CC_STR("Exception")) ? 9 : cc_str_starts(rest, CC_STR("Error")) ? 5 : 0;
		size_t from = i, to = i + ends;
		i++;
		if (ends == 0 || (to < line.n && is_class_byte(line.p[to])))
			continue;
		while (from > 0 && is_class_byte(line.p[from - 1]))
			from--;
		if (to - from > 9)
			return cc_str_sub(line, from, to);
	}
	return CC_STR_EMPTY;
}

/* First line; of a stack trace also the class of what was thrown (Python says it on the last line). */
static cc_str first_line(cc_str text, cc_arena *arena)
{
	cc_str head, rest, line;
	bool more = cc_str_cut(text, '\n', &head, &rest);
	head = cc_str_trim(head);
	if (!more || exception_class(head).n)
		return head;
	cc_str thrown = CC_STR_EMPTY;
	bool python = cc_str_starts(head, CC_STR("Traceback"));
	for (int lines = 0; rest.n && lines < 200; lines++) {
		cc_str_cut(rest, '\n', &line, &rest);
		cc_str class = exception_class(line);
		if (class.n)
			thrown = class;
		if (class.n && !python)
			break;
	}
	if (thrown.n == 0)
		return head;
	cc_str both = cc_arena_printf(arena, "%.*s %.*s", CC_STR_ARG(head), CC_STR_ARG(thrown));
	return both.p ? both : head;
}

cc_str cc_pattern_key(cc_str body, cc_arena *arena)
{
	cc_str text = cc_str_trim(strip_ansi(body, arena));
	if (text.n > 1 && text.p[0] == '{') {
		cc_str message = json_message(text, arena);
		if (message.n)
			text = cc_str_trim(message);
	}
	return first_line(text, arena);
}
