/* sha256.h - SHA-256 (FIPS 180-4), for digests of replies, records and evidence. Not for passwords. */
#ifndef COLDCASE_SHA256_H
#define COLDCASE_SHA256_H

#include "coldcase/str.h"

typedef struct cc_sha256 {
	uint32_t h[8];
	uint64_t bytes;
	unsigned char block[64];
} cc_sha256;

void cc_sha256_init(cc_sha256 *s);
void cc_sha256_add(cc_sha256 *s, const void *p, size_t n);
void cc_sha256_hex(cc_sha256 *s, char out[65]);      /* finishes; 64 lower-case hex digits and NUL */
void cc_sha256_of(cc_str text, char out[65]);        /* in one call */

#endif
