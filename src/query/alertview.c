/* alertview.c - one alert over time: its state at a moment, and the strip of what each file said of it. */
#include "coldcase/alertview.h"

#include <math.h>
#include "coldcase/arena.h"
#include "coldcase/time.h"

static bool by_then(int64_t t, int64_t at_ns)
{
	return at_ns == CC_TIME_NONE || t <= at_ns;
}

const cc_alert_sample *cc_alert_sample_at(const cc_alert *a, int64_t at_ns)
{
	const cc_alert_sample *last = NULL;
	for (size_t i = 0; i < a->sample_count && by_then(a->samples[i].time_ns, at_ns); i++)
		last = &a->samples[i];
	return last;
}

/* Number of files read by then. */
static size_t ticks_by(const cc_snapshot *s, int64_t at_ns)
{
	size_t n, lo = 0;
	const int64_t *ticks = cc_alerts_ticks(s, &n);
	if (at_ns == CC_TIME_NONE)
		return n;
	for (size_t hi = n; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;
		if (ticks[mid] <= at_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* A later observation says that it was active at this time already. */
static bool active_at(const cc_alert *a, int64_t t)
{
	for (size_t i = 0; i < a->sample_count; i++)
		if (a->samples[i].time_ns >= t && a->samples[i].active_ns != CC_TIME_NONE)
			return a->samples[i].active_ns <= t;
	return false;
}

cc_alert_state cc_alert_state_at(const cc_snapshot *s, const cc_alert *a, int64_t at_ns)
{
	size_t n, by = ticks_by(s, at_ns);
	const int64_t *ticks = cc_alerts_ticks(s, &n);
	const cc_alert_sample *last = cc_alert_sample_at(a, at_ns);
	if (a->background)
		return CC_ALERT_ALWAYS;
	if (last && (by == 0 || last->time_ns >= ticks[by - 1]))
		return last->firing ? CC_ALERT_FIRING : CC_ALERT_PENDING;
	if (at_ns != CC_TIME_NONE && active_at(a, at_ns))
		return CC_ALERT_PENDING;
	return last ? CC_ALERT_ENDED : CC_ALERT_LATER;
}

const char *cc_alert_state_name(cc_alert_state v)
{
	static const char *const names[] = { "later", "pending", "firing", "ended", "always" };
	return names[(unsigned)v <= CC_ALERT_ALWAYS ? v : 0];
}

/* An onset after the last observation (clocks differ) is no negative time. */
int64_t cc_alert_lasted(const cc_alert *a, int64_t at_ns)
{
	const cc_alert_sample *last = cc_alert_sample_at(a, at_ns);
	if (!last || a->onset_ns == CC_TIME_NONE)
		return CC_TIME_NONE;
	return last->time_ns > a->onset_ns ? cc_time_between(a->onset_ns, last->time_ns) : 0;
}

static void fill_gaps(cc_alert_strip *out, const cc_alert *a, const int64_t *ticks, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		char *letter = &out->letters[k * out->count / n];
		if (*letter == '.' && active_at(a, ticks[k]))
			*letter = '-';
	}
}

cc_code cc_alert_strip_make(cc_alert_strip *out, const cc_snapshot *s, const cc_alert *a, size_t max, cc_arena *arena)
{
	size_t n, k = 0;
	const int64_t *ticks = cc_alerts_ticks(s, &n);
	*out = (cc_alert_strip){ .count = n < max ? n : max };
	out->seen = cc_arena_array(arena, out->count, sizeof *out->seen);
	out->values = cc_arena_array(arena, out->count, sizeof *out->values);
	out->letters = cc_arena_alloc(arena, out->count);
	if (!out->seen || !out->values || !out->letters)
		return CC_ENOMEM;
	for (size_t i = 0; i < out->count; i++) {
		out->seen[i] = out->values[i] = NAN;
		out->letters[i] = '.';
	}
	for (size_t i = 0; i < a->sample_count && n; i++) {
		const cc_alert_sample *m = &a->samples[i];
		while (k + 1 < n && ticks[k] < m->time_ns)
			k++;
		size_t cell = k * out->count / n;
		out->seen[cell] = (isnan(out->seen[cell]) ? 0 : out->seen[cell]) + (m->firing ? 1 : 0);
		if (m->firing && !(m->value <= out->values[cell]))
			out->values[cell] = m->value;
		if (out->letters[cell] != '#')
			out->letters[cell] = m->firing ? '#' : '-';
	}
	fill_gaps(out, a, ticks, n);
	return CC_OK;
}

size_t cc_alert_strip_slice(const cc_snapshot *s, size_t count, int64_t at_ns)
{
	size_t n, by = at_ns == CC_TIME_NONE ? 0 : ticks_by(s, at_ns);
	cc_alerts_ticks(s, &n);
	return by && n ? (by - 1) * count / n : SIZE_MAX;
}
