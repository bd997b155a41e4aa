/* buf.h - an owned, growing byte buffer with sticky failure.
 *
 * Ten appends need one check: after the first failed allocation the buffer stays `failed`, later appends do nothing
 * and cc_buf_ok() is false. Invariant: p[n] == 0 whenever p != NULL, so p can be handed to C libraries.
 * CC_BUF_INIT is a valid empty buffer; cc_buf_deinit frees and returns it to that state. */
#ifndef COLDCASE_BUF_H
#define COLDCASE_BUF_H

#include <stdarg.h>
#include "coldcase/err.h"
#include "coldcase/str.h"

typedef struct cc_buf {
	char *p;
	size_t n, cap;
	bool failed;
} cc_buf;

#define CC_BUF_INIT ((cc_buf){ NULL, 0, 0, false })

void cc_buf_deinit(cc_buf *b);
void cc_buf_clear(cc_buf *b);                 /* n = 0, keeps the memory and the failure */
bool cc_buf_ok(const cc_buf *b);
bool cc_buf_reserve(cc_buf *b, size_t more);  /* room for `more` further bytes */
void cc_buf_add(cc_buf *b, cc_str s);
void cc_buf_addz(cc_buf *b, const char *z);
void cc_buf_add_char(cc_buf *b, char c);
void cc_buf_add_repeat(cc_buf *b, char c, size_t count);
void cc_buf_addf(cc_buf *b, const char *fmt, ...) CC_PRINTF(2, 3);
void cc_buf_addv(cc_buf *b, const char *fmt, va_list ap) CC_PRINTF(2, 0);
void cc_buf_truncate(cc_buf *b, size_t n);    /* n must not exceed b->n */
cc_str cc_buf_str(const cc_buf *b);           /* borrowed: valid until the next append */
char *cc_buf_take(cc_buf *b);                 /* heap C string, caller frees; NULL when failed; b is empty again */

#endif
