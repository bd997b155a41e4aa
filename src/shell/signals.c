/* signals.c - what Ctrl-C, a closed terminal and kill do to line mode: they are noted, and looked at where it is safe.
 *
 * A signal between the look and the wait would be missed, so it is held back until the wait itself (pselect). */
#include "shell/shell_priv.h"

#include <signal.h>
#include <sys/select.h>

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };
enum { CAUGHT = sizeof caught / sizeof caught[0] };

static volatile sig_atomic_t interrupted, ended, interrupt_ends;
static cc_cancel *canceled;             /* of the command that runs */
static struct sigaction before[CAUGHT];

static void on_signal(int sig)
{
	if (sig == SIGINT && !interrupt_ends)
		interrupted = 1;
	else
		ended = sig;
	cc_cancel_set(canceled);
}

void shell_signals_open(cc_cancel *running)
{
	struct sigaction act = { .sa_handler = on_signal }; /* no SA_RESTART: a read must return */
	canceled = running;
	interrupted = ended = interrupt_ends = 0;
	sigemptyset(&act.sa_mask);
	for (int i = 0; i < CAUGHT; i++)
		sigaction(caught[i], &act, &before[i]);
}

/* After an end by signal another one (a shell and the kernel both send HUP) must not stop the record's last line. */
void shell_signals_close(void)
{
	static cc_cancel nobody;
	for (int i = 0; i < CAUGHT && !ended; i++)
		sigaction(caught[i], &before[i], NULL);
	canceled = &nobody;
}

void shell_signals_end_on_interrupt(void) { interrupt_ends = 1; }
bool shell_interrupted(void) { return interrupted != 0; }
int shell_ended(void) { return ended; }

void shell_forget_interrupt(void)
{
	interrupted = 0;
	if (!ended)
		cc_cancel_clear(canceled);
}

bool shell_wait(int fd, void (*checked)(void))
{
	sigset_t hold, old;
	fd_set set;
	int n = -1;
	sigemptyset(&hold);
	for (int i = 0; i < CAUGHT; i++)
		sigaddset(&hold, caught[i]);
	sigprocmask(SIG_BLOCK, &hold, &old);
	if (checked)
		checked();
	FD_ZERO(&set);
	FD_SET(fd, &set);
	if (!interrupted && !ended)
		n = pselect(fd + 1, &set, NULL, NULL, NULL, &old);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return n > 0;
}
