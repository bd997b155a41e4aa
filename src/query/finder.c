/* finder.c - looks for the bytes of the needles that telemetry has least of, and compares the rest only there.
 *
 * Which bytes are rare is a fixed table, so that the same search does the same work everywhere. Needles are few and
 * short; what is prepared for them costs some microseconds once. */
#include "query/finder_priv.h"

#include <string.h>
#include "coldcase/xalloc.h"

/* 16 log2 of a byte's share, plus 255, over the logs, spans and events of a forged incident; 0 = did not occur. */
static const unsigned char commonness[256] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 162, 96, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	176, 1, 195, 1, 4, 1, 0, 187, 29, 29, 1, 11, 165, 170, 175, 121,
	166, 173, 171, 154, 160, 162, 153, 154, 164, 154, 177, 1, 0, 59, 0, 42,
	41, 70, 39, 106, 86, 103, 98, 90, 77, 99, 60, 46, 72, 64, 90, 95,
	102, 43, 64, 102, 132, 91, 107, 50, 27, 56, 112, 120, 44, 120, 0, 113,
	0, 177, 148, 170, 173, 195, 156, 138, 124, 164, 100, 150, 155, 168, 175, 177,
	169, 97, 177, 174, 179, 149, 145, 112, 109, 139, 79, 140, 1, 140, 0, 0,
};

static bool is_letter(unsigned char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

static unsigned how_common(const cc_finder *f, unsigned char c)
{
	unsigned char other = f->icase && is_letter(c) ? commonness[c ^ 0x20] : 0;
	return commonness[c] > other ? commonness[c] : other;
}

static unsigned char byte_of(const cc_finder *f, size_t needle, size_t i)
{
	return (unsigned char)f->needles[needle].p[i];
}

static void choose_rare_pair(cc_finder *f)
{
	size_t n = f->needles[0].n;
	for (size_t k = 0; k < 2; k++) {
		unsigned best = UINT32_MAX;
		for (size_t i = 0; i < n; i++) {
			unsigned char c = byte_of(f, 0, i);
			/* the same byte twice says less than another one */
			unsigned cost = how_common(f, c) + (k == 1 && c == f->rare_byte[0] ? 256 : 0);
			if ((k == 0 || i != f->rare[0] || n == 1) && cost < best) {
				best = cost;
				f->rare[k] = i;
			}
		}
		f->rare_byte[k] = byte_of(f, 0, f->rare[k]);
		f->rare_fold[k] = f->icase && is_letter(f->rare_byte[k]) ? 0x20 : 0;
	}
}

/* The place at which the most common fingerprint of all needles is rarest. */
static void choose_fingerprint(cc_finder *f)
{
	unsigned best = UINT32_MAX;
	f->width = f->min_length < FINDER_WIDTH ? f->min_length : FINDER_WIDTH;
	for (size_t at = 0; at + f->width <= f->min_length; at++) {
		unsigned worst = 0;
		for (size_t i = 0; i < f->count; i++) {
			unsigned sum = 0;
			for (size_t k = 0; k < f->width; k++)
				sum += how_common(f, byte_of(f, i, at + k));
			worst = sum > worst ? sum : worst;
		}
		if (worst < best) {
			best = worst;
			f->at = at;
		}
	}
}

static void note_print(cc_finder *f, size_t needle, size_t k, unsigned char c)
{
	unsigned char group = (unsigned char)(1u << needle % 8);
	f->prints[k][c] |= (uint16_t)(1u << needle);
	f->low[k][c & 15] |= group;
	f->high[k][c >> 4] |= group;
}

static void fill_prints(cc_finder *f)
{
	for (size_t i = 0; i < f->count; i++)
		for (size_t k = 0; k < f->width; k++) {
			unsigned char c = byte_of(f, i, f->at + k);
			note_print(f, i, k, c);
			if (f->icase && is_letter(c))
				note_print(f, i, k, c ^ 0x20);
		}
}

static bool copy_needles(cc_finder *f, const cc_str *needles)
{
	size_t total = 0, at = 0;
	for (size_t i = 0; i < f->count; i++)
		total += needles[i].n;
	f->bytes = cc_malloc(total);
	if (!f->bytes)
		return false;
	f->min_length = SIZE_MAX;
	for (size_t i = 0; i < f->count; i++) {
		size_t n = needles[i].n;
		for (size_t k = 0; k < n; k++)
			f->bytes[at + k] = f->icase ? (char)lower((unsigned char)needles[i].p[k]) : needles[i].p[k];
		f->needles[i] = (cc_str){ f->bytes + at, n };
		f->min_length = n < f->min_length ? n : f->min_length;
		at += n;
	}
	return f->min_length > 0;
}

cc_finder *cc_finder_new(const cc_str *needles, size_t count, bool icase, cc_finder_level level)
{
	cc_finder *f = count > 0 && count <= CC_FINDER_MAX ? cc_calloc(1, sizeof *f) : NULL;
	if (!f)
		return NULL;
	f->count = count;
	f->icase = icase;
	if (!copy_needles(f, needles)) {
		cc_finder_free(f);
		return NULL;
	}
	choose_rare_pair(f);
	choose_fingerprint(f);
	fill_prints(f);
	f->scan = cc_finder_scan_for(f, level);
	return f;
}

void cc_finder_free(cc_finder *f)
{
	if (!f)
		return;
	cc_free(f->bytes);
	cc_free(f);
}

static bool same(const cc_finder *f, const unsigned char *p, cc_str needle)
{
	if (!f->icase)
		return memcmp(p, needle.p, needle.n) == 0;
	for (size_t i = 0; i < needle.n; i++)
		if (lower(p[i]) != (unsigned char)needle.p[i])
			return false;
	return true;
}

bool cc_finder_at(const cc_finder *f, const unsigned char *p, size_t n, size_t i, size_t *needle)
{
	if (f->min_length > n - i)
		return false;
	unsigned fits = f->prints[0][p[i + f->at]];
	for (size_t k = 1; k < f->width && fits; k++)
		fits &= f->prints[k][p[i + f->at + k]];
	for (; fits; fits &= fits - 1) {
		size_t which = (size_t)__builtin_ctz(fits);
		if (f->needles[which].n <= n - i && same(f, p + i, f->needles[which])) {
			*needle = which;
			return true;
		}
	}
	return false;
}

/* One needle whose case counts: the C library's memchr is the fastest thing there is for its rarest byte. */
static size_t scan_by_memchr(const cc_finder *f, const unsigned char *p, size_t n, size_t from, size_t *needle)
{
	size_t last = n - f->min_length, rare = f->rare[0];
	while (from <= last) {
		const unsigned char *hit = memchr(p + from + rare, f->rare_byte[0], last - from + 1);
		if (!hit)
			return CC_STR_NONE;
		from = (size_t)(hit - p) - rare;
		if (cc_finder_at(f, p, n, from, needle))
			return from;
		from++;
	}
	return CC_STR_NONE;
}

size_t cc_finder_portable(const cc_finder *f, const unsigned char *p, size_t n, size_t from, size_t *needle)
{
	if (f->count == 1 && !f->rare_fold[0])
		return scan_by_memchr(f, p, n, from, needle);
	for (size_t last = n - f->min_length; from <= last; from++)
		if (f->prints[0][p[from + f->at]] && cc_finder_at(f, p, n, from, needle))
			return from;
	return CC_STR_NONE;
}

size_t cc_finder_next(const cc_finder *f, cc_str hay, size_t from, size_t *needle)
{
	size_t which = 0;
	if (hay.n < f->min_length || from > hay.n - f->min_length)
		return CC_STR_NONE;
	return f->scan(f, (const unsigned char *)hay.p, hay.n, from, needle ? needle : &which);
}

size_t cc_finder_count(const cc_finder *f)
{
	return f->count;
}

cc_str cc_finder_needle(const cc_finder *f, size_t i)
{
	return f->needles[i];
}

bool cc_finder_icase(const cc_finder *f)
{
	return f->icase;
}
