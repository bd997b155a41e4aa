/* sse.h - streams cut into events: server-sent events, and JSON lines. */
#ifndef COLDCASE_NET_SSE_H
#define COLDCASE_NET_SSE_H

#include "coldcase/buf.h"

typedef struct sse {
	bool lines;              /* JSON lines: every line that is not blank is an event without a name */
	size_t max;              /* bytes of one line, and of one event */
	/* name: that of `event:`, empty when there is none. False stops. */
	bool (*on_event)(void *ctx, cc_str name, cc_str data);
	void *ctx;
	cc_buf line, name, data;
	bool has_data, after_cr, begun;
	bool too_long, stopped;  /* why sse_feed said false; neither: out of memory */
} sse;

void sse_init(sse *s, bool lines, size_t max, bool (*on_event)(void *ctx, cc_str name, cc_str data), void *ctx);
void sse_deinit(sse *s);
bool sse_feed(sse *s, cc_str piece);    /* once false, always false */
/* The stream is over: a last JSON line needs no line end; an event that no blank line ended is dropped, as the standard says. */
bool sse_end(sse *s);

#endif
