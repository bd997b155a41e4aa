/* error_rise.h - errors that begin before the alerts do: alerts wait for their windows to fill, spans do not. */
#ifndef COLDCASE_ERROR_RISE_H
#define COLDCASE_ERROR_RISE_H

#include "coldcase/snapshot.h"

/* The moment before `until_ns` at which failed spans (or, where spans carry no status, error records of logs) clearly became
 * more frequent; CC_TIME_NONE when they did not, or not long before it. */
int64_t cc_error_rise(const cc_snapshot *s, int64_t until_ns);

#endif
