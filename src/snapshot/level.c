/* level.c - how serious a log record is, by what it says about itself.
 *
 * Writers disagree about SeverityText and often leave it empty or INFO for everything, so the body's own words count
 * too: a level field of a JSON line, level= of logfmt, klog's letter, the level word near the start of a text line, a
 * panic or the first line of an exception. A word in the middle of a sentence ("0 errors found") declares nothing. */
#include <string.h>
#include "snapshot/snapshot_priv.h"

#define TEXT(literal) { literal, sizeof literal - 1 }

typedef struct spelling {
	cc_str name;
	cc_level level;
} spelling;

static const spelling spellings[] = {
	{ TEXT("trace"), CC_LEVEL_TRACE },
	{ TEXT("trc"), CC_LEVEL_TRACE },
	{ TEXT("verbose"), CC_LEVEL_TRACE },
	{ TEXT("finest"), CC_LEVEL_TRACE },
	{ TEXT("finer"), CC_LEVEL_TRACE },
	{ TEXT("fine"), CC_LEVEL_DEBUG },
	{ TEXT("debug"), CC_LEVEL_DEBUG },
	{ TEXT("dbg"), CC_LEVEL_DEBUG },
	{ TEXT("config"), CC_LEVEL_DEBUG },
	{ TEXT("info"), CC_LEVEL_INFO },
	{ TEXT("inf"), CC_LEVEL_INFO },
	{ TEXT("information"), CC_LEVEL_INFO },
	{ TEXT("informational"), CC_LEVEL_INFO },
	{ TEXT("notice"), CC_LEVEL_INFO },
	{ TEXT("log"), CC_LEVEL_INFO },
	{ TEXT("warn"), CC_LEVEL_WARN },
	{ TEXT("warning"), CC_LEVEL_WARN },
	{ TEXT("wrn"), CC_LEVEL_WARN },
	{ TEXT("error"), CC_LEVEL_ERROR },
	{ TEXT("err"), CC_LEVEL_ERROR },
	{ TEXT("severe"), CC_LEVEL_ERROR },
	{ TEXT("fatal"), CC_LEVEL_FATAL },
	{ TEXT("ftl"), CC_LEVEL_FATAL },
	{ TEXT("critical"), CC_LEVEL_FATAL },
	{ TEXT("crit"), CC_LEVEL_FATAL },
	{ TEXT("alert"), CC_LEVEL_FATAL },
	{ TEXT("emerg"), CC_LEVEL_FATAL },
	{ TEXT("emergency"), CC_LEVEL_FATAL },
	{ TEXT("panic"), CC_LEVEL_FATAL },
	{ TEXT("dpanic"), CC_LEVEL_FATAL },
};

const char *cc_level_name(cc_level l)
{
	static const char *const names[] = { "unknown", "trace", "debug", "info", "warn", "error", "fatal" };
	return (unsigned)l < sizeof names / sizeof *names ? names[l] : "unknown";
}

char cc_level_letter(cc_level l)
{
	return (unsigned)l <= CC_LEVEL_FATAL ? "?TDIWEF"[l] : '?';
}

static bool find_spelling(cc_str s, cc_level *out)
{
	for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
		if (cc_str_eq_nocase(s, spellings[i].name)) {
			*out = spellings[i].level;
			return true;
		}
	return false;
}

bool cc_level_parse(cc_str s, cc_level *out)
{
	s = cc_str_trim(s);
	if (cc_str_starts_nocase(s, CC_STR("SEVERITY_NUMBER_")))
		s = cc_str_sub(s, 16, s.n);
	if (s.n == 0 || s.n > 16)
		return false;
	if (s.n == 1) {
		static const char letters[] = "TDIWEF";
		const char *hit = strchr(letters, s.p[0] & ~0x20);
		if (!hit || !s.p[0])
			return false;
		*out = (cc_level)(CC_LEVEL_TRACE + (hit - letters));
		return true;
	}
	if (s.p[s.n - 1] >= '1' && s.p[s.n - 1] <= '4') /* ERROR2 */
		s.n--;
	return find_spelling(s, out);
}

cc_level cc_level_of_number(int64_t number)
{
	return number < 1 || number > 24 ? CC_LEVEL_UNKNOWN : (cc_level)(CC_LEVEL_TRACE + (number - 1) / 4);
}

/* --- bodies --- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Blanks and colour sequences before the first word. */
static cc_str skip_dressing(cc_str s)
{
	size_t i = 0;
	while (i < s.n) {
		if (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r')
			i++;
		else if (s.p[i] == '\x1b' && i + 1 < s.n && s.p[i + 1] == '[') {
			i += 2;
			while (i < s.n && !is_letter(s.p[i]))
				i++;
			i += i < s.n;
		} else
			break;
	}
	return cc_str_sub(s, i, s.n);
}

/* pino and bunyan count 10 trace … 60 fatal. */
static cc_level of_json_value(cc_str v)
{
	int64_t n;
	cc_level l = CC_LEVEL_UNKNOWN;
	v = cc_str_trim(v);
	if (v.n && v.p[0] == '"') {
		size_t close = cc_str_find_char(cc_str_sub(v, 1, v.n), '"');
		v = cc_str_sub(v, 1, close == CC_STR_NONE ? v.n : close + 1);
		return cc_level_parse(v, &l) ? l : CC_LEVEL_UNKNOWN;
	}
	size_t end = 0;
	while (end < v.n && is_digit(v.p[end]))
		end++;
	if (!cc_str_to_i64(cc_str_sub(v, 0, end), &n) || n < 10 || n > 69)
		return CC_LEVEL_UNKNOWN;
	return (cc_level)(CC_LEVEL_TRACE + n / 10 - 1);
}

static cc_level of_json(cc_str s)
{
	static const cc_str keys[] = { TEXT("\"level\""), TEXT("\"severity\""), TEXT("\"lvl\""), TEXT("\"log.level\""),
		TEXT("\"levelname\""), TEXT("\"loglevel\""), TEXT("\"severity_text\""), TEXT("\"LogLevel\"") };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		size_t at = cc_str_find_nocase(s, keys[i]);
		if (at == CC_STR_NONE)
			continue;
		cc_str rest = cc_str_trim(cc_str_sub(s, at + keys[i].n, s.n));
		if (rest.n && rest.p[0] == ':') {
			cc_level l = of_json_value(cc_str_sub(rest, 1, rest.n));
			if (l != CC_LEVEL_UNKNOWN)
				return l;
		}
	}
	return CC_LEVEL_UNKNOWN;
}

/* klog: a letter, month and day, a blank: "E0102 15:04:05.678". */
static cc_level of_klog(cc_str s)
{
	cc_level l;
	if (s.n < 6 || s.p[5] != ' ' || !memchr("IWEF", s.p[0], 4))
		return CC_LEVEL_UNKNOWN;
	for (size_t i = 1; i < 5; i++)
		if (!is_digit(s.p[i]))
			return CC_LEVEL_UNKNOWN;
	return cc_level_parse(cc_str_sub(s, 0, 1), &l) ? l : CC_LEVEL_UNKNOWN;
}

/* Where each key, which ends with '=', first stands. Lines have few of that sign and many of any letter. */
static void find_keys(cc_str line, const cc_str keys[], size_t found[], size_t count)
{
	const char *end = line.p + line.n, *p = line.p;
	for (; p < end && (p = memchr(p, '=', (size_t)(end - p))) != NULL; p++)
		for (size_t i = 0; i < count; i++) {
			cc_str before = { line.p, (size_t)(p + 1 - line.p) };
			if (found[i] == CC_STR_NONE && cc_str_ends(before, keys[i]))
				found[i] = before.n - keys[i].n;
		}
}

static cc_level of_logfmt(cc_str line)
{
	static const cc_str keys[] = { TEXT("level="), TEXT("lvl="), TEXT("severity=") };
	size_t found[] = { CC_STR_NONE, CC_STR_NONE, CC_STR_NONE };
	cc_level l;
	find_keys(line, keys, found, sizeof keys / sizeof *keys);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		size_t at = found[i];
		if (at == CC_STR_NONE || (at > 0 && is_letter(line.p[at - 1])))
			continue;
		size_t from = at + keys[i].n;
		from += from < line.n && line.p[from] == '"';
		size_t to = from;
		while (to < line.n && is_letter(line.p[to]))
			to++;
		if (cc_level_parse(cc_str_sub(line, from, to), &l))
			return l;
	}
	return CC_LEVEL_UNKNOWN;
}

static bool is_upper(cc_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			return false;
	return true;
}

/* A word counts as a level when it is in capitals, in brackets, or the line's first word with a colon behind it. */
static cc_level of_word(cc_str line, size_t from, size_t to, bool first)
{
	cc_level l;
	cc_str word = cc_str_sub(line, from, to);
	char before = from > 0 ? line.p[from - 1] : ' ', after = to < line.n ? line.p[to] : ' ';
	bool bracketed =
		(before == '[' && after == ']') || (before == '<' && after == '>') || (before == '(' && after == ')');
	bool alone = memchr(" \t[<(|:\"", before, 8) && memchr(" \t]>)|:,\"-\x1b", after, 11);
	bool labels = first && (after == ':' || after == '\x1b'); /* "error: …", or a coloured word */
	if (word.n < 3 || !(bracketed || labels || (alone && is_upper(word))) || !cc_level_parse(word, &l))
		return CC_LEVEL_UNKNOWN;
	if (cc_str_eq_nocase(word, CC_STR("alert")) || cc_str_eq_nocase(word, CC_STR("config")))
		return bracketed ? l : CC_LEVEL_UNKNOWN;
	return l;
}

enum { WORDS_LOOKED_AT = 8, HEAD_BYTES = 160 };

static cc_level of_head(cc_str line)
{
	line = cc_str_sub(line, 0, HEAD_BYTES);
	size_t words = 0;
	for (size_t i = 0; i < line.n && words < WORDS_LOOKED_AT;) {
		if (!is_letter(line.p[i])) {
			i++;
			continue;
		}
		size_t from = i;
		while (i < line.n && is_letter(line.p[i]))
			i++;
		cc_level l = of_word(line, from, i, words == 0);
		if (l != CC_LEVEL_UNKNOWN)
			return l;
		words++;
	}
	return CC_LEVEL_UNKNOWN;
}

/* "java.lang.IllegalStateException: …", "TypeError: …", "System.Net.Http.HttpRequestException". */
static bool is_exception_name(cc_str word)
{
	return word.n > 5 && (cc_str_ends(word, CC_STR("Exception")) || cc_str_ends(word, CC_STR("Error"))) &&
	       (memchr(word.p, '.', word.n) || (word.p[0] >= 'A' && word.p[0] <= 'Z'));
}

static bool starts_exception(cc_str line)
{
	static const cc_str heads[] = { TEXT("Traceback (most recent call last)"), TEXT("Exception in thread"),
		TEXT("Unhandled exception"), TEXT("Unhandled Exception"), TEXT("Uncaught "), TEXT("Caused by: "), TEXT("Error: ") };
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (cc_str_starts(line, heads[i]))
			return true;
	size_t end = 0;
	while (end < line.n && (is_letter(line.p[end]) || is_digit(line.p[end]) || line.p[end] == '.' ||
				       line.p[end] == '_' || line.p[end] == '$'))
		end++;
	bool closed = end == line.n || line.p[end] == ':' || line.p[end] == '\r';
	return closed && is_exception_name(cc_str_sub(line, 0, end));
}

cc_level cc_level_of_body(cc_str body)
{
	cc_str s = skip_dressing(cc_str_sub(body, 0, 4096)), line, rest;
	if (s.n == 0)
		return CC_LEVEL_UNKNOWN;
	if (s.p[0] == '{')
		return of_json(s);
	cc_str_cut(s, '\n', &line, &rest);
	if (cc_str_starts(line, CC_STR("panic: ")) || cc_str_starts(line, CC_STR("fatal error: ")))
		return CC_LEVEL_FATAL;
	cc_level l = of_klog(line);
	if (l == CC_LEVEL_UNKNOWN)
		l = of_head(line);
	if (l == CC_LEVEL_UNKNOWN)
		l = of_logfmt(line);
	if (l == CC_LEVEL_UNKNOWN && (starts_exception(line) || cc_str_starts(rest, CC_STR("\tat ")) ||
					     cc_str_starts(rest, CC_STR("    at "))))
		l = CC_LEVEL_ERROR;
	return l;
}
