/* xalloc.c - heap allocation with checked sizes and one switch that makes it fail.
 *
 * Everything goes through take_turn(), so that a test can let the n-th allocation of any operation fail and see that the
 * operation reports it and leaks nothing. */
#include "coldcase/xalloc.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sys/mman.h>

static atomic_long turns_left = -1; /* negative: never fail; only tests write it */

static bool take_turn(void)
{
	if (atomic_load_explicit(&turns_left, memory_order_relaxed) < 0)
		return true;
	if (atomic_fetch_sub(&turns_left, 1) > 0)
		return true;
	atomic_store(&turns_left, 0);
	return false;
}

void cc_alloc_fail_after(long calls)
{
	atomic_store(&turns_left, calls < 0 ? -1 : calls);
}

void *cc_malloc(size_t size)
{
	return take_turn() ? malloc(size ? size : 1) : NULL;
}

void *cc_calloc(size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return NULL;
	return take_turn() ? calloc(count ? count : 1, size ? size : 1) : NULL;
}

void *cc_realloc(void *p, size_t size)
{
	return take_turn() ? realloc(p, size ? size : 1) : NULL;
}

void *cc_reallocarray(void *p, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return NULL;
	return cc_realloc(p, count * size);
}

void cc_free(void *p)
{
	free(p);
}

/* With CC_ARENA_DEBUG from the heap, so that AddressSanitizer sees the byte behind it. */
void *cc_pages_alloc(size_t size)
{
#ifdef CC_ARENA_DEBUG
	return cc_calloc(1, size);
#else
	void *p = take_turn() ? mmap(NULL, size ? size : 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
		: MAP_FAILED;
	if (p == MAP_FAILED)
		return NULL;
	cc_pages_expect(p, size);
	return p;
#endif
}

enum { LARGE_PAGE = 2 << 20 };

void cc_pages_expect(void *p, size_t size)
{
#ifdef MADV_HUGEPAGE
	uintptr_t from = ((uintptr_t)p + 4095) & ~(uintptr_t)4095;
	size_t before = from - (uintptr_t)p;
	if (p && size >= LARGE_PAGE && size > before)
		madvise((char *)p + before, size - before, MADV_HUGEPAGE); /* advice: what comes of it is no matter */
#else
	(void)p;
	(void)size;
#endif
}

void cc_pages_free(void *p, size_t size)
{
#ifdef CC_ARENA_DEBUG
	(void)size;
	cc_free(p);
#else
	if (p)
		munmap(p, size ? size : 1);
#endif
}

void cc_heap_trim(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

char *cc_strdup(const char *z)
{
	size_t n = strlen(z) + 1;
	char *copy = cc_malloc(n);
	if (copy)
		memcpy(copy, z, n);
	return copy;
}
