/* events.c - Event objects: the recorders count repetitions, combine similar ones and hold bursts back; an hour after the last
 * write the object expires. The collector watches two API groups and so sees each change twice, in two shapes. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "forge/kube_priv.h"

#define TTL (3600 * FORGE_S)
#define REFILL (300 * FORGE_S)     /* of one token of the spam filter */
#define BURST 25
#define SIMILAR_FOR (600 * FORGE_S)
#define SERIES_FINISH (360 * FORGE_S)
#define SERIES_REFRESH (1800 * FORGE_S)

static void emit(forge_sim *s, int64_t t, const forge_event *e, bool core, const char *type)
{
	cc_buf body = CC_BUF_INIT, line = CC_BUF_INIT, attrs = CC_BUF_INIT, resource = CC_BUF_INIT;
	event_body(&body, s, e, core, type);
	bool first = true;
	out_map(&attrs, &first, "k8s.resource.name", CC_STR("events"));
	out_map(&attrs, &first, "event.domain", CC_STR("k8s"));
	out_map(&attrs, &first, "event.name", cc_str_from(e->name));
	out_map_end(&attrs, first);
	first = true;
	out_map(&resource, &first, "k8s.namespace.name", cc_str_from(e->ns));
	out_map_end(&resource, first);
	out_log_row r = { .t = t, .trace = CC_STR_EMPTY, .span = CC_STR_EMPTY, .service = CC_STR_EMPTY, .body = cc_buf_str(&body),
		.resource = cc_buf_str(&resource), .attrs = cc_buf_str(&attrs), .severity = "", .scope = "otelcol/k8sobjectsreceiver",
		.scope_version = "0.140.0" };
	out_log_line(&line, &r, (s->opt->variant & CC_FORGE_EVENT_NAME) != 0);
	if (cc_buf_ok(&body) && cc_buf_ok(&attrs) && cc_buf_ok(&resource) && cc_buf_ok(&line)) tel_event_row(s, t, cc_buf_str(&line));
	else forge_fail(s, CC_ENOMEM);
	cc_buf_deinit(&body);
	cc_buf_deinit(&line);
	cc_buf_deinit(&attrs);
	cc_buf_deinit(&resource);
}

/* Both watches deliver the change, one a fraction of a millisecond after the other, in either order. */
static void deliver(forge_sim *s, int64_t now, int event, const char *type)
{
	if (!s->recording) return;
	int64_t t = (now > s->now ? now : s->now) + cc_rng_between(&s->kube_rng, 3 * FORGE_MS, 45 * FORGE_MS);
	bool core = cc_rng_below(&s->kube_rng, 2);
	emit(s, t, &s->kube.events.p[event], core, type);
	emit(s, t + cc_rng_between(&s->kube_rng, 90000, 900000), &s->kube.events.p[event], !core, type);
}

static void expire(forge_sim *s, int64_t now, int event, int unused)
{
	(void)unused;
	forge_event *e = &s->kube.events.p[event];
	if (e->gone) return;
	if (now < e->last + TTL) {
		forge_at(s, e->last + TTL, expire, event, 0);
		return;
	}
	e->gone = true;
	e->rv = kube_touch(s);
	deliver(s, now, event, "DELETED");
}

/* Event numbers in the order of namespace and name, as the API server lists them. The simulation is handed over by this pointer
 * because qsort has no argument for it; only the simulating thread comes here. */
static _Thread_local const forge_event *sorted_events;

static int by_key(const void *a, const void *b)
{
	const forge_event *x = &sorted_events[*(const int *)a], *y = &sorted_events[*(const int *)b];
	int c = strcmp(x->ns, y->ns);
	return c ? c : strcmp(x->name, y->name);
}

static void replay_some(forge_sim *s, int64_t now, int from, int unused)
{
	(void)unused;
	int event = s->kube.more->replay.p[from];
	if (!s->kube.events.p[event].gone) deliver(s, now, event, "ADDED");
	if ((size_t)from + 1 < s->kube.more->replay.n)
		forge_at(s, now + cc_rng_between(&s->kube_rng, 20000, 180000), replay_some, from + 1, 0);
}

void kube_events_replay(forge_sim *s, int64_t now)
{
	kube_more *m = s->kube.more;
	m->replay.n = 0;
	for (size_t i = 0; i < s->kube.events.n; i++)
		if (!s->kube.events.p[i].gone && !cc_vec_push(&m->replay, (int)i)) forge_fail(s, CC_ENOMEM);
	sorted_events = s->kube.events.p;
	if (m->replay.n > 1) qsort(m->replay.p, m->replay.n, sizeof m->replay.p[0], by_key);
	sorted_events = NULL;
	if (m->replay.n) forge_at(s, now, replay_some, 0, 0);
}

/* 25 events at once from one source about one object, then one every five minutes. The map holds the time at which the bucket
 * would have been empty: a full bucket is 25 refills ago. */
static bool spam(forge_sim *s, int64_t now, const forge_event_spec *spec)
{
	cc_buf key = CC_BUF_INIT;
	cc_buf_addf(&key, "%s/%s/%s", spec->component, spec->host, spec->object_uid);
	uint64_t full = (uint64_t)(now - BURST * REFILL), level = full;
	bool known = cc_map_get(s->kube.event_tokens, cc_buf_str(&key), &level);
	if (level < full) level = full;
	bool held = level + (uint64_t)REFILL > (uint64_t)now;
	if (!held || !known) {
		cc_str id = known ? cc_buf_str(&key) : forge_str(s, &key);
		if (!cc_map_set(s->kube.event_tokens, id, held ? level : level + (uint64_t)REFILL)) forge_fail(s, CC_ENOMEM);
	}
	cc_buf_deinit(&key);
	return held;
}

/* Ten different texts of one reason about one object within ten minutes: from then on they are combined into one event. */
static bool combined(forge_sim *s, int64_t now, const forge_event_spec *spec, cc_str text)
{
	cc_buf key = CC_BUF_INIT;
	cc_buf_addf(&key, "%s/%s/%s/%s/%d", spec->component, spec->host, spec->object_uid, spec->reason, spec->warning);
	kube_more *m = s->kube.more;
	uint64_t number = 0, hash = cc_str_hash(text);
	if (!cc_map_get(m->similar_index, cc_buf_str(&key), &number)) {
		kube_similar fresh = { .n = 0, .last = now };
		number = m->similar.n;
		if (!cc_vec_push(&m->similar, fresh) || !cc_map_set(m->similar_index, forge_str(s, &key), number)) forge_fail(s, CC_ENOMEM);
	}
	cc_buf_deinit(&key);
	if (number >= m->similar.n) return false;
	kube_similar *r = &m->similar.p[number];
	if (now - r->last > SIMILAR_FOR) r->n = 0;
	r->last = now;
	bool known = false;
	for (int i = 0; i < r->n; i++) known |= r->text[i] == hash;
	if (!known) r->text[r->n++] = hash;
	if (r->n < KUBE_SIMILAR) return false;
	r->n--; /* the recorder forgets one of them, so that it stays at the border */
	return true;
}

static const char *version_of(const char *kind)
{
	static const char *const VERSION[][2] = {
		{ "Deployment", "apps/v1" }, { "ReplicaSet", "apps/v1" }, { "StatefulSet", "apps/v1" }, { "DaemonSet", "apps/v1" },
		{ "HorizontalPodAutoscaler", "autoscaling/v2" }, { "Job", "batch/v1" }, { "CronJob", "batch/v1" },
		{ "PodDisruptionBudget", "policy/v1" }, { "NetworkPolicy", "networking.k8s.io/v1" }, { "Ingress", "networking.k8s.io/v1" },
		{ "Lease", "coordination.k8s.io/v1" }, { "Schedule", "chaos-mesh.org/v1alpha1" }, { "Workflow", "chaos-mesh.org/v1alpha1" },
	};
	for (size_t i = 0; i < sizeof VERSION / sizeof VERSION[0]; i++)
		if (strcmp(VERSION[i][0], kind) == 0) return VERSION[i][1];
	size_t n = strlen(kind);
	return n > 5 && strcmp(kind + n - 5, "Chaos") == 0 ? "chaos-mesh.org/v1alpha1" : "v1";
}

static cc_str kept(forge_sim *s, const char *text)
{
	cc_str k = cc_arena_dup(s->arena, cc_str_from(text));
	if (!k.p) forge_fail(s, CC_ENOMEM);
	return k.p ? k : CC_STR_EMPTY;
}

/* Fills what the caller may leave out; ns and version are static or as old as the object. */
static forge_event_spec completed(const forge_sim *s, const forge_event_spec *spec)
{
	forge_event_spec c = *spec;
	if (!c.ns) c.ns = strcmp(c.kind, "Node") == 0 || strcmp(c.kind, "Namespace") == 0 ? "default" : kube_app_ns(s);
	if (!c.version) c.version = version_of(c.kind);
	if (!c.component) c.component = "";
	if (!c.host) c.host = "";
	if (!c.object_uid) c.object_uid = "";
	if (c.series && !c.action) c.action = "Binding";
	return c;
}

static void event_add(forge_sim *s, int64_t now, const forge_event_spec *spec, cc_str message, cc_str key)
{
	forge_event e = { .object = kept(s, spec->object), .message = message, .kind = spec->kind, .version = spec->version, .ns = spec->ns,
		.field = kept(s, spec->field), .reason = spec->reason, .component = spec->component, .host = spec->host, .action = spec->action,
		.warning = spec->warning, .series = spec->series, .count = 1, .first = now, .last = now, .observed = now, .rv = kube_touch(s),
		.object_rv = spec->object_rv };
	kube_copy(e.object_uid, sizeof e.object_uid, spec->object_uid);
	kube_uid(s, e.uid);
	/* The name ends with the time in nanoseconds; here several things happen at one instant, so that the number is told apart. */
	cc_buf name = CC_BUF_INIT;
	cc_buf_addf(&name, "%s.%llx", spec->object, (unsigned long long)now + s->kube.events.n * 104729 % 999983);
	kube_copy(e.name, sizeof e.name, name.p);
	cc_buf_deinit(&name);
	if (!cc_vec_push(&s->kube.events, e) || !cc_map_set(s->kube.event_index, key, s->kube.events.n)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	deliver(s, now, (int)s->kube.events.n - 1, "ADDED");
	forge_at(s, now + TTL, expire, (int)s->kube.events.n - 1, 0);
}

static void event_write(forge_sim *s, int64_t now, int event)
{
	forge_event *e = &s->kube.events.p[event];
	e->count += e->unsent;
	e->unsent = 0;
	e->last = e->observed;
	e->rv = kube_touch(s);
	deliver(s, now, event, "MODIFIED");
}

/* The scheduler writes the first repetition at once; later ones are counted and written when the series has ended, six minutes
 * after the last, or every half an hour. */
static void series_finish(forge_sim *s, int64_t now, int event, int unused)
{
	(void)unused;
	forge_event *e = &s->kube.events.p[event];
	if (e->gone || !e->unsent) return;
	bool over = now - e->observed >= SERIES_FINISH, refresh = now - e->last >= SERIES_REFRESH;
	if (over || refresh) event_write(s, now, event);
	else forge_at(s, now + 60 * FORGE_S, series_finish, event, 0);
}

static void series_again(forge_sim *s, int64_t now, int event)
{
	forge_event *e = &s->kube.events.p[event];
	e->observed = now;
	e->unsent++;
	if (e->count == 1) event_write(s, now, event);
	else if (e->unsent == 1) forge_at(s, now + SERIES_FINISH, series_finish, event, 0);
}

/* A series ends when nothing was observed for six minutes: the next occurrence is a new event. */
static bool series_over(const forge_event *e, int64_t now)
{
	return e->series && now - e->observed >= SERIES_FINISH;
}

/* What makes two occurrences one event: the text too, unless it is combined or belongs to a series. */
static void event_key(cc_buf *key, const forge_event_spec *spec, bool similar, cc_str text)
{
	if (spec->series) {
		cc_buf_addf(key, "%s|%s|%llu", spec->object_uid, spec->reason, (unsigned long long)spec->object_rv);
		return;
	}
	cc_buf_addf(key, "%s|%s|%s|%s|%s|", spec->component, spec->host, spec->object_uid, spec->field ? spec->field : "", spec->reason);
	if (!similar) cc_buf_add(key, text);
}

/* The recorder counts what the spam filter then holds back: the next write carries the true count. */
static void repeat(forge_sim *s, int64_t now, const forge_event_spec *spec, int event, cc_str combined_text)
{
	forge_event *e = &s->kube.events.p[event];
	if (spec->series) {
		series_again(s, now, event);
		return;
	}
	e->unsent++;
	e->observed = now;
	if (spam(s, now, spec)) return;
	if (combined_text.n) s->kube.events.p[event].message = combined_text;
	event_write(s, now, event);
}

static void note(forge_sim *s, int64_t now, const forge_event_spec *spec, cc_str text)
{
	cc_buf key = CC_BUF_INIT, message = CC_BUF_INIT;
	bool similar = !spec->series && combined(s, now, spec, text);
	event_key(&key, spec, similar, text);
	cc_buf_addf(&message, "%s%.*s", similar ? "(combined from similar events): " : "", CC_STR_ARG(text));
	uint64_t number = 0;
	bool known = cc_buf_ok(&key) && cc_map_get(s->kube.event_index, cc_buf_str(&key), &number);
	const forge_event *e = known ? &s->kube.events.p[number - 1] : NULL;
	if (e && !e->gone && !series_over(e, now)) repeat(s, now, spec, (int)number - 1, similar ? forge_str(s, &message) : CC_STR_EMPTY);
	else if (spec->series || !spam(s, now, spec)) event_add(s, now, spec, forge_str(s, &message), forge_str(s, &key));
	cc_buf_deinit(&key);
	cc_buf_deinit(&message);
}

static void post_later(forge_sim *s, int64_t now, int index, int unused)
{
	(void)unused;
	kube_later l = s->kube.more->later.p[index];
	note(s, now, &l.spec, l.message);
}

static void defer(forge_sim *s, int64_t at, const forge_event_spec *spec, cc_buf *text)
{
	kube_later l = { .spec = *spec, .message = forge_str(s, text) };
	l.spec.object = kept(s, spec->object).p;
	l.spec.object_uid = kept(s, spec->object_uid).p;
	if (spec->field) l.spec.field = kept(s, spec->field).p;
	if (!cc_vec_push(&s->kube.more->later, l)) forge_fail(s, CC_ENOMEM);
	else forge_at(s, at, post_later, (int)s->kube.more->later.n - 1, 0);
}

void kube_event(forge_sim *s, int64_t now, const forge_event_spec *spec, const char *fmt, ...)
{
	cc_buf text = CC_BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&text, fmt, ap);
	va_end(ap);
	forge_event_spec full = completed(s, spec);
	if (!cc_buf_ok(&text)) forge_fail(s, CC_ENOMEM);
	else if (now > s->now + 5 * FORGE_MS) defer(s, now, &full, &text);
	else note(s, now, &full, cc_buf_str(&text));
	cc_buf_deinit(&text);
}
