/* keypaths.c - how much a forged object looks like a real one: of all key paths the objects of one recording have,
 * kind by kind, which share does another recording have too, and which are missing.
 *
 *     keypaths REAL FORGED… [-v]
 *
 * REAL and FORGED are k8s_objects_raw.tsv files, scenario folders that hold one, or folders of such scenarios;
 * further ones add to FORGED. Array elements collapse to [], entries of maps whose keys are data (labels,
 * managedFields …) to *. With -v every missing path is named, else the first six of a kind. What a
 * CustomResourceDefinition's schema says is left out: that is data too. Exit code 0 when every kind has at least 90
 * percent. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "coldcase/arena.h"
#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/map.h"
#include "coldcase/vec.h"

enum { SIDES = 2, SHARE = 90 };

typedef struct kind { cc_str name; cc_map *paths[SIDES]; size_t objects[SIDES]; uint64_t bytes[SIDES]; } kind;

typedef struct audit { cc_arena *arena; CC_VEC(kind) kinds; bool failed; } audit;

static kind *kind_of(audit *a, cc_str name)
{
	for (size_t i = 0; i < a->kinds.n; i++)
		if (cc_str_eq(a->kinds.p[i].name, name)) return &a->kinds.p[i];
	kind k = { .name = cc_arena_dup(a->arena, name), .paths = { cc_map_new(), cc_map_new() } };
	if (!k.name.p || !k.paths[0] || !k.paths[1] || !cc_vec_push(&a->kinds, k)) {
		a->failed = true;
		return NULL;
	}
	return &a->kinds.p[a->kinds.n - 1];
}

static void add_path(audit *a, cc_map *paths, cc_str path)
{
	if (cc_map_get(paths, path, NULL)) return;
	cc_str kept = cc_arena_dup(a->arena, path);
	if (!kept.p || !cc_map_set(paths, kept, 1)) a->failed = true;
}

/* Maps from names somebody chose to values: which names is not a question of shape. */
static bool names_are_data(cc_str key)
{
	static const char *const MAPS[] = { "labels", "annotations", "matchLabels", "nodeSelector", "data", "selector",
		"parameters", "hard", "used" };
	for (size_t i = 0; i < sizeof MAPS / sizeof MAPS[0]; i++)
		if (cc_str_eqz(key, MAPS[i])) return true;
	return false;
}

static bool is_leaf(const cc_json *v)
{
	cc_json_type t = cc_json_typeof(v);
	return (t != CC_JSON_OBJECT && t != CC_JSON_ARRAY) || cc_json_count(v) == 0;
}

static void walk(audit *a, cc_map *paths, const cc_json *v, cc_buf *path, cc_str key)
{
	if (is_leaf(v) || cc_str_eqz(key, "fieldsV1") || cc_str_eqz(key, "openAPIV3Schema")) {
		add_path(a, paths, cc_buf_str(path));
		return;
	}
	size_t n = path->n;
	bool list = cc_json_typeof(v) == CC_JSON_ARRAY;
	for (const cc_json *m = cc_json_first(v); m && !a->failed; m = cc_json_next(m)) {
		cc_str name = list ? CC_STR("[]") : names_are_data(key) && is_leaf(m) ? CC_STR("*") : cc_json_key(m);
		if (!list) cc_buf_add_char(path, '.');
		cc_buf_add(path, name);
		if (!cc_buf_ok(path)) a->failed = true;
		walk(a, paths, m, path, list ? key : name);
		cc_buf_truncate(path, n);
	}
}

static void body(audit *a, int side, cc_str text)
{
	cc_json *tree = NULL;
	cc_buf path = CC_BUF_INIT;
	if (cc_json_parse(&tree, text, NULL) == CC_OK) {
		cc_str name = cc_json_get_str(tree, "kind");
		kind *k = name.n ? kind_of(a, name) : NULL;
		if (k) {
			k->objects[side]++;
			k->bytes[side] += text.n;
			walk(a, k->paths[side], tree, &path, CC_STR_EMPTY);
		}
	}
	cc_json_free(tree);
	cc_buf_deinit(&path);
}

/* One field of a record, decoded; false at the end of the record, which *at then stands behind. */
static bool field(cc_str text, size_t *at, cc_buf *out)
{
	bool quoted = *at < text.n && text.p[*at] == '"';
	cc_buf_clear(out);
	for (*at += quoted; *at < text.n; ++*at) {
		char c = text.p[*at];
		if (quoted && c == '"' && (*at + 1 >= text.n || text.p[*at + 1] != '"')) quoted = false;
		else if (!quoted && (c == '\t' || c == '\n')) break;
		else {
			if (quoted && c == '"') ++*at;
			cc_buf_add_char(out, c);
		}
	}
	bool more = *at < text.n && text.p[*at] == '\t';
	++*at;
	return more;
}

static void table(audit *a, int side, cc_str text)
{
	cc_buf cell = CC_BUF_INIT, kept = CC_BUF_INIT;
	int column = -1;
	for (size_t at = 0, row = 0; at < text.n && !a->failed; row++) {
		int i = 0;
		bool more = true;
		cc_buf_clear(&kept);
		for (; more; i++) {
			more = field(text, &at, &cell);
			if (row == 0 && cc_str_eqz(cc_buf_str(&cell), "Body")) column = i;
			if (row > 0 && i == column) cc_buf_add(&kept, cc_buf_str(&cell));
		}
		if (!cc_buf_ok(&cell) || !cc_buf_ok(&kept)) a->failed = true;
		if (kept.n) body(a, side, cc_buf_str(&kept));
	}
	cc_buf_deinit(&cell);
	cc_buf_deinit(&kept);
}

static int load(audit *a, int side, const char *path, int depth)
{
	static const char NAME[] = "k8s_objects_raw.tsv";
	struct stat st;
	cc_err err = { 0 };
	int found = 0;
	if (stat(path, &st) != 0) return 0;
	if (!S_ISDIR(st.st_mode)) {
		cc_buf text = CC_BUF_INIT;
		if (cc_file_read(&text, path, (size_t)1 << 30, &err) == CC_OK) table(a, side, cc_buf_str(&text));
		else fprintf(stderr, "keypaths: %s\n", err.message);
		cc_buf_deinit(&text);
		return 1;
	}
	DIR *d = opendir(path);
	for (const struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		cc_buf child = CC_BUF_INIT;
		cc_path_join(&child, path, e->d_name);
		if (strcmp(e->d_name, NAME) == 0) found += load(a, side, child.p, depth);
		else if (depth == 0 && strncmp(e->d_name, "Scenario-", 9) == 0) found += load(a, side, child.p, 1);
		cc_buf_deinit(&child);
	}
	if (d) (void)closedir(d);
	return found;
}

static bool report(const kind *k, bool verbose)
{
	size_t n = cc_map_count(k->paths[0]), both = 0, shown = 0;
	for (size_t i = 0; i < n; i++) {
		cc_str path;
		cc_map_entry(k->paths[0], i, &path, NULL);
		both += cc_map_get(k->paths[1], path, NULL);
	}
	size_t share = n ? 100 * both / n : 100;
	printf("%-26.*s %5zu %5zu %4zu%% %7zu %8llu\n", CC_STR_ARG(k->name), n, both, share, k->objects[1],
		k->objects[1] ? (unsigned long long)(k->bytes[1] / k->objects[1]) : 0);
	for (size_t i = 0; i < n; i++) {
		cc_str path;
		cc_map_entry(k->paths[0], i, &path, NULL);
		if (cc_map_get(k->paths[1], path, NULL)) continue;
		if (verbose || shown < 6) printf("    %.*s\n", CC_STR_ARG(path));
		shown++;
	}
	if (!verbose && shown > 6) printf("    and %zu more\n", shown - 6);
	return share >= SHARE;
}

static int by_name(const void *x, const void *y)
{
	return cc_str_cmp(((const kind *)x)->name, ((const kind *)y)->name);
}

int main(int argc, char **argv)
{
	audit a = { .arena = cc_arena_new() };
	bool verbose = false, good = true;
	int files[SIDES] = { 0, 0 }, side = 0;
	for (int i = 1; i < argc && a.arena; i++) {
		if (strcmp(argv[i], "-v") == 0) {
			verbose = true;
			continue;
		}
		files[side] += load(&a, side, argv[i], 0);
		side = 1;
	}
	if (!a.arena || a.failed || !files[0] || !files[1]) {
		fprintf(stderr, a.failed ? "keypaths: out of memory\n"
			: "usage: keypaths REAL FORGED... [-v] (files or folders with k8s_objects_raw.tsv)\n");
		return 2;
	}
	qsort(a.kinds.p, a.kinds.n, sizeof a.kinds.p[0], by_name);
	printf("%-26s %5s %5s %5s %7s %8s\n", "kind", "paths", "have", "share", "objects", "bytes");
	for (size_t i = 0; i < a.kinds.n; i++) {
		if (a.kinds.p[i].objects[0]) good &= report(&a.kinds.p[i], verbose);
		cc_map_free(a.kinds.p[i].paths[0]);
		cc_map_free(a.kinds.p[i].paths[1]);
	}
	cc_vec_deinit(&a.kinds);
	cc_arena_free(a.arena);
	return good ? 0 : 1;
}
