/* tsv_split.c - see tsv_split.h.
 *
 * 64 bytes at a time are turned into three bit sets (tabs, newlines, quotes), and only the ends of fields are looked at:
 * about 20 in a row of 1,000 bytes. A byte is inside quotes when the quotes up to it are odd in number. A doubled quote
 * needs no look ahead: the first closes the text, and a quote right behind a closing one opens it again. A quote opens a
 * text only at a field's start; anywhere else it is a character like any other, does not count, and the 64 bytes around
 * it are taken mark by mark.
 *
 * SSE2 is what every x86-64 has; where the processor has AVX2 or AVX-512 fewer instructions look at the bytes. */
#include "snapshot/tsv_split.h"

#include <stdint.h>
#include <string.h>

#if defined __SSE2__ && defined __GNUC__
#define VECTORS
#include <immintrin.h>
#endif

typedef struct cutter {
	cc_tsv_row *row;
	const char *field;       /* start of the field that is being read */
	const char *closed;      /* the quote that closed it, if any */
	bool quoted;             /* inside quotes */
} cutter;

static void add_field(cutter *c, const char *to)
{
	cc_tsv_row *row = c->row;
	if (row->field_count < CC_TSV_MAX_COLUMNS)
		row->fields[row->field_count] = (cc_str){ c->field, (size_t)(to - c->field) };
	row->field_count++;
	c->field = to + 1;
	c->closed = NULL;
}

static void take_quote(cutter *c, const char *at)
{
	if (c->quoted) {
		c->quoted = false;
		c->closed = at;
	} else {
		c->quoted = at == c->field || (c->closed && at == c->closed + 1);
	}
}

static void begin(cutter *c, const char *p, cc_tsv_row *row)
{
	*c = (cutter){ .row = row, .field = p };
	row->field_count = 0;
	row->open_quote = false;
}

static const char *finish(cutter *c, const char *end)
{
	add_field(c, end);
	c->row->open_quote = c->quoted;
	return end;
}

static const char *split_plain(cutter *c, const char *p, const char *end)
{
	for (; p < end; p++) {
		if (*p == '"') {
			take_quote(c, p);
		} else if (!c->quoted && (*p == '\t' || *p == '\n')) {
			add_field(c, p);
			if (*p == '\n')
				return p;
		}
	}
	return finish(c, end);
}

#ifdef VECTORS

/* What the loops over 64 bytes are made of: a call each time would cost as much as the work. */
#define INLINE static inline __attribute__((always_inline))

typedef struct marks { uint64_t ends, newlines, quotes; } marks; /* ends: tabs and newlines */

static inline uint64_t bits_of(__m128i v, __m128i byte)
{
	return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, byte));
}

/* Written out, for compilers do not unroll such loops where this is not their hottest level. */
static inline marks look_at(const char *p)
{
	const __m128i tab = _mm_set1_epi8('\t'), lf = _mm_set1_epi8('\n'), quote = _mm_set1_epi8('"');
	const __m128i *v = (const __m128i *)(const void *)p;
	__m128i a = _mm_loadu_si128(v), b = _mm_loadu_si128(v + 1), c = _mm_loadu_si128(v + 2), d = _mm_loadu_si128(v + 3);
	uint64_t lfs = bits_of(a, lf) | bits_of(b, lf) << 16 | bits_of(c, lf) << 32 | bits_of(d, lf) << 48;
	uint64_t tabs = bits_of(a, tab) | bits_of(b, tab) << 16 | bits_of(c, tab) << 32 | bits_of(d, tab) << 48;
	uint64_t quotes = bits_of(a, quote) | bits_of(b, quote) << 16 | bits_of(c, quote) << 32 | bits_of(d, quote) << 48;
	return (marks){ tabs | lfs, lfs, quotes };
}

__attribute__((target("avx2"))) static inline uint64_t wide_bits_of(__m256i v, __m256i byte)
{
	return (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, byte));
}

__attribute__((target("avx512f,avx512bw"))) static inline marks look_at_widest(const char *p)
{
	const __m512i v = _mm512_loadu_si512(p);
	uint64_t lfs = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\n')), tabs = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\t'));
	return (marks){ tabs | lfs, lfs, _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')) };
}

__attribute__((target("avx2"))) static inline marks look_at_wide(const char *p)
{
	const __m256i tab = _mm256_set1_epi8('\t'), lf = _mm256_set1_epi8('\n'), quote = _mm256_set1_epi8('"');
	const __m256i *v = (const __m256i *)(const void *)p;
	__m256i a = _mm256_loadu_si256(v), b = _mm256_loadu_si256(v + 1);
	uint64_t lfs = wide_bits_of(a, lf) | wide_bits_of(b, lf) << 32;
	uint64_t tabs = wide_bits_of(a, tab) | wide_bits_of(b, tab) << 32;
	return (marks){ tabs | lfs, lfs, wide_bits_of(a, quote) | wide_bits_of(b, quote) << 32 };
}

/* Each bit the parity of those up to it. */
static inline uint64_t parities(uint64_t v)
{
	for (unsigned by = 1; by < 64; by *= 2)
		v ^= v << by;
	return v;
}

/* Takes the ends of fields up to the record's LF, which is returned; NULL when it goes on. */
INLINE const char *take_ends(cutter *c, const char *p, uint64_t ends, uint64_t newlines)
{
	const char *field = c->field;
	size_t n = c->row->field_count;
	uint64_t bits = newlines ? ends & (newlines ^ (newlines - 1)) : ends;
	if (!bits)
		return NULL;
	for (; bits; bits &= bits - 1, n++) {
		const char *to = p + __builtin_ctzll(bits);
		if (n < CC_TSV_MAX_COLUMNS)
			c->row->fields[n] = (cc_str){ field, (size_t)(to - field) };
		field = to + 1;
	}
	c->row->field_count = n;
	c->field = field;
	c->closed = NULL;
	return newlines ? field - 1 : NULL;
}

/* Mark by mark, for 64 bytes in which a quote stands where it neither opens nor closes. */
__attribute__((noinline)) static const char *take_each(cutter *c, const char *p, marks m)
{
	uint64_t live = ~UINT64_C(0); /* the bits not looked at yet */
	for (;;) {
		uint64_t bits = (c->quoted ? m.quotes : m.ends | m.quotes) & live;
		if (!bits)
			return NULL;
		unsigned i = (unsigned)__builtin_ctzll(bits);
		live = ~UINT64_C(0) << i << 1;
		if (m.quotes >> i & 1) {
			take_quote(c, p + i);
			continue;
		}
		add_field(c, p + i);
		if (m.newlines >> i & 1)
			return p + i;
	}
}

/* Takes the marks of 64 bytes at p; the record's LF, or NULL when it goes on. */
INLINE const char *take_marks(cutter *c, const char *p, marks m)
{
	if (!m.quotes)
		return c->quoted ? NULL : take_ends(c, p, m.ends, m.newlines);
	uint64_t inside = parities(m.quotes) ^ (c->quoted ? ~UINT64_C(0) : 0); /* from each opening quote up to the closing one */
	uint64_t openable = (m.ends | m.quotes) << 1 | (p == c->field || (c->closed && p == c->closed + 1));
	if (m.quotes & inside & ~openable)
		return take_each(c, p, m);
	c->quoted = inside >> 63;
	const char *lf = take_ends(c, p, m.ends & ~inside, m.newlines & ~inside);
	c->closed = m.quotes >> 63 && !c->quoted ? p + 63 : NULL;
	return lf;
}

/* The last bytes before `end`, fewer than 64, and zeros behind them. */
static const char *take_tail(cutter *c, const char *p, const char *end)
{
	char copy[64] = { 0 };
	memcpy(copy, p, (size_t)(end - p));
	return take_marks(c, p, look_at(copy));
}

__attribute__((target("avx512f,avx512bw"))) static const char *split_widest(cutter *c, const char *p, const char *end)
{
	const char *lf = NULL;
	for (; !lf && end - p >= 64; p += 64)
		lf = take_marks(c, p, look_at_widest(p));
	return lf ? lf : take_tail(c, p, end);
}

__attribute__((target("avx2"))) static const char *split_wide(cutter *c, const char *p, const char *end)
{
	const char *lf = NULL;
	for (; !lf && end - p >= 64; p += 64)
		lf = take_marks(c, p, look_at_wide(p));
	return lf ? lf : take_tail(c, p, end);
}

static const char *split_narrow(cutter *c, const char *p, const char *end)
{
	const char *lf = NULL;
	for (; !lf && end - p >= 64; p += 64)
		lf = take_marks(c, p, look_at(p));
	return lf ? lf : take_tail(c, p, end);
}

const char *cc_tsv_split_by(tsv_width most, const char *p, const char *end, cc_tsv_row *row)
{
	cutter c;
	const char *lf;
	begin(&c, p, row);
	if (most >= TSV_BY_64 && __builtin_cpu_supports("avx512bw"))
		lf = split_widest(&c, p, end);
	else if (most >= TSV_BY_32 && __builtin_cpu_supports("avx2"))
		lf = split_wide(&c, p, end);
	else if (most >= TSV_BY_16)
		lf = split_narrow(&c, p, end);
	else
		return split_plain(&c, p, end);
	return lf ? lf : finish(&c, end);
}

#else

const char *cc_tsv_split_by(tsv_width most, const char *p, const char *end, cc_tsv_row *row)
{
	cutter c;
	(void)most;
	begin(&c, p, row);
	return split_plain(&c, p, end);
}

#endif

const char *cc_tsv_split(const char *p, const char *end, cc_tsv_row *row)
{
	return cc_tsv_split_by(TSV_BY_64, p, end, row);
}
