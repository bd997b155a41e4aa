/* arena.c - objects of one lifetime, cut from chunks that double in size from 4 KiB to 1 MiB.
 *
 * An object too big for the usual chunk gets a chunk of its own, put behind the current one so that the room left in the
 * current one is not lost. Text is not aligned: dictionaries of short names would waste half their memory.
 * With CC_ARENA_DEBUG each object is its own chunk of exactly its size, so AddressSanitizer sees the byte after it. */
#include "coldcase/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "coldcase/xalloc.h"

enum { CHUNK_MIN = 4096, CHUNK_MAX = 1 << 20 };

typedef struct chunk {
	struct chunk *next;
	size_t used, cap;
	alignas(max_align_t) char data[];
} chunk;

struct cc_arena {
	chunk *chunks; /* the first one is being filled */
	size_t next_size;
	size_t bytes;
};

cc_arena *cc_arena_new(void)
{
	cc_arena *a = cc_calloc(1, sizeof *a);
	if (a)
		a->next_size = CHUNK_MIN;
	return a;
}

void cc_arena_reset(cc_arena *a)
{
	for (chunk *c = a->chunks, *next; c; c = next) {
		next = c->next;
		cc_free(c);
	}
	a->chunks = NULL;
	a->next_size = CHUNK_MIN;
	a->bytes = 0;
}

void cc_arena_free(cc_arena *a)
{
	if (!a)
		return;
	cc_arena_reset(a);
	cc_free(a);
}

static chunk *chunk_new(size_t cap)
{
	if (cap > SIZE_MAX / 2)
		return NULL;
	chunk *c = cc_malloc(sizeof *c + cap);
	if (c)
		*c = (chunk){ NULL, 0, cap };
	return c;
}

static void *take_own_chunk(cc_arena *a, size_t size)
{
	chunk *c = chunk_new(size);
	if (!c)
		return NULL;
	c->used = size;
	if (a->chunks) {
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		a->chunks = c;
	}
	a->bytes += size;
	return c->data;
}

#ifdef CC_ARENA_DEBUG
static void *take(cc_arena *a, size_t size, size_t align)
{
	(void)align;
	return take_own_chunk(a, size);
}
#else
static void *take(cc_arena *a, size_t size, size_t align)
{
	chunk *c = a->chunks;
	size_t at = c ? (c->used + align - 1) / align * align : 0;
	if (!c || at > c->cap || size > c->cap - at) {
		if (size > a->next_size / 4)
			return take_own_chunk(a, size);
		c = chunk_new(a->next_size);
		if (!c)
			return NULL;
		c->next = a->chunks;
		a->chunks = c;
		if (a->next_size < CHUNK_MAX)
			a->next_size *= 2;
		at = 0;
	}
	c->used = at + size;
	a->bytes += size;
	return c->data + at;
}
#endif

void *cc_arena_alloc(cc_arena *a, size_t size)
{
	void *p = take(a, size ? size : 1, alignof(max_align_t));
	if (p)
		memset(p, 0, size ? size : 1);
	return p;
}

void *cc_arena_array(cc_arena *a, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return NULL;
	return cc_arena_alloc(a, count * size);
}

cc_str cc_arena_dup(cc_arena *a, cc_str s)
{
	char *p = s.n < SIZE_MAX ? take(a, s.n + 1, 1) : NULL;
	if (!p)
		return (cc_str){ NULL, 0 };
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (cc_str){ p, s.n };
}

char *cc_arena_dupz(cc_arena *a, cc_str s)
{
	char *p = s.n < SIZE_MAX ? take(a, s.n + 1, 1) : NULL;
	if (!p)
		return NULL;
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

cc_str cc_arena_printf(cc_arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = n < 0 ? NULL : take(a, (size_t)n + 1, 1);
	if (!p)
		return (cc_str){ NULL, 0 };
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (cc_str){ p, (size_t)n };
}

size_t cc_arena_bytes(const cc_arena *a)
{
	return a->bytes;
}
