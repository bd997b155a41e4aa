/* kube_install.c - the cluster's past and the release: everything is created as a chart is installed, kind by kind. */
#include "forge/kube_priv.h"

#define DAY (86400 * FORGE_S)

forge_template kube_template_of(forge_sim *s, int service)
{
	const forge_service *v = &s->app->services[service];
	forge_template t = { .image = v->image, .command = v->command, .env = v->env, .env_n = v->env_n, .cpu_request_m = v->cpu_request_m,
		.cpu_limit_m = v->cpu_limit_m, .mem_request_mi = v->mem_request_mi, .mem_limit_mi = v->mem_limit_mi, .probed = v->probed,
		.probe_path = v->probe_path, .probe_port = v->port, .probe_timeout_s = 1, .probe_period_s = 10, .probe_failures = 3, .init_service = -1,
		.dns_policy = "ClusterFirst", .claim = v->claim, .config_map = v->config_map, .sidecar = s->app->istio && v->mesh };
	if (v->wait_for < 0) return t;
	const forge_service *dep = &s->app->services[v->wait_for];
	t.init = INIT_WAIT;
	t.init_service = v->wait_for;
	t.init_image = "busybox:latest";
	t.init_name = forge_text(s, "wait-for-%s", dep->name);
	t.init_command = forge_text(s, "sh -c until nc -z -v -w30 %s %d; do echo waiting for %s; sleep 2; done;", dep->name, dep->port, dep->name);
	return t;
}

static void install_workload(forge_sim *s, int64_t now, int workload, int unused)
{
	(void)unused;
	kube_workload *w = &s->kube.workloads.p[workload];
	w->created = w->status_at = now;
	w->generation = 1;
	w->rv = kube_touch(s);
	kube_workload_later(s, now, workload);
}

static void install_service(forge_sim *s, int64_t now, int service, int unused)
{
	(void)unused;
	kube_service *v = &s->kube.services[service];
	v->exists = true;
	v->created = v->ep_changed = now;
	v->generation = 1;
	v->rv = kube_touch(s);
	v->ep_rv = kube_touch(s);
}

static int64_t next(forge_sim *s, int64_t *at)
{
	return *at += cc_rng_between(&s->kube_rng, 12 * FORGE_MS, 70 * FORGE_MS);
}

/* What needs no controller is simply there from its time on. */
static void install_objects(forge_sim *s, int64_t now, int a, int b)
{
	(void)a, (void)b;
	forge_kube *k = &s->kube;
	int64_t at = now - 2 * FORGE_S;
	for (size_t i = 0; i < k->quotas.n; i++) {
		k->quotas.p[i].created = next(s, &at);
		k->quotas.p[i].rv = kube_touch(s);
	}
	for (size_t i = 0; i < k->pdbs.n; i++) {
		k->pdbs.p[i].created = next(s, &at);
		k->pdbs.p[i].rv = kube_touch(s);
	}
	for (size_t i = 0; i < k->configmaps.n; i++) {
		k->configmaps.p[i].created = next(s, &at);
		k->configmaps.p[i].rv = kube_touch(s);
	}
	for (size_t i = 0; i < k->claims.n; i++) {
		k->claims.p[i].created = next(s, &at);
		k->claims.p[i].rv = kube_touch(s) + 1;
		k->rv += 4; /* the claim before it was bound, and its volume */
	}
	kube_claims_start(s, now + 15 * FORGE_S);
	kube_api_start(s, now);
}

static void install_hpas(forge_sim *s, int64_t now, int a, int b)
{
	(void)a, (void)b;
	int64_t at = now - FORGE_S;
	for (size_t i = 0; i < s->kube.hpas.n; i++) {
		s->kube.hpas.p[i].created = next(s, &at);
		s->kube.hpas.p[i].rv = kube_touch(s);
	}
	kube_hpa_start(s, now + cc_rng_between(&s->kube_rng, 2 * FORGE_S, 15 * FORGE_S));
}

/* The cluster is some weeks old; its namespaces came one after the other, the application's last. The release is a later one
 * than the first in it. */
static void past(forge_sim *s, int64_t at)
{
	int64_t born = at - cc_rng_between(&s->kube_rng, 9 * DAY, 60 * DAY);
	kube_versions_start(s, born, at);
	for (size_t i = 0; i < s->kube.nodes.n; i++)
		s->kube.nodes.p[i].created = born + (i ? cc_rng_between(&s->kube_rng, 60 * FORGE_S, 95 * FORGE_S) : 20 * FORGE_S);
	for (size_t i = 0; i < s->kube.namespaces.n; i++) {
		kube_namespace *n = &s->kube.namespaces.p[i];
		n->created = born + (i < 4 ? 3 * FORGE_S : (int64_t)i * cc_rng_between(&s->kube_rng, 40 * FORGE_S, 110 * FORGE_S));
	}
}

void kube_install(forge_sim *s, int64_t at)
{
	past(s, at);
	kube_heartbeats_start(s, at);
	forge_at(s, at, install_objects, 0, 0);
	int64_t t = at;
	for (int i = 0; i < s->app->services_n; i++)
		if (s->app->services[i].port) forge_at(s, next(s, &t), install_service, i, 0);
	for (int late = 0; late < 2; late++)
		for (int i = 0; i < s->app->services_n; i++)
			if (s->app->services[i].statefulset == (late == 1)) forge_at(s, next(s, &t), install_workload, i, 0);
	forge_at(s, t + 2 * FORGE_S, install_hpas, 0, 0);
}
