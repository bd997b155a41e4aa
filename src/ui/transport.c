/* transport.c - speeds, times and texts for going about in a record; see transport.h. */
#include "ui/transport.h"

static const struct { double factor; const char *name; } SPEEDS[] = {
	{ 0.25, "1/4" }, { 0.5, "1/2" }, { 1, "1" }, { 2, "2" }, { 4, "4" }, { 8, "8" }, { 16, "16" } };
enum { SPEED_COUNT = sizeof SPEEDS / sizeof SPEEDS[0] };

double cc_speed_factor(int speed)
{
	return SPEEDS[speed].factor;
}

const char *cc_speed_name(int speed)
{
	return SPEEDS[speed].name;
}

int cc_speed_change(int speed, int by)
{
	int to = speed + by;
	return to >= 0 && to < SPEED_COUNT ? to : speed;
}

bool cc_transport_clock(cc_str text, int64_t *ns)
{
	cc_str minutes, seconds;
	int64_t m = 0, s;
	if (!cc_str_cut(text, ':', &minutes, &seconds))
		seconds = text;
	else if (!cc_str_to_i64(minutes, &m))
		return false;
	if (!cc_str_to_i64(seconds, &s) || m < 0 || s < 0 || m > 1000000 || s > 1000000)
		return false;
	*ns = (m * 60 + s) * CC_NS_PER_S;
	return true;
}

bool cc_transport_find(const cc_run *run, size_t at, cc_str text, size_t *step)
{
	size_t n = cc_run_step_count(run);
	for (size_t i = 0; i < n; i++) {
		size_t k = (at + i) % n;
		const cc_record_step *s = cc_run_step(run, k)->as.step;
		if (cc_str_find_nocase(s->line, text) == CC_STR_NONE && cc_str_find_nocase(s->shown.title, text) == CC_STR_NONE &&
			cc_str_find_nocase(s->message, text) == CC_STR_NONE)
			continue;
		*step = k + 1;
		return true;
	}
	return false;
}
