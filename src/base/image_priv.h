/* image_priv.h - the file format of images and its checksum, shared by image.c (reads) and image_write.c.
 *
 *   header      4096 bytes: image_header, zeros
 *   linked      structs with pointers; the root is the first one        mapped for this process alone
 *   plain       from a page's start: rows without pointers, texts       mapped read-only, shared with other processes
 *   places      uint32_t each: where in `linked` a pointer stands, in units of 8 bytes, ascending
 *   sums        uint64_t each: checksum of every block of 1 MiB from the end of the header to here; the last is shorter
 *
 * A pointer is kept as the offset of its target in the file; 0 is NULL. All numbers are the writer's own (byte order,
 * sizes): the format number in the header tells a foreign one. The header's own checksum covers the header, that of the
 * sums is in it: so every byte of the file is covered, and a file that is cut, torn or flipped is not used. */
#ifndef COLDCASE_BASE_IMAGE_PRIV_H
#define COLDCASE_BASE_IMAGE_PRIV_H

#include "coldcase/image.h"

enum { IMAGE_PAGE = 4096, IMAGE_BLOCK = 1 << 20 };
#define IMAGE_MAGIC UINT64_C(0x32676D4965646C43)   /* "CldeImg2" */

typedef struct image_header {
	uint64_t magic, format;
	uint64_t total;          /* bytes of the file */
	uint64_t linked_bytes, plain_at, plain_bytes;
	uint64_t places_at, place_count;
	uint64_t sums_at, sums_sum;
	uint64_t sum;            /* of this struct with 0 here */
} image_header;

/* Any change of the bytes inside one aligned group of 8 changes it for certain, any other with the luck of 64 bits. */
uint64_t cc_image_sum(const void *p, size_t n);
/* The same with at most so many lanes at a time: what lesser processors do. */
typedef enum image_sum_width { IMAGE_SUM_BY_ONE, IMAGE_SUM_BY_TWO, IMAGE_SUM_BY_FOUR } image_sum_width;
uint64_t cc_image_sum_by(image_sum_width most, const void *p, size_t n);

#endif
