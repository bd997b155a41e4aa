/* spans.c - the span table: loading, lazy columns, span events. What spans form together is traces.c. */
#include "snapshot/spans_priv.h"

#include <stdlib.h>
#include <string.h>
#include "coldcase/xalloc.h"

typedef struct span_columns {
	int time, trace, span, parent, name, kind, service, resource, duration, duration_ms, status, ns, pod;
} span_columns;

typedef struct span_load {
	cc_snapshot *s;
	spans_table *t;
	span_columns c;
	cc_arena *scratch;
} span_load;

static const char resource_names[] = "ResourceAttributes|resource";

static span_columns find_columns(const cc_tsv *t)
{
	return (span_columns){
		.time = cc_snapshot_column(t, "Timestamp|StartTimeUnixNano|TimestampUnixNano|start_time|TimestampTime"),
		.trace = cc_snapshot_column(t, "TraceId"),
		.span = cc_snapshot_column(t, "SpanId"),
		.parent = cc_snapshot_column(t, "ParentSpanId|parent_id"),
		.name = cc_snapshot_column(t, "SpanName|name|operation_name"),
		.kind = cc_snapshot_column(t, "SpanKind|kind"),
		.service = cc_snapshot_column(t, "ServiceName|service"),
		.resource = cc_snapshot_column(t, resource_names),
		.duration = cc_snapshot_column(t, "Duration|duration_ns"),
		.duration_ms = cc_snapshot_column(t, "duration_ms"),
		.status = cc_snapshot_column(t, "StatusCode|status"),
		.ns = cc_snapshot_column(t, "k8s_namespace|k8s_namespace_name|namespace"),
		.pod = cc_snapshot_column(t, "k8s_pod_name|pod_name|pod"),
	};
}

static cc_str cell(const span_load *l, const cc_tsv_row *row, int c)
{
	return cc_tsv_field(row, c, l->scratch);
}

/* --- spellings --- */

static cc_str without_prefix(cc_str s, const char *prefix)
{
	s = cc_str_trim(s);
	cc_str p = cc_str_from(prefix);
	return cc_str_starts_nocase(s, p) ? cc_str_sub(s, p.n, s.n) : s;
}

static const char *const kind_names[] = { "Unspecified", "Internal", "Server", "Client", "Producer", "Consumer" };
static const char *const status_names[] = { "Unset", "Ok", "Error" };

/* A name of the list in any case, or its number. */
static uint8_t parse_enum(cc_str s, const char *const names[], size_t count)
{
	int64_t n;
	for (size_t i = 0; i < count; i++)
		if (cc_str_eq_nocase(s, cc_str_from(names[i])))
			return (uint8_t)i;
	return cc_str_to_i64(s, &n) && n >= 0 && n < (int64_t)count ? (uint8_t)n : 0;
}

const char *cc_span_kind_name(cc_span_kind k)
{
	return (unsigned)k < sizeof kind_names / sizeof *kind_names ? kind_names[k] : kind_names[0];
}

const char *cc_span_status_name(cc_span_status st)
{
	return (unsigned)st < sizeof status_names / sizeof *status_names ? status_names[st] : status_names[0];
}

/* --- loading --- */

/* Start plus duration then never overflows (cc_snapshot_time). */
#define LONGEST_NS (INT64_C(1) << 60)

/* Whole nanoseconds; Go may print 3.1e+08. False for what is no length of time, or one of more than 36 years. */
static bool parse_duration(cc_str s, double unit_ns, int64_t *out)
{
	double d;
	if (unit_ns <= 1 && cc_str_to_i64(s, out))
		return *out >= 0 && *out <= LONGEST_NS;
	if (!cc_str_to_double(s, &d) || !(d >= 0) || d * unit_ns > (double)LONGEST_NS)
		return false;
	*out = (int64_t)(d * unit_ns);
	return true;
}

static void set_duration(const span_load *l, const cc_tsv_row *row, cc_span *sp)
{
	cc_str ns = cell(l, row, l->c.duration), ms = cell(l, row, l->c.duration_ms);
	if (parse_duration(ns, 1, &sp->duration_ns) || (ns.n == 0 && parse_duration(ms, 1e6, &sp->duration_ns)))
		return;
	sp->duration_ns = 0;
	if (ns.n > 0 || ms.n > 0)
		cc_snapshot_note(l->s, sp->cite.file, row->record, "unreadable Duration; taken as 0");
}

static void set_identity(const span_load *l, const cc_tsv_row *row, cc_span *sp)
{
	bool is_map;
	cc_str resource = l->c.resource >= 0 ? row->fields[l->c.resource] : CC_STR_EMPTY;
	row_identity id = cc_identity_of_cell(l->s, &l->t->who, resource, &is_map);
	if (!is_map)
		cc_snapshot_note(
			l->s, sp->cite.file, row->record, "ResourceAttributes is no map; its names are not known");
	if (!id.service)
		id.service = cc_snapshot_intern(l->s, cell(l, row, l->c.service));
	if (!id.ns)
		id.ns = cc_snapshot_intern(l->s, cell(l, row, l->c.ns));
	if (!id.pod)
		id.pod = cc_snapshot_intern(l->s, cell(l, row, l->c.pod));
	sp->service = id.service;
	sp->ns = id.ns;
	sp->pod = id.pod;
	cc_identity_add(l->s, &l->t->who, id);
}

static cc_code load_row(void *arg, uint32_t file, const cc_tsv_row *row, cc_err *err)
{
	span_load *l = arg;
	cc_span sp = { .cite = { file, (uint32_t)row->record }, .parent = CC_SPAN_NO_PARENT };
	sp.start_ns = cc_snapshot_row_time(l->s, file, row->record, cell(l, row, l->c.time));
	cc_id128_parse(cell(l, row, l->c.trace), &sp.trace);
	sp.id = cc_span_id_parse(cell(l, row, l->c.span));
	sp.parent_id = cc_span_id_parse(cell(l, row, l->c.parent));
	sp.name = cc_snapshot_intern(l->s, cell(l, row, l->c.name));
	sp.kind = parse_enum(without_prefix(cell(l, row, l->c.kind), "SPAN_KIND_"), kind_names, 6);
	sp.status = parse_enum(without_prefix(cell(l, row, l->c.status), "STATUS_CODE_"), status_names, 3);
	set_duration(l, row, &sp);
	set_identity(l, row, &sp);
	cc_snapshot_widen(l->s, sp.start_ns);
	if (cc_arena_bytes(l->scratch) > 1 << 20)
		cc_arena_reset(l->scratch);
	return cc_vec_push(&l->t->rows, sp) ? CC_OK : cc_err_set(err, CC_ENOMEM, "traces: out of memory");
}

static int by_start(const void *a, const void *b)
{
	const cc_span *x = a, *y = b;
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	if (x->cite.file != y->cite.file)
		return x->cite.file < y->cite.file ? -1 : 1;
	return (x->cite.record > y->cite.record) - (x->cite.record < y->cite.record);
}

static void sort_rows(spans_table *t)
{
	for (size_t i = 1; i < t->rows.n; i++)
		if (by_start(&t->rows.p[i - 1], &t->rows.p[i]) > 0) {
			qsort(t->rows.p, t->rows.n, sizeof *t->rows.p, by_start);
			return;
		}
}

cc_code cc_spans_load(cc_snapshot *s, cc_err *err)
{
	uint32_t file = cc_snapshot_next_file(s, CC_FILE_TRACES, 0);
	if (file == 0)
		return CC_OK;
	span_load l = { .s = s, .t = cc_calloc(1, sizeof *l.t), .scratch = cc_arena_new() };
	s->spans = l.t;
	cc_code code = CC_OK;
	if (!l.t || !l.scratch || !cc_identity_init(&l.t->who))
		code = cc_err_set(err, CC_ENOMEM, "traces: out of memory");
	for (; file && code == CC_OK; file = cc_snapshot_next_file(s, CC_FILE_TRACES, file)) {
		l.c = find_columns(&cc_snapshot_priv_file(s, file)->tsv);
		if (l.c.trace < 0 && l.c.span < 0)
			cc_snapshot_note(s, file, 0, "neither a TraceId nor a SpanId column: is the header line missing?");
		code = cc_snapshot_scan(s, file, load_row, &l, err);
	}
	cc_arena_free(l.scratch);
	if (code != CC_OK)
		return code;
	sort_rows(l.t);
	return cc_traces_build(s, l.t, err);
}

cc_code cc_spans_bind(cc_snapshot *s, cc_err *err)
{
	spans_table *t = s->spans;
	if (!t)
		return CC_OK;
	cc_code code = cc_identity_bind(s, &t->who, err);
	for (size_t i = 0; code == CC_OK && i < t->rows.n; i++) {
		cc_span *r = &t->rows.p[i];
		r->entity = cc_identity_entity(&t->who, (row_identity){ r->ns, r->service, r->pod });
	}
	return code;
}

void cc_spans_each_identity(
	const cc_snapshot *s, void (*each)(void *arg, cc_sym ns, cc_sym service, cc_sym pod), void *arg)
{
	for (size_t i = 0; s->spans && i < s->spans->who.distinct.n; i++) {
		const row_identity *id = &s->spans->who.distinct.p[i];
		each(arg, id->ns, id->service, id->pod);
	}
}

void cc_spans_unload(cc_snapshot *s)
{
	if (!s->spans)
		return;
	cc_vec_deinit(&s->spans->rows);
	cc_vec_deinit(&s->spans->traces);
	cc_vec_deinit(&s->spans->order);
	cc_identity_deinit(&s->spans->who);
	cc_free(s->spans);
	s->spans = NULL;
}

/* --- getters --- */

size_t cc_spans_count(const cc_snapshot *s)
{
	return s->spans ? s->spans->rows.n : 0;
}

const cc_span *cc_spans_get(const cc_snapshot *s, size_t i)
{
	return i < cc_spans_count(s) ? &s->spans->rows.p[i] : NULL;
}

size_t cc_spans_lower_bound(const cc_snapshot *s, int64_t time_ns)
{
	size_t lo = 0, hi = cc_spans_count(s);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (s->spans->rows.p[mid].start_ns < time_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

cc_str cc_spans_column(const cc_snapshot *s, const cc_span *sp, const char *name, cc_arena *arena)
{
	return cc_snapshot_cell(s, sp->cite, name, arena);
}

void cc_spans_attrs(const cc_snapshot *s, const cc_span *sp, char which, cc_kv_vec *out, cc_arena *arena)
{
	const char *names = which == 'r' ? resource_names : "SpanAttributes|attributes";
	cc_literal_map(out, cc_snapshot_cell(s, sp->cite, names, arena), arena);
}

/* The three columns are parallel; where one is shorter (or unreadable) the rest of its events lack that part. */
static bool zip_events(
	cc_span_event_vec *out, const cc_time_vec *times, const cc_str_vec *names, const cc_str_vec *attrs)
{
	size_t n = times->n;
	n = names->n > n ? names->n : n;
	n = attrs->n > n ? attrs->n : n;
	for (size_t i = 0; i < n; i++) {
		cc_span_event e = { i < times->n ? times->p[i] : CC_TIME_NONE,
			i < names->n ? names->p[i] : CC_STR_EMPTY, i < attrs->n ? attrs->p[i] : CC_STR_EMPTY };
		if (!cc_vec_push(out, e))
			return false;
	}
	return true;
}

void cc_spans_events(const cc_snapshot *s, const cc_span *sp, cc_span_event_vec *out, cc_arena *arena)
{
	cc_time_vec times = { 0 };
	cc_str_vec names = { 0 }, attrs = { 0 };
	cc_literal_times(&times, cc_snapshot_cell(s, sp->cite, "Events.Timestamp", arena), arena);
	cc_literal_list(&names, cc_snapshot_cell(s, sp->cite, "Events.Name", arena), arena);
	cc_literal_list(&attrs, cc_snapshot_cell(s, sp->cite, "Events.Attributes", arena), arena);
	zip_events(out, &times, &names, &attrs);
	cc_vec_deinit(&times);
	cc_vec_deinit(&names);
	cc_vec_deinit(&attrs);
}

cc_str cc_spans_error_text(const cc_snapshot *s, const cc_span *sp, cc_arena *arena)
{
	cc_str text = cc_snapshot_cell(s, sp->cite, "StatusMessage", arena);
	if (cc_str_trim(text).n > 0)
		return text;
	cc_span_event_vec events = { 0 };
	text = CC_STR_EMPTY;
	cc_spans_events(s, sp, &events, arena);
	for (size_t i = 0; i < events.n && text.n == 0; i++)
		if (cc_str_eqz(events.p[i].name, "exception") &&
			!cc_literal_map_get(events.p[i].attributes, CC_STR("exception.message"), &text, arena))
			cc_literal_map_get(events.p[i].attributes, CC_STR("exception.type"), &text, arena);
	cc_vec_deinit(&events);
	return text;
}
