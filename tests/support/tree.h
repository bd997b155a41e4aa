/* tree.h - a folder of files for one test, made under COLDCASE_TEST_TMP (or /tmp) and removed again. */
#ifndef COLDCASE_TEST_TREE_H
#define COLDCASE_TEST_TREE_H

#include "coldcase/str.h"

typedef struct test_tree { char root[256]; } test_tree;

void test_tree_make(test_tree *t);                                        /* aborts the test run when it cannot */
void test_tree_remove(test_tree *t);
void test_tree_dir(test_tree *t, const char *path);                       /* with parents */
void test_tree_file(test_tree *t, const char *path, const char *text);    /* parents are made; an old file is replaced */
void test_tree_bytes(test_tree *t, const char *path, cc_str bytes);
void test_tree_link(test_tree *t, const char *path, const char *target);  /* symbolic, target as given */
const char *test_tree_path(const test_tree *t, const char *path);         /* absolute; valid until the 8th next call */

/* Gives up the superuser's rights, so that permissions count, until test_be_self. False (with a printed reason) when an
 * ordinary user could not reach the tree. An ordinary user stays what he is. */
bool test_be_nobody(test_tree *t);
void test_be_self(void);

/* Folder of shared example data: $COLDCASE_SHARED or ../shared; NULL when `below` is not there. Same lifetime. */
const char *test_shared(const char *below);

#endif
