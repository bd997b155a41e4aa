/* events_body.c - an Event as JSON, in the shapes of the two API groups it can be watched in. */
#include <string.h>

#include "forge/kube_priv.h"

static void time_member(cc_jw *w, const char *key, int64_t t, bool micro)
{
	cc_buf b = CC_BUF_INIT;
	if (t && micro) out_time_us(&b, t);
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

static void str_member(cc_jw *w, const char *key, cc_str text)
{
	cc_jw_key(w, key);
	cc_jw_str(w, text);
}

static void number_text(cc_jw *w, const char *key, uint64_t v)
{
	cc_buf b = CC_BUF_INIT;
	out_u64(&b, v);
	str_member(w, key, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

static bool cluster_scoped(const forge_event *e)
{
	return strcmp(e->kind, "Node") == 0 || strcmp(e->kind, "Namespace") == 0 || strcmp(e->kind, "PersistentVolume") == 0;
}

static void subject(cc_jw *w, const char *key, const forge_event *e)
{
	cc_jw_key(w, key);
	cc_jw_object(w);
	text_member(w, "apiVersion", e->version);
	if (e->field.n) str_member(w, "fieldPath", e->field);
	text_member(w, "kind", e->kind);
	str_member(w, "name", e->object);
	if (!cluster_scoped(e)) text_member(w, "namespace", e->ns);
	if (e->object_rv) number_text(w, "resourceVersion", e->object_rv);
	text_member(w, "uid", e->object_uid);
	cc_jw_end_object(w);
}

static const char *manager_of(const forge_event *e)
{
	if (strcmp(e->component, "kubelet") == 0) return "kubelet";
	if (strcmp(e->component, "default-scheduler") == 0) return "kube-scheduler";
	if (strncmp(e->version, "chaos-mesh.org/", 15) == 0) return "chaos-controller-manager";
	size_t n = strlen(e->component);
	bool controller = n > 11 && strcmp(e->component + n - 11, "-controller") == 0;
	if (controller || strcmp(e->component, "horizontal-pod-autoscaler") == 0 || strcmp(e->component, "controllermanager") == 0)
		return "kube-controller-manager";
	return n ? e->component : "kube-controller-manager";
}

static void fields(cc_jw *w, const forge_event *e)
{
	cc_buf b = CC_BUF_INIT;
	if (e->series) {
		cc_buf_addf(&b, "{\"f:action\":{},\"f:eventTime\":{},\"f:note\":{},\"f:reason\":{},\"f:regarding\":{},\"f:reportingController\":{},"
			"\"f:reportingInstance\":{},%s\"f:type\":{}}", e->count > 1 ? "\"f:series\":{\".\":{},\"f:count\":{},\"f:lastObservedTime\":{}}," : "");
	} else {
		cc_buf_addf(&b, "{\"f:count\":{},\"f:firstTimestamp\":{},\"f:involvedObject\":{},\"f:lastTimestamp\":{},\"f:message\":{},\"f:reason\":{},"
			"\"f:reportingComponent\":{},%s\"f:source\":{\"f:component\":{}%s},\"f:type\":{}}", e->host[0] ? "\"f:reportingInstance\":{}," : "",
			e->host[0] ? ",\"f:host\":{}" : "");
	}
	cc_jw_key(w, "fieldsV1");
	if (cc_buf_ok(&b)) cc_jw_raw(w, cc_buf_str(&b));
	else cc_jw_null(w);
	cc_buf_deinit(&b);
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
	fields(w, e);
	text_member(w, "manager", manager_of(e));
	text_member(w, "operation", "Update");
	time_member(w, "time", e->last, false);
	cc_jw_end_object(w);
	cc_jw_end_array(w);
	text_member(w, "name", e->name);
	text_member(w, "namespace", e->ns);
	number_text(w, "resourceVersion", e->rv);
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

static void reporter(cc_jw *w, const char *key, const forge_sim *s, const forge_event *e)
{
	text_member(w, key, e->component);
	cc_buf b = CC_BUF_INIT;
	if (e->series) cc_buf_addf(&b, "%s-%s", e->component, s->kube.nodes.n ? s->kube.nodes.p[0].name : "0");
	else cc_buf_addz(&b, e->host);
	str_member(w, "reportingInstance", cc_buf_str(&b));
	cc_buf_deinit(&b);
}

/* Repetitions of the scheduler's events: the count includes the first occurrence. */
static void series(cc_jw *w, const forge_event *e)
{
	if (!e->series || e->count < 2) return;
	cc_jw_key(w, "series");
	cc_jw_object(w);
	cc_jw_key(w, "count");
	cc_jw_int(w, e->count);
	time_member(w, "lastObservedTime", e->last, true);
	cc_jw_end_object(w);
}

static void count(cc_jw *w, const char *key, const forge_event *e)
{
	if (e->series) return;
	cc_jw_key(w, key);
	cc_jw_int(w, e->count);
}

static void body_core(cc_jw *w, const forge_sim *s, const forge_event *e)
{
	cc_jw_object(w);
	if (e->series) text_member(w, "action", e->action);
	text_member(w, "apiVersion", "v1");
	count(w, "count", e);
	time_member(w, "eventTime", e->series ? e->first : 0, true);
	time_member(w, "firstTimestamp", e->series ? 0 : e->first, false);
	subject(w, "involvedObject", e);
	text_member(w, "kind", "Event");
	time_member(w, "lastTimestamp", e->series ? 0 : e->last, false);
	str_member(w, "message", e->message);
	metadata(w, e);
	text_member(w, "reason", e->reason);
	reporter(w, "reportingComponent", s, e);
	series(w, e);
	source(w, "source", e);
	text_member(w, "type", e->warning ? "Warning" : "Normal");
	cc_jw_end_object(w);
}

static void body_events(cc_jw *w, const forge_sim *s, const forge_event *e)
{
	cc_jw_object(w);
	if (e->series) text_member(w, "action", e->action);
	text_member(w, "apiVersion", "events.k8s.io/v1");
	count(w, "deprecatedCount", e);
	time_member(w, "deprecatedFirstTimestamp", e->series ? 0 : e->first, false);
	time_member(w, "deprecatedLastTimestamp", e->series ? 0 : e->last, false);
	source(w, "deprecatedSource", e);
	time_member(w, "eventTime", e->series ? e->first : 0, true);
	text_member(w, "kind", "Event");
	metadata(w, e);
	str_member(w, "note", e->message);
	text_member(w, "reason", e->reason);
	subject(w, "regarding", e);
	reporter(w, "reportingController", s, e);
	series(w, e);
	text_member(w, "type", e->warning ? "Warning" : "Normal");
	cc_jw_end_object(w);
}

void event_body(cc_buf *out, const forge_sim *s, const forge_event *e, bool core, const char *type)
{
	cc_jw w;
	cc_jw_init(&w, out, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "object");
	if (core) body_core(&w, s, e);
	else body_events(&w, s, e);
	text_member(&w, "type", type);
	cc_jw_end_object(&w);
}
