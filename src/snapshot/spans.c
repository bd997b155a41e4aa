/* spans.c - the span table: loading, lazy columns, span events. What spans form together is traces.c. */
#include "snapshot/spans_priv.h"

#include "coldcase/xalloc.h"

static const char resource_names[] = "ResourceAttributes|resource";
static const char parent_names[] = "ParentSpanId|parent_id";

enum { TIME, TRACE, SPAN, PARENT, NAME, KIND, SERVICE, RESOURCE, DURATION, DURATION_MS, STATUS, NS, POD };

/* A span as its piece keeps it: names by the worker's numbers. */
typedef struct span_row {
	int64_t start_ns, duration_ns;
	uint64_t id, parent_id;
	uint32_t record, name, trace;
	uint32_t who_kind_status;    /* three and two bits of the lowest byte; the emitter above them */
} span_row;

/* --- spellings --- */

static cc_str without_prefix(cc_str s, const char *prefix)
{
	s = cc_str_trim(s);
	cc_str p = cc_str_from(prefix);
	return cc_str_starts_nocase(s, p) ? cc_str_sub(s, p.n, s.n) : s;
}

#define NAME(text) { text, sizeof text - 1 }
static const cc_str kind_names[] = { NAME("Unspecified"), NAME("Internal"), NAME("Server"), NAME("Client"),
	NAME("Producer"), NAME("Consumer") };
static const cc_str status_names[] = { NAME("Unset"), NAME("Ok"), NAME("Error") };

/* A name of the list in any case, or its number. The recorder's own spelling is tried first. */
static uint8_t parse_enum(cc_str s, const char *prefix, const cc_str names[], size_t count)
{
	int64_t n;
	for (size_t i = 0; i < count; i++)
		if (cc_str_eq(s, names[i]))
			return (uint8_t)i;
	s = without_prefix(s, prefix);
	for (size_t i = 0; i < count; i++)
		if (cc_str_eq_nocase(s, names[i]))
			return (uint8_t)i;
	return cc_str_to_i64(s, &n) && n >= 0 && n < (int64_t)count ? (uint8_t)n : 0;
}

const char *cc_span_kind_name(cc_span_kind k)
{
	return (unsigned)k < sizeof kind_names / sizeof *kind_names ? kind_names[k].p : kind_names[0].p;
}

const char *cc_span_status_name(cc_span_status st)
{
	return (unsigned)st < sizeof status_names / sizeof *status_names ? status_names[st].p : status_names[0].p;
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

static int64_t duration_of(const load_row *r)
{
	int64_t out;
	cc_str ns = cc_load_cell(r, DURATION), ms = cc_load_cell(r, DURATION_MS);
	if (parse_duration(ns, 1, &out) || (ns.n == 0 && parse_duration(ms, 1e6, &out)))
		return out;
	if (ns.n > 0 || ms.n > 0)
		cc_load_note(r, "unreadable Duration; taken as 0");
	return 0;
}

static void read_span(const load_row *r, void *row)
{
	span_row *out = row;
	cc_id128 trace;
	out->start_ns = cc_load_time(r, TIME);
	out->record = r->record;
	cc_id128_parse(cc_load_cell(r, TRACE), &trace);
	cc_id_expect(&r->w->traces, trace);
	out->id = cc_span_id_parse(cc_load_cell(r, SPAN));
	out->parent_id = cc_span_id_parse(cc_load_cell(r, PARENT));
	out->name = cc_load_text(r, cc_load_cell(r, NAME));
	out->duration_ns = duration_of(r);
	uint32_t kind = parse_enum(cc_load_cell(r, KIND), "SPAN_KIND_", kind_names, 6);
	uint32_t status = parse_enum(cc_load_cell(r, STATUS), "STATUS_CODE_", status_names, 3);
	out->who_kind_status = cc_load_who(r, RESOURCE, SERVICE, NS, POD) << 8 | kind << 2 | status;
	out->trace = cc_load_trace(r, trace);
}

const load_table cc_spans_table = {
	.kind = CC_FILE_TRACES,
	.set = LOAD_SPANS,
	.columns = { [TIME] = "Timestamp|StartTimeUnixNano|TimestampUnixNano|start_time|TimestampTime",
		[TRACE] = "TraceId", [SPAN] = "SpanId", [PARENT] = parent_names,
		[NAME] = "SpanName|name|operation_name", [KIND] = "SpanKind|kind", [SERVICE] = "ServiceName|service",
		[RESOURCE] = resource_names, [DURATION] = "Duration|duration_ns", [DURATION_MS] = "duration_ms",
		[STATUS] = "StatusCode|status", [NS] = "k8s_namespace|k8s_namespace_name|namespace",
		[POD] = "k8s_pod_name|pod_name|pod" },
	.row_size = sizeof(span_row),
	.row = read_span,
};

static void give_span(void *arg, size_t place, const load_piece *p, const void *row)
{
	spans_table *t = arg;
	const span_row *in = row;
	const load_worker *w = p->worker;
	t->rows.p[place] = (cc_span){ .start_ns = in->start_ns,
		.duration_ns = in->duration_ns,
		.cite = { p->file, p->base + in->record },
		.entity = w->whos[LOAD_SPANS].global.p[in->who_kind_status >> 8], /* until entities are known */
		.name = w->texts.global.p[in->name],
		.id = in->id,
		.has_parent = in->parent_id != 0,
		.parent = CC_SPAN_NO_PARENT,
		.trace_index = w->traces_global.p[in->trace], /* until they are ordered */
		.kind = in->who_kind_status >> 2 & 7,
		.status = in->who_kind_status & 3 };
	cc_span_hold_parent(&t->rows.p[place], in->parent_id);
}

static bool lacks_header(const cc_snapshot *s, uint32_t file)
{
	const cc_tsv *t = &cc_snapshot_priv_file(s, file)->tsv;
	return cc_tsv_column_any(t, "TraceId") < 0 && cc_tsv_column_any(t, "SpanId") < 0;
}

/* Trace ids get numbers, from 1, in the order of the pieces. */
static bool number_traces(id_table *ids, const load_piece *p)
{
	load_worker *w = p->worker;
	for (size_t i = 0; i < p->traces.n; i++) {
		uint32_t number = cc_id_add(ids, w->traces.ids.p[p->traces.p[i] - 1]);
		if (!number)
			return false;
		w->traces_global.p[p->traces.p[i]] = number;
	}
	return true;
}

cc_code cc_spans_take(cc_snapshot *s, load_list pieces, cc_err *err)
{
	size_t n = 0;
	if (pieces.n == 0)
		return CC_OK;
	spans_table *t = s->spans = cc_calloc(1, sizeof *t);
	id_table ids = { 0 };
	bool ok = t && cc_identity_init(&t->who);
	for (size_t i = 0; ok && i < pieces.n; i++) {
		const load_piece *p = &pieces.p[i];
		ok = cc_identity_take(&t->who, p) && number_traces(&ids, p);
		n += p->row_count;
		if (p->base == 0 && lacks_header(s, p->file))
			cc_snapshot_note(s, p->file, 0,
				"neither a TraceId nor a SpanId column: is the header line missing?");
	}
	ok = ok && cc_vec_reserve(&t->rows, n);
	if (ok)
		cc_pages_expect(t->rows.p, n * sizeof *t->rows.p);
	ok = ok && cc_load_each_by_time(pieces, sizeof(span_row), cc_snapshot_threads(s), give_span, t);
	if (ok)
		t->rows.n = n;
	cc_code code = ok ? cc_traces_build(s, t, &ids, err) : cc_err_set(err, CC_ENOMEM, "traces: out of memory");
	cc_id_table_deinit(&ids);
	return code;
}

cc_code cc_spans_bind(cc_snapshot *s, cc_err *err)
{
	spans_table *t = s->spans;
	if (!t)
		return CC_OK;
	cc_code code = cc_identity_bind(s, &t->who, err);
	for (size_t i = 0; code == CC_OK && i < t->rows.n; i++) {
		cc_span *r = &t->rows.p[i];
		r->entity = r->entity ? t->who.entities.p[r->entity - 1] : 0;
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
	cc_calls_deinit(&s->spans->calls);
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

cc_id128 cc_spans_trace_id(const cc_snapshot *s, const cc_span *sp)
{
	return s->spans->traces.p[sp->trace_index].id;
}

uint64_t cc_spans_parent_id(const cc_snapshot *s, const cc_span *sp, cc_arena *arena)
{
	if (sp->parent != CC_SPAN_NO_PARENT)
		return s->spans->rows.p[sp->parent].id;
	return sp->has_parent ? cc_span_id_parse(cc_snapshot_cell(s, sp->cite, parent_names, arena)) : 0;
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
