/* test_record_dirs.c - each run gets a folder of its own, whoever else wants one at the same moment. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "coldcase/record.h"
#include "support/scratch.h"

static const char *const base = scratch.root;

static void trials_are_numbered_upward(void **state)
{
	cc_buf dir = CC_BUF_INIT;
	uint32_t trial = 0;
	char path[400];

	(void)state;
	for (uint32_t want = 1; want <= 3; want++) {
		cc_buf_clear(&dir);
		assert_int_equal(cc_record_make_dir(&dir, &trial, base, CC_STR("S 1/../x"), NULL), CC_OK);
		assert_int_equal(trial, want);
	}
	snprintf(path, sizeof path, "%s/S_1_.._x/3", base);
	assert_string_equal(dir.p, path);
	snprintf(path, sizeof path, "%s/S_1_.._x/17", base);
	assert_int_equal(mkdir(path, 0700), 0);
	cc_buf_clear(&dir);
	assert_int_equal(cc_record_make_dir(&dir, &trial, base, CC_STR("S 1/../x"), NULL), CC_OK);
	assert_int_equal(trial, 18);
	cc_buf_clear(&dir);
	assert_int_equal(cc_record_make_dir(&dir, &trial, base, CC_STR(".."), NULL), CC_OK);
	snprintf(path, sizeof path, "%s/_../1", base);
	assert_string_equal(dir.p, path);
	cc_buf_clear(&dir);
	assert_int_not_equal(cc_record_make_dir(&dir, &trial, "/dev/null/x", CC_STR("s"), NULL), CC_OK);
	cc_buf_deinit(&dir);
}

enum { RACERS = 4, RACE_DIRS = 20 };

static void *race(void *arg)
{
	uint32_t *taken = arg;

	for (int i = 0; i < RACE_DIRS; i++) {
		cc_buf dir = CC_BUF_INIT;

		if (cc_record_make_dir(&dir, &taken[i], base, CC_STR("race"), NULL) != CC_OK)
			taken[i] = 0;
		cc_buf_deinit(&dir);
	}
	return NULL;
}

static void no_two_runs_get_one_folder(void **state)
{
	pthread_t threads[RACERS];
	static uint32_t taken[RACERS][RACE_DIRS];
	bool seen[RACERS * RACE_DIRS + 1] = { false };

	(void)state;
	for (int i = 0; i < RACERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, race, taken[i]), 0);
	for (int i = 0; i < RACERS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < RACERS; i++)
		for (int k = 0; k < RACE_DIRS; k++) {
			uint32_t n = taken[i][k];

			assert_true(n >= 1 && n <= RACERS * RACE_DIRS && !seen[n]);
			seen[n] = true;
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trials_are_numbered_upward),
		cmocka_unit_test(no_two_runs_get_one_folder),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
