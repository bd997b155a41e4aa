/* cancel.c - the rarer ways in which work is not wanted any more; see cancel.h. */
#include "coldcase/cancel.h"

#include "coldcase/clock.h"

bool cc_cancel_is_due(cc_cancel *c)
{
	return cc_canceled(c->parent) || (c->until_ns && cc_clock_mono_ns() >= c->until_ns);
}
