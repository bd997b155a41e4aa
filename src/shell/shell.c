/* shell.c - command lines from a person at a line editor, or from a pipe; the only user of readline.
 *
 * libedit's readline emulation is enough for what is used here, so the same file serves both (LINE_EDITOR=editline).
 * Completion words come from the command table and the evidence (cc_cmd_complete). */
#include "coldcase/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef CC_LINE_EDITOR_EDITLINE
#include <editline/readline.h>
#else
#include <readline/history.h>
#include <readline/readline.h>
#endif

#include "coldcase/utf8.h"

enum { HISTORY_LINES = 1000 };

/* readline's callbacks carry no argument: the shell that is running, and what it completes. */
static cc_session *running;
static struct {
	cc_arena *arena;
	cc_completion_vec words;
	size_t next;
} completing;

static char *next_word(const char *text, int state)
{
	size_t start;
	(void)text;
	if (!state) {
		cc_str line = cc_str_sub(cc_str_from(rl_line_buffer), 0, (size_t)rl_point);
		cc_arena_reset(completing.arena);
		completing.words.n = completing.next = 0;
		if (cc_cmd_complete(running, line, completing.arena, &completing.words, &start) != CC_OK)
			return NULL;
	}
	if (completing.next >= completing.words.n)
		return NULL;
	cc_str w = completing.words.p[completing.next++].word;
	char *copy = malloc(w.n + 1); /* freed by readline */
	if (copy) {
		memcpy(copy, w.p, w.n);
		copy[w.n] = 0;
	}
	return copy;
}

static char **complete(const char *text, int start, int end)
{
	(void)start;
	(void)end;
	rl_attempted_completion_over = 1;
	return rl_completion_matches(text, next_word);
}

static void open_editor(cc_session *session, const cc_shell_options *opt)
{
	static char blanks[] = " \t";
	running = session;
	completing.arena = cc_arena_new();
	rl_readline_name = "coldcase";
	rl_completer_word_break_characters = blanks;
	if (completing.arena)
		rl_attempted_completion_function = complete;
	using_history();
	stifle_history(HISTORY_LINES);
	if (opt->history)
		read_history(opt->history);
}

static void close_editor(const cc_shell_options *opt)
{
	if (opt->history)
		write_history(opt->history);
	rl_attempted_completion_function = NULL;
	cc_vec_deinit(&completing.words);
	cc_arena_free(completing.arena);
	completing.arena = NULL;
	running = NULL;
}

static void print_error(const cc_err *err)
{
	fprintf(stderr, "error: %s\n", err->message); /* already clean (err.h) */
	if (err->hint[0])
		fprintf(stderr, "  hint: %s\n", err->hint);
}

static int run_line(cc_session *session, const cc_shell_options *opt, const char *line)
{
	cc_reply *reply;
	cc_err err = { 0 };
	cc_buf out = CC_BUF_INIT;
	fflush(stdout);
	if (cc_session_run(session, cc_str_from(line), NULL, &reply, &err) != CC_OK) {
		print_error(&err);
		return cc_code_exit_status(err.code);
	}
	cc_reply_write_text(reply, &out, opt->columns, opt->ascii);
	fwrite(out.p ? out.p : "", 1, out.n, stdout);
	fflush(stdout);
	cc_buf_deinit(&out);
	cc_reply_unref(reply);
	return 0;
}

static void prompt_text(cc_session *session, cc_buf *out)
{
	cc_budget b = cc_case_budget(cc_session_case(session));
	cc_buf_clear(out);
	if (b.cap)
		cc_buf_addf(out, "[%lld/%lld] > ", (long long)b.used, (long long)b.cap);
	else
		cc_buf_addf(out, "[%lld] > ", (long long)b.used);
}

/* One line of input as a heap C string, NULL at the end. */
static char *read_line(cc_session *session, const cc_shell_options *opt, cc_buf *prompt)
{
	char *line = NULL;
	size_t cap = 0;
	if (!opt->plain) {
		prompt_text(session, prompt);
		return readline(prompt->p ? prompt->p : "> ");
	}
	if (getline(&line, &cap, stdin) <= 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\r\n")] = 0;
	return line;
}

int cc_shell_run(cc_session *session, const cc_shell_options *opt)
{
	cc_buf prompt = CC_BUF_INIT;
	char *line;
	int status = 0;
	if (!opt->plain)
		open_editor(session, opt);
	while (!cc_session_submitted(session) && (line = read_line(session, opt, &prompt)) != NULL) {
		cc_str word = cc_str_trim(cc_str_from(line));
		bool leave = cc_str_eqz(word, "quit") || cc_str_eqz(word, "q") || cc_str_eqz(word, "exit");
		if (word.n && !opt->plain)
			add_history(line);
		if (word.n && !leave && word.p[0] != '#') {
			int one = run_line(session, opt, line);
			status = one ? one : status;
		}
		cc_session_tick(session);
		free(line);
		if (leave)
			break;
	}
	if (!opt->plain)
		close_editor(opt);
	cc_buf_deinit(&prompt);
	return opt->plain ? status : 0;
}
