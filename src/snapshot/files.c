/* files.c - chooses among the evidence files, maps them and reads the headers of tables.
 *
 * Where a raw and a processed form of the same table are present, the raw one is read; what is not read stays listed
 * with the reason as its problem, so that nothing disappears. */
#include "snapshot/cache.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>

const char *cc_file_kind_name(cc_file_kind kind)
{
	static const char *const names[CC_FILE_KINDS] = { "alerts", "logs", "traces", "pod metrics", "service metrics",
		"events", "objects", "topology" };
	return (unsigned)kind < CC_FILE_KINDS ? names[kind] : "unknown";
}

static cc_str base_name(cc_str path)
{
	size_t slash = cc_str_rfind_char(path, '/');
	return slash == CC_STR_NONE ? path : cc_str_sub(path, slash + 1, path.n);
}

/* The observation time of an alert file stands in its name only. */
static int64_t name_stamp(cc_str path)
{
	cc_str name = cc_str_strip_suffix(base_name(path), CC_STR(".json"));
	int64_t ns;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] >= '0' && name.p[i] <= '9')
			return cc_snapshot_time(cc_str_sub(name, i, name.n), &ns) ? ns : CC_TIME_NONE;
	return CC_TIME_NONE;
}

static bool is_table(cc_file_kind kind)
{
	return kind != CC_FILE_ALERTS && kind != CC_FILE_TOPOLOGY;
}

static bool is_metrics(cc_file_kind kind)
{
	return kind == CC_FILE_METRICS_POD || kind == CC_FILE_METRICS_SERVICE;
}

/* "metrics/pod_cart-1_raw.tsv" and "lite/metrics_pod/pod_cart-1.tsv" are about the same object: "cart-1". */
static cc_str metrics_object(cc_str path)
{
	cc_str name = cc_str_strip_suffix(cc_str_strip_suffix(base_name(path), CC_STR(".tsv")), CC_STR("_raw"));
	if (cc_str_starts(name, CC_STR("pod_")))
		return cc_str_sub(name, 4, name.n);
	return cc_str_starts(name, CC_STR("service_")) ? cc_str_sub(name, 8, name.n) : name;
}

cc_str cc_snapshot_metrics_object(const cc_snapshot *s, uint32_t file)
{
	const snapshot_file *f = cc_snapshot_priv_file(s, file);
	return f ? metrics_object(f->info.path) : CC_STR_EMPTY;
}

static bool is_readable(const evidence *e)
{
	return !e->problem;
}

/* Two forms of one table. Raw tables with different names are different tables. */
static bool is_rival(const evidence *a, const evidence *b)
{
	if (a->kind != b->kind || !is_table(a->kind))
		return false;
	return !(a->raw && b->raw) || cc_str_eq(base_name(a->path), base_name(b->path));
}

/* Raw before processed, then the larger (a processed form may be filtered), then the first path. */
static bool beats(const evidence *a, const evidence *b)
{
	if (a->raw != b->raw)
		return a->raw;
	if (a->bytes != b->bytes)
		return a->bytes > b->bytes;
	return a < b;
}

/* The best readable file of each metrics object, so that 100,000 files need no comparison each with each. */
typedef struct choice {
	cc_snapshot *s;
	const evidence_vec *v;
	cc_map *best; /* kind and object -> index */
} choice;

static cc_str object_key(const choice *c, const evidence *e)
{
	cc_str object = metrics_object(e->path);
	return cc_arena_printf(c->s->arena, "%d:%.*s", (int)e->kind, CC_STR_ARG(object));
}

static bool note_best(choice *c, size_t i)
{
	const evidence *e = &c->v->p[i];
	if (!is_metrics(e->kind) || !is_readable(e) || e->bytes == 0)
		return true;
	cc_str key = object_key(c, e);
	uint64_t *at = key.p ? cc_map_slot(c->best, key, i) : NULL;
	if (at && beats(e, &c->v->p[*at]))
		*at = i;
	return at != NULL;
}

static bool choice_init(choice *c, cc_snapshot *s, const evidence_vec *v)
{
	*c = (choice){ s, v, cc_map_new() };
	bool ok = c->best != NULL;
	for (size_t i = 0; ok && i < v->n; i++)
		ok = note_best(c, i);
	return ok;
}

static const evidence *better_rival(const choice *c, const evidence *e)
{
	const evidence_vec *v = c->v;
	const evidence *best = NULL;
	uint64_t at;
	if (is_metrics(e->kind)) {
		if (cc_map_get(c->best, object_key(c, e), &at) && beats(&v->p[at], e))
			best = &v->p[at];
		return best;
	}
	for (size_t i = 0; i < v->n; i++) {
		const evidence *other = &v->p[i];
		if (other != e && is_readable(other) && other->bytes > 0 && is_rival(other, e) && beats(other, e) &&
			(!best || beats(other, best)))
			best = other;
	}
	return best;
}

static cc_str problem_text(cc_snapshot *s, const char *text)
{
	cc_str copy = cc_arena_dup(s->arena, cc_str_from(text));
	if (!copy.p)
		s->failed = true;
	return copy.p ? copy : CC_STR_EMPTY;
}

static bool add_file(cc_snapshot *s, const choice *c, const evidence *e)
{
	snapshot_file f = { .info = { .kind = e->kind, .path = e->path, .bytes = e->bytes, .problem = CC_STR_EMPTY },
		.full_path = e->full_path,
		.stamp = e->stamp,
		.mapped = true, /* or never, when it is not chosen: nobody need look again */
		.stamp_ns = CC_TIME_NONE };
	const evidence *rival = is_readable(e) ? better_rival(c, e) : NULL;
	if (e->problem)
		f.info.problem = problem_text(s, e->problem);
	else if (rival)
		f.info.problem = cc_arena_printf(s->arena, "not read: %.*s is read instead", CC_STR_ARG(rival->path));
	f.chosen = is_readable(e) && !rival && e->kind != CC_FILE_TOPOLOGY;
	if (f.chosen && s->opt && (s->opt->left_out & CC_KIND_BIT(e->kind))) {
		s->left_out |= CC_KIND_BIT(e->kind);
		f.chosen = false;
	}
	if (e->kind == CC_FILE_ALERTS)
		f.stamp_ns = name_stamp(e->path);
	return cc_vec_push(&s->files, f);
}

static void map_file(cc_snapshot *s, snapshot_file *f)
{
	cc_err why;
	cc_err_clear(&why);
	cc_code code = cc_file_map(&f->map, f->full_path.p, &why);
	if (code == CC_OK && is_table(f->info.kind))
		code = cc_tsv_init(&f->tsv, f->map.text, &why);
	if (code == CC_OK)
		return;
	f->info.problem = problem_text(s, why.message);
	f->chosen = false;
}

/* One lock for all: a mapping takes microseconds and is made once. */
static pthread_mutex_t mapping = PTHREAD_MUTEX_INITIALIZER;

static void map_again(snapshot_file *f)
{
	struct stat st;
	file_stamp now;
	if (!f->chosen || cc_file_map(&f->map, f->full_path.p, NULL) != CC_OK)
		return;
	if (stat(f->full_path.p, &st) == 0) {
		now = cc_file_stamp_of(&st);
		f->tsv.text = f->map.text;
		if (cc_file_stamp_eq(&now, &f->stamp) && f->map.text.n == f->stamp.bytes)
			return;
	}
	f->tsv.text = CC_STR_EMPTY;
	cc_file_unmap(&f->map);
}

cc_str cc_snapshot_file_text(snapshot_file *f)
{
	if (!atomic_load(&f->mapped)) {
		pthread_mutex_lock(&mapping);
		if (!atomic_load(&f->mapped)) {
			map_again(f);
			atomic_store(&f->mapped, true);
		}
		pthread_mutex_unlock(&mapping);
	}
	return f->map.text;
}

const cc_file *cc_snapshot_torn(const cc_snapshot *s)
{
	for (size_t i = 0; i < s->files.n; i++) {
		snapshot_file *f = &s->files.p[i];
		if (atomic_load(&f->mapped) && cc_file_torn(&f->map, f->full_path.p))
			return &f->info;
	}
	return NULL;
}

void cc_snapshot_note_torn(cc_snapshot *s)
{
	for (uint32_t i = 1; i <= s->files.n; i++) {
		const snapshot_file *f = cc_snapshot_priv_file(s, i);
		if (!cc_file_torn(&f->map, f->full_path.p))
			continue;
		cc_snapshot_note(s, i, 0, "the file became shorter while it was read; what was behind is missing");
		cc_cache_forgo(s);
	}
}

/* "metrics/cart_raw.tsv" says neither pod nor service: its columns do. The order of the list must know before it is
 * sorted. */
static void settle_metrics_kind(evidence *e)
{
	cc_filemap map;
	cc_tsv t;
	if (e->prefixed || e->kind != CC_FILE_METRICS_POD || e->problem ||
		cc_file_map(&map, e->full_path.p, NULL) != CC_OK)
		return;
	if (cc_tsv_init(&t, map.text, NULL) == CC_OK && cc_tsv_column_any(&t, "service_name") >= 0 &&
		cc_tsv_column_any(&t, "pod_name") < 0)
		e->kind = CC_FILE_METRICS_SERVICE;
	cc_file_unmap(&map);
}

cc_code cc_snapshot_load_files(cc_snapshot *s, cc_err *err)
{
	evidence_vec v = { 0 };
	choice c = { 0 };
	cc_code code = s->path.n ? cc_evidence_list(&v, s->arena, s->path, err) : CC_OK; /* without a path: of nothing */
	if (code == CC_OK)
		cc_cache_note(s, &v);
	for (size_t i = 0; i < v.n; i++)
		settle_metrics_kind(&v.p[i]);
	cc_evidence_sort(&v);
	if (code == CC_OK && !choice_init(&c, s, &v))
		code = CC_ENOMEM;
	for (size_t i = 0; code == CC_OK && i < v.n; i++) {
		if (!add_file(s, &c, &v.p[i]))
			code = CC_ENOMEM;
		s->bytes_total += v.p[i].bytes;
	}
	if (code == CC_ENOMEM)
		cc_err_set(err, CC_ENOMEM, "%.*s: out of memory", CC_STR_ARG(s->path));
	for (size_t i = 0; code == CC_OK && i < s->files.n; i++)
		if (s->files.p[i].chosen)
			map_file(s, &s->files.p[i]);
	cc_map_free(c.best);
	cc_vec_deinit(&v);
	return code;
}

void cc_snapshot_unload_files(cc_snapshot *s)
{
	for (size_t i = 0; i < s->files.n; i++) {
		cc_file_unmap(&s->files.p[i].map);
		if (!s->image)
			row_starts_deinit(&s->files.p[i].starts);
	}
	if (!s->image)
		cc_vec_deinit(&s->files);
}
