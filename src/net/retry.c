/* retry.c - how long to wait for another try.
 *
 * Full jitter: many agents that were turned away together do not come back together. */
#include <time.h>

#include "net/model_priv.h"

static int64_t at_most(int64_t v, int64_t limit)
{
	return v < limit ? v : limit;
}

int64_t retry_wait_ns(cc_rng *rng, const cc_model_options *o, int next, int64_t retry_after_ns)
{
	int64_t range = at_most(o->retry_base_ns, o->retry_max_ns);
	for (int i = 2; i < next && range < o->retry_max_ns; i++)
		range = at_most(range * 2, o->retry_max_ns);
	int64_t wait = range > 0 ? (int64_t)cc_rng_below(rng, (uint64_t)range) : 0;
	if (retry_after_ns > 0) /* never before the time it said; the random part after it is that of the first back-off */
		wait = retry_after_ns + at_most(wait, o->retry_base_ns);
	return at_most(wait, o->retry_max_ns);
}

bool retry_sleep(void *ctx, int64_t ns, cc_cancel *cancel)
{
	const int64_t slice = 50 * 1000000;
	(void)ctx;
	while (ns > 0 && !cc_canceled(cancel)) {
		struct timespec t = { 0, (long)at_most(ns, slice) };
		nanosleep(&t, NULL);
		ns -= slice;
	}
	return !cc_canceled(cancel);
}
