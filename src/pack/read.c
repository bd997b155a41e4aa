/* read.c - a case file opened: its list, and members taken one by one as the list has them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coldcase/file.h"
#include "pack/pack_priv.h"

static const unsigned char ZSTD[4] = { 0x28, 0xb5, 0x2f, 0xfd };

bool cc_pack_is(const char *path)
{
	struct stat st;
	unsigned char head[sizeof ZSTD];
	int problem;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	if (cc_str_ends(cc_str_from(path), CC_STR(CC_PACK_SUFFIX)))
		return true;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool yes = fd >= 0 && cc_fd_read_at(fd, head, sizeof head, 0, &problem) == sizeof head && memcmp(head, ZSTD, sizeof head) == 0;
	if (fd >= 0)
		close(fd);
	return yes;
}

/* All of a member that fits into memory. */
static cc_code read_member(pack_open *p, uint64_t bytes, cc_buf *out, cc_err *err)
{
	size_t got = 1;
	cc_code code = CC_OK;
	if (!cc_buf_reserve(out, (size_t)bytes + 1))
		return cc_err_set(err, CC_ENOMEM, "%s: out of memory", p->name);
	for (size_t left = (size_t)bytes; left && code == CC_OK && got; left -= got) {
		code = pack_reader_read(p->reader, out->p + out->n, left, &got, err);
		out->n += got;
	}
	if (out->p)
		out->p[out->n] = 0;
	return code == CC_OK && !got ? cc_err_set(err, CC_EFORMAT, "%s: the archive is cut short", p->name) : code;
}

static cc_code check_growth(const pack_open *p, cc_err *err)
{
	uint64_t most = p->file_bytes > UINT64_MAX / CC_PACK_RATIO_MAX ? UINT64_MAX : p->file_bytes * CC_PACK_RATIO_MAX;
	if (p->list->bytes <= CC_PACK_FREE_BYTES || p->list->bytes <= most)
		return CC_OK;
	return cc_err_set(err, CC_ELIMIT, "%s: would grow from %llu KB to %llu MB: no incident does", p->name,
		(unsigned long long)(p->file_bytes >> 10), (unsigned long long)(p->list->bytes >> 20));
}

static cc_code read_list(pack_open *p, cc_err *err)
{
	pack_member m;
	bool end;
	cc_buf text = CC_BUF_INIT;
	cc_code code = pack_reader_next(p->reader, &m, &end, err);
	if (code != CC_OK)
		return code;
	if (end || !cc_str_eqz(m.path, CC_PACK_LIST_FILE))
		return cc_err_set(err, CC_EFORMAT, "%s: does not begin with case.json: no case file", p->name);
	if (m.bytes > CC_PACK_LIST_MAX)
		return cc_err_set(err, CC_ELIMIT, "%s: member case.json is larger than %zu MiB", p->name, CC_PACK_LIST_MAX >> 20);
	code = read_member(p, m.bytes, &text, err);
	if (code == CC_OK)
		code = cc_pack_list_parse(&p->list, cc_buf_str(&text), p->name, err);
	cc_buf_deinit(&text);
	return code == CC_OK ? check_growth(p, err) : code;
}

cc_code pack_open_file(pack_open *p, const char *path, cc_err *err)
{
	struct stat st;
	char sum[65];
	*p = (pack_open){ .name = path, .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) };
	if (p->fd < 0 || fstat(p->fd, &st) != 0)
		return cc_err_errno(err, errno, path);
	if (!S_ISREG(st.st_mode))
		return cc_err_set(err, CC_EFORMAT, "%s: no regular file", path);
	p->file_bytes = (uint64_t)st.st_size;
	cc_code code = pack_trailer_find(p->fd, &p->archive_bytes, sum, path, err);
	if (code == CC_OK)
		code = pack_reader_open(&p->reader, p->fd, p->archive_bytes, path, err);
	return code == CC_OK ? read_list(p, err) : code;
}

void pack_close_file(pack_open *p)
{
	pack_reader_free(p->reader);
	cc_pack_list_free(p->list);
	if (p->fd >= 0)
		close(p->fd);
	*p = (pack_open){ .fd = -1 };
}

cc_code pack_expect(pack_open *p, const cc_pack_member *want, cc_err *err)
{
	pack_member m;
	bool end;
	cc_buf name = CC_BUF_INIT;
	cc_code code = pack_reader_next(p->reader, &m, &end, err);
	if (code != CC_OK)
		return code;
	if (end)
		return cc_err_set(err, CC_EFORMAT, "%s: member %.*s is missing", p->name, CC_STR_ARG(want->path));
	pack_tar_name(&name, want->path);
	bool same = cc_buf_ok(&name) && cc_str_eq(m.path, cc_buf_str(&name));
	cc_buf_deinit(&name);
	if (!same)
		return cc_err_set(err, CC_EFORMAT, "%s: member %.*s is not in the list here: %.*s is", p->name, CC_STR_ARG(m.path), CC_STR_ARG(want->path));
	if (m.bytes != want->bytes)
		return cc_err_set(err, CC_EFORMAT, "%s: member %.*s has %llu bytes, and %llu in the list", p->name, CC_STR_ARG(m.path),
			(unsigned long long)m.bytes, (unsigned long long)want->bytes);
	return CC_OK;
}

cc_code cc_pack_read_list(cc_pack_list **out, const char *path, cc_err *err)
{
	pack_open p;
	cc_code code = pack_open_file(&p, path, err);
	*out = code == CC_OK ? p.list : NULL;
	if (code == CC_OK)
		p.list = NULL;
	pack_close_file(&p);
	return code;
}

cc_code cc_pack_read_sealed(cc_buf *out, const char *path, cc_err *err)
{
	pack_open p;
	char sum[65];
	size_t start = out->n;
	cc_code code = pack_open_file(&p, path, err);
	if (code == CC_OK && !p.list->sealed)
		code = cc_err_set(err, CC_ENOTFOUND, "%s: holds no sealed truth", path);
	if (code == CC_OK)
		code = pack_expect(&p, p.list->sealed, err);
	if (code == CC_OK)
		code = read_member(&p, p.list->sealed->bytes, out, err);
	if (code == CC_OK) {
		cc_sha256_of(cc_str_sub(cc_buf_str(out), start, out->n), sum);
		if (!cc_str_eqz(p.list->sealed->sha256, sum))
			code = cc_err_set(err, CC_EFORMAT, "%s: member " CC_PACK_SEALED_FILE " is damaged: its sum is not that of the list", path);
	}
	pack_close_file(&p);
	return code;
}
