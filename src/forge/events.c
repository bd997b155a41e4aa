/* events.c - Event objects: repetition counts on one object, the spam filter holds bursts back, an hour after the last
 * occurrence the object expires. The collector watches two API groups and so sees each change twice, in two shapes. */
#include <stdarg.h>
#include <string.h>

#include "coldcase/json.h"
#include "forge/sim.h"

#define TTL (3600 * FORGE_S)

static void time_member(cc_jw *w, const char *key, int64_t t, bool micro)
{
	cc_buf b = CC_BUF_INIT;
	if (micro) out_time_us(&b, t);
	else if (t) out_time_s(&b, t);
	cc_jw_key(w, key);
	if (b.n) cc_jw_str(w, cc_buf_str(&b));
	else cc_jw_null(w);
	cc_buf_deinit(&b);
}

static void text_member(cc_jw *w, const char *key, const char *text)
{
	cc_jw_key(w, key);
	cc_jw_strz(w, text);
}

static void subject(cc_jw *w, const char *key, const forge_event *e)
{
	cc_jw_key(w, key);
	cc_jw_object(w);
	bool apps = strcmp(e->kind, "Pod") != 0 && strcmp(e->kind, "Node") != 0;
	text_member(w, "apiVersion", apps ? "apps/v1" : "v1");
	if (e->field.n) {
		cc_jw_key(w, "fieldPath");
		cc_jw_str(w, e->field);
	}
	text_member(w, "kind", e->kind);
	cc_jw_key(w, "name");
	cc_jw_str(w, e->object);
	text_member(w, "namespace", FORGE_NS);
	cc_buf rv = CC_BUF_INIT;
	cc_buf_addf(&rv, "%llu", (unsigned long long)e->object_rv);
	text_member(w, "resourceVersion", rv.p);
	cc_buf_deinit(&rv);
	text_member(w, "uid", e->object_uid);
	cc_jw_end_object(w);
}

static const char *manager_of(const forge_event *e)
{
	bool controller = strcmp(e->component, "kubelet") != 0 && strcmp(e->component, "default-scheduler") != 0;
	return controller ? "kube-controller-manager" : strcmp(e->component, "kubelet") == 0 ? "kubelet" : "kube-scheduler";
}

static void metadata(cc_jw *w, const forge_event *e)
{
	cc_jw_key(w, "metadata");
	cc_jw_object(w);
	time_member(w, "creationTimestamp", e->first, false);
	cc_jw_key(w, "managedFields");
	cc_jw_array(w);
	cc_jw_object(w);
	text_member(w, "apiVersion", e->series ? "events.k8s.io/v1" : "v1");
	text_member(w, "fieldsType", "FieldsV1");
	cc_jw_key(w, "fieldsV1");
	cc_jw_raw(w, e->series
		? CC_STR("{\"f:action\":{},\"f:eventTime\":{},\"f:note\":{},\"f:reason\":{},\"f:regarding\":{},\"f:reportingController\":{},"
			"\"f:reportingInstance\":{},\"f:type\":{}}")
		: CC_STR("{\"f:count\":{},\"f:firstTimestamp\":{},\"f:involvedObject\":{},\"f:lastTimestamp\":{},\"f:message\":{},\"f:reason\":{},"
			"\"f:reportingComponent\":{},\"f:source\":{\"f:component\":{}},\"f:type\":{}}"));
	text_member(w, "manager", manager_of(e));
	text_member(w, "operation", "Update");
	time_member(w, "time", e->last, false);
	cc_jw_end_object(w);
	cc_jw_end_array(w);
	text_member(w, "name", e->name);
	text_member(w, "namespace", FORGE_NS);
	cc_buf rv = CC_BUF_INIT;
	cc_buf_addf(&rv, "%llu", (unsigned long long)e->rv);
	text_member(w, "resourceVersion", rv.p);
	cc_buf_deinit(&rv);
	text_member(w, "uid", e->uid);
	cc_jw_end_object(w);
}

static void source(cc_jw *w, const char *key, const forge_event *e)
{
	cc_jw_key(w, key);
	cc_jw_object(w);
	if (!e->series) {
		text_member(w, "component", e->component);
		if (e->host[0]) text_member(w, "host", e->host);
	}
	cc_jw_end_object(w);
}

static void reporter(cc_jw *w, const char *key, const forge_event *e)
{
	text_member(w, key, e->component);
	cc_buf b = CC_BUF_INIT;
	if (e->series) cc_buf_addf(&b, "%s-%s", e->component, forge_nodes[0].name);
	else cc_buf_addz(&b, e->host);
	cc_jw_key(w, "reportingInstance");
	cc_jw_str(w, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

static void body_core(cc_jw *w, const forge_event *e)
{
	cc_jw_object(w);
	if (e->series) text_member(w, "action", "Binding");
	text_member(w, "apiVersion", "v1");
	if (!e->series) {
		cc_jw_key(w, "count");
		cc_jw_int(w, e->count);
	}
	time_member(w, "eventTime", e->series ? e->first : 0, e->series);
	time_member(w, "firstTimestamp", e->series ? 0 : e->first, false);
	subject(w, "involvedObject", e);
	text_member(w, "kind", "Event");
	time_member(w, "lastTimestamp", e->series ? 0 : e->last, false);
	cc_jw_key(w, "message");
	cc_jw_str(w, e->message);
	metadata(w, e);
	text_member(w, "reason", e->reason);
	reporter(w, "reportingComponent", e);
	source(w, "source", e);
	text_member(w, "type", e->warning ? "Warning" : "Normal");
	cc_jw_end_object(w);
}

static void body_events(cc_jw *w, const forge_event *e)
{
	cc_jw_object(w);
	if (e->series) text_member(w, "action", "Binding");
	text_member(w, "apiVersion", "events.k8s.io/v1");
	if (!e->series) {
		cc_jw_key(w, "deprecatedCount");
		cc_jw_int(w, e->count);
	}
	time_member(w, "deprecatedFirstTimestamp", e->series ? 0 : e->first, false);
	time_member(w, "deprecatedLastTimestamp", e->series ? 0 : e->last, false);
	source(w, "deprecatedSource", e);
	time_member(w, "eventTime", e->series ? e->first : 0, e->series);
	text_member(w, "kind", "Event");
	metadata(w, e);
	cc_jw_key(w, "note");
	cc_jw_str(w, e->message);
	text_member(w, "reason", e->reason);
	subject(w, "regarding", e);
	reporter(w, "reportingController", e);
	text_member(w, "type", e->warning ? "Warning" : "Normal");
	cc_jw_end_object(w);
}

static void emit(forge_sim *s, int64_t t, const forge_event *e, bool core, const char *type)
{
	cc_buf body = CC_BUF_INIT, line = CC_BUF_INIT, attrs = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &body, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "object");
	if (core) body_core(&w, e);
	else body_events(&w, e);
	text_member(&w, "type", type);
	cc_jw_end_object(&w);
	bool first = true;
	out_map(&attrs, &first, "k8s.resource.name", CC_STR("events"));
	out_map(&attrs, &first, "event.domain", CC_STR("k8s"));
	out_map(&attrs, &first, "event.name", cc_str_from(e->name));
	out_map_end(&attrs, first);
	out_log_row r = { .t = t, .body = cc_buf_str(&body), .resource = CC_STR("{'k8s.namespace.name': '" FORGE_NS "'}"),
		.attrs = cc_buf_str(&attrs), .severity = "", .scope = "otelcol/k8sobjectsreceiver", .scope_version = "0.140.0" };
	out_log_line(&line, &r);
	if (!cc_buf_ok(&body) || !cc_buf_ok(&attrs)) forge_fail(s, CC_ENOMEM);
	forge_row row = { t, s->seq++, forge_str(s, &line) };
	if (!cc_vec_push(&s->kube.rows, row)) forge_fail(s, CC_ENOMEM);
	cc_buf_deinit(&body);
	cc_buf_deinit(&line);
	cc_buf_deinit(&attrs);
}

/* Both watches deliver the change, one a fraction of a millisecond after the other, in either order. */
static void deliver(forge_sim *s, int64_t now, const forge_event *e, const char *type)
{
	if (!s->recording) return;
	int64_t t = now + cc_rng_between(&s->kube_rng, 3 * FORGE_MS, 45 * FORGE_MS);
	bool core = cc_rng_below(&s->kube_rng, 2);
	emit(s, t, e, core, type);
	emit(s, t + cc_rng_between(&s->kube_rng, 90000, 900000), e, !core, type);
}

static void expire(forge_sim *s, int64_t now, int index, int unused)
{
	(void)unused;
	forge_event *e = &s->kube.events.p[index];
	if (e->gone || now < e->last + TTL) return;
	e->gone = true;
	deliver(s, now, e, "DELETED");
}

void kube_events_replay(forge_sim *s, int64_t now)
{
	int64_t t = now;
	for (size_t i = 0; i < s->kube.events.n; i++) {
		if (s->kube.events.p[i].gone) continue;
		deliver(s, t, &s->kube.events.p[i], "ADDED");
		t += cc_rng_between(&s->kube_rng, 20000, 180000);
	}
}

/* The kubelet's and controllers' recorder: 25 events at once about one object, then one every five minutes. */
static bool spam(forge_sim *s, int64_t now, const forge_event_spec *spec)
{
	cc_buf key = CC_BUF_INIT;
	cc_buf_addf(&key, "%s/%s/%s", spec->component, spec->host, spec->object_uid);
	uint64_t empty_at = 0;
	if (!cc_map_get(s->kube.event_tokens, cc_buf_str(&key), &empty_at)) {
		empty_at = (uint64_t)now - (uint64_t)(25 * 300 * FORGE_S);
		if (!cc_map_set(s->kube.event_tokens, forge_str(s, &key), empty_at)) forge_fail(s, CC_ENOMEM);
		cc_buf_addf(&key, "%s/%s/%s", spec->component, spec->host, spec->object_uid);
	}
	/* The map holds the time the bucket would have been empty: a full bucket is 25 refills ago. */
	uint64_t full = (uint64_t)now - (uint64_t)(25 * 300 * FORGE_S), refill = (uint64_t)(300 * FORGE_S);
	uint64_t level = empty_at < full ? full : empty_at;
	bool held = level + refill > (uint64_t)now;
	uint64_t *slot = held ? NULL : cc_map_slot(s->kube.event_tokens, cc_buf_str(&key), 0);
	if (slot) *slot = level + refill;
	cc_buf_deinit(&key);
	return held;
}

static void event_add(forge_sim *s, int64_t now, const forge_event_spec *spec, cc_str message, cc_str key)
{
	forge_event e = { .object = cc_arena_dup(s->arena, cc_str_from(spec->object)), .message = message, .kind = spec->kind,
		.field = cc_arena_dup(s->arena, cc_str_from(spec->field)), .reason = spec->reason, .component = spec->component,
		.host = spec->host, .warning = spec->warning, .series = spec->series, .count = 1, .first = now, .last = now,
		.rv = kube_touch(s), .object_rv = spec->object_rv };
	memcpy(e.object_uid, spec->object_uid, sizeof e.object_uid);
	kube_uid(s, e.uid);
	cc_buf name = CC_BUF_INIT;
	cc_buf_addf(&name, "%s.%llx", spec->object, (unsigned long long)now);
	if (name.n < sizeof e.name && name.p) memcpy(e.name, name.p, name.n + 1);
	cc_buf_deinit(&name);
	if (!e.object.p || !cc_vec_push(&s->kube.events, e) || !cc_map_set(s->kube.event_index, key, s->kube.events.n)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	deliver(s, now, &e, "ADDED");
	forge_at(s, now + TTL, expire, (int)s->kube.events.n - 1, 0);
}

void kube_event(forge_sim *s, int64_t now, const forge_event_spec *spec, const char *fmt, ...)
{
	if (spam(s, now, spec)) return;
	cc_buf text = CC_BUF_INIT, key = CC_BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&text, fmt, ap);
	va_end(ap);
	cc_buf_addf(&key, "%s|%s|%s|", spec->object_uid, spec->field ? spec->field : "", spec->reason);
	cc_buf_add(&key, cc_buf_str(&text));
	cc_str message = forge_str(s, &text), id = forge_str(s, &key);
	uint64_t number = 0;
	bool known = cc_map_get(s->kube.event_index, id, &number) && !s->kube.events.p[number - 1].gone && !spec->series;
	if (!known) {
		event_add(s, now, spec, message, id);
	} else {
		forge_event *e = &s->kube.events.p[number - 1];
		e->count++;
		e->last = now;
		e->rv = kube_touch(s);
		deliver(s, now, e, "MODIFIED");
		forge_at(s, now + TTL, expire, (int)number - 1, 0);
	}
	cc_buf_deinit(&text);
	cc_buf_deinit(&key);
}
