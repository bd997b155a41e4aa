/* scratch.h - one scratch folder for all tests of a program: group setup and teardown, and where it is. */
#ifndef COLDCASE_TEST_SCRATCH_H
#define COLDCASE_TEST_SCRATCH_H

#include "support/tree.h"

static test_tree scratch;

static inline int scratch_make(void **state)
{
	(void)state;
	test_tree_make(&scratch);
	return 0;
}

static inline int scratch_remove(void **state)
{
	(void)state;
	test_tree_remove(&scratch);
	return 0;
}

#endif
