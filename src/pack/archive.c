/* archive.c - the only user of libarchive, which is loaded when it is first asked for, as libcurl is (net/http.c).
 *
 * Writing: a plain tar under zstd, members as regular files without owner, time or mode of their own. Reading: that and nothing else -
 * one layer of zstd, one tar, regular files. What the library reports as a warning is refused as well: our own archives give none. */
#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "coldcase/file.h"
#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"
#include "pack/pack_priv.h"

#define CALLS(X) \
	X(archive_version_string) X(archive_errno) X(archive_error_string) X(archive_filter_code) X(archive_filter_count) \
	X(archive_libzstd_version) X(archive_write_new) X(archive_write_free) X(archive_write_open) X(archive_write_close) \
	X(archive_write_header) X(archive_write_data) X(archive_write_add_filter_zstd) X(archive_write_set_filter_option) \
	X(archive_write_set_format_pax_restricted) X(archive_write_set_bytes_per_block) X(archive_write_set_bytes_in_last_block) \
	X(archive_read_new) X(archive_read_free) X(archive_read_open) X(archive_read_next_header) X(archive_read_data) \
	X(archive_read_support_filter_zstd) X(archive_read_support_format_tar) X(archive_read_set_format_option) \
	X(archive_entry_new) X(archive_entry_free) X(archive_entry_set_pathname) X(archive_entry_set_size) \
	X(archive_entry_set_filetype) X(archive_entry_set_perm) X(archive_entry_set_mtime) X(archive_entry_pathname) \
	X(archive_entry_filetype) X(archive_entry_hardlink) X(archive_entry_symlink) X(archive_entry_size) \
	X(archive_entry_size_is_set) X(archive_entry_sparse_count)

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
	void *library = NULL, *symbol;
	for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++)
		library = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
	if (!library)
		return;
#define FIND(name)                                                       \
	symbol = dlsym(library, #name);                                  \
	if (!symbol)                                                     \
		return;                                                  \
	memcpy(&api.name, &symbol, sizeof symbol);
	CALLS(FIND)
#undef FIND
	api.loaded = true;
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
	if (api.archive_write_set_format_pax_restricted(a) != ARCHIVE_OK || api.archive_write_add_filter_zstd(a) != ARCHIVE_OK ||
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

struct pack_reader {
	struct archive *a;
	const char *name;
	int fd, problem;
	uint64_t at, bytes;
	char block[BLOCK];
};

static la_ssize_t get(struct archive *a, void *arg, const void **data)
{
	pack_reader *r = arg;
	(void)a;
	size_t want = r->bytes - r->at < BLOCK ? (size_t)(r->bytes - r->at) : BLOCK;
	size_t got = want ? cc_fd_read_at(r->fd, r->block, want, r->at, &r->problem) : 0;
	r->at += got;
	*data = r->block;
	return r->problem ? -1 : (la_ssize_t)got;
}

static cc_code read_failed(pack_reader *r, const char *doing, cc_err *err)
{
	return r->problem ? cc_err_errno(err, r->problem, r->name) : failed(r->a, r->name, doing, err);
}

cc_code pack_reader_open(pack_reader **out, int fd, uint64_t bytes, const char *name, cc_err *err)
{
	*out = NULL;
	if (!loaded())
		return not_here(err);
	pack_reader *r = cc_calloc(1, sizeof *r);
	struct archive *a = r ? api.archive_read_new() : NULL;
	if (!a) {
		cc_free(r);
		return cc_err_set(err, CC_ENOMEM, "%s: out of memory", name);
	}
	*r = (pack_reader){ .a = a, .name = name, .fd = fd, .bytes = bytes };
	/* Behind the end of the tar nothing may follow: it is read as one more archive, and then refused as such. */
	if (api.archive_read_support_filter_zstd(a) != ARCHIVE_OK || api.archive_read_support_format_tar(a) != ARCHIVE_OK ||
		api.archive_read_set_format_option(a, "tar", "read_concatenated_archives", "1") != ARCHIVE_OK ||
		api.archive_read_open(a, r, NULL, get, NULL) != ARCHIVE_OK) {
		cc_code code = read_failed(r, "not read", err);
		pack_reader_free(r);
		return code;
	}
	*out = r;
	return CC_OK;
}

/* What a member is called in an error, cleaned and cut. */
static const char *shown(const char *path, cc_buf *b)
{
	cc_utf8_clean(b, cc_str_sub(cc_str_from(path ? path : "(its name cannot be read)"), 0, 120), CC_CLEAN_LINE);
	return b->p ? b->p : "";
}

static cc_code refuse(pack_reader *r, const char *path, const char *what, cc_err *err)
{
	cc_buf b = CC_BUF_INIT;
	cc_code code = cc_err_set(err, CC_EFORMAT, "%s: member %s %s", r->name, shown(path, &b), what);
	cc_buf_deinit(&b);
	return code;
}

static const char *kind_problem(struct archive_entry *e)
{
	if (api.archive_entry_hardlink(e) || api.archive_entry_symlink(e))
		return "is a link";
	switch (api.archive_entry_filetype(e)) {
	case AE_IFREG:
		break;
	case AE_IFDIR:
		return "is a folder: a case lists files alone";
	default:
		return "is no regular file";
	}
	if (!api.archive_entry_size_is_set(e) || api.archive_entry_size(e) < 0)
		return "has no size";
	return api.archive_entry_sparse_count(e) ? "has holes" : NULL;
}

cc_code pack_reader_next(pack_reader *r, pack_member *m, bool *end, cc_err *err)
{
	struct archive_entry *e = NULL;
	int got = api.archive_read_next_header(r->a, &e);
	*end = got == ARCHIVE_EOF;
	if (*end)
		return CC_OK;
	if (got != ARCHIVE_OK)
		return read_failed(r, "the archive is damaged", err);
	if (api.archive_filter_count(r->a) != 2 || api.archive_filter_code(r->a, 0) != ARCHIVE_FILTER_ZSTD)
		return cc_err_set(err, CC_EFORMAT, "%s: packed several times over, or not by zstd", r->name);
	const char *path = api.archive_entry_pathname(e), *problem = kind_problem(e);
	if (!problem)
		problem = path ? cc_pack_path_problem(cc_str_from(path)) : "has a name that cannot be read";
	if (problem)
		return refuse(r, path, problem, err);
	*m = (pack_member){ cc_str_from(path), (uint64_t)api.archive_entry_size(e) };
	return CC_OK;
}

cc_code pack_reader_read(pack_reader *r, void *out, size_t n, size_t *got, cc_err *err)
{
	la_ssize_t k = api.archive_read_data(r->a, out, n);
	*got = k > 0 ? (size_t)k : 0;
	return k >= 0 ? CC_OK : read_failed(r, "the archive is damaged", err);
}

void pack_reader_free(pack_reader *r)
{
	if (!r)
		return;
	api.archive_read_free(r->a);
	cc_free(r);
}
