/* firstscreen.c - how long a terminal program keeps its user waiting: run in a 200x50 terminal of our own.
 *
 *   firstscreen NAME FRAME ROW KEYS COMMAND...
 *
 * Prints  q NAME: WHAT ms  for the first byte, for the text FRAME (what stands there before any data) and for the text
 * ROW (a row of the data). KEYS are typed when FRAME has appeared ("" = none; a caret stands for Return), and then only
 * a ROW written after them counts. Looks at what the program wrote without its escape sequences, so the texts must be
 * ones that it writes in one go. Gives up after 60 s. */
#include <errno.h>
#include <poll.h>
#ifdef __APPLE__
#include <util.h>
#else
#include <pty.h>
#endif
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KEPT = 1 << 20, PATIENCE_MS = 60000 };

static char text[KEPT + 1]; /* what was written, without escape sequences */
static size_t text_n;

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Keeps printable bytes; skips ESC [ ... letter, ESC ] ... BEL or ESC \, and ESC with one or two further bytes. */
static void keep(const char *p, size_t n)
{
	static enum { PLAIN, ESC, CSI, OSC, CHARSET } state;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		switch (state) {
		case PLAIN:
			if (c == 27)
				state = ESC;
			else if (c >= 32 && text_n < KEPT)
				text[text_n++] = (char)c;
			break;
		case ESC:
			state = c == '[' ? CSI : c == ']' || c == 'P' ? OSC : c == '(' || c == ')' ? CHARSET : PLAIN;
			break;
		case CSI:
			if (c >= 0x40 && c <= 0x7e)
				state = PLAIN;
			break;
		case OSC:
			state = c == 7 ? PLAIN : c == 27 ? CHARSET : OSC;
			break;
		case CHARSET:
			state = PLAIN;
			break;
		}
	}
	text[text_n] = 0;
}

static void type(int tty, const char *keys)
{
	for (; *keys; keys++)
		if (write(tty, *keys == '^' ? "\r" : keys, 1) != 1)
			return;
}

static void say(const char *name, const char *what, double ms)
{
	if (ms >= 0)
		printf("q\t%s: %s\t%.2f\t\n", name, what, ms);
}

int main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 50, .ws_col = 200 };
	double byte = -1, frame = -1, row = -1, began = now_ms();
	char chunk[1 << 16];
	int tty;
	if (argc < 6) {
		fprintf(stderr, "usage: firstscreen NAME FRAME ROW KEYS COMMAND...\n");
		return 2;
	}
	pid_t child = forkpty(&tty, NULL, NULL, &size);
	if (child == 0) {
		setenv("TERM", "xterm-256color", 1);
		execvp(argv[5], argv + 5);
		_exit(127);
	}
	if (child < 0)
		return 1;
	while (row < 0 && now_ms() - began < PATIENCE_MS) {
		struct pollfd p = { .fd = tty, .events = POLLIN };
		if (poll(&p, 1, 1000) <= 0)
			continue;
		ssize_t n = read(tty, chunk, sizeof chunk);
		if (n <= 0)
			break;
		double ms = now_ms() - began;
		keep(chunk, (size_t)n);
		byte = byte < 0 ? ms : byte;
		if (frame < 0 && strstr(text, argv[2])) {
			frame = ms;
			type(tty, argv[4]);
			text_n = argv[4][0] ? 0 : text_n;
			text[text_n] = 0;
		}
		if (frame >= 0 && strstr(text, argv[3]))
			row = ms;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	say(argv[1], "first byte", byte);
	say(argv[1], "frame", frame);
	say(argv[1], "row", row);
	if (row < 0)
		fprintf(stderr, "firstscreen: %s wrote: ...%s\n", argv[5], text + (text_n > 1500 ? text_n - 1500 : 0));
	return row < 0;
}
