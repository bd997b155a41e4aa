/* arena.h - many small objects, one lifetime.
 *
 * Objects are freed together by cc_arena_free or cc_arena_reset. An arena pointer never outlives its arena.
 * With CC_ARENA_DEBUG (set by `make SANITIZE=…`) every object is its own malloc, so that AddressSanitizer sees overruns.
 * Allocation failure returns NULL. */
#ifndef COLDCASE_ARENA_H
#define COLDCASE_ARENA_H

#include "coldcase/err.h"
#include "coldcase/str.h"

typedef struct cc_arena cc_arena;

cc_arena *cc_arena_new(void);                        /* NULL when out of memory */
void cc_arena_free(cc_arena *a);                     /* NULL is fine */
void cc_arena_reset(cc_arena *a);                    /* frees the objects, keeps the arena */
void *cc_arena_alloc(cc_arena *a, size_t size);      /* zeroed, aligned for any type; size 0 gives a valid pointer */
void *cc_arena_array(cc_arena *a, size_t count, size_t size); /* zeroed; NULL on overflow of count * size */
cc_str cc_arena_dup(cc_arena *a, cc_str s);          /* copy, NUL after the last byte; {NULL,0} when out of memory */
char *cc_arena_dupz(cc_arena *a, cc_str s);          /* as a C string (stops at an embedded NUL for the reader) */
cc_str cc_arena_printf(cc_arena *a, const char *fmt, ...) CC_PRINTF(2, 3);
size_t cc_arena_bytes(const cc_arena *a);            /* bytes handed out since new/reset */

#endif
