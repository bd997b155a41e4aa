/* objects_write.c - the small pieces every object body is made of: members, metadata, labels, and stable identities. */
#include <stdio.h>
#include <string.h>

#include "forge/objects.h"

void obj_text(obj *o, const char *key, const char *text)
{
	cc_jw_key(&o->w, key);
	cc_jw_strz(&o->w, text ? text : "");
}

void obj_str(obj *o, const char *key, cc_str text)
{
	cc_jw_key(&o->w, key);
	cc_jw_str(&o->w, text);
}

void obj_textf(obj *o, const char *key, const char *fmt, ...)
{
	cc_buf b = CC_BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&b, fmt, ap);
	va_end(ap);
	if (!cc_buf_ok(&b)) forge_fail(o->s, CC_ENOMEM);
	obj_str(o, key, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

void obj_int(obj *o, const char *key, int64_t v)
{
	cc_jw_key(&o->w, key);
	cc_jw_int(&o->w, v);
}

void obj_bool(obj *o, const char *key, bool v)
{
	cc_jw_key(&o->w, key);
	cc_jw_bool(&o->w, v);
}

void obj_raw(obj *o, const char *key, const char *json)
{
	if (key) cc_jw_key(&o->w, key);
	cc_jw_raw(&o->w, cc_str_from(json ? json : "null"));
}

void obj_rawf(obj *o, const char *key, const char *fmt, ...)
{
	cc_buf b = CC_BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&b, fmt, ap);
	va_end(ap);
	if (!cc_buf_ok(&b)) forge_fail(o->s, CC_ENOMEM);
	obj_raw(o, key, cc_buf_ok(&b) ? b.p : NULL);
	cc_buf_deinit(&b);
}

void obj_time(obj *o, const char *key, int64_t t)
{
	cc_jw_key(&o->w, key);
	if (!t) {
		cc_jw_null(&o->w);
		return;
	}
	cc_buf b = CC_BUF_INIT;
	out_time_s(&b, t);
	cc_jw_str(&o->w, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

void obj_item(obj *o, const char *text)
{
	cc_jw_strz(&o->w, text);
}

void obj_words(obj *o, const char *key, const char *text)
{
	obj_list(o, key);
	cc_str rest = cc_str_from(text), word;
	for (int i = 0; rest.n; i++) {
		bool shell = i == 2 && cc_str_starts(cc_str_from(text), CC_STR("sh -c "));
		if (shell) {
			bool quoted = rest.n > 1 && rest.p[0] == '\'' && rest.p[rest.n - 1] == '\'';
			cc_jw_str(&o->w, quoted ? cc_str_sub(rest, 1, rest.n - 1) : rest);
			break;
		}
		(void)cc_str_cut(rest, ' ', &word, &rest);
		if (word.n) cc_jw_str(&o->w, word);
	}
	obj_end_list(o);
}

void obj_open(obj *o, const char *key)
{
	if (key) cc_jw_key(&o->w, key);
	cc_jw_object(&o->w);
}

void obj_list(obj *o, const char *key)
{
	cc_jw_key(&o->w, key);
	cc_jw_array(&o->w);
}

void obj_close(obj *o)
{
	cc_jw_end_object(&o->w);
}

void obj_end_list(obj *o)
{
	cc_jw_end_array(&o->w);
}

void obj_pair(obj_pairs *p, const char *key, const char *value)
{
	int i = 0;
	while (i < p->n && strcmp(p->key[i], key) < 0) i++;
	if (i < p->n && strcmp(p->key[i], key) == 0) {
		p->value[i] = value;
		return;
	}
	if (p->n == OBJ_PAIRS) return;
	for (int k = p->n++; k > i; k--) {
		p->key[k] = p->key[k - 1];
		p->value[k] = p->value[k - 1];
	}
	p->key[i] = key;
	p->value[i] = value;
}

void obj_map(obj *o, const char *key, const obj_pairs *p)
{
	if (!p || p->n == 0) return;
	obj_open(o, key);
	for (int i = 0; i < p->n; i++) obj_text(o, p->key[i], p->value[i]);
	obj_close(o);
}

void obj_condition(obj *o, const char *type, bool status, int64_t since, const char *reason, const char *message,
	int64_t updated, bool probe)
{
	obj_open(o, NULL);
	if (probe) obj_time(o, "lastProbeTime", 0);
	obj_time(o, "lastTransitionTime", since);
	if (updated) obj_time(o, "lastUpdateTime", updated);
	if (message) obj_text(o, "message", message);
	if (reason) obj_text(o, "reason", reason);
	obj_text(o, "status", status ? "True" : "False");
	obj_text(o, "type", type);
	obj_close(o);
}

void obj_start(obj *o, const char *version)
{
	o->version = version;
	obj_open(o, NULL);
	obj_text(o, "apiVersion", version);
}

static void owner_reference(obj *o, const obj_meta *m)
{
	obj_list(o, "ownerReferences");
	obj_open(o, NULL);
	obj_text(o, "apiVersion", m->owner_version);
	if (strcmp(m->owner_kind, "Node") != 0) obj_bool(o, "blockOwnerDeletion", true);
	obj_bool(o, "controller", true);
	obj_text(o, "kind", m->owner_kind);
	obj_text(o, "name", m->owner_name);
	obj_text(o, "uid", m->owner_uid);
	obj_close(o);
	obj_end_list(o);
}

void obj_metadata(obj *o, const obj_meta *m)
{
	obj_text(o, "kind", m->kind);
	obj_open(o, "metadata");
	obj_map(o, "annotations", m->annotations);
	obj_time(o, "creationTimestamp", m->created);
	if (m->deleted) {
		obj_int(o, "deletionGracePeriodSeconds", 30);
		obj_time(o, "deletionTimestamp", m->deleted);
	}
	if (m->finalizer) {
		obj_list(o, "finalizers");
		obj_item(o, m->finalizer);
		obj_end_list(o);
	}
	if (m->generate_name) obj_text(o, "generateName", m->generate_name);
	if (m->generation) obj_int(o, "generation", m->generation);
	obj_map(o, "labels", m->labels);
	o->fields_at = o->body.n;
	obj_text(o, "name", m->name);
	if (m->ns) obj_text(o, "namespace", m->ns);
	if (m->owner_kind) owner_reference(o, m);
	obj_textf(o, "resourceVersion", "%llu", (unsigned long long)(m->rv ? m->rv
		: kube_old_version(o->s, m->kind, m->ns, m->name, m->created)));
	obj_text(o, "uid", m->uid);
	obj_close(o);
}

void obj_begin(obj *o, const obj_meta *m)
{
	obj_start(o, m->version);
	obj_metadata(o, m);
}

void obj_finish(obj *o)
{
	obj_close(o);
	if (o->owners == 0 || o->s->plan.unmanaged || !cc_buf_ok(&o->body)) return;
	cc_buf whole = CC_BUF_INIT;
	cc_str body = cc_buf_str(&o->body);
	cc_buf_add(&whole, cc_str_sub(body, 0, o->fields_at));
	cc_buf_add_char(&whole, ',');
	obj_fields(o, &whole);
	cc_buf_add(&whole, cc_str_sub(body, o->fields_at, body.n));
	cc_buf_deinit(&o->body);
	o->body = whole;
}

void obj_owned(obj *o, const char *manager, const char *subresource, int64_t at, const char *of, const char *fields)
{
	if (o->owners < OBJ_OWNERS)
		o->owner[o->owners++] = (obj_owner){ .manager = manager, .subresource = subresource, .at = at, .of = of,
			.fields = fields };
}

void obj_edited(obj *o, const kube_edits *edits)
{
	/* The last ones count when there are more than fit; room is left for the controllers. */
	size_t from = edits->n > OBJ_OWNERS - 4 ? edits->n - (OBJ_OWNERS - 4) : 0;
	for (size_t i = from; i < edits->n; i++) {
		const kube_edit *e = &edits->p[i];
		bool scale = e->fields && strcmp(e->fields, "{\"f:spec\":{\"f:replicas\":{}}}") == 0
			&& strcmp(e->manager, "kubectl-edit") != 0;
		if (e->fields && e->manager) obj_owned(o, e->manager, scale ? "scale" : NULL, e->at, NULL, e->fields);
	}
}
