/* log.h - a debug log for developers, off unless COLDCASE_LOG names a file. Never evidence, never on the terminal. */
#ifndef COLDCASE_LOG_H
#define COLDCASE_LOG_H

#include "coldcase/err.h"

void cc_log_open(const char *path);                  /* appends; NULL closes; failure only means no log */
void cc_log_line(const char *fmt, ...) CC_PRINTF(1, 2); /* monotonic ms, text; no-op while closed */

#endif
