/* shell_awk.c - awk with a plain condition: /x/, !/x/, $3 ~ /x/, $1 >= "2025-12-15 17:1", joined by &&. Of anything else what can be read
 * is told, and that it is not all. */
#include <string.h>

#include "casefile/shell_priv.h"

typedef struct program { cc_str text; size_t at; shell_pipe *pipe; cc_str separator; } program;

static void blanks(program *a)
{
	while (a->at < a->text.n && strchr(" \t\r\n(", a->text.p[a->at]))
		a->at++;
}

static bool eat(program *a, const char *word)
{
	size_t n = strlen(word);
	blanks(a);
	if (!cc_str_eqz(cc_str_sub(a->text, a->at, a->at + n), word))
		return false;
	a->at += n;
	return true;
}

/* Up to the closing character, which a backslash takes the meaning from. */
static bool until(program *a, char close, cc_str *out)
{
	size_t from = a->at;
	while (a->at < a->text.n && a->text.p[a->at] != close)
		a->at += a->text.p[a->at] == '\\' ? 2 : 1;
	if (a->at >= a->text.n)
		return false;
	*out = cc_str_sub(a->text, from, a->at++);
	return true;
}

static void add_match(program *a, unsigned field, cc_str said, bool negate)
{
	shell_test(a->pipe, (cc_shell_test){ .kind = CC_SHELL_MATCH, .said = said, .regex = shell_extended_regex(said, a->pipe->arena),
		.negate = negate, .field = field, .separator = a->separator });
}

static bool read_field(program *a, unsigned *field)
{
	*field = 0;
	if (!eat(a, "$"))
		return false;
	size_t from = a->at;
	while (a->at < a->text.n && a->text.p[a->at] >= '0' && a->text.p[a->at] <= '9' && a->at - from < 4)
		*field = *field * 10 + (unsigned)(a->text.p[a->at++] - '0');
	return a->at > from;
}

/* A text that is written in digits alone awk compares as a number. */
static bool is_text(cc_str s)
{
	int64_t n;
	return s.n && !cc_str_to_i64(s, &n);
}

static bool read_comparison(program *a, unsigned field)
{
	static const struct { const char *word; cc_shell_op op; } OPS[] = { { "<=", CC_SHELL_LE }, { ">=", CC_SHELL_GE }, { "==", CC_SHELL_EQ },
		{ "!=", CC_SHELL_NE }, { "<", CC_SHELL_LT }, { ">", CC_SHELL_GT } };
	cc_str said;
	for (size_t i = 0; i < sizeof OPS / sizeof OPS[0]; i++) {
		if (!eat(a, OPS[i].word))
			continue;
		if (!eat(a, "\"") || !until(a, '"', &said) || cc_str_find_char(said, '\\') != CC_STR_NONE || !is_text(said))
			return false;
		shell_bound(a->pipe, (cc_shell_test){ .kind = CC_SHELL_BOUND, .said = said, .field = field, .separator = a->separator, .op = OPS[i].op });
		return true;
	}
	return false;
}

static bool read_term(program *a)
{
	unsigned field;
	cc_str said;
	bool negate = eat(a, "!");
	if (eat(a, "/")) {
		if (!until(a, '/', &said))
			return false;
		add_match(a, 0, said, negate);
		return true;
	}
	if (negate || !read_field(a, &field))
		return false;
	negate = eat(a, "!~");
	if (!negate && !eat(a, "~"))
		return read_comparison(a, field);
	if (!eat(a, "/") || !until(a, '/', &said))
		return false;
	add_match(a, field, said, negate);
	return true;
}

static void read_condition(program *a)
{
	bool more = true;
	blanks(a);
	if (a->at < a->text.n && a->text.p[a->at] == '{') {
		a->pipe->inexact = true;         /* what it does to each line is not read */
		return;
	}
	while (more) {
		if (!read_term(a)) {
			a->pipe->inexact = true;
			return;
		}
		while (a->at < a->text.n && strchr(" \t\n)", a->text.p[a->at]))
			a->at++;
		more = eat(a, "&&");
	}
	blanks(a);
	cc_str act = cc_str_trim(cc_str_sub(a->text, a->at, a->text.n));
	/* An action that prints, or counts: only what it takes apart itself is not followed. */
	bool plain = !act.n || (act.p[0] == '{' && cc_str_find(act, CC_STR("if")) == CC_STR_NONE && cc_str_find_char(act, '~') == CC_STR_NONE &&
		cc_str_find_char(act, '}') == act.n - 1);
	a->pipe->inexact = a->pipe->inexact || !plain;
	a->pipe->changed = a->pipe->changed || act.n;
}

static cc_str unescaped(cc_str separator)
{
	return cc_str_eqz(separator, "\\t") || cc_str_eqz(separator, "t") ? CC_STR("\t") : cc_str_eqz(separator, " ") ? CC_STR_EMPTY : separator;
}

void shell_awk(shell_pipe *p, const shell_command *c)
{
	program a = { .pipe = p, .text = CC_STR_EMPTY, .separator = CC_STR_EMPTY };
	bool read = false;
	for (size_t i = 1; i < c->n; i++) {
		cc_str word = c->words[i].text;
		bool option = !read && word.n > 1 && word.p[0] == '-', alone = option && word.n == 2;
		cc_str value = !option ? CC_STR_EMPTY : !alone ? cc_str_sub(word, 2, word.n) : i + 1 < c->n ? c->words[i + 1].text : CC_STR_EMPTY;
		if (option && word.p[1] == 'F')
			a.separator = unescaped(value);
		else if (option)
			p->inexact = true;       /* variables, a file of its own */
		else if (read)
			shell_source(p, &c->words[i]);
		else
			a.text = word;
		p->inexact = p->inexact || (!option && !read && c->words[i].unsure);
		read = read || !option;
		i += option && alone && strchr("Fvf", word.p[1]) != NULL;
	}
	p->inexact = p->inexact || a.separator.n > 1;        /* an expression */
	if (cc_str_find(a.text, CC_STR("||")) == CC_STR_NONE)
		read_condition(&a);
	else
		p->changed = p->inexact = true;
}
