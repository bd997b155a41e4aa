/* records.c - quotes as bits: the running exclusive-or of a block's quotes says which bytes are inside of them.
 *
 * That is right as long as every quote that opens stands at a field's start or is the second of a doubled one. The
 * first that does neither is found in the block's bits; from there the rest of its field is stepped over byte by
 * byte. */
#include "query/records.h"

enum { BLOCK = 64 };

#define INLINE static inline __attribute__((always_inline))

/* What a block needs of the processor: one bit for each byte that equals c, and the running exclusive-or of bits. */
typedef struct block_ops {
	uint64_t (*equal)(const char *p, char c);
	bool (*either)(const char *p, char c, char d);
	uint64_t (*running_xor)(uint64_t bits);
} block_ops;

INLINE uint64_t running_xor(uint64_t bits)
{
	for (int shift = 1; shift < 64; shift *= 2)
		bits ^= bits << shift;
	return bits;
}

static bool at_field_start(char prev)
{
	return prev == '\t' || prev == '\n';
}

/* The same rules for one byte; true when it ends the record. */
static bool step(cc_records *r, cc_str text)
{
	char c = text.p[r->pos], prev = r->prev;
	r->pos++;
	r->prev = c;
	if (r->plain) {
		r->plain = c != '\t' && c != '\n';
		return c == '\n';
	}
	if (r->inside) {
		r->inside = c != '"';
		return false;
	}
	if (prev == '"' && c != '\t' && c != '\n' && c != '"' &&
		!(c == '\r' && r->pos < text.n && text.p[r->pos] == '\n'))
		r->tail = true;
	if (c == '"') {
		r->inside = at_field_start(prev) || prev == '"';
		r->plain = !r->inside;
	}
	return c == '\n';
}

INLINE size_t first(uint64_t bits)
{
	return (size_t)__builtin_ctzll(bits);
}

/* A byte behind a closing quote that is neither the field's end nor a second quote. */
static void note_tail(cc_records *r, cc_str text, uint64_t behind)
{
	for (; behind && !r->tail; behind &= behind - 1) {
		size_t i = r->pos + first(behind);
		r->tail = text.p[i] != '\r' || i + 1 >= text.n || text.p[i + 1] != '\n';
	}
}

/* A block in which something is to be said: a bit each for quotes in a field's midst, for bytes behind a closing
 * quote, and for newlines outside of quotes; r is as before the block. True with *end when the record ends there; else
 * r->pos is behind the block, or behind the misplaced quote. */
static bool settle(cc_records *r, cc_str text, uint64_t misplaced, uint64_t behind, uint64_t ends, size_t *end)
{
	uint64_t valid = misplaced ? (UINT64_C(1) << first(misplaced)) - 1 : ~UINT64_C(0);
	ends &= valid;
	if (ends)
		valid = (UINT64_C(1) << first(ends)) - 1;
	note_tail(r, text, behind & valid);
	if (ends) {
		*end = r->pos + first(ends);
		r->pos = *end + 1;
		return true;
	}
	r->plain = misplaced != 0;
	r->inside = r->inside && !r->plain;
	r->pos += r->plain ? first(misplaced) + 1 : BLOCK;
	r->prev = text.p[r->pos - 1];
	return false;
}

/* Whole blocks, until the record ends or a field turns plain. Many hold neither quotes nor newlines: attributes and
 * ids; others a newline only. Whether there is a tail takes a tenth of the time to tell. */
INLINE bool blocks(cc_records *r, cc_str text, size_t *end, bool tails, block_ops ops)
{
	size_t pos = r->pos;
	uint64_t before = r->inside ? ~UINT64_C(0) : 0, may_open = at_field_start(r->prev) || r->prev == '"';
	uint64_t was_closed = tails && r->prev == '"' && !r->inside;
	for (; text.n - pos >= BLOCK; pos += BLOCK) {
		const char *p = text.p + pos;
		if (!was_closed && !ops.either(p, '"', '\n')) {
			may_open = p[BLOCK - 1] == '\t';
			continue;
		}
		uint64_t quotes = ops.equal(p, '"'), newlines = ops.equal(p, '\n');
		uint64_t structure = ops.equal(p, '\t') | newlines | quotes;
		if (!quotes && !was_closed && !before) {
			*end = pos + first(newlines);
			r->pos = *end + 1;
			return true;
		}
		uint64_t inside = ops.running_xor(quotes) ^ before, closed = tails ? quotes & ~inside : 0;
		uint64_t misplaced = quotes & inside & ~(structure << 1 | may_open);
		uint64_t behind = tails ? (closed << 1 | was_closed) & ~structure : 0, ends = newlines & ~inside;
		before = inside >> 63 ? ~UINT64_C(0) : 0;
		may_open = structure >> 63;
		was_closed = closed >> 63;
		if (!(misplaced | behind | ends))
			continue;
		r->pos = pos;
		r->inside = before != 0;
		if (settle(r, text, misplaced, behind, ends, end))
			return true;
		if (r->plain)
			return false;
	}
	r->pos = pos;
	r->inside = before != 0;
	r->prev = text.p[pos - 1];
	return false;
}

INLINE size_t scan(cc_records *r, cc_str text, block_ops ops)
{
	size_t end = CC_STR_NONE;
	while (r->pos < text.n && end == CC_STR_NONE)
		if (text.n - r->pos < BLOCK || r->plain)
			end = step(r, text) ? r->pos - 1 : CC_STR_NONE;
		else if (r->tail ? blocks(r, text, &end, false, ops) : blocks(r, text, &end, true, ops))
			break;
	return end;
}

INLINE uint64_t equal_bytes(const char *p, char c)
{
	uint64_t bits = 0;
	for (int i = 0; i < BLOCK; i++)
		bits |= (uint64_t)(p[i] == c) << i;
	return bits;
}

INLINE bool either_bytes(const char *p, char c, char d)
{
	return (equal_bytes(p, c) | equal_bytes(p, d)) != 0;
}

static size_t scan_portable(cc_records *r, cc_str text)
{
	return scan(r, text, (block_ops){ equal_bytes, either_bytes, running_xor });
}

#if defined(__SSE2__) && (defined(__GNUC__) || defined(__clang__))
#include <immintrin.h>

INLINE uint64_t equal_sse2(const char *p, char c)
{
	const __m128i *v = (const __m128i *)(const void *)p;
	__m128i want = _mm_set1_epi8(c);
	uint64_t bits = 0;
	for (int i = 0; i < 4; i++)
		bits |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(v + i), want)) << 16 * i;
	return bits;
}

INLINE bool either_sse2(const char *p, char c, char d)
{
	const __m128i *v = (const __m128i *)(const void *)p;
	__m128i x = _mm_set1_epi8(c), y = _mm_set1_epi8(d), any = _mm_setzero_si128();
	for (int i = 0; i < 4; i++) {
		__m128i a = _mm_loadu_si128(v + i);
		any = _mm_or_si128(any, _mm_or_si128(_mm_cmpeq_epi8(a, x), _mm_cmpeq_epi8(a, y)));
	}
	return _mm_movemask_epi8(any) != 0;
}

static size_t scan_sse2(cc_records *r, cc_str text)
{
	return scan(r, text, (block_ops){ equal_sse2, either_sse2, running_xor });
}

#define AVX2 __attribute__((target("avx2,pclmul")))

AVX2 static inline uint64_t equal_avx2(const char *p, char c)
{
	const __m256i *v = (const __m256i *)(const void *)p;
	__m256i want = _mm256_set1_epi8(c);
	uint64_t low = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(v), want));
	uint64_t high = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(v + 1), want));
	return low | high << 32;
}

AVX2 static inline bool either_avx2(const char *p, char c, char d)
{
	const __m256i *v = (const __m256i *)(const void *)p;
	__m256i a = _mm256_loadu_si256(v), b = _mm256_loadu_si256(v + 1);
	__m256i x = _mm256_set1_epi8(c), y = _mm256_set1_epi8(d);
	__m256i any = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(a, x), _mm256_cmpeq_epi8(a, y)),
		_mm256_or_si256(_mm256_cmpeq_epi8(b, x), _mm256_cmpeq_epi8(b, y)));
	return !_mm256_testz_si256(any, any);
}

/* A product without carries by all ones is the running exclusive-or. */
AVX2 static inline uint64_t running_xor_clmul(uint64_t bits)
{
	__m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)bits), _mm_set1_epi8(-1), 0);
	return (uint64_t)_mm_cvtsi128_si64(product);
}

AVX2 static size_t scan_avx2(cc_records *r, cc_str text)
{
	return scan(r, text, (block_ops){ equal_avx2, either_avx2, running_xor_clmul });
}

size_t cc_records_end_with(cc_records *r, cc_str text, cc_finder_level level)
{
	if (level == CC_FINDER_BEST && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul"))
		return scan_avx2(r, text);
	return level == CC_FINDER_PORTABLE ? scan_portable(r, text) : scan_sse2(r, text);
}

#else

size_t cc_records_end_with(cc_records *r, cc_str text, cc_finder_level level)
{
	(void)level;
	return scan_portable(r, text);
}

#endif

size_t cc_records_end(cc_records *r, cc_str text)
{
	return cc_records_end_with(r, text, CC_FINDER_BEST);
}
