/* live.h - a live drill: a clock that goes over the capture while somebody investigates, and what was known by then.
 *
 * The moment reached depends on the case clock alone, so a drill at four times the speed shows at each moment what one at its own
 * speed shows then. Evidence comes in ticks of the capture's time, whatever the speed: between two ticks nothing new is known. */
#ifndef COLDCASE_LIVE_H
#define COLDCASE_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "coldcase/str.h"
#include "coldcase/time.h"

enum { CC_LIVE_TICK_S = 10, CC_LIVE_SPEED_MAX = 60 };

typedef struct cc_live {
	int speed;               /* seconds of the capture in a second of the case clock; 0 = no live drill */
	int64_t from_ns, to_ns;  /* where the clock begins, and the end of the capture: it stands there */
	bool pausable;           /* the clock may be stopped */
} cc_live;

/* "4x" or "4", from 1 to CC_LIVE_SPEED_MAX. */
bool cc_live_speed_parse(cc_str text, int *speed);
/* The moment the clock has reached after so much time of the case. */
int64_t cc_live_now(const cc_live *l, int64_t active_ns);
/* The last tick by then: nothing later is known. from_ns, and to_ns at the end, are ticks whatever their distance. */
int64_t cc_live_tick(const cc_live *l, int64_t active_ns);
/* The tick after one; to_ns when that was the last. */
int64_t cc_live_next(const cc_live *l, int64_t tick_ns);

#endif
