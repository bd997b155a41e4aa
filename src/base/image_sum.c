/* image_sum.c - the checksum of images: eight lanes, each a chain of steps that can be undone.
 *
 * A step is (lane ^ word) times an odd number, turned: for a given word it maps lanes one to one, and for a given lane
 * words. So two texts that differ in one word end in different lanes. Eight chains keep a multiplier busy all the time;
 * they are written out because the compiler keeps an array of them in memory. */
#include "base/image_priv.h"

#include <string.h>

#define ODD UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t step(uint64_t lane, uint64_t word)
{
	lane = (lane ^ word) * ODD;
	return lane << 29 | lane >> 35;
}

static inline uint64_t step_at(uint64_t lane, const unsigned char *p)
{
	uint64_t word;
	memcpy(&word, p, sizeof word);
	return step(lane, word);
}

uint64_t cc_image_sum(const void *data, size_t n)
{
	const unsigned char *p = data;
	unsigned char last[64] = { 0 };
	uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;
	for (size_t left = n;; left -= 64, p += 64) {
		if (left < 64)
			p = memcpy(last, p, left); /* filled with zeros; the length tells them from others */
		a = step_at(a, p);
		b = step_at(b, p + 8);
		c = step_at(c, p + 16);
		d = step_at(d, p + 24);
		e = step_at(e, p + 32);
		f = step_at(f, p + 40);
		g = step_at(g, p + 48);
		h = step_at(h, p + 56);
		if (left < 64)
			break;
	}
	uint64_t sum = step(step(step(step(n, a), b), c), d);
	sum = step(step(step(step(sum, e), f), g), h); /* a lane that differs still shows: each step maps one to one */
	sum = (sum ^ sum >> 33) * ODD;
	return sum ^ sum >> 29;
}
