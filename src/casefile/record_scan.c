/* record_scan.c - goes over a line of a record without building a tree: is it one, of what type, and where things lie in it.
 *
 * Only what is certain is said. Whatever a writer of records does not write - escapes in the names that matter, a name twice,
 * numbers of unusual form, control characters, deep nesting, lines lost before - is left to the JSON reader, so that both
 * together judge every line as the JSON reader alone would. */
#include <string.h>

#include "casefile/record_run.h"

typedef struct scan {
	const char *p, *at, *end;
	cc_run_place *out;
	unsigned seen;                  /* names of the line's own that were met, a bit each */
} scan;

enum { DEPTH = 16, SAW_TYPE = 1, SAW_PREV = 2, SAW_ACTIONS = 4 };

static bool hex4(const char *p)
{
	for (int i = 0; i < 4; i++)
		if (!((p[i] >= '0' && p[i] <= '9') || (p[i] >= 'a' && p[i] <= 'f') || (p[i] >= 'A' && p[i] <= 'F')))
			return false;
	return true;
}

static bool skip_escape(scan *s)
{
	if (s->end - s->at < 2)
		return false;
	if (s->at[1] == 'u') {
		if (s->end - s->at < 6 || !hex4(s->at + 2))
			return false;
		s->at += 6;
		return true;
	}
	if (!strchr("\"\\/bfnrt", s->at[1]) || !s->at[1])
		return false;
	s->at += 2;
	return true;
}

#define ONES UINT64_C(0x0101010101010101)
#define HIGH UINT64_C(0x8080808080808080)

/* A bit for bytes that end a run of plain ones: a quote, a backslash, a control character. The lowest is of the first such
 * byte; those above it may be of others. */
static uint64_t specials_in(uint64_t w)
{
	uint64_t quote = w ^ ONES * '"', slash = w ^ ONES * '\\';

	return (((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) | ((w - ONES * 0x20) & ~w)) & HIGH;
}

/* Behind the plain bytes that come next, or some of them. */
static void skip_plain(scan *s)
{
	while (s->end - s->at >= 8) {
		uint64_t w, bits;

		memcpy(&w, s->at, 8);
		bits = specials_in(w);
		if (bits) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
			s->at += __builtin_ctzll(bits) / 8;
#endif
			return;
		}
		s->at += 8;
	}
}

/* From a quote to behind the one that ends the string; *plain: nothing in it is escaped. */
static bool skip_string(scan *s, bool *plain)
{
	*plain = true;
	for (s->at++; s->at < s->end;) {
		unsigned char c;

		skip_plain(s);
		if (s->at == s->end)
			return false;
		c = (unsigned char)*s->at;
		if (c < 0x20)
			return false;
		if (c == '\\') {
			*plain = false;
			if (!skip_escape(s))
				return false;
			continue;
		}
		s->at++;
		if (c == '"')
			return true;
	}
	return false;
}

static bool digits(scan *s)
{
	const char *from = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return s->at > from;
}

/* Integers and decimal fractions. */
static bool skip_number(scan *s)
{
	const char *from;

	if (*s->at == '-')
		s->at++;
	from = s->at;
	if (!digits(s) || (*from == '0' && s->at - from > 1))
		return false;
	if (s->at == s->end || *s->at != '.')
		return true;
	s->at++;
	return digits(s);
}

static bool skip_word(scan *s, const char *word, size_t n)
{
	if ((size_t)(s->end - s->at) < n || memcmp(s->at, word, n) != 0)
		return false;
	s->at += n;
	return true;
}

static bool skip_value(scan *s, int depth);

static bool next_is(scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static bool skip_array(scan *s, int depth)
{
	s->at++;
	if (next_is(s, ']'))
		return true;
	do {
		if (!skip_value(s, depth + 1))
			return false;
	} while (next_is(s, ','));
	return next_is(s, ']');
}

static bool skip_object(scan *s, int depth)
{
	bool plain;

	s->at++;
	if (next_is(s, '}'))
		return true;
	do {
		if (s->at == s->end || *s->at != '"' || !skip_string(s, &plain) || !next_is(s, ':') || !skip_value(s, depth + 1))
			return false;
	} while (next_is(s, ','));
	return next_is(s, '}');
}

static bool skip_value(scan *s, int depth)
{
	bool plain;

	if (s->at == s->end || depth > DEPTH)
		return false;
	switch (*s->at) {
	case '"': return skip_string(s, &plain);
	case '{': return skip_object(s, depth);
	case '[': return skip_array(s, depth);
	case 't': return skip_word(s, "true", 4);
	case 'f': return skip_word(s, "false", 5);
	case 'n': return skip_word(s, "null", 4);
	default: return skip_number(s);
	}
}

static bool note_type(scan *s, cc_str value)
{
	s->out->type = (uint8_t)cc_record_type_of(value);
	/* A header may be refused, what digests and ends say is asked for at once: they are read in full. */
	return s->out->type == CC_LINE_STEP || s->out->type == CC_LINE_VIEW || s->out->type == CC_LINE_EVENT;
}

#define IS(key, word) ((key).n == sizeof word - 1 && memcmp((key).p, word, sizeof word - 1) == 0)

/* One of the line's own members; at its value. */
static bool take_member(scan *s, cc_str key)
{
	const char *from = s->at;
	unsigned bit = IS(key, "type") ? SAW_TYPE : IS(key, "prev") ? SAW_PREV : IS(key, "actions") ? SAW_ACTIONS : 0;
	bool plain = true;

	if ((s->seen & bit) || IS(key, "lost_before") || s->at == s->end)
		return false;
	s->seen |= bit;
	if (bit == SAW_ACTIONS)
		s->out->actions = (uint32_t)(from - s->p);
	if (bit != SAW_TYPE && bit != SAW_PREV)
		return skip_value(s, 1);
	if (*s->at != '"' || !skip_string(s, &plain) || !plain)
		return false;
	if (bit == SAW_TYPE)
		return note_type(s, (cc_str){ from + 1, (size_t)(s->at - from - 2) });
	s->out->prev = (uint32_t)(from + 1 - s->p);
	return s->at - from == CC_RECORD_HASH + 2;
}

static bool scan_line(scan *s)
{
	if (!next_is(s, '{'))
		return false;
	do {
		const char *from = s->at;
		bool plain;

		if (s->at == s->end || *s->at != '"' || !skip_string(s, &plain) || !plain || !next_is(s, ':'))
			return false;
		if (!take_member(s, (cc_str){ from + 1, (size_t)(s->at - from - 3) }))
			return false;
	} while (next_is(s, ','));
	return next_is(s, '}') && s->at == s->end && (s->seen & SAW_TYPE) && (s->seen & SAW_PREV);
}

void cc_record_scan(cc_str line, cc_run_place *out)
{
	scan s = { .p = line.p, .at = line.p, .end = line.p + line.n, .out = out };

	out->actions = 0;
	out->plain = scan_line(&s);
}
