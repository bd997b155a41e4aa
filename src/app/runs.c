/* runs.c - walks a tree for runs; see runs.h. */
#include "app/runs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "app/scoring.h"
#include "coldcase/answer.h"
#include "coldcase/file.h"

enum { DEEPEST = 12 };

typedef CC_VEC(char *) name_vec;

typedef struct walk {
	app_run_places *out;
	cc_arena *arena;
	size_t root;             /* bytes of the root's path in every path */
	cc_err *err;
} walk;

/* OUT/SCENARIO/3: a trial, whatever is left of it. One that gave no answer scores 0 and has to be counted. */
static bool is_trial(cc_str dir)
{
	size_t slash = cc_str_rfind_char(dir, '/');
	int64_t number;
	if (slash == CC_STR_NONE || !cc_str_to_i64(cc_str_sub(dir, slash + 1, dir.n), &number))
		return false;
	cc_str above = cc_str_sub(dir, 0, slash), scenario = app_scenario_of_path(above);
	return scenario.n && scenario.p + scenario.n == above.p + above.n;
}

static bool is_run(const char *dir)
{
	cc_buf path = CC_BUF_INIT;
	struct stat st;
	cc_path_join(&path, dir, CC_RECORD_FILE);
	bool found = cc_buf_ok(&path) && stat(path.p, &st) == 0 && S_ISREG(st.st_mode);
	found = found || cc_answer_find(&path, dir, NULL) == CC_OK;
	cc_buf_deinit(&path);
	return found || is_trial(cc_str_from(dir));
}

static cc_str last_name(cc_str path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	size_t slash = cc_str_rfind_char(path, '/');
	return slash == CC_STR_NONE ? path : cc_str_sub(path, slash + 1, path.n);
}

/* The folders between the root and the scenario; none: the root is one player's. */
static cc_str player_of(const walk *w, cc_str path)
{
	cc_str below = cc_str_sub(path, w->root, path.n), scenario = app_scenario_of_path(below);
	cc_str above = scenario.n ? cc_str_sub(below, 0, (size_t)(scenario.p - below.p)) : CC_STR_EMPTY;
	while (above.n && above.p[0] == '/')
		above = cc_str_sub(above, 1, above.n);
	while (above.n && above.p[above.n - 1] == '/')
		above.n--;
	return above.n ? above : last_name(cc_str_sub(path, 0, w->root));
}

static cc_code add(walk *w, const char *path)
{
	cc_str own = cc_arena_dup(w->arena, cc_str_from(path));
	if (!own.p || !cc_vec_push(w->out, ((app_run_place){ own.p, player_of(w, own) })))
		return cc_err_set(w->err, CC_ENOMEM, "out of memory");
	return CC_OK;
}

static int by_name(const void *a, const void *b)
{
	return cc_str_cmp_natural(cc_str_from(*(char *const *)a), cc_str_from(*(char *const *)b));
}

/* The folders in `dir`, in natural order; one that cannot be read holds none. */
static bool folders(walk *w, const char *dir, name_vec *out)
{
	DIR *d = opendir(dir);
	bool ok = true;
	for (struct dirent *e; d && ok && (e = readdir(d));) {
		cc_buf path = CC_BUF_INIT;
		struct stat st;
		cc_path_join(&path, dir, e->d_name);
		if (e->d_name[0] != '.' && cc_buf_ok(&path) && lstat(path.p, &st) == 0 && S_ISDIR(st.st_mode)) {
			char *own = cc_arena_dupz(w->arena, cc_buf_str(&path));
			ok = own && cc_vec_push(out, own);
		}
		cc_buf_deinit(&path);
	}
	if (d)
		closedir(d);
	if (out->n)
		qsort(out->p, out->n, sizeof *out->p, by_name);
	return ok;
}

static cc_code visit(walk *w, const char *dir, int depth)
{
	name_vec below = { 0 };
	if (is_run(dir))
		return add(w, dir);
	if (depth >= DEEPEST)
		return CC_OK;
	cc_code code = folders(w, dir, &below) ? CC_OK : cc_err_set(w->err, CC_ENOMEM, "out of memory");
	for (size_t i = 0; i < below.n && code == CC_OK; i++)
		code = visit(w, below.p[i], depth + 1);
	cc_vec_deinit(&below);
	return code;
}

cc_code app_runs_find(app_run_places *out, cc_arena *arena, const char *path, cc_err *err)
{
	walk w = { .out = out, .arena = arena, .root = strlen(path), .err = err };
	size_t before = out->n;
	struct stat st;
	if (stat(path, &st) != 0)
		return cc_err_errno(err, errno, path);
	if (!S_ISDIR(st.st_mode))
		return add(&w, path);
	cc_code code = visit(&w, path, 0);
	if (code == CC_OK && out->n == before) {
		code = cc_err_set(err, CC_ENOTFOUND, "%s: holds no run and no answer", path);
		cc_err_hint(err, "a run is a folder with %s or agent_output.json in it", CC_RECORD_FILE);
	}
	return code;
}

/* --- by name --- */

/* Written last: of one that goes on, the one somebody plays now. */
static int64_t written_ns(const char *dir)
{
	cc_buf path = CC_BUF_INIT;
	struct stat st;
	cc_path_join(&path, dir, CC_RECORD_FILE);
	bool found = cc_buf_ok(&path) && stat(path.p, &st) == 0;
	cc_buf_deinit(&path);
	return found ? (int64_t)st.st_mtim.tv_sec * CC_NS_PER_S + st.st_mtim.tv_nsec : CC_TIME_NONE;
}

static cc_code newest_below(const char *root, cc_buf *path, cc_err *err)
{
	app_run_places places = { 0 };
	cc_arena *arena = cc_arena_new();
	int64_t newest = CC_TIME_NONE;
	const char *best = NULL;
	cc_code code = arena ? app_runs_find(&places, arena, root, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	for (size_t i = 0; i < places.n && code == CC_OK; i++) {
		int64_t at = written_ns(places.p[i].path);
		if (at == CC_TIME_NONE || (best && at < newest))
			continue;
		newest = at;
		best = places.p[i].path;
	}
	if (best)
		cc_buf_addz(path, best);
	cc_vec_deinit(&places);
	cc_arena_free(arena);
	return code;
}

cc_code app_run_named(const app_options *o, const char *word, cc_buf *path, cc_err *err)
{
	cc_buf kept = CC_BUF_INIT;
	cc_err why = { 0 };
	struct stat st;
	size_t start = path->n;
	bool last = strcmp(word, "last") == 0;
	bool inside = word[0] && word[0] != '/' && word[0] != '.' && !strstr(word, "..");
	cc_code code = CC_OK;
	if (inside && stat(word, &st) != 0 && app_runs_dir(o, &kept, NULL) == CC_OK) {
		if (!last)
			cc_buf_addf(&kept, "/%s", word);
		if (cc_buf_ok(&kept) && stat(kept.p, &st) == 0)
			code = newest_below(kept.p, path, &why);
		code = code == CC_ENOTFOUND ? CC_OK : code;
	}
	if (code == CC_OK && last && inside && path->n == start && stat(word, &st) != 0) {
		code = cc_err_set(err, CC_ENOTFOUND, "there is no last run: none is kept in %s", kept.p ? kept.p : "any folder");
		cc_err_hint(err, "name its folder, or where it was kept: --out DIR");
	} else if (code != CC_OK) {
		*err = why;
	} else if (path->n == start) {
		cc_buf_addz(path, word);
	}
	cc_buf_deinit(&kept);
	return code == CC_OK && !cc_buf_ok(path) ? cc_err_set(err, CC_ENOMEM, "out of memory") : code;
}

static bool takes_runs(const app_command *c)
{
	return c && (strncmp(c->args, "RUN", 3) == 0 || strcmp(c->name, "score") == 0);
}

cc_code app_runs_named(app_options *o, const app_command *c, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	cc_code code = CC_OK;
	if (!takes_runs(c))
		return CC_OK;
	if (o->args.n && !o->preferred && !(o->preferred = cc_arena_new()))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	for (size_t i = 0; i < o->args.n && code == CC_OK; i++) {
		cc_buf_clear(&path);
		code = app_run_named(o, o->args.p[i], &path, err);
		const char *own = code == CC_OK ? cc_arena_dupz(o->preferred, cc_buf_str(&path)) : NULL;
		if (code == CC_OK && !own)
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
		else if (own)
			o->args.p[i] = own;
	}
	struct stat st;
	if (code == CC_OK && o->args.n == 1 && stat(o->args.p[0], &st) != 0 && errno == ENOENT) {
		code = cc_err_errno(err, ENOENT, o->args.p[0]);
		cc_err_hint(err, "a run is its folder, SCENARIO or SCENARIO/N of those kept, or last");
	}
	cc_buf_deinit(&path);
	return code;
}
