/* log_time.h - which part of the window logs cover: recorded captures hold bursts with hours of silence between them. */
#ifndef COLDCASE_CMD_LOG_TIME_H
#define COLDCASE_CMD_LOG_TIME_H

#include "cmd/evidence.h"

/* The window as far as there are records, whatever a filter leaves of them: lists of one view share their time base. */
cc_range cc_log_extent(cc_call *c);
/* The longest time without a record within `w`, when it takes a third of it or more; CC_TIME_NONE: there is none. */
cc_range cc_log_silence(cc_call *c, cc_range w);

#endif
