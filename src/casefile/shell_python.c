/* shell_python.c - the plain filters of a Python script: what it looks for, and between which times. What it does with that is not
 * followed, so that nothing is said of which records passed. */
#include <string.h>

#include "casefile/shell_priv.h"

enum { LONGEST = 1000, CALL = 200 };      /* so that quotes without an end, and calls, are not looked through again and again */

/* A literal text at i, behind an r, f or b or none; *end is behind it. */
static bool read_text(cc_str code, size_t i, cc_str *text, size_t *end)
{
	while (i < code.n && strchr(" rbuRBU", code.p[i]))
		i++;
	if (i >= code.n || (code.p[i] != '\'' && code.p[i] != '"'))
		return false;
	char quote = code.p[i];
	if (cc_str_sub(code, i, i + 3).n == 3 && code.p[i + 1] == quote && code.p[i + 2] == quote)
		return false;            /* a long one is no name and no pattern */
	size_t to = i + 1;
	while (to < code.n && to - i < LONGEST && code.p[to] != quote && code.p[to] != '\n')
		to += code.p[to] == '\\' ? 2 : 1;
	if (to >= code.n || code.p[to] != quote)
		return false;
	*text = cc_str_sub(code, i + 1, to);
	*end = to + 1;
	return text->n > 0;
}

static void add_pattern(shell_pipe *p, cc_str said, bool literal, bool ignore_case)
{
	shell_test(p, (cc_shell_test){ .kind = CC_SHELL_MATCH, .said = said, .separator = CC_STR_EMPTY, .ignore_case = ignore_case,
		.regex = literal ? shell_quote_regex(said, p->arena) : said });
}

/* To the end of the call: case=False, re.I, regex=False. */
static void add_call(shell_pipe *p, cc_str code, size_t i)
{
	cc_str said;
	size_t end;
	if (!read_text(code, i, &said, &end))
		return;
	cc_str rest = cc_str_sub(code, end, end + CALL), how;
	size_t close = cc_str_find_char(rest, ')');
	how = cc_str_sub(rest, 0, close == CC_STR_NONE ? 0 : close);
	add_pattern(p, said, cc_str_find(how, CC_STR("regex=False")) != CC_STR_NONE, cc_str_find(how, CC_STR("case=False")) != CC_STR_NONE ||
		cc_str_find(how, CC_STR("re.I")) != CC_STR_NONE);
}

static void find_calls(shell_pipe *p, cc_str code)
{
	static const char *const CALLS[] = { ".str.contains(", "re.search(", "re.match(", "re.findall(", "re.compile(", ".str.match(" };
	for (size_t k = 0; k < sizeof CALLS / sizeof CALLS[0]; k++) {
		cc_str call = cc_str_from(CALLS[k]), rest = code;
		for (size_t at; (at = cc_str_find(rest, call)) != CC_STR_NONE;) {
			rest = cc_str_sub(rest, at + call.n, rest.n);
			add_call(p, rest, 0);
		}
	}
}

/* What stands before a literal: >=, <, ==. */
static bool operator_before(cc_str code, size_t at, cc_shell_op *op)
{
	while (at && strchr(" (", code.p[at - 1]))
		at--;
	char last = at ? code.p[at - 1] : '\0', first = at > 1 ? code.p[at - 2] : '\0';
	if (last == '=' && (first == '<' || first == '>' || first == '='))
		*op = first == '<' ? CC_SHELL_LE : first == '>' ? CC_SHELL_GE : CC_SHELL_EQ;
	else if (last == '<' || last == '>')
		*op = last == '<' ? CC_SHELL_LT : CC_SHELL_GT;
	else
		return false;
	return true;
}

/* A literal: a file's name, a bound of times, or what is looked for `in` something. */
static void take_text(shell_pipe *p, cc_str code, size_t from, size_t end, cc_str text)
{
	cc_str behind = cc_str_trim(cc_str_sub(code, end, end + 8 < code.n ? end + 8 : code.n));
	cc_shell_op op;
	if (shell_is_time(text) && operator_before(code, from, &op))
		shell_bound(p, (cc_shell_test){ .kind = CC_SHELL_BOUND, .said = text, .separator = CC_STR_EMPTY, .op = op });
	else if (cc_str_starts(behind, CC_STR("in ")))
		add_pattern(p, text, true, false);
	else if (cc_str_find_char(text, '.') != CC_STR_NONE && cc_str_find_char(text, ' ') == CC_STR_NONE)
		shell_source(p, &(shell_token){ .text = text });
}

void shell_python(shell_pipe *p, cc_str code)
{
	cc_str text;
	size_t end;
	p->inexact = true;
	find_calls(p, code);
	for (size_t i = 0; i < code.n;) {
		bool quote = code.p[i] == '\'' || code.p[i] == '"';
		if (quote && read_text(code, i, &text, &end)) {
			take_text(p, code, i, end, text);
			i = end;
		} else {
			i += quote && code.p[i] == (i + 1 < code.n ? code.p[i + 1] : '\0') ? 2 : 1;
		}
	}
}
