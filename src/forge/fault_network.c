/* fault_network.c - faults between services: names, Services, policies. Every pod stays healthy. */
#include <string.h>

#include "forge/fault_priv.h"

static void prepare_service(
	forge_sim *s, forge_cause *c, const char *mechanism, const char *condition, const char *effect)
{
	c->root = (forge_entity){ s->app->namespace, "Service", fault_service_name(s, c->service) };
	c->category = "Change";
	c->mechanism = mechanism;
	c->condition = forge_text(s, "Service %s: %s", c->root.name, condition);
	c->first_hit = c->service;
	c->first_effect = effect;
}

static void prepare_deleted(forge_sim *s, forge_cause *c)
{
	prepare_service(s, c, "deleted-service", "it was deleted", "its name does not resolve any more");
	cause_hints(s, c, "Pods are fine. What lies between the caller and the pod?",
		"it is gone, so its name does not resolve");
}

#define NO_SUCH_NAME "no such host|resol|not known|ENOTFOUND|lookup|getaddrinfo|unknown ?host"

/* Does this service write a line with the cause when a call to another one fails? Proxies count it, users see it,
 * neither says so, and some have a text of their own for it. */
static bool tells_cause(const forge_app *app, int caller, int service)
{
	const forge_service *v = &app->services[caller];
	if (v->loadgen || v->lang == LANG_ENVOY || v->lang == LANG_STORE) return false;
	for (int op = 0; op < app->ops_n; op++)
		for (int i = 0; app->ops[op].service == caller && i < app->ops[op].steps_n; i++) {
			const forge_step *st = &app->ops[op].steps[i];
			if (st->op < 0 || app->ops[st->op].service != service) continue;
			if (!st->failure || strstr(st->failure, "{cause}")) return true;
		}
	return false;
}

/* Is there a caller that tells the cause, whichever other fault keeps some of them from calling? */
static bool callers_log(forge_sim *s, const forge_cause *c)
{
	fault_map m;
	bool all = true;
	if (!fault_map_make(&m, s->app, s->arena)) {
		forge_fail(s, CC_ENOMEM);
		return false;
	}
	for (size_t k = 0; k < s->plan.causes.n && all; k++) {
		const fault_cut cut = fault_cut_by(&m, &s->plan.causes.p[k]);
		const bool mine = &s->plan.causes.p[k] == c;
		bool any = false;
		fault_map_count(&m, mine ? NULL : &cut);
		for (int i = 0; i < s->app->services_n; i++)
			any |= tells_cause(s->app, i, c->service) && fault_edge(&m, c->service, i) >= FAULT_NOTICED;
		fault_map_count(&m, NULL);
		all &= any;
	}
	return all;
}

static void inject_deleted(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	const char *e = forge_text(s, "%s/Service/%s", c->root.ns, c->root.name);
	(void)unused;
	kube_delete_service(s, now, c->service);
	c->element = "metadata";
	c->from = "present";
	c->to = "deleted";
	cause_step(c, "changes kind=Service");
	if (s->plan.hidden & PLAN_HIDES_SERVICES) {
		cause_step(c, "changes kind=Endpoints");
		cause_proof(c, "changes kind=Endpoints", forge_text(s, "%s/Endpoints/%s +deleted", c->root.ns, c->root.name),
			"its Endpoints went with it");
	}
	cause_proof(c, "changes kind=Service", forge_text(s, "%s +deleted", e), "the Service was deleted");
	if (fault_origin_told(s, c->service))
		cause_proof(c, "paths origin", c->root.name, "errors begin at calls to it, none of which arrives");
	if (!s->plan.terse && callers_log(s, c)) /* some runtimes do not say which name it was */
		cause_proof(c, "logs level>=warn ~ /" NO_SUCH_NAME "/i", "(?i)" NO_SUCH_NAME, "callers cannot resolve the name");
	cause_action(c, forge_text(s, "create the Service %s again (helm upgrade, or kubectl apply of its manifest)",
				c->root.name));
}

/* Where no Services are recorded, what they lead to is: `pattern` of their Endpoints. */
static void endpoints_proof(forge_sim *s, forge_cause *c, const char *service, const char *pattern, const char *says)
{
	const char *command = forge_text(s, "spec %s/Endpoints/%s", s->app->namespace, service);
	cause_step(c, command);
	cause_proof(c, command, pattern, says);
}

static void prepare_selector(forge_sim *s, forge_cause *c)
{
	prepare_service(s, c, "wrong-selector", "its selector fits no pod", "its Service has no endpoints");
	cause_hints(s, c, "Pods are fine. What lies between the caller and the pod?", "its selector fits no pod");
}

static void inject_selector(forge_sim *s, int64_t now, int cause, int unused)
{
	static const char *const FORMS[] = { "v2", "svc", "blue", "stable" };
	static const char *const MANAGERS[] = { "kubectl-edit", "kubectl-patch", "helm" };
	forge_cause *c = &s->plan.causes.p[cause];
	const kube_service *k = &s->kube.services[c->service];
	(void)unused;
	c->element = forge_text(s, "spec.selector.%s", s->app->label);
	c->from = k->selector;
	c->to = forge_text(s, "%s-%s", c->root.name, FAULT_PICK(s, FORMS));
	kube_change_service(s, now, c->service, c->to, k->port, k->target_port, FAULT_PICK(s, MANAGERS));
	cause_step(c, "changes kind=Service");
	cause_proof(c, forge_text(s, "spec %s/Service/%s", c->root.ns, c->root.name),
		forge_text(s, "%s: %s", fault_literal(s, s->app->label), c->to), "the selector names a label value that no pod has");
	cause_proof(c, forge_text(s, "changes entity=%s/Service/%s", c->root.ns, c->root.name),
		forge_text(s, "selector.*%s -> %s", c->from, c->to), "the selector was changed");
	if (s->plan.hidden & PLAN_HIDES_SERVICES)
		endpoints_proof(s, c, c->root.name, "(?s)\\A(?!.*\\n +(- )?addresses:).*kind: Endpoints",
			"it has no endpoints, though its pods are ready");
	cause_action(c, forge_text(s, "kubectl -n %s patch service %s -p '{\"spec\":{\"selector\":{\"%s\":\"%s\"}}}'",
				c->root.ns, c->root.name, s->app->label, c->from));
}

static void prepare_port(forge_sim *s, forge_cause *c)
{
	prepare_service(
		s, c, "wrong-target-port", "its target port is one nobody listens on", "connections to it are refused");
	cause_hints(s, c, "Pods are fine. What lies between the caller and the pod?",
		"its targetPort is not the one the container listens on");
}

static void inject_port(forge_sim *s, int64_t now, int cause, int unused)
{
	static const int OFFSETS[] = { 1, 10, 1000, 505 };
	static const char *const MANAGERS[] = { "kubectl-edit", "kubectl-patch", "helm" };
	forge_cause *c = &s->plan.causes.p[cause];
	const kube_service *k = &s->kube.services[c->service];
	int port = k->target_port + OFFSETS[cc_rng_below(&s->plan_rng, 4)];
	(void)unused;
	c->element = "spec.ports[0].targetPort";
	c->from = forge_text(s, "%d", k->target_port);
	c->to = forge_text(s, "%d", port);
	kube_change_service(s, now, c->service, k->selector, k->port, port, FAULT_PICK(s, MANAGERS));
	cause_step(c, "changes kind=Service");
	cause_proof(c, forge_text(s, "spec %s/Service/%s", c->root.ns, c->root.name),
		forge_text(s, "targetPort: %s", c->to), "the Service sends to a port where nobody listens");
	cause_proof(c, forge_text(s, "changes entity=%s/Service/%s", c->root.ns, c->root.name),
		forge_text(s, "targetPort %s -> %s", c->from, c->to), "the target port was changed");
	if (s->plan.hidden & PLAN_HIDES_SERVICES)
		endpoints_proof(s, c, c->root.name, forge_text(s, "port: %s\\b", c->to),
			"its endpoints have a port where no container listens");
	cause_action(c, forge_text(s, "set targetPort of Service %s back to %s", c->root.name, c->from));
}

static const char *check_resolves(const fault_map *m, const fault_target *t)
{
	const char *why = check_called(m, t);
	int64_t calls = 0; /* flagd apart: whoever does not reach it goes on with the defaults */
	for (int i = 0; i < m->app->services_n; i++)
		if (i != m->app->flagd && i != t->service) calls += fault_edge(m, i, t->service);
	if (why) return why;
	if (fault_is_store(m->app, t->service)) return "it calls nobody by name";
	return calls >= FAULT_NOTICED ? NULL : "it calls nobody by name";
}

static void prepare_dns(forge_sim *s, forge_cause *c)
{
	cause_workload(s, c, "dns-policy", "its pods ask the node's name server, which does not know the cluster",
		"it cannot resolve the names of those it calls");
	cause_hints(s, c, "Errors begin at one caller, whomever it calls.",
		"its DNS policy keeps its pods from resolving the cluster's names");
	c->other = -1;
}

static void inject_dns(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	forge_template t = s->kube.workloads.p[c->service].tmpl;
	const char *w = forge_text(s, "%s/%s/%s", c->root.ns, c->root.kind, c->root.name);
	(void)unused;
	c->element = "spec.template.spec.dnsPolicy";
	c->from = t.dns_policy ? t.dns_policy : "ClusterFirst";
	c->to = "Default";
	t.dns_policy = "Default";
	/* With an init container that waits for a name the new pods never start: as with other outages, the old
	 * ones then go. */
	fault_edit_template(s, now, c->service, &t, "\"f:dnsPolicy\":{}", false, t.init == INIT_WAIT);
	cause_step(c, forge_text(s, "changes entity=%s", w));
	cause_proof(c, forge_text(s, "spec %s", w), "dnsPolicy: Default", "the pods use the node's name server");
	cause_proof(c, forge_text(s, "changes entity=%s", w), "dnsPolicy ClusterFirst -> Default",
		"the DNS policy was changed");
	cause_action(c, forge_text(s, "kubectl -n %s rollout undo %s/%s", c->root.ns, c->root.kind, c->root.name));
}

static void prepare_deny(forge_sim *s, forge_cause *c)
{
	static const char *const FORMS[] = { "%s-deny-ingress", "lockdown-%s", "%s-isolation" };
	c->root = (forge_entity){ s->app->namespace, "NetworkPolicy", NULL };
	switch (cc_rng_below(&s->plan_rng, sizeof FORMS / sizeof FORMS[0])) {
	case 0: c->root.name = forge_text(s, "%s-deny-ingress", fault_service_name(s, c->service)); break;
	case 1: c->root.name = forge_text(s, "lockdown-%s", fault_service_name(s, c->service)); break;
	default: c->root.name = forge_text(s, "%s-isolation", fault_service_name(s, c->service)); break;
	}
	c->category = "Change";
	c->mechanism = "deny-ingress";
	c->condition = forge_text(
		s, "NetworkPolicy %s admits no traffic to %s", c->root.name, fault_service_name(s, c->service));
	c->first_hit = c->service;
	c->first_effect = "packets to it are dropped";
	cause_hint(
		c, "Services that log errors may only pass on what a callee did to them: find where the errors begin.");
	cause_hint(c, "Its pods are healthy and ready, but calls to it end in silence. What drops packets?");
	cause_hint(c, "List the NetworkPolicy objects.");
	cause_hint(c, forge_text(s, "NetworkPolicy/%s selects its pods and admits nobody.", c->root.name));
}

static void inject_deny(forge_sim *s, int64_t now, int cause, int unused)
{
	static const char *const MANAGERS[] = { "kubectl-create", "kubectl-client-side-apply", "argocd-controller" };
	forge_cause *c = &s->plan.causes.p[cause];
	(void)unused;
	c->element = "spec.policyTypes";
	c->from = "";
	c->to = "Ingress";
	kube_add_policy(s, now, c->root.name, c->service, true, false, FAULT_PICK(s, MANAGERS));
	cause_step(c, "objects kind=NetworkPolicy");
	cause_step(c, forge_text(s, "spec NetworkPolicy/%s", c->root.name));
	cause_proof(c, forge_text(s, "spec NetworkPolicy/%s", c->root.name),
		forge_text(s, "%s: %s", fault_literal(s, s->app->label), fault_service_name(s, c->service)),
		"a policy that selects the service and lists nobody who may come in");
	cause_proof(c, "objects kind=NetworkPolicy", forge_text(s, "%s/NetworkPolicy/%s", c->root.ns, c->root.name),
		"the policy, created shortly before the onset");
	if (s->plan.hidden & PLAN_HIDES_POLICIES)
		endpoints_proof(s, c, fault_service_name(s, c->service), "addresses:",
			"its pods are ready and addressed, and yet calls to it end in silence: packets are dropped");
	cause_action(c, forge_text(s, "kubectl -n %s delete networkpolicy %s", c->root.ns, c->root.name));
}

static const fault_row ROWS[] = {
	{ { "deleted-service", "a Service is deleted: its name does not resolve any more", "service", "Service" },
		FAM_NETWORK, AT_SERVICE, SHAPE_QUIET, check_callable, prepare_deleted, inject_deleted },
	{ { "wrong-selector", "a Service selects a label value that no pod has", "service", "Service" }, FAM_NETWORK,
		AT_SERVICE, SHAPE_QUIET, check_callable, prepare_selector, inject_selector },
	{ { "wrong-target-port", "a Service sends to a port where nobody listens", "service", "Service" }, FAM_NETWORK,
		AT_SERVICE, SHAPE_QUIET, check_callable, prepare_port, inject_port },
	{ { "dns-policy", "pods are told to use the node's name server, which does not know the cluster", "service",
		  "Deployment" },
		FAM_NETWORK, AT_SERVICE, SHAPE_CALLS, check_resolves, prepare_dns, inject_dns },
	{ { "deny-ingress", "a NetworkPolicy drops everything that is sent to a service", "service", "NetworkPolicy" },
		FAM_NETWORK, AT_SERVICE, SHAPE_FOREIGN, check_callable, prepare_deny, inject_deny },
};

fault_rows fault_network_table(void)
{
	return (fault_rows){ ROWS, sizeof ROWS / sizeof ROWS[0] };
}
