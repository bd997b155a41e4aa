/* test_import_search.c - which records of a table a shell command came upon, and when that cannot be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/import_search.h"
#include "coldcase/snapshot.h"
#include "support/scratch.h"

static int make(void **state)
{
	cc_buf b = CC_BUF_INIT;
	scratch_make(state);
	cc_buf_addz(&b, "Timestamp\tSeverityText\tServiceName\tBody\n2025-12-15 17:00:01\tINFO\tcart\tall is well\n"
		"2025-12-15 17:00:02\tINFO\tcart\t");
	for (int i = 0; i < 200; i++)
		cc_buf_add_char(&b, 'a');
	cc_buf_addz(&b, "!\n2025-12-15 17:00:03\tINFO\tcart\ta timeout\n");
	test_tree_bytes(&scratch, "Scenario-7/otel_logs_raw.tsv", cc_buf_str(&b));
	cc_buf_deinit(&b);
	return 0;
}

/* The number of records; -1: it cannot be told. */
static int records_until(const char *command, cc_cancel *cancel, size_t *untold)
{
	cc_arena *arena = cc_arena_new();
	cc_shell_searches all = { 0 };
	cc_import_records found = { 0 };
	cc_snapshot *s = NULL;
	cc_err err = { 0 };
	cc_snapshot_options how = { .no_cache = true };
	if (cc_snapshot_open(&s, test_tree_path(&scratch, "Scenario-7"), &how, &err) != CC_OK)
		fail_msg("%s", err.message);
	assert_true(cc_shell_read(cc_str_from(command), arena, &all));
	assert_int_equal(all.n, 1);
	app_import_lookup lookup = { .snapshot = s, .cancel = cancel };
	int n = app_import_search(&lookup, &all.p[0], 0, &found) ? (int)found.n : -1;
	*untold = lookup.untold;
	cc_vec_deinit(&found);
	cc_vec_deinit(&all);
	cc_snapshot_free(s);
	cc_arena_free(arena);
	return n;
}

static int records(const char *command)
{
	size_t untold;
	int n = records_until(command, NULL, &untold);
	assert_int_equal(untold, 0);
	return n;
}

static void test_counts(void **state)
{
	(void)state;
	assert_int_equal(records("grep timeout otel_logs_raw.tsv"), 1);
	assert_int_equal(records("grep -v timeout otel_logs_raw.tsv"), 2);
	assert_int_equal(records("awk -F'\\t' '$1 >= \"2025-12-15 17:00:02\" && /a/' otel_logs_raw.tsv"), 2);
}

/* A line that is too costly to match has neither passed nor failed. */
static void test_costly_patterns_tell_nothing(void **state)
{
	(void)state;
	assert_int_equal(records("grep -P '(a+)+(a+)+(a+)+$' otel_logs_raw.tsv"), -1);
	assert_int_equal(records("grep -vP '(a+)+(a+)+(a+)+$' otel_logs_raw.tsv"), -1);
}

/* However many searches a run holds: when the time for them is over, or somebody stops them, the rest is not told, and counted. */
static void test_no_longer_than_wanted(void **state)
{
	cc_cancel due = { .until_ns = 1 }, stopped = { .set = true };
	size_t untold;
	(void)state;
	assert_int_equal(records_until("grep timeout otel_logs_raw.tsv", &due, &untold), -1);
	assert_int_equal(untold, 1);
	assert_int_equal(records_until("grep timeout otel_logs_raw.tsv", &stopped, &untold), -1);
	assert_int_equal(untold, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_counts), cmocka_unit_test(test_costly_patterns_tell_nothing),
		cmocka_unit_test(test_no_longer_than_wanted) };
	return cmocka_run_group_tests_name("import_search", tests, make, scratch_remove);
}
