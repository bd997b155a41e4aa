/* rng.h - seeded random numbers that are the same on every machine and compiler.
 *
 * xoshiro256** 1.0 (Blackman & Vigna, public domain), seeded by SplitMix64. No floating-point library function whose result
 * may differ between C libraries is used by the distributions (own log/exp by table and polynomial). */
#ifndef COLDCASE_RNG_H
#define COLDCASE_RNG_H

#include <stdint.h>

typedef struct cc_rng { uint64_t s[4]; } cc_rng;

void cc_rng_init(cc_rng *r, uint64_t seed);
/* An independent stream: same seed and name, same numbers, whatever was drawn elsewhere. */
void cc_rng_init_named(cc_rng *r, uint64_t seed, const char *name);
uint64_t cc_rng_u64(cc_rng *r);
uint64_t cc_rng_below(cc_rng *r, uint64_t n);            /* uniform in [0, n), n > 0, without modulo bias */
int64_t cc_rng_between(cc_rng *r, int64_t lo, int64_t hi); /* uniform in [lo, hi] */
double cc_rng_unit(cc_rng *r);                           /* [0, 1), 53 bits */
double cc_rng_exp(cc_rng *r, double mean);               /* exponential */
double cc_rng_normal(cc_rng *r, double mean, double sd);
double cc_rng_lognormal(cc_rng *r, double median, double sigma); /* median * e^(sigma * N(0,1)) */

#endif
