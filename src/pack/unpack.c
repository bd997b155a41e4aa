/* unpack.c - members written into a folder: new files and new folders, nothing else, and only where the list has them.
 *
 * Every name was checked when the list was read, and every member is what the list says next or the file is refused. Paths are walked
 * part by part from the folder's descriptor and no link is followed, so that nothing can be written beside it even when somebody else
 * moves things about meanwhile. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "coldcase/file.h"
#include "coldcase/xalloc.h"
#include "pack/pack_priv.h"

enum { PIECE = 1 << 18, DEPTH_MAX = 32 };

typedef struct extraction {
	pack_open *p;
	int dir_fd;
	const char *dir;
	const cc_pack_work *work;
	uint64_t done;
	char *block;
} extraction;

static cc_code failed(const extraction *x, const cc_pack_member *m, int problem, cc_err *err)
{
	cc_err_set(err, problem == ENOMEM ? CC_ENOMEM : CC_EIO, "%s: member %.*s cannot be written to %s: %s", x->p->name, CC_STR_ARG(m->path),
		x->dir, strerror(problem));
	if (problem == ENOSPC || problem == EDQUOT)
		cc_err_hint(err, "it needs %llu MB; make room, or unpack elsewhere", (unsigned long long)(x->p->list->bytes >> 20) + 1);
	return problem == ENOMEM ? CC_ENOMEM : CC_EIO;
}

/* --- places --- */

static int step_into(int at, const char *name)
{
	if (mkdirat(at, name, 0700) != 0 && errno != EEXIST)
		return -1;
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* A new file at a path below dir_fd; -1 and errno. Cuts the path into its parts. */
static int create(int dir_fd, char *path)
{
	int at = dir_fd;
	for (char *slash; at >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
		*slash = 0;
		int next = step_into(at, path);
		int problem = errno;
		if (at != dir_fd)
			close(at);
		at = next;
		errno = problem;
	}
	int fd = at < 0 ? -1 : openat(at, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int problem = errno;
	if (at >= 0 && at != dir_fd)
		close(at);
	errno = problem;
	return fd;
}

static int create_member(const extraction *x, const cc_pack_member *m)
{
	cc_buf place = CC_BUF_INIT;
	pack_place_of(&place, x->p->list, m->path);
	errno = ENOMEM;
	int fd = cc_buf_ok(&place) ? create(x->dir_fd, place.p) : -1;
	int problem = errno;
	cc_buf_deinit(&place);
	errno = problem;
	return fd;
}

/* --- bytes --- */

static cc_code advance(extraction *x, size_t n, cc_err *err)
{
	x->done += n;
	if (x->work && x->work->progress)
		x->work->progress(x->work->arg, x->done, x->p->list->bytes);
	return cc_canceled(x->work ? x->work->cancel : NULL) ? cc_err_set(err, CC_ECANCELED, "unpacking was canceled") : CC_OK;
}

static cc_code copy(extraction *x, const cc_pack_member *m, int fd, cc_err *err)
{
	cc_sha256 sum;
	char hex[65];
	uint64_t left = m->bytes;
	cc_code code = CC_OK;
	cc_sha256_init(&sum);
	while (left && code == CC_OK) {
		size_t got;
		code = pack_reader_read(x->p->reader, x->block, left < PIECE ? (size_t)left : PIECE, &got, err);
		if (code == CC_OK && !got)
			code = cc_err_set(err, CC_EFORMAT, "%s: member %.*s is cut short", x->p->name, CC_STR_ARG(m->path));
		int problem = code == CC_OK ? cc_fd_write(fd, (cc_str){ x->block, got }) : 0;
		if (problem)
			code = failed(x, m, problem, err);
		if (code == CC_OK)
			code = advance(x, got, err);
		cc_sha256_add(&sum, x->block, code == CC_OK ? got : 0);
		left -= code == CC_OK ? got : 0;
	}
	cc_sha256_hex(&sum, hex);
	if (code == CC_OK && !cc_str_eqz(m->sha256, hex))
		code = cc_err_set(err, CC_EFORMAT, "%s: member %.*s is damaged: its sum is not that of the list", x->p->name, CC_STR_ARG(m->path));
	return code;
}

static cc_code extract_member(extraction *x, const cc_pack_member *m, cc_err *err)
{
	cc_code code = pack_expect(x->p, m, err);
	if (code != CC_OK)
		return code;
	int fd = create_member(x, m);
	if (fd < 0)
		return failed(x, m, errno, err);
	code = copy(x, m, fd, err);
	if (close(fd) != 0 && code == CC_OK)
		code = failed(x, m, errno, err);
	return code;
}

/* Asked before anything is written: half an incident on a full disk helps nobody. */
static cc_code check_room(const extraction *x, cc_err *err)
{
	struct statvfs v;
	if (fstatvfs(x->dir_fd, &v) != 0 || !v.f_frsize)
		return CC_OK;
	uint64_t room = (uint64_t)v.f_bavail * v.f_frsize, need = x->p->list->bytes + 4096 * (uint64_t)x->p->list->count;
	if (room >= need)
		return CC_OK;
	cc_err_set(err, CC_EIO, "%s: needs %llu MB in %s, where %llu MB are free", x->p->name, (unsigned long long)(need >> 20) + 1, x->dir,
		(unsigned long long)(room >> 20));
	return cc_err_hint(err, "make room; for play, XDG_CACHE_HOME may name another folder");
}

static cc_code nothing_more(const extraction *x, cc_err *err)
{
	pack_member m;
	bool end;
	cc_code code = pack_reader_next(x->p->reader, &m, &end, err);
	if (code == CC_OK && !end)
		code = cc_err_set(err, CC_EFORMAT, "%s: member %.*s is not in its list", x->p->name, CC_STR_ARG(m.path));
	return code;
}

static cc_code write_list(const extraction *x, cc_err *err)
{
	static const cc_pack_member self = { { CC_PACK_LIST_FILE, sizeof CC_PACK_LIST_FILE - 1 }, 0, { "", 0 } };
	cc_buf text = CC_BUF_INIT;
	cc_pack_list_write(&text, x->p->list);
	int fd = openat(x->dir_fd, CC_PACK_LIST_FILE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int problem = fd < 0 ? errno : !cc_buf_ok(&text) ? ENOMEM : cc_fd_write(fd, cc_buf_str(&text));
	if (fd >= 0 && close(fd) != 0 && !problem)
		problem = errno;
	cc_buf_deinit(&text);
	return problem ? failed(x, &self, problem, err) : CC_OK;
}

cc_code pack_extract(pack_open *p, int dir_fd, const char *dir, const cc_pack_work *work, cc_err *err)
{
	extraction x = { .p = p, .dir_fd = dir_fd, .dir = dir, .work = work, .block = cc_malloc(PIECE) };
	cc_code code = x.block ? check_room(&x, err) : cc_err_set(err, CC_ENOMEM, "%s: out of memory", p->name);
	if (code == CC_OK)
		code = pack_trailer_check(p->fd, work, p->name, err);
	if (code == CC_OK)
		code = write_list(&x, err);
	for (size_t i = 0; i < p->list->count && code == CC_OK; i++)
		code = extract_member(&x, &p->list->members[i], err);
	if (code == CC_OK)
		code = nothing_more(&x, err);
	cc_free(x.block);
	return code;
}

/* --- removing --- */

static void remove_below(int parent_fd, const char *name, int depth)
{
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	if (fd >= 0 && !d)
		close(fd);
	for (const struct dirent *e; d && (e = readdir(d));) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, e->d_name, 0) != 0 && (errno == EISDIR || errno == EPERM) && depth < DEPTH_MAX)
			remove_below(fd, e->d_name, depth + 1);
	}
	if (d)
		closedir(d);
	unlinkat(parent_fd, name, AT_REMOVEDIR);
}

void pack_remove_tree(int parent_fd, const char *name)
{
	remove_below(parent_fd, name, 0);
}

/* --- into a folder of the caller's --- */

/* An empty folder made beforehand is taken as well. */
static cc_code check_target(const char *dir, cc_err *err)
{
	struct stat st;
	if (lstat(dir, &st) != 0)
		return errno == ENOENT ? CC_OK : cc_err_errno(err, errno, dir);
	if (S_ISDIR(st.st_mode) && rmdir(dir) == 0)
		return CC_OK;
	cc_err_set(err, CC_ESTATE, "%s is there already", dir);
	return cc_err_hint(err, "give a folder that is not there yet");
}

static cc_code unpack_beside(pack_open *p, const char *dir, const char *tmp, const cc_pack_work *work, cc_err *err)
{
	if (mkdir(tmp, 0700) != 0)
		return cc_err_errno(err, errno, dir);
	int fd = open(tmp, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cc_code code = fd >= 0 ? pack_extract(p, fd, dir, work, err) : cc_err_errno(err, errno, dir);
	if (fd >= 0)
		close(fd);
	if (code == CC_OK && rename(tmp, dir) != 0)
		code = cc_err_errno(err, errno, dir);
	if (code != CC_OK)
		pack_remove_tree(AT_FDCWD, tmp);
	return code;
}

cc_code cc_pack_unpack(const char *path, const char *dir, const cc_pack_work *work, cc_err *err)
{
	pack_open p;
	cc_buf tmp = CC_BUF_INIT;
	cc_str bare = cc_str_from(dir);
	while (bare.n > 1 && bare.p[bare.n - 1] == '/')
		bare.n--;
	cc_code code = pack_open_file(&p, path, err);
	cc_buf_addf(&tmp, "%.*s.%ld.tmp", CC_STR_ARG(bare), (long)getpid());
	if (code == CC_OK && !cc_buf_ok(&tmp))
		code = cc_err_set(err, CC_ENOMEM, "%s: out of memory", path);
	if (code == CC_OK)
		code = check_target(dir, err);
	if (code == CC_OK)
		code = unpack_beside(&p, dir, tmp.p, work, err);
	pack_close_file(&p);
	cc_buf_deinit(&tmp);
	return code;
}
