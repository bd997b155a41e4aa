/* asof.c - cutting a snapshot at a moment (see asof.h). */
#include "snapshot/asof.h"

#include <string.h>
#include "coldcase/xalloc.h"
#include "snapshot/alerts_priv.h"
#include "snapshot/events_priv.h"
#include "snapshot/logs_priv.h"
#include "snapshot/series_priv.h"
#include "snapshot/spans_priv.h"
#include "snapshot/topology_priv.h"

/* --- logs: a part of the whole table --- */

/* Records without a time stand first and cannot be said to have been known. */
static bool cut_logs(cc_snapshot *s)
{
	const logs_table *whole = s->whole->logs;
	size_t from = cc_logs_lower_bound(s->whole, CC_TIME_NONE + 1), to = cc_logs_lower_bound(s->whole, s->until_ns + 1);

	if (!whole)
		return true;
	s->logs = cc_arena_alloc(s->arena, sizeof *s->logs);
	if (!s->logs)
		return false;
	s->logs->rows.p = whole->rows.p ? whole->rows.p + from : NULL;
	s->logs->rows.n = to > from ? to - from : 0;
	return true;
}

/* --- metrics --- */

static size_t samples_until(const cc_series *se, int64_t until)
{
	size_t index;

	return cc_series_at(se, until, NULL, &index) ? index + 1 : 0;
}

static bool cut_series(cc_snapshot *s)
{
	size_t n = cc_series_count(s->whole);

	if (!s->whole->series)
		return true;
	s->series = cc_arena_alloc(s->arena, sizeof *s->series);
	if (!s->series)
		return false;
	s->series->rows.p = cc_arena_array(s->arena, n, sizeof *s->series->rows.p);
	for (size_t i = 0; s->series->rows.p && i < n; i++) {
		cc_series se = *cc_series_get(s->whole, i);

		se.count = samples_until(&se, s->until_ns);
		if (se.count)
			s->series->rows.p[s->series->rows.n++] = se;
	}
	return s->series->rows.p != NULL;
}

/* --- entities: the same ids; an object that was not seen yet is none --- */

static bool cut_entities(cc_snapshot *s)
{
	const entity_table *whole = s->whole->entities;
	cc_entity *rows;

	if (!whole)
		return true;
	s->entities = cc_arena_alloc(s->arena, sizeof *s->entities);
	rows = cc_arena_array(s->arena, whole->rows.n, sizeof *rows);
	if (!s->entities || !rows)
		return false;
	*s->entities = *whole;
	memcpy(rows, whole->rows.p, whole->rows.n * sizeof *rows);
	s->entities->rows.p = rows;
	for (size_t i = 0; i < whole->rows.n; i++)
		rows[i].object = 0;
	for (size_t i = 0; i < cc_objects_count(s); i++) {
		cc_entity_id id = cc_objects_get(s, i)->entity;

		if (id && id < whole->rows.n)
			rows[id].object = (uint32_t)i + 1;
	}
	return true;
}

/* --- entities that come later: their names alone would tell what is going to happen --- */

/* Created after the cut, or first seen after it; what only events or alerts know of is as old as they are. Things that only
 * telemetry names are left: their rows would have to be read to the end. */
static bool comes_later(const cc_snapshot *s, const cc_entity *e)
{
	const cc_object *o = e->object ? cc_objects_get(s->whole, e->object - 1) : NULL;

	if (o)
		return (o->created_ns != CC_TIME_NONE ? o->created_ns : o->obs[0].time_ns) > s->until_ns;
	return (e->seen & ~(CC_SEEN_EVENT | CC_SEEN_ALERT)) == 0;
}

static void hear_of(cc_snapshot *s, cc_entity_id id)
{
	enum { HIGHEST = 8 };    /* what is heard of has its owners */

	for (int i = 0; id && id < s->entities->rows.n && i < HIGHEST; i++) {
		s->entities->rows.p[id].unborn = false;
		id = s->entities->rows.p[id].owner;
	}
}

static cc_code mark_unborn(cc_snapshot *s, cc_err *err)
{
	(void)err;
	for (size_t id = 1; s->entities && id < s->entities->rows.n; id++)
		s->entities->rows.p[id].unborn = comes_later(s, cc_entity_get(s->whole, (cc_entity_id)id));
	for (size_t i = 0; s->entities && i < cc_events_count(s); i++)
		hear_of(s, cc_events_get(s, i)->entity);
	for (size_t i = 0; s->entities && i < cc_alerts_count(s); i++)
		hear_of(s, cc_alerts_get(s, i)->entity);
	for (size_t id = 1; s->entities && id < s->entities->rows.n; id++)   /* an owner may be known by what it owns alone */
		if (!s->entities->rows.p[id].unborn)
			hear_of(s, s->entities->rows.p[id].owner);
	return CC_OK;
}

/* --- the snapshot --- */

typedef bool cut_step(cc_snapshot *s);
static cut_step *const cuts[] = { cut_logs, cc_asof_spans, cut_series, cc_asof_objects, cut_entities };

typedef cc_code merge_step(cc_snapshot *s, cc_err *err);
static merge_step *const merges[] = { cc_alerts_load, cc_events_load, cc_alerts_bind, cc_events_bind, mark_unborn, cc_topology_build };

/* What is the same at any moment. */
static bool share(cc_snapshot *s, const cc_snapshot *whole, int64_t until)
{
	s->arena = cc_arena_new();
	s->whole = whole;
	s->until_ns = until;
	s->name = whole->name;
	s->path = whole->path;
	s->files.p = whole->files.p;
	s->files.n = whole->files.n;
	s->dict = whole->dict;
	s->bodies = whole->bodies;
	s->bytes_total = whole->bytes_total;
	s->left_out = whole->left_out;
	s->heads = whole->heads;
	return s->arena != NULL;
}

static void cut_range(cc_snapshot *s)
{
	s->range = s->whole->range;
	if (s->range.to_ns > s->until_ns)
		s->range.to_ns = s->until_ns;
	if (s->range.from_ns > s->until_ns)
		s->range.from_ns = s->until_ns;
}

static cc_code fill(cc_snapshot *s, cc_err *err)
{
	cc_code code = CC_OK;

	for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
		if (cc_canceled(s->opt->cancel))
			return cc_err_set(err, CC_ECANCELED, "canceled");
		if (!cuts[i](s))
			return cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	for (size_t i = 0; code == CC_OK && i < sizeof merges / sizeof *merges; i++) {
		code = merges[i](s, err);
		if (code == CC_OK && s->failed)
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	cut_range(s);
	return code;
}

cc_code cc_snapshot_as_of(cc_snapshot **out, const cc_snapshot *whole, int64_t time_ns, cc_cancel *cancel, cc_err *err)
{
	cc_snapshot_options opt = { .cancel = cancel };
	cc_snapshot *s = cc_calloc(1, sizeof *s);
	cc_code code = s && share(s, whole, time_ns) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");

	*out = NULL;
	if (code == CC_OK) {
		s->opt = &opt;
		code = fill(s, err);
		s->opt = NULL;
	}
	if (code == CC_OK)
		*out = s;
	else
		cc_snapshot_free(s);
	return code;
}

int64_t cc_snapshot_until(const cc_snapshot *s)
{
	return s->whole ? s->until_ns : CC_TIME_NONE;
}

void cc_asof_unload(cc_snapshot *s)
{
	if (s->spans)
		cc_calls_deinit(&s->spans->calls);
	cc_topology_unload(s);
	cc_events_unload(s);
	cc_alerts_unload(s);
}

/* --- citations --- */

/* When a record of a table of rows was there: its own time; a span's when it ended. */
static int64_t row_time(const cc_snapshot *s, const snapshot_file *f, cc_cite cite, cc_arena *arena)
{
	static const char times[] = "Timestamp|TimeUnixNano|StartTimeUnixNano|TimestampUnixNano|start_time|TimestampTime|"
		"ObservedTimestamp|ObservedTimeUnixNano|timestamp|time|TimeUnix";
	int64_t time = CC_TIME_NONE;

	if (!cc_snapshot_time(cc_snapshot_cell(s, cite, times, arena), &time) || f->info.kind != CC_FILE_TRACES)
		return time;
	for (size_t i = 0; i < cc_spans_count(s); i++) {
		const cc_span *sp = cc_spans_get(s, i);

		if (sp->cite.file == cite.file && sp->cite.record == cite.record)
			return time;     /* it is in the table of those that ended */
	}
	return CC_TIME_NONE;
}

static bool alert_is_known(const cc_snapshot *s, cc_cite cite)
{
	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);

		for (size_t k = 0; k < a->sample_count; k++)
			if (a->samples[k].cite.file == cite.file && a->samples[k].cite.record == cite.record)
				return true;
	}
	return false;
}

bool cc_asof_knows(const cc_snapshot *s, cc_cite cite)
{
	const snapshot_file *f = cc_snapshot_priv_file(s, cite.file);
	cc_arena *arena;
	int64_t time;

	if (!s->whole || !f)
		return true;
	if (f->info.kind == CC_FILE_ALERTS)
		return alert_is_known(s, cite);
	arena = cc_arena_new();
	time = arena ? row_time(s, f, cite, arena) : CC_TIME_NONE;
	cc_arena_free(arena);
	return time != CC_TIME_NONE && time <= s->until_ns;
}
