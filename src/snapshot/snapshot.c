/* snapshot.c - opening: the order of loading, and what is common to all tables. */
#include "snapshot/cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "coldcase/discover.h"
#include "coldcase/xalloc.h"
#include "snapshot/asof.h"
#include "snapshot/bodies.h"

/* --- symbols, counters, range: for the loaders --- */

cc_sym cc_snapshot_intern(cc_snapshot *s, cc_str text)
{
	uint32_t sym = cc_dict_add(s->dict, text);
	if (sym != UINT32_MAX)
		return sym;
	s->failed = true;
	return 0;
}

snapshot_file *cc_snapshot_priv_file(const cc_snapshot *s, uint32_t file)
{
	return file > 0 && file <= s->files.n ? &s->files.p[file - 1] : NULL;
}

static void set_problem(cc_snapshot *s, snapshot_file *f, const char *text)
{
	if (f->info.problem.n > 0)
		return;
	cc_str copy = cc_arena_dup(s->arena, cc_str_from(text));
	if (copy.p)
		f->info.problem = copy;
	else
		s->failed = true;
}

void cc_snapshot_skip(cc_snapshot *s, uint32_t file, uint64_t record, const char *why)
{
	snapshot_file *f = cc_snapshot_priv_file(s, file);
	if (!f || s->whole) /* a cut counts nothing: its files are the whole one's, which counted */
		return;
	if (f->info.skipped++ > 0)
		return;
	f->info.first_skipped = record;
	cc_str note = f->info.problem; /* a remark made before: what is left out comes first */
	f->info.problem = CC_STR_EMPTY;
	if (note.n == 0) {
		set_problem(s, f, why);
		return;
	}
	f->info.problem = cc_arena_printf(s->arena, "%s; %.*s", why, CC_STR_ARG(note));
	s->failed = s->failed || !f->info.problem.p;
}

void cc_snapshot_note(cc_snapshot *s, uint32_t file, uint64_t record, const char *what)
{
	snapshot_file *f = cc_snapshot_priv_file(s, file);
	if (!f || s->whole || f->info.problem.n > 0)
		return;
	cc_str text = record ? cc_arena_printf(s->arena, "record %llu: %s", (unsigned long long)record, what)
			     : cc_arena_dup(s->arena, cc_str_from(what));
	if (text.p)
		f->info.problem = text;
	else
		s->failed = true;
}

#define FIRST_TIME_NS (86400 * CC_NS_PER_S)                /* 1970-01-02 */
#define LAST_TIME_NS (INT64_C(7258118400) * CC_NS_PER_S)   /* 2200-01-01 */

bool cc_snapshot_time(cc_str text, int64_t *ns)
{
	int64_t t;
	if (!cc_time_parse(cc_str_trim(text), &t) || t < FIRST_TIME_NS || t >= LAST_TIME_NS)
		return false;
	*ns = t;
	return true;
}

void cc_snapshot_widen(cc_snapshot *s, int64_t time_ns)
{
	if (time_ns < FIRST_TIME_NS || time_ns >= LAST_TIME_NS) /* also CC_TIME_NONE */
		return;
	if (s->range.from_ns == CC_TIME_NONE || time_ns < s->range.from_ns)
		s->range.from_ns = time_ns;
	if (s->range.to_ns == CC_TIME_NONE || time_ns > s->range.to_ns)
		s->range.to_ns = time_ns;
}

/* --- opening --- */

typedef cc_code load_step(cc_snapshot *s, cc_err *err);

static load_step *const steps[] = {
	cc_snapshot_load_files,
	cc_telemetry_start,
	cc_alerts_load,
	cc_objects_load,
	cc_events_load,
	cc_telemetry_finish,
	cc_entity_build,
	cc_alerts_bind,
	cc_objects_bind,
	cc_events_bind,
	cc_logs_bind,
	cc_spans_bind,
	cc_series_bind,
	cc_topology_build,
};

static void tell_done(const cc_snapshot *s)
{
	cc_snapshot_progress p = { cc_snapshot_bytes(s), cc_snapshot_bytes(s), "done" };
	if (s->opt && s->opt->progress)
		s->opt->progress(s->opt->progress_arg, &p);
}

static cc_code run_steps(cc_snapshot *s, cc_err *err)
{
	cc_code code = CC_OK;
	for (size_t i = 0; code == CC_OK && i < sizeof steps / sizeof *steps; i++) {
		if (s->opt && cc_canceled(s->opt->cancel))
			return cc_err_set(err, CC_ECANCELED, "%.*s: opening was canceled", CC_STR_ARG(s->name));
		code = steps[i](s, err);
		if (code == CC_OK && s->failed)
			code = cc_err_set(err, CC_ENOMEM, "%.*s: out of memory", CC_STR_ARG(s->name));
	}
	if (code == CC_OK) {
		cc_snapshot_note_torn(s);
		tell_done(s);
	}
	return code;
}

/* As an earlier open left it, or read. */
static cc_code fill(cc_snapshot *s, const cc_snapshot_options *opt, cc_err *err)
{
	bool whole = !opt || (!opt->left_out && !opt->head_bytes); /* what is not is neither kept nor looked for */
	if (whole && cc_cache_adopt(s, opt)) {
		tell_done(s);
		return CC_OK;
	}
	if (opt && opt->only_kept)
		return cc_err_set(err, CC_ENOTFOUND, "%.*s was not kept", CC_STR_ARG(s->name));
	cc_code code = run_steps(s, err);
	if (code == CC_OK && whole)
		cc_cache_keep(s, opt);
	return code;
}

/* The one scenario at or below dir. */
static cc_code locate(cc_scenario *out, cc_arena *arena, const char *dir, cc_err *err)
{
	cc_scenario_vec found = { 0 };
	cc_code code = cc_discover(&found, arena, dir, err);
	if (code == CC_OK && found.n > 1) {
		cc_err_set(err, CC_EAMBIGUOUS, "%s holds %zu incidents (%.*s, %.*s%s)", dir, found.n,
			CC_STR_ARG(found.p[0].name), CC_STR_ARG(found.p[1].name), found.n > 2 ? ", …" : "");
		cc_err_hint(err, "open one of them; `coldcase list %s` shows all", dir);
		code = CC_EAMBIGUOUS;
	}
	if (code == CC_OK)
		*out = found.p[0];
	cc_vec_deinit(&found);
	return code;
}

static cc_code absolute(cc_str *out, cc_arena *arena, cc_str path, cc_err *err)
{
	const char *z = cc_arena_dupz(arena, path);
	char *real = z ? realpath(z, NULL) : NULL; /* from the C library: released with free */
	if (z && !real)
		return cc_err_errno(err, errno, z);
	if (z)
		*out = cc_arena_dup(arena, cc_str_from(real));
	free(real);
	return z && out->p ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

static cc_snapshot *snapshot_new(const cc_snapshot_options *opt)
{
	cc_snapshot *s = cc_calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->arena = cc_arena_new();
	s->dict = cc_dict_new();
	s->bodies = cc_bodies_new();
	s->range = (cc_range){ CC_TIME_NONE, CC_TIME_NONE };
	s->opt = opt;
	if (s->arena && s->dict && s->bodies)
		return s;
	cc_snapshot_free(s);
	return NULL;
}

cc_code cc_snapshot_open(cc_snapshot **out, const char *dir, const cc_snapshot_options *opt, cc_err *err)
{
	cc_scenario where = { 0 };
	cc_snapshot *s = snapshot_new(opt);
	*out = NULL;
	if (!s)
		return cc_err_set(err, CC_ENOMEM, "%s: out of memory", dir);
	cc_code code = locate(&where, s->arena, dir, err);
	if (code == CC_OK)
		code = absolute(&s->path, s->arena, where.path, err);
	s->name = where.name;
	if (code == CC_OK)
		code = fill(s, opt, err);
	if (code != CC_OK) {
		cc_snapshot_free(s);     /* with its options: threads that still read ask them whether to stop */
		return code;
	}
	s->opt = NULL;
	*out = s;
	return CC_OK;
}

cc_code cc_snapshot_open_nothing(cc_snapshot **out, cc_str name, cc_err *err)
{
	static const cc_snapshot_options how = { .no_cache = true };
	cc_snapshot *s = snapshot_new(&how);
	*out = NULL;
	if (!s)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	s->path = CC_STR_EMPTY;
	s->name = cc_arena_dup(s->arena, name);
	cc_code code = s->name.p ? run_steps(s, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code != CC_OK) {
		cc_snapshot_free(s);
		return code;
	}
	s->opt = NULL;
	*out = s;
	return CC_OK;
}

static void unload_tables(cc_snapshot *s)
{
	cc_telemetry_free(s);
	cc_topology_unload(s);
	cc_entity_unload(s);
	cc_series_unload(s);
	cc_spans_unload(s);
	cc_logs_unload(s);
	cc_events_unload(s);
	cc_objects_unload(s);
	cc_alerts_unload(s);
	cc_dict_free(s->dict);
}

void cc_snapshot_free(cc_snapshot *s)
{
	if (!s)
		return;
	if (s->whole) {
		cc_asof_unload(s);
		cc_arena_free(s->arena);
		cc_free(s);
		return;
	}
	cc_cache_wait(s);
	cc_bodies_free(s->bodies); /* first: a thread of theirs may still read the tables */
	if (!s->image) /* in an image nothing is freed singly */
		unload_tables(s);
	cc_snapshot_unload_files(s);
	cc_image_close(s->image);
	cc_arena_free(s->arena);
	cc_free(s);
}

/* --- getters --- */

cc_str cc_snapshot_name(const cc_snapshot *s)
{
	return s->name;
}

cc_str cc_snapshot_path(const cc_snapshot *s)
{
	return s->path;
}

size_t cc_snapshot_file_count(const cc_snapshot *s)
{
	return s->files.n;
}

const cc_file *cc_snapshot_file(const cc_snapshot *s, size_t i)
{
	return i < s->files.n ? &s->files.p[i].info : NULL;
}

cc_range cc_snapshot_range(const cc_snapshot *s)
{
	return s->range;
}

uint64_t cc_snapshot_bytes(const cc_snapshot *s)
{
	return s->bytes_total;
}

bool cc_snapshot_cached(const cc_snapshot *s)
{
	return s->image != NULL;
}

unsigned cc_snapshot_left_out(const cc_snapshot *s)
{
	return s->left_out;
}

unsigned cc_snapshot_heads(const cc_snapshot *s)
{
	return s->heads;
}

size_t cc_snapshot_missing(const cc_snapshot *s, const char *out[CC_FILE_KINDS])
{
	size_t n = 0;
	for (int kind = 0; kind < CC_FILE_TOPOLOGY; kind++)
		if (cc_snapshot_next_file(s, (cc_file_kind)kind, 0) == 0 && !(s->left_out & CC_KIND_BIT(kind)))
			out[n++] = cc_file_kind_name((cc_file_kind)kind);
	return n;
}

cc_str cc_snapshot_sym(const cc_snapshot *s, cc_sym sym)
{
	return cc_dict_get(s->dict, sym);
}

cc_sym cc_snapshot_sym_find(const cc_snapshot *s, cc_str text)
{
	return cc_dict_find(s->dict, text);
}

size_t cc_snapshot_sym_count(const cc_snapshot *s)
{
	return cc_dict_count(s->dict);
}
