/* events.c - reads Kubernetes events and merges the rows that speak of the same one.
 *
 * The collector watches both API groups, so one Event object arrives in two shapes with one uid, again at each repeat
 * (its count grows) and once more when it expires. All of these are one event here. Its times come from inside (the
 * row's time is when the collector heard of it); a DELETED row is the end of the Event object and never a happening. */
#include <stdlib.h>
#include <string.h>
#include "coldcase/xalloc.h"
#include "snapshot/events_priv.h"

typedef struct events_reader {
	cc_snapshot *s;
	events_table *t;
	cc_arena *scratch;
	cc_map *ids;             /* uid, else namespace/name; and what the event says */
	int time, body;
	const cc_tsv *tsv;
	bool failed;
} events_reader;

/* ---- merging ---- */

static cc_str event_key(events_reader *r, const event_row *row)
{
	if (row->uid.n > 0)
		return row->uid;
	if (row->event_name.n > 0)
		return cc_arena_printf(r->scratch, "%.*s/%.*s", CC_STR_ARG(row->event_ns), CC_STR_ARG(row->event_name));
	return cc_arena_printf(r->scratch, "%.*s/%.*s/%.*s/%.*s/%.*s/%lld", CC_STR_ARG(row->ns), CC_STR_ARG(row->kind),
		CC_STR_ARG(row->name), CC_STR_ARG(row->reason), CC_STR_ARG(row->message), (long long)row->first_ns);
}

static bool put_key(events_reader *r, cc_str key, uint64_t at)
{
	key = cc_arena_dup(r->s->arena, key);
	return key.p && cc_map_set(r->ids, key, at);
}

/* An Event that expired in the API server while its trouble went on is made anew: another uid, everything else the same. */
static cc_str content_key(events_reader *r, const event_row *row)
{
	if (row->event_name.n == 0)
		return CC_STR_EMPTY;
	return cc_arena_printf(r->scratch, "%.*s/%.*s %.*s %lld %.*s", CC_STR_ARG(row->event_ns), CC_STR_ARG(row->event_name),
		CC_STR_ARG(row->reason), (long long)row->first_ns, CC_STR_ARG(row->message));
}

static event_entry *entry_of(events_reader *r, const event_row *row)
{
	cc_str key = event_key(r, row), content = content_key(r, row);
	uint64_t at;
	bool known = cc_map_get(r->ids, key, &at);

	/* what is known by its expiry only is left over from before, and stays apart */
	if (!known && content.n && !row->expired && cc_map_get(r->ids, content, &at) &&
		!r->t->entries.p[at].pub.only_expired) {
		known = true;
		if (!put_key(r, key, at))
			return NULL;
	}
	if (!known) {
		event_entry e = { .pub = { .message = CC_STR_EMPTY,
					  .first_ns = CC_TIME_NONE,
					  .last_ns = CC_TIME_NONE,
					  .received_ns = CC_TIME_NONE,
					  .only_expired = true } };

		at = r->t->entries.n;
		if (!cc_vec_push(&r->t->entries, e) || !put_key(r, key, at))
			return NULL;
	}
	if (content.n && row->own_time && !row->expired && !cc_map_get(r->ids, content, NULL) && !put_key(r, content, at))
		return NULL;
	return &r->t->entries.p[at];
}

static void keep_earlier(int64_t *into, int64_t t)
{
	if (t != CC_TIME_NONE && (*into == CC_TIME_NONE || t < *into))
		*into = t;
}

/* The row with the largest count says what the event says; of equals the first, but rather one that is not an
 * expiry. */
static bool is_decisive(const event_entry *e, const event_row *row)
{
	if (e->pub.rows == 0 || row->count > e->pub.count)
		return true;
	return row->count == e->pub.count && e->pub.only_expired && !row->expired;
}

static bool take_texts(events_reader *r, event_entry *e, const event_row *row, cc_cite cite)
{
	cc_event *p = &e->pub;
	cc_snapshot *s = r->s;

	p->cite = cite;
	p->ns = cc_snapshot_intern(s, row->ns);
	p->kind = cc_snapshot_intern(s, row->kind);
	p->name = cc_snapshot_intern(s, row->name);
	p->reason = cc_snapshot_intern(s, row->reason);
	p->source = cc_snapshot_intern(s, row->source);
	p->host = cc_snapshot_intern(s, row->host);
	p->field_path = cc_snapshot_intern(s, row->field_path);
	p->warning = row->warning;
	if (!cc_str_eq(p->message, row->message))
		p->message = cc_arena_dup(s->arena, row->message);
	return p->message.p != NULL;
}

static void take_times(event_entry *e, const event_row *row)
{
	cc_event *p = &e->pub;

	if (row->expired && !row->own_time && p->last_ns != CC_TIME_NONE)
		return;   /* its only time is that of the expiry */
	if (!row->expired && e->last_is_expiry) {
		p->first_ns = p->last_ns = CC_TIME_NONE;
		e->last_is_expiry = false;
	}
	if (p->last_ns == CC_TIME_NONE)
		e->last_is_expiry = row->expired && !row->own_time;
	keep_earlier(&p->first_ns, row->first_ns);
	if (row->last_ns > p->last_ns)
		p->last_ns = row->last_ns;
}

/* A clock ahead of the recorder's, or a row without a time of its own. */
static bool is_ahead(const cc_snapshot *s, const event_row *row)
{
	return s->whole && (row->first_ns > s->until_ns || row->last_ns > s->until_ns);
}

static bool merge_row(events_reader *r, const event_row *row, cc_cite cite)
{
	event_entry *e;

	if (is_ahead(r->s, row))
		return true;
	e = entry_of(r, row);
	if (!e)
		return false;
	if (is_decisive(e, row) && !take_texts(r, e, row, cite))
		return false;
	take_times(e, row);
	keep_earlier(&e->pub.received_ns, row->received_ns);
	if (row->count > e->pub.count)
		e->pub.count = row->count;
	e->pub.expired = e->pub.expired || row->expired;
	e->pub.only_expired = e->pub.only_expired && row->expired;
	e->pub.rows++;
	r->t->expired_rows += row->expired;
	return cc_vec_push(&e->cites, cite);
}

/* ---- rows ---- */

static cc_code read_body(events_reader *r, cc_str text, int64_t received, cc_cite cite, cc_err *err)
{
	cc_k8sbody b;
	cc_code code = cc_k8sbody_parse(&b, text, NULL);
	size_t used = 0;
	event_row row;

	if (code == CC_ENOMEM)
		return cc_err_set(err, CC_ENOMEM, "events: out of memory");
	if (code != CC_OK) {
		cc_snapshot_skip(r->s, cite.file, cite.record,
			code == CC_ELIMIT ? "the body's JSON is nested too deeply" : "the body is not valid JSON");
		return CC_OK;
	}
	if (b.watch == CC_WATCH_ERROR)
		cc_snapshot_skip(r->s, cite.file, cite.record, "a watch error instead of an event");
	else if (b.watch != CC_WATCH_BOOKMARK && b.watch != CC_WATCH_MARKER) {
		for (const cc_json *v = cc_k8sbody_next(&b, NULL); v; v = cc_k8sbody_next(&b, v)) {
			if (!cc_event_row_json(&row, v, b.watch, received)) {
				if (b.items)
					cc_snapshot_note(r->s, cite.file, cite.record, "an item of its List is no event");
				continue;
			}
			used++;
			r->failed = r->failed || !merge_row(r, &row, cite);
		}
		if (used == 0 && !b.items)
			cc_snapshot_skip(r->s, cite.file, cite.record, "no event in the body");
	}
	cc_k8sbody_free(&b);
	return r->failed ? cc_err_set(err, CC_ENOMEM, "events: out of memory") : CC_OK;
}

static cc_code read_row(void *arg, uint32_t file, const cc_tsv_row *tsv_row, cc_err *err)
{
	events_reader *r = arg;
	cc_cite cite = { file, (uint32_t)tsv_row->record };
	int64_t received = CC_TIME_NONE;
	event_row row;

	cc_arena_reset(r->scratch);
	if (r->time >= 0)
		cc_snapshot_time(cc_tsv_field(tsv_row, r->time, r->scratch), &received);
	if (r->s->whole && received > r->s->until_ns)
		return CC_OK;            /* not delivered yet */
	cc_snapshot_widen(r->s, received);
	if (r->body >= 0)
		return read_body(r, cc_tsv_field(tsv_row, r->body, r->scratch), received, cite, err);
	if (!cc_event_row_columns(&row, r->tsv, tsv_row, received, r->scratch))
		cc_snapshot_skip(r->s, file, tsv_row->record, "no reason and no object");
	else if (!merge_row(r, &row, cite))
		return cc_err_set(err, CC_ENOMEM, "events: out of memory");
	return CC_OK;
}

static cc_code read_file(events_reader *r, uint32_t file, cc_err *err)
{
	snapshot_file *f = cc_snapshot_priv_file(r->s, file);

	r->tsv = &f->tsv;
	r->body = cc_tsv_column_any(&f->tsv, "Body");
	r->time = cc_tsv_column_any(&f->tsv, "Timestamp|TimestampTime");
	if (r->body < 0 && cc_tsv_column_any(&f->tsv, "reason") < 0) {
		cc_snapshot_note(r->s, file, 0, "neither a Body nor a reason column");
		return CC_OK;
	}
	return cc_snapshot_scan(r->s, file, read_row, r, err);
}

/* ---- finishing ---- */

static int compare_entries(const void *pa, const void *pb)
{
	const event_entry *a = pa, *b = pb;
	cc_cite ca = a->cites.p[0], cb = b->cites.p[0];

	if (a->pub.last_ns != b->pub.last_ns)
		return a->pub.last_ns < b->pub.last_ns ? -1 : 1;
	if (ca.file != cb.file)
		return ca.file < cb.file ? -1 : 1;
	return ca.record < cb.record ? -1 : ca.record > cb.record;
}

static bool finish(cc_snapshot *s, events_table *t)
{
	for (size_t i = 0; i < t->entries.n; i++) {
		event_entry *e = &t->entries.p[i];
		cc_cite *cites = cc_arena_array(s->arena, e->cites.n, sizeof *cites);

		if (!cites)
			return false;
		memcpy(cites, e->cites.p, e->cites.n * sizeof *cites);
		e->pub.cites = cites;
		e->pub.cite_count = e->cites.n;
		if (e->pub.first_ns > e->pub.last_ns)
			e->pub.last_ns = e->pub.first_ns;
		if (e->pub.first_ns == CC_TIME_NONE)
			e->pub.first_ns = e->pub.last_ns;
	}
	if (t->entries.n > 1)
		qsort(t->entries.p, t->entries.n, sizeof *t->entries.p, compare_entries);
	return true;
}

cc_code cc_events_load(cc_snapshot *s, cc_err *err)
{
	events_reader r = { .s = s };
	cc_code code = CC_OK;

	if (cc_snapshot_next_file(s, CC_FILE_EVENTS, 0) == 0)
		return CC_OK;
	r.t = s->events = cc_calloc(1, sizeof *s->events);
	r.scratch = cc_arena_new();
	r.ids = cc_map_new();
	if (!r.t || !r.scratch || !r.ids)
		code = cc_err_set(err, CC_ENOMEM, "events: out of memory");
	for (uint32_t f = cc_snapshot_next_file(s, CC_FILE_EVENTS, 0); f && code == CC_OK;
		f = cc_snapshot_next_file(s, CC_FILE_EVENTS, f))
		code = read_file(&r, f, err);
	if (code == CC_OK && !finish(s, r.t))
		code = cc_err_set(err, CC_ENOMEM, "events: out of memory");
	cc_map_free(r.ids);
	cc_arena_free(r.scratch);
	return code;
}

void cc_events_unload(cc_snapshot *s)
{
	if (!s->events)
		return;
	for (size_t i = 0; i < s->events->entries.n; i++)
		cc_vec_deinit(&s->events->entries.p[i].cites);
	cc_vec_deinit(&s->events->entries);
	cc_free(s->events);
	s->events = NULL;
}
