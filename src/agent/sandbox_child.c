/* sandbox_child.c - the processes of one command, until the shell begins.
 *
 * Three in a row. The supervisor stands outside and ends the second when the server says so or is gone. The second is the first
 * process of a process namespace: with it everything dies that the command left behind. The third becomes the shell. */
#include "agent/sandbox_priv.h"

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_FD = 3, FILES_MAX = 256 };

_Noreturn static void fail(int status, const char *what)
{
	sandbox_say(status, 'F', errno, what);
	_exit(126);
}

const char *sandbox_become_user(const cc_sandbox *b)
{
	if (b->root && (setgroups(0, NULL) != 0 || syscall(SYS_setresgid, b->gid, b->gid, b->gid) != 0 ||
			syscall(SYS_setresuid, b->uid, b->uid, b->uid) != 0))
		return "an unused user";
	return NULL;
}

/* Nothing of root is left: groups, ids, capabilities, and the way back to them. */
static const char *drop(const cc_sandbox *b)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 } };
	const char *failed = b->way == CC_SANDBOX_OWN ? sandbox_become_user(b) : NULL; /* else it did before it entered */
	if (failed)
		return failed;
	if (syscall(SYS_capset, &head, none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return "no privileges";
	if (getuid() == 0 || geteuid() == 0) {
		errno = EPERM;
		return "an unused user";
	}
	return NULL;
}

static bool limit(int what, uint64_t value)
{
	return setrlimit(what, &(struct rlimit){ value, value }) == 0;
}

static const char *set_limits(const cc_sandbox_limits *l)
{
	bool ok = limit(RLIMIT_CORE, 0) && limit(RLIMIT_CPU, (uint64_t)(l->wall_ns / CC_NS_PER_S) + 1) && limit(RLIMIT_FSIZE, l->scratch) &&
		limit(RLIMIT_NOFILE, FILES_MAX) && limit(RLIMIT_AS, 2 * l->memory) && limit(RLIMIT_MEMLOCK, 0) && limit(RLIMIT_MSGQUEUE, 0) &&
		limit(RLIMIT_NPROC, l->processes);
	return ok ? NULL : "limits";
}

_Noreturn static void become_shell(const char *command)
{
	static char *const environment[] = { "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME=" CC_SANDBOX_SCRATCH,
		"TMPDIR=" CC_SANDBOX_SCRATCH "/.tmp", "LANG=C.UTF-8", "TERM=dumb", "TZ=UTC", "USER=user", NULL };
	char *const argv[] = { "bash", "-c", (char *)(uintptr_t)command, NULL };
	const char *failed = NULL;
	setsid();
	if (chdir(CC_SANDBOX_SCRATCH) != 0)
		fail(STATUS_FD, "the scratch folder");
	if ((failed = sandbox_lock_files()) || (failed = sandbox_lock_calls()))
		fail(STATUS_FD, failed);
	if (fcntl(STATUS_FD, F_SETFD, FD_CLOEXEC) != 0)
		fail(STATUS_FD, "descriptors");
	execve("/usr/bin/bash", argv, environment);
	execve("/bin/bash", argv, environment);
	execve("/bin/sh", argv, environment);
	fail(STATUS_FD, "a shell");
}

/* Evidence that cannot be read inside would look like evidence that is not there. */
static void check_evidence(const cc_sandbox *b)
{
	for (size_t i = b->evidence_from; i < b->binds.n; i++)
		if (access(b->binds.p[i].to, R_OK) != 0)
			fail(STATUS_FD, b->binds.p[i].to);
}

/* Only what the command needs stays open. Takes numbers from 10 on first: a server's own descriptors may be any. */
static bool take_descriptors(sandbox_pipes p)
{
	int null = open("/dev/null", O_RDONLY), from[4] = { null, p.out, p.err, p.status };
	for (int i = 0; i < 4; i++)
		if ((from[i] = fcntl(from[i], F_DUPFD, 10)) < 0)
			return false;
	for (int i = 0; i < 4; i++)
		if (dup2(from[i], i) != i)
			return false;
	return syscall(SYS_close_range, STATUS_FD + 1, ~0U, 0) == 0;
}

static void default_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	for (int i = 1; i < 32; i++)
		signal(i, SIG_DFL); /* what is ignored would stay ignored in the shell */
	sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn static void first_process(const cc_sandbox *b, const char *command, sandbox_pipes p)
{
	const char *failed;
	int state;
	if (!take_descriptors(p))
		fail(p.status, "descriptors");
	default_signals();
	if ((failed = drop(b)) || (failed = set_limits(&b->limits)))
		fail(STATUS_FD, failed);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		fail(STATUS_FD, "its end with the server");
	if (!command) {
		check_evidence(b);
		command = "exit 0";
	}
	pid_t shell = fork();
	if (shell < 0)
		fail(STATUS_FD, "a process");
	if (shell == 0)
		become_shell(command);
	for (pid_t ended; (ended = wait(&state)) != shell;)
		if (ended < 0 && errno != EINTR)
			fail(STATUS_FD, "waiting");
	sandbox_say(STATUS_FD, 'X', state, "");
	_exit(0);
}

/* The namespace by its inode: the server may not look at the first process itself, but at those the shell starts. */
static void say_first(int status, pid_t first, int spaces)
{
	sandbox_word w = { .kind = 'P', .value = (int)first };
	struct stat st;
	if (fstatat(spaces, "pid_for_children", &st, 0) == 0)
		w.space = st.st_ino;
	(void)!write(status, &w, sizeof w);
}

const char *sandbox_enter(const cc_sandbox *b)
{
	static const int KINDS[SANDBOX_SPACES] = { CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWNS };
	for (int i = 0; i < SANDBOX_SPACES; i++)
		if (b->spaces[i] >= 0 && syscall(SYS_setns, b->spaces[i], KINDS[i]) != 0)
			return "entering the namespaces";
	return NULL;
}

_Noreturn void sandbox_supervise(const cc_sandbox *b, const char *command, sandbox_pipes p)
{
	const char *failed;
	int spaces = open("/proc/self/ns", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* there is no /proc where we go */
	int worst = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (worst >= 0)
		(void)!write(worst, "1000", 4); /* when memory is short, this goes first */
	/* bubblewrap's user namespace belongs to the unused user, who alone may do anything in it. */
	if (b->way == CC_SANDBOX_BWRAP && (failed = sandbox_become_user(b)))
		fail(p.status, failed);
	if ((failed = sandbox_enter(b)))
		fail(p.status, failed);
	if (syscall(SYS_unshare, CLONE_NEWPID) != 0)
		fail(p.status, "a process namespace");
	pid_t first = fork();
	if (first < 0)
		fail(p.status, "a process");
	if (first == 0)
		first_process(b, command, p);
	int watch = (int)syscall(SYS_pidfd_open, first, 0);
	if (watch < 0)
		kill(first, SIGKILL);
	say_first(p.status, first, spaces);
	close(p.out);
	close(p.err);
	close(p.status);
	struct pollfd fds[2] = { { .fd = watch, .events = POLLIN }, { .fd = p.control, .events = POLLIN } };
	while (watch >= 0 && poll(fds, 2, -1) < 0 && errno == EINTR)
		;
	kill(first, SIGKILL); /* it has ended, or the server wants it to or is gone */
	while (waitpid(first, NULL, 0) < 0 && errno == EINTR)
		;
	_exit(0);
}

#endif
