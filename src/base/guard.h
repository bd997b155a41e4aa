/* guard.h - mapped files may be cut off while they are looked at: what that does to the reader.
 *
 * Touching a page of a mapping that its file no longer reaches raises SIGBUS. Inside a guarded range the rest of it then
 * becomes zeros and the reader goes on; whoever answers for what was read asks cc_guard_torn before he does. */
#ifndef COLDCASE_BASE_GUARD_H
#define COLDCASE_BASE_GUARD_H

#include <stdbool.h>
#include <stddef.h>

enum { GUARD_MAX = 16 * 1024 };   /* ranges: as many as file.c maps */

bool cc_guard_add(const void *p, size_t n);      /* whole pages from p; false when there are GUARD_MAX */
void cc_guard_remove(const void *p);             /* before it is unmapped */
bool cc_guard_torn(const void *p);               /* part of the range from p on became zeros */

#endif
