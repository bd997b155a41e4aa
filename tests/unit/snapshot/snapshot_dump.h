/* snapshot_dump.h - everything an opened snapshot says as one text, so that two ways of opening it can be compared. */
#ifndef COLDCASE_SNAPSHOT_DUMP_H
#define COLDCASE_SNAPSHOT_DUMP_H

#include "coldcase/alerts.h"
#include "coldcase/events.h"
#include "coldcase/objects.h"
#include "coldcase/topology.h"
#include "unit/snapshot/snapshot_open.h"

static inline void add_text(void *arg, cc_str column, cc_str value)
{
	cc_buf *b = arg;
	cc_buf_addf(b, "%.*s=%.*s;", CC_STR_ARG(column), CC_STR_ARG(value));
}

static inline void dump_cite(cc_buf *b, const cc_snapshot *s, cc_cite cite)
{
	cc_err err;
	cc_cite_format(s, cite, b);
	cc_buf_addz(b, " ");
	assert_int_equal(cc_cite_read(s, cite, add_text, b, &err), CC_OK);
	cc_buf_addz(b, "\n");
}

static inline void dump_spans(cc_buf *b, const cc_snapshot *s)
{
	cc_arena *arena = cc_arena_new();
	for (size_t i = 0; i < cc_spans_count(s); i++) {
		const cc_span *x = cc_spans_get(s, i);
		cc_buf_addf(b, "%lld %lld %u %u %u %u %u %llx %llx %u %u %d %d ", (long long)x->start_ns, (long long)x->duration_ns,
			x->service, x->name, x->ns, x->pod, x->entity, (unsigned long long)x->id,
			(unsigned long long)cc_spans_parent_id(s, x, arena), x->parent, x->trace_index, x->kind, x->status);
		cc_id128_format(b, cc_spans_trace_id(s, x));
		dump_cite(b, s, x->cite);
	}
	cc_arena_free(arena);
	for (size_t i = 0; i < cc_traces_count(s); i++) {
		const cc_trace *t = cc_traces_get(s, i);
		cc_buf_addf(b, "trace %lld %lld %u %u %u %u %u %u %u\n", (long long)t->start_ns, (long long)t->end_ns, t->first,
			t->count, t->root, t->errors, t->services, t->orphans, t->error_logs);
	}
}

static inline void dump_series(cc_buf *b, const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_series_count(s); i++) {
		const cc_series *x = cc_series_get(s, i);
		cc_series_format(s, x, b);
		cc_buf_addf(b, " %u %u %u %u %d\n", x->metric, x->object, x->ns, x->entity, x->counter);
		for (size_t k = 0; k < x->count; k++) {
			cc_buf_addf(b, "%lld %g ", (long long)x->times_ns[k], x->values[k]);
			dump_cite(b, s, (cc_cite){ x->file, x->records[k] });
		}
	}
}

static inline void dump_pairs(cc_buf *b, const cc_kv *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_text(b, p[i].key, p[i].value);
}

static inline void dump_alerts(cc_buf *b, const cc_snapshot *s)
{
	size_t ticks;
	const int64_t *tick = cc_alerts_ticks(s, &ticks);
	for (size_t i = 0; i < ticks; i++)
		cc_buf_addf(b, "%lld ", (long long)tick[i]);
	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);
		cc_buf_addf(b, "\nalert %u %d %u %u %u %lld %lld %lld %d %d ", a->name, a->severity, a->severity_text, a->ns,
			a->entity, (long long)a->onset_ns, (long long)a->first_ns, (long long)a->last_ns, a->background,
			a->active_before);
		dump_pairs(b, a->labels, a->label_count);
		dump_pairs(b, a->annotations, a->annotation_count);
		for (size_t k = 0; k < a->interval_count; k++)
			cc_buf_addf(b, "[%lld %lld]", (long long)a->intervals[k].from_ns, (long long)a->intervals[k].to_ns);
		for (size_t k = 0; k < a->sample_count; k++) {
			const cc_alert_sample *x = &a->samples[k];
			cc_buf_addf(b, "%lld %lld %g %.*s %d ", (long long)x->time_ns, (long long)x->active_ns, x->value,
				CC_STR_ARG(x->value_text), x->firing);
			dump_cite(b, s, x->cite);
		}
	}
}

static inline void dump_events(cc_buf *b, const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_events_count(s); i++) {
		const cc_event *e = cc_events_get(s, i);
		cc_buf_addf(b, "event %lld %lld %lld %u %u %u %u %u %u %u %u %d %d %d %lld %u %.*s ", (long long)e->first_ns,
			(long long)e->last_ns, (long long)e->received_ns, e->entity, e->ns, e->kind, e->name, e->reason,
			e->source, e->host, e->field_path, e->warning, e->expired, e->only_expired, (long long)e->count, e->rows,
			CC_STR_ARG(e->message));
		dump_cite(b, s, e->cite);
		for (size_t k = 0; k < e->cite_count; k++)
			dump_cite(b, s, e->cites[k]);
	}
	cc_buf_addf(b, "expired %llu\n", (unsigned long long)cc_events_expired_rows(s));
}

static inline void dump_objects(cc_buf *b, const cc_snapshot *s)
{
	cc_arena *arena = cc_arena_new();
	assert_non_null(arena);
	for (size_t i = 0; i < cc_objects_count(s); i++) {
		const cc_object *o = cc_objects_get(s, i);
		size_t polls;
		const int64_t *poll = cc_objects_polls(s, o->resource, &polls);
		cc_buf_addf(b, "object %u %u %u %u %lld %lld %u\n", o->entity, o->api_version, o->uid, o->resource,
			(long long)o->created_ns, (long long)o->gone_ns, o->revisions);
		for (size_t k = 0; k < polls; k++)
			cc_buf_addf(b, "%lld ", (long long)poll[k]);
		for (size_t k = 0; k < o->obs_count; k++) {
			cc_str body = cc_objects_body(s, &o->obs[k], arena);
			cc_buf_addf(b, "%lld %d %u %.*s ", (long long)o->obs[k].time_ns, o->obs[k].changed, o->obs[k].item,
				CC_STR_ARG(body));
			dump_cite(b, s, o->obs[k].cite);
		}
	}
	cc_arena_free(arena);
}

/* Also the ways to find one: by its exact name, by its service's name, by its group; and the edges around it. */
static inline void dump_entity(cc_buf *b, const cc_snapshot *s, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);
	cc_str ns = cc_entity_ns(s, id), name = cc_entity_name(s, id);
	cc_entity_vec members = { 0 };
	cc_edge_vec edges = { 0 };
	cc_entity_format(s, id, b);
	cc_buf_addf(b, " %u %u %u %u %u %d = %u %u %u %u:", e->owner, e->workload, e->group, e->object, e->seen, e->inferred,
		cc_entity_find(s, ns, cc_entity_kind(s, id), name), cc_entity_of_service(s, ns, name),
		cc_entity_of_service(s, CC_STR_EMPTY, name), cc_entity_of_pod(s, CC_STR_EMPTY, name));
	assert_int_equal(cc_entity_members(s, id, &members), CC_OK);
	for (size_t i = 0; i < members.n; i++)
		cc_buf_addf(b, " %u", members.p[i]);
	assert_int_equal(cc_edges_from(s, id, &edges), CC_OK);
	assert_int_equal(cc_edges_to(s, id, &edges), CC_OK);
	for (size_t i = 0; i < edges.n; i++)
		cc_buf_addf(b, " >%u", edges.p[i]);
	cc_buf_addz(b, "\n");
	cc_vec_deinit(&members);
	cc_vec_deinit(&edges);
}

static inline void dump_entities(cc_buf *b, const cc_snapshot *s)
{
	for (cc_entity_id id = 1; id <= cc_entity_count(s); id++)
		dump_entity(b, s, id);
	for (size_t i = 0; i < cc_edges_count(s); i++) {
		const cc_edge *e = cc_edges_get(s, i);
		cc_buf_addf(b, "edge %u %u %d %d %d %u %u %u %u %u\n", e->from, e->to, e->kind, e->inferred, e->ended, e->count,
			e->errors, e->detail, e->cite.file, e->cite.record);
	}
}

static inline void dump_snapshot(cc_buf *b, const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++) {
		const cc_file *f = cc_snapshot_file(s, i);
		cc_buf_addf(b, "%.*s %llu %llu %llu %.*s\n", CC_STR_ARG(f->path), (unsigned long long)f->records,
			(unsigned long long)f->skipped, (unsigned long long)f->first_skipped, CC_STR_ARG(f->problem));
	}
	for (size_t i = 0; i < cc_snapshot_sym_count(s); i++)
		cc_buf_addf(b, "%zu %u %.*s\n", i, cc_snapshot_sym_find(s, cc_snapshot_sym(s, (cc_sym)i)),
			CC_STR_ARG(cc_snapshot_sym(s, (cc_sym)i)));
	for (size_t i = 0; i < cc_logs_count(s); i++) {
		const cc_logrec *x = cc_logs_get(s, i);
		cc_buf_addf(b, "%lld %u %u %u %u %llx %d %c ", (long long)x->time_ns, x->service, x->ns, x->pod, x->entity,
			(unsigned long long)x->span, x->level, x->level_from ? x->level_from : '-');
		cc_id128_format(b, x->trace);
		dump_cite(b, s, x->cite);
	}
	dump_spans(b, s);
	dump_series(b, s);
	dump_alerts(b, s);
	dump_events(b, s);
	dump_objects(b, s);
	dump_entities(b, s);
	cc_buf_addf(b, "%lld %lld", (long long)cc_snapshot_range(s).from_ns, (long long)cc_snapshot_range(s).to_ns);
}

/* Prints the first lines that differ. */
static inline bool same_dump(const cc_buf *a, const cc_buf *b)
{
	cc_str x = cc_buf_str(a), y = cc_buf_str(b), p, q;
	while (cc_str_cut(x, '\n', &p, &x) && cc_str_cut(y, '\n', &q, &y) && cc_str_eq(p, q))
		;
	if (cc_str_eq(cc_buf_str(a), cc_buf_str(b)))
		return true;
	print_error("expected %.*s\n     got %.*s\n", CC_STR_ARG(p), CC_STR_ARG(q));
	return false;
}

#endif
