/* decoy_broken.c - what is really wrong near the onset and yet hurts nobody: the hardest kind of innocent.
 *
 * A rollout that has stopped at its first pod while the old ones serve, a variable whose address nobody dials, a
 * policy that admits nobody beside one that admits all (policies add up), an experiment on the very victim that takes
 * next to nothing. Each is cleared by what goes on working. */
#include <string.h>

#include "forge/decoy.h"

void decoy_stuck(forge_sim *s, int64_t now, int service, int unused)
{
	forge_template t = s->kube.workloads.p[service].tmpl;
	forge_entity e = fault_workload_entity(s, service);
	int replicas = s->kube.workloads.p[service].replicas;
	(void)unused;
	t.image = fault_other_image(s, t.image, (int)cc_rng_below(&s->noise_rng, FAULT_IMAGE_WAYS));
	if (kube_image_arch(s, t.image)) return; /* somebody rolls that release out */
	s->plan.stuck = service;
	kube_change_template(s, now, service, &t, decoy_manager(s), fault_fields(s, service, "\"f:image\":{}", true, false));
	decoy_add(s, now, e, "it was given an image that no registry has",
		"its rolling update has stopped at that pod: the old ones are ready and serve all of its calls",
		forge_text(s, "spec %s", decoy_full(s, e)), forge_text(s, "availableReplicas: ([%d-9]|\\d\\d)\\b",
			replicas < 9 ? replicas : 9));
}

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
