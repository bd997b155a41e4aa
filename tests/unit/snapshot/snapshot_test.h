/* snapshot_test.h - what all tests of the evidence layer include. */
#ifndef COLDCASE_SNAPSHOT_TEST_H
#define COLDCASE_SNAPSHOT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "coldcase/arena.h"
#include "coldcase/buf.h"
#include "coldcase/str.h"
#include "support/tree.h"

#define S(z) cc_str_from(z)
#define assert_str(actual, expected) assert_str_at((actual), (expected), __FILE__, __LINE__)

static inline void assert_str_at(cc_str actual, const char *expected, const char *file, int line)
{
	if (cc_str_eqz(actual, expected))
		return;
	print_error("\"%.*s\" != \"%s\"\n", CC_STR_ARG(actual), expected);
	_fail(file, line);
}

#endif
