/* tar.c - reads the one kind of tar that a case file holds: POSIX headers, regular files, two blocks of zeros, the end.
 *
 * Long names, extended headers, links, holes and whatever else forty years have added are refused: case files need none of it, and each
 * would be one more way to say something else than the list. */
#include <string.h>

#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"
#include "pack/pack_priv.h"

enum { BLOCK = 512, NAME = 100, SIZE_AT = 124, SIZE = 12, SUM_AT = 148, SUM = 8, TYPE_AT = 156, LINK_AT = 157, MAGIC_AT = 257, PREFIX_AT = 345,
	PREFIX = 155, NAME_MAX_SIZE = PREFIX + 1 + NAME + 1 };

struct pack_reader {
	pack_stream *stream;
	const char *name;
	uint64_t left;           /* bytes of the member not read yet */
	size_t padding;          /* zeros behind it */
	char path[NAME_MAX_SIZE];
};

cc_code pack_reader_open(pack_reader **out, int fd, uint64_t bytes, const char *name, cc_err *err)
{
	pack_reader *r = cc_calloc(1, sizeof *r);
	*out = NULL;
	if (!r)
		return cc_err_set(err, CC_ENOMEM, "%s: out of memory", name);
	r->name = name;
	cc_code code = pack_stream_open(&r->stream, fd, bytes, name, err);
	if (code == CC_OK)
		*out = r;
	else
		cc_free(r);
	return code;
}

void pack_reader_free(pack_reader *r)
{
	if (!r)
		return;
	pack_stream_free(r->stream);
	cc_free(r);
}

static cc_code cut_short(const pack_reader *r, cc_err *err)
{
	return cc_err_set(err, CC_EFORMAT, "%s: the archive is cut short", r->name);
}

/* Exactly n bytes. */
static cc_code read_whole(pack_reader *r, void *out, size_t n, cc_err *err)
{
	size_t got;
	cc_code code = pack_stream_read(r->stream, out, n, &got, err);
	return code == CC_OK && got < n ? cut_short(r, err) : code;
}

static bool all_zero(const char *p, size_t n)
{
	while (n && !p[n - 1])
		n--;
	return !n;
}

/* Digits up to a blank or zero. False for anything else, and for the binary numbers of other dialects. */
static bool octal(const char *p, size_t n, uint64_t *out)
{
	size_t i = 0;
	for (*out = 0; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		*out = *out << 3 | (uint64_t)(p[i] - '0');
	return i > 0 && (i == n || !p[i] || p[i] == ' ');
}

static bool sum_fits(const char *h)
{
	uint64_t says, is = 0;
	for (size_t i = 0; i < BLOCK; i++)
		is += i >= SUM_AT && i < SUM_AT + SUM ? ' ' : (unsigned char)h[i];
	return octal(h + SUM_AT, SUM, &says) && says == is;
}

static void take_path(pack_reader *r, const char *h)
{
	cc_str name = { h, strnlen(h, NAME) }, prefix = { h + PREFIX_AT, strnlen(h + PREFIX_AT, PREFIX) };
	size_t n = 0;
	if (prefix.n) {
		memcpy(r->path, prefix.p, prefix.n);
		n = prefix.n;
		r->path[n++] = '/';
	}
	memcpy(r->path + n, name.p, name.n);
	r->path[n + name.n] = 0;
}

static const char *kind_problem(const char *h)
{
	switch (h[TYPE_AT]) {
	case '0':
		return h[LINK_AT] ? "is a link" : NULL;
	case '1':
	case '2':
		return "is a link";
	case '3':
	case '4':
	case '6':
		return "is a device or a pipe";
	case '5':
		return "is a folder: a case lists files alone";
	default:
		return "is no regular file";
	}
}

static cc_code refuse(const pack_reader *r, const char *what, cc_err *err)
{
	cc_buf b = CC_BUF_INIT;
	cc_utf8_clean(&b, cc_str_sub(cc_str_from(r->path), 0, 120), CC_CLEAN_LINE);
	cc_code code = cc_err_set(err, CC_EFORMAT, "%s: member %s %s", r->name, b.p ? b.p : "", what);
	cc_buf_deinit(&b);
	return code;
}

static cc_code take_header(pack_reader *r, const char *h, pack_member *m, cc_err *err)
{
	uint64_t bytes = 0;
	if (!sum_fits(h) || memcmp(h + MAGIC_AT, "ustar\0" "00", 8) != 0)
		return cc_err_set(err, CC_EFORMAT, "%s: the archive is damaged, or of another kind than case files are", r->name);
	take_path(r, h);
	const char *problem = kind_problem(h);
	if (!problem)
		problem = cc_pack_path_problem(cc_str_from(r->path));
	if (!problem && !octal(h + SIZE_AT, SIZE, &bytes))
		problem = "has no size";
	if (problem)
		return refuse(r, problem, err);
	r->left = bytes;
	r->padding = (BLOCK - bytes % BLOCK) % BLOCK;
	*m = (pack_member){ cc_str_from(r->path), bytes };
	return CC_OK;
}

/* The second block of zeros, and then nothing: more could say something to other programs. */
static cc_code check_end(pack_reader *r, cc_err *err)
{
	char h[BLOCK];
	size_t got;
	cc_code code = read_whole(r, h, BLOCK, err);
	if (code == CC_OK && all_zero(h, BLOCK)) {
		code = pack_stream_read(r->stream, h, 1, &got, err);
		if (code != CC_OK || !got)
			return code;
	}
	return code == CC_OK ? cc_err_set(err, CC_EFORMAT, "%s: something follows the end of the archive", r->name) : code;
}

cc_code pack_reader_next(pack_reader *r, pack_member *m, bool *end, cc_err *err)
{
	char h[BLOCK];
	*end = false;
	if (r->left)
		return cc_err_set(err, CC_EINTERNAL, "%s: member %s was not read to its end", r->name, r->path);
	cc_code code = read_whole(r, h, r->padding, err);
	r->padding = 0;
	if (code == CC_OK)
		code = read_whole(r, h, BLOCK, err);
	if (code != CC_OK)
		return code;
	*end = all_zero(h, BLOCK);
	return *end ? check_end(r, err) : take_header(r, h, m, err);
}

cc_code pack_reader_read(pack_reader *r, void *out, size_t n, size_t *got, cc_err *err)
{
	cc_code code = pack_stream_read(r->stream, out, n < r->left ? n : (size_t)r->left, got, err);
	if (code == CC_OK && !*got && r->left && n)
		return cut_short(r, err);
	r->left -= *got;
	return code;
}
