/* changes.c - the capture's changes: every pair of neighbouring observations that differ, and every coming and going.
 *
 * A poll only says that something changed since the one before. The object itself often knows better: its creation and deletion
 * times, and the field managers' entries, each with the time of its last write. The entry that owns the changed part of the object
 * dates the change, when its time lies between the two polls. */
#include <stdlib.h>

#include "coldcase/changes.h"
#include "coldcase/xalloc.h"

enum { LINE_ITEMS = 4, CANCEL_EVERY = 64 };

struct cc_changes {
	cc_arena *arena;
	CC_VEC(cc_spec_change) list;
};

typedef struct changes_job {
	const cc_snapshot *s;
	const cc_changes_options *opt;
	cc_changes *out;
	int64_t first_poll_ns;    /* of any resource type */
	cc_err *err;
} changes_job;

/* The times in objects are cut to whole seconds: one just before `from` may stand for an instant just after it. */
static bool inside(int64_t ns, int64_t from_ns, int64_t to_ns)
{
	return ns != CC_TIME_NONE && (from_ns == CC_TIME_NONE || ns > from_ns - CC_NS_PER_S) && ns <= to_ns;
}

static int64_t json_time(const cc_json *object, const char *path)
{
	int64_t ns = CC_TIME_NONE;
	cc_time_parse(cc_json_str(cc_json_at(object, path)), &ns);
	return ns;
}

/* --- who wrote it, and when --- */

/* How many leading members of the path "spec.template.spec.containers[x].image" an entry's fields hold; up to the first list. */
static size_t owned_depth(const cc_json *entry, cc_str path)
{
	const cc_json *fields = cc_json_get(entry, "fieldsV1");
	size_t depth = 0, end = cc_str_find_char(path, '[');
	cc_str rest = cc_str_sub(path, 0, end == CC_STR_NONE ? path.n : end), head;

	while (rest.n > 0) {
		char key[128] = "f:";
		cc_str_cut(rest, '.', &head, &rest);
		if (head.n + 3 > sizeof key)
			break;
		for (size_t i = 0; i < head.n; i++)
			key[2 + i] = head.p[i];
		fields = cc_json_get(fields, key);
		if (!fields)
			break;
		depth++;
	}
	return depth;
}

static bool writes_status(const cc_json *entry)
{
	return cc_str_eqz(cc_json_get_str(entry, "subresource"), "status") || cc_json_get(cc_json_get(entry, "fieldsV1"), "f:status");
}

static bool has_entry(const cc_json *object, cc_str manager, cc_str time)
{
	for (const cc_json *e = cc_json_first(cc_json_at(object, "metadata.managedFields")); e; e = cc_json_next(e))
		if (cc_str_eq(cc_json_get_str(e, "manager"), manager) && cc_str_eq(cc_json_get_str(e, "time"), time))
			return true;
	return false;
}

/* The entry that most likely made the change at `path`: it owns the most of the path; then no status writer; then the latest.
 * Who writes only the status did not change anything else. */
static void find_writer(cc_spec_change *c, const cc_json *before, const cc_json *object, cc_str path, cc_arena *arena)
{
	size_t best = 0;
	int64_t best_ns = CC_TIME_NONE;
	const cc_json *writer = NULL;

	for (const cc_json *e = cc_json_first(cc_json_at(object, "metadata.managedFields")); e; e = cc_json_next(e)) {
		int64_t ns = json_time(e, "time");
		size_t rank = 2 * owned_depth(e, path) + (writes_status(e) ? 0 : 1);
		if (!inside(ns, c->from_ns, c->to_ns) || rank == 0 || rank < best || (rank == best && ns <= best_ns))
			continue;
		if (has_entry(before, cc_json_get_str(e, "manager"), cc_json_get_str(e, "time")))
			continue;
		writer = e;
		best = rank;
		best_ns = ns;
	}
	if (!writer)
		return;
	c->time_ns = best_ns;
	c->manager = cc_arena_dup(arena, cc_json_get_str(writer, "manager"));
	c->verb = cc_arena_dup(arena, cc_json_get_str(writer, "operation"));
}

/* When someone asked for the deletion: the timestamp in the object is the end of the grace period. */
static int64_t deletion_asked(const cc_json *object)
{
	int64_t ns = json_time(object, "metadata.deletionTimestamp"), grace = 0;

	if (ns == CC_TIME_NONE || !cc_json_int(cc_json_at(object, "metadata.deletionGracePeriodSeconds"), &grace))
		return ns;
	return grace > 0 && grace < 86400 * 365 ? ns - grace * CC_NS_PER_S : ns;
}

static void date_change(cc_spec_change *c, const cc_json *before, const cc_json *after, const cc_diff *d, cc_arena *arena)
{
	cc_str path = cc_diff_get(d, 0)->path;
	int64_t created = json_time(after, "metadata.creationTimestamp");

	find_writer(c, before, after, path, arena);
	for (size_t i = 0; i < cc_diff_count(d); i++) {
		path = cc_diff_get(d, i)->path;
		int64_t asked = cc_str_eqz(path, "metadata.deletionTimestamp") ? deletion_asked(after) : CC_TIME_NONE;
		if (inside(asked, c->from_ns, c->to_ns))
			c->time_ns = asked;
		if (cc_str_eqz(path, "metadata.uid") && inside(created, c->from_ns, c->to_ns))
			c->time_ns = created;
	}
}

/* --- collecting --- */

static bool in_range(cc_range range, int64_t ns)
{
	return ns >= range.from_ns && (range.to_ns == CC_TIME_NONE || ns <= range.to_ns);
}

static cc_code keep(changes_job *job, cc_spec_change *c, const cc_diff *d)
{
	cc_buf line = CC_BUF_INIT;
	cc_code code = CC_OK;

	cc_diff_summary(d, &line, LINE_ITEMS);
	c->line = cc_arena_dup(job->out->arena, cc_buf_str(&line));
	c->items = cc_diff_count(d);
	c->hidden = cc_diff_hidden(d);
	c->weight = c->items ? cc_diff_get(d, 0)->weight : CC_DIFF_STATUS;
	if (!cc_buf_ok(&line) || !c->line.p || !c->manager.p || !c->verb.p || !cc_vec_push(&job->out->list, *c))
		code = cc_err_set(job->err, CC_ENOMEM, "changes: out of memory");
	cc_buf_deinit(&line);
	return code;
}

/* a or b NULL: created, deleted. */
static cc_code compare(changes_job *job, cc_spec_change *c, const cc_json *a, const cc_json *b)
{
	cc_diff *d = NULL;
	cc_code code = cc_diff_objects(&d, a, b, job->opt->with_status ? CC_DIFF_WITH_STATUS : 0, job->err);

	if (code != CC_OK)
		return code;
	if (a && b && cc_diff_count(d) > 0)
		date_change(c, a, b, d, job->out->arena);
	else if (b)
		find_writer(c, NULL, b, CC_STR("spec"), job->out->arena);
	if (c->kind == CC_CHANGE_CREATED)
		c->time_ns = inside(json_time(b, "metadata.creationTimestamp"), c->from_ns, c->to_ns) ?
			json_time(b, "metadata.creationTimestamp") : c->to_ns;
	if (c->kind == CC_CHANGE_DELETED && inside(json_time(a, "metadata.deletionTimestamp"), c->from_ns, c->to_ns))
		c->time_ns = json_time(a, "metadata.deletionTimestamp");
	if (cc_diff_count(d) > 0 && in_range(job->opt->range, c->time_ns))
		code = keep(job, c, d);
	cc_diff_free(d);
	return code;
}

/* The poll before the one that saw the object first. */
static int64_t poll_before(const cc_snapshot *s, const cc_object *o)
{
	size_t n;
	const int64_t *polls = cc_objects_polls(s, o->resource, &n);

	while (n > 0 && polls[n - 1] > o->obs[0].time_ns)
		n--;
	return n >= 2 ? polls[n - 2] : CC_TIME_NONE;
}

/* before, after: observations or UINT32_MAX; to_ns: the poll that showed it. */
static cc_code add_change(changes_job *job, uint32_t object, uint32_t before, uint32_t after, int64_t to_ns)
{
	const cc_object *o = cc_objects_get(job->s, object);
	cc_json *a = NULL, *b = NULL;
	cc_code code = CC_OK;
	cc_spec_change c = { .object = object, .before = before, .after = after, .entity = o->entity, .time_ns = to_ns, .to_ns = to_ns,
		.from_ns = before == UINT32_MAX ? poll_before(job->s, o) : o->obs[before].time_ns, .manager = CC_STR_EMPTY, .verb = CC_STR_EMPTY };

	c.kind = before == UINT32_MAX ? CC_CHANGE_CREATED : after == UINT32_MAX ? CC_CHANGE_DELETED : CC_CHANGE_MODIFIED;
	c.cite = o->obs[after == UINT32_MAX ? before : after].cite;
	if (before != UINT32_MAX)
		code = cc_objects_json(job->s, &o->obs[before], &a, job->err);
	if (code == CC_OK && after != UINT32_MAX)
		code = cc_objects_json(job->s, &o->obs[after], &b, job->err);
	if (code == CC_OK)
		code = compare(job, &c, a, b);
	cc_json_free(a);
	cc_json_free(b);
	return code;
}

/* First seen after the first poll of its type, and not older than that; the first one of its type when it says itself that it
 * is younger than the capture. */
static bool was_created(const changes_job *job, const cc_object *o)
{
	size_t n;
	const int64_t *polls = cc_objects_polls(job->s, o->resource, &n);
	int64_t seen = o->obs[0].time_ns;

	if (n == 0 || seen == CC_TIME_NONE)
		return false;
	if (n >= 2 && seen >= polls[1])
		return o->created_ns == CC_TIME_NONE || o->created_ns > polls[0];
	return o->created_ns != CC_TIME_NONE && o->created_ns > job->first_poll_ns && o->created_ns <= seen;
}

static cc_code add_object(changes_job *job, uint32_t index)
{
	const cc_object *o = cc_objects_get(job->s, index);
	cc_code code = CC_OK;

	if (was_created(job, o))
		code = add_change(job, index, UINT32_MAX, 0, o->obs[0].time_ns);
	for (uint32_t i = 1; code == CC_OK && i < o->obs_count; i++)
		if (o->obs[i].changed)
			code = add_change(job, index, i - 1, i, o->obs[i].time_ns);
	if (code == CC_OK && o->gone_ns != CC_TIME_NONE)
		code = add_change(job, index, (uint32_t)o->obs_count - 1, UINT32_MAX, o->gone_ns);
	return code;
}

/* Objects come ordered by namespace, kind, name. */
static int by_time(const void *x, const void *y)
{
	const cc_spec_change *a = x, *b = y;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	if (a->object != b->object)
		return a->object < b->object ? -1 : 1;
	return a->after < b->after ? -1 : a->after > b->after;
}

static int64_t first_poll(const cc_snapshot *s)
{
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < cc_objects_count(s); i++) {
		int64_t ns = cc_objects_get(s, i)->obs[0].time_ns;
		if (ns != CC_TIME_NONE && ns < first)
			first = ns;
	}
	return first;
}

cc_code cc_changes_build(cc_changes **out, const cc_snapshot *s, const cc_changes_options *opt, cc_err *err)
{
	static const cc_changes_options all = { .range = { CC_TIME_NONE, CC_TIME_NONE } };
	changes_job job = { s, opt ? opt : &all, cc_calloc(1, sizeof *job.out), first_poll(s), err };
	cc_code code = CC_OK;

	*out = NULL;
	if (job.out)
		job.out->arena = cc_arena_new();
	if (!job.out || !job.out->arena)
		code = cc_err_set(err, CC_ENOMEM, "changes: out of memory");
	for (size_t i = 0; code == CC_OK && i < cc_objects_count(s); i++) {
		if (i % CANCEL_EVERY == 0 && cc_canceled(job.opt->cancel))
			code = cc_err_set(err, CC_ECANCELED, "changes: canceled");
		else if (!job.opt->focus || cc_entity_covers(s, job.opt->focus, cc_objects_get(s, i)->entity))
			code = add_object(&job, (uint32_t)i);
	}
	if (code != CC_OK) {
		cc_changes_free(job.out);
		return code;
	}
	if (job.out->list.n)
		qsort(job.out->list.p, job.out->list.n, sizeof *job.out->list.p, by_time);
	*out = job.out;
	return CC_OK;
}

void cc_changes_free(cc_changes *c)
{
	if (!c)
		return;
	cc_vec_deinit(&c->list);
	cc_arena_free(c->arena);
	cc_free(c);
}

size_t cc_changes_count(const cc_changes *c)
{
	return c->list.n;
}

const cc_spec_change *cc_changes_get(const cc_changes *c, size_t i)
{
	return i < c->list.n ? &c->list.p[i] : NULL;
}

const char *cc_change_kind_name(cc_change_kind k)
{
	return k == CC_CHANGE_CREATED ? "created" : k == CC_CHANGE_DELETED ? "deleted" : "modified";
}
