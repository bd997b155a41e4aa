/* search.c - how many records of one file match, read from the file as it lies there: what rg -c counts in lines.
 *
 *   search [-i] [--threads N] PATTERN FILE      prints "N records"; of one record several lines may match */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coldcase/search.h"

int main(int argc, char **argv)
{
	cc_search_options opt = { .flags = 0 };
	cc_search_counts counts;
	cc_err err;
	int at = 1;
	cc_err_clear(&err);
	for (; at < argc && argv[at][0] == '-'; at++) {
		if (strcmp(argv[at], "-i") == 0)
			opt.flags |= CC_REGEX_ICASE;
		else if (strcmp(argv[at], "--threads") == 0 && at + 1 < argc)
			opt.threads = (unsigned)atoi(argv[++at]);
	}
	if (argc - at != 2) {
		fprintf(stderr, "usage: search [-i] [--threads N] PATTERN FILE\n");
		return 2;
	}
	if (cc_search_file(argv[at + 1], cc_str_from(argv[at]), &opt, &counts, &err) != CC_OK) {
		fprintf(stderr, "search: %s\n", err.message);
		return 1;
	}
	printf("%llu records\n", (unsigned long long)counts.matched);
	return 0;
}
