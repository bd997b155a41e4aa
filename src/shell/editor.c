/* editor.c - a line from a person at a line editor; the only user of readline.
 *
 * libedit's readline emulation is enough for what is used here, so the same file serves both (LINE_EDITOR=editline). Both read
 * their keys here: after Ctrl-C they are fed Return until they give the line back - out of a search, too - and it is dropped.
 * That needs no jump out of a signal handler, and both leave the terminal as they found it. */
#include "shell/shell_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>
#ifdef CC_LINE_EDITOR_EDITLINE
#include <editline/readline.h>
#else
#include <readline/history.h>
#include <readline/readline.h>
#endif

#include "coldcase/utf8.h"

enum { HISTORY_LINES = 1000, LIST_UNASKED = 1000 /* more than completion ever offers */ };

/* readline's callbacks carry no argument: the shell that is running, and where completion words live. */
static cc_session *running;
static cc_arena *arena;

/* --- keys --- */

static void let_editor_see_signals(void)
{
#if defined RL_READLINE_VERSION && !defined CC_LINE_EDITOR_EDITLINE
#if RL_READLINE_VERSION >= 0x0800
	rl_check_signals();
#endif
#endif
}

/* EOF is told by -1 to both editors. */
static int next_byte(int fd)
{
	for (;;) {
		unsigned char c;
		bool ready = shell_wait(fd, let_editor_see_signals);
		let_editor_see_signals();
		if (shell_ended())
			return EOF;
		if (shell_interrupted())
			return '\r';
		if (ready)
			return read(fd, &c, 1) == 1 ? c : EOF;
	}
}

static int read_key(FILE *in)
{
	int c = next_byte(in ? fileno(in) : STDIN_FILENO);
#ifdef CC_LINE_EDITOR_EDITLINE
	/* libedit takes characters, not bytes. */
	mbstate_t state = { 0 };
	for (int i = 0; c >= 0x80 && i < 8; i++) {
		char byte = (char)c;
		wchar_t wide;
		size_t n = mbrtowc(&wide, &byte, 1, &state);
		if (n != (size_t)-2)
			return n == (size_t)-1 ? '?' : (int)wide;
		c = next_byte(in ? fileno(in) : STDIN_FILENO);
	}
#endif
	return c;
}

/* --- completion --- */

static char *heap_text(cc_str s)
{
	char *copy = malloc(s.n + 1); /* freed by readline */
	if (copy) {
		memcpy(copy, s.p, s.n);
		copy[s.n] = 0;
	}
	return copy;
}

static cc_str common_start(const cc_completion_vec *v)
{
	cc_str all = v->p[0].word;
	for (size_t i = 1; i < v->n; i++) {
		size_t k = 0;
		while (k < all.n && k < v->p[i].word.n && all.p[k] == v->p[i].word.p[k])
			k++;
		all = cc_str_sub(all, 0, k);
	}
	while (all.n && !cc_utf8_valid(all)) /* not in the middle of a character */
		all = cc_str_sub(all, 0, all.n - 1);
	return all;
}

/* readline's list: what replaces the word, then the candidates. Candidates are whole names that need not begin with what was
 * typed (ts-tr for ts/Deployment/ts-train), so the word stays unless the names' common start says more. */
static char **as_matches(cc_str typed, const cc_completion_vec *v)
{
	char **list = calloc(v->n + 2, sizeof *list);
	cc_str common = common_start(v);
	bool more = v->n == 1 || (common.n > typed.n && cc_str_starts_nocase(common, typed));
	size_t n = 0;
	if (!list)
		return NULL;
	list[n++] = heap_text(more ? common : typed);
	for (size_t i = 0; v->n > 1 && i < v->n; i++)
		if ((list[n] = heap_text(v->p[i].word)) != NULL)
			n++;
	if (!list[0]) { /* out of memory: nothing is completed */
		for (size_t i = 1; i < n; i++)
			free(list[i]);
		free(list);
		return NULL;
	}
	return list;
}

static char **complete(const char *text, int start, int end)
{
	cc_completion_vec words = { 0 };
	char **list = NULL;
	size_t word_start;
	(void)start;
	rl_attempted_completion_over = 1;
	cc_arena_reset(arena);
	if (cc_cmd_complete(running, cc_str_sub(cc_str_from(rl_line_buffer), 0, (size_t)end), arena, &words, &word_start) == CC_OK && words.n) {
		list = as_matches(cc_str_from(text), &words);
		cc_str only = words.p[0].word;
		rl_completion_append_character = words.n == 1 && only.n && !strchr("=.", only.p[only.n - 1]) ? ' ' : '\0';
	}
	cc_vec_deinit(&words);
	return list;
}

/* --- the editor --- */

void shell_editor_open(cc_session *session, const char *history)
{
	static char blanks[] = " \t";
	running = session;
	arena = cc_arena_new();
	rl_readline_name = "coldcase";
	rl_getc_function = read_key;
	rl_basic_word_break_characters = blanks; /* libedit's */
	rl_completer_word_break_characters = blanks;
	rl_completion_query_items = LIST_UNASKED;
	if (arena)
		rl_attempted_completion_function = complete;
	using_history();
	stifle_history(HISTORY_LINES);
	if (history)
		read_history(history);
}

void shell_editor_close(const char *history)
{
	if (history)
		write_history(history);
	rl_attempted_completion_function = NULL;
	cc_arena_free(arena);
	arena = NULL;
	running = NULL;
}

void shell_editor_remember(const char *line)
{
	add_history(line);
}

shell_read shell_editor_line(const char *prompt, char **line)
{
	*line = readline(prompt);
	if (shell_ended() || (!*line && !shell_interrupted()))
		return SHELL_END;
	return shell_interrupted() ? SHELL_DROPPED : SHELL_LINE;
}
