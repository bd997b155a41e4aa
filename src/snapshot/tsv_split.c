/* tsv_split.c - see tsv_split.h.
 *
 * 64 bytes at a time are turned into three bit sets (tabs, newlines, quotes), and only the set bits are looked at: about
 * 20 in a row of 1,000 bytes. Inside quotes only quotes count. A doubled quote needs no look ahead: the first closes the
 * text, and a quote right behind a closing one opens it again. A quote opens a text only at a field's start; anywhere
 * else it is a character like any other.
 *
 * SSE2 is what every x86-64 has; where the processor has AVX2 half as many instructions look at the bytes. */
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

const char *cc_tsv_split_plain(const char *p, const char *end, cc_tsv_row *row)
{
	cutter c;
	for (begin(&c, p, row); p < end; p++) {
		if (*p == '"') {
			take_quote(&c, p);
		} else if (!c.quoted && (*p == '\t' || *p == '\n')) {
			add_field(&c, p);
			if (*p == '\n')
				return p;
		}
	}
	return finish(&c, end);
}

#ifdef VECTORS

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

__attribute__((target("avx2"))) static inline marks look_at_wide(const char *p)
{
	const __m256i tab = _mm256_set1_epi8('\t'), lf = _mm256_set1_epi8('\n'), quote = _mm256_set1_epi8('"');
	const __m256i *v = (const __m256i *)(const void *)p;
	__m256i a = _mm256_loadu_si256(v), b = _mm256_loadu_si256(v + 1);
	uint64_t lfs = wide_bits_of(a, lf) | wide_bits_of(b, lf) << 32;
	uint64_t tabs = wide_bits_of(a, tab) | wide_bits_of(b, tab) << 32;
	return (marks){ tabs | lfs, lfs, wide_bits_of(a, quote) | wide_bits_of(b, quote) << 32 };
}

/* Takes the marks of 64 bytes at p; the record's LF, or NULL when it goes on. */
static inline const char *take_marks(cutter *c, const char *p, marks m)
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

/* The last bytes before `end`, fewer than 64, and zeros behind them. */
static const char *take_tail(cutter *c, const char *p, const char *end)
{
	char copy[64] = { 0 };
	memcpy(copy, p, (size_t)(end - p));
	return take_marks(c, p, look_at(copy));
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

const char *cc_tsv_split(const char *p, const char *end, cc_tsv_row *row)
{
	cutter c;
	begin(&c, p, row);
	const char *lf = __builtin_cpu_supports("avx2") ? split_wide(&c, p, end) : split_narrow(&c, p, end);
	return lf ? lf : finish(&c, end);
}

const char *cc_tsv_split_narrow(const char *p, const char *end, cc_tsv_row *row)
{
	cutter c;
	begin(&c, p, row);
	const char *lf = split_narrow(&c, p, end);
	return lf ? lf : finish(&c, end);
}

#else

const char *cc_tsv_split(const char *p, const char *end, cc_tsv_row *row)
{
	return cc_tsv_split_plain(p, end, row);
}

const char *cc_tsv_split_narrow(const char *p, const char *end, cc_tsv_row *row)
{
	return cc_tsv_split_plain(p, end, row);
}

#endif
