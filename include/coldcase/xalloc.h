/* xalloc.h - heap allocation with checked sizes, and the one place where allocation failure can be injected.
 *
 * All heap memory of coldcase comes from here. cc_alloc_fail_after(n) makes the n-th following call (and later ones)
 * fail, as in sqlite's test_malloc: tests loop n upward until the operation succeeds. */
#ifndef COLDCASE_XALLOC_H
#define COLDCASE_XALLOC_H

#include <stddef.h>

void *cc_malloc(size_t size);                          /* NULL on failure; size 0 is made 1 */
void *cc_calloc(size_t count, size_t size);            /* zeroed; NULL on overflow */
void *cc_realloc(void *p, size_t size);                /* p stays valid on failure */
void *cc_reallocarray(void *p, size_t count, size_t size);
void cc_free(void *p);
char *cc_strdup(const char *z);
/* Zeroed memory that goes back to the system as soon as it is freed; for what is large or short-lived. NULL on failure. */
void *cc_pages_alloc(size_t size);
/* What was allocated is large and will be written all over soon: in large pages, where the system has some, for a fault of
 * each small one costs more than filling it. */
void cc_pages_expect(void *p, size_t size);
void cc_pages_free(void *p, size_t size);              /* size as allocated; NULL is fine */

/* Gives heap memory that is free back to the system where the C library can: for after a burst of temporary objects. */
void cc_heap_trim(void);

/* Fails every allocation after `calls` more successful ones; negative switches injection off. Not thread-safe: tests only. */
void cc_alloc_fail_after(long calls);

#endif
