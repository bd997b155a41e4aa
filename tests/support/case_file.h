/* case_file.h - case files written by hand, byte by byte, for tests that need what no packer writes: a tar header of any kind, zstd frames
 * without compression or of one repeated byte, and the sum behind them. Needs no library. */
#ifndef COLDCASE_TEST_CASE_FILE_H
#define COLDCASE_TEST_CASE_FILE_H

#include <stdio.h>
#include <string.h>

#include "coldcase/buf.h"
#include "coldcase/sha256.h"
#include "pack/pack_priv.h"

enum { TAR_BLOCK = 512, ZSTD_BLOCK = 1 << 16 };

/* One header of 512 bytes. type: '0' file, '1' hard link, '2' symbolic link, '3' device, '5' folder, 'L' long name … */
static inline void tar_header(cc_buf *tar, const char *name, char type, unsigned long long bytes, const char *link)
{
	char h[TAR_BLOCK] = { 0 };
	unsigned sum = 0;
	snprintf(h, 100, "%s", name);
	snprintf(h + 100, 8, "%07o", 0644U);
	snprintf(h + 108, 8, "%07o", 0U);
	snprintf(h + 116, 8, "%07o", 0U);
	snprintf(h + 124, 12, "%011llo", bytes);
	snprintf(h + 136, 12, "%011o", 0U);
	memset(h + 148, ' ', 8);
	h[156] = type;
	snprintf(h + 157, 100, "%s", link);
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < sizeof h; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum & 0777777U);
	cc_buf_add(tar, (cc_str){ h, sizeof h });
}

static inline void tar_body(cc_buf *tar, cc_str text)
{
	cc_buf_add(tar, text);
	cc_buf_add_repeat(tar, 0, (TAR_BLOCK - text.n % TAR_BLOCK) % TAR_BLOCK);
}

static inline void tar_file(cc_buf *tar, const char *name, cc_str text)
{
	tar_header(tar, name, '0', text.n, "");
	tar_body(tar, text);
}

static inline void tar_end(cc_buf *tar)
{
	cc_buf_add_repeat(tar, 0, 2 * (size_t)TAR_BLOCK);
}

static inline void zstd_block(cc_buf *out, unsigned type, size_t n, bool last)
{
	unsigned head = (unsigned)n << 3 | type << 1 | last;
	for (int i = 0; i < 3; i++)
		cc_buf_add_char(out, (char)(head >> 8 * i));
}

/* As one frame of blocks that are stored as they are. */
static inline void zstd_store(cc_buf *out, cc_str data)
{
	cc_buf_add(out, (cc_str){ "\x28\xb5\x2f\xfd\x00\x38", 6 }); /* a window of 128 KiB, no size, no checksum */
	do {
		size_t n = data.n < ZSTD_BLOCK ? data.n : ZSTD_BLOCK;
		zstd_block(out, 0, n, n == data.n);
		cc_buf_add(out, cc_str_sub(data, 0, n));
		data = cc_str_sub(data, n, data.n);
	} while (data.n);
}

/* `blocks` blocks of 64 KiB, each of one byte repeated: four bytes a block. */
static inline void zstd_repeat(cc_buf *out, cc_str before, char c, size_t blocks)
{
	cc_buf_add(out, (cc_str){ "\x28\xb5\x2f\xfd\x00\x38", 6 });
	zstd_block(out, 0, before.n, false);
	cc_buf_add(out, before);
	for (size_t i = 0; i < blocks; i++) {
		zstd_block(out, 1, ZSTD_BLOCK, i + 1 == blocks);
		cc_buf_add_char(out, c);
	}
}

static inline void add_trailer(cc_buf *file)
{
	unsigned char trailer[PACK_TRAILER];
	char sum[65];
	cc_sha256_of(cc_buf_str(file), sum);
	pack_trailer_make(trailer, sum);
	cc_buf_add(file, (cc_str){ (const char *)trailer, sizeof trailer });
}

#endif
