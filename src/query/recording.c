/* recording.c - see recording.h. Spans and logs are asked by bisection: it costs the same however many there are. */
#include "coldcase/recording.h"

#include "coldcase/logs.h"
#include "coldcase/spans.h"

enum { FINE = 240 };

/* How many spans and records there are before a moment. */
static size_t before(const cc_snapshot *s, int64_t ns)
{
	return cc_spans_lower_bound(s, ns) + cc_logs_lower_bound(s, ns);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a == CC_TIME_NONE || (b != CC_TIME_NONE && b < a) ? b : a;
}

static int64_t later(int64_t a, int64_t b)
{
	return a == CC_TIME_NONE || b > a ? b : a;
}

/* The first at or after a moment, or (last) the last before it; CC_TIME_NONE without any. */
static int64_t nearest(const cc_snapshot *s, int64_t ns, bool last)
{
	size_t span = cc_spans_lower_bound(s, ns), log = cc_logs_lower_bound(s, ns);
	const cc_span *sp = last ? (span ? cc_spans_get(s, span - 1) : NULL) : cc_spans_get(s, span);
	const cc_logrec *l = last ? (log ? cc_logs_get(s, log - 1) : NULL) : cc_logs_get(s, log);
	int64_t a = sp ? sp->start_ns : CC_TIME_NONE, b = l ? l->time_ns : CC_TIME_NONE;
	return last ? later(a, b) : earlier(a, b);
}

static cc_range silence_in(const cc_snapshot *s, cc_range w)
{
	int64_t slice = (w.to_ns - w.from_ns) / FINE;
	size_t best = 0, at = 0, run = 0, count = before(s, w.from_ns);
	for (size_t i = 0; slice > 0 && i < FINE; i++) {
		size_t next = before(s, w.from_ns + slice * (int64_t)(i + 1));
		run = next == count ? run + 1 : 0;
		count = next;
		if (run > best) {
			best = run;
			at = i + 1 - run;
		}
	}
	if (best < FINE / 3 || best == FINE)
		return (cc_range){ CC_TIME_NONE, CC_TIME_NONE };
	int64_t inside = w.from_ns + slice * (int64_t)at, from = nearest(s, inside, true), to = nearest(s, inside, false);
	return from == CC_TIME_NONE || to == CC_TIME_NONE ? (cc_range){ CC_TIME_NONE, CC_TIME_NONE } : (cc_range){ from + 1, to };
}

cc_recording cc_recording_within(const cc_snapshot *s, cc_range within)
{
	cc_range all = cc_snapshot_range(s);
	cc_recording r = { .range = { within.from_ns == CC_TIME_NONE ? all.from_ns : within.from_ns, within.to_ns == CC_TIME_NONE ? all.to_ns : within.to_ns },
		.silence = { CC_TIME_NONE, CC_TIME_NONE } };
	if (r.range.from_ns == CC_TIME_NONE || r.range.to_ns == CC_TIME_NONE || r.range.to_ns == INT64_MAX)
		return r;
	int64_t first = nearest(s, r.range.from_ns, false), last = nearest(s, r.range.to_ns + 1, true);
	if (first == CC_TIME_NONE || last == CC_TIME_NONE || first > r.range.to_ns || last < r.range.from_ns || first > last)
		return r;
	r.range = (cc_range){ first, last };
	r.silence = silence_in(s, r.range);
	return r;
}

int64_t cc_recording_ns(const cc_recording *r, int64_t from, int64_t to)
{
	int64_t a = later(from, r->range.from_ns), b = to < r->range.to_ns ? to : r->range.to_ns, out = 0;
	if (r->silence.from_ns != CC_TIME_NONE) {
		int64_t c = later(a, r->silence.from_ns), d = b < r->silence.to_ns ? b : r->silence.to_ns;
		out = d > c ? d - c : 0;
	}
	return b > a ? b - a - out : 0;
}
