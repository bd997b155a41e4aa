/* yamlwrite.c - what an unquoted YAML scalar means, and writing trees as block-style YAML.
 *
 * Both are here because they must agree: a string is written plain only when reading it back gives the same string.
 * Lists under a key are not indented further, as kubectl prints them. */
#include "coldcase/yaml.h"

#include <string.h>
#include "base/yaml_priv.h"
#include "coldcase/utf8.h"

static bool is_one_of(cc_str s, const char *const *words)
{
	for (; *words; words++)
		if (cc_str_eqz(s, *words))
			return true;
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool all_digits(cc_str s, bool hex, char last)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], l = (char)(c | 32);
		if (!(c >= '0' && c <= last) && !(hex && l >= 'a' && l <= 'f'))
			return false;
	}
	return s.n > 0;
}

static cc_str without_sign(cc_str s)
{
	return s.n && (s.p[0] == '+' || s.p[0] == '-') ? cc_str_sub(s, 1, s.n) : s;
}

static bool is_number(cc_str s)
{
	static const char *const not_finite[] = { ".inf", ".Inf", ".INF", NULL };
	static const char *const nan[] = { ".nan", ".NaN", ".NAN", NULL };
	if (cc_str_starts(s, CC_STR("0x")))
		return all_digits(cc_str_sub(s, 2, s.n), true, '9');
	if (cc_str_starts(s, CC_STR("0o")))
		return all_digits(cc_str_sub(s, 2, s.n), false, '7');
	cc_str rest = without_sign(s);
	if (is_one_of(s, nan) || is_one_of(rest, not_finite))
		return true;
	double ignored; /* "inf" and "nan" without the point are words in YAML */
	return rest.n && (is_digit(rest.p[0]) || rest.p[0] == '.') && cc_str_to_double(s, &ignored);
}

bool cc_yaml_plain_true(cc_str s)
{
	static const char *const words[] = { "true", "True", "TRUE", NULL };
	return is_one_of(s, words);
}

cc_json_type cc_yaml_plain_type(cc_str s)
{
	static const char *const null_words[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const false_words[] = { "false", "False", "FALSE", NULL };
	if (is_one_of(s, null_words))
		return CC_JSON_NULL;
	if (cc_yaml_plain_true(s) || is_one_of(s, false_words))
		return CC_JSON_BOOL;
	return is_number(s) ? CC_JSON_NUMBER : CC_JSON_STRING;
}

/* Printable and no line break for YAML 1.1 readers either; newline is the caller's matter. */
static bool is_printable(uint32_t cp)
{
	if (cp < 0x20)
		return cp == '\t';
	return cp != 0x7F && !(cp >= 0x80 && cp < 0xA0) && cp != 0x2028 && cp != 0x2029 && cp != 0xFEFF &&
		!(cp >= 0xFFFE && cp <= 0xFFFF);
}

static bool all_printable(cc_str s, bool newline_too)
{
	if (!cc_utf8_valid(s))
		return false;
	for (size_t i = 0; i < s.n;) {
		uint32_t cp = cc_utf8_next(s, &i);
		if (!is_printable(cp) && !(newline_too && cp == '\n'))
			return false;
	}
	return true;
}

static bool is_plain(cc_str s)
{
	/* words that YAML 1.1 readers take for something else */
	static const char *const words[] = { "y", "n", "yes", "no", "on", "off", "=", "<<", NULL };
	if (s.n == 0 || strchr(" \t,[]{}#&*!|>'\"%@`", s.p[0]) || s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' ||
		s.p[s.n - 1] == ':')
		return false;
	if (strchr("-?:", s.p[0]) && (s.n == 1 || s.p[1] == ' ' || s.p[1] == '\t'))
		return false;
	if (cc_str_starts(s, CC_STR("---")) || cc_str_starts(s, CC_STR("...")))
		return false;
	for (const char *const *w = words; *w; w++)
		if (cc_str_eq_nocase(s, cc_str_from(*w)))
			return false;
	for (size_t i = 1; i < s.n; i++)
		if ((s.p[i - 1] == ':' && (s.p[i] == ' ' || s.p[i] == '\t')) ||
			(s.p[i] == '#' && (s.p[i - 1] == ' ' || s.p[i - 1] == '\t')))
			return false;
	return cc_yaml_plain_type(s) == CC_JSON_STRING && all_printable(s, false);
}

static void write_quoted(cc_buf *out, cc_str s)
{
	cc_buf_add_char(out, '"');
	for (size_t i = 0; i < s.n;) {
		size_t start = i;
		uint32_t cp = cc_utf8_next(s, &i);
		if (cp == '"' || cp == '\\') {
			cc_buf_add_char(out, '\\');
			cc_buf_add_char(out, (char)cp);
		} else if (cp == '\n' || cp == '\t' || cp == '\r') {
			cc_buf_addz(out, cp == '\n' ? "\\n" : cp == '\t' ? "\\t" : "\\r");
		} else if (!is_printable(cp)) {
			cc_buf_addf(out, cp < 0x100 ? "\\x%02X" : "\\u%04X", (unsigned)cp);
		} else if (cp == CC_UTF8_BAD && i - start == 1) {
			cc_buf_addz(out, "\xEF\xBF\xBD");
		} else {
			cc_buf_add(out, cc_str_sub(s, start, i));
		}
	}
	cc_buf_add_char(out, '"');
}

/* A text of several lines that a literal block can hold as it is; a first line that is empty or starts with a blank
 * would need an indentation indicator. */
static bool is_block(cc_str s)
{
	return cc_str_find_char(s, '\n') != CC_STR_NONE && s.p[0] != '\n' && s.p[0] != ' ' && s.p[0] != '\t' &&
		all_printable(s, true);
}

static void write_block(cc_buf *out, cc_str s, int depth)
{
	bool ends = cc_str_ends(s, CC_STR("\n")), more = cc_str_ends(s, CC_STR("\n\n"));
	cc_buf_addz(out, more ? "|+\n" : ends ? "|\n" : "|-\n");
	cc_str line;
	while (s.n) {
		cc_str_cut(s, '\n', &line, &s);
		if (line.n)
			cc_buf_add_repeat(out, ' ', (size_t)depth * 2);
		cc_buf_add(out, line);
		cc_buf_add_char(out, '\n');
	}
}

/* JSON's unofficial numbers (json.h) have other names in YAML. */
static cc_str number_text(cc_str text)
{
	if (cc_str_eqz(text, "NaN"))
		return CC_STR(".nan");
	if (cc_str_eqz(text, "Infinity"))
		return CC_STR(".inf");
	return cc_str_eqz(text, "-Infinity") ? CC_STR("-.inf") : text;
}

/* The value after "key: " or "- ", with its line end; block text is indented to depth. */
static void write_scalar(cc_buf *out, const cc_json *v, int depth)
{
	cc_str text = cc_json_text(v);
	bool string = cc_json_typeof(v) == CC_JSON_STRING;
	if (string && is_block(text)) {
		write_block(out, text, depth);
		return;
	}
	if (string && !is_plain(text))
		write_quoted(out, text);
	else
		cc_buf_add(out, string ? text : number_text(text));
	cc_buf_add_char(out, '\n');
}

static bool is_filled(const cc_json *v)
{
	return cc_json_first(v) != NULL;
}

static void write_empty_or_scalar(cc_buf *out, const cc_json *v, int depth)
{
	if (cc_json_typeof(v) == CC_JSON_OBJECT)
		cc_buf_addz(out, "{}\n");
	else if (cc_json_typeof(v) == CC_JSON_ARRAY)
		cc_buf_addz(out, "[]\n");
	else
		write_scalar(out, v, depth);
}

static void write_list(cc_buf *out, const cc_json *v, int depth, bool inline_first);

/* inline_first: the first line continues one that already holds "- ". */
static void write_mapping(cc_buf *out, const cc_json *v, int depth, bool inline_first)
{
	for (const cc_json *m = cc_json_first(v); m; m = cc_json_next(m)) {
		if (!inline_first)
			cc_buf_add_repeat(out, ' ', (size_t)depth * 2);
		inline_first = false;
		if (is_plain(cc_json_key(m)))
			cc_buf_add(out, cc_json_key(m));
		else
			write_quoted(out, cc_json_key(m));
		if (!is_filled(m)) {
			cc_buf_addz(out, ": ");
			write_empty_or_scalar(out, m, depth + 1);
		} else {
			cc_buf_addz(out, ":\n");
			if (cc_json_typeof(m) == CC_JSON_OBJECT)
				write_mapping(out, m, depth + 1, false);
			else
				write_list(out, m, depth, false);
		}
	}
}

static void write_list(cc_buf *out, const cc_json *v, int depth, bool inline_first)
{
	for (const cc_json *m = cc_json_first(v); m; m = cc_json_next(m)) {
		if (!inline_first)
			cc_buf_add_repeat(out, ' ', (size_t)depth * 2);
		inline_first = false;
		cc_buf_addz(out, "- ");
		if (!is_filled(m))
			write_empty_or_scalar(out, m, depth + 1);
		else if (cc_json_typeof(m) == CC_JSON_OBJECT)
			write_mapping(out, m, depth + 1, true);
		else
			write_list(out, m, depth + 1, true);
	}
}

void cc_yaml_write(cc_buf *out, const cc_json *v, int depth)
{
	if (is_filled(v) && cc_json_typeof(v) == CC_JSON_OBJECT) {
		write_mapping(out, v, depth, false);
	} else if (is_filled(v)) {
		write_list(out, v, depth, false);
	} else {
		cc_buf_add_repeat(out, ' ', (size_t)depth * 2);
		write_empty_or_scalar(out, v, depth + 1);
	}
}
