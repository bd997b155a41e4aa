/* decoy_broken.c - what is really wrong near the onset and yet hurts nobody: the hardest kind of innocent.
 *
 * A rollout that has stopped at its first pod while the old ones serve, a variable whose address nobody dials, a
 * policy that admits nobody beside one that admits all (policies add up), an experiment on the very victim that takes
 * next to nothing. Each is cleared by what goes on working.
 *
 * The templates are those of real faults. A fault's own edit sets the strategy to Recreate, which makes an outage of it;
 * these leave or make it a rolling one, so that the same mistake costs nobody anything. */
#include <string.h>

#include "forge/decoy.h"

/* ---- rollouts that stop ---- */

enum { NO_IMAGE, NO_ARCH, NO_FILE, NO_NODE, NO_CLAIM, NO_PORT, BAD_INIT, ENDLESS_INIT, GUISES };

/* What is wrong with the new template; NULL: nothing, somebody rolls that release out. */
static const char *spoil(forge_sim *s, int service, int guise, forge_template *t, const char **owned)
{
	static const char *const POOLS[] = { "batch-blue", "spot", "compute-v2" }, *const CLAIMS[] = { "data-v2", "cache", "state" },
		*const INITS[] = { "migrate-schema", "fetch-config", "await-approval" };
	const char *name = fault_service_name(s, service);
	switch (guise) {
	case NO_FILE:
		t->command = forge_text(s, "/opt/service/%s-server", name);
		t->run = RUN_NO_SUCH_FILE;
		*owned = "\"f:command\":{}";
		return "a command that its image does not have";
	case NO_PORT:
		t->probed = true;
		t->probe_port = s->app->services[service].port + 10;
		if (!t->probe_period_s) t->probe_period_s = 10;
		if (!t->probe_timeout_s) t->probe_timeout_s = 1;
		if (!t->probe_failures) t->probe_failures = 3;
		*owned = "\"f:readinessProbe\":{}";
		return "a readiness probe at a port where nobody listens";
	case NO_NODE:
		t->node_selector_key = "pool";
		t->node_selector_value = DECOY_WORD(s, POOLS);
		*owned = "\"f:nodeSelector\":{\".\":{},\"f:pool\":{}}";
		return "a node selector that fits no node";
	case NO_CLAIM:
		t->claim = forge_text(s, "%s-%s", name, DECOY_WORD(s, CLAIMS));
		*owned = "\"f:volumes\":{}";
		return "a claim that nobody created";
	case BAD_INIT:
	case ENDLESS_INIT:
		t->init = guise == BAD_INIT ? INIT_EXIT : INIT_HANG;
		t->init_name = DECOY_WORD(s, INITS);
		t->init_image = "busybox:latest";
		t->init_command = guise == BAD_INIT ? "sh -c 'test -s /config/release.json || exit 1'"
						    : "sh -c 'until [ -f /shared/ready ]; do sleep 2; done'";
		t->init_service = -1;
		*owned = "\"f:initContainers\":{}";
		return guise == BAD_INIT ? "an init container that fails" : "an init container that does not end";
	case NO_ARCH: t->image = forge_text(s, "%s-arm64", t->image); break;
	default: t->image = fault_other_image(s, t->image, (int)cc_rng_below(&s->noise_rng, FAULT_IMAGE_WAYS)); break;
	}
	if (kube_image_arch(s, t->image)) return NULL;
	if (guise == NO_ARCH) kube_publish(s, t->image, "arm64");
	*owned = "\"f:image\":{}";
	return guise == NO_ARCH ? "an image for another architecture" : "an image that no registry has";
}

/* The template has one init container at most, and those of the chart wait for somebody. */
static int guise_of(forge_sim *s, const forge_template *t)
{
	int guise = (int)cc_rng_below(&s->noise_rng, GUISES);
	if (t->init && guise >= BAD_INIT) return NO_FILE;
	return t->claim && guise == NO_CLAIM ? NO_PORT : guise;
}

void decoy_stuck(forge_sim *s, int64_t now, int service, int unused)
{
	forge_template t = s->kube.workloads.p[service].tmpl;
	forge_entity e = fault_workload_entity(s, service);
	int replicas = s->kube.workloads.p[service].replicas, guise = guise_of(s, &t);
	const char *owned = NULL, *wrong = spoil(s, service, guise, &t, &owned);
	bool pod = guise == NO_NODE || guise == NO_CLAIM || guise >= BAD_INIT, strategy = s->kube.workloads.p[service].recreate;
	(void)unused;
	if (!wrong || s->plan.stuck_n == PLAN_STUCK) return;
	s->plan.stuck[s->plan.stuck_n++] = service;
	if (strategy) kube_change_recreate(s, now, service, false); /* who rolls out with care, and rightly so */
	kube_change_template(s, now, service, &t, decoy_manager(s), fault_fields(s, service, owned, !pod, strategy));
	decoy_add(s, now, e, forge_text(s, "its new template has %s", wrong),
		"its rolling update has stopped at that pod: the old ones are ready and serve all of its calls",
		forge_text(s, "spec %s", decoy_full(s, e)), forge_text(s, "availableReplicas: ([%d-9]|\\d\\d)\\b",
			replicas < 9 ? replicas : 9));
}

/* May the rollout of a first victim itself stop? Where the cause lies beside it, its pods are well and stay. */
bool decoy_may_stick(const forge_sim *s, const forge_cause *c)
{
	static const char *const BESIDE[] = { "Service", "NetworkPolicy", "ConfigMap" };
	bool beside = false;
	for (size_t i = 0; i < sizeof BESIDE / sizeof BESIDE[0]; i++) beside |= strcmp(BESIDE[i], c->root.kind) == 0;
	if (!beside || c->first_hit < 0) return false;
	for (size_t i = 0; i < s->plan.causes.n; i++) { /* the other cause may be about its template or its pods */
		const forge_cause *o = &s->plan.causes.p[i];
		if (o != c && (o->service == c->first_hit || o->other == c->first_hit || o->first_hit == c->first_hit)) return false;
	}
	return true;
}

/* ---- what nobody reads, and what adds up ---- */

/* Left from an older release, or written down for the next one: no code reads it yet. */
void decoy_unread(forge_sim *s, int64_t now, int service, int unused)
{
	static const char *const NAMES[] = { "FALLBACK_ADDR", "LEGACY_BACKEND_ADDR", "PRICING_ADDR", "SESSION_CACHE_ADDR",
		"RATES_API_ADDR" };
	static const char *const HOSTS[] = { "pricing", "session-cache", "legacy-gateway", "rates-api", "profile" };
	forge_template t = s->kube.workloads.p[service].tmpl;
	forge_env *env = cc_arena_array(s->arena, (size_t)t.env_n + 1, sizeof *env);
	forge_entity e = fault_workload_entity(s, service);
	const char *name = DECOY_WORD(s, NAMES), *host = DECOY_WORD(s, HOSTS);
	(void)unused;
	if (!env) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	if (t.env_n) memcpy(env, t.env, (size_t)t.env_n * sizeof *env);
	env[t.env_n] = (forge_env){ .name = name, .value = forge_text(s, "%s-v2:8080", host), .service = -1 };
	t.env = env;
	t.env_n++;
	kube_change_template(s, now, service, &t, decoy_manager(s), fault_fields(s, service,
		forge_text(s, "\"f:env\":{\"k:{\\\"name\\\":\\\"%s\\\"}\":{\".\":{},\"f:name\":{},\"f:value\":{}}}", name), true, false));
	bool logs = plan_readable(s, "logs");
	decoy_add(s, now, e, forge_text(s, "a variable %s with an address that does not exist was added near the onset", name),
		"nobody dials that address: no failed call of it names it",
		logs ? forge_text(s, "logs ~ /%s-v2/", host) : forge_text(s, "spec %s", decoy_full(s, e)),
		logs ? "no row fits" : forge_text(s, "%s-v2:8080", host));
}

/* It admits one namespace only; the other policy admits everybody, and the sum counts. */
void decoy_lockdown(forge_sim *s, int64_t now, int service, int unused)
{
	static const char *const FORMS[] = { "lockdown-%s", "%s-isolation", "%s-deny-ingress" };
	static const char *const MANAGERS[] = { "kubectl-create", "kubectl-client-side-apply", "argocd-controller" };
	const char *form = DECOY_WORD(s, FORMS), *name = fault_service_name(s, service), *blank = strstr(form, "%s");
	forge_entity e = { s->app->namespace, "NetworkPolicy", forge_text(s, "%.*s%s%s", (int)(blank - form), form, name,
		blank + 2) };
	const char *open = forge_text(s, "allow-%s", name);
	(void)unused;
	kube_add_policy(s, now, open, service, false, false, DECOY_WORD(s, MANAGERS));
	kube_add_policy(s, now + FORGE_S, e.name, service, false, false, DECOY_WORD(s, MANAGERS));
	if (s->code != CC_OK) return;
	s->kube.policies.p[s->kube.policies.n - 1].ingress = "[{\"from\":[{\"namespaceSelector\":{\"matchLabels\":"
		"{\"kubernetes.io/metadata.name\":\"prometheus\"}}}]}]";
	decoy_add(s, now, e, forge_text(s, "a policy that locks %s away was created near the onset", name),
		"policies add up, and another one admits everybody there: no call to it was cut off",
		forge_text(s, "spec %s/NetworkPolicy/%s", e.ns, open), "ingress:\\s+- \\{\\}");
}

bool decoy_may_stress(const forge_sim *s, const forge_cause *c)
{
	static const char *const OF_MEMORY[] = { "chaos-memory", "chaos-kill", "tiny-resources", "limits-removed", "feature-flag" };
	const fault_row *row = fault_row_get(c->kind);
	if (c->first_hit < 0 || row->shape == SHAPE_PLAIN || fault_is_store(s->app, c->first_hit)) return false;
	for (size_t i = 0; i < sizeof OF_MEMORY / sizeof OF_MEMORY[0]; i++)
		if (strcmp(OF_MEMORY[i], row->pub.kind) == 0) return false;
	return decoy_may_lower(s, c->first_hit);
}

void decoy_stress(forge_sim *s, int64_t at, int service)
{
	chaos_spec spec = { .kind = CHAOS_MEMORY,
		.service = service,
		.other = -1,
		.op = -1,
		.every = (180 + 60 * (int)cc_rng_below(&s->noise_rng, 3)) * FORGE_S,
		.lasts = 150 * FORGE_S,
		.gentle = true };
	const char *name = chaos_name(s, &spec), *victim = fault_service_name(s, service);
	chaos_schedule(s, at, &spec);
	decoy_add(s, at, (forge_entity){ "chaos-mesh", "Schedule", name },
		forge_text(s, "Chaos Mesh takes memory of %s, where the trouble begins", victim),
		forge_text(s, "it takes four mebibytes: no container of %s was ever killed for want of memory", victim),
		"objects kind=Pod ~ /OOMKilled/", forge_text(s, "(?s)\\A(?!.*Pod/%s-)", fault_literal(s, victim)));
}

/* Where the trouble does not pass, and its pods are there to be disturbed. */
bool decoy_may_delay(const forge_sim *s, const forge_cause *c)
{
	const fault_shape shape = fault_row_get(c->kind)->shape;
	bool lasts = shape == SHAPE_QUIET || shape == SHAPE_CALLS || shape == SHAPE_ONE_CALL;
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_cause *o = &s->plan.causes.p[i];
		if (fault_row_get(o->kind)->family == FAM_CHAOS || (o != c && o->first_hit == c->first_hit)) return false;
	}
	return lasts && c->first_hit >= 0 && s->app->services[c->first_hit].port > 0;
}

void decoy_delay(forge_sim *s, int64_t at, int service)
{
	chaos_spec spec = { .kind = CHAOS_DELAY,
		.service = service,
		.other = -1,
		.op = -1,
		.every = (240 + 60 * (int)cc_rng_below(&s->noise_rng, 3)) * FORGE_S,
		.lasts = 180 * FORGE_S,
		.gentle = true };
	const char *name = chaos_name(s, &spec), *victim = fault_service_name(s, service);
	chaos_schedule(s, at, &spec);
	decoy_add(s, at, (forge_entity){ "chaos-mesh", "Schedule", name },
		forge_text(s, "Chaos Mesh disturbs the network of %s, where the trouble begins, since then", victim),
		"its delay is two milliseconds, and between its experiments the trouble goes on",
		"events kind=NetworkChaos reason=Recovered", forge_text(s, "Recovered +\\S*%s", fault_literal(s, name)));
}
