/* checks.c - judges objects: now, and - only where something is wrong now - as they were before the onset. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "checks_priv.h"
#include "coldcase/xalloc.h"

enum { CANCEL_EVERY = 64 };

static const struct { const char *kind; void (*judge)(check_subject *u); } judges[] = {
	{ "Pod", cc_check_pod },
	{ "Deployment", cc_check_workload },
	{ "StatefulSet", cc_check_workload },
	{ "ReplicaSet", cc_check_workload },
	{ "ReplicationController", cc_check_workload },
	{ "DaemonSet", cc_check_workload },
	{ "Job", cc_check_job },
	{ "CronJob", cc_check_job },
	{ "Service", cc_check_service },
	{ "Ingress", cc_check_routes },
	{ "HTTPRoute", cc_check_routes },
	{ "GRPCRoute", cc_check_routes },
	{ "VirtualService", cc_check_routes },
	{ "DestinationRule", cc_check_routes },
	{ "ValidatingWebhookConfiguration", cc_check_routes },
	{ "MutatingWebhookConfiguration", cc_check_routes },
	{ "ConfigMap", cc_check_config },
};

static void judge(check_subject *u)
{
	bool own = false;
	for (size_t i = 0; i < sizeof judges / sizeof *judges; i++) {
		if (cc_str_eqz(u->kind, judges[i].kind)) {
			judges[i].judge(u);
			own = true;
		}
	}
	if (!own)
		cc_check_cluster(u);
	if (cc_check_pod_spec(u->doc, u->kind))
		cc_check_template(u);
}

/* --- findings --- */

/* What tells one finding from another: the rule, whom it is of, and what the rule adds. */
static cc_str full_key(check_subject *u, cc_entity_id entity, check_id rule, cc_str key)
{
	cc_str text = cc_arena_printf(u->c->arena, "%d/%u/%.*s", (int)rule, entity, CC_STR_ARG(key));
	if (!text.p)
		u->c->code = CC_ENOMEM;
	return text;
}

static void CC_PRINTF(4, 0) add(check_subject *u, cc_finding f, cc_str key, const char *fmt, va_list ap)
{
	cc_buf text = CC_BUF_INIT;
	if (u->c->code != CC_OK)
		return;
	u->grave += f.severity >= 3;
	if (u->known) {
		if (!cc_map_set(u->known, key, 1))
			u->c->code = CC_ENOMEM;
		return;
	}
	cc_buf_addv(&text, fmt, ap);
	f.object = u->object;
	f.cite = u->obs->cite;
	f.text = cc_arena_dup(u->c->arena, cc_buf_str(&text));
	if (!cc_buf_ok(&text) || !f.text.p || !cc_vec_push(&u->keys, key) || !cc_vec_push(u->found, f))
		u->c->code = CC_ENOMEM;
	cc_buf_deinit(&text);
}

void cc_check_found(check_subject *u, check_id rule, uint8_t severity, double value, cc_str key, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	add(u, (cc_finding){ .rule = &cc_check_rules[rule], .severity = severity, .entity = u->o->entity, .value = value },
		full_key(u, u->o->entity, rule, key), fmt, ap);
	va_end(ap);
}

void cc_check_found_of(check_subject *u, cc_entity_id entity, check_id rule, uint8_t severity, cc_str key, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	add(u, (cc_finding){ .rule = &cc_check_rules[rule], .severity = severity, .entity = entity ? entity : u->o->entity, .value = NAN },
		full_key(u, entity, rule, key), fmt, ap);
	va_end(ap);
}

void cc_check_remark(check_subject *u, double value, const char *fmt, ...)
{
	va_list ap;
	if (u->known)
		return;
	va_start(ap, fmt);
	add(u, (cc_finding){ .entity = u->o->entity, .value = value }, CC_STR_EMPTY, fmt, ap);
	va_end(ap);
}

void cc_check_conditions(check_subject *u, check_id rule, const cc_json *conditions, const char *bad, const char *status, uint8_t severity)
{
	enum { MESSAGE_MAX = 160 };
	for (const cc_json *c = cc_json_first(conditions); c; c = cc_json_next(c)) {
		cc_str type = cc_json_get_str(c, "type"), list = cc_str_from(bad), word;
		bool listed = false;
		while (!listed && list.n > 0) {
			cc_str_cut(list, ' ', &word, &list);
			listed = cc_str_eq(word, type);
		}
		if (!listed || !cc_str_eqz(cc_json_get_str(c, "status"), status))
			continue;
		cc_str reason = cc_json_get_str(c, "reason"), message = cc_str_sub(cc_json_get_str(c, "message"), 0, MESSAGE_MAX);
		cc_check_found(u, rule, severity, NAN, type, "%.*s is %s: %.*s%s%.*s", CC_STR_ARG(type), status, CC_STR_ARG(reason),
			message.n ? ", " : "", CC_STR_ARG(message));
	}
}

/* --- one object --- */

static bool judge_at(check_subject *u, check_world *w)
{
	cc_json *doc;
	u->w = w;
	doc = cc_check_doc(u, u->o, &u->obs);
	if (!doc)
		return false;
	u->doc = doc;
	u->grave = 0;
	judge(u);
	cc_json_free(doc);
	return true;
}

static bool any_wrong(const cc_finding_vec *found, size_t from)
{
	for (size_t i = from; i < found->n; i++)
		if (found->p[i].severity > 0)
			return true;
	return false;
}

/* What is wrong now and was not wrong before; an object that was not there yet was not wrong. */
static void mark_fresh(check_subject *u, size_t from)
{
	int64_t before = u->c->then.at_ns;
	bool could_tell = cc_objects_obs_at(u->o, before) != SIZE_MAX || (u->o->created_ns != CC_TIME_NONE && u->o->created_ns > before);
	u->known = cc_map_new();
	if (!u->known) {
		u->c->code = CC_ENOMEM;
		return;
	}
	judge_at(u, &u->c->then);
	for (size_t i = from; could_tell && i < u->found->n; i++)
		u->found->p[i].fresh = u->found->p[i].severity > 0 && !cc_map_get(u->known, u->keys.p[i - from], NULL);
	cc_map_free(u->known);
	u->known = NULL;
}

cc_code cc_checker_object(cc_checker *c, size_t object, cc_finding_vec *out)
{
	const cc_object *o = cc_objects_get(c->s, object);
	size_t from = out->n;
	if (!o || c->code != CC_OK)
		return c->code;
	check_subject u = { .c = c, .o = o, .object = (uint32_t)object, .found = out, .kind = cc_entity_kind(c->s, o->entity),
		.name = cc_entity_name(c->s, o->entity), .ns = cc_entity_ns(c->s, o->entity) };
	if (judge_at(&u, &c->now) && c->then.at_ns != CC_TIME_NONE && any_wrong(out, from))
		mark_fresh(&u, from);
	cc_vec_deinit(&u.keys);
	return c->code;
}

/* --- all of them --- */

static int by_gravity(const void *x, const void *y)
{
	const cc_finding *a = x, *b = y;
	if (a->severity != b->severity)
		return a->severity < b->severity ? 1 : -1;
	if (a->fresh != b->fresh)
		return a->fresh ? -1 : 1;
	if (a->rule->symptom != b->rule->symptom)
		return a->rule->symptom ? 1 : -1;
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	if (a->object != b->object)
		return a->object < b->object ? -1 : 1;
	return cc_str_cmp(a->text, b->text);
}

static cc_str own_key(cc_checker *c, const cc_finding *f, cc_entity_id entity)
{
	cc_str key = cc_arena_printf(c->arena, "%s/%u", f->rule->name, entity);
	if (!key.p)
		c->code = CC_ENOMEM;
	return key;
}

/* Remarks go, and what a ReplicaSet only repeats of its Deployment. */
static void keep_findings(cc_checker *c, cc_finding_vec *out)
{
	cc_map *told = cc_map_new();
	size_t kept = 0;
	if (!told)
		c->code = CC_ENOMEM;
	for (size_t i = 0; i < out->n && c->code == CC_OK; i++)
		if (out->p[i].rule && !cc_map_set(told, own_key(c, &out->p[i], out->p[i].entity), 1))
			c->code = CC_ENOMEM;
	for (size_t i = 0; i < out->n && c->code == CC_OK; i++) {
		const cc_finding *f = &out->p[i];
		bool repeats = f->rule && cc_str_eqz(cc_entity_kind(c->s, f->entity), "ReplicaSet") &&
			cc_map_get(told, own_key(c, f, cc_entity_get(c->s, f->entity)->owner), NULL);
		if (f->severity > 0 && !repeats)
			out->p[kept++] = *f;
	}
	out->n = kept;
	cc_map_free(told);
}

cc_code cc_checker_all(cc_checker *c, cc_entity_id focus, cc_finding_vec *out)
{
	for (size_t i = 0; i < cc_objects_count(c->s) && c->code == CC_OK; i++) {
		if (focus && !cc_entity_covers(c->s, focus, cc_objects_get(c->s, i)->entity))
			continue;
		if (i % CANCEL_EVERY == 0 && cc_canceled(c->cancel))
			c->code = CC_ECANCELED;
		else
			c->code = cc_checker_object(c, i, out);
	}
	keep_findings(c, out);
	if (c->code == CC_OK)
		cc_check_experiments(c, focus, out);
	if (out->n)
		qsort(out->p, out->n, sizeof *out->p, by_gravity);
	return c->code;
}

/* --- life --- */

/* Half a poll after the first one: the polls of one round are some moments apart, those of the next are not there yet. */
int64_t cc_checks_beginning(const cc_snapshot *s)
{
	int64_t first = CC_TIME_NONE, apart = 0;
	for (size_t i = 0; i < cc_objects_count(s); i++) {
		size_t n;
		const int64_t *polls = cc_objects_polls(s, cc_objects_get(s, i)->resource, &n);
		if (n >= 2 && (first == CC_TIME_NONE || polls[0] < first)) {
			first = polls[0];
			apart = polls[1] - polls[0];
		}
	}
	return first == CC_TIME_NONE ? first : first + apart / 2;
}

cc_code cc_checker_new(cc_checker **out, const cc_snapshot *s, int64_t at_ns, int64_t before_ns, cc_cancel *cancel, cc_err *err)
{
	cc_checker *c = cc_calloc(1, sizeof *c);
	*out = NULL;
	if (!c)
		return cc_err_set(err, CC_ENOMEM, "checks: out of memory");
	*c = (cc_checker){ .s = s, .cancel = cancel, .code = CC_OK, .arena = cc_arena_new(), .kinds = cc_map_new() };
	c->now.at_ns = at_ns == CC_TIME_NONE ? INT64_MAX : at_ns;
	c->then.at_ns = before_ns;
	bool ok = c->arena && c->kinds;
	for (size_t i = 0; ok && i < cc_objects_count(s); i++)
		ok = cc_map_set(c->kinds, cc_entity_kind(s, cc_objects_get(s, i)->entity), 1);
	if (!ok) {
		cc_checker_free(c);
		return cc_err_set(err, CC_ENOMEM, "checks: out of memory");
	}
	*out = c;
	return CC_OK;
}

static void free_world(check_world *w)
{
	cc_vec_deinit(&w->pods);
	cc_vec_deinit(&w->namespaces);
	cc_vec_deinit(&w->nodes);
}

void cc_checker_free(cc_checker *c)
{
	if (!c)
		return;
	free_world(&c->now);
	free_world(&c->then);
	cc_map_free(c->kinds);
	cc_arena_free(c->arena);
	cc_free(c);
}
