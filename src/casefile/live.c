/* live.c - from the case clock to the moment of the capture (see live.h). */
#include "coldcase/live.h"

bool cc_live_speed_parse(cc_str text, int *speed)
{
	cc_str digits = cc_str_strip_suffix(text, CC_STR("x"));
	int64_t n;

	if (!cc_str_to_i64(digits, &n) || n < 1 || n > CC_LIVE_SPEED_MAX)
		return false;
	*speed = (int)n;
	return true;
}

int64_t cc_live_now(const cc_live *l, int64_t active_ns)
{
	int64_t length = l->to_ns - l->from_ns;

	if (active_ns < 0)
		return l->from_ns;
	return active_ns >= length / l->speed ? l->to_ns : l->from_ns + active_ns * l->speed;
}

int64_t cc_live_tick(const cc_live *l, int64_t active_ns)
{
	const int64_t tick = CC_LIVE_TICK_S * CC_NS_PER_S;
	int64_t now = cc_live_now(l, active_ns);

	return now >= l->to_ns ? l->to_ns : now - (now - l->from_ns) % tick;
}

int64_t cc_live_next(const cc_live *l, int64_t tick_ns)
{
	const int64_t tick = CC_LIVE_TICK_S * CC_NS_PER_S;

	return tick_ns >= l->to_ns - tick ? l->to_ns : tick_ns + tick;
}
