/* k8s_fixture.h - small snapshots with events and objects: rows with JSON bodies, quoted as the recorder does. */
#ifndef COLDCASE_K8S_FIXTURE_H
#define COLDCASE_K8S_FIXTURE_H

#include "snapshot_test.h"
#include "coldcase/alerts.h"
#include "coldcase/events.h"
#include "coldcase/objects.h"
#include "coldcase/topology.h"

typedef struct fixture {
	test_tree tree;
	cc_buf events, objects, spans;
	cc_snapshot *s;
} fixture;

#define LOG_HEADER                                                                                                     \
	"Timestamp\tTimestampTime\tTraceId\tSpanId\tTraceFlags\tSeverityText\tSeverityNumber\tServiceName\tBody\t"     \
	"ResourceSchemaUrl\tResourceAttributes\tScopeSchemaUrl\tScopeName\tScopeVersion\tScopeAttributes\tLogAttribut" \
	"es\n"
#define SPAN_HEADER "Timestamp\tTraceId\tSpanId\tParentSpanId\tTraceState\tSpanName\tSpanKind\tServiceName\tResourceAttributes\t" \
	"ScopeName\tScopeVersion\tSpanAttributes\tDuration\tStatusCode\tStatusMessage\tEvents.Timestamp\tEvents.Name\t" \
	"Events.Attributes\tLinks.TraceId\tLinks.SpanId\tLinks.TraceState\tLinks.Attributes\n"

static inline void fixture_make(fixture *f)
{
	*f = (fixture){ .events = CC_BUF_INIT, .objects = CC_BUF_INIT, .spans = CC_BUF_INIT };
	test_tree_make(&f->tree);
	cc_buf_addz(&f->events, LOG_HEADER);
	cc_buf_addz(&f->objects, LOG_HEADER);
	cc_buf_addz(&f->spans, SPAN_HEADER);
}

static inline void fixture_remove(fixture *f)
{
	cc_snapshot_free(f->s);
	cc_buf_deinit(&f->events);
	cc_buf_deinit(&f->objects);
	cc_buf_deinit(&f->spans);
	test_tree_remove(&f->tree);
}

static inline void fixture_quote(cc_buf *out, const char *body)
{
	cc_buf_add_char(out, '"');
	for (; *body; body++) {
		if (*body == '"')
			cc_buf_add_char(out, '"');
		cc_buf_add_char(out, *body);
	}
	cc_buf_add_char(out, '"');
}

/* time: "13:00:20" on the day of the fixture. */
static inline void fixture_row(cc_buf *out, const char *time, const char *body, const char *attributes)
{
	cc_buf_addf(out, "2025-12-15 %s.000000000\t2025-12-15 %s\t\t\t0\t\t0\t\t", time, time);
	fixture_quote(out, body);
	cc_buf_addf(out, "\t\t{}\t\t\t\t{}\t%s\n", attributes);
}

static inline void fixture_event(fixture *f, const char *time, const char *body)
{
	fixture_row(&f->events, time, body, "{'k8s.resource.name': 'events'}");
}

static inline void fixture_object(fixture *f, const char *time, const char *resource, const char *body)
{
	char attributes[128];

	snprintf(attributes, sizeof attributes, "{'k8s.resource.name': '%s'}", resource);
	fixture_row(&f->objects, time, body, attributes);
}

static inline void fixture_span(fixture *f, const char *time, const char *id, const char *parent, const char *kind,
	const char *service, const char *pod, const char *status, const char *link)
{
	cc_buf_addf(&f->spans,
		"2025-12-15 %s.000000000\taaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\t%s\t%s\t\top\t%s\t%s\t"
		"{'service.name': '%s', 'k8s.namespace.name': 'shop', 'k8s.pod.name': "
		"'%s'}\t\t\t{}\t1000\t%s\t\t[]\t[]\t[]\t%s%s%s\t%s%s%s\t[]\t[]\n",
		time, id, parent, kind, service, service, pod, status, *link ? "['" : "[]",
		*link ? "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" : "", *link ? "']" : "", *link ? "['" : "[]", link,
		*link ? "']" : "");
}

static inline void fixture_open(fixture *f)
{
	cc_err err = { 0 };

	if (f->events.n > strlen(LOG_HEADER))
		test_tree_bytes(&f->tree, "Scenario-7/k8s_events_raw.tsv", cc_buf_str(&f->events));
	if (f->objects.n > strlen(LOG_HEADER))
		test_tree_bytes(&f->tree, "Scenario-7/k8s_objects_raw.tsv", cc_buf_str(&f->objects));
	if (f->spans.n > strlen(SPAN_HEADER))
		test_tree_bytes(&f->tree, "Scenario-7/otel_traces_raw.tsv", cc_buf_str(&f->spans));
	if (cc_snapshot_open(&f->s, test_tree_path(&f->tree, "Scenario-7"), NULL, &err) != CC_OK)
		fail_msg("open: %s", err.message);
}

static inline int64_t fixture_time(const char *time)
{
	char text[64];
	int64_t ns = 0;

	snprintf(text, sizeof text, "2025-12-15T%sZ", time);
	assert_true(cc_time_parse(S(text), &ns));
	return ns;
}

static inline cc_entity_id fixture_entity(const cc_snapshot *s, const char *ns, const char *kind, const char *name)
{
	cc_entity_id id = cc_entity_find(s, S(ns), S(kind), S(name));

	if (id == 0)
		fail_msg("%s/%s/%s is no entity", ns, kind, name);
	return id;
}

static inline const cc_object *fixture_object_of(
	const cc_snapshot *s, const char *ns, const char *kind, const char *name)
{
	const cc_entity *e = cc_entity_get(s, fixture_entity(s, ns, kind, name));

	assert_true(e->object > 0);
	return cc_objects_get(s, e->object - 1);
}

static inline const cc_edge *fixture_edge(const cc_snapshot *s, cc_entity_id from, cc_edge_kind kind, cc_entity_id to)
{
	for (size_t i = 0; i < cc_edges_count(s); i++) {
		const cc_edge *e = cc_edges_get(s, i);

		if (e->from == from && e->kind == kind && e->to == to)
			return e;
	}
	return NULL;
}

/* Opens a snapshot of the shared example data; skips the running test when it is not there. */
static inline cc_snapshot *fixture_shared(const char *below)
{
	const char *path = test_shared(below);
	cc_snapshot *s = NULL;
	cc_err err = { 0 };

	if (!path) {
		print_message("# SKIP %s is not here\n", below);
		skip();
	}
	if (cc_snapshot_open(&s, path, NULL, &err) != CC_OK)
		fail_msg("%s: %s", below, err.message);
	return s;
}

#endif
