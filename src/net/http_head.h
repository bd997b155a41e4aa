/* http_head.h - reading what stands before the body of an answer. */
#ifndef COLDCASE_NET_HTTP_HEAD_H
#define COLDCASE_NET_HTTP_HEAD_H

#include "coldcase/http.h"

void http_head_init(cc_http_head *head);
/* One line as it came, with its line end. A status line begins anew: a 100 Continue or a proxy's answer may stand before. */
void http_head_line(cc_http_head *head, cc_str line);
/* "120" or "Fri, 27 Nov 2026 17:30:00 GMT" as nanoseconds from `now_ns` (wall clock); -1 for anything else, 0 for the past. */
int64_t http_retry_after_ns(cc_str value, int64_t now_ns);

#endif
