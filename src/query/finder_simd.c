/* finder_simd.c - sixteen places at a time, or thirty-two with AVX2: on x86-64 the rare pair of one needle with SSE2,
 * which every such machine has, and the fingerprints of several needles with SSSE3's table look-up where the processor
 * has it.
 *
 * Both scans say where a needle may begin; cc_finder_at decides. A vector is loaded only where all of it lies in the
 * buffer: the last places are done by one more vector that ends with the buffer, and a buffer shorter than a vector by
 * the portable scan. */
#include "query/finder_priv.h"

#if defined(__SSE2__) && (defined(__GNUC__) || defined(__clang__))
#include <immintrin.h>

enum { LANES = 16 };

static inline __m128i load(const unsigned char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* Lowest place of `bits` at which a needle stands; bit 0 is place i. */
static size_t confirm(const cc_finder *f, const unsigned char *p, size_t n, size_t i, unsigned bits, size_t *needle)
{
	for (; bits; bits &= bits - 1) {
		size_t at = i + (size_t)__builtin_ctz(bits);
		if (cc_finder_at(f, p, n, at, needle))
			return at;
	}
	return CC_STR_NONE;
}

typedef struct pair {
	size_t at0, at1;
	__m128i byte0, byte1, fold0, fold1;
} pair;

static inline __m128i pair_hits(const pair *r, const unsigned char *p)
{
	__m128i a = _mm_cmpeq_epi8(_mm_or_si128(load(p + r->at0), r->fold0), r->byte0);
	__m128i b = _mm_cmpeq_epi8(_mm_or_si128(load(p + r->at1), r->fold1), r->byte1);
	return _mm_and_si128(a, b);
}

static inline unsigned mask_of(__m128i v)
{
	return (unsigned)_mm_movemask_epi8(v);
}

static size_t scan_pair(const cc_finder *f, const unsigned char *p, size_t n, size_t from, size_t *needle)
{
	pair r = { f->rare[0], f->rare[1], _mm_set1_epi8((char)f->rare_byte[0]), _mm_set1_epi8((char)f->rare_byte[1]),
		_mm_set1_epi8((char)f->rare_fold[0]), _mm_set1_epi8((char)f->rare_fold[1]) };
	size_t reach = (r.at0 > r.at1 ? r.at0 : r.at1) + LANES, i = from, hit;
	if (n - from < reach)
		return cc_finder_portable(f, p, n, from, needle);
	for (; n - i >= reach + 3 * LANES; i += 4 * LANES) {
		__m128i a = pair_hits(&r, p + i), b = pair_hits(&r, p + i + LANES);
		__m128i c = pair_hits(&r, p + i + 2 * LANES), d = pair_hits(&r, p + i + 3 * LANES);
		if (!mask_of(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))))
			continue;
		if ((hit = confirm(f, p, n, i, mask_of(a) | mask_of(b) << LANES, needle)) != CC_STR_NONE)
			return hit;
		if ((hit = confirm(f, p, n, i + 2 * LANES, mask_of(c) | mask_of(d) << LANES, needle)) != CC_STR_NONE)
			return hit;
	}
	for (; n - i >= reach; i += LANES)
		if ((hit = confirm(f, p, n, i, mask_of(pair_hits(&r, p + i)), needle)) != CC_STR_NONE)
			return hit;
	size_t tail = n - reach;
	return confirm(f, p, n, tail, mask_of(pair_hits(&r, p + tail)) & 0xffffu << (i - tail), needle);
}

#define SSSE3 __attribute__((target("ssse3")))

typedef struct prints {
	size_t width;
	__m128i low[FINDER_WIDTH], high[FINDER_WIDTH];
} prints;

SSSE3 static inline __m128i groups_of(const prints *t, size_t k, const unsigned char *p)
{
	const __m128i half = _mm_set1_epi8(15);
	__m128i v = load(p + k);
	return _mm_and_si128(_mm_shuffle_epi8(t->low[k], _mm_and_si128(v, half)),
		_mm_shuffle_epi8(t->high[k], _mm_and_si128(_mm_srli_epi16(v, 4), half)));
}

/* Zero in the lanes at which no needle can begin. */
SSSE3 static inline __m128i print_hits(const prints *t, const unsigned char *p)
{
	__m128i v = groups_of(t, 0, p);
	if (t->width > 1)
		v = _mm_and_si128(v, groups_of(t, 1, p));
	if (t->width > 2)
		v = _mm_and_si128(v, groups_of(t, 2, p));
	return v;
}

static inline unsigned lanes_set(__m128i v)
{
	return 0xffffu & ~mask_of(_mm_cmpeq_epi8(v, _mm_setzero_si128()));
}

SSSE3 static size_t scan_prints(const cc_finder *f, const unsigned char *p, size_t n, size_t from, size_t *needle)
{
	prints t = { .width = f->width };
	size_t reach = f->at + f->width - 1 + LANES, i = from, hit;
	if (n - from < reach)
		return cc_finder_portable(f, p, n, from, needle);
	for (size_t k = 0; k < FINDER_WIDTH; k++) {
		t.low[k] = load(f->low[k]);
		t.high[k] = load(f->high[k]);
	}
	const unsigned char *q = p + f->at; /* lanes are fingerprints; confirm asks about the needle's beginning */
	for (; n - i >= reach + LANES; i += 2 * LANES) {
		__m128i a = print_hits(&t, q + i), b = print_hits(&t, q + i + LANES);
		if (lanes_set(_mm_or_si128(a, b)) == 0)
			continue;
		hit = confirm(f, p, n, i, lanes_set(a) | lanes_set(b) << LANES, needle);
		if (hit != CC_STR_NONE)
			return hit;
	}
	for (; n - i >= reach; i += LANES)
		if ((hit = confirm(f, p, n, i, lanes_set(print_hits(&t, q + i)), needle)) != CC_STR_NONE)
			return hit;
	size_t tail = n - reach;
	return confirm(f, p, n, tail, lanes_set(print_hits(&t, q + tail)) & 0xffffu << (i - tail), needle);
}

#define AVX2 __attribute__((target("avx2")))
enum { WIDE_LANES = 32 };

typedef struct wide_pair {
	size_t at0, at1;
	__m256i byte0, byte1, fold0, fold1;
} wide_pair;

AVX2 static inline __m256i wide_load(const unsigned char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

AVX2 static inline __m256i wide_pair_hits(const wide_pair *r, const unsigned char *p)
{
	__m256i a = _mm256_cmpeq_epi8(_mm256_or_si256(wide_load(p + r->at0), r->fold0), r->byte0);
	__m256i b = _mm256_cmpeq_epi8(_mm256_or_si256(wide_load(p + r->at1), r->fold1), r->byte1);
	return _mm256_and_si256(a, b);
}

AVX2 static inline unsigned wide_mask_of(__m256i v)
{
	return (unsigned)_mm256_movemask_epi8(v);
}

AVX2 static size_t scan_wide_pair(const cc_finder *f, const unsigned char *p, size_t n, size_t from, size_t *needle)
{
	wide_pair r = { f->rare[0], f->rare[1], _mm256_set1_epi8((char)f->rare_byte[0]),
		_mm256_set1_epi8((char)f->rare_byte[1]), _mm256_set1_epi8((char)f->rare_fold[0]),
		_mm256_set1_epi8((char)f->rare_fold[1]) };
	size_t reach = (r.at0 > r.at1 ? r.at0 : r.at1) + 2 * WIDE_LANES, i = from, hit;
	for (; n - i >= reach; i += 2 * WIDE_LANES) {
		__m256i a = wide_pair_hits(&r, p + i), b = wide_pair_hits(&r, p + i + WIDE_LANES);
		if (!wide_mask_of(_mm256_or_si256(a, b)))
			continue;
		if ((hit = confirm(f, p, n, i, wide_mask_of(a), needle)) != CC_STR_NONE ||
			(hit = confirm(f, p, n, i + WIDE_LANES, wide_mask_of(b), needle)) != CC_STR_NONE)
			return hit;
	}
	return scan_pair(f, p, n, i, needle);
}

typedef struct wide_prints {
	size_t width;
	__m256i low[FINDER_WIDTH], high[FINDER_WIDTH];
} wide_prints;

AVX2 static inline __m256i wide_groups_of(const wide_prints *t, size_t k, const unsigned char *p)
{
	const __m256i half = _mm256_set1_epi8(15);
	__m256i v = wide_load(p + k);
	return _mm256_and_si256(_mm256_shuffle_epi8(t->low[k], _mm256_and_si256(v, half)),
		_mm256_shuffle_epi8(t->high[k], _mm256_and_si256(_mm256_srli_epi16(v, 4), half)));
}

AVX2 static inline __m256i wide_print_hits(const wide_prints *t, const unsigned char *p)
{
	__m256i v = wide_groups_of(t, 0, p);
	if (t->width > 1)
		v = _mm256_and_si256(v, wide_groups_of(t, 1, p));
	if (t->width > 2)
		v = _mm256_and_si256(v, wide_groups_of(t, 2, p));
	return v;
}

AVX2 static inline unsigned wide_lanes_set(__m256i v)
{
	return ~(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_setzero_si256()));
}

AVX2 static size_t scan_wide_prints(const cc_finder *f, const unsigned char *p, size_t n, size_t from, size_t *needle)
{
	wide_prints t = { .width = f->width };
	const unsigned char *q = p + f->at;
	size_t reach = f->at + f->width - 1 + WIDE_LANES, i = from, hit;
	for (size_t k = 0; k < FINDER_WIDTH; k++) {
		t.low[k] = _mm256_broadcastsi128_si256(load(f->low[k]));
		t.high[k] = _mm256_broadcastsi128_si256(load(f->high[k]));
	}
	for (; n - i >= reach + WIDE_LANES; i += 2 * WIDE_LANES) {
		__m256i a = wide_print_hits(&t, q + i), b = wide_print_hits(&t, q + i + WIDE_LANES);
		__m256i any = _mm256_or_si256(a, b);
		if (_mm256_testz_si256(any, any))
			continue;
		if ((hit = confirm(f, p, n, i, wide_lanes_set(a), needle)) != CC_STR_NONE ||
			(hit = confirm(f, p, n, i + WIDE_LANES, wide_lanes_set(b), needle)) != CC_STR_NONE)
			return hit;
	}
	return scan_prints(f, p, n, i, needle);
}

finder_scan *cc_finder_scan_for(const cc_finder *f, cc_finder_level level)
{
	if (level == CC_FINDER_PORTABLE)
		return cc_finder_portable;
	bool wide = level == CC_FINDER_BEST && __builtin_cpu_supports("avx2");
	if (f->count == 1)
		return wide ? scan_wide_pair : scan_pair;
	if (level >= CC_FINDER_SSE2 || !__builtin_cpu_supports("ssse3"))
		return cc_finder_portable;
	return wide ? scan_wide_prints : scan_prints;
}

#else

finder_scan *cc_finder_scan_for(const cc_finder *f, cc_finder_level level)
{
	(void)f;
	(void)level;
	return cc_finder_portable;
}

#endif
