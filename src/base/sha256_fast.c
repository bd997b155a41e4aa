/* sha256_fast.c - SHA-256 by the instructions that x86 processors have for it: four rounds at a time, some six times as fast.
 *
 * The state is kept as two registers in the order the instructions want, ABEF and CDGH. A block's 64 words are made four at a
 * time from the sixteen before them, in a ring of four registers. */
#include "base/sha256_priv.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <cpuid.h>
#include <immintrin.h>

#include "base/sha256_rounds.h"

#define WITH_SHA __attribute__((target("sha,sse4.1,ssse3")))

bool cc_sha256_fast_here(void)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1) || !(c & bit_SSSE3))
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 29); /* SHA */
}

WITH_SHA static inline __m128i load(const void *p)
{
	return _mm_loadu_si128(p);
}

/* Four rounds with the words `w`. */
WITH_SHA static inline void rounds(__m128i *abef, __m128i *cdgh, __m128i w, int i)
{
	__m128i k = _mm_add_epi32(w, load(&cc_sha256_rounds[4 * i]));

	*cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, k);
	*abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(k, 0x0E));
}

/* The four words that follow a, b, c, d. */
WITH_SHA static inline __m128i next(__m128i a, __m128i b, __m128i c, __m128i d)
{
	return _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8(d, c, 4)), d);
}

WITH_SHA static inline void take_block(__m128i *abef, __m128i *cdgh, const unsigned char *p)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i w[4];

	for (int i = 0; i < 4; i++) {
		w[i] = _mm_shuffle_epi8(load(p + 16 * i), big_endian);
		rounds(abef, cdgh, w[i], i);
	}
	for (int i = 4; i < 16; i += 4) {
		w[0] = next(w[0], w[1], w[2], w[3]);
		rounds(abef, cdgh, w[0], i);
		w[1] = next(w[1], w[2], w[3], w[0]);
		rounds(abef, cdgh, w[1], i + 1);
		w[2] = next(w[2], w[3], w[0], w[1]);
		rounds(abef, cdgh, w[2], i + 2);
		w[3] = next(w[3], w[0], w[1], w[2]);
		rounds(abef, cdgh, w[3], i + 3);
	}
}

WITH_SHA void cc_sha256_fast(uint32_t h[8], const unsigned char *p, size_t blocks)
{
	__m128i badc = _mm_shuffle_epi32(load(h), 0xB1), hgfe = _mm_shuffle_epi32(load(h + 4), 0x1B);
	__m128i abef = _mm_alignr_epi8(badc, hgfe, 8), cdgh = _mm_blend_epi16(hgfe, badc, 0xF0);

	for (; blocks; blocks--, p += 64) {
		__m128i abef_before = abef, cdgh_before = cdgh;

		take_block(&abef, &cdgh, p);
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	abef = _mm_shuffle_epi32(abef, 0x1B);
	cdgh = _mm_shuffle_epi32(cdgh, 0xB1);
	_mm_storeu_si128((__m128i *)(void *)h, _mm_blend_epi16(abef, cdgh, 0xF0));
	_mm_storeu_si128((__m128i *)(void *)(h + 4), _mm_alignr_epi8(cdgh, abef, 8));
}

#else

bool cc_sha256_fast_here(void)
{
	return false;
}

void cc_sha256_fast(uint32_t h[8], const unsigned char *p, size_t blocks)
{
	cc_sha256_portable(h, p, blocks);
}

#endif
