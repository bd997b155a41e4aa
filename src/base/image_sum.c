/* image_sum.c - the checksum of images: sixteen lanes, each a chain of steps that can be undone.
 *
 * A step is (lane ^ word) times an odd number, turned: for a given word it maps lanes one to one, and for a given lane
 * words. So two texts that differ in one word end in different lanes. Sixteen chains keep the multipliers busy all the
 * time. The lower half of the odd number is 1: so it takes one product of 32 bits to multiply by it, which every x86-64
 * has for two lanes at once, and most for four. */
#include "base/image_priv.h"

#include <string.h>
#if defined __SSE2__ && defined __GNUC__
#define VECTORS
#include <immintrin.h>
#endif

enum { LANES = 16, BLOCK = LANES * 8, TURN = 29 };

#define UPPER UINT64_C(0x9E3779B1)
#define ODD (UPPER << 32 | 1)

static uint64_t step(uint64_t lane, uint64_t word)
{
	lane = (lane ^ word) * ODD;
	return lane << TURN | lane >> (64 - TURN);
}

static void take_words(uint64_t lanes[LANES], const unsigned char *p, size_t blocks)
{
	for (; blocks > 0; blocks--, p += BLOCK)
		for (size_t i = 0; i < LANES; i++) {
			uint64_t word;
			memcpy(&word, p + 8 * i, sizeof word);
			lanes[i] = step(lanes[i], word);
		}
}

#ifdef VECTORS

#define AVX2 __attribute__((target("avx2")))

static inline __m128i step_two(__m128i lane, const unsigned char *p)
{
	lane = _mm_xor_si128(lane, _mm_loadu_si128((const __m128i *)(const void *)p));
	__m128i product = _mm_mul_epu32(lane, _mm_set1_epi64x((long long)UPPER));
	lane = _mm_add_epi64(lane, _mm_slli_epi64(product, 32));
	return _mm_or_si128(_mm_slli_epi64(lane, TURN), _mm_srli_epi64(lane, 64 - TURN));
}

static void take_pairs(uint64_t lanes[LANES], const unsigned char *p, size_t blocks)
{
	__m128i v[LANES / 2];
	memcpy(v, lanes, sizeof v);
	for (; blocks > 0; blocks--, p += BLOCK) {
		v[0] = step_two(v[0], p);
		v[1] = step_two(v[1], p + 16);
		v[2] = step_two(v[2], p + 32);
		v[3] = step_two(v[3], p + 48);
		v[4] = step_two(v[4], p + 64);
		v[5] = step_two(v[5], p + 80);
		v[6] = step_two(v[6], p + 96);
		v[7] = step_two(v[7], p + 112);
	}
	memcpy(lanes, v, sizeof v);
}

AVX2 static inline __m256i step_four(__m256i lane, const unsigned char *p)
{
	lane = _mm256_xor_si256(lane, _mm256_loadu_si256((const __m256i *)(const void *)p));
	__m256i product = _mm256_mul_epu32(lane, _mm256_set1_epi64x((long long)UPPER));
	lane = _mm256_add_epi64(lane, _mm256_slli_epi64(product, 32));
	return _mm256_or_si256(_mm256_slli_epi64(lane, TURN), _mm256_srli_epi64(lane, 64 - TURN));
}

AVX2 static void take_fours(uint64_t lanes[LANES], const unsigned char *p, size_t blocks)
{
	__m256i v[LANES / 4];
	memcpy(v, lanes, sizeof v);
	for (; blocks > 0; blocks--, p += BLOCK) {
		v[0] = step_four(v[0], p);
		v[1] = step_four(v[1], p + 32);
		v[2] = step_four(v[2], p + 64);
		v[3] = step_four(v[3], p + 96);
	}
	memcpy(lanes, v, sizeof v);
}

static void take(image_sum_width most, uint64_t lanes[LANES], const unsigned char *p, size_t blocks)
{
	if (most >= IMAGE_SUM_BY_FOUR && __builtin_cpu_supports("avx2"))
		take_fours(lanes, p, blocks);
	else if (most >= IMAGE_SUM_BY_TWO)
		take_pairs(lanes, p, blocks);
	else
		take_words(lanes, p, blocks);
}

#else

static void take(image_sum_width most, uint64_t lanes[LANES], const unsigned char *p, size_t blocks)
{
	(void)most;
	take_words(lanes, p, blocks);
}

#endif

uint64_t cc_image_sum_by(image_sum_width most, const void *data, size_t n)
{
	unsigned char last[BLOCK] = { 0 };
	uint64_t lanes[LANES];
	size_t whole = n / BLOCK;
	const unsigned char *p = data;
	for (size_t i = 0; i < LANES; i++)
		lanes[i] = i + 1;
	take(most, lanes, p, whole);
	if (n % BLOCK)           /* else p may be NULL */
		memcpy(last, p + whole * BLOCK, n % BLOCK); /* filled with zeros; the length tells them from others */
	take(most, lanes, last, 1);
	uint64_t sum = n;
	for (size_t i = 0; i < LANES; i++)
		sum = step(sum, lanes[i]); /* a lane that differs still shows: each step maps one to one */
	sum = (sum ^ sum >> 33) * ODD;
	return sum ^ sum >> 29;
}

uint64_t cc_image_sum(const void *data, size_t n)
{
	return cc_image_sum_by(IMAGE_SUM_BY_FOUR, data, n);
}
