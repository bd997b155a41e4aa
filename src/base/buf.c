/* buf.c - the owned byte buffer. One byte beyond n is always allocated and zero, so p can be handed to C libraries. */
#include "coldcase/buf.h"

#include <stdio.h>
#include <string.h>
#include "coldcase/xalloc.h"

void cc_buf_deinit(cc_buf *b)
{
	cc_free(b->p);
	*b = CC_BUF_INIT;
}

void cc_buf_clear(cc_buf *b)
{
	b->n = 0;
	if (b->p)
		b->p[0] = '\0';
}

bool cc_buf_ok(const cc_buf *b)
{
	return !b->failed;
}

bool cc_buf_reserve(cc_buf *b, size_t more)
{
	if (b->failed)
		return false;
	if (b->p && more < b->cap - b->n)
		return true;
	if (more > SIZE_MAX / 2 - b->n - 1) {
		b->failed = true;
		return false;
	}
	size_t need = b->n + more + 1;
	size_t want = b->cap < 32 ? 64 : b->cap * 2;
	if (want < need)
		want = need;
	char *grown = cc_realloc(b->p, want);
	if (!grown) {
		b->failed = true;
		return false;
	}
	b->p = grown;
	b->cap = want;
	b->p[b->n] = '\0';
	return true;
}

void cc_buf_add(cc_buf *b, cc_str s)
{
	if (s.n == 0 || !cc_buf_reserve(b, s.n))
		return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
}

void cc_buf_addz(cc_buf *b, const char *z)
{
	cc_buf_add(b, cc_str_from(z));
}

void cc_buf_add_char(cc_buf *b, char c)
{
	if (!cc_buf_reserve(b, 1))
		return;
	b->p[b->n++] = c;
	b->p[b->n] = '\0';
}

void cc_buf_add_repeat(cc_buf *b, char c, size_t count)
{
	if (count == 0 || !cc_buf_reserve(b, count))
		return;
	memset(b->p + b->n, c, count);
	b->n += count;
	b->p[b->n] = '\0';
}

void cc_buf_addf(cc_buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(b, fmt, ap);
	va_end(ap);
}

void cc_buf_addv(cc_buf *b, const char *fmt, va_list ap)
{
	if (!cc_buf_reserve(b, 1))
		return;
	va_list again;
	va_copy(again, ap);
	size_t room = b->cap - b->n;
	int n = vsnprintf(b->p + b->n, room, fmt, ap);
	if (n < 0) {
		b->p[b->n] = '\0';
		b->failed = true;
	} else if ((size_t)n < room) {
		b->n += (size_t)n;
	} else if (cc_buf_reserve(b, (size_t)n)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	} else {
		b->p[b->n] = '\0'; /* the cut text of the first try does not count */
	}
	va_end(again);
}

void cc_buf_truncate(cc_buf *b, size_t n)
{
	if (n >= b->n)
		return;
	b->n = n;
	b->p[n] = '\0';
}

cc_str cc_buf_str(const cc_buf *b)
{
	return b->p ? (cc_str){ b->p, b->n } : CC_STR_EMPTY;
}

char *cc_buf_take(cc_buf *b)
{
	char *p = cc_buf_reserve(b, 0) ? b->p : NULL;
	if (!p)
		cc_free(b->p);
	*b = CC_BUF_INIT;
	return p;
}
