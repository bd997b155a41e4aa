/* recording.h - when telemetry was recorded: recorders start late, stop early, and are off for hours in between. Rates of what
 * happened before and after a moment are only worth something per time in which it could have been seen. */
#ifndef COLDCASE_RECORDING_H
#define COLDCASE_RECORDING_H

#include "coldcase/snapshot.h"

typedef struct cc_recording {
	cc_range range;          /* first to last span or log record within what was asked for; that, when there are none */
	cc_range silence;        /* the longest time in it without any, a third of it or more; CC_TIME_NONE = there is none */
} cc_recording;

/* Both CC_TIME_NONE in `within`: the whole capture. */
cc_recording cc_recording_within(const cc_snapshot *s, cc_range within);
/* Of [from, to] what was recorded, at least 0. */
int64_t cc_recording_ns(const cc_recording *r, int64_t from, int64_t to);

#endif
