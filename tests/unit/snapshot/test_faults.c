/* Evidence that changes or fails while it is read or looked at: an error or less of it, never a crash or a wrong answer. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "coldcase/file.h"
#include "coldcase/logs.h"
#include "unit/snapshot/snapshot_open.h"

enum { RECORDS = 3000 };
static const char LOGS[] = "otel_logs_raw.tsv";

/* Some 300 KB: large enough to be mapped. */
static void write_logs(test_tree *t)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "Timestamp\tServiceName\tSeverityText\tBody\n");
	for (int i = 0; i < RECORDS; i++)
		cc_buf_addf(&b, "2025-12-15 17:%02d:%02d\tcart\tINFO\tthe message of record %d, long enough to fill some pages of the file\n",
			i / 60 % 60, i % 60, i + 1);
	assert_true(cc_buf_ok(&b));
	test_tree_bytes(t, LOGS, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

static cc_snapshot *open_pieces(test_tree *t, const cc_snapshot_options *opt)
{
	cc_snapshot *s = NULL;
	cc_err err;
	if (cc_snapshot_open(&s, t->root, opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static const cc_file *logs_file(const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++)
		if (cc_str_eqz(cc_snapshot_file(s, i)->path, LOGS))
			return cc_snapshot_file(s, i);
	fail_msg("no logs");
	return NULL;
}

static void cut(test_tree *t, off_t bytes)
{
	assert_int_equal(truncate(test_tree_path(t, LOGS), bytes), 0);
}

static bool body_is(const cc_snapshot *s, size_t i)
{
	cc_arena *arena = cc_arena_new();
	char want[96];
	const cc_logrec *l = cc_logs_get(s, i);
	snprintf(want, sizeof want, "the message of record %u, long enough to fill some pages of the file", l->cite.record);
	bool same = cc_str_eqz(cc_logs_body(s, l, arena), want);
	cc_arena_free(arena);
	return same;
}

static void a_file_cut_while_open_is_told(void **state)
{
	test_tree *t = *state;
	write_logs(t);
	cc_snapshot *s = open_tree(t);
	assert_int_equal(cc_logs_count(s), RECORDS);
	assert_null(cc_snapshot_torn(s));
	assert_true(body_is(s, RECORDS - 1));
	cut(t, 100 * 1000);
	for (size_t i = 0; i < RECORDS; i++)
		assert_true(body_is(s, i) || i > 0); /* what is gone may read as anything; reading it does not crash */
	assert_non_null(cc_snapshot_torn(s));
	assert_str(cc_snapshot_torn(s)->path, LOGS);
	cc_logs_read_bodies(s, NULL);
	(void)body_is(s, RECORDS - 1);
	cc_snapshot_free(s);
}

static void a_file_cut_to_nothing_is_told(void **state)
{
	test_tree *t = *state;
	write_logs(t);
	cc_snapshot *s = open_tree(t);
	cut(t, 0);
	assert_false(body_is(s, 0));
	write_logs(t); /* as long as before: the pages read as zeros stay what they are */
	assert_non_null(cc_snapshot_torn(s));
	cc_snapshot_free(s);
	s = open_tree(t);
	assert_null(cc_snapshot_torn(s));
	assert_true(body_is(s, RECORDS - 1));
	cc_snapshot_free(s);
}

static void a_file_that_grows_is_as_it_was(void **state)
{
	test_tree *t = *state;
	write_logs(t);
	cc_snapshot *s = open_tree(t);
	int fd = open(test_tree_path(t, LOGS), O_WRONLY | O_APPEND);
	assert_true(fd >= 0);
	assert_int_equal(cc_fd_write(fd, CC_STR("2025-12-15 18:59:00\tcart\tINFO\tlate\n")), 0);
	close(fd);
	cc_logs_read_bodies(s, NULL);
	for (size_t i = 0; i < RECORDS; i++)
		assert_true(body_is(s, i));
	assert_int_equal(cc_logs_count(s), RECORDS);
	assert_null(cc_snapshot_torn(s));
	cc_snapshot_free(s);
}

/* --- while it is read --- */

typedef struct cutter { test_tree *t; off_t to; } cutter;

static void cut_once(void *arg, const cc_snapshot_progress *p)
{
	cutter *c = arg;
	if (c->t && cc_str_eqz(cc_str_from(p->what), "logs")) {
		cut(c->t, c->to);
		c->t = NULL;
	}
}

/* The rows that are there are the first ones of the file, and whole. */
static void assert_beginning(const cc_snapshot *s)
{
	const cc_file *f = logs_file(s);
	size_t n = cc_logs_count(s);
	uint32_t last = 0;
	for (size_t i = 0; i < n; i++)
		last = cc_logs_get(s, i)->cite.record > last ? cc_logs_get(s, i)->cite.record : last;
	assert_true(n <= RECORDS && last <= n + f->skipped);
}

static void a_file_cut_while_it_is_read_ends_there(void **state)
{
	test_tree *t = *state;
	for (off_t to = 0; to < 300 * 1000; to += 30011)
		for (unsigned threads = 1; threads <= 2; threads++) {
			write_logs(t);
			cutter c = { t, to };
			cc_snapshot_options opt = { .threads = threads, .piece_bytes = 8192, .progress = cut_once, .progress_arg = &c };
			cc_snapshot *s = open_pieces(t, &opt);
			assert_null(c.t);
			assert_beginning(s);
			assert_true(cc_logs_count(s) == RECORDS || logs_file(s)->problem.n > 0);
			cc_snapshot_free(s);
		}
}

static void a_disk_that_fails_is_told(void **state)
{
	test_tree *t = *state;
	write_logs(t);
	for (long long after = 0; after < 300 * 1000; after += 20011)
		for (unsigned threads = 1; threads <= 2; threads++) {
			cc_snapshot_options opt = { .threads = threads, .piece_bytes = 8192 };
			cc_fd_fail_after(after);
			cc_snapshot *s = open_pieces(t, &opt);
			cc_fd_fail_after(-1);
			assert_beginning(s);
			assert_true(cc_logs_count(s) < RECORDS);
			assert_true(cc_str_find(logs_file(s)->problem, CC_STR("Input/output error")) != CC_STR_NONE);
			cc_snapshot_free(s);
		}
}

/* A later open reads again what could not be read: half of the evidence is never kept as if it were all. */
static void what_could_not_be_read_is_not_kept(void **state)
{
	test_tree *t = *state;
	struct timespec old[2] = { { 1600000000, 0 }, { 1600000000, 0 } };
	test_tree cache;
	test_tree_make(&cache);
	write_logs(t);
	assert_int_equal(utimensat(AT_FDCWD, test_tree_path(t, LOGS), old, 0), 0);
	cc_snapshot_options opt = { .cache_dir = cache.root, .cache_min_bytes = 1 };
	cc_fd_fail_after(100 * 1000);
	cc_snapshot *s = open_pieces(t, &opt);
	cc_fd_fail_after(-1);
	assert_true(cc_logs_count(s) < RECORDS);
	cc_snapshot_free(s);
	s = open_pieces(t, &opt);
	assert_false(cc_snapshot_cached(s));
	assert_int_equal(cc_logs_count(s), RECORDS);
	cc_snapshot_free(s);
	s = open_pieces(t, &opt);
	assert_true(cc_snapshot_cached(s));
	assert_int_equal(cc_logs_count(s), RECORDS);
	cut(t, 100 * 1000); /* with the image, the file is mapped when it is first looked at */
	assert_true(body_is(s, 0) || cc_logs_count(s) > 0);
	cc_snapshot_free(s);
	test_tree_remove(&cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(a_file_cut_while_open_is_told),
		tree_test(a_file_cut_to_nothing_is_told),
		tree_test(a_file_that_grows_is_as_it_was),
		tree_test(a_file_cut_while_it_is_read_ends_there),
		tree_test(a_disk_that_fails_is_told),
		tree_test(what_could_not_be_read_is_not_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
