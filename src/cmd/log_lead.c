/* log_lead.c - many programs write time, level and trace id into the text although the record has them (see log_lead.h).
 *
 * In a list those take the first half of the line, and the message falls off its end. Only forms that cannot be meant otherwise
 * are skipped: a level must be in capitals or brackets and say what the record's level says. */
#include "cmd/log_lead.h"

#include <string.h>

enum { LOOK = 256 /* bytes within which the ids of a line's lead are looked for */ };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_blank(char c) { return c == ' ' || c == '\t'; }
static bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

static char at(cc_str s, size_t i) { return i < s.n ? s.p[i] : '\0'; }

static cc_str after(cc_str s, size_t i)
{
	while (i < s.n && is_blank(s.p[i]))
		i++;
	return cc_str_sub(s, i, s.n);
}

/* Length of the pattern at i, d = digit; 0 when it does not fit. */
static size_t shape(cc_str s, size_t i, const char *pattern)
{
	size_t k = 0;
	for (; pattern[k]; k++)
		if (pattern[k] == 'd' ? !is_digit(at(s, i + k)) : at(s, i + k) != pattern[k])
			return 0;
	return k;
}

static size_t first_shape(cc_str s, size_t i, const char *const *patterns)
{
	size_t n = 0;
	for (; *patterns && !n; patterns++)
		n = shape(s, i, *patterns);
	return n;
}

/* [date] time [fraction] [zone], or the mask of one. 0 when there is none. */
static size_t time_length(cc_str s, size_t i)
{
	static const char *const dates[] = { "dddd-dd-dd ", "dddd-dd-ddT", "dddd/dd/dd ", NULL };
	static const char *const zones[] = { "Z", "+dd:dd", "-dd:dd", "+dddd", "-dddd", " UTC", " +dddd", NULL };
	size_t begin = i, mask = shape(s, i, "<time>");
	if (mask)
		return mask;
	i += first_shape(s, i, dates);
	size_t clock = shape(s, i, "dd:dd:dd");
	if (!clock)
		return 0;
	i += clock;
	if ((at(s, i) == '.' || at(s, i) == ',') && is_digit(at(s, i + 1)))
		for (i++; is_digit(at(s, i));)
			i++;
	i += first_shape(s, i, zones);
	return i - begin;
}

/* What stands at the beginning, in brackets or not, ends here: a blank, a separator or the end. */
static bool ends_word(cc_str s, size_t i)
{
	return i >= s.n || is_blank(s.p[i]) || s.p[i] == ':' || s.p[i] == '|';
}

static cc_str skip_separators(cc_str s, size_t i)
{
	s = after(s, i);
	while (s.n && (s.p[0] == '|' || s.p[0] == ':' || (s.p[0] == '-' && is_blank(at(s, 1)))))
		s = after(s, 1);
	return s;
}

static cc_str skip_time(cc_str s)
{
	size_t open = at(s, 0) == '[', n = time_length(s, open);
	if (!n || (open && at(s, open + n) != ']') || !ends_word(s, 2 * open + n))
		return s;
	return skip_separators(s, 2 * open + n);
}

static cc_str skip_level(cc_str s, cc_level level)
{
	size_t open = at(s, 0) == '[', n = 0;
	bool capitals = true;
	cc_level said;
	for (char c = at(s, open); (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); c = at(s, open + ++n))
		capitals = capitals && c <= 'Z';
	if (!n || n > 11 || (open ? at(s, open + n) != ']' : !capitals) || !ends_word(s, 2 * open + n))
		return s;
	if (!cc_level_parse(cc_str_sub(s, open, open + n), &said) || said != level)
		return s;
	return skip_separators(s, 2 * open + n);
}

/* "TraceID: 3f2a…", "span_id=…" at i: where it ends, 0 when it is none. */
static size_t id_end(cc_str s, size_t i)
{
	static const char *const names[] = { "traceid", "trace_id", "spanid", "span_id", NULL };
	const char *const *name = names;
	while (*name && !cc_str_starts_nocase(cc_str_sub(s, i, s.n), cc_str_from(*name)))
		name++;
	if (!*name)
		return 0;
	i += strlen(*name);
	if (at(s, i) != ':' && at(s, i) != '=')
		return 0;
	i++;
	while (is_blank(at(s, i)))
		i++;
	size_t value = i, mask = shape(s, i, "<hex>");
	mask = mask ? mask : shape(s, i, "<id>");
	for (i += mask; !mask && is_hex(at(s, i));)
		i++;
	return (mask || i - value >= 8) && ends_word(s, i) ? i : 0;
}

static cc_str without_ids(cc_str s, cc_arena *arena)
{
	cc_buf b = CC_BUF_INIT;
	size_t i = 0, kept = 0;
	while (i < s.n && i < LOOK) {
		size_t end = i == 0 || is_blank(s.p[i - 1]) ? id_end(s, i) : 0;
		if (end) {
			cc_buf_add(&b, cc_str_sub(s, kept, i));
			kept = i = s.n - after(s, end).n;
		} else {
			i++;
		}
	}
	if (kept) {
		cc_buf_add(&b, cc_str_sub(s, kept, s.n));
		cc_str copy = cc_buf_ok(&b) ? cc_arena_dup(arena, cc_str_trim(cc_buf_str(&b))) : CC_STR_EMPTY;
		s = copy.p ? copy : s;
	}
	cc_buf_deinit(&b);
	return s;
}

cc_str cc_log_without_lead(cc_str text, cc_level level, bool ids, cc_arena *arena)
{
	cc_str s = skip_level(skip_time(after(text, 0)), level);
	s = skip_time(s); /* "INFO 17:24:32 …" */
	if (ids)
		s = without_ids(s, arena);
	return cc_str_trim(s).n ? s : text;
}
