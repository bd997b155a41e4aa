/* forge_check.h - what both forge tests use: a run into a fresh folder, and a plain TSV reader of their own, so that the
 * forge is not judged by the code that will read its files. */
#ifndef TESTS_FORGE_CHECK_H
#define TESTS_FORGE_CHECK_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "coldcase/file.h"
#include "coldcase/forge.h"
#include "coldcase/json.h"
#include "coldcase/sha256.h"
#include "coldcase/time.h"
#include "coldcase/vec.h"

typedef CC_VEC(char *) name_vec;

static inline void scratch_dir(cc_buf *out, const char *name)
{
	const char *base = getenv("COLDCASE_TEST_TMP");
	cc_buf_clear(out);
	cc_buf_addf(out, "%s/forge-%s-%ld", base && base[0] ? base : "/tmp", name, (long)getpid());
	assert_int_equal(cc_dir_make(out->p, NULL), CC_OK);
}

static inline void remove_all(const char *path)
{
	DIR *d = opendir(path);
	if (d) {
		for (struct dirent *e = readdir(d); e; e = readdir(d)) {
			if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
			cc_buf child = CC_BUF_INIT;
			cc_path_join(&child, path, e->d_name);
			remove_all(child.p);
			cc_buf_deinit(&child);
		}
		closedir(d);
	}
	(void)remove(path);
}

static inline int name_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names in a folder, sorted; free with names_free. */
static inline void names_of(name_vec *v, const char *path)
{
	DIR *d = opendir(path);
	*v = (name_vec){ 0 };
	if (!d) return;
	for (struct dirent *e = readdir(d); e; e = readdir(d))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) assert_true(cc_vec_push(v, strdup(e->d_name)));
	closedir(d);
	if (v->n) qsort(v->p, v->n, sizeof v->p[0], name_order);
}

static inline void names_free(name_vec *v)
{
	for (size_t i = 0; i < v->n; i++) free(v->p[i]);
	cc_vec_deinit(v);
}

/* Names and contents of all files below a folder. */
static inline void digest_tree(cc_sha256 *sha, const char *path)
{
	name_vec names;
	names_of(&names, path);
	for (size_t i = 0; i < names.n; i++) {
		cc_buf child = CC_BUF_INIT, text = CC_BUF_INIT;
		struct stat st;
		cc_path_join(&child, path, names.p[i]);
		cc_sha256_add(sha, names.p[i], strlen(names.p[i]) + 1);
		assert_int_equal(lstat(child.p, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			digest_tree(sha, child.p);
		} else {
			assert_int_equal(cc_file_read(&text, child.p, 100u << 20, NULL), CC_OK);
			cc_sha256_add(sha, text.p, text.n);
		}
		cc_buf_deinit(&child);
		cc_buf_deinit(&text);
	}
	names_free(&names);
}

static inline void digest_of(char hex[65], const char *path)
{
	cc_sha256 sha;
	cc_sha256_init(&sha);
	digest_tree(&sha, path);
	cc_sha256_hex(&sha, hex);
}

/* A small fast run: 20 minutes, one request a second, the fault after two fifths. */
static inline cc_forge_options quick(const char *out_dir, const char *fault)
{
	cc_forge_options o;
	cc_forge_options_init(&o);
	o.out_dir = out_dir;
	o.faults[0] = fault;
	o.fault_count = 1;
	o.difficulty = CC_FORGE_EASY;
	o.inject_ns = 480 * CC_NS_PER_S;
	o.seed = 42;
	o.start_ns = cc_time_from_civil(2025, 12, 15, 17, 0, 0, 0);
	o.duration_ns = 1200 * CC_NS_PER_S;
	o.rps_milli = 1000;
	return o;
}

/* "kind:target" with the first or the last target of a kind, in the first built-in application that has one for it. */
static inline bool first_target(const char *kind, bool last, cc_buf *spec, const char **app)
{
	cc_str text;
	for (size_t i = 0; cc_forge_app_get(i, app, &text); i++) {
		cc_buf targets = CC_BUF_INIT;
		cc_str line = CC_STR_EMPTY, chosen = CC_STR_EMPTY, rest;
		if (cc_forge_targets(*app, kind, &targets, NULL) != CC_OK) return false;
		for (rest = cc_buf_str(&targets); rest.n;) {
			cc_str_cut(rest, '\n', &line, &rest);
			if (line.n && (last || !chosen.n)) chosen = line;
		}
		if (chosen.n) cc_buf_addf(spec, "%s:%.*s", kind, CC_STR_ARG(chosen));
		cc_buf_deinit(&targets);
		if (spec->n) return true;
	}
	return false;
}

#endif
