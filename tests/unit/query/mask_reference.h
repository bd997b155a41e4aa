/* mask_reference.h - the masks of log lines said plainly, one byte and one matcher at a time: what pattern_mask.c, which
 * reads 64 bytes at a time, is held against. */
#ifndef MASK_REFERENCE_H
#define MASK_REFERENCE_H

#include <string.h>
#include "coldcase/patterns.h"

enum { LINE_MAX_BYTES = 2048 };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* 1: letter, digit or '_'; asked for every byte of every log line. */
static const unsigned char wordy[256] = {
	['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1,
	['_'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1,
	['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1,
	['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1,
	['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1,
	['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1,
	['X'] = 1, ['Y'] = 1, ['Z'] = 1,
};

static bool is_wordy(char c) { return wordy[(unsigned char)c]; }

static char at(cc_str s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

/* 'd' digit, 'x' hex digit, anything else itself. Length matched or 0. */
static size_t shape(cc_str s, size_t i, const char *pattern)
{
	size_t k = 0;
	for (; pattern[k]; k++) {
		char c = at(s, i + k);
		if (pattern[k] == 'd' ? !is_digit(c) : pattern[k] == 'x' ? !is_hex(c) : c != pattern[k])
			return 0;
	}
	return k;
}

static size_t digits(cc_str s, size_t i)
{
	size_t n = 0;
	while (is_digit(at(s, i + n)))
		n++;
	return n;
}

static size_t clock_at(cc_str s, size_t i)
{
	size_t n = shape(s, i, "dd:dd:dd");
	if (n == 0)
		return 0;
	if ((at(s, i + n) == '.' || at(s, i + n) == ',') && digits(s, i + n + 1))
		n += 1 + digits(s, i + n + 1);
	return n;
}

static size_t zone_at(cc_str s, size_t i)
{
	if (at(s, i) == 'Z' && !is_wordy(at(s, i + 1)))
		return 1;
	if (at(s, i) != '+' && at(s, i) != '-')
		return 0;
	size_t n = shape(s, i + 1, "dd:dd");
	n = n ? n : shape(s, i + 1, "dddd");
	return n ? n + 1 : 0;
}

static size_t time_at(cc_str s, size_t i)
{
	size_t n = clock_at(s, i);
	if (n)
		return n + zone_at(s, i + n);
	n = shape(s, i, "dddd-dd-dd");
	n = n ? n : shape(s, i, "dddd/dd/dd");
	if (n == 0)
		return 0;
	if (at(s, i + n) == 'T' || at(s, i + n) == ' ') {
		size_t clock = clock_at(s, i + n + 1);
		if (clock)
			n += 1 + clock;
	}
	return n + zone_at(s, i + n);
}

static size_t ip_at(cc_str s, size_t i)
{
	size_t n = 0;
	for (int part = 0; part < 4; part++) {
		size_t d = digits(s, i + n);
		if (d == 0 || d > 3 || (part < 3 && at(s, i + n + d) != '.'))
			return 0;
		n += d + (part < 3);
	}
	return at(s, i + n) == '.' && is_digit(at(s, i + n + 1)) ? 0 : n;
}

static size_t number_at(cc_str s, size_t i)
{
	size_t n = digits(s, i);
	while (n && (at(s, i + n) == '.' || at(s, i + n) == ',') && digits(s, i + n + 1))
		n += 1 + digits(s, i + n + 1);
	if (n && (at(s, i + n) == 'e' || at(s, i + n) == 'E')) {
		size_t sign = at(s, i + n + 1) == '+' || at(s, i + n + 1) == '-';
		size_t d = digits(s, i + n + 1 + sign);
		if (d && !is_wordy(at(s, i + n + 1 + sign + d)))
			n += 1 + sign + d;
	}
	return n;
}

static size_t unit_at(cc_str s, size_t i)
{
	static const char *const units[] = { "ns", "us", "\xc2\xb5s", "\xce\xbcs", "ms", "sec", "min", "s", "m", "h",
		"d" };
	if (!strchr("nu\xc2\xcemshd", at(s, i)))
		return 0;
	for (size_t k = 0; k < sizeof units / sizeof *units; k++)
		if (cc_str_starts(cc_str_sub(s, i, s.n), cc_str_from(units[k])))
			return strlen(units[k]);
	return 0;
}

/* "1m30.5s", "12ms"; the end must be the end of the word. */
static size_t duration_at(cc_str s, size_t i)
{
	size_t n = 0;
	for (;;) {
		size_t number = number_at(s, i + n), unit = number ? unit_at(s, i + n + number) : 0;
		if (!unit)
			return 0;
		n += number + unit;
		if (!is_wordy(at(s, i + n)))
			return n;
	}
}

/* A run of letters and digits: hexadecimal, an id, or a plain word (NULL). */
static const char *word_mask(cc_str run)
{
	size_t d = 0, turns = 0;
	bool hex = true;
	for (size_t i = 0; i < run.n; i++) {
		d += is_digit(run.p[i]);
		hex &= is_hex(run.p[i]);
		turns += i > 0 && is_digit(run.p[i]) != is_digit(run.p[i - 1]);
	}
	if (run.n > 2 && run.p[0] == '0' && (run.p[1] | 32) == 'x')
		return "<hex>";
	if (d == run.n)
		return "<num>";
	if (hex && run.n >= 8 && d > 0)
		return "<hex>";
	return run.n >= 5 && ((d >= 2 && turns >= 2) || d >= 4) ? "<id>" : NULL;
}

/* A path is masked when it carries something that varies: digits or a query. */
static size_t path_at(cc_str s, size_t i)
{
	size_t n = 1, d = 0, query = 0;
	while (i + n < s.n && !is_blank(s.p[i + n]) && !strchr("\"'`<>()[]{},;|", s.p[i + n])) {
		d += is_digit(s.p[i + n]);
		query += s.p[i + n] == '?' || s.p[i + n] == '%';
		n++;
	}
	return n > 2 && (d || query) ? n : 0;
}

/* Length of the run at i, and what it is masked as; NULL = it stands for itself. */
static size_t match_at(cc_str s, size_t i, const char **mask)
{
	static const struct { const char *mask; size_t (*at)(cc_str, size_t); } matchers[] = { { "<time>", time_at },
		{ "<ip>", ip_at }, { "<dur>", duration_at }, { "<num>", number_at } };
	size_t n = 0, d = 0;
	for (; i + n < s.n && is_wordy(s.p[i + n]); n++)
		d += is_digit(s.p[i + n]);
	*mask = NULL;
	if (n == 8 && at(s, i + 8) == '-' && shape(s, i, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")) {
		*mask = "<uuid>";
		return 36;
	}
	if (d == 0)
		return n;
	for (size_t k = 0; is_digit(s.p[i]) && k < sizeof matchers / sizeof *matchers; k++) {
		size_t m = matchers[k].at(s, i);
		if (m && !is_wordy(at(s, i + m))) {
			*mask = matchers[k].mask;
			return m;
		}
	}
	*mask = word_mask(cc_str_sub(s, i, i + n));
	return n;
}

static char *put(char *out, const char *text, size_t n)
{
	memcpy(out, text, n);
	return out + n;
}

/* A byte becomes at most six: "1" becomes "<num>", and nothing grows more. */
static void reference_mask(cc_str line, cc_buf *out)
{
	line = cc_str_sub(cc_str_trim(line), 0, LINE_MAX_BYTES);
	if (!cc_buf_reserve(out, line.n * 6 + 1))
		return;
	char *w = out->p + out->n;
	for (size_t i = 0, n; i < line.n; i += n) {
		char c = line.p[i];
		const char *mask = NULL;
		n = 1;
		if (is_wordy(c)) {
			n = match_at(line, i, &mask);
		} else if (is_blank(c)) {
			while (is_blank(at(line, i + n)))
				n++;
			mask = " ";
		} else if (c == '/' && (i == 0 || !is_wordy(line.p[i - 1])) && at(line, i + 1) != '/' &&
			path_at(line, i)) {
			n = path_at(line, i);
			mask = "<path>";
		} else if ((c == '-' || c == '+') && (i == 0 || is_blank(line.p[i - 1])) && is_digit(at(line, i + 1))) {
			continue;              /* the sign belongs to the number */
		}
		w = mask ? put(w, mask, strlen(mask)) : put(w, line.p + i, n);
	}
	out->n = (size_t)(w - out->p);
	out->p[out->n] = '\0';
}

#endif
