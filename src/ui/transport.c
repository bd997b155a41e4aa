/* transport.c - speeds, times and texts for going about in a record; see transport.h. */
#include "ui/transport.h"

#include "coldcase/playback.h"

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

int cc_speed_named(cc_str name)
{
	int i = SPEED_COUNT - 1;
	while (i >= 0 && !cc_str_eqz(name, SPEEDS[i].name))
		i--;
	return i;
}

int cc_speed_change(int speed, int by)
{
	int to = speed + by;
	return to >= 0 && to < SPEED_COUNT ? to : speed;
}

bool cc_transport_clock(cc_str text, int64_t *ns)
{
	return cc_playback_clock(text, ns);
}

bool cc_transport_find(const cc_run *run, size_t at, cc_str text, size_t *step)
{
	bool found = cc_run_find(run, text, at, NULL, step, NULL) == CC_OK;
	*step += found;
	return found;
}
