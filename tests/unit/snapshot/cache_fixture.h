/* cache_fixture.h - a small scenario of every kind of evidence, older than its cache folder, and what it says unread
 * from the cache. */
#ifndef COLDCASE_CACHE_FIXTURE_H
#define COLDCASE_CACHE_FIXTURE_H

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "coldcase/file.h"
#include "unit/snapshot/snapshot_dump.h"

typedef struct cached {
	test_tree tree;
	char scenario[512], cache[512];
	cc_buf truth;            /* the dump of an open that knows no cache */
} cached;

#define SAMPLE "sample-incidents/Scenario-1"

/* Old enough that a change would show. */
static inline void age(const char *path)
{
	struct timespec t[2] = { { 1600000000, 0 }, { 1600000000, 0 } };
	assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
}

/* The first bytes of a sample's file, up to the end of a line (or all of a JSON file). */
static inline void copy_head(cached *c, const char *path, size_t limit)
{
	cc_buf text = CC_BUF_INIT, from = CC_BUF_INIT, to = CC_BUF_INIT;
	cc_buf_addf(&from, "%s/%s", SAMPLE, path);
	cc_buf_addf(&to, "Scenario-1/%s", path);
	assert_int_equal(cc_file_read(&text, from.p, SIZE_MAX / 4, NULL), CC_OK);
	cc_str head = cc_buf_str(&text);
	if (cc_str_ends(cc_buf_str(&from), CC_STR(".tsv"))) {
		head = cc_str_sub(head, 0, limit);
		head = cc_str_sub(head, 0, cc_str_rfind_char(head, '\n') + 1);
	}
	test_tree_bytes(&c->tree, to.p, head);
	age(test_tree_path(&c->tree, to.p));
	cc_buf_deinit(&text);
	cc_buf_deinit(&from);
	cc_buf_deinit(&to);
}

static inline void copy_some(cached *c, const char *folder, size_t files)
{
	cc_buf path = CC_BUF_INIT;
	cc_buf_addf(&path, "%s/%s", SAMPLE, folder);
	DIR *d = opendir(path.p);
	assert_non_null(d);
	for (const struct dirent *e; files > 0 && (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		cc_buf_clear(&path);
		cc_buf_addf(&path, "%s/%s", folder, e->d_name);
		copy_head(c, path.p, 20000);
		files--;
	}
	closedir(d);
	cc_buf_deinit(&path);
}

static inline cc_snapshot *open_scenario(cached *c, cc_snapshot_options o)
{
	cc_snapshot *s = NULL;
	cc_err err;
	o.cache_dir = c->cache;
	o.cache_min_bytes = o.cache_min_bytes ? o.cache_min_bytes : 1;
	if (cc_snapshot_open(&s, c->scenario, &o, &err) != CC_OK)
		fail_msg("%s: %s", c->scenario, err.message);
	return s;
}

static inline void take_truth(cached *c)
{
	cc_snapshot *s = open_scenario(c, (cc_snapshot_options){ .no_cache = true });
	cc_buf_clear(&c->truth);
	dump_snapshot(&c->truth, s);
	assert_true(cc_buf_ok(&c->truth));
	cc_snapshot_free(s);
}

static inline void assert_says_truth(cached *c, const cc_snapshot *s)
{
	cc_buf said = CC_BUF_INIT;
	dump_snapshot(&said, s);
	assert_true(same_dump(&c->truth, &said));
	cc_buf_deinit(&said);
}

static inline int cached_setup(void **state)
{
	static cached c;
	c = (cached){ .truth = CC_BUF_INIT };
	*state = &c;
	test_tree_make(&c.tree);
	copy_head(&c, "otel_logs_raw.tsv", 20000);
	copy_head(&c, "otel_traces_raw.tsv", 30000);
	copy_head(&c, "k8s_events_raw.tsv", 30000);
	copy_head(&c, "k8s_objects_raw.tsv", 150000);
	copy_some(&c, "alerts", 2);
	copy_some(&c, "metrics", 3);
	test_tree_file(&c.tree, "Scenario-1/otel_logs.tsv", "not read, for the raw one is\n");
	age(test_tree_path(&c.tree, "Scenario-1/otel_logs.tsv"));
	test_tree_link(&c.tree, "Scenario-1/metrics/pod_gone_raw.tsv", "nowhere");
	snprintf(c.scenario, sizeof c.scenario, "%s", test_tree_path(&c.tree, "Scenario-1"));
	snprintf(c.cache, sizeof c.cache, "%s", test_tree_path(&c.tree, "cache/below"));
	take_truth(&c);
	return 0;
}

static inline int cached_teardown(void **state)
{
	cached *c = *state;
	cc_buf_deinit(&c->truth);
	test_tree_remove(&c->tree);
	return 0;
}

#define cached_test(f) cmocka_unit_test_setup_teardown(f, cached_setup, cached_teardown)

/* --- the cache folder --- */

/* How many files are in it; the first one's path is copied to `path` unless that is NULL. */
static inline size_t kept_files(const cached *c, char *path, size_t size)
{
	size_t n = 0;
	DIR *d = opendir(c->cache);
	for (const struct dirent *e; d && (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		if (n++ == 0 && path)
			assert_true(snprintf(path, size, "%s/%s", c->cache, e->d_name) < (int)size);
	}
	if (d)
		closedir(d);
	return n;
}

/* Opens once so that an image is there, and reads its bytes. */
static inline void keep_one(cached *c, char path[1024], cc_buf *bytes)
{
	cc_snapshot_free(open_scenario(c, (cc_snapshot_options){ 0 }));
	assert_int_equal(kept_files(c, path, 1024), 1);
	if (bytes)
		assert_int_equal(cc_file_read(bytes, path, SIZE_MAX / 4, NULL), CC_OK);
}

static inline void put_bytes(const char *path, const char *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(cc_fd_write(fd, (cc_str){ p, n }), 0);
	assert_int_equal(close(fd), 0);
}

#endif
