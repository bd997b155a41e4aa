/* error_rise.c - the one best place to part the errors before a moment into few and many.
 *
 * Errors are counted in slices of time. Of all places to part them, the likeliest is where two steady rates (Poisson) explain the
 * counts best; it stands when they explain them far better than one rate does and the second is several times the first. */
#include "coldcase/error_rise.h"

#include <math.h>

#include "coldcase/logs.h"
#include "coldcase/spans.h"
#include "coldcase/time.h"
#include "coldcase/xalloc.h"

enum { SLICES = 1024, LEAST_ERRORS = 8, TIMES_MORE = 3 };
static const double CLEARLY = 8;                         /* logarithm of the odds of two rates against one */
static const int64_t LEAST_LEAD_NS = 20 * CC_NS_PER_S;   /* less is no news to who looks at slices of a capture */

typedef struct slices {
	cc_range range;
	double count[SLICES];
	int64_t first[SLICES];   /* the first error in it */
} slices;

static void take(slices *z, int64_t time_ns)
{
	double share;
	size_t i;

	if (time_ns < z->range.from_ns || time_ns >= z->range.to_ns)
		return;
	share = ((double)time_ns - (double)z->range.from_ns) / ((double)z->range.to_ns - (double)z->range.from_ns);
	i = (size_t)(share * SLICES);
	i = i < SLICES ? i : SLICES - 1;
	if (z->count[i]++ == 0 || time_ns < z->first[i])
		z->first[i] = time_ns;
}

static void count_errors(slices *z, const cc_snapshot *s)
{
	if (cc_spans_have_status(s)) {
		for (size_t i = 0, n = cc_spans_lower_bound(s, z->range.to_ns); i < n; i++)
			if (cc_spans_get(s, i)->status == CC_STATUS_ERROR)
				take(z, cc_spans_get(s, i)->start_ns);
		return;
	}
	for (size_t i = 0; i < cc_logs_count(s); i++)
		if (cc_logs_get(s, i)->level >= CC_LEVEL_ERROR)
			take(z, cc_logs_get(s, i)->time_ns);
}

/* Logarithm of the likelihood of n events in a length of time, up to what no parting changes. */
static double likelihood(double n, double length)
{
	return n > 0 ? n * log(n / length) : 0;
}

static int64_t best_parting(const slices *z)
{
	double total = 0, before = 0, best = CLEARLY;
	size_t at = SLICES;

	for (size_t i = 0; i < SLICES; i++)
		total += z->count[i];
	for (size_t i = 0; i < SLICES; before += z->count[i++]) {
		double left = (double)i, right = (double)(SLICES - i), after = total - before;
		double gain = likelihood(before, left) + likelihood(after, right) - likelihood(total, SLICES);

		if (i == 0 || z->count[i] == 0 || after < LEAST_ERRORS || after / right < TIMES_MORE * before / left || gain <= best)
			continue;
		best = gain;
		at = i;
	}
	return at < SLICES ? z->first[at] : CC_TIME_NONE;
}

int64_t cc_error_rise(const cc_snapshot *s, int64_t until_ns)
{
	slices *z = cc_calloc(1, sizeof *z);
	int64_t at = CC_TIME_NONE;

	if (!z)
		return at;
	z->range = (cc_range){ cc_snapshot_range(s).from_ns, until_ns };
	if (z->range.from_ns != CC_TIME_NONE && until_ns != CC_TIME_NONE && z->range.from_ns < until_ns) {
		count_errors(z, s);
		at = best_parting(z);
	}
	cc_free(z);
	return at != CC_TIME_NONE && until_ns - at >= LEAST_LEAD_NS ? at : CC_TIME_NONE;
}
