/* sha256_priv.h - the ways to take in blocks of 64 bytes: sha256.c picks one, tests hold them against each other. */
#ifndef COLDCASE_SHA256_PRIV_H
#define COLDCASE_SHA256_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void cc_sha256_blocks(uint32_t h[8], const unsigned char *p, size_t blocks);

cc_sha256_blocks cc_sha256_portable;
bool cc_sha256_fast_here(void);         /* this processor has instructions for it */
cc_sha256_blocks cc_sha256_fast;        /* only where the above says so */

#endif
