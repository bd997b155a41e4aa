/* rng.c - xoshiro256** and distributions that give the same bits everywhere.
 *
 * Only operations that IEEE 754 rounds exactly are used on doubles (+ - * / sqrt and conversions), in a fixed order and
 * without fused multiply-add, so forged incidents are the same byte for byte on every machine. libm's log and exp are not
 * (they differ in the last bit between C libraries), hence the two series below; they are good to about 1e-15. */
#include "coldcase/rng.h"

#include <float.h>
#include <math.h>
#include <string.h>
#include "coldcase/str.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF /* gcc has contraction off under -std=c17 */
#endif

#if FLT_EVAL_METHOD != 0
#error "the distributions need doubles evaluated as doubles (on 32-bit x86 use -msse2 -mfpmath=sse)"
#endif

static uint64_t split_mix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

void cc_rng_init(cc_rng *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		r->s[i] = split_mix(&seed);
}

void cc_rng_init_named(cc_rng *r, uint64_t seed, const char *name)
{
	cc_rng_init(r, split_mix(&seed) ^ cc_str_hash(cc_str_from(name)));
}

static uint64_t rotl(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

uint64_t cc_rng_u64(cc_rng *r)
{
	uint64_t result = rotl(r->s[1] * 5, 7) * 9, t = r->s[1] << 17;
	r->s[2] ^= r->s[0];
	r->s[3] ^= r->s[1];
	r->s[1] ^= r->s[2];
	r->s[0] ^= r->s[3];
	r->s[2] ^= t;
	r->s[3] = rotl(r->s[3], 45);
	return result;
}

/* Draws again in the incomplete last multiple of n. */
uint64_t cc_rng_below(cc_rng *r, uint64_t n)
{
	uint64_t skip = (UINT64_MAX % n + 1) % n, v;
	do
		v = cc_rng_u64(r);
	while (v < skip);
	return v % n;
}

int64_t cc_rng_between(cc_rng *r, int64_t lo, int64_t hi)
{
	uint64_t span = (uint64_t)hi - (uint64_t)lo;
	uint64_t step = span == UINT64_MAX ? cc_rng_u64(r) : cc_rng_below(r, span + 1);
	return (int64_t)((uint64_t)lo + step);
}

double cc_rng_unit(cc_rng *r)
{
	return (double)(cc_rng_u64(r) >> 11) * 0x1p-53;
}

static const double ln2 = 0.693147180559945309417232121458;

/* ln x for normal x > 0: x = m * 2^e with m in [sqrt 1/2, sqrt 2), ln m = 2 atanh((m-1)/(m+1)). */
static double natural_log(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	int e = (int)(bits >> 52 & 0x7FF) - 1023;
	bits = (bits & UINT64_C(0xFFFFFFFFFFFFF)) | UINT64_C(1023) << 52;
	double m;
	memcpy(&m, &bits, sizeof m);
	if (m > 1.41421356237309514547) {
		m *= 0.5;
		e++;
	}
	double s = (m - 1.0) / (m + 1.0), square = s * s, sum = 0.0;
	for (int k = 21; k >= 1; k -= 2)
		sum = sum * square + 1.0 / k;
	return 2.0 * s * sum + e * ln2;
}

/* e^x: x = k ln 2 + f with |f| <= ln 2 / 2, Taylor series for e^f, times 2^k. */
static double exponential(double x)
{
	if (x > 700.0)
		x = 700.0;
	if (x < -700.0)
		x = -700.0;
	int64_t k = (int64_t)(x / ln2 + (x < 0 ? -0.5 : 0.5));
	double f = x - (double)k * ln2, sum = 1.0;
	for (int i = 14; i >= 1; i--)
		sum = 1.0 + sum * f / i;
	uint64_t bits = (uint64_t)(k + 1023) << 52;
	double scale;
	memcpy(&scale, &bits, sizeof scale);
	return sum * scale;
}

double cc_rng_exp(cc_rng *r, double mean)
{
	return -mean * natural_log(1.0 - cc_rng_unit(r));
}

/* Marsaglia's polar method; the second number of each pair is not kept, so that a stream's state is its four words. */
double cc_rng_normal(cc_rng *r, double mean, double sd)
{
	double u, v, s;
	do {
		u = 2.0 * cc_rng_unit(r) - 1.0;
		v = 2.0 * cc_rng_unit(r) - 1.0;
		s = u * u + v * v;
	} while (s >= 1.0 || s == 0.0);
	return mean + sd * (u * sqrt(-2.0 * natural_log(s) / s));
}

double cc_rng_lognormal(cc_rng *r, double median, double sigma)
{
	double z = cc_rng_normal(r, 0.0, 1.0);
	return median * exponential(sigma * z);
}
