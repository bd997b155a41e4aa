/* snapshot_open.h - a scenario of one or more small files, opened. */
#ifndef COLDCASE_SNAPSHOT_OPEN_H
#define COLDCASE_SNAPSHOT_OPEN_H

#include "unit/snapshot/snapshot_test.h"

#include "coldcase/series.h"
#include "coldcase/snapshot.h"
#include "coldcase/spans.h"

static inline int tree_setup(void **state)
{
	static test_tree tree;
	test_tree_make(&tree);
	*state = &tree;
	return 0;
}

static inline int tree_teardown(void **state)
{
	test_tree_remove(*state);
	return 0;
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

static inline cc_snapshot *open_tree(test_tree *t)
{
	cc_snapshot *s = NULL;
	cc_err err;
	if (cc_snapshot_open(&s, t->root, NULL, &err) != CC_OK)
		fail_msg("%s: %s", cc_code_name(err.code), err.message);
	return s;
}

static inline cc_snapshot *open_file(test_tree *t, const char *path, const char *text)
{
	test_tree_file(t, path, text);
	return open_tree(t);
}

#endif
