/* spawn.c - this program started again as another process.
 *
 * The investigating process never opens a ground truth (law 6). Sealing one before a run and scoring after it are done
 * by a process of their own, which hands back one line or one verdict. */
#include "app/app.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "coldcase/file.h"

void app_self_path(const app_options *o, cc_buf *out)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	if (n > 0 && (size_t)n < sizeof path - 1)
		cc_buf_add(out, (cc_str){ path, (size_t)n });
	else
		cc_buf_addz(out, o->program);
}

void app_self_dir(const app_options *o, cc_buf *out)
{
	app_self_path(o, out);
	size_t slash = cc_str_rfind_char(cc_buf_str(out), '/');
	if (slash == CC_STR_NONE) {
		cc_buf_clear(out);
		cc_buf_add_char(out, '.');
	} else {
		cc_buf_truncate(out, slash ? slash : 1);
	}
}

/* In the child: nothing but async-signal-safe calls until exec. */
static void child(const char *path, char **argv, int out_fd)
{
	int null = open("/dev/null", O_RDWR), out = fcntl(out_fd, F_DUPFD_CLOEXEC, 3); /* where the standard ones were closed it may be one */
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDERR_FILENO);
	}
	dup2(out, STDOUT_FILENO);
	execvp(path, argv);
	execv("/proc/self/exe", argv); /* the file was replaced or removed meanwhile; what runs is still there */
	_exit(127);
}

static cc_code read_all(int fd, cc_buf *out, cc_err *err)
{
	char block[4096];
	for (;;) {
		ssize_t n = read(fd, block, sizeof block);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cc_err_errno(err, errno, "reading from the scoring process");
		if (n == 0)
			return cc_buf_ok(out) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
		cc_buf_add(out, (cc_str){ block, (size_t)n });
	}
}

cc_code app_spawn(const app_options *o, const char *const *argv, cc_buf *out, int *status, cc_err *err)
{
	cc_buf self = CC_BUF_INIT;
	char *args[APP_SPAWN_MAX + 2];
	int fds[2], n = 0, raw = 0;
	app_self_path(o, &self);
	if (!cc_buf_ok(&self))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	args[n++] = self.p;
	for (; *argv && n <= APP_SPAWN_MAX; argv++)
		args[n++] = (char *)(uintptr_t)*argv; /* execvp takes char *, and does not write */
	args[n] = NULL;
	if (*argv || !cc_pipe(fds)) {
		cc_buf_deinit(&self);
		return *argv ? cc_err_set(err, CC_EINTERNAL, "too many words for another process") : cc_err_errno(err, errno, "starting the scoring process");
	}
	pid_t pid = fork();
	if (pid == 0)
		child(self.p, args, fds[1]);
	close(fds[1]);
	cc_code code = pid < 0 ? cc_err_errno(err, errno, "starting the scoring process") : read_all(fds[0], out, err);
	close(fds[0]);
	while (pid > 0 && waitpid(pid, &raw, 0) < 0 && errno == EINTR)
		;
	*status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128;
	cc_buf_deinit(&self);
	return code;
}

cc_code app_verdict_text(const app_options *o, const char *run_dir, bool ascii, cc_buf *out, cc_err *err)
{
	const char *argv[8];
	int n = 0, status;
	if (!run_dir) {
		cc_buf_addz(out, "UNSCORED: nothing was recorded (--no-record), so there is nothing to score.\n");
		return CC_OK;
	}
	argv[n++] = "score";
	argv[n++] = run_dir;
	if (o->truth) {
		argv[n++] = "--truth";
		argv[n++] = o->truth;
	}
	if (ascii)
		argv[n++] = "--ascii";
	argv[n] = NULL;
	cc_code code = app_spawn(o, argv, out, &status, err);
	if (code == CC_OK && status != 0 && status != 4)
		cc_buf_addf(out, "UNSCORED: the scoring process ended with status %d; the answer is kept in %s\n",
			status, run_dir);
	return code;
}

/* The verdict's own words (score.h) decide how a line looks. */
static cc_role verdict_role(cc_str line)
{
	if (cc_str_starts(line, CC_STR("  TP")) || cc_str_find(line, CC_STR("gate open")) != CC_STR_NONE)
		return CC_ROLE_OK;
	if (cc_str_starts(line, CC_STR("  FP")) || cc_str_find(line, CC_STR("gate closed")) != CC_STR_NONE)
		return CC_ROLE_CRITICAL;
	if (cc_str_starts(line, CC_STR("  dup")))
		return CC_ROLE_WARNING;
	return line.n && line.p[0] != ' ' ? CC_ROLE_HEADING : CC_ROLE_TEXT;
}

cc_code app_verdict_page(cc_str text, cc_reply **out, cc_err *err)
{
	cc_str line;
	cc_reply *r = *out = cc_reply_new("verdict");
	if (!r)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_reply_set_title(r, "VERDICT");
	cc_reply_begin_text(r, "verdict", NULL);
	while (text.n) {
		cc_str_cut(text, '\n', &line, &text);
		cc_reply_line(r, verdict_role(line), line.n ? line : CC_STR(" "));
	}
	return cc_reply_publish(r, NULL, err);
}

cc_code app_verdict_reply(const app_options *o, const char *run_dir, cc_reply **out, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	*out = NULL;
	cc_code code = app_verdict_text(o, run_dir, false, &text, err);
	if (code == CC_OK)
		code = app_verdict_page(cc_buf_str(&text), out, err);
	cc_buf_deinit(&text);
	return code;
}
