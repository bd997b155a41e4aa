/* base_test.h - what every test of the base layer includes. */
#ifndef COLDCASE_TESTS_BASE_TEST_H
#define COLDCASE_TESTS_BASE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "coldcase/buf.h"
#include "coldcase/xalloc.h"

#define S(z) cc_str_from(z)

/* Fails at the caller's line, showing both texts. */
#define check_str(got, want) check_str_at((got), (want), __FILE__, __LINE__)
static inline void check_str_at(cc_str got, const char *want, const char *file, int line)
{
	if (cc_str_eqz(got, want))
		return;
	print_error("got \"%.*s\", want \"%s\"\n", CC_STR_ARG(got), want);
	_fail(file, line);
}

/* Compares what was appended to b and empties it. */
#define check_buf(b, want) (check_str_at(cc_buf_str(b), (want), __FILE__, __LINE__), cc_buf_deinit(b))

#endif
