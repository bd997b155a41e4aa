/* A kept snapshot says what a read one says, or it is not used. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "coldcase/xalloc.h"
#include "unit/snapshot/cache_fixture.h"

/* Looks into the cache but writes nothing there. */
static const cc_snapshot_options only_look = { .cache_min_bytes = UINT64_MAX, .threads = 1 };

static void assert_open(cached *c, bool from_cache)
{
	cc_snapshot *s = open_scenario(c, (cc_snapshot_options){ 0 });
	assert_int_equal(cc_snapshot_cached(s), from_cache);
	assert_says_truth(c, s);
	cc_snapshot_free(s);
}

/* --- the same answers --- */

static void kept_says_what_read_says(void **state)
{
	cached *c = *state;
	char path[1024];
	assert_open(c, false);
	assert_open(c, true);
	assert_open(c, true);
	assert_int_equal(kept_files(c, path, sizeof path), 1);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(cc_str_ends(S(path), CC_STR(".image")));
}

static void a_whole_incident(void **state)
{
	cached *c = *state;
	snprintf(c->scenario, sizeof c->scenario, "%s", SAMPLE);
	take_truth(c);
	cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ 0 }));
	assert_open(c, true);
}

static void digest_of_a_kept_one(void **state)
{
	cached *c = *state;
	char read[65], kept[65];
	cc_snapshot *s = open_scenario(c, (cc_snapshot_options){ 0 });
	assert_int_equal(cc_snapshot_digest(s, NULL, read, NULL), CC_OK);
	cc_snapshot_free(s);
	s = open_scenario(c, (cc_snapshot_options){ 0 });
	assert_true(cc_snapshot_cached(s));
	assert_int_equal(cc_snapshot_digest(s, NULL, kept, NULL), CC_OK);
	assert_string_equal(read, kept);
	cc_snapshot_free(s);
}

/* The files of a kept snapshot are mapped by whoever reads a row first. */
static void *read_all(void *arg)
{
	const cc_snapshot *s = arg;
	cc_buf b = CC_BUF_INIT;
	dump_spans(&b, s);
	dump_series(&b, s);
	for (size_t i = 0; i < cc_logs_count(s); i++)
		dump_cite(&b, s, cc_logs_get(s, i)->cite);
	size_t n = b.n;
	cc_buf_deinit(&b);
	return (void *)(uintptr_t)n;
}

static void many_threads_read_a_kept_one(void **state)
{
	cached *c = *state;
	pthread_t threads[4];
	cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ 0 }));
	cc_snapshot *s = open_scenario(c, (cc_snapshot_options){ 0 });
	assert_true(cc_snapshot_cached(s));
	void *first = NULL, *other;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_all, s), 0);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], &other), 0);
		first = i ? first : other;
		assert_ptr_equal(first, other);
	}
	assert_non_null(first);
	cc_snapshot_free(s);
}

/* --- not wanted, not worth it, not safe --- */

/* Whatever the pieces and the threads, byte by byte the same image is written. */
static void threads_write_the_same_image(void **state)
{
	static const struct { unsigned threads; size_t piece; } ways[] = { { 1, SIZE_MAX }, { 2, 0 }, { 8, 1000 }, { 2, 777 }, { 8, 20000 } };
	cached *c = *state;
	cc_buf first = CC_BUF_INIT;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		char path[1024];
		cc_buf image = CC_BUF_INIT;
		cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ .threads = ways[i].threads, .piece_bytes = ways[i].piece }));
		assert_int_equal(kept_files(c, path, sizeof path), 1);
		assert_int_equal(cc_file_read(&image, path, SIZE_MAX / 4, NULL), CC_OK);
		assert_int_equal(unlink(path), 0);
		if (i == 0)
			cc_buf_add(&first, cc_buf_str(&image));
		assert_true(image.n > 10000);
		if (!cc_str_eq(cc_buf_str(&first), cc_buf_str(&image)))
			fail_msg("%u threads, pieces of %zu bytes: another image", ways[i].threads, ways[i].piece);
		cc_buf_deinit(&image);
	}
	cc_buf_deinit(&first);
}

static void no_cache_means_none(void **state)
{
	cached *c = *state;
	cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ .no_cache = true }));
	assert_int_equal(kept_files(c, NULL, 0), 0);
	keep_one(c, (char[1024]){ "" }, NULL);
	cc_snapshot *s = open_scenario(c, (cc_snapshot_options){ .no_cache = true });
	assert_false(cc_snapshot_cached(s));
	cc_snapshot_free(s);
}

static void small_ones_are_not_kept(void **state)
{
	cached *c = *state;
	cc_snapshot *s = open_scenario(c, only_look);
	uint64_t bytes = cc_snapshot_bytes(s);
	cc_snapshot_free(s);
	cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ .cache_min_bytes = bytes + 1 }));
	assert_int_equal(kept_files(c, NULL, 0), 0);
	cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ .cache_min_bytes = bytes }));
	assert_int_equal(kept_files(c, NULL, 0), 1);
}

static void fresh_files_are_not_kept(void **state)
{
	cached *c = *state;
	test_tree_file(&c->tree, "Scenario-1/metrics/pod_new_raw.tsv", "metric_name\ttimestamp\tvalue\n");
	cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ 0 }));
	assert_int_equal(kept_files(c, NULL, 0), 0);
	age(test_tree_path(&c->tree, "Scenario-1/metrics/pod_new_raw.tsv"));
	cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ 0 }));
	assert_int_equal(kept_files(c, NULL, 0), 1);
}

/* --- damaged --- */

static void assert_refused(cached *c, bool thoroughly, const char *what, size_t at)
{
	cc_snapshot *s = open_scenario(c, only_look);
	if (cc_snapshot_cached(s))
		fail_msg("%s at %zu was not noticed", what, at);
	if (thoroughly)
		assert_says_truth(c, s);
	cc_snapshot_free(s);
}

static void cut_images_are_refused(void **state)
{
	cached *c = *state;
	char path[1024];
	cc_buf bytes = CC_BUF_INIT;
	keep_one(c, path, &bytes);
	for (size_t n = 0; n < bytes.n; n += 4096) {
		put_bytes(path, bytes.p, n);
		assert_refused(c, n % (64 * 4096) == 0, "a cut", n);
	}
	put_bytes(path, bytes.p, bytes.n - 1);
	assert_refused(c, true, "a cut", bytes.n - 1);
	put_bytes(path, bytes.p, 100);
	assert_refused(c, true, "a cut", 100);
	assert_true(cc_buf_reserve(&bytes, 8));
	put_bytes(path, bytes.p, bytes.n + 8);
	assert_refused(c, true, "an addition", bytes.n);
	put_bytes(path, bytes.p, bytes.n); /* the very way of writing it makes no difference */
	assert_open(c, true);
	cc_buf_deinit(&bytes);
}

static void flipped_bits_are_noticed(void **state)
{
	cached *c = *state;
	char path[1024];
	cc_buf bytes = CC_BUF_INIT;
	keep_one(c, path, &bytes);
	/* In the padding of the header a bit means nothing; all else counts. */
	for (size_t block = 0; block < bytes.n; block = block ? block + 512 : 4096) {
		size_t at = block ? block + (block / 512 * 197) % 512 : 8 * 3;
		if (at >= bytes.n)
			break;
		char was = bytes.p[at];
		bytes.p[at] = (char)(was ^ 1 << block / 512 % 8);
		put_bytes(path, bytes.p, bytes.n);
		assert_refused(c, block % (512 * 128) == 0, "a flipped bit", at);
		bytes.p[at] = was;
	}
	put_bytes(path, bytes.p, bytes.n);
	assert_open(c, true);
	cc_buf_deinit(&bytes);
}

static void a_damaged_one_is_replaced(void **state)
{
	cached *c = *state;
	char path[1024];
	cc_buf bytes = CC_BUF_INIT;
	keep_one(c, path, &bytes);
	bytes.p[bytes.n / 2] ^= 4;
	put_bytes(path, bytes.p, bytes.n);
	assert_open(c, false);
	assert_open(c, true);
	assert_int_equal(kept_files(c, NULL, 0), 1);
	cc_buf_deinit(&bytes);
}

/* --- foreign --- */

static void foreign_images_are_refused(void **state)
{
	cached *c = *state;
	char path[1024], other[1040];
	keep_one(c, path, NULL);
	assert_int_equal(chmod(path, 0640), 0);
	assert_refused(c, true, "a file others may read", 0);
	assert_int_equal(chmod(path, 0600), 0);
	assert_open(c, true);
	snprintf(other, sizeof other, "%s.other", path);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_refused(c, true, "a link", 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_refused(c, true, "a pipe", 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rename(other, path), 0);
	assert_open(c, true);
	if (geteuid() == 0) { /* only the superuser can give a file away */
		assert_int_equal(chown(path, 65534, (gid_t)-1), 0);
		assert_refused(c, true, "another user's file", 0);
	}
}

/* Two scenarios whose names hash alike would share a file. */
static void another_scenarios_image_is_refused(void **state)
{
	cached *c = *state;
	char path[1024], to[512], second[1040];
	keep_one(c, path, NULL);
	snprintf(to, sizeof to, "%s", test_tree_path(&c->tree, "Scenario-2"));
	assert_int_equal(rename(c->scenario, to), 0);
	snprintf(c->scenario, sizeof c->scenario, "%s", to);
	take_truth(c);
	snprintf(second, sizeof second, "%s.kept", path);
	assert_int_equal(rename(path, second), 0);
	cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ 0 }));
	assert_int_equal(unlink(second) == 0 && kept_files(c, path, sizeof path) == 1, true);
	char was[512];
	snprintf(was, sizeof was, "%s", test_tree_path(&c->tree, "Scenario-1"));
	cc_buf bytes = CC_BUF_INIT;
	assert_int_equal(cc_file_read(&bytes, path, SIZE_MAX / 4, NULL), CC_OK);
	assert_int_equal(rename(to, was), 0);
	snprintf(c->scenario, sizeof c->scenario, "%s", was);
	take_truth(c);
	assert_int_equal(unlink(path), 0);
	keep_one(c, path, NULL);                     /* the name that belongs to Scenario-1 */
	put_bytes(path, bytes.p, bytes.n);           /* but Scenario-2's tables */
	assert_refused(c, true, "another scenario's image", 0);
	cc_buf_deinit(&bytes);
}

/* --- stale --- */

static const char *logs_of(const cached *c)
{
	return test_tree_path(&c->tree, "Scenario-1/otel_logs_raw.tsv");
}

static void assert_rebuilt(cached *c)
{
	take_truth(c);
	assert_open(c, false);
	assert_open(c, true);
}

static void touched(void **state)
{
	cached *c = *state;
	struct timespec t[2] = { { 1600000000, 1 }, { 1600000000, 1 } };
	keep_one(c, (char[1024]){ "" }, NULL);
	assert_int_equal(utimensat(AT_FDCWD, logs_of(c), t, 0), 0);
	assert_rebuilt(c);
}

static void grown(void **state)
{
	cached *c = *state;
	keep_one(c, (char[1024]){ "" }, NULL);
	int fd = open(logs_of(c), O_WRONLY | O_APPEND);
	assert_int_equal(cc_fd_write(fd, CC_STR("one more line\n")), 0);
	assert_int_equal(close(fd), 0);
	age(logs_of(c)); /* the size alone must tell */
	assert_rebuilt(c);
}

static void replaced(void **state)
{
	cached *c = *state;
	cc_buf text = CC_BUF_INIT;
	keep_one(c, (char[1024]){ "" }, NULL);
	assert_int_equal(cc_file_read(&text, logs_of(c), SIZE_MAX / 4, NULL), CC_OK);
	text.p[text.n - 3] = text.p[text.n - 3] == 'x' ? 'y' : 'x';
	test_tree_bytes(&c->tree, "Scenario-1/new", cc_buf_str(&text));
	age(test_tree_path(&c->tree, "Scenario-1/new")); /* size and time are the old one's */
	assert_int_equal(rename(test_tree_path(&c->tree, "Scenario-1/new"), logs_of(c)), 0);
	assert_rebuilt(c);
	cc_buf_deinit(&text);
}

static void added_and_removed(void **state)
{
	cached *c = *state;
	const char *path = test_tree_path(&c->tree, "Scenario-1/metrics/pod_more_raw.tsv");
	keep_one(c, (char[1024]){ "" }, NULL);
	test_tree_file(&c->tree, "Scenario-1/metrics/pod_more_raw.tsv",
		"metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\nm\t2025-12-15 17:00:00\t1\tp\tn\t\n");
	age(path);
	assert_rebuilt(c);
	assert_int_equal(unlink(test_tree_path(&c->tree, "Scenario-1/metrics/pod_more_raw.tsv")), 0);
	assert_rebuilt(c);
	assert_int_equal(unlink(test_tree_path(&c->tree, "Scenario-1/metrics/pod_gone_raw.tsv")), 0); /* the link */
	assert_rebuilt(c);
}

/* Rows of a kept snapshot are not looked up in a file that came in the place of theirs, be it as large and as old. */
static void replaced_while_open(void **state)
{
	cached *c = *state;
	cc_err err;
	cc_buf said = CC_BUF_INIT, text = CC_BUF_INIT;
	keep_one(c, (char[1024]){ "" }, NULL);
	cc_snapshot *s = open_scenario(c, (cc_snapshot_options){ 0 });
	assert_true(cc_snapshot_cached(s));
	assert_int_equal(cc_file_read(&text, logs_of(c), SIZE_MAX / 4, NULL), CC_OK);
	for (size_t i = 0; i < text.n; i++)
		text.p[i] = text.p[i] == 'a' ? 'z' : text.p[i];
	test_tree_bytes(&c->tree, "Scenario-1/new", cc_buf_str(&text));
	age(test_tree_path(&c->tree, "Scenario-1/new"));
	assert_int_equal(rename(test_tree_path(&c->tree, "Scenario-1/new"), logs_of(c)), 0);
	assert_int_equal(cc_cite_read(s, cc_logs_get(s, 0)->cite, add_text, &said, &err), CC_EUNKNOWN);
	assert_int_equal(said.n, 0);
	assert_int_equal(cc_cite_read(s, cc_spans_get(s, 0)->cite, add_text, &said, &err), CC_OK);
	cc_snapshot_free(s);
	cc_buf_deinit(&said);
	cc_buf_deinit(&text);
}

/* --- disks --- */

static void a_full_disk_means_no_cache(void **state)
{
	cached *c = *state;
	struct rlimit was, small;
	char path[1024];
	cc_buf bytes = CC_BUF_INIT;
	keep_one(c, path, &bytes);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	for (size_t limit = 0; limit < bytes.n; limit += limit ? bytes.n / 7 : 1000) {
		assert_int_equal(unlink(path), 0);
		small = (struct rlimit){ limit, was.rlim_max };
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ 0 }));
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
		assert_int_equal(kept_files(c, NULL, 0), 0);
		assert_open(c, false);
	}
	assert_open(c, true);
	cc_buf_deinit(&bytes);
}

static void no_folder_means_no_cache(void **state)
{
	cached *c = *state;
	test_tree_file(&c->tree, "cache", "a file where the folder should be");
	assert_open(c, false);
	assert_open(c, false);
}

/* --- bounded --- */

static void set_time(const char *path, time_t seconds)
{
	struct timespec t[2] = { { seconds, 0 }, { seconds, 0 } };
	assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
}

static void the_longest_unused_goes_first(void **state)
{
	cached *c = *state;
	char path[1024], a[1040], b[1040], stray[1040], other[1040];
	struct stat st;
	cc_buf bytes = CC_BUF_INIT;
	keep_one(c, path, &bytes);
	snprintf(a, sizeof a, "%s/a.image", c->cache);
	snprintf(b, sizeof b, "%s/b.image", c->cache);
	snprintf(stray, sizeof stray, "%s/1-2.image.tmp", c->cache);
	snprintf(other, sizeof other, "%s/notes", c->cache);
	put_bytes(a, bytes.p, bytes.n);
	put_bytes(b, bytes.p, bytes.n);
	put_bytes(stray, bytes.p, 10);
	put_bytes(other, bytes.p, 10);
	set_time(a, 1700000000);
	set_time(b, 1600000000);
	set_time(stray, 1600000000);
	set_time(other, 1500000000);
	set_time(path, 1500000000);
	assert_open(c, true); /* used just now: no longer the oldest, and nothing was written, so nothing goes */
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_mtim.tv_sec > 1700000000);
	assert_int_equal(kept_files(c, NULL, 0), 5);
	assert_int_equal(unlink(path), 0);
	cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ .cache_max_bytes = bytes.n * 5 / 2 }));
	assert_int_equal(access(path, F_OK) | access(a, F_OK) | access(other, F_OK), 0);
	assert_int_equal(access(b, F_OK), -1);
	assert_int_equal(access(stray, F_OK), -1);
	cc_buf_deinit(&bytes);
}

static void one_that_is_too_large_is_not_kept(void **state)
{
	cached *c = *state;
	char path[1024];
	cc_buf bytes = CC_BUF_INIT;
	keep_one(c, path, &bytes);
	assert_int_equal(unlink(path), 0);
	cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ .cache_max_bytes = bytes.n - 1 }));
	assert_int_equal(kept_files(c, NULL, 0), 0);
	cc_buf_deinit(&bytes);
}

/* --- memory, processes --- */

/* true: it was opened. */
static bool open_with_little_memory(cached *c, long calls)
{
	cc_snapshot_options o = { .cache_dir = c->cache, .cache_min_bytes = 1, .threads = 2 };
	cc_snapshot *s = NULL;
	cc_err err;
	cc_alloc_fail_after(calls);
	cc_code code = cc_snapshot_open(&s, c->scenario, &o, &err);
	if (s) /* the writer is at work */
		cc_snapshot_free(s);
	cc_alloc_fail_after(-1);
	assert_true(code == CC_OK || code == CC_ENOMEM);
	return code == CC_OK;
}

static void memory_may_end_anywhere(void **state)
{
	cached *c = *state;
	long opened = 0, kept = 0;
	for (long n = 0; opened < 40 && n < 1000000; n += 1 + n / 12) {
		opened += open_with_little_memory(c, n);
		cc_snapshot *s = open_scenario(c, only_look);
		kept += cc_snapshot_cached(s);
		if (kept == 1 || n % 16 == 0)
			assert_says_truth(c, s);
		cc_snapshot_free(s);
		if (kept)
			break;
	}
	assert_true(kept > 0);
	bool done = false;
	for (long n = 0; !done; n++) /* and while a kept one is taken */
		done = open_with_little_memory(c, n);
	assert_open(c, true);
}

static void open_in_child(cached *c)
{
	for (int i = 0; i < 5; i++) {
		cc_snapshot *s = open_scenario(c, (cc_snapshot_options){ 0 });
		cc_buf said = CC_BUF_INIT;
		bool right = cc_logs_count(s) > 0 &&
			     cc_cite_read(s, cc_logs_get(s, 0)->cite, add_text, &said, NULL) == CC_OK && said.n > 0;
		cc_buf_deinit(&said);
		cc_snapshot_free(s);
		if (!right)
			_exit(1);
		if (i % 2)
			test_tree_file(&c->tree, "Scenario-1/metrics/pod_change_raw.tsv", "metric_name\ttimestamp\tvalue\n");
		else
			unlink(test_tree_path(&c->tree, "Scenario-1/metrics/pod_change_raw.tsv"));
	}
	_exit(0);
}

/* Each writes and reads while the others do, and the folder changes under them. */
static void several_processes_at_once(void **state)
{
	cached *c = *state;
	pid_t child[4];
	int status;
	for (size_t i = 0; i < 4; i++) {
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] == 0)
			open_in_child(c);
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	unlink(test_tree_path(&c->tree, "Scenario-1/metrics/pod_change_raw.tsv"));
	cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ 0 }));
	assert_open(c, true);
	assert_int_equal(kept_files(c, NULL, 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cached_test(kept_says_what_read_says),
		cached_test(a_whole_incident),
		cached_test(digest_of_a_kept_one),
		cached_test(many_threads_read_a_kept_one),
		cached_test(threads_write_the_same_image),
		cached_test(no_cache_means_none),
		cached_test(small_ones_are_not_kept),
		cached_test(fresh_files_are_not_kept),
		cached_test(cut_images_are_refused),
		cached_test(flipped_bits_are_noticed),
		cached_test(a_damaged_one_is_replaced),
		cached_test(foreign_images_are_refused),
		cached_test(another_scenarios_image_is_refused),
		cached_test(touched),
		cached_test(grown),
		cached_test(replaced),
		cached_test(added_and_removed),
		cached_test(replaced_while_open),
		cached_test(a_full_disk_means_no_cache),
		cached_test(no_folder_means_no_cache),
		cached_test(the_longest_unused_goes_first),
		cached_test(one_that_is_too_large_is_not_kept),
		cached_test(memory_may_end_anywhere),
		cached_test(several_processes_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
