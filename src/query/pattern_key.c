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
	const char *at, *end;
	/* The raw string of the last member of that name; one spelled as above wins. p NULL: none, or no string */
	cc_str message[KEYS];
	bool exact[KEYS];
} walk;

typedef struct raw_string { cc_str text; bool escapes; } raw_string;

static inline char peek(const walk *w)
{
	return w->at < w->end ? *w->at : '\0';
}

static inline void skip_blanks(walk *w)
{
	for (char c = peek(w); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = peek(w))
		w->at++;
}

static inline bool take(walk *w, char c)
{
	if (peek(w) != c)
		return false;
	w->at++;
	return true;
}

#if defined __SSE2__ && defined __GNUC__

/* The first byte from p on that is not plain - a quote, a backslash, a control character - or one of the last fifteen,
 * which are not looked at. Sixteen at a time. */
static inline const char *skip_plain(const char *p, const char *end)
{
	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(' ' - 1)), v);
		__m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"')), escape = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
		unsigned odd = (unsigned)_mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, escape)));
		if (odd)
			return p + __builtin_ctz(odd);
	}
	return p;
}

#else

static const char *skip_plain(const char *p, const char *end)
{
	(void)end;
	return p;
}

#endif

static inline bool walk_string(walk *w, raw_string *raw)
{
	if (!take(w, '"'))
		return false;
	const char *from = w->at, *p = skip_plain(from, w->end);
	raw->escapes = false;
	for (; p < w->end; p++) {
		unsigned char c = (unsigned char)*p;
		if (c == '"') {
			raw->text = (cc_str){ from, (size_t)(p - from) };
			w->at = p + 1;
			return true;
		}
		if (c < ' ')
			return false;
		if (c != '\\')
			continue;
		if (++p >= w->end || !*p || cc_str_find_char(CC_STR("\"\\/bfnrt"), *p) == CC_STR_NONE)
			return false;
		raw->escapes = true;
	}
	return false;
}

static bool walk_digits(walk *w)
{
	const char *from = w->at;
	while (peek(w) >= '0' && peek(w) <= '9')
		w->at++;
	return w->at > from;
}

static bool walk_number(walk *w)
{
	take(w, '-');
	bool zero = peek(w) == '0';
	const char *from = w->at;
	if (!walk_digits(w) || (zero && w->at - from > 1))
		return false;
	if (take(w, '.') && !walk_digits(w))
		return false;
	return !class_bytes[(unsigned char)peek(w)];
}

static bool walk_word(walk *w, cc_str word)
{
	if (!cc_str_starts((cc_str){ w->at, (size_t)(w->end - w->at) }, word))
		return false;
	w->at += word.n;
	return true;
}

static bool walk_members(walk *w, int depth, char close);

static bool walk_value(walk *w, int depth, raw_string *text)
{
	char c = peek(w);
	if (c == '"')
		return walk_string(w, text);
	if (c == '{' || c == '[') {
		w->at++;
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
	const unsigned lengths = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8;
	if (name.n > 8 || !(lengths >> name.n & 1))
		return;
	for (size_t i = 0; i < KEYS; i++) {
		if (name.n != keys[i].n || (name.p[1] | 32) != keys[i].p[1] || !cc_str_eq_nocase(name, keys[i]))
			continue;
		bool exact = cc_str_eq(name, keys[i]);
		if (exact || !w->exact[i])
			w->message[i] = text;
		w->exact[i] |= exact;
	}
}

/* A member's name and its colon. */
static inline bool walk_name(walk *w, raw_string *name)
{
	if (!walk_string(w, name) || name->escapes)
		return false;
	skip_blanks(w);
	if (!take(w, ':'))
		return false;
	skip_blanks(w);
	return true;
}

/* What stands behind the opening bracket, up to the closing one. */
static bool walk_members(walk *w, int depth, char close)
{
	skip_blanks(w);
	if (take(w, close))
		return true;
	do {
		raw_string name = { .text = CC_STR_EMPTY }, text = { .text = { NULL, 0 } };
		skip_blanks(w);
		if (close == '}' && !walk_name(w, &name))
			return false;
		if (!walk_value(w, depth, &text))
			return false;
		if (depth == 0)
			remember(w, name.text, text.text);
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
	walk w = { .at = body.p + 1, .end = body.p + body.n };
	if (!walk_members(&w, 0, '}') || w.at != w.end)
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

#if defined __SSE2__ && defined __GNUC__

/* One line without a tab or a colour, as most bodies are. */
static bool is_one_plain_line(cc_str s)
{
	const char *p = s.p, *end = s.p + s.n;
	__m128i control = _mm_setzero_si128(), most = _mm_set1_epi8(' ' - 1);
	if (s.n < 16)
		return false;
	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		control = _mm_or_si128(control, _mm_cmpeq_epi8(_mm_min_epu8(v, most), v));
	}
	__m128i last = _mm_loadu_si128((const __m128i *)(const void *)(end - 16));
	return !_mm_movemask_epi8(_mm_or_si128(control, _mm_cmpeq_epi8(_mm_min_epu8(last, most), last)));
}

#else

static bool is_one_plain_line(cc_str s)
{
	(void)s;
	return false;
}

#endif

cc_str cc_pattern_key(cc_str body, cc_arena *arena)
{
	bool plain = is_one_plain_line(body);
	cc_str text = cc_str_trim(plain ? body : strip_ansi(body, arena));
	if (text.n > 1 && text.p[0] == '{') {
		cc_str message = json_message(text, arena);
		if (message.n)
			return first_line(cc_str_trim(message), arena);
	}
	return plain ? text : first_line(text, arena);
}
