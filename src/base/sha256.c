/* sha256.c - SHA-256 as FIPS 180-4 describes it, one block at a time; by the processor's own instructions where it has
 * them (sha256_fast.c). */
#include "coldcase/sha256.h"

#include <pthread.h>
#include <string.h>

#include "base/sha256_priv.h"
#include "base/sha256_rounds.h"

static uint32_t rotr(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void expand(uint32_t w[64], const unsigned char *block)
{
	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
			block[4 * i + 3];
	for (int i = 16; i < 64; i++) {
		uint32_t a = rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
		uint32_t b = rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
		w[i] = w[i - 16] + a + w[i - 7] + b;
	}
}

static void compress(uint32_t h[8], const unsigned char *block)
{
	uint32_t w[64], v[8];
	expand(w, block);
	memcpy(v, h, sizeof v);
	for (int i = 0; i < 64; i++) {
		uint32_t s1 = rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25);
		uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
		uint32_t t1 = v[7] + s1 + choice + cc_sha256_rounds[i] + w[i];
		uint32_t s0 = rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22);
		uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
		memmove(v + 1, v, 7 * sizeof v[0]);
		v[4] += t1;
		v[0] = t1 + s0 + majority;
	}
	for (int i = 0; i < 8; i++)
		h[i] += v[i];
}

void cc_sha256_portable(uint32_t h[8], const unsigned char *p, size_t blocks)
{
	for (; blocks; blocks--, p += 64)
		compress(h, p);
}

static cc_sha256_blocks *chosen = cc_sha256_portable;

static void choose(void)
{
	if (cc_sha256_fast_here())
		chosen = cc_sha256_fast;
}

static void take_blocks(uint32_t h[8], const unsigned char *p, size_t blocks)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, choose);
	chosen(h, p, blocks);
}

void cc_sha256_init(cc_sha256 *s)
{
	*s = (cc_sha256){ .h = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
				  0x5be0cd19 } };
}

void cc_sha256_add(cc_sha256 *s, const void *p, size_t n)
{
	const unsigned char *from = p;
	size_t used = (size_t)(s->bytes % 64);
	s->bytes += n;
	while (n) {
		if (used == 0 && n >= 64) { /* whole blocks need no copy */
			take_blocks(s->h, from, n / 64);
			from += n / 64 * 64;
			n %= 64;
			continue;
		}
		size_t take = 64 - used < n ? 64 - used : n;
		memcpy(s->block + used, from, take);
		from += take;
		n -= take;
		used += take;
		if (used == 64) {
			take_blocks(s->h, s->block, 1);
			used = 0;
		}
	}
}

void cc_sha256_hex(cc_sha256 *s, char out[65])
{
	static const char hex[] = "0123456789abcdef";
	static const unsigned char padding[64] = { 0x80 };
	unsigned char length[8];
	uint64_t bits = s->bytes * 8;
	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	size_t used = (size_t)(s->bytes % 64);
	cc_sha256_add(s, padding, used < 56 ? 56 - used : 120 - used);
	cc_sha256_add(s, length, 8);
	for (int i = 0; i < 64; i++)
		out[i] = hex[s->h[i / 8] >> (28 - 4 * (i % 8)) & 15];
	out[64] = '\0';
}

void cc_sha256_of(cc_str text, char out[65])
{
	cc_sha256 s;
	cc_sha256_init(&s);
	cc_sha256_add(&s, text.p, text.n);
	cc_sha256_hex(&s, out);
}
