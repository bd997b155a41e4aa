/* search.c - how long counting the records of a file that match takes: build/release/tests/bench/search FILE
 * PATTERN...
 *
 * Every pattern is searched with one and with two threads, in turn, ROUNDS times (environment, default 9); the medians
 * are printed with the count. A pattern that begins with "-i " is searched without regard to case, and with COLUMN in
 * the environment that column alone is searched, decoded. Beside it: rg --no-mmap -c PATTERN FILE, which counts
 * lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coldcase/clock.h"
#include "coldcase/search.h"

enum { ROUNDS_MAX = 99 };

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static int64_t search_once(const char *file, const char *pattern, unsigned threads, cc_search_counts *counts)
{
	bool icase = strncmp(pattern, "-i ", 3) == 0;
	cc_search_options opt = { .flags = icase ? CC_REGEX_ICASE : 0, .threads = threads, .column = getenv("COLUMN") };
	cc_err err;
	cc_err_clear(&err);
	int64_t begin = cc_clock_mono_ns();
	if (cc_search_file(file, cc_str_from(icase ? pattern + 3 : pattern), &opt, counts, &err) != CC_OK) {
		fprintf(stderr, "%s\n", err.message);
		exit(1);
	}
	return cc_clock_mono_ns() - begin;
}

int main(int argc, char **argv)
{
	const char *asked = getenv("ROUNDS");
	int rounds = asked ? atoi(asked) : 9;
	if (argc < 3 || rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: %s FILE PATTERN...\n", argv[0]);
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		int64_t took[2][ROUNDS_MAX];
		cc_search_counts counts;
		search_once(argv[1], argv[i], 2, &counts); /* the page cache is warm from here on */
		for (int k = 0; k < rounds; k++)
			for (unsigned t = 0; t < 2; t++)
				took[t][k] = search_once(argv[1], argv[i], t + 1, &counts);
		for (unsigned t = 0; t < 2; t++) {
			qsort(took[t], (size_t)rounds, sizeof took[t][0], ascending);
			printf("%.4f s  %u thread%s  ", (double)took[t][rounds / 2] / 1e9, t + 1, t ? "s" : " ");
		}
		printf("%llu of %llu records  %s\n", (unsigned long long)counts.matched,
			(unsigned long long)counts.records, argv[i]);
	}
	return 0;
}
