/* keep.c - cases as the console opens them: unpacked once into a private folder, used again while nothing in it changed.
 *
 * $XDG_CACHE_HOME/coldcase/cases/ID holds case.json, the papers, the folder ID with the evidence, `lock` and `checked`. The latter says
 * how the files stood when their sums were last compared - sizes, times, inodes - and its own time says when the case was last used.
 * Files that stand as they did are believed; others are summed again, and a case that does not hold is unpacked anew. Whoever uses a
 * case holds a lock on it, so that making room takes away none that is in use. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/time.h"
#include "coldcase/vec.h"
#include "coldcase/xalloc.h"
#include "pack/pack_priv.h"

#define CHECKED "checked"
#define LOCK "lock"
enum { PIECE = 1 << 18, NAME_SIZE = 64, CHECKED_SIZE = 256 };
#define MOST_BYTES ((uint64_t)4 << 30)

typedef struct keeping {
	pack_open p;
	const cc_pack_work *work;
	cc_buf root;             /* …/cases */
	int root_fd;
	char *block;
} keeping;

/* --- the folder of all cases --- */

/* Ours alone: whoever could write into it could put other evidence in the place of what was checked. */
static cc_code check_private(const keeping *k, cc_err *err)
{
	struct stat st;
	if (fstat(k->root_fd, &st) != 0)
		return cc_err_errno(err, errno, k->root.p);
	if (st.st_uid != geteuid()) {
		cc_err_set(err, CC_EACCESS, "%s: belongs to somebody else", k->root.p);
		return cc_err_hint(err, "set XDG_CACHE_HOME to a folder of your own");
	}
	if ((st.st_mode & 077) && fchmod(k->root_fd, 0700) != 0)
		return cc_err_errno(err, errno, k->root.p);
	return CC_OK;
}

static cc_code open_root(keeping *k, cc_err *err)
{
	cc_code code = cc_xdg_dir(&k->root, 'k', err);
	cc_buf_addz(&k->root, "/cases");
	if (code == CC_OK && !cc_buf_ok(&k->root))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = cc_dir_make(k->root.p, err);
	if (code == CC_OK) {
		k->root_fd = open(k->root.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		code = k->root_fd < 0 ? cc_err_errno(err, errno, k->root.p) : check_private(k, err);
	}
	if (code != CC_OK && code != CC_ENOMEM && err && !err->hint[0])
		cc_err_hint(err, "a case is unpacked before it is played; XDG_CACHE_HOME may name a folder that can be written to");
	return code;
}

static int open_folder(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* The lock of a case's folder, taken or -1. Closing it lets go of it. */
static int take_lock(int folder, int how)
{
	int fd = openat(folder, LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0 && flock(fd, how) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* --- does it hold? --- */

static int64_t ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * CC_NS_PER_S + t.tv_nsec;
}

/* How all files stand: one hash over what stat says of each. False when one is missing or is no file of that size. */
static bool stamp(const cc_pack_list *l, int folder, char out[65])
{
	cc_sha256 sum;
	cc_buf line = CC_BUF_INIT;
	struct stat st;
	bool ok = true;
	cc_sha256_init(&sum);
	cc_sha256_add(&sum, l->sha256, 64);
	for (size_t i = 0; i < l->count && ok; i++) {
		cc_buf_clear(&line);
		pack_place_of(&line, l, l->members[i].path);
		ok = cc_buf_ok(&line) && fstatat(folder, line.p, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
			(uint64_t)st.st_size == l->members[i].bytes;
		if (!ok)
			break;
		cc_buf_addf(&line, " %llu %llu %lld %lld\n", (unsigned long long)st.st_ino, (unsigned long long)st.st_size, (long long)ns_of(st.st_mtim),
			(long long)ns_of(st.st_ctim));
		ok = cc_buf_ok(&line);
		cc_sha256_add(&sum, line.p, ok ? line.n : 0);
	}
	cc_buf_deinit(&line);
	cc_sha256_hex(&sum, out);
	return ok;
}

static bool sum_holds(keeping *k, const cc_pack_member *m, int folder)
{
	cc_buf place = CC_BUF_INIT;
	cc_sha256 sum;
	char hex[65];
	size_t got = 1;
	int problem = 0;
	pack_place_of(&place, k->p.list, m->path);
	int fd = cc_buf_ok(&place) ? openat(folder, place.p, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
	cc_sha256_init(&sum);
	for (uint64_t at = 0; fd >= 0 && got && !problem; at += got) {
		got = cc_fd_read_at(fd, k->block, PIECE, at, &problem);
		cc_sha256_add(&sum, k->block, got);
	}
	if (fd >= 0)
		close(fd);
	cc_sha256_hex(&sum, hex);
	cc_buf_deinit(&place);
	return fd >= 0 && !problem && cc_str_eqz(m->sha256, hex);
}

static bool all_sums_hold(keeping *k, int folder)
{
	bool ok = true;
	for (size_t i = 0; i < k->p.list->count && ok; i++)
		ok = sum_holds(k, &k->p.list->members[i], folder);
	return ok;
}

static bool read_checked(int folder, char stamp_then[65], uint64_t *bytes)
{
	char text[CHECKED_SIZE];
	unsigned long long n = 0;
	int problem, fd = openat(folder, CHECKED, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	size_t got = fd >= 0 ? cc_fd_read_at(fd, text, sizeof text - 1, 0, &problem) : 0;
	if (fd >= 0)
		close(fd);
	text[got] = 0;
	bool ok = sscanf(text, "%64[0-9a-f] %llu", stamp_then, &n) == 2;
	*bytes = n;
	return ok;
}

/* Failing costs only that sums are compared again next time. */
static void write_checked(const cc_pack_list *l, int folder, const char *now)
{
	char text[CHECKED_SIZE];
	int n = snprintf(text, sizeof text, "%s %llu\n", now, (unsigned long long)l->bytes);
	int fd = openat(folder, CHECKED, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0) {
		(void)cc_fd_write(fd, (cc_str){ text, (size_t)n });
		close(fd);
	}
}

/* A folder that is there: used when it holds what the list says. */
static bool holds(keeping *k, int folder)
{
	char then[65], now[65];
	uint64_t bytes;
	if (!stamp(k->p.list, folder, now))
		return false;
	if (read_checked(folder, then, &bytes) && strcmp(then, now) == 0) {
		utimensat(folder, CHECKED, NULL, AT_SYMLINK_NOFOLLOW);
		return true;
	}
	if (!all_sums_hold(k, folder))
		return false;
	write_checked(k->p.list, folder, now);
	return true;
}

/* --- making room --- */

typedef struct old_case { char name[NAME_SIZE]; uint64_t bytes; int64_t used_ns; } old_case;
typedef CC_VEC(old_case) old_cases;

/* Takes it away unless somebody is using it. */
static bool drop(keeping *k, const char *name)
{
	int folder = open_folder(k->root_fd, name), lock = folder >= 0 ? take_lock(folder, LOCK_EX | LOCK_NB) : -1;
	if (lock >= 0)
		pack_remove_tree(k->root_fd, name);
	if (folder >= 0)
		close(folder);
	if (lock >= 0)
		close(lock);
	return lock >= 0;
}

static void look_at(keeping *k, const char *name, old_cases *cases)
{
	struct stat st;
	char then[65];
	old_case c = { .bytes = 0 };
	int folder = open_folder(k->root_fd, name);
	snprintf(c.name, sizeof c.name, "%s", name);
	if (folder < 0)
		return;
	(void)read_checked(folder, then, &c.bytes);
	if (fstatat(folder, CHECKED, &st, AT_SYMLINK_NOFOLLOW) == 0)
		c.used_ns = ns_of(st.st_mtim);
	close(folder);
	(void)!cc_vec_push(cases, c);
}

/* Finished cases, and what killed processes left half done, which is dropped at once. */
static void list_cases(keeping *k, old_cases *cases)
{
	int fd = dup(k->root_fd);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	if (fd >= 0 && !d)
		close(fd);
	for (const struct dirent *e; d && (e = readdir(d));) {
		if (strlen(e->d_name) >= NAME_SIZE)
			continue;
		if (e->d_name[0] == '.' && strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			(void)drop(k, e->d_name);
		else if (pack_id_ok(cc_str_from(e->d_name)))
			look_at(k, e->d_name, cases);
	}
	if (d)
		closedir(d);
}

static void make_room(keeping *k, uint64_t most)
{
	old_cases cases = { 0 };
	uint64_t total = k->p.list->bytes;
	list_cases(k, &cases);
	for (size_t i = 0; i < cases.n; i++)
		total += cc_str_eqz(k->p.list->id, cases.p[i].name) ? 0 : cases.p[i].bytes;
	while (total > most) {
		old_case *oldest = NULL;
		for (size_t i = 0; i < cases.n; i++)
			if (cases.p[i].bytes && !cc_str_eqz(k->p.list->id, cases.p[i].name) && (!oldest || cases.p[i].used_ns < oldest->used_ns))
				oldest = &cases.p[i];
		if (!oldest)
			break;
		if (drop(k, oldest->name))
			total -= oldest->bytes;
		oldest->bytes = 0; /* looked at */
	}
	cc_vec_deinit(&cases);
}

/* --- unpacking --- */

/* Another process may have put the same case there meanwhile: then ours goes, and theirs is looked at. What is there and does not hold
 * is moved away first; whoever still reads it keeps the files it has open. */
static cc_code put_in_place(keeping *k, const char *tmp, cc_err *err)
{
	char old[NAME_SIZE];
	const char *id = k->p.list->id.p;
	if (renameat(k->root_fd, tmp, k->root_fd, id) == 0)
		return CC_OK;
	if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR)
		return cc_err_errno(err, errno, k->root.p);
	int folder = open_folder(k->root_fd, id);
	bool good = folder >= 0 && holds(k, folder);
	if (folder >= 0)
		close(folder);
	if (good) {
		pack_remove_tree(k->root_fd, tmp);
		return CC_OK;
	}
	snprintf(old, sizeof old, ".old-%ld-%s", (long)getpid(), id);
	if (renameat(k->root_fd, id, k->root_fd, old) != 0 || renameat(k->root_fd, tmp, k->root_fd, id) != 0)
		return cc_err_errno(err, errno, k->root.p);
	pack_remove_tree(k->root_fd, old);
	return CC_OK;
}

/* A new folder with a lock on it, of which nobody else can take it for one that was left behind: looking for those and beginning a new one
 * exclude each other. */
static cc_code begin_new(keeping *k, const char *tmp, uint64_t most, int *folder, int *lock, cc_err *err)
{
	cc_code code = CC_OK;
	if (flock(k->root_fd, LOCK_EX) != 0 && errno != ENOLCK)
		return cc_err_errno(err, errno, k->root.p);
	make_room(k, most);
	pack_remove_tree(k->root_fd, tmp);
	if (mkdirat(k->root_fd, tmp, 0700) != 0 || (*folder = open_folder(k->root_fd, tmp)) < 0 || (*lock = take_lock(*folder, LOCK_EX | LOCK_NB)) < 0) {
		code = cc_err_errno(err, errno, k->root.p);
		cc_err_hint(err, "a case is unpacked before it is played; XDG_CACHE_HOME may name a folder that can be written to");
	}
	flock(k->root_fd, LOCK_UN);
	return code;
}

static cc_code unpack(keeping *k, uint64_t most, cc_err *err)
{
	char tmp[NAME_SIZE], now[65];
	int folder = -1, lock = -1;
	snprintf(tmp, sizeof tmp, ".new-%ld-%s", (long)getpid(), k->p.list->id.p);
	cc_code code = begin_new(k, tmp, most, &folder, &lock, err);
	if (code == CC_OK)
		code = pack_extract(&k->p, folder, k->root.p, k->work, err);
	if (code == CC_OK && stamp(k->p.list, folder, now))
		write_checked(k->p.list, folder, now);
	if (code == CC_OK)
		code = put_in_place(k, tmp, err);
	if (code != CC_OK && folder >= 0)
		pack_remove_tree(k->root_fd, tmp);
	if (lock >= 0 && (code != CC_OK || flock(lock, LOCK_SH) != 0)) /* else it is held, before anybody can drop what is new */
		close(lock);
	if (folder >= 0)
		close(folder);
	return code;
}

/* The lock is never let go of: the process reads from there until it ends. */
static bool hold(keeping *k)
{
	int folder = open_folder(k->root_fd, k->p.list->id.p);
	bool good = folder >= 0 && take_lock(folder, LOCK_SH | LOCK_NB) >= 0 && holds(k, folder);
	if (folder >= 0)
		close(folder);
	return good;
}

cc_code cc_pack_keep(cc_buf *evidence, const char *path, const cc_pack_work *work, uint64_t most_bytes, cc_err *err)
{
	keeping k = { .work = work, .root_fd = -1, .block = cc_malloc(PIECE) };
	cc_code code = pack_open_file(&k.p, path, err);
	if (code == CC_OK && !k.block)
		code = cc_err_set(err, CC_ENOMEM, "%s: out of memory", path);
	if (code == CC_OK)
		code = open_root(&k, err);
	bool held = code == CC_OK && hold(&k);
	if (code == CC_OK && !held) {
		code = unpack(&k, most_bytes ? most_bytes : MOST_BYTES, err);
		if (code == CC_OK && !hold(&k))
			code = cc_err_set(err, CC_EIO, "%s: what was unpacked changed at once", k.root.p);
	}
	if (code == CC_OK)
		cc_buf_addf(evidence, "%s/%.*s/%.*s", k.root.p, CC_STR_ARG(k.p.list->id), CC_STR_ARG(k.p.list->id));
	pack_close_file(&k.p);
	if (k.root_fd >= 0)
		close(k.root_fd);
	cc_buf_deinit(&k.root);
	cc_free(k.block);
	return code == CC_OK && !cc_buf_ok(evidence) ? cc_err_set(err, CC_ENOMEM, "out of memory") : code;
}

/* --- papers beside an incident --- */

/* The list in a folder, if it is the list of the case called `id` (empty: of any). */
static cc_code list_in(cc_pack_list **out, cc_str folder, cc_str id, cc_err *err)
{
	cc_buf text = CC_BUF_INIT, path = CC_BUF_INIT;
	cc_buf_addf(&path, "%.*s/" CC_PACK_LIST_FILE, CC_STR_ARG(folder));
	cc_code code = cc_buf_ok(&path) ? cc_file_read(&text, path.p, CC_PACK_LIST_MAX, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = cc_pack_list_parse(out, cc_buf_str(&text), path.p, err);
	if (code == CC_OK && id.n && !cc_str_eq((*out)->id, id)) {
		cc_pack_list_free(*out);
		*out = NULL;
		code = CC_ENOTFOUND;
	}
	cc_buf_deinit(&text);
	cc_buf_deinit(&path);
	return code;
}

/* The evidence lies in a folder called by the id, the papers in the one above; either may be given. */
cc_code cc_pack_papers(cc_pack_list **out, cc_buf *papers, const char *incident_dir, cc_err *err)
{
	char *real = realpath(incident_dir, NULL); /* from the C library: released with free */
	cc_str folder = cc_str_from(real);
	cc_code code = CC_ENOTFOUND;
	size_t slash = cc_str_rfind_char(folder, '/');
	*out = NULL;
	if (slash != CC_STR_NONE && pack_id_ok(cc_str_sub(folder, slash + 1, folder.n))) {
		code = list_in(out, cc_str_sub(folder, 0, slash), cc_str_sub(folder, slash + 1, folder.n), err);
		if (code == CC_OK)
			folder.n = slash;
	}
	if (code == CC_ENOTFOUND && folder.n)
		code = list_in(out, folder, CC_STR_EMPTY, err);
	if (code == CC_OK && papers)
		cc_buf_add(papers, folder);
	free(real);
	return code == CC_ENOTFOUND ? cc_err_set(err, CC_ENOTFOUND, "%s: comes from no case file", incident_dir) : code;
}

cc_code cc_pack_briefing(cc_buf *out, cc_str evidence_dir)
{
	cc_buf path = CC_BUF_INIT;
	size_t slash = cc_str_rfind_char(evidence_dir, '/');
	if (slash == CC_STR_NONE || !pack_id_ok(cc_str_sub(evidence_dir, slash + 1, evidence_dir.n)))
		return CC_ENOTFOUND;
	cc_buf_addf(&path, "%.*s/" CC_PACK_BRIEFING_FILE, (int)slash, evidence_dir.p);
	cc_code code = cc_buf_ok(&path) ? cc_file_read(out, path.p, CC_PACK_BRIEFING_MAX, NULL) : CC_ENOMEM;
	cc_buf_deinit(&path);
	return code;
}
