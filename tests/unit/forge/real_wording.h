/* real_wording.h - what the controllers of a real cluster write, from recordings that are not part of the project: messages of
 * Events with everything that differs from object to object taken out. Include it once in a test. */
#ifndef TESTS_FORGE_REAL_WORDING_H
#define TESTS_FORGE_REAL_WORDING_H

#include <dirent.h>

#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/map.h"
#include "coldcase/tsv.h"
#include "support/tree.h"
#include "unit/base/base_test.h"

/* Every word with a digit, a dash or a slash in it becomes "#": names, numbers, quantities, addresses. */
static inline void mask(cc_buf *out, cc_str text)
{
	static const char BETWEEN[] = " \"=,:()";
	for (size_t i = 0; i < text.n;) {
		size_t from = i;
		bool varies = false;
		for (; i < text.n && !memchr(BETWEEN, text.p[i], sizeof BETWEEN - 1); i++)
			varies |= (text.p[i] >= '0' && text.p[i] <= '9') || text.p[i] == '-' || text.p[i] == '/';
		if (varies) cc_buf_add_char(out, '#');
		else cc_buf_add(out, cc_str_sub(text, from, i));
		if (i < text.n) cc_buf_add_char(out, text.p[i++]);
	}
}

static inline void replace_all(cc_buf *b, const char *from, const char *to)
{
	cc_buf out = CC_BUF_INIT;
	cc_str rest = cc_buf_str(b);
	for (size_t at = cc_str_find(rest, S(from)); at != CC_STR_NONE; at = cc_str_find(rest, S(from))) {
		cc_buf_add(&out, cc_str_sub(rest, 0, at));
		cc_buf_addz(&out, to);
		rest = cc_str_sub(rest, at + strlen(from), rest.n);
	}
	cc_buf_add(&out, rest);
	cc_buf_deinit(b);
	*b = out;
}

static inline void real_row(cc_map *seen, cc_arena *arena, cc_str body)
{
	cc_err err;
	cc_json *doc = NULL;
	cc_buf key = CC_BUF_INIT;
	if (cc_json_parse(&doc, body, &err) != CC_OK) return;
	const cc_json *o = cc_json_get(doc, "object");
	cc_str message = cc_json_get_str(o, "message");
	cc_buf_addf(&key, "%.*s|", CC_STR_ARG(cc_json_get_str(o, "reason")));
	mask(&key, message.n ? message : cc_json_get_str(o, "note"));
	assert_true(cc_map_set(seen, cc_arena_dup(arena, cc_buf_str(&key)), 1));
	cc_buf_deinit(&key);
	cc_json_free(doc);
}

static inline void real_file(cc_map *seen, cc_arena *arena, const char *path)
{
	cc_filemap file;
	cc_tsv t;
	cc_tsv_row row;
	cc_err err;
	if (cc_file_map(&file, path, &err) != CC_OK) return;
	assert_int_equal(cc_tsv_init(&t, file.text, &err), CC_OK);
	int body = cc_tsv_column(&t, "Body");
	while (cc_tsv_next(&t, &row)) real_row(seen, arena, cc_tsv_field(&row, body, arena));
	cc_file_unmap(&file);
}

/* "reason|masked message" of every Event in the recordings; NULL, with a printed reason, where they are not. */
static inline cc_map *real_wording(cc_arena *arena)
{
	const char *base = test_shared("real-k8s");
	DIR *d = base ? opendir(base) : NULL;
	cc_map *seen = cc_map_new();
	assert_non_null(seen);
	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		cc_buf path = CC_BUF_INIT;
		if (strncmp(e->d_name, "Scenario-", 9) != 0) continue;
		cc_buf_addf(&path, "%s/%s/k8s_events_raw.tsv", base, e->d_name);
		real_file(seen, arena, path.p);
		cc_buf_deinit(&path);
	}
	if (d) closedir(d);
	if (cc_map_count(seen)) return seen;
	cc_map_free(seen);
	print_message("skipped: no recordings of a real cluster beside the project (real-k8s)\n");
	return NULL;
}

/* Is this, said for this reason, said in the recordings? */
static inline bool real_says(const cc_map *seen, const char *reason, cc_str text)
{
	cc_buf key = CC_BUF_INIT;
	cc_buf_addf(&key, "%s|", reason);
	mask(&key, text);
	bool found = cc_map_get(seen, cc_buf_str(&key), NULL);
	if (!found) print_error("nobody says: %s\n", key.p);
	cc_buf_deinit(&key);
	return found;
}

#endif
