/* test_record_lock.c - a record has one writer: a second one is refused and told who the first is. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "casefile/record_priv.h"
#include "support/scratch.h"

static const cc_record_header header = { .version = { "0.1", 3 }, .scenario = { "Scenario-1", 10 }, .snapshot_path = { "/x", 2 },
	.actor_name = { "ana", 3 }, .assistance = { "raw", 3 }, .truth_seal = { "", 0 }, .origin = { "", 0 } };

static const char *new_folder(void)
{
	static char dir[400];
	cc_buf path = CC_BUF_INIT;
	uint32_t trial;

	assert_int_equal(cc_record_make_dir(&path, &trial, scratch.root, CC_STR("locked"), NULL), CC_OK);
	snprintf(dir, sizeof dir, "%s", path.p);
	cc_buf_deinit(&path);
	return dir;
}

static cc_code resume(const char *dir, bool leased, cc_record **out, cc_err *err)
{
	cc_run *run = NULL;
	int64_t gap_ns;

	assert_int_equal(cc_run_read(&run, dir, NULL), CC_OK);
	cc_code code = cc_record_append(out, dir, run, leased, NULL, &gap_ns, err);
	cc_run_free(run);
	return code;
}

static bool names(const char *message, pid_t pid)
{
	char word[40];

	snprintf(word, sizeof word, "process %d ", (int)pid);
	return strstr(message, access("/proc/locks", R_OK) == 0 ? word : "another process") != NULL;
}

static void a_second_writer_is_refused(void **state)
{
	const char *dir = new_folder();
	cc_record *first, *second = NULL;
	cc_err err = { 0 };

	(void)state;
	assert_int_equal(cc_record_open(&first, dir, &header, NULL, NULL), CC_OK);
	if (cc_record_unlocked(first)) {
		print_message("no locks here: %s\n", cc_record_unlocked(first));
		cc_record_close(first);
		skip();
	}
	assert_int_equal(resume(dir, false, &second, &err), CC_ESTATE);
	assert_null(second);
	assert_true(names(err.message, getpid()));
	assert_non_null(strstr(err.hint, "one run has one player"));
	assert_int_equal(resume(dir, true, &second, &err), CC_OK);     /* a lease says who plays */
	cc_record_close(second);
	cc_record_close(first);
	assert_int_equal(resume(dir, false, &second, &err), CC_OK);
	cc_record_close(second);
}

/* Another process has it, and the lock goes when that is killed, without anybody's doing. */
static void the_lock_dies_with_its_process(void **state)
{
	const char *dir = new_folder();
	cc_record *r = NULL;
	cc_err err = { 0 };
	int ready[2];
	char c;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		bool locked = cc_record_open(&r, dir, &header, NULL, NULL) == CC_OK && !cc_record_unlocked(r);
		(void)!write(ready[1], locked ? "l" : "-", 1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	cc_code code = c == 'l' ? resume(dir, false, &r, &err) : CC_OK;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(ready[0]);
	close(ready[1]);
	if (c != 'l')
		skip();
	assert_int_equal(code, CC_ESTATE);
	assert_true(names(err.message, child));
	assert_int_equal(resume(dir, false, &r, &err), CC_OK);
	cc_record_close(r);
}

/* Between reading a record and locking it its writer may have written more: the chain would part. */
static void what_went_on_while_it_was_read_is_not_appended_to(void **state)
{
	const char *dir = new_folder();
	cc_record *first, *second = NULL;
	cc_run *run;
	int64_t gap_ns;
	cc_err err = { 0 };

	(void)state;
	assert_int_equal(cc_record_open(&first, dir, &header, NULL, NULL), CC_OK);
	assert_int_equal(cc_run_read(&run, dir, NULL), CC_OK);
	assert_int_equal(cc_record_add_event(first, &(cc_record_event){ CC_STR("more"), CC_STR("{}") }, NULL), CC_OK);
	cc_record_close(first);
	assert_int_equal(cc_record_append(&second, dir, run, false, NULL, &gap_ns, &err), CC_ESTATE);
	assert_null(second);
	assert_non_null(strstr(err.message, "went on while it was read"));
	cc_run_free(run);
}

static void where_there_are_no_locks_it_says_why(void **state)
{
	int without = 0;

	(void)state;
	assert_int_equal(cc_record_lock(-1, "x", false, &without, NULL), CC_OK);
	assert_int_equal(without, EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_writer_is_refused), cmocka_unit_test(the_lock_dies_with_its_process),
		cmocka_unit_test(what_went_on_while_it_was_read_is_not_appended_to), cmocka_unit_test(where_there_are_no_locks_it_says_why),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
