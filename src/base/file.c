/* file.c - whole files and the folders around them.
 *
 * Reading maps where it can, because evidence tables are large and mostly looked at in part. Writing never opens the target:
 * a new file beside it is filled, synced and renamed over it, so that a full disk or a crash leaves the old one. Targets
 * that are no regular files (/dev/stdout, a pipe) are written in place; links are followed first, so they survive. */
#include "coldcase/file.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file_priv.h"
#include "base/guard.h"
#include "coldcase/xalloc.h"

static int open_read(const char *path, struct stat *st, cc_err *err, cc_code *code)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, st) != 0) {
		*code = cc_err_errno(err, errno, path);
	} else if (S_ISDIR(st->st_mode)) {
		*code = cc_err_errno(err, EISDIR, path);
	} else {
		*code = CC_OK;
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* How much to read first: a file of known size and the byte that shows its end, so that 100,000 small files do not
 * take 64 KiB each. */
static size_t first_piece(const struct stat *st)
{
	bool known = S_ISREG(st->st_mode) && st->st_size > 0 && st->st_size < 65536;
	return known ? (size_t)st->st_size + 1 : 65536;
}

/* Reads fd to its end; at most limit bytes. */
static cc_code read_all(cc_buf *out, int fd, const struct stat *st, const char *path, size_t limit, cc_err *err)
{
	size_t total = 0, piece = first_piece(st);
	for (;;) {
		if (!cc_buf_reserve(out, piece))
			return cc_err_set(err, CC_ENOMEM, "%s: out of memory after %zu bytes", path, total);
		ssize_t n = read(fd, out->p + out->n, piece);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cc_err_errno(err, errno, path);
		if (n == 0)
			return CC_OK;
		total += (size_t)n;
		if (total > limit)
			return cc_err_set(err, CC_ELIMIT, "%s: larger than %zu bytes", path, limit);
		out->n += (size_t)n;
		out->p[out->n] = '\0';
		piece = piece > (size_t)n ? piece - (size_t)n : 65536;
	}
}

cc_code cc_file_read(cc_buf *out, const char *path, size_t limit, cc_err *err)
{
	struct stat st;
	cc_code code;
	size_t before = out->n;
	int fd = open_read(path, &st, err, &code);
	if (fd < 0)
		return code;
	if (S_ISREG(st.st_mode) && st.st_size > 0 && (uintmax_t)st.st_size > limit)
		code = cc_err_set(err, CC_ELIMIT, "%s: larger than %zu bytes", path, limit);
	else
		code = read_all(out, fd, &st, path, limit, err);
	close(fd);
	if (code != CC_OK)
		cc_buf_truncate(out, before);
	return code;
}

static cc_code map_by_reading(cc_filemap *out, int fd, const struct stat *st, const char *path, cc_err *err)
{
	cc_buf b = CC_BUF_INIT;
	cc_code code = read_all(&b, fd, st, path, SIZE_MAX / 4, err);
	if (code != CC_OK || b.n == 0) {
		cc_buf_deinit(&b);
		return code;
	}
	out->text = cc_buf_str(&b); /* the buffer's memory now belongs to the map */
	return CC_OK;
}

enum {
	SMALL_FILE = 64 * 1024, /* below this a copy costs less than a mapping, and a later truncation cannot hurt it */
	MAX_MAPS = GUARD_MAX    /* the system allows a process some 65,530 mappings, malloc's own among them */
};

static atomic_int maps;

static bool worth_mapping(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size >= SMALL_FILE && (uintmax_t)st->st_size <= SIZE_MAX / 2 &&
	       atomic_load(&maps) < MAX_MAPS;
}

cc_code cc_file_map_opened(cc_filemap *out, int fd, const struct stat *st, const char *path, cc_err *err)
{
	cc_code code = CC_OK;
	void *p = MAP_FAILED;
	if (worth_mapping(st))
		p = mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p != MAP_FAILED && !cc_guard_add(p, (size_t)st->st_size)) {
		munmap(p, (size_t)st->st_size);
		p = MAP_FAILED;
	}
	if (p != MAP_FAILED) {
		*out = (cc_filemap){ { p, (size_t)st->st_size }, true };
		atomic_fetch_add(&maps, 1);
	} else {
		code = map_by_reading(out, fd, st, path, err);
	}
	close(fd);
	return code;
}

cc_code cc_file_map(cc_filemap *out, const char *path, cc_err *err)
{
	struct stat st;
	cc_code code;
	*out = (cc_filemap){ CC_STR_EMPTY, false };
	int fd = open_read(path, &st, err, &code);
	return fd < 0 ? code : cc_file_map_opened(out, fd, &st, path, err);
}

void cc_file_unmap(cc_filemap *m)
{
	union {
		const char *borrowed;
		void *own;
	} p = { m->text.p };
	if (m->mapped) {
		cc_guard_remove(m->text.p);
		munmap(p.own, m->text.n);
		atomic_fetch_sub(&maps, 1);
	} else if (m->text.n) {
		cc_free(p.own);
	}
	*m = (cc_filemap){ CC_STR_EMPTY, false };
}

bool cc_file_torn(const cc_filemap *m, const char *path)
{
	struct stat st;
	if (!m->mapped)
		return false;
	return cc_guard_torn(m->text.p) || (stat(path, &st) == 0 && (uintmax_t)st.st_size < m->text.n);
}

enum { LINE = 64 }; /* bytes of a cache line */

static atomic_llong readable = -1; /* bytes until reading fails; only tests write it */

void cc_fd_fail_after(long long bytes)
{
	atomic_store(&readable, bytes);
}

static bool may_read(size_t n)
{
	if (atomic_load_explicit(&readable, memory_order_relaxed) < 0)
		return true;
	if (atomic_fetch_sub(&readable, (long long)n) >= (long long)n)
		return true;
	atomic_store(&readable, 0);
	return false;
}

size_t cc_fd_read_at(int fd, void *out, size_t n, uint64_t at, int *problem)
{
	size_t got = 0;
	*problem = 0;
	while (got < n && !*problem) {
		ssize_t k = may_read(n - got) ? pread(fd, (char *)out + got, n - got, (off_t)(at + got)) : (errno = EIO, -1);
		if (k == 0)
			break;
		if (k > 0)
			got += (size_t)k;
		else if (errno != EINTR)
			*problem = errno;
	}
	return got;
}

size_t cc_fd_lead(const void *out, uint64_t at)
{
	size_t lead = (size_t)(at - (uintptr_t)out) % LINE;
	return lead <= at ? lead : 0;
}

int cc_fd_write(int fd, cc_str text)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);
		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0)
			text = cc_str_sub(text, (size_t)n, text.n);
	}
	return 0;
}

static cc_code write_in_place(const char *path, cc_str text, cc_err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return cc_err_errno(err, errno, path);
	int problem = cc_fd_write(fd, text);
	if (close(fd) != 0 && !problem)
		problem = errno;
	return problem ? cc_err_errno(err, problem, path) : CC_OK;
}

/* The rename is durable once the folder is synced; where folders cannot be synced nothing better exists. */
static void sync_folder(const char *path)
{
	cc_str s = cc_str_from(path);
	size_t slash = cc_str_rfind_char(s, '/');
	cc_buf dir = CC_BUF_INIT;
	if (slash == CC_STR_NONE)
		cc_buf_add_char(&dir, '.');
	else
		cc_buf_add(&dir, cc_str_sub(s, 0, slash ? slash : 1));
	int fd = cc_buf_ok(&dir) ? open(dir.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	cc_buf_deinit(&dir);
}

/* Fills the new file at tmp and puts it in the place of path. Returns an errno. */
static int replace_file(const char *path, const char *tmp, cc_str text, const struct stat *old)
{
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return errno;
	int problem = cc_fd_write(fd, text);
	if (!problem && old && fchmod(fd, old->st_mode & 07777) != 0)
		problem = errno;
	if (!problem && fsync(fd) != 0 && errno != EINVAL)
		problem = errno;
	if (close(fd) != 0 && !problem)
		problem = errno;
	if (!problem && rename(tmp, path) != 0)
		problem = errno;
	if (problem)
		unlink(tmp);
	return problem;
}

cc_code cc_file_write(const char *path, cc_str text, cc_err *err)
{
	static atomic_uint counter;
	struct stat old;
	bool exists = stat(path, &old) == 0;
	if (exists && S_ISDIR(old.st_mode))
		return cc_err_errno(err, EISDIR, path);
	if (exists && !S_ISREG(old.st_mode))
		return write_in_place(path, text, err);
	char *real = exists ? realpath(path, NULL) : NULL; /* from the C library: released with free */
	const char *target = real ? real : path;
	cc_buf tmp = CC_BUF_INIT;
	cc_buf_addf(&tmp, "%s.%ld-%u.tmp", target, (long)getpid(), atomic_fetch_add(&counter, 1));
	cc_code code = CC_OK;
	if (!cc_buf_ok(&tmp)) {
		code = cc_err_set(err, CC_ENOMEM, "%s: out of memory", path);
	} else {
		int problem = replace_file(target, tmp.p, text, exists ? &old : NULL);
		if (problem)
			code = cc_err_errno(err, problem, path);
		else
			sync_folder(target);
	}
	cc_buf_deinit(&tmp);
	free(real);
	return code;
}

static int make_one(const char *path)
{
	struct stat st;
	if (mkdir(path, 0700) == 0)
		return 0;
	int problem = errno;
	if (stat(path, &st) != 0)
		return problem;
	return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}

cc_code cc_dir_make(const char *path, cc_err *err)
{
	if (!*path)
		return cc_err_errno(err, ENOENT, "folder without a name");
	char *part = cc_strdup(path);
	if (!part)
		return cc_err_set(err, CC_ENOMEM, "%s: out of memory", path);
	int problem = 0;
	for (char *slash = part; !problem && (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = '\0';
		problem = make_one(part);
		*slash = '/';
	}
	if (!problem)
		problem = make_one(part);
	cc_free(part);
	return problem ? cc_err_errno(err, problem, path) : CC_OK;
}

void cc_path_join(cc_buf *out, const char *dir, const char *name)
{
	cc_buf_addz(out, dir);
	bool slash = out->n && out->p[out->n - 1] == '/';
	if (*dir && !slash && *name != '/')
		cc_buf_add_char(out, '/');
	cc_buf_addz(out, slash && *name == '/' ? name + 1 : name);
}

/* What the system knows of this user, where the environment says nothing: under env -i, in a service. */
static const char *home_of_user(char *names, size_t size)
{
	struct passwd pw, *found = NULL;
	return getpwuid_r(getuid(), &pw, names, size, &found) == 0 && found ? pw.pw_dir : NULL;
}

cc_code cc_xdg_dir(cc_buf *out, char kind, cc_err *err)
{
	static const struct {
		char kind;
		const char *variable, *fallback;
	} dirs[] = {
		{ 'c', "XDG_CONFIG_HOME", ".config" },
		{ 'd', "XDG_DATA_HOME", ".local/share" },
		{ 's', "XDG_STATE_HOME", ".local/state" },
		{ 'k', "XDG_CACHE_HOME", ".cache" },
	};
	size_t i = 0;
	while (i < 3 && dirs[i].kind != kind)
		i++;
	const char *base = getenv(dirs[i].variable), *home = getenv("HOME");
	char names[4096];
	home = home && home[0] == '/' ? home : home_of_user(names, sizeof names);
	if (base && base[0] == '/') {
		cc_path_join(out, base, "coldcase");
	} else if (home && home[0] == '/') {
		cc_path_join(out, home, dirs[i].fallback);
		cc_buf_addz(out, "/coldcase");
	} else {
		cc_err_set(err, CC_ESTATE, "no folder for own files: %s and HOME are not set", dirs[i].variable);
		cc_err_hint(err, "set HOME or %s to an absolute path; --no-record plays without keeping anything", dirs[i].variable);
		return CC_ESTATE;
	}
	return cc_buf_ok(out) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}
