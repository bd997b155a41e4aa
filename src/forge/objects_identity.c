/* objects_identity.c - names, labels and uids that several kinds of objects share.
 *
 * What the simulation does not hold (system pods, roles, certificates) gets its identity from a hash of its name and
 * the seed, so that every poll of a run shows the same one. */
#include <stdio.h>
#include <string.h>

#include "forge/objects.h"

void obj_reset(obj *o, forge_sim *s, int64_t now)
{
	cc_buf_clear(&o->body);
	o->s = s;
	o->now = now;
	o->owners = 0;
	o->unowned = NULL;
	o->fields_at = 0;
	cc_jw_init(&o->w, &o->body, 0);
	if (o->part_of[0]) return;
	/* "opentelemetry-demo-0.38.6" is release 0.38.6 of the chart opentelemetry-demo; without one it has the
	 * application's version. */
	const char *chart = s->app->chart ? s->app->chart : s->app->name, *dash = strrchr(chart, '-');
	bool versioned = dash && dash[1] >= '0' && dash[1] <= '9';
	size_t n = versioned ? (size_t)(dash - chart) : strlen(chart);
	(void)snprintf(o->part_of, sizeof o->part_of, "%.*s", (int)n, chart);
	(void)snprintf(o->chart, sizeof o->chart, "%s%s%s", chart, versioned || !s->app->version ? "" : "-",
		versioned || !s->app->version ? "" : s->app->version);
}

void obj_labels(const obj *o, obj_pairs *p, const char *name, bool chart)
{
	const forge_app *app = o->s->app;
	obj_pair(p, "app.kubernetes.io/component", name);
	obj_pair(p, "app.kubernetes.io/instance", app->release);
	obj_pair(p, "app.kubernetes.io/name", name);
	if (chart) {
		obj_pair(p, "app.kubernetes.io/managed-by", "Helm");
		obj_pair(p, "app.kubernetes.io/part-of", o->part_of);
		if (app->version) obj_pair(p, "app.kubernetes.io/version", app->version);
		obj_pair(p, "helm.sh/chart", o->chart);
	}
	obj_pair(p, app->label, name);
}

void obj_release(const obj *o, obj_pairs *annotations)
{
	obj_pair(annotations, "meta.helm.sh/release-name", o->s->app->release);
	obj_pair(annotations, "meta.helm.sh/release-namespace", o->s->app->namespace);
}

uint64_t obj_hash(const obj *o, const char *a, const char *b, const char *c)
{
	const char *part[3] = { a, b, c };
	uint64_t h = o->s->opt->seed;
	for (int i = 0; i < 3; i++) {
		h = h * UINT64_C(6364136223846793005) + (part[i] ? cc_str_hash(cc_str_from(part[i])) : 7);
		h ^= h >> 29;
	}
	return h;
}

void obj_uid(const obj *o, const char *kind, const char *ns, const char *name, char out[FORGE_UID])
{
	cc_buf b = CC_BUF_INIT;
	out_uuid(&b, obj_hash(o, kind, ns, name));
	(void)snprintf(out, FORGE_UID, "%s", cc_buf_ok(&b) && b.p ? b.p : "");
	cc_buf_deinit(&b);
}

void obj_letters(uint64_t hash, int n, char *out)
{
	static const char SET[] = "bcdfghjklmnpqrstvwxz2456789";
	for (int i = 0; i < n; i++, hash = hash / 27 * 31 + 11 + (uint64_t)i) out[i] = SET[hash % 27];
	out[n] = 0;
}

void obj_digest(const char *a, const char *b, uint64_t n, char out[65])
{
	cc_sha256 h;
	char number[24];
	int digits = snprintf(number, sizeof number, "/%llu", (unsigned long long)n);
	cc_sha256_init(&h);
	cc_sha256_add(&h, a, strlen(a));
	cc_sha256_add(&h, b, strlen(b));
	cc_sha256_add(&h, number, (size_t)digits);
	cc_sha256_hex(&h, out);
}

const char *obj_ns(const forge_sim *s)
{
	return s->app->namespace ? s->app->namespace : "default";
}

const char *obj_workload_ns(const forge_sim *s, const kube_workload *w)
{
	return w->ns ? w->ns : obj_ns(s);
}

bool obj_is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

int64_t obj_birth(const forge_sim *s)
{
	int64_t t = 0;
	for (size_t i = 0; i < s->kube.nodes.n; i++)
		if (!t || (s->kube.nodes.p[i].created && s->kube.nodes.p[i].created < t)) t = s->kube.nodes.p[i].created;
	if (!t) t = s->start - 3600 * FORGE_S;
	return t - 20 * FORGE_S;
}

int64_t obj_installed(const forge_sim *s)
{
	int64_t t = 0;
	for (size_t i = 0; i < s->kube.configmaps.n && !t; i++) t = s->kube.configmaps.p[i].created;
	for (size_t i = 0; i < s->kube.workloads.n && !t; i++) t = s->kube.workloads.p[i].created;
	return t ? t : s->start;
}

const char *obj_pod_label(const forge_sim *s, const kube_workload *w)
{
	if (w->service == OBJ_SYSTEM && obj_is(w->name, "coredns")) return "kube-dns";
	return obj_container(s, w);
}

const char *obj_container(const forge_sim *s, const kube_workload *w)
{
	return kube_container(s, w);
}

const char *obj_label_key(const forge_sim *s, const kube_workload *w)
{
	return w->service >= 0 ? s->app->label : w->service == OBJ_SYSTEM ? "k8s-app" : "app";
}
