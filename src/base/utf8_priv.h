/* utf8_priv.h - showing outside bytes without allocating: shared by utf8.c, err.c and log.c. */
#ifndef COLDCASE_BASE_UTF8_PRIV_H
#define COLDCASE_BASE_UTF8_PRIV_H

#include "coldcase/utf8.h"

/* Copies s to out made safe as by cc_utf8_clean(CC_CLEAN_LINE), tabs as one blank, cut at a character, NUL-terminated. */
void cc_utf8_clean_into(char *out, size_t size, cc_str s);

#endif
