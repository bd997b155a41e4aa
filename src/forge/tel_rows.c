/* tel_rows.c - see tel_rows.h. A row ends at a newline outside quotes. */
#include "forge/tel_rows.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coldcase/file.h"
#include "forge/sim.h"

enum { BLOCK = 1 << 18 };

cc_code tel_rows_open(tel_rows *r, const char *path, cc_err *err)
{
	*r = (tel_rows){ .fd = open(path, O_RDONLY | O_CLOEXEC), .path = path };
	return r->fd < 0 ? cc_err_errno(err, errno, path) : CC_OK;
}

static cc_code fill(tel_rows *r, cc_err *err)
{
	if (r->buf.p && r->pos) {
		memmove(r->buf.p, r->buf.p + r->pos, r->buf.n - r->pos);
		cc_buf_truncate(&r->buf, r->buf.n - r->pos);
		r->pos = 0;
	}
	if (!cc_buf_reserve(&r->buf, BLOCK)) return forge_nomem(err);
	ssize_t got;
	do got = read(r->fd, r->buf.p + r->buf.n, BLOCK);
	while (got < 0 && errno == EINTR);
	if (got < 0) return cc_err_errno(err, errno, r->path);
	r->eof = got == 0;
	r->buf.n += (size_t)got;
	r->buf.p[r->buf.n] = '\0';
	return CC_OK;
}

cc_code tel_rows_next(tel_rows *r, cc_str *row, cc_err *err)
{
	size_t seen = 0;
	bool quoted = false;
	for (;;) {
		const char *p = r->buf.p ? r->buf.p + r->pos : "";
		size_t n = r->buf.n - r->pos;
		for (; seen < n; seen++) {
			if (p[seen] == '"') quoted = !quoted;
			if (p[seen] != '\n' || quoted) continue;
			*row = (cc_str){ p, seen + 1 };
			r->pos += seen + 1;
			return CC_OK;
		}
		if (r->eof) {
			*row = (cc_str){ p, n };
			r->pos += n;
			return CC_OK;
		}
		cc_code code = fill(r, err);
		if (code != CC_OK) return code;
	}
}

void tel_rows_close(tel_rows *r)
{
	if (r->fd >= 0) (void)close(r->fd);
	cc_buf_deinit(&r->buf);
	r->fd = -1;
}

cc_code tel_sink_open(tel_sink *k, const char *target, cc_err *err)
{
	*k = (tel_sink){ .fd = -1, .target = target };
	cc_buf_addz(&k->path, target);
	cc_buf_addz(&k->path, ".new");
	if (!cc_buf_ok(&k->path)) {
		cc_buf_deinit(&k->path);
		return forge_nomem(err);
	}
	k->fd = open(k->path.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (k->fd >= 0) return CC_OK;
	cc_code code = cc_err_errno(err, errno, target);
	cc_buf_deinit(&k->path);
	return code;
}

cc_code tel_sink_flush(tel_sink *k, size_t least, cc_err *err)
{
	if (!cc_buf_ok(&k->buf)) return forge_nomem(err);
	if (k->buf.n < least) return CC_OK;
	int problem = cc_fd_write(k->fd, cc_buf_str(&k->buf));
	cc_buf_clear(&k->buf);
	return problem ? cc_err_errno(err, problem, k->target) : CC_OK;
}

cc_code tel_sink_close(tel_sink *k, cc_code code, cc_err *err)
{
	if (code == CC_OK) code = tel_sink_flush(k, 1, err);
	if (k->fd >= 0 && close(k->fd) != 0 && code == CC_OK) code = cc_err_errno(err, errno, k->target);
	if (code == CC_OK && rename(k->path.p, k->target) != 0) code = cc_err_errno(err, errno, k->target);
	if (code != CC_OK && k->path.p) (void)unlink(k->path.p);
	cc_buf_deinit(&k->buf);
	cc_buf_deinit(&k->path);
	k->fd = -1;
	return code;
}

typedef CC_VEC(char *) name_vec;

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static cc_code names_of(name_vec *v, const char *dir, cc_err *err)
{
	DIR *d = opendir(dir);
	if (!d) return errno == ENOENT ? CC_OK : cc_err_errno(err, errno, dir);
	cc_code code = CC_OK;
	for (struct dirent *e = readdir(d); e && code == CC_OK; e = readdir(d)) {
		if (e->d_name[0] == '.') continue;
		char *name = cc_strdup(e->d_name);
		if (name && cc_vec_push(v, name)) continue;
		cc_free(name);
		code = forge_nomem(err);
	}
	(void)closedir(d);
	return code;
}

cc_code tel_each_file(const char *dir, tel_file_action *one, void *user, cc_err *err)
{
	name_vec v = { 0 };
	cc_buf path = CC_BUF_INIT;
	cc_code code = names_of(&v, dir, err);
	if (v.n) qsort(v.p, v.n, sizeof v.p[0], by_name);
	for (size_t i = 0; i < v.n && code == CC_OK; i++) {
		struct stat st;
		cc_buf_clear(&path);
		cc_path_join(&path, dir, v.p[i]);
		if (!cc_buf_ok(&path)) code = forge_nomem(err);
		else if (stat(path.p, &st) == 0 && S_ISREG(st.st_mode)) code = one(user, path.p, v.p[i], err);
	}
	for (size_t i = 0; i < v.n; i++) cc_free(v.p[i]);
	cc_vec_deinit(&v);
	cc_buf_deinit(&path);
	return code;
}

static cc_code add_size(void *user, const char *path, const char *name, cc_err *err)
{
	struct stat st;
	(void)name;
	(void)err;
	if (stat(path, &st) == 0) *(uint64_t *)user += (uint64_t)st.st_size;
	return CC_OK;
}

uint64_t tel_tree_bytes(const char *work)
{
	static const char *const FOLDER[] = { ".", "alerts", "metrics" };
	uint64_t sum = 0;
	for (size_t i = 0; i < sizeof FOLDER / sizeof FOLDER[0]; i++) {
		cc_buf path = CC_BUF_INIT;
		cc_path_join(&path, work, FOLDER[i]);
		if (cc_buf_ok(&path)) (void)!tel_each_file(path.p, add_size, &sum, NULL);
		cc_buf_deinit(&path);
	}
	return sum;
}
