/* shellread.c - pipelines of a shell command as searches; see shellread.h. */
#include "coldcase/shellread.h"

#include <string.h>

#include "casefile/shell_priv.h"

/* --- what is known of a pipeline --- */

void shell_source(shell_pipe *p, const shell_token *word)
{
	if (!word->unsure && word->text.n && !cc_str_eqz(word->text, "-"))
		p->failed = p->failed || !cc_vec_push(&p->sources, word->text);
	else
		p->inexact = true;
}

void shell_test(shell_pipe *p, cc_shell_test t)
{
	cc_str from, to;
	p->inexact = p->inexact || p->changed;
	p->failed = p->failed || !cc_vec_push(&p->tests, t);
	if (t.negate || !shell_times(t.said, p->arena, &from, &to))
		return;
	p->from = p->from.n ? p->from : from;
	p->to = p->to.n ? p->to : to;
}

void shell_bound(shell_pipe *p, cc_shell_test t)
{
	p->inexact = p->inexact || p->changed;
	p->failed = p->failed || !cc_vec_push(&p->tests, t);
	if (t.negate || !shell_is_time(t.said))
		return;
	if (t.op != CC_SHELL_LT && t.op != CC_SHELL_LE && t.op != CC_SHELL_NE)
		p->from = t.said;
	if (t.op != CC_SHELL_GT && t.op != CC_SHELL_GE && t.op != CC_SHELL_NE)
		p->to = t.said;
}

/* --- commands --- */

static const char *const PREFIXES[] = { "then", "do", "else", "{", "sudo", "time", "nice", "command", NULL };
static const char *const LOOPS[] = { "for", "while", "until", "if", "case", "select", "function", NULL };

static bool is_one_of(cc_str s, const char *const *list)
{
	for (; *list; list++)
		if (cc_str_eqz(s, *list))
			return true;
	return false;
}

/* `LC_ALL=C grep`, `timeout 20 grep`. */
static void skip_prefixes(shell_command *c)
{
	while (c->n) {
		cc_str word = c->words->text;
		size_t equals = cc_str_find_char(word, '=');
		bool timeout = cc_str_eqz(word, "timeout") && c->n > 2;
		if (!timeout && !is_one_of(word, PREFIXES) && (equals == CC_STR_NONE || equals == 0 || cc_str_find_char(word, '/') < equals))
			return;
		c->words += timeout ? 2 : 1;
		c->n -= timeout ? 2 : 1;
	}
}

static void run_command(shell_pipe *p, const shell_token *tokens, size_t n)
{
	shell_token words[256];
	shell_command c = { .words = words, .body = CC_STR_EMPTY };
	for (size_t i = 0; i < n; i++) {
		if (tokens[i].kind == SHELL_INPUT)
			shell_source(p, &tokens[i]);
		else if (tokens[i].body)
			c.body = tokens[i].text;
		else if (tokens[i].kind == SHELL_WORD && c.n < sizeof words / sizeof words[0])
			words[c.n++] = tokens[i];
		else if (tokens[i].kind == SHELL_WORD)
			p->inexact = true;       /* more than are looked at */
	}
	skip_prefixes(&c);
	if (!c.n)
		return;
	if (is_one_of(c.words->text, LOOPS) || c.words->unsure)
		p->changed = p->inexact = true;
	else
		shell_tool(p, &c);
}

static bool keep(shell_pipe *p, cc_shell_searches *out)
{
	cc_shell_search s = { .from = p->from, .to = p->to, .exact = !p->inexact, .source_count = p->sources.n, .test_count = p->tests.n };
	if (p->failed || !p->tests.n || !p->sources.n)
		return !p->failed;
	cc_str *sources = cc_arena_array(p->arena, p->sources.n, sizeof *sources);
	cc_shell_test *tests = cc_arena_array(p->arena, p->tests.n, sizeof *tests);
	if (!sources || !tests)
		return false;
	memcpy(sources, p->sources.p, p->sources.n * sizeof *sources);
	memcpy(tests, p->tests.p, p->tests.n * sizeof *tests);
	s.sources = sources;
	s.tests = tests;
	return cc_vec_push(out, s);
}

static bool run_pipeline(const shell_token *tokens, size_t n, cc_arena *arena, cc_shell_searches *out)
{
	shell_pipe p = { .arena = arena, .from = CC_STR_EMPTY, .to = CC_STR_EMPTY };
	for (size_t i = 0; i < n;) {
		size_t end = i;
		while (end < n && tokens[end].kind != SHELL_PIPE)
			end++;
		run_command(&p, tokens + i, end - i);
		i = end + 1;
	}
	bool ok = keep(&p, out);
	cc_vec_deinit(&p.sources);
	cc_vec_deinit(&p.tests);
	return ok;
}

bool cc_shell_read(cc_str command, cc_arena *arena, cc_shell_searches *out)
{
	shell_tokens tokens = { 0 };
	bool ok = true;
	if (shell_split(command, arena, &tokens))
		for (size_t i = 0; ok && i < tokens.n;) {
			size_t end = i;
			while (end < tokens.n && tokens.p[end].kind != SHELL_END)
				end++;
			ok = run_pipeline(tokens.p + i, end - i, arena, out);
			i = end + 1;
		}
	cc_vec_deinit(&tokens);
	return ok;
}

/* --- saying it --- */

void cc_shell_say(const cc_shell_search *s, cc_buf *out)
{
	static const char *const OPS[] = { "<", "<=", ">", ">=", "=", "!=" };
	const char *gap = "";
	for (size_t i = 0; i < s->test_count; i++) {
		const cc_shell_test *t = &s->tests[i];
		if (t->kind == CC_SHELL_BOUND && shell_is_time(t->said))
			continue;            /* told as a time */
		if (t->kind == CC_SHELL_BOUND)
			cc_buf_addf(out, "%s$%u%s\"%.*s\"", gap, t->field, OPS[t->op], CC_STR_ARG(t->said));
		else
			cc_buf_addf(out, "%spattern%s=/%.*s/%s", gap, t->negate ? "!" : "", CC_STR_ARG(t->said), t->ignore_case ? "i" : "");
		gap = " ";
	}
	if (s->from.n)
		cc_buf_addf(out, "%sfrom=%.*s", gap, CC_STR_ARG(s->from));
	if (s->to.n)
		cc_buf_addf(out, "%sto=%.*s", s->from.n ? " " : gap, CC_STR_ARG(s->to));
}
