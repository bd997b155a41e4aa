/* shell.h - the readline front end, and the plain line mode without it. */
#ifndef COLDCASE_SHELL_H
#define COLDCASE_SHELL_H

#include "coldcase/session.h"

typedef struct cc_shell_options {
	bool plain;              /* no line editor, no colours: pipes, screen readers */
	bool ascii;              /* no character beyond ASCII */
	bool spoken;             /* --plain: to be listened to; rows can be selected by number */
	const char *history;     /* file to keep the history in; NULL = none */
	size_t columns;          /* width of the output, 0 = unlimited */
} cc_shell_options;

/* Reads command lines until `quit`, the end of input, or a submitted answer; prints replies in plain text. Errors are printed and
 * the shell goes on. Ctrl-C drops the line being typed, or cancels the command that runs; SIGHUP and SIGTERM (and SIGINT when
 * input is no terminal) end the loop like the end of input does. Returns the exit status of the program: that of the last command
 * that failed, else 0, in plain mode; 0 with the line editor; 128 + signal after a signal. The caller closes the session. */
int cc_shell_run(cc_session *session, const cc_shell_options *opt);
/* One line as if typed: waits for the evidence it needs, runs it and prints. Returns its exit status. */
int cc_shell_line(cc_session *session, const cc_shell_options *opt, const char *line);

#endif
