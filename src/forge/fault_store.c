/* fault_store.c - faults of stores: a password nobody told the clients, a bound that is smaller than the data. */
#include <string.h>

#include "forge/fault_priv.h"

/* The variable of a client that comes from the same Secret as one of the store's own: the password between the two. */
static const forge_env *secret_of(const fault_map *m, int store)
{
	const forge_service *own = &m->app->services[store];
	for (int i = 0; i < m->app->services_n; i++) {
		const forge_service *v = &m->app->services[i];
		for (int e = 0; e < v->env_n && fault_edge(m, store, i) > 0; e++)
			for (int k = 0; k < own->env_n && v->env[e].secret; k++)
				if (own->env[k].secret && strcmp(own->env[k].secret, v->env[e].secret) == 0)
					return &v->env[e];
	}
	return NULL;
}

static const char *check_store(const fault_map *m, const fault_target *t)
{
	if (!fault_is_store(m->app, t->service)) return "it is no store";
	return check_callable(m, t);
}

static const char *check_password(const fault_map *m, const fault_target *t)
{
	const char *why = check_store(m, t);
	return why ? why : secret_of(m, t->service) ? NULL : "its clients take no password from a Secret";
}

static bool holds_data(const fault_map *m, int store)
{
	for (int op = 0; op < m->app->ops_n; op++)
		if (m->app->ops[op].service == store && m->app->ops[op].proto == PROTO_REDIS && flow_store_writes(&m->app->ops[op]))
			return true;
	return false;
}

static const char *check_memory(const fault_map *m, const fault_target *t)
{
	const char *why = check_store(m, t);
	return why ? why : holds_data(m, t->service) ? NULL : "nothing is written to it that its memory could bound";
}

static void common(forge_sim *s, forge_cause *c, const char *mechanism, const char *effect)
{
	c->category = "Change";
	c->mechanism = mechanism;
	c->first_hit = c->service;
	c->first_effect = effect;
	cause_hint(
		c, "Services that log errors may only pass on what a callee did to them: find where the errors begin.");
	cause_hint(c, forge_text(s, "%s answers, and still its clients fail. Read what it answers.",
			      fault_service_name(s, c->service)));
}

/* ---- password ---- */

static void prepare_password(forge_sim *s, forge_cause *c)
{
	fault_map m;
	if (!fault_map_make(&m, s->app, s->arena)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	const forge_env *e = secret_of(&m, c->service);
	c->root = (forge_entity){ s->app->namespace, "Secret", e->secret };
	c->element = forge_text(s, "data.%s", e->secret_key ? e->secret_key : "password");
	c->indirect = true;
	c->condition =
		forge_text(s, "Secret %s was changed; %s demands the new password, its clients still send the old one",
			e->secret, fault_service_name(s, c->service));
	common(s, c, "store-password", "it refuses its clients");
	cause_hint(c, "It was restarted with a new password; its clients were not. Where does the password come from?");
	cause_hint(c, forge_text(s, "Secret/%s, which is not among the recorded objects, holds it.", e->secret));
}

/* The store demands the new password as soon as a process that was started after the change answers. */
static void password_up(forge_sim *s, int64_t now, int cause, int waited)
{
	const forge_cause *c = &s->plan.causes.p[cause];
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->service != c->service || !p->up || p->started < c->at) continue;
		flow_store_password(s, now, c->service, c->to, c->at);
		return;
	}
	if (waited < 600) forge_at(s, now + FORGE_S / 2, password_up, cause, waited + 1);
}

static void prove_password(forge_sim *s, forge_cause *c)
{
	int caller = -1;
	for (int i = 0; i < s->app->services_n && caller < 0; i++)
		for (int e = 0; e < s->app->services[i].env_n && i != c->service; e++)
			if (s->app->services[i].env[e].secret &&
				strcmp(s->app->services[i].env[e].secret, c->root.name) == 0)
				caller = i;
	cause_step(c, forge_text(s, "changes entity=%s/%s/%s", s->app->namespace, fault_workload_kind(s, c->service),
			      fault_service_name(s, c->service)));
	if (caller >= 0) {
		forge_entity e = fault_workload_entity(s, caller);
		cause_step(c, forge_text(s, "spec %s/%s/%s", e.ns, e.kind, e.name));
	}
	cause_proof(c, "logs level>=warn ~ /WRONGPASS|NOAUTH|password|authenticat/i",
		"(?i)WRONGPASS|NOAUTH|password|authenticat", "the store refuses the password");
	if (fault_origin_told(s, c->service))
		cause_proof(c, "paths origin", fault_service_name(s, c->service), "errors begin at calls to the store");
	if (caller >= 0) {
		forge_entity e = fault_workload_entity(s, caller);
		cause_proof(c, forge_text(s, "spec %s/%s/%s", e.ns, e.kind, e.name),
			forge_text(s, "(?s)secretKeyRef:.{0,80}name: %s", c->root.name),
			"where the client takes the password from");
	}
	cause_proof(c,
		forge_text(s, "changes entity=%s/%s/%s", s->app->namespace, fault_workload_kind(s, c->service),
			fault_service_name(s, c->service)),
		"rollout restarted|restartedAt", "the store was restarted, its clients were not");
}

static void inject_password(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	(void)unused;
	c->from = "(the password the clients know)";
	c->to = forge_text(s, "%016llx", (unsigned long long)cc_rng_u64(&s->plan_rng));
	kube_restart_rollout(s, now, c->service, "kubectl-rollout");
	forge_at(s, now + FORGE_S, password_up, cause, 0);
	prove_password(s, c);
	cause_action(c, forge_text(s,
				"restore the password in Secret %s and restart %s, or restart the clients so that they "
				"read the new one",
				c->root.name, fault_service_name(s, c->service)));
}

/* ---- memory ---- */

static int config_of(const forge_sim *s, int service)
{
	const char *name = s->app->services[service].config_map;
	for (size_t i = 0; name && i < s->kube.configmaps.n; i++)
		if (strcmp(s->kube.configmaps.p[i].name, name) == 0) return (int)i;
	return -1;
}

/* A bound in the store's configuration file is the ConfigMap's; without one it is an argument of the container. */
static void prepare_memory(forge_sim *s, forge_cause *c)
{
	int map = config_of(s, c->service);
	c->op = map;
	c->root = map >= 0 ? (forge_entity){ s->app->namespace, "ConfigMap", s->kube.configmaps.p[map].name }
			   : fault_workload_entity(s, c->service);
	c->condition = forge_text(s, "%s %s bounds the memory of %s so that it takes no writes", c->root.kind,
		c->root.name, fault_service_name(s, c->service));
	common(s, c, "store-out-of-memory", "it refuses to write");
	cause_hint(c, "It says that its memory is used up. Who set the bound?");
	cause_hint(c, forge_text(s, "%s/%s: maxmemory.", c->root.kind, c->root.name));
}

static void memory_up(forge_sim *s, int64_t now, int cause, int waited)
{
	const forge_cause *c = &s->plan.causes.p[cause];
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->service != c->service || !p->up || p->started < c->at) continue;
		flow_store_limit(s, c->service, 1, 1); /* an empty data set needs that much already */
		return;
	}
	if (waited < 600) forge_at(s, now + FORGE_S / 2, memory_up, cause, waited + 1);
}

static void restart_later(forge_sim *s, int64_t now, int service, int unused)
{
	(void)unused;
	kube_restart_rollout(s, now, service, "kubectl-rollout");
}

/* The line of the configuration that bounds the memory, replaced or added. */
static cc_str bounded(forge_sim *s, cc_str text)
{
	cc_buf b = CC_BUF_INIT;
	cc_str line, rest = text;
	bool done = false;
	while (rest.n) {
		bool more = cc_str_cut(rest, '\n', &line, &rest);
		if (!more) line = rest, rest = CC_STR_EMPTY;
		if (cc_str_starts(line, CC_STR("maxmemory ")))
			cc_buf_addz(&b, done ? "" : "maxmemory 1mb"), done = true;
		else
			cc_buf_add(&b, line);
		cc_buf_add_char(&b, '\n');
	}
	if (!done) cc_buf_addz(&b, "maxmemory 1mb\nmaxmemory-policy noeviction\n");
	cc_str out = forge_str(s, &b);
	cc_buf_deinit(&b);
	return out;
}

static void inject_memory(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	const char *e = forge_text(s, "%s/%s/%s", c->root.ns, c->root.kind, c->root.name);
	(void)unused;
	c->to = "maxmemory 1mb";
	c->from = "";
	if (c->op >= 0) {
		c->element = forge_text(s, "data.%s", s->kube.configmaps.p[c->op].key);
		kube_change_configmap(s, now, c->op, bounded(s, s->kube.configmaps.p[c->op].data), "kubectl-edit");
		forge_at(
			s, now + cc_rng_between(&s->plan_rng, 4 * FORGE_S, 25 * FORGE_S), restart_later, c->service, 0);
		cause_proof(c, forge_text(s, "spec %s", e), "maxmemory 1mb", "the bound");
		cause_alias(
			c, s->app->namespace, fault_workload_kind(s, c->service), fault_service_name(s, c->service));
	} else {
		forge_template t = s->kube.workloads.p[c->service].tmpl;
		c->element = "spec.template.spec.containers[0].command";
		c->from = t.command ? t.command : "";
		t.command = forge_text(
			s, "%s --maxmemory 1mb --maxmemory-policy noeviction", t.command ? t.command : "valkey-server");
		fault_edit_template(s, now, c->service, &t, "\"f:command\":{}", true, false);
		cause_proof(c, forge_text(s, "spec %s", e), "maxmemory", "the bound");
	}
	forge_at(s, now + FORGE_S, memory_up, cause, 0);
	cause_step(c, "logs level>=warn ~ /OOM command|maxmemory/i");
	cause_step(c, forge_text(s, "changes kind=%s", c->root.kind));
	cause_proof(c, "logs level>=warn ~ /OOM command|maxmemory/i", "(?i)OOM command not allowed|maxmemory",
		"the store takes no writes");
	if (fault_origin_told(s, c->service))
		cause_proof(c, "paths origin", fault_service_name(s, c->service), "errors begin at calls to the store");
	cause_action(c, forge_text(s, "remove the bound from %s and restart %s", e, fault_service_name(s, c->service)));
}

static const fault_row ROWS[] = {
	{ { "store-password", "a store's password is changed, its clients still send the old one", "store", "Secret" },
		FAM_STORE, AT_SERVICE, SHAPE_QUIET, check_password, prepare_password, inject_password },
	{ { "store-memory", "a store's memory is bounded so that it takes no writes", "store", "ConfigMap" }, FAM_STORE,
		AT_SERVICE, SHAPE_QUIET, check_memory, prepare_memory, inject_memory },
};

fault_rows fault_store_table(void)
{
	return (fault_rows){ ROWS, sizeof ROWS / sizeof ROWS[0] };
}
