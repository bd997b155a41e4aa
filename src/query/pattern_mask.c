/* pattern_mask.c - what varies in a log line replaced by what it is: numbers, times, durations, ids, addresses,
 * paths.
 *
 * Separators stay, so "order=17" becomes "order=<num>". Most bytes of a line stand for themselves: a first pass turns
 * 64 bytes at a time into words of bits (digits, letters, blanks ...) and from these into one, "stop", which is set only
 * where something may have to be done: a digit, a run of blanks, a path, a sign, a UUID. The second pass goes from stop
 * to stop, tries the matchers there, longest forms first, and copies what lies between. */
#include <string.h>
#if defined __SSE2__ && defined __GNUC__
#define VECTORS
#include <immintrin.h>
#endif

#include "coldcase/patterns.h"

enum { LINE_MAX_BYTES = 2048, BLOCK = 64, BLOCKS = LINE_MAX_BYTES / BLOCK };

/* One bit a byte of the line; a block behind the last one is zero. */
typedef struct line_bits {
	uint64_t word[BLOCKS + 1];       /* letter, digit or '_' */
	uint64_t digit[BLOCKS + 1], hex[BLOCKS + 1], dash[BLOCKS + 1];
	uint64_t sign[BLOCKS + 1], slash[BLOCKS + 1], blank[BLOCKS + 1], space[BLOCKS + 1];
	uint64_t first[BLOCKS + 1];      /* digit that no part of a word stands before */
	uint64_t stop[BLOCKS + 1];
} line_bits;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

static bool is_wordy(char c)
{
	return is_digit(c) || c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static char at(cc_str s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

/* 'd' digit, 'x' hex digit, anything else itself. Length matched or 0. */
static size_t shape(cc_str s, size_t i, const char *pattern)
{
	size_t k = 0;
	for (; pattern[k]; k++) {
		char c = at(s, i + k);
		if (pattern[k] == 'd' ? !is_digit(c) : pattern[k] == 'x' ? !is_hex(c) : c != pattern[k])
			return 0;
	}
	return k;
}

static size_t digits(cc_str s, size_t i)
{
	size_t n = 0;
	while (is_digit(at(s, i + n)))
		n++;
	return n;
}

static size_t clock_at(cc_str s, size_t i)
{
	size_t n = shape(s, i, "dd:dd:dd");
	if (n == 0)
		return 0;
	if ((at(s, i + n) == '.' || at(s, i + n) == ',') && digits(s, i + n + 1))
		n += 1 + digits(s, i + n + 1);
	return n;
}

static size_t zone_at(cc_str s, size_t i)
{
	if (at(s, i) == 'Z' && !is_wordy(at(s, i + 1)))
		return 1;
	if (at(s, i) != '+' && at(s, i) != '-')
		return 0;
	size_t n = shape(s, i + 1, "dd:dd");
	n = n ? n : shape(s, i + 1, "dddd");
	return n ? n + 1 : 0;
}

static size_t time_at(cc_str s, size_t i)
{
	size_t n = clock_at(s, i);
	if (n)
		return n + zone_at(s, i + n);
	n = shape(s, i, "dddd-dd-dd");
	n = n ? n : shape(s, i, "dddd/dd/dd");
	if (n == 0)
		return 0;
	if (at(s, i + n) == 'T' || at(s, i + n) == ' ') {
		size_t clock = clock_at(s, i + n + 1);
		if (clock)
			n += 1 + clock;
	}
	return n + zone_at(s, i + n);
}

/* first: how many digits it begins with. A version of few parts is found out by its third. */
static size_t ip_at(cc_str s, size_t i, size_t first)
{
	size_t n = first;
	for (int part = 1; part < 4; part++) {
		if (at(s, i + n) != '.')
			return 0;
		size_t d = digits(s, i + n + 1);
		if (d == 0 || d > 3)
			return 0;
		n += 1 + d;
	}
	return at(s, i + n) == '.' && is_digit(at(s, i + n + 1)) ? 0 : n;
}

/* n: how many digits it begins with. */
static size_t number_at(cc_str s, size_t i, size_t n)
{
	for (size_t more; n && (at(s, i + n) == '.' || at(s, i + n) == ',') && (more = digits(s, i + n + 1)) > 0;)
		n += 1 + more;
	if (n && (at(s, i + n) == 'e' || at(s, i + n) == 'E')) {
		size_t sign = at(s, i + n + 1) == '+' || at(s, i + n + 1) == '-';
		size_t d = digits(s, i + n + 1 + sign);
		if (d && !is_wordy(at(s, i + n + 1 + sign + d)))
			n += 1 + sign + d;
	}
	return n;
}

/* ns us µs (either letter) ms sec min s m h d: of two that fit the longer one. */
static size_t unit_at(cc_str s, size_t i)
{
	char c = at(s, i), d = at(s, i + 1);
	switch (c) {
	case 'n':
	case 'u':
		return d == 's' ? 2 : 0;
	case '\xc2':
	case '\xce':
		return d == (c == '\xc2' ? '\xb5' : '\xbc') && at(s, i + 2) == 's' ? 3 : 0;
	case 'm':
		return d == 's' ? 2 : d == 'i' && at(s, i + 2) == 'n' ? 3 : 1;
	case 's':
		return d == 'e' && at(s, i + 2) == 'c' ? 3 : 1;
	default:
		return c == 'h' || c == 'd';
	}
}

/* "1m30.5s", "12ms"; the end must be the end of the word. */
static size_t duration_at(cc_str s, size_t i)
{
	size_t n = 0;
	for (;;) {
		size_t number = number_at(s, i + n, digits(s, i + n)), unit = number ? unit_at(s, i + n + number) : 0;
		if (!unit)
			return 0;
		n += number + unit;
		if (!is_wordy(at(s, i + n)))
			return n;
	}
}

/* --- words of bits --- */

#ifdef VECTORS

static uint64_t below(__m128i v, char from, char count)
{
	__m128i t = _mm_sub_epi8(v, _mm_set1_epi8(from));
	__m128i hit = _mm_cmpeq_epi8(_mm_min_epu8(t, _mm_set1_epi8((char)(count - 1))), t);
	return (uint64_t)(unsigned)_mm_movemask_epi8(hit);
}

static uint64_t equal(__m128i v, char c)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}

static void classify_narrow(line_bits *b, size_t k, const char *p)
{
	uint64_t digit = 0, hex = 0, word = 0, dash = 0, plus = 0, slash = 0, other = 0, space = 0;
	for (int q = 0; q < BLOCK; q += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + q));
		__m128i low = _mm_or_si128(v, _mm_set1_epi8(32));
		uint64_t digits = below(v, '0', 10);
		digit |= digits << q;
		hex |= (digits | below(low, 'a', 6)) << q;
		word |= (digits | below(low, 'a', 26) | equal(v, '_')) << q;
		dash |= equal(v, '-') << q;
		plus |= equal(v, '+') << q;
		slash |= equal(v, '/') << q;
		space |= equal(v, ' ') << q;
		other |= (below(v, '\t', 2) | equal(v, '\r')) << q;
	}
	b->digit[k] = digit, b->hex[k] = hex, b->word[k] = word, b->dash[k] = dash;
	b->sign[k] = dash | plus, b->slash[k] = slash, b->space[k] = space, b->blank[k] = space | other;
}

#define WIDE __attribute__((target("avx512f,avx512bw")))

WIDE static inline uint64_t wide_below(__m512i v, char from, unsigned char count)
{
	return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, _mm512_set1_epi8(from)), _mm512_set1_epi8((char)count));
}

WIDE static inline uint64_t wide_equal(__m512i v, char c)
{
	return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c));
}

/* The same where the processor looks at all of a block at once; n: how many bytes there are. */
WIDE static void classify_wide(line_bits *b, size_t k, const char *p, size_t n)
{
	__m512i v = _mm512_maskz_loadu_epi8(~UINT64_C(0) >> (BLOCK - n), p), low = _mm512_or_si512(v, _mm512_set1_epi8(32));
	b->digit[k] = wide_below(v, '0', 10);
	b->hex[k] = b->digit[k] | wide_below(low, 'a', 6);
	b->word[k] = b->digit[k] | wide_below(low, 'a', 26) | wide_equal(v, '_');
	b->dash[k] = wide_equal(v, '-');
	b->sign[k] = b->dash[k] | wide_equal(v, '+');
	b->slash[k] = wide_equal(v, '/');
	b->space[k] = wide_equal(v, ' ');
	b->blank[k] = b->space[k] | wide_below(v, '\t', 2) | wide_equal(v, '\r');
}

WIDE static void classify_line(line_bits *b, cc_str line)
{
	for (size_t k = 0; k * BLOCK < line.n; k++) {
		size_t left = line.n - k * BLOCK;
		classify_wide(b, k, line.p + k * BLOCK, left < BLOCK ? left : BLOCK);
	}
}

static bool is_wide(void)
{
	return __builtin_cpu_supports("avx512bw");
}

#else

static bool is_wide(void)
{
	return false;
}

static void classify_line(line_bits *b, cc_str line)
{
	(void)b;
	(void)line;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static void classify_narrow(line_bits *b, size_t k, const char *p)
{
	b->digit[k] = b->hex[k] = b->word[k] = b->dash[k] = b->sign[k] = b->slash[k] = b->space[k] = b->blank[k] = 0;
	for (size_t i = 0; i < BLOCK; i++) {
		char c = p[i];
		b->digit[k] |= (uint64_t)is_digit(c) << i;
		b->hex[k] |= (uint64_t)is_hex(c) << i;
		b->word[k] |= (uint64_t)is_wordy(c) << i;
		b->dash[k] |= (uint64_t)(c == '-') << i;
		b->sign[k] |= (uint64_t)(c == '-' || c == '+') << i;
		b->slash[k] |= (uint64_t)(c == '/') << i;
		b->space[k] |= (uint64_t)(c == ' ') << i;
		b->blank[k] |= (uint64_t)is_blank(c) << i;
	}
}

#endif

/* 64 bits from bit `at` of the line on; what lies behind the last block is zero. */
static inline uint64_t window(const uint64_t *bits, size_t at)
{
	size_t k = at / BLOCK, o = at % BLOCK;
	return bits[k] >> o | bits[k + 1] << 1 << (BLOCK - 1 - o);
}

/* Where the four dashes of a UUID lie right: its first group need not hold a digit. */
static uint64_t uuid_starts(const line_bits *b, size_t k)
{
	if (!(b->dash[k] | b->dash[k + 1]))
		return 0;
	size_t at = k * BLOCK;
	return b->word[k] & window(b->dash, at + 8) & window(b->dash, at + 13) & window(b->dash, at + 18) &
		window(b->dash, at + 23);
}

static uint64_t before(const uint64_t *bits, size_t k, uint64_t first)
{
	return bits[k] << 1 | (k ? bits[k - 1] >> (BLOCK - 1) : first);
}

static uint64_t after(const uint64_t *bits, size_t k)
{
	return bits[k] >> 1 | bits[k + 1] << (BLOCK - 1);
}

/* A single blank stands for itself; a slash begins no path behind a word or before another slash; a sign belongs to a
 * number when a digit follows and the line begins or a blank stands before it. */
static void find_stops(line_bits *b, size_t blocks)
{
	for (size_t k = 0; k < blocks; k++) {
		uint64_t behind_word = before(b->word, k, 0);
		b->first[k] = b->digit[k] & ~behind_word;
		b->stop[k] = b->digit[k] | (b->blank[k] & (~b->space[k] | after(b->blank, k))) |
			(b->slash[k] & ~behind_word & ~after(b->slash, k)) |
			(b->sign[k] & before(b->blank, k, 1) & after(b->digit, k)) | uuid_starts(b, k);
	}
}

static void classify_blocks(line_bits *b, cc_str line)
{
	char last[BLOCK] = { 0 };
	size_t whole = line.n / BLOCK;
	for (size_t k = 0; k < whole; k++)
		classify_narrow(b, k, line.p + k * BLOCK);
	memcpy(last, line.p + whole * BLOCK, line.n % BLOCK);
	if (line.n % BLOCK)
		classify_narrow(b, whole, last);
}

static size_t read_line(line_bits *b, cc_str line)
{
	size_t blocks = (line.n + BLOCK - 1) / BLOCK;
	if (is_wide())
		classify_line(b, line);
	else
		classify_blocks(b, line);
	b->word[blocks] = b->digit[blocks] = b->hex[blocks] = b->dash[blocks] = 0;
	b->slash[blocks] = b->blank[blocks] = 0;
	find_stops(b, blocks);
	return blocks;
}

/* The end of the run of `bits` that holds bit `at`. The block behind the last one ends it. */
static size_t run_end(const uint64_t *bits, size_t at)
{
	size_t k = at / BLOCK;
	uint64_t out = ~bits[k] & ~UINT64_C(0) << at % BLOCK;
	while (!out)
		out = ~bits[++k];
	return k * BLOCK + (size_t)__builtin_ctzll(out);
}

/* The begin of the run of `bits` that holds bit `at`, but not before `low`. */
static size_t run_start(const uint64_t *bits, size_t at, size_t low)
{
	size_t k = at / BLOCK;
	uint64_t out = ~bits[k] & ~(~UINT64_C(0) << at % BLOCK);
	while (!out && k * BLOCK > low)
		out = ~bits[--k];
	size_t start = out ? k * BLOCK + (size_t)(BLOCK - __builtin_clzll(out)) : 0;
	return start > low ? start : low;
}

/* --- matchers at a stop --- */

typedef struct mask { char text[8]; size_t n; } mask;

static const mask TIME = { "<time>", 6 }, IP = { "<ip>", 4 }, DUR = { "<dur>", 5 }, NUM = { "<num>", 5 },
	HEX = { "<hex>", 5 }, ID = { "<id>", 4 }, UUID = { "<uuid>", 6 }, PATH = { "<path>", 6 }, SPACE = { " ", 1 },
	SIGN = { "", 0 };

/* A run of letters and digits: hexadecimal, an id, or a plain word (NULL). */
static const mask *word_mask(const line_bits *b, cc_str s, size_t from, size_t to)
{
	size_t n = to - from, d = 0, turns = 0;
	bool hex = true;
	for (size_t at = from; at < to; at += BLOCK) {
		uint64_t in = to - at < BLOCK ? ~(~UINT64_C(0) << (to - at)) : ~UINT64_C(0);
		uint64_t digit = window(b->digit, at);
		uint64_t last = at == from ? digit & 1 : window(b->digit, at - 1) & 1;
		d += (size_t)__builtin_popcountll(digit & in);
		turns += (size_t)__builtin_popcountll((digit ^ (digit << 1 | last)) & in);
		hex &= (window(b->hex, at) & in) == in;
	}
	if (n > 2 && s.p[from] == '0' && (s.p[from + 1] | 32) == 'x')
		return &HEX;
	if (d == n)
		return &NUM;
	if (hex && n >= 8 && d > 0)
		return &HEX;
	return n >= 5 && ((d >= 2 && turns >= 2) || d >= 4) ? &ID : NULL;
}

static bool is_uuid(const line_bits *b, size_t at)
{
	const uint64_t dashes = UINT64_C(1) << 8 | UINT64_C(1) << 13 | UINT64_C(1) << 18 | UINT64_C(1) << 23;
	const uint64_t all = (UINT64_C(1) << 36) - 1;
	return (window(b->dash, at) & dashes) == dashes && (window(b->hex, at) & (all ^ dashes)) == (all ^ dashes);
}

/* A path is masked when it carries something that varies: digits or a query. */
static size_t path_at(cc_str s, size_t i)
{
	enum { END = 1, DIGIT = 2, QUERY = 4 };
	static const unsigned char kinds[256] = { [' '] = END, ['\t'] = END, ['\n'] = END, ['\r'] = END, ['"'] = END,
		['\''] = END, ['`'] = END, ['<'] = END, ['>'] = END, ['('] = END, [')'] = END, ['['] = END, [']'] = END,
		['{'] = END, ['}'] = END, [','] = END, [';'] = END, ['|'] = END, ['\0'] = END, ['?'] = QUERY,
		['%'] = QUERY, ['0'] = DIGIT, ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT, ['4'] = DIGIT, ['5'] = DIGIT, ['6'] = DIGIT,
		['7'] = DIGIT, ['8'] = DIGIT, ['9'] = DIGIT };
	size_t n = 1;
	unsigned seen = 0, kind;
	for (; i + n < s.n && (kind = kinds[(unsigned char)s.p[i + n]]) != END; n++)
		seen |= kind;
	return n > 2 && seen ? n : 0;
}

/* "2025-12-15T17:30:09", with decimals and zone: what time_at finds there, by three words of bits. */
static size_t stamp_at(const line_bits *b, cc_str s, size_t i)
{
	const uint64_t digit = 0x6DB6F, dash = 1 << 4 | 1 << 7, all = (1 << 19) - 1;
	if ((window(b->digit, i) & all) != digit || (window(b->dash, i) & all) != dash || s.p[i + 13] != ':' ||
		s.p[i + 16] != ':' || (s.p[i + 10] != 'T' && s.p[i + 10] != ' '))
		return 0;
	size_t n = 19;
	if ((at(s, i + n) == '.' || at(s, i + n) == ',') && is_digit(at(s, i + n + 1)))
		n = run_end(b->digit, i + n + 1) - i;
	return n + zone_at(s, i + n);
}

/* A number or what begins with one, by what follows its first digits; 0 when the run is none of these. */
static size_t number_mask(const line_bits *b, cc_str s, size_t i, size_t first, const mask **m)
{
	size_t n;
	char next = at(s, i + first);
	bool date = first == 4 && (next == '-' || next == '/');
	if (date || (first == 2 && next == ':')) {
		n = date ? stamp_at(b, s, i) : 0;
		n = n ? n : time_at(s, i);
		if (n && !is_wordy(at(s, i + n)))
			return *m = &TIME, n;
	}
	if (first <= 3 && next == '.' && (n = ip_at(s, i, first)) && !is_wordy(at(s, i + n)))
		return *m = &IP, n;
	n = number_at(s, i, first);
	size_t duration = unit_at(s, i + n) ? duration_at(s, i) : 0;
	if (duration)
		return *m = &DUR, duration;
	return is_wordy(at(s, i + n)) ? 0 : (*m = &NUM, n);
}

/* Behind a word of digits: nothing that would make them part of something else. */
static bool ends_number(char c)
{
	return c == ' ' || c == '"' || c == '\0' || c == ']' || c == ')';
}

/* The same of a word that begins with a digit; most are numbers and nothing else. */
static size_t match_number(const line_bits *b, cc_str s, size_t start, const mask **m)
{
	size_t digits_end = run_end(b->digit, start), n;
	if (ends_number(at(s, digits_end)))
		return *m = &NUM, digits_end;
	size_t end = run_end(b->word, digits_end);
	if (end - start == 8 && at(s, end) == '-' && is_uuid(b, start))
		return *m = &UUID, start + 36;
	if ((n = number_mask(b, s, start, digits_end - start, m)))
		return start + n;
	*m = word_mask(b, s, start, end);
	return end;
}

/* What the word around a stop is masked as: from *from on, the return value is its end. NULL: it stands for itself. */
static size_t match_word(const line_bits *b, cc_str s, size_t stop, size_t low, size_t *from, const mask **m)
{
	size_t start = *from = run_start(b->word, stop, low);
	if (is_digit(s.p[start]))
		return match_number(b, s, start, m);
	size_t end = run_end(b->word, stop);
	if (end - start == 8 && at(s, end) == '-' && is_uuid(b, start))
		return *m = &UUID, start + 36;
	*m = word_mask(b, s, start, end);
	return end;
}

/* The same for whatever a stop may be. */
static size_t match_stop(const line_bits *b, cc_str s, size_t stop, size_t low, size_t *from, const mask **m)
{
	char c = s.p[stop];
	size_t n;
	if (is_wordy(c))
		return match_word(b, s, stop, low, from, m);
	*from = stop;
	if (c == '/') {
		n = path_at(s, stop);
		*m = n ? &PATH : NULL;
		return stop + (n ? n : 1);
	}
	if (c == '-' || c == '+') {
		*m = &SIGN;
		return stop + 1;
	}
	*m = &SPACE;
	return run_end(b->blank, stop);
}

/* --- the line --- */

/* Short pieces are the rule: sixteen bytes, or twice as many, are copied faster than counted, where both sides have them. */
static char *put_plain(char *out, cc_str line, size_t from, size_t to)
{
	size_t n = to - from;
	if (n <= 16 && from + 16 <= line.n)
		memcpy(out, line.p + from, 16);
	else if (n <= 32 && from + 32 <= line.n)
		memcpy(out, line.p + from, 32);
	else
		memcpy(out, line.p + from, n);
	return out + n;
}

/* The end of the number that is all of the word at a stop, as it is at nearly all of them; 0: look closer, as at a word that ends
 * in a later block. */
static inline size_t lone_number(const line_bits *b, cc_str line, size_t k, unsigned bit)
{
	uint64_t out = ~b->digit[k] & ~UINT64_C(0) << bit;
	if (!(b->first[k] >> bit & 1) || !out)
		return 0;
	size_t end = k * BLOCK + (size_t)__builtin_ctzll(out);
	return ends_number(at(line, end)) ? end : 0;
}

/* A byte becomes at most six: "1" becomes "<num>", and nothing grows more; put_plain and the masks write up to 32
 * bytes more than they count. */
void cc_pattern_mask(cc_str line, cc_buf *out)
{
	line_bits b;
	line = cc_str_sub(cc_str_trim(line), 0, LINE_MAX_BYTES);
	if (!cc_buf_reserve(out, line.n * 6 + 33))
		return;
	char *w = out->p + out->n;
	size_t blocks = read_line(&b, line), done = 0, at = 0, from;
	for (size_t k = 0; k < blocks; k = at / BLOCK > k ? at / BLOCK : k + 1) {
		uint64_t stops = at > k * BLOCK ? b.stop[k] & ~UINT64_C(0) << at % BLOCK : b.stop[k];
		while (stops) {
			unsigned bit = (unsigned)__builtin_ctzll(stops);
			const mask *m = &NUM;
			size_t end = lone_number(&b, line, k, bit);
			from = k * BLOCK + bit;
			at = end ? end : match_stop(&b, line, from, at, &from, &m);
			if (m) {
				w = put_plain(w, line, done, from);
				memcpy(w, m->text, sizeof m->text);
				w += m->n;
				done = at;
			}
			if (at >= (k + 1) * BLOCK)
				break;
			stops &= ~UINT64_C(0) << at % BLOCK;
		}
	}
	w = put_plain(w, line, done, line.n);
	out->n = (size_t)(w - out->p);
	out->p[out->n] = '\0';
}
