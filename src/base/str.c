/* str.c - operations on borrowed text. All byte-wise and locale independent; only ASCII letters have case here. */
#include "coldcase/str.h"

#include <string.h>

cc_str cc_str_from(const char *z)
{
	return z ? (cc_str){ z, strlen(z) } : CC_STR_EMPTY;
}

cc_str cc_str_sub(cc_str s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from >= to)
		return CC_STR_EMPTY;
	return (cc_str){ s.p + from, to - from };
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool cc_str_eq(cc_str a, cc_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool cc_str_eqz(cc_str a, const char *z)
{
	return cc_str_eq(a, cc_str_from(z));
}

bool cc_str_eq_nocase(cc_str a, cc_str b)
{
	return a.n == b.n && cc_str_cmp_nocase(a, b) == 0;
}

int cc_str_cmp(cc_str a, cc_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

int cc_str_cmp_nocase(cc_str a, cc_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	for (size_t i = 0; i < n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return lower(a.p[i]) - lower(b.p[i]);
	return (a.n > b.n) - (a.n < b.n);
}

static size_t digits_end(cc_str s, size_t i)
{
	while (i < s.n && is_digit(s.p[i]))
		i++;
	return i;
}

/* Compares the digit runs at *i and *j by value and moves past them. Runs of any length: no number is built. */
static int cmp_digits(cc_str a, size_t *i, cc_str b, size_t *j)
{
	size_t a_end = digits_end(a, *i), b_end = digits_end(b, *j);
	while (*i + 1 < a_end && a.p[*i] == '0')
		++*i;
	while (*j + 1 < b_end && b.p[*j] == '0')
		++*j;
	cc_str x = cc_str_sub(a, *i, a_end), y = cc_str_sub(b, *j, b_end);
	*i = a_end;
	*j = b_end;
	return x.n != y.n ? (x.n > y.n ? 1 : -1) : cc_str_cmp(x, y);
}

int cc_str_cmp_natural(cc_str a, cc_str b)
{
	size_t i = 0, j = 0;
	while (i < a.n && j < b.n) {
		int c;
		if (is_digit(a.p[i]) && is_digit(b.p[j])) {
			c = cmp_digits(a, &i, b, &j);
		} else {
			c = (unsigned char)a.p[i++] - (unsigned char)b.p[j++];
		}
		if (c)
			return c;
	}
	int c = (i < a.n) - (j < b.n);
	return c ? c : cc_str_cmp(a, b); /* "a01" and "a1": equal by value, still a total order */
}

bool cc_str_starts(cc_str s, cc_str prefix)
{
	return s.n >= prefix.n && cc_str_eq(cc_str_sub(s, 0, prefix.n), prefix);
}

bool cc_str_ends(cc_str s, cc_str suffix)
{
	return s.n >= suffix.n && cc_str_eq(cc_str_sub(s, s.n - suffix.n, s.n), suffix);
}

bool cc_str_starts_nocase(cc_str s, cc_str prefix)
{
	return s.n >= prefix.n && cc_str_eq_nocase(cc_str_sub(s, 0, prefix.n), prefix);
}

size_t cc_str_find_char(cc_str s, char c)
{
	const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;
	return hit ? (size_t)(hit - s.p) : CC_STR_NONE;
}

size_t cc_str_rfind_char(cc_str s, char c)
{
	for (size_t i = s.n; i-- > 0;)
		if (s.p[i] == c)
			return i;
	return CC_STR_NONE;
}

size_t cc_str_find(cc_str hay, cc_str needle)
{
	if (needle.n == 0)
		return 0;
	for (size_t from = 0; hay.n - from >= needle.n;) {
		const char *hit = memchr(hay.p + from, needle.p[0], hay.n - from - needle.n + 1);
		if (!hit)
			break;
		if (memcmp(hit, needle.p, needle.n) == 0)
			return (size_t)(hit - hay.p);
		from = (size_t)(hit - hay.p) + 1;
	}
	return CC_STR_NONE;
}

static bool in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool cc_str_has_name(cc_str text, cc_str name)
{
	for (size_t at = 0, hit; name.n && (hit = cc_str_find(cc_str_sub(text, at, text.n), name)) != CC_STR_NONE; at += hit + 1) {
		size_t begin = at + hit, end = begin + name.n;

		if ((!begin || !in_name(text.p[begin - 1])) && (end >= text.n || !in_name(text.p[end])))
			return true;
	}
	return false;
}

size_t cc_str_find_nocase(cc_str hay, cc_str needle)
{
	if (needle.n == 0)
		return 0;
	unsigned char first = lower(needle.p[0]);
	for (size_t i = 0; needle.n <= hay.n && i <= hay.n - needle.n; i++)
		if (lower(hay.p[i]) == first && cc_str_eq_nocase((cc_str){ hay.p + i, needle.n }, needle))
			return i;
	return CC_STR_NONE;
}

cc_str cc_str_trim(cc_str s)
{
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	while (s.n && is_blank(s.p[0]))
		s = (cc_str){ s.p + 1, s.n - 1 };
	return s;
}

cc_str cc_str_strip_suffix(cc_str s, cc_str suffix)
{
	if (cc_str_ends(s, suffix))
		s.n -= suffix.n;
	return s;
}

bool cc_str_cut(cc_str s, char sep, cc_str *head, cc_str *tail)
{
	size_t at = cc_str_find_char(s, sep);
	if (at == CC_STR_NONE) {
		*head = s;
		*tail = CC_STR_EMPTY;
		return false;
	}
	*head = cc_str_sub(s, 0, at);
	*tail = cc_str_sub(s, at + 1, s.n);
	return true;
}

/* Eight bytes at a time, read as little-endian on every machine, mixed by multiply and rotate; the last partial word is padded with zeros and told apart by the length in the seed. */
static uint64_t mix(uint64_t h, uint64_t word)
{
	h ^= word * UINT64_C(0x9E3779B97F4A7C15);
	h = h << 29 | h >> 35;
	return h * UINT64_C(0xBF58476D1CE4E5B9);
}

static uint64_t finish(uint64_t h)
{
	h ^= h >> 32;
	h *= UINT64_C(0x94D049BB133111EB);
	return h ^ h >> 29;
}

static uint64_t load8(const unsigned char *p)
{
	uint64_t w;
	memcpy(&w, p, 8);
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(w) : w;
}

static uint64_t load(const unsigned char *p, size_t n)
{
	uint64_t w = 0;
	for (size_t i = 0; i < n; i++)
		w |= (uint64_t)p[i] << (8 * i);
	return w;
}

uint64_t cc_str_hash(cc_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	uint64_t h = s.n * UINT64_C(0xD6E8FEB86659FD93);
	size_t n = s.n;
	for (; n >= 8; n -= 8, p += 8)
		h = mix(h, load8(p));
	if (n)
		h = mix(h, load(p, n));
	return finish(h);
}

/* Four lanes, so that no multiplication waits for another. */
static inline void mix_lanes(uint64_t lane[4], const unsigned char *p)
{
	lane[0] = mix(lane[0], load8(p));
	lane[1] = mix(lane[1], load8(p + 8));
	lane[2] = mix(lane[2], load8(p + 16));
	lane[3] = mix(lane[3], load8(p + 24));
}

uint64_t cc_str_hash_quick(cc_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	uint64_t lane[4] = { s.n, ~s.n, s.n << 32, ~s.n << 32 };
	if (s.n < 64)
		return cc_str_hash(s);
	for (size_t i = 0; i + 32 <= s.n; i += 32)
		mix_lanes(lane, p + i);
	mix_lanes(lane, p + s.n - 32); /* the rest, with what lies before it */
	return finish(mix(mix(lane[0], lane[1]), mix(lane[2], lane[3])));
}

/* Long texts that are alike differ in few places: eight bytes of each 32 are mostly among them. */
uint64_t cc_str_sample(cc_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	uint64_t h = s.n;
	if (s.n >= 8)
		h ^= load8(p) ^ load8(p + s.n - 8) << 3;
	else
		h ^= load(p, s.n) << 8;
	for (size_t i = 32; i + 8 < s.n; i += 32)
		h = (h << 7 | h >> 57) ^ load8(p + i);
	return finish(h * UINT64_C(0x9E3779B97F4A7C15));
}

uint64_t cc_str_hash_nocase(cc_str s)
{
	uint64_t h = s.n * UINT64_C(0xD6E8FEB86659FD93);
	for (size_t i = 0; i < s.n; i += 8) {
		uint64_t w = 0;
		for (size_t k = 0; k < 8 && i + k < s.n; k++)
			w |= (uint64_t)lower(s.p[i + k]) << (8 * k);
		h = mix(h, w);
	}
	return finish(h);
}
