/* lib.c - see lib.h. */
#include "coldcase/lib.h"

#include <dlfcn.h>
#include <string.h>

bool cc_lib_load(const char *const *names, size_t n, const cc_lib_call *calls, size_t calls_n)
{
	void *library = NULL;
	for (size_t i = 0; !library && i < n; i++)
		library = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
	for (size_t i = 0; library && i < calls_n; i++) {
		void *symbol = dlsym(library, calls[i].name);
		if (!symbol)
			return false;
		memcpy(calls[i].at, &symbol, sizeof symbol); /* as POSIX has it: a function pointer is as large */
	}
	return library != NULL;
}
