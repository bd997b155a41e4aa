/* archive.c - the only user of libarchive, which is loaded when it is first asked for, as libcurl is (net/http.c):
 * with it and libsodium linked a start would cost 3.9 ms of processor time instead of 1.5.
 *
 * It writes a plain tar under zstd, members as regular files without owner, time or mode of their own. Of what is read it only undoes one
 * layer of zstd: the tar inside is taken apart by tar.c, which knows one dialect where the library knows them all. What it reports as a
 * warning is refused as well: our own files give none. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "coldcase/file.h"
#include "coldcase/lib.h"
#include "coldcase/xalloc.h"
#include "pack/pack_priv.h"

#define CALLS(X) \
	X(archive_version_string) X(archive_errno) X(archive_error_string) X(archive_filter_code) X(archive_filter_count) \
	X(archive_libzstd_version) X(archive_write_new) X(archive_write_free) X(archive_write_open) X(archive_write_close) \
	X(archive_write_header) X(archive_write_data) X(archive_write_add_filter_zstd) X(archive_write_set_filter_option) \
	X(archive_write_set_format_ustar) X(archive_write_set_bytes_per_block) X(archive_write_set_bytes_in_last_block) \
	X(archive_read_new) X(archive_read_free) X(archive_read_open) X(archive_read_next_header) X(archive_read_data) \
	X(archive_read_support_filter_zstd) X(archive_read_support_format_raw) X(archive_entry_new) X(archive_entry_free) \
	X(archive_entry_set_pathname) X(archive_entry_set_size) X(archive_entry_set_filetype) X(archive_entry_set_perm) \
	X(archive_entry_set_mtime)

static struct {
	bool loaded;
#define MEMBER(name) __typeof__(name) *name;
	CALLS(MEMBER)
#undef MEMBER
} api;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
	static const char *const names[] = { "libarchive.so.13", "libarchive.so", "libarchive.13.dylib" };
#define CALL(name) { #name, &api.name },
	static const cc_lib_call calls[] = { CALLS(CALL) };
#undef CALL
	api.loaded = cc_lib_load(names, sizeof names / sizeof *names, calls, sizeof calls / sizeof *calls);
}

static bool loaded(void)
{
	pthread_once(&once, load);
	return api.loaded;
}

static cc_code not_here(cc_err *err)
{
	cc_err_set(err, CC_ESTATE, "libarchive is not here, or too old: case files need it");
	cc_err_hint(err, "install it (Debian: libarchive13); `coldcase doctor` names what is found");
	return CC_ESTATE;
}

bool cc_pack_version(cc_buf *out)
{
	const char *zstd = loaded() ? api.archive_libzstd_version() : NULL;
	if (!loaded())
		cc_buf_addz(out, "libarchive is not here");
	else
		cc_buf_addf(out, "%s, %s%s", api.archive_version_string(), zstd ? "zstd " : "no zstd", zstd ? zstd : "");
	return zstd != NULL;
}

/* What the library says, and of which file. */
static cc_code failed(struct archive *a, const char *name, const char *doing, cc_err *err)
{
	const char *text = api.archive_error_string(a);
	int number = api.archive_errno(a);
	cc_code code = number == ENOMEM ? CC_ENOMEM : number == ENOSPC || number == EIO || number == EDQUOT || number == EFBIG ? CC_EIO : CC_EFORMAT;
	return cc_err_set(err, code, "%s: %s: %s", name, doing, text ? text : "the archive is damaged");
}

/* --- writing --- */

enum { BLOCK = 1 << 16, LEVEL_SIZE = 4 };
/* Half as large as at the library's own 3, at 40 MB a second still; higher levels take minutes for a GB. */
static const char LEVEL[LEVEL_SIZE] = "10";

struct pack_writer { struct archive *a; struct archive_entry *entry; const char *name; int fd, problem; };

/* The library is told once how a write failed; its own text for that says less than the errno. */
static la_ssize_t put(struct archive *a, void *arg, const void *data, size_t n)
{
	pack_writer *w = arg;
	(void)a;
	w->problem = cc_fd_write(w->fd, (cc_str){ data, n });
	return w->problem ? -1 : (la_ssize_t)n;
}

static cc_code write_failed(pack_writer *w, cc_err *err)
{
	return w->problem ? cc_err_errno(err, w->problem, w->name) : failed(w->a, w->name, "packing", err);
}

cc_code pack_writer_open(pack_writer **out, int fd, const char *name, cc_err *err)
{
	*out = NULL;
	if (!loaded())
		return not_here(err);
	pack_writer *w = cc_calloc(1, sizeof *w);
	struct archive *a = w ? api.archive_write_new() : NULL;
	if (!w || !a || !(w->entry = api.archive_entry_new())) {
		if (a)
			api.archive_write_free(a);
		cc_free(w);
		return cc_err_set(err, CC_ENOMEM, "%s: out of memory", name);
	}
	w->a = a;
	w->name = name;
	w->fd = fd;
	if (api.archive_write_set_format_ustar(a) != ARCHIVE_OK || api.archive_write_add_filter_zstd(a) != ARCHIVE_OK ||
		api.archive_write_set_filter_option(a, "zstd", "compression-level", LEVEL) != ARCHIVE_OK ||
		api.archive_write_set_bytes_per_block(a, BLOCK) != ARCHIVE_OK || api.archive_write_set_bytes_in_last_block(a, 1) != ARCHIVE_OK ||
		api.archive_write_open(a, w, NULL, put, NULL) != ARCHIVE_OK) {
		cc_code code = write_failed(w, err);
		pack_writer_free(w);
		return code;
	}
	*out = w;
	return CC_OK;
}

cc_code pack_writer_begin(pack_writer *w, const char *member, uint64_t bytes, cc_err *err)
{
	api.archive_entry_set_pathname(w->entry, member);
	api.archive_entry_set_size(w->entry, (la_int64_t)bytes);
	api.archive_entry_set_filetype(w->entry, AE_IFREG);
	api.archive_entry_set_perm(w->entry, 0644);
	api.archive_entry_set_mtime(w->entry, 0, 0);
	if (api.archive_write_header(w->a, w->entry) == ARCHIVE_OK)
		return CC_OK;
	return w->problem ? write_failed(w, err) : failed(w->a, w->name, member, err);
}

cc_code pack_writer_add(pack_writer *w, cc_str data, cc_err *err)
{
	while (data.n) {
		la_ssize_t n = api.archive_write_data(w->a, data.p, data.n);
		if (n <= 0)
			return write_failed(w, err);
		data = cc_str_sub(data, (size_t)n, data.n);
	}
	return CC_OK;
}

cc_code pack_writer_end(pack_writer *w, cc_err *err)
{
	return api.archive_write_close(w->a) == ARCHIVE_OK ? CC_OK : write_failed(w, err);
}

void pack_writer_free(pack_writer *w)
{
	if (!w)
		return;
	w->fd = -1; /* what was not ended is not finished by freeing it */
	api.archive_entry_free(w->entry);
	api.archive_write_free(w->a);
	cc_free(w);
}

/* --- reading --- */

struct pack_stream {
	struct archive *a;
	const char *name;
	int fd, problem;
	uint64_t at, bytes;
	bool begun;
	char block[BLOCK];
};

static la_ssize_t get(struct archive *a, void *arg, const void **data)
{
	pack_stream *s = arg;
	(void)a;
	size_t want = s->bytes - s->at < BLOCK ? (size_t)(s->bytes - s->at) : BLOCK;
	size_t got = want ? cc_fd_read_at(s->fd, s->block, want, s->at, &s->problem) : 0;
	s->at += got;
	*data = s->block;
	return s->problem ? -1 : (la_ssize_t)got;
}

static cc_code read_failed(pack_stream *s, cc_err *err)
{
	return s->problem ? cc_err_errno(err, s->problem, s->name) : failed(s->a, s->name, "the archive is damaged", err);
}

cc_code pack_stream_open(pack_stream **out, int fd, uint64_t bytes, const char *name, cc_err *err)
{
	*out = NULL;
	if (!loaded())
		return not_here(err);
	pack_stream *s = cc_calloc(1, sizeof *s);
	struct archive *a = s ? api.archive_read_new() : NULL;
	if (!a) {
		cc_free(s);
		return cc_err_set(err, CC_ENOMEM, "%s: out of memory", name);
	}
	*s = (pack_stream){ .a = a, .name = name, .fd = fd, .bytes = bytes };
	if (api.archive_read_support_filter_zstd(a) != ARCHIVE_OK || api.archive_read_support_format_raw(a) != ARCHIVE_OK ||
		api.archive_read_open(a, s, NULL, get, NULL) != ARCHIVE_OK) {
		cc_code code = read_failed(s, err);
		pack_stream_free(s);
		return code;
	}
	*out = s;
	return CC_OK;
}

static cc_code begin(pack_stream *s, cc_err *err)
{
	struct archive_entry *e;
	if (api.archive_read_next_header(s->a, &e) != ARCHIVE_OK)
		return read_failed(s, err);
	s->begun = true;
	if (api.archive_filter_count(s->a) != 2 || api.archive_filter_code(s->a, 0) != ARCHIVE_FILTER_ZSTD)
		return cc_err_set(err, CC_EFORMAT, "%s: packed several times over, or not by zstd", s->name);
	return CC_OK;
}

cc_code pack_stream_read(pack_stream *s, void *out, size_t n, size_t *got, cc_err *err)
{
	cc_code code = s->begun ? CC_OK : begin(s, err);
	*got = 0;
	while (code == CC_OK && *got < n) {
		la_ssize_t k = api.archive_read_data(s->a, (char *)out + *got, n - *got);
		if (k < 0)
			code = read_failed(s, err);
		if (k <= 0)
			break;
		*got += (size_t)k;
	}
	return code;
}

void pack_stream_free(pack_stream *s)
{
	if (!s)
		return;
	api.archive_read_free(s->a);
	cc_free(s);
}
