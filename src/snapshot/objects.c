/* objects.c - reads the polled objects and keeps, for each, when it was seen and in which state.
 *
 * The same object arrives at every poll, mostly with the very same text. So each distinct text is parsed once; a text
 * that was seen before only adds an observation. States apart from churn are told by fingerprint (churn.c); their facts
 * stay (objects_facts.c), the JSON does not. Deletion is proved only by a later poll of the same resource type
 * (objects_polls.c). */
#include <stdlib.h>
#include "snapshot/entity_priv.h"
#include "coldcase/xalloc.h"
#include "snapshot/objects_table_priv.h"

typedef struct objects_reader {
	cc_snapshot *s;
	objects_table *t;
	cc_arena *scratch;       /* of one row */
	cc_map *texts;           /* raw body -> index into t->bodies */
	cc_map *ids;             /* ns, kind, name -> index into t->entries */
	cc_map *resources;       /* raw LogAttributes -> symbol */
	cc_map *states;          /* entry, fingerprint -> index into the entry's states */
	int body, time, attrs, resource;
	uint64_t last_record;
	cc_sym last_resource;
} objects_reader;

/* ---- one distinct body ---- */

static bool entry_find(objects_reader *r, cc_sym ns, cc_sym kind, cc_sym name, uint32_t *out)
{
	cc_sym key[3] = { ns, kind, name };
	cc_str k = { (const char *)key, sizeof key };
	uint64_t at;

	if (!cc_map_get(r->ids, k, &at)) {
		objects_entry e = { .ns = ns, .kind = kind, .name = name, .deleted_ns = CC_TIME_NONE };

		k = cc_arena_dup(r->s->arena, k);
		at = r->t->entries.n;
		if (!k.p || !cc_vec_push(&r->t->entries, e) || !cc_map_set(r->ids, k, at))
			return false;
	}
	*out = (uint32_t)at;
	return true;
}

static bool state_find(objects_reader *r, const cc_json *object, uint32_t entry, cc_str ns, cc_cite cite, uint32_t *out)
{
	objects_entry *e = &r->t->entries.p[entry];
	cc_str kind = cc_snapshot_sym(r->s, e->kind);
	object_state state = { .hash = cc_churn_state(object, kind) };
	uint64_t key[2] = { state.hash, entry }, at;
	cc_str k = { (const char *)key, sizeof key };

	if (cc_map_get(r->states, k, &at)) {
		*out = (uint32_t)at;
		return true;
	}
	state.facts.cite = cite;
	*out = (uint32_t)e->states.n;
	k = cc_arena_dup(r->s->arena, k);
	return k.p && cc_map_set(r->states, k, e->states.n) &&
		cc_objects_facts(r->s, &state.facts, object, ns, kind) && cc_vec_push(&e->states, state);
}

static cc_str kind_of(const cc_k8sbody *b, const cc_json *object, cc_str resource)
{
	cc_str kind = cc_k8sbody_kind(b, object);

	return cc_kind_canonical(kind.n > 0 ? kind : resource);
}

static int64_t time_at(const cc_json *object, const char *path)
{
	int64_t ns = CC_TIME_NONE;

	return cc_snapshot_time(cc_json_str(cc_json_at(object, path)), &ns) ? ns : CC_TIME_NONE;
}

/* False when out of memory; an item without a name or kind is left out and reported through *nameless. */
static bool read_item(objects_reader *r, const cc_k8sbody *b, const cc_json *object, uint32_t item, cc_str resource,
	cc_cite cite, bool *nameless)
{
	const cc_json *meta = cc_json_get(object, "metadata");
	cc_str name = cc_json_get_str(meta, "name"), ns = cc_json_get_str(meta, "namespace"),
	       kind = kind_of(b, object, resource);
	objects_seen seen = { .item = item, .created_ns = time_at(meta, "creationTimestamp") };
	cc_snapshot *s = r->s;

	if (name.n == 0 || kind.n == 0) {
		*nameless = true;
		return true;
	}
	if (ns.n == 0 || cc_kind_is_cluster_scoped(kind))
		ns = CC_STR("cluster");
	seen.uid = cc_snapshot_intern(s, cc_json_get_str(meta, "uid"));
	seen.api_version = cc_snapshot_intern(s, cc_json_get_str(object, "apiVersion"));
	return entry_find(r, cc_snapshot_intern(s, ns), cc_snapshot_intern(s, kind), cc_snapshot_intern(s, name),
		       &seen.entry) &&
		state_find(r, object, seen.entry, ns, cite, &seen.state) && cc_vec_push(&r->t->seen, seen);
}

static bool read_items(objects_reader *r, const cc_k8sbody *b, objects_body *out, cc_str resource, cc_cite cite)
{
	bool nameless = false;
	uint32_t item = 0;

	out->first = (uint32_t)r->t->seen.n;
	for (const cc_json *v = cc_k8sbody_next(b, NULL); v; v = cc_k8sbody_next(b, v)) {
		item++;
		if (!read_item(r, b, v, b->items ? item : 0, resource, cite, &nameless))
			return false;
	}
	out->count = (uint32_t)r->t->seen.n - out->first;
	if (nameless)
		out->problem = "an object without a name or kind";
	return true;
}

/* A marker names its resource type by the plural: {"type":"PullEnd","object":{"kind":"pods"}}. Older ones come without
 * a type. */
static bool is_marker(const cc_k8sbody *b)
{
	return b->watch == CC_WATCH_MARKER || (!b->bare && !b->items && !cc_json_get(b->object, "metadata"));
}

static bool read_body(objects_reader *r, cc_str text, cc_str resource, cc_cite cite, objects_body *out)
{
	cc_k8sbody b;
	cc_err err;
	cc_code code = cc_k8sbody_parse(&b, text, &err);
	bool ok = true;

	*out = (objects_body){ .watch = b.watch };
	if (code == CC_ENOMEM)
		return false;
	if (code != CC_OK) {
		out->problem =
			code == CC_ELIMIT ? "the body's JSON is nested too deeply" : "the body is not valid JSON";
		return true;
	}
	out->watch = b.watch;
	if (b.watch == CC_WATCH_ERROR)
		out->problem = "a watch error instead of an object";
	else if (is_marker(&b)) {
		out->watch = CC_WATCH_MARKER;
		out->resource = cc_snapshot_intern(r->s, cc_json_get_str(b.object, "kind"));
	} else if (b.watch != CC_WATCH_BOOKMARK)
		ok = read_items(r, &b, out, resource, cite);
	cc_k8sbody_free(&b);
	return ok;
}

/* ---- one row ---- */

static cc_sym resource_of(objects_reader *r, const cc_tsv_row *row)
{
	cc_str text = CC_STR_EMPTY, raw = r->attrs >= 0 ? row->fields[r->attrs] : CC_STR_EMPTY;
	uint64_t sym;

	if (r->resource >= 0)
		return cc_snapshot_intern(r->s, cc_tsv_field(row, r->resource, r->scratch));
	if (raw.n == 0)
		return 0;
	if (cc_map_get(r->resources, raw, &sym))
		return (cc_sym)sym;
	if (!cc_literal_map_get(cc_tsv_decode(raw, r->scratch), CC_STR("k8s.resource.name"), &text, r->scratch))
		text = CC_STR_EMPTY;
	sym = cc_snapshot_intern(r->s, text);
	if (!cc_map_set(r->resources, raw, sym))
		r->s->failed = true;
	return (cc_sym)sym;
}

static bool body_find(objects_reader *r, const cc_tsv_row *row, cc_sym resource, cc_cite cite, uint32_t *out)
{
	cc_str raw = row->fields[r->body];
	objects_body body;
	uint64_t at;

	if (!cc_map_get(r->texts, raw, &at)) {
		at = r->t->bodies.n;
		if (!read_body(r, cc_tsv_decode(raw, r->scratch), cc_snapshot_sym(r->s, resource), cite, &body) ||
		    !cc_vec_push(&r->t->bodies, body) || !cc_map_set(r->texts, raw, at))
			return false;
	}
	*out = (uint32_t)at;
	return true;
}

static bool observe(
	objects_reader *r, uint32_t seen_index, const objects_body *body, int64_t time, cc_sym resource, cc_cite cite)
{
	const objects_seen *seen = &r->t->seen.p[seen_index];
	objects_entry *e = &r->t->entries.p[seen->entry];
	objects_obs obs = { .time_ns = time, .cite = cite, .seen = seen_index };

	if (body->watch == CC_WATCH_DELETED && time > e->deleted_ns)
		e->deleted_ns = time;
	if (resource != 0)
		e->pub.resource = resource;
	return cc_vec_push(&e->obs, obs);
}

/* A List without items is a poll that found nothing; a watch row is no poll. */
static bool proves_poll(const objects_body *body)
{
	return (body->watch == CC_WATCH_NONE || body->watch == CC_WATCH_MARKER) && (body->count > 0 || !body->problem);
}

static cc_code read_row(void *arg, uint32_t file, const cc_tsv_row *row, cc_err *err)
{
	objects_reader *r = arg;
	cc_cite cite = { file, (uint32_t)row->record };
	int64_t time = CC_TIME_NONE;
	cc_sym resource;
	uint32_t at;
	bool ok;

	cc_arena_reset(r->scratch);
	r->last_record = row->record;
	cc_snapshot_time(cc_tsv_field(row, r->time, r->scratch), &time);
	resource = resource_of(r, row);
	if (!body_find(r, row, resource, cite, &at))
		return cc_err_set(err, CC_ENOMEM, "objects: out of memory");
	const objects_body *body = &r->t->bodies.p[at];
	if (body->problem)
		cc_snapshot_skip(r->s, file, row->record, body->problem);
	if (body->resource != 0)
		resource = body->resource;
	else if (resource == 0 && body->count > 0)
		resource = r->t->entries.p[r->t->seen.p[body->first].entry].kind;
	r->last_resource = resource;
	cc_snapshot_widen(r->s, time);
	ok = !proves_poll(body) || cc_objects_poll_add(r->s, r->t, resource, time);
	for (uint32_t i = 0; ok && i < body->count; i++)
		ok = observe(r, body->first + i, body, time, resource, cite);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "objects: out of memory");
}

/* A file that ends in a broken record, or exactly at a page of the exporter, may lack rows of its last poll. */
static cc_code read_file(objects_reader *r, uint32_t file, cc_err *err)
{
	snapshot_file *f = cc_snapshot_priv_file(r->s, file);
	cc_code code;

	r->body = cc_tsv_column_any(&f->tsv, "Body");
	r->time = cc_tsv_column_any(&f->tsv, "Timestamp|TimestampTime");
	r->attrs = cc_tsv_column_any(&f->tsv, "LogAttributes");
	r->resource = cc_tsv_column_any(&f->tsv, "resource_type");
	if (r->body < 0) {
		cc_snapshot_note(r->s, file, 0, "no Body column");
		return CC_OK;
	}
	code = cc_snapshot_scan(r->s, file, read_row, r, err);
	if (code == CC_OK && f->starts.at.n > 0 && (r->last_record < f->starts.at.n || f->starts.at.n % 10000 == 0))
		cc_objects_poll_doubt(r->t, r->last_resource);
	return code;
}

/* ---- finishing ---- */

static int compare_obs(const void *pa, const void *pb)
{
	const objects_obs *a = pa, *b = pb;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	if (a->cite.file != b->cite.file)
		return a->cite.file < b->cite.file ? -1 : 1;
	return a->cite.record < b->cite.record ? -1 : a->cite.record > b->cite.record;
}

static int compare_obs_texts(const void *pa, const void *pb)
{
	const objects_obs *a = pa, *b = pb;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	if (a->seen != b->seen)
		return a->seen < b->seen ? -1 : 1;
	return compare_obs(pa, pb);
}

/* Rows delivered again (same time, same text) go. The text is the same when its distinct-text entry is. */
static void sort_obs(objects_entry *e)
{
	size_t n = 0;

	qsort(e->obs.p, e->obs.n, sizeof *e->obs.p, compare_obs_texts);
	for (size_t i = 0; i < e->obs.n; i++)
		if (n == 0 || e->obs.p[n - 1].time_ns != e->obs.p[i].time_ns || e->obs.p[n - 1].seen != e->obs.p[i].seen)
			e->obs.p[n++] = e->obs.p[i];
	e->obs.n = n;
	qsort(e->obs.p, e->obs.n, sizeof *e->obs.p, compare_obs);
}

static bool finish_entry(cc_snapshot *s, objects_table *t, objects_entry *e)
{
	cc_object_obs *obs = cc_arena_array(s->arena, e->obs.n, sizeof *obs);
	uint32_t state = 0;
	size_t n = 0;

	if (!obs || e->obs.n == 0)
		return obs != NULL;
	sort_obs(e);
	for (size_t i = 0; i < e->obs.n; i++) {
		const objects_seen *seen = &t->seen.p[e->obs.p[i].seen];

		obs[n] = (cc_object_obs){ .time_ns = e->obs.p[i].time_ns, .cite = e->obs.p[i].cite,
			.changed = n > 0 && seen->state != state, .item = seen->item };
		state = seen->state;
		n++;
		e->pub.uid = seen->uid;
		e->pub.api_version = seen->api_version;
		e->pub.created_ns = seen->created_ns;
	}
	e->last_state = state;
	e->pub.obs = obs;
	e->pub.obs_count = n;
	e->pub.revisions = (uint32_t)e->states.n;
	if (e->pub.resource == 0)
		e->pub.resource = e->kind;
	cc_vec_deinit(&e->obs);
	return true;
}

typedef struct sort_key { cc_str ns, kind, name; uint32_t at; } sort_key;

static int compare_keys(const void *pa, const void *pb)
{
	const sort_key *a = pa, *b = pb;
	int c = cc_str_cmp(a->ns, b->ns);

	if (c == 0)
		c = cc_str_cmp(a->kind, b->kind);
	if (c == 0)
		c = cc_str_cmp_natural(a->name, b->name);
	return c != 0 ? c : cc_str_cmp(a->name, b->name);
}

static bool sort_entries(cc_snapshot *s, objects_table *t)
{
	sort_key *keys = cc_calloc(t->entries.n + 1, sizeof *keys);
	objects_entry *sorted = cc_calloc(t->entries.n + 1, sizeof *sorted);
	bool ok = keys && sorted;

	for (size_t i = 0; ok && i < t->entries.n; i++) {
		const objects_entry *e = &t->entries.p[i];

		keys[i] = (sort_key){ cc_snapshot_sym(s, e->ns), cc_snapshot_sym(s, e->kind),
			cc_snapshot_sym(s, e->name), (uint32_t)i };
	}
	if (ok)
		qsort(keys, t->entries.n, sizeof *keys, compare_keys);
	for (size_t i = 0; ok && i < t->entries.n; i++)
		sorted[i] = t->entries.p[keys[i].at];
	for (size_t i = 0; ok && i < t->entries.n; i++)
		t->entries.p[i] = sorted[i];
	cc_free(sorted);
	cc_free(keys);
	return ok;
}

static bool finish(cc_snapshot *s, objects_table *t)
{
	if (!cc_objects_poll_finish(s, t))
		return false;
	for (size_t i = 0; i < t->entries.n; i++) {
		if (!finish_entry(s, t, &t->entries.p[i]))
			return false;
		cc_objects_poll_gone(t, &t->entries.p[i]);
	}
	cc_vec_deinit(&t->bodies);
	cc_vec_deinit(&t->seen);
	return sort_entries(s, t);
}

static cc_code reader_init(objects_reader *r, cc_snapshot *s, cc_err *err)
{
	*r = (objects_reader){ .s = s, .t = cc_calloc(1, sizeof *r->t), .scratch = cc_arena_new() };
	r->texts = cc_map_new();
	r->ids = cc_map_new();
	r->resources = cc_map_new();
	r->states = cc_map_new();
	if (r->t)
		r->t->poll_ids = cc_map_new();
	s->objects = r->t;
	if (r->t && r->t->poll_ids && r->scratch && r->texts && r->ids && r->resources && r->states)
		return CC_OK;
	return cc_err_set(err, CC_ENOMEM, "objects: out of memory");
}

static void reader_deinit(objects_reader *r)
{
	cc_map_free(r->states);
	cc_map_free(r->resources);
	cc_map_free(r->ids);
	cc_map_free(r->texts);
	cc_arena_free(r->scratch);
}

cc_code cc_objects_load(cc_snapshot *s, cc_err *err)
{
	objects_reader r;
	cc_code code;

	if (cc_snapshot_next_file(s, CC_FILE_OBJECTS, 0) == 0)
		return CC_OK;
	code = reader_init(&r, s, err);
	for (uint32_t f = cc_snapshot_next_file(s, CC_FILE_OBJECTS, 0); f && code == CC_OK;
		f = cc_snapshot_next_file(s, CC_FILE_OBJECTS, f))
		code = read_file(&r, f, err);
	if (code == CC_OK && !finish(s, r.t))
		code = cc_err_set(err, CC_ENOMEM, "objects: out of memory");
	reader_deinit(&r);
	return code;
}
