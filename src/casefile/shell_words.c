/* shell_words.c - a shell command line as words and what stands between them. Only what is plain: whoever substitutes is not followed. */
#include <string.h>

#include "casefile/shell_priv.h"

typedef struct lexer {
	cc_str text;
	size_t at;
	cc_arena *arena;
	shell_tokens *out;
	cc_str ends[4];          /* heredocs that begin behind this line */
	size_t heredocs, place[4];   /* and where their bodies belong */
	bool bad;
} lexer;

static char peek(const lexer *l, size_t ahead)
{
	return l->at + ahead < l->text.n ? l->text.p[l->at + ahead] : '\0';
}

static void put(lexer *l, shell_token_kind kind, cc_str text, bool unsure)
{
	l->bad = l->bad || !cc_vec_push(l->out, ((shell_token){ .kind = kind, .text = text, .unsure = unsure }));
}

static bool is_end_of_word(char c)
{
	return c == '\0' || strchr(" \t\r\n|&;()<>", c) != NULL;
}

static void read_single(lexer *l, cc_buf *word)
{
	l->at++;
	while (l->at < l->text.n && l->text.p[l->at] != '\'')
		cc_buf_add_char(word, l->text.p[l->at++]);
	l->bad = l->bad || l->at >= l->text.n;
	l->at++;
}

/* Inside, a backslash is one unless it stands before a character that would mean something. */
static void read_double(lexer *l, cc_buf *word, bool *unsure)
{
	for (l->at++; l->at < l->text.n && l->text.p[l->at] != '"'; l->at++) {
		char c = l->text.p[l->at], next = peek(l, 1);
		if (c == '\\' && next && strchr("\\\"$`\n", next)) {
			l->at++;
			c = next;
		} else if (c == '`' || (c == '$' && next == '(')) {
			l->bad = true;
		} else if (c == '$' && (next == '{' || next == '_' || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z'))) {
			*unsure = true;
		}
		if (c != '\n' || l->text.p[l->at - 1] != '\\')
			cc_buf_add_char(word, c);
	}
	l->bad = l->bad || l->at >= l->text.n;
	l->at++;
}

static cc_str read_word(lexer *l, bool *unsure)
{
	cc_buf word = CC_BUF_INIT;
	while (!l->bad && !is_end_of_word(peek(l, 0))) {
		char c = peek(l, 0);
		if (c == '\'') {
			read_single(l, &word);
		} else if (c == '"') {
			read_double(l, &word, unsure);
		} else if (c == '\\') {
			if (peek(l, 1) != '\n')
				cc_buf_add_char(&word, peek(l, 1));
			l->at += 2;
		} else {
			l->bad = l->bad || c == '`' || (c == '$' && peek(l, 1) == '(');
			*unsure = *unsure || c == '$';
			cc_buf_add_char(&word, c);
			l->at++;
		}
	}
	cc_str text = cc_arena_dup(l->arena, cc_buf_str(&word));
	l->bad = l->bad || !cc_buf_ok(&word) || (word.n && !text.p);
	cc_buf_deinit(&word);
	return text;
}

static void skip_blanks(lexer *l)
{
	while (peek(l, 0) == ' ' || peek(l, 0) == '\t' || peek(l, 0) == '\r' || (peek(l, 0) == '\\' && peek(l, 1) == '\n'))
		l->at += peek(l, 0) == '\\' ? 2 : 1;
}

/* `<<EOF`, `<<-'EOF'`: the body follows the line; it goes with the command that stands here. */
static void begin_heredoc(lexer *l)
{
	bool unsure = false;
	l->at += peek(l, 2) == '-' ? 3 : 2;
	skip_blanks(l);
	cc_str end = read_word(l, &unsure);
	if (!end.n || l->heredocs == sizeof l->ends / sizeof l->ends[0]) {
		l->bad = true;
		return;
	}
	l->place[l->heredocs] = l->out->n;
	l->ends[l->heredocs++] = end;
	put(l, SHELL_OUTPUT, CC_STR_EMPTY, true);
}

static void read_heredocs(lexer *l)
{
	for (size_t i = 0; i < l->heredocs; i++) {
		cc_str rest = cc_str_sub(l->text, l->at, l->text.n), line, body;
		size_t from = l->at, to = from;
		bool closed = false;
		while (rest.n && !closed) {
			to = (size_t)(rest.p - l->text.p);
			cc_str_cut(rest, '\n', &line, &rest);
			closed = cc_str_eq(cc_str_trim(line), l->ends[i]);
		}
		body = cc_str_sub(l->text, from, to);
		l->bad = l->bad || !closed;
		l->out->p[l->place[i]] = (shell_token){ .kind = SHELL_OUTPUT, .text = body, .body = true };
		l->at = l->text.n - rest.n;
	}
	l->heredocs = 0;
}

/* `> x`, `2>&1`, `< x`. */
static void read_redirection(lexer *l)
{
	bool input = peek(l, 0) == '<', unsure = false;
	if (peek(l, 1) == '(' || (input && peek(l, 1) == '<' && peek(l, 2) == '<')) {
		l->bad = true;           /* a process, or a text */
		return;
	}
	while (peek(l, 0) == '<' || peek(l, 0) == '>' || peek(l, 0) == '&' || peek(l, 0) == '|')
		l->at++;
	skip_blanks(l);
	cc_str word = read_word(l, &unsure);
	put(l, input ? SHELL_INPUT : SHELL_OUTPUT, word, unsure);
}

static void read_operator(lexer *l)
{
	char c = peek(l, 0);
	if (c == '<' && peek(l, 1) == '<' && peek(l, 2) != '<') {
		begin_heredoc(l);
	} else if (c == '<' || c == '>' || (c == '&' && peek(l, 1) == '>')) {
		read_redirection(l);
	} else {
		bool both = peek(l, 1) == c && c != '\n' && c != '(' && c != ')';
		put(l, c == '|' && !both ? SHELL_PIPE : SHELL_END, CC_STR_EMPTY, false);
		l->at += both || (c == '|' && peek(l, 1) == '&') ? 2 : 1;
		if (c == '\n')
			read_heredocs(l);
	}
}

bool shell_split(cc_str command, cc_arena *arena, shell_tokens *out)
{
	lexer l = { .text = command, .arena = arena, .out = out };
	while (!l.bad) {
		skip_blanks(&l);
		char c = peek(&l, 0);
		if (l.at >= l.text.n)
			break;
		if (c == '#') {
			while (l.at < l.text.n && peek(&l, 0) != '\n')
				l.at++;
		} else if (c >= '0' && c <= '9' && (peek(&l, 1) == '>' || peek(&l, 1) == '<')) {
			l.at++;              /* the number of a stream */
		} else if (is_end_of_word(c)) {
			read_operator(&l);
		} else {
			bool unsure = false;
			cc_str word = read_word(&l, &unsure);
			put(&l, SHELL_WORD, word, unsure);
		}
	}
	return !l.bad && !l.heredocs;
}
