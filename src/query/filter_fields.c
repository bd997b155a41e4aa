/* filter_fields.c - the field tables of telemetry: logs, spans, traces, metric series. */
#include "filter_priv.h"
#include "coldcase/aggregate.h"
#include "coldcase/series.h"
#include "coldcase/spans.h"

static const char *const level_names[] = { "unknown", "trace", "debug", "info", "warn", "error", "fatal", NULL };
static const char *const status_names[] = { "unset", "ok", "error", NULL };
static const char *const kind_names[] = { "unspecified", "internal", "server", "client", "producer", "consumer", NULL };

#define FIELD_SINCE { "since", "from", CC_FIELD_TIME, NULL, "rows at or after a time (17:52, T+5m, -90s)" }
#define FIELD_UNTIL { "until", "to", CC_FIELD_TIME, NULL, "rows at or before a time" }
#define FIELD_ATTRS(help) { "attr.", NULL, CC_FIELD_TEXT, NULL, help }
#define COUNT(a) (sizeof(a) / sizeof *(a))

bool cc_value_id(field_value *v, cc_id128 id, unsigned digits)
{
	v->kind = VALUE_ID;
	v->id = digits == 32 ? id : (cc_id128){ id.lo, 0 };
	v->id_digits = (uint8_t)digits;
	return id.hi || id.lo;
}

static bool find_kv(const cc_kv_vec *kv, cc_str key, field_value *v)
{
	for (size_t i = 0; i < kv->n; i++)
		if (cc_str_eq(kv->p[i].key, key))
			return value_text(v, kv->p[i].value);
	return false;
}

static cc_range instant(int64_t ns)
{
	return (cc_range){ ns, ns };
}

/* --- logs --- */

enum { LOG_TIME, LOG_LEVEL, LOG_SERVICE, LOG_NS, LOG_POD, LOG_ENTITY, LOG_BODY, LOG_TRACE, LOG_SPAN, LOG_CITE, LOG_LATE };
static const cc_field log_fields[] = {
	{ "time", "ts", CC_FIELD_TIME, NULL, "when the record was written" },
	{ "level", "severity", CC_FIELD_LEVEL, level_names, "severity, ordered: level>=warn" },
	{ "service", "svc", CC_FIELD_ENTITY, NULL, "the service and everything that is one thing with it" },
	{ "ns", "namespace", CC_FIELD_TEXT, NULL, "Kubernetes namespace" },
	{ "pod", NULL, CC_FIELD_TEXT, NULL, "pod name (globs: cart-*)" },
	{ "entity", NULL, CC_FIELD_ENTITY, NULL, "namespace/Kind/name, with its pods" },
	{ "body", "message", CC_FIELD_TEXT, NULL, "the text of the record" },
	{ "trace", "trace_id", CC_FIELD_ID, NULL, "trace id or its first digits; trace=* has one" },
	{ "span", "span_id", CC_FIELD_ID, NULL, "span id or its first digits" },
	{ "cite", "file", CC_FIELD_TEXT, NULL, "file#record" },
	{ "late", NULL, CC_FIELD_BOOL, NULL, "its file has a record of a later time before it, of the same source" },
	FIELD_SINCE, FIELD_UNTIL,
	FIELD_ATTRS("resource, log or scope attribute, or a key of a JSON body: attr.http.route=/x"),
};

static bool cite_value(const cc_snapshot *s, cc_cite cite, field_value *v, cc_arena *arena)
{
	cc_buf b = CC_BUF_INIT;
	cc_cite_format(s, cite, &b);
	bool some = value_text(v, cc_arena_dup(arena, cc_buf_str(&b)));
	cc_buf_deinit(&b);
	return some;
}

static bool log_get(const cc_snapshot *s, size_t row, size_t field, size_t k, field_value *v, cc_arena *arena)
{
	const cc_logrec *l = cc_logs_get(s, row);
	if (k > 0)
		return false;
	switch (field) {
	case LOG_TIME: return value_time(v, l->time_ns);
	case LOG_LEVEL: return value_int(v, l->level);
	case LOG_SERVICE: return value_entity(v, l->entity, l->service);
	case LOG_NS: return value_sym(v, l->ns);
	case LOG_POD: return value_sym(v, l->pod);
	case LOG_ENTITY: return value_entity(v, l->entity, 0);
	case LOG_BODY: return value_text(v, cc_logs_body(s, l, arena));
	case LOG_TRACE: return cc_value_id(v, l->trace, 32);
	case LOG_SPAN: return cc_value_id(v, (cc_id128){ 0, l->span }, 16);
	case LOG_CITE: return cite_value(s, l->cite, v, arena);
	case LOG_LATE: return value_int(v, l->late);
	default: return false;
	}
}

/* A key of a JSON body counts as an attribute: parsed only when the key's text is there at all. */
static bool json_attr(cc_str body, cc_str key, field_value *v, cc_arena *arena)
{
	cc_str trimmed = cc_str_trim(body);
	if (trimmed.n < 2 || trimmed.p[0] != '{')
		return false;
	cc_str head, tail;
	cc_str_cut(key, '.', &head, &tail);
	if (cc_str_find(trimmed, head) == CC_STR_NONE)
		return false;
	cc_json *doc = NULL;
	if (cc_json_parse(&doc, trimmed, NULL) != CC_OK)
		return false;
	char *path = cc_arena_dupz(arena, key);
	const cc_json *found = path ? cc_json_get(doc, path) : NULL;
	if (!found && path)
		found = cc_json_at(doc, path);
	bool some = found && value_text(v, cc_arena_dup(arena, cc_json_text(found)));
	cc_json_free(doc);
	return some;
}

static bool log_attr(const cc_snapshot *s, size_t row, cc_str key, field_value *v, cc_arena *arena)
{
	const cc_logrec *l = cc_logs_get(s, row);
	static const char which[] = { 'l', 'r', 's' };
	bool found = false;
	for (size_t i = 0; i < COUNT(which) && !found; i++) {
		cc_kv_vec kv = { 0 };
		cc_logs_attrs(s, l, which[i], &kv, arena);
		found = find_kv(&kv, key, v);
		cc_vec_deinit(&kv);
	}
	return found || json_attr(cc_logs_body(s, l, arena), key, v, arena);
}

static cc_str log_text(const cc_snapshot *s, size_t row, cc_arena *arena)
{
	return cc_logs_body(s, cc_logs_get(s, row), arena);
}

static cc_range log_span(const cc_snapshot *s, size_t row)
{
	return instant(cc_logs_get(s, row)->time_ns);
}

const table_def cc_table_logs_def = { "logs", log_fields, COUNT(log_fields), cc_logs_count, log_get, log_attr, log_text,
	log_span, true };

/* --- spans --- */

enum { SPAN_TIME, SPAN_DURATION, SPAN_SERVICE, SPAN_NS, SPAN_POD, SPAN_ENTITY, SPAN_NAME, SPAN_KIND, SPAN_STATUS,
	SPAN_ERROR, SPAN_ROOT, SPAN_TRACE, SPAN_ID, SPAN_PARENT, SPAN_MESSAGE, SPAN_CITE };
static const cc_field span_fields[] = {
	{ "time", "ts", CC_FIELD_TIME, NULL, "start of the span" },
	{ "duration", "dur", CC_FIELD_DURATION, NULL, "duration>500ms" },
	{ "service", "svc", CC_FIELD_ENTITY, NULL, "the service and everything that is one thing with it" },
	{ "ns", "namespace", CC_FIELD_TEXT, NULL, "Kubernetes namespace" },
	{ "pod", NULL, CC_FIELD_TEXT, NULL, "pod name (globs: cart-*)" },
	{ "entity", NULL, CC_FIELD_ENTITY, NULL, "namespace/Kind/name, with its pods" },
	{ "name", "operation", CC_FIELD_TEXT, NULL, "operation" },
	{ "kind", NULL, CC_FIELD_LEVEL, kind_names, "server, client, internal, producer, consumer" },
	{ "status", NULL, CC_FIELD_LEVEL, status_names, "unset, ok, error" },
	{ "error", NULL, CC_FIELD_BOOL, NULL, "failed: status is error" },
	{ "root", NULL, CC_FIELD_BOOL, NULL, "has no parent" },
	{ "trace", "trace_id", CC_FIELD_ID, NULL, "trace id or its first digits" },
	{ "span", "span_id", CC_FIELD_ID, NULL, "span id or its first digits" },
	{ "parent", NULL, CC_FIELD_ID, NULL, "parent span id or its first digits" },
	{ "message", NULL, CC_FIELD_TEXT, NULL, "what went wrong: status message or exception" },
	{ "cite", "file", CC_FIELD_TEXT, NULL, "file#record" },
	FIELD_SINCE, FIELD_UNTIL,
	FIELD_ATTRS("span or resource attribute: attr.http.route=/x"),
};

static bool span_get(const cc_snapshot *s, size_t row, size_t field, size_t k, field_value *v, cc_arena *arena)
{
	const cc_span *sp = cc_spans_get(s, row);
	if (k > 0)
		return false;
	switch (field) {
	case SPAN_TIME: return value_time(v, sp->start_ns);
	case SPAN_DURATION: return value_int(v, sp->duration_ns);
	case SPAN_SERVICE: return value_entity(v, sp->entity, sp->service);
	case SPAN_NS: return value_sym(v, sp->ns);
	case SPAN_POD: return value_sym(v, sp->pod);
	case SPAN_ENTITY: return value_entity(v, sp->entity, 0);
	case SPAN_NAME: return value_sym(v, sp->name);
	case SPAN_KIND: return value_int(v, sp->kind);
	case SPAN_STATUS: return value_int(v, sp->status);
	case SPAN_ERROR: return value_int(v, sp->status == CC_STATUS_ERROR);
	case SPAN_ROOT: return value_int(v, !sp->has_parent);
	case SPAN_TRACE: return cc_value_id(v, cc_spans_trace_id(s, sp), 32);
	case SPAN_ID: return cc_value_id(v, (cc_id128){ 0, sp->id }, 16);
	case SPAN_PARENT: return cc_value_id(v, (cc_id128){ 0, cc_spans_parent_id(s, sp, arena) }, 16);
	case SPAN_MESSAGE: return value_text(v, cc_spans_error_text(s, sp, arena));
	case SPAN_CITE: return cite_value(s, sp->cite, v, arena);
	default: return false;
	}
}

static bool span_attr(const cc_snapshot *s, size_t row, cc_str key, field_value *v, cc_arena *arena)
{
	bool found = false;
	for (int i = 0; i < 2 && !found; i++) {
		cc_kv_vec kv = { 0 };
		cc_spans_attrs(s, cc_spans_get(s, row), "sr"[i], &kv, arena);
		found = find_kv(&kv, key, v);
		cc_vec_deinit(&kv);
	}
	return found;
}

static cc_str span_text(const cc_snapshot *s, size_t row, cc_arena *arena)
{
	const cc_span *sp = cc_spans_get(s, row);
	cc_str service = cc_snapshot_sym(s, sp->service), name = cc_snapshot_sym(s, sp->name);
	cc_str attributes = cc_spans_column(s, sp, "SpanAttributes", arena);
	cc_str message = cc_spans_error_text(s, sp, arena);
	return cc_arena_printf(arena, "%.*s\n%.*s\n%.*s\n%.*s", CC_STR_ARG(service), CC_STR_ARG(name),
		CC_STR_ARG(message), CC_STR_ARG(attributes));
}

static cc_range span_span(const cc_snapshot *s, size_t row)
{
	return instant(cc_spans_get(s, row)->start_ns);
}

const table_def cc_table_spans_def = { "spans", span_fields, COUNT(span_fields), cc_spans_count, span_get, span_attr,
	span_text, span_span, true };

/* --- traces --- */

enum { TRACE_TIME, TRACE_DURATION, TRACE_ID, TRACE_SERVICE, TRACE_ENTITY, TRACE_ROOT, TRACE_NAME, TRACE_STATUS,
	TRACE_ERRORS, TRACE_SPANS, TRACE_SERVICES, TRACE_ORPHANS, TRACE_ERROR_LOGS };
static const cc_field trace_fields[] = {
	{ "time", "ts", CC_FIELD_TIME, NULL, "start of the trace" },
	{ "duration", "dur", CC_FIELD_DURATION, NULL, "from its first start to its last end" },
	{ "trace", "trace_id", CC_FIELD_ID, NULL, "trace id or its first digits" },
	{ "service", "svc", CC_FIELD_ENTITY, NULL, "a service that takes part in it" },
	{ "entity", NULL, CC_FIELD_ENTITY, NULL, "namespace/Kind/name that takes part in it" },
	{ "root", "entry", CC_FIELD_TEXT, NULL, "service of the root span" },
	{ "name", "operation", CC_FIELD_TEXT, NULL, "operation of the root span" },
	{ "status", NULL, CC_FIELD_LEVEL, status_names, "error when any span failed" },
	{ "errors", NULL, CC_FIELD_NUMBER, NULL, "failed spans" },
	{ "spans", NULL, CC_FIELD_NUMBER, NULL, "number of spans" },
	{ "services", NULL, CC_FIELD_NUMBER, NULL, "number of services" },
	{ "orphans", NULL, CC_FIELD_NUMBER, NULL, "spans whose parent is missing" },
	{ "error_logs", NULL, CC_FIELD_NUMBER, NULL, "log records of level error or fatal that carry its id" },
	FIELD_SINCE, FIELD_UNTIL,
};

static int64_t trace_duration(const cc_trace *t)
{
	int64_t d;
	return __builtin_sub_overflow(t->end_ns, t->start_ns, &d) ? INT64_MAX : d;
}

static bool trace_participant(const cc_snapshot *s, const cc_trace *t, size_t k, bool service, field_value *v)
{
	if (k >= t->count)
		return false;
	const cc_span *sp = cc_spans_get(s, cc_traces_span(s, t->first + (uint32_t)k));
	value_entity(v, sp->entity, service ? sp->service : 0);
	return true;
}

static bool trace_get(const cc_snapshot *s, size_t row, size_t field, size_t k, field_value *v, cc_arena *arena)
{
	const cc_trace *t = cc_traces_get(s, row);
	(void)arena;
	if (field == TRACE_SERVICE || field == TRACE_ENTITY)
		return trace_participant(s, t, k, field == TRACE_SERVICE, v);
	if (k > 0)
		return false;
	switch (field) {
	case TRACE_TIME: return value_time(v, t->start_ns);
	case TRACE_DURATION: return value_int(v, trace_duration(t));
	case TRACE_ID: return cc_value_id(v, t->id, 32);
	case TRACE_ROOT: return value_sym(v, cc_spans_get(s, t->root)->service);
	case TRACE_NAME: return value_sym(v, cc_spans_get(s, t->root)->name);
	case TRACE_STATUS: return value_int(v, t->errors ? CC_STATUS_ERROR : CC_STATUS_OK);
	case TRACE_ERRORS: return value_int(v, t->errors);
	case TRACE_SPANS: return value_int(v, t->count);
	case TRACE_SERVICES: return value_int(v, t->services);
	case TRACE_ORPHANS: return value_int(v, t->orphans);
	case TRACE_ERROR_LOGS: return value_int(v, t->error_logs);
	default: return false;
	}
}

static cc_str trace_text(const cc_snapshot *s, size_t row, cc_arena *arena)
{
	const cc_trace *t = cc_traces_get(s, row);
	cc_buf b = CC_BUF_INIT;
	for (uint32_t i = 0; i < t->count; i++) {
		const cc_span *sp = cc_spans_get(s, cc_traces_span(s, t->first + i));
		cc_buf_add(&b, cc_snapshot_sym(s, sp->service));
		cc_buf_add_char(&b, ' ');
		cc_buf_add(&b, cc_snapshot_sym(s, sp->name));
		cc_buf_add_char(&b, '\n');
	}
	cc_str text = cc_arena_dup(arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return text;
}

static cc_range trace_span(const cc_snapshot *s, size_t row)
{
	return instant(cc_traces_get(s, row)->start_ns);
}

const table_def cc_table_traces_def = { "traces", trace_fields, COUNT(trace_fields), cc_traces_count, trace_get, NULL,
	trace_text, trace_span, true };

/* --- metric series --- */

enum { SERIES_METRIC, SERIES_OBJECT, SERIES_NS, SERIES_ENTITY, SERIES_SERVICE, SERIES_COUNTER, SERIES_SAMPLES,
	SERIES_LAST, SERIES_TIME };
static const cc_field series_fields[] = {
	{ "metric", "name", CC_FIELD_TEXT, NULL, "metric name (globs: container_memory_*)" },
	{ "object", "pod", CC_FIELD_TEXT, NULL, "pod or service the series belongs to" },
	{ "ns", "namespace", CC_FIELD_TEXT, NULL, "Kubernetes namespace" },
	{ "entity", NULL, CC_FIELD_ENTITY, NULL, "namespace/Kind/name, with its pods" },
	{ "service", "svc", CC_FIELD_ENTITY, NULL, "the service and everything that is one thing with it" },
	{ "counter", NULL, CC_FIELD_BOOL, NULL, "cumulative: shown as a rate" },
	{ "samples", "count", CC_FIELD_NUMBER, NULL, "number of samples" },
	{ "last", "value", CC_FIELD_NUMBER, NULL, "last value as recorded" },
	{ "time", NULL, CC_FIELD_TIME, NULL, "time of the last sample" },
	FIELD_SINCE, FIELD_UNTIL,
	FIELD_ATTRS("label: attr.container=cart"),
};

static bool series_get(const cc_snapshot *s, size_t row, size_t field, size_t k, field_value *v, cc_arena *arena)
{
	const cc_series *se = cc_series_get(s, row);
	(void)arena;
	if (k > 0)
		return false;
	switch (field) {
	case SERIES_METRIC: return value_sym(v, se->metric);
	case SERIES_OBJECT: return value_sym(v, se->object);
	case SERIES_NS: return value_sym(v, se->ns);
	case SERIES_ENTITY: return value_entity(v, se->entity, 0);
	case SERIES_SERVICE: return value_entity(v, se->entity, se->object);
	case SERIES_COUNTER: return value_int(v, se->counter);
	case SERIES_SAMPLES: return value_int(v, (int64_t)se->count);
	case SERIES_LAST:
		v->kind = VALUE_REAL;
		v->real = se->count ? se->values[se->count - 1] : 0;
		return se->count > 0;
	case SERIES_TIME: return se->count > 0 && value_time(v, se->times_ns[se->count - 1]);
	default: return false;
	}
}

static bool series_attr(const cc_snapshot *s, size_t row, cc_str key, field_value *v, cc_arena *arena)
{
	const cc_series *se = cc_series_get(s, row);
	(void)arena;
	for (size_t i = 0; i < se->label_count; i++)
		if (cc_str_eq(se->labels[i].key, key))
			return value_text(v, se->labels[i].value);
	return false;
}

static cc_str series_text(const cc_snapshot *s, size_t row, cc_arena *arena)
{
	const cc_series *se = cc_series_get(s, row);
	cc_buf b = CC_BUF_INIT;
	cc_series_format(s, se, &b);
	cc_buf_add_char(&b, ' ');
	cc_buf_add(&b, cc_snapshot_sym(s, se->object));
	cc_str text = cc_arena_dup(arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return text;
}

static cc_range series_span(const cc_snapshot *s, size_t row)
{
	const cc_series *se = cc_series_get(s, row);
	return se->count ? (cc_range){ se->times_ns[0], se->times_ns[se->count - 1] } : instant(CC_TIME_NONE);
}

const table_def cc_table_metrics_def = { "metrics", series_fields, COUNT(series_fields), cc_series_count, series_get,
	series_attr, series_text, series_span, false };
