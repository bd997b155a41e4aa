/* filter_cluster.c - the field tables of the cluster: events, objects, alerts, topology edges. */
#include "filter_priv.h"
#include "coldcase/alerts.h"
#include "coldcase/diff.h"
#include "coldcase/events.h"
#include "coldcase/objects.h"
#include "coldcase/topology.h"

static const char *const type_names[] = { "normal", "warning", NULL };
static const char *const severity_names[] = { "none", "info", "warning", "critical", NULL };
static const char *const edge_names[] = { "calls", "owns", "selects", "mounts", "env", "runs-on", "scales", "routes",
	"binds", "targets", NULL };

#define FIELD_SINCE { "since", "from", CC_FIELD_TIME, NULL, "rows that reach beyond a time (17:52, T+5m, -90s)" }
#define FIELD_UNTIL { "until", "to", CC_FIELD_TIME, NULL, "rows that began at or before a time" }
#define COUNT(a) (sizeof(a) / sizeof *(a))

static cc_str entity_text(const cc_snapshot *s, cc_entity_id id, cc_arena *arena)
{
	cc_buf b = CC_BUF_INIT;
	cc_entity_format(s, id, &b);
	cc_str text = cc_arena_dup(arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return text;
}

/* --- events --- */

enum { EVENT_TIME, EVENT_FIRST, EVENT_TYPE, EVENT_REASON, EVENT_ENTITY, EVENT_SERVICE, EVENT_NS, EVENT_KIND, EVENT_NAME,
	EVENT_SOURCE, EVENT_HOST, EVENT_COUNT, EVENT_MESSAGE, EVENT_EXPIRED };
static const cc_field event_fields[] = {
	{ "time", "last", CC_FIELD_TIME, NULL, "last time it happened" },
	{ "first", NULL, CC_FIELD_TIME, NULL, "first time it happened" },
	{ "type", "level", CC_FIELD_LEVEL, type_names, "normal or warning" },
	{ "reason", NULL, CC_FIELD_TEXT, NULL, "BackOff, Unhealthy, Killing …" },
	{ "entity", "object", CC_FIELD_ENTITY, NULL, "namespace/Kind/name of the subject, with its pods" },
	{ "service", "svc", CC_FIELD_ENTITY, NULL, "the service and everything that is one thing with it" },
	{ "ns", "namespace", CC_FIELD_TEXT, NULL, "namespace of the subject" },
	{ "kind", NULL, CC_FIELD_TEXT, NULL, "kind of the subject" },
	{ "name", NULL, CC_FIELD_TEXT, NULL, "name of the subject (globs)" },
	{ "source", NULL, CC_FIELD_TEXT, NULL, "component that reported it" },
	{ "host", "node", CC_FIELD_TEXT, NULL, "node that reported it" },
	{ "count", NULL, CC_FIELD_NUMBER, NULL, "occurrences" },
	{ "message", NULL, CC_FIELD_TEXT, NULL, "its text" },
	{ "expired", NULL, CC_FIELD_BOOL, NULL,
		"seen only while the Event object itself was removed: an older happening" },
	FIELD_SINCE, FIELD_UNTIL,
};

static bool event_get(const cc_snapshot *s, size_t row, size_t field, size_t k, field_value *v, cc_arena *arena)
{
	const cc_event *e = cc_events_get(s, row);
	(void)arena;
	if (k > 0)
		return false;
	switch (field) {
	case EVENT_TIME: return value_time(v, e->last_ns);
	case EVENT_FIRST: return value_time(v, e->first_ns);
	case EVENT_TYPE: return value_int(v, e->warning);
	case EVENT_REASON: return value_sym(v, e->reason);
	case EVENT_ENTITY: return value_entity(v, e->entity, e->name);
	case EVENT_SERVICE: return value_entity(v, e->entity, e->name);
	case EVENT_NS: return value_sym(v, e->ns);
	case EVENT_KIND: return value_sym(v, e->kind);
	case EVENT_NAME: return value_sym(v, e->name);
	case EVENT_SOURCE: return value_sym(v, e->source);
	case EVENT_HOST: return value_sym(v, e->host);
	case EVENT_COUNT: return value_int(v, e->count);
	case EVENT_MESSAGE: return value_text(v, e->message);
	case EVENT_EXPIRED: return value_int(v, e->only_expired);
	default: return false;
	}
}

static cc_str event_text(const cc_snapshot *s, size_t row, cc_arena *arena)
{
	const cc_event *e = cc_events_get(s, row);
	cc_str reason = cc_snapshot_sym(s, e->reason), kind = cc_snapshot_sym(s, e->kind),
		name = cc_snapshot_sym(s, e->name);
	return cc_arena_printf(arena, "%.*s\n%.*s/%.*s\n%.*s", CC_STR_ARG(reason), CC_STR_ARG(kind), CC_STR_ARG(name),
		CC_STR_ARG(e->message));
}

static cc_range event_span(const cc_snapshot *s, size_t row)
{
	const cc_event *e = cc_events_get(s, row);
	return (cc_range){ e->first_ns == CC_TIME_NONE ? e->last_ns : e->first_ns, e->last_ns };
}

const table_def cc_table_events_def = { "events", event_fields, COUNT(event_fields), cc_events_count, event_get, NULL,
	event_text, event_span, true };

/* --- objects --- */

enum { OBJECT_ENTITY, OBJECT_SERVICE, OBJECT_NS, OBJECT_KIND, OBJECT_NAME, OBJECT_CHANGED, OBJECT_REVISIONS,
	OBJECT_GONE, OBJECT_CREATED, OBJECT_TIME, OBJECT_API };
static const cc_field object_fields[] = {
	{ "entity", NULL, CC_FIELD_ENTITY, NULL, "namespace/Kind/name, with its pods" },
	{ "service", "svc", CC_FIELD_ENTITY, NULL, "the service and everything that is one thing with it" },
	{ "ns", "namespace", CC_FIELD_TEXT, NULL, "namespace; \"cluster\" when cluster-scoped" },
	{ "kind", NULL, CC_FIELD_TEXT, NULL, "Deployment, ConfigMap …" },
	{ "name", NULL, CC_FIELD_TEXT, NULL, "name (globs)" },
	{ "changed", NULL, CC_FIELD_BOOL, NULL, "has more than one state during the capture" },
	{ "revisions", NULL, CC_FIELD_NUMBER, NULL, "distinct states" },
	{ "gone", NULL, CC_FIELD_BOOL, NULL, "missing from a later poll" },
	{ "created", NULL, CC_FIELD_TIME, NULL, "creationTimestamp" },
	{ "time", NULL, CC_FIELD_TIME, NULL, "last change seen, else first observation" },
	{ "api", "apiversion", CC_FIELD_TEXT, NULL, "apps/v1 …" },
	FIELD_SINCE, FIELD_UNTIL,
	{ "attr.", NULL, CC_FIELD_TEXT, NULL, "a path into the newest state: attr.spec.replicas=0" },
};

static int64_t object_time(const cc_object *o)
{
	for (size_t i = o->obs_count; i-- > 1;)
		if (o->obs[i].changed)
			return o->obs[i].time_ns;
	return o->obs_count ? o->obs[0].time_ns : CC_TIME_NONE;
}

static bool object_get(const cc_snapshot *s, size_t row, size_t field, size_t k, field_value *v, cc_arena *arena)
{
	const cc_object *o = cc_objects_get(s, row);
	const cc_entity *e = cc_entity_get(s, o->entity);
	(void)arena;
	if (k > 0)
		return false;
	switch (field) {
	case OBJECT_ENTITY: case OBJECT_SERVICE: return value_entity(v, o->entity, 0);
	case OBJECT_NS: return e && value_sym(v, e->ns);
	case OBJECT_KIND: return e && value_sym(v, e->kind);
	case OBJECT_NAME: return e && value_sym(v, e->name);
	case OBJECT_CHANGED: return value_int(v, o->revisions > 1);
	case OBJECT_REVISIONS: return value_int(v, o->revisions);
	case OBJECT_GONE: return value_int(v, o->gone_ns != CC_TIME_NONE);
	case OBJECT_CREATED: return value_time(v, o->created_ns);
	case OBJECT_TIME: return value_time(v, object_time(o));
	case OBJECT_API: return value_sym(v, o->api_version);
	default: return false;
	}
}

static cc_json *newest(const cc_snapshot *s, const cc_object *o)
{
	cc_json *doc = NULL;
	if (!o->obs_count || cc_objects_json(s, &o->obs[o->obs_count - 1], &doc, NULL) != CC_OK)
		return NULL;
	return doc;
}

static bool object_attr(const cc_snapshot *s, size_t row, cc_str key, field_value *v, cc_arena *arena)
{
	cc_json *doc = newest(s, cc_objects_get(s, row));
	char *path = cc_arena_dupz(arena, key);
	bool hidden = cc_object_is_secret(doc) && (cc_str_starts(key, CC_STR("data")) ||
		cc_str_starts(key, CC_STR("stringData")) || cc_str_starts(key, CC_STR("metadata.annotations")));
	const cc_json *found = path && doc && !hidden ? cc_json_at(doc, path) : NULL;
	bool some = found && value_text(v, cc_arena_dup(arena, cc_json_text(found)));
	cc_json_free(doc);
	return some;
}

/* The state as JSON with noise left out and Secrets masked: searching cannot tell what a Secret holds. */
static cc_str object_text(const cc_snapshot *s, size_t row, cc_arena *arena)
{
	const cc_object *o = cc_objects_get(s, row);
	cc_json *doc = newest(s, o);
	cc_buf b = CC_BUF_INIT;
	cc_buf_add(&b, entity_text(s, o->entity, arena));
	cc_buf_add_char(&b, '\n');
	if (doc && cc_object_json(doc, 0, &b, NULL, NULL) != CC_OK)
		cc_buf_truncate(&b, 0);
	cc_json_free(doc);
	cc_str text = cc_arena_dup(arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return text;
}

static cc_range object_span(const cc_snapshot *s, size_t row)
{
	const cc_object *o = cc_objects_get(s, row);
	if (!o->obs_count)
		return (cc_range){ CC_TIME_NONE, CC_TIME_NONE };
	return (cc_range){ o->obs[0].time_ns, o->obs[o->obs_count - 1].time_ns };
}

const table_def cc_table_objects_def = { "objects", object_fields, COUNT(object_fields), cc_objects_count, object_get,
	object_attr, object_text, object_span, false };

/* --- alerts --- */

enum { ALERT_TIME, ALERT_NAME, ALERT_SEVERITY, ALERT_ENTITY, ALERT_SERVICE, ALERT_NS, ALERT_BACKGROUND, ALERT_BEFORE,
	ALERT_INTERVALS, ALERT_COUNT, ALERT_LAST };
static const cc_field alert_fields[] = {
	{ "time", "onset", CC_FIELD_TIME, NULL, "onset" },
	{ "name", "alertname", CC_FIELD_TEXT, NULL, "name of the rule (globs)" },
	{ "severity", "level", CC_FIELD_LEVEL, severity_names, "ordered: severity>=warning" },
	{ "entity", NULL, CC_FIELD_ENTITY, NULL, "namespace/Kind/name of the subject, with its pods" },
	{ "service", "svc", CC_FIELD_ENTITY, NULL, "the service and everything that is one thing with it" },
	{ "ns", "namespace", CC_FIELD_TEXT, NULL, "namespace of the subject" },
	{ "background", NULL, CC_FIELD_BOOL, NULL, "fired from before the capture to its end: noise" },
	{ "before", NULL, CC_FIELD_BOOL, NULL, "was active before the capture" },
	{ "intervals", NULL, CC_FIELD_NUMBER, NULL, "how often it fired anew" },
	{ "count", "samples", CC_FIELD_NUMBER, NULL, "observations" },
	{ "last", NULL, CC_FIELD_TIME, NULL, "last observation" },
	FIELD_SINCE, FIELD_UNTIL,
	{ "attr.", "label.", CC_FIELD_TEXT, NULL, "label or annotation: attr.service_name=cart" },
};

static bool alert_get(const cc_snapshot *s, size_t row, size_t field, size_t k, field_value *v, cc_arena *arena)
{
	const cc_alert *a = cc_alerts_get(s, row);
	(void)arena;
	if (k > 0)
		return false;
	switch (field) {
	case ALERT_TIME: return value_time(v, a->onset_ns);
	case ALERT_NAME: return value_sym(v, a->name);
	case ALERT_SEVERITY: return value_int(v, a->severity);
	case ALERT_ENTITY: case ALERT_SERVICE: return value_entity(v, a->entity, 0);
	case ALERT_NS: return value_sym(v, a->ns);
	case ALERT_BACKGROUND: return value_int(v, a->background);
	case ALERT_BEFORE: return value_int(v, a->active_before || a->background);
	case ALERT_INTERVALS: return value_int(v, (int64_t)a->interval_count);
	case ALERT_COUNT: return value_int(v, (int64_t)a->sample_count);
	case ALERT_LAST: return value_time(v, a->last_ns);
	default: return false;
	}
}

static bool alert_attr(const cc_snapshot *s, size_t row, cc_str key, field_value *v, cc_arena *arena)
{
	const cc_alert *a = cc_alerts_get(s, row);
	(void)arena;
	for (size_t i = 0; i < a->label_count; i++)
		if (cc_str_eq(a->labels[i].key, key))
			return value_text(v, a->labels[i].value);
	for (size_t i = 0; i < a->annotation_count; i++)
		if (cc_str_eq(a->annotations[i].key, key))
			return value_text(v, a->annotations[i].value);
	return false;
}

static cc_str alert_text(const cc_snapshot *s, size_t row, cc_arena *arena)
{
	const cc_alert *a = cc_alerts_get(s, row);
	cc_buf b = CC_BUF_INIT;
	cc_buf_add(&b, cc_snapshot_sym(s, a->name));
	for (size_t i = 0; i < a->label_count; i++)
		cc_buf_addf(&b, "\n%.*s=%.*s", CC_STR_ARG(a->labels[i].key), CC_STR_ARG(a->labels[i].value));
	for (size_t i = 0; i < a->annotation_count; i++)
		cc_buf_addf(&b, "\n%.*s", CC_STR_ARG(a->annotations[i].value));
	cc_str text = cc_arena_dup(arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return text;
}

static cc_range alert_span(const cc_snapshot *s, size_t row)
{
	const cc_alert *a = cc_alerts_get(s, row);
	return (cc_range){ a->onset_ns, a->last_ns };
}

const table_def cc_table_alerts_def = { "alerts", alert_fields, COUNT(alert_fields), cc_alerts_count, alert_get,
	alert_attr, alert_text, alert_span, false };

/* --- edges --- */

enum { EDGE_FROM, EDGE_TO, EDGE_ENTITY, EDGE_SERVICE, EDGE_KIND, EDGE_INFERRED, EDGE_COUNT, EDGE_ERRORS, EDGE_DETAIL };
static const cc_field edge_fields[] = {
	{ "source", "from", CC_FIELD_ENTITY, NULL, "where the edge begins" },
	{ "target", "to", CC_FIELD_ENTITY, NULL, "where it ends" },
	{ "entity", NULL, CC_FIELD_ENTITY, NULL, "either end" },
	{ "service", "svc", CC_FIELD_ENTITY, NULL, "either end" },
	{ "kind", "relation", CC_FIELD_TEXT, edge_names, "calls, owns, selects, mounts, env, runs-on …" },
	{ "inferred", NULL, CC_FIELD_BOOL, NULL, "known by name only" },
	{ "count", "calls", CC_FIELD_NUMBER, NULL, "calls seen" },
	{ "errors", NULL, CC_FIELD_NUMBER, NULL, "calls that failed" },
	{ "detail", NULL, CC_FIELD_TEXT, NULL, "env variable, volume or port name" },
};

static bool edge_get(const cc_snapshot *s, size_t row, size_t field, size_t k, field_value *v, cc_arena *arena)
{
	const cc_edge *e = cc_edges_get(s, row);
	(void)arena;
	if ((field == EDGE_ENTITY || field == EDGE_SERVICE) && k < 2)
		return value_entity(v, k ? e->to : e->from, 0);
	if (k > 0)
		return false;
	switch (field) {
	case EDGE_FROM: return value_entity(v, e->from, 0);
	case EDGE_TO: return value_entity(v, e->to, 0);
	case EDGE_KIND: return value_text(v, cc_str_from(cc_edge_kind_name(e->kind)));
	case EDGE_INFERRED: return value_int(v, e->inferred);
	case EDGE_COUNT: return value_int(v, e->count);
	case EDGE_ERRORS: return value_int(v, e->errors);
	case EDGE_DETAIL: return value_sym(v, e->detail);
	default: return false;
	}
}

static cc_str edge_text(const cc_snapshot *s, size_t row, cc_arena *arena)
{
	const cc_edge *e = cc_edges_get(s, row);
	cc_str from = entity_text(s, e->from, arena), to = entity_text(s, e->to, arena),
		detail = cc_snapshot_sym(s, e->detail);
	return cc_arena_printf(arena, "%.*s %s %.*s %.*s", CC_STR_ARG(from), cc_edge_kind_name(e->kind), CC_STR_ARG(to),
		CC_STR_ARG(detail));
}

const table_def cc_table_edges_def = { "edges", edge_fields, COUNT(edge_fields), cc_edges_count, edge_get, NULL,
	edge_text, NULL, false };
