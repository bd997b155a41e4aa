/* ahead.h - a thread that cuts a snapshot at the moment that will be asked for next, so that nobody waits for it then. */
#ifndef COLDCASE_CMD_AHEAD_H
#define COLDCASE_CMD_AHEAD_H

#include "coldcase/snapshot.h"

typedef struct cc_ahead cc_ahead;

cc_ahead *cc_ahead_new(void);            /* NULL: no thread, no memory; everything works without */
void cc_ahead_free(cc_ahead *a);         /* stops what it is at; NULL is fine */
/* Has this made, unless it is at work or holds it already. `whole` must outlive it. */
void cc_ahead_want(cc_ahead *a, const cc_snapshot *whole, int64_t until_ns);
/* What is ready when it is of `whole` and this moment; the caller's. NULL = not. */
cc_snapshot *cc_ahead_take(cc_ahead *a, const cc_snapshot *whole, int64_t until_ns);
/* The moment of what is ready; CC_TIME_NONE = nothing is. */
int64_t cc_ahead_ready(cc_ahead *a);

#endif
