/* timeline.h - the whole capture in a few slices: where alerts began, specs changed, warnings came and errors piled up.
 *
 * It counts and names nothing, so it is the face of the clock rather than evidence. */
#ifndef COLDCASE_TIMELINE_H
#define COLDCASE_TIMELINE_H

#include "coldcase/snapshot.h"

typedef struct cc_timeline_slice {
	uint32_t alerts;          /* that began here; no background */
	uint32_t changes;         /* of objects people keep, status apart */
	uint32_t warnings;        /* Warning events that began or were last seen here */
	uint32_t records;         /* all spans and log records */
	uint32_t samples;         /* of metrics */
	uint32_t errors;          /* failed spans and log records of level error and up */
} cc_timeline_slice;

/* Fills n equal slices of `range`; what lies outside is left out. CC_ECANCELED, CC_ENOMEM. */
cc_code cc_timeline_build(cc_timeline_slice *out, size_t n, const cc_snapshot *s, cc_range range, cc_cancel *cancel, cc_err *err)
	CC_MUST_USE;

#endif
