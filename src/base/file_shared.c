/* file_shared.c - files in folders that others write into, too.
 *
 * There a name may stand for anything: a pipe that nobody fills, a device, a link to what is none of the folder's business. So nothing is
 * opened that could make us wait, no last link is followed, and only regular files are read or added to. What is replaced is replaced by
 * its name: whatever stood there is not written through. */
#include "base/file_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* -1, with err set. */
static int open_regular(const char *path, int flags, struct stat *st, cc_err *err, cc_code *code)
{
	int fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	bool known = fd >= 0 && fstat(fd, st) == 0;
	int problem = known ? 0 : errno;
	if (known && S_ISREG(st->st_mode))
		return fd;
	if (fd >= 0)
		close(fd);
	if (!problem || problem == ELOOP || problem == ENXIO || problem == EISDIR)
		*code = cc_err_set(err, CC_EFORMAT, "%s is no regular file", path);
	else
		*code = cc_err_errno(err, problem, path);
	return -1;
}

cc_code cc_file_read_shared(cc_buf *out, const char *path, size_t limit, cc_err *err)
{
	struct stat st;
	cc_code code = CC_OK;
	size_t before = out->n;
	int fd = open_regular(path, O_RDONLY | O_NOFOLLOW, &st, err, &code);
	for (ssize_t n = 1; fd >= 0 && code == CC_OK && n > 0;) {
		if (!cc_buf_reserve(out, 65536))
			code = cc_err_set(err, CC_ENOMEM, "%s: out of memory", path);
		else if ((n = read(fd, out->p + out->n, 65536)) < 0 && errno != EINTR)
			code = cc_err_errno(err, errno, path);
		else if (n < 0)
			n = 1;
		else if ((out->n += (size_t)n) - before > limit)
			code = cc_err_set(err, CC_ELIMIT, "%s: larger than %zu bytes", path, limit);
		if (out->p)
			out->p[out->n] = '\0';
	}
	if (fd >= 0)
		close(fd);
	if (code != CC_OK)
		cc_buf_truncate(out, before);
	return code;
}

cc_code cc_file_map_shared(cc_filemap *out, const char *path, cc_err *err)
{
	struct stat st;
	cc_code code = CC_OK;
	*out = (cc_filemap){ CC_STR_EMPTY, false };
	int fd = open_regular(path, O_RDONLY | O_NOFOLLOW, &st, err, &code);
	return fd < 0 ? code : cc_file_map_opened(out, fd, &st, path, err);
}

cc_code cc_file_put_shared(const char *path, cc_str text, cc_err *err)
{
	static atomic_uint counter;
	cc_buf beside = CC_BUF_INIT;
	cc_buf_addf(&beside, "%s.%ld-%u.new", path, (long)getpid(), atomic_fetch_add(&counter, 1));
	if (!cc_buf_ok(&beside))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	(void)unlink(beside.p);         /* a killed program's, of the same number */
	int fd = open(beside.p, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	int problem = fd < 0 ? errno : cc_fd_write(fd, text);
	if (fd >= 0 && close(fd) != 0 && !problem)      /* a network's folder may say so only now */
		problem = errno;
	if (!problem && rename(beside.p, path) != 0)
		problem = errno;
	if (problem && fd >= 0)
		unlink(beside.p);
	cc_buf_deinit(&beside);
	return problem ? cc_err_errno(err, problem, path) : CC_OK;
}

/* Whether the last line lacks its end: its writer was killed, or the disk was full. */
static bool is_torn(int fd, const struct stat *st)
{
	char last = '\n';
	int problem;
	return st->st_size > 0 && cc_fd_read_at(fd, &last, 1, (uint64_t)st->st_size - 1, &problem) == 1 && last != '\n';
}

cc_code cc_file_add_line(const char *path, cc_str line, bool shared, cc_err *err)
{
	struct stat st;
	cc_buf whole = CC_BUF_INIT;
	cc_code code = CC_OK;
	int fd = open_regular(path, O_RDWR | O_CREAT | O_APPEND | (shared ? O_NOFOLLOW : 0), &st, err, &code);
	if (fd < 0)
		return code;
	if (is_torn(fd, &st))
		cc_buf_add_char(&whole, '\n');
	cc_buf_add(&whole, line);
	cc_buf_add_char(&whole, '\n');
	int problem = cc_buf_ok(&whole) ? cc_fd_write(fd, cc_buf_str(&whole)) : ENOMEM;
	if (!problem && shared && fsync(fd) != 0 && errno != EINVAL)
		problem = errno;
	if (close(fd) != 0 && !problem)
		problem = errno;
	cc_buf_deinit(&whole);
	return problem ? cc_err_errno(err, problem, path) : CC_OK;
}
