/* sandbox_bwrap.c - the private view of files, put together by bubblewrap where this process may not do it itself.
 *
 * Some systems let no program make user namespaces but those they know, and bubblewrap is one of these. It is asked for the same view
 * as sandbox_view.c makes, with a shell in it that only waits; once the shell says so the server takes hold of the namespaces, and from
 * there on everything is the same: each command enters them, under the same limits, Landlock and seccomp. */
#include "agent/sandbox_priv.h"

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coldcase/buf.h"
#include "coldcase/clock.h"
#include "coldcase/file.h"

enum { PATIENCE_MS = 10000, SAID_MAX = 4096, ARGS_FD = 3, INFO_FD = 4, ENDS = 5 };

/* Not by PATH: what shuts players in is the system's. */
static const char *const PLACES[] = { "/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap" };

static const char *find_program(void)
{
	for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++)
		if (access(PLACES[i], X_OK) == 0)
			return PLACES[i];
	return NULL;
}

/* --- what it is told --- */

static void add(cc_buf *args, const char *word)
{
	cc_buf_add(args, (cc_str){ word, strlen(word) + 1 });
}

static void add_three(cc_buf *args, const char *option, const char *a, const char *b)
{
	add(args, option);
	add(args, a);
	add(args, b);
}

/* In order: the root is made read-only when everything has its place in it. */
static void write_args(const cc_sandbox *b, cc_buf *args)
{
	static const char *const ALONE[] = { "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent",
		"--new-session", "--clearenv" };
	static const char *const DEVICES[] = { "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom" };
	char size[24];
	for (size_t i = 0; i < sizeof ALONE / sizeof ALONE[0]; i++)
		add(args, ALONE[i]);
	for (size_t i = 0; i < b->binds.n; i++)
		add_three(args, "--ro-bind", b->binds.p[i].from, b->binds.p[i].to);
	for (size_t i = 0; i < b->links.n; i++)
		add_three(args, "--symlink", b->links.p[i].to, b->links.p[i].at);
	for (size_t i = 0; i < sizeof DEVICES / sizeof DEVICES[0]; i++)
		add_three(args, "--dev-bind", DEVICES[i], DEVICES[i]);
	add(args, "--dir");
	add(args, CC_SANDBOX_EVIDENCE);
	snprintf(size, sizeof size, "%llu", (unsigned long long)b->limits.scratch);
	add(args, "--perms");
	add(args, "0700");
	add_three(args, "--size", size, "--tmpfs");
	add(args, CC_SANDBOX_SCRATCH);
	add(args, "--perms");
	add(args, "0700");
	add(args, "--dir");
	add(args, CC_SANDBOX_SCRATCH "/.tmp");
	add(args, "--remount-ro");
	add(args, "/");
	add(args, "--chdir");
	add(args, "/");
}

/* --- its process --- */

/* The ends that it gets, as its descriptors 0, 1, 2, ARGS_FD and INFO_FD. */
_Noreturn static void become(const cc_sandbox *b, const char *program, const int ends[ENDS])
{
	static char *const argv[] = { "bwrap", "--args", "3", "--info-fd", "4", "--", "/bin/sh", "-c", "echo ready; read -r over", NULL };
	static char *const environment[] = { "PATH=/usr/bin:/bin", "LANG=C", NULL };
	int from[ENDS];
	const char *failed = sandbox_become_user(b);
	for (int i = 0; !failed && i < ENDS; i++)
		if ((from[i] = fcntl(ends[i], F_DUPFD, 10)) < 0)
			failed = "descriptors";
	for (int i = 0; !failed && i < ENDS; i++)
		if (dup2(from[i], i) != i)
			failed = "descriptors";
	if (!failed && syscall(SYS_close_range, ENDS, ~0U, 0) == 0)
		execve(program, argv, environment);
	failed = failed ? failed : "it cannot be run";
	(void)!write(ends[2], failed, strlen(failed)); /* where it would complain */
	_exit(126);
}

/* What it says of itself, until the shell in it speaks; false when it ended before, or said nothing for long. */
static bool listen_to(int info, int ready, char *said, size_t size)
{
	int64_t began = cc_clock_mono_ns();
	size_t n = 0;
	char c;
	bool open = true;
	for (;;) {
		struct pollfd fds[2] = { { .fd = ready, .events = POLLIN }, { .fd = open ? info : -1, .events = POLLIN } };
		if (cc_clock_mono_ns() - began > PATIENCE_MS * CC_NS_PER_MS)
			return false;
		if (poll(fds, 2, 100) <= 0)
			continue;
		if (fds[1].revents) {
			ssize_t got = read(info, said + n, size - 1 - n);
			open = got > 0 && n + (size_t)got < size - 1;
			n += got > 0 ? (size_t)got : 0;
			said[n] = 0;
		} else if (fds[0].revents) {
			return read(ready, &c, 1) == 1;
		}
	}
}

static pid_t first_of(const char *said)
{
	const char *at = strstr(said, "\"child-pid\":");
	return at ? (pid_t)strtol(at + strlen("\"child-pid\":"), NULL, 10) : -1;
}

/* Why it did not come to it: its own last words. */
static cc_code complain(int errors, cc_err *err)
{
	char words[SAID_MAX] = "";
	sandbox_word w = { .kind = 'F' };
	ssize_t n = read(errors, words, sizeof words - 1);
	while (n > 0 && (words[n - 1] == '\n' || words[n - 1] == ' '))
		n--;
	words[n > 0 ? n : 0] = 0;
	const char *last = strrchr(words, '\n') ? strrchr(words, '\n') + 1 : words;
	const char *text = strncmp(last, "bwrap: ", 7) == 0 ? last + 7 : last;
	snprintf(w.what, sizeof w.what, "bubblewrap: %s", *text ? text : "it did not start");
	return sandbox_refuse(err, &w);
}

/* --- the server's side --- */

/* The scratch it made is bounded in bytes; so that it is bounded in files, too. From inside, where we may. */
static const char *bound_scratch(const cc_sandbox *b)
{
	const char *failed = sandbox_become_user(b);
	if (!failed && (failed = sandbox_enter(b)) == NULL)
		failed = sandbox_limit_scratch(b);
	return failed;
}

static cc_code finish_view(const cc_sandbox *b, cc_err *err)
{
	int status[2] = { -1, -1 };
	sandbox_word w = { .what = "a process" };
	pid_t child = cc_pipe(status) ? fork() : -1;
	if (child == 0) {
		const char *failed = bound_scratch(b);
		sandbox_say(status[1], failed ? 'F' : 'R', failed ? errno : 0, failed ? failed : "");
		_exit(0);
	}
	w.value = errno;
	sandbox_shut(&status[1]);
	bool done = child > 0 && sandbox_hear(status[0], &w) && w.kind == 'R';
	sandbox_shut(&status[0]);
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return done ? CC_OK : sandbox_refuse(err, &w);
}

/* Everything it is told, as a file without a name: it may be more than a pipe holds. */
static int keep_args(const cc_sandbox *b)
{
	cc_buf args = CC_BUF_INIT;
	int fd = (int)syscall(SYS_memfd_create, "bwrap", 1U /* closed on exec */);
	write_args(b, &args);
	if (fd >= 0 && (!cc_buf_ok(&args) || write(fd, args.p, args.n) != (ssize_t)args.n || lseek(fd, 0, SEEK_SET) != 0))
		sandbox_shut(&fd);
	cc_buf_deinit(&args);
	return fd;
}

typedef struct pipes { int control[2], ready[2], errors[2], info[2]; } pipes;

static cc_code hold(cc_sandbox *b, const char *program, int args, pipes *p, cc_err *err)
{
	char said[SAID_MAX] = "";
	pid_t builder = fork();
	if (builder == 0)
		become(b, program, (const int[ENDS]){ p->control[0], p->ready[1], p->errors[1], args, p->info[1] });
	int error = errno;
	sandbox_shut(&p->control[0]);
	sandbox_shut(&p->ready[1]);
	sandbox_shut(&p->errors[1]);
	sandbox_shut(&p->info[1]);
	if (builder < 0)
		return sandbox_refuse(err, &(sandbox_word){ .value = error, .what = "a process" });
	bool ready = listen_to(p->info[0], p->ready[0], said, sizeof said);
	if (!ready)
		kill(builder, SIGKILL); /* it may have said nothing and go on */
	cc_code code = ready ? sandbox_take_spaces(b, first_of(said), err) : complain(p->errors[0], err);
	sandbox_shut(&p->control[1]); /* the shell in it reads the end, and it goes */
	while (waitpid(builder, NULL, 0) < 0 && errno == EINTR)
		;
	return code == CC_OK ? finish_view(b, err) : code;
}

cc_code sandbox_bwrap_build(cc_sandbox *b, cc_err *err)
{
	const char *program = find_program();
	pipes p = { { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } };
	if (!program)
		return sandbox_refuse(err, &(sandbox_word){ .what = "bubblewrap is not installed" });
	int args = keep_args(b);
	cc_code code = args >= 0 && cc_pipe(p.control) && cc_pipe(p.ready) && cc_pipe(p.errors) && cc_pipe(p.info) ?
		hold(b, program, args, &p, err) : sandbox_refuse(err, &(sandbox_word){ .value = errno, .what = "bubblewrap: its descriptors" });
	int *all[] = { &args, &p.control[0], &p.control[1], &p.ready[0], &p.ready[1], &p.errors[0], &p.errors[1], &p.info[0], &p.info[1] };
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		sandbox_shut(all[i]);
	return code;
}

#endif
