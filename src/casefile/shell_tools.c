/* shell_tools.c - the tools of a pipeline: those that choose lines (grep and its like, sed -n /x/p), those that only pass them on. */
#include <string.h>

#include "casefile/shell_priv.h"

static bool is_named(cc_str name, const char *const *list)
{
	for (; *list; list++)
		if (cc_str_eqz(name, *list))
			return true;
	return false;
}

/* --- regular expressions as PCRE has them --- */

cc_str shell_quote_regex(cc_str text, cc_arena *arena)
{
	cc_buf b = CC_BUF_INIT;
	for (size_t i = 0; i < text.n; i++) {
		if (strchr("\\^$.[]|()?*+{}", text.p[i]))
			cc_buf_add_char(&b, '\\');
		cc_buf_add_char(&b, text.p[i]);
	}
	cc_str out = cc_arena_dup(arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return out;
}

/* Where a bracket expression that begins at i ends; a backslash in it is one. */
static size_t copy_brackets(cc_str text, size_t i, cc_buf *b)
{
	size_t end = i + 1;
	if (end < text.n && text.p[end] == '^')
		end++;
	if (end < text.n && text.p[end] == ']')
		end++;
	while (end < text.n && text.p[end] != ']') {
		bool named = text.p[end] == '[' && end + 1 < text.n && text.p[end + 1] == ':';
		size_t close = named ? cc_str_find(cc_str_sub(text, end + 2, text.n), CC_STR(":]")) : CC_STR_NONE;
		end += close == CC_STR_NONE ? 1 : close + 4;
	}
	for (; i <= end && i < text.n; i++) {
		if (text.p[i] == '\\')
			cc_buf_add_char(b, '\\');
		cc_buf_add_char(b, text.p[i]);
	}
	return end;
}

static cc_str convert(cc_str text, bool basic, cc_arena *arena)
{
	cc_buf b = CC_BUF_INIT;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i], next = i + 1 < text.n ? text.p[i + 1] : '\0';
		if (c == '[') {
			i = copy_brackets(text, i, &b);
		} else if (c == '\\' && next) {
			if (next == '<' || next == '>')
				cc_buf_addz(&b, "\\b");
			else if (basic && strchr("|+?(){}", next))
				cc_buf_add_char(&b, next);
			else
				cc_buf_addf(&b, "\\%c", next);
			i++;
		} else {
			if (basic && (strchr("|+?(){}", c) || (c == '*' && i == 0)))
				cc_buf_add_char(&b, '\\');
			cc_buf_add_char(&b, c);
		}
	}
	cc_str out = cc_arena_dup(arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return out;
}

cc_str shell_basic_regex(cc_str text, cc_arena *arena)
{
	return convert(text, true, arena);
}

cc_str shell_extended_regex(cc_str text, cc_arena *arena)
{
	return convert(text, false, arena);
}

/* --- grep --- */

typedef enum flavour { BASIC, EXTENDED, PERL, FIXED } flavour;

typedef struct grep { flavour flavour; bool ignore_case, negate, word, line, changes, file, rg, stops; cc_buf said, regex; size_t patterns; } grep;

static void add_pattern(shell_pipe *p, grep *g, const shell_token *word)
{
	cc_str rest = word->text, one;
	p->inexact = p->inexact || word->unsure;
	do {                             /* a pattern a line */
		cc_str_cut(rest, '\n', &one, &rest);
		cc_str re = g->flavour == FIXED ? shell_quote_regex(one, p->arena) : g->flavour == BASIC ? shell_basic_regex(one, p->arena) :
			g->flavour == EXTENDED ? shell_extended_regex(one, p->arena) : one;
		cc_buf_addf(&g->said, "%s%.*s", g->patterns ? "|" : "", CC_STR_ARG(one));
		cc_buf_addf(&g->regex, "%s(?:%.*s)", g->patterns++ ? "|" : "", CC_STR_ARG(re));
	} while (rest.n);
}

static bool has_argument(const grep *g, char flag)
{
	return strchr(g->rg ? "ABCmefgtTj" : "ABCmefdD", flag) != NULL;
}

/* The letters of one word; true when the next word is the argument of the last of them. */
static bool read_flags(grep *g, cc_str word, char *flag, cc_str *argument)
{
	*argument = CC_STR_EMPTY;
	for (size_t i = 1; i < word.n; i++) {
		char c = *flag = word.p[i];
		g->stops = g->stops || strchr("mlLq", c) != NULL;
		if (has_argument(g, c)) {
			*argument = cc_str_sub(word, i + 1, word.n);
			return !argument->n;
		}
		g->flavour = c == 'E' && !g->rg ? EXTENDED : c == 'P' ? PERL : c == 'F' ? FIXED : c == 'G' ? BASIC : g->flavour;
		g->ignore_case = g->ignore_case || c == 'i' || (c == 'y' && !g->rg);
		g->negate = g->negate || c == 'v';
		g->word = g->word || c == 'w';
		g->line = g->line || c == 'x';
		g->changes = g->changes || strchr("clLoqr", c) != NULL;
	}
	*flag = '\0';
	return false;
}

/* True when the next word, if there is one, is its argument. */
static bool long_flag(shell_pipe *p, grep *g, const shell_token *word, const shell_token *next)
{
	static const char *const TAKING[] = { "regexp", "file", "context", "after-context", "before-context", "max-count", "include", "exclude",
		"exclude-dir", "glob", "type", NULL };
	static const char *const CHANGING[] = { "count", "only-matching", "files-with-matches", "files-without-match", "quiet", "silent",
		"recursive", NULL };
	static const char *const STOPPING[] = { "max-count", "files-with-matches", "files-without-match", "quiet", "silent", NULL };
	cc_str rest = cc_str_sub(word->text, 2, word->text.n), name, value;
	bool given = cc_str_cut(rest, '=', &name, &value), takes = !given && is_named(name, TAKING);
	g->word = g->word || cc_str_eqz(name, "word-regexp");
	g->line = g->line || cc_str_eqz(name, "line-regexp");
	g->changes = g->changes || is_named(name, CHANGING);
	g->stops = g->stops || is_named(name, STOPPING);
	g->ignore_case = g->ignore_case || cc_str_eqz(name, "ignore-case");
	g->negate = g->negate || cc_str_eqz(name, "invert-match");
	g->flavour = cc_str_starts(name, CC_STR("fixed")) ? FIXED : cc_str_starts(name, CC_STR("extended")) ? EXTENDED :
		cc_str_starts(name, CC_STR("perl")) ? PERL : g->flavour;
	if (cc_str_eqz(name, "regexp") && (given || next))
		add_pattern(p, g, given ? &(shell_token){ .text = value, .unsure = word->unsure } : next);
	g->file = g->file || cc_str_eqz(name, "file");
	return takes;
}

/* Options come anywhere; the first other word is the pattern when no option gave one. Of what -e says the flags may follow. */
static void read_grep(shell_pipe *p, grep *g, const shell_command *c)
{
	enum { MOST = 64 };
	const shell_token *files[MOST];
	shell_token given[MOST];
	size_t given_n = 0, file_n = 0;
	bool options = true;
	for (size_t i = 1; i < c->n; i++) {
		const shell_token *w = &c->words[i];
		char flag;
		cc_str argument;
		p->inexact = p->inexact || given_n == MOST || file_n == MOST;    /* there may be more than is kept */
		if (options && cc_str_eqz(w->text, "--")) {
			options = false;
		} else if (options && cc_str_starts(w->text, CC_STR("--"))) {
			i += long_flag(p, g, w, i + 1 < c->n ? w + 1 : NULL);
		} else if (options && w->text.n > 1 && w->text.p[0] == '-') {
			bool next = read_flags(g, w->text, &flag, &argument);
			if (flag == 'e' && given_n < MOST)
				given[given_n++] = next && i + 1 < c->n ? w[1] : (shell_token){ .text = argument, .unsure = w->unsure };
			g->file = g->file || flag == 'f';
			i += next;
		} else if (file_n < MOST) {
			files[file_n++] = w;
		}
	}
	size_t first = given_n || g->patterns || g->file || !file_n ? 0 : 1;
	for (size_t i = 0; i < given_n; i++)
		add_pattern(p, g, &given[i]);
	if (first)
		add_pattern(p, g, files[0]);
	for (size_t i = first; i < file_n; i++)
		shell_source(p, files[i]);
}

static void run_grep(shell_pipe *p, const shell_command *c)
{
	cc_str name = c->words->text;
	grep g = { .flavour = cc_str_starts(name, CC_STR("e")) ? EXTENDED : cc_str_starts(name, CC_STR("f")) ? FIXED :
		cc_str_eqz(name, "rg") || cc_str_eqz(name, "ag") ? PERL : BASIC, .said = CC_BUF_INIT, .regex = CC_BUF_INIT };
	g.rg = g.flavour == PERL;
	read_grep(p, &g, c);
	cc_buf whole = CC_BUF_INIT;
	cc_buf_addf(&whole, g.line ? "^(?:%.*s)$" : g.word ? "(?<!\\w)(?:%.*s)(?!\\w)" : "%.*s", CC_STR_ARG(cc_buf_str(&g.regex)));
	p->inexact = p->inexact || g.file || g.stops;    /* one that stops early did not come upon the lines behind */
	if (g.patterns)
		shell_test(p, (cc_shell_test){ .kind = CC_SHELL_MATCH, .said = cc_arena_dup(p->arena, cc_buf_str(&g.said)),
			.regex = cc_arena_dup(p->arena, cc_buf_str(&whole)), .ignore_case = g.ignore_case, .negate = g.negate, .separator = CC_STR_EMPTY });
	p->changed = p->changed || g.changes;
	cc_buf_deinit(&g.said);
	cc_buf_deinit(&g.regex);
	cc_buf_deinit(&whole);
}

/* --- the others --- */

/* Words that are no options are files. */
static void read_files(shell_pipe *p, const shell_command *c)
{
	for (size_t i = 1; i < c->n; i++) {
		int64_t n;
		cc_str word = c->words[i].text;
		bool option = word.n && (word.p[0] == '-' || word.p[0] == '+'), number = cc_str_to_i64(word, &n);
		if (!option && !number)
			shell_source(p, &c->words[i]);
	}
}

/* sed -n '/x/p' and sed '/x/d'. */
static void run_sed(shell_pipe *p, const shell_command *c)
{
	size_t script = 0, files = 0;
	bool silent = false, extended = false;
	for (size_t i = 1; i < c->n; i++) {
		cc_str word = c->words[i].text;
		if (word.n > 1 && word.p[0] == '-') {
			silent = silent || cc_str_find_char(word, 'n') != CC_STR_NONE;
			extended = extended || cc_str_find_char(word, 'E') != CC_STR_NONE || cc_str_find_char(word, 'r') != CC_STR_NONE;
		} else if (!script) {
			script = i;
		} else if (!files++) {
			shell_source(p, &c->words[i]);
		}
	}
	cc_str s = script ? c->words[script].text : CC_STR_EMPTY;
	char act = s.n ? s.p[s.n - 1] : '\0';
	bool plain = s.n > 3 && s.p[0] == '/' && s.p[s.n - 2] == '/' && cc_str_find_char(cc_str_sub(s, 1, s.n - 2), '/') == CC_STR_NONE &&
		!c->words[script].unsure && (silent ? act == 'p' : act == 'd');
	if (!plain) {
		p->changed = p->inexact = true;
		return;
	}
	cc_str said = cc_str_sub(s, 1, s.n - 2);
	shell_test(p, (cc_shell_test){ .kind = CC_SHELL_MATCH, .said = said, .negate = act == 'd', .separator = CC_STR_EMPTY,
		.regex = extended ? shell_extended_regex(said, p->arena) : shell_basic_regex(said, p->arena) });
}

/* What a script is given with -c, or with a heredoc. */
static void run_python(shell_pipe *p, const shell_command *c)
{
	for (size_t i = 1; i + 1 < c->n; i++)
		if (cc_str_eqz(c->words[i].text, "-c") && !c->words[i + 1].unsure)
			shell_python(p, c->words[i + 1].text);
	if (c->body.n)
		shell_python(p, c->body);
	p->changed = true;
}

void shell_tool(shell_pipe *p, const shell_command *c)
{
	static const char *const GREPS[] = { "grep", "egrep", "fgrep", "zgrep", "rg", "ag", NULL };
	static const char *const AWKS[] = { "awk", "gawk", "mawk", NULL };
	static const char *const READ[] = { "cat", "zcat", "tac", "less", "more", NULL };
	static const char *const CUT[] = { "head", "tail", NULL };
	static const char *const PASS[] = { "sort", "tee", NULL };
	static const char *const PYTHONS[] = { "python", "python3", "ipython", NULL };
	cc_str name = c->words->text;
	size_t slash = cc_str_rfind_char(name, '/');
	name = slash == CC_STR_NONE ? name : cc_str_sub(name, slash + 1, name.n);
	if (is_named(name, GREPS)) {
		run_grep(p, c);
	} else if (is_named(name, AWKS)) {
		shell_awk(p, c);
	} else if (cc_str_eqz(name, "sed")) {
		run_sed(p, c);
	} else if (is_named(name, PYTHONS)) {
		run_python(p, c);
	} else if (is_named(name, READ) || is_named(name, CUT) || is_named(name, PASS)) {
		if (!is_named(name, PASS) || !p->tests.n)
			read_files(p, c);
		p->changed = p->changed || is_named(name, CUT);  /* what is tested behind it was not looked for in all */
	} else {
		p->changed = true;
	}
}
