/* trailer.c - the last 48 bytes of a case file: a frame that zstd skips, with the SHA-256 of all bytes before it.
 *
 * A file cut short, added to or damaged on its way is found out by it before one byte is unpacked. It proves nothing about who made the
 * file; what a maker with ill intent writes inside is refused member by member. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "coldcase/file.h"
#include "coldcase/xalloc.h"
#include "pack/pack_priv.h"

/* Of a frame to skip: its magic number, the size of what follows, and by what we know it. */
static const unsigned char HEAD[16] = { 0x5c, 0x2a, 0x4d, 0x18, 40, 0, 0, 0, 'c', 'o', 'l', 'd', 'c', 'a', 's', 'e' };
enum { SUM_AT = sizeof HEAD, PIECE = 1 << 20 };

static int digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

void pack_trailer_make(unsigned char out[PACK_TRAILER], const char sha256[65])
{
	memcpy(out, HEAD, sizeof HEAD);
	for (size_t i = 0; i < 32; i++)
		out[SUM_AT + i] = (unsigned char)(digit(sha256[2 * i]) << 4 | digit(sha256[2 * i + 1]));
}

cc_code pack_trailer_find(int fd, uint64_t *archive_bytes, char sha256[65], const char *name, cc_err *err)
{
	static const char HEX[] = "0123456789abcdef";
	unsigned char tail[PACK_TRAILER];
	struct stat st;
	int problem;
	if (fstat(fd, &st) != 0)
		return cc_err_errno(err, errno, name);
	uint64_t size = st.st_size > 0 ? (uint64_t)st.st_size : 0;
	if (size <= PACK_TRAILER || cc_fd_read_at(fd, tail, sizeof tail, size - PACK_TRAILER, &problem) != sizeof tail ||
		memcmp(tail, HEAD, sizeof HEAD) != 0) {
		cc_err_set(err, CC_EFORMAT, "%s: does not end as a case file ends: cut short, added to, or none", name);
		cc_err_hint(err, "fetch it again, whole");
		return CC_EFORMAT;
	}
	for (size_t i = 0; i < 32; i++) {
		sha256[2 * i] = HEX[tail[SUM_AT + i] >> 4];
		sha256[2 * i + 1] = HEX[tail[SUM_AT + i] & 15];
	}
	sha256[64] = 0;
	*archive_bytes = size - PACK_TRAILER;
	return CC_OK;
}

static cc_code sum_of(int fd, uint64_t bytes, char *block, const cc_pack_work *work, char out[65], const char *name, cc_err *err)
{
	cc_sha256 sum;
	int problem = 0;
	cc_sha256_init(&sum);
	for (uint64_t at = 0; at < bytes;) {
		size_t want = bytes - at < PIECE ? (size_t)(bytes - at) : PIECE;
		size_t got = cc_fd_read_at(fd, block, want, at, &problem);
		if (problem)
			return cc_err_errno(err, problem, name);
		if (!got || cc_canceled(work ? work->cancel : NULL))
			return cc_err_set(err, got ? CC_ECANCELED : CC_EIO, "%s: %s", name, got ? "canceled" : "it became shorter while it was read");
		cc_sha256_add(&sum, block, got);
		at += got;
	}
	cc_sha256_hex(&sum, out);
	return CC_OK;
}

cc_code pack_trailer_check(int fd, const cc_pack_work *work, const char *name, cc_err *err)
{
	char says[65], is[65] = "";
	uint64_t bytes;
	cc_code code = pack_trailer_find(fd, &bytes, says, name, err);
	char *block = code == CC_OK ? cc_malloc(PIECE) : NULL;
	if (code == CC_OK)
		code = block ? sum_of(fd, bytes, block, work, is, name, err) : cc_err_set(err, CC_ENOMEM, "%s: out of memory", name);
	cc_free(block);
	if (code == CC_OK && strcmp(says, is) != 0) {
		code = cc_err_set(err, CC_EFORMAT, "%s: damaged: its bytes are not those that were packed", name);
		cc_err_hint(err, "fetch it again");
	}
	return code;
}
