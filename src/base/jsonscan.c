/* jsonscan.c - the pass over a copy of the text before cJSON sees it.
 *
 * It notes each number's place and puts "0" and blanks there, writes \ufffd in place of \u0000 and lone surrogates (same
 * length, so that error offsets stay true), and refuses what cJSON would let through: deep nesting, stray bytes, numbers
 * that are none, bad hex digits. json.c says why. */
#include <string.h>
#include "base/json_priv.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits_end(cc_str s, size_t i)
{
	while (i < s.n && is_digit(s.p[i]))
		i++;
	return i;
}

/* Length of the JSON number at the start of s, 0 when it is none. */
static size_t number_length(cc_str s)
{
	size_t start = s.n && s.p[0] == '-', i = digits_end(s, start);
	if (i == start || (i > start + 1 && s.p[start] == '0'))
		return 0;
	if (i < s.n && s.p[i] == '.') {
		size_t end = digits_end(s, i + 1);
		if (end == i + 1)
			return 0;
		i = end;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		size_t sign = i + 1 < s.n && (s.p[i + 1] == '+' || s.p[i + 1] == '-');
		size_t end = digits_end(s, i + 1 + sign);
		if (end == i + 1 + sign)
			return 0;
		i = end;
	}
	return i;
}

bool cc_json_is_number_text(cc_str s)
{
	return s.n > 0 && number_length(s) == s.n;
}

/* Python and Go programs write these although JSON has no such numbers; they are kept as numbers by name. */
static size_t special_length(cc_str s)
{
	static const cc_str names[] = { { "NaN", 3 }, { "Infinity", 8 }, { "-Infinity", 9 } };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (cc_str_starts(s, names[i]))
			return names[i].n;
	return 0;
}

static cc_code scan_number(cc_json_scan_state *w)
{
	cc_str rest = { w->p + w->i, w->n - w->i };
	size_t n = special_length(rest);
	if (!n)
		n = number_length(rest);
	if (!n)
		return CC_EFORMAT;
	if (!cc_vec_push(&w->numbers, ((cc_json_place){ w->i, n })))
		return CC_ENOMEM;
	memset(w->p + w->i, ' ', n);
	w->p[w->i] = '0';
	w->i += n;
	return CC_OK;
}

/* The code unit of a \uXXXX at i, -1 when there is none. */
static long unit_at(const cc_json_scan_state *w, size_t i)
{
	if (w->n < 6 || i > w->n - 6 || w->p[i] != '\\' || w->p[i + 1] != 'u')
		return -1;
	long unit = 0;
	for (size_t k = i + 2; k < i + 6; k++) {
		char c = w->p[k];
		int digit = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
	}
	return unit;
}

static cc_code scan_escape(cc_json_scan_state *w)
{
	long unit = unit_at(w, w->i);
	if (unit < 0) {
		if (w->i + 1 < w->n && w->p[w->i + 1] == 'u')
			return CC_EFORMAT; /* cJSON takes bad hex digits for \u0000 */
		w->i += 2;             /* the other escapes it knows */
		return CC_OK;
	}
	bool high = unit >= 0xD800 && unit <= 0xDBFF;
	long low = high ? unit_at(w, w->i + 6) : -1;
	if (high && low >= 0xDC00 && low <= 0xDFFF)
		w->i += 6;
	else if (unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF))
		memcpy(w->p + w->i + 2, "fffd", 4);
	w->i += 6;
	return CC_OK;
}

static cc_code scan_string(cc_json_scan_state *w)
{
	for (w->i++; w->i < w->n;) {
		char c = w->p[w->i];
		if (c == '\\') {
			if (scan_escape(w) != CC_OK)
				return CC_EFORMAT;
		} else if (c == '\0') {
			return CC_EFORMAT;
		} else {
			w->i++;
			if (c == '"')
				return CC_OK;
		}
	}
	w->i = w->n;
	return CC_EFORMAT;
}

static cc_code scan_one(cc_json_scan_state *w)
{
	char c = w->p[w->i];
	if (c == '"')
		return scan_string(w);
	if (c == '-' || is_digit(c) || c == 'N' || c == 'I')
		return scan_number(w);
	if (c == '{' || c == '[') {
		if (++w->depth > CC_JSON_DEPTH_MAX)
			return CC_ELIMIT;
	} else if (c == '}' || c == ']') {
		w->depth--;
	} else if (c == '\0' || !strchr(" \t\r\n:,truefalsn", c)) {
		return CC_EFORMAT;
	}
	w->i++;
	return CC_OK;
}

cc_code cc_json_scan(cc_json_scan_state *w)
{
	cc_code code = CC_OK;
	while (w->i < w->n && code == CC_OK)
		code = scan_one(w);
	return code;
}
