/* shell_priv.h - what the loop and the two ways of reading a line share: signals, and lines. */
#ifndef COLDCASE_SHELL_PRIV_H
#define COLDCASE_SHELL_PRIV_H

#include "coldcase/shell.h"

typedef enum shell_read { SHELL_LINE, SHELL_DROPPED /* Ctrl-C */, SHELL_END } shell_read;

/* signals.c. Ctrl-C cancels the command that runs, or drops the line being typed; HUP and TERM end the loop in good order, so
 * that the record gets its end; without a terminal Ctrl-C does, too. */
void shell_signals_open(cc_cancel *running);
void shell_signals_close(void);
void shell_signals_end_on_interrupt(void);
bool shell_interrupted(void);
void shell_forget_interrupt(void);
int shell_ended(void);              /* the signal that ended it, 0 = none */
/* Waits until `fd` can be read or a signal came that the above tell of; `checked` (or NULL) is called with the signals held
 * back, right before waiting. False after a signal. */
bool shell_wait(int fd, void (*checked)(void));

/* editor.c: readline or libedit. The line is heap, for free(). */
void shell_editor_open(cc_session *session, const char *history);
void shell_editor_close(const char *history);
shell_read shell_editor_line(const char *prompt, char **line);
void shell_editor_remember(const char *line);

/* spoken.c: line mode for ears. What a line asks of the answer before it is done there; else `out` is the line to run, with what
 * it takes from the selected row put in. */
typedef enum shell_spoken { SHELL_SPOKEN_RUN, SHELL_SPOKEN_DONE, SHELL_SPOKEN_REFUSED } shell_spoken;
shell_spoken shell_spoken_line(cc_session *session, cc_str line, bool ascii, cc_buf *out);
void shell_spoken_reply(cc_session *session, cc_reply *reply, bool ascii);   /* announces it, and reads its first rows */
void shell_spoken_close(void);

#endif
