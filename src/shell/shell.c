/* shell.c - command lines from a person at a line editor, or from a pipe: read, run, print, until the end.
 *
 * Every way out of the loop - quit, the end of input, a signal - leads through its end, so that the caller closes the session
 * and the record gets its last line. */
#include "shell/shell_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cc_cancel cancel;                /* of the command that runs: set by Ctrl-C */

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
	if (cc_session_run(session, cc_str_from(line), &cancel, &reply, &err) != CC_OK) {
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

/* A line of a pipe or of a terminal without line editing. Bytes of the next lines stay in `in`. */
static shell_read plain_line(cc_buf *in, char **line)
{
	for (;;) {
		char bytes[4096];
		size_t end = cc_str_find_char(cc_buf_str(in), '\n');
		bool ready = end == CC_STR_NONE && shell_wait(STDIN_FILENO, NULL);
		ssize_t n = ready ? read(STDIN_FILENO, bytes, sizeof bytes) : 0;
		if (shell_ended())
			return SHELL_END;
		if (shell_interrupted()) {
			cc_buf_clear(in);
			return SHELL_DROPPED;
		}
		if (n > 0)
			cc_buf_add(in, (cc_str){ bytes, (size_t)n });
		if (end == CC_STR_NONE && (n > 0 || !ready))
			continue;
		if (end == CC_STR_NONE && !in->n)
			return SHELL_END;
		cc_str whole = cc_buf_str(in), head = cc_str_sub(whole, 0, end == CC_STR_NONE ? whole.n : end);
		*line = strndup(head.p, head.n);
		cc_buf rest = CC_BUF_INIT;
		cc_buf_add(&rest, cc_str_sub(whole, end == CC_STR_NONE ? whole.n : end + 1, whole.n));
		cc_buf_deinit(in);
		*in = rest;
		return *line ? SHELL_LINE : SHELL_END;
	}
}

static shell_read read_line(cc_session *session, const cc_shell_options *opt, cc_buf *scratch, char **line)
{
	*line = NULL;
	if (opt->plain)
		return plain_line(scratch, line);
	prompt_text(session, scratch);
	return shell_editor_line(scratch->p ? scratch->p : "> ", line);
}

/* False when the line asks to leave. */
static bool take_line(cc_session *session, const cc_shell_options *opt, const char *line, int *status)
{
	cc_str word = cc_str_trim(cc_str_from(line));
	bool leave = cc_str_eqz(word, "quit") || cc_str_eqz(word, "q") || cc_str_eqz(word, "exit");
	if (word.n && !opt->plain)
		shell_editor_remember(line);
	if (word.n && !leave && word.p[0] != '#') {
		int one = run_line(session, opt, line);
		*status = one ? one : *status;
		shell_forget_interrupt(); /* it was the command's */
	}
	cc_session_tick(session);
	return !leave;
}

int cc_shell_run(cc_session *session, const cc_shell_options *opt)
{
	cc_buf scratch = CC_BUF_INIT;
	shell_read what = SHELL_LINE;
	int status = 0;
	bool more = true;
	shell_signals_open(&cancel);
	if (!isatty(STDIN_FILENO))
		shell_signals_end_on_interrupt();
	if (!opt->plain)
		shell_editor_open(session, opt->history);
	while (more && what != SHELL_END && !shell_ended() && !cc_session_submitted(session)) {
		char *line;
		fflush(stdout);
		what = read_line(session, opt, &scratch, &line);
		if (what == SHELL_LINE)
			more = take_line(session, opt, line, &status);
		else if (opt->plain && what == SHELL_DROPPED)
			putchar('\n');
		if (what == SHELL_DROPPED)
			shell_forget_interrupt();
		free(line);
	}
	if (!opt->plain) {
		if (what == SHELL_END)
			putchar('\n'); /* the prompt stands there still */
		shell_editor_close(opt->history);
	}
	shell_signals_close();
	cc_buf_deinit(&scratch);
	if (shell_ended())
		return 128 + shell_ended();
	return opt->plain ? status : 0;
}
