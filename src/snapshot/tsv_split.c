/* tsv_split.c - see tsv_split.h.
 *
 * 64 bytes at a time are turned into three bit sets (tabs, newlines, quotes), and only the set bits are looked at: about
 * 20 in a row of 1,000 bytes. Inside quotes only quotes count. A doubled quote needs no look ahead: the first closes the
 * text, and a quote right behind a closing one opens it again. A quote opens a text only at a field's start; anywhere
 * else it is a character like any other.
 *
 * SSE2 is enough: wider vectors were measured to be no faster, for memory is the limit then. */
#include "snapshot/tsv_split.h"

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
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

#ifdef __SSE2__

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

/* The last bytes before `end`, fewer than 64; what is read beyond them is made of zeros. */
static marks look_at_tail(const char *p, size_t n)
{
	char copy[64] = { 0 };
	memcpy(copy, p, n);
	return look_at(copy);
}

/* Takes the marks of 64 bytes at p; the record's LF, or NULL when it goes on. */
static const char *take_marks(cutter *c, const char *p, marks m)
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

const char *cc_tsv_split(const char *p, const char *end, cc_tsv_row *row)
{
	cutter c;
	begin(&c, p, row);
	for (; p < end; p += 64) {
		size_t left = (size_t)(end - p);
		const char *lf = take_marks(&c, p, left >= 64 ? look_at(p) : look_at_tail(p, left));
		if (lf)
			return lf;
		if (left < 64)
			break;
	}
	return finish(&c, end);
}

#else

const char *cc_tsv_split(const char *p, const char *end, cc_tsv_row *row)
{
	return cc_tsv_split_plain(p, end, row);
}

#endif
