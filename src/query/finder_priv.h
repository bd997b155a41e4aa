/* finder_priv.h - what the choice of needles' bytes and the scans of a processor share. */
#ifndef COLDCASE_QUERY_FINDER_PRIV_H
#define COLDCASE_QUERY_FINDER_PRIV_H

#include "query/finder.h"

enum { FINDER_WIDTH = 3 };

typedef size_t finder_scan(const cc_finder *f, const unsigned char *p, size_t n, size_t from, size_t *needle);

struct cc_finder {
	cc_str needles[CC_FINDER_MAX];
	size_t count, min_length;
	bool icase;
	/* the bytes [at, at + width) of every needle are its fingerprint; bit i of prints[k][c]: needle i may have
	 * byte c at place at + k */
	size_t at, width;
	uint16_t prints[FINDER_WIDTH][256];
	/* one needle: its two rarest bytes, and 0x20 where the case of the byte does not count */
	size_t rare[2];
	unsigned char rare_byte[2], rare_fold[2];
	/* several needles: for the halves of a byte, which of eight groups of needles may have it at place at + k */
	unsigned char low[FINDER_WIDTH][16], high[FINDER_WIDTH][16];
	finder_scan *scan;
	char *bytes; /* of the needles */
};

/* Does a needle begin at p + i and end by p + n? Asks the fingerprints first; i <= n. */
bool cc_finder_at(const cc_finder *f, const unsigned char *p, size_t n, size_t i, size_t *needle);
finder_scan cc_finder_portable;
/* The scan for this processor, the portable one where there is no better. */
finder_scan *cc_finder_scan_for(const cc_finder *f, cc_finder_level level);

#endif
