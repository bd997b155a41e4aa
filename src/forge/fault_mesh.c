/* fault_mesh.c - faults of a service mesh: injection, mutual TLS, authorization. Its policies are no polled objects. */
#include "forge/fault_priv.h"

static bool in_mesh(const fault_map *m, int service)
{
	return m->app->istio && m->app->services[service].mesh;
}

/* Do calls from outside the mesh reach a service inside it? Then plain text is allowed, or nothing would work. */
static int plain_caller(const fault_map *m, int *callee)
{
	for (int to = 0; to < m->app->services_n; to++)
		for (int from = 0; from < m->app->services_n; from++) {
			if (!in_mesh(m, to) || in_mesh(m, from) || fault_edge(m, to, from) < FAULT_NOTICED) continue;
			*callee = to;
			return from;
		}
	return -1;
}

static const char *no_mesh(const fault_map *m)
{
	return m->app->istio ? NULL : "the application does not run in a mesh";
}

/* Somebody in the mesh who calls somebody else in it. */
static bool calls_inside(const fault_map *m, int from)
{
	for (int to = 0; to < m->app->services_n; to++)
		if (to != from && in_mesh(m, from) && in_mesh(m, to) && fault_edge(m, to, from) >= FAULT_NOTICED)
			return true;
	return false;
}

int fault_mesh_caller(const fault_map *m)
{
	int best = -1;
	for (int i = 0; i < m->app->services_n; i++)
		if (calls_inside(m, i) && (best < 0 || m->service[i] > m->service[best])) best = i;
	return best;
}

static const char *check_namespace(const fault_map *m, const fault_target *t)
{
	(void)t;
	if (no_mesh(m)) return no_mesh(m);
	return fault_mesh_caller(m) >= 0 ? NULL : "nobody in the mesh calls anybody in it";
}

static void common(forge_sim *s, forge_cause *c, const char *mechanism, const char *effect)
{
	(void)s;
	c->category = "Change";
	c->mechanism = mechanism;
	c->first_effect = effect;
	cause_hint(
		c, "Services that log errors may only pass on what a callee did to them: find where the errors begin.");
}

/* Mutual TLS is demanded from the installation on: that is why a missing sidecar matters. Whoever calls into the mesh from
 * outside has got a sidecar then, or it would never have worked. */
static void prepare_namespace(forge_sim *s, forge_cause *c)
{
	fault_map m;
	if (!fault_map_make(&m, s->app, s->arena)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	net_mesh_strict(s, true);
	for (int from = 0; from < s->app->services_n; from++)
		for (int to = 0; to < s->app->services_n; to++)
			if (fault_edge(&m, to, from) > 0 && in_mesh(&m, to))
				s->kube.workloads.p[from].tmpl.sidecar = true;
	c->service = fault_mesh_caller(&m);
	c->root = (forge_entity){ NULL, "Namespace", s->app->namespace };
	c->condition = forge_text(s, "sidecar injection was switched off for namespace %s, then %s was restarted",
		s->app->namespace, fault_service_name(s, c->service));
	c->first_hit = c->service;
	common(s, c, "istio-injection", "its new pods have no sidecar, and those it calls refuse plain text");
	cause_hint(
		c, "Connections are reset by those who are called, and those are healthy. What do the callers lack?");
	cause_hint(c, "Compare the containers of pods made before and after the onset.");
	cause_hint(c, forge_text(s, "Namespace/%s: its label istio-injection.", c->root.name));
}

static void restart(forge_sim *s, int64_t now, int service, int unused)
{
	(void)unused;
	kube_restart_rollout(s, now, service, "kubectl-rollout");
}

static void inject_namespace(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	(void)unused;
	kube_label_namespace(s, now, "disabled", "kubectl-label");
	forge_at(s, now + cc_rng_between(&s->plan_rng, 20 * FORGE_S, 70 * FORGE_S), restart, c->service, 0);
	c->element = "metadata.labels.istio-injection";
	c->from = "enabled";
	c->to = "disabled";
	cause_step(c, "changes kind=Namespace");
	cause_proof(c, forge_text(s, "spec Namespace/%s", c->root.name), "istio-injection: disabled",
		"new pods of the namespace get no sidecar");
	cause_proof(c, forge_text(s, "changes entity=Namespace/%s", c->root.name), "istio-injection",
		"the label was changed");
	cause_action(c, forge_text(s,
				"kubectl label namespace %s istio-injection=enabled --overwrite, then restart what has "
				"no sidecar",
				c->root.name));
}

static const char *check_mtls(const fault_map *m, const fault_target *t)
{
	int callee = -1;
	(void)t;
	if (no_mesh(m)) return no_mesh(m);
	return plain_caller(m, &callee) >= 0 ? NULL : "every caller has a sidecar, so mutual TLS changes nothing";
}

static void prepare_mtls(forge_sim *s, forge_cause *c)
{
	fault_map m;
	int callee = -1;
	if (!fault_map_make(&m, s->app, s->arena)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	c->other = plain_caller(&m, &callee);
	c->service = callee;
	c->root = (forge_entity){ s->app->namespace, "PeerAuthentication", "default" };
	c->indirect = true;
	c->condition = forge_text(s, "PeerAuthentication %s demands mutual TLS; %s has no sidecar to speak it",
		c->root.name, fault_service_name(s, c->other));
	c->first_hit = callee;
	common(s, c, "istio-mtls", "it refuses plain text");
	cause_hint(
		c, "Connections are reset by those who are called, and those are healthy. What do the callers lack?");
	cause_hint(c, "Only callers without a sidecar are refused. Which policy of a mesh does that?");
	cause_hint(c, "A PeerAuthentication of mode STRICT; it is not among the recorded objects.");
}

static void inject_mtls(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	forge_entity e = fault_workload_entity(s, c->other);
	(void)unused, (void)now;
	net_mesh_strict(s, true);
	c->element = "spec.mtls.mode";
	c->from = "PERMISSIVE";
	c->to = "STRICT";
	cause_step(c, forge_text(s, "events entity=%s/%s/%s", e.ns, e.kind, e.name));
	cause_proof(c, "paths origin", "(?i)reset|closed|hang up|EOF|broken pipe|disconnect",
		"connections are closed at once by a healthy callee");
	cause_proof(c, forge_text(s, "events entity=%s/%s/%s", e.ns, e.kind, e.name),
		forge_text(s, "(?s)\\A(?!.*istio-proxy).*%s", e.name),
		"the caller's pods have no istio-proxy container");
	cause_proof(c, "logs level>=warn ~ /reset|closed|hang up|EOF/i", "(?i)reset|closed|hang up|EOF",
		"connections are closed at once");
	cause_action(
		c, forge_text(s, "set the mode of PeerAuthentication %s in %s back to PERMISSIVE, or give %s a sidecar",
			   c->root.name, c->root.ns, e.name));
}

static const char *check_authz(const fault_map *m, const fault_target *t)
{
	const char *why = no_mesh(m)               ? no_mesh(m)
			  : in_mesh(m, t->service) ? check_callable(m, t)
						   : "it has no sidecar that could refuse";
	return why;
}

static void prepare_authz(forge_sim *s, forge_cause *c)
{
	c->root = (forge_entity){ s->app->namespace, "AuthorizationPolicy",
		forge_text(s, "%s-viewer", fault_service_name(s, c->service)) };
	c->indirect = true;
	c->condition = forge_text(
		s, "AuthorizationPolicy %s lets nobody call %s", c->root.name, fault_service_name(s, c->service));
	c->first_hit = c->service;
	common(s, c, "istio-authorization", "its sidecar denies every request");
	cause_hint(c, "The failing calls are answered, quickly, and not by the service itself.");
	cause_hint(c, "RBAC: access denied is what a sidecar says. Which object tells it whom to let in?");
	cause_hint(c, forge_text(s, "An AuthorizationPolicy for %s; it is not among the recorded objects.",
			      fault_service_name(s, c->service)));
}

static void inject_authz(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	(void)unused, (void)now;
	net_mesh_deny(s, c->service, -1, true);
	c->element = "spec.rules";
	c->from = "";
	c->to = "no caller fits";
	cause_step(c, "logs ~ /RBAC|403|PERMISSION_DENIED/");
	cause_proof(c, "logs ~ /RBAC|403|PERMISSION_DENIED/", "RBAC|403|PERMISSION_DENIED",
		"its sidecar denies the requests");
	if (fault_origin_told(s, c->service))
		cause_proof(c, "paths origin", forge_text(s, "%s|RBAC", fault_service_name(s, c->service)),
			"errors begin at calls to it");
	cause_action(c, forge_text(s, "kubectl -n %s delete authorizationpolicy %s, or name the callers in it",
				c->root.ns, c->root.name));
}

static const fault_row ROWS[] = {
	{ { "mesh-namespace", "sidecar injection is switched off for the namespace, and something is restarted",
		  "namespace", "Namespace" },
		FAM_MESH, AT_CLUSTER, SHAPE_QUIET, check_namespace, prepare_namespace, inject_namespace },
	{ { "mesh-mtls", "a PeerAuthentication demands mutual TLS from callers without a sidecar", "namespace",
		  "PeerAuthentication" },
		FAM_MESH, AT_CLUSTER, SHAPE_QUIET, check_mtls, prepare_mtls, inject_mtls },
	{ { "mesh-authz", "an AuthorizationPolicy lets nobody call a service", "service", "AuthorizationPolicy" },
		FAM_MESH, AT_SERVICE, SHAPE_FOREIGN, check_authz, prepare_authz, inject_authz },
};

fault_rows fault_mesh_table(void)
{
	return (fault_rows){ ROWS, sizeof ROWS / sizeof ROWS[0] };
}
