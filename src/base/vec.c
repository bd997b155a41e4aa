/* vec.c - growth of typed arrays: doubling, with every product checked. */
#include "coldcase/vec.h"

#include <stdint.h>
#include "coldcase/xalloc.h"

bool cc_vec_grow(void **p, size_t *cap, size_t n, size_t more, size_t size)
{
	if (more > SIZE_MAX - n)
		return false;
	size_t need = n + more;
	if (need <= *cap)
		return true;
	size_t want = *cap > SIZE_MAX / 2 ? need : *cap * 2;
	if (want < need)
		want = need;
	if (want < 8)
		want = 8;
	void *grown = cc_reallocarray(*p, want, size);
	if (!grown)
		return false;
	*p = grown;
	*cap = want;
	return true;
}

void cc_vec_release(void **p)
{
	cc_free(*p);
	*p = NULL;
}
