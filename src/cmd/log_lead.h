/* log_lead.h - the part of a log body that a list has not shown yet. */
#ifndef COLDCASE_CMD_LOG_LEAD_H
#define COLDCASE_CMD_LOG_LEAD_H

#include "coldcase/arena.h"
#include "coldcase/logs.h"

/* `text` without a leading time, without a leading level that is `level`, and, when `ids`, without `TraceID: …` and `SpanID: …`
 * near its beginning. The same text when nothing else would be left. Also for templates: <time>, <hex>. Borrowed or in the arena. */
cc_str cc_log_without_lead(cc_str text, cc_level level, bool ids, cc_arena *arena);

#endif
