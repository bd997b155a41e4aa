/* test_finder.c - every scan against a naive one: small alphabets, all places and lengths, buffers that end at a guard
 * page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "coldcase/rng.h"
#include "query/finder.h"

static const cc_finder_level levels[] = { CC_FINDER_BEST, CC_FINDER_SSSE3, CC_FINDER_SSE2, CC_FINDER_PORTABLE };
enum { LEVELS = 4 };

static size_t naive(const cc_str *needles, size_t count, bool icase, cc_str hay, size_t from, size_t *which)
{
	for (size_t i = from; i < hay.n; i++)
		for (size_t k = 0; k < count; k++) {
			cc_str at = cc_str_sub(hay, i, i + needles[k].n);
			if (icase ? cc_str_eq_nocase(at, needles[k]) : cc_str_eq(at, needles[k])) {
				*which = k;
				return i;
			}
		}
	return CC_STR_NONE;
}

/* All occurrences, by every scan, beginning at every place. */
static void compare(const cc_str *needles, size_t count, bool icase, cc_str hay)
{
	for (size_t l = 0; l < LEVELS; l++) {
		cc_finder *f = cc_finder_new(needles, count, icase, levels[l]);
		assert_non_null(f);
		for (size_t from = 0; from <= hay.n + 1; from++) {
			size_t expected_needle = 99, needle = 99;
			size_t expected = naive(needles, count, icase, hay, from, &expected_needle);
			assert_int_equal(cc_finder_next(f, hay, from, &needle), expected);
			if (expected != CC_STR_NONE) {
				assert_int_equal(needle, expected_needle);
				from = expected;
			}
		}
		cc_finder_free(f);
	}
}

/* Two pages of which only the first may be touched, behind one that may not. */
static char *guarded(size_t *size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(p, MAP_FAILED);
	assert_int_equal(mprotect(p + page, page, PROT_READ | PROT_WRITE), 0);
	*size = page;
	return p + page;
}

static void fill(cc_rng *rng, char *p, size_t n, const char *alphabet)
{
	size_t letters = strlen(alphabet);
	for (size_t i = 0; i < n; i++)
		p[i] = alphabet[cc_rng_below(rng, letters)];
}

static size_t random_needles(cc_rng *rng, cc_str *out, char bytes[][24], size_t most, const char *alphabet)
{
	size_t count = 1 + cc_rng_below(rng, most);
	for (size_t i = 0; i < count; i++) {
		size_t n = 1 + cc_rng_below(rng, cc_rng_below(rng, 4) ? 4 : 24);
		fill(rng, bytes[i], n, alphabet);
		out[i] = (cc_str){ bytes[i], n };
	}
	return count;
}

static void random_data_against_the_naive_scan(void **state)
{
	(void)state;
	static const char *const alphabets[] = { "ab", "aAbB", "abcdefgh", "kK@`[{aA", "a\xc3\xa9\xff" };
	cc_rng rng;
	cc_rng_init(&rng, 11);
	size_t size;
	char *page = guarded(&size);
	for (int round = 0; round < 6000; round++) {
		char bytes[CC_FINDER_MAX][24];
		cc_str needles[CC_FINDER_MAX];
		const char *alphabet = alphabets[cc_rng_below(&rng, 5)];
		size_t count = random_needles(&rng, needles, bytes, round % 2 ? 1 : CC_FINDER_MAX, alphabet);
		size_t n = cc_rng_below(&rng, round % 8 ? 100 : 400);
		/* at the end of the page a byte read too many is fatal, at its beginning a byte before it */
		char *p = round % 3 ? page + size - n : page + cc_rng_below(&rng, 17);
		fill(&rng, p, n, alphabet);
		compare(needles, count, cc_rng_below(&rng, 2) != 0, (cc_str){ p, n });
	}
	munmap(page - size, 3 * size);
}

/* One occurrence in a buffer of other bytes, at each place of buffers of each length: no border of a vector hides
 * it. */
static void each_place_of_each_length(void **state)
{
	(void)state;
	static const char *const texts[] = { "x", "xy", "refused", "Connection refused by peer, again" };
	size_t size;
	char *page = guarded(&size);
	for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
		cc_str needles[2] = { cc_str_from(texts[t]), CC_STR("qqqq") };
		for (size_t count = 1; count <= 2; count++)
			for (size_t n = needles[0].n; n < 150; n++) {
				char *p = page + size - n;
				for (size_t at = 0; at + needles[0].n <= n; at++) {
					memset(p, '.', n);
					memcpy(p + at, texts[t], needles[0].n);
					for (size_t l = 0; l < LEVELS; l++) {
						cc_finder *f = cc_finder_new(needles, count, t % 2, levels[l]);
						assert_int_equal(cc_finder_next(f, (cc_str){ p, n }, 0, NULL), at);
						cc_str whole = { p, n }, cut = { p, n - 1 };
						assert_int_equal(cc_finder_next(f, whole, at + 1, NULL), CC_STR_NONE);
						assert_int_equal(cc_finder_next(f, cut, 0, NULL),
							at + needles[0].n < n ? at : CC_STR_NONE);
						cc_finder_free(f);
					}
				}
			}
	}
	munmap(page - size, 3 * size);
}

/* Every byte as a needle in every other: only letters have two cases, and only without regard to case. */
static void each_byte_against_each(void **state)
{
	(void)state;
	for (int a = 0; a < 256; a++)
		for (int icase = 0; icase < 2; icase++) {
			char c = (char)a, hay[40];
			cc_str needles[2] = { { &c, 1 }, { &c, 1 } };
			for (size_t l = 0; l < LEVELS; l++)
				for (size_t count = 1; count <= 2; count++) {
					cc_finder *f = cc_finder_new(needles, count, icase, levels[l]);
					for (int b = 0; b < 256; b++) {
						memset(hay, a == 'z' ? '0' : 'z', sizeof hay);
						if (icase && a == 'Z')
							memset(hay, '0', sizeof hay);
						hay[20] = (char)b;
						char other = (char)b;
						cc_str one = { &other, 1 };
						bool equal = icase ? cc_str_eq_nocase(one, needles[0]) : a == b;
						if (b == (unsigned char)hay[0])
							continue;
						one = (cc_str){ hay, sizeof hay };
						size_t expected = equal ? 20 : CC_STR_NONE;
						assert_int_equal(cc_finder_next(f, one, 0, NULL), expected);
					}
					cc_finder_free(f);
				}
		}
}

static void refuses_what_is_no_needle(void **state)
{
	(void)state;
	cc_str needles[CC_FINDER_MAX + 1];
	for (size_t i = 0; i <= CC_FINDER_MAX; i++)
		needles[i] = CC_STR("a");
	assert_null(cc_finder_new(needles, 0, false, CC_FINDER_BEST));
	assert_null(cc_finder_new(needles, CC_FINDER_MAX + 1, false, CC_FINDER_BEST));
	needles[1] = CC_STR_EMPTY;
	assert_null(cc_finder_new(needles, 2, false, CC_FINDER_BEST));
	cc_finder_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_data_against_the_naive_scan),
		cmocka_unit_test(each_place_of_each_length),
		cmocka_unit_test(each_byte_against_each),
		cmocka_unit_test(refuses_what_is_no_needle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
