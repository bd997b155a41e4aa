/* log_time.c - see log_time.h. */
#include "cmd/log_time.h"

cc_range cc_log_extent(cc_call *c)
{
	const cc_snapshot *s = snap(c);
	cc_range w = ev_window(c);
	size_t n = cc_logs_count(s), first = cc_logs_lower_bound(s, w.from_ns), end = cc_logs_lower_bound(s, w.to_ns + 1);
	if (first >= n || end <= first)
		return w;
	return (cc_range){ cc_logs_get(s, first)->time_ns, cc_logs_get(s, end - 1)->time_ns };
}

cc_range cc_log_silence(cc_call *c, cc_range w)
{
	enum { FINE = 240 };
	int64_t slice = (w.to_ns - w.from_ns) / FINE;
	size_t best = 0, at = 0, run = 0, below = cc_logs_lower_bound(snap(c), w.from_ns);
	for (size_t i = 0; slice > 0 && i < FINE; i++) {
		size_t next = cc_logs_lower_bound(snap(c), w.from_ns + slice * (int64_t)(i + 1));
		run = next == below ? run + 1 : 0;
		below = next;
		if (run > best) {
			best = run;
			at = i + 1 - run;
		}
	}
	if (best < FINE / 3 || best == FINE)
		return (cc_range){ CC_TIME_NONE, CC_TIME_NONE };
	size_t after = cc_logs_lower_bound(snap(c), w.from_ns + slice * (int64_t)at);   /* from the record before it to the one after */
	const cc_logrec *b = cc_logs_get(snap(c), after ? after - 1 : 0), *a = cc_logs_get(snap(c), after);
	if (!a || b->time_ns == CC_TIME_NONE)
		return (cc_range){ CC_TIME_NONE, CC_TIME_NONE };
	return (cc_range){ b->time_ns + 1, a->time_ns };
}
