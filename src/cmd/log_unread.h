/* log_unread.h - what a text search finds in the log files beyond the records that have been read so far. */
#ifndef COLDCASE_CMD_LOG_UNREAD_H
#define COLDCASE_CMD_LOG_UNREAD_H

#include "cmd/evidence.h"
#include "cmd/log_text.h"

#define EV_REPLY_UNREAD "unread[]         only while the log files are still being read: records found beyond those read so far, in the order of", \
	"                 the file; time, level, service, message, pod, trace, cite"

/* What stands above them while they are looked for. */
typedef struct cc_log_above { void (*fill)(void *arg, cc_reply *r); void *arg; } cc_log_above;

/* Adds them where the list's filter (with find=: that one) is decided by a text, the level and times; else nothing. */
cc_code cc_log_unread(const ev_list *l, const cc_log_style *style, const cc_log_above *above, cc_call *c, cc_reply *r, cc_err *err) CC_MUST_USE;

#endif
