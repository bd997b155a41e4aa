/* shell.c - command lines from a person at a line editor, or from a pipe: read, run, print, until the end.
 *
 * Every way out of the loop - quit, the end of input, a signal - leads through its end, so that the caller closes the session
 * and the record gets its last line. */
#include "shell/shell_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static cc_cancel cancel;                /* of the command that runs: set by Ctrl-C */

static void print_error(const cc_err *err)
{
	fprintf(stderr, "error: %s\n", err->message); /* already clean (err.h) */
	if (err->hint[0])
		fprintf(stderr, "  hint: %s\n", err->hint);
}

static void take_what_was_read(cc_session *session, cc_code *code, cc_err *err)
{
	bool fuller;
	*code = cc_session_poll(session, &fuller, err);
}

/* Waits until what the command reads has been read whole, and no longer; Ctrl-C cuts the waiting short. */
static cc_code wait_for_evidence(cc_session *session, const cc_shell_options *opt, const char *line, cc_err *err)
{
	const struct timespec nap = { .tv_nsec = 5000000 };
	cc_str name, rest;
	const cc_cmd *cmd = NULL;
	cc_code code;
	bool told = false;
	take_what_was_read(session, &code, err);
	cc_str_cut(cc_str_trim(cc_str_from(line)), ' ', &name, &rest);
	if (code != CC_OK || cc_cmd_find(name, &cmd, NULL) != CC_OK)
		return code;      /* a word that is no command is refused by who runs it */
	while (code == CC_OK && cc_session_loading(session).running && cc_session_lacks(session, cmd) && !shell_interrupted() && !shell_ended()) {
		if (!told && opt->spoken)
			printf("ANN: waiting for evidence that %s needs\n", cmd->name);
		told = true;
		fflush(stdout);
		nanosleep(&nap, NULL);
		take_what_was_read(session, &code, err);
	}
	return code;
}

static void print_reply(cc_session *session, const cc_shell_options *opt, cc_reply *reply)
{
	cc_buf out = CC_BUF_INIT;
	if (opt->spoken) {
		shell_spoken_reply(session, reply, opt->ascii);
		return;
	}
	cc_reply_write_text(reply, &out, opt->columns, opt->ascii);
	fwrite(out.p ? out.p : "", 1, out.n, stdout);
	fflush(stdout);
	cc_buf_deinit(&out);
}

/* Before what cannot be undone: that no verdict will follow it here. */
static void say_unsealed(cc_session *s, cc_str line)
{
	if (!cc_str_starts(cc_str_trim(line), CC_STR("submit")) || !cc_session_run_dir(s) || cc_session_sealed(s) || cc_session_submitted(s))
		return;
	printf("No ground truth lies here, so no verdict follows yet; `coldcase score %s --truth FILE` gives it later.\n", cc_session_run_dir(s));
	fflush(stdout);
}

int cc_shell_line(cc_session *session, const cc_shell_options *opt, const char *line)
{
	cc_reply *reply;
	cc_err err = { 0 };
	fflush(stdout);
	cc_code code = wait_for_evidence(session, opt, line, &err);
	if (code == CC_OK)
		code = cc_session_run(session, cc_str_from(line), &cancel, &reply, &err);
	if (code != CC_OK) {
		print_error(&err);
		return cc_code_exit_status(err.code);
	}
	print_reply(session, opt, reply);
	say_unsealed(session, cc_str_from(line));
	cc_reply_unref(reply);
	return 0;
}

/* A line of line mode for ears may ask for a row, or take from one. */
static int run_line(cc_session *session, const cc_shell_options *opt, const char *line)
{
	cc_buf out = CC_BUF_INIT;
	int status = 0;
	if (!opt->spoken)
		return cc_shell_line(session, opt, line);
	shell_spoken what = shell_spoken_line(session, cc_str_trim(cc_str_from(line)), opt->ascii, &out);
	if (what == SHELL_SPOKEN_RUN && cc_buf_ok(&out))
		status = cc_shell_line(session, opt, out.p);
	else if (what == SHELL_SPOKEN_REFUSED)
		status = cc_code_exit_status(CC_EUSAGE);
	cc_buf_deinit(&out);
	return status;
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
	shell_spoken_close();
	cc_buf_deinit(&scratch);
	if (shell_ended())
		return 128 + shell_ended();
	return opt->plain ? status : 0;
}
