/* evidence.c - walks a scenario folder and says which files are evidence.
 *
 * Names decide, as in every tool of this data set: *events*.tsv, *objects*.tsv, *traces*.tsv, *logs*.tsv at the top (or
 * in the export's raw/ and lite/), alerts/ and metrics/ with all that is below. Only known folders are entered, each
 * real folder once, so links that lead in circles end. Whatever is on the answer-leaking list is passed over before it
 * is even looked at. */
#include "snapshot/evidence.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "coldcase/file.h"

enum { MAX_DEPTH = 8 };

typedef enum place { AT_TOP, AT_ALERTS, AT_METRICS, AT_METRICS_POD, AT_METRICS_SERVICE, AT_TOPOLOGY, AT_NOWHERE } place;

typedef struct folder_id {
	dev_t dev;
	ino_t ino;
	place at; /* a folder may hold evidence of two kinds when links lead to it twice */
} folder_id;

typedef struct walk {
	evidence_vec *out;
	cc_arena *arena;
	cc_str root;
	cc_str real_root;      /* root without links */
	CC_VEC(folder_id) seen;
	bool failed;
} walk;

/* --- the answer-leaking list --- */

static bool is_secret_name(cc_str name)
{
	static const char *const prefixes[] = { "ground_truth", "groundtruth", "ground-truth", "gt.", "debrief" };
	static const char *const names[] = { "data.jsonl", "status.json", "assertion.json", "bundle_status.json",
		"judge_output.json", "agent_output.json", "agent_response.json", "answer.json", "score.json",
		"trajectory.jsonl", "solutions" };
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (cc_str_starts_nocase(name, cc_str_from(prefixes[i])))
			return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (cc_str_eq_nocase(name, cc_str_from(names[i])))
			return true;
	return false;
}

bool cc_evidence_is_secret(cc_str path)
{
	cc_str part;
	while (path.n > 0) {
		cc_str_cut(path, '/', &part, &path);
		if (is_secret_name(part))
			return true;
	}
	return false;
}

/* What of `path` is not shared with the folders above and of the scenario: a data set may be kept in a folder of any
 * name, but a link out of the scenario into solutions/ leads to answers. */
static cc_str beyond_common(cc_str path, cc_str root)
{
	size_t i = 0, from = 0;
	while (i < path.n && i < root.n && path.p[i] == root.p[i])
		from = path.p[i++] == '/' ? i : from;
	return cc_str_sub(path, i == root.n && i < path.n && path.p[i] == '/' ? i + 1 : from, path.n);
}

/* An innocent name may be a link to a secret one, over several links or through a folder. */
static bool leads_to_secret(const walk *w, const char *full)
{
	char target[PATH_MAX];
	ssize_t n = readlink(full, target, sizeof target);
	if (n <= 0)
		return false;
	if (cc_evidence_is_secret(beyond_common((cc_str){ target, (size_t)n }, w->root)))
		return true;
	char *real = realpath(full, NULL); /* from the C library: released with free */
	bool secret = real && cc_evidence_is_secret(beyond_common(cc_str_from(real), w->real_root));
	free(real);
	return secret;
}

/* --- what a name means --- */

static bool has(cc_str name, const char *part)
{
	return cc_str_find_nocase(name, cc_str_from(part)) != CC_STR_NONE;
}

static bool ends(cc_str name, const char *suffix)
{
	return cc_str_ends(name, cc_str_from(suffix));
}

static bool table_kind(cc_str name, cc_file_kind *kind)
{
	static const struct {
		const char *part;
		cc_file_kind kind;
	} parts[] = {
		{ "events", CC_FILE_EVENTS },
		{ "objects", CC_FILE_OBJECTS },
		{ "traces", CC_FILE_TRACES },
		{ "logs", CC_FILE_LOGS },
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (has(name, parts[i].part)) {
			*kind = parts[i].kind;
			return true;
		}
	return false;
}

static bool classify_top(cc_str name, evidence *e)
{
	if (ends(name, ".tsv"))
		return table_kind(name, &e->kind);
	if (!ends(name, ".json"))
		return false;
	if (cc_str_starts(name, CC_STR("alerts_at_")) || cc_str_starts(name, CC_STR("alerts_in_alerting_state")))
		e->kind = CC_FILE_ALERTS;
	else if (has(name, "topology"))
		e->kind = CC_FILE_TOPOLOGY;
	else
		return false;
	return true;
}

static bool classify_metrics(cc_str name, place at, evidence *e)
{
	if (!ends(name, ".tsv"))
		return false;
	bool pod = cc_str_starts(name, CC_STR("pod_")), service = cc_str_starts(name, CC_STR("service_"));
	e->prefixed = pod || service || at != AT_METRICS;
	e->kind = service || (!pod && at == AT_METRICS_SERVICE) ? CC_FILE_METRICS_SERVICE : CC_FILE_METRICS_POD;
	return true;
}

static bool classify(cc_str name, place at, evidence *e)
{
	switch (at) {
	case AT_TOP:
		return classify_top(name, e);
	case AT_ALERTS:
		e->kind = CC_FILE_ALERTS;
		return ends(name, ".json");
	case AT_METRICS:
	case AT_METRICS_POD:
	case AT_METRICS_SERVICE:
		return classify_metrics(name, at, e);
	case AT_TOPOLOGY:
		e->kind = CC_FILE_TOPOLOGY;
		return ends(name, ".json");
	default:
		return false;
	}
}

/* Where a folder's content belongs; AT_NOWHERE = not entered. */
static place classify_folder(cc_str name, place at)
{
	static const struct {
		const char *name;
		place where;
	} folders[] = {
		{ "alerts", AT_ALERTS },
		{ "metrics", AT_METRICS },
		{ "metrics_pod", AT_METRICS_POD },
		{ "metrics_service", AT_METRICS_SERVICE },
		{ "topology_information", AT_TOPOLOGY },
		{ "observability_information_from_clickhouse", AT_TOP },
		{ "raw", AT_TOP },
		{ "lite", AT_TOP },
	};
	if (at == AT_METRICS && (cc_str_eqz(name, "pod") || cc_str_eqz(name, "metrics_pod")))
		return AT_METRICS_POD;
	if (at == AT_METRICS && (cc_str_eqz(name, "service") || cc_str_eqz(name, "metrics_service")))
		return AT_METRICS_SERVICE;
	if (at != AT_TOP)
		return at;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (cc_str_eqz(name, folders[i].name))
			return folders[i].where;
	return cc_str_starts(name, CC_STR("snapshot_at_")) ? AT_TOP : AT_NOWHERE;
}

cc_file_kind cc_evidence_kind(cc_str path)
{
	cc_str part, rest = path;
	place at = AT_TOP;
	evidence e = { .path = path };
	if (cc_evidence_is_secret(path))
		return CC_FILE_KINDS;
	while (cc_str_cut(rest, '/', &part, &rest) && at != AT_NOWHERE)
		at = classify_folder(part, at);
	return classify(part, at, &e) ? e.kind : CC_FILE_KINDS;
}

static bool is_raw(cc_str path)
{
	return has(path, "_raw.") || cc_str_starts(path, CC_STR("raw/")) ||
	       cc_str_find(path, CC_STR("/raw/")) != CC_STR_NONE;
}

/* --- stamps --- */

static int64_t ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * CC_NS_PER_S + t.tv_nsec;
}

file_stamp cc_file_stamp_of(const struct stat *st)
{
	return (file_stamp){ (uint64_t)st->st_dev, (uint64_t)st->st_ino, (uint64_t)st->st_size, ns_of(st->st_mtim),
		ns_of(st->st_ctim) };
}

bool cc_file_stamp_eq(const file_stamp *a, const file_stamp *b)
{
	return a->device == b->device && a->inode == b->inode && a->bytes == b->bytes &&
	       a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

/* --- the walk --- */

typedef CC_VEC(cc_str) name_vec;

static cc_str join(cc_arena *arena, cc_str a, cc_str b)
{
	if (a.n == 0)
		return b;
	return cc_arena_printf(
		arena, "%.*s%s%.*s", CC_STR_ARG(a), cc_str_ends(a, CC_STR("/")) ? "" : "/", CC_STR_ARG(b));
}

static cc_str full_path(walk *w, cc_str rel)
{
	return rel.n ? join(w->arena, w->root, rel) : cc_arena_dup(w->arena, w->root);
}

static int by_natural(const void *a, const void *b)
{
	const cc_str *x = a, *y = b;
	int c = cc_str_cmp_natural(*x, *y);
	return c ? c : cc_str_cmp(*x, *y);
}

/* Names of a folder in natural order, hidden and secret ones left out. False with errno when it cannot be read. */
static bool read_names(walk *w, const char *full, name_vec *names)
{
	DIR *d = opendir(full);
	if (!d)
		return false;
	for (const struct dirent *e; (e = readdir(d));) {
		cc_str name = cc_str_from(e->d_name);
		if (e->d_name[0] == '.' || is_secret_name(name))
			continue;
		cc_str copy = cc_arena_dup(w->arena, name);
		if (!copy.p || !cc_vec_push(names, copy))
			w->failed = true;
	}
	closedir(d);
	if (names->n > 1)
		qsort(names->p, names->n, sizeof *names->p, by_natural);
	return true;
}

static void add(walk *w, evidence e, cc_str rel, cc_str full)
{
	e.path = rel;
	e.full_path = full;
	e.raw = is_raw(rel);
	if (!rel.p || !full.p || !cc_vec_push(w->out, e))
		w->failed = true;
}

static void add_file(walk *w, cc_str name, cc_str rel, cc_str full, place at, const struct stat *st)
{
	evidence e = { .stamp = cc_file_stamp_of(st) };
	if (!classify(name, at, &e) || leads_to_secret(w, full.p))
		return;
	if (S_ISREG(st->st_mode))
		e.bytes = st->st_size > 0 ? (uint64_t)st->st_size : 0;
	else
		e.problem = "not a regular file";
	if (!e.problem && faccessat(AT_FDCWD, full.p, R_OK, AT_EACCESS) != 0)
		e.problem = strerror(errno);
	add(w, e, rel, full);
}

/* stat failed: a link without a target, or a folder above that may not be searched. */
static void add_broken(walk *w, cc_str name, cc_str rel, cc_str full, place at, int error)
{
	struct stat st;
	evidence e = { 0 };
	if (!classify(name, at, &e) || leads_to_secret(w, full.p))
		return;
	e.dangling = error == ENOENT && lstat(full.p, &st) == 0 && S_ISLNK(st.st_mode);
	e.problem = e.dangling ? "the link's target is missing (partial download?)" : strerror(error);
	if (error == ELOOP)
		e.problem = "the link leads in a circle";
	add(w, e, rel, full);
}

static bool first_visit(walk *w, const struct stat *st, place at)
{
	for (size_t i = 0; i < w->seen.n; i++)
		if (w->seen.p[i].dev == st->st_dev && w->seen.p[i].ino == st->st_ino && w->seen.p[i].at == at)
			return false;
	folder_id id = { st->st_dev, st->st_ino, at };
	if (!cc_vec_push(&w->seen, id))
		w->failed = true;
	return true;
}

/* A folder of evidence that may not be read is shown as a file that could not be read. */
static void add_unreadable_folder(walk *w, cc_str rel, cc_str full, place at, int error)
{
	static const cc_file_kind kinds[] = { [AT_TOP] = CC_FILE_LOGS,
		[AT_ALERTS] = CC_FILE_ALERTS,
		[AT_METRICS] = CC_FILE_METRICS_POD,
		[AT_METRICS_POD] = CC_FILE_METRICS_POD,
		[AT_METRICS_SERVICE] = CC_FILE_METRICS_SERVICE,
		[AT_TOPOLOGY] = CC_FILE_TOPOLOGY };
	evidence e = {
		.kind = kinds[at], .problem = error == EACCES ? "permission denied" : strerror(error), .prefixed = true
	};
	add(w, e, cc_arena_printf(w->arena, "%.*s/", CC_STR_ARG(rel)), full);
}

static cc_code walk_folder(walk *w, cc_str rel, place at, int depth, cc_err *err);

static void visit(walk *w, cc_str dir, cc_str name, place at, int depth)
{
	struct stat st;
	cc_str rel = join(w->arena, dir, name), full = full_path(w, rel);
	if (!rel.p || !full.p) {
		w->failed = true;
		return;
	}
	if (stat(full.p, &st) != 0) {
		add_broken(w, name, rel, full, at, errno);
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		add_file(w, name, rel, full, at, &st);
		return;
	}
	place inner = classify_folder(name, at);
	if (inner == AT_NOWHERE || depth >= MAX_DEPTH || leads_to_secret(w, full.p) || !first_visit(w, &st, inner))
		return;
	if (walk_folder(w, rel, inner, depth + 1, NULL) != CC_OK && !w->failed)
		add_unreadable_folder(w, rel, full, inner, errno);
}

/* Of several snapshot_at_<stamp> exports of one incident the newest is the most complete. */
static bool is_older_export(const name_vec *names, size_t i)
{
	if (!cc_str_starts(names->p[i], CC_STR("snapshot_at_")))
		return false;
	return i + 1 < names->n && cc_str_starts(names->p[i + 1], CC_STR("snapshot_at_"));
}

static cc_code walk_folder(walk *w, cc_str rel, place at, int depth, cc_err *err)
{
	name_vec names = { 0 };
	cc_str full = full_path(w, rel);
	if (!full.p)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	if (!read_names(w, full.p, &names)) {
		int error = errno;
		cc_code code = cc_err_errno(err, error, full.p);
		errno = error;
		return code;
	}
	for (size_t i = 0; i < names.n && !w->failed; i++)
		if (at != AT_TOP || !is_older_export(&names, i))
			visit(w, rel, names.p[i], at, depth);
	cc_vec_deinit(&names);
	return w->failed ? cc_err_set(err, CC_ENOMEM, "out of memory") : CC_OK;
}

static int by_kind_and_path(const void *a, const void *b)
{
	const evidence *x = a, *y = b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return by_natural(&x->path, &y->path);
}

void cc_evidence_sort(evidence_vec *v)
{
	if (v->n > 1)
		qsort(v->p, v->n, sizeof *v->p, by_kind_and_path);
}

cc_code cc_evidence_list(evidence_vec *out, cc_arena *arena, cc_str dir, cc_err *err)
{
	walk w = { .out = out, .arena = arena, .root = dir, .real_root = dir };
	struct stat st;
	const char *z = cc_arena_dupz(arena, dir);
	char *real = z ? realpath(z, NULL) : NULL; /* from the C library: released with free */
	if (real)
		w.real_root = cc_str_from(real);
	if (z && stat(z, &st) == 0)
		first_visit(&w, &st, AT_TOP);
	cc_code code = walk_folder(&w, CC_STR_EMPTY, AT_TOP, 0, err);
	free(real);
	cc_vec_deinit(&w.seen);
	if (code == CC_OK)
		cc_evidence_sort(out);
	return code;
}
