/* records.c - quotes as bits: the running exclusive-or of a block's quotes says which bytes are inside of them.
 *
 * That is right as long as every quote that opens stands at a field's start or is the second of a doubled one. The first
 * that does neither is found in the block's bits; from there the rest of its field is stepped over byte by byte. */
#include "query/records.h"

enum { BLOCK = 64 };

#if defined(__SSE2__)
#include <emmintrin.h>

static inline uint64_t equal(const char *p, char c)
{
	const __m128i *v = (const __m128i *)(const void *)p;
	__m128i want = _mm_set1_epi8(c);
	uint64_t bits = 0;
	for (int i = 0; i < 4; i++)
		bits |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(v + i), want)) << 16 * i;
	return bits;
}

/* Cheaper than two times `equal`, for the many blocks that hold neither. */
static inline bool holds_any(const char *p, char c, char d)
{
	const __m128i *v = (const __m128i *)(const void *)p;
	__m128i want = _mm_set1_epi8(c), or_want = _mm_set1_epi8(d), any = _mm_setzero_si128();
	for (int i = 0; i < 4; i++) {
		__m128i x = _mm_loadu_si128(v + i);
		any = _mm_or_si128(any, _mm_or_si128(_mm_cmpeq_epi8(x, want), _mm_cmpeq_epi8(x, or_want)));
	}
	return _mm_movemask_epi8(any) != 0;
}

#else

static inline uint64_t equal(const char *p, char c)
{
	uint64_t bits = 0;
	for (int i = 0; i < BLOCK; i++)
		bits |= (uint64_t)(p[i] == c) << i;
	return bits;
}

static inline bool holds_any(const char *p, char c, char d)
{
	return (equal(p, c) | equal(p, d)) != 0;
}

#endif

static inline uint64_t running_xor(uint64_t bits)
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

static size_t first(uint64_t bits)
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

/* One block; true with *end when the record ends in it. r->pos moves by a block, or less when a field turns plain. */
static bool block(cc_records *r, cc_str text, size_t *end)
{
	const char *p = text.p + r->pos;
	uint64_t quotes = equal(p, '"'), newlines = equal(p, '\n'), tabs = equal(p, '\t');
	uint64_t inside = running_xor(quotes) ^ (r->inside ? ~UINT64_C(0) : 0);
	uint64_t starts = (tabs | newlines | quotes) << 1 | (at_field_start(r->prev) || r->prev == '"');
	uint64_t misplaced = quotes & inside & ~starts;
	uint64_t valid = misplaced ? (UINT64_C(1) << first(misplaced)) - 1 : ~UINT64_C(0);
	uint64_t ends = newlines & ~inside & valid;
	uint64_t closed = (quotes & ~inside) << 1 | (r->prev == '"' && !r->inside);
	if (ends)
		valid = (UINT64_C(1) << first(ends)) - 1;
	note_tail(r, text, closed & ~(tabs | newlines | quotes) & valid);
	if (ends) {
		*end = r->pos + first(ends);
		r->pos = *end + 1;
		return true;
	}
	r->plain = misplaced != 0;
	r->pos += r->plain ? first(misplaced) + 1 : BLOCK;
	r->inside = !r->plain && inside >> 63;
	r->prev = text.p[r->pos - 1];
	return false;
}

size_t cc_records_end(cc_records *r, cc_str text)
{
	size_t end;
	while (r->pos < text.n) {
		if (text.n - r->pos < BLOCK || r->plain) {
			if (step(r, text))
				return r->pos - 1;
		} else if (!holds_any(text.p + r->pos, '"', r->inside ? '"' : '\n') && (r->inside || r->prev != '"')) {
			r->pos += BLOCK;
			r->prev = text.p[r->pos - 1];
		} else if (block(r, text, &end)) {
			return end;
		}
	}
	return CC_STR_NONE;
}
