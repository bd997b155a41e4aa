/* seal.h - a ground truth under a passphrase.
 *
 * What is sealed: the truth's text, its debrief with the hints, and 32 random bytes. The commitment, which a record's header carries, is
 * to the hash of those bytes and the truth: without them it tells nobody whether a guessed truth is the true one, which matters where
 * truths are few and well known.
 *
 * Format of the sealed bytes: "CCSEAL1\n", Argon2id passes and KiB (32 bits each, little endian), its salt (16 bytes), a nonce (24), then
 * XChaCha20-Poly1305 over the padded content, with all before it and `bound` as additional data. libsodium is loaded when it is first
 * asked for. Opened only by processes that accept no investigating command: score, hint, review, watch. */
#ifndef COLDCASE_SEAL_H
#define COLDCASE_SEAL_H

#include "coldcase/buf.h"

enum { CC_SEAL_RANDOM = 32, CC_SEAL_PASSPHRASE_MIN = 8, CC_SEAL_PASSPHRASE_MAX = 1024 };

typedef struct cc_seal_content {
	unsigned char random[CC_SEAL_RANDOM];
	cc_str name;             /* what the truth's file was called */
	cc_str truth, debrief;   /* debrief may be empty */
	unsigned char *own; size_t own_size;     /* behind the texts when it was opened; zeroed by _deinit */
} cc_seal_content;

/* How dear a guess is; zeros = 3 passes over 256 MiB. */
typedef struct cc_seal_cost { uint32_t passes, kib; } cc_seal_cost;

/* Fills `random`. */
cc_code cc_seal_begin(cc_seal_content *c, cc_err *err) CC_MUST_USE;
/* Hex SHA-256 of random and truth: what the commitment is to. */
void cc_seal_committed(const cc_seal_content *c, char out[65]);
cc_code cc_seal_make(cc_buf *out, const cc_seal_content *c, cc_str passphrase, cc_str bound, cc_seal_cost cost, cc_err *err) CC_MUST_USE;
/* CC_EACCESS: wrong passphrase, or one byte of the seal or of what it is bound to was changed, which nobody can tell apart.
 * CC_EFORMAT, CC_ELIMIT: no seal, or one that asks for absurd work. */
cc_code cc_seal_open(cc_seal_content *out, cc_str sealed, cc_str passphrase, cc_str bound, const char *name, cc_err *err) CC_MUST_USE;
void cc_seal_content_deinit(cc_seal_content *c);

/* Zeroes, whatever the compiler thinks of it. */
void cc_wipe(void *p, size_t n);
void cc_wipe_buf(cc_buf *b);     /* and releases it */

/* "libsodium 1.0.18"; false when it cannot be had. */
bool cc_seal_version(cc_buf *out);

#endif
