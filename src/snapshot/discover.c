/* discover.c - finds scenario folders: a scenario is a folder with at least one evidence file.
 *
 * The search is shallow and goes only through folders that the published layouts use (sre, Scenarios, snapshots,
 * version folders below sre, the revisions of a hub cache), so that pointing it at a home folder is no disaster. */
#include "coldcase/discover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "coldcase/file.h"
#include "coldcase/sha256.h"
#include "snapshot/evidence.h"

enum { MAX_DEPTH = 7, REF_LIMIT = 4096 };

typedef struct place_id {
	dev_t dev;
	ino_t ino;
} place_id;
typedef CC_VEC(cc_str) name_vec;

typedef struct search {
	cc_scenario_vec *out;
	cc_arena *arena;
	CC_VEC(place_id) seen; /* scenario folders already taken: several paths may lead to one */
	CC_VEC(place_id) searched; /* folders gone into: links may lead in circles, many ways at once */
	const char *source;    /* when the place is known: "sample", "own", "hub cache"; else told by the path */
	bool failed;
} search;

static int by_natural(const void *a, const void *b)
{
	const cc_str *x = a, *y = b;
	int c = cc_str_cmp_natural(*x, *y);
	return c ? c : cc_str_cmp(*x, *y);
}

static cc_str join(search *q, cc_str dir, cc_str name)
{
	cc_str out = cc_arena_printf(
		q->arena, "%.*s%s%.*s", CC_STR_ARG(dir), cc_str_ends(dir, CC_STR("/")) ? "" : "/", CC_STR_ARG(name));
	if (!out.p) {
		q->failed = true;
		return CC_STR_EMPTY;
	}
	return out;
}

static bool is_folder(cc_str path)
{
	struct stat st;
	return path.n > 0 && stat(path.p, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Names of the folders in dir, natural order; what cannot be read has none. */
static void list_folders(search *q, cc_str dir, name_vec *out)
{
	DIR *d = opendir(dir.p);
	if (!d)
		return;
	for (const struct dirent *e; (e = readdir(d)) && !q->failed;) {
		if (e->d_name[0] == '.' || !is_folder(join(q, dir, cc_str_from(e->d_name))))
			continue;
		cc_str name = cc_arena_dup(q->arena, cc_str_from(e->d_name));
		if (!name.p || !cc_vec_push(out, name))
			q->failed = true;
	}
	closedir(d);
	if (out->n > 1)
		qsort(out->p, out->n, sizeof *out->p, by_natural);
}

/* --- one scenario --- */

static bool contains(cc_str s, const char *part)
{
	return cc_str_find(s, cc_str_from(part)) != CC_STR_NONE;
}

static cc_str source_of(const search *q, cc_str path)
{
	if (contains(path, "ITBench-Lite") || (!q->source && contains(path, "/snapshots/sre/")))
		return CC_STR("ITBench-Lite");
	if (contains(path, "ITBench-AA"))
		return CC_STR("ITBench-AA");
	if (contains(path, "datasets--"))
		return CC_STR("hub cache");
	return q->source ? cc_str_from(q->source) : CC_STR("flat");
}

static cc_str last_part(cc_str path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	size_t slash = cc_str_rfind_char(path, '/');
	return slash == CC_STR_NONE ? path : cc_str_sub(path, slash + 1, path.n);
}

/* The folder's name as called; "." and ".." by where they lead. */
static cc_str scenario_name(search *q, cc_str path)
{
	cc_str name = last_part(path);
	if (name.n > 0 && !cc_str_eqz(name, ".") && !cc_str_eqz(name, ".."))
		return name;
	char *real = realpath(path.p, NULL); /* from the C library: released with free */
	if (real)
		name = cc_arena_dup(q->arena, last_part(cc_str_from(real)));
	free(real);
	return name.p ? name : CC_STR_EMPTY;
}

static bool same_place(const place_id *p, const struct stat *st)
{
	return p->dev == st->st_dev && p->ino == st->st_ino;
}

static bool is_new(search *q, cc_str path)
{
	struct stat st;
	if (stat(path.p, &st) != 0)
		return false;
	for (size_t i = 0; i < q->seen.n; i++)
		if (same_place(&q->seen.p[i], &st))
			return false;
	place_id id = { st.st_dev, st.st_ino };
	if (!cc_vec_push(&q->seen, id))
		q->failed = true;
	return true;
}

static bool is_searched(search *q, cc_str path)
{
	struct stat st;
	if (stat(path.p, &st) != 0)
		return true;
	for (size_t i = 0; i < q->searched.n; i++)
		if (same_place(&q->searched.p[i], &st))
			return true;
	place_id id = { st.st_dev, st.st_ino };
	if (!cc_vec_push(&q->searched, id))
		q->failed = true;
	return false;
}

static int by_file(const void *a, const void *b)
{
	const cc_incident_file *x = a, *y = b;
	return cc_str_cmp(x->path, y->path);
}

cc_str cc_incident_identity(cc_incident_file *files, size_t n, cc_arena *arena)
{
	cc_buf all = CC_BUF_INIT;
	char hex[65];
	if (n)
		qsort(files, n, sizeof *files, by_file);
	for (size_t i = 0; i < n; i++) {
		cc_buf_add(&all, files[i].path);
		cc_buf_add_char(&all, '\0');
		cc_buf_addf(&all, "%llu\n", (unsigned long long)files[i].bytes);
	}
	cc_str id = CC_STR_EMPTY;
	if (cc_buf_ok(&all)) {
		cc_sha256_of(cc_buf_str(&all), hex);
		id = cc_arena_dup(arena, cc_str_from(hex));
	}
	cc_buf_deinit(&all);
	return id;
}

static cc_str identity_of(search *q, const evidence_vec *files)
{
	cc_incident_file *list = cc_arena_array(q->arena, files->n, sizeof *list);
	for (size_t i = 0; list && i < files->n; i++)
		list[i] = (cc_incident_file){ files->p[i].path, files->p[i].bytes };
	return list ? cc_incident_identity(list, files->n, q->arena) : CC_STR_EMPTY;
}

static void add_scenario(search *q, cc_str path, const evidence_vec *files)
{
	cc_scenario sc = { .name = scenario_name(q, path), .path = path, .source = source_of(q, path), .identity = identity_of(q, files) };
	for (size_t i = 0; i < files->n; i++) {
		sc.bytes += files->p[i].bytes;
		sc.kinds |= 1u << files->p[i].kind;
		sc.dangling += files->p[i].dangling;
	}
	if (is_new(q, path) && !cc_vec_push(q->out, sc))
		q->failed = true;
}

/* True when the folder itself is a scenario (then it was added). A topology alone is none. */
static bool try_scenario(search *q, cc_str path)
{
	evidence_vec files = { 0 };
	bool hit = false;
	cc_code code = cc_evidence_list(&files, q->arena, path, NULL);
	if (code == CC_ENOMEM)
		q->failed = true;
	if (code == CC_OK)
		for (size_t i = 0; i < files.n && !hit; i++)
			hit = files.p[i].kind != CC_FILE_TOPOLOGY;
	if (hit)
		add_scenario(q, path, &files);
	cc_vec_deinit(&files);
	return hit;
}

/* --- the layouts --- */

static bool is_hub_dataset(cc_str name)
{
	return cc_str_starts(name, CC_STR("datasets--"));
}

static bool is_revision_store(search *q, cc_str dir)
{
	if (is_hub_dataset(last_part(dir)))
		return true;
	return is_folder(join(q, dir, CC_STR("snapshots"))) &&
	       (is_folder(join(q, dir, CC_STR("blobs"))) || is_folder(join(q, dir, CC_STR("refs"))));
}

static bool is_other_domain(cc_str name)
{
	return cc_str_eqz(name, "finops") || cc_str_eqz(name, "ciso");
}

/* Folders that hold scenarios in some layout; a version folder below sre may have any name. */
static bool is_container(cc_str name, cc_str parent)
{
	static const char *const names[] = { "sre", "Scenarios", "scenarios", "snapshots", "incidents",
		"sample-incidents", "hub", "data" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (cc_str_eqz(name, names[i]))
			return true;
	cc_str above = last_part(parent);
	return cc_str_eqz(above, "sre") || (cc_str_eqz(above, "snapshots") && !is_other_domain(name)) ||
	       is_hub_dataset(name);
}

static void search_folder(search *q, cc_str dir, int depth);

static bool is_regular(cc_str path)
{
	struct stat st;
	return path.n > 0 && stat(path.p, &st) == 0 && S_ISREG(st.st_mode); /* opening a pipe would wait for a writer */
}

static int64_t folder_time(cc_str path)
{
	struct stat st;
	return stat(path.p, &st) == 0 ? (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec : INT64_MIN;
}

/* refs/main names the revision; without it the newest wins. Empty when there is none. */
static cc_str choose_revision(search *q, cc_str dataset)
{
	cc_str store = join(q, dataset, CC_STR("snapshots")), ref = join(q, dataset, CC_STR("refs/main")),
	       best = CC_STR_EMPTY;
	cc_buf text = CC_BUF_INIT;
	name_vec shas = { 0 };
	if (is_regular(ref) && cc_file_read(&text, ref.p, REF_LIMIT, NULL) == CC_OK) {
		cc_str sha = cc_str_trim(cc_buf_str(&text));
		if (sha.n > 0 && cc_str_find_char(sha, '/') == CC_STR_NONE && is_folder(join(q, store, sha)))
			best = join(q, store, sha);
	}
	cc_buf_deinit(&text);
	if (best.n > 0)
		return best;
	list_folders(q, store, &shas);
	for (size_t i = 0; i < shas.n; i++) {
		cc_str path = join(q, store, shas.p[i]);
		if (best.n == 0 || folder_time(path) > folder_time(best))
			best = path;
	}
	cc_vec_deinit(&shas);
	return best;
}

static void search_child(search *q, cc_str dir, cc_str name, int depth)
{
	cc_str path = join(q, dir, name);
	if (q->failed || is_other_domain(name))
		return;
	if (!is_container(name, dir) && try_scenario(q, path))
		return;
	if (depth < MAX_DEPTH && is_container(name, dir))
		search_folder(q, path, depth + 1);
}

static void search_folder(search *q, cc_str dir, int depth)
{
	name_vec names = { 0 };
	if (is_searched(q, dir) || try_scenario(q, dir))
		return;
	if (is_revision_store(q, dir)) {
		cc_str revision = choose_revision(q, dir);
		if (revision.n > 0 && depth < MAX_DEPTH)
			search_folder(q, revision, depth + 1);
		return;
	}
	list_folders(q, dir, &names);
	for (size_t i = 0; i < names.n; i++)
		search_child(q, dir, names.p[i], depth);
	cc_vec_deinit(&names);
}

static int by_name(const void *a, const void *b)
{
	const cc_scenario *x = a, *y = b;
	int c = cc_str_cmp_natural(x->name, y->name);
	return c ? c : by_natural(&x->path, &y->path);
}

static cc_code run(search *q, cc_str dir, cc_err *err)
{
	size_t before = q->out->n;
	search_folder(q, dir, 0);
	if (q->out->n - before > 1)
		qsort(q->out->p + before, q->out->n - before, sizeof *q->out->p, by_name);
	return q->failed ? cc_err_set(err, CC_ENOMEM, "%.*s: out of memory", CC_STR_ARG(dir)) : CC_OK;
}

/* --- public --- */

static cc_code check_folder(const char *path, cc_err *err)
{
	struct stat st;
	cc_code code;
	if (stat(path, &st) != 0) {
		code = cc_err_errno(err, errno, path);
		cc_err_hint(err, "`coldcase list` shows the incidents that are known here");
		return code;
	}
	if (!S_ISDIR(st.st_mode)) {
		cc_err_set(err, CC_EFORMAT, "%s is a file, not an incident's folder", path);
		cc_err_hint(err, "give the folder that holds it");
		return CC_EFORMAT;
	}
	if (faccessat(AT_FDCWD, path, R_OK | X_OK, AT_EACCESS) != 0) {
		code = cc_err_errno(err, errno, path);
		cc_err_hint(err, "make the folder readable: chmod u+rx");
		return code;
	}
	return CC_OK;
}

cc_code cc_discover(cc_scenario_vec *out, cc_arena *arena, const char *path, cc_err *err)
{
	search q = { .out = out, .arena = arena };
	size_t before = out->n;
	cc_code code = check_folder(path, err);
	if (code != CC_OK)
		return code;
	cc_str dir = cc_arena_dup(arena, cc_str_from(path));
	if (!dir.p)
		return cc_err_set(err, CC_ENOMEM, "%s: out of memory", path);
	code = run(&q, dir, err);
	cc_vec_deinit(&q.seen);
	cc_vec_deinit(&q.searched);
	if (code != CC_OK || out->n > before)
		return code;
	cc_err_set(err, CC_EFORMAT, "%s holds no incident snapshot", path);
	cc_err_hint(err, "expected Scenario-N folders, or alerts/, metrics/ and files like otel_logs_raw.tsv");
	return CC_EFORMAT;
}

static void try_known(search *q, const char *dir, const char *below, const char *source)
{
	cc_buf path = CC_BUF_INIT;
	if (!dir || !*dir)
		return;
	cc_path_join(&path, dir, below);
	cc_str copy = cc_buf_ok(&path) ? cc_arena_dup(q->arena, cc_buf_str(&path)) : CC_STR_EMPTY;
	cc_buf_deinit(&path);
	q->source = source;
	if (!copy.p)
		q->failed = true;
	else if (is_folder(copy) && run(q, copy, NULL) != CC_OK)
		q->failed = true;
}

static void try_hub_caches(search *q)
{
	const char *cache = getenv("HF_HUB_CACHE"), *home = getenv("HF_HOME");
	if (cache && *cache)
		try_known(q, cache, "", "hub cache");
	else if (home && *home)
		try_known(q, home, "hub", "hub cache");
	else
		try_known(q, getenv("HOME"), ".cache/huggingface/hub", "hub cache");
}

cc_code cc_discover_known(cc_scenario_vec *out, cc_arena *arena, const char *program_dir, cc_err *err)
{
	search q = { .out = out, .arena = arena };
	cc_buf data = CC_BUF_INIT;
	try_known(&q, program_dir, "sample-incidents", "sample");
	try_known(&q, program_dir, "../../sample-incidents", "sample"); /* build/release in the source tree */
	try_known(&q, CC_DATADIR, "sample-incidents", "sample");
	if (cc_xdg_dir(&data, 'd', NULL) == CC_OK)
		try_known(&q, data.p, "incidents", "own");
	try_hub_caches(&q);
	cc_buf_deinit(&data);
	cc_vec_deinit(&q.seen);
	cc_vec_deinit(&q.searched);
	return q.failed ? cc_err_set(err, CC_ENOMEM, "out of memory") : CC_OK;
}
