/* truth_support.h - loading and scoring in one line each, and where the shared test data lies. */
#ifndef COLDCASE_TEST_TRUTH_SUPPORT_H
#define COLDCASE_TEST_TRUTH_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "coldcase/score.h"

static inline cc_truth *test_truth(const char *text)
{
	cc_truth *t = NULL;
	cc_err err = { 0 };
	if (cc_truth_load(&t, cc_str_from(text), CC_STR_EMPTY, "test", &err) != CC_OK)
		fail_msg("%s", err.message);
	return t;
}

static inline cc_answer *test_answer(const char *text)
{
	cc_answer *a = NULL;
	assert_int_equal(cc_answer_read(&a, cc_str_from(text), NULL), CC_OK);
	return a;
}

/* Names, ended by NULL. */
static inline cc_answer *test_names(const char *const *names)
{
	cc_answer *a = cc_answer_new();
	for (; *names; names++)
		assert_true(cc_answer_add(a, (cc_answer_entity){ .name = cc_str_from(*names), .contributing = true }));
	return a;
}

static inline cc_score *test_score(const cc_truth *t, const cc_answer *a)
{
	cc_score *s = NULL;
	assert_int_equal(cc_score_new(&s, t, a, NULL, NULL, NULL), CC_OK);
	return s;
}

#define assert_str(s, text) do { \
		cc_str test_got = (s); \
		const char *test_want = (text); \
		if (!cc_str_eqz(test_got, test_want)) \
			fail_msg("got \"%.*s\", want \"%s\"", CC_STR_ARG(test_got), test_want); \
	} while (0)

static inline bool test_warned(const cc_truth *t, const char *code)
{
	for (size_t i = 0; i < t->warning_count; i++)
		if (cc_str_eqz(t->warnings[i].code, code))
			return true;
	return false;
}

/* A path in the shared test data, or NULL (with the reason printed) when it is not there. */
static inline const char *test_shared(const char *rest)
{
	static char path[1024];
	struct stat st;
	const char *root = getenv("COLDCASE_SHARED");
	snprintf(path, sizeof path, "%s/%s", root && *root ? root : "../shared", rest);
	if (stat(path, &st) == 0)
		return path;
	printf("# skipped: %s is not here (set COLDCASE_SHARED)\n", path);
	return NULL;
}

#endif
