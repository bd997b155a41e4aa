/* trace_words.h - what the commands over traces say alike. */
#ifndef COLDCASE_CMD_TRACE_WORDS_H
#define COLDCASE_CMD_TRACE_WORDS_H

#include "cmd/evidence.h"
#include "coldcase/spans.h"
#include "coldcase/traceview.h"

/* Texts live in the call's arena; empty when out of memory. */
cc_str cc_trace_text(cc_call *c, cc_id128 id);
cc_str cc_span_text(cc_call *c, uint64_t id);
/* How a failing span failed, in a word: its gRPC status, HTTP status, error type; else ERR. */
cc_str cc_span_code(cc_call *c, const cc_span *sp);
cc_role cc_role_of_level(cc_level level);
/* A log record as one line: its message, without the time, level and ids that stand beside it. */
cc_str cc_trace_log_text(cc_call *c, const cc_logrec *l);

/* How many of these traces took how long, over the time they began in: a table, after facts of the section begun about a long time
 * without any (trace_scatter.c). False: out of memory. */
bool cc_trace_scatter(cc_call *c, cc_reply *r, const cc_index_vec *rows);

#endif
