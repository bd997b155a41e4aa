/* compare_sync.c - which moments of several runs belong together; see compare.h.
 *
 * A position is a number, and where each run stands there depends on it alone: going back is going to a smaller one. */
#include <stdlib.h>

#include "casefile/compare_priv.h"

/* --- the clock --- */

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

bool cc_compare_merge_clocks(cc_compare *c)
{
	size_t n = 0;
	for (size_t run = 0; run < c->count; run++) {
		const times *t = &c->runs[run].clock;
		for (size_t i = 0; i < t->n; i++)
			if ((!i || t->p[i] != t->p[i - 1]) && !cc_vec_push(&c->times, t->p[i]))
				return false;
	}
	if (c->times.n)
		qsort(c->times.p, c->times.n, sizeof *c->times.p, by_time);
	for (size_t i = 0; i < c->times.n; i++)
		if (!n || c->times.p[i] != c->times.p[n - 1])
			c->times.p[n++] = c->times.p[i];
	c->times.n = n;
	return true;
}

/* How many of the times are at most `until`. */
static size_t count_until(const times *t, int64_t until)
{
	size_t low = 0, high = t->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (t->p[mid] <= until)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* --- what both saw --- */

/* Of what run `other` saw too, what the lead came to see last, up to a step: where the other first saw it. Of several things
 * seen at once, what the other saw first. False when there is none. */
static bool last_shared(const cc_sighting_vec *all, size_t lead, size_t other, uint64_t until, uint64_t *out)
{
	uint64_t latest = 0;
	for (size_t k = 0; k < all->n; k++) {
		uint64_t mine = all->p[k].step[lead], theirs = all->p[k].step[other];
		if (!mine || !theirs || mine > until || mine < latest)
			continue;
		if (mine > latest || theirs < *out)
			*out = theirs;
		latest = mine;
	}
	return latest > 0;
}

static bool share_records(const cc_compare *c, size_t lead, size_t other)
{
	for (size_t k = 0; k < c->cites.n; k++)
		if (c->cites.p[k].step[lead] && c->cites.p[k].step[other])
			return true;
	return false;
}

/* Records are what counts; runs that have none in common are kept together by the things they saw. */
static size_t beside(const cc_compare *c, size_t lead, size_t other, size_t at)
{
	uint64_t step = 0;
	const cc_sighting_vec *all = share_records(c, lead, other) ? &c->cites : &c->entities;
	return last_shared(all, lead, other, at, &step) ? (size_t)step : 0;
}

/* --- positions --- */

size_t cc_compare_last(const cc_compare *c, cc_sync how, size_t lead)
{
	size_t most = 0;
	if (how == CC_SYNC_CLOCK)
		return c->times.n;
	if (how == CC_SYNC_EVIDENCE)
		return c->runs[lead].clock.n + 1;       /* past its last step the others come to their ends */
	for (size_t run = 0; run < c->count; run++)
		most = c->runs[run].clock.n > most ? c->runs[run].clock.n : most;
	return most;
}

static size_t steps_of(const cc_compare *c, cc_sync how, size_t lead, size_t run, size_t at)
{
	const times *clock = &c->runs[run].clock;
	if (at >= cc_compare_last(c, how, lead))
		return clock->n;
	if (how == CC_SYNC_CLOCK)
		return at ? count_until(clock, c->times.p[at - 1]) : 0;
	if (how == CC_SYNC_EVIDENCE && run != lead)
		return beside(c, lead, run, at);
	return at < clock->n ? at : clock->n;
}

void cc_compare_align(const cc_compare *c, cc_sync how, size_t lead, size_t at, size_t steps[CC_COMPARE_MAX])
{
	for (size_t run = 0; run < c->count; run++)
		steps[run] = steps_of(c, how, lead, run, at);
}

size_t cc_compare_position(const cc_compare *c, cc_sync how, size_t lead, size_t run, size_t steps)
{
	size_t last = cc_compare_last(c, how, lead);
	const times *clock = &c->runs[run].clock;
	if (!steps || how == CC_SYNC_STEP || (how == CC_SYNC_EVIDENCE && run == lead))
		return steps < last ? steps : last;
	if (how == CC_SYNC_CLOCK)
		return steps <= clock->n ? count_until(&c->times, clock->p[steps - 1]) : last;
	for (size_t at = 0; at < last; at++)    /* by evidence the others may go back: the first time counts */
		if (beside(c, lead, run, at) >= steps)
			return at;
	return last;
}

int64_t cc_compare_clock(const cc_compare *c, cc_sync how, size_t lead, size_t at)
{
	int64_t latest = 0;
	for (size_t run = 0; run < c->count; run++) {
		size_t n = steps_of(c, how, lead, run, at);
		if (n && c->runs[run].clock.p[n - 1] > latest)
			latest = c->runs[run].clock.p[n - 1];
	}
	return latest;
}
